"""The SQL statements that the database gets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from flask import Flask
from sqlalchemy import event

from escalation.db import db


@contextmanager
def selects() -> Iterator[list[str]]:
    """The questions that the database is asked meanwhile."""
    questions: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            questions.append(statement)

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield questions
    finally:
        event.remove(db.engine, "after_cursor_execute", note)


@contextmanager
def selects_under_lock() -> Iterator[list[str]]:
    """The SELECT statements after which no other connection could have written (SQLite has one writer at a time)."""
    questions: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("SELECT"):
            with closing(sqlite3.connect(str(db.engine.url.database), timeout=0, isolation_level=None)) as other:
                try:
                    other.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    questions.append(statement)

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield questions
    finally:
        event.remove(db.engine, "after_cursor_execute", note)


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """The SQL statements inside, without what begins, ends and tunes transactions."""
    seen: list[str] = []
    silent = ("PRAGMA", "BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET TRANSACTION")

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(silent):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
