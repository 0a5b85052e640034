"""The public register of interpretations: what everybody reads, what only the secretariat sees and does."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from escalation import clock
from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import PUBLIC, Role, Viewer
from escalation.agreements import queries
from escalation.agreements.models import Interpretation
from escalation.db import db
from escalation.parties.models import BlockSide
from escalation.web.decisions import pages
from tests.support.app import turn_to

Database = scoped_session[Session]

TODAY = dt.date(2026, 11, 23)
pytestmark = pytest.mark.one_database  # what is published is asked of both in tests/decisions

PASSWORD = "gråsugga under isen"
OFFICIAL = Seat(Role.SECRETARIAT, side=BlockSide.REGION)
OTHER_SIDE = Seat(Role.SECRETARIAT_HEAD, side=BlockSide.MUNICIPAL)
SEATS = [
    Seat(Role.LOCAL_HANDLER, party="TYR"),
    Seat(Role.LOCAL_APPROVER, party="RS"),
    Seat(Role.BODY_CHAIR, body="TSG", side=BlockSide.REGION),
    Seat(Role.BODY_CHAIR, body="VIS", side=BlockSide.REGION),
    Seat(Role.AUDITOR),
    Seat(Role.ADMIN),
]


@pytest.fixture(autouse=True)
def today(session: Database) -> dt.date:
    """The clock stands at 23 November 2026, whenever the test is run."""
    turn_to(TODAY)
    return TODAY


def enter(client: FlaskClient, seat: Seat, email: str = "anna@example.se") -> FlaskClient:
    """Sign in as somebody with this seat."""
    user = accounts.create_user(email, "Anna", [seat], by="system:demo", at=clock.now())
    accounts.set_password(user, PASSWORD, at=clock.now())
    assert client.post("/sign_in", data={"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def text_of(answer: Any) -> str:
    """The page as it is read: no tags, single blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def headings(answer: Any) -> list[str]:
    return re.findall(r'<h3><a href="/interpretations/([^"/]+)', answer.text)


@pytest.fixture
def unread(session: Database) -> Interpretation:
    """VIS-T 2026:1 as VIS left it: decided, adjusted, and not yet published."""
    found = queries.interpretation("VIS-T 2026:1")
    assert found is not None
    found.published_on, found.is_secrecy_reviewed, found.minutes_ref = None, False, ""
    found.publish_due_on, found.source_case = dt.date(2026, 11, 27), "ESK-2026-0007"
    session.commit()
    return found


# --- What everybody reads ---------------------------------------------------------------------------------


def test_everybody_reads_the_register_newest_first_with_how_many_are_in_force(client: FlaskClient) -> None:
    answer = client.get("/interpretations")
    assert answer.status_code == 200
    assert "5 tolkningar, 4 gäller" in answer.text
    assert headings(answer) == [f"VIS-T-{n}" for n in ("2026-1", "2025-2", "2025-1", "2024-1", "2023-1")]
    assert "VIS-T 2024:1 HÖK 7.1 p 1" in text_of(answer)


def test_what_has_been_superseded_stays_readable_and_looks_old(client: FlaskClient) -> None:
    [old] = re.findall(r'<li class="old">.*?</li>', client.get("/interpretations").text, re.DOTALL)
    assert "VIS-T 2023:1" in old
    assert re.search(r"Ersatt av<br>.*VIS-T 2025:2", old)
    assert "Ersatt av VIS-T 2025:2" in text_of(client.get("/interpretations/VIS-T-2023-1"))


@pytest.mark.parametrize(
    ("sought", "slugs"),
    [
        ("4.5 st 3", ["VIS-T-2025-2", "VIS-T-2023-1"]),
        ("hök 4.5 Stycke 3", ["VIS-T-2025-2", "VIS-T-2023-1"]),
        ("HÖK 7.1 punkt 1", ["VIS-T-2024-1"]),
        ("  PRINCIPIELL  karaktär ", ["VIS-T-2024-1"]),
        ("VIS-T 2026:1", ["VIS-T-2026-1"]),
        ("ESK-2025-0002", []),
        ("%' OR 1=1 --", []),
    ],
)
def test_the_register_is_searched_by_word_number_and_provision_as_pages_write_it(
    client: FlaskClient, sought: str, slugs: list[str]
) -> None:
    answer = client.get("/interpretations", query_string={"q": sought})
    assert answer.status_code == 200
    assert headings(answer) == slugs


def test_a_search_that_finds_nothing_says_what_to_try_and_shows_what_was_typed_as_text(
    client: FlaskClient,
) -> None:
    answer = client.get("/interpretations", query_string={"q": '"><script>x</script>'})
    assert answer.status_code == 200
    assert "<script>x" not in answer.text
    assert "Du sökte på ”&#34;&gt;&lt;script&gt;x&lt;/script&gt;”." in answer.text
    assert "Ingen tolkning svarar mot sökningen." in answer.text
    assert "Inga tolkningar" in answer.text


@pytest.mark.parametrize(
    ("sought", "sentence"),
    [
        ("a" * 230, "Sökningen är 230 tecken. Korta den med minst 30."),
        ("a\x00b", "Texten innehåller ett tecken som inte går att visa, på rad 1. Ta bort det."),
    ],
)
def test_a_search_that_cannot_be_made_gets_its_sentence_beside_the_field(
    client: FlaskClient, sought: str, sentence: str
) -> None:
    answer = client.get("/interpretations", query_string={"q": sought})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert 'aria-describedby="q-e"' in answer.text
    assert ("a" * 230 in answer.text) is (len(sought) == 230)


def test_an_interpretation_has_a_page_with_the_text_it_is_about_and_whom_it_binds(
    client: FlaskClient,
) -> None:
    answer = client.get("/interpretations/VIS-T-2025-2")
    read = text_of(answer)
    provision = queries.find_provisions("4.5 st 3")[0]
    assert answer.status_code == 200
    assert "<h1>Vad krävs när samordnande funktion delas av flera?</h1>" in answer.text
    assert "<title>Vad krävs när samordnande funktion delas av flera? – Trappan</title>" in answer.text
    for said in (
        "Gäller sedan 1 januari 2026",
        "VIS svar",
        f"HÖK 4.5 stycke 3 Åtagande för kommunen ”{provision.text}”",
        "Beslutad VIS 23 oktober 2025, § 31",
        "Gäller för Alla 28 parter och deras utförare",
        "Ersätter VIS-T 2023:1",
        "Bakåt i tiden Nej",
        "En reservation, från en ledamot i kommunernas block.",
        "VIS säger vad HÖK betyder. Texten ändras inte.",
        "Gällde 19 oktober 2023 – 31 december 2025. Ersatt av VIS-T 2025:2.",
    ):
        assert said in read


def test_the_public_page_carries_neither_the_case_nor_the_last_day_to_publish(client: FlaskClient) -> None:
    found = queries.interpretation("VIS-T 2025:1")
    assert found is not None
    assert found.source_case == "ESK-2025-0002"
    for path in ("/interpretations", "/interpretations/VIS-T-2025-1"):
        assert "ESK-" not in client.get(path).text
    assert "Befintliga avtal anpassas vid nästa ändring" in client.get("/interpretations/VIS-T-2025-1").text


@pytest.mark.parametrize(
    "slug",
    [
        "VIS-T-2025-99",
        "VIS-T-2025-02",
        "VIS-T-2025-2x",
        "VIS-T 2025:2",
        "vis-t-2025-2",
        "VIS-T-2025-" + "9" * 40,
        "x%00",
    ],
)
def test_an_address_that_leads_to_no_interpretation_is_not_found(client: FlaskClient, slug: str) -> None:
    assert client.get(f"/interpretations/{slug}").status_code == 404


def test_an_interpretation_that_applies_from_a_later_day_says_so_and_is_not_counted_as_in_force(app: Flask) -> None:
    with app.test_request_context():
        before = pages.register_page("", PUBLIC, dt.date(2026, 5, 3))
        after = pages.register_page("", PUBLIC, dt.date(2026, 5, 4))
    assert (before.in_force, after.in_force) == (3, 4)
    assert [page.items[0].standing for page in (before, after)] == ["Gäller från", "Gäller sedan"]


# --- Before it is published -------------------------------------------------------------------------------


def test_an_unpublished_interpretation_does_not_exist_for_the_public(
    client: FlaskClient, unread: Interpretation
) -> None:
    answer = client.get("/interpretations")
    assert "4 tolkningar, 3 gäller" in answer.text
    assert "2026:1" not in answer.text
    assert "publicer" not in answer.text.lower()
    assert client.get("/interpretations/VIS-T-2026-1").status_code == 404
    assert client.get("/interpretations/VIS-T-2026-1/publish").location.startswith("/sign_in")


@pytest.mark.parametrize("seat", SEATS, ids=lambda seat: seat.role.value)
def test_an_unpublished_interpretation_does_not_exist_for_any_seat_but_the_secretariat(
    client: FlaskClient, unread: Interpretation, seat: Seat
) -> None:
    enter(client, seat)
    assert "2026:1" not in client.get("/interpretations").text
    assert client.get("/interpretations/VIS-T-2026-1").status_code == 404
    assert client.get("/interpretations/VIS-T-2026-1/publish").status_code == 404
    answer = client.post("/interpretations/VIS-T-2026-1/publish", data={"is_secrecy_reviewed": "y"})
    assert answer.status_code == 404
    assert queries.interpretation("VIS-T 2026:1") is None


def test_the_secretariat_sees_what_waits_with_its_last_day_and_whose_rule_that_is(
    client: FlaskClient, unread: Interpretation
) -> None:
    enter(client, OFFICIAL)
    read = text_of(client.get("/interpretations"))
    assert "En tolkning väntar på publicering" in read
    assert "27 nov 4 arbetsdagar kvar Publicera VIS-T 2026:1" in read
    assert "Förvalt av systemet, inte av HÖK" in read
    assert "4 tolkningar, 3 gäller" in read
    preview = text_of(client.get("/interpretations/VIS-T-2026-1"))
    assert "Bara de som publicerar ser sidan" in preview
    assert "Beslutad VIS 16 april 2026 Gäller för" in preview
    assert "ESK-" not in preview


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (dt.date(2026, 11, 27), "I dag"),
        (dt.date(2026, 11, 30), "1 arbetsdag sent"),
        (dt.date(2026, 11, 26), "1 arbetsdag kvar"),
    ],
)
def test_how_much_is_left_is_counted_in_working_days(
    app: Flask, unread: Interpretation, day: dt.date, due: str
) -> None:
    official = Viewer(user_id=1, membership_id=1, role=Role.SECRETARIAT_HEAD)
    with app.test_request_context():
        [row] = pages.register_page("", official, day).waiting
    assert due in (row.note, row.day_text)
    assert row.late is ("sent" in due)


# --- Publishing -------------------------------------------------------------------------------------------


def test_two_of_different_sides_publish_what_they_have_reviewed_and_everybody_can_read_it(
    app: Flask, client: FlaskClient, session: Database, unread: Interpretation
) -> None:
    enter(client, OFFICIAL)
    form = text_of(client.get("/interpretations/VIS-T-2026-1/publish"))
    assert "Publicera senast 27 november 2026, 4 arbetsdagar kvar" in form
    assert "Kommer från ESK-2026-0007" in form
    answer = client.post("/interpretations/VIS-T-2026-1/publish", data={"is_secrecy_reviewed": "y"})
    assert (answer.status_code, answer.location) == (302, "/interpretations/VIS-T-2026-1")
    assert "Er sida har skrivit under." in text_of(client.get(answer.location))
    assert "Publicera VIS-T 2026:1" not in text_of(client.get("/interpretations"))
    again = client.post("/interpretations/VIS-T-2026-1/publish", data={"is_secrecy_reviewed": "y"})
    assert again.status_code == 409
    session.expire_all()
    assert unread.published_on is None
    other = enter(app.test_client(), OTHER_SIDE, "bo@example.se")
    assert "Underskrivet 23 november 2026 för regionens sida" in text_of(
        other.get("/interpretations/VIS-T-2026-1/publish")
    )
    answer = other.post("/interpretations/VIS-T-2026-1/publish", data={"is_secrecy_reviewed": "y"})
    assert (answer.status_code, answer.location) == (302, "/interpretations/VIS-T-2026-1")
    session.expire_all()
    assert unread.published_on == TODAY
    anybody = app.test_client()
    assert "Publicerad 23 november 2026" in text_of(anybody.get(answer.location))
    assert "5 tolkningar, 4 gäller" in anybody.get("/interpretations").text


def test_what_is_not_ticked_is_not_published_and_the_sentence_stands_beside_the_tick(
    client: FlaskClient, session: Database, unread: Interpretation
) -> None:
    enter(client, OFFICIAL)
    answer = client.post("/interpretations/VIS-T-2026-1/publish", data={})
    assert answer.status_code == 422
    assert answer.text.count("Pröva sekretessen innan tolkningen publiceras.") == 2
    session.expire_all()
    assert unread.published_on is None


def test_the_publisher_reads_which_names_stand_in_the_texts(client: FlaskClient, unread: Interpretation) -> None:
    unread.scope = "Norrtälje kommun och Sjukvårds- och omsorgskontoret."
    enter(client, OFFICIAL)
    form = text_of(client.get("/interpretations/VIS-T-2026-1/publish"))
    assert "Namn i texterna Norrtälje" in form
    assert "nämner varken ärendet, parterna" not in form


def test_a_person_who_comes_late_reads_that_it_is_published_already(
    app: Flask, client: FlaskClient, unread: Interpretation
) -> None:
    for seat, email in ((OTHER_SIDE, "bo@example.se"), (OFFICIAL, "anna@example.se")):
        enter(client if seat is OFFICIAL else app.test_client(), seat, email).post(
            "/interpretations/VIS-T-2026-1/publish", data={"is_secrecy_reviewed": "y"}
        )
    for answer in (
        client.post("/interpretations/VIS-T-2026-1/publish", data={"is_secrecy_reviewed": "y"}),
        client.get("/interpretations/VIS-T-2026-1/publish"),
    ):
        assert answer.status_code == 409
        assert "Tolkningen är redan publicerad." in answer.text


@pytest.mark.parametrize(("path", "most"), [("/interpretations", 8), ("/interpretations/VIS-T-2025-2", 9)])
def test_a_page_of_the_register_asks_the_database_only_a_few_times(
    app: Flask, client: FlaskClient, unread: Interpretation, path: str, most: int
) -> None:
    enter(client, OFFICIAL)
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    client.get(path)
    found = [sql for sql in asked if sql.startswith("SELECT")]
    assert 0 < len(found) <= most, "\n\n".join(found)
