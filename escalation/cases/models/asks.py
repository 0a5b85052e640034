"""Tables of what is asked in a case: hearings, proposals, recommendations, referrals, wishes to reopen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.accounts.models import Membership
from escalation.db import Base, word
from escalation.parties.models import Body
from escalation.rules.situation import HearingKind, ProposalKind


class Hearing(Base):
    """The parties may comment on something before others decide it (T10, T38, T40, T42).

    Of cases that may be joined, each has a hearing of its own: the lead's names the ``members``, theirs the ``lead``.
    ``terms`` hold what is intended and the facts of its kind, as plain JSON. The hearing is over when every party has
    commented, or after ``answer_until``; ``ended_at`` is when the decision was made.
    """

    __tablename__ = "hearing"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    kind: Mapped[HearingKind] = mapped_column(word(HearingKind))
    terms: Mapped[dict[str, Any]]
    opened_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    opened_for: Mapped[str] = mapped_column(String(20))
    opened_at: Mapped[dt.datetime]
    answer_until: Mapped[dt.date]
    ended_at: Mapped[dt.datetime | None]

    comments: Mapped[list[HearingComment]] = relationship(order_by="HearingComment.id")


class HearingComment(Base):
    """A party's comment in a hearing; an empty text says that it has nothing to add.

    ``is_objection``: it has objected, which ends the matter (T40).
    """

    __tablename__ = "hearing_comment"
    __table_args__ = (UniqueConstraint("hearing_id", "party_code", name="uq_hearing_comment_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hearing_id: Mapped[int] = mapped_column(ForeignKey("hearing.id"))
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    text: Mapped[str]
    is_objection: Mapped[bool] = mapped_column(default=False)
    commented_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    commented_at: Mapped[dt.datetime]


class Proposal(Base):
    """An act that needs both sides, or two officials of different sides. It expires after ``open_until``.

    ``offered_by_side`` is the block of the official or chair who offered; for a chair without a registered block it
    is the body's code, which is no side. ``chairs_until``: where a side of the secretariat was silent at
    ``valid_until``, the first body's chair or deputy may answer in its place until this day.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("(offered_by_party IS NULL) <> (offered_by_side IS NULL)", name="offered_by_party_or_side"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    kind: Mapped[ProposalKind] = mapped_column(word(ProposalKind))
    terms: Mapped[dict[str, Any]]
    offered_by_party: Mapped[str | None] = mapped_column(ForeignKey("party.code"))
    offered_by_side: Mapped[str | None] = mapped_column(String(20))
    offered_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    offered_at: Mapped[dt.datetime]
    valid_until: Mapped[dt.date]
    chairs_until: Mapped[dt.date | None]
    ended_at: Mapped[dt.datetime | None]

    answers: Mapped[list[ProposalAnswer]] = relationship(order_by="ProposalAnswer.id")
    offerer: Mapped[Membership] = relationship(viewonly=True)

    @property
    def open_until(self) -> dt.date:
        return self.chairs_until or self.valid_until

    def last_day(self, today: dt.date) -> dt.date:
        """The last day of those whose answer it waits for today."""
        return self.valid_until if today <= self.valid_until else self.open_until

    def is_open(self, today: dt.date) -> bool:
        return self.ended_at is None and today <= self.open_until

    @property
    def is_agreed(self) -> bool:
        return self.ended_at is not None and all(a.is_accepted for a in self.answers)


class ProposalAnswer(Base):
    """One side's answer to a proposal; the offering side's answer is given with the offer."""

    __tablename__ = "proposal_answer"
    __table_args__ = (UniqueConstraint("proposal_id", "answered_for", name="uq_proposal_answer_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    answered_for: Mapped[str] = mapped_column(String(20))
    is_accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(default="")
    answered_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    answered_at: Mapped[dt.datetime]

    answerer: Mapped[Membership] = relationship(viewonly=True)


class RecommendationAnswer(Base):
    """A party's yes or no to a body's recommendation (T28, T29)."""

    __tablename__ = "recommendation_answer"
    __table_args__ = (UniqueConstraint("case_id", "round", "step", "party_code", name="uq_recommendation_answer_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    is_accepted: Mapped[bool]
    comment: Mapped[str]
    answered_at: Mapped[dt.datetime]


class Referral(Base):
    """An opinion that a body or the secretariat asks for while a case is prepared, and the answer (T23, § 4.3).

    ``addressee`` is the code of a consultation group or of a party, or ``LAWYER``; ``asked_by`` is SEK, or the word
    of the chair who asked (``chair:TSG``). The answer has a last day of its own (D11): the case does not wait for it.
    """

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered_has_answer"),
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    step: Mapped[int]
    addressee: Mapped[str] = mapped_column(String(10), index=True)
    question: Mapped[str]
    asked_by: Mapped[str] = mapped_column(String(30))
    asked_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]
    answer: Mapped[str | None]
    answered_at: Mapped[dt.datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))

    group: Mapped[Body | None] = relationship(
        primaryjoin="foreign(Referral.addressee) == Body.code", viewonly=True, lazy="joined"
    )


LAWYER = "LAWYER"
"""The addressee whose answer the secretariat writes into the case."""


class Reopening(Base):
    """A party's wish that a closed case is taken up again, and the answer once there is one (T39b, T39, T39c).

    ``round`` is the round that was closed; ``due_on`` is the last day for the answer, as for a proposal (D8).
    """

    __tablename__ = "reopening"
    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (is_granted IS NULL)", name="answered_is_yes_or_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    round: Mapped[int]
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    ground: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str]
    asked_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]
    is_granted: Mapped[bool | None]
    answered_at: Mapped[dt.datetime | None]
