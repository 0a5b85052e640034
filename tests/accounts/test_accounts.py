"""People, memberships and signing in, as verbs and questions. Time is an argument."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from escalation import clock
from escalation.accounts import actions, queries, sessions
from escalation.accounts.actions import (
    EmailRefused,
    LinkExpired,
    RealAccountExists,
    Seat,
)
from escalation.accounts.models import (
    LoginSession,
    Membership,
    Role,
    SignInLog,
    SignInOutcome,
    TokenPurpose,
    User,
)
from escalation.accounts.passwords import PasswordRefused
from escalation.accounts.sessions import NotADemoRole, NotYourMembership, SignInRefused
from escalation.parties.models import BlockSide

AT = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
HERE, ELSEWHERE = "192.0.2.1", "198.51.100.7"
PASSWORD = "gråsugga under isen"
MINUTE = dt.timedelta(minutes=1)


def person(email: str = "a@tyreso.example", *seats: Seat, password: str | None = PASSWORD, **more: Any) -> User:
    made = actions.create_user(
        email,
        "Handläggare",
        seats or (Seat(Role.LOCAL_HANDLER, party="TYR"),),
        by="system:setup",
        at=AT,
        **more,
    )
    if password:
        actions.set_password(made, password, at=AT)
    return made


def fail(times: int, *, at: dt.datetime, address: str = HERE, email: str = "a@tyreso.example") -> None:
    """So many wrong passwords, an hour's worth of patience apart from each other's waits."""
    for _ in range(times):
        with pytest.raises(SignInRefused):
            sessions.sign_in(email, "fel lösenord igen", at=at, address=address)


def test_an_address_is_kept_in_lower_case_and_only_once(session: Any) -> None:
    assert person("Anna@Tyreso.Example ").email == "anna@tyreso.example"
    with pytest.raises(EmailRefused):
        person("ANNA@tyreso.example")


@pytest.mark.parametrize("email", ["", "anna", "a b@c.se", "a@b@c.se", "a@b.se\r\nBcc: x@y.se", "x" * 260 + "@y.se"])
def test_what_is_no_address_makes_no_account(session: Any, email: str) -> None:
    with pytest.raises(EmailRefused):
        person(email)


@pytest.mark.parametrize(
    "seat",
    [
        Seat(Role.LOCAL_HANDLER),
        Seat(Role.LOCAL_HANDLER, body="VIS"),
        Seat(Role.BODY_MEMBER),
        Seat(Role.BODY_MEMBER, party="TYR"),
        Seat(Role.SECRETARIAT),
        Seat(Role.ADMIN, party="TYR"),
        Seat(Role.LOCAL_HANDLER, party="TYR", side=BlockSide.REGION),
        Seat(Role.ADMIN, unit="HSF"),
    ],
)
@pytest.mark.each_on_both
def test_a_membership_that_says_less_or_more_than_its_role_is_refused_by_the_schema(session: Any, seat: Seat) -> None:
    with pytest.raises(IntegrityError):
        person("a@tyreso.example", seat, password=None)


def test_people_are_found_by_party_by_body_and_by_side(session: Any) -> None:
    handler = person("h@tyreso.example")
    approver = person("c@tyreso.example", Seat(Role.LOCAL_APPROVER, party="TYR"))
    region = person("r@hsf.example", Seat(Role.SECRETARIAT, side=BlockSide.REGION))
    municipal = person("k@storsthlm.example", Seat(Role.SECRETARIAT_HEAD, side=BlockSide.MUNICIPAL))
    chair = person("o@vis.example", Seat(Role.BODY_CHAIR, body="VIS"))
    member = person("l@vis.example", Seat(Role.BODY_MEMBER, body="VIS"))
    gone = person("g@tyreso.example")
    gone.is_active = False
    assert queries.handlers("TYR") == [handler]
    assert queries.approvers("TYR") == [approver]
    assert queries.people_of_party("TYR") == [handler, approver]
    assert queries.handlers("RS") == []
    assert queries.secretariat() == [region, municipal]
    assert queries.secretariat("municipal") == [municipal]
    assert queries.body_members("VIS") == [chair, member]
    assert queries.body_members("VIS", [Role.BODY_CHAIR]) == [chair]


def test_the_viewer_is_the_membership_in_use(session: Any) -> None:
    user = person("r@hsf.example", Seat(Role.SECRETARIAT, side=BlockSide.REGION), Seat(Role.BODY_MEMBER, body="VIS"))
    first, second = (queries.viewer_for(row) for row in queries.memberships(user.id))
    assert (first.role, first.side, first.party, first.body) == (Role.SECRETARIAT, "region", None, None)
    assert (second.role, second.body) == (Role.BODY_MEMBER, "VIS")
    assert second.actor == f"membership:{second.membership_id}"
    assert first.user_id == second.user_id == user.id


def test_one_acts_under_the_name_of_party_and_role_of_the_seat_or_of_the_secretariats_side(
    session: Any,
) -> None:
    user = person(
        "a@tyreso.example",
        Seat(Role.LOCAL_HANDLER, party="TYR"),
        Seat(Role.BODY_MEMBER, body="VIS"),
        Seat(Role.SECRETARIAT, side=BlockSide.MUNICIPAL),
        Seat(Role.AUDITOR),
    )
    names = [queries.acting_name(row) for row in queries.memberships(user.id)]
    assert names == ["Tyresö kommun, handläggare", "Ledamot i VIS", "Sekretariatet, kommunerna", "Revisor"]


def test_a_session_lives_until_it_is_idle_old_ended_or_its_owner_is_gone(session: Any) -> None:
    user = person()
    token = sessions.sign_in("A@tyreso.example ", PASSWORD, at=AT, address=HERE)

    def is_open(used_after: dt.timedelta, at_after: dt.timedelta) -> bool:
        return queries.session_of(token, used_at=AT + used_after, at=AT + at_after) is not None

    hour = dt.timedelta(hours=1)
    assert is_open(0 * hour, 8 * hour)
    assert not is_open(0 * hour, 8 * hour + MINUTE)
    assert is_open(11 * hour, 12 * hour - MINUTE)
    assert not is_open(12 * hour, 12 * hour)
    assert not is_open(9 * hour, 8 * hour), "a cookie from the future is no cookie of ours"
    user.is_active = False
    assert not is_open(0 * hour, hour)
    user.is_active = True
    sessions.sign_out(token, at=AT + hour)
    assert not is_open(0 * hour, hour)


def test_the_token_itself_is_stored_nowhere(session: Any) -> None:
    person()
    token = sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE)
    row = session.scalars(select(LoginSession)).one()
    assert token not in (row.token_hash, str(row.id))
    assert row.token_hash == queries.hash_of(token)


def test_signing_in_ends_the_session_the_browser_had(session: Any) -> None:
    person()
    first = sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE)
    second = sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE, leaving=first)
    assert first != second
    assert queries.session_of(first, used_at=AT, at=AT) is None
    assert queries.session_of(second, used_at=AT, at=AT) is not None


def test_only_the_person_signed_in_ends_the_session(session: Any) -> None:
    mine, other = person(), person("b@tyreso.example")
    token = sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE)
    login = queries.session_of(token, used_at=AT, at=AT)
    assert login is not None
    sessions.end_session(login.id, user_id=other.id, at=AT)
    assert len(queries.open_sessions(mine.id, at=AT)) == 1
    sessions.end_session(login.id, user_id=mine.id, at=AT)
    assert len(queries.open_sessions(mine.id, at=AT)) == 0


def test_one_acts_in_a_membership_of_ones_own(session: Any) -> None:
    person("a@tyreso.example", Seat(Role.LOCAL_HANDLER, party="TYR"), Seat(Role.BODY_MEMBER, body="VIS"))
    other = person("b@tyreso.example")
    login = queries.session_of(sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE), used_at=AT, at=AT)
    assert login is not None
    assert login.membership is not None
    assert login.membership.role is Role.LOCAL_HANDLER
    second = queries.memberships(login.user_id)[1]
    assert sessions.act_as(login.id, second.id).role is Role.BODY_MEMBER
    with pytest.raises(NotYourMembership):
        sessions.act_as(login.id, queries.memberships(other.id)[0].id)
    with pytest.raises(NotYourMembership):
        sessions.act_as(login.id, 2**31 - 1)


def test_an_unknown_address_a_wrong_password_and_a_closed_account_are_refused_alike(session: Any) -> None:
    person()
    person("b@tyreso.example", password=None)
    person("c@tyreso.example").is_active = False
    for email, password in [
        ("a@tyreso.example", "fel lösenord igen"),
        ("b@tyreso.example", "fel lösenord igen"),
        ("c@tyreso.example", PASSWORD),
        ("ingen@tyreso.example", PASSWORD),
    ]:
        with pytest.raises(SignInRefused) as refused:
            sessions.sign_in(email, password, at=AT, address=HERE)
        assert refused.value.wait == dt.timedelta(0)
    outcomes = session.scalars(select(SignInLog.outcome)).all()
    assert outcomes == [SignInOutcome.REFUSED] * 4


def test_five_failures_make_the_account_wait_and_each_one_more_twice_as_long(session: Any) -> None:
    person()
    fail(5, at=AT)
    at, waits = AT, []
    for _ in range(8):
        with pytest.raises(SignInRefused) as refused:
            sessions.sign_in("a@tyreso.example", PASSWORD, at=at, address=HERE)
        waits.append(refused.value.wait.total_seconds())
        at += refused.value.wait
        fail(1, at=at)
    assert waits == [15, 30, 60, 120, 240, 480, 900, 900]


def test_trying_while_one_waits_does_not_lengthen_the_wait(session: Any) -> None:
    person()
    fail(5, at=AT)
    for second in range(10):
        with pytest.raises(SignInRefused):
            sessions.sign_in("a@tyreso.example", PASSWORD, at=AT + dt.timedelta(seconds=second), address=HERE)
    assert sessions.sign_in("a@tyreso.example", PASSWORD, at=AT + dt.timedelta(seconds=15), address=HERE)


def test_an_unknown_address_waits_just_as_a_known_one(session: Any) -> None:
    fail(5, at=AT, email="ingen@tyreso.example")
    with pytest.raises(SignInRefused) as refused:
        sessions.sign_in("ingen@tyreso.example", PASSWORD, at=AT, address=HERE)
    assert refused.value.wait == dt.timedelta(seconds=15)


def test_a_right_password_wipes_the_failures_out(session: Any) -> None:
    person()
    fail(4, at=AT)
    assert sessions.sign_in("a@tyreso.example", PASSWORD, at=AT + MINUTE, address=HERE)
    fail(4, at=AT + 2 * MINUTE)
    assert sessions.sign_in("a@tyreso.example", PASSWORD, at=AT + 3 * MINUTE, address=HERE)


def test_others_cannot_lock_a_person_out(session: Any) -> None:
    person()
    sessions.sign_in("a@tyreso.example", PASSWORD, at=AT - dt.timedelta(days=1), address=HERE)
    fail(5, at=AT, address=ELSEWHERE)
    with pytest.raises(SignInRefused):
        sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=ELSEWHERE)
    assert sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE)


def test_twenty_failures_make_the_address_wait_whatever_the_account(session: Any) -> None:
    person()
    for number in range(20):
        fail(1, at=AT, email=f"gissning{number}@tyreso.example")
    with pytest.raises(SignInRefused) as refused:
        sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE)
    assert refused.value.wait == dt.timedelta(seconds=15)
    assert sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=ELSEWHERE)
    assert sessions.sign_in("a@tyreso.example", PASSWORD, at=AT + dt.timedelta(hours=2), address=HERE)


def test_a_link_sets_a_password_once_and_ends_every_session(session: Any) -> None:
    user = person()
    old = sessions.sign_in("a@tyreso.example", PASSWORD, at=AT, address=HERE)
    token = actions.make_link(user, by="system:test", at=AT)
    with pytest.raises(PasswordRefused):
        actions.redeem_link(token, "för kort", at=AT)
    actions.redeem_link(token, "tolv bävrar simmar hem", at=AT + MINUTE)
    assert queries.session_of(old, used_at=AT, at=AT + MINUTE) is None
    assert sessions.sign_in("a@tyreso.example", "tolv bävrar simmar hem", at=AT + MINUTE, address=HERE)
    with pytest.raises(LinkExpired):
        actions.redeem_link(token, "tolv bävrar simmar bort", at=AT + MINUTE)


def test_a_link_dies_after_three_days_or_when_the_next_is_made(session: Any) -> None:
    user = person(password=None)
    first = actions.make_link(user, by="system:test", at=AT)
    purpose = TokenPurpose.SET_PASSWORD
    assert queries.link(first, purpose, at=AT + dt.timedelta(days=3) - MINUTE) is not None
    assert queries.link(first, purpose, at=AT + dt.timedelta(days=3)) is None
    second = actions.make_link(user, by="system:test", at=AT)
    assert queries.link(first, purpose, at=AT) is None
    assert queries.link(second, purpose, at=AT) is not None
    assert queries.link("påhittad", purpose, at=AT) is None


def test_a_database_with_a_real_account_never_becomes_a_demo(session: Any) -> None:
    person()
    with pytest.raises(RealAccountExists):
        actions.mark_demo(offset_days=0)


def test_one_click_opens_demo_roles_in_a_demo_database_alone(session: Any) -> None:
    role = person("tyreso@demo.example", is_demo=True, password=None)
    membership = queries.memberships(role.id)[0]
    with pytest.raises(NotADemoRole):
        sessions.sign_in_demo(membership.id, at=AT, address=HERE)
    actions.mark_demo(offset_days=3)
    token = sessions.sign_in_demo(membership.id, at=AT, address=HERE)
    login = queries.session_of(token, used_at=AT, at=AT)
    assert login is not None
    assert login.membership_id == membership.id
    real = person("b@tyreso.example")
    with pytest.raises(NotADemoRole):
        sessions.sign_in_demo(queries.memberships(real.id)[0].id, at=AT, address=HERE)
    with pytest.raises(NotADemoRole):
        sessions.sign_in_demo(2**31 - 1, at=AT, address=HERE)


def test_only_a_demo_has_an_offset(session: Any) -> None:
    row = actions.mark_demo(offset_days=3)
    row.is_demo = False
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_demos_clock_keeps_the_time_of_day_when_summer_time_comes_between(app: Flask, session: Any) -> None:
    actions.mark_demo(offset_days=1)
    clock.forget()
    clock.register(app, lambda: dt.datetime(2026, 3, 28, 17, 30, tzinfo=clock.STOCKHOLM))
    assert clock.now() == dt.datetime(2026, 3, 29, 15, 30, tzinfo=dt.UTC)
    clock.register(app, lambda: dt.datetime(2026, 3, 28, 23, 30, tzinfo=clock.STOCKHOLM))
    assert clock.today() == dt.date(2026, 3, 29)


def test_the_log_knows_an_unknown_address_only_by_its_hash(session: Any) -> None:
    fail(1, at=AT, email="ingen@tyreso.example")
    row = session.scalars(select(SignInLog)).one()
    assert row.user_id is None
    assert "ingen" not in row.email_hash
    assert session.scalar(select(func.count()).select_from(Membership)) == 0
