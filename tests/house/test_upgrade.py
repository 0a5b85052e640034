"""A database of an earlier release comes along: its rows, its trail and every page (house rule 15).

``tests/data/demo_of_0_1_0.json.xz`` holds the demo as release 0.1.0 wrote it, at migration 0013: for each table its
columns and rows, days and instants in ISO form, bytes in base64.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import lzma
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import Connection, Date, DateTime, MetaData, Table, delete, insert, select, text
from sqlalchemy.types import TypeEngine

from escalation.accounts.models import BODY_ROLES, CLOCK, Membership, Role, User
from escalation.accounts.queries import viewer_for
from escalation.casefile import case_file_of
from escalation.cases import queries as cases
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import Case
from escalation.cases.proposals import may_offer
from escalation.cases.waits import without_ball
from escalation.db import db, session
from escalation.rules.situation import ProposalKind
from escalation.trail import queries as trail
from tests.support.app import ROOT, application, close, settings_for, turn_to
from tests.support.databases import Databases

RELEASE = "0013"
ROWS = ROOT / "tests/data/demo_of_0_1_0.json.xz"
DEMO_DAY = dt.date(2026, 11, 23)


def value(stored: Any, kind: TypeEngine[Any], *, has_zones: bool) -> Any:
    """A column's value from its JSON."""
    if isinstance(stored, dict) and set(stored) == {"base64"}:
        return base64.b64decode(stored["base64"])
    if isinstance(stored, str) and isinstance(kind, DateTime):
        at = dt.datetime.fromisoformat(stored)
        return at if has_zones else at.replace(tzinfo=None)
    if isinstance(stored, str) and isinstance(kind, Date):
        return dt.date.fromisoformat(stored)
    return stored


def fill(connection: Connection) -> None:
    """Write the release's rows, as they are, into a database at its migration."""
    is_postgresql = connection.dialect.name == "postgresql"
    # The order of rows within a table is not that of who points to whom.
    connection.execute(
        text("SET session_replication_role = replica" if is_postgresql else "PRAGMA defer_foreign_keys = ON")
    )
    schema = MetaData()
    schema.reflect(connection)
    for name, content in json.loads(lzma.decompress(ROWS.read_bytes())).items():
        table: Table = schema.tables[name]
        kinds = [table.columns[column].type for column in content["columns"]]
        rows = [
            {
                column: value(cell, kind, has_zones=is_postgresql)
                for column, kind, cell in zip(content["columns"], kinds, row, strict=True)
            }
            for row in content["rows"]
        ]
        connection.execute(delete(table))  # the migrations write the trail's first row
        connection.execute(insert(table), rows)
        if is_postgresql and "id" in table.columns:
            last = f'(SELECT max(id) FROM "{name}")'
            connection.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), {last})"))
    if is_postgresql:
        connection.execute(text("SET session_replication_role = DEFAULT"))


FORCED = "ESK-2026-0033"
"""A case of which the secretariat must choose the way: no party has acted in it since 3 September."""


def propose_to_close(connection: Connection) -> None:
    """In the release, one official could propose at once to close ``FORCED`` because no party acts."""
    schema = MetaData()
    schema.reflect(connection, only=["proposal", "case_"])
    table, of = schema.tables["proposal"], schema.tables["case_"]
    id, by = connection.execute(select(of.c.id, of.c.filed_by).where(of.c.number == FORCED)).one()
    at = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC if connection.dialect.name == "postgresql" else None)
    terms = {"reason": "Ingen part har agerat."}
    row = {
        "case_id": id, "round": 1, "step": 1, "kind": "lapse", "terms": terms, "offered_by_side": "region",
        "offered_by": by, "offered_at": at, "valid_until": dt.date(2026, 12, 4),
    }  # fmt: skip
    connection.execute(insert(table).values(row))


@pytest.fixture
def upgraded(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application on the release's database, brought to the newest schema."""
    app = application(settings_for(databases.make("upgraded"), tmp_path))
    migrations = str(ROOT / "migrations")
    with app.app_context():
        flask_migrate.upgrade(directory=migrations, revision=RELEASE)
        with db.engine.begin() as connection:
            fill(connection)
            propose_to_close(connection)
        flask_migrate.upgrade(directory=migrations)
    with app.app_context():
        yield app
    close(app)
    databases.drop("upgraded")


def pages_of(app: Flask, membership: int, numbers: list[str]) -> dict[str, int]:
    """Status by address of what somebody may open: the pages beside the cases, and each case's own."""
    browser = app.test_client()
    assert browser.post(f"/sign_in_demo/{membership}").status_code == 302
    addresses = ["/", "/cases", "/interpretations", "/follow_up", "/health", *(f"/cases/{n}" for n in numbers)]
    return {address: browser.get(address).status_code for address in addresses}


def test_a_database_of_the_first_release_comes_along_whole_and_every_page_opens(upgraded: Flask) -> None:
    setup = upgraded.test_cli_runner().invoke(args=["setup"])
    assert setup.exit_code == 0, setup.output
    assert list(trail.verify()) == []
    assert rows_that_disagree() == []
    assert list(without_ball(DEMO_DAY)) == []
    turn_to(DEMO_DAY)
    numbers = list(session.scalars(select(Case.number).order_by(Case.number)))
    assert len(numbers) == 25
    seats = {(m.role, m.body): m.id for m in session.scalars(select(Membership))}  # somebody in each role
    session.commit()
    looked_at = 0
    for membership in seats.values():
        for address, status in pages_of(upgraded, membership, numbers).items():
            assert status in {200, 404}, (address, status)
            looked_at += status == 200
    assert looked_at > 100


def test_a_case_that_waits_for_its_way_when_the_release_is_upgraded_goes_on_by_the_new_rows(upgraded: Flask) -> None:
    """Its parties are asked before anybody proposes to close it, and what one official had proposed has ended."""
    case = session.scalars(select(Case).where(Case.number == FORCED)).one()
    [proposed] = cases.proposals(case)
    assert proposed.ended_at is not None
    assert case.acted_at == dt.datetime(2026, 9, 3, 8, tzinfo=dt.UTC), "the region's receipt"
    case_file = case_file_of(case, CLOCK, dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC))
    assert case_file.ball is not None
    assert (case_file.ball.act, case_file.ball.holder) == ("force", "secretariat")
    officials = select(Membership).where(Membership.role == Role.SECRETARIAT)
    official = viewer_for(session.scalars(officials).one())
    assert "ask_to_pursue" in {o.move.verb for o in case_file.openings_of(official) if o.is_open}
    assert may_offer(case, ProposalKind.LAPSE, case_file.situation, official) == "asked_to_pursue"


def test_the_seats_in_bodies_of_the_release_keep_their_body_and_get_the_words_that_name_none(upgraded: Flask) -> None:
    seats = session.execute(select(Membership.body, Membership.role, User.email).join(Membership.user)).all()
    held = {(body, role) for body, role, _email in seats if role in BODY_ROLES}
    roles = (Role.BODY_CHAIR, Role.BODY_MEMBER)
    assert held == {(body, role) for body in ("TSG", "VIS") for role in roles}
    by_email = {email: (body, role) for body, role, email in seats}
    assert by_email["vis-member@demo.invalid"] == ("VIS", Role.BODY_MEMBER)
    assert by_email["tsg-chair@demo.invalid"] == ("TSG", Role.BODY_CHAIR)


def test_the_words_of_roles_go_back_when_the_schema_does(upgraded: Flask) -> None:
    session.commit()
    migrations = str(ROOT / "migrations")
    flask_migrate.downgrade(directory=migrations, revision="5e0b7d1c92fa")
    sql = "SELECT body, role FROM membership WHERE body IN ('TSG', 'VIS')"
    held = {(body, role) for body, role in session.execute(text(sql))}
    session.commit()
    words = {"TSG": "steering", "VIS": "vis"}
    parts = ("chair", "member")
    assert held == {(body, f"{word}_{part}") for body, word in words.items() for part in parts}
