"""Moves beside the road: withdrawal, joining, reopening, superseding, parties that come later (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    BEFORE_SERVED,
    Actor,
    Fact,
    Move,
    Target,
    Wording,
)
from escalation.rules.moves.actors import (
    CHAIR_HERE,
    CLOSERS,
    OFFICES,
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
        "T37", "withdraw", WITHDRAWABLE, Target.WITHDRAWN, (Actor(Seat.PURSUER),), "withdrawal_notified",
        guards=("not_kept_by_body", "not_withdrawn_before"), facts=facts("reason"),
        button="Återkalla ärendet",
        then="De andra parterna och ordföranden kan invända inom fem arbetsdagar. Då fortsätter ärendet där det står, "
             "och ni kan inte återkalla det igen i den här omgången. Det som ett organ har beslutat står fast.",
        instead=(
            Wording(
                then="Ärendet avslutas i dag, för steg 1 har inte börjat. Allt som har hänt finns kvar.",
                phases=ONE({Phase.BYPASS_REVIEW}),
            ),
            Wording(
                then="Ärendet avslutas i dag, för motparten har inte fått det än. Allt som har hänt finns kvar.",
                phases=BEFORE_SERVED,
            ),
        ),
        sentence="{who} återkallade ärendet. Invändningar kan lämnas till och med {day}",
        is_substance=True,
        day_zero="Återkallat, dag 0",
        ours="Whoever pursues the case may step off the ladder, once in a round. Another party, or the chair, may "
             "wish for an answer all the same, and can keep the case open. What a body has decided stands.",
    ),
    Move(
        "T37b", "keep_open", WITHDRAWABLE - BEFORE_SERVED, Target.SAME,
        (Actor(Seat.OBJECTOR), CHAIR_HERE, Actor(Seat.CHAIR_NEXT)), "case_kept_open",
        facts=facts("reason"), during="withdrawn",
        button="Invänd mot återkallelsen",
        then="Ärendet fortsätter där det står, med samma parter, rättigheter och dagar. Det är ni som driver det.",
        instead=(
            Wording(
                then="Ärendet fortsätter där det står. Ingen part väntas lyfta det. Sekretariatet gör det i parternas "
                     "ställe.",
                seats=OFFICES,
            ),
        ),
        answers=("object",),
        sentence="{who} invände mot återkallelsen. Ärendet fortsätter där det står",
        is_substance=True,
        ours="Whoever objects to a withdrawal pursues the case from then on, and nothing else changes: all keep their "
             "part in it, their rights and their days. A case that a chair keeps waits for no party; the secretariat "
             "acts in the parties' stead.",
    ),
    Move(
        "T37c", "end_withdrawn", WITHDRAWABLE - BEFORE_SERVED, Phase.CLOSED, (Actor(Seat.CLOCK),),
        "case_withdrawn", guards=("withdrawal_time_over",), during="withdrawn",
        button="Avsluta återkallat ärende",
        then="Sker av sig självt när ingen har invänt.",
        sentence="Ingen invände till och med {day}. Ärendet avslutades som återkallat",
        ours="A withdrawal that nobody objects to ends the case.",
    ),
    Move(
        "T38", "join", SHARED_BEFORE_MINUTED, Target.SAME, (SEK,), "cases_joined", guards=("join_heard",),
        facts=facts("reason"), after_hearing=HearingKind.JOIN,
        button="Lägg samman ärendena",
        then="De andra ärendena följer det här och avslutas när det avgörs, eller när deras anmälare har godkänt en "
             "uppgörelse här. Slutar det på annat sätt går de vidare för sig. De behåller sina nummer, och deras "
             "parter och ståndpunkter kommer hit. Den tidigaste sista dagen gäller.",
        hear=Wording(
            button="Hör parterna om att lägga samman ärenden",
            then="Det här ärendet blir huvudärende. Parterna i alla ärendena får yttra sig i fem arbetsdagar.",
        ),
        answers=("after_hearing",),
        above=("hearing",),
        sentence="{who} lade samman {numbers} med ärendet",
        day_zero="I det ärende som kom först, dag 0",
        ours="Cases on the same question are handled as one.",
    ),
    Move(
        "T38b", "separate", SHARED_BEFORE_MINUTED, Target.SAME, (SEK,), "case_separated",
        guards=("lead_before_minuted",), facts=facts("reason"), during="joined",
        button="Lägg isär ärendena",
        then="Ärendet går vidare för sig, med de arbetsdagar som var kvar. Dess parter blir berörda parter i "
             "huvudärendet.",
        sentence="{who} lade isär ärendet från {lead}",
        day_zero="Lagt isär, dag 0",
        deadline_source="lagt isär från huvudärendet",
        ours="A joined case goes its own way again, as long as the lead case has not been decided.",
    ),
    Move(
        "T39", "reopen", ONE({Phase.CLOSED}), Target.REOPENED, CLOSERS, "case_reopened",
        guards=("may_be_reopened", "reopening_in_time"), facts=facts("reopening_ground", "reason"),
        button="Ta upp ärendet igen",
        then="En ny omgång börjar i dag. Allt som har hänt finns kvar.",
        answers=("answer_reopening",),
        above=("rejection", "reopening"),
        sentence="{who} tog upp ärendet igen: {ground}. Omgång {round} började på steg {step}",
        day_zero="Upptaget igen, dag 0",
        ours="A closed case may be taken up again within twelve months, for new facts or a breach.",
    ),
    Move(
        "T39d", "take_up_by_right", ONE({Phase.CLOSED}), Target.LEFT, (Actor(Seat.INITIATOR_APPROVER),),
        "case_taken_up", guards=("ended_unheard", "not_taken_up_by_right", "reopening_in_time"),
        button="Ta upp ärendet igen utan prövning",
        then="Ärendet går vidare där det stod, i en ny omgång. Det går att göra en gång.",
        sentence="{who} tog upp ärendet igen, som en gång går utan prövning. Omgång {round} började på steg {step}",
        is_substance=True,
        day_zero="Upptaget igen, dag 0",
        deadline_source="upptaget igen av anmälaren",
        ours="What officials have ended without an answer, because nobody acted or because the question was said to "
             "be gone, an initiator takes up again once, by itself, without a ground and without anybody's review. "
             "The case goes on in the phase it had.",
    ),
    Move(
        "T39b", "ask_reopening", ONE({Phase.CLOSED}), Target.SAME,
        (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.RESPONDENT_APPROVER, when="may_be_reopened")), "reopening_asked",
        guards=("may_be_asked", "reopening_in_time", "reopening_not_asked"),
        facts=facts(Fact("reopening_ground", unless="was_rejected"), "reason"),
        button="Be att ärendet tas upp igen",
        then="Den som avgör det svarar inom tio arbetsdagar.",
        instead=(
            Wording(
                then="{answerer} svarar inom tio arbetsdagar.",
            ),
        ),
        sentence="{who} bad att ärendet tas upp igen: {ground}",
        ours="Whoever is a party may ask for it; somebody who is not a party answers.",
    ),
    Move(
        "T39c", "refuse_reopening", ONE({Phase.CLOSED}), Target.SAME,
        (
            *CLOSERS, Actor(Seat.SECRETARIAT_HEAD, when="was_rejected"),
            Actor(Seat.CHAIR_NEXT, when="review_is_the_chairs"),
        ),
        "reopening_refused",
        guards=("reopening_asked",), facts=facts("reason"),
        button="Låt ärendet vara avslutat",
        then="Den som bad om att det tas upp igen får läsa skälen.",
        above=("rejection", "reopening"),
        sentence="{who} lät ärendet vara avslutat",
        ours="A no has its reason, and the case stays closed.",
    ),
    Move(
        "T40", "supersede", SHARED_BEFORE_MINUTED, Phase.CLOSED, (SEK,), "case_superseded",
        guards=("no_body_has_decided", "supersede_heard", "supersede_agreed"), facts=facts("reason"),
        by_proposal=ProposalKind.SUPERSEDE, after_hearing=HearingKind.SUPERSEDE,
        button="Föreslå att ärendet avslutas som ersatt",
        then="Lagen eller överenskommelsen är ändrad så att frågan inte längre finns. Ärendet avslutas när den andra "
             "sidan i sekretariatet har godkänt. Den som har anmält kan ta upp det igen en gång.",
        hear=Wording(
            button="Hör parterna om att avsluta ärendet som ersatt",
            then="Parterna får yttra sig i fem arbetsdagar, och invänder den som har anmält fortsätter ärendet. "
                 "Annars kan ni föreslå den andra sidan i sekretariatet att det avslutas.",
        ),
        answers=("after_hearing",),
        above=("hearing",),
        sentence="{who} avslutade ärendet som ersatt, efter att båda sidor av sekretariatet hade godkänt det",
        ours="A question that a new law or a new agreement has answered is closed after the parties have been heard, "
             "by two hands of different sides. An initiator that objects puts an end to it, and the case goes on "
             "where it stands.",
    ),
    Move(
        "T41", "turn", SHARED_BEFORE_MINUTED | {Phase.INTAKE}, Target.SAME, (SEK,), "case_turned",
        facts=facts("reason"),
        button="Ändra vad ärendet gäller",
        then="Ett avsteg blir en oenighet om tolkning, eller tvärtom. Läget i trappan och alla dagar är desamma.",
        above=("turning",),
        sentence="{who} ändrade ärendet, som gällde {before}, till {type}",
        carried_by=(2,),
        ours="Sentence 2 names both kinds. That one may turn out to be the other while the case is going on, and that "
             "the secretariat records it with a reason, are ours. Nothing else of the case changes.",
    ),
    Move(
        "T42", "split", SHARED_BEFORE_MINUTED, Target.SAME, (SEK,), "case_split",
        guards=("has_no_members", "split_heard"), facts=facts("reason"), after_hearing=HearingKind.SPLIT,
        button="Dela ärendet",
        then="Frågan får ett eget nummer, med samma parter, ståndpunkter, läge och dagar. Det här ärendet går vidare "
             "som förut.",
        hear=Wording(
            button="Hör parterna om att dela ärendet",
            then="Parterna får yttra sig i fem arbetsdagar om att en fråga går vidare för sig.",
        ),
        answers=("after_hearing",),
        above=("hearing",),
        sentence="{who} delade ärendet: en fråga går vidare för sig som {number}",
        ours="One question may be solved while another goes on. What is split out stands where the case stood, so "
             "that no party loses time, and both cases say where they come from.",
    ),
    Move(
        "T43", "ask_to_register", SHARED_BEFORE_MINUTED, Target.SAME, (Actor(Seat.OUTSIDER),),
        "registration_asked", kinds=BODY_KINDS, facts=facts("reason"),
        button="Anmäl oss som berörd part",
        then="Sekretariatet svarar. Säger det ja läser ni ärendet och får lämna ståndpunkt, men godkänner inget.",
        sentence="{who} bad att få delta som berörd part",
        ours="Whoever an answer may affect sees title and status of a case that a body has, and may ask to take part. "
             "§ 7.1 speaks of 'andra parter' that may be affected.",
    ),
    Move(
        "T43b", "register_affected", SHARED_BEFORE_MINUTED, Target.SAME, (Actor(Seat.REGISTRAR),),
        "party_registered", kinds=BODY_KINDS, facts=facts("registration_id"),
        button="Låt en part delta som berörd",
        then="Parten läser ärendet från och med nu och får lämna ståndpunkt.",
        answers=("answer_registration",),
        above=("registrations",),
        sentence="{who} deltar som berörd part",
        ours="The secretariat lets the party read the case and state its position. It is on no side, and nothing "
             "needs its agreement.",
    ),
    Move(
        "T43c", "refuse_registration", SHARED_BEFORE_MINUTED, Target.SAME, (Actor(Seat.REGISTRAR),),
        "registration_refused", kinds=BODY_KINDS, facts=facts("registration_id", "reason"),
        button="Säg nej till en part som vill delta",
        then="Parten läser skälet.",
        above=("registrations",),
        sentence="{who} fick nej på att delta som berörd part",
        ours="A party that the answer does not affect stays outside, and is told why.",
    ),
)  # fmt: skip
