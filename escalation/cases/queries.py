"""Questions about cases. Every one carries its viewer: what is not yours does not exist (domain/02 § 2.4)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Date,
    Exists,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy import (
    case as case_when,
)
from sqlalchemy.orm import aliased, joinedload, selectinload, undefer

from escalation.accounts import queries as accounts
from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Membership, Role, User, Viewer, away
from escalation.agreements.models import Interpretation, InterpretationProvision, Provision
from escalation.cases.models import (
    FROM_FILING,
    LAWYER,
    SIDES,
    Ball,
    Case,
    CaseGuest,
    CaseParty,
    CaseProvision,
    Deadline,
    DialogueMeeting,
    Draft,
    Hearing,
    JointStatement,
    PartyNote,
    PartyRole,
    Pause,
    Position,
    Proposal,
    ProposalAnswer,
    RecommendationAnswer,
    Referral,
    Registration,
    RegistryNumber,
    Reopening,
    StatementDraft,
    StatementPart,
    Task,
    folded,
)
from escalation.db import session
from escalation.documents.models import Attachment
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.deadlines import LATE_REFUSAL, calendar_of
from escalation.rules.ladder import Ladder
from escalation.rules.moves import BY_HEARING, BY_VERB, MOVES, BallRow
from escalation.rules.situation import (
    CLOSED_BY_BODY,
    CLOSED_BY_PARTIES,
    LOCAL_PHASES,
    REFERRED_IN,
    SHARED_BEFORE_MINUTED,
    TWO_OFFICIALS,
    ClosingReason,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
)
from escalation.rules.workdays import STOCKHOLM
from escalation.trail import queries as trail

SEATED = CHAIRS | {Role.STEERING_MEMBER, Role.VIS_MEMBER}
PARTY_WRITERS = frozenset({Role.LOCAL_HANDLER, Role.LOCAL_APPROVER})
READS_ALL = SECRETARIAT_ROLES | {Role.AUDITOR}
OPEN_TO_OWN_PARTY = frozenset({Role.LOCAL_HANDLER, Role.LOCAL_APPROVER, Role.PARTY_REGISTRAR, Role.PARTY_READER})


Asked = TypeVar("Asked", bound="Select[*tuple[Any, ...]]")


class Sight(enum.StrEnum):
    """How much of a case a viewer sees: everything, a stub (title, parties, status), or title and status only."""

    FULL = "full"
    STUB = "stub"
    TITLE = "title"


_THAWED: dict[str, Ladder] = {}
"""By fingerprint, the ladders that cases were filed under and that have changed since: a few, ever."""


def ladder_of(case: Case) -> Ladder:
    """The ladder the case was filed under, from its own frozen copy."""
    if case.ladder_hash == ladders.fingerprint_of(case.ladder_key):
        return ladders.load(case.ladder_key)
    if case.ladder_hash not in _THAWED:
        _THAWED[case.ladder_hash] = ladders.thaw(case.ladder)
    return _THAWED[case.ladder_hash]


def sight(case: Case, viewer: Viewer, today: dt.date | None = None) -> Sight | None:
    """What the viewer may see of the case; None where it does not exist for them.

    By the part that they have in it. Besides, ``today``, a chair for whose decision it waits reads it whole, as long as
    it waits: the stub is nothing to decide on (``is_chairs_to_decide``). Without a day only the part is asked for.
    """
    seen = _sight_by_part(case, viewer)
    if seen is Sight.FULL or viewer.role not in CHAIRS or today is None:
        return seen
    waits = session.scalar(select(is_chairs_to_decide(viewer, today)).where(Case.id == case.id))
    return Sight.FULL if waits else seen


def _sight_by_part(case: Case, viewer: Viewer) -> Sight | None:
    """``sight`` whatever day it is.

    Own parties see all, a respondent and affected parties from T8; the parties of its lead case a stub. Other parties
    see title and status from the first body's step. A body sees all from its own step; the first body sees a stub
    before that, and all while its chair tries whether the case may begin there, or asks about taking it up. A
    consultation group sees all of what it has been asked about, while a body has it. A coordinating health centre sees
    all of what a party has let it into, as long as ``guests`` names it, and of nothing else that it exists.
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
    if viewer.body is not None and role in SEATED:
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
        return Sight.FULL if guest(case, viewer) else None
    if role is Role.CONSULTATION_MEMBER and viewer.body is not None and _has_reached_body(case):
        return Sight.FULL if any(r.addressee == viewer.body for r in case.referrals) else None
    return None


def guests(case: Case) -> list[CaseGuest]:
    """The coordinating health centres that read the case now, each for the party that let it in (HÖK 4.5, R15).

    Only while the parties have the case, and while that party sees it itself. A centre was let in for that stay at the
    local step: nobody ends it when the case leaves the step or closes, and it does not come back with a case that is
    remitted or taken up again.
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
    """Whether the case is open at its local step, and follows no other whose way it goes."""
    return case.phase is not Phase.CLOSED and case.joined_to is None and not _has_reached_body(case)


def guest(case: Case, viewer: Viewer) -> CaseGuest | None:
    """The viewer's own among ``guests``."""
    mine = viewer.membership_id if viewer.role is Role.COORDINATING_CENTRE else None
    return next((g for g in guests(case) if g.membership_id == mine), None)


def _is_guest(viewer: Viewer) -> ColumnElement[bool]:
    """``guest`` as a condition."""
    if viewer.role is not Role.COORDINATING_CENTRE:
        return false()
    let_in = exists().where(
        CaseGuest.case_id == Case.id,
        CaseGuest.membership_id == viewer.membership_id,
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
    """The same law as ``sight``, as a condition that a list can be asked with.

    On no day does it differ: what a chair decides on, it may know of anyway.
    """
    role = viewer.role
    if role in READS_ALL:
        return true()
    reached = Case.step >= Case.first_body_step
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        return or_(is_own(viewer.party), _follows_own(viewer.party), reached)
    if viewer.body is not None and role in SEATED:
        on_ladder = [key for key in ladders.shipped() if ladders.load(key).step_of(viewer.body)]
        first = [
            key for key in on_ladder if ladders.load(key).step(ladders.load(key).first_body_step).body == viewer.body
        ]
        return and_(Case.ladder_key.in_(on_ladder), or_(Case.ladder_key.in_(first), reached))
    return or_(_is_guest(viewer), _is_referred(viewer))


def seen_whole(viewer: Viewer, today: dt.date | None = None) -> ColumnElement[bool]:
    """The cases of which ``sight`` is FULL, as a condition."""
    whole = _whole_by_part(viewer)
    return whole if today is None else or_(whole, is_chairs_to_decide(viewer, today))


def is_chairs_to_decide(viewer: Viewer, today: dt.date) -> ColumnElement[bool]:
    """Whether the case, which the viewer's body does not have, waits for the viewer's decision as its chair or deputy.

    The way on when the secretariat has not chosen it (D7c + 5: T18, T20, T21a, T21); whether a withdrawn case is kept
    (T37b); whether a rejection stands (T4b); the other hand in place of a silent side of the secretariat.
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
"""Where two officials may agree on something, by its kind."""


def waits_for_hand(viewer: Viewer, today: dt.date) -> ColumnElement[bool]:
    """Whether a proposal of two officials waits for the viewer's hand: the law of ``proposals.answers_for``."""
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
    if viewer.body is not None and role in SEATED:
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
    """The cases that the viewer's consultation group has been asked about, and that a body has."""
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


_LEAD = aliased(Case)


def _follows_own(party: str) -> ColumnElement[bool]:
    leads = (_LEAD.number == Case.joined_to, CaseParty.case_id == _LEAD.id, CaseParty.party_code == party)
    return and_(Case.joined_to.is_not(None), exists().where(*leads))


def numbered(text: str, *, viewer: Viewer, today: dt.date | None = None) -> ColumnElement[bool]:
    """The cases that carry a register number with ``text`` in it, among those whose numbers the viewer may read."""
    has = exists().where(
        RegistryNumber.case_id == Case.id, RegistryNumber.folded.contains(folded(text), autoescape=True)
    )
    return and_(has, seen_whole(viewer, today))


def get(number: str, *, viewer: Viewer, today: dt.date | None = None) -> tuple[Case, Sight] | None:
    """The case with that number and how much of it the viewer sees, or None where it is not theirs."""
    party = joinedload(Case.parties)
    whole = select(Case).options(
        party.joinedload(CaseParty.party), party.joinedload(CaseParty.registry_numbers), joinedload(Case.agreement),
        joinedload(Case.hearings).joinedload(Hearing.comments), joinedload(Case.referrals), undefer(Case.objected_to),
        joinedload(Case.registrations),
        joinedload(Case.guests).joinedload(CaseGuest.membership).joinedload(Membership.user),
    )  # fmt: skip
    case = session.scalars(whole.where(Case.number == number)).unique().one_or_none()
    if case is None:
        return None
    seen = sight(case, viewer, today)
    return None if seen is None else (case, seen)


def seats(case: Case, viewer: Viewer, tasks: Sequence[Task] = ()) -> frozenset[Seat]:
    """The capacities in which the viewer may act in this case (domain/05 § 5.2). None of them see more for it."""
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
    return frozenset({Seat.COORDINATING_CENTRE} if guest(case, viewer) else ())


def open_referrals(case: Case) -> list[Referral]:
    """The opinions that have been asked for and can still be given, oldest first."""
    if case.phase not in REFERRED_IN:
        return []
    return [r for r in case.referrals if r.answered_at is None and r.round == case.round]


def referrals_to(case: Case, viewer: Viewer) -> list[Referral]:
    """Those of them that the viewer answers: for its consultation group or its party, or for the lawyer."""
    return [r for r in open_referrals(case) if r.addressee in _answers_for(viewer)]


def _answers_for(viewer: Viewer) -> tuple[str, ...]:
    if viewer.role in SECRETARIAT_ROLES:
        return (LAWYER,)
    mine = viewer.party if viewer.role in PARTY_WRITERS else None
    mine = viewer.body if viewer.role is Role.CONSULTATION_MEMBER else mine
    return (mine,) if mine else ()


def referred(viewer: Viewer) -> list[tuple[Case, Referral]]:
    """What the viewer's group, party or office has been asked in the cases it sees: unanswered first, by last day.

    A party and the secretariat get what still waits; a group also what it has answered.
    """
    codes = _answers_for(viewer)
    if viewer.role in OPEN_TO_OWN_PARTY and viewer.party:
        codes = (viewer.party,)
    if not codes:
        return []
    can_be_answered = and_(
        Case.phase.in_(REFERRED_IN), Referral.round == Case.round, Referral.answered_at.is_(None),
        ~rests(),
    )  # fmt: skip
    is_group = viewer.role is Role.CONSULTATION_MEMBER
    wanted = or_(can_be_answered, Referral.answered_at.is_not(None)) if is_group else can_be_answered
    rows = session.execute(
        select(Case, Referral)
        .join(Referral, Referral.case_id == Case.id)
        .where(Referral.addressee.in_(codes), seen_whole(viewer), wanted)
        .options(joinedload(Case.parties).joinedload(CaseParty.party), joinedload(Case.agreement))
        .order_by(case_when((Referral.answered_at.is_(None), 0), else_=1), Referral.due_on, Referral.id)
    )
    return [(of_case, r) for of_case, r in rows.unique()]


def is_asked_for_opinion(viewer: Viewer) -> ColumnElement[bool]:
    """Whether ``referrals_to`` holds anything for the viewer, as a condition; never in a case that rests."""
    asked = exists().where(
        Referral.case_id == Case.id,
        Referral.round == Case.round,
        Referral.answered_at.is_(None),
        Referral.addressee.in_(_answers_for(viewer)),
    )
    return and_(Case.phase.in_(REFERRED_IN), ~rests(), asked.correlate(Case))


def is_asked_for_part(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer's party is to say that it takes part (T9b)."""
    mine = exists().where(CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, _is_asked_to_confirm())
    return mine.correlate(Case)


def unconfirmed(case: Case, viewer: Viewer) -> CaseParty | None:
    """The viewer's party where it is to say that it takes part (T9b); the same law as the list's."""
    is_resting = case.paused_until or case.withdrawal_until or case.joined_to
    if case.phase not in BY_VERB["confirm_part"].phases or is_resting:
        return None
    return next((p for p in case.parties if p.party_code == viewer.party and is_unconfirmed(case, p)), None)


def _among(asked: Asked, of: Collection[int] | None) -> Asked:
    """The question about the cases with these ids alone; about all where ``of`` is None."""
    return asked if of is None else asked.where(Case.id.in_(of))


def all_open_referrals(of: Collection[int] | None = None) -> list[tuple[Case, Referral]]:
    """Every opinion that is waited for today, in cases that rest in no pause, by case.

    ``of``, here and below: the ids of the cases that are asked about, where it is not all.
    """
    return [(of_case, r) for of_case, r in session.execute(_among(_all_open_referrals(), of))]


@cache
def _all_open_referrals() -> Select[Case, Referral]:
    return (
        select(Case, Referral)
        .join(Referral, and_(Referral.case_id == Case.id, Referral.round == Case.round))
        .where(Case.phase.in_(REFERRED_IN), ~rests(), Referral.answered_at.is_(None))
        .options(selectinload(Case.parties))
        .order_by(Case.id, Referral.id)
    )


def asked_of(case: Case, referral: Referral) -> str:
    """The seat-set word of whom a referral waits for."""
    if referral.addressee == LAWYER:
        return "secretariat"
    is_party = any(p.party_code == referral.addressee for p in case.parties)
    return f"{'party' if is_party else 'consultation'}:{referral.addressee}"


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
    """Whether the parties answer what the body gave them, or silence may have been taken for their answer (T28b)."""
    ended_as = case.closing_reason or case.planned_reason
    return case.phase is Phase.RECOMMENDATION_OUT or ended_as is ClosingReason.DECIDED_BODY


def is_unconfirmed(case: Case, own: CaseParty) -> bool:
    """Whether the party has been named in the case, and it is its turn to say that it takes part (T9b).

    Of several respondents the first confirms receipt (T9); the others confirm when it has.
    """
    if own.role is PartyRole.INVITED:
        return True
    others = [p.acknowledged_at for p in case.of(PartyRole.RESPONDENT) if p is not own]
    return own.role is PartyRole.RESPONDENT and own.acknowledged_at is None and any(others)


def part_due_on(case: Case, own: CaseParty) -> dt.date:
    """Until when the party is asked to say that it takes part: as long as for an answer to a proposal (D8). Nothing
    hangs on it but the reminders."""
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D8", 1, case.is_urgent)
    return workdays.add(workdays.base_day(_asked_for_part_at(case, own), calendar), days, calendar, case.is_urgent)


def _asked_for_part_at(case: Case, own: CaseParty) -> dt.datetime:
    return case.filed_at if own.role is PartyRole.INVITED else case.served_at or case.filed_at


def all_unconfirmed(today: dt.date, of: Collection[int] | None = None) -> list[tuple[Case, CaseParty]]:
    """Every party that is asked to say whether it takes part (T9b) and still has time to, by case."""
    asked = ((case, p) for case in session.scalars(_among(_all_unconfirmed(), of)).unique() for p in case.parties)
    return [(case, p) for case, p in asked if is_unconfirmed(case, p) and part_due_on(case, p) >= today]


@cache
def _all_unconfirmed() -> Select[Case]:
    return (
        select(Case)
        .join(CaseParty, CaseParty.case_id == Case.id)
        .where(_is_asked_to_confirm())
        .options(selectinload(Case.parties))
        .order_by(Case.id)
    )


def _is_asked_to_confirm() -> ColumnElement[bool]:
    """``is_unconfirmed`` of a joined party, in a case that the row is open in, as a condition."""
    other = aliased(CaseParty)
    has_another = exists().where(
        other.case_id == CaseParty.case_id, other.role == PartyRole.RESPONDENT, other.acknowledged_at.is_not(None)
    )
    late = and_(CaseParty.role == PartyRole.RESPONDENT, CaseParty.acknowledged_at.is_(None), has_another)
    return and_(
        Case.phase.in_(BY_VERB["confirm_part"].phases), ~rests(),
        or_(CaseParty.role == PartyRole.INVITED, late),
    )  # fmt: skip


def may_leave(case: Case, own: CaseParty) -> bool:
    """Whether the party files with others, or is asked to, and the filing stands without it (T9e). Who came with a
    case that was joined leaves with that (T38b)."""
    if own.role is PartyRole.INVITED:
        return True
    own_initiators = [p for p in case.of(PartyRole.INITIATOR) if p.came_with is None]
    return own in own_initiators and len(own_initiators) > 1


def withdrawing(case: Case) -> CaseParty | None:
    """The party that has withdrawn the case, while the time to object to that runs (T37): whoever pursued it then."""
    if case.withdrawal_until is None:
        return None
    return next((p for p in case.parties if p.withdrew_in == case.round and case.kept_by in {None, p.party_code}), None)


def objectors(case: Case) -> list[str]:
    """Codes of the parties that may object to the withdrawal going on: every side but the one that withdraws."""
    if case.withdrawal_until is None:
        return []
    one = withdrawing(case)
    return [p.party_code for p in case.sides if p is not one]


def may_review_rejection(case: Case, user_id: int | None = None) -> bool:
    """Whether that head of the secretariat, or any, may try a rejection anew (T4b): nobody who took part in it may.

    False for a case that was not rejected.
    """
    if case.closing_reason is not ClosingReason.OUT_OF_SCOPE:
        return False
    return bool(session.scalar(select(_free_head(user_id)).where(Case.id == case.id)))


def _free_head(user_id: int | None = None) -> ColumnElement[bool]:
    """Whether a head of the secretariat, or that one, took no part in proposing and accepting the rejection."""
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


def drafts(viewer: Viewer) -> Sequence[Draft]:
    """The filings that the viewer's organisation is writing, the last saved first; empty for everybody else.

    Somebody of one unit (a district) sees that unit's own.
    """
    return session.scalars(
        _own_drafts(viewer).where(Draft.case_id.is_(None)).order_by(Draft.saved_at.desc(), Draft.id.desc())
    ).all()


def draft(draft_id: int, *, viewer: Viewer, lock: bool = False) -> Draft | None:
    """The draft, or None where it is not the viewer's. ``lock``: nobody else saves it before this is committed."""
    query = _own_drafts(viewer).where(Draft.id == draft_id)
    return session.scalars(query.with_for_update(of=Draft) if lock else query).one_or_none()


def _own_drafts(viewer: Viewer) -> Select[Draft]:
    writes = viewer.party is not None and viewer.role in PARTY_WRITERS
    own = and_(Draft.party_code == viewer.party, true() if viewer.unit is None else Draft.unit_code == viewer.unit)
    return select(Draft).where(own if writes else false()).options(joinedload(Draft.saver).joinedload(Membership.user))


# Asked at every page and every act, so they are written once; most of the time of a question is in the writing.
_THIS = bindparam("case", type_=Integer)
_TODAY = bindparam("today", type_=Date)
_DEADLINES = (
    select(Deadline)
    .where(Deadline.case_id == _THIS, Deadline.round == bindparam("round", type_=Integer))
    .order_by(Deadline.id)
)
_BALLS = select(Ball).where(Ball.case_id == _THIS).order_by(Ball.begins_on, Ball.id)
_UNMANNED = (
    select(func.aggregate_strings(CaseParty.party_code, " "))
    .where(
        CaseParty.case_id == Case.id,
        ~select(Membership.id)
        .where(
            or_(
                Membership.id.in_((CaseParty.handler_id, CaseParty.substitute_id)),
                and_(
                    Membership.party_code == CaseParty.party_code,
                    Membership.role
                    == case_when((CaseParty.role == PartyRole.INVITED, Role.LOCAL_APPROVER), else_=Role.LOCAL_HANDLER),
                ),
            ),
            ~away(Membership, _TODAY),
        )
        .correlate(CaseParty)
        .exists(),
    )
    .correlate(Case)
    .scalar_subquery()
)
"""The parties of which nobody is there who would be reminded: as ``people`` finds them."""
_FIRST_BALL = select(func.min(Ball.id)).where(Ball.case_id == _THIS).scalar_subquery()
_DEADLINES_AND_BALLS = (
    select(Ball, Deadline, _UNMANNED)
    .select_from(Case)
    .outerjoin(Ball, Ball.case_id == Case.id)
    .outerjoin(
        Deadline,
        and_(Deadline.case_id == Case.id, Deadline.round == Case.round, func.coalesce(Ball.id == _FIRST_BALL, true())),
    )
    .where(Case.id == _THIS)
    .order_by(Ball.begins_on, Ball.id, Deadline.id)
)
_FIRST_POSITION = select(func.min(Position.id)).where(Position.case_id == _THIS).scalar_subquery()
_POSITIONS_WITH_ATTACHMENTS = (
    select(Position, Attachment)
    .outerjoin(Attachment, and_(Attachment.case_id == Position.case_id, Position.id == _FIRST_POSITION))
    .where(Position.case_id == _THIS)
    .order_by(Position.version.desc(), Position.id, Attachment.id)
)


def deadlines(case: Case) -> Sequence[Deadline]:
    """The deadlines of the case's present round, oldest first; the last of a key is the one in force."""
    return session.scalars(_DEADLINES, {"case": case.id, "round": case.round}).all()


def balls(case: Case) -> Sequence[Ball]:
    """All ball rows of the case, in the order in which they begin."""
    return session.scalars(_BALLS, {"case": case.id}).all()


def deadlines_balls_and_unmanned(case: Case, today: dt.date) -> tuple[list[Deadline], list[Ball], frozenset[str]]:
    """``deadlines`` and ``balls`` by one question; the deadlines come beside the first ball.

    And the codes of the parties of which nobody is there today who would be reminded.
    """
    rows = session.execute(_DEADLINES_AND_BALLS, {"case": case.id, "today": today}).all()
    set_days: list[Deadline | None] = [d for _b, d, _u in rows]
    held: list[Ball | None] = [b for b, _d, _u in rows]
    unmanned = frozenset((rows[0][2] or "").split())
    return [d for d in set_days if d is not None], list(dict.fromkeys(b for b in held if b is not None)), unmanned


def current_ball(rows: Sequence[Ball], today: dt.date) -> Ball | None:
    """Today's ball: the last row that has begun."""
    return next((b for b in reversed(rows) if b.begins_on <= today), None)


def positions(case: Case) -> Sequence[Position]:
    """Every version of every party's stand, newest first."""
    return session.scalars(
        select(Position).where(Position.case_id == case.id).order_by(Position.version.desc(), Position.id)
    ).all()


def filing_text(case: Case, stands: Sequence[Position]) -> Position:
    """The stand that the filing holds, in its newest version, among ``stands``: the filer's own."""
    return next(p for p in stands if p.party_code == case.filer.party_code)


def positions_with_attachments(case: Case) -> tuple[list[Position], list[Attachment]]:
    """``positions``, and everything that is attached in the case in the order in which it came; one question.

    The attachments come beside the first stand, which every case has from its filing on, each with its secrecy mark.
    Which of them a viewer may know of is for ``cases.secrecy`` to say.
    """
    rows = session.execute(_POSITIONS_WITH_ATTACHMENTS, {"case": case.id}).all()
    beside: list[Attachment | None] = [a for _p, a in rows]
    return list(dict.fromkeys(p for p, _a in rows)), [a for a in beside if a is not None]


def local_facts(case: Case, of_round: Sequence[Deadline], offered: Sequence[Proposal]) -> dict[str, bool]:
    """What the parties have done in the case, by the situation's words: what the rows of its ball look at."""
    here = [d for d in of_round if d.step == case.step]
    met = {d.key for d in here if d.met_on is not None}
    is_local = case.phase in LOCAL_PHASES
    acknowledged = any(p.acknowledged_at for p in case.of(PartyRole.RESPONDENT))
    return {
        "is_acknowledged": acknowledged and (case.step == 1 or "D4" in met or not is_local),
        "is_position_in": "D5" in met,
        "is_meeting_held": "D6" in met,
        "is_statement_agreed": case.phase is Phase.IMPASSE and _is_statement_agreed(case, of_round, offered),
        "is_kept_by_body": case.kept_by is not None and all(p.party_code != case.kept_by for p in case.parties),
    }


def _is_statement_agreed(case: Case, of_round: Sequence[Deadline], offered: Sequence[Proposal]) -> bool:
    """Whether a statement was approved since the present impasse was declared: one from before the parties went back to
    their dialogue (T19) no longer says how things stand. By days, for clocks may jump."""
    declared = next((d for d in reversed(of_round) if d.key == "D7b"), None)
    agreed = [p for p in offered if p.kind is ProposalKind.STATEMENT and p.step == case.step and p.is_agreed]
    return declared is not None and any(
        p.ended_at.astimezone(STOCKHOLM).date() >= declared.set_at.astimezone(STOCKHOLM).date()
        for p in agreed
        if p.ended_at is not None
    )


def dialogue_meetings(case: Case) -> Sequence[DialogueMeeting]:
    """The meetings that the parties have written down, oldest first."""
    return session.scalars(
        select(DialogueMeeting)
        .where(DialogueMeeting.case_id == case.id)
        .order_by(DialogueMeeting.held_on, DialogueMeeting.id)
    ).all()


def proposals(case: Case) -> Sequence[Proposal]:
    """The proposals of the present round, newest first, with their answers."""
    return (
        session.scalars(
            select(Proposal)
            .where(Proposal.case_id == case.id, Proposal.round == case.round)
            .options(joinedload(Proposal.answers))
            .order_by(Proposal.id.desc())
        )
        .unique()
        .all()
    )


def heard(case: Case) -> list[str]:
    """Codes of the parties that a hearing asks: all in the case, but only those that have been told of it."""
    return [p.party_code for p in case.parties if p.role in FROM_FILING or case.served_at is not None]


def is_heard(case: Case, hearing: Hearing, today: dt.date) -> bool:
    """Whether a hearing is over: everybody asked has commented, or its time is out; in a lead case, in each of those
    that are to be joined to it too.
    """
    if today <= hearing.answer_until and not {c.party_code for c in hearing.comments} >= set(heard(case)):
        return False
    numbers = hearing.terms.get("members")
    members = by_numbers(numbers) if numbers else ()
    return all(is_heard(m, h, today) for m in members for h in m.hearings if h.terms.get("lead") == case.number)


def all_hearings(today: dt.date, of: Collection[int] | None = None) -> list[tuple[Case, BallRow]]:
    """What hearings wait for today, in cases that rest in no pause: each party's comment as long as there is time, then
    ten working days for whoever decides. By case."""
    asked = ((case, row) for case, h in session.execute(_among(_all_hearings(), of)) for row in clocks_of(case, h))
    return [(case, row) for case, row in asked if row.begins_on <= today <= row.due_on]


@cache
def _all_hearings() -> Select[Case, Hearing]:
    return (
        select(Case, Hearing)
        .join(Hearing, and_(Hearing.case_id == Case.id, Hearing.round == Case.round, Hearing.step == Case.step))
        .where(Hearing.ended_at.is_(None), may_follow(), Case.paused_until.is_(None), Case.joined_to.is_(None))
        .options(selectinload(Case.parties), selectinload(Hearing.comments))
        .order_by(Case.id, Hearing.id)
    )


def clocks_of(case: Case, hearing: Hearing) -> list[BallRow]:
    """What the hearing waits for, as clocks that remind as the ball does: whom it asks, then whoever decides.

    A member's hearing is decided on in its lead case.
    """
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    since = hearing.opened_at.astimezone(STOCKHOLM).date()
    said = {c.party_code for c in hearing.comments}
    rows = [
        BallRow(since, "comment_hearing", f"party:{code}", hearing.answer_until, "D3")
        for code in heard(case)
        if code not in said
    ]
    if "lead" in hearing.terms:
        return rows
    opens_on = workdays.open_from(hearing.answer_until, calendar, case.is_urgent)
    due_on = workdays.add(opens_on, ladder.workdays("D8", case.step, case.is_urgent), calendar, case.is_urgent)
    is_chairs = hearing.kind is HearingKind.CALL_UP
    holder = f"chair:{ladder.next_body(case.step)}" if is_chairs else "secretariat"
    return [*rows, BallRow(opens_on, "after_hearing", holder, due_on, "D8")]


def may_follow() -> ColumnElement[bool]:
    """Whether the act that the parties are heard about is one of the case's phase."""
    return or_(*(and_(Hearing.kind == kind, Case.phase.in_(move.phases)) for kind, move in BY_HEARING.items()))


OWED: Mapping[str, tuple[str, str]] = {"D4": ("acknowledge", "acknowledge"), "D5": ("position", "state_position")}
"""What a respondent still owes in a case that went past the parties (T6, T10): by deadline the clock's word for it, and
the verb."""


def owed_by(viewer: Viewer) -> ScalarSelect[int]:
    """The first unmet deadline of what the viewer's party still owes, while a body has the case."""
    is_respondent = exists().where(
        CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, CaseParty.role == PartyRole.RESPONDENT
    )
    return _first_owed().where(is_respondent.correlate(Case)).correlate(Case).scalar_subquery()


def _first_owed() -> Select[int]:
    """Of a case that does not rest."""
    unmet = select(Deadline.id).where(
        Deadline.case_id == Case.id, Deadline.round == Case.round, Deadline.step == Case.step,
        Deadline.key.in_(OWED), Deadline.met_on.is_(None), Case.phase.in_(BY_VERB["acknowledge"].phases - LOCAL_PHASES),
        ~rests(),
    )  # fmt: skip
    return unmet.order_by(Deadline.key, Deadline.id.desc()).limit(1)


def all_owed(of: Collection[int] | None = None) -> list[tuple[Case, BallRow]]:
    """What respondents still owe while a body has their case, as clocks. By case."""
    return [(case, owed_clock(d)) for case, d in session.execute(_among(_all_owed(), of))]


@cache
def _all_owed() -> Select[Case, Deadline]:
    return (
        select(Case, Deadline)
        .join(Deadline, Deadline.id == _first_owed().correlate(Case).scalar_subquery())
        .options(selectinload(Case.parties))
        .order_by(Case.id)
    )


def owed_clock(deadline: Deadline) -> BallRow:
    """A debt as a clock that reminds as the ball does."""
    act, _verb = OWED[deadline.key]
    return BallRow(deadline.base_on, act, "respondent", deadline.due_on, deadline.key)


def statement_drafts(case: Case) -> dict[str, Mapping[str, str]]:
    """What each side has saved of the joint statement at the case's present step, by party code, then by part.

    A side that has saved nothing is left out.
    """
    return {d.party_code: d.parts for d in sheet(case)}


def of_the_sheet(case: Case, columns: Sequence[StatementDraft], offered: Sequence[Proposal]) -> set[str]:
    """What files of the statement being written hang on: its columns, and what has been proposed of it."""
    past = [p for p in offered if p.kind is ProposalKind.STATEMENT and p.step == case.step]
    return {f"sheet:{d.id}" for d in columns} | {f"proposal:{p.id}" for p in past}


def statement_draft(case: Case, party: str) -> StatementDraft | None:
    """That side's own column of the sheet, if it has saved anything."""
    return next((d for d in sheet(case) if d.party_code == party), None)


def sheet(case: Case) -> Sequence[StatementDraft]:
    """The columns of the sheet at the case's present step, of the sides that have saved anything."""
    return session.scalars(
        select(StatementDraft)
        .where(
            StatementDraft.case_id == case.id,
            StatementDraft.round == case.round,
            StatementDraft.step == case.step,
        )
        .execution_options(populate_existing=True)
    ).all()


def wordings(drafts: Mapping[str, Mapping[str, str]], part: StatementPart) -> list[str]:
    """The different wordings of a shared part, in the order of the drafts. Who has written nothing has none.

    One wording is one that both sides can approve; several differ.
    """
    return list(dict.fromkeys(text for parts in drafts.values() if (text := parts.get(part))))


def joint_statements(case: Case) -> Sequence[JointStatement]:
    """The statements with which the case has been lifted, newest first."""
    return session.scalars(
        select(JointStatement).where(JointStatement.case_id == case.id).order_by(JointStatement.id.desc())
    ).all()


def approvals(proposal_id: int) -> list[tuple[str, dt.datetime, str]]:
    """Who approved a proposal: (party code, when, the person's name), in order of time."""
    rows = session.execute(
        select(ProposalAnswer.answered_for, ProposalAnswer.answered_at, User.name)
        .join(Membership, Membership.id == ProposalAnswer.answered_by)
        .join(User, User.id == Membership.user_id)
        .where(ProposalAnswer.proposal_id == proposal_id, ProposalAnswer.is_accepted)
        .order_by(ProposalAnswer.id)
    )
    return [(party, at, name) for party, at, name in rows]


def has_notes_of_its_own(case: Case, viewer: Viewer) -> bool:
    """Whether the viewer has a private room beside the case: the handlers and approvers of a party in it."""
    return (
        viewer.role in PARTY_WRITERS
        and any(p.party_code == viewer.party for p in case.parties)
        and sight(case, viewer) is Sight.FULL
    )


def notes(case: Case, *, viewer: Viewer) -> Sequence[PartyNote]:
    """The notes in the viewer's own party's room, newest first. For everybody else there are none."""
    if not has_notes_of_its_own(case, viewer):
        return ()
    return session.scalars(
        select(PartyNote)
        .where(PartyNote.case_id == case.id, PartyNote.party_code == viewer.party)
        .options(joinedload(PartyNote.author).joinedload(Membership.user))
        .order_by(PartyNote.id.desc())
    ).all()


def recommendation_answers(case: Case) -> Sequence[RecommendationAnswer]:
    """The parties' answers to what the body at the case's present step has recommended or announced."""
    return [a for a in case.answers if (a.round, a.step) == (case.round, case.step)]


def unanswered(case: Case) -> list[str]:
    """The parties whose answer to what the body gave them is not in, by code: the initiators, then the respondents."""
    answered = {a.party_code for a in recommendation_answers(case)}
    return [p.party_code for p in case.sides if p.party_code not in answered]


def pauses(case: Case) -> Sequence[Pause]:
    """Every pause of the case, oldest first."""
    return session.scalars(select(Pause).where(Pause.case_id == case.id).order_by(Pause.id)).all()


def due_by_time(today: dt.date) -> Sequence[Case]:
    """Open cases in which time alone may now act: a pause that is over, a withdrawal nobody objected to, an answer to
    an announcement that is late.
    """
    is_late = exists().where(
        Ball.case_id == Case.id, Ball.round == Case.round, Ball.step == Case.step, Ball.act == "answer_announcement",
        Ball.due_on < today, Case.phase == Phase.RECOMMENDATION_OUT,
    )  # fmt: skip
    over = or_(Case.paused_until <= today, Case.withdrawal_until < today, is_late)
    return session.scalars(select(Case).where(Case.phase != Phase.CLOSED, over).order_by(Case.id)).all()


def all_ended_by_silence(today: dt.date, of: Collection[int] | None = None) -> list[tuple[Case, BallRow]]:
    """Every case that silence has ended and that a silent party may still take further (T29c), by case: as a clock that
    tells everybody in it so, once."""
    asked = (
        select(Case, Deadline)
        .join(Deadline, and_(Deadline.case_id == Case.id, Deadline.round == Case.round))
        .where(
            Deadline.key == LATE_REFUSAL, Deadline.due_on >= today, Case.paused_until.is_(None),
            func.coalesce(Case.closing_reason, Case.planned_reason) == ClosingReason.DECIDED_BODY,
        )
        .options(selectinload(Case.parties))
        .order_by(Case.id, Deadline.id)
    )  # fmt: skip
    last = dict(session.execute(_among(asked, of)).all())  # after a pause the day is another
    return [(case, BallRow(d.base_on, "ended_by_silence", "everybody", d.due_on, d.key)) for case, d in last.items()]


def reopening_ends_on(case: Case) -> dt.date | None:
    """The last day on which a party may ask that the closed case is taken up again: twelve months (domain/04 § 4.8).

    Ten working days where it was rejected (T4b).
    """
    if case.closed_at is None:
        return None
    if case.closing_reason is ClosingReason.OUT_OF_SCOPE:
        calendar = calendar_of(ladder_of(case))
        return workdays.add(workdays.base_day(case.closed_at, calendar), 10, calendar, case.is_urgent)
    closed_on = case.closed_at.astimezone(STOCKHOLM).date()
    try:
        return closed_on.replace(year=closed_on.year + 1)
    except ValueError:  # closed on 29 February
        return dt.date(closed_on.year + 1, 2, 28)


def reopenings(case: Case) -> Sequence[Reopening]:
    """The parties' wishes of the present round that the closed case is taken up again, oldest first."""
    of_round = select(Reopening).where(Reopening.case_id == case.id, Reopening.round == case.round)
    return session.scalars(of_round.order_by(Reopening.id)).all()


def all_reopenings_asked(of: Collection[int] | None = None) -> list[tuple[Case, Reopening]]:
    """Every wish that a closed case is taken up again and that waits for its answer, by case."""
    return [(of_case, asked) for of_case, asked in session.execute(_among(_all_reopenings_asked(), of))]


@cache
def _all_reopenings_asked() -> Select[Case, Reopening]:
    return (
        select(Case, Reopening)
        .join(Reopening, Reopening.case_id == Case.id)
        .where(Case.phase == Phase.CLOSED, Reopening.answered_at.is_(None))
        .options(selectinload(Case.parties))
        .order_by(Case.id, Reopening.id)
    )


def answers_reopening(case: Case, *, is_head_free: bool) -> str:
    """The seat-set word of who decides whether the closed case is taken up again (T39, T4b)."""
    ladder = ladder_of(case)
    if case.closing_reason is ClosingReason.OUT_OF_SCOPE:
        first = f"chair:{ladder.step(ladder.first_body_step).body}"
        return "secretariat_head" if is_head_free else first
    return f"chair:{ladder.step(case.step).body}" if case.closing_reason in CLOSED_BY_BODY else "secretariat"


def all_registrations_asked(of: Collection[int] | None = None) -> list[tuple[Case, Registration]]:
    """Every wish to take part as affected that waits for its answer, in cases that rest in no pause, by case."""
    return [(of_case, wish) for of_case, wish in session.execute(_among(_all_registrations_asked(), of))]


@cache
def _all_registrations_asked() -> Select[Case, Registration]:
    return (
        select(Case, Registration)
        .join(Registration, Registration.case_id == Case.id)
        .where(is_asked_to_register(), _waits())
        .options(selectinload(Case.parties))
        .order_by(Case.id, Registration.id)
    )


def may_register(case: Case) -> bool:
    """Whether a party may take part in the case as affected from now on: a body has it, and has not decided."""
    is_open = case.phase in BY_VERB["register_affected"].phases and case.step >= case.first_body_step
    return is_open and not (case.paused_until or case.withdrawal_until or case.joined_to)


def is_asked_to_register() -> ColumnElement[bool]:
    asked = exists().where(Registration.case_id == Case.id, _waits())
    is_open = and_(Case.phase.in_(BY_VERB["register_affected"].phases), Case.step >= Case.first_body_step)
    return and_(is_open, ~rests(), asked.correlate(Case))


def _waits() -> ColumnElement[bool]:
    """Whether a wish to take part waits for its answer: the law of ``Case.registrations_asked``."""
    has_come_in = exists().where(
        CaseParty.case_id == Registration.case_id, CaseParty.party_code == Registration.party_code
    )
    return and_(Registration.answered_at.is_(None), ~has_come_in)


def clock_of(case: Case, asked: Reopening | Referral | Registration | CaseParty) -> BallRow:
    """What is asked beside the ball, as a clock that reminds as the ball does: of whom, from when and until when."""
    if isinstance(asked, Registration):
        return BallRow(
            asked.asked_at.astimezone(STOCKHOLM).date(), "answer_registration", "secretariat", asked.due_on, "D8"
        )
    if isinstance(asked, CaseParty):
        since = _asked_for_part_at(case, asked).astimezone(STOCKHOLM).date()
        return BallRow(since, "confirm_part", f"party:{asked.party_code}", part_due_on(case, asked), "D8")
    asked_on = asked.asked_at.astimezone(STOCKHOLM).date()
    if isinstance(asked, Referral):
        return BallRow(asked_on, "answer_referral", asked_of(case, asked), asked.due_on, "D11")
    holder = answers_reopening(case, is_head_free=may_review_rejection(case))
    return BallRow(asked_on, "answer_reopening", holder, asked.due_on, "D8")


def reopening_asked(case: Case) -> Reopening | None:
    """The wish that waits for its answer; at most one does."""
    return next((asked for asked in reopenings(case) if asked.answered_at is None), None)


def is_asked_to_reopen(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer is asked to take up the closed case again, and has not answered (T39)."""
    mine: ColumnElement[bool] = false()
    rejected = Case.closing_reason == ClosingReason.OUT_OF_SCOPE
    if viewer.role in SECRETARIAT_ROLES:
        mine = Case.closing_reason.in_(CLOSED_BY_PARTIES)
        if viewer.role is Role.SECRETARIAT_HEAD:
            mine = or_(mine, and_(rejected, _free_head(viewer.user_id)))
    elif viewer.role in CHAIRS:
        steps = {key: ladders.load(key).step_of(viewer.body or "") for key in ladders.shipped()}
        here = (and_(Case.ladder_key == key, Case.step == no) for key, no in steps.items() if no)
        first = (and_(Case.ladder_key == key, Case.first_body_step == no) for key, no in steps.items() if no)
        mine = or_(
            and_(Case.closing_reason.in_(CLOSED_BY_BODY), or_(false(), *here)),
            and_(rejected, or_(false(), *first), ~_free_head()),
        )
    asked = exists().where(Reopening.case_id == Case.id, Reopening.answered_at.is_(None))
    return and_(Case.phase == Phase.CLOSED, mine, asked.correlate(Case))


def tasks(case: Case) -> Sequence[Task]:
    """What has been undertaken in the present round, earliest last day first."""
    return [t for t in case.tasks if t.round == case.round]


def provisions(case: Case) -> Sequence[Provision]:
    """The provisions the case cites, in the agreement's order."""
    return session.scalars(
        select(Provision)
        .join(CaseProvision, CaseProvision.provision_id == Provision.id)
        .where(CaseProvision.case_id == case.id)
        .order_by(Provision.position)
    ).all()


def cited(case: Case) -> list[tuple[Provision, list[Interpretation]]]:
    """The provisions the case cites, in the agreement's order, each with its published interpretations."""
    rows = session.execute(
        select(Provision, Interpretation)
        .join(CaseProvision, CaseProvision.provision_id == Provision.id)
        .outerjoin(InterpretationProvision, InterpretationProvision.provision_id == Provision.id)
        .outerjoin(
            Interpretation,
            and_(
                Interpretation.id == InterpretationProvision.interpretation_id,
                Interpretation.published_on.is_not(None),
            ),
        )
        .where(CaseProvision.case_id == case.id)
        .order_by(Provision.position, Interpretation.id.desc())
    )
    by_provision: dict[int, tuple[Provision, list[Interpretation]]] = {}
    for provision, interpretation in rows:
        known = by_provision.setdefault(provision.id, (provision, []))[1]
        if interpretation is not None:
            known.append(interpretation)
    return list(by_provision.values())


def open_balls(today: dt.date, of: Collection[int] | None = None) -> list[tuple[Case, Ball]]:
    """Every open, unpaused case with today's ball; cases without one are left out (the integrity check finds them)."""
    return [(c, b) for c, b in session.execute(_among(_open_balls(), of), {"today": today})]


@cache
def _open_balls() -> Select[Case, Ball]:
    newer = aliased(Ball)
    newest = (
        select(newer.id)
        .where(newer.case_id == Case.id, newer.begins_on <= _TODAY)
        .order_by(newer.begins_on.desc(), newer.id.desc())
        .limit(1)
        .correlate(Case)
    )
    return (
        select(Case, Ball)
        .join(Ball, Ball.id == newest.scalar_subquery())
        .where(Case.phase != Phase.CLOSED, is_moving())
        .options(selectinload(Case.parties))
        .order_by(Case.id)
    )


def without_ball(today: dt.date) -> list[str]:
    """Numbers of open, unpaused cases that nobody holds today: each a bug that the integrity check reports (E15).

    A case that follows a lead has no ball of its own; it is lost where it is open though its lead is closed.
    """
    return list(session.scalars(_WITHOUT_BALL, {"today": today}))


def is_moving() -> ColumnElement[bool]:
    """Whether a case is in motion: neither paused nor following another."""
    return and_(Case.paused_until.is_(None), Case.joined_to.is_(None))


def rests() -> ColumnElement[bool]:
    """Whether a pause, a withdrawal or a lead that it follows shuts the case's acts: nobody is asked for any."""
    return or_(Case.paused_until.is_not(None), Case.withdrawal_until.is_not(None), Case.joined_to.is_not(None))


_IS_LEFT = exists().where(_LEAD.number == Case.joined_to, _LEAD.phase == Phase.CLOSED)
_IS_HELD = exists().where(Ball.case_id == Case.id, Ball.begins_on <= _TODAY)
_WITHOUT_BALL = (
    select(Case.number)
    .where(Case.phase != Phase.CLOSED, or_(and_(is_moving(), ~_IS_HELD), _IS_LEFT))
    .order_by(Case.number)
)


def joinable(case: Case) -> list[Case]:
    """The cases that may be joined to this one (T38), those that cite one of its provisions first.

    The secretariat, who joins, sees all of them.
    """
    cites = cites_with(case)
    rows = (
        session.scalars(
            select(Case)
            .where(Case.agreement_code == case.agreement_code, Case.step == case.step, is_moving())
            .options(joinedload(Case.parties).joinedload(CaseParty.party))
            .order_by(case_when((cites, 0), else_=1), Case.id)
        )
        .unique()
        .all()
    )
    return [other for other in rows if may_be_joined(other, case)]


def may_be_joined(other: Case, lead: Case) -> bool:
    """Whether ``other`` may be joined to ``lead``: on the same step of the same ladder, about the same agreement, told
    to its respondents and not yet decided, in motion, and no lead itself.
    """
    is_alike = (other.agreement_code, other.ladder_key, other.step) == (lead.agreement_code, lead.ladder_key, lead.step)
    is_still = other.paused_until or other.withdrawal_until or other.joined_to or other.member_numbers
    return other.id != lead.id and is_alike and other.phase in SHARED_BEFORE_MINUTED and not is_still


def cites_with(case: Case) -> ColumnElement[bool]:
    """Whether a case cites one of the provisions that this one does."""
    mine = select(CaseProvision.provision_id).where(CaseProvision.case_id == case.id)
    return Case.id.in_(select(CaseProvision.case_id).where(CaseProvision.provision_id.in_(mine)))


def by_numbers(numbers: Collection[str]) -> Sequence[Case]:
    """The cases with these numbers, oldest first. For verbs; a page asks ``get``."""
    return session.scalars(select(Case).where(Case.number.in_(numbers)).order_by(Case.id)).all()


# Who is meant by a seat-set word ---------------------------------------------------------------------------------


def parties_of(case: Case, word: str) -> list[str]:
    """The party codes that a seat-set word names in this case; empty for an office."""
    initiators = [p.party_code for p in case.of(PartyRole.INITIATOR)]
    respondents = [p.party_code for p in case.of(PartyRole.RESPONDENT)]
    if word.startswith("party:"):
        return [word.partition(":")[2]]
    match word:
        case "initiator":
            return initiators
        case "respondent":
            return respondents
        case "objectors":
            return objectors(case)
        case "both_sides" | "both_sides_and_secretariat":
            return initiators + respondents
        case "pursuers":
            return [p.party_code for p in case.sides if p.pursued_at]
        case "everybody":
            return initiators + respondents + [p.party_code for p in case.of(PartyRole.AFFECTED)]
        case "unanswered":
            return unanswered(case)
        case "obliged":
            open_tasks = [t for t in tasks(case) if t.reported_at is None]
            return sorted({t.obliged_party for t in open_tasks if t.due_on == open_tasks[0].due_on})
        case "counterparty":
            obliged = {t.obliged_party for t in tasks(case)}
            return [code for code in initiators + respondents if code not in obliged]
        case _:
            return []


def people(case: Case, word: str, today: dt.date) -> list[User]:
    """The people whom a seat-set word means in this case today, each once.

    A party is its named handler; the substitute while the handler is away (LP19) or has left; else all its handlers
    who are there. Nobody left at all means the secretariat and those who approve for the party (E25: never nobody).
    """
    seated = seated_at(case, word, today)
    if seated or word.startswith(("substitute_of:", "secretariat")):
        return seated
    approve = and_(Membership.party_code.in_(parties_of(case, word)), Membership.role == Role.LOCAL_APPROVER)
    return _sitting(or_(_memberships(case, "secretariat", today), and_(approve, ~away(Membership, today))))


def seated_at(case: Case, word: str, today: dt.date) -> list[User]:
    """As ``people``, but nobody where nobody sits."""
    return _sitting(_memberships(case, word, today))


def _sitting(wanted: ColumnElement[bool]) -> list[User]:
    held = select(Membership.user_id).where(Membership.is_held, wanted)
    return list(session.scalars(select(User).where(User.id.in_(held)).order_by(User.id)))


APPROVERS_TOO = frozenset({"objectors", "pursuers", "counterparty"})
"""Parties waited for by an act that is their approvers' alone, and that time takes from them (T20, T35, T37)."""


def _memberships(case: Case, word: str, today: dt.date) -> ColumnElement[bool]:
    if word.startswith("substitute_of:"):
        codes = parties_of(case, word.partition(":")[2])
        ids = [p.substitute_id for p in case.parties if p.party_code in codes and p.substitute_id]
        return Membership.id.in_(ids)
    if word.startswith("approvers_of:"):
        codes = parties_of(case, word.partition(":")[2])
        return and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
    seat, _, body = word.partition(":")
    if seat in {"chair", "chair_and_secretariat", "adjuster_region", "adjuster_municipal"}:
        ladder = ladder_of(case)
        body = body or ladder.step(case.step).body or ladder.next_body(case.step) or ""
    if (office := accounts.office(f"{seat}:{body}")) is not None:
        return office
    if seat == "body":  # the body meets; the secretariat records what it decides
        return or_(Membership.role.in_(SECRETARIAT_ROLES), and_(Membership.role.in_(CHAIRS), Membership.body == body))
    if seat == "consultation":
        return and_(Membership.role == Role.CONSULTATION_MEMBER, Membership.body == body)
    codes = parties_of(case, word if seat == "party" else seat)
    if seat == "unanswered":
        people_of = and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
    else:
        people_of = or_(false(), *(_handling(p, today) for p in case.parties if p.party_code in codes))
    if seat in APPROVERS_TOO:
        approvers = and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
        people_of = or_(people_of, approvers)
    if seat in {"both_sides_and_secretariat", "everybody"}:
        people_of = or_(people_of, Membership.role.in_(SECRETARIAT_ROLES))
    if seat == "everybody":
        sides = [p.party_code for p in case.sides]
        return or_(people_of, and_(Membership.party_code.in_(sides), Membership.role == Role.LOCAL_APPROVER))
    return people_of


_ONE = aliased(Membership)


def _handling(party: CaseParty, today: dt.date) -> ColumnElement[bool]:
    """Who answers for the party's handling today; its approvers where it has not said that it takes part."""
    role = Role.LOCAL_APPROVER if party.role is PartyRole.INVITED else Role.LOCAL_HANDLER
    is_here, everybody = ~away(Membership, today), and_(
        Membership.party_code == party.party_code, Membership.role == role
    )  # fmt: skip
    if not party.handler_id:
        return and_(everybody, is_here)

    def is_away(membership_id: int | None) -> ColumnElement[bool]:
        there = select(_ONE.id).where(_ONE.id == membership_id, ~away(_ONE, today)).exists()
        return ~there

    return or_(
        and_(Membership.id == party.handler_id, is_here),
        and_(Membership.id == party.substitute_id, is_here, is_away(party.handler_id)),
        and_(everybody, is_here, is_away(party.handler_id), is_away(party.substitute_id)),
    )


def state_of(case: Case, balls: Sequence[Ball]) -> dict[str, Any]:
    """What a case's row and ball say, in words and days: stamped on every event and compared by ``flask verify``."""
    return {
        "step": case.step,
        "phase": case.phase.value,
        "round": case.round,
        "version": case.version,
        "type": case.type.value,
        "joined_to": case.joined_to,
        "closing_reason": case.closing_reason.value if case.closing_reason else None,
        "ball": [[b.begins_on.isoformat(), b.act, b.holder, b.due_on.isoformat()] for b in balls],
    }


def rows_that_disagree() -> list[str]:
    """Numbers of cases whose row or ball is not what their newest trail event says, with the first difference."""
    told = trail.latest_states("case:")
    wrong: list[str] = []
    by_case: dict[int, list[Ball]] = {}
    for ball in session.scalars(select(Ball).order_by(Ball.begins_on, Ball.id)):
        by_case.setdefault(ball.case_id, []).append(ball)
    for case in session.scalars(select(Case).order_by(Case.id)):
        says = told.pop(f"case:{case.number}", None)
        if says is None:
            wrong.append(f"{case.number}: the trail has no event of this case")
            continue
        is_now = state_of(case, by_case.get(case.id, []))
        says = {"type": is_now["type"], **says}  # events from before a case could turn (T41) do not tell its type
        differing = next((key for key in is_now if says.get(key) != is_now[key]), None)
        if differing:
            wrong.append(f"{case.number}: {differing} is {is_now[differing]!r}, its events say {says.get(differing)!r}")
    return wrong + [f"{about.partition(':')[2]}: the trail has events of a case that has no row" for about in told]
