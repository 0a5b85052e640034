"""The state of the clock and the mail, for people who look after it, and what they do with letters in trouble."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from werkzeug.wrappers import Response

from escalation import clock, invented
from escalation.db import session
from escalation.nudges import queries as nudges
from escalation.nudges.models import Mail
from escalation.watch import delivery
from escalation.watch import health as watch_health
from escalation.watch.guide_refusals import refusals_of_last_year
from escalation.web import errors, security
from escalation.web.access import current_viewer
from escalation.web.forms import status_of
from escalation.web.language import _
from escalation.web.performing import performed
from escalation.web.watch import pages
from escalation.web.watch.forms import SettleForm

blueprint = Blueprint("watch", __name__)

Page = str | Response | tuple[str, int]


@blueprint.get("/health")
def health() -> str:
    """The jobs' last runs, letters in trouble, and cases that no one holds."""
    now = clock.now()
    holds_invented = not security.settings().is_demo and invented.found().can_go
    page = pages.health(watch_health.health(now), refusals_of_last_year(now), holds_invented=holds_invented)
    return render_template("watch/health.html", page=page)


@blueprint.post("/resend_letter/<id:mail_id>")
def resend_letter(mail_id: int) -> Response:
    """Let a letter that did not arrive, or perhaps not, be sent once more."""
    _in_trouble(mail_id)
    delivery.resend(mail_id, by=current_viewer().actor, at=clock.now())
    session.commit()
    return redirect(url_for("watch.health"))


@blueprint.route("/settle_letter/<id:mail_id>", methods=["GET", "POST"])
def settle_letter(mail_id: int) -> Page:
    """Say that a letter need not be sent, and why."""
    letter = pages.letter(_in_trouble(mail_id))
    form = SettleForm()
    if form.validate_on_submit() and performed(form, lambda: _settle(mail_id, form), {}):
        session.commit()
        return redirect(url_for("watch.health"))
    return render_template("watch/settle_letter.html", form=form, page=letter), status_of(form)


def _in_trouble(mail_id: int) -> Mail:
    """The letter, if a person has to deal with it."""
    mail = nudges.mail(mail_id) or abort(404)
    if not mail.is_in_trouble:
        raise delivery.LetterDealtWith
    return mail


def _settle(mail_id: int, form: SettleForm) -> None:
    delivery.settle(mail_id, reason=form.reason.data or "", by=current_viewer().actor, at=clock.now())


@blueprint.errorhandler(delivery.LetterDealtWith)
def _dealt_with(_problem: delivery.LetterDealtWith) -> tuple[str, int]:
    return errors.page(
        409,
        _("Brevet är redan hanterat"),
        _("Det har skickats, ska skickas igen eller är avslutat. Inget har ändrats."),
        [(_("Till körning och post"), url_for("watch.health"))],
    )


@blueprint.errorhandler(delivery.NothingLeftToTell)
def _nothing_left(_problem: delivery.NothingLeftToTell) -> tuple[str, int]:
    return errors.page(
        409,
        _("Det finns inget kvar att skicka"),
        _("Det som brevet gällde är gjort, eller så har mottagaren inte längre uppgiften. Avsluta brevet i stället."),
        [(_("Till körning och post"), url_for("watch.health"))],
    )
