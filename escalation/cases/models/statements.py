"""Tables of what the parties have said: positions, meetings, and the joint statement."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base


class StatementPart(enum.StrEnum):
    """The parts of the joint statement in their order (domain/04 § 4.6). ``STAND`` is each party's own."""

    BACKGROUND = "background"
    AGREED_POINTS = "agreed_points"
    QUESTION = "question"
    STAND = "stand"
    TRIED = "tried"
    ON_THE_TABLE = "on_the_table"
    MEANWHILE = "meanwhile"
    PURPOSE = "purpose"
    ALSO_AFFECTED = "also_affected"


class Position(Base):
    """A party's written position. A changed one is a new version; none is deleted (domain/04 § 4.7)."""

    __tablename__ = "position"
    __table_args__ = (UniqueConstraint("case_id", "party_code", "version", name="uq_position_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    version: Mapped[int]
    text: Mapped[str]
    stated_at: Mapped[dt.datetime]


class DialogueMeeting(Base):
    """A meeting or contact between the local parties, as one of them noted it (T9d)."""

    __tablename__ = "dialogue_meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    step: Mapped[int]
    held_on: Mapped[dt.date]
    said: Mapped[str]
    agreed: Mapped[str]
    noted_at: Mapped[dt.datetime]


class StatementDraft(Base):
    """What a party has written on the sheet for the joint statement: its wording of each part, by the part's name.

    It is a common working draft (domain/08 item 3): everybody who sees the case reads it, and it leaves no event.
    """

    __tablename__ = "statement_draft"
    __table_args__ = (
        UniqueConstraint("case_id", "round", "step", "party_code", name="uq_statement_draft_column_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    round: Mapped[int]
    step: Mapped[int]
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    parts: Mapped[dict[str, Any]]
    saved_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    saved_at: Mapped[dt.datetime]


class JointStatement(Base):
    """The statement with which a case is lifted: what is agreed and what is asked (domain/04 § 4.6).

    ``parts`` holds the other parts by their name, and under ``stands`` each stand as (party code, text); empty ones
    are left out. ``proposal_id`` is the proposal that both sides approved. A one-sided statement has none, and
    ``party_code`` is its author (None: the secretariat or a chair).
    """

    __tablename__ = "joint_statement"
    __table_args__ = (CheckConstraint("is_unilateral = (proposal_id IS NULL)", name="one_sided_unless_approved"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    question: Mapped[str]
    background: Mapped[str]
    agreed_points: Mapped[str]
    parts: Mapped[dict[str, Any]]
    is_unilateral: Mapped[bool]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"))
    party_code: Mapped[str | None] = mapped_column(ForeignKey("party.code"))
    lifted_at: Mapped[dt.datetime]
