"""Moves from a body's decision to its effect (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Fact,
    Move,
)
from escalation.rules.moves.actors import (
    FIRST_HAND,
    LIFT_UNANSWERED,
    ONE,
    RECORD,
    REMIT,
    SECOND_HAND,
    facts,
)
from escalation.rules.situation import (
    ANNOUNCED,
    BODY_KINDS,
    CARRIED_OUT,
    Outcome,
    Phase,
    Seat,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T26", "decide", ONE({Phase.SCHEDULED}), Phase.MINUTED, (Actor(Seat.BODY_HERE),), "case_decided",
        kinds=BODY_KINDS, guards=("meeting_day_come",),
        facts=facts(*RECORD[:5], "quorum", *RECORD[5:]),
        template="decisions/decide.html",
    ),
    Move(
        "T26b", "adjust", ONE({Phase.MINUTED}), "same", FIRST_HAND, "minutes_adjusted",
        kinds=BODY_KINDS, guards=("record_complete", "not_adjusted_once"),
        facts=facts(
            Fact("task", only="outcome_may_ask", optional=True),
            *(Fact(name, only="outcome_remits") for name in REMIT), Fact("what_is_needed", only="is_tabled_again"),
        ),
    ),
    Move(
        "T26c", "send_back", ONE({Phase.MINUTED}), "same",
        (Actor(Seat.ADJUSTER_REGION), Actor(Seat.ADJUSTER_MUNICIPAL)), "minutes_sent_back", kinds=BODY_KINDS,
        guards=("record_complete", "not_sent_back"), facts=facts("reason"),
    ),
    Move(
        "T26d", "correct_decision", ONE({Phase.MINUTED}), "same", (Actor(Seat.BODY_HERE),),
        "decision_corrected", kinds=BODY_KINDS, facts=facts(*RECORD, "reason"), template="decisions/decide.html",
    ),
    Move(
        "T27", "send_recommendation", ONE({Phase.MINUTED}), Phase.RECOMMENDATION_OUT,
        SECOND_HAND, "recommendation_sent", kinds=BODY_KINDS, guards=("record_complete", "outcome_recommends"),
        facts=facts(Fact("task", unless="adjusted_once", optional=True)),
        consumes=ONE({Outcome.RECOMMEND}),
    ),
    Move(
        "T27b", "carry_out", ONE({Phase.MINUTED}), "final", SECOND_HAND, "outcome_carried_out",
        kinds=BODY_KINDS, guards=("record_complete", "at_top", "outcome_is_carried_out"),
        facts=facts(Fact("task", unless="adjusted_once", optional=True)),
        consumes=CARRIED_OUT,
    ),
    Move(
        "T27c", "announce", ONE({Phase.MINUTED}), Phase.RECOMMENDATION_OUT, SECOND_HAND,
        "outcome_announced", kinds=BODY_KINDS, guards=("record_complete", "not_at_top", "outcome_is_announced"),
        facts=facts(Fact("task", unless="adjusted_once", optional=True)), consumes=ANNOUNCED,
    ),
    Move(
        "T28", "accept_recommendation", ONE({Phase.RECOMMENDATION_OUT}), "final_when_all",
        (Actor(Seat.UNANSWERED),), "recommendation_accepted", kinds=BODY_KINDS,
        facts=facts(Fact("comment", optional=True)),
    ),
    Move(
        "T28b", "take_effect", ONE({Phase.RECOMMENDATION_OUT}), "final", (Actor(Seat.CLOCK),),
        "outcome_took_effect", kinds=BODY_KINDS,
        guards=("outcome_is_announced", "answer_time_over", "silent_are_reminded"),
    ),
    Move(
        "T29", "refuse_recommendation", ONE({Phase.RECOMMENDATION_OUT}), "next_step",
        (Actor(Seat.UNANSWERED), *LIFT_UNANSWERED), "recommendation_refused",
        kinds=BODY_KINDS, guards=("not_at_top",), facts=facts("reasons"),
    ),
    Move(
        "T29c", "refuse_late", ONE({Phase.IMPLEMENTATION, Phase.CLOSED}), "next_step",
        (Actor(Seat.UNANSWERED),), "outcome_refused_late", kinds=BODY_KINDS,
        guards=("not_at_top", "ended_by_silence", "late_refusal_in_time"), facts=facts("reasons"),
    ),
    Move(
        "T29b", "end_without_agreement", ONE({Phase.RECOMMENDATION_OUT}), Phase.CLOSED,
        (Actor(Seat.UNANSWERED), *LIFT_UNANSWERED), "ended_without_agreement",
        kinds=BODY_KINDS, guards=("at_top",), facts=facts("reasons"),
    ),
    Move(
        "T30", "remit", ONE({Phase.MINUTED}), "step_below", SECOND_HAND, "case_remitted",
        kinds=BODY_KINDS, guards=("record_complete", "outcome_remits", "may_be_remitted"),
        facts=facts(*(Fact(name, unless="adjusted_once") for name in REMIT)), consumes=ONE({Outcome.REMIT}),
    ),
    Move(
        "T31", "pass_up", ONE({Phase.MINUTED}), "next_step", SECOND_HAND, "case_passed_up",
        kinds=BODY_KINDS, guards=("record_complete", "not_at_top", "outcome_passes_up"),
        consumes=ONE({Outcome.REFER_UP, Outcome.NO_CONCURRENCE}),
    ),
    Move(
        "T32", "pronounce", ONE({Phase.MINUTED}), "final", SECOND_HAND, "outcome_pronounced",
        kinds=BODY_KINDS, guards=("record_complete", "at_top", "outcome_is_final"),
        facts=facts(Fact("task", unless="adjusted_once", optional=True)),
        consumes=ONE({Outcome.DECIDE, Outcome.INTERPRET}),
    ),
    Move(
        "T33", "close_without_agreement", ONE({Phase.MINUTED}), Phase.CLOSED, SECOND_HAND,
        "closed_without_agreement", kinds=BODY_KINDS,
        guards=("record_complete", "at_top", "outcome_is_no_concurrence", "second_treatment"),
        consumes=ONE({Outcome.NO_CONCURRENCE}),
    ),
    Move(
        "T33b", "table_without_concurrence", ONE({Phase.MINUTED}), Phase.PREPARATION, SECOND_HAND,
        "tabled_without_concurrence", kinds=BODY_KINDS,
        guards=("record_complete", "at_top", "outcome_is_no_concurrence", "first_treatment"),
        facts=facts(Fact("what_is_needed", unless="adjusted_once")),
        consumes=ONE({Outcome.NO_CONCURRENCE}),
    ),
)  # fmt: skip
