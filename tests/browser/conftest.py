"""The demo as the browser's tests meet it: played once per run, a copy for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from escalation import clock, demo
from escalation.db import session
from tests.browser import tour
from tests.browser.people import Calendar, Person
from tests.browser.tour import Standing
from tests.conftest import Databases, NewPage, Server, let_go, settings_for

# A machine that does other things too is slower than Playwright's five seconds allow for.
expect.set_options(timeout=15_000)


@pytest.fixture(scope="session")
def demo_template(databases: Databases, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database with the demo's people and cases, played once per run; to be copied, not used."""
    from escalation.app import create_app

    app = create_app(settings_for(databases.make("demo", template), tmp_path_factory.mktemp("demo")))
    with app.app_context():
        demo.play(wall_day=clock.today())
        session.commit()
    let_go(app)
    yield "demo"
    databases.drop("demo")


@pytest.fixture
def database_url(databases: Databases, demo_template: str) -> Iterator[str]:
    """This test's own copy of the demo, on the demo's day."""
    yield databases.make("test", demo_template)
    databases.drop("test")


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
    """Give somebody a window: ``person("Ledamot i VIS", width=390)``."""

    def arrive(seat: str, **options: Any) -> Person:
        return Person(new_page(**options), seat)

    return arrive
