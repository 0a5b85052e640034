"""Questions about cases. Every one carries its viewer: what is not yours does not exist (domain/02 § 2.4)."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from escalation.accounts.models import SECRETARIAT_ROLES, Membership, Role, User, Viewer
from escalation.agreements.models import Interpretation, InterpretationProvision, Provision
from escalation.cases.models import (
    Ball,
    Case,
    CaseParty,
    CaseProvision,
    Deadline,
    JointStatement,
    PartyNote,
    PartyRole,
    Pause,
    Position,
    Proposal,
    ProposalAnswer,
    RecommendationAnswer,
    RegistryNumber,
    StatementDraft,
    StatementPart,
    Task,
    folded,
)
from escalation.db import session
from escalation.documents.models import Attachment
from escalation.rules import ladder as ladders
from escalation.rules.ladder import Ladder
from escalation.rules.situation import Phase, Seat
from escalation.trail import queries as trail

CHAIRS = frozenset({Role.STEERING_CHAIR, Role.STEERING_DEPUTY, Role.VIS_CHAIR, Role.VIS_DEPUTY})
SEATED = CHAIRS | {Role.STEERING_MEMBER, Role.VIS_MEMBER}
PARTY_WRITERS = frozenset({Role.LOCAL_HANDLER, Role.LOCAL_APPROVER})
READS_ALL = SECRETARIAT_ROLES | {Role.AUDITOR}
OPEN_TO_OWN_PARTY = frozenset({Role.LOCAL_HANDLER, Role.LOCAL_APPROVER, Role.PARTY_REGISTRAR, Role.PARTY_READER})


class Sight(enum.StrEnum):
    """How much of a case a viewer sees: everything, a stub (title, parties, status), or title and status only."""

    FULL = "full"
    STUB = "stub"
    TITLE = "title"


@lru_cache(maxsize=64)
def _ladder(key: str, fingerprint: str) -> Ladder:
    return ladders.load(key)


def ladder_of(found: Case) -> Ladder:
    """The ladder the case was filed under, from its own frozen copy."""
    if found.ladder_hash == ladders.fingerprint(ladders.definition(found.ladder_key)):
        return _ladder(found.ladder_key, found.ladder_hash)
    return ladders.parse(found.ladder)


def sight(found: Case, viewer: Viewer) -> Sight | None:
    """What the viewer may see of the case; None where it does not exist for them.

    Own parties see all, a respondent and affected parties from T8. Other parties see title and status from the first
    body's step. A body sees all from its own step; the first body sees a stub before that.
    """
    role = viewer.role
    if role is None:
        return None
    if role in READS_ALL:
        return Sight.FULL
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        own = next((p for p in found.parties if p.party_code == viewer.party), None)
        if own and (own.role is PartyRole.INITIATOR or found.served_at is not None):
            return Sight.FULL
        return Sight.TITLE if _has_reached_body(found) else None
    if viewer.body is not None and role in SEATED:
        ladder = ladder_of(found)
        own_step = ladder.step_of(viewer.body)
        if own_step is None:
            return None
        if found.step >= own_step:
            return Sight.FULL
        if own_step == ladder.first_body_step:
            return Sight.STUB
        return Sight.TITLE if _has_reached_body(found) else None
    return None


def _has_reached_body(found: Case) -> bool:
    return found.step >= ladder_of(found).first_body_step


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """The same law as ``sight``, as a condition that a list can be asked with."""
    role = viewer.role
    if role in READS_ALL:
        return true()
    reached = Case.step >= Case.first_body_step
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        return or_(_is_own(viewer.party), reached)
    if viewer.body is not None and role in SEATED:
        on_ladder = [key for key in ladders.shipped() if ladders.load(key).step_of(viewer.body)]
        first = [
            key for key in on_ladder if ladders.load(key).step(ladders.load(key).first_body_step).body == viewer.body
        ]
        return and_(Case.ladder_key.in_(on_ladder), or_(Case.ladder_key.in_(first), reached))
    return false()


def seen_whole(viewer: Viewer) -> ColumnElement[bool]:
    """The cases of which ``sight`` is FULL, as a condition."""
    role = viewer.role
    if role in READS_ALL:
        return true()
    if viewer.party is not None and role in OPEN_TO_OWN_PARTY:
        return _is_own(viewer.party)
    if viewer.body is not None and role in SEATED:
        own_step = {key: ladders.load(key).step_of(viewer.body) for key in ladders.shipped()}
        return or_(false(), *(and_(Case.ladder_key == key, Case.step >= no) for key, no in own_step.items() if no))
    return false()


def _is_own(party: str) -> ColumnElement[bool]:
    return exists().where(
        CaseParty.case_id == Case.id,
        CaseParty.party_code == party,
        or_(CaseParty.role == PartyRole.INITIATOR, Case.served_at.is_not(None)),
    )


def numbered(text: str, *, viewer: Viewer) -> ColumnElement[bool]:
    """The cases that carry a register number with ``text`` in it, among those whose numbers the viewer may read."""
    has = exists().where(
        RegistryNumber.case_id == Case.id, RegistryNumber.folded.contains(folded(text), autoescape=True)
    )
    return and_(has, seen_whole(viewer))


def get(number: str, *, viewer: Viewer) -> tuple[Case, Sight] | None:
    """The case with that number and how much of it the viewer sees, or None where it is not theirs."""
    party = joinedload(Case.parties)
    whole = select(Case).options(
        party.joinedload(CaseParty.party), party.joinedload(CaseParty.registry_numbers), joinedload(Case.agreement)
    )
    found = session.scalars(whole.where(Case.number == number)).unique().one_or_none()
    if found is None:
        return None
    seen = sight(found, viewer)
    return None if seen is None else (found, seen)


def seats(found: Case, viewer: Viewer, tasks: Sequence[Task] = ()) -> frozenset[Seat]:
    """The capacities in which the viewer may act in this case (domain/05 § 5.2). None of them see more for it."""
    role = viewer.role
    if viewer.system:
        return frozenset({Seat.CLOCK})
    if role in SECRETARIAT_ROLES:
        return frozenset({Seat.SECRETARIAT, Seat.BODY_HERE})
    if role in CHAIRS:
        ladder = ladder_of(found)
        here = ladder.step(found.step).body
        mine: set[Seat] = set()
        if here == viewer.body:
            mine.add(Seat.CHAIR_HERE)
        if ladder.next_body(found.step) == viewer.body:
            mine.add(Seat.CHAIR_NEXT)
        return frozenset(mine)
    if role in PARTY_WRITERS:
        own = next((p for p in found.parties if p.party_code == viewer.party), None)
        if own is None:
            return frozenset()
        return _party_seats(own, role is Role.LOCAL_APPROVER, tasks)
    return frozenset()


def _party_seats(own: CaseParty, is_approver: bool, tasks: Sequence[Task]) -> frozenset[Seat]:
    handler, approver = {
        PartyRole.INITIATOR: (Seat.INITIATOR_HANDLER, Seat.INITIATOR_APPROVER),
        PartyRole.RESPONDENT: (Seat.RESPONDENT_HANDLER, Seat.RESPONDENT_APPROVER),
        PartyRole.AFFECTED: (Seat.AFFECTED_HANDLER, None),
    }[own.role]
    mine = {handler}
    if is_approver and approver:
        mine.add(approver)
    if any(t.obliged_party == own.party_code and t.reported_at is None for t in tasks):
        mine.add(Seat.OBLIGED_HANDLER)
    is_side = own.role is not PartyRole.AFFECTED
    if is_approver and is_side and any(t.obliged_party != own.party_code for t in tasks):
        mine.add(Seat.COUNTERPARTY_APPROVER)
    return frozenset(mine)


def deadlines(found: Case) -> Sequence[Deadline]:
    """The deadlines of the case's present round, oldest first; the last of a key is the one in force."""
    return session.scalars(
        select(Deadline).where(Deadline.case_id == found.id, Deadline.round == found.round).order_by(Deadline.id)
    ).all()


def balls(found: Case) -> Sequence[Ball]:
    """All ball rows of the case, in the order in which they begin."""
    return session.scalars(select(Ball).where(Ball.case_id == found.id).order_by(Ball.begins_on, Ball.id)).all()


def current_ball(rows: Sequence[Ball], today: dt.date) -> Ball | None:
    """Today's ball: the last row that has begun."""
    return next((b for b in reversed(rows) if b.begins_on <= today), None)


def positions(found: Case) -> Sequence[Position]:
    """Every version of every party's stand, newest first."""
    return session.scalars(
        select(Position).where(Position.case_id == found.id).order_by(Position.version.desc(), Position.id)
    ).all()


def positions_with_attachments(found: Case) -> tuple[list[Position], list[Attachment]]:
    """``positions``, and everything that is attached in the case in the order in which it came; one question.

    The attachments come beside the first stand, which every case has from its filing on.
    """
    first = select(func.min(Position.id)).where(Position.case_id == found.id).scalar_subquery()
    rows = session.execute(
        select(Position, Attachment)
        .outerjoin(Attachment, and_(Attachment.case_id == Position.case_id, Position.id == first))
        .where(Position.case_id == found.id)
        .order_by(Position.version.desc(), Position.id, Attachment.id)
    ).all()
    beside: list[Attachment | None] = [a for _p, a in rows]
    return list(dict.fromkeys(p for p, _a in rows)), [a for a in beside if a is not None]


def proposals(found: Case) -> Sequence[Proposal]:
    """The proposals of the present round, newest first, with their answers."""
    return (
        session.scalars(
            select(Proposal)
            .where(Proposal.case_id == found.id, Proposal.round == found.round)
            .options(joinedload(Proposal.answers))
            .order_by(Proposal.id.desc())
        )
        .unique()
        .all()
    )


def sides(found: Case) -> list[CaseParty]:
    """Those whose agreement a case needs: the initiators, then the respondents."""
    return [*found.of(PartyRole.INITIATOR), *found.of(PartyRole.RESPONDENT)]


def statement_drafts(found: Case) -> dict[str, Mapping[str, str]]:
    """What each side has saved of the joint statement at the case's present step, by party code, then by part.

    A side that has saved nothing is left out.
    """
    return {d.party_code: d.parts for d in _drafts(found)}


def statement_draft(found: Case, party: str) -> StatementDraft | None:
    """That side's own column of the sheet, if it has saved anything."""
    return next((d for d in _drafts(found) if d.party_code == party), None)


def _drafts(found: Case) -> Sequence[StatementDraft]:
    return session.scalars(
        select(StatementDraft)
        .where(
            StatementDraft.case_id == found.id,
            StatementDraft.round == found.round,
            StatementDraft.step == found.step,
        )
        .execution_options(populate_existing=True)
    ).all()


def wordings(drafts: Mapping[str, Mapping[str, str]], part: StatementPart) -> list[str]:
    """The different wordings of a shared part, in the order of the drafts. Who has written nothing has none.

    One wording is one that both sides can approve; several differ.
    """
    return list(dict.fromkeys(text for parts in drafts.values() if (text := parts.get(part))))


def joint_statements(found: Case) -> Sequence[JointStatement]:
    """The statements with which the case has been lifted, newest first."""
    return session.scalars(
        select(JointStatement).where(JointStatement.case_id == found.id).order_by(JointStatement.id.desc())
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


def has_notes_of_its_own(found: Case, viewer: Viewer) -> bool:
    """Whether the viewer has a private room beside the case: the handlers and approvers of a party in it."""
    return (
        viewer.role in PARTY_WRITERS
        and any(p.party_code == viewer.party for p in found.parties)
        and sight(found, viewer) is Sight.FULL
    )


def notes(found: Case, *, viewer: Viewer) -> Sequence[PartyNote]:
    """The notes in the viewer's own party's room, newest first. For everybody else there are none."""
    if not has_notes_of_its_own(found, viewer):
        return ()
    return session.scalars(
        select(PartyNote)
        .where(PartyNote.case_id == found.id, PartyNote.party_code == viewer.party)
        .options(joinedload(PartyNote.author).joinedload(Membership.user))
        .order_by(PartyNote.id.desc())
    ).all()


def recommendation_answers(found: Case) -> Sequence[RecommendationAnswer]:
    """The parties' answers to the recommendation that is out at the case's present step."""
    return session.scalars(
        select(RecommendationAnswer)
        .where(
            RecommendationAnswer.case_id == found.id,
            RecommendationAnswer.round == found.round,
            RecommendationAnswer.step == found.step,
        )
        .order_by(RecommendationAnswer.id)
    ).all()


def pauses(found: Case) -> Sequence[Pause]:
    """Every pause of the case, oldest first."""
    return session.scalars(select(Pause).where(Pause.case_id == found.id).order_by(Pause.id)).all()


def due_by_time(today: dt.date) -> Sequence[Case]:
    """Open cases in which time alone now acts: a pause that is over, a withdrawal nobody objected to."""
    return session.scalars(
        select(Case)
        .where(Case.phase != Phase.CLOSED, or_(Case.paused_until <= today, Case.withdrawal_until < today))
        .order_by(Case.id)
    ).all()


def tasks(found: Case) -> Sequence[Task]:
    """What has been undertaken in the present round, earliest last day first."""
    return [t for t in found.tasks if t.round == found.round]


def provisions(found: Case) -> Sequence[Provision]:
    """The provisions the case cites, in the agreement's order."""
    return session.scalars(
        select(Provision)
        .join(CaseProvision, CaseProvision.provision_id == Provision.id)
        .where(CaseProvision.case_id == found.id)
        .order_by(Provision.position)
    ).all()


def cited(found: Case) -> list[tuple[Provision, list[Interpretation]]]:
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
        .where(CaseProvision.case_id == found.id)
        .order_by(Provision.position, Interpretation.id.desc())
    )
    by_provision: dict[int, tuple[Provision, list[Interpretation]]] = {}
    for provision, interpretation in rows:
        known = by_provision.setdefault(provision.id, (provision, []))[1]
        if interpretation is not None:
            known.append(interpretation)
    return list(by_provision.values())


def open_balls(today: dt.date) -> list[tuple[Case, Ball]]:
    """Every open, unpaused case with today's ball; cases without one are left out (the integrity check finds them)."""
    rank = (
        func.row_number()
        .over(partition_by=Ball.case_id, order_by=(Ball.begins_on.desc(), Ball.id.desc()))
        .label("rank")
    )
    newest = select(Ball.id, rank).where(Ball.begins_on <= today).subquery()
    rows = session.execute(
        select(Case, Ball)
        .join(Ball, Ball.case_id == Case.id)
        .join(newest, and_(newest.c.id == Ball.id, newest.c.rank == 1))
        .where(Case.phase != Phase.CLOSED, Case.paused_until.is_(None))
        .options(selectinload(Case.parties))
        .order_by(Case.id)
    )
    return [(c, b) for c, b in rows]


def without_ball(today: dt.date) -> list[str]:
    """Numbers of open, unpaused cases that nobody holds today: each a bug that the integrity check reports (E15)."""
    has = exists().where(Ball.case_id == Case.id, Ball.begins_on <= today)
    return list(
        session.scalars(
            select(Case.number)
            .where(Case.phase != Phase.CLOSED, Case.paused_until.is_(None), ~has)
            .order_by(Case.number)
        )
    )


def listed(viewer: Viewer, today: dt.date, *, limit: int = 200) -> list[tuple[Case, Sight, Ball | None]]:
    """The viewer's cases with today's ball: open ones first by the ball's last day, then closed ones, newest first."""
    rank = func.row_number().over(partition_by=Ball.case_id, order_by=(Ball.begins_on.desc(), Ball.id.desc()))
    newest = select(Ball.id, Ball.case_id, rank.label("rank")).where(Ball.begins_on <= today).subquery()
    is_closed = case((Case.phase == Phase.CLOSED, 1), else_=0)
    rows = session.execute(
        select(Case, Ball)
        .outerjoin(newest, and_(newest.c.case_id == Case.id, newest.c.rank == 1))
        .outerjoin(Ball, Ball.id == newest.c.id)
        .where(visible(viewer))
        .options(
            selectinload(Case.parties).joinedload(CaseParty.party),
            selectinload(Case.tasks),
            joinedload(Case.agreement),
        )
        .order_by(is_closed, Ball.due_on, Case.id.desc())
        .limit(limit)
    )
    found = [(c, sight(c, viewer), None if c.phase is Phase.CLOSED else b) for c, b in rows]
    return [(c, s, b) for c, s, b in found if s is not None]


def provision_codes(cases: Sequence[Case]) -> dict[int, list[str]]:
    """The codes of the provisions that each of these cases cites, by case id."""
    rows = session.execute(
        select(CaseProvision.case_id, Provision.code)
        .join(Provision, Provision.id == CaseProvision.provision_id)
        .where(CaseProvision.case_id.in_([c.id for c in cases]))
        .order_by(Provision.position)
    )
    found: dict[int, list[str]] = {}
    for case_id, code in rows:
        found.setdefault(case_id, []).append(code)
    return found


def same_provision(found: Case, *, viewer: Viewer) -> Sequence[Case]:
    """Other open cases that the viewer may know of and that cite one of the same provisions."""
    mine = select(CaseProvision.provision_id).where(CaseProvision.case_id == found.id)
    citing = select(CaseProvision.case_id).where(CaseProvision.provision_id.in_(mine))
    return session.scalars(
        select(Case)
        .where(Case.id.in_(citing), Case.id != found.id, Case.phase != Phase.CLOSED, visible(viewer))
        .order_by(Case.id)
    ).all()


# Who is meant by a seat-set word ---------------------------------------------------------------------------------


def parties_of(found: Case, word: str) -> list[str]:
    """The party codes that a seat-set word names in this case; empty for an office."""
    initiators = [p.party_code for p in found.of(PartyRole.INITIATOR)]
    respondents = [p.party_code for p in found.of(PartyRole.RESPONDENT)]
    match word:
        case "initiator":
            return initiators
        case "respondent":
            return respondents
        case "both_sides" | "both_sides_and_secretariat":
            return initiators + respondents
        case "unanswered":
            answered = {a.party_code for a in recommendation_answers(found)}
            return [code for code in initiators + respondents if code not in answered]
        case "obliged":
            return sorted({t.obliged_party for t in tasks(found) if t.reported_at is None})
        case "counterparty":
            obliged = {t.obliged_party for t in tasks(found)}
            return [code for code in initiators + respondents if code not in obliged]
        case _:
            return []


def people(found: Case, word: str) -> list[User]:
    """The people whom a seat-set word means in this case, each once.

    A party is its named handler, else all its handlers; where it has none, its approvers. Nobody left at all means
    the secretariat (E25: never nobody).
    """
    wanted = _memberships(found, word)
    rows = session.scalars(
        select(User).where(User.is_active, User.id.in_(select(Membership.user_id).where(wanted))).order_by(User.id)
    ).all()
    if rows or word.startswith(("substitute_of:", "secretariat")):
        return list(rows)
    return people(found, "secretariat")


def _memberships(found: Case, word: str) -> ColumnElement[bool]:
    if word.startswith("substitute_of:"):
        codes = parties_of(found, word.partition(":")[2])
        ids = [p.substitute_id for p in found.parties if p.party_code in codes and p.substitute_id]
        return Membership.id.in_(ids)
    if word.startswith("approvers_of:"):
        codes = parties_of(found, word.partition(":")[2])
        return and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
    seat, _, body = word.partition(":")
    if seat == "secretariat":
        return Membership.role.in_(SECRETARIAT_ROLES)
    if seat == "secretariat_head":
        return Membership.role == Role.SECRETARIAT_HEAD
    if seat == "body":  # the body meets; the secretariat records what it decides
        return or_(Membership.role.in_(SECRETARIAT_ROLES), and_(Membership.role.in_(CHAIRS), Membership.body == body))
    if seat in {"chair", "chair_and_secretariat"}:
        ladder = ladder_of(found)
        chaired = body or ladder.step(found.step).body or ladder.next_body(found.step)
        chair = and_(Membership.role.in_(CHAIRS), Membership.body == chaired)
        return chair if seat == "chair" else or_(chair, Membership.role.in_(SECRETARIAT_ROLES))
    codes = parties_of(found, seat)
    named = [p.handler_id for p in found.parties if p.party_code in codes and p.handler_id]
    unnamed = [p.party_code for p in found.parties if p.party_code in codes and not p.handler_id]
    role = Role.LOCAL_APPROVER if seat == "unanswered" else Role.LOCAL_HANDLER
    people_of = or_(Membership.id.in_(named), and_(Membership.party_code.in_(unnamed), Membership.role == role))
    if seat == "unanswered":
        people_of = and_(Membership.party_code.in_(codes), Membership.role == role)
    if seat == "both_sides_and_secretariat":
        return or_(people_of, Membership.role.in_(SECRETARIAT_ROLES))
    return people_of


def state_of(found: Case, balls: Sequence[Ball]) -> dict[str, Any]:
    """What a case's row and ball say, in words and days: stamped on every event and compared by ``flask verify``."""
    return {
        "step": found.step,
        "phase": found.phase.value,
        "round": found.round,
        "version": found.version,
        "closing_reason": found.closing_reason.value if found.closing_reason else None,
        "ball": [[b.begins_on.isoformat(), b.act, b.holder, b.due_on.isoformat()] for b in balls],
    }


def rows_that_disagree() -> list[str]:
    """Numbers of cases whose row or ball is not what their newest trail event says, with the first difference."""
    told = trail.latest_states("case:")
    wrong: list[str] = []
    by_case: dict[int, list[Ball]] = {}
    for ball in session.scalars(select(Ball).order_by(Ball.begins_on, Ball.id)):
        by_case.setdefault(ball.case_id, []).append(ball)
    for found in session.scalars(select(Case).order_by(Case.id)):
        says = told.pop(f"case:{found.number}", None)
        if says is None:
            wrong.append(f"{found.number}: the trail has no event of this case")
            continue
        is_now = state_of(found, by_case.get(found.id, []))
        differing = next((key for key in is_now if says.get(key) != is_now[key]), None)
        if differing:
            wrong.append(
                f"{found.number}: {differing} is {is_now[differing]!r}, its events say {says.get(differing)!r}"
            )
    return wrong + [f"{about.partition(':')[2]}: the trail has events of a case that has no row" for about in told]
