"""Moves of the local step: receipt, positions, dialogue, settlement, impasse, lift (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    BEFORE_SERVED,
    Actor,
    Fact,
    Move,
)
from escalation.rules.moves.actors import (
    ANY_APPROVER,
    BOTH_HANDLERS,
    CHAIR_LATE,
    OF_PRINCIPLE,
    ONE,
    PAUSABLE,
    SEK,
    SEK_KEEPING,
    SEK_LATE,
    STATEMENT,
    URGENCY,
    facts,
)
from escalation.rules.situation import (
    LOCAL_PHASES,
    SHARED_BEFORE_MINUTED,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
    StepKind,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T8", "serve", ONE({Phase.INTAKE}), Phase.SERVED, (SEK,), "case_served",
        facts=facts("cover_letter", *URGENCY),
    ),
    Move(
        "T9", "acknowledge", ONE({Phase.SERVED, Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED}),
        "acknowledged", (Actor(Seat.RESPONDENT_HANDLER),), "receipt_acknowledged",
        guards=("unacknowledged",), facts=facts("handler", "substitute"),
    ),
    Move(
        "T9b", "confirm_part", BEFORE_SERVED | SHARED_BEFORE_MINUTED, "same", (Actor(Seat.UNCONFIRMED),),
        "part_confirmed", facts=facts("handler", "substitute"),
    ),
    Move(
        "T9e", "leave_filing", BEFORE_SERVED | SHARED_BEFORE_MINUTED, "same",
        (Actor(Seat.ONE_OF_SEVERAL),), "filing_left", facts=facts("reason"),
    ),
    Move(
        "T9c", "state_position", SHARED_BEFORE_MINUTED, "same",
        (*BOTH_HANDLERS, Actor(Seat.AFFECTED_HANDLER)), "position_stated",
        facts=facts("text", Fact("attachments", optional=True)),
    ),
    Move(
        "T9d", "note_meeting", ONE({Phase.SERVED, Phase.DIALOGUE}), "same",
        (*BOTH_HANDLERS, Actor(Seat.COORDINATING_CENTRE)), "meeting_noted",
        kinds=ONE({StepKind.DIALOGUE}), facts=facts("held_on", "said", "agreed"),
    ),
    Move(
        "T10", "call_up", ONE({Phase.SERVED, Phase.DIALOGUE}), "first_body", (Actor(Seat.CHAIR_NEXT),),
        "case_called_up", kinds=ONE({StepKind.DIALOGUE}), guards=("call_up_heard",), facts=OF_PRINCIPLE,
        after_hearing=HearingKind.CALL_UP,
    ),
    Move(
        "T13", "settle", SHARED_BEFORE_MINUTED | {Phase.RECOMMENDATION_OUT}, "final", ANY_APPROVER,
        "case_settled", guards=("settlement_agreed",), facts=facts("settlement", "obligations"),
        by_proposal=ProposalKind.SETTLEMENT,
    ),
    Move(
        "T15", "extend", ONE({Phase.SERVED, Phase.DIALOGUE}), "same", ANY_APPROVER, "local_step_extended",
        kinds=ONE({StepKind.DIALOGUE}), guards=("extension_agreed", "may_be_extended"),
        facts=facts("reason", "extended_to"), by_proposal=ProposalKind.EXTENSION,
    ),
    Move(
        "T16", "pause", PAUSABLE, "same", (*ANY_APPROVER, SEK), "case_paused",
        guards=("pause_agreed",), facts=facts("pause_ground", "reason", "paused_until"),
        by_proposal=ProposalKind.PAUSE, free=ONE({Seat.SECRETARIAT}),
    ),
    Move(
        "T17", "resume", PAUSABLE, "same", (Actor(Seat.CLOCK),), "case_resumed", guards=("pause_over",),
        during="paused",
    ),
    Move(
        "T17b", "end_pause", PAUSABLE, "same", ANY_APPROVER, "pause_end_notified", facts=facts("reason"),
        during="paused",
    ),
    Move(
        "T18", "declare_impasse", ONE({Phase.SERVED, Phase.DIALOGUE}), Phase.IMPASSE,
        (*ANY_APPROVER, SEK_LATE, SEK_KEEPING, CHAIR_LATE), "impasse_declared",
        kinds=ONE({StepKind.DIALOGUE}), guards=("local_way_is_over",), facts=facts("unsolved"),
    ),
    Move(
        "T19", "return_to_dialogue", ONE({Phase.IMPASSE}), Phase.DIALOGUE, ANY_APPROVER,
        "returned_to_dialogue", kinds=ONE({StepKind.DIALOGUE}), guards=("back_to_dialogue_agreed",),
        facts=facts("reason"), by_proposal=ProposalKind.BACK_TO_DIALOGUE,
    ),
    Move(
        "T20", "lift", ONE({Phase.IMPASSE}), "next_step",
        (*ANY_APPROVER, SEK_LATE, SEK_KEEPING, CHAIR_LATE), "case_lifted",
        kinds=ONE({StepKind.DIALOGUE}), guards=("statement_agreed_or_time_over",), facts=STATEMENT,
    ),
    Move(
        "T21a", "ask_to_pursue", LOCAL_PHASES, "same", (SEK_LATE, CHAIR_LATE), "asked_to_pursue",
        kinds=ONE({StepKind.DIALOGUE}),
        guards=("not_principled", "not_kept_by_body", "not_asked_already", "asked_less_than_twice", "parties_silent"),
    ),
    Move(
        "T21b", "pursue", LOCAL_PHASES, "same", BOTH_HANDLERS, "case_pursued",
        kinds=ONE({StepKind.DIALOGUE}), guards=("asked_to_pursue",),
    ),
    Move(
        "T21", "lapse", LOCAL_PHASES, Phase.CLOSED, (SEK, Actor(Seat.CHAIR_NEXT, when="ask_long_over")),
        "case_lapsed", kinds=ONE({StepKind.DIALOGUE}),
        guards=("not_principled", "asked_to_pursue", "silent_since_asked", "ask_time_over", "lapse_agreed"),
        facts=facts("reason"), by_proposal=ProposalKind.LAPSE,
    ),
)  # fmt: skip
