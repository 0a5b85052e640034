"""A form that was posted after the session had ended: the sign-in page carries it, and the person sends it again.

It is kept in a hidden field of that page and not on the server, signed with the application's key, so that no one can
make another person send texts that they have not written. It gives no rights: the person who has signed in posts it
through the ordinary guards, as the membership under which it was opened.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from escalation.accounts.queries import ABSOLUTE
from escalation.rules.moves.table import BY_VERB
from escalation.web.access import OPENED_AS
from escalation.web.errors import HIDDEN, KEPT_FROM
from escalation.web.language import _

MOST = 200_000
"""The largest form that is carried, in bytes. A larger one is shown, to be copied before signing in."""

FIELD = "carried"
"""The hidden field's name on the sign-in page."""

NOT_CARRIED = frozenset({"csrf_token", FIELD})


@dataclass(frozen=True)
class Carried:
    """A posted form: its address and fields. ``sealed`` is the value of the hidden field; empty if it is too long."""

    path: str
    fields: tuple[tuple[str, str], ...]
    sealed: str
    has_files: bool = False

    @property
    def texts(self) -> list[str]:
        """The texts that a person wrote, to be read before they are sent; choices and short answers are left out."""
        return [value for name, value in self.fields if len(value) >= KEPT_FROM and name not in HIDDEN]

    @property
    def opened_as(self) -> str:
        """The membership under which it was opened, as the form says it; empty where it does not."""
        return dict(self.fields).get(OPENED_AS, "")

    @property
    def again(self) -> list[tuple[str, str]]:
        """The fields to send again; the membership is left out, for the form names it anew."""
        return [(name, value) for name, value in self.fields if name != OPENED_AS]

    @property
    def act(self) -> str:
        """The act that is done when it is sent, by its address; empty if the address names no act."""
        match urlsplit(self.path).path.split("/")[1:]:
            case ["cases", "file", _draft, "check"] if ("do", "send") in self.fields:
                return _("Anmälan skickas")
            case ["cases", number, verb] if verb in BY_VERB:
                label = _(BY_VERB[verb].button).format(above=_("nästa steg"))
                return _("%(number)s: %(act)s", act=label, number=number)
            case _:
                return ""


def taken() -> Carried | None:
    """The form of this request; None where another site made the browser post it."""
    if not _is_from_here():
        return None
    fields = tuple(
        (name, value) for name, values in request.form.lists() for value in values if name not in NOT_CARRIED
    )
    path = request.full_path if request.query_string else request.path
    size = sum(len(name.encode()) + len(value.encode()) for name, value in fields)
    # A file field in which nothing was chosen comes too, without a name.
    has_files = any(file.filename for _name, files in request.files.lists() for file in files)
    sealed = _seal().dumps([path, fields, has_files]) if size <= MOST else ""
    return Carried(path, fields, sealed, has_files)


def brought() -> Carried | None:
    """The form that the sign-in page carries, if it is signed by this application."""
    sealed = request.form.get(FIELD, "")
    if not sealed:
        return None
    try:
        path, fields, has_files = _seal().loads(sealed, max_age=int(ABSOLUTE.total_seconds()))
    except BadData:
        return None
    return Carried(path, tuple((name, value) for name, value in fields), sealed, has_files)


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="a form that was carried along")


def _is_from_here() -> bool:
    """Whether one of our own pages posted this. Browsers say so; one that says nothing cannot be made to lie."""
    said = request.headers.get("Origin") or request.headers.get("Referer")
    return said is None or urlsplit(said).netloc == request.host
