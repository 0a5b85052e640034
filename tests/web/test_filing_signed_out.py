"""A filing that is sent when the session has ended: it goes through after signing in."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.actions import Seat
from escalation.accounts.models import Membership, Role, User
from escalation.cases.models.case import Case
from escalation.documents.models import Attachment
from escalation.web import resumed_forms
from tests.support import sample_files
from tests.support.writer import MEANWHILE, VOUCHED, Writer, carried_by, end_sessions, kept_facts, resent, text_of

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # the drafts and what is filed of them are tried on both in tests/cases
MULTIPART = "multipart/form-data"


def test_a_page_sent_when_the_session_has_ended_goes_through_after_signing_in(
    handler: Writer, session: Database
) -> None:
    handler.begin()
    opened = handler.get("meanwhile").text
    end_sessions(session)
    asked = handler.post("meanwhile", opened=opened, **{**MEANWHILE, "respondents": ["RS", "SUN"]})
    assert asked.status_code == 401
    assert "Det du skickade är inte mottaget, men inte heller förlorat." in text_of(asked)
    assert 'action="/sign_in"' in asked.text
    wrong = handler.client.post(
        "/sign_in", data={"email": handler.email, "password": "fel", "carried": carried_by(asked)}
    )
    assert wrong.status_code == 422
    back = handler.sign_in(carried=carried_by(wrong))
    assert back.status_code == 200
    read = text_of(back)
    assert "Du agerar nu som Tyresö kommun, handläggare." in read
    assert MEANWHILE["interim_arrangement"] in read
    resent(handler, back)
    facts = kept_facts(session, handler)
    assert facts["interim_arrangement"] == MEANWHILE["interim_arrangement"]
    assert facts["respondents"] == ["RS", "SUN"]


def test_an_act_in_a_case_goes_through_too(approver: Writer, session: Database) -> None:
    approver.write()
    case = approver.post("check", **VOUCHED, do="send").location
    version = re.search(r'name="version" value="(\d+)"', approver.client.get(f"{case}/withdraw").text)
    assert version is not None
    end_sessions(session)
    asked = approver.client.post(f"{case}/withdraw", data={"version": version[1], "reason": "Frågan är löst lokalt."})
    assert asked.status_code == 401
    back = approver.sign_in(carried=carried_by(asked))
    assert f"{case.rpartition('/')[2]}: Återkalla ärendet" in text_of(back)
    assert resent(approver, back).location == case
    session.expire_all()
    assert session.scalars(select(Case.phase)).one() == "closed"


@pytest.mark.parametrize(("name", "is_told"), [("", False), ("karta.pdf", True)])
def test_only_files_that_were_chosen_are_said_not_to_have_come_along(
    handler: Writer, session: Database, name: str, is_told: bool
) -> None:
    handler.begin()
    opened = handler.get("meanwhile").text
    end_sessions(session)
    asked = handler.post("meanwhile", opened=opened, **MEANWHILE, attachments=(BytesIO(b""), name))
    assert asked.status_code == 401
    assert ("Bifogade filer följde inte med" in text_of(handler.sign_in(carried=carried_by(asked)))) is is_told


def test_the_page_after_signing_in_says_that_the_filing_will_be_sent(approver: Writer, session: Database) -> None:
    approver.write()
    opened = approver.get("check").text
    end_sessions(session)
    asked = approver.post("check", opened=opened, **VOUCHED, do="send")
    back = approver.sign_in(carried=carried_by(asked))
    assert "Anmälan skickas" in text_of(back)
    assert "/cases/ESK-" in resent(approver, back).location


def test_the_form_gives_no_new_rights(handler: Writer, app: Flask, session: Database) -> None:
    handler.begin()
    end_sessions(session)
    opened = '<input name="version" value="1">'
    asked = handler.post("meanwhile", opened=opened, **MEANWHILE)
    other = Writer(app, "annan@example.se", Seat(Role.LOCAL_HANDLER, party="SUN"))
    assert resent(other, other.sign_in(carried=carried_by(asked))).status_code == 404
    assert "interim_arrangement" not in kept_facts(session, handler)


def test_who_has_several_memberships_chooses_one_to_send_as(app: Flask, session: Database) -> None:
    writer = Writer(
        app, "eva@example.se", Seat(Role.BODY_MEMBER, body="VIS"), Seat(Role.LOCAL_HANDLER, party="TYR")
    )  # fmt: skip
    rows = session.scalars(select(Membership.id).join(User).where(User.email == writer.email)).all()
    writer.client.post("/act_as", data={"membership_id": rows[1]})
    writer.begin(acting_as=str(rows[1]))
    end_sessions(session)
    asked = writer.post("meanwhile", opened='<input name="version" value="1">', **MEANWHILE)
    choice = writer.sign_in(carried=carried_by(asked))
    assert "Välj som vem du skickar det du hade skrivit." in text_of(choice)
    chosen = writer.client.post("/act_as", data={"membership_id": rows[1], "carried": carried_by(choice)})
    assert "Du agerar nu som Tyresö kommun, handläggare." in text_of(chosen)
    resent(writer, chosen)
    assert kept_facts(session, writer)["interim_arrangement"] == MEANWHILE["interim_arrangement"]


def test_what_is_too_long_to_carry_is_shown_to_be_copied(handler: Writer, session: Database) -> None:
    handler.begin()
    end_sessions(session)
    long = "Ord och inga visor. " * 11_000
    assert len(long) > resumed_forms.MOST
    asked = handler.post("meanwhile", opened="", **{**MEANWHILE, "interim_arrangement": long})
    assert asked.status_code == 401
    assert 'name="carried"' not in asked.text
    assert "Kopiera det du har skrivit innan du loggar in" in text_of(asked)
    assert long.strip() in asked.text


@pytest.mark.parametrize("sealed", ["", "skräp", "a.b.c", "ÅÄÖ", "x" * 5000])
def test_a_form_that_was_not_sealed_by_us_is_not_carried(handler: Writer, session: Database, sealed: str) -> None:
    assert handler.sign_in(carried=sealed).location == "/"


@pytest.mark.parametrize(
    "header", [{"Origin": "https://ond.example"}, {"Origin": "null"}, {"Referer": "https://ond.example/"}]
)
def test_what_another_site_posts_is_not_carried(client: FlaskClient, session: Database, header: dict[str, str]) -> None:
    answer = client.post("/cases/file", data={"matter": "reading"}, headers=header)
    assert answer.status_code == 401
    assert 'name="carried"' not in answer.text


def test_passwords_and_tokens_are_never_carried(handler: Writer, session: Database) -> None:
    end_sessions(session)
    answer = handler.client.post("/act_as", data={"membership_id": "1"})
    assert (answer.status_code, answer.location) == (302, "/sign_in?next=/act_as")


def test_two_parties_may_begin_a_filing_with_the_same_token(app: Flask, session: Database) -> None:
    writers = [Writer(app, f"anna@{party}.example", Seat(Role.LOCAL_HANDLER, party=party)) for party in ("TYR", "RS")]
    for writer in writers:
        assert writer.begin(token="x").status_code == 302
        assert writer.get("position").status_code == 200
    assert writers[0].draft != writers[1].draft


# --- It costs the same however much there is -------------------------------------------------------------


def test_the_page_before_sending_again_shows_what_was_written_and_nothing_of_ours(
    handler: Writer, session: Database
) -> None:
    handler.begin()
    opened = handler.get("meanwhile").text
    end_sessions(session)
    asked = handler.post("meanwhile", opened=opened, **MEANWHILE)
    read = text_of(handler.sign_in(carried=carried_by(asked)))
    assert MEANWHILE["urgency_reason"] in read
    assert '{"' not in read
    handler.client.post(handler.url("discard"))
    gone = handler.post("meanwhile", opened=opened, **MEANWHILE)
    assert gone.status_code == 404
    assert MEANWHILE["interim_arrangement"] in gone.text
    assert "{&#34;" not in gone.text


def test_files_that_are_chosen_when_the_filing_is_sent_stand_with_the_filers_reading(
    handler: Writer, session: Database
) -> None:
    handler.write()
    opened = handler.get("check").text
    assert 'enctype="multipart/form-data"' in opened
    version = re.search(r'name="version" value="(\d+)"', opened)
    assert version
    sent = {"version": version[1], "do": "send", "no_personal_data": "y", "in_scope": "y", "delegation": "y"}
    wrong = handler.client.post(
        handler.url("check"),
        data={**sent, "attachments": (BytesIO(b"MZ"), "rutin.pdf")},
        content_type=MULTIPART,
    )
    assert wrong.status_code == 422
    assert 'id="attachments-e"' in wrong.text
    assert session.scalars(select(Attachment)).all() == []
    filed = handler.client.post(
        handler.url("check"),
        data={**sent, "attachments": (BytesIO(sample_files.pdf()), "rutin.pdf")},
        content_type=MULTIPART,
    )
    assert filed.status_code == 302, text_of(filed)
    page = handler.client.get(filed.location).text
    assert "rutin.pdf" in page.partition('id="h-sidor"')[2].partition("</section>")[0]
