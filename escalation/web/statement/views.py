"""The joint statement of a case: the sheet that both sides fill in, and the statements that it has had."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from escalation import clock
from escalation.db import session
from escalation.rules.machine import MoveNotAllowed
from escalation.web.cases import opening, refusals
from escalation.web.performing import performed
from escalation.web.statement import pages
from escalation.web.statement.forms import SheetForm

blueprint = Blueprint("statement", __name__)
blueprint.register_error_handler(MoveNotAllowed, refusals.not_open)

Page = str | Response | tuple[str, int]


@blueprint.route("/cases/<number>/statement", methods=["GET", "POST"])
@blueprint.get("/cases/<number>/statement/<id:statement_id>")
def statement(number: str, statement_id: int | None = None) -> Page:
    """The sheet that both sides fill in; the statement itself once it is approved, or lifted with."""
    case_file = opening.open_file(number)
    if request.method == "POST":
        pages.expect_writer(case_file)
    if statement_id is not None or not pages.is_open(case_file):
        return render_template("statement/statement.html", page=pages.statement_page(case_file, statement_id))
    form = SheetForm(case_file)
    if form.validate_on_submit() and performed(form, lambda: form.save(clock.now()), {}):
        session.commit()
        if form.wish != "offer":
            return redirect(url_for("statement.statement", number=number, _anchor=form.anchor))
        if performed(form, lambda: form.offer(clock.now()), {}):
            session.commit()
            return redirect(url_for("cases.case", number=number))
    status = form.come_back()
    return render_template("statement/sheet.html", form=form, page=pages.sheet_page(case_file, form)), status
