"""Answers for machines: whether the process lives, can take requests, and whether the clock and the mail work.

They answer in JSON with the version of the code, also when the database is away. No session is looked up.
"""

from __future__ import annotations

from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from config import VERSION
from escalation import clock
from escalation.db import other_schema, session
from escalation.watch import health
from escalation.web import security
from escalation.web.watch import pages

blueprint = Blueprint("probes", __name__)


@blueprint.get("/livez")
def livez() -> tuple[Response, int]:
    """The process answers. The database is not asked: starting the process anew would not bring it back."""
    return _answer({"status": "green"})


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """The process can do its work: the database answers, is the code's own, and is no demo in production."""
    is_ready = other_schema() is None and not (clock.marks().is_demo and not security.settings().is_demo)
    return _answer({"status": "green" if is_ready else "red"})


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """The clock, the mail and the cases as lights: 503 when something stands still. Nothing about persons or cases."""
    return _answer(pages.lights(health.vitals(clock.now())))


def _answer(lights: dict[str, object]) -> tuple[Response, int]:
    return jsonify(lights | {"version": VERSION}), 503 if lights["status"] == health.Light.RED else 200


@blueprint.errorhandler(SQLAlchemyError)
def _database_away(_problem: SQLAlchemyError) -> tuple[Response, int]:
    session().invalidate()  # nothing more is asked on this connection
    return _answer({"status": "red", "database": "red"})
