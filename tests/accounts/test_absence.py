"""Somebody is away: the substitute is reminded instead, and after that those who are left (LP19)."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts import actions as accounts
from escalation.cases import overview
from escalation.cases.overview import CaseFilter
from escalation.cases.people import people_of
from tests.support.app import turn_to
from tests.support.page import Page
from tests.support.people import ViewerFactory, person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
pytestmark = pytest.mark.usefixtures("session")

AWAY = dt.date(2026, 11, 23)
BACK = dt.date(2026, 11, 30)


def in_dialogue() -> Story:
    """The respondent has named a handler and, as substitute, its approver."""
    story = StoryFactory(filed_on=dt.date(2026, 11, 2))
    story.act("serve", by="SEK.region", on=dt.date(2026, 11, 3))
    handler, substitute = person("RS.handler").membership_id, person("RS.approver").membership_id
    story.act("acknowledge", by="RS.handler", on=dt.date(2026, 11, 5), handler=handler, substitute=substitute)
    return story


def leave(seat: str) -> None:
    membership = person(seat).membership_id
    assert membership is not None
    accounts.set_absence(membership, first=AWAY, last=dt.date(2026, 11, 27))


def asked(story: Story, on: dt.date) -> set[int]:
    return {user.id for user in people_of(story.case, "respondent", on)}


def ids(*seats: str) -> set[int | None]:
    return {person(seat).user_id for seat in seats}


@pytest.mark.parametrize(
    ("on", "seat"),
    [
        (dt.date(2026, 11, 22), "RS.handler"), (AWAY, "RS.approver"), (dt.date(2026, 11, 27), "RS.approver"),
        (BACK, "RS.handler"),
    ],
)  # fmt: skip
def test_from_the_first_to_the_last_day_of_absence_the_substitute_is_asked(on: dt.date, seat: str) -> None:
    story = in_dialogue()
    leave("RS.handler")
    assert asked(story, on) == ids(seat)


def test_when_both_are_away_the_other_handlers_are_asked_and_when_there_are_none_the_secretariat() -> None:
    story = in_dialogue()
    leave("RS.handler")
    leave("RS.approver")
    officials = ids("SEK.region", "SEK.municipal")
    assert officials <= asked(story, AWAY)
    assert not asked(story, AWAY) & ids("RS.handler", "RS.approver")
    assert story.file_on(AWAY).unmanned == {"RS"}
    assert story.file_on(BACK).unmanned == set()
    second = ViewerFactory(seat="RS.handler", email="en-till@example.se")
    assert asked(story, AWAY) == {second.user_id}
    assert story.file_on(AWAY).unmanned == set()


@pytest.mark.one_database
def test_the_case_says_that_all_are_away_and_who_is_reminded_instead(app: Flask, session: Database) -> None:
    story = in_dialogue()
    turn_to(AWAY)
    browser = app.test_client()
    assert browser.post(f"/sign_in_demo/{person('SEK.region').membership_id}").status_code == 302
    gone = (
        "Ingen handläggare är på plats hos regionen. "
        "Påminnelserna går till sekretariatet, och till partens beslutsfattare om någon är på plats."
    )
    assert gone not in Page(browser.get(f"/cases/{story.case.number}").text).main
    leave("RS.handler")
    leave("RS.approver")
    assert gone in Page(browser.get(f"/cases/{story.case.number}").text).main


def test_an_absence_is_taken_back() -> None:
    story = in_dialogue()
    leave("RS.handler")
    membership = person("RS.handler").membership_id
    assert membership is not None
    accounts.set_absence(membership, first=None, last=None)
    assert asked(story, AWAY) == ids("RS.handler")


def test_only_the_substitutes_list_says_for_whom_they_stand_in() -> None:
    story = in_dialogue()
    leave("RS.handler")

    def covered(seat: str, on: dt.date) -> list[str | None]:
        return [s.covered_for for s in overview.overviews(person(seat), on, CaseFilter()) if s.case is story.case]

    assert covered("RS.approver", AWAY) == ["RS.handler"]
    assert covered("RS.approver", BACK) == [None]
    assert covered("SUN.approver", AWAY) == [None]


ABSENCES = [
    ("2026-11-27", "", "absent_until", "Skriv den sista dagen."),
    ("", "2026-11-27", "absent_from", "Skriv den första dagen."),
    ("2026-11-27", "2026-11-26", "absent_until", "Den sista dagen ligger före den första."),
    ("2020-01-01", "2020-01-02", "absent_until", "Dagarna har redan varit. Ange en kommande dag."),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("first", "last", "name", "sentence"), ABSENCES)
def test_days_that_make_no_absence_are_said_beside_their_field_and_come_back(
    app: Flask, first: str, last: str, name: str, sentence: str
) -> None:
    membership = person("RS.handler").membership_id
    accounts.mark_demo(offset_days=0)
    browser = app.test_client()
    assert browser.post(f"/sign_in_demo/{membership}").status_code == 302
    sent = {"absent_from": first, "absent_until": last}
    answer = browser.post("/absence", data=sent)
    back = Page(answer.text)
    assert (answer.status_code, back.sentence(name)) == (422, sentence)
    assert {field: back.typed(field) for field in sent} == sent
