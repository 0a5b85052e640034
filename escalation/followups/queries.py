"""Queries of the yearly follow-up: the jobs due now and who owes them, the jobs done, and the figures of a year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, String, and_, case, cast, func, select

from escalation.accounts import queries as accounts
from escalation.accounts.models import SECRETARIAT_ROLES, Membership, User, Viewer
from escalation.agreements.models import Agreement, Interpretation
from escalation.cases.models.case import Case, CaseType
from escalation.cases.overview import cites_two_texts
from escalation.cases.patterns import SOLVED, UNSOLVED
from escalation.db import session
from escalation.followups.models import FollowUp
from escalation.rules import yearly
from escalation.rules.workdays import STOCKHOLM, swedish_day
from escalation.rules.yearly import Duty
from escalation.trail import queries as trail


def may_record(viewer: Viewer) -> bool:
    """Whether the viewer may record a job: the secretariat may, since it supports both bodies (§ 4.6)."""
    return viewer.role in SECRETARIAT_ROLES


def owed(today: dt.date) -> list[Duty]:
    """The jobs that have begun and are not done, the earliest last day first."""
    since, done = session.execute(select(*done_since())).one()
    return left(since, done, today)


def done_since() -> tuple[ScalarSelect[Any], ScalarSelect[Any]]:
    """Two columns of a query: when this database came into use, and the jobs done. ``left`` reads them."""
    named = FollowUp.job + "-" + cast(FollowUp.year, String)
    return trail.began_at(), select(func.aggregate_strings(named, " ")).scalar_subquery()


def left(since: dt.datetime | None, done: str | None, today: dt.date) -> list[Duty]:
    """The jobs still owed, from the two columns of ``done_since``. A job that began before ``since`` is not owed."""
    if since is None:
        return []
    begun = yearly.begun(today, swedish_day(since))
    return [duty for duty in begun if f"{duty.job.key}-{duty.year}" not in (done or "").split()]


def owed_by(viewer: Viewer, today: dt.date) -> list[Duty]:
    """The jobs that the viewer's office owes. No query is made for an office that never owes one."""
    mine = any(accounts.is_of_office(viewer, job.office) for job in yearly.jobs())
    return of_office(viewer, owed(today)) if mine else []


def of_office(viewer: Viewer, owed: Sequence[Duty]) -> list[Duty]:
    """Those of the jobs that the viewer's office owes."""
    return [duty for duty in owed if accounts.is_of_office(viewer, duty.job.office)]


def people(words: Sequence[str]) -> set[int]:
    """Ids of the users who hold one of these seats."""
    wanted = [seated for word in words if (seated := accounts.office(word)) is not None]
    sits = select(Membership.user_id)
    return {
        id
        for seated in wanted
        for id in session.scalars(select(User.id).where(User.id.in_(sits.where(Membership.is_held, seated))))
    }


def done(year: int) -> Mapping[str, FollowUp]:
    """The jobs done about that year, by the job's key."""
    return {found.job: found for found in session.scalars(select(FollowUp).where(FollowUp.year == year))}


def years(today: dt.date, asked: Sequence[Duty]) -> list[int]:
    """The years that the page can show, the latest first: from the first case, or the first year that was followed
    up, to the last that is ``asked`` for.
    """
    first = session.scalar(select(func.min(Case.filed_at)))
    shown = [today.year, *session.scalars(select(FollowUp.year)), *(duty.year for duty in asked)]
    if first is not None:
        shown.append(first.astimezone(STOCKHOLM).year)
    return list(range(max(shown), min(shown) - 1, -1))


def figures(year: int) -> dict[str, Any]:
    """The year in numbers (domain/07), of the whole county: they do not show which case or which party.

    Counts by word: ``filed`` and of them each type, ``principle_asked`` and ``principle_granted``, ``two_texts``;
    ``solved_1`` … by the step at which a case closed that year ended, ``unsolved``, ``otherwise``; ``interpreted``:
    decided that year. ``agreements``: how many of those filed each is about, the most first, as (its short title,
    cases). A case counts from when it has been sent to its respondent, who must not learn of it here (trust.md, T8).
    """
    begins, ends = (dt.datetime(y, 1, 1, tzinfo=STOCKHOLM).astimezone(dt.UTC) for y in (year, year + 1))
    filed = and_(Case.served_at.is_not(None), Case.filed_at >= begins, Case.filed_at < ends)
    closed = and_(Case.served_at.is_not(None), Case.closed_at >= begins, Case.closed_at < ends)
    solved = and_(closed, Case.closing_reason.in_(SOLVED))
    counted = {
        "filed": filed,
        **{type.value: and_(filed, Case.type == type) for type in CaseType},
        "principle_asked": and_(filed, Case.principle_asked),
        "principle_granted": and_(filed, Case.is_principled),
        "two_texts": and_(filed, cites_two_texts()),
        **{f"solved_{step}": and_(solved, Case.step == step) for step in (1, 2, 3)},
        "unsolved": and_(closed, Case.closing_reason.in_(UNSOLVED)),
        "otherwise": and_(closed, Case.closing_reason.not_in(SOLVED + UNSOLVED)),
    }
    decided = and_(Interpretation.decided_on >= dt.date(year, 1, 1), Interpretation.decided_on <= dt.date(year, 12, 31))
    interpreted = select(func.count(Interpretation.id)).where(decided).scalar_subquery()
    row = session.execute(select(*(_times(what) for what in counted.values()), interpreted).select_from(Case)).one()
    return dict(zip([*counted, "interpreted"], row, strict=True)) | {"agreements": _agreements(filed)}


def _times(what: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((what, 1), else_=0)), 0)


def _agreements(filed: ColumnElement[bool]) -> list[list[Any]]:
    times = func.count(Case.id)
    rows = session.execute(
        select(Agreement.short_title, times)
        .join_from(Case, Agreement, Agreement.code == Case.agreement_code)
        .where(filed)
        .group_by(Agreement.short_title)
        .order_by(times.desc(), Agreement.short_title)
    )
    return [list(row) for row in rows]
