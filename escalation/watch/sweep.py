"""The sweep: time acts, and those who are waited for are reminded. It may run twice, at once, late or halfway.

Unlike other verbs it commits, after each hundred cases, so that no page waits for all of them.
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
from escalation.nudges import actions as nudges
from escalation.nudges import queries as ledger
from escalation.nudges.models import WhySuppressed
from escalation.perform import PERFORM
from escalation.rules.machine import failing_guard
from escalation.rules.moves.table import BY_CLOCK
from escalation.rules.nudge_plan import Due, NudgeKind, catch_up, due_nudges
from escalation.rules.situation import Seat
from escalation.rules.waits import BallRow
from escalation.rules.workdays import load_calendar
from escalation.watch.due import Told, dues_of, waits_of_cases
from escalation.watch.health import audience, swedish_day

AT_A_TIME = 100
"""Cases per transaction of the sweep."""


@dataclass
class SweepReport:
    """What a sweep did. ``errors`` has (case number, what is wrong) of those that it had to leave."""

    cases: int = 0
    told: list[Told] = field(default_factory=list)
    passed: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """For the run log."""
        return {
            "cases": self.cases,
            "nudges": len(self.told),
            "passed": self.passed,
            "errors": len(self.errors),
        }


def sweep(at: dt.datetime, *, dry_run: bool = False) -> SweepReport:
    """Write the nudges that have come due for every open, unpaused case: "due and not in the ledger", never
    "today".

    All cases are read once, and nobody has to wait for that. What is written is judged anew in the transaction that
    writes it, for a case may have moved since: a hundred cases each, each in a savepoint of its own. ``dry_run`` writes
    nothing at all (E35).
    """
    report = SweepReport()
    today = swedish_day(at)
    if not dry_run:
        _let_time_act(today, at, report)
    with reading():
        seen = SweepReport()
        clocks = waits_of_cases(today)
        due = _sweep_cases(clocks, today, None, seen)
        session.rollback()
    report.cases, report.errors = len(clocks), report.errors + seen.errors
    if dry_run:
        report.told, report.passed = seen.told, seen.passed
    for first in range(0, 0 if dry_run else len(due), AT_A_TIME):
        _sweep_cases(waits_of_cases(today, due[first : first + AT_A_TIME]), today, at, report)
        session.commit()
    _sweep_year(today, at, report, dry_run)
    return report


def _sweep_cases(
    clocks: Mapping[int, tuple[Case, list[BallRow]]], today: dt.date, at: dt.datetime | None, report: SweepReport
) -> list[int]:
    """Tell of each case what is due; ``at`` None: only report. Gives the ids of those of which there was anything."""
    due = []
    for id, (case, waiting) in sorted(clocks.items()):
        number, before = case.number, (len(report.told), report.passed)
        try:
            with session.begin_nested():
                _sweep_case(case, waiting, today, at, report)
            if (len(report.told), report.passed) != before:
                due.append(id)
        except Exception as problem:  # one bad case stops no other (E20)
            report.errors.append((number, f"{type(problem).__name__}: {problem}"[:300]))
    return due


def _sweep_year(today: dt.date, at: dt.datetime, report: SweepReport, dry_run: bool) -> None:
    """The yearly jobs of § 6, by the same plan as what a case waits for (R30)."""
    held = ledger.written(None, 0)
    for duty in followups.owed(today):
        dues = due_nudges(duty.clock, today, load_calendar())
        _tell(duty.job.key, dues, held, _yearly_rows, report, None if dry_run else at)
    if not dry_run:
        session.commit()


def _let_time_act(today: dt.date, at: dt.datetime, report: SweepReport) -> None:
    """What no person does: a pause that is over ends, a withdrawal that nobody objected to closes its case, and so does
    an announcement that nobody took further."""
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


def _sweep_case(case: Case, clocks: list[BallRow], today: dt.date, at: dt.datetime | None, report: SweepReport) -> None:
    held = ledger.written(case.id, case.round)
    for clock in clocks:
        dues = dues_of(case, clock, today)
        _tell(case.number, dues, held, lambda due: _rows(case, due, today), report, at)


def _tell(
    number: str,
    dues: Sequence[Due],
    held: Collection[tuple[NudgeKind, str, dt.date]],
    rows: Callable[[Due], list[nudges.NewNudge]],
    report: SweepReport,
    at: dt.datetime | None,
) -> None:
    """Write the highest step that is due and is not ``held``, those below it as passed. ``at`` None: only report."""
    send, passed = catch_up(dues, [due for due in dues if (due.kind, due.subject, due.due_on) in held])
    told = rows(send) if send else []
    past = [replace(row, reason=WhySuppressed.PASSED) for due in passed for row in rows(due)]
    if at is not None:
        nudges.write([*told, *past], at=at)
    report.passed += len(past)
    report.told += [Told(number, r.kind, r.subject, r.due_on, r.recipient) for r in told]


def _rows(case: Case, due: Due, today: dt.date) -> list[nudges.NewNudge]:
    return [
        nudges.NewNudge(case.id, case.round, due.subject, due.kind, due.due_on, who)
        for who in sorted(audience(case, due.to, today))
    ]


def _yearly_rows(due: Due) -> list[nudges.NewNudge]:
    return [
        nudges.NewNudge(None, 0, due.subject, due.kind, due.due_on, who) for who in sorted(followups.people(due.to))
    ]
