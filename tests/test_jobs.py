"""The clock's jobs: each records its time, an error stops no tick, and the process ends on a signal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from config import MailTls, MailTransport, Settings
from escalation import jobs
from escalation.db import session
from escalation.jobs import JOBS, Job, run
from escalation.watch.models import Heartbeat, JobRun
from escalation.watch.runs import INTERVALS
from escalation.watch.transports import FileTransport, SmtpTransport
from tests.support.app import ROOT
from tests.support.office import instant

SIX = instant("2026-09-23 06:00")


def beats(app: Flask) -> dict[str, str | None]:
    with app.app_context():
        found = {beat.job: beat.error for beat in session.query(Heartbeat)}
        session.commit()
        return found


def runs_of(app: Flask, job: str) -> int:
    with app.app_context():
        found = session.query(JobRun).filter_by(job=job).count()
        session.commit()
        return found


def test_every_job_has_an_interval_and_the_health_page_knows_every_job() -> None:
    assert [job.name for job in JOBS] == list(INTERVALS)


def test_every_job_runs_and_records_its_time(app: Flask) -> None:
    assert [run(app, job, SIX) for job in JOBS] == [True, True, True]
    assert beats(app) == {"sweep": None, "deliver": None, "integrity": None}


@pytest.mark.one_database
@pytest.mark.parametrize("day", ["2020-01-07 03:00", "2039-01-07 03:00"])
def test_a_file_that_belongs_to_nothing_goes_after_a_day_of_the_machines_whatever_the_demos_clock_says(
    app: Flask, settings: Settings, day: str
) -> None:
    settings.attachments_dir.mkdir(parents=True)
    old, new = (settings.attachments_dir / name for name in ("a" * 32, "b" * 32))
    for path in (old, new):
        path.write_bytes(b"%PDF-")
    two_days_ago = new.stat().st_mtime - 2 * 86400
    os.utime(old, (two_days_ago, two_days_ago))
    assert run(app, next(job for job in JOBS if job.name == "integrity"), instant(day))
    assert list(settings.attachments_dir.iterdir()) == [new]


@pytest.mark.one_database
def test_the_days_sweep_is_done_once_however_often_the_clock_ticks(app: Flask) -> None:
    for minute in (0, 15, 30, 45):
        run(app, JOBS[0], instant(f"2026-09-23 06:{minute:02}"))
    assert runs_of(app, "sweep") == 1
    run(app, JOBS[0], instant("2026-09-24 06:00"))
    assert runs_of(app, "sweep") == 2


def test_a_job_that_fails_is_noted_and_the_next_tick_comes_through(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(now: jobs.Now) -> dict[str, int]:
        raise RuntimeError("secret words")

    assert not run(app, Job("sweep", broken), SIX)
    assert beats(app) == {"sweep": "RuntimeError"}
    assert run(app, JOBS[0], SIX)
    assert beats(app) == {"sweep": None}
    assert "job sweep failed" in caplog.text


@pytest.mark.one_database
def test_mail_leaves_as_the_settings_say(settings: Settings, tmp_path: Path) -> None:
    kept = replace(settings, mail_transport=MailTransport.FILE, mail_dir=tmp_path)
    sent = replace(settings, mail_transport=MailTransport.SMTP, mail_host="mail", mail_port=2525)
    assert jobs.transport(kept) == FileTransport(tmp_path)
    assert jobs.transport(sent) == SmtpTransport("mail", 2525)
    guarded = replace(sent, mail_tls=MailTls.STARTTLS, mail_user="trappan", mail_password="ord")
    assert jobs.transport(guarded) == SmtpTransport("mail", 2525, tls="starttls", user="trappan", password="ord")


@pytest.mark.one_database
def test_a_server_that_is_to_say_that_it_took_the_letter_is_given_ten_minutes(settings: Settings) -> None:
    sent = jobs.transport(replace(settings, mail_transport=MailTransport.SMTP))
    assert isinstance(sent, SmtpTransport)
    assert sent.patience == 600


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.one_database
def test_the_clock_ticks_at_its_start_and_ends_cleanly_on_a_signal(
    app: Flask, settings: Settings, how: signal.Signals
) -> None:
    script = (
        "import logging; logging.basicConfig(level='INFO')\n"
        "from escalation.app import create_app; from escalation.jobs import run_clock\n"
        "run_clock(create_app())"
    )
    env = {
        **os.environ,
        "TRAPPAN_MODE": "demo",
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": "for the tests alone",
        "INSTANCE_DIR": str(settings.instance_dir),
    }
    clock = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True)
    try:
        assert clock.stderr is not None
        waited = {"job sweep:", "job deliver:", "job integrity:"}
        watchdog = threading.Timer(60, clock.kill)
        watchdog.start()
        said = []
        for line in clock.stderr:
            said.append(line)
            waited -= {job for job in waited if job in line}
            if not waited:
                break
        assert not waited, "".join(said)
        clock.send_signal(how)
        assert clock.wait(timeout=20) == 0
        watchdog.cancel()
    finally:
        clock.kill()
        clock.wait()
        if clock.stderr is not None:
            clock.stderr.close()
    assert set(beats(app)) == {"sweep", "deliver", "integrity"}
