"""Tables of decisions: what a body decided in one treatment of a case."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base, word
from escalation.parties.models import BlockSide
from escalation.rules.situation import Outcome


class Decision(Base):
    """What a body decided (T26). It takes effect when two of different sides have adjusted the minutes.

    ``tasks`` are what the parties are asked to do if they accept a recommendation: (what, party code, ISO day).
    ``region_line`` and ``municipal_line`` are the lines that each block found for itself, in words; the choices say
    which they are: an alternative of the brief by its letter, or another line by whose it is. A decision needs the
    choices to be the same (domain/02 § 2.5, ours). Decisions of earlier releases have words alone.
    ``number`` is the recommendation's own, such as ``TSG-R 2026:4``. An interpretation is the text, the reasons and the
    purpose with ``scope`` and ``applies_from``; nothing else is published.
    ``first_…`` say who has adjusted while the other side has not, and ``effect`` what the minutes are to lead to;
    ``sent_back`` is an adjuster's reason why the record must be corrected. ``adjusted_as``: both blocks, the body
    itself, or officials of both sides.
    """

    __tablename__ = "decision"
    __table_args__ = (
        CheckConstraint(
            "outcome = 'no_concurrence' OR region_line = municipal_line", name="decision_needs_concurring_blocks"
        ),
        CheckConstraint(
            "outcome = 'no_concurrence' OR region_choice = municipal_choice", name="decision_needs_the_same_choice"
        ),
        CheckConstraint(
            "outcome <> 'no_concurrence' OR region_choice <> municipal_choice", name="no_concurrence_has_two_choices"
        ),
        CheckConstraint("(first_side IS NULL) = (first_at IS NULL)", name="first_hand_has_its_time"),
        CheckConstraint("(first_side IS NULL) = (first_by IS NULL)", name="first_hand_is_somebody"),
        CheckConstraint("applies_from > decided_on", name="interpretation_is_not_retroactive"),
        CheckConstraint("number IS NULL OR outcome = 'recommend'", name="only_recommendations_are_numbered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    treatment_id: Mapped[int] = mapped_column(ForeignKey("treatment.id"), unique=True)
    body: Mapped[str] = mapped_column(String(20))
    round: Mapped[int]
    step: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(word(Outcome))
    region_choice: Mapped[str | None] = mapped_column(String(20))
    municipal_choice: Mapped[str | None] = mapped_column(String(20))
    region_line: Mapped[str]
    municipal_line: Mapped[str]
    text: Mapped[str]
    reasons: Mapped[str]
    purpose_and_goals: Mapped[str]
    scope: Mapped[str] = mapped_column(default="")
    applies_from: Mapped[dt.date | None]
    dissent: Mapped[str]
    decided_on: Mapped[dt.date]
    decided_at: Mapped[dt.datetime]
    first_side: Mapped[BlockSide | None] = mapped_column(word(BlockSide))
    first_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    first_at: Mapped[dt.datetime | None]
    effect: Mapped[dict[str, Any]] = mapped_column(default=dict)
    sent_back: Mapped[str] = mapped_column(default="")
    adjusted_at: Mapped[dt.datetime | None]
    adjusted_as: Mapped[str | None] = mapped_column(String(20))
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    tasks: Mapped[list[Any]]

    @property
    def is_complete(self) -> bool:
        """Whether everything is recorded. A decision of an earlier release may lack texts of an interpretation."""
        return self.outcome is not Outcome.INTERPRET or bool(self.scope and self.applies_from)
