"""Two people act at once in one case: one is first, the other sees what happened and keeps what they wrote.

For each pair of acts that are open in the same case of the stage, by any two seats.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from config import Settings
from escalation.trail import queries as trail
from tests.support.app import close
from tests.support.databases import Databases
from tests.support.doing import NO_TASKS
from tests.support.page import Page
from tests.support.rights import FULL, OPEN, address, expected
from tests.support.sample_cases import PHASES
from tests.support.stage import BODY_SEATS, House, Stage, house_in

TYPED: dict[str, dict[str, Any]] = {
    # act -> what is to be chosen in its form for it to stand
    "acknowledge": {"substitute": "0"},
    "answer": {"answer": "accept", "reason": ""},
    "pause": {"pause_ground": "force_majeure", "paused_until": "2027-02-01"},
    "propose/pause": {"paused_until": "2027-02-01"},
    "propose/settlement": NO_TASKS,
    "accept_file": {"missing_parts": ""},
    "adjust": {"task_what": ""},
    "correct_decision": {"region_other": "", "municipal_other": "", "scope": "", "applies_from": ""},
}


EXTENDED_TO = {"late": "2026-12-11", "asked": "2026-12-11", "remitted": "2026-12-21"}
"""Within twenty working days of the local step's last day, or of today where that has passed."""


def met_first_in() -> dict[str, set[tuple[str, str]]]:
    """By case the pairs of acts that are tried in it: those of its phase that are open in no case before it."""
    met: set[tuple[Any, str, str]] = set()
    found = {}
    for key, acts in OPEN.items():
        here = {(PHASES[key][1], one, other) for one in acts for other in acts}
        found[key] = {(one, other) for _phase, one, other in here - met}
        met |= here
    return found


def in_turn(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Each pair in one order: now the one act is first, now the other."""
    acts = sorted({act for pair in pairs for act in pair})
    place = {act: i for i, act in enumerate(acts)}
    return {(a, b) for a, b in pairs if a == b or (place[a] < place[b]) is ((place[a] + place[b]) % 2 == 1)}


PAIRS = met_first_in()
ONE_ORDER = {key: in_turn(pairs) for key, pairs in PAIRS.items()}
OTHER_ORDER = {key: PAIRS[key] - ONE_ORDER[key] for key in PAIRS}
"""Tried in the long run."""


@dataclass(frozen=True)
class Act:
    """An act as its form was opened: by whom, where, and what is sent."""

    name: str
    seat: str
    path: str
    sent: dict[str, Any]
    written: tuple[str, ...]


@dataclass
class Prepared:
    """A house in which every form of one case lies open on somebody's desk; to be copied back after each pair."""

    house: House
    databases: Databases
    database_url: str
    acts: list[list[Act]]

    def again(self) -> None:
        """As it was when the forms were opened."""
        close(self.house.app)
        self.databases.drop("at_once")
        self.databases.make("at_once", self.database_url)

    def tell(self, key: str) -> list[Any]:
        number = self.house.stage.numbers[key]
        found: list[Any] = self.house.ask(lambda: [e.kind for e in trail.events_about(f"case:{number}")])
        return found


NOBODY_LIKE_IT = {"received_top", "between"}
"""Cases of which there is no other on their step: there is none to join with them."""


def opened(house: House, key: str, name: str, seat: str) -> Act:
    path = address(house, key, name)
    answer = house.client(seat).get(path)
    assert answer.status_code == 200, (key, name, seat)
    page = Page(answer.text)
    texts = {text: f"En lång text om {text} som {seat} inte vill skriva en gång till." for text in page.texts()}
    typed = TYPED.get(name, {})
    if name == "propose/extension":
        typed = {"extended_to": EXTENDED_TO.get(key, "2027-02-01")}
    kept = tuple(text for field, text in texts.items() if field not in typed)
    return Act(name, seat, path, page.filled(**(texts | typed)), kept)


@pytest.fixture
def prepared(
    databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory, key: str
) -> Iterator[Prepared]:
    directory = tmp_path_factory.mktemp("at_once")
    with house_in(databases, stage, directory, "at_once") as house:
        acts = [
            [opened(house, key, name, seat) for seat in sorted(who)[:2]]
            for name, who in OPEN[key].items()
            if not (name == "hear/join" and key in NOBODY_LIKE_IT)
        ]
        close(house.app)
        settings: Settings = house.app.config["SETTINGS"]
        yield Prepared(house, databases, databases.make("opened", settings.database_url), acts)
        close(house.app)
        databases.drop("opened")


def rivalry(prepared: Prepared, key: str, pairs: set[tuple[str, str]]) -> Iterator[str]:
    """What goes wrong when, after each act, those who make a pair with it send the form that they had open."""
    house, before = prepared.house, prepared.tell(key)
    with ThreadPoolExecutor(2) as people:
        for same in prepared.acts:
            rivals = [act for act in prepared.acts if (same[0].name, act[0].name) in pairs]
            if not rivals:
                continue
            if len(same) == 2:  # both may do it, and do at one instant
                answers = list(people.map(lambda act: house.client(act.seat).post(act.path, data=act.sent), same))
            else:
                answers = [house.client(same[0].seat).post(same[0].path, data=same[0].sent)]
            first = next((i for i, answer in enumerate(answers) if answer.status_code == 302), None)
            if first is None:
                yield f"{same[0].name} gave {[answer.status_code for answer in answers]}"
                continue
            late = [(act, answers[i]) for i, act in enumerate(same) if i != first]
            others = [next((a for a in act if a.seat != same[first].seat), None) for act in rivals if act != same]
            late += [(a, house.client(a.seat).post(a.path, data=a.sent)) for a in others if a is not None]
            for act, answer in late:
                fault = ", ".join(faults(house, answer, key, act))
                if fault:
                    yield f"after {same[first].name} by {same[first].seat}, {act.name} by {act.seat}: {fault}"
            if len(prepared.tell(key)) != len(before) + 1:
                yield f"{same[first].name} left {prepared.tell(key)[len(before) :]}"
            prepared.again()


def reads_what_happened(seat: str, key: str) -> bool:
    """Whether the seat sees the case's history, and still does when somebody has acted."""
    return expected(seat, key) == FULL and seat not in BODY_SEATS


def faults(house: House, answer: Any, key: str, act: Act) -> Iterator[str]:
    """What is wrong with the page of the one who came second.

    A seat that sees the case's history reads what happened. A chair whom the first act has taken the case from reads no
    more than that it is not theirs.
    """
    page = Page(answer.text)
    if answer.status_code == 404 and act.seat in BODY_SEATS:
        pass
    elif (answer.status_code, page.heading) != (409, "Någon hann före"):
        yield f"{answer.status_code} {page.heading}"
    elif reads_what_happened(act.seat, key) and "Det här har hänt sedan dess" not in page.main:
        yield "does not read what happened"
    areas = [area.text.removeprefix("\n") for area in page.all("textarea")]
    yield from (f"lost {text}" for text in act.written if text not in areas)


ON_BOTH = "received"
"""The lock is the database's own: one case is tried on both."""


TRIED = [key for key in OPEN if PAIRS[key] and key != ON_BOTH]


def test_every_pair_is_tried_in_one_order_here_and_in_the_other_in_the_long_run() -> None:
    for key, pairs in PAIRS.items():
        assert ONE_ORDER[key] | OTHER_ORDER[key] == pairs
        assert {frozenset(pair) for pair in ONE_ORDER[key]} == {frozenset(pair) for pair in pairs}


@pytest.mark.one_database
@pytest.mark.parametrize("key", TRIED)
def test_of_two_who_act_at_once_one_is_first_and_the_other_sees_what_happened(prepared: Prepared, key: str) -> None:
    assert list(rivalry(prepared, key, ONE_ORDER[key])) == []


@pytest.mark.parametrize("key", [ON_BOTH])
def test_on_either_database_one_is_first_and_the_other_sees_what_happened(prepared: Prepared, key: str) -> None:
    assert list(rivalry(prepared, key, ONE_ORDER[key])) == []


@pytest.mark.long
@pytest.mark.each_on_both
@pytest.mark.parametrize("key", [key for key in OPEN if OTHER_ORDER[key]])
def test_the_other_way_about_it_is_the_same(prepared: Prepared, key: str) -> None:
    assert list(rivalry(prepared, key, OTHER_ORDER[key])) == []
