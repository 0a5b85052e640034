"""The plan of nudges, on the calendar that is shipped."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.nudge_plan import (
    OFFICES,
    PLAN,
    NudgeKind,
    catch_up,
    due_nudges,
    first_nudge,
    rank,
)
from escalation.rules.waits import BallRow
from escalation.rules.workdays import JULY, load_calendar

CALENDAR = load_calendar((JULY,))
POSITION = BallRow(date(2026, 9, 3), "position", "respondent", date(2026, 9, 22), "D5")


def kinds(ball: BallRow, today: date, urgent: bool = False) -> list[str]:
    return [due.kind.value for due in due_nudges(ball, today, CALENDAR, urgent)]


def test_c09_is_reminded_on_23_september_29_september_and_6_october() -> None:
    dues = due_nudges(POSITION, date(2026, 10, 27), CALENDAR)
    assert [(d.kind.value, d.due_on) for d in dues] == [
        ("N0", date(2026, 9, 3)),
        ("N3", date(2026, 9, 23)),
        ("N4", date(2026, 9, 29)),
        ("N5", date(2026, 10, 6)),
    ]
    assert [d.subject for d in dues] == ["ball:position", "D5", "D5", "D5"]


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 9, 2), []),
        (date(2026, 9, 3), ["N0"]),
        (date(2026, 9, 22), ["N0"]),
        (date(2026, 9, 23), ["N0", "N3"]),
        (date(2026, 9, 28), ["N0", "N3"]),
        (date(2026, 9, 29), ["N0", "N3", "N4"]),
        (date(2026, 10, 6), ["N0", "N3", "N4", "N5"]),
    ],
)
def test_a_step_comes_due_on_its_own_day_and_stays_due(today: date, expected: list[str]) -> None:
    assert kinds(POSITION, today) == expected


def test_a_party_that_is_late_is_climbed_past_step_by_step() -> None:
    to = {d.kind.value: d.to for d in due_nudges(POSITION, date(2026, 10, 6), CALENDAR)}
    assert to == {
        "N0": ("respondent", "substitute_of:respondent"),
        "N3": ("respondent", "substitute_of:respondent"),
        "N4": ("approvers_of:respondent", "respondent"),
        "N5": ("approvers_of:both_sides", "secretariat"),
    }


@pytest.mark.parametrize(
    ("holder", "chair"),
    [
        ("secretariat", "chair"),
        ("chair:TSG", "chair:TSG"),
        ("body:VIS", "chair:VIS"),
        ("chair_and_secretariat:TSG", "chair:TSG"),
    ],
)
def test_an_office_that_is_late_climbs_to_the_head_of_the_secretariat_and_the_chair(holder: str, chair: str) -> None:
    ball = BallRow(date(2026, 9, 3), "check", holder, date(2026, 9, 22), "D9")
    to = {d.kind.value: d.to for d in due_nudges(ball, date(2026, 10, 6), CALENDAR)}
    assert to == {
        "N0": (holder,),
        "N3": (holder,),
        "N4": ("secretariat_head", holder),
        "N5": ("secretariat_head", chair),
    }


def test_no_one_is_nudged_in_july_and_the_nudge_goes_on_the_first_day_that_counts() -> None:
    ball = BallRow(date(2026, 6, 10), "position", "respondent", date(2026, 6, 30), "D5")
    assert kinds(ball, date(2026, 7, 31)) == ["N0"]
    assert kinds(ball, date(2026, 8, 3)) == ["N0", "N3"]


def test_in_an_urgent_case_july_counts() -> None:
    ball = BallRow(date(2026, 6, 10), "position", "respondent", date(2026, 6, 30), "D5")
    assert kinds(ball, date(2026, 7, 1), urgent=True) == ["N0", "N3"]


def test_a_row_that_begins_in_the_quiet_period_is_announced_after_it() -> None:
    ball = BallRow(date(2026, 7, 10), "position", "respondent", date(2026, 8, 20), "D5")
    assert first_nudge(ball, CALENDAR).due_on == date(2026, 8, 3)
    assert kinds(ball, date(2026, 7, 31)) == []


def test_after_days_off_only_the_highest_step_is_sent_and_the_lower_are_recorded_as_passed() -> None:
    dues = due_nudges(POSITION, date(2026, 10, 7), CALENDAR)
    send, passed = catch_up(dues, written=dues[:1])
    assert send is not None
    assert send.kind is NudgeKind.N5
    assert [due.kind.value for due in passed] == ["N3", "N4"]


def test_a_step_in_the_ledger_is_not_sent_again() -> None:
    dues = due_nudges(POSITION, date(2026, 9, 24), CALENDAR)
    assert catch_up(dues, written=dues) == (None, [])


def test_nothing_due_is_nothing_to_send() -> None:
    assert catch_up([], written=[]) == (None, [])


def test_steps_rise_in_the_order_of_the_plan() -> None:
    assert [rank(row.kind) for row in PLAN] == sorted(rank(row.kind) for row in PLAN)
    assert "respondent" not in OFFICES


@given(
    begins=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
    length=st.integers(0, 60),
    looks=st.integers(0, 200),
)
def test_however_often_and_late_one_looks_no_step_is_lost_or_doubled(begins: date, length: int, looks: int) -> None:
    ball = BallRow(begins, "position", "respondent", begins + timedelta(length), "D5")
    early = due_nudges(ball, begins + timedelta(looks), CALENDAR)
    late = due_nudges(ball, begins + timedelta(looks + 1), CALENDAR)
    assert late[: len(early)] == early
    assert len({due.kind for due in late}) == len(late)
