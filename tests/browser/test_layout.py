"""How pages lie: everything within reach of the keyboard, in lines, and on paper.

That no type of page scrolls sideways is shown on the round of ``test_axe.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import filing
from tests.support.browser.people import Person
from tests.support.browser.tour import OFFICE, PARTY, VIS_MEMBER

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 1280)

OUTSIDE = """() => {
  const width = document.documentElement.clientWidth;
  const inside = [...document.querySelectorAll("body *")].filter(element => {
    const box = element.getBoundingClientRect();
    return box.right > width + 1 && box.width && !element.closest(".scroll, .sr");
  });
  const scrolls = document.documentElement.scrollWidth > width;
  return scrolls ? [`${document.documentElement.scrollWidth} > ${width}`,
    ...inside.slice(0, 3).map(element => element.outerHTML.slice(0, 120))] : [];
}"""

REACHABLE = """() => {
  const groups = new Set();
  return [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
    .filter(element => element.type !== "hidden" && element.checkVisibility())
    .filter(element => element.type !== "radio" || (!groups.has(element.name) && groups.add(element.name)))
    .map(element => element.outerHTML.slice(0, 200));
}"""

FOCUSED = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const style = getComputedStyle(element);
  const isSeen = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  return {html: element.outerHTML.slice(0, 200), isSeen, type: element.type || ""};
}"""


@pytest.mark.parametrize(
    ("seat", "address"),
    [
        (PARTY, "/"),
        (PARTY, "/cases/ESK-2026-0033"),
        (PARTY, "/cases/ESK-2026-0033/declare_impasse"),
        (PARTY, "/cases/file"),
        (OFFICE, "/health"),
    ],
)
def test_everything_is_reached_by_the_tab_key_in_order_and_seen_when_it_has_focus(
    person: Callable[..., Person], seat: str, address: str
) -> None:
    page = person(seat).opens(address)
    wanted = page.evaluate(REACHABLE)
    reached: list[dict[str, Any]] = []
    for _ in range(4 * len(wanted)):  # a date has several stops
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            break
        if not reached or reached[-1]["html"] != focused["html"]:
            reached.append(focused)
    assert [stop["html"] for stop in reached] == wanted
    assert [stop["html"] for stop in reached if not stop["isSeen"]] == []


def test_the_first_stop_is_the_way_past_the_menu(person: Callable[..., Person]) -> None:
    page = person(PARTY).opens("/cases")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Hoppa till innehållet")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_the_summary_of_what_is_wrong_has_focus_and_each_line_leads_to_its_field(
    person: Callable[..., Person],
) -> None:
    writer = person(PARTY)
    filing.begin(writer)
    filing.cite(writer)
    page = writer.page
    writer.press("Spara och fortsätt")
    summary = page.locator(".errors")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("heading")).to_have_text("11 saker behöver rättas")
    for line in summary.get_by_role("link").all():
        line.click()
        target = page.locator(line.get_attribute("href") or "missing")
        expect(target).to_be_in_viewport()
        expect(target).to_be_focused()


@pytest.mark.parametrize("width", WIDTHS)
def test_an_opened_section_of_hok_reads_in_lines_beside_its_boxes(person: Callable[..., Person], width: int) -> None:
    writer = person(PARTY, width=width)
    filing.begin(writer)
    page = writer.page
    page.get_by_text("4.5 Lokal samverkan", exact=True).click()
    box = page.get_by_label("4.5 st 3,").bounding_box()
    for beside in (page.get_by_text("4.5 st 3,"), page.get_by_text("Respektive kommun ansvarar")):
        text = beside.bounding_box()
        assert box is not None
        assert text is not None
        assert text["x"] > box["x"] + box["width"]
        assert text["width"] > width / 3


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_list_and_its_filter_need_no_sideways_scroll(person: Callable[..., Person], width: int) -> None:
    page = person(OFFICE, width=width).opens("/cases")
    assert page.evaluate(OUTSIDE) == []
    page.get_by_label("Steg", exact=True).select_option(label="3. VIS")
    page.get_by_role("button", name="Visa", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("1 ärende")
    expect(page.get_by_label("Steg", exact=True)).to_have_value("3")


def test_what_was_typed_stays_beside_the_sentence_that_refuses_it(person: Callable[..., Person]) -> None:
    page = person(PARTY).opens("/cases/ESK-2026-0033/declare_impasse")
    page.get_by_label("Vad är olöst?").fill("Tiderna för Anna, 640823-3234.")
    page.get_by_role("button", name="Börja lyfta till styrgruppen").click()
    expect(page.get_by_label("Vad är olöst?")).to_have_value("Tiderna för Anna, 640823-3234.")
    expect(page.locator(".field .err")).to_contain_text("Texten innehåller ett personnummer på rad 1.")


def test_on_paper_the_first_page_of_a_case_holds_what_one_must_know(person: Callable[..., Person]) -> None:
    page = person(VIS_MEMBER).opens("/cases/ESK-2026-0020")
    page.emulate_media(media="print")
    millimetre = 96 / 25.4
    page.set_viewport_size({"width": round(180 * millimetre), "height": round(265 * millimetre)})  # A4 inside @page
    for shown in (".stair", ".now-panel", ".meanwhile", ".question"):
        assert bottom(page, shown) <= 265 * millimetre, shown
    for gone in (".masthead nav", ".crumbs", ".do", ".foot", ".skip"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator(".receipt-paper")).to_be_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF-")


def bottom(page: Page, selector: str) -> float:
    """Where the lower edge of the element lies on the paper, in CSS pixels."""
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box["y"] + box["height"]
