"""Every act through its page: the form, filled in, does what the row says, once, and leads back to the case."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from escalation import clock
from escalation.agreements.models import Provision
from escalation.cases import course
from escalation.cases.models.case import Case, CaseProvision
from escalation.db import session
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from escalation.watch.delivery import deliver
from escalation.watch.sweep import sweep
from escalation.watch.transports import PastTransport
from tests.support import filing
from tests.support.days import at
from tests.support.page import Page
from tests.support.people import person
from tests.support.stage import House
from tests.web.test_bad_input import set_day

pytestmark = pytest.mark.one_database  # every verb is tried on both in tests/cases, meetings and decisions


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


@pytest.fixture
def doing(open_house: House) -> Doing:
    return Doing(open_house)


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
    for told in ("Vilka dagar det gäller.", "Vi har lagt till dagarna."):
        assert told in history, "what was asked and answered stays in the history"
    doing.house.ask(lambda: remind("2026-12-03", "2026-12-09"))
    set_day(doing.house, "2026-12-17")
    doing.act("SEK.municipal", "completion", "propose/lapse", "proposal_offered", reason="Inget har kommit.")
    answer = doing.waiting("SEK.region", "completion")
    closed = doing.act("SEK.region", "completion", answer, "incomplete_lapsed", answer="accept")
    assert doing.case("completion")[1] is Phase.CLOSED
    assert "Inget har kommit." in closed.main


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


def test_a_question_of_principle_that_nobody_decides_is_refused_by_the_secretariat(doing: Doing) -> None:
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


def test_cases_about_one_question_are_joined_and_separated_through_pages(doing: Doing) -> None:
    numbers = doing.house.stage.numbers
    form = Page(doing.house.client("SEK.region").get(doing.house.path("dialogue", "/hear/join")).text)
    offered = [c.attributes["value"] for c in form.controls() if c.attributes["name"] == "members"]
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


def test_a_remitted_case_says_what_is_to_come_of_it_until_it_is_lifted_again(doing: Doing) -> None:
    html = doing.house.client("TYR.handler").get(doing.house.path("remitted")).text
    assert "Återförvisat 1 gång" in html
    page = Page(html)
    for shown in ("[remitted] hemligt: frågan tillbaka", "[remitted] hemligt: vad som ska komma", "14 december 2026"):
        assert shown in page.main


def test_a_body_remits_through_its_page(doing: Doing) -> None:
    set_day(doing.house, "2026-12-18")
    doing.act("SEK.region", "scheduled", "decide", "case_decided", outcome="remit", **NO_OTHER_LINE)
    asked = {"remit_question": "Vem bemannar vägen in?", "product": "En gemensam rutin."}
    doing.act("TSG.chair", "scheduled", "adjust", "minutes_adjusted", remit_until="2027-02-01", **asked)
    doing.act("TSG.deputy", "scheduled", "remit", "case_remitted")
    assert doing.case("scheduled")[:2] == (1, Phase.DIALOGUE)
    told = doing.house.client("TYR.handler").get(doing.house.path("scheduled")).text.partition("Läs det som skrevs")[2]
    for text in asked.values():
        assert text in told, "the history keeps it when the case has moved on"


NO_TASKS = {f"{name}_{n}": "" for n in (1, 2, 3) for name in ("what", "who", "when")}
ONE_TASK = NO_TASKS | {"what_1": "Ordna vägen in.", "who_1": "RS", "when_1": "2027-02-01"}


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


def test_a_withdrawal_is_kept_open_or_told_through_its_page(doing: Doing) -> None:
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
        sweep(at(dt.date(2026, 12, 1)))
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
    assert "[asked_again] hemligt: uppgörelsen" in local.main, "the earlier round's settlement can be read"


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
