"""Verbs on cases that belong together: link and unlink, which are no moves of the ladder, and split (T42)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from escalation.accounts.models import Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Interpretation
from escalation.cases import course
from escalation.cases import queries as case_queries
from escalation.cases.course import FactsRefused, who
from escalation.cases.integrity import state_of
from escalation.cases.models.asks import Hearing
from escalation.cases.models.case import Case, CaseProvision
from escalation.cases.models.course import Deadline
from escalation.cases.models.parties import CaseParty
from escalation.cases.models.statements import Position
from escalation.db import Base, session
from escalation.links import queries
from escalation.links.models import CaseLink, LinkKind
from escalation.meetings import queries as meetings
from escalation.meetings.models import Treatment
from escalation.rules import workdays
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import HearingKind, Situation
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent

CHOSEN = tuple(kind for kind in LinkKind if kind is not LinkKind.SPLIT_FROM)
"""The kinds that people choose from; the last kind is made by a split only."""


def link(case: Case, *, by: Viewer, at: dt.datetime, kind: LinkKind, to: str, reason: str) -> CaseLink:
    """Link the case with another by its number; where it applies a precedent, with an interpretation by its number.

    Both histories say so, each from its own end. It is no move of either case, so no open form becomes stale by it.
    Raises MoveNotAllowed where the viewer may not, FactsRefused where the viewer does not see all of the other case,
    where they are linked so already, and where the kind of link does not fit them.
    """
    if not queries.may_link(case, by):
        raise MoveNotAllowed("link", "seat")
    assert by.membership_id is not None
    trail.lock()
    other = _other_end(case, kind, to, by)
    ends = {"interpretation_id": other.id} if isinstance(other, Interpretation) else {"other_id": other.id}
    made = CaseLink(case_id=case.id, kind=kind, linked_at=at, linked_by=by.membership_id, **ends)
    session.add(made)
    session.flush()
    _tell(case, "case_linked", queries.word_of(kind, is_back=False), other.number, by=by, at=at, reason=reason)
    if isinstance(other, Case):
        back = queries.word_of(kind, is_back=True)
        _tell(other, "case_linked_to", back, case.number, by=by, at=at, reason=reason)
    return made


def _other_end(case: Case, kind: LinkKind, to: str, by: Viewer) -> Case | Interpretation:
    """The case or interpretation at the other end. Raises FactsRefused at ``to``, or at ``kind`` if it does not fit."""
    number = " ".join(to.upper().split())
    if kind is LinkKind.PRECEDENT_APPLIED:
        precedent = agreements.interpretation(number)
        if precedent is None:
            raise FactsRefused(
                {"to": say("Skriv numret på ett publicerat tolkningsbesked, så som det står bland tolkningarna.")}
            )
        if queries.applies(case, precedent):
            raise FactsRefused({"to": say("Ärendet är redan länkat så.")})
        return precedent
    other = queries.seen_whole(number, viewer=by)
    if other is None:
        raise FactsRefused({"to": say("Skriv numret på ett ärende som ni ser hela av, till exempel ESK-2026-0011.")})
    if other.id == case.id:
        raise FactsRefused({"to": say("Ett ärende länkas till ett annat, inte till sig självt.")})
    if queries.is_linked(case, other, kind):
        raise FactsRefused({"to": say("Ärendet är redan länkat så.")})
    if kind is LinkKind.SAME_PROVISION and not queries.cite_the_same(case, other):
        raise FactsRefused({"kind": say("Ärendena gäller inte samma bestämmelse. Välj något annat.")})
    return other


def unlink(case: Case, made: CaseLink, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    """Remove a link. The trail of both cases keeps that it was there and why it was removed.

    Raises MoveNotAllowed where the viewer is not the secretariat, and for a link that a split made.
    """
    if not queries.may_unlink(made, by):
        raise MoveNotAllowed("unlink", "seat")
    trail.lock()
    at_ends = {end.link.id: end for end in queries.linked(case, viewer=by)}
    other = at_ends[made.id].other
    session.delete(made)
    session.flush()
    _tell(case, "link_removed", at_ends[made.id].word, other.number, by=by, at=at, reason=reason)
    if isinstance(other, Case):
        back = queries.word_of(made.kind, is_back=made.case_id == case.id)
        _tell(other, "link_removed", back, case.number, by=by, at=at, reason=reason)


def _tell(case: Case, event: str, word: str, number: str, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    trail.record(
        event, at=at, by=by.actor, about=f"case:{case.number}",
        facts={"who": who(case, by), "kind": word, "number": number}, content={"reason": reason},
        state=state_of(case, case_queries.balls(case)),
    )  # fmt: skip


# T42 -------------------------------------------------------------------------------------------------------------

OWN_CLOCK = "D11"
"""Last days that the new case does not get: an opinion stays with the case that it was asked in."""


def split(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Let the question that the parties have been heard about go on as a case of its own (T42).

    The new case is where this one is: same parties with their handlers, same agreement and ladder, same step, phase and
    days, with each party's position as it is now, in its first round. This case keeps its number, its texts, and the
    proposals and questions made in it. The two are linked for good.
    """
    move = course.allowed(case, "split", s, by)
    hearing = course.hearing_on(case, HearingKind.SPLIT)
    assert by.membership_id is not None
    made = _divide(case, hearing, at)
    session.add(
        CaseLink(case_id=made.id, other_id=case.id, kind=LinkKind.SPLIT_FROM, linked_at=at, linked_by=by.membership_id)
    )
    dates = {b.deadline_key: b.due_on for b in case_queries.balls(case) if b.deadline_key in {"material", "meeting"}}
    course.pass_ball(made, s.change(is_statement_agreed=False), dates, by, at)
    terms = {name: hearing.terms[name] for name in ("split_title", "split_description", "split_provisions")}
    course.record(
        made, "case_split_off", by=by, at=at,
        facts={"who": who(case, by), "number": case.number, "step": made.step}, content={"reason": reason, **terms},
    )  # fmt: skip
    hearing.ended_at = at
    session.flush()
    session.expire(case, ["hearings", "hearings_going"])
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "number": made.number},
        content={"reason": reason, **terms},
    )  # fmt: skip


ANEW = frozenset(
    {
        "id", "number", "title", "description", "precedent_answers", "round", "version", "filing_token", "joined_to",
        "joined_at", "paused_until", "withdrawal_until", "planned_reason", "closing_reason", "closed_at",
        "acted_at", "left_phase", "taken_up_at",
    }
)  # fmt: skip
"""Columns that a case that is split off does not copy from its origin."""


def _divide(case: Case, hearing: Hearing, at: dt.datetime) -> Case:
    """The new case, whole but for its ball and its first event."""
    year = workdays.swedish_day(at).year
    terms = hearing.terms
    made = Case(
        **_copied(case, ANEW), number=f"ESK-{year}-{trail.next_number('ESK', year):04d}", title=terms["split_title"],
        description=terms["split_description"], round=1, version=0, acted_at=at,
        precedent_answers={c: why for c, why in case.precedent_answers.items() if c in terms["split_provisions"]},
    )  # fmt: skip
    session.add(made)
    session.flush()
    for party in case.parties:
        withdrew_in = made.round if party.withdrew_in == case.round else None
        copied = _copied(party, {"id", "case_id", "came_with", "withdrew_in"})
        session.add(CaseParty(**copied, case_id=made.id, withdrew_in=withdrew_in))
    cited = [p for p in case_queries.provisions(case) if p.code in terms["split_provisions"]]
    session.add_all(CaseProvision(case_id=made.id, provision_id=p.id) for p in cited)
    latest = {p.party_code: p for p in reversed(case_queries.positions(case))}
    for stand in latest.values():
        session.add(Position(**_copied(stand, {"id", "case_id", "version"}), case_id=made.id, version=1))
    for due in case_queries.deadlines(case):
        if due.key != OWN_CLOCK:
            session.add(
                Deadline(**_copied(due, {"id", "case_id", "round", "set_at"}), case_id=made.id, round=1, set_at=at)
            )
    treatment = meetings.current_treatment(meetings.treatments(case), case)
    if treatment is not None and treatment.taken_off_at is None:
        session.add(Treatment(**_copied(treatment, {"id", "case_id", "round"}), case_id=made.id, round=1))
    session.flush()
    session.refresh(made)
    return made


def _copied(row: Base, but: Collection[str]) -> dict[str, Any]:
    """A row's columns by name, without some."""
    return {column.key: getattr(row, column.key) for column in row.__table__.columns if column.key not in but}
