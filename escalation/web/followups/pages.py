"""What the pages of the yearly follow-up show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, url_for

from escalation.accounts.models import Viewer
from escalation.cases.models import CaseType
from escalation.followups import queries
from escalation.followups.models import FollowUp
from escalation.rules import yearly
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import ACTS, GLOSSARY
from escalation.rules.ladder import load
from escalation.rules.yearly import Duty, YearlyJob
from escalation.web import access
from escalation.web.cases import lists
from escalation.web.format import date_long
from escalation.web.language import _, own

LOCAL_GOAL = 80
"""Percent of what is solved that is to be solved between the parties. Ours (D), not the agreement's (domain/07, K4)."""


def to_record(job: YearlyJob, year: int, today: dt.date) -> Duty:
    """The job about that year, once it has begun; 404 before."""
    duty = job.about(year) if 1990 <= year <= 2100 else abort(404)
    return duty if duty.begins_on <= today else abort(404)


def year(asked: int | None, viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """Everything that ``followups/follow_up.html`` shows of one year; without one, of the one that is going."""
    known = queries.years(today)
    chosen = asked if asked in known else today.year
    done, owed = queries.done(chosen), {(d.job.key, d.year) for d in queries.owed(today)}
    return {
        "year": chosen,
        "years": [(y, url_for("followups.follow_up", year=y)) for y in known],
        "is_missing": asked is not None and asked not in known,
        "jobs": [_job(job.about(chosen), done.get(job.key), owed, viewer, today) for job in yearly.jobs()],
        "tables": _tables(queries.figures(chosen)),
        "is_going": chosen >= today.year,
        "two_texts_url": url_for("cases.cases", two_texts="y") if queries.may_record(viewer) else "",
    }


def recording(duty: Duty, today: dt.date) -> dict[str, Any]:
    """Everything that ``followups/record.html`` shows beside its form."""
    return {
        "job": _(GLOSSARY[duty.job.key].label),
        "what": _(GLOSSARY[duty.job.key].definition),
        "year": duty.year,
        "provision": f"HÖK {duty.job.provision}",
        "due": lists.day_left(duty.due_on, today, calendar_of(load("hok"))),
        "fed_by": duty.fed_by,
        "tables": _tables(queries.figures(duty.fed_by)),
        "back": url_for("followups.follow_up", year=duty.year),
    }


def rows(viewer: Viewer, today: dt.date) -> list[dict[str, Any]]:
    """The rows of a start page: what of the year's follow-up waits for the viewer's office."""
    return [_row(duty, today) for duty in queries.owed_by(viewer, today)]


def _row(duty: Duty, today: dt.date) -> dict[str, Any]:
    shown = lists.day_left(duty.due_on, today, calendar_of(load("hok")))
    return shown | {
        "title": _(ACTS[duty.job.key].definition),
        "url": url_for("followups.follow_up", year=duty.year),
        "text": _(GLOSSARY[duty.job.key].definition),
        "meta": [_("Årlig uppföljning %(year)s", year=duty.year), f"HÖK {duty.job.provision}"],
        "flags": [lists.late_flag(1)] if shown.get("late") else [],
    }


def _job(
    duty: Duty, done: FollowUp | None, owed: set[tuple[str, int]], viewer: Viewer, today: dt.date
) -> dict[str, Any]:
    is_owed, may = (duty.job.key, duty.year) in owed, access.permits("followups.record", viewer)
    if done is not None:
        state = _("Gjord %(day)s.", day=date_long(done.done_on))
    elif duty.begins_on > today:
        state = _("Börjar %(day)s.", day=date_long(duty.begins_on))
    elif is_owed:
        state = _("Ska vara gjord senast %(day)s.", day=date_long(duty.due_on))
    else:
        state = _("Inget är inskrivet.")
    return {
        "label": _(GLOSSARY[duty.job.key].label),
        "what": _(GLOSSARY[duty.job.key].definition),
        "provision": f"HÖK {duty.job.provision}",
        "state": state,
        "is_late": is_owed and duty.due_on < today,
        "result": done.result if done else "",
        "kept": _tables(done.figures) if done else [],
        "kept_on": date_long(done.recorded_at) if done else "",
        "url": url_for("followups.record", job=duty.job.key, year=duty.year)
        if may and done is None and duty.begins_on <= today
        else "",
    }


def _tables(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures as small tables: caption, and rows of (what, number)."""
    solved = [figures[f"solved_{step}"] for step in (1, 2, 3)]
    found = [
        _table(
            _("Anmälda ärenden"),
            [
                (_("Alla"), figures["filed"]),
                *((_(GLOSSARY[type].label), figures[type.value]) for type in CaseType),
                (_("Principiell karaktär, begärt"), figures["principle_asked"]),
                (_("Principiell karaktär, beviljat"), figures["principle_granted"]),
                (_("Hänvisar till två texter"), figures["two_texts"]),
            ],
        ),
        _table(
            _("Avslutade ärenden"),
            [
                (_("Lösta på steg %(step)s", step=1), solved[0]),
                (_("Lösta på steg %(step)s", step=2), solved[1]),
                (_("Lösta på steg %(step)s", step=3), solved[2]),
                (_("Inte lösta"), figures["unsolved"]),
                (_("Tolkningsbesked"), figures["interpreted"]),
            ],
            _share(solved),
        ),
    ]
    if figures["agreements"]:
        about = [(own(agreement), count) for agreement, count in figures["agreements"]]
        found.append(_table(_("Överenskommelser som ärendena gäller"), about))
    return found


def _table(caption: str, rows: Sequence[tuple[str, int]], note: str = "") -> dict[str, Any]:
    return {"caption": caption, "rows": rows, "note": note}


def _share(solved: Sequence[int]) -> str:
    """How much of what was solved was solved between the parties, beside the goal."""
    if not sum(solved):
        return ""
    return _(
        "%(local)s av %(all)s lösta ärenden löstes mellan parterna. Målet är minst %(goal)s procent, "
        "förvalt av systemet och inte av HÖK.",
        local=solved[0],
        all=sum(solved),
        goal=LOCAL_GOAL,
    )
