"""Verbs on sessions: sign in and out, and choose what to act as.

Sign-ins stand in a log of their own and are no trail events (``trust.md`` § Trail).
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import secrets

from sqlalchemy import ColumnElement, case, func, select, update

from escalation.accounts import passwords, queries
from escalation.accounts.models import LoginSession, Membership, SignInLog, SignInOutcome, User
from escalation.db import session

TRIES_AT_AN_ACCOUNT = 5
TRIES_FROM_A_PLACE = 20
FIRST_WAIT = dt.timedelta(seconds=15)
LONGEST_WAIT = dt.timedelta(minutes=15)
ACCOUNT_WINDOW = dt.timedelta(hours=24)
PLACE_WINDOW = dt.timedelta(hours=1)
KNOWN_FOR = dt.timedelta(days=30)
MANY_FAILURES = 50
"""Throttling, ours. A person who fails waits, and each further failure doubles the wait, up to a quarter of an hour. A
*place* is what one person can hold of the internet: an IPv4 address, or the first 64 bits of an IPv6 address.

What others do elsewhere never makes anybody wait: only failures from one's own place count. So the right password,
from a place without failures of its own, always gets in; and a guesser is held back from every place that he has:

- five tries at one account from one place, then the doubling wait: about a hundred a day;
- twenty tries from one place at whatever accounts, then the same wait; an account that has signed in from there within
  thirty days is let past this one, since an office shares its address;
- an account at which fifty tries from anywhere have failed in a day is being guessed at from many places: from then on
  a place that it has not signed in from has one try before the wait, not five.

A limit on all tries at an account together is left out on purpose: anyone with many places would use it up and shut the
owner out. Many places are answered by the passwords, of which fifteen characters that are no common words are asked,
and by the cost of checking one.
"""


class SignInRefused(Exception):
    """Wrong, unknown, inactive or too soon. ``wait`` is how long to wait, zero when it was tried and refused.

    The log row of the attempt is in the session: commit it.
    """

    def __init__(self, wait: dt.timedelta = dt.timedelta(0)) -> None:
        super().__init__("sign-in refused")
        self.wait = wait


class NotYourMembership(Exception):
    """The membership is not the person's own, or there is none."""


class NotADemoRole(Exception):
    """The membership, or the whole database, is no demo, so a password is needed."""


def sign_in(email: str, password: str, *, at: dt.datetime, address: str, leaving: str | None = None) -> str:
    """Begin a session and return its token, which is stored nowhere. Raises ``SignInRefused``.

    The refusal is the same for an unknown address and for a wrong password, and takes as long. ``leaving``
    is the token of the session the browser had; it ends.

    Commits the attempt as a refused one before it checks the password: the check is slow on purpose, and no other
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

    The page asks first whether this is a demo at all: demo mode, demo database, loopback listener.
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


def sign_out(token: str, *, at: dt.datetime) -> None:
    """End the session with this token, so that a copy of the cookie is dead too. May run twice."""
    end_sessions(LoginSession.token_hash == queries.hash_of(token), at=at)


def end_session(session_id: int, *, user_id: int, at: dt.datetime) -> None:
    """End one of the person's own sessions; somebody else's is left alone. May run twice."""
    end_sessions(LoginSession.id == session_id, LoginSession.user_id == user_id, at=at)


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


def end_sessions(*conditions: ColumnElement[bool], at: dt.datetime) -> None:
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
