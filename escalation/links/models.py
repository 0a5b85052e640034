"""The noun of the room: that one case belongs with another, and how."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base, word


class LinkKind(enum.StrEnum):
    """How a case belongs with another, as it stands after "ärendet"."""

    RELATED = "related"
    SAME_PROVISION = "same_provision"
    PREDECESSOR = "predecessor"
    CONFLICTS_WITH = "conflicts_with"
    PRECEDENT_APPLIED = "precedent_applied"
    SPLIT_FROM = "split_from"


BACK: Mapping[LinkKind, str] = {LinkKind.PREDECESSOR: "successor", LinkKind.SPLIT_FROM: "split_into"}
"""Kinds that read otherwise from the case at the other end; all others are the same both ways."""


class CaseLink(Base):
    """That ``case_id`` belongs with ``other_id`` or, where it applies a precedent, with an interpretation.

    Of a directed kind ``case_id`` is the case whose sentence it is: it replaces the other. Why they were linked stands
    in the trail alone, where it can be masked. A link that is taken away leaves its events.
    """

    __tablename__ = "case_link"
    __table_args__ = (
        UniqueConstraint("case_id", "other_id", "kind", name="uq_case_link_once"),
        UniqueConstraint("case_id", "interpretation_id", name="uq_case_link_precedent_once"),
        CheckConstraint("case_id <> other_id", name="links_another"),
        CheckConstraint("(kind = 'precedent_applied') = (interpretation_id IS NOT NULL)", name="precedent_is_applied"),
        CheckConstraint("(other_id IS NULL) = (interpretation_id IS NOT NULL)", name="leads_to_one_thing"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    other_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"), index=True)
    interpretation_id: Mapped[int | None] = mapped_column(ForeignKey("interpretation.id"))
    kind: Mapped[LinkKind] = mapped_column(word(LinkKind))
    linked_at: Mapped[dt.datetime]
    linked_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
