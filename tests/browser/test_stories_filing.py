"""How a matter is filed, story by story (domain/10): LP2 to LP6, in a window, on the demo's day."""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import sample_files
from tests.support.browser import filing
from tests.support.browser.people import Person
from tests.support.browser.tour import INITIATOR, OFFICE

pytestmark = pytest.mark.browser

HANDLER = "Tyresö kommun, handläggare"

ASKED = {
    # page -> what it asks; the numbers are those of domain/04 § 4.2
    "matter": (filing.READING, filing.DEVIATION),  # 2
    "provision": ("Överenskommelse", "Sök i överenskommelsen", "Ordagrann text", "Plats i texten", "Källa"),  # 3
    "position": (*filing.POSITION, "Till och med, om det har hänt flera gånger"),  # 1, 6 to 12
    "meanwhile": (
        "Region Stockholm", "Vem gör vad under tiden?", "Brådskande", "Varför är det brådskande?",  # 4, 13, 14
        "Ja", "Vilka andra parter kan påverkas, och varför?", "Nacka kommun",  # 15, 16
        "Ert diarienummer", "Handläggare hos er", "Ersättare",  # 18, 19
    ),
    "check": (
        "Anmälan innehåller inga personuppgifter om patienter eller brukare",  # 17
        "Frågan gäller inte en enskild person eller en kris, och prövas inte av domstol eller myndighet",
    ),
}  # fmt: skip


def hok() -> dict[str, str]:
    """The agreement's own words by place."""
    text = tomllib.loads((files("escalation") / "texts/hok.toml").read_text("utf-8"))
    return {p["code"]: p["text"] for p in text["provision"]}


def plain(text: str) -> str:
    return " ".join(text.split())


def asks(page: Page, word: str) -> None:
    for label in ASKED[word]:
        expect(page.get_by_label(label, exact=True).first).to_be_attached()


def go_to_position(writer: Person) -> Page:
    filing.begin(writer)
    filing.cite(writer)
    return writer.page


def test_lp2_a_case_is_filed_in_five_steps_that_are_kept_and_ask_for_every_fact(person: Callable[..., Person]) -> None:
    """Of the nineteen facts the place (5) is asked of Stockholm alone, whose districts are places of their own."""
    writer = person(HANDLER)
    page = writer.opens("/cases/file")
    asks(page, "matter")
    way = page.get_by_role("list", name="Anmälans delar").get_by_role("listitem")
    expect(way).to_have_count(5)
    filing.begin(writer)
    expect(page.locator(".progress [aria-current=step]")).to_have_text("Bestämmelse")
    asks(page, "provision")
    filing.cite(writer)
    asks(page, "position")

    # What is wrong is said at the top, and each line leads to its field.
    writer.fill({"Rubrik": "Vem svarar när ingen svarar?", "Vad har ni redan prövat?": "Ett möte."})
    writer.press("Spara och fortsätt")
    lines = page.locator(".errors").get_by_role("link")
    expect(lines.first).to_have_text("Ange när det hände.")
    lines.first.click()
    expect(page.get_by_label("När hände det, eller när märkte ni det?")).to_be_focused()

    # Leaving in the middle, and coming back from another machine by way of the start page, the text is there.
    writer.press("Spara och gör klart senare")
    filing.heading(page, "Vart hör frågan?")
    again = person(HANDLER)
    again.opens("/")
    again.follow("Vem svarar när ingen svarar?")
    filing.heading(again.page, "Beskriv vad som har hänt")
    expect(again.page.get_by_label("Vad har ni redan prövat?")).to_have_value("Ett möte.")
    filing.describe(again)
    asks(again.page, "meanwhile")
    filing.meanwhile(again)
    asks(again.page, "check")
    expect(again.page.locator(".progress .ok")).to_have_count(4)


def test_lp3_the_provision_is_found_read_word_for_word_and_what_vis_has_said_stands_beside_it(
    person: Callable[..., Person],
) -> None:
    writer = person(HANDLER)
    filing.begin(writer, filing.DEVIATION)
    page = writer.page
    page.get_by_label("Sök i överenskommelsen").fill("vårdcentral")
    writer.press("Sök")
    hit = page.locator(".hit", has=page.get_by_label("4.5 st 2,"))
    assert plain(hit.locator("[lang=sv]").nth(1).inner_text()) == plain(hok()["4.5 st 2"])
    expect(hit.locator("strong").first).to_have_text("vårdcentral")

    # A deviation is from a commitment: the rest is there to be read, shut, and says why.
    page.get_by_label("Sök i överenskommelsen").fill("målgrupp")
    writer.press("Sök")
    shut = page.locator(".hit[data-off]").first
    expect(shut.get_by_role("checkbox")).to_be_disabled()
    expect(shut).to_contain_text("Kan inte väljas för ett avsteg: texten binder ingen part att göra något.")
    expect(page.locator(".hit:not([data-off]) .meta", has_not_text="Åtagande")).to_have_count(0)

    page.get_by_label("Sök i överenskommelsen").fill("4.5")
    writer.press("Sök")
    known = page.locator(".hit", has=page.get_by_label("4.5 st 3,")).locator(".known")
    expect(known).to_contain_text("VIS-T 2025:2 (gällande): Funktionen får delas")
    expect(known).to_contain_text("Ersätter VIS-T 2023:1 (ersatt)")
    known.get_by_role("link", name="VIS-T 2025:2").click()
    expect(page.locator(".answer")).to_contain_text("namngiven ingång per kommun")


def test_lp4_purpose_and_goals_are_asked_for_beside_their_own_words(person: Callable[..., Person]) -> None:
    writer = person(HANDLER)
    page = go_to_position(writer)
    beside = page.locator(".guided", has=page.get_by_label("Hur bör syftet (1.2) och målen (2.1) vägleda?"))
    words = {code: text for code, text in hok().items() if code.startswith(("1.2", "2.1"))}
    assert [plain(quote) for quote in beside.locator("blockquote").all_inner_texts()] == [
        f"{code}: ”{plain(text)}”" for code, text in words.items()
    ]
    writer.fill({**filing.POSITION, "Hur bör syftet (1.2) och målen (2.1) vägleda?": "M" * 99})
    writer.press("Spara och fortsätt")
    expect(page.locator(".errors")).to_contain_text("Skriv minst 1 tecken till.")
    filing.heading(page, "Beskriv vad som har hänt")
    writer.fill({"Hur bör syftet (1.2) och målen (2.1) vägleda?": "M" * 100})
    writer.press("Spara och fortsätt")
    filing.heading(page, "Vad gäller under tiden?")


def test_lp5_personal_data_are_stopped_where_they_are_written(
    person: Callable[..., Person], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    writer = person(HANDLER)
    page = go_to_position(writer)
    with caplog.at_level(logging.INFO):
        typed = f"Den 2 november väntade {sample_files.PERSON} en hel dag."
        filing_page = {**filing.POSITION, "Vad har hänt, när och hur ofta?": typed}
        writer.fill(filing_page)
        writer.press("Spara och fortsätt")
        expect(page.locator(".errors")).to_contain_text("Texten innehåller ett personnummer på rad 1.")
    page.locator(".errors").get_by_role("link").first.click()
    expect(page.get_by_label("Vad har hänt, när och hur ofta?")).to_be_focused()
    expect(page.get_by_label("Vad har hänt, när och hur ofta?")).to_have_value(typed)
    tried = [r.getMessage() for r in caplog.records if r.name == "escalation.privacy"]
    assert tried == ["an identity number was stopped: field description of filing.draft"]
    assert sample_files.PERSON not in caplog.text

    # A number whose last digit cannot be right is asked about, and can be answered for.
    writer.fill({"Vad har hänt, när och hur ofta?": "Ärende 640823-3235 hos leverantören."})
    writer.press("Spara och fortsätt")
    expect(page.get_by_role("group", name="Se efter en gång till")).to_contain_text("Något som liknar ett personnummer")
    page.get_by_label("Ja, det här är inget personnummer").check()
    writer.fill({"Därför att": "Det är leverantörens ärendenummer."})
    writer.press("Spara och fortsätt")
    filing.heading(page, "Vad gäller under tiden?")

    # In the name of a file too.
    named = tmp_path / f"Intyg {sample_files.PERSON}.docx"
    named.write_bytes(sample_files.docx())
    region = person("Region Stockholm, beslutsfattare")
    stand = region.opens("/cases/ESK-2026-0033/state_position")
    stand.get_by_label("Er ståndpunkt").fill("Vi bokar om avbokade besök.")
    stand.get_by_label("Bilagor").set_input_files(named)
    region.press("Lämna ståndpunkt")
    expect(stand.get_by_role("alert")).to_contain_text("personnummer")
    expect(stand.get_by_role("alert")).not_to_contain_text(sample_files.PERSON)


def test_lp6_to_begin_at_step_two_is_asked_for_with_the_parties_that_it_touches(
    person: Callable[..., Person],
) -> None:
    writer = person(INITIATOR)
    page = go_to_position(writer)
    filing.describe(writer)
    asked = page.get_by_role("group", name="Vill ni börja på steg 2?")
    expect(asked).to_contain_text(
        "såvida dessa inte är av en sådan principiell karaktär att det kan antas påverka andra parter"
    )
    asked.get_by_label("Ja", exact=True).check()
    page.get_by_label("Vem gör vad under tiden?").fill(filing.INTERIM)
    page.get_by_label("Region Stockholm", exact=True).first.check()
    writer.press("Spara och fortsätt")
    expect(page.locator(".errors")).to_contain_text(
        re.compile("Skriv vilka andra parter som kan påverkas, och varför.")
    )
    expect(page.locator(".errors")).to_contain_text("Ange minst en annan part som kan påverkas.")
    questions = page.get_by_role("group", name="Vad stämmer?")
    expect(questions).to_contain_text("Frågorna är våra, inte överenskommelsens. De vägleder och avgör inget.")
    why = "Nacka och Tyresö har frågat detsamma, och svaret ändrar arbetssättet i alla kommuner."
    writer.fill({"Vilka andra parter kan påverkas, och varför?": why})
    page.get_by_role("group", name="Andra parter som kan påverkas").get_by_label("Nacka kommun").check()
    writer.press("Spara och fortsätt")
    filing.send(writer)
    number = page.url.rpartition("/")[2]
    office = person(OFFICE)
    read = office.opens(f"/cases/{number}").locator("main")
    expect(read).to_contain_text("Anmälaren vill börja på steg 2")
    expect(read).to_contain_text(why)
    expect(read).to_contain_text("Berörd part: Nacka kommun")
    office.follow("Inled prövning av principiell karaktär")
    office.fill({"Följebrev": "Ni får yttra er om var ärendet ska börja."})
    office.press("Inled prövning av principiell karaktär")
    expect(writer.opens(f"/cases/{number}").locator("main")).to_contain_text("Prövning av principiell karaktär")
