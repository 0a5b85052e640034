"""Verbs of deciding: the body decides, the chair adjusts by what follows, parties answer, VIS interprets (T26–T33b)."""

from __future__ import annotations

import datetime as dt
import re

from sqlalchemy import select

from escalation.accounts.models import SECRETARIAT_ROLES, Viewer
from escalation.agreements.models import Interpretation, InterpretationStatus
from escalation.cases import actions as cases
from escalation.cases import queries as case_queries
from escalation.cases.actions import FactsRefused
from escalation.cases.models import Case, RecommendationAnswer, Task
from escalation.db import session
from escalation.decisions import queries
from escalation.decisions.models import Decision
from escalation.meetings import actions as meetings
from escalation.meetings import queries as meeting_queries
from escalation.rules import moves, workdays
from escalation.rules.deadlines import LATE_REFUSAL, agreed, calendar_of, counted
from escalation.rules.glossary import say
from escalation.rules.moves import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Situation
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zåäö])")
NO_LINE = "–"
ANNOUNCEMENT = "announcement"
"""What stands in a sentence for the number that only a recommendation has."""


def decide(
    found: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    outcome: Outcome,
    region_line: str,
    municipal_line: str,
    quorum: bool,
    decision_text: str,
    reasons: str,
    purpose_and_goals: str,
    dissent: str = "",
) -> TrailEvent:
    """Record what the body decided at its meeting (T26). The minutes are then adjusted within D14.

    Each block's line and a quorum are declared by the secretariat, who records. A decision needs the blocks to have
    the same line (domain/02 § 2.5, ours); ``no_concurrence`` needs them to differ.
    """
    move = cases.allowed(found, "decide", s, by)
    treatment = meeting_queries.current_treatment(meeting_queries.treatments(found), found)
    assert treatment is not None  # scheduled is entered with one
    rule = case_queries.ladder_of(found).step(found.step).decision_rule
    if rule == "consensus_municipal":
        region_line = NO_LINE if outcome is Outcome.NO_CONCURRENCE else municipal_line
    errors = {}
    if outcome not in moves.outcomes_open(s):
        errors["outcome"] = say("Det utfallet är inte öppet här. Välj ett i listan.")
    if not quorum:
        errors["quorum"] = say("Minst hälften av varje block måste delta. Annars tas ärendet av mötet.")
    if outcome is Outcome.NO_CONCURRENCE and region_line == municipal_line:
        errors["outcome"] = say("Blocken har samma linje. Då finns ett beslut att anteckna.")
    if outcome is not Outcome.NO_CONCURRENCE and region_line != municipal_line:
        errors["outcome"] = say("Blocken har olika linjer. Då är utfallet ingen enighet.")
    if errors:
        raise FactsRefused(errors)
    session.add(
        Decision(
            case_id=found.id, treatment_id=treatment.id, body=treatment.body, round=found.round, step=found.step,
            outcome=outcome, region_line=region_line, municipal_line=municipal_line, text=decision_text,
            reasons=reasons, purpose_and_goals=purpose_and_goals, dissent=dissent,
            decided_on=treatment.held_at.held_on, decided_at=at, adjusted_at=None, number=None, tasks=[],
        )
    )  # fmt: skip
    return cases.advance(
        found, move, s, by=by, at=at,
        facts={
            "body": treatment.body, "decided_on": treatment.held_at.held_on.isoformat(), "outcome": outcome.value,
        },
        content={
            "region_line": region_line, "municipal_line": municipal_line, "decision_text": decision_text,
            "reasons": reasons, "purpose_and_goals": purpose_and_goals, "dissent": dissent,
        },
    )  # fmt: skip


def _decision(found: Case) -> Decision:
    """The decision whose minutes are being adjusted or answered."""
    return queries.decisions(found)[-1]


def _adjust(found: Case, at: dt.datetime) -> Decision:
    """The chair's act is the adjustment of the minutes."""
    decision = _decision(found)
    decision.adjusted_at = at
    return decision


def _adjust_with_task(found: Case, task: tuple[str, str, dt.date] | None, at: dt.datetime) -> Decision:
    """Adjust, and keep the task with the decision until the parties have answered."""
    tasks = [task] if task else []
    if wrong := cases.wrong_in_obligations(found, tasks, cases.local_day(at)):
        raise FactsRefused({"task": wrong})
    decision = _adjust(found, at)
    decision.tasks = [[what, party, day.isoformat()] for what, party, day in tasks]
    return decision


def send_recommendation(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes and send the recommendation to the parties (T27). They answer within D15.

    ``task`` is what a party is asked to do if all accept: (what, party code, last day).
    """
    move = cases.allowed(found, "send_recommendation", s, by)
    decision = _adjust_with_task(found, task, at)
    year = decision.decided_on.year
    decision.number = f"{decision.body}-R {year}:{trail.next_number(f'{decision.body}-R', year)}"
    return cases.advance(found, move, s, by=by, at=at, facts={"number": decision.number, "body": decision.body})


def accept_recommendation(found: Case, s: Situation, *, by: Viewer, at: dt.datetime, comment: str = "") -> TrailEvent:
    """Say yes to what the body gave the parties (T28). When all have, it is carried out or the case is closed."""
    move = cases.allowed(found, "accept_recommendation", s, by)
    _answer(found, by, at, is_accepted=True, comment=comment)
    yes = {a.party_code for a in case_queries.recommendation_answers(found) if a.is_accepted}
    is_last = yes >= {p.party_code for p in found.sides}
    decision = _decision(found)
    asked = _begin_tasks(found, decision) if is_last else []
    return cases.advance(
        found, move, s, by=by, at=at, facts={"who": cases.who(found, by), "number": decision.number or ANNOUNCEMENT},
        content={"comment": comment}, closing_reason=ClosingReason.SETTLED_BODY, has_tasks=bool(asked), is_last=is_last,
        changes={"has_tasks": bool(asked), "are_tasks_reported": False},
        dates=cases.task_dates(found, case_queries.tasks(found), cases.local_day(at)) if asked else None,
    )  # fmt: skip


def _begin_tasks(found: Case, decision: Decision) -> list[tuple[str, str, dt.date]]:
    """What the decision asked of the parties, now that it is carried out: (what, party code, last day)."""
    asked = [(what, party, dt.date.fromisoformat(day)) for what, party, day in decision.tasks]
    cases.add_tasks(found, asked)
    return asked


def _answer(found: Case, by: Viewer, at: dt.datetime, *, is_accepted: bool, comment: str) -> None:
    """Write the party's answer. Who lifts a case that others have not answered may have answered before."""
    if by.party is None or by.party not in case_queries.unanswered(found):
        return
    found.answers.append(
        RecommendationAnswer(
            round=found.round, step=found.step, party_code=by.party, is_accepted=is_accepted, comment=comment,
            answered_at=at,
        )
    )  # fmt: skip
    session.flush()


def refuse_recommendation(found: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Take the case to the next step (T29): a party that declines what the body gave it, or somebody for whom the
    answers to a recommendation never came.
    """
    move = cases.allowed(found, "refuse_recommendation", s, by)
    _answer(found, by, at, is_accepted=False, comment=reasons)
    ladder = case_queries.ladder_of(found)
    return cases.advance(
        found, move, s, by=by, at=at,
        facts={
            "who": cases.who(found, by), "number": _decision(found).number or ANNOUNCEMENT,
            "to": ladder.next_body(found.step) or "", "step": found.step + 1,
        },
        content={"reasons": reasons},
    )  # fmt: skip


def end_without_agreement(found: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """As T29 at the top of the ladder (T29b): the case is closed without agreement and goes to revision."""
    move = cases.allowed(found, "end_without_agreement", s, by)
    _answer(found, by, at, is_accepted=False, comment=reasons)
    return cases.advance(
        found, move, s, by=by, at=at,
        facts={"who": cases.who(found, by), "number": _decision(found).number or ""}, content={"reasons": reasons},
        closing_reason=ClosingReason.NO_AGREEMENT_REVISION,
    )  # fmt: skip


def carry_out(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes of an outcome of the top body that needs no answer (T27b): a deviation handled, information, a
    revision ordered. With a ``task`` (what, party code, last day) it is carried out first, else the case is closed.
    """
    move = cases.allowed(found, "carry_out", s, by)
    tasks = [task] if task else []
    if wrong := cases.wrong_in_obligations(found, tasks, cases.local_day(at)):
        raise FactsRefused({"task": wrong})
    decision = _adjust(found, at)
    cases.add_tasks(found, tasks)
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": decision.body, "result": decision.outcome.value},
        content={"task": [task[0], task[1], task[2].isoformat()] if task else []},
        changes={"has_tasks": bool(task), "are_tasks_reported": False}, has_tasks=bool(task),
        dates=cases.task_dates(found, case_queries.tasks(found), cases.local_day(at)) if task else None,
        closing_reason=ClosingReason.DECIDED_BODY,
    )  # fmt: skip


def announce(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes of an outcome below the top and tell the parties (T27c): a county routine, a deviation
    handled, information. Within D15 each may take the case to the next step. ``task`` is as in ``send_recommendation``.
    """
    move = cases.allowed(found, "announce", s, by)
    decision = _adjust_with_task(found, task, at)
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": decision.body, "result": decision.outcome.value},
        content={"task": decision.tasks[0] if decision.tasks else []},
    )  # fmt: skip


def take_effect(found: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """End a case that nobody took to the next step after the body's announcement (T28b), by time alone.

    Whoever was silent has accepted nothing, and may still take it there (T29c) until the last day that is set here.
    """
    move = cases.allowed(found, "take_effect", s, by)
    ladder = case_queries.ladder_of(found)
    calendar = calendar_of(ladder)
    days = ladder.workdays(LATE_REFUSAL, found.step, found.is_urgent)
    base_on = workdays.base_day(at, calendar)
    late = counted(LATE_REFUSAL, "take_effect", base_on, days, calendar, urgent=found.is_urgent)
    asked = _begin_tasks(found, _decision(found))
    return cases.advance(
        found, move, s, by=by, at=at,
        facts={"who": ", ".join(case_queries.unanswered(found)), "day": late.due_on.isoformat()},
        dues=[late], changes={"has_tasks": bool(asked), "are_tasks_reported": False}, has_tasks=bool(asked),
        dates=cases.task_dates(found, case_queries.tasks(found), cases.local_day(at)) if asked else None,
        closing_reason=ClosingReason.DECIDED_BODY,
    )  # fmt: skip


def refuse_late(found: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Take a case that silence ended to the next step (T29c): a new round, for a party that had not answered."""
    move = cases.allowed(found, "refuse_late", s, by)
    _answer(found, by, at, is_accepted=False, comment=reasons)
    ladder = case_queries.ladder_of(found)
    # Met in the round that ends here, before the new one begins.
    cases.meet(found, (LATE_REFUSAL,), workdays.base_day(at, calendar_of(ladder)))
    cases.begin_round(found)
    return cases.advance(
        found, move, s.change(is_kept_by_body=False), by=by, at=at,
        facts={
            "who": cases.who(found, by), "round": found.round, "to": ladder.next_body(found.step) or "",
            "step": found.step + 1,
        },
        content={"reasons": reasons},
    )  # fmt: skip


def remit(
    found: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    remit_question: str,
    product: str,
    remit_until: dt.date,
    reporter: str,
) -> TrailEvent:
    """Adjust and send the case one step back with a question to answer (T30): to the parties, or to the body below.

    ``remit_until`` is the new last day, ``product`` what is to come of it, ``reporter`` the party that tells of it.
    At most two remits in a case. People, papers and rooms are kept. Raises FactsRefused for a day that is not to come.
    """
    move = cases.allowed(found, "remit", s, by)
    ladder = case_queries.ladder_of(found)
    below = ladder.step(found.step - 1)
    errors = {}
    if remit_until <= cases.local_day(at):
        errors["remit_until"] = say("Den nya sista dagen ska vara en kommande dag.")
    if reporter not in {p.party_code for p in found.sides}:
        errors["reporter"] = say("Den som redovisar är en part i ärendet.")
    if errors:
        raise FactsRefused(errors)
    dates: dict[str, dt.date] = {}
    if below.body is not None:
        before = [t for t in meeting_queries.treatments(found) if t.step == below.no]
        dates = {"material": meetings.prepared_by(found, meetings.begin_again(found, before[-1], at=at), at)}
    decision = _adjust(found, at)
    is_local = below.body is None
    was = decision.decided_on
    # A day set by hand on a free day means the next working day (domain/05 § 5.4).
    last = workdays.open_from(remit_until - dt.timedelta(days=1), calendar_of(ladder), found.is_urgent)
    dues = [agreed("D7", "remit", was, last), cases.forced_after(found, last, "remit")] if is_local else []
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": decision.body, "step": below.no, "day": last.isoformat()},
        content={"remit_question": remit_question, "product": product, "reporter": reporter},
        dues=dues, dates=dates,
        changes={"is_acknowledged": True, "is_position_in": True, "is_meeting_held": True} if is_local else None,
    )  # fmt: skip


def pass_up(found: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Adjust at once and hand the case to the next body, with both lines (T31)."""
    move = cases.allowed(found, "pass_up", s, by)
    decision = _adjust(found, at)
    ladder = case_queries.ladder_of(found)
    return cases.advance(
        found, move, s, by=by, at=at,
        facts={"body": decision.body, "to": ladder.next_body(found.step) or "", "step": found.step + 1},
    )  # fmt: skip


def pronounce(
    found: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    answer: str = "",
    reasons: str = "",
    purpose_and_goals: str = "",
    scope: str = "",
    applies_from: dt.date | None = None,
    task: tuple[str, str, dt.date] | None = None,
) -> TrailEvent:
    """Adjust the minutes of the top body's decision (T32): an interpretation, or a decision in the matter.

    An interpretation has an ``answer`` of at most three sentences and gets its number here; it becomes public when
    the secretariat publishes it (D17). ``task`` is (what, obliged party, last day); with one the case goes to
    implementation, else it is closed.
    """
    move = cases.allowed(found, "pronounce", s, by)
    decision = _decision(found)
    result: str = decision.outcome.value
    reason = ClosingReason.DECIDED_BODY
    errors = {}
    if s.outcome is Outcome.INTERPRET:
        if applies_from is None:
            errors["applies_from"] = say("Ange från vilken dag tolkningen gäller.")
        elif applies_from <= decision.decided_on:
            errors["applies_from"] = say("En tolkning gäller inte bakåt i tiden. Ange en dag efter beslutet.")
        if len(_BETWEEN_SENTENCES.split(answer.strip())) > 3:
            errors["answer"] = say("Svaret får vara högst tre meningar. Flytta resten till skälen.")
    if task and task[1] not in {p.party_code for p in found.parties}:
        errors["task"] = say("Den som ska göra uppgiften är en part i ärendet.")
    if task and task[2] <= cases.local_day(at):
        errors["task"] = say("Sista dagen ligger bakåt i tiden. Ange en kommande dag.")
    if errors:
        raise FactsRefused(errors)
    _adjust(found, at)
    if s.outcome is Outcome.INTERPRET and applies_from is not None:
        reason = ClosingReason.INTERPRETED
        result = _interpret(found, decision, at, answer, reasons, purpose_and_goals, scope, applies_from)
    dates = {}
    if task:
        what, obliged, due_on = task
        found.tasks.append(Task(round=found.round, what=what, obliged_party=obliged, due_on=due_on))
        session.flush()
        dates = cases.task_dates(found, case_queries.tasks(found), cases.local_day(at))
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": decision.body, "result": result},
        content={
            "answer": answer, "reasons": reasons, "purpose_and_goals": purpose_and_goals, "scope": scope,
            "applies_from": applies_from.isoformat() if applies_from else "",
            "task": [task[0], task[1], task[2].isoformat()] if task else [],
        },
        changes={"has_tasks": bool(task), "are_tasks_reported": False}, dates=dates,
        closing_reason=reason, has_tasks=bool(task),
    )  # fmt: skip


def _interpret(
    found: Case,
    decision: Decision,
    at: dt.datetime,
    answer: str,
    reasons: str,
    purpose_and_goals: str,
    scope: str,
    applies_from: dt.date,
) -> str:
    """Write the interpretation, unpublished, and give it its number."""
    ladder = case_queries.ladder_of(found)
    year = decision.decided_on.year
    number = f"{decision.body}-T {year}:{trail.next_number(f'{decision.body}-T', year)}"
    treatment = meeting_queries.current_treatment(meeting_queries.treatments(found), found)
    assert treatment is not None
    assert treatment.question is not None
    assert found.agreement_version_id is not None
    days = ladder.workdays("D17", found.step, found.is_urgent)
    calendar = calendar_of(ladder)
    session.add(
        Interpretation(
            number=number, agreement_code=found.agreement_code, version_id=found.agreement_version_id,
            question=treatment.question, answer=answer, reasons=reasons, purpose_and_goals=purpose_and_goals,
            scope=scope, applies_from=applies_from, body=decision.body, decided_on=decision.decided_on,
            minutes_ref="", rule_result="concurring_blocks", dissent=decision.dissent or None,
            status=InterpretationStatus.IN_FORCE, keywords=[], source_case=found.number,
            publish_due_on=workdays.add(workdays.base_day(at, calendar), days, calendar, found.is_urgent),
            provisions=list(case_queries.provisions(found)),
        )
    )  # fmt: skip
    session.flush()
    return number


def close_without_agreement(found: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Adjust and close after the second treatment without concurrence (T33): both lines go to revision (§ 7.2)."""
    move = cases.allowed(found, "close_without_agreement", s, by)
    decision = _adjust(found, at)
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": decision.body},
        closing_reason=ClosingReason.NO_AGREEMENT_REVISION,
    )  # fmt: skip


def table_without_concurrence(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, what_is_needed: str
) -> TrailEvent:
    """Adjust and take the case up once more at the next meeting that can be reached, or will be (T33b)."""
    move = cases.allowed(found, "table_without_concurrence", s, by)
    old = meeting_queries.current_treatment(meeting_queries.treatments(found), found)
    assert old is not None
    following = meetings.begin_again(found, old, at=at)
    decision = _adjust(found, at)
    old.what_is_needed = what_is_needed
    return cases.advance(
        found, move, s, by=by, at=at, event=None if following else "tabled_without_meeting",
        facts={"body": decision.body, **meetings.aimed_at(following)},
        content={"what_is_needed": what_is_needed}, dates={"material": meetings.prepared_by(found, following, at)},
    )  # fmt: skip


def publish(interpretation: Interpretation, *, by: Viewer, at: dt.datetime, is_secrecy_reviewed: bool) -> TrailEvent:
    """Make an interpretation public: the secretariat's verb (D17), and no move of the case it came from.

    Raises MoveNotAllowed for another seat, or if it is public already; FactsRefused if nobody vouches that it
    was reviewed for secrecy.
    """
    if by.role not in SECRETARIAT_ROLES:
        raise MoveNotAllowed("publish", "seat")
    # Two officials may press at once: the second waits here, and then sees what the first has done.
    published_on = session.scalars(
        select(Interpretation.published_on).where(Interpretation.id == interpretation.id).with_for_update()
    ).one()
    if published_on is not None:
        raise MoveNotAllowed("publish", "published")
    if not is_secrecy_reviewed:
        raise FactsRefused({"is_secrecy_reviewed": say("Pröva sekretessen innan tolkningen publiceras.")})
    interpretation.is_secrecy_reviewed = True
    interpretation.published_on = cases.local_day(at)
    session.flush()
    return trail.record(
        "interpretation_published",
        at=at,
        by=by.actor,
        about=f"interpretation:{interpretation.number}",
        facts={"number": interpretation.number},
        state={"published_on": interpretation.published_on.isoformat()},
    )
