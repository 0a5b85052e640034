"""The facts of each verb, for a test that does not care which."""

from __future__ import annotations

import datetime as dt
from typing import Any

from escalation.rules.situation import HearingKind, Outcome

FACTS: dict[str, dict[str, Any]] = {
    # what an act contains when a test does not care
    "ask_completion": {"missing": "Vilka dagar det gäller."},
    "complete": {
        "completed": "Dagarna står nu i beskrivningen.",
        "description": "Sedan mars 2026 svarar ingen på det nummer som står i portalen. Det gäller vardagar.",
        "position": "Bestämmelsen betyder att vägen in ska vara känd och bemannad.",
    },
    "lapse_incomplete": {"reason": "Anmälan är inte kompletterad."},
    "claim_principle": {"cover_letter": "Ni får yttra er om var ärendet ska börja."},
    "comment_principle": {"comment_text": "Vi delar bedömningen att fler berörs."},
    "grant_principle": {
        "principled": "Frågan är vad en utsedd vårdcentral är skyldig att göra.",
        "named": ["NAC"],
        "effect": "Nacka har samma utsedda vårdcentraler och får ändra sin rutin.",
    },
    "refuse_principle": {"reasons": "Frågan hänger på den lokala mötesordningen."},
    "leave_filing": {"reason": "Vi delar inte frågan längre."},
    "ask_to_register": {"reason": "Svaret påverkar även vårt arbete."},
    "refuse_registration": {"reason": "Frågan gäller bara de två parternas lokala rutin."},
    "call_up": {
        "principled": "Frågan har visat sig gälla vad bestämmelsen betyder.",
        "named": ["TYR"],
        "effect": "Samma fråga finns där.",
    },
    "join": {"reason": "Frågan är densamma i alla ärendena."},
    "separate": {"reason": "Frågorna visade sig skilja sig åt."},
    "supersede": {"reason": "Bestämmelsen är ändrad från årsskiftet."},
    "split": {"reason": "Frågan om numret går att lösa nu, den andra inte."},
    "turn": {"reason": "Det visade sig vara den andra sortens fråga."},
    "serve": {"cover_letter": "Anmälan är fullständig. Trappan i HÖK 7.1 gäller."},
    "state_position": {"text": "Bestämmelsen lägger ansvaret på kommunen."},
    "note_meeting": {"said": "Parterna gick igenom frågan.", "agreed": "Inget än."},
    "declare_impasse": {"unsolved": "Vem som ska svara för kontaktvägen."},
    "lapse": {"reason": "Ingen part har agerat."},
    "accept_file": {
        "rapporteur_region": "Handläggare, regionen",
        "rapporteur_municipal": "Handläggare, Storsthlm",
    },
    "refer": {"referral_to": "SG-PSY", "referral_question": "Hur brukar vägen in ordnas i länet?"},
    "answer_referral": {"referral_answer": "Vanligast är ett nummer som är bemannat på vardagar."},
    "schedule": {
        "question": "Vad betyder en utsedd vårdcentral?",
        "proposed_decision": "Det ska finnas en känd väg in.",
        "alternatives": ["En känd väg in krävs.", "Varje part avgör."],
    },
    "take_off": {
        "take_off_ground": "tabled",
        "reason": "Siffror saknas.",
        "what_is_needed": "Siffror från båda.",
    },
    "decide": {
        "outcome": Outcome.REFER_UP,
        "region_line": "a",
        "municipal_line": "a",
        "quorum": True,
        "decision_text": "Frågan lämnas till nästa steg.",
        "reasons": "Frågan gäller vad bestämmelsen betyder.",
        "purpose_and_goals": "Den enskilde ska hitta rätt (2.1).",
    },
    "refuse_recommendation": {"reasons": "Vi delar inte bedömningen."},
    "end_without_agreement": {"reasons": "Vi delar inte bedömningen."},
    "refuse_late": {"reasons": "Beskedet svarar inte på frågan."},
    "adjust": {
        "remit_question": "Vem bemannar vägen in?",
        "product": "En gemensam rutin.",
        "reporter": "RS",
        "what_is_needed": "Ett förslag som båda blocken kan ställa sig bakom.",
    },
    "send_back": {"reason": "Skälen är inte de som mötet angav."},
    "pause": {"reason": "Beslut väntas."},
    "end_pause": {"reason": "Beslutet har kommit."},
    "withdraw": {"reason": "Frågan är löst på annat sätt."},
    "keep_open": {"reason": "Vi vill ha svar på frågan."},
    "reopen": {"reopening_ground": "new_facts", "reason": "Numret har bytts en gång till."},
    "review_rejection": {"reason": "Frågan gäller hur vägen in är ordnad, inte en enskild person."},
    "ask_reopening": {"reopening_ground": "new_facts", "reason": "Numret har bytts en gång till."},
    "refuse_reopening": {"reason": "Bytet var känt när ärendet avslutades."},
    "report_breach": {"what": "Vägen in är inte bemannad."},
    "report_task": {"report": "Vägen in är bemannad och står i portalen."},
    "confirm_done": {"summary": "Allt är genomfört."},
    "settle": {"settlement": "Vägen in bemannas.", "obligations": []},
    "extend": {"reason": "Ett möte till behövs.", "extended_to": dt.date(2026, 11, 30)},
    "return_to_dialogue": {"reason": "Nya uppgifter har kommit."},
    "reject": {
        "ground": "individual",
        "reason": "Anmälan gäller en enskild persons plan.",
        "where_instead": "Vänd er till verksamhetschefen.",
    },
}


FACTS["correct_decision"] = FACTS["decide"] | {"reason": "Texten var fel avskriven."}
del FACTS["correct_decision"]["quorum"]

REJECT = FACTS["reject"]


PRINCIPLED: dict[str, Any] = {
    # a filing that asks to begin at the first body
    "principle_reason": "Samtliga kommuner har en utsedd vårdcentral.",
    "principle_test": ["q1", "q3"],
    "affected": ["NAC"],
}


STATEMENT: dict[str, Any] = {
    "question": "Ska den utsedda vårdcentralen ha en känd och bemannad väg in?",
    "background": "Vårdcentralen har bytt telefonnummer tre gånger under året.",
    "agreed_points": "Det ska framgå av portalen vilken vårdcentral som gäller.",
}


INTENDED: dict[HearingKind, dict[str, Any]] = {
    # the intention on which the parties are heard
    HearingKind.CALL_UP: {"intended": "Samma fråga finns hos fler. Styrgruppen bör svara.", "named": ["TYR"]},
    HearingKind.SPLIT: {
        "intended": "Två frågor har blandats ihop. De går att lösa var för sig.",
        "split_title": "Numret i portalen",
        "split_description": "Numret i portalen har bytts tre gånger.",
        "split_provisions": ["4.5 st 2"],
    },
    HearingKind.JOIN: {"intended": "Frågan är densamma. Den bör få ett svar.", "members": []},
    HearingKind.SUPERSEDE: {"intended": "Bestämmelsen ändras. Frågan finns då inte kvar."},
}


def facts_of_decision(outcome: Outcome, held_on: dt.date) -> dict[str, Any]:
    """What is recorded of a decision with that outcome: without concurrence each block has its own line, and an
    interpretation says whom it is for and from when."""
    facts: dict[str, Any] = {"outcome": outcome}
    if outcome is Outcome.NO_CONCURRENCE:
        facts |= {"municipal_line": "b"}
    if outcome is Outcome.INTERPRET:
        facts |= {"scope": "Alla parter i länet.", "applies_from": held_on + dt.timedelta(days=1)}
    return facts
