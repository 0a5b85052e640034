"""The kinds of files, the limits, and the search for identity numbers, shared by the checks of all kinds."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from escalation.rules import privacy

MEBIBYTE = 1024 * 1024
MOST_ENTRIES = 2000
MOST_UNPACKED = 100 * MEBIBYTE
MOST_XML = 30 * MEBIBYTE
MOST_DIGITS = 1_000_000
"""Characters in paragraphs and cells with ten digits or more. Beyond these two limits the search takes too long."""


class FileType(enum.StrEnum):
    """The kinds of files that may be attached."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PNG = "png"
    JPEG = "jpeg"


class WrongContent(Exception):
    """The content is refused. The text is the reason, a key of ``REFUSALS``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass
class Budget:
    """The bytes that may still be unpacked and read, embedded files included."""

    entries: int = MOST_ENTRIES
    unpacked: int = MOST_UNPACKED
    xml: int = MOST_XML
    digits: int = MOST_DIGITS


def refuse_identity_number(text: str, left: Budget) -> None:
    if left.digits < 0:
        raise WrongContent("bomb")
    if any(hit.kind is privacy.HitKind.CERTAIN for hit in privacy.scan(text)):
        raise WrongContent("identity_number")
