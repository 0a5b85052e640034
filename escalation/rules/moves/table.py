"""MOVES: the rows of all stages in the order of domain/05 § 5.2, and what is open to whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from escalation.rules.glossary import BASES
from escalation.rules.machine import (
    TIME_GUARDS,
    Move,
    MoveNotAllowed,
    Opening,
    failing_guard,
)
from escalation.rules.moves import body, closing, decision, filing, follow_up, local_step, principle
from escalation.rules.situation import (
    HearingKind,
    Outcome,
    Phase,
    Seat,
    Situation,
)

MOVES: tuple[Move, ...] = (
    *filing.ROWS,
    *principle.ROWS,
    *local_step.ROWS,
    *body.ROWS,
    *decision.ROWS,
    *follow_up.ROWS,
    *closing.ROWS,
)


BY_VERB: dict[str, Move] = {m.verb: m for m in MOVES}


BY_EVENT: dict[str, Move] = {m.event: m for m in MOVES}


BY_HEARING: dict[HearingKind, Move] = {m.after_hearing: m for m in MOVES if m.after_hearing}
"""What the parties are heard about -> the row that is open when they have been."""


BY_CLOCK: tuple[Move, ...] = tuple(m for m in MOVES if all(actor.seat is Seat.CLOCK for actor in m.actors))
"""The moves that time alone makes."""


def check(verb: str, s: Situation, seats: Collection[Seat]) -> Move:
    """The row, if the move is open to one of ``seats``; else raises MoveNotAllowed naming the guard."""
    move = BY_VERB[verb]
    guard = failing_guard(move, s, seats)
    if guard is not None:
        raise MoveNotAllowed(verb, guard)
    return move


def moves_open_to(s: Situation, seats: Collection[Seat], opens: Callable[[str], dt.date | None]) -> list[Opening]:
    """Every move that these seats can make now, and those that only time keeps from them, in the table's order.

    ``opens`` gives the day on which a time guard opens (None where the case has no such date yet).
    """
    shown: list[Opening] = []
    for move in MOVES:
        guard = failing_guard(move, s, seats)
        if guard is None:
            shown.append(Opening(move))
        elif guard in TIME_GUARDS and (day := opens(guard)):
            shown.append(Opening(move, guard, day))
    return shown


def outcomes_open(s: Situation, moves: Sequence[Move] = MOVES) -> list[Outcome]:
    """What the body may decide here: on the step's list (``no_concurrence`` always is) and led on from by a built row.

    ``interpret`` only where the body interprets this agreement; ``decide`` and ``interpret`` only at the top;
    ``refer_up`` not there (T26, condition 3).
    """
    found = []
    for outcome in Outcome:
        if outcome not in s.outcomes and outcome is not Outcome.NO_CONCURRENCE:
            continue
        after = s.change(phase=Phase.MINUTED, outcome=outcome, adjusted_for="region", is_record_complete=True)
        if any(outcome in m.consumes and failing_guard(m, after, {Seat.ADJUSTER_MUNICIPAL}) is None for m in moves):
            found.append(outcome)
    return found


def day_zero(base_event: str) -> str:
    """What the day is called from which a deadline is counted: by the verb of a row, or by another deadline's key."""
    move = BY_VERB.get(base_event)
    return move.day_zero if move else BASES.get(base_event, "")


def rows() -> list[tuple[str, ...]]:
    """The table as text rows, the T-number first: t, verb, from, to, actors, guards, facts, event."""
    return [
        (
            m.t,
            m.verb,
            ", ".join(sorted(m.phases)) or "draft",
            m.target.value,
            ", ".join(a.seat.value + (f" ({a.when})" if a.when else "") for a in m.actors),
            ", ".join(m.guards) or "-",
            ", ".join(f.name for f in m.facts) or "-",
            m.event,
        )
        for m in MOVES
    ]
