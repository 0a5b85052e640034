"""Publishing an interpretation: by two of different sides, once, never unread, and never another text."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import CHAIRS, SECRETARIAT_ROLES, Role, Viewer
from escalation.agreements import queries
from escalation.agreements.models import Interpretation
from escalation.cases.course import FactsRefused
from escalation.decisions.verbs.register import publish, sign
from escalation.rules.machine import MoveNotAllowed
from tests.support.people import person

Database = scoped_session[Session]

MORNING = dt.datetime(2026, 5, 8, 8, tzinfo=dt.UTC)
LATE = dt.datetime(2026, 6, 30, 8, tzinfo=dt.UTC)


@pytest.fixture
def newest(session: Database) -> Interpretation:
    """VIS-T 2026:1 as it was before anybody had published it."""
    found = queries.interpretation("VIS-T 2026:1")
    assert found is not None
    found.published_on, found.is_secrecy_reviewed = None, False
    found.publish_due_on = dt.date(2026, 5, 18)
    session.flush()
    return found


def test_what_two_officials_of_different_sides_have_vouched_for_is_public_on_that_stockholm_day(
    newest: Interpretation,
) -> None:
    late_in_the_evening = dt.datetime(2026, 5, 7, 22, 30, tzinfo=dt.UTC)
    signed = sign(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=True)
    assert (signed.kind, newest.published_on) == ("interpretation_signed", None)
    assert queries.interpretation("VIS-T 2026:1") is None, "one alone makes nothing public"
    event = publish(newest, by=person("SEK.municipal"), at=late_in_the_evening, is_secrecy_reviewed=True)
    assert newest.published_on == dt.date(2026, 5, 8)
    assert (event.kind, event.about) == ("interpretation_published", "interpretation:VIS-T 2026:1")
    assert queries.interpretation("VIS-T 2026:1") is newest


def test_publishing_takes_two_people(newest: Interpretation) -> None:
    with pytest.raises(MoveNotAllowed, match="not_signed"):
        publish(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=True)
    sign(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=True)
    official = person("SEK.region")
    colleague = Viewer(user_id=0, membership_id=official.membership_id, role=Role.SECRETARIAT, side="region")
    for by in (official, colleague):
        for verb in (sign, publish):
            with pytest.raises(MoveNotAllowed, match="other_side_publishes"):
                verb(newest, by=by, at=MORNING, is_secrecy_reviewed=True)
    in_another_seat = Viewer(
        user_id=official.user_id, membership_id=official.membership_id, role=Role.SECRETARIAT, side="municipal"
    )
    with pytest.raises(MoveNotAllowed, match="other_hand"):
        publish(newest, by=in_another_seat, at=MORNING, is_secrecy_reviewed=True)
    assert newest.published_on is None


def test_an_interpretation_is_published_once(newest: Interpretation) -> None:
    sign(newest, by=person("SEK.municipal"), at=MORNING, is_secrecy_reviewed=True)
    publish(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=True)
    with pytest.raises(MoveNotAllowed, match="published"):
        publish(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=True)


def test_a_text_that_has_not_been_reviewed_for_secrecy_is_not_published(newest: Interpretation) -> None:
    with pytest.raises(FactsRefused) as refused:
        sign(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=False)
    assert list(refused.value.errors) == ["is_secrecy_reviewed"]
    sign(newest, by=person("SEK.region"), at=MORNING, is_secrecy_reviewed=True)
    with pytest.raises(FactsRefused):
        publish(newest, by=person("SEK.municipal"), at=MORNING, is_secrecy_reviewed=False)
    assert newest.published_on is None


def test_where_the_secretariat_is_late_the_chair_and_the_deputy_publish(newest: Interpretation) -> None:
    with pytest.raises(MoveNotAllowed, match="publishing_time_over"):
        sign(newest, by=person("VIS.chair"), at=MORNING, is_secrecy_reviewed=True)
    with pytest.raises(MoveNotAllowed, match="seat"):
        sign(newest, by=person("TSG.chair"), at=LATE, is_secrecy_reviewed=True)
    sign(newest, by=person("VIS.chair"), at=LATE, is_secrecy_reviewed=True)
    publish(newest, by=person("VIS.deputy"), at=LATE, is_secrecy_reviewed=True)
    assert newest.published_on == dt.date(2026, 6, 30)


OTHERS = [role for role in Role if role not in SECRETARIAT_ROLES | CHAIRS]


@pytest.mark.parametrize("role", OTHERS)
def test_only_the_secretariat_and_the_chairs_publish(newest: Interpretation, role: Role) -> None:
    with pytest.raises(MoveNotAllowed, match="seat"):
        sign(newest, by=Viewer(membership_id=1, role=role, body="VIS"), at=LATE, is_secrecy_reviewed=True)
    assert newest.published_on is None
