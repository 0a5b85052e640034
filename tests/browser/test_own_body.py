"""An agreement with a body of its own, as those who sit there and the public meet it; only its data are new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from escalation.db import session
from tests.browser.test_path import decide
from tests.support.browser.people import Person
from tests.support.browser.windows import NewPage
from tests.support.data_folder import copied_to, used
from tests.support.databases import Databases
from tests.support.own_body import (
    ANSWER,
    FILED_ON,
    PASSWORD,
    email,
    link_of,
    on_the_meeting_of_its_body,
    open_site,
    stand_on,
    with_a_body_of_its_own,
)
from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A database without a table, for a site whose data hold the agreement, its ladder and its body."""
    with used(copied_to(tmp_path / "data")) as folder:
        with_a_body_of_its_own(folder)
        yield databases.make("own")
    databases.drop("own")


def enter(page: Page, seat: str, link: str) -> Person:
    """Choose a password by the link, and sign in with it."""
    page.goto(link)
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Spara lösenordet").click()
    page.get_by_label("E-post").fill(email(seat))
    page.get_by_label("Lösenord").fill(PASSWORD)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.goto("/")
    return Person(page, "")


def vouch(official: Person, button: str) -> None:
    """Read the interpretation, and sign or publish it."""
    official.goes("/interpretations")
    official.follow("Publicera BUN-T 2027:1")
    official.page.get_by_label("Jag har läst texterna och prövat sekretessen").check()
    official.press(button)


def test_the_chair_of_a_body_of_its_own_sees_its_step_and_its_interpretation_becomes_public(
    server: Server, new_page: NewPage
) -> None:
    stand_on(server.app, FILED_ON)
    open_site(server.app)
    with server.app.app_context():
        story = on_the_meeting_of_its_body()
        day, case = story.day, f"/cases/{story.case.number}"
        session.commit()
    stand_on(server.app, day)
    chair, deputy, region, municipal = (
        enter(new_page(javascript=False), seat, link_of(server.app, seat))
        for seat in ("BUN.chair", "BUN.deputy", "SEK.region", "SEK.municipal")
    )

    expect(chair.page.get_by_role("heading", level=1)).to_have_text("BUN")
    expect(chair.page.locator(".stair .name")).to_have_text(["Lokal dialog", "Styrgruppen", "BUN"])
    expect(chair.page.locator(".stair .now .name")).to_have_text("BUN")
    expect(chair.page.locator("body")).to_contain_text("Ordförande i BUN")
    question = chair.page.locator(".question")
    expect(question).to_be_visible()

    municipal.goes(case)
    decide(municipal, "Tolkning", ANSWER, {"För vem och vad gäller svaret?": "Alla.", "Gäller från": "2027-03-01"})
    for hand, button in ((deputy, "Justera protokollet"), (chair, "Justera och meddela")):
        hand.goes(case)
        hand.follow(button)
        expect(hand.page.locator("main")).to_contain_text(ANSWER)
        hand.press(button)
    expect(chair.page.locator("#h-lage")).to_have_text("Avslutat: avgjort genom tolkning")
    expect(chair.page.locator(".timeline > li").first).to_contain_text("BUN avgjorde ärendet")

    vouch(municipal, "Skriv under")
    vouch(region, "Publicera tolkningen")
    public = new_page(javascript=False)
    public.goto("/interpretations")
    expect(public.get_by_role("heading", level=1)).to_have_text("Tolkningar av HÖK och Barnavtalet")
    expect(public.locator(".register")).to_contain_text("BUN-T 2027:1")
    expect(public.locator("main")).to_contain_text("Barnavtalet 2 st 1")
