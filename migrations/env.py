"""How Alembic reaches the database: through the application that ``flask db`` has started.

The application has imported every room's models, so that a new room cannot be forgotten.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.util import CommandError
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from escalation.db import Base, UtcDateTime, db


def render_item(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Write our column type as what the database sees: an old migration must not need today's code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    """Run the migrations in one transaction, on SQLite too: half a schema is never left behind."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


try:
    answering = db.engine.connect()
except OperationalError as problem:
    said = str(problem.orig).strip().partition("\n")[0]
    raise CommandError(
        f"The database does not answer ({said}). Check DATABASE_URL and that the database is running."
    ) from problem
with answering as connection:
    if connection.dialect.name == "sqlite":
        # Batch mode rebuilds a table by dropping the old one; with foreign keys on, its rows' children
        # would go too. The pragma has no effect inside a transaction, so it goes to the driver.
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            migrate(connection)
        finally:
            driver.execute("PRAGMA foreign_keys=ON")
    else:
        migrate(connection)
