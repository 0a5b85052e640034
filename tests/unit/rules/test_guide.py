"""Where a question belongs: the table of questions and ends, walked from the first question along every answer."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import pytest

from escalation.cases.models.case import CaseType
from escalation.rules import guide, ladder
from escalation.rules.guide import ENDS, QUESTIONS, End, Option, Question, UnknownAnswer, around, walk

SUBJECTS = (Option("LUS", "Utskrivning", "other_ladder"), Option("KSABO", "Flytt", "municipal_ladder"))
STORED = {p["code"] for p in tomllib.loads(files("escalation").joinpath("texts", "hok.toml").read_text())["provision"]}


def ways(given: dict[str, str] | None = None) -> Iterator[tuple[dict[str, str], End]]:
    """Every way through the questions: its answers and its end."""
    given = given or {}
    at = walk(given, SUBJECTS).at
    if isinstance(at, End):
        yield given, at
        return
    for option in at.options:
        yield from ways({**given, at.key: option.word})


WAYS = list(ways())


def test_every_answer_leads_on_until_an_end_and_no_way_asks_more_than_four_questions() -> None:
    assert {len(given) for given, _end in WAYS} <= set(range(1, guide.LONGEST + 1))
    assert max(len(given) for given, _end in WAYS) == guide.LONGEST


def test_every_end_and_every_question_is_reached() -> None:
    assert {end.key for _given, end in WAYS} == set(ENDS)
    assert {key for given, _end in WAYS for key in given} == set(QUESTIONS)


@pytest.mark.parametrize("row", [*QUESTIONS.values(), *ENDS.values()], ids=lambda row: row.key)
def test_each_row_rests_on_paragraphs_that_stand_in_the_stored_text(row: Question | End) -> None:
    assert row.provisions
    assert set(row.provisions) <= STORED


@pytest.mark.parametrize("end", ENDS.values(), ids=lambda end: end.key)
def test_each_end_says_what_to_do_and_what_is_ours(end: End) -> None:
    assert all(who and what for who, what in end.ways)
    assert end.ways
    assert "vår" in end.ours or "HÖK" in end.ours
    assert not (end.refuses and end.step)


@pytest.mark.parametrize(
    ("given", "end"),
    [
        ("matter=reading&obstacle=none&agreement=HOK&reach=local", "step_1"),
        ("matter=reading&obstacle=none&agreement=HOK&reach=unsure", "step_1"),
        ("matter=deviation&obstacle=none&agreement=HOK&reach=others", "step_2"),
        ("matter=conflict&obstacle=none&agreement=HOK&reach=municipalities", "municipalities"),
        ("matter=deviation&obstacle=none&agreement=other&subject=LUS", "other_ladder"),
        ("matter=deviation&obstacle=none&agreement=other&subject=KSABO", "municipal_ladder"),
        ("matter=deviation&obstacle=none&agreement=other&subject=none", "ask"),
        ("matter=reading&obstacle=none&agreement=unsure", "ask"),
        ("matter=unsure", "ask"),
        ("matter=person", "person"),
        ("matter=deviation&obstacle=person", "person"),
        ("matter=reading&obstacle=crisis", "crisis"),
        ("matter=reading&obstacle=law", "law"),
        ("matter=reading&obstacle=appeal", "appeal"),
        ("matter=deviation&obstacle=claim", "claim"),
        ("matter=change", "change"),
        ("matter=portal", "portal"),
    ],
)
def test_each_matter_ends_where_the_agreement_says(given: str, end: str) -> None:
    assert walk(dict(pair.split("=") for pair in given.split("&")), SUBJECTS).at is ENDS[end]


def test_the_principle_skips_the_local_step_and_no_other() -> None:
    assert [end.key for end in ENDS.values() if end.step > 1] == ["step_2"]
    assert ENDS["step_2"].step == 2
    assert "7.1 p 1" in ENDS["step_2"].provisions


@pytest.mark.parametrize(
    "given",
    [
        {"matter": "weather"},
        {"matter": "reading", "obstacle": ""},
        {"matter": "person", "obstacle": "none"},
        {"obstacle": "none"},
        {"matter": "reading", "obstacle": "none", "agreement": "HOK", "subject": "LUS"},
        {"matter": "reading", "obstacle": "none", "agreement": "other", "subject": "HOK"},
    ],
)
def test_an_answer_that_is_not_on_the_way_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(UnknownAnswer):
        walk(given, SUBJECTS)


def test_the_way_around_an_end_leads_to_a_question() -> None:
    for given, end in WAYS:
        if end.onward:
            assert isinstance(walk(around(end, given), SUBJECTS).at, Question), end.key
    assert around(ENDS["law"], {"matter": "reading", "obstacle": "law"}) == {"matter": "reading", "obstacle": "none"}
    assert around(ENDS["person"], {"matter": "person"}) == {}


def test_each_way_that_leads_to_a_filing_has_a_type_of_case() -> None:
    assert set(guide.CASE_TYPES.values()) == {t.value for t in CaseType}
    assert {given[guide.FIRST] for given, end in WAYS if end.step} == set(guide.CASE_TYPES)


def test_a_ladder_of_municipalities_alone_has_an_end_of_its_own() -> None:
    assert guide.end_of(ladder.load("kommun_kommun")) == "municipal_ladder"
    assert guide.end_of(ladder.load("hok")) == "other_ladder"
