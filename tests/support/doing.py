"""Acts done through their pages, as a person does them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from escalation.cases.models.case import Case
from escalation.db import session
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from tests.support.page import Page
from tests.support.stage import House

NO_OTHER_LINE = {"region_other": "", "municipal_other": ""}
"""Both blocks choose the brief's first alternative."""


class Doing:
    """Acts done in a house through pages, each checked for what it left."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.done: set[str] = set()

    def case(self, key: str) -> tuple[int, Phase, int, str]:
        """(step, phase, version, the newest event) of a case."""

        def look() -> tuple[int, Phase, int, str]:
            number = self.house.stage.numbers[key]
            case = session.scalars(select(Case).where(Case.number == number)).one()
            return case.step, case.phase, case.version, trail.events_about(f"case:{number}")[-1].kind

        answer: tuple[int, Phase, int, str] = self.house.ask(look)
        return answer

    def act(self, seat: str, key: str, act: str, event: str, **typed: Any) -> Page:
        """Open the form, fill it in and send it; the case page that it leads to."""
        path, version = self.house.path(key, f"/{act}"), self.case(key)[2]
        browser = self.house.client(seat)
        opened = browser.get(path)
        assert opened.status_code == 200, (key, act)
        sent = browser.post(path, data=Page(opened.text).filled(**typed))
        assert sent.status_code == 302, [e.text for e in Page(sent.text).all("p", class_="err")]
        assert sent.location == self.house.path(key)
        assert self.case(key)[2:] == (version + 1, event)
        self.done.add(act)
        case = browser.get(sent.location)
        assert case.status_code == 200
        return Page(case.text)

    def waiting(self, seat: str, key: str) -> str:
        """The proposal that the seat is asked to answer on the case page: "answer/3"."""
        start = self.house.path(key, "/")
        links = Page(self.house.client(seat).get(self.house.path(key)).text).links()
        [answer] = {link.removeprefix(start) for link in links if link.startswith(f"{start}answer/")}
        return answer


NO_TASKS = {f"{name}_{n}": "" for n in (1, 2, 3) for name in ("what", "who", "when")}
ONE_TASK = NO_TASKS | {"what_1": "Ordna vägen in.", "who_1": "RS", "when_1": "2027-02-01"}
