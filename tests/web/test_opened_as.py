"""A form is done as the membership under which it was opened, or refused with the text kept.

Somebody with two roles has a form open in one tab and changes roles in another. The two are of opposed parties: what is
written for the one must never be written for the other.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.actions import Seat
from escalation.accounts.models import Membership, Role, User
from escalation.cases.models.case import Draft
from escalation.cases.models.parties import PartyNote, RegistryNumber
from escalation.cases.models.statements import Position
from escalation.db import session
from escalation.rules.situation import Phase
from tests.support.page import Page
from tests.support.stories import StoryFactory
from tests.support.writer import Writer, carried_by, end_sessions, resent

Database = scoped_session[Session]

pytestmark = pytest.mark.one_database  # whose a form is, is decided before the database is asked to write

OURS = "Hemligt hos oss: vi kan ge med oss på punkt två, men inte på punkt ett."
TYR, RS = (Seat(Role.LOCAL_HANDLER, party=party) for party in ("TYR", "RS"))


class Two(Writer):
    """Somebody who handles for Tyresö and for the region, and has just opened a page for Tyresö."""

    def __init__(self, app: Flask, *seats: Seat) -> None:
        super().__init__(app, "eva@example.se", *(seats or (TYR, RS)))
        self.act_as("TYR")

    def act_as(self, party: str) -> None:
        mine = select(Membership.id).join(User).where(User.email == self.email, Membership.party_code == party)
        chosen = session.scalars(mine).one()
        assert self.client.post("/act_as", data={"membership_id": chosen}).status_code == 302

    def fill(self, path: str, **typed: Any) -> dict[str, Any]:
        """Open a page, and what a browser would send of it."""
        return Page(self.client.get(path).text).filled(**typed)


def case_of(session: Database) -> str:
    story = StoryFactory(initiator="TYR", respondents=("RS",), at_phase=Phase.DIALOGUE)
    session.commit()
    return f"/cases/{story.case.number}"


def count(session: Database, row: type[Any]) -> int:
    session.expire_all()
    return session.scalar(select(func.count()).select_from(row)) or 0


def is_kept(answer: Any, text: str = OURS) -> bool:
    """Whether the refusal says what has happened, and shows what was written."""
    page = Page(answer.text)
    assert (answer.status_code, page.heading) in {
        (409, "Formuläret öppnades i en annan roll"), (409, "Öppna sidan på nytt")
    }  # fmt: skip
    return text in [area.text.removeprefix("\n") for area in page.all("textarea")]


@pytest.mark.parametrize(
    ("page", "row"),
    [("state_position", Position), ("notes", PartyNote), ("add_register_number", RegistryNumber)],
)
def test_a_form_that_was_opened_in_another_role_writes_nothing_and_keeps_the_text(
    app: Flask, session: Database, page: str, row: type[Any]
) -> None:
    path, writer = f"{case_of(session)}/{page}", Two(app)
    typed = {"value" if page == "add_register_number" else "text": OURS[:50]}
    sent, before = writer.fill(path, **typed), count(session, row)
    writer.act_as("RS")
    answer = writer.client.post(path, data=sent)
    assert is_kept(answer, OURS[:50])
    read = Page(answer.text).main
    assert "Du öppnade formuläret som Tyresö kommun, handläggare" in read
    assert "agerar nu som Region Stockholm, handläggare" in read
    assert count(session, row) == before


def test_who_goes_back_to_the_role_sends_the_same_form_in_it(app: Flask, session: Database) -> None:
    path, writer = f"{case_of(session)}/state_position", Two(app)
    sent = writer.fill(path, text=OURS)
    writer.act_as("RS")
    refused = writer.client.post(path, data=sent)
    assert "Byt till Tyresö kommun, handläggare" in Page(refused.text).main
    back = resent(writer, refused)
    read = Page(back.text).main
    assert "Du agerar nu som Tyresö kommun, handläggare" in read
    assert OURS in read
    assert resent(writer, back).status_code == 302
    session.expire_all()
    assert session.scalars(select(Position.party_code).where(Position.text == OURS)).all() == ["TYR"]


def test_what_is_too_long_to_come_along_to_the_other_role_is_shown_to_be_copied(app: Flask, session: Database) -> None:
    path, writer = f"{case_of(session)}/notes", Two(app)
    long = "Ord och inga visor. " * 11_000
    sent = writer.fill(path, text=long)
    writer.act_as("RS")
    answer = writer.client.post(path, data=sent)
    assert is_kept(answer, long)
    assert "Kopiera det du skrev innan du byter tillbaka" in Page(answer.text).main
    assert 'name="carried"' not in answer.text


def test_a_filing_that_was_begun_for_one_party_is_never_kept_for_another(app: Flask, session: Database) -> None:
    writer = Two(app)
    first = writer.fill("/cases/file", matter="reading")
    path = writer.client.post("/cases/file", data=first).location.replace("provision", "position")
    sent = writer.fill(path, description=OURS)
    writer.act_as("RS")
    assert is_kept(writer.client.post(path, data=sent))
    assert writer.client.post("/cases/file", data=first).status_code == 409
    session.expire_all()
    [draft] = session.scalars(select(Draft)).all()
    assert draft.party_code == "TYR"
    assert OURS not in str(draft.facts)


def test_a_form_for_which_the_new_role_has_no_page_names_the_role_and_is_kept_too(
    app: Flask, session: Database
) -> None:
    writer = Two(app, TYR, Seat(Role.PARTY_READER, party="RS"))
    path = f"{case_of(session)}/notes"
    sent = writer.fill(path, text=OURS)
    writer.act_as("RS")
    assert is_kept(writer.client.post(path, data=sent))


def test_days_of_absence_are_those_of_the_role_in_which_they_were_written(app: Flask, session: Database) -> None:
    writer = Two(app)
    sent = writer.fill("/absence", absent_from="2026-12-01", absent_until="2026-12-04")
    writer.act_as("RS")
    assert writer.client.post("/absence", data=sent).status_code == 409
    session.expire_all()
    assert session.scalars(select(Membership).where(Membership.absent_from.is_not(None))).all() == []


def test_a_form_that_does_not_say_its_role_is_done_only_where_there_is_one_role(app: Flask, session: Database) -> None:
    """A page that was opened before forms said it."""
    path, writer = f"{case_of(session)}/notes", Two(app)
    assert is_kept(writer.client.post(path, data={"text": OURS}))
    alone = Writer(app, "anna@example.se", TYR)
    assert alone.client.post(path, data={"text": OURS}).status_code == 302
    assert count(session, PartyNote) == 1


def test_a_form_that_says_a_role_of_somebody_else_is_refused(app: Flask, session: Database) -> None:
    path, writer = f"{case_of(session)}/notes", Two(app)
    other = Writer(app, "anna@example.se", TYR)
    for said in (str(other.membership), "", "x", "9" * 30, "\x00"):
        answer = writer.client.post(path, data={"text": OURS, "acting_as": said})
        assert is_kept(answer), said
        assert "anna@example" not in answer.text
    assert count(session, PartyNote) == 0


def test_a_form_that_came_when_the_session_had_ended_goes_on_in_the_role_in_which_it_was_opened(
    app: Flask, session: Database
) -> None:
    path, writer = f"{case_of(session)}/notes", Two(app)
    writer.act_as("RS")
    sent = writer.fill(path, text=OURS)
    end_sessions(session)
    asked = writer.client.post(path, data=sent)
    assert asked.status_code == 401
    back = writer.sign_in(carried=carried_by(asked))
    assert "Du agerar nu som Region Stockholm, handläggare" in Page(back.text).main
    assert resent(writer, back).status_code == 302
    session.expire_all()
    assert session.scalars(select(PartyNote.party_code)).all() == ["RS"]


def test_a_form_that_somebody_else_signs_in_with_is_not_theirs_to_send(app: Flask, session: Database) -> None:
    path, writer = f"{case_of(session)}/notes", Two(app)
    sent = writer.fill(path, text=OURS)
    other = Writer(app, "anna@example.se", RS)
    end_sessions(session)
    asked = writer.client.post(path, data=sent)
    answer = other.sign_in(carried=carried_by(asked))
    assert is_kept(answer)
    assert "Formuläret öppnades i en roll som du inte har." in Page(answer.text).main
    mine = re.findall(r'name="acting_as" value="([^"]*)"', answer.text)
    forced = other.client.post(
        "/act_as", data={"membership_id": str(other.membership), "carried": unescape(carried_by(asked))}
    )
    assert is_kept(forced)
    assert set(mine) == {str(other.membership)}
    assert count(session, PartyNote) == 0


def test_changing_language_and_signing_out_are_the_persons_own_in_whatever_role(app: Flask, session: Database) -> None:
    writer = Two(app)
    opened = Page(writer.client.get("/").text).all("input", name="acting_as")[0].attributes["value"]
    writer.act_as("RS")
    for path, more in (("/choose_language", {"language": "en"}), ("/sign_out", {})):
        assert writer.client.post(path, data={"acting_as": opened, **more}).status_code == 302, path
