"""The public register of interpretations, and the secretariat's publishing (domain/05 § 5.8)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from escalation import clock
from escalation.db import session
from escalation.decisions.verbs import register
from escalation.rules.glossary import GUARD_SENTENCES
from escalation.rules.machine import MoveNotAllowed
from escalation.web import access, errors
from escalation.web.decisions import pages
from escalation.web.decisions.forms import PublishForm, SearchForm
from escalation.web.forms import status_of

blueprint = Blueprint("decisions", __name__)


@blueprint.get("/interpretations")
def interpretations() -> tuple[str, int]:
    """The register, searched by a word, a number or a provision; above it those that the viewer may publish."""
    form = SearchForm(request.args)
    sought = form.q.data if form.validate() else None
    page = pages.register_page(sought or "", access.current_viewer(), clock.today())
    shown = render_template("decisions/interpretations.html", form=form, page=page)
    return shown, 400 if form.errors else 200


@blueprint.get("/interpretations/<slug>")
def interpretation(slug: str) -> str:
    """One interpretation; before it is published a preview for those who may publish it."""
    viewer, today = access.current_viewer(), clock.today()
    page = pages.interpretation_page(pages.interpretation_at(slug, viewer, today), viewer, today)
    return render_template("decisions/interpretation.html", page=page)


@blueprint.route("/interpretations/<slug>/publish", methods=["GET", "POST"])
def publish(slug: str) -> Response | tuple[str, int]:
    """Confirm that the texts were reviewed for secrecy: the first person signs, the second publishes."""
    viewer, today = access.current_viewer(), clock.today()
    unpublished, form = pages.unpublished(slug, viewer, today), PublishForm()
    if form.validate_on_submit():
        reviewed = form.is_secrecy_reviewed.data
        verb = register.publish if unpublished.signed_by else register.sign
        verb(unpublished, by=viewer, at=clock.now(), is_secrecy_reviewed=reviewed)
        session.commit()
        return redirect(url_for("decisions.interpretation", slug=slug))
    page = pages.publish_page(unpublished, viewer, today)
    return render_template("decisions/publish.html", form=form, page=page), status_of(form)


@blueprint.errorhandler(MoveNotAllowed)
def _not_open(refused: MoveNotAllowed) -> tuple[str, int]:
    """Refuse to publish again (409), with a link to the register."""
    return errors.page(
        409,
        _("Det går inte nu"),
        _(GUARD_SENTENCES[refused.guard]) + " " + _("Inget har sparats."),
        [(_("Till tolkningarna"), url_for("decisions.interpretations"))],
    )
