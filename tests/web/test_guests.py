"""A coordinating health centre on the pages: let in by a form, known to all who see the case, else 404 (R15)."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from escalation.cases.models.case import Case
from escalation.db import session
from escalation.rules.situation import ProposalKind
from tests.support.facts import STATEMENT
from tests.support.page import Page
from tests.support.rows import row_counts
from tests.support.sample_cases import TODAY, mark, title
from tests.support.sample_files import pdf
from tests.support.stage import CENTRE, House
from tests.support.stories import Story
from tests.web.test_queries import asked

pytestmark = pytest.mark.one_database  # the verbs are tried on both in tests/cases

NAME = "RS.centre"
"""Under what the person of the stage signs in."""


def admit(house: House, key: str, seat: str = "RS.handler", **typed: Any) -> Any:
    path, browser = house.path(key, "/let_in"), house.client(seat)
    sent = Page(browser.get(path).text).filled(**{"centre": str(house.stage.seats[CENTRE])} | typed)
    return browser.post(path, data=sent)


def page(house: House, seat: str, key: str) -> Page:
    return Page(house.client(seat).get(house.path(key)).text)


def do(house: House, key: str, act: Callable[[Story], None]) -> None:
    """Something that happens in the case today."""

    def inside() -> None:
        case = session.scalars(select(Case).where(Case.number == house.stage.numbers[key])).one()
        act(Story(case, TODAY, "TYR", ("RS",)))
        session.commit()

    house.ask(inside)


def case_sections(house: House, key: str) -> list[str]:
    """Every address at which something of the case is read."""
    return [house.path(key, rest) for rest in ("", "/summary", "/positions", "/statement")]


def show_out(house: House, seat: str, key: str) -> str:
    [path] = [link for link in page(house, seat, key).links() if "/show_out/" in link]
    return path


def test_not_let_in_it_finds_the_case_nowhere(house: House) -> None:
    centre = house.client(CENTRE)
    for key in ("served", "dialogue", "impasse", "received", "closed"):
        number = house.stage.numbers[key]
        for path in (*case_sections(house, key), house.path(key, "/attachments/1"), house.path(key, "/note_meeting")):
            assert centre.get(path).status_code == 404, path
        for path in ("/", "/cases", f"/cases?q={number}", f"/cases?q=Rubrik+({key})"):
            shown = Page(centre.get(path).text).main
            assert title(key) not in shown
            assert house.path(key) not in Page(centre.get(path).text).links(), path
    start = centre.get("/").text
    assert "Ni är inte insläppta i något ärende just nu." in start
    assert "Samordnande vårdcentral, Region Stockholm" in start


def test_the_party_lets_it_in_and_everybody_who_sees_the_whole_case_reads_so(open_house: House) -> None:
    assert open_house.path("impasse", "/let_in") in page(open_house, "RS.approver", "impasse").links()
    made = admit(open_house, "impasse")
    assert (made.status_code, made.location) == (302, open_house.path("impasse", "#h-inslappta"))
    sentence = f"Samordnande vårdcentral: {NAME} kan läsa ärendet och skriva ner möten sedan 23 november 2026"
    happened = f"Regionen släppte in den samordnande vårdcentralen: {NAME} kan läsa ärendet och skriva ner möten."
    for seat in ("TYR.handler", "RS.reader", "KSON.approver", "SEK.region", "AUDITOR", CENTRE):
        shown = page(open_house, seat, "impasse").main
        assert sentence in shown, seat
        assert "Insläppt av regionen." in shown, seat
        assert happened in shown, seat
    assert NAME not in page(open_house, "TSG.member", "impasse").main, "who sees a stub sees no people"


def test_let_in_it_reads_what_its_partys_reader_reads_and_finds_the_case_on_its_start_page(open_house: House) -> None:
    for key in ("impasse", "dialogue"):
        admit(open_house, key)
        for path in case_sections(open_house, key):
            reader, centre = (open_house.client(seat).get(path) for seat in ("RS.reader", CENTRE))
            assert centre.status_code == reader.status_code, path
            if reader.status_code == 200:
                assert (mark(key) in centre.text) is (mark(key) in reader.text), path
        assert open_house.client(CENTRE).get(open_house.path(key, "/notes")).status_code == 404
    for path in ("/", "/cases"):
        assert open_house.path("impasse") in Page(open_house.client(CENTRE).get(path).text).links()
    assert "Ni har bollen" not in open_house.client(CENTRE).get("/").text


def test_let_in_it_downloads_the_cases_files(open_house: House) -> None:
    sender = open_house.client("RS.handler")
    path = open_house.path("dialogue", "/state_position")
    sent = Page(sender.get(path).text).filled(text="Vår ståndpunkt, med bilaga.")
    assert sender.post(path, data=sent | {"attachments": (BytesIO(pdf()), "lista.pdf")}).status_code == 302
    [file] = [link for link in page(open_house, "RS.reader", "dialogue").links() if "/attachments/" in link]
    centre = open_house.client(CENTRE)
    assert centre.get(file).status_code == 404
    admit(open_house, "dialogue")
    assert centre.get(file).status_code == 200
    assert centre.post(show_out(open_house, "RS.handler", "dialogue")).status_code == 404
    assert sender.post(show_out(open_house, "RS.handler", "dialogue")).status_code == 302
    assert centre.get(file).status_code == 404


def test_the_only_act_that_it_is_offered_is_to_write_down_a_meeting(open_house: House) -> None:
    admit(open_house, "dialogue")
    number = open_house.path("dialogue")
    offered = {
        link.removeprefix(f"{number}/") for link in page(open_house, CENTRE, "dialogue").links() if number in link
    }
    assert offered - {number, "positions"} == {"note_meeting"}
    centre = open_house.client(CENTRE)
    form = Page(centre.get(open_house.path("dialogue", "/note_meeting")).text)
    sent = form.filled(held_on="2026-11-20", said="Vi gick igenom listan.", agreed="Nytt möte den 4 december.")
    assert centre.post(open_house.path("dialogue", "/note_meeting"), data=sent).status_code == 302
    shown = page(open_house, "TYR.handler", "dialogue").main
    assert "Den samordnande vårdcentralen skrev ner ett möte 20 november 2026." in shown
    assert "Nytt möte den 4 december." in shown


def test_it_cannot_accept_a_settlement(open_house: House) -> None:
    """domain/02: only the region's approver can."""
    admit(open_house, "dialogue")
    terms = {"settlement": "Vägen in bemannas på vardagar.", "obligations": []}

    def offer(story: Story) -> None:
        story.offer(ProposalKind.SETTLEMENT, terms, by="TYR.approver")

    do(open_house, "dialogue", offer)
    path = open_house.path("dialogue", "/propose/settlement")
    [answer] = {link for link in page(open_house, "RS.approver", "dialogue").links() if "/answer/" in link}
    centre, before = open_house.client(CENTRE), open_house.ask(row_counts)
    assert answer not in page(open_house, CENTRE, "dialogue").links()
    for address in (answer, path, open_house.path("dialogue", "/state_position"), open_house.path("dialogue", "/lift")):
        assert centre.get(address).status_code in {404, 409}, address
        assert centre.post(address, data={"answer": "accept", "version": "99"}).status_code in {404, 409}, address
    assert centre.get(answer).status_code == 404
    assert open_house.ask(row_counts) == before


def test_when_the_party_ends_it_the_case_does_not_exist_for_it_any_more(open_house: House) -> None:
    admit(open_house, "dialogue")
    path = show_out(open_house, "RS.handler", "dialogue")
    for seat in ("TYR.handler", "RS.reader", "SEK.region", CENTRE):
        assert [link for link in page(open_house, seat, "dialogue").links() if "/show_out/" in link] == []
        assert open_house.client(seat).post(path).status_code == 404
    other = path.replace(open_house.path("dialogue"), open_house.path("served"))
    assert open_house.client("RS.handler").post(other).status_code == 404
    asked_first = open_house.client("RS.approver").get(path)
    assert f"{NAME} kan då inte längre läsa ärendet." in asked_first.text
    assert open_house.client("RS.approver").post(path).status_code == 302
    centre = open_house.client(CENTRE)
    for address in case_sections(open_house, "dialogue"):
        assert centre.get(address).status_code == 404
    shown = page(open_house, "TYR.handler", "dialogue").main
    assert "Insläppta i ärendet" not in shown
    assert "Regionen avslutade den samordnande vårdcentralens tillgång" in shown
    assert open_house.client("RS.approver").get(path).status_code == 404


def test_after_the_lift_to_step_two_it_is_404_again(open_house: House) -> None:
    admit(open_house, "forgotten")
    centre = open_house.client(CENTRE)
    assert centre.get(open_house.path("forgotten")).status_code == 200

    def lift(story: Story) -> None:
        story.act("lift", by="TYR.approver", **STATEMENT)
        assert story.case.step == 2

    do(open_house, "forgotten", lift)
    for address in case_sections(open_house, "forgotten"):
        assert centre.get(address).status_code == 404
    assert open_house.path("forgotten") not in Page(centre.get("/").text).links()
    shown = page(open_house, "TYR.handler", "forgotten")
    assert "Insläppta i ärendet" not in shown.main
    assert open_house.path("forgotten", "/let_in") not in page(open_house, "RS.handler", "forgotten").links()
    assert open_house.client("RS.handler").get(open_house.path("forgotten", "/let_in")).status_code == 404


@pytest.mark.parametrize(
    ("centre", "sentence"),
    [
        ("", "Välj vem som ska släppas in."),
        ("999999", "Välj något av alternativen."),
        ("x", "Välj något av alternativen."),
        ("RS.reader", "Välj något av alternativen."),
    ],
)
def test_who_cannot_be_let_in_has_its_sentence_beside_the_field(house: House, centre: str, sentence: str) -> None:
    house.client("RS.handler")
    before = house.ask(row_counts)
    answer = admit(house, "dialogue", centre=str(house.stage.seats.get(centre, centre)))
    assert (answer.status_code, Page(answer.text).sentence("centre")) == (422, sentence)
    assert house.ask(row_counts) == before


def test_a_party_without_such_a_health_centre_reads_that_there_is_none(house: House) -> None:
    path = house.path("dialogue", "/let_in")
    assert path in page(house, "KSON.handler", "dialogue").links()
    shown = Page(house.client("KSON.handler").get(path).text)
    assert "Det finns ingen samordnande vårdcentral hos er att släppa in." in shown.main
    assert "Släpp in" not in [e.text.strip() for e in shown.elements if e.name == "button"]


def test_a_municipality_is_not_asked_to_let_a_health_centre_in(house: House) -> None:
    path = house.path("dialogue", "/let_in")
    assert path not in page(house, "TYR.handler", "dialogue").links()
    assert house.client("TYR.handler").get(path).status_code == 404


def test_a_party_whose_health_centre_is_in_already_reads_that_it_is(open_house: House) -> None:
    admit(open_house, "dialogue")
    shown = Page(open_house.client("RS.handler").get(open_house.path("dialogue", "/let_in")).text)
    assert "Er samordnande vårdcentral är redan insläppt i ärendet." in shown.main
    assert "ingen samordnande vårdcentral" not in shown.main


def test_who_has_been_let_in_costs_a_case_page_no_question(open_house: House) -> None:
    before = {seat: len(asked(open_house, seat, open_house.path("dialogue"))) for seat in ("RS.reader", "TYR.handler")}
    admit(open_house, "dialogue")
    for seat, count in before.items():
        assert len(asked(open_house, seat, open_house.path("dialogue"))) <= count, seat
