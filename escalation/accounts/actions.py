"""Verbs on people: make and close an account, give and end a seat, set a password by a link, say when one is away."""

from __future__ import annotations

import datetime as dt
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import update

from escalation.accounts import passwords, queries
from escalation.accounts.models import (
    BODY_ROLES,
    PARTY_ROLES,
    SECRETARIAT_ROLES,
    AccountToken,
    Instance,
    LoginSession,
    Membership,
    Role,
    TokenPurpose,
    User,
)
from escalation.accounts.passwords import PasswordRefused
from escalation.accounts.sessions import end_sessions
from escalation.db import session
from escalation.parties import queries as parties
from escalation.parties.models import BlockSide, BodyKind
from escalation.trail.actions import record

LINK_LASTS = dt.timedelta(days=3)
"""How long an invitation can be used. Ours: it may arrive on a Friday."""

EMAIL = re.compile(r"[^\s@<>(),;:\"\\\x00-\x1f]+@[^\s@<>(),;:\"\\\x00-\x1f]+")


class EmailRefused(Exception):
    """The address cannot be an account's: malformed, or taken. The message says which."""


class SeatRefused(Exception):
    """The seat cannot be given or ended. The message is a sentence for the person who runs the site."""


class AccountRefused(Exception):
    """The account is not as the act needs it. The message is a sentence for the person who runs the site."""


class LinkExpired(Exception):
    """The link is unknown, used or too old. The page does not say which."""


class RealAccountExists(Exception):
    """The database holds an account that is no demo role, so it cannot become a demo."""


@dataclass(frozen=True)
class Seat:
    """A membership to be made: a role in a party, in a body, or on a side of the secretariat."""

    role: Role
    party: str | None = None
    body: str | None = None
    side: BlockSide | None = None
    unit: str | None = None


def mark_demo(*, offset_days: int) -> Instance:
    """Make this database a demo whose clock runs ``offset_days`` from the real one.

    Raises ``RealAccountExists``: a database with real people in it never becomes a demo.
    """
    if queries.real_account_exists():
        raise RealAccountExists
    row = queries.instance()
    if row is None:
        row = Instance(id=1)
        session.add(row)
    row.is_demo = True
    row.offset_days = offset_days
    session.flush()
    return row


def create_user(
    email: str, name: str, memberships: Iterable[Seat], *, by: str, at: dt.datetime, is_demo: bool = False
) -> User:
    """Make an account without a password; a link lets its owner choose one. Raises ``EmailRefused``."""
    email = email.strip().lower()
    if flaw := email_flaw(email):
        raise EmailRefused(flaw)
    user = User(email=email, name=name.strip(), is_active=True, is_demo=is_demo)
    session.add(user)
    session.flush()
    seats = [_sit(user, seat) for seat in memberships]
    state = {"seats": [word_of(seat) for seat in seats]}
    record("user_created", at=at, by=by, about=f"user:{user.id}", facts={"user": user.id}, state=state)
    return user


def email_flaw(email: str) -> str | None:
    """Why there can be no new account with this address; None where there can."""
    email = email.strip().lower()
    if len(email) > 254 or not EMAIL.fullmatch(email):
        return f"not an e-mail address: {email!r}"
    if not email.isascii():
        return f"no letter can be written to {email}: {_in_ascii(email)}"
    if queries.user(email) is not None:
        return f"there is an account for {email} already: users link and users seat change it"
    return None


def name_flaw(name: str) -> str | None:
    """Why this cannot be a person's name; None where it can."""
    longest = 200
    if not 0 < len(name.strip()) <= longest:
        return f"the name is what others see of the person: from 1 to {longest} characters"
    return None


def _in_ascii(email: str) -> str:
    """What to do about an address that mail servers do not take: only its domain can have a form in ASCII."""
    local, _at, domain = email.rpartition("@")
    try:
        written = domain.encode("idna").decode("ascii")
    except UnicodeError:
        written = ""
    if not local.isascii() or not written:
        return "mail servers take only ASCII letters, so give another address"
    return f"write it {local}@{written}, the form that mail servers read"


def give_seat(user: User, seat: Seat, *, by: str, at: dt.datetime) -> Membership:
    """Let the person sit in one more place. Raises ``SeatRefused`` where that is no seat, or is held already."""
    flaw = seat_flaw(seat)
    if not user.is_active:
        flaw = f"The account {user.email} is closed: open it first with users reactivate"
    if flaw is None and any(_is_same(held, seat) for held in queries.memberships(user.id)):
        flaw = f"{user.email} has that seat already"
    if flaw is not None:
        raise SeatRefused(flaw)
    made = _sit(user, seat)
    _tell("seat_given", made, by, at)
    return made


def end_seat(membership: Membership, *, by: str, at: dt.datetime) -> None:
    """End a seat. What was done by it stays; a person who acted as it goes on in another seat, or is signed out.

    Raises ``SeatRefused`` where it has ended already.
    """
    if membership.ended_at is not None:
        raise SeatRefused("The seat has ended already.")
    membership.ended_at = at
    session.flush()
    user = membership.user
    left = next(iter(queries.memberships(user.id)), None)
    here = (LoginSession.membership_id == membership.id, LoginSession.ended_at.is_(None))
    if left is None:
        end_sessions(*here, at=at)
    else:
        session.execute(update(LoginSession).where(*here).values(membership_id=left.id))
    _tell("seat_ended", membership, by, at)


def end_user(user: User, *, by: str, at: dt.datetime) -> None:
    """Close an account: its sessions end at once and its links stop working. The seats stay empty.

    Raises ``AccountRefused`` where it is closed already.
    """
    if not user.is_active:
        raise AccountRefused(f"The account {user.email} is closed already.")
    user.is_active = False
    end_sessions(LoginSession.user_id == user.id, at=at)
    _use_up_links(user, at)
    record("user_ended", at=at, by=by, about=f"user:{user.id}", facts={"user": user.id})


def reactivate(user: User, *, by: str, at: dt.datetime) -> None:
    """Open a closed account again, with the seats that it had. Raises ``AccountRefused`` where it is open."""
    if user.is_active:
        raise AccountRefused(f"The account {user.email} is open.")
    user.is_active = True
    record("user_reactivated", at=at, by=by, about=f"user:{user.id}", facts={"user": user.id})


def seat_flaw(seat: Seat) -> str | None:
    """Why this can be no seat, in a sentence that names the codes to choose from; None where it can."""
    role = seat.role
    if role in PARTY_ROLES:
        wanted = {party.code for party in parties.all_parties()}
    elif role in BODY_ROLES or role is Role.CONSULTATION_MEMBER:
        kinds = STEP_KINDS if role in BODY_ROLES else {BodyKind.CONSULTATION}
        wanted = {body.code for body in parties.bodies() if body.kind in kinds}
    else:
        wanted = set()
    option, code = ("--party", seat.party) if role in PARTY_ROLES else ("--body", seat.body)
    if wanted and code not in wanted:
        said = f"{code} is none" if code else "none was given"
        return f"{role} needs {option} with one of these codes: {', '.join(sorted(wanted))} ({said})."
    if seat.party and role not in PARTY_ROLES:
        return f"{role} sits in no party: leave --party out."
    if seat.body and not (role in BODY_ROLES or role is Role.CONSULTATION_MEMBER):
        return f"{role} sits in no body: leave --body out."
    needs_side = role in SECRETARIAT_ROLES | BODY_ROLES
    if needs_side and seat.side is None:
        return f"{role} needs --side region or --side municipal: where the person comes from."
    if seat.side is not None and not needs_side:
        return f"{role} has no side: leave --side out."
    units = sorted(unit.code for unit in parties.units(seat.party)) if seat.party else []
    if seat.unit and seat.unit not in units:
        known = f"use one of {', '.join(units)}" if units else f"{seat.party or role} has none, leave --unit out"
        return f"There is no such unit: {known}."
    return None


STEP_KINDS = frozenset({BodyKind.OFFICIALS, BodyKind.POLITICAL})
"""The kinds of body that can stand at a step of a ladder."""


def word_of(membership: Membership) -> str:
    """The seat in words and codes, without the person: "local_handler SUN", "secretariat municipal"."""
    parts = (membership.role, membership.party_code, membership.unit_code, membership.body, membership.side)
    return " ".join(part for part in parts if part)


def _sit(user: User, seat: Seat) -> Membership:
    made = Membership(
        user_id=user.id,
        role=seat.role,
        party_code=seat.party,
        body=seat.body,
        side=seat.side,
        unit_code=seat.unit,
    )
    session.add(made)
    session.flush()
    return made


def _tell(event: str, seat: Membership, by: str, at: dt.datetime) -> None:
    facts: dict[str, str | int] = {"user": seat.user_id, "seat": word_of(seat)}
    record(event, at=at, by=by, about=f"user:{seat.user_id}", facts=facts, state={"membership": seat.id})


def _is_same(held: Membership, seat: Seat) -> bool:
    places = (held.role, held.party_code, held.body, held.side, held.unit_code)
    return places == (seat.role, seat.party, seat.body, seat.side, seat.unit)


def set_password(user: User, password: str, *, at: dt.datetime) -> None:
    """Give the account a new password and end its sessions. Raises ``PasswordRefused``."""
    flaw = passwords.flaw(password, about=(user.email, user.name))
    if flaw is not None:
        raise PasswordRefused(flaw)
    user.password_hash = passwords.hashed(password)
    end_sessions(LoginSession.user_id == user.id, at=at)


def make_link(user: User, *, by: str, at: dt.datetime) -> str:
    """A token with which the user may set a password once. Earlier links stop working.

    Raises ``AccountRefused`` for a closed account: its owner could not sign in.
    """
    if not user.is_active:
        raise AccountRefused(f"The account {user.email} is closed: open it first with users reactivate.")
    _use_up_links(user, at)
    token = secrets.token_urlsafe(32)
    session.add(
        AccountToken(
            token_hash=queries.hash_of(token),
            user_id=user.id,
            purpose=TokenPurpose.SET_PASSWORD,
            expires_at=at + LINK_LASTS,
        )
    )
    record("link_made", at=at, by=by, about=f"user:{user.id}", facts={"user": user.id})
    return token


def redeem_link(token: str, password: str, *, at: dt.datetime) -> User:
    """Set the password by the link and use it up. Raises ``LinkExpired`` or ``PasswordRefused``."""
    link = queries.link(token, TokenPurpose.SET_PASSWORD, at=at)
    if link is None:
        raise LinkExpired
    set_password(link.user, password, at=at)
    link.used_at = at
    session.flush()
    return link.user


def set_absence(membership_id: int, *, first: dt.date | None, last: dt.date | None) -> None:
    """Say from and to which day one is away in one's role; both None takes it back. The substitute is asked instead."""
    membership = session.get_one(Membership, membership_id)
    membership.absent_from, membership.absent_until = first, last


def _use_up_links(user: User, at: dt.datetime) -> None:
    session.execute(
        update(AccountToken).where(AccountToken.user_id == user.id, AccountToken.used_at.is_(None)).values(used_at=at)
    )
