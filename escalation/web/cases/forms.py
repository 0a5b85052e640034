"""Forms of the acts: each fact that a row of MOVES asks for is one or a few fields. The form checks shape only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from escalation import clock
from escalation.accounts import queries as accounts
from escalation.accounts.models import Viewer
from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.cases.models.asks import LAWYER
from escalation.cases.models.parties import PartyRole
from escalation.cases.models.statements import StatementPart
from escalation.cases.register_numbers import MOST_NUMBER
from escalation.cases.seats import referrals_to
from escalation.meetings.actions import decided_by
from escalation.parties import queries as parties
from escalation.rules.choices import (
    DIVIDED,
    LETTERS,
    OTHER,
    PAUSE_GROUNDS,
    PAUSES_ALONE,
    REJECT_GROUNDS,
    REOPENING_GROUNDS,
    SAME_OTHER,
    TAKE_OFF_GROUNDS,
)
from escalation.rules.deadlines import reachable
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import Move
from escalation.rules.main_agreement import main_agreement
from escalation.rules.moves.table import outcomes_open
from escalation.rules.situation import HearingKind, Outcome, ProposalKind
from escalation.web.cases import words
from escalation.web.cases.summary import clipped
from escalation.web.format import date_long, date_weekday
from escalation.web.forms import Form, checks, choices, day, files, long_text, radios, select, text, tick
from escalation.web.statement.pages import one_sided, part_field

TOO_LONG = 4000
MOST_LABEL = 80
"""Signs of a referral's question in the list to choose from; it stands whole above the form."""

OBLIGATIONS = (1, 2, 3)
"""How many undertakings a settlement's form has room for."""

_IF_OTHER = _l("Fyll bara i om ni väljer annan linje.")

FIELDS: dict[str, dict[str, Callable[[], Any]]] = {
    # fact -> its fields by name; a fact of one field has the fact's own name
    "cover_letter": {
        "cover_letter": lambda: long_text(
            _l("Följebrev"),
            subject=_l("Följebrevet"),
            it=_l("det"),
            most=2000,
            need=_l("Skriv ett följebrev."),
            hint=_l(
                "Vad motparten ska göra. Gäller en trappa som inte är överenskommelsens egen, "
                "eller har någon invänt mot den, skriv hur ni ser på det."
            ),
        )
    },
    "urgency": {
        "urgency": lambda: radios(
            _l("Anmälaren önskar kortare tider"),
            need=_l("Svara ja eller nej."),
            hint=_l("Ett ja gäller hela ärendet. De kortare tiderna är våra, inte överenskommelsens."),
        )
    },
    "urgency_answer": {
        "urgency_answer": lambda: long_text(
            _l("Skäl för svaret om kortare tider"), most=1000, need=_l("Skriv skälen för svaret.")
        )
    },
    "handler": {"handler": lambda: select(_l("Handläggare hos er"), need=_l("Välj handläggare."), coerce=int)},
    "substitute": {
        "substitute": lambda: select(
            _l("Ersättare"),
            need=_l("Välj ersättare, eller svara att ni inte har någon."),
            hint=_l("Får påminnelserna när handläggaren är borta."),
            coerce=lambda value: int(value) if value else None,
        )
    },
    "text": {
        "text": lambda: long_text(
            _l("Er ståndpunkt"),
            subject=_l("Ståndpunkten"),
            most=TOO_LONG,
            need=_l("Skriv er ståndpunkt."),
            hint=_l("Hur ni läser bestämmelsen och vad ni vill. Beskriv sakligt. Tidigare versioner finns kvar."),
        )
    },
    "intended": {
        "intended": lambda: long_text(
            _l("Vad avser ni, och varför?"),
            most=2000,
            need=_l("Skriv vad ni avser och varför."),
            hint=_l("Parterna läser det och får yttra sig i fem arbetsdagar."),
        )
    },
    "named": {
        "named": lambda: checks(
            _l("Andra parter som kan påverkas"),
            need=_l("Ange minst en annan part som kan påverkas."),
            hint=_l("De som anges i beslutet blir berörda parter."),
        )
    },
    "principled": {
        "principled": lambda: long_text(
            _l("Varför är frågan av principiell karaktär?"),
            most=2000,
            need=_l("Skriv varför frågan är av principiell karaktär."),
            hint=_l("Parterna läser det."),
        )
    },
    "effect": {
        "effect": lambda: long_text(
            _l("Hur kan de andra parterna antas påverkas?"),
            most=2000,
            need=_l("Skriv hur de andra parterna kan antas påverkas."),
            hint=_l("Ett antagande räcker. Parterna läser det."),
        )
    },
    "members": {
        "members": lambda: checks(
            _l("Ärenden att lägga samman med det här"),
            need=_l("Välj minst ett ärende."),
            hint=_l("Ärenden på samma steg om samma överenskommelse. De som gäller samma bestämmelse står först."),
        )
    },
    "split_title": {
        "split_title": lambda: text(
            _l("Rubrik på frågan som delas ut"),
            subject=_l("Rubriken"),
            most=120,
            need=_l("Skriv en rubrik."),
            hint=_l("Utan namn på enskilda. Det blir det nya ärendets rubrik."),
        )
    },
    "split_description": {
        "split_description": lambda: long_text(
            _l("Vad gäller den frågan?"),
            subject=_l("Beskrivningen"),
            most=TOO_LONG,
            need=_l("Beskriv vad frågan gäller."),
        )
    },
    "split_provisions": {
        "split_provisions": lambda: checks(
            _l("Bestämmelser som frågan gäller"), hint=_l("Ett citat som anmälaren själv har skrivit in följer med.")
        )
    },
    "held_on": {"held_on": lambda: day(_l("När möttes ni?"), need=_l("Ange vilken dag ni möttes."))},
    "said": {"said": lambda: long_text(_l("Vad sades?"), most=TOO_LONG, need=_l("Skriv kort vad som sades."))},
    "agreed": {
        "agreed": lambda: long_text(
            _l("Vad kom ni överens om?"),
            most=TOO_LONG,
            need=_l("Skriv vad ni kom överens om, eller att ni inte gjorde det."),
        )
    },
    "unsolved": {
        "unsolved": lambda: long_text(
            _l("Vad är olöst?"), most=2000, need=_l("Skriv vad som är olöst."), hint=_l("En eller två meningar räcker.")
        )
    },
    "question": {"question": lambda: part_field(StatementPart.QUESTION, need=_l("Skriv frågan."))},
    "background": {"background": lambda: part_field(StatementPart.BACKGROUND, need=_l("Skriv en kort bakgrund."))},
    "stand": {"stand": lambda: part_field(StatementPart.STAND, label=_l("Er ståndpunkt"))},
    **{
        part.value: {part.value: partial(part_field, part)}
        for part in StatementPart
        if part not in {StatementPart.QUESTION, StatementPart.BACKGROUND, StatementPart.STAND}
    },
    "ground": {"ground": lambda: radios(_l("Varför hör frågan inte hit?"), need=_l("Välj en grund."))},
    "reason": {
        "reason": lambda: long_text(_l("Skäl"), subject=_l("Skälen"), it=_l("dem"), most=2000, need=_l("Skriv skälen."))
    },
    "where_instead": {
        "where_instead": lambda: long_text(
            _l("Vart kan frågan vändas i stället?"), most=1000, need=_l("Skriv vart frågan kan vändas.")
        )
    },
    "target_meeting": {
        "target_meeting": lambda: select(
            _l("Möte"), need=_l("Välj ett möte."), coerce=int, hint=_l("Bara möten som underlaget hinner till.")
        )
    },
    "later_reason": {
        "later_reason": lambda: long_text(
            _l("Varför inte tidigare?"),
            most=1000,
            hint=_l("Bara om mötet ligger efter dagen då ärendet senast ska avgöras och ett tidigare går att nå."),
        )
    },
    "rapporteur_region": {
        "rapporteur_region": lambda: text(
            _l("Rapportör från regionen"),
            most=120,
            need=_l("Ange rapportör från regionen."),
            hint=_l("Roll, till exempel Handläggare HSF."),
        )
    },
    "rapporteur_municipal": {
        "rapporteur_municipal": lambda: text(
            _l("Rapportör från kommunerna"),
            most=120,
            need=_l("Ange rapportör från kommunerna."),
            hint=_l("Roll, till exempel Handläggare Storsthlm."),
        )
    },
    "missing_parts": {
        "missing_parts": lambda: long_text(
            _l("Saknas något?"), most=1000, hint=_l("Lämna tomt när ärendet är komplett.")
        )
    },
    "meeting": {
        "meeting": lambda: select(
            _l("Möte"), need=_l("Välj ett möte."), coerce=int, hint=_l("Bara möten som underlaget hinner till.")
        )
    },
    "proposed_decision": {
        "proposed_decision": lambda: long_text(
            _l("Förslag till beslut"), most=2000, need=_l("Skriv ett förslag till beslut.")
        )
    },
    "alternatives": {
        "alternative_a": lambda: long_text(_l("Alternativ A"), most=1000, need=_l("Skriv minst två alternativ.")),
        "alternative_b": lambda: long_text(_l("Alternativ B"), most=1000, need=_l("Skriv minst två alternativ.")),
        "alternative_c": lambda: long_text(_l("Alternativ C (om det finns)"), most=1000),
    },
    "take_off_ground": {
        "take_off_ground": lambda: radios(_l("Varför tas ärendet av mötet?"), need=_l("Välj en grund."))
    },
    "what_is_needed": {
        "what_is_needed": lambda: long_text(
            _l("Vad behövs till nästa gång?"), most=1000, need=_l("Skriv vad som behövs.")
        )
    },
    "outcome": {"outcome": lambda: radios(_l("Utfall"), need=_l("Välj ett utfall."))},
    "region_line": {"region_line": lambda: radios(_l("Regionens linje"), need=_l("Välj regionens linje."))},
    "region_other": {"region_other": lambda: long_text(_l("Regionens andra linje"), most=1000, hint=_IF_OTHER)},
    "municipal_line": {"municipal_line": lambda: radios(_l("Kommunernas linje"), need=_l("Välj kommunernas linje."))},
    "municipal_other": {"municipal_other": lambda: long_text(_l("Kommunernas andra linje"), most=1000, hint=_IF_OTHER)},
    "quorum": {
        "quorum": lambda: tick(
            _l("Minst hälften av varje block deltog"),
            need=_l("Minst hälften av varje block måste delta. Annars tas ärendet av mötet."),
        )
    },
    "decision_text": {
        "decision_text": lambda: long_text(
            _l("Beslutet"),
            subject=_l("Beslutet"),
            it=_l("det"),
            most=2000,
            need=_l("Skriv beslutet."),
            hint=_l("Vid tolkning: svaret på frågan, högst tre meningar. Det publiceras ord för ord, med skälen."),
        )
    },
    "reasons": {
        "reasons": lambda: long_text(
            _l("Skäl"), subject=_l("Skälen"), it=_l("dem"), most=TOO_LONG, need=_l("Skriv skälen.")
        )
    },
    "purpose_and_goals": {
        "purpose_and_goals": lambda: long_text(
            _l("Hur vägledde syftet (1.2) och målen (2.1)?"),
            most=2000,
            need=_l("Skriv hur syftet och målen vägledde."),
            hint=_l(
                "%(rule)s: syfte och gemensam målsättning ska alltid vara vägledande.",
                rule=main_agreement().ladder_rule,
            ),
        )
    },
    "dissent": {
        "dissent": lambda: long_text(
            _l("Reservation eller särskilt uttalande"), most=2000, hint=_l("Lämna tomt om ingen.")
        )
    },
    "scope": {"scope": lambda: long_text(_l("För vem och vad gäller svaret?"), most=1000)},
    "applies_from": {"applies_from": lambda: day(_l("Gäller från"), hint=_l("Tidigast dagen efter beslutet."))},
    "task": {
        "task_what": lambda: long_text(
            _l("Något som en part ska göra (om det finns)"),
            most=1000,
            hint=_l("Då följs ärendet upp innan det avslutas."),
        ),
        "task_party": lambda: select(_l("Vem ska göra det?")),
        "task_due": lambda: day(_l("Senast")),
    },
    "missing": {
        "missing": lambda: long_text(
            _l("Vad saknas?"), most=2000, need=_l("Skriv vad som saknas."), hint=_l("En rad för varje sak.")
        )
    },
    "completed": {
        "completed": lambda: long_text(_l("Vad har ni kompletterat?"), most=1000, need=_l("Skriv vad ni har ändrat."))
    },
    "description": {
        "description": lambda: long_text(
            _l("Vad har hänt?"),
            subject=_l("Beskrivningen"),
            most=TOO_LONG,
            need=_l("Beskriv vad som har hänt."),
            hint=_l("Er text står redan här. Ändra eller lägg till."),
        )
    },
    "position": {
        "position": lambda: long_text(
            _l("Hur läser ni bestämmelsen?"),
            subject=_l("Ståndpunkten"),
            most=TOO_LONG,
            need=_l("Skriv hur ni läser bestämmelsen."),
        )
    },
    "comment_text": {
        "comment_text": lambda: long_text(
            _l("Ert yttrande"),
            subject=_l("Yttrandet"),
            it=_l("det"),
            most=2000,
            need=_l("Skriv ert yttrande."),
            hint=_l("Kan svaret antas påverka andra parter än er två? Varför, eller varför inte?"),
        )
    },
    "remit_question": {
        "remit_question": lambda: long_text(
            _l("Fråga att svara på"), subject=_l("Frågan"), it=_l("den"), most=500, need=_l("Skriv frågan.")
        )
    },
    "product": {
        "product": lambda: long_text(
            _l("Vad ska komma tillbaka?"),
            most=1000,
            need=_l("Skriv vad som ska komma tillbaka."),
            hint=_l("Till exempel en gemensam rutin, eller siffror för ett halvår."),
        )
    },
    "remit_until": {"remit_until": lambda: day(_l("Senast"), need=_l("Ange en ny sista dag."))},
    "reporter": {"reporter": lambda: select(_l("Vem redovisar?"), need=_l("Välj vem som redovisar."))},
    "task_id": {"task_id": lambda: select(_l("Uppgift"), need=_l("Välj en uppgift."), coerce=int)},
    "report": {
        "report": lambda: long_text(_l("Vad är gjort, och när?"), most=TOO_LONG, need=_l("Skriv vad som är gjort."))
    },
    "comment": {"comment": lambda: long_text(_l("Kommentar"), most=2000, hint=_l("Lämna tomt om ni vill."))},
    "what": {
        "what": lambda: long_text(_l("Vad har inte gjorts?"), most=2000, need=_l("Skriv vad som inte har gjorts."))
    },
    "settlement": {
        "settlement": lambda: long_text(
            _l("Vad föreslår ni?"),
            subject=_l("Förslaget"),
            it=_l("det"),
            most=TOO_LONG,
            need=_l("Skriv vad ni föreslår."),
        )
    },
    "obligations": {
        name: make
        for n in OBLIGATIONS
        for name, make in (
            (f"what_{n}", lambda: long_text(_l("Vad ska göras?"), most=500)),
            (f"who_{n}", lambda: select(_l("Vem gör det?"))),
            (f"when_{n}", lambda: day(_l("Senast"))),
        )
    },
    "extended_to": {
        "extended_to": lambda: day(
            _l("Ny sista dag"), need=_l("Ange en ny sista dag."), hint=_l("Högst 20 arbetsdagar efter den gamla.")
        )
    },
    "pause_ground": {"pause_ground": lambda: radios(_l("Varför pausas ärendet?"), need=_l("Välj en grund."))},
    "paused_until": {
        "paused_until": lambda: day(
            _l("Pausat till och med dagen före"), need=_l("Ange när pausen slutar."), hint=_l("Högst sex månader.")
        )
    },
    "interim_arrangement": {
        "interim_arrangement": lambda: long_text(
            _l("Vad ska gälla under tiden?"), most=1000, need=_l("Skriv vad som ska gälla under tiden.")
        )
    },
    "referral_to": {
        "referral_to": lambda: select(
            _l("Vem ska svara?"),
            need=_l("Välj vem som ska svara."),
            hint=_l("Juristens svar skriver sekretariatet in."),
        )
    },
    "referral_question": {
        "referral_question": lambda: long_text(
            _l("Vad vill ni veta?"),
            subject=_l("Frågan"),
            it=_l("den"),
            most=2000,
            need=_l("Skriv vad ni vill veta."),
            hint=_l("Den som svarar läser hela ärendet."),
        )
    },
    "referral_id": {"referral_id": lambda: select(_l("Remiss"), need=_l("Välj en remiss."), coerce=int)},
    "registration_id": {"registration_id": lambda: radios(_l("Vilken part?"), need=_l("Välj en part."), coerce=int)},
    "referral_answer": {
        "referral_answer": lambda: long_text(
            _l("Ert svar"), subject=_l("Svaret"), it=_l("det"), most=TOO_LONG, need=_l("Skriv ert svar.")
        )
    },
    "reopening_ground": {
        "reopening_ground": lambda: radios(_l("Varför ska ärendet tas upp igen?"), need=_l("Välj en grund."))
    },
    "attachments": {"attachments": lambda: files(_l("Bilagor"))},
    "summary": {"summary": lambda: long_text(_l("Sammanfattning"), most=2000, need=_l("Skriv en sammanfattning."))},
}

PROPOSAL_FACTS: dict[ProposalKind, tuple[str, ...]] = {
    # the joint statement is written on its sheet (statement.py)
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


def _form(facts: tuple[str, ...], case_file: CaseFile, viewer: Viewer) -> Form:
    fields = {name: make() for fact in facts for name, make in FIELDS[fact].items()}
    made = type("ActForm", (Form,), {**fields, "version": HiddenField()})
    form: Form = made()
    _fill_choices(form, case_file, viewer)
    if form.version.data is None:
        form.version.data = str(case_file.case.version)
    return form


def act_form(move: Move, case_file: CaseFile, viewer: Viewer) -> Form:
    """The form of a move: the facts that its row asks for in this situation."""
    facts = tuple(f.name for f in move.asked_facts(case_file.situation))
    if viewer.party is None:  # an official lifts without a stand of their own
        facts = tuple(f for f in facts if f != "stand")
    if _is_municipal(case_file):
        facts = tuple(f for f in facts if f not in {"region_line", "region_other"})
    form = _form(facts, case_file, viewer)
    if "unsolved" in facts and viewer.party is None:
        form.unsolved.label.text = _("Vad är olöst mellan parterna?")
    if "question" in facts and move.verb == "lift" and not form.is_submitted():
        for name, known in one_sided(case_file, viewer).items():
            if name in form:
                form[name].data = known
    if move.verb == "correct_decision" and not form.is_submitted():
        _fill_recorded(form, case_file)
    if move.verb == "complete" and not form.is_submitted():
        form.description.data = case_file.case.description
        form.position.data = queries.filing_text(case_file.case, case_file.positions).text
    return form


def _is_municipal(case_file: CaseFile) -> bool:
    """Whether the municipalities decide alone here."""
    return case_file.ladder.step(case_file.case.step).decision_rule == "consensus_municipal"


def _fill_recorded(form: Form, case_file: CaseFile) -> None:
    """What was recorded of the decision, to be corrected. A line of an earlier release is another line."""
    decision = case_file.decisions[-1]
    known = {choice.value for choice in form.municipal_line.choices}
    for block, choice, line in (
        ("municipal", decision.municipal_choice, decision.municipal_line),
        ("region", decision.region_choice, decision.region_line),
    ):
        if f"{block}_line" in form:
            is_known = choice in known
            same = block == "municipal" and SAME_OTHER in known and line == decision.region_line
            form[f"{block}_line"].data = choice if is_known else SAME_OTHER if same else OTHER
            form[f"{block}_other"].data = "" if (is_known and choice != DIVIDED) or same else line
    form.outcome.data = decision.outcome.value
    form.decision_text.data = decision.text
    for name in ("reasons", "purpose_and_goals", "scope", "applies_from", "dissent"):
        if name in form:
            form[name].data = getattr(decision, name)


def proposal_form(kind: ProposalKind, case_file: CaseFile, viewer: Viewer) -> Form:
    """The form with which something that needs both sides is offered."""
    return _form(PROPOSAL_FACTS[kind], case_file, viewer)


def hearing_form(kind: HearingKind, case_file: CaseFile, viewer: Viewer) -> Form:
    """The form with which the parties are asked."""
    return _form(HEARING_FACTS[kind], case_file, viewer)


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
    """A note in the own party's room."""

    text = long_text(
        _l("Ny anteckning"),
        subject=_l("Anteckningen"),
        most=TOO_LONG,
        need=_l("Skriv något."),
    )


class AnswerForm(Form):
    """Yes or no to a proposal; a no has a reason."""

    answer = radios(_l("Ert svar"), need=_l("Välj ett svar."))
    reason = long_text(_l("Skäl, om ni avböjer"), subject=_l("Skälen"), it=_l("dem"), most=2000)
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


def facts_from(form: Form, move: Move, case_file: CaseFile) -> dict[str, Any]:
    """What was filled in, as the verb's arguments."""
    found: dict[str, Any] = {}
    for fact in move.asked_facts(case_file.situation):
        reader = READERS.get(fact.name)
        if reader is not None:
            found[fact.name] = reader(form)
        elif fact.name in form:
            field = form[fact.name]
            is_left_out = field.data is None and field.type in {"StringField", "TextAreaField"}
            found[fact.name] = "" if is_left_out else field.data
        else:
            found[fact.name] = ""
    return found


def terms_from(form: Form, kind: ProposalKind) -> dict[str, Any]:
    """What was filled in, as a proposal's terms: plain JSON, days as ISO text."""
    terms: dict[str, Any] = {}
    for fact in PROPOSAL_FACTS[kind]:
        if fact == "obligations":
            terms[fact] = [[what, party, day.isoformat()] for what, party, day in _obligations(form)]
        else:
            value = form[fact].data
            terms[fact] = value.isoformat() if isinstance(value, dt.date) else value or ""
    return terms


def _obligations(form: Form) -> list[tuple[str, str, dt.date]]:
    """The rows of undertakings that have anything in them; an unfinished one is the verb's to refuse."""
    rows = [(form[f"what_{n}"].data, form[f"who_{n}"].data, form[f"when_{n}"].data) for n in OBLIGATIONS]
    return [(what or "", who or "", when or dt.date.min) for what, who, when in rows if what or who or when]


READERS: dict[str, Callable[[Form], Any]] = {
    "alternatives": lambda form: [form[name].data for name in FIELDS["alternatives"] if form[name].data],
    "substitute": lambda form: form.substitute.data or None,
    "outcome": lambda form: Outcome(form.outcome.data),
    "urgency": lambda form: form.urgency.data == "yes",
    "task": lambda form: _task(form),
}


def _task(form: Form) -> tuple[str, str, dt.date] | None:
    if not form.task_what.data:
        return None
    return form.task_what.data, form.task_party.data or "", form.task_due.data or dt.date.min


REFUSED_AT: dict[str, str] = {"task": "task_what", "alternatives": "alternative_b", "obligations": "what_1"}
"""Where a fact of several fields shows its sentence."""


def _fill_choices(form: Form, case_file: CaseFile, viewer: Viewer) -> None:
    """Choices that come from the case, its ladder or the calendar."""
    if "handler" in form:
        people = [(str(m.id), name) for m, name in accounts.writers(viewer.party or "")]
        form.handler.choices = choices(people)
        form.substitute.choices = choices([("", _("Välj ersättare")), *people, ("0", _("Ingen ersättare"))])
    for name in ("target_meeting", "meeting"):
        if name in form:
            coming = reachable(case_file.meetings, case_file.today)
            form[name].choices = choices(
                [
                    (
                        str(m.id),
                        _(
                            "%(day)s, underlag senast %(material)s",
                            day=date_weekday(m.held_on),
                            material=date_long(m.material_on),
                        ),
                    )
                    for m in coming
                ]
            )
    if "later_reason" in form and (until := decided_by(case_file.case, clock.now())):
        form.later_reason.description = _(
            "Bara om mötet ligger efter %(day)s, då ärendet senast ska avgöras, och ett tidigare går att nå.",
            day=date_long(until),
        )
    if "municipal_line" in form:
        alternatives = case_file.treatment.alternatives if case_file.treatment else []
        named = zip(LETTERS, alternatives, strict=False)
        known = choices([(letter, f"{letter.upper()}: {text}") for letter, text in named], lang="sv")
        other, last = (OTHER, _("Annan linje")), (SAME_OTHER, _("Samma andra linje som regionen"))
        if _is_municipal(case_file):
            last = (DIVIDED, _("Ingen gemensam linje"))
        form.municipal_line.choices = [*known, *choices([other, last])]
        if "region_line" in form:
            form.region_line.choices = [*known, *choices([other])]
    if "outcome" in form:
        form.outcome.choices = choices([(o.value, _(GLOSSARY[o].label)) for o in outcomes_open(case_file.situation)])
    if "urgency" in form:
        form.urgency.choices = choices([("yes", _("Ja, kortare tider")), ("no", _("Nej, de vanliga tiderna"))])
    if "ground" in form:
        form.ground.choices = choices([(g, _(GLOSSARY[g].label)) for g in REJECT_GROUNDS])
    if "take_off_ground" in form:
        form.take_off_ground.choices = choices([(g, _(GLOSSARY[g].label)) for g in TAKE_OFF_GROUNDS])
    if "task_party" in form:
        own = [(p.party_code, p.party.name) for p in case_file.case.parties]
        form.task_party.choices = choices([("", _("Välj part")), *own])
    if "named" in form:
        both = {p.party_code for p in case_file.case.sides}
        form.named.choices = choices([(p.code, p.name) for p in parties.all_parties() if p.code not in both])
        if not form.is_submitted():
            heard = next((h.terms["named"] for h in case_file.hearings if h.kind is HearingKind.CALL_UP), None)
            form.named.data = heard or [p.party_code for p in case_file.case.of(PartyRole.AFFECTED)]
    if "members" in form:
        similar = queries.joinable(case_file.case)
        form.members.choices = choices(
            [(c.number, f"{c.number}, {words.short_parties(c)[0]}: {c.title}") for c in similar], lang="sv"
        )
        if not similar:
            form.members.description = _(
                "Det finns inget annat ärende om samma överenskommelse på samma steg att lägga samman med det här."
            )
        if not form.is_submitted():
            form.members.data = request.args.getlist("members")
    if "split_provisions" in form:
        cited = queries.provisions(case_file.case)
        form.split_provisions.choices = choices([(p.code, f"{p.code} {p.heading}") for p in cited], lang="sv")
    if "reporter" in form:
        form.reporter.choices = choices([(p.party_code, p.party.name) for p in case_file.case.sides])
    for n in OBLIGATIONS:
        if f"who_{n}" in form:
            own = [(p.party_code, p.party.name) for p in case_file.case.sides]
            form[f"who_{n}"].choices = choices([("", _("Välj part")), *own])
    if "referral_to" in form:
        groups = [(group.code, _(group.short_name)) for group in parties.consultation_groups()]
        own = [(p.party_code, p.party.name) for p in case_file.case.parties]
        form.referral_to.choices = choices([("", _("Välj")), *groups, (LAWYER, _("Jurist")), *own])
    if "referral_id" in form:
        to_me = referrals_to(case_file.case, viewer)
        form.referral_id.choices = choices([(str(r.id), clipped(r.question, MOST_LABEL)) for r in to_me], lang="sv")
    if "registration_id" in form:
        wishes = case_file.case.registrations_asked
        form.registration_id.choices = choices([(str(wish.id), words.upper_first(wish.party.name)) for wish in wishes])
        if len(wishes) == 1 and not form.is_submitted():
            form.registration_id.data = wishes[0].id
    if "reopening_ground" in form:
        form.reopening_ground.choices = choices([(g, _(GLOSSARY[g].label)) for g in REOPENING_GROUNDS])
        if case_file.reopening and not form.is_submitted():
            form.reopening_ground.data = case_file.reopening.ground
    if "pause_ground" in form:
        grounds = PAUSE_GROUNDS if viewer.party else (PAUSES_ALONE,)
        form.pause_ground.choices = choices([(g, _(GLOSSARY[g].label)) for g in grounds])
    if "task_id" in form:
        mine = [t for t in case_file.tasks if t.obliged_party == viewer.party and t.reported_at is None]
        form.task_id.choices = choices([(str(t.id), f"{t.what} ({date_long(t.due_on)})") for t in mine], lang="sv")
