"""The people that a seat-set word such as ``respondent`` means today."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import (
    ColumnElement,
    and_,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy import case as case_when
from sqlalchemy.orm import aliased

from escalation.accounts import queries as accounts
from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Membership, Role, User, away
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.queries import THIS_CASE, TODAY, tasks, unanswered
from escalation.cases.seats import objectors
from escalation.cases.sight import PARTY_WRITERS
from escalation.db import session
from escalation.rules.glossary import say

_UNMANNED = (
    select(func.aggregate_strings(CaseParty.party_code, " "))
    .where(
        CaseParty.case_id == Case.id,
        ~select(Membership.id)
        .where(
            or_(
                Membership.id.in_((CaseParty.handler_id, CaseParty.substitute_id)),
                and_(
                    Membership.party_code == CaseParty.party_code,
                    Membership.role
                    == case_when((CaseParty.role == PartyRole.INVITED, Role.LOCAL_APPROVER), else_=Role.LOCAL_HANDLER),
                ),
            ),
            ~away(Membership, TODAY),
        )
        .correlate(CaseParty)
        .exists(),
    )
    .correlate(Case)
    .scalar_subquery()
)
"""The parties none of whose people would be reminded today: the same rule as in ``people_of``."""


_FIRST_BALL = select(func.min(Ball.id)).where(Ball.case_id == THIS_CASE).scalar_subquery()


_DEADLINES_AND_BALLS = (
    select(Ball, Deadline, _UNMANNED)
    .select_from(Case)
    .outerjoin(Ball, Ball.case_id == Case.id)
    .outerjoin(
        Deadline,
        and_(Deadline.case_id == Case.id, Deadline.round == Case.round, func.coalesce(Ball.id == _FIRST_BALL, true())),
    )
    .where(Case.id == THIS_CASE)
    .order_by(Ball.begins_on, Ball.id, Deadline.id)
)


def deadlines_balls_and_unmanned(case: Case, today: dt.date) -> tuple[list[Deadline], list[Ball], frozenset[str]]:
    """The deadlines, the balls, and the codes of the parties none of whose people would be reminded today.

    One query: the deadlines come in the rows of the first ball.
    """
    rows = session.execute(_DEADLINES_AND_BALLS, {"case": case.id, "today": today}).all()
    set_days: list[Deadline | None] = [d for _b, d, _u in rows]
    held: list[Ball | None] = [b for b, _d, _u in rows]
    unmanned = frozenset((rows[0][2] or "").split())
    return [d for d in set_days if d is not None], list(dict.fromkeys(b for b in held if b is not None)), unmanned


def parties_of(case: Case, word: str) -> list[str]:
    """The party codes that a seat-set word names in this case; empty for an office."""
    initiators = [p.party_code for p in case.parties_as(PartyRole.INITIATOR)]
    respondents = [p.party_code for p in case.parties_as(PartyRole.RESPONDENT)]
    if word.startswith("party:"):
        return [word.partition(":")[2]]
    match word:
        case "initiator":
            return initiators
        case "respondent":
            return respondents
        case "objectors":
            return objectors(case)
        case "both_sides" | "both_sides_and_secretariat":
            return initiators + respondents
        case "pursuers":
            return [p.party_code for p in case.sides if p.pursued_at]
        case "everybody":
            return initiators + respondents + [p.party_code for p in case.parties_as(PartyRole.AFFECTED)]
        case "unanswered":
            return unanswered(case)
        case "obliged":
            open_tasks = [t for t in tasks(case) if t.reported_at is None]
            return sorted({t.obliged_party for t in open_tasks if t.due_on == open_tasks[0].due_on})
        case "counterparty":
            obliged = {t.obliged_party for t in tasks(case)}
            return [code for code in initiators + respondents if code not in obliged]
        case _:
            return []


def people_of(case: Case, word: str, today: dt.date) -> list[User]:
    """The people whom a seat-set word means in this case today, each once.

    For a party this is its named handler; the substitute while the handler is away (LP19) or has left; else all its
    handlers who are not away. If there is none, it is the secretariat and the party's approvers (E25).
    """
    seated = seated_at(case, word, today)
    if seated or word.startswith(("substitute_of:", "secretariat")):
        return seated
    approve = and_(Membership.party_code.in_(parties_of(case, word)), Membership.role == Role.LOCAL_APPROVER)
    return _sitting(or_(_memberships(case, "secretariat", today), and_(approve, ~away(Membership, today))))


def seated_at(case: Case, word: str, today: dt.date) -> list[User]:
    """The same as ``people_of``, but empty if no one has the seat."""
    return _sitting(_memberships(case, word, today))


def _sitting(wanted: ColumnElement[bool]) -> list[User]:
    held = select(Membership.user_id).where(Membership.is_held, wanted)
    return list(session.scalars(select(User).where(User.id.in_(held)).order_by(User.id)))


APPROVERS_TOO = frozenset({"objectors", "pursuers", "counterparty"})
"""Words of parties that wait to do what only their approvers may do, and may lose by time (T20, T35, T37)."""


def _memberships(case: Case, word: str, today: dt.date) -> ColumnElement[bool]:
    if word.startswith("substitute_of:"):
        codes = parties_of(case, word.partition(":")[2])
        ids = [p.substitute_id for p in case.parties if p.party_code in codes and p.substitute_id]
        return Membership.id.in_(ids)
    if word.startswith("approvers_of:"):
        codes = parties_of(case, word.partition(":")[2])
        return and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
    seat, _, body = word.partition(":")
    if seat in {"chair", "chair_and_secretariat", "adjuster_region", "adjuster_municipal"}:
        ladder = ladder_of(case)
        body = body or ladder.step(case.step).body or ladder.next_body(case.step) or ""
    if (office := accounts.office(f"{seat}:{body}")) is not None:
        return office
    if seat == "body":  # the body meets; the secretariat records what it decides
        return or_(Membership.role.in_(SECRETARIAT_ROLES), and_(Membership.role.in_(CHAIRS), Membership.body == body))
    if seat == "consultation":
        return and_(Membership.role == Role.CONSULTATION_MEMBER, Membership.body == body)
    codes = parties_of(case, word if seat == "party" else seat)
    if seat == "unanswered":
        people_of = and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
    else:
        people_of = or_(false(), *(_handling(p, today) for p in case.parties if p.party_code in codes))
    if seat in APPROVERS_TOO:
        approvers = and_(Membership.party_code.in_(codes), Membership.role == Role.LOCAL_APPROVER)
        people_of = or_(people_of, approvers)
    if seat in {"both_sides_and_secretariat", "everybody"}:
        people_of = or_(people_of, Membership.role.in_(SECRETARIAT_ROLES))
    if seat == "everybody":
        sides = [p.party_code for p in case.sides]
        return or_(people_of, and_(Membership.party_code.in_(sides), Membership.role == Role.LOCAL_APPROVER))
    return people_of


_NAMED = aliased(Membership)


def _handling(party: CaseParty, today: dt.date) -> ColumnElement[bool]:
    """The party's handler today; its approvers where it has not yet confirmed that it takes part."""
    role = Role.LOCAL_APPROVER if party.role is PartyRole.INVITED else Role.LOCAL_HANDLER
    is_here, everybody = ~away(Membership, today), and_(
        Membership.party_code == party.party_code, Membership.role == role
    )  # fmt: skip
    if not party.handler_id:
        return and_(everybody, is_here)

    def is_away(membership_id: int | None) -> ColumnElement[bool]:
        there = select(_NAMED.id).where(_NAMED.id == membership_id, ~away(_NAMED, today)).exists()
        return ~there

    return or_(
        and_(Membership.id == party.handler_id, is_here),
        and_(Membership.id == party.substitute_id, is_here, is_away(party.handler_id)),
        and_(everybody, is_here, is_away(party.handler_id), is_away(party.substitute_id)),
    )


def wrong_handlers(party: str | None, handler: int | None, substitute: int | None) -> dict[str, str]:
    """A sentence for each person that the party cannot name, by the fact's name. They are membership ids."""
    errors = {}
    for name, value in (("handler", handler), ("substitute", substitute)):
        if value is not None and not _writes_for(value, party):
            errors[name] = say("Välj en person hos er.")
    if substitute is not None and substitute == handler:
        errors["substitute"] = say("Ersättaren är någon annan än handläggaren.")
    return errors


def _writes_for(membership_id: int, party: str | None) -> bool:
    membership = session.get(Membership, membership_id)
    if membership is None or not membership.is_held:
        return False
    return membership.party_code == party and membership.role in PARTY_WRITERS
