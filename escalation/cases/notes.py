"""A party's own notes on a case."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyNote
from escalation.db import session
from escalation.rules import privacy
from escalation.rules.machine import MoveNotAllowed


def write_note(case: Case, *, by: Viewer, at: dt.datetime, text: str) -> PartyNote:
    """Write a note in the own party's room beside the case.

    Working material of one authority: nobody else sees it, and neither the trail, search, exports nor counts know of
    it, not even that it exists. So no event is recorded. Raises MoveNotAllowed for who has no such room.
    """
    if not queries.has_notes_of_its_own(case, by):
        raise MoveNotAllowed("write_note", "seat")
    assert by.party is not None
    assert by.membership_id is not None
    privacy.refuse("text", text)
    note = PartyNote(case_id=case.id, party_code=by.party, text=text, written_by=by.membership_id, written_at=at)
    session.add(note)
    session.flush()
    return note


def delete_note(note: PartyNote, *, by: Viewer) -> None:
    """Delete a note of one's own writing, for good. Raises MoveNotAllowed for anybody else's."""
    if note.written_by != by.membership_id:
        raise MoveNotAllowed("delete_note", "seat")
    session.delete(note)
    session.flush()
