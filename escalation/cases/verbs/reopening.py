"""Verbs that take a case up again in a new round (T4b, T36, T39)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from escalation.accounts.models import Viewer
from escalation.cases.course import advance, allowed, in_force, meet, refuse_wrong, tell_first, who
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.asks import Reopening
from escalation.cases.models.case import Case
from escalation.cases.models.course import Deadline
from escalation.cases.verbs.local_step import forced_after
from escalation.cases.waits import reopening_asked, wait_of
from escalation.db import session
from escalation.rules import deadlines as due_dates
from escalation.rules import workdays
from escalation.rules.choices import AGAINST_REJECTION, REOPENING_GROUNDS
from escalation.rules.deadlines import Due, calendar_of
from escalation.rules.glossary import say
from escalation.rules.machine import Move, land, phase_left
from escalation.rules.situation import (
    LOCAL_PHASES,
    ClosingReason,
    Phase,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def report_breach(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, what: str) -> TrailEvent:
    """Say that an undertaking was not kept (T36): a new round, at the highest body that has had the case."""
    move = allowed(case, "report_breach", s, by)
    begin_round(case)
    step, phase = land(move, s)
    fresh = Situation(
        phase=s.phase,
        step=s.step,
        kinds=s.kinds,
        is_principled=s.is_principled,
        is_acknowledged=s.is_acknowledged,
        are_tasks_overdue=s.are_tasks_overdue,
        highest_body=s.highest_body,
    )
    return advance(
        case, move, fresh, by=by, at=at, facts={"who": who(case, by), "round": case.round}, content={"what": what},
        dues=_local_step(case, "report_breach", step, at) if phase is Phase.DIALOGUE else [],
    )  # fmt: skip


def begin_round(case: Case) -> None:
    """Begin a new round. No party pursues the case for another any longer, and each may withdraw it once again."""
    case.round += 1
    case.planned_reason = case.kept_by = None


def ask_reopening(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str, reopening_ground: str = ""
) -> TrailEvent:
    """Ask that a closed case is taken up again (T39b), within twelve months, on one of ``REOPENING_GROUNDS``.

    For a rejected filing the initiator asks, within ten working days, and gives a reason only. The answer comes from
    the secretariat where no body had decided the case, from the chair of the body that closed it, or, after a
    rejection, from the head who took no part in it.
    """
    move = allowed(case, "ask_reopening", s, by)
    ground = AGAINST_REJECTION if case.closing_reason is ClosingReason.OUT_OF_SCOPE else reopening_ground
    refuse_wrong({} if ground == AGAINST_REJECTION else _wrong_ground(ground))
    asked = Reopening(
        case_id=case.id, round=case.round, party_code=by.party, ground=ground, reason=reason, asked_at=at,
        due_on=last_day(case, at, days_of(case, "D8")),
    )  # fmt: skip
    session.add(asked)
    session.flush()
    tell_first(case, wait_of(case, asked), by, at)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "ground": ground}, content={"reason": reason}
    )


def review_rejection(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Take a rejected filing up again (T4b), as its initiator has asked: it is checked anew, in the same round.

    A head of the secretariat who took no part in the rejection decides; where there is none, the first body's chair.
    """
    move = allowed(case, "review_rejection", s, by)
    _answer_reopening(case, at, is_granted=True)
    fresh = Situation(phase=s.phase, step=s.step, kinds=s.kinds, is_principled=s.is_principled)
    return advance(case, move, fresh, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason})


def _wrong_ground(ground: str) -> dict[str, str]:
    return {} if ground in REOPENING_GROUNDS else {"reopening_ground": say("Välj en grund i listan.")}


def refuse_reopening(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Refuse to take a closed case up again (T39c). The party may ask once more, with new facts."""
    move = allowed(case, "refuse_reopening", s, by)
    _answer_reopening(case, at, is_granted=False)
    return advance(case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason})


def _answer_reopening(case: Case, at: dt.datetime, *, is_granted: bool) -> None:
    if asked := reopening_asked(case):
        asked.is_granted, asked.answered_at = is_granted, at


def reopen(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reopening_ground: str, reason: str) -> TrailEvent:
    """Take up a closed case again (T39): a new round, with the body that closed it, else with the parties at step 1;
    one that officials ended without an answer, in the phase it had.

    Deadlines, proposals, statements and decisions of the earlier round stay in the history and no longer apply.
    Positions and named handlers are kept; the respondent's stand, a meeting and the local step's days are owed anew.
    """
    move = allowed(case, "reopen", s, by)
    refuse_wrong(_wrong_ground(reopening_ground))
    _answer_reopening(case, at, is_granted=True)
    facts = {"who": who(case, by), "ground": reopening_ground}
    return _begin_again(case, move, s, by, at, facts, {"reason": reason})


def take_up_by_right(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Take up, as an initiator, a case that officials have ended without an answer (T39): once, without a ground, in
    the phase it had.

    What the parties had done in the local step still counts. That step ends when it would have ended, so that a party
    that could lift the case before can do so again; what is still owed has new days.
    """
    move = allowed(case, "take_up_by_right", s, by)
    _answer_reopening(case, at, is_granted=True)
    known = {key: deadline for key, deadline in in_force(case).items() if deadline.step == case.step}
    done = [key for key in ("D4", "D5", "D6") if key in known and known[key].met_on]
    dues = _left_of_the_step(case, known, at) if phase_left(s) in LOCAL_PHASES else []
    case.taken_up_at = at
    event = _begin_again(
        case, move, s, by, at, {"who": who(case, by)}, dues=dues,
        changes={"is_position_in": "D5" in done, "is_meeting_held": "D6" in done},
    )  # fmt: skip
    meet(case, done, workdays.base_day(at, calendar_of(ladder_of(case))))
    return event


def _left_of_the_step(case: Case, known: Mapping[str, Deadline], at: dt.datetime) -> list[Due]:
    """The last days of the local step and of the statement, with the working days that were left when the case was
    closed, and a new last day for the secretariat's choice."""
    assert case.closed_at is not None
    calendar = calendar_of(ladder_of(case))
    closed_on, today = swedish_day(case.closed_at), swedish_day(at)
    rested = [
        due_dates.resumed(key, known[key].due_on, closed_on, today, calendar, urgent=case.is_urgent)
        for key in ("D7", "D7b")
        if key in known
    ]
    dues = [replace(due, base_event="take_up_by_right") for due in rested]
    local_end = max((due.due_on for due in dues if due.key == "D7"), default=today)
    return [*dues, forced_after(case, local_end, "take_up_by_right")]


def _begin_again(
    case: Case,
    move: Move,
    s: Situation,
    by: Viewer,
    at: dt.datetime,
    facts: Mapping[str, Any],
    content: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    dues: Sequence[Due] = (),
) -> TrailEvent:
    """Begin a new round of a closed case in the phase of the row. ``dues`` replace those with which a step begins."""
    step, phase = land(move, s)
    begin_round(case)
    case.step_entered_at = at
    fresh = Situation(
        phase=s.phase, step=s.step, kinds=s.kinds, is_principled=s.is_principled, is_acknowledged=s.is_acknowledged,
        closing_reason=s.closing_reason, left_phase=s.left_phase, was_served=s.was_served,
    )  # fmt: skip
    begun = _local_step(case, move.verb, step, at) if phase is Phase.DIALOGUE else []
    if phase is Phase.IMPASSE:  # it begins with its statement alone
        begun = [forced_after(case, swedish_day(at), move.verb)]
    return advance(
        case, move, fresh, by=by, at=at, facts={**facts, "round": case.round, "step": step}, content=content,
        dues=[*begun, *dues], changes={"is_acknowledged": s.is_acknowledged, "closing_reason": None, **(changes or {})},
    )  # fmt: skip


def _local_step(case: Case, verb: str, step: int, at: dt.datetime) -> list[Due]:
    """The deadlines of a local step, from now, for parties that have acknowledged the case before: all but D4."""
    ladder = ladder_of(case)
    day = workdays.base_day(at, calendar_of(ladder))
    begun = due_dates.starting(Phase.SERVED, verb, day, step, ladder, urgent=case.is_urgent)
    return [d for d in begun if d.key != "D4"]
