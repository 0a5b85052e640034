"""Through pages: lines are chosen, two adjust what they read whole, two publish it; a forged field changes nothing."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from escalation.agreements.models import Interpretation
from escalation.cases.models.case import Case
from escalation.db import session
from tests.support.bad_input import set_day
from tests.support.doing import NO_OTHER_LINE, Doing
from tests.support.page import Page
from tests.support.stage import House

pytestmark = pytest.mark.one_database

ANSWER = "KSON utser samordnande vårdcentral i Norrtälje."
CONTRARY = "Regionen utser samordnande vårdcentral i Norrtälje."
FORGED = {
    "answer": CONTRARY, "decision_text": CONTRARY, "text": CONTRARY, "reasons": "Skrivet av ordföranden själv.",
    "purpose_and_goals": "Inget.", "scope": "Ingen.", "applies_from": "2030-01-01",
}  # fmt: skip


@pytest.fixture
def doing(open_house: House) -> Doing:
    return Doing(open_house)


def decided_at_vis(doing: Doing, **typed: Any) -> Page:
    """The case goes to VIS's meeting of 11 February 2027, where it is decided."""
    doing.act("SEK.region", "received_top", "accept_file", "file_accepted", missing_parts="", later_reason="")
    doing.act("SEK.region", "received_top", "schedule", "case_scheduled", later_reason="")
    set_day(doing.house, "2027-02-11")
    record = {"outcome": "interpret", "decision_text": ANSWER, "applies_from": "2027-03-01", **NO_OTHER_LINE}
    return doing.act("SEK.region", "received_top", "decide", "case_decided", **record | typed)


def test_what_vis_decided_is_what_two_adjust_what_two_publish_and_what_the_case_says(doing: Doing) -> None:
    house, key = doing.house, "received_top"
    decided_at_vis(doing, reasons="Beställaren vet vad som behövs.", scope="Alla parter.")
    first = Page(house.client("VIS.chair").get(house.path(key, "/adjust")).text)
    for shown in (ANSWER, "Beställaren vet vad som behövs.", "Alla parter.", "1 mars 2027", "Regionens linje"):
        assert shown in first.main
    assert {c.attributes["name"] for c in first.controls}.isdisjoint(FORGED), "nothing decided is written anew"
    assert house.client("VIS.chair").get(house.path(key, "/pronounce")).status_code == 409
    assert house.client("VIS.chair").post(house.path(key, "/pronounce"), data=FORGED).status_code == 409

    doing.act("VIS.chair", key, "adjust", "minutes_adjusted", task_what="", **FORGED)
    start = Page(house.client("VIS.deputy").get("/").text)
    assert house.path(key) in start.links()
    assert "Justera protokollet" in start.main
    assert "Justera protokollet" not in Page(house.client("VIS.chair").get("/").text).main
    second = Page(house.client("VIS.deputy").get(house.path(key, "/pronounce")).text)
    assert ANSWER in second.main
    assert second.texts() == [], "the second hand writes nothing"
    done = doing.act("VIS.deputy", key, "pronounce", "outcome_pronounced", **FORGED)
    assert CONTRARY not in done.main
    assert "av båda blocken" in done.main

    number = house.stage.numbers[key]

    def written() -> tuple[str, str, str]:
        found = session.scalars(select(Interpretation).where(Interpretation.source_case == number)).one()
        return found.number.replace(" ", "-").replace(":", "-"), found.answer, found.scope

    slug, answer, scope = house.ask(written)
    assert (answer, scope) == (ANSWER, "Alla parter.")
    path = f"/interpretations/{slug}"
    publishing = Page(house.client("SEK.region").get(f"{path}/publish").text)
    for shown in (ANSWER, "Det som beslutades och justerades", "Kommunernas linje", "Namn i texterna", "Norrtälje"):
        assert shown in publishing.main
    vouched = {"is_secrecy_reviewed": "y", **FORGED}
    assert house.client("SEK.region").post(f"{path}/publish", data=vouched).status_code == 302
    assert house.client("SOL.reader").get(path).status_code == 404, "one alone makes nothing public"
    assert f"{path}/publish" not in Page(house.client("SEK.region").get("/").text).links()
    assert f"{path}/publish" in Page(house.client("SEK.municipal").get("/").text).links()
    assert house.client("SEK.municipal").post(f"{path}/publish", data=vouched).status_code == 302
    public = Page(house.client("SOL.reader").get(path).text)
    assert ANSWER in public.main
    assert CONTRARY not in public.main
    assert house.ask(written)[1:] == (ANSWER, "Alla parter.")


def test_a_line_is_chosen_among_the_briefs_alternatives_or_another_line_is_written(doing: Doing) -> None:
    house = doing.house
    set_day(house, "2026-12-18")
    path = house.path("scheduled", "/decide")
    browser = house.client("SEK.region")
    form = Page(browser.get(path).text)
    for block in ("region", "municipal"):
        values = [c.attributes["value"] for c in form.controls if c.attributes["name"] == f"{block}_line"]
        assert values == ["a", "b", "other", *(["same_other"] if block == "municipal" else [])]
    assert "B: [scheduled] hemligt: Varje part avgör" in form.main
    assert "scope" not in form.texts(), "this body does not interpret"
    for typed, name, sentence in (
        ({"municipal_line": "b"}, "outcome", "Blocken har olika linjer. Då är utfallet ingen enighet."),
        ({"municipal_line": "same_other"}, "municipal_line", "Regionen har ingen annan linje. Välj kommunernas linje."),
        ({"region_line": "other", "municipal_line": "same_other"}, "region_other", "Skriv vilken den andra linjen är."),
    ):
        sent = form.filled(outcome="recommend", decision_text="Vägen in bemannas.", **NO_OTHER_LINE | typed)
        back = browser.post(path, data=sent)
        assert back.status_code == 422
        assert Page(back.text).sentence(name) == sentence
        assert Page(back.text).typed("decision_text") == "Vägen in bemannas.", "nothing typed is lost"
    other = {"region_line": "other", "region_other": "Delat ansvar.", "municipal_line": "same_other"}
    typed = {"municipal_other": "", "outcome": "recommend"}
    shown = doing.act("SEK.region", "scheduled", "decide", "case_decided", **other, **typed)
    assert "Båda blocken Delat ansvar." in shown.main


def test_an_interpretation_is_not_recorded_without_whom_it_is_for_and_from_when(doing: Doing) -> None:
    house, key = doing.house, "minuted_top"
    browser, path = house.client("SEK.region"), house.path("minuted_top", "/correct_decision")
    form = Page(browser.get(path).text)
    assert "Fyll i om utfallet är tolkning" in form.main
    assert form.typed("decision_text").startswith("[minuted_top] hemligt: Frågan lämnas till nästa steg")
    assert form.typed("municipal_line") == ["same_other"]
    back = browser.post(path, data=form.standing(scope="", applies_from="", reason="Prövar."))
    assert back.status_code == 422
    assert Page(back.text).sentence("scope") == "Skriv för vem och vad svaret gäller."
    assert Page(back.text).sentence("applies_from") == "Ange från vilken dag tolkningen gäller."
    back = browser.post(path, data=form.standing(outcome="decide", reason="Prövar."))
    assert "Räckvidd och första dag hör till en tolkning." in Page(back.text).sentence("outcome")

    def phase() -> str:
        case = session.scalars(select(Case).where(Case.number == house.stage.numbers[key])).one()
        return case.phase.value

    assert house.ask(phase) == "minuted"
