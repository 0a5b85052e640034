"""Forms of the yearly follow-up: choosing a year, and writing in the result of a job."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from escalation.followups.models import FollowUp
from escalation.rules.yearly import Duty
from escalation.web.forms import Form, day, long_text, number


class YearForm(Form):
    """The year that is looked at."""

    year = number(_l("År"), least=1990, most=2100)


class RecordForm(Form):
    """The day on which the job was done, and its result. ``made``: the record that is to be corrected."""

    done_on = day(_l("Dag då det gjordes"), need=_l("Skriv vilken dag det gjordes."))
    result = long_text(
        _l("Vad det ledde till"), most=4000, least=20, need=_l("Skriv vad som är gjort och vad det ledde till.")
    )

    def __init__(self, duty: Duty, today: dt.date, made: FollowUp | None = None) -> None:
        super().__init__(obj=made)
        self.today, self.falls = today, duty.due_on.year
        self.result.label.text, self.result.description = _(duty.job.result), _(duty.job.result_hint)

    def validate_done_on(self, field: Any) -> None:
        """Refuse a day that lies ahead, and one before the year in which the job is due."""
        if field.data is not None and field.data > self.today:
            raise ValidationError(_("Dagen har inte kommit än."))
        if field.data is not None and field.data.year < self.falls:
            raise ValidationError(_("Skriv en dag under %(year)s eller senare.", year=self.falls))
