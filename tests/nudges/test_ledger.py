"""The ledger and the claims, below everything that knows of cases: keys and states hold by themselves."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from escalation.nudges import actions, queries
from escalation.nudges.actions import NewNudge, back_off
from escalation.nudges.models import Mail, MailState, Nudge, NudgeState, WhySuppressed
from escalation.rules.nudge_plan import NudgeKind
from tests.support.office import Database, Office, instant

DAY = dt.date(2026, 9, 23)
SEVEN = instant("2026-09-23 07:00")


def new(office: Office, name: str = "regionen", kind: NudgeKind = NudgeKind.N3, **change: object) -> NewNudge:
    case = office.case()
    facts = {
        "case_id": case.id,
        "round": 1,
        "subject": "D5",
        "kind": kind,
        "due_on": DAY,
        "recipient": office.id(name),
    }
    return NewNudge(**{**facts, **change})  # type: ignore[arg-type]


def bundle(nudges: list[Nudge], day: dt.date = DAY) -> int:
    return actions.bundle(nudges, day=day, at=SEVEN, message_id=lambda who, day: f"<{who}.{day}@test>")


def take(by: str = "a", moment: dt.datetime = SEVEN, day: dt.date = DAY) -> Mail | None:
    return actions.claim(at=moment, day=day, by=by)


@pytest.fixture
def mail(office: Office, session: Database) -> Mail:
    """A mail with one nudge, waiting."""
    actions.write([new(office)], at=SEVEN)
    bundle(session.query(Nudge).all())
    return session.query(Mail).one()


def test_the_same_thing_is_sent_to_the_same_person_once(office: Office) -> None:
    row = new(office)
    actions.write([row, row], at=SEVEN)
    actions.write([row], at=SEVEN)
    assert row.case_id is not None
    assert len(queries.log(row.case_id)) == 1


def test_a_nudge_without_a_recipient_is_suppressed_with_its_reason(office: Office, session: Database) -> None:
    actions.write([new(office, reason=WhySuppressed.OWN_ACT)], at=SEVEN)
    nudge = session.query(Nudge).one()
    assert (nudge.state, nudge.reason) == (NudgeState.SUPPRESSED, WhySuppressed.OWN_ACT)
    assert queries.written(nudge.case_id, 1) == {(NudgeKind.N3, "D5", DAY)}


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": NudgeState.SUPPRESSED},
        {"state": NudgeState.SENT},
        {"reason": WhySuppressed.PASSED},
    ],
)
@pytest.mark.each_on_both
def test_the_database_refuses_a_nudge_that_contradicts_itself(
    office: Office, session: Database, wrong: dict[Any, Any]
) -> None:
    actions.write([new(office)], at=SEVEN)
    with pytest.raises(IntegrityError):
        session.query(Nudge).update(wrong)
    session.rollback()


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": MailState.SENDING},
        {"state": MailState.SENT},
        {"state": MailState.FAILED},
        {"claimed_at": SEVEN},
    ],
)
@pytest.mark.each_on_both
def test_the_database_refuses_a_mail_that_contradicts_itself(
    mail: Mail, session: Database, wrong: dict[Any, Any]
) -> None:
    with pytest.raises(IntegrityError):
        session.query(Mail).update(wrong)
    session.rollback()


def test_a_mail_that_waits_takes_the_next_days_nudges_too(mail: Mail, office: Office, session: Database) -> None:
    actions.write([NewNudge(office.case("ESK-2026-0010").id, 1, "D5", NudgeKind.N3, DAY, mail.recipient)], at=SEVEN)
    pending = session.query(Nudge).filter_by(state=NudgeState.PENDING).all()
    assert bundle(pending, DAY + dt.timedelta(days=1)) == 1
    assert len(queries.carried_by(mail.id)) == 2
    assert session.query(Mail).count() == 1


def test_a_person_who_has_had_the_days_mail_waits_for_the_next_day(
    mail: Mail, office: Office, session: Database
) -> None:
    claimed = take()
    assert claimed is not None
    actions.mark_sent(claimed.id, at=SEVEN, by="a")
    actions.write([NewNudge(office.case("ESK-2026-0010").id, 1, "D5", NudgeKind.N3, DAY, mail.recipient)], at=SEVEN)
    pending = session.query(Nudge).filter_by(state=NudgeState.PENDING).all()
    assert bundle(pending) == 0
    assert bundle(pending, DAY + dt.timedelta(days=1)) == 1


def test_a_claimed_mail_is_claimed_by_no_other(mail: Mail) -> None:
    assert take("a") is not None
    assert take("b") is None
    assert actions.holds(mail.id, "a")
    assert not actions.holds(mail.id, "b")


def test_a_retried_mail_moves_to_its_new_day_and_keeps_its_name(mail: Mail, session: Database) -> None:
    name = mail.message_id
    take()
    actions.mark_retry(mail.id, "451 efter RCPT", at=SEVEN, by="a")
    again = take("b", SEVEN + dt.timedelta(days=1), DAY + dt.timedelta(days=1))
    assert again is not None
    assert (again.message_id, again.day, again.attempts) == (name, DAY + dt.timedelta(days=1), 2)


def test_only_the_sender_that_holds_a_mail_may_say_how_it_went(mail: Mail, session: Database) -> None:
    take("a")
    actions.mark_failed(mail.id, "550 efter RCPT", by="b")
    actions.mark_sent(mail.id, at=SEVEN, by="b")
    session.refresh(mail)
    assert mail.state is MailState.SENDING


def test_a_claim_taken_for_dead_is_no_longer_held(mail: Mail, session: Database) -> None:
    take("a")
    assert actions.release_dead_claims(SEVEN + actions.CLAIM_LIVES) == 0
    assert actions.release_dead_claims(SEVEN + actions.CLAIM_LIVES + dt.timedelta(seconds=1)) == 1
    assert not actions.holds(mail.id, "a")
    actions.mark_retry(mail.id, "451 efter RCPT", at=SEVEN, by="a")
    session.refresh(mail)
    assert mail.state is MailState.UNCERTAIN


def test_waits_double_from_thirty_seconds_to_two_hours() -> None:
    waits = [back_off(attempts).total_seconds() for attempts in (1, 2, 3, 8, 9, 10, 10_000)]
    assert waits == [30, 60, 120, 3840, 7200, 7200, 7200]


def test_both_sides_see_one_list_of_the_nudges_sent(office: Office) -> None:
    row = new(office)
    unsent = replace(row, kind=NudgeKind.N0, reason=WhySuppressed.PASSED)
    actions.write([row, unsent], at=SEVEN)
    assert row.case_id is not None
    listed = [(t.nudge.due_on, t.nudge.kind, t.nudge.subject, t.name) for t in queries.log(row.case_id)]
    assert listed == [(DAY, "N3", "D5", "regionen")]
