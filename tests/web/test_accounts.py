"""Signing in and out as people meet it: pages, cookies, and what is refused with which sentence."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import Mode, Settings
from escalation import clock
from escalation.accounts import actions, queries
from escalation.accounts.actions import Seat
from escalation.accounts.models import LoginSession, Role, SignInLog, SignInOutcome, User
from escalation.web import access
from tests.support.app import turn_to
from tests.support.page import Page

pytestmark = pytest.mark.one_database  # who may sign in is tried on both in tests/accounts

PASSWORD = "gråsugga under isen"
EMAIL = "anna@tyreso.example"


def person(email: str = EMAIL, *seats: Seat, is_demo: bool = False) -> User:
    user = actions.create_user(
        email,
        "Anna",
        seats or (Seat(Role.LOCAL_HANDLER, party="TYR"),),
        by="system:setup",
        at=clock.now(),
        is_demo=is_demo,
    )
    if not is_demo:
        actions.set_password(user, PASSWORD, at=clock.now())
    return user


def sign_in(client: FlaskClient, email: str = EMAIL, password: str = PASSWORD, query: str = "") -> Any:
    return client.post(f"/sign_in{query}", data={"email": email, "password": password})


def cookie_of(client: FlaskClient) -> str:
    cookie = client.get_cookie("trappan")
    assert cookie is not None
    return cookie.value


@pytest.fixture
def anna(session: Any) -> User:
    return person()


@pytest.fixture
def demo(session: Any) -> User:
    """The one role of a demo database."""
    role = person("tyreso@demo.example", is_demo=True)
    actions.mark_demo(offset_days=0)
    return role


def test_who_signs_in_is_named_on_every_page_with_the_role_in_use(client: FlaskClient, anna: User) -> None:
    assert "Logga in" in client.get("/privacy").text
    answer = sign_in(client)
    assert (answer.status_code, answer.location) == (302, "/")
    shown = client.get("/privacy").text
    assert "Tyresö kommun, handläggare" in shown
    assert "Logga ut" in shown


@pytest.mark.parametrize(("email", "password"), [(EMAIL, "fel lösenord igen"), ("ingen@tyreso.example", PASSWORD)])
def test_unknown_address_and_wrong_password_get_the_same_page_and_keep_the_address(
    client: FlaskClient, session: Any, anna: User, email: str, password: str
) -> None:
    answer = sign_in(client, email, password)
    assert answer.status_code == 422
    assert "Adressen eller lösenordet stämmer inte. Kontrollera båda och försök igen." in answer.text
    assert f'value="{email}"' in answer.text
    assert password not in answer.text
    assert session.scalars(select(SignInLog.outcome)).all() == [SignInOutcome.REFUSED]


def test_the_sixth_attempt_reads_how_long_to_wait_even_with_the_right_password(client: FlaskClient, anna: User) -> None:
    for _ in range(5):
        sign_in(client, password="fel lösenord igen")
    answer = sign_in(client)
    assert answer.status_code == 429
    assert re.search(r"För många försök har misslyckats\. Vänta 1[0-5] sekunder och försök igen\.", answer.text)


def test_an_empty_form_says_what_is_missing_beside_each_field(client: FlaskClient) -> None:
    answer = sign_in(client, "", "")
    assert answer.status_code == 422
    assert "Två saker behöver rättas" in answer.text
    assert 'href="#email"' in answer.text
    assert "Skriv din e-postadress." in answer.text
    assert "Skriv ditt lösenord." in answer.text
    assert 'aria-describedby="email-e"' in answer.text


def test_a_copied_cookie_is_dead_after_signing_out(app: Flask, client: FlaskClient, anna: User) -> None:
    sign_in(client)
    copied = cookie_of(client)
    thief = app.test_client()
    thief.set_cookie("trappan", copied)
    assert thief.get("/sessions").status_code == 200
    assert client.post("/sign_out").location == "/sign_in"
    assert client.get("/sessions").status_code == 302
    thief.set_cookie("trappan", copied)
    assert thief.get("/sessions").status_code == 302


def test_signing_in_again_makes_a_new_token_and_kills_the_old(
    app: Flask, client: FlaskClient, session: Any, anna: User
) -> None:
    sign_in(client)
    old = cookie_of(client)
    sign_in(client)
    rows = session.scalars(select(LoginSession).order_by(LoginSession.id)).all()
    assert rows[0].token_hash != rows[1].token_hash
    assert rows[0].ended_at is not None
    assert rows[1].ended_at is None
    thief = app.test_client()
    thief.set_cookie("trappan", old)
    assert thief.get("/sessions").status_code == 302


def test_an_anonymous_cookie_does_not_become_a_signed_in_one(app: Flask, anna: User) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/sign_in").text)
    assert found
    before = cookie_of(client)
    client.post("/sign_in", data={"email": EMAIL, "password": PASSWORD, "csrf_token": found[1]})
    assert cookie_of(client) != before
    stale = client.post("/sign_out", data={"csrf_token": found[1]})
    assert stale.status_code == 400, "the token of the anonymous form has died"


def test_a_session_dies_when_it_has_been_idle_and_each_response_carries_the_time_on(
    app: Flask, client: FlaskClient, session: Any, anna: User
) -> None:
    sign_in(client)
    long_ago = int((clock.now() - queries.IDLE - dt.timedelta(minutes=1)).timestamp())
    with client.session_transaction() as kept:
        assert abs(kept[access.USED] - clock.now().timestamp()) < 60
        kept[access.USED] = int((clock.now() - dt.timedelta(hours=7)).timestamp())
    assert client.get("/sessions").status_code == 200
    with client.session_transaction() as kept:
        assert abs(kept[access.USED] - clock.now().timestamp()) < 60
        kept[access.USED] = long_ago
    assert client.get("/sessions").status_code == 302


@pytest.mark.parametrize("used", [None, "igår", 0, True])
def test_a_broken_time_in_the_cookie_is_no_session_and_no_error(client: FlaskClient, anna: User, used: Any) -> None:
    sign_in(client)
    with client.session_transaction() as kept:
        kept[access.USED] = used
    assert client.get("/sessions").status_code == 302


def test_who_is_not_signed_in_comes_back_to_the_page_after_signing_in(client: FlaskClient, anna: User) -> None:
    asked = client.get("/sessions?a=1")
    assert (asked.status_code, asked.location) == (302, "/sign_in?next=/sessions?a%3D1")
    assert sign_in(client, query="?next=/sessions?a%3D1").location == "/sessions?a=1"


def test_an_address_that_only_takes_a_post_is_no_place_to_come_back_to(client: FlaskClient) -> None:
    assert client.post("/sign_out").location == "/sign_in"


@pytest.mark.parametrize(
    "wanted",
    [
        "https://ond.example/",
        "//ond.example/",
        "/\\ond.example/",
        "\\\\ond.example",
        "/\t/ond.example",
        "javascript:alert(1)",
        "ond.example",
        "/\r\nLocation: https://ond.example",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client: FlaskClient, anna: User, wanted: str) -> None:
    answer = client.post("/sign_in", query_string={"next": wanted}, data={"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (302, "/")


def test_who_has_several_memberships_chooses_and_is_named_by_the_choice(client: FlaskClient, session: Any) -> None:
    user = person(EMAIL, Seat(Role.LOCAL_HANDLER, party="TYR"), Seat(Role.BODY_MEMBER, body="VIS"))
    assert sign_in(client).location == "/act_as"
    assert "Du agerar som detta nu" in client.get("/act_as").text
    seat = queries.memberships(user.id)[1].id
    assert client.post("/act_as", data={"membership_id": seat}).location == "/"
    assert "<strong>Ledamot i VIS</strong>" in client.get("/privacy").text


@pytest.mark.parametrize(
    "membership",
    ["", "abc", "999999999999999999999999", "-1", "٣", "2147483647", "2147483648", "4611686018427387904"],
)
def test_a_membership_that_is_not_ones_own_is_a_page_that_says_so(
    client: FlaskClient, anna: User, membership: str
) -> None:
    sign_in(client)
    answer = client.post("/act_as", data={"membership_id": membership})
    assert answer.status_code == 404
    assert "Du har inte den rollen. Välj en av dina egna." in answer.text


def test_only_own_sessions_are_listed_and_ended(app: Flask, client: FlaskClient, session: Any, anna: User) -> None:
    person("bo@tyreso.example")
    other = app.test_client()
    sign_in(other, "bo@tyreso.example")
    second = app.test_client()
    sign_in(second)
    sign_in(client)
    assert client.get("/sessions").text.count("Sedan ") == 2
    theirs, mine = session.scalars(select(LoginSession.id).order_by(LoginSession.id)).all()[:2]
    client.post(f"/end_session/{theirs}")
    assert other.get("/sessions").status_code == 200
    client.post(f"/end_session/{mine}")
    assert second.get("/sessions").status_code == 302
    for beyond in (2**31, 2**63, 10**40):
        assert client.post(f"/end_session/{beyond}").status_code == 404


def test_a_password_is_chosen_by_a_link_that_works_once(client: FlaskClient, session: Any, anna: User) -> None:
    token = actions.make_link(anna, by="system:test", at=clock.now())
    assert EMAIL in client.get(f"/set_password/{token}").text
    weak = client.post(f"/set_password/{token}", data={"password": "trappan stockholm region"})
    assert weak.status_code == 422
    assert "för lätt att gissa" in weak.text
    short = client.post(f"/set_password/{token}", data={"password": "kort"})
    assert "Lösenordet är för kort. Skriv minst 15 tecken." in short.text
    done = client.post(f"/set_password/{token}", data={"password": "tolv bävrar simmar hem"})
    assert done.location == "/sign_in"
    assert "Lösenordet är sparat" in client.get("/sign_in").text
    assert "Lösenordet är sparat" not in client.get("/sign_in").text, "it is said once"
    again = client.get(f"/set_password/{token}")
    assert again.status_code == 404
    assert "Länken gäller inte längre" in again.text
    assert sign_in(client, password="tolv bävrar simmar hem").status_code == 302


# --- One click, in the demo alone ----------------------------------------------------------------------

LOOPBACK = {"SERVER_NAME": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1"}


def one_click(client: FlaskClient, role: User, **environ: str) -> Any:
    membership = queries.memberships(role.id)[0].id
    return client.post(f"/sign_in_demo/{membership}", environ_overrides={**LOOPBACK, **environ})


def test_in_the_demo_one_click_on_a_card_is_enough(client: FlaskClient, demo: User) -> None:
    page = client.get("/sign_in", environ_overrides=LOOPBACK).text
    assert "Välj roll i demon" in page
    assert "som Tyresö kommun, handläggare" in page
    assert one_click(client, demo).location == "/"
    assert "Tyresö kommun, handläggare" in client.get("/privacy").text


def test_two_cards_of_one_role_differ_in_their_buttons_too(client: FlaskClient, demo: User) -> None:
    person("tyreso-2@demo.example", is_demo=True)
    page = Page(client.get("/sign_in", environ_overrides=LOOPBACK).text)
    buttons = [" ".join(e.text.split()) for e in page.elements if e.name == "button" and "som Tyresö" in e.text]
    assert buttons == ["Fortsätt som Tyresö kommun, handläggare", "Fortsätt som Tyresö kommun, handläggare, Anna"]


@pytest.mark.parametrize(
    "environ", [{"SERVER_NAME": "0.0.0.0"}, {"SERVER_NAME": "trappan.example"}, {"REMOTE_ADDR": "192.0.2.1"}]
)
def test_one_click_is_closed_when_others_than_this_machine_can_reach_us(
    client: FlaskClient, demo: User, environ: dict[str, str]
) -> None:
    assert one_click(client, demo, **environ).status_code == 404
    assert "Välj roll i demon" not in client.get("/sign_in", environ_overrides={**LOOPBACK, **environ}).text


def test_one_click_is_closed_in_a_database_that_is_no_demo(client: FlaskClient, anna: User) -> None:
    assert one_click(client, anna).status_code == 404


def test_one_click_is_closed_in_production(app: Flask, settings: Settings, demo: User) -> None:
    app.config["SETTINGS"] = replace(settings, mode=Mode.PRODUCTION, allowed_hosts=("localhost",))
    answer = one_click(app.test_client(), demo)
    assert answer.status_code == 503
    assert "En demodatabas öppnas inte i skarp drift" in answer.text


def test_one_click_on_a_real_person_in_a_demo_is_refused(client: FlaskClient, demo: User) -> None:
    real = person()
    answer = one_click(client, real)
    assert answer.status_code == 404
    assert "Rollen finns inte i demon" in answer.text


def test_every_page_of_a_demo_says_so_with_the_demos_day(client: FlaskClient, session: Any, demo: User) -> None:
    turn_to(dt.date(2026, 11, 23))
    wanted = "Demodata – påhittade ärenden. Demodag 23\u00a0november 2026."
    assert wanted in client.get("/privacy").text
    assert wanted in client.get("/finns-inte").text


def test_outside_a_demo_no_page_says_so(client: FlaskClient) -> None:
    assert "Demodata" not in client.get("/privacy").text
