"""Databases to copy: migrated, with reference data, with people, with the demo; and a test's own copy."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.support.app import MORNING, ROOT, application, close, settings_for, watch
from tests.support.databases import Databases
from tests.support.people import person
from tests.support.shared import Once


def load_reference_data() -> None:
    """All that ``flask setup`` puts in, and what of the demo stories need: meetings, interpretations, examples.

    Committed. Needs an application context. What a real site begins with: ``tests/house/test_production.py``.
    """
    from escalation import invented
    from escalation.cli import setup_everything
    from escalation.db import session

    setup_everything()
    invented.setup()
    session.commit()


@contextlib.contextmanager
def migrated(database_url: str, instance_dir: Path) -> Iterator[Flask]:
    """An application whose database has been brought to the newest schema, inside its context."""
    import flask_migrate

    from escalation.app import create_app

    app = create_app(settings_for(database_url, instance_dir), watch=watch)
    try:
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            yield app
    finally:
        close(app)


@pytest.fixture(scope="session")
def new_site_template(databases: Databases, once: Once, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database as a real site begins: migrated, and what ``flask setup`` writes; to be copied."""

    def make() -> None:
        with migrated(databases.make("new"), tmp_path_factory.mktemp("new")) as app:
            assert app.test_cli_runner().invoke(args=["setup"]).exit_code == 0

    once(databases, "new", make)
    yield "new"
    databases.drop("new")


@pytest.fixture(scope="session")
def template(
    databases: Databases, once: Once, new_site_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A copy of it with what stories need of the demo: meetings, interpretations, example agreements."""

    def make() -> None:
        settings = settings_for(databases.make("template", new_site_template), tmp_path_factory.mktemp("template"))
        app = application(settings)
        with app.app_context():
            load_reference_data()
        close(app)

    once(databases, "template", make)
    yield "template"
    databases.drop("template")


@pytest.fixture(scope="session")
def staffed_template(
    databases: Databases, once: Once, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A copy of the template in which those have been hired who carry most stories through their first phases."""
    from escalation.db import session

    def make() -> None:
        app = application(settings_for(databases.make("staffed", template), tmp_path_factory.mktemp("staffed")))
        with app.app_context():
            for seat in ("SUN.approver", "SEK.region", "RS.handler", "RS.substitute"):
                person(seat)
            session.commit()
        close(app)

    once(databases, "staffed", make)
    yield "staffed"
    databases.drop("staffed")


STORIES = frozenset({"cases", "decisions", "journeys", "links", "meetings"})
"""The rooms whose tests tell stories: to hire the same people anew in each of them takes a third of its time."""


@pytest.fixture
def blank_database_url(databases: Databases) -> Iterator[str]:
    """A database without a table."""
    yield databases.make("blank")
    databases.drop("blank")


@pytest.fixture
def database_url(databases: Databases, request: pytest.FixtureRequest) -> Iterator[str]:
    """This test's own database, migrated and holding the reference data; where stories are told, people too."""
    tells_stories = request.path.parent.name in STORIES
    yield databases.make("test", request.getfixturevalue("staffed_template" if tells_stories else "template"))
    databases.drop("test")


@pytest.fixture(scope="session")
def demo_template(
    databases: Databases, once: Once, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The name of a database in which the demo has been played; to be copied, not used."""
    from escalation import demo
    from escalation.app import create_app
    from escalation.db import session

    def make() -> None:
        url, instance = databases.make("demo", template), tmp_path_factory.mktemp("demo")
        app = create_app(settings_for(url, instance), watch=watch)
        with app.app_context():
            demo.play(wall_day=MORNING.date())
            session.commit()
        close(app)

    once(databases, "demo", make)
    yield "demo"
    databases.drop("demo")


@pytest.fixture
def demo_database_url(databases: Databases, demo_template: str) -> Iterator[str]:
    """This test's own database with the demo in it; a module overrides ``database_url`` with it."""
    yield databases.make("test", demo_template)
    databases.drop("test")
