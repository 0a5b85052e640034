"""Where does this belong? A few questions that end in this ladder, in another one, or somewhere else (domain/04 § 4.4).

Two tables, both from ``texts/guide.toml``: QUESTIONS, each with its options, and ENDS. Each rests on paragraphs of the
main agreement, named by their codes; what it does not say is marked as ours. The answers alone decide where one stands,
so every page has an address that lasts. The sentences are source strings, translated by the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from typing import Any

from escalation.rules import data
from escalation.rules.ladder import Ladder


class UnknownAnswer(Exception):
    """An answer that its question does not have, or to a question that is not asked on the way."""


@dataclass(frozen=True)
class Option:
    """An answer: ``word`` in the address, ``to`` the question or end that it leads to."""

    word: str
    label: str
    to: str
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """A question. ``key`` is its name in the address; ``provisions`` are codes in the agreement that it rests on."""

    key: str
    text: str
    provisions: tuple[str, ...]
    options: tuple[Option, ...]
    hint: str = ""

    def option(self, word: str) -> Option:
        """The option with this word. Raises UnknownAnswer."""
        found = next((o for o in self.options if o.word == word), None)
        if found is None:
            raise UnknownAnswer(self.key)
        return found


@dataclass(frozen=True)
class End:
    """Where it belongs.

    ``provisions`` are codes in the agreement that say so, ``ours`` what it does not say. ``ways`` are (who, what they
    do) in the order to try them. ``step`` is where the ladder is entered, 0 for an end outside it. ``refuses``: it does
    not belong here, which is counted. ``onward`` asks about another side of the question, which the way goes on with if
    the answer ``detour`` (question key, word) is given instead.
    """

    key: str
    heading: str
    lead: str
    provisions: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]
    ours: str
    step: int = 0
    refuses: bool = False
    onward: str = ""
    detour: tuple[str, ...] = ("obstacle", "none")


@dataclass(frozen=True)
class Walk:
    """How far the answers lead: what was answered, and the question or end where one stands."""

    answered: tuple[tuple[Question, Option], ...]
    at: Question | End


LONGEST = 4
"""No way asks more questions than this (a test walks them all)."""

FIRST = "matter"

CASE_TYPES: Mapping[str, str] = {"reading": "interpretation", "conflict": "interpretation", "deviation": "deviation"}
"""Answer to the first question -> type of the case, for a person who goes on to file (§ 4.1)."""


def _questions(rows: Sequence[Mapping[str, Any]]) -> dict[str, Question]:
    return {
        row["key"]: Question(
            row["key"],
            row["text"],
            tuple(row["provisions"]),
            tuple(Option(o["word"], o["label"], o["to"], o.get("hint", "")) for o in row["option"]),
            row.get("hint", ""),
        )
        for row in rows
    }


def _ends(rows: Sequence[Mapping[str, Any]]) -> dict[str, End]:
    return {
        row["key"]: End(
            row["key"],
            row["heading"],
            row["lead"],
            tuple(row["provisions"]),
            tuple((who, what) for who, what in row["ways"]),
            row["ours"],
            row.get("step", 0),
            row.get("refuses", False),
            row.get("onward", ""),
            tuple(row.get("detour", ("obstacle", "none"))),
        )
        for row in rows
    }


_TABLES = data.read("texts/guide.toml")
QUESTIONS: Mapping[str, Question] = _questions(_TABLES["question"])
ENDS: Mapping[str, End] = _ends(_TABLES["end"])


def walk(answers: Mapping[str, str], subjects: Sequence[Option]) -> Walk:
    """Follow the answers (question key -> word) as far as they lead.

    ``subjects`` are the other agreements as options of the question "subject". Raises UnknownAnswer for a word that its
    question does not have, and for an answer to a question that the way does not pass.
    """
    left = dict(answers)
    answered: list[tuple[Question, Option]] = []
    at: Question | End = _place(FIRST, subjects)
    while isinstance(at, Question) and at.key in left:
        option = at.option(left.pop(at.key))
        answered.append((at, option))
        at = _place(option.to, subjects)
    if left:
        raise UnknownAnswer(next(iter(left)))
    return Walk(tuple(answered), at)


def end_of(ladder: Ladder) -> str:
    """The end for an agreement that is not the main one: of municipalities alone, or on a ladder of the same shape."""
    alone = any(step.is_municipal for step in ladder.steps)
    return "municipal_ladder" if alone else "other_ladder"


def around(end: End, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers that lead around an end, by its detour; none, for the first question, where it was not passed."""
    asked, word = end.detour
    if asked not in answers:
        return {}
    before = dict(takewhile(lambda given: given[0] != asked, answers.items()))
    return {**before, asked: word}


def _place(key: str, subjects: Sequence[Option]) -> Question | End:
    if key in ENDS:
        return ENDS[key]
    question = QUESTIONS[key]
    return replace(question, options=(*subjects, *question.options)) if key == "subject" else question
