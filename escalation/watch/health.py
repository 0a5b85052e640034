"""Whether the clock, the mail and the data are in order."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, literal, select, true

from escalation.cases.waits import (
    without_ball,
)
from escalation.db import session
from escalation.followups import queries as followups
from escalation.nudges import queries as nudge_queries
from escalation.nudges.models import Mail, MailState
from escalation.rules.workdays import swedish_day
from escalation.rules.yearly import Duty
from escalation.watch.models import Heartbeat, JobRun
from escalation.watch.runs import INTERVALS, last_run


class Light(enum.StrEnum):
    """How late a job's heartbeat is: amber after one and a half intervals, red after three (E31)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class JobHealth:
    """The state of one job.

    ``age``: the time since the job last ended without an error, None if it never has. ``last_run``: its last run that
    had something to do.
    """

    job: str
    interval: dt.timedelta
    called_at: dt.datetime | None
    ok_at: dt.datetime | None
    age: dt.timedelta | None
    light: Light
    error: str | None
    last_run: JobRun | None

    @property
    def counts(self) -> Mapping[str, Any]:
        """Counts of the last run, such as {"cases": 43, "nudges": 3, "errors": 0}."""
        return self.last_run.counts if self.last_run else {}


DELAYED_AFTER = dt.timedelta(hours=1)
"""How long a letter may wait for a server that does not take it before the health page shows it. Ours (D)."""


SETTLED_SHOWN = dt.timedelta(days=90)
"""How long a settled letter is shown, with who settled it and why."""


@dataclass(frozen=True)
class Health:
    """The state of the clock for the health page: the jobs, the mail in trouble, and the cases without a ball.

    ``delayed``: letters that wait for a server that has not taken them; ``settled``: those that a person has settled.
    """

    jobs: tuple[JobHealth, ...]
    waiting: int
    failed: tuple[Mail, ...]
    uncertain: tuple[Mail, ...]
    delayed: tuple[Mail, ...]
    settled: tuple[Mail, ...]
    without_ball: tuple[str, ...]

    @property
    def light(self) -> Light:
        """The worst of everything."""
        delivered = next((job.counts for job in self.jobs if job.job == "deliver"), {})
        waits = len(self.delayed)
        mail = light_of_mail(len(self.failed), len(self.uncertain), waits, unusable="unusable" in delivered)
        return worst([*(job.light for job in self.jobs), mail, Light.RED if self.without_ball else Light.GREEN])


def worst(lights: Iterable[Light]) -> Light:
    """The worst of the lights; green where there is none."""
    found = set(lights)
    return next((light for light in (Light.RED, Light.AMBER) if light in found), Light.GREEN)


def light_of_mail(failed: int, uncertain: int, delayed: int, *, unusable: bool) -> Light:
    """The light for the mail.

    Red: a letter has failed, or letters wait for a server that could not be used at the last attempt (``unusable``).
    Amber: a letter is uncertain or delayed. Settled letters do not count.
    """
    if failed or (delayed and unusable):
        return Light.RED
    return Light.AMBER if uncertain or delayed else Light.GREEN


def health(at: dt.datetime) -> Health:
    """The state of the clock and the mail at ``at``, for the health page."""
    trouble = nudge_queries.in_trouble()
    return Health(
        jobs=tuple(_job_health(job, interval, at) for job, interval in INTERVALS.items()),
        waiting=nudge_queries.waiting(),
        failed=tuple(mail for mail in trouble if mail.state is MailState.FAILED),
        uncertain=tuple(mail for mail in trouble if mail.state is MailState.UNCERTAIN),
        delayed=tuple(nudge_queries.delayed(at - DELAYED_AFTER)),
        settled=tuple(nudge_queries.settled(at - SETTLED_SHOWN)),
        without_ball=tuple(without_ball(swedish_day(at))),
    )


@dataclass(frozen=True)
class Vitals:
    """The state of the clock, the mail and the cases as lights, for monitoring. It needs few queries."""

    jobs: Mapping[str, Light]
    mail: Light
    cases: Light

    @property
    def light(self) -> Light:
        """The worst of everything."""
        return worst([*self.jobs.values(), self.mail, self.cases])


def vitals(at: dt.datetime) -> Vitals:
    """The state of the clock, the mail and the cases at ``at``, read with four small queries.

    Whether a case lacks a ball is taken from the last integrity check, since looking at all cases takes long.
    """
    beats = {beat.job: beat for beat in session.scalars(select(Heartbeat))}
    ages = {job: at - beat.ok_at for job, beat in beats.items() if beat.ok_at is not None}
    checked = last_run("integrity")
    # A call that found nothing leaves no run behind: then the last run is older than the last call.
    is_latest = checked is not None and checked.finished_at >= beats["integrity"].called_at
    is_lost = checked is not None and is_latest and bool(checked.counts.get("without_ball"))
    counted = select(
        func.count().filter(Mail.is_in_trouble, Mail.state == MailState.FAILED),
        func.count().filter(Mail.is_in_trouble, Mail.state == MailState.UNCERTAIN),
        func.count().filter(Mail.state == MailState.PENDING, Mail.first_failed_at <= at - DELAYED_AFTER),
    ).where(Mail.state.in_((MailState.FAILED, MailState.UNCERTAIN, MailState.PENDING)))
    failed, uncertain, delayed = session.execute(counted).one()
    delivered = last_run("deliver") if delayed else None  # only a letter that waits asks whether the server is there
    return Vitals(
        jobs={job: light_of(ages.get(job), interval) for job, interval in INTERVALS.items()},
        mail=light_of_mail(failed, uncertain, delayed, unusable=bool(delivered and "unusable" in delivered.counts)),
        cases=Light.RED if is_lost else Light.GREEN,
    )


@dataclass(frozen=True)
class ClockStatus:
    """The state of the clock and the mail for a start page.

    ``light``: the worst light of the jobs; ``has_run``: whether any job has ever ended without an error; ``swept``: the
    last sweep that had something to do; ``owed``: the yearly jobs of § 6 that are not done.
    """

    light: Light
    has_run: bool
    swept: JobRun | None
    failed: int
    uncertain: int
    owed: Sequence[Duty]


def clock_status(at: dt.datetime) -> ClockStatus:
    """The state of the clock and the mail at ``at``, read with one query. ``health`` says more."""

    def mails(state: MailState) -> Any:
        return select(func.count(Mail.id)).where(Mail.state == state, Mail.is_in_trouble).scalar_subquery()

    newest_first = (JobRun.started_at.desc(), JobRun.id.desc())
    last = select(JobRun.id).where(JobRun.job == "sweep").order_by(*newest_first).limit(1).scalar_subquery()
    one = select(literal(1)).subquery()  # a row, also where the clock has never run
    rows = session.execute(
        select(
            Heartbeat.job,
            Heartbeat.ok_at,
            JobRun,
            mails(MailState.FAILED),
            mails(MailState.UNCERTAIN),
            *followups.done_since(),
        )
        .select_from(one)
        .outerjoin(Heartbeat, true())
        .outerjoin(JobRun, JobRun.id == last)
    ).all()
    ages = {job: at - ok_at for job, ok_at, *_rest in rows if ok_at is not None}
    lights = {light_of(ages.get(job), interval) for job, interval in INTERVALS.items()}
    _job, _ok_at, swept, failed, uncertain, since, done = rows[0]
    return ClockStatus(
        worst(lights), bool(ages), swept, failed, uncertain, followups.left(since, done, swedish_day(at))
    )


def light_of(age: dt.timedelta | None, interval: dt.timedelta) -> Light:
    """The light of a job by the time since it last ended without an error; None (never) is red.

    A negative age, after the clock was set back, is green.
    """
    if age is None or age > 3 * interval:
        return Light.RED
    return Light.AMBER if age > 1.5 * interval else Light.GREEN


def _job_health(job: str, interval: dt.timedelta, at: dt.datetime) -> JobHealth:
    beat = session.get(Heartbeat, job)
    age = at - beat.ok_at if beat and beat.ok_at else None
    return JobHealth(
        job=job,
        interval=interval,
        called_at=beat.called_at if beat else None,
        ok_at=beat.ok_at if beat else None,
        age=age,
        light=light_of(age, interval),
        error=beat.error if beat else None,
        last_run=last_run(job),
    )


def check_integrity(at: dt.datetime) -> dict[str, int]:
    """Count the open, unpaused cases without a ball for today: each is a bug (E15)."""
    lost = len(without_ball(swedish_day(at)))
    return {"without_ball": lost} if lost else {}
