"""A party gives its coordinating health centre, which may be privately run, access to a case (HÖK 4.5, R15).

This is no move of the ladder. ``sight.sight_of`` says what the health centre reads, ``sight.current_guests`` how long.
"""

from __future__ import annotations

import datetime as dt

from escalation.accounts import queries as accounts
from escalation.accounts.models import Membership, Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, who
from escalation.cases.integrity import state_of
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseGuest, PartyRole
from escalation.cases.sight import PARTY_WRITERS, Sight, current_guests, is_with_parties, sight_of
from escalation.db import session
from escalation.parties.models import PrincipalSide
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.trail import actions as trail


def may_let_in(case: Case, by: Viewer) -> bool:
    """Whether the viewer writes for a party of the case that is responsible for health centres (HÖK 4.5 st 2: the
    region's side), while the parties have the case.
    """
    takes_part = any(
        p.party_code == by.party
        and p.role is not PartyRole.INVITED
        and p.party.principal_side is not PrincipalSide.MUNICIPAL
        for p in case.parties
    )
    sees = by.role in PARTY_WRITERS and sight_of(case, by) is Sight.FULL
    return takes_part and sees and is_with_parties(case)


def may_show_out(case: Case, let_in: CaseGuest, by: Viewer) -> bool:
    """Whether the viewer writes for the party that let this health centre in, and it still reads the case."""
    return may_let_in(case, by) and let_in.party_code == by.party and let_in in current_guests(case)


def candidates(case: Case, by: Viewer) -> list[tuple[Membership, str]]:
    """The health centres of the viewer's party that do not read the case, with the names of their people."""
    inside = {g.membership_id for g in current_guests(case)}
    return [(m, name) for m, name in accounts.centres(by.party or "") if m.id not in inside]


def let_in(case: Case, *, by: Viewer, at: dt.datetime, centre: int) -> CaseGuest:
    """Let a coordinating health centre (a membership) read one case as the readers of the viewer's party do.

    It may also write down a meeting, since it convenes meetings where nothing else is agreed, but nothing else
    (domain/02). This is no move of the case, so it makes no open form stale. Raises MoveNotAllowed for those who may
    not, FactsRefused where it is no health centre of the own party, or reads the case already.
    """
    if not may_let_in(case, by):
        raise MoveNotAllowed("let_in", "seat")
    assert by.party is not None
    assert by.membership_id is not None
    trail.lock()
    session.refresh(case, ["guests"])
    if centre in {g.membership_id for g in current_guests(case)}:
        raise FactsRefused({"centre": say("Vårdcentralen är redan insläppt i ärendet.")})
    if centre not in {m.id for m, _name in candidates(case, by)}:
        raise FactsRefused({"centre": say("Välj en samordnande vårdcentral hos er.")})
    made = CaseGuest(membership_id=centre, party_code=by.party, let_in_at=at, let_in_by=by.membership_id)
    case.guests.append(made)
    session.flush()
    _tell(case, "centre_let_in", made, by, at)
    return made


def show_out(case: Case, let_in: CaseGuest, *, by: Viewer, at: dt.datetime) -> None:
    """End a health centre's access. Raises MoveNotAllowed unless the viewer's party gave the access."""
    trail.lock()
    session.refresh(let_in)
    if not may_show_out(case, let_in, by):
        raise MoveNotAllowed("show_out", "seat")
    let_in.ended_at, let_in.ended_by = at, by.membership_id
    session.flush()
    _tell(case, "centre_shown_out", let_in, by, at)


def _tell(case: Case, event: str, let_in: CaseGuest, by: Viewer, at: dt.datetime) -> None:
    trail.record(
        event, at=at, by=by.actor, about=f"case:{case.number}", facts={"who": who(case, by), "guest": let_in.actor},
        state=state_of(case, queries.balls(case)),
    )  # fmt: skip
