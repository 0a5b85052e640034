"""Checks of every request, and headers of every response: hosts, cookies, CSRF (``trust.md``)."""

from __future__ import annotations

import ipaddress
import secrets
from typing import NoReturn

from flask import Flask, Response, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect

from config import Settings
from escalation import clock
from escalation.web import access, errors

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "::1")

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


class Guard(CSRFProtect):  # type: ignore[misc]
    """Flask-WTF's protection; a value that cannot be a token is refused before it can fail in a comparison."""

    def protect(self, apply_exemptions: bool = False) -> None:
        """Refuse a POST without the session's own token, or over https from elsewhere, with ``CSRFError`` (400)."""
        if request.method in current_app.config["WTF_CSRF_METHODS"]:
            token = self._get_csrf_token()
            if token is not None and not (token.isascii() and token.isprintable()):
                raise CSRFError("The CSRF token is malformed.")
        try:
            super().protect(apply_exemptions=apply_exemptions)
        except ValueError as problem:  # a referrer that is no address at all
            raise errors.SentFromElsewhere(str(problem)) from problem

    def _error_response(self, reason: str) -> NoReturn:
        # The token is judged before the referrer: where the referrer is at fault, the form itself was good.
        if "referrer" in reason:
            raise errors.SentFromElsewhere(reason)
        raise CSRFError(reason)


def settings() -> Settings:
    """The settings this application was made with."""
    made_with: Settings = current_app.config["SETTINGS"]
    return made_with


def csp_nonce() -> str:
    """This request's nonce, for a script element; fresh for each response."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def one_click_is_open() -> bool:
    """Whether a click is enough to sign in: demo mode, a demo database, and a request from this machine.

    The listener's own address counts (``SERVER_NAME`` is what the server is bound to) and the caller's.
    """
    return (
        settings().is_demo
        and clock.marks().is_demo
        and _is_loopback(request.environ.get("SERVER_NAME"))
        and _is_loopback(request.environ.get("REMOTE_ADDR"))
    )


def register(app: Flask) -> None:
    """Set the cookies up, and hook the checks in."""
    made_with: Settings = app.config["SETTINGS"]
    secure = not made_with.is_demo
    app.config.update(
        # The prefix binds the cookie to https, this host and all its paths; the demo runs on http.
        SESSION_COOKIE_NAME="__Host-trappan" if secure else "trappan",
        SESSION_COOKIE_SECURE=secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
    )
    app.before_request(_check_host)
    app.before_request(_check_database)
    app.after_request(_headers)
    app.jinja_env.globals["csp_nonce"] = csp_nonce


def protect_forms(app: Flask) -> None:
    """Require a token of every POST. Called after access: a viewer who may not post reads nothing about tokens."""
    Guard(app)


def _check_host() -> tuple[str, int] | None:
    allowed = {name.lower() for name in settings().allowed_hosts}
    if settings().is_demo:
        allowed |= set(LOOPBACK_NAMES)
    host = request.host.lower()
    name = host[1 : host.find("]")] if host.startswith("[") else host.rsplit(":", 1)[0]
    return None if name in allowed or host in allowed else errors.unknown_host()


def _check_database() -> tuple[str, int] | None:
    if request.endpoint in access.KNOWS_NOBODY or not clock.marks().is_demo or settings().is_demo:
        return None
    return errors.demo_database()


def _headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
    if not settings().is_demo:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint != "static":
        # Pages differ by viewer; neither a shared computer's history nor a proxy may keep them.
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _is_loopback(address: str | None) -> bool:
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address or "").is_loopback
    except ValueError:
        return False
