"""Verbs on attached files: store them on disk, attach them to an act, move them to another, mark them as secret.

The file is whole on disk before its row is committed. A file without a row is harmless; ``queries.missing`` finds
rows without a file.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import and_, delete, select, update

from escalation.accounts.models import Viewer
from escalation.db import session
from escalation.documents.file_types import CheckedFile
from escalation.documents.models import Attachment, SecrecyMark


@dataclass(frozen=True)
class StoredFile:
    """A checked file that is on disk under ``key``, a name made here."""

    file: CheckedFile
    key: str


@contextmanager
def stored(files: Sequence[CheckedFile], directory: Path) -> Iterator[list[StoredFile]]:
    """Store the files on disk for an act, and delete them again if the act is refused.

    Each is written aside, flushed to the disk and moved into place, so that it is there whole or not at all. Raises
    ``OSError`` when the disk takes no more; then none of them is left.
    """
    laid: list[StoredFile] = []
    try:
        for file in files:
            key = secrets.token_hex(16)
            laid.append(StoredFile(file, key))
            _write(directory / key, file.content)
        if laid:
            _flush_directory(directory)
        yield laid
    except BaseException:
        for one in laid:
            (directory / one.key).unlink(missing_ok=True)
        raise


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".part")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _flush_directory(directory: Path) -> None:
    """Flush the directory too: after a power cut a file is there only if its directory names it."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def attach(case_id: int, hangs_on: str, files: Sequence[StoredFile], *, by: Viewer, at: dt.datetime) -> None:
    """Attach stored files to what they belong to. The act that they come with records them (``trail_content``)."""
    assert by.membership_id is not None or not files  # everyone who acts in a case acts from a seat
    session.add_all(
        Attachment(
            case_id=case_id, hangs_on=hangs_on, name=one.file.name, file_type=one.file.type, size=one.file.size,
            sha256=one.file.sha256, key=one.key, attached_at=at, attached_by=by.membership_id,
        )
        for one in files
    )  # fmt: skip


def trail_content(files: Sequence[StoredFile | Attachment]) -> dict[str, list[dict[str, str]]]:
    """The files as a part of the content of an act's trail event; empty where there are none."""
    facts = [file.file if isinstance(file, StoredFile) else file for file in files]
    return {"attachments": [{"name": f.name, "sha256": f.sha256} for f in facts]} if files else {}


def carry_over(case_id: int, hung_on: Collection[str], hangs_on: str) -> list[Attachment]:
    """Move attachments from any of ``old`` to another: from sheets to a proposal, from a proposal to the statement."""
    mine = (Attachment.case_id == case_id, Attachment.hangs_on.in_(hung_on))
    session.execute(update(Attachment).where(*mine).values(hangs_on=hangs_on))
    moved = (Attachment.case_id == case_id, Attachment.hangs_on == hangs_on)
    return list(session.scalars(select(Attachment).where(*moved).order_by(Attachment.id)))


def take_away(case_id: int, *ids: int) -> None:
    """Delete attachments of a case, all of them where none is named; ``forget_loose`` deletes their files."""
    mine = and_(Attachment.case_id == case_id, Attachment.id.in_(ids)) if ids else Attachment.case_id == case_id
    session.execute(delete(SecrecyMark).where(SecrecyMark.attachment_id.in_(select(Attachment.id).where(mine))))
    session.execute(delete(Attachment).where(mine))


def mark(attachment: Attachment, *, by: Viewer, at: dt.datetime, provision: str, note: str) -> None:
    """Put a secrecy mark on a file that has none. ``cases.secrecy`` decides who may and what the trail says."""
    assert by.membership_id is not None
    made = SecrecyMark(attachment_id=attachment.id, provision=provision, note=note, marked_at=at)
    made.marked_by = by.membership_id
    session.add(made)
    session.flush()
    session.expire(attachment, ["mark"])


def unmark(attachment: Attachment, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    """Lift the current mark of a file."""
    assert attachment.mark is not None
    attachment.mark.lifted_at, attachment.mark.lifted_by, attachment.mark.lift_reason = at, by.membership_id, reason
    session.flush()
    session.expire(attachment, ["mark"])


def forget_loose(directory: Path, before: dt.datetime) -> int:
    """Delete files that belong to no attachment and were stored before that; returns how many.

    These are the files of deleted attachments and of acts that failed. May run twice.
    """
    held = set(session.scalars(select(Attachment.key)))
    loose = [path for path in directory.glob("*") if path.is_file() and path.stem not in held]
    old = [path for path in loose if path.stat().st_mtime < before.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
