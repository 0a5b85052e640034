"""The last page of a filing: all that was written, the path ahead, and sending it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from escalation.web.filing.forms import CheckForm, MatterForm
from escalation.web.filing.pages import (
    draft_name,
    event_day,
    page_labels,
    page_url,
    progress,
    saved_line,
    unfinished_pages,
)
from escalation.web.filing.provision_form import agreement_name, why_name
from escalation.web.filing.provisions import choices_of
from escalation.web.format import date_long, paragraphs
from escalation.web.language import _, in_swedish
from escalation.web.parts import Ahead, Answer, Part

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


@dataclass(frozen=True)
class Group:
    """A group of answers under a heading."""

    id: str
    heading: str
    rows: Sequence[Answer]


@dataclass(frozen=True)
class CheckPage:
    """The last page of a draft. ``left``: the pages that are not done, as links (label, address).

    ``refused``: sentences on facts that cannot stand, with the address of the field.
    """

    name: str
    progress: Sequence[Part]
    lead: str
    version: int
    groups: Sequence[Group]
    note: str
    left: Sequence[tuple[str, str]]
    path: Sequence[Ahead]
    is_approver: bool
    approvers: str
    ready_at: dt.datetime | None
    saved: str
    is_stale: bool
    refused: Sequence[tuple[str, str]]
    back: str
    discard: str


def page(draft: Draft, form: CheckForm) -> CheckPage:
    """All that the page shows beside its form."""
    facts, is_approver = draft.facts, current_viewer().role is Role.LOCAL_APPROVER
    agreement = agreements.agreement(facts.get("agreement") or main_agreement().code)
    people = accounts.writers(draft.party_code)
    unfinished = unfinished_pages(draft)
    return CheckPage(
        name=draft_name(draft),
        progress=progress(draft, "check"),
        lead=_lead(draft, is_approver=is_approver),
        version=draft.version,
        groups=_answers(draft, agreement, {str(m.id): name for m, name in people}),
        note=_note(draft),
        left=[(page_labels()[word], page_url(draft, word)) for word in unfinished],
        path=[] if unfinished else _path(agreement, asks_past_the_parties=facts.get("principle") == "yes"),
        is_approver=is_approver,
        approvers=escape(_(" eller ")).join(in_swedish(name) for m, name in people if m.role is Role.LOCAL_APPROVER),
        ready_at=draft.ready_at,
        saved=saved_line(draft),
        is_stale=form.is_submitted() and form.is_stale,
        refused=[
            (_(sentence), page_url(draft, *FACT_AT.get(fact, ("position", fact)))) for fact, sentence in form.refused
        ],
        back=page_url(draft, "meanwhile"),
        discard=url_for("filing.discard", draft_id=draft.id),
    )


def _lead(draft: Draft, *, is_approver: bool) -> str:
    if draft.ready_at is None:
        return _(
            "Läs igenom. När er beslutsfattare har godkänt skickas anmälan till sekretariatet och blir en allmän "
            "handling."
        )
    if is_approver:
        return _("Anmälan väntar på er. Läs igenom, ändra om något är fel, och skicka.")
    return _(
        "Anmälan väntar på att er beslutsfattare godkänner och skickar den. Ändrar ni något skickar ni den till "
        "godkännande på nytt."
    )


def _answers(draft: Draft, agreement: Agreement | None, people: Mapping[str, str]) -> list[Group]:
    """The facts as the check page lists them, in the groups of the pages."""
    facts = draft.facts
    held = {p.code: p for p in agreements.text_in_force(agreement.code, event_day(facts))} if agreement else {}
    names = {p.code: p.name for p in parties.all_parties()}
    unit = parties.unit(facts["arena"]) if facts.get("arena") else None

    def row(page: str, field: str, term: str, value: str) -> Answer:
        url = url_for("filing.draft", draft_id=draft.id, page=page, back="check", _anchor=field)
        return Answer(term, value or _("(inte ifyllt)"), url, term.lower())

    def text(name: str) -> str:
        return in_swedish(paragraphs(facts[name]), "div") if facts.get(name) else ""

    def listed(name: str) -> str:
        return ", ".join(names.get(code, code) for code in facts.get(name, ()))

    def person(name: str) -> str:
        return in_swedish(people.get(facts.get(name, "")))

    together = listed("co_initiators")
    short = agreement.short_title if agreement else ""
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
        Group(
            "h-fraga",
            _("Frågan"),
            [
                row("matter", "matter", _("Vad det gäller"), matter.get(facts.get("matter", ""), "")),
                row("position", "title", _("Rubrik"), text("title")),
                row("provision", "agreement", _("Överenskommelse"), agreement_name(agreement) if agreement else ""),
                *([row("provision", "provisions", _("Bestämmelse"), cited)] if cited or not quoted else []),
                *([row("provision", "citation_place", _("Citerad text"), in_swedish(quoted))] if quoted else []),
                *whys,
                row("meanwhile", "respondents", _("Motpart"), listed("respondents")),
                *([row("meanwhile", "co_initiators", _("Medanmälare"), together)] if together else []),
                row("position", "event_on", _("Period"), _(" till ").join(days)),
            ],
        ),
        Group(
            "h-stand",
            page_labels()["position"],
            [
                row("position", "description", _("Vad som har hänt"), text("description")),
                row("position", "position", _("Hur ni läser bestämmelsen"), text("position")),
                row("position", "purpose_statement", _("Syfte och mål"), text("purpose_statement")),
                row("position", "consequence_target_group", _("Konsekvenser"), words.upper_first("; ".join(weighed))),
                row("position", "tried", _("Prövat hittills"), text("tried")),
                row("position", "desired_outcome", _("Önskat utfall"), text("desired_outcome")),
            ],
        ),
        Group(
            "h-under",
            page_labels()["meanwhile"],
            [
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
        ),
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


def _path(agreement: Agreement | None, *, asks_past_the_parties: bool) -> list[Ahead]:
    """What happens if it is sent today, each at its latest; the respondent's days begin when it is served.

    ``asks_past_the_parties``: first it is decided whether the case begins at the second step (T5 and on).
    """
    steps = ladder.load(agreement.ladder_key) if agreement else main_agreement().ladder
    calendar = calendar_of(steps)
    today = workdays.base_day(clock.now(), calendar)
    check, ack, local, comment, tried = (steps.workdays(key, 1, False) for key in ("D1", "D4", "D7", "D3", "D3b"))
    served = workdays.add(today, check, calendar)
    over = workdays.add(served, local, calendar)
    above = inside(_(steps.step(2).name))
    if asks_past_the_parties:
        commented = workdays.add(served, comment, calendar)
        return [
            Ahead(
                served,
                _("inom %(days)s arbetsdagar", days=check),
                _("Sekretariatet kontrollerar anmälan och låter motparten yttra sig om var ärendet börjar."),
            ),
            Ahead(
                commented,
                _("%(days)s arbetsdagar till", days=comment),
                _("Motparten har yttrat sig."),
            ),
            Ahead(
                workdays.add(commented, tried, calendar),
                _("%(days)s arbetsdagar till", days=tried),
                _(
                    "Ordföranden i %(above)s avgör var ärendet börjar. Blir svaret nej börjar den lokala dialogen då.",
                    above=above,
                ),
            ),
        ]
    return [
        Ahead(
                served,
                _("inom %(days)s arbetsdagar", days=check),
                _("Sekretariatet kontrollerar anmälan och översänder den till motparten."),
        ),
        Ahead(
                workdays.add(served, ack, calendar),
                _("%(days)s arbetsdagar till", days=ack),
                _("Motparten bekräftar mottagandet och namnger handläggare."),
        ),
        Ahead(
                over,
                _("%(year)s, senast", year=over.year) if over.year != today.year else _("senast"),
                _("Lokala steget slut. Därefter får ni lyfta ärendet till %(above)s, också ensamma.", above=above),
        ),
    ]  # fmt: skip


def send(draft: Draft, form: CheckForm) -> str:
    """File it, or leave it to the approver, as the button says; returns the next address.

    Nothing where the page must be looked at again: where a page is not done, the draft has changed since it was read,
    or the facts cannot stand (``refused``).
    """
    by, at = current_viewer(), clock.now()
    if form.is_stale or unfinished_pages(draft):
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
    """The facts of the draft, by the names of ``Filing``."""
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
