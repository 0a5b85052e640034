"""Forms for signing in and for choosing a password."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, StopValidation

from escalation.accounts import passwords
from escalation.web.forms import Form, needed, printable, secret, tidy


class SignInForm(Form):
    """Address and password. Only that they are there and can be read: more would tell what exists."""

    email = StringField(
        _l("E-postadress"),
        [needed(_l("Skriv din e-postadress.")), printable, Length(max=254, message=_l("Adressen är för lång."))],
        [tidy],
    )
    password = secret(_l("Lösenord"), need=_l("Skriv ditt lösenord."))


class SetPasswordForm(Form):
    """A new password, once: a page that shows what is typed needs no second field."""

    password = secret(
        _l("Nytt lösenord"),
        need=_l("Skriv ett lösenord."),
        hint=_l("Minst 15 tecken. Några ord som du minns men som ingen annan gissar."),
    )

    def __init__(self, *, about: tuple[str, ...]) -> None:
        super().__init__()
        self.about = about

    def validate_password(self, field: Any) -> None:
        """The same limits as the verb has, each with its sentence."""
        flaw = passwords.flaw(field.data or "", about=self.about)
        if flaw is None:
            return
        sentences = {
            passwords.Flaw.TOO_SHORT: _("Lösenordet är för kort. Skriv minst 15 tecken."),
            passwords.Flaw.TOO_LONG: _("Lösenordet är för långt. Skriv högst 200 tecken."),
            passwords.Flaw.GUESSABLE: _(
                "Lösenordet är för lätt att gissa. Vanliga ord, ditt namn och ord som hör till Trappan "
                "räknas inte. Lägg till fler egna ord."
            ),
        }
        raise StopValidation(sentences[flaw])
