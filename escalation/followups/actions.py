"""The verb of the room: say that a yearly job is done, and what came of it."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.db import session
from escalation.followups import queries
from escalation.followups.models import FollowUp
from escalation.rules.moves import MoveNotAllowed
from escalation.rules.yearly import Duty
from escalation.trail import actions as trail


def record(duty: Duty, *, by: Viewer, at: dt.datetime, done_on: dt.date, result: str) -> FollowUp:
    """Say when the job was done and what came of it (§ 6); the year's figures are kept as they stand.

    It is said once: what was reported to VIS stays as it was. Raises MoveNotAllowed for who may not, and where it has
    been said already.
    """
    if not queries.may_record(by):
        raise MoveNotAllowed("record", "seat")
    trail.lock()
    if duty.job.key in queries.done(duty.year):
        raise MoveNotAllowed("record", "already_recorded")
    assert by.membership_id is not None
    figures = queries.figures(duty.fed_by)
    made = FollowUp(
        job=duty.job.key, year=duty.year, done_on=done_on, result=result, figures=figures,
        recorded_at=at, recorded_by=by.membership_id,
    )  # fmt: skip
    session.add(made)
    trail.record(
        "follow_up_recorded",
        at=at,
        by=by.actor,
        about=f"follow_up:{duty.job.key}-{duty.year}",
        facts={"job": duty.job.key, "year": duty.year, "day": done_on},
        content={"result": result, "figures": figures},
    )
    return made
