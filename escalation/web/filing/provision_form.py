"""The second page of a filing as a form: the agreement, provisions in it, and texts that are cited."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field

from escalation.agreements.models import Agreement, Interpretation, Provision
from escalation.cases.models.case import CaseType
from escalation.rules.guide import CASE_TYPES
from escalation.web.filing.forms import PageForm
from escalation.web.forms import checks, choices, long_text, select, text, tick
from escalation.web.language import _


class ProvisionForm(PageForm):
    """2: the agreement, and the provisions that the question is about. ``provision_form`` builds one for each text."""

    word = "provision"

    q = text(_l("Sök i överenskommelsen"), hint=_l("Skriv ett ord ur texten eller en punkt, till exempel 4.5."))
    agreement = select(_l("Överenskommelse"), need=_l("Välj en överenskommelse."))
    provisions = checks(_l("Bestämmelse"))
    citation_place = text(_l("Plats i texten"), most=120, hint=_l("Till exempel 3 stycke 1."))
    citation_quote = long_text(_l("Ordagrann text"), most=2000)
    citation_source = text(
        _l("Källa"), most=300, hint=_l("Vilket dokument, och var det finns, till exempel i portalen.")
    )
    holds = tick(_l("Vi ser den citerade texten som ett åtagande"))

    matter = ""
    held: Sequence[Provision] = ()
    """The provisions of the agreement's text in force; empty where the text is not here."""
    interpretations: Mapping[int, Sequence[Interpretation]] = {}

    @property
    def chosen(self) -> list[Provision]:
        """The provisions that are ticked, in the order of the text."""
        return [p for p in self.held if p.code in (self.provisions.data or ())]

    @property
    def case_type(self) -> CaseType:
        """The type of the case, by the answer on the first page."""
        return CaseType(CASE_TYPES.get(self.matter, CaseType.INTERPRETATION))

    def may_be_chosen(self, p: Provision) -> bool:
        """A deviation is from a commitment; about its meaning anything may be asked."""
        return p.is_commitment or self.case_type is not CaseType.DEVIATION

    def why_field(self, p: Provision) -> Field | None:
        """The field that asks why an interpretation of the provision does not answer; None where there is none."""
        return self[why_name(p.code)] if p.id in self.interpretations else None

    def check(self) -> None:
        """Something is cited, that can be; and where VIS has spoken it is said why that is not the answer."""
        if any(not self.may_be_chosen(p) for p in self.chosen):
            self.refuse(
                "provisions",
                _(
                    "Ett avsteg gäller ett åtagande, och en av bestämmelserna binder ingen part att göra något. "
                    "Ta bort den, eller byt till oenighet om tolkning."
                ),
            )
        for p in self.chosen:
            why = self.why_field(p)
            if why is not None and not why.data:
                self.refuse(why.name, _("Skriv varför tolkningen av %(place)s inte löser er fråga.", place=p.code))
        cites = [self.citation_place, self.citation_quote, self.citation_source]
        is_citing = any(field.data for field in cites) or self.matter == "conflict" or not self.held
        if is_citing:
            sentences = (
                _("Skriv var i texten det står."),
                _("Skriv av texten ordagrant."),
                _("Skriv vilket dokument texten står i, och var det finns."),
            )
            for field, sentence in zip(cites, sentences, strict=True):
                if not field.data and not field.errors:
                    self.refuse(field.name, sentence)
            if self.case_type is CaseType.DEVIATION and not self.holds.data:
                self.refuse("holds", _("Ett avsteg gäller ett åtagande. Intyga att ni ser texten som ett sådant."))
        is_needed = self.held and (not is_citing or self.matter == "conflict")
        if is_needed and not self.chosen and not self.provisions.errors:
            self.refuse("provisions", _("Sök och välj minst en bestämmelse."))


def why_name(code: str) -> str:
    """The field that belongs to a provision's code: "4.5 st 3" -> "why_4_5_st_3"."""
    return "why_" + re.sub(r"\W+", "_", code)


def provision_form(
    facts: Mapping[str, Any],
    version: int,
    agreements: Sequence[Agreement],
    held: Sequence[Provision],
    interpretations: Mapping[int, Sequence[Interpretation]],
) -> ProvisionForm:
    """The second page with the provisions of the text in force, and a field for each that has been interpreted."""
    whys = {
        why_name(p.code): long_text(
            _l("Varför löser inte tolkningen er fråga?"), subject=_l("Svaret"), it=_l("det"), most=1000
        )
        for p in held
        if p.id in interpretations
    }
    made = type("ProvisionForm", (ProvisionForm,), whys)
    form: ProvisionForm = made(facts, version)
    form.matter, form.held, form.interpretations = facts.get("matter", ""), held, interpretations
    form.agreement.choices = choices(
        [("", _("Välj överenskommelse")), *((a.code, agreement_name(a)) for a in agreements)]
    )
    for choice, a in zip(form.agreement.choices[1:], agreements, strict=True):
        choice.render_kw = {"lang": "sv"} if a.is_verified else {}  # the note on an example is translated
    form.provisions.choices = choices([(p.code, p.code) for p in held])
    if not form.is_submitted():
        form.provisions.data = [p.code for p in form.chosen]
    return form


def agreement_name(a: Agreement) -> str:
    """Short and long name; an example is said to be one."""
    name = f"{a.short_title}: {a.title}"
    return name if a.is_verified else _("%(name)s (exempel, ej verifierat)", name=name)
