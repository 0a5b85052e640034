"""A situation is a frozen picture: guards look at it and at nothing else."""

from __future__ import annotations

import pytest

from escalation.rules.situation import ALL_KINDS, GUARDS, Phase, Situation, StepKind

THREE = (StepKind.DIALOGUE, StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY)


def test_a_situation_cannot_be_changed_only_succeeded() -> None:
    s = Situation(Phase.DIALOGUE, 1, THREE)
    with pytest.raises(AttributeError):
        s.phase = Phase.CLOSED  # type: ignore[misc]
    assert s.change(phase=Phase.CLOSED).phase is Phase.CLOSED
    assert s.phase is Phase.DIALOGUE


def test_a_situation_knows_its_step_by_kind_and_whether_anything_is_above() -> None:
    below, top = Situation(Phase.DIALOGUE, 1, THREE), Situation(Phase.RECEIVED, 3, THREE)
    assert (below.kind, below.next_kind, below.is_top) == (StepKind.DIALOGUE, StepKind.OFFICIALS_BODY, False)
    assert (top.kind, top.next_kind, top.is_top) == (StepKind.POLITICAL_BODY, None, True)


def test_a_closed_case_is_not_open() -> None:
    assert Situation(Phase.DIALOGUE, 1, THREE).is_open
    assert not Situation(Phase.CLOSED, 1, THREE).is_open


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_answers_yes_or_no_of_any_situation(guard: str) -> None:
    for phase in Phase:
        for step in (1, 2, 3):
            assert isinstance(GUARDS[guard](Situation(phase, step, THREE)), bool)


def test_a_situation_holds_only_words_numbers_and_truth_values() -> None:
    """No database object is in it, so a page's buttons cost no query and the machine can be explored."""
    allowed = (str, int, frozenset, tuple, type(None))
    s = Situation(Phase.DIALOGUE, 1, THREE)
    assert all(isinstance(value, allowed) for value in s)
    assert hash(s) == hash(s.change())
    assert set(THREE) == ALL_KINDS
