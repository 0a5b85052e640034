"""Every ladder that is shipped is sound, and everything that it names exists."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from escalation.rules import ladder
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import Outcome

TEXTS = files("escalation") / "texts"


def text(name: str) -> dict[str, Any]:
    return tomllib.loads((TEXTS / name).read_text("utf-8"))


AGREEMENTS = {a["code"]: a for a in text("agreements.toml")["agreement"]}
BODIES = {b["code"] for b in text("bodies.toml")["body"]}


def test_there_are_ladders_of_different_lengths() -> None:
    """Nothing in the house may be three-stepped."""
    assert {"hok", "kommun_kommun"} <= set(ladder.shipped())
    assert len({len(ladder.load(key).steps) for key in ladder.shipped()}) > 1


@pytest.mark.parametrize("key", ladder.shipped())
def test_a_ladder_passes_its_lint_and_is_named_as_its_file(key: str) -> None:
    assert ladder.lint(ladder.definition(key)) == []
    assert ladder.load(key).key == key


@pytest.mark.parametrize("key", ladder.shipped())
def test_the_bodies_of_a_ladder_exist(key: str) -> None:
    assert {step.body for step in ladder.load(key).steps if step.body} <= BODIES


@pytest.mark.parametrize("key", ["hok", "kommun_kommun"])
def test_the_bodies_of_the_demos_ladders_hold_meetings(key: str) -> None:
    assert {step.body for step in ladder.load(key).steps if step.body} <= set(text("demo_meetings.toml"))


@pytest.mark.parametrize("key", ladder.shipped())
def test_what_a_top_step_interprets_is_an_agreement_that_uses_this_ladder_and_whose_ladder_is_known(key: str) -> None:
    for code in ladder.load(key).steps[-1].interprets:
        assert (AGREEMENTS[code]["ladder"], AGREEMENTS[code]["ladder_known"]) == (key, True)


@pytest.mark.parametrize("key", ladder.shipped())
def test_every_body_can_decide_something_that_a_row_leads_on_from(key: str) -> None:
    consumed = {outcome for m in MOVES for outcome in m.consumes}
    for step in ladder.load(key).steps:
        if step.body:
            assert consumed & set(step.outcomes) - {Outcome.NO_CONCURRENCE}


def test_every_agreement_uses_a_ladder_that_is_shipped() -> None:
    assert {a["ladder"] for a in AGREEMENTS.values()} <= set(ladder.shipped())


@pytest.mark.parametrize("key", ladder.shipped())
def test_an_urgent_case_never_has_more_days(key: str) -> None:
    on = ladder.load(key)
    for step in on.steps:
        keys = set(on.days) | set(step.days or {})
        assert all(on.workdays(k, step.no, True) <= on.workdays(k, step.no, False) for k in keys)
