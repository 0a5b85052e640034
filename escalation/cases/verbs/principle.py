"""Verbs by which a case goes past the parties because its question is one of principle (T5-T7, T10)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from escalation.accounts.models import Viewer
from escalation.cases.course import advance, allowed, hearing_on, in_force, refuse_wrong, tell_first, who
from escalation.cases.filings import wrong_affected
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.verbs.filing import answer_urgency
from escalation.cases.waits import OWED, wait_of_debt
from escalation.db import session
from escalation.rules import deadlines as due_dates
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.machine import Move
from escalation.rules.situation import (
    HearingKind,
    Situation,
)
from escalation.trail.models import TrailEvent


def claim_principle(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    cover_letter: str,
    urgency: bool | None = None,
    urgency_answer: str = "",
) -> TrailEvent:
    """Ask the first body's chair whether the case may begin there (T5). The respondent reads it and may comment."""
    move = allowed(case, "claim_principle", s, by)
    answer = answer_urgency(case, urgency, urgency_answer)
    case.served_at = at
    respondents = ", ".join(p.party_code for p in case.parties_as(PartyRole.RESPONDENT))
    return advance(
        case, move, s, by=by, at=at, facts={"respondent": respondents},
        content={"cover_letter": cover_letter, **answer},
    )  # fmt: skip


def comment_principle(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, comment_text: str) -> TrailEvent:
    """Comment, as the respondent, on whether the case may begin at the first body (T5b). The chair's days begin."""
    move = allowed(case, "comment_principle", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D3b", case.step, case.is_urgent)
    day = workdays.base_day(at, calendar)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"comment_text": comment_text},
        dues=[due_dates.counted("D3b", "comment_principle", day, days, calendar, urgent=case.is_urgent)],
        changes={"is_principle_commented": True},
    )  # fmt: skip


def grant_principle(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, principled: str, named: Sequence[str], effect: str
) -> TrailEvent:
    """Let the case begin at the first body (T6)."""
    move = allowed(case, "grant_principle", s, by)
    return _past_the_parties(case, move, s, by, at, principled, named, effect)


def call_up(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, principled: str, named: Sequence[str], effect: str
) -> TrailEvent:
    """Take a local case up at the first body, because it has become one of principle (T10). Both have been heard."""
    move = allowed(case, "call_up", s, by)
    hearing = hearing_on(case, HearingKind.CALL_UP)
    event = _past_the_parties(case, move, s, by, at, principled, named, effect)
    hearing.ended_at = at
    session.flush()
    return event


def wrong_named(case: Case, named: Sequence[str]) -> dict[str, str]:
    """A sentence where the named parties are not outside the dispute or not affected by the question (§ 7.1)."""
    sides = [p.party_code for p in case.sides]
    wrong = wrong_affected(sides, named, case.agreement_code, case.event_on)
    return {"named": wrong} if wrong else {}


def _past_the_parties(
    case: Case, move: Move, s: Situation, by: Viewer, at: dt.datetime, principled: str, named: Sequence[str],
    effect: str,
) -> TrailEvent:  # fmt: skip
    """Move a case to the first body before the parties are done with it, for the two reasons of § 7.1: the question
    is one of principle, and it is assumed to affect parties outside the dispute. These take part from now.

    D4, D5 and D7b stay owed where they are not met, with new days.
    """
    refuse_wrong(wrong_named(case, named))
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    day = workdays.base_day(at, calendar)
    met = {key for key, deadline in in_force(case).items() if deadline.met_on is not None}
    owed = [
        due_dates.counted(key, move.verb, day, ladder.workdays(key, 1, case.is_urgent), calendar, urgent=case.is_urgent)
        for key in ("D4", "D5", "D7b")
        if key not in met
    ]
    case.is_principled = True
    event = advance(
        case, move, s, by=by, at=at, facts={"body": who(case, by), "step": ladder.first_body_step},
        content={"principled": principled, "named": list(named), "effect": effect}, dues=owed,
    )  # fmt: skip
    known = {p.party_code for p in case.parties}
    case.parties += [CaseParty(party_code=code, role=PartyRole.AFFECTED) for code in named if code not in known]
    session.flush()
    first = next((deadline for key, deadline in in_force(case).items() if key in OWED and key not in met), None)
    if first is not None:
        tell_first(case, wait_of_debt(first), by, at)
    return event


def refuse_principle(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Let the case begin with the parties (T7): it is served today with all its days. An undecided request counts
    as refused."""
    move = allowed(case, "refuse_principle", s, by)
    case.served_at = at
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "step": case.step}, content={"reasons": reasons}
    )
