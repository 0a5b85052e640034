"""The joint statement in the web: the sheet that both sides fill in, and the statement that came of it.

Every part stands in one column per side, all of the same width. The own column is a form, the others are read.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask import abort, request, url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import HiddenField, TextAreaField

from escalation.accounts.models import Viewer
from escalation.casefile import CaseFile
from escalation.cases import course, proposals, queries
from escalation.cases import statement as sheets
from escalation.cases.models.asks import Proposal
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.models.statements import JointStatement, Position, StatementDraft, StatementPart
from escalation.cases.sight import Sight, sight_of
from escalation.cases.statement import SHARED, changed_here, fingerprint
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase, ProposalKind
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.cases.sections import about
from escalation.web.documents import lists as attachments
from escalation.web.documents.uploads import FACT, on_disk
from escalation.web.errors import status_of
from escalation.web.format import date_and_time, date_long, paragraphs
from escalation.web.forms import Form, Words, files, long_text
from escalation.web.language import _, in_swedish, joined

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
"""How long each part may be, in characters; ours."""


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
        self.file = case_file
        self.viewer = current_viewer()
        self.is_stale = False
        self.opened = {part: request.form.get(f"opened_{part}", "") for part in StatementPart}
        self.wish, _sep, self.wanted = request.form.get("do", "save").partition(":")
        if not self.is_submitted():
            self.party.data = self.viewer.party
            self._open(queries.statement_drafts(case_file.case))

    def _open(self, drafts: Mapping[str, Mapping[str, str]]) -> None:
        """Show the column as it stands now; before the first save what the case already says."""
        own = drafts.get(self.viewer.party or "")
        shown = suggested(self.file, self.viewer) if own is None else own
        for part in StatementPart:
            self[part].data = shown.get(part, "")
        self._mark(drafts)

    def _mark(self, drafts: Mapping[str, Mapping[str, str]]) -> None:
        own = drafts.get(self.viewer.party or "", {})
        self.opened = {part: fingerprint(own.get(part, "")) for part in StatementPart}
        self.others_as_read.data = sheets.others_mark(self.file.case, self.viewer.party)

    def save(self, at: dt.datetime) -> None:
        """Save the column; a wording that is taken over is the other side's as it stands now."""
        case, s, by = self.file.case, self.file.situation, self.viewer
        parts = {part: self[part].data or "" for part in StatementPart}
        part, _sep, other = self.wanted.partition(":")
        if self.wish == "take" and part in SHARED:
            taken = queries.statement_drafts(case).get(other, {}).get(part)
            parts[StatementPart(part)] = taken or parts[StatementPart(part)]
        if self.wish == "remove" and self.wanted.isdigit():
            sheets.remove_from_sheet(case, s, by=by, attachment_id=int(self.wanted))
        party = self.party.data or ""
        with on_disk({FACT: self.attachments.data}) as brought:
            sheets.save_statement(case, s, by=by, at=at, party=party, parts=parts, opened_with=self.opened, **brought)
        as_read = self.others_as_read.data
        self._open(queries.statement_drafts(self.file.case))
        self.others_as_read.data = as_read

    def offer(self, at: dt.datetime) -> None:
        """Propose the sheet, which has been saved."""
        sheets.offer_statement(
            self.file.case, self.file.situation, by=self.viewer, at=at, others_as_read=self.others_as_read.data or ""
        )

    @property
    def anchor(self) -> str | None:
        """Where on the page somebody goes on after having taken over a wording, or chosen files."""
        if self.wish == "remove" or self.attachments.data:
            return "h-attachments"
        return f"h-{self.wanted.partition(':')[0]}" if self.wish == "take" else None

    def come_back(self) -> int:
        """Make the refused form ready to be shown; returns the page's status.

        What only a colleague has changed since it was opened is shown as the colleague left it. Where both have, both
        texts are on the page, and the next save is made knowing of both: 409.
        """
        if not self.is_submitted():
            return status_of(self)
        drafts = queries.statement_drafts(self.file.case)
        own = drafts.get(self.viewer.party or "", {})
        self.is_stale = any(fingerprint(own.get(part, "")) != self.opened[part] for part in StatementPart)
        for part in StatementPart:
            if not changed_here(self[part].data or "", self.opened[part]):
                self[part].data = own.get(part, "")
            if self[part].errors:
                self[part].errors = [f"{_(GLOSSARY[part].label)}: {error}" for error in self[part].errors]
        self._mark(drafts)
        return 409 if self.is_stale and self.errors else status_of(self)


def suggested(case_file: CaseFile, viewer: Viewer) -> dict[str, str]:
    """What the case already says of the parts, for a side that has not saved anything: only its own words, and the
    interim arrangement, which is both sides'."""
    case = case_file.case
    own = next((p for p in case.sides if p.party_code == viewer.party), None)
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


def one_sided(case_file: CaseFile, viewer: Viewer) -> dict[str, str]:
    """The texts of a one-sided statement as its form opens (T20): the own column; for who has none, what is common.

    Empty for who does not see the whole case.
    """
    if sight_of(case_file.case, viewer, case_file.today) is not Sight.FULL:
        return {}
    drafts = queries.statement_drafts(case_file.case)
    if any(p.party_code == viewer.party for p in case_file.case.sides):
        return dict(drafts.get(viewer.party or "") or suggested(case_file, viewer))
    common = {part: queries.wordings(drafts, part) for part in SHARED}
    return {part.value: found[0] for part, found in common.items() if len(found) == 1}


# The sheet --------------------------------------------------------------------------------------------------------


def is_open(case_file: CaseFile) -> bool:
    """Whether the statement is still being written."""
    return case_file.case.phase is Phase.IMPASSE and not case_file.situation.is_statement_agreed


def check(case_file: CaseFile) -> None:
    """Refuse a save by who may not write, or after the statement was approved (409)."""
    if guard := sheets.may_write_statement(case_file.case, case_file.situation, current_viewer()):
        raise MoveNotAllowed("save_statement", guard)


def sheet_page(case_file: CaseFile, form: SheetForm) -> dict[str, Any]:
    """Everything that ``statement/sheet.html`` shows."""
    case, viewer = case_file.case, current_viewer()
    columns = queries.sheet(case)
    drafts: dict[str, Mapping[str, str]] = {d.party_code: d.parts for d in columns}
    writes = sheets.may_write_statement(case, case_file.situation, viewer) is None
    offered = next(
        (p for p in case_file.proposals if p.kind is ProposalKind.STATEMENT and p.is_open(case_file.today)), None
    )
    d7b = case_file.deadline("D7b")
    first, second = words.short_parties(case)
    return {
        "case": case,
        "first": first,
        "second": second,
        "writes": writes,
        "is_new": writes and viewer.party not in drafts,
        "is_over": case_file.situation.statement_time_over,
        "until": d7b.due_on if d7b else None,
        "rows": [_row(case_file, part, drafts, form if writes else None) for part in StatementPart],
        "files": _files(case_file, columns),
        "may_offer": proposals.may_offer(case, ProposalKind.STATEMENT, case_file.situation, viewer) is None,
        "offered": _offered(case_file, offered, viewer) if offered else None,
        "earlier": _others(case_file, queries.joint_statements(case), None),
    }


def _files(case_file: CaseFile, columns: Sequence[StatementDraft]) -> list[dict[str, Any]]:
    """The files of the sheet; ``id`` of those that the viewer's side may take out again."""
    viewer = current_viewer()
    own = next((d for d in columns if d.party_code == viewer.party), None)
    hung_on = queries.of_the_sheet(case_file.case, columns, case_file.proposals)
    shown = []
    for attachment in case_file.attachments:
        if attachment.hangs_on in hung_on:
            is_own = own is not None and attachment.hangs_on == f"sheet:{own.id}"
            line = attachments.listed(case_file.case, attachment, viewer)
            shown.append({**line, "id": attachment.id if is_own else None})
    return shown


def _offered(case_file: CaseFile, proposal: Proposal, viewer: Viewer) -> dict[str, Any]:
    """The proposal that waits for its answer, with the way to the answer for who may give it."""
    may_answer = proposals.may_answer(case_file.case, proposal, viewer, case_file.today) is None
    return {
        "by": words.upper_first(_short(case_file, proposal.offered_by_party)),
        "until": proposal.valid_until,
        "url": url_for("cases.answer", number=case_file.case.number, proposal_id=proposal.id) if may_answer else None,
    }


def _short(case_file: CaseFile, code: str | None) -> str:
    return words.names_of(case_file.case, case_file.ladder).get(code or "", "")


def _row(
    case_file: CaseFile, part: StatementPart, drafts: Mapping[str, Mapping[str, str]], form: SheetForm | None
) -> dict[str, Any]:
    """One part: each side's wording, and in words how they stand to each other."""
    viewer = current_viewer()
    texts = {p.party_code: drafts.get(p.party_code, {}).get(part, "") for p in case_file.case.sides}
    own = viewer.party if form else None
    saved = texts.get(own or "", "")
    if form and own:
        texts[own] = form[part].data or ""
    compared = texts[own] if own else next(iter(texts.values()))
    columns = []
    for party in case_file.case.sides:
        code, text = party.party_code, texts[party.party_code]
        column: dict[str, Any] = {"name": words.upper_first(party.party.name), "code": code, "field": None}
        if form and code == own:
            column |= {"field": form[part], "opened": form.opened[part]}
            if form.is_stale and saved and saved != text:
                column["saved"] = paragraphs(saved)
        elif text and part in SHARED and compared:
            column["text"] = marked(text, compared)
        else:
            column["text"] = paragraphs(text)
        may_take = form and code != own and part in SHARED and text and text != compared
        column["take"] = f"take:{part}:{code}" if may_take else ""
        columns.append(column)
    return {
        "part": part.value,
        "label": _("Ståndpunkterna") if part is StatementPart.STAND else _(GLOSSARY[part].label),
        "hint": _(GLOSSARY[part].definition) if GLOSSARY[part].definition else "",
        "columns": columns,
        "differs": part in SHARED and len({text for text in texts.values() if text}) > 1,
        "mark": _mark(case_file, part, texts, is_new_for=own if own not in drafts else None),
    }


def _mark(case_file: CaseFile, part: StatementPart, texts: Mapping[str, str], is_new_for: str | None) -> str:
    """How the wordings stand to each other. ``is_new_for``: the side whose column is filled in and not yet saved."""
    written = [code for code, text in texts.items() if text]
    if part not in SHARED:
        return _("Var och en skriver sin")
    if not written:
        return _("Inget skrivet än")
    if len({texts[code] for code in written}) > 1:
        return _("Olika lydelser")
    if written == [is_new_for]:
        return _("Förslag ur ärendet, inte sparat")
    if len(written) < len(texts):
        return _("Bara %(who)s har skrivit", who=joined(_short(case_file, code) for code in written))
    return _("Samma lydelse")


def marked(text: str, other: str) -> Markup:
    """The text with the words marked that the other wording does not have in that place."""
    pieces, others = _pieces(text), _pieces(other)
    shown = Markup("")
    for what, start, end, _from, _to in difflib.SequenceMatcher(None, pieces, others).get_opcodes():
        here = Markup("<br>").join(escape(line) for line in "".join(pieces[start:end]).split("\n"))
        if what in {"replace", "delete"} and here.strip():
            here = Markup("<mark>{}</mark>").format(here)
        shown += here
    return Markup("<p>{}</p>").format(shown)


def _pieces(text: str) -> list[str]:
    return re.findall(r"\s+|\S+", text)


# The statement itself ---------------------------------------------------------------------------------------------


def statement_page(case_file: CaseFile, statement_id: int | None) -> dict[str, Any]:
    """Everything that ``statement/statement.html`` shows: a statement, or what is approved and not yet lifted.

    404 where there is none, or none of that number in this case.
    """
    case = case_file.case
    lifted = queries.joint_statements(case)
    if statement_id is None and case.phase is Phase.IMPASSE and case_file.situation.is_statement_agreed:
        proposal = course.agreed_proposal(case, ProposalKind.STATEMENT)
        return _page(case_file, proposal.terms, proposal.id, None, lifted)
    statement = next((s for s in lifted if statement_id in (None, s.id)), None) or abort(404)
    texts = {"question": statement.question, "background": statement.background, **statement.parts}
    texts["agreed_points"] = statement.agreed_points
    return _page(case_file, texts, statement.proposal_id, statement, lifted)


def _page(
    case_file: CaseFile,
    terms: Mapping[str, Any],
    proposal_id: int | None,
    statement: JointStatement | None,
    lifted: Sequence[JointStatement],
) -> dict[str, Any]:
    case = case_file.case
    approvals = queries.approvals(proposal_id) if proposal_id else []
    author = _short(case_file, statement.party_code) if statement else ""
    stands: dict[str, str] = dict(terms.get("stands", ()))
    until = statement.lifted_at if statement else None
    missing = [p for p in case.sides if statement and p.party_code != statement.party_code]
    initiator, respondent, _affected = words.parties_line(case)
    hung_on = f"statement:{statement.id}" if statement else f"proposal:{proposal_id}"
    return {
        "case": case,
        "files": attachments.by_what(case_file).get(hung_on, []),
        "label": _("Ensidig beskrivning") if proposal_id is None else _("Gemensam beskrivning"),
        "initiator": initiator,
        "respondent": respondent,
        "citation": words.citation(case, [p.code for p in queries.provisions(case)]),
        "numbers": about.register_numbers(case),
        "step": statement.step if statement else case.step,
        "round": statement.round if statement else case.round,
        "is_unilateral": proposal_id is None,
        "author": author,
        "not_approved": joined(_(p.party.short_name) for p in missing) if proposal_id is None else "",
        "approvals": [(_short(case_file, code), day, name) for code, day, name in approvals],
        "lifted_at": until,
        "question": terms["question"],
        "before": _texts(terms, (StatementPart.BACKGROUND, StatementPart.AGREED_POINTS)),
        "stands": [_stand(case_file, party, stands.get(party.party_code, ""), until) for party in case.sides],
        "after": _texts(terms, tuple(part for part in SHARED if part not in _BEFORE)),
        "earlier": _others(case_file, lifted, statement),
    }


_BEFORE = frozenset({StatementPart.BACKGROUND, StatementPart.AGREED_POINTS, StatementPart.QUESTION})


def _texts(terms: Mapping[str, Any], parts: Sequence[StatementPart]) -> list[tuple[str, Markup]]:
    return [(_(GLOSSARY[part].label), in_swedish(paragraphs(terms[part]), "div")) for part in parts if terms.get(part)]


def _stand(case_file: CaseFile, party: CaseParty, text: str, until: dt.datetime | None) -> dict[str, Any]:
    """A side's stand as the statement has it; else its position of that time, said to be that."""
    name = words.upper_first(party.party.name)
    if text:
        return {"name": name, "text": text, "notes": []}
    stated: list[Position] = [p for p in case_file.positions if p.party_code == party.party_code]
    then = next((p for p in stated if until is None or p.stated_at <= until), None)
    if then is None:
        return {"name": name, "quiet": _("Har inte lämnat någon ståndpunkt."), "notes": []}
    note = _("Ur ståndpunkten, version %(version)s, %(day)s", version=then.version, day=date_long(then.stated_at))
    return {"name": name, "text": then.text, "notes": [note]}


def _others(
    case_file: CaseFile, lifted: Sequence[JointStatement], shown: JointStatement | None
) -> list[dict[str, str]]:
    """Links to the case's other statements, newest first."""
    return [
        {
            "label": _("Ensidig beskrivning") if s.is_unilateral else _("Gemensam beskrivning"),
            "note": _("steg %(step)s, %(at)s", step=s.step, at=date_and_time(s.lifted_at)),
            "url": url_for("statement.statement", number=case_file.case.number, statement_id=s.id),
        }
        for s in lifted
        if shown is None or s.id != shown.id
    ]
