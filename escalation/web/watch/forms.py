"""The form with which a letter that did not arrive is laid aside."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from escalation.web.forms import Form, reasons


class SettleForm(Form):
    """Why a letter need not be sent."""

    reason = reasons(
        _l("Varför behöver brevet inte skickas?"),
        most=500,
        need=_l("Skriv varför brevet inte behöver skickas."),
        hint=_l("Till exempel att mottagaren har fått veta på annat sätt. Sekretariatet och revisorn läser det."),
    )
