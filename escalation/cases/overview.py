"""Many cases at once: how each stands today, for lists and start pages; and what they have in common.

Every question carries its viewer, as in ``queries``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    and_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
)
from sqlalchemy import (
    case as case_when,
)
from sqlalchemy.orm import aliased, defer, joinedload, selectinload

from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Membership, Role, User, Viewer, away
from escalation.agreements.models import Provision
from escalation.cases.models.asks import (
    Hearing,
    HearingComment,
    Proposal,
    ProposalAnswer,
    RecommendationAnswer,
    Reopening,
)
from escalation.cases.models.case import Case, CaseProvision
from escalation.cases.models.course import Ball, Deadline, Pause, Task
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.models.statements import DialogueMeeting, Position
from escalation.cases.people import parties_of
from escalation.cases.proposals import PERFORMS, offered_in
from escalation.cases.queries import numbered
from escalation.cases.sight import (
    Sight,
    is_asked_to_reopen,
    is_chairs_to_decide,
    is_moving,
    is_own,
    last_due,
    sight_of,
    visible,
    waits_for_hand,
)
from escalation.cases.waits import is_asked_for_opinion, is_asked_for_part, is_asked_to_register, may_follow, owed_by
from escalation.db import session
from escalation.rules.nudge_plan import OTHERS_HAND
from escalation.rules.situation import (
    TWO_OFFICIALS,
    Phase,
    ProposalKind,
)


@dataclass(frozen=True)
class CaseOverview:
    """How one case of many stands today, for lists and start pages.

    ``ball`` is today's row and ``then`` the next that begins by time alone; None in a closed case and in one that
    follows a lead. ``proposal``: the first to expire of those that wait for the viewer's side; ``hearing``: the first
    to end of those in which the viewer's party may comment. ``owed``: the deadline that the viewer's party has not met
    although a body has the case. ``offered``: the last day of the parties' open proposal that expires first, and the
    parties that have not answered it. ``due``: last days in force of D4, D7, D7b and D7c at the case's present step.
    ``answered``: the parties that have answered the recommendation; ``obliged``: those that have the next task to
    report; ``undertook``: those that have any task. ``provisions``: codes of the cited provisions, by id, in order.
    ``reopening``: in a closed case the wish that waits for the viewer. ``covered_for``: the name of the handler who is
    away today and for whom the viewer is the substitute. ``asked_at``, ``asks``: when the parties were last asked in
    this round whether they go on (T21a), and how often; ``lapse_until``: the last day of the proposal to close the case
    because none does. ``substance_at``: the last position, meeting, proposal, answer, report or move (domain/05 § 5.6,
    X2).
    """

    case: Case
    sight: Sight
    ball: Ball | None
    then: Ball | None
    proposal: Proposal | None
    provisions: Mapping[int, str]
    due: Mapping[str, dt.date]
    answered: frozenset[str]
    obliged: frozenset[str]
    undertook: frozenset[str]
    task_due_on: dt.date | None
    paused_from: dt.date | None
    substance_at: dt.datetime
    offered: tuple[dt.date, tuple[str, ...]] | None = None
    reopening: Reopening | None = None
    hearing: Hearing | None = None
    owed: Deadline | None = None
    covered_for: str | None = None
    asked_at: dt.datetime | None = None
    asks: int = 0
    lapse_until: dt.date | None = None

    @property
    def is_silent_since_asked(self) -> bool:
        """Whether the parties have been asked whether they go on, and none has acted since (T21)."""
        return self.asked_at is not None and (self.case.acted_at or self.case.filed_at) < self.asked_at

    @property
    def is_acknowledged(self) -> bool:
        return any(p.acknowledged_at for p in self.case.parties_as(PartyRole.RESPONDENT))

    @property
    def holders(self) -> list[str]:
        """Codes of the parties that hold the ball; empty where an office does, and in a closed case."""
        if self.ball is None:
            return []
        sides = [p.party_code for p in self.case.sides]
        match self.ball.holder:
            case "unanswered":
                return [code for code in sides if code not in self.answered]
            case "obliged":
                return sorted(self.obliged)
            case "counterparty":
                return [code for code in sides if code not in self.undertook]
            case word:
                return parties_of(self.case, word)


@dataclass(frozen=True)
class CaseFilter:
    """Which cases a list shows.

    ``is_open`` None: open and closed ones. ``waits``: those that wait for the viewer's own act. ``on_its_own``: those
    that do not follow a lead case. ``or_asked``: also closed ones that the viewer is asked to take up again.
    ``district``: the code of the unit whose local matter they are. ``two_texts``: those that cite a provision and also
    another text, as every filing on two texts that differ must (R31).
    """

    text: str = ""
    is_open: bool | None = None
    step: int | None = None
    waits: bool = False
    on_its_own: bool = False
    district: str = ""
    or_asked: bool = False
    two_texts: bool = False


DUE_KEYS = ("D4", "D7", "D7b", "D7c")


def overviews(
    viewer: Viewer, today: dt.date, case_filter: CaseFilter, *, limit: int | None = None, offset: int = 0
) -> list[CaseOverview]:
    """The viewer's cases: open ones by their next day, then closed ones, the newest first. One query.

    A case of which the viewer sees title and status only comes with its ball too: the page must not show it.
    """
    ball, then, proposal, hearing = aliased(Ball), aliased(Ball), aliased(Proposal), aliased(Hearing)
    debt = aliased(Deadline)
    is_open = Case.phase != Phase.CLOSED
    next_day = case_when((is_open, func.coalesce(Case.paused_until, ball.due_on)))
    columns = _columns() | _columns_today(viewer, today)
    asked: Select[Any] = select(Case, ball, then, proposal, hearing, debt, Reopening, *columns.values())
    rows = (
        session.execute(
            _filtered(asked, viewer, today, case_filter, ball)
            .outerjoin(then, and_(is_open, then.id == _row_after(today)))
            .outerjoin(proposal, and_(is_open, proposal.id == _waiting_proposal(viewer, today)))
            .outerjoin(
                Reopening,
                and_(is_asked_to_reopen(viewer), Reopening.case_id == Case.id, Reopening.answered_at.is_(None)),
            )
            .outerjoin(hearing, and_(is_open, hearing.id == _waiting_hearing(viewer, today)))
            .outerjoin(debt, debt.id == owed_by(viewer))
            .options(
                joinedload(Case.parties).joinedload(CaseParty.party),
                joinedload(Case.agreement),
                # what a group sees of a case depends on its referrals
                *([selectinload(Case.referrals)] if viewer.role is Role.CONSULTATION_MEMBER else []),
                *([selectinload(Case.guests)] if viewer.role is Role.COORDINATING_CENTRE else []),
                *([joinedload(Case.registrations)] if viewer.role in SECRETARIAT_ROLES else []),
                defer(Case.description),
                defer(Case.purpose_statement),
            )
            .order_by(case_when((is_open, 0), else_=1), next_day, Case.closed_at.desc(), Case.id.desc())
            .limit(limit)
            .offset(offset)
        )
        .unique()
        .all()
    )
    found = []
    for row in rows:
        values = dict(zip(columns, row[7:], strict=True))
        of_case, seen = row[0], Sight.FULL if values["is_to_decide"] else sight_of(row[0], viewer)
        if seen is not None:
            found.append(_overview_of_row(of_case, seen, row[1:6], row[6], values))
    return found


def _overview_of_row(
    case: Case, seen: Sight, waited: Sequence[Any], reopening: Reopening | None, values: Mapping[str, Any]
) -> CaseOverview:
    is_still = case.phase is Phase.CLOSED or case.joined_to is not None
    ball, then, proposal, hearing, debt = (None,) * 5 if is_still else waited
    cited = sorted((words.split(":", 2) for words in (values["provisions"] or "").split(";") if words), key=_position)
    acts = [p.acknowledged_at for p in case.parties] + [values[name] for name in SUBSTANCE]
    return CaseOverview(
        case,
        seen,
        ball,
        then,
        proposal,
        provisions={int(id): code for _position, id, code in cited},
        due={key: values[key] for key in DUE_KEYS if values[key] is not None},
        answered=frozenset((values["answered"] or "").split()),
        obliged=frozenset((values["obliged"] or "").split()),
        undertook=frozenset((values["undertook"] or "").split()),
        task_due_on=values["task_due_on"],
        paused_from=values["paused_from"],
        substance_at=max([case.filed_at, *(at for at in acts if at is not None)]),
        offered=_offered(case, values["offered_until"], (values["offered_answered"] or "").split()),
        reopening=reopening,
        hearing=hearing,
        owed=debt,
        covered_for=values["covered_for"],
        asked_at=values["asked_at"],
        asks=values["asks"],
        lapse_until=values["lapse_until"],
    )


def _offered(case: Case, until: dt.date | None, answered: Collection[str]) -> tuple[dt.date, tuple[str, ...]] | None:
    if until is None or case.phase is Phase.CLOSED:
        return None
    needed = (p.party_code for p in case.sides)
    return until, tuple(code for code in needed if code not in answered)


def _position(cited: Sequence[str]) -> int:
    return int(cited[0])


SUBSTANCE: Mapping[str, tuple[ColumnElement[Any], ColumnElement[bool]]] = {
    # what happens in substance (X2): when, and in which case. Moves show in the deadlines that they set
    "stated_at": (func.max(Position.stated_at), Position.case_id == Case.id),
    "noted_at": (func.max(DialogueMeeting.noted_at), DialogueMeeting.case_id == Case.id),
    "offered_at": (func.max(Proposal.offered_at), Proposal.case_id == Case.id),
    "answered_at": (
        func.max(ProposalAnswer.answered_at),
        and_(ProposalAnswer.proposal_id == Proposal.id, Proposal.case_id == Case.id),
    ),
    "replied_at": (func.max(RecommendationAnswer.answered_at), RecommendationAnswer.case_id == Case.id),
    "reported_at": (func.max(Task.reported_at), Task.case_id == Case.id),
    "set_at": (func.max(Deadline.set_at), Deadline.case_id == Case.id),
}


def _is_next() -> ColumnElement[bool]:
    """Whether a task's last day is the first of those not yet reported in its case and round."""
    other = aliased(Task)
    first = select(func.min(other.due_on)).where(
        other.case_id == Task.case_id, other.round == Task.round, other.reported_at.is_(None)
    )
    return Task.due_on == first.correlate(Task).scalar_subquery()


@cache
def _columns() -> dict[str, ColumnElement[Any]]:
    """The columns of the overview that depend neither on the day nor on the viewer, each a subquery."""
    a, mine = RecommendationAnswer, and_(Task.case_id == Case.id, Task.round == Case.round)
    is_open = Task.reported_at.is_(None)
    is_ask = and_(
        Deadline.case_id == Case.id, Deadline.round == Case.round, Deadline.base_event == "ask_to_pursue"
    )  # fmt: skip
    scalars: dict[str, Select[Any]] = {key: last_due(key) for key in DUE_KEYS}
    scalars |= {name: select(latest).where(of_case) for name, (latest, of_case) in SUBSTANCE.items()}
    place = cast(Provision.position, String) + ":" + cast(Provision.id, String) + ":" + Provision.code
    scalars |= {
        "provisions": select(func.aggregate_strings(place, ";"))
        .join(CaseProvision, CaseProvision.provision_id == Provision.id)
        .where(CaseProvision.case_id == Case.id),
        "answered": select(func.aggregate_strings(a.party_code, " ")).where(
            a.case_id == Case.id, a.round == Case.round, a.step == Case.step
        ),
        "obliged": select(func.aggregate_strings(Task.obliged_party, " ")).where(mine, is_open, _is_next()),
        "undertook": select(func.aggregate_strings(Task.obliged_party, " ")).where(mine),
        "task_due_on": select(func.min(Task.due_on)).where(mine, is_open),
        "paused_from": select(func.max(Pause.from_on)).where(Pause.case_id == Case.id),
        "asked_at": select(func.max(Deadline.set_at)).where(is_ask),
        "asks": select(func.count(Deadline.id)).where(is_ask),
    }
    return {name: query.correlate(Case).scalar_subquery() for name, query in scalars.items()}


def _columns_today(viewer: Viewer, today: dt.date) -> dict[str, ColumnElement[Any]]:
    """The columns of the overview that depend on the day or on the viewer, each a subquery."""
    offered = _open_proposal(today, Proposal.kind.not_in(TWO_OFFICIALS))
    b, first = ProposalAnswer, offered.correlate(Case).scalar_subquery()
    decides = {"is_to_decide": is_chairs_to_decide(viewer, today)}
    scalars: dict[str, Select[Any]] = {
        "covered_for": select(func.max(User.name))
        .join(Membership, Membership.user_id == User.id)
        .join(CaseParty, CaseParty.handler_id == Membership.id)
        .where(CaseParty.case_id == Case.id, CaseParty.substitute_id == viewer.membership_id, away(Membership, today)),
        "lapse_until": _open_proposal(today, Proposal.kind == ProposalKind.LAPSE).with_only_columns(
            func.coalesce(Proposal.chairs_until, Proposal.valid_until)
        ),
        "offered_until": select(Proposal.valid_until).where(Proposal.id == first),
        "offered_answered": select(func.aggregate_strings(b.answered_for, " ")).where(b.proposal_id == first),
    }
    return decides | {name: query.correlate(Case).scalar_subquery() for name, query in scalars.items()}


def count(viewer: Viewer, today: dt.date, case_filter: CaseFilter) -> int:
    """How many cases ``overviews`` would give without a limit."""
    return session.scalar(_filtered(select(func.count(Case.id)), viewer, today, case_filter, aliased(Ball))) or 0


def _filtered(
    query: Select[Any], viewer: Viewer, today: dt.date, case_filter: CaseFilter, ball: type[Ball]
) -> Select[Any]:
    """The query, limited to the cases that the viewer may know of and that the filter takes, with today's ball."""
    conditions = [visible(viewer)]
    if case_filter.is_open is not None:
        as_asked = (Case.phase != Phase.CLOSED) == case_filter.is_open
        conditions.append(or_(as_asked, is_asked_to_reopen(viewer)) if case_filter.or_asked else as_asked)
    if case_filter.step is not None:
        conditions.append(Case.step == case_filter.step)
    if case_filter.on_its_own:
        conditions.append(Case.joined_to.is_(None))
    if case_filter.district:
        conditions.append(Case.arena == case_filter.district)
    if case_filter.two_texts:
        conditions.append(cites_two_texts())
    if case_filter.text:
        # SQLite ignores case for ASCII letters only, so the text is tried in small and in large letters too.
        texts = {case_filter.text, case_filter.text.lower(), case_filter.text.upper(), case_filter.text.capitalize()}
        named = (c.icontains(t, autoescape=True) for c in (Case.number, Case.title) for t in texts)
        conditions.append(or_(numbered(case_filter.text, viewer=viewer, today=today), *named))
    if case_filter.waits:
        is_in_motion = and_(Case.phase != Phase.CLOSED, is_moving())
        is_waited_for = or_(_holds(viewer, ball), *_is_asked(viewer, today))
        is_asked = or_(is_asked_to_reopen(viewer), is_asked_for_opinion(viewer), is_asked_for_part(viewer))
        if viewer.role in SECRETARIAT_ROLES:
            is_asked = or_(is_asked, is_asked_to_register())
        conditions.append(or_(and_(is_in_motion, is_waited_for), is_asked))
    return query.select_from(Case).outerjoin(ball, ball.id == _row_of(today)).where(*conditions)


def cites_two_texts() -> ColumnElement[bool]:
    """Whether a case cites a provision and also a text that we do not have (R31)."""
    cites = exists().where(CaseProvision.case_id == Case.id).correlate(Case)
    return and_(cites, Case.citation_quote.is_not(None))


def _row_of(today: dt.date) -> ScalarSelect[int]:
    """A query for today's ball: the last row whose ``begins_on`` is not after today."""
    last_first = (Ball.begins_on.desc(), Ball.id.desc())
    row = select(Ball.id).where(Ball.case_id == Case.id, Ball.begins_on <= today)
    return row.order_by(*last_first).limit(1).correlate(Case).scalar_subquery()


def _row_after(today: dt.date) -> ScalarSelect[int]:
    row = select(Ball.id).where(Ball.case_id == Case.id, Ball.begins_on > today)
    return row.order_by(Ball.begins_on, Ball.id).limit(1).correlate(Case).scalar_subquery()


def _takes_part(viewer: Viewer, *roles: PartyRole) -> ColumnElement[bool]:
    mine = exists().where(CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, CaseParty.role.in_(roles))
    return mine.correlate(Case)


def _has_said_on(viewer: Viewer) -> ColumnElement[bool]:
    said = exists().where(
        CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, CaseParty.pursued_at.is_not(None)
    )
    return said.correlate(Case)


def _withdraws(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer's party is ``seats.withdrawing``, as a condition."""
    mine = exists().where(
        CaseParty.case_id == Case.id, CaseParty.party_code == viewer.party, CaseParty.withdrew_in == Case.round,
        or_(Case.kept_by.is_(None), Case.kept_by == CaseParty.party_code),
    )  # fmt: skip
    return mine.correlate(Case)


def _waiting_proposal(viewer: Viewer, today: dt.date) -> ScalarSelect[int]:
    """The open proposal that waits for the viewer's side, the first to expire: ``proposals.may_answer`` as a query.

    All who write or read for a party see what waits for its approver.
    """
    is_office = viewer.role in SECRETARIAT_ROLES
    if is_office or viewer.role in CHAIRS:
        return _open_proposal(today, waits_for_hand(viewer, today)).correlate(Case).scalar_subquery()
    answered = exists().where(ProposalAnswer.proposal_id == Proposal.id, ProposalAnswer.answered_for == viewer.party)
    mine = and_(Proposal.kind.not_in(TWO_OFFICIALS), _takes_part(viewer, PartyRole.INITIATOR, PartyRole.RESPONDENT))
    return _open_proposal(today, mine, ~answered).correlate(Case).scalar_subquery()


def _waiting_hearing(viewer: Viewer, today: dt.date) -> ScalarSelect[int]:
    """The hearing in which the viewer's party has not commented yet, the first to end (``hearings.may_comment``)."""
    said = exists().where(HearingComment.hearing_id == Hearing.id, HearingComment.party_code == viewer.party)
    is_asked = false() if viewer.party is None else is_own(viewer.party).correlate(Case)
    waiting = select(Hearing.id).where(
        Hearing.case_id == Case.id, Hearing.round == Case.round, Hearing.step == Case.step,
        Hearing.ended_at.is_(None), Hearing.answer_until >= today, may_follow(), is_asked, ~said,
    )  # fmt: skip
    return waiting.order_by(Hearing.answer_until, Hearing.id).limit(1).correlate(Case).scalar_subquery()


def _is_asked(viewer: Viewer, today: dt.date) -> tuple[ColumnElement[bool], ...]:
    asked = (_waiting_proposal(viewer, today), _waiting_hearing(viewer, today), owed_by(viewer))
    return tuple(what.is_not(None) for what in asked)


def _open_proposal(today: dt.date, *which: ColumnElement[bool]) -> Select[Any]:
    """The first to expire of a case's open proposals."""
    waiting = select(Proposal.id).where(
        Proposal.case_id == Case.id, Proposal.round == Case.round, Proposal.step == Case.step,
        Proposal.ended_at.is_(None), func.coalesce(Proposal.chairs_until, Proposal.valid_until) >= today,
        _may_be_answered(), *which,
    )  # fmt: skip
    return waiting.order_by(Proposal.valid_until, Proposal.id).limit(1)


def _may_be_answered() -> ColumnElement[bool]:
    """Whether the act of the proposal is still possible in the case's phase, and the case is not being withdrawn.

    Some proposals lead to no act.
    """
    acts = (and_(Proposal.kind == kind, Case.phase.in_(offered_in(kind))) for kind in PERFORMS)
    is_shut = and_(Proposal.kind.in_(PERFORMS), Case.withdrawal_until.is_not(None))
    return and_(or_(Proposal.kind.not_in(PERFORMS), *acts), ~is_shut)


def _holds(viewer: Viewer, ball: type[Ball]) -> ColumnElement[bool]:
    """The condition of a query that the case waits for the viewer in the role they act in. See ``holds``."""
    if viewer.role in SECRETARIAT_ROLES:
        return ball.holder.contains("secretariat")
    if viewer.body is not None:
        if viewer.role in CHAIRS:
            others = OTHERS_HAND.get(viewer.side or "", "")
            return and_(ball.holder.endswith(f":{viewer.body}", autoescape=True), ~ball.holder.startswith(f"{others}:"))
        return ball.holder == f"body:{viewer.body}"
    if viewer.party is None:
        return false()
    both = ("both_sides", "both_sides_and_secretariat")
    side = _takes_part(viewer, PartyRole.INITIATOR, PartyRole.RESPONDENT)
    undertook = and_(Task.case_id == Case.id, Task.round == Case.round, Task.obliged_party == viewer.party)
    a = RecommendationAnswer
    answered = and_(a.case_id == Case.id, a.round == Case.round, a.step == Case.step, a.party_code == viewer.party)
    return or_(
        and_(ball.holder.in_(("initiator", *both)), _takes_part(viewer, PartyRole.INITIATOR)),
        and_(ball.holder.in_(("respondent", *both)), _takes_part(viewer, PartyRole.RESPONDENT)),
        and_(ball.holder == "objectors", side, ~_withdraws(viewer)),
        and_(ball.holder == "unanswered", side, ~exists().where(answered)),
        and_(ball.holder == "pursuers", side, _has_said_on(viewer)),
        and_(ball.holder == "obliged", exists().where(undertook, Task.reported_at.is_(None), _is_next())),
        and_(ball.holder == "counterparty", side, ~exists().where(undertook)),
    )


def holds(s: CaseOverview, viewer: Viewer) -> bool:
    """Whether the case waits for the viewer in the role they act in; never in a pause."""
    if s.ball is None or s.case.paused_until is not None:
        return False
    seat, _sep, body = s.ball.holder.partition(":")
    if viewer.role in SECRETARIAT_ROLES:
        return "secretariat" in seat
    if viewer.body is not None:
        is_others = seat == OTHERS_HAND.get(viewer.side or "")
        return viewer.body == body and (seat == "body" or (viewer.role in CHAIRS and not is_others))
    return viewer.party is not None and viewer.party in s.holders
