"""The forms of acts, proposals and hearings: made of the fields of their facts, and read. They check shape only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from escalation.casefile import CaseFile
from escalation.cases.register_numbers import MOST_NUMBER
from escalation.rules.machine import Move
from escalation.rules.situation import HearingKind, Outcome, ProposalKind
from escalation.web.cases.fields import OBLIGATIONS, SEVERAL, TOO_LONG, Field, fields_of
from escalation.web.forms import Form, choices, long_text, radios, reasons, text, tick

PROPOSAL_FACTS: dict[ProposalKind, tuple[str, ...]] = {
    # the joint statement is written on its sheet (web/statement/)
    ProposalKind.SETTLEMENT: ("settlement", "obligations"),
    ProposalKind.EXTENSION: ("extended_to", "reason"),
    ProposalKind.PAUSE: ("pause_ground", "paused_until", "reason"),
    ProposalKind.BACK_TO_DIALOGUE: ("reason",),
    ProposalKind.LIFT_EARLY: ("unsolved",),
    ProposalKind.INTERIM: ("interim_arrangement",),
    ProposalKind.REJECT: ("ground", "reason", "where_instead"),
    ProposalKind.LAPSE: ("reason",),
    ProposalKind.SUPERSEDE: ("reason",),
}


HEARING_FACTS: dict[HearingKind, tuple[str, ...]] = {
    HearingKind.CALL_UP: ("intended", "named"),
    HearingKind.SUPERSEDE: ("intended",),
    HearingKind.JOIN: ("members", "intended"),
    HearingKind.SPLIT: ("split_title", "split_description", "split_provisions", "intended"),
}


def act_form(move: Move, case_file: CaseFile) -> Form:
    """The form of a move: the facts that its row asks for in this situation."""
    return _form(tuple(f.name for f in move.asked_facts(case_file.situation)), case_file)


def proposal_form(kind: ProposalKind, case_file: CaseFile) -> Form:
    """The form with which something that needs both sides is offered."""
    return _form(PROPOSAL_FACTS[kind], case_file)


def hearing_form(kind: HearingKind, case_file: CaseFile) -> Form:
    """The form with which the parties are asked."""
    return _form(HEARING_FACTS[kind], case_file)


def _form(facts: tuple[str, ...], case_file: CaseFile) -> Form:
    """A form of the fields of these facts, as the case and the viewer have them."""
    rows = {
        name: row
        for fact in facts
        for name, row in fields_of(fact).items()
        if row.asked is None or row.asked(case_file)
    }
    fields = {name: row.make() for name, row in rows.items()}
    form: Form = type("ActForm", (Form,), {**fields, "version": HiddenField()})()
    for name, row in rows.items():
        _fit(form[name], row, case_file)
    if form.version.data is None:
        form.version.data = str(case_file.case.version)
    if not form.is_submitted():
        for start in dict.fromkeys(row.start for row in rows.values() if row.start):
            for name, value in start(case_file).items():
                if name in form:
                    form[name].data = value
    return form


def _fit(field: Any, row: Field, case_file: CaseFile) -> None:
    """Give a field its choices, its label and its hint as this case has them."""
    if row.choices:
        field.choices = row.choices(case_file)
        if row.without and not field.choices:
            field.description = row.without
    if row.label and (label := row.label(case_file)):
        field.label.text = label
    if row.hint and (hint := row.hint(case_file)):
        field.description = hint


def facts_from(form: Form, move: Move, case_file: CaseFile) -> dict[str, Any]:
    """What was filled in, as the verb's arguments."""
    return {fact.name: _read(form, fact.name) for fact in move.asked_facts(case_file.situation)}


def terms_from(form: Form, kind: ProposalKind) -> dict[str, Any]:
    """What was filled in, as a proposal's terms: plain JSON, days as ISO text."""
    facts = {fact: _read(form, fact) for fact in PROPOSAL_FACTS[kind]}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in facts.items()}


def _read(form: Form, fact: str) -> Any:
    """A fact as the form says it; a text that is left out, or not asked for, is empty."""
    if fact in READERS:
        return READERS[fact](form)
    if fact not in form or (form[fact].data is None and form[fact].type in {"StringField", "TextAreaField"}):
        return ""
    return form[fact].data


READERS: dict[str, Callable[[Form], Any]] = {
    "alternatives": lambda form: [form[name].data for name in SEVERAL["alternatives"] if form[name].data],
    "substitute": lambda form: form.substitute.data or None,
    "outcome": lambda form: Outcome(form.outcome.data),
    "urgency": lambda form: form.urgency.data == "yes",
    "task": lambda form: _task(form),
    "obligations": lambda form: _obligations(form),
}
"""How a fact is read that is not simply its field's value."""


def _task(form: Form) -> tuple[str, str, dt.date] | None:
    if not form.task_what.data:
        return None
    return form.task_what.data, form.task_party.data or "", form.task_due.data or dt.date.min


def _obligations(form: Form) -> list[list[str]]:
    """The undertakings that have anything in them, as terms; the verb refuses an unfinished one."""
    rows = [(form[f"what_{n}"].data, form[f"who_{n}"].data, form[f"when_{n}"].data) for n in OBLIGATIONS]
    return [
        [what or "", who or "", (when or dt.date.min).isoformat()] for what, who, when in rows if what or who or when
    ]


REFUSED_AT: dict[str, str] = {"task": "task_what", "alternatives": "alternative_b", "obligations": "what_1"}
"""For a fact that several fields make up: the field beside which its refusal is shown."""


# Forms of a fixed shape --------------------------------------------------------------------------------------------


class CommentForm(Form):
    """What a party has to say to what is intended; it may be nothing."""

    text = long_text(
        _l("Ert yttrande"),
        subject=_l("Yttrandet"),
        it=_l("det"),
        most=2000,
        hint=_l("Lämna tomt om ni inte har något att tillägga."),
    )
    is_objection = tick(
        _l("Vi invänder: frågan finns kvar"),
        hint=_l(
            "Er invändning avgör saken. Ärendet avslutas inte som ersatt utan fortsätter där det står, och den här "
            "omgången kan frågan inte tas upp igen. Utan invändning kan sekretariatets båda sidor avsluta ärendet."
        ),
    )
    version = HiddenField()

    def __init__(self, case_file: CaseFile, *, may_object: bool = False) -> None:
        super().__init__()
        if not may_object:
            del self.is_objection
        if self.version.data is None:
            self.version.data = str(case_file.case.version)


class RegisterNumberForm(Form):
    """The own party's register number."""

    value = text(
        _l("Ert diarienummer"),
        subject=_l("Numret"),
        it=_l("det"),
        most=MOST_NUMBER,
        need=_l("Skriv ert diarienummer."),
        hint=_l("Så som det står i ert diarium, till exempel KS 2026/0412."),
    )


class NoteForm(Form):
    """A private note of the own party."""

    text = long_text(
        _l("Ny anteckning"),
        subject=_l("Anteckningen"),
        most=TOO_LONG,
        need=_l("Skriv något."),
    )


class AnswerForm(Form):
    """Yes or no to a proposal; a no has a reason."""

    answer = radios(_l("Ert svar"), need=_l("Välj ett svar."))
    reason = reasons(_l("Skäl, om ni avböjer"), most=2000, need=None)
    version = HiddenField()

    def __init__(self, case_file: CaseFile) -> None:
        super().__init__()
        self.answer.choices = choices([("accept", _("Godkänn")), ("decline", _("Avböj"))])
        if self.version.data is None:
            self.version.data = str(case_file.case.version)

    def validate(self, extra_validators: Any = None) -> bool:
        """A no needs its reason."""
        if not super().validate(extra_validators):
            return False
        if self.answer.data == "decline" and not self.reason.data:
            self.refuse("reason", _("Skriv varför ni avböjer."))
            return False
        return True
