"""Walk all situations of a ladder and test every law."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from escalation.proof.balls import ball_misplaced
from escalation.proof.generated import all_ladders
from escalation.proof.laws import NEVER_TAKEN, broken_here, not_walked
from escalation.proof.reach import backwards, cannot_end, way_up_shut
from escalation.proof.seats import PARTIES, PURSUERS, SILENCES
from escalation.proof.walk import Arc, arcs, start
from escalation.rules.ladder import Ladder
from escalation.rules.machine import Move
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import (
    Situation,
)


@dataclass
class Exploration:
    """The result for one ladder: how many situations, which rows were taken, and every broken property."""

    ladder: str
    states: int
    taken: set[str]
    findings: list[str] = field(default_factory=list)


STARTS = ((True, False), (True, True), (False, False), (False, True))
"""How a case may begin: whether the top interprets its agreement, and whether it is of a principled character."""


def explore(ladder: Ladder, moves: Sequence[Move] = MOVES, starts: Sequence[tuple[bool, bool]] = STARTS) -> Exploration:
    """Walk all situations of ``ladder`` and test every property. Never raises: findings are sentences."""
    graph: dict[Situation, list[Arc]] = {}
    taken: set[str] = set()
    findings: list[str] = []
    for interprets, principled in starts:
        first = start(ladder, interprets=interprets, is_principled=principled)
        queue = deque([first, first.change(is_principle_asked=True)])
        while queue:
            s = queue.popleft()
            if s in graph:
                continue
            graph[s] = list(arcs(s, ladder, interprets, moves))
            taken.update(a.by for a in graph[s])
            queue.extend(a.to for a in graph[s])
            findings.extend(broken_here(s, graph[s]))
            findings.extend(ball_misplaced(s, moves))
    if lost := [f for f in findings if f.endswith("has no ball")]:
        ways_there = {
            (arc.by, f"{arc.to.phase} at step {arc.to.step} has no ball") for w in graph.values() for arc in w
        }
        findings.extend(f"{by} leads where {finding}" for by, finding in ways_there if finding in lost)
    back = backwards(graph)
    # An act only adds ways: where every case ends with all parties silent, it also ends when some of them act.
    if any(cannot_end(graph, back, PARTIES, "")):
        findings.extend(cannot_end(graph, back, frozenset(), "every case can end"))
        for who, seats in SILENCES.items():
            findings.extend(cannot_end(graph, back, seats, f"no party can block by silence ({who})"))
    for who in PURSUERS:
        findings.extend(way_up_shut(graph, who))
    findings.extend(not_walked(graph, moves))
    entered = {s.phase for s in graph}
    findings.extend(f"{p} can never be entered" for p in sorted({q for m in moves for q in m.phases} - entered))
    return Exploration(ladder.key, len(graph), taken, sorted(set(findings)))


def explore_all(
    moves: Sequence[Move] = MOVES,
    among: Sequence[Ladder] | None = None,
    starts: Sequence[tuple[bool, bool]] = STARTS,
) -> tuple[list[Exploration], list[str]]:
    """Explore every ladder, or those given, from every way to begin or from those given.

    Returns the explorations and all findings, rows never taken on any of the ladders included.
    """
    explored = [explore(ladder, moves, starts) for ladder in (all_ladders() if among is None else among)]
    findings = [f"{e.ladder}: {f}" for e in explored for f in e.findings]
    taken = set().union(*(e.taken for e in explored))
    findings.extend(f"{m.t} {m.verb} {NEVER_TAKEN}" for m in moves if m.phases and m.t not in taken)
    return explored, findings
