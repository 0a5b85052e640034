"""The current time. Pages, commands and jobs ask for it here; verbs take it as ``at``.

The application is made with a watch (``create_app``). In a demo database the clock runs a whole number of
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
    """Set the watch that the application reads."""
    app.extensions["watch"] = watch


def machine() -> dt.datetime:
    """The machine's time. All applications but those of tests use this watch."""
    return dt.datetime.now(dt.UTC)


class Marks(NamedTuple):
    """The ``instance`` row: whether this is a demo, and how many days its clock is off."""

    is_demo: bool
    offset_days: int


def marks() -> Marks:
    """The marks of this database. Read once per application context; call ``forget`` after changing the row."""
    known: Marks | None = g.get("instance_marks")
    if known is None:
        # Without autoflush: a query of the time in the middle of an act must not write half of the act.
        with session.no_autoflush:
            row = queries.instance()
        known = g.instance_marks = Marks(row.is_demo, row.offset_days) if row else Marks(False, 0)
    return known


def forget() -> None:
    """Read the ``instance`` row again the next time."""
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
