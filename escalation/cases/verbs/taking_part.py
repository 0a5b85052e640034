"""Verbs of the parties: receipt, confirmation that they take part, registration and position (T9, T43)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, advance, allowed, meet, refuse_wrong, tell_first
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseParty, PartyRole, Registration
from escalation.cases.models.statements import Position
from escalation.cases.people import wrong_handlers
from escalation.cases.waits import wait_of
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import StoredFile
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.situation import (
    TWO_OFFICIALS,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def acknowledge(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, handler: int, substitute: int | None
) -> TrailEvent:
    """Confirm receipt and name handler and substitute, membership ids of the viewer's party (T9)."""
    move = allowed(case, "acknowledge", s, by)
    own = _name_handlers(case, by, at, handler, substitute)
    return advance(case, move, s, by=by, at=at, facts={"who": own.party_code}, changes={"is_acknowledged": True})


def _name_handlers(case: Case, by: Viewer, at: dt.datetime, handler: int, substitute: int | None) -> CaseParty:
    """The own party, with the handlers that it has named. By this it confirms that it takes part."""
    refuse_wrong(wrong_handlers(by.party, handler, substitute))
    own = next(p for p in case.parties if p.party_code == by.party)
    own.handler_id, own.substitute_id, own.acknowledged_at = handler, substitute, at
    return own


def confirm_part(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, handler: int, substitute: int | None
) -> TrailEvent:
    """Confirm that the viewer's party takes part, and name its handlers (T9b).

    A party that was asked to file with another
    is an initiator from now; one of several respondents has received the case."""
    move = allowed(case, "confirm_part", s, by)
    own = _name_handlers(case, by, at, handler, substitute)
    if own.role is PartyRole.INVITED:
        own.role = PartyRole.INITIATOR
    return advance(case, move, s, by=by, at=at, facts={"who": own.party_code, "role": own.role.value})


def leave_filing(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Leave the filing, or decline to file with others (T9e). The party is an affected one from now.

    Open proposals expire: they were made to other sides than those that are left, and are not agreed on where only
    some of them have accepted.
    """
    move = allowed(case, "leave_filing", s, by)
    own = next(p for p in case.parties if p.party_code == by.party)
    if own.role is PartyRole.INITIATOR:
        for proposal in queries.proposals(case):
            if proposal.kind not in TWO_OFFICIALS and proposal.is_open(swedish_day(at)):
                proposal.valid_until = swedish_day(at) - dt.timedelta(days=1)
    own.role = PartyRole.AFFECTED
    if case.kept_by == own.party_code:
        case.kept_by = None
    session.flush()
    return advance(case, move, s, by=by, at=at, facts={"who": own.party_code}, content={"reason": reason})


def ask_to_register(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Ask to take part as an affected party in a case of others (T43, LP16). The secretariat answers."""
    move = allowed(case, "ask_to_register", s, by)
    assert by.party is not None  # a party's seat was checked above
    due_on = last_day(case, at, days_of(case, "D1"))
    wish = Registration(party_code=by.party, reason=reason, asked_at=at, due_on=due_on)
    case.registrations.append(wish)
    session.flush()
    tell_first(case, wait_of(case, wish), by, at)
    return advance(case, move, s, by=by, at=at, facts={"who": by.party}, content={"reason": reason})


def register_affected(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, registration_id: int) -> TrailEvent:
    """Let the party that has asked for it take part as affected (T43b): it reads the case from now."""
    move = allowed(case, "register_affected", s, by)
    wish = _answered(case, registration_id, at, is_granted=True)
    case.parties.append(CaseParty(party_code=wish.party_code, role=PartyRole.AFFECTED))
    session.flush()
    return advance(case, move, s, by=by, at=at, facts={"who": wish.party_code})


def refuse_registration(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, registration_id: int, reason: str
) -> TrailEvent:
    """Say no to a party that has asked to take part as affected (T43c), with the reason, which that party reads."""
    move = allowed(case, "refuse_registration", s, by)
    wish = _answered(case, registration_id, at, is_granted=False)
    wish.answer = reason
    session.flush()
    return advance(case, move, s, by=by, at=at, facts={"who": wish.party_code}, content={"reason": reason})


def _answered(case: Case, registration_id: int, at: dt.datetime, *, is_granted: bool) -> Registration:
    wish = next((wish for wish in case.registrations_asked if wish.id == registration_id), None)
    if wish is None:
        raise FactsRefused({"registration_id": say("Välj en part som väntar på svar.")})
    wish.is_granted, wish.answered_at = is_granted, at
    return wish


def state_position(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, text: str, attachments: Sequence[StoredFile] = ()
) -> TrailEvent:
    """Write the party's stand; a new version keeps the old (T9c). Only the respondent's meets D5."""
    move = allowed(case, "state_position", s, by)
    assert by.party is not None  # a party's seat was checked above
    position = next_version(case, by.party, text, at)
    session.add(position)
    session.flush()
    documents.attach(case.id, f"position:{position.id}", attachments, by=by, at=at)
    is_respondent = any(p.party_code == by.party for p in case.parties_as(PartyRole.RESPONDENT))
    if is_respondent:
        meet(case, ["D5"], workdays.base_day(at, calendar_of(ladder_of(case))))
    return advance(
        case, move, s, by=by, at=at, facts={"who": by.party, "version": position.version},
        content={"text": text, **documents.trail_content(attachments)},
        changes={"is_position_in": s.is_position_in or is_respondent},
    )  # fmt: skip


def next_version(case: Case, party: str, text: str, at: dt.datetime) -> Position:
    versions = [p.version for p in queries.positions(case) if p.party_code == party]
    return Position(case_id=case.id, party_code=party, version=max(versions, default=0) + 1, text=text, stated_at=at)
