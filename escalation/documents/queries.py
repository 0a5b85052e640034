"""Queries of attached files. The caller checks who may see them (``cases.secrecy``)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from escalation.db import session
from escalation.documents.models import Attachment


class FileMissing(Exception):
    """The file of an attachment is not there, or is not the one that was handed in."""


def of_case(case_id: int) -> Sequence[Attachment]:
    """Everything attached in the case, in the order in which it came."""
    return session.scalars(select(Attachment).where(Attachment.case_id == case_id).order_by(Attachment.id)).all()


def get(case_id: int, id: int) -> Attachment | None:
    """An attachment of that case, or None."""
    return session.scalar(select(Attachment).where(Attachment.case_id == case_id, Attachment.id == id))


def content(attachment: Attachment, directory: Path) -> bytes:
    """The file, byte by byte as it was handed in. Raises ``FileMissing``."""
    try:
        found = (directory / attachment.key).read_bytes()
    except OSError as problem:
        raise FileMissing(f"attachment {attachment.id}: its file cannot be read ({problem.strerror})") from problem
    if sha256(found).hexdigest() != attachment.sha256:
        raise FileMissing(f"attachment {attachment.id}: its file is not what was handed in")
    return found


def missing(directory: Path) -> list[str]:
    """A line for each attachment whose file is missing or has changed; empty when all is well."""
    wrong = []
    for attachment in session.scalars(select(Attachment).order_by(Attachment.id).execution_options(yield_per=100)):
        try:
            content(attachment, directory)
        except FileMissing as problem:
            wrong.append(str(problem))
    return wrong
