"""What local parties do, story by story (domain/10): LP1, LP7 to LP12, LP14, LP15, on the demo's day.

LP2 to LP6 are in ``test_stories_filing.py``, LP13 and LP20 in ``test_statement.py``, LP16 to LP21 in
``test_stories_others.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from escalation.db import session
from escalation.nudges.models import Nudge
from tests.support.browser import filing
from tests.support.browser.local import (
    ANSWER_SETTLEMENT,
    C01,
    C07,
    C09,
    C17,
    C18,
    REGION_HANDLER,
    TYRESO,
    VAR,
    accept,
    offer,
    region_of,
)
from tests.support.browser.people import Calendar, Person
from tests.support.browser.tour import INITIATOR, OFFICE, PARTY, REGION
from tests.support.server import Server

pytestmark = pytest.mark.browser
SUNDBYBERG = "Sundbybergs stad, handläggare"
VARMDO, VARMDO_HANDLER = "Värmdö kommun, beslutsfattare", "Värmdö kommun, handläggare"


def row(page: Page, number: str) -> Locator:
    """The first row about the case; another case's row may mention it."""
    return page.locator(".rows > li", has_text=number).first


def shut(page: Page, act: str) -> Locator:
    """The line of an act that is not open, which says why and from when."""
    line = page.locator(".do-more li", has_text=act)
    expect(line.get_by_role("link")).to_have_count(0)
    return line


def test_lp1_a_local_handler_sees_at_once_what_to_do(person: Callable[..., Person]) -> None:
    page = person(TYRESO).opens("/")
    mine = region_of(page, "Väntar på er")
    expect(mine.locator(".due time")).to_have_attribute("datetime", "2026-11-30")
    for text in ("5 arbetsdagar kvar", "Rapportera genomförande", C01, "Uteblivna lokala samverkansmöten i Tyresö"):
        expect(mine).to_contain_text(text)
    mine.get_by_role("link", name="Rapportera genomförande").click()
    filing.heading(page, "Uteblivna lokala samverkansmöten i Tyresö")
    expect(page.get_by_role("link", name="Rapportera genomförande")).to_be_visible()


def test_lp1_the_list_is_in_order_of_days_and_what_is_late_has_an_icon_and_a_word(
    person: Callable[..., Person],
) -> None:
    mine = region_of(person(REGION).opens("/"), "Väntar på er").locator(".due time")
    days = [day.get_attribute("datetime") for day in mine.all()]
    assert len(days) > 2
    assert days == sorted(days, key=str)
    late = person("Lidingö stad, handläggare").opens("/").locator(".rows .flag[data-kind=late]")
    expect(late).to_have_text("Försenat")
    expect(late.locator("svg")).to_be_visible()
    empty = region_of(person("Sigtuna kommun, handläggare").opens("/"), "Väntar på er")
    expect(empty).to_contain_text("Inget väntar på er.")


# Answering ------------------------------------------------------------------------------------------------------------


def test_lp7_the_region_acknowledges_and_names_who_handles_it(person: Callable[..., Person]) -> None:
    """A handler without a colleague may answer that there is no substitute; the answer is asked for, never assumed."""
    region = person(REGION_HANDLER)
    page = region.opens("/")
    waiting = row(page, C18)
    expect(waiting.locator("time")).to_have_attribute("datetime", "2026-11-25")
    waiting.get_by_role("link", name="Bekräfta mottagande").click()
    region.follow("Bekräfta mottagande")
    region.press("Bekräfta mottagande")
    expect(page.locator(".errors")).to_contain_text("Välj ersättare, eller svara att ni inte har någon.")
    region.fill({"Handläggare hos er": "Handläggare, Region Stockholm", "Ersättare": "Ersättare, Region Stockholm"})
    region.press("Bekräfta mottagande")
    for seen in (page, person(SUNDBYBERG).opens(f"/cases/{C18}")):
        expect(seen.locator("aside.col")).to_contain_text("Regionen: handläggare och ersättare utsedda")
        first = seen.locator(".timeline > li").first
        expect(first).to_contain_text("Regionen bekräftade mottagandet och namngav handläggare.")
        expect(first.locator("time")).to_have_attribute("datetime", "2026-11-23")


def test_lp8_a_new_position_keeps_the_old_stands_beside_the_others_and_meets_the_deadline(
    person: Callable[..., Person],
) -> None:
    region = person(REGION_HANDLER)
    for text in ("Bestämmelsen säger inget om hur vårdcentralen nås.", "Vi kan ordna ett direktnummer."):
        page = region.opens(f"/cases/{C18}/state_position")
        region.fill({"Er ståndpunkt": text})
        region.press("Lämna ståndpunkt")
    page = person(SUNDBYBERG).opens(f"/cases/{C18}")
    mine, theirs = page.locator(".sides .side").all()
    expect(mine).to_contain_text("Att det finns en utsedd vårdcentral betyder att")
    expect(theirs).to_contain_text("Vi kan ordna ett direktnummer.")
    left, right = mine.bounding_box(), theirs.bounding_box()
    assert left is not None
    assert right is not None
    assert (left["y"], round(left["width"])) == (right["y"], round(right["width"]))
    expect(theirs).to_contain_text("I tid: sista dagen var 9 december 2026")
    page.get_by_text("Tidigare versioner från Region Stockholm").click()
    expect(page.get_by_text("Bestämmelsen säger inget om hur vårdcentralen nås.")).to_be_visible()
    page.get_by_role("link", name="Se vad som har ändrats i ståndpunkterna").click()
    filing.heading(page, "Så har ståndpunkterna ändrats")
    older, newer = region_of(page, "Region Stockholm").locator(".side").all()
    expect(older.locator("del")).to_contain_text("Bestämmelsen säger inget om hur vårdcentralen nås.")
    expect(newer.locator("ins")).to_contain_text("Vi kan ordna ett direktnummer.")
    left, right = older.bounding_box(), newer.bounding_box()
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390


# Proposals ------------------------------------------------------------------------------------------------------------


def test_lp9_a_settlement_says_who_does_what_when_and_both_deciders_accept_it(person: Callable[..., Person]) -> None:
    region = person(REGION)
    page = region.opens(f"/cases/{C18}/propose/settlement")
    region.fill({"Vad föreslår ni?": "Ett direktnummer som är bemannat varje vardag."})
    first = page.get_by_role("group", name="Åtgärd 1")
    first.get_by_label("Vad ska göras?").fill("Öppna direktnumret")
    region.press("Föreslå en uppgörelse")
    expect(page.locator(".errors")).to_contain_text(
        "Varje åtgärd behöver vad som ska göras, vem som gör det och senast när."
    )
    first.get_by_label("Vem gör det?").select_option(label="Region Stockholm")
    first.get_by_label("Senast").fill("2027-01-29")
    region.press("Föreslå en uppgörelse")
    expect(page.locator(".timeline > li").first).to_contain_text("Regionen föreslog en uppgörelse.")

    # A handler sees it waiting and cannot accept it.
    handler = person(SUNDBYBERG)
    handler.opens("/")
    task = row(handler.page, C18)
    expect(task).to_contain_text(ANSWER_SETTLEMENT)
    expect(task).to_contain_text("Er beslutsfattare svarar.")
    handler.opens(f"/cases/{C18}")
    expect(handler.page.get_by_role("link", name=ANSWER_SETTLEMENT)).to_have_count(0)

    decider = person(INITIATOR)
    decider.opens("/")
    decider.follow(ANSWER_SETTLEMENT)
    address = decider.page.url
    expect(decider.page.locator("main")).to_contain_text("Öppna direktnumret. Regionen, senast 29 januari 2027.")
    handler.page.goto(address)
    filing.heading(handler.page, "Det går inte nu")
    decider.page.get_by_label("Godkänn", exact=True).check()
    decider.press("Skicka svaret")
    agreed = region_of(decider.page, "Det som ska göras")
    expect(agreed).to_contain_text("Ett direktnummer som är bemannat varje vardag.")
    expect(agreed.locator("li")).to_have_count(1)
    for text in ("Öppna direktnumret", "Regionen, senast 29 januari 2027."):
        expect(agreed.locator("li")).to_contain_text(text)


def test_lp9_vallentuna_sees_until_when_the_proposal_waits_for_it(person: Callable[..., Person]) -> None:
    for seat in ("Vallentuna kommun, beslutsfattare", "Vallentuna kommun, handläggare"):
        waiting = row(person(seat).opens("/"), C17)
        expect(waiting).to_contain_text(ANSWER_SETTLEMENT)
        expect(waiting.locator("time")).to_have_attribute("datetime", "2026-11-27")


def test_lp10_more_time_needs_both_and_is_given_twice(person: Callable[..., Person]) -> None:
    handler, varmdo, region = person(VARMDO_HANDLER), person(VARMDO), person(REGION)
    button = "Föreslå förlängning"
    offer(handler, VAR, "extension", button, **{"Ny sista dag": "2027-01-20", "Skäl": "Mötet flyttas till januari."})
    region.opens(f"/cases/{VAR}")
    region.follow("Svara på förslaget: en förlängning")
    for term, day in (
        ("Lokala steget slutar nu", "måndag 21 december 2026"),
        ("Ny sista dag", "onsdag 20 januari 2027"),
    ):
        expect(region.page.locator(".facts > div", has_text=term)).to_contain_text(day)
    region.page.get_by_label("Godkänn", exact=True).check()
    region.press("Skicka svaret")

    # One side's yes changes nothing yet.
    expect(shut(region.page, "Börja lyfta till styrgruppen")).to_contain_text("22 december 2026")
    page = accept(varmdo, VAR, "en förlängning")
    expect(page.locator(".timeline > li").first).to_contain_text(
        "Parterna förlängde det lokala steget från 21 december 2026 till 20 januari 2027."
    )
    expect(shut(page, "Börja lyfta till styrgruppen")).to_contain_text("21 januari 2027")

    offer(varmdo, VAR, "extension", button, **{"Ny sista dag": "2027-02-10", "Skäl": "Ett möte till behövs."})
    accept(region, VAR, "en förlängning")
    why = "Det lokala steget har redan förlängts två gånger. Lyft ärendet eller föreslå en uppgörelse."
    expect(shut(varmdo.opens(f"/cases/{VAR}"), button)).to_contain_text(why)
    refused = varmdo.opens(f"/cases/{VAR}/propose/extension")
    filing.heading(refused, "Det går inte nu")
    expect(refused.locator("main")).to_contain_text(why)


def test_lp11_a_paused_case_says_until_when_and_no_one_is_reminded(
    person: Callable[..., Person], calendar: Calendar, server: Server
) -> None:
    """Criterion 4 names Järfälla, whose case has two initiators; that needs several initiators. Värmdö stands in."""
    handler, varmdo, region = person(VARMDO_HANDLER), person(VARMDO), person(REGION)
    page = handler.opens(f"/cases/{VAR}/propose/pause")
    expect(page.get_by_role("radio")).not_to_have_count(0)
    page.get_by_label("I väntan på revidering").check()
    handler.fill({"Pausat till och med dagen före": "2027-06-30", "Skäl": "Ett förslag är på väg."})
    handler.press("Föreslå paus")
    expect(page.locator(".errors")).to_contain_text("sex månader")
    handler.fill({"Pausat till och med dagen före": "2026-11-30"})
    handler.press("Föreslå paus")
    for decider in (varmdo, region):
        page = accept(decider, VAR, "en paus")
    expect(page.locator("#h-lage")).to_have_text("Ärendet är pausat till måndag 30 november 2026")
    expect(page.locator(".now-panel")).to_contain_text(re.compile("20 arbetsdagar\\s*av det lokala steget"))
    start = row(varmdo.opens("/"), VAR)
    expect(start).to_contain_text("pausat till")
    expect(start.locator("time")).to_have_attribute("datetime", "2026-11-30")

    def nudged() -> int:
        with server.app.app_context():
            return session.scalar(select(func.count()).select_from(Nudge).where(Nudge.subject.contains("D"))) or 0

    reminders = page.locator("section", has=page.locator("#h-pamint")).inner_text()
    for day in ("2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"):
        calendar.turn_to(day)
        calendar.sweep()
    assert nudged() > 0
    page = region.opens(f"/cases/{VAR}")
    assert page.locator("section", has=page.locator("#h-pamint")).inner_text() == reminders
    calendar.turn_to("2026-11-30")
    calendar.sweep()
    expect(region.opens(f"/cases/{VAR}").locator(".timeline > li").first).to_contain_text("Pausen tog slut")


# Going up alone -------------------------------------------------------------------------------------------------------


def test_lp12_a_party_goes_up_alone_when_the_local_time_is_out_and_no_one_can_stop_it(
    person: Callable[..., Person], calendar: Calendar
) -> None:
    """Going up is two acts: saying that no local solution was reached, then lifting with the statement."""
    early = person(VARMDO).opens(f"/cases/{VAR}")
    expect(shut(early, "Börja lyfta till styrgruppen")).to_contain_text("Från 22 december 2026.")
    sigtuna, region = person(PARTY), person(REGION)
    page = sigtuna.opens(f"/cases/{C09}")
    main = page.locator(".do > div").get_by_role("link")
    expect(main).to_have_text("Börja lyfta till styrgruppen")
    main.click()
    sigtuna.fill({"Vad är olöst?": "Vem som bokar om ett avbokat besök."})
    sigtuna.press("Börja lyfta till styrgruppen")
    # The region's ways lead on, to a settlement or upwards; what turns back needs Sigtuna's yes.
    offered = region.opens(f"/cases/{C09}").locator(".do a").all_inner_texts()
    assert not [act for act in offered if "Invänd" in act or "Avsluta" in act]
    calendar.turn_to("2026-12-08")
    sigtuna.opens(f"/cases/{C09}")
    sigtuna.follow("Lyft till styrgruppen")
    sigtuna.fill({"Frågan": "Ska utföraren boka om avbokade besök?", "Bakgrund": "Var tredje bedömning uteblev."})
    sigtuna.press("Lyft till styrgruppen")
    expect(page.locator(".stair [aria-current=step] .name")).to_have_text("Styrgruppen")


# Ending and beginning again -------------------------------------------------------------------------------------------


def test_lp14_a_case_is_withdrawn_with_a_reason_and_the_other_side_may_object(
    person: Callable[..., Person], calendar: Calendar
) -> None:
    sundbyberg, region = person(INITIATOR), person(REGION)
    page = sundbyberg.opens(f"/cases/{C18}/withdraw")
    sundbyberg.press("Återkalla ärendet")
    expect(page.locator(".errors")).to_contain_text("Skriv skälen.")
    sundbyberg.fill({"Skäl": "Vårdcentralen har fått ett direktnummer."})
    sundbyberg.press("Återkalla ärendet")
    task = row(region.opens("/"), C18)
    expect(task.locator("time")).to_have_attribute("datetime", "2026-11-30")
    expect(task.locator(".due")).to_contain_text("5 arbetsdagar kvar")
    page = region.opens(f"/cases/{C18}")
    expect(page.get_by_role("link", name="Invänd mot återkallelsen")).to_be_visible()
    sentences = page.locator(".timeline > li > p").all_inner_texts()
    calendar.turn_to("2026-12-01")
    calendar.sweep()
    page = sundbyberg.opens(f"/cases/{C18}")
    expect(page.locator("#h-lage")).to_have_text("Avslutat: återkallat")
    expect(page.locator(".now-panel")).to_contain_text("Vårdcentralen har fått ett direktnummer.")
    assert page.locator(".timeline > li > p").all_inner_texts()[1:] == sentences


def test_lp15_what_was_not_kept_begins_a_new_round(person: Callable[..., Person], calendar: Calendar) -> None:
    """A breach while a settlement is carried out (T36) begins a round: C07 since October, and here C01."""
    second = person("Stockholms stad, beslutsfattare").opens(f"/cases/{C07}")
    expect(second.locator("header, main").get_by_text("Omgång 2", exact=True)).to_be_visible()
    calendar.turn_to("2026-12-01")
    region = person(REGION)
    page = region.opens(f"/cases/{C01}")
    expect(page.locator("main")).not_to_contain_text("Omgång")
    region.follow("Anmäl att det inte har gjorts")
    region.fill({"Vad har inte gjorts?": "Årsplanen för 2027 saknas."})
    region.press("Anmäl att det inte har gjorts")
    for seen in (page, person(TYRESO).opens(f"/cases/{C01}")):
        expect(seen.locator("header, main").get_by_text("Omgång 2", exact=True)).to_be_visible()
        expect(seen.locator(".timeline > li").first).to_contain_text("Omgång 2 började.")


def test_lp15_a_party_asks_that_a_closed_case_is_taken_up_again_and_a_new_round_begins(
    person: Callable[..., Person], calendar: Calendar
) -> None:
    sundbyberg, region, office = person(INITIATOR), person(REGION), person(OFFICE)
    handler = person(SUNDBYBERG)
    offer(sundbyberg, C18, "settlement", "Föreslå en uppgörelse", **{"Vad föreslår ni?": "Numret står i portalen."})
    page = accept(region, C18, "en uppgörelse")
    expect(page.locator("#h-lage")).to_have_text("Avslutat: löst mellan parterna")
    expect(page.locator(".now-panel")).to_contain_text(
        "En part kan begära det till och med 23 november 2027. Sekretariatet svarar."
    )

    # 1. The button is there for twelve months, for those who decide.
    button = "Be att ärendet tas upp igen"
    expect(shut(handler.opens(f"/cases/{C18}"), button)).to_contain_text("Er beslutsfattare kan göra det.")
    calendar.turn_to("2027-11-23")
    page = sundbyberg.opens(f"/cases/{C18}")
    expect(page.get_by_role("link", name=button)).to_be_visible()
    calendar.turn_to("2027-11-24")
    page = sundbyberg.opens(f"/cases/{C18}")
    expect(page.get_by_role("link", name=button)).to_have_count(0)
    expect(page.locator(".now-panel")).not_to_contain_text("En part kan begära det")
    page.goto(f"{page.url}/ask_reopening")
    expect(page.locator("main")).to_contain_text("Tiden att begära det är slut")

    # 2. A breach or new facts.
    calendar.turn_to("2027-03-01")
    page = sundbyberg.opens(f"/cases/{C18}")
    sundbyberg.follow(button)
    for ground in ("Nya fakta", "Det överenskomna följs inte"):
        expect(page.get_by_role("radio", name=ground)).to_be_visible()
    sundbyberg.press(button)
    for needed in ("Välj en grund.", "Skriv skälen."):
        expect(page.locator(".errors")).to_contain_text(needed)
    page.get_by_label("Det överenskomna följs inte").check()
    sundbyberg.fill({"Skäl": "Numret togs bort ur portalen i februari."})
    sundbyberg.press(button)
    asked = region_of(page, "Begäran att ta upp ärendet igen")
    expect(asked).to_contain_text("1 mars 2027 av Sundbyberg")
    expect(region_of(region.opens(f"/cases/{C18}"), "Begäran att ta upp ärendet igen")).to_contain_text("Numret togs")

    # It waits for the secretariat, on its start page and on the case.
    waiting = row(office.opens("/"), C18)
    expect(waiting).to_contain_text("Avgör om ärendet ska tas upp igen")
    expect(waiting).to_contain_text("Sundbyberg begär det: det överenskomna följs inte.")
    waiting.get_by_role("link", name="Avgör om ärendet ska tas upp igen").click()
    main = office.page.locator(".do > div").get_by_role("link")
    expect(main).to_have_text("Ta upp ärendet igen")
    main.click()
    expect(office.page.get_by_label("Det överenskomna följs inte")).to_be_checked()
    office.fill({"Skäl": "Uppgörelsen har inte följts."})
    office.press("Ta upp ärendet igen")

    # 3. The round's number grows; the round before can be read and is in force no more.
    for seen in (office.page, region.opens(f"/cases/{C18}"), handler.opens(f"/cases/{C18}")):
        expect(seen.locator("header, main").get_by_text("Omgång 2", exact=True)).to_be_visible()
        expect(seen.locator(".timeline > li").first).to_contain_text("Omgång 2 började på steg 1.")
        before = region_of(seen, "Omgång 1")
        expect(before).to_contain_text("Gäller inte längre.")
        expect(before).to_contain_text("Numret står i portalen.")
        expect(seen.locator("#h-lage")).to_contain_text("bekräftar mottagandet senast måndag 8 mars 2027")
