"""The public register of interpretations, and the secretariat's publishing (domain/05 § 5.8)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from escalation import clock
from escalation.db import session
from escalation.decisions import queries as decisions
from escalation.decisions.verbs import register
from escalation.rules.glossary import GUARD_SENTENCES
from escalation.rules.machine import MoveNotAllowed
from escalation.web import access, errors
from escalation.web.decisions import pages
from escalation.web.decisions.forms import PublishForm, SearchForm

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/interpretations")
def interpretations() -> tuple[str, int]:
    """The register, searched by a word, a number or a provision; above it what is still to be published."""
    form = SearchForm(request.args)
    sought = form.q.data if form.validate() else None
    page = pages.register(sought or "", access.current_viewer(), clock.today())
    shown = render_template("decisions/interpretations.html", form=form, page=page)
    return shown, 400 if form.errors else 200


@blueprint.get("/interpretations/<slug>")
def interpretation(slug: str) -> str:
    """One interpretation; before it is published a preview for those who may publish it."""
    viewer, today = access.current_viewer(), clock.today()
    found = pages.found(slug, viewer, today)
    may_publish = decisions.keeps_from_publishing(found, viewer, today) is None
    return render_template("decisions/interpretation.html", page=pages.entry(found, today), may_publish=may_publish)


@blueprint.route("/interpretations/<slug>/publish", methods=["GET", "POST"])
def publish(slug: str) -> Response | tuple[str, int]:
    """Vouch that the texts were reviewed for secrecy: the first of two signs, the second makes them public."""
    found, form = pages.unpublished(slug, access.current_viewer(), clock.today()), PublishForm()
    if form.validate_on_submit():
        reviewed = form.is_secrecy_reviewed.data
        verb = register.publish if found.signed_by else register.sign
        verb(found, by=access.current_viewer(), at=clock.now(), is_secrecy_reviewed=reviewed)
        session.commit()
        return redirect(url_for("decisions.interpretation", slug=slug))
    today = clock.today()
    shown = render_template(
        "decisions/publish.html", page=pages.entry(found, today), publishing=pages.publishing(found, today),
        decided=pages.decided(found), form=form,
    )  # fmt: skip
    return shown, errors.status_of(form)


@blueprint.errorhandler(MoveNotAllowed)
def _not_open(refused: MoveNotAllowed) -> tuple[str, int]:
    """Somebody else was quicker to publish: the way on is the register."""
    return errors.page(
        409,
        _("Det går inte nu"),
        _(GUARD_SENTENCES[refused.guard]) + " " + _("Inget har sparats."),
        [(_("Till tolkningarna"), url_for("decisions.interpretations"))],
    )
