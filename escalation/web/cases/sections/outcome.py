"""What a body decided, what the parties have undertaken, and how earlier rounds ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.cases.models.course import Task
from escalation.decisions.models import Decision
from escalation.rules.glossary import GLOSSARY
from escalation.rules.situation import ANNOUNCED, ClosingReason, Outcome, Phase
from escalation.trail.events import content_of
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.cases.sections.closing import ending
from escalation.web.format import date_long
from escalation.web.language import _, joined


@dataclass(frozen=True)
class Decided:
    """What a body decided, with its reasons. ``answer`` stands instead of the text in an interpretation; ``lines``
    instead of the lines of the two blocks where they are the same.
    """

    heading: str
    text: str
    reasons: str
    purpose: str
    dissent: str
    tasks: list[str]
    replies: list[str]
    answer: str
    published: str
    scope: str
    applies_from: str
    adjusted: str
    stands: str
    lines: str
    region_line: str
    municipal_line: str


@dataclass(frozen=True)
class Undertaking:
    """What a party is to do, what it has reported, and until when or when it did."""

    what: str
    report: str
    note: str


@dataclass(frozen=True)
class Undertaken:
    """A settlement in its own words, and what the parties have undertaken."""

    heading: str
    settlement: str
    tasks: list[Undertaking]


@dataclass(frozen=True)
class EarlierRound:
    """How an earlier round of the case ended."""

    round: int
    note: str
    outcomes: list[Decided]
    undertaken: Undertaken | None
    ending: list[tuple[str, str]]


def outcome(case_file: CaseFile, events: Sequence[TrailEvent]) -> Decided | None:
    """The latest decision with its reasons, once there is one."""
    of_round = [d for d in case_file.decisions if d.round == case_file.case.round]
    if not of_round or case_file.case.phase in {Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED}:
        return None
    return _decided(case_file, of_round[-1], events)


def _decided(case_file: CaseFile, decision: Decision, events: Sequence[TrailEvent]) -> Decided:
    names = words.names_of(case_file.case, case_file.ladder)
    heading = _(
        "%(body)s %(day)s: %(outcome)s",
        body=words.upper_first(names.get(decision.body, decision.body)),
        day=date_long(decision.decided_on),
        outcome=_(GLOSSARY[decision.outcome].label).lower(),
    )
    return Decided(
        heading=heading if not decision.number else f"{heading} ({decision.number})",
        text=decision.text,
        reasons=decision.reasons,
        purpose=decision.purpose_and_goals,
        dissent=decision.dissent,
        tasks=words.tasks_of(case_file, decision),
        replies=_replies(case_file, decision, names),
        answer=decision.text if decision.outcome is Outcome.INTERPRET else "",
        published=_pronounced(decision, events),
        scope=decision.scope,
        applies_from=date_long(decision.applies_from) if decision.applies_from else "",
        adjusted=_adjusted(decision, names),
        stands=_standing(case_file, decision),
        lines=decision.region_line if decision.region_line == decision.municipal_line else "",
        region_line=decision.region_line,
        municipal_line=decision.municipal_line,
    )


def _replies(case_file: CaseFile, decision: Decision, names: Mapping[str, str]) -> list[str]:
    """How each party has answered what the body recommended or announced, and who has not."""
    case = case_file.case
    if decision.outcome not in ANNOUNCED | {Outcome.RECOMMEND} or decision.adjusted_at is None:
        return []
    given = [a for a in case.answers if (a.round, a.step) == (decision.round, decision.step)]
    sentences = []
    for answer in given:
        who, day = words.upper_first(names.get(answer.party_code, answer.party_code)), date_long(answer.answered_at)
        yes = _("%(who)s svarade ja %(day)s.", who=who, day=day)
        sentences.append(yes if answer.is_accepted else _("%(who)s förde ärendet vidare %(day)s.", who=who, day=day))
    said = {a.party_code for a in given}
    quiet = joined(names[p.party_code] for p in case.sides if p.party_code not in said)
    if quiet and case.phase is Phase.RECOMMENDATION_OUT and decision is case_file.decision:
        sentences.append(_("%(who)s har inte svarat.", who=words.upper_first(quiet)))
    elif quiet:
        sentences.append(_("Inget svar kom från %(who)s.", who=quiet))
    return sentences


def _standing(case_file: CaseFile, decision: Decision) -> str:
    """That a withdrawal has not undone what the body had announced (T37); empty where the case was not withdrawn."""
    ended = case_file.case.closed_at
    if ended is None or case_file.case.closing_reason is not ClosingReason.WITHDRAWN or decision.adjusted_at is None:
        return ""
    return _("Ärendet avslutades som återkallat %(day)s. Beslutet står fast.", day=date_long(ended))


def _pronounced(decision: Decision, events: Sequence[TrailEvent]) -> str:
    """The answer that a chair wrote anew, in a case of an earlier release, where it is not what was decided."""
    if decision.outcome is not Outcome.INTERPRET:
        return ""
    pronounced = next((e for e in reversed(events) if e.kind == "outcome_pronounced"), None)
    said = str((content_of(pronounced) or {}).get("answer", "")) if pronounced else ""
    return said if said != decision.text else ""


def _adjusted(decision: Decision, names: Mapping[str, str]) -> str:
    """When the minutes took effect, and by whom; of an earlier release the day alone."""
    if decision.adjusted_at is None:
        return _("Inte än. Det gäller först när protokollet är justerat.")
    day = date_long(decision.adjusted_at)
    match decision.adjusted_as:
        case "blocks":
            return _("%(day)s, av båda blocken", day=day)
        case "body":
            body = words.upper_first(names.get(decision.body, decision.body))
            return _("%(body)s bekräftade det, antecknat %(day)s", body=body, day=day)
        case "officials":
            return _("%(day)s, intygat oförändrat av båda sidor i sekretariatet", day=day)
        case _:
            return day


def undertaken(case_file: CaseFile, events: Sequence[TrailEvent], names: Mapping[str, str]) -> Undertaken | None:
    """What the parties have undertaken, who by when, and what is reported; with the settlement's own words."""
    if not case_file.tasks:
        return None
    is_closed = case_file.case.phase is Phase.CLOSED
    heading = _("Det som skulle göras") if is_closed else _("Det som ska göras")
    return _undertaken(heading, case_file.tasks, events, names)


def _undertaken(
    heading: str, tasks: Sequence[Task], events: Sequence[TrailEvent], names: Mapping[str, str]
) -> Undertaken:
    settled = next((e for e in reversed(events) if e.kind == "case_settled"), None)
    lines = []
    for task in tasks:
        who = words.upper_first(names.get(task.obliged_party, task.obliged_party))
        note = _("%(who)s, senast %(day)s.", who=who, day=date_long(task.due_on))
        if task.reported_at:
            note = _("%(who)s rapporterade det %(day)s.", who=who, day=date_long(task.reported_at))
        lines.append(Undertaking(task.what, task.report or "", note))
    return Undertaken(heading, (content_of(settled) or {}).get("settlement", "") if settled else "", lines)


def earlier(case_file: CaseFile, no: int, events: Sequence[TrailEvent], names: Mapping[str, str]) -> EarlierRound:
    """What an earlier round ended with: kept to be read, and no longer in force, but for what a withdrawal leaves."""
    decided = [d for d in case_file.decisions if d.round == no]
    tasks = [t for t in case_file.case.tasks if t.round == no]
    is_settled = any(event.kind == "case_settled" for event in events)
    outcomes = [_decided(case_file, d, events) for d in decided]
    is_left = any(shown.stands for shown in outcomes)
    return EarlierRound(
        round=no,
        note=_("Finns kvar att läsa.") if is_left else _("Finns kvar att läsa. Gäller inte längre."),
        outcomes=outcomes,
        undertaken=_undertaken(_("Överenskommet"), tasks, events, names) if tasks or is_settled else None,
        ending=ending(events),
    )
