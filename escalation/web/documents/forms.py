"""The two forms with which a secrecy mark comes and goes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from escalation.web.forms import Form, long_text, reasons, text


class MarkForm(Form):
    """The provision by which a file may be secret, and a note for its readers."""

    provision = text(
        _l("Bestämmelse"),
        subject=_l("Bestämmelsen"),
        it=_l("den"),
        most=80,
        need=_l("Skriv bestämmelsen, till exempel OSL 26 kap. 1 §."),
        hint=_l("Den som uppgifterna kan vara hemliga enligt, till exempel OSL 26 kap. 1 §."),
    )
    note = long_text(
        _l("Anteckning, om det behövs"),
        subject=_l("Anteckningen"),
        it=_l("den"),
        most=500,
        hint=_l("Läses bara av dem som ser filen. Skriv inte av det som är hemligt."),
    )


class UnmarkForm(Form):
    """Why a mark is taken away."""

    reason = reasons(
        most=500,
        hint=_l("Sparas med markeringen och visas inte i historiken."),
    )
