"""A ladder's definition: what the lint finds wrong with one, and what a loaded one answers."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from escalation.rules import ladder
from escalation.rules.ladder import LADDER_KEYS, LOCAL_KEYS, LadderRefused
from escalation.rules.situation import StepKind

Definition = dict[str, Any]


def hok() -> Definition:
    return copy.deepcopy(ladder.definition("hok"))


def _drop(name: str) -> Callable[[Definition], object]:
    return lambda data: data.pop(name)


def _set(step: int, **values: Any) -> Callable[[Definition], object]:
    return lambda data: data["step"][step - 1].update(values)


def _without(step: int, name: str) -> Callable[[Definition], object]:
    return lambda data: data["step"][step - 1].pop(name)


def _without_day(key: str) -> Callable[[Definition], object]:
    return lambda data: data["days"].pop(key)


def _without_local_day(key: str) -> Callable[[Definition], object]:
    return lambda data: data["step"][0]["days"].pop(key)


BROKEN: dict[str, tuple[Callable[[Definition], object], str]] = {
    **{
        f"no {name}": (_drop(name), f"{name} is missing")
        for name in (
            "key",
            "version",
            "name",
            "days",
            "urgent_days",
            "step",
        )
    },
    "a number left out": (_set(3, no=4), "not numbered 1..n"),
    "days that nobody on it answers for": (lambda d: d.update(owner="VIP"), "owner of the days is no body"),
    "one step alone": (lambda d: d["step"].pop(0) and d["step"].pop(0), "at least two steps"),
    "a kind nobody knows": (_set(2, kind="committee"), "unknown kinds of step: committee"),
    "a dialogue at the top": (
        lambda d: d["step"].append({**d["step"][0], "no": 4}),
        "the last step is a dialogue",
    ),
    "a dialogue above a body": (
        lambda d: d.update(
            step=[
                d["step"][1] | {"no": 1},
                d["step"][0] | {"no": 2},
                d["step"][2],
            ]
        ),
        "a dialogue stands above a body",
    ),
    **{f"no days for {key}": (_without_day(key), f"days lacks {key}") for key in sorted(LADDER_KEYS)},
    "no urgent days for D9": (lambda d: d["urgent_days"].pop("D9"), "urgent_days lacks D9"),
    **{
        f"no local days for {key}": (
            _without_local_day(key),
            f"step 1: days lacks {key}",
        )
        for key in sorted(LOCAL_KEYS)
    },
    "a dialogue without urgent days": (_without(1, "urgent_days"), "step 1: urgent_days lacks"),
    "a body without a name": (_without(2, "body"), "step 2 names no body"),
    "an outcome nobody knows": (_set(2, outcomes=["shrug"]), "step 2: unknown outcomes shrug"),
    "a body without outcomes": (_set(2, outcomes=[]), "step 2 has no outcomes"),
    "a rule nobody knows": (
        _set(3, decision_rule="casting_vote"),
        "step 3: unknown decision rule casting_vote",
    ),
    "a body that interprets below the top": (
        _set(2, interprets=["HOK"]),
        "step 2 interprets but is not the last",
    ),
    "papers sent out before they are in": (
        _set(2, material_days=5),
        "papers must be in before they are sent out",
    ),
    "papers sent out on the day": (_set(2, dispatch_days=0), "papers must be in before they are sent out"),
}


@pytest.mark.parametrize("key", ladder.shipped())
def test_a_shipped_ladder_passes_its_lint(key: str) -> None:
    assert ladder.lint(ladder.definition(key)) == []
    assert ladder.load(key).key == key


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_definition_is_found_and_refused(how: str) -> None:
    broken, finding = BROKEN[how]
    data = hok()
    broken(data)
    assert any(finding in found for found in ladder.lint(data)), ladder.lint(data)
    with pytest.raises(LadderRefused, match=finding):
        ladder.parse(data)


def test_all_findings_are_named_at_once() -> None:
    data = hok()
    data["step"][1]["outcomes"] = []
    del data["days"]["D1"]
    assert len(ladder.lint(data)) == 2


def test_a_ladder_that_does_not_exist_is_not_loaded() -> None:
    with pytest.raises(KeyError):
        ladder.definition("../hok")


def test_hok_has_three_steps_and_its_top_interprets_hok_alone() -> None:
    on = ladder.load("hok")
    assert on.kinds == (StepKind.DIALOGUE, StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY)
    assert [(no, on.interprets(no, "HOK")) for no in (1, 2, 3)] == [(1, False), (2, False), (3, True)]
    assert not on.interprets(3, "EGV")


def test_a_ladder_knows_its_bodies_and_what_comes_next() -> None:
    on = ladder.load("hok")
    assert [on.next_body(no) for no in (1, 2, 3)] == ["TSG", "VIS", None]
    assert (on.first_body_step, on.step_of("VIS"), on.step_of("SEK")) == (2, 3, None)
    assert on.source == "hok v3"


def test_the_ladder_between_municipalities_ends_with_the_officials() -> None:
    on = ladder.load("kommun_kommun")
    assert on.kinds == (StepKind.DIALOGUE, StepKind.OFFICIALS_BODY)
    assert on.steps[-1].interprets == ()
    assert on.steps[-1].decision_rule == "consensus_municipal"


def test_an_urgent_case_has_fewer_days() -> None:
    on = ladder.load("hok")
    assert [on.workdays(key, 1, False) for key in ("D1", "D4", "D7", "D7b", "D7c")] == [5, 5, 40, 10, 15]
    assert [on.workdays(key, 1, True) for key in ("D1", "D4", "D7", "D7b", "D7c")] == [2, 1, 10, 3, 5]


def test_a_definitions_fingerprint_does_not_depend_on_the_order_of_its_keys() -> None:
    data = hok()
    turned = dict(reversed(data.items()))
    assert ladder.fingerprint(turned) == ladder.fingerprint(data)
    turned["version"] += 1
    assert ladder.fingerprint(turned) != ladder.fingerprint(data)
