"""Queries of decisions, and of the interpretations that come from them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Membership, Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Interpretation
from escalation.cases.models.case import Case
from escalation.db import session
from escalation.decisions import queries
from escalation.decisions.models import Decision
from escalation.meetings import queries as meeting_queries
from escalation.meetings.models import Treatment
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.situation import (
    Outcome,
)


def treated_with(case: Case) -> list[tuple[Treatment, Decision | None]]:
    """Every treatment of the case by a body, oldest first, each with its decision if there is one."""
    rows = session.execute(
        select(Treatment, Decision)
        .outerjoin(Decision, Decision.treatment_id == Treatment.id)
        .where(Treatment.case_id == case.id)
        .order_by(Treatment.id)
    )
    return [(t, d) for t, d in rows]


def decision_behind(interpretation: Interpretation) -> Decision | None:
    """The decision that an interpretation was entered from; None for one that came with the reference data."""
    return session.scalars(
        select(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.number == interpretation.source_case, Decision.outcome == Outcome.INTERPRET)
        .where(Decision.body == interpretation.body, Decision.decided_on == interpretation.decided_on)
        .order_by(Decision.id.desc())
        .limit(1)
    ).one_or_none()


def differs_from_decision(interpretation: Interpretation) -> bool:
    """Whether the interpretation differs from its decision. It does so only if a row was changed by hand."""
    decided = decision_behind(interpretation)
    return decided is not None and (
        (decided.text, decided.reasons, decided.purpose_and_goals, decided.scope, decided.applies_from)
        != (
            interpretation.answer, interpretation.reasons, interpretation.purpose_and_goals, interpretation.scope,
            interpretation.applies_from,
        )
    )  # fmt: skip


def keeps_from_publishing(interpretation: Interpretation, by: Viewer, today: dt.date) -> str | None:
    """None if the viewer may sign or publish the interpretation now, else the name of what stands in the way.

    One official of each side of the secretariat; from D17 + 5 also the chair and the deputy of the body.
    """
    if interpretation.published_on is not None:
        return "published"
    if by.role in CHAIRS and by.body == interpretation.body:
        if not is_late_to_publish(interpretation, today):
            return "publishing_time_over"
    elif by.role not in SECRETARIAT_ROLES:
        return "seat"
    if interpretation.signed_by is None:
        return None
    if interpretation.signed_side == by.side:
        return "other_side_publishes"
    return "other_hand" if session.get_one(Membership, interpretation.signed_by).user_id == by.user_id else None


def is_late_to_publish(interpretation: Interpretation, today: dt.date) -> bool:
    """Whether D17 + 5 is over: from then on the body's chair and deputy may publish too."""
    due = interpretation.publish_due_on
    of_agreement = agreements.agreement(interpretation.agreement_code)
    if due is None or of_agreement is None:
        return False
    calendar = calendar_of(ladders.load(of_agreement.ladder_key))
    return today >= workdays.open_from(workdays.add(due, 5, calendar), calendar)


def decisions(case: Case) -> Sequence[Decision]:
    """Every decision in the case, oldest first."""
    return session.scalars(select(Decision).where(Decision.case_id == case.id).order_by(Decision.id)).all()


def open_treatment(case: Case) -> Treatment:
    treatment = meeting_queries.current_treatment(meeting_queries.treatments(case), case)
    assert treatment is not None  # scheduled is entered with one
    return treatment


def decision_of(case: Case) -> Decision:
    """The latest decision of the case."""
    return queries.decisions(case)[-1]
