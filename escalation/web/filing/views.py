"""Filing a case (T1): the first page, the pages of a draft, the check before it is sent, and discarding a draft."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from escalation.cases import drafts
from escalation.db import session
from escalation.web.access import current_viewer
from escalation.web.filing import check as filing_check
from escalation.web.filing import pages
from escalation.web.filing.forms import CheckForm
from escalation.web.forms import status_of

blueprint = Blueprint("filing", __name__)

Page = str | Response | tuple[str, int]


@blueprint.route("/cases/file", methods=["GET", "POST"])
def file() -> Page:
    """Begin to file a case (T1), or go on with a draft."""
    form = pages.first_form()
    if form.validate_on_submit():
        where = pages.begin(form)
        session.commit()
        return redirect(where)
    return render_template("filing/file.html", form=form, page=pages.file_page(current_viewer())), status_of(form)


@blueprint.route(f"/cases/file/<id:draft_id>/<any({','.join(pages.PAGES)}):page>", methods=["GET", "POST"])
def draft(draft_id: int, page: str) -> Page:
    """One of the pages of a filing. It keeps all that is posted; a page without errors leads to the next."""
    draft = pages.open_draft(draft_id)
    form = pages.form_of(draft, page)
    if form.is_submitted():
        where = pages.save(draft, form)
        session.commit()
        if where:
            return redirect(where)
    return render_template(pages.template(form), form=form, page=pages.page(draft, form)), pages.status_of(form)


@blueprint.route("/cases/file/<id:draft_id>/check", methods=["GET", "POST"])
def check(draft_id: int) -> Page:
    """Read everything once more, and file it, or leave it to the approver."""
    draft = pages.open_draft(draft_id)
    form = CheckForm(draft.version, current_viewer())
    if form.validate_on_submit() and (where := filing_check.send(draft, form)):
        session.commit()
        return redirect(where)
    page = filing_check.page(draft, form)
    return render_template("filing/check.html", form=form, page=page), filing_check.status_of(form)


@blueprint.route("/cases/file/<id:draft_id>/discard", methods=["GET", "POST"])
def discard(draft_id: int) -> Page:
    """Throw a draft away."""
    draft = pages.open_draft(draft_id)
    if request.method == "POST":
        drafts.discard_draft(draft, by=current_viewer())
        session.commit()
        return redirect(url_for("cases.cases"))
    return render_template("filing/discard.html", page=pages.discard_page(draft))
