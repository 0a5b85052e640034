"""Pages of cases: the buttons are the acts that are open, and list, start page and case say the same."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from escalation.cases.models.case import Case
from escalation.db import session
from escalation.rules import ladder
from escalation.rules.moves.table import MOVES
from tests.support.facts import STATEMENT
from tests.support.page import Page
from tests.support.rights import FULL, OPEN, expected, read_only_pages
from tests.support.sample_cases import DAYS, ENDED, PHASES, secret
from tests.support.stage import House

READERS = (
    "TYR.handler",
    "TYR.approver",
    "RS.handler",
    "RS.approver",
    "KSON.handler",
    "SEK.region",
    "TSG.chair",
    "VIS.chair",
)


def case_page(house: House, seat: str, key: str) -> Page:
    answer = house.client(seat).get(house.path(key))
    assert answer.status_code == 200
    return Page(answer.text)


@pytest.mark.one_database
@pytest.mark.parametrize("seat", READERS)
def test_the_links_of_a_case_page_are_the_acts_that_are_open_to_its_reader(house: House, seat: str) -> None:
    for key in PHASES:
        if expected(seat, key) != FULL:
            continue
        start = house.path(key, "/")
        acts = {
            re.sub(r"^answer/\d+$", "answer", link.removeprefix(start))
            for link in case_page(house, seat, key).links()
            if link.startswith(start)
        }
        is_open = {act for act, seats in OPEN[key].items() if seat in seats}
        around = {page for page, is_there in read_only_pages(seat, key).items() if is_there}
        # The summary is the button of the body that is to decide; others have the case itself. What has changed in the
        # stands is a link where something has.
        assert is_open <= acts <= is_open | around, key
        assert around - {"summary", "positions"} <= acts, key


IN_MOTION = [key for key in PHASES if key not in ENDED | {"paused"}]


@pytest.mark.one_database
@pytest.mark.parametrize("key", IN_MOTION)
def test_who_has_the_ball_and_until_when_is_the_same_on_list_start_page_and_case(house: House, key: str) -> None:
    browser = house.client("AUDITOR")
    case = case_page(house, "AUDITOR", key)
    [holder] = [e for e in case.elements if "holder" in e.attributes.get("class", "").split()]
    who, until = re.fullmatch(r"(.+) har bollen till (.+)", " ".join(holder.text.split())).groups()  # type: ignore[union-attr]
    panel = case.by_id("h-lage")
    assert panel is not None
    assert panel.text.strip().startswith(who)
    assert until.rpartition(" ")[0] in panel.text.replace("\u00a0", " ")
    for path in ("/cases", "/"):
        rows = Page(browser.get(path).text)
        [link] = [a for a in rows.all("a", href=house.path(key)) if a.inside("li")]
        row = link.inside("li")
        assert row is not None
        assert who in " ".join(row.text.split())


@pytest.mark.one_database
def test_list_start_page_and_case_say_until_when_a_case_is_paused_and_that_no_one_has_the_ball(house: House) -> None:
    for path in (house.path("paused"), "/cases", "/"):
        page = Page(house.client("AUDITOR").get(path).text)
        [entry] = [e.text for e in page.all("li") if "Pausat till 1 februari 2027" in " ".join(e.text.split())]
        assert "har bollen" not in entry


@pytest.mark.one_database
def test_of_those_who_are_to_answer_a_recommendation_the_case_names_who_has_not(open_house: House) -> None:
    path = open_house.path("recommendation_out")
    assert (
        "Tyresö och regionen svarar på rekommendationen"
        in case_page(open_house, "SEK.region", "recommendation_out").main
    )
    form = Page(open_house.client("RS.approver").get(f"{path}/accept_recommendation").text)
    sent = open_house.client("RS.approver").post(f"{path}/accept_recommendation", data=form.standing())
    assert sent.status_code == 302
    assert "Tyresö svarar på rekommendationen" in case_page(open_house, "SEK.region", "recommendation_out").main
    assert "Ni svarar på rekommendationen" in case_page(open_house, "TYR.approver", "recommendation_out").main


@pytest.mark.one_database
def test_a_case_that_is_being_withdrawn_says_so_and_until_when_it_may_be_kept(house: House) -> None:
    for seat in ("TYR.approver", "RS.approver", "SEK.region"):
        read = case_page(house, seat, "withdrawn").main
        assert "Återkallat, invändning till 27 november 2026" in read
        assert "får var och en av parterna lyfta ärendet" not in read, "the local step does not go on"
        assert "Om ingen invänder Ärendet avslutas som återkallat 30 november 2026." in read, "time ends it, no office"
        assert "Sekretariatet följer upp" not in read


@pytest.mark.one_database
@pytest.mark.parametrize("key", [key for key in IN_MOTION if key != "withdrawn"])  # counted, but kept as no deadline
def test_the_receipt_ends_in_the_balls_day(house: House, key: str) -> None:
    page = case_page(house, "SEK.region", key)
    total = [e for e in page.elements if e.attributes.get("class") == "sum"][-1]
    [holder] = [e for e in page.elements if "holder" in e.attributes.get("class", "").split()]
    day = re.search(r"till (\d+) ([a-z]{3})", " ".join(holder.text.split()))
    assert day
    assert re.search(rf"\b{day[1]}\s+{day[2]}", " ".join(total.text.split()))


def test_a_case_page_holds_what_both_sides_said_and_what_applies_meanwhile(house: House) -> None:
    read = case_page(house, "RS.reader", "received").main
    for what in (
        "vad som har hänt",
        "anmälarens ståndpunkt",
        "motpartens ståndpunkt",
        "berörd parts ståndpunkt",
        "under tiden",
        STATEMENT["question"],
    ):
        assert secret("received", what) in read, what
    assert "HÖK 4.5 st 2" in read


def test_a_case_says_that_its_days_are_ours_who_answers_for_them_and_by_what_decision(open_house: House) -> None:
    def shown() -> str:
        page = Page(open_house.client("TYR.handler").get(open_house.path("dialogue")).text)
        return page.main.partition("Trappans dagar")[2]

    assert "Våra, inte överenskommelsens. Styrgruppen svarar för dem och har inte beslutat om dem än." in shown()

    def decide() -> None:
        case = session.scalars(select(Case).where(Case.number == open_house.stage.numbers["dialogue"])).one()
        decided = {**case.ladder, "decision": "TSG 2027:3"}
        case.ladder, case.ladder_hash = decided, ladder.fingerprint(decided)
        session.commit()

    open_house.ask(decide)
    assert "Våra, inte överenskommelsens. Styrgruppen svarar för dem, beslut TSG 2027:3." in shown()


def test_an_act_that_only_waits_for_its_day_stands_there_with_the_day(house: House) -> None:
    page = case_page(house, "TYR.approver", "dialogue")
    shut = next(e for e in page.all("li") if "Börja lyfta till styrgruppen" in e.text)
    assert re.search(r"Från \d+ \w+ 202[67]\. Det går när det lokala steget är slut\.", " ".join(shut.text.split()))


def test_a_handler_sees_what_waits_for_their_own_approver(house: House) -> None:
    page = case_page(house, "TYR.handler", "late")
    shut = next(e for e in page.all("li") if "Börja lyfta till styrgruppen" in e.text)
    assert "Er beslutsfattare kan göra det." in shut.text


def test_history_is_written_in_sentences_newest_first(house: House) -> None:
    page = case_page(house, "TYR.reader", "received_top")
    [timeline] = page.all("ol", class_="timeline")
    entries = [" ".join(e.text.split()) for e in page.all("li") if e.inside("ol") is timeline]
    assert "Anmäl" in entries[-1] or "anmäl" in entries[-1]
    days = [t for e in page.all("time") if e.inside("ol") is timeline for t in [e.attributes["datetime"]]]
    assert days == sorted(days, reverse=True)
    assert len(entries) == len(DAYS["received_top"]) + 1, "minutes are adjusted by two acts"


def open_proposal(house: House, seat: str, key: str) -> Page:
    """The page, whose only open proposal is shown."""
    page = case_page(house, seat, key)
    assert sum((e.attributes.get("id") or "").startswith("h-forslag-") for e in page.elements) == 1, seat
    return page


@pytest.mark.parametrize("seat", ["TYR.handler", "TYR.reader", "RS.handler", "RS.approver", "KSON.handler", "AUDITOR"])
def test_everybody_who_sees_the_whole_case_reads_an_open_proposal_and_whom_it_waits_for(
    house: House, seat: str
) -> None:
    page = open_proposal(house, seat, "impasse")
    read = " ".join(page.main.split())
    assert "Öppet förslag: gemensam beskrivning" in read
    for part in ("question", "background"):
        assert secret("impasse", STATEMENT[part].rstrip(".")) in read
    assert "av Tyresö Har sagt ja Ingen än Väntar på Tyresö och regionen Gäller till" in read
    assert re.search(r"Förslag Väntar på Tyresö och regionen till \d+ \w+\.", read), "the panel says it too"
    links = [link for link in page.links() if "/answer/" in link]
    assert bool(links) == seat.endswith(".approver")


def test_a_settlement_is_read_with_who_does_what_by_when_and_who_has_said_yes(open_house: House) -> None:
    path = open_house.path("dialogue")
    sender = open_house.client("TYR.approver")
    form = Page(sender.get(f"{path}/propose/settlement").text)
    data = form.standing() | {
        "settlement": "Regionen pekar ut en mottagning.",
        "what_1": "Skicka listan till kommunen",
        "who_1": "RS",
        "when_1": "2027-01-15",
    }
    sent = sender.post(f"{path}/propose/settlement", data=data)
    assert sent.status_code == 302, Page(sent.text).main
    for seat in ("RS.handler", "TYR.handler"):
        read = " ".join(open_proposal(open_house, seat, "dialogue").main.split())
        assert "Öppet förslag: en uppgörelse" in read
        assert "Regionen pekar ut en mottagning." in read
        assert "Skicka listan till kommunen. Regionen, senast 15 januari 2027." in read
        assert "Har sagt ja Tyresö Väntar på Regionen Gäller till" in read


def test_a_proposal_to_reject_names_the_side_of_the_secretariat_that_it_waits_for(open_house: House) -> None:
    path = open_house.path("intake")
    form = Page(open_house.client("SEK.region").get(f"{path}/propose/reject").text)
    said = {"ground": "law", "reason": "Frågan avgörs av lag.", "where_instead": "Socialstyrelsen"}
    assert (
        open_house.client("SEK.region").post(f"{path}/propose/reject", data=form.standing() | said).status_code == 302
    )
    read = " ".join(open_proposal(open_house, "TYR.handler", "intake").main.split())
    assert "Frågan avgörs av lag." in read
    assert "Har sagt ja Sekretariatet från regionen Väntar på Sekretariatet från kommunerna" in read


def test_a_closed_case_says_how_it_ended_and_offers_but_to_ask_that_it_is_taken_up_again(house: House) -> None:
    for key, ended in (("closed", "avgjort genom tolkning"), ("rejected", "avvisat")):
        page = case_page(house, "TYR.approver", key)
        assert f"Avslutat: {ended}" in page.main
        left = {link.rpartition("/")[2] for link in page.links() if link.startswith(house.path(key, "/"))}
        beside_it = {"add_register_number", "notes", "link"}
        assert left == (beside_it | {"statement", "ask_reopening"} if key == "closed" else beside_it)


@pytest.mark.one_database
def test_every_act_that_has_a_page_says_what_happens_then(house: House) -> None:
    for key, acts in OPEN.items():
        for act, seats in acts.items():
            if act in {move.verb for move in MOVES}:
                seat = sorted(seats)[0]
                page = Page(house.client(seat).get(house.path(key, f"/{act}")).text)
                [lead] = page.all("p", class_="lead")
                assert lead.text.strip().endswith("."), act
