"""A case row that was changed behind the application's back is found, with its number and its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import delete, update
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import Case, CaseType
from escalation.cases.models.course import Ball
from escalation.cases.waits import without_ball
from escalation.rules.situation import ClosingReason, Phase
from escalation.trail.models import TrailEvent
from tests.support.days import instant
from tests.support.stories import StoryFactory

Database = scoped_session[Session]
Change = Callable[[Database, Case], object]


def _case(**values: object) -> Change:
    return lambda session, case: session.execute(update(Case).where(Case.id == case.id).values(**values))


def _ball(**values: object) -> Change:
    return lambda session, case: session.execute(update(Ball).where(Ball.case_id == case.id).values(**values))


def _closed(session: Database, case: Case) -> None:
    values = {"phase": Phase.CLOSED, "closing_reason": ClosingReason.LAPSED, "closed_at": instant(dt.date(2026, 9, 9))}
    session.execute(update(Case).where(Case.id == case.id).values(**values))


def _no_ball(session: Database, case: Case) -> None:
    session.execute(delete(Ball).where(Ball.case_id == case.id))


def _one_ball_less(session: Database, case: Case) -> None:
    session.execute(delete(Ball).where(Ball.case_id == case.id, Ball.act == "force"))


def _one_ball_more(session: Database, case: Case) -> None:
    session.add(
        Ball(
            case_id=case.id, round=1, step=1, begins_on=dt.date(2026, 9, 5), act="check_filing",
            holder="secretariat", due_on=dt.date(2026, 9, 9), deadline_key="D1",
            written_at=instant(dt.date(2026, 9, 5)),
        )
    )  # fmt: skip


CHANGES: dict[str, tuple[Change, str]] = {
    "step": (_case(step=2), "step is 2, its events say 1"),
    "phase": (_case(phase=Phase.IMPASSE), "phase is 'impasse', its events say 'dialogue'"),
    "round": (_case(round=2), "round is 2, its events say 1"),
    "version": (_case(version=99), "version is 99, its events say 3"),
    "type": (_case(type=CaseType.DEVIATION), "type is 'deviation', its events say 'interpretation'"),
    "closed": (_closed, "phase is 'closed', its events say 'dialogue'"),
    "ball's day": (_ball(due_on=dt.date(2030, 1, 1)), "ball is"),
    "ball's holder": (_ball(holder="initiator"), "ball is"),
    "ball's act": (_ball(act="rest"), "ball is"),
    "ball's beginning": (_ball(begins_on=dt.date(2026, 9, 30)), "ball is"),
    "no ball": (_no_ball, "ball is []"),
    "one ball less": (_one_ball_less, "ball is"),
    "one ball more": (_one_ball_more, "ball is"),
}


def test_a_change_behind_the_applications_back_is_named(session: Database) -> None:
    StoryFactory(at_phase=Phase.SERVED)
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    assert rows_that_disagree() == []
    for what, (change, finding) in CHANGES.items():
        change(session, story.case)
        session.flush()
        session.expire_all()
        (case,) = rows_that_disagree()
        assert case.startswith(f"{story.case.number}: "), what
        assert finding in case, what
        session.rollback()
    assert rows_that_disagree() == []


def test_an_open_case_without_a_ball_is_reported(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    assert without_ball(story.day) == []
    _no_ball(session, story.case)
    assert without_ball(story.day) == [story.case.number]


def test_a_case_without_a_single_event_is_reported(session: Database) -> None:
    story = StoryFactory()
    story.case.number = "ESK-2026-0777"
    session.flush()
    assert rows_that_disagree() == [
        "ESK-2026-0777: the trail has no event of this case",
        "ESK-2026-0001: the trail has events of a case that has no row",
    ]
    assert session.query(TrailEvent).count() > 0


def test_a_ball_that_time_moves_is_as_its_events_say_on_every_day(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    days = [story.day + dt.timedelta(days=n) for n in range(0, 120, 7)]
    assert len({story.ball(on=day) for day in days}) == 4
    assert rows_that_disagree() == []
