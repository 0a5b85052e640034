"""Somebody who has never seen Trappan finds out where a question belongs, by keyboard alone and without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_axe import AXE, violations
from tests.support.browser.people import Person
from tests.support.browser.windows import NewPage

pytestmark = pytest.mark.browser


def choose(page: Page, label: str) -> None:
    page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name="Fortsätt").click()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_anybody_finds_the_way_back_works_and_the_address_lasts(plain_page: Page, new_page: NewPage) -> None:
    page = plain_page
    page.goto("/interpretations")
    page.get_by_role("navigation", name="Huvudmeny").get_by_role("link", name="Vart lyfter jag detta?").click()
    choose(page, "Vi läser en bestämmelse på olika sätt")
    choose(page, "Nej, inget av det")
    choose(page, "Huvudöverenskommelsen, HÖK")
    choose(page, "Fler parter än så")
    heading(page, "Frågan kan börja på steg 2")
    expect(page.locator(".stair [aria-current=step] .name")).to_have_text("Styrgruppen")
    address = page.url

    page.go_back()
    expect(page.get_by_text("Vilka kan svaret påverka?")).to_be_visible()
    choose(page, "En kommun och regionen")
    heading(page, "Börja lokalt, på trappans första steg")

    colleague = new_page()
    colleague.goto(address)
    heading(colleague, "Frågan kan börja på steg 2")
    colleague.get_by_role("link", name="Ändra Vilken överenskommelse gäller det?").click()
    choose(colleague, "En annan överenskommelse")
    choose(colleague, "Kostnadsansvar vid flytt till särskilt boende i annan kommun")
    heading(colleague, "Kommun mot kommun: en trappa med två steg")


def test_a_question_is_answered_by_keyboard_alone(page: Page) -> None:
    page.goto("/where")
    page.get_by_label("Vi läser en bestämmelse på olika sätt", exact=True).focus()
    for key in ("Space", "ArrowDown", "ArrowDown", "ArrowDown", "Tab", "Enter"):
        page.keyboard.press(key)
    heading(page, "En ny text tas fram av samrådsgruppen")


def test_an_empty_answer_puts_the_focus_on_what_is_to_be_done(page: Page) -> None:
    page.goto("/where")
    page.get_by_role("button", name="Fortsätt").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Välj ett svar.").click()
    expect(page.get_by_label("Vi läser en bestämmelse på olika sätt", exact=True)).to_be_focused()


def test_what_does_not_belong_here_is_shown_another_way_and_counted_for_the_secretariat(
    plain_page: Page, person: Callable[..., Person]
) -> None:
    plain_page.goto("/where")
    choose(plain_page, "En enskild persons vård, placering eller plan")
    heading(plain_page, "En enskild persons ärende går inte till trappan")
    expect(plain_page.locator("main")).to_contain_text("Patientnämnden")
    plain_page.get_by_role("link", name="Pröva den frågan").click()
    expect(plain_page.get_by_text("Vad gäller det?")).to_be_visible()

    office = person("Chef för sekretariatet, kommunerna")
    office.opens("/")
    office.follow("Körning och post")
    counted = office.page.get_by_role("region", name="Frågor som inte hörde hit, senaste 12 månaderna")
    expect(counted.locator("dt")).to_have_text(["En enskild persons ärende går inte till trappan"])
    expect(counted.locator("dd")).to_have_text(["1"])


def test_a_handler_is_led_into_the_form_with_what_was_answered(person: Callable[..., Person]) -> None:
    handler = person("Tyresö kommun, handläggare", javascript=False)
    page = handler.opens("/")
    handler.follow("Osäker? Vart lyfter jag detta?")
    choose(page, "En part gör inte det som är överenskommet")
    choose(page, "Nej, inget av det")
    choose(page, "En annan överenskommelse")
    choose(page, "Samverkan vid utskrivning från sluten hälso- och sjukvård")
    handler.follow("Anmäl en oenighet")
    expect(page.get_by_label("En part gör inte det som är överenskommet", exact=True)).to_be_checked()
    handler.press("Fortsätt")
    expect(page.get_by_label("Överenskommelse", exact=True)).to_have_value("LUS")


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_nothing_scrolls_sideways_and_axe_finds_nothing(new_page: NewPage, width: int) -> None:
    page = new_page(width=width, color_scheme="light", init_script=AXE)
    for query in (
        "",
        "?matter=deviation&obstacle=none&agreement=other",
        "?matter=reading&obstacle=none&agreement=HOK&reach=others",
        "?matter=reading&obstacle=crisis",
        "?matter=weather",
    ):
        page.goto(f"/where{query}")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        assert violations(page) == []
