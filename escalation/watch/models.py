"""What the clock has done: a log of runs that people read, and one heartbeat per job that tells whether it
lives. And how often a question turned out not to belong on the ladder.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base


class JobRun(Base):
    """One run that had something to do. ``counts`` as {"cases": 43, "nudges": 3, "errors": 0}."""

    __tablename__ = "job_run"
    __table_args__ = (
        CheckConstraint("finished_at >= started_at", name="finishes_after_it_started"),
        Index("ix_job_run_job_started_at", "job", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[dt.datetime]
    finished_at: Mapped[dt.datetime]
    ok: Mapped[bool]
    counts: Mapped[dict[str, Any]]


class Heartbeat(Base):
    """The last time a job was called, and the last time it came through, whether or not it had anything to
    do.
    """

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    called_at: Mapped[dt.datetime]
    ok_at: Mapped[dt.datetime | None]
    error: Mapped[str | None] = mapped_column(String(120))


class GuideRefusal(Base):
    """How many times a day "Vart lyfter jag detta?" ended in one of its ends outside the ladder.

    ``end`` is a key of ``rules.guide.ENDS``. A day's sum and no row per visit: nothing tells who asked, or when.
    """

    __tablename__ = "guide_refusal"
    __table_args__ = (CheckConstraint("times > 0", name="counts_something"),)

    end: Mapped[str] = mapped_column(String(40), primary_key=True)
    counted_on: Mapped[dt.date] = mapped_column(primary_key=True)
    times: Mapped[int]
