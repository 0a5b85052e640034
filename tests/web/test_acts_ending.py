"""What both sides must agree on, and what ends, pauses and reopens a case, through its pages."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from escalation.db import session
from escalation.rules.situation import Phase
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.doing import NO_TASKS, ONE_TASK, Doing
from tests.support.page import Page

pytestmark = pytest.mark.one_database  # every verb is tried on both in tests/cases, meetings and decisions


def test_every_proposal_that_needs_both_sides_is_offered_and_answered_through_its_page(doing: Doing) -> None:
    def both(key: str, kind: str, event: str, **typed: Any) -> Page:
        """The initiator's approver offers, the respondent's accepts."""
        doing.act("TYR.approver", key, f"propose/{kind}", "proposal_offered", **typed)
        return doing.act("RS.approver", key, doing.waiting("RS.approver", key), event, answer="accept", reason="")

    page = both("dialogue", "interim", "interim_agreed", interim_arrangement="Brevlådan gäller.")
    assert "Brevlådan gäller." in page.main
    page = both("dialogue", "extension", "local_step_extended", extended_to="2027-02-01")
    assert "1 februari 2027" in page.main
    both("dialogue", "lift_early", "impasse_declared")
    assert doing.case("dialogue")[1] is Phase.IMPASSE
    both("dialogue", "back_to_dialogue", "returned_to_dialogue")
    assert doing.case("dialogue")[1] is Phase.DIALOGUE
    page = both("dialogue", "pause", "case_paused", pause_ground="awaits_facts", paused_until="2027-02-01")
    assert "Ärendet är pausat till måndag 1 februari 2027" in page.main
    page = doing.act("TYR.approver", "dialogue", "end_pause", "pause_end_notified")
    assert "Ärendet är pausat till måndag 30 november 2026" in page.main
    both("received", "settlement", "case_settled", **NO_TASKS)
    assert doing.case("received")[1] is Phase.CLOSED
    both("served", "settlement", "case_settled", **ONE_TASK)
    assert doing.case("served")[1] is Phase.IMPLEMENTATION


def test_what_a_handler_offers_waits_for_both_approvers(doing: Doing) -> None:
    doing.act("TYR.handler", "served", "propose/settlement", "proposal_offered", **NO_TASKS)
    answer = doing.waiting("TYR.approver", "served")
    doing.act("RS.approver", "served", answer, "proposal_accepted", answer="accept", reason="")
    doing.act("TYR.approver", "served", answer, "case_settled", answer="accept", reason="")
    assert doing.case("served")[1] is Phase.CLOSED


def test_a_case_is_withdrawn_and_kept_open_through_its_page(doing: Doing) -> None:
    page = doing.act("TYR.approver", "served", "withdraw", "withdrawal_notified")
    assert "Återkallat, invändning till 30 november 2026" in page.main
    doing.act("RS.approver", "served", "keep_open", "case_kept_open")
    page = doing.act("RS.approver", "served", "withdraw", "withdrawal_notified")  # the objector pursues it now
    assert "Återkallat" in page.main
    # The chair of the body above keeps a case open of which the body sees no more than a stub.
    doing.act("TSG.chair", "withdrawn", "keep_open", "case_kept_open")
    page = doing.act("TYR.approver", "intake", "withdraw", "filing_withdrawn")
    assert "Tyresö återkallade anmälan innan steg 1 hade börjat. Ärendet avslutades." in page.main
    assert "kan lämnas till och med" not in page.main
    assert doing.case("intake")[1] is Phase.CLOSED


def shown(doing: Doing, seat: str, key: str) -> tuple[list[str], set[str]]:
    """What a case page says of where the case stands, and the acts that it offers, but for withdrawing it."""
    page = Page(doing.house.client(seat).get(doing.house.path(key)).text)
    parts = ("h-lage", "h-mellan", "h-sidor", "h-beslut", "h-vag", "h-forslag-1")
    sections = [heading.inside("section") for heading in map(page.by_id, parts) if heading is not None]
    texts = [" ".join(section.text.split()).partition("Vad ni kan göra")[0] for section in sections if section]
    start = doing.house.path(key, "/")
    return texts, {link for link in page.links() if link.startswith(start)} - {f"{start}withdraw"}


@pytest.mark.parametrize("key", ["served", "dialogue", "impasse", "received", "scheduled", "recommendation_out"])
def test_the_page_says_and_offers_the_same_before_a_withdrawal_and_after_the_objection_to_it(
    doing: Doing, key: str
) -> None:
    seats = ("TYR.handler", "TYR.approver", "RS.handler", "RS.approver", "SEK.region")
    before = {seat: shown(doing, seat, key) for seat in seats}
    doing.act("TYR.approver", key, "withdraw", "withdrawal_notified")
    kept = doing.act("RS.approver", key, "keep_open", "case_kept_open")
    assert "Driver ärendet Regionen, som invände när ärendet återkallades." in kept.main
    assert {seat: shown(doing, seat, key) for seat in seats} == before


def test_the_page_of_a_case_that_its_chair_keeps_says_that_no_party_is_waited_for(doing: Doing) -> None:
    doing.act("TSG.chair", "withdrawn", "keep_open", "case_kept_open")
    read = Page(doing.house.client("TYR.approver").get(doing.house.path("withdrawn")).text)
    assert "Driver ärendet Styrgruppen, som invände när ärendet återkallades. Ingen part väntas lyfta det." in read.main
    assert doing.house.path("withdrawn", "/withdraw") not in read.links()


def test_a_recommendation_is_read_as_the_bodys_and_standing_when_the_case_has_been_withdrawn(doing: Doing) -> None:
    doing.act("TYR.approver", "recommendation_out", "withdraw", "withdrawal_notified")

    def sweep_once() -> None:
        sweep(instant(dt.date(2026, 12, 1)))
        session.commit()

    doing.house.ask(sweep_once)
    read = Page(doing.house.client("RS.reader").get(doing.house.path("recommendation_out")).text)
    section = read.by_id("h-beslut")
    assert section is not None
    assert "Styrgruppen" in section.text
    assert "Ärendet avslutades som återkallat 1 december 2026. Beslutet står fast." in read.main


def test_the_secretariat_alone_pauses_a_case_and_only_for_force_majeure(doing: Doing) -> None:
    path, browser = doing.house.path("served", "/pause"), doing.house.client("SEK.region")
    form = Page(browser.get(path).text)
    assert form.heading == "Pausa på grund av force majeure"
    refused = browser.post(path, data=form.filled(pause_ground="awaits_facts", paused_until="2027-02-01"))
    assert refused.status_code == 422
    doing.act("SEK.region", "served", "pause", "case_paused", pause_ground="force_majeure", paused_until="2027-02-01")


def test_a_recommendation_that_both_accept_is_settled_and_a_breach_begins_a_new_round(doing: Doing) -> None:
    doing.act("TYR.approver", "recommendation_out", "accept_recommendation", "recommendation_accepted")
    assert doing.case("recommendation_out")[1] is Phase.RECOMMENDATION_OUT
    doing.act("RS.approver", "recommendation_out", "accept_recommendation", "recommendation_accepted")
    assert doing.case("recommendation_out")[1] is Phase.CLOSED
    doing.act("TYR.approver", "reported", "report_breach", "breach_reported")
    assert doing.case("reported")[:2] == (3, Phase.RECEIVED)


def test_a_closed_case_is_asked_for_answered_and_taken_up_again_through_its_pages(doing: Doing) -> None:
    house = doing.house
    asked = doing.act("TYR.approver", "closed", "ask_reopening", "reopening_asked", reopening_ground="new_facts")
    assert "Begäran att ta upp ärendet igen" in asked.main
    chair = house.client("VIS.chair")
    assert house.path("closed") in Page(chair.get("/").text).links()
    form = Page(chair.get(house.path("closed", "/reopen")).text)
    assert "Nya fakta" in form.main
    again = doing.act("VIS.chair", "closed", "reopen", "case_reopened", reopening_ground="new_facts")
    assert doing.case("closed")[:2] == (3, Phase.RECEIVED)
    assert "Omgång 2" in again.main
    assert "Omgång 1 Finns kvar att läsa. Gäller inte längre." in " ".join(again.main.split())

    office = house.client("SEK.region")
    assert house.path("asked_again") in Page(office.get("/").text).links()
    doing.act("SEK.region", "asked_again", "refuse_reopening", "reopening_refused")
    assert doing.case("asked_again")[1] is Phase.CLOSED
    assert house.path("asked_again") not in Page(office.get("/").text).links()
    doing.act("TYR.approver", "asked_again", "ask_reopening", "reopening_asked", reopening_ground="breach")
    doing.act("TSG.chair", "asked_review", "review_rejection", "rejection_reviewed")
    assert doing.case("asked_review")[:2] == (1, Phase.INTAKE)
    local = doing.act("SEK.municipal", "asked_again", "reopen", "case_reopened", reopening_ground="breach")
    assert doing.case("asked_again")[:2] == (1, Phase.DIALOGUE)
    assert "[asked_again] hemligt: Vägen in bemannas" in local.main, "the earlier round's settlement can be read"
