"""What time it is. Only doors ask; verbs are told.

In a demo database the clock runs a whole number of days from the real one, so that the demo's dates stand
still in the files and still are "today". Days are Swedish days.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import g

from escalation.accounts import queries
from escalation.db import session

STOCKHOLM = ZoneInfo("Europe/Stockholm")


class Marks(NamedTuple):
    """What the ``instance`` row says: is this a demo, and how many days off is its clock."""

    is_demo: bool
    offset_days: int


def marks() -> Marks:
    """What this database is. Asked once per application context; ``forget`` after changing the row."""
    known: Marks | None = g.get("instance_marks")
    if known is None:
        # Without autoflush: to ask the time in the middle of an act must not write the half of it.
        with session.no_autoflush:
            row = queries.instance()
        known = g.instance_marks = Marks(row.is_demo, row.offset_days) if row else Marks(False, 0)
    return known


def forget() -> None:
    """Read the ``instance`` row again at the next question."""
    g.pop("instance_marks", None)


def now() -> dt.datetime:
    """The instant, aware, UTC, with the demo's offset."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=marks().offset_days)


def today() -> dt.date:
    """The day in Stockholm, with the demo's offset."""
    return (dt.datetime.now(STOCKHOLM) + dt.timedelta(days=marks().offset_days)).date()
