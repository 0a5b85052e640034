"""A page does what it says: what says "propose" makes a proposal, what does not is done; and no one decides unread."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from babel.messages.pofile import read_po

from escalation import clock
from escalation.casefile import case_file_of
from escalation.cases import overview, queries
from escalation.cases.overview import CaseFilter
from escalation.cases.sight import Sight
from escalation.rules.glossary import OFFERS
from escalation.rules.moves.table import MOVES
from tests.support.doing import Doing
from tests.support.page import Page
from tests.support.people import person
from tests.support.stage import BODY_SEATS, SEATS, House
from tools.catalogue import PATH

pytestmark = pytest.mark.one_database

ACTORS = ("TYR.handler", "TYR.approver", "RS.approver", "SEK.region", "TSG.chair", "VIS.chair")
"""One of each that has acts of its own."""
BESIDE = {"statement", "summary", "positions", "notes", "link", "let_in", "add_register_number"}
"""Links of a case page that are no act, or the sheet on which the joint statement is written."""
BESIDE_TOO = re.compile(r"(attachments|answer|statement|unlink)/")


TYPED: dict[str, dict[str, str]] = {
    "propose/settlement": {f"{name}_{n}": "" for name in ("what", "who", "when") for n in (1, 2, 3)},
    "propose/extension": {"extended_to": "2027-01-12"},
    "propose/pause": {"paused_until": "2027-01-12"},
}


def acts_shown(house: House, seat: str, key: str) -> dict[str, str]:
    """What the case page offers the seat: the button's words by the act's address."""
    start = house.path(key, "/")
    page = Page(house.client(seat).get(house.path(key)).text)
    links = {
        e.attributes["href"].partition("?")[0]: " ".join(e.text.split())
        for e in page.all("a")
        if "href" in e.attributes
    }
    ours = {href.removeprefix(start): said for href, said in links.items() if href.startswith(start)}
    return {
        act: said
        for act, said in ours.items()
        if act not in BESIDE and not re.match(r"(attachments|answer|statement|unlink)/", act)
    }


def proposes(said: str) -> bool:
    return "föreslå" in said.lower()


def test_what_says_propose_makes_a_proposal_and_moves_nothing_and_nothing_else_says_so(open_house: House) -> None:
    doing, tried = Doing(open_house), dict[str, tuple[str, str]]()
    for seat in ACTORS:
        for key in open_house.stage.numbers:
            for act, said in acts_shown(open_house, seat, key).items():
                assert proposes(said) is act.startswith("propose/"), (seat, key, act, said)
                tried.setdefault(act if not act.startswith("propose/lapse") else f"{act} {seat}", (seat, key))
    assert {"propose/reject", "propose/lapse SEK.region", "propose/lapse TSG.chair", "lift", "ask_to_pursue"} <= set(
        tried
    )
    for act, (seat, key) in tried.items():
        address = act.partition(" ")[0]
        page = Page(open_house.client(seat).get(open_house.path(key, f"/{address}")).text)
        buttons = " ".join(b.text for b in page.all("button") if b.inside("main"))
        assert proposes(f"{page.heading} {buttons}") is address.startswith("propose/"), act
    for act, (seat, key) in tried.items():
        if not act.startswith("propose/") or doing.case(key)[3] == "proposal_offered":
            continue
        before = doing.case(key)
        doing.act(seat, key, act.partition(" ")[0], "proposal_offered", **TYPED.get(act, {}))
        assert doing.case(key)[:2] == before[:2], act


def test_the_words_of_each_act_say_proposal_in_english_where_they_do_in_swedish() -> None:
    english = {m.id: str(m.string) for m in read_po(BytesIO(PATH.read_bytes()))}
    wordings = [w for m in MOVES for w in m.wordings()]
    for button in {*(w.button for w in wordings if w.button), *(term.label for term in OFFERS.values())}:
        assert proposes(button) is english[button].lower().startswith("propose"), button


def test_a_person_who_holds_the_ball_or_has_something_to_decide_sees_more_than_a_stub(house: House) -> None:
    def unread() -> list[tuple[str, str, str]]:
        today, found = clock.today(), []
        for seat in SEATS:
            viewer = person(seat)
            whole = {s.case.number: s for s in overview.overviews(viewer, today, CaseFilter())}
            for key, number in house.stage.numbers.items():
                known = queries.get(number, viewer=viewer, today=today)
                case = known[0] if known else queries.by_numbers([number])[0]
                open_acts = [o.move.verb for o in case_file_of(case, viewer, clock.now()).openings if o.is_open]
                holds = number in whole and overview.holds(whole[number], viewer)
                if (known is None or known[1] is not Sight.FULL) and (holds or set(open_acts) - {"ask_to_register"}):
                    found.append((seat, key, ", ".join(open_acts)))
        return found

    assert house.ask(unread) == []


@pytest.mark.parametrize("seat", [seat for seat in BODY_SEATS if not seat.endswith(".member")])
def test_from_a_stub_a_chair_is_offered_no_more_than_to_hear_the_parties(house: House, seat: str) -> None:
    for key in house.stage.numbers:
        answer = house.client(seat).get(house.path(key))
        if "Ni ser rubrik och läge" in answer.text:
            links = {href.removeprefix(house.path(key, "/")) for href in Page(answer.text).links()}
            assert {href for href in links if not href.startswith(("/", "#", "http"))} <= {"hear/call_up"}, key
