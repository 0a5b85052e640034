"""The parties of HÖK § 7.3, their units, and the bodies of the ladder (domain/02)."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.db import Base, word


class PartyKind(enum.StrEnum):
    """The kinds of parties. Four municipalities call themselves stad; in law they are municipalities."""

    REGION = "region"
    MUNICIPALITY = "municipality"
    FEDERATION = "federation"


class PrincipalSide(enum.StrEnum):
    """On which side a party is huvudman (§ 1.1). The federation in Norrtälje is on both."""

    REGION = "region"
    MUNICIPAL = "municipal"
    BOTH = "both"


class OrgUnitKind(enum.StrEnum):
    """The kinds of units of a party."""

    DISTRICT = "district"
    COMMITTEE = "committee"
    ADMINISTRATION = "administration"


class BodyKind(enum.StrEnum):
    """The kinds of bodies. The secretariat decides nothing; it is a body because cases wait for it.

    A consultation group is no step of a ladder: it is asked for opinions (§ 4.3).
    """

    OFFICIALS = "officials"
    POLITICAL = "political"
    SECRETARIAT = "secretariat"
    CONSULTATION = "consultation"


class BlockSide(enum.StrEnum):
    """The two blocks that must each agree (domain/02 § 2.5)."""

    REGION = "region"
    MUNICIPAL = "municipal"


class Party(Base):
    """A party of HÖK. ``short_name`` is the name in running text: "Sigtuna", "regionen".

    ``position`` is the place in § 7.3, from 1. ``municipality_code`` is the four-digit kommunkod.
    """

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("(kind = 'municipality') = (municipality_code IS NOT NULL)", name="municipality_has_code"),
        CheckConstraint("(kind = 'region') = (principal_side = 'region')", name="region_side_is_the_region"),
        CheckConstraint("(kind = 'federation') = (principal_side = 'both')", name="federation_is_both_sides"),
    )

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    short_name: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[PartyKind] = mapped_column(word(PartyKind))
    municipality_code: Mapped[str | None] = mapped_column(String(4), unique=True)
    principal_side: Mapped[PrincipalSide] = mapped_column(word(PrincipalSide))
    position: Mapped[int] = mapped_column(unique=True)

    units: Mapped[list[OrgUnit]] = relationship(order_by="OrgUnit.name", viewonly=True)


FEDERATIONS = {"KSON": frozenset({"NOR"})}
"""A federation of the region and municipalities -> those municipalities (§ 7.3)."""


class OrgUnit(Base):
    """A unit of a party: a district of Stockholm, SLSO, HSF. Never itself a party to a case.

    It exists from ``valid_from`` to ``valid_to``, both included; None is unknown or still open.
    """

    __tablename__ = "org_unit"
    __table_args__ = (
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
        CheckConstraint("succeeded_by IS NULL OR valid_to IS NOT NULL", name="succeeded_has_ended"),
    )

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[OrgUnitKind] = mapped_column(word(OrgUnitKind))
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]
    succeeded_by: Mapped[str | None] = mapped_column(ForeignKey("org_unit.code"))


class Body(Base):
    """A body of the ladder. ``short_name`` is what pages call it: "Styrgruppen", "VIS"."""

    __tablename__ = "body"

    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    short_name: Mapped[str] = mapped_column(String(60), unique=True)
    kind: Mapped[BodyKind] = mapped_column(word(BodyKind))
    task: Mapped[str]

    names: Mapped[list[BodyName]] = relationship(order_by="BodyName.id", viewonly=True)
    blocks: Mapped[list[BodyBlock]] = relationship(order_by="BodyBlock.id", viewonly=True)


class BodyName(Base):
    """A name of a body and when it was used; an alias is a name in use beside the proper one."""

    __tablename__ = "body_name"
    __table_args__ = (
        UniqueConstraint("body_code", "name", name="uq_body_name_once"),
        CheckConstraint("valid_from IS NULL OR valid_to IS NULL OR valid_from <= valid_to", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_code: Mapped[str] = mapped_column(ForeignKey("body.code"))
    name: Mapped[str] = mapped_column(String(120))
    is_alias: Mapped[bool]
    valid_from: Mapped[dt.date | None]
    valid_to: Mapped[dt.date | None]


class BodyBlock(Base):
    """One of a body's blocks: its members and who appoints them. Their number has changed and is not stored."""

    __tablename__ = "body_block"
    __table_args__ = (UniqueConstraint("body_code", "side", name="uq_body_block_side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_code: Mapped[str] = mapped_column(ForeignKey("body.code"))
    side: Mapped[BlockSide] = mapped_column(word(BlockSide))
    composition: Mapped[str]
    appointed_by: Mapped[str]
