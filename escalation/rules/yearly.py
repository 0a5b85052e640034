"""What HÖK § 6 asks for every year: a dialogue, a report to VIS, and priorities before each calendar year (R30).

The tasks are the agreement's. The days and the offices that are asked are ours (D), and stand in a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from escalation.rules import data
from escalation.rules.waits import BallRow


@dataclass(frozen=True)
class YearlyJob:
    """One of the three. ``provision`` is its code in the main agreement, ``office`` a seat-set word, ``of`` the year it
    is about, counted from the one in which it falls due; ``begins`` and ``due`` are (month, day).

    ``name`` and ``about_it`` say what it is, ``to_do`` stands on the button, ``result`` and ``result_hint`` above the
    text that is written when it is done: source strings, translated by the page.
    """

    key: str
    name: str
    about_it: str
    to_do: str
    result: str
    result_hint: str
    provision: str
    office: str
    of: int
    begins: tuple[int, int]
    due: tuple[int, int]

    def about(self, year: int) -> Duty:
        """The job as it is to be done about that year."""
        falls = year - self.of
        return Duty(self, year, date(falls, *self.begins), date(falls, *self.due))


@dataclass(frozen=True)
class Duty:
    """A job about one year: from which day it is asked for, and its last day."""

    job: YearlyJob
    year: int
    begins_on: date
    due_on: date

    @property
    def fed_by(self) -> int:
        """The year whose figures it is fed with: the one that it is about, or the one before where it looks ahead."""
        return min(self.year, self.due_on.year)

    @property
    def wait(self) -> BallRow:
        """What is waited for, as the nudge plan reads it: the office of the job holds it, until its last day."""
        return BallRow(self.begins_on, self.job.key, self.job.office, self.due_on, self.job.key)


@cache
def jobs() -> tuple[YearlyJob, ...]:
    """The three jobs, in the order of § 6."""
    raw = data.read("calendars/yearly.toml")
    return tuple(
        YearlyJob(
            j["key"], j["name"], j["about"], j["to_do"], j["result"], j["result_hint"],
            j["provision"], j["office"], j["of"], _day(j["begins"]), _day(j["due"]),
        )
        for j in raw["job"]
    )  # fmt: skip


def summary() -> str:
    """What the agreement asks for every year, in a sentence."""
    return str(data.read("calendars/yearly.toml")["summary"])


def job(key: str) -> YearlyJob | None:
    """The job with that key, or None."""
    return next((j for j in jobs() if j.key == key), None)


def begun(today: date, since: date) -> Iterable[Duty]:
    """Every duty whose first day has come, none from before ``since``, oldest first."""
    duties = (j.about(year) for year in range(since.year - 1, today.year + 2) for j in jobs())
    return sorted((d for d in duties if since <= d.begins_on <= today), key=lambda d: d.due_on)


def _day(text: str) -> tuple[int, int]:
    month, _dash, day = text.partition("-")
    return int(month), int(day)
