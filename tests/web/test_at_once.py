"""Two people act at once in one case: one is first, the other sees what happened and keeps what they wrote.

For each pair of acts that are open in the same case of the stage, whoever does them.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import pytest

from escalation.trail import queries as trail
from tests.conftest import Databases, let_go
from tests.web.reading import Page
from tests.web.stage import BODY_SEATS, House, Stage, house_in
from tests.web.test_access import OPEN, address
from tests.web.test_acts import NO_TASKS

TYPED: dict[str, dict[str, Any]] = {
    # act -> what is to be chosen in its form for it to stand
    "acknowledge": {"substitute": "0"},
    "answer": {"answer": "accept", "reason": ""},
    "pause": {"pause_ground": "force_majeure", "paused_until": "2027-02-01"},
    "propose/pause": {"paused_until": "2027-02-01"},
    "propose/settlement": NO_TASKS,
    "accept_file": {"missing_parts": ""},
    "send_recommendation": {"task_what": ""},
    "pronounce": {"applies_from": "2027-01-01", "task_what": ""},
}


EXTENDED_TO = {"late": "2026-12-11", "remitted": "2026-12-21"}
"""Within twenty working days of the local step's last day, or of today where that has passed."""


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
    acts: list[list[Act]]

    def again(self) -> None:
        """As it was when the forms were opened."""
        let_go(self.house.app)
        self.databases.drop("at_once")
        self.databases.make("at_once", "opened")

    def tell(self, key: str) -> list[Any]:
        number = self.house.stage.numbers[key]
        found: list[Any] = self.house.ask(lambda: [e.kind for e in trail.events_about(f"case:{number}")])
        return found


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
        acts = [[opened(house, key, name, seat) for seat in sorted(who)[:2]] for name, who in OPEN[key].items()]
        let_go(house.app)
        databases.make("opened", "at_once")
        yield Prepared(house, databases, acts)
        let_go(house.app)
        databases.drop("opened")


def pairs(acts: list[list[Act]]) -> Iterator[tuple[Act, Act]]:
    """Every two acts by two people, and the same act by two who may do it."""
    for first, second in combinations_with_replacement(acts, 2):
        other = next((act for act in second if act.seat != first[0].seat), None)
        if other is not None:
            yield first[0], other


CROWDED = [key if key == "late" else pytest.param(key, marks=pytest.mark.one_database) for key in OPEN if OPEN[key]]
"""The lock is the database's: the case with the most acts is tried on both."""


@pytest.mark.parametrize("key", CROWDED)
def test_of_two_who_act_at_once_one_is_first_and_the_other_sees_what_happened(prepared: Prepared, key: str) -> None:
    house, wrong, tried = prepared.house, [], 0
    before = prepared.tell(key)
    with ThreadPoolExecutor(2) as people:
        for pair in pairs(prepared.acts):
            tried += 1
            answers = list(people.map(lambda act: house.client(act.seat).post(act.path, data=act.sent), pair))
            outcome = sorted(answer.status_code for answer in answers)
            what = f"{pair[0].name} by {pair[0].seat} and {pair[1].name} by {pair[1].seat}"
            if outcome not in ([302, 409], [302, 404]):
                wrong.append(f"{what} gave {outcome}")
            else:
                late = next(i for i, answer in enumerate(answers) if answer.status_code != 302)
                wrong += [f"{what}: {fault}" for fault in faults(house, answers[late].text, key, pair[late])]
                if len(prepared.tell(key)) != len(before) + 1:
                    wrong.append(f"{what} left {prepared.tell(key)[len(before) :]}")
            prepared.again()
    assert not wrong, "\n".join(wrong)
    assert tried


def faults(house: House, html: str, key: str, act: Act) -> Iterator[str]:
    """What is wrong with the page of the one who came second.

    What happened is told to who sees the case's history. A chair whom the first act has taken the case from is told no
    more than that it is not theirs.
    """
    page = Page(html)
    sees_it = "Vad som har hänt" in house.client(act.seat).get(house.path(key)).text
    if page.heading != "Någon hann före" and (sees_it or act.seat not in BODY_SEATS):
        yield f"the second reads {page.heading}"
    areas = [area.text.removeprefix("\n") for area in page.all("textarea")]
    yield from (f"the second lost {text}" for text in act.written if text not in areas)
    if ("Det här har hänt sedan dess" in page.main) is not sees_it:
        yield "the second is not told what happened"
