"""Who is waited for after each move, for which act, until when, and who succeeds (domain/05 § 5.1)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from escalation.rules.situation import (
    GUARDS,
    LOCAL_PHASES,
    Phase,
    Situation,
)


@dataclass(frozen=True)
class BallRule:
    """Who must do what until when; begins today, or on the first working day after ``after``.

    ``due`` and ``after`` are deadline expressions: a key, perhaps with working days added ("D7c+5"). ``when`` names
    the guards under which the row is written at all.
    """

    act: str
    holder: str
    due: str
    after: str | None = None
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class BallRow:
    """One dated row of a case's future."""

    begins_on: dt.date
    act: str
    holder: str
    due_on: dt.date
    deadline_key: str


_LOCAL = (
    BallRule("acknowledge", "respondent", "D4", when=("unacknowledged",)),
    BallRule("position", "respondent", "D5", when=("acknowledged", "position_missing")),
    BallRule("meet", "both_sides", "D6", when=("acknowledged", "position_in", "meeting_not_held")),
    BallRule("settle", "both_sides", "D7", when=("acknowledged", "position_in", "meeting_held")),
    BallRule("settle_extend_lift", "both_sides", "D7c", after="D7"),
    BallRule("force", "secretariat", "D7c+5", after="D7c"),
    BallRule("force", "chair:{next_body}", "D7c+10", after="D7c+5"),
)


_IMPASSE = (
    BallRule("statement", "both_sides", "D7b", when=("statement_missing",)),
    BallRule("lift", "both_sides", "F", when=("statement_agreed",)),
    BallRule("lift", "both_sides", "F", after="D7b", when=("statement_missing",)),
    BallRule("force", "secretariat", "F+5", after="F"),
    BallRule("force", "chair:{next_body}", "F+10", after="F+5"),
)


_ANSWER = (
    BallRule("answer", "unanswered", "D15", when=("outcome_recommends",)),
    BallRule("lift_unanswered", "both_sides_and_secretariat", "D15+10", after="D15+5", when=("outcome_recommends",)),
    BallRule("answer_announcement", "unanswered", "D15", when=("outcome_is_announced",)),
)


_TASKS = (
    BallRule("report", "obliged", "task", when=("tasks_open",)),
    BallRule("close", "secretariat", "task+25", after="task+20", when=("tasks_open",)),
    BallRule("confirm", "counterparty", "confirm", when=("tasks_reported",)),
    BallRule("close", "secretariat", "confirm+5", after="confirm", when=("tasks_reported",)),
)


WITHDRAWAL = (
    BallRule("object", "objectors", "W"),
    BallRule("close", "secretariat", "W+5", after="W"),
)
"""While a withdrawal's five working days run, the case rests and only an objection is waited for (T37)."""


ASKED = (
    BallRule("say_on", "both_sides", "A"),
    BallRule("force", "secretariat", "A+5", after="A"),
    BallRule("force", "chair:{next_body}", "A+10", after="A+5"),
)
"""While the parties are asked whether they go on (T21a)."""


PURSUED = (
    BallRule("lift", "pursuers", "B"),
    BallRule("force", "secretariat", "B+5", after="B"),
    BallRule("force", "chair:{next_body}", "B+10", after="B+5"),
)
"""When a party has said that it does (T21b)."""


IN_THE_PARTIES_STEAD: dict[str, str] = {
    # what both sides are waited for -> what the secretariat is, where a chair has kept a withdrawn case (T37)
    "meet": "stand_in",
    "settle": "stand_in",
    "statement": "stand_in",
    "settle_extend_lift": "force",
    "lift": "lift",
    "lift_unanswered": "lift_unanswered",
}


def held(rule: BallRule, s: Situation) -> tuple[str, str]:
    """The rule's act and holder as they are in this situation: a case that its body pursues waits for no party."""
    if s.is_kept_by_body and rule.holder in {"both_sides", "both_sides_and_secretariat"}:
        return IN_THE_PARTIES_STEAD[rule.act], "secretariat"
    return rule.act, rule.holder


FUTURE: dict[Phase, tuple[BallRule, ...]] = {
    Phase.INTAKE: (BallRule("check_filing", "secretariat", "D1"),),
    Phase.COMPLETION: (
        BallRule("complete", "initiator", "D2"),
        BallRule("lapse_incomplete", "secretariat", "D2+15", after="D2+10"),
    ),
    Phase.BYPASS_REVIEW: (
        BallRule("comment", "respondent", "D3", when=("not_commented",)),
        BallRule("decide_principle", "chair:{next_body}", "D3b", when=("commented",)),
        BallRule("decide_principle", "chair:{next_body}", "D3b", after="D3", when=("not_commented",)),
        BallRule("decide_principle", "secretariat", "D3b+10", after="D3b+5"),
    ),
    Phase.SERVED: _LOCAL,
    Phase.DIALOGUE: _LOCAL,
    Phase.IMPASSE: _IMPASSE,
    Phase.RECEIVED: (BallRule("check_file", "secretariat", "D9"),),
    Phase.PREPARATION: (BallRule("prepare", "secretariat", "material"),),
    Phase.SCHEDULED: (BallRule("decide", "body:{body}", "meeting"),),
    Phase.MINUTED: (
        BallRule("correct", "secretariat", "D14", when=("to_correct",)),
        BallRule("adjust", "chair:{body}", "D14", when=("recorded", "not_adjusted_once")),
        BallRule("adjust", "adjuster_region:{body}", "D14", when=("recorded", "adjusted_for_municipal")),
        BallRule("adjust", "adjuster_municipal:{body}", "D14", when=("recorded", "adjusted_for_region")),
        BallRule("confirm_minutes", "secretariat", "minutes_meeting", after="D14+15"),
        BallRule("certify", "secretariat", "minutes_meeting+5", after="minutes_meeting"),
    ),
    Phase.RECOMMENDATION_OUT: _ANSWER,
    Phase.IMPLEMENTATION: _TASKS,
    Phase.CLOSED: (),
}


def rules_of(s: Situation) -> tuple[BallRule, ...]:
    """The rules by which the ball's future is written now."""
    if s.is_being_withdrawn:
        return WITHDRAWAL
    if s.phase in LOCAL_PHASES and (s.is_asked or s.is_pursued) and not s.is_kept_by_body:
        return ASKED if s.is_asked else PURSUED
    return FUTURE.get(s.phase, ())


def future(
    s: Situation,
    *,
    today: dt.date,
    date: Callable[[str], dt.date],
    open_from: Callable[[dt.date], dt.date],
    body: str | None,
    next_body: str | None,
) -> list[BallRow]:
    """The case's future from ``today``, earliest first.

    ``date`` gives the day of a deadline expression. Rows that have begun already are folded into one that begins
    today, so that an act done late does not give the ball back to where time had moved it from.
    """
    rows: list[BallRow] = []
    for rule in rules_of(s):
        if not all(GUARDS[g](s) for g in rule.when):
            continue
        begins = today if rule.after is None else open_from(date(rule.after))
        act, holder = held(rule, s)
        holder = holder.format(body=body, next_body=next_body)
        row = BallRow(max(begins, today), act, holder, date(rule.due), rule.due)
        if row.begins_on == today and rows:
            rows = [r for r in rows if r.begins_on > today]
        rows.append(row)
    return rows
