"""Content of the pages of the joint statement: the sheet that both sides fill in, and each statement.

Every part has one column per side, all of the same width. The own column is a form, the others are read.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for
from markupsafe import Markup, escape
from wtforms import Field

from escalation.accounts.models import Viewer
from escalation.casefile import CaseFile
from escalation.cases import course, proposals, queries
from escalation.cases import statement as case_statement
from escalation.cases.models.asks import Proposal
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseParty
from escalation.cases.models.statements import JointStatement, Position, StatementDraft, StatementPart
from escalation.cases.statement import SHARED
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase, ProposalKind
from escalation.web.cases import words
from escalation.web.cases.sections import about
from escalation.web.documents import lists as attachments
from escalation.web.format import date_and_time, date_long, paragraphs
from escalation.web.language import _, in_swedish, joined
from escalation.web.parts import Line, ListedFile, Side
from escalation.web.statement.forms import SheetForm


@dataclass(frozen=True)
class Column:
    """One side's wording of a part: its own as a ``field``, another's as ``text`` that ``take`` takes over.

    ``opened``: the fingerprint of the text as the sheet was opened; ``saved``: a colleague's text, saved since then.
    """

    name: str
    field: Field | None = None
    opened: str = ""
    saved: str = ""
    text: str = ""
    take: str = ""


@dataclass(frozen=True)
class SheetRow:
    """A part of the statement in one column per side; ``mark``: in words, whether the wordings are the same."""

    part: str
    label: str
    hint: str
    columns: Sequence[Column]
    differs: bool
    mark: str


@dataclass(frozen=True)
class SheetFile:
    """A file of the sheet; ``remove``: the value of the button that takes it out, empty if the viewer may not."""

    file: ListedFile
    remove: str


@dataclass(frozen=True)
class Offered:
    """A proposal that waits for its answer: from whom, until when, and where the viewer may answer it."""

    by: str
    until: dt.date
    url: str


@dataclass(frozen=True)
class SheetPage:
    """The sheet. ``is_new``: the own column is filled in from the case, and nothing is saved."""

    case: Case
    writes: bool
    is_new: bool
    is_over: bool
    until: dt.date | None
    rows: Sequence[SheetRow]
    files: Sequence[SheetFile]
    may_offer: bool
    offered: Offered | None
    earlier: Sequence[Line]


@dataclass(frozen=True)
class StatementPage:
    """A statement: joint with the ``approvals`` of both sides, or of one side alone."""

    case: Case
    files: Sequence[ListedFile]
    label: str
    initiator: str
    respondent: str
    citation: str
    numbers: Sequence[tuple[str, str]]
    step: int
    round: int
    is_unilateral: bool
    author: str
    not_approved: str
    approvals: Sequence[tuple[str, dt.date, str]]
    lifted_at: dt.datetime | None
    question: str
    before: Sequence[tuple[str, str]]
    stands: Sequence[Side]
    after: Sequence[tuple[str, str]]
    earlier: Sequence[Line]


# The sheet --------------------------------------------------------------------------------------------------------


def is_open(case_file: CaseFile) -> bool:
    """Whether the statement is still being written."""
    return case_file.case.phase is Phase.IMPASSE and not case_file.situation.is_statement_agreed


def expect_writer(case_file: CaseFile) -> None:
    """Refuse a save by a viewer who may not write, or after the statement was approved (409)."""
    if guard := case_statement.may_write_statement(case_file.case, case_file.situation, case_file.viewer):
        raise MoveNotAllowed("save_statement", guard)


def sheet_page(case_file: CaseFile, form: SheetForm) -> SheetPage:
    """All that the page of the sheet shows beside its form."""
    case, viewer = case_file.case, case_file.viewer
    columns = queries.sheet(case)
    drafts: dict[str, Mapping[str, str]] = {d.party_code: d.parts for d in columns}
    writes = case_statement.may_write_statement(case, case_file.situation, viewer) is None
    offered = next(
        (p for p in case_file.proposals if p.kind is ProposalKind.STATEMENT and p.is_open(case_file.today)), None
    )
    d7b = case_file.deadline("D7b")
    return SheetPage(
        case=case,
        writes=writes,
        is_new=writes and viewer.party not in drafts,
        is_over=case_file.situation.statement_time_over,
        until=d7b.due_on if d7b else None,
        rows=[_row(case_file, part, drafts, form if writes else None) for part in StatementPart],
        files=_files(case_file, columns),
        may_offer=proposals.may_offer(case, ProposalKind.STATEMENT, case_file.situation, viewer) is None,
        offered=_offered(case_file, offered, viewer) if offered else None,
        earlier=_others(case_file, queries.joint_statements(case), None),
    )


def _files(case_file: CaseFile, columns: Sequence[StatementDraft]) -> list[SheetFile]:
    """The files of the sheet. The viewer's side may take out its own again."""
    viewer = case_file.viewer
    own = next((d for d in columns if d.party_code == viewer.party), None)
    own_target = f"sheet:{own.id}" if own else ""
    of_the_sheet = queries.of_the_sheet(case_file.case, columns, case_file.proposals)
    return [
        SheetFile(
            attachments.listed(case_file.case, attachment, viewer),
            f"remove:{attachment.id}" if attachment.hangs_on == own_target else "",
        )
        for attachment in case_file.attachments
        if attachment.hangs_on in of_the_sheet
    ]


def _offered(case_file: CaseFile, proposal: Proposal, viewer: Viewer) -> Offered:
    """The proposal that waits for its answer, with a link for a viewer who may answer it."""
    may_answer = proposals.may_answer(case_file.case, proposal, viewer, case_file.today) is None
    number = case_file.case.number
    return Offered(
        by=words.upper_first(_short(case_file, proposal.offered_by_party)),
        until=proposal.valid_until,
        url=url_for("cases.answer", number=number, proposal_id=proposal.id) if may_answer else "",
    )


def _short(case_file: CaseFile, code: str | None) -> str:
    return words.names_of(case_file.case, case_file.ladder).get(code or "", "")


def _row(
    case_file: CaseFile, part: StatementPart, drafts: Mapping[str, Mapping[str, str]], form: SheetForm | None
) -> SheetRow:
    """One part: each side's wording, and in words whether they are the same."""
    viewer = case_file.viewer
    saved = {p.party_code: drafts.get(p.party_code, {}).get(part, "") for p in case_file.case.sides}
    own = viewer.party if form else None
    texts = saved | ({own: form[part].data or ""} if form and own else {})
    compared = texts[own] if own else next(iter(texts.values()))
    return SheetRow(
        part=part.value,
        label=_("Ståndpunkterna") if part is StatementPart.STAND else _(GLOSSARY[part].label),
        hint=_(GLOSSARY[part].definition) if GLOSSARY[part].definition else "",
        columns=[
            _own_column(party, part, form, saved[party.party_code])
            if form and party.party_code == own
            else _other_column(party, part, texts[party.party_code], compared, may_take=form is not None)
            for party in case_file.case.sides
        ],
        differs=part in SHARED and len({text for text in texts.values() if text}) > 1,
        mark=_mark(case_file, part, texts, is_new_for=own if own not in drafts else None),
    )


def _own_column(party: CaseParty, part: StatementPart, form: SheetForm, saved: str) -> Column:
    """The side's own wording as a field, and the text that a colleague has saved since then, if it differs."""
    field = form[part]
    has_other = form.is_stale and saved and saved != (field.data or "")
    return Column(
        name=words.upper_first(party.party.name),
        field=field,
        opened=form.opened[part],
        saved=paragraphs(saved) if has_other else "",
    )


def _other_column(party: CaseParty, part: StatementPart, text: str, compared: str, *, may_take: bool) -> Column:
    """Another side's wording, with the words marked that differ, and a button to take it over."""
    is_shared = part in SHARED
    return Column(
        name=words.upper_first(party.party.name),
        text=marked(text, compared) if text and is_shared and compared else paragraphs(text),
        take=f"take:{part}:{party.party_code}" if may_take and is_shared and text and text != compared else "",
    )


def _mark(case_file: CaseFile, part: StatementPart, texts: Mapping[str, str], is_new_for: str | None) -> str:
    """Whether the wordings are the same. ``is_new_for``: the side whose column is filled in and not yet saved."""
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


def statement_page(case_file: CaseFile, statement_id: int | None) -> StatementPage:
    """A statement; without a number the latest: the one that is approved and not yet lifted, else the last one lifted.

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
) -> StatementPage:
    case = case_file.case
    approvals = queries.approvals(proposal_id) if proposal_id else []
    author = _short(case_file, statement.party_code) if statement else ""
    stands: dict[str, str] = dict(terms.get("stands", ()))
    until = statement.lifted_at if statement else None
    missing = [p for p in case.sides if statement and p.party_code != statement.party_code]
    initiator, respondent, _affected = words.parties_line(case)
    target = f"statement:{statement.id}" if statement else f"proposal:{proposal_id}"
    return StatementPage(
        case=case,
        files=attachments.by_what(case_file).get(target, []),
        label=_("Ensidig beskrivning") if proposal_id is None else _("Gemensam beskrivning"),
        initiator=initiator,
        respondent=respondent,
        citation=words.citation(case, [p.code for p in queries.provisions(case)]),
        numbers=about.register_numbers(case),
        step=statement.step if statement else case.step,
        round=statement.round if statement else case.round,
        is_unilateral=proposal_id is None,
        author=author,
        not_approved=joined(_(p.party.short_name) for p in missing) if proposal_id is None else "",
        approvals=[(_short(case_file, code), day, name) for code, day, name in approvals],
        lifted_at=until,
        question=terms["question"],
        before=_texts(terms, (StatementPart.BACKGROUND, StatementPart.AGREED_POINTS)),
        stands=[_stand(case_file, party, stands.get(party.party_code, ""), until) for party in case.sides],
        after=_texts(terms, tuple(part for part in SHARED if part not in _BEFORE)),
        earlier=_others(case_file, lifted, statement),
    )


_BEFORE = frozenset({StatementPart.BACKGROUND, StatementPart.AGREED_POINTS, StatementPart.QUESTION})


def _texts(terms: Mapping[str, Any], parts: Sequence[StatementPart]) -> list[tuple[str, Markup]]:
    return [(_(GLOSSARY[part].label), in_swedish(paragraphs(terms[part]), "div")) for part in parts if terms.get(part)]


def _stand(case_file: CaseFile, party: CaseParty, text: str, until: dt.datetime | None) -> Side:
    """A side's position as the statement has it; else its latest position of that time, with a note that says so."""
    name = words.upper_first(party.party.name)
    if text:
        return Side(name, text)
    stated: list[Position] = [p for p in case_file.positions if p.party_code == party.party_code]
    then = next((p for p in stated if until is None or p.stated_at <= until), None)
    if then is None:
        return Side(name, quiet=_("Har inte lämnat någon ståndpunkt."))
    note = _("Ur ståndpunkten, version %(version)s, %(day)s", version=then.version, day=date_long(then.stated_at))
    return Side(name, then.text, notes=[note])


def _others(case_file: CaseFile, lifted: Sequence[JointStatement], shown: JointStatement | None) -> list[Line]:
    """Links to the case's other statements, newest first."""
    return [
        Line(
            _("Ensidig beskrivning") if s.is_unilateral else _("Gemensam beskrivning"),
            url_for("statement.statement", number=case_file.case.number, statement_id=s.id),
            note=_("steg %(step)s, %(at)s", step=s.step, at=date_and_time(s.lifted_at)),
        )
        for s in lifted
        if shown is None or s.id != shown.id
    ]
