"""What cases wait for today, and which nudges are due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from escalation.cases.ladders import calendar_for
from escalation.cases.models.case import Case
from escalation.cases.people import people_of, seated_at
from escalation.cases.waits import (
    all_ended_by_silence,
    all_hearings,
    all_open_referrals,
    all_owed,
    all_registrations_asked,
    all_reopenings_asked,
    all_unconfirmed,
    open_balls,
    wait_of,
)
from escalation.db import session
from escalation.nudges.models import Nudge, NudgeState
from escalation.rules.nudge_plan import Due, NudgeKind, due_nudges
from escalation.rules.waits import BallRow
from escalation.rules.workdays import is_workday, load_calendar


@dataclass(frozen=True)
class DueNudge:
    """A nudge that the sweep wrote, or would write in a dry run. ``number`` is the case's, or a yearly job's key."""

    number: str
    kind: NudgeKind
    subject: str
    due_on: dt.date
    recipient: int


def waits_of_cases(today: dt.date, case_ids: Collection[int] | None = None) -> dict[int, tuple[Case, list[BallRow]]]:
    """By case id, each case that waits for something today, with everything that it waits for.

    An open, unpaused case waits for its ball and possibly for more. A closed case waits for the answer whether it is
    taken up again, or for a party that silence let take it further. ``case_ids`` limits the result to these cases.
    """
    waiting = {
        case.id: (case, [BallRow(b.begins_on, b.act, b.holder, b.due_on, b.deadline_key)])
        for case, b in open_balls(today, case_ids)
    }
    for case, wait in _other_waits(today, case_ids):
        if case.id in waiting:
            waiting[case.id][1].append(wait)
    for case, asked in all_reopenings_asked(case_ids):
        waiting[case.id] = (case, [wait_of(case, asked)])
    for case, wait in all_ended_by_silence(today, case_ids):
        waiting.setdefault(case.id, (case, []))[1].append(wait)
    return waiting


def _other_waits(today: dt.date, case_ids: Collection[int] | None) -> Iterator[tuple[Case, BallRow]]:
    """What else is waited for in open cases: opinions, confirmations, comments, debts and registrations."""
    yield from ((case, wait_of(case, referral)) for case, referral in all_open_referrals(case_ids))
    yield from ((case, wait_of(case, party)) for case, party in all_unconfirmed(today, case_ids))
    yield from all_hearings(today, case_ids)
    yield from all_owed(case_ids)
    yield from ((case, wait_of(case, wish)) for case, wish in all_registrations_asked(case_ids))


def dues_of(case: Case, wait: BallRow, today: dt.date) -> list[Due]:
    return due_nudges(wait, today, calendar_for(case), case.is_urgent)


def ripe(today: dt.date) -> list[Nudge]:
    """The pending nudges that may be sent today. In a case's quiet period its nudges wait."""
    rows = session.execute(
        select(Nudge, Case)
        .outerjoin(Case, Case.id == Nudge.case_id)
        .where(Nudge.state == NudgeState.PENDING, Nudge.due_on <= today)
        .order_by(Nudge.id)
    )
    return [nudge for nudge, case in rows if _is_day_for(case, today)]


def _is_day_for(case: Case | None, today: dt.date) -> bool:
    if case is None:
        return is_workday(today, load_calendar())
    return is_workday(today, calendar_for(case), case.is_urgent)


def audience(case: Case, words: Sequence[str], today: dt.date) -> set[int]:
    """The ids of all users who have one of the seats that ``words`` name (``cases.people.people_of``).

    For an empty seat it is the secretariat (E25).
    """
    return {user.id for word in words for user in people_of(case, word, today)}


def seated(case: Case, words: Iterable[str], today: dt.date) -> set[int]:
    """The same as ``audience``, but an empty seat adds no one."""
    return {user.id for word in words for user in seated_at(case, word, today)}
