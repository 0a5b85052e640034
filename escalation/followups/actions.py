"""Verbs on the yearly follow-up: record that a job is done with its result, and correct that record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from escalation.accounts.models import Viewer
from escalation.db import session
from escalation.followups import queries
from escalation.followups.models import FollowUp
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.workdays import swedish_day
from escalation.rules.yearly import Duty
from escalation.trail import actions as trail


def record(duty: Duty, *, by: Viewer, at: dt.datetime, done_on: dt.date, result: str) -> FollowUp:
    """Record when the job was done and with what result (§ 6). The figures of that day are stored with it.

    Raises MoveNotAllowed where the viewer may not, where the job is recorded already, and where it is not due yet.
    """
    if not queries.may_record(by):
        raise MoveNotAllowed("record", "seat")
    trail.lock()
    if duty.job.key in queries.done(duty.year):
        raise MoveNotAllowed("record", "already_recorded")
    if duty not in queries.owed(swedish_day(at)):
        raise MoveNotAllowed("record", "not_asked_for")
    assert by.membership_id is not None
    figures = queries.figures(duty.fed_by)
    made = FollowUp(
        job=duty.job.key, year=duty.year, done_on=done_on, result=result, figures=figures,
        recorded_at=at, recorded_by=by.membership_id,
    )  # fmt: skip
    session.add(made)
    _tell("follow_up_recorded", made, by, at, {"result": result, "figures": figures})
    return made


def correct(made: FollowUp, *, by: Viewer, at: dt.datetime, done_on: dt.date, result: str) -> None:
    """Correct the record of a job. The earlier text stays in the trail, and the figures stay as they are.

    Raises MoveNotAllowed where the viewer may not.
    """
    if not queries.may_record(by):
        raise MoveNotAllowed("correct", "seat")
    trail.lock()
    session.refresh(made)
    was = {"result": made.result, "done_on": made.done_on}
    made.done_on, made.result, made.corrected_at, made.corrected_by = done_on, result, at, by.membership_id
    _tell("follow_up_corrected", made, by, at, {"result": result, "was": was})


def _tell(event: str, made: FollowUp, by: Viewer, at: dt.datetime, content: Mapping[str, Any]) -> None:
    session.flush()
    trail.record(
        event, at=at, by=by.actor, about=f"follow_up:{made.job}-{made.year}",
        facts={"job": made.job, "year": made.year, "day": made.done_on}, content=content,
    )  # fmt: skip
