"""The noun of the room: one attached file, known by its hash."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from escalation.db import Base, word
from escalation.rules.file_types import LONGEST_NAME, FileType


class Attachment(Base):
    """A file that came with an act. Its content lies in a directory, under ``key``; this row says what it was.

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
