"""One row of MOVES = one form: the facts of a row are the fields of its form, and each fact reaches the verb."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from escalation.cases.filings import Filing
from escalation.cases.models.case import CONSEQUENCES
from escalation.cases.models.statements import StatementPart
from escalation.cases.proposals import PERFORMS
from escalation.rules.machine import Move
from escalation.rules.moves.table import BY_HEARING, BY_VERB, MOVES
from escalation.rules.situation import HearingKind, ProposalKind
from escalation.web.cases.fields import FIELDS, SEVERAL, fields_of
from escalation.web.cases.forms import HEARING_FACTS, PROPOSAL_FACTS, READERS, REFUSED_AT
from escalation.web.filing.check import facts_of
from escalation.web.filing.forms import CheckForm, MatterForm, MeanwhileForm, PositionForm
from escalation.web.filing.provision_form import ProvisionForm
from escalation.web.statement.forms import SheetForm

ACTS = [move for move in MOVES if move.verb != "file"]
BY_ROW = pytest.mark.parametrize("move", ACTS, ids=lambda move: f"{move.t}-{move.verb}")


def test_the_fields_are_the_facts_of_the_rows() -> None:
    of_moves = {fact.name for move in ACTS for fact in move.facts}
    beside = {fact for facts in (*PROPOSAL_FACTS.values(), *HEARING_FACTS.values()) for fact in facts}
    facts = of_moves | beside
    assert set(FIELDS) == {name for fact in facts for name in fields_of(fact)}
    assert set(SEVERAL) <= facts


def test_what_the_parties_are_heard_about_is_what_some_row_waits_for() -> None:
    assert set(HEARING_FACTS) == set(HearingKind) == set(BY_HEARING)
    for kind, move in BY_HEARING.items():
        assert move.verb == kind
        assert f"{kind}_heard" in move.guards


@BY_ROW
def test_a_fact_that_must_be_there_has_a_sentence_for_when_it_is_not(move: Move) -> None:
    for fact in move.facts:
        fields = [field.make() for field in fields_of(fact.name).values()]
        needed = [field for field in fields if _is_required(field)]
        if fact.optional:
            assert needed == [], fact.name
        elif fact.name not in {"substitute", "obligations"}:  # may be no one, may be none
            assert needed, fact.name


def _is_required(field: Any) -> bool:
    validators = field.kwargs.get("validators") or (field.args[1] if len(field.args) > 1 else ())
    return any(getattr(v, "field_flags", {}).get("required") for v in validators)


def test_a_fact_of_several_fields_has_a_reader_and_a_place_for_sentences() -> None:
    for fact, names in SEVERAL.items():
        assert fact in READERS
        assert REFUSED_AT[fact] in names
    assert set(READERS) <= set(FIELDS) | set(SEVERAL)
    assert set(REFUSED_AT) == set(SEVERAL)


def test_no_field_answers_for_two_facts() -> None:
    names = [name for several in SEVERAL.values() for name in several]
    assert len(names) == len(set(names))
    assert not set(SEVERAL) & set(FIELDS)


def test_a_proposal_carries_the_facts_of_the_act_it_leads_to() -> None:
    for kind, facts in PROPOSAL_FACTS.items():
        if kind is ProposalKind.INTERIM:  # a proposal that is no move of the ladder
            assert kind not in PERFORMS
            continue
        for row in PERFORMS[kind]:
            assert set(facts) == {fact.name for fact in row.facts}
            assert row.by_proposal in {kind, None}
    assert set(PROPOSAL_FACTS) == set(ProposalKind) - {ProposalKind.STATEMENT}


def test_the_sheet_of_the_joint_statement_has_every_part_of_it_and_so_has_the_act_that_lifts() -> None:
    parts = {part.value for part in StatementPart}
    assert parts <= {name for name, value in vars(SheetForm).items() if hasattr(value, "field_class")}
    assert parts <= {fact.name for fact in BY_VERB["lift"].facts}


FILING = (MatterForm, ProvisionForm, PositionForm, MeanwhileForm, CheckForm)
SAID_OTHERWISE = {
    # fact that the verb needs -> the fields that give it
    "type": {"matter"},
    "respondent": {"respondents"},
    "consequences": {f"consequence_{name}" for name in CONSEQUENCES},
    "declaration": {"no_personal_data", "in_scope"},
    "not_personal": {"sure", "sure_because"},
    "precedent_answer": {"provisions"},  # a field for each provision that VIS has interpreted
}


def test_the_pages_of_filing_ask_for_the_facts_that_the_verb_needs() -> None:
    """T1 has pages of its own; its row's facts are the spec's words for groups of fields."""
    fields = {name for page in FILING for base in page.__mro__ for name, value in vars(base).items()
              if hasattr(value, "field_class")}  # fmt: skip
    names = {field.name for field in dataclasses.fields(Filing)}
    for fact in names | {fact.name for fact in BY_VERB["file"].facts}:
        assert SAID_OTHERWISE.get(fact, {fact}) <= fields, fact


def test_what_a_filing_says_reaches_the_verb_under_its_own_names() -> None:
    kept = {"matter": "reading", "agreement": "HOK", "event_on": "2026-10-05"}
    names = {field.name for field in dataclasses.fields(Filing)}
    assert set(facts_of(kept)) == names - {"attachments"}  # files are chosen when it is sent
