"""Very many cases, cheaply, and what the database is asked of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any, cast

from sqlalchemy import Table, event, func, insert, select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import CaseParty
from escalation.db import db


def copies(session: scoped_session[Session], of: Case, count: int) -> None:
    """So many more cases that stand as this one does, with its parties, balls and deadlines, but without a trail."""
    session.commit()
    cases, first = cast("Table", Case.__table__), (session.scalar(select(func.max(Case.id))) or 0) + 1
    ids = range(first, first + count)
    [row] = session.execute(select(cases).where(cases.c.id == of.id)).mappings()
    session.execute(insert(cases), [{**row, "id": id, "number": f"ESK-2020-{id:05}"} for id in ids])
    for model in (CaseParty, Ball, Deadline):
        table = cast("Table", model.__table__)
        for row in session.execute(select(table).where(table.c.case_id == of.id)).mappings().all():
            kept = {name: value for name, value in row.items() if name != "id"}
            session.execute(insert(table), [kept | {"case_id": id} for id in ids])
    session.commit()


@contextmanager
def asked() -> Iterator[list[str]]:
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
def nobody_could_write() -> Iterator[list[str]]:
    """The questions after which nobody else could have written at once. On SQLite, where one writes at a time."""
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
