"""Behind a proxy: who asks, from where, and that strangers' failures stop no other person."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Settings, SettingsRefused
from escalation import clock
from escalation.accounts import actions
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role, SignInLog
from escalation.app import create_app
from escalation.db import session as db_session
from tests.support.app import close, settings_for, watch

Database = scoped_session[Session]
Site = Callable[..., Flask]

PROXY = "127.0.0.1"
STRANGER, ANNAS, OFFICE = "203.0.113.9", "198.51.100.7", "192.0.2.50"
ANNA, PASSWORD = "anna@tyreso.example", "gråsugga under isen"
URL = "https://trappan.example:8443"


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A site in production with so many proxies in front, in which Anna has an account."""
    made: list[Flask] = []

    def build(proxies: int = 1, **env: str) -> Flask:
        env = {"ALLOWED_HOSTS": "trappan.example", "MAIL_TRANSPORT": "smtp", "TRUSTED_PROXIES": str(proxies), **env}
        production = settings_for(settings.database_url, settings.instance_dir, TRAPPAN_MODE="production", **env)
        app = create_app(production, watch=watch)
        app.config["WTF_CSRF_ENABLED"] = False
        made.append(app)
        with app.app_context():
            seat = Seat(Role.LOCAL_HANDLER, party="TYR")
            anna = actions.create_user(ANNA, "Anna", [seat], by="system:setup", at=clock.now())
            actions.set_password(anna, PASSWORD, at=clock.now())
            db_session.commit()
        return app

    yield build
    for app in made:
        close(app)


def sign_in(site: Flask | FlaskClient, address: str, password: str = PASSWORD, email: str = ANNA) -> Any:
    """As nginx passes it on from a caller at the address."""
    client = site.test_client() if isinstance(site, Flask) else site
    return client.post(
        "/sign_in",
        data={"email": email, "password": password},
        base_url=URL.replace("https", "http"),  # the proxy speaks http with us
        headers={"X-Forwarded-For": address, "X-Forwarded-Proto": "https", "Referer": f"{URL}/sign_in"},
        environ_base={"REMOTE_ADDR": PROXY},
    )


def addresses(site: Flask) -> list[str]:
    with site.app_context():
        return list(db_session.scalars(select(SignInLog.address).order_by(SignInLog.id)))


def test_strangers_failures_behind_the_proxy_do_not_stop_the_right_password_from_elsewhere(site: Site) -> None:
    app = site(proxies=1)
    for n in range(20):
        sign_in(app, STRANGER, "fel lösenord igen", f"x{n}@x.example")
    assert sign_in(app, STRANGER).status_code == 429
    assert sign_in(app, ANNAS).status_code == 302
    assert addresses(app) == [STRANGER] * 21 + [ANNAS]


def test_wrong_passwords_for_ones_own_account_from_many_strange_places_do_not_stop_it_either(site: Site) -> None:
    app = site()
    for n in range(60):
        sign_in(app, f"203.0.113.{n}", "fel lösenord igen")
    assert sign_in(app, ANNAS).status_code == 302


def test_who_is_guessed_at_from_many_places_has_one_try_from_a_strange_place_and_five_from_her_own(
    site: Site,
) -> None:
    app = site()
    assert sign_in(app, OFFICE).status_code == 302
    for n in range(50):
        sign_in(app, f"203.0.113.{n}", "fel lösenord igen")
    assert sign_in(app, ANNAS, "fel lösenord igen").status_code == 422
    assert sign_in(app, ANNAS).status_code == 429
    for _ in range(4):
        assert sign_in(app, OFFICE, "fel lösenord igen").status_code == 422
    assert sign_in(app, OFFICE).status_code == 302


def test_an_office_behind_one_address_is_not_stopped_by_a_colleague_who_guesses_at_others(site: Site) -> None:
    app = site()
    assert sign_in(app, OFFICE).status_code == 302
    for n in range(20):
        sign_in(app, OFFICE, "fel lösenord igen", f"x{n}@x.example")
    assert sign_in(app, OFFICE, email="ny@tyreso.example").status_code == 429
    assert sign_in(app, OFFICE).status_code == 302


def test_one_subscribers_many_addresses_of_ipv6_count_as_one_place(site: Site) -> None:
    app = site()
    for n in range(5):
        sign_in(app, f"2001:db8:1:2::{n + 1}", "fel lösenord igen")
    assert sign_in(app, "2001:db8:1:2:ffff::1").status_code == 429
    assert sign_in(app, "2001:db8:1:3::1").status_code == 302
    assert addresses(app)[0] == "2001:db8:1:2::1"


def test_an_ipv4_address_written_as_ipv6_is_the_same_place(site: Site) -> None:
    app = site()
    for _ in range(5):
        sign_in(app, f"::ffff:{STRANGER}", "fel lösenord igen")
    assert sign_in(app, STRANGER).status_code == 429


def test_without_a_proxy_the_header_is_anybodys_word_and_is_not_believed(site: Site) -> None:
    app = site(proxies=0)
    for n in range(5):
        sign_in(app, f"203.0.113.{n}", "fel lösenord igen")
    assert sign_in(app, ANNAS).status_code == 429
    assert set(addresses(app)) == {PROXY}


def test_with_two_proxies_the_address_is_the_one_that_the_outer_one_saw(site: Site) -> None:
    app = site(proxies=2)
    sign_in(app, f"10.1.1.1, {ANNAS}, 10.0.0.2")
    assert addresses(app) == [ANNAS]


@pytest.mark.one_database
@pytest.mark.parametrize("given", ["-1", "11", "ja", "1.5", "٣", "0100"])
def test_a_number_of_proxies_that_means_nothing_stops_the_start_with_a_sentence(given: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused, match="TRUSTED_PROXIES is"):
        settings_for("sqlite:////tmp/x", tmp_path, TRUSTED_PROXIES=given)


# --- Forms over https ---------------------------------------------------------------------------------------


def send(client: FlaskClient, host: str, referrer: str | None) -> Any:
    """Sign in with a good token as the proxy passes it on; ``host`` is what it says in ``Host``."""
    headers = {"Host": host, "X-Forwarded-For": ANNAS, "X-Forwarded-Proto": "https"}
    page = client.get("/sign_in", headers=headers)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    data = {"email": ANNA, "password": PASSWORD, "csrf_token": token[1]}
    return client.post("/sign_in", data=data, headers={**headers, **({"Referer": referrer} if referrer else {})})


@pytest.fixture
def asking(site: Site) -> FlaskClient:
    """A client of a site that asks for form tokens."""
    app = site()
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


def test_a_form_is_taken_where_the_proxy_passes_on_host_and_scheme(asking: FlaskClient) -> None:
    answer = send(asking, "trappan.example:8443", f"{URL}/sign_in")
    assert (answer.status_code, answer.location) == (302, "/")
    assert "__Host-trappan=" in answer.headers["Set-Cookie"]


def test_a_form_from_another_address_is_refused_with_the_reason_and_the_log_says_what_to_mend(
    asking: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    answer = send(asking, "trappan.example", f"{URL}/set_password/hemligt")
    assert answer.status_code == 400
    assert "Formuläret kom från en annan webbadress än den som servern nås under." in answer.text
    assert "legat öppen för länge" not in answer.text
    lines = [record.getMessage() for record in caplog.records if "a form was refused" in record.getMessage()]
    assert len(lines) == 1
    assert f"its page was at {URL}, the server was asked as https://trappan.example;" in lines[0]
    assert "$http_host" in lines[0]
    assert "hemligt" not in lines[0]


@pytest.mark.parametrize(
    ("referrer", "sentence"),
    [(None, "talade inte om vilken sida"), ("https://[trasig", "från en annan webbadress")],
)
def test_a_form_without_a_readable_address_of_its_page_is_refused_with_that_reason(
    asking: FlaskClient, referrer: str | None, sentence: str
) -> None:
    answer = send(asking, "trappan.example:8443", referrer)
    assert answer.status_code == 400
    assert sentence in answer.text
