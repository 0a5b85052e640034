"""Attached files as pages list them."""

from __future__ import annotations

from collections.abc import Iterable

from babel.numbers import format_decimal
from flask import url_for
from flask_babel import get_locale

from escalation.documents.models import Attachment
from escalation.rules.file_types import MEBIBYTE
from escalation.rules.glossary import GLOSSARY
from escalation.web.language import SOURCE, _

Listed = dict[str, str]
"""A line of a list: ``label`` (the file's name), ``url``, ``note`` ("PDF, 1,2 MB")."""


def by_what(number: str, attachments: Iterable[Attachment]) -> dict[str, list[Listed]]:
    """What is attached in the case with that number, by what it hangs on, in the order in which it came."""
    shown: dict[str, list[Listed]] = {}
    for attachment in attachments:
        shown.setdefault(attachment.hangs_on, []).append(listed(number, attachment))
    return shown


def listed(number: str, attachment: Attachment) -> Listed:
    """One file as a line."""
    return {
        "label": attachment.name,
        "url": url_for("documents.download", number=number, attachment_id=attachment.id),
        "note": f"{_(GLOSSARY[attachment.file_type].label)}, {size_in_words(attachment.size)}",
    }


def size_in_words(size: int) -> str:
    """12 kB, 1,2 MB; never nothing."""
    if size < MEBIBYTE:
        return f"{-(-size // 1024)}\u00a0kB"
    return f"{format_decimal(size / MEBIBYTE, '0.#', locale=get_locale() or SOURCE)}\u00a0MB"
