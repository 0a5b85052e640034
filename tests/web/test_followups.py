"""The pages of the yearly follow-up: who reads a year, and who writes in what was done."""

from __future__ import annotations

import pytest

from tests.support.page import Page
from tests.support.stage import House

pytestmark = pytest.mark.one_database

PRIORITIES = "/follow_up/yearly_priorities/2027/record"
CORRECTION = PRIORITIES.replace("record", "correct")
RESULT = "Styrgruppen beslutade att HÖK 4.5 följs upp, § 14."


def test_r30_the_secretariat_writes_in_what_was_done_and_everybody_reads_it(open_house: House) -> None:
    office = open_house.client("SEK.region")
    start = Page(office.get("/").text)
    assert "Besluta om nästa års prioriteringar" in start.main
    assert "/follow_up" in start.links()
    year = Page(office.get("/follow_up").text)
    assert "Att göra nu" in year.main
    assert "Prioriteringar 2027" in year.main
    assert "Bygger på siffrorna för 2026" in year.main
    assert PRIORITIES in year.links()
    form = Page(office.get(PRIORITIES).text)
    assert "2026 i siffror" in form.main
    assert "Årlig uppföljning 2027" in form.main
    sent = office.post(PRIORITIES, data=form.filled(done_on="2026-11-20", result=RESULT))
    assert sent.status_code == 302
    for seat in ("SEK.municipal", "TSG.chair", "VIS.member", "TYR.handler", "AUDITOR", "ADMIN"):
        page = Page(open_house.client(seat).get(sent.location).text)
        assert RESULT in page.main
        assert "Gjord 20 november 2026." in page.main
        assert "Inskrivet 23 november 2026 av sekretariatet, regionen." in page.main
        assert PRIORITIES not in page.links()
        assert (CORRECTION in page.links()) is (seat == "SEK.municipal")
    assert "prioriteringar" not in Page(office.get("/").text).main


def test_the_chair_is_asked_to_decide_and_reads_who_writes_it_in(house: House) -> None:
    start = Page(house.client("TSG.chair").get("/").text)
    assert "Besluta om nästa års prioriteringar" in start.main
    assert "Sekretariatet skriver in vad som är gjort." in start.main
    assert house.client("TSG.chair").get(PRIORITIES).status_code == 404


def test_what_was_written_in_is_put_right_on_a_form_that_comes_filled_in(open_house: House) -> None:
    office = open_house.client("SEK.region")
    assert office.get(CORRECTION).status_code == 404
    sent = Page(office.get(PRIORITIES).text).filled(done_on="2026-11-20", result=RESULT)
    assert office.post(PRIORITIES, data=sent).status_code == 302
    form = Page(office.get(CORRECTION).text)
    assert (form.typed("done_on"), form.typed("result")) == ("2026-11-20", RESULT)
    answer = office.post(CORRECTION, data=form.filled(done_on="2026-11-19", result=RESULT.replace("14", "15")))
    page = Page(office.get(answer.location).text)
    for shown in ("§ 15", "Gjord 19 november 2026.", "Rättat 23 november 2026."):
        assert shown in page.main
    assert "§ 14" not in page.main


def test_a_health_centre_that_is_let_into_one_case_does_not_read_the_years_figures(open_house: House) -> None:
    assert open_house.client("RS.centre").get("/follow_up").status_code == 404


def test_the_second_person_to_write_it_in_reads_so_and_nothing_is_saved(open_house: House) -> None:
    first, second = open_house.client("SEK.region"), open_house.client("SEK.municipal")
    one, other = (Page(office.get(PRIORITIES).text).filled(done_on="2026-11-20") for office in (first, second))
    assert first.post(PRIORITIES, data=one | {"result": RESULT}).status_code == 302
    again = second.post(PRIORITIES, data=other | {"result": "Något helt annat beslutades."})
    assert again.status_code == 409
    assert "Någon har redan skrivit in det." in Page(again.text).main
    assert "Något helt annat" not in Page(first.get("/follow_up?year=2027").text).main


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"done_on": ""}, "done_on", "Skriv vilken dag det gjordes."),
        ({"done_on": "2026-11-24"}, "done_on", "Dagen har inte kommit än."),
        ({"done_on": "1990-01-02"}, "done_on", "Skriv en dag under 2026 eller senare."),
        ({"done_on": "31 februari"}, "done_on", "Datumet finns inte. Skriv det som 2026-11-23."),
        ({"result": ""}, "result", "Skriv vad som är gjort och vad det ledde till."),
        ({"result": "Kort."}, "result", "Skriv minst 15 tecken till."),
        (
            {"result": "Gällde 19640823-3234, som inte ska stå här."},
            "result",
            "Texten innehåller ett personnummer på rad 1. Beskriv frågan utan enskilda personer. "
            "Numret har inte sparats.",
        ),
    ],
)
def test_bad_input_gets_its_sentence_and_the_form_comes_back(
    house: House, typed: dict[str, str], field: str, sentence: str
) -> None:
    office = house.client("SEK.region")
    given = {"done_on": "2026-11-20", "result": RESULT} | typed
    answer = office.post(PRIORITIES, data=given)
    assert answer.status_code == 422
    page = Page(answer.text)
    assert page.sentence(field) == sentence
    kept = "done_on" if field == "result" else "result"
    assert page.typed(kept) == given[kept]


@pytest.mark.parametrize(
    "path",
    [
        "/follow_up/yearly_feast/2027/record",
        "/follow_up/yearly_dialogue/2026/record",  # begins in February 2027
        "/follow_up/yearly_dialogue/2019/record",  # before anybody asked
        "/follow_up/yearly_dialogue/2026/correct",
        "/follow_up/yearly_dialogue/99999/record",
        "/follow_up/yearly_dialogue/1200/record",
    ],
)
def test_what_is_no_job_or_has_not_begun_is_not_written_in(house: House, path: str) -> None:
    assert house.client("SEK.region").get(path).status_code == 404


def test_a_year_that_there_is_nothing_about_leads_to_the_one_that_is_going(house: House) -> None:
    page = Page(house.client("TYR.handler").get("/follow_up?year=2090").text)
    assert page.heading == "Årlig uppföljning 2026"
    assert "Det finns inget om det året" in page.main


@pytest.mark.parametrize("typed", ["tjugotjugosex", "1066", "99999999999999999999"])
def test_a_year_that_is_none_is_refused_with_a_sentence(house: House, typed: str) -> None:
    answer = house.client("TYR.handler").get(f"/follow_up?year={typed}")
    assert answer.status_code == 400
    assert "Året finns inte" in Page(answer.text).main


def test_the_year_says_that_the_tasks_are_the_agreements_and_the_days_are_ours(house: House) -> None:
    page = Page(house.client("VIS.chair").get("/follow_up").text)
    assert "Uppgifterna står i HÖK. Dagarna är förvalda av systemet, inte av HÖK." in page.main
    for provision in ("HÖK 6 st 1", "HÖK 6 st 2", "HÖK 6 st 3"):
        assert provision in page.main
