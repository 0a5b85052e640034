"""Content of the pages of the yearly follow-up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, url_for

from escalation.accounts.models import Viewer
from escalation.cases.models.case import CaseType
from escalation.followups import queries
from escalation.followups.models import FollowUp
from escalation.rules import yearly
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import GLOSSARY, inside
from escalation.rules.main_agreement import main_agreement
from escalation.rules.yearly import Duty
from escalation.web.cases.rows import late_flag, with_last_day
from escalation.web.format import date_long
from escalation.web.language import _, in_swedish
from escalation.web.names import register_name
from escalation.web.parts import Row, Table

LOCAL_GOAL = 80
"""Percent of the solved cases, to be solved between the parties. Ours (D), not the agreement's (domain/07, K4)."""


@dataclass(frozen=True)
class Job:
    """A job about one year, with its result if it is done. ``url`` leads to the page that corrects the result."""

    label: str
    text: str
    provision: str
    state: str
    result: str = ""
    by: str = ""
    fed_by: int = 0
    tables: Sequence[Table] = ()
    url: str = ""


@dataclass(frozen=True)
class YearPage:
    """The page of one year. ``now``: the jobs to do now, of any year."""

    year: int
    summary: str
    years: Sequence[tuple[int, str]]
    is_missing: bool
    now: Sequence[Row]
    jobs: Sequence[Job]
    tables: Sequence[Table]
    is_going: bool
    two_texts_url: str


@dataclass(frozen=True)
class RecordPage:
    """The page on which a job is written in or, if it ``is_made``, corrected."""

    job: str
    text: str
    year: int
    provision: str
    due: str
    is_made: bool
    fed_by: int
    tables: Sequence[Table]
    back: str


def duty(key: str, year: int) -> Duty:
    """The job about that year; 404 if there is none."""
    job = yearly.job(key)
    return job.about(year) if job and 1990 <= year <= 2100 else abort(404)


def expect_owed(asked: Duty, today: dt.date) -> None:
    """Refuse a job that is not to be done now (404): it has not begun, or is done."""
    if asked not in queries.owed(today):
        abort(404)


def year_page(asked: int | None, viewer: Viewer, today: dt.date) -> YearPage:
    """All that the page of a year shows; without a year, of the current one."""
    owed = queries.owed(today)
    years = queries.years(today, owed)
    chosen = asked if asked in years else today.year
    done = queries.done(chosen)
    return YearPage(
        year=chosen,
        summary=yearly.summary(),
        years=[(y, url_for("followups.follow_up", year=y)) for y in years],
        is_missing=asked is not None and asked not in years,
        now=[_to_do(duty, viewer, today) for duty in owed],
        jobs=[_job(job.about(chosen), done.get(job.key), viewer, today) for job in yearly.jobs()],
        tables=_tables(queries.figures(chosen)) if chosen <= today.year else [],
        is_going=chosen == today.year,
        two_texts_url=url_for("cases.cases", two_texts="y") if queries.may_record(viewer) else "",
    )


def record_page(asked: Duty, made: FollowUp | None = None) -> RecordPage:
    """All that the page of a job shows beside its form."""
    return RecordPage(
        job=f"{_(asked.job.name)} {asked.year}",
        text=_(asked.job.about_it),
        year=asked.year,
        provision=_place(asked),
        due=date_long(asked.due_on),
        is_made=made is not None,
        fed_by=asked.fed_by,
        tables=_tables(made.figures if made else queries.figures(asked.fed_by)),
        back=url_for("followups.follow_up", year=asked.year),
    )


def rows(viewer: Viewer, today: dt.date, asked: Sequence[Duty]) -> list[Row]:
    """The rows of a start page: jobs of the yearly follow-up that wait for the viewer's office."""
    return [_row(duty, viewer, today) for duty in asked]


def _row(asked: Duty, viewer: Viewer, today: dt.date) -> Row:
    shown = Row(
        title=_(asked.job.to_do),
        url=url_for("followups.follow_up"),
        text=_(asked.job.about_it),
        more="" if queries.may_record(viewer) else _("Sekretariatet skriver in vad som är gjort."),
        meta=(_("Årlig uppföljning %(year)s", year=asked.year), _place(asked)),
    )
    shown = with_last_day(shown, asked.due_on, today, calendar_of(main_agreement().ladder))
    return replace(shown, flags=(late_flag(1),) if shown.late else ())


def _to_do(asked: Duty, viewer: Viewer, today: dt.date) -> Row:
    """A job that is to be done now: a row that leads to where it is written in."""
    url = url_for("followups.follow_up", year=asked.fed_by)
    if queries.may_record(viewer):
        url = url_for("followups.record", job=asked.job.key, year=asked.year)
    return replace(
        _row(asked, viewer, today),
        title=f"{_(asked.job.name)} {asked.year}",
        url=url,
        meta=(_place(asked), _("Bygger på siffrorna för %(year)s", year=asked.fed_by)),
    )


def _place(asked: Duty) -> str:
    return f"{main_agreement().name} {asked.job.provision}".replace(" ", "\u00a0")


def _job(about: Duty, done: FollowUp | None, viewer: Viewer, today: dt.date) -> Job:
    is_ahead = about.begins_on > today
    state = _("Börjar %(day)s.", day=date_long(about.begins_on)) if is_ahead else _("Inget är inskrivet.")
    job = Job(_(about.job.name), _(about.job.about_it), _place(about), state)
    if done is None:
        return job
    return replace(
        job,
        state=_("Gjord %(day)s.", day=date_long(done.done_on)),
        result=done.result,
        by=_by(done),
        fed_by=about.fed_by,
        tables=_tables(done.figures),
        url=url_for("followups.correct", job=about.job.key, year=about.year) if queries.may_record(viewer) else "",
    )


def _by(done: FollowUp) -> str:
    """Who wrote it in and when, and when it was corrected."""
    side = inside(_(GLOSSARY[done.recorder.side].label)) if done.recorder.side else ""
    by = _("Inskrivet %(day)s av sekretariatet, %(side)s.", day=date_long(done.recorded_at), side=side)
    return by + " " + _("Rättat %(day)s.", day=date_long(done.corrected_at)) if done.corrected_at else by


def _tables(figures: Mapping[str, Any]) -> list[Table]:
    solved = [figures[f"solved_{step}"] for step in (1, 2, 3)]
    tables = [
        Table(
            _("Ärenden som anmäldes och översändes till motparten"),
            [
                (_("Alla"), figures["filed"]),
                *((_(GLOSSARY[type].label), figures[type.value]) for type in CaseType),
                (_("Principiell karaktär, begärt"), figures["principle_asked"]),
                (_("Principiell karaktär, beviljat"), figures["principle_granted"]),
                (_("Hänvisar till två texter"), figures["two_texts"]),
            ],
        ),
        Table(
            _("Avslutade ärenden"),
            [
                (_("Lösta på steg %(step)s", step=1), solved[0]),
                (_("Lösta på steg %(step)s", step=2), solved[1]),
                (_("Lösta på steg %(step)s", step=3), solved[2]),
                (_("Inte lösta"), figures["unsolved"]),
                (_("Återkallade, sammanlagda eller avslutade på annat sätt"), figures["otherwise"]),
            ],
            _share(solved),
        ),
        Table(register_name(), [(_("Beslutade tolkningsbesked"), figures["interpreted"])]),
    ]
    if figures["agreements"]:
        about = [(in_swedish(agreement), count) for agreement, count in figures["agreements"]]
        tables.append(Table(_("Överenskommelser som ärendena gäller"), about))
    return tables


def _share(solved: Sequence[int]) -> str:
    """How many of the solved cases were solved between the parties, and the goal."""
    if not sum(solved):
        return ""
    return _(
        "%(local)s av %(all)s lösta ärenden löstes mellan parterna. Målet är minst %(goal)s procent, "
        "förvalt av systemet och inte av %(agreement)s.",
        agreement=main_agreement().name,
        local=solved[0],
        all=sum(solved),
        goal=LOCAL_GOAL,
    )
