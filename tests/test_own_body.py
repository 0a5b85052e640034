"""An agreement with a ladder and a political body of its own needs three files of data and no line of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from escalation.agreements.models import Interpretation
from escalation.db import session
from escalation.decisions.verbs.register import publish, sign
from escalation.rules import ladder
from escalation.rules.situation import Outcome
from escalation.trail import queries as trail
from tests.support.app import close, new_application, settings_for
from tests.support.data_folder import copied_to, used
from tests.support.databases import Databases
from tests.support.days import instant
from tests.support.own_body import (
    ANSWER,
    FILED_ON,
    PASSWORD,
    email,
    link_of,
    on_the_meeting_of_its_body,
    open_site,
    run,
    stand_on,
    with_a_body_of_its_own,
)
from tests.support.page import Page
from tests.support.people import person


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """The folder of data with the agreement, its ladder and its body in it."""
    with used(copied_to(tmp_path / "data")) as folder:
        with_a_body_of_its_own(folder)
        yield folder


@pytest.fixture
def site(databases: Databases, folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """A new site with that data, before anybody has done anything."""
    app = new_application(settings_for(databases.make("own"), tmp_path / "instance"))
    stand_on(app, FILED_ON)
    yield app
    close(app)
    databases.drop("own")


def enter(app: Flask, seat: str, link: str = "") -> FlaskClient:
    """The browser of the person who sits there, signed in; by the link the password is chosen first."""
    browser = app.test_client()
    assert not link or browser.post(link, data={"password": PASSWORD}).status_code == 302
    assert browser.post("/sign_in", data={"email": email(seat), "password": PASSWORD}).status_code == 302
    return browser


def steps_of(html: str) -> list[str]:
    """The names on the staircase, bottom first."""
    stair = html.partition('class="stair')[2].partition("</ol>")[0]
    return re.findall(r'class="name">([^<]+)<', stair)


def test_it_takes_three_files(tmp_path: Path) -> None:
    files = with_a_body_of_its_own(copied_to(tmp_path / "data"))
    assert files == ["ladders/barn.toml", "texts/agreements.toml", "texts/bodies.toml"]


@pytest.mark.one_database
def test_its_ladder_keeps_every_law_of_the_moves(folder: Path, site: Flask) -> None:
    said = run(site, "explore", "barn")
    assert ladder.lint(ladder.definition("barn")) == []
    assert "barn" in said
    assert "BROKEN" not in said


def test_its_body_interprets_it_from_setup_to_the_public_register(site: Flask) -> None:
    open_site(site)
    chair = enter(site, "BUN.chair", link_of(site, "BUN.chair"))
    empty = chair.get("/").text
    assert Page(empty).heading == "BUN"
    assert "Ordförande i BUN" in empty
    assert steps_of(empty) == ["Lokal dialog", "Styrgruppen", "BUN"]

    with site.app_context():
        story = on_the_meeting_of_its_body()
        number = story.case.number
        day = story.day
        session.commit()
    stand_on(site, day)
    chair = enter(site, "BUN.chair")
    page = chair.get("/").text
    assert number in page
    assert "Ett ärende väntar på ert avgörande." in page
    assert chair.get(f"/cases/{number}").status_code == 200

    with site.app_context():
        story.case = session.merge(story.case)
        story.decide(Outcome.INTERPRET, decision_text=ANSWER, reasons="Så står det.").adjust("pronounce")
        written = session.scalars(select(Interpretation).where(Interpretation.source_case == number)).one()
        assert (written.number, written.body, written.agreement_code) == ("BUN-T 2027:1", "BUN", "BARN")
        sign(written, by=person("SEK.region"), at=instant(day), is_secrecy_reviewed=True)
        publish(written, by=person("SEK.municipal"), at=instant(day), is_secrecy_reviewed=True)
        session.commit()
        assert list(trail.verify()) == []

    public = site.test_client()
    register = public.get("/interpretations").text
    assert re.fullmatch("Tolkningar av HÖK.* och Barnavtalet", Page(register).heading)
    assert "BUN-T 2027:1" in register
    assert ANSWER in public.get("/interpretations/BUN-T-2027-1").text
    assert public.get("/interpretations?q=Barnavtalet 2 stycke 1").text.count("BUN-T 2027:1") >= 1
