"""Tables of the course of a case: deadlines, the ball, pauses and tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base


class Pause(Base):
    """A time in which no days of the case are counted: from ``from_on`` until the day before ``until_on`` (T16)."""

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("from_on < until_on", name="ends_after_it_began"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    ground: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date]
    resumed_on: Mapped[dt.date | None]


class Task(Base):
    """What a party has undertaken or been asked to do. The party reports it, then it is confirmed (T35b, T35)."""

    __tablename__ = "task"
    __table_args__ = (CheckConstraint("(reported_at IS NULL) = (report IS NULL)", name="reported_has_report"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    what: Mapped[str]
    obliged_party: Mapped[str] = mapped_column(ForeignKey("party.code"))
    due_on: Mapped[dt.date]
    report: Mapped[str | None]
    reported_at: Mapped[dt.datetime | None]


class Deadline(Base):
    """A computed last day. A changed ladder does not change it; ``receipt`` says how it was counted (E1, E14)."""

    __tablename__ = "deadline"
    __table_args__ = (Index("ix_deadline_case_id_key", "case_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    round: Mapped[int]
    step: Mapped[int]
    key: Mapped[str] = mapped_column(String(8))
    base_event: Mapped[str] = mapped_column(String(40))
    base_on: Mapped[dt.date]
    workdays: Mapped[int | None]
    due_on: Mapped[dt.date]
    source: Mapped[str] = mapped_column(String(60))
    receipt: Mapped[dict[str, Any]]
    met_on: Mapped[dt.date | None]
    set_at: Mapped[dt.datetime]


class Ball(Base):
    """The next act of a case, who must do it, from which day and until when. Today's ball is the last row
    whose ``begins_on`` is not after today.

    ``holder`` is a seat-set word (domain/05 § 5.1), with the body's code where it belongs to a body:
    ``secretariat``, ``initiator``, ``respondent``, ``both_sides``, ``obliged``, ``counterparty``,
    ``unanswered``, ``chair:TSG``, ``chair_and_secretariat:TSG``, ``body:VIS``.
    """

    __tablename__ = "ball"
    __table_args__ = (Index("ix_ball_case_id_begins_on", "case_id", "begins_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    round: Mapped[int]
    step: Mapped[int]
    begins_on: Mapped[dt.date]
    act: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(60))
    due_on: Mapped[dt.date]
    deadline_key: Mapped[str] = mapped_column(String(20))
    written_at: Mapped[dt.datetime]
