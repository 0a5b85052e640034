"""Whether the rows of a case say the same as its trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    select,
)

from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball
from escalation.db import session
from escalation.trail import queries as trail


def state_of(case: Case, balls: Sequence[Ball]) -> dict[str, Any]:
    """What a case's row and ball say, in words and days. Every event carries it, and ``flask verify`` compares it."""
    return {
        "step": case.step,
        "phase": case.phase.value,
        "round": case.round,
        "version": case.version,
        "type": case.type.value,
        "joined_to": case.joined_to,
        "closing_reason": case.closing_reason.value if case.closing_reason else None,
        "ball": [[b.begins_on.isoformat(), b.act, b.holder, b.due_on.isoformat()] for b in balls],
    }


def rows_that_disagree() -> list[str]:
    """Numbers of cases whose row or ball differs from their newest trail event, with the first difference."""
    by_trail = trail.latest_states("case:")
    wrong: list[str] = []
    by_case: dict[int, list[Ball]] = {}
    for ball in session.scalars(select(Ball).order_by(Ball.begins_on, Ball.id)):
        by_case.setdefault(ball.case_id, []).append(ball)
    for case in session.scalars(select(Case).order_by(Case.id)):
        says = by_trail.pop(f"case:{case.number}", None)
        if says is None:
            wrong.append(f"{case.number}: the trail has no event of this case")
            continue
        is_now = state_of(case, by_case.get(case.id, []))
        says = {"type": is_now["type"], **says}  # older events, from before T41, do not name the type
        differing = next((key for key in is_now if says.get(key) != is_now[key]), None)
        if differing:
            wrong.append(f"{case.number}: {differing} is {is_now[differing]!r}, its events say {says.get(differing)!r}")
    return wrong + [f"{about.partition(':')[2]}: the trail has events of a case that has no row" for about in by_trail]
