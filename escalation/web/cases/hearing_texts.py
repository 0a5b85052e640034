"""Hearings as people read them: what is intended, until when, and what each party has said."""

from __future__ import annotations

from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.cases.models.asks import Hearing
from escalation.cases.waits import is_hearing_over, parties_to_hear
from escalation.rules.glossary import GLOSSARY
from escalation.rules.moves.table import BY_HEARING
from escalation.web.cases import words
from escalation.web.cases.fact_section import FactSection
from escalation.web.format import date_long, paragraphs
from escalation.web.language import _, in_swedish


def asked_of_parties(case_file: CaseFile) -> list[FactSection]:
    """What the parties are being heard about, or have been: what is intended, until when, and what each has said."""
    open_in = {kind: move.phases for kind, move in BY_HEARING.items()}
    return [
        FactSection(
            f"h-hors-{h.id}",
            _("Parterna hörs om %(kind)s", kind=_(GLOSSARY[h.kind].label)),
            hearing_about(case_file, h),
            is_ours=True,
        )
        for h in case_file.hearings
        if case_file.case.phase in open_in[h.kind]
    ]


def hearing_about(case_file: CaseFile, hearing: Hearing) -> list[tuple[str, str]]:
    """A hearing as people read it."""
    names = words.names_of(case_file.case, case_file.ladder)
    said = {c.party_code: c.text for c in hearing.comments}
    is_open = not is_hearing_over(case_file.case, hearing, case_file.today)
    terms = hearing.terms
    joined = terms.get("members", ())
    shown = [
        (_("Huvudärende"), terms.get("lead", case_file.case.number) if joined else ""),
        (_("Läggs samman med det"), ", ".join(joined)),
        (_("Frågan som delas ut"), in_swedish(terms.get("split_title"))),
        (_("Vad den gäller"), in_swedish(paragraphs(terms.get("split_description") or ""), "div")),
        (
            _("Bestämmelser"),
            words.citation(case_file.case, terms["split_provisions"]) if "split_title" in terms else "",
        ),
        (_("Avses"), in_swedish(paragraphs(hearing.terms["intended"]), "div")),
        (_("Andra parter som kan påverkas"), ", ".join(map(words.upper_first, hearing.terms["named_as"]))),
        (
            _("Frågat"),
            _(
                "%(day)s av %(who)s",
                day=date_long(hearing.opened_at),
                who=names.get(hearing.opened_for, hearing.opened_for),
            ),
        ),
        (_("Parterna får yttra sig till"), date_long(hearing.answer_until)),
    ]
    if "lead" in terms and (lead := queries.by_numbers([terms["lead"]])):
        shown.insert(1, (_("Frågan där"), in_swedish(lead[0].title)))
    for code in parties_to_hear(case_file.case):
        quiet = _("Har inte yttrat sig än.") if is_open else _("Yttrade sig inte.")
        text = in_swedish(paragraphs(said[code]), "div") if said.get(code) else _("Har inget att tillägga.")
        shown.append((words.upper_first(names.get(code, code)), text if code in said else quiet))
    return [(term, text) for term, text in shown if text]


def said_in_members(hearing: Hearing) -> list[tuple[str, str]]:
    """What the parties of the cases that are to be joined have said, each in its own."""
    sentences = []
    for member in queries.by_numbers(hearing.terms.get("members", ())):
        own_hearing = next((h for h in member.hearings if h.kind is hearing.kind), None)
        said = {c.party_code: c.text for c in own_hearing.comments} if own_hearing else {}
        for party in member.parties:
            if party.party_code in said:
                who = _("%(who)s, i %(number)s", who=_(party.party.short_name), number=member.number)
                text = in_swedish(paragraphs(said[party.party_code]), "div") or _("Har inget att tillägga.")
                sentences.append((words.upper_first(who), text))
    return sentences
