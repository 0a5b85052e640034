"""How files come in: which requests may be large, what they bring, and where it is laid.

A body is read, and files are looked at, before the database is asked for anything but who sends them: a slow line
or a large file must not keep others from writing.
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
"""So much that what is over the limits of an act still comes back with its sentence and all that was typed."""


def register(app: Flask) -> None:
    """Hook in after access, before form tokens: only who may come in may send much."""
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
    """Where attached files lie: beside the database, never below the web root."""
    return settings().attachments_dir


@contextmanager
def on_disk(facts: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was filled in, its files laid on disk; they are taken away again when the act is refused.

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
    # Files come in parts alone; a body of one piece is read and parsed at once, whatever its size.
    if has_field and request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_SENT
    # Ends the transaction in which the session was looked up. What it found is kept outside of it.
    session.rollback()
    sent = [file for _name, files in request.files.lists() for file in files if file.filename]
    if has_field and len(sent) <= MOST_FILES:
        for file in sent:
            judged(file)
