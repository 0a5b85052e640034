"""The sweep: make the moves that time alone makes, and write reminders to those who are waited for.

It may run twice, at once, late or halfway. Unlike other verbs it commits, after each hundred cases, so that a page need
not wait until all cases are done.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from escalation.accounts.models import CLOCK
from escalation.casefile import situation
from escalation.cases.models.case import Case
from escalation.cases.waits import (
    due_by_time,
)
from escalation.db import reading, session
from escalation.followups import queries as followups
from escalation.nudges import actions as nudge_actions
from escalation.nudges import queries as nudge_queries
from escalation.nudges.models import WhySuppressed
from escalation.perform import PERFORM
from escalation.rules.machine import failing_guard
from escalation.rules.moves.table import BY_CLOCK
from escalation.rules.nudge_plan import Due, NudgeKind, catch_up, due_nudges
from escalation.rules.situation import Seat
from escalation.rules.waits import BallRow
from escalation.rules.workdays import load_calendar, swedish_day
from escalation.watch.due import DueNudge, audience, dues_of, waits_of_cases

AT_A_TIME = 100
"""Cases per transaction of the sweep."""


@dataclass
class SweepReport:
    """What a sweep did. ``errors`` names the cases that it could not treat: (case number, what is wrong)."""

    cases: int = 0
    nudges: list[DueNudge] = field(default_factory=list)
    passed: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """The counts for the log of runs."""
        return {
            "cases": self.cases,
            "nudges": len(self.nudges),
            "passed": self.passed,
            "errors": len(self.errors),
        }


def sweep(at: dt.datetime, *, dry_run: bool = False) -> SweepReport:
    """Write every nudge that is due in a case and that the ledger does not hold.

    A nudge that came due on an earlier day is written too. All cases are read once, without a lock. Before the sweep
    writes it judges each case again, since the case may have moved: a hundred cases in one transaction, each in its own
    savepoint. ``dry_run`` writes nothing (E35).
    """
    report = SweepReport()
    today = swedish_day(at)
    if not dry_run:
        _let_time_act(today, at, report)
    with reading():
        seen = SweepReport()
        waits = waits_of_cases(today)
        due = _sweep_cases(waits, today, None, seen)
        session.rollback()
    report.cases, report.errors = len(waits), report.errors + seen.errors
    if dry_run:
        report.nudges, report.passed = seen.nudges, seen.passed
    for first in range(0, 0 if dry_run else len(due), AT_A_TIME):
        _sweep_cases(waits_of_cases(today, due[first : first + AT_A_TIME]), today, at, report)
        session.commit()
    _sweep_year(today, at, report, dry_run)
    return report


def _sweep_cases(
    waits: Mapping[int, tuple[Case, list[BallRow]]], today: dt.date, at: dt.datetime | None, report: SweepReport
) -> list[int]:
    """Write what is due in each case; ``at`` None: only report it. Returns the ids of the cases with anything due."""
    due = []
    for id, (case, waiting) in sorted(waits.items()):
        number, before = case.number, (len(report.nudges), report.passed)
        try:
            with session.begin_nested():
                _sweep_case(case, waiting, today, at, report)
            if (len(report.nudges), report.passed) != before:
                due.append(id)
        except Exception as problem:  # one bad case stops no other (E20)
            report.errors.append((number, f"{type(problem).__name__}: {problem}"[:300]))
    return due


def _sweep_year(today: dt.date, at: dt.datetime, report: SweepReport, dry_run: bool) -> None:
    """Write the nudges for the yearly jobs of § 6. They follow the same plan as those of a case (R30)."""
    held = nudge_queries.written(None, 0)
    for duty in followups.owed(today):
        dues = due_nudges(duty.wait, today, load_calendar())
        _write(duty.job.key, dues, held, _yearly_rows, report, None if dry_run else at)
    if not dry_run:
        session.commit()


def _let_time_act(today: dt.date, at: dt.datetime, report: SweepReport) -> None:
    """Make the moves of time: a pause that is over ends, and a case closes after a withdrawal without objection and
    after an announcement that no party took further."""
    for case in due_by_time(today):
        try:
            with session.begin_nested():
                s = situation(case, at)
                for move in BY_CLOCK:
                    if failing_guard(move, s, {Seat.CLOCK}) is None:
                        PERFORM[move.verb](case, s, by=CLOCK, at=at)
                        break
        except Exception as problem:  # one bad case stops no other (E20)
            report.errors.append((case.number, f"{type(problem).__name__}: {problem}"[:300]))
    session.commit()


def _sweep_case(case: Case, waits: list[BallRow], today: dt.date, at: dt.datetime | None, report: SweepReport) -> None:
    held = nudge_queries.written(case.id, case.round)
    for wait in waits:
        dues = dues_of(case, wait, today)
        _write(case.number, dues, held, lambda due: _rows(case, due, today), report, at)


def _write(
    number: str,
    dues: Sequence[Due],
    held: Collection[tuple[NudgeKind, str, dt.date]],
    rows: Callable[[Due], list[nudge_actions.NewNudge]],
    report: SweepReport,
    at: dt.datetime | None,
) -> None:
    """Write the highest step that is due and is not ``held``, those below it as passed. ``at`` None: only report."""
    send, passed = catch_up(dues, [due for due in dues if (due.kind, due.subject, due.due_on) in held])
    sent = rows(send) if send else []
    past = [replace(row, reason=WhySuppressed.PASSED) for due in passed for row in rows(due)]
    if at is not None:
        nudge_actions.write([*sent, *past], at=at)
    report.passed += len(past)
    report.nudges += [DueNudge(number, r.kind, r.subject, r.due_on, r.recipient) for r in sent]


def _rows(case: Case, due: Due, today: dt.date) -> list[nudge_actions.NewNudge]:
    return [
        nudge_actions.NewNudge(case.id, case.round, due.subject, due.kind, due.due_on, who)
        for who in sorted(audience(case, due.to, today))
    ]


def _yearly_rows(due: Due) -> list[nudge_actions.NewNudge]:
    return [
        nudge_actions.NewNudge(None, 0, due.subject, due.kind, due.due_on, who)
        for who in sorted(followups.people(due.to))
    ]
