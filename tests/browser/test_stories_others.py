"""What local parties see of others' cases, and do for parts of a party (domain/10): LP16 to LP19, LP21."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.cases.models.case import Case
from escalation.cases.people import people_of
from escalation.db import session
from tests.support import people
from tests.support.browser import filing
from tests.support.browser.local import (
    ANSWER_SETTLEMENT,
    C01,
    C07,
    C09,
    C12,
    C18,
    REGION_HANDLER,
    TYRESO,
    accept,
    offer,
    region_of,
)
from tests.support.browser.people import Person
from tests.support.browser.tour import INITIATOR, OFFICE, REGION
from tests.support.days import instant
from tests.support.people import SEATED_ON
from tests.support.server import Server
from tests.support.stories import StoryFactory

pytestmark = pytest.mark.browser


def test_lp16_of_others_cases_title_and_status_and_no_step_1_case(person: Callable[..., Person]) -> None:
    tyreso = person(TYRESO)
    page = tyreso.opens("/")
    known = region_of(page, "Hos andra, kan påverka er")
    assert all("Steg 1" not in text for text in known.locator("li").all_inner_texts())
    known.get_by_role("link", name="Vem utser samordnande vårdcentral i Norrtälje?").click()
    expect(page.locator("main")).to_contain_text("Uppsatt på möte")
    expect(page.locator("main")).not_to_contain_text("Förbundet är beställare")
    page.get_by_role("link", name="Anmäl oss som berörd part").click()
    tyreso.fill({"Skäl": "Vi delar vårdcentral med en annan kommun."})
    tyreso.press("Anmäl oss som berörd part")
    expect(page.locator("main")).to_contain_text("Sekretariatet svarar senast 30 november 2026.")
    office = person(OFFICE)
    waits = office.opens("/").locator("main").get_by_role("link", name="Svara Tyresö, som vill delta som berörd part")
    waits.click()
    expect(office.page.locator("main")).to_contain_text("Vi delar vårdcentral med en annan kommun.")
    office.page.get_by_role("link", name="Låt en part delta som berörd").click()
    office.press("Låt en part delta som berörd")
    expect(tyreso.opens(f"/cases/{C12}").locator("main")).to_contain_text("Förbundet är beställare")
    page.goto(f"/cases/{C09}")
    filing.heading(page, "Sidan finns inte")


def test_lp17_stockholm_asks_for_a_district_and_a_district_keeps_its_drafts(
    person: Callable[..., Person], server: Server
) -> None:
    with server.app.app_context():
        StoryFactory(title="Hembesök", initiator="STO", arena="STO-KUN", filed_on=dt.date(2026, 11, 16))
        for name, unit in (("Handläggare, Järva", "STO-JAR"), ("Handläggare, Kungsholmen", "STO-KUN")):
            seat = Seat(role=Role.LOCAL_HANDLER, party="STO", unit=unit)
            email = f"{unit.lower()}@demo.invalid"
            accounts.create_user(email, name, [seat], by="system:test", at=instant(SEATED_ON), is_demo=True)
        session.commit()
    city = person("Stockholms stad, beslutsfattare")
    page = city.opens("/cases")
    city.fill({"Stadsdel": "Järva"})
    city.press("Visa")
    expect(page.get_by_role("status")).to_contain_text("1 ärende")
    expect(page.locator("main")).not_to_contain_text("Hembesök")
    page.get_by_role("link", name="Kallelse till SIP från öppenpsykiatrin, Järva").click()
    expect(page.locator("main, header").get_by_text(C07, exact=True).first).to_be_visible()
    expect(page.locator("aside.col")).to_contain_text("Järva")

    handler = "Stockholms stad, handläggare"
    jarva, kungsholmen = person(handler, called="Järva"), person(handler, called="Kungsholmen")
    filing.begin(kungsholmen)
    address = kungsholmen.page.url
    expect(jarva.opens("/cases/file").get_by_role("heading", name="Era utkast")).to_have_count(0)
    jarva.page.goto(address)
    filing.heading(jarva.page, "Sidan finns inte")
    expect(kungsholmen.opens("/cases/file").get_by_role("heading", name="Era utkast")).to_be_visible()


def test_lp18_norrtalje_is_affected_by_the_federations_case_and_decides_nothing_in_it(
    person: Callable[..., Person], server: Server
) -> None:
    with server.app.app_context():
        people.person("NOR.approver")
        session.commit()
    norrtalje = person("Norrtälje kommun, handläggare")
    page = norrtalje.opens(f"/cases/{C12}")
    sides = re.compile(
        r"Kommunalförbundet Sjukvård och omsorg i Norrtälje \(KSON\)\s*→\s*till\s*Region Stockholm\. "
        "Berörd part: Norrtälje kommun"
    )
    expect(page.locator("main, header").get_by_text("Berörd part: Norrtälje kommun")).to_have_text(sides)
    norrtalje.follow("Lämna ståndpunkt")
    norrtalje.fill({"Er ståndpunkt": "Det ska stå i portalen före årsskiftet."})
    norrtalje.press("Lämna ståndpunkt")
    expect(region_of(page, "Parternas ståndpunkter")).to_contain_text("Det ska stå i portalen före årsskiftet.")

    kson = person("Kommunalförbundet Sjukvård och omsorg i Norrtälje, beslutsfattare")
    offer(
        kson, C12, "settlement", "Föreslå en uppgörelse", **{"Vad föreslår ni?": "KSON föreslår, regionen fastställer."}
    )
    region = person(REGION)
    region.opens(f"/cases/{C12}")
    region.follow(ANSWER_SETTLEMENT)
    address = region.page.url
    decider = person("Norrtälje kommun, beslutsfattare")
    page = decider.opens(f"/cases/{C12}")
    expect(page.get_by_role("link", name=ANSWER_SETTLEMENT)).to_have_count(0)
    page.goto(address)
    expect(page.locator("main")).to_contain_text("Det är någon annan som kan göra det.")


def test_lp19_the_substitute_takes_over_while_the_handler_is_away(
    person: Callable[..., Person], server: Server
) -> None:
    handler = person(REGION_HANDLER, called="Handläggare, Region Stockholm")
    substitute = person(REGION_HANDLER, called="Ersättare, Region Stockholm")
    expect(substitute.opens("/").locator("main")).not_to_contain_text("Du ersätter")

    # 1. The days of absence, two ends in order.
    page = handler.opens("/")
    handler.follow("När du är borta")
    handler.fill({"Första dagen": "2026-11-27", "Sista dagen": "2026-11-23"})
    handler.press("Spara dagarna")
    expect(page.locator(".errors")).to_contain_text("Den sista dagen ligger före den första.")
    handler.fill({"Första dagen": "2026-11-23", "Sista dagen": "2026-11-27"})
    handler.press("Spara dagarna")

    # 2. The reminders go to the substitute.
    def reminded(on: dt.date) -> list[str]:
        with server.app.app_context():
            case = session.scalars(select(Case).where(Case.number == C01)).one()
            return [user.name for user in people_of(case, "party:RS", on)]

    assert reminded(dt.date(2026, 11, 27)) == ["Ersättare, Region Stockholm"]
    assert reminded(dt.date(2026, 11, 28)) == ["Handläggare, Region Stockholm"]

    # 3. The substitute's list says for whom.
    expect(substitute.opens("/cases").locator("main")).to_contain_text("Du ersätter Handläggare, Region Stockholm")
    expect(handler.opens("/cases").locator("main")).not_to_contain_text("Du ersätter")


def test_lp21_the_interim_arrangement_stands_above_the_case_and_changes_when_both_say_so(
    person: Callable[..., Person],
) -> None:
    of_c07 = person("Stockholms stad, beslutsfattare").opens(f"/cases/{C07}").locator(".meanwhile")
    expect(of_c07).to_contain_text("Staden kallar via vårdcentralen.")
    page = person(TYRESO).opens("/")
    under = region_of(page, "Gäller under tiden")
    expect(under).to_contain_text("Kommunens samordnande funktion kallar tillfälligt till mötena.")
    under.get_by_role("link", name=C01).click()
    expect(page.locator(".meanwhile")).to_contain_text("Kommunens samordnande funktion kallar tillfälligt")
    box, matter = page.locator(".meanwhile").bounding_box(), page.locator("#h-hant").bounding_box()
    assert box is not None
    assert matter is not None
    assert box["y"] < matter["y"]

    new = "Kommunen ringer vårdcentralens växel, som kopplar vidare samma dag."
    sundbyberg = person(INITIATOR)
    offer(sundbyberg, C18, "interim", "Föreslå vad som ska gälla under tiden", **{"Vad ska gälla under tiden?": new})
    expect(sundbyberg.page.locator(".meanwhile")).to_contain_text("gemensamma brevlåda")
    page = accept(person(REGION), C18, "vad som gäller under tiden")
    expect(page.locator(".meanwhile")).to_contain_text(new)
    expect(page.locator(".meanwhile")).to_contain_text("Ändras bara om båda är överens.")
