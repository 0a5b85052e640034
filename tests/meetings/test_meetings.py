"""The way to a body's meeting: a file accepted, a brief, a place on the agenda, and off it again (T22–T25)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, scoped_session

from escalation import invented
from escalation.casefile import situation
from escalation.cases.course import FactsRefused
from escalation.cases.ladders import ladder_of
from escalation.meetings import actions, queries
from escalation.meetings.models import Meeting, Treatment
from escalation.rules import ladder
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase
from tests.support.days import instant
from tests.support.facts import FACTS
from tests.support.people import person
from tests.support.rows import all_rows
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def meeting(session: Database, body: str, held_on: str) -> Meeting:
    return session.scalars(select(Meeting).where(Meeting.body == body, Meeting.held_on == day(held_on))).one()


def received() -> Story:
    """Lifted on 28 October 2026: papers for 6 November were due on 23 October."""
    story: Story = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    assert story.day == day("2026-10-28")
    return story


# --- The calendar


def test_the_calendar_of_meetings_is_written_once(session: Database) -> None:
    before = all_rows()
    invented.setup()
    assert all_rows() == before
    assert {m.body for m in session.scalars(select(Meeting))} == {"TSG", "VIS"}


def test_a_meetings_days_follow_from_the_ladders_step(session: Database) -> None:
    days = queries.day_of(ladder.load("hok"), meeting(session, "VIS", "2026-12-10"))
    assert (days.material_on, days.dispatch_on, days.comments_until) == (
        day("2026-11-19"), day("2026-12-02"), day("2026-12-01"),
    )  # fmt: skip


def test_a_body_that_is_not_on_the_ladder_has_no_meetings_there(session: Database) -> None:
    between = ladder.load("kommun_kommun")
    assert queries.upcoming(between, "VIS", day("2026-10-01")) == []
    with pytest.raises(LookupError):
        queries.day_of(between, meeting(session, "VIS", "2026-12-10"))


def test_todays_meeting_is_still_to_come_and_yesterdays_is_not(session: Database) -> None:
    hok = ladder.load("hok")
    assert queries.upcoming(hok, "TSG", day("2026-11-06"))[0].held_on == day("2026-11-06")
    assert queries.upcoming(hok, "TSG", day("2026-11-07"))[0].held_on == day("2026-12-18")


# --- T22


def test_an_accepted_file_aims_at_a_meeting_and_must_be_decided_at_the_second_that_could_be_reached(
    session: Database,
) -> None:
    story = received()
    story.act("accept_file", by="SEK.region", target_meeting=meeting(session, "TSG", "2026-12-18").id)
    assert story.due("D12") == day("2027-01-15")
    assert story.ball() == ("prepare", "secretariat", day("2026-12-04"))
    assert [story.deadline(key).met_on for key in ("D9", "D10")] == [story.day] * 2
    treatment = session.scalars(select(Treatment)).one()
    assert (treatment.body, treatment.rapporteur_region) == ("TSG", "Handläggare, regionen")


@pytest.mark.one_database
@pytest.mark.parametrize(("body", "held_on"), [("TSG", "2026-11-06"), ("TSG", "2026-09-25"), ("VIS", "2026-12-10")])
def test_a_meeting_that_the_papers_do_not_reach_is_refused(body: str, held_on: str, session: Database) -> None:
    story = received()
    with pytest.raises(FactsRefused, match="target_meeting"):
        story.act("accept_file", by="SEK.region", target_meeting=meeting(session, body, held_on).id)
    with pytest.raises(FactsRefused, match="target_meeting"):
        story.act("accept_file", by="SEK.region", target_meeting=10**6)


def test_a_calendar_with_one_meeting_left_refuses_nothing_and_sets_no_last_day_yet(session: Database) -> None:
    story = received()
    session.execute(delete(Meeting).where(Meeting.body == "TSG", Meeting.held_on > day("2026-12-18")))
    story.act("accept_file", by="SEK.region", target_meeting=meeting(session, "TSG", "2026-12-18").id)
    assert story.case.phase is Phase.PREPARATION
    assert story.file.deadline("D12") is None


def test_missing_parts_are_named_only_when_the_check_is_long_overdue(session: Database) -> None:
    story = received()
    target = meeting(session, "TSG", "2026-12-18").id
    assert story.due("D9") == day("2026-11-04")
    with pytest.raises(FactsRefused, match="missing_parts"):
        story.act("accept_file", by="SEK.region", on=day("2026-11-18"), target_meeting=target, missing_parts="Yttrande")
    story.act("accept_file", by="SEK.region", on=day("2026-11-19"), target_meeting=target, missing_parts="Yttrande")
    assert session.scalars(select(Treatment)).one().missing_parts == "Yttrande"


def test_a_file_accepted_in_the_evening_of_the_last_day_for_papers_counts_from_the_next_day(
    session: Database,
) -> None:
    """Papers for 18 December are in time on 4 December, but the act counts as Monday's."""
    story = received()
    evening = instant(day("2026-12-04"), dt.time(16, 30))
    actions.accept_file(
        story.case, situation(story.case, evening), by=person("SEK.region"), at=evening,
        target_meeting=meeting(session, "TSG", "2026-12-18").id, **FACTS["accept_file"],
    )  # fmt: skip
    assert story.due("D12") == day("2027-03-12")


# --- T24


def in_preparation() -> Story:
    return received().accept_file(on=day("2026-11-05"))


def test_a_brief_puts_the_case_on_the_meeting_and_lets_the_parties_comment(session: Database) -> None:
    story = in_preparation().schedule(on=day("2026-12-04"))
    assert story.case.phase is Phase.SCHEDULED
    assert story.ball() == ("decide", "body:TSG", day("2026-12-18"))
    assert story.due("D13") == day("2026-12-10")


def test_the_day_after_the_material_deadline_only_a_later_meeting_is_reached(session: Database) -> None:
    story = in_preparation()
    story.day = day("2026-12-07")
    with pytest.raises(FactsRefused, match="meeting"):
        story.act("schedule", by="SEK.region", meeting=meeting(session, "TSG", "2026-12-18").id)
    story.act("schedule", by="SEK.region", meeting=meeting(session, "TSG", "2027-01-15").id)
    assert story.ball() == ("decide", "body:TSG", day("2027-01-15"))


@pytest.mark.one_database
@pytest.mark.parametrize("alternatives", [[], ["Ett"], ["Ett", ""]])
def test_a_brief_has_at_least_two_alternatives(alternatives: list[str], session: Database) -> None:
    story = in_preparation()
    with pytest.raises(FactsRefused, match="alternatives"):
        story.act("schedule", by="SEK.region", meeting=story.meetings()[0].id, alternatives=alternatives)


def test_where_no_meeting_is_left_the_guard_says_so(session: Database) -> None:
    story = in_preparation()
    session.execute(delete(Meeting).where(Meeting.body == "TSG", Meeting.held_on > day("2026-12-18")))
    story.day = day("2026-12-07")
    with pytest.raises(MoveNotAllowed, match="material_deadline_open"):
        story.act("schedule", by="SEK.region", meeting=meeting(session, "TSG", "2026-12-18").id)


# --- T25


def scheduled() -> Story:
    return in_preparation().schedule(on=day("2026-12-04"))


def test_the_chair_and_the_secretariat_take_a_case_off_to_the_next_meeting(session: Database) -> None:
    story = scheduled()
    story.act("take_off", by="TSG.chair", on=day("2026-12-18"))
    assert story.case.phase is Phase.PREPARATION
    assert story.ball() == ("prepare", "secretariat", day("2026-12-29"))  # papers for 15 January
    old, new = session.scalars(select(Treatment).order_by(Treatment.id)).all()
    assert (old.taken_off_ground, old.what_is_needed) == ("tabled", "Siffror från båda.")
    assert (new.rapporteur_municipal, new.held_at.held_on) == (old.rapporteur_municipal, day("2027-01-15"))
    for seat in ("TSG.deputy", "SEK.municipal"):
        story.schedule().act("take_off", by=seat, take_off_ground="cancelled")
        assert story.case.phase is Phase.PREPARATION


def test_another_bodys_chair_takes_nothing_off(session: Database) -> None:
    with pytest.raises(MoveNotAllowed, match="seat"):
        scheduled().act("take_off", by="VIS.chair")


def test_a_case_is_tabled_or_returned_twice_at_most_but_a_cancelled_meeting_does_not_count(
    session: Database,
) -> None:
    story = scheduled()
    for ground in ("tabled", "cancelled", "returned", "no_quorum"):
        story.act("take_off", by="SEK.region", take_off_ground=ground)
        story.schedule()
    assert story.file.situation.take_offs == 2
    for ground in ("tabled", "returned"):
        with pytest.raises(FactsRefused, match="take_off_ground"):
            story.act("take_off", by="SEK.region", take_off_ground=ground)
    story.act("take_off", by="SEK.region", take_off_ground="not_reached")
    assert story.case.phase is Phase.PREPARATION


def test_a_case_is_taken_off_the_last_meeting_of_the_calendar_and_waits_for_a_new_one(session: Database) -> None:
    story = scheduled()
    session.execute(delete(Meeting).where(Meeting.body == "TSG", Meeting.held_on > day("2026-12-18")))
    story.act("take_off", by="SEK.region", on=day("2026-12-18"), take_off_ground="no_quorum")
    assert story.case.phase is Phase.PREPARATION
    waiting = story.file.treatment
    assert waiting is not None
    assert waiting.meeting is None
    assert story.ball() == ("prepare", "secretariat", day("2027-01-08"))  # ten working days to lengthen the calendar


def test_a_case_put_on_a_meeting_by_mistake_goes_back_to_the_first_one_in_reach(session: Database) -> None:
    story = in_preparation()
    last = session.scalars(select(Meeting).where(Meeting.body == "TSG").order_by(Meeting.held_on.desc())).first()
    assert last is not None
    story.act("schedule", by="SEK.region", meeting=last.id, later_reason="Parterna vill vänta in en utredning.")
    story.act("take_off", by="SEK.region", take_off_ground="not_reached")
    following = story.file.treatment
    assert following is not None
    assert following.held_at.held_on == day("2026-12-18")


def test_a_meeting_after_the_last_day_needs_a_reason_while_an_earlier_one_is_in_reach(session: Database) -> None:
    story = received()
    late = meeting(session, "TSG", "2027-03-12").id
    with pytest.raises(FactsRefused, match="later_reason"):
        story.act("accept_file", by="SEK.region", target_meeting=late)
    story.act("accept_file", by="SEK.region", target_meeting=late, later_reason="Parterna samlar in uppgifter.")
    assert story.due("D12") == day("2027-01-15")
    with pytest.raises(FactsRefused, match="later_reason"):
        story.act("schedule", by="SEK.region", meeting=late)
    story.act("schedule", by="SEK.region", meeting=meeting(session, "TSG", "2027-01-15").id)  # D12 itself needs none
    assert story.case.phase is Phase.SCHEDULED


def test_where_no_earlier_meeting_is_in_reach_a_late_one_needs_no_reason(session: Database) -> None:
    story = in_preparation()
    story.day = day("2027-01-04")  # the papers for 15 January were due on 29 December
    story.act("schedule", by="SEK.region", meeting=meeting(session, "TSG", "2027-03-12").id)
    assert story.ball() == ("decide", "body:TSG", day("2027-03-12"))


def test_the_second_body_treats_the_case_anew(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.PREPARATION, at_step=3)
    rows = queries.treatments(story.case)
    assert [t.body for t in rows] == ["TSG", "VIS"]
    assert queries.current_treatment(rows, story.case) is rows[1]
    assert ladder_of(story.case).step(3).body == "VIS"
