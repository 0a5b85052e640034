"""A consultation group's start page: what it has been asked, by last day, and what it has answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.accounts.models import Viewer
from escalation.cases import waits
from escalation.web.cases import lists, rows, words
from escalation.web.language import _
from escalation.web.parts import Row

ANSWERED_SHOWN = 10


@dataclass(frozen=True)
class ConsultationPage:
    """Everything that ``start/consultation.html`` shows."""

    place: str
    lead: str
    waiting: Sequence[Row]
    answered: Sequence[Row]


def start_page(viewer: Viewer, today: dt.date) -> ConsultationPage:
    """The start page of a consultation group."""
    referred = waits.referred(viewer)
    waiting = [(case, r) for case, r in referred if r.answered_at is None]
    answered = [(case, r) for case, r in reversed(referred) if r.answered_at is not None]
    count = words.upper_first(lists.spelled(len(waiting)))
    lead = _("Ingen remiss väntar på ert svar.")
    if waiting:
        lead = (
            _("En remiss väntar på ert svar.")
            if len(waiting) == 1
            else _("%(count)s remisser väntar på ert svar.", count=count)
        )
    return ConsultationPage(
        place=viewer.name,
        lead=lead,
        waiting=[rows.referred(case, r, today) for case, r in waiting],
        answered=[rows.referred(case, r, today) for case, r in answered[:ANSWERED_SHOWN]],
    )
