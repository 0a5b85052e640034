"""Verbs by which a decision takes effect (T27, T28b, T30-T33)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from escalation.accounts.models import SECRETARIAT_ROLES, Membership, Viewer
from escalation.agreements.models import Interpretation, InterpretationStatus
from escalation.cases import course
from escalation.cases import queries as case_queries
from escalation.cases.course import FactsRefused
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.case import Case
from escalation.cases.models.course import Task
from escalation.cases.verbs import local_step, tasks
from escalation.db import session
from escalation.decisions import queries
from escalation.decisions.models import Decision
from escalation.decisions.queries import decision_of, open_treatment
from escalation.meetings import actions as meetings
from escalation.meetings import queries as meeting_queries
from escalation.rules import workdays
from escalation.rules.deadlines import LATE_REFUSAL, agreed, calendar_of, counted
from escalation.rules.glossary import say
from escalation.rules.machine import Move, MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Situation
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent


def wrong_in_effect(case: Case, facts: Mapping[str, Any], at: dt.datetime) -> dict[str, str]:
    """The errors in what the minutes are to lead to: in a task its party and day, in a remit its day and reporter."""
    today, errors = workdays.swedish_day(at), {}
    if task := facts.get("task"):
        is_final = decision_of(case).outcome in {Outcome.DECIDE, Outcome.INTERPRET}
        if task[1] not in {p.party_code for p in (case.parties if is_final else case.sides)}:
            errors["task"] = say("Den som ska göra uppgiften är en part i ärendet.")
        elif task[2] <= today:
            errors["task"] = say("Sista dagen ligger bakåt i tiden. Ange en kommande dag.")
    if "remit_until" in facts:
        if facts["remit_until"] is None or facts["remit_until"] <= today:
            errors["remit_until"] = say("Den nya sista dagen ska vara en kommande dag.")
        if facts["reporter"] not in {p.party_code for p in case.sides}:
            errors["reporter"] = say("Den som redovisar är en part i ärendet.")
    return errors


def effect_kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as they are stored in JSON: days are ISO text."""
    kept = dict(facts)
    if task := kept.get("task"):
        kept["task"] = [task[0], task[1], task[2].isoformat()]
    if day := kept.get("remit_until"):
        kept["remit_until"] = day.isoformat()
    return kept


def effect_of(decision: Decision) -> dict[str, Any]:
    """What the minutes are to lead to, as the first adjuster has written it; the arguments of the verb."""
    facts = dict(decision.effect)
    if task := facts.get("task"):
        facts["task"] = (task[0], task[1], dt.date.fromisoformat(task[2]))
    if day := facts.get("remit_until"):
        facts["remit_until"] = dt.date.fromisoformat(day)
    return facts


def effect_asked(case: Case, move: Move, by: Viewer, at: dt.datetime, given: dict[str, Any]) -> dict[str, Any]:
    """What the minutes lead to: what the first adjuster wrote or, if the body itself confirms them, what it decided.

    Raises MoveNotAllowed for one person with two seats, FactsRefused where a day has passed meanwhile.
    """
    decision = decision_of(case)
    if decision.first_by is not None:
        first = session.get_one(Membership, decision.first_by)
        if first.user_id == by.user_id:
            raise MoveNotAllowed(move.verb, "other_hand")
        given = {name: effect_of(decision).get(name) for name in given}
    if errors := wrong_in_effect(case, given, at):
        raise FactsRefused(errors)
    return given


def adjust_minutes(case: Case, by: Viewer, at: dt.datetime) -> Decision:
    """Adjust the minutes: the act of the second adjuster, or of the body itself."""
    decision = decision_of(case)
    decision.adjusted_at = at
    decision.adjusted_as = "blocks"
    if by.role in SECRETARIAT_ROLES:
        first = session.get(Membership, decision.first_by) if decision.first_by else None
        is_certified = first is not None and first.role in SECRETARIAT_ROLES and first.side != by.side
        decision.adjusted_as = "officials" if is_certified else "body"
    return decision


def _adjust_with_task(
    case: Case, move: Move, task: tuple[str, str, dt.date] | None, by: Viewer, at: dt.datetime
) -> Decision:
    """Adjust, and keep the task with the decision until the parties have answered."""
    task = effect_asked(case, move, by, at, {"task": task})["task"]
    decision = adjust_minutes(case, by, at)
    decision.tasks = [[task[0], task[1], task[2].isoformat()]] if task else []
    return decision


def send_recommendation(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes and send the recommendation to the parties (T27). They answer within D15.

    ``task`` is what a party is asked to do if all accept: (what, party code, last day).
    """
    move = course.allowed(case, "send_recommendation", s, by)
    decision = _adjust_with_task(case, move, task, by, at)
    year = decision.decided_on.year
    decision.number = f"{decision.body}-R {year}:{trail.next_number(f'{decision.body}-R', year)}"
    return course.advance(case, move, s, by=by, at=at, facts={"number": decision.number, "body": decision.body})


def begin_tasks(case: Case, decision: Decision) -> list[tuple[str, str, dt.date]]:
    """Add the tasks that the decision asked of the parties: (what, party code, last day)."""
    asked = [(what, party, dt.date.fromisoformat(day)) for what, party, day in decision.tasks]
    tasks.add_tasks(case, asked)
    return asked


def carry_out(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes of an outcome of the top body that needs no answer (T27b): a deviation handled, information, a
    revision ordered. With a ``task`` (what, party code, last day) it is carried out first, else the case is closed.
    """
    move = course.allowed(case, "carry_out", s, by)
    task = effect_asked(case, move, by, at, {"task": task})["task"]
    decision = adjust_minutes(case, by, at)
    tasks.add_tasks(case, [task] if task else [])
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "result": decision.outcome.value},
        content={"task": [task[0], task[1], task[2].isoformat()] if task else []},
        changes={"has_tasks": bool(task), "are_tasks_reported": False}, has_tasks=bool(task),
        dates=tasks.task_dates(case, case_queries.tasks(case), workdays.swedish_day(at)) if task else None,
        closing_reason=ClosingReason.DECIDED_BODY,
    )  # fmt: skip


def announce(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes of an outcome below the top and tell the parties (T27c): a county routine, a deviation
    handled, information. Within D15 each may take the case to the next step. ``task`` is as in ``send_recommendation``.
    """
    move = course.allowed(case, "announce", s, by)
    decision = _adjust_with_task(case, move, task, by, at)
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "result": decision.outcome.value},
        content={"task": decision.tasks[0] if decision.tasks else []},
    )  # fmt: skip


def take_effect(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """End a case that no party took to the next step after the body's announcement (T28b), by time alone.

    A party that was silent has accepted nothing. It may still take the case there (T29c) until the last day that is set
    here.
    """
    move = course.allowed(case, "take_effect", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays(LATE_REFUSAL, case.step, case.is_urgent)
    base_on = workdays.base_day(at, calendar)
    late = counted(LATE_REFUSAL, "take_effect", base_on, days, calendar, urgent=case.is_urgent)
    asked = begin_tasks(case, decision_of(case))
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"who": ", ".join(case_queries.unanswered(case)), "day": late.due_on.isoformat()},
        dues=[late], changes={"has_tasks": bool(asked), "are_tasks_reported": False}, has_tasks=bool(asked),
        dates=tasks.task_dates(case, case_queries.tasks(case), workdays.swedish_day(at)) if asked else None,
        closing_reason=ClosingReason.DECIDED_BODY,
    )  # fmt: skip


def remit(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    remit_question: str = "",
    product: str = "",
    remit_until: dt.date | None = None,
    reporter: str = "",
) -> TrailEvent:
    """Adjust and send the case one step back with a question to answer (T30): to the parties, or to the body below.

    ``remit_until`` is the new last day, ``product`` the expected result, ``reporter`` the party that reports it.
    At most two remits in a case. People, papers and access are kept. Raises FactsRefused for a day that is not to come.
    """
    move = course.allowed(case, "remit", s, by)
    ladder = ladder_of(case)
    below = ladder.step(case.step - 1)
    given = {
        "remit_question": remit_question, "product": product, "remit_until": remit_until, "reporter": reporter,
    }  # fmt: skip
    effect = effect_asked(case, move, by, at, given)
    dates: dict[str, dt.date] = {}
    if below.body is not None:
        before = [t for t in meeting_queries.treatments(case) if t.step == below.no]
        dates = {"material": meetings.prepared_by(case, meetings.begin_again(case, before[-1], at=at), at)}
    decision = adjust_minutes(case, by, at)
    is_local = below.body is None
    was = decision.decided_on
    # A day set by hand on a free day means the next working day (domain/05 § 5.4).
    last = workdays.open_from(effect["remit_until"] - dt.timedelta(days=1), calendar_of(ladder), case.is_urgent)
    dues = [agreed("D7", "remit", was, last), local_step.forced_after(case, last, "remit")] if is_local else []
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "step": below.no, "day": last.isoformat()},
        content={name: effect[name] for name in ("remit_question", "product", "reporter")},
        dues=dues, dates=dates,
        changes={"is_acknowledged": True, "is_position_in": True, "is_meeting_held": True} if is_local else None,
    )  # fmt: skip


def pass_up(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Adjust at once and hand the case to the next body, with both lines (T31)."""
    move = course.allowed(case, "pass_up", s, by)
    effect_asked(case, move, by, at, {})
    decision = adjust_minutes(case, by, at)
    ladder = ladder_of(case)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"body": decision.body, "to": ladder.next_body(case.step) or "", "step": case.step + 1},
    )  # fmt: skip


def pronounce(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes of the top body's decision (T32): an interpretation, or a decision in the matter.

    An interpretation gets its number here, with the words of the decision and no others; it becomes public when two
    publish it (D17). ``task`` is (what, obliged party, last day); with one the case goes to implementation, else it is
    closed.
    """
    move = course.allowed(case, "pronounce", s, by)
    task = effect_asked(case, move, by, at, {"task": task})["task"]
    decision = adjust_minutes(case, by, at)
    result: str = decision.outcome.value
    reason = ClosingReason.DECIDED_BODY
    if decision.outcome is Outcome.INTERPRET:
        reason = ClosingReason.INTERPRETED
        result = _interpret(case, decision, at)
    dates = {}
    if task:
        what, obliged, due_on = task
        case.tasks.append(Task(round=case.round, what=what, obliged_party=obliged, due_on=due_on))
        session.flush()
        dates = tasks.task_dates(case, case_queries.tasks(case), workdays.swedish_day(at))
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "result": result},
        content={"task": [task[0], task[1], task[2].isoformat()] if task else []},
        changes={"has_tasks": bool(task), "are_tasks_reported": False}, dates=dates,
        closing_reason=reason, has_tasks=bool(task),
    )  # fmt: skip


def _interpret(case: Case, decision: Decision, at: dt.datetime) -> str:
    """Enter the decided interpretation, unpublished, and give it its number. No text comes from anywhere else."""
    year = decision.decided_on.year
    number = f"{decision.body}-T {year}:{trail.next_number(f'{decision.body}-T', year)}"
    treatment = open_treatment(case)
    assert treatment.question is not None
    assert case.agreement_version_id is not None
    assert decision.applies_from is not None  # the record is complete
    session.add(
        Interpretation(
            number=number, agreement_code=case.agreement_code, version_id=case.agreement_version_id,
            question=treatment.question, answer=decision.text, reasons=decision.reasons,
            purpose_and_goals=decision.purpose_and_goals, scope=decision.scope, applies_from=decision.applies_from,
            body=decision.body, decided_on=decision.decided_on,
            minutes_ref="", rule_result="concurring_blocks", dissent=decision.dissent or None,
            status=InterpretationStatus.IN_FORCE, keywords=[], source_case=case.number,
            publish_due_on=last_day(case, at, days_of(case, "D17")),
            provisions=list(case_queries.provisions(case)),
        )
    )  # fmt: skip
    session.flush()
    return number


def close_without_agreement(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Adjust and close after the second treatment without concurrence (T33): both lines go to revision (§ 7.2)."""
    move = course.allowed(case, "close_without_agreement", s, by)
    effect_asked(case, move, by, at, {})
    decision = adjust_minutes(case, by, at)
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body},
        closing_reason=ClosingReason.NO_AGREEMENT_REVISION,
    )  # fmt: skip


def table_without_concurrence(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, what_is_needed: str = ""
) -> TrailEvent:
    """Adjust and take the case up once more at the next meeting that can be reached, or will be (T33b)."""
    move = course.allowed(case, "table_without_concurrence", s, by)
    what_is_needed = effect_asked(case, move, by, at, {"what_is_needed": what_is_needed})["what_is_needed"]
    old = open_treatment(case)
    following = meetings.begin_again(case, old, at=at)
    decision = adjust_minutes(case, by, at)
    old.what_is_needed = what_is_needed
    return course.advance(
        case, move, s, by=by, at=at, event=None if following else "tabled_without_meeting",
        facts={"body": decision.body, **meetings.aimed_at(following)},
        content={"what_is_needed": what_is_needed}, dates={"material": meetings.prepared_by(case, following, at)},
    )  # fmt: skip


def hold(
    interpretation: Interpretation, by: Viewer, at: dt.datetime, *, is_secrecy_reviewed: bool, is_first: bool
) -> None:
    """Take the lock on the interpretation, and refuse a viewer who may not sign or publish it now.

    If two people press at the same time, the second waits here and then sees what the first has done.
    """
    session.scalars(select(Interpretation.id).where(Interpretation.id == interpretation.id).with_for_update()).one()
    session.refresh(interpretation)
    if guard := queries.keeps_from_publishing(interpretation, by, workdays.swedish_day(at)):
        raise MoveNotAllowed("publish", guard)
    if is_first is not (interpretation.signed_by is None):
        raise MoveNotAllowed("publish", "already_signed" if is_first else "not_signed")
    if queries.differs_from_decision(interpretation):
        raise MoveNotAllowed("publish", "differs_from_decision")
    if not is_secrecy_reviewed:
        raise FactsRefused({"is_secrecy_reviewed": say("Pröva sekretessen innan tolkningen publiceras.")})
