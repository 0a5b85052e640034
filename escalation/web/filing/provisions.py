"""The second page of a filing: searching the agreement, and choosing provisions in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape
from wtforms import Field

from escalation.agreements import queries as agreements
from escalation.agreements.models import Interpretation, InterpretationStatus, Provision
from escalation.cases.models.case import CaseType
from escalation.rules.glossary import GLOSSARY
from escalation.web.filing.provision_form import ProvisionForm
from escalation.web.language import _


@dataclass(frozen=True)
class Interpreted:
    """An interpretation of a provision with its status, and those it has replaced, the latest first."""

    about: Interpretation
    status: str
    replaced: Sequence[Interpretation]


@dataclass(frozen=True)
class Hit:
    """A provision to choose: its text, whom it binds, and its interpretations.

    ``is_shut``: it cannot be chosen for a case of this type. ``why``: the field that asks why the interpretations do
    not answer the question.
    """

    provision: Provision
    id: str
    text: Markup
    is_chosen: bool
    is_shut: bool
    bearer: str
    interpretations: Sequence[Interpreted]
    why: Field | None


@dataclass(frozen=True)
class Choice:
    """The provisions that are chosen, and those to choose from. ``short`` is the agreement's short name.

    ``switch`` leads to where the type of the case is changed; ``cites``: a text is cited.
    """

    sought: str
    short: str
    chosen: Sequence[Hit]
    hits: Sequence[Hit]
    open_hits: int
    chapters: Mapping[str, Sequence[Hit]]
    is_deviation: bool
    is_conflict: bool
    switch: str
    cites: bool


def choice(form: ProvisionForm, sought: str, switch: str) -> Choice:
    """The provisions that are chosen, and those that the search finds; without a search the whole text, by chapter."""
    chosen = form.chosen
    others = [p for p in form.held if p not in chosen]
    chapters: dict[str, list[Hit]] = {}
    for p in others if not sought else ():
        chapters.setdefault(p.section, []).append(_hit(form, p, ""))
    about = next((label for code, label in choices_of(form.agreement) if code == form.agreement.data), "")
    hits = [_hit(form, p, sought) for p in agreements.matching(others, sought)] if sought else []
    return Choice(
        sought=sought,
        short=about.partition(":")[0],
        chosen=[_hit(form, p, "") for p in chosen],
        hits=hits,
        open_hits=sum(not hit.is_shut for hit in hits),
        chapters=chapters,
        is_deviation=form.case_type is CaseType.DEVIATION,
        is_conflict=form.matter == "conflict",
        switch=switch,
        cites=any(f.data or f.errors for f in (form.citation_place, form.citation_quote, form.citation_source)),
    )


def choices_of(field: Any) -> list[tuple[str, str]]:
    """The choices of a field as (value, label)."""
    return [(str(choice.value), str(choice.label)) for choice in field.iter_choices()]


def _hit(form: ProvisionForm, p: Provision, sought: str) -> Hit:
    interpretations = form.interpretations.get(p.id, ())
    shown = [i for i in interpretations if _is_standing(i)] or interpretations
    return Hit(
        provision=p,
        id="p-" + re.sub(r"\W+", "-", p.code),
        text=marked(p.text, sought),
        is_chosen=p.code in (form.provisions.data or ()),
        is_shut=not form.may_be_chosen(p),
        bearer=_("Åtagande för %(who)s", who=_(GLOSSARY[p.duty_bearer].label)) if p.duty_bearer else "",
        interpretations=[_interpreted(i, interpretations) for i in shown],
        why=form.why_field(p),
    )


def _is_standing(i: Interpretation) -> bool:
    return i.status in {InterpretationStatus.IN_FORCE, InterpretationStatus.UNDER_REVIEW}


def _interpreted(i: Interpretation, among: Sequence[Interpretation]) -> Interpreted:
    by_number = {other.number: other for other in among}
    replaced, newest = [], i
    while newest.supersedes and (older := by_number.get(newest.supersedes)) is not None:
        replaced.append(older)
        newest = older
    return Interpreted(i, _(GLOSSARY[i.status].label), replaced)


def marked(text: str, sought: str) -> Markup:
    """The text in paragraphs, with the searched words in bold."""
    return Markup("").join(
        Markup("<p>{}</p>").format(_bold(part, sought)) for part in re.split(r"\n\s*\n|\n", text) if part.strip()
    )


def _bold(text: str, sought: str) -> Markup:
    if not sought:
        return escape(text)
    pattern = re.compile(r"\s+".join(re.escape(word) for word in sought.split()), re.IGNORECASE)
    shown, at = Markup(""), 0
    for match in pattern.finditer(text):
        shown += escape(text[at : match.start()]) + Markup("<strong>{}</strong>").format(match[0])
        at = match.end()
    return shown + escape(text[at:])
