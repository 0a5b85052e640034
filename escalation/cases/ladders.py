"""The ladder that a case follows: its own frozen copy, and the days that it gives."""

from __future__ import annotations

import datetime as dt

from escalation.cases.models.case import Case
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.ladder import Ladder
from escalation.rules.workdays import Calendar

_FROM_FROZEN: dict[str, Ladder] = {}
"""By fingerprint, the ladders of cases that have changed since the filing. There are few of them."""


def ladder_of(case: Case) -> Ladder:
    """The ladder that the case was filed under, from the copy that the case keeps."""
    if case.ladder_hash == ladders.fingerprint_of(case.ladder_key):
        return ladders.load(case.ladder_key)
    if case.ladder_hash not in _FROM_FROZEN:
        _FROM_FROZEN[case.ladder_hash] = ladders.from_frozen(case.ladder)
    return _FROM_FROZEN[case.ladder_hash]


def days_of(case: Case, key: str) -> int:
    """How many working days the case has for a deadline, by its key, at its present step."""
    return ladder_of(case).workdays(key, case.step, case.is_urgent)


def last_day(case: Case, at: dt.datetime, days: int) -> dt.date:
    """The day that is ``days`` working days after an act at ``at``."""
    calendar = calendar_of(ladder_of(case))
    return workdays.add(workdays.base_day(at, calendar), days, calendar, case.is_urgent)


def calendar_for(case: Case) -> Calendar:
    """The calendar of the ladder that the case was filed under."""
    return calendar_of(ladder_of(case))
