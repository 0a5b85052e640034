"""That who holds the ball has an act that the situation allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escalation.proof.laws import MATTER
from escalation.proof.seats import INITIATOR, RESPONDENT
from escalation.proof.walk import may_lift
from escalation.rules.machine import Move, failing_guard
from escalation.rules.situation import (
    GUARDS,
    LOCAL_PHASES,
    Phase,
    Seat,
    Situation,
)
from escalation.rules.waits import held, rules_of

_BEGUN: dict[str, tuple[str, ...]] = {
    # deadline expression after which a ball row begins -> the flags that say so
    "D2+10": ("completion_time_over",),
    "D3": ("comment_time_over",),
    "D3b+5": ("principle_undecided",),
    "D7": ("local_time_over",),
    "D7c": ("forced_decision_due",),
    "D7c+5": ("forced_decision_passed",),
    "A": ("ask_time_over",),
    "A+5": ("ask_long_over",),
    "B": ("forced_decision_passed",),  # which is never later than B
    "B+5": ("forced_decision_passed",),
    "D7b": ("statement_time_over",),
    "F": ("forced_decision_due", "statement_time_over"),  # the later of D7c and D7b + 5
    "F+5": ("forced_decision_passed", "statement_time_over"),
    "D14+15": ("minutes_meeting_come",),
    "minutes_meeting": ("minutes_meeting_over",),
    "D15+5": ("answer_time_over",),
    "task+20": ("confirmation_time_over",),
    "confirm": ("confirmation_time_over",),
    "W": ("withdrawal_time_over",),
}


_HOLDERS = {
    "initiator": INITIATOR,
    "respondent": RESPONDENT,
    "objectors": {Seat.OBJECTOR},
    "both_sides": INITIATOR | RESPONDENT,
    "both_sides_and_secretariat": INITIATOR | RESPONDENT | {Seat.SECRETARIAT},
    "pursuers": INITIATOR | RESPONDENT,
    "unanswered": {Seat.UNANSWERED},
    "secretariat": {Seat.SECRETARIAT, Seat.BODY_HERE, Seat.OFFICIAL_REGION, Seat.OFFICIAL_MUNICIPAL},
    "chair:{next_body}": {Seat.CHAIR_NEXT},
    "chair:{body}": {Seat.ADJUSTER_REGION, Seat.ADJUSTER_MUNICIPAL},
    "adjuster_region:{body}": {Seat.ADJUSTER_REGION},
    "adjuster_municipal:{body}": {Seat.ADJUSTER_MUNICIPAL},
    "body:{body}": {Seat.BODY_HERE},
    "obliged": {Seat.OBLIGED_HANDLER},
    "counterparty": {Seat.COUNTERPARTY_APPROVER},
}


ANSWERED_BY_PROPOSAL = {"statement", "settle", "settle_extend_lift", "answer"}
"""Awaited acts that need no row of their own: a proposal answers them, and silence does no harm."""


def ball_misplaced(s: Situation, moves: Sequence[Move]) -> Iterator[str]:
    """The holder of the ball must have an act that is open in the situation (E29)."""
    if not s.is_open or s.is_paused or s.is_joined:
        return
    begun = [
        r
        for r in rules_of(s)
        if all(GUARDS[g](s) for g in r.when) and (r.after is None or all(getattr(s, flag) for flag in _BEGUN[r.after]))
    ]
    if not begun:
        yield f"{s.phase} at step {s.step} has no ball"
        return
    ball = begun[-1]
    act, holder = held(ball, s)
    if act in ANSWERED_BY_PROPOSAL:
        return
    seats = _HOLDERS[holder]
    can_act = any(
        failing_guard(m, s, {seat}) is None
        for m in moves
        if s.phase in m.phases and m.t not in MATTER
        for seat in seats
    )
    is_left_to_time = s.is_being_withdrawn and s.withdrawal_time_over
    proposed_in = LOCAL_PHASES | {Phase.INTAKE, Phase.COMPLETION}
    proposes = is_left_to_time or (Seat.SECRETARIAT in seats and s.phase in proposed_in)
    # B is later than D7b, though no situation tells its day
    is_early = s.phase is Phase.IMPASSE and s.is_pursued and not may_lift(s)
    waits = (s.phase is Phase.PREPARATION and not s.is_material_deadline_open) or (
        s.phase is Phase.SCHEDULED and not s.meeting_day_come
    )
    if not (can_act or proposes or waits or is_early):
        where = f"in {s.phase} at step {s.step}"
        yield f"the ball ({act}) lies with {holder}, who can do nothing, {where}"
