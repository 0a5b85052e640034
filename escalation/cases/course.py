"""What all acts on a case share: the check, the change, deadlines, the ball, the trail event, the first nudge.

``s`` is the case's ``Situation``, here and in all verbs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update

from escalation.accounts.models import CHAIRS, Role, Viewer
from escalation.cases import queries
from escalation.cases.integrity import state_of
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Hearing, Proposal
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import PartyRole
from escalation.cases.people import people_of
from escalation.cases.seats import seats_of
from escalation.db import session
from escalation.nudges import actions as nudges
from escalation.nudges.actions import NewNudge
from escalation.nudges.models import WhySuppressed
from escalation.rules import deadlines as due_dates
from escalation.rules import nudge_plan, workdays
from escalation.rules.deadlines import Due, calendar_of
from escalation.rules.machine import Move, MoveNotAllowed, land
from escalation.rules.moves.table import BY_HEARING, BY_VERB, MOVES, check
from escalation.rules.situation import (
    CLOSED_BY_BODY,
    LOCAL_PHASES,
    TWO_OFFICIALS,
    ClosingReason,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
    Situation,
)
from escalation.rules.waits import BallRow, future
from escalation.rules.workdays import swedish_day
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent


class FactsRefused(ValueError):
    """The rules refuse a value. ``errors`` maps the name of the fact to a Swedish sentence. Nothing was changed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)


class StaleVersion(Exception):
    """Another person has acted on the case since the form was opened."""


def expect_version(case: Case, version: int) -> None:
    """Refuse a form that was opened before the latest act. Raises StaleVersion.

    It takes the trail's lock: of two people who send at the same time, the second sees what the first has done. What
    was read of the case before the lock is still true if the version is.
    """
    trail.lock()
    now = session.scalar(select(Case.version).where(Case.id == case.id))
    if not case.version == version == now:
        raise StaleVersion(case.number)


def advance(
    case: Case,
    move: Move,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    facts: Mapping[str, Any],
    content: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    dues: Sequence[Due] = (),
    dates: Mapping[str, dt.date] | None = None,
    closing_reason: ClosingReason | None = None,
    has_tasks: bool = False,
    is_last: bool = True,
    event: str | None = None,
) -> TrailEvent:
    """Carry out a move that has been checked: step, phase, deadlines, ball, trail event and first nudges (N0).

    ``changes`` are the flags of the situation that the act sets; ``dues`` are deadlines that the row itself
    sets; ``dates`` are days that the ball's rows need besides the deadlines (``material``, ``meeting``, ``task``,
    ``confirm``); ``event`` replaces the row's event where its sentence would not be true.
    """
    step, phase = land(move, s, has_tasks=has_tasks, is_last=is_last)
    enters_step = step != case.step
    if enters_step:
        s = Situation(
            phase=phase, step=step, kinds=s.kinds, is_principled=s.is_principled, is_kept_by_body=s.is_kept_by_body
        )
        case.step_entered_at = at
    after = s.change(step=step, phase=phase, agreed=frozenset(), **(changes or {}))
    moved = enters_step or phase is not case.phase
    case.step, case.phase = step, phase
    if phase is Phase.CLOSED and moved:
        case.closing_reason, case.closed_at, case.left_phase = closing_reason, at, s.phase
        case.paused_until = case.withdrawal_until = None
    elif moved:
        case.closing_reason = case.closed_at = None
    if phase is Phase.IMPLEMENTATION and moved:
        case.planned_reason = closing_reason
    if phase is Phase.SERVED and case.served_at is None:
        case.served_at = at
    ladder = ladder_of(case)
    day = workdays.base_day(at, calendar_of(ladder))
    meet(case, move.meets, day)
    begun = due_dates.starting(phase, move.verb, day, step, ladder, urgent=case.is_urgent) if moved else []
    set_dues(case, [*begun, *dues], at)
    if after.is_paused or after.is_joined:
        session.execute(delete(Ball).where(Ball.case_id == case.id, Ball.begins_on > swedish_day(at)))
    elif moved or dates or phase in LOCAL_PHASES | {Phase.IMPLEMENTATION, Phase.BYPASS_REVIEW}:
        pass_ball(case, after, dates or {}, by, at)
    recorded = record(case, event or move.event, by=by, at=at, facts=facts, content=content)
    if phase is Phase.CLOSED and case.member_numbers:
        _end_members(case, by, at)
    return recorded


ENDS_ITS_MEMBERS = CLOSED_BY_BODY | {ClosingReason.SETTLED_LOCAL}
"""The reasons with which a lead case closes the cases that follow it too (T38). With others they part from it."""


def _end_members(lead: Case, by: Viewer, at: dt.datetime) -> None:
    """The cases that follow a lead close with a decision of its body or with a settlement of its own initiators; else
    they part from the lead and go on (T38)."""
    for member in queries.by_numbers((lead.member_numbers or "").split()):
        if member.phase is Phase.CLOSED:
            continue
        if lead.closing_reason in ENDS_ITS_MEMBERS:
            member.phase, member.closing_reason, member.closed_at = Phase.CLOSED, ClosingReason.JOINED, at
            record(member, "case_followed", by=by, at=at, facts={"lead": lead.number})
        else:
            part_from_lead(member, lead, by, at)


def record(
    case: Case,
    event: str,
    *,
    by: Viewer,
    at: dt.datetime,
    facts: Mapping[str, Any],
    content: Mapping[str, Any] | None = None,
) -> TrailEvent:
    """One trail event with the case's state after the act, and a new version of the case."""
    case.version += 1
    if event in OF_SUBSTANCE and (by.party or by.system or by.role is Role.COORDINATING_CENTRE):
        note_act(case, at)
    session.flush()
    state = state_of(case, queries.balls(case))
    return trail.record(
        event, at=at, by=by.actor, about=f"case:{case.number}", facts=facts, content=content or {}, state=state
    )


OF_SUBSTANCE = frozenset(move.event for move in MOVES if move.is_substance) | {
    "proposal_offered",
    "proposal_accepted",
    "proposal_declined",
    "interim_agreed",
}
"""A party's acts in substance: after one of them the party is not silent (T21a). The end of a pause counts too, since
the days of a pause are not days of silence."""


def note_act(case: Case, at: dt.datetime) -> None:
    """Note that a party has acted in substance.

    This ends a proposal to close the case because no party acts (T21, T3b).
    """
    case.acted_at = at
    of_silence = (Proposal.case_id == case.id, Proposal.kind == ProposalKind.LAPSE, Proposal.ended_at.is_(None))
    session.execute(update(Proposal).where(*of_silence).values(ended_at=at))


def in_force(case: Case) -> dict[str, Deadline]:
    """The deadlines of the present round by key. Of several with one key it is the last, which replaced the others."""
    return {d.key: d for d in queries.deadlines(case)}


def meet(case: Case, keys: Sequence[str], day: dt.date) -> None:
    """Mark the open deadlines in force under ``keys`` as met on ``day``."""
    for key, deadline in in_force(case).items():
        if key in keys and deadline.met_on is None:
            deadline.met_on = day


def set_dues(case: Case, dues: Sequence[Due], at: dt.datetime) -> None:
    """Store deadlines. Of several deadlines with the same key the last is in force."""
    ladder = ladder_of(case).source
    by_hand = {move.verb: move.deadline_source for move in MOVES if move.deadline_source}
    session.add_all(
        Deadline(
            case_id=case.id, round=case.round, step=case.step, key=d.key, base_event=d.base_event,
            base_on=d.base_on, workdays=d.workdays, due_on=d.due_on, receipt=d.receipt,
            source=by_hand.get(d.base_event, ladder),
            met_on=None, set_at=at,
        )
        for d in dues
    )  # fmt: skip
    session.flush()


def pass_ball(case: Case, after: Situation, dates: Mapping[str, dt.date], by: Viewer, at: dt.datetime) -> None:
    """Replace the rows of the ball that have not begun. Today's row stays if the new one would be the same."""
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    today = swedish_day(at)
    rows_so_far = queries.balls(case)
    bound = {
        b.deadline_key: b.due_on for b in rows_so_far if b.deadline_key in {"material", "meeting", "task", "confirm"}
    }
    known = bound | {d.key: d.due_on for d in queries.deadlines(case)} | dict(dates)
    rows = future(
        after,
        today=today,
        date=due_dates.dates_of(known, calendar, urgent=case.is_urgent),
        open_from=lambda day: workdays.open_from(day, calendar, case.is_urgent),
        body=ladder.step(case.step).body,
        next_body=ladder.next_body(case.step),
    )
    session.execute(delete(Ball).where(Ball.case_id == case.id, Ball.begins_on > today))
    now = queries.current_ball(rows_so_far, today)
    for row in rows:
        if row.begins_on == today and now and _same(now, row, case):
            continue
        session.add(
            Ball(
                case_id=case.id, round=case.round, step=case.step, begins_on=row.begins_on, act=row.act,
                holder=row.holder, due_on=row.due_on, deadline_key=row.deadline_key, written_at=at,
            )
        )  # fmt: skip
        if row.begins_on == today:
            tell_first(case, row, by, at)


def pass_meeting_ball(case: Case, dates: Mapping[str, dt.date], by: Viewer, at: dt.datetime) -> None:
    """Give the ball the new days of a meeting. While the case rests, its rows get the new days and stay.

    ``dates`` are those of ``advance``.
    """
    if case.paused_until is None and case.withdrawal_until is None and case.joined_to is None:
        after = Situation(phase=case.phase, step=case.step, kinds=ladder_of(case).kinds)
        pass_ball(case, after, dates, by, at)
        return
    for row in queries.balls(case):
        if (row.round, row.step) == (case.round, case.step) and row.deadline_key in dates:
            row.due_on = dates[row.deadline_key]


def _same(now: Ball, row: BallRow, case: Case) -> bool:
    return (now.act, now.holder, now.due_on, now.step, now.round) == (
        row.act, row.holder, row.due_on, case.step, case.round,
    )  # fmt: skip


def tell_first(case: Case, row: BallRow, by: Viewer, at: dt.datetime) -> None:
    """Write the first nudge (N0) to those who hold the ball from today, except the person who has just acted (E24)."""
    due = nudge_plan.first_nudge(row, calendar_of(ladder_of(case)), case.is_urgent)
    recipients = {user.id for word in due.to for user in people_of(case, word, swedish_day(at))}
    nudges.write(
        (
            NewNudge(
                case.id, case.round, due.subject, due.kind, due.due_on, recipient,
                WhySuppressed.OWN_ACT if recipient == by.user_id else None,
            )
            for recipient in sorted(recipients)
        ),
        at=at,
    )  # fmt: skip


def who(case: Case, by: Viewer) -> str:
    """The word that stands for the actor in a sentence of the trail: a party's code, a chair, another role, or SEK.

    An act of a chair alone is the chair's, and not the body's.
    """
    if by.role in {Role.COORDINATING_CENTRE, Role.AUDITOR}:
        return by.role.value
    if by.role in CHAIRS:
        return f"{'deputy' if by.role is Role.BODY_DEPUTY else 'chair'}:{by.body}"
    return by.party or by.body or "SEK"


def allowed(case: Case, verb: str, s: Situation, by: Viewer) -> Move:
    """The row of the move, if the viewer may make it now. Raises MoveNotAllowed, which names the guard.

    What two officials have agreed on is done by the one who answers last, or by a chair in place of an official.
    """
    seats = seats_of(case, by, queries.tasks(case))
    if BY_VERB[verb].by_proposal in s.agreed & TWO_OFFICIALS:
        seats |= {Seat.SECRETARIAT}
    return check(verb, s, seats)


def hearing_on(case: Case, kind: HearingKind) -> Hearing:
    """The hearing that an act needs. Raises MoveNotAllowed where there is none."""
    hearing = next((h for h in case.hearings if h.kind is kind), None)
    if hearing is None:
        move = BY_HEARING[kind]
        raise MoveNotAllowed(move.verb, move.guards[0])
    return hearing


def agreed_proposal(case: Case, kind: ProposalKind) -> Proposal:
    """The newest agreed proposal of that kind at the case's present step. LookupError if there is none."""
    for proposal in queries.proposals(case):
        if proposal.kind is kind and proposal.step == case.step and proposal.is_agreed:
            return proposal
    raise LookupError(kind)


def refuse_wrong(errors: Mapping[str, str]) -> None:
    if errors:
        raise FactsRefused(errors)


def part_from_lead(member: Case, lead: Case, by: Viewer, at: dt.datetime) -> None:
    """Let a case go on by itself when its lead has ended and its own question is neither decided nor settled (T38).

    It goes on in its phase, with the days that it had left.
    """
    set_dues(member, set_apart(member, lead, at), at)
    ladder = ladder_of(member)
    before = Situation(phase=member.phase, step=member.step, kinds=ladder.kinds, is_principled=member.is_principled)
    done = queries.local_facts(member, queries.deadlines(member), queries.proposals(member))
    pass_ball(member, before.change(**done), {}, by, at)
    record(member, "case_parted", by=by, at=at, facts={"lead": lead.number})


def set_apart(case: Case, lead: Case, at: dt.datetime) -> list[Due]:
    """Separate ``case`` from its ``lead``. Returns its open deadlines with the days that they had left."""
    since = case.joined_at
    assert since is not None
    case.joined_to = case.joined_at = None
    others = [member for member in queries.by_numbers((lead.member_numbers or "").split()) if member is not case]
    for party in lead.parties:
        if party.came_with == case.number:
            stays = next((o for o in others if party.party_code in {p.party_code for p in o.parties}), None)
            party.came_with = stays.number if stays else None
            party.role = party.role if stays else PartyRole.AFFECTED
            if not stays and lead.kept_by == party.party_code:
                lead.kept_by = None
    calendar = calendar_of(ladder_of(case))
    day, today = swedish_day(since), swedish_day(at)
    rested = [
        due_dates.resumed(d.key, d.due_on, day, today, calendar, urgent=case.is_urgent)
        for d in in_force(case).values()
        if d.met_on is None and d.due_on >= day and d.receipt["rule"] not in {"second_meeting", "before_dispatch"}
    ]
    session.flush()
    session.expire(lead, ["member_numbers"])
    session.expire(case, ["lead", "lead_parties"])
    return [replace(due, base_event="separate") for due in rested]
