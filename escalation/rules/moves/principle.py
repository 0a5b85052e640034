"""Moves by which a case may begin at the first body: the test of principle (§ 7.1, domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Move,
    Target,
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
        button="Inled prövning av principiell karaktär",
        then="Motparten får yttra sig i fem arbetsdagar. Sedan avgör ordföranden i {above} om ärendet får börja där.",
        answers=("check_filing",),
        above=("urgency_wish", "principle"),
        sentence="Sekretariatet inledde en prövning av principiell karaktär och lät {respondent} yttra sig",
        meets=("D1",),
        day_zero="Prövningen inledd, dag 0",
        carried_by=(4,),
        ours="Sentence 4 excepts matters of such principled character that they may be assumed to affect other "
             "parties. That the respondent is heard on it first is ours.",
    ),
    Move(
        "T5b", "comment_principle", ONE({Phase.BYPASS_REVIEW}), Target.SAME, (Actor(Seat.RESPONDENT_HANDLER),),
        "principle_commented", guards=("comment_open",), facts=facts("comment_text"),
        button="Yttra er om prövningen",
        then="Det är frivilligt. Ordföranden läser det före beslutet.",
        answers=("comment",),
        above=("principle",),
        sentence="{who} yttrade sig om prövningen",
        meets=("D3",),
        day_zero="Motpartens yttrande, dag 0",
        carried_by=(4,),
        ours="The right to be heard before the exception is decided on.",
    ),
    Move(
        "T6", "grant_principle", ONE({Phase.BYPASS_REVIEW}), Target.FIRST_BODY, (Actor(Seat.CHAIR_NEXT),),
        "principle_granted", guards=("comment_closed",), facts=OF_PRINCIPLE,
        button="Bevilja: ärendet börjar här",
        then="Motparten ska fortfarande bekräfta, lämna sin ståndpunkt och få skriva under beskrivningen.",
        answers=("decide_principle",),
        above=("principle",),
        sentence="{body} beviljade begäran. Ärendet började på steg {step}",
        meets=("D3", "D3b"),
        day_zero="Beviljat, dag 0",
        carried_by=(4,),
        ours="The agreement does not say who decides that the exception applies. Here the chair of the first body "
             "does, with reasons for both limbs of the sentence: principled character, and a named party outside the "
             "dispute that it can be assumed to affect. The threshold is low: 'kan antas påverka' is a presumption. "
             "Our four questions guide and stop nothing.",
    ),
    Move(
        "T7", "refuse_principle", ONE({Phase.BYPASS_REVIEW}), Phase.SERVED,
        (Actor(Seat.CHAIR_NEXT), Actor(Seat.SECRETARIAT, when="principle_undecided")), "principle_refused",
        guards=("comment_closed",), facts=facts("reasons"),
        button="Avslå: ärendet börjar lokalt",
        then="Steg 1 börjar i dag med full tid. Begäran kan göras om med nya fakta.",
        answers=("decide_principle",),
        above=("principle",),
        sentence="{who} avslog begäran. Steg {step} började",
        meets=("D3", "D3b"),
        day_zero="Avslaget, dag 0",
        carried_by=(4,),
        ours="Without the exception the parties come first. That the local step then begins with full time is ours, "
             "and so is who decides.",
    ),
)  # fmt: skip
