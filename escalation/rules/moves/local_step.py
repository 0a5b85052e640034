"""Moves of the local step: receipt, positions, dialogue, settlement, impasse, lift (domain/05 § 5.2)."""

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
    ANY_APPROVER,
    BOTH_HANDLERS,
    CHAIR_LATE,
    OF_PRINCIPLE,
    OFFICES,
    ONE,
    PAUSABLE,
    SEK,
    SEK_KEEPING,
    SEK_LATE,
    STATEMENT,
    STATEMENT_PARTS,
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
        button="Översänd till motparten",
        then="Motparten får anmälan och steg 1 börjar i dag.",
        answers=("check_filing",),
        above=("urgency_wish", "checklist"),
        sentence="Sekretariatet översände anmälan till {respondent}. Steg {step} började",
        meets=("D1",),
        day_zero="Översänt, dag 0",
        carried_by=(4,),
        ours="The local step begins the day on which the respondent is told. That the secretariat passes the filing "
             "on, and every number of days, are ours.",
    ),
    Move(
        "T9", "acknowledge", ONE({Phase.SERVED, Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED}),
        Target.ACKNOWLEDGED, (Actor(Seat.RESPONDENT_HANDLER),), "receipt_acknowledged",
        guards=("unacknowledged",), facts=facts("handler", "substitute"),
        button="Bekräfta mottagande",
        then="Ni namnger handläggare och ersättare. Den lokala dialogen börjar.",
        answers=("acknowledge",),
        sentence="{who} bekräftade mottagandet och namngav handläggare",
        is_substance=True,
        meets=("D4",),
        carried_by=(4,),
        ours="Each side names who handles the matter, so that 'parterna på lokal nivå' are people who can be reached.",
    ),
    Move(
        "T9b", "confirm_part", BEFORE_SERVED | SHARED_BEFORE_MINUTED, Target.SAME, (Actor(Seat.UNCONFIRMED),),
        "part_confirmed", facts=facts("handler", "substitute"),
        button="Bekräfta att ni deltar",
        then="Ni namnger handläggare och ersättare. Är ni tillfrågade om att anmäla tillsammans med andra står ni "
             "sedan bakom anmälan och ska godkänna det som parterna kommer överens om.",
        answers=("confirm_part",),
        sentence="{who} bekräftade sin medverkan: {role}",
        is_substance=True,
        ours="Whoever is asked to file together with others stands behind the filing only when it has said so; of "
             "several respondents each names who handles the matter. Neither holds anything up.",
    ),
    Move(
        "T9e", "leave_filing", BEFORE_SERVED | SHARED_BEFORE_MINUTED, Target.SAME,
        (Actor(Seat.ONE_OF_SEVERAL),), "filing_left", facts=facts("reason"),
        button="Stå inte bakom anmälan",
        then="Ni blir berörd part: när ärendet är översänt läser ni det och får lämna ståndpunkt, men inget kräver "
             "ert godkännande.",
        sentence="{who} står inte bakom anmälan och är berörd part",
        ours="Who files together with others may stop, or say no, without stopping them. It reads on as an affected "
             "party.",
    ),
    Move(
        "T9c", "state_position", SHARED_BEFORE_MINUTED, Target.SAME,
        (*BOTH_HANDLERS, Actor(Seat.AFFECTED_HANDLER)), "position_stated",
        facts=facts("text", Fact("attachments", optional=True)),
        button="Lämna ståndpunkt",
        then="Den nya versionen visas först. De tidigare går att läsa.",
        answers=("position",),
        sentence="{who} lämnade sin ståndpunkt, version {version}",
        shown_elsewhere=("text",),
        is_substance=True,
        carried_by=(4,),
        ours="A written position from each side. It may be changed, and the earlier ones are kept.",
    ),
    Move(
        "T9d", "note_meeting", ONE({Phase.SERVED, Phase.DIALOGUE}), Target.SAME,
        (*BOTH_HANDLERS, Actor(Seat.COORDINATING_CENTRE)), "meeting_noted",
        kinds=ONE({StepKind.DIALOGUE}), facts=facts("held_on", "said", "agreed"),
        button="Skriv ner ett möte",
        then="Båda parter ser anteckningen.",
        answers=("meet",),
        sentence="{who} skrev ner ett möte {held_on}",
        is_substance=True,
        meets=("D6",),
        carried_by=(4,),
        ours="The agreement does not say how the parties are to meet. What they agree to write down is kept here. A "
             "coordinating health centre, which convenes where nothing else is agreed (4.5), writes it down in a case "
             "that a party has let it into.",
    ),
    Move(
        "T10", "call_up", ONE({Phase.SERVED, Phase.DIALOGUE}), Target.FIRST_BODY, (Actor(Seat.CHAIR_NEXT),),
        "case_called_up", kinds=ONE({StepKind.DIALOGUE}), guards=("call_up_heard",), facts=OF_PRINCIPLE,
        after_hearing=HearingKind.CALL_UP,
        button="Ta upp ärendet i {above}",
        then="Steget hos parterna slutar i dag. Motparten ska fortfarande bekräfta, lämna sin ståndpunkt och få "
             "skriva under beskrivningen.",
        hear=Wording(
            button="Hör parterna om att ta upp ärendet i {above}",
            then="Parterna får yttra sig i fem arbetsdagar. Under tiden läser ni hela ärendet. Sedan avgör ni.",
        ),
        answers=("after_hearing",),
        above=("call_up_condition", "hearing"),
        sentence="{body} tog upp ärendet. Ärendet gick till steg {step}",
        meets=("D7", "D7c"),
        day_zero="Taget upp, dag 0",
        carried_by=(4,),
        ours="The exception of sentence 4, seen by the body and not by the filing party. Both sides are heard first.",
    ),
    Move(
        "T13", "settle", SHARED_BEFORE_MINUTED | {Phase.RECOMMENDATION_OUT}, Target.FINAL, ANY_APPROVER,
        "case_settled", guards=("settlement_agreed",), facts=facts("settlement", "obligations"),
        by_proposal=ProposalKind.SETTLEMENT,
        button="Föreslå en uppgörelse",
        then="Gäller när båda parters beslutsfattare har godkänt.",
        answers=("settle",),
        sentence="Parterna kom överens. Åtgärder att genomföra: {count}",
        is_substance=True,
        meets=("D4", "D5", "D6", "D7", "D7b", "D7c", "D9", "D10", "D12", "D16", "D15"),
        carried_by=(4,),
        ours="To solve it is the parties' own act, at every step. That both sides' approvers accept the same text, "
             "and that what is to be done is followed up, are ours.",
    ),
    Move(
        "T15", "extend", ONE({Phase.SERVED, Phase.DIALOGUE}), Target.SAME, ANY_APPROVER, "local_step_extended",
        kinds=ONE({StepKind.DIALOGUE}), guards=("extension_agreed", "may_be_extended"),
        facts=facts("reason", "extended_to"), by_proposal=ProposalKind.EXTENSION,
        button="Föreslå förlängning",
        then="Gäller när båda parters beslutsfattare har godkänt. Högst två per steg.",
        sentence="Parterna förlängde det lokala steget från {was} till {day}",
        is_substance=True,
        meets=("A", "B"),
        day_zero="Tidigare sista dag",
        deadline_source="överenskommen förlängning",
        ours="The agreement sets no time for the local step, so the parties may agree on more of it, within limits.",
    ),
    Move(
        "T16", "pause", PAUSABLE, Target.SAME, (*ANY_APPROVER, SEK), "case_paused",
        guards=("pause_agreed",), facts=facts("pause_ground", "reason", "paused_until"),
        by_proposal=ProposalKind.PAUSE, free=ONE({Seat.SECRETARIAT}),
        button="Föreslå paus",
        then="Dagarna räknas inte under pausen. Gäller när båda har godkänt.",
        instead=(
            Wording(
                button="Pausa på grund av force majeure",
                then="Ärendet pausas i dag. Dagarna räknas inte under pausen.",
                seats=OFFICES,
            ),
        ),
        sentence="Ärendet pausades till {day}: {ground}",
        is_substance=True,
        ours="The parties may let the days rest on a ground from a list, at most six months at a time.",
    ),
    Move(
        "T17", "resume", PAUSABLE, Target.SAME, (Actor(Seat.CLOCK),), "case_resumed", guards=("pause_over",),
        during="paused",
        button="Återuppta ärendet",
        then="Sker av sig självt när pausen är slut.",
        sentence="Pausen tog slut {day}. Dagarna räknas igen",
        is_substance=True,
        day_zero="Återupptaget, dag 0",
        deadline_source="återupptaget efter paus",
        ours="A pause ends by itself on its day.",
    ),
    Move(
        "T17b", "end_pause", PAUSABLE, Target.SAME, ANY_APPROVER, "pause_end_notified", facts=facts("reason"),
        during="paused",
        button="Avsluta pausen",
        then="Pausen slutar om fem arbetsdagar.",
        sentence="{who} meddelade att pausen slutar {day}",
        is_substance=True,
        ours="A pause that one side no longer wants ends after five working days' notice.",
    ),
    Move(
        "T18", "declare_impasse", ONE({Phase.SERVED, Phase.DIALOGUE}), Phase.IMPASSE,
        (*ANY_APPROVER, SEK_LATE, SEK_KEEPING, CHAIR_LATE), "impasse_declared",
        kinds=ONE({StepKind.DIALOGUE}), guards=("local_way_is_over",), facts=facts("unsolved"),
        button="Börja lyfta till {above}",
        then="Ni förklarar att en lokal lösning inte har nåtts. Sedan tar båda parter fram en gemensam beskrivning. "
             "Motparten kan inte hindra det.",
        instead=(
            Wording(
                button="Börja lyfta till {above} åt parterna",
                then="Ni förklarar, i stället för parterna, att en lokal lösning inte har nåtts. Sedan har båda "
                     "parter tid att ta fram en gemensam beskrivning. Därefter kan ärendet lyftas, av en part eller "
                     "av er.",
                seats=OFFICES,
            ),
        ),
        answers=("position", "settle_extend_lift", "force", "lift"),
        sentence="{who} förklarade att lösning inte har nåtts lokalt",
        is_substance=True,
        meets=("D7", "A", "B"),
        day_zero="Lösning ej nådd, dag 0",
        carried_by=(5,),
        ours="Sentence 5 asks for a matter that 'inte kan lösas lokalt' and names nobody who finds that it cannot. "
             "Here either side may, once the local step is over, and the other cannot stop it.",
    ),
    Move(
        "T19", "return_to_dialogue", ONE({Phase.IMPASSE}), Phase.DIALOGUE, ANY_APPROVER,
        "returned_to_dialogue", kinds=ONE({StepKind.DIALOGUE}), guards=("back_to_dialogue_agreed",),
        facts=facts("reason"), by_proposal=ProposalKind.BACK_TO_DIALOGUE,
        button="Föreslå att gå tillbaka till dialog",
        then="Tio arbetsdagar till när båda har godkänt.",
        sentence="Parterna tog tillbaka ärendet till dialog, till {day}",
        is_substance=True,
        meets=("D7b", "A", "B"),
        day_zero="Åter i dialog, dag 0",
        carried_by=(4,),
        ours="'I första hand': the parties may go back to it together.",
    ),
    Move(
        "T20", "lift", ONE({Phase.IMPASSE}), Target.NEXT_STEP,
        (*ANY_APPROVER, SEK_LATE, SEK_KEEPING, CHAIR_LATE), "case_lifted",
        kinds=ONE({StepKind.DIALOGUE}), guards=("statement_agreed_or_time_over",), facts=STATEMENT,
        button="Lyft till {above}",
        then="Ärendet går till nästa steg.",
        instead=(
            Wording(
                then="Ärendet går till nästa steg med er beskrivning. Den märks ”Ensidig beskrivning” för alla som "
                     "läser den.",
                unless="statement_agreed",
            ),
            Wording(
                button="Lyft till {above} åt parterna",
                then="Ärendet går till nästa steg, med er beskrivning av frågan.",
                seats=OFFICES,
            ),
        ),
        answers=("force", "statement", "lift"),
        above=("statement",),
        sentence="{who} lyfte ärendet till {to} med {statement}. Ärendet gick till steg {step}",
        shown_elsewhere=STATEMENT_PARTS,
        is_substance=True,
        meets=("D7b", "D7c", "A", "B"),
        day_zero="Lyft, dag 0",
        carried_by=(5,),
        ours="What the body is to handle is handed to it in a statement that both sides approve. A side that does not "
             "answer cannot hold it up: then the statement is one-sided, and says so.",
    ),
    Move(
        "T21a", "ask_to_pursue", LOCAL_PHASES, Target.SAME, (SEK_LATE, CHAIR_LATE), "asked_to_pursue",
        kinds=ONE({StepKind.DIALOGUE}),
        guards=("not_principled", "not_kept_by_body", "not_asked_already", "asked_less_than_twice", "parties_silent"),
        button="Fråga parterna om de går vidare",
        then="Anmälare och motpart får tio arbetsdagar att svara. Svarar ingen av dem, och gör ingen av dem något i "
             "ärendet, kan två personer från olika sidor avsluta det.",
        sentence="{who} frågade parterna om de går vidare med ärendet, svar senast {day}",
        day_zero="Tillfrågade, dag 0",
        ours="Nobody closes a case without having asked its parties first. They are asked when no party has acted in "
             "substance for a long time, and at most twice in a round: after that only the lift is left.",
    ),
    Move(
        "T21b", "pursue", LOCAL_PHASES, Target.SAME, BOTH_HANDLERS, "case_pursued",
        kinds=ONE({StepKind.DIALOGUE}), guards=("asked_to_pursue",),
        button="Svara att ni går vidare",
        then="Ärendet avslutas inte på minst 20 arbetsdagar. Det är sedan ni som för det vidare.",
        answers=("say_on",),
        sentence="{who} svarade att den går vidare med ärendet, senast {day}",
        is_substance=True,
        meets=("A",),
        day_zero="Svarat, dag 0",
        ours="A party that says that it goes on keeps the case open, and has twenty working days in which to take it "
             "further.",
    ),
    Move(
        "T21", "lapse", LOCAL_PHASES, Phase.CLOSED, (SEK, Actor(Seat.CHAIR_NEXT, when="ask_long_over")),
        "case_lapsed", kinds=ONE({StepKind.DIALOGUE}),
        guards=("not_principled", "asked_to_pursue", "silent_since_asked", "ask_time_over", "lapse_agreed"),
        facts=facts("reason"), by_proposal=ProposalKind.LAPSE,
        button="Föreslå att ärendet avslutas",
        then="Någon från sekretariatets andra sida ska godkänna. Anmälaren kan sedan ta upp ärendet en gång, utan "
             "prövning.",
        sentence="{who} avslutade ärendet eftersom ingen part har agerat",
        meets=("D7c",),
        ours="A case in which nobody acts is closed by two people of different sides, with a reason, never by the "
             "clock, and only when the parties were asked whether they go on and none of them answered or acted. A "
             "chair may begin it, and then an official of the other side must agree. An initiator may take it up "
             "again once, by right.",
    ),
)  # fmt: skip
