"""What a body below the top announces is no last word: every party may take the case further (T27c-T29c).

A chair once closed such a case by its own hand, and the party that wanted VIS's answer had no way there (§ 7.1 p 3).
"""

from __future__ import annotations

import copy
import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries
from escalation.nudges.models import Nudge
from escalation.rules import ladder, workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.nudge_plan import NudgeKind
from escalation.rules.situation import ANNOUNCED, ClosingReason, Outcome, Phase
from escalation.trail import queries as trail
from escalation.trail.events import content_of, facts_of
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")


def announced(outcome: Outcome = Outcome.INFORMATION, **facts: object) -> Story:
    """The steering group's announcement to the parties, who have until 8 January 2027 to answer."""
    story: Story = StoryFactory(at_step=2, at_phase=Phase.RECOMMENDATION_OUT, outcome=outcome, **facts)
    return story


def task(told_on: dt.date = dt.date(2027, 4, 1)) -> tuple[str, str, dt.date]:
    return "Inför rutinen", "RS", told_on


def opens_to(story: Story, seat: str) -> set[str]:
    return {o.move.verb for o in story.file.openings_of(person(seat)) if o.is_open}


def last_event(story: Story) -> tuple[str, dict[str, object], dict[str, object]]:
    event = trail.events_about(f"case:{story.case.number}")[-1]
    return event.kind, facts_of(event) or {}, content_of(event) or {}


# --- Below the top it is announced, at the top it is carried out (T27b, T27c)


@pytest.mark.parametrize("outcome", sorted(ANNOUNCED))
def test_no_chair_below_the_top_closes_a_case_by_its_own_hand(outcome: Outcome) -> None:
    story: Story = StoryFactory(at_step=2, at_phase=Phase.SCHEDULED, outcome=outcome)
    story.decide(outcome)
    with pytest.raises(MoveNotAllowed, match="at_top"):
        story.adjust("carry_out")
    story.adjust("announce")
    assert (story.case.step, story.case.phase) == (2, Phase.RECOMMENDATION_OUT)
    assert story.ball() == ("answer_announcement", "unanswered", workdays.add(story.day, 10, story.calendar))
    assert last_event(story)[:2] == ("outcome_announced", {"body": "TSG", "result": outcome.value})


@pytest.mark.parametrize("outcome", sorted(ANNOUNCED))
@pytest.mark.parametrize("seat", ["SUN.approver", "RS.approver"])
def test_every_party_may_take_what_is_announced_to_the_next_step(outcome: Outcome, seat: str) -> None:
    story = announced(outcome)
    story.act("refuse_recommendation", by=seat)
    assert (story.case.step, story.case.phase, story.case.round) == (3, Phase.RECEIVED, 1)
    assert story.ball()[:2] == ("check_file", "secretariat")
    kind, facts, content = last_event(story)
    assert (kind, facts["who"], facts["number"]) == ("recommendation_refused", seat.split(".")[0], "announcement")
    assert content == {"reasons": "Vi delar inte bedömningen."}


def test_a_party_answers_an_announcement_once_and_lifts_it_only_for_itself() -> None:
    story = announced()
    story.act("accept_recommendation", by="RS.approver")
    story.day = story.due("D15") + dt.timedelta(days=60)
    for seat in ("RS.approver", "SEK.region", "SUN.handler"):
        assert not opens_to(story, seat) & {"accept_recommendation", "refuse_recommendation"}, seat
    assert opens_to(story, "SUN.approver") >= {"accept_recommendation", "refuse_recommendation"}


def test_what_all_have_said_yes_to_is_settled_at_the_bodys_step() -> None:
    story = announced(Outcome.COUNTY_ROUTINE, task=task())
    story.act("accept_recommendation", by="RS.approver")
    assert story.case.phase is Phase.RECOMMENDATION_OUT
    story.act("accept_recommendation", by="SUN.approver")
    assert (story.case.phase, story.case.planned_reason) == (Phase.IMPLEMENTATION, ClosingReason.SETTLED_BODY)
    assert [t.what for t in queries.tasks(story.case)] == ["Inför rutinen"]
    assert "refuse_late" not in opens_to(story, "SUN.approver"), "who has said yes is bound by it"


def test_the_top_body_still_carries_out_what_it_decides() -> None:
    story: Story = StoryFactory(at_step=3, at_phase=Phase.SCHEDULED)
    story.decide(Outcome.INFORMATION)
    with pytest.raises(MoveNotAllowed, match="not_at_top"):
        story.adjust("announce")
    story.adjust("carry_out")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.DECIDED_BODY)
    assert "refuse_late" not in opens_to(story, "SUN.approver")


# --- Silence ends it, by the clock and after a reminder (T28b)


def test_silence_ends_the_case_five_days_after_the_last_day_and_after_a_reminder() -> None:
    story = announced()
    story.act("accept_recommendation", by="RS.approver")
    last = story.due("D15")
    ends_on = workdays.open_from(workdays.add(last, 5, story.calendar), story.calendar)
    story.run_the_clock(workdays.open_from(last, story.calendar))
    story.run_the_clock(workdays.subtract(ends_on, 1, story.calendar))
    assert story.case.phase is Phase.RECOMMENDATION_OUT
    story.run_the_clock(ends_on)
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.DECIDED_BODY)
    late = workdays.add(ends_on, 60, story.calendar)
    assert last_event(story)[:2] == ("outcome_took_effect", {"who": "SUN", "day": late.isoformat()})
    assert [(a.party_code, a.is_accepted) for a in story.case.answers] == [("RS", True)], "silence is no answer"


def test_the_clock_ends_nothing_for_somebody_whom_no_reminder_has_reached() -> None:
    story = announced()
    last = story.due("D15")
    story.day = workdays.add(last, 12, story.calendar)
    for day in (workdays.open_from(last, story.calendar), story.day):
        assert sweep(instant(day)).errors == []  # the reminders are written, and no letter leaves
    story.file_on(story.day)
    assert story.case.phase is Phase.RECOMMENDATION_OUT
    assert opens_to(story, "SUN.approver") >= {"accept_recommendation", "refuse_recommendation"}
    story.run_the_clock(workdays.add(story.day, 1, story.calendar))
    assert story.case.phase is Phase.RECOMMENDATION_OUT, "the letter left after the sweep of its day"
    story.run_the_clock(workdays.add(story.day, 1, story.calendar))
    assert story.file.case.phase is Phase.CLOSED


def test_a_pause_and_a_withdrawal_keep_the_clock_from_ending_it() -> None:
    story = announced()
    story.act("withdraw", by="SUN.approver")
    story.fall_silent()
    assert story.case.closing_reason is ClosingReason.WITHDRAWN


def test_what_silence_sets_in_motion_is_followed_up_before_the_case_is_closed() -> None:
    """E43."""
    story = announced(Outcome.COUNTY_ROUTINE, task=task()).fall_silent()
    assert (story.case.phase, story.case.planned_reason) == (Phase.IMPLEMENTATION, ClosingReason.DECIDED_BODY)
    assert story.ball()[:2] == ("report", "obliged")
    [asked] = queries.tasks(story.case)
    story.act("report_task", by="RS.handler", task_id=asked.id)
    assert "refuse_late" in opens_to(story, "RS.approver")
    story.act("confirm_done", by="SUN.approver")
    assert story.case.closing_reason is ClosingReason.DECIDED_BODY
    assert "refuse_late" in opens_to(story, "SUN.approver"), "until the last day, also when all is done"


def test_everybody_in_the_case_learns_that_silence_has_ended_it(session: Database) -> None:
    story = announced(affected=("TYR",))
    story.act("accept_recommendation", by="RS.approver")
    seats = ("SUN.approver", "RS.handler", "RS.approver", "TYR.handler", "SEK.region")
    people = {person(seat).user_id: seat for seat in seats}
    story.fall_silent()
    ended = select(Nudge).where(Nudge.case_id == story.case.id, Nudge.subject == "ball:ended_by_silence")
    rows = list(session.scalars(ended))
    assert {people.get(row.recipient) for row in rows} >= set(seats)
    assert {row.kind for row in rows} == {NudgeKind.N0}
    story.run_the_clock(workdays.add(story.day, 12, story.calendar))
    assert len(list(session.scalars(ended))) == len(rows), "once"


# --- Who was silent may still go on (T29c)


def test_who_was_silent_takes_the_case_to_the_next_step_within_sixty_days() -> None:
    story = announced()
    story.act("accept_recommendation", by="RS.approver")
    story.fall_silent()
    assert "refuse_late" not in opens_to(story, "RS.approver"), "it had said yes"
    story.day = workdays.add(story.day, 60, story.calendar)
    story.act("refuse_late", by="SUN.approver")
    assert (story.case.step, story.case.phase, story.case.round) == (3, Phase.RECEIVED, 2)
    assert (story.case.closing_reason, story.case.closed_at) == (None, None)
    kind, facts, content = last_event(story)
    assert (kind, facts) == ("outcome_refused_late", {"who": "SUN", "round": 2, "step": 3, "to": "VIS"})
    assert content == {"reasons": "Beskedet svarar inte på frågan."}
    story.accept_file().schedule().decide(Outcome.INTERPRET)
    assert story.case.phase is Phase.MINUTED


def test_the_sixty_first_day_is_too_late() -> None:
    story = announced().fall_silent()
    story.day = workdays.add(story.day, 61, story.calendar)
    with pytest.raises(MoveNotAllowed, match="late_refusal_in_time"):
        story.act("refuse_late", by="SUN.approver")


def test_what_silence_began_is_left_behind_when_the_case_goes_on() -> None:
    story = announced(Outcome.COUNTY_ROUTINE, task=task()).fall_silent()
    story.act("refuse_late", by="SUN.approver")
    assert (story.case.step, story.case.phase) == (3, Phase.RECEIVED)
    assert queries.tasks(story.case) == []


# --- Cases from before


def test_a_case_filed_under_an_older_ladder_has_the_days_of_today() -> None:
    story = announced()
    frozen = copy.deepcopy(ladder.definition("hok"))
    for table in ("days", "urgent_days"):
        del frozen[table]["D15b"]
    story.case.ladder, story.case.ladder_hash = frozen, ladder.fingerprint(frozen)
    story.fall_silent()
    assert story.due("D15b") == workdays.add(story.day, 60, story.calendar)


def test_a_case_that_a_chair_closed_before_stays_closed() -> None:
    """Nothing of it says that silence ended it: no right is made up afterwards."""
    story = announced()
    story.act("accept_recommendation", by="RS.approver")
    story.act("accept_recommendation", by="SUN.approver")
    story.case.closing_reason = ClosingReason.DECIDED_BODY  # as the row of then wrote it
    story.run_the_clock(workdays.add(story.day, 20, story.calendar))
    assert story.case.phase is Phase.CLOSED
    assert "refuse_late" not in opens_to(story, "SUN.approver")
