"""Who is nudged when about the ball: the plan as a table, and what of it has come due (domain/05 § 5.7).

Nudges follow the case's current ball row and nothing else: a row that has begun gives N0, a row whose last
day has passed gives N3, N4 and N5, each a step higher up. A day that does not count (quiet period) sends
nothing: ``add`` skips it, so the nudge goes on the first day that counts.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from escalation.rules.waits import BallRow
from escalation.rules.workdays import Calendar, add, is_workday


class NudgeKind(enum.StrEnum):
    """The steps of the plan that are about the ball, lowest first (numbers from domain/05 § 5.7)."""

    N0 = "N0"
    N3 = "N3"
    N4 = "N4"
    N5 = "N5"


@dataclass(frozen=True)
class PlanRow:
    """One step: how many working days after the ball's last day (None: on the day the row begins), and to
    whom.

    The audiences are seat-set words in which ``{holder}`` and ``{chair}`` stand for the ball's own: a party
    that is late climbs to its approvers, an office (secretariat, chair, body) to the head of the secretariat.
    """

    kind: NudgeKind
    workdays_after_due: int | None
    to_party: tuple[str, ...]
    to_office: tuple[str, ...]


PLAN: tuple[PlanRow, ...] = (
    PlanRow(NudgeKind.N0, None, ("{holder}", "substitute_of:{holder}"), ("{holder}",)),
    PlanRow(NudgeKind.N3, 1, ("{holder}", "substitute_of:{holder}"), ("{holder}",)),
    PlanRow(NudgeKind.N4, 5, ("approvers_of:{holder}", "{holder}"), ("secretariat_head", "{holder}")),
    PlanRow(NudgeKind.N5, 10, ("approvers_of:both_sides", "secretariat"), ("secretariat_head", "{chair}")),
)

OTHERS_HAND = {"region": "adjuster_municipal", "municipal": "adjuster_region"}
"""By a chair's or a deputy's side, the seat-set word of the other of them, who alone is waited for."""
OFFICES = frozenset(
    {
        "secretariat", "chair", "chair_and_secretariat", "body", "consultation", "secretariat_head",
        *OTHERS_HAND.values(),
    }
)  # fmt: skip
"""Holders that are no party; all other seat-set words name one or both of the case's parties."""


@dataclass(frozen=True)
class Due:
    """A nudge that has come due: ``due_on`` is its own day, ``to`` the seat-set words that the caller
    resolves.

    ``subject`` is "ball:<act>" for N0 and the deadline's key for the rest (trust.md § Nudges and mail).
    """

    kind: NudgeKind
    subject: str
    due_on: date
    to: tuple[str, ...]


def first_nudge(ball: BallRow, calendar: Calendar, urgent: bool = False) -> Due:
    """N0 of a row, also before it has begun. On a day that does not count it waits for the next one that
    does.
    """
    counts = is_workday(ball.begins_on, calendar, urgent)
    day = ball.begins_on if counts else add(ball.begins_on, 1, calendar, urgent)
    return Due(PLAN[0].kind, f"ball:{ball.act}", day, _audience(PLAN[0], ball.holder))


def due_nudges(ball: BallRow, today: date, calendar: Calendar, urgent: bool = False) -> list[Due]:
    """All nudges of the current row whose day has come, lowest step first; those long past are in it too
    (E18).

    Raises CalendarYearMissing where the count leaves the calendar.
    """
    dues = [first_nudge(ball, calendar, urgent)]
    for row in PLAN:
        if row.workdays_after_due is not None and ball.due_on < today:
            day = add(ball.due_on, row.workdays_after_due, calendar, urgent)
            dues.append(Due(row.kind, ball.deadline_key, day, _audience(row, ball.holder)))
    return [due for due in dues if due.due_on <= today]


def catch_up(dues: Iterable[Due], written: Iterable[Due]) -> tuple[Due | None, list[Due]]:
    """What to send and what to record as passed, given what the ledger already holds of ``dues`` (E13, E18).

    Only the highest step due is sent, however late the sweep is; a lower one that was never written is
    past. Nothing is sent when the highest is in the ledger already.
    """
    steps = list(dues)
    if not steps:
        return None, []
    *lower, highest = steps
    known = set(written)
    passed = [due for due in lower if due not in known]
    return (None if highest in known else highest), passed


def rank(kind: NudgeKind) -> int:
    """How high the step is: of two nudges to one person about one case only the highest is sent."""
    return list(NudgeKind).index(kind)


def _audience(row: PlanRow, holder: str) -> tuple[str, ...]:
    seat, _, body = holder.partition(":")
    chair = f"chair:{body}" if body else "chair"
    words = row.to_office if seat in OFFICES else row.to_party
    return tuple(word.format(holder=holder, chair=chair) for word in words)
