"""Queries about people: who is signed in, who acts for a party or a body, what this database is."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Sequence
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from escalation.accounts.models import (
    BODY_ROLES,
    CHAIRS,
    PARTY_ROLES,
    SECRETARIAT_ROLES,
    AccountToken,
    Instance,
    LoginSession,
    Membership,
    Role,
    SignInLog,
    SignInOutcome,
    TokenPurpose,
    User,
    Viewer,
)
from escalation.db import session
from escalation.parties.models import BlockSide
from escalation.rules.glossary import GLOSSARY, inside, say

Translate = Callable[[str], str]
"""From the glossary's Swedish to the reader's language; ``str`` where there is no reader."""

IN_A_BODY = say("%(role)s i %(body)s")
"""A role with the body that it is held in: "Ordförande i styrgruppen"."""

IDLE = dt.timedelta(hours=8)
"""How long a session lives without a request. Ours: a working day, so that no half-written text is lost."""

ABSOLUTE = dt.timedelta(hours=12)
"""How long a session lives at most. Ours: longer than anyone works at a stretch."""

_SKEW = dt.timedelta(minutes=5)


def hash_of(secret: str) -> str:
    """What is stored instead of a token or an address: SHA-256, hexadecimal. Tokens are long and random."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def office(word: str) -> ColumnElement[bool] | None:
    """Whether a membership sits where a seat-set word says, for a word that needs no case: ``secretariat``,
    ``secretariat_head``, ``chair:TSG``, ``chair_and_secretariat:TSG``. None for any other.
    """
    seat, _, body = word.partition(":")
    ours, chair = Membership.role.in_(SECRETARIAT_ROLES), and_(Membership.role.in_(CHAIRS), Membership.body == body)
    known = {
        "secretariat": ours,
        "secretariat_head": Membership.role == Role.SECRETARIAT_HEAD,
        "chair": chair,
        "chair_and_secretariat": or_(chair, ours),
        "adjuster_region": and_(chair, _block() == BlockSide.REGION),
        "adjuster_municipal": and_(chair, _block() == BlockSide.MUNICIPAL),
    }
    return known.get(seat)


def _block() -> ColumnElement[BlockSide]:
    """``block_of`` as a condition."""
    of_the_role = case((Membership.role == Role.BODY_DEPUTY, BlockSide.MUNICIPAL), else_=BlockSide.REGION)
    return func.coalesce(Membership.side, of_the_role)


def is_of_office(viewer: Viewer, word: str) -> bool:
    """``office``, of one who looks."""
    seat, _, body = word.partition(":")
    is_ours, is_chair = viewer.role in SECRETARIAT_ROLES, viewer.role in CHAIRS and viewer.body == body
    known = {
        "secretariat": is_ours,
        "secretariat_head": viewer.role is Role.SECRETARIAT_HEAD,
        "chair": is_chair,
        "chair_and_secretariat": is_chair or is_ours,
        "adjuster_region": is_chair and viewer.side == "region",
        "adjuster_municipal": is_chair and viewer.side == "municipal",
    }
    return known.get(seat, False)


def instance() -> Instance | None:
    """The row that says what this database is; None in a database without a mark."""
    return session.get(Instance, 1)


def real_account_exists() -> bool:
    """Whether somebody who is no demo role can sign in here."""
    return session.scalar(select(User.id).where(~User.is_demo).limit(1)) is not None


def session_of(token: str, *, used_at: dt.datetime, at: dt.datetime) -> LoginSession | None:
    """The open session with this token, with its user and membership, or None.

    ``used_at`` is the time of the last request, which only the signed cookie knows. None as well when the
    session is ended, idle too long, too old, or its user is no longer active.
    """
    if used_at + IDLE < at or used_at > at + _SKEW:
        return None
    return session.scalar(_session_of(), {"token": hash_of(token), "oldest": at - ABSOLUTE})


@cache
def _session_of() -> Select[LoginSession]:
    """Asked at every request, so it is written once; most of the time of a question is in the writing."""
    return (
        select(LoginSession)
        .join(LoginSession.user)
        .where(
            LoginSession.token_hash == bindparam("token"),
            LoginSession.ended_at.is_(None),
            LoginSession.created_at > bindparam("oldest"),
            User.is_active,
        )
        .options(
            joinedload(LoginSession.user),
            joinedload(LoginSession.membership).joinedload(Membership.party),
            joinedload(LoginSession.membership).joinedload(Membership.seated_in),
        )
    )


def open_sessions(user_id: int, *, at: dt.datetime) -> Sequence[LoginSession]:
    """The person's sessions that have neither been ended nor grown too old, newest first."""
    return session.scalars(
        select(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.ended_at.is_(None),
            LoginSession.created_at > at - ABSOLUTE,
        )
        .order_by(LoginSession.created_at.desc(), LoginSession.id.desc())
    ).all()


def link(token: str, purpose: TokenPurpose, *, at: dt.datetime) -> AccountToken | None:
    """The link with this token if it can still be used."""
    return session.scalar(
        select(AccountToken)
        .where(
            AccountToken.token_hash == hash_of(token),
            AccountToken.purpose == purpose,
            AccountToken.used_at.is_(None),
            AccountToken.expires_at > at,
        )
        .options(joinedload(AccountToken.user))
    )


def user(email: str) -> User | None:
    """The user with this address, in whatever case it is written."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def everybody() -> Sequence[User]:
    """Every account with its seats, by address."""
    return session.scalars(select(User).options(selectinload(User.memberships)).order_by(User.email)).all()


def last_sign_ins() -> dict[int, dt.datetime]:
    """When each user signed in last, by id; who never has is left out."""
    entered = select(SignInLog.user_id, func.max(SignInLog.at)).where(SignInLog.outcome == SignInOutcome.SIGNED_IN)
    return {user: at for user, at in session.execute(entered.group_by(SignInLog.user_id)) if user is not None}


def holders_like(seat: Membership) -> Sequence[User]:
    """Those who sit in the same role at the same place; at a body and in the secretariat, of the same side."""
    return _people(
        Membership.role == seat.role,
        *(
            column.is_not_distinct_from(value)
            for column, value in (
                (Membership.party_code, seat.party_code),
                (Membership.body, seat.body),
                (Membership.side, seat.side),
            )
        ),
    )


def memberships(user_id: int) -> Sequence[Membership]:
    """Everything the person may act as, oldest first."""
    return session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .options(joinedload(Membership.party), joinedload(Membership.seated_in))
    ).all()


def membership(membership_id: int) -> Membership:
    """The membership with this id, which exists."""
    return session.get_one(Membership, membership_id)


def demo_memberships() -> Sequence[Membership]:
    """One membership per demo role: the cards on the sign-in page, in the order they were made."""
    return session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(User.is_demo, Membership.is_held)
        .order_by(Membership.id)
        .options(joinedload(Membership.party), joinedload(Membership.seated_in))
    ).all()


def viewer_for(membership: Membership, translate: Translate = str) -> Viewer:
    """The membership as the domain sees it, its name in the reader's language."""
    return Viewer(
        user_id=membership.user_id,
        membership_id=membership.id,
        role=membership.role,
        party=None if membership.role is Role.COORDINATING_CENTRE else membership.party_code,
        body=membership.body,
        side=block_of(membership),
        unit=membership.unit_code,
        name=acting_name(membership, translate),
    )


def block_of(membership: Membership) -> str | None:
    """The side that a membership sits for. The deputy is of the other block than the chair (domain/02 § 2.5): where
    neither says which, the chair counts as the region's."""
    if membership.side is None and membership.role in CHAIRS:
        return (BlockSide.MUNICIPAL if membership.role is Role.BODY_DEPUTY else BlockSide.REGION).value
    return membership.side.value if membership.side else None


def acting_name(membership: Membership, translate: Translate = str) -> str:
    """What "Du agerar som" prints: "Tyresö kommun, handläggare", "Ledamot i VIS", "Sekretariatet, region".

    Of a consultation group its name: the role does not say which. A health centre comes before the party that it
    coordinates for: "Samordnande vårdcentral, Region Stockholm".
    """
    place, part = place_and_part(membership, translate)
    if membership.role is Role.COORDINATING_CENTRE:
        return f"{part}, {place}"
    if membership.role is Role.CONSULTATION_MEMBER:
        return place
    if membership.seated_in is not None:
        return part
    return f"{place}, {part[:1].lower()}{part[1:]}" if part else place


def place_and_part(membership: Membership, translate: Translate = str) -> tuple[str, str]:
    """Where the membership is held, and as what: ("Tyresö kommun", "Handläggare"), ("VIS", "Ledamot i VIS").

    A role that is itself the place says which side it comes from, if any: ("Sekretariatet", "Kommunerna").
    """
    role = translate(GLOSSARY[membership.role].label)
    if membership.party is not None:
        return membership.party.name, role
    if membership.seated_in is not None:
        place = translate(membership.seated_in.short_name)
        if membership.role in BODY_ROLES:
            role = translate(IN_A_BODY) % {"role": role, "body": inside(place)}
        return place, role
    return role, translate(GLOSSARY[membership.side].label) if membership.side else ""


def handlers(party: str) -> Sequence[User]:
    """Those who write for the party."""
    return _people(Membership.party_code == party, Membership.role == Role.LOCAL_HANDLER)


def approvers(party: str) -> Sequence[User]:
    """Those who decide for the party."""
    return _people(Membership.party_code == party, Membership.role == Role.LOCAL_APPROVER)


def people_of_party(party: str) -> Sequence[User]:
    """Everyone with a membership in the party, whatever the role."""
    return _people(Membership.party_code == party, Membership.role.in_(PARTY_ROLES))


def secretariat(side: BlockSide | str | None = None) -> Sequence[User]:
    """The officials of the secretariat, of one side or of both."""
    of_side = () if side is None else (Membership.side == BlockSide(side),)
    return _people(Membership.role.in_(SECRETARIAT_ROLES), *of_side)


def body_members(body: str, roles: Iterable[Role] | None = None) -> Sequence[User]:
    """Those who sit in the body, all of them or those in one of the roles."""
    in_role = () if roles is None else (Membership.role.in_(list(roles)),)
    return _people(Membership.body == body, *in_role)


def _people(*conditions: ColumnElement[bool]) -> Sequence[User]:
    """Users who hold a seat that meets the conditions, each once, oldest first."""
    wanted = select(Membership.user_id).where(Membership.is_held, *conditions)
    return session.scalars(select(User).where(User.id.in_(wanted)).order_by(User.id)).all()


def writers(party: str) -> list[tuple[Membership, str]]:
    """Those who may be a case's handler or substitute for the party, with their names."""
    rows = session.execute(
        select(Membership, User.name)
        .join(Membership.user)
        .where(
            Membership.party_code == party,
            Membership.role.in_([Role.LOCAL_HANDLER, Role.LOCAL_APPROVER]),
            Membership.is_held,
        )
        .order_by(Membership.id)
    )
    return [(membership, name) for membership, name in rows]


def centres(party: str) -> list[tuple[Membership, str]]:
    """Those who may sign in for a coordinating health centre of the party, with their names."""
    rows = session.execute(
        select(Membership, User.name)
        .join(Membership.user)
        .where(Membership.party_code == party, Membership.role == Role.COORDINATING_CENTRE, Membership.is_held)
        .order_by(Membership.id)
    )
    return [(membership, name) for membership, name in rows]
