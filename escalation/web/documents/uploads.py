"""Files that are sent: which requests may be large, and where the files are kept.

The body is read and the files are checked before any query but that for the viewer: a slow line or a large file must
not keep others from writing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, abort, current_app, request

from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.content import MEBIBYTE
from escalation.documents.file_types import ACCEPTED, MOST_BYTES, MOST_FILES
from escalation.rules.moves.table import BY_VERB
from escalation.web.forms import judged
from escalation.web.security import settings

FACT = "attachments"

FORMS = frozenset({"filing.check", "statement.statement"})
"""Forms with a field for files that are no row of MOVES: the sending of a filing, the sheet of the statement."""

MOST_SENT = MOST_FILES * MOST_BYTES + 2 * MEBIBYTE
"""So large that files over the limits of an act still get their sentence, and the typed texts come back."""


def register(app: Flask) -> None:
    """Called after access and before form tokens: only viewers who may post may send large files."""
    app.before_request(_take_in)
    app.jinja_env.globals["accepted_files"] = ",".join(ACCEPTED)


def takes_files() -> bool:
    """Whether this request is for a form with a field for files."""
    asked = request.view_args or {}
    match request.endpoint:
        case "cases.act":
            move = BY_VERB.get(asked["verb"])
            return move is not None and any(fact.name == FACT for fact in move.facts)
        case endpoint:
            return endpoint in FORMS


def directory() -> Path:
    """The directory of attached files: beside the database, never below the web root."""
    return settings().attachments_dir


@contextmanager
def on_disk(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The facts with their files stored on disk; the files are removed again if the act is refused.

    503 when the disk takes no more.
    """
    try:
        with documents.stored(facts.get(FACT) or [], directory()) as files:
            yield {**facts, FACT: files} if FACT in facts else dict(facts)
    except OSError as problem:
        current_app.logger.error("attached files could not be kept: %s", problem.strerror)
        abort(503)


def _take_in() -> None:
    if request.method != "POST":
        return
    has_field = takes_files()
    # Only a multipart body has files; any other body is read and parsed at once, whatever its size.
    if has_field and request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_SENT
    # Ends the transaction in which the session was looked up; the viewer is kept outside of it.
    session.rollback()
    sent = [file for _name, files in request.files.lists() for file in files if file.filename]
    if has_field and len(sent) <= MOST_FILES:
        for file in sent:
            judged(file)
