"""Who a party lets into one of its cases: the coordinating health centre, which may be privately run (HÖK 4.5, R15).

No move of the ladder. What the health centre reads then is ``queries.sight``'s to say, and for how long
``queries.guests``'.
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
    """Whether the viewer writes for a party that takes part in the case and answers for health centres (HÖK 4.5 st 2:
    the region's side), and the parties have it.
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
    """Let a coordinating health centre, by its membership, read one case as the own party's readers do.

    It may write down a meeting too, since it convenes where nothing else is agreed, and nothing else (domain/02). It is
    no move of the case, so nobody's open form becomes stale by it. Raises MoveNotAllowed for who may not, FactsRefused
    where it is no health centre of the own party, or reads the case already.
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
    """End what was opened to a health centre. Raises MoveNotAllowed for everybody but the party that let it in."""
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
