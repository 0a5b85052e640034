"""Joining, separating, turning and splitting cases through their pages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from escalation.agreements.models import Provision
from escalation.cases.models.case import Case, CaseProvision
from escalation.db import session
from escalation.rules.situation import Phase
from tests.support.bad_input import set_day
from tests.support.doing import Doing
from tests.support.page import Page

pytestmark = pytest.mark.one_database  # every verb is tried on both in tests/cases, meetings and decisions


def test_cases_about_one_question_are_joined_and_separated_through_pages(doing: Doing) -> None:
    numbers = doing.house.stage.numbers
    form = Page(doing.house.client("SEK.region").get(doing.house.path("dialogue", "/hear/join")).text)
    offered = [c.attributes["value"] for c in form.controls if c.attributes["name"] == "members"]
    at_step_one = {
        "served",
        "impasse",
        "remitted",
        "late",
        "forgotten",
        "asked",
    }  # not what rests, nor what is withdrawn
    assert set(offered) == {numbers[key] for key in at_step_one}
    page = doing.act(
        "SEK.region", "dialogue", "hear/join", "hearing_opened", members=numbers["served"], intended="Samma fråga."
    )
    for shown in ("Samma fråga.", "Huvudärende", numbers["served"]):
        assert shown in page.main
    asked = Page(doing.house.client("RS.handler").get(doing.house.path("served")).text)
    assert "Parterna hörs om att lägga samman ärenden" in asked.main
    set_day(doing.house, "2026-12-01")
    page = doing.act("SEK.region", "dialogue", "join", "cases_joined", reason="Frågan är densamma.")
    assert "Sammanlagda ärenden" in page.main
    assert doing.house.path("served") in page.links()
    assert doing.case("served")[1] is Phase.SERVED
    for seat in ("TYR.approver", "RS.handler", "SEK.region"):
        member = Page(doing.house.client(seat).get(doing.house.path("served")).text)
        assert f"Sammanlagt med {numbers['dialogue']}" in member.main
        assert "Regionen lämnar sin ståndpunkt i huvudärendet." in member.main
        assert "frågar detsamma" not in member.main
        assert f"Huvudärendet {numbers['dialogue']}" in [link.text for link in member.all("a")]
    starts = Page(doing.house.client("RS.handler").get("/").text)
    assert doing.house.path("dialogue") in starts.links()
    assert doing.house.path("served") not in starts.links()
    listed = Page(doing.house.client("RS.handler").get("/cases").text)
    assert f"Sammanlagt med {numbers['dialogue']}" in listed.main
    doing.act("SEK.municipal", "served", "separate", "case_separated", reason="Frågorna skiljer sig åt.")
    page = Page(doing.house.client("SEK.region").get(doing.house.path("dialogue")).text)
    assert "Sammanlagda ärenden" not in page.main
    assert "Frågorna skiljer sig åt." in page.main


def test_a_case_that_turns_out_to_be_of_the_other_kind_is_turned_through_its_page_and_says_what_it_was(
    doing: Doing,
) -> None:
    house = doing.house
    form = Page(house.client("SEK.region").get(house.path("served", "/turn")).text)
    for shown in ("Oenighet om tolkning. Parterna läser", "Avsteg från åtagande. En part sägs", "HÖK 4.5 st 2"):
        assert shown in form.main
    doing.act("SEK.region", "served", "turn", "case_turned", reason="Regionen har slutat bemanna numret.")
    for seat in ("TYR.handler", "RS.handler", "SEK.municipal"):
        page = Page(house.client(seat).get(house.path("served")).text)
        for shown in (
            "Avsteg från åtagande",
            "Anmält som oenighet om tolkning, sedan 23 november 2026 avsteg från åtagande",
            "Sekretariatet ändrade ärendet, som gällde oenighet om tolkning, till avsteg från åtagande.",
            "Regionen har slutat bemanna numret.",
        ):
            assert shown in page.main.replace("\N{NO-BREAK SPACE}", " "), (seat, shown)
    assert "Avsteg från åtagande" in house.client("TSG.chair").get(house.path("served")).text, "the stub too"


def test_what_is_no_commitment_is_not_turned_into_a_deviation_and_the_reasons_come_back(doing: Doing) -> None:
    def about_the_purpose() -> None:
        case = session.scalars(select(Case).where(Case.number == doing.house.stage.numbers["served"])).one()
        other = session.scalars(select(Provision).where(Provision.code == "1.2")).first()
        assert other is not None
        session.add(CaseProvision(case_id=case.id, provision_id=other.id))
        session.commit()

    doing.house.ask(about_the_purpose)
    path, browser = doing.house.path("served", "/turn"), doing.house.client("SEK.region")
    sent = Page(browser.get(path).text).filled(reason="Regionen har slutat bemanna numret.")
    refused = browser.post(path, data=sent)
    assert refused.status_code == 422
    back = Page(refused.text)
    assert back.sentence("reason").startswith("Ett avsteg gäller ett åtagande")
    assert back.typed("reason") == "Regionen har slutat bemanna numret."


def test_a_question_is_split_out_through_pages_and_each_case_leads_to_the_other(doing: Doing) -> None:
    house = doing.house
    asked = {
        "split_title": "Numret i portalen", "split_description": "Numret har bytts tre gånger.",
        "intended": "Två frågor har blandats ihop.",
    }  # fmt: skip
    path, office = house.path("dialogue", "/hear/split"), house.client("SEK.region")
    sent = {name: v for name, v in Page(office.get(path).text).filled(**asked).items() if name != "split_provisions"}
    refused = Page(office.post(path, data=sent).text)
    assert refused.sentence("split_provisions") == "Välj minst en av ärendets bestämmelser."
    assert refused.typed("split_description") == "Numret har bytts tre gånger."
    page = doing.act("SEK.region", "dialogue", "hear/split", "hearing_opened", split_provisions="4.5 st 2", **asked)
    for shown in ("Parterna hörs om att dela ärendet", *asked.values(), "HÖK 4.5 st 2"):
        assert shown in page.main
    set_day(house, "2026-12-01")
    form = Page(house.client("SEK.region").get(house.path("dialogue", "/split")).text)
    for shown in asked.values():
        assert shown in form.main
    page = doing.act("SEK.municipal", "dialogue", "split", "case_split", reason="Numret går att lösa nu.")

    def newest() -> str:
        return session.scalars(select(Case.number).order_by(Case.id.desc())).first() or ""

    number = house.ask(newest)
    assert f"Länkade ärenden Har delats, och en fråga blev {number}" in page.main
    assert "Ta bort länken" not in page.main
    for seat in ("TYR.handler", "RS.handler", "KSON.handler", "SEK.region"):
        made = Page(house.client(seat).get(f"/cases/{number}").text)
        assert made.heading == "Numret i portalen"
        for shown in ("Numret har bytts tre gånger.", "Numret går att lösa nu.", "Ärendet började på steg 1."):
            assert shown in made.main
        assert house.path("dialogue") in made.links()
    assert house.client("SOL.handler").get(f"/cases/{number}").status_code == 404
    assert f"/cases/{number}" in Page(house.client("RS.handler").get("/").text).links()
