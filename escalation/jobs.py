"""The clock: a table of jobs, and the process that calls them.

APScheduler only ticks, in UTC intervals; which day it is, and whether its sweep is done, is decided by our
own rules (``watch.runs.is_sweep_due``). Two clocks, or a clock that was frozen for a week, do no harm:
keys and claims in the database give correctness, not this process.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.background import BackgroundScheduler
from flask import Flask, current_app

from config import MailTransport, Settings
from escalation import clock
from escalation.db import session
from escalation.documents import actions as documents
from escalation.watch import delivery, health, runs
from escalation.watch import sweep as watch_sweep
from escalation.watch.transports import FileTransport, SmtpTransport, Transport

log = logging.getLogger("trappan.jobs")

SENDER = f"{socket.gethostname()[:30]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"
"""The name of this process in a mail's claim."""

MAILS_PER_CALL = 1000

Now = Callable[[], datetime]


@dataclass(frozen=True)
class Job:
    """``verb`` takes a function that gives the time and returns counts, empty if there was nothing to do.

    ``watch.runs.INTERVALS`` has how often it is called; the health page reads it too.
    """

    name: str
    verb: Callable[[Now], Mapping[str, int]]


def sweep(now: Now) -> Mapping[str, int]:
    """Sweep, whether or not the day's sweep is done. A case that could not be swept is logged."""
    report = watch_sweep.sweep(now())
    for number, problem in report.errors:
        log.error("sweep left %s: %s", number, problem)
    return report.counts


def sweep_once_a_day(now: Now) -> Mapping[str, int]:
    """The sweep of the latest 06.00 in Stockholm, unless it is done."""
    return sweep(now) if runs.is_sweep_due(now()) else {}


def deliver(now: Now) -> Mapping[str, int]:
    """Send all that may go, and count it. Letters that a person has to deal with are logged."""
    report = send_all(now)
    for problem in report.errors:
        log.error("deliver left %s", problem)
    if report.trouble:
        log.error("the mail server cannot be used: %s", report.trouble)
    return report.counts


def send_all(now: Now) -> delivery.DeliveryReport:
    """Send all that may go. The time is read for each mail, so that no claim is older than its sending."""
    settings: Settings = current_app.config["SETTINGS"]
    fixed = {"base_url": settings.base_url, "sender": settings.mail_from, "by": SENDER}
    total = delivery.DeliveryReport()
    for _ in range(MAILS_PER_CALL):
        report = delivery.deliver(now(), transport(settings), **fixed, limit=1)
        total.add(report)
        if report.trouble or not report.attempts:
            break
    return total


def check_integrity(now: Now) -> Mapping[str, int]:
    """Count the cases that wait for no one, and delete files that have belonged to no attachment for a day."""
    directory = current_app.config["SETTINGS"].attachments_dir
    # A file carries the machine's time, which is not a demo's: a file just laid down must never look old.
    loose = documents.forget_loose(directory, datetime.now(UTC) - timedelta(days=1))
    return {**health.check_integrity(now()), **({"files_forgotten": loose} if loose else {})}


JOBS: tuple[Job, ...] = (
    Job("sweep", sweep_once_a_day),
    Job("deliver", deliver),
    Job("integrity", check_integrity),
)


def run(app: Flask, job: Job, at: datetime | None = None) -> bool:
    """Call a job in its own context and session, and record that it ran. Returns whether it succeeded.

    ``at`` is for commands and tests: the job then runs as if it were that time. An error is
    logged and kept, never raised: the next tick comes anyway.
    """

    def now() -> datetime:
        return at or clock.now()

    with app.app_context():
        try:
            started = now()
            counts, error = _call(job, now)
            runs.note_call(job.name, started_at=started, finished_at=now(), counts=counts, error=error)
            session.commit()
        except Exception:  # the database is away: then the age of the last run shows it
            log.exception("job %s could not be noted", job.name)
            return False
        finally:
            session.remove()
    log.info("job %s: %s", job.name, error or dict(counts) or "nothing to do")
    return error is None


def _call(job: Job, now: Now) -> tuple[Mapping[str, int], str | None]:
    try:
        return job.verb(now), None
    except Exception as problem:
        log.exception("job %s failed", job.name)
        session.rollback()
        return {}, type(problem).__name__


def transport(settings: Settings) -> Transport:
    """How mail leaves by these settings."""
    if settings.mail_transport is MailTransport.FILE:
        return FileTransport(settings.mail_dir)
    return SmtpTransport(
        settings.mail_host,
        settings.mail_port,
        tls=settings.mail_tls.value,
        user=settings.mail_user,
        password=settings.mail_password,
    )


def run_clock(app: Flask) -> None:
    """Tick until SIGTERM or SIGINT; a running job ends first. Every job is called once at the
    start.
    """
    stops = {signal.SIGTERM, signal.SIGINT}
    # Blocked before the first thread is born: they wait for sigwait and interrupt no transaction.
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    scheduler = BackgroundScheduler(timezone=UTC)
    for job in JOBS:
        scheduler.add_job(
            run,
            "interval",
            args=(app, job),
            seconds=runs.INTERVALS[job.name].total_seconds(),
            id=job.name,
            next_run_time=datetime.now(UTC),
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        signal.sigwait(stops)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
        scheduler.shutdown()
