"""The state of the clock and the mail: for people who look after it, and for machines that watch."""

from __future__ import annotations

from flask import Blueprint, jsonify, render_template
from werkzeug.wrappers import Response

from escalation import clock, invented
from escalation.watch import queries
from escalation.web import security
from escalation.web.watch import pages

blueprint = Blueprint("watch", __name__)


@blueprint.get("/health")
def health() -> str:
    """What a person must know: the jobs' last runs, mail in trouble, cases that nobody holds."""
    now = clock.now()
    holds_invented = not security.settings().is_demo and invented.found().can_go
    page = pages.health(queries.health(now), queries.refusals(now), holds_invented=holds_invented)
    return render_template("watch/health.html", page=page)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """The same as lights, for anybody: 503 when something stands still. Nothing about persons or cases."""
    lights = pages.lights(queries.health(clock.now()))
    return jsonify(lights), 503 if lights["status"] == queries.Light.RED else 200
