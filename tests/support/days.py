"""The days of the default case, and instants on them."""

from __future__ import annotations

import datetime as dt

from escalation.rules import workdays

ACTS_AT = dt.time(10, 0)


FILED_ON = dt.date(2026, 8, 28)


SERVED_ON = dt.date(2026, 9, 1)


def instant(day: dt.date, time: dt.time = ACTS_AT) -> dt.datetime:
    """The instant when the clock on the wall in Stockholm shows ``time`` on ``day``."""
    return dt.datetime.combine(day, time, tzinfo=workdays.STOCKHOLM).astimezone(dt.UTC)
