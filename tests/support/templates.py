"""Databases to copy: migrated, with reference data, with people, with the demo; and a test's own copy."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask

from escalation import demo, invented
from escalation.app import create_app
from escalation.cli import setup_everything
from escalation.db import session
from tests.support.app import MORNING, ROOT, close, settings_for, watch
from tests.support.databases import Databases
from tests.support.people import person
from tests.support.shared import Shared


def load_reference_data() -> None:
    """All that ``flask setup`` puts in, and what of the demo stories need: meetings, interpretations, examples.

    Committed. Needs an application context. What a real site begins with: ``tests/house/test_production.py``.
    """
    setup_everything()
    invented.setup()
    session.commit()


@contextlib.contextmanager
def migrated(database_url: str, instance_dir: Path) -> Iterator[Flask]:
    """An application whose database has been brought to the newest schema, inside its context."""
    app = create_app(settings_for(database_url, instance_dir), watch=watch)
    try:
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            yield app
    finally:
        close(app)


@pytest.fixture(scope="session")
def new_site_template(databases: Databases, shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database as a real site begins: migrated, and what ``flask setup`` writes; to be copied."""

    def make() -> str:
        address = databases.make_template("new")
        with migrated(address, tmp_path_factory.mktemp("new")) as app:
            assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0
        return address

    return shared.once(f"{databases.key}-new", make)


Fill = Callable[[], object]


@pytest.fixture(scope="session")
def make_template(
    databases: Databases, shared: Shared, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str, Fill], str]:
    """Copy a template, fill the copy inside an application's context, commit and return its address."""

    def copied_and_filled(name: str, origin: str, fill: Fill) -> str:
        def make() -> str:
            address = databases.make_template(name, origin)
            app = create_app(settings_for(address, tmp_path_factory.mktemp(name)), watch=watch)
            with app.app_context():
                fill()
                session.commit()
            close(app)
            return address

        return shared.once(f"{databases.key}-{name}", make)

    return copied_and_filled


@pytest.fixture(scope="session")
def template(make_template: Callable[[str, str, Fill], str], new_site_template: str) -> str:
    """A new site with what stories need of the demo: meetings, interpretations, example agreements."""
    return make_template("template", new_site_template, load_reference_data)


@pytest.fixture(scope="session")
def staffed_template(make_template: Callable[[str, str, Fill], str], template: str) -> str:
    """The template with the people who carry most stories through their first phases."""
    seats = ("SUN.approver", "SEK.region", "RS.handler", "RS.substitute")
    return make_template("staffed", template, lambda: [person(seat) for seat in seats])


@pytest.fixture(scope="session")
def demo_template(make_template: Callable[[str, str, Fill], str], template: str) -> str:
    """The template with the demo."""
    return make_template("demo", template, lambda: demo.play(wall_day=MORNING.date()))


FOLDERS_WITH_STORIES = frozenset({"cases", "decisions", "journeys", "links", "meetings"})
"""Folders of tests that make many stories. To make the same people in each test took a third of its time."""


@pytest.fixture
def blank_database_url(databases: Databases) -> Iterator[str]:
    """A database without a table."""
    yield databases.make("blank")
    databases.drop("blank")


@pytest.fixture
def database_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """This test's own database: the template, with people in a folder with stories."""
    has_stories = request.path.parent.name in FOLDERS_WITH_STORIES
    yield databases.make("test", request.getfixturevalue("staffed_template" if has_stories else "template"))
    databases.drop("test")


@pytest.fixture
def demo_database_url(databases: Databases, demo_template: str) -> Iterator[str]:
    """This test's own database with the demo in it; a module overrides ``database_url`` with it."""
    yield databases.make("test", demo_template)
    databases.drop("test")
