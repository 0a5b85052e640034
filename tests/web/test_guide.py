"""The guide on its pages: addresses that last, HÖK's own words, and the numbers that the secretariat reads."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session, scoped_session

from escalation import clock
from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.agreements import queries as agreements
from escalation.db import db
from escalation.parties.models import BlockSide
from escalation.rules.guide import ENDS, QUESTIONS
from escalation.watch.guide_refusals import count_refusal, refusals_of_last_year
from escalation.watch.models import GuideRefusal

Database = scoped_session[Session]

PASSWORD = "gråsugga under isen"
TO_HOK = "/where?matter=reading&obstacle=none&agreement=HOK"
TO_OTHER = "/where?matter=deviation&obstacle=none&agreement=other"
ADDRESSES = {
    "step_1": f"{TO_HOK}&reach=local",
    "step_2": f"{TO_HOK}&reach=others",
    "municipalities": f"{TO_HOK}&reach=municipalities",
    "other_ladder": f"{TO_OTHER}&subject=LUS",
    "municipal_ladder": f"{TO_OTHER}&subject=KSABO",
    "ask": "/where?matter=unsure",
    "person": "/where?matter=person",
    "crisis": "/where?matter=reading&obstacle=crisis",
    "law": "/where?matter=reading&obstacle=law",
    "appeal": "/where?matter=reading&obstacle=appeal",
    "claim": "/where?matter=reading&obstacle=claim",
    "change": "/where?matter=change",
    "portal": "/where?matter=portal",
}


def enter(client: FlaskClient, seat: Seat) -> None:
    """Sign in as somebody with this seat."""
    user = accounts.create_user("anna@example.se", "Anna", [seat], by="system:demo", at=clock.now())
    accounts.set_password(user, PASSWORD, at=clock.now())
    assert client.post("/sign_in", data={"email": user.email, "password": PASSWORD}).status_code == 302


def text_of(answer: Any) -> str:
    """The page as it is read: no tags, single blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def counted(session: Database) -> dict[str, int]:
    session.expire_all()
    return refusals_of_last_year(clock.now())


def test_every_end_has_an_address() -> None:
    assert set(ADDRESSES) == set(ENDS)


@pytest.mark.one_database
@pytest.mark.parametrize("key", ENDS)
def test_each_end_quotes_the_agreement_word_for_word_and_says_what_is_ours(
    client: FlaskClient, session: Database, key: str
) -> None:
    end, read = ENDS[key], text_of(client.get(ADDRESSES[key]))
    version = agreements.version_in_force("HOK", clock.today())
    assert version is not None
    for code in end.provisions:
        held = agreements.provision(version.id, code)
        assert held is not None
        assert f"HÖK {code}" in read
        assert re.sub(r"\s+", " ", held.text) in read
    for sentence in (end.heading, end.lead, end.ours, *(f"{who} {what}" for who, what in end.ways)):
        assert sentence in read
    assert "Förvalt av systemet, inte av HÖK" in read
    assert ("Går inte till trappan" in read) is end.refuses


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("/where", "matter"),
        ("/where?matter=reading", "obstacle"),
        ("/where?matter=reading&obstacle=none", "agreement"),
        (TO_HOK, "reach"),
        (TO_OTHER, "subject"),
    ],
)
def test_each_question_has_an_address_and_shows_the_answers_so_far(client: FlaskClient, address: str, key: str) -> None:
    answer = client.get(address)
    read = text_of(answer)
    assert answer.status_code == 200
    assert QUESTIONS[key].text in read
    for option in QUESTIONS[key].options:
        assert option.label in read
    assert f"Fråga {address.count('=') + 1} av högst fyra" in read
    assert read.count("Ändra") == address.count("=")


@pytest.mark.one_database
def test_every_listed_agreement_can_be_chosen_and_leads_to_its_ladder(client: FlaskClient, session: Database) -> None:
    read = client.get(TO_OTHER).text
    for listed in agreements.all_agreements()[1:]:
        assert f'value="{listed.code}"' in read
        ended = text_of(client.get(f"{TO_OTHER}&subject={listed.code}"))
        assert listed.title in ended
        is_template = "Egen trappa okänd; HÖK 7.1 används som mall (vår inställning)." in ended
        assert is_template is (listed.ladder_key == "hok")


@pytest.mark.one_database
def test_the_paragraph_that_has_been_interpreted_says_so(client: FlaskClient) -> None:
    assert "VIS har tolkat stycket: VIS-T 2024:1" in text_of(client.get(ADDRESSES["step_2"]))
    assert "VIS har tolkat stycket: VIS-T 2026:1" in text_of(client.get(ADDRESSES["crisis"]))


@pytest.mark.one_database
@pytest.mark.parametrize(
    "query",
    [
        "matter=weather",
        "matter=",
        "matter=reading&matter=person",
        "obstacle=none",
        "matter=person&obstacle=none",
        "matter=deviation&obstacle=none&agreement=other&subject=HOK",
        "matter=%00%F0",
        "matter=" + "x" * 2000,
    ],
)
def test_an_answer_that_does_not_exist_is_a_page_that_says_so_and_leads_to_the_beginning(
    client: FlaskClient, query: str
) -> None:
    for answer in (client.get(f"/where?{query}"), client.post(f"/where?{query}", data={"answer": "reading"})):
        assert answer.status_code == 400
        assert "Adressen innehåller ett svar som inte finns." in answer.text
        assert '<a href="/where">Börja om med första frågan</a>' in answer.text


@pytest.mark.one_database
def test_what_others_hang_on_an_address_changes_nothing(client: FlaskClient) -> None:
    assert client.get("/where?matter=reading&utm_source=brev").status_code == 200


# --- Answering --------------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_an_answer_leads_to_the_next_address_with_those_before_it(client: FlaskClient) -> None:
    first = client.post("/where", data={"answer": "reading"})
    assert (first.status_code, first.location) == (302, "/where?matter=reading")
    second = client.post(first.location, data={"answer": "none"})
    assert second.location == "/where?matter=reading&obstacle=none"


@pytest.mark.one_database
@pytest.mark.parametrize("chosen", [{}, {"answer": ""}, {"answer": "weather"}, {"answer": "x" * 5000}])
def test_who_chooses_nothing_is_asked_again_with_a_sentence(client: FlaskClient, chosen: dict[str, str]) -> None:
    answer = client.post("/where", data=chosen)
    assert answer.status_code == 422
    assert re.search("Välj (ett svar|något av alternativen)[.]", answer.text)


@pytest.mark.one_database
@pytest.mark.parametrize("key", ENDS)
def test_only_an_end_outside_the_ladder_is_counted_and_only_when_it_is_answered(
    client: FlaskClient, session: Database, key: str
) -> None:
    before, _sep, last = ADDRESSES[key].rpartition("=")
    asked = re.sub(r"[?&][a-z]+$", "", before)
    answer = client.post(asked, data={"answer": last})
    assert answer.location == ADDRESSES[key]
    client.get(answer.location)
    client.get(answer.location)
    assert counted(session) == ({key: 1} if ENDS[key].refuses else {})


# --- What the secretariat sees ----------------------------------------------------------------------------


def test_a_day_has_one_row_for_each_end_however_often_it_is_reached(client: FlaskClient, session: Database) -> None:
    for _time in range(3):
        client.post("/where", data={"answer": "person"})
    client.post("/where", data={"answer": "portal"})
    assert counted(session) == {"person": 3, "portal": 1}
    assert session.scalar(select(func.count()).select_from(GuideRefusal)) == 2
    assert {c.name for c in GuideRefusal.__table__.columns} == {"end", "counted_on", "times"}


def test_what_was_counted_more_than_a_year_ago_is_left_out(session: Database) -> None:
    now = clock.now()
    count_refusal("law", at=now - dt.timedelta(days=366))
    count_refusal("law", at=now - dt.timedelta(days=300))
    assert refusals_of_last_year(now) == {"law": 1}


def test_the_secretariat_reads_how_many_questions_did_not_belong_here(client: FlaskClient, session: Database) -> None:
    enter(client, Seat(Role.SECRETARIAT, side=BlockSide.REGION))
    assert "Frågor som inte hörde hit, senaste 12 månaderna" in text_of(client.get("/health"))
    assert "Inga än." in text_of(client.get("/health"))
    client.post("/where", data={"answer": "change"})
    assert "En ny text tas fram av samrådsgruppen 1" in text_of(client.get("/health"))


# --- On to filing -----------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_a_handler_goes_on_to_file_with_type_and_agreement_chosen(client: FlaskClient, session: Database) -> None:
    enter(client, Seat(Role.LOCAL_HANDLER, party="TYR"))
    url = re.search(r'class="ds-button" href="(/cases/file[^"]+)"', client.get(ADDRESSES["other_ladder"]).text)
    assert url is not None
    form = client.get(unescape(url[1])).text
    assert re.search(r'value="deviation"[^>]* checked', form)
    assert '<input type="hidden" name="agreement" value="LUS">' in form
    following = client.post("/cases/file", data={"matter": "deviation", "agreement": "LUS"}).location
    assert re.search(r'<option value="LUS" selected', client.get(following).text)


@pytest.mark.one_database
def test_what_is_no_choice_is_not_chosen_when_filing(client: FlaskClient, session: Database) -> None:
    enter(client, Seat(Role.LOCAL_HANDLER, party="TYR"))
    answer = client.get("/cases/file?type=weather&agreement=weather")
    assert answer.status_code == 200
    assert " checked" not in answer.text
    assert " selected" not in answer.text.replace('value="" selected', "")


@pytest.mark.one_database
def test_who_is_not_signed_in_is_led_by_way_of_the_sign_in_page(client: FlaskClient) -> None:
    answer = client.get(ADDRESSES["step_1"])
    assert "Logga in och anmäl" in answer.text
    assert 'href="/sign_in?next=/cases/file?type%3Dinterpretation%26agreement%3DHOK"' in unescape(answer.text)


@pytest.mark.one_database
def test_a_person_who_may_not_file_reads_who_may(client: FlaskClient, session: Database) -> None:
    enter(client, Seat(Role.PARTY_READER, party="TYR"))
    answer = client.get(ADDRESSES["step_1"])
    assert "En part anmäler, genom sin handläggare eller beslutsfattare." in answer.text
    assert "/cases/file" not in answer.text


@pytest.mark.one_database
@pytest.mark.parametrize("key", [key for key, end in ENDS.items() if not end.step])
def test_the_guide_leads_no_one_to_file_a_matter_that_does_not_belong_here(
    client: FlaskClient, session: Database, key: str
) -> None:
    enter(client, Seat(Role.LOCAL_APPROVER, party="TYR"))
    assert "/cases/file" not in client.get(ADDRESSES[key]).text


@pytest.mark.one_database
def test_the_guide_is_in_the_menu_of_the_public_and_the_parties_and_beside_filing(
    app: Flask, client: FlaskClient, session: Database
) -> None:
    assert '<li><a href="/where">' in client.get("/interpretations").text
    enter(client, Seat(Role.LOCAL_HANDLER, party="TYR"))
    assert "Osäker? Vart lyfter jag detta?" in text_of(client.get("/"))
    assert "Osäker? Vart lyfter jag detta?" in text_of(client.get("/cases/file"))


@pytest.mark.one_database
def test_a_page_of_the_guide_asks_the_database_only_a_few_times(
    app: Flask, client: FlaskClient, session: Database
) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    for address in ("/where", TO_OTHER, *ADDRESSES.values()):
        asked.clear()
        client.get(address)
        found = [sql for sql in asked if sql.startswith("SELECT")]
        assert 0 < len(found) <= 9, "\n\n".join([address, *found])
