"""Verbs on a filing that is being written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from escalation.accounts.models import Role, Viewer
from escalation.cases.course import StaleVersion
from escalation.cases.models.case import Draft
from escalation.cases.sight import PARTY_WRITERS
from escalation.db import session
from escalation.rules.machine import MoveNotAllowed
from escalation.trail import actions as trail


def begin_draft(*, by: Viewer, at: dt.datetime, token: str, facts: Mapping[str, Any], done: Sequence[str]) -> Draft:
    """Begin to write a filing. No event is recorded: only the organisation that writes it knows of it.

    ``token`` belongs to the page on which the draft was begun: it gives the same draft each time.
    Raises MoveNotAllowed.
    """
    may_write(by)
    token = token_of(by, token)
    trail.lock()
    if already := session.scalar(select(Draft).where(Draft.token == token)):
        return already
    begun = Draft(
        party_code=by.party, unit_code=by.unit, facts=dict(facts), done=list(done), token=token,
        begun_at=at, saved_at=at, saved_by=by.membership_id,
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return begun


def save_draft(
    draft: Draft, *, by: Viewer, at: dt.datetime, version: int, facts: Mapping[str, Any], done: Sequence[str]
) -> None:
    """Save the values of the pages. If a handler changes a draft that waits for the approver, it waits no more.

    Raises StaleVersion if another person has saved the draft since ``version``; then nothing is saved.
    """
    may_write(by)
    if draft.version != version:
        raise StaleVersion(f"draft {draft.id}")
    if draft.facts == dict(facts) and draft.done == list(done):
        return
    if draft.facts != dict(facts) and by.role is Role.LOCAL_HANDLER:
        draft.ready_at = None
    draft.facts, draft.done = dict(facts), list(done)
    draft.version += 1
    draft.saved_at, draft.saved_by = at, by.membership_id or 0


def ask_approval(draft: Draft, *, by: Viewer, at: dt.datetime, version: int) -> None:
    """Hand a draft to the approver of their own organisation, who files it or goes on writing. Raises StaleVersion."""
    may_write(by)
    if draft.version != version:
        raise StaleVersion(f"draft {draft.id}")
    draft.ready_at = at


def discard_draft(draft: Draft, *, by: Viewer) -> None:
    """Throw a draft away, for ever. What has been filed is a case and stays."""
    may_write(by)
    if draft.case_id is not None:
        raise MoveNotAllowed("discard_draft", "phase")
    session.delete(draft)


def token_of(by: Viewer, token: str) -> str:
    """A page's token as it is stored: it differs between parties and districts, which do not share drafts."""
    return hashlib.sha256(f"{by.party}:{by.unit or ''}:{token}".encode(errors="replace")).hexdigest()[:40]


def may_write(by: Viewer) -> None:
    if by.party is None or by.role not in PARTY_WRITERS:
        raise MoveNotAllowed("file", "seat")
