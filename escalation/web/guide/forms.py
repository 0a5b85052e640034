"""The one form of the guide: a question and its options."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from escalation.rules.guide import Option, Question
from escalation.web.forms import Form, choices, radios
from escalation.web.language import _


class QuestionForm(Form):
    """A question of ``rules.guide`` as radio buttons."""

    answer = radios("", need=_l("Välj ett svar."))

    def __init__(self, question: Question) -> None:
        super().__init__()
        self.answer.label.text = _(question.text)
        self.answer.description = _(question.hint) if question.hint else ""
        # The agreements among the options are names; they stand first.
        named = [o for o in question.options if _is_name(question, o)]
        ours = [o for o in question.options if o not in named]
        self.answer.choices = [
            *choices([(o.word, o.label) for o in named], lang="sv"),
            *choices([(o.word, _(o.label)) for o in ours]),
        ]
        self.hints = {o.word: _(o.hint) for o in question.options if o.hint}


def _is_name(question: Question, option: Option) -> bool:
    return question.key == "subject" and option.word != "none"
