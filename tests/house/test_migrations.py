"""The migrations and the models describe one schema, on both databases.

Alembic sees no check constraints and no conditions of indexes, so the migrated database is also compared
with one made from the models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flask_migrate
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, create_engine, inspect

from escalation.db import Base, db
from tests.support.databases import Databases
from tests.support.templates import migrated

VERSIONS = "alembic_version"


def plain(value: Any) -> Any:
    """The value with every clause in it as the database writes it."""
    return {key: plain(inner) for key, inner in value.items()} if isinstance(value, dict) else str(value)


def constraints(connection: Connection) -> dict[str, Any]:
    """The checks, unique keys, foreign keys and indexes of each table, as the database tells them."""
    inspector = inspect(connection)
    return {
        table: {
            "checks": {c["name"]: c["sqltext"] for c in inspector.get_check_constraints(table)},
            "unique keys": {c["name"]: c["column_names"] for c in inspector.get_unique_constraints(table)},
            "foreign keys": {c["name"]: c for c in inspector.get_foreign_keys(table)},
            "indexes": {str(i["name"]): plain(i) for i in inspector.get_indexes(table)},
        }
        for table in inspector.get_table_names()
        if table != VERSIONS
    }


def test_autogenerate_finds_nothing_to_add(blank_database_url: str, tmp_path: Path) -> None:
    with migrated(blank_database_url, tmp_path), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_migrated_and_made_from_the_models_is_the_same_schema(
    blank_database_url: str, databases: Databases, tmp_path: Path
) -> None:
    with migrated(blank_database_url, tmp_path), db.engine.connect() as connection:
        migrated_schema = constraints(connection)
    from_models = create_engine(databases.make("models"))
    try:
        Base.metadata.create_all(from_models)
        with from_models.connect() as connection:
            assert migrated_schema == constraints(connection)
    finally:
        from_models.dispose()
        databases.drop("models")


def test_the_way_back_leaves_no_table(blank_database_url: str, tmp_path: Path) -> None:
    with migrated(blank_database_url, tmp_path):
        flask_migrate.downgrade(revision="base")
        left = MetaData()
        left.reflect(db.engine)
    assert set(left.tables) == {VERSIONS}
