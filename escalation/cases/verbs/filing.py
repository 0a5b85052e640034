"""Verbs on a filing until the respondent has it (T1-T4, T8), and the change of its type (T41)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from escalation.accounts.models import Viewer
from escalation.agreements.models import Agreement
from escalation.cases import queries
from escalation.cases.course import (
    FactsRefused,
    advance,
    allowed,
    in_force,
    pass_ball,
    record,
    refuse_wrong,
    set_dues,
    tell_first,
    who,
)
from escalation.cases.drafts import may_write, token_of
from escalation.cases.filings import Context, Filing, context_of, judge_filing, wrong_type
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.case import CONSEQUENCES, MASKED, Case, CaseProvision, Draft
from escalation.cases.models.parties import CaseParty, PartyNote, PartyRole, RegistryNumber
from escalation.cases.models.statements import Position
from escalation.cases.verbs.taking_part import next_version
from escalation.cases.waits import wait_of
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import StoredFile
from escalation.rules import deadlines as due_dates
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import say
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import (
    PRINCIPLE_TEST,
    ClosingReason,
    Phase,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail import actions as trail
from escalation.trail import queries as trail_queries
from escalation.trail.events import OF_TWO_CASES, facts_of
from escalation.trail.models import TrailEvent


def file(filing: Filing, *, by: Viewer, at: dt.datetime, draft: Draft | None = None, token: str = "") -> Case:
    """File a case (T1, domain/04 § 4.2). Raises FactsRefused with a sentence per fact, MoveNotAllowed for a reader.

    ``draft`` is what this was written in, and ends with it. ``token`` belongs to one opened form: sent twice, it gives
    the same case.
    """
    may_write(by)
    trail.lock()
    token = token_of(by, token) if token else draft.token if draft else ""
    if token and (already := session.scalar(select(Case).where(Case.filing_token == token))):
        return already
    agreement = session.get(Agreement, filing.agreement)
    if agreement is None:
        raise FactsRefused({"agreement": say("Välj en överenskommelse i listan.")})
    context = context_of(filing, agreement, party=by.party or "", membership_id=by.membership_id, today=swedish_day(at))
    refuse_wrong(judge_filing(filing, context))
    case = _build(filing, context, by, at, token)
    _attach(case, filing, context, by, at)
    if draft is not None:
        draft.case_id, draft.facts, draft.done, draft.ready_at = case.id, {}, [], None
    _begin(case, filing, context, by, at)
    return case


def _build(filing: Filing, context: Context, by: Viewer, at: dt.datetime, token: str) -> Case:
    """The case itself, with its number and its own copy of the ladder."""
    agreement, version = context.agreement, context.version
    definition = ladders.definition(agreement.ladder_key)
    ladder = ladders.load(agreement.ladder_key)
    year = context.today.year
    case = Case(
        number=f"ESK-{year}-{trail.next_number('ESK', year):04d}",
        title=filing.title, type=filing.type, agreement_code=filing.agreement,
        agreement_version_id=version.id if version else None, citation_place=filing.citation_place or None,
        citation_quote=filing.citation_quote or None, citation_source=filing.citation_source or None,
        event_on=filing.event_on, event_until=filing.event_until, arena=filing.arena, description=filing.description,
        purpose_statement=filing.purpose_statement, tried=filing.tried, desired_outcome=filing.desired_outcome,
        interim_arrangement=filing.interim_arrangement, precedent_answers=dict(context.answers),
        urgency_asked=bool(filing.urgency_reason), urgency_reason=filing.urgency_reason or None,
        principle_asked=bool(filing.principle_reason), principle_reason=filing.principle_reason or None,
        principle_test=[q for q in PRINCIPLE_TEST if q in filing.principle_test],
        **{f"consequence_{name}": filing.consequences.get(name) for name in CONSEQUENCES},
        ladder_key=ladder.key, ladder=definition, ladder_hash=ladders.fingerprint(definition),
        ladder_known=agreement.ladder_known, first_body_step=ladder.first_body_step, step=1, phase=Phase.INTAKE,
        version=0, round=1, filed_at=at, filed_by=by.membership_id, step_entered_at=at, filing_token=token or None,
    )  # fmt: skip
    session.add(case)
    session.flush()
    return case


def _attach(case: Case, filing: Filing, context: Context, by: Viewer, at: dt.datetime) -> None:
    """The rows beside the case: its parties, provisions, first position, register number and attachments."""
    session.add(
        CaseParty(
            case_id=case.id, party_code=context.party, role=PartyRole.INITIATOR, handler_id=context.handler,
            substitute_id=filing.substitute,
        )
    )  # fmt: skip
    others = [(code, PartyRole.INVITED) for code in filing.co_initiators]
    others += [(code, PartyRole.RESPONDENT) for code in filing.respondents]
    others += [(code, PartyRole.AFFECTED) for code in filing.affected]
    session.add_all(CaseParty(case_id=case.id, party_code=code, role=role) for code, role in others)
    session.add_all(CaseProvision(case_id=case.id, provision_id=p.id) for p in context.cited)
    stand = Position(case_id=case.id, party_code=context.party, version=1, text=filing.position, stated_at=at)
    session.add(stand)
    if filing.registry_number:
        session.add(RegistryNumber(case_id=case.id, party_code=context.party, value=filing.registry_number))
    session.flush()
    documents.attach(case.id, f"position:{stand.id}", filing.attachments, by=by, at=at)
    session.refresh(case, ["parties"])


def _begin(case: Case, filing: Filing, context: Context, by: Viewer, at: dt.datetime) -> None:
    """Set the first deadlines, pass the ball, ask the invited parties, and record the event."""
    ladder = ladder_of(case)
    s = Situation(phase=Phase.INTAKE, step=1, kinds=ladder.kinds)
    day = workdays.base_day(at, calendar_of(ladder))
    set_dues(case, due_dates.starting(Phase.INTAKE, "file", day, 1, ladder, urgent=case.is_urgent), at)
    pass_ball(case, s, {}, by, at)
    for invited in case.parties_as(PartyRole.INVITED):
        tell_first(case, wait_of(case, invited), by, at)
    record(
        case, BY_VERB["file"].event, by=by, at=at,
        facts={"who": context.party, "respondent": ", ".join(filing.respondents), "number": case.number},
        content=_content(case, filing),
    )  # fmt: skip


def _content(case: Case, filing: Filing) -> dict[str, Any]:
    """Everything that was filed, as the trail keeps it."""
    return {
        "title": filing.title, "type": filing.type.value, "agreement": filing.agreement,
        "provisions": list(filing.provisions), "citation_place": filing.citation_place,
        "citation_quote": filing.citation_quote, "citation_source": filing.citation_source,
        "co_initiators": list(filing.co_initiators), "affected": list(filing.affected),
        "event_on": filing.event_on.isoformat(), "event_until": filing.event_until and filing.event_until.isoformat(),
        "arena": filing.arena, "description": filing.description, "position": filing.position,
        "purpose_statement": filing.purpose_statement, "consequences": case.consequences, "tried": filing.tried,
        "desired_outcome": filing.desired_outcome, "interim_arrangement": filing.interim_arrangement,
        "precedent_answer": case.precedent_answers, "urgency_reason": filing.urgency_reason,
        "principle_reason": filing.principle_reason, "principle_test": list(filing.principle_test),
        "registry_number": filing.registry_number, "not_personal": filing.not_personal,
        **documents.trail_content(filing.attachments),
    }  # fmt: skip


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
    respondents = ", ".join(p.party_code for p in case.parties_as(PartyRole.RESPONDENT))
    return advance(
        case, move, s, by=by, at=at, facts={"respondent": respondents, "step": case.step},
        content={"cover_letter": cover_letter, **answer},
    )  # fmt: skip


def answer_urgency(case: Case, granted: bool | None, reason: str) -> dict[str, str]:
    """Decide on the filer's wish for shorter days (``urgent_days`` of the ladder). Returns content for the trail.

    The decision applies to the whole case. Raises FactsRefused without an answer and a reason.
    """
    if not case.urgency_asked:
        return {}
    if granted is None or not reason:
        raise FactsRefused({"urgency": say("Svara på anmälarens önskan om kortare tider.")})
    case.is_urgent = granted
    return {"urgency": "granted" if granted else "refused", "urgency_answer": reason}


LEAST_CHECK = 2


def ask_completion(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, missing: str) -> TrailEvent:
    """Ask the initiator to complete the filing (T2). The days of the check are not counted until the deadline D2."""
    move = allowed(case, "ask_completion", s, by)
    until = last_day(case, at, days_of(case, "D2"))
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
    """Complete the filing (T3): at least one of its texts is new, or a file is added.

    The check goes on with the working days that it had left, at least two. Raises FactsRefused where nothing is new.
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
"""Events before the case is served that hold a text."""


def mask(case: Case, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    """Remove all texts and files of the case from its rows and from the trail (T4). The chain stays valid."""
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
    own = trail_queries.events_about(f"case:{case.number}")
    others = {(facts_of(event) or {}).get("number", "") for event in own if event.kind in OF_TWO_CASES}
    in_other_cases = [
        event
        for number in sorted(others)
        for event in trail_queries.events_about(f"case:{number}")
        if event.kind in OF_TWO_CASES and (facts_of(event) or {}).get("number") == case.number
    ]
    for event in (*own, *in_other_cases):
        if event.kind in WITH_TEXTS_BEFORE_SERVED | OF_TWO_CASES and event.payload is not None:
            trail.mask(event.seq, reason=reason, by=by.actor, at=at)


def turn(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Turn a deviation into a disagreement on interpretation, or back (T41). The case stays in its phase.

    Raises FactsRefused where it cannot be a deviation, by the same check as when a case is filed.
    """
    move = allowed(case, "turn", s, by)
    before, after = case.type, case.type.other
    refuse_wrong(wrong_type(after, queries.provisions(case)))
    case.type = after
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "before": before.value, "type": after.value},
        content={"reason": reason},
    )  # fmt: skip
