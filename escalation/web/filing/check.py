"""The last page of a filing: everything that was written, what happens when it is sent, and the sending itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import url_for
from markupsafe import escape

from escalation import clock
from escalation.accounts import queries as accounts
from escalation.accounts.models import Role
from escalation.agreements import queries as agreements
from escalation.agreements.models import Agreement
from escalation.cases import drafts
from escalation.cases.course import FactsRefused
from escalation.cases.filings import Filing
from escalation.cases.models.case import CONSEQUENCES, CaseType, Draft
from escalation.cases.verbs import filing
from escalation.db import session
from escalation.parties import queries as parties
from escalation.rules import ladder, workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import GLOSSARY, inside
from escalation.rules.guide import CASE_TYPES
from escalation.rules.main_agreement import main_agreement
from escalation.rules.privacy import IdentityNumberFound
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.documents.uploads import FACT, on_disk
from escalation.web.filing.forms import CheckForm, MatterForm, agreement_name, why_name
from escalation.web.filing.pages import choices_of, event_day, labels, left, page_url, progress, saved
from escalation.web.format import date_long, paragraphs
from escalation.web.language import _, in_swedish

FACT_AT: Mapping[str, tuple[str, str]] = {
    # a fact that the verb refuses -> the page and the field where it is put right
    "agreement": ("provision", "agreement"),
    "provisions": ("provision", "provisions"),
    "precedent_answer": ("provision", "provisions"),
    "event_on": ("position", "event_on"),
    "event_until": ("position", "event_until"),
    "respondent": ("meanwhile", "respondents"),
    "co_initiators": ("meanwhile", "co_initiators"),
    "affected": ("meanwhile", "affected"),
    "arena": ("meanwhile", "arena"),
    "handler": ("meanwhile", "handler"),
    "substitute": ("meanwhile", "substitute"),
    "not_personal": ("position", "description"),
}


def page(draft: Draft, form: CheckForm) -> dict[str, Any]:
    """Everything that was written, with the way back to each; what is left; what happens when it is sent."""
    facts, viewer = draft.facts, current_viewer()
    of = agreements.agreement(facts.get("agreement") or main_agreement().code)
    people = accounts.writers(draft.party_code)
    remaining = left(draft)
    return {
        "draft": draft,
        "progress": progress(draft, "check"),
        "left": [(labels()[word], page_url(draft, word)) for word in remaining],
        "parts": _answers(draft, of, {str(m.id): name for m, name in people}),
        "path": [] if remaining else _path(of, asks_past_the_parties=facts.get("principle") == "yes"),
        "note": _note(draft),
        "is_approver": viewer.role is Role.LOCAL_APPROVER,
        "approvers": escape(_(" eller ")).join(in_swedish(name) for m, name in people if m.role is Role.LOCAL_APPROVER),
        "ready_at": draft.ready_at,
        "saved": saved(draft),
        "is_stale": form.is_submitted() and form.is_stale,
        "back": page_url(draft, "meanwhile"),
        "refused": [
            (_(sentence), page_url(draft, *FACT_AT.get(fact, ("position", fact)))) for fact, sentence in form.refused
        ],
    }


def _answers(draft: Draft, of: Agreement | None, people: Mapping[str, str]) -> list[dict[str, Any]]:
    """The facts as the check page lists them, in the groups of the pages."""
    facts = draft.facts
    held = {p.code: p for p in agreements.text_in_force(of.code, event_day(facts))} if of else {}
    names = {p.code: p.name for p in parties.all_parties()}
    unit = parties.unit(facts["arena"]) if facts.get("arena") else None

    def row(page: str, field: str, term: str, value: str, what: str = "") -> dict[str, str]:
        url = url_for("filing.draft", draft_id=draft.id, page=page, back="check", _anchor=field)
        return {"term": term, "value": value or _("(inte ifyllt)"), "url": url, "what": what or term.lower()}

    def text(name: str) -> str:
        return in_swedish(paragraphs(facts[name]), "div") if facts.get(name) else ""

    def listed(name: str) -> str:
        return ", ".join(names.get(code, code) for code in facts.get(name, ()))

    def person(name: str) -> str:
        return in_swedish(people.get(facts.get(name, "")))

    together = listed("co_initiators")
    short = of.short_title if of else ""
    cited = in_swedish(
        ". ".join(f"{short} {code}, {held[code].heading}" for code in facts.get("provisions", ()) if code in held)
    )
    whys = [
        row("provision", why_name(code), _("Varför tolkningen av %(place)s inte löser frågan", place=code), answer)
        for code in facts.get("provisions", ())
        if (answer := text(why_name(code)))
    ]
    citation = " ".join(facts.get(f"citation_{part}", "") for part in ("place", "source")).strip()
    quoted = f"{citation}: ”{facts['citation_quote']}”" if facts.get("citation_quote") else citation
    weighed = [
        f"{_(GLOSSARY[name].label)}: {_(GLOSSARY[f'consequence_{weight}'].label)}".lower()
        for name in CONSEQUENCES
        if (weight := facts.get(f"consequence_{name}"))
    ]
    days = [date_long(dt.date.fromisoformat(facts[n])) for n in ("event_on", "event_until") if facts.get(n)]
    matter = dict(choices_of(MatterForm({}, 1).matter))
    urgency = text("urgency_reason") if facts.get("urgency") == "urgent" else _("Normalt")
    said = [_(GLOSSARY[q].label) for q in facts.get("principle_test", ())]
    principle = text("principle_reason") if facts.get("principle") == "yes" else _("Nej")
    arena = in_swedish(unit.name) if unit else names.get(draft.party_code, "")
    registered = facts.get("registry_number") or _("Inget än")
    return [
        {
            "id": "h-fraga",
            "heading": _("Frågan"),
            "rows": [
                row("matter", "matter", _("Vad det gäller"), matter.get(facts.get("matter", ""), "")),
                row("position", "title", _("Rubrik"), text("title")),
                row("provision", "agreement", _("Överenskommelse"), agreement_name(of) if of else ""),
                *([row("provision", "provisions", _("Bestämmelse"), cited)] if cited or not quoted else []),
                *([row("provision", "citation_place", _("Citerad text"), in_swedish(quoted))] if quoted else []),
                *whys,
                row("meanwhile", "respondents", _("Motpart"), listed("respondents")),
                *([row("meanwhile", "co_initiators", _("Medanmälare"), together)] if together else []),
                row("position", "event_on", _("Period"), _(" till ").join(days)),
            ],
        },
        {
            "id": "h-stand",
            "heading": labels()["position"],
            "rows": [
                row("position", "description", _("Vad som har hänt"), text("description")),
                row("position", "position", _("Hur ni läser bestämmelsen"), text("position")),
                row("position", "purpose_statement", _("Syfte och mål"), text("purpose_statement")),
                row("position", "consequence_target_group", _("Konsekvenser"), words.upper_first("; ".join(weighed))),
                row("position", "tried", _("Prövat hittills"), text("tried")),
                row("position", "desired_outcome", _("Önskat utfall"), text("desired_outcome")),
            ],
        },
        {
            "id": "h-under",
            "heading": labels()["meanwhile"],
            "rows": [
                row("meanwhile", "interim_arrangement", _("Vem gör vad"), text("interim_arrangement")),
                row("meanwhile", "affected", _("Berörda parter"), listed("affected") or _("Inga")),
                row("meanwhile", "arena", _("Lokal arena"), arena),
                row("meanwhile", "urgency", _("Hur bråttom"), urgency),
                row("meanwhile", "principle", _("Börja på steg 2"), principle),
                *([row("meanwhile", "principle_test", _("Vad som stämmer"), ". ".join(said))] if said else []),
                row("meanwhile", "handler", _("Handläggare"), person("handler")),
                row("meanwhile", "substitute", _("Ersättare"), person("substitute") or _("Ingen")),
                row("meanwhile", "registry_number", _("Ert diarienummer"), registered),
            ],
        },
    ]  # fmt: skip


def _note(draft: Draft) -> str:
    """The one thing to think of once more: the main agreement is about the region and the municipalities
    (domain/04 § 4.3).
    """
    main = main_agreement()
    sides = {draft.party_code, *draft.facts.get("respondents", ())}
    if draft.facts.get("agreement", main.code) == main.code and len(sides) > 1 and not sides & {"RS", "KSON"}:
        return _(
            "%(agreement)s reglerar främst samverkan mellan regionen och kommunerna. Se efter att bestämmelsen gäller "
            "er emellan.",
            agreement=main.name,
        )
    return ""


def _path(of: Agreement | None, *, asks_past_the_parties: bool) -> list[dict[str, Any]]:
    """What happens when it is sent today, each at its latest; the respondent's days begin when it is served.

    ``asks_past_the_parties``: first it is tried whether it begins at the second step (T5 and on).
    """
    steps = ladder.load(of.ladder_key) if of else main_agreement().ladder
    calendar = calendar_of(steps)
    today = workdays.base_day(clock.now(), calendar)
    check, ack, local, comment, tried = (steps.workdays(key, 1, False) for key in ("D1", "D4", "D7", "D3", "D3b"))
    served = workdays.add(today, check, calendar)
    over = workdays.add(served, local, calendar)
    above = inside(_(steps.step(2).name))
    if asks_past_the_parties:
        commented = workdays.add(served, comment, calendar)
        return [
            {
                "day": served,
                "note": _("inom %(days)s arbetsdagar", days=check),
                "text": _("Sekretariatet kontrollerar anmälan och låter motparten yttra sig om var ärendet börjar."),
            },
            {
                "day": commented,
                "note": _("%(days)s arbetsdagar till", days=comment),
                "text": _("Motparten har yttrat sig."),
            },
            {
                "day": workdays.add(commented, tried, calendar),
                "note": _("%(days)s arbetsdagar till", days=tried),
                "text": _(
                    "Ordföranden i %(above)s avgör var ärendet börjar. Blir svaret nej börjar den lokala dialogen då.",
                    above=above,
                ),
            },
        ]
    return [
        {
            "day": served,
            "note": _("inom %(days)s arbetsdagar", days=check),
            "text": _("Sekretariatet kontrollerar anmälan och översänder den till motparten."),
        },
        {
            "day": workdays.add(served, ack, calendar),
            "note": _("%(days)s arbetsdagar till", days=ack),
            "text": _("Motparten bekräftar mottagandet och namnger handläggare."),
        },
        {
            "day": over,
            "note": _("%(year)s, senast", year=over.year) if over.year != today.year else _("senast"),
            "text": _("Lokala steget slut. Därefter får ni lyfta ärendet till %(above)s, också ensamma.", above=above),
        },
    ]  # fmt: skip


def send(draft: Draft, form: CheckForm) -> str:
    """File it, or leave it to the approver, as was asked; the way on. Nothing where somebody must look again.

    That is where a page is left, where the draft has changed since it was read, and where the facts cannot stand
    (``form.refused``).
    """
    by, at = current_viewer(), clock.now()
    if form.is_stale or left(draft):
        return ""
    if not form.sends:
        drafts.ask_approval(draft, by=by, at=at, version=draft.version)
        return url_for("filing.check", draft_id=draft.id)
    try:
        with on_disk({FACT: form.attachments.data}) as brought:
            case = filing.file(Filing(**facts_of(draft.facts), **brought), by=by, at=at, draft=draft)
        return url_for("cases.case", number=case.number)
    except FactsRefused as refused:
        errors = refused.errors
    except IdentityNumberFound as stopped:
        errors = {stopped.field: _("Texten innehåller ett personnummer. Ta bort det.")}
    session.rollback()
    form.refused = list(errors.items())
    return ""


def status_of(form: CheckForm) -> int:
    """409 where something else was read than would be sent, 422 where something is to be put right."""
    if form.is_submitted() and form.is_stale:
        return 409
    return 422 if form.errors or form.refused or form.is_submitted() else 200


def facts_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What the pages say, by the names of ``Filing``."""
    urgent, principle = facts.get("urgency") == "urgent", facts.get("principle") == "yes"
    weights = {name: facts.get(f"consequence_{name}", "") for name in CONSEQUENCES}
    texts = ("title", "description", "position", "purpose_statement", "interim_arrangement", "tried", "desired_outcome")
    cites = ("citation_place", "citation_quote", "citation_source", "registry_number")
    return {
        **{name: facts.get(name, "") for name in (*texts, *cites)},
        "type": CaseType(CASE_TYPES[facts["matter"]]),
        "agreement": facts["agreement"],
        "provisions": facts.get("provisions", []),
        "precedent_answer": {code: facts.get(why_name(code), "") for code in facts.get("provisions", ())},
        "respondents": facts.get("respondents", []),
        "co_initiators": facts.get("co_initiators", []),
        "affected": facts.get("affected", []),
        "arena": facts.get("arena") or None,
        "event_on": dt.date.fromisoformat(facts["event_on"]),
        "event_until": dt.date.fromisoformat(facts["event_until"]) if facts.get("event_until") else None,
        "consequences": {name: int(weight) for name, weight in weights.items() if weight},
        "urgency_reason": facts.get("urgency_reason", "") if urgent else "",
        "principle_reason": facts.get("principle_reason", "") if principle else "",
        "principle_test": facts.get("principle_test", []) if principle else [],
        "handler": int(facts["handler"]) if facts.get("handler") else None,
        "substitute": int(facts["substitute"]) if facts.get("substitute") else None,
        "not_personal": "; ".join(said["because"] for said in facts.get("sure", {}).values()),
    }
