"""Linked cases through their pages: made, shown at both ends to those who may know, and taken away."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.page import Page
from tests.support.stage import House
from tests.web.test_queries import asked

pytestmark = pytest.mark.one_database  # the verbs are tried on both in tests/links

READERS = ("TYR.handler", "SEK.region")
WHY = "Samma telefonnummer, ett halvår senare."


def tie(house: House, seat: str, key: str, number: str, **typed: Any) -> Any:
    path, browser = house.path(key, "/link"), house.client(seat)
    sent = Page(browser.get(path).text).filled(**{"kind": "predecessor", "to": number, "reason": WHY} | typed)
    return browser.post(path, data=sent)


def page(house: House, seat: str, key: str) -> Page:
    return Page(house.client(seat).get(house.path(key)).text)


def test_a_link_made_by_a_party_stands_on_both_cases_and_in_their_histories(open_house: House) -> None:
    numbers = open_house.stage.numbers
    made = tie(open_house, "TYR.handler", "dialogue", numbers["served"])
    assert (made.status_code, made.location) == (302, open_house.path("dialogue", "#h-lankade"))
    here, there = page(open_house, "RS.handler", "dialogue"), page(open_house, "RS.handler", "served")
    assert f"Länkade ärenden Ersätter {numbers['served']}" in here.main
    assert f"Länkade ärenden Ersätts av {numbers['dialogue']}" in there.main
    assert open_house.path("served") in here.links()
    assert f"Tyresö länkade ärendet: det ersätter {numbers['served']}." in here.main
    assert f"Tyresö länkade {numbers['dialogue']} hit: det här ärendet ersätts av det." in there.main
    assert WHY in here.main
    assert WHY in there.main


def test_who_may_not_know_of_the_other_case_reads_of_it_neither_in_the_list_nor_in_the_history(
    open_house: House,
) -> None:
    """The secretariat links a case of step 1 to such as others have at higher steps."""
    numbers = open_house.stage.numbers
    assert tie(open_house, "SEK.region", "between", numbers["served"], kind="related").status_code == 302
    assert numbers["served"] in page(open_house, "TSG.member", "between").main, "the steering group may know of both"
    for seat in ("RS.handler", "KSON.handler"):
        shown = page(open_house, seat, "served")
        assert numbers["between"] in shown.main, "another party may know of what a body has"
    assert tie(open_house, "SEK.region", "received_top", numbers["served"], kind="related").status_code == 302
    for_vis = page(open_house, "VIS.member", "received_top")
    assert numbers["served"] not in for_vis.main
    assert WHY not in for_vis.main
    assert "Länkade ärenden" not in for_vis.main


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"to": ""}, "to", "Skriv numret på det andra ärendet."),
        ({"to": "ESK-2026-9999"}, "to", "Skriv numret på ett ärende som ni ser hela av, till exempel ESK-2026-0011."),
        (
            {"kind": "precedent_applied"}, "to",
            "Skriv numret på ett publicerat tolkningsbesked, så som det står bland tolkningarna.",
        ),
        ({"kind": "friends"}, "kind", "Välj något av alternativen."),
        ({"kind": ""}, "kind", "Välj hur de hör ihop."),
        ({"reason": ""}, "reason", "Skriv skälen."),
        ({"to": "x" * 41}, "to", "Numret är 41 tecken. Korta det med minst 1."),
    ],
)  # fmt: skip
def test_what_is_typed_wrong_has_its_sentence_and_is_kept(
    house: House, typed: dict[str, Any], field: str, sentence: str
) -> None:
    answer = tie(house, "TYR.handler", "dialogue", house.stage.numbers["served"], **typed)
    assert answer.status_code == 422
    back = Page(answer.text)
    assert back.sentence(field) == sentence
    assert back.typed("reason") == typed.get("reason", WHY)


def test_an_applied_interpretation_is_linked_to_its_page(open_house: House) -> None:
    made = tie(open_house, "RS.approver", "served", "vis-t 2025:2", kind="precedent_applied")
    assert made.status_code == 302
    shown = page(open_house, "TYR.handler", "served")
    assert "Tillämpar VIS-T 2025:2" in shown.main
    assert "Regionen länkade ärendet: det tillämpar VIS-T 2025:2." in shown.main
    assert "/interpretations/VIS-T-2025-2" in shown.links()


def test_only_the_secretariat_takes_a_link_away_and_says_why(open_house: House) -> None:
    tie(open_house, "TYR.handler", "dialogue", open_house.stage.numbers["served"])
    [path] = [link for link in page(open_house, "SEK.region", "served").links() if "/unlink/" in link]
    assert [link for link in page(open_house, "TYR.handler", "served").links() if "/unlink/" in link] == []
    other = path.replace(open_house.path("served"), open_house.path("late"))
    for seat, where in (("TYR.handler", path), ("AUDITOR", path), ("SEK.region", other)):
        assert open_house.client(seat).post(where, data={"reason": "Fel."}).status_code == 404
    office = open_house.client("SEK.region")
    empty = office.post(path, data={"reason": ""})
    assert (empty.status_code, Page(empty.text).sentence("reason")) == (422, "Skriv skälen.")
    assert office.post(path, data={"reason": "Fel nummer."}).status_code == 302
    for key in ("served", "dialogue"):
        shown = page(open_house, "RS.handler", key)
        assert "Länkade ärenden" not in shown.main
        assert "Fel nummer." in shown.main
    assert office.get(path).status_code == 404


def test_links_cost_a_case_page_one_question_however_many_they_are(open_house: House) -> None:
    keys = ("dialogue", "received", "scheduled")
    before = {(seat, key): len(asked(open_house, seat, open_house.path(key))) for seat in READERS for key in keys}
    for key in keys:
        for to in ("served", "late", "closed"):
            tie(open_house, "SEK.region", key, open_house.stage.numbers[to], kind="related")
    for (seat, key), count in before.items():
        assert len(asked(open_house, seat, open_house.path(key))) <= count + 1, (seat, key)
