"""Every kind of event by its sentence. The sentence declares the facts: each placeholder is one (habit 6).

A row of MOVES brings the sentence of its own event; the others stand here.

The sentences are Swedish source strings for gettext; the web prints them with ``render(…, translate=…)``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any

from escalation.rules.moves.table import MOVES
from escalation.trail.models import TrailEvent

EVENTS: dict[str, str] = {
    **{move.event: move.sentence for move in MOVES},
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
    # Events of a case that are not moves. Codes and days stand as such in the facts; pages print them as names
    # and dates.
    "hearing_opened": "{who} hör parterna om {kind}, till {day}",
    "hearing_objected": "{who} invände mot {kind}. Ärendet fortsätter där det står",
    "hearing_commented": "{who} yttrade sig om {kind}",
    "case_joined": "{who} lade samman ärendet med huvudärendet {lead}",
    "member_separated": "{who} lade isär {number} från ärendet",
    "case_followed": "Huvudärendet {lead} avslutades, och ärendet med det",
    "case_parted": "Huvudärendet {lead} avslutades utan att frågan här avgjordes. Ärendet går vidare för sig, "
    "med de arbetsdagar som var kvar",
    "file_accepted_without_meeting": "Sekretariatet tog emot ärendet för beredning. "
    "I kalendern för {body} finns inget möte som underlaget hinner till",
    "tabled_without_meeting": "{body} enades inte. Frågan tas upp en gång till när kalendern har ett möte",
    "meeting_added": "Mötet {day} i {body} lades in i kalendern",
    "meeting_moved": "Mötet {was} i {body} flyttades till {day}",
    "meeting_cancelled": "Mötet {day} i {body} ställdes in",
    "case_aimed": "Kalendern för {body} fick ett möte. Ärendet bereds till mötet {meeting_on}",
    "case_meeting_moved": "Mötet {was} i {body} flyttades till {day}. Ärendets dagar är räknade om",
    "case_meeting_cancelled": "Mötet {day} i {body} ställdes in. Ärendet bereds vidare",
    "filing_withdrawn": "{who} återkallade anmälan innan steg 1 hade börjat. Ärendet avslutades",
    "interim_agreed": "Parterna kom överens om vad som gäller under tiden, från {day}",
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

OF_TWO_CASES = frozenset({"case_linked", "case_linked_to", "link_removed", "case_split", "case_split_off"})
"""Events that two cases have, with the same text and each with the number of the other."""

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
