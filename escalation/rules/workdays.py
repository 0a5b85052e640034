"""Swedish working days: add, count back, and name every day that did not count (domain/05 § 5.4).

A working day is Monday to Friday except the days in ``calendars/se.toml``; a klämdag counts. A quiet period
(sommaruppehåll) takes further days out of every forward count, and out of every count back from a meeting.
Everything is dates in Stockholm; nothing here asks what time it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from zoneinfo import ZoneInfo

from escalation.rules import data

STOCKHOLM = ZoneInfo("Europe/Stockholm")
DAY_ENDS_FOR_ACTS = time(16, 0)
"""An act after this hour counts as done on the next working day; one at 16.00 sharp does not."""

_ONE_DAY = timedelta(days=1)
_SATURDAY, _SUNDAY = 5, 6


class CalendarYearMissing(Exception):
    """A count touched a year that the calendar does not know. The text is a sentence for people."""

    def __init__(self, day: date, first_year: int, last_year: int) -> None:
        super().__init__(f"Kalendern saknar år {day.year}. Arbetsdagar kan räknas för åren {first_year}–{last_year}.")
        self.day = day


@dataclass(frozen=True)
class QuietPeriod:
    """Days of every year, both ends included, that do not count; may run over New Year.

    ``urgent_counts``: the days count all the same in an urgent case.
    """

    from_month: int
    from_day: int
    to_month: int
    to_day: int
    urgent_counts: bool = True
    name: str = "sommaruppehåll"

    def covers(self, day: date) -> bool:
        """Whether ``day`` lies in the period."""
        start, end = (self.from_month, self.from_day), (self.to_month, self.to_day)
        this = (day.month, day.day)
        return start <= this <= end if start <= end else this >= start or this <= end


JULY = QuietPeriod(7, 1, 7, 31)
"""The default sommaruppehåll of domain/05 § 5.4."""


@dataclass(frozen=True)
class Calendar:
    """Free days with their Swedish names, and quiet periods. Frozen: a count names the version it used."""

    version: str
    free: Mapping[date, str] = field(hash=False)
    quiet: tuple[QuietPeriod, ...] = ()
    first_year: int = field(init=False)
    last_year: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "first_year", min((day.year for day in self.free), default=1))
        object.__setattr__(self, "last_year", max((day.year for day in self.free), default=0))


@lru_cache
def load_calendar(quiet: tuple[QuietPeriod, ...] = ()) -> Calendar:
    """The shipped Swedish calendar together with the quiet periods of a ladder."""
    raw = data.read("calendars/se.toml")
    free = {date.fromisoformat(day): str(name) for day, name in raw["free"].items()}
    return Calendar(version=raw["version"], free=MappingProxyType(free), quiet=quiet)


@dataclass(frozen=True)
class Counting:
    """The receipt of one count: from ``base`` (day 0) ``days`` working days give ``due``.

    ``skipped`` holds, in order, each day after ``base`` up to ``due`` that did not count, and why.
    """

    base: date
    days: int
    due: date
    skipped: tuple[tuple[date, str], ...]


def why_not_counted(day: date, calendar: Calendar, urgent: bool = False) -> str | None:
    """The Swedish reason why ``day`` does not count (a holiday's name goes first), or None if it does.

    Raises CalendarYearMissing if the calendar does not know the year.
    """
    free = _why_free(day, calendar)
    if free is not None:
        return free
    for period in calendar.quiet:
        if period.covers(day) and not (urgent and period.urgent_counts):
            return period.name
    return None


def is_workday(day: date, calendar: Calendar, urgent: bool = False) -> bool:
    """Whether ``day`` counts."""
    return why_not_counted(day, calendar, urgent) is None


def swedish_day(instant: datetime) -> date:
    """The day in Stockholm at that instant."""
    return instant.astimezone(STOCKHOLM).date()


def base_day(instant: datetime, calendar: Calendar) -> date:
    """The day an act counts as: its day in Stockholm; after 16.00 or on a free day the next working day.

    A quiet period does not move it: people may act in July, only the days do not count.
    Raises ValueError for a naive time.
    """
    if instant.tzinfo is None:
        raise ValueError(f"a naive time has no day: {instant!r}")
    local = instant.astimezone(STOCKHOLM)
    day = local.date()
    if local.time() > DAY_ENDS_FOR_ACTS:
        day += _ONE_DAY
    while _why_free(day, calendar) is not None:
        day += _ONE_DAY
    return day


def add(day: date, n: int, calendar: Calendar, urgent: bool = False) -> date:
    """The n-th working day after ``day``, whatever ``day`` is; ``day`` itself if n is 0. No negative n."""
    return count(day, n, calendar, urgent).due


def count(day: date, n: int, calendar: Calendar, urgent: bool = False) -> Counting:
    """As ``add``, with the receipt."""
    _refuse_negative(n)
    due, left, skipped = day, n, list[tuple[date, str]]()
    while left:
        due += _ONE_DAY
        reason = why_not_counted(due, calendar, urgent)
        if reason is None:
            left -= 1
        else:
            skipped.append((due, reason))
    return Counting(base=day, days=n, due=due, skipped=tuple(skipped))


def subtract(day: date, n: int, calendar: Calendar) -> date:
    """The n-th working day before ``day`` (a meeting); days of a quiet period never count, urgent or not."""
    _refuse_negative(n)
    left = n
    while left:
        day -= _ONE_DAY
        if is_workday(day, calendar):
            left -= 1
    return day


def open_from(day: date, calendar: Calendar, urgent: bool = False) -> date:
    """The first working day after the deadline ``day``: what waits for it to pass opens then."""
    return add(day, 1, calendar, urgent)


def latest_over(today: date, more: int, calendar: Calendar, urgent: bool = False) -> date:
    """The latest deadline that, with ``more`` working days added to it, is over today: what waited for that is open."""
    day = today
    while between(day, today, calendar, urgent) <= more:
        day -= _ONE_DAY
    return day


def between(a: date, b: date, calendar: Calendar, urgent: bool = False) -> int:
    """How many working days d there are with a < d <= b; 0 if b is not after a."""
    days = (a + timedelta(days=i) for i in range(1, (b - a).days + 1))
    return sum(is_workday(day, calendar, urgent) for day in days)


def local_end(day: date) -> datetime:
    """The last second of ``day`` in Stockholm, when a deadline ends."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=STOCKHOLM)


def _why_free(day: date, calendar: Calendar) -> str | None:
    if not calendar.first_year <= day.year <= calendar.last_year:
        raise CalendarYearMissing(day, calendar.first_year, calendar.last_year)
    if day in calendar.free:
        return calendar.free[day]
    return {_SATURDAY: "lördag", _SUNDAY: "söndag"}.get(day.weekday())


def _refuse_negative(n: int) -> None:
    if n < 0:
        raise ValueError(f"a number of working days is never negative: {n}")
