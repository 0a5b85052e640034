"""The fields of the acts' forms: one row for each field, with everything that is special about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from escalation.casefile import CaseFile
from escalation.cases.models.statements import StatementPart
from escalation.rules.choices import REJECT_GROUNDS, REOPENING_GROUNDS, TAKE_OFF_GROUNDS
from escalation.rules.main_agreement import main_agreement
from escalation.web.cases import field_values
from escalation.web.forms import Choices, Words, checks, day, files, long_text, radios, reasons, select, text, tick
from escalation.web.statement.forms import part_field

TOO_LONG = 4000

OBLIGATIONS = (1, 2, 3)
"""Numbers of the undertakings that a settlement's form takes."""

_IF_OTHER = _l("Fyll bara i om ni väljer annan linje.")


@dataclass(frozen=True)
class Field:
    """A field. What depends on the case or on the viewer is a function of the case file.

    ``make`` makes it anew for each form, so that a form's fields stand in the order of its facts. ``asked`` says
    whether it is in the form at all. ``start`` gives the values of one or several fields when the form is opened.
    ``without`` is the hint where there is nothing to choose.
    """

    make: Callable[[], Any]
    choices: Callable[[CaseFile], Choices] | None = None
    start: Callable[[CaseFile], Mapping[str, object]] | None = None
    asked: Callable[[CaseFile], bool] | None = None
    label: Callable[[CaseFile], str | None] | None = None
    hint: Callable[[CaseFile], str | None] | None = None
    without: Words = ""


FIELDS: dict[str, Field] = {
    # by the field's name, in the order of the rows of MOVES
    "cover_letter": Field(
        lambda: long_text(
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
    ),
    "urgency": Field(
        lambda: radios(
            _l("Anmälaren önskar kortare tider"),
            need=_l("Svara ja eller nej."),
            hint=_l("Ett ja gäller hela ärendet. De kortare tiderna är våra, inte överenskommelsens."),
        ),
        choices=field_values.shorter_days_or_not,
    ),
    "urgency_answer": Field(
        lambda: long_text(_l("Skäl för svaret om kortare tider"), most=1000, need=_l("Skriv skälen för svaret."))
    ),
    "handler": Field(
        lambda: select(_l("Handläggare hos er"), need=_l("Välj handläggare."), coerce=int),
        choices=field_values.handlers,
    ),
    "substitute": Field(
        lambda: select(
            _l("Ersättare"),
            need=_l("Välj ersättare, eller svara att ni inte har någon."),
            hint=_l("Får påminnelserna när handläggaren är borta."),
            coerce=lambda value: int(value) if value else None,
        ),
        choices=field_values.substitutes,
    ),
    "text": Field(
        lambda: long_text(
            _l("Er ståndpunkt"),
            subject=_l("Ståndpunkten"),
            most=TOO_LONG,
            need=_l("Skriv er ståndpunkt."),
            hint=_l("Hur ni läser bestämmelsen och vad ni vill. Beskriv sakligt. Tidigare versioner finns kvar."),
        )
    ),
    "intended": Field(
        lambda: long_text(
            _l("Vad avser ni, och varför?"),
            most=2000,
            need=_l("Skriv vad ni avser och varför."),
            hint=_l("Parterna läser det och får yttra sig i fem arbetsdagar."),
        )
    ),
    "named": Field(
        lambda: checks(
            _l("Andra parter som kan påverkas"),
            need=_l("Ange minst en annan part som kan påverkas."),
            hint=_l("De som anges i beslutet blir berörda parter."),
        ),
        choices=field_values.other_parties,
        start=field_values.already_named,
    ),
    "principled": Field(
        lambda: long_text(
            _l("Varför är frågan av principiell karaktär?"),
            most=2000,
            need=_l("Skriv varför frågan är av principiell karaktär."),
            hint=_l("Parterna läser det."),
        )
    ),
    "effect": Field(
        lambda: long_text(
            _l("Hur kan de andra parterna antas påverkas?"),
            most=2000,
            need=_l("Skriv hur de andra parterna kan antas påverkas."),
            hint=_l("Ett antagande räcker. Parterna läser det."),
        )
    ),
    "members": Field(
        lambda: checks(
            _l("Ärenden att lägga samman med det här"),
            need=_l("Välj minst ett ärende."),
            hint=_l("Ärenden på samma steg om samma överenskommelse. De som gäller samma bestämmelse står först."),
        ),
        choices=field_values.joinable_cases,
        start=field_values.chosen_in_the_list,
        without=_l("Det finns inget annat ärende om samma överenskommelse på samma steg att lägga samman med det här."),
    ),
    "split_title": Field(
        lambda: text(
            _l("Rubrik på frågan som delas ut"),
            subject=_l("Rubriken"),
            most=120,
            need=_l("Skriv en rubrik."),
            hint=_l("Utan namn på enskilda. Det blir det nya ärendets rubrik."),
        )
    ),
    "split_description": Field(
        lambda: long_text(
            _l("Vad gäller den frågan?"),
            subject=_l("Beskrivningen"),
            most=TOO_LONG,
            need=_l("Beskriv vad frågan gäller."),
        )
    ),
    "split_provisions": Field(
        lambda: checks(
            _l("Bestämmelser som frågan gäller"), hint=_l("Ett citat som anmälaren själv har skrivit in följer med.")
        ),
        choices=field_values.cited_provisions,
    ),
    "held_on": Field(lambda: day(_l("När möttes ni?"), need=_l("Ange vilken dag ni möttes."))),
    "said": Field(lambda: long_text(_l("Vad sades?"), most=TOO_LONG, need=_l("Skriv kort vad som sades."))),
    "agreed": Field(
        lambda: long_text(
            _l("Vad kom ni överens om?"),
            most=TOO_LONG,
            need=_l("Skriv vad ni kom överens om, eller att ni inte gjorde det."),
        )
    ),
    "unsolved": Field(
        lambda: long_text(
            _l("Vad är olöst?"), most=2000, need=_l("Skriv vad som är olöst."), hint=_l("En eller två meningar räcker.")
        ),
        label=field_values.what_is_unsolved,
    ),
    "question": Field(
        lambda: part_field(StatementPart.QUESTION, need=_l("Skriv frågan.")), start=field_values.one_sided_statement
    ),
    "background": Field(
        lambda: part_field(StatementPart.BACKGROUND, need=_l("Skriv en kort bakgrund.")),
        start=field_values.one_sided_statement,
    ),
    "stand": Field(
        lambda: part_field(StatementPart.STAND, label=_l("Er ståndpunkt")),
        start=field_values.one_sided_statement,
        asked=field_values.is_of_a_party,
    ),
    **{
        part.value: Field(partial(part_field, part), start=field_values.one_sided_statement)
        for part in StatementPart
        if part not in {StatementPart.QUESTION, StatementPart.BACKGROUND, StatementPart.STAND}
    },
    "ground": Field(
        lambda: radios(_l("Varför hör frågan inte hit?"), need=_l("Välj en grund.")),
        choices=field_values.grounds(REJECT_GROUNDS),
    ),
    "reason": Field(lambda: reasons(most=2000)),
    "where_instead": Field(
        lambda: long_text(_l("Vart kan frågan vändas i stället?"), most=1000, need=_l("Skriv vart frågan kan vändas."))
    ),
    "target_meeting": Field(
        lambda: select(
            _l("Möte"), need=_l("Välj ett möte."), coerce=int, hint=_l("Bara möten som underlaget hinner till.")
        ),
        choices=field_values.coming_meetings,
    ),
    "later_reason": Field(
        lambda: long_text(
            _l("Varför inte tidigare?"),
            most=1000,
            hint=_l("Bara om mötet ligger efter dagen då ärendet senast ska avgöras och ett tidigare går att nå."),
        ),
        hint=field_values.latest_meeting_day,
    ),
    "rapporteur_region": Field(
        lambda: text(
            _l("Rapportör från regionen"),
            most=120,
            need=_l("Ange rapportör från regionen."),
            hint=_l("Roll, till exempel Handläggare HSF."),
        )
    ),
    "rapporteur_municipal": Field(
        lambda: text(
            _l("Rapportör från kommunerna"),
            most=120,
            need=_l("Ange rapportör från kommunerna."),
            hint=_l("Roll, till exempel Handläggare Storsthlm."),
        )
    ),
    "missing_parts": Field(
        lambda: long_text(_l("Saknas något?"), most=1000, hint=_l("Lämna tomt när ärendet är komplett."))
    ),
    "meeting": Field(
        lambda: select(
            _l("Möte"), need=_l("Välj ett möte."), coerce=int, hint=_l("Bara möten som underlaget hinner till.")
        ),
        choices=field_values.coming_meetings,
    ),
    "proposed_decision": Field(
        lambda: long_text(_l("Förslag till beslut"), most=2000, need=_l("Skriv ett förslag till beslut."))
    ),
    "alternative_a": Field(lambda: long_text(_l("Alternativ A"), most=1000, need=_l("Skriv minst två alternativ."))),
    "alternative_b": Field(lambda: long_text(_l("Alternativ B"), most=1000, need=_l("Skriv minst två alternativ."))),
    "alternative_c": Field(lambda: long_text(_l("Alternativ C (om det finns)"), most=1000)),
    "take_off_ground": Field(
        lambda: radios(_l("Varför tas ärendet av mötet?"), need=_l("Välj en grund.")),
        choices=field_values.grounds(TAKE_OFF_GROUNDS),
    ),
    "what_is_needed": Field(
        lambda: long_text(_l("Vad behövs till nästa gång?"), most=1000, need=_l("Skriv vad som behövs."))
    ),
    "outcome": Field(
        lambda: radios(_l("Utfall"), need=_l("Välj ett utfall.")),
        choices=field_values.outcomes,
        start=field_values.recorded,
    ),
    "region_line": Field(
        lambda: radios(_l("Regionens linje"), need=_l("Välj regionens linje.")),
        choices=field_values.region_lines,
        start=field_values.recorded,
        asked=field_values.do_blocks_decide,
    ),
    "region_other": Field(
        lambda: long_text(_l("Regionens andra linje"), most=1000, hint=_IF_OTHER),
        start=field_values.recorded,
        asked=field_values.do_blocks_decide,
    ),
    "municipal_line": Field(
        lambda: radios(_l("Kommunernas linje"), need=_l("Välj kommunernas linje.")),
        choices=field_values.municipal_lines,
        start=field_values.recorded,
    ),
    "municipal_other": Field(
        lambda: long_text(_l("Kommunernas andra linje"), most=1000, hint=_IF_OTHER), start=field_values.recorded
    ),
    "quorum": Field(
        lambda: tick(
            _l("Minst hälften av varje block deltog"),
            need=_l("Minst hälften av varje block måste delta. Annars tas ärendet av mötet."),
        )
    ),
    "decision_text": Field(
        lambda: long_text(
            _l("Beslutet"),
            subject=_l("Beslutet"),
            it=_l("det"),
            most=2000,
            need=_l("Skriv beslutet."),
            hint=_l("Vid tolkning: svaret på frågan, högst tre meningar. Det publiceras ord för ord, med skälen."),
        ),
        start=field_values.recorded,
    ),
    "reasons": Field(lambda: reasons(most=TOO_LONG), start=field_values.recorded),
    "purpose_and_goals": Field(
        lambda: long_text(
            _l("Hur vägledde syftet (1.2) och målen (2.1)?"),
            most=2000,
            need=_l("Skriv hur syftet och målen vägledde."),
            hint=_l(
                "%(rule)s: syfte och gemensam målsättning ska alltid vara vägledande.",
                rule=main_agreement().ladder_rule,
            ),
        ),
        start=field_values.recorded,
    ),
    "dissent": Field(
        lambda: long_text(_l("Reservation eller särskilt uttalande"), most=2000, hint=_l("Lämna tomt om ingen.")),
        start=field_values.recorded,
    ),
    "scope": Field(lambda: long_text(_l("För vem och vad gäller svaret?"), most=1000), start=field_values.recorded),
    "applies_from": Field(
        lambda: day(_l("Gäller från"), hint=_l("Tidigast dagen efter beslutet.")), start=field_values.recorded
    ),
    "task_what": Field(
        lambda: long_text(
            _l("Något som en part ska göra (om det finns)"),
            most=1000,
            hint=_l("Då följs ärendet upp innan det avslutas."),
        )
    ),
    "task_party": Field(lambda: select(_l("Vem ska göra det?")), choices=field_values.parties_of_case),
    "task_due": Field(lambda: day(_l("Senast"))),
    "missing": Field(
        lambda: long_text(
            _l("Vad saknas?"), most=2000, need=_l("Skriv vad som saknas."), hint=_l("En rad för varje sak.")
        )
    ),
    "completed": Field(
        lambda: long_text(_l("Vad har ni kompletterat?"), most=1000, need=_l("Skriv vad ni har ändrat."))
    ),
    "description": Field(
        lambda: long_text(
            _l("Vad har hänt?"),
            subject=_l("Beskrivningen"),
            most=TOO_LONG,
            need=_l("Beskriv vad som har hänt."),
            hint=_l("Er text står redan här. Ändra eller lägg till."),
        ),
        start=field_values.filed_texts,
    ),
    "position": Field(
        lambda: long_text(
            _l("Hur läser ni bestämmelsen?"),
            subject=_l("Ståndpunkten"),
            most=TOO_LONG,
            need=_l("Skriv hur ni läser bestämmelsen."),
        ),
        start=field_values.filed_texts,
    ),
    "comment_text": Field(
        lambda: long_text(
            _l("Ert yttrande"),
            subject=_l("Yttrandet"),
            it=_l("det"),
            most=2000,
            need=_l("Skriv ert yttrande."),
            hint=_l("Kan svaret antas påverka andra parter än er två? Varför, eller varför inte?"),
        )
    ),
    "remit_question": Field(
        lambda: long_text(
            _l("Fråga att svara på"), subject=_l("Frågan"), it=_l("den"), most=500, need=_l("Skriv frågan.")
        )
    ),
    "product": Field(
        lambda: long_text(
            _l("Vad ska komma tillbaka?"),
            most=1000,
            need=_l("Skriv vad som ska komma tillbaka."),
            hint=_l("Till exempel en gemensam rutin, eller siffror för ett halvår."),
        )
    ),
    "remit_until": Field(lambda: day(_l("Senast"), need=_l("Ange en ny sista dag."))),
    "reporter": Field(
        lambda: select(_l("Vem redovisar?"), need=_l("Välj vem som redovisar.")), choices=field_values.sides
    ),
    "task_id": Field(
        lambda: select(_l("Uppgift"), need=_l("Välj en uppgift."), coerce=int), choices=field_values.own_tasks
    ),
    "report": Field(lambda: long_text(_l("Vad är gjort, och när?"), most=TOO_LONG, need=_l("Skriv vad som är gjort."))),
    "comment": Field(lambda: long_text(_l("Kommentar"), most=2000, hint=_l("Lämna tomt om ni vill."))),
    "what": Field(lambda: long_text(_l("Vad har inte gjorts?"), most=2000, need=_l("Skriv vad som inte har gjorts."))),
    "settlement": Field(
        lambda: long_text(
            _l("Vad föreslår ni?"),
            subject=_l("Förslaget"),
            it=_l("det"),
            most=TOO_LONG,
            need=_l("Skriv vad ni föreslår."),
        )
    ),
    **{
        name: field
        for n in OBLIGATIONS
        for name, field in (
            (f"what_{n}", Field(lambda: long_text(_l("Vad ska göras?"), most=500))),
            (f"who_{n}", Field(lambda: select(_l("Vem gör det?")), choices=field_values.sides_or_none)),
            (f"when_{n}", Field(lambda: day(_l("Senast")))),
        )
    },
    "extended_to": Field(
        lambda: day(
            _l("Ny sista dag"), need=_l("Ange en ny sista dag."), hint=_l("Högst 20 arbetsdagar efter den gamla.")
        )
    ),
    "pause_ground": Field(
        lambda: radios(_l("Varför pausas ärendet?"), need=_l("Välj en grund.")), choices=field_values.pause_grounds
    ),
    "paused_until": Field(
        lambda: day(
            _l("Pausat till och med dagen före"), need=_l("Ange när pausen slutar."), hint=_l("Högst sex månader.")
        )
    ),
    "interim_arrangement": Field(
        lambda: long_text(_l("Vad ska gälla under tiden?"), most=1000, need=_l("Skriv vad som ska gälla under tiden."))
    ),
    "referral_to": Field(
        lambda: select(
            _l("Vem ska svara?"),
            need=_l("Välj vem som ska svara."),
            hint=_l("Juristens svar skriver sekretariatet in."),
        ),
        choices=field_values.who_may_be_asked,
    ),
    "referral_question": Field(
        lambda: long_text(
            _l("Vad vill ni veta?"),
            subject=_l("Frågan"),
            it=_l("den"),
            most=2000,
            need=_l("Skriv vad ni vill veta."),
            hint=_l("Den som svarar läser hela ärendet."),
        )
    ),
    "referral_id": Field(
        lambda: select(_l("Remiss"), need=_l("Välj en remiss."), coerce=int), choices=field_values.referrals_to_answer
    ),
    "registration_id": Field(
        lambda: radios(_l("Vilken part?"), need=_l("Välj en part."), coerce=int),
        choices=field_values.registrations_asked,
        start=field_values.only_registration,
    ),
    "referral_answer": Field(
        lambda: long_text(_l("Ert svar"), subject=_l("Svaret"), it=_l("det"), most=TOO_LONG, need=_l("Skriv ert svar."))
    ),
    "reopening_ground": Field(
        lambda: radios(_l("Varför ska ärendet tas upp igen?"), need=_l("Välj en grund.")),
        choices=field_values.grounds(REOPENING_GROUNDS),
        start=field_values.asked_ground,
    ),
    "attachments": Field(lambda: files(_l("Bilagor"))),
    "summary": Field(lambda: long_text(_l("Sammanfattning"), most=2000, need=_l("Skriv en sammanfattning."))),
}


SEVERAL: dict[str, tuple[str, ...]] = {
    "alternatives": ("alternative_a", "alternative_b", "alternative_c"),
    "task": ("task_what", "task_party", "task_due"),
    "obligations": tuple(f"{name}_{n}" for n in OBLIGATIONS for name in ("what", "who", "when")),
}
"""The facts of several fields; any other fact is the field of its own name."""


def fields_of(fact: str) -> dict[str, Field]:
    """The fields that say a fact, by their names."""
    return {name: FIELDS[name] for name in SEVERAL.get(fact, (fact,))}
