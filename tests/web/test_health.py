"""The state of clock and mail: what people who look after them see, and what a machine may ask."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from config import VERSION
from escalation import clock
from escalation.accounts import actions as accounts
from escalation.accounts import queries as account_queries
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role, User
from escalation.cases.filings import Filing
from escalation.cases.models.case import CaseType
from escalation.cases.models.course import Ball
from escalation.cases.verbs import filing
from escalation.db import session
from escalation.nudges.models import Mail, MailState
from escalation.parties.models import BlockSide
from escalation.watch.delivery import DeliveryReport
from escalation.watch.health import check_integrity
from escalation.watch.runs import INTERVALS, note_call
from escalation.watch.sweep import SweepReport
from escalation.web.watch import pages

Database = scoped_session[Session]

PASSWORD = "gråsugga under isen"
OFFICIAL = Seat(Role.SECRETARIAT, side=BlockSide.MUNICIPAL)
TYRESO = Seat(Role.LOCAL_APPROVER, party="TYR")


def give_seat(seat: Seat, name: str = "anna") -> User:
    return accounts.create_user(f"{name}@example.se", name.title(), [seat], by="system:setup", at=clock.now())


def enter(client: FlaskClient, seat: Seat) -> FlaskClient:
    """Sign in as somebody with this seat."""
    user = give_seat(seat)
    accounts.set_password(user, PASSWORD, at=clock.now())
    assert client.post("/sign_in", data={"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def beat(*jobs: str, ago: int = 0, error: str | None = None, **counts: int) -> None:
    """Let jobs have been called so many seconds ago."""
    moment = clock.now() - dt.timedelta(seconds=ago)
    for job in jobs or INTERVALS:
        note_call(job, started_at=moment, finished_at=moment, counts=counts, error=error)


def letter(recipient: User, state: MailState, error: str) -> None:
    """A letter of 20 November 2026 that ended so."""
    day = dt.date(2026, 11, 20)
    session.add(
        Mail(
            recipient=recipient.id,
            day=day,
            state=state,
            message_id=f"{recipient.id}.{day}@trappan",
            next_attempt_at=clock.now(),
            last_error=error,
        )
    )
    session.flush()


def text_of(answer: Any) -> str:
    """The page as it is read: no tags, single blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


# --- For people -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seat", [OFFICIAL, Seat(Role.AUDITOR)], ids=lambda seat: seat.role.value)
def test_the_secretariat_and_the_auditor_see_the_state_of_clock_and_mail(
    client: FlaskClient, session: Database, seat: Seat
) -> None:
    beat()
    answer = enter(client, seat).get("/health")
    assert answer.status_code == 200
    assert "Allt fungerar." in answer.text
    assert answer.text.count("Fungerar</span>") == 3


@pytest.mark.parametrize("seat", [TYRESO, Seat(Role.BODY_CHAIR, body="VIS", side=BlockSide.REGION)])
def test_others_do_not_see_it(client: FlaskClient, session: Database, seat: Seat) -> None:
    assert client.get("/health").location.startswith("/sign_in")
    assert enter(client, seat).get("/health").status_code == 404


def test_each_job_says_when_it_last_came_through_and_what_it_did(client: FlaskClient, session: Database) -> None:
    beat("sweep", cases=43, nudges=3, passed=0, errors=0)
    beat("deliver", ago=100, sent=1)
    beat("integrity", ago=4 * 3600)
    beat("integrity", error="OperationalError")
    read = text_of(enter(client, OFFICIAL).get("/health"))
    assert "Står still: Kontroll av ärenden. Går sent: Utskick av post." in read
    assert "Påminnelser var 15:e minut Fungerar" in read
    assert "43 ärenden, 3 påminnelser, 0 fel" in read
    assert "Utskick av post varje minut Sen" in read
    assert "Kontroll av ärenden var 60:e minut Står still" in read
    assert "Senaste försöket avbröts: OperationalError" in read


def test_a_clock_that_never_ran_is_said_to_stand_still(client: FlaskClient, session: Database) -> None:
    read = text_of(enter(client, OFFICIAL).get("/health"))
    assert "Står still: Påminnelser, Utskick av post, Kontroll av ärenden." in read
    assert read.count("Aldrig Inte än") == 3


def test_letters_in_trouble_are_listed_by_seat_and_day_and_never_by_person_or_content(
    client: FlaskClient, session: Database
) -> None:
    beat()
    letter(give_seat(TYRESO, "beata"), MailState.FAILED, "550 efter RCPT")
    letter(give_seat(Seat(Role.AUDITOR), "cecilia"), MailState.UNCERTAIN, "tyst efter brevets slut")
    answer = enter(client, OFFICIAL).get("/health")
    read = text_of(answer)
    assert "1 brev kom inte fram. 1 brev är osäkert." in read
    assert "Tyresö kommun, beslutsfattare 20 november 2026 550 efter RCPT" in read
    assert "Revisor 20 november 2026 tyst efter brevets slut" in read
    for private in ("beata", "cecilia", "example.se"):
        assert private not in answer.text.lower()


def test_an_open_case_without_a_ball_is_listed_with_its_number(client: FlaskClient, session: Database) -> None:
    beat()
    by = account_queries.viewer_for(give_seat(TYRESO, "beata").memberships[0])
    filed = Filing(
        title="Kontaktväg till samordnande vårdcentral",
        type=CaseType.INTERPRETATION,
        agreement="HOK",
        provisions=["4.5 st 2"],
        respondents=["RS"],
        event_on=dt.date(2024, 3, 1),
        description="Vårdcentralen som samordnar har bytt telefonnummer tre gånger under året. " * 2,
        position="Att det finns en utsedd vårdcentral betyder att det också ska finnas en känd väg till den.",
        purpose_statement="Syftet i 1.2 är bättre förutsättningar för samarbete, och målet i 2.1 sömlös vård.",
        interim_arrangement="Kommunen använder vårdcentralens gemensamma brevlåda, som läses varje vardag.",
    )
    case = filing.file(filed, by=by, at=clock.now())
    session.query(Ball).delete()
    read = text_of(enter(client, OFFICIAL).get("/health"))
    assert "1 ärende saknar boll." in read
    assert case.number in read
    counted = check_integrity(clock.now())
    note_call("integrity", started_at=clock.now(), finished_at=clock.now(), counts=counted)
    asked = client.get("/healthz")
    assert (asked.status_code, asked.get_json()["cases"]) == (503, "red")
    assert "ESK" not in asked.text
    beat("integrity")  # the next check finds that all is well
    assert client.get("/healthz").get_json()["cases"] == "green"


def test_everything_a_job_counts_has_a_word(app: Flask) -> None:
    delivery = DeliveryReport(errors=["x"])
    for field in dataclasses.fields(delivery):
        if isinstance(getattr(delivery, field.name), int) and not field.name.startswith("is_"):
            setattr(delivery, field.name, 2)
    with app.test_request_context():
        assert pages.counted(SweepReport().counts) == "0 fel"
        assert pages.counted(delivery.counts).count(",") == 7
        assert pages.counted(DeliveryReport(retried=1, trouble="530 efter MAIL").counts) == (
            "1 försöks igen, e-postservern kunde inte användas"
        )
        assert pages.counted({"without_ball": 1}) == "1 ärende utan boll"


# --- For machines -----------------------------------------------------------------------------------------


def test_anybody_may_ask_whether_all_is_well(client: FlaskClient, session: Database) -> None:
    beat()
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "green",
        "jobs": {"sweep": "green", "deliver": "green", "integrity": "green"},
        "mail": "green",
        "cases": "green",
        "version": VERSION,
    }


def test_what_is_late_or_uncertain_is_amber_and_still_answers_200(client: FlaskClient, session: Database) -> None:
    beat()
    beat("deliver", ago=100)
    letter(give_seat(TYRESO), MailState.UNCERTAIN, "tyst efter brevets slut")
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert (answer.get_json()["status"], answer.get_json()["jobs"]["deliver"], answer.get_json()["mail"]) == (
        "amber",
    ) * 3


def test_what_stands_still_or_did_not_arrive_is_red_and_answers_503(client: FlaskClient, session: Database) -> None:
    stopped = client.get("/healthz")
    assert (stopped.status_code, stopped.get_json()["status"]) == (503, "red")
    beat()
    letter(give_seat(TYRESO), MailState.FAILED, "550 efter RCPT")
    failed = client.get("/healthz")
    assert (failed.status_code, failed.get_json()["mail"], failed.get_json()["jobs"]["sweep"]) == (503, "red", "green")
    assert "550" not in failed.text
