"""How a mail leaves: over SMTP, into a directory, or not at all (a demo's past). A transport
answers with the result of its attempt.

Exactly-once e-mail does not exist (trust.md § Promises). What can be known is whether the final dot was sent:
if the connection breaks before it, the server must forget the mail; if it breaks after it, the mail may have arrived.
"""

from __future__ import annotations

import enum
import re
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Literal, Protocol

WANTS_SIGN_IN = frozenset({530, 534, 535, 538})
"""Replies that say that we have to sign in, or must do it another way (RFC 4954): no letter is at fault."""


class Result(enum.StrEnum):
    """How an attempt went. ``no_connection`` and ``retry`` are tried again; the rest is final.

    ``no_connection``: no letter can be sent to this server now: it does not answer, its certificate is not good, or it
    refuses us as a sender.
    """

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
    """Sends one message to one recipient. It never raises an exception for what the server does."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt: ...


@dataclass(frozen=True)
class SmtpTransport:
    """Sends to an SMTP server, one message per connection.

    ``timeout`` in seconds, for each reply but the last; ``patience`` for that one, after the final dot, where RFC 5321
    (4.5.3.2.6) asks for ten minutes: if we hang up earlier, we do not know whether the server has taken the letter.
    Both ways of TLS check the certificate and the name in it. ``user`` empty: no sign-in.
    """

    host: str
    port: int
    timeout: float = 20.0
    patience: float = 600.0
    tls: Literal["starttls", "tls", "none"] = "none"
    user: str = ""
    password: str = field(default="", repr=False)

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
        body = re.sub(rb"^\.", b"..", message.as_bytes(policy=SMTP), flags=re.MULTILINE)
        try:
            server = self._reach(sender.rpartition("@")[2])
        except (OSError, smtplib.SMTPException) as problem:
            return Attempt(Result.NO_CONNECTION, _why_not(problem))
        try:
            return self._hand_over(server, body, sender, recipient)
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _reach(self, own_name: str) -> smtplib.SMTP:
        """A connection that is protected and signed in as it has to be. Raises what ``smtplib`` and ``ssl`` raise."""
        server: smtplib.SMTP
        if self.tls == "tls":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(self.host, self.port, own_name, timeout=self.timeout, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, own_name, timeout=self.timeout)
        try:
            server.ehlo_or_helo_if_needed()
            if self.tls == "starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password)
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, body: bytes, sender: str, recipient: str) -> Attempt:
        try:
            for stage, command, wanted in (
                ("MAIL", f"FROM:<{sender}>", 250),
                ("RCPT", f"TO:<{recipient}>", 250),
                ("DATA", "", 354),
            ):
                code, _ = server.docmd(stage, command)
                if code != wanted and not (stage == "RCPT" and code == 251):
                    if code in WANTS_SIGN_IN or (stage == "MAIL" and 500 <= code < 600):
                        return Attempt(Result.NO_CONNECTION, f"{code} efter {stage}")
                    return _refused(code, f"efter {stage}", otherwise=Result.RETRY)
            server.send(body)
        except (OSError, smtplib.SMTPException):
            return Attempt(Result.RETRY, "kontakten bröts före brevets slut")
        try:
            assert server.sock is not None
            server.sock.settimeout(self.patience)
            server.send(b".\r\n")
            code, _ = server.getreply()
            server.sock.settimeout(self.timeout)
        except (OSError, smtplib.SMTPException):
            return Attempt(Result.UNCERTAIN, "servern tystnade efter brevets slut")
        if code == 250:
            return Attempt(Result.SENT)
        return _refused(code, "efter brevets slut", otherwise=Result.UNCERTAIN)


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
    """Answers that a message was sent without sending it, for the mails of a demo's past."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> Attempt:
        return Attempt(Result.SENT)


def _refused(code: int, where: str, *, otherwise: Result) -> Attempt:
    if 400 <= code < 500:
        return Attempt(Result.RETRY, f"{code} {where}")
    if 500 <= code < 600:
        return Attempt(Result.FAILED, f"{code} {where}")
    return Attempt(otherwise, f"obegripligt svar {where}")


def _why_not(problem: OSError | smtplib.SMTPException) -> str:
    """Why the server cannot be used. ``smtplib``'s errors are ``OSError`` too, so they are asked about first."""
    match problem:
        case smtplib.SMTPAuthenticationError():
            return f"{problem.smtp_code} efter AUTH, inloggningen godtogs inte"
        case smtplib.SMTPResponseException() if problem.smtp_code > 0:
            return f"{problem.smtp_code} när kontakten togs"
        case smtplib.SMTPResponseException():
            return "obegripligt svar när kontakten togs"
        case smtplib.SMTPNotSupportedError() if "STARTTLS" in str(problem):
            return "servern erbjuder inte STARTTLS"
        case smtplib.SMTPNotSupportedError():
            return "servern tar inte emot inloggning"
        case ssl.SSLCertVerificationError():
            return "serverns certifikat godtogs inte"
        case ssl.SSLError():
            return "ingen skyddad förbindelse med e-postservern"
        case _:
            return "ingen kontakt med e-postservern"
