"""The law of the whole move: a row is one verb, one event, words for people, and an end to who waits for what."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from escalation.cases.filings import Filing
from escalation.cases.verbs.filing import file
from escalation.perform import PERFORM
from escalation.rules.deadlines import FOLLOWS, STARTS
from escalation.rules.glossary import (
    ACTS,
    DEADLINES,
    GLOSSARY,
    GUARD_SENTENCES,
    HOLDERS,
)
from escalation.rules.ladder import LADDER_KEYS, LOCAL_KEYS
from escalation.rules.machine import TIME_GUARDS, Move, Target
from escalation.rules.moves.table import BY_EVENT, MOVES, day_zero, rows
from escalation.rules.nudge_plan import OFFICES
from escalation.rules.situation import GUARDS, Phase
from escalation.rules.waits import ASKED, FUTURE, PURSUED, WITHDRAWAL
from escalation.trail.events import EVENTS, placeholders
from escalation.web.cases.above import ABOVE
from escalation.web.cases.words import PRINTED

SOURCE = Path(__file__).parent.parent.parent / "escalation"
ROWS = {f"{m.t} {m.verb}": m for m in MOVES}
GIVEN_OTHERWISE = {
    # facts of a form that the verb takes under another name, or does not take
    "file": {"respondent": "respondents", "declaration": None},
}
NOT_GUARDS = {"phase", "kind", "seat", "not_paused"}


def verb_of(move: Move) -> Callable[..., Any]:
    return file if move.verb == "file" else PERFORM[move.verb]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_verb_that_takes_who_and_when_and_its_facts(row: str) -> None:
    move = ROWS[row]
    keywords = {name: p for name, p in inspect.signature(verb_of(move)).parameters.items() if p.kind is p.KEYWORD_ONLY}
    if move.verb == "file":
        keywords |= inspect.signature(Filing).parameters
    assert {"by", "at"} <= set(keywords)
    renamed = GIVEN_OTHERWISE.get(move.verb, {})
    facts = {renamed.get(f.name, f.name): f for f in move.facts} | {None: None}
    wanted = {name for name in facts if name}
    assert wanted <= set(keywords), "a fact of the row that the verb does not take"
    needed = {name for name, p in keywords.items() if p.default is p.empty} - {"by", "at"}
    if move.verb != "file":  # the filing's facts are the sections of its page, and each holds several
        assert needed <= wanted, "something that the verb needs and the row's form does not ask for"
        asked_always = {n for n, f in facts.items() if f and not (f.optional or f.only or f.unless)}
        assert needed == asked_always


def is_sentence(text: str) -> bool:
    return text[:1].isupper() and text.endswith(".")


def missing(move: Move) -> list[str]:
    """What a row lacks to be whole: its words for people, and what the pages need of it, by name."""
    wordings = move.wordings()
    whole = {
        "button": bool(move.button) and not any(w.button.endswith(".") for w in wordings),
        "then": bool(move.then) and all(is_sentence(w.then) for w in wordings if w.then and not w.then.startswith("{")),
        "instead": all(w.button or w.then for w in move.instead),
        "hear": bool(move.after_hearing) == bool(move.hear and move.hear.button and move.hear.then),
        "sentence": len(move.sentence) > 10 and not move.sentence.endswith("."),
        "answers": set(move.answers) <= set(ACTS),
        "above": set(move.above) <= set(ABOVE),
        "meets": set(move.meets) <= set(DEADLINES),
        "day_zero": bool(move.day_zero) or move.target not in STARTS,
        "carried_by": all(1 <= number <= 6 for number in move.carried_by),
        "ours": move.ours.endswith("."),
        "guards of instead": {g for w in move.instead for g in (w.when, w.unless) if g} <= set(GUARDS),
    }
    return [name for name, holds in whole.items() if not holds]


@pytest.mark.parametrize("row", ROWS)
def test_a_row_is_whole(row: str) -> None:
    assert missing(ROWS[row]) == []


def test_what_the_history_leaves_out_of_a_row_is_a_text_of_its_form() -> None:
    cited = {"citation_place", "citation_quote", "citation_source"}  # the filing's form splits a citation in three
    for move in MOVES:
        facts = {fact.name for fact in move.facts} | (cited if move.verb == "file" else set())
        given = {"referral_question"} if move.verb == "answer_referral" else set()
        assert set(move.shown_elsewhere) <= facts | given, move.verb


def test_no_two_rows_leave_the_same_event_and_no_other_event_has_a_rows_name() -> None:
    assert len(BY_EVENT) == len(MOVES)
    assert {kind: EVENTS[kind] for kind in BY_EVENT} == {move.event: move.sentence for move in MOVES}


def test_everything_that_may_stand_above_a_form_stands_above_some_rows_form() -> None:
    assert {name for move in MOVES for name in move.above} == set(ABOVE)


def test_every_act_that_a_case_waits_for_has_its_button() -> None:
    awaited = {rule.act for rules in (*FUTURE.values(), WITHDRAWAL, ASKED, PURSUED) for rule in rules}
    assert awaited - {act for move in MOVES for act in move.answers} == set()


@pytest.mark.parametrize("row", ROWS)
def test_what_keeps_a_row_closed_has_its_name_and_its_sentence(row: str) -> None:
    move = ROWS[row]
    guards = {*move.guards, *(a.when for a in move.actors if a.when)}
    conditions = {c for f in move.facts for c in (f.only, f.unless) if c}
    assert guards | conditions <= set(GUARDS)
    assert guards <= set(GUARD_SENTENCES)


def test_what_is_no_guard_of_a_row_has_a_sentence_too() -> None:
    assert set(GUARD_SENTENCES) >= NOT_GUARDS
    assert set(TIME_GUARDS) <= set(GUARDS) & set(GUARD_SENTENCES)


def domain() -> list[Path]:
    """Every module of the packages that have models: verbs are written in some of them."""
    packages = {path.relative_to(SOURCE).parts[0] for path in (*SOURCE.glob("*/models.py"), *SOURCE.glob("*/models"))}
    return sorted(path for package in packages for path in (SOURCE / package).rglob("*.py"))


def words_in(expression: ast.expr) -> list[str]:
    """The texts that are written out somewhere in an expression."""
    constants = (part.value for part in ast.walk(expression) if isinstance(part, ast.Constant))
    return [value for value in constants if isinstance(value, str)]


def refusals() -> Iterator[tuple[str, str]]:
    """Every guard that some function of the domain names by a word of its own: (where, guard)."""
    for path in domain():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            where = f"{path.parent.name}/{path.name}:{getattr(node, 'lineno', 0)}"
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "MoveNotAllowed":
                guard = node.args[1]
                yield from ((where, word) for word in words_in(guard))
            if isinstance(node, ast.FunctionDef) and node.name in {
                "may_offer",
                "may_answer",
                "may_hear",
                "may_comment",
            }:
                returned = (r.value for r in ast.walk(node) if isinstance(r, ast.Return) and r.value)
                yield from ((where, word) for value in returned for word in words_in(value))


def test_every_other_refusal_has_its_sentence() -> None:
    found = list(refusals())
    assert found
    # a comparison inside the expression is a kind, not a guard
    known = set(GUARD_SENTENCES) | {"publish", "file"}
    assert [f"{where}: {guard}" for where, guard in found if guard not in known] == []


# --- The ball


@pytest.mark.parametrize("phase", [p for p in Phase if FUTURE.get(p)])
def test_who_waits_for_what_has_its_words(phase: Phase) -> None:
    for rule in FUTURE[phase]:
        seat = rule.holder.partition(":")[0]
        assert rule.act in ACTS
        assert seat in OFFICES | {"initiator", "respondent", "objectors", "obliged", "counterparty"} | set(HOLDERS)
        key = rule.due.partition("+")[0]
        assert key in DEADLINES, key


def test_every_phase_that_a_row_reaches_has_a_ball_or_is_the_end() -> None:
    reached = {m.target for m in MOVES if isinstance(m.target, Phase)} | {p for m in MOVES for p in m.phases}
    assert reached <= set(FUTURE)
    assert [p for p in reached if not FUTURE[p]] == [Phase.CLOSED]


# --- Deadlines


def test_what_begins_has_its_words() -> None:
    begun = {key for keys in STARTS.values() for key in keys}
    assert begun <= set(DEADLINES)
    assert begun <= LOCAL_KEYS | LADDER_KEYS


def test_every_act_from_which_days_are_counted_has_its_words() -> None:
    """The rows that enter a phase in which a deadline begins are day 0 of it."""
    counted_from = {
        m.verb for m in MOVES if m.target in STARTS or (m.target is Target.NEXT_STEP and Phase.RECEIVED in STARTS)
    }
    assert all(day_zero(base_event) for base_event in counted_from | {"accept_file", *FOLLOWS.values()})


# --- Events


def test_every_event_declares_its_facts_by_its_sentence() -> None:
    for kind, sentence in EVENTS.items():
        assert placeholders(kind), kind
        assert not sentence.endswith("."), kind


def test_every_fact_of_a_sentence_is_printed_as_a_day_a_name_a_word_or_as_it_is() -> None:
    facts = {name for kind in EVENTS for name in placeholders(kind)}
    assert sorted(name for printed in PRINTED for name in printed) == sorted(facts), "web/cases/words.py: PRINTED"


def test_no_event_is_without_something_that_leaves_it() -> None:
    used = {m.event for m in MOVES}
    source = "".join(p.read_text("utf-8") for p in domain())
    assert [kind for kind in EVENTS if kind not in used and f'"{kind}"' not in source] == []


def test_the_words_of_a_row_are_words_of_the_glossary() -> None:
    assert {a.seat.value for m in MOVES for a in m.actors} <= set(GLOSSARY)
    assert len(rows()) == len(MOVES)
