"""What stands above the form of an act, by the names in the ``above`` of its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.cases import course, queries
from escalation.cases.models.parties import PartyRole
from escalation.cases.seats import referrals_to
from escalation.decisions.models import Decision
from escalation.decisions.verbs.effects import effect_of
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import Move
from escalation.rules.situation import ClosingReason, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.models import TrailEvent
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.cases.hearing_texts import hearing_about, said_in_members
from escalation.web.cases.proposal_texts import terms_read
from escalation.web.format import date_long, paragraphs
from escalation.web.language import _, in_swedish
from escalation.web.names import unknown_ladder


@dataclass(frozen=True)
class Above:
    """What stands above a form: names with texts, a heading for them, and what the files beside them belong to."""

    rows: Sequence[tuple[str, str]]
    heading: str | None = None
    files_of: str = ""


def above(case_file: CaseFile, move: Move) -> Above:
    """What the row names, one after the other; the decision where it names nothing and the case has just got one."""
    parts = [ABOVE[name](case_file, move) for name in move.above]
    if not any(part.rows for part in parts) and case_file.case.phase in {Phase.MINUTED, Phase.RECOMMENDATION_OUT}:
        parts = [_decision(case_file, move)]
    return Above(
        [row for part in parts for row in part.rows],
        next((part.heading for part in parts if part.heading), None),
        next((part.files_of for part in parts if part.files_of), ""),
    )


def _decision(case_file: CaseFile, _move: Move) -> Above:
    return Above(_recorded(case_file, case_file.decisions[-1]) if case_file.decisions else [])


def _statement(case_file: CaseFile, _move: Move) -> Above:
    if not case_file.situation.is_statement_agreed:
        return Above([])
    agreed = course.agreed_proposal(case_file.case, ProposalKind.STATEMENT)
    return Above(terms_read(case_file, agreed.terms), files_of=f"proposal:{agreed.id}")


def _brief(case_file: CaseFile, _move: Move) -> Above:
    shown = words.brief(case_file)
    if not shown:
        return Above([])
    alternatives = [(term, in_swedish(text)) for term, text in shown.alternatives]
    rows = [(_("Frågan"), in_swedish(words.question(case_file, ()))), *alternatives]
    if case_file.decision and case_file.decision.sent_back:
        rows = [(_("Justeraren ber om rättelse"), in_swedish(paragraphs(case_file.decision.sent_back), "div")), *rows]
    return Above(rows, files_of=f"brief:{case_file.treatment.id}" if case_file.treatment else "")


def _checklist(case_file: CaseFile, _move: Move) -> Above:
    return Above(checklist(case_file), heading=_("Kontrollera först"))


def _turning(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.turning(case_file.case, [p.code for p in queries.provisions(case_file.case)]))


def _missing(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.missing(_events(case_file)))


def _principle(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.principle(case_file, _events(case_file)))


def _urgency_wish(case_file: CaseFile, move: Move) -> Above:
    if all(fact.name != "urgency" for fact in move.asked_facts(case_file.situation)):
        return Above([])
    return Above([(_("Anmälaren begär skyndsamhet"), in_swedish(case_file.case.urgency_reason))])


def _registrations(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.registrations(case_file.case))


def _referrals(case_file: CaseFile, _move: Move) -> Above:
    asked = referrals_to(case_file.case, current_viewer())
    return Above([row for r in asked for row in words.referral(case_file, r)[:-1]])


def _rejection(case_file: CaseFile, _move: Move) -> Above:
    is_rejected = case_file.case.closing_reason is ClosingReason.OUT_OF_SCOPE
    return Above(words.rejection(case_file, _events(case_file)) if is_rejected else [])


def _reopening(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.reopening(case_file))


def _hearing(case_file: CaseFile, move: Move) -> Above:
    hearing = next(h for h in case_file.hearings if h.kind is move.after_hearing)
    return Above([*hearing_about(case_file, hearing), *said_in_members(hearing)])


def _call_up_condition(_case_file: CaseFile, _move: Move) -> Above:
    return Above([words.condition()])


def _no_meeting(case_file: CaseFile, _move: Move) -> Above:
    return Above([] if case_file.situation.is_material_deadline_open else [(_("Möte"), words.no_meeting())])


def _question_so_far(case_file: CaseFile, _move: Move) -> Above:
    asked = words.question(case_file, ())
    return Above([(_("Frågan hittills"), in_swedish(asked))] if asked else [])


def _events(case_file: CaseFile) -> Sequence[TrailEvent]:
    return trail.events_about(f"case:{case_file.case.number}")


ABOVE: dict[str, Callable[[CaseFile, Move], Above]] = {
    # the name in a row's ``above`` -> what it shows
    "decision": _decision,
    "statement": _statement,
    "brief": _brief,
    "checklist": _checklist,
    "turning": _turning,
    "missing": _missing,
    "principle": _principle,
    "urgency_wish": _urgency_wish,
    "registrations": _registrations,
    "referrals": _referrals,
    "rejection": _rejection,
    "reopening": _reopening,
    "hearing": _hearing,
    "call_up_condition": _call_up_condition,
    "no_meeting": _no_meeting,
    "question_so_far": _question_so_far,
}


def _recorded(case_file: CaseFile, decision: Decision) -> list[tuple[str, str]]:
    """The decision whole, as it is adjusted or answered: nothing of it is written anew. Then what it is to lead to."""
    first = decision.applies_from
    shown = [
        (_("Frågan"), in_swedish(words.question(case_file, ()))),
        (_("Utfall"), _(GLOSSARY[decision.outcome].label)),
        (_("Beslutet"), in_swedish(paragraphs(decision.text), "div")),
        (_("Regionens linje"), in_swedish(decision.region_line)),
        (_("Kommunernas linje"), in_swedish(decision.municipal_line)),
        (_("Skäl"), in_swedish(paragraphs(decision.reasons), "div")),
        (_("Syfte och mål"), in_swedish(paragraphs(decision.purpose_and_goals), "div")),
        (_("För vem och vad"), in_swedish(decision.scope)),
        (_("Gäller från"), date_long(first) if first else ""),
        (_("Avvikande mening"), in_swedish(decision.dissent)),
    ]
    if decision.first_side and decision.first_at and decision.adjusted_at is None:
        names = words.names_of(case_file.case, case_file.ladder)
        who = _("regionens sida") if decision.first_side == "region" else _("kommunernas sida")
        effect = effect_of(decision)
        shown.append((_("Justerat"), _("%(day)s för %(who)s", day=date_long(decision.first_at), who=who)))
        if task := effect.get("task"):
            shown.append((_("Åtgärd"), words.task(names, task)))
        if until := effect.get("remit_until"):
            reporter = effect["reporter"]
            shown += [
                (_("Fråga att svara på"), in_swedish(effect["remit_question"])),
                (_("Vad som ska komma tillbaka"), in_swedish(effect["product"])),
                (_("Redovisas"), f"{words.upper_first(names.get(reporter, reporter))}, {date_long(until)}"),
            ]
        shown.append((_("Vad som behövs till nästa gång"), in_swedish(effect.get("what_is_needed"))))
    shown += [(_("Åtgärd"), task) for task in words.tasks_of(case_file, decision)]
    return [(term, text) for term, text in shown if text]


def checklist(case_file: CaseFile) -> list[tuple[str, str]]:
    """What the secretariat looks at before a filing is sent on, each with what the filing says (SE1)."""
    case = case_file.case
    first, second, _affected = words.parties_line(case)
    asked = {
        _("Konsekvenser"): case.consequences,
        _("Prövat hittills"): case.tried,
        _("Önskat utfall"): case.desired_outcome,
        _("Ersättare hos anmälaren"): next(iter(case.parties_as(PartyRole.INITIATOR))).has_substitute,
    }
    missing = [name for name, value in asked.items() if not value]
    codes = [p.code for p in queries.provisions(case)]
    ladder = _(case_file.ladder.name)
    if not case.ladder_known:
        ladder += f". {unknown_ladder()}"
    return [
        (_("Hör frågan hit?"), _("En enskild persons ärende, en kris eller en fråga vid domstol hör inte hit.")),
        (_(GLOSSARY[case.type].label), words.citation(case, codes)),
        (_("Parter"), _("%(first)s till %(second)s", first=first, second=second)),
        (_("Saknas"), ", ".join(missing) or _("Inget. Allt som efterfrågas är ifyllt.")),
        *([(_("Anmälaren vill börja på steg 2"), in_swedish(case.principle_reason))] if case.principle_asked else []),
        (_("Trappa"), ladder),
        (_("Om något är fel"), _("Gå tillbaka till ärendet. Där kan ni föreslå avvisning.")),
    ]
