"""The start page: each group sees what waits for it (domain/10 § 10.6)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for

from escalation import clock
from escalation.accounts.models import SECRETARIAT_ROLES, Role, Viewer
from escalation.rules.main_agreement import step_of_body
from escalation.rules.situation import StepKind
from escalation.web.access import current_viewer
from escalation.web.cases import list_page
from escalation.web.cases.views import Page
from escalation.web.start import consultation, officials, party, political, secretariat

blueprint = Blueprint("start", __name__)


@blueprint.get("/")
def start() -> Page:
    """The viewer's start page; the public is shown how to sign in, and a person of no group the list.

    A person without a seat goes to where roles are chosen, which says so.
    """
    viewer = current_viewer()
    if viewer.user_id is None:
        return redirect(url_for("accounts.sign_in"))
    if viewer.role is None:
        return redirect(url_for("accounts.act_as"))
    return _page(viewer)


def _page(viewer: Viewer) -> str:
    now, today = clock.now(), clock.today()
    if viewer.party:
        return render_template("start/party.html", page=party.start_page(viewer, today))
    if viewer.role in SECRETARIAT_ROLES:
        return render_template("start/secretariat.html", page=secretariat.start_page(viewer, now, today))
    if viewer.role is Role.CONSULTATION_MEMBER:
        return render_template("start/consultation.html", page=consultation.start_page(viewer, today))
    step = step_of_body(viewer.body)
    if step is not None and step.kind is StepKind.POLITICAL_BODY:
        return render_template("start/political.html", page=political.start_page(viewer, now, today))
    if step is not None:
        return render_template("start/officials.html", page=officials.start_page(viewer, now, today))
    return render_template("cases/cases.html", shown=list_page.list_page(viewer, today, request.args))
