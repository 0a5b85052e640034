"""A folder of data of one's own: a copy of what comes with the code, to which a test adds files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escalation.rules import data, ladder, main_agreement, yearly

SHIPPED = Path(str(data.FOLDER))
READ_ONCE = (
    ladder.shipped, ladder.definition, ladder.load, ladder.fingerprint_of, main_agreement.main_agreement,
    main_agreement.interpreted_agreements, yearly.jobs,
)  # fmt: skip
"""What reads a file of data once in the life of the process."""


def copied_to(folder: Path) -> Path:
    """The folder with the data that comes with the code."""
    for name in ("ladders", "calendars", "texts"):
        shutil.copytree(SHIPPED / name, folder / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


@contextmanager
def used(folder: Path) -> Iterator[Path]:
    """Let the application read its data from this folder."""
    before, data.FOLDER = data.FOLDER, folder
    _forget()
    try:
        yield folder
    finally:
        data.FOLDER = before
        _forget()


def _forget() -> None:
    for reader in READ_ONCE:
        reader.cache_clear()
