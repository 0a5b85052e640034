"""The application on a test's database, its settings, and the fixtures `app`, `client` and `session`."""

from __future__ import annotations

import contextvars
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.orm import Session, scoped_session

from config import Settings
from tests.support.shared import Shared

ROOT = Path(__file__).resolve().parents[2]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=STOCKHOLM)
"""When every test begins: on the demo's day, a Monday, before 16.00. What comes in later counts as the next day's."""
BEGAN = datetime.now(UTC)


def settings_for(database_url: str, instance_dir: Path, **env: str) -> Settings:
    """Settings of a test: demo mode, mail into files, everything below ``instance_dir``."""
    return Settings.from_environment(
        {
            "TRAPPAN_MODE": "demo",
            "DATABASE_URL": database_url,
            "SECRET_KEY": "for the tests alone, and as long as one",
            "INSTANCE_DIR": str(instance_dir),
            **env,
        }
    )


def watch() -> datetime:
    """The time of the tests' applications: it starts in the morning of a working day, and runs."""
    return MORNING + (datetime.now(UTC) - BEGAN)


def turn_to(day: date) -> None:
    """Set the clock of the application whose context this is to that day. The test commits it."""
    from escalation import clock
    from escalation.accounts import actions

    actions.mark_demo(offset_days=(day - clock.wall().date()).days)
    clock.forget()


def close(app: Flask) -> None:
    """Close the application's connections, so that its database can be copied or dropped."""
    from escalation.db import db

    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """argon2id with the least work it takes; at full cost each password is a fifth of a second."""
    from escalation.accounts import passwords

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_templates(shared: Shared) -> Iterator[None]:
    """Compile each template once in the run: to compile them for each application took half the time of a test."""
    directory = shared.directory / "templates"
    directory.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Flask.jinja_options, "bytecode_cache", FileSystemBytecodeCache(str(directory)))
        yield


class Visitor(FlaskClient):
    """A client whose requests share nothing with the test.

    Each request runs in an empty context: it gets its own application context, ``g``, user and database
    session, also when the test has an application context (else Flask-Login serves the first user for a whole test).
    What the test has done so far is committed first, because SQLite lets one write at a time.
    ``with client:`` is of no use here.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            from escalation.db import session

            session.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)


def new_application(settings: Settings) -> Flask:
    """An application of these settings for one test, which may add to it.

    Forms need no token; a test about tokens sets ``WTF_CSRF_ENABLED`` again.
    """
    from escalation.app import create_app

    app = create_app(settings, watch=watch)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    app.test_client_class = Visitor
    return app


_applications: dict[Settings, tuple[Flask, dict[str, Any]]] = {}


def application(settings: Settings) -> Flask:
    """The application of these settings, as new, for one test after the other.

    Made once for each address of a database, so that its routes, templates and SQL are compiled once; the database
    behind the address is each test's own.
    """
    from escalation import clock

    known_by = replace(settings, instance_dir=ROOT, mail_dir=ROOT)
    if known_by not in _applications:
        app = new_application(settings)
        _applications[known_by] = app, dict(app.config)
    app, as_new = _applications[known_by]
    app.config.clear()
    app.config.update(as_new, SETTINGS=settings)
    clock.register(app, watch)
    return app


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """This test's settings. A module that needs others overrides the fixture (``dataclasses.replace``)."""
    return settings_for(database_url, tmp_path / "instance")


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    """The application on this test's database."""
    app = application(settings)
    yield app
    close(app)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """The browser of a person who has not signed in."""
    return app.test_client()


@pytest.fixture
def session(app: Flask) -> Iterator[scoped_session[Session]]:
    """The database session inside an application context, for a test that calls verbs itself."""
    from escalation.db import session

    with app.app_context():
        yield session
