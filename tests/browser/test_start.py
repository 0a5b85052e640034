"""The start pages in a browser, story by story (domain/10), and a case on one printed page (VI1)."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from escalation.cases.models import Case, Position
from escalation.db import session
from tests.browser.people import Person
from tests.browser.tour import OFFICE, STEERING, VIS_MEMBER
from tests.conftest import Server

pytestmark = pytest.mark.browser

TYRESO = "Tyresö kommun, handläggare"
C01, C09, C12, C15, C20, C22 = (f"ESK-2026-00{n}" for n in (31, 33, 20, 34, 41, 27))


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of Chromium's has: it writes its page objects in the open."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def section(page: Page, name: str) -> str:
    """What stands under a heading, with ordinary blanks."""
    return " ".join(page.get_by_role("region", name=name, exact=True).inner_text().split())


def test_lp1_a_local_handler_sees_at_once_what_to_do(person: Callable[..., Person]) -> None:
    page = person(TYRESO).opens("/")
    mine = page.get_by_role("region", name="Väntar på er")
    expect(mine.locator(".due time")).to_have_attribute("datetime", "2026-11-30")
    expect(mine.locator(".due")).to_contain_text("5 arbetsdagar kvar")
    expect(mine).to_contain_text(C01)
    mine.get_by_role("link", name="Rapportera genomförande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uteblivna lokala samverkansmöten i Tyresö")
    expect(page.get_by_role("link", name="Rapportera genomförande")).to_be_visible()


def test_lp1_late_rows_have_an_icon_and_a_word_and_an_empty_list_says_so(person: Callable[..., Person]) -> None:
    late = person("Lidingö stad, handläggare").opens("/").locator(".rows .flag[data-kind=late]")
    expect(late).to_have_text("Försenat")
    expect(late.locator("svg")).to_be_visible()
    empty = person("Sigtuna kommun, handläggare").opens("/").get_by_role("region", name="Väntar på er")
    expect(empty).to_contain_text("Inget väntar på er.")


def test_lp16_of_others_cases_title_and_status_and_no_step_1_case(person: Callable[..., Person]) -> None:
    """Criterion 2 (to register as an affected party) needs the issue that builds it."""
    page = person(TYRESO).opens("/")
    known = page.get_by_role("region", name="Hos andra, kan påverka er")
    assert all("Steg 1" not in text for text in known.locator("li").all_inner_texts())
    known.get_by_role("link", name="Vem utser samordnande vårdcentral i Norrtälje?").click()
    expect(page.locator("main")).to_contain_text("Uppsatt på möte")
    expect(page.locator("main")).not_to_contain_text("Förbundet är beställare")


def test_lp21_the_interim_arrangement_stands_beside_the_list_and_above_the_case(
    person: Callable[..., Person],
) -> None:
    page = person(TYRESO).opens("/")
    under = page.get_by_role("region", name="Gäller under tiden")
    expect(under).to_contain_text("Kommunens samordnande funktion kallar tillfälligt till mötena.")
    under.get_by_role("link", name=C01).click()
    expect(page.locator(".meanwhile")).to_contain_text("Kommunens samordnande funktion kallar tillfälligt")


def test_st1_the_steering_groups_board(person: Callable[..., Person]) -> None:
    page = person(STEERING).opens("/")
    lanes = page.locator(".board .lane > h3")
    names = [text.rsplit(maxsplit=1)[0] for text in lanes.all_inner_texts()]
    assert names == ["Bevakas i steg 1", "Mottagna", "Bereds", "Uppsatta på möte", "Svar och justering"]
    card = page.get_by_role("region", name="Bevakas i steg 1").locator(".slip", has_text=C09)
    for told in ("59 dagar", "Sigtuna till regionen", "Munhälsa 3 stycke 1", "Stannat, nivå 3", "Sekretariatet till"):
        expect(card).to_contain_text(told)
    card.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidsbokning för munhälsobedömning")


def test_vi2_the_next_meeting_of_vis(person: Callable[..., Person]) -> None:
    page = person(VIS_MEMBER).opens("/")
    expect(page.locator(".meet")).to_contain_text("10")
    expect(page.locator(".meet")).to_contain_text("Ett ärende är uppsatt, underlaget är inne.")
    expect(page.locator(".meet")).to_contain_text("Utskick")
    questions = page.get_by_role("region", name="Frågan på mötet")
    expect(questions).to_contain_text(C12)
    expect(questions.locator(".side")).to_have_count(2)
    left, right = (side.bounding_box() for side in questions.locator(".side").all())
    assert left is not None
    assert right is not None
    assert (left["y"], left["width"]) == (right["y"], right["width"])
    questions.get_by_role("heading", level=3).get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vem utser samordnande vårdcentral i Norrtälje?")


def test_vi1_a_case_in_three_minutes_on_one_printed_page(person: Callable[..., Person], server: Server) -> None:
    page = person(VIS_MEMBER).opens(f"/cases/{C12}")
    page.get_by_role("link", name="Läs sammanfattningen").click()
    terms = [term.partition(" ")[2] for term in page.locator("dl.facts > div > dt").all_inner_texts()]
    assert terms == [
        "Frågan", "Så står det", "Parternas ståndpunkter", "Syfte och gemensamma mål", "Vad som har prövats",
        "Alternativ", "Vad som efterfrågas",
    ]  # fmt: skip
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    page.set_viewport_size({"width": 768, "height": 1024})
    assert page.evaluate("document.documentElement.scrollWidth") <= 768
    with server.app.app_context():
        for position in session.scalars(select(Position)):
            position.text = "Bestämmelsen ska läsas så att den håller. " * 90
        found = session.scalars(select(Case).where(Case.number == C12)).one()
        found.purpose_statement = "Målet är en god och sömlös vård. " * 120
        found.interim_arrangement = "Tills vidare gäller det som gällde förut. " * 40
        found.tried = "Parterna har mötts och talats vid flera gånger. " * 60
        found.desired_outcome = "En enda ordning som alla känner till. " * 50
        session.commit()
    page.reload()
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1


def test_se1_the_secretariats_intake_and_its_own_delays(person: Callable[..., Person]) -> None:
    """The check list itself is the page of the act, and returning needs the issue that builds it."""
    page = person(OFFICE).opens("/")
    duties = page.get_by_role("region", name="Ni har bollen")
    numbers = [re.findall(r"ESK-\d+-\d+", text)[0] for text in duties.locator("li").all_inner_texts()]
    assert numbers == [C22, C15, C09, C20]
    expect(duties.locator("li").first).to_contain_text("Försenat hos oss")
    expect(duties.locator("li").nth(1)).to_contain_text("I dag")
    expect(duties.locator("li").last.locator("time")).to_have_attribute("datetime", "2026-11-27")
    duties.get_by_role("link", name="Kontrollera anmälan").click()
    expect(page.get_by_role("link", name="Översänd till motparten")).to_be_visible()


def test_se4_the_stalled_list(person: Callable[..., Person]) -> None:
    page = person(OFFICE).opens("/")
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Ärende", "Nivå", "Varför", "Senaste händelse i sak", "Påmint"]
    first = page.locator("tbody tr").first
    for told in (C09, "Nivå 3", "Lokala steget slut", "19 arbetsdagar sent", "(X1)", "(X2)", "3 september 2026"):
        expect(first).to_contain_text(told)
    expect(first).to_contain_text("6 oktober: ")
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidsbokning för munhälsobedömning")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_list_and_its_filter_need_no_sideways_scroll(person: Callable[..., Person], width: int) -> None:
    page = person(OFFICE, width=width).opens("/cases")
    page.goto("/cases")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_label("Steg", exact=True).select_option(label="3. VIS")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("1 ärende")
    expect(page.get_by_label("Steg", exact=True)).to_have_value("3")
