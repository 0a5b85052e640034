"""Verbs of deciding: the body decides, two hands adjust by what follows, parties answer, two publish (T26–T33b)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from escalation.accounts.models import SECRETARIAT_ROLES, Membership, Viewer
from escalation.agreements.models import Interpretation, InterpretationStatus
from escalation.cases import course
from escalation.cases import queries as case_queries
from escalation.cases.course import FactsRefused
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import RecommendationAnswer
from escalation.cases.models.case import Case
from escalation.cases.models.course import Task
from escalation.cases.verbs import local_step, reopening, tasks
from escalation.db import session
from escalation.decisions import queries
from escalation.decisions.models import Decision
from escalation.meetings import actions as meetings
from escalation.meetings import queries as meeting_queries
from escalation.meetings.models import Treatment
from escalation.parties.models import BlockSide
from escalation.rules import workdays
from escalation.rules.deadlines import LATE_REFUSAL, agreed, calendar_of, counted
from escalation.rules.glossary import say
from escalation.rules.machine import Move, MoveNotAllowed
from escalation.rules.moves.table import outcomes_open
from escalation.rules.situation import ClosingReason, Outcome, Situation
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zåäö])")
LETTERS = ("a", "b", "c", "d", "e", "f")
"""The choices of a line: the brief's alternatives in their order."""
OTHER, SAME_OTHER = "other", "same_other"
"""Another line; for the municipalities also the region's other line. Two other lines agree only by the latter."""
OTHER_REGION, OTHER_MUNICIPAL = "other_region", "other_municipal"
DIVIDED = "divided"
"""Where the municipalities alone decide: they have no common line."""
NO_LINE = "–"
ANNOUNCEMENT = "announcement"
"""What stands in a sentence for the number that only a recommendation has."""


def decide(
    case: Case,
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
    region_other: str = "",
    municipal_other: str = "",
    scope: str = "",
    applies_from: dt.date | None = None,
    dissent: str = "",
) -> TrailEvent:
    """Record what the body decided at its meeting (T26). The minutes are then adjusted within D14.

    Each block's line and a quorum are declared by the secretariat, who records. A line is the letter of one of the
    brief's alternatives, or another line in words of its own. A decision needs the blocks to have made the same choice
    (domain/02 § 2.5, ours); ``no_concurrence`` needs them to differ. What is published of an interpretation is written
    here, and nowhere else: the text is the answer, with its reasons, purpose, scope and first day.
    """
    move = course.allowed(case, "decide", s, by)
    treatment = _treatment(case)
    lines, errors = _lines(case, treatment, outcome, region_line, region_other, municipal_line, municipal_other)
    decided_on = treatment.held_at.held_on
    if not quorum:
        errors["quorum"] = say("Minst hälften av varje block måste delta. Annars tas ärendet av mötet.")
    errors |= _wrong_in_record(s, outcome, decided_on, decision_text, scope, applies_from)
    if errors:
        raise FactsRefused(errors)
    written = _written(lines, decision_text, reasons, purpose_and_goals, scope, applies_from, dissent)
    session.add(
        Decision(
            case_id=case.id, treatment_id=treatment.id, body=treatment.body, round=case.round, step=case.step,
            outcome=outcome, decided_on=decided_on, decided_at=at, adjusted_at=None, number=None, tasks=[], **written,
        )
    )  # fmt: skip
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D14", case.step, case.is_urgent)
    due = workdays.add(workdays.base_day(at, calendar), days, calendar, case.is_urgent)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"body": treatment.body, "decided_on": decided_on.isoformat(), "outcome": outcome.value},
        content=_told(written), changes={"outcome": outcome, "is_record_complete": True},
        dates=_successors(case, treatment.body, due),
    )  # fmt: skip


def _treatment(case: Case) -> Treatment:
    treatment = meeting_queries.current_treatment(meeting_queries.treatments(case), case)
    assert treatment is not None  # scheduled is entered with one
    return treatment


def _lines(
    case: Case,
    treatment: Treatment,
    outcome: Outcome,
    region_line: str,
    region_other: str,
    municipal_line: str,
    municipal_other: str,
) -> tuple[dict[str, str], dict[str, str]]:
    """Both blocks' choices and lines as they are kept, and what is wrong in them by the fact's name.

    Where the municipalities alone decide, the region has no part in it, and they may have no common line.
    """
    known = dict(zip(LETTERS, treatment.alternatives, strict=False))
    is_municipal = ladder_of(case).step(case.step).decision_rule == "consensus_municipal"
    errors = {}
    theirs, words_of_theirs = _choice(municipal_line, municipal_other, known, OTHER_MUNICIPAL)
    if is_municipal and municipal_line == DIVIDED:
        theirs, words_of_theirs = DIVIDED, municipal_other
    ours, words_of_ours = _choice(region_line, region_other, known, OTHER_REGION)
    if is_municipal:
        is_agreed = theirs != DIVIDED
        ours, words_of_ours = (theirs, words_of_theirs) if is_agreed else (NO_LINE, NO_LINE)
    elif municipal_line == SAME_OTHER:
        theirs, words_of_theirs = ours, words_of_ours
        if region_line != OTHER:
            errors["municipal_line"] = say("Regionen har ingen annan linje. Välj kommunernas linje.")
    if not ours:
        errors["region_line"] = say("Välj ett av underlagets alternativ, eller annan linje.")
    elif not words_of_ours:
        errors["region_other"] = say("Skriv vilken den andra linjen är.")
    if not theirs and "region_line" not in errors:
        errors["municipal_line"] = say("Välj ett av underlagets alternativ, eller annan linje.")
    elif not words_of_theirs and municipal_line != SAME_OTHER:
        errors["municipal_other"] = say("Skriv vilken den andra linjen är.")
    if not errors and (ours == theirs) is (outcome is Outcome.NO_CONCURRENCE):
        errors["outcome"] = (
            say("Blocken har samma linje. Då finns ett beslut att anteckna.")
            if ours == theirs
            else say("Blocken har olika linjer. Är de eniga väljer ni ”Samma andra linje som regionen”.")
            if words_of_ours == words_of_theirs
            else say("Blocken har olika linjer. Då är utfallet ingen enighet.")
        )
    for block, line, other in (("region", region_line, region_other), ("municipal", municipal_line, municipal_other)):
        if other and line not in {OTHER, DIVIDED} and not (is_municipal and block == "region"):
            errors[f"{block}_other"] = say("Välj annan linje om texten ska gälla, eller ta bort den.")
    kept = {
        "region_choice": ours, "region_line": words_of_ours,
        "municipal_choice": theirs, "municipal_line": words_of_theirs,
    }  # fmt: skip
    return kept, errors


def _choice(line: str, other: str, known: Mapping[str, str], as_other: str) -> tuple[str, str]:
    """A block's choice and its words; both empty for what is no choice."""
    if line == OTHER:
        return as_other, other
    return (line, known[line]) if line in known else ("", "")


def _wrong_in_record(
    s: Situation,
    outcome: Outcome,
    decided_on: dt.date,
    decision_text: str,
    scope: str,
    applies_from: dt.date | None,
) -> dict[str, str]:
    """Why the record cannot stand: the outcome, and what an interpretation must contain (domain/05 § 5.8)."""
    if outcome not in outcomes_open(s):
        return {"outcome": say("Det utfallet är inte öppet här. Välj ett i listan.")}
    if outcome is not Outcome.INTERPRET:
        if not (scope or applies_from):
            return {}
        hint = say("Räckvidd och första dag hör till en tolkning. Välj tolkning som utfall, eller ta bort dem.")
        return {"outcome": hint}
    errors = {}
    if len(_BETWEEN_SENTENCES.split(decision_text.strip())) > 3:
        errors["decision_text"] = say("Svaret får vara högst tre meningar. Flytta resten till skälen.")
    if not scope:
        errors["scope"] = say("Skriv för vem och vad svaret gäller.")
    if applies_from is None:
        errors["applies_from"] = say("Ange från vilken dag tolkningen gäller.")
    elif applies_from <= decided_on:
        errors["applies_from"] = say("En tolkning gäller inte bakåt i tiden. Ange en dag efter beslutet.")
    return errors


def _written(
    lines: Mapping[str, str],
    decision_text: str,
    reasons: str,
    purpose_and_goals: str,
    scope: str,
    applies_from: dt.date | None,
    dissent: str,
) -> dict[str, Any]:
    """What is recorded, by the decision's own names."""
    return {
        **lines, "text": decision_text, "reasons": reasons, "purpose_and_goals": purpose_and_goals, "scope": scope,
        "applies_from": applies_from, "dissent": dissent,
    }  # fmt: skip


def _told(written: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the trail keeps it, each text under the name of the field in which it was typed."""
    day = written["applies_from"]
    told = {name: value for name, value in written.items() if name != "text"}
    for block in ("region", "municipal"):
        if written[f"{block}_choice"] not in LETTERS:
            told[f"{block}_other"] = told.pop(f"{block}_line")
    return told | {"decision_text": written["text"], "applies_from": day.isoformat() if day else ""}


def _successors(case: Case, body: str, due: dt.date) -> dict[str, dt.date]:
    """The day on which the body itself may confirm its minutes: its first meeting after D14 + 15, if it has any."""
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    over = workdays.add(due, 15, calendar, case.is_urgent)
    return {"minutes_meeting": meeting_queries.first_after(body, over) or over}


def correct_decision(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    outcome: Outcome,
    region_line: str,
    municipal_line: str,
    decision_text: str,
    reasons: str,
    purpose_and_goals: str,
    reason: str,
    region_other: str = "",
    municipal_other: str = "",
    scope: str = "",
    applies_from: dt.date | None = None,
    dissent: str = "",
) -> TrailEvent:
    """Correct what was recorded of a decision before its minutes are adjusted (T26d), with the reason.

    Whoever has adjusted the old text has not adjusted the new one: both hands begin again. The trail keeps both.
    """
    move = course.allowed(case, "correct_decision", s, by)
    decision = _decision(case)
    lines, errors = _lines(case, _treatment(case), outcome, region_line, region_other, municipal_line, municipal_other)
    errors |= _wrong_in_record(s, outcome, decision.decided_on, decision_text, scope, applies_from)
    if errors:
        raise FactsRefused(errors)
    written = _written(lines, decision_text, reasons, purpose_and_goals, scope, applies_from, dissent)
    decision.outcome = outcome
    for name, value in written.items():
        setattr(decision, name, value)
    _begin_adjusting_again(decision)
    decision.sent_back = ""
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "outcome": outcome.value},
        content={**_told(written), "reason": reason},
        changes={"outcome": outcome, "is_record_complete": True, "adjusted_for": "", "is_sent_back": False},
        dates=_successors(case, decision.body, _d14(case)),
    )  # fmt: skip


def send_back(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Leave the minutes unadjusted and ask the secretariat to correct them (T26c). Nobody's hand is on them then."""
    move = course.allowed(case, "send_back", s, by)
    decision = _decision(case)
    _begin_adjusting_again(decision)
    decision.sent_back = reason
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": _hand(by), "body": decision.body}, content={"reason": reason},
        changes={"adjusted_for": "", "is_sent_back": True}, dates=_successors(case, decision.body, _d14(case)),
    )  # fmt: skip


def _begin_adjusting_again(decision: Decision) -> None:
    decision.first_side = decision.first_by = decision.first_at = None
    decision.effect = {}


def adjust(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    task: tuple[str, str, dt.date] | None = None,
    remit_question: str = "",
    product: str = "",
    remit_until: dt.date | None = None,
    reporter: str = "",
    what_is_needed: str = "",
) -> TrailEvent:
    """Adjust the minutes for the own block, the first of two (T26b); the other block's hand makes them take effect.

    The facts are those of the row that the outcome leads to; whoever comes second reads them and changes none.
    """
    move = course.allowed(case, "adjust", s, by)
    decision = _decision(case)
    given = {
        "task": task, "remit_question": remit_question, "product": product, "remit_until": remit_until,
        "reporter": reporter, "what_is_needed": what_is_needed,
    }  # fmt: skip
    asked = {fact.name for fact in move.asked_facts(s)}
    facts = {name: value for name, value in given.items() if name in asked}
    if errors := _wrong_in_effect(case, facts, at):
        raise FactsRefused(errors)
    decision.first_side, decision.first_by, decision.first_at = BlockSide(by.side or ""), by.membership_id, at
    decision.effect = _effect_kept(facts)
    decision.sent_back = ""
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": _hand(by), "body": decision.body}, content=decision.effect,
        changes={"adjusted_for": by.side, "is_sent_back": False},
        dates=_successors(case, decision.body, _d14(case)),
    )  # fmt: skip


def _hand(by: Viewer) -> str:
    """The word under which a sentence names whose hand it is."""
    return f"adjuster_{by.side}" if by.body else f"official_{by.side}"


def _d14(case: Case) -> dt.date:
    return course.in_force(case)["D14"].due_on


def _wrong_in_effect(case: Case, facts: Mapping[str, Any], at: dt.datetime) -> dict[str, str]:
    """Why the minutes cannot lead to what is asked: a task's party and day, a remit's day and reporter."""
    today, errors = course.local_day(at), {}
    if task := facts.get("task"):
        is_final = _decision(case).outcome in {Outcome.DECIDE, Outcome.INTERPRET}
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


def _effect_kept(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as JSON keeps them: days as ISO text."""
    kept = dict(facts)
    if task := kept.get("task"):
        kept["task"] = [task[0], task[1], task[2].isoformat()]
    if day := kept.get("remit_until"):
        kept["remit_until"] = day.isoformat()
    return kept


def effect_of(decision: Decision) -> dict[str, Any]:
    """What the first hand has written that the minutes are to lead to, as the verbs take it."""
    facts = dict(decision.effect)
    if task := facts.get("task"):
        facts["task"] = (task[0], task[1], dt.date.fromisoformat(task[2]))
    if day := facts.get("remit_until"):
        facts["remit_until"] = dt.date.fromisoformat(day)
    return facts


def _decision(case: Case) -> Decision:
    """The decision whose minutes are being adjusted or answered."""
    return queries.decisions(case)[-1]


def _effect(case: Case, move: Move, by: Viewer, at: dt.datetime, given: dict[str, Any]) -> dict[str, Any]:
    """What the minutes lead to: what the first hand wrote, or what the body itself decided when it confirms them.

    Raises MoveNotAllowed for one person with two seats, FactsRefused where a day has passed meanwhile.
    """
    decision = _decision(case)
    if decision.first_by is not None:
        first = session.get_one(Membership, decision.first_by)
        if first.user_id == by.user_id:
            raise MoveNotAllowed(move.verb, "other_hand")
        given = {name: effect_of(decision).get(name) for name in given}
    if errors := _wrong_in_effect(case, given, at):
        raise FactsRefused(errors)
    return given


def _adjust(case: Case, by: Viewer, at: dt.datetime) -> Decision:
    """The act of the second hand, or of the body, is the adjustment of the minutes."""
    decision = _decision(case)
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
    task = _effect(case, move, by, at, {"task": task})["task"]
    decision = _adjust(case, by, at)
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


def accept_recommendation(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, comment: str = "") -> TrailEvent:
    """Say yes to what the body gave the parties (T28). When all have, it is carried out or the case is closed."""
    move = course.allowed(case, "accept_recommendation", s, by)
    _answer(case, by, at, is_accepted=True, comment=comment)
    yes = {a.party_code for a in case_queries.recommendation_answers(case) if a.is_accepted}
    is_last = yes >= {p.party_code for p in case.sides}
    decision = _decision(case)
    asked = _begin_tasks(case, decision) if is_last else []
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": course.who(case, by), "number": decision.number or ANNOUNCEMENT},
        content={"comment": comment}, closing_reason=ClosingReason.SETTLED_BODY, has_tasks=bool(asked), is_last=is_last,
        changes={"has_tasks": bool(asked), "are_tasks_reported": False},
        dates=tasks.task_dates(case, case_queries.tasks(case), course.local_day(at)) if asked else None,
    )  # fmt: skip


def _begin_tasks(case: Case, decision: Decision) -> list[tuple[str, str, dt.date]]:
    """What the decision asked of the parties, now that it is carried out: (what, party code, last day)."""
    asked = [(what, party, dt.date.fromisoformat(day)) for what, party, day in decision.tasks]
    tasks.add_tasks(case, asked)
    return asked


def _answer(case: Case, by: Viewer, at: dt.datetime, *, is_accepted: bool, comment: str) -> None:
    """Write the party's answer. Who lifts a case that others have not answered may have answered before."""
    if by.party is None or by.party not in case_queries.unanswered(case):
        return
    case.answers.append(
        RecommendationAnswer(
            round=case.round, step=case.step, party_code=by.party, is_accepted=is_accepted, comment=comment,
            answered_at=at,
        )
    )  # fmt: skip
    session.flush()


def refuse_recommendation(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Take the case to the next step (T29): a party that declines what the body gave it, or somebody for whom the
    answers to a recommendation never came.
    """
    move = course.allowed(case, "refuse_recommendation", s, by)
    _answer(case, by, at, is_accepted=False, comment=reasons)
    ladder = ladder_of(case)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={
            "who": course.who(case, by), "number": _decision(case).number or ANNOUNCEMENT,
            "to": ladder.next_body(case.step) or "", "step": case.step + 1,
        },
        content={"reasons": reasons},
    )  # fmt: skip


def end_without_agreement(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """As T29 at the top of the ladder (T29b): the case is closed without agreement and goes to revision."""
    move = course.allowed(case, "end_without_agreement", s, by)
    _answer(case, by, at, is_accepted=False, comment=reasons)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"who": course.who(case, by), "number": _decision(case).number or ""}, content={"reasons": reasons},
        closing_reason=ClosingReason.NO_AGREEMENT_REVISION,
    )  # fmt: skip


def carry_out(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task: tuple[str, str, dt.date] | None = None
) -> TrailEvent:
    """Adjust the minutes of an outcome of the top body that needs no answer (T27b): a deviation handled, information, a
    revision ordered. With a ``task`` (what, party code, last day) it is carried out first, else the case is closed.
    """
    move = course.allowed(case, "carry_out", s, by)
    task = _effect(case, move, by, at, {"task": task})["task"]
    decision = _adjust(case, by, at)
    tasks.add_tasks(case, [task] if task else [])
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "result": decision.outcome.value},
        content={"task": [task[0], task[1], task[2].isoformat()] if task else []},
        changes={"has_tasks": bool(task), "are_tasks_reported": False}, has_tasks=bool(task),
        dates=tasks.task_dates(case, case_queries.tasks(case), course.local_day(at)) if task else None,
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
    """End a case that nobody took to the next step after the body's announcement (T28b), by time alone.

    Whoever was silent has accepted nothing, and may still take it there (T29c) until the last day that is set here.
    """
    move = course.allowed(case, "take_effect", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays(LATE_REFUSAL, case.step, case.is_urgent)
    base_on = workdays.base_day(at, calendar)
    late = counted(LATE_REFUSAL, "take_effect", base_on, days, calendar, urgent=case.is_urgent)
    asked = _begin_tasks(case, _decision(case))
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"who": ", ".join(case_queries.unanswered(case)), "day": late.due_on.isoformat()},
        dues=[late], changes={"has_tasks": bool(asked), "are_tasks_reported": False}, has_tasks=bool(asked),
        dates=tasks.task_dates(case, case_queries.tasks(case), course.local_day(at)) if asked else None,
        closing_reason=ClosingReason.DECIDED_BODY,
    )  # fmt: skip


def refuse_late(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Take a case that silence ended to the next step (T29c): a new round, for a party that had not answered."""
    move = course.allowed(case, "refuse_late", s, by)
    _answer(case, by, at, is_accepted=False, comment=reasons)
    ladder = ladder_of(case)
    # Met in the round that ends here, before the new one begins.
    course.meet(case, (LATE_REFUSAL,), workdays.base_day(at, calendar_of(ladder)))
    reopening.begin_round(case)
    return course.advance(
        case, move, s.change(is_kept_by_body=False), by=by, at=at,
        facts={
            "who": course.who(case, by), "round": case.round, "to": ladder.next_body(case.step) or "",
            "step": case.step + 1,
        },
        content={"reasons": reasons},
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

    ``remit_until`` is the new last day, ``product`` what is to come of it, ``reporter`` the party that tells of it.
    At most two remits in a case. People, papers and rooms are kept. Raises FactsRefused for a day that is not to come.
    """
    move = course.allowed(case, "remit", s, by)
    ladder = ladder_of(case)
    below = ladder.step(case.step - 1)
    given = {
        "remit_question": remit_question, "product": product, "remit_until": remit_until, "reporter": reporter,
    }  # fmt: skip
    effect = _effect(case, move, by, at, given)
    dates: dict[str, dt.date] = {}
    if below.body is not None:
        before = [t for t in meeting_queries.treatments(case) if t.step == below.no]
        dates = {"material": meetings.prepared_by(case, meetings.begin_again(case, before[-1], at=at), at)}
    decision = _adjust(case, by, at)
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
    _effect(case, move, by, at, {})
    decision = _adjust(case, by, at)
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
    task = _effect(case, move, by, at, {"task": task})["task"]
    decision = _adjust(case, by, at)
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
        dates = tasks.task_dates(case, case_queries.tasks(case), course.local_day(at))
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body, "result": result},
        content={"task": [task[0], task[1], task[2].isoformat()] if task else []},
        changes={"has_tasks": bool(task), "are_tasks_reported": False}, dates=dates,
        closing_reason=reason, has_tasks=bool(task),
    )  # fmt: skip


def _interpret(case: Case, decision: Decision, at: dt.datetime) -> str:
    """Enter the decided interpretation, unpublished, and give it its number. No text comes from anywhere else."""
    ladder = ladder_of(case)
    year = decision.decided_on.year
    number = f"{decision.body}-T {year}:{trail.next_number(f'{decision.body}-T', year)}"
    treatment = _treatment(case)
    assert treatment.question is not None
    assert case.agreement_version_id is not None
    assert decision.applies_from is not None  # the record is complete
    days = ladder.workdays("D17", case.step, case.is_urgent)
    calendar = calendar_of(ladder)
    session.add(
        Interpretation(
            number=number, agreement_code=case.agreement_code, version_id=case.agreement_version_id,
            question=treatment.question, answer=decision.text, reasons=decision.reasons,
            purpose_and_goals=decision.purpose_and_goals, scope=decision.scope, applies_from=decision.applies_from,
            body=decision.body, decided_on=decision.decided_on,
            minutes_ref="", rule_result="concurring_blocks", dissent=decision.dissent or None,
            status=InterpretationStatus.IN_FORCE, keywords=[], source_case=case.number,
            publish_due_on=workdays.add(workdays.base_day(at, calendar), days, calendar, case.is_urgent),
            provisions=list(case_queries.provisions(case)),
        )
    )  # fmt: skip
    session.flush()
    return number


def close_without_agreement(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Adjust and close after the second treatment without concurrence (T33): both lines go to revision (§ 7.2)."""
    move = course.allowed(case, "close_without_agreement", s, by)
    _effect(case, move, by, at, {})
    decision = _adjust(case, by, at)
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": decision.body},
        closing_reason=ClosingReason.NO_AGREEMENT_REVISION,
    )  # fmt: skip


def table_without_concurrence(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, what_is_needed: str = ""
) -> TrailEvent:
    """Adjust and take the case up once more at the next meeting that can be reached, or will be (T33b)."""
    move = course.allowed(case, "table_without_concurrence", s, by)
    what_is_needed = _effect(case, move, by, at, {"what_is_needed": what_is_needed})["what_is_needed"]
    old = _treatment(case)
    following = meetings.begin_again(case, old, at=at)
    decision = _adjust(case, by, at)
    old.what_is_needed = what_is_needed
    return course.advance(
        case, move, s, by=by, at=at, event=None if following else "tabled_without_meeting",
        facts={"body": decision.body, **meetings.aimed_at(following)},
        content={"what_is_needed": what_is_needed}, dates={"material": meetings.prepared_by(case, following, at)},
    )  # fmt: skip


def sign(interpretation: Interpretation, *, by: Viewer, at: dt.datetime, is_secrecy_reviewed: bool) -> TrailEvent:
    """Vouch for an interpretation, the first of two who publish it: nobody but they can read it yet (D17)."""
    _hold(interpretation, by, at, is_secrecy_reviewed=is_secrecy_reviewed, is_first=True)
    interpretation.signed_side, interpretation.signed_by = BlockSide(by.side or ""), by.membership_id
    interpretation.signed_on = course.local_day(at)
    session.flush()
    return trail.record(
        "interpretation_signed",
        at=at,
        by=by.actor,
        about=f"interpretation:{interpretation.number}",
        facts={"number": interpretation.number, "who": _hand(by)},
        state={"signed_on": interpretation.signed_on.isoformat()},
    )


def publish(interpretation: Interpretation, *, by: Viewer, at: dt.datetime, is_secrecy_reviewed: bool) -> TrailEvent:
    """Make an interpretation public, the second of two (D17): no move of the case it came from.

    Raises MoveNotAllowed for another seat, for the side or the person that has signed, for a text that is not the
    decided one, or if it is public already; FactsRefused if nobody vouches that it was reviewed for secrecy.
    """
    _hold(interpretation, by, at, is_secrecy_reviewed=is_secrecy_reviewed, is_first=False)
    interpretation.is_secrecy_reviewed = True
    interpretation.published_on = course.local_day(at)
    session.flush()
    return trail.record(
        "interpretation_published",
        at=at,
        by=by.actor,
        about=f"interpretation:{interpretation.number}",
        facts={"number": interpretation.number},
        state={"published_on": interpretation.published_on.isoformat()},
    )


def _hold(
    interpretation: Interpretation, by: Viewer, at: dt.datetime, *, is_secrecy_reviewed: bool, is_first: bool
) -> None:
    """Refuse who may not sign or publish now. Two may press at once: the second waits here, and then sees what the
    first has done."""
    session.scalars(select(Interpretation.id).where(Interpretation.id == interpretation.id).with_for_update()).one()
    session.refresh(interpretation)
    if guard := queries.keeps_from_publishing(interpretation, by, course.local_day(at)):
        raise MoveNotAllowed("publish", guard)
    if is_first is not (interpretation.signed_by is None):
        raise MoveNotAllowed("publish", "already_signed" if is_first else "not_signed")
    if queries.differs_from_decision(interpretation):
        raise MoveNotAllowed("publish", "differs_from_decision")
    if not is_secrecy_reviewed:
        raise FactsRefused({"is_secrecy_reviewed": say("Pröva sekretessen innan tolkningen publiceras.")})
