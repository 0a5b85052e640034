"""Every GET changes nothing: not by what it does, and not by what its transaction may."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from itertools import product

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session
from werkzeug.routing import Rule

from escalation.accounts.models import Membership, User
from escalation.agreements.models import Interpretation
from escalation.cases.models.asks import Hearing, Proposal
from escalation.cases.models.case import Draft
from escalation.cases.models.course import Ball
from escalation.cases.models.parties import CaseGuest
from escalation.cases.models.statements import JointStatement
from escalation.db import reading, session
from escalation.documents.models import Attachment
from escalation.links.models import CaseLink
from escalation.nudges.models import Mail
from escalation.rules import yearly
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import HearingKind, ProposalKind
from escalation.web.filing.pages import PAGES
from tests.support.rows import all_rows

Database = scoped_session[Session]
NOBODYS = "ESK-2026-9999"
SEATS = ("rs-handler", "kson-approver", "sek-municipal", "vis-chair")


@pytest.fixture
def database_url(demo_database_url: str) -> str:
    return demo_database_url


STANDS_FOR: dict[str, Callable[[], list[object]]] = {
    # a part of an address -> real values and one that does not exist
    "number": lambda: ["ESK-2026-0020", "ESK-2026-0040", NOBODYS],
    "verb": lambda: [*(m.verb for m in MOVES), "fly"],
    "kind": lambda: [*(kind.value for kind in (*ProposalKind, *HearingKind)), "treaty"],
    "hearing_id": lambda: [*session.scalars(select(Hearing.id)), 10**9],
    "slug": lambda: [*(slug_of(n) for n in session.scalars(select(Interpretation.number))), "vis-t-1999-1"],
    "proposal_id": lambda: [*session.scalars(select(Proposal.id)), 10**9],
    "draft_id": lambda: [*session.scalars(select(Draft.id)), 10**9],
    "page": lambda: list(PAGES),
    "statement_id": lambda: [*session.scalars(select(JointStatement.id)), 10**9],
    "link_id": lambda: [*session.scalars(select(CaseLink.id)), 10**9],
    "guest_id": lambda: [*session.scalars(select(CaseGuest.id)), 10**9],
    "mail_id": lambda: [*session.scalars(select(Mail.id).limit(2)), 10**9],
    "attachment_id": lambda: [*session.scalars(select(Attachment.id)), 10**9],
    "filename": lambda: ["css/trappan.css"],
    "job": lambda: [*(job.key for job in yearly.jobs()), "yearly_feast"],
    "year": lambda: [2025, 2027, 10**9],
    "token": lambda: ["nobodys-token"],
}


def slug_of(number: str) -> str:
    return number.lower().replace(" ", "-").replace(":", "-")


def addresses(rule: Rule, app: Flask) -> Iterator[str]:
    names = sorted(rule.arguments)
    assert set(names) <= set(STANDS_FOR), "say in tests/house/test_get.py what stands for it in an address"
    known = [STANDS_FOR[name]() for name in names]
    with app.test_request_context():
        for values in product(*known):
            others = [(value, first) for value, (first, *_) in zip(values, known, strict=True) if value != NOBODYS]
            if NOBODYS in values and any(value != first for value, first in others):
                continue  # a case that does not exist has no acts: it is asked for once at each kind of page
            _domain, path = rule.build(dict(zip(names, values, strict=True))) or ("", "")
            yield path


@pytest.mark.one_database
@pytest.mark.parametrize("in_turn", [2, pytest.param(1, marks=pytest.mark.long)])
def test_no_page_that_is_only_looked_at_changes_anything(app: Flask, session: Database, in_turn: int) -> None:
    """Each page is looked at by everybody in the long run, by every second of them here."""
    rules = [r for r in app.url_map.iter_rules() if "GET" in (r.methods or ()) and r.endpoint != "static"]
    paths = sorted({path for rule in rules for path in addresses(rule, app)})
    assert len(paths) > 50
    emails = [None, *(f"{seat}@demo.invalid" for seat in SEATS)]
    for who, email in enumerate(emails):
        client = app.test_client()
        if email is not None:
            chosen = session.scalars(select(Membership.id).join(User).where(User.email == email)).one()
            session.rollback()
            assert client.post(f"/sign_in_demo/{chosen}").status_code == 302
        before = all_rows()
        session.rollback()
        for path in paths[who % in_turn :: in_turn]:
            answer = client.get(path)
            is_sick = path == "/healthz" and answer.status_code == 503  # no clock runs here
            assert answer.status_code in {200, 302, 404, 409} or is_sick, (email, path, answer.status_code)
        session.rollback()
        assert all_rows() == before, email
        session.rollback()


@pytest.mark.one_database  # what PostgreSQL refuses is shown in test_access.py, without a demo
def test_the_database_itself_refuses_to_write_while_a_page_is_only_looked_at(session: Database) -> None:
    session.rollback()
    with reading():
        assert session.scalars(select(Ball.id)).all()
        with pytest.raises(DBAPIError):
            session.execute(delete(Ball).where(Ball.begins_on > dt.date(2020, 1, 1)))
        session.rollback()
    assert session.scalars(select(Ball.id)).all()
