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
    """Write a private note of the viewer's party on the case.

    It is working material of one authority: others do not see it, and it is not in the trail, in searches, exports or
    counts. So no event is recorded. Raises MoveNotAllowed for those who do not write for a party of the case.
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
    """Delete a note for good. Raises MoveNotAllowed unless the viewer wrote it."""
    if note.written_by != by.membership_id:
        raise MoveNotAllowed("delete_note", "seat")
    session.delete(note)
    session.flush()
