"""Links between cases that belong together."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base, word


class LinkKind(enum.StrEnum):
    """How a case belongs with another, as the words after "ärendet" in a sentence."""

    RELATED = "related"
    SAME_PROVISION = "same_provision"
    PREDECESSOR = "predecessor"
    CONFLICTS_WITH = "conflicts_with"
    PRECEDENT_APPLIED = "precedent_applied"
    SPLIT_FROM = "split_from"


BACK: Mapping[LinkKind, str] = {LinkKind.PREDECESSOR: "successor", LinkKind.SPLIT_FROM: "split_into"}
"""Kinds that read otherwise from the case at the other end; all others are the same both ways."""


class CaseLink(Base):
    """A link from ``case_id`` to ``other_id`` or, where it applies a precedent, to an interpretation.

    A kind with a direction is read from ``case_id``: it replaces the other. The reason for the link is in the trail
    only, where it can be masked. A link that is removed leaves its events.
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
