"""Delivery: one mail per person and day, sent once whatever servers and senders do, and true when sent."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier, Lock

import pytest
from flask import Flask

from escalation.db import session as db_session
from escalation.nudges import actions as nudges
from escalation.nudges.models import Mail, MailState
from escalation.nudges.queries import in_trouble
from escalation.rules.nudge_plan import NudgeKind
from escalation.rules.situation import ClosingReason, Phase
from escalation.watch.delivery import DeliveryReport, deliver, is_window_open
from escalation.watch.sweep import sweep
from escalation.watch.transports import Attempt, FileTransport, Result, SmtpTransport, Transport
from tests.support.mail import MailServer
from tests.support.office import Database, Office, instant

MORNING = "2026-09-23 07:00"
URL = "https://trappan.example.se"


def send(moment: dt.datetime | str, transport: Transport, by: str = "this test") -> DeliveryReport:
    now = instant(moment) if isinstance(moment, str) else moment
    return deliver(now, transport, base_url=URL, sender="trappan@trappan.example.se", by=by)


def by_smtp(server: MailServer) -> SmtpTransport:
    return SmtpTransport(server.host, server.port, timeout=5)


@dataclass
class Postman:
    """A transport that gives the answers it was set up with, and keeps the letters it was given."""

    says: Result = Result.SENT
    taken: list[EmailMessage] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
        with self.lock:
            self.taken.append(message)
        return Attempt(self.says, "" if self.says is Result.SENT else "451 efter RCPT")


@pytest.fixture
def late(office: Office) -> Office:
    """C09 on the morning of 23 September: handler and substitute are to be nudged."""
    office.case()
    sweep(instant("2026-09-23 06:00"))
    return office


def test_each_gets_one_mail_and_a_second_delivery_sends_nothing(late: Office, smtp_server: MailServer) -> None:
    assert send(MORNING, by_smtp(smtp_server)).sent == 2
    assert send("2026-09-23 07:01", by_smtp(smtp_server)).attempts == 0
    assert len(smtp_server.messages) == 2
    assert [len(recipients) for recipients in smtp_server.recipients] == [1, 1]
    assert late.mails() == [("regionen", "sent"), ("ersättaren", "sent")]


@pytest.mark.one_database
def test_the_mail_says_what_to_do_why_and_what_else_happens_but_nothing_of_the_case(
    office: Office, smtp_server: MailServer
) -> None:
    case = office.case()
    office.pass_ball(case, act="settle_extend_lift", holder="both_sides", begins_on="2026-10-28", due_on="2026-11-17")
    sweep(instant("2026-09-23 06:00"))
    send(MORNING, by_smtp(smtp_server))
    message = smtp_server.messages[0]
    text = message.get_content()
    assert message["Subject"].startswith("Trappan ESK-2026-0009: försenat, ")
    assert message["Subject"].endswith("senast 22 september 2026")
    assert message["Message-ID"] == f"<nudge.{office.id('regionen')}.2026-09-23@trappan.example.se>"
    assert message["Date"] == "Wed, 23 Sep 2026 05:00:00 +0000"
    assert f"{URL}/cases/ESK-2026-0009" in text
    assert "Senast:         22 september 2026 (försenat)" in text
    assert "Så räknades dagen: Ståndpunkt: 15 arbetsdagar från 1 september 2026." in text
    assert "Om inget händer: Från 28 oktober 2026 gäller: Båda parter väljer: lös, förläng eller lyft." in text
    assert "Dagen har passerat." in text
    assert "0 händelser, kontrollsumma" in text
    assert "Hemlig" not in message.as_string()
    assert "Innehåll" not in text


@pytest.mark.one_database
def test_a_letter_names_the_next_to_be_reminded_only_while_that_is_to_come(office: Office) -> None:
    office.case()
    postman = Postman()
    for day in ("2026-09-29", "2026-10-06"):
        sweep(instant(f"{day} 06:00"))
        send(f"{day} 07:00", postman)
    by_person = {name: office.people[name].email for name in ("regionen", "regionens chef")}
    fourth, fifth = (
        next(m.get_content() for m in found if m["To"] == by_person[name])
        for name, found in (("regionen", postman.taken), ("regionens chef", postman.taken[::-1]))
    )
    assert "Samma påminnelse går till närmaste chef i ärendet." in fourth
    assert "och påminnelserna går till fler." in fourth
    assert "tio arbetsdagar sedan" in fifth
    assert "Ärendet ligger kvar tills det är gjort." in fifth
    assert "går till fler" not in fifth
    assert "har fått samma påminnelse" not in fourth + fifth


@pytest.mark.one_database
def test_several_cases_come_in_one_mail_the_longest_waiting_first(office: Office, smtp_server: MailServer) -> None:
    office.case("ESK-2026-0001", due_on="2026-09-22")
    office.case("ESK-2026-0002", due_on="2026-09-21")
    sweep(instant("2026-09-23 06:00"))
    send(MORNING, by_smtp(smtp_server))
    assert len(smtp_server.messages) == 2
    message = smtp_server.messages[0]
    text = message.get_content()
    assert message["Subject"] == "Trappan: 2 ärenden behöver dig"
    assert text.index("ESK-2026-0002") < text.index("ESK-2026-0001")


def test_a_nudge_that_comes_later_in_the_day_waits_for_the_next(late: Office, smtp_server: MailServer) -> None:
    send(MORNING, by_smtp(smtp_server))
    late.case("ESK-2026-0010", begins_on="2026-09-23", due_on="2026-10-14")
    sweep(instant("2026-09-23 12:00"))
    assert send("2026-09-23 12:00", by_smtp(smtp_server)).attempts == 0
    assert send("2026-09-24 07:00", by_smtp(smtp_server)).sent == 2
    assert "ESK-2026-0010" in smtp_server.messages[-1].get_content()
    assert "ESK-2026-0009" not in smtp_server.messages[-1].get_content()


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-09-23 06:59", False),
        ("2026-09-23 07:00", True),
        ("2026-09-23 16:59", True),
        ("2026-09-23 17:00", False),
        ("2026-09-26 10:00", False),  # Saturday
        ("2026-06-19 10:00", False),  # midsommarafton
        ("2026-10-26 07:00", True),  # the day after summer time has ended
        ("2026-10-26 06:30", False),
        ("2027-03-29 07:00", False),  # annandag påsk, the day after summer time has begun
        ("2027-03-30 07:00", True),
    ],
)
def test_mail_leaves_between_seven_and_five_in_stockholm_on_working_days(moment: str, is_open: bool) -> None:
    assert is_window_open(instant(moment)) is is_open


def test_outside_the_window_nothing_leaves_and_nothing_is_lost(late: Office, smtp_server: MailServer) -> None:
    assert not send("2026-09-23 06:30", by_smtp(smtp_server)).is_open
    assert not send("2026-09-26 12:00", by_smtp(smtp_server)).is_open
    assert smtp_server.messages == []
    assert send("2026-09-28 07:00", by_smtp(smtp_server)).sent == 2


@pytest.mark.one_database
def test_in_the_quiet_period_only_urgent_cases_are_nudged(office: Office) -> None:
    slow = office.case("ESK-2026-0001", begins_on="2026-06-10", due_on="2026-06-29")
    office.case("ESK-2026-0002", begins_on="2026-06-10", due_on="2026-06-29", urgent=True)
    sweep(instant("2026-06-30 06:00"))
    postman = Postman()
    send("2026-07-06 09:00", postman)
    assert [slow.number in m.get_content() for m in postman.taken] == [False, False]
    send("2026-08-03 09:00", postman)
    assert [slow.number in m.get_content() for m in postman.taken] == [False, False, True, True]


def test_server_down_and_then_up_everything_is_sent_once(late: Office, smtp_server: MailServer) -> None:
    smtp_server.down()
    moment = instant(MORNING)
    for minute in range(0, 600, 5):
        assert send(moment + dt.timedelta(minutes=minute), by_smtp(smtp_server)).sent == 0
    assert {state for _, state in late.mails()} == {"pending"}
    smtp_server.up()
    sweep(instant("2026-09-24 06:00"))
    moment = instant("2026-09-24 07:00")
    for minute in range(0, 300, 5):
        send(moment + dt.timedelta(minutes=minute), by_smtp(smtp_server))
    assert sorted(m["To"] for m in smtp_server.messages) == sorted(
        {late.people["regionen"].email, late.people["ersättaren"].email}
    )
    assert {state for _, state in late.mails()} == {"sent"}
    assert len({m["Message-ID"] for m in smtp_server.messages}) == 2


@pytest.mark.one_database
def test_a_temporary_refusal_is_tried_again_after_waits_that_double_up_to_two_hours(
    office: Office, session: Database, smtp_server: MailServer
) -> None:
    office.tell(office.case(), "regionen", NudgeKind.N3, "2026-09-23")
    smtp_server.answer, smtp_server.refuse_recipients = "451 4.7.1 greylisted", True
    moment, waits = instant(MORNING), []
    for _ in range(12):
        send(moment, by_smtp(smtp_server))
        session.commit()
        mail = session.query(Mail).one()
        waits.append((mail.next_attempt_at - moment).total_seconds())
        assert send(mail.next_attempt_at - dt.timedelta(seconds=1), by_smtp(smtp_server)).attempts == 0
        moment = mail.next_attempt_at
    assert waits[:9] == [30 * 2**n for n in range(8)] + [7200]
    assert set(waits[8:]) == {7200}
    assert mail.last_error == "451 efter RCPT"
    assert mail.first_failed_at == instant(MORNING)


def test_a_mail_that_is_not_accepted_in_five_days_has_failed_and_is_shown(office: Office, session: Database) -> None:
    office.tell(office.case(), "regionen", NudgeKind.N3, "2026-09-23")
    send(MORNING, Postman(Result.RETRY))
    send("2026-09-28 06:59", Postman(Result.RETRY))
    assert in_trouble() == []
    send("2026-09-28 07:00", Postman(Result.RETRY))
    assert [(m.state, m.last_error) for m in in_trouble()] == [(MailState.FAILED, "451 efter RCPT")]
    assert send("2026-09-29 07:00", Postman()).attempts == 0


@pytest.mark.parametrize("at_recipient", [True, False])
@pytest.mark.one_database
def test_a_final_refusal_is_failed_and_shown_and_never_tried_again(
    late: Office, smtp_server: MailServer, at_recipient: bool
) -> None:
    smtp_server.answer, smtp_server.refuse_recipients = "550 5.1.1 <anna@example.se> unknown", at_recipient
    assert send(MORNING, by_smtp(smtp_server)).failed == 2
    where = "RCPT" if at_recipient else "brevets slut"
    assert [mail.last_error for mail in in_trouble()] == [f"550 efter {where}"] * 2
    smtp_server.answer, smtp_server.refuse_recipients = "250 OK", False
    assert send("2026-09-24 07:00", by_smtp(smtp_server)).attempts == 0


@pytest.mark.one_database
def test_silence_after_the_final_dot_is_uncertain_shown_and_never_resent(late: Office, smtp_server: MailServer) -> None:
    smtp_server.silent = True
    assert send(MORNING, by_smtp(smtp_server)).uncertain == 2
    smtp_server.silent = False
    for day in ("2026-09-23 08:00", "2026-09-24 07:00", "2026-10-30 07:00"):
        assert send(day, by_smtp(smtp_server)).attempts == 0
    assert len(smtp_server.messages) == 2
    assert {mail.state for mail in in_trouble()} == {MailState.UNCERTAIN}


def test_two_senders_at_once_send_each_mail_once(app: Flask, office: Office) -> None:
    office.case()
    for n in range(20):
        user = office.give_seat(f"handläggare {n}", office.seats["regionen"].role, party_code="RS")
        assert user.id
    for case_number in range(3):
        case = office.case(f"ESK-2026-{case_number + 20:04}")
        case.parties[1].handler_id = None
    office.session.commit()
    sweep(instant("2026-09-23 06:00"))
    people = {name for _, _, name, state in office.ledger() if state == "pending"}
    postman, together = Postman(), Barrier(3)

    def one(by: str) -> DeliveryReport:
        with app.app_context():
            together.wait()
            return send(MORNING, postman, by=by)

    with ThreadPoolExecutor(3) as pool:
        reports = [f.result() for f in [pool.submit(one, by) for by in ("a", "b", "c")]]
    send("2026-09-23 07:01", postman)
    assert sum(report.sent for report in reports) == len(people) == len(postman.taken)
    assert [report.errors for report in reports] == [[], [], []]
    assert len({m["Message-ID"] for m in postman.taken}) == len(people)
    assert {state for _, state in office.mails()} == {"sent"}


def test_the_claim_of_a_sender_that_was_killed_becomes_uncertain_and_is_never_sent(late: Office) -> None:
    send(MORNING, Postman(Result.RETRY))
    killed = nudges.claim(at=instant("2026-09-23 07:02"), day=dt.date(2026, 9, 23), by="a killed sender")
    assert killed is not None
    late.session.commit()
    postman = Postman()
    assert send("2026-09-23 07:17", postman).unanswered == 0
    assert send("2026-09-23 07:18", postman).unanswered == 1
    assert [m["To"] for m in postman.taken] == [late.people["ersättaren"].email]
    assert [mail.last_error for mail in in_trouble()] == ["avsändaren svarade inte mer"]
    assert send("2026-09-24 07:18", postman).attempts == 0


def test_a_sender_that_was_only_frozen_says_that_it_has_sent_and_the_mail_is_not_sent_again(late: Office) -> None:
    @dataclass
    class Frozen:
        """Falls asleep inside each mail; meanwhile another clock takes it for dead."""

        def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
            nudges.release_dead_claims(instant("2026-09-23 07:30"))
            db_session.commit()
            assert MailState.UNCERTAIN in {mail.state for mail in in_trouble()}
            db_session.commit()
            return Attempt(Result.SENT)

    assert send(MORNING, Frozen(), by="the frozen").sent == 2
    assert late.mails() == [("regionen", "sent"), ("ersättaren", "sent")]
    assert send("2026-09-23 07:40", Postman()).attempts == 0


def test_a_nudge_whose_act_is_done_meanwhile_is_left_out_and_without_any_left_no_mail_goes(
    late: Office,
) -> None:
    case = late.case("ESK-2026-0010")
    sweep(instant("2026-09-23 06:10"))
    late.pass_ball(case, act="meet", holder="both_sides", begins_on="2026-09-23", due_on="2026-09-29", key="D6")
    postman = Postman()
    send(MORNING, postman)
    assert ["ESK-2026-0010" in m.get_content() for m in postman.taken] == [False, False]
    states = [state for kind, _, _, state in late.ledger() if kind == "N3"]
    assert sorted(states) == ["sent", "sent", "suppressed: no_longer_true", "suppressed: no_longer_true"]


def test_no_mail_goes_about_a_case_that_was_closed_while_it_waited_for_the_server(office: Office) -> None:
    case = office.case()
    sweep(instant("2026-09-23 06:00"))
    send(MORNING, Postman(Result.RETRY))
    case.phase, case.closing_reason, case.closed_at = Phase.CLOSED, ClosingReason.LAPSED, instant(MORNING)
    office.session.commit()
    postman = Postman()
    assert send("2026-09-23 08:00", postman).dropped == 2
    assert postman.taken == []
    assert office.mails() == []


@pytest.mark.one_database
def test_who_has_left_the_seat_gets_nothing(late: Office) -> None:
    late.people["ersättaren"].is_active = False
    late.session.commit()
    postman = Postman()
    send(MORNING, postman)
    assert [m["To"] for m in postman.taken] == [late.people["regionen"].email]


def test_of_two_steps_about_one_case_only_the_higher_is_in_the_letter(late: Office, session: Database) -> None:
    send(MORNING, Postman(Result.RETRY))
    sweep(instant("2026-09-29 06:00"))
    postman = Postman()
    send("2026-09-29 07:00", postman)
    to_handler = [m for m in postman.taken if m["To"] == late.people["regionen"].email]
    assert len(to_handler) == 1
    assert to_handler[0].get_content().count("ESK-2026-0009") == 2  # heading and link
    assert ("N3", "2026-09-23", "regionen", "suppressed: passed") in late.ledger()
    assert ("N4", "2026-09-29", "regionen", "sent") in late.ledger()


@pytest.mark.one_database
def test_a_mail_that_cannot_be_written_is_listed_and_stops_no_other(late: Office) -> None:
    late.people["regionen"].email = "å@example.se"
    late.session.commit()
    postman = Postman()
    report = send(MORNING, postman)
    assert (report.sent, report.retried, len(report.errors)) == (1, 1, 1)
    assert "å@" not in (late.session.query(Mail).filter_by(state=MailState.PENDING).one().last_error or "")


def test_a_clock_set_back_sends_nothing_again(late: Office) -> None:
    postman = Postman()
    send(MORNING, postman)
    send("2026-09-22 09:00", postman)
    send("2026-09-23 09:00", postman)
    assert len(postman.taken) == 2


@pytest.mark.one_database
def test_in_the_demo_each_mail_is_a_file(late: Office, tmp_path: Path) -> None:
    assert send(MORNING, FileTransport(tmp_path / "mail")).sent == 2
    names = sorted(path.name for path in (tmp_path / "mail").iterdir())
    assert names == sorted(
        f"nudge.{late.id(name)}.2026-09-23@trappan.example.se.eml" for name in ("regionen", "ersättaren")
    )
