"""Deadlines with their receipts, and the days that follow from a body's meetings."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.rules import ladder, workdays
from escalation.rules.deadlines import (
    STARTS,
    Due,
    MeetingDay,
    before_dispatch,
    calendar_of,
    counted,
    dates_of,
    meeting_day,
    reachable,
    recount,
    second_reachable,
    starting,
)
from escalation.rules.situation import Phase

HOK = ladder.load("hok")
CALENDAR = calendar_of(HOK)
TSG = ["2026-08-21", "2026-09-25", "2026-11-06", "2026-12-18", "2027-01-15"]
VIS = ["2026-09-17", "2026-10-29", "2026-12-10", "2027-02-11"]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def meetings(days: list[str], body: str = "TSG") -> list[MeetingDay]:
    step = HOK.steps[(HOK.step_of(body) or 0) - 1]
    return [meeting_day(no, body, day(held), step, CALENDAR) for no, held in enumerate(days, 1)]


def entering(phase: Phase, on: str, *, urgent: bool = False) -> dict[str, str]:
    dues = starting(phase, "serve", day(on), 1, HOK, urgent=urgent)
    return {due.key: due.due_on.isoformat() for due in dues}


def test_serving_sets_the_local_steps_days_and_the_forced_decision_counts_from_its_end() -> None:
    assert entering(Phase.SERVED, "2026-09-01") == {
        "D4": "2026-09-08",
        "D5": "2026-09-22",
        "D6": "2026-09-29",
        "D7": "2026-10-27",
        "D7c": "2026-11-17",
    }


def test_july_does_not_count() -> None:
    assert entering(Phase.SERVED, "2026-06-08")["D7"] == "2026-09-04"
    assert entering(Phase.SERVED, "2026-05-11")["D7"] == "2026-08-10"
    without_july = workdays.load_calendar()
    assert workdays.add(day("2026-06-08"), 40, without_july) == day("2026-08-04")


def test_an_urgent_case_has_fewer_days_and_july_counts() -> None:
    assert entering(Phase.SERVED, "2026-06-29", urgent=True) == {
        "D4": "2026-06-30",
        "D5": "2026-07-06",
        "D6": "2026-07-06",
        "D7": "2026-07-13",
        "D7c": "2026-07-20",
    }


def test_each_step_begins_its_own_clock_and_nothing_else_does() -> None:
    assert {phase: keys for phase, keys in STARTS.items() if "D9" in keys} == {Phase.RECEIVED: ("D9", "D10")}
    assert entering(Phase.SCHEDULED, "2026-09-01") == {}


def test_a_receipt_names_every_day_that_did_not_count() -> None:
    due = counted("D4", "serve", day("2026-12-22"), 5, CALENDAR)
    assert due.due_on == day("2027-01-04")
    assert [reason for _, reason in due.receipt["skipped"]] == [
        "julafton", "juldagen", "annandag jul", "söndag", "nyårsafton", "nyårsdagen", "lördag", "söndag",
    ]  # fmt: skip


@settings(deadline=None)
@given(
    base=st.dates(day("2025-01-01"), day("2030-12-31")),
    days=st.integers(0, 120),
    urgent=st.booleans(),
)
def test_a_receipt_recounts_to_its_own_date(base: dt.date, days: int, urgent: bool) -> None:
    due = counted("D7", "serve", base, days, CALENDAR, urgent=urgent)
    assert recount(json.loads(json.dumps(due.receipt)), CALENDAR) == due.due_on


@pytest.mark.parametrize(
    ("body", "accepted", "first", "second"),
    [
        ("TSG", "2026-08-20", "2026-09-25", "2026-11-06"),  # C12: 21 August is too near
        (
            "VIS",
            "2026-10-13",
            "2026-12-10",
            "2027-02-11",
        ),  # C12 at VIS: 29 October's papers were due on 8 October
        ("TSG", "2026-12-04", "2026-12-18", "2027-01-15"),  # the material deadline itself is still in time
        ("VIS", "2026-10-08", "2026-10-29", "2026-12-10"),
    ],
)
def test_a_body_decides_at_the_second_meeting_that_could_be_reached(
    body: str, accepted: str, first: str, second: str
) -> None:
    days = meetings(TSG if body == "TSG" else VIS, body)
    assert [m.held_on.isoformat() for m in reachable(days, day(accepted))][:2] == [first, second]
    due = second_reachable("D12", day(accepted), days)
    assert due.due_on == day(second)
    assert recount(json.loads(json.dumps(due.receipt)), CALENDAR) == due.due_on


def test_one_reachable_meeting_is_not_enough() -> None:
    with pytest.raises(LookupError):
        second_reachable("D12", day("2026-11-20"), meetings(["2026-12-18"]))


def test_papers_are_due_and_sent_out_so_many_working_days_before_the_meeting() -> None:
    tsg, vis = meetings(["2026-12-18"])[0], meetings(["2026-12-10"], "VIS")[0]
    assert (tsg.material_on, tsg.dispatch_on) == (day("2026-12-04"), day("2026-12-11"))
    assert (vis.material_on, vis.dispatch_on) == (day("2026-11-19"), day("2026-12-02"))


def test_july_does_not_count_back_from_a_meeting_either() -> None:
    assert meetings(["2026-08-07"])[0].material_on == day("2026-06-23")


@pytest.mark.parametrize(
    ("held", "body", "until"), [("2026-09-25", "TSG", "2026-09-17"), ("2026-12-10", "VIS", "2026-12-01")]
)
def test_the_parties_comment_until_the_day_before_the_papers_go_out(held: str, body: str, until: str) -> None:
    due = before_dispatch(day("2026-09-09"), meetings([held], body)[0])
    assert due == Due("D13", "schedule", day("2026-09-09"), None, day(until), due.receipt)
    assert recount(json.loads(json.dumps(due.receipt)), CALENDAR) == due.due_on


def test_a_deadline_expression_adds_working_days_to_a_key() -> None:
    read = dates_of({"D7c": day("2026-11-17")}, CALENDAR)
    assert read("D7c") == day("2026-11-17")
    assert read("D7c+5") == day("2026-11-24")
    with pytest.raises(KeyError):
        read("D15")


def test_f_is_the_later_of_d7c_and_d7b_with_five_days() -> None:
    d7c = day("2026-11-17")
    assert dates_of({"D7b": day("2026-11-11"), "D7c": d7c}, CALENDAR)("F") == day("2026-11-18")
    assert dates_of({"D7b": day("2026-10-07"), "D7c": d7c}, CALENDAR)("F") == d7c
    assert dates_of({"D7b": day("2026-10-07")}, CALENDAR)("F+5") == day("2026-10-21")
