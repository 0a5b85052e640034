"""What it is for a case to stand still, and how much (domain/05 § 5.6). Rules and levels are ours (D), not HÖK's.

X4 (no one handles it) is a matter of people, and X7 (the time of a remit) one of remits: neither is judged from days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from escalation.rules import workdays
from escalation.rules.glossary import say
from escalation.rules.situation import LOCAL_PHASES, Phase
from escalation.rules.workdays import Calendar, months_after

QUIET_DAYS: Mapping[bool, int] = {True: 15, False: 25}
"""Working days without an act in substance after which a case stands still: at step 1, and above it (X2)."""
HAVE_THEIR_OWN_DAY = frozenset({Phase.SCHEDULED, Phase.IMPLEMENTATION})
"""Where quiet is as it should be (ours): on a meeting, and while tasks are carried out (X9 watches those)."""
SOON_DAYS = 5
"""Working days before the material deadline from which a missing brief counts (X5)."""
TABLED_TIMES = 2
LONGEST_PAUSE_MONTHS = 6

RULES: Mapping[str, str] = {
    "X1": say("En sista dag har passerat"),
    "X2": say("Inget har hänt i sak på länge"),
    "X3": say("Mottagandet är inte bekräftat"),
    "X5": say("Underlaget till mötet saknas"),
    "X6": say("Har bordlagts två gånger"),
    "X8": say("Pausen är slut eller för lång"),
    "X9": say("Det överenskomna är inte gjort i tid"),
    "X10": say("Äldre än ett år"),
}
"""Each rule in words."""


@dataclass(frozen=True)
class Pulse:
    """The days that tell whether a case stands still; None where it has no such day.

    ``local_end_on`` is D7, ``forced_until`` D7c + 5. ``receipt_due_on`` is D4 while no respondent has acknowledged,
    ``brief_due_on`` the material deadline of the meeting aimed at while there is no brief, ``task_due_on`` the first
    last day of a task not yet reported. ``substance_on``: the last position, meeting, proposal, answer or decision.
    """

    phase: Phase
    step: int
    filed_on: dt.date
    substance_on: dt.date
    ball_due_on: dt.date | None = None
    local_end_on: dt.date | None = None
    forced_until: dt.date | None = None
    receipt_due_on: dt.date | None = None
    brief_due_on: dt.date | None = None
    task_due_on: dt.date | None = None
    paused_from: dt.date | None = None
    paused_until: dt.date | None = None
    times_tabled: int = 0
    is_urgent: bool = False


@dataclass(frozen=True)
class Stall:
    """That a case stands still: level 1–4, the rules that say so, and working days since the last day that passed."""

    level: int
    rules: tuple[str, ...]
    days_late: int


def level_of(days_late: int) -> int:
    """The level that lateness alone gives: 1 up to 5 working days, 2 up to 15, 3 up to 30, else 4; 0 if not late."""
    if days_late <= 0:
        return 0
    return 1 if days_late <= 5 else 2 if days_late <= 15 else 3 if days_late <= 30 else 4


def days_late(p: Pulse, today: dt.date, calendar: Calendar) -> int:
    """Working days since the first of its days that has passed: the local step's, the ball's or a task's; else 0."""
    local = p.local_end_on if p.phase in LOCAL_PHASES else None
    passed = [day for day in (local, p.ball_due_on, p.task_due_on) if day is not None and day < today]
    return workdays.between(min(passed), today, calendar, p.is_urgent) if passed else 0


def judge(p: Pulse, today: dt.date, calendar: Calendar) -> Stall | None:
    """How the case stands still on ``today``, or None if it does not. A paused case only by its pause."""
    if p.phase is Phase.CLOSED:
        return None
    late = 0 if p.paused_until else days_late(p, today, calendar)
    rules = tuple(rule for rule, holds in _rules(p, today, calendar, late).items() if holds)
    if not rules:
        return None
    level = max(1, level_of(late))
    if p.forced_until is not None and p.forced_until < today and not p.paused_until:
        level = max(level, 3)
    if "X10" in rules:
        level = 4
    return Stall(level, rules, late)


def _rules(p: Pulse, today: dt.date, calendar: Calendar, late: int) -> dict[str, bool]:
    if p.paused_until is not None:
        too_long = p.paused_from is not None and p.paused_until > months_after(p.paused_from, LONGEST_PAUSE_MONTHS)
        return {"X8": p.paused_until < today or too_long}
    quiet = workdays.between(p.substance_on, today, calendar, p.is_urgent)
    to_brief = workdays.between(today, p.brief_due_on, calendar) if p.brief_due_on else SOON_DAYS + 1
    return {
        "X1": late > 0,
        "X2": p.phase not in HAVE_THEIR_OWN_DAY and quiet > QUIET_DAYS[p.step == 1],
        "X3": p.phase is Phase.SERVED and p.receipt_due_on is not None and p.receipt_due_on < today,
        "X5": to_brief <= SOON_DAYS,
        "X6": p.times_tabled >= TABLED_TIMES,
        "X9": p.task_due_on is not None and p.task_due_on < today,
        "X10": months_after(p.filed_on, 12) < today,
    }
