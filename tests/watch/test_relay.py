"""The county's own mail server: it wants TLS and a sign-in, and when it refuses us no letter is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import Result
from flask import Flask

from config import Settings
from escalation.app import create_app
from escalation.db import session
from escalation.rules.situation import Phase
from tests.support.app import close, settings_for, watch
from tests.support.mail import MAIL_CERTIFICATE, MailServer
from tests.support.stories import StoryFactory

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

Site = Callable[..., Flask]

MORNING, LATER = "2026-09-29T10:00", "2026-09-29T11:00"
SIGN_IN = {"MAIL_USER": "trappan", "MAIL_PASSWORD": "ett ord"}


@pytest.fixture
def relay() -> Iterator[MailServer]:
    """A server that is not up yet, so that a test can say what it wants."""
    server = MailServer(password="ett ord")
    yield server
    server.down()


@pytest.fixture
def site(settings: Settings, relay: MailServer) -> Iterator[Site]:
    """Sites on one database, in which the ball is five days late: handler and chief are to be reminded."""
    made: list[Flask] = []

    def build(**env: str) -> Flask:
        variables = {"MAIL_TRANSPORT": "smtp", "MAIL_HOST": relay.host, "MAIL_PORT": str(relay.port or 1), **env}
        app = create_app(settings_for(settings.database_url, settings.instance_dir, **variables), watch=watch)
        if not made:
            with app.app_context():
                StoryFactory(at_phase=Phase.DIALOGUE)
                session.commit()
                app.test_cli_runner().invoke(args=["sweep", "--at", "2026-09-29T06:00"])
        made.append(app)
        return app

    yield build
    for app in made:
        close(app)


def deliver(app: Flask, at: str = MORNING) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=["deliver", "--at", at])


def test_a_server_that_wants_a_sign_in_burns_no_letter_and_the_command_says_what_is_wrong(
    site: Site, relay: MailServer
) -> None:
    relay.up()
    refused = deliver(site())
    assert refused.exit_code == 1
    assert "The mail server cannot be used: 530 efter MAIL. The letters wait and are tried again." in refused.output
    assert "failed" not in refused.output
    assert "retried=1 " in refused.output  # the run ended at the first
    sent = deliver(site(**SIGN_IN), LATER)
    assert (sent.exit_code, sent.output.strip()) == (0, f"sent={len(relay.messages)}")
    assert len(relay.messages) >= 2


@pytest.mark.one_database
def test_a_wrong_password_burns_no_letter(site: Site, relay: MailServer) -> None:
    relay.up()
    refused = deliver(site(MAIL_USER="trappan", MAIL_PASSWORD="fel ord"))
    assert (refused.exit_code, "failed" in refused.output) == (1, False)
    assert "535 efter AUTH, inloggningen godtogs inte" in refused.output
    assert deliver(site(**SIGN_IN), LATER).exit_code == 0
    assert relay.messages


@pytest.mark.one_database
@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_letters_go_under_tls_to_a_server_whose_certificate_is_good(
    site: Site, relay: MailServer, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay.tls = tls
    relay.up()
    strange = deliver(site(MAIL_TLS=tls, **SIGN_IN))
    assert strange.exit_code == 1
    assert "serverns certifikat godtogs inte" in strange.output
    monkeypatch.setenv("SSL_CERT_FILE", str(MAIL_CERTIFICATE))
    assert deliver(site(MAIL_TLS=tls, **SIGN_IN), LATER).exit_code == 0
    assert relay.messages


@pytest.mark.one_database
def test_a_server_that_offers_no_tls_gets_neither_password_nor_letter(site: Site, relay: MailServer) -> None:
    relay.up()
    refused = deliver(site(MAIL_TLS="starttls", **SIGN_IN))
    assert refused.exit_code == 1
    assert "servern erbjuder inte STARTTLS" in refused.output
    assert (relay.messages, relay.signed_in) == ([], 0)


@pytest.mark.one_database
def test_a_server_that_is_not_there_burns_no_letter(site: Site, relay: MailServer) -> None:
    relay.up()
    relay.down()
    gone = deliver(site(**SIGN_IN))
    assert gone.exit_code == 1
    assert "ingen kontakt med e-postservern" in gone.output
    relay.up()
    assert deliver(site(**SIGN_IN), LATER).exit_code == 0
    assert relay.messages


@pytest.mark.one_database
def test_the_command_ends_with_1_where_a_letter_needs_a_person_and_with_0_where_it_only_waits(
    site: Site, relay: MailServer
) -> None:
    relay.password, relay.answer = "", "451 4.7.1 later"
    relay.up()
    waits = deliver(site())
    assert waits.exit_code == 0
    assert "retried=" in waits.output
    relay.answer = "550 5.7.1 not wanted"
    refused = deliver(site(), LATER)
    assert refused.exit_code == 1
    assert "failed=" in refused.output


@pytest.mark.one_database
def test_letters_come_from_the_address_and_lead_to_the_site_that_the_settings_name(
    site: Site, relay: MailServer
) -> None:
    relay.password = ""
    relay.up()
    env = {"MAIL_FROM": "svara.inte@storsthlm.example", "ALLOWED_HOSTS": "trappan.example"}
    assert deliver(site(BASE_URL="https://trappan.example", **env)).exit_code == 0
    letter = relay.messages[0]
    assert letter["From"] == "Trappan <svara.inte@storsthlm.example>"
    assert "https://trappan.example/cases/" in letter.get_content()


@pytest.mark.one_database
def test_outside_the_hours_the_command_says_when_letters_leave(site: Site) -> None:
    closed = deliver(site(), "2026-09-29T18:00")
    assert (closed.exit_code, closed.output.strip()) == (
        0,
        "Letters leave between 07.00 and 17.00 on working days.",
    )
