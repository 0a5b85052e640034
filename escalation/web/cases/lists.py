"""Rows of cases for lists and start pages: date first, then what is to be done, then where on the staircase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.models import Ball, Case
from escalation.cases.queries import Sight
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.ladder import load
from escalation.rules.situation import Phase
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.language import _, ngettext


@dataclass
class Listed:
    """A case as a list knows it."""

    case: Case
    seen: Sight
    ball: Ball | None
    codes: list[str]
    is_mine: bool


def listed(viewer: Viewer, today: dt.date) -> list[Listed]:
    """The viewer's cases, open ones first, each with today's ball. Two queries and a half, however many they are."""
    found = queries.listed(viewer, today)
    codes = queries.provision_codes([c for c, _seen, _ball in found])
    return [
        Listed(
            c,
            seen,
            ball,
            codes.get(c.id, []),
            seen is not Sight.TITLE and ball is not None and words.is_mine(c, ball, viewer),
        )
        for c, seen, ball in found
    ]


def row(item: Listed, viewer: Viewer, today: dt.date, *, by_act: bool) -> dict[str, Any]:
    """One row. ``by_act``: the link names the act that waits, as on a start page; else the title."""
    found, ball = item.case, item.ball
    ladder = queries.ladder_of(found)
    first, second = words.short_parties(found)
    url = url_for("cases.case", number=found.number)
    parties = _("%(first)s till %(second)s", first=first, second=second)
    where = _("Steg %(step)s av %(steps)s", step=found.step, steps=len(ladder.steps))
    shown: dict[str, Any] = {
        "url": url,
        "title": found.title,
        "meta": [found.number, words.citation(found, item.codes)],
        "at": 0 if found.phase is Phase.INTAKE else found.step,
        "steps": len(ladder.steps),
        "where": _("Före steg 1") if found.phase is Phase.INTAKE else where,
        "text": words.status(found),
    }
    if item.seen is not Sight.TITLE:
        shown["meta"].append(parties)
    if found.phase is Phase.CLOSED or ball is None or not (item.is_mine or item.seen is Sight.FULL):
        if found.closed_at:
            shown |= {"day": found.closed_at, "note": _("avslutat")}
        else:
            shown["day_text"] = _("Pågår")
        return shown
    if found.paused_until is not None:
        return shown | {
            "day": found.paused_until,
            "note": _("pausat till"),
            "flags": [{"text": _("Pausat"), "kind": "quiet", "icon": "pause"}],
        }
    calendar = calendar_of(ladder)
    who = words.holder_name(found, ball, ladder, viewer)
    late = workdays.between(ball.due_on, today, calendar, found.is_urgent)
    left = workdays.between(today, ball.due_on, calendar, found.is_urgent)
    shown["day"] = ball.due_on
    if late:
        shown |= {"late": True, "note": ngettext("%(num)s arbetsdag sent", "%(num)s arbetsdagar sent", late)}
        shown["flags"] = [{"text": _("Försenat"), "kind": "late"}]
    elif left:
        shown["note"] = ngettext("%(num)s arbetsdag kvar", "%(num)s arbetsdagar kvar", left)
    else:
        shown |= {"day_text": _("I dag"), "note": date_long(today)}
    shown["ball"] = {"text": _("%(who)s har bollen", who=who), "mine": item.is_mine}
    if by_act:
        shown["title"] = (
            words.act_to_do(ball) if item.is_mine else _("%(who)s %(act)s", who=who, act=words.act_now(ball))
        )
        shown["meta"].insert(1, found.title)
        shown["text"] = "" if item.is_mine else words.status(found)
    return shown


def rows(viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """The list page: open and closed."""
    items = listed(viewer, today)
    return {
        "open": [row(i, viewer, today, by_act=False) for i in items if i.case.phase is not Phase.CLOSED],
        "closed": [row(i, viewer, today, by_act=False) for i in items if i.case.phase is Phase.CLOSED],
    }


def overview(items: Sequence[Listed], viewer: Viewer) -> list[dict[str, Any]]:
    """The staircase of a start page: HÖK's steps with one ball for each open case; the viewer's own step marked."""
    steps = []
    for step in load("hok").steps:
        here = [i for i in items if i.case.step == step.no and i.case.phase is not Phase.CLOSED]
        own = step.body == viewer.body if viewer.body else viewer.party is not None and step.no == 1
        steps.append(
            {"name": step.name, "count": len(here), "mine": sum(i.is_mine for i in here), "own": own, "out": _now(here)}
        )
    return steps


def _now(here: Sequence[Listed]) -> str:
    if not here:
        return _("Inget just nu")
    mine = sum(i.is_mine for i in here)
    if mine == len(here):
        return _("Ni har bollen") if mine == 1 else _("Ni har bollen i alla")
    return _("Ni har bollen i %(mine)s", mine=mine) if mine else _("Andra har bollen")
