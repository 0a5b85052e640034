"""A real SMTP server on loopback."""

from __future__ import annotations

import socket
import ssl
from asyncio import WriteTransport
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope

from tests.support.app import ROOT

MAIL_CERTIFICATE = ROOT / "tests/data/mail_server.pem"
"""Of a mail server that is called localhost and 127.0.0.1, signed by itself; with its key, which keeps no secret."""


@dataclass
class MailServer:
    """A real SMTP server on loopback: what it received, and what it answers.

    ``answer`` is said after the final dot, or as soon as ``RCPT`` when ``refuse_recipients`` is set:
    ``"451 later"`` is a temporary refusal, ``"550 no"`` a final one. With ``silent`` it takes the letter
    and drops the line without a word, so that the sender cannot know. With a ``password`` it wants ``user`` to sign in;
    ``tls`` is "none", "starttls" (which it insists on) or "tls", with ``tests/data/mail_server.pem`` as certificate.
    """

    host: str = "127.0.0.1"
    port: int = 0
    answer: str = "250 OK"
    refuse_recipients: bool = False
    silent: bool = False
    user: str = "trappan"
    password: str = ""
    tls: str = "none"
    messages: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    attempts: int = 0
    signed_in: int = 0
    _stop: Callable[[], None] | None = None

    def up(self) -> None:
        """Listen, on the same port as before if there was one."""
        from aiosmtpd.controller import Controller

        if not self.port:
            with socket.create_server((self.host, 0)) as free:
                self.port = free.getsockname()[1]
        options: dict[str, Any] = {"hostname": self.host, "port": self.port, "ready_timeout": 10}
        if self.tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(MAIL_CERTIFICATE)
            options |= (
                {"ssl_context": context} if self.tls == "tls" else {"tls_context": context, "require_starttls": True}
            )
        if self.password:
            options |= {"auth_required": True, "auth_require_tls": False, "authenticator": self._sign_in}
        controller = Controller(self, **options)
        controller.start()
        self._stop = controller.stop

    def down(self) -> None:
        """Stop listening; the port is remembered."""
        if self._stop:
            self._stop()
            self._stop = None

    def _sign_in(self, _server: SMTP, _session: Any, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        from aiosmtpd.smtp import AuthResult

        self.signed_in += 1
        is_right = (data.login, data.password) == (self.user.encode(), self.password.encode())
        return AuthResult(success=is_right, handled=False)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self.refuse_recipients:
            self.attempts += 1
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        self.attempts += 1
        content = envelope.content
        assert isinstance(content, bytes)
        if self.silent or self.answer.startswith("2"):
            self.messages.append(message_from_bytes(content, policy=policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
        if self.silent and isinstance(server.transport, WriteTransport):
            server.transport.abort()
        return self.answer


@pytest.fixture
def smtp_server() -> Iterator[MailServer]:
    """A mail server that is up and says yes."""
    server = MailServer()
    server.up()
    yield server
    server.down()
