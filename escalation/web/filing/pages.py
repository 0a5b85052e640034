"""Filing in five short pages: opening a draft, keeping what is written on a page, and the content of each page.

A draft keeps a page also with errors; only a page without errors leads to the next. None of this is an act: the one
act is the filing itself, at the end.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from wtforms import Field

from escalation import clock
from escalation.accounts import queries as accounts
from escalation.accounts.models import Role, Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Provision
from escalation.cases import drafts, queries
from escalation.cases.models.case import Draft
from escalation.parties import queries as parties
from escalation.rules import guide
from escalation.rules.guide import CASE_TYPES
from escalation.rules.main_agreement import main_agreement
from escalation.watch.guide_refusals import count_refusal
from escalation.web.access import OPENED_AS, current_viewer
from escalation.web.cases import words
from escalation.web.filing import provisions
from escalation.web.filing.forms import (
    ELSEWHERE,
    MatterForm,
    MeanwhileForm,
    PageForm,
    PositionForm,
    as_json,
    fingerprint,
)
from escalation.web.filing.provision_form import ProvisionForm, provision_form
from escalation.web.format import date_and_time, date_long
from escalation.web.forms import LOG
from escalation.web.guide import pages as guide_pages
from escalation.web.language import _, in_swedish
from escalation.web.parts import Holder, Line, Part, Row

PAGES = ("matter", "provision", "position", "meanwhile")
"""The pages that are written on, in their order; then comes ``check``."""

TEMPLATES = {
    "matter": "filing/matter.html",
    "provision": "filing/provision.html",
    "position": "filing/position.html",
    "meanwhile": "filing/meanwhile.html",
}

TAKE = "take_"
"""Prefix of a field's name: which text is kept, where two windows have written into the same field."""


@dataclass(frozen=True)
class FilePage:
    """The first page before there is a draft: the parts of a filing, and the organisation's drafts."""

    progress: Sequence[Part]
    drafts: Sequence[Row]


@dataclass(frozen=True)
class DiscardPage:
    """The page that throws a draft away."""

    name: str
    back: str


@dataclass(frozen=True)
class DraftPage:
    """A page of a draft. ``doubted``: links to the texts that may point out a person.

    ``choice`` belongs to the page of provisions, ``guiding`` (the purpose and goals) to that of the position.
    """

    name: str
    progress: Sequence[Part]
    url: str
    back: str
    saved: str
    doubted: Sequence[Line]
    choice: provisions.Choice | None = None
    guiding: Sequence[Provision] = ()


@dataclass(frozen=True)
class Clash:
    """A field that two windows have changed: this window's value and the saved one; a text can be edited."""

    field: Field
    is_text: bool
    mine: str
    saved: str


@dataclass(frozen=True)
class ClashPage:
    """The fields that differ. ``carried``: the other fields that were sent, as (name, value)."""

    name: str
    progress: Sequence[Part]
    saved: str
    clashes: Sequence[Clash]
    carried: Sequence[tuple[str, str]]


# Opening -----------------------------------------------------------------------------------------------------------


def open_draft(draft_id: int) -> Draft:
    """The draft; 404 where it is not the viewer's own, and on to the case where it has been filed."""
    draft = queries.draft(draft_id, viewer=current_viewer(), lock=request.method == "POST") or abort(404)
    if draft.case is not None:
        abort(redirect(url_for("cases.case", number=draft.case.number)))
    return draft


def form_of(draft: Draft, word: str) -> PageForm:
    """The page's form, with the values of the draft or of the request."""
    facts, version, viewer = draft.facts, draft.version, current_viewer()
    if word == "matter":
        return MatterForm(facts, version)
    if word == "provision":
        chosen, names = (
            request.form.get("agreement", facts.get("agreement") or main_agreement().code),
            agreements.names(),
        )
        held = agreements.text_in_force(chosen, event_day(facts)) if chosen in {a.code for a in names} else ()
        interpretations = agreements.interpretations_by_provision([p.id for p in held]) if held else {}
        facts = {"agreement": main_agreement().code, **facts}
        return provision_form(facts, version, names, held, interpretations)
    if word == "position":
        return PositionForm(facts, version)
    people = [(str(m.id), name) for m, name in accounts.writers(viewer.party or "")]
    districts = parties.districts_on(clock.today()) if viewer.party in {"STO", "RS"} else ()
    return MeanwhileForm(facts, version, viewer, parties.all_parties(), districts, people)


def first_form() -> MatterForm:
    """The form of the first page before there is a draft, filled in with the answer that was given in the guide."""
    form = MatterForm({}, 1)
    if not form.is_submitted():
        form.token.data = secrets.token_urlsafe(16)
        asked = request.args.get("type", "")
        form.matter.data = next((m for m, t in CASE_TYPES.items() if t == asked), None)
        form.agreement.data = request.args.get("agreement", "")
    return form


def event_day(facts: Mapping[str, Any]) -> dt.date:
    return dt.date.fromisoformat(facts["event_on"]) if facts.get("event_on") else clock.today()


# Keeping -----------------------------------------------------------------------------------------------------------


def begin(form: MatterForm) -> str:
    """Begin a draft with the first page's answer; returns the next address, which may lead out of filing."""
    if outside := _elsewhere(form):
        return outside
    facts = form.values_to_keep()
    if facts.get("agreement") not in {a.code for a in agreements.names()}:
        facts.pop("agreement", None)
    token = form.token.data or secrets.token_urlsafe(16)
    begun = drafts.begin_draft(by=current_viewer(), at=clock.now(), token=token, facts=facts, done=["matter"])
    return url_for("filing.draft", draft_id=begun.id, page="provision")


def _elsewhere(form: MatterForm) -> str:
    """The guide's address for a matter that is not for the ladder, counted as its refusals are; else nothing."""
    answers = ELSEWHERE.get(form.matter.data or "")
    if answers is None:
        return ""
    reached = guide.walk(answers, ()).at
    if isinstance(reached, guide.End) and reached.refuses:
        count_refusal(reached.key, at=clock.now())
    return guide_pages.where(answers)


def save(draft: Draft, form: PageForm) -> str:
    """Keep what was posted; returns the next address, or nothing where the person has to look at the page again.

    A page that is older than the draft overwrites no other person's text: where both have changed the same field,
    ``clashes`` names it, nothing is saved, and the page asks which text to keep.
    """
    going = request.form.get("do", "next")
    form.clashes = _differing(draft, form)
    is_whole = form.validate()
    if isinstance(form, MatterForm) and is_whole and (outside := _elsewhere(form)):
        return outside
    kept = form.values_to_keep()
    if form.clashes:
        form.opened_on(draft.facts, draft.version)
        return ""
    by, facts = current_viewer(), {**draft.facts, **kept}
    if sureness := form.sureness():
        facts["sure"] = {**draft.facts.get("sure", {}), form.word: sureness}
        if sureness != form.answered:
            LOG.info("vouched for as not personal: page %s of draft %s, by %s", form.word, draft.id, by.actor)
    done = [word for word in PAGES if (is_whole if word == form.word else word in draft.done)]
    if form.word == "matter" and facts.get("matter") != draft.facts.get("matter"):
        done = [word for word in done if word != "provision"]  # another type may cite other things
    drafts.save_draft(draft, by=by, at=clock.now(), version=draft.version, facts=facts, done=done)
    form.opened_on(draft.facts, draft.version)
    if going in {"search", "later"} and all(form.may_be_kept(field) for field in form.facts):
        if going == "later":
            return url_for("filing.file")
        sought = _search_words() or None
        anchor = "h-traffar" if sought else None
        return url_for("filing.draft", draft_id=draft.id, page=form.word, q=sought, _anchor=anchor)
    if going in {"search", "later"}:
        for field in form:
            if field.errors and form.may_be_kept(field):
                field.errors = []
        return ""
    if not is_whole:
        return ""
    following = [*PAGES, "check"][PAGES.index(form.word) + 1]
    return page_url(
        draft, "check" if request.args.get("back") == "check" and not unfinished_pages(draft) else following
    )


def _differing(draft: Draft, form: PageForm) -> list[str]:
    """The fields that both this window and another have changed, each in its own way.

    A field that only the other window has changed is taken over, and so is the text that the person chose of the two.
    """
    opened_with, both = form.opened_with, []
    for field in form.facts:
        mine, saved = as_json(field.data), draft.facts.get(field.name)
        answer = request.form.get(f"{TAKE}{field.name}")
        if fingerprint(mine) == fingerprint(saved) or (form.version_seen == draft.version and answer != "saved"):
            continue
        if answer == "saved" or opened_with.get(field.name) == fingerprint(mine):
            field.data = form.read(field.name, saved)
            field.raw_data = [saved] if isinstance(saved, str) else None
        elif opened_with.get(field.name) != fingerprint(saved) and form.may_be_kept(field):
            both.append(field.name)
    return both


def status_of(form: PageForm) -> int:
    """409 where two windows differ, 422 where something is to be put right."""
    return 409 if form.clashes else 422 if form.errors else 200


def page_url(draft: Draft, word: str, anchor: str | None = None) -> str:
    """The address of one of the five pages."""
    if word == "check":
        return url_for("filing.check", draft_id=draft.id)
    return url_for("filing.draft", draft_id=draft.id, page=word, _anchor=anchor)


def unfinished_pages(draft: Draft) -> list[str]:
    return [word for word in PAGES if word not in draft.done]


# Showing -----------------------------------------------------------------------------------------------------------


def page_labels() -> dict[str, str]:
    """The five pages as the progress names them."""
    return {
        "matter": _("Vart hör frågan"),
        "provision": _("Bestämmelse"),
        "position": _("Er ståndpunkt"),
        "meanwhile": _("Under tiden"),
        "check": _("Kontrollera"),
    }


def progress(draft: Draft | None, here: str) -> list[Part]:
    """The five pages in their order. Those that are done can be opened, and the check."""
    done = set(draft.done) if draft else set()
    return [
        Part(
            text=label,
            is_here=word == here,
            is_done=word in done,
            url=page_url(draft, word) if draft and word != here and (word in done or word == "check") else "",
        )
        for word, label in page_labels().items()
    ]


def file_page(viewer: Viewer) -> FilePage:
    """All that the first page shows beside its form, before there is a draft."""
    return FilePage(progress(None, "matter"), rows(viewer))


def discard_page(draft: Draft) -> DiscardPage:
    """All that the page shows."""
    return DiscardPage(draft_name(draft), page_url(draft, "check"))


def page(draft: Draft, form: PageForm) -> DraftPage | ClashPage:
    """All that a page of a draft shows around its fields."""
    if form.clashes:
        clashes = [_clash(draft, form, name) for name in form.clashes]
        parts = progress(draft, form.word)
        return ClashPage(draft_name(draft), parts, saved_line(draft), clashes, _carried_fields(form))
    shown = _draft_page(draft, form)
    if isinstance(form, ProvisionForm):
        return replace(shown, choice=provisions.choice(form, _search_words(), page_url(draft, "matter")))
    if isinstance(form, PositionForm):
        version = agreements.version_in_force(main_agreement().code, clock.today())
        return replace(shown, guiding=agreements.purpose_and_goals(version.id) if version else ())
    return shown


def _search_words() -> str:
    return " ".join((request.form.get("q") or request.args.get("q") or "").split())[:100]


def _draft_page(draft: Draft, form: PageForm) -> DraftPage:
    before = PAGES.index(form.word) - 1
    return DraftPage(
        name=draft_name(draft),
        progress=progress(draft, form.word),
        url=url_for("filing.draft", draft_id=draft.id, page=form.word, back=request.args.get("back")),
        back=page_url(draft, PAGES[before]) if before >= 0 else url_for("filing.file"),
        saved=saved_line(draft),
        doubted=[
            Line(
                _(
                    "%(what)s på rad %(line)s i ”%(field)s”",
                    what=words.upper_first(_(d.doubt.about)),
                    line=d.doubt.line,
                    field=d.field.label.text,
                ),
                f"#{d.field.id}",
            )
            for d in form.doubted
        ],
    )


def template(form: PageForm) -> str:
    """The page's template, or the one that shows two windows side by side."""
    return "filing/clash.html" if form.clashes else TEMPLATES[form.word]


def draft_name(draft: Draft) -> str:
    """The draft's title, or that it is a draft."""
    title = draft.facts.get("title")
    return Markup('<span lang="sv">{}</span>').format(title) if title else _("Utkast")


def saved_line(draft: Draft) -> str:
    """When and by whom the draft was saved last."""
    return _("Sparat %(when)s av %(who)s.", when=date_and_time(draft.saved_at), who=in_swedish(draft.saver.user.name))


def _clash(draft: Draft, form: PageForm, name: str) -> Clash:
    field = form[name]
    return Clash(
        field=field,
        is_text=field in form.texts,
        mine=_in_words(field, field.data),
        saved=_in_words(field, form.read(name, draft.facts.get(name, ""))),
    )


def _in_words(field: Any, value: Any) -> str:
    """A field's value as people read it."""
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    if isinstance(value, dt.date):
        return date_long(value)
    named = {str(c.value): str(c.label) for c in field.iter_choices()} if hasattr(field, "iter_choices") else {}
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(named.get(str(one), str(one)) for one in chosen if one not in ("", None)) or _("(tomt)")


def _carried_fields(form: PageForm) -> list[tuple[str, str]]:
    """The other fields that were sent, to be sent again from the page that shows the differing ones."""
    shown = {name for name in form.clashes if form[name] in form.texts} | {"version", "base", "csrf_token", OPENED_AS}
    return [
        (name, value)
        for name, values in request.form.lists()
        for value in values
        if name not in shown and not name.startswith(TAKE)
    ]


# Lists -------------------------------------------------------------------------------------------------------------


def rows(viewer: Viewer) -> list[Row]:
    """The organisation's drafts as rows of a list. A draft that waits for the viewer has their ball."""
    mine = viewer.role is Role.LOCAL_APPROVER
    return [_row(draft, mine=mine) for draft in queries.drafts(viewer)]


def _row(draft: Draft, *, mine: bool) -> Row:
    remaining = unfinished_pages(draft)
    title = in_swedish(draft.facts["title"]) if draft.facts.get("title") else _("Anmälan utan rubrik")
    waits = draft.ready_at is not None
    holder = _("Ni har bollen") if mine else _("Er beslutsfattare har bollen")
    if waits:
        text = _("Väntar på att ni godkänner och skickar.") if mine else _("Väntar på att er beslutsfattare godkänner.")
    elif remaining:
        text = _("Kvar: %(pages)s.", pages=", ".join(page_labels()[word].lower() for word in remaining))
    else:
        text = _("Klar att kontrollera och skicka.")
    return Row(
        title=_("Godkänn och skicka anmälan") if waits and mine else title,
        url=page_url(draft, remaining[0] if remaining else "check"),
        day=draft.saved_at,
        note=_("sparat"),
        text=text,
        meta=(*([title] if waits and mine else []), in_swedish(draft.saver.user.name)),
        ball=Holder(holder, mine) if waits else None,
        at=0,
        where=_("Utkast"),
    )
