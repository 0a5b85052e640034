"""What a real site begins with: nothing that somebody has made up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import inspect, text

from config import Settings
from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.db import Base, db, session
from escalation.parties.models import BlockSide
from escalation.rules import data
from escalation.rules.situation import Phase
from escalation.trail.actions import next_number
from tests.support.app import close, new_application
from tests.support.databases import Databases
from tests.support.days import SERVED_ON, instant
from tests.support.stories import StoryFactory

SITE = "https://trappan.example"
SET_UP = {
    # what flask setup writes, and where it comes from
    "party": "HÖK § 7.3, the 28 parties",
    "org_unit": "the parties' own units",
    "body": "HÖK chapter 4",
    "body_name": "HÖK chapter 4",
    "body_block": "HÖK chapter 4",
    "agreement": "the county's public agreements",
    "agreement_party": "the same",
    "agreement_version": "HÖK 2022",
    "adoption": "HÖK 2022",
    "provision": "HÖK 2022, word for word",
    "trail_state": "the beginning of the trail",
    "alembic_version": "the schema",
}


@pytest.fixture
def production(databases: Databases, new_site_template: str, tmp_path: Path) -> Iterator[Flask]:
    """A real site after ``flask db upgrade`` and ``flask setup``, in its context."""
    settings = Settings.from_environment(
        {
            "TRAPPAN_MODE": "production",
            "DATABASE_URL": databases.make("site", new_site_template),
            "SECRET_KEY": "a long secret key that is for the tests alone",
            "ALLOWED_HOSTS": "trappan.example",
            "INSTANCE_DIR": str(tmp_path / "instance"),
        }
    )
    app = new_application(settings)
    try:
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["setup"])
        assert result.exit_code == 0, result.output
        assert "remove-invented" not in result.output
        with app.app_context():
            yield app
    finally:
        close(app)
        databases.drop("site")


def rows(table: str) -> int:
    return int(session.scalar(text(f'SELECT count(*) FROM "{table}"')) or 0)


def reader(app: Flask, seat: Seat) -> Callable[[str], Any]:
    """Reads pages of the site as somebody who has that seat."""
    user = accounts.create_user("ny@example.se", "Ny", [seat], by="system:cli", at=instant(SERVED_ON))
    accounts.set_password(user, "gråsugga under isen", at=instant(SERVED_ON))
    browser = app.test_client()
    sent = {"email": "ny@example.se", "password": "gråsugga under isen"}
    assert browser.post("/sign_in", data=sent, base_url=SITE).status_code == 302
    return partial(browser.get, base_url=SITE)


def test_a_real_site_begins_without_interpretation_meeting_person_case_or_any_other_invented_row(
    production: Flask,
) -> None:
    tables = {table for table in inspect(db.engine).get_table_names() if rows(table)}
    assert tables == set(SET_UP)
    assert set(SET_UP) - {"alembic_version"} <= set(Base.metadata.tables)
    assert rows("party") == 28
    written = " ".join(
        str(value)
        for table in ("agreement", "agreement_version", "provision", "body", "body_block", "party", "org_unit")
        for row in session.execute(text(f'SELECT * FROM "{table}"'))
        for value in row
    )
    assert "ej verifierat" not in written
    assert "påhitt" not in written.lower()


def test_the_public_register_of_a_new_site_says_that_it_is_empty(production: Flask) -> None:
    page = production.test_client().get("/interpretations", base_url=SITE)
    assert page.status_code == 200
    assert "Inga tolkningar ännu" in page.text
    assert "VIS-T" not in page.text


def test_the_first_interpretation_of_a_new_site_is_number_one_of_its_year(production: Flask) -> None:
    assert next_number("VIS-T", 2026) == 1


@pytest.mark.parametrize(
    ("role", "body", "said"),
    [
        (Role.BODY_CHAIR, "VIS", "Inga kommande möten är inlagda. Den som driver webbplatsen lägger in dem."),
        (Role.BODY_CHAIR, "TSG", "Inga kommande möten är inlagda. Den som driver webbplatsen lägger in dem."),
    ],
)
@pytest.mark.one_database
def test_the_start_pages_of_a_new_site_say_what_is_not_there_yet(
    production: Flask, role: Role, body: str, said: str
) -> None:
    page = reader(production, Seat(role, body=body, side=BlockSide.REGION))("/")
    assert page.status_code == 200
    assert said in page.text
    assert "nästa möte" not in page.text


@pytest.mark.one_database
def test_where_no_meeting_is_entered_the_secretariat_reads_who_can_enter_one(production: Flask) -> None:
    story = StoryFactory(at_step=2, at_phase=Phase.RECEIVED)
    read = reader(production, Seat(Role.SECRETARIAT, side=BlockSide.REGION))
    assert "Den som driver webbplatsen lägger in möten." in read("/").text
    page = read(f"/cases/{story.case.number}/accept_file")
    assert page.status_code == 200
    assert "Lägg in fler möten först" not in page.text


@pytest.mark.one_database
def test_a_case_is_filed_on_a_new_site_without_answering_an_interpretation_that_does_not_exist(
    production: Flask,
) -> None:
    story = StoryFactory(filed_on=SERVED_ON, provisions=["4.5 st 3"])
    page = reader(production, Seat(Role.SECRETARIAT, side=BlockSide.REGION))(f"/cases/{story.case.number}")
    assert page.status_code == 200
    assert "VIS har tolkat" not in page.text


@pytest.mark.one_database
def test_a_new_site_knows_only_agreements_that_are_verified(production: Flask) -> None:
    assert session.scalar(text("SELECT count(*) FROM agreement WHERE NOT is_verified")) == 0
    assert rows("agreement") == len(data.read("texts/agreements.toml")["agreement"])
