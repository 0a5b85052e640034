"""Verbs that pause a case and resume it (T16, T17)."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import advance, allowed, in_force, refuse_wrong, who
from escalation.cases.ladders import ladder_of, last_day
from escalation.cases.models.case import Case
from escalation.cases.models.course import Pause
from escalation.cases.seats import open_referrals
from escalation.cases.verbs.tasks import task_dates
from escalation.db import session
from escalation.rules import deadlines as due_dates
from escalation.rules import workdays
from escalation.rules.choices import PAUSE_GROUNDS, PAUSES_ALONE
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.situation import (
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent

MOST_PAUSE = dt.timedelta(days=183)


MOST_PAUSE_IN_ALL = dt.timedelta(days=366)


NOTICE = 5
"""Working days of T19, T15, T17b with T37 and hearings, and the longest pauses of T16 in calendar days. Ours (D)."""


def pause(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, pause_ground: str, reason: str, paused_until: dt.date
) -> TrailEvent:
    """Pause the case until a day (T16), as both sides have agreed or as the secretariat decides for force majeure."""
    move = allowed(case, "pause", s, by)
    today = swedish_day(at)
    refuse_wrong(wrong_in_pause(case, pause_ground, paused_until, today, is_official=by.party is None))
    session.add(Pause(case_id=case.id, ground=pause_ground, from_on=today, until_on=paused_until))
    case.paused_until = paused_until
    return advance(
        case, move, s, by=by, at=at, facts={"day": paused_until.isoformat(), "ground": pause_ground},
        content={"reason": reason}, changes={"is_paused": True},
    )  # fmt: skip


def wrong_in_pause(case: Case, ground: str, until: dt.date, today: dt.date, *, is_official: bool) -> dict[str, str]:
    errors = {}
    if until <= today:
        errors["paused_until"] = say("Pausen ska sluta en kommande dag.")
    elif until - today > MOST_PAUSE:
        errors["paused_until"] = say("En paus är högst sex månader. Ange en tidigare dag.")
    elif (
        sum(((p.resumed_on or p.until_on) - p.from_on for p in queries.pauses(case)), until - today) > MOST_PAUSE_IN_ALL
    ):
        errors["paused_until"] = say("Ärendet får vara pausat högst tolv månader sammanlagt.")
    if ground not in PAUSE_GROUNDS:
        errors["pause_ground"] = say("Välj en grund i listan.")
    elif is_official and ground != PAUSES_ALONE:
        errors["pause_ground"] = say("Sekretariatet pausar ensamt bara vid force majeure.")
    return errors


def end_pause(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Give notice that a pause ends in five working days (T17), or on its own day if that comes first."""
    move = allowed(case, "end_pause", s, by)
    until = min(last_day(case, at, NOTICE), queries.pauses(case)[-1].until_on)
    case.paused_until = queries.pauses(case)[-1].until_on = until
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "day": until.isoformat()},
        content={"reason": reason}, changes={"is_paused": True},
    )  # fmt: skip


def resume(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Resume the case when its pause is over (T17): every open deadline keeps the working days that it had left."""
    move = allowed(case, "resume", s, by)
    calendar = calendar_of(ladder_of(case))
    last = queries.pauses(case)[-1]
    last.resumed_on, case.paused_until = last.until_on, None
    dues = [
        due_dates.resumed(d.key, d.due_on, last.from_on, last.until_on, calendar, urgent=case.is_urgent)
        for d in in_force(case).values()
        if d.met_on is None
        and d.due_on >= last.from_on
        and d.receipt["rule"] not in {"second_meeting", "before_dispatch"}
    ]
    for task in queries.tasks(case):
        if task.reported_at is None and task.due_on >= last.from_on:
            left = workdays.between(last.from_on, task.due_on, calendar, case.is_urgent)
            task.due_on = workdays.add(last.until_on, left, calendar, case.is_urgent)
    for referral in open_referrals(case):
        if referral.due_on >= last.from_on:
            left = workdays.between(last.from_on, referral.due_on, calendar, case.is_urgent)
            referral.due_on = workdays.add(last.until_on, left, calendar, case.is_urgent)
    dates = task_dates(case, queries.tasks(case), swedish_day(at)) or {"": swedish_day(at)}
    return advance(
        case, move, s, by=by, at=at, facts={"day": last.until_on.isoformat()}, dues=dues, dates=dates,
        changes={"is_paused": False, "pause_over": False},
    )  # fmt: skip
