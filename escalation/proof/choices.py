"""What an act makes true, once for every choice of its form that matters to the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from escalation.rules.machine import Move
from escalation.rules.moves.table import outcomes_open
from escalation.rules.situation import (
    GUARDS,
    LOCAL_PHASES,
    MOST_ASKS,
    Outcome,
    Phase,
    Situation,
)

UNADJUSTED: dict[str, object] = {"adjusted_for": "", "is_sent_back": False}


NOT_ASKED: dict[str, object] = {
    "is_asked": False,
    "is_pursued": False,
    "has_acted_since": False,
    "ask_time_over": False,
    "ask_long_over": False,
}
"""The parties are not asked whether they go on."""

Made = Iterable[dict[str, object]]
"""What an act makes true of the situation: one dictionary of flags for each choice."""


def choices(move: Move, s: Situation, moves: Sequence[Move]) -> Iterator[dict[str, object]]:
    """The flags that the act sets, once for every choice of its form that matters to the machine."""
    if move.verb in DECIDES:
        made: Made = DECIDES[move.verb](s, outcomes_open(s, moves))
    else:
        made = CHOICES[move.verb](s) if move.verb in CHOICES else ({},)
    for flags in made:
        yield dict(flags)


def _decide(s: Situation, outcomes: Sequence[Outcome]) -> Made:
    for outcome in outcomes:
        treatments = min(2, s.treatments_without_concurrence + _fails_at_top(s, outcome))
        yield {"outcome": outcome, "treatments_without_concurrence": treatments}


def _correct_decision(s: Situation, outcomes: Sequence[Outcome]) -> Made:
    before = s.treatments_without_concurrence - _fails_at_top(s, s.outcome)
    for outcome in outcomes:
        treatments = before + _fails_at_top(s, outcome)
        yield {**UNADJUSTED, "outcome": outcome, "treatments_without_concurrence": treatments}


def _fails_at_top(s: Situation, outcome: Outcome | None) -> bool:
    return outcome is Outcome.NO_CONCURRENCE and s.is_top


def _take_off(s: Situation) -> Made:
    return ({}, {"take_offs": s.take_offs + 1}) if s.take_offs < 2 else ({},)


def _extend(s: Situation) -> Made:
    return (NOT_ASKED | LOCAL_TIME_ANEW | {"extensions": s.extensions + 1},)


def _refuse_reopening(s: Situation) -> Made:
    return ({"is_reopening_asked": False, "is_review_refused": GUARDS["was_rejected"](s)},)


def _always(*made: dict[str, object]) -> Callable[[Situation], Made]:
    return lambda _s: made


LOCAL_TIME_ANEW: dict[str, object] = {
    "local_time_over": False,
    "forced_decision_due": False,
    "forced_decision_passed": False,
}
WITH_OR_WITHOUT_TASKS = _always({"has_tasks": False}, {"has_tasks": True})
DECIDES: dict[str, Callable[[Situation, Sequence[Outcome]], Made]] = {
    "decide": _decide,
    "correct_decision": _correct_decision,
}
CHOICES: dict[str, Callable[[Situation], Made]] = {
    "comment_principle": _always({"is_principle_commented": True}),
    "acknowledge": _always({"is_acknowledged": True}),
    # later positions meet no deadline
    "state_position": lambda s: ({"is_position_in": True} if s.phase in LOCAL_PHASES else {},),
    "note_meeting": _always({"is_meeting_held": True}),
    "report_task": _always({"are_tasks_reported": True}),
    "take_off": _take_off,
    # the seat decides for which side it is: both are walked
    "adjust": _always({**UNADJUSTED, "adjusted_for": "region"}, {**UNADJUSTED, "adjusted_for": "municipal"}),
    "send_back": _always({**UNADJUSTED, "is_sent_back": True}),
    "pronounce": WITH_OR_WITHOUT_TASKS,
    "settle": WITH_OR_WITHOUT_TASKS,
    "carry_out": WITH_OR_WITHOUT_TASKS,
    "take_effect": _always(
        {"has_tasks": False, "is_ended_by_silence": True}, {"has_tasks": True, "is_ended_by_silence": True}
    ),
    "accept_recommendation": _always({"is_last": False}, {"has_tasks": False}, {"has_tasks": True}),
    # One ask stands for both: what matters is whether another is allowed.
    "ask_to_pursue": _always(NOT_ASKED | {"is_asked": True, "asks": MOST_ASKS, "parties_silent": False}),
    "pursue": _always(NOT_ASKED | {"is_pursued": True}),
    "declare_impasse": _always(NOT_ASKED),
    "extend": _extend,
    "return_to_dialogue": _always(
        NOT_ASKED
        | LOCAL_TIME_ANEW
        | {"is_acknowledged": True, "statement_time_over": False, "is_statement_agreed": False}
    ),
    "pause": _always({"is_paused": True}),
    "resume": _always({"is_paused": False, "pause_over": False}),
    "end_pause": _always({"pause_over": True}),
    "withdraw": lambda s: ({"is_being_withdrawn": True} if s.phase is not Phase.INTAKE else {},),
    # the case is the lead, which nothing changes, or another's member
    "join": _always({}, {"is_joined": True, "is_lead_before_minuted": True}),
    "separate": _always({"is_joined": False, "is_lead_before_minuted": False}),
    # Kept by a party the case stands as before, but that the other party withdraws it no more. That it ends without any
    # withdrawal is known from where the parties are silent; walking it again would tell nothing.
    "keep_open": _always({"is_being_withdrawn": False, "withdrawal_time_over": False, "is_kept_by_body": True}),
    "refer": _always({"has_open_referral": True}),
    "answer_referral": _always({"has_open_referral": False}),
    "ask_reopening": _always({"is_reopening_asked": True}),
    "refuse_reopening": _refuse_reopening,
}
"""By the verb of the row. A row that is not here makes nothing true but where it leads."""
