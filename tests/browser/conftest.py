"""The demo as the browser's tests meet it: played once per run, a copy for each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from escalation.db import session
from tests.support.browser import tour
from tests.support.browser.people import Calendar, Person
from tests.support.browser.tour import Standing
from tests.support.browser.windows import NewPage
from tests.support.server import Server

# A machine that does other things too is slower than Playwright's five seconds allow for.
expect.set_options(timeout=15_000)


@pytest.fixture
def database_url(demo_database_url: str) -> str:
    """This test's own copy of the demo, on the demo's day."""
    return demo_database_url


@pytest.fixture
def standing(server: Server) -> list[Standing]:
    """Cases in the phases that the demo has not reached."""
    with server.app.app_context():
        found = tour.stand()
        session.commit()
    return found


@pytest.fixture
def calendar(server: Server) -> Calendar:
    """The demo's calendar on the wall."""
    return Calendar(server)


@pytest.fixture
def person(new_page: NewPage) -> Callable[..., Person]:
    """Give somebody a window: ``person("Ledamot i VIS", width=390)``; ``called`` tells two of one seat apart."""

    def arrive(seat: str, *, called: str = "", by_card: bool = False, **options: Any) -> Person:
        return Person(new_page(**options), seat, called, by_card)

    return arrive
