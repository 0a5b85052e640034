"""The two tables: ``nudge``, one row per reminder or notice to a person, and ``mail``, the messages that are sent.

Source: trust.md § Nudges and mail. Neither holds any text of a case; a mail is rendered when it is sent and
not stored.
"""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base, word
from escalation.rules.nudge_plan import NudgeKind


class NudgeState(enum.StrEnum):
    """The state of a nudge. ``attached``: its mail is under way, failed or uncertain; the mail's state says
    which.
    """

    PENDING = "pending"
    ATTACHED = "attached"
    SENT = "sent"
    SUPPRESSED = "suppressed"


class WhySuppressed(enum.StrEnum):
    """Why a nudge is in the ledger but never leaves."""

    PASSED = "passed"  # a later step was due when it was written, or when it would have been sent (E13, E18)
    NO_LONGER_TRUE = "no_longer_true"  # the act is done, or the recipient no longer holds the seat (E21, E26)
    OWN_ACT = "own_act"  # the recipient did the act that moved the ball (E24)


class MailState(enum.StrEnum):
    """The state of a mail. Only ``pending`` is ever sent by the machine; ``failed`` and ``uncertain`` are
    shown until a person has them sent again, or settles them.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Mail(Base):
    """One message to one person. ``day`` is the Swedish day it goes, and moves with its retries.

    ``message_id`` is made of recipient and first day and never changes, so that a receiver can know a
    repetition. ``last_error`` holds a reply code and the point where it came, never an address. A *settled* mail is one
    in trouble that a person has said need not be sent, and why; it stays failed or uncertain.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("recipient", "day", name="uq_mail_one_per_person_and_day"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint("state <> 'sending' OR claimed_by IS NOT NULL", name="sending_is_claimed"),
        CheckConstraint("(claimed_at IS NULL) = (claimed_by IS NULL)", name="claim_has_time_and_sender"),
        CheckConstraint("state NOT IN ('failed', 'uncertain') OR last_error IS NOT NULL", name="trouble_is_explained"),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (settled_reason IS NULL)",
            name="settled_by_somebody_for_a_reason",
        ),
        CheckConstraint("settled_at IS NULL OR state NOT IN ('pending', 'sending')", name="settled_is_not_sent_again"),
        Index("ix_mail_state_next_attempt_at", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient: Mapped[int] = mapped_column(ForeignKey("user.id"))
    day: Mapped[dt.date]
    state: Mapped[MailState] = mapped_column(word(MailState), default=MailState.PENDING)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[dt.datetime]
    first_failed_at: Mapped[dt.datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(120))
    claimed_at: Mapped[dt.datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(80))
    sent_at: Mapped[dt.datetime | None]
    settled_at: Mapped[dt.datetime | None]
    settled_by: Mapped[str | None] = mapped_column(String(80))
    settled_reason: Mapped[str | None] = mapped_column(String(500))

    @hybrid_property
    def is_in_trouble(self) -> bool:
        """Whether a person must deal with it."""
        return self.state in (MailState.FAILED, MailState.UNCERTAIN) and self.settled_at is None

    @is_in_trouble.inplace.expression
    @classmethod
    def _is_in_trouble(cls) -> ColumnElement[bool]:
        return and_(cls.state.in_((MailState.FAILED, MailState.UNCERTAIN)), cls.settled_at.is_(None))


OF_NO_CASE: dict[str, Any] = {f"{dialect}_where": text("case_id IS NULL") for dialect in ("sqlite", "postgresql")}


class Nudge(Base):
    """One reminder or notice to one person, written in the act's or the sweep's transaction. The key is its
    identity (E16).

    ``subject`` is "ball:<act>" for N0, else the deadline's key; ``due_on`` the nudge's own day. A nudge about no case
    (the yearly jobs of § 6) has no case id, and round 0. Its key is an index of its own, since a database never takes
    two NULLs as equal.
    """

    __tablename__ = "nudge"
    __table_args__ = (
        UniqueConstraint(
            "case_id", "round", "subject", "kind", "due_on", "recipient", name="uq_nudge_each_thing_told_once"
        ),
        CheckConstraint("(case_id IS NULL) = (round = 0)", name="round_is_a_cases"),
        CheckConstraint("(state = 'suppressed') = (reason IS NOT NULL)", name="suppressed_has_reason"),
        CheckConstraint("(state IN ('attached', 'sent')) = (mail_id IS NOT NULL)", name="attached_and_sent_have_mail"),
        Index("ix_nudge_state_due_on", "state", "due_on"),
        Index("uq_nudge_of_no_case_told_once", "subject", "kind", "due_on", "recipient", unique=True, **OF_NO_CASE),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    subject: Mapped[str] = mapped_column(String(60))
    kind: Mapped[NudgeKind] = mapped_column(word(NudgeKind))
    due_on: Mapped[dt.date]
    recipient: Mapped[int] = mapped_column(ForeignKey("user.id"))
    state: Mapped[NudgeState] = mapped_column(word(NudgeState), default=NudgeState.PENDING)
    reason: Mapped[WhySuppressed | None] = mapped_column(word(WhySuppressed))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"), index=True)
    created_at: Mapped[dt.datetime]
