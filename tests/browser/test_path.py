"""The whole way, through the pages alone and without a script: from an empty form to an interpretation in force.

Each in a window of their own: Tyresö's and the region's deciders, an official of each side of the secretariat, the
chairs and the deputies of the steering group and of VIS. Then one who files next. Days pass on the demo's own calendar.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import filing
from tests.support.browser.people import Calendar, Person
from tests.support.browser.windows import NewPage

pytestmark = pytest.mark.browser

TITLE = "Vem svarar när vårdcentralen inte nås?"
QUESTION = "Ska den utsedda vårdcentralen kunna nås av kommunen varje vardag?"
ANSWER = "Ja. Den utsedda vårdcentralen ska kunna nås av kommunen varje vardag. Vägen dit ska framgå av portalen."
WHY_NOT = "Tolkningen säger att vårdcentralen ska kunna nås, men inte hur snabbt den ska svara."


def ball_is(page: Page, holder: str, until: str) -> None:
    """The staircase and the situation name the same holder and the same day, which is in this year."""
    expect(page.locator(".stair .holder")).to_have_text(f"{holder} har bollen till {until.rpartition(' ')[0]}")
    expect(page.locator("#h-lage")).to_contain_text(until)


def step_is(page: Page, name: str) -> None:
    expect(page.locator(".stair [aria-current=step] .name")).to_have_text(name)


def last_history_sentence(page: Page, sentence: str) -> None:
    """What the timeline tells first, which is what happened last."""
    expect(page.locator(".timeline > li").first).to_contain_text(sentence)


def test_eight_people_carry_a_case_from_an_empty_form_to_an_interpretation_that_the_next_filer_meets(
    person: Callable[..., Person], calendar: Calendar, new_page: NewPage
) -> None:
    by_pages = {"javascript": False, "by_card": True}
    tyreso = person("Tyresö kommun, beslutsfattare", **by_pages)
    region = person("Region Stockholm, beslutsfattare", **by_pages)
    office = person("Chef för sekretariatet, kommunerna", **by_pages)
    steering = person("Ordförande i styrgruppen", **by_pages)
    vis = person("Ordförande i VIS", **by_pages)
    other_office = person("Sekretariatet, regionen", **by_pages)
    deputy = person("Vice ordförande i styrgruppen", **by_pages)
    vis_deputy = person("Vice ordförande i VIS", **by_pages)

    # 23 November: the municipality files.
    calendar.turn_to("2026-11-23")
    tyreso.opens("/")
    expect(tyreso.page.get_by_role("heading", level=1)).to_have_text("Tyresö kommun")
    filing.begin(tyreso)
    filing.cite(tyreso)
    filing.describe(tyreso, {"Rubrik": TITLE})
    filing.meanwhile(tyreso)
    filing.send(tyreso)
    expect(tyreso.page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(tyreso.page).to_have_title(f"{TITLE} – Trappan")
    ball_is(tyreso.page, "Sekretariatet", "30 november 2026")
    last_history_sentence(tyreso.page, "Tyresö anmälde ärendet ESK-2026-0042. Motpart är regionen.")
    case = tyreso.page.url

    # The region sees nothing before the secretariat serves the filing.
    expect(region.opens(case).get_by_role("heading", level=1)).to_have_text("Sidan finns inte")

    # 24 November: the secretariat serves, by way of its start page.
    calendar.turn_to("2026-11-24")
    office.opens("/")
    office.page.locator(".rows li", has_text=TITLE).get_by_role("link", name="Kontrollera anmälan").click()
    office.follow("Översänd till motparten")
    office.fill({"Följebrev": "Trappan i HÖK 7.1 gäller. Svara på ståndpunkten och pröva om frågan kan lösas lokalt."})
    office.press("Översänd till motparten")
    ball_is(office.page, "Regionen", "1 december 2026")
    last_history_sentence(office.page, "Sekretariatet översände anmälan till regionen. Steg 1 började.")

    # The region names who handles it, and says how it reads the paragraph.
    region.opens(case)
    ball_is(region.page, "Ni", "1 december 2026")
    region.follow("Bekräfta mottagande")
    region.fill({"Handläggare hos er": "Handläggare, Region Stockholm", "Ersättare": "Ersättare, Region Stockholm"})
    region.press("Bekräfta mottagande")
    ball_is(region.page, "Ni", "15 december 2026")
    region.follow("Lämna ståndpunkt")
    region.fill({"Er ståndpunkt": "Bestämmelsen kräver att en vårdcentral är utsedd. Den säger inget om hur den nås."})
    region.press("Lämna ståndpunkt")
    expect(region.page.locator(".sides")).to_contain_text("Den säger inget om hur den nås.")
    ball_is(region.page, "Båda parter", "22 december 2026")

    # As long as the local step lasts no party may lift, and the page says from when.
    tyreso.opens(case)
    step_is(tyreso.page, "Lokal dialog")
    shut = tyreso.page.locator(".do-more li", has_text="Börja lyfta till styrgruppen")
    expect(shut).to_contain_text("27 januari 2027")
    expect(shut.get_by_role("link")).to_have_count(0)

    # 27 January: the forty working days are over.
    calendar.turn_to("2027-01-27")
    tyreso.opens(case)
    ball_is(tyreso.page, "Båda parter", "16 februari 2027")
    tyreso.follow("Börja lyfta till styrgruppen")
    tyreso.fill({"Vad är olöst?": "Om en utsedd vårdcentral också ska gå att nå."})
    tyreso.press("Börja lyfta till styrgruppen")
    last_history_sentence(tyreso.page, "Tyresö förklarade att lösning inte har nåtts lokalt.")
    tyreso.follow("Skriv den gemensamma beskrivningen")
    tyreso.fill(
        {
            "Tyresö kommun, Frågan": QUESTION,
            "Tyresö kommun, Bakgrund": "Hemtjänsten nådde inte vårdcentralen sex vardagar i oktober.",
            "Tyresö kommun, Det här är parterna överens om": "En vårdcentral är utsedd.",
        }
    )
    tyreso.press("Spara och föreslå som gemensam beskrivning")
    last_history_sentence(tyreso.page, "Tyresö föreslog gemensam beskrivning.")

    # 29 January: the other side agrees to the words, and the case is lifted.
    calendar.turn_to("2027-01-29")
    region.opens(case)
    region.page.locator(".do").get_by_role("link", name="gemensam beskrivning").click()
    expect(region.page.locator("main")).to_contain_text(QUESTION)
    region.page.get_by_label("Godkänn").check()
    region.press("Skicka svaret")
    last_history_sentence(region.page, "Regionen godkände gemensam beskrivning.")
    tyreso.opens(case)
    tyreso.follow("Lyft till styrgruppen")
    tyreso.press("Lyft till styrgruppen")
    step_is(tyreso.page, "Styrgruppen")
    ball_is(tyreso.page, "Sekretariatet", "5 februari 2027")
    last_history_sentence(
        tyreso.page, "Tyresö lyfte ärendet till styrgruppen med gemensam beskrivning. Ärendet gick till steg 2."
    )
    expect(tyreso.page.locator(".question")).to_have_text(QUESTION)

    # 2 February: the secretariat prepares, and puts the case on the meeting of 12 March with a brief.
    calendar.turn_to("2027-02-02")
    office.opens(case)
    prepare(office, "fredag 12 mars 2027, underlag senast 26 februari 2027")
    ball_is(office.page, "Sekretariatet", "26 februari 2027")
    brief(office, "fredag 12 mars 2027, underlag senast 26 februari 2027")
    ball_is(office.page, "Styrgruppen", "12 mars 2027")
    expect(office.page.locator(".do-more li", has_text="Anteckna beslutet").get_by_role("link")).to_have_count(0)

    # 12 March: the steering group recommends; its chair and its deputy adjust the minutes; the region says no.
    calendar.turn_to("2027-03-12")
    office.opens(case)
    decide(office, "Rekommendation", "Regionen ser till att vårdcentralen kan nås varje vardag.")
    steering.opens(case)
    steering.follow("Justera protokollet")
    steering.press("Justera protokollet")
    last_history_sentence(steering.page, "Regionens justerare justerade protokollet i styrgruppen.")
    deputy.opens(case)
    deputy.follow("Justera och lämna rekommendationen")
    deputy.press("Justera och lämna rekommendationen")
    last_history_sentence(deputy.page, "Styrgruppen lämnade rekommendation TSG-R 2027:1 till parterna.")
    ball_is(deputy.page, "Tyresö och regionen", "30 mars 2027")
    region.opens(case)
    region.follow("Svara nej på rekommendationen")
    region.fill({"Skäl": "Vad bestämmelsen betyder behöver avgöras för hela länet."})
    region.press("Svara nej på rekommendationen")
    last_history_sentence(
        region.page, "Regionen förde ärendet vidare efter TSG-R 2027:1. Ärendet gick till steg 3, VIS."
    )
    step_is(region.page, "VIS")

    # 16 March: on to the meeting of VIS on 15 April.
    calendar.turn_to("2027-03-16")
    office.opens(case)
    prepare(office, "torsdag 15 april 2027, underlag senast 23 mars 2027")
    brief(office, "torsdag 15 april 2027, underlag senast 23 mars 2027")
    ball_is(office.page, "VIS", "15 april 2027")

    # 15 April: VIS interprets; both who adjust read the interpretation, and write nothing of it.
    calendar.turn_to("2027-04-15")
    office.opens(case)
    read = {"För vem och vad gäller svaret?": "Alla 28 parter och deras utförare.", "Gäller från": "2027-05-01"}
    decide(office, "Tolkning", ANSWER, read)
    vis_deputy.opens(case)
    vis_deputy.follow("Justera protokollet")
    expect(vis_deputy.page.locator("main")).to_contain_text(ANSWER)
    vis_deputy.press("Justera protokollet")
    vis.opens(case)
    vis.follow("Justera och meddela")
    expect(vis.page.locator("main")).to_contain_text(ANSWER)
    expect(vis.page.locator("main textarea")).to_have_count(0)
    vis.press("Justera och meddela")
    last_history_sentence(vis.page, "VIS avgjorde ärendet")
    expect(vis.page.locator("#h-lage")).to_have_text("Avslutat: avgjort genom tolkning")
    expect(vis.page.locator(".stair .holder")).to_have_count(0)

    # Only the secretariat sees the interpretation until two of different sides have published it.
    public = new_page(javascript=False)
    public.goto("/interpretations")
    expect(public.locator(".register")).not_to_contain_text(QUESTION)
    office.page.goto("/interpretations")
    office.follow("Publicera VIS-T 2027:1")
    office.page.get_by_label("Jag har läst texterna och prövat sekretessen").check()
    office.press("Skriv under")
    expect(office.page.locator("main")).to_contain_text("Någon från den andra sidan publicerar.")
    other_office.opens("/")
    other_office.goes("/interpretations")
    other_office.follow("Publicera VIS-T 2027:1")
    other_office.page.get_by_label("Jag har läst texterna och prövat sekretessen").check()
    other_office.press("Publicera tolkningen")
    expect(other_office.page.get_by_role("heading", level=1)).to_have_text(QUESTION)

    # The public reads it without signing in, and does not see whose case it was.
    public.goto("/interpretations")
    public.get_by_role("link", name=QUESTION).click()
    expect(public.get_by_role("heading", level=1)).to_have_text(QUESTION)
    expect(public.locator(".answer")).to_have_text(ANSWER)
    expect(public.locator("main")).to_contain_text("VIS-T 2027:1")
    expect(public.locator("main")).not_to_contain_text("Tyresö")

    # 3 May: who files next on the paragraph meets it, and must say why it does not answer their question.
    calendar.turn_to("2027-05-03")
    sundbyberg = person("Sundbybergs stad, beslutsfattare", **by_pages)
    filing.begin(sundbyberg)
    sundbyberg.page.get_by_label("Sök i överenskommelsen").fill("vårdcentral")
    sundbyberg.press("Sök")
    met = sundbyberg.page.locator(".hit", has=sundbyberg.page.get_by_label("4.5 st 2,"))
    expect(met.locator(".known")).to_contain_text(f"VIS-T 2027:1 (gällande): {ANSWER}")
    sundbyberg.page.get_by_label("4.5 st 2,").check()
    sundbyberg.press("Spara och fortsätt")
    expect(sundbyberg.page.locator(".errors")).to_have_text(
        "En sak behöver rättas Skriv varför tolkningen av 4.5 st 2 inte löser er fråga."
    )
    filing.cite(sundbyberg, why=WHY_NOT)
    filing.describe(
        sundbyberg,
        {
            "Rubrik": "Hur snabbt ska vårdcentralen svara?",
            "När hände det, eller när märkte ni det?": "2027-05-03",
            "Vad har hänt, när och hur ofta?": "Svar har dröjt mer än två dagar vid fyra tillfällen i april.",
            "Hur läser ni bestämmelsen?": "Ett svar ska komma samma dag.",
        },
    )
    filing.meanwhile(sundbyberg, interim="Biståndshandläggaren ringer igen samma eftermiddag.")
    filing.send(sundbyberg)
    expect(sundbyberg.page.get_by_role("heading", level=1)).to_have_text("Hur snabbt ska vårdcentralen svara?")
    expect(sundbyberg.page.locator(".known")).to_contain_text(WHY_NOT)
    expect(sundbyberg.page.locator(".known")).to_contain_text("VIS-T 2027:1")


def prepare(office: Person, meeting: str) -> None:
    office.follow("Ta emot för beredning")
    office.fill(
        {
            "Möte": meeting,
            "Rapportör från regionen": "Handläggare, hälso- och sjukvårdsförvaltningen",
            "Rapportör från kommunerna": "Handläggare, Storsthlm",
        }
    )
    office.press("Ta emot för beredning")


def brief(office: Person, meeting: str) -> None:
    office.follow("Lämna underlaget och sätt upp på möte")
    office.fill(
        {
            "Möte": meeting,
            "Frågan": QUESTION,
            "Alternativ A": "Vårdcentralen ska kunna nås varje vardag.",
            "Alternativ B": "Bestämmelsen säger inget om hur vårdcentralen nås.",
            "Förslag till beslut": "Alternativ A.",
        }
    )
    office.press("Lämna underlaget och sätt upp på möte")


def decide(office: Person, outcome: str, text: str, read: dict[str, str] | None = None) -> None:
    office.follow("Anteckna beslutet")
    office.page.get_by_label("Minst hälften av varje block deltog").check()
    office.page.get_by_label(outcome, exact=True).check()
    for block in ("Regionens linje", "Kommunernas linje"):
        office.page.get_by_role("group", name=block, exact=True).get_by_label("A: ").check()
    office.fill(
        (read or {})
        | {
            "Beslutet": text,
            "Skäl": "En utsedd vårdcentral som inte kan nås samordnar inget.",
            "Hur vägledde syftet (1.2) och målen (2.1)?": "Den enskilde ska möta en sömlös vård (2.1).",
        }
    )
    office.press("Anteckna beslutet")
