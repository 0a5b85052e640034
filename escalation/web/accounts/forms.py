"""Forms for signing in and for choosing a password."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import Length, StopValidation

from escalation.accounts import passwords
from escalation.web.forms import Form, day, needed, printable, secret, tidy


class SignInForm(Form):
    """Address and password. Checks only that they are filled in: more would reveal which accounts exist."""

    email = StringField(
        _l("E-postadress"),
        [needed(_l("Skriv din e-postadress.")), printable, Length(max=254, message=_l("Adressen är för lång."))],
        [tidy],
    )
    password = secret(_l("Lösenord"), need=_l("Skriv ditt lösenord."))


class SetPasswordForm(Form):
    """A new password, typed once: the page can show it, so it needs no second field."""

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


class AbsenceForm(Form):
    """The days on which the substitute is reminded instead; both empty: none."""

    absent_from = day(_l("Första dagen"), hint=_l("Lämna båda tomma om du inte ska vara borta."))
    absent_until = day(_l("Sista dagen"))

    def __init__(self, *, today: dt.date, **known: Any) -> None:
        super().__init__(**known)
        self.today = today

    def validate(self, extra_validators: Any = None) -> bool:
        """Two ends in order, and not a time that is over."""
        if not super().validate(extra_validators):
            return False
        first, last = self.absent_from.data, self.absent_until.data
        if first and not last:
            self.refuse("absent_until", _("Skriv den sista dagen."))
        elif last and not first:
            self.refuse("absent_from", _("Skriv den första dagen."))
        elif first and last and last < first:
            self.refuse("absent_until", _("Den sista dagen ligger före den första."))
        elif last and last < self.today:
            self.refuse("absent_until", _("Dagarna har redan varit. Ange en kommande dag."))
        return not self.errors
