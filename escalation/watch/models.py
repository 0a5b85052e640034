"""Tables of the watch: the log of job runs, one heartbeat per job, and the refusals of the guide."""

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
    """When a job was last called, and when it last ended without an error, with or without work to do."""

    __tablename__ = "heartbeat"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    called_at: Mapped[dt.datetime]
    ok_at: Mapped[dt.datetime | None]
    error: Mapped[str | None] = mapped_column(String(120))


class GuideRefusal(Base):
    """How many times a day "Vart lyfter jag detta?" ended in one of its ends outside the ladder.

    ``end`` is a key of ``rules.guide.ENDS``. There is one row per day and end, not per visit: no row says who asked.
    """

    __tablename__ = "guide_refusal"
    __table_args__ = (CheckConstraint("times > 0", name="counts_something"),)

    end: Mapped[str] = mapped_column(String(40), primary_key=True)
    counted_on: Mapped[dt.date] = mapped_column(primary_key=True)
    times: Mapped[int]
