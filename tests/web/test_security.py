"""What every response carries and every request must pass (``trust.md`` § Web)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from config import Mode, Settings, SettingsRefused
from escalation import clock
from escalation.accounts import actions
from escalation.accounts.models import PUBLIC, Role, User, Viewer
from escalation.app import create_app
from escalation.db import session as db_session
from escalation.web import access
from tests.support.app import close, new_application, watch
from tests.support.databases import Databases

TEXT = "Det här är en lång text som ingen vill skriva en gång till."


def production(settings: Settings) -> Settings:
    return replace(settings, mode=Mode.PRODUCTION, allowed_hosts=("trappan.example",))


@pytest.fixture
def site(settings: Settings) -> Iterator[FlaskClient]:
    """A client of an application in production, whose connections are closed at the end."""
    app = create_app(production(settings), watch=watch)
    yield app.test_client()
    close(app)


@pytest.fixture
def guarded(app: Flask) -> FlaskClient:
    """A client of an application that asks for form tokens, as the real one does."""
    app.config["WTF_CSRF_ENABLED"] = True
    return app.test_client()


@pytest.mark.parametrize("path", ["/sign_in", "/finns-inte", "/static/css/trappan.css"])
def test_every_response_carries_the_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe" not in policy


def test_the_nonce_is_fresh_for_each_response(client: FlaskClient) -> None:
    nonces = {client.get("/sign_in").headers["Content-Security-Policy"] for _ in range(5)}
    assert len(nonces) == 5


def test_pages_are_not_cached_and_files_may_be(client: FlaskClient) -> None:
    assert client.get("/sign_in").headers["Cache-Control"] == "no-store"
    with client.get("/static/css/trappan.css") as file:
        assert "max-age" in file.headers["Cache-Control"]


def test_no_page_holds_inline_style_or_script_or_asks_another_host(client: FlaskClient) -> None:
    for path in ("/sign_in", "/privacy", "/accessibility", "/finns-inte"):
        page = client.get(path).text
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", page)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


def test_in_production_the_cookie_is_bound_to_https_and_to_this_host(site: FlaskClient) -> None:
    answer = site.get("/sign_in", base_url="https://trappan.example")
    assert answer.status_code == 200
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-trappan=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_in_the_demo_over_http_the_cookie_has_a_plain_name(guarded: FlaskClient) -> None:
    cookie = guarded.get("/sign_in").headers["Set-Cookie"]
    assert cookie.startswith("trappan=")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


@pytest.mark.parametrize("host", ["ond.example", "127.0.0.1.ond.example", "localhost@ond.example", "[::2]", ""])
def test_a_host_that_is_not_ours_gets_nothing(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign_in", headers={"Host": host})
    assert answer.status_code == 400
    assert "ond.example" not in answer.text


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_the_demo_answers_on_loopback(client: FlaskClient, host: str) -> None:
    assert client.get("/sign_in", headers={"Host": host}).status_code == 200


def test_production_answers_only_under_its_own_names(site: FlaskClient) -> None:
    assert site.get("/sign_in", base_url="https://trappan.example").status_code == 200
    assert site.get("/sign_in", base_url="https://localhost").status_code == 400


def test_a_demo_database_does_not_start_in_production(settings: Settings, session: Any) -> None:
    actions.mark_demo(offset_days=0)
    session.commit()
    with pytest.raises(SettingsRefused, match="The database is a demo"):
        create_app(production(settings))


def test_production_starts_on_a_database_that_is_not_there_yet(settings: Settings, tmp_path: Path) -> None:
    app = create_app(replace(production(settings), database_url=f"sqlite:///{tmp_path / 'ny.sqlite'}"))
    assert not app.testing


@pytest.mark.parametrize("token", [None, "", "påhittad", "abc", "a.b.c", "\x00", "ÅÄÖ" * 100])
def test_a_form_without_its_token_is_a_page_that_keeps_the_text(guarded: FlaskClient, token: str | None) -> None:
    guarded.get("/sign_in")
    sent = {"email": "a@b.se", "password": PASSWORD, "text": TEXT}
    answer = guarded.post("/sign_in", data=sent if token is None else {**sent, "csrf_token": token})
    assert answer.status_code == 400
    assert "Formuläret gäller inte längre" in answer.text
    assert TEXT in answer.text
    assert PASSWORD not in answer.text


PASSWORD = "en väldigt lång hemlighet"


@pytest.mark.parametrize("header", ["\xe5\xe4\xf6", "abc"])
def test_a_broken_token_in_a_header_is_refused_too(guarded: FlaskClient, header: str) -> None:
    assert guarded.post("/sign_in", headers={"X-CSRFToken": header}).status_code == 400


@pytest.mark.parametrize("cookie", ["skräp", "a.b.c", "eyJ9.x.y", "\xff" * 20, "x" * 3000])
def test_a_broken_cookie_is_an_anonymous_visitor(client: FlaskClient, cookie: str) -> None:
    assert client.get("/sign_in", headers={"Cookie": f"trappan={cookie}"}).status_code == 200


def test_an_unknown_address_is_a_page_that_says_what_to_do(client: FlaskClient) -> None:
    answer = client.get("/finns-inte")
    assert answer.status_code == 404
    assert "<h1>Sidan finns inte</h1>" in answer.text
    assert "<title>Sidan finns inte – Trappan</title>" in answer.text
    assert "Kontrollera adressen" in answer.text


def test_a_method_that_a_page_does_not_take_is_a_page(client: FlaskClient) -> None:
    answer = client.get("/sign_out")
    assert answer.status_code == 405
    assert "Så kan sidan inte användas" in answer.text


def test_more_than_can_be_received_is_a_page(client: FlaskClient) -> None:
    answer = client.post("/sign_in", data={"email": "a" * 3_000_000})
    assert answer.status_code == 413
    assert "Det är för stort" in answer.text


def test_an_error_of_ours_is_a_page_without_its_cause(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)

    def broken() -> str:
        raise RuntimeError("hemligt inre")

    monkeypatch.setitem(app.view_functions, "accounts.privacy", broken)
    answer = app.test_client().get("/privacy")
    assert answer.status_code == 500
    assert "Något gick fel hos oss" in answer.text
    assert "hemligt" not in answer.text


def test_a_page_is_shown_even_when_the_database_is_gone(app: Flask, settings: Settings, tmp_path: Path) -> None:
    lost = create_app(replace(settings, database_url=f"sqlite:///{tmp_path / 'ingen' / 'fil.sqlite'}"), watch=watch)
    answer = lost.test_client().get("/sign_in")
    assert answer.status_code == 503
    assert "Databasen svarar inte" in answer.text


@pytest.fixture
def typist(app: Flask, session: Any) -> FlaskClient:
    """Somebody signed in."""
    role = actions.create_user(
        "tyreso@demo.example",
        "Roll",
        [actions.Seat(Role.LOCAL_HANDLER, party="TYR")],
        by="system:setup",
        at=clock.now(),
        is_demo=True,
    )
    actions.mark_demo(offset_days=0)
    client = app.test_client()
    client.post(f"/sign_in_demo/{role.memberships[0].id}", environ_overrides={"SERVER_NAME": "127.0.0.1"})
    assert client.get("/sessions").status_code == 200
    return client


def test_the_signed_in_too_see_our_page_while_the_database_is_away(
    typist: FlaskClient, app: Flask, session: Any, settings: Settings, databases: Databases
) -> None:
    app.config.update(TESTING=False)
    session.remove()
    close(app)
    databases.drop("test")
    if settings.database_url.startswith("sqlite"):  # else the driver makes a new file
        Path(settings.database_url.removeprefix("sqlite:///")).mkdir()
    try:
        for answer in (
            typist.get("/"), typist.get("/sessions"), typist.post("/cases/file", data={"description": TEXT}),
        ):  # fmt: skip
            assert answer.status_code == 503
            assert "<h1>Databasen svarar inte</h1>" in answer.text
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cache-Control"] == "no-store"
            # The viewer is unknown: it may be a person who is signed in, or not.
            assert "Logga in" not in answer.text
            assert "Du agerar som" not in answer.text
        assert TEXT in answer.text
    finally:
        if settings.database_url.startswith("sqlite"):
            Path(settings.database_url.removeprefix("sqlite:///")).rmdir()


@pytest.mark.one_database
def test_a_database_file_that_is_none_is_a_page_too(
    typist: FlaskClient, app: Flask, session: Any, settings: Settings
) -> None:
    app.config.update(TESTING=False)
    session.remove()
    close(app)
    Path(settings.database_url.removeprefix("sqlite:///")).write_bytes(b"no database at all " * 1000)
    answer = typist.get("/")
    assert answer.status_code == 503
    assert "<h1>Databasen svarar inte</h1>" in answer.text


def test_what_people_wrote_stays_out_of_the_log_when_the_database_refuses_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    secret = "hemlig mening"

    def too_much() -> str:
        db_session.execute(insert(User).values(email="a@b.se", name=secret, is_active=None))
        return secret

    monkeypatch.setitem(app.view_functions, "accounts.sign_in", too_much)
    answer = app.test_client().post("/sign_in")
    assert answer.status_code == 500
    assert secret not in answer.text
    assert "IntegrityError" in caplog.text
    assert "is_active" in caplog.text
    assert secret not in caplog.text


# --- Access --------------------------------------------------------------------------------------------


def test_a_page_without_a_row_exists_for_no_one(settings: Settings) -> None:
    app = new_application(settings)
    app.add_url_rule("/glomd", "glomd", lambda: "hemligt")
    assert app.test_client().get("/glomd").status_code == 404
    close(app)


def test_every_page_has_a_row(app: Flask) -> None:
    assert set(app.view_functions) <= set(access.ACCESS)


@pytest.mark.parametrize(
    ("who", "viewer", "permitted"),
    [
        (access.EVERYONE, PUBLIC, True),
        (access.SIGNED_IN, PUBLIC, False),
        (access.SIGNED_IN, Viewer(user_id=1), True),
        (access.SECRETARIAT, Viewer(user_id=1), False),
        (access.SECRETARIAT, Viewer(user_id=1, role=Role.SECRETARIAT_HEAD), True),
        (access.SECRETARIAT, Viewer(user_id=1, role=Role.LOCAL_HANDLER), False),
        (access.PARTY, Viewer(user_id=1, role=Role.PARTY_READER), True),
        (access.HANDLERS, Viewer(user_id=1, role=Role.PARTY_READER), False),
        (access.BODY, Viewer(user_id=1, role=Role.BODY_DEPUTY), True),
        (frozenset(), Viewer(user_id=1, role=Role.ADMIN), False),
    ],
)
def test_a_row_names_who_may_come(
    monkeypatch: pytest.MonkeyPatch, who: frozenset[str], viewer: Viewer, permitted: bool
) -> None:
    monkeypatch.setitem(access.ACCESS, "sida", who)
    assert access.permits("sida", viewer) is permitted


def test_a_role_without_access_reads_that_the_page_does_not_exist(
    typist: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(access.ACCESS, "accounts.sessions", access.SECRETARIAT)
    assert typist.get("/sessions").status_code == 404
