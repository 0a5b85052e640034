"""The machine is walked from end to end on every ladder, and a broken row is found and named."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import pytest

from escalation.proof.explore import Exploration, explore, explore_all
from escalation.proof.generated import all_ladders, generated
from escalation.proof.laws import PROPERTIES
from escalation.proof.seats import PARTIES, PURSUERS, SILENCES, VOICES
from escalation.proof.walk import arcs, start
from escalation.rules import ladder
from escalation.rules.machine import Actor, Move, Target
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import ANNOUNCED, Outcome, Phase, Seat, Situation, StepKind
from tests.support.shared import Shared

HOK, KOMMUN_KOMMUN = ladder.load("hok"), ladder.load("kommun_kommun")
ROWS = {m.t: m for m in MOVES if m.phases}
TARGETS = (*Phase, Target.SAME, Target.NEXT_STEP, Target.FINAL)


@pytest.fixture(scope="session")
def explored(shared: Shared) -> tuple[list[Exploration], list[str]]:
    return shared.once("explored", explore_all)


@cache
def find(move: Move, **broken: object) -> list[str]:
    """What exploring finds once the row is changed; T29b exists only where a body recommends at the top."""
    moves = [replace(m, **broken) if m is move else m for m in MOVES]  # type: ignore[arg-type]
    # A wrong row shows itself from one way to begin; that the right ones hold is asked of all.
    return explore_all(moves, [KOMMUN_KOMMUN if move.t == "T29b" else HOK], [(True, False)])[1]


def names(findings: Sequence[str], t: str) -> bool:
    return any(re.search(rf"\b{t}\b", finding) for finding in findings)


@cache
def reachable(key: str, *, interprets: bool = True) -> set[Situation]:
    on = ladder.load(key)
    seen: set[Situation] = set()
    queue = deque([start(on, interprets=interprets)])
    while queue:
        s = queue.popleft()
        if s not in seen:
            seen.add(s)
            queue.extend(arc.to for arc in arcs(s, on, interprets, MOVES))
    return seen


def test_the_properties_hold_on_every_ladder(explored: tuple[list[Exploration], list[str]]) -> None:
    assert explored[1] == []


def test_the_parties_are_silent_in_every_combination_and_all_of_them_is_the_largest() -> None:
    assert len(SILENCES) == 7
    assert set(SILENCES.values()) >= {*VOICES.values(), PARTIES}
    assert all(seats <= PARTIES for seats in SILENCES.values())


def test_shipped_ladders_and_generated_ones_of_four_and_five_steps_are_walked(
    explored: tuple[list[Exploration], list[str]],
) -> None:
    walked = explored[0]
    assert {e.ladder for e in walked} >= set(ladder.shipped())
    assert {len(on.steps) for on in all_ladders()} == {2, 3, 4, 5}
    assert all(e.states > 100 for e in walked)


def test_every_row_is_taken_somewhere(explored: tuple[list[Exploration], list[str]]) -> None:
    assert set(ROWS) <= set().union(*(e.taken for e in explored[0]))


SOME = frozenset({"T8", "T26"})
EVERY_ROW = [t if t in SOME else pytest.param(t, marks=pytest.mark.long) for t in ROWS]
"""A wrong row costs a walk of its own: some in every run, the rest in the long one."""


@pytest.mark.parametrize("t", EVERY_ROW)
def test_a_row_without_actors_is_named(t: str) -> None:
    assert names(find(ROWS[t], actors=()), t)


@pytest.mark.parametrize("t", EVERY_ROW)
def test_a_row_that_leads_astray_is_named(t: str) -> None:
    target = ROWS[t].target
    ends_there = target in {Phase.CLOSED, Target.FINAL} or ROWS[t].phases == {Phase.CLOSED}
    astray = Phase.PREPARATION if ends_there else Phase.CLOSED
    assert names(find(ROWS[t], target=astray), t)


AS_ANOTHER_ROW: dict[str, set[Phase | Target]] = {
    "T3b": {Phase.INTAKE},
    "T4": {Phase.COMPLETION, Phase.BYPASS_REVIEW, Phase.SERVED},
    "T5b": {Phase.BYPASS_REVIEW, Phase.SERVED},
    "T15": {Phase.IMPASSE},
    "T21": {Phase.IMPASSE},
    "T28": {Target.NEXT_STEP, Target.FINAL},
    "T43": {Phase.PREPARATION},
    "T43b": {Phase.PREPARATION},
    "T43c": {Phase.PREPARATION},
}
"""Where another row leads from the same phases: the laws are about the road, not about which of two rows takes it."""


@pytest.mark.long
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("t", ROWS)
def test_a_row_with_any_other_target_is_named(t: str, target: Phase | Target) -> None:
    own = ROWS[t].target
    is_the_same = own == target or (own, target) in {
        (Phase.CLOSED, Target.FINAL),
        (Target.FIRST_BODY, Target.NEXT_STEP),
    }
    stays = (
        (t == "T35b" and target == Phase.IMPLEMENTATION)
        or (t in {"T39b", "T39c"} and target in {Phase.CLOSED, Target.FINAL})
        or (t == "T23" and target == Phase.PREPARATION)
    )
    if not (is_the_same or stays or target in AS_ANOTHER_ROW.get(t, ())):
        assert names(find(ROWS[t], target=target), t)


@pytest.mark.parametrize(
    ("t", "broken", "law"),
    [
        ("T18", {"guards": ()}, "T18 ends the local step without waiting for its last day"),
        ("T20", {"guards": ()}, "T20 lifts a case without waiting for the joint statement"),
        (
            "T21",
            {"actors": (Actor(Seat.INITIATOR_APPROVER),), "free": frozenset({Seat.INITIATOR_APPROVER})},
            "T21 lets a party that closes a case alone",
        ),
        ("T15", {"target": Phase.CLOSED}, "T15 closes a case though it is none of the acts that do"),
        ("T28", {"target": Phase.CLOSED}, "T28 closes a case while something is left to do"),
        ("T32", {"guards": ("at_top",)}, "T32 leads off the road, from minuted no_concurrence to closed"),
        (
            "T20",
            {"actors": (Actor(Seat.INITIATOR_APPROVER),)},
            "no party can block by silence (the initiator",
        ),
        ("T29", {"guards": ("at_top",)}, "a case stays for ever in recommendation_out"),
        ("T33", {"guards": ("at_top", "outcome_is_no_concurrence")}, "T33 leads off the road"),
        ("T42", {"target": Phase.PREPARATION}, "T42 moves a case by what it is about"),
        ("T32", {"actors": (Actor(Seat.ADJUSTER_MUNICIPAL),)}, "T32 adjusts minutes with one hand"),
        pytest.param(
            "T41", {"target": Phase.PREPARATION}, "T41 moves a case by what it is about", marks=pytest.mark.long
        ),
    ],
)
def test_a_broken_law_is_reported_in_a_sentence(t: str, broken: dict[str, object], law: str) -> None:
    assert any(law in finding for finding in find(ROWS[t], **broken))


def test_every_finding_is_worded_as_a_property_that_the_command_prints() -> None:
    findings = [f for t in SOME for f in find(ROWS[t], actors=())]
    findings += [f for t in ("T8", "T20") for f in find(ROWS[t], target=Phase.CLOSED)]
    assert findings
    assert [f for f in findings if not any(law in f for law in PROPERTIES)] == []


def test_the_ladder_between_municipalities_never_interprets() -> None:
    seen = reachable("kommun_kommun")
    assert Outcome.DECIDE in {s.outcome for s in seen}
    assert Outcome.INTERPRET not in {s.outcome for s in seen}


def test_only_the_top_of_hok_interprets_and_only_its_own_agreement() -> None:
    assert {s.step for s in reachable("hok") if s.outcome is Outcome.INTERPRET} == {3}
    assert Outcome.INTERPRET not in {s.outcome for s in reachable("hok", interprets=False)}


def test_a_case_comes_to_the_political_body_only_through_the_officials() -> None:
    """No step of a body is skipped: a case at step 3 was minuted or answered at step 2, or silence ended it."""
    before = {s.phase for s in reachable("hok") for a in arcs(s, HOK, True, MOVES) if (s.step, a.to.step) == (2, 3)}
    assert before == {Phase.MINUTED, Phase.RECOMMENDATION_OUT, Phase.IMPLEMENTATION, Phase.CLOSED}


@pytest.mark.parametrize("who", PURSUERS)
def test_a_body_below_the_top_that_closes_a_case_by_its_chairs_hand_shuts_the_way_up(who: str) -> None:
    """As the table was: the chair closed a case after what is now announced (T27c)."""
    for outcome in ANNOUNCED:
        expected = f"the way up stays open: {who} cannot bring it to the top from minuted {outcome} at step 2"
        assert any(expected in finding for finding in find(ROWS["T27c"], target=Target.FINAL))


@pytest.mark.parametrize(
    ("t", "broken", "where"),
    [
        ("T29", {"actors": (Actor(Seat.SECRETARIAT),)}, "recommendation_out recommend"),
        ("T29c", {"actors": (Actor(Seat.CHAIR_HERE),)}, "closed decided_body"),
        ("T39d", {"actors": (Actor(Seat.SECRETARIAT),)}, "closed lapsed"),
    ],
)
def test_the_way_up_needs_an_act_of_the_partys_own(t: str, broken: dict[str, object], where: str) -> None:
    findings = [f for f in find(ROWS[t], **broken) if "the way up stays open" in f]
    assert any(where in finding for finding in findings)


def test_a_generated_ladder_has_bodies_of_its_own_and_interprets_at_the_top_alone() -> None:
    five = generated((StepKind.DIALOGUE, *[StepKind.OFFICIALS_BODY] * 3, StepKind.POLITICAL_BODY))
    assert [step.body for step in five.steps] == [None, "A", "B", "C", "D"]
    assert [bool(step.interprets) for step in five.steps] == [False] * 4 + [True]
    assert explore(five, starts=[(True, False)]).findings == []
