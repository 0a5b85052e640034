"""Attached files and their secrecy marks."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from escalation.accounts.models import Membership
from escalation.db import Base, word
from escalation.documents.content import FileType
from escalation.documents.file_types import LONGEST_NAME


class Attachment(Base):
    """A file that came with an act. Its content is in a directory, under ``key``; this row describes it.

    ``hangs_on`` is what it belongs to within the case: ``position:12``, ``sheet:5`` (a party's column of the joint
    statement), ``proposal:7``, ``statement:3``, ``brief:4``. ``name`` is what the sender called the file: data, never
    a path. The act's trail event tells the same name and hash.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        CheckConstraint("size > 0", name="file_is_not_empty"),
        CheckConstraint("length(sha256) = 64", name="hash_is_sha256"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    hangs_on: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    file_type: Mapped[FileType] = mapped_column(word(FileType))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(32), unique=True)
    attached_at: Mapped[dt.datetime]
    attached_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))

    party_code: Mapped[str | None] = column_property(
        select(Membership.party_code).where(Membership.id == attached_by).correlate_except(Membership).scalar_subquery()
    )
    """The party of the person who attached it, none where the secretariat did."""
    mark: Mapped[SecrecyMark | None] = relationship(
        primaryjoin="and_(SecrecyMark.attachment_id == Attachment.id, SecrecyMark.lifted_at.is_(None))",
        viewonly=True, uselist=False, lazy="joined",
    )  # fmt: skip
    """The current mark. It is loaded with the file, so that no code can read the file without its mark."""


class SecrecyMark(Base):
    """A warning that a file may hold secret information; it decides nothing. Source: ``domain/08`` § 5.

    ``provision`` is the provision that may make it secret, such as "OSL 26 kap. 1 §". A mark holds until it is lifted;
    a lifted mark keeps its row. ``note`` and ``lift_reason`` are here and not in the trail, which more people read.
    """

    __tablename__ = "secrecy_mark"
    __table_args__ = (
        CheckConstraint("provision <> ''", name="mark_names_a_provision"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        CheckConstraint("(lifted_at IS NULL) = (lift_reason IS NULL)", name="lifted_for_a_reason"),
        Index(
            "uq_secrecy_mark_standing", "attachment_id", unique=True,
            sqlite_where=text("lifted_at IS NULL"), postgresql_where=text("lifted_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("attachment.id"))
    provision: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    marked_at: Mapped[dt.datetime]
    marked_by: Mapped[int] = mapped_column(ForeignKey("membership.id"))
    lifted_at: Mapped[dt.datetime | None]
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    lift_reason: Mapped[str | None]

    party_code: Mapped[str | None] = column_property(
        select(Membership.party_code).where(Membership.id == marked_by).correlate_except(Membership).scalar_subquery()
    )
    """The party of the person who marked it, none where the secretariat did."""
