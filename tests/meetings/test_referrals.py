"""An opinion is asked for while a case is prepared, with a clock of its own (T23); consultation groups are no rung."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.models.asks import Referral
from escalation.cases.overview import CaseFilter
from escalation.cases.seats import open_referrals
from escalation.cases.sight import Sight
from escalation.cases.waits import all_open_referrals, referred
from escalation.nudges.models import Nudge, NudgeState
from escalation.parties import queries as parties
from escalation.rules import ladder, workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Outcome, Phase
from escalation.trail import queries as trail
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.people import GROUP, person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def story() -> Story:
    """A case that the steering group prepares."""
    person("CONSULT")
    return StoryFactory(at_phase=Phase.PREPARATION, at_step=2, affected=("TYR",))


def asked(story: Story, to: str = GROUP, by: str = "SEK.region") -> Referral:
    story.act("refer", by=by, referral_to=to)
    return story.case.referrals[-1]


def reminded(session: Database, story: Story) -> list[tuple[str, str, int]]:
    """What was written about the referral: kind, subject, to whom."""
    rows = session.scalars(
        select(Nudge)
        .where(Nudge.case_id == story.case.id, Nudge.state != NudgeState.SUPPRESSED)
        .where(Nudge.subject.in_(("ball:answer_referral", "D11")))
        .order_by(Nudge.id)
    )
    return [(n.kind.value, n.subject, n.recipient) for n in rows]


def test_r18_an_opinion_has_a_clock_of_its_own_and_the_case_waits_for_nobodys_answer(story: Story) -> None:
    ball, phase = story.ball(), story.case.phase
    referral = asked(story)
    assert referral.due_on == story.due("D11") == workdays.add(story.day, 20, story.calendar)
    assert (story.ball(), story.case.phase) == (ball, phase)
    story.schedule().decide(Outcome.INFORMATION).adjust("announce").fall_silent()
    assert story.case.phase is Phase.CLOSED
    assert referral.answer is None


def test_r18_a_consultation_group_is_no_rung_of_any_ladder() -> None:
    groups = {group.code for group in parties.consultation_groups()}
    assert len(groups) == 5
    steps = [step.body for key in ladder.shipped() for step in ladder.load(key).steps]
    assert groups.isdisjoint(steps)


def test_an_urgent_case_gives_seven_working_days(story: Story) -> None:
    story.case.is_urgent = True
    assert asked(story).due_on == workdays.add(story.day, 7, story.calendar, urgent=True)


@pytest.mark.parametrize(
    ("by", "told_as"), [("SEK.region", "SEK"), ("TSG.chair", "chair:TSG"), ("TSG.deputy", "deputy:TSG")]
)
def test_the_secretariat_or_the_chair_asks(story: Story, by: str, told_as: str) -> None:
    assert asked(story, by=by).asked_by == told_as


@pytest.mark.parametrize("by", ["SUN.approver", "TSG.member", "VIS.chair", "CONSULT"])
def test_only_the_secretariat_or_the_chair_asks(story: Story, by: str) -> None:
    with pytest.raises(MoveNotAllowed):
        asked(story, by=by)


def test_only_a_group_a_lawyer_or_a_party_of_the_case_is_asked(story: Story) -> None:
    for to in (GROUP, "LAWYER", "SUN", "RS", "TYR"):
        assert asked(story, to).addressee == to
    for to in ("NAC", "TSG", "SG-ALL", ""):
        with pytest.raises(FactsRefused) as refused:
            asked(story, to)
        assert set(refused.value.errors) == {"referral_to"}


def test_nothing_is_asked_before_the_case_is_prepared_or_after() -> None:
    for phase in (Phase.RECEIVED, Phase.SCHEDULED):
        with pytest.raises(MoveNotAllowed, match="phase"):
            asked(StoryFactory(at_phase=phase, at_step=2))


def test_the_group_answers_once_and_then_the_case_shows_it(story: Story) -> None:
    referral = asked(story)
    story.act("answer_referral", by="CONSULT", referral_id=referral.id)
    assert referral.answer == "Vanligast är ett nummer som är bemannat på vardagar."
    assert referral.answered_by == person("CONSULT").membership_id
    assert story.deadline("D11").met_on == story.day
    with pytest.raises(MoveNotAllowed):
        story.act("answer_referral", by="CONSULT", referral_id=referral.id)
    assert [e.kind for e in trail.events_about(f"case:{story.case.number}")[-2:]] == [
        "case_referred",
        "referral_answered",
    ]


def test_an_answer_may_come_late_and_while_the_case_stands_on_a_meeting_but_not_once_it_is_decided(
    story: Story,
) -> None:
    first, second = asked(story), asked(story)
    story.schedule()
    story.act("answer_referral", by="CONSULT", referral_id=first.id)
    assert story.case.phase is Phase.SCHEDULED
    story.decide(Outcome.INFORMATION)
    with pytest.raises(MoveNotAllowed):
        story.act("answer_referral", by="CONSULT", referral_id=second.id)


def test_each_answers_its_own_and_the_secretariat_writes_down_the_lawyers(story: Story) -> None:
    of_group, of_lawyer, of_region = asked(story), asked(story, "LAWYER"), asked(story, "RS")
    for seat, referral in (("RS.handler", of_group), ("SEK.region", of_region), ("CONSULT", of_lawyer)):
        with pytest.raises(FactsRefused) as refused:
            story.act("answer_referral", by=seat, referral_id=referral.id)
        assert set(refused.value.errors) == {"referral_id"}
    for seat in ("SUN.approver", "TSG.chair", "RS.reader"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("answer_referral", by=seat, referral_id=of_region.id)
    story.act("answer_referral", by="RS.handler", referral_id=of_region.id)
    story.act("answer_referral", by="SEK.municipal", referral_id=of_lawyer.id)
    story.act("answer_referral", by="CONSULT", referral_id=of_group.id)
    assert open_referrals(story.case) == []


def test_a_group_reads_what_it_has_been_asked_about_and_nothing_else(story: Story) -> None:
    other: Story = StoryFactory(at_phase=Phase.PREPARATION, at_step=2)
    group = person("CONSULT")
    assert queries.get(story.case.number, viewer=group) is None
    referral = asked(story)
    assert queries.get(story.case.number, viewer=group) == (story.case, Sight.FULL)
    assert queries.get(other.case.number, viewer=group) is None
    for sought in (CaseFilter(), CaseFilter(waits=True)):
        assert [s.case.number for s in overview.overviews(group, story.day, sought)] == [story.case.number]
    assert [r for _case, r in referred(group)] == [referral]
    story.act("answer_referral", by="CONSULT", referral_id=referral.id)
    assert queries.get(story.case.number, viewer=group) == (story.case, Sight.FULL), "the outcome can be followed"
    assert overview.overviews(group, story.day, CaseFilter(waits=True)) == []


def test_the_group_asked_is_notified_and_reminded_and_the_case_is_not_late(session: Database, story: Story) -> None:
    referral, group = asked(story), person("CONSULT").user_id
    assert reminded(session, story) == [("N0", "ball:answer_referral", group)]
    late = workdays.add(referral.due_on, 1, story.calendar)
    report = sweep(instant(late))
    assert report.errors == []
    assert reminded(session, story)[1:] == [("N3", "D11", group)]
    sweep(instant(workdays.add(referral.due_on, 5, story.calendar)))
    head = person("SEK.municipal").user_id
    assert {("N4", "D11", group), ("N4", "D11", head)} <= set(reminded(session, story))


def test_an_answer_stops_the_reminders(session: Database, story: Story) -> None:
    referral = asked(story)
    story.act("answer_referral", by="CONSULT", referral_id=referral.id)
    sweep(instant(workdays.add(referral.due_on, 6, story.calendar)))
    assert [kind for kind, _subject, _to in reminded(session, story)] == ["N0"]


def test_a_pause_stops_the_clock_of_an_opinion_too(story: Story) -> None:
    referral = asked(story)
    was = referral.due_on
    until = workdays.add(story.day, 10, story.calendar)
    story.act("pause", by="SEK.region", pause_ground="force_majeure", paused_until=until)
    assert all_open_referrals() == []
    story.day = until
    sweep(instant(until + dt.timedelta(days=0)))
    assert referral.due_on == workdays.add(was, 10, story.calendar)
