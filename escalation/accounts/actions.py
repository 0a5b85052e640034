"""Verbs on people: make an account, sign in and out, choose what to act as, set a password by a link.

Sign-ins stand in a log of their own and are no trail events (``trust.md`` § Trail).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select, update

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
    SignInLog,
    SignInOutcome,
    TokenPurpose,
    User,
)
from escalation.accounts.passwords import PasswordRefused
from escalation.db import session
from escalation.parties import queries as parties
from escalation.parties.models import BlockSide, BodyKind
from escalation.trail.actions import record

LINK_LASTS = dt.timedelta(days=3)
"""How long an invitation can be used. Ours: it may arrive on a Friday."""

TRIES_AT_AN_ACCOUNT = 5
TRIES_FROM_A_PLACE = 20
FIRST_WAIT = dt.timedelta(seconds=15)
LONGEST_WAIT = dt.timedelta(minutes=15)
ACCOUNT_WINDOW = dt.timedelta(hours=24)
PLACE_WINDOW = dt.timedelta(hours=1)
KNOWN_FOR = dt.timedelta(days=30)
MANY_FAILURES = 50
"""Throttling, ours. Whoever fails waits, and each further failure doubles the wait, up to a quarter of an hour. A
*place* is what one person can hold of the internet: an IPv4 address, or the first 64 bits of an IPv6 address.

What others do elsewhere never makes anybody wait: only failures from one's own place count. So the right password,
from a place without failures of its own, always gets in; and a guesser is held back from every place that he has:

- five tries at one account from one place, then the doubling wait: about a hundred a day;
- twenty tries from one place at whatever accounts, then the same wait; an account that has signed in from there within
  thirty days is let past this one, since an office shares its address;
- an account at which fifty tries from anywhere have failed in a day is being guessed at from many places: from then on
  a place that it has not signed in from has one try before the wait, not five.

A limit on all tries at an account together is left out on purpose: whoever has many places would use it up and shut the
owner out. Many places are answered by the passwords, of which fifteen characters that are no common words are asked,
and by the cost of checking one.
"""

EMAIL = re.compile(r"[^\s@<>(),;:\"\\\x00-\x1f]+@[^\s@<>(),;:\"\\\x00-\x1f]+")


class SignInRefused(Exception):
    """Wrong, unknown, inactive or too soon. ``wait`` is how long to wait, zero when it was tried and refused.

    The log row of the attempt is in the session: commit it.
    """

    def __init__(self, wait: dt.timedelta = dt.timedelta(0)) -> None:
        super().__init__("sign-in refused")
        self.wait = wait


class EmailRefused(Exception):
    """The address cannot be an account's: malformed, or taken. The message says which."""


class SeatRefused(Exception):
    """The seat cannot be given or ended. The message is a sentence for whoever runs the site."""


class AccountRefused(Exception):
    """The account is not as the act needs it. The message is a sentence for whoever runs the site."""


class LinkExpired(Exception):
    """The link is unknown, used or too old; nobody is told which."""


class NotYourMembership(Exception):
    """The membership belongs to somebody else, or to nobody."""


class NotADemoRole(Exception):
    """The membership, or the whole database, is no demo, so a password is needed."""


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
    """Why nobody can be called this; None where somebody can."""
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
    """End a seat. What was done by it stays; whoever acted as it goes on in another seat, or is signed out.

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
        _end(*here, at=at)
    else:
        session.execute(update(LoginSession).where(*here).values(membership_id=left.id))
    _tell("seat_ended", membership, by, at)


def end_user(user: User, *, by: str, at: dt.datetime) -> None:
    """Close an account: its sessions end at once and its links stop working. The seats stay, and nobody is asked there.

    Raises ``AccountRefused`` where it is closed already.
    """
    if not user.is_active:
        raise AccountRefused(f"The account {user.email} is closed already.")
    user.is_active = False
    _end(LoginSession.user_id == user.id, at=at)
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
    _end(LoginSession.user_id == user.id, at=at)


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


def sign_in(email: str, password: str, *, at: dt.datetime, address: str, leaving: str | None = None) -> str:
    """Begin a session and return its token, which is stored nowhere. Raises ``SignInRefused``.

    The refusal is the same for an unknown address and for a wrong password, and takes as long. ``leaving``
    is the token of the session the browser had; it ends.

    Commits the attempt as a refused one before it checks the password: the check is slow on purpose, and nobody else's
    act may wait for it; and tries made at the same instant count each other.
    """
    email = email.strip().lower()
    user = queries.user(email)
    attempt = SignInLog(
        at=at,
        email_hash=queries.hash_of(email),
        user_id=user.id if user else None,
        outcome=SignInOutcome.REFUSED,
        address=address,
        place=place_of(address),
    )
    wait = wait_for(attempt.email_hash, attempt.place, at=at)
    if wait > dt.timedelta(0):
        attempt.outcome = SignInOutcome.THROTTLED
    session.add(attempt)
    session.flush()
    if wait > dt.timedelta(0):
        raise SignInRefused(wait)
    attempt_id, user_id, stored = attempt.id, attempt.user_id, user.password_hash if user else None
    session.commit()
    matched = passwords.matches(stored, password)
    user = session.get(User, user_id) if user_id is not None else None
    # What has changed meanwhile counts: a closed account, a new password.
    if user is None or not matched or not user.is_active or user.password_hash != stored:
        raise SignInRefused
    if stored is not None and passwords.is_outdated(stored):
        user.password_hash = passwords.hashed(password)
    session.get_one(SignInLog, attempt_id).outcome = SignInOutcome.SIGNED_IN
    return _begin(user, membership_id=None, leaving=leaving, at=at)


def sign_in_demo(membership_id: int, *, at: dt.datetime, address: str, leaving: str | None = None) -> str:
    """Begin a session as a demo role, without a password. Raises ``NotADemoRole`` for anybody real.

    The door asks first whether this is a demo at all: demo mode, demo database, loopback listener.
    """
    membership = session.get(Membership, membership_id)
    row = queries.instance()
    if row is None or not row.is_demo or membership is None:
        raise NotADemoRole
    user = membership.user
    if not user.is_demo or not membership.is_held:
        raise NotADemoRole
    session.add(
        SignInLog(
            at=at,
            email_hash=queries.hash_of(user.email),
            user_id=user.id,
            outcome=SignInOutcome.SIGNED_IN,
            address=address,
            place=place_of(address),
        )
    )
    return _begin(user, membership_id=membership.id, leaving=leaving, at=at)


def place_of(address: str) -> str:
    """What of the internet the address stands for: itself, or of an IPv6 address the /64, which is one subscriber's."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(ip), 64), strict=False))


def wait_for(email_hash: str, place: str, *, at: dt.datetime) -> dt.timedelta:
    """How long this account has to wait before its next attempt from this place is tried. Zero = not."""
    here = (SignInLog.email_hash == email_hash, SignInLog.place == place)
    last_in = session.scalar(
        select(func.max(SignInLog.at)).where(*here, SignInLog.at <= at, SignInLog.outcome == SignInOutcome.SIGNED_IN)
    )
    is_known = last_in is not None and last_in > at - KNOWN_FOR
    begin = max(last_in, at - ACCOUNT_WINDOW) if last_in else at - ACCOUNT_WINDOW
    from_anywhere, _last = _failed(SignInLog.email_hash == email_hash, since=at - ACCOUNT_WINDOW, at=at)
    tries = 1 if from_anywhere >= MANY_FAILURES and not is_known else TRIES_AT_AN_ACCOUNT
    wait = _wait(*_failed(*here, since=begin, at=at), tries=tries, at=at)
    if is_known:
        return wait
    of_place = _failed(SignInLog.place == place, since=at - PLACE_WINDOW, at=at)
    return max(wait, _wait(*of_place, tries=TRIES_FROM_A_PLACE, at=at))


def act_as(session_id: int, membership_id: int) -> Membership:
    """Let the session go on in another of its own user's memberships. Raises ``NotYourMembership``."""
    login = session.get_one(LoginSession, session_id)
    membership = session.get(Membership, membership_id)
    if membership is None or membership.user_id != login.user_id or not membership.is_held:
        raise NotYourMembership
    login.membership_id = membership.id
    session.flush()
    return membership


def set_absence(membership_id: int, *, first: dt.date | None, last: dt.date | None) -> None:
    """Say from and to which day one is away in one's role; both None takes it back. The substitute is asked instead."""
    membership = session.get_one(Membership, membership_id)
    membership.absent_from, membership.absent_until = first, last


def sign_out(token: str, *, at: dt.datetime) -> None:
    """End the session with this token, so that a copy of the cookie is dead too. May run twice."""
    _end(LoginSession.token_hash == queries.hash_of(token), at=at)


def end_session(session_id: int, *, user_id: int, at: dt.datetime) -> None:
    """End one of the person's own sessions; somebody else's is left alone. May run twice."""
    _end(LoginSession.id == session_id, LoginSession.user_id == user_id, at=at)


def _begin(user: User, *, membership_id: int | None, leaving: str | None, at: dt.datetime) -> str:
    if leaving is not None:
        sign_out(leaving, at=at)
    if membership_id is None:
        first = next(iter(queries.memberships(user.id)), None)
        membership_id = first.id if first else None
    token = secrets.token_urlsafe(32)
    session.add(
        LoginSession(token_hash=queries.hash_of(token), user_id=user.id, membership_id=membership_id, created_at=at)
    )
    session.flush()
    return token


def _use_up_links(user: User, at: dt.datetime) -> None:
    session.execute(
        update(AccountToken).where(AccountToken.user_id == user.id, AccountToken.used_at.is_(None)).values(used_at=at)
    )


def _end(*conditions: ColumnElement[bool], at: dt.datetime) -> None:
    session.execute(
        update(LoginSession)
        .where(LoginSession.ended_at.is_(None), *conditions)
        # A clock that was set back must not keep a session alive.
        .values(ended_at=case((LoginSession.created_at > at, LoginSession.created_at), else_=at))
    )


def _failed(*which: ColumnElement[bool], since: dt.datetime, at: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many such attempts were refused, and when the last of them."""
    counted, last = session.execute(
        select(func.count(), func.max(SignInLog.at)).where(
            *which, SignInLog.outcome == SignInOutcome.REFUSED, SignInLog.at > since, SignInLog.at <= at
        )
    ).one()
    return counted, last


def _wait(failures: int, last: dt.datetime | None, *, tries: int, at: dt.datetime) -> dt.timedelta:
    if failures < tries or last is None:
        return dt.timedelta(0)
    # The exponent is bounded before it is used: 2 to the thousandth is no time.
    pause = min(FIRST_WAIT * (1 << min(failures - tries, 10)), LONGEST_WAIT)
    return max(last + pause - at, dt.timedelta(0))
