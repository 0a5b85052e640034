"""Verbs with which parties answer a recommendation or an announcement (T28, T29)."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.cases import course
from escalation.cases import queries as case_queries
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import RecommendationAnswer
from escalation.cases.models.case import Case
from escalation.cases.verbs import reopening, tasks
from escalation.db import session
from escalation.decisions.queries import decision_of
from escalation.decisions.verbs.effects import begin_tasks
from escalation.decisions.verbs.minutes import ANNOUNCEMENT
from escalation.rules import workdays
from escalation.rules.deadlines import LATE_REFUSAL, calendar_of
from escalation.rules.situation import ClosingReason, Situation
from escalation.trail.models import TrailEvent


def accept_recommendation(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, comment: str = "") -> TrailEvent:
    """Accept the body's recommendation or announcement (T28).

    When all parties have accepted, it is carried out or the case is closed.
    """
    move = course.allowed(case, "accept_recommendation", s, by)
    _answer(case, by, at, is_accepted=True, comment=comment)
    yes = {a.party_code for a in case_queries.recommendation_answers(case) if a.is_accepted}
    is_last = yes >= {p.party_code for p in case.sides}
    decision = decision_of(case)
    asked = begin_tasks(case, decision) if is_last else []
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": course.who(case, by), "number": decision.number or ANNOUNCEMENT},
        content={"comment": comment}, closing_reason=ClosingReason.SETTLED_BODY, has_tasks=bool(asked), is_last=is_last,
        changes={"has_tasks": bool(asked), "are_tasks_reported": False},
        dates=tasks.task_dates(case, case_queries.tasks(case), workdays.swedish_day(at)) if asked else None,
    )  # fmt: skip


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
    """Take the case to the next step (T29).

    A party does so when it declines the body's recommendation or announcement; others may when the answers to a
    recommendation never came.
    """
    move = course.allowed(case, "refuse_recommendation", s, by)
    _answer(case, by, at, is_accepted=False, comment=reasons)
    ladder = ladder_of(case)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={
            "who": course.who(case, by), "number": decision_of(case).number or ANNOUNCEMENT,
            "to": ladder.next_body(case.step) or "", "step": case.step + 1,
        },
        content={"reasons": reasons},
    )  # fmt: skip


def end_without_agreement(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Decline the top body's recommendation (T29b): the case is closed without agreement and goes to revision."""
    move = course.allowed(case, "end_without_agreement", s, by)
    _answer(case, by, at, is_accepted=False, comment=reasons)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"who": course.who(case, by), "number": decision_of(case).number or ""}, content={"reasons": reasons},
        closing_reason=ClosingReason.NO_AGREEMENT_REVISION,
    )  # fmt: skip


def refuse_late(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Take a case that silence ended to the next step in a new round (T29c), for a party that had not answered."""
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
