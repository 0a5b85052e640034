"""What a list says of many cases is what is said of one, on the demo's day."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation import demo
from escalation.accounts import queries as account_queries
from escalation.accounts.models import Membership, User, Viewer
from escalation.cases import overview, queries
from escalation.cases.overview import CaseFilter
from escalation.cases.seats import referrals_to
from escalation.cases.sight import Sight, sight_of
from escalation.db import db
from escalation.rules.situation import Phase
from escalation.web.cases import words

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # what both databases answer is shown of the lists
TODAY = demo.DEMO_DAY


@pytest.fixture
def database_url(demo_database_url: str) -> str:
    return demo_database_url


def membership(name: str) -> Membership:
    found = db.session.scalars(select(Membership).join(User).where(User.name == name)).first()
    assert found is not None, name
    return found


def viewers() -> list[Viewer]:
    return [account_queries.viewer_for(m) for m in db.session.scalars(select(Membership))]


def test_what_waits_is_the_same_law_in_a_list_and_in_one_case(session: Database) -> None:
    later = (dt.date(2026, 11, 25), dt.date(2026, 12, 2), dt.date(2027, 1, 20))
    for nth, viewer in enumerate(viewers()):
        for day in (TODAY, later[nth % 3]):
            items = overview.overviews(viewer, day, CaseFilter())
            waits = {
                s.case.number for s in items
                if overview.holds(s, viewer) or s.proposal or s.hearing or s.owed or s.reopening
                or referrals_to(s.case, viewer)
            }  # fmt: skip
            asked = overview.overviews(viewer, day, CaseFilter(waits=True))
            assert {s.case.number for s in asked} == waits, (viewer.name, day)
            assert overview.count(viewer, day, CaseFilter(waits=True)) == len(waits)
            for s in items:
                if s.ball is not None and s.sight is Sight.FULL and s.case.paused_until is None:
                    assert overview.holds(s, viewer) == words.is_mine(s.case, s.ball, viewer)


def test_a_list_holds_what_the_law_of_sight_gives(session: Database) -> None:
    for viewer in viewers():
        for s in overview.overviews(viewer, TODAY, CaseFilter()):
            assert sight_of(s.case, viewer) is s.sight
            assert s.ball == queries.current_ball(queries.balls(s.case), TODAY) or s.case.phase is Phase.CLOSED
