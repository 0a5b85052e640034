"""What time it is. Only doors ask; verbs are told.

The application is made with a watch to read (``create_app``). In a demo database the clock runs a whole number of
days from it, so that the demo's dates stand still in the files and still are "today". Days are Swedish days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g

from escalation.accounts import queries
from escalation.db import session

STOCKHOLM = ZoneInfo("Europe/Stockholm")
Watch = Callable[[], dt.datetime]
"""Gives the instant, aware, in any zone."""


def register(app: Flask, watch: Watch) -> None:
    """Give the application the watch that its clock goes by."""
    app.extensions["watch"] = watch


def machine() -> dt.datetime:
    """The watch of every application but a test's: the machine's."""
    return dt.datetime.now(dt.UTC)


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
    """The instant, aware, UTC, with the demo's offset: the same time of day in Stockholm, that many days away."""
    return (wall() + dt.timedelta(days=marks().offset_days)).astimezone(dt.UTC)


def today() -> dt.date:
    """The day in Stockholm, with the demo's offset."""
    return now().astimezone(STOCKHOLM).date()


def wall() -> dt.datetime:
    """The instant without the demo's offset, in Stockholm."""
    watch = cast(Watch, current_app.extensions["watch"])
    return watch().astimezone(STOCKHOLM)
