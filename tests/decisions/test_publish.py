"""Publishing an interpretation: whose verb it is, once, and never unread."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Role, Viewer
from escalation.agreements import queries
from escalation.agreements.models import Interpretation
from escalation.cases.actions import FactsRefused
from escalation.decisions.actions import publish
from escalation.rules.moves import MoveNotAllowed

Database = scoped_session[Session]

MORNING = dt.datetime(2026, 5, 8, 8, tzinfo=dt.UTC)
OFFICIAL = Viewer(user_id=1, membership_id=1, role=Role.SECRETARIAT, side="region")


@pytest.fixture
def newest(session: Database) -> Interpretation:
    """VIS-T 2026:1 as it was before anybody had published it."""
    found = queries.interpretation("VIS-T 2026:1")
    assert found is not None
    found.published_on, found.is_secrecy_reviewed = None, False
    session.flush()
    return found


def test_publishing_makes_an_interpretation_public_on_that_stockholm_day_and_leaves_an_event(
    newest: Interpretation,
) -> None:
    late_in_the_evening = dt.datetime(2026, 5, 7, 22, 30, tzinfo=dt.UTC)
    event = publish(newest, by=OFFICIAL, at=late_in_the_evening, is_secrecy_reviewed=True)
    assert newest.published_on == dt.date(2026, 5, 8)
    assert (event.kind, event.about) == ("interpretation_published", "interpretation:VIS-T 2026:1")
    assert queries.interpretation("VIS-T 2026:1") is newest


def test_an_interpretation_is_published_once(newest: Interpretation) -> None:
    publish(newest, by=OFFICIAL, at=MORNING, is_secrecy_reviewed=True)
    with pytest.raises(MoveNotAllowed, match="published"):
        publish(newest, by=OFFICIAL, at=MORNING, is_secrecy_reviewed=True)


def test_what_nobody_has_reviewed_for_secrecy_is_not_published(newest: Interpretation) -> None:
    with pytest.raises(FactsRefused) as refused:
        publish(newest, by=OFFICIAL, at=MORNING, is_secrecy_reviewed=False)
    assert list(refused.value.errors) == ["is_secrecy_reviewed"]
    assert newest.published_on is None


@pytest.mark.parametrize("role", [role for role in Role if not role.value.startswith("secretariat")])
def test_nobody_but_the_secretariat_publishes(newest: Interpretation, role: Role) -> None:
    with pytest.raises(MoveNotAllowed, match="seat"):
        publish(newest, by=Viewer(membership_id=1, role=role), at=MORNING, is_secrecy_reviewed=True)
    assert newest.published_on is None
