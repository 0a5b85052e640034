"""The seats in which a viewer may act in a case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import (
    select,
)

from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Role, Viewer
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import LAWYER, Referral
from escalation.cases.models.case import Case
from escalation.cases.models.course import Task
from escalation.cases.models.parties import SIDES, CaseParty, PartyRole
from escalation.cases.queries import unanswered
from escalation.cases.sight import PARTY_WRITERS, is_head_free_of, own_guest
from escalation.db import session
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import (
    CLOSED_BY_BODY,
    REFERRED_IN,
    ClosingReason,
    Phase,
    Seat,
)


def seats_of(case: Case, viewer: Viewer, tasks: Sequence[Task] = ()) -> frozenset[Seat]:
    """The seats in which the viewer may act in this case (domain/05 § 5.2). A seat does not let them see more."""
    held = _seats(case, viewer, tasks)
    return held | {Seat.REFERRED} if referrals_to(case, viewer) else held


def _seats(case: Case, viewer: Viewer, tasks: Sequence[Task]) -> frozenset[Seat]:
    role = viewer.role
    if viewer.system:
        return frozenset({Seat.CLOCK})
    if role in SECRETARIAT_ROLES:
        is_head = role is Role.SECRETARIAT_HEAD and may_review_rejection(case, viewer.user_id)
        registers = {Seat.REGISTRAR} if case.registrations_asked else set()
        head = {Seat.SECRETARIAT_HEAD} if is_head else set()
        side = {Seat.OFFICIAL_REGION if viewer.side == "region" else Seat.OFFICIAL_MUNICIPAL}
        return frozenset({Seat.SECRETARIAT, Seat.BODY_HERE} | side | registers | head)
    if role in CHAIRS:
        ladder = ladder_of(case)
        here = ladder.step(case.step).body
        mine: set[Seat] = set()
        if here == viewer.body:
            adjuster = Seat.ADJUSTER_REGION if viewer.side == "region" else Seat.ADJUSTER_MUNICIPAL
            mine |= {Seat.CHAIR_HERE, adjuster}
        if ladder.next_body(case.step) == viewer.body:
            mine.add(Seat.CHAIR_NEXT)
        return frozenset(mine)
    if role in PARTY_WRITERS:
        own = next((p for p in case.parties if p.party_code == viewer.party), None)
        if own is None:
            waits = any(wish.party_code == viewer.party for wish in case.registrations_asked)
            return frozenset({Seat.OUTSIDER} if not waits else ())
        return _party_seats(case, own, role is Role.LOCAL_APPROVER, tasks)
    return frozenset({Seat.COORDINATING_CENTRE} if own_guest(case, viewer) else ())


def open_referrals(case: Case) -> list[Referral]:
    """The opinions that have been asked for and can still be given, oldest first."""
    if case.phase not in REFERRED_IN:
        return []
    return [r for r in case.referrals if r.answered_at is None and r.round == case.round]


def referrals_to(case: Case, viewer: Viewer) -> list[Referral]:
    """The open referrals that the viewer answers: for its consultation group, its party, or the lawyer."""
    return [r for r in open_referrals(case) if r.addressee in answers_for(viewer)]


def answers_for(viewer: Viewer) -> tuple[str, ...]:
    if viewer.role in SECRETARIAT_ROLES:
        return (LAWYER,)
    mine = viewer.party if viewer.role in PARTY_WRITERS else None
    mine = viewer.body if viewer.role is Role.CONSULTATION_MEMBER else mine
    return (mine,) if mine else ()


def _party_seats(case: Case, own: CaseParty, is_approver: bool, tasks: Sequence[Task]) -> frozenset[Seat]:
    if own.role is PartyRole.INVITED:
        return frozenset({Seat.UNCONFIRMED, Seat.ONE_OF_SEVERAL} if is_approver else ())
    handler, approver = {
        PartyRole.INITIATOR: (Seat.INITIATOR_HANDLER, Seat.INITIATOR_APPROVER),
        PartyRole.RESPONDENT: (Seat.RESPONDENT_HANDLER, Seat.RESPONDENT_APPROVER),
        PartyRole.AFFECTED: (Seat.AFFECTED_HANDLER, None),
    }[own.role]
    mine = {handler}
    if is_approver and approver:
        mine.add(approver)
    if is_approver and own is case.pursuer:
        mine.add(Seat.PURSUER)
    if is_approver and own.party_code in objectors(case):
        mine.add(Seat.OBJECTOR)
    if is_unconfirmed(case, own):
        mine.add(Seat.UNCONFIRMED)
    if is_approver and may_leave(case, own):
        mine.add(Seat.ONE_OF_SEVERAL)
    if is_approver and own.role in SIDES and _is_answered(case) and own.party_code in unanswered(case):
        mine.add(Seat.UNANSWERED)
    if any(t.obliged_party == own.party_code and t.reported_at is None for t in tasks):
        mine.add(Seat.OBLIGED_HANDLER)
    if is_approver and own.role in SIDES and any(t.obliged_party != own.party_code for t in tasks):
        mine.add(Seat.COUNTERPARTY_APPROVER)
    return frozenset(mine)


def _is_answered(case: Case) -> bool:
    """Whether the parties answer what the body sent them, or their silence may have counted as an answer (T28b)."""
    ended_as = case.closing_reason or case.planned_reason
    return case.phase is Phase.RECOMMENDATION_OUT or ended_as is ClosingReason.DECIDED_BODY


def is_unconfirmed(case: Case, own: CaseParty) -> bool:
    """Whether the party is named in the case and must now confirm that it takes part (T9b).

    Of several respondents the first confirms receipt (T9); after that the others confirm that they take part.
    """
    if own.role is PartyRole.INVITED:
        return True
    others = [p.acknowledged_at for p in case.parties_as(PartyRole.RESPONDENT) if p is not own]
    return own.role is PartyRole.RESPONDENT and own.acknowledged_at is None and any(others)


def may_leave(case: Case, own: CaseParty) -> bool:
    """Whether the party may leave a filing that it files with others (T9e). One that came with a joined case leaves
    with that case (T38b)."""
    if own.role is PartyRole.INVITED:
        return True
    own_initiators = [p for p in case.parties_as(PartyRole.INITIATOR) if p.came_with is None]
    return own in own_initiators and len(own_initiators) > 1


def withdrawing(case: Case) -> CaseParty | None:
    """The party that has withdrawn the case, while others may object to that (T37)."""
    if case.withdrawal_until is None:
        return None
    return next((p for p in case.parties if p.withdrew_in == case.round and case.kept_by in {None, p.party_code}), None)


def objectors(case: Case) -> list[str]:
    """Codes of the parties that may object to the withdrawal: every side but the one that withdraws."""
    if case.withdrawal_until is None:
        return []
    one = withdrawing(case)
    return [p.party_code for p in case.sides if p is not one]


def may_review_rejection(case: Case, user_id: int | None = None) -> bool:
    """Whether this head of the secretariat may review the rejection (T4b): only one who took no part in it may.

    Without ``user_id``: whether there is such a head. False for a case that was not rejected.
    """
    if case.closing_reason is not ClosingReason.OUT_OF_SCOPE:
        return False
    return bool(session.scalar(select(is_head_free_of(user_id)).where(Case.id == case.id)))


def answers_reopening(case: Case, *, is_head_free: bool) -> str:
    """The seat-set word of those who decide whether the closed case is taken up again (T39, T4b)."""
    ladder = ladder_of(case)
    if case.closing_reason is ClosingReason.OUT_OF_SCOPE:
        first = f"chair:{ladder.step(ladder.first_body_step).body}"
        return "secretariat_head" if is_head_free else first
    return f"chair:{ladder.step(case.step).body}" if case.closing_reason in CLOSED_BY_BODY else "secretariat"


def may_register(case: Case) -> bool:
    """Whether a party may now ask to take part as affected: a body has the case and has not decided it."""
    is_open = case.phase in BY_VERB["register_affected"].phases and case.step >= case.first_body_step
    return is_open and not (case.paused_until or case.withdrawal_until or case.joined_to)
