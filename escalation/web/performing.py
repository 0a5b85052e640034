"""Perform an act with what a form says; show what the rules refuse beside the form's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext as _

from escalation.cases.course import FactsRefused
from escalation.db import session
from escalation.rules.privacy import IdentityNumberFound
from escalation.web.forms import Form


def performed(form: Form, act: Callable[[], object], shown_at: Mapping[str, str]) -> bool:
    """Perform ``act``, and say whether it was performed: then the view commits.

    If the rules refuse a value, the form gets the reason beside its field, and what ``act`` did is rolled back.
    ``shown_at`` names the field beside which the refusal of a fact is shown, for a fact that several fields make up.
    """
    try:
        act()
    except FactsRefused as refused:
        errors = refused.errors
    except IdentityNumberFound as found:
        errors = {
            found.field: _(
                "Texten innehåller ett personnummer. Beskriv frågan utan enskilda personer. Numret har inte sparats."
            )
        }
    else:
        return True
    session.rollback()
    for fact, sentence in errors.items():
        name = shown_at.get(fact, fact)
        form.refuse(name if name in form else next(iter(form)).name, _(sentence))
    return False
