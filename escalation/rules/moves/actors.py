"""Actors, facts, phases and words that several rows of MOVES share."""

from __future__ import annotations

from escalation.rules.machine import BEFORE_SERVED, Actor, Fact, Wording
from escalation.rules.situation import (
    LOCAL_PHASES,
    SHARED_BEFORE_MINUTED,
    Phase,
    Seat,
)


def facts(*names: str | Fact) -> tuple[Fact, ...]:
    return tuple(n if isinstance(n, Fact) else Fact(n) for n in names)


SEK = Actor(Seat.SECRETARIAT)


SEK_LATE = Actor(Seat.SECRETARIAT, when="forced_decision_due")


SEK_KEEPING = Actor(Seat.SECRETARIAT, when="kept_by_body")


CHAIR_HERE = Actor(Seat.CHAIR_HERE)


FIRST_HAND = (
    Actor(Seat.ADJUSTER_REGION), Actor(Seat.ADJUSTER_MUNICIPAL),
    Actor(Seat.OFFICIAL_REGION, when="officials_may_certify"),
    Actor(Seat.OFFICIAL_MUNICIPAL, when="officials_may_certify"),
)  # fmt: skip


SECOND_HAND = (
    Actor(Seat.BODY_HERE, when="body_may_confirm"),
    Actor(Seat.ADJUSTER_REGION, when="adjusted_for_municipal"),
    Actor(Seat.ADJUSTER_MUNICIPAL, when="adjusted_for_region"),
    Actor(Seat.OFFICIAL_REGION, when="certified_for_municipal"),
    Actor(Seat.OFFICIAL_MUNICIPAL, when="certified_for_region"),
)
"""Minutes take effect by two hands of different sides (domain/05 § 5.2): the chair and the deputy of the other block;
else the body itself confirms them at its next meeting; last one official of each side certifies them."""


CHAIR_LATE = Actor(Seat.CHAIR_NEXT, when="forced_decision_passed")


OFFICES = frozenset({Seat.SECRETARIAT, Seat.CHAIR_HERE, Seat.CHAIR_NEXT})
"""Who acts for no party: where it does in the parties' stead, other words stand."""


CERTIFIES = Wording(
    button="Anteckna att protokollet är bekräftat eller intyga det",
    then="Bara när organet självt har bekräftat protokollet på sitt möte, eller när en handläggare från den andra "
         "sidan redan har intygat det. Texten går inte att ändra.",
    seats=frozenset({Seat.BODY_HERE, Seat.OFFICIAL_REGION, Seat.OFFICIAL_MUNICIPAL}),
)  # fmt: skip
"""The secretariat adjusts no minutes: it confirms them for the body, or certifies them."""


ANY_APPROVER = (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.RESPONDENT_APPROVER))


CLOSERS = (Actor(Seat.SECRETARIAT, when="closed_by_parties"), Actor(Seat.CHAIR_HERE, when="closed_by_body"))
"""Who takes up a closed case again: the secretariat where no body had decided it, else the body's chair."""


LIFT_UNANSWERED = tuple(
    Actor(seat, when="unanswered_may_be_lifted")
    for seat in (Seat.INITIATOR_APPROVER, Seat.RESPONDENT_APPROVER, Seat.SECRETARIAT)
)


BOTH_HANDLERS = (Actor(Seat.INITIATOR_HANDLER), Actor(Seat.RESPONDENT_HANDLER))


STATEMENT = (
    Fact("question", unless="statement_agreed"),
    Fact("background", unless="statement_agreed"),
    *(
        Fact(name, unless="statement_agreed", optional=True)
        for name in ("agreed_points", "stand", "tried", "on_the_table", "meanwhile", "purpose", "also_affected")
    ),
    Fact("attachments", unless="statement_agreed", optional=True),
)


STATEMENT_PARTS = tuple(fact.name for fact in STATEMENT if fact.name != "attachments")


URGENCY = (Fact("urgency", only="urgency_asked"), Fact("urgency_answer", only="urgency_asked"))


RECORD = (
    "outcome", "region_line", Fact("region_other", optional=True), "municipal_line",
    Fact("municipal_other", optional=True), "decision_text", "reasons", "purpose_and_goals",
    Fact("scope", only="may_interpret", optional=True), Fact("applies_from", only="may_interpret", optional=True),
    Fact("dissent", optional=True),
)  # fmt: skip
"""What is recorded of a decision. Of an interpretation the text, the reasons and the purpose are the decision's own."""


REMIT = ("remit_question", "product", "remit_until", "reporter")


OF_PRINCIPLE = facts("principled", "named", "effect")
"""The reasons for which a case goes past the parties: both limbs of § 7.1's sentence, each by itself (T6, T10)."""


ONE = frozenset


PAUSABLE = LOCAL_PHASES | {Phase.RECEIVED, Phase.PREPARATION, Phase.RECOMMENDATION_OUT, Phase.IMPLEMENTATION}
"""Where clocks may stop (T16). A case that stands on a meeting is taken off it first; minutes are adjusted first."""


WITHDRAWABLE = SHARED_BEFORE_MINUTED | BEFORE_SERVED | {Phase.RECOMMENDATION_OUT}
