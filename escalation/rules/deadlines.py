"""A due date together with its receipt: how it was counted, so that anyone can count it again (E1, E14).

Which deadline begins when is a table; how many days it has is the ladder's. All day counts are ours (D).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.rules import workdays
from escalation.rules.ladder import Ladder, Step
from escalation.rules.situation import Phase
from escalation.rules.workdays import Calendar, QuietPeriod

STARTS: dict[Phase, tuple[str, ...]] = {
    # phase entered -> deadlines that begin on that day (domain/05 § 5.3)
    Phase.INTAKE: ("D1",),
    Phase.COMPLETION: ("D2",),
    Phase.BYPASS_REVIEW: ("D3", "D3b"),
    Phase.SERVED: ("D4", "D5", "D6", "D7", "D7c"),
    Phase.IMPASSE: ("D7b",),
    Phase.RECEIVED: ("D9", "D10"),
    Phase.MINUTED: ("D14",),
    Phase.RECOMMENDATION_OUT: ("D15",),
}
FOLLOWS = {"D7c": "D7", "D3b": "D3"}
"""Deadlines that count from another's last day."""

LATE_REFUSAL = "D15b"
"""The last day on which a party that did not answer an announcement takes a case that its silence ended further (T29c).
The days are ours; it begins when silence ends the case (T28b)."""


@dataclass(frozen=True)
class Due:
    """One due date. ``receipt`` is plain JSON from which ``recount`` gives ``due_on`` again."""

    key: str
    base_event: str
    base_on: dt.date
    workdays: int | None
    due_on: dt.date
    receipt: dict[str, Any]


@dataclass(frozen=True)
class MeetingDay:
    """A body's meeting with the days that follow from it, counted backwards (domain/06)."""

    id: int
    body: str
    held_on: dt.date
    material_on: dt.date
    dispatch_on: dt.date

    @property
    def comments_until(self) -> dt.date:
        """D13: the day before dispatch."""
        return self.dispatch_on - dt.timedelta(days=1)


def calendar_of(ladder: Ladder) -> Calendar:
    """The Swedish calendar with this ladder's quiet periods."""
    return workdays.load_calendar(
        tuple(QuietPeriod(*_month_day(a), *_month_day(b), urgent_counts=u) for a, b, u in ladder.quiet)
    )


def _month_day(text: str) -> tuple[int, int]:
    month, day = text.split("-")
    return int(month), int(day)


def counted(key: str, base_event: str, base_on: dt.date, days: int, calendar: Calendar, *, urgent: bool = False) -> Due:
    """A deadline ``days`` working days after ``base_on``, with every day that did not count and why."""
    counting = workdays.count(base_on, days, calendar, urgent)
    receipt = {
        "rule": "workdays",
        "base_on": base_on.isoformat(),
        "workdays": days,
        "urgent": urgent,
        "skipped": [[day.isoformat(), reason] for day, reason in counting.skipped],
        "due_on": counting.due.isoformat(),
        "calendar": calendar.version,
    }
    return Due(key, base_event, base_on, days, counting.due, receipt)


def meeting_day(id: int, body: str, held_on: dt.date, step: Step, calendar: Calendar) -> MeetingDay:
    """A meeting with its material deadline and dispatch, counted back as the ladder's step says."""
    return MeetingDay(
        id,
        body,
        held_on,
        workdays.subtract(held_on, step.material_days, calendar),
        workdays.subtract(held_on, step.dispatch_days, calendar),
    )


def reachable(meetings: Sequence[MeetingDay], today: dt.date) -> list[MeetingDay]:
    """Meetings whose papers can still be in on time, the nearest first."""
    return sorted((m for m in meetings if m.material_on >= today), key=lambda m: m.held_on)


def second_reachable(key: str, base_on: dt.date, meetings: Sequence[MeetingDay]) -> Due:
    """D12 and D16: the day of the second meeting that could be reached when the file was accepted.

    Raises LookupError where the body has fewer than two such meetings in its calendar.
    """
    within = reachable(meetings, base_on)
    if len(within) < 2:
        raise LookupError("the body has fewer than two meetings that can be reached")
    second = within[1]
    receipt = {
        "rule": "second_meeting",
        "base_on": base_on.isoformat(),
        "meetings": [
            [m.held_on.isoformat(), m.material_on.isoformat()] for m in sorted(meetings, key=lambda m: m.held_on)
            if m.held_on >= base_on and m.held_on <= second.held_on
        ],
        "due_on": second.held_on.isoformat(),
    }  # fmt: skip
    return Due(key, "accept_file", base_on, None, second.held_on, receipt)


def agreed(key: str, verb: str, was: dt.date, due_on: dt.date) -> Due:
    """A day that was set by hand instead of ``was``: by both sides (T15), or by the body that remits (T30)."""
    receipt = {"rule": "agreed", "base_on": was.isoformat(), "due_on": due_on.isoformat()}
    return Due(key, verb, was, None, due_on, receipt)


def resumed(
    key: str, was: dt.date, from_on: dt.date, resumed_on: dt.date, calendar: Calendar, *, urgent: bool = False
) -> Due:
    """A deadline after a pause [``from_on``, ``resumed_on``): what was left of it, from the day of resumption.

    A pause of k working days moves the deadline by exactly k (E5).
    """
    left = workdays.between(from_on, was, calendar, urgent)
    counting = workdays.count(resumed_on, left, calendar, urgent)
    receipt = {
        "rule": "resumed",
        "base_on": was.isoformat(),
        "paused_from": from_on.isoformat(),
        "resumed_on": resumed_on.isoformat(),
        "workdays": left,
        "urgent": urgent,
        "skipped": [[day.isoformat(), reason] for day, reason in counting.skipped],
        "due_on": counting.due.isoformat(),
    }
    return Due(key, "resume", resumed_on, left, counting.due, receipt)


def before_dispatch(base_on: dt.date, meeting: MeetingDay) -> Due:
    """D13: the parties' comments, until the day before the papers are sent out."""
    receipt = {
        "rule": "before_dispatch",
        "base_on": base_on.isoformat(),
        "meeting_on": meeting.held_on.isoformat(),
        "dispatch_on": meeting.dispatch_on.isoformat(),
        "due_on": meeting.comments_until.isoformat(),
    }
    return Due("D13", "schedule", base_on, None, meeting.comments_until, receipt)


def recount(receipt: Mapping[str, Any], calendar: Calendar) -> dt.date:
    """The due date counted again from nothing but the receipt (E14)."""
    base = dt.date.fromisoformat(receipt["base_on"])
    if receipt["rule"] == "workdays":
        return workdays.add(base, receipt["workdays"], calendar, receipt["urgent"])
    if receipt["rule"] == "resumed":
        return workdays.add(
            dt.date.fromisoformat(receipt["resumed_on"]), receipt["workdays"], calendar, receipt["urgent"]
        )
    if receipt["rule"] == "agreed":
        return dt.date.fromisoformat(receipt["due_on"])
    if receipt["rule"] == "second_meeting":
        within = [held for held, material in receipt["meetings"] if dt.date.fromisoformat(material) >= base]
        return dt.date.fromisoformat(within[1])
    return dt.date.fromisoformat(receipt["dispatch_on"]) - dt.timedelta(days=1)


def starting(phase: Phase, verb: str, day: dt.date, step: int, ladder: Ladder, *, urgent: bool) -> list[Due]:
    """The deadlines that begin when ``phase`` is entered on ``day``. D7c counts from D7's last day, and says so.

    A filing that comes back completed gets what was left of its check, from the verb itself.
    """
    calendar = calendar_of(ladder)
    dues: list[Due] = []
    for key in STARTS.get(phase, ()) if verb != "complete" else ():
        event, base = (FOLLOWS[key], dues[-1].due_on) if key in FOLLOWS else (verb, day)
        dues.append(counted(key, event, base, ladder.workdays(key, step, urgent), calendar, urgent=urgent))
    return dues


def dates_of(known: Mapping[str, dt.date], calendar: Calendar, *, urgent: bool = False) -> Callable[[str], dt.date]:
    """A reader of deadline expressions: "D7", "D7c+5", and "F", the later of D7c and D7b + 5.

    KeyError where the case has no such date.
    """

    def read(expression: str) -> dt.date:
        key, _, plus = expression.partition("+")
        if key == "F":
            base = workdays.add(known["D7b"], 5, calendar, urgent)
            base = max(base, known["D7c"]) if "D7c" in known else base
        else:
            base = known[key]
        return workdays.add(base, int(plus), calendar, urgent) if plus else base

    return read
