"""Attached files as pages list them."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from flask import url_for
from flask_babel import get_locale

from escalation.accounts.models import Viewer
from escalation.casefile import CaseFile
from escalation.cases import secrecy
from escalation.cases.models.case import Case
from escalation.documents.content import MEBIBYTE
from escalation.documents.models import Attachment, SecrecyMark
from escalation.rules.glossary import GLOSSARY
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.language import SOURCE, _, in_swedish
from escalation.web.parts import ListedFile


def by_what(case_file: CaseFile) -> dict[str, list[ListedFile]]:
    """The case's files that exist for the viewer, by what they are attached to, in the order in which they came."""
    shown: dict[str, list[ListedFile]] = {}
    for attachment in case_file.attachments:
        shown.setdefault(attachment.hangs_on, []).append(listed(case_file.case, attachment, case_file.viewer))
    return shown


def listed(case: Case, attachment: Attachment, viewer: Viewer) -> ListedFile:
    """A file as a line, with what the viewer may do with it."""
    at: dict[str, Any] = {"number": case.number, "attachment_id": attachment.id}
    on_record = secrecy.is_opened_on_record(attachment, viewer)
    return ListedFile(
        label=attachment.name,
        url="" if on_record else url_for("documents.download", **at),
        open_url=url_for("documents.open_marked", **at) if on_record else "",
        note=f"{_(GLOSSARY[attachment.file_type].label)}, {size_in_words(attachment.size)}",
        mark=mark_in_words(attachment.mark) if attachment.mark else "",
        why=why_marked(case, attachment.mark) if attachment.mark else "",
        mark_url=url_for("documents.mark", **at) if secrecy.may_mark(case, attachment, viewer) else "",
        unmark_url=url_for("documents.unmark", **at) if secrecy.may_unmark(case, attachment, viewer) else "",
    )


def mark_in_words(mark: SecrecyMark) -> str:
    """Sekretessmarkerad – OSL 26 kap. 1 §, 23 november 2026."""
    return _(
        "Sekretessmarkerad – %(provision)s, %(day)s",
        provision=in_swedish(mark.provision),
        day=date_long(mark.marked_at),
    )


def why_marked(case: Case, mark: SecrecyMark) -> str:
    """The party that marked the file, and its note. Only viewers who see the file read this."""
    who = words.names_in(case).get(mark.party_code or "SEK", mark.party_code or "")
    if not mark.note:
        return _("Markerad av %(who)s.", who=who)
    return _("Markerad av %(who)s: %(note)s", who=who, note=in_swedish(mark.note))


def size_in_words(size: int) -> str:
    """12 kB, 1,2 MB; at least 1 kB."""
    if size < MEBIBYTE:
        return f"{-(-size // 1024)}\u00a0kB"
    return f"{format_decimal(size / MEBIBYTE, '0.#', locale=get_locale() or SOURCE)}\u00a0MB"
