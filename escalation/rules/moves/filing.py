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
        button="Anmäl en oenighet",
        then="Sekretariatet kontrollerar anmälan och översänder den till motparten.",
        sentence="{who} anmälde ärendet {number}. Motpart är {respondent}",
        shown_elsewhere=(
            "title", "description", "position", "purpose_statement", "tried", "desired_outcome", "interim_arrangement",
            "citation_place", "citation_quote", "citation_source", "urgency_reason", "principle_reason",
            "registry_number",
        ),
        is_substance=True,
        day_zero="Inkommet, dag 0",
        carried_by=(2, 3, 1),
        ours="§ 7.1 says that the ladder is to be followed and not how one steps onto it. That it begins with a "
             "filing to the secretariat, and what the filing holds, is ours.",
    ),
    Move(
        "T2", "ask_completion", ONE({Phase.INTAKE}), Phase.COMPLETION, (SEK,), "completion_asked",
        facts=facts("missing"),
        button="Begär komplettering",
        then="Kontrollen stannar. Anmälaren får tio arbetsdagar på sig.",
        sentence="Sekretariatet bad anmälaren att komplettera senast {day}",
        day_zero="Komplettering begärd, dag 0",
        ours="A filing that cannot be answered is sent back instead of being rejected.",
    ),
    Move(
        "T3", "complete", ONE({Phase.COMPLETION}), Phase.INTAKE, (Actor(Seat.INITIATOR_HANDLER),),
        "filing_completed",
        facts=facts("completed", "description", "position", Fact("attachments", optional=True)),
        button="Komplettera anmälan",
        then="Sekretariatet går vidare med kontrollen.",
        answers=("complete",),
        above=("missing",),
        sentence="{who} kompletterade anmälan",
        shown_elsewhere=("description", "position"),
        is_substance=True,
        meets=("D2",),
        day_zero="Kompletterat, dag 0",
        ours="The check goes on with what was left of its days.",
    ),
    Move(
        "T3b", "lapse_incomplete", ONE({Phase.COMPLETION}), Phase.CLOSED, (SEK,), "incomplete_lapsed",
        guards=("completion_time_over", "reminded_twice", "lapse_agreed"), facts=facts("reason"),
        by_proposal=ProposalKind.LAPSE,
        button="Föreslå att anmälan avslutas",
        then="Någon från sekretariatets andra sida ska godkänna. Anmälaren kan ta upp anmälan en gång till.",
        answers=("lapse_incomplete",),
        sentence="Anmälan kompletterades inte senast {day}. Sekretariatet avslutade den",
        meets=("D2",),
        ours="A filing that nobody completes does not lie open for ever. Two officials of different sides end it, and "
             "only one whose filer was reminded twice and never answered. The filer may take it up again once, by "
             "right.",
    ),
    Move(
        "T4", "reject", ONE({Phase.INTAKE}), Phase.CLOSED, (SEK,), "case_rejected",
        guards=("reject_agreed",), facts=facts("ground", "reason", "where_instead"),
        by_proposal=ProposalKind.REJECT,
        button="Föreslå avvisning",
        then="Någon från sekretariatets andra sida ska godkänna.",
        sentence="Sekretariatet avvisade anmälan: {ground}",
        meets=("D1",),
        carried_by=(2,),
        ours="Sentence 2 says what the ladder is for: disagreement on interpretation, and departures from "
             "commitments. That somebody may say that a filing is neither, that it takes an official of each side, "
             "and the list of grounds, are ours.",
    ),
    Move(
        "T4b", "review_rejection", ONE({Phase.CLOSED}), Phase.INTAKE,
        (Actor(Seat.SECRETARIAT_HEAD), Actor(Seat.CHAIR_NEXT, when="review_is_the_chairs")), "rejection_reviewed",
        guards=("was_rejected", "reopening_asked"), facts=facts("reason"),
        button="Ta upp anmälan igen",
        then="Avvisningen gäller inte längre. Anmälan kontrolleras på nytt.",
        answers=("answer_reopening",),
        above=("rejection", "reopening"),
        sentence="{who} tog upp anmälan igen. Den kontrolleras på nytt",
        day_zero="Upptaget igen, dag 0",
        ours="A rejection that the filing party objects to is tried anew by somebody who took no part in it.",
    ),
)  # fmt: skip
