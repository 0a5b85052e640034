"""Verbs of the local step: meeting, settlement, extension, impasse, lift and lapse (T9d, T13-T15, T18-T21)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, advance, agreed_proposal, allowed, in_force, part_from_lead, who
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.cases.models.statements import DialogueMeeting, JointStatement
from escalation.cases.sight import own_guest
from escalation.cases.verbs.tasks import add_tasks, task_dates
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import StoredFile
from escalation.rules import deadlines as due_dates
from escalation.rules import workdays
from escalation.rules.deadlines import Due, calendar_of
from escalation.rules.glossary import say
from escalation.rules.machine import Move
from escalation.rules.situation import (
    ClosingReason,
    ProposalKind,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def note_meeting(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, held_on: dt.date, said: str, agreed: str
) -> TrailEvent:
    """Write down a meeting or contact between the parties (T9d). The first one meets the deadline D6.

    A coordinating health centre, which convenes where nothing else is agreed (HÖK 4.5), notes it for the party that has
    let it in; the trail says that it was the centre.
    """
    move = allowed(case, "note_meeting", s, by)
    if held_on > swedish_day(at):
        raise FactsRefused({"held_on": say("Mötesdagen ligger i framtiden. Skriv ner mötet när det har hållits.")})
    let_in = own_guest(case, by)
    party = let_in.party_code if let_in else by.party
    assert party is not None  # one of the two seats was checked above
    session.add(
        DialogueMeeting(
            case_id=case.id, party_code=party, step=case.step, held_on=held_on, said=said, agreed=agreed,
            noted_at=at,
        )
    )  # fmt: skip
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "held_on": held_on.isoformat()},
        content={"said": said, "agreed": agreed}, changes={"is_meeting_held": True},
    )  # fmt: skip


def declare_impasse(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, unsolved: str) -> TrailEvent:
    """Say that the case cannot be solved locally (T18).

    Both sides then write the joint statement until the deadline D7b.
    """
    move = allowed(case, "declare_impasse", s, by)
    return advance(case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"unsolved": unsolved})


def lift(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    question: str = "",
    background: str = "",
    agreed_points: str = "",
    tried: str = "",
    on_the_table: str = "",
    meanwhile: str = "",
    purpose: str = "",
    also_affected: str = "",
    stand: str = "",
    attachments: Sequence[StoredFile] = (),
) -> TrailEvent:
    """Lift the case one step (T20).

    The joint statement that both sides have approved goes with it. If there is none, the statement of the one who lifts
    the case goes with it, after the deadline D7b.

    The texts are the parts of domain/04 § 4.6, and ``stand`` is that of the party that lifts. Texts and files are used
    for a one-sided statement only: an approved one has its own.
    """
    move = allowed(case, "lift", s, by)
    approved = agreed_proposal(case, ProposalKind.STATEMENT) if s.is_statement_agreed else None
    terms: Mapping[str, Any] = {
        "question": question, "background": background, "agreed_points": agreed_points, "tried": tried,
        "on_the_table": on_the_table, "meanwhile": meanwhile, "purpose": purpose, "also_affected": also_affected,
        "stands": [[by.party, stand]] if stand and by.party else [],
    } if approved is None else approved.terms  # fmt: skip
    own_columns = {"question", "background", "agreed_points"}
    statement = JointStatement(
        case_id=case.id, round=case.round, step=case.step, question=terms["question"],
        background=terms["background"], agreed_points=terms.get("agreed_points") or "",
        parts={name: value for name, value in terms.items() if value and name not in own_columns},
        is_unilateral=approved is None, proposal_id=approved.id if approved else None, party_code=by.party,
        lifted_at=at,
    )  # fmt: skip
    session.add(statement)
    session.flush()
    if approved:
        documents.carry_over(case.id, [f"proposal:{approved.id}"], f"statement:{statement.id}")
    documents.attach(case.id, f"statement:{statement.id}", attachments, by=by, at=at)
    kind = "joint_statement" if approved else "unilateral_statement"
    target = ladder_of(case).step(case.step + 1)
    return advance(
        case, move, s, by=by, at=at,
        facts={"who": who(case, by), "to": target.body or target.name, "statement": kind, "step": case.step + 1},
        content={} if approved else {**terms, **documents.trail_content(attachments)},
    )  # fmt: skip


def return_to_dialogue(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Take the case back to the dialogue for ten more working days (T19), as both sides have agreed."""
    move = allowed(case, "return_to_dialogue", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    day = workdays.base_day(at, calendar)
    d7 = due_dates.counted("D7", "return_to_dialogue", day, MORE_DAYS, calendar, urgent=case.is_urgent)
    return advance(
        case, move, s, by=by, at=at, facts={"day": d7.due_on.isoformat()}, content={"reason": reason},
        dues=[d7, forced_after(case, d7.due_on, "return_to_dialogue")],
        changes={"is_acknowledged": True, "is_statement_agreed": False, **LOCAL_TIME_LEFT},
    )  # fmt: skip


LOCAL_TIME_LEFT = {"local_time_over": False, "forced_decision_due": False, "forced_decision_passed": False}


MORE_DAYS = 10


MOST_EXTENSION = 20


def forced_after(case: Case, d7: dt.date, verb: str) -> Due:
    """The deadline D7c, counted from a deadline D7 that has been moved."""
    ladder = ladder_of(case)
    days = ladder.workdays("D7c", case.step, case.is_urgent)
    return due_dates.counted("D7c", verb, d7, days, calendar_of(ladder), urgent=case.is_urgent)


def extend(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str, extended_to: dt.date) -> TrailEvent:
    """Extend the local step to a later last day (T15), as both sides have agreed.

    They may do so twice per step, for at most twenty working days each time.
    """
    move = allowed(case, "extend", s, by)
    was = in_force(case)["D7"].due_on
    return advance(
        case, move, s, by=by, at=at, facts={"was": was.isoformat(), "day": extended_to.isoformat()},
        content={"reason": reason},
        dues=[due_dates.agreed("D7", "extend", was, extended_to), forced_after(case, extended_to, "extend")],
        changes={"extensions": s.extensions + 1, **LOCAL_TIME_LEFT},
    )  # fmt: skip


def settle(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    settlement: str,
    obligations: Sequence[tuple[str, str, dt.date]],
) -> TrailEvent:
    """Settle the disagreement (T13), as both sides have agreed. A settlement with obligations is first carried out.

    An obligation is (what, party code, last day).
    """
    move = allowed(case, "settle", s, by)
    is_local = ladder_of(case).step(case.step).body is None
    add_tasks(case, obligations)
    agreed = {p.party_code for p in case.sides}
    for member in queries.by_numbers((case.member_numbers or "").split()):
        if not {p.party_code for p in member.parties_as(PartyRole.INITIATOR)} <= agreed:
            part_from_lead(member, case, by, at)
    return advance(
        case, move, s, by=by, at=at, facts={"count": len(obligations)},
        content={"settlement": settlement, "obligations": [[w, p, d.isoformat()] for w, p, d in obligations]},
        closing_reason=ClosingReason.SETTLED_LOCAL if is_local else ClosingReason.SETTLED_BODY,
        has_tasks=bool(obligations), changes={"has_tasks": bool(obligations), "are_tasks_reported": False},
        dates=task_dates(case, queries.tasks(case), swedish_day(at)),
    )  # fmt: skip


def wrong_in_obligations(case: Case, obligations: Sequence[tuple[str, str, dt.date]], today: dt.date) -> str | None:
    """Why these undertakings are refused, or None. Each needs a text, a party of the case and a coming day."""
    for what, party, due_on in obligations:
        if not what or party not in {p.party_code for p in case.sides}:
            return say("Varje åtgärd behöver vad som ska göras, vem som gör det och senast när.")
        if due_on <= today:
            return say("Sista dagen ligger bakåt i tiden. Ange en kommande dag.")
    return None


def ask_to_pursue(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Ask all initiators and respondents, who have not acted for long, whether they go on with the case (T21a)."""
    move = allowed(case, "ask_to_pursue", s, by)
    for party in case.parties:
        party.pursued_at = None
    asked = _days_from(case, "A", move, at, TO_SAY_ON)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "day": asked.due_on.isoformat()}, dues=[asked],
        changes={"is_asked": True, "is_pursued": False, "has_acted_since": False, "asks": s.asks + 1},
    )  # fmt: skip


def pursue(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Say that the viewer's party goes on with the case (T21b). It must now take it further; until then it stays open.

    A respondent that does so pursues the case, as one that has kept a withdrawn case (T37).
    """
    move = allowed(case, "pursue", s, by)
    own = next(p for p in case.parties if p.party_code == by.party)
    own.pursued_at = at
    if own.role is PartyRole.RESPONDENT:
        case.kept_by = own.party_code
    session.flush()
    begun = _days_from(case, "B", move, at, TO_GO_ON)
    return advance(
        case, move, s, by=by, at=at, facts={"who": own.party_code, "day": begun.due_on.isoformat()}, dues=[begun],
        changes={"is_asked": False, "is_pursued": True, "has_acted_since": True},
    )  # fmt: skip


def _days_from(case: Case, key: str, move: Move, at: dt.datetime, days: int) -> Due:
    calendar = calendar_of(ladder_of(case))
    day = workdays.base_day(at, calendar)
    return due_dates.counted(key, move.verb, day, days, calendar, urgent=case.is_urgent)


TO_SAY_ON, TO_GO_ON = 10, 20
"""Working days of T21a and T21b. Ours (D)."""


def lapse(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Close a case that no party goes on with (T21), as two officials of different sides have agreed.

    The parties have been asked whether they go on, and none has answered."""
    move = allowed(case, "lapse", s, by)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason},
        closing_reason=ClosingReason.LAPSED,
    )  # fmt: skip
