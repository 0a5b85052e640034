"""One row of MOVES = one form: the facts of a row are the fields of its form, and each fact reaches the verb."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

from escalation.cases import actions as cases
from escalation.rules.moves import MOVES, Move
from escalation.rules.situation import ProposalKind
from escalation.web.cases.forms import FIELDS, PROPOSAL_FACTS, READERS, REFUSED_AT, FileForm
from escalation.web.forms import Form

ACTS = [move for move in MOVES if move.verb != "file"]
BY_ROW = pytest.mark.parametrize("move", ACTS, ids=lambda move: f"{move.t}-{move.verb}")


def test_the_fields_are_the_facts_of_the_rows() -> None:
    assert set(FIELDS) == {fact.name for move in ACTS for fact in move.facts}


@BY_ROW
def test_a_fact_that_must_be_there_has_a_sentence_for_when_it_is_not(move: Move) -> None:
    for fact in move.facts:
        fields = [make() for make in FIELDS[fact.name].values()]
        needed = [field for field in fields if _is_required(field)]
        if fact.optional:
            assert needed == [], fact.name
        elif fact.name != "substitute":  # may be nobody, as one of its choices
            assert needed, fact.name


def _is_required(field: Any) -> bool:
    validators = field.kwargs.get("validators") or (field.args[1] if len(field.args) > 1 else ())
    return any(getattr(v, "field_flags", {}).get("required") for v in validators)


def test_a_fact_of_one_field_has_its_name_and_a_fact_of_several_has_a_reader_and_a_place_for_sentences() -> None:
    for fact, fields in FIELDS.items():
        if len(fields) == 1:
            assert list(fields) == [fact]
        else:
            assert fact in READERS
            assert REFUSED_AT[fact] in fields
    assert set(READERS) <= set(FIELDS)
    assert set(REFUSED_AT) <= set(FIELDS)


def test_no_field_answers_for_two_facts() -> None:
    names = [name for fields in FIELDS.values() for name in fields]
    assert len(names) == len(set(names))


def test_a_proposal_carries_the_facts_of_the_act_it_leads_to() -> None:
    for kind, facts in PROPOSAL_FACTS.items():
        verb = "lift" if kind is ProposalKind.STATEMENT else kind.value
        [row] = [move for move in MOVES if move.verb == verb]
        assert set(facts) == {fact.name for fact in row.facts}
        assert row.by_proposal in {kind, None}
    assert set(PROPOSAL_FACTS) == set(ProposalKind)


@pytest.mark.one_database
def test_the_form_of_filing_has_what_the_verb_must_be_told(app: Any) -> None:
    """T1 has a form of its own; its row's facts are the spec's words for groups of fields."""
    [row] = [move for move in MOVES if move.verb == "file"]
    fields = {name for name, value in vars(FileForm).items() if hasattr(value, "field_class")}
    told = {name for name in inspect.signature(cases.file).parameters if name not in {"by", "at"}}
    one_or_many = {"respondents": "respondent"}
    assert {one_or_many.get(name, name) for name in told} <= fields
    assert {fact.name for fact in row.facts} - {"declaration"} <= fields
    assert {"no_personal_data", "in_scope"} <= fields  # the declaration
    assert issubclass(FileForm, Form)
