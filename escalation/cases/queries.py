"""Queries for cases and their rows. A page asks with its viewer: other cases do not exist (domain/02 § 2.4)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    func,
    select,
    true,
)
from sqlalchemy import (
    case as case_when,
)
from sqlalchemy.orm import joinedload, undefer

from escalation.accounts.models import Membership, User, Viewer
from escalation.agreements.models import Interpretation, InterpretationProvision, Provision
from escalation.cases.ladders import last_day
from escalation.cases.models.asks import (
    Hearing,
    Proposal,
    ProposalAnswer,
    RecommendationAnswer,
    Reopening,
)
from escalation.cases.models.case import Case, CaseProvision, Draft
from escalation.cases.models.course import Ball, Deadline, Pause, Task
from escalation.cases.models.parties import CaseGuest, CaseParty, PartyNote, PartyRole, RegistryNumber, folded
from escalation.cases.models.statements import DialogueMeeting, JointStatement, Position, StatementDraft, StatementPart
from escalation.cases.sight import PARTY_WRITERS, Sight, is_moving, seen_whole, sight_of
from escalation.db import session
from escalation.documents.models import Attachment
from escalation.rules import workdays
from escalation.rules.situation import (
    LOCAL_PHASES,
    SHARED_BEFORE_MINUTED,
    ClosingReason,
    Phase,
    ProposalKind,
)
from escalation.rules.workdays import swedish_day


def numbered(text: str, *, viewer: Viewer, today: dt.date | None = None) -> ColumnElement[bool]:
    """A condition: the case has a register number that contains ``text``, and the viewer may read it."""
    has = exists().where(
        RegistryNumber.case_id == Case.id, RegistryNumber.folded.contains(folded(text), autoescape=True)
    )
    return and_(has, seen_whole(viewer, today))


def get(number: str, *, viewer: Viewer, today: dt.date | None = None) -> tuple[Case, Sight] | None:
    """The case with that number and how much of it the viewer sees; None if they may not know of the case."""
    party = joinedload(Case.parties)
    whole = select(Case).options(
        party.joinedload(CaseParty.party), party.joinedload(CaseParty.registry_numbers), joinedload(Case.agreement),
        joinedload(Case.hearings).joinedload(Hearing.comments), joinedload(Case.referrals), undefer(Case.objected_to),
        joinedload(Case.registrations),
        joinedload(Case.guests).joinedload(CaseGuest.membership).joinedload(Membership.user),
    )  # fmt: skip
    case = session.scalars(whole.where(Case.number == number)).unique().one_or_none()
    if case is None:
        return None
    seen = sight_of(case, viewer, today)
    return None if seen is None else (case, seen)


def drafts(viewer: Viewer) -> Sequence[Draft]:
    """The drafts of the viewer's organisation, the last saved first; empty for those who do not write for one.

    A person of one unit (a district) sees the drafts of that unit.
    """
    return session.scalars(
        _own_drafts(viewer).where(Draft.case_id.is_(None)).order_by(Draft.saved_at.desc(), Draft.id.desc())
    ).all()


def draft(draft_id: int, *, viewer: Viewer, lock: bool = False) -> Draft | None:
    """The draft, or None if it is not the viewer's organisation's.

    ``lock``: other people cannot save the draft before this transaction is committed.
    """
    query = _own_drafts(viewer).where(Draft.id == draft_id)
    return session.scalars(query.with_for_update(of=Draft) if lock else query).one_or_none()


def _own_drafts(viewer: Viewer) -> Select[Draft]:
    writes = viewer.party is not None and viewer.role in PARTY_WRITERS
    own = and_(Draft.party_code == viewer.party, true() if viewer.unit is None else Draft.unit_code == viewer.unit)
    return select(Draft).where(own if writes else false()).options(joinedload(Draft.saver).joinedload(Membership.user))


# Every page and every act asks these, so they are built once: building a query takes most of its time.
THIS_CASE = bindparam("case", type_=Integer)
TODAY = bindparam("today", type_=Date)
DEADLINES = (
    select(Deadline)
    .where(Deadline.case_id == THIS_CASE, Deadline.round == bindparam("round", type_=Integer))
    .order_by(Deadline.id)
)
BALLS = select(Ball).where(Ball.case_id == THIS_CASE).order_by(Ball.begins_on, Ball.id)
_FIRST_POSITION = select(func.min(Position.id)).where(Position.case_id == THIS_CASE).scalar_subquery()
_POSITIONS_WITH_ATTACHMENTS = (
    select(Position, Attachment)
    .outerjoin(Attachment, and_(Attachment.case_id == Position.case_id, Position.id == _FIRST_POSITION))
    .where(Position.case_id == THIS_CASE)
    .order_by(Position.version.desc(), Position.id, Attachment.id)
)


def deadlines(case: Case) -> Sequence[Deadline]:
    """The deadlines of the case's present round, oldest first.

    Of several deadlines with the same key the last is in force.
    """
    return session.scalars(DEADLINES, {"case": case.id, "round": case.round}).all()


def balls(case: Case) -> Sequence[Ball]:
    """All ball rows of the case, in the order in which they begin."""
    return session.scalars(BALLS, {"case": case.id}).all()


def current_ball(rows: Sequence[Ball], today: dt.date) -> Ball | None:
    """The row that says who is waited for today: the last with ``begins_on`` <= today, or None.

    ``rows`` are in the order of ``begins_on``.
    """
    return next((b for b in reversed(rows) if b.begins_on <= today), None)


def positions(case: Case) -> Sequence[Position]:
    """All versions of all parties' positions, newest first."""
    return session.scalars(
        select(Position).where(Position.case_id == case.id).order_by(Position.version.desc(), Position.id)
    ).all()


def filing_text(case: Case, stands: Sequence[Position]) -> Position:
    """The filer's newest position in ``stands``, which are sorted newest first. It belongs to the filing."""
    return next(p for p in stands if p.party_code == case.filer.party_code)


def positions_with_attachments(case: Case) -> tuple[list[Position], list[Attachment]]:
    """All positions of the case, newest first, and all its attachments, oldest first, read with one query.

    The query joins the attachments to the first position, which every case has. Each attachment has its secrecy mark.
    ``secrecy.visible_attachments`` says which of them a viewer may know of.
    """
    rows = session.execute(_POSITIONS_WITH_ATTACHMENTS, {"case": case.id}).all()
    attached: list[Attachment | None] = [a for _p, a in rows]
    return list(dict.fromkeys(p for p, _a in rows)), [a for a in attached if a is not None]


def local_facts(case: Case, of_round: Sequence[Deadline], offered: Sequence[Proposal]) -> dict[str, bool]:
    """The flags of the situation that say what the parties have done in the case.

    ``rules/waits.py`` needs them to say what the case waits for next.
    """
    here = [d for d in of_round if d.step == case.step]
    met = {d.key for d in here if d.met_on is not None}
    is_local = case.phase in LOCAL_PHASES
    acknowledged = any(p.acknowledged_at for p in case.parties_as(PartyRole.RESPONDENT))
    return {
        "is_acknowledged": acknowledged and (case.step == 1 or "D4" in met or not is_local),
        "is_position_in": "D5" in met,
        "is_meeting_held": "D6" in met,
        "is_statement_agreed": case.phase is Phase.IMPASSE and _is_statement_agreed(case, of_round, offered),
        "is_kept_by_body": case.kept_by is not None and all(p.party_code != case.kept_by for p in case.parties),
    }


def _is_statement_agreed(case: Case, of_round: Sequence[Deadline], offered: Sequence[Proposal]) -> bool:
    """Whether a statement was approved since the present impasse was declared. One from before the parties went back to
    their dialogue (T19) no longer counts. It compares days, since clocks may jump."""
    declared = next((d for d in reversed(of_round) if d.key == "D7b"), None)
    agreed = [p for p in offered if p.kind is ProposalKind.STATEMENT and p.step == case.step and p.is_agreed]
    return declared is not None and any(
        swedish_day(p.ended_at) >= swedish_day(declared.set_at) for p in agreed if p.ended_at is not None
    )


def dialogue_meetings(case: Case) -> Sequence[DialogueMeeting]:
    """The meetings that the parties have written down, oldest first."""
    return session.scalars(
        select(DialogueMeeting)
        .where(DialogueMeeting.case_id == case.id)
        .order_by(DialogueMeeting.held_on, DialogueMeeting.id)
    ).all()


def proposals(case: Case) -> Sequence[Proposal]:
    """The proposals of the present round, newest first, with their answers."""
    return (
        session.scalars(
            select(Proposal)
            .where(Proposal.case_id == case.id, Proposal.round == case.round)
            .options(joinedload(Proposal.answers))
            .order_by(Proposal.id.desc())
        )
        .unique()
        .all()
    )


def statement_drafts(case: Case) -> dict[str, Mapping[str, str]]:
    """What each side has saved of the joint statement at the case's present step, by party code, then by part.

    A side that has saved nothing is left out.
    """
    return {d.party_code: d.parts for d in sheet(case)}


def of_the_sheet(case: Case, columns: Sequence[StatementDraft], offered: Sequence[Proposal]) -> set[str]:
    """The values of ``Attachment.hangs_on`` that files of the joint statement have.

    A file of the statement belongs to a column of the sheet or to a proposal of the statement.
    """
    past = [p for p in offered if p.kind is ProposalKind.STATEMENT and p.step == case.step]
    return {f"sheet:{d.id}" for d in columns} | {f"proposal:{p.id}" for p in past}


def statement_draft(case: Case, party: str) -> StatementDraft | None:
    """The column that this party has saved of the sheet; None if it has saved nothing."""
    return next((d for d in sheet(case) if d.party_code == party), None)


def sheet(case: Case) -> Sequence[StatementDraft]:
    """The columns of the sheet that parties have saved at the case's present step."""
    return session.scalars(
        select(StatementDraft)
        .where(
            StatementDraft.case_id == case.id,
            StatementDraft.round == case.round,
            StatementDraft.step == case.step,
        )
        .execution_options(populate_existing=True)
    ).all()


def wordings(drafts: Mapping[str, Mapping[str, str]], part: StatementPart) -> list[str]:
    """The different wordings of a shared part, in the order of the drafts, without empty ones.

    Where there is one only, both sides can approve it.
    """
    return list(dict.fromkeys(text for parts in drafts.values() if (text := parts.get(part))))


def joint_statements(case: Case) -> Sequence[JointStatement]:
    """The statements with which the case has been lifted, newest first."""
    return session.scalars(
        select(JointStatement).where(JointStatement.case_id == case.id).order_by(JointStatement.id.desc())
    ).all()


def approvals(proposal_id: int) -> list[tuple[str, dt.datetime, str]]:
    """Who approved a proposal: (party code, when, the person's name), in order of time."""
    rows = session.execute(
        select(ProposalAnswer.answered_for, ProposalAnswer.answered_at, User.name)
        .join(Membership, Membership.id == ProposalAnswer.answered_by)
        .join(User, User.id == Membership.user_id)
        .where(ProposalAnswer.proposal_id == proposal_id, ProposalAnswer.is_accepted)
        .order_by(ProposalAnswer.id)
    )
    return [(party, at, name) for party, at, name in rows]


def has_notes_of_its_own(case: Case, viewer: Viewer) -> bool:
    """Whether the viewer reads and writes private notes on the case: the handlers and approvers of a party in it."""
    return (
        viewer.role in PARTY_WRITERS
        and any(p.party_code == viewer.party for p in case.parties)
        and sight_of(case, viewer) is Sight.FULL
    )


def notes(case: Case, *, viewer: Viewer) -> Sequence[PartyNote]:
    """The private notes of the viewer's party, newest first; for all others there are none."""
    if not has_notes_of_its_own(case, viewer):
        return ()
    return session.scalars(
        select(PartyNote)
        .where(PartyNote.case_id == case.id, PartyNote.party_code == viewer.party)
        .options(joinedload(PartyNote.author).joinedload(Membership.user))
        .order_by(PartyNote.id.desc())
    ).all()


def recommendation_answers(case: Case) -> Sequence[RecommendationAnswer]:
    """The parties' answers in this round to what the body at the case's present step has recommended or announced."""
    return [a for a in case.answers if (a.round, a.step) == (case.round, case.step)]


def unanswered(case: Case) -> list[str]:
    """Codes of the parties that have not answered the body's recommendation or announcement.

    The initiators come first, then the respondents.
    """
    answered = {a.party_code for a in recommendation_answers(case)}
    return [p.party_code for p in case.sides if p.party_code not in answered]


def pauses(case: Case) -> Sequence[Pause]:
    """Every pause of the case, oldest first."""
    return session.scalars(select(Pause).where(Pause.case_id == case.id).order_by(Pause.id)).all()


def reopening_ends_on(case: Case) -> dt.date | None:
    """The last day on which a party may ask that the closed case is taken up again.

    It is twelve months after the case was closed (domain/04 § 4.8), or ten working days after it was rejected (T4b).
    None if the case is open.
    """
    if case.closed_at is None:
        return None
    if case.closing_reason is ClosingReason.OUT_OF_SCOPE:
        return last_day(case, case.closed_at, 10)
    return workdays.months_after(swedish_day(case.closed_at), 12)


def reopenings(case: Case) -> Sequence[Reopening]:
    """The requests of parties, in the present round, that the closed case is taken up again, oldest first."""
    of_round = select(Reopening).where(Reopening.case_id == case.id, Reopening.round == case.round)
    return session.scalars(of_round.order_by(Reopening.id)).all()


def tasks(case: Case) -> Sequence[Task]:
    """The tasks of the present round, the earliest last day first."""
    return [t for t in case.tasks if t.round == case.round]


def provisions(case: Case) -> Sequence[Provision]:
    """The provisions that the case cites, in the order of the agreement."""
    return session.scalars(
        select(Provision)
        .join(CaseProvision, CaseProvision.provision_id == Provision.id)
        .where(CaseProvision.case_id == case.id)
        .order_by(Provision.position)
    ).all()


def cited(case: Case) -> list[tuple[Provision, list[Interpretation]]]:
    """The provisions the case cites, in the agreement's order, each with its published interpretations."""
    rows = session.execute(
        select(Provision, Interpretation)
        .join(CaseProvision, CaseProvision.provision_id == Provision.id)
        .outerjoin(InterpretationProvision, InterpretationProvision.provision_id == Provision.id)
        .outerjoin(
            Interpretation,
            and_(
                Interpretation.id == InterpretationProvision.interpretation_id,
                Interpretation.published_on.is_not(None),
            ),
        )
        .where(CaseProvision.case_id == case.id)
        .order_by(Provision.position, Interpretation.id.desc())
    )
    by_provision: dict[int, tuple[Provision, list[Interpretation]]] = {}
    for provision, interpretation in rows:
        known = by_provision.setdefault(provision.id, (provision, []))[1]
        if interpretation is not None:
            known.append(interpretation)
    return list(by_provision.values())


def joinable(case: Case) -> list[Case]:
    """The cases that may be joined to this one (T38), those that cite one of its provisions first.

    The query needs no viewer: only the secretariat joins cases, and it sees all cases.
    """
    cites = cites_with(case)
    rows = (
        session.scalars(
            select(Case)
            .where(Case.agreement_code == case.agreement_code, Case.step == case.step, is_moving())
            .options(joinedload(Case.parties).joinedload(CaseParty.party))
            .order_by(case_when((cites, 0), else_=1), Case.id)
        )
        .unique()
        .all()
    )
    return [other for other in rows if may_be_joined(other, case)]


def may_be_joined(other: Case, lead: Case) -> bool:
    """Whether ``other`` may be joined to ``lead``: on the same step of the same ladder, about the same agreement, sent
    to its respondents and not yet decided, not resting, and not a lead case itself.
    """
    is_alike = (other.agreement_code, other.ladder_key, other.step) == (lead.agreement_code, lead.ladder_key, lead.step)
    is_still = other.paused_until or other.withdrawal_until or other.joined_to or other.member_numbers
    return other.id != lead.id and is_alike and other.phase in SHARED_BEFORE_MINUTED and not is_still


def cites_with(case: Case) -> ColumnElement[bool]:
    """Whether a case cites one of the provisions that this one does."""
    mine = select(CaseProvision.provision_id).where(CaseProvision.case_id == case.id)
    return Case.id.in_(select(CaseProvision.case_id).where(CaseProvision.provision_id.in_(mine)))


def by_numbers(numbers: Collection[str]) -> Sequence[Case]:
    """The cases with these numbers, oldest first. For verbs; a page uses ``get``."""
    return session.scalars(select(Case).where(Case.number.in_(numbers)).order_by(Case.id)).all()


def undertakings(case_ids: Collection[int], party: str | None) -> dict[int, list[str]]:
    """The tasks that the party has not yet reported in each of these cases, the earliest last day first."""
    of_now = and_(Task.case_id == Case.id, Task.round == Case.round)
    rows = session.execute(
        select(Task.case_id, Task.what)
        .join(Case, of_now)
        .where(Case.id.in_(case_ids), Task.obliged_party == party, Task.reported_at.is_(None))
        .order_by(Task.due_on, Task.id)
    )
    found: dict[int, list[str]] = {}
    for case_id, what in rows:
        found.setdefault(case_id, []).append(what)
    return found


def replies(case_ids: Collection[int]) -> dict[int, list[RecommendationAnswer]]:
    """The parties' answers to the recommendation that is out in each of these cases, oldest first, by case id."""
    a = RecommendationAnswer
    of_now = and_(a.case_id == Case.id, a.round == Case.round, a.step == Case.step)
    found: dict[int, list[RecommendationAnswer]] = {}
    for answer in session.scalars(select(a).join(Case, of_now).where(Case.id.in_(case_ids)).order_by(a.id)):
        found.setdefault(answer.case_id, []).append(answer)
    return found


def latest_positions(case_ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Each party's stand in each of these cases, in its newest version, by case id and party code."""
    rows = session.execute(
        select(Position.case_id, Position.party_code, Position.text)
        .where(Position.case_id.in_(case_ids))
        .order_by(Position.version)
    )
    found: dict[int, dict[str, str]] = {}
    for case_id, party_code, text in rows:
        found.setdefault(case_id, {})[party_code] = text
    return found
