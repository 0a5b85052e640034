"""Somebody who writes a filing page by page, and what a test reads of it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation import clock
from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import LoginSession, Membership, User
from escalation.cases.models.case import Draft
from escalation.db import db

Database = scoped_session[Session]
PASSWORD = "gråsugga under isen"
PURPOSE = "Målet är en god och sömlös vård och omsorg (2.1). Den som ger stödet behöver nå den som samordnar samma dag."

POSITION = {
    "title": "Vem svarar när vårdcentralen inte nås?",
    "event_on": "2024-03-04",
    "event_until": "2024-10-20",
    "description": "Under oktober nådde hemtjänsten inte vårdcentralen sex vardagar av 22.",
    "position": "Att en vårdcentral är utsedd betyder att den också går att nå.",
    "purpose_statement": PURPOSE,
    "consequence_target_group": "3",
    "consequence_equality": "2",
    "consequence_cost": "0",
    "consequence_staff": "1",
    "tried": "Två möten, 14 september och 12 oktober 2024.",
    "desired_outcome": "En känd och bemannad väg in.",
}

MEANWHILE: dict[str, Any] = {
    "interim_arrangement": "Hemtjänsten ringer vårdcentralens växel.",
    "respondents": ["RS"],
    "affected": ["SUN", "NOR"],
    "urgency": "urgent",
    "urgency_reason": "Hemgångar blir uppskjutna.",
    "principle": "yes",
    "principle_test": ["q1", "q3"],
    "principle_reason": "Fler kommuner har samma fråga.",
    "registry_number": "KS 2026/0412",
}

VOUCHED = {"no_personal_data": "y", "in_scope": "y"}


class Writer:
    """Somebody with a window, who writes a filing page by page."""

    def __init__(self, app: Flask, email: str, *seats: Seat) -> None:
        self.client: FlaskClient = app.test_client()
        user = accounts.create_user(email, email.partition("@")[0], list(seats), by="system:setup", at=clock.now())
        accounts.set_password(user, PASSWORD, at=clock.now())
        self.email = email
        self.draft = 0
        self.sign_in()

    def sign_in(self, **carried: str) -> Any:
        return self.client.post("/sign_in", data={"email": self.email, "password": PASSWORD, **carried})

    def begin(self, matter: str = "reading", **more: str) -> Any:
        answer = self.client.post("/cases/file", data={"matter": matter, "token": self.email, **more})
        if case := re.match(r"/cases/file/(\d+)/", answer.location or ""):
            self.draft = int(case[1])
        return answer

    def url(self, page: str) -> str:
        return f"/cases/file/{self.draft}/{page}"

    def get(self, page: str, query: str = "") -> Any:
        return self.client.get(self.url(page) + query)

    def post(self, page: str, *, opened: str | None = None, **fields: Any) -> Any:
        """Send a page as it stands open now, or as it stood open in ``opened``."""
        shown = opened or self.get(page).text
        hidden = {
            name: unescape(value)
            for name, value in re.findall(r'name="(version|base)" value="([^"]*)"', shown)
        }  # fmt: skip
        return self.client.post(self.url(page), data={"do": "next", **hidden, **fields})

    def write(self, **other: dict[str, Any]) -> None:
        """All four pages, in order."""
        self.begin()
        pages: dict[str, dict[str, Any]] = {
            "provision": {"agreement": "HOK", "provisions": ["4.5 st 2"]},
            "position": POSITION,
            "meanwhile": {**MEANWHILE, "handler": str(self.membership)},
        }
        for page, fields in pages.items():
            answer = self.post(page, **{**fields, **other.get(page, {})})
            assert answer.status_code == 302, text_of(answer)

    @property
    def membership(self) -> int:
        found = db.session.scalars(select(Membership.id).join(User).where(User.email == self.email)).first()
        assert found is not None
        return found


def text_of(answer: Any) -> str:
    """The page as it is read: no tags, single blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def kept_facts(session: Database, writer: Writer) -> dict[str, Any]:
    session.expire_all()
    found = session.get(Draft, writer.draft)
    assert found is not None
    return found.facts


def number_of_drafts(session: Database) -> int:
    session.expire_all()
    return len(session.scalars(select(Draft)).all())


def end_sessions(session: Database) -> None:
    for row in session.scalars(select(LoginSession)):
        row.ended_at = clock.now()
    session.commit()


def carried_by(answer: Any) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def resent(writer: Writer, page: Any) -> Any:
    """Press the one button of the page that is shown after signing in."""
    action = re.search(r'<form class="form" method="post" action="([^"]+)"', page.text)
    assert action is not None
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition("</header>")[2])
    fields: dict[str, list[str]] = {}
    for name, value in hidden:
        fields.setdefault(name, []).append(unescape(value))
    return writer.client.post(unescape(action[1]), data=fields)
