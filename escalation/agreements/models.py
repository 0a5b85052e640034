"""Agreements, their texts and provisions, and the interpretations of them (domain/03, domain/05 § 5.8)."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, case, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from escalation.db import Base, word
from escalation.parties.models import BlockSide


class AgreementKind(enum.StrEnum):
    """The kinds of agreements."""

    MAIN = "main"
    GUIDELINE = "guideline"
    SUBJECT = "subject"
    SUPPLEMENT = "supplement"


class DutyBearer(enum.StrEnum):
    """Who is bound by a commitment, as domain/03 § 3.2 reads the text."""

    EACH_PARTY = "each_party"
    THE_PARTIES = "the_parties"
    LOCAL_PARTIES = "local_parties"
    THE_REGION = "the_region"
    THE_MUNICIPALITY = "the_municipality"
    STEERING_GROUP = "steering_group"
    STORSTHLM = "storsthlm"
    STORSTHLM_AND_REGION = "storsthlm_and_region"


class InterpretationStatus(enum.StrEnum):
    """The life of an interpretation. INCORPORATED: the agreement's text now says it."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"
    INCORPORATED = "incorporated"
    UNDER_REVIEW = "under_review"


class Agreement(Base):
    """An agreement. ``is_verified`` false: an example whose exact name was not found.

    ``ladder_key`` names a file in ladders/; where ``ladder_known`` is false it is a template and no step
    interprets. ``applies_from``: the first day of an agreement whose text we do not hold, if known.
    """

    __tablename__ = "agreement"
    __table_args__ = (CheckConstraint("kind <> 'supplement' OR parent_code IS NOT NULL", name="supplement_has_parent"),)

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    short_title: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[AgreementKind] = mapped_column(word(AgreementKind))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("agreement.code"))
    applies_from: Mapped[dt.date | None]
    note: Mapped[str]
    is_verified: Mapped[bool]
    ladder_key: Mapped[str] = mapped_column(String(40))
    ladder_known: Mapped[bool]
    are_parties_verified: Mapped[bool]
    position: Mapped[int] = mapped_column(unique=True)

    versions: Mapped[list[AgreementVersion]] = relationship(order_by="AgreementVersion.id", viewonly=True)
    parties: Mapped[list[AgreementParty]] = relationship(order_by="AgreementParty.id", viewonly=True)


class AgreementParty(Base):
    """A party of an agreement, until the end of a notice period if it has given notice (§ 7.2)."""

    __tablename__ = "agreement_party"
    __table_args__ = (UniqueConstraint("agreement_code", "party_code", name="uq_agreement_party_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_code: Mapped[str] = mapped_column(ForeignKey("agreement.code"))
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"), index=True)
    bound_until: Mapped[dt.date | None]


class Adoption(Base):
    """A party's decision to adopt a version; it equals signing. No date: not adopted yet.

    Where ``is_date_known`` is false the day is the last possible one, to be shown with "senast".
    """

    __tablename__ = "adoption"
    __table_args__ = (
        UniqueConstraint("version_id", "party_code", name="uq_adoption_once"),
        CheckConstraint("NOT is_date_known OR adopted_on IS NOT NULL", name="known_date_is_given"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    adopted_on: Mapped[dt.date | None]
    is_date_known: Mapped[bool]


class AgreementVersion(Base):
    """A text of an agreement. Never edited: a revised text is a new version.

    ``raw_sha256`` is the hash of the file the text was taken from, ``text_sha256`` of its provisions.
    ``in_force_on`` is computed: the stated day or the last adoption, whichever is later, and None until every
    listed party has adopted (§ 7.2: "2022-07-01 eller efter att samtliga parter har beslutat").
    """

    __tablename__ = "agreement_version"
    __table_args__ = (UniqueConstraint("agreement_code", "label", name="uq_agreement_version_label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_code: Mapped[str] = mapped_column(ForeignKey("agreement.code"))
    label: Mapped[str] = mapped_column(String(20))
    stated_in_force_on: Mapped[dt.date] = mapped_column()
    source: Mapped[str]
    raw_sha256: Mapped[str] = mapped_column(String(64))
    text_sha256: Mapped[str] = mapped_column(String(64))

    in_force_on: Mapped[dt.date | None] = column_property(
        select(
            case(
                (func.count(Adoption.adopted_on) < func.count(Adoption.id), None),
                (func.max(Adoption.adopted_on) > stated_in_force_on, func.max(Adoption.adopted_on)),
                (func.count(Adoption.id) > 0, stated_in_force_on),
            )
        )
        .where(Adoption.version_id == id)
        .correlate_except(Adoption)
        .scalar_subquery()
    )

    agreement: Mapped[Agreement] = relationship(viewonly=True)
    adoptions: Mapped[list[Adoption]] = relationship(order_by="Adoption.id")
    provisions: Mapped[list[Provision]] = relationship(order_by="Provision.position", back_populates="version")


class Provision(Base):
    """An addressable piece of a version: ``4.5 st 2``, ``7.1 p 1``, ``7.1 ing``, ``1.2``.

    ``section`` is the agreement's own heading, ``heading`` and ``summary`` are ours (domain/03 § 3.2),
    ``text`` is verbatim. A party can deviate from a commitment only; a commitment says which parties it binds.
    """

    __tablename__ = "provision"
    __table_args__ = (
        UniqueConstraint("version_id", "code", name="uq_provision_code"),
        CheckConstraint("is_commitment = (duty_bearer IS NOT NULL)", name="commitment_has_bearer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    section: Mapped[str] = mapped_column(String(120))
    heading: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str]
    text: Mapped[str]
    is_commitment: Mapped[bool]
    duty_bearer: Mapped[DutyBearer | None] = mapped_column(word(DutyBearer))

    version: Mapped[AgreementVersion] = relationship(back_populates="provisions")


class Interpretation(Base):
    """A body's interpretation of one or more provisions (domain/05 § 5.8).

    ``answer`` is operative, at most three sentences. ``minutes_ref`` is the paragraph, "§ 31". In force from
    ``applies_from`` to ``applies_until``, both included; never backwards. Public once published;
    ``source_case`` is a case's number and is never shown to the public. Two officials of different sides publish it:
    ``signed_…`` name the first of them.
    """

    __tablename__ = "interpretation"
    __table_args__ = (
        CheckConstraint("applies_until IS NULL OR applies_from <= applies_until", name="dates_in_order"),
        CheckConstraint("published_on IS NULL OR is_secrecy_reviewed", name="published_is_secrecy_reviewed"),
        CheckConstraint("published_on IS NULL OR published_on >= decided_on", name="decided_then_published"),
        CheckConstraint("supersedes <> number", name="supersedes_another"),
        CheckConstraint("(signed_side IS NULL) = (signed_by IS NULL)", name="signed_by_somebody"),
        CheckConstraint("(signed_side IS NULL) = (signed_on IS NULL)", name="signed_on_a_day"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    agreement_code: Mapped[str] = mapped_column(ForeignKey("agreement.code"))
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    question: Mapped[str]
    answer: Mapped[str]
    reasons: Mapped[str]
    purpose_and_goals: Mapped[str]
    scope: Mapped[str]
    applies_from: Mapped[dt.date]
    applies_until: Mapped[dt.date | None]
    body: Mapped[str] = mapped_column(ForeignKey("body.code"))
    decided_on: Mapped[dt.date]
    minutes_ref: Mapped[str] = mapped_column(String(40))
    rule_result: Mapped[str | None]
    dissent: Mapped[str | None]
    status: Mapped[InterpretationStatus] = mapped_column(word(InterpretationStatus))
    supersedes: Mapped[str | None] = mapped_column(ForeignKey("interpretation.number"), unique=True)
    review_on: Mapped[dt.date | None]
    keywords: Mapped[list[Any]]
    source_case: Mapped[str | None] = mapped_column(String(20))
    publish_due_on: Mapped[dt.date | None]
    published_on: Mapped[dt.date | None]
    is_secrecy_reviewed: Mapped[bool] = mapped_column(default=False)
    signed_side: Mapped[BlockSide | None] = mapped_column(word(BlockSide))
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    signed_on: Mapped[dt.date | None]

    provisions: Mapped[list[Provision]] = relationship(
        secondary="interpretation_provision", order_by="Provision.position"
    )
    predecessor: Mapped[Interpretation | None] = relationship(
        remote_side="Interpretation.number", back_populates="successor", viewonly=True
    )
    successor: Mapped[Interpretation | None] = relationship(back_populates="predecessor", viewonly=True)


class InterpretationProvision(Base):
    """Links an interpretation to a provision that it is about."""

    __tablename__ = "interpretation_provision"
    __table_args__ = (UniqueConstraint("interpretation_id", "provision_id", name="uq_interpretation_provision_once"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    interpretation_id: Mapped[int] = mapped_column(ForeignKey("interpretation.id"))
    provision_id: Mapped[int] = mapped_column(ForeignKey("provision.id"), index=True)
