"""What depends on the case in the fields of its forms: what can be chosen, and what a form says when it is opened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from flask import request

from escalation import clock
from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.cases.models.asks import LAWYER
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.seats import referrals_to
from escalation.decisions.models import Decision
from escalation.meetings.actions import decided_by
from escalation.parties import queries as parties
from escalation.rules.choices import DIVIDED, LETTERS, OTHER, PAUSE_GROUNDS, PAUSES_ALONE, SAME_OTHER
from escalation.rules.deadlines import reachable
from escalation.rules.glossary import GLOSSARY
from escalation.rules.moves.table import outcomes_open
from escalation.rules.situation import HearingKind, Phase
from escalation.web.cases import words
from escalation.web.cases.summary import clipped
from escalation.web.format import date_long, date_weekday
from escalation.web.forms import Choices, choices
from escalation.web.language import _
from escalation.web.statement.forms import one_sided

Line: TypeAlias = "tuple[str | None, str]"
"""A block's choice, and the words of another line."""

MOST_LABEL = 80
"""Signs of a referral's question in the list to choose from; it stands whole above the form."""


# Whether a field is asked for --------------------------------------------------------------------------------------


def is_of_a_party(case_file: CaseFile) -> bool:
    """An official lifts a case without a stand of their own."""
    return case_file.viewer.party is not None


def do_blocks_decide(case_file: CaseFile) -> bool:
    """Where the municipalities decide alone, the region has no line."""
    return not case_file.ladder.step(case_file.case.step).is_municipal


# Choices -----------------------------------------------------------------------------------------------------------


def grounds(codes: Sequence[str]) -> Callable[[CaseFile], Choices]:
    """The same grounds in every case, by their terms in the glossary."""
    return lambda _case_file: _terms(codes)


def _terms(codes: Sequence[str]) -> Choices:
    return choices([(code, _(GLOSSARY[code].label)) for code in codes])


def pause_grounds(case_file: CaseFile) -> Choices:
    return _terms(PAUSE_GROUNDS if case_file.viewer.party else (PAUSES_ALONE,))


def shorter_days_or_not(case_file: CaseFile) -> Choices:
    return choices([("yes", _("Ja, kortare tider")), ("no", _("Nej, de vanliga tiderna"))])


def handlers(case_file: CaseFile) -> Choices:
    return choices(_own_people(case_file))


def substitutes(case_file: CaseFile) -> Choices:
    return choices([("", _("Välj ersättare")), *_own_people(case_file), ("0", _("Ingen ersättare"))])


def _own_people(case_file: CaseFile) -> list[tuple[str, str]]:
    return [(str(m.id), name) for m, name in case_file.own_people]


def coming_meetings(case_file: CaseFile) -> Choices:
    """The meetings for which material can still be sent."""
    return choices(
        [
            (
                str(m.id),
                _(
                    "%(day)s, underlag senast %(material)s",
                    day=date_weekday(m.held_on),
                    material=date_long(m.material_on),
                ),
            )
            for m in reachable(case_file.meetings, case_file.today)
        ]
    )


def outcomes(case_file: CaseFile) -> Choices:
    return choices([(o.value, _(GLOSSARY[o].label)) for o in outcomes_open(case_file.situation)])


def region_lines(case_file: CaseFile) -> Choices:
    return [*_alternatives(case_file), *choices([(OTHER, _("Annan linje"))])]


def municipal_lines(case_file: CaseFile) -> Choices:
    """The last choice: the region's other line, or no common line where the municipalities decide alone."""
    last = (SAME_OTHER, _("Samma andra linje som regionen"))
    if not do_blocks_decide(case_file):
        last = (DIVIDED, _("Ingen gemensam linje"))
    return [*_alternatives(case_file), *choices([(OTHER, _("Annan linje")), last])]


def _alternatives(case_file: CaseFile) -> Choices:
    """The alternatives of the brief, each by its letter."""
    alternatives = case_file.treatment.alternatives if case_file.treatment else []
    lettered = zip(LETTERS, alternatives, strict=False)
    return choices([(letter, f"{letter.upper()}: {text}") for letter, text in lettered], lang="sv")


def parties_of_case(case_file: CaseFile) -> Choices:
    return choices([("", _("Välj part")), *_names(case_file.case.parties)])


def sides(case_file: CaseFile) -> Choices:
    return choices(_names(case_file.case.sides))


def sides_or_none(case_file: CaseFile) -> Choices:
    return choices([("", _("Välj part")), *_names(case_file.case.sides)])


def _names(case_parties: Sequence[CaseParty]) -> list[tuple[str, str]]:
    return [(p.party_code, p.party.name) for p in case_parties]


def other_parties(case_file: CaseFile) -> Choices:
    """Every party but the two sides."""
    both = {p.party_code for p in case_file.case.sides}
    return choices([(p.code, p.name) for p in parties.all_parties() if p.code not in both])


def joinable_cases(case_file: CaseFile) -> Choices:
    similar = queries.joinable(case_file.case)
    return choices([(c.number, f"{c.number}, {words.short_parties(c)[0]}: {c.title}") for c in similar], lang="sv")


def cited_provisions(case_file: CaseFile) -> Choices:
    cited = queries.provisions(case_file.case)
    return choices([(p.code, f"{p.code} {p.heading}") for p in cited], lang="sv")


def who_may_be_asked(case_file: CaseFile) -> Choices:
    """Groups, the lawyer, and the parties of the case."""
    groups = [(group.code, _(group.short_name)) for group in parties.consultation_groups()]
    return choices([("", _("Välj")), *groups, (LAWYER, _("Jurist")), *_names(case_file.case.parties)])


def referrals_to_answer(case_file: CaseFile) -> Choices:
    to_viewer = referrals_to(case_file.case, case_file.viewer)
    return choices([(str(r.id), clipped(r.question, MOST_LABEL)) for r in to_viewer], lang="sv")


def registrations_asked(case_file: CaseFile) -> Choices:
    wishes = case_file.case.registrations_asked
    return choices([(str(wish.id), words.upper_first(wish.party.name)) for wish in wishes])


def own_tasks(case_file: CaseFile) -> Choices:
    """The tasks that the viewer's party has not reported."""
    open_tasks = [t for t in case_file.tasks if t.obliged_party == case_file.viewer.party and t.reported_at is None]
    return choices([(str(t.id), f"{t.what} ({date_long(t.due_on)})") for t in open_tasks], lang="sv")


# Labels and hints --------------------------------------------------------------------------------------------------


def what_is_unsolved(case_file: CaseFile) -> str | None:
    """An official says what is unsolved between the parties."""
    return None if case_file.viewer.party else _("Vad är olöst mellan parterna?")


def latest_meeting_day(case_file: CaseFile) -> str | None:
    """When a reason is needed for a later meeting, where the case has a last day."""
    until = decided_by(case_file.case, clock.now())
    if until is None:
        return None
    return _(
        "Bara om mötet ligger efter %(day)s, då ärendet senast ska avgöras, och ett tidigare går att nå.",
        day=date_long(until),
    )


# What a form says when it is opened --------------------------------------------------------------------------------


def already_named(case_file: CaseFile) -> Mapping[str, object]:
    """The parties that the parties were heard about, else those that the filing names."""
    heard = next((h.terms["named"] for h in case_file.hearings if h.kind is HearingKind.CALL_UP), None)
    return {"named": heard or [p.party_code for p in case_file.case.parties_as(PartyRole.AFFECTED)]}


def chosen_in_the_list(case_file: CaseFile) -> Mapping[str, object]:
    """The cases that were ticked on the page that led here."""
    return {"members": request.args.getlist("members")}


def only_registration(case_file: CaseFile) -> Mapping[str, object]:
    """Where one party alone waits, it is chosen."""
    wishes = case_file.case.registrations_asked
    return {"registration_id": wishes[0].id} if len(wishes) == 1 else {}


def asked_ground(case_file: CaseFile) -> Mapping[str, object]:
    """The ground on which a party has asked that the case is reopened."""
    return {"reopening_ground": case_file.reopening.ground} if case_file.reopening else {}


def filed_texts(case_file: CaseFile) -> Mapping[str, object]:
    """The texts of a filing that is to be completed."""
    position = queries.filing_text(case_file.case, case_file.positions)
    return {"description": case_file.case.description, "position": position.text}


def one_sided_statement(case_file: CaseFile) -> Mapping[str, object]:
    """What is known of the statement with which a case is lifted; a brief begins empty."""
    return one_sided(case_file) if case_file.case.phase is Phase.IMPASSE else {}


def recorded(case_file: CaseFile) -> Mapping[str, object]:
    """The decision as it is recorded, to be corrected; nothing while the body has not decided."""
    if case_file.case.phase is not Phase.MINUTED:
        return {}
    decision = case_file.decisions[-1]
    region, municipal = _recorded_lines(decision, {choice.value for choice in municipal_lines(case_file)})
    return {
        "outcome": decision.outcome.value,
        "decision_text": decision.text,
        "region_line": region[0],
        "region_other": region[1],
        "municipal_line": municipal[0],
        "municipal_other": municipal[1],
        "reasons": decision.reasons,
        "purpose_and_goals": decision.purpose_and_goals,
        "scope": decision.scope,
        "applies_from": decision.applies_from,
        "dissent": decision.dissent,
    }


def _recorded_lines(decision: Decision, known: set[str]) -> tuple[Line, Line]:
    """Choice and words of the region's line and of the municipalities'. One of an earlier release is another line."""
    region = (decision.region_choice, "") if decision.region_choice in known else (OTHER, decision.region_line)
    if decision.municipal_choice in known:
        words_of_it = decision.municipal_line if decision.municipal_choice == DIVIDED else ""
        return region, (decision.municipal_choice, words_of_it)
    if SAME_OTHER in known and decision.municipal_line == decision.region_line:
        return region, (SAME_OTHER, "")
    return region, (OTHER, decision.municipal_line)
