"""Proposals: acts that need both sides, or two officials (domain/05 § 5.1). Offer, accept, decline."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Role, Viewer
from escalation.cases import queries
from escalation.cases.course import in_force, pass_ball, record, refuse_wrong, who
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.asks import Proposal, ProposalAnswer
from escalation.cases.models.case import Case
from escalation.cases.seats import seats_of
from escalation.cases.verbs.closing import supersede
from escalation.cases.verbs.filing import lapse_incomplete, reject
from escalation.cases.verbs.local_step import (
    MOST_EXTENSION,
    declare_impasse,
    extend,
    lapse,
    return_to_dialogue,
    settle,
    wrong_in_obligations,
)
from escalation.cases.verbs.pauses import pause, wrong_in_pause
from escalation.db import session
from escalation.documents import actions as documents
from escalation.parties.models import BlockSide
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.machine import BEFORE_SERVED, Move, MoveNotAllowed, failing_guard
from escalation.rules.moves.actors import WITHDRAWABLE
from escalation.rules.moves.table import BY_VERB, MOVES
from escalation.rules.situation import (
    TWO_OFFICIALS,
    Phase,
    ProposalKind,
    Seat,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent

PERFORMS: dict[ProposalKind, tuple[Move, ...]] = {
    # kind -> the rows that its last acceptance performs, one by phase; interim and statement change no phase
    **{kind: found for kind in ProposalKind if (found := tuple(m for m in MOVES if m.by_proposal is kind))},
    ProposalKind.LIFT_EARLY: (BY_VERB["declare_impasse"],),
}
_NOTED_IN: dict[ProposalKind, frozenset[Phase]] = {
    ProposalKind.STATEMENT: frozenset({Phase.IMPASSE}),
    ProposalKind.INTERIM: WITHDRAWABLE - BEFORE_SERVED,
}


def offered_in(kind: ProposalKind) -> frozenset[Phase]:
    """The phases in which a proposal of this kind can be open: those in which its move can be made."""
    return _NOTED_IN.get(kind) or frozenset().union(*(move.phases for move in PERFORMS[kind]))


def performed(kind: ProposalKind, phase: Phase) -> Move | None:
    """The move that a proposal of this kind performs in that phase; None if the proposal changes no phase."""
    return next((move for move in PERFORMS.get(kind, ()) if phase in move.phases), None)


WRITES_FOR_A_SIDE = frozenset({Seat.INITIATOR_HANDLER, Seat.RESPONDENT_HANDLER})
"""The seats that write for a side: an approver has the handler's seat too."""


def needed(case: Case, proposal: Proposal) -> list[str]:
    """The parties or blocks whose acceptance a proposal needs: all initiators and respondents, or both blocks.

    A chair without a registered block counts for neither: then an official of each side must agree.
    """
    if proposal.kind in TWO_OFFICIALS:
        return [side.value for side in BlockSide]
    return [p.party_code for p in case.sides]


def answers_for(case: Case, proposal: Proposal, by: Viewer, today: dt.date) -> str | None:
    """The party or the block for which the viewer answers the proposal; None where the viewer does not.

    The other hand (domain/05 § 5.2) is an official of the other side of the secretariat. Where that side has not
    answered at D8, the chair or deputy of the first body who represents that block may answer too.
    """
    if proposal.kind not in TWO_OFFICIALS:
        return by.party if seats_of(case, by) & _APPROVES else None
    if by.role in SECRETARIAT_ROLES:
        return by.side
    ladder = ladder_of(case)
    is_first_chair = by.role in CHAIRS and by.body == ladder.step(ladder.first_body_step).body
    return by.side if is_first_chair and today > proposal.valid_until else None


_APPROVES = frozenset({Seat.INITIATOR_APPROVER, Seat.RESPONDENT_APPROVER})


def may_offer(case: Case, kind: ProposalKind, s: Situation, by: Viewer) -> str | None:
    """None if the viewer may offer such a proposal now, else the name of the guard that refuses it."""
    if s.phase not in offered_in(kind) or s.is_paused or s.is_being_withdrawn or s.is_joined:
        return "phase"
    mine, move = seats_of(case, by), performed(kind, s.phase)
    may = {a.seat for a in move.actors} if move and kind in TWO_OFFICIALS else WRITES_FOR_A_SIDE
    if not mine & may:
        return "seat"
    if kind in s.open_proposals or (kind is ProposalKind.STATEMENT and s.is_statement_agreed):
        return "no_open_proposal"
    if kind is ProposalKind.LIFT_EARLY and (s.local_time_over or s.receipt_long_overdue):
        return "local_way_is_over"
    if move is None:
        return None
    # A handler offers an act of its approver; officials and chairs offer an act that they may do themselves.
    offerers = mine if kind in TWO_OFFICIALS else _APPROVES
    return failing_guard(move, s.change(agreed=frozenset({kind})), offerers)


def wrong_terms(case: Case, kind: ProposalKind, terms: Mapping[str, Any], today: dt.date) -> dict[str, str]:
    """A sentence for each term that is refused, by the fact's name. Days in terms are ISO text, as they are stored."""
    calendar = calendar_of(ladder_of(case))
    match kind:
        case ProposalKind.EXTENSION:
            was = in_force(case)["D7"].due_on
            day = dt.date.fromisoformat(terms["extended_to"])
            latest = workdays.add(max(was, today), MOST_EXTENSION, calendar, case.is_urgent)
            if day <= max(was, today):
                return {"extended_to": say("Den nya dagen ska ligga efter den gamla.")}
            if day > latest:
                return {"extended_to": say("En förlängning är högst 20 arbetsdagar. Ange en tidigare dag.")}
        case ProposalKind.PAUSE:
            until = dt.date.fromisoformat(terms["paused_until"])
            return wrong_in_pause(case, terms["pause_ground"], until, today, is_official=False)
        case ProposalKind.SETTLEMENT:
            if wrong := wrong_in_obligations(case, _obligations(terms["obligations"]), today):
                return {"obligations": wrong}
    return {}


def _obligations(rows: Sequence[Sequence[str]]) -> list[tuple[str, str, dt.date]]:
    return [(what, party, dt.date.fromisoformat(day)) for what, party, day in rows]


_FROM_TERMS: dict[str, Callable[[Any], Any]] = {
    "extended_to": dt.date.fromisoformat,
    "paused_until": dt.date.fromisoformat,
    "obligations": _obligations,
}
"""The functions that read those terms that are not plain text."""


def offer(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    kind: ProposalKind,
    terms: Mapping[str, Any],
) -> Proposal:
    """Offer an act that needs both sides. An approver's offer is also their side's acceptance; a handler's is not.

    A joint statement takes the files of its sheet along.
    """
    if guard := may_offer(case, kind, s, by):
        raise MoveNotAllowed(f"offer_{kind}", guard)
    refuse_wrong(wrong_terms(case, kind, terms, swedish_day(at)))
    written: Collection[str] = ()
    if kind is ProposalKind.STATEMENT:
        written = queries.of_the_sheet(case, queries.sheet(case), queries.proposals(case))
    days = days_of(case, "D8")
    valid_until = last_day(case, at, days)
    is_official = kind in TWO_OFFICIALS
    chairs_until = workdays.add(valid_until, days, calendar_of(ladder_of(case)), case.is_urgent)
    proposal = Proposal(
        case_id=case.id, round=case.round, step=case.step, kind=kind, terms=dict(terms),
        offered_by_party=None if is_official else by.party,
        offered_by_side=(by.side or by.body) if is_official else None,
        offered_by=by.membership_id, offered_at=at, valid_until=valid_until,
        chairs_until=chairs_until if is_official else None,
    )  # fmt: skip
    session.add(proposal)
    session.flush()
    files = documents.carry_over(case.id, written, f"proposal:{proposal.id}") if written else []
    own = by.side if is_official else by.party if by.role is Role.LOCAL_APPROVER else None
    if own is not None:
        _answer(proposal, own, by, at, is_accepted=True)
    record(
        case, "proposal_offered", by=by, at=at, facts={"who": who(case, by), "kind": kind.value},
        content={**terms, **documents.trail_content(files)},
    )  # fmt: skip
    return proposal


def _answer(
    proposal: Proposal, answered_for: str, by: Viewer, at: dt.datetime, *, is_accepted: bool, reason: str = ""
) -> None:
    assert by.membership_id is not None
    proposal.answers.append(
        ProposalAnswer(
            proposal_id=proposal.id, answered_for=answered_for, is_accepted=is_accepted, reason=reason,
            answered_by=by.membership_id, answered_at=at,
        )
    )  # fmt: skip
    session.flush()


def may_answer(case: Case, proposal: Proposal, by: Viewer, today: dt.date) -> str | None:
    """None if the viewer may accept or decline the proposal now, else the name of the guard that refuses it."""
    if not proposal.is_open(today) or proposal.step != case.step or case.phase not in offered_in(proposal.kind):
        return "proposal_open"
    if proposal.kind in PERFORMS and case.paused_until is not None:  # no act is possible in a pause
        return "not_paused"
    if proposal.kind in PERFORMS and case.withdrawal_until is not None:
        return "not_being_withdrawn"
    if case.joined_to is not None:
        return "not_joined"
    answered_for = answers_for(case, proposal, by, today)
    if answered_for is None:
        return "seat"
    is_official = proposal.kind in TWO_OFFICIALS
    if answered_for in {a.answered_for for a in proposal.answers} or (is_official and _is_by(proposal, by)):
        return "other_side" if is_official else "already_answered"
    return None


def _is_by(proposal: Proposal, by: Viewer) -> bool:
    """Whether the viewer's person has offered or answered it already, in this seat or in another."""
    hands = [proposal.offerer, *(a.answerer for a in proposal.answers)]
    return by.user_id in {membership.user_id for membership in hands}


def accept(case: Case, s: Situation, proposal: Proposal, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Accept for the viewer's side. The last acceptance performs the act."""
    _answer(proposal, _checked(case, proposal, "accept", by, at), by, at, is_accepted=True)
    if {a.answered_for for a in proposal.answers} >= set(needed(case, proposal)):
        proposal.ended_at = at
        session.flush()
        if proposal.kind in PERFORMS:
            return _perform(case, s.change(agreed=frozenset({proposal.kind})), proposal, by, at)
        if proposal.kind is ProposalKind.INTERIM:
            case.interim_arrangement, case.interim_agreed_at = proposal.terms["interim_arrangement"], at
            facts = {"day": swedish_day(at).isoformat()}
            return record(case, "interim_agreed", by=by, at=at, facts=facts, content=proposal.terms)
        pass_ball(case, s.change(is_statement_agreed=True), {}, by, at)
    facts = {"who": who(case, by), "kind": proposal.kind.value}
    return record(case, "proposal_accepted", by=by, at=at, facts=facts)


def _checked(case: Case, proposal: Proposal, verb: str, by: Viewer, at: dt.datetime) -> str:
    """The party or block for which the viewer answers now. Raises MoveNotAllowed."""
    today = swedish_day(at)
    answered_for = answers_for(case, proposal, by, today)
    if (guard := may_answer(case, proposal, by, today)) or answered_for is None:
        raise MoveNotAllowed(verb, guard or "seat")
    return answered_for


def _perform(case: Case, s: Situation, proposal: Proposal, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Perform the act that was agreed on, with the proposal's terms as its facts."""
    move = performed(proposal.kind, case.phase)
    assert move is not None  # an answer is open only in the phases of the act
    return _VERBS[move.verb](case, s, by=by, at=at, **_facts(move, proposal.terms))


_VERBS: dict[str, Callable[..., TrailEvent]] = {
    "settle": settle,
    "extend": extend,
    "pause": pause,
    "return_to_dialogue": return_to_dialogue,
    "declare_impasse": declare_impasse,
    "reject": reject,
    "lapse": lapse,
    "lapse_incomplete": lapse_incomplete,
    "supersede": supersede,
}


def _facts(move: Move, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that the row asks for, read from the terms."""
    facts = {fact.name: terms[fact.name] for fact in move.facts}
    return facts | {name: read(facts[name]) for name, read in _FROM_TERMS.items() if name in facts}


def decline(case: Case, s: Situation, proposal: Proposal, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Decline for the viewer's side, with a reason. The proposal ends; a new one may be offered."""
    answered_for = _checked(case, proposal, "decline", by, at)
    _answer(proposal, answered_for, by, at, is_accepted=False, reason=reason)
    proposal.ended_at = at
    facts = {"who": who(case, by), "kind": proposal.kind.value}
    return record(case, "proposal_declined", by=by, at=at, facts=facts, content={"reason": reason})
