"""What the case is about: the filing, the cited texts, what the filer wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escalation.agreements.models import Interpretation, Provision
from escalation.casefile import CaseFile
from escalation.cases.models.case import Case
from escalation.rules.glossary import GLOSSARY
from escalation.rules.situation import Phase
from escalation.trail.events import facts_of
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.language import _, in_swedish
from escalation.web.parts import ListedFile, Quote


def statement_link(case_file: CaseFile, events: Sequence[TrailEvent]) -> str:
    """What the link to the joint statement says; empty where there is none. The trail tells, nothing is asked for."""
    if case_file.case.phase is Phase.IMPASSE:
        return _("Gemensam beskrivning") if case_file.situation.is_statement_agreed else _("Gemensamt arbetsutkast")
    lifted = next((event for event in reversed(events) if event.kind == "case_lifted"), None)
    if lifted is None:
        return ""
    label = _(GLOSSARY[(facts_of(lifted) or {}).get("statement", "joint_statement")].label)
    return _("%(statement)s, %(day)s", statement=words.upper_first(label), day=date_long(lifted.at))


def interim_note(case: Case, names: Mapping[str, str]) -> str:
    """Since when the interim arrangement is agreed, or who proposed it."""
    if case.interim_agreed_at:
        day = date_long(case.interim_agreed_at)
        return _("Överenskommet %(day)s. Ändras bara om båda är överens.", day=day)
    who = names[case.filer.party_code]
    return _("Föreslaget av %(who)s i anmälan %(day)s.", who=who, day=date_long(case.filed_at))


@dataclass(frozen=True)
class Removed:
    """An invented interpretation that has left the register since the case cited it, and why it left the question."""

    number: str
    answer: str
    why: str


@dataclass(frozen=True)
class Matter:
    """What the case is about. ``known``: interpretations of what it cites, each with why it left the question open."""

    question: str
    statement_files: list[ListedFile]
    description: str
    wishes: list[tuple[str, str]]
    provisions: list[Quote]
    known: list[tuple[Interpretation, str]]
    removed: list[Removed]


@dataclass(frozen=True)
class Interim:
    """What the parties hold to while the case goes on."""

    text: str
    note: str
    heading: str


def matter(
    case_file: CaseFile,
    events: Sequence[TrailEvent],
    cited: Sequence[tuple[Provision, list[Interpretation]]],
    attached: Mapping[str, list[ListedFile]],
    *,
    is_principle_shown: bool,
) -> Matter:
    """What the case is about; ``attached``: the files that the viewer may know of, by what they hang on."""
    case = case_file.case
    answers = case.precedent_answers
    return Matter(
        question=words.question(case_file, events),
        statement_files=[f for what, files in attached.items() if what.startswith("statement:") for f in files],
        description=case.description,
        wishes=wishes(case, is_principle_shown=is_principle_shown),
        provisions=provisions(case, cited),
        known=[
            (i, "" if older else answers.get(p.code, ""))
            for p, known in cited
            for older, i in enumerate(known)
            if i.status != "superseded"
        ],
        removed=[
            Removed(kept["number"], kept["answer"], _why_removed(answers, kept["provisions"]))
            for kept in case.removed_precedents
        ],
    )


def _why_removed(answers: Mapping[str, str], codes: Sequence[str]) -> str:
    return " ".join(filter(None, (answers.get(code, "") for code in codes)))


def interim(case: Case) -> Interim:
    """The interim arrangement, and since when it is agreed or by whom it is proposed."""
    heading = _("Gällde under tiden") if case.phase is Phase.CLOSED else _("Gäller under tiden")
    return Interim(case.interim_arrangement, interim_note(case, words.names_in(case)), heading)


def provisions(case: Case, cited: Sequence[tuple[Provision, list[Interpretation]]]) -> list[Quote]:
    """The cited texts, verbatim, with whom they bind; or the free citation with its source."""
    shown = []
    for provision, _known in cited:
        bearer = provision.duty_bearer
        tags = [_("Åtagande för %(who)s", who=_(GLOSSARY[bearer].label))] if bearer else []
        title = f"{case.agreement.short_title} {provision.code}"
        shown.append(Quote(title, provision.text, [*tags, in_swedish(provision.heading)]))
    if case.citation_quote:
        tags = [_("Citerat av anmälaren")]
        if case.citation_source:
            tags.append(in_swedish(case.citation_source))
        title = in_swedish(f"{case.agreement.short_title} {case.citation_place}")
        shown.append(Quote(title, case.citation_quote, tags))
    return shown


def wishes(case: Case, *, is_principle_shown: bool) -> list[tuple[str, str]]:
    """What the filer has weighed, tried and asked for, under what has happened; nothing where nothing was said."""
    weighed = [
        f"{_(GLOSSARY[name].label)}: {_(GLOSSARY[f'consequence_{weight}'].label)}".lower()
        for name, weight in case.consequences.items()
    ]
    shown = [
        (_("Önskat utfall"), in_swedish(case.desired_outcome)),
        (_("Prövat hittills"), in_swedish(case.tried)),
        (_("Konsekvenser"), words.upper_first("; ".join(weighed))),
        (_("Anmälaren begär skyndsamhet"), in_swedish(case.urgency_reason)),
        (_("Svar om kortare tider"), words.urgency(case) if case.urgency_asked and case.served_at else ""),
        (_("Anmälaren vill börja på steg 2"), "" if is_principle_shown else in_swedish(case.principle_reason)),
    ]
    return [(term, text) for term, text in shown if text]
