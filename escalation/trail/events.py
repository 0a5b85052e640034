"""Every kind of event by its sentence. The sentence declares the facts: each placeholder is one (habit 6).

The sentences are Swedish source strings for gettext; the web prints them with ``render(…, translate=…)``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

from escalation.trail.models import TrailEvent

EVENTS: dict[str, str] = {
    "payload_masked": "Texten i händelse {seq} maskerades: {reason}",
    "interpretation_signed": "{who} skrev under {number} före publiceringen",
    "interpretation_published": "Tolkningsbesked {number} publicerades",
    "user_created": "Användarkontot {user} lades upp",
    "letter_resent": "Brev {letter} av {day} skickas igen ({error})",
    "letter_settled": "Brev {letter} av {day} avslutades utan att skickas igen ({error})",
    "link_made": "En länk för att välja lösenord gjordes till användarkontot {user}",
    "seat_given": "Användarkontot {user} fick platsen {seat}",
    "seat_ended": "Användarkontot {user} lämnade platsen {seat}",
    "user_ended": "Användarkontot {user} stängdes",
    "user_reactivated": "Användarkontot {user} öppnades igen",
    "invented_removed": "Påhittade exempel togs bort: tolkningar {interpretations}; {meetings} möten; "
    "överenskommelser {agreements}",
    "demo_number_set": "Årets nummerserie ställdes på {last} (bara i demodatabaser)",
    # A case's acts. Codes and days stand as such in the facts; pages print them as names and dates.
    "case_filed": "{who} anmälde ärendet {number}. Motpart är {respondent}",
    "completion_asked": "Sekretariatet bad anmälaren att komplettera senast {day}",
    "filing_completed": "{who} kompletterade anmälan",
    "incomplete_lapsed": "Anmälan kompletterades inte senast {day}. Sekretariatet avslutade den",
    "principle_claimed": "Sekretariatet inledde en prövning av principiell karaktär och lät {respondent} yttra sig",
    "principle_commented": "{who} yttrade sig om prövningen",
    "principle_granted": "{body} beviljade begäran. Ärendet började på steg {step}",
    "principle_refused": "{who} avslog begäran. Steg {step} började",
    "hearing_opened": "{who} hör parterna om {kind}, till {day}",
    "hearing_objected": "{who} invände mot {kind}. Ärendet fortsätter där det står",
    "hearing_commented": "{who} yttrade sig om {kind}",
    "case_called_up": "{body} tog upp ärendet. Ärendet gick till steg {step}",
    "cases_joined": "{who} lade samman {numbers} med ärendet",
    "case_joined": "{who} lade samman ärendet med huvudärendet {lead}",
    "case_separated": "{who} lade isär ärendet från {lead}",
    "member_separated": "{who} lade isär {number} från ärendet",
    "case_followed": "Huvudärendet {lead} avslutades, och ärendet med det",
    "case_parted": "Huvudärendet {lead} avslutades utan att frågan här avgjordes. Ärendet går vidare för sig, "
    "med de arbetsdagar som var kvar",
    "case_superseded": "{who} avslutade ärendet som ersatt, efter att båda sidor av sekretariatet hade godkänt det",
    "case_turned": "{who} ändrade ärendet, som gällde {before}, till {type}",
    "case_rejected": "Sekretariatet avvisade anmälan: {ground}",
    "rejection_reviewed": "{who} tog upp anmälan igen. Den kontrolleras på nytt",
    "case_served": "Sekretariatet översände anmälan till {respondent}. Steg {step} började",
    "receipt_acknowledged": "{who} bekräftade mottagandet och namngav handläggare",
    "part_confirmed": "{who} bekräftade sin medverkan: {role}",
    "filing_left": "{who} står inte bakom anmälan och är berörd part",
    "registration_asked": "{who} bad att få delta som berörd part",
    "party_registered": "{who} deltar som berörd part",
    "registration_refused": "{who} fick nej på att delta som berörd part",
    "position_stated": "{who} lämnade sin ståndpunkt, version {version}",
    "meeting_noted": "{who} skrev ner ett möte {held_on}",
    "impasse_declared": "{who} förklarade att lösning inte har nåtts lokalt",
    "case_lifted": "{who} lyfte ärendet till {to} med {statement}. Ärendet gick till steg {step}",
    "asked_to_pursue": "{who} frågade parterna om de går vidare med ärendet, svar senast {day}",
    "case_pursued": "{who} svarade att den går vidare med ärendet, senast {day}",
    "case_lapsed": "{who} avslutade ärendet eftersom ingen part har agerat",
    "file_accepted": "Sekretariatet tog emot ärendet för beredning. Målet är mötet {meeting_on} i {body}",
    "case_referred": "{who} bad {to} om ett yttrande senast {day}",
    "referral_answered": "{who} svarade på remissen",
    "file_accepted_without_meeting": "Sekretariatet tog emot ärendet för beredning. "
    "I kalendern för {body} finns inget möte som underlaget hinner till",
    "case_scheduled": "Sekretariatet lämnade underlaget. Ärendet sattes upp på mötet {meeting_on} i {body}",
    "case_taken_off": "Ärendet togs av mötet {meeting_on}: {ground}",
    "case_decided": "{body} behandlade ärendet {decided_on}: {outcome}",
    "minutes_adjusted": "{who} justerade protokollet i {body}",
    "minutes_sent_back": "{who} skickade tillbaka protokollet i {body} för rättelse",
    "decision_corrected": "Sekretariatet rättade det antecknade beslutet i {body}: {outcome}",
    "recommendation_sent": "{body} lämnade rekommendation {number} till parterna",
    "recommendation_refused": "{who} förde ärendet vidare efter {number}. Ärendet gick till steg {step}, {to}",
    "ended_without_agreement": "{who} avslutade ärendet utan enighet efter {number}",
    "outcome_announced": "{body} lämnade besked till parterna: {result}",
    "outcome_took_effect": "Ingen tog ärendet vidare inom svarstiden. Inget svar kom från {who}, som kan ta det vidare "
    "till och med {day}",
    "outcome_refused_late": "{who}, som inte hade svarat, tog ärendet vidare. "
    "Omgång {round} började på steg {step}, {to}",
    "outcome_carried_out": "{body} avgjorde ärendet: {result}",
    "case_remitted": "{body} återförvisade ärendet, svar senast {day}. Ärendet gick till steg {step}",
    "case_passed_up": "{body} lämnade över ärendet. Ärendet gick till steg {step}, {to}",
    "outcome_pronounced": "{body} avgjorde ärendet: {result}",
    "closed_without_agreement": "{body} enades inte. Båda linjerna går till revidering",
    "tabled_without_concurrence": "{body} enades inte. Frågan tas upp en gång till {meeting_on}",
    "tabled_without_meeting": "{body} enades inte. Frågan tas upp en gång till när kalendern har ett möte",
    "meeting_added": "Mötet {day} i {body} lades in i kalendern",
    "meeting_moved": "Mötet {was} i {body} flyttades till {day}",
    "meeting_cancelled": "Mötet {day} i {body} ställdes in",
    "case_aimed": "Kalendern för {body} fick ett möte. Ärendet bereds till mötet {meeting_on}",
    "case_meeting_moved": "Mötet {was} i {body} flyttades till {day}. Ärendets dagar är räknade om",
    "case_meeting_cancelled": "Mötet {day} i {body} ställdes in. Ärendet bereds vidare",
    "task_reported": "{who} rapporterade vad som är gjort",
    "done_confirmed": "{who} bekräftade att allt är genomfört. Ärendet avslutades",
    "case_settled": "Parterna kom överens. Åtgärder att genomföra: {count}",
    "local_step_extended": "Parterna förlängde det lokala steget från {was} till {day}",
    "case_paused": "Ärendet pausades till {day}: {ground}",
    "case_resumed": "Pausen tog slut {day}. Dagarna räknas igen",
    "pause_end_notified": "{who} meddelade att pausen slutar {day}",
    "returned_to_dialogue": "Parterna tog tillbaka ärendet till dialog, till {day}",
    "recommendation_accepted": "{who} svarade ja på {number}",
    "breach_reported": "{who} anmälde att det överenskomna inte har gjorts. Omgång {round} började",
    "filing_withdrawn": "{who} återkallade anmälan innan steg 1 hade börjat. Ärendet avslutades",
    "withdrawal_notified": "{who} återkallade ärendet. Invändningar kan lämnas till och med {day}",
    "case_kept_open": "{who} invände mot återkallelsen. Ärendet fortsätter där det står",
    "case_withdrawn": "Ingen invände till och med {day}. Ärendet avslutades som återkallat",
    "reopening_asked": "{who} bad att ärendet tas upp igen: {ground}",
    "reopening_refused": "{who} lät ärendet vara avslutat",
    "case_reopened": "{who} tog upp ärendet igen: {ground}. Omgång {round} började på steg {step}",
    "case_taken_up": "{who} tog upp ärendet igen, som en gång går utan prövning. Omgång {round} började på steg {step}",
    "interim_agreed": "Parterna kom överens om vad som gäller under tiden, från {day}",
    "case_split": "{who} delade ärendet: en fråga går vidare för sig som {number}",
    "case_split_off": "{who} delade ut frågan ur {number}. Ärendet började på steg {step}",
    "case_linked": "{who} länkade ärendet: det {kind} {number}",
    "case_linked_to": "{who} länkade {number} hit: det här ärendet {kind} det",
    "link_removed": "{who} tog bort en länk: att ärendet {kind} {number}",
    # The history does not say the name of a marked file, nor why it is marked.
    "document_marked": "{who} sekretessmarkerade ett dokument",
    "document_unmarked": "{who} tog bort sekretessmarkeringen av ett dokument",
    "marked_document_opened": "{who} öppnade ett sekretessmarkerat dokument",
    "centre_let_in": "{who} släppte in den samordnande vårdcentralen: {guest} kan läsa ärendet och skriva ner möten",
    "centre_shown_out": "{who} avslutade den samordnande vårdcentralens tillgång: {guest} kan inte längre läsa ärendet",
    "register_number_added": "{who} lade till sitt diarienummer {value}",
    "follow_up_recorded": "Sekretariatet skrev in den årliga uppföljningen, {job} {year}: gjord {day}",
    "follow_up_corrected": "Sekretariatet rättade den årliga uppföljningen, {job} {year}: gjord {day}",
    "proposal_offered": "{who} föreslog {kind}",
    "proposal_accepted": "{who} godkände {kind}",
    "proposal_declined": "{who} avböjde {kind}",
}

MASKED = "[maskerad]"


def placeholders(kind: str) -> frozenset[str]:
    """The facts that an event of this kind has. Raises ``KeyError`` for a kind that is not in ``EVENTS``."""
    return frozenset(name for _, name, _, _ in Formatter().parse(EVENTS[kind]) if name)


def _text_of(event: TrailEvent, part: str) -> dict[str, Any] | None:
    if event.payload is None:
        return None
    text: dict[str, Any] = json.loads(event.payload.payload)[part]
    return text


def facts_of(event: TrailEvent) -> dict[str, Any] | None:
    """The facts of the event's sentence; days and instants as ISO strings. None when they are masked."""
    return _text_of(event, "facts")


def content_of(event: TrailEvent) -> dict[str, Any] | None:
    """The free texts of the act. None when they are masked."""
    return _text_of(event, "content")


def sentence(event: TrailEvent) -> tuple[str, dict[str, Any] | None]:
    """The event's sentence with its placeholders, and the facts to put there (None when masked)."""
    return EVENTS[event.kind], facts_of(event)


def render(
    kind: str, facts: Mapping[str, Any] | None, translate: Callable[[str], str] = lambda sentence: sentence
) -> str:
    """The sentence with its facts, as plain text; masked facts read ``[maskerad]``."""
    if facts is None:
        facts = dict.fromkeys(placeholders(kind), translate(MASKED))
    return translate(EVENTS[kind]).format_map(facts)
