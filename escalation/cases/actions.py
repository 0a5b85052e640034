"""Verbs on a case while the parties hold it, and what every act shares (T1–T21, T35, T35b).

A verb checks the row in MOVES, changes the case, meets and sets deadlines, writes the ball's future, leaves one trail
event and nudges whoever holds the ball now: all in the caller's transaction. The door commits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select, update

from escalation.accounts.models import CHAIRS, Membership, Role, Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Agreement, Provision
from escalation.cases import queries
from escalation.cases.integrity import state_of
from escalation.cases.ladders import ladder_of
from escalation.cases.models import (
    CONSEQUENCES,
    SIDES,
    Ball,
    Case,
    CaseParty,
    CaseProvision,
    CaseType,
    Deadline,
    DialogueMeeting,
    Draft,
    Hearing,
    JointStatement,
    PartyNote,
    PartyRole,
    Pause,
    Position,
    Proposal,
    Registration,
    RegistryNumber,
    Reopening,
    Task,
)
from escalation.cases.people import people_of
from escalation.cases.seats import open_referrals, seats_of
from escalation.cases.sight import PARTY_WRITERS, own_guest
from escalation.cases.waits import OWED, is_heard, reopening_asked, wait_of, wait_of_debt
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import Kept
from escalation.nudges import actions as nudges
from escalation.nudges.actions import NewNudge
from escalation.nudges.models import WhySuppressed
from escalation.parties.models import FEDERATIONS, OrgUnit, Party
from escalation.rules import deadlines as due_dates
from escalation.rules import ladder as ladders
from escalation.rules import moves, nudge_plan, privacy, workdays
from escalation.rules.deadlines import Due, calendar_of
from escalation.rules.glossary import say
from escalation.rules.moves import Move, MoveNotAllowed
from escalation.rules.privacy import HitKind
from escalation.rules.situation import (
    CLOSED_BY_BODY,
    LOCAL_PHASES,
    PRINCIPLE_TEST,
    TWO_OFFICIALS,
    ClosingReason,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
    Situation,
)
from escalation.trail import actions as trail
from escalation.trail import queries as trail_queries
from escalation.trail.events import facts_of
from escalation.trail.models import TrailEvent

MASKED = "(maskerad text)"
REOPENING_GROUNDS = ("new_facts", "breach")
AGAINST_REJECTION = "against_rejection"
"""The ground of a wish that a rejection is tried anew (T4b); a case that was rejected has no other."""
REJECT_GROUNDS = ("individual", "crisis", "law", "payment_claim", "change_of_text", "under_appeal", "not_a_party")


class FactsRefused(ValueError):
    """Facts that cannot stand. ``errors`` maps a fact's name to a Swedish sentence; nothing has been changed."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = dict(errors)


class StaleVersion(Exception):
    """Somebody has acted since the form was opened."""


def expect_version(case: Case, version: int) -> None:
    """Refuse a form that was made before the latest act. Raises StaleVersion.

    Asked behind the trail's lock, so that of two who send at one instant the second sees what the first has done:
    whatever was read of the case before the lock still holds when its version does.
    """
    trail.lock()
    now = session.scalar(select(Case.version).where(Case.id == case.id))
    if not case.version == version == now:
        raise StaleVersion(case.number)


# What every act shares -------------------------------------------------------------------------------------------


def advance(
    case: Case,
    move: Move,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    facts: Mapping[str, Any],
    content: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    dues: Sequence[Due] = (),
    dates: Mapping[str, dt.date] | None = None,
    closing_reason: ClosingReason | None = None,
    has_tasks: bool = False,
    is_last: bool = True,
    event: str | None = None,
) -> TrailEvent:
    """Carry out a checked move: step and phase, deadlines, ball, trail, N0.

    ``changes`` are the facts of the situation that the act makes true; ``dues`` deadlines that the row itself
    sets; ``dates`` days that the ball's rows need beside the deadlines (``material``, ``meeting``, ``task``,
    ``confirm``); ``event`` stands in for the row's own, where that one's sentence would not be so.
    """
    step, phase = moves.land(move, s, has_tasks=has_tasks, is_last=is_last)
    enters_step = step != case.step
    if enters_step:
        s = Situation(
            phase=phase, step=step, kinds=s.kinds, is_principled=s.is_principled, is_kept_by_body=s.is_kept_by_body
        )
        case.step_entered_at = at
    after = s.change(step=step, phase=phase, agreed=frozenset(), **(changes or {}))
    moved = enters_step or phase is not case.phase
    case.step, case.phase = step, phase
    if phase is Phase.CLOSED and moved:
        case.closing_reason, case.closed_at, case.left_phase = closing_reason, at, s.phase
        case.paused_until = case.withdrawal_until = None
    elif moved:
        case.closing_reason = case.closed_at = None
    if phase is Phase.IMPLEMENTATION and moved:
        case.planned_reason = closing_reason
    if phase is Phase.SERVED and case.served_at is None:
        case.served_at = at
    ladder = ladder_of(case)
    day = workdays.base_day(at, calendar_of(ladder))
    meet(case, due_dates.MET_BY.get(move.verb, ()), day)
    begun = due_dates.starting(phase, move.verb, day, step, ladder, urgent=case.is_urgent) if moved else []
    set_dues(case, [*begun, *dues], at)
    if after.is_paused or after.is_joined:
        session.execute(delete(Ball).where(Ball.case_id == case.id, Ball.begins_on > local_day(at)))
    elif moved or dates or phase in LOCAL_PHASES | {Phase.IMPLEMENTATION, Phase.BYPASS_REVIEW}:
        pass_ball(case, after, dates or {}, by, at)
    told = record(case, event or move.event, by=by, at=at, facts=facts, content=content)
    if phase is Phase.CLOSED and case.member_numbers:
        _end_members(case, by, at)
    return told


ENDS_ITS_MEMBERS = CLOSED_BY_BODY | {ClosingReason.SETTLED_LOCAL}
"""How a lead case must end for those that follow it to end with it (T38). In any other way they part from it."""


def _end_members(lead: Case, by: Viewer, at: dt.datetime) -> None:
    """What follows a lead case closes with its body's decision and with what its own initiators have agreed to; else it
    parts from the lead and goes on (T38)."""
    for member in queries.by_numbers((lead.member_numbers or "").split()):
        if member.phase is Phase.CLOSED:
            continue
        if lead.closing_reason in ENDS_ITS_MEMBERS:
            member.phase, member.closing_reason, member.closed_at = Phase.CLOSED, ClosingReason.JOINED, at
            record(member, "case_followed", by=by, at=at, facts={"lead": lead.number})
        else:
            _part(member, lead, by, at)


def record(
    case: Case,
    event: str,
    *,
    by: Viewer,
    at: dt.datetime,
    facts: Mapping[str, Any],
    content: Mapping[str, Any] | None = None,
) -> TrailEvent:
    """One trail event with the case's state after the act, and a new version of the case."""
    case.version += 1
    if event in OF_SUBSTANCE and (by.party or by.system or by.role is Role.COORDINATING_CENTRE):
        note_act(case, at)
    session.flush()
    state = state_of(case, queries.balls(case))
    return trail.record(
        event, at=at, by=by.actor, about=f"case:{case.number}", facts=facts, content=content or {}, state=state
    )


OF_SUBSTANCE = frozenset(
    {
        "case_filed", "filing_completed", "part_confirmed", "receipt_acknowledged", "position_stated", "meeting_noted",
        "proposal_offered", "proposal_accepted", "proposal_declined", "interim_agreed", "case_settled",
        "local_step_extended", "case_paused", "pause_end_notified", "case_resumed", "impasse_declared",
        "returned_to_dialogue", "case_lifted", "withdrawal_notified", "case_kept_open", "case_pursued",
        "breach_reported", "case_taken_up",
    }
)  # fmt: skip
"""A party's acts in substance, after which nobody says that it is silent (T21a); what says nothing in the matter is
none. A pause that ends counts too: the days of a pause are nobody's silence."""


def note_act(case: Case, at: dt.datetime) -> None:
    """A party has acted in substance: what two officials propose because nobody does (T21, T3b) ends with it."""
    case.acted_at = at
    of_silence = (Proposal.case_id == case.id, Proposal.kind == ProposalKind.LAPSE, Proposal.ended_at.is_(None))
    session.execute(update(Proposal).where(*of_silence).values(ended_at=at))


def local_day(at: dt.datetime) -> dt.date:
    return at.astimezone(workdays.STOCKHOLM).date()


def in_force(case: Case) -> dict[str, Deadline]:
    """The deadlines of the present round by key: of several under one key the last, which replaced the others."""
    return {d.key: d for d in queries.deadlines(case)}


def meet(case: Case, keys: Sequence[str], day: dt.date) -> None:
    """Mark the open deadlines in force under ``keys`` as met on ``day``."""
    for key, deadline in in_force(case).items():
        if key in keys and deadline.met_on is None:
            deadline.met_on = day


def set_dues(case: Case, dues: Sequence[Due], at: dt.datetime) -> None:
    """Store deadlines; of several under one key the last is in force."""
    ladder = ladder_of(case).source
    agreed = {
        "extend": say("överenskommen förlängning"),
        "resume": say("återupptaget efter paus"),
        "remit": say("bestämt vid återförvisningen"),
        "separate": say("lagt isär från huvudärendet"),
        "take_up_by_right": say("upptaget igen av anmälaren"),
    }
    session.add_all(
        Deadline(
            case_id=case.id, round=case.round, step=case.step, key=d.key, base_event=d.base_event,
            base_on=d.base_on, workdays=d.workdays, due_on=d.due_on, receipt=d.receipt,
            source=agreed.get(d.base_event, ladder),
            met_on=None, set_at=at,
        )
        for d in dues
    )  # fmt: skip
    session.flush()


def pass_ball(case: Case, after: Situation, dates: Mapping[str, dt.date], by: Viewer, at: dt.datetime) -> None:
    """Replace the future that has not begun; a current row that stays as it was is left alone."""
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    today = local_day(at)
    rows_so_far = queries.balls(case)
    bound = {
        b.deadline_key: b.due_on for b in rows_so_far if b.deadline_key in {"material", "meeting", "task", "confirm"}
    }
    known = bound | {d.key: d.due_on for d in queries.deadlines(case)} | dict(dates)
    rows = moves.future(
        after,
        today=today,
        date=due_dates.dates_of(known, calendar, urgent=case.is_urgent),
        open_from=lambda day: workdays.open_from(day, calendar, case.is_urgent),
        body=ladder.step(case.step).body,
        next_body=ladder.next_body(case.step),
    )
    session.execute(delete(Ball).where(Ball.case_id == case.id, Ball.begins_on > today))
    now = queries.current_ball(rows_so_far, today)
    for row in rows:
        if row.begins_on == today and now and _same(now, row, case):
            continue
        session.add(
            Ball(
                case_id=case.id, round=case.round, step=case.step, begins_on=row.begins_on, act=row.act,
                holder=row.holder, due_on=row.due_on, deadline_key=row.deadline_key, written_at=at,
            )
        )  # fmt: skip
        if row.begins_on == today:
            tell_first(case, row, by, at)


def pass_meeting_ball(case: Case, dates: Mapping[str, dt.date], by: Viewer, at: dt.datetime) -> None:
    """Give the ball the new days of a meeting. While the case rests its row waits with the new day for the end of that.

    ``dates`` as in ``advance``.
    """
    if case.paused_until is None and case.withdrawal_until is None and case.joined_to is None:
        after = Situation(phase=case.phase, step=case.step, kinds=ladder_of(case).kinds)
        pass_ball(case, after, dates, by, at)
        return
    for row in queries.balls(case):
        if (row.round, row.step) == (case.round, case.step) and row.deadline_key in dates:
            row.due_on = dates[row.deadline_key]


def _same(now: Ball, row: moves.BallRow, case: Case) -> bool:
    return (now.act, now.holder, now.due_on, now.step, now.round) == (
        row.act, row.holder, row.due_on, case.step, case.round,
    )  # fmt: skip


def tell_first(case: Case, row: moves.BallRow, by: Viewer, at: dt.datetime) -> None:
    """N0 to whoever holds the ball from today, but not to the one who has just acted (E24)."""
    due = nudge_plan.first_nudge(row, calendar_of(ladder_of(case)), case.is_urgent)
    recipients = {user.id for word in due.to for user in people_of(case, word, local_day(at))}
    nudges.write(
        (
            NewNudge(
                case.id, case.round, due.subject, due.kind, due.due_on, recipient,
                WhySuppressed.OWN_ACT if recipient == by.user_id else None,
            )
            for recipient in sorted(recipients)
        ),
        at=at,
    )  # fmt: skip


def who(case: Case, by: Viewer) -> str:
    """The word under which a sentence names the actor: a party's code, a chair, a role that is neither, or SEK.

    What a chair does alone is the chair's act and not the body's.
    """
    if by.role in {Role.COORDINATING_CENTRE, Role.AUDITOR}:
        return by.role.value
    if by.role in CHAIRS:
        return f"{'deputy' if by.role is Role.BODY_DEPUTY else 'chair'}:{by.body}"
    return by.party or by.body or "SEK"


def allowed(case: Case, verb: str, s: Situation, by: Viewer) -> Move:
    """The row, if the viewer may make the move now. Raises MoveNotAllowed naming the guard.

    What two officials have agreed on is done by whoever completes it, an official or a chair in one's place.
    """
    seats = seats_of(case, by, queries.tasks(case))
    if moves.BY_VERB[verb].by_proposal in s.agreed & TWO_OFFICIALS:
        seats |= {Seat.SECRETARIAT}
    return moves.check(verb, s, seats)


def hearing_on(case: Case, kind: HearingKind) -> Hearing:
    """The hearing that an act rests on. Raises MoveNotAllowed where there is none."""
    hearing = next((h for h in case.hearings if h.kind is kind), None)
    if hearing is None:
        move = moves.BY_HEARING[kind]
        raise MoveNotAllowed(move.verb, move.guards[0])
    return hearing


# Drafts ----------------------------------------------------------------------------------------------------------


def begin_draft(*, by: Viewer, at: dt.datetime, token: str, facts: Mapping[str, Any], done: Sequence[str]) -> Draft:
    """Begin to write a filing. No act and no event: nobody but the own organisation knows of it.

    ``token`` belongs to the page on which it began: sent twice, it gives the same draft. Raises MoveNotAllowed.
    """
    _may_write(by)
    token = _token_of(by, token)
    trail.lock()
    if already := session.scalar(select(Draft).where(Draft.token == token)):
        return already
    begun = Draft(
        party_code=by.party, unit_code=by.unit, facts=dict(facts), done=list(done), token=token,
        begun_at=at, saved_at=at, saved_by=by.membership_id,
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return begun


def save_draft(
    draft: Draft, *, by: Viewer, at: dt.datetime, version: int, facts: Mapping[str, Any], done: Sequence[str]
) -> None:
    """Keep what the pages say now. A change by a handler takes the draft back from the approver it waited for.

    Raises StaleVersion if ``version`` is not the draft's: somebody has saved meanwhile, and nothing is overwritten.
    """
    _may_write(by)
    if draft.version != version:
        raise StaleVersion(f"draft {draft.id}")
    if draft.facts == dict(facts) and draft.done == list(done):
        return
    if draft.facts != dict(facts) and by.role is Role.LOCAL_HANDLER:
        draft.ready_at = None
    draft.facts, draft.done = dict(facts), list(done)
    draft.version += 1
    draft.saved_at, draft.saved_by = at, by.membership_id or 0


def ask_approval(draft: Draft, *, by: Viewer, at: dt.datetime, version: int) -> None:
    """Leave a draft to the own approver, who files it or goes on writing. Raises StaleVersion."""
    _may_write(by)
    if draft.version != version:
        raise StaleVersion(f"draft {draft.id}")
    draft.ready_at = at


def discard_draft(draft: Draft, *, by: Viewer) -> None:
    """Throw a draft away, for ever. What has been filed is a case and stays."""
    _may_write(by)
    if draft.case_id is not None:
        raise MoveNotAllowed("discard_draft", "phase")
    session.delete(draft)


def _token_of(by: Viewer, token: str) -> str:
    """A page's token as it is kept: unique in each party or district, whose drafts are its own alone."""
    return hashlib.sha256(f"{by.party}:{by.unit or ''}:{token}".encode(errors="replace")).hexdigest()[:40]


def _may_write(by: Viewer) -> None:
    if by.party is None or by.role not in PARTY_WRITERS:
        raise MoveNotAllowed("file", "seat")


# T1 --------------------------------------------------------------------------------------------------------------


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
    attachments: Sequence[Kept] = (),
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
    _may_write(by)
    party = by.party or ""
    trail.lock()
    token = _token_of(by, token) if token else draft.token if draft else ""
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
        if wrong := _wrong_affected(sides, affected, agreement, event_on):
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
    move = moves.BY_VERB["file"]
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
            "registry_number": registry_number, "not_personal": not_personal, **documents.told(attachments),
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
        if value is not None and not _is_of_party(value, party):
            errors[name] = say("Välj en person hos er.")
    if substitute is not None and substitute == handler:
        errors["substitute"] = say("Ersättaren är någon annan än handläggaren.")
    return errors


# Intake ----------------------------------------------------------------------------------------------------------


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
    answer = _answer_urgency(case, urgency, urgency_answer)
    respondents = ", ".join(p.party_code for p in case.of(PartyRole.RESPONDENT))
    return advance(
        case, move, s, by=by, at=at, facts={"respondent": respondents, "step": case.step},
        content={"cover_letter": cover_letter, **answer},
    )  # fmt: skip


def _answer_urgency(case: Case, granted: bool | None, reason: str) -> dict[str, str]:
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
    attachments: Sequence[Kept] = (),
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
        own = _next_version(case, writer.party_code, position, at)
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
            "completed": completed, "description": description, "position": position, **documents.told(attachments),
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


# The principle test (domain/04 § 4.5) ----------------------------------------------------------------------------


def claim_principle(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    cover_letter: str,
    urgency: bool | None = None,
    urgency_answer: str = "",
) -> TrailEvent:
    """Let the first body's chair try whether the case may begin there (T5). The respondent is told and may comment."""
    move = allowed(case, "claim_principle", s, by)
    answer = _answer_urgency(case, urgency, urgency_answer)
    case.served_at = at
    respondents = ", ".join(p.party_code for p in case.of(PartyRole.RESPONDENT))
    return advance(
        case, move, s, by=by, at=at, facts={"respondent": respondents},
        content={"cover_letter": cover_letter, **answer},
    )  # fmt: skip


def comment_principle(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, comment_text: str) -> TrailEvent:
    """Comment, as the respondent, on whether the case may begin at the first body (T5b). The chair's days begin."""
    move = allowed(case, "comment_principle", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D3b", case.step, case.is_urgent)
    day = workdays.base_day(at, calendar)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"comment_text": comment_text},
        dues=[due_dates.counted("D3b", "comment_principle", day, days, calendar, urgent=case.is_urgent)],
        changes={"is_principle_commented": True},
    )  # fmt: skip


def grant_principle(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, principled: str, named: Sequence[str], effect: str
) -> TrailEvent:
    """Let the case begin at the first body (T6)."""
    move = allowed(case, "grant_principle", s, by)
    return _past_the_parties(case, move, s, by, at, principled, named, effect)


def call_up(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, principled: str, named: Sequence[str], effect: str
) -> TrailEvent:
    """Take a local case up at the first body, because it has become one of principle (T10). Both have been heard."""
    move = allowed(case, "call_up", s, by)
    hearing = hearing_on(case, HearingKind.CALL_UP)
    event = _past_the_parties(case, move, s, by, at, principled, named, effect)
    hearing.ended_at = at
    session.flush()
    return event


def wrong_named(case: Case, named: Sequence[str]) -> dict[str, str]:
    """A sentence where no party is named, outside the dispute, that the question can be assumed to affect (§ 7.1)."""
    sides = [p.party_code for p in case.sides]
    wrong = _wrong_affected(sides, named, case.agreement_code, case.event_on)
    return {"named": wrong} if wrong else {}


def _wrong_affected(sides: Collection[str], named: Sequence[str], agreement: str, event_on: dt.date) -> str:
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


def _past_the_parties(
    case: Case, move: Move, s: Situation, by: Viewer, at: dt.datetime, principled: str, named: Sequence[str],
    effect: str,
) -> TrailEvent:  # fmt: skip
    """A case goes to the first body before the parties are done with it, for reasons that carry both limbs of § 7.1:
    principled character, and an assumed effect on parties outside the dispute, who take part from now.

    What is not met of D4 and D5, and D7b, stay owed from now.
    """
    refuse_wrong(wrong_named(case, named))
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    day = workdays.base_day(at, calendar)
    met = {key for key, deadline in in_force(case).items() if deadline.met_on is not None}
    owed = [
        due_dates.counted(key, move.verb, day, ladder.workdays(key, 1, case.is_urgent), calendar, urgent=case.is_urgent)
        for key in ("D4", "D5", "D7b")
        if key not in met
    ]
    case.is_principled = True
    event = advance(
        case, move, s, by=by, at=at, facts={"body": who(case, by), "step": ladder.first_body_step},
        content={"principled": principled, "named": list(named), "effect": effect}, dues=owed,
    )  # fmt: skip
    known = {p.party_code for p in case.parties}
    case.parties += [CaseParty(party_code=code, role=PartyRole.AFFECTED) for code in named if code not in known]
    session.flush()
    first = next((deadline for key, deadline in in_force(case).items() if key in OWED and key not in met), None)
    if first is not None:
        tell_first(case, wait_of_debt(first), by, at)
    return event


def refuse_principle(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reasons: str) -> TrailEvent:
    """Let the case begin with the parties (T7): served today, with full time. Undecided counts as not granted."""
    move = allowed(case, "refuse_principle", s, by)
    case.served_at = at
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "step": case.step}, content={"reasons": reasons}
    )


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


# The dialogue ----------------------------------------------------------------------------------------------------


def acknowledge(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, handler: int, substitute: int | None
) -> TrailEvent:
    """Confirm receipt and name handler and substitute, as membership ids of the own party (T9)."""
    move = allowed(case, "acknowledge", s, by)
    own = _name_handlers(case, by, at, handler, substitute)
    return advance(case, move, s, by=by, at=at, facts={"who": own.party_code}, changes={"is_acknowledged": True})


def _name_handlers(case: Case, by: Viewer, at: dt.datetime, handler: int, substitute: int | None) -> CaseParty:
    """The own party, with whom it has named; it has then said that it takes part."""
    errors = {}
    for name, value in (("handler", handler), ("substitute", substitute)):
        if value is not None and not _is_of_party(value, by.party):
            errors[name] = say("Välj en person hos er.")
    if substitute is not None and substitute == handler:
        errors["substitute"] = say("Ersättaren är någon annan än handläggaren.")
    if errors:
        raise FactsRefused(errors)
    own = next(p for p in case.parties if p.party_code == by.party)
    own.handler_id, own.substitute_id, own.acknowledged_at = handler, substitute, at
    return own


def confirm_part(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, handler: int, substitute: int | None
) -> TrailEvent:
    """Say that the own party takes part, and who handles it there (T9b): one that has been asked to file with another
    stands behind the filing from now; one of several respondents has received the case."""
    move = allowed(case, "confirm_part", s, by)
    own = _name_handlers(case, by, at, handler, substitute)
    if own.role is PartyRole.INVITED:
        own.role = PartyRole.INITIATOR
    return advance(case, move, s, by=by, at=at, facts={"who": own.party_code, "role": own.role.value})


def leave_filing(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Stand behind the filing no more, or not at all (T9e). The party is an affected one from now.

    What has been offered and not agreed on runs out: it was offered to other sides than those that are left, and what
    only some of them have accepted is agreed by nobody.
    """
    move = allowed(case, "leave_filing", s, by)
    own = next(p for p in case.parties if p.party_code == by.party)
    if own.role is PartyRole.INITIATOR:
        for proposal in queries.proposals(case):
            if proposal.kind not in TWO_OFFICIALS and proposal.is_open(local_day(at)):
                proposal.valid_until = local_day(at) - dt.timedelta(days=1)
    own.role = PartyRole.AFFECTED
    if case.kept_by == own.party_code:
        case.kept_by = None
    session.flush()
    return advance(case, move, s, by=by, at=at, facts={"who": own.party_code}, content={"reason": reason})


def _is_of_party(membership_id: int, party: str | None) -> bool:
    membership = session.get(Membership, membership_id)
    if membership is None or not membership.is_held:
        return False
    return membership.party_code == party and membership.role in PARTY_WRITERS


def ask_to_register(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Ask to take part as an affected party in a case of others (T43, LP16). The secretariat answers."""
    move = allowed(case, "ask_to_register", s, by)
    assert by.party is not None  # a party's seat was checked above
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    due_on = workdays.add(
        workdays.base_day(at, calendar), ladder.workdays("D1", 1, case.is_urgent), calendar, case.is_urgent
    )
    wish = Registration(party_code=by.party, reason=reason, asked_at=at, due_on=due_on)
    case.registrations.append(wish)
    session.flush()
    tell_first(case, wait_of(case, wish), by, at)
    return advance(case, move, s, by=by, at=at, facts={"who": by.party}, content={"reason": reason})


def register_affected(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, registration_id: int) -> TrailEvent:
    """Let the party that has asked for it take part as affected (T43b): it reads the case from now."""
    move = allowed(case, "register_affected", s, by)
    wish = _answered(case, registration_id, at, is_granted=True)
    case.parties.append(CaseParty(party_code=wish.party_code, role=PartyRole.AFFECTED))
    session.flush()
    return advance(case, move, s, by=by, at=at, facts={"who": wish.party_code})


def refuse_registration(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, registration_id: int, reason: str
) -> TrailEvent:
    """Say no to a party that has asked to take part as affected (T43c), with the reason, which that party reads."""
    move = allowed(case, "refuse_registration", s, by)
    wish = _answered(case, registration_id, at, is_granted=False)
    wish.answer = reason
    session.flush()
    return advance(case, move, s, by=by, at=at, facts={"who": wish.party_code}, content={"reason": reason})


def _answered(case: Case, registration_id: int, at: dt.datetime, *, is_granted: bool) -> Registration:
    wish = next((wish for wish in case.registrations_asked if wish.id == registration_id), None)
    if wish is None:
        raise FactsRefused({"registration_id": say("Välj en part som väntar på svar.")})
    wish.is_granted, wish.answered_at = is_granted, at
    return wish


def state_position(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, text: str, attachments: Sequence[Kept] = ()
) -> TrailEvent:
    """Write the party's stand; a new version keeps the old (T9c). Only the respondent's meets D5."""
    move = allowed(case, "state_position", s, by)
    assert by.party is not None  # a party's seat was checked above
    position = _next_version(case, by.party, text, at)
    session.add(position)
    session.flush()
    documents.attach(case.id, f"position:{position.id}", attachments, by=by, at=at)
    is_respondent = any(p.party_code == by.party for p in case.of(PartyRole.RESPONDENT))
    if is_respondent:
        meet(case, ["D5"], workdays.base_day(at, calendar_of(ladder_of(case))))
    return advance(
        case, move, s, by=by, at=at, facts={"who": by.party, "version": position.version},
        content={"text": text, **documents.told(attachments)},
        changes={"is_position_in": s.is_position_in or is_respondent},
    )  # fmt: skip


def _next_version(case: Case, party: str, text: str, at: dt.datetime) -> Position:
    versions = [p.version for p in queries.positions(case) if p.party_code == party]
    return Position(case_id=case.id, party_code=party, version=max(versions, default=0) + 1, text=text, stated_at=at)


def note_meeting(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, held_on: dt.date, said: str, agreed: str
) -> TrailEvent:
    """Write down a meeting or contact between the parties (T9d). The first meets D6.

    A coordinating health centre, which convenes where nothing else is agreed (HÖK 4.5), notes it for the party that has
    let it in; the trail says that it was the centre.
    """
    move = allowed(case, "note_meeting", s, by)
    if held_on > local_day(at):
        raise FactsRefused({"held_on": say("Mötesdagen ligger i framtiden. Skriv ner mötet när det har hållits.")})
    let_in = own_guest(case, by)
    party = let_in.party_code if let_in else by.party
    assert party is not None  # one of the two seats was checked above
    session.add(
        DialogueMeeting(
            case_id=case.id, party_code=party, step=case.step, held_on=held_on, said=said, agreed=agreed,
            noted_at=at,
        )
    )  # fmt: skip
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "held_on": held_on.isoformat()},
        content={"said": said, "agreed": agreed}, changes={"is_meeting_held": True},
    )  # fmt: skip


def declare_impasse(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, unsolved: str) -> TrailEvent:
    """Say that the case cannot be solved locally (T18). From now both sides write the joint statement, D7b."""
    move = allowed(case, "declare_impasse", s, by)
    return advance(case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"unsolved": unsolved})


def lift(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    question: str = "",
    background: str = "",
    agreed_points: str = "",
    tried: str = "",
    on_the_table: str = "",
    meanwhile: str = "",
    purpose: str = "",
    also_affected: str = "",
    stand: str = "",
    attachments: Sequence[Kept] = (),
) -> TrailEvent:
    """Lift the case one step (T20), with the statement that all have approved or, after D7b, a one-sided one.

    The texts are the parts of domain/04 § 4.6, ``stand`` the lifting party's own; they and the files are needed only
    for a one-sided statement. An approved one brings its own.
    """
    move = allowed(case, "lift", s, by)
    approved = agreed_proposal(case, ProposalKind.STATEMENT) if s.is_statement_agreed else None
    terms: Mapping[str, Any] = {
        "question": question, "background": background, "agreed_points": agreed_points, "tried": tried,
        "on_the_table": on_the_table, "meanwhile": meanwhile, "purpose": purpose, "also_affected": also_affected,
        "stands": [[by.party, stand]] if stand and by.party else [],
    } if approved is None else approved.terms  # fmt: skip
    own_columns = {"question", "background", "agreed_points"}
    statement = JointStatement(
        case_id=case.id, round=case.round, step=case.step, question=terms["question"],
        background=terms["background"], agreed_points=terms.get("agreed_points") or "",
        parts={name: value for name, value in terms.items() if value and name not in own_columns},
        is_unilateral=approved is None, proposal_id=approved.id if approved else None, party_code=by.party,
        lifted_at=at,
    )  # fmt: skip
    session.add(statement)
    session.flush()
    if approved:
        documents.carry_over(case.id, [f"proposal:{approved.id}"], f"statement:{statement.id}")
    documents.attach(case.id, f"statement:{statement.id}", attachments, by=by, at=at)
    kind = "joint_statement" if approved else "unilateral_statement"
    target = ladder_of(case).step(case.step + 1)
    return advance(
        case, move, s, by=by, at=at,
        facts={"who": who(case, by), "to": target.body or target.name, "statement": kind, "step": case.step + 1},
        content={} if approved else {**terms, **documents.told(attachments)},
    )  # fmt: skip


def agreed_proposal(case: Case, kind: ProposalKind) -> Proposal:
    """The newest agreed proposal of that kind at the case's present step. LookupError if there is none."""
    for proposal in queries.proposals(case):
        if proposal.kind is kind and proposal.step == case.step and proposal.is_agreed:
            return proposal
    raise LookupError(kind)


def return_to_dialogue(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Take the case back to the dialogue for ten more working days (T19): both sides, by their proposal."""
    move = allowed(case, "return_to_dialogue", s, by)
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    day = workdays.base_day(at, calendar)
    d7 = due_dates.counted("D7", "return_to_dialogue", day, MORE_DAYS, calendar, urgent=case.is_urgent)
    return advance(
        case, move, s, by=by, at=at, facts={"day": d7.due_on.isoformat()}, content={"reason": reason},
        dues=[d7, forced_after(case, d7.due_on, "return_to_dialogue")],
        changes={"is_acknowledged": True, "is_statement_agreed": False, **LOCAL_TIME_LEFT},
    )  # fmt: skip


LOCAL_TIME_LEFT = {"local_time_over": False, "forced_decision_due": False, "forced_decision_passed": False}
MORE_DAYS = 10
MOST_EXTENSION = 20
MOST_PAUSE = dt.timedelta(days=183)
MOST_PAUSE_IN_ALL = dt.timedelta(days=366)
NOTICE = 5
"""Working days of T19, T15, T17b with T37 and hearings, and the longest pauses of T16 in calendar days. Ours (D)."""
PAUSES_ALONE = "force_majeure"
"""The one ground on which the secretariat pauses by itself."""
PAUSE_GROUNDS = ("awaits_revision", "awaits_decision", "awaits_facts", "under_appeal", PAUSES_ALONE)


def forced_after(case: Case, d7: dt.date, verb: str) -> Due:
    """D7c counted from a D7 that has moved."""
    ladder = ladder_of(case)
    days = ladder.workdays("D7c", case.step, case.is_urgent)
    return due_dates.counted("D7c", verb, d7, days, calendar_of(ladder), urgent=case.is_urgent)


def extend(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str, extended_to: dt.date) -> TrailEvent:
    """Move the local step's last day (T15), by both sides' proposal: two per step, at most twenty working days each."""
    move = allowed(case, "extend", s, by)
    was = in_force(case)["D7"].due_on
    return advance(
        case, move, s, by=by, at=at, facts={"was": was.isoformat(), "day": extended_to.isoformat()},
        content={"reason": reason},
        dues=[due_dates.agreed("D7", "extend", was, extended_to), forced_after(case, extended_to, "extend")],
        changes={"extensions": s.extensions + 1, **LOCAL_TIME_LEFT},
    )  # fmt: skip


def pause(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, pause_ground: str, reason: str, paused_until: dt.date
) -> TrailEvent:
    """Stop the case's clocks until a day (T16): both sides by their proposal, or the secretariat for force majeure."""
    move = allowed(case, "pause", s, by)
    today = local_day(at)
    refuse_wrong(wrong_in_pause(case, pause_ground, paused_until, today, is_official=by.party is None))
    session.add(Pause(case_id=case.id, ground=pause_ground, from_on=today, until_on=paused_until))
    case.paused_until = paused_until
    return advance(
        case, move, s, by=by, at=at, facts={"day": paused_until.isoformat(), "ground": pause_ground},
        content={"reason": reason}, changes={"is_paused": True},
    )  # fmt: skip


def wrong_in_pause(case: Case, ground: str, until: dt.date, today: dt.date, *, is_official: bool) -> dict[str, str]:
    errors = {}
    if until <= today:
        errors["paused_until"] = say("Pausen ska sluta en kommande dag.")
    elif until - today > MOST_PAUSE:
        errors["paused_until"] = say("En paus är högst sex månader. Ange en tidigare dag.")
    elif (
        sum(((p.resumed_on or p.until_on) - p.from_on for p in queries.pauses(case)), until - today) > MOST_PAUSE_IN_ALL
    ):
        errors["paused_until"] = say("Ärendet får vara pausat högst tolv månader sammanlagt.")
    if ground not in PAUSE_GROUNDS:
        errors["pause_ground"] = say("Välj en grund i listan.")
    elif is_official and ground != PAUSES_ALONE:
        errors["pause_ground"] = say("Sekretariatet pausar ensamt bara vid force majeure.")
    return errors


def refuse_wrong(errors: Mapping[str, str]) -> None:
    if errors:
        raise FactsRefused(errors)


def end_pause(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Give notice that a pause ends in five working days (T17), or on its own day if that comes first."""
    move = allowed(case, "end_pause", s, by)
    calendar = calendar_of(ladder_of(case))
    notice = workdays.add(workdays.base_day(at, calendar), NOTICE, calendar, case.is_urgent)
    until = min(notice, queries.pauses(case)[-1].until_on)
    case.paused_until = queries.pauses(case)[-1].until_on = until
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "day": until.isoformat()},
        content={"reason": reason}, changes={"is_paused": True},
    )  # fmt: skip


def resume(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Start the clocks again when a pause is over (T17): every open deadline keeps the working days it had left."""
    move = allowed(case, "resume", s, by)
    calendar = calendar_of(ladder_of(case))
    last = queries.pauses(case)[-1]
    last.resumed_on, case.paused_until = last.until_on, None
    dues = [
        due_dates.resumed(d.key, d.due_on, last.from_on, last.until_on, calendar, urgent=case.is_urgent)
        for d in in_force(case).values()
        if d.met_on is None
        and d.due_on >= last.from_on
        and d.receipt["rule"] not in {"second_meeting", "before_dispatch"}
    ]
    for task in queries.tasks(case):
        if task.reported_at is None and task.due_on >= last.from_on:
            left = workdays.between(last.from_on, task.due_on, calendar, case.is_urgent)
            task.due_on = workdays.add(last.until_on, left, calendar, case.is_urgent)
    for referral in open_referrals(case):
        if referral.due_on >= last.from_on:
            left = workdays.between(last.from_on, referral.due_on, calendar, case.is_urgent)
            referral.due_on = workdays.add(last.until_on, left, calendar, case.is_urgent)
    dates = task_dates(case, queries.tasks(case), local_day(at)) or {"": local_day(at)}
    return advance(
        case, move, s, by=by, at=at, facts={"day": last.until_on.isoformat()}, dues=dues, dates=dates,
        changes={"is_paused": False, "pause_over": False},
    )  # fmt: skip


def settle(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    settlement: str,
    obligations: Sequence[tuple[str, str, dt.date]],
) -> TrailEvent:
    """End the disagreement by a settlement (T13), by both sides' proposal. With obligations it is carried out first.

    An obligation is (what, party code, last day).
    """
    move = allowed(case, "settle", s, by)
    is_local = ladder_of(case).step(case.step).body is None
    add_tasks(case, obligations)
    agreed = {p.party_code for p in case.sides}
    for member in queries.by_numbers((case.member_numbers or "").split()):
        if not {p.party_code for p in member.of(PartyRole.INITIATOR)} <= agreed:
            _part(member, case, by, at)
    return advance(
        case, move, s, by=by, at=at, facts={"count": len(obligations)},
        content={"settlement": settlement, "obligations": [[w, p, d.isoformat()] for w, p, d in obligations]},
        closing_reason=ClosingReason.SETTLED_LOCAL if is_local else ClosingReason.SETTLED_BODY,
        has_tasks=bool(obligations), changes={"has_tasks": bool(obligations), "are_tasks_reported": False},
        dates=task_dates(case, queries.tasks(case), local_day(at)),
    )  # fmt: skip


def add_tasks(case: Case, obligations: Sequence[tuple[str, str, dt.date]]) -> None:
    """Write what parties have undertaken."""
    for what, party, due_on in obligations:
        case.tasks.append(Task(round=case.round, what=what, obliged_party=party, due_on=due_on))
    session.flush()


def wrong_in_obligations(case: Case, obligations: Sequence[tuple[str, str, dt.date]], today: dt.date) -> str | None:
    """A sentence on what is wrong with undertakings, or None: each has a thing, a party of the case, a coming day."""
    for what, party, due_on in obligations:
        if not what or party not in {p.party_code for p in case.sides}:
            return say("Varje åtgärd behöver vad som ska göras, vem som gör det och senast när.")
        if due_on <= today:
            return say("Sista dagen ligger bakåt i tiden. Ange en kommande dag.")
    return None


def withdraw(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Withdraw the case that one pursues (T37): at once before it was sent, else after five working days without
    objection. Once in a round; what a body has announced stands."""
    move = allowed(case, "withdraw", s, by)
    calendar = calendar_of(ladder_of(case))
    until = workdays.add(workdays.base_day(at, calendar), NOTICE, calendar, case.is_urgent)
    is_shared = case.phase not in moves.BEFORE_SERVED
    case.withdrawal_until = until if is_shared else None
    next(p for p in case.parties if p.party_code == by.party).withdrew_in = case.round
    session.flush()
    facts = {"who": who(case, by)}
    return advance(
        case, move, s, by=by, at=at, event=None if is_shared else "filing_withdrawn",
        facts=facts | {"day": until.isoformat()} if is_shared else facts,
        content={"reason": reason}, closing_reason=ClosingReason.WITHDRAWN,
        changes={"is_being_withdrawn": is_shared}, dates={"W": until} if is_shared else None,
    )  # fmt: skip


def keep_open(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Object to a withdrawal (T37): the case goes on. A party that objects pursues it from then, a chair's body does so
    without waiting for any party. Nothing else changes: every party keeps its role, its rights and its days."""
    move = allowed(case, "keep_open", s, by)
    case.withdrawal_until, case.kept_by = None, by.party or by.body
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason},
        changes={"is_being_withdrawn": False, "withdrawal_time_over": False, "is_kept_by_body": by.party is None},
        dates={"": local_day(at)},
    )  # fmt: skip


def end_withdrawn(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Close a withdrawn case that nobody objected to (T37), by time alone."""
    move = allowed(case, "end_withdrawn", s, by)
    assert case.withdrawal_until is not None
    return advance(
        case, move, s, by=by, at=at, facts={"day": case.withdrawal_until.isoformat()},
        closing_reason=ClosingReason.WITHDRAWN, changes={"is_being_withdrawn": False},
    )  # fmt: skip


def report_breach(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, what: str) -> TrailEvent:
    """Say that an undertaking was not kept (T36): a new round, at the highest body that has had the case."""
    move = allowed(case, "report_breach", s, by)
    begin_round(case)
    step, phase = moves.land(move, s)
    fresh = Situation(
        phase=s.phase,
        step=s.step,
        kinds=s.kinds,
        is_principled=s.is_principled,
        is_acknowledged=s.is_acknowledged,
        are_tasks_overdue=s.are_tasks_overdue,
        highest_body=s.highest_body,
    )
    return advance(
        case, move, fresh, by=by, at=at, facts={"who": who(case, by), "round": case.round}, content={"what": what},
        dues=_local_step(case, "report_breach", step, at) if phase is Phase.DIALOGUE else [],
    )  # fmt: skip


def begin_round(case: Case) -> None:
    """The case is taken up anew. Nobody pursues it for another any more, and each party may withdraw it once again."""
    case.round += 1
    case.planned_reason = case.kept_by = None


def ask_to_pursue(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Ask every initiator and respondent whether it goes on with the case (T21a): nobody has acted for a long time."""
    move = allowed(case, "ask_to_pursue", s, by)
    for party in case.parties:
        party.pursued_at = None
    asked = _days_from(case, "A", move, at, TO_SAY_ON)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "day": asked.due_on.isoformat()}, dues=[asked],
        changes={"is_asked": True, "is_pursued": False, "has_acted_since": False, "asks": s.asks + 1},
    )  # fmt: skip


def pursue(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Say that the own party goes on with the case (T21b). It takes it further from now; nobody closes it meanwhile.

    A respondent that does so pursues it as one that has kept a withdrawn case (T37).
    """
    move = allowed(case, "pursue", s, by)
    own = next(p for p in case.parties if p.party_code == by.party)
    own.pursued_at = at
    if own.role is PartyRole.RESPONDENT:
        case.kept_by = own.party_code
    session.flush()
    begun = _days_from(case, "B", move, at, TO_GO_ON)
    return advance(
        case, move, s, by=by, at=at, facts={"who": own.party_code, "day": begun.due_on.isoformat()}, dues=[begun],
        changes={"is_asked": False, "is_pursued": True, "has_acted_since": True},
    )  # fmt: skip


def _days_from(case: Case, key: str, move: Move, at: dt.datetime, days: int) -> Due:
    calendar = calendar_of(ladder_of(case))
    day = workdays.base_day(at, calendar)
    return due_dates.counted(key, move.verb, day, days, calendar, urgent=case.is_urgent)


TO_SAY_ON, TO_GO_ON = 10, 20
"""Working days of T21a and T21b. Ours (D)."""


def lapse(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Close a case that nobody goes on with (T21): two of different sides, by their proposal, when the parties have
    been asked and were silent."""
    move = allowed(case, "lapse", s, by)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason},
        closing_reason=ClosingReason.LAPSED,
    )  # fmt: skip


# A closed case ---------------------------------------------------------------------------------------------------


def ask_reopening(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str, reopening_ground: str = ""
) -> TrailEvent:
    """Ask that a closed case is taken up again (T39b), within twelve months, on one of ``REOPENING_GROUNDS``.

    Of a rejected filing its initiator asks, within ten working days, by the reason alone. Answered by the secretariat
    where no body had decided the case, by the chair of the body that closed it, by the head who took no part in the
    rejection.
    """
    move = allowed(case, "ask_reopening", s, by)
    ground = AGAINST_REJECTION if case.closing_reason is ClosingReason.OUT_OF_SCOPE else reopening_ground
    refuse_wrong({} if ground == AGAINST_REJECTION else _wrong_ground(ground))
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D8", case.step, case.is_urgent)
    asked = Reopening(
        case_id=case.id, round=case.round, party_code=by.party, ground=ground, reason=reason, asked_at=at,
        due_on=workdays.add(workdays.base_day(at, calendar), days, calendar, case.is_urgent),
    )  # fmt: skip
    session.add(asked)
    session.flush()
    tell_first(case, wait_of(case, asked), by, at)
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "ground": ground}, content={"reason": reason}
    )


def review_rejection(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Take a rejected filing up again (T4b): it is checked anew, in the same round. Its initiator has asked for it.

    The head of the secretariat decides, but never of a rejection that they took part in; where no head is left, the
    first body's chair.
    """
    move = allowed(case, "review_rejection", s, by)
    _answer_reopening(case, at, is_granted=True)
    fresh = Situation(phase=s.phase, step=s.step, kinds=s.kinds, is_principled=s.is_principled)
    return advance(case, move, fresh, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason})


def _wrong_ground(ground: str) -> dict[str, str]:
    return {} if ground in REOPENING_GROUNDS else {"reopening_ground": say("Välj en grund i listan.")}


def refuse_reopening(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Leave a case closed that a party wished to be taken up again (T39c). It may ask anew, with new facts."""
    move = allowed(case, "refuse_reopening", s, by)
    _answer_reopening(case, at, is_granted=False)
    return advance(case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason})


def _answer_reopening(case: Case, at: dt.datetime, *, is_granted: bool) -> None:
    if asked := reopening_asked(case):
        asked.is_granted, asked.answered_at = is_granted, at


def reopen(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reopening_ground: str, reason: str) -> TrailEvent:
    """Take up a closed case again (T39): a new round, with the body that closed it, else with the parties at step 1;
    one that officials ended without an answer, in the phase it had.

    Deadlines, proposals, statements and decisions of the earlier round stay in the history and bind nobody. Positions
    and named handlers are kept; the respondent's stand, a meeting and the local step's days are owed anew.
    """
    move = allowed(case, "reopen", s, by)
    refuse_wrong(_wrong_ground(reopening_ground))
    _answer_reopening(case, at, is_granted=True)
    facts = {"who": who(case, by), "ground": reopening_ground}
    return _begin_again(case, move, s, by, at, facts, {"reason": reason})


def take_up_by_right(case: Case, s: Situation, *, by: Viewer, at: dt.datetime) -> TrailEvent:
    """Take up, as an initiator, a case that officials have ended without an answer (T39): once, without a ground, in
    the phase it had.

    What the respondent and the parties had done of the local step stands. That step ends when it would have ended: who
    might go up before may do so again, while what is still owed has new days.
    """
    move = allowed(case, "take_up_by_right", s, by)
    _answer_reopening(case, at, is_granted=True)
    known = {key: deadline for key, deadline in in_force(case).items() if deadline.step == case.step}
    done = [key for key in ("D4", "D5", "D6") if key in known and known[key].met_on]
    dues = _left_of_the_step(case, known, at) if moves.phase_left(s) in LOCAL_PHASES else []
    case.taken_up_at = at
    event = _begin_again(
        case, move, s, by, at, {"who": who(case, by)}, dues=dues,
        changes={"is_position_in": "D5" in done, "is_meeting_held": "D6" in done},
    )  # fmt: skip
    meet(case, done, workdays.base_day(at, calendar_of(ladder_of(case))))
    return event


def _left_of_the_step(case: Case, known: Mapping[str, Deadline], at: dt.datetime) -> list[Due]:
    """The end of the local step and the statement's last day with the working days that were left of each when the case
    was closed, and a new last day for the secretariat's choice."""
    assert case.closed_at is not None
    calendar = calendar_of(ladder_of(case))
    closed_on, today = local_day(case.closed_at), local_day(at)
    rested = [
        due_dates.resumed(key, known[key].due_on, closed_on, today, calendar, urgent=case.is_urgent)
        for key in ("D7", "D7b")
        if key in known
    ]
    dues = [replace(due, base_event="take_up_by_right") for due in rested]
    local_end = max((due.due_on for due in dues if due.key == "D7"), default=today)
    return [*dues, forced_after(case, local_end, "take_up_by_right")]


def _begin_again(
    case: Case,
    move: Move,
    s: Situation,
    by: Viewer,
    at: dt.datetime,
    facts: Mapping[str, Any],
    content: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
    dues: Sequence[Due] = (),
) -> TrailEvent:
    """A new round of a closed case, where the row says. ``dues`` stand instead of those with which a step begins."""
    step, phase = moves.land(move, s)
    begin_round(case)
    case.step_entered_at = at
    fresh = Situation(
        phase=s.phase, step=s.step, kinds=s.kinds, is_principled=s.is_principled, is_acknowledged=s.is_acknowledged,
        closing_reason=s.closing_reason, left_phase=s.left_phase, was_served=s.was_served,
    )  # fmt: skip
    begun = _local_step(case, move.verb, step, at) if phase is Phase.DIALOGUE else []
    if phase is Phase.IMPASSE:  # it begins with its statement alone
        begun = [forced_after(case, local_day(at), move.verb)]
    return advance(
        case, move, fresh, by=by, at=at, facts={**facts, "round": case.round, "step": step}, content=content,
        dues=[*begun, *dues], changes={"is_acknowledged": s.is_acknowledged, "closing_reason": None, **(changes or {})},
    )  # fmt: skip


def _local_step(case: Case, verb: str, step: int, at: dt.datetime) -> list[Due]:
    """A local step's deadlines for parties who have acknowledged the case before: all but D4, from now."""
    ladder = ladder_of(case)
    day = workdays.base_day(at, calendar_of(ladder))
    begun = due_dates.starting(Phase.SERVED, verb, day, step, ladder, urgent=case.is_urgent)
    return [d for d in begun if d.key != "D4"]


# Joined and superseded ------------------------------------------------------------------------------------------


def join(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Join to this lead other those that the parties have been heard about (T38). They close with its body's decision.

    They keep their numbers and registers, and rest where they stand. Their parties take part here from now, each with
    its stand; the earliest last day of all the cases applies here. Raises FactsRefused where one has gone on meanwhile.
    """
    move = allowed(case, "join", s, by)
    hearing = hearing_on(case, HearingKind.JOIN)
    may = {other.number: other for other in queries.joinable(case)}
    if not set(hearing.terms["members"]) <= set(may):
        raise FactsRefused({"reason": say("Ett av ärendena har gått vidare och kan inte läggas samman med det här.")})
    members = [may[number] for number in hearing.terms["members"]]
    if not is_heard(case, hearing, local_day(at)):
        raise MoveNotAllowed("join", "join_heard")
    for member in members:
        told = next(h for h in member.hearings if h.terms.get("lead") == case.number)
        told.ended_at = member.joined_at = at
        member.joined_to = case.number
        session.execute(delete(Ball).where(Ball.case_id == member.id, Ball.begins_on > local_day(at)))
        _take_in(case, member)
        record(
            member, "case_joined", by=by, at=at, facts={"who": who(case, by), "lead": case.number},
            content={"reason": reason},
        )  # fmt: skip
        session.expire(member, ["lead", "lead_parties", "hearings", "hearings_going"])
    hearing.ended_at = at
    session.flush()
    session.expire(case, ["member_numbers", "hearings", "hearings_going"])
    return advance(
        case, move, s, by=by, at=at,
        facts={"who": who(case, by), "numbers": ", ".join(member.number for member in members)},
        content={"reason": reason}, dues=_earliest(case, members), dates={"": local_day(at)},
    )  # fmt: skip


def _take_in(lead: Case, member: Case) -> None:
    """The member's parties take part in the lead case, in their own capacity, with their latest stand.

    One that already takes part there without being a side of it becomes one: what is agreed on needs it too.
    """
    known = {p.party_code: p for p in lead.parties}
    said = {p.party_code for p in queries.positions(lead)}
    latest = {p.party_code: p for p in reversed(queries.positions(member))}
    for party in member.parties:
        there = known.get(party.party_code)
        if there is not None and (there.role in SIDES or party.role not in SIDES):
            continue
        if there is not None:
            there.role, there.came_with = party.role, member.number
        else:
            lead.parties.append(
                CaseParty(
                    party_code=party.party_code, role=party.role, handler_id=party.handler_id,
                    substitute_id=party.substitute_id, acknowledged_at=party.acknowledged_at, came_with=member.number,
                )
            )  # fmt: skip
        if party.party_code not in said and (stand := latest.get(party.party_code)):
            stated = {"version": 1, "text": stand.text, "stated_at": stand.stated_at}
            session.add(Position(case_id=lead.id, party_code=party.party_code, **stated))
    session.flush()


def _earliest(lead: Case, members: Sequence[Case]) -> list[Due]:
    """The lead's open deadlines of this step that one of the members has earlier: so that no party loses time."""
    sooner = []
    for key, own in in_force(lead).items():
        theirs = [in_force(member).get(key) for member in members]
        open_ones = [d for d in theirs if d and d.step == own.step and (d.met_on is None or key in {"D7", "D7c"})]
        first = min(open_ones, key=lambda d: d.due_on, default=own)
        if own.met_on is None and own.step == lead.step and first.due_on < own.due_on:
            sooner.append(Due(key, "join", first.base_on, first.workdays, first.due_on, first.receipt))
    return sooner


def separate(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Undo a join before the lead case is decided (T38). The case goes on from where it rested, with the days it had.

    The parties that came with it stay in the lead case as affected ones: what they have said and answered there stands.
    """
    move = allowed(case, "separate", s, by)
    lead = case.lead
    assert lead is not None
    dues = _set_apart(case, lead, at)
    told = {"who": who(case, by), "number": case.number}
    record(lead, "member_separated", by=by, at=at, facts=told, content={"reason": reason})
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by), "lead": lead.number}, content={"reason": reason},
        dues=dues, dates={"": local_day(at)}, changes={"is_joined": False, "is_lead_before_minuted": False},
    )  # fmt: skip


def _part(member: Case, lead: Case, by: Viewer, at: dt.datetime) -> None:
    """Let a case go on by itself whose lead has ended without its own question being decided or settled (T38).

    It stands where it stood, with the days it had left.
    """
    set_dues(member, _set_apart(member, lead, at), at)
    ladder = ladder_of(member)
    stands = Situation(phase=member.phase, step=member.step, kinds=ladder.kinds, is_principled=member.is_principled)
    done = queries.local_facts(member, queries.deadlines(member), queries.proposals(member))
    pass_ball(member, stands.change(**done), {}, by, at)
    record(member, "case_parted", by=by, at=at, facts={"lead": lead.number})


def _set_apart(case: Case, lead: Case, at: dt.datetime) -> list[Due]:
    """Undo that ``case`` follows ``lead``. Returns its open deadlines with the days that they had left."""
    since = case.joined_at
    assert since is not None
    case.joined_to = case.joined_at = None
    others = [member for member in queries.by_numbers((lead.member_numbers or "").split()) if member is not case]
    for party in lead.parties:
        if party.came_with == case.number:
            stays = next((o for o in others if party.party_code in {p.party_code for p in o.parties}), None)
            party.came_with = stays.number if stays else None
            party.role = party.role if stays else PartyRole.AFFECTED
            if not stays and lead.kept_by == party.party_code:
                lead.kept_by = None
    calendar = calendar_of(ladder_of(case))
    day, today = local_day(since), local_day(at)
    rested = [
        due_dates.resumed(d.key, d.due_on, day, today, calendar, urgent=case.is_urgent)
        for d in in_force(case).values()
        if d.met_on is None and d.due_on >= day and d.receipt["rule"] not in {"second_meeting", "before_dispatch"}
    ]
    session.flush()
    session.expire(lead, ["member_numbers"])
    session.expire(case, ["lead", "lead_parties"])
    return [replace(due, base_event="separate") for due in rested]


def supersede(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, reason: str) -> TrailEvent:
    """Close a case whose question is gone, since the law or the agreement has changed (T40): two officials of different
    sides, by their proposal. All have been heard, and nobody that pursues the case has objected."""
    move = allowed(case, "supersede", s, by)
    hearing_on(case, HearingKind.SUPERSEDE).ended_at = at
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"reason": reason},
        closing_reason=ClosingReason.SUPERSEDED,
    )  # fmt: skip


# What a case is about --------------------------------------------------------------------------------------------

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


# Implementation --------------------------------------------------------------------------------------------------


def report_task(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, task_id: int, report: str) -> TrailEvent:
    """Report what has been done (T35b). When all tasks are reported the counterparty has ten days to confirm."""
    move = allowed(case, "report_task", s, by)
    all_tasks = queries.tasks(case)
    task = next((t for t in all_tasks if t.id == task_id and t.obliged_party == by.party), None)
    if task is None or task.reported_at is not None:
        raise FactsRefused({"task_id": say("Välj en uppgift som är er och som inte redan är rapporterad.")})
    task.report, task.reported_at = report, at
    is_all = all(t.reported_at is not None for t in all_tasks)
    return advance(
        case, move, s, by=by, at=at, facts={"who": task.obliged_party}, content={"what": task.what, "report": report},
        changes={"are_tasks_reported": is_all}, dates=task_dates(case, all_tasks, local_day(at)),
    )  # fmt: skip


def task_dates(case: Case, all_tasks: Sequence[Task], today: dt.date) -> dict[str, dt.date]:
    """The days that the ball needs while a case is implemented: the earliest open task, and the confirmation."""
    open_tasks = [t.due_on for t in all_tasks if t.reported_at is None]
    calendar = calendar_of(ladder_of(case))
    confirm = workdays.add(today, 10, calendar, case.is_urgent)
    return {"confirm": confirm} | ({"task": min(open_tasks)} if open_tasks else {})


def confirm_done(case: Case, s: Situation, *, by: Viewer, at: dt.datetime, summary: str) -> TrailEvent:
    """Close an implemented case (T35): the counterparty, or the secretariat when nobody has acted.

    The reason is that with which implementation began: a case that was interpreted is closed as interpreted.
    """
    move = allowed(case, "confirm_done", s, by)
    reason = case.planned_reason or ClosingReason.DECIDED_BODY
    return advance(
        case, move, s, by=by, at=at, facts={"who": who(case, by)}, content={"summary": summary},
        closing_reason=reason,
    )  # fmt: skip
