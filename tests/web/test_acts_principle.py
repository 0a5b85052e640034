"""A question of principle through its pages: asked, granted, refused, taken up, answered by law."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from escalation import clock
from escalation.cases import course
from escalation.cases.models.case import Case
from escalation.db import session
from escalation.rules.situation import Phase
from tests.support.bad_input import set_day
from tests.support.doing import Doing
from tests.support.page import Page
from tests.support.people import person

pytestmark = pytest.mark.one_database  # every verb is tried on both in tests/cases, meetings and decisions


def test_a_question_of_principle_is_commented_on_and_granted_through_pages(doing: Doing) -> None:
    words = "såvida dessa inte är av en sådan principiell karaktär att det kan antas påverka andra parter"
    chair = doing.house.client("TSG.chair")
    tried = Page(chair.get(doing.house.path("bypass_review")).text)
    for shown in (words, "[bypass_review] hemligt: vilka fler", "Väntar till 24 november 2026", "Prövas"):
        assert shown in tried.main
    assert chair.get(doing.house.path("bypass_review", "/grant_principle")).status_code == 409
    doing.act("RS.handler", "bypass_review", "comment_principle", "principle_commented", comment_text="Fler berörs.")
    form = Page(chair.get(doing.house.path("bypass_review", "/grant_principle")).text)
    for shown in (words, "[bypass_review] hemligt: vilka fler", "Ett svar skulle ändra kostnad"):
        assert shown in form.main
    assert "Fler berörs." in Page(chair.get(doing.house.path("bypass_review", "/refuse_principle")).text).main
    assert "Frågorna är våra, inte överenskommelsens. De vägleder och avgör inget." in form.main
    assert form.typed("named") == ["KSON"], "whom the filing has named"
    limbs: dict[str, Any] = {
        "principled": "Frågan är vad utsedd betyder.",
        "named": ["SOL", "KSON"],
        "effect": "De får en rutin.",
    }
    path = doing.house.path("bypass_review", "/grant_principle")
    for limb, sentence in (
        ("principled", "Skriv varför frågan är av principiell karaktär."),
        ("named", "Ange minst en annan part som kan påverkas."),
        ("effect", "Skriv hur de andra parterna kan antas påverkas."),
    ):
        lacking = chair.post(path, data=form.standing(**limbs | {limb: []}))
        assert (lacking.status_code, Page(lacking.text).sentence(limb)) == (422, sentence)
    doing.act("TSG.chair", "bypass_review", "grant_principle", "principle_granted", **limbs)
    assert doing.case("bypass_review")[:2] == (2, Phase.RECEIVED)
    for seat in ("TYR.handler", "RS.handler", "SOL.handler"):
        page = Page(doing.house.client(seat).get(doing.house.path("bypass_review")).text)
        for shown in (limbs["principled"], limbs["effect"], "Sollentuna kommun", "Ärendet började på steg 2"):
            assert page.main.count(shown) >= 1, (seat, shown)
        assert page.main.count(limbs["effect"]) == 2, "on the case page, and in its history"
    doing.act("RS.handler", "bypass_review", "acknowledge", "receipt_acknowledged", substitute="0")
    assert doing.case("bypass_review")[:2] == (2, Phase.RECEIVED)


def test_a_grant_from_when_its_reasons_were_one_text_still_shows_it(doing: Doing) -> None:
    def granted_then() -> None:
        case = session.scalars(select(Case).where(Case.number == doing.house.stage.numbers["bypass_review"])).one()
        facts, content = {"body": "TSG", "step": 2}, {"reasons": "Q1 och Q3: svaret ändrar arbetssätt hos fler."}
        course.record(case, "principle_granted", by=person("TSG.chair"), at=clock.now(), facts=facts, content=content)
        session.commit()

    doing.house.ask(granted_then)
    page = Page(doing.house.client("TYR.handler").get(doing.house.path("bypass_review")).text)
    assert "Beviljat, skäl Q1 och Q3: svaret ändrar arbetssätt hos fler." in page.main
    assert "Varför frågan är av principiell karaktär" not in page.main


def test_a_question_of_principle_without_a_decision_is_refused_by_the_secretariat(doing: Doing) -> None:
    assert (
        doing.house.client("SEK.region").get(doing.house.path("bypass_review", "/refuse_principle")).status_code == 409
    )
    set_day(doing.house, "2026-12-09")
    page = doing.act("SEK.region", "bypass_review", "refuse_principle", "principle_refused", reasons="Ej avgjort.")
    assert doing.case("bypass_review")[:2] == (1, Phase.SERVED)
    assert "Ej avgjort." in page.main
    assert "Inget yttrande kom." in page.main


def test_a_local_case_of_principle_is_taken_up_through_pages_when_the_parties_have_been_heard(doing: Doing) -> None:
    chair, about = doing.house.client("TSG.chair"), {"named": "SOL", "intended": "Fler kommuner har frågan."}
    page = doing.act("TSG.chair", "dialogue", "hear/call_up", "hearing_opened", **about)
    for shown in ("Fler kommuner har frågan.", "Sollentuna", "Har inte yttrat sig än.", "[dialogue] hemligt"):
        assert shown in page.main, "from now the chair reads the whole case"
    assert "Från 1 december 2026" in page.main
    waiting = Page(doing.house.client("TYR.handler").get("/").text)
    [link] = [link for link in waiting.links() if "/comment/" in link]
    hearing = link.removeprefix(doing.house.path("dialogue", "/"))
    doing.act("TYR.handler", "dialogue", hearing, "hearing_commented", text="Frågan är länets.")
    assert doing.house.client("TYR.approver").get(link).status_code == 409, "one comment for each party"
    for seat in ("SOL.handler", "AUDITOR", "TSG.chair"):
        assert doing.house.client(seat).get(link).status_code == 404
    page = doing.act("RS.approver", "dialogue", hearing, "hearing_commented", text="")
    assert "Har inget att tillägga." in page.main
    doing.act("KSON.handler", "dialogue", hearing, "hearing_commented", text="Vi ser det också.")
    form = Page(chair.get(doing.house.path("dialogue", "/call_up")).text)
    for shown in ("Fler kommuner har frågan.", "Frågan är länets.", "Har inget att tillägga.", "Vi ser det också."):
        assert shown in form.main
    assert "såvida dessa inte är av en sådan principiell karaktär" in form.main
    assert form.typed("named") == ["SOL"], "who the parties have been heard about"
    limbs: dict[str, Any] = {
        "principled": "Samma fråga i flera kommuner.",
        "named": ["SOL"],
        "effect": "De gör på tre sätt i dag.",
    }
    page = doing.act("TSG.chair", "dialogue", "call_up", "case_called_up", **limbs)
    assert doing.case("dialogue")[:2] == (2, Phase.RECEIVED)
    for shown in (limbs["principled"], limbs["effect"], "Frågan är länets.", "Ärendet gick till steg 2"):
        assert shown in page.main
    assert "[dialogue] hemligt" in doing.house.client("SOL.handler").get(doing.house.path("dialogue")).text


def test_a_hearing_about_taking_a_case_up_names_another_party(doing: Doing) -> None:
    path, chair = doing.house.path("served", "/hear/call_up"), doing.house.client("TSG.chair")
    opened = Page(chair.get(path).text)
    sent = {name: value for name, value in opened.filled().items() if name != "named"}
    refused = chair.post(path, data=sent)
    assert refused.status_code == 422
    assert Page(refused.text).sentence("named") == "Ange minst en annan part som kan påverkas."
    assert "[served] hemligt" not in refused.text


def test_a_question_that_the_law_has_answered_is_closed_through_pages_when_the_parties_have_been_heard(
    doing: Doing,
) -> None:
    page = doing.act("SEK.region", "received", "hear/supersede", "hearing_opened", intended="Lagen ändras i januari.")
    assert "Lagen ändras i januari." in page.main
    assert doing.house.client("SEK.region").get(doing.house.path("received", "/supersede")).status_code == 409
    set_day(doing.house, "2026-12-01")
    doing.act("SEK.municipal", "received", "propose/supersede", "proposal_offered", reason="Lagen är ändrad.")
    assert doing.case("received")[1] is Phase.RECEIVED, "one hand closes nothing"
    answer = doing.waiting("SEK.region", "received")
    asked = Page(doing.house.client("SEK.region").get(doing.house.path("received", f"/{answer}")).text)
    assert "Lagen ändras i januari." in asked.main, "what the parties were heard about stands above the answer"
    page = doing.act("SEK.region", "received", answer, "case_superseded", answer="accept")
    assert doing.case("received")[1] is Phase.CLOSED
    for shown in ("Avslutat: ersatt", "Lagen är ändrad."):
        assert shown in page.main


def test_the_filer_reads_what_its_objection_does_and_ends_the_matter_through_its_page(doing: Doing) -> None:
    doing.act("SEK.region", "received", "hear/supersede", "hearing_opened", intended="Lagen ändras i januari.")
    start = doing.house.path("received", "/")
    case = Page(doing.house.client("TYR.handler").get(doing.house.path("received")).text)
    [comment] = {link.removeprefix(start) for link in case.links() if link.startswith(f"{start}comment/")}
    of_the_other = Page(doing.house.client("RS.handler").get(f"{start}{comment}").text)
    assert "Vi invänder" not in of_the_other.main, "the respondent comments"
    form = Page(doing.house.client("TYR.handler").get(f"{start}{comment}").text)
    assert "Vi invänder: frågan finns kvar" in form.main
    assert "Er invändning avgör saken. Ärendet avslutas inte som ersatt utan fortsätter där det står" in form.main
    page = doing.act("TYR.handler", "received", comment, "hearing_objected", text="Lagen säger inget om det.")
    assert "Tyresö invände mot att avsluta ärendet som ersatt. Ärendet fortsätter där det står." in page.main
    assert "Lagen säger inget om det." in page.main
    office = Page(doing.house.client("SEK.region").get(doing.house.path("received")).text)
    assert f"{start}hear/supersede" not in office.links(), "it is asked no more"
