"""Who is waited for, and until when, after each move."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from escalation.rules import waits, workdays
from escalation.rules.deadlines import calendar_of, dates_of
from escalation.rules.situation import Phase, Situation
from tests.support.situations import ANNOUNCED_LONG_AGO, HOK, RECOMMENDED, day, situation_in

CALENDAR = calendar_of(HOK)

C09 = {
    "D4": day("2026-09-08"),
    "D5": day("2026-09-22"),
    "D6": day("2026-09-29"),
    "D7": day("2026-10-27"),
    "D7c": day("2026-11-17"),
}


def future(s: Situation, today: str, known: dict[str, dt.date]) -> list[tuple[str, str, str, str]]:
    rows = waits.future(
        s,
        today=day(today),
        date=dates_of(known, CALENDAR),
        open_from=lambda due: workdays.open_from(due, CALENDAR),
        body="TSG",
        next_body="VIS",
    )
    return [(r.begins_on.isoformat(), r.act, r.holder, r.due_on.isoformat()) for r in rows]


LOCAL = [
    ("2026-10-28", "settle_extend_lift", "both_sides", "2026-11-17"),
    ("2026-11-18", "force", "secretariat", "2026-11-24"),
    ("2026-11-25", "force", "chair:VIS", "2026-12-01"),
]


@pytest.mark.parametrize(
    ("facts", "now"),
    [
        ({}, ("acknowledge", "respondent", "2026-09-08")),
        ({"is_acknowledged": True}, ("position", "respondent", "2026-09-22")),
        ({"is_acknowledged": True, "is_position_in": True}, ("meet", "both_sides", "2026-09-29")),
        (
            {"is_acknowledged": True, "is_position_in": True, "is_meeting_held": True},
            ("settle", "both_sides", "2026-10-27"),
        ),
    ],
)
def test_the_local_balls_future_is_the_table_of_5_1(facts: dict[str, Any], now: tuple[str, str, str]) -> None:
    assert future(situation_in(Phase.DIALOGUE, **facts), "2026-09-03", C09) == [("2026-09-03", *now), *LOCAL]


def test_an_act_done_late_does_not_give_the_ball_back_to_where_time_had_moved_it_from() -> None:
    late = situation_in(Phase.DIALOGUE, is_acknowledged=True, is_position_in=True)
    assert future(late, "2026-11-20", C09) == [
        ("2026-11-20", "force", "secretariat", "2026-11-24"),
        ("2026-11-25", "force", "chair:VIS", "2026-12-01"),
    ]


def test_after_an_impasse_the_later_of_d7c_and_d7b_with_five_days_counts() -> None:
    early = future(situation_in(Phase.IMPASSE), "2026-10-28", C09 | {"D7b": day("2026-11-11")})
    assert early == [
        ("2026-10-28", "statement", "both_sides", "2026-11-11"),
        ("2026-11-12", "lift", "both_sides", "2026-11-18"),  # D7b + 5, later than D7c
        ("2026-11-19", "force", "secretariat", "2026-11-25"),
        ("2026-11-26", "force", "chair:VIS", "2026-12-02"),
    ]
    sooner = future(situation_in(Phase.IMPASSE), "2026-09-23", C09 | {"D7b": day("2026-10-07")})
    assert sooner[1] == ("2026-10-08", "lift", "both_sides", "2026-11-17")  # D7c, later than D7b + 5


def test_an_agreed_statement_puts_the_ball_at_lifting_at_once() -> None:
    agreed = situation_in(Phase.IMPASSE, is_statement_agreed=True)
    now = future(agreed, "2026-11-02", C09 | {"D7b": day("2026-11-11")})[0]
    assert now == ("2026-11-02", "lift", "both_sides", "2026-11-18")


def test_an_unanswered_recommendation_goes_to_the_parties_and_the_secretariat() -> None:
    assert future(RECOMMENDED, "2026-09-25", {"D15": day("2026-10-09")}) == [
        ("2026-09-25", "answer", "unanswered", "2026-10-09"),
        ("2026-10-19", "lift_unanswered", "both_sides_and_secretariat", "2026-10-23"),
    ]


def test_an_announcement_waits_for_the_silent_alone_and_then_for_time() -> None:
    assert future(ANNOUNCED_LONG_AGO, "2026-09-25", {"D15": day("2026-10-09")}) == [
        ("2026-09-25", "answer_announcement", "unanswered", "2026-10-09"),
    ]


def test_a_task_that_is_not_reported_comes_to_the_secretariat_after_twenty_days() -> None:
    open_task = situation_in(Phase.IMPLEMENTATION, 3, has_tasks=True)
    assert future(open_task, "2026-09-01", {"task": day("2026-10-01"), "confirm": day("2026-09-15")}) == [
        ("2026-09-01", "report", "obliged", "2026-10-01"),
        ("2026-10-30", "close", "secretariat", "2026-11-05"),
    ]
    reported = open_task.change(are_tasks_reported=True)
    assert future(reported, "2026-09-01", {"confirm": day("2026-09-15")}) == [
        ("2026-09-01", "confirm", "counterparty", "2026-09-15"),
        ("2026-09-16", "close", "secretariat", "2026-09-22"),
    ]


def test_a_closed_case_has_no_ball() -> None:
    assert future(situation_in(Phase.CLOSED), "2026-09-01", {}) == []
