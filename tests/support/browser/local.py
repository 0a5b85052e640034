"""What a local party reads and presses, for its stories."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.support.browser.people import Person

TYRESO = "Tyresö kommun, handläggare"
REGION_HANDLER = "Region Stockholm, handläggare"
C01, C09, C12, C17, C18, VAR = (f"ESK-2026-00{n}" for n in (31, 33, 20, 35, 40, 37))
C07 = "ESK-2026-0006"
ANSWER_SETTLEMENT = "Svara på förslaget: en uppgörelse"


def region_of(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def offer(person: Person, number: str, kind: str, button: str, **texts: str) -> None:
    person.opens(f"/cases/{number}/propose/{kind}")
    person.fill(texts)
    person.press(button)


def accept(person: Person, number: str, kind: str) -> Page:
    page = person.opens(f"/cases/{number}")
    person.follow(f"Svara på förslaget: {kind}")
    page.get_by_label("Godkänn", exact=True).check()
    person.press("Skicka svaret")
    page.wait_for_url(f"**/cases/{number}")
    return page
