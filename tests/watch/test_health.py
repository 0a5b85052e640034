"""Health: how old each heartbeat is, what mail is in trouble, and which open cases have no ball."""

from __future__ import annotations

import datetime as dt

import pytest

from escalation.cases.models.course import Ball
from escalation.rules.nudge_plan import NudgeKind
from escalation.watch.health import Light, check_integrity, health, light_of
from escalation.watch.runs import INTERVALS, is_sweep_due, latest, note_call
from escalation.watch.transports import Result
from tests.support.office import Database, Office, instant
from tests.watch.test_deliver import MORNING, Postman, send

NOON = instant("2026-09-23 12:00")


def beat(moment: dt.datetime, *jobs: str, error: str | None = None, **counts: int) -> None:
    for job in jobs or INTERVALS:
        note_call(job, started_at=moment, finished_at=moment, counts=counts, error=error)


def light(job: str, moment: dt.datetime) -> Light:
    return next(j.light for j in health(moment).jobs if j.job == job)


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        (0, Light.GREEN),
        (22, Light.GREEN),
        (23, Light.AMBER),
        (45, Light.AMBER),
        (46, Light.RED),
        (-60, Light.GREEN),
    ],
)
def test_a_job_is_amber_after_one_and_a_half_intervals_and_red_after_three(minutes: int, expected: Light) -> None:
    assert light_of(dt.timedelta(minutes=minutes), INTERVALS["sweep"]) is expected


@pytest.mark.one_database
def test_a_clock_that_never_ran_is_red(session: Database) -> None:
    assert {job.light for job in health(NOON).jobs} == {Light.RED}
    assert health(NOON).light is Light.RED


@pytest.mark.one_database
def test_all_is_well_when_every_job_came_through_and_nothing_waits(session: Database) -> None:
    beat(NOON)
    assert health(NOON).light is Light.GREEN
    assert light("deliver", NOON + dt.timedelta(minutes=4)) is Light.RED


def test_a_job_that_is_called_but_fails_grows_old(session: Database) -> None:
    beat(NOON)
    beat(NOON + dt.timedelta(minutes=60), "sweep", error="OperationalError")
    sweep = next(j for j in health(NOON + dt.timedelta(minutes=60)).jobs if j.job == "sweep")
    assert (sweep.light, sweep.error) == (Light.RED, "OperationalError")
    assert sweep.age == dt.timedelta(minutes=60)


def test_only_runs_that_had_something_to_do_are_listed(session: Database) -> None:
    beat(NOON, "deliver")
    beat(NOON, "sweep", cases=43, nudges=3, errors=0)
    assert [(run.job, run.ok, run.counts["cases"]) for run in latest()] == [("sweep", True, 43)]
    assert next(j for j in health(NOON).jobs if j.job == "sweep").counts["nudges"] == 3


def test_failed_and_uncertain_mails_are_shown(office: Office) -> None:
    case = office.case()
    office.tell(case, "regionen", NudgeKind.N3, "2026-09-23")
    send(MORNING, Postman(Result.FAILED))
    office.tell(case, "ersättaren", NudgeKind.N3, "2026-09-23")
    send(MORNING, Postman(Result.UNCERTAIN))
    found = health(NOON)
    assert (len(found.failed), len(found.uncertain), found.waiting) == (1, 1, 0)


@pytest.mark.one_database
def test_what_waits_is_counted_also_while_it_is_tried_again(office: Office) -> None:
    case = office.case()
    office.tell(case, "regionen", NudgeKind.N3, "2026-09-23")
    send(MORNING, Postman(Result.RETRY))
    office.tell(case, "ersättaren", NudgeKind.N3, "2026-09-24")
    assert health(NOON).waiting == 2


def test_an_open_case_without_a_ball_is_an_error_that_is_shown(office: Office) -> None:
    office.case()
    office.session.query(Ball).delete()
    beat(NOON)
    assert health(NOON).without_ball == ("ESK-2026-0009",)
    assert health(NOON).light is Light.RED
    assert check_integrity(NOON) == {"without_ball": 1}


@pytest.mark.parametrize(
    ("last", "now", "is_due"),
    [
        (None, "2026-09-23 03:00", True),
        ("2026-09-22 06:00", "2026-09-23 05:59", False),
        ("2026-09-22 06:00", "2026-09-23 06:00", True),
        ("2026-09-23 06:00", "2026-09-23 23:59", False),
        ("2026-09-14 06:00", "2026-09-23 01:00", True),  # nine days off
        ("2026-10-24 06:00", "2026-10-25 02:30", False),  # summer time ends
        ("2026-10-24 06:00", "2026-10-25 06:00", True),
        ("2027-03-27 06:00", "2027-03-28 03:30", False),  # summer time begins
        ("2027-03-27 06:00", "2027-03-28 06:00", True),
        ("2027-09-23 06:00", "2026-09-23 06:00", True),  # the clock was set back by a year
    ],
)
@pytest.mark.one_database
def test_the_sweep_of_six_in_the_morning_is_due_once_a_day(
    session: Database, last: str | None, now: str, is_due: bool
) -> None:
    if last:
        beat(instant(last), "sweep", cases=1)
    assert is_sweep_due(instant(now)) is is_due


@pytest.mark.one_database
def test_a_sweep_that_failed_is_still_due(session: Database) -> None:
    beat(instant("2026-09-23 06:00"), "sweep", error="OperationalError")
    assert is_sweep_due(instant("2026-09-23 06:15"))
