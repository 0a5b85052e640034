"""A real site learns that an earlier release filled its database with invented rows, and gets rid of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from config import Settings
from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.agreements.models import Agreement, Interpretation
from escalation.cases.models.case import Case
from escalation.links import actions as links
from escalation.links.models import LinkKind
from escalation.meetings.models import Meeting
from escalation.parties.models import BlockSide
from escalation.rules.situation import Phase
from escalation.trail.actions import next_number
from escalation.trail.events import facts_of, render
from escalation.trail.models import TrailEvent
from tests.support.app import close, new_application, settings_for
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import StoryFactory

Database = scoped_session[Session]
SITE = "https://trappan.example"
WHY = "Tolkningen gäller en annan fråga än den som vi tar upp här och nu."


@pytest.fixture
def site(settings: Settings) -> Iterator[Flask]:
    """A real site on a database with everything that earlier releases wrote into it."""
    made = settings_for(
        settings.database_url, settings.instance_dir, TRAPPAN_MODE="production", ALLOWED_HOSTS="trappan.example",
        MAIL_TRANSPORT="smtp", SECRET_KEY="a long secret key that is for the tests alone",
    )  # fmt: skip
    app = new_application(made)
    yield app
    close(app)


@pytest.fixture
def session(site: Flask) -> Iterator[Database]:
    from escalation.db import session

    with site.app_context():
        yield session


def run(site: Flask, *args: str, typed: str | None = None) -> Result:
    from escalation.db import session

    session.commit()
    with site.app_context():
        return site.test_cli_runner().invoke(args=list(args), input=typed)


def held(session: Database) -> dict[str, int]:
    session.rollback()
    return {
        "interpretations": session.scalar(select(func.count(Interpretation.id))) or 0,
        "meetings": session.scalar(select(func.count(Meeting.id))) or 0,
        "agreements": session.scalar(select(func.count()).where(~Agreement.is_verified)) or 0,
    }


def read(site: Flask, path: str, seat: Seat | None = None) -> Any:
    browser = site.test_client()
    if seat:
        user = accounts.create_user("ny@example.se", "Ny", [seat], by="system:cli", at=instant(dt.date(2026, 9, 1)))
        accounts.set_password(user, "gråsugga under isen", at=instant(dt.date(2026, 9, 1)))
        sent = {"email": "ny@example.se", "password": "gråsugga under isen"}
        assert browser.post("/sign_in", data=sent, base_url=SITE).status_code == 302
    return browser.get(path, base_url=SITE)


def test_setup_and_the_health_page_tell_how_to_remove_what_is_invented(site: Flask, session: Database) -> None:
    assert "flask remove-invented" in run(site, "setup").output
    page = read(site, "/health", Seat(Role.SECRETARIAT, side=BlockSide.REGION))
    assert "flask remove-invented" in page.text
    run(site, "remove-invented", "--yes")
    assert "remove-invented" not in run(site, "setup").output


def test_what_is_invented_is_listed_asked_about_and_removed_by_one_event(site: Flask, session: Database) -> None:
    before = held(session)
    assert before == {"interpretations": 5, "meetings": 65, "agreements": 12}
    asked = run(site, "remove-invented", typed="n\n")
    assert asked.exit_code == 1
    for line in ("interpretation VIS-T 2024:1: När är", "meeting VIS 2026-12-10", "agreement SIP: Samordnad"):
        assert line in asked.output
    assert held(session) == before
    events = session.scalar(select(func.count(TrailEvent.seq))) or 0
    done = run(site, "remove-invented", typed="y\n")
    assert done.exit_code == 0, done.output
    assert held(session) == {"interpretations": 0, "meetings": 0, "agreements": 0}
    added = session.scalars(select(TrailEvent).order_by(TrailEvent.seq)).all()[events:]
    assert [event.kind for event in added] == ["invented_removed"]
    assert run(site, "verify").output.startswith("The trail and the cases are whole.")
    assert "Inga tolkningar ännu" in read(site, "/interpretations").text
    assert next_number("VIS-T", 2026) == 1


@pytest.mark.one_database
def test_a_second_removal_finds_nothing_to_remove_and_writes_nothing(site: Flask, session: Database) -> None:
    run(site, "remove-invented", "--yes")
    events = session.scalar(select(func.count(TrailEvent.seq)))
    again = run(site, "remove-invented", "--yes")
    assert (again.exit_code, again.output.strip()) == (0, "There is nothing to remove.")
    session.rollback()
    assert session.scalar(select(func.count(TrailEvent.seq))) == events


def test_a_case_that_cites_an_invented_interpretation_keeps_its_words_with_a_mark(
    site: Flask, session: Database
) -> None:
    answered = StoryFactory(provisions=["4.5 st 3"], precedent_answer=WHY).case.number
    applies = StoryFactory(at_phase=Phase.DIALOGUE)
    links.link(
        applies.case, by=person("SEK.region"), at=instant(applies.day), kind=LinkKind.PRECEDENT_APPLIED,
        to="VIS-T 2024:1", reason="Frågan är redan besvarad där.",
    )  # fmt: skip
    number = applies.case.number
    done = run(site, "remove-invented", "--yes")
    assert done.exit_code == 0, done.output
    session.rollback()
    mark = "Borttagen ur registret: påhittad exempeltolkning"
    page = read(site, f"/cases/{answered}", Seat(Role.SECRETARIAT, side=BlockSide.REGION)).text
    assert page.count(mark) == 1
    assert "VIS-T 2025:2" in page
    assert "Funktionen får delas" in page
    assert WHY in page
    assert "/interpretations/VIS-T" not in page
    kept = session.scalars(select(Case).where(Case.number == number)).one()
    assert [row["number"] for row in kept.removed_precedents] == ["VIS-T 2024:1"]
    assert run(site, "verify").exit_code == 0
    # A number that a case still carries is not given again.
    assert next_number("VIS-T", 2024) == 2
    assert next_number("VIS-T", 2026) == 1


def test_a_meeting_or_an_agreement_that_a_case_stands_on_is_kept_and_named(site: Flask, session: Database) -> None:
    story = StoryFactory(at_step=2, at_phase=Phase.PREPARATION)
    meeting = story.file.treatment
    assert meeting is not None
    kept = f"{meeting.meeting.body} {meeting.meeting.held_on}"
    StoryFactory(
        agreement="SIP", provisions=[], citation_place="3", citation_quote="Så står det.", citation_source="Portalen"
    )
    done = run(site, "remove-invented", "--yes")
    assert f"to be checked by you: meeting {kept}" in done.output
    assert "to be checked by you: agreement SIP" in done.output
    assert held(session) == {"interpretations": 0, "meetings": 1, "agreements": 1}


@pytest.mark.one_database
def test_what_somebody_entered_afterwards_is_not_taken_for_invented(site: Flask, session: Database) -> None:
    run(site, "remove-invented", "--yes")
    assert run(site, "meetings", "add", "VIS", "2026-12-10").exit_code == 0
    assert run(site, "remove-invented", "--yes").output.strip() == "There is nothing to remove."
    assert held(session)["meetings"] == 1


@pytest.mark.one_database
def test_a_demo_keeps_what_is_invented(app: Flask, session: Database) -> None:
    before = held(session)
    session.rollback()
    with app.app_context():
        refused = app.test_cli_runner().invoke(args=["remove-invented", "--yes"])
        assert "remove-invented" not in app.test_cli_runner().invoke(args=["setup"]).output
    assert refused.exit_code == 1
    assert "This is a demo" in refused.output
    assert held(session) == before


@pytest.mark.one_database
def test_the_event_says_how_much_went(site: Flask, session: Database) -> None:
    run(site, "remove-invented", "--yes")
    session.rollback()
    event = session.scalars(select(TrailEvent).where(TrailEvent.kind == "invented_removed")).one()
    assert event.by == "system:cli"
    said = render(event.kind, facts_of(event))
    assert "65 möten" in said
    assert "VIS-T 2023:1" in said
