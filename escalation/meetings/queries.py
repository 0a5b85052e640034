"""Questions about the bodies' meetings and about how a case has been treated there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from escalation.cases.models import Case
from escalation.db import session
from escalation.meetings.models import Meeting, Treatment
from escalation.rules.deadlines import MeetingDay, calendar_of, meeting_day
from escalation.rules.ladder import Ladder


def upcoming(ladder: Ladder, body: str, today: dt.date, *, limit: int = 6) -> list[MeetingDay]:
    """The body's next meetings, today's included, with the days that follow from the ladder's step."""
    no = ladder.step_of(body)
    if no is None:
        return []
    step, calendar = ladder.step(no), calendar_of(ladder)
    rows = session.scalars(
        select(Meeting).where(Meeting.body == body, Meeting.held_on >= today).order_by(Meeting.held_on).limit(limit)
    )
    return [meeting_day(m.id, m.body, m.held_on, step, calendar) for m in rows]


def coming(ladder: Ladder, bodies: Sequence[str], today: dt.date) -> dict[str, list[MeetingDay]]:
    """All meetings ahead of each of the bodies, today's included, nearest first; in one query."""
    calendar = calendar_of(ladder)
    found: dict[str, list[MeetingDay]] = {body: [] for body in bodies if ladder.step_of(body)}
    rows = session.scalars(
        select(Meeting).where(Meeting.body.in_(found), Meeting.held_on >= today).order_by(Meeting.held_on)
    )
    for m in rows:
        step = ladder.step(ladder.step_of(m.body) or 1)
        found[m.body].append(meeting_day(m.id, m.body, m.held_on, step, calendar))
    return found


def day_of(ladder: Ladder, meeting: Meeting) -> MeetingDay:
    """A meeting with its material deadline and dispatch on this ladder."""
    no = ladder.step_of(meeting.body)
    if no is None:
        raise LookupError(f"{meeting.body} is not on the ladder {ladder.key}")
    return meeting_day(meeting.id, meeting.body, meeting.held_on, ladder.step(no), calendar_of(ladder))


def treatments(found: Case) -> Sequence[Treatment]:
    """Every treatment of the case by a body, oldest first, with its meeting."""
    return session.scalars(select(Treatment).where(Treatment.case_id == found.id).order_by(Treatment.id)).all()


def current_treatment(rows: Sequence[Treatment], found: Case) -> Treatment | None:
    """The treatment that is going on at the case's present step."""
    mine = [t for t in rows if t.step == found.step and t.round == found.round]
    return mine[-1] if mine else None


def meeting(id: int) -> Meeting | None:
    return session.get(Meeting, id)
