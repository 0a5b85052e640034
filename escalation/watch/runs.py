"""The runs of the clock's jobs: how often each is called, when it came through, and what it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from escalation.db import session
from escalation.rules.workdays import STOCKHOLM
from escalation.watch.models import Heartbeat, JobRun

INTERVALS: Mapping[str, dt.timedelta] = {
    "sweep": dt.timedelta(minutes=15),
    "deliver": dt.timedelta(minutes=1),
    "integrity": dt.timedelta(hours=1),
}
"""Every job of the clock, and how often it is called."""


def latest(limit: int = 20) -> Sequence[JobRun]:
    """The latest runs that had something to do, newest first."""
    newest_first = (JobRun.started_at.desc(), JobRun.id.desc())
    return session.scalars(select(JobRun).order_by(*newest_first).limit(limit)).all()


def is_sweep_due(at: dt.datetime) -> bool:
    """Whether the sweep of the latest 06.00 in Stockholm is still to be done.

    A run in what is now the future (the clock was set back) does not count. 06.00 exists once on every day of
    the year, also when summer time begins or ends.
    """
    local = at.astimezone(STOCKHOLM)
    slot = local.replace(hour=6, minute=0, second=0, microsecond=0, fold=0)
    if local < slot:
        slot = dt.datetime.combine(local.date() - dt.timedelta(days=1), dt.time(6), tzinfo=STOCKHOLM)
    done = select(JobRun.id).where(JobRun.job == "sweep", JobRun.ok, JobRun.started_at >= slot, JobRun.started_at <= at)
    return session.scalar(done.limit(1)) is None


def last_run(job: str) -> JobRun | None:
    """The last logged run of the job; None if there is none."""
    newest_first = (JobRun.started_at.desc(), JobRun.id.desc())
    return session.scalars(select(JobRun).where(JobRun.job == job).order_by(*newest_first).limit(1)).first()


def note_call(
    job: str,
    *,
    started_at: dt.datetime,
    finished_at: dt.datetime,
    counts: Mapping[str, Any],
    error: str | None = None,
) -> None:
    """Note that a job was called (its heartbeat), and log the run if the job had anything to do or failed."""
    beat = session.get(Heartbeat, job) or Heartbeat(job=job)
    session.add(beat)
    beat.called_at, beat.error = finished_at, error[:120] if error else None
    if error is None:
        beat.ok_at = finished_at
    if counts or error:
        finished = max(started_at, finished_at)  # a clock that was set back meanwhile
        run = JobRun(job=job, started_at=started_at, finished_at=finished, ok=error is None, counts=dict(counts))
        session.add(run)
    session.flush()
