"""Who may reach which page. Deny by default: an endpoint without a row is 404 for every viewer.

A row says who may *reach* the endpoint. What they see there is decided by the queries, each of which takes the
viewer: a row that the viewer may not see is 404.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import click
from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user

from escalation import clock
from escalation.accounts import queries
from escalation.accounts.models import (
    BODY_ROLES,
    PARTY_ROLES,
    PUBLIC,
    SECRETARIAT_ROLES,
    Role,
    Viewer,
)
from escalation.web.language import _

EVERYONE = frozenset({"public"})
SIGNED_IN = frozenset({"signed_in"})
PARTY = frozenset(role.value for role in PARTY_ROLES)
BODY = frozenset(role.value for role in BODY_ROLES)
SECRETARIAT = frozenset(role.value for role in SECRETARIAT_ROLES)
HANDLERS = frozenset({Role.LOCAL_HANDLER.value, Role.LOCAL_APPROVER.value})
AUDITOR = frozenset({Role.AUDITOR.value})

CHAIRS = frozenset({Role.BODY_CHAIR.value, Role.BODY_DEPUTY.value})
CONSULTED = frozenset({Role.CONSULTATION_MEMBER.value})
CENTRES = frozenset({Role.COORDINATING_CENTRE.value})
ACTORS = HANDLERS | SECRETARIAT | CHAIRS | CONSULTED
"""All who may take part in proposals. The rules say which proposals are open to whom."""

ACCESS: dict[str, frozenset[str]] = {
    "static": EVERYONE,
    "accounts.sign_in": EVERYONE,
    "accounts.sign_in_demo": EVERYONE,
    "accounts.set_password": EVERYONE,
    "accounts.accessibility": EVERYONE,
    "accounts.privacy": EVERYONE,
    "accounts.choose_language": EVERYONE,
    "accounts.sign_out": SIGNED_IN,
    "accounts.act_as": SIGNED_IN,
    "accounts.sessions": SIGNED_IN,
    "accounts.end_session": SIGNED_IN,
    "accounts.absence": HANDLERS,
    "start.start": EVERYONE,
    "guide.where": EVERYONE,
    "cases.cases": SIGNED_IN,
    "filing.file": HANDLERS,
    "filing.draft": HANDLERS,
    "filing.check": HANDLERS,
    "filing.discard": HANDLERS,
    "cases.case": SIGNED_IN,
    "cases.summary": SIGNED_IN,
    "cases.positions": SIGNED_IN,
    "cases.act": ACTORS | CENTRES,  # every seat that some row of MOVES names
    "cases.propose": ACTORS,
    "cases.answer": ACTORS,
    "cases.hear": SECRETARIAT | CHAIRS,
    "cases.comment": HANDLERS,
    "statement.statement": SIGNED_IN,
    "cases.add_register_number": HANDLERS | {Role.PARTY_REGISTRAR.value},
    "cases.link": HANDLERS | SECRETARIAT,
    "cases.unlink": SECRETARIAT,
    "cases.let_in": HANDLERS,
    "cases.show_out": HANDLERS,
    "cases.notes": HANDLERS,
    "cases.delete_note": HANDLERS,
    "documents.download": SIGNED_IN,
    "documents.open_marked": AUDITOR,
    "documents.mark": HANDLERS | SECRETARIAT,
    "documents.unmark": HANDLERS | SECRETARIAT,
    "decisions.interpretations": EVERYONE,
    "decisions.interpretation": EVERYONE,
    "decisions.publish": SECRETARIAT | CHAIRS,  # the chairs when the secretariat is late
    "followups.follow_up": frozenset(role.value for role in Role) - {Role.COORDINATING_CENTRE.value},
    "followups.record": SECRETARIAT,
    "followups.correct": SECRETARIAT,
    "watch.health": SECRETARIAT | AUDITOR,
    "watch.resend_letter": SECRETARIAT,
    "watch.settle_letter": SECRETARIAT,
    "probes.livez": EVERYONE,
    "probes.readyz": EVERYONE,
    "probes.healthz": EVERYONE,
}
"""Endpoint -> viewers. "public" is every viewer, "signed_in" every viewer with a session, else roles by their word."""

KNOWS_NOBODY = frozenset({"static", "probes.livez", "probes.readyz", "probes.healthz"})
"""Endpoints without a viewer: no session is looked up, so they answer also while the database is away."""

USED = "used"
"""The key in the signed cookie for the time of the last request, in seconds since 1970."""


PERSONAL = frozenset({"accounts.sign_out", "accounts.act_as", "accounts.end_session"})
"""Endpoints that a person may use in every role."""

OPENED_AS = "acting_as"
"""The hidden field in which a form says as which membership it was opened."""


class OpenedAsAnother(Exception):
    """A form was opened as another membership than the session's. Handled by the pages where a role is chosen."""


class SessionOver(Exception):
    """A form was posted without a session, or after it had ended. Handled by the pages for signing in."""


@dataclass(frozen=True)
class SignedIn(UserMixin):  # type: ignore[misc]
    """The signed-in person as Flask-Login keeps it: the id it stores in the cookie is the session's token."""

    token: str
    session_id: int
    viewer: Viewer

    def get_id(self) -> str:
        """The session's token."""
        return self.token


def current_viewer() -> Viewer:
    """The viewer of this request; the public without a session."""
    viewer: Viewer = g.get("viewer", PUBLIC)
    return viewer


def signed_in() -> SignedIn:
    """The session behind this request. Only for endpoints that ask for one."""
    return cast("SignedIn", current_user._get_current_object())


def token_here() -> str | None:
    """The token of the session behind this request, if there is one."""
    return signed_in().token if current_viewer().user_id is not None else None


def enter(token: str) -> SignedIn:
    """Begin the browser's side of a session. Nothing of the old cookie is kept, not even its CSRF token."""
    session.clear()
    session[USED] = int(clock.now().timestamp())
    person = _load(token)
    if person is None:
        raise RuntimeError("a session that has just begun is not open")
    login_user(person)
    return person


def permits(endpoint: str, viewer: Viewer) -> bool:
    """Whether the viewer may reach the endpoint. False for an endpoint without a row."""
    who = ACCESS.get(endpoint, frozenset())
    if who & EVERYONE:
        return True
    if viewer.user_id is None:
        return False
    return bool(who & SIGNED_IN) or (viewer.role is not None and viewer.role.value in who)


def safe_next(wanted: str | None) -> str | None:
    """The address to go to after signing in, if it is a path on this site; else None.

    Browsers read "\\\\" as "/" and drop control characters, so both make the address foreign.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return None
    if any(ord(sign) < 33 or ord(sign) == 127 for sign in wanted):
        return None
    parts = urlsplit(wanted)
    return None if parts.scheme or parts.netloc else wanted


def register(app: Flask) -> None:
    """Load the session of each request, and refuse every viewer whom the table does not name."""
    # Templates have ``viewer``: a page that says the database is away must not query it for the viewer.
    logins = LoginManager(app, add_context_processor=False)
    # The session row is the protection; a hash of address and browser would only sign out people on trains.
    logins.session_protection = None
    logins.user_loader(_load)
    app.before_request(_guard)
    app.context_processor(lambda: {"viewer": current_viewer(), "may_reach": _may_reach})
    app.jinja_env.globals[OPENED_AS] = lambda: current_viewer().membership_id or ""
    app.cli.add_command(list_access)


def expect_opener(app: Flask) -> None:
    """Accept a form only as the membership under which it was opened. Called after uploads, which read the body."""
    app.before_request(_expect_opener)


@click.command("access")
def list_access() -> None:
    """Print who may reach which page: endpoint, methods, viewers."""
    for rule in sorted(current_app.url_map.iter_rules(), key=lambda r: r.endpoint):
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        click.echo(f"{rule.endpoint} {methods} {', '.join(sorted(ACCESS.get(rule.endpoint, {'nobody'})))}")


def _load(token: str) -> SignedIn | None:
    used = session.get(USED)
    if not isinstance(used, int):
        return None
    used_at = dt.datetime.fromtimestamp(used, dt.UTC)
    login = queries.session_of(token, used_at=used_at, at=clock.now())
    if login is None:
        return None
    if login.membership is None or login.membership.ended_at is not None:
        viewer = Viewer(user_id=login.user_id, name=login.user.name)
    else:
        viewer = queries.viewer_for(login.membership, _)
    return SignedIn(token=token, session_id=login.id, viewer=viewer)


def _guard() -> ResponseReturnValue | None:
    endpoint = request.endpoint
    if endpoint in KNOWS_NOBODY:
        return None
    if current_user.is_authenticated:
        g.viewer = current_user.viewer
        # The time is kept in the cookie and not in the database, so a GET writes nothing.
        session[USED] = int(clock.now().timestamp())
    viewer = current_viewer()
    # No endpoint: no such page, and Flask answers 404 or 405.
    if endpoint is None or permits(endpoint, viewer):
        return None
    if viewer.user_id is not None or endpoint not in ACCESS:
        _expect_opener()  # a viewer who has changed roles reads about that, and not that the page is missing
        abort(404)
    back = _way_back()
    if request.method == "POST" and back is not None and not endpoint.startswith("accounts."):
        request.form.keys()  # read here, where a form that is too large still gets its answer (413)
        raise SessionOver
    return redirect(url_for("accounts.sign_in", next=back))


def _expect_opener() -> None:
    """Refuse a form that was opened as another membership. Another tab may have changed the session's meanwhile.

    A form may lack the field, if it was opened before there was one: then a person with one role may send it.
    """
    viewer, who = current_viewer(), ACCESS.get(request.endpoint or "", EVERYONE)
    if request.method != "POST" or viewer.user_id is None or who & EVERYONE or request.endpoint in PERSONAL:
        return
    opened_as = request.form.get(OPENED_AS)
    if opened_as is None and len(queries.memberships(viewer.user_id)) < 2:
        return
    if opened_as != str(viewer.membership_id or ""):
        raise OpenedAsAnother


def _way_back() -> str | None:
    """The page to come back to after signing in; None for an address that only takes a POST."""
    if request.url_rule is None or "GET" not in (request.url_rule.methods or ()):
        return None
    return request.full_path if request.query_string else request.path


def _may_reach(endpoint: str) -> bool:
    """Whether the page exists and the viewer may open it; for the menu."""
    return endpoint in current_app.view_functions and permits(endpoint, current_viewer())
