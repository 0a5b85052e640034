"""How a mail leaves: over SMTP, into a directory, or not at all (a demo's past). Each says in one word how it
went.

Exactly-once e-mail does not exist (trust.md § Promises). What can be known is whether the final dot was sent:
before it a broken connection means that the server must forget the mail, after it nobody knows.
"""

from __future__ import annotations

import enum
import re
import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol


class Result(enum.StrEnum):
    """How an attempt went. ``no_connection`` and ``retry`` are tried again; the rest is final."""

    SENT = "sent"
    NO_CONNECTION = "no_connection"
    RETRY = "retry"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True)
class Attempt:
    """``error`` is short Swedish for the health page: a reply code and where it came, never an address."""

    result: Result
    error: str = ""


class Transport(Protocol):
    """Takes one message to one recipient. Never raises for what a server does."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt: ...


@dataclass(frozen=True)
class SmtpTransport:
    """Sends to an SMTP server, one message per connection. ``timeout`` in seconds, for each reply."""

    host: str
    port: int
    timeout: float = 20.0

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
        body = re.sub(rb"^\.", b"..", message.as_bytes(policy=SMTP), flags=re.MULTILINE)
        server = smtplib.SMTP(local_hostname=sender.rpartition("@")[2], timeout=self.timeout)
        try:
            try:
                code, _ = server.connect(self.host, self.port)
                if code == 220:
                    server.ehlo_or_helo_if_needed()
            except (OSError, smtplib.SMTPException):
                return Attempt(Result.NO_CONNECTION, "ingen kontakt med e-postservern")
            if code != 220:
                return Attempt(Result.NO_CONNECTION, f"{code} när kontakten togs")
            try:
                for stage, command, wanted in (
                    ("MAIL", f"FROM:<{sender}>", 250),
                    ("RCPT", f"TO:<{recipient}>", 250),
                    ("DATA", "", 354),
                ):
                    code, _ = server.docmd(stage, command)
                    if code != wanted and not (stage == "RCPT" and code == 251):
                        return _refused(code, f"efter {stage}", otherwise=Result.RETRY)
                server.send(body)
            except (OSError, smtplib.SMTPException):
                return Attempt(Result.RETRY, "kontakten bröts före brevets slut")
            try:
                server.send(b".\r\n")
                code, _ = server.getreply()
            except (OSError, smtplib.SMTPException):
                return Attempt(Result.UNCERTAIN, "servern tystnade efter brevets slut")
            if code == 250:
                return Attempt(Result.SENT)
            return _refused(code, "efter brevets slut", otherwise=Result.UNCERTAIN)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


@dataclass(frozen=True)
class FileTransport:
    """Writes each message as an .eml file named by its Message-ID; for demo and tests."""

    directory: Path

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
        name = re.sub(r"[^A-Za-z0-9.@-]", "_", message["Message-ID"].strip("<>"))
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            (self.directory / f"{name}.eml").write_bytes(message.as_bytes(policy=SMTP))
        except OSError as problem:
            return Attempt(Result.RETRY, f"filen kunde inte skrivas ({problem.errno})")
        return Attempt(Result.SENT)


class PastTransport:
    """Takes every message and sends none: in a demo the mails of the past are stored as sent."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
        return Attempt(Result.SENT)


def _refused(code: int, where: str, *, otherwise: Result) -> Attempt:
    if 400 <= code < 500:
        return Attempt(Result.RETRY, f"{code} {where}")
    if 500 <= code < 600:
        return Attempt(Result.FAILED, f"{code} {where}")
    return Attempt(otherwise, f"obegripligt svar {where}")
