"""Users, memberships, sessions, the sign-in log, links, and the one row that marks a demo database.

A person acts in one membership at a time ("Du agerar som …"). Nothing here holds more about a person than
an e-mail address and a name; in a demo the name is the name of the role. Source: ``domain/02`` § 2.3.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, Table, and_, or_, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.db import Base, word
from escalation.parties.models import BlockSide, Body, Party


class Role(enum.StrEnum):
    """What a person may do, in one party or one body. Source: ``domain/02`` § 2.3."""

    LOCAL_HANDLER = "local_handler"
    LOCAL_APPROVER = "local_approver"
    PARTY_REGISTRAR = "party_registrar"
    PARTY_READER = "party_reader"
    COORDINATING_CENTRE = "coordinating_centre"
    BODY_MEMBER = "body_member"
    BODY_CHAIR = "body_chair"
    BODY_DEPUTY = "body_deputy"
    BODY_SUBSTITUTE = "body_substitute"
    SECRETARIAT = "secretariat"
    SECRETARIAT_HEAD = "secretariat_head"
    CONSULTATION_MEMBER = "consultation_member"
    AUDITOR = "auditor"
    ADMIN = "admin"


PARTY_ROLES = frozenset(
    {
        Role.LOCAL_HANDLER,
        Role.LOCAL_APPROVER,
        Role.PARTY_REGISTRAR,
        Role.PARTY_READER,
        Role.COORDINATING_CENTRE,
    }
)
"""The roles that are held in a party. All but the last act or read for it: a coordinating health centre may be
privately run (HÖK 4.5), and has no more than what the party lets it into (R15)."""
SECRETARIAT_ROLES = frozenset({Role.SECRETARIAT, Role.SECRETARIAT_HEAD})
BODY_ROLES = frozenset({Role.BODY_MEMBER, Role.BODY_CHAIR, Role.BODY_DEPUTY, Role.BODY_SUBSTITUTE})
"""The roles that are held in a body at a step of a ladder; the membership says in which."""
CHAIRS = frozenset({Role.BODY_CHAIR, Role.BODY_DEPUTY})
"""The roles that lead a body: the chair, and the deputy of the other block."""


class SignInOutcome(enum.StrEnum):
    """How an attempt to sign in ended. A throttled attempt was never tried against the password."""

    SIGNED_IN = "signed_in"
    REFUSED = "refused"
    THROTTLED = "throttled"


class TokenPurpose(enum.StrEnum):
    """What a link in an account mail is for."""

    SET_PASSWORD = "set_password"  # noqa: S105 (a word, no password)


def _in(column: str, words: Iterable[str]) -> str:
    quoted = ", ".join(f"'{word}'" for word in sorted(words))
    return f"{column} IN ({quoted})"


class User(Base):
    """A person who can sign in. ``email`` is lower case; ``password_hash`` is null until a link is used."""

    __tablename__ = "user"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_demo: Mapped[bool] = mapped_column(default=False)

    memberships: Mapped[list[Membership]] = relationship(back_populates="user", order_by="Membership.id")


_PEOPLE = cast("Table", User.__table__).alias("holder")


class Membership(Base):
    """A person in a role of a party, of a body, or of the secretariat.

    ``absent_from`` and ``absent_until`` are the first and the last day on which somebody else covers for the person.
    A seat that has ended stays, since the trail names who acted by it; ``is_held`` says whether somebody sits there.
    ``unit_code`` null = the whole party. ``side`` is where an official of the secretariat comes from, or a
    member's block in the body. ``body`` is also a consultation member's group.
    """

    __tablename__ = "membership"
    __table_args__ = (
        CheckConstraint(f"({_in('role', PARTY_ROLES)}) = (party_code IS NOT NULL)", name="party_roles_have_party"),
        CheckConstraint(f"NOT ({_in('role', BODY_ROLES)}) OR body IS NOT NULL", name="body_roles_have_body"),
        CheckConstraint(
            f"body IS NULL OR {_in('role', BODY_ROLES | {Role.CONSULTATION_MEMBER})}", name="body_is_of_a_body_role"
        ),
        CheckConstraint(f"NOT ({_in('role', SECRETARIAT_ROLES)}) OR side IS NOT NULL", name="secretariat_has_side"),
        CheckConstraint("side IS NULL OR party_code IS NULL", name="party_has_no_side"),
        CheckConstraint("unit_code IS NULL OR party_code IS NOT NULL", name="unit_belongs_to_party"),
        CheckConstraint("(absent_from IS NULL) = (absent_until IS NULL)", name="absence_has_two_ends"),
        CheckConstraint("absent_from <= absent_until", name="absence_ends_after_it_began"),
        Index("ix_membership_party_code_role", "party_code", "role"),
        Index("ix_membership_body_role", "body", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    role: Mapped[Role] = mapped_column(word(Role))
    party_code: Mapped[str | None] = mapped_column(ForeignKey("party.code"))
    body: Mapped[str | None] = mapped_column(ForeignKey("body.code"))
    unit_code: Mapped[str | None] = mapped_column(ForeignKey("org_unit.code"))
    side: Mapped[BlockSide | None] = mapped_column(word(BlockSide))
    absent_from: Mapped[dt.date | None]
    absent_until: Mapped[dt.date | None]
    ended_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship(back_populates="memberships")
    party: Mapped[Party | None] = relationship(viewonly=True)
    seated_in: Mapped[Body | None] = relationship(viewonly=True)

    @hybrid_property
    def is_held(self) -> bool:
        """Whether the person still has the seat: neither it nor the account has ended."""
        return self.ended_at is None and self.user.is_active

    @is_held.inplace.expression
    @classmethod
    def _is_held(cls) -> ColumnElement[bool]:
        return and_(cls.ended_at.is_(None), cls.user_id.in_(select(_PEOPLE.c.id).where(_PEOPLE.c.is_active)))


def away(who: type[Membership], day: dt.date | ColumnElement[dt.date]) -> ColumnElement[bool]:
    """Whether the person is not there on that day: absent, or gone for good. The same people cover for both."""
    is_absent = and_(who.absent_from.is_not(None), who.absent_from <= day, who.absent_until >= day)
    return or_(~who.is_held, is_absent)


class LoginSession(Base):
    """One signed-in browser. Only the hash of its token is kept; an ended row makes a copied cookie dead."""

    __tablename__ = "login_session"
    __table_args__ = (CheckConstraint("ended_at IS NULL OR ended_at >= created_at", name="ends_after_it_began"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    created_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()
    membership: Mapped[Membership | None] = relationship()


class SignInLog(Base):
    """One attempt to sign in. An unknown address leaves a hash and no user. No part of the trail.

    ``address`` is the caller's; ``place`` what of it counts as one when attempts are throttled.
    """

    __tablename__ = "sign_in_log"
    __table_args__ = (
        Index("ix_sign_in_log_email_hash_at", "email_hash", "at"),
        Index("ix_sign_in_log_place_at", "place", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime]
    email_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"))
    outcome: Mapped[SignInOutcome] = mapped_column(word(SignInOutcome))
    address: Mapped[str] = mapped_column(String(64))
    place: Mapped[str] = mapped_column(String(64))


class AccountToken(Base):
    """A link that lets its holder set a password once, before ``expires_at``. Only the hash is kept."""

    __tablename__ = "account_token"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    purpose: Mapped[TokenPurpose] = mapped_column(word(TokenPurpose))
    expires_at: Mapped[dt.datetime]
    used_at: Mapped[dt.datetime | None]

    user: Mapped[User] = relationship()


class Instance(Base):
    """What this database is. One row at most; no row means: no demo, no offset.

    ``offset_days`` moves the demo's clock by whole days, so that the demo's dates never have to.
    """

    __tablename__ = "instance"
    __table_args__ = (
        CheckConstraint("id = 1", name="there_is_one_instance"),
        CheckConstraint("is_demo OR offset_days = 0", name="only_a_demo_has_an_offset"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    is_demo: Mapped[bool] = mapped_column(default=False)
    offset_days: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Viewer:
    """Who looks: one person in one membership, or the public. Every question to the domain carries one.

    ``party`` and ``body`` are codes, ``side`` is "region" or "municipal", ``unit`` a unit's code.
    ``party`` is the party that the viewer acts or reads for: None for a coordinating health centre, which does neither,
    though its membership is a party's.
    ``name`` is what "Du agerar som" prints. ``role`` None means: sees what the public sees.
    """

    user_id: int | None = None
    membership_id: int | None = None
    role: Role | None = None
    party: str | None = None
    body: str | None = None
    side: str | None = None
    unit: str | None = None
    name: str = ""
    system: str = ""

    @property
    def actor(self) -> str:
        """The name under which the trail knows the viewer. Raises ``ValueError`` for one who cannot act."""
        if self.system:
            return f"system:{self.system}"
        if self.membership_id is None:
            raise ValueError("only a membership can act")
        return f"membership:{self.membership_id}"


CLOCK = Viewer(system="sweep")
"""What acts by time alone: a pause that is over, a withdrawal without an objection."""

PUBLIC = Viewer()
