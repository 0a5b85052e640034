"""Verbs that close a case before it is decided (T37, T40)."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.cases.course import advance, allowed, hearing_on, who
from escalation.cases.ladders import last_day
from escalation.cases.models.case import Case
from escalation.cases.verbs.pauses import NOTICE
from escalation.db import session
from escalation.rules.machine import BEFORE_SERVED
from escalation.rules.situation import (
    ClosingReason,
    HearingKind,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def withdraw(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Withdraw the case as the party that pursues it (T37): at once before it was sent, else after five working days
    without objection. This is possible once in a round; what a body has announced stays valid."""
    move = allowed(case, "withdraw", s, by)
    until = last_day(case, at, NOTICE)
    is_shared = case.phase not in BEFORE_SERVED
    case.withdrawal_until = until if is_shared else None
    next(p for p in case.parties if p.party_code == by.party).withdrew_in = case.round
    session.flush()
    facts = {"who": who(case, by)}
    return advance(
        case, move, s, by=by, at=at, event=None if is_shared else "filing_withdrawn",
        facts=facts | {"day": until.isoformat()} if is_shared else facts,
        content={"reason": reason}, closing_reason=ClosingReason.WITHDRAWN,
        changes={"is_being_withdrawn": is_shared}, dates={"W": until} if is_shared else None,
    )  # fmt: skip


def keep_open(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Object to a withdrawal (T37): the case goes on. From now it is pursued by the party that objects, or by the body
    of the chair who objects. All parties keep their roles, rights and days."""
    move = allowed(case, "keep_open", s, by)
    case.withdrawal_until, case.kept_by = None, by.party or by.body
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason},
        changes={"is_being_withdrawn": False, "withdrawal_time_over": False, "is_kept_by_body": by.party is None},
        dates={"": swedish_day(at)},
    )  # fmt: skip


def end_withdrawn(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Close a withdrawn case to which there was no objection (T37), by time alone."""
    move = allowed(case, "end_withdrawn", s, by)
    assert case.withdrawal_until is not None
    return advance(
        case, move, s, by=by, at=at, facts={"day": case.withdrawal_until.isoformat()},
        closing_reason=ClosingReason.WITHDRAWN, changes={"is_being_withdrawn": False},
    )  # fmt: skip


def supersede(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Close a case whose question is gone, since the law or the agreement has changed (T40): two officials of different
    sides, by their proposal. All have been heard, and no party that pursues the case has objected."""
    move = allowed(case, "supersede", s, by)
    hearing_on(case, HearingKind.SUPERSEDE).ended_at = at
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason},
        closing_reason=ClosingReason.SUPERSEDED,
    )  # fmt: skip
