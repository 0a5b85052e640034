"""Moves while a body prepares the case for its meeting (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Fact,
    Move,
)
from escalation.rules.moves.actors import (
    CHAIR_HERE,
    ONE,
    SEK,
    facts,
)
from escalation.rules.situation import (
    BODY_KINDS,
    REFERRED_IN,
    Phase,
    Seat,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T22", "accept_file", ONE({Phase.RECEIVED}), Phase.PREPARATION, (SEK,), "file_accepted",
        kinds=BODY_KINDS,
        facts=facts(
            Fact("target_meeting", only="material_deadline_open"), Fact("later_reason", optional=True),
            "rapporteur_region", "rapporteur_municipal", Fact("missing_parts", optional=True),
        ),
    ),
    Move(
        "T23", "refer", ONE({Phase.PREPARATION}), "same", (SEK, CHAIR_HERE), "case_referred",
        kinds=BODY_KINDS, facts=facts("referral_to", "referral_question"),
    ),
    Move(
        "T23b", "answer_referral", REFERRED_IN, "same", (Actor(Seat.REFERRED),), "referral_answered",
        kinds=BODY_KINDS, guards=("referral_open",), facts=facts("referral_id", "referral_answer"),
    ),
    Move(
        "T24", "schedule", ONE({Phase.PREPARATION}), Phase.SCHEDULED, (SEK,), "case_scheduled",
        kinds=BODY_KINDS, guards=("material_deadline_open",),
        facts=facts(
            "meeting", Fact("later_reason", optional=True), "question", "proposed_decision", "alternatives",
            Fact("attachments", optional=True),
        ),
        template="meetings/schedule.html",
    ),
    Move(
        "T25", "take_off", ONE({Phase.SCHEDULED}), Phase.PREPARATION, (CHAIR_HERE, SEK),
        "case_taken_off", kinds=BODY_KINDS, facts=facts("take_off_ground", "reason", "what_is_needed"),
    ),
)  # fmt: skip
