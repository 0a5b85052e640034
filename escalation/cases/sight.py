"""Which cases a viewer sees, and how much of them: in Python for one case, as a condition of a query for many."""

from __future__ import annotations

import datetime as dt
import enum

from sqlalchemy import (
    ColumnElement,
    Exists,
    Select,
    and_,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy import case as case_when
from sqlalchemy.orm import aliased

from escalation.accounts.models import BODY_ROLES, CHAIRS, SECRETARIAT_ROLES, Membership, Role, User, Viewer
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Proposal, ProposalAnswer, Referral, Reopening
from escalation.cases.models.case import Case
from escalation.cases.models.course import Deadline
from escalation.cases.models.parties import FROM_FILING, CaseGuest, CaseParty
from escalation.db import session
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.moves.table import BY_HEARING, MOVES
from escalation.rules.situation import (
    CLOSED_BY_BODY,
    CLOSED_BY_PARTIES,
    LOCAL_PHASES,
    TWO_OFFICIALS,
    ClosingReason,
    HearingKind,
    Phase,
    ProposalKind,
)

PARTY_WRITERS = frozenset({Role.LOCAL_HANDLER, Role.LOCAL_APPROVER})


READS_ALL = SECRETARIAT_ROLES | {Role.AUDITOR}


OPEN_TO_OWN_PARTY = frozenset({Role.LOCAL_HANDLER, Role.LOCAL_APPROVER, Role.PARTY_REGISTRAR, Role.PARTY_READER})


class Sight(enum.StrEnum):
    """How much of a case a viewer sees: all of it, a stub (title, parties, status), or title and status only."""

    FULL = "full"
    STUB = "stub"
    TITLE = "title"


def sight_of(case: Case, viewer: Viewer, today: dt.date | None = None) -> Sight | None:
    """How much of the case the viewer sees; None where the case does not exist for them.

    Their part in the case decides it. A chair whose decision the case waits for ``today`` sees all of it meanwhile: the
    stub is not enough to decide on (``is_chairs_to_decide``). Without a day only the part counts.
    """
    seen = _sight_by_part(case, viewer)
    if seen is Sight.FULL or viewer.role not in CHAIRS or today is None:
        return seen
    waits = session.scalar(select(is_chairs_to_decide(viewer, today)).where(Case.id == case.id))
    return Sight.FULL if waits else seen


def _sight_by_part(case: Case, viewer: Viewer) -> Sight | None:
    """``sight_of`` as the viewer's part in the case decides it.

    The parties of the case see all of it, a respondent and affected parties from T8; the parties of its lead case see
    a stub. Other parties see title and status from the first body's step. A body sees all from its own step; the first
    body sees a stub before that, and all while its chair tries whether the case may begin there, or hears the parties
    about taking it up. A consultation group sees all of a case that it has been asked about, while a body has it. A
    coordinating health centre sees all of a case while ``current_guests`` names it, and does not see others.
    """
    role = viewer.role
    if role is None:
        return None
    if role in READS_ALL:
        return Sight.FULL
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        own = next((p for p in case.parties if p.party_code == viewer.party), None)
        if own and (own.role in FROM_FILING or case.served_at is not None):
            return Sight.FULL
        if viewer.party in (case.lead_parties or "").split():
            return Sight.STUB
        return Sight.TITLE if _has_reached_body(case) else None
    if viewer.body is not None and role in BODY_ROLES:
        ladder = ladder_of(case)
        own_step = ladder.step_of(viewer.body)
        if own_step is None:
            return None
        is_first = own_step == ladder.first_body_step
        if case.step >= own_step or (is_first and (case.phase is Phase.BYPASS_REVIEW or _is_being_called_up(case))):
            return Sight.FULL
        if is_first:
            return Sight.STUB
        return Sight.TITLE if _has_reached_body(case) else None
    if role is Role.COORDINATING_CENTRE:
        return Sight.FULL if own_guest(case, viewer) else None
    if role is Role.CONSULTATION_MEMBER and viewer.body is not None and _has_reached_body(case):
        return Sight.FULL if any(r.addressee == viewer.body for r in case.referrals) else None
    return None


def current_guests(case: Case) -> list[CaseGuest]:
    """The coordinating health centres that read the case now, each for the party that let it in (HÖK 4.5, R15).

    They read it only while the parties have the case, and while that party sees it itself. The access is for this stay
    at the local step: it ends when the case leaves the step or closes, and does not come back when the case is remitted
    or taken up again.
    """
    if not is_with_parties(case):
        return []
    reads = {p.party_code for p in case.parties if p.role in FROM_FILING or case.served_at is not None}
    return [
        g
        for g in case.guests
        if g.ended_at is None and g.let_in_at >= case.step_entered_at and g.party_code in reads and g.membership.is_held
    ]


def is_with_parties(case: Case) -> bool:
    """Whether the case is open at its local step, and does not follow a lead case."""
    return case.phase is not Phase.CLOSED and case.joined_to is None and not _has_reached_body(case)


def own_guest(case: Case, viewer: Viewer) -> CaseGuest | None:
    """The viewer's own among ``current_guests``."""
    mine = viewer.membership_id if viewer.role is Role.COORDINATING_CENTRE else None
    return next((g for g in current_guests(case) if g.membership_id == mine), None)


def _is_guest(viewer: Viewer) -> ColumnElement[bool]:
    """``own_guest`` as a condition."""
    if viewer.role is not Role.COORDINATING_CENTRE:
        return false()
    let_in = exists().where(
        CaseGuest.case_id == Case.id,
        CaseGuest.membership_id == viewer.membership_id,
        CaseGuest.membership.has(Membership.is_held),
        CaseGuest.ended_at.is_(None),
        CaseGuest.let_in_at >= Case.step_entered_at,
        CaseParty.case_id == Case.id,
        CaseParty.party_code == CaseGuest.party_code,
        or_(CaseParty.role.in_(FROM_FILING), Case.served_at.is_not(None)),
    )
    with_parties = and_(Case.phase != Phase.CLOSED, Case.joined_to.is_(None), Case.step < Case.first_body_step)
    return and_(with_parties, let_in.correlate(Case))


def _is_being_called_up(case: Case) -> bool:
    return case.phase in BY_HEARING[HearingKind.CALL_UP].phases and HearingKind.CALL_UP in (case.hearings_going or "")


def _has_reached_body(case: Case) -> bool:
    return case.step >= ladder_of(case).first_body_step


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The cases of which ``sight_of`` is not None, as a condition of a query.

    The day makes no difference: a chair knows of the cases that it decides on anyway.
    """
    role = viewer.role
    if role in READS_ALL:
        return true()
    reached = Case.step >= Case.first_body_step
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        return or_(is_own(viewer.party), _follows_own(viewer.party), reached)
    if viewer.body is not None and role in BODY_ROLES:
        on_ladder = [key for key in ladders.shipped() if ladders.load(key).step_of(viewer.body)]
        first = [
            key for key in on_ladder if ladders.load(key).step(ladders.load(key).first_body_step).body == viewer.body
        ]
        return and_(Case.ladder_key.in_(on_ladder), or_(Case.ladder_key.in_(first), reached))
    return or_(_is_guest(viewer), _is_referred(viewer))


def seen_whole(viewer: Viewer, today: dt.date | None = None) -> ColumnElement[bool]:
    """The cases of which ``sight_of`` is FULL, as a condition."""
    whole = _whole_by_part(viewer)
    return whole if today is None else or_(whole, is_chairs_to_decide(viewer, today))


def is_chairs_to_decide(viewer: Viewer, today: dt.date) -> ColumnElement[bool]:
    """Whether the case waits for a decision of the viewer as chair or deputy of a body that does not have it.

    They decide how the case goes on when the secretariat has not (D7c + 5: T18, T20, T21a, T21), whether a withdrawn
    case is kept (T37b), whether a rejection holds (T4b), and in place of a silent side of the secretariat.
    """
    if viewer.role not in CHAIRS or viewer.body is None:
        return false()
    proposed = exists().where(
        Proposal.case_id == Case.id, Proposal.round == Case.round, Proposal.step == Case.step,
        Proposal.ended_at.is_(None), Proposal.chairs_until >= today, waits_for_hand(viewer, today),
        or_(*(and_(Proposal.kind == kind, Case.phase.in_(where)) for kind, where in _HANDED.items())),
    )  # fmt: skip
    conditions = [is_asked_to_reopen(viewer), and_(proposed.correlate(Case), is_moving(), _is_not_withdrawn())]
    for key in ladders.shipped():
        ladder = ladders.load(key)
        calendar = calendar_of(ladder)
        below = [step.no for step in ladder.steps if ladder.next_body(step.no) == viewer.body]
        over, if_urgent = (workdays.latest_over(today, 5, calendar, urgent) for urgent in (False, True))
        d7c = last_due("D7c").correlate(Case).scalar_subquery()
        is_forced = d7c <= case_when((Case.is_urgent, if_urgent), else_=over)
        forced = and_(Case.phase.in_(LOCAL_PHASES), is_moving(), _is_not_withdrawn(), is_forced)
        withdrawn = and_(Case.phase != Phase.CLOSED, Case.withdrawal_until.is_not(None))
        conditions.append(and_(Case.ladder_key == key, Case.step.in_(below), or_(forced, withdrawn)))
    return or_(*conditions)


_HANDED = {
    kind: frozenset().union(*(move.phases for move in MOVES if move.by_proposal is kind)) for kind in TWO_OFFICIALS
}
"""By the kind of a proposal of two officials, the phases in which it may be made."""


def waits_for_hand(viewer: Viewer, today: dt.date) -> ColumnElement[bool]:
    """Whether a proposal of two officials waits for the viewer's answer: ``proposals.answers_for`` as a condition."""
    if viewer.side is None or viewer.role not in SECRETARIAT_ROLES | CHAIRS:
        return false()
    answered = exists().where(ProposalAnswer.proposal_id == Proposal.id, ProposalAnswer.answered_for == viewer.side)
    waits = and_(Proposal.kind.in_(TWO_OFFICIALS), ~answered)
    if viewer.role in SECRETARIAT_ROLES:
        return waits
    steps = {key: ladders.load(key).step_of(viewer.body or "") for key in ladders.shipped()}
    first = (and_(Case.ladder_key == key, Case.first_body_step == no) for key, no in steps.items() if no)
    return and_(waits, Proposal.valid_until < today, or_(false(), *first))


def last_due(key: str) -> Select[dt.date]:
    """The last day in force under a deadline's key, at the case's present step."""
    of_now = and_(Deadline.case_id == Case.id, Deadline.round == Case.round, Deadline.step == Case.step)
    return select(Deadline.due_on).where(of_now, Deadline.key == key).order_by(Deadline.id.desc()).limit(1)


def _is_not_withdrawn() -> ColumnElement[bool]:
    return Case.withdrawal_until.is_(None)


def _whole_by_part(viewer: Viewer) -> ColumnElement[bool]:
    role = viewer.role
    if role in READS_ALL:
        return true()
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        return is_own(viewer.party)
    if viewer.body is not None and role in BODY_ROLES:
        own_step = {key: ladders.load(key).step_of(viewer.body) for key in ladders.shipped()}
        called_up = Case.hearings_going.contains(HearingKind.CALL_UP.value)
        tried = or_(
            Case.phase == Phase.BYPASS_REVIEW,
            and_(Case.phase.in_(BY_HEARING[HearingKind.CALL_UP].phases), called_up),
        )
        return or_(
            false(),
            *(and_(Case.ladder_key == key, Case.step >= no) for key, no in own_step.items() if no),
            *(
                and_(Case.ladder_key == key, tried)
                for key, no in own_step.items()
                if no == ladders.load(key).first_body_step
            ),
        )
    return or_(_is_guest(viewer), _is_referred(viewer))


def _is_referred(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer's consultation group has been asked about the case, and a body has it."""
    if viewer.role is not Role.CONSULTATION_MEMBER or viewer.body is None:
        return false()
    asked = exists().where(Referral.case_id == Case.id, Referral.addressee == viewer.body)
    return and_(Case.step >= Case.first_body_step, asked.correlate(Case))


def is_own(party: str) -> Exists:
    return exists().where(
        CaseParty.case_id == Case.id,
        CaseParty.party_code == party,
        or_(CaseParty.role.in_(FROM_FILING), Case.served_at.is_not(None)),
    )


LEAD = aliased(Case)


def _follows_own(party: str) -> ColumnElement[bool]:
    leads = (LEAD.number == Case.joined_to, CaseParty.case_id == LEAD.id, CaseParty.party_code == party)
    return and_(Case.joined_to.is_not(None), exists().where(*leads))


def is_head_free_of(user_id: int | None = None) -> ColumnElement[bool]:
    """Whether a head of the secretariat, or the one with ``user_id``, took no part in rejecting the case."""
    rejecter = aliased(Membership)
    took_part = exists().where(
        Proposal.case_id == Case.id,
        Proposal.kind == ProposalKind.REJECT,
        ProposalAnswer.proposal_id == Proposal.id,
        ProposalAnswer.is_accepted,
        rejecter.id == ProposalAnswer.answered_by,
        rejecter.user_id == User.id,
    )
    head = [Membership.role == Role.SECRETARIAT_HEAD, Membership.user_id == User.id, Membership.is_held]
    this = [User.id == user_id] if user_id is not None else []
    free = select(User.id).where(*head, *this, ~took_part.correlate(Case, User))
    return free.correlate(Case).exists()


def is_asked_to_reopen(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer is asked to take up the closed case again, and has not answered (T39)."""
    mine: ColumnElement[bool] = false()
    rejected = Case.closing_reason == ClosingReason.OUT_OF_SCOPE
    if viewer.role in SECRETARIAT_ROLES:
        mine = Case.closing_reason.in_(CLOSED_BY_PARTIES)
        if viewer.role is Role.SECRETARIAT_HEAD:
            mine = or_(mine, and_(rejected, is_head_free_of(viewer.user_id)))
    elif viewer.role in CHAIRS:
        steps = {key: ladders.load(key).step_of(viewer.body or "") for key in ladders.shipped()}
        here = (and_(Case.ladder_key == key, Case.step == no) for key, no in steps.items() if no)
        first = (and_(Case.ladder_key == key, Case.first_body_step == no) for key, no in steps.items() if no)
        mine = or_(
            and_(Case.closing_reason.in_(CLOSED_BY_BODY), or_(false(), *here)),
            and_(rejected, or_(false(), *first), ~is_head_free_of()),
        )
    asked = exists().where(Reopening.case_id == Case.id, Reopening.answered_at.is_(None))
    return and_(Case.phase == Phase.CLOSED, mine, asked.correlate(Case))


def is_moving() -> ColumnElement[bool]:
    """Whether a case is neither paused nor follows another."""
    return and_(Case.paused_until.is_(None), Case.joined_to.is_(None))


def rests() -> ColumnElement[bool]:
    """Whether a pause, a withdrawal or a lead case closes the acts of the case, so that it waits for none of them."""
    return or_(Case.paused_until.is_not(None), Case.withdrawal_until.is_not(None), Case.joined_to.is_not(None))
