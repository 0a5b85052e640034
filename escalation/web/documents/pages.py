"""Content of the two pages for a secrecy mark: the case, and facts about the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from escalation.cases.models.case import Case
from escalation.documents.models import Attachment
from escalation.web.documents.lists import mark_in_words, why_marked
from escalation.web.language import _, in_swedish


@dataclass(frozen=True)
class FilePage:
    """A file of a case, and facts about it."""

    case: Case
    facts: Sequence[tuple[str, str]]


def mark_page(case: Case, attachment: Attachment) -> FilePage:
    """All that the page shows beside its form."""
    return FilePage(case, [(_("Fil"), in_swedish(attachment.name))])


def unmark_page(case: Case, attachment: Attachment) -> FilePage:
    """All that the page shows beside its form: the mark too, if no one has taken it away meanwhile."""
    mark = attachment.mark
    in_words = [mark_in_words(mark), why_marked(case, mark)] if mark else ["", ""]
    facts = [(_("Fil"), in_swedish(attachment.name)), (_("Markering"), Markup("<br>").join(in_words))]
    return FilePage(case, facts)
