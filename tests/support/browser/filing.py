"""A filing as somebody writes it in a window: five pages, one after the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from playwright.sync_api import Page, expect

from tests.support.browser.people import Person

READING = "Vi läser en bestämmelse på olika sätt"
DEVIATION = "En part gör inte det som är överenskommet"

POSITION = {
    "Rubrik": "Vem svarar när vårdcentralen inte nås?",
    "När hände det, eller när märkte ni det?": "2026-11-02",
    "Vad har hänt, när och hur ofta?": "Under oktober nådde hemtjänsten inte vårdcentralen sex vardagar av 22.",
    "Hur läser ni bestämmelsen?": "Att en vårdcentral är utsedd betyder att den också går att nå.",
    "Hur bör syftet (1.2) och målen (2.1) vägleda?": "Målet är en god och sömlös vård och omsorg (2.1). Den som ger "
    "stödet i hemmet behöver nå den som samordnar samma dag, annars får den enskilde vänta.",
    "För målgruppen": "Stor",
    "För en jämlik vård och omsorg i länet": "Märkbar",
    "För kostnaderna": "Ingen",
    "För medarbetarna": "Liten",
    "Vad har ni redan prövat?": "Två möten, den 14 september och den 12 oktober 2026.",
    "Vad vill ni ska gälla?": "Vårdcentralen kan nås varje vardag.",
}
INTERIM = "Hemtjänsten ringer vårdcentralens gemensamma nummer före klockan tio."
Q1 = "Frågan är vad en bestämmelse betyder som binder fler än oss"
Q2 = "Samma fråga finns hos minst en annan part"


def begin(person: Person, matter: str = READING) -> None:
    """From the start page to the second page."""
    person.opens("/")
    person.follow("Anmäl en oenighet")
    person.page.get_by_label(matter, exact=True).check()
    person.press("Fortsätt")
    heading(person.page, "Vilken bestämmelse gäller det?")


def cite(person: Person, search: str = "vårdcentral", provision: str = "4.5 st 2", why: str = "") -> None:
    """Search the agreement and choose."""
    person.page.get_by_label("Sök i överenskommelsen").fill(search)
    person.press("Sök")
    person.page.get_by_label(f"{provision},").check()
    if why:
        hit = person.page.locator(".hit", has=person.page.get_by_label(f"{provision},"))
        hit.get_by_label("Varför löser inte tolkningen er fråga?").fill(why)
    go_on(person, "Beskriv vad som har hänt")


def describe(person: Person, other: Mapping[str, str] | None = None) -> None:
    """What has happened, and how it is read."""
    person.fill({**POSITION, **(other or {})})
    go_on(person, "Vad gäller under tiden?")


def meanwhile(person: Person, interim: str = INTERIM, respondent: str = "Region Stockholm") -> None:
    """What holds until there is an answer, and against whom."""
    person.page.get_by_label("Vem gör vad under tiden?").fill(interim)
    person.page.get_by_label(respondent, exact=True).first.check()
    go_on(person, "Kontrollera och skicka")


def send(person: Person, button: str = "Godkänn och skicka anmälan") -> None:
    """Vouch for it and send it."""
    person.page.get_by_label("Anmälan innehåller inga personuppgifter").check()
    person.page.get_by_label("Frågan gäller inte en enskild person").check()
    person.press(button)


def go_on(person: Person, to: str) -> None:
    person.press("Spara och fortsätt")
    heading(person.page, to)


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def pages(person: Person) -> Iterator[tuple[str, Page]]:
    """Each page of a filing by a name: as it opens, sent empty, and filled in; two windows; the list of drafts."""
    begin(person, DEVIATION)
    for name in ("provision", "position", "meanwhile"):
        yield f"filing, {name}", person.page
        person.press("Spara och fortsätt")
        expect(person.page.locator(".errors")).to_be_visible()
        yield f"filing, {name} sent empty", person.page
        if name == "provision":
            person.page.get_by_label("Sök i överenskommelsen").fill("4.5")
            person.press("Sök")
            expect(person.page.get_by_text("4.5 st 3").first).to_be_visible()
            yield "filing, provision with hits", person.page
            cite(person, "4.5", "4.5 st 3", why="Ingången besvaras inte.")
        elif name == "position":
            other = person.page.context.new_page()
            other.goto(person.page.url)
            describe(person)
            other.get_by_label("Rubrik", exact=True).fill("En annan rubrik")
            other.get_by_role("button", name="Spara och fortsätt").click()
            heading(other, "Två har skrivit samtidigt")
            yield "filing, two windows", other
            other.close()
        else:
            meanwhile(person)
    yield "filing, check", person.page
    person.press("Godkänn och skicka anmälan")
    expect(person.page.locator(".errors")).to_be_visible()
    yield "filing, check sent empty", person.page
    person.follow("Kasta utkastet")
    person.page.wait_for_url("**/discard")
    yield "filing, discard", person.page
    person.page.goto("/cases/file")
    yield "filing, with a draft", person.page
