"""The bodies' meetings, and each treatment of a case from accepted file to decision."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.db import Base


class Meeting(Base):
    """A body's meeting. Its material deadline and dispatch follow from the ladder's step, counted backwards.

    A cancelled meeting keeps its row, since cases have been on it.
    """

    __tablename__ = "meeting"
    __table_args__ = (UniqueConstraint("body", "held_on", name="uq_meeting_body_and_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[dt.date]
    cancelled_at: Mapped[dt.datetime | None]


class Treatment(Base):
    """One treatment of a case by a body: file accepted (T22), brief written and scheduled (T24), taken off (T25).

    ``alternatives`` is a list of texts, at least two once there is a brief. A case that is taken off gets a new
    treatment, which starts from the old one's brief. ``meeting`` is None while the case is prepared and the body has no
    meeting in its calendar that the papers can reach.
    """

    __tablename__ = "treatment"
    __table_args__ = (
        CheckConstraint("(scheduled_at IS NULL) = (question IS NULL)", name="scheduled_has_brief"),
        CheckConstraint("(taken_off_at IS NULL) = (taken_off_ground IS NULL)", name="taken_off_has_ground"),
        CheckConstraint("taken_off_at IS NULL OR scheduled_at IS NOT NULL", name="only_scheduled_is_taken_off"),
        CheckConstraint("scheduled_at IS NULL OR meeting_id IS NOT NULL", name="scheduled_stands_on_a_meeting"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    body: Mapped[str] = mapped_column(String(20))
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)
    rapporteur_region: Mapped[str] = mapped_column(String(120))
    rapporteur_municipal: Mapped[str] = mapped_column(String(120))
    missing_parts: Mapped[str]
    accepted_at: Mapped[dt.datetime]
    question: Mapped[str | None]
    proposed_decision: Mapped[str | None]
    alternatives: Mapped[list[Any]]
    scheduled_at: Mapped[dt.datetime | None]
    taken_off_at: Mapped[dt.datetime | None]
    taken_off_ground: Mapped[str | None] = mapped_column(String(40))
    what_is_needed: Mapped[str]

    meeting: Mapped[Meeting | None] = relationship(lazy="joined")

    @property
    def held_at(self) -> Meeting:
        """The meeting of a treatment that has one. AssertionError if it has none yet."""
        assert self.meeting is not None
        return self.meeting
