"""Forms of the yearly follow-up: choosing a year, and saying what came of a job."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from escalation.web.forms import Form, day, long_text, number

LABELS: dict[str, tuple[Any, Any]] = {
    # job: label of the text, and its hint
    "yearly_dialogue": (
        _l("Vad dialogen ledde till"),
        _l("Vilka som var med, vad parterna såg tillsammans, och vad de vill utveckla."),
    ),
    "yearly_report": (_l("Uppföljningen till VIS"), _l("Var rapporten finns, när VIS tog upp den, och vad VIS sa.")),
    "yearly_priorities": (
        _l("Vad styrgruppen prioriterar"),
        _l("Vilka överenskommelser som följs upp, av vem och varför, och protokollets paragraf."),
    ),
}


class YearForm(Form):
    """The year that is looked at."""

    year = number(_l("År"), least=1990, most=2100)


class RecordForm(Form):
    """When the job was done, and what came of it."""

    done_on = day(_l("Gjord"), need=_l("Skriv vilken dag det gjordes."))
    result = long_text(
        _l("Vad det ledde till"), subject=_l("Texten"), most=4000, least=20, need=_l("Skriv vad det ledde till.")
    )

    def __init__(self, job: str, today: dt.date, **given: Any) -> None:
        super().__init__(**given)
        self.today = today
        self.result.label.text, self.result.description = LABELS[job]

    def validate_done_on(self, field: Any) -> None:
        """Only what has been done is written in."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(_("Dagen har inte kommit än."))
