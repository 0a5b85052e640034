"""The stage (``tests/web/stage.py``) as fixtures: ``house`` to read in, ``open_house`` to act in; and people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.rules.situation import Phase
from tests.conftest import Databases, Once, turn_to
from tests.factories import Story, StoryFactory, person
from tests.web.bad_input import FORMS, set_day
from tests.web.doing import Doing
from tests.web.reading import Page
from tests.web.stage import House, Stage, house_in, stage_in, strike
from tests.web.statement import Enter
from tests.web.writer import Database, Writer


@pytest.fixture(scope="session")
def stage(databases: Databases, once: Once, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everybody, and a case in every phase; to be copied, not used."""
    yield stage_in(databases, once, template, tmp_path_factory.mktemp("stage"))
    strike(databases)


@pytest.fixture(scope="module")
def house(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the stage that a whole module reads. Who acts takes ``open_house``."""
    with house_in(databases, stage, tmp_path_factory.mktemp("house"), "house") as found:
        yield found


@pytest.fixture
def open_house(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """This test's own copy of the stage."""
    with house_in(databases, stage, tmp_path_factory.mktemp("open_house"), "open_house") as found:
        yield found


@pytest.fixture
def doing(open_house: House) -> Doing:
    """The acts of a case, done through its pages."""
    return Doing(open_house)


@pytest.fixture
def handler(app: Flask, session: Database) -> Writer:
    """Somebody who handles for Tyresö, and may not file."""
    return Writer(app, "anna@tyreso.example", Seat(Role.LOCAL_HANDLER, party="TYR"))


@pytest.fixture
def approver(app: Flask, session: Database) -> Writer:
    """Somebody who approves for Tyresö."""
    return Writer(app, "chef@tyreso.example", Seat(Role.LOCAL_APPROVER, party="TYR"))


@pytest.fixture
def story(session: Database) -> Story:
    """A case in impasse, and the clock on the day on which it got there."""
    told: Story = StoryFactory(at_phase=Phase.IMPASSE, affected=["KSON"])
    turn_to(told.day)
    return told


@pytest.fixture
def enter(app: Flask, session: Database) -> Enter:
    """Sign in for a seat, in a browser of its own."""

    def sign_in(seat: str) -> FlaskClient:
        membership = person(seat).membership_id
        browser = app.test_client()
        assert browser.post(f"/sign_in_demo/{membership}").status_code == 302, seat
        return browser

    return sign_in


@pytest.fixture
def form(house: House, what: str) -> Any:
    """(who, address, the form as it is opened) of one act."""
    seat, key, rest, day = FORMS[what]
    if day:
        set_day(house, day)
    path = house.path(key, rest)
    answer = house.client(seat).get(path)
    assert answer.status_code == 200
    yield seat, path, Page(answer.text)
    if day:
        set_day(house, "")
