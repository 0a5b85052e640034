"""The yearly follow-up of § 6: when it is asked for, of whom, and the figures that it is fed with."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import User
from escalation.cases.models.case import CaseType
from escalation.db import session as db_session
from escalation.followups import actions, queries
from escalation.followups.models import FollowUp
from escalation.nudges.models import Nudge
from escalation.rules import yearly
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Outcome, Phase
from escalation.trail import queries as trail
from escalation.trail.events import content_of
from escalation.watch import letters
from escalation.watch.delivery import deliver
from escalation.watch.sweep import sweep
from escalation.watch.transports import SmtpTransport
from tests.support.days import instant
from tests.support.facts import PRINCIPLED
from tests.support.mail import MailServer
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
OFFICE = ("SEK.region", "SEK.municipal", "TSG.chair", "TSG.member", "VIS.chair", "TYR.handler", "AUDITOR")
RESULT = "Styrgruppen beslutade vad som följs upp, § 14."


@pytest.fixture
def office(session: Database) -> Database:
    """The people, who got their seats on 2 January 2026: since then the database is in use."""
    for seat in OFFICE:
        person(seat)
    return session


def duty(key: str, year: int) -> yearly.Duty:
    job = yearly.job(key)
    assert job is not None
    return job.about(year)


def owed(day: str) -> list[tuple[str, int]]:
    return [(d.job.key, d.year) for d in queries.owed(dt.date.fromisoformat(day))]


def record(key: str, year: int, day: str, by: str = "SEK.region") -> FollowUp:
    on = dt.date.fromisoformat(day)
    return actions.record(duty(key, year), by=person(by), at=instant(on), done_on=on, result=RESULT)


@pytest.fixture
def autumn(office: Database) -> Database:
    """The morning of 1 October: what is about 2025 is done, the priorities for 2027 are not."""
    record("yearly_dialogue", 2025, "2026-03-10")
    record("yearly_report", 2025, "2026-04-20")
    sweep(instant(dt.date(2026, 10, 1)))
    return office


def nudges_about_no_case(session: Database) -> list[tuple[str, str, str, str]]:
    """(kind, own day, subject, e-mail) of every nudge about no case."""
    rows = session.execute(
        select(Nudge.kind, Nudge.due_on, Nudge.subject, User.email)
        .join(User, User.id == Nudge.recipient)
        .where(Nudge.case_id.is_(None))
        .order_by(Nudge.due_on, Nudge.kind, User.email)
    )
    return [(kind.value, day.isoformat(), subject, email.partition("@")[0]) for kind, day, subject, email in rows]


def test_the_three_are_those_of_section_6_each_by_its_paragraph() -> None:
    assert [(job.key, job.provision) for job in yearly.jobs()] == [
        ("yearly_dialogue", "6 st 1"),
        ("yearly_report", "6 st 2"),
        ("yearly_priorities", "6 st 3"),
    ]


def test_priorities_are_decided_before_the_calendar_year_that_they_are_for() -> None:
    found = duty("yearly_priorities", 2027)
    assert found.due_on.year == 2026
    assert found.due_on < dt.date(found.year, 1, 1)
    assert found.fed_by == 2026, "fed with the year that is going"


def test_r30_each_of_the_three_is_asked_for_in_its_time_and_reminded_of_until_it_is_done(office: Database) -> None:
    assert owed("2026-01-31") == []
    assert owed("2026-02-01") == [("yearly_dialogue", 2025), ("yearly_report", 2025)]
    record("yearly_dialogue", 2025, "2026-03-10")
    assert owed("2026-09-30") == [("yearly_report", 2025)]
    record("yearly_report", 2025, "2026-09-30")
    assert owed("2026-09-30") == []
    assert owed("2026-10-01") == [("yearly_priorities", 2027)]
    for day in ("2026-10-01", "2026-10-02", "2026-12-31", "2027-01-04"):
        sweep(instant(dt.date.fromisoformat(day)))
    subject = "ball:yearly_priorities"
    first = [("N0", "2026-10-01", subject, seat) for seat in ("sek-municipal", "sek-region", "tsg-chair")]
    late = [("N3", "2027-01-04", "yearly_priorities", seat) for _kind, _day, _subject, seat in first]
    assert nudges_about_no_case(office) == first + late
    record("yearly_priorities", 2027, "2027-01-05")
    assert sweep(instant(dt.date(2027, 1, 11))).nudges == []


def test_what_began_before_the_database_was_in_use_is_not_asked_for(office: Database) -> None:
    assert ("yearly_priorities", 2026) not in owed("2026-12-31")


def test_a_database_in_which_nothing_has_happened_owes_nothing(session: Database) -> None:
    assert queries.owed(dt.date(2026, 11, 23)) == []


def test_only_the_highest_step_is_sent_however_late_the_sweep_is(office: Database) -> None:
    sweep(instant(dt.date(2026, 6, 1)))
    sent = {(n.kind.value, n.subject) for n in office.scalars(select(Nudge)) if n.reason is None}
    assert sent == {("N5", "yearly_dialogue"), ("N5", "yearly_report")}
    assert {person("TSG.chair").user_id, person("SEK.municipal").user_id} == set(
        office.scalars(select(Nudge.recipient).where(Nudge.reason.is_(None)))
    )


def test_two_sweeps_send_each_nudge_once_also_where_no_case_is_the_key(office: Database) -> None:
    sweep(instant(dt.date(2026, 10, 1)))
    before = nudges_about_no_case(office)
    assert before
    sweep(instant(dt.date(2026, 10, 1)))
    assert nudges_about_no_case(office) == before
    row = office.scalars(select(Nudge).where(Nudge.case_id.is_(None))).first()
    assert row is not None
    same = {name: getattr(row, name) for name in ("subject", "kind", "due_on", "recipient", "created_at")}
    office.add(Nudge(case_id=None, round=0, **same))
    with pytest.raises(IntegrityError):
        office.flush()


@pytest.mark.one_database
def test_the_letter_says_what_is_to_be_done_whose_day_it_is_and_names_no_case(
    autumn: Database, smtp_server: MailServer
) -> None:
    transport = SmtpTransport(smtp_server.host, smtp_server.port, timeout=5)
    deliver(
        instant(dt.date(2026, 10, 1)),
        transport,
        base_url="https://trappan.example",
        sender="t@trappan.example",
        by="this test",
    )
    assert sorted(to for [to] in smtp_server.recipients) == sorted(
        str(autumn.scalar(select(User.email).where(User.id == person(seat).user_id)))
        for seat in ("SEK.region", "SEK.municipal", "TSG.chair")
    )
    text = smtp_server.messages[0].get_content()
    assert "6 st 3" in text
    assert "https://trappan.example/follow_up" in text.split()
    assert "ESK-" not in text


@pytest.mark.one_database
def test_a_job_done_before_the_letter_leaves_is_not_in_it(autumn: Database, smtp_server: MailServer) -> None:
    record("yearly_priorities", 2027, "2026-10-01")
    db_session.commit()
    transport = SmtpTransport(smtp_server.host, smtp_server.port, timeout=5)
    deliver(
        instant(dt.date(2026, 10, 1)),
        transport,
        base_url="https://trappan.example",
        sender="t@trappan.example",
        by="this test",
    )
    assert smtp_server.messages == []


@pytest.mark.one_database
def test_every_step_of_the_plan_has_its_words_for_the_yearly_jobs() -> None:
    assert set(letters.YEARLY) == set(letters.WHY)


def test_r30_a_job_keeps_the_figures_that_it_was_fed_with(office: Database) -> None:
    filed_on = dt.date(2026, 1, 12)
    StoryFactory(at_phase=Phase.CLOSED, at_step=3, outcome=Outcome.INTERPRET, filed_on=filed_on, event_on=filed_on)
    StoryFactory(at_phase=Phase.DIALOGUE)
    StoryFactory(at_phase=Phase.SERVED, **PRINCIPLED)
    found = queries.figures(2026)
    assert (found["filed"], found["solved_3"], found["principle_asked"]) == (3, 1, 1)
    assert sum(found[type.value] for type in CaseType) == found["filed"]
    assert found["agreements"] == [["HÖK", 3]]
    made = record("yearly_priorities", 2027, "2026-12-10")
    assert made.figures == found
    StoryFactory(at_phase=Phase.DIALOGUE)
    assert queries.figures(2026)["filed"] == 4
    assert queries.done(2027)["yearly_priorities"].figures["filed"] == 3
    [event] = trail.events_about("follow_up:yearly_priorities-2027")
    content = content_of(event)
    assert content is not None
    assert content["result"] == RESULT
    assert content["figures"]["filed"] == 3


def test_the_figures_leave_out_a_case_that_its_respondent_has_not_been_sent(office: Database) -> None:
    story: Story = StoryFactory(at_phase=Phase.INTAKE)
    assert (queries.figures(2026)["filed"], queries.figures(2026)["agreements"]) == (0, [])
    story.serve()
    assert (queries.figures(2026)["filed"], queries.figures(2026)["agreements"]) == (1, [["HÖK", 1]])


def test_every_case_closed_in_a_year_is_in_one_figure_of_how_it_ended(office: Database) -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("withdraw", by="SUN.approver", reason="Vi har löst frågan muntligt.")
    sweep(instant(dt.date(2026, 12, 1)))
    StoryFactory(at_phase=Phase.CLOSED, at_step=3, outcome=Outcome.INTERPRET)
    found = {year: queries.figures(year) for year in (2026, 2027)}
    ended = ("solved_1", "solved_2", "solved_3", "unsolved", "otherwise")
    assert sum(found[year][how] for year in found for how in ended) == 2
    assert found[2026]["otherwise"] == 1


def test_a_year_counts_what_happened_in_it_by_the_swedish_calendar(office: Database) -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.case.filed_at = dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)  # past midnight in Stockholm
    office.flush()
    assert (queries.figures(2026)["filed"], queries.figures(2027)["filed"]) == (0, 1)


@pytest.mark.parametrize("seat", ["TSG.chair", "TSG.member", "VIS.chair", "TYR.handler", "AUDITOR"])
def test_only_the_secretariat_writes_in_what_was_done(office: Database, seat: str) -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        record("yearly_dialogue", 2025, "2026-03-10", by=seat)
    assert refused.value.guard == "seat"
    assert queries.done(2025) == {}


@pytest.mark.parametrize(
    ("key", "year"), [("yearly_dialogue", 2019), ("yearly_priorities", 2026), ("yearly_report", 2026)]
)
def test_only_what_is_asked_for_is_written_in(office: Database, key: str, year: int) -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        record(key, year, "2026-11-23")
    assert refused.value.guard == "not_asked_for"


def test_what_was_said_is_put_right_and_the_trail_keeps_what_it_said(office: Database) -> None:
    made = record("yearly_dialogue", 2025, "2026-03-10")
    before = dict(made.figures)
    on = dt.date(2026, 3, 12)
    StoryFactory(at_phase=Phase.DIALOGUE)
    actions.correct(made, by=person("SEK.municipal"), at=instant(on), done_on=on, result="Fel dag förut. § 14 gäller.")
    assert (made.done_on, made.result, made.figures) == (on, "Fel dag förut. § 14 gäller.", before)
    first, second = trail.events_about("follow_up:yearly_dialogue-2025")
    content = content_of(second)
    assert (first.kind, second.kind) == ("follow_up_recorded", "follow_up_corrected")
    assert content is not None
    assert content["was"] == {"result": RESULT, "done_on": "2026-03-10"}
    with pytest.raises(MoveNotAllowed) as refused:
        actions.correct(made, by=person("TSG.chair"), at=instant(on), done_on=on, result=RESULT)
    assert refused.value.guard == "seat"


def test_what_was_written_in_is_not_written_in_twice(office: Database) -> None:
    record("yearly_dialogue", 2025, "2026-03-10")
    with pytest.raises(MoveNotAllowed) as refused:
        record("yearly_dialogue", 2025, "2026-03-11", by="SEK.municipal")
    assert refused.value.guard == "already_recorded"
    assert queries.done(2025)["yearly_dialogue"].done_on == dt.date(2026, 3, 10)


@pytest.mark.parametrize(
    ("seat", "mine"),
    [("SEK.region", 3), ("TSG.chair", 1), ("TSG.member", 0), ("VIS.chair", 0), ("TYR.handler", 0), ("AUDITOR", 0)],
)
def test_each_office_is_asked_for_its_own(office: Database, seat: str, mine: int) -> None:
    assert len(queries.owed_by(person(seat), dt.date(2026, 11, 23))) == mine
