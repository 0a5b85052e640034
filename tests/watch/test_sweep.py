"""The sweep writes each nudge once, however often, late or many at a time it runs."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, update

from escalation.cases.models.course import Ball
from escalation.db import db
from escalation.rules.situation import ClosingReason, Phase
from escalation.watch.sweep import SweepReport, sweep
from tests.support.office import Database, Office, instant
from tests.support.rows import copy_case
from tests.support.sql import selects, selects_under_lock


def test_n0_is_written_when_time_alone_brings_the_ball(office: Office) -> None:
    case = office.case()
    office.pass_ball(case, act="settle_extend_lift", holder="both_sides", begins_on="2026-10-28", due_on="2026-11-17")
    sweep(instant("2026-09-03 06:00"))
    sweep(instant("2026-10-27 06:00"))
    sweep(instant("2026-10-28 06:00"))
    first = [row for row in office.ledger() if row[0] == "N0" and row[1] == "2026-10-28"]
    assert sorted(name for _, _, name, _ in first) == ["ersättaren", "kommunen", "regionen"]


@pytest.mark.one_database
def test_a_late_position_is_nudged_on_23_and_29_september_and_6_october_and_never_else(
    office: Office,
) -> None:
    office.case()
    day = dt.date(2026, 9, 3)
    while day < dt.date(2026, 10, 28):
        sweep(instant(f"{day} 06:00"))
        day += dt.timedelta(days=1)
    assert sorted(office.ledger()) == sorted(
        [
            ("N0", "2026-09-03", "regionen", "pending"),
            ("N0", "2026-09-03", "ersättaren", "pending"),
            ("N3", "2026-09-23", "regionen", "pending"),
            ("N3", "2026-09-23", "ersättaren", "pending"),
            ("N4", "2026-09-29", "regionen", "pending"),
            ("N4", "2026-09-29", "regionens chef", "pending"),
            ("N5", "2026-10-06", "kommunens chef", "pending"),
            ("N5", "2026-10-06", "regionens chef", "pending"),
            ("N5", "2026-10-06", "sekretariatet", "pending"),
            ("N5", "2026-10-06", "sekretariatets chef", "pending"),
        ]
    )


def test_after_nine_days_off_only_the_highest_step_is_sent_and_the_rest_is_recorded_as_passed(
    office: Office,
) -> None:
    office.case()
    report = sweep(instant("2026-09-30 06:00"))
    assert {(t.kind.value, office.name(t.recipient)) for t in report.nudges} == {
        ("N4", "regionen"),
        ("N4", "regionens chef"),
    }
    passed = [kind for kind, _, _, state in office.ledger() if state == "suppressed: passed"]
    assert set(passed) == {"N0", "N3"}


def test_ten_sweeps_of_a_day_write_what_one_does(office: Office) -> None:
    office.case()
    sweep(instant("2026-09-23 06:00"))
    once = office.ledger()
    for minute in range(10):
        assert sweep(instant(f"2026-09-23 06:{minute:02}")).nudges == []
    assert office.ledger() == once


def test_two_sweeps_at_once_and_then_a_third_write_no_nudge_twice(app: Flask, office: Office) -> None:
    for n in range(130):
        office.case(f"ESK-2026-{n + 1:04}")
    together = Barrier(2)

    def one() -> SweepReport:
        with app.app_context():
            together.wait()
            return sweep(instant("2026-09-23 06:00"))

    with ThreadPoolExecutor(2) as pool:
        reports = [f.result() for f in [pool.submit(one), pool.submit(one)]]
    assert [report.errors for report in reports] == [[], []]
    assert sweep(instant("2026-09-23 06:15")).nudges == []
    ledger = office.ledger()
    assert len(ledger) == 130 * 4
    assert len([row for row in ledger if row[3] == "pending"]) == 130 * 2


def test_a_dry_run_tells_what_would_be_sent_and_writes_nothing(office: Office) -> None:
    office.case()
    report = sweep(instant("2026-09-23 06:00"), dry_run=True)
    assert [(t.number, t.kind.value) for t in report.nudges] == [("ESK-2026-0009", "N3")] * 2
    assert office.ledger() == []


def test_one_bad_case_is_listed_and_stops_no_other(office: Office) -> None:
    office.case("ESK-2026-0001")
    office.case("ESK-2026-0002", due_on="2045-01-02", begins_on="2041-01-02")
    bad = office.case("ESK-2026-0003")
    bad.ladder_key, bad.ladder = "no such ladder", {}
    office.session.commit()
    office.case("ESK-2026-0004")
    report = sweep(instant("2026-09-23 06:00"))
    assert [number for number, _ in report.errors] == ["ESK-2026-0003"]
    assert {nudge.number for nudge in report.nudges} == {"ESK-2026-0001", "ESK-2026-0004"}


@pytest.mark.one_database
def test_closed_and_paused_cases_are_left_in_peace(office: Office) -> None:
    closed, paused = office.case("ESK-2026-0001"), office.case("ESK-2026-0002")
    closed.phase, closed.closing_reason = Phase.CLOSED, ClosingReason.LAPSED
    closed.closed_at = instant("2026-09-10 10:00")
    paused.paused_until = dt.date(2026, 12, 1)
    office.session.commit()
    assert sweep(instant("2026-09-23 06:00")).cases == 0


def test_an_extension_moves_the_day_and_gives_nudges_of_its_own(office: Office) -> None:
    case = office.case()
    sweep(instant("2026-09-23 06:00"))
    office.pass_ball(case, act="position", holder="respondent", begins_on="2026-09-23", due_on="2026-10-06", key="D5")
    sweep(instant("2026-10-07 06:00"))
    days = sorted({row[1] for row in office.ledger() if row[0] == "N3"})
    assert days == ["2026-09-23", "2026-10-07"]


@pytest.mark.parametrize("night", ["2026-10-25", "2027-03-28"])
@pytest.mark.one_database
def test_at_half_past_two_on_the_nights_of_the_clock_nothing_is_skipped_or_doubled(office: Office, night: str) -> None:
    ball_due = {"2026-10-25": "2026-10-23", "2027-03-28": "2027-03-25"}[night]
    office.case(due_on=ball_due)
    instant = dt.datetime.fromisoformat(f"{night}T00:30:00+00:00")
    for quarter in range(12):
        sweep(instant + dt.timedelta(minutes=15 * quarter))
    sweep(instant + dt.timedelta(days=2))
    n3 = [row for row in office.ledger() if row[0] == "N3"]
    assert len(n3) == 2


@pytest.mark.one_database
def test_a_clock_set_back_writes_nothing_again(office: Office, session: Database) -> None:
    office.case()
    sweep(instant("2026-09-29 06:00"))
    before = office.ledger()
    for day in range(1, 29):
        sweep(instant(f"2026-09-{day:02} 06:00"))
    assert [row for row in office.ledger() if row[3] == "pending"] == [r for r in before if r[3] == "pending"]


# --- Many cases, and others at work --------------------------------------------------------------------


def is_of_all(question: str) -> bool:
    return "FROM case_ JOIN ball" in question and "case_.id IN" not in question


def test_the_question_of_the_sweep_is_asked_once_however_many_the_cases(office: Office) -> None:
    copy_case(office.session, office.case(), 120)
    with selects() as questions:
        report = sweep(instant("2026-09-03 06:00"))
    assert (report.cases, len(report.nudges)) == (121, 242)
    assert len(list(filter(is_of_all, questions))) == 1


@pytest.mark.one_database
def test_what_a_case_waits_for_is_found_by_its_own_index(office: Office) -> None:
    """Without statistics SQLite walked all newest balls for each case: 0.2 s of 1,000 cases, 30 s of 10,000."""
    office.case()
    with selects() as questions:
        sweep(instant("2026-09-03 06:00"))
    question = next(filter(is_of_all, questions))
    days = ("2026-09-03",) * question.count("begins_on <= ?")
    others = ("closed",) * (question.count("?") - len(days))
    explained = office.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", (*days, *others))
    plan = [row[3] for row in explained]
    assert any("SEARCH ball" in step and "case_id=?" in step for step in plan), plan
    assert not any("AUTOMATIC" in step or "SCAN ball" in step for step in plan), plan


@pytest.mark.one_database
def test_others_may_write_while_the_sweep_reads(office: Office) -> None:
    copy_case(office.session, office.case(due_on="2026-12-22"), 20)
    sweep(instant("2026-09-03 06:00"))
    with selects_under_lock() as shut:
        assert sweep(instant("2026-09-03 07:00")).cases == 21
    # What is left: what time itself does to a case, and what the year asks for.
    assert len(shut) < 10
    assert not any("JOIN ball" in question for question in shut)


def test_a_case_that_moved_while_the_sweep_read_gets_the_nudge_of_its_new_state(app: Flask, office: Office) -> None:
    office.case()
    sweep(instant("2026-09-03 06:00"))
    engine = db.engine
    moved: list[str] = []

    def move(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if "FROM nudge" in statement and not moved:
            moved.append(statement)
            with ThreadPoolExecutor(1) as pool:  # somebody else, with a transaction of their own
                pool.submit(extend).result()

    def extend() -> None:
        with engine.begin() as connection:
            connection.execute(update(Ball).values(due_on=dt.date(2026, 12, 22)))

    event.listen(engine, "after_cursor_execute", move)
    try:
        assert sweep(instant("2026-09-23 06:00")).nudges == []
    finally:
        event.remove(engine, "after_cursor_execute", move)
    assert moved
    assert {row[0] for row in office.ledger()} == {"N0"}
