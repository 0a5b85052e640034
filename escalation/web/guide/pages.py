"""What the guide's pages say: the way so far, where it ends, and HÖK's own words for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
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
from escalation.web.names import body_name


def answers(given: MultiDict[str, str]) -> dict[str, str]:
    """The answers in an address, by question. Raises UnknownAnswer for two answers to one question."""
    found = {key: words for key, words in given.lists() if key in guide.QUESTIONS}
    for key, words in found.items():
        if len(words) != 1:
            raise UnknownAnswer(key)
    return {key: words[0] for key, words in found.items()}


def walk(given: Mapping[str, str]) -> Walk:
    """The way of these answers, the other agreements among the options. Raises UnknownAnswer."""
    needed = "subject" in given or given.get("agreement") == "other"
    return guide.walk(given, _subjects() if needed else ())


def where(given: Mapping[str, str]) -> str:
    """The address of the page to which these answers lead."""
    return f"{url_for('guide.where')}?{urlencode(given)}" if given else url_for("guide.where")


def question_page(way: Walk, question: Question) -> dict[str, Any]:
    """Where in the questions one stands, what was answered, and what the question rests on."""
    return {"number": len(way.answered) + 1, "answered": _answered(way), "quotes": _quotes(question.provisions)}


def end_page(way: Walk, end: End, viewer: Viewer) -> dict[str, Any]:
    """The end in words: what to do, what HÖK says, what is ours, and the way on."""
    given = {question.key: option.word for question, option in way.answered}
    about = queries.agreement(_agreement_code(given)) if end.step else None
    return {
        "end": end,
        "about": about if about and about.code != main_agreement().code else None,
        "is_template": end.key == "other_ladder" and about is not None and not about.ladder_known,
        "ways": _ways(end, about),
        "quotes": _quotes(end.provisions),
        "answered": _answered(way),
        "steps": _steps(end, about) if about else [],
        "filing": _filing(given, about, viewer) if about else None,
        "onward": where(guide.around(end, given)) if end.onward else None,
    }


def _subjects() -> list[Option]:
    """The agreements that are not HÖK, in their order, each leading to the end of its own ladder."""
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


def _ways(end: End, about: Agreement | None) -> list[tuple[str, str]]:
    """As the macro ``facts`` takes them; of an agreement also what we know and do not know about it."""
    ways = [(_(who), _(what)) for who, what in end.ways]
    if about and about.code != main_agreement().code and about.note:
        ways.append((_("Om överenskommelsen"), in_swedish(about.note)))
    return ways


def _agreement_code(given: Mapping[str, str]) -> str:
    return given.get("subject", main_agreement().code)


def _answered(way: Walk) -> list[dict[str, str]]:
    """As the macro ``check_answers`` takes them; changing an answer keeps those before it."""
    before: dict[str, str] = {}
    rows = []
    for question, option in way.answered:
        row = {"term": _(question.text), "value": translated(option.label), "what": _(question.text)}
        rows.append(row | {"url": where(before)})
        before[question.key] = option.word
    return rows


def _quotes(codes: Sequence[str]) -> list[dict[str, Any]]:
    """HÖK's words, whole, as the macro ``provision`` takes them; with what VIS has said that they mean."""
    version = queries.version_in_force(main_agreement().code, clock.today())
    held = {p.code: p for p in queries.provisions(version.id)} if version else {}
    found = [held[code] for code in codes if code in held]
    said = queries.interpretations_by_provision(p.id for p in found)
    return [_quote(p, [i for i in said.get(p.id, ()) if _stands(i)]) for p in found]


def _quote(p: Provision, said: Sequence[Interpretation]) -> dict[str, Any]:
    return {
        "title": f"{main_agreement().name} {p.code}",
        "tags": [in_swedish(p.heading)],
        "text": f"”{p.text}”",
        "links": [
            (
                _("%(body)s har tolkat stycket: %(number)s", body=body_name(i.body), number=i.number),
                url_for("decisions.interpretation", slug=slug(i.number)),
            )
            for i in said
        ],
    }


def _stands(i: Interpretation) -> bool:
    is_standing = i.status in (InterpretationStatus.IN_FORCE, InterpretationStatus.UNDER_REVIEW)
    return is_standing and i.applies_from <= clock.today()


def _steps(end: End, about: Agreement) -> list[dict[str, Any]]:
    """The ladder as the macro ``staircase`` takes it, with the step on which one begins."""
    steps = []
    for step in ladder.load(about.ladder_key).steps:
        begins = step.no == end.step
        skipped = step.no < end.step
        steps.append(
            {
                "state": "now" if begins else "next" if skipped else "open",
                "tag": _begins(end) if begins else _("Kan hoppas över") if skipped else _("Om det behövs"),
                "name": _(step.name),
            }
        )
    return steps


def _begins(end: End) -> str:
    """On a higher step one may begin, but is first judged to."""
    return _("Ni börjar här") if end.step == 1 else _("Frågan kan börja här")


def _filing(given: Mapping[str, str], about: Agreement, viewer: Viewer) -> dict[str, str]:
    """The way to filing, with what is known: the type of the case and the agreement."""
    url = url_for("filing.file", type=guide.CASE_TYPES[given[guide.FIRST]], agreement=about.code)
    if permits("filing.file", viewer):
        return {"label": _("Anmäl en oenighet"), "url": url}
    if viewer.user_id is None:
        return {"label": _("Logga in och anmäl"), "url": url_for("accounts.sign_in", next=url)}
    return {}
