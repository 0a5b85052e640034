"""The yearly follow-up of § 6 (R30): a page for each year, and forms for the secretariat to write in results."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from escalation import clock
from escalation.db import session
from escalation.followups import actions, queries
from escalation.rules.glossary import GUARD_SENTENCES
from escalation.rules.machine import MoveNotAllowed
from escalation.web import access, errors
from escalation.web.followups import pages
from escalation.web.followups.forms import RecordForm, YearForm
from escalation.web.forms import status_of

blueprint = Blueprint("followups", __name__)


@blueprint.get("/follow_up")
def follow_up() -> tuple[str, int]:
    """One year: its three jobs, and its figures."""
    form = YearForm(request.args)
    year = form.year.data if form.validate() else None
    page = pages.year_page(year, access.current_viewer(), clock.today())
    form.year.data = form.year.data or page.year
    return render_template("followups/follow_up.html", form=form, page=page), 400 if form.errors else 200


@blueprint.route("/follow_up/<job>/<id:year>/record", methods=["GET", "POST"])
def record(job: str, year: int) -> Response | tuple[str, int]:
    """Write in that a job is done, the day, and its result."""
    today, duty = clock.today(), pages.duty(job, year)
    form = RecordForm(duty, today)
    if form.validate_on_submit():
        actions.record(duty, by=access.current_viewer(), at=clock.now(), **_said(form))
        session.commit()
        return redirect(url_for("followups.follow_up", year=year))
    pages.expect_owed(duty, today)
    shown = render_template("followups/record.html", form=form, page=pages.record_page(duty))
    return shown, status_of(form)


@blueprint.route("/follow_up/<job>/<id:year>/correct", methods=["GET", "POST"])
def correct(job: str, year: int) -> Response | tuple[str, int]:
    """Correct the result of a job."""
    today, duty = clock.today(), pages.duty(job, year)
    made = queries.done(year).get(job) or abort(404)
    form = RecordForm(duty, today, made)
    if form.validate_on_submit():
        actions.correct(made, by=access.current_viewer(), at=clock.now(), **_said(form))
        session.commit()
        return redirect(url_for("followups.follow_up", year=year))
    shown = render_template("followups/record.html", form=form, page=pages.record_page(duty, made))
    return shown, status_of(form)


def _said(form: RecordForm) -> dict[str, Any]:
    return {name: form[name].data for name in ("done_on", "result")}


@blueprint.errorhandler(MoveNotAllowed)
def _not_open(refused: MoveNotAllowed) -> tuple[str, int]:
    """Another member of the secretariat was quicker: the page of the year shows what they wrote."""
    return errors.page(
        409,
        _("Det går inte nu"),
        _(GUARD_SENTENCES[refused.guard]) + " " + _("Inget har sparats."),
        [
            (
                _("Till den årliga uppföljningen"),
                url_for("followups.follow_up", year=(request.view_args or {}).get("year")),
            )
        ],
    )
