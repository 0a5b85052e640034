"""Letters that did not arrive: what the case says of them, and what the secretariat and who runs the site do."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from config import MailTransport
from escalation import clock
from escalation.db import session
from escalation.jobs import JOBS, run
from escalation.rules.situation import Phase
from escalation.trail.models import TrailEvent
from escalation.watch.runs import INTERVALS, note_call
from tests.support.app import turn_to
from tests.support.mail import MailServer
from tests.support.page import Page
from tests.support.people import person
from tests.support.stories import StoryFactory

DAY = dt.date(2026, 9, 29)
"""Five working days after the region's position was to be there: its handler and chief are reminded."""
REFUSED = "550 5.1.1 no such mailbox"


@dataclass
class Desk:
    """A site with one late case, its mail server, and people who sign in by their seat."""

    app: Flask
    server: MailServer
    number: str

    def run(self, *args: str) -> Result:
        with self.app.app_context():
            return self.app.test_cli_runner().invoke(args=list(args))

    def deliver(self, answer: str = "250 OK", *, silent: bool = False) -> Result:
        self.server.answer, self.server.silent = answer, silent
        return self.run("deliver")

    def stands_on(self, day: dt.date) -> None:
        with self.app.app_context():
            turn_to(day)
            session.commit()

    def browser(self, seat: str) -> FlaskClient:
        with self.app.app_context():
            chosen = person(seat).membership_id
            session.commit()
        browser = self.app.test_client()
        assert browser.post(f"/sign_in_demo/{chosen}").status_code == 302
        return browser

    def page(self, seat: str, path: str) -> Page:
        return Page(self.browser(seat).get(path).text)

    def reminders(self, seat: str = "SUN.handler") -> str:
        """The case's list of reminders as the seat reads it."""
        return self.page(seat, f"/cases/{self.number}").main.partition("Påminnelser ")[2].partition("Om ärendet")[0]

    def mail_light(self) -> str:
        with self.app.app_context():
            for job in INTERVALS:
                note_call(job, started_at=clock.now(), finished_at=clock.now(), counts={})
            session.commit()
        answer = self.app.test_client().get("/healthz")
        assert (answer.status_code == 503) == (answer.get_json()["status"] == "red")
        return str(answer.get_json()["mail"])

    def letters(self) -> list[str]:
        """The numbers of the letters that somebody has to look at."""
        return [line.split(" ")[0] for line in self.run("mail", "list").output.splitlines()]

    def events(self, kind: str) -> list[TrailEvent]:
        with self.app.app_context():
            return list(session.scalars(select(TrailEvent).where(TrailEvent.kind == kind)))


@pytest.fixture
def desk(app: Flask, smtp_server: MailServer) -> Desk:
    mail = {"mail_transport": MailTransport.SMTP, "mail_host": smtp_server.host, "mail_port": smtp_server.port}
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **mail)
    with app.app_context():
        for seat in ("RS.approver", "SEK.region", "AUDITOR"):
            person(seat)
        number = StoryFactory(at_phase=Phase.DIALOGUE).case.number
        turn_to(DAY)
        session.commit()
    desk = Desk(app, smtp_server, number)
    assert desk.run("sweep").exit_code == 0
    return desk


def send_again(browser: FlaskClient, letter: str) -> Any:
    return browser.post(f"/resend_letter/{letter}")


# --- What the case says


def test_the_cases_list_of_reminders_says_sent_only_of_what_has_left(desk: Desk) -> None:
    assert "29 sep: Ståndpunkt" in desk.reminders()
    assert "Väntar på att skickas till" in desk.reminders()
    assert "Skickad" not in desk.reminders()
    desk.deliver(REFUSED)
    for seat in ("SUN.handler", "RS.handler", "SEK.region"):
        assert "Kunde inte levereras till" in desk.reminders(seat), "both sides read the same"
        assert "Skickad" not in desk.reminders(seat)
    for letter in desk.letters():
        desk.run("mail", "resend", letter)
    assert "Väntar på att skickas till" in desk.reminders()
    desk.deliver(silent=True)
    assert "Osäkert om den kom fram till" in desk.reminders()
    for letter in desk.letters():
        desk.run("mail", "resend", letter)
    desk.deliver()
    assert "Skickad till" in desk.reminders()
    assert not any(word in desk.reminders() for word in ("Väntar", "Osäkert", "Kunde inte"))


@pytest.mark.one_database
def test_a_reminder_that_left_later_than_its_day_says_when(desk: Desk) -> None:
    desk.deliver("451 4.3.0 later")
    desk.stands_on(DAY + dt.timedelta(days=1))
    desk.deliver()
    assert "29 sep: Ståndpunkt" in desk.reminders()
    assert "Skickad 30 sep till" in desk.reminders()


@pytest.mark.one_database
def test_the_list_says_the_same_in_english(desk: Desk) -> None:
    desk.deliver(REFUSED)
    reader = desk.browser("RS.handler")
    reader.post("/choose_language", data={"language": "en"})
    assert "Could not be delivered to" in Page(reader.get(f"/cases/{desk.number}").text).main


@pytest.mark.one_database
def test_a_start_page_tells_of_a_reminder_only_when_it_has_left(desk: Desk) -> None:
    desk.deliver(REFUSED)
    assert "Påmint" not in desk.page("SUN.handler", "/").main
    assert "Inget än" in desk.page("SEK.region", "/").main
    for letter in desk.letters():
        desk.run("mail", "resend", letter)
    desk.deliver()
    assert "Påmint 29 september." in desk.page("SUN.handler", "/").main
    assert "Inget än" not in desk.page("SEK.region", "/").main


# --- What the secretariat does


def test_a_letter_that_failed_is_sent_again_by_the_secretariat_and_only_then(desk: Desk) -> None:
    desk.deliver(REFUSED)
    assert desk.mail_light() == "red"
    assert "sent" not in desk.deliver().output, "the machine never sends it again"
    official = desk.browser("SEK.region")
    shown = official.get("/health").text
    letters = desk.letters()
    for letter in letters:
        assert f'action="/resend_letter/{letter}"' in shown
        assert send_again(official, letter).status_code == 302
    assert "Brev som inte kom fram" not in Page(official.get("/health").text).main
    assert desk.mail_light() == "green"
    assert f"sent={len(letters)}" in desk.deliver().output
    assert len(desk.server.messages) == len(letters) >= 2
    assert "Skickad till" in desk.reminders()
    assert [event.about for event in desk.events("letter_resent")] == [f"letter:{letter}" for letter in letters]


def test_a_letter_that_may_have_arrived_is_settled_for_a_reason_that_both_sides_of_the_secretariat_read(
    desk: Desk,
) -> None:
    desk.deliver(silent=True)
    assert desk.mail_light() == "amber"
    official, letters = desk.browser("SEK.region"), desk.letters()
    for letter in letters:
        asked = official.post(f"/settle_letter/{letter}", data={"reason": ""})
        assert asked.status_code == 422
        assert "Skriv varför brevet inte behöver skickas." in asked.text
        number = official.post(f"/settle_letter/{letter}", data={"reason": "Ring 640823-3234 i stället."})
        assert number.status_code == 422
        assert "Ring 640823-3234 i stället." in number.text
        assert official.post(f"/settle_letter/{letter}", data={"reason": "Fick veta per telefon."}).status_code == 302
    assert (desk.letters(), desk.mail_light()) == ([], "green")
    for seat in ("SEK.municipal", "AUDITOR"):
        read = desk.page(seat, "/health").main
        assert "Avslutade brev, senaste 90 dagarna" in read
        assert "Sekretariatet, regionen 29 september 2026: Fick veta per telefon." in read
    assert "Osäkert om den kom fram till" in desk.reminders(), "what happened to it stays as it was"
    assert "sent" not in desk.deliver().output
    assert len(desk.events("letter_settled")) == len(letters)


@pytest.mark.one_database
def test_a_letter_that_somebody_has_dealt_with_is_dealt_with_once(desk: Desk) -> None:
    desk.deliver(REFUSED)
    first, second = desk.browser("SEK.region"), desk.browser("SEK.municipal")
    one, other, *_more = desk.letters()
    assert send_again(first, one).status_code == 302
    assert first.post(f"/settle_letter/{other}", data={"reason": "Fick veta per telefon."}).status_code == 302
    for letter in (one, other):
        for answer in (
            send_again(second, letter),
            second.get(f"/settle_letter/{letter}"),
            second.post(f"/settle_letter/{letter}", data={"reason": "Fick veta på annat sätt av en kollega."}),
        ):
            assert answer.status_code == 409
            assert "Brevet är redan hanterat" in answer.text
    assert send_again(second, "999").status_code == 404


@pytest.mark.one_database
def test_a_letter_about_what_is_done_is_not_sent_again_but_settled(desk: Desk) -> None:
    desk.deliver(REFUSED)
    desk.stands_on(dt.date(2026, 11, 23))  # the ball has gone to others
    letter = desk.letters()[0]
    refused = send_again(desk.browser("SEK.region"), letter)
    assert refused.status_code == 409
    assert "Det finns inget kvar att skicka" in refused.text
    assert letter in desk.letters()
    assert desk.events("letter_resent") == []


@pytest.mark.one_database
def test_a_reader_is_offered_nothing_and_others_do_not_reach_a_letter(desk: Desk) -> None:
    desk.deliver(REFUSED)
    letter = desk.letters()[0]
    auditor = desk.browser("AUDITOR")
    read = auditor.get("/health").text
    assert "Brev som inte kom fram" in read
    assert "Skicka igen" not in read
    assert "skicka igen" not in read
    for seat in ("AUDITOR", "RS.approver"):
        assert send_again(desk.browser(seat), letter).status_code == 404
        assert desk.browser(seat).get(f"/settle_letter/{letter}").status_code == 404


@pytest.mark.one_database
def test_a_letter_that_no_server_takes_is_shown_after_an_hour_with_what_the_server_says(desk: Desk) -> None:
    desk.deliver("451 4.3.0 later")
    assert desk.mail_light() == "green"
    desk.stands_on(DAY + dt.timedelta(days=1))
    assert desk.mail_light() == "amber"
    read = desk.page("SEK.region", "/health").main
    assert "brev väntar på e-postservern." in read
    assert "451 efter brevets slut" in read


@pytest.mark.one_database
def test_a_server_that_cannot_be_used_for_an_hour_alerts_those_who_run_the_site(desk: Desk) -> None:
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = replace(settings, mail_user="trappan", mail_password="fel ord")
    run(desk.app, next(job for job in JOBS if job.name == "deliver"))
    assert desk.mail_light() == "green", "it may be mended within the hour"
    desk.stands_on(DAY + dt.timedelta(days=1))
    assert desk.mail_light() == "red"
    assert "brev väntar på e-postservern." in desk.page("SEK.region", "/health").main
    desk.app.config["SETTINGS"] = settings
    assert desk.deliver().exit_code == 0
    assert desk.mail_light() == "green"


# --- What who runs the site does


def test_letters_are_listed_sent_again_and_settled_by_command(desk: Desk) -> None:
    desk.deliver(REFUSED)
    listed = desk.run("mail", "list")
    assert listed.exit_code == 0
    assert "2026-09-29 failed rs-handler@example.se 550 efter brevets slut" in listed.output
    one, *others = desk.letters()
    again = desk.run("mail", "resend", one)
    assert (again.exit_code, again.output.strip()) == (0, f"Letter {one} goes with the next delivery.")
    for other in others:
        settled = desk.run("mail", "settle", other, "--reason", "Adressen är borta.")
        assert (settled.exit_code, settled.output.strip()) == (0, f"Letter {other} is settled.")
    assert "den som driver webbplatsen 29 september 2026: Adressen är borta." in desk.page("SEK.region", "/health").main
    assert desk.letters() == []
    assert "sent=1" in desk.deliver().output


@pytest.mark.one_database
def test_the_commands_refuse_in_a_sentence(desk: Desk) -> None:
    desk.deliver(REFUSED)
    letter = desk.letters()[0]
    for args, sentence in (
        (("resend", "999"), "That letter is in no trouble"),
        (("settle", letter), "Missing option '--reason'"),
        (("settle", letter, "--reason", " "), "from 1 to 500 characters"),
        (("settle", letter, "--reason", "640823-3234"), "The reason holds an identity number."),
    ):
        refused = desk.run("mail", *args)
        assert refused.exit_code != 0
        assert sentence in refused.output
    desk.stands_on(dt.date(2026, 11, 23))
    assert "Nothing is left to tell in that letter" in desk.run("mail", "resend", letter).output
    assert letter in desk.letters()
