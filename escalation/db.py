"""Engine, Base, column types and transactions: all that the domain needs of the database.

SQLite and PostgreSQL are both first-class. Times are stored as aware UTC, days as dates, words as words.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, Connection, DateTime, Engine, Enum, MetaData, Table, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect, ExceptionContext
from sqlalchemy.orm import DeclarativeBase, Session, registry, scoped_session
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An instant. Refuses naive values; always returns ``datetime.UTC`` (SQLite drops zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive time has no meaning here: {value!r}")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def word(words: type[enum.StrEnum], name: str = "") -> Enum:
    """A column type that holds the enum's word with a check, alike on both databases.

    ``name`` tells two columns of one enum in a table apart.
    """
    return Enum(
        words,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda e: [m.value for m in e],
        name=name or words.__name__.lower(),
        length=40,
    )


class Base(DeclarativeBase):
    registry = registry(
        metadata=MetaData(naming_convention=NAMES),
        type_annotation_map={dt.datetime: UtcDateTime(), dict[str, Any]: JSON(), list[Any]: JSON()},
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"autoflush": True})
session = cast("scoped_session[Session]", db.session)

_mode: ContextVar[Literal["read", "write"]] = ContextVar("transaction_mode", default="write")


def read_only(on: bool) -> None:
    """Choose whether transactions begun from here on may write: those of a GET may not."""
    _mode.set("read" if on else "write")


@contextmanager
def reading() -> Iterator[None]:
    """Everything inside runs in read-only transactions."""
    token = _mode.set("read")
    try:
        yield
    finally:
        _mode.reset(token)


def prepare_engine(engine: Engine) -> None:
    """Make transactions mean the same on both databases. Call once per engine, before first use.

    SQLite: the driver's own transaction handling is turned off (it makes savepoints and rollback do
    nothing); a read begins DEFERRED with ``query_only``, a write begins IMMEDIATE. ``synchronous=FULL``
    because NORMAL loses acknowledged writes at a power cut. PostgreSQL: a read is READ ONLY, and an error about a
    refused row leaves out the row's texts, since errors are logged and the texts are private.
    """
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def on_connect(connection: Any, _record: Any) -> None:
            connection.isolation_level = None
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def on_begin_sqlite(connection: Connection) -> None:
            reads = _mode.get() == "read"
            connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
            connection.exec_driver_sql("BEGIN DEFERRED" if reads else "BEGIN IMMEDIATE")

    else:

        @event.listens_for(engine, "begin")
        def on_begin(connection: Connection) -> None:
            if _mode.get() == "read":
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")

        @event.listens_for(engine, "handle_error")
        def on_error(context: ExceptionContext) -> None:
            original: Any = context.original_exception
            if getattr(original, "diag", None) and original.diag.message_detail:
                for error in filter(None, (original, context.sqlalchemy_exception)):
                    error.args = tuple(
                        str(arg).replace(original.diag.message_detail, "(left out)") for arg in error.args
                    )


@cache
def _migrations() -> ScriptDirectory:
    """The migrations of this code."""
    return ScriptDirectory(str(Path(__file__).parent.parent / "migrations"))


def other_schema() -> str | None:
    """One sentence about what is wrong when the database does not have the schema of this code; else None.

    Raises ``DBAPIError`` where the database does not answer.
    """
    with reading(), db.engine.connect() as connection:
        found = set(MigrationContext.configure(connection).get_current_heads())
    needed = set(_migrations().get_heads())
    if found == needed:
        return None
    at, needs = (" and ".join(sorted(heads)) for heads in (found, needed))
    if found - {script.revision for script in _migrations().walk_revisions()}:
        return f"The database is at {at}, which this code, made for {needs}, does not know: run the code that does."
    return f"The database is {f'at {at}' if at else 'empty'}, the code needs {needs}: run flask --app wsgi db upgrade."


def insert_new(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows, leaving out those that a unique key already holds. Returns how many were new."""
    wanted = list(rows)
    if not wanted:
        return 0
    dialect = session.connection().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    table = cast("Table", model.__table__)
    new = 0
    for row in wanted:
        result = session.execute(
            insert(table).values(dict(row)).on_conflict_do_nothing(), execution_options={"preserve_rowcount": True}
        )
        new += cast("Any", result).rowcount
    return new
