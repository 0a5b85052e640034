"""What the start pages have in common: whose it is, the sentence that sums it up, the staircase, lines of a column."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.web.cases.lists import StepOfMany


@dataclass(frozen=True)
class StartPage:
    """What every start page with a staircase shows: whose it is, the sentence that sums it up, and the staircase."""

    place: str
    lead: str
    steps: Sequence[StepOfMany]


@dataclass(frozen=True)
class NextMeeting:
    """A body's next meeting, as the macro ``meet`` takes it."""

    day: dt.date
    label: str
    text: str
    notes: Sequence[str]
