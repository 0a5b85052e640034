"""Content of the pages of the register: numbers in addresses, provisions in words, interpretations in force.

Only published interpretations are shown, except to those who may publish them. The case that an interpretation comes
from is named on the page for publishing and on no other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import abort, url_for
from flask_babel import force_locale
from markupsafe import Markup

from escalation.accounts.models import Viewer
from escalation.agreements import queries
from escalation.agreements.models import Agreement, Interpretation, InterpretationStatus, Provision
from escalation.decisions import queries as decisions
from escalation.parties.queries import all_parties, body
from escalation.rules import ladder, workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import MoveNotAllowed
from escalation.web import access
from escalation.web.format import date_long, working_days
from escalation.web.language import SOURCE, _, in_swedish, joined, ngettext
from escalation.web.parts import Quote, Row

SLUG = re.compile(r"([A-Z]{2,10}-T)-([0-9]{4})-([0-9]{1,9})")
"""An interpretation in an address: "VIS-T-2025-2" is VIS-T 2025:2."""

SENTENCE = re.compile(r"(?<=[.!?…])\s+(?=[A-ZÅÄÖ”])")

SHORTEST_GIST = 20
"""An answer whose first sentence is shorter ("Ja.") is shown with its second."""

STANDING = frozenset({InterpretationStatus.IN_FORCE, InterpretationStatus.UNDER_REVIEW})


@dataclass(frozen=True)
class Listed:
    """An interpretation in the list of the register. ``standing`` and ``since``: "Gäller sedan", "1 januari 2026"."""

    number: str
    provision: str
    title: str
    url: str
    text: str
    standing: str
    since: str
    is_old: bool


@dataclass(frozen=True)
class Link:
    """One of the interpretations of the same provision; ``is_here``: the one whose page it is."""

    number: str
    url: str
    text: str
    note: str
    is_here: bool


@dataclass(frozen=True)
class RegisterPage:
    """The register: the interpretations found, how many are in force, and those that the viewer may publish."""

    items: Sequence[Listed]
    in_force: int
    waiting: Sequence[Row]


@dataclass(frozen=True)
class InterpretationPage:
    """An interpretation in words; ``chain``: all of the same provision, oldest first."""

    about: Interpretation
    slug: str
    place: str
    standing: str
    is_in_force: bool
    may_publish: bool
    body: str
    agreement: str
    provisions: Sequence[Quote]
    facts: Sequence[tuple[str, str]]
    chain: Sequence[Link]


@dataclass(frozen=True)
class PublishPage:
    """The page for publishing: the interpretation, the body's decision, and facts that only its publishers read."""

    interpretation: InterpretationPage
    decided: Sequence[tuple[str, str]]
    facts: Sequence[tuple[str, str]]


def interpretation_at(slug: str, viewer: Viewer, today: dt.date) -> Interpretation:
    """The interpretation at this address, or 404. Those who may publish it see it before it is published."""
    parts = SLUG.fullmatch(slug) or abort(404)
    interpretation = queries.interpretation(f"{parts[1]} {parts[2]}:{parts[3]}", public_only=False) or abort(404)
    if interpretation.published_on is None and not _publishes(interpretation, viewer, today):
        abort(404)
    return interpretation


def unpublished(slug: str, viewer: Viewer, today: dt.date) -> Interpretation:
    """The same, for publishing. Raises MoveNotAllowed where the viewer may not, or not any more."""
    interpretation = interpretation_at(slug, viewer, today)
    if guard := decisions.keeps_from_publishing(interpretation, viewer, today):
        raise MoveNotAllowed("publish", guard)
    return interpretation


def register_page(sought: str, viewer: Viewer, today: dt.date) -> RegisterPage:
    """The published interpretations that match the search, newest first, and those that the viewer may publish."""
    hits = queries.published_interpretations(sought) or queries.published_interpretations(_code(sought))
    may_reach = access.permits("decisions.publish", viewer)
    waiting = to_publish(queries.unpublished_interpretations(), viewer, today) if may_reach else ()
    agreements = {agreement.code: agreement for agreement in queries.all_agreements()}
    return RegisterPage(
        items=[_item(i, agreements[i.agreement_code], today) for i in hits],
        in_force=sum(_is_in_force(i, today) for i in hits),
        waiting=[_waiting(i, agreements[i.agreement_code], today) for i in waiting],
    )


def interpretation_page(i: Interpretation, viewer: Viewer, today: dt.date) -> InterpretationPage:
    """All that the page of an interpretation shows."""
    on_the_same = list(reversed(queries.interpretations_on(p.id for p in i.provisions)))
    chain = on_the_same if i in on_the_same else [*on_the_same, i]
    agreement, deciding = _agreement(i), _body(i)
    return InterpretationPage(
        about=i,
        slug=slug_of(i),
        place=_place(i, agreement, in_full=True),
        standing=" ".join(_standing(i, today)).strip(),
        is_in_force=_is_in_force(i, today),
        may_publish=decisions.keeps_from_publishing(i, viewer, today) is None,
        body=deciding,
        agreement=agreement.short_title,
        provisions=[_provision(p, agreement.short_title) for p in i.provisions],
        facts=_facts(i, agreement, deciding),
        chain=[_link(other, i, today) for other in chain] if len(chain) > 1 else [],
    )


def publish_page(i: Interpretation, viewer: Viewer, today: dt.date) -> PublishPage:
    """All that the page for publishing shows beside its form."""
    return PublishPage(interpretation_page(i, viewer, today), _decided(i), _publishing(i, today))


def _decided(i: Interpretation) -> list[tuple[str, str]]:
    """The decision that the interpretation comes from: its text, each block's line, who adjusted it."""
    decision = decisions.decision_behind(i)
    if decision is None:
        return []
    as_whom = {
        "blocks": _("av båda blocken"), "body": _("bekräftat av %(body)s", body=_body(i)),
        "officials": _("intygat av båda sidor i sekretariatet"),
    }.get(decision.adjusted_as or "", "")  # fmt: skip
    adjusted = date_long(decision.adjusted_at) if decision.adjusted_at else ""
    shown = [
        (_("Beslutet"), in_swedish(decision.text)),
        (_("Regionens linje"), in_swedish(decision.region_line)),
        (_("Kommunernas linje"), in_swedish(decision.municipal_line)),
        (_("Justerat"), f"{adjusted}, {as_whom}" if as_whom else adjusted),
    ]
    return [(term, text) for term, text in shown if text]


def names_in(i: Interpretation) -> list[str]:
    """The parties' own names, and the case's number, that occur in the texts that will be public."""
    texts = " ".join((i.question, i.answer, i.reasons, i.purpose_and_goals, i.scope, i.dissent or ""))
    known = {name for party in all_parties() for name in (party.name, party.short_name) if name[:1].isupper()}
    known |= {i.source_case} if i.source_case else set()
    return sorted(name for name in known if re.search(rf"\b{re.escape(name)}", texts))


def _publishing(i: Interpretation, today: dt.date) -> list[tuple[str, str]]:
    """Facts for the publishers alone: the case, the names in the texts, who has signed, and the last day (D17)."""
    facts: list[tuple[str, str]] = []
    if i.source_case:
        url = url_for("cases.case", number=i.source_case)
        facts.append((_("Kommer från"), Markup('<a href="{}">{}</a>').format(url, i.source_case)))
    named = names_in(i)
    facts.append(
        (_("Namn i texterna"), in_swedish(joined(named)) if named else _("Inga parters namn, inget ärendenummer"))
    )
    if i.signed_on:
        side = _("regionens sida") if i.signed_side == "region" else _("kommunernas sida")
        facts.append((_("Underskrivet"), _("%(day)s för %(who)s", day=date_long(i.signed_on), who=side)))
    row = _with_last_day(Row("", ""), i, _agreement(i), today)
    left = _("i dag") if i.publish_due_on == today else row.note
    last = f"{date_long(row.day)}, {left}" if row.day else row.day_text
    return [*facts, (_("Publicera senast"), last)]


def slug_of(i: Interpretation) -> str:
    """The number as a part of the permanent address."""
    return i.number.replace(" ", "-").replace(":", "-")


def to_publish(among: Sequence[Interpretation], viewer: Viewer, today: dt.date) -> list[Interpretation]:
    """Those of them that the viewer may sign or publish."""
    return [i for i in among if decisions.keeps_from_publishing(i, viewer, today) is None]


def _publishes(i: Interpretation, viewer: Viewer, today: dt.date) -> bool:
    """Whether the viewer is one of those who publish it, also if their own side has signed already."""
    guard = decisions.keeps_from_publishing(i, viewer, today)
    return guard is None or guard in {"other_side_publishes", "other_hand"}


def _is_in_force(i: Interpretation, today: dt.date) -> bool:
    return i.status in STANDING and i.applies_from <= today


def _standing(i: Interpretation, today: dt.date) -> tuple[str, str]:
    """("Gäller sedan", "1 januari 2026"): a word, and since when or by what."""
    successor = _public(i.successor)
    if i.status is InterpretationStatus.SUPERSEDED and successor is not None:
        return _("Ersatt av"), successor.number
    if i.status not in STANDING:
        return _("Gäller inte längre"), date_long(i.applies_until) if i.applies_until else ""
    if i.applies_from > today:
        return _("Gäller från"), date_long(i.applies_from)
    if i.status is InterpretationStatus.UNDER_REVIEW:
        return _("Under omprövning. Gäller sedan"), date_long(i.applies_from)
    return _("Gäller sedan"), date_long(i.applies_from)


def _item(i: Interpretation, agreement: Agreement, today: dt.date) -> Listed:
    standing, since = _standing(i, today)
    return Listed(
        number=i.number,
        provision=_place(i, agreement),
        title=in_swedish(i.question),
        url=_url(i),
        text=in_swedish(_gist(i.answer)),
        standing=standing,
        since=since,
        is_old=i.status not in STANDING,
    )


def _waiting(i: Interpretation, agreement: Agreement, today: dt.date) -> Row:
    row = Row(
        title=_("Publicera %(number)s", number=i.number),
        url=url_for("decisions.publish", slug=slug_of(i)),
        text=in_swedish(i.question),
        meta=(_place(i, agreement), _("Beslutad %(day)s", day=date_long(i.decided_on))),
    )
    return _with_last_day(row, i, agreement, today)


def _with_last_day(row: Row, i: Interpretation, agreement: Agreement, today: dt.date) -> Row:
    """The row with how much is left of D17, in the working days of the agreement's own ladder."""
    due = i.publish_due_on
    if due is None:
        return replace(row, day_text=_("Utan sista dag"))
    calendar = calendar_of(ladder.load(agreement.ladder_key))
    if due < today:
        late = workdays.between(due, today, calendar)
        return replace(row, day=due, late=True, note=_("%(days)s sent", days=working_days(late)))
    if due == today:
        return replace(row, day=due, day_text=_("I dag"), note=date_long(due))
    left = workdays.between(today, due, calendar)
    return replace(row, day=due, note=_("%(days)s kvar", days=working_days(left)))


def _link(other: Interpretation, here: Interpretation, today: dt.date) -> Link:
    """One of the interpretations of the same provision."""
    superseded = _public(other.predecessor)
    note = " ".join(_standing(other, today)).strip() + "."
    if other.applies_until is not None:
        span = f"{date_long(other.applies_from)} – {date_long(other.applies_until)}"
        note = _("Gällde %(span)s.", span=span) + (f" {note}" if _public(other.successor) else "")
    if superseded is not None:
        note += " " + _("Ersätter %(number)s.", number=superseded.number)
    return Link(other.number, _url(other), in_swedish(_gist(other.answer)), note, is_here=other is here)


def _facts(i: Interpretation, agreement: Agreement, deciding: str) -> list[tuple[str, str]]:
    decided = _("%(body)s %(day)s", body=deciding, day=date_long(i.decided_on))
    bound = _bound(agreement)
    with force_locale(SOURCE):
        everybody = _bound(agreement)  # as a scope says it, whose Swedish is the decision's own
    superseded, successor = _public(i.predecessor), _public(i.successor)
    facts = [
        (_("Beslutad"), f"{decided}, {i.minutes_ref}" if i.minutes_ref else decided),
        (_("Gäller för"), bound),
        (_("Räckvidd"), "" if i.scope.strip(" .") == everybody else in_swedish(i.scope)),
        (_("Ersätter"), _anchor(superseded) if superseded else ""),
        (_("Ersatt av"), _anchor(successor) if successor else ""),
        (_("Bakåt i tiden"), _("Nej")),
        (_("Publicerad"), date_long(i.published_on) if i.published_on else _("Nej, inte än")),
    ]
    return [(term, value) for term, value in facts if value]


def _bound(agreement: Agreement) -> str:
    """The parties that it binds, and through them those who work for them (§ 1.4 st 3)."""
    parties = len(agreement.parties)
    return ngettext("%(num)s part och dess utförare", "Alla %(num)s parter och deras utförare", parties)


def _provision(p: Provision, agreement: str) -> Quote:
    bearer = GLOSSARY[p.duty_bearer].label if p.duty_bearer else None
    tag = _("Åtagande för %(bearer)s", bearer=_(bearer)) if bearer else in_swedish(p.heading)
    return Quote(title=f"{agreement} {_in_full(p.code)}", text=f"”{p.text}”", tags=[tag])


def _place(i: Interpretation, agreement: Agreement, *, in_full: bool = False) -> str:
    """ "HÖK 4.5 st 3", in full "HÖK 4.5 stycke 3"."""
    codes = [_in_full(p.code) if in_full else p.code for p in i.provisions]
    place = joined(codes)
    return f"{agreement.short_title} {place}".strip()


def _in_full(code: str) -> str:
    return code.replace(" st ", _(" stycke ")).replace(" p ", _(" punkt ")).replace(" ing", _(" ingress"))


def _code(sought: str) -> str:
    """A provision that a reader copied from a page ("HÖK 4.5 stycke 3"), as the register writes it ("4.5 st 3")."""
    names = "|".join(re.escape(agreement.short_title) for agreement in queries.names())
    bare = re.sub(rf"^({names})\s+(?=[0-9])", "", sought.strip(), flags=re.IGNORECASE)
    for word, short in (("stycke|paragraph", "st"), ("punkt|point", "p"), ("ingress|preamble", "ing")):
        bare = re.sub(rf"\b({word})\b", short, bare, flags=re.IGNORECASE)
    return bare


def _gist(answer: str) -> str:
    first, *rest = SENTENCE.split(answer.strip())
    return f"{first} {rest[0]}" if rest and len(first) < SHORTEST_GIST else first


def _public(i: Interpretation | None) -> Interpretation | None:
    return i if i is not None and i.published_on is not None else None


def _url(i: Interpretation) -> str:
    return url_for("decisions.interpretation", slug=slug_of(i))


def _anchor(i: Interpretation) -> Markup:
    return Markup('<a href="{}">{}</a>').format(_url(i), i.number)


def _agreement(i: Interpretation) -> Agreement:
    agreement = queries.agreement(i.agreement_code)
    assert agreement is not None  # a foreign key
    return agreement


def _body(i: Interpretation) -> str:
    found = body(i.body)
    assert found is not None  # a foreign key
    return _(found.short_name)
