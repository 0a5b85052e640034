"""The laws of ``domain/05`` § 5.2, asked of one situation and its ways out. A broken law is a sentence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escalation.proof.road import DOWN, PAST_THE_PARTIES, UP, road, way_of
from escalation.proof.seats import BOTH_SIDES, PARTIES
from escalation.proof.walk import Arc
from escalation.rules.machine import Move
from escalation.rules.situation import (
    BODY_KINDS,
    LOCAL_PHASES,
    REFERRED_IN,
    Outcome,
    Phase,
    Seat,
    Situation,
)

CLOSERS = frozenset(
    {"T3b", "T4", "T13", "T21", "T27b", "T28", "T28b", "T29b", "T32", "T33", "T35", "T37", "T37c", "T40"}
)
"""The acts that end a case (domain/05 § 5.2); no other may."""


MATTER = frozenset({"T41", "T42"})
"""The acts that change what a case is about; they change nothing that the machine looks at."""


ON_OCCASION = frozenset({"T10", "T38", "T40"}) | MATTER
"""Acts that something outside the case brings about: a principle, another case, a changed law, a question that turns
out to be another. A case must be able to end without them.
"""


WHO_TAKES_PART = frozenset({"T9b", "T9e", "T43", "T43b", "T43c"})
"""The acts that change who takes part, which a situation does not hold."""


NEVER_TAKEN = "is never taken on any ladder"


PROPERTIES = (
    "every case can end",
    "the way up stays open",
    "no party can block by silence",
    "skips a step",
    "leads down",
    "off the road",
    "no row leads from",
    "without waiting",
    "though nobody has acknowledged",
    "moves a case by an opinion",
    "moves a case by what it is about",
    "closes a case alone",
    "closes a case though",
    "closes a case while",
    "never changes anything",
    "with one hand",
    "interpret an agreement that is not its to interpret",
    "can never be entered",
    "cannot be left",
    "has no ball",
    "who can do nothing",
    NEVER_TAKEN,
)
"""The laws as they are worded in findings; ``flask explore`` prints which of them hold."""


def broken_here(s: Situation, ways: Sequence[Arc]) -> Iterator[str]:
    """The laws that the situation or a way out of it breaks."""
    allowed = road(s)
    for arc in ways:
        way = way_of(s, arc.to)
        passed = s.kinds[s.step : arc.to.step - 1]
        early = way == UP and s.phase in {Phase.BYPASS_REVIEW, Phase.SERVED, Phase.DIALOGUE}
        skips = (bool(passed) or early) and arc.by not in PAST_THE_PARTIES
        skips = skips or any(kind in BODY_KINDS for kind in passed)
        if skips or (way == UP and UP not in allowed and s.kind in BODY_KINDS):
            where = f"from {s.phase} at step {s.step}"
            yield f"{arc.by} skips a step or leaves a body that has not decided ({where})"
        elif arc.to.step < s.step and DOWN not in allowed:
            yield f"{arc.by} leads down from step {s.step}"
        elif way is not None and way not in allowed:
            yield f"{arc.by} leads off the road, from {s.phase} {s.outcome or ''} to {way}".replace("  ", " ")
        if s.phase is Phase.SCHEDULED and arc.to.outcome is Outcome.INTERPRET and not s.interprets:
            yield f"{arc.by} lets a body interpret an agreement that is not its to interpret (step {s.step})"
        if arc.by in MATTER and arc.to != s:
            yield f"{arc.by} moves a case by what it is about (from {s.phase})"
        if way is not None and s.phase is Phase.MINUTED and _is_one_hand(s, arc.seats):
            yield f"{arc.by} adjusts minutes with one hand (step {s.step})"
        yield from _closes_wrongly(s, arc)
        yield from _unfair(s, arc, way)
    if s.is_open and all(arc.by in ON_OCCASION for arc in ways):
        yield f"{s.phase} at step {s.step} cannot be left"


def _is_one_hand(s: Situation, seats: frozenset[Seat]) -> bool:
    """Whether minutes would take effect by one person: neither by the body itself nor by the other side."""
    others = {
        "region": {Seat.ADJUSTER_MUNICIPAL, Seat.OFFICIAL_MUNICIPAL},
        "municipal": {Seat.ADJUSTER_REGION, Seat.OFFICIAL_REGION},
    }
    return Seat.BODY_HERE not in seats and not seats <= others.get(s.adjusted_for, set())


def _closes_wrongly(s: Situation, arc: Arc) -> Iterator[str]:
    if arc.to.phase is not Phase.CLOSED or not s.is_open or arc.by in {"time", "lead"}:
        return
    if arc.by not in CLOSERS:
        yield f"{arc.by} closes a case though it is none of the acts that do (from {s.phase})"
    if arc.to.has_tasks and not s.has_tasks:
        yield f"{arc.by} closes a case while something is left to do (from {s.phase})"


def _unfair(s: Situation, arc: Arc, way: str | None) -> Iterator[str]:
    """Acts that one side does against the other, or any side before its time has come (domain/05 § 5.5)."""
    is_by_both = arc.seats >= BOTH_SIDES
    if way == Phase.IMPASSE and s.is_open and not (s.local_time_over or s.receipt_long_overdue or is_by_both):
        yield f"{arc.by} ends the local step without waiting for its last day (from {s.phase})"
    if way == UP and s.phase is Phase.IMPASSE and not (s.is_statement_agreed or s.statement_time_over):
        yield f"{arc.by} lifts a case without waiting for the joint statement"
    is_asked = {s.phase, arc.to.phase} <= REFERRED_IN and arc.to.has_open_referral is not s.has_open_referral
    if way is not None and is_asked:
        yield f"{arc.by} moves a case by an opinion, whose clock is its own (from {s.phase})"
    if way == Phase.DIALOGUE and not arc.to.is_acknowledged:
        yield f"{arc.by} opens the dialogue though nobody has acknowledged"
    if way == Phase.CLOSED and s.phase in LOCAL_PHASES and arc.seats & PARTIES and not is_by_both:
        yield f"{arc.by} lets a party that closes a case alone take it from the other (from {s.phase})"
    if way == Phase.CLOSED and s.phase is Phase.IMPLEMENTATION and Seat.OBLIGED_HANDLER in arc.seats:
        yield f"{arc.by} lets the obliged party, which closes a case alone, confirm its own work"


def not_walked(graph: dict[Situation, list[Arc]], moves: Sequence[Move]) -> Iterator[str]:
    """Ways of the road that no row takes, and rows that in no situation change anything."""
    expected = {(s.phase, s.outcome if s.phase is Phase.MINUTED else None, way) for s in graph for way in road(s)}
    walked = {
        (s.phase, s.outcome if s.phase is Phase.MINUTED else None, way_of(s, arc.to))
        for s, ways in graph.items() for arc in ways
    }  # fmt: skip
    for phase, outcome, way in sorted(expected - walked, key=str):
        rows = ", ".join(m.t for m in moves if phase in m.phases) or "none"
        yield f"no row leads from {phase} {outcome or ''} to {way} (rows that leave it: {rows})".replace("  ", " ")
    taken = {arc.by for ways in graph.values() for arc in ways}
    effective = {arc.by for s, ways in graph.items() for arc in ways if arc.to != s}
    yield from (f"{by} never changes anything" for by in sorted(taken - effective - MATTER - WHO_TAKES_PART))
