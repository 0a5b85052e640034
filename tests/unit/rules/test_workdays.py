"""Working days: the golden dates of domain/14, the checks of domain/05 § 5.4, what holds for all dates."""

from __future__ import annotations

import os
import subprocess
import sys
import time as clock_time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import workdays
from escalation.rules.workdays import JULY, CalendarYearMissing, QuietPeriod, load_calendar

PLAIN = load_calendar()
WITH_JULY = load_calendar((JULY,))
STOCKHOLM = ZoneInfo("Europe/Stockholm")

days = st.dates(min_value=date(2020, 6, 1), max_value=date(2037, 12, 31))
few = st.integers(min_value=0, max_value=60)


def d(text: str) -> date:
    return date.fromisoformat(text)


@pytest.fixture(params=["UTC", "America/New_York", "Pacific/Kiritimati"])
def server_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TZ", request.param)
    clock_time.tzset()
    yield str(request.param)
    monkeypatch.undo()
    clock_time.tzset()


GOLDEN = [
    ("2026-12-18", 10, "2027-01-08"),
    ("2026-12-30", 1, "2027-01-04"),
    ("2027-05-05", 2, "2027-05-10"),
    ("2026-11-21", 1, "2026-11-23"),
    ("2026-10-22", 3, "2026-10-27"),
]
GOLDEN_JULY = [
    ("2026-08-25", 5, "2026-09-01"),
    ("2026-09-01", 40, "2026-10-27"),
    ("2026-05-11", 40, "2026-08-10"),
    ("2025-02-03", 40, "2025-03-31"),
    ("2026-11-16", 5, "2026-11-23"),
    ("2026-05-04", 40, "2026-08-03"),
    ("2026-06-08", 40, "2026-09-04"),
]


@pytest.mark.parametrize(("start", "n", "due"), GOLDEN)
def test_the_golden_dates_of_the_engine_rules_wherever_the_server_stands(
    start: str, n: int, due: str, server_zone: str
) -> None:
    assert workdays.add(d(start), n, PLAIN) == d(due)


@pytest.mark.parametrize(("start", "n", "due"), GOLDEN_JULY)
def test_the_golden_dates_with_july_not_counted(start: str, n: int, due: str, server_zone: str) -> None:
    assert workdays.add(d(start), n, WITH_JULY) == d(due)


def test_without_the_pause_a_case_served_on_8_june_ends_its_local_step_on_4_august() -> None:
    assert workdays.add(d("2026-06-08"), 40, PLAIN) == d("2026-08-04")


def test_the_year_2026_has_228_working_days_when_july_is_left_out() -> None:
    assert workdays.between(d("2025-12-31"), d("2026-12-31"), WITH_JULY) == 228


def test_a_process_in_new_york_gives_the_same_dates() -> None:
    script = f"""
from datetime import date
from escalation.rules import workdays
for start, n, due in {GOLDEN}:
    found = workdays.add(date.fromisoformat(start), n, workdays.load_calendar())
    assert found == date.fromisoformat(due), (start, n, found)
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], check=False, capture_output=True, env=os.environ | {"TZ": "America/New_York"}
    )
    assert (ran.returncode, ran.stderr) == (0, b"")


def test_material_and_dispatch_days_are_counted_back_from_the_meeting() -> None:
    vis, tsg = d("2026-12-10"), d("2026-12-18")
    assert [workdays.subtract(vis, n, WITH_JULY) for n in (15, 6)] == [d("2026-11-19"), d("2026-12-02")]
    assert [workdays.subtract(tsg, n, WITH_JULY) for n in (10, 5)] == [d("2026-12-04"), d("2026-12-11")]


def test_july_is_never_counted_back_from_a_meeting() -> None:
    assert workdays.subtract(d("2026-08-04"), 2, WITH_JULY) == d("2026-06-30")


def test_an_urgent_case_counts_in_july() -> None:
    assert workdays.add(d("2026-06-30"), 1, WITH_JULY) == d("2026-08-03")
    assert workdays.add(d("2026-06-30"), 1, WITH_JULY, urgent=True) == d("2026-07-01")


def test_a_quiet_period_may_run_over_new_year() -> None:
    christmas = load_calendar((QuietPeriod(12, 24, 1, 6, urgent_counts=False, name="julupphåll"),))
    assert workdays.add(d("2026-12-23"), 1, christmas, urgent=True) == d("2027-01-07")
    assert workdays.why_not_counted(d("2026-12-28"), christmas) == "julupphåll"


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        ("2026-11-21", "lördag"),
        ("2026-11-22", "söndag"),
        ("2026-12-24", "julafton"),
        ("2026-05-14", "Kristi himmelsfärdsdag"),
        ("2026-06-20", "midsommardagen"),
        ("2026-07-08", "sommaruppehåll"),
        ("2026-07-11", "lördag"),
        ("2026-11-23", None),
    ],
)
def test_a_day_that_does_not_count_says_why(day: str, reason: str | None) -> None:
    assert workdays.why_not_counted(d(day), WITH_JULY) == reason


@pytest.mark.parametrize("klamdag", ["2026-05-15", "2027-05-07", "2026-01-05"])
def test_a_klamdag_is_a_working_day(klamdag: str) -> None:
    assert workdays.is_workday(d(klamdag), WITH_JULY)


@pytest.mark.parametrize(
    ("local", "counts_as"),
    [
        ("2026-11-20T10:00", "2026-11-20"),
        ("2026-11-20T16:00:00", "2026-11-20"),
        ("2026-11-20T16:00:01", "2026-11-23"),
        ("2026-11-21T10:00", "2026-11-23"),
        ("2026-12-30T17:00", "2027-01-04"),
        ("2026-12-31T09:00", "2027-01-04"),
        ("2026-07-08T10:00", "2026-07-08"),
    ],
)
def test_an_act_after_16_or_on_a_free_day_counts_as_the_next_working_day(local: str, counts_as: str) -> None:
    instant = datetime.fromisoformat(local).replace(tzinfo=STOCKHOLM).astimezone(UTC)
    assert workdays.base_day(instant, WITH_JULY) == d(counts_as)


def test_filed_on_a_saturday_the_next_day_is_tuesday_but_adding_one_to_saturday_gives_monday() -> None:
    saturday = datetime(2026, 11, 21, 10, tzinfo=STOCKHOLM)
    assert workdays.add(workdays.base_day(saturday, WITH_JULY), 1, WITH_JULY) == d("2026-11-24")
    assert workdays.add(d("2026-11-21"), 1, WITH_JULY) == d("2026-11-23")


def test_the_hour_is_read_in_stockholm_in_summer_and_in_winter() -> None:
    assert workdays.base_day(datetime(2026, 6, 10, 14, 30, tzinfo=UTC), PLAIN) == d("2026-06-11")
    assert workdays.base_day(datetime(2026, 11, 18, 14, 30, tzinfo=UTC), PLAIN) == d("2026-11-18")
    assert workdays.base_day(datetime(2026, 11, 17, 23, 30, tzinfo=UTC), PLAIN) == d("2026-11-18")


def test_a_time_without_zone_has_no_day() -> None:
    with pytest.raises(ValueError, match="naive"):
        workdays.base_day(datetime(2026, 11, 18, 10), PLAIN)  # noqa: DTZ001


def test_a_deadline_ends_at_the_last_second_of_the_stockholm_day_on_both_sides_of_the_clock_changes() -> None:
    assert workdays.local_end(d("2026-03-28")).astimezone(UTC).isoformat() == "2026-03-28T22:59:59+00:00"
    assert workdays.local_end(d("2026-03-29")).astimezone(UTC).isoformat() == "2026-03-29T21:59:59+00:00"
    assert workdays.local_end(d("2026-10-25")).astimezone(UTC).isoformat() == "2026-10-25T22:59:59+00:00"


def test_what_waits_for_a_deadline_opens_on_the_first_working_day_after_it() -> None:
    assert workdays.open_from(d("2026-10-27"), WITH_JULY) == d("2026-10-28")
    assert workdays.open_from(d("2026-11-20"), WITH_JULY) == d("2026-11-23")
    assert workdays.open_from(d("2026-06-30"), WITH_JULY) == d("2026-08-03")


def test_the_receipt_names_every_day_that_did_not_count() -> None:
    receipt = workdays.count(d("2026-12-23"), 2, PLAIN)
    assert receipt.due == d("2026-12-29")
    assert receipt.skipped == (
        (d("2026-12-24"), "julafton"),
        (d("2026-12-25"), "juldagen"),
        (d("2026-12-26"), "annandag jul"),
        (d("2026-12-27"), "söndag"),
    )


def test_a_year_outside_the_calendar_is_refused_with_a_sentence() -> None:
    with pytest.raises(CalendarYearMissing, match="Kalendern saknar år 2041"):
        workdays.add(d("2040-12-28"), 10, PLAIN)
    with pytest.raises(CalendarYearMissing, match="2020–2040"):
        workdays.subtract(d("2020-01-02"), 5, PLAIN)


def test_a_negative_number_of_days_is_refused() -> None:
    with pytest.raises(ValueError, match="never negative"):
        workdays.add(d("2026-01-07"), -1, PLAIN)


def test_the_calendar_file_equals_the_library_for_2020_to_2040() -> None:
    library = holidays.country_holidays(
        "SE",
        years=range(2020, 2041),
        include_sundays=False,
        categories=("public", "de_facto"),
        language="sv",
    )
    assert {day: name.casefold() for day, name in PLAIN.free.items()} == {
        day: name.casefold() for day, name in library.items()
    }
    assert (PLAIN.first_year, PLAIN.last_year) == (2020, 2040)
    assert PLAIN.version == "se-2020-2040.1"


EASTERS = {2026: "04-05", 2027: "03-28", 2030: "04-21", 2035: "03-25", 2038: "04-25", 2040: "04-01"}


@pytest.mark.parametrize(("year", "easter"), EASTERS.items())
def test_moving_feasts_follow_easter(year: int, easter: str) -> None:
    sunday = d(f"{year}-{easter}")
    for offset, name in ((-2, "långfredagen"), (1, "annandag påsk"), (39, "Kristi himmelsfärdsdag")):
        assert PLAIN.free[sunday + timedelta(days=offset)] == name


@given(days, few)
def test_the_day_found_counts_and_lies_n_working_days_away(day: date, n: int) -> None:
    due = workdays.add(day, n, WITH_JULY)
    assert workdays.between(day, due, WITH_JULY) == n
    assert n == 0 or workdays.is_workday(due, WITH_JULY)


@given(days, st.integers(0, 400), few)
def test_a_later_start_never_gives_an_earlier_deadline(day: date, later: int, n: int) -> None:
    assert workdays.add(day + timedelta(days=later), n, WITH_JULY) >= workdays.add(day, n, WITH_JULY)


@given(days, few)
def test_more_days_give_a_later_deadline(day: date, n: int) -> None:
    assert workdays.add(day, n + 1, WITH_JULY) > workdays.add(day, n, WITH_JULY)


@given(days, few, st.integers(0, 30))
def test_a_pause_of_k_working_days_moves_a_deadline_by_exactly_k(day: date, n: int, k: int) -> None:
    moved = workdays.add(workdays.add(day, k, WITH_JULY), n, WITH_JULY)
    assert moved == workdays.add(workdays.add(day, n, WITH_JULY), k, WITH_JULY)


@given(days, few, st.integers(0, 120))
def test_one_more_free_day_never_makes_a_deadline_earlier(day: date, n: int, offset: int) -> None:
    free = dict(PLAIN.free) | {day + timedelta(days=offset): "extra ledig dag"}
    assert workdays.add(day, n, replace(WITH_JULY, free=free)) >= workdays.add(day, n, WITH_JULY)


@given(days, few)
def test_counting_back_undoes_counting_forward_from_a_working_day(day: date, n: int) -> None:
    start = workdays.add(day, 1, WITH_JULY)
    assert workdays.subtract(workdays.add(start, n, WITH_JULY), n, WITH_JULY) == start


@given(days, st.integers(-30, 0))
def test_nothing_lies_between_a_day_and_an_earlier_one(day: date, back: int) -> None:
    assert workdays.between(day, day + timedelta(days=back), WITH_JULY) == 0


@given(days, few)
def test_the_receipt_accounts_for_every_day(day: date, n: int) -> None:
    receipt = workdays.count(day, n, WITH_JULY)
    assert (receipt.due - receipt.base).days == receipt.days + len(receipt.skipped)
