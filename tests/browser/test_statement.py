"""The joint statement as two municipalities write it (LP13), and register numbers (LP20).

The case is C13 of the demo: Haninge and Nynäshamn in impasse on 23 November, with until 27 November for the statement.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser.people import Calendar, Person

pytestmark = pytest.mark.browser

CASE = "/cases/ESK-2026-0036"
SHEET = f"{CASE}/statement"
OURS, THEIRS = "Haninge kommun, beslutsfattare", "Nynäshamns kommun, beslutsfattare"
QUESTION = "Behåller den kommun som beslutade om boendet kostnaden när den enskilde flyttar till en annan kommun?"
OUTSIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def haninge(person: Callable[..., Person]) -> Person:
    return person(OURS, javascript=False)


@pytest.fixture
def nynashamn(person: Callable[..., Person]) -> Person:
    return person(THEIRS, javascript=False)


def part(page: Page, name: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=name, exact=True, level=2))


def agree(haninge: Person, nynashamn: Person) -> None:
    """One side proposes the sheet, the other approves it."""
    haninge.opens(SHEET)
    haninge.fill({"Haninge kommun, Frågan": QUESTION})
    haninge.press("Spara och föreslå som gemensam beskrivning")
    nynashamn.opens(CASE)
    nynashamn.follow("Svara på förslaget: gemensam beskrivning")
    nynashamn.page.get_by_label("Godkänn").check()
    nynashamn.press("Skicka svaret")


def test_lp13_1_both_can_edit_own_parts_only_and_shared_parts_need_both_approvals(
    haninge: Person, nynashamn: Person
) -> None:
    haninge.opens(CASE)
    haninge.follow("Skriv den gemensamma beskrivningen")
    expect(haninge.page.get_by_role("heading", level=1)).to_have_text("Gemensamt arbetsutkast")
    haninge.fill({"Haninge kommun, Frågan": QUESTION, "Haninge kommun, Vad som har prövats": "Två telefonmöten."})
    haninge.press("Spara arbetsutkastet")
    # The other side reads it beside its own column, and has no field for it.
    nynashamn.opens(SHEET)
    expect(part(nynashamn.page, "Frågan")).to_contain_text(QUESTION)
    expect(part(nynashamn.page, "Ståndpunkterna")).to_contain_text("Kostnadsansvaret ligger kvar")
    expect(nynashamn.page.get_by_label("Haninge kommun")).to_have_count(0)
    expect(nynashamn.page.locator("textarea")).to_have_count(9)
    # Where they differ the page says so; one click takes over the other's wording.
    nynashamn.fill(
        {
            "Nynäshamns kommun, Frågan": "Vem betalar?",
            "Nynäshamns kommun, Ståndpunkterna": "Kostnaden följer den enskilde till den nya kommunen.",
        }
    )
    nynashamn.press("Spara arbetsutkastet")
    expect(part(nynashamn.page, "Frågan").locator(".flag")).to_have_text("Olika lydelser")
    part(nynashamn.page, "Frågan").get_by_role("button", name="Ta över den här lydelsen").click()
    expect(part(nynashamn.page, "Frågan").locator(".flag")).to_have_text("Samma lydelse")
    # A proposal is no agreement before the other side's decider has approved it.
    haninge.opens(SHEET)
    haninge.press("Spara och föreslå som gemensam beskrivning")
    expect(haninge.page.get_by_role("heading", level=1)).to_contain_text("Bibehållet kostnadsansvar")
    expect(haninge.page.locator(".do-more li", has_text="Lyft till styrgruppen").get_by_role("link")).to_have_count(0)
    nynashamn.opens(CASE)
    nynashamn.follow("Svara på förslaget: gemensam beskrivning")
    for text in (QUESTION, "Två telefonmöten.", "Kostnaden följer den enskilde", "Kostnadsansvaret ligger kvar"):
        expect(nynashamn.page.locator("main")).to_contain_text(text)
    nynashamn.page.get_by_label("Godkänn").check()
    nynashamn.press("Skicka svaret")
    haninge.opens(CASE)
    haninge.follow("Lyft till styrgruppen")
    haninge.press("Lyft till styrgruppen")
    expect(haninge.page.locator(".stair [aria-current=step] .name")).to_have_text("Styrgruppen")
    haninge.page.get_by_role("link", name=re.compile("^Gemensam beskrivning, ")).click()
    expect(haninge.page.get_by_role("heading", level=1)).to_have_text("Gemensam beskrivning")


def test_lp13_2_after_ten_working_days_the_initiator_may_send_a_one_sided_statement_labelled_so_for_all(
    haninge: Person, person: Callable[..., Person], calendar: Calendar
) -> None:
    haninge.opens(SHEET)
    expect(haninge.page.locator("main")).to_contain_text("Blir beskrivningen inte klar till 27 november 2026")
    haninge.fill({"Haninge kommun, Frågan": QUESTION, "Haninge kommun, Förslag som fortfarande är möjliga": "Delat."})
    haninge.press("Spara arbetsutkastet")
    calendar.turn_to("2026-11-30")
    haninge.opens(CASE)
    haninge.follow("Lyft till styrgruppen")
    expect(haninge.page.locator(".lead")).to_contain_text("Ensidig beskrivning")
    expect(haninge.page.get_by_label("Frågan", exact=True)).to_have_value(QUESTION)
    expect(haninge.page.get_by_label("Er ståndpunkt")).to_have_value(re.compile("^Kostnadsansvaret ligger kvar"))
    haninge.press("Lyft till styrgruppen")
    expect(haninge.page.locator(".timeline > li").first).to_contain_text("med ensidig beskrivning")
    for seat in (OURS, THEIRS, "Chef för sekretariatet, kommunerna", "Ordförande i styrgruppen", "Revisor"):
        reader = person(seat, javascript=False)
        page = reader.opens(CASE)
        page.get_by_role("link", name=re.compile("^Ensidig beskrivning, 30 november 2026$")).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ensidig beskrivning")
        expect(page.locator("main")).to_contain_text("Inte godkänd av Nynäshamn.")


def test_lp13_3_the_statement_is_printable_on_one_page_with_its_label_its_date_and_who_approved(
    haninge: Person, nynashamn: Person, person: Callable[..., Person]
) -> None:
    haninge.opens(SHEET)
    haninge.fill(
        {
            "Haninge kommun, Bakgrund": "Efter en flytt till särskilt boende i Haninge har platsen inte betalats. " * 8,
            "Haninge kommun, Ståndpunkterna": "Kostnadsansvaret ligger kvar hos den kommun som beslutade. " * 8,
            "Haninge kommun, Vad som har prövats": "Två telefonmöten i oktober och ett möte i november. " * 5,
            "Haninge kommun, Förslag som fortfarande är möjliga": "Delad kostnad tills frågan är avgjord. " * 5,
        }
    )
    haninge.press("Spara arbetsutkastet")
    haninge.goes(f"{CASE}/add_register_number")
    haninge.fill({"Ert diarienummer": "KS 2026/0412"})
    haninge.press("Lägg till")
    nynashamn.opens(SHEET)
    nynashamn.fill({"Nynäshamns kommun, Ståndpunkterna": "Kostnaden följer den enskilde till den nya kommunen. " * 8})
    nynashamn.press("Spara arbetsutkastet")
    agree(haninge, nynashamn)
    haninge.opens(f"{CASE}/lift")
    haninge.press("Lyft till styrgruppen")
    page = person("Revisor").opens(SHEET)
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", level=1)).to_have_text("Gemensam beskrivning")
    for text in ("Godkänd av Haninge 23 november 2026", "Godkänd av Nynäshamn 23 november 2026", "dnr KS 2026/0412"):
        expect(page.get_by_text(text)).to_be_visible()
    for gone in (".masthead nav", ".crumbs", ".foot"):
        expect(page.locator(gone)).to_be_hidden()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_both_sides_have_the_same_width_and_nothing_scrolls_sideways(
    person: Callable[..., Person], haninge: Person, width: int
) -> None:
    haninge.opens(SHEET)
    haninge.fill({"Haninge kommun, Bakgrund": "Flyttkostnadsansvar" * 20})
    haninge.press("Spara arbetsutkastet")
    haninge.goes(f"{CASE}/add_register_number")
    haninge.fill({"Ert diarienummer": "KS" * 30})
    haninge.press("Lägg till")
    page = person(THEIRS, width=width).opens(CASE)
    assert page.evaluate(OUTSIDE) == 0
    page.goto(SHEET)
    boxes = [side.bounding_box() for side in part(page, "Bakgrund").locator(".side").all()]
    assert len({round(box["width"]) for box in boxes if box}) == 1
    assert page.evaluate(OUTSIDE) == 0


def test_two_windows_of_one_side_lose_nothing(person: Callable[..., Person]) -> None:
    first, second = person(OURS), person(OURS)
    for window in (first, second):
        window.opens(SHEET)
    first.fill({"Haninge kommun, Frågan": QUESTION})
    first.press("Spara arbetsutkastet")
    second.fill({"Haninge kommun, Frågan": "Vem betalar?"})
    second.press("Spara arbetsutkastet")
    shown = part(second.page, "Frågan")
    expect(shown.get_by_label("Haninge kommun")).to_have_value("Vem betalar?")
    expect(shown).to_contain_text(QUESTION)
    expect(second.page.locator(".errors")).to_be_focused()


def test_lp20_1_a_party_adds_its_register_number(haninge: Person, nynashamn: Person) -> None:
    haninge.opens(CASE)
    haninge.follow("Lägg till ert nummer")
    haninge.fill({"Ert diarienummer": "KS 2026/0412"})
    haninge.press("Lägg till")
    expect(haninge.page.locator("aside.col")).to_contain_text("Haninge: KS 2026/0412")
    expect(haninge.page.locator(".timeline > li").first).to_contain_text(
        "Haninge lade till sitt diarienummer KS 2026/0412."
    )
    expect(nynashamn.opens(CASE).locator("aside.col")).to_contain_text("Haninge: KS 2026/0412")
