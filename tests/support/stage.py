"""An application with a user in every seat and a case in every phase, for tests of pages.

Built once per run and kind of database, through the verbs. Tests get a copy: ``house`` to read in, ``open_house`` to
act in.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from escalation.cases import queries
from escalation.db import session
from tests.support.app import application, close, settings_for, turn_to
from tests.support.databases import Databases
from tests.support.people import person
from tests.support.sample_cases import DAYS, PHASES, TODAY, play, play_between
from tests.support.shared import Shared

PARTY_PARTS = ("handler", "approver", "registrar", "reader")
PARTY_SEATS = tuple(f"{party}.{part}" for party in ("TYR", "RS", "KSON", "SOL") for part in PARTY_PARTS)
BODY_SEATS = (*(f"{b}.{r}" for b in ("TSG", "VIS") for r in ("member", "chair", "deputy")), "VIS.substitute")
OTHER_SEATS = ("SEK.region", "SEK.municipal", "CONSULT", "AUDITOR", "ADMIN")
CENTRE = "RS.centre"
"""A coordinating health centre that has been let into no case."""
SEATS = (*PARTY_SEATS, *BODY_SEATS, *OTHER_SEATS, CENTRE)


@dataclass(frozen=True)
class Stage:
    """The address of the database to copy, case numbers by key, membership ids by seat, the proposal of ``impasse``."""

    database_url: str
    numbers: Mapping[str, str]
    seats: Mapping[str, int]
    open_proposal: int

    def path(self, key: str, rest: str = "") -> str:
        return f"/cases/{self.numbers[key]}{rest}"


def _build(databases: Databases, template: str, directory: Path) -> Stage:
    url = databases.make_template("stage", template)
    app = application(settings_for(url, directory))
    with app.app_context():
        for seat in (*SEATS, "NAC.approver"):
            person(seat)
        played = {key: play(key) for key in DAYS} | {"between": play_between()}
        for key, case in played.items():
            assert (case.step, case.phase) == PHASES[key], key
        stage = Stage(
            database_url=url,
            numbers={key: case.number for key, case in played.items()},
            seats={seat: person(seat).membership_id or 0 for seat in SEATS},
            open_proposal=queries.proposals(played["impasse"])[0].id,
        )
        # The clock stands at 23 November 2026, whenever the tests are run.
        turn_to(TODAY)
        session.commit()
    close(app)
    return stage


@dataclass
class House:
    """An application on a copy of the stage, and everybody's browser."""

    app: Flask
    stage: Stage
    browsers: dict[str, FlaskClient]

    def client(self, seat: str) -> FlaskClient:
        """The browser of the person in that seat, signed in; "public" has not signed in."""
        if seat not in self.browsers:
            browser = self.browsers[seat] = self.app.test_client()
            if seat != "public":
                assert browser.post(f"/sign_in_demo/{self.stage.seats[seat]}").status_code == 302, seat
        return self.browsers[seat]

    def path(self, key: str, rest: str = "") -> str:
        return self.stage.path(key, rest)

    @contextmanager
    def database(self) -> Iterator[None]:
        """Inside the application, to look into its database."""
        with self.app.app_context():
            yield

    def ask(self, question: Callable[[], Any]) -> Any:
        """The answer to a question to the database, asked in a context of its own."""

        def inside() -> Any:
            with self.app.app_context():
                return question()

        return contextvars.Context().run(inside)


@contextmanager
def house_in(databases: Databases, stage: Stage, directory: Path, name: str) -> Iterator[House]:
    """A copy of the stage with its application; dropped at the end."""
    app = application(settings_for(databases.make(name, stage.database_url), directory))
    try:
        yield House(app, stage, {})
    finally:
        close(app)
        databases.drop(name)


@pytest.fixture(scope="session")
def stage(databases: Databases, shared: Shared, template: str, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Everybody, and a case in every phase; to be copied, not used."""
    return shared.once(f"{databases.key}-stage", lambda: _build(databases, template, tmp_path_factory.mktemp("stage")))


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
