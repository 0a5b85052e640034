"""Content of the guide's pages: the answers so far, the end that they lead to, and the provisions that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from escalation import clock
from escalation.accounts.models import Viewer
from escalation.agreements import queries
from escalation.agreements.models import Agreement, Interpretation, InterpretationStatus, Provision
from escalation.rules import guide, ladder
from escalation.rules.glossary import say
from escalation.rules.guide import End, Option, Question, UnknownAnswer, Walk
from escalation.rules.main_agreement import main_agreement
from escalation.web.access import permits
from escalation.web.format import slug
from escalation.web.language import _, in_swedish, translated
from escalation.web.names import body_name, unknown_ladder
from escalation.web.parts import Answer, Quote, Stair


@dataclass(frozen=True)
class QuestionPage:
    """A question: its number, the answers before it, and the provisions that it rests on."""

    number: int
    answered: Sequence[Answer]
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class EndPage:
    """Where the answers lead. ``filing`` and ``onward`` are links (label or sentence, address).

    ``agreement``: the title of an agreement other than the main one. ``not_said``: what the main agreement leaves open.
    """

    heading: str
    verdict: str
    agreement: str
    lead: str
    steps: Sequence[Stair]
    is_refusal: bool
    may_be_filed: bool
    ways: Sequence[tuple[str, str]]
    filing: tuple[str, str] | None
    onward: tuple[str, str] | None
    quotes: Sequence[Quote]
    not_said: Sequence[str]
    answered: Sequence[Answer]


def answers(given: MultiDict[str, str]) -> dict[str, str]:
    """The answers in an address, by question. Raises UnknownAnswer for two answers to one question."""
    answered = {key: words for key, words in given.lists() if key in guide.QUESTIONS}
    for key, words in answered.items():
        if len(words) != 1:
            raise UnknownAnswer(key)
    return {key: words[0] for key, words in answered.items()}


def walk(given: Mapping[str, str]) -> Walk:
    """The questions that these answers lead through, and to which end. Raises UnknownAnswer."""
    needed = "subject" in given or given.get("agreement") == "other"
    return guide.walk(given, _subjects() if needed else ())


def where(given: Mapping[str, str]) -> str:
    """The address of the page to which these answers lead."""
    return f"{url_for('guide.where')}?{urlencode(given)}" if given else url_for("guide.where")


def question_page(walked: Walk, question: Question) -> QuestionPage:
    """All that the page of a question shows beside its form."""
    return QuestionPage(len(walked.answered) + 1, _answered(walked), _quotes(question.provisions))


def end_page(walked: Walk, end: End, viewer: Viewer) -> EndPage:
    """All that the page of an end shows."""
    given = {question.key: option.word for question, option in walked.answered}
    about = queries.agreement(_agreement_code(given)) if end.step else None
    other = about if about and about.code != main_agreement().code else None
    is_template = end.key == "other_ladder" and about is not None and not about.ladder_known
    return EndPage(
        heading=_(end.heading),
        verdict=_verdict(end),
        agreement=other.title if other else "",
        lead=_(end.lead),
        steps=_steps(end, about) if about else [],
        is_refusal=end.refuses,
        may_be_filed=bool(end.step),
        ways=_ways(end, other),
        filing=_filing(given, about, viewer) if about else None,
        onward=(_(end.onward), where(guide.around(end, given))) if end.onward else None,
        quotes=_quotes(end.provisions),
        not_said=[_(end.ours), *([unknown_ladder()] if is_template else [])],
        answered=_answered(walked),
    )


def _verdict(end: End) -> str:
    if end.refuses:
        return _("Går inte till trappan")
    return _("Går till trappan") if end.step else _("Ingen anmälan än")


def _subjects() -> list[Option]:
    """The agreements beside the main one, in their order, each leading to the end of its own ladder."""
    return [
        Option(
            a.code,
            a.title,
            guide.end_of(ladder.load(a.ladder_key)),
            "" if a.is_verified else say("Exempel, ej verifierat"),
        )
        for a in queries.all_agreements()
        if a.code != main_agreement().code
    ]


def _ways(end: End, other: Agreement | None) -> list[tuple[str, str]]:
    """The people to turn to, and the help they give; of another agreement also the note about it."""
    ways = [(_(who), _(what)) for who, what in end.ways]
    return [*ways, (_("Om överenskommelsen"), in_swedish(other.note))] if other and other.note else ways


def _agreement_code(given: Mapping[str, str]) -> str:
    return given.get("subject", main_agreement().code)


def _answered(walked: Walk) -> list[Answer]:
    """The answers so far; changing one keeps those before it."""
    before: dict[str, str] = {}
    answered = []
    for question, option in walked.answered:
        answered.append(Answer(_(question.text), translated(option.label), where(before), _(question.text)))
        before[question.key] = option.word
    return answered


def _quotes(codes: Sequence[str]) -> list[Quote]:
    """Provisions of the main agreement, with links to the interpretations of them that are in force."""
    version = queries.version_in_force(main_agreement().code, clock.today())
    held = {p.code: p for p in queries.provisions(version.id)} if version else {}
    quoted = [held[code] for code in codes if code in held]
    interpretations = queries.interpretations_by_provision(p.id for p in quoted)
    return [_quote(p, [i for i in interpretations.get(p.id, ()) if _is_in_force(i)]) for p in quoted]


def _quote(p: Provision, interpretations: Sequence[Interpretation]) -> Quote:
    return Quote(
        title=f"{main_agreement().name} {p.code}",
        tags=[in_swedish(p.heading)],
        text=f"”{p.text}”",
        links=[
            (
                _("%(body)s har tolkat stycket: %(number)s", body=body_name(i.body), number=i.number),
                url_for("decisions.interpretation", slug=slug(i.number)),
            )
            for i in interpretations
        ],
    )


def _is_in_force(i: Interpretation) -> bool:
    is_standing = i.status in (InterpretationStatus.IN_FORCE, InterpretationStatus.UNDER_REVIEW)
    return is_standing and i.applies_from <= clock.today()


def _steps(end: End, about: Agreement) -> list[Stair]:
    """The steps of the agreement's ladder, with the one on which the case begins."""
    return [_step(end, step.no, _(step.name)) for step in ladder.load(about.ladder_key).steps]


def _step(end: End, number: int, name: str) -> Stair:
    if number == end.step:
        return Stair("now", _begins(end), name)
    if number < end.step:
        return Stair("next", _("Kan hoppas över"), name)
    return Stair("open", _("Om det behövs"), name)


def _begins(end: End) -> str:
    """A case begins on a higher step only if that is granted first."""
    return _("Ni börjar här") if end.step == 1 else _("Frågan kan börja här")


def _filing(given: Mapping[str, str], about: Agreement, viewer: Viewer) -> tuple[str, str] | None:
    """The link to filing, which fills in the type of the case and the agreement; None for a viewer who cannot file."""
    url = url_for("filing.file", type=guide.CASE_TYPES[given[guide.FIRST]], agreement=about.code)
    if permits("filing.file", viewer):
        return _("Anmäl en oenighet"), url
    if viewer.user_id is None:
        return _("Logga in och anmäl"), url_for("accounts.sign_in", next=url)
    return None
