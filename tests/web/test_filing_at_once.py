"""A draft in two windows, and in front of those whom it does not belong to."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.cases.models.case import Case
from escalation.parties.models import BlockSide
from tests.support.writer import POSITION, VOUCHED, Writer, kept_facts, number_of_drafts, text_of

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # the drafts and what is filed of them are tried on both in tests/cases


def test_two_windows_on_one_field_are_shown_side_by_side_and_nothing_is_lost(
    handler: Writer, app: Flask, session: Database
) -> None:
    handler.begin()
    colleague = Writer(app, "bo@tyreso.example", Seat(Role.LOCAL_HANDLER, party="TYR"))
    colleague.draft = handler.draft
    opened = handler.get("position").text
    colleague.post("position", **{**POSITION, "title": "Kollegans rubrik", "tried": "Kollegans möten."})
    clash = handler.post("position", opened=opened, **{**POSITION, "title": "Min rubrik"})
    assert clash.status_code == 409
    read = text_of(clash)
    for said in ("Två har skrivit samtidigt", "Min rubrik", "Kollegans rubrik", POSITION["tried"], "Kollegans möten."):
        assert said in read
    assert "av bo" in read
    assert POSITION["description"] not in read, "what is the same is not asked about"
    assert kept_facts(session, handler)["title"] == "Kollegans rubrik"

    chosen = handler.post(
        "position",
        opened=clash.text,
        **{**POSITION, "title": "Våra båda rubriker"},
        take_title="mine",
        take_tried="saved",
    )
    assert chosen.location == handler.url("meanwhile")
    facts = kept_facts(session, handler)
    assert (facts["title"], facts["tried"]) == ("Våra båda rubriker", "Kollegans möten.")


def test_of_two_windows_each_keeps_what_only_it_has_changed(handler: Writer, app: Flask, session: Database) -> None:
    handler.begin()
    handler.post("position", **POSITION)
    opened = handler.get("position").text
    handler.post("position", **{**POSITION, "title": "Ändrad i det ena", "consequence_cost": "3"})
    answer = handler.post("position", opened=opened, **{**POSITION, "tried": "Ändrad i det andra."})
    assert answer.location == handler.url("meanwhile")
    facts = kept_facts(session, handler)
    assert (facts["title"], facts["consequence_cost"], facts["tried"]) == (
        "Ändrad i det ena",
        "3",
        "Ändrad i det andra.",
    )


def test_the_same_page_sent_twice_is_no_conflict(handler: Writer, session: Database) -> None:
    handler.begin()
    opened = handler.get("position").text
    assert handler.post("position", opened=opened, **POSITION).status_code == 302
    assert handler.post("position", opened=opened, **POSITION).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 400, "٣"])
def test_a_page_whose_version_is_broken_counts_as_stale(handler: Writer, session: Database, version: str) -> None:
    handler.begin()
    handler.post("position", **POSITION)
    hidden = {"version": version, "base": "[}", "do": "next"}
    answer = handler.client.post(handler.url("position"), data={**POSITION, **hidden, "title": "Annan rubrik"})
    assert answer.status_code == 409
    assert kept_facts(session, handler)["title"] == POSITION["title"]


def test_what_is_approved_is_what_was_read(handler: Writer, approver: Writer, session: Database) -> None:
    handler.write()
    handler.post("check", **VOUCHED, do="approval")
    approver.draft = handler.draft
    read = approver.get("check").text
    handler.post("position", **{**POSITION, "title": "Ändrad efteråt"})
    answer = approver.post("check", opened=read, **VOUCHED, do="send")
    assert answer.status_code == 409
    assert "Utkastet har ändrats sedan du läste det" in text_of(answer)
    assert session.scalars(select(Case)).all() == []
    assert approver.post("check", opened=answer.text, **VOUCHED, do="send").status_code == 302


# --- Other parties ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seat",
    [
        Seat(Role.LOCAL_APPROVER, party="RS"),
        Seat(Role.PARTY_READER, party="TYR"),
        Seat(Role.PARTY_REGISTRAR, party="TYR"),
        Seat(Role.SECRETARIAT, side=BlockSide.REGION),
        Seat(Role.AUDITOR),
    ],
    ids=lambda seat: f"{seat.party or ''} {seat.role.value}",
)
def test_other_parties_and_roles_do_not_read_or_change_a_draft(
    handler: Writer, app: Flask, session: Database, seat: Seat
) -> None:
    handler.begin()
    handler.post("position", **POSITION)
    other = Writer(app, "annan@example.se", seat)
    other.draft = handler.draft
    for page in ("matter", "provision", "position", "meanwhile", "check", "discard"):
        assert other.get(page).status_code == 404
        assert other.client.post(other.url(page), data={"version": "2", "do": "send"}).status_code == 404
    for page in ("/", "/cases"):
        assert POSITION["title"] not in other.client.get(page).text
    assert number_of_drafts(session) == 1


@pytest.mark.parametrize("address", ["/cases/file/0/position", f"/cases/file/{2**31}/check", "/cases/file/1/weather"])
def test_a_draft_that_does_not_exist_is_a_page(handler: Writer, session: Database, address: str) -> None:
    assert handler.client.get(address).status_code == 404
