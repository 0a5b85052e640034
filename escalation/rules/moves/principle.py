"""Moves by which a case may begin at the first body: the test of principle (§ 7.1, domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Move,
)
from escalation.rules.moves.actors import (
    OF_PRINCIPLE,
    ONE,
    SEK,
    URGENCY,
    facts,
)
from escalation.rules.situation import (
    Phase,
    Seat,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T5", "claim_principle", ONE({Phase.INTAKE}), Phase.BYPASS_REVIEW, (SEK,), "principle_claimed",
        guards=("principle_asked",), facts=facts("cover_letter", *URGENCY),
    ),
    Move(
        "T5b", "comment_principle", ONE({Phase.BYPASS_REVIEW}), "same", (Actor(Seat.RESPONDENT_HANDLER),),
        "principle_commented", guards=("comment_open",), facts=facts("comment_text"),
    ),
    Move(
        "T6", "grant_principle", ONE({Phase.BYPASS_REVIEW}), "first_body", (Actor(Seat.CHAIR_NEXT),),
        "principle_granted", guards=("comment_closed",), facts=OF_PRINCIPLE,
    ),
    Move(
        "T7", "refuse_principle", ONE({Phase.BYPASS_REVIEW}), Phase.SERVED,
        (Actor(Seat.CHAIR_NEXT), Actor(Seat.SECRETARIAT, when="principle_undecided")), "principle_refused",
        guards=("comment_closed",), facts=facts("reasons"),
    ),
)  # fmt: skip
