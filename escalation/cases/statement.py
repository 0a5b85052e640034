"""The sheet on which both sides write the joint statement (domain/04 § 4.6)."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, note_act, refuse_wrong
from escalation.cases.models.asks import Proposal
from escalation.cases.models.case import Case
from escalation.cases.models.statements import StatementDraft, StatementPart
from escalation.cases.proposals import WRITES_FOR_A_SIDE, offer
from escalation.cases.seats import seats_of
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents import queries as document_queries
from escalation.documents.actions import StoredFile
from escalation.rules import privacy
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import (
    Phase,
    ProposalKind,
    Situation,
)

SHARED: tuple[StatementPart, ...] = tuple(part for part in StatementPart if part is not StatementPart.STAND)
"""The parts of the joint statement that both sides approve in one wording."""


def fingerprint(text: str) -> str:
    """A short mark of a text as it was when a sheet was opened: a later save finds by it what has changed since."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def may_write_statement(case: Case, s: Situation, by: Viewer) -> str | None:
    """None if the viewer may write in their side's column of the sheet, else the name of the guard that refuses it."""
    if case.phase is not Phase.IMPASSE:
        return "phase"
    if s.is_joined:
        return "not_joined"
    if s.is_statement_agreed:
        return "statement_open"
    return None if seats_of(case, by) & WRITES_FOR_A_SIDE else "seat"


def save_statement(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    party: str,
    parts: Mapping[StatementPart, str],
    opened_with: Mapping[StatementPart, str],
    attachments: Sequence[StoredFile] = (),
) -> StatementDraft | None:
    """Save the column of the viewer's side on the sheet: a working draft, without a trail event (domain/08 item 3).

    ``party`` is the side whose column was open: another side's is refused (MoveNotAllowed). ``opened_with`` holds the
    fingerprint of each part as it was when the sheet was opened. Where only a colleague has changed a part since, the
    colleague's text stays; where both have, nothing is saved, and FactsRefused names the parts, so that the page can
    show both texts. ``attachments`` are added to those of the column. None if there is nothing to save.
    """
    if party != by.party:
        raise MoveNotAllowed("save_statement", "seat")
    if guard := may_write_statement(case, s, by):
        raise MoveNotAllowed("save_statement", guard)
    for part, text in parts.items():
        privacy.refuse(part, text)
    # One writer at a time: the second reads what the first has saved.
    session.execute(select(Case.id).where(Case.id == case.id).with_for_update())
    draft = queries.statement_draft(case, party)
    saved = dict(draft.parts) if draft else {}
    changed = {part: text for part, text in parts.items() if changed_here(text, opened_with.get(part, ""))}
    changed = {part: text for part, text in changed.items() if text != saved.get(part, "")}
    refuse_wrong(
        {
            part.value: say("Någon hos er har ändrat texten sedan du öppnade sidan. Här står båda.")
            for part in changed
            if fingerprint(saved.get(part, "")) != opened_with.get(part, "")
        }
    )
    if not changed and not attachments:
        return draft
    saved |= {part.value: text for part, text in changed.items()}
    assert by.membership_id is not None
    if draft is None:
        draft = StatementDraft(case_id=case.id, round=case.round, step=case.step, party_code=party, parts={})
        session.add(draft)
    draft.parts, draft.saved_by, draft.saved_at = saved, by.membership_id, at
    note_act(case, at)
    session.flush()
    documents.attach(case.id, f"sheet:{draft.id}", attachments, by=by, at=at)
    return draft


def remove_from_sheet(case: Case, s: Situation, *, by: Viewer, attachment_id: int) -> None:
    """Remove a file from the column of the viewer's side.

    Nothing happens if the file is not in the column, or already belongs to a proposal.
    """
    if guard := may_write_statement(case, s, by):
        raise MoveNotAllowed("save_statement", guard)
    draft = queries.statement_draft(case, by.party or "")
    attachment = document_queries.get(case.id, attachment_id)
    if draft and attachment and attachment.hangs_on == f"sheet:{draft.id}":
        documents.take_away(case.id, attachment_id)


def changed_here(text: str, opened_with: str) -> bool:
    """Whether a text differs from the one with this fingerprint, with which the sheet was opened."""
    return fingerprint(text) != opened_with


def statement_terms(case: Case) -> dict[str, Any]:
    """The sheet as one statement for both sides to approve, as the terms of a proposal.

    Where one side has written nothing, the other's wording counts for both; a side's stand is the one in its column,
    else its latest position. Raises FactsRefused for parts with different wordings, and for a missing question or
    background.
    """
    drafts = queries.statement_drafts(case)
    texts = {part: queries.wordings(drafts, part) for part in SHARED}
    errors = {
        part.value: say("Parterna har skrivit olika. Ta över den andra partens lydelse eller skriv om er.")
        for part, wordings in texts.items()
        if len(wordings) > 1
    }
    for part, sentence in (
        (StatementPart.BACKGROUND, say("Skriv en kort bakgrund.")),
        (StatementPart.QUESTION, say("Skriv frågan.")),
    ):
        if not texts[part]:
            errors[part.value] = sentence
    refuse_wrong(errors)
    latest = {p.party_code: p.text for p in reversed(queries.positions(case))}
    stands = [
        [code, drafts.get(code, {}).get(StatementPart.STAND) or latest.get(code, "")]
        for code in (p.party_code for p in case.sides)
    ]
    said: dict[StatementPart, Any] = {part: "".join(texts[part]) for part in SHARED}
    said[StatementPart.STAND] = [row for row in stands if row[1]]
    return {"stands" if part is StatementPart.STAND else part.value: said[part] for part in StatementPart}


def offer_statement(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, others_as_read: str) -> Proposal:
    """Propose the sheet as the joint statement. ``others_as_read`` is ``others_mark`` when the sheet was opened.

    Raises FactsRefused as ``statement_terms`` does, and when another side has changed its column since: a proposal has
    no words that its author has not seen.
    """
    if others_as_read != others_mark(case, by.party):
        sentence = say("Motparten har ändrat sin text sedan du öppnade sidan. Läs den och föreslå igen.")
        raise FactsRefused({StatementPart.QUESTION.value: sentence})
    return offer(case, s, by=by, at=at, kind=ProposalKind.STATEMENT, terms=statement_terms(case))


def others_mark(case: Case, party: str | None) -> str:
    """A fingerprint of the columns of all sides but ``party``."""
    drafts = queries.statement_drafts(case)
    return fingerprint(repr([(code, sorted(drafts[code].items())) for code in sorted(drafts) if code != party]))
