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
from tests.support.days import at
from tests.support.people import GROUP, person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")


@pytest.fixture
def told() -> Story:
    """A case that the steering group prepares."""
    person("CONSULT")
    return StoryFactory(at_phase=Phase.PREPARATION, at_step=2, affected=("TYR",))


def asked(told: Story, to: str = GROUP, by: str = "SEK.region") -> Referral:
    told.act("refer", by=by, referral_to=to)
    return told.case.referrals[-1]


def reminded(session: Database, told: Story) -> list[tuple[str, str, int]]:
    """What was written about the referral: kind, subject, to whom."""
    rows = session.scalars(
        select(Nudge)
        .where(Nudge.case_id == told.case.id, Nudge.state != NudgeState.SUPPRESSED)
        .where(Nudge.subject.in_(("ball:answer_referral", "D11")))
        .order_by(Nudge.id)
    )
    return [(n.kind.value, n.subject, n.recipient) for n in rows]


def test_r18_an_opinion_has_a_clock_of_its_own_and_the_case_waits_for_nobodys_answer(told: Story) -> None:
    ball, phase = told.ball(), told.case.phase
    referral = asked(told)
    assert referral.due_on == told.due("D11") == workdays.add(told.day, 20, told.calendar)
    assert (told.ball(), told.case.phase) == (ball, phase)
    told.schedule().decide(Outcome.INFORMATION).adjust("announce").fall_silent()
    assert told.case.phase is Phase.CLOSED
    assert referral.answer is None


def test_r18_a_consultation_group_is_no_rung_of_any_ladder() -> None:
    groups = {group.code for group in parties.consultation_groups()}
    assert len(groups) == 5
    steps = [step.body for key in ladder.shipped() for step in ladder.load(key).steps]
    assert groups.isdisjoint(steps)


def test_an_urgent_case_gives_seven_working_days(told: Story) -> None:
    told.case.is_urgent = True
    assert asked(told).due_on == workdays.add(told.day, 7, told.calendar, urgent=True)


@pytest.mark.parametrize(
    ("by", "told_as"), [("SEK.region", "SEK"), ("TSG.chair", "chair:TSG"), ("TSG.deputy", "deputy:TSG")]
)
def test_the_secretariat_or_the_chair_asks(told: Story, by: str, told_as: str) -> None:
    assert asked(told, by=by).asked_by == told_as


@pytest.mark.parametrize("by", ["SUN.approver", "TSG.member", "VIS.chair", "CONSULT"])
def test_nobody_else_asks(told: Story, by: str) -> None:
    with pytest.raises(MoveNotAllowed):
        asked(told, by=by)


def test_a_group_a_lawyer_or_a_party_of_the_case_is_asked_and_nobody_else(told: Story) -> None:
    for to in (GROUP, "LAWYER", "SUN", "RS", "TYR"):
        assert asked(told, to).addressee == to
    for to in ("NAC", "TSG", "SG-ALL", ""):
        with pytest.raises(FactsRefused) as refused:
            asked(told, to)
        assert set(refused.value.errors) == {"referral_to"}


def test_nothing_is_asked_before_the_case_is_prepared_or_after() -> None:
    for phase in (Phase.RECEIVED, Phase.SCHEDULED):
        with pytest.raises(MoveNotAllowed, match="phase"):
            asked(StoryFactory(at_phase=phase, at_step=2))


def test_the_group_answers_once_and_then_the_case_shows_it(told: Story) -> None:
    referral = asked(told)
    told.act("answer_referral", by="CONSULT", referral_id=referral.id)
    assert referral.answer == "Vanligast är ett nummer som är bemannat på vardagar."
    assert referral.answered_by == person("CONSULT").membership_id
    assert told.deadline("D11").met_on == told.day
    with pytest.raises(MoveNotAllowed):
        told.act("answer_referral", by="CONSULT", referral_id=referral.id)
    assert [e.kind for e in trail.events_about(f"case:{told.case.number}")[-2:]] == [
        "case_referred",
        "referral_answered",
    ]


def test_an_answer_may_come_late_and_while_the_case_stands_on_a_meeting_but_not_once_it_is_decided(
    told: Story,
) -> None:
    first, second = asked(told), asked(told)
    told.schedule()
    told.act("answer_referral", by="CONSULT", referral_id=first.id)
    assert told.case.phase is Phase.SCHEDULED
    told.decide(Outcome.INFORMATION)
    with pytest.raises(MoveNotAllowed):
        told.act("answer_referral", by="CONSULT", referral_id=second.id)


def test_each_answers_its_own_and_the_secretariat_writes_down_the_lawyers(told: Story) -> None:
    of_group, of_lawyer, of_region = asked(told), asked(told, "LAWYER"), asked(told, "RS")
    for seat, referral in (("RS.handler", of_group), ("SEK.region", of_region), ("CONSULT", of_lawyer)):
        with pytest.raises(FactsRefused) as refused:
            told.act("answer_referral", by=seat, referral_id=referral.id)
        assert set(refused.value.errors) == {"referral_id"}
    for seat in ("SUN.approver", "TSG.chair", "RS.reader"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            told.act("answer_referral", by=seat, referral_id=of_region.id)
    told.act("answer_referral", by="RS.handler", referral_id=of_region.id)
    told.act("answer_referral", by="SEK.municipal", referral_id=of_lawyer.id)
    told.act("answer_referral", by="CONSULT", referral_id=of_group.id)
    assert open_referrals(told.case) == []


def test_a_group_reads_what_it_has_been_asked_about_and_nothing_else(told: Story) -> None:
    other: Story = StoryFactory(at_phase=Phase.PREPARATION, at_step=2)
    group = person("CONSULT")
    assert queries.get(told.case.number, viewer=group) is None
    referral = asked(told)
    assert queries.get(told.case.number, viewer=group) == (told.case, Sight.FULL)
    assert queries.get(other.case.number, viewer=group) is None
    for sought in (CaseFilter(), CaseFilter(waits=True)):
        assert [s.case.number for s in overview.overviews(group, told.day, sought)] == [told.case.number]
    assert [r for _case, r in referred(group)] == [referral]
    told.act("answer_referral", by="CONSULT", referral_id=referral.id)
    assert queries.get(told.case.number, viewer=group) == (told.case, Sight.FULL), "the outcome can be followed"
    assert overview.overviews(group, told.day, CaseFilter(waits=True)) == []


def test_who_is_asked_is_told_and_reminded_and_the_case_is_not_late(session: Database, told: Story) -> None:
    referral, group = asked(told), person("CONSULT").user_id
    assert reminded(session, told) == [("N0", "ball:answer_referral", group)]
    late = workdays.add(referral.due_on, 1, told.calendar)
    report = sweep(at(late))
    assert report.errors == []
    assert reminded(session, told)[1:] == [("N3", "D11", group)]
    sweep(at(workdays.add(referral.due_on, 5, told.calendar)))
    head = person("SEK.municipal").user_id
    assert {("N4", "D11", group), ("N4", "D11", head)} <= set(reminded(session, told))


def test_an_answer_stops_the_reminders(session: Database, told: Story) -> None:
    referral = asked(told)
    told.act("answer_referral", by="CONSULT", referral_id=referral.id)
    sweep(at(workdays.add(referral.due_on, 6, told.calendar)))
    assert [kind for kind, _subject, _to in reminded(session, told)] == ["N0"]


def test_a_pause_stops_the_clock_of_an_opinion_too(told: Story) -> None:
    referral = asked(told)
    was = referral.due_on
    until = workdays.add(told.day, 10, told.calendar)
    told.act("pause", by="SEK.region", pause_ground="force_majeure", paused_until=until)
    assert all_open_referrals() == []
    told.day = until
    sweep(at(until + dt.timedelta(days=0)))
    assert referral.due_on == workdays.add(was, 10, told.calendar)
