"""Nouns of deciding: what a body decided in one treatment of a case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base, word
from escalation.rules.situation import Outcome


class Decision(Base):
    """What a body decided (T26). It takes effect when the chair has adjusted the minutes.

    ``tasks`` are what the parties are asked to do if they accept a recommendation: (what, party code, ISO day).
    ``region_line`` and ``municipal_line`` are the lines that each block found for itself; a decision needs them to
    be the same (domain/02 § 2.5, ours). ``number`` is the recommendation's own, such as ``TSG-R 2026:4``.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "outcome = 'no_concurrence' OR region_line = municipal_line", name="decision_needs_concurring_blocks"
        ),
        CheckConstraint(
            "outcome <> 'no_concurrence' OR region_line <> municipal_line", name="no_concurrence_has_two_lines"
        ),
        CheckConstraint("number IS NULL OR outcome = 'recommend'", name="only_recommendations_are_numbered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    treatment_id: Mapped[int] = mapped_column(ForeignKey("treatment.id"), unique=True)
    body: Mapped[str] = mapped_column(String(20))
    round: Mapped[int]
    step: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    region_line: Mapped[str]
    municipal_line: Mapped[str]
    text: Mapped[str]
    reasons: Mapped[str]
    purpose_and_goals: Mapped[str]
    dissent: Mapped[str]
    decided_on: Mapped[dt.date]
    decided_at: Mapped[dt.datetime]
    adjusted_at: Mapped[dt.datetime | None]
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    tasks: Mapped[list[Any]]
