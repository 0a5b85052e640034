"""Verbs that join cases to a lead case and separate them (T38)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import delete

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, advance, allowed, hearing_on, in_force, record, set_apart, who
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball
from escalation.cases.models.parties import SIDES, CaseParty
from escalation.cases.models.statements import Position
from escalation.cases.waits import is_hearing_over
from escalation.db import session
from escalation.rules.deadlines import Due
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import (
    HearingKind,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def join(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Join the cases of the hearing to this lead case (T38). They close with the decision of its body.

    They keep their numbers and registers, and rest in their phase. Their parties take part here from now, each with its
    stand; the earliest last day of all the cases applies here. Raises FactsRefused where one has gone on meanwhile.
    """
    move = allowed(case, "join", s, by)
    hearing = hearing_on(case, HearingKind.JOIN)
    may = {other.number: other for other in queries.joinable(case)}
    if not set(hearing.terms["members"]) <= set(may):
        raise FactsRefused({"reason": say("Ett av ärendena har gått vidare och kan inte läggas samman med det här.")})
    members = [may[number] for number in hearing.terms["members"]]
    if not is_hearing_over(case, hearing, swedish_day(at)):
        raise MoveNotAllowed("join", "join_heard")
    for member in members:
        in_member = next(h for h in member.hearings if h.terms.get("lead") == case.number)
        in_member.ended_at = member.joined_at = at
        member.joined_to = case.number
        session.execute(delete(Ball).where(Ball.case_id == member.id, Ball.begins_on > swedish_day(at)))
        _take_in(case, member)
        record(
            member, "case_joined", by=by, at=at, facts={"who": who(case, by), "lead": case.number},
            content={"reason": reason},
        )  # fmt: skip
        session.expire(member, ["lead", "lead_parties", "hearings", "hearings_going"])
    hearing.ended_at = at
    session.flush()
    session.expire(case, ["member_numbers", "hearings", "hearings_going"])
    return advance(
        case, move, s, by=by, at=at,
        facts={"who": who(case, by), "numbers": ", ".join(member.number for member in members)},
        content={"reason": reason}, dues=_earliest(case, members), dates={"": swedish_day(at)},
    )  # fmt: skip


def _take_in(lead: Case, member: Case) -> None:
    """Add the member's parties to the lead case, in their own roles and with their latest stands.

    A party that already takes part there without being a side becomes one: an agreement needs it too.
    """
    known = {p.party_code: p for p in lead.parties}
    said = {p.party_code for p in queries.positions(lead)}
    latest = {p.party_code: p for p in reversed(queries.positions(member))}
    for party in member.parties:
        there = known.get(party.party_code)
        if there is not None and (there.role in SIDES or party.role not in SIDES):
            continue
        if there is not None:
            there.role, there.came_with = party.role, member.number
        else:
            lead.parties.append(
                CaseParty(
                    party_code=party.party_code, role=party.role, handler_id=party.handler_id,
                    substitute_id=party.substitute_id, acknowledged_at=party.acknowledged_at, came_with=member.number,
                )
            )  # fmt: skip
        if party.party_code not in said and (stand := latest.get(party.party_code)):
            stated = {"version": 1, "text": stand.text, "stated_at": stand.stated_at}
            session.add(Position(case_id=lead.id, party_code=party.party_code, **stated))
    session.flush()


def _earliest(lead: Case, members: Sequence[Case]) -> list[Due]:
    """The deadlines of this step that are earlier in a member than in the lead, so that no party loses time."""
    sooner = []
    for key, own in in_force(lead).items():
        theirs = [in_force(member).get(key) for member in members]
        open_ones = [d for d in theirs if d and d.step == own.step and (d.met_on is None or key in {"D7", "D7c"})]
        first = min(open_ones, key=lambda d: d.due_on, default=own)
        if own.met_on is None and own.step == lead.step and first.due_on < own.due_on:
            sooner.append(Due(key, "join", first.base_on, first.workdays, first.due_on, first.receipt))
    return sooner


def separate(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Separate a case from its lead before the lead is decided (T38). It goes on in its phase with its remaining days.

    The parties that came with it stay in the lead case as affected ones, with what they have said and answered there.
    """
    move = allowed(case, "separate", s, by)
    lead = case.lead
    assert lead is not None
    dues = set_apart(case, lead, at)
    facts = {"who": who(case, by), "number": case.number}
    record(lead, "member_separated", by=by, at=at, facts=facts, content={"reason": reason})
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "lead": lead.number}, content={"reason": reason},
        dues=dues, dates={"": swedish_day(at)}, changes={"is_joined": False, "is_lead_before_minuted": False},
    )  # fmt: skip
