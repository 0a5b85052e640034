"""Random histories: whatever people do, in whatever order and however late, the laws of domain/05 § 5.2 hold."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.integrity import rows_that_disagree
from escalation.trail import queries as trail
from tests.support.walk import Walk, add_meetings

Database = scoped_session[Session]

TURNS, LONG = 12, 25
ORDINARY, MANY = 50, 1000
"""Walks on each database: a hundred on both in every run, two thousand in ``make test-long``."""

shared = settings(
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    phases=[Phase.explicit, Phase.generate],  # shortening a history takes many more of them
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def years(session: Database) -> Database:
    """A database in which the bodies go on meeting."""
    add_meetings(2034)
    return session


def walk(data: st.DataObject, turns: int) -> None:
    """A history and its end; the laws are held after each turn."""
    went = Walk(data)
    for _ in range(turns):
        went.turn()
    went.finish_without_the_parties()
    went.let_the_sibling_end()


@settings(shared, max_examples=ORDINARY)
@given(data=st.data())
def test_whatever_people_do_the_laws_hold_and_the_case_ends(data: st.DataObject, years: Database) -> None:
    walk(data, TURNS)
    assert (trail.verify(), rows_that_disagree()) == ([], [])


@pytest.mark.long
@settings(shared, max_examples=MANY, derandomize=False)
@given(data=st.data())
def test_the_laws_hold_in_many_histories(data: st.DataObject, years: Database) -> None:
    walk(data, LONG)
    assert (trail.verify(), rows_that_disagree()) == ([], [])
