"""Answers to an act that was not done: someone has acted since the form was opened, or the act is not open."""

from __future__ import annotations

from flask import request, url_for

from escalation.cases import course
from escalation.db import session
from escalation.rules.machine import MoveNotAllowed
from escalation.web import errors
from escalation.web.cases import opening
from escalation.web.language import _


def overtaken(_stale: course.StaleVersion) -> tuple[str, int]:
    """Somebody has acted since the form was opened (409): what they did, and what the reader had written."""
    session.rollback()
    number = (request.view_args or {})["number"]
    done, is_own = opening.meanwhile(number)
    heading = _("Du har redan gjort något här") if is_own else _("Någon hann före")
    text = (
        _(
            "Du har själv gjort något i ärendet sedan du öppnade sidan, kanske i ett annat fönster. Det är sparat, men "
            "inget av det du skickade nu. Se vad som har hänt, och gör om det om det fortfarande behövs."
        )
        if is_own
        else _(
            "Någon har gjort något i ärendet sedan du öppnade sidan. Inget av ditt har sparats. "
            "Se vad som har hänt i ärendet, och gör om det om det fortfarande behövs."
        )
    )
    return errors.page(
        409,
        heading,
        text,
        [(_("Till ärendet"), url_for("cases.case", number=number)), (_("Öppna formuläret på nytt"), request.path)],
        meanwhile=done,
    )


def not_open(error: MoveNotAllowed) -> tuple[str, int]:
    """The act is not open (409). Somebody may have closed it between two of our questions: then that is the answer."""
    session.rollback()
    if number := (request.view_args or {}).get("number"):
        try:
            opening.expect_newest(opening.open_case(number)[0])
        except course.StaleVersion as stale:
            return overtaken(stale)
    return errors.not_open(error)
