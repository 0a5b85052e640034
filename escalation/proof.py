"""Walk every situation that MOVES can reach on a ladder, and check the properties of ``domain/05`` § 5.2.

Time acts as an actor does: a tick lets one more deadline pass. Of the choices in a form, every one that matters to
the machine is explored (which outcome, tasks or none, on which ground).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from escalation.rules import ladder as ladders
from escalation.rules.ladder import Ladder
from escalation.rules.machine import BEFORE_SERVED, Move, MoveNotAllowed, Target, failing_guard, land, phase_left
from escalation.rules.main_agreement import main_agreement
from escalation.rules.moves.table import MOVES, outcomes_open
from escalation.rules.situation import (
    ANNOUNCED,
    BODY_KINDS,
    CARRIED_OUT,
    CLOSED_BY_BODY,
    CLOSED_BY_PARTIES,
    ENDED_UNHEARD,
    GUARDS,
    LOCAL_PHASES,
    MOST_ASKS,
    REFERRED_IN,
    TWO_OFFICIALS,
    ClosingReason,
    Outcome,
    Phase,
    ProposalKind,
    Seat,
    Situation,
    StepKind,
)
from escalation.rules.waits import held, rules_of

INITIATOR = frozenset({Seat.INITIATOR_HANDLER, Seat.INITIATOR_APPROVER})
RESPONDENT = frozenset({Seat.RESPONDENT_HANDLER, Seat.RESPONDENT_APPROVER})
EITHER = frozenset({Seat.OBLIGED_HANDLER, Seat.COUNTERPARTY_APPROVER, Seat.UNANSWERED, Seat.PURSUER, Seat.OBJECTOR})
BESIDE = frozenset(
    {Seat.AFFECTED_HANDLER, Seat.UNCONFIRMED, Seat.ONE_OF_SEVERAL, Seat.OUTSIDER, Seat.COORDINATING_CENTRE}
)
PARTIES = INITIATOR | RESPONDENT | EITHER | BESIDE
OFFICIALS = frozenset(
    {
        Seat.SECRETARIAT,
        Seat.CHAIR_HERE,
        Seat.CHAIR_NEXT,
        Seat.ADJUSTER_REGION,
        Seat.ADJUSTER_MUNICIPAL,
        Seat.OFFICIAL_REGION,
        Seat.OFFICIAL_MUNICIPAL,
        Seat.BODY_HERE,
        Seat.SECRETARIAT_HEAD,
        Seat.REFERRED,
        Seat.REGISTRAR,
        Seat.CLOCK,
    }
)
BOTH_SIDES = INITIATOR | RESPONDENT
ALONE = frozenset({Seat.CLOCK})
"""Time, and changes that follow from another case."""
VOICES: dict[str, frozenset[Seat]] = {
    # seats of each party; a seat that either side may hold is silent when either of them is
    "the initiator": INITIATOR | EITHER,
    "the respondent": RESPONDENT | EITHER,
    "the others": BESIDE,
}
SILENCES: dict[str, frozenset[Seat]] = {
    f"{' and '.join(who)} silent": frozenset().union(*(VOICES[name] for name in who))
    for count in range(1, len(VOICES) + 1)
    for who in combinations(VOICES, count)
}
"""The parties silent in every combination, the fewest first."""
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
UP, DOWN = "next step", "step below"
SETTLED = (Phase.IMPLEMENTATION, Phase.CLOSED)
"""Where a settlement leads from anywhere before the minutes (T13); a withdrawal leads to the latter (T37)."""
ROAD: dict[Phase, frozenset[str]] = {
    # phase -> where a case goes from it (domain/05 § 5.1), besides staying; a row must lead each of these ways
    Phase.INTAKE: frozenset({Phase.COMPLETION, Phase.BYPASS_REVIEW, Phase.SERVED, Phase.CLOSED}),
    Phase.COMPLETION: frozenset({Phase.INTAKE, Phase.CLOSED}),
    Phase.BYPASS_REVIEW: frozenset({Phase.SERVED, UP, Phase.CLOSED}),
    Phase.SERVED: frozenset({UP, Phase.DIALOGUE, Phase.IMPASSE, *SETTLED}),
    Phase.DIALOGUE: frozenset({UP, Phase.IMPASSE, *SETTLED}),
    Phase.IMPASSE: frozenset({UP, Phase.DIALOGUE, *SETTLED}),
    Phase.RECEIVED: frozenset({Phase.PREPARATION, *SETTLED}),
    Phase.PREPARATION: frozenset({Phase.SCHEDULED, *SETTLED}),
    Phase.SCHEDULED: frozenset({Phase.PREPARATION, Phase.MINUTED, *SETTLED}),
}
MEANT: dict[Outcome, frozenset[str]] = {
    # outcome -> what the adjusted minutes lead to; no_concurrence depends on the step (``road``)
    Outcome.RECOMMEND: frozenset({Phase.RECOMMENDATION_OUT}),
    **dict.fromkeys(CARRIED_OUT, frozenset(SETTLED)),  # at the top; below it they are announced (``road``)
    Outcome.REMIT: frozenset({DOWN}),
    Outcome.REFER_UP: frozenset({UP}),
    Outcome.DECIDE: frozenset({Phase.CLOSED, Phase.IMPLEMENTATION}),
    Outcome.INTERPRET: frozenset({Phase.CLOSED, Phase.IMPLEMENTATION}),
}
CLOSERS = frozenset(
    {"T3b", "T4", "T13", "T21", "T27b", "T28", "T28b", "T29b", "T32", "T33", "T35", "T37", "T37c", "T40"}
)
"""The acts that end a case (domain/05 § 5.2); no other may."""
MATTER = frozenset({"T41", "T42"})
"""The acts that change what a case is about; they change nothing that the machine looks at."""
ON_OCCASION = frozenset({"T10", "T38", "T40"}) | MATTER
"""Acts that something outside the case brings about: a principle, another case, a changed law, a question that turns
out to be another. A case must be able to end without them.
"""
WHO_TAKES_PART = frozenset({"T9b", "T9e", "T43", "T43b", "T43c"})
"""The acts that change who takes part, which a situation does not hold."""
PAST_THE_PARTIES = frozenset({"T6", "T10"})
"""The acts that lead past dialogue steps, never past a body's (§ 7.1: what is of a principled character)."""
PURSUERS: dict[str, frozenset[Seat]] = {
    # parties that may want the top body's answer -> their own acts. An act as an obliged or owed party leads not up.
    "the initiator": INITIATOR | {Seat.UNANSWERED},
    "the respondent": RESPONDENT | {Seat.UNANSWERED, Seat.OBJECTOR},
}
DUTIES = frozenset({"T6", "T7", "T8", "T22", "T24", "T26", "T27", "T27b", "T27c", "T30", "T31", "T32", "T33", "T33b"})
"""Duties of an office where a case waits for it: check a filing, say where it begins, accept the file, put it on a
meeting, decide, adjust the minutes. However it does them, the way up must stay open. The proof assumes that it does
them at some time: successors for silent offices are not built yet.
"""
NEVER_TAKEN = "is never taken on any ladder"
PROPERTIES = (
    "every case can end",
    "the way up stays open",
    "no party can block by silence",
    "skips a step",
    "leads down",
    "off the road",
    "no row leads from",
    "without waiting",
    "though nobody has acknowledged",
    "moves a case by an opinion",
    "moves a case by what it is about",
    "closes a case alone",
    "closes a case though",
    "closes a case while",
    "never changes anything",
    "with one hand",
    "interpret an agreement that is not its to interpret",
    "can never be entered",
    "cannot be left",
    "has no ball",
    "who can do nothing",
    NEVER_TAKEN,
)
"""The laws as they are worded in findings; ``flask explore`` prints which of them hold."""

ANSWERED_BY_PROPOSAL = {"statement", "settle", "settle_extend_lift", "answer"}
"""Awaited acts that need no row of their own: a proposal answers them, and silence does no harm."""


@dataclass(frozen=True)
class Arc:
    """One way out of a situation: by a row, by a proposal of both sides, by time, or with the lead case."""

    by: str
    seats: frozenset[Seat]
    to: Situation


@dataclass
class Exploration:
    """The result for one ladder: how many situations, which rows were taken, and every broken property."""

    ladder: str
    states: int
    taken: set[str]
    findings: list[str] = field(default_factory=list)


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
    for by, whoever, to in _ways_out(s, ladder, interprets, moves):
        lean_to = lean(to)
        for seats in whoever:
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
        whoever = _open_to(move, s)
        if move.after_hearing:
            whoever += _open_to(move, s.change(heard=frozenset({move.after_hearing})))
        kind = ProposalKind.LIFT_EARLY if move.verb == "declare_impasse" else move.by_proposal
        if kind is not None and not s.agreed and not s.is_being_withdrawn:
            heard = frozenset({move.after_hearing}) if move.after_hearing else s.heard
            agreed = s.change(agreed=frozenset({kind}), heard=heard)
            sides = frozenset({Seat.SECRETARIAT}) if kind in TWO_OFFICIALS else BOTH_SIDES
            if any(failing_guard(move, agreed, {a.seat}) is None for a in move.actors if a.seat in sides):
                whoever.append(sides)
        if whoever:
            for to in _after(move, s, ladder, interprets, moves):
                yield move.t, whoever, to
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
        and (s.phase is not Phase.IMPASSE or _may_lift(s)),
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


def _may_lift(s: Situation) -> bool:
    return GUARDS["statement_agreed_or_time_over"](s)


def _after(move: Move, s: Situation, ladder: Ladder, interprets: bool, moves: Sequence[Move]) -> Iterator[Situation]:
    for facts in _choices(move, s, moves):
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


UNADJUSTED: dict[str, object] = {"adjusted_for": "", "is_sent_back": False}
NOT_ASKED: dict[str, object] = {
    "is_asked": False,
    "is_pursued": False,
    "has_acted_since": False,
    "ask_time_over": False,
    "ask_long_over": False,
}
"""The parties are not asked whether they go on."""
OF_SUBSTANCE = frozenset(
    {
        "acknowledge", "state_position", "note_meeting", "extend", "declare_impasse", "return_to_dialogue", "pursue",
        "keep_open", "resume",
    }
)  # fmt: skip
"""Acts after which the parties have not been silent; an office's word that there is no solution gives them time too."""
NEVER_SENT = frozenset({Phase.INTAKE, Phase.COMPLETION})
"""Phases in which the respondent has not been sent the case."""


def _closes_as(move: Move, s: Situation) -> ClosingReason:
    """Why the case is closed, as far as it matters for whether and where it is taken up again."""
    match move.verb:
        case "reject":
            return ClosingReason.OUT_OF_SCOPE
        case "withdraw" | "end_withdrawn":
            return ClosingReason.WITHDRAWN
        case "lapse" | "lapse_incomplete":
            return ClosingReason.LAPSED
        case "supersede":
            return ClosingReason.SUPERSEDED
        case "settle" | "accept_recommendation":
            return ClosingReason.SETTLED_BODY if s.kind in BODY_KINDS else ClosingReason.SETTLED_LOCAL
        case _:
            return s.planned_reason or ClosingReason.DECIDED_BODY


def _choices(move: Move, s: Situation, moves: Sequence[Move]) -> Iterator[dict[str, object]]:  # noqa: C901
    """The flags that the act sets, once for every choice of its form that matters to the machine."""
    match move.verb:
        case "comment_principle":
            yield {"is_principle_commented": True}
        case "acknowledge":
            yield {"is_acknowledged": True}
        case "state_position":  # later positions meet no deadline
            yield {"is_position_in": True} if s.phase in LOCAL_PHASES else {}
        case "note_meeting":
            yield {"is_meeting_held": True}
        case "report_task":
            yield {"are_tasks_reported": True}
        case "take_off":
            yield {}
            if s.take_offs < 2:
                yield {"take_offs": s.take_offs + 1}
        case "decide":
            for outcome in outcomes_open(s, moves):
                again = outcome is Outcome.NO_CONCURRENCE and s.is_top
                treatments = min(2, s.treatments_without_concurrence + again)
                yield {"outcome": outcome, "treatments_without_concurrence": treatments}
        case "adjust":  # the seat decides for which side it is: both are walked
            yield {**UNADJUSTED, "adjusted_for": "region"}
            yield {**UNADJUSTED, "adjusted_for": "municipal"}
        case "send_back":
            yield {**UNADJUSTED, "is_sent_back": True}
        case "correct_decision":
            was = s.outcome is Outcome.NO_CONCURRENCE and s.is_top
            before = s.treatments_without_concurrence - was
            for outcome in outcomes_open(s, moves):
                again = outcome is Outcome.NO_CONCURRENCE and s.is_top
                yield {**UNADJUSTED, "outcome": outcome, "treatments_without_concurrence": before + again}
        case "pronounce" | "settle" | "carry_out":
            for tasks in (False, True):
                yield {"has_tasks": tasks}
        case "take_effect":
            for tasks in (False, True):
                yield {"has_tasks": tasks, "is_ended_by_silence": True}
        case "accept_recommendation":
            yield {"is_last": False}
            for tasks in (False, True):
                yield {"has_tasks": tasks}
        case "ask_to_pursue":
            # One ask stands for both: what matters is whether another is allowed.
            yield NOT_ASKED | {"is_asked": True, "asks": MOST_ASKS, "parties_silent": False}
        case "pursue":
            yield NOT_ASKED | {"is_pursued": True}
        case "declare_impasse":
            yield dict(NOT_ASKED)
        case "extend":
            yield NOT_ASKED | {
                "extensions": s.extensions + 1,
                "local_time_over": False,
                "forced_decision_due": False,
                "forced_decision_passed": False,
            }
        case "return_to_dialogue":
            yield NOT_ASKED | {
                "is_acknowledged": True,
                "local_time_over": False,
                "forced_decision_due": False,
                "forced_decision_passed": False,
                "statement_time_over": False,
                "is_statement_agreed": False,
            }
        case "pause":
            yield {"is_paused": True}
        case "resume" | "end_pause":
            yield {"is_paused": False, "pause_over": False} if move.verb == "resume" else {"pause_over": True}
        case "withdraw" if s.phase is not Phase.INTAKE:
            yield {"is_being_withdrawn": True}
        case "join":  # the case is the lead, which nothing changes, or another's member
            yield {}
            yield {"is_joined": True, "is_lead_before_minuted": True}
        case "separate":
            yield {"is_joined": False, "is_lead_before_minuted": False}
        case "keep_open":
            # Kept by a party the case stands as before, but that the other party withdraws it no more. That it ends
            # without any withdrawal is known from where the parties are silent; walking it again would tell nothing.
            yield {"is_being_withdrawn": False, "withdrawal_time_over": False, "is_kept_by_body": True}
        case "refer" | "answer_referral":
            yield {"has_open_referral": move.verb == "refer"}
        case "ask_reopening":
            yield {"is_reopening_asked": True}
        case "refuse_reopening":
            yield {"is_reopening_asked": False, "is_review_refused": GUARDS["was_rejected"](s)}
        case _:
            yield {}


def road(s: Situation) -> frozenset[str]:
    """Where a case may go from here: phases, and ``UP``."""
    if s.phase is Phase.MINUTED and s.outcome is Outcome.NO_CONCURRENCE:
        again = s.treatments_without_concurrence < 2
        return frozenset({UP if not s.is_top else Phase.PREPARATION if again else Phase.CLOSED})
    if s.phase is Phase.MINUTED and s.outcome in ANNOUNCED and not s.is_top:
        return MEANT[Outcome.RECOMMEND]
    if s.phase is Phase.MINUTED:
        return MEANT.get(s.outcome, frozenset()) if s.outcome else frozenset()
    if s.phase is Phase.RECOMMENDATION_OUT:
        return frozenset({*SETTLED} if s.is_top else {UP, *SETTLED})
    if s.phase is Phase.IMPLEMENTATION:
        local = Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED
        return _late(s) | {Phase.CLOSED, Phase.RECEIVED if s.kind in BODY_KINDS else local}
    if s.phase is Phase.CLOSED:
        return _taken_up(s) | _late(s)
    return ROAD.get(s.phase, frozenset())


def _late(s: Situation) -> frozenset[str]:
    """The way that is open to a party whose silence ended the case (T29c)."""
    return frozenset({UP} if s.is_ended_by_silence and not s.late_refusal_time_over else ())


def _taken_up(s: Situation) -> frozenset[str]:
    """Where a closed case may begin again: with the body that closed it, or with the parties at step 1; one that
    officials ended without an answer, in the phase it had."""
    if s.closing_reason in ENDED_UNHEARD:
        return frozenset({phase_left(s)})
    if s.closing_reason in CLOSED_BY_BODY:
        return frozenset({Phase.RECEIVED})
    if s.closing_reason is ClosingReason.OUT_OF_SCOPE:
        return frozenset({Phase.INTAKE})
    if s.closing_reason not in CLOSED_BY_PARTIES or not s.was_served:
        return frozenset()
    return frozenset({DOWN if s.step > 1 else Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED})


def _way_of(s: Situation, to: Situation) -> str | None:
    """The way that an arc takes, as ``road`` names it; None where the case stays where it is."""
    if to.step != s.step:
        return UP if to.step > s.step else DOWN
    return None if to.phase is s.phase else to.phase


STARTS = ((True, False), (True, True), (False, False), (False, True))
"""How a case may begin: whether the top interprets its agreement, and whether it is of a principled character."""


def explore(ladder: Ladder, moves: Sequence[Move] = MOVES, starts: Sequence[tuple[bool, bool]] = STARTS) -> Exploration:
    """Walk all situations of ``ladder`` and test every property. Never raises: findings are sentences."""
    graph: dict[Situation, list[Arc]] = {}
    taken: set[str] = set()
    findings: list[str] = []
    for interprets, principled in starts:
        first = start(ladder, interprets=interprets, is_principled=principled)
        queue = deque([first, first.change(is_principle_asked=True)])
        while queue:
            s = queue.popleft()
            if s in graph:
                continue
            graph[s] = list(arcs(s, ladder, interprets, moves))
            taken.update(a.by for a in graph[s])
            queue.extend(a.to for a in graph[s])
            findings.extend(_broken_here(s, graph[s], ladder, moves))
    if lost := [f for f in findings if f.endswith("has no ball")]:
        ways_there = {
            (arc.by, f"{arc.to.phase} at step {arc.to.step} has no ball") for w in graph.values() for arc in w
        }
        findings.extend(f"{by} leads where {finding}" for by, finding in ways_there if finding in lost)
    back = _backwards(graph)
    # An act only adds ways: where every case ends with all parties silent, it also ends when some of them act.
    if any(_cannot_end(graph, back, PARTIES, "")):
        findings.extend(_cannot_end(graph, back, frozenset(), "every case can end"))
        for who, seats in SILENCES.items():
            findings.extend(_cannot_end(graph, back, seats, f"no party can block by silence ({who})"))
    for who in PURSUERS:
        findings.extend(_way_up_shut(graph, who))
    findings.extend(_not_walked(graph, moves))
    entered = {s.phase for s in graph}
    findings.extend(f"{p} can never be entered" for p in sorted({q for m in moves for q in m.phases} - entered))
    return Exploration(ladder.key, len(graph), taken, sorted(set(findings)))


def _broken_here(s: Situation, ways: Sequence[Arc], ladder: Ladder, moves: Sequence[Move]) -> Iterator[str]:
    allowed = road(s)
    for arc in ways:
        way = _way_of(s, arc.to)
        passed = s.kinds[s.step : arc.to.step - 1]
        early = way == UP and s.phase in {Phase.BYPASS_REVIEW, Phase.SERVED, Phase.DIALOGUE}
        skips = (bool(passed) or early) and arc.by not in PAST_THE_PARTIES
        skips = skips or any(kind in BODY_KINDS for kind in passed)
        if skips or (way == UP and UP not in allowed and s.kind in BODY_KINDS):
            where = f"from {s.phase} at step {s.step}"
            yield f"{arc.by} skips a step or leaves a body that has not decided ({where})"
        elif arc.to.step < s.step and DOWN not in allowed:
            yield f"{arc.by} leads down from step {s.step}"
        elif way is not None and way not in allowed:
            yield f"{arc.by} leads off the road, from {s.phase} {s.outcome or ''} to {way}".replace("  ", " ")
        if s.phase is Phase.SCHEDULED and arc.to.outcome is Outcome.INTERPRET and not s.interprets:
            yield f"{arc.by} lets a body interpret an agreement that is not its to interpret (step {s.step})"
        if arc.by in MATTER and arc.to != s:
            yield f"{arc.by} moves a case by what it is about (from {s.phase})"
        if way is not None and s.phase is Phase.MINUTED and _is_one_hand(s, arc.seats):
            yield f"{arc.by} adjusts minutes with one hand (step {s.step})"
        yield from _closes_wrongly(s, arc)
        yield from _unfair(s, arc, way)
    if s.is_open and all(arc.by in ON_OCCASION for arc in ways):
        yield f"{s.phase} at step {s.step} cannot be left"
    if s.is_open and not (s.is_paused or s.is_joined):
        yield from _ball_misplaced(s, ladder, moves)


def _is_one_hand(s: Situation, seats: frozenset[Seat]) -> bool:
    """Whether minutes would take effect by one person: neither by the body itself nor by the other side."""
    others = {
        "region": {Seat.ADJUSTER_MUNICIPAL, Seat.OFFICIAL_MUNICIPAL},
        "municipal": {Seat.ADJUSTER_REGION, Seat.OFFICIAL_REGION},
    }
    return Seat.BODY_HERE not in seats and not seats <= others.get(s.adjusted_for, set())


def _closes_wrongly(s: Situation, arc: Arc) -> Iterator[str]:
    if arc.to.phase is not Phase.CLOSED or not s.is_open or arc.by in {"time", "lead"}:
        return
    if arc.by not in CLOSERS:
        yield f"{arc.by} closes a case though it is none of the acts that do (from {s.phase})"
    if arc.to.has_tasks and not s.has_tasks:
        yield f"{arc.by} closes a case while something is left to do (from {s.phase})"


def _unfair(s: Situation, arc: Arc, way: str | None) -> Iterator[str]:
    """Acts that one side does against the other, or any side before its time has come (domain/05 § 5.5)."""
    is_by_both = arc.seats >= BOTH_SIDES
    if way == Phase.IMPASSE and s.is_open and not (s.local_time_over or s.receipt_long_overdue or is_by_both):
        yield f"{arc.by} ends the local step without waiting for its last day (from {s.phase})"
    if way == UP and s.phase is Phase.IMPASSE and not (s.is_statement_agreed or s.statement_time_over):
        yield f"{arc.by} lifts a case without waiting for the joint statement"
    is_asked = {s.phase, arc.to.phase} <= REFERRED_IN and arc.to.has_open_referral is not s.has_open_referral
    if way is not None and is_asked:
        yield f"{arc.by} moves a case by an opinion, whose clock is its own (from {s.phase})"
    if way == Phase.DIALOGUE and not arc.to.is_acknowledged:
        yield f"{arc.by} opens the dialogue though nobody has acknowledged"
    if way == Phase.CLOSED and s.phase in LOCAL_PHASES and arc.seats & PARTIES and not is_by_both:
        yield f"{arc.by} lets a party that closes a case alone take it from the other (from {s.phase})"
    if way == Phase.CLOSED and s.phase is Phase.IMPLEMENTATION and Seat.OBLIGED_HANDLER in arc.seats:
        yield f"{arc.by} lets the obliged party, which closes a case alone, confirm its own work"


def _not_walked(graph: dict[Situation, list[Arc]], moves: Sequence[Move]) -> Iterator[str]:
    """Ways of the road that no row takes, and rows that in no situation change anything."""
    expected = {(s.phase, s.outcome if s.phase is Phase.MINUTED else None, way) for s in graph for way in road(s)}
    walked = {
        (s.phase, s.outcome if s.phase is Phase.MINUTED else None, _way_of(s, arc.to))
        for s, ways in graph.items() for arc in ways
    }  # fmt: skip
    for phase, outcome, way in sorted(expected - walked, key=str):
        rows = ", ".join(m.t for m in moves if phase in m.phases) or "none"
        yield f"no row leads from {phase} {outcome or ''} to {way} (rows that leave it: {rows})".replace("  ", " ")
    taken = {arc.by for ways in graph.values() for arc in ways}
    effective = {arc.by for s, ways in graph.items() for arc in ways if arc.to != s}
    yield from (f"{by} never changes anything" for by in sorted(taken - effective - MATTER - WHO_TAKES_PART))


def _ball_misplaced(s: Situation, ladder: Ladder, moves: Sequence[Move]) -> Iterator[str]:
    """The holder of the ball must have an act that is open in the situation (E29)."""
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
    is_early = s.phase is Phase.IMPASSE and s.is_pursued and not _may_lift(s)
    waits = (s.phase is Phase.PREPARATION and not s.is_material_deadline_open) or (
        s.phase is Phase.SCHEDULED and not s.meeting_day_come
    )
    if not (can_act or proposes or waits or is_early):
        where = f"in {s.phase} at step {s.step}"
        yield f"the ball ({act}) lies with {holder}, who can do nothing, {where}"


Back = list[list[tuple[int, frozenset[Seat]]]]
"""For each situation, by its place in the graph: the situations before it, and the seats whose act leads to it."""


def _backwards(graph: dict[Situation, list[Arc]]) -> Back:
    place = {s: i for i, s in enumerate(graph)}
    back: Back = [[] for _ in graph]
    for s, ways in graph.items():
        for arc in ways:
            if arc.by not in ON_OCCASION:
                back[place[arc.to]].append((place[s], arc.seats))
    return back


def _cannot_end(graph: dict[Situation, list[Arc]], back: Back, silent: frozenset[Seat], law: str) -> Iterator[str]:
    """Situations from which no closed one can be reached without the silent seats' acts."""
    ends = {i for i, s in enumerate(graph) if s.phase is Phase.CLOSED}
    queue = deque(ends)
    while queue:
        for before, seats in back[queue.popleft()]:
            if before not in ends and not seats & silent:
                ends.add(before)
                queue.append(before)
    without_end = (s for i, s in enumerate(graph) if i not in ends)
    stuck = sorted({(s.step, s.phase.value, str(s.outcome or "")) for s in without_end})
    for step, phase, outcome in stuck:
        rows = ", ".join(sorted({m.t for m in MOVES if phase in m.phases})) or "none"
        where = f"{phase} {outcome}".strip() + f" at step {step}"
        yield f"{law}: a case stays for ever in {where} (rows that leave it: {rows})"


def _way_up_shut(graph: dict[Situation, list[Arc]], who: str) -> Iterator[str]:
    """Situations from which a party that wants it cannot bring its question to the top (§ 7.1: "ytterst").

    The party has its own acts and time. The offices do their duties, in any way that they choose: so every choice of a
    duty must lead up. The party cannot count on a chair who reopens, nor on the other party. Every situation is
    checked, so all that others can do before is covered.
    """
    by_right: dict[Situation, list[Situation]] = {}
    by_duty: dict[Situation, list[Situation]] = {}
    choices: dict[Situation, int] = {}
    for s, ways in graph.items():
        for arc in ways:
            if arc.seats <= PURSUERS[who] | ALONE:
                by_right.setdefault(arc.to, []).append(s)
        duties = {arc.to for arc in ways if arc.by in DUTIES and arc.seats <= OFFICIALS} - {s}
        choices[s] = len(duties)
        for to in duties:
            by_duty.setdefault(to, []).append(s)
    up = {s for s in graph if s.is_top}
    queue = deque(up)
    while queue:
        there = queue.popleft()
        for before in by_duty.get(there, ()):
            choices[before] -= 1
        led = [s for s in by_duty.get(there, ()) if not choices[s]]
        for before in (*by_right.get(there, ()), *led):
            if before not in up:
                up.add(before)
                queue.append(before)
    shut = {s for s in graph if s not in up and _is_owed_the_way_up(s, who)}
    for step, phase, ended in sorted({(s.step, s.phase.value, str(s.closing_reason or s.outcome or "")) for s in shut}):
        yield f"the way up stays open: {who} cannot bring it to the top from {phase} {ended} at step {step}".replace(
            "  ", " "
        )


def _is_owed_the_way_up(s: Situation, who: str) -> bool:
    """Whether the party may still want the top body's answer: it has neither settled, accepted nor withdrawn, and has
    not let its own time to go on pass (T29c; T39 by right, which is an initiator's; the walk does not count it to one,
    since an initiator that is asked a second time and is silent lets it pass).

    A rejected case is outside the ladder and has its own review. A case that follows a lead goes up with the lead.
    """
    if s.is_joined or s.late_refusal_time_over:
        return False
    if s.closing_reason in ENDED_UNHEARD:
        return who == "the initiator" and not s.reopening_time_over
    if s.phase in {Phase.IMPLEMENTATION, Phase.CLOSED}:
        return (s.closing_reason or s.planned_reason) is ClosingReason.DECIDED_BODY
    if who == "the initiator":
        return not s.is_being_withdrawn
    return s.phase not in BEFORE_SERVED


def generated(kinds: Sequence[StepKind]) -> Ladder:
    """A ladder of those kinds, bottom first, to prove that the rules need no ladder of three steps."""
    main = main_agreement()
    definition = ladders.definition(main.ladder.key)
    pattern = {s["kind"]: s for s in definition["step"]}
    bodies = iter("ABCDE")
    steps = []
    for no, kind in enumerate(kinds, 1):
        step = {**pattern[kind.value], "no": no, "interprets": [main.code] if no == len(kinds) else []}
        if kind in BODY_KINDS:
            step["body"] = next(bodies)
        steps.append(step)
    return ladders.parse({**definition, "key": "-".join(k.value for k in kinds), "owner": "SEK", "step": steps})


_TWO_DIALOGUES = (StepKind.DIALOGUE, StepKind.DIALOGUE)
GENERATED: tuple[tuple[StepKind, ...], ...] = (
    (*_TWO_DIALOGUES, StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY),
    (*_TWO_DIALOGUES, StepKind.OFFICIALS_BODY, StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY),
)


def all_ladders() -> list[Ladder]:
    """Every shipped ladder and the generated ones of four and five steps."""
    return [*(ladders.load(k) for k in ladders.shipped()), *(generated(kinds) for kinds in GENERATED)]


def explore_all(
    moves: Sequence[Move] = MOVES,
    among: Sequence[Ladder] | None = None,
    starts: Sequence[tuple[bool, bool]] = STARTS,
) -> tuple[list[Exploration], list[str]]:
    """Explore every ladder, or those given, from every way to begin or from those given.

    Returns the explorations and all findings, rows never taken on any of the ladders included.
    """
    explored = [explore(ladder, moves, starts) for ladder in (all_ladders() if among is None else among)]
    findings = [f"{e.ladder}: {f}" for e in explored for f in e.findings]
    taken = set().union(*(e.taken for e in explored))
    findings.extend(f"{m.t} {m.verb} {NEVER_TAKEN}" for m in moves if m.phases and m.t not in taken)
    return explored, findings
