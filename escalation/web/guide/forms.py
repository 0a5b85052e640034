"""The one form of the guide: a question and its options."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from escalation.rules.guide import Question
from escalation.web.forms import Form, choices, radios
from escalation.web.language import _


class QuestionForm(Form):
    """A question of ``rules.guide`` as radio buttons."""

    answer = radios("", need=_l("Välj ett svar."))

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.answer.label.text = _(question.text)
        self.answer.description = _(question.hint) if question.hint else ""
        self.answer.choices = choices([(o.word, _(o.label)) for o in question.options])
        self.hints = {o.word: _(o.hint) for o in question.options if o.hint}
