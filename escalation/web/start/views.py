"""The start page: at a glance what waits for the viewer, what waits for others, and the next meeting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from escalation import clock
from escalation.accounts.models import SECRETARIAT_ROLES, Viewer
from escalation.agreements import queries as agreements
from escalation.cases.queries import Sight
from escalation.meetings import queries as meetings
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.ladder import load
from escalation.rules.situation import Phase
from escalation.web.access import current_viewer
from escalation.web.cases import lists, words
from escalation.web.format import date_long, date_near, date_weekday, working_days
from escalation.web.language import _

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
def start() -> str | Response:
    """The viewer's start page; the public is shown how to sign in."""
    viewer = current_viewer()
    if viewer.user_id is None:
        return redirect(url_for("accounts.sign_in"))
    return render_template("start/start.html", **_glance(viewer))


def _glance(viewer: Viewer) -> dict[str, Any]:
    today = clock.today()
    items = lists.listed(viewer, today)
    live = [i for i in items if i.case.phase is not Phase.CLOSED]
    mine = [i for i in live if i.is_mine]
    others = [i for i in live if not i.is_mine and i.seen is Sight.FULL]
    known = [i for i in live if not i.is_mine and i.seen is not Sight.FULL]
    return {
        "place": viewer.name.rpartition(", ")[0] if viewer.party else viewer.name,
        "mine": [lists.row(i, viewer, today, by_act=True) for i in mine],
        "others": [lists.row(i, viewer, today, by_act=True) for i in others],
        "known": [lists.row(i, viewer, today, by_act=False) for i in known],
        "steps": lists.overview(items, viewer),
        "lead": _lead(len(mine), len(others)),
        "interim": [(i.case.number, i.case.interim_arrangement) for i in live if i.seen is Sight.FULL][:2]
        if viewer.party
        else [],
        "meetings": _meetings(viewer),
        "interpretations": agreements.newest_interpretations(3),
    }


def _lead(mine: int, others: int) -> str:
    numbers = [_("inget"), _("ett"), _("två"), _("tre"), _("fyra"), _("fem"), _("sex"), _("sju"), _("åtta"), _("nio")]

    def word(count: int) -> str:
        return numbers[count] if count < len(numbers) else str(count)

    first = (
        _("Inget ärende väntar på er.")
        if not mine
        else (
            _("Ett ärende väntar på er.")
            if mine == 1
            else _("%(count)s ärenden väntar på er.", count=word(mine).capitalize())
        )
    )
    if not others:
        return first
    return f"{first} " + (
        _("Ett väntar på andra.") if others == 1 else _("%(count)s väntar på andra.", count=word(others).capitalize())
    )


def _meetings(viewer: Viewer) -> list[dict[str, Any]]:
    """The next meeting of the viewer's own body, or of both for the secretariat."""
    ladder, today = load("hok"), clock.today()
    bodies = ["TSG", "VIS"] if viewer.role in SECRETARIAT_ROLES else [viewer.body] if viewer.body else []
    shown = []
    for body, coming in meetings.coming(ladder, bodies, today).items():
        if not coming:
            continue
        step = ladder.step(ladder.step_of(body) or 1)
        left = workdays.between(today, coming[0].held_on, calendar_of(ladder))
        shown.append(
            {
                "day": coming[0].held_on,
                "label": _("Nästa möte i %(body)s", body=words.inside(step.name))
                if len(bodies) > 1
                else _("Nästa möte"),
                "text": _(
                    "%(day)s, %(left)s kvar", day=date_weekday(coming[0].held_on).split()[0], left=working_days(left)
                )
                if left
                else _("i dag"),
                "notes": [
                    _(
                        "Underlag senast %(material)s, utskick %(dispatch)s",
                        material=date_near(coming[0].material_on, today),
                        dispatch=date_near(coming[0].dispatch_on, today),
                    ),
                    _("Därefter: %(day)s", day=date_long(coming[1].held_on)) if len(coming) > 1 else "",
                ],
            }
        )
    return sorted(shown, key=lambda meeting: meeting["day"])
