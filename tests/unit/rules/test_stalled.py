"""What it is for a case to stand still: the rules X1–X10 and the four levels, as functions of days."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import ladder, stalled, workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.situation import Phase
from escalation.rules.stalled import RULES, Pulse, Stall, judge, level_of

CALENDAR = calendar_of(ladder.load("hok"))
TODAY = dt.date(2026, 11, 23)
"""A Monday."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def pulse(**facts: Any) -> Pulse:
    """A case in dialogue since the beginning of the month, in good order."""
    usual: dict[str, Any] = {
        "phase": Phase.DIALOGUE,
        "step": 1,
        "filed_on": day("2026-10-30"),
        "substance_on": day("2026-11-13"),
        "ball_due_on": day("2026-12-01"),
        "local_end_on": day("2026-12-30"),
        "forced_until": day("2027-01-29"),
    }
    return Pulse(**usual | facts)


def rules(**facts: Any) -> tuple[str, ...]:
    found = judge(pulse(**facts), TODAY, CALENDAR)
    return found.rules if found else ()


def test_a_case_in_good_order_does_not_stand_still() -> None:
    assert judge(pulse(), TODAY, CALENDAR) is None


def test_c09_of_the_demo_is_nineteen_working_days_late_and_on_level_three() -> None:
    sigtuna = pulse(
        filed_on=day("2026-08-28"),
        substance_on=day("2026-09-03"),
        ball_due_on=day("2026-11-24"),
        local_end_on=day("2026-10-27"),
        forced_until=day("2026-11-24"),
    )
    assert judge(sigtuna, TODAY, CALENDAR) == Stall(3, ("X1", "X2"), 19)


@pytest.mark.parametrize(("due_on", "holds"), [("2026-11-20", True), ("2026-11-23", False)])
def test_x1_a_last_day_has_passed_when_the_day_is_over(due_on: str, holds: bool) -> None:
    assert ("X1" in rules(ball_due_on=day(due_on))) is holds


@pytest.mark.parametrize(
    ("step", "phase", "substance_on", "holds"),
    [
        (1, Phase.DIALOGUE, "2026-11-02", False),  # fifteen working days ago
        (1, Phase.DIALOGUE, "2026-10-30", True),
        (2, Phase.PREPARATION, "2026-10-19", False),  # twenty-five
        (2, Phase.PREPARATION, "2026-10-16", True),
        (2, Phase.SCHEDULED, "2026-09-01", False),
        (1, Phase.IMPLEMENTATION, "2026-06-01", False),
    ],
)
def test_x2_quiet_for_fifteen_working_days_at_step_one_and_twenty_five_above_it(
    step: int, phase: Phase, substance_on: str, holds: bool
) -> None:
    found = rules(step=step, phase=phase, substance_on=day(substance_on), local_end_on=None)
    assert found == (("X2",) if holds else ())


def test_x3_only_while_the_case_is_served_and_not_acknowledged() -> None:
    assert "X3" in rules(phase=Phase.SERVED, receipt_due_on=day("2026-11-20"))
    assert "X3" not in rules(phase=Phase.SERVED, receipt_due_on=TODAY)
    assert "X3" not in rules(phase=Phase.SERVED)
    assert "X3" not in rules(phase=Phase.IMPASSE, receipt_due_on=day("2026-10-26"))


@pytest.mark.parametrize(
    ("brief_due_on", "holds"), [("2026-12-01", False), ("2026-11-30", True), ("2026-11-20", True), (None, False)]
)
def test_x5_a_brief_is_missing_from_five_working_days_before_its_day(brief_due_on: str | None, holds: bool) -> None:
    found = rules(phase=Phase.PREPARATION, step=2, local_end_on=None, brief_due_on=brief_due_on and day(brief_due_on))
    assert ("X5" in found) is holds


def test_x6_a_case_that_was_tabled_twice() -> None:
    assert rules(times_tabled=1) == ()
    assert rules(times_tabled=2) == ("X6",)


@pytest.mark.parametrize(
    ("paused_from", "paused_until", "holds"),
    [
        ("2026-06-01", "2026-11-30", False),
        ("2026-06-01", "2026-11-23", False),  # ends today
        ("2026-06-01", "2026-11-22", True),
        ("2026-06-01", "2026-12-02", True),  # longer than six months
        ("2026-08-31", "2027-02-28", False),
        ("2026-08-31", "2027-03-01", True),
    ],
)
def test_x8_is_all_that_holds_for_a_paused_case(paused_from: str, paused_until: str, holds: bool) -> None:
    found = judge(
        pulse(
            filed_on=day("2025-01-02"),
            ball_due_on=day("2026-06-02"),
            paused_from=day(paused_from),
            paused_until=day(paused_until),
        ),
        TODAY,
        CALENDAR,
    )
    assert found == (Stall(1, ("X8",), 0) if holds else None)


def test_x9_something_agreed_is_not_done_in_time() -> None:
    late = pulse(phase=Phase.IMPLEMENTATION, ball_due_on=day("2026-11-13"), task_due_on=day("2026-11-13"))
    assert judge(late, TODAY, CALENDAR) == Stall(2, ("X1", "X9"), 6)


def test_x10_a_case_older_than_a_year_is_on_level_four_however_little_it_is_late() -> None:
    assert judge(pulse(filed_on=day("2025-11-23")), TODAY, CALENDAR) is None
    assert judge(pulse(filed_on=day("2025-11-22")), TODAY, CALENDAR) == Stall(4, ("X10",), 0)


def test_a_case_filed_on_a_leap_day_is_a_year_old_after_the_end_of_february() -> None:
    leap = pulse(filed_on=day("2028-02-29"), substance_on=day("2029-02-28"), ball_due_on=None, local_end_on=None)
    assert judge(leap, day("2029-02-28"), CALENDAR) is None
    assert judge(leap, day("2029-03-01"), CALENDAR) is not None


@pytest.mark.parametrize(
    ("days", "level"), [(-1, 0), (0, 0), (1, 1), (5, 1), (6, 2), (15, 2), (16, 3), (30, 3), (31, 4), (300, 4)]
)
def test_the_level_grows_with_the_working_days(days: int, level: int) -> None:
    assert level_of(days) == level


def test_a_forced_decision_that_has_passed_makes_level_three() -> None:
    short = pulse(local_end_on=day("2026-11-19"), forced_until=day("2026-11-20"))
    assert judge(short, TODAY, CALENDAR) == Stall(3, ("X1",), 2)


def test_july_stands_still_but_not_in_an_urgent_case() -> None:
    summer = pulse(filed_on=day("2026-06-01"), substance_on=day("2026-06-29"), ball_due_on=day("2026-06-30"))
    assert judge(summer, day("2026-07-31"), CALENDAR) is None
    urgent = pulse(
        filed_on=day("2026-06-01"), substance_on=day("2026-06-29"), ball_due_on=day("2026-06-30"), is_urgent=True
    )
    found = judge(urgent, day("2026-07-31"), CALENDAR)
    assert found is not None
    assert found.days_late == 23


def test_a_closed_case_never_stands_still() -> None:
    assert judge(pulse(phase=Phase.CLOSED, filed_on=day("2020-01-01")), TODAY, CALENDAR) is None


def test_every_rule_that_can_hold_has_its_words() -> None:
    everything = stalled._rules(pulse(), TODAY, CALENDAR, 0) | stalled._rules(
        pulse(paused_until=TODAY), TODAY, CALENDAR, 0
    )
    assert set(everything) == set(RULES)


DAYS = st.dates(day("2025-06-01"), day("2027-06-01"))


@given(
    due=st.none() | DAYS,
    substance=DAYS,
    filed=DAYS,
    local=st.none() | DAYS,
    today=DAYS,
    phase=st.sampled_from(sorted(Phase)),
    tabled=st.integers(0, 4),
)
def test_a_case_never_gets_better_by_waiting(
    due: dt.date | None,
    substance: dt.date,
    filed: dt.date,
    local: dt.date | None,
    today: dt.date,
    phase: Phase,
    tabled: int,
) -> None:
    one = pulse(
        phase=phase, ball_due_on=due, substance_on=substance, filed_on=filed, local_end_on=local, times_tabled=tabled
    )
    now, then = (judge(one, d, CALENDAR) for d in (today, workdays.add(today, 3, CALENDAR)))
    if now is not None:
        assert then is not None
        assert then.level >= now.level
        assert set(then.rules) >= set(now.rules)
        assert 1 <= now.level <= 4
