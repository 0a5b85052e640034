"""How much a page asks of the database: no more than its share, and no more with many cases than with few."""

from __future__ import annotations

import pytest

from escalation.db import session
from tests.support.page import Page
from tests.support.rights import FULL, expected
from tests.support.sample_cases import PHASES, play
from tests.support.sql import statements
from tests.support.stage import House

pytestmark = pytest.mark.one_database  # the same queries on either database

CASE_PAGE, LIST = 12, 8
LISTS = ("/", "/cases", "/interpretations")
READERS = ("TYR.handler", "TYR.approver", "SEK.region", "TSG.chair", "VIS.member", "AUDITOR", "SOL.reader")


def asked(house: House, seat: str, path: str) -> list[str]:
    """The statements behind a page, for somebody who has been here before."""
    browser = house.client(seat)
    with statements(house.app) as seen:
        assert browser.get(path).status_code == 200
    return seen


@pytest.mark.parametrize("key", PHASES)
def test_a_case_page_asks_at_most_twelve_things_in_every_phase(house: House, key: str) -> None:
    for seat in READERS:
        if expected(seat, key) == FULL:
            seen = asked(house, seat, house.path(key))
            assert len(seen) <= CASE_PAGE, "\n".join([f"{seat} in {key}: {len(seen)}", *seen])


def test_a_case_page_asks_at_most_twelve_things_while_the_parties_are_heard(open_house: House) -> None:
    for seat, kind, named in (("TSG.chair", "call_up", ["SOL", "KSON"]), ("SEK.region", "supersede", [])):
        path, browser = open_house.path("dialogue", f"/hear/{kind}"), open_house.client(seat)
        sent = Page(browser.get(path).text).filled(named=named)
        assert browser.post(path, data=sent).status_code == 302
    for seat in ("TYR.approver", "SEK.region", "TSG.chair"):
        seen = asked(open_house, seat, open_house.path("dialogue"))
        assert len(seen) <= CASE_PAGE, "\n".join([f"{seat}: {len(seen)}", *seen])


@pytest.mark.parametrize("seat", READERS)
def test_a_list_asks_at_most_eight_things(house: House, seat: str) -> None:
    for path in LISTS:
        seen = asked(house, seat, path)
        assert len(seen) <= LIST, "\n".join([f"{seat} at {path}: {len(seen)}", *seen])


def test_a_page_asks_as_much_with_twice_the_cases(open_house: House) -> None:
    def counts() -> dict[tuple[str, str], int]:
        pages = (*LISTS, open_house.path("dialogue"), open_house.path("implementation"))
        return {
            (seat, path): len(asked(open_house, seat, path)) for seat in ("TYR.handler", "SEK.region") for path in pages
        }

    def as_many_more() -> None:
        for key in ("intake", "served", "dialogue", "late") * 4 + ("implementation",) * 2:
            play(key)
        session.commit()

    before = counts()
    open_house.ask(as_many_more)
    assert counts() == before
