"""Moves before the respondent has the case: filing, completion, rejection (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Fact,
    Move,
)
from escalation.rules.moves.actors import (
    ONE,
    SEK,
    facts,
)
from escalation.rules.situation import (
    Phase,
    ProposalKind,
    Seat,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T1", "file", ONE(), Phase.INTAKE,
        (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.INITIATOR_HANDLER)), "case_filed",
        facts=facts(
            "title", "type", "agreement", "provisions", "respondent", "event_on", "description", "position",
            "purpose_statement", "consequences", "tried", "desired_outcome", "interim_arrangement", "handler",
            "declaration", *(
                Fact(name, optional=True)
                for name in (
                    "co_initiators", "affected", "arena", "event_until", "urgency_reason", "principle_reason",
                    "substitute", "registry_number",
                )
            ),
        ),
        template="filing/file.html",
    ),
    Move(
        "T2", "ask_completion", ONE({Phase.INTAKE}), Phase.COMPLETION, (SEK,), "completion_asked",
        facts=facts("missing"),
    ),
    Move(
        "T3", "complete", ONE({Phase.COMPLETION}), Phase.INTAKE, (Actor(Seat.INITIATOR_HANDLER),),
        "filing_completed",
        facts=facts("completed", "description", "position", Fact("attachments", optional=True)),
    ),
    Move(
        "T3b", "lapse_incomplete", ONE({Phase.COMPLETION}), Phase.CLOSED, (SEK,), "incomplete_lapsed",
        guards=("completion_time_over", "reminded_twice", "lapse_agreed"), facts=facts("reason"),
        by_proposal=ProposalKind.LAPSE,
    ),
    Move(
        "T4", "reject", ONE({Phase.INTAKE}), Phase.CLOSED, (SEK,), "case_rejected",
        guards=("reject_agreed",), facts=facts("ground", "reason", "where_instead"),
        by_proposal=ProposalKind.REJECT,
    ),
    Move(
        "T4b", "review_rejection", ONE({Phase.CLOSED}), Phase.INTAKE,
        (Actor(Seat.SECRETARIAT_HEAD), Actor(Seat.CHAIR_NEXT, when="review_is_the_chairs")), "rejection_reviewed",
        guards=("was_rejected", "reopening_asked"), facts=facts("reason"),
    ),
)  # fmt: skip
