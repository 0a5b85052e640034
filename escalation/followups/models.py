"""The yearly jobs of § 6 that have been done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.accounts.models import Membership
from escalation.db import Base


class FollowUp(Base):
    """A yearly job that has been done about one year, its result, and the figures of that day.

    ``job`` is a key of ``rules.yearly``; ``figures`` is the answer of ``queries.figures``, as numbers by word. They
    stay when the text is corrected; the earlier text stays in the trail.
    """

    __tablename__ = "follow_up"
    __table_args__ = (
        UniqueConstraint("job", "year", name="uq_follow_up_once_a_year"),
        CheckConstraint("result <> ''", name="says_what_came_of_it"),
        CheckConstraint("(corrected_at IS NULL) = (corrected_by IS NULL)", name="corrected_by_somebody"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    job: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    done_on: Mapped[dt.date]
    result: Mapped[str]
    figures: Mapped[dict[str, Any]]
    recorded_at: Mapped[dt.datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    corrected_at: Mapped[dt.datetime | None]
    corrected_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))

    recorder: Mapped[Membership] = relationship(foreign_keys=recorded_by, lazy="joined", viewonly=True)
