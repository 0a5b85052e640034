"""Verbs on tasks: report and confirmation (T35)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, advance, allowed, who
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.course import Task
from escalation.db import session
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.situation import (
    ClosingReason,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def add_tasks(case: Case, obligations: Sequence[tuple[str, str, dt.date]]) -> None:
    """Add the tasks that parties have undertaken."""
    for what, party, due_on in obligations:
        case.tasks.append(Task(round=case.round, what=what, obliged_party=party, due_on=due_on))
    session.flush()


def report_task(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task_id: int, report: str) -> TrailEvent:
    """Report what has been done (T35b). When all tasks are reported the counterparty has ten days to confirm."""
    move = allowed(case, "report_task", s, by)
    all_tasks = queries.tasks(case)
    task = next((t for t in all_tasks if t.id == task_id and t.obliged_party == by.party), None)
    if task is None or task.reported_at is not None:
        raise FactsRefused({"task_id": say("Välj en uppgift som är er och som inte redan är rapporterad.")})
    task.report, task.reported_at = report, at
    is_all = all(t.reported_at is not None for t in all_tasks)
    return advance(
        case, move, s, by=by, at=at, facts={"who": task.obliged_party}, content={"what": task.what, "report": report},
        changes={"are_tasks_reported": is_all}, dates=task_dates(case, all_tasks, swedish_day(at)),
    )  # fmt: skip


def task_dates(case: Case, all_tasks: Sequence[Task], today: dt.date) -> dict[str, dt.date]:
    """The days that the ball needs during implementation: of the earliest open task, or of the confirmation."""
    open_tasks = [t.due_on for t in all_tasks if t.reported_at is None]
    calendar = calendar_of(ladder_of(case))
    confirm = workdays.add(today, 10, calendar, case.is_urgent)
    return {"confirm": confirm} | ({"task": min(open_tasks)} if open_tasks else {})


def confirm_done(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, summary: str) -> TrailEvent:
    """Close an implemented case (T35): the counterparty does, or the secretariat when the counterparty has not.

    The closing reason is the one with which implementation began: an interpreted case is closed as interpreted.
    """
    move = allowed(case, "confirm_done", s, by)
    reason = case.planned_reason or ClosingReason.DECIDED_BODY
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"summary": summary},
        closing_reason=reason,
    )  # fmt: skip
