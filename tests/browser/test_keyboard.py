"""A matter is filed, answered, settled and lifted by keyboard alone: Tab, Enter, Space and what one types.

At each stop somebody can see where they are, and the stops come in the order of the page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import filing
from tests.support.browser.people import Calendar, Person
from tests.support.browser.tour import INITIATOR, PARTY, REGION

pytestmark = pytest.mark.browser

C09, C18 = "ESK-2026-0033", "ESK-2026-0040"

WHERE = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const label = element.labels && element.labels.length ? element.labels[0].innerText : element.innerText;
  return {
    name: (label || "").trim().replace(/\\s+/g, " "),
    place: [...document.querySelectorAll("*")].indexOf(element),
    isSeen: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none",
    isInView: element === document.body || element.getBoundingClientRect().bottom > 0
      && element.getBoundingClientRect().top < innerHeight,
  };
}"""


class Keyboard:
    """Somebody who has no mouse. ``place`` is how far down the page the last stop was."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.place = -1

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def to(self, name: str) -> None:
        """Tab forward to what has this name; every stop on the way is seen, in view and further down."""
        passed = []
        for _ in range(150):
            self.press("Tab")
            stop = self.page.evaluate(WHERE)
            passed.append(stop["name"])
            assert stop["place"] >= self.place, f"{passed[-2:]}: back up the page"
            # A date has several stops, and the browser draws its own ring inside the field.
            assert stop["isSeen"] or stop["place"] == self.place, f"{stop['name']}: no ring"
            assert stop["isInView"], f"{stop['name']}: out of view"
            self.place = stop["place"]
            if stop["name"] == name or (name.endswith(",") and stop["name"].startswith(name)):
                return
        raise AssertionError(f"no way to {name!r}, only to {passed}")

    def past_the_menu(self) -> None:
        """The first stop of a page leads to its content; who was past the menu before sending a form still is."""
        if self.page.url.endswith("#innehall"):  # a browser takes the fragment along where the answer leads elsewhere
            return
        self.to("Hoppa till innehållet")
        self.press("Enter")
        expect(self.page.locator("main")).to_be_focused()

    def go(self, name: str) -> None:
        """Tab to a link or a button and press Enter; then another page is there."""
        self.to(name)
        with self.page.expect_navigation():
            self.press("Enter")
        self.page.wait_for_load_state()
        self.place = -1

    def tick(self, name: str) -> None:
        self.to(name)
        self.press("Space")

    def write(self, texts: Mapping[str, str]) -> None:
        """Type into each field; in a list the arrow goes down to the choice."""
        for label, text in texts.items():
            self.to(label)
            kind = self.page.evaluate("document.activeElement.type")
            if kind == "date":
                self.write_day(text)
            elif kind == "select-one":
                self.choose(text)
            else:
                self.page.keyboard.type(text)

    def choose(self, text: str) -> None:
        for _ in range(40):
            chosen = self.page.evaluate("document.activeElement.selectedOptions[0].text")
            if chosen == text:
                return
            self.press("ArrowDown")
        raise AssertionError(f"no {text!r} in the list, which ends with {chosen!r}")

    def write_day(self, day: str) -> None:
        """Type a day into the browser's own field, whose order of year, month and day follows the machine."""
        year, month, date = day.split("-")
        for typed in (f"{month}{date}{year}", f"{year}{month}{date}"):
            self.page.keyboard.type(typed)
            if self.page.evaluate("document.activeElement.value") == day:
                return
            self.page.keyboard.press("Control+a")
            self.page.keyboard.press("Delete")
        raise AssertionError(f"the field does not take {day}")


def test_a_matter_is_filed_by_keyboard_alone(person: Callable[..., Person]) -> None:
    page = person(INITIATOR).opens("/")
    keys = Keyboard(page)
    keys.past_the_menu()
    keys.go("Anmäl en oenighet")
    keys.past_the_menu()
    keys.tick(filing.READING)
    keys.go("Fortsätt")
    keys.past_the_menu()
    keys.write({"Sök i överenskommelsen": "vårdcentral"})
    keys.go("Sök")
    keys.tick("4.5 st 2,")
    keys.go("Spara och fortsätt")
    filing.heading(page, "Beskriv vad som har hänt")
    keys.past_the_menu()
    # In the order of the page, which is that of the labels.
    keys.write({**filing.POSITION, "När hände det, eller när märkte ni det?": "2026-11-11"})
    keys.go("Spara och fortsätt")
    keys.past_the_menu()
    keys.write({"Vem gör vad under tiden?": filing.INTERIM})
    keys.tick("Region Stockholm")
    keys.go("Spara och fortsätt")
    keys.past_the_menu()
    keys.tick("Anmälan innehåller inga personuppgifter om patienter eller brukare")
    keys.tick("Frågan gäller inte en enskild person eller en kris, och prövas inte av domstol eller myndighet")
    keys.go("Godkänn och skicka anmälan")
    filing.heading(page, filing.POSITION["Rubrik"])
    expect(page.locator(".stair .holder")).to_contain_text("Sekretariatet har bollen")


def test_a_filing_is_answered_and_settled_by_keyboard_alone(person: Callable[..., Person]) -> None:
    page = person(REGION).opens(f"/cases/{C18}")
    keys = Keyboard(page)
    keys.past_the_menu()
    keys.go("Bekräfta mottagande")
    keys.past_the_menu()
    keys.write({"Handläggare hos er": "Handläggare, Region Stockholm", "Ersättare": "Ersättare, Region Stockholm"})
    keys.go("Bekräfta mottagande")
    keys.past_the_menu()
    keys.go("Lämna ståndpunkt")
    keys.past_the_menu()
    keys.write({"Er ståndpunkt": "Bestämmelsen säger inget om hur vårdcentralen nås."})
    keys.go("Lämna ståndpunkt")
    expect(page.locator(".sides")).to_contain_text("Bestämmelsen säger inget om hur vårdcentralen nås.")

    keys.past_the_menu()
    keys.go("Föreslå en uppgörelse")
    keys.past_the_menu()
    keys.write(
        {
            "Vad föreslår ni?": "Ett direktnummer.",
            "Vad ska göras?": "Öppna numret.",
            "Vem gör det?": "Region Stockholm",
            "Senast": "2027-01-29",
        }
    )
    keys.go("Föreslå en uppgörelse")

    theirs = person(INITIATOR).opens(f"/cases/{C18}")
    other = Keyboard(theirs)
    other.past_the_menu()
    other.go("Svara på förslaget: en uppgörelse")
    other.past_the_menu()
    other.tick("Godkänn")
    other.go("Skicka svaret")
    expect(theirs.get_by_role("region", name="Det som ska göras")).to_contain_text("29 januari 2027")


def test_a_case_is_lifted_by_keyboard_alone(person: Callable[..., Person], calendar: Calendar) -> None:
    sigtuna = person(PARTY)
    keys = Keyboard(sigtuna.opens(f"/cases/{C09}"))
    keys.past_the_menu()
    keys.go("Börja lyfta till styrgruppen")
    keys.past_the_menu()
    keys.write({"Vad är olöst?": "Vem som bokar om ett avbokat besök."})
    keys.go("Börja lyfta till styrgruppen")
    calendar.turn_to("2026-12-08")
    page = sigtuna.opens(f"/cases/{C09}")
    keys.place = -1
    keys.past_the_menu()
    keys.go("Lyft till styrgruppen")
    keys.past_the_menu()
    keys.write({"Frågan": "Ska utföraren boka om avbokade besök?", "Bakgrund": "Var tredje bedömning uteblev."})
    keys.go("Lyft till styrgruppen")
    expect(page.locator(".stair [aria-current=step] .name")).to_have_text("Styrgruppen")
