"""Verbs that tie cases together: link and unlink. No move of the ladder: no case goes anywhere by them."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Interpretation
from escalation.cases import queries as case_queries
from escalation.cases.actions import FactsRefused, who
from escalation.cases.models import Case
from escalation.db import session
from escalation.links import queries
from escalation.links.models import CaseLink, LinkKind
from escalation.rules.glossary import say
from escalation.rules.moves import MoveNotAllowed
from escalation.trail import actions as trail

CHOSEN = tuple(LinkKind)
"""The kinds that people choose from."""


def link(found: Case, *, by: Viewer, at: dt.datetime, kind: LinkKind, to: str, reason: str) -> CaseLink:
    """Link the case with another by its number; where it applies a precedent, with an interpretation by its number.

    Both cases tell of it, each from its own end. It is no move of either, so nobody's open form becomes stale by it.
    Raises MoveNotAllowed for who may not, FactsRefused where the viewer does not see all of the other case, or they are
    linked so already, or it is not so.
    """
    if not queries.may_link(found, by):
        raise MoveNotAllowed("link", "seat")
    assert by.membership_id is not None
    trail.lock()
    other = _sought(found, kind, to, by)
    ends = {"interpretation_id": other.id} if isinstance(other, Interpretation) else {"other_id": other.id}
    made = CaseLink(case_id=found.id, kind=kind, linked_at=at, linked_by=by.membership_id, **ends)
    session.add(made)
    session.flush()
    _tell(found, "case_linked", queries.way(kind, is_back=False), other.number, by=by, at=at, reason=reason)
    if isinstance(other, Case):
        back = queries.way(kind, is_back=True)
        _tell(other, "case_linked_to", back, found.number, by=by, at=at, reason=reason)
    return made


def _sought(found: Case, kind: LinkKind, to: str, by: Viewer) -> Case | Interpretation:
    """What is to be at the other end. Raises FactsRefused at ``to``, or at ``kind`` where the two are not so."""
    number = " ".join(to.upper().split())
    if kind is LinkKind.PRECEDENT_APPLIED:
        precedent = agreements.interpretation(number)
        if precedent is None:
            raise FactsRefused(
                {"to": say("Skriv numret på ett publicerat tolkningsbesked, till exempel VIS-T 2025:2.")}
            )
        if queries.applies(found, precedent):
            raise FactsRefused({"to": say("Ärendet är redan länkat så.")})
        return precedent
    other = queries.seen_whole(number, viewer=by)
    if other is None:
        raise FactsRefused({"to": say("Skriv numret på ett ärende som ni ser hela av, till exempel ESK-2026-0011.")})
    if other.id == found.id:
        raise FactsRefused({"to": say("Ett ärende länkas till ett annat, inte till sig självt.")})
    if queries.is_linked(found, other, kind):
        raise FactsRefused({"to": say("Ärendet är redan länkat så.")})
    if kind is LinkKind.SAME_PROVISION and not queries.cite_the_same(found, other):
        raise FactsRefused({"kind": say("Ärendena gäller inte samma bestämmelse. Välj något annat.")})
    return other


def unlink(found: Case, made: CaseLink, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    """Take a link away. That it was there, and why it went, stays in the trail of both cases.

    Raises MoveNotAllowed for everybody but the secretariat.
    """
    if not queries.may_unlink(by):
        raise MoveNotAllowed("unlink", "seat")
    trail.lock()
    at_ends = {end.link.id: end for end in queries.linked(found, viewer=by)}
    other = at_ends[made.id].other
    session.delete(made)
    session.flush()
    _tell(found, "link_removed", at_ends[made.id].word, other.number, by=by, at=at, reason=reason)
    if isinstance(other, Case):
        back = queries.way(made.kind, is_back=made.case_id == found.id)
        _tell(other, "link_removed", back, found.number, by=by, at=at, reason=reason)


def _tell(found: Case, event: str, word: str, number: str, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    trail.record(
        event, at=at, by=by.actor, about=f"case:{found.number}",
        facts={"who": who(found, by), "kind": word, "number": number}, content={"reason": reason},
        state=case_queries.state_of(found, case_queries.balls(found)),
    )  # fmt: skip
