"""What a case is linked to, on its page and in its history, and the two forms with which links come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import abort, url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts.models import Viewer
from escalation.agreements.models import Interpretation
from escalation.cases.models.case import Case
from escalation.links import queries
from escalation.links.actions import CHOSEN
from escalation.links.models import LinkKind
from escalation.links.queries import Linked
from escalation.rules.glossary import GLOSSARY
from escalation.trail.events import OF_TWO_CASES, content_of, facts_of
from escalation.trail.models import TrailEvent
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.format import date_long, slug
from escalation.web.forms import Form, choices, radios, reasons, text
from escalation.web.language import _, in_swedish


class LinkForm(Form):
    """How this case belongs with which other, and why."""

    kind = radios(_l("Hur hör de ihop? Det här ärendet"), need=_l("Välj hur de hör ihop."))
    to = text(
        _l("Nummer"),
        subject=_l("Numret"),
        it=_l("det"),
        most=40,
        need=_l("Skriv numret på det andra ärendet."),
        hint=_l("Ett ärende som ni ser hela av, till exempel ESK-2026-0011, eller tolkningsbeskedet som tillämpas."),
    )
    reason = reasons(
        most=1000,
        hint=_l("Läses i båda ärendena av alla som ser det ena och får veta att det andra finns."),
    )

    def __init__(self) -> None:
        super().__init__()
        self.kind.choices = choices([(kind.value, words.upper_first(_(GLOSSARY[kind].label))) for kind in CHOSEN])

    @property
    def chosen(self) -> LinkKind:
        """The kind that has been chosen."""
        return LinkKind(self.kind.data)


class UnlinkForm(Form):
    """Why a link is taken away."""

    reason = reasons(most=1000)


def to_link(case: Case) -> Case:
    """The case, for who may link it; 404 for everybody else."""
    return case if queries.may_link(case, current_viewer()) else abort(404)


def to_unlink(case: Case, link_id: int) -> Linked:
    """The case's link, for who may take it away; 404 for everybody else, and for another case's."""
    viewer = current_viewer()
    mine = [end for end in queries.linked(case, viewer=viewer) if queries.may_unlink(end.link, viewer)]
    return next((end for end in mine if end.link.id == link_id), None) or abort(404)


def link_sentence(end: Linked) -> str:
    """How the case belongs with what is at the other end: "ersätter ESK-2026-0011"."""
    return f"{_(GLOSSARY[end.word].label)} {end.number}"


@dataclass(frozen=True)
class LinkLine:
    """What the case is linked to: how, to what, why, by whom; ``unlink``: where the link is taken away."""

    how: str
    number: str
    title: str
    url: str
    why: str
    made: str
    unlink: str


def link_lines(case: Case, viewer: Viewer, events: Sequence[TrailEvent]) -> list[LinkLine]:
    """What the case is linked to, each with its reason as the trail has it. The trail also says if there is anything
    to ask for.
    """
    links = [event for event in events if event.kind in OF_TWO_CASES]
    if not links:
        return []
    why = {_end(event): (content_of(event) or {}).get("reason", "") for event in links}
    names = words.names_in(case)
    made = {_end(event): event for event in links if event.kind != "link_removed"}
    return [
        LinkLine(
            how=words.upper_first(_(GLOSSARY[end.word].label)),
            number=end.number,
            title=in_swedish(end.other.question if isinstance(end.other, Interpretation) else end.other.title),
            url=_url(end),
            why=in_swedish(why.get((end.word, end.number), "")),
            made=_made(made.get((end.word, end.number)), names),
            unlink=_unlink_url(case, end, viewer),
        )
        for end in queries.linked(case, viewer=viewer)
    ]


def _made(event: TrailEvent | None, names: Mapping[str, str]) -> str:
    """Who made the link and when, as the trail has it."""
    who = (facts_of(event) or {}).get("who") if event else None
    if event is None or who is None:
        return ""
    return _("Länkat %(day)s av %(who)s.", day=date_long(event.at), who=names.get(who, who))


def _unlink_url(case: Case, end: Linked, viewer: Viewer) -> str:
    if not queries.may_unlink(end.link, viewer):
        return ""
    return url_for("cases.unlink", number=case.number, link_id=end.link.id)


def _end(event: TrailEvent) -> tuple[str, str]:
    facts = facts_of(event) or {}
    return facts.get("kind", ""), facts.get("number", "")


def _url(end: Linked) -> str:
    if isinstance(end.other, Interpretation):
        return url_for("decisions.interpretation", slug=slug(end.number))
    return url_for("cases.case", number=end.number)


def known_events(viewer: Viewer, events: Sequence[TrailEvent], ends: Sequence[LinkLine] = ()) -> list[TrailEvent]:
    """A case's history without what would tell the viewer of another case that they may not know of.

    ``ends``: what the viewer knows that the case is linked to.
    """
    named = {event.seq: _end(event)[1] for event in events if event.kind in OF_TWO_CASES}
    known = {end.number for end in ends}
    asked = {number for number in named.values() if number} - known
    known |= queries.known_numbers(asked, viewer=viewer) if asked else set()
    return [event for event in events if _is_known(event, named.get(event.seq, ""), known)]


def _is_known(event: TrailEvent, number: str, known: set[str]) -> bool:
    return not number or number in known or _end(event)[0] == LinkKind.PRECEDENT_APPLIED
