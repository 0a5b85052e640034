"""A filing before it is a case: what it says, and whether it can be filed (domain/04 § 4.2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from escalation.agreements import queries as agreements
from escalation.agreements.models import Agreement, AgreementVersion, Provision
from escalation.cases.models.case import CaseType
from escalation.cases.people import wrong_handlers
from escalation.db import session
from escalation.documents.actions import StoredFile
from escalation.parties.models import FEDERATIONS, OrgUnit, Party
from escalation.rules import privacy
from escalation.rules.glossary import say
from escalation.rules.privacy import HitKind


@dataclass(frozen=True)
class Filing:
    """What a filing says.

    ``provisions`` are codes in the version in force on ``event_on``; for an agreement whose text we lack, or a
    place we do not hold, ``citation_place`` and ``citation_quote`` are a free citation (domain/03 § 3.1).
    ``co_initiators`` are asked to stand behind the filing (T9b); until one has, nothing needs its agreement.
    ``precedent_answer`` is one text for every interpreted provision, or one by code. ``consequences`` are names of
    ``CONSEQUENCES`` with 0 to 3. A wish for urgency or for the first body at once is asked by its reason, and recorded
    only. ``handler`` and ``substitute`` are membership ids of the own party; without one the filer handles the case.
    ``not_personal`` says why what looks like an identity number is none.
    """

    title: str
    type: CaseType
    agreement: str
    respondents: Sequence[str]
    event_on: dt.date
    description: str
    position: str
    purpose_statement: str
    interim_arrangement: str
    provisions: Sequence[str] = ()
    citation_place: str = ""
    citation_quote: str = ""
    citation_source: str = ""
    co_initiators: Sequence[str] = ()
    affected: Sequence[str] = ()
    precedent_answer: str | Mapping[str, str] = ""
    event_until: dt.date | None = None
    arena: str | None = None
    consequences: Mapping[str, int] = field(default_factory=dict)
    tried: str = ""
    desired_outcome: str = ""
    urgency_reason: str = ""
    principle_reason: str = ""
    principle_test: Sequence[str] = ()
    handler: int | None = None
    substitute: int | None = None
    registry_number: str = ""
    not_personal: str = ""
    attachments: Sequence[StoredFile] = ()


@dataclass(frozen=True)
class Context:
    """What decides besides the filing's own values whether it can be filed.

    ``version`` is that of the agreement on the day of the event, ``cited`` the provisions that the filing names in it.
    ``answers`` says by provision code why an interpretation does not solve the question.
    """

    party: str
    handler: int | None
    today: dt.date
    agreement: Agreement
    version: AgreementVersion | None
    cited: Sequence[Provision]
    answers: Mapping[str, str]


def context_of(
    filing: Filing, agreement: Agreement, *, party: str, membership_id: int | None, today: dt.date
) -> Context:
    """The context of a filing that a party files today. The filer handles the case where no handler is named."""
    version = agreements.version_in_force(agreement.code, filing.event_on)
    cited = [p for p in agreements.provisions(version.id) if p.code in filing.provisions] if version else []
    interpreted = agreements.interpretations_by_provision([p.id for p in cited])
    given = filing.precedent_answer
    answers = {p.code: given if isinstance(given, str) else given.get(p.code, "") for p in cited if p.id in interpreted}
    return Context(party, filing.handler or membership_id, today, agreement, version, cited, answers)


def judge_filing(filing: Filing, context: Context) -> dict[str, str]:
    """By the name of a fact, the sentence that says why its value is refused. Empty if the filing can be filed."""
    errors: dict[str, str] = {}
    for check in CHECKS:
        errors |= check(filing, context)
    return errors


def _wrong_day(filing: Filing, context: Context) -> dict[str, str]:
    if filing.event_on > context.today:
        return {"event_on": say("Händelsedagen ligger i framtiden. Ange en dag som har varit.")}
    return {}


def _wrong_provisions(filing: Filing, context: Context) -> dict[str, str]:
    if wrong := wrong_type(filing.type, context.cited):
        return wrong
    if filing.provisions and len(context.cited) != len(set(filing.provisions)):
        return {
            "provisions": say(
                "Bestämmelsen finns inte i den version som gällde händelsedagen. Välj en bestämmelse i listan."
            )
        }
    if not filing.provisions and not (filing.citation_place and filing.citation_quote):
        return {"provisions": say("Välj minst en bestämmelse, eller ange plats och ordagrann text.")}
    return {}


def wrong_type(type: CaseType, cited: Sequence[Provision]) -> dict[str, str]:
    """The error of a deviation that cites a provision which is no commitment; else empty.

    The filer of a free citation says that it is a commitment; this is not checked (domain/03 § 3.1).
    """
    if type is not CaseType.DEVIATION or all(p.is_commitment for p in cited):
        return {}
    return {
        "provisions": say(
            "Ett avsteg gäller ett åtagande, och bestämmelsen binder ingen part att göra något. "
            "Välj en bestämmelse som är ett åtagande, eller byt till oenighet om tolkning."
        )
    }


def _wrong_respondents(filing: Filing, context: Context) -> dict[str, str]:
    if not filing.respondents:
        return {"respondent": say("Välj motpart.")}
    if context.party in filing.respondents:
        return {"respondent": say("Motparten kan inte vara ni själva. Välj en annan part.")}
    if not _are_bound(filing, filing.respondents):
        return {"respondent": say("Motparten var inte bunden av överenskommelsen händelsedagen.")}
    return {}


def _wrong_co_initiators(filing: Filing, context: Context) -> dict[str, str]:
    if set(filing.co_initiators) & {context.party, *filing.respondents}:
        return {"co_initiators": say("Den som anmäler tillsammans med er är någon annan än ni och motparten.")}
    if not _are_bound(filing, filing.co_initiators):
        return {
            "co_initiators": say(
                "Den som anmäler tillsammans med er var inte bunden av överenskommelsen händelsedagen."
            )
        }
    return {}


def _wrong_affected(filing: Filing, context: Context) -> dict[str, str]:
    sides = [context.party, *filing.co_initiators, *filing.respondents]
    if set(filing.affected) & set(sides):
        return {"affected": say("En berörd part är någon annan än ni, de som anmäler med er och motparten.")}
    others = (*filing.respondents, *filing.co_initiators, *filing.affected)
    if any(session.get(Party, code) is None for code in others):
        return {"affected": say("Välj parter i listan.")}
    if filing.principle_reason and (wrong := wrong_affected(sides, filing.affected, filing.agreement, filing.event_on)):
        return {"affected": wrong}
    return {}


def wrong_affected(sides: Collection[str], named: Sequence[str], agreement: str, event_on: dt.date) -> str:
    """Why these cannot be the other parties that a question of principle affects; empty if they can."""
    if not named:
        return say("Ange minst en annan part som kan påverkas.")
    if set(sides) & set(named):
        return say("En annan part är någon annan än anmälaren och motparten.")
    if not all(agreements.bound_on(agreement, code, event_on) for code in named):
        return say("Välj parter i listan.")
    if any(set(named) <= within for federation, within in FEDERATIONS.items() if federation in sides):
        return say("Ange en part till. Den som hör till en part i ärendet är ingen annan part (vår läsning).")
    return ""


def _unbound(filing: Filing, context: Context) -> dict[str, str]:
    if _are_bound(filing, [context.party]):
        return {}
    return {"agreement": say("Ni var inte bundna av överenskommelsen händelsedagen.")}


def _are_bound(filing: Filing, codes: Collection[str]) -> bool:
    return all(agreements.bound_on(filing.agreement, code, filing.event_on) for code in codes)


def _unanswered_interpretation(filing: Filing, context: Context) -> dict[str, str]:
    if all(context.answers.values()):
        return {}
    return {"precedent_answer": say("Skriv varför tolkningen inte löser frågan.")}


def _wrong_period(filing: Filing, context: Context) -> dict[str, str]:
    if filing.event_until is not None and filing.event_until < filing.event_on:
        return {"event_until": say("Perioden slutar innan den börjar. Rätta en av dagarna.")}
    if filing.event_until is not None and filing.event_until > context.today:
        return {"event_until": say("Perioden slutar i framtiden. Lämna slutet tomt om det pågår än.")}
    return {}


def _wrong_arena(filing: Filing, context: Context) -> dict[str, str]:
    unit = session.get(OrgUnit, filing.arena) if filing.arena else None
    if filing.arena and (unit is None or unit.party_code not in {context.party, *filing.respondents}):
        return {"arena": say("Stadsdelen hör inte till någon av parterna.")}
    return {}


def _wrong_handlers(filing: Filing, context: Context) -> dict[str, str]:
    return wrong_handlers(context.party, context.handler, filing.substitute)


def _possible_identity_number(filing: Filing, context: Context) -> dict[str, str]:
    texts = (
        filing.title, filing.description, filing.position, filing.purpose_statement, filing.interim_arrangement,
        filing.citation_place, filing.citation_quote, filing.citation_source, filing.tried, filing.desired_outcome,
        filing.urgency_reason, filing.principle_reason, filing.registry_number, *context.answers.values(),
    )  # fmt: skip
    if filing.not_personal or all(hit.kind is not HitKind.POSSIBLE for text in texts for hit in privacy.scan(text)):
        return {}
    return {"not_personal": say("Något i anmälan liknar ett personnummer. Skriv varför det inte är det.")}


CHECKS: tuple[Callable[[Filing, Context], dict[str, str]], ...] = (
    _wrong_day,
    _wrong_provisions,
    _wrong_respondents,
    _wrong_co_initiators,
    _wrong_affected,
    _unbound,
    _unanswered_interpretation,
    _wrong_period,
    _wrong_arena,
    _wrong_handlers,
    _possible_identity_number,
)
"""Each function checks one thing. They stand in the order in which a page shows their sentences."""
