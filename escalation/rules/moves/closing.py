"""Moves beside the road: withdrawal, joining, reopening, superseding, parties that come later (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    BEFORE_SERVED,
    Actor,
    Fact,
    Move,
)
from escalation.rules.moves.actors import (
    CHAIR_HERE,
    CLOSERS,
    ONE,
    SEK,
    WITHDRAWABLE,
    facts,
)
from escalation.rules.situation import (
    BODY_KINDS,
    SHARED_BEFORE_MINUTED,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T37", "withdraw", WITHDRAWABLE, "withdrawn", (Actor(Seat.PURSUER),), "withdrawal_notified",
        guards=("not_kept_by_body", "not_withdrawn_before"), facts=facts("reason"),
    ),
    Move(
        "T37b", "keep_open", WITHDRAWABLE - BEFORE_SERVED, "same",
        (Actor(Seat.OBJECTOR), CHAIR_HERE, Actor(Seat.CHAIR_NEXT)), "case_kept_open",
        facts=facts("reason"), during="withdrawn",
    ),
    Move(
        "T37c", "end_withdrawn", WITHDRAWABLE - BEFORE_SERVED, Phase.CLOSED, (Actor(Seat.CLOCK),),
        "case_withdrawn", guards=("withdrawal_time_over",), during="withdrawn",
    ),
    Move(
        "T38", "join", SHARED_BEFORE_MINUTED, "same", (SEK,), "cases_joined", guards=("join_heard",),
        facts=facts("reason"), after_hearing=HearingKind.JOIN,
    ),
    Move(
        "T38b", "separate", SHARED_BEFORE_MINUTED, "same", (SEK,), "case_separated",
        guards=("lead_before_minuted",), facts=facts("reason"), during="joined",
    ),
    Move(
        "T39", "reopen", ONE({Phase.CLOSED}), "reopened", CLOSERS, "case_reopened",
        guards=("may_be_reopened", "reopening_in_time"), facts=facts("reopening_ground", "reason"),
    ),
    Move(
        "T39d", "take_up_by_right", ONE({Phase.CLOSED}), "left", (Actor(Seat.INITIATOR_APPROVER),),
        "case_taken_up", guards=("ended_unheard", "not_taken_up_by_right", "reopening_in_time"),
    ),
    Move(
        "T39b", "ask_reopening", ONE({Phase.CLOSED}), "same",
        (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.RESPONDENT_APPROVER, when="may_be_reopened")), "reopening_asked",
        guards=("may_be_asked", "reopening_in_time", "reopening_not_asked"),
        facts=facts(Fact("reopening_ground", unless="was_rejected"), "reason"),
    ),
    Move(
        "T39c", "refuse_reopening", ONE({Phase.CLOSED}), "same",
        (
            *CLOSERS, Actor(Seat.SECRETARIAT_HEAD, when="was_rejected"),
            Actor(Seat.CHAIR_NEXT, when="review_is_the_chairs"),
        ),
        "reopening_refused",
        guards=("reopening_asked",), facts=facts("reason"),
    ),
    Move(
        "T40", "supersede", SHARED_BEFORE_MINUTED, Phase.CLOSED, (SEK,), "case_superseded",
        guards=("no_body_has_decided", "supersede_heard", "supersede_agreed"), facts=facts("reason"),
        by_proposal=ProposalKind.SUPERSEDE, after_hearing=HearingKind.SUPERSEDE,
    ),
    Move(
        "T41", "turn", SHARED_BEFORE_MINUTED | {Phase.INTAKE}, "same", (SEK,), "case_turned",
        facts=facts("reason"),
    ),
    Move(
        "T42", "split", SHARED_BEFORE_MINUTED, "same", (SEK,), "case_split",
        guards=("has_no_members", "split_heard"), facts=facts("reason"), after_hearing=HearingKind.SPLIT,
    ),
    Move(
        "T43", "ask_to_register", SHARED_BEFORE_MINUTED, "same", (Actor(Seat.OUTSIDER),),
        "registration_asked", kinds=BODY_KINDS, facts=facts("reason"),
    ),
    Move(
        "T43b", "register_affected", SHARED_BEFORE_MINUTED, "same", (Actor(Seat.REGISTRAR),),
        "party_registered", kinds=BODY_KINDS, facts=facts("registration_id"),
    ),
    Move(
        "T43c", "refuse_registration", SHARED_BEFORE_MINUTED, "same", (Actor(Seat.REGISTRAR),),
        "registration_refused", kinds=BODY_KINDS, facts=facts("registration_id", "reason"),
    ),
)  # fmt: skip
