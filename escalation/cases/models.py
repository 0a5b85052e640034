"""Nouns of a case: the case itself, who takes part, what they have said, its deadlines and its ball."""

from __future__ import annotations

import datetime as dt
import enum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from escalation.accounts.models import Membership
from escalation.agreements.models import Agreement
from escalation.db import Base, word
from escalation.parties.models import Body, OrgUnit, Party
from escalation.rules.situation import ClosingReason, HearingKind, Phase, ProposalKind


class CaseType(enum.StrEnum):
    """What kind of disagreement it is (§ 7.1)."""

    INTERPRETATION = "interpretation"
    DEVIATION = "deviation"


class PartyRole(enum.StrEnum):
    """In what capacity a party takes part in a case."""

    INITIATOR = "initiator"
    RESPONDENT = "respondent"
    AFFECTED = "affected"
    INVITED = "invited"  # named by the filer as one that files with it, and has not said whether it does


SIDES = frozenset({PartyRole.INITIATOR, PartyRole.RESPONDENT})
"""Those whose agreement a case needs."""
FROM_FILING = frozenset({PartyRole.INITIATOR, PartyRole.INVITED})
"""Those who read a case before it has been sent to the respondent."""


CONSEQUENCES = ("target_group", "equality", "cost", "staff")
"""For whom or what a filing weighs its consequences, each from 0 (none) to 3 (large). Domain/04 § 4.2, fact 10."""


class Draft(Base):
    """A filing being written. No case: no number, its own organisation's alone, and it can be thrown away.

    ``facts`` is what the pages' fields hold, by field name, as plain JSON (days as ISO text); ``done`` names the pages
    that were left in order. ``version`` grows with every change: a page that carries an older one is stale.
    ``ready_at``: it waits for the organisation's approver since then. ``token`` belongs to the page it began on, and to
    the filing it becomes; ``case_id`` is that case, whose the texts then are: ``facts`` is empty.
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


class Hearing(Base):
    """The parties are heard about something before it is decided without them (T10, T38, T40, T42): what, until when.

    For cases that are to be joined each has one of its own: the lead's names the ``members``, theirs the ``lead``.
    ``terms`` hold what is intended and, by kind, what it needs, as plain JSON. It is over when every party heard has
    commented, or after ``answer_until``; ``ended_at`` is when it was acted on.
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
    """What a party said when it was heard; an empty text says that it has nothing to add.

    ``is_objection``: it has objected, which ends the matter that it was heard about (T40).
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


class Case(Base):
    """One question followed through the ladder.

    ``version`` grows by one with every act; a form that carries an older one is stale. ``ladder`` is the frozen copy
    of the ladder the case was filed under (a changed ladder touches new cases only). ``event_on`` begins the event's
    period and ``event_until`` ends it, where it is more than a day. ``arena`` is a district's code where the matter is
    a district's. ``precedent_answers`` tells by provision code why an interpretation does not answer the question.
    ``removed_precedents`` keeps the words of interpretations that it cites and that were removed from the register.
    ``principle_test`` holds those of Q1–Q4 (domain/04 § 4.5) that the filer says yes to, as "q1".."q4".
    ``served_at`` is when the respondent was last sent the case: to comment (T5), or as served (T7, T8).
    ``urgency_asked`` and ``principle_asked`` are the filer's wishes; ``is_urgent`` and ``is_principled`` what holds.
    ``kept_by`` is the code of the party, or of the body, that objected to the withdrawal of the present round: it
    pursues the case from then. ``filed_for`` is the code of the party that filed the case, whatever it is there today.
    ``joined_to`` is the number of the lead case that this one follows and closes with (T38), since ``joined_at``;
    ``lead_parties`` tells who takes part there, and ``member_numbers`` which cases follow this one, as words; None
    without any.
    ``acted_at`` is when a party last acted in substance; ``left_phase`` where the case stood when it was closed, and
    ``taken_up_at`` when an initiator took it up by right, which is done once (T39).
    ``hearings`` are those of the present step that nobody has acted on, the newest first; ``hearings_going`` tells
    their kinds as words, None without any. ``objected_to`` tells likewise what a party has put an end to in this round.
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
    def consequences(self) -> dict[str, int]:
        """What the filer has weighed, by name of ``CONSEQUENCES``: 0 to 3."""
        weighed = {name: getattr(self, f"consequence_{name}") for name in CONSEQUENCES}
        return {name: weight for name, weight in weighed.items() if weight is not None}

    def of(self, role: PartyRole) -> list[CaseParty]:
        return [p for p in self.parties if p.role is role]

    @property
    def registrations_asked(self) -> list[Registration]:
        """The wishes to take part as affected that wait for an answer, oldest first.

        A party that has come into the case by another way waits no more (T10, T38).
        """
        known = {party.party_code for party in self.parties}
        return [wish for wish in self.registrations if wish.answered_at is None and wish.party_code not in known]

    @property
    def lead_party(self) -> CaseParty:
        """The initiator that files for them all, where there are several."""
        return self.of(PartyRole.INITIATOR)[0]

    @property
    def filer(self) -> CaseParty:
        """The party that filed the case and wrote the filing, whatever its part in the case is today."""
        return next((p for p in self.parties if p.party_code == self.filed_for), self.lead_party)

    @property
    def pursuer(self) -> CaseParty | None:
        """The one party that pursues the case and may withdraw it (T37): the one that kept it, else its last initiator.

        None where several file together (each leaves for itself, T9e). Who came with a joined case pursues that.
        """
        if kept := next((p for p in self.parties if p.party_code == self.kept_by), None):
            return kept
        own = [p for p in self.of(PartyRole.INITIATOR) if p.came_with is None]
        return own[0] if len(own) == 1 else None

    @property
    def sides(self) -> list[CaseParty]:
        """Those whose agreement the case needs: the initiators, then the respondents."""
        return [*self.of(PartyRole.INITIATOR), *self.of(PartyRole.RESPONDENT)]


_member = Case.__table__.alias("member")
Case.member_numbers = column_property(
    select(func.aggregate_strings(_member.c.number, " "))
    .where(_member.c.joined_to == Case.number)
    .correlate_except(_member)
    .scalar_subquery()
)


class CaseParty(Base):
    """A party's part in a case, its named handler and substitute once it has named them (T9).

    ``has_handler`` and ``has_substitute``: somebody is named, and still has that seat.
    ``came_with`` is the number of the member case with which it came to a lead case (T38). ``withdrew_in`` is the
    latest round in which it has withdrawn the case: it does so once in a round (T37). ``pursued_at`` is when it said
    that it goes on, the last time that the parties were asked (T21b).
    """

    __tablename__ = "case_party"
    __table_args__ = (UniqueConstraint("case_id", "party_code", name="uq_case_party_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"), index=True)
    role: Mapped[PartyRole] = mapped_column(word(PartyRole))
    handler_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    acknowledged_at: Mapped[dt.datetime | None]
    came_with: Mapped[str | None] = mapped_column(String(20))
    withdrew_in: Mapped[int | None]
    pursued_at: Mapped[dt.datetime | None]

    has_handler: Mapped[bool] = column_property(
        exists().where(Membership.id == handler_id, Membership.is_held).correlate_except(Membership)
    )
    has_substitute: Mapped[bool] = column_property(
        exists().where(Membership.id == substitute_id, Membership.is_held).correlate_except(Membership)
    )

    party: Mapped[Party] = relationship()
    registry_numbers: Mapped[list[RegistryNumber]] = relationship(order_by="RegistryNumber.id")


_lead = Case.__table__.alias("lead")
Case.lead_parties = column_property(
    select(func.aggregate_strings(CaseParty.party_code, " "))
    .join(_lead, _lead.c.id == CaseParty.case_id)
    .where(_lead.c.number == Case.joined_to)
    .correlate(Case.__table__)
    .scalar_subquery()
)


class RegistryNumber(Base):
    """The number under which a party has registered the case with itself: each party is its own authority.

    Written as the party writes it, never one of our making; a party may have several (domain/08 items 1 and 2).
    ``folded`` is how it is searched: without case and blanks.
    """

    __tablename__ = "registry_number"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "party_code"], ["case_party.case_id", "case_party.party_code"]),
        UniqueConstraint("case_id", "party_code", "folded", name="uq_registry_number_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int]
    party_code: Mapped[str] = mapped_column(String(10))
    value: Mapped[str] = mapped_column(String(60))
    folded: Mapped[str] = mapped_column(String(200), index=True)

    @validates("value")
    def _fold(self, _name: str, value: str) -> str:
        self.folded = folded(value)
        return value


def folded(number: str) -> str:
    """A register number as it is searched: "KS 2026/0412" and "ks2026/0412" are the same."""
    return "".join(number.casefold().split())


class PartyNote(Base):
    """A note in a party's own room beside a case: working material that nobody outside the party sees or counts."""

    __tablename__ = "party_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    text: Mapped[str]
    written_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    written_at: Mapped[dt.datetime]

    author: Mapped[Membership] = relationship()


class CaseProvision(Base):
    """A provision that a case cites, in the agreement version in force on the event date."""

    __tablename__ = "case_provision"
    __table_args__ = (UniqueConstraint("case_id", "provision_id", name="uq_case_provision_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    provision_id: Mapped[int] = mapped_column(ForeignKey("provision.id"), index=True)


class Position(Base):
    """A party's written stand. Versioned, never deleted (domain/04 § 4.7)."""

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


class Proposal(Base):
    """Whatever needs both sides, or two officials of different sides. Expiry is computed from ``open_until``.

    ``offered_by_side`` is the block of the official or the chair who offered; of a chair whose block nobody has
    registered it is the body's code, which is no side. ``chairs_until``: of what needs two officials, until when the
    first body's chair or deputy of a side that was silent at ``valid_until`` may answer in its place.
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
        """Until when it waits for whom it waits for today."""
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


class Pause(Base):
    """A time in which the case's clocks stand still: [``from_on``, ``until_on``), on a ground from the list (T16)."""

    __tablename__ = "pause"
    __table_args__ = (CheckConstraint("from_on < until_on", name="ends_after_it_began"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    ground: Mapped[str] = mapped_column(String(40))
    from_on: Mapped[dt.date]
    until_on: Mapped[dt.date]
    resumed_on: Mapped[dt.date | None]


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


class StatementDraft(Base):
    """A party's column of the sheet that both sides fill in: its wording of each part, by the part's word.

    A common working draft (domain/08 item 3): everybody who sees the case reads it, no trail event tells of it.
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
    """The gate to the next step: what is agreed and what is asked (domain/04 § 4.6); one-sided if not all approved.

    ``parts`` holds the other parts by their word, and under ``stands`` each stand as (party code, text); empty ones
    are left out. ``proposal_id`` is the proposal that all approved; a one-sided statement has none, and ``party_code``
    says whose it is (None: the secretariat's or a chair's).
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


class Task(Base):
    """Something a party has undertaken or been asked to do, reported and then confirmed (T35b, T35)."""

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


class Referral(Base):
    """An opinion that a body or the secretariat asks for while a case is prepared, and the answer (T23, § 4.3).

    ``addressee`` is a consultation group's code, a party's, or ``LAWYER``; ``asked_by`` SEK, or the
    word of the chair who asked (``chair:TSG``).
    Its clock (D11) is its own: the case waits for nobody's answer.
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
"""The addressee whose answer the secretariat writes down."""


class Registration(Base):
    """A party's wish to take part in a case as affected, and the secretariat's answer once there is one (T43, LP16)."""

    __tablename__ = "registration"
    __table_args__ = (CheckConstraint("(answered_at IS NULL) = (is_granted IS NULL)", name="answered_is_yes_or_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    reason: Mapped[str]
    asked_at: Mapped[dt.datetime]
    due_on: Mapped[dt.date]
    is_granted: Mapped[bool | None]
    answered_at: Mapped[dt.datetime | None]
    answer: Mapped[str | None]

    party: Mapped[Party] = relationship(viewonly=True)


class CaseGuest(Base):
    """That a party has let its coordinating health centre into one case, and has ended that (HÖK 4.5, R15).

    The health centre may be privately run. Whether the row still opens the case is ``queries.guests``' to say: it does
    so at the local step alone, and nobody needs to end it then.
    """

    __tablename__ = "case_guest"
    __table_args__ = (
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="ended_by_somebody"),
        CheckConstraint("ended_at >= let_in_at", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    let_in_at: Mapped[dt.datetime]
    let_in_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    ended_at: Mapped[dt.datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))

    membership: Mapped[Membership] = relationship(foreign_keys=membership_id, viewonly=True)

    @property
    def actor(self) -> str:
        """The name under which the trail knows the person."""
        return f"membership:{self.membership_id}"


class Reopening(Base):
    """A party's wish that a closed case is taken up again, and the answer once there is one (T39b, T39, T39c).

    ``round`` is the round that was closed; ``due_on`` until when an answer is expected, as of a proposal (D8).
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


class Deadline(Base):
    """A computed last day. Never changed when the ladder changes; ``receipt`` holds how it was counted (E1, E14)."""

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
    """Who must do what next, from which day and until when. Today's ball is the last row that has begun.

    ``holder`` is a seat-set word (domain/05 § 5.1), with the body's code where it is a body's:
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
