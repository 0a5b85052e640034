"""What cases wait for besides their ball: whose act, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy import case as case_when
from sqlalchemy.orm import aliased, joinedload, selectinload

from escalation.accounts.models import Role, Viewer
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.asks import LAWYER, Hearing, Referral, Reopening
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import FROM_FILING, CaseParty, PartyRole, Registration
from escalation.cases.queries import TODAY, by_numbers, reopenings
from escalation.cases.seats import answers_for, answers_reopening, is_unconfirmed, may_review_rejection
from escalation.cases.sight import LEAD, OPEN_TO_OWN_PARTY, is_moving, rests, seen_whole
from escalation.db import session
from escalation.rules import workdays
from escalation.rules.deadlines import LATE_REFUSAL, calendar_of
from escalation.rules.moves.table import BY_HEARING, BY_VERB
from escalation.rules.situation import (
    LOCAL_PHASES,
    REFERRED_IN,
    ClosingReason,
    HearingKind,
    Phase,
)
from escalation.rules.waits import BallRow
from escalation.rules.workdays import swedish_day

Asked = TypeVar("Asked", bound="Select[*tuple[Any, ...]]")


def referred(viewer: Viewer) -> list[tuple[Case, Referral]]:
    """The referrals to the viewer's group, party or office in the cases it sees: unanswered first, by last day.

    A party and the secretariat get the unanswered ones only; a group also those that it has answered.
    """
    codes = answers_for(viewer)
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
    return [(case, r) for case, r in rows.unique()]


def is_asked_for_opinion(viewer: Viewer) -> ColumnElement[bool]:
    """Whether ``referrals_to`` holds anything for the viewer, as a condition; never in a case that rests."""
    asked = exists().where(
        Referral.case_id == Case.id,
        Referral.round == Case.round,
        Referral.answered_at.is_(None),
        Referral.addressee.in_(answers_for(viewer)),
    )
    return and_(Case.phase.in_(REFERRED_IN), ~rests(), asked.correlate(Case))


def is_asked_for_part(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the case waits for the viewer's party to confirm that it takes part (T9b), as a condition."""
    mine = exists().where(CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, _is_asked_to_confirm())
    return mine.correlate(Case)


def unconfirmed(case: Case, viewer: Viewer) -> CaseParty | None:
    """The viewer's party where it must confirm that it takes part (T9b): ``is_asked_for_part`` for one case."""
    is_resting = case.paused_until or case.withdrawal_until or case.joined_to
    if case.phase not in BY_VERB["confirm_part"].phases or is_resting:
        return None
    return next((p for p in case.parties if p.party_code == viewer.party and is_unconfirmed(case, p)), None)


def _of_cases(asked: Asked, case_ids: Collection[int] | None) -> Asked:
    """The query for the cases with these ids only; for all cases where ``case_ids`` is None."""
    return asked if case_ids is None else asked.where(Case.id.in_(case_ids))


def all_open_referrals(case_ids: Collection[int] | None = None) -> list[tuple[Case, Referral]]:
    """Every referral that waits for its answer, in cases that do not rest, by case.

    ``case_ids``, here and below, limits the query to these cases.
    """
    return [(case, r) for case, r in session.execute(_of_cases(_all_open_referrals(), case_ids))]


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
    """The seat-set word of those whose answer a referral waits for."""
    if referral.addressee == LAWYER:
        return "secretariat"
    is_party = any(p.party_code == referral.addressee for p in case.parties)
    return f"{'party' if is_party else 'consultation'}:{referral.addressee}"


def part_due_on(case: Case, own: CaseParty) -> dt.date:
    """The last day for the party to confirm that it takes part: as long as for an answer to a proposal (D8). Only the
    reminders depend on it."""
    return last_day(case, _asked_for_part_at(case, own), days_of(case, "D8"))


def _asked_for_part_at(case: Case, own: CaseParty) -> dt.datetime:
    return case.filed_at if own.role is PartyRole.INVITED else case.served_at or case.filed_at


def all_unconfirmed(today: dt.date, case_ids: Collection[int] | None = None) -> list[tuple[Case, CaseParty]]:
    """Every party that must confirm that it takes part (T9b) and still has time to, by case."""
    asked = (
        (case, p) for case in session.scalars(_of_cases(_all_unconfirmed(), case_ids)).unique() for p in case.parties
    )
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
    """``is_unconfirmed`` of a joined party, in a case in which the row is open, as a condition."""
    other = aliased(CaseParty)
    has_another = exists().where(
        other.case_id == CaseParty.case_id, other.role == PartyRole.RESPONDENT, other.acknowledged_at.is_not(None)
    )
    late = and_(CaseParty.role == PartyRole.RESPONDENT, CaseParty.acknowledged_at.is_(None), has_another)
    return and_(
        Case.phase.in_(BY_VERB["confirm_part"].phases), ~rests(),
        or_(CaseParty.role == PartyRole.INVITED, late),
    )  # fmt: skip


def parties_to_hear(case: Case) -> list[str]:
    """Codes of the parties that a hearing asks: all in the case that know of it."""
    return [p.party_code for p in case.parties if p.role in FROM_FILING or case.served_at is not None]


def is_hearing_over(case: Case, hearing: Hearing, today: dt.date) -> bool:
    """Whether a hearing is over: every party has commented, or its last day is past. In a lead case, the hearings in
    the cases that may be joined to it must be over too.
    """
    if today <= hearing.answer_until and not {c.party_code for c in hearing.comments} >= set(parties_to_hear(case)):
        return False
    numbers = hearing.terms.get("members")
    members = by_numbers(numbers) if numbers else ()
    return all(is_hearing_over(m, h, today) for m in members for h in m.hearings if h.terms.get("lead") == case.number)


def all_hearings(today: dt.date, case_ids: Collection[int] | None = None) -> list[tuple[Case, BallRow]]:
    """What hearings wait for today, in cases that are not paused: the comment of each party while there is time, then
    for ten working days the decision. By case."""
    asked = (
        (case, row)
        for case, h in session.execute(_of_cases(_all_hearings(), case_ids))
        for row in waits_of_hearing(case, h)
    )
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


def waits_of_hearing(case: Case, hearing: Hearing) -> list[BallRow]:
    """What the hearing waits for, as rows with reminders like the ball's: the parties, then those who decide.

    The decision after a member's hearing is made in its lead case.
    """
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    since = swedish_day(hearing.opened_at)
    said = {c.party_code for c in hearing.comments}
    rows = [
        BallRow(since, "comment_hearing", f"party:{code}", hearing.answer_until, "D3")
        for code in parties_to_hear(case)
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
    """Whether the act that the hearing is about is possible in the case's phase."""
    return or_(*(and_(Hearing.kind == kind, Case.phase.in_(move.phases)) for kind, move in BY_HEARING.items()))


OWED: Mapping[str, tuple[str, str]] = {"D4": ("acknowledge", "acknowledge"), "D5": ("position", "state_position")}
"""What a respondent still owes in a case that went past the parties (T6, T10): by deadline, the act that is waited for
and the verb."""


def owed_by(viewer: Viewer) -> ScalarSelect[int]:
    """The first deadline that the viewer's party has not met in a case that a body has."""
    is_respondent = exists().where(
        CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, CaseParty.role == PartyRole.RESPONDENT
    )
    return _first_owed().where(is_respondent.correlate(Case)).correlate(Case).scalar_subquery()


def _first_owed() -> Select[int]:
    """The first unmet deadline of ``OWED`` in a case that does not rest."""
    unmet = select(Deadline.id).where(
        Deadline.case_id == Case.id, Deadline.round == Case.round, Deadline.step == Case.step,
        Deadline.key.in_(OWED), Deadline.met_on.is_(None), Case.phase.in_(BY_VERB["acknowledge"].phases - LOCAL_PHASES),
        ~rests(),
    )  # fmt: skip
    return unmet.order_by(Deadline.key, Deadline.id.desc()).limit(1)


def all_owed(case_ids: Collection[int] | None = None) -> list[tuple[Case, BallRow]]:
    """What respondents still owe while a body has their case, as rows with reminders. By case."""
    return [(case, wait_of_debt(d)) for case, d in session.execute(_of_cases(_all_owed(), case_ids))]


@cache
def _all_owed() -> Select[Case, Deadline]:
    return (
        select(Case, Deadline)
        .join(Deadline, Deadline.id == _first_owed().correlate(Case).scalar_subquery())
        .options(selectinload(Case.parties))
        .order_by(Case.id)
    )


def wait_of_debt(deadline: Deadline) -> BallRow:
    """A debt as a row of what the case waits for, so that it gets reminders like the ball."""
    act, _verb = OWED[deadline.key]
    return BallRow(deadline.base_on, act, "respondent", deadline.due_on, deadline.key)


def due_by_time(today: dt.date) -> Sequence[Case]:
    """Open cases in which time alone may now act: a pause is over, no one objected to a withdrawal in time, or an
    answer to an announcement is late.
    """
    is_late = exists().where(
        Ball.case_id == Case.id, Ball.round == Case.round, Ball.step == Case.step, Ball.act == "answer_announcement",
        Ball.due_on < today, Case.phase == Phase.RECOMMENDATION_OUT,
    )  # fmt: skip
    over = or_(Case.paused_until <= today, Case.withdrawal_until < today, is_late)
    return session.scalars(select(Case).where(Case.phase != Phase.CLOSED, over).order_by(Case.id)).all()


def all_ended_by_silence(today: dt.date, case_ids: Collection[int] | None = None) -> list[tuple[Case, BallRow]]:
    """Every case that silence has ended and that a silent party may still take further (T29c), by case: as a row that
    gives one notice to all in the case."""
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
    last = dict(session.execute(_of_cases(asked, case_ids)).all())  # after a pause the day is another
    return [(case, BallRow(d.base_on, "ended_by_silence", "everybody", d.due_on, d.key)) for case, d in last.items()]


def all_reopenings_asked(case_ids: Collection[int] | None = None) -> list[tuple[Case, Reopening]]:
    """Every wish that a closed case is taken up again and that waits for its answer, by case."""
    return [(case, asked) for case, asked in session.execute(_of_cases(_all_reopenings_asked(), case_ids))]


@cache
def _all_reopenings_asked() -> Select[Case, Reopening]:
    return (
        select(Case, Reopening)
        .join(Reopening, Reopening.case_id == Case.id)
        .where(Case.phase == Phase.CLOSED, Reopening.answered_at.is_(None))
        .options(selectinload(Case.parties))
        .order_by(Case.id, Reopening.id)
    )


def all_registrations_asked(case_ids: Collection[int] | None = None) -> list[tuple[Case, Registration]]:
    """Every wish to take part as affected that waits for its answer, in cases that do not rest, by case."""
    return [(case, wish) for case, wish in session.execute(_of_cases(_all_registrations_asked(), case_ids))]


@cache
def _all_registrations_asked() -> Select[Case, Registration]:
    return (
        select(Case, Registration)
        .join(Registration, Registration.case_id == Case.id)
        .where(is_asked_to_register(), _waits())
        .options(selectinload(Case.parties))
        .order_by(Case.id, Registration.id)
    )


def is_asked_to_register() -> ColumnElement[bool]:
    asked = exists().where(Registration.case_id == Case.id, _waits())
    is_open = and_(Case.phase.in_(BY_VERB["register_affected"].phases), Case.step >= Case.first_body_step)
    return and_(is_open, ~rests(), asked.correlate(Case))


def _waits() -> ColumnElement[bool]:
    """Whether a wish to take part waits for its answer: ``Case.registrations_asked`` as a condition."""
    has_come_in = exists().where(
        CaseParty.case_id == Registration.case_id, CaseParty.party_code == Registration.party_code
    )
    return and_(Registration.answered_at.is_(None), ~has_come_in)


def wait_of(case: Case, asked: Reopening | Referral | Registration | CaseParty) -> BallRow:
    """What is asked besides the ball, as a row with reminders like the ball's: of whom, from when and until when."""
    if isinstance(asked, Registration):
        return BallRow(swedish_day(asked.asked_at), "answer_registration", "secretariat", asked.due_on, "D8")
    if isinstance(asked, CaseParty):
        since = swedish_day(_asked_for_part_at(case, asked))
        return BallRow(since, "confirm_part", f"party:{asked.party_code}", part_due_on(case, asked), "D8")
    asked_on = swedish_day(asked.asked_at)
    if isinstance(asked, Referral):
        return BallRow(asked_on, "answer_referral", asked_of(case, asked), asked.due_on, "D11")
    holder = answers_reopening(case, is_head_free=may_review_rejection(case))
    return BallRow(asked_on, "answer_reopening", holder, asked.due_on, "D8")


def reopening_asked(case: Case) -> Reopening | None:
    """The wish that waits for its answer; at most one does."""
    return next((asked for asked in reopenings(case) if asked.answered_at is None), None)


def open_balls(today: dt.date, case_ids: Collection[int] | None = None) -> list[tuple[Case, Ball]]:
    """Every open, unpaused case with today's ball; cases without one are left out (the integrity check finds them)."""
    return [(c, b) for c, b in session.execute(_of_cases(_open_balls(), case_ids), {"today": today})]


@cache
def _open_balls() -> Select[Case, Ball]:
    newer = aliased(Ball)
    newest = (
        select(newer.id)
        .where(newer.case_id == Case.id, newer.begins_on <= TODAY)
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
    """Numbers of open, unpaused cases without a ball today: each is a bug that the integrity check reports (E15).

    A case that follows a lead has no ball of its own; it is lost where it is open and its lead is closed.
    """
    return list(session.scalars(_WITHOUT_BALL, {"today": today}))


_IS_LEFT = exists().where(LEAD.number == Case.joined_to, LEAD.phase == Phase.CLOSED)


_IS_HELD = exists().where(Ball.case_id == Case.id, Ball.begins_on <= TODAY)


_WITHOUT_BALL = (
    select(Case.number)
    .where(Case.phase != Phase.CLOSED, or_(and_(is_moving(), ~_IS_HELD), _IS_LEFT))
    .order_by(Case.number)
)
