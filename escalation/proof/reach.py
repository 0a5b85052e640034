"""What can be reached from where: that every case can end, and that the way up stays open."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from escalation.proof.laws import ON_OCCASION
from escalation.proof.seats import ALONE, OFFICIALS, PURSUERS
from escalation.proof.walk import Arc
from escalation.rules.machine import BEFORE_SERVED
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import (
    ENDED_UNHEARD,
    ClosingReason,
    Phase,
    Seat,
    Situation,
)

DUTIES = frozenset({"T6", "T7", "T8", "T22", "T24", "T26", "T27", "T27b", "T27c", "T30", "T31", "T32", "T33", "T33b"})
"""Duties of an office where a case waits for it: check a filing, say where it begins, accept the file, put it on a
meeting, decide, adjust the minutes. However it does them, the way up must stay open. The proof assumes that it does
them at some time: successors for silent offices are not built yet.
"""


Back = list[list[tuple[int, frozenset[Seat]]]]
"""For each situation, by its place in the graph: the situations before it, and the seats whose act leads to it."""


def backwards(graph: dict[Situation, list[Arc]]) -> Back:
    place = {s: i for i, s in enumerate(graph)}
    back: Back = [[] for _ in graph]
    for s, ways in graph.items():
        for arc in ways:
            if arc.by not in ON_OCCASION:
                back[place[arc.to]].append((place[s], arc.seats))
    return back


def cannot_end(graph: dict[Situation, list[Arc]], back: Back, silent: frozenset[Seat], law: str) -> Iterator[str]:
    """Situations from which no closed one can be reached without the silent seats' acts."""
    ends = {i for i, s in enumerate(graph) if s.phase is Phase.CLOSED}
    queue = deque(ends)
    while queue:
        for before, seats in back[queue.popleft()]:
            if before not in ends and not seats & silent:
                ends.add(before)
                queue.append(before)
    without_end = (s for i, s in enumerate(graph) if i not in ends)
    stuck = sorted({(s.step, s.phase.value, str(s.outcome or "")) for s in without_end})
    for step, phase, outcome in stuck:
        rows = ", ".join(sorted({m.t for m in MOVES if phase in m.phases})) or "none"
        where = f"{phase} {outcome}".strip() + f" at step {step}"
        yield f"{law}: a case stays for ever in {where} (rows that leave it: {rows})"


def way_up_shut(graph: dict[Situation, list[Arc]], who: str) -> Iterator[str]:
    """Situations from which a party that wants it cannot bring its question to the top (§ 7.1: "ytterst").

    The party has its own acts and time. The offices do their duties, in any way that they choose: so every choice of a
    duty must lead up. The party cannot count on a chair who reopens, nor on the other party. Every situation is
    checked, so all that others can do before is covered.
    """
    by_right: dict[Situation, list[Situation]] = {}
    by_duty: dict[Situation, list[Situation]] = {}
    choices: dict[Situation, int] = {}
    for s, ways in graph.items():
        for arc in ways:
            if arc.seats <= PURSUERS[who] | ALONE:
                by_right.setdefault(arc.to, []).append(s)
        duties = {arc.to for arc in ways if arc.by in DUTIES and arc.seats <= OFFICIALS} - {s}
        choices[s] = len(duties)
        for to in duties:
            by_duty.setdefault(to, []).append(s)
    up = {s for s in graph if s.is_top}
    queue = deque(up)
    while queue:
        there = queue.popleft()
        for before in by_duty.get(there, ()):
            choices[before] -= 1
        led = [s for s in by_duty.get(there, ()) if not choices[s]]
        for before in (*by_right.get(there, ()), *led):
            if before not in up:
                up.add(before)
                queue.append(before)
    shut = {s for s in graph if s not in up and _is_owed_the_way_up(s, who)}
    for step, phase, ended in sorted({(s.step, s.phase.value, str(s.closing_reason or s.outcome or "")) for s in shut}):
        yield f"the way up stays open: {who} cannot bring it to the top from {phase} {ended} at step {step}".replace(
            "  ", " "
        )


def _is_owed_the_way_up(s: Situation, who: str) -> bool:
    """Whether the party may still want the top body's answer: it has neither settled, accepted nor withdrawn, and has
    not let its own time to go on pass (T29c; T39 by right, which is an initiator's; the walk does not count it to one,
    since an initiator that is asked a second time and is silent lets it pass).

    A rejected case is outside the ladder and has its own review. A case that follows a lead goes up with the lead.
    """
    if s.is_joined or s.late_refusal_time_over:
        return False
    if s.closing_reason in ENDED_UNHEARD:
        return who == "the initiator" and not s.reopening_time_over
    if s.phase in {Phase.IMPLEMENTATION, Phase.CLOSED}:
        return (s.closing_reason or s.planned_reason) is ClosingReason.DECIDED_BODY
    if who == "the initiator":
        return not s.is_being_withdrawn
    return s.phase not in BEFORE_SERVED
