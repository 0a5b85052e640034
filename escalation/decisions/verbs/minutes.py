"""Verbs on what a body has decided, until its minutes are adjusted (T26)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from escalation.accounts.models import Viewer
from escalation.cases import course
from escalation.cases.course import FactsRefused
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.case import Case
from escalation.db import session
from escalation.decisions.models import Decision
from escalation.decisions.queries import decision_of, open_treatment
from escalation.decisions.verbs.effects import effect_kept, wrong_in_effect
from escalation.meetings import queries as meeting_queries
from escalation.meetings.models import Treatment
from escalation.parties.models import BlockSide
from escalation.rules import workdays
from escalation.rules.choices import DIVIDED, LETTERS, NO_LINE, OTHER, OTHER_MUNICIPAL, OTHER_REGION, SAME_OTHER
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.moves.table import outcomes_open
from escalation.rules.situation import Outcome, Situation
from escalation.trail.models import TrailEvent

_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])\s+(?=[^\W\d_a-zåäö])")


ANNOUNCEMENT = "announcement"
"""The word that replaces, in a sentence, the number that only a recommendation has."""


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
    treatment = open_treatment(case)
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
    due = last_day(case, at, days_of(case, "D14"))
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"body": treatment.body, "decided_on": decided_on.isoformat(), "outcome": outcome.value},
        content=_facts_of(written), changes={"outcome": outcome, "is_record_complete": True},
        dates=_successors(case, treatment.body, due),
    )  # fmt: skip


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
    is_municipal = ladder_of(case).step(case.step).is_municipal
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


def _facts_of(written: Mapping[str, Any]) -> dict[str, Any]:
    """The same as the trail keeps it, each text under the name of the field in which it was typed."""
    day = written["applies_from"]
    facts = {name: value for name, value in written.items() if name != "text"}
    for block in ("region", "municipal"):
        if written[f"{block}_choice"] not in LETTERS:
            facts[f"{block}_other"] = facts.pop(f"{block}_line")
    return facts | {"decision_text": written["text"], "applies_from": day.isoformat() if day else ""}


def _successors(case: Case, body: str, due: dt.date) -> dict[str, dt.date]:
    """The day on which the body itself may confirm its minutes: its first meeting after D14 + 15, if it has any."""
    over = workdays.add(due, 15, calendar_of(ladder_of(case)), case.is_urgent)
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

    An adjustment of the old text does not count for the new one: both adjusters begin again. The trail keeps both.
    """
    move = course.allowed(case, "correct_decision", s, by)
    decision = decision_of(case)
    lines, errors = _lines(
        case, open_treatment(case), outcome, region_line, region_other, municipal_line, municipal_other
    )
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
        content={**_facts_of(written), "reason": reason},
        changes={"outcome": outcome, "is_record_complete": True, "adjusted_for": "", "is_sent_back": False},
        dates=_successors(case, decision.body, _d14(case)),
    )  # fmt: skip


def send_back(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Ask the secretariat to correct the minutes instead of adjusting them (T26c). An earlier adjustment is removed."""
    move = course.allowed(case, "send_back", s, by)
    decision = decision_of(case)
    _begin_adjusting_again(decision)
    decision.sent_back = reason
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": hand_of(by), "body": decision.body}, content={"reason": reason},
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
    """Adjust the minutes for the viewer's block, as the first of two (T26b). They take effect by the second.

    The facts are those of the row that the outcome leads to; the second adjuster reads them and cannot change them.
    """
    move = course.allowed(case, "adjust", s, by)
    decision = decision_of(case)
    given = {
        "task": task, "remit_question": remit_question, "product": product, "remit_until": remit_until,
        "reporter": reporter, "what_is_needed": what_is_needed,
    }  # fmt: skip
    asked = {fact.name for fact in move.asked_facts(s)}
    facts = {name: value for name, value in given.items() if name in asked}
    if errors := wrong_in_effect(case, facts, at):
        raise FactsRefused(errors)
    decision.first_side, decision.first_by, decision.first_at = BlockSide(by.side or ""), by.membership_id, at
    decision.effect = effect_kept(facts)
    decision.sent_back = ""
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": hand_of(by), "body": decision.body}, content=decision.effect,
        changes={"adjusted_for": by.side, "is_sent_back": False},
        dates=_successors(case, decision.body, _d14(case)),
    )  # fmt: skip


def hand_of(by: Viewer) -> str:
    """The word that stands for the adjuster in a sentence of the trail."""
    return f"adjuster_{by.side}" if by.body else f"official_{by.side}"


def _d14(case: Case) -> dt.date:
    return course.in_force(case)["D14"].due_on
