"""Attached files: downloads for viewers who see the whole case, and secrecy marks."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, current_app, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response as Redirect

from escalation import clock
from escalation.cases import queries as cases
from escalation.cases import secrecy
from escalation.cases.models.case import Case
from escalation.db import session
from escalation.documents import queries as documents
from escalation.documents.file_types import TYPES
from escalation.documents.models import Attachment
from escalation.documents.queries import FileMissing
from escalation.web import errors
from escalation.web.access import current_viewer
from escalation.web.documents import pages
from escalation.web.documents.forms import MarkForm, UnmarkForm
from escalation.web.documents.uploads import directory
from escalation.web.forms import status_of
from escalation.web.language import _
from escalation.web.performing import performed

blueprint = Blueprint("documents", __name__)

Handed = Response | tuple[str, int]
Page = str | Redirect | tuple[str, int]


@blueprint.get("/cases/<number>/attachments/<id:attachment_id>")
def download(number: str, attachment_id: int) -> Handed:
    """One attached file, as it was handed in. 404 for a viewer whose opening is recorded: a GET leaves no trace."""
    _found, attachment = _file(number, attachment_id)
    if secrecy.is_opened_on_record(attachment, current_viewer()):
        abort(404)
    return _handed_out(attachment) or _missing()


@blueprint.post("/cases/<number>/attachments/<id:attachment_id>/open_marked")
def open_marked(number: str, attachment_id: int) -> Handed:
    """A marked file for the auditor, whose opening is recorded before the file leaves."""
    case, attachment = _file(number, attachment_id)
    if not secrecy.is_opened_on_record(attachment, current_viewer()):
        abort(404)
    answer = _handed_out(attachment)
    if answer is None:
        return _missing()
    secrecy.open_marked(case, attachment, by=current_viewer(), at=clock.now())
    session.commit()
    return answer


@blueprint.route("/cases/<number>/attachments/<id:attachment_id>/mark", methods=["GET", "POST"])
def mark(number: str, attachment_id: int) -> Page:
    """Put a secrecy mark on a file."""
    case, attachment = _file(number, attachment_id)
    # If the file has been marked meanwhile, a sentence beside the field says so.
    if attachment.mark is None and not secrecy.may_mark(case, attachment, current_viewer()):
        abort(404)
    form = MarkForm()
    if form.validate_on_submit() and performed(form, lambda: _mark(case, attachment, form), {}):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    page = pages.mark_page(case, attachment)
    return render_template("documents/mark.html", form=form, page=page), status_of(form)


def _mark(case: Case, attachment: Attachment, form: MarkForm) -> None:
    secrecy.mark(
        case, attachment, by=current_viewer(), at=clock.now(),
        provision=form.provision.data or "", note=form.note.data or "",
    )  # fmt: skip


@blueprint.route("/cases/<number>/attachments/<id:attachment_id>/unmark", methods=["GET", "POST"])
def unmark(number: str, attachment_id: int) -> Page:
    """Take a file's secrecy mark away."""
    case, attachment = _file(number, attachment_id)
    if not secrecy.may_unmark(case, attachment, current_viewer()):
        abort(404)
    form = UnmarkForm()
    if form.validate_on_submit() and performed(form, lambda: _unmark(case, attachment, form), {}):
        session.commit()
        return redirect(url_for("cases.case", number=number))
    page = pages.unmark_page(case, attachment)
    return render_template("documents/unmark.html", form=form, page=page), status_of(form)


def _unmark(case: Case, attachment: Attachment, form: UnmarkForm) -> None:
    secrecy.unmark(case, attachment, by=current_viewer(), at=clock.now(), reason=form.reason.data or "")


def _file(number: str, attachment_id: int) -> tuple[Case, Attachment]:
    """The case and its file; 404 where either does not exist for the viewer."""
    viewer = current_viewer()
    today = clock.today()
    case, _seen = cases.get(number, viewer=viewer, today=today) or abort(404)
    return case, secrecy.get(case, attachment_id, viewer=viewer, today=today) or abort(404)


def _handed_out(attachment: Attachment) -> Response | None:
    """The file as a download, never shown inline. None, and a line in the log, if it is not as it was handed in."""
    try:
        content = documents.content(attachment, directory())
    except FileMissing as missing:
        current_app.logger.error(str(missing))
        return None
    answer = send_file(
        BytesIO(content),
        mimetype=TYPES[attachment.file_type].content_type,
        as_attachment=True,
        download_name=attachment.name,
        etag=False,
        conditional=False,
    )
    answer.headers["Content-Security-Policy"] = "sandbox"
    # As every page here, and not for an hour as Flask keeps files.
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _missing() -> tuple[str, int]:
    return errors.page(
        500,
        _("Filen kan inte lämnas ut"),
        _("Filen saknas hos oss eller är inte längre den som lämnades in. Kontakta sekretariatet."),
    )
