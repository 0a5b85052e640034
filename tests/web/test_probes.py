"""What machines ask: does the process live, is it ready for requests, are the clock and the mail well."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from config import VERSION, Settings
from escalation.db import session
from escalation.rules.situation import Phase
from tests.support.app import close, new_application, turn_to
from tests.support.people import person
from tests.support.sql import statements
from tests.support.stories import StoryFactory

PROBES = ("/livez", "/readyz", "/healthz")


@pytest.fixture
def cut_off(settings: Settings, app: Flask, tmp_path: Path) -> Iterator[FlaskClient]:
    """Somebody who has signed in, at a server whose database has gone away."""
    with app.app_context():
        chosen = person("SEK.region").membership_id
        turn_to(dt.date(2026, 11, 23))
        session.commit()
    here = app.test_client()
    assert here.post(f"/sign_in_demo/{chosen}").status_code == 302
    cookie = here.get_cookie("trappan")
    assert cookie is not None
    lost = new_application(replace(settings, database_url=f"sqlite:///{tmp_path / 'ingen' / 'fil.sqlite'}"))
    browser = lost.test_client()
    browser.set_cookie("trappan", cookie.value)
    yield browser
    close(lost)


@pytest.mark.one_database
def test_without_a_database_the_process_lives_and_is_not_ready_and_says_so_to_machines(cut_off: FlaskClient) -> None:
    answers = {path: cut_off.get(path) for path in PROBES}
    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/livez": 200,
        "/readyz": 503,
        "/healthz": 503,
    }
    assert {answer.mimetype for answer in answers.values()} == {"application/json"}
    assert (
        answers["/readyz"].json
        == answers["/healthz"].json
        == {
            "status": "red",
            "database": "red",
            "version": VERSION,
        }
    )
    assert answers["/livez"].json == {"status": "green", "version": VERSION}


def test_a_server_on_another_step_of_the_schema_is_not_ready(app: Flask, client: FlaskClient) -> None:
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json) == (200, {"status": "green", "version": VERSION})
    with app.app_context():
        session.execute(text("UPDATE alembic_version SET version_num = '0013'"))
        session.commit()
    assert (client.get("/readyz").status_code, client.get("/livez").status_code) == (503, 200)


@pytest.mark.one_database
def test_what_a_machine_asks_costs_the_same_however_many_cases_there_are(app: Flask, client: FlaskClient) -> None:
    def asked(path: str) -> int:
        with statements(app) as seen:
            client.get(path)
        return len([s for s in seen if s.startswith("SELECT")])

    few = {path: asked(path) for path in PROBES}
    with app.app_context():
        StoryFactory(at_phase=Phase.DIALOGUE)
        session.commit()
    assert {path: asked(path) for path in PROBES} == few
    assert few["/livez"] == 0
    assert few["/healthz"] <= 4
    with statements(app) as seen:
        client.get("/healthz")
    assert not [s for s in seen if "FROM case_" in s or "FROM nudge" in s]


@pytest.mark.one_database
def test_the_ways_to_ask_are_open_to_anybody_and_leave_nothing_in_the_browser(client: FlaskClient) -> None:
    for path in PROBES:
        answer = client.get(path)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
