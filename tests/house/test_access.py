"""Deny by default: every route has its row in ACCESS, every form asks for its token, every GET only reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from werkzeug.routing import Rule

from escalation.accounts.models import SECRETARIAT_ROLES, Role
from escalation.cases.models.parties import PartyNote
from escalation.cases.sight import PARTY_WRITERS
from escalation.db import db, session
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import Seat
from escalation.web import access
from tests.support import filing
from tests.support.app import close, new_application
from tests.support.rows import row_counts
from tests.support.stage import House


@pytest.fixture
def annex(open_house: House) -> Iterator[House]:
    """The open house with an application of its own, to which a test may add."""
    app = new_application(open_house.app.config["SETTINGS"])
    yield House(app, open_house.stage, {})
    close(app)


# --- The table ---------------------------------------------------------------------------------------------------


def without_row(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules()} - set(access.ACCESS)


@pytest.mark.one_database
def test_every_route_has_a_row_and_every_row_a_route(app: Flask) -> None:
    assert without_row(app) == set()
    assert set(access.ACCESS) == set(app.view_functions)


@pytest.mark.one_database
def test_a_new_route_without_a_row_is_found_and_exists_for_no_one(annex: House) -> None:
    annex.app.add_url_rule("/nytt", "cases.nytt", lambda: "hej", methods=["GET", "POST"])
    assert without_row(annex.app) == {"cases.nytt"}
    for seat in ("SEK.region", "ADMIN", "public"):
        assert annex.client(seat).get("/nytt").status_code == 404
        assert annex.client(seat).post("/nytt").status_code == 404


@pytest.mark.one_database
def test_a_row_names_roles_that_exist() -> None:
    known = {role.value for role in Role} | {"public", "signed_in"}
    assert {who for row in access.ACCESS.values() for who in row} <= known


HELD_BY: dict[Seat, set[Role]] = {
    # the capacity in a case -> the roles that may have it (domain/05 § 5.2)
    Seat.INITIATOR_HANDLER: {Role.LOCAL_HANDLER, Role.LOCAL_APPROVER},
    Seat.INITIATOR_APPROVER: {Role.LOCAL_APPROVER},
    Seat.RESPONDENT_HANDLER: {Role.LOCAL_HANDLER, Role.LOCAL_APPROVER},
    Seat.RESPONDENT_APPROVER: {Role.LOCAL_APPROVER},
    Seat.UNANSWERED: {Role.LOCAL_APPROVER},
    Seat.PURSUER: {Role.LOCAL_APPROVER},
    Seat.UNANSWERED: {Role.LOCAL_APPROVER},
    Seat.OBJECTOR: {Role.LOCAL_APPROVER},
    Seat.UNCONFIRMED: {Role.LOCAL_HANDLER, Role.LOCAL_APPROVER},
    Seat.ONE_OF_SEVERAL: {Role.LOCAL_APPROVER},
    Seat.OUTSIDER: {Role.LOCAL_HANDLER, Role.LOCAL_APPROVER},
    Seat.REGISTRAR: {Role.SECRETARIAT, Role.SECRETARIAT_HEAD},
    Seat.AFFECTED_HANDLER: {Role.LOCAL_HANDLER, Role.LOCAL_APPROVER},
    Seat.OBLIGED_HANDLER: {Role.LOCAL_HANDLER, Role.LOCAL_APPROVER},
    Seat.COUNTERPARTY_APPROVER: {Role.LOCAL_APPROVER},
    Seat.COORDINATING_CENTRE: {Role.COORDINATING_CENTRE},
    Seat.SECRETARIAT: {Role.SECRETARIAT, Role.SECRETARIAT_HEAD},
    Seat.SECRETARIAT_HEAD: {Role.SECRETARIAT_HEAD},
    Seat.REFERRED: {Role.CONSULTATION_MEMBER, *PARTY_WRITERS, *SECRETARIAT_ROLES},
    Seat.BODY_HERE: {Role.SECRETARIAT, Role.SECRETARIAT_HEAD},
    Seat.CHAIR_HERE: {Role.BODY_CHAIR, Role.BODY_DEPUTY},
    Seat.ADJUSTER_REGION: {Role.BODY_CHAIR, Role.BODY_DEPUTY},
    Seat.ADJUSTER_MUNICIPAL: {Role.BODY_CHAIR, Role.BODY_DEPUTY},
    Seat.OFFICIAL_REGION: {Role.SECRETARIAT, Role.SECRETARIAT_HEAD},
    Seat.OFFICIAL_MUNICIPAL: {Role.SECRETARIAT, Role.SECRETARIAT_HEAD},
    Seat.CHAIR_NEXT: {Role.BODY_CHAIR, Role.BODY_DEPUTY},
}


@pytest.mark.one_database
def test_the_page_of_acts_is_reached_by_every_seat_that_a_row_of_moves_names_and_by_no_other() -> None:
    named = {actor.seat for move in MOVES for actor in move.actors} - {Seat.CLOCK}
    assert access.ACCESS["cases.act"] == {role.value for seat in named for role in HELD_BY[seat]}
    assert access.ACCESS["filing.file"] == {"local_handler", "local_approver"}


# --- Tokens ------------------------------------------------------------------------------------------------------


def takes_a_post(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())]


class Guarded:
    """A person who signs in and sends the form token of each page."""

    def __init__(self, house: House, seat: str) -> None:
        self.browser: FlaskClient = house.app.test_client()
        token = self.token("/sign_in")
        sent = {"csrf_token": token}
        assert self.browser.post(f"/sign_in_demo/{house.stage.seats[seat]}", data=sent).status_code == 302

    def token(self, path: str = "/privacy") -> str:
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.browser.get(path).text)
        assert found, path
        return found[1]


def example(house: House, rule: Rule, draft: str, note: int) -> tuple[str, str]:
    """(seat, address) for a POST to the rule that the access table lets through."""
    register = house.client("SEK.region").get("/interpretations").text
    slug = re.findall(r'href="/interpretations/([^"/]+)/publish"', register)[0]
    by_endpoint = {
        "accounts.sign_in": ("TYR.handler", "/sign_in"),
        "accounts.sign_in_demo": ("TYR.handler", f"/sign_in_demo/{house.stage.seats['TYR.handler']}"),
        "accounts.sign_out": ("SOL.handler", "/sign_out"),
        "accounts.choose_language": ("SOL.handler", "/choose_language"),
        "accounts.act_as": ("TYR.handler", "/act_as"),
        "accounts.end_session": ("TYR.handler", "/end_session/1"),
        "accounts.absence": ("TYR.handler", "/absence"),
        "accounts.set_password": ("TYR.handler", "/set_password/abc"),
        "filing.file": ("TYR.handler", "/cases/file"),
        "cases.act": ("SEK.region", house.path("intake", "/serve")),
        "cases.propose": ("SEK.region", house.path("intake", "/propose/reject")),
        "cases.answer": ("RS.approver", house.path("impasse", f"/answer/{house.stage.open_proposal}")),
        "cases.hear": ("SEK.region", house.path("served", "/hear/supersede")),
        "cases.comment": ("TYR.handler", house.path("served", "/comment/1")),
        "filing.draft": ("TYR.handler", f"{draft}/position"),
        "filing.check": ("TYR.handler", f"{draft}/check"),
        "filing.discard": ("TYR.handler", f"{draft}/discard"),
        "statement.statement": ("TYR.handler", house.path("forgotten", "/statement")),
        "cases.add_register_number": ("TYR.registrar", house.path("served", "/add_register_number")),
        "cases.link": ("TYR.handler", house.path("served", "/link")),
        "cases.unlink": ("SEK.region", house.path("served", "/unlink/1")),
        "cases.let_in": ("RS.handler", house.path("served", "/let_in")),
        "cases.show_out": ("RS.handler", house.path("served", "/show_out/1")),
        "cases.notes": ("TYR.handler", house.path("served", "/notes")),
        "cases.delete_note": ("TYR.handler", house.path("served", f"/delete_note/{note}")),
        "documents.mark": ("TYR.handler", house.path("served", "/attachments/1/mark")),
        "documents.unmark": ("TYR.handler", house.path("served", "/attachments/1/unmark")),
        "documents.open_marked": ("AUDITOR", house.path("served", "/attachments/1/open_marked")),
        "guide.where": ("TYR.handler", "/where"),
        "followups.correct": ("SEK.region", "/follow_up/yearly_priorities/2027/correct"),
        "followups.record": ("SEK.region", "/follow_up/yearly_priorities/2027/record"),
        "watch.resend_letter": ("SEK.region", "/resend_letter/1"),
        "watch.settle_letter": ("SEK.region", "/settle_letter/1"),
        "decisions.publish": ("SEK.region", f"/interpretations/{slug}/publish"),
    }
    assert rule.endpoint in by_endpoint, f"say how a POST to {rule.endpoint} is made"
    return by_endpoint[rule.endpoint]


def test_every_post_asks_for_the_token_of_its_own_session(open_house: House) -> None:
    writer = open_house.client("TYR.handler")
    draft = filing.write(writer)
    assert writer.post(open_house.path("served", "/notes"), data={"text": "Ring regionen."}).status_code == 302
    note = open_house.ask(lambda: session.scalars(select(PartyNote.id)).one())
    rules = {rule.endpoint: example(open_house, rule, draft, note) for rule in takes_a_post(open_house.app)}
    open_house.app.config["WTF_CSRF_ENABLED"] = True
    stranger = Guarded(open_house, "SOL.approver").token()
    before = open_house.ask(row_counts)
    people = {seat: Guarded(open_house, seat) for seat in sorted({seat for seat, _path in rules.values()})}
    started = open_house.ask(row_counts)
    for endpoint, (seat, path) in rules.items():
        for token in (None, "", stranger, "påhittad", "a" * 5000):
            sent = {} if token is None else {"csrf_token": token}
            answer = people[seat].browser.post(path, data=sent)
            assert answer.status_code == 400, (endpoint, token)
            assert "Formuläret gäller inte längre" in answer.text
    assert open_house.ask(row_counts) == started
    assert {name for name, rows in started.items() if rows != before[name]} == {"login_session", "sign_in_log"}
    # With the token the form itself is read: nothing was filled in, or no one has the address.
    leaving = {"accounts.sign_out", "accounts.sign_in_demo", "accounts.end_session", "filing.discard"}
    for endpoint, (seat, path) in sorted(rules.items(), key=lambda rule: rule[0] in leaving):
        answer = people[seat].browser.post(path, data={"csrf_token": people[seat].token()})
        assert answer.status_code in {302, 404, 409, 422}, endpoint


# --- Reading -----------------------------------------------------------------------------------------------------


def addresses(house: House) -> list[tuple[str, str]]:
    """(seat, address): every address that answers a GET, each with somebody who reaches it."""
    key_seats = [("TYR.approver", house.path(key)) for key in house.stage.numbers]
    acts = [
        ("SEK.region", house.path("intake", "/serve")),
        ("SEK.region", house.path("intake", "/propose/reject")),
        ("RS.handler", house.path("served", "/acknowledge")),
        ("RS.approver", house.path("impasse", f"/answer/{house.stage.open_proposal}")),
        ("SEK.region", house.path("preparation", "/schedule")),
        ("VIS.chair", house.path("minuted_top", "/adjust")),
        ("TYR.handler", house.path("forgotten", "/statement")),
        ("RS.handler", house.path("received", "/statement")),
        ("TSG.chair", house.path("scheduled", "/summary")),
        ("TSG.chair", house.path("scheduled", "/positions")),
        ("RS.handler", house.path("served", "/notes")),
        ("TSG.chair", house.path("served", "/hear/call_up")),
        ("RS.registrar", house.path("served", "/add_register_number")),
        ("RS.handler", house.path("served", "/link")),
        ("RS.handler", house.path("served", "/let_in")),
        ("TYR.handler", house.path("dialogue", "/propose/settlement")),
        ("RS.approver", house.path("withdrawn", "/keep_open")),
        ("SOL.handler", house.path("received")),
        ("SOL.handler", house.path("served")),
    ]
    plain = [
        ("SEK.region" if rule.endpoint == "watch.health" else "TYR.handler", rule.rule)
        for rule in house.app.url_map.iter_rules()
        if not rule.arguments and "GET" in (rule.methods or ())
    ]
    slugs = [("TYR.handler", "/interpretations/VIS-T-2025-2"), ("TYR.handler", "/set_password/abc")]
    return [*plain, *key_seats, *acts, *slugs, ("public", "/sign_in")]


def test_every_get_runs_in_a_transaction_that_only_reads_and_changes_nothing(house: House) -> None:
    for seat in sorted({seat for seat, _path in addresses(house)}):
        house.client(seat)
    with house.app.app_context():
        engine = db.engine
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement.strip())

    before = house.ask(row_counts)
    event.listen(engine, "before_cursor_execute", note)
    try:
        for seat, path in addresses(house):
            seen.clear()
            house.client(seat).get(path)
            first = "PRAGMA query_only=ON" if engine.dialect.name == "sqlite" else "SET TRANSACTION READ ONLY"
            assert seen[:1] == ([] if path == "/livez" else [first]), path  # that one asks no database at all
            reads = ("SELECT", "PRAGMA query_only=ON", "PRAGMA main.table_info", "BEGIN DEFERRED", first)
            other = [s for s in seen if not s.startswith(reads)]
            assert other == [], path
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert house.ask(row_counts) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_write_in_a_get_fails(annex: House, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Also after a POST on the same connection, and the next POST writes again."""

    def write() -> str:
        try:
            session.execute(text("UPDATE case_ SET version = version + 1"))
            session.commit()
        except DBAPIError as refused:
            session.rollback()
            return f"refused: {refused.orig}"
        return "written"

    answers: list[str] = []

    def view() -> str:
        answers.append(write())
        return answers[-1]

    annex.app.add_url_rule("/skriv", "skriv", view, methods=["GET", "POST", "OPTIONS"])
    monkeypatch.setitem(access.ACCESS, "skriv", access.EVERYONE)
    browser = annex.client("public")
    for sent, wanted in (("POST", "written"), (method, "refused"), ("POST", "written")):
        browser.open("/skriv", method=sent)
        assert answers[-1].startswith(wanted), (sent, answers)
    assert "read" in answers[1].lower()
