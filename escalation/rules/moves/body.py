"""Moves while a body prepares the case for its meeting (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Fact,
    Move,
    Target,
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
        button="Ta emot för beredning",
        then="Ni utser en rapportör från varje sida och väljer möte.",
        answers=("check_file",),
        above=("no_meeting",),
        sentence="Sekretariatet tog emot ärendet för beredning. Målet är mötet {meeting_on} i {body}",
        meets=("D9", "D10"),
        day_zero="Mottaget för beredning",
        carried_by=(5, 6),
        ours="To be handled is to be prepared: one rapporteur from each side, and a meeting.",
    ),
    Move(
        "T23", "refer", ONE({Phase.PREPARATION}), Target.SAME, (SEK, CHAIR_HERE), "case_referred",
        kinds=BODY_KINDS, facts=facts("referral_to", "referral_question"),
        button="Skicka på remiss",
        then="Beredningen fortsätter. Den tillfrågade har 20 arbetsdagar på sig, 7 om det brådskar.",
        sentence="{who} bad {to} om ett yttrande senast {day}",
        shown_elsewhere=("referral_question",),
        day_zero="Skickat på remiss, dag 0",
        ours="The body may ask others before it decides. A consultation group (samrådsgrupp, § 4.3) has knowledge; "
             "it is no step of the ladder.",
    ),
    Move(
        "T23b", "answer_referral", REFERRED_IN, Target.SAME, (Actor(Seat.REFERRED),), "referral_answered",
        kinds=BODY_KINDS, guards=("referral_open",), facts=facts("referral_id", "referral_answer"),
        button="Svara på remissen",
        then="Svaret läses av alla som ser ärendet. Det lämnas en gång.",
        answers=("answer_referral",),
        above=("referrals",),
        sentence="{who} svarade på remissen",
        shown_elsewhere=("referral_question", "referral_answer"),
        ours="Whoever was asked answers in writing, and both sides read it.",
    ),
    Move(
        "T24", "schedule", ONE({Phase.PREPARATION}), Phase.SCHEDULED, (SEK,), "case_scheduled",
        kinds=BODY_KINDS, guards=("material_deadline_open",),
        facts=facts(
            "meeting", Fact("later_reason", optional=True), "question", "proposed_decision", "alternatives",
            Fact("attachments", optional=True),
        ),
        template="meetings/schedule.html",
        button="Lämna underlaget och sätt upp på möte",
        then="Parterna får yttra sig till dagen före utskicket.",
        answers=("prepare",),
        above=("question_so_far",),
        sentence="Sekretariatet lämnade underlaget. Ärendet sattes upp på mötet {meeting_on} i {body}",
        day_zero="Underlaget lämnat",
        carried_by=(5, 6),
        ours="The brief has at least two alternatives, and the parties may comment on it.",
    ),
    Move(
        "T25", "take_off", ONE({Phase.SCHEDULED}), Phase.PREPARATION, (CHAIR_HERE, SEK),
        "case_taken_off", kinds=BODY_KINDS, facts=facts("take_off_ground", "reason", "what_is_needed"),
        button="Ta ärendet av mötet",
        then="Ärendet bereds till nästa möte som går att nå.",
        above=("brief",),
        sentence="Ärendet togs av mötet {meeting_on}: {ground}",
        ours="A case that was not decided goes to the next meeting that can be reached, on a ground from a list.",
    ),
)  # fmt: skip
