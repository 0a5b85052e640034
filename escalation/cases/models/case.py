"""The case itself, the provisions that it cites, and the draft of a filing."""

from __future__ import annotations

import datetime as dt
import enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
    func,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from escalation.accounts.models import Membership
from escalation.agreements.models import Agreement
from escalation.cases.models.asks import Hearing, HearingComment, RecommendationAnswer, Referral
from escalation.cases.models.course import Task
from escalation.cases.models.parties import CaseGuest, CaseParty, PartyRole, Registration
from escalation.db import Base, word
from escalation.parties.models import OrgUnit
from escalation.rules.situation import ClosingReason, Phase


class CaseType(enum.StrEnum):
    """What kind of disagreement it is (§ 7.1)."""

    INTERPRETATION = "interpretation"
    DEVIATION = "deviation"

    @property
    def other(self) -> CaseType:
        """The type into which a case of this type turns (T41)."""
        return CaseType.DEVIATION if self is CaseType.INTERPRETATION else CaseType.INTERPRETATION


CONSEQUENCES = ("target_group", "equality", "cost", "staff")
"""For whom or what a filing weighs its consequences, each from 0 (none) to 3 (large). Domain/04 § 4.2, fact 10."""

MASKED = "(maskerad text)"
"""The text that replaces each text that was removed."""


class Draft(Base):
    """A filing that is being written. It is no case: it has no number, only its own organisation reads it, and it can
    be thrown away.

    ``facts`` holds the fields of the pages by name, as plain JSON (days as ISO text); ``done`` names the pages that
    are filled in correctly. ``version`` grows with every change: a page with an older version is stale. ``ready_at``:
    since when it waits for the organisation's approver. ``token`` belongs to the page on which it began and to the
    filing that it becomes; ``case_id`` is that case, which has taken over the texts: ``facts`` is then empty.
    """

    __tablename__ = "draft"
    __table_args__ = (CheckConstraint("version >= 1", name="version_counts_saves"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"), index=True)
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("org_unit.code"))
    version: Mapped[int] = mapped_column(default=1)
    facts: Mapped[dict[str, Any]]
    done: Mapped[list[Any]]
    token: Mapped[str] = mapped_column(String(40), unique=True)
    begun_at: Mapped[dt.datetime]
    saved_at: Mapped[dt.datetime]
    saved_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    ready_at: Mapped[dt.datetime | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))

    saver: Mapped[Membership] = relationship(viewonly=True)
    case: Mapped[Case | None] = relationship(viewonly=True)


class Case(Base):
    """One question followed through the ladder.

    ``version`` grows by one with every act; a form with an older version is stale. ``ladder`` is the frozen copy of
    the ladder under which the case was filed: a changed ladder applies to new cases only. The event lasted from
    ``event_on`` to ``event_until``, where it was more than a day. ``arena`` is the code of the district whose local
    matter it is. ``precedent_answers`` says by provision code why an interpretation does not answer the question.
    ``removed_precedents`` keeps the words of interpretations that it cites and that were removed from the register.
    ``principle_test`` holds those of Q1–Q4 (domain/04 § 4.5) that the filer answered with yes, as "q1".."q4".
    ``served_at`` is when the case was last sent to the respondent: to comment (T5), or as served (T7, T8).
    ``urgency_asked`` and ``principle_asked`` are the filer's wishes; ``is_urgent`` and ``is_principled`` are what was
    decided. ``kept_by`` is the code of the party, or of the body, that objected to the withdrawal in the present
    round and pursues the case since then. ``filed_for`` is the code of the party that filed the case, which may have
    another role in it today. ``joined_to`` is the number of the lead case that this one follows and closes with
    (T38), since ``joined_at``; ``lead_parties`` are the codes of the parties there, and ``member_numbers`` the
    numbers of the cases that follow this one, separated by blanks; both are None where there are none.
    ``acted_at`` is when a party last acted in substance; ``left_phase`` is the phase in which the case was closed, and
    ``taken_up_at`` is when an initiator took it up by right, which is possible once (T39).
    ``hearings`` are those of the present step that have not led to a decision, the newest first; ``hearings_going``
    are their kinds, separated by blanks; ``objected_to`` are the kinds that a party has stopped in this round.
    """

    __tablename__ = "case_"
    __table_args__ = (
        CheckConstraint("(phase = 'closed') = (closing_reason IS NOT NULL)", name="closed_has_reason"),
        CheckConstraint("(phase = 'closed') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("step >= 1", name="step_starts_at_one"),
        CheckConstraint("version >= 0", name="version_counts_acts"),
        CheckConstraint("event_until IS NULL OR event_on <= event_until", name="event_ends_after_it_began"),
        CheckConstraint("(joined_to IS NULL) = (joined_at IS NULL)", name="joined_has_time"),
        CheckConstraint("urgency_asked = (urgency_reason IS NOT NULL)", name="urgency_has_reason"),
        CheckConstraint("principle_asked = (principle_reason IS NOT NULL)", name="principle_has_reason"),
        *(
            CheckConstraint(f"consequence_{name} BETWEEN 0 AND 3", name=f"consequence_{name}_is_on_the_scale")
            for name in CONSEQUENCES
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    type: Mapped[CaseType] = mapped_column(word(CaseType))
    agreement_code: Mapped[str] = mapped_column(ForeignKey("agreement.code"), index=True)
    agreement_version_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_version.id"))
    citation_place: Mapped[str | None] = mapped_column(String(120))
    citation_quote: Mapped[str | None]
    citation_source: Mapped[str | None] = mapped_column(String(300))
    event_on: Mapped[dt.date]
    event_until: Mapped[dt.date | None]
    arena: Mapped[str | None] = mapped_column(ForeignKey("org_unit.code"))
    description: Mapped[str]
    purpose_statement: Mapped[str]
    consequence_target_group: Mapped[int | None]
    consequence_equality: Mapped[int | None]
    consequence_cost: Mapped[int | None]
    consequence_staff: Mapped[int | None]
    tried: Mapped[str] = mapped_column(default="")
    desired_outcome: Mapped[str] = mapped_column(default="")
    interim_arrangement: Mapped[str]
    precedent_answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    removed_precedents: Mapped[list[Any]] = mapped_column(default=list)
    urgency_asked: Mapped[bool] = mapped_column(default=False)
    urgency_reason: Mapped[str | None]
    principle_asked: Mapped[bool] = mapped_column(default=False)
    principle_reason: Mapped[str | None]
    principle_test: Mapped[list[Any]] = mapped_column(default=list)
    ladder_key: Mapped[str] = mapped_column(String(40))
    ladder_hash: Mapped[str] = mapped_column(String(64))
    ladder: Mapped[dict[str, Any]] = mapped_column(deferred=True)  # large, and seldom another than today's
    ladder_known: Mapped[bool]
    first_body_step: Mapped[int]
    step: Mapped[int] = mapped_column(default=1)
    phase: Mapped[Phase] = mapped_column(word(Phase), index=True)
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    is_urgent: Mapped[bool] = mapped_column(default=False)
    is_principled: Mapped[bool] = mapped_column(default=False)
    paused_until: Mapped[dt.date | None]
    withdrawal_until: Mapped[dt.date | None]
    kept_by: Mapped[str | None] = mapped_column(String(10))
    joined_to: Mapped[str | None] = mapped_column(ForeignKey("case_.number"), index=True)
    joined_at: Mapped[dt.datetime | None]
    planned_reason: Mapped[ClosingReason | None] = mapped_column(word(ClosingReason, "planned_reason"))
    interim_agreed_at: Mapped[dt.datetime | None]
    closing_reason: Mapped[ClosingReason | None] = mapped_column(word(ClosingReason))
    filed_at: Mapped[dt.datetime]
    filed_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    filing_token: Mapped[str | None] = mapped_column(String(40), unique=True)
    served_at: Mapped[dt.datetime | None]
    step_entered_at: Mapped[dt.datetime]
    acted_at: Mapped[dt.datetime | None]
    closed_at: Mapped[dt.datetime | None]
    left_phase: Mapped[Phase | None] = mapped_column(word(Phase, "left_phase"))
    taken_up_at: Mapped[dt.datetime | None]

    hearings_going: Mapped[str | None] = column_property(
        select(func.aggregate_strings(Hearing.kind, " "))
        .where(Hearing.case_id == id, Hearing.round == round, Hearing.step == step, Hearing.ended_at.is_(None))  # noqa: A003
        .correlate_except(Hearing)
        .scalar_subquery()
    )

    objected_to: Mapped[str | None] = column_property(
        select(func.aggregate_strings(Hearing.kind, " "))
        .join(HearingComment, HearingComment.hearing_id == Hearing.id)
        .where(Hearing.case_id == id, Hearing.round == round, HearingComment.is_objection)  # noqa: A003
        .correlate_except(Hearing, HearingComment)
        .scalar_subquery(),
        deferred=True,
    )
    filed_for: Mapped[str] = column_property(
        select(Membership.party_code).where(Membership.id == filed_by).correlate_except(Membership).scalar_subquery()
    )

    parties: Mapped[list[CaseParty]] = relationship(order_by="CaseParty.id")
    lead: Mapped[Case | None] = relationship(remote_side=number, viewonly=True)
    hearings: Mapped[list[Hearing]] = relationship(
        primaryjoin="and_(Hearing.case_id == Case.id, Hearing.round == Case.round, Hearing.step == Case.step, "
        "Hearing.ended_at.is_(None))",
        order_by="Hearing.id.desc()",
        viewonly=True,
    )
    provisions: Mapped[list[CaseProvision]] = relationship(order_by="CaseProvision.id")
    tasks: Mapped[list[Task]] = relationship(order_by="Task.due_on, Task.id")
    answers: Mapped[list[RecommendationAnswer]] = relationship(order_by="RecommendationAnswer.id")
    referrals: Mapped[list[Referral]] = relationship(order_by="Referral.id")
    registrations: Mapped[list[Registration]] = relationship(order_by="Registration.id")
    guests: Mapped[list[CaseGuest]] = relationship(order_by="CaseGuest.id")
    agreement: Mapped[Agreement] = relationship()
    arena_unit: Mapped[OrgUnit | None] = relationship(viewonly=True)

    if TYPE_CHECKING:
        member_numbers: Mapped[str | None]
        lead_parties: Mapped[str | None]

    @property
    def is_masked(self) -> bool:
        """Whether its texts were taken away when it was rejected for describing a person (T4)."""
        return self.title == MASKED

    @property
    def consequences(self) -> dict[str, int]:
        """How large the filer says that each consequence is, by its name in ``CONSEQUENCES``: 0 to 3."""
        weighed = {name: getattr(self, f"consequence_{name}") for name in CONSEQUENCES}
        return {name: weight for name, weight in weighed.items() if weight is not None}

    def parties_as(self, role: PartyRole) -> list[CaseParty]:
        return [p for p in self.parties if p.role is role]

    @property
    def registrations_asked(self) -> list[Registration]:
        """The wishes to take part as affected that wait for an answer, oldest first.

        A party that takes part already, for another reason (T10, T38), does not wait for one.
        """
        known = {party.party_code for party in self.parties}
        return [wish for wish in self.registrations if wish.answered_at is None and wish.party_code not in known]

    @property
    def lead_party(self) -> CaseParty:
        """The initiator; of several, the first, which files for them all."""
        return self.parties_as(PartyRole.INITIATOR)[0]

    @property
    def filer(self) -> CaseParty:
        """The party that filed the case and wrote the filing, whatever its part in the case is today."""
        return next((p for p in self.parties if p.party_code == self.filed_for), self.lead_party)

    @property
    def pursuer(self) -> CaseParty | None:
        """The one party that may withdraw the case (T37): the party that kept it open, else its only initiator.

        None where several file together: each leaves for itself (T9e). A party that came with a joined case pursues
        that case.
        """
        if kept := next((p for p in self.parties if p.party_code == self.kept_by), None):
            return kept
        own = [p for p in self.parties_as(PartyRole.INITIATOR) if p.came_with is None]
        return own[0] if len(own) == 1 else None

    @property
    def sides(self) -> list[CaseParty]:
        """The parties whose agreement the case needs: the initiators, then the respondents."""
        return [*self.parties_as(PartyRole.INITIATOR), *self.parties_as(PartyRole.RESPONDENT)]


_member = Case.__table__.alias("member")


Case.member_numbers = column_property(
    select(func.aggregate_strings(_member.c.number, " "))
    .where(_member.c.joined_to == Case.number)
    .correlate_except(_member)
    .scalar_subquery()
)


_lead = Case.__table__.alias("lead")


Case.lead_parties = column_property(
    select(func.aggregate_strings(CaseParty.party_code, " "))
    .join(_lead, _lead.c.id == CaseParty.case_id)
    .where(_lead.c.number == Case.joined_to)
    .correlate(Case.__table__)
    .scalar_subquery()
)


class CaseProvision(Base):
    """A provision that a case cites, in the agreement version in force on the event date."""

    __tablename__ = "case_provision"
    __table_args__ = (UniqueConstraint("case_id", "provision_id", name="uq_case_provision_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    provision_id: Mapped[int] = mapped_column(ForeignKey("provision.id"), index=True)
