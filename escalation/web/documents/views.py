"""Handing out attached files: to those who see the whole case, always as a download, never shown inline."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, Response, abort, current_app, send_file

from escalation.cases import queries as cases
from escalation.cases.queries import Sight
from escalation.documents import queries as documents
from escalation.documents.queries import FileMissing
from escalation.rules.file_types import TYPES
from escalation.web import errors
from escalation.web.access import current_viewer
from escalation.web.documents.uploads import directory
from escalation.web.language import _

blueprint = Blueprint("documents", __name__)


@blueprint.get("/cases/<number>/attachments/<id:attachment_id>")
def download(number: str, attachment_id: int) -> Response | tuple[str, int]:
    """One attached file, as it was handed in."""
    found, seen = cases.get(number, viewer=current_viewer()) or abort(404)
    if seen is not Sight.FULL:
        abort(404)
    attachment = documents.get(found.id, attachment_id) or abort(404)
    try:
        content = documents.content(attachment, directory())
    except FileMissing as missing:
        current_app.logger.error(str(missing))
        return errors.page(
            500,
            _("Filen kan inte lämnas ut"),
            _("Filen saknas hos oss eller är inte längre den som lämnades in. Kontakta sekretariatet."),
        )
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
