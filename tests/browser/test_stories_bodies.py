"""What the steering group, VIS and the secretariat do, story by story (domain/10): ST1 to ST4, VI1, VI2, SE1 to SE4.

And CG1: a consultation group gives its opinion.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from escalation.cases.models.case import Case
from escalation.cases.models.statements import Position
from escalation.db import session
from escalation.rules.situation import Phase
from tests.support import people
from tests.support.browser import filing
from tests.support.browser.people import Calendar, Person
from tests.support.browser.tour import INITIATOR, OFFICE, REGION, STEERING, VIS_MEMBER
from tests.support.server import Server
from tests.support.stories import StoryFactory

pytestmark = pytest.mark.browser

OFFICE_REGION = "Sekretariatet, regionen"
REFERRAL = "Remiss till samrådsgruppen Psykisk ohälsa och beroende"
VAXHOLM = "Vaxholms stad, beslutsfattare"
C09, C12, C15, C20, C21, C22 = (f"ESK-2026-00{n}" for n in (33, 20, 34, 41, 28, 27))
C07, C11_FIRST, C16, C19 = (f"ESK-2026-00{n:02}" for n in (6, 11, 39, 38))


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of Chromium's has: it writes its page objects in the open."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def outside(page: Page) -> int:
    """By how much the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


# The steering group ---------------------------------------------------------------------------------------------------


def test_st1_the_steering_groups_board(person: Callable[..., Person]) -> None:
    """A case is urgent when somebody has decided so; no act does that yet, so no card of the demo says it."""
    page = person(STEERING).opens("/")
    lanes = page.locator(".board .lane > h3")
    names = [text.rsplit(maxsplit=1)[0] for text in lanes.all_inner_texts()]
    assert names == ["Bevakas i steg 1", "Mottagna", "Bereds", "Uppsatta på möte", "Svar och justering"]
    for lane, number in (("Mottagna", C15), ("Svar och justering", C21), ("Svar och justering", C22)):
        expect(page.get_by_role("region", name=lane)).to_contain_text(number)
    card = page.get_by_role("region", name="Bevakas i steg 1").locator(".slip", has_text=C09)
    for sentence in (
        "59 dagar",
        "Sigtuna till regionen",
        "Munhälsa 3 stycke 1",
        "Stannat, nivå 3",
        "Sekretariatet till",
    ):
        expect(card).to_contain_text(sentence)
    card.get_by_role("link").click()
    filing.heading(page, "Tidsbokning för munhälsobedömning")


def test_st2_whether_a_case_may_begin_at_step_two_is_decided_with_reasons_and_a_refusal_starts_step_one_at_once(
    person: Callable[..., Person],
) -> None:
    """C16 shows the questions and whom it waits for; what a refusal does is shown of a case filed here."""
    waits = person(STEERING).opens(f"/cases/{C16}").locator("main")
    for text in (filing.Q1, filing.Q2, "Ett svar skulle ändra kostnad", "Väntar till 24 november"):
        expect(waits).to_contain_text(text)
    writer = person(INITIATOR)
    filing.begin(writer)
    filing.cite(writer)
    filing.describe(writer)
    page = writer.page
    page.get_by_role("group", name="Vill ni börja på steg 2?").get_by_label("Ja", exact=True).check()
    for question in (filing.Q1, filing.Q2):
        page.get_by_label(question, exact=True).check()
    writer.fill({"Vilka andra parter kan påverkas, och varför?": "Alla kommuner frågar detsamma."})
    page.get_by_text("Andra parter kan påverkas", exact=True).click()
    page.get_by_role("group", name="Andra parter som kan påverkas").get_by_label("Nacka kommun").check()
    filing.meanwhile(writer)
    filing.send(writer)
    number = page.url.rpartition("/")[2]
    office = person(OFFICE)
    office.opens(f"/cases/{number}")
    office.follow("Inled prövning av principiell karaktär")
    office.fill({"Följebrev": "Ni får yttra er om var ärendet ska börja."})
    office.press("Inled prövning av principiell karaktär")
    chair = person(STEERING)
    tested = chair.opens(f"/cases/{number}").locator("main")
    for text in (filing.Q1, filing.Q2, "Alla kommuner frågar detsamma.", "Väntar till 30 november"):
        expect(tested).to_contain_text(text)
    region = person(REGION)
    region.opens(f"/cases/{number}")
    region.follow("Yttra er om prövningen")
    region.fill({"Ert yttrande": "Vi ser ingen annan part som berörs."})
    region.press("Yttra er om prövningen")
    expect(chair.opens(f"/cases/{number}").locator("main")).to_contain_text("Vi ser ingen annan part som berörs.")
    chair.follow("Avslå: ärendet börjar lokalt")
    chair.press("Avslå: ärendet börjar lokalt")
    expect(chair.page.locator(".errors")).to_contain_text("Skriv skälen.")
    chair.fill({"Skäl": "Frågan hänger på lokal mötesordning."})
    chair.press("Avslå: ärendet börjar lokalt")
    ends = writer.opens(f"/cases/{number}").locator(".path li", has_text="Lokala steget slutar.")
    expect(ends.locator("time")).to_have_attribute("datetime", "2027-01-25")


@dataclass(frozen=True)
class Asked:
    """A case about a question that others ask too, and the last day of its local step."""

    number: str
    title: str
    local_end: str


def alike(server: Server) -> list[Asked]:
    """Three municipalities ask the region the same, as in C06; the case of the last was sent first."""
    asked = []
    with server.app.app_context():
        for initiator, served_on in (("NAC", "2026-11-09"), ("VAR", "2026-11-16"), ("LID", "2026-11-02")):
            day = dt.date.fromisoformat(served_on)
            cited = {"provisions": ["4.5 st 3"], "precedent_answer": "Tolkningen gäller inte helger."}
            filed = {"initiator": initiator, "filed_on": day, "title": f"Planering på helg, {initiator}"}
            story = StoryFactory(**filed, **cited).serve(day)
            asked.append(Asked(story.case.number, story.case.title, story.due("D7").isoformat()))
        session.commit()
    return asked


def test_st3_similar_cases_and_the_wish_to_join_those_that_ask_the_same(
    person: Callable[..., Person], server: Server
) -> None:
    lead, second, _third = alike(server)
    page = person(OFFICE).opens(f"/cases/{lead.number}")
    panel = page.get_by_role("region", name="Liknande ärenden")
    for heading in ("Samma bestämmelse", "Tolkningar"):
        expect(panel.get_by_role("heading", name=heading)).to_be_visible()
    expect(panel.get_by_role("link", name=second.title)).to_have_attribute("href", f"/cases/{second.number}")
    expect(panel.get_by_role("link", name="VIS-T 2025:2")).to_be_visible()
    expect(panel).to_contain_text("frågar detsamma")
    panel.get_by_role("link", name="Hör parterna om att lägga samman ärenden").click()
    expect(page.get_by_role("checkbox", name=second.title)).to_be_checked()
    with server.app.app_context():
        cited = {"provisions": ["4.5 st 3"], "precedent_answer": "Tolkningen gäller inte helger."}
        lifted = StoryFactory(at_phase=Phase.RECEIVED, at_step=2, **cited).case.number
        session.commit()
    chair = person(STEERING).opens(f"/cases/{lifted}")  # the steering group reads it too, and joins nothing itself
    expect(chair.get_by_role("region", name="Liknande ärenden")).to_be_visible()
    expect(chair.get_by_role("link", name="Hör parterna om att lägga samman ärenden")).to_have_count(0)


def test_st4_cases_are_joined_to_a_lead_case(person: Callable[..., Person], server: Server, calendar: Calendar) -> None:
    lead, second, third = alike(server)
    office = person(OFFICE)
    page = office.opens(f"/cases/{lead.number}")
    office.follow("Hör parterna om att lägga samman ärenden")
    for box in page.get_by_role("group", name="Ärenden att lägga samman med det här").get_by_role("checkbox").all():
        box.set_checked(box.get_attribute("value") in {second.number, third.number})
    office.fill({"Vad avser ni, och varför?": "Tre kommuner frågar detsamma. Det här blir huvudärende."})
    office.press("Hör parterna om att lägga samman ärenden")
    region = person("Region Stockholm, handläggare").opens(f"/cases/{second.number}")
    expect(region.get_by_role("region", name="Parterna hörs om att lägga samman ärenden")).to_contain_text(lead.number)
    calendar.turn_to("2026-12-01")
    page = office.opens(f"/cases/{lead.number}")
    office.follow("Lägg samman ärendena")
    office.fill({"Skäl": "Frågan är densamma."})
    office.press("Lägg samman ärendena")
    # 2: numbers are kept, and the links go both ways
    members = page.get_by_role("region", name="Sammanlagda ärenden")
    expect(members.get_by_role("link")).to_have_text(sorted([second.number, third.number]))
    members.get_by_role("link", name=third.number).click()
    expect(page.locator(".now-panel").get_by_role("heading", level=2).first).to_have_text(
        f"Sammanlagt med {lead.number}"
    )
    expect(page.locator("main")).to_contain_text(third.number)
    page.get_by_role("link", name=f"Huvudärendet {lead.number}").click()
    # 3: of the three last days the earliest is kept
    assert third.local_end < lead.local_end < second.local_end
    ends = page.locator(".path li", has_text="Lokala steget slutar.")
    expect(ends.locator("time")).to_have_attribute("datetime", third.local_end)


# VIS ------------------------------------------------------------------------------------------------------------------


def test_vi1_a_case_in_three_minutes_on_one_printed_page(person: Callable[..., Person], server: Server) -> None:
    page = person(VIS_MEMBER).opens(f"/cases/{C12}")
    page.get_by_role("link", name="Läs sammanfattningen").click()
    terms = [term.partition(" ")[2] for term in page.locator("dl.facts > div > dt").all_inner_texts()]
    assert terms == [
        "Frågan", "Så står det", "Parternas ståndpunkter", "Syfte och gemensamma mål", "Vad som har prövats",
        "Alternativ", "Vad som efterfrågas",
    ]  # fmt: skip
    tried = page.locator("dl.facts > div", has_text="Vad som har prövats")
    for text in ("Steg 1", "Steg 2", "Rekommendation"):
        expect(tried).to_contain_text(text)
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1
    page.set_viewport_size({"width": 768, "height": 1024})
    assert outside(page) == 0
    with server.app.app_context():
        for position in session.scalars(select(Position)):
            position.text = "Bestämmelsen ska läsas så att den håller. " * 90
        case = session.scalars(select(Case).where(Case.number == C12)).one()
        case.purpose_statement = "Målet är en god och sömlös vård. " * 120
        case.interim_arrangement = "Tills vidare gäller det som gällde förut. " * 40
        case.tried = "Parterna har mötts och talats vid flera gånger. " * 60
        case.desired_outcome = "En enda ordning som alla känner till. " * 50
        session.commit()
    page.reload()
    assert pages_of(page.pdf(prefer_css_page_size=True)) == 1


def test_vi2_the_next_meeting_of_vis(person: Callable[..., Person]) -> None:
    page = person(VIS_MEMBER).opens("/")
    meeting = page.locator(".meet")
    expect(meeting.locator(".leaf")).to_have_text(re.compile(r"^10 *dec 2026$"))
    expect(meeting).to_contain_text("Ett ärende är uppsatt, underlaget är inne.")
    expect(meeting).to_contain_text("Utskick 2 december")
    questions = page.get_by_role("region", name="Frågan på mötet")
    expect(questions).to_contain_text(C12)
    expect(questions.locator(".side")).to_have_count(2)
    left, right = (side.bounding_box() for side in questions.locator(".side").all())
    assert left is not None
    assert right is not None
    assert (left["y"], left["width"]) == (right["y"], right["width"])
    # The papers open where one is, signed in once.
    questions.get_by_role("link", name="Läs sammanfattningen på en sida").click()
    filing.heading(page, "Vem utser samordnande vårdcentral i Norrtälje?")
    expect(page.get_by_role("navigation", name="Brödsmulor")).to_contain_text("Sammanfattning")
    page.go_back()
    questions.get_by_role("heading", level=3).get_by_role("link").first.click()
    filing.heading(page, "Vem utser samordnande vårdcentral i Norrtälje?")


# The secretariat ------------------------------------------------------------------------------------------------------


def test_se1_the_secretariats_intake_its_check_list_and_its_own_delays(person: Callable[..., Person]) -> None:
    office = person(OFFICE)
    page = office.opens("/")
    duties = page.get_by_role("region", name="Ni har bollen")
    numbers = re.findall(r"ESK-\d+-\d+", duties.inner_text())
    named = [C15, C09, C20, C07]
    assert [number for number in numbers if number in named] == named
    assert C22 not in numbers, "its minutes wait for the chair and the deputy"
    expect(duties.locator("li", has_text=C15)).to_contain_text("I dag")
    intake = duties.locator("li", has_text=C20)
    expect(intake.locator("time")).to_have_attribute("datetime", "2026-11-27")
    intake.get_by_role("link", name="Kontrollera anmälan").click()
    for other in ("Föreslå avvisning", "Begär komplettering"):
        expect(page.get_by_role("link", name=other)).to_be_visible()
    office.follow("Översänd till motparten")
    check = page.get_by_role("region", name="Kontrollera först")
    for text in ("Hör frågan hit?", "Egenvård 4 stycke 2", "Vaxholms stad till Region Stockholm", "Saknas"):
        expect(check).to_contain_text(text)
    office.fill({"Följebrev": "Anmälan är fullständig. HÖK 7.1 används som mall."})
    office.press("Översänd till motparten")
    expect(page.locator(".stair [aria-current=step]")).to_contain_text("Översänt, väntar på bekräftelse")


def test_se2_what_a_filing_lacks_is_listed_before_it_is_sent_on(person: Callable[..., Person]) -> None:
    """The list stands where the filing is checked; C19 has been sent back, and waits until 2 December."""
    sent_back = person("Salems kommun, beslutsfattare").opens("/").locator(".rows > li", has_text=C19).first
    expect(sent_back.locator("time")).to_have_attribute("datetime", "2026-12-02")
    page = person(OFFICE).opens(f"/cases/{C20}/serve")
    missing = page.get_by_role("region", name="Kontrollera först").locator(".facts > div", has_text="Saknas")
    expect(missing.locator("dd")).to_have_text("Konsekvenser, Prövat hittills, Önskat utfall, Ersättare hos anmälaren")


def test_se3_what_is_out_of_scope_is_rejected_by_two_with_a_ground_and_where_to_turn(
    person: Callable[..., Person],
) -> None:
    """C11 reads so since March; C20 is rejected here. The head took part, so a chair tries the rejection anew."""
    danderyd = person("Danderyds kommun, beslutsfattare").opens(f"/cases/{C11_FIRST}").locator(".now-panel")
    for text in ("Avslutat: avvisat", "Gäller en enskild person", "Vart i stället"):
        expect(danderyd).to_contain_text(text)
    office, other = person(OFFICE), person(OFFICE_REGION)
    office.opens(f"/cases/{C20}")
    office.follow("Föreslå avvisning")
    page = office.page
    office.press("Föreslå avvisning")
    expect(page.locator(".errors").get_by_role("link")).to_have_text(
        ["Välj en grund.", "Skriv skälen.", "Skriv vart frågan kan vändas."]
    )
    page.get_by_role("group", name="Varför hör frågan inte hit?").get_by_role("radio").nth(1).check()
    office.fill({"Skäl": "Lagen avgör vem som intygar.", "Vart kan frågan vändas i stället?": "Till er jurist."})
    office.press("Föreslå avvisning")
    expect(page.get_by_role("link", name="Svara på förslaget")).to_have_count(0)

    other.opens(f"/cases/{C20}")
    other.page.get_by_role("link", name=re.compile("^Svara på förslaget")).first.click()
    expect(other.page.locator("main")).to_contain_text("Lagen avgör vem som intygar.")
    other.page.get_by_label("Godkänn", exact=True).check()
    other.press("Skicka svaret")

    read = person(VAXHOLM).opens(f"/cases/{C20}").locator(".now-panel")
    expect(read.get_by_role("heading", level=2).first).to_have_text(re.compile("^Avslutat: "))
    for text in ("Grund", "Lagen avgör vem som intygar.", "Vart i stället", "Till er jurist."):
        expect(read).to_contain_text(text)

    # The initiator may ask that the rejection is tried anew, for ten working days.
    expect(read).to_contain_text("Anmälaren kan begära det till och med 7 december 2026.")
    filer = person("Vaxholms stad, beslutsfattare")
    filer.opens(f"/cases/{C20}")
    filer.follow("Be att ärendet tas upp igen")
    expect(filer.page.get_by_role("radio")).to_have_count(0)
    filer.fill({"Skäl": "Vi frågar inte vem som intygar, utan hur intyget når kommunen."})
    filer.press("Be att ärendet tas upp igen")
    expect(office.opens("/").locator(".rows > li", has_text=C20)).to_have_count(0)
    chair = person(STEERING)
    waiting = chair.opens("/").locator(".rows > li", has_text=C20).first
    expect(waiting).to_contain_text("Vaxholm begär det: invändning mot avvisningen.")
    waiting.get_by_role("link", name="Avgör om anmälan ska tas upp igen").click()
    chair.follow("Ta upp anmälan igen")
    for text in ("Lagen avgör vem som intygar.", "utan hur intyget når kommunen."):
        expect(chair.page.locator("main")).to_contain_text(text)
    chair.fill({"Skäl": "Frågan gäller samverkan."})
    chair.press("Ta upp anmälan igen")
    expect(filer.opens(f"/cases/{C20}").locator("#h-lage")).to_contain_text("Sekretariatet kontrollerar anmälan")


def test_cg1_a_consultation_group_answers_a_referral_with_its_due_date(
    person: Callable[..., Person], server: Server
) -> None:
    """The due date is twenty working days from the asking; the case goes on meanwhile."""
    with server.app.app_context():
        people.person("CONSULT")
        number = StoryFactory(at_phase=Phase.PREPARATION, at_step=2).case.number
        session.commit()
    case = f"/cases/{number}"
    group = person("Samrådsgruppen Psykisk ohälsa och beroende")
    expect(group.opens("/").locator("main")).to_contain_text("Ingen remiss väntar på ert svar.")
    filing.heading(group.opens(case), "Sidan finns inte")

    # The secretariat asks; the ball stays where it is.
    office = person(OFFICE)
    page = office.opens(case)
    awaited = page.locator("#h-lage").inner_text()
    office.follow("Skicka på remiss")
    office.press("Skicka på remiss")
    for needed in ("Välj vem som ska svara.", "Skriv vad ni vill veta."):
        expect(page.locator(".errors")).to_contain_text(needed)
    office.fill(
        {
            "Vem ska svara?": "Samrådsgruppen Psykisk ohälsa och beroende",
            "Vad vill ni veta?": "Hur ordnas det i de andra överenskommelserna?",
        }
    )
    office.press("Skicka på remiss")
    asked = page.get_by_role("region", name=REFERRAL, exact=True)
    for text in ("Hur ordnas det i de andra överenskommelserna?", "21 december 2026", "Inget svar än."):
        expect(asked).to_contain_text(text)
    expect(page.locator("#h-lage")).to_have_text(awaited)

    # The group finds it with its due date, reads what it needs and answers once.
    page = group.opens("/")
    waiting = page.get_by_role("region", name="Väntar på er", exact=True).locator("li")
    expect(waiting).to_have_count(1)
    expect(waiting.locator(".due time")).to_have_attribute("datetime", "2026-12-21")
    expect(waiting).to_contain_text("20 arbetsdagar kvar")
    expect(waiting).to_contain_text("Hur ordnas det i de andra överenskommelserna?")
    waiting.get_by_role("link", name="Svara på remissen").click()
    for part in ("Vad anmälan gäller", "Så står det i överenskommelsen", "Parternas ståndpunkter"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    assert outside(page) == 0
    main = page.locator(".do > div").get_by_role("link")
    expect(main).to_have_text("Svara på remissen")
    main.click()
    expect(page.locator("main")).to_contain_text("21 december 2026")
    assert outside(page) == 0
    group.press("Svara på remissen")
    expect(page.locator(".errors")).to_contain_text("Skriv ert svar.")
    group.fill({"Ert svar": "Där finns ett gemensamt nummer, bemannat på vardagar."})
    group.press("Svara på remissen")
    expect(page.get_by_role("region", name=REFERRAL, exact=True)).to_contain_text("Där finns ett gemensamt nummer")
    expect(page.get_by_role("link", name="Svara på remissen")).to_have_count(0)
    expect(group.opens("/").locator("main")).to_contain_text("Ingen remiss väntar på ert svar.")

    # Everybody who sees the case reads it, and it stands in what has happened.
    page = office.opens(case)
    expect(page.get_by_role("region", name=REFERRAL, exact=True)).to_contain_text("Svar 23 november 2026")
    expect(page.locator(".timeline > li").first).to_contain_text(
        "Samrådsgruppen Psykisk ohälsa och beroende svarade på remissen."
    )


def test_se4_the_stalled_list(person: Callable[..., Person]) -> None:
    page = person(OFFICE).opens("/")
    heads = page.get_by_role("columnheader").all_inner_texts()
    assert heads == ["Ärende", "Nivå", "Varför", "Senaste händelse i sak", "Påmint"]
    first = page.locator("tbody tr").first
    for text in (C09, "Nivå 3", "Lokala steget slut", "19 arbetsdagar sent", "3 september 2026"):
        expect(first).to_contain_text(text)
    rules = ["En sista dag har passerat", "Inget har hänt i sak på länge"]
    expect(first.locator("[data-rule]")).to_have_text(rules)
    expect(first).to_contain_text("6 oktober: ")
    first.get_by_role("link").click()
    filing.heading(page, "Tidsbokning för munhälsobedömning")
