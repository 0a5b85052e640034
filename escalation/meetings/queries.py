"""Queries of the bodies' meetings and of the treatments of a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select

from escalation.cases.models.case import Case
from escalation.db import session
from escalation.meetings.models import Meeting, Treatment
from escalation.rules.deadlines import MeetingDay, calendar_of, meeting_day
from escalation.rules.ladder import Ladder
from escalation.rules.situation import CLOSED_BY_BODY, ClosingReason, Phase

DECIDED = CLOSED_BY_BODY - {ClosingReason.SETTLED_BODY}


def upcoming(ladder: Ladder, body: str, since: dt.date) -> list[MeetingDay]:
    """All the body's meetings from ``since`` on, that day's included, with the days that follow from the step."""
    return coming(ladder, [body], since).get(body, [])


def coming(ladder: Ladder, bodies: Sequence[str], today: dt.date) -> dict[str, list[MeetingDay]]:
    """The coming meetings of each body, today's included, nearest first; read with one query."""
    calendar = calendar_of(ladder)
    found: dict[str, list[MeetingDay]] = {body: [] for body in bodies if ladder.step_of(body)}
    rows = session.scalars(
        select(Meeting)
        .where(Meeting.body.in_(found), Meeting.held_on >= today, Meeting.cancelled_at.is_(None))
        .order_by(Meeting.held_on)
    )
    for m in rows:
        step = ladder.step(ladder.step_of(m.body) or 1)
        found[m.body].append(meeting_day(m.id, m.body, m.held_on, step, calendar))
    return found


def agendas(bodies: Sequence[str], case_ids: Collection[int], since: dt.date) -> list[tuple[Meeting, list[Treatment]]]:
    """The bodies' meetings from ``since`` on, nearest first, each with its treatments of these cases.

    A meeting before ``since`` is included if it has treated one of the cases. Treatments that were taken off a meeting
    are included too.
    """
    rows = session.execute(
        select(Meeting, Treatment)
        .outerjoin(Treatment, and_(Treatment.meeting_id == Meeting.id, Treatment.case_id.in_(case_ids)))
        .where(
            Meeting.body.in_(bodies),
            or_(and_(Meeting.held_on >= since, Meeting.cancelled_at.is_(None)), Treatment.id.is_not(None)),
        )
        .order_by(Meeting.held_on, Meeting.body, Treatment.id)
    )
    found: dict[int, tuple[Meeting, list[Treatment]]] = {}
    for meeting, treatment in rows:
        on_it = found.setdefault(meeting.id, (meeting, []))[1]
        if treatment is not None:
            on_it.append(treatment)
    return list(found.values())


def day_of(ladder: Ladder, meeting: Meeting) -> MeetingDay:
    """The meeting with the material deadline and the day of dispatch that this ladder gives it."""
    no = ladder.step_of(meeting.body)
    if no is None:
        raise LookupError(f"{meeting.body} is not on the ladder {ladder.key}")
    return meeting_day(meeting.id, meeting.body, meeting.held_on, ladder.step(no), calendar_of(ladder))


def treatments(case: Case) -> Sequence[Treatment]:
    """Every treatment of the case by a body, oldest first, with its meeting."""
    return session.scalars(select(Treatment).where(Treatment.case_id == case.id).order_by(Treatment.id)).all()


def current_treatment(rows: Sequence[Treatment], case: Case) -> Treatment | None:
    """The treatment that is going on at the case's present step."""
    mine = [t for t in rows if t.step == case.step and t.round == case.round]
    return mine[-1] if mine else None


def first_after(body: str, day: dt.date) -> dt.date | None:
    """The day of the body's first meeting after ``day``, or None where the calendar has none."""
    later = select(Meeting.held_on).where(
        Meeting.body == body, Meeting.held_on > day, Meeting.cancelled_at.is_(None)
    )  # fmt: skip
    return session.scalar(later.order_by(Meeting.held_on).limit(1))


def meeting(id: int) -> Meeting | None:
    return session.get(Meeting, id)


def on_day(body: str, held_on: dt.date) -> Meeting | None:
    """The body's meeting of that day, a cancelled one included."""
    return session.scalar(select(Meeting).where(Meeting.body == body, Meeting.held_on == held_on))


def calendar(since: dt.date) -> Sequence[Meeting]:
    """Every body's meetings from ``since`` on, cancelled ones included, by body and day."""
    return session.scalars(
        select(Meeting).where(Meeting.held_on >= since).order_by(Meeting.body, Meeting.held_on)
    ).all()


def under_way(meeting: Meeting | None, body: str) -> list[tuple[Case, Treatment]]:
    """The cases that are on the meeting or prepared for it, each with its treatment.

    ``meeting`` None: the cases that wait for any meeting of the body.
    """
    rows = session.execute(
        select(Case, Treatment)
        .join(Treatment, Treatment.case_id == Case.id)
        .where(
            Case.phase.in_([Phase.PREPARATION, Phase.SCHEDULED]),
            Treatment.body == body,
            Treatment.step == Case.step,
            Treatment.round == Case.round,
            Treatment.taken_off_at.is_(None),
            Treatment.meeting_id == (meeting.id if meeting else None),
        )
        .order_by(Treatment.id)
    )
    latest = {found.id: (found, treatment) for found, treatment in rows}
    return list(latest.values())


def has_been_held(meeting: Meeting) -> bool:
    """Whether a case that stood on the meeting has gone on from there: then it took place, and cannot be moved."""
    gone_on = (
        select(Treatment.id)
        .join(Case, Case.id == Treatment.case_id)
        .where(
            Treatment.meeting_id == meeting.id,
            Treatment.taken_off_at.is_(None),
            Treatment.scheduled_at.is_not(None),
            or_(
                Case.phase.not_in([Phase.SCHEDULED, Phase.CLOSED]),
                Case.closing_reason.in_(DECIDED),
                Treatment.step != Case.step,
                Treatment.round != Case.round,
            ),
        )
    )
    return session.scalar(gone_on.limit(1)) is not None
