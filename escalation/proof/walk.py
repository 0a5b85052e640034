"""Every way out of a situation: by a row, by a proposal of both sides, by time, or with the lead case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from escalation.proof.choices import NOT_ASKED, UNADJUSTED, choices
from escalation.proof.road import PAST_THE_PARTIES
from escalation.proof.seats import ALONE, BOTH_SIDES
from escalation.rules.ladder import Ladder
from escalation.rules.machine import BEFORE_SERVED, Move, MoveNotAllowed, Target, failing_guard, land
from escalation.rules.situation import (
    ANNOUNCED,
    BODY_KINDS,
    ENDED_UNHEARD,
    GUARDS,
    LOCAL_PHASES,
    REFERRED_IN,
    TWO_OFFICIALS,
    ClosingReason,
    Phase,
    ProposalKind,
    Seat,
    Situation,
)

_TIME = (
    "completion_time_over",
    "is_reminded_twice",
    "comment_time_over",
    "principle_undecided",
    "local_time_over",
    "receipt_long_overdue",
    "forced_decision_due",
    "forced_decision_passed",
    "parties_silent",
    "ask_time_over",
    "ask_long_over",
    "statement_time_over",
    "meeting_day_come",
    "minutes_meeting_come",
    "minutes_meeting_over",
    "answer_time_over",
    "are_silent_reminded",
    "late_refusal_time_over",
    "confirmation_time_over",
    "are_tasks_overdue",
    "pause_over",
    "withdrawal_time_over",
    "reopening_time_over",
)


@dataclass(frozen=True)
class Arc:
    """One way out of a situation: by a row, by a proposal of both sides, by time, or with the lead case."""

    by: str
    seats: frozenset[Seat]
    to: Situation


def start(ladder: Ladder, *, interprets: bool, is_principled: bool = False) -> Situation:
    """A case just filed (T1). ``interprets``: whether the ladder's top interprets the cited agreement."""
    return _entering(ladder, 1, Phase.INTAKE, interprets, is_principled)


def _entering(ladder: Ladder, step: int, phase: Phase, interprets: bool, is_principled: bool) -> Situation:
    here = ladder.step(step)
    return Situation(
        phase=phase,
        step=step,
        kinds=ladder.kinds,
        outcomes=frozenset(here.outcomes),
        interprets=bool(here.interprets) and interprets,
        is_principled=is_principled,
    )


_REMEMBERED: dict[Phase, frozenset[str]] = {
    # flags that still matter in the phase; the others are reset, so that the walk does not repeat itself
    Phase.IMPLEMENTATION: frozenset(
        {
            "has_tasks", "are_tasks_reported", "are_tasks_overdue", "confirmation_time_over", "is_paused", "pause_over",
            "is_acknowledged", "planned_reason", "is_ended_by_silence", "late_refusal_time_over", "remits",
        }
    ),
    Phase.RECOMMENDATION_OUT: frozenset(
        {
            "outcome", "answer_time_over", "are_silent_reminded", "is_paused", "pause_over", "is_being_withdrawn",
            "withdrawal_time_over", "is_acknowledged", "is_kept_by_body", "remits",
        }
    ),
    Phase.CLOSED: frozenset(
        {
            "has_tasks", "closing_reason", "was_served", "is_acknowledged", "is_reopening_asked",
            "reopening_time_over", "is_review_refused", "is_ended_by_silence", "late_refusal_time_over", "remits",
            "left_phase",
        }
    ),
}  # fmt: skip


_PRINCIPLE = (
    "is_principle_asked",
    "is_principle_commented",
    "comment_time_over",
    "principle_undecided",
)


_ALWAYS = ("phase", "step", "kinds", "outcomes", "interprets", "is_principled")


def lean(s: Situation) -> Situation:
    """The situation without the flags that no rule reads in its phase."""
    if s.phase in _REMEMBERED:
        kept = {name: getattr(s, name) for name in (*_ALWAYS, *_REMEMBERED[s.phase])}
        if s.closing_reason not in ENDED_UNHEARD or s.left_phase is not Phase.IMPASSE:
            kept.pop("left_phase", None)  # of the others it is known by what else is
        if s.phase is not Phase.RECOMMENDATION_OUT and not s.is_ended_by_silence:
            kept.pop("remits", None)  # it goes on from its body only if another chooses so
        return Situation(**kept)
    forgotten: dict[str, object] = {}
    if s.phase not in BEFORE_SERVED:
        forgotten |= {name: False for name in _PRINCIPLE if getattr(s, name)}
    if s.receipt_long_overdue and s.phase is not Phase.SERVED:
        forgotten["receipt_long_overdue"] = False
    if s.phase not in {Phase.SERVED, Phase.DIALOGUE} or s.local_time_over:  # they say whose ball it is till D7
        forgotten |= {name: False for name in ("is_position_in", "is_meeting_held") if getattr(s, name)}
    if s.phase is not Phase.COMPLETION:
        forgotten |= {name: False for name in ("completion_time_over", "is_reminded_twice") if getattr(s, name)}
    if s.phase not in LOCAL_PHASES and (s.asks or s.parties_silent):
        forgotten |= NOT_ASKED | {"parties_silent": False, "asks": 0}
    if s.has_acted_since and s.ask_time_over:  # a party that has acted since is not closed by time
        forgotten |= {"ask_time_over": False, "ask_long_over": False}
    if s.has_open_referral and s.phase not in REFERRED_IN:
        forgotten["has_open_referral"] = False
    return s.change(**forgotten) if forgotten else s


def arcs(s: Situation, ladder: Ladder, interprets: bool, moves: Sequence[Move]) -> Iterator[Arc]:
    """Every way out of ``s``."""
    for by, takers, to in _ways_out(s, ladder, interprets, moves):
        lean_to = lean(to)
        for seats in takers:
            yield Arc(by, seats, lean_to)


def _open_to(move: Move, s: Situation) -> list[frozenset[Seat]]:
    """The seats that can make the move now, each alone."""
    seats = {a.seat for a in move.actors}
    # A guard that shuts the move to all of them together shuts it to each. Most rows are shut and are checked once.
    if failing_guard(move, s, seats) is not None:
        return []
    return [frozenset({seat}) for seat in seats if failing_guard(move, s, {seat}) is None]


def _ways_out(
    s: Situation, ladder: Ladder, interprets: bool, moves: Sequence[Move]
) -> Iterator[tuple[str, Sequence[frozenset[Seat]], Situation]]:
    """Each way out of ``s`` once, with all those who can take it."""
    for move in moves:
        if s.phase not in move.phases:
            continue
        takers = _open_to(move, s)
        if move.after_hearing:
            takers += _open_to(move, s.change(heard=frozenset({move.after_hearing})))
        kind = ProposalKind.LIFT_EARLY if move.verb == "declare_impasse" else move.by_proposal
        if kind is not None and not s.agreed and not s.is_being_withdrawn:
            heard = frozenset({move.after_hearing}) if move.after_hearing else s.heard
            agreed = s.change(agreed=frozenset({kind}), heard=heard)
            sides = frozenset({Seat.SECRETARIAT}) if kind in TWO_OFFICIALS else BOTH_SIDES
            if any(failing_guard(move, agreed, {a.seat}) is None for a in move.actors if a.seat in sides):
                takers.append(sides)
        if takers:
            for to in _after(move, s, ladder, interprets, moves):
                yield move.t, takers, to
    rests = s.is_paused or s.is_being_withdrawn or s.is_joined
    if s.phase is Phase.IMPASSE and not (s.is_statement_agreed or rests):
        yield ProposalKind.STATEMENT, [BOTH_SIDES], s.change(is_statement_agreed=True)
    if s.is_joined:
        apart = s.change(is_joined=False, is_lead_before_minuted=False)
        yield "lead", [ALONE], apart.change(phase=Phase.CLOSED)
        yield "lead", [ALONE], apart
    for flag in _ticks(s):
        yield "time", [ALONE], s.change(**{flag: True})
    if s.phase is Phase.PREPARATION and not (s.is_material_deadline_open or s.is_joined):
        yield "time", [ALONE], s.change(is_material_deadline_open=True)


def _ticks(s: Situation) -> Iterator[str]:
    if s.is_paused:
        return iter(() if s.pause_over else ("pause_over",))
    if s.is_being_withdrawn:
        return iter(() if s.withdrawal_time_over else ("withdrawal_time_over",))
    if s.is_joined:
        return iter(())
    local = s.phase in LOCAL_PHASES
    may = {
        "completion_time_over": s.phase is Phase.COMPLETION,
        "is_reminded_twice": s.completion_time_over,
        "comment_time_over": s.phase is Phase.BYPASS_REVIEW and not s.is_principle_commented,
        "principle_undecided": s.phase is Phase.BYPASS_REVIEW and (s.is_principle_commented or s.comment_time_over),
        "local_time_over": local,
        "receipt_long_overdue": s.phase is Phase.SERVED and not s.is_acknowledged,
        "forced_decision_due": local and s.local_time_over,
        "forced_decision_passed": local and s.forced_decision_due,
        "parties_silent": local and s.forced_decision_due and GUARDS["asked_less_than_twice"](s),
        # both are never later: D7b is ten days from the impasse as A is from the question
        "ask_time_over": s.is_asked
        and not s.has_acted_since
        and s.forced_decision_passed
        and (s.phase is not Phase.IMPASSE or may_lift(s)),
        "ask_long_over": s.ask_time_over,
        "statement_time_over": s.phase is Phase.IMPASSE,
        "meeting_day_come": s.phase is Phase.SCHEDULED,
        "minutes_meeting_come": s.phase is Phase.MINUTED,
        "minutes_meeting_over": s.phase is Phase.MINUTED and s.minutes_meeting_come,
        "answer_time_over": s.phase is Phase.RECOMMENDATION_OUT,
        "are_silent_reminded": s.answer_time_over and s.outcome in ANNOUNCED,
        "late_refusal_time_over": s.is_ended_by_silence,
        "are_tasks_overdue": s.phase is Phase.IMPLEMENTATION,
        "confirmation_time_over": s.phase is Phase.IMPLEMENTATION and (s.are_tasks_overdue or s.are_tasks_reported),
        "reopening_time_over": s.phase is Phase.CLOSED and not s.is_reopening_asked,
    }
    return (flag for flag in _TIME if may.get(flag) and not getattr(s, flag))


def may_lift(s: Situation) -> bool:
    return GUARDS["statement_agreed_or_time_over"](s)


def _after(move: Move, s: Situation, ladder: Ladder, interprets: bool, moves: Sequence[Move]) -> Iterator[Situation]:
    for facts in choices(move, s, moves):
        try:
            last = bool(facts.pop("is_last", True))
            step, phase = land(move, s, has_tasks=bool(facts.get("has_tasks")), is_last=last)
        except MoveNotAllowed:  # the target does not exist here, so the row is never taken
            continue
        begins_again = move.target is Target.HIGHEST_REACHED or (not s.is_open and phase is not Phase.CLOSED)
        is_sent = phase is Phase.SERVED and s.phase is not Phase.SERVED
        if step == s.step and not is_sent and not begins_again:
            if phase is Phase.PREPARATION:
                facts |= {"outcome": None, "meeting_day_come": False, **UNADJUSTED}
                facts |= {"minutes_meeting_come": False, "minutes_meeting_over": False}
            if phase is Phase.IMPLEMENTATION and phase is not s.phase:
                facts |= {"planned_reason": _closes_as(move, s)}
            if phase is Phase.CLOSED and s.is_open:
                facts |= {"closing_reason": _closes_as(move, s), "was_served": s.phase not in NEVER_SENT}
                facts |= {"left_phase": s.phase}
            if move.verb in OF_SUBSTANCE and phase in LOCAL_PHASES:
                facts |= {"parties_silent": False, "has_acted_since": s.is_asked and facts.get("is_asked", True)}
            yield s.change(phase=phase, **facts)
        else:  # a step is entered anew: its days and its facts begin from nothing (E9)
            fresh = _entering(ladder, step, phase, interprets, s.is_principled)
            # One remit stands for both: what matters is whether another is allowed.
            remits = 2 if move.verb == "remit" else s.remits
            past_the_parties = move.t in PAST_THE_PARTIES
            answered = s.is_acknowledged or not past_the_parties
            principled = s.is_principled or past_the_parties
            yield fresh.change(
                is_kept_by_body=s.is_kept_by_body and not begins_again,
                is_acknowledged=answered and phase not in {Phase.INTAKE, Phase.SERVED},
                remits=remits,
                is_principled=principled,
            )


OF_SUBSTANCE = frozenset(
    {
        "acknowledge", "state_position", "note_meeting", "extend", "declare_impasse", "return_to_dialogue", "pursue",
        "keep_open", "resume",
    }
)  # fmt: skip
"""Acts after which the parties have not been silent; an office's word that there is no solution gives them time too.

They are fewer than the rows with ``is_substance``: where one side's act leaves the other's silence open, the walk goes
on from both."""


NEVER_SENT = frozenset({Phase.INTAKE, Phase.COMPLETION})
"""Phases in which the respondent has not been sent the case."""


def _closes_as(move: Move, s: Situation) -> ClosingReason:
    """Why the case is closed, as far as it matters for whether and where it is taken up again."""
    if move.verb in {"settle", "accept_recommendation"}:
        return ClosingReason.SETTLED_BODY if s.kind in BODY_KINDS else ClosingReason.SETTLED_LOCAL
    return CLOSES_AS.get(move.verb) or s.planned_reason or ClosingReason.DECIDED_BODY


CLOSES_AS = {
    "reject": ClosingReason.OUT_OF_SCOPE,
    "withdraw": ClosingReason.WITHDRAWN,
    "end_withdrawn": ClosingReason.WITHDRAWN,
    "lapse": ClosingReason.LAPSED,
    "lapse_incomplete": ClosingReason.LAPSED,
    "supersede": ClosingReason.SUPERSEDED,
}
