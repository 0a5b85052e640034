"""Who acts on the pages, and in which case."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.rules.situation import Phase
from tests.support.app import turn_to
from tests.support.bad_input import FORMS, set_day
from tests.support.doing import Doing
from tests.support.page import Page
from tests.support.people import person
from tests.support.sheet import Enter
from tests.support.stage import House
from tests.support.stories import Story, StoryFactory
from tests.support.writer import Database, Writer


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
    story: Story = StoryFactory(at_phase=Phase.IMPASSE, affected=["KSON"])
    turn_to(story.day)
    return story


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
