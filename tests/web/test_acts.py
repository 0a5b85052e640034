"""Every act of a case through its page: the local step, the bodies, and what the rules refuse."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from escalation.rules.situation import Phase
from escalation.watch.delivery import deliver
from escalation.watch.sweep import sweep
from escalation.watch.transports import PastTransport
from tests.support import filing
from tests.support.bad_input import set_day
from tests.support.doing import NO_OTHER_LINE, NO_TASKS, ONE_TASK, Doing
from tests.support.page import Page
from tests.support.stage import House

pytestmark = pytest.mark.one_database  # every verb is tried on both in tests/cases, meetings and decisions


def test_a_filing_leads_to_its_case_and_begins_with_the_secretariat(open_house: House) -> None:
    browser = open_house.client("TYR.handler")
    sent = filing.file(browser, delegation="y")
    assert sent.status_code == 302
    page = Page(browser.get(sent.location).text)
    assert page.heading == filing.POSITION["title"]
    assert "Sekretariatet kontrollerar anmälan senast" in page.main
    assert sent.location in Page(open_house.client("SEK.municipal").get("/").text).links()
    assert open_house.client("RS.approver").get(sent.location).status_code == 404


def test_every_act_of_the_local_step_is_done_through_its_page(doing: Doing) -> None:
    doing.act("SEK.region", "intake", "propose/reject", "proposal_offered", ground="law")
    answer = doing.waiting("SEK.municipal", "intake")
    doing.act("SEK.municipal", "intake", answer, "proposal_declined", answer="decline", reason="Frågan hör hit.")
    doing.act("SEK.municipal", "intake", "serve", "case_served")
    doing.act("RS.handler", "served", "acknowledge", "receipt_acknowledged", substitute="0")
    doing.act("KSON.handler", "dialogue", "state_position", "position_stated")
    doing.act("TYR.handler", "dialogue", "note_meeting", "meeting_noted")
    doing.act("TYR.approver", "late", "declare_impasse", "impasse_declared")
    for seat in ("RS.approver", "TYR.approver"):
        doing.act(seat, "impasse", f"answer/{doing.house.stage.open_proposal}", "proposal_accepted", answer="accept")
    lifted = doing.act("TYR.approver", "impasse", "lift", "case_lifted")
    assert doing.case("impasse")[:2] == (2, Phase.RECEIVED)
    assert "kontrollerar det lyfta ärendet" in lifted.main
    doing.act("SEK.region", "forgotten", "ask_to_pursue", "asked_to_pursue")
    pursued = doing.act("RS.handler", "forgotten", "pursue", "case_pursued")
    assert "får lyfta ärendet senast" in pursued.main
    doing.act("TSG.chair", "asked", "propose/lapse", "proposal_offered")
    assert doing.case("asked")[1] is Phase.SERVED, "what the page proposes is a proposal"
    doing.act("SEK.municipal", "asked", doing.waiting("SEK.municipal", "asked"), "case_lapsed", answer="accept")
    assert doing.case("asked")[1] is Phase.CLOSED
    again = doing.act("TYR.approver", "asked", "take_up_by_right", "case_taken_up")
    assert doing.case("asked")[:2] == (1, Phase.SERVED)
    assert "skäl att avsluta" not in again.main


def remind(*days: str) -> None:
    """The sweeps and the post of those days."""
    for day in days:
        morning = dt.datetime.fromisoformat(f"{day}T09:00+00:00")
        sweep(morning)
        deliver(morning, PastTransport(), base_url="https://example.se", sender="t@example.se", by="test")


def test_a_filing_is_completed_or_lapses_through_its_page(doing: Doing) -> None:
    doing.act("SEK.region", "intake", "ask_completion", "completion_asked", missing="Vilka dagar det gäller.")
    asked = Page(doing.house.client("TYR.handler").get(doing.house.path("intake")).text)
    assert "Vilka dagar det gäller." in asked.main
    form = Page(doing.house.client("TYR.handler").get(doing.house.path("intake", "/complete")).text)
    assert "Vilka dagar det gäller." in form.main, "what is missing stands above the form"
    back = doing.act(
        "TYR.handler", "intake", "complete", "filing_completed", description="Det gäller vardagar.",
        completed="Vi har lagt till dagarna.",
    )  # fmt: skip
    assert doing.case("intake")[1] is Phase.INTAKE
    assert "Det gäller vardagar." in back.main
    assert "Det här saknas" not in back.main
    history = Page(doing.house.client("SEK.region").get(doing.house.path("intake")).text).main
    for text in ("Vilka dagar det gäller.", "Vi har lagt till dagarna."):
        assert text in history, "what was asked and answered stays in the history"
    doing.house.ask(lambda: remind("2026-12-03", "2026-12-09"))
    set_day(doing.house, "2026-12-17")
    doing.act("SEK.municipal", "completion", "propose/lapse", "proposal_offered", reason="Inget har kommit.")
    answer = doing.waiting("SEK.region", "completion")
    closed = doing.act("SEK.region", "completion", answer, "incomplete_lapsed", answer="accept")
    assert doing.case("completion")[1] is Phase.CLOSED
    assert "Inget har kommit." in closed.main


def test_a_remitted_case_says_what_is_to_come_of_it_until_it_is_lifted_again(doing: Doing) -> None:
    html = doing.house.client("TYR.handler").get(doing.house.path("remitted")).text
    assert "Återförvisat 1 gång" in html
    page = Page(html)
    for shown in (
        "[remitted] hemligt: Vem bemannar vägen in?",
        "[remitted] hemligt: En gemensam rutin",
        "14 december 2026",
    ):
        assert shown in page.main


def test_a_body_remits_through_its_page(doing: Doing) -> None:
    set_day(doing.house, "2026-12-18")
    doing.act("SEK.region", "scheduled", "decide", "case_decided", outcome="remit", **NO_OTHER_LINE)
    asked = {"remit_question": "Vem bemannar vägen in?", "product": "En gemensam rutin."}
    doing.act("TSG.chair", "scheduled", "adjust", "minutes_adjusted", remit_until="2027-02-01", **asked)
    doing.act("TSG.deputy", "scheduled", "remit", "case_remitted")
    assert doing.case("scheduled")[:2] == (1, Phase.DIALOGUE)
    history = (
        doing.house.client("TYR.handler").get(doing.house.path("scheduled")).text.partition("Läs det som skrevs")[2]
    )
    for text in asked.values():
        assert text in history, "the history keeps it when the case has moved on"


def test_an_opinion_is_asked_for_and_given_through_its_pages(doing: Doing) -> None:
    house = doing.house
    asked = doing.act("TSG.chair", "preparation", "refer", "case_referred", referral_to="RS")
    assert "Ordföranden i styrgruppen bad regionen om ett yttrande" in asked.main
    region = house.client("RS.handler")
    assert "Svara på remissen" in Page(region.get("/").text).main
    doing.act("RS.handler", "preparation", "answer_referral", "referral_answered", referral_answer="Så gör vi.")
    assert "Så gör vi." in Page(house.client("TYR.approver").get(house.path("preparation")).text).main

    group = house.client("CONSULT")
    start = Page(group.get("/").text)
    assert "En remiss väntar på ert svar." in start.main
    assert house.path("referred") in start.links()
    case = Page(group.get(house.path("referred")).text)
    assert house.path("referred", "/answer_referral") in case.links()
    done = doing.act("CONSULT", "referred", "answer_referral", "referral_answered", referral_answer="Numret bemannas.")
    assert "Numret bemannas." in done.main
    assert "Besvarade remisser" in Page(group.get("/").text).main


def test_every_act_of_the_bodies_is_done_through_its_page(doing: Doing) -> None:
    doing.act("SEK.region", "received", "accept_file", "file_accepted", missing_parts="")
    doing.act("SEK.region", "preparation", "schedule", "case_scheduled")
    doing.act("TSG.deputy", "scheduled", "take_off", "case_taken_off", take_off_ground="tabled")
    doing.act("TSG.deputy", "minuted", "send_back", "minutes_sent_back")
    doing.act("SEK.region", "minuted", "correct_decision", "decision_corrected", **NO_OTHER_LINE)
    doing.act("TSG.chair", "minuted", "adjust", "minutes_adjusted", task_what="")
    doing.act("TSG.deputy", "minuted", "send_recommendation", "recommendation_sent")
    doing.act("RS.approver", "recommendation_out", "refuse_recommendation", "recommendation_refused")
    assert doing.case("recommendation_out")[:2] == (3, Phase.RECEIVED)
    task = {"task_what": "Ordna vägen in.", "task_party": "RS", "task_due": "2027-02-01"}
    doing.act("VIS.deputy", "minuted_top", "adjust", "minutes_adjusted", **task)
    doing.act("VIS.chair", "minuted_top", "pronounce", "outcome_pronounced")
    doing.act("RS.handler", "implementation", "report_task", "task_reported")
    doing.act("TYR.approver", "implementation", "confirm_done", "done_confirmed")
    assert doing.case("implementation")[1] is Phase.CLOSED
    set_day(doing.house, "2026-12-18")
    doing.act("SEK.region", "preparation", "decide", "case_decided", outcome="refer_up", **NO_OTHER_LINE)
    doing.act("TSG.chair", "preparation", "adjust", "minutes_adjusted")
    doing.act("TSG.deputy", "preparation", "pass_up", "case_passed_up")
    assert doing.case("preparation")[:2] == (3, Phase.RECEIVED)


def test_a_question_on_which_the_blocks_differ_twice_is_closed_through_pages(doing: Doing) -> None:
    others = {"region_line": "other", "region_other": "En väg in.", "municipal_line": "other"}
    lines = others | {"municipal_other": "Var och en avgör.", "scope": "", "applies_from": ""}
    lines |= {"outcome": "no_concurrence"}
    doing.act("SEK.region", "received_top", "accept_file", "file_accepted", missing_parts="")
    doing.act("SEK.region", "received_top", "schedule", "case_scheduled")
    set_day(doing.house, "2027-02-11")
    doing.act("SEK.region", "received_top", "decide", "case_decided", **lines)
    doing.act("VIS.chair", "received_top", "adjust", "minutes_adjusted")
    doing.act("VIS.deputy", "received_top", "table_without_concurrence", "tabled_without_concurrence")
    doing.act("SEK.region", "received_top", "schedule", "case_scheduled")
    set_day(doing.house, "2027-04-15")
    doing.act("SEK.region", "received_top", "decide", "case_decided", **lines)
    doing.act("VIS.chair", "received_top", "adjust", "minutes_adjusted")
    page = doing.act("VIS.deputy", "received_top", "close_without_agreement", "closed_without_agreement")
    assert doing.case("received_top")[1] is Phase.CLOSED
    assert "En väg in." in page.main
    assert "Var och en avgör." in page.main


def test_two_municipalities_end_without_agreement_through_pages(doing: Doing) -> None:
    doing.act("SEK.region", "between", "accept_file", "file_accepted", missing_parts="")
    doing.act("SEK.region", "between", "schedule", "case_scheduled")
    set_day(doing.house, "2026-12-18")
    form = Page(doing.house.client("SEK.region").get(doing.house.path("between", "/decide")).text)
    assert "region_line" not in form.texts(), "the region has no part in it"
    doing.act("SEK.region", "between", "decide", "case_decided", outcome="recommend", municipal_other="")
    doing.act("TSG.chair", "between", "adjust", "minutes_adjusted", task_what="")
    doing.act("TSG.deputy", "between", "send_recommendation", "recommendation_sent")
    doing.act("TYR.approver", "between", "end_without_agreement", "ended_without_agreement")
    assert doing.case("between")[1] is Phase.CLOSED


READ: dict[str, Any] = {
    # what a record of an interpretation holds beside what every record does
    **NO_OTHER_LINE, "outcome": "interpret", "applies_from": "2027-01-01",
}  # fmt: skip

REFUSED_BY_THE_VERB: list[tuple[str, str, str, dict[str, Any], str, str]] = [
    # shape is right, the rules say no: the sentence stands beside the fact's field
    ("RS.handler", "served", "acknowledge", {}, "substitute", "Ersättaren är någon annan än handläggaren."),
    (
        "TYR.handler", "dialogue", "note_meeting", {"held_on": "2026-12-24"}, "held_on",
        "Mötesdagen ligger i framtiden. Skriv ner mötet när det har hållits.",
    ),
    (
        "SEK.region", "received", "accept_file", {"missing_parts": "Kartan."}, "missing_parts",
        "Saknas något ska det begäras in först. Tio arbetsdagar efter kontrollens sista dag får ärendet tas emot ändå.",
    ),
    (
        "SEK.region", "minuted_top", "correct_decision",
        READ | {"decision_text": "Ja. Nej. Kanske. Vet inte."}, "decision_text",
        "Svaret får vara högst tre meningar. Flytta resten till skälen.",
    ),
    (
        "SEK.region", "minuted_top", "correct_decision", READ | {"applies_from": "2026-10-29"}, "applies_from",
        "En tolkning gäller inte bakåt i tiden. Ange en dag efter beslutet.",
    ),
    (
        "VIS.chair", "minuted_top", "adjust", {"task_due": "2026-11-01"}, "task_what",
        "Sista dagen ligger bakåt i tiden. Ange en kommande dag.",
    ),
    (
        "VIS.deputy", "minuted_top", "adjust",
        {"task_party": "", "task_due": "2027-02-01"}, "task_what",
        "Den som ska göra uppgiften är en part i ärendet.",
    ),
    ("RS.approver", "impasse", "answer/1", {"answer": "decline", "reason": ""}, "reason", "Skriv varför ni avböjer."),
    (
        "TYR.handler", "dialogue", "propose/extension", {"extended_to": "2026-12-01"}, "extended_to",
        "Den nya dagen ska ligga efter den gamla.",
    ),
    (
        "TYR.handler", "dialogue", "propose/extension", {"extended_to": "2027-06-01"}, "extended_to",
        "En förlängning är högst 20 arbetsdagar. Ange en tidigare dag.",
    ),
    (
        "RS.handler", "dialogue", "propose/pause", {"paused_until": "2026-11-23"}, "paused_until",
        "Pausen ska sluta en kommande dag.",
    ),
    (
        "RS.handler", "dialogue", "propose/pause", {"paused_until": "2027-11-23"}, "paused_until",
        "En paus är högst sex månader. Ange en tidigare dag.",
    ),
    (
        "TYR.handler", "dialogue", "propose/settlement", {**ONE_TASK, "who_1": ""}, "what_1",
        "Varje åtgärd behöver vad som ska göras, vem som gör det och senast när.",
    ),
    (
        "TYR.handler", "dialogue", "propose/settlement", {**NO_TASKS, "when_2": "2027-02-01"}, "what_1",
        "Varje åtgärd behöver vad som ska göras, vem som gör det och senast när.",
    ),
    (
        "TYR.handler", "dialogue", "propose/settlement", {**ONE_TASK, "when_1": "2026-11-23"}, "what_1",
        "Sista dagen ligger bakåt i tiden. Ange en kommande dag.",
    ),
]  # fmt: skip


@pytest.mark.parametrize("given", REFUSED_BY_THE_VERB, ids=lambda given: f"{given[2]}-{given[4]}")
def test_what_the_rules_refuse_has_its_sentence_beside_the_field_and_keeps_the_texts(
    house: House, given: tuple[str, str, str, dict[str, Any], str, str]
) -> None:
    seat, key, act, typed, name, sentence = given
    path = house.path(key, f"/{act}")
    form = Page(house.client(seat).get(path).text)
    sent = form.filled(**typed)
    answer = house.client(seat).post(path, data=sent)
    assert answer.status_code == 422
    back = Page(answer.text)
    assert back.sentence(name) == sentence
    assert [text for text in form.texts() if back.typed(text) != sent[text]] == []


def test_a_party_asks_to_take_part_from_the_stub_and_the_secretariat_answers_through_its_pages(doing: Doing) -> None:
    house = doing.house
    outside, office = house.client("SOL.handler"), house.client("SEK.region")
    stub = Page(outside.get(house.path("received")).text)
    assert house.path("received", "/ask_to_register") in stub.links()
    form = Page(outside.get(house.path("received", "/ask_to_register")).text)
    assert "Tyresö" not in form.main, "who may know title and status alone is not told the parties"
    asked = doing.act(
        "SOL.handler", "received", "ask_to_register", "registration_asked", reason="Vi har samma ordning."
    )
    assert "Sekretariatet svarar senast" in asked.main
    assert "Svara Sollentuna, som vill delta som berörd part" in Page(office.get("/").text).main
    case = Page(office.get(house.path("received")).text)
    assert "Vi har samma ordning." in case.main
    assert "Sollentuna bad att få delta som berörd part" in case.main
    doing.act("SEK.region", "received", "refuse_registration", "registration_refused", reason="Frågan är lokal.")
    stub = Page(outside.get(house.path("received")).text)
    assert "Frågan är lokal." in stub.main
    doing.act("SOL.approver", "received", "ask_to_register", "registration_asked", reason="Den är inte lokal.")
    doing.act("SEK.municipal", "received", "register_affected", "party_registered")
    assert "Vi har samma ordning." not in Page(office.get("/").text).main
    assert house.path("received", "/state_position") in Page(outside.get(house.path("received")).text).links()


def test_two_file_together_through_their_pages(open_house: House) -> None:
    lead, other = open_house.client("TYR.approver"), open_house.client("SOL.approver")
    draft = filing.write(lead, meanwhile={"co_initiators": ["SOL"]})
    assert "Sollentuna" in Page(lead.get(f"{draft}/check").text).main
    path = filing.check(lead, draft).location
    start = Page(other.get("/").text)
    assert "Ta ställning till att anmäla tillsammans med Tyresö" in start.main
    handler = Page(open_house.client("SOL.handler").get("/").text)
    assert "Er beslutsfattare svarar." in handler.main
    case = Page(other.get(path).text)
    assert {f"{path}/confirm_part", f"{path}/leave_filing"} <= set(case.links())
    assert "Tillfrågade om att anmäla, inte svarat" in case.main
    form = Page(other.get(f"{path}/confirm_part").text)
    assert other.post(f"{path}/confirm_part", data=form.filled(substitute="0")).status_code == 302
    case = Page(other.get(path).text)
    assert "Tyresö (samordnar anmälan): handläggare utsedd" in case.main
    assert "Sollentuna bekräftade sin medverkan: anmälare" in case.main
    form = Page(other.get(f"{path}/leave_filing").text)
    assert other.post(f"{path}/leave_filing", data=form.filled(reason="Frågan är löst hos oss.")).status_code == 302
    assert "Frågan är löst hos oss." in Page(lead.get(path).text).main
