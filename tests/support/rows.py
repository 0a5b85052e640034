"""The rows of the database: counted, listed, and copied in great number."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import CaseParty
from escalation.db import Base, session


def row_counts() -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, in order."""
    return {
        table.name: sorted(map(tuple, session.execute(select(table))), key=repr)
        for table in Base.metadata.sorted_tables
    }


def copy_case(session: scoped_session[Session], of: Case, count: int) -> None:
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
