"""Tables of those who take part in a case: parties, register numbers, notes, registrations and guests."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    UniqueConstraint,
    exists,
)
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship, validates

from escalation.accounts.models import Membership
from escalation.db import Base, word
from escalation.parties.models import Party


class PartyRole(enum.StrEnum):
    """In what capacity a party takes part in a case."""

    INITIATOR = "initiator"
    RESPONDENT = "respondent"
    AFFECTED = "affected"
    INVITED = "invited"  # the filer says that it files too, and it has not yet confirmed that


SIDES = frozenset({PartyRole.INITIATOR, PartyRole.RESPONDENT})
"""The roles of the parties whose agreement a case needs."""


FROM_FILING = frozenset({PartyRole.INITIATOR, PartyRole.INVITED})
"""The roles of the parties that read a case before it has been sent to the respondent."""


class CaseParty(Base):
    """A party in a case, with the handler and the substitute that it has named (T9).

    ``has_handler`` and ``has_substitute``: a person is named, and still has that membership. ``came_with`` is the
    number of the member case with which the party came to a lead case (T38). ``withdrew_in`` is the latest round in
    which it withdrew the case, which it may do once in a round (T37). ``pursued_at`` is when it said that it goes on
    with the case, after the parties were last asked (T21b).
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


class RegistryNumber(Base):
    """The number of the case in a party's own register: each party is its own authority.

    It stands as the party writes it; a party may have several (domain/08 items 1 and 2). ``folded`` is the form for
    searches: in small letters and without blanks.
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
    """A register number in the form for searches: "KS 2026/0412" and "ks2026/0412" are the same."""
    return "".join(number.casefold().split())


class PartyNote(Base):
    """A party's private note on a case: working material that only the party sees."""

    __tablename__ = "party_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    party_code: Mapped[str] = mapped_column(ForeignKey("party.code"))
    text: Mapped[str]
    written_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    written_at: Mapped[dt.datetime]

    author: Mapped[Membership] = relationship()


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
    """A party has given its coordinating health centre access to one case (HÖK 4.5, R15).

    The health centre may be privately run. ``sight.current_guests`` says whether the access still holds: it does so
    at the local step only, and ends with it by itself.
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
        """The person, as the trail names actors."""
        return f"membership:{self.membership_id}"
