"""Every word of the code that people may meet has its Swedish in the glossary."""

from __future__ import annotations

import enum
import pkgutil
from importlib import import_module

import pytest

import escalation
from escalation.rules import ladder
from escalation.rules.choices import REJECT_GROUNDS, TAKE_OFF_GROUNDS
from escalation.rules.glossary import ACTS, BASES, DEADLINES, GLOSSARY, GUARD_SENTENCES, HOLDERS, OFFERS, Term
from escalation.rules.nudge_plan import PLAN
from escalation.web.start.party import TO_WHOM


def enums() -> dict[str, type[enum.StrEnum]]:
    """Every enumeration of words in the package, by module and name."""
    found = {}
    for module in pkgutil.walk_packages(escalation.__path__, "escalation."):
        names = vars(import_module(module.name)).values()
        found.update(
            {
                f"{module.name}.{e.__name__}": e
                for e in names
                if isinstance(e, type) and issubclass(e, enum.StrEnum) and e.__module__ == module.name
            }
        )
    return found


ENUMS = enums()


def test_the_enumerations_are_found() -> None:
    assert {"escalation.rules.situation.Phase", "escalation.accounts.models.Role"} <= set(ENUMS)


@pytest.mark.parametrize("name", ENUMS)
def test_every_word_of_an_enumeration_is_in_the_glossary(name: str) -> None:
    assert [word.value for word in ENUMS[name] if word.value not in GLOSSARY] == []


def test_the_grounds_that_people_choose_from_are_in_the_glossary() -> None:
    assert {*REJECT_GROUNDS, *TAKE_OFF_GROUNDS, "joint_statement", "unilateral_statement"} <= set(GLOSSARY)


@pytest.mark.parametrize("terms", [GLOSSARY, OFFERS, ACTS, HOLDERS], ids=["words", "offers", "acts", "holders"])
def test_a_term_has_a_label_and_a_definition_is_whole_sentences(terms: dict[str, Term]) -> None:
    for word, term in terms.items():
        assert term.label == term.label.strip() != "", word
        assert not term.label.endswith("."), word
        if terms is not ACTS:
            assert not term.definition or term.definition.endswith("."), word


def test_a_refusal_is_a_sentence_that_begins_with_a_capital_and_ends_with_a_stop() -> None:
    for guard, sentence in GUARD_SENTENCES.items():
        assert sentence[0].isupper(), guard
        assert sentence.endswith("."), guard


def test_the_start_page_says_to_whom_each_reminder_of_a_passed_day_goes() -> None:
    assert set(TO_WHOM) == {row.kind for row in PLAN if row.workdays_after_due is not None}


def test_every_deadline_of_the_ladders_has_its_words() -> None:
    keys = {key for name in ladder.shipped() for key in ladder.load(name).days}
    # D17 is an interpretation's own last day; D19 waits for its row
    assert keys - {"D17", "D19"} <= set(DEADLINES)
    assert all(DEADLINES.values())
    assert all(BASES.values())
