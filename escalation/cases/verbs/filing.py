"""Verbs on a filing until the respondent has it (T1-T4, T8), and the change of its type (T41)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select, update

from escalation.accounts.models import Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Agreement, Provision
from escalation.cases import queries
from escalation.cases.course import (
    FactsRefused,
    advance,
    allowed,
    in_force,
    local_day,
    pass_ball,
    record,
    refuse_wrong,
    set_dues,
    tell_first,
    who,
)
from escalation.cases.drafts import may_write, token_of
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import CONSEQUENCES, MASKED, Case, CaseProvision, CaseType, Draft
from escalation.cases.models.parties import CaseParty, PartyNote, PartyRole, RegistryNumber
from escalation.cases.models.statements import Position
from escalation.cases.verbs.taking_part import is_of_party, next_version
from escalation.cases.waits import wait_of
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import StoredFile
from escalation.parties.models import FEDERATIONS, OrgUnit, Party
from escalation.rules import deadlines as due_dates
from escalation.rules import ladder as ladders
from escalation.rules import privacy, workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.moves.table import BY_VERB
from escalation.rules.privacy import HitKind
from escalation.rules.situation import (
    PRINCIPLE_TEST,
    ClosingReason,
    Phase,
    Situation,
)
from escalation.trail import actions as trail
from escalation.trail import queries as trail_queries
from escalation.trail.events import facts_of
from escalation.trail.models import TrailEvent


def file(
    *,
    by: Viewer,
    at: dt.datetime,
    title: str,
    type: CaseType,
    agreement: str,
    respondents: Sequence[str],
    event_on: dt.date,
    description: str,
    position: str,
    purpose_statement: str,
    interim_arrangement: str,
    provisions: Sequence[str] = (),
    citation_place: str = "",
    citation_quote: str = "",
    citation_source: str = "",
    co_initiators: Sequence[str] = (),
    affected: Sequence[str] = (),
    precedent_answer: str | Mapping[str, str] = "",
    event_until: dt.date | None = None,
    arena: str | None = None,
    consequences: Mapping[str, int] = {},
    tried: str = "",
    desired_outcome: str = "",
    urgency_reason: str = "",
    principle_reason: str = "",
    principle_test: Sequence[str] = (),
    handler: int | None = None,
    substitute: int | None = None,
    registry_number: str = "",
    not_personal: str = "",
    attachments: Sequence[StoredFile] = (),
    draft: Draft | None = None,
    token: str = "",
) -> Case:
    """File a case (T1, domain/04 § 4.2). Raises FactsRefused with a sentence per fact, MoveNotAllowed for a reader.

    ``provisions`` are codes in the version in force on ``event_on``; for an agreement whose text we lack, or a
    place we do not hold, ``citation_place`` and ``citation_quote`` are a free citation (domain/03 § 3.1).
    ``co_initiators`` are asked to stand behind the filing (T9b); until one has, nothing needs its agreement.
    ``precedent_answer`` is one text for every interpreted provision, or one by code. ``consequences`` are names of
    ``CONSEQUENCES`` with 0 to 3. A wish for urgency or for the first body at once is asked by its reason, and recorded
    only. ``handler`` and ``substitute`` are membership ids of the own party; without one the filer handles the case.
    ``not_personal`` says why what looks like an identity number is none. ``draft`` is what this was written in, and
    ends with it. ``token`` belongs to one opened form: sent twice, it gives the same case.
    """
    may_write(by)
    party = by.party or ""
    trail.lock()
    token = token_of(by, token) if token else draft.token if draft else ""
    if token and (already := session.scalar(select(Case).where(Case.filing_token == token))):
        return already
    errors: dict[str, str] = {}
    of = session.get(Agreement, agreement)
    if of is None:
        raise FactsRefused({"agreement": say("Välj en överenskommelse i listan.")})
    if event_on > local_day(at):
        errors["event_on"] = say("Händelsedagen ligger i framtiden. Ange en dag som har varit.")
    version = agreements.version_in_force(agreement, event_on)
    cited = [p for p in agreements.provisions(version.id) if p.code in provisions] if version else []
    if provisions and len(cited) != len(set(provisions)):
        errors["provisions"] = say(
            "Bestämmelsen finns inte i den version som gällde händelsedagen. Välj en bestämmelse i listan."
        )
    if not provisions and not (citation_place and citation_quote):
        errors["provisions"] = say("Välj minst en bestämmelse, eller ange plats och ordagrann text.")
    errors |= _wrong_type(type, cited)
    others = [*respondents, *co_initiators, *affected]
    if not respondents:
        errors["respondent"] = say("Välj motpart.")
    elif party in respondents:
        errors["respondent"] = say("Motparten kan inte vara ni själva. Välj en annan part.")
    elif any(not agreements.bound_on(agreement, code, event_on) for code in respondents):
        errors["respondent"] = say("Motparten var inte bunden av överenskommelsen händelsedagen.")
    if set(co_initiators) & {party, *respondents}:
        errors["co_initiators"] = say("Den som anmäler tillsammans med er är någon annan än ni och motparten.")
    elif any(not agreements.bound_on(agreement, code, event_on) for code in co_initiators):
        errors["co_initiators"] = say(
            "Den som anmäler tillsammans med er var inte bunden av överenskommelsen händelsedagen."
        )
    if set(affected) & {party, *respondents, *co_initiators}:
        errors["affected"] = say("En berörd part är någon annan än ni, de som anmäler med er och motparten.")
    elif any(session.get(Party, code) is None for code in others):
        errors["affected"] = say("Välj parter i listan.")
    elif principle_reason:
        sides = [party, *co_initiators, *respondents]
        if wrong := wrong_affected(sides, affected, agreement, event_on):
            errors["affected"] = wrong
    if not agreements.bound_on(agreement, party, event_on):
        errors["agreement"] = say("Ni var inte bundna av överenskommelsen händelsedagen.")
    interpreted = agreements.interpretations_by_provision([p.id for p in cited])
    answered = {
        p.code: precedent_answer if isinstance(precedent_answer, str) else precedent_answer.get(p.code, "")
        for p in cited
        if p.id in interpreted
    }
    if not all(answered.values()):
        errors["precedent_answer"] = say("Skriv varför tolkningen inte löser frågan.")
    errors |= _wrong_in_period(event_on, event_until, local_day(at))
    errors |= _wrong_in_handling(party, arena, respondents, handler or by.membership_id, substitute)
    texts = (
        title, description, position, purpose_statement, interim_arrangement, citation_place, citation_quote,
        citation_source, tried, desired_outcome, urgency_reason, principle_reason, registry_number, *answered.values(),
    )  # fmt: skip
    if not not_personal and any(hit.kind is HitKind.POSSIBLE for text in texts for hit in privacy.scan(text)):
        errors["not_personal"] = say("Något i anmälan liknar ett personnummer. Skriv varför det inte är det.")
    if errors:
        raise FactsRefused(errors)
    definition = ladders.definition(of.ladder_key)
    ladder = ladders.load(of.ladder_key)
    year = local_day(at).year
    case = Case(
        number=f"ESK-{year}-{trail.next_number('ESK', year):04d}",
        title=title, type=type, agreement_code=agreement, agreement_version_id=version.id if version else None,
        citation_place=citation_place or None, citation_quote=citation_quote or None,
        citation_source=citation_source or None, event_on=event_on, event_until=event_until, arena=arena,
        description=description, purpose_statement=purpose_statement, tried=tried, desired_outcome=desired_outcome,
        interim_arrangement=interim_arrangement, precedent_answers=answered,
        urgency_asked=bool(urgency_reason), urgency_reason=urgency_reason or None,
        principle_asked=bool(principle_reason), principle_reason=principle_reason or None,
        principle_test=[q for q in PRINCIPLE_TEST if q in principle_test],
        **{f"consequence_{name}": consequences.get(name) for name in CONSEQUENCES},
        ladder_key=ladder.key, ladder=definition, ladder_hash=ladders.fingerprint(definition),
        ladder_known=of.ladder_known, first_body_step=ladder.first_body_step, step=1, phase=Phase.INTAKE, version=0,
        round=1, filed_at=at, filed_by=by.membership_id, step_entered_at=at, filing_token=token or None,
    )  # fmt: skip
    session.add(case)
    session.flush()
    roles = [(party, PartyRole.INITIATOR), *((c, PartyRole.INVITED) for c in co_initiators)]
    roles += [(c, PartyRole.RESPONDENT) for c in respondents] + [(c, PartyRole.AFFECTED) for c in affected]
    for code, role in roles:
        named = (handler or by.membership_id, substitute) if role is PartyRole.INITIATOR else (None, None)
        session.add(CaseParty(case_id=case.id, party_code=code, role=role, handler_id=named[0], substitute_id=named[1]))
    session.add_all(CaseProvision(case_id=case.id, provision_id=p.id) for p in cited)
    stand = Position(case_id=case.id, party_code=party, version=1, text=position, stated_at=at)
    session.add(stand)
    if registry_number:
        session.add(RegistryNumber(case_id=case.id, party_code=party, value=registry_number))
    session.flush()
    documents.attach(case.id, f"position:{stand.id}", attachments, by=by, at=at)
    session.refresh(case, ["parties"])
    if draft is not None:
        draft.case_id, draft.facts, draft.done, draft.ready_at = case.id, {}, [], None
    s = Situation(phase=Phase.INTAKE, step=1, kinds=ladder.kinds)
    move = BY_VERB["file"]
    day = workdays.base_day(at, calendar_of(ladder))
    set_dues(case, due_dates.starting(Phase.INTAKE, "file", day, 1, ladder, urgent=case.is_urgent), at)
    pass_ball(case, s, {}, by, at)
    for invited in case.of(PartyRole.INVITED):
        tell_first(case, wait_of(case, invited), by, at)
    record(
        case, move.event, by=by, at=at,
        facts={"who": party, "respondent": ", ".join(respondents), "number": case.number},
        content={
            "title": title, "type": type.value, "agreement": agreement, "provisions": list(provisions),
            "citation_place": citation_place, "citation_quote": citation_quote, "citation_source": citation_source,
            "co_initiators": list(co_initiators), "affected": list(affected), "event_on": event_on.isoformat(),
            "event_until": event_until and event_until.isoformat(), "arena": arena, "description": description,
            "position": position, "purpose_statement": purpose_statement, "consequences": case.consequences,
            "tried": tried, "desired_outcome": desired_outcome, "interim_arrangement": interim_arrangement,
            "precedent_answer": answered, "urgency_reason": urgency_reason, "principle_reason": principle_reason,
            "principle_test": list(principle_test),
            "registry_number": registry_number, "not_personal": not_personal, **documents.trail_content(attachments),
        },
    )  # fmt: skip
    return case


def _wrong_type(type: CaseType, cited: Sequence[Provision]) -> dict[str, str]:
    """A deviation is from a commitment; a free citation is one as its filer holds (domain/03 § 3.1)."""
    if type is not CaseType.DEVIATION or all(p.is_commitment for p in cited):
        return {}
    return {
        "provisions": say(
            "Ett avsteg gäller ett åtagande, och bestämmelsen binder ingen part att göra något. "
            "Välj en bestämmelse som är ett åtagande, eller byt till oenighet om tolkning."
        )
    }


def _wrong_in_period(begins: dt.date, ends: dt.date | None, today: dt.date) -> dict[str, str]:
    if ends is not None and ends < begins:
        return {"event_until": say("Perioden slutar innan den börjar. Rätta en av dagarna.")}
    if ends is not None and ends > today:
        return {"event_until": say("Perioden slutar i framtiden. Lämna slutet tomt om det pågår än.")}
    return {}


def _wrong_in_handling(
    party: str, arena: str | None, respondents: Sequence[str], handler: int | None, substitute: int | None
) -> dict[str, str]:
    errors = {}
    unit = session.get(OrgUnit, arena) if arena else None
    if arena and (unit is None or unit.party_code not in {party, *respondents}):
        errors["arena"] = say("Stadsdelen hör inte till någon av parterna.")
    for name, value in (("handler", handler), ("substitute", substitute)):
        if value is not None and not is_of_party(value, party):
            errors[name] = say("Välj en person hos er.")
    if substitute is not None and substitute == handler:
        errors["substitute"] = say("Ersättaren är någon annan än handläggaren.")
    return errors


def serve(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    cover_letter: str,
    urgency: bool | None = None,
    urgency_answer: str = "",
) -> TrailEvent:
    """Send the filing to the respondent (T8). Step 1 begins; D4–D7c are set, shorter where urgency is granted."""
    move = allowed(case, "serve", s, by)
    answer = answer_urgency(case, urgency, urgency_answer)
    respondents = ", ".join(p.party_code for p in case.of(PartyRole.RESPONDENT))
    return advance(
        case, move, s, by=by, at=at, facts={"respondent": respondents, "step": case.step},
        content={"cover_letter": cover_letter, **answer},
    )  # fmt: skip


def answer_urgency(case: Case, granted: bool | None, reason: str) -> dict[str, str]:
    """Decide on the filer's wish for shorter days (``urgent_days`` of the ladder), as content for the trail.

    It holds for the whole case. Raises FactsRefused where the wish is left without an answer and a reason.
    """
    if not case.urgency_asked:
        return {}
    if granted is None or not reason:
        raise FactsRefused({"urgency": say("Svara på anmälarens önskan om kortare tider.")})
    case.is_urgent = granted
    return {"urgency": "granted" if granted else "refused", "urgency_answer": reason}


LEAST_CHECK = 2


def ask_completion(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, missing: str) -> TrailEvent:
    """Ask the initiator to complete the filing (T2). The check stops while D2 runs."""
    move = allowed(case, "ask_completion", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D2", case.step, case.is_urgent)
    until = workdays.add(workdays.base_day(at, calendar), days, calendar, case.is_urgent)
    return advance(case, move, s, by=by, at=at, facts={"day": until.isoformat()}, content={"missing": missing})


def complete(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    completed: str,
    description: str,
    position: str,
    attachments: Sequence[StoredFile] = (),
) -> TrailEvent:
    """Complete the filing (T3): at least one of its texts is new, or a file has come.

    The check goes on with the working days it had left, at least two. Raises FactsRefused where nothing has changed.
    """
    move = allowed(case, "complete", s, by)
    own = queries.filing_text(case, queries.positions(case))
    if (description, position) == (case.description, own.text) and not attachments:
        raise FactsRefused({"description": say("Inget är ändrat. Komplettera texterna eller lägg till en bilaga.")})
    case.description = description
    if position != own.text:
        writer = case.filer if case.filer.role is PartyRole.INITIATOR else case.lead_party
        own = next_version(case, writer.party_code, position, at)
        session.add(own)
        session.flush()
    documents.attach(case.id, f"position:{own.id}", attachments, by=by, at=at)
    calendar = calendar_of(ladder_of(case))
    known = in_force(case)
    left = workdays.between(known["D2"].base_on, known["D1"].due_on, calendar, case.is_urgent)
    day = workdays.base_day(at, calendar)
    d1 = due_dates.counted("D1", "complete", day, max(LEAST_CHECK, left), calendar, urgent=case.is_urgent)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)},
        content={
            "completed": completed, "description": description, "position": position,
            **documents.trail_content(attachments),
        },
        dues=[d1],
    )  # fmt: skip


def lapse_incomplete(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Close a filing that was not completed (T3b), ten working days after its last day: two officials of different
    sides, by their proposal. The initiator has been reminded twice and has not answered at all."""
    move = allowed(case, "lapse_incomplete", s, by)
    return advance(
        case, move, s, by=by, at=at, facts={"day": in_force(case)["D2"].due_on.isoformat()},
        content={"reason": reason}, closing_reason=ClosingReason.LAPSED,
    )  # fmt: skip


def wrong_affected(sides: Collection[str], named: Sequence[str], agreement: str, event_on: dt.date) -> str:
    """Why these cannot be the others that a question of principle affects; nothing where they can."""
    if not named:
        return say("Ange minst en annan part som kan påverkas.")
    if set(sides) & set(named):
        return say("En annan part är någon annan än anmälaren och motparten.")
    if not all(agreements.bound_on(agreement, code, event_on) for code in named):
        return say("Välj parter i listan.")
    if any(set(named) <= within for federation, within in FEDERATIONS.items() if federation in sides):
        return say("Ange en part till. Den som hör till en part i ärendet är ingen annan part (vår läsning).")
    return ""


def reject(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, ground: str, reason: str, where_instead: str
) -> TrailEvent:
    """Close a filing that the ladder is not for (T4): two officials of different sides, by their proposal.

    On the ground ``individual`` the filing's texts are masked in the same act.
    """
    move = allowed(case, "reject", s, by)
    event = advance(
        case, move, s, by=by, at=at, facts={"ground": ground},
        content={"reason": reason, "where_instead": where_instead}, closing_reason=ClosingReason.OUT_OF_SCOPE,
    )  # fmt: skip
    if ground == "individual":
        mask(case, by=by, at=at, reason=say("En enskild person var beskriven."))
    return event


WITH_TEXTS_BEFORE_SERVED = frozenset(
    {
        "case_filed", "case_turned", "completion_asked", "filing_completed", "filing_left", "hearing_opened",
        "hearing_commented", "document_marked",
    }
)  # fmt: skip
"""Events of a filing that hold what somebody has written."""


OF_TWO_CASES = frozenset({"case_linked", "case_linked_to", "link_removed", "case_split", "case_split_off"})
"""Events that say the same text in two cases, each with the other's number."""


def mask(case: Case, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    """Take away every text and file of the case, in its rows and in the trail's payloads; the chain checks (T4)."""
    case.title = case.description = case.purpose_statement = case.interim_arrangement = MASKED
    case.citation_place = case.citation_place and MASKED
    case.citation_quote = case.citation_quote and MASKED
    case.citation_source = case.citation_source and MASKED
    case.tried, case.desired_outcome = case.tried and MASKED, case.desired_outcome and MASKED
    case.urgency_reason = case.urgency_reason and MASKED
    case.principle_reason = case.principle_reason and MASKED
    case.precedent_answers = dict.fromkeys(case.precedent_answers, MASKED)
    for position in queries.positions(case):
        position.text = MASKED
    session.execute(update(PartyNote).where(PartyNote.case_id == case.id).values(text=MASKED))
    for hearing in case.hearings:
        hearing.terms = hearing.terms | {"intended": MASKED}
        for said in hearing.comments:
            said.text = said.text and MASKED
    documents.take_away(case.id)
    told = trail_queries.events_about(f"case:{case.number}")
    others = {(facts_of(event) or {}).get("number", "") for event in told if event.kind in OF_TWO_CASES}
    at_the_other_end = [
        event
        for number in sorted(others)
        for event in trail_queries.events_about(f"case:{number}")
        if event.kind in OF_TWO_CASES and (facts_of(event) or {}).get("number") == case.number
    ]
    for event in (*told, *at_the_other_end):
        if event.kind in WITH_TEXTS_BEFORE_SERVED | OF_TWO_CASES and event.payload is not None:
            trail.mask(event.seq, reason=reason, by=by.actor, at=at)


OTHER_TYPE = {CaseType.DEVIATION: CaseType.INTERPRETATION, CaseType.INTERPRETATION: CaseType.DEVIATION}


def turn(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Turn a deviation into a disagreement on interpretation, or back (T41). Where the case stands is untouched.

    Raises FactsRefused where it cannot be a deviation: the same law as when a case is filed.
    """
    move = allowed(case, "turn", s, by)
    before, after = case.type, OTHER_TYPE[case.type]
    refuse_wrong(_wrong_type(after, queries.provisions(case)))
    case.type = after
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "before": before.value, "type": after.value},
        content={"reason": reason},
    )  # fmt: skip
