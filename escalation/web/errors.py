"""Errors as pages that say what to do. They are handled here, so views have no try and no except."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask, current_app, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy import exc
from werkzeug.exceptions import HTTPException, InternalServerError

from escalation.db import session
from escalation.rules.glossary import GUARD_SENTENCES
from escalation.rules.machine import MoveNotAllowed
from escalation.web.parts import HistoryLine

HIDDEN = frozenset({"csrf_token", "acting_as", "next", "version", "base", "token", "do", "carried"})
"""Fields of the forms that a person does not write in."""

KEPT_FROM = 20
"""Posted texts shorter than this are not shown for copying, such as choices and dates."""


class SentFromElsewhere(CSRFError):  # type: ignore[misc]
    """A form with a good token, sent from a page at another address than the one that the server is asked under."""


def page(
    status: int,
    heading: str,
    text: str,
    links: Sequence[tuple[str, str]] = (),
    meanwhile: Sequence[HistoryLine] = (),
    typed: Sequence[str] | None = None,
    template: str = "errors/page.html",
    *,
    who_is_known: bool = True,
    **more: object,
) -> tuple[str, int]:
    """A page for something that could not be done, with its status.

    ``links`` are (label, address); ``meanwhile`` lines of a case's history that the reader had not seen; ``more`` goes
    to a ``template`` of its own. The page shows the texts that the reader had ``typed``, to be copied; by default those
    of this request. Without ``who_is_known`` it does not offer to sign in, for the reader may be signed in already.
    Rolls back, so that nothing half-done is committed after a refusal.
    """
    session.rollback()
    typed = _typed(status) if typed is None else typed
    shown = {"heading": heading, "text": text, "links": links, "meanwhile": meanwhile, "typed": typed}
    return render_template(template, **shown, **more, who_is_known=who_is_known), status


def unknown_host() -> tuple[str, int]:
    """The request names a host that is not ours (400)."""
    return page(
        400,
        _("Okänd webbadress"),
        _("Servern svarar inte under det här namnet. Kontrollera adressen i webbläsaren."),
    )


def demo_database() -> tuple[str, int]:
    """Production found itself on a demo database (503)."""
    return page(
        503,
        _("Databasen är en demo"),
        _("En demodatabas öppnas inte i skarp drift. Kontakta den som driver webbplatsen."),
    )


def register(app: Flask) -> None:
    """Hook the pages in."""
    app.register_error_handler(MoveNotAllowed, not_open)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(SentFromElsewhere, _from_elsewhere)
    app.register_error_handler(HTTPException, _http)
    for error in (exc.OperationalError, exc.InterfaceError, exc.TimeoutError):
        app.register_error_handler(error, _database)
    app.register_error_handler(exc.DatabaseError, _database_itself)


def not_open(error: MoveNotAllowed) -> tuple[str, int]:
    """An act that is not open to the reader now (409), with the rule that closes it."""
    reason = GUARD_SENTENCES.get(error.guard, GUARD_SENTENCES["phase"])
    return page(
        409,
        _("Det går inte nu"),
        _("%(reason)s Inget har sparats. Gå till ärendet för att se vad som gäller.", reason=_(reason)),
        [(_("Till ärendet"), _case_path())],
    )


def _case_path() -> str:
    number = (request.view_args or {}).get("number")
    return f"{request.script_root}/cases/{number}" if number else f"{request.script_root}/"


def _stale_form(_error: CSRFError) -> tuple[str, int]:
    return page(
        400,
        _("Formuläret gäller inte längre"),
        _(
            "Inget har sparats. Sidan hade legat öppen för länge eller hörde till en annan inloggning. "
            "Öppna den på nytt och skicka en gång till."
        ),
        [(_("Öppna sidan på nytt"), request.path)],
    )


def _from_elsewhere(_error: SentFromElsewhere) -> tuple[str, int]:
    """The usual cause is a proxy that drops the port from ``Host``, so the log tells the person who runs the site."""
    sent_from = "/".join((request.referrer or "").split("/", 3)[:3])  # without its path, which may hold a secret
    current_app.logger.warning(
        "a form was refused: its page was at %s, the server was asked as https://%s; "
        "a proxy has to pass on Host as the browser sent it, with its port (nginx: proxy_set_header Host $http_host)",
        sent_from or "an address that the browser does not tell",
        request.host,
    )
    if not sent_from:
        text = _(
            "Inget har sparats. Webbläsaren talade inte om vilken sida formuläret kom från, och då tas det inte emot. "
            "Tillåt att den skickar sidans adress (referer) till den här webbplatsen, och skicka en gång till."
        )
    else:
        text = _(
            "Inget har sparats. Formuläret kom från en annan webbadress än den som servern nås under. "
            "Skrev du adressen själv, kontrollera den. Annars är servern fel inställd: berätta för den som driver "
            "webbplatsen."
        )
    return page(400, _("Formuläret togs inte emot"), text, [(_("Öppna sidan på nytt"), request.path)])


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return error
    start = [(_("Till startsidan"), f"{request.script_root}/")]
    if isinstance(error, InternalServerError):
        return page(
            500,
            _("Något gick fel hos oss"),
            _("Inget har sparats. Försök igen om en stund. Händer det igen, kontakta sekretariatet."),
            start,
        )
    headings = {
        400: _("Vi förstod inte frågan"),
        404: _("Sidan finns inte"),
        405: _("Så kan sidan inte användas"),
        409: _("Någon hann före"),
        413: _("Det är för stort"),
        422: _("Uppgifterna kan inte användas"),
        503: _("Filerna kunde inte sparas"),
    }
    texts = {
        400: _("Något i adressen eller formuläret gick inte att läsa. Gå tillbaka och försök igen."),
        404: _(
            "Adressen kan vara fel, eller så hör sidan till ett ärende som du inte har tillgång till i den "
            "roll du agerar i. Kontrollera adressen eller byt roll."
        ),
        405: _("Adressen tar inte emot det som skickades. Gå till startsidan och börja därifrån."),
        409: _("Ärendet har ändrats sedan du öppnade sidan. Inget har sparats. Öppna sidan på nytt."),
        413: _(
            "Det som skickades är större än vad som kan tas emot. Inget har sparats. Gå tillbaka och korta texten, "
            "eller välj färre och mindre filer."
        ),
        422: _("Inget har sparats. Gå tillbaka och rätta uppgifterna."),
        503: _("Det finns inte plats för filerna hos oss just nu. Inget har sparats. Försök utan filer, eller senare."),
    }
    return page(
        status,
        headings.get(status, _("Det gick inte")),
        texts.get(status, _("Inget har sparats. Gå tillbaka och försök igen.")),
        start,
    )


def _database_itself(error: exc.DatabaseError) -> tuple[str, int]:
    """SQLite's error for a file that is no database. Subclasses are errors in a query, and are raised again."""
    if type(error) is not exc.DatabaseError:
        raise error
    return _database(error)


def _database(error: exc.SQLAlchemyError) -> tuple[str, int]:
    current_app.logger.error("the database did not answer", exc_info=error)
    session().invalidate()  # nothing more is asked on this connection, not even to roll back
    return page(
        503,
        _("Databasen svarar inte"),
        _("Just nu går det inte att läsa eller spara. Inget har sparats. Försök igen om en stund."),
        [(_("Försök igen"), request.path)],
        who_is_known=False,
    )


def _typed(status: int) -> list[str]:
    """The texts of the refused form, so that no work is lost. Never a password, never a token."""
    if request.method != "POST" or status == 413:
        return []
    return [
        value
        for name, values in request.form.lists()
        for value in values
        if len(value) >= KEPT_FROM and "password" not in name and name not in HIDDEN
    ]
