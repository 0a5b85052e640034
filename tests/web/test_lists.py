"""The list of cases: what it shows to whom, its filters and pages, and a case on one page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Membership, User
from escalation.cases.models.case import Case
from escalation.cases.models.statements import Position
from escalation.db import db
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.ladder import load
from escalation.rules.situation import Phase
from tests.support.stories import StoryFactory

Database = scoped_session[Session]
Get = Callable[..., Any]

C06 = "ESK-2025-0014"
C01, C03, C09, C12, C22 = "ESK-2026-0031", "ESK-2025-0004", "ESK-2026-0033", "ESK-2026-0020", "ESK-2026-0027"
C13, C14, C16, C17, C18, C19 = (f"ESK-2026-00{n}" for n in (36, 25, 39, 35, 40, 38))
C07, C20, VARMDO = "ESK-2026-0006", "ESK-2026-0041", "ESK-2026-0037"
NOT_THE_REGIONS = {C13, C14, C19, C20, "ESK-2026-0011"}
"""Between two municipalities, or not sent on to the region: not yet, or never."""
OFFICE, REGION = "Chef för sekretariatet, från Storsthlm", "Handläggare, Region Stockholm"


pytestmark = pytest.mark.one_database  # what a list asks is asked of both in tests/cases and tests/accounts


@pytest.fixture
def database_url(demo_database_url: str) -> str:
    return demo_database_url


@pytest.fixture
def get(app: Flask, client: FlaskClient, session: Database) -> Get:
    """Sign in by one click as the person of the demo and get a page."""

    def got(name: str, address: str) -> Any:
        found = session.scalars(select(Membership).join(User).where(User.name == name)).first()
        assert found is not None, name
        here = {"REMOTE_ADDR": "127.0.0.1", "SERVER_NAME": "127.0.0.1"}
        assert client.post(f"/sign_in_demo/{found.id}", environ_base=here).status_code == 302
        return client.get(address)

    return got


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ").split())


def numbers(html: str) -> list[str]:
    """The numbers of the rows, in order."""
    rows = re.findall(r'<p class="meta"><span>(ESK-\d+-\d+)', html)
    return list(rows)


def test_the_list_has_open_cases_by_the_day_that_is_next_and_then_closed_ones(get: Get, session: Database) -> None:
    html = get(OFFICE, "/cases").text
    found = numbers(html)
    assert found[0] == C22
    assert found[-1] == C03
    stands = {c.number: c.phase for c in session.scalars(select(Case))}
    assert set(found) == set(stands)
    is_closed = [stands[number] is Phase.CLOSED for number in found]
    assert is_closed == sorted(is_closed)
    assert f"{len(stands)} ärenden" in text_of(html)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("step=3", [C12]),
        ("step=2&status=closed", [C06, C03]),
        ("waits=y", [VARMDO, C16, C18, C17]),
        ("q=0033", [C09]),
        ("q=esk-2026-0020", [C12]),
        ("q=NORRTÄLJE", [C12]),
        ("q=uteblivna", [C01]),
        ("q=förbrukningshjälpmedel", [C03]),
        ("q=100%25", []),
        ("q=_", []),
        ("q=finns+inte", []),
    ],
)
def test_the_list_is_filtered(get: Get, query: str, expected: list[str]) -> None:
    answer = get(REGION, f"/cases?{query}")
    assert answer.status_code == 200
    assert numbers(answer.text) == expected


def test_r31_the_secretariat_lists_what_cites_two_texts_for_the_yearly_dialogue(get: Get, session: Database) -> None:
    other = {"citation_place": "2.3", "citation_quote": "Kommunen utser.", "citation_source": "Rutin för utskrivning"}
    story = StoryFactory(at_phase=Phase.SERVED, filed_on=dt.date(2026, 11, 16), provisions=["4.5 st 2"], **other)
    session.commit()
    shown = get(OFFICE, "/cases?two_texts=y").text
    assert numbers(shown) == [story.case.number]
    assert "Bara det som hänvisar till två texter, till den årliga dialogen" in shown
    theirs = get(REGION, "/cases?two_texts=y").text
    assert "Bara det som hänvisar till två texter" not in theirs
    assert len(numbers(theirs)) > 1


def test_empty_filters_keep_nothing_back_and_the_two_of_status_share_the_whole_between_them(
    get: Get, session: Database
) -> None:
    whole = set(session.scalars(select(Case.number))) - NOT_THE_REGIONS
    assert set(numbers(get(REGION, "/cases?q=&status=&step=&page=").text)) == whole
    still, over = (set(numbers(get(REGION, f"/cases?status={status}").text)) for status in ("open", "closed"))
    assert C09 in still
    assert C03 in over
    assert still | over == whole
    assert not still & over


def test_a_search_that_finds_nothing_says_so_and_leads_back(get: Get) -> None:
    html = get(REGION, "/cases?q=finns+inte").text
    assert "Inget ärende svarar mot det ni söker." in html
    assert "Visa alla ärenden" in html
    assert 'value="finns inte"' in html


@pytest.mark.parametrize(
    "query",
    [
        "q=" + "a" * 101,
        "q=%00",
        "q=19121212-1212",
        "status=everything",
        "step=9",
        "step=' or 1=1",
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_with_a_sentence(get: Get, query: str) -> None:
    answer = get(REGION, f"/cases?{query}")
    assert answer.status_code == 400
    assert "ds-input" in answer.text
    assert 'class="err"' in answer.text


@pytest.mark.parametrize("page", ["0", "-1", "99999999", "9" * 400, "x", "1e3", "²", ""])
def test_a_page_that_there_is_not_gives_the_nearest_one(get: Get, page: str) -> None:
    answer = get(REGION, f"/cases?page={page}")
    assert answer.status_code == 200
    assert numbers(answer.text) == numbers(get(REGION, "/cases").text) != []


def test_a_filter_finds_no_more_than_the_viewer_may_know(get: Get) -> None:
    assert numbers(get("Handläggare, Tyresö", "/cases?q=Tidsbokning").text) == []
    assert numbers(get("Handläggare, Tyresö", "/cases?step=1").text) == [C01]


def test_a_long_list_comes_fifty_at_a_time_and_asks_no_more_than_a_short_one(
    app: Flask, client: FlaskClient, get: Get, session: Database
) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def counted(address: str) -> int:
        asked.clear()
        assert client.get(address).status_code == 200
        return sum(sql.startswith("SELECT") for sql in asked)

    stands = len(numbers(get(OFFICE, "/cases?status=open").text))
    few = counted("/cases?status=open")
    for nth in range(48):
        StoryFactory(filed_on=dt.date(2026, 8, 28) + dt.timedelta(days=nth % 4))
    session.commit()
    assert counted("/cases?status=open") == few <= 8
    assert counted("/cases?waits=y&q=e&step=1") <= 8
    first, second = (client.get(f"/cases?status=open&page={n}").text for n in (1, 2))
    assert f"{stands + 48} ärenden. Sida 1 av 2." in text_of(first)
    assert (len(numbers(first)), len(numbers(second))) == (50, stands - 2)
    assert not set(numbers(first)) & set(numbers(second))
    later = re.search(r'href="([^"]+)" rel="next"', first)
    assert later is not None
    assert numbers(client.get(unescape(later.group(1))).text) == numbers(second)
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


# --- A case on one page

SEVEN = (
    "1. Frågan Har regionen eller kommunalförbundet rätt att utse",
    "2. Så står det HÖK 1.4 st 1",
    "Regionen ansvarar för att det finns en utsedd vårdcentral med samordnande ansvar",
    "3. Parternas ståndpunkter Kommunalförbundet Sjukvård och omsorg i Norrtälje Förbundet är beställare",
    "Region Stockholm Punkt 4.5 lägger ansvaret på regionen",
    "4. Syfte och gemensamma mål Målet är en god, sömlös och personcentrerad vård",
    "5. Vad som har prövats Steg 1, lokal dialog: 11 maj – 17 aug 2026",
    "Steg 2, styrgruppen: 17 aug – 8 okt 2026, 38 arbetsdagar. Rekommendation. Ärendet fördes vidare.",
    "6. Alternativ Alternativ A: Regionen utser efter samråd med KSON.",
    "7. Vad som efterfrågas VIS avgör vad punkt 4.5 stycke 2 betyder i Norrtälje.",
)


def test_vi1_the_summary_has_the_seven_things_in_order(get: Get) -> None:
    text = text_of(get("Ledamot i VIS", f"/cases/{C12}/summary").text)
    places = [text.find(thing) for thing in SEVEN]
    assert -1 not in places, SEVEN[places.index(-1)]
    assert places == sorted(places)


def test_vi1_the_summary_is_the_button_of_those_who_are_to_decide(get: Get) -> None:
    html = get("Ledamot i VIS", f"/cases/{C12}").text
    assert f'<a class="ds-button" href="/cases/{C12}/summary">Läs sammanfattningen</a>' in html
    assert f"/cases/{C12}/summary" not in get(REGION, f"/cases/{C12}").text


def test_the_summary_is_for_those_who_see_the_whole_case(get: Get) -> None:
    for name in (REGION, OFFICE, "Revisor", "Handläggare, Norrtälje kommun"):
        assert get(name, f"/cases/{C12}/summary").status_code == 200, name
    for name in ("Handläggare, Tyresö", "Socialchef, Sigtuna"):
        assert get(name, f"/cases/{C12}/summary").status_code == 404, name
    assert get("Ledamot i styrgruppen", f"/cases/{C09}/summary").status_code == 404


def test_long_stands_are_cut_to_the_same_measure(get: Get, session: Database) -> None:
    for position in session.scalars(select(Position)):
        position.text = f"{position.party_code}ord " * 500
    html = get("Ledamot i VIS", f"/cases/{C12}/summary").text
    first, second = re.findall(r'<div class="side">.*?<div class="prose" lang="sv"><p>(.*?)</p>', html, re.S)
    assert abs(len(first) - len(second)) < 12
    assert first.endswith(" …")
    assert len(first) < 700


@pytest.mark.parametrize("phase", [Phase.INTAKE, Phase.SERVED, Phase.DIALOGUE, Phase.IMPASSE])
def test_every_case_has_a_summary_however_little_there_is_to_say(get: Get, phase: Phase) -> None:
    number = StoryFactory(at_phase=phase).case.number
    text = text_of(get(OFFICE, f"/cases/{number}/summary").text)
    assert "6. Alternativ Underlaget med alternativ är inte inne än." in text
    assert "7. Vad som efterfrågas Sundbyberg vill ha svar på frågan." in text


# A case that has come back, and one that never went out


def test_lp15_the_stairs_of_a_case_that_came_back_count_every_stay_and_say_how_it_left(get: Get) -> None:
    """C07 was remitted to the parties, settled there, and came up again when the settlement was not kept."""
    text = text_of(get(OFFICE, f"/cases/{C07}").text)
    first, second = (dt.date(2026, 1, 26), dt.date(2026, 4, 10)), (dt.date(2026, 5, 11), dt.date(2026, 10, 5))
    days = sum(workdays.between(*stay, calendar_of(load("hok"))) for stay in (first, second))
    assert f"26 jan – 5 okt 2026, {days} arbetsdagar Uppgörelse, sedan omgång 2" in text
    assert "Sedan 5 okt 2026" in text
    assert "Omgång 2" in text
    assert "Återförvisat hit" not in text


def test_a_new_round_shows_what_was_agreed_in_the_one_before(get: Get) -> None:
    text = text_of(get(OFFICE, f"/cases/{C07}").text)
    agreed = "Överenskommet Kallelser besvaras inom en vecka genom en fast kontaktfunktion."
    assert f"{agreed} Inrätta kontaktfunktionen Regionen, senast 30 september 2026." in text
    assert text.index("Omgång 1 ") < text.index(agreed)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (C14, "Anmälan sändes inte till regionen."),
        (C16, "Regionen lämnar sin ståndpunkt när det är avgjort var ärendet börjar."),
        (C19, "Regionen har inte fått anmälan än."),
    ],
)
def test_a_position_that_is_not_asked_for_yet_is_not_said_to_be_missing(get: Get, number: str, said: str) -> None:
    assert f"Region Stockholm {said}" in text_of(get(OFFICE, f"/cases/{number}").text)


def test_a_party_that_withdraws_before_the_filing_is_sent_reads_that_no_one_can_object(get: Get) -> None:
    sent, not_sent = "kan invända inom fem arbetsdagar.", "för motparten har inte fått det än."
    for name, number, shown, untold in (
        ("Socialchef, Salem", C19, not_sent, sent),
        ("Socialchef, Sundbyberg", C18, sent, not_sent),
    ):
        html = get(name, f"/cases/{number}").text
        assert shown in html
        assert untold not in html
        assert shown in get(name, f"/cases/{number}/withdraw").text


def test_the_body_reads_who_has_the_ball_until_it_comes_to_its_chair(get: Get) -> None:
    text = text_of(get("Ordförande i styrgruppen", "/").text)
    assert "Regionen har bollen till 24 november." in text
    assert "Sekretariatet har bollen till 24 november." in text


def test_every_ball_that_came_is_named_in_the_same_words(get: Get) -> None:
    log = text_of(get(OFFICE, "/cases/ESK-2025-0019").text)
    assert "16 mars: Fick bollen" in log
    assert "ni har bollen" not in log


def test_a_masked_event_says_in_words_that_it_is(get: Get) -> None:
    text = text_of(get(OFFICE, "/cases/ESK-2026-0011").text)
    assert "2 mars 2026 Det som hände då är maskerat." in text
    assert "[maskerad]" not in text
