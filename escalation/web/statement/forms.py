"""The sheet of the joint statement as a form, and the texts of the case that fill it in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from flask import request
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, TextAreaField

from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.cases import statement as case_statement
from escalation.cases.models.parties import PartyRole
from escalation.cases.models.statements import StatementPart
from escalation.cases.sight import Sight
from escalation.cases.statement import SHARED, changed_here, fingerprint
from escalation.rules.glossary import GLOSSARY
from escalation.web.documents.uploads import FACT, on_disk
from escalation.web.forms import Form, Words, files, long_text, status_of
from escalation.web.language import _, joined

MOST: dict[StatementPart, int] = {
    StatementPart.BACKGROUND: 4000,
    StatementPart.AGREED_POINTS: 2000,
    StatementPart.QUESTION: 500,
    StatementPart.STAND: 4000,
    StatementPart.TRIED: 2000,
    StatementPart.ON_THE_TABLE: 2000,
    StatementPart.MEANWHILE: 1000,
    StatementPart.PURPOSE: 2000,
    StatementPart.ALSO_AFFECTED: 1000,
}
"""How long each part may be, in characters. Our own limits, not the agreement's."""


def part_field(part: StatementPart, *, label: Words = "", need: Words | None = None) -> TextAreaField:
    """A part of the statement as a field. Only a one-sided statement ``need``s it: a draft may lack anything."""
    term = GLOSSARY[part]
    hint = _l(term.definition) if term.definition else ""
    return long_text(label or _l(term.label), most=MOST[part], need=need, hint=hint)


class SheetForm(Form):
    """The own side's column. ``opened_…`` are the parts' fingerprints as the sheet was opened."""

    party = HiddenField()
    others_as_read = HiddenField()
    background = part_field(StatementPart.BACKGROUND)
    agreed_points = part_field(StatementPart.AGREED_POINTS)
    question = part_field(StatementPart.QUESTION)
    stand = part_field(StatementPart.STAND)
    tried = part_field(StatementPart.TRIED)
    on_the_table = part_field(StatementPart.ON_THE_TABLE)
    meanwhile = part_field(StatementPart.MEANWHILE)
    purpose = part_field(StatementPart.PURPOSE)
    also_affected = part_field(StatementPart.ALSO_AFFECTED)
    attachments = files(_l("Lägg till bilagor"))

    def __init__(self, case_file: CaseFile) -> None:
        super().__init__()
        self.case_file = case_file
        self.viewer = case_file.viewer
        self.is_stale = False
        self.opened = {part: request.form.get(f"opened_{part}", "") for part in StatementPart}
        self.wish, _sep, self.wanted = request.form.get("do", "save").partition(":")
        if not self.is_submitted():
            self.party.data = self.viewer.party
            self._open(queries.statement_drafts(case_file.case))

    def _open(self, drafts: Mapping[str, Mapping[str, str]]) -> None:
        """Fill in the column as it is saved; before the first save, with what the case says."""
        own = drafts.get(self.viewer.party or "")
        shown = suggested(self.case_file) if own is None else own
        for part in StatementPart:
            self[part].data = shown.get(part, "")
        self._mark(drafts)

    def _mark(self, drafts: Mapping[str, Mapping[str, str]]) -> None:
        own = drafts.get(self.viewer.party or "", {})
        self.opened = {part: fingerprint(own.get(part, "")) for part in StatementPart}
        self.others_as_read.data = case_statement.others_mark(self.case_file.case, self.viewer.party)

    def save(self, at: dt.datetime) -> None:
        """Save the column; a wording that is taken over is the other side's latest."""
        case, situation, by = self.case_file.case, self.case_file.situation, self.viewer
        parts = {part: self[part].data or "" for part in StatementPart}
        part, _sep, other = self.wanted.partition(":")
        if self.wish == "take" and part in SHARED:
            taken = queries.statement_drafts(case).get(other, {}).get(part)
            parts[StatementPart(part)] = taken or parts[StatementPart(part)]
        if self.wish == "remove" and self.wanted.isdigit():
            case_statement.remove_from_sheet(case, situation, by=by, attachment_id=int(self.wanted))
        party = self.party.data or ""
        with on_disk({FACT: self.attachments.data}) as brought:
            case_statement.save_statement(
                case, situation, by=by, at=at, party=party, parts=parts, opened_with=self.opened, **brought
            )
        as_read = self.others_as_read.data
        self._open(queries.statement_drafts(self.case_file.case))
        self.others_as_read.data = as_read

    def offer(self, at: dt.datetime) -> None:
        """Propose the sheet, which has been saved."""
        case_statement.offer_statement(
            self.case_file.case,
            self.case_file.situation,
            by=self.viewer,
            at=at,
            others_as_read=self.others_as_read.data or "",
        )

    @property
    def anchor(self) -> str | None:
        """The part of the page that is shown after a wording was taken over, or files were chosen."""
        if self.wish == "remove" or self.attachments.data:
            return "h-attachments"
        return f"h-{self.wanted.partition(':')[0]}" if self.wish == "take" else None

    def come_back(self) -> int:
        """Make the refused form ready to be shown; returns the page's status.

        A part that only a colleague has changed since then is shown as the colleague left it. A part that both have
        changed is shown with both texts (409); the next save knows of both.
        """
        if not self.is_submitted():
            return status_of(self)
        drafts = queries.statement_drafts(self.case_file.case)
        own = drafts.get(self.viewer.party or "", {})
        self.is_stale = any(fingerprint(own.get(part, "")) != self.opened[part] for part in StatementPart)
        for part in StatementPart:
            if not changed_here(self[part].data or "", self.opened[part]):
                self[part].data = own.get(part, "")
            if self[part].errors:
                self[part].errors = [f"{_(GLOSSARY[part].label)}: {error}" for error in self[part].errors]
        self._mark(drafts)
        return 409 if self.is_stale and self.errors else status_of(self)


def suggested(case_file: CaseFile) -> dict[str, str]:
    """The texts of the case for a side that has not saved anything: only its own words, and the interim arrangement,
    which is both sides'."""
    case = case_file.case
    own = next((p for p in case.sides if p.party_code == case_file.viewer.party), None)
    if own is None:
        return {}
    latest = next((p for p in case_file.positions if p.party_code == own.party_code), None)
    shown = {StatementPart.MEANWHILE: case.interim_arrangement, StatementPart.STAND: latest.text if latest else ""}
    if own is case.filer:
        names = joined(p.party.name for p in case.parties_as(PartyRole.AFFECTED))
        shown |= {
            StatementPart.BACKGROUND: case.description,
            StatementPart.PURPOSE: case.purpose_statement,
            StatementPart.TRIED: case.tried,
            StatementPart.ALSO_AFFECTED: names,
        }
    return {part.value: text[: MOST[part]] for part, text in shown.items() if text}


def one_sided(case_file: CaseFile) -> dict[str, str]:
    """The texts of a one-sided statement as its form opens (T20): the own column; without one, what both sides share.

    Empty for a viewer who does not see the whole case.
    """
    viewer = case_file.viewer
    if case_file.sight is not Sight.FULL:
        return {}
    drafts = queries.statement_drafts(case_file.case)
    if any(p.party_code == viewer.party for p in case_file.case.sides):
        return dict(drafts.get(viewer.party or "") or suggested(case_file))
    common = {part: queries.wordings(drafts, part) for part in SHARED}
    return {part.value: texts[0] for part, texts in common.items() if len(texts) == 1}
