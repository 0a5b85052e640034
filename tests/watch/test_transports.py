"""The SMTP transport: before the final dot nothing was sent, after it the outcome is unknown."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest

from escalation.watch.letters import Letter, message
from escalation.watch.transports import Attempt, Result, SmtpTransport
from tests.support.mail import MailServer
from tests.support.office import instant

DROP, HANG = "drop the line", "say nothing"
LATE = "say it later than any other answer may come: "
TIMEOUT = 0.3
POLITE = {"connect": "220 hi", "EHLO": "250 hi", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go"}


def letter(text: str = "Hej\n") -> EmailMessage:
    return message(
        Letter("Ämne", text),
        sender="a@example.se",
        recipient="b@example.se",
        message_id="<1@x>",
        at=instant("2026-09-23"),
    )


Serve = Callable[..., Attempt]


@pytest.fixture
def attempt() -> Iterator[Serve]:
    """Send one letter to a server with a script: what it says at each stage, or how it fails there."""
    end = threading.Event()
    threads = []

    def send(**script: str) -> Attempt:
        says = {**POLITE, "dot": "250 taken", **script}
        listener = socket.create_server(("127.0.0.1", 0))

        def say(line: socket.socket, stage: str) -> bool:
            answer = says.get(stage, "250 ok")
            if answer.startswith(LATE):
                end.wait(3 * TIMEOUT)
                answer = answer.removeprefix(LATE)
            if answer == HANG:
                end.wait(10)
            if answer in (HANG, DROP):
                return False
            line.sendall(f"{answer}\r\n".encode())
            return True

        def serve() -> None:
            with listener, listener.accept()[0] as line, line.makefile("rb") as said:
                going, in_letter = say(line, "connect"), False
                while going and (heard := said.readline()):
                    if in_letter:
                        in_letter = heard != b".\r\n"
                        going = in_letter or say(line, "dot")
                    else:
                        stage = heard[:4].decode().strip().upper()
                        going = say(line, stage)
                        in_letter = stage == "DATA" and says[stage].startswith("354")

        thread = threading.Thread(target=serve)
        thread.start()
        threads.append(thread)
        transport = SmtpTransport("127.0.0.1", listener.getsockname()[1], timeout=TIMEOUT, patience=4 * TIMEOUT)
        return transport.send(letter(), "a@example.se", "b@example.se")

    yield send
    end.set()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(
    ("stage", "answer", "result", "error"),
    [
        ("connect", DROP, Result.NO_CONNECTION, "ingen kontakt med e-postservern"),
        ("connect", HANG, Result.NO_CONNECTION, "ingen kontakt med e-postservern"),
        ("connect", "421 busy", Result.NO_CONNECTION, "421 när kontakten togs"),
        ("connect", "554 no mail here", Result.NO_CONNECTION, "554 när kontakten togs"),
        ("connect", "what?", Result.NO_CONNECTION, "obegripligt svar när kontakten togs"),
        ("MAIL", "451 later", Result.RETRY, "451 efter MAIL"),
        ("MAIL", "530 sign in first", Result.NO_CONNECTION, "530 efter MAIL"),
        ("MAIL", "553 you may not send as that", Result.NO_CONNECTION, "553 efter MAIL"),
        ("RCPT", "530 sign in first", Result.NO_CONNECTION, "530 efter RCPT"),
        ("RCPT", "450 greylisted", Result.RETRY, "450 efter RCPT"),
        ("RCPT", "550 no such b@example.se", Result.FAILED, "550 efter RCPT"),
        ("RCPT", "what?", Result.RETRY, "obegripligt svar efter RCPT"),
        ("RCPT", DROP, Result.RETRY, "kontakten bröts före brevets slut"),
        ("DATA", "452 full", Result.RETRY, "452 efter DATA"),
        ("DATA", "250 what?", Result.RETRY, "obegripligt svar efter DATA"),
        ("DATA", HANG, Result.RETRY, "kontakten bröts före brevets slut"),
        ("dot", "250 taken", Result.SENT, ""),
        ("dot", "451 later", Result.RETRY, "451 efter brevets slut"),
        ("dot", "554 spam", Result.FAILED, "554 efter brevets slut"),
        ("dot", "354 what?", Result.UNCERTAIN, "obegripligt svar efter brevets slut"),
        ("dot", f"{LATE}250 taken", Result.SENT, ""),
        ("dot", DROP, Result.UNCERTAIN, "servern tystnade efter brevets slut"),
        ("dot", HANG, Result.UNCERTAIN, "servern tystnade efter brevets slut"),
        ("QUIT", DROP, Result.SENT, ""),
    ],
)
def test_each_answer_and_silence_is_reported_as_what_it_means(
    attempt: Serve, stage: str, answer: str, result: Result, error: str
) -> None:
    assert attempt(**{stage: answer}) == Attempt(result, error)


def test_without_a_server_there_is_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = SmtpTransport("127.0.0.1", port, timeout=1).send(letter(), "a@example.se", "b@example.se").result
    assert result is Result.NO_CONNECTION


def test_a_line_of_a_single_dot_ends_no_letter(smtp_server: MailServer) -> None:
    text = "Före\n.\n..två\nEfter åäö\n"
    transport = SmtpTransport(smtp_server.host, smtp_server.port)
    assert transport.send(letter(text), "a@example.se", "b@example.se") == Attempt(Result.SENT)
    assert smtp_server.messages[0].get_content().replace("\r\n", "\n") == text
    assert smtp_server.messages[0]["Subject"] == "Ämne"


@pytest.mark.parametrize("address", ["a@b.se\r\nRCPT TO:<c@d.se>", "å@example.se"])
def test_an_address_that_no_server_takes_makes_no_message(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        message(Letter("x", "y\n"), sender="a@b.se", recipient=address, message_id="<1@x>", at=instant("2026-09-23"))
