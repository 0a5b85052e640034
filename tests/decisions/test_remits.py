"""A body sends a case one step back with a question (T30); the top body carries out what needs no answer (T27b)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries
from escalation.cases.course import FactsRefused
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.moves.table import outcomes_open
from escalation.rules.situation import ClosingReason, Outcome, Phase, ProposalKind
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")


def decided(outcome: Outcome, step: int = 2) -> Story:
    story: Story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=step, outcome=outcome)
    return story.decide(outcome)


def monday_after(day: dt.date, weeks: int) -> dt.date:
    return day + dt.timedelta(days=7 - day.weekday(), weeks=weeks)


def test_a_remit_from_the_first_body_gives_the_parties_their_dialogue_back_until_the_day_it_names() -> None:
    """E38: parties, papers and stands are kept; what was acknowledged stays so."""
    story = decided(Outcome.REMIT)
    until = monday_after(story.day, 4)
    story.adjust("remit", remit_until=until)
    assert (story.case.step, story.case.phase) == (1, Phase.DIALOGUE)
    assert story.due("D7") == until
    assert story.ball() == ("settle", "both_sides", until)
    assert story.file.situation.is_acknowledged
    assert story.file.situation.remits == 1


def test_a_remits_day_on_a_free_day_moves_to_the_next_working_day() -> None:
    story = decided(Outcome.REMIT)
    monday = monday_after(story.day, 4)
    story.adjust("remit", remit_until=monday - dt.timedelta(days=2))
    assert story.due("D7") == monday


def test_after_the_remits_day_either_party_may_lift_again() -> None:
    story = decided(Outcome.REMIT)
    until = monday_after(story.day, 4)
    story.adjust("remit", remit_until=until)
    with pytest.raises(MoveNotAllowed, match="local_way_is_over"):
        story.act("declare_impasse", by="RS.approver", on=until)
    story.act("declare_impasse", by="RS.approver", on=until + dt.timedelta(days=1))
    story.agree_on_statement().lift()
    assert (story.case.step, story.case.phase) == (2, Phase.RECEIVED)


def test_a_case_is_remitted_at_most_twice() -> None:
    story = decided(Outcome.REMIT)
    for nth in (1, 2):
        story.adjust("remit", remit_until=monday_after(story.day, 1))
        story.act("declare_impasse", by="SUN.approver", on=story.due("D7") + dt.timedelta(days=1))
        story.agree_on_statement().lift().accept_file().schedule()
        assert (Outcome.REMIT in outcomes_open(story.file.situation)) is (nth < 2)
        if nth < 2:
            story.decide(Outcome.REMIT)
    with pytest.raises(FactsRefused, match="outcome"):
        story.decide(Outcome.REMIT)


def test_a_remit_from_the_top_goes_to_preparation_at_the_body_below_with_a_meeting() -> None:
    story = decided(Outcome.REMIT, step=3)
    story.adjust("remit", remit_until=monday_after(story.day, 4))
    assert (story.case.step, story.case.phase) == (2, Phase.PREPARATION)
    treatment = story.file.treatment
    assert treatment is not None
    assert (treatment.body, treatment.held_at.body) == ("TSG", "TSG")
    assert treatment.held_at.held_on > story.day
    assert story.ball()[:2] == ("prepare", "secretariat")
    story.schedule().decide(Outcome.RECOMMEND)
    assert story.case.phase is Phase.MINUTED


def test_a_breach_after_a_remit_goes_back_to_the_body_that_has_had_the_case() -> None:
    """T36: the highest body that has had the case, though the parties settled it below."""
    story = decided(Outcome.REMIT)
    story.adjust("remit", remit_until=monday_after(story.day, 4))
    terms = {
        "settlement": "Vägen in bemannas.",
        "obligations": [["Bemanna vägen in", "RS", monday_after(story.day, 2).isoformat()]],
    }
    story.accept(story.offer(ProposalKind.SETTLEMENT, terms, by="SUN.approver"), by="RS.approver")
    story.act("report_breach", by="SUN.approver", on=monday_after(story.day, 2) + dt.timedelta(days=1))
    assert (story.case.step, story.case.phase, story.case.round) == (2, Phase.RECEIVED, 2)
    assert story.ball()[:2] == ("check_file", "secretariat")


def test_a_remit_needs_a_coming_day_and_a_party_that_tells_of_it() -> None:
    story = decided(Outcome.REMIT)
    with pytest.raises(FactsRefused) as refused:
        story.adjust("remit", remit_until=story.day, reporter="TYR")
    assert set(refused.value.errors) == {"remit_until", "reporter"}
    assert story.case.phase is Phase.MINUTED


def test_only_the_adjusters_of_the_body_that_decided_remit() -> None:
    story = decided(Outcome.REMIT)
    until = monday_after(story.day, 4)
    with pytest.raises(MoveNotAllowed, match="officials_may_certify"):
        story.act("adjust", by="SEK.region", remit_until=until)
    for seat in ("VIS.chair", "TSG.member", "SUN.approver"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("adjust", by=seat, remit_until=until)


@pytest.mark.parametrize("outcome", [Outcome.REVISION_ORDERED, Outcome.DEVIATION_HANDLED, Outcome.INFORMATION])
def test_what_needs_no_answer_closes_the_case_when_it_is_adjusted(outcome: Outcome) -> None:
    """R8: the top body handles the question; no party is asked to accept."""
    story = decided(outcome, step=3)
    with pytest.raises(MoveNotAllowed, match="outcome_recommends"):
        story.adjust("send_recommendation")
    story.adjust("carry_out")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.DECIDED_BODY)


def test_what_is_to_be_carried_out_is_followed_up_before_the_case_is_closed() -> None:
    """E43."""
    story = decided(Outcome.INFORMATION, step=3)
    story.adjust("carry_out", task=("Inför rutinen", "RS", monday_after(story.day, 8)))
    assert story.case.phase is Phase.IMPLEMENTATION
    [task] = queries.tasks(story.case)
    story.act("report_task", by="RS.handler", task_id=task.id)
    story.act("confirm_done", by="SUN.approver")
    assert story.case.closing_reason is ClosingReason.DECIDED_BODY


@pytest.mark.parametrize("step", [2, 3])
def test_a_disagreement_on_the_reading_is_never_closed_as_a_deviation_that_was_dealt_with(step: int) -> None:
    story: Story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=step)
    with pytest.raises(FactsRefused, match="outcome"):
        story.decide(Outcome.DEVIATION_HANDLED)
    story.act("turn", by="SEK.region", reason="Parterna läser lika, men åtagandet följs inte.")
    story.decide(Outcome.DEVIATION_HANDLED)
