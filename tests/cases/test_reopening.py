"""A closed case is taken up again (T39), as a party asks for it (T39b); or the answer is no (T39c)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.models.asks import Reopening
from escalation.cases.overview import CaseFilter
from escalation.cases.waits import reopening_asked
from escalation.nudges.models import Nudge
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.events import facts_of
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.facts import REJECT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

SETTLED = {"settlement": "Numret står i portalen.", "obligations": []}
CLOSED_ON = dt.date(2026, 9, 14)


def settled(**facts: object) -> Story:
    """Settled between the parties at step 1, on 14 September 2026."""
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE, **facts)
    story.act("state_position", by="RS.handler", on=dt.date(2026, 9, 8))
    story.accept(story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver", on=CLOSED_ON), by="RS.approver")
    return story


def decided() -> Story:
    """Handled by the steering group at step 2, and closed."""
    story: Story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=2)
    story.decide(Outcome.INFORMATION).adjust("announce").fall_silent()
    return story


def asked_of(seat: str, today: dt.date = dt.date(2027, 1, 1)) -> list[tuple[int, Reopening]]:
    """What the seat's start page and its list of what waits ask of it."""
    on_start = overview.overviews(person(seat), today, CaseFilter(is_open=True, or_asked=True))
    case = [(s.case.id, s.reopening) for s in on_start if s.reopening is not None]
    waiting = overview.overviews(person(seat), today, CaseFilter(waits=True))
    assert [(s.case.id, s.reopening) for s in waiting if s.reopening is not None] == case
    return case


def kinds(story: Story) -> list[str]:
    return [event.kind for event in trail.events_about(f"case:{story.case.number}")]


def test_a_case_settled_between_the_parties_begins_a_new_round_with_them_and_all_days_anew() -> None:
    story = settled()
    assert story.case.closing_reason is ClosingReason.SETTLED_LOCAL
    before = {d.id: d.due_on for d in queries.deadlines(story.case)}
    story.act("reopen", by="SEK.region", on=dt.date(2026, 10, 5))
    case = story.case
    assert (case.step, case.phase, case.round) == (1, Phase.DIALOGUE, 2)
    assert (case.closing_reason, case.closed_at, case.planned_reason) == (None, None, None)
    assert story.due("D7") == workdays.add(story.day, 40, story.calendar)
    assert {d.key for d in queries.deadlines(case)} == {"D5", "D6", "D7", "D7c"}
    assert not before.keys() & {d.id for d in queries.deadlines(case)}, "the old days are in force no more"
    assert all(d.met_on is None for d in queries.deadlines(case))
    assert story.ball() == ("position", "respondent", story.due("D5"))
    choose = (workdays.open_from(story.due("D7"), story.calendar), "settle_extend_lift", "both_sides", story.due("D7c"))
    assert story.future()[1] == choose


def test_the_content_of_the_earlier_round_is_kept_and_binds_no_one() -> None:
    story = settled()
    story.act("reopen", by="SEK.region", on=dt.date(2026, 10, 5))
    assert queries.proposals(story.case) == []
    assert queries.tasks(story.case) == []
    assert {p.party_code for p in queries.positions(story.case)} == {"SUN", "RS"}
    assert story.file.situation.is_acknowledged, "handlers stay named"
    assert not story.file.situation.is_position_in
    assert kinds(story)[-3:] == ["proposal_offered", "case_settled", "case_reopened"]
    # The new round goes its own way, and may be settled or lifted again.
    story.declare_impasse().agree_on_statement().lift()
    assert (story.case.step, story.case.phase, story.case.round) == (2, Phase.RECEIVED, 2)


def test_a_case_that_a_body_closed_goes_back_to_that_body_by_its_chairs_act() -> None:
    story = decided()
    assert story.case.closing_reason is ClosingReason.DECIDED_BODY
    for seat in ("SEK.region", "VIS.chair", "TSG.member", "SUN.approver"):
        with pytest.raises(MoveNotAllowed):
            story.act("reopen", by=seat)
    story.act("reopen", by="TSG.chair", reopening_ground="breach")
    assert (story.case.step, story.case.phase, story.case.round) == (2, Phase.RECEIVED, 2)
    assert story.ball() == ("check_file", "secretariat", story.due("D9"))
    assert story.file.treatment is None
    assert story.file.situation.outcome is None
    story.accept_file().schedule().decide(Outcome.INFORMATION).adjust("announce").fall_silent()
    assert story.case.closing_reason is ClosingReason.DECIDED_BODY


def test_the_chair_does_not_take_up_what_the_parties_settled_themselves() -> None:
    story = settled()
    for seat in ("TSG.chair", "SUN.approver", "RS.handler"):
        with pytest.raises(MoveNotAllowed):
            story.act("reopen", by=seat)


def test_a_case_withdrawn_while_a_body_had_it_begins_again_at_step_1() -> None:
    story: Story = StoryFactory(at_phase=Phase.PREPARATION, at_step=2)
    story.act("withdraw", by="SUN.approver")
    until = story.case.withdrawal_until
    assert until is not None
    story.day = until + dt.timedelta(days=1)
    sweep(instant(story.day))
    assert story.case.closing_reason is ClosingReason.WITHDRAWN
    story.act("reopen", by="SEK.municipal")
    assert (story.case.step, story.case.phase, story.case.round) == (1, Phase.DIALOGUE, 2)
    assert story.ball()[:2] == ("position", "respondent")


def test_a_respondent_that_never_acknowledged_is_asked_to_again() -> None:
    story: Story = StoryFactory(at_phase=Phase.SERVED)
    story.act("ask_to_pursue", by="SEK.region", on=workdays.open_from(story.due("D7c"), story.calendar))
    story.day = workdays.open_from(story.due("A"), story.calendar)
    lapsed = story.offer(ProposalKind.LAPSE, {"reason": "Ingen part har agerat."}, by="SEK.region")
    story.accept(lapsed, by="SEK.municipal")
    story.act("reopen", by="SEK.region")
    assert (story.case.step, story.case.phase) == (1, Phase.SERVED)
    assert story.ball() == ("acknowledge", "respondent", story.due("D4"))


def test_a_filing_that_was_never_sent_is_filed_anew_instead() -> None:
    story: Story = StoryFactory()
    story.act("withdraw", by="SUN.approver")
    assert story.case.closing_reason is ClosingReason.WITHDRAWN
    for verb, seat, guard in (
        ("reopen", "SEK.region", "may_be_reopened"),
        ("ask_reopening", "SUN.approver", "may_be_asked"),
    ):
        with pytest.raises(MoveNotAllowed, match=guard):
            story.act(verb, by=seat)


def test_a_rejected_filing_is_no_matter_for_reopening() -> None:
    story: Story = StoryFactory()
    rejected = story.offer(ProposalKind.REJECT, REJECT | {"ground": "law"}, by="SEK.region")
    story.accept(rejected, by="SEK.municipal")
    with pytest.raises(MoveNotAllowed):
        story.act("reopen", by="SEK.region")


@pytest.mark.parametrize("seat", ["SUN.approver", "RS.approver"])
def test_either_partys_approver_asks_and_the_secretariat_sees_it_wait_until_it_answers(seat: str) -> None:
    story = settled()
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("ask_reopening", by=seat.replace("approver", "handler"), on=dt.date(2026, 10, 5))
    story.act("ask_reopening", by=seat, reopening_ground="breach")
    [(case_id, asked)] = asked_of("SEK.region")
    assert (case_id, asked.party_code, asked.ground) == (story.case.id, seat.partition(".")[0], "breach")
    assert asked.due_on == workdays.add(story.day, 10, story.calendar)
    assert asked_of("TSG.chair") == []
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.SETTLED_LOCAL)
    with pytest.raises(MoveNotAllowed, match="reopening_not_asked"):
        story.act("ask_reopening", by="RS.approver")
    story.act("reopen", by="SEK.region", reopening_ground="breach")
    assert asked_of("SEK.region") == []
    assert story.case.round == 2
    [last] = trail.events_about(f"case:{story.case.number}")[-1:]
    assert facts_of(last) == {"who": "SEK", "ground": "breach", "round": 2, "step": 1}


def test_the_decider_is_notified_reminded_when_the_days_have_passed_and_no_more_after_the_answer(
    session: Database,
) -> None:
    story = settled()
    story.act("ask_reopening", by="SUN.approver", on=dt.date(2026, 10, 5))

    def reminded() -> set[tuple[str, str]]:
        rows = session.scalars(
            select(Nudge).where(Nudge.case_id == story.case.id, Nudge.subject.in_(("ball:answer_reopening", "D8")))
        )
        return {(n.kind.value, n.state.value) for n in rows}

    assert reminded() == {("N0", "pending")}
    assert sweep(instant(dt.date(2026, 10, 20))).errors == []
    assert reminded() == {("N0", "pending"), ("N3", "pending")}
    story.act("refuse_reopening", by="SEK.region", on=dt.date(2026, 10, 20))
    sweep(instant(dt.date(2026, 11, 20)))
    assert reminded() == {("N0", "pending"), ("N3", "pending")}


def test_what_a_body_closed_waits_for_its_own_chair() -> None:
    story = decided()
    story.act("ask_reopening", by="RS.approver")
    assert [case_id for case_id, _asked in asked_of("TSG.chair")] == [story.case.id]
    for seat in ("SEK.region", "VIS.chair", "TSG.member", "SUN.approver"):
        assert asked_of(seat) == []


def test_a_no_has_its_reason_leaves_the_case_closed_and_the_party_may_ask_again() -> None:
    story = settled()
    story.act("ask_reopening", by="SUN.approver", on=dt.date(2026, 10, 5))
    with pytest.raises(MoveNotAllowed):
        story.act("refuse_reopening", by="TSG.chair")
    story.act("refuse_reopening", by="SEK.municipal")
    assert (story.case.phase, story.case.round) == (Phase.CLOSED, 1)
    assert reopening_asked(story.case) is None
    with pytest.raises(MoveNotAllowed, match="reopening_asked"):
        story.act("refuse_reopening", by="SEK.municipal")
    story.act("ask_reopening", by="SUN.approver")
    assert reopening_asked(story.case) is not None


def test_twelve_months_after_it_was_closed_a_case_rests_but_what_was_asked_in_time_is_answered() -> None:
    story = settled()
    last = dt.date(2027, 9, 14)
    assert queries.reopening_ends_on(story.case) == last
    late = last + dt.timedelta(days=1)
    for verb, seat in (("ask_reopening", "SUN.approver"), ("reopen", "SEK.region")):
        with pytest.raises(MoveNotAllowed, match="reopening_in_time"):
            story.act(verb, by=seat, on=late)
    story.act("ask_reopening", by="SUN.approver", on=last)
    story.act("reopen", by="SEK.region", on=late)
    assert story.case.round == 2


def test_the_ground_is_new_facts_or_a_breach() -> None:
    story = settled()
    for verb, seat in (("ask_reopening", "SUN.approver"), ("reopen", "SEK.region")):
        with pytest.raises(FactsRefused) as refused:
            story.act(verb, by=seat, reopening_ground="individual")
        assert set(refused.value.errors) == {"reopening_ground"}
    assert story.case.phase is Phase.CLOSED
