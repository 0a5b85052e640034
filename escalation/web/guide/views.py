"""Where does this belong? One question a page, answered step by step in the address (domain/04 § 4.4)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from escalation import clock
from escalation.db import session
from escalation.rules.guide import End, UnknownAnswer
from escalation.watch.guide_refusals import count_refusal
from escalation.web import errors
from escalation.web.access import current_viewer
from escalation.web.forms import status_of
from escalation.web.guide import pages
from escalation.web.guide.forms import QuestionForm
from escalation.web.language import _

blueprint = Blueprint("guide", __name__)


@blueprint.route("/where", methods=["GET", "POST"])
def where() -> str | Response | tuple[str, int]:
    """The next question, or the end. Each has its address; only an answer that ends outside the ladder is counted."""
    given = pages.answers(request.args)
    walked = pages.walk(given)
    if isinstance(walked.at, End):
        return render_template("guide/end.html", page=pages.end_page(walked, walked.at, current_viewer()))
    form = QuestionForm(walked.at)
    if form.validate_on_submit():
        given[walked.at.key] = form.answer.data
        reached = pages.walk(given).at
        if isinstance(reached, End) and reached.refuses:
            count_refusal(reached.key, at=clock.now())
            session.commit()
        return redirect(pages.where(given))
    shown = render_template("guide/where.html", form=form, page=pages.question_page(walked, walked.at))
    return shown, status_of(form)


@blueprint.errorhandler(UnknownAnswer)
def _unknown(_error: UnknownAnswer) -> tuple[str, int]:
    """An address that was broken on its way, or is older than the questions."""
    return errors.page(
        400,
        _("Frågan eller svaret finns inte"),
        _("Adressen innehåller ett svar som inte finns. Den kan ha ändrats eller blivit avklippt."),
        [(_("Börja om med första frågan"), url_for("guide.where"))],
    )
