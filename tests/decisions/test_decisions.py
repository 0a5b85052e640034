"""What a body may decide, how the blocks must stand, and what the adjusted minutes lead to (T26–T33b)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from escalation.agreements.models import Interpretation
from escalation.cases.course import FactsRefused
from escalation.cases.models.case import CaseType
from escalation.cases.models.course import Task
from escalation.decisions.models import Decision
from escalation.meetings.models import Meeting
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Phase
from tests.support.facts import FACTS
from tests.support.people import person
from tests.support.rows import all_rows
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def scheduled(step: int = 2, **filed: Any) -> Story:
    story: Story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=step, **filed)
    treatment = story.file.treatment
    assert treatment is not None
    story.day = treatment.held_at.held_on
    return story


# --- T26


REFUSED_DECISIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"outcome": Outcome.DECIDE}, "outcome"),
    ({"outcome": Outcome.INTERPRET}, "outcome"),
    ({"outcome": Outcome.REVISION_ORDERED}, "outcome"),
    ({"quorum": False}, "quorum"),
    ({"municipal_line": "b"}, "outcome"),
    ({"municipal_line": "En annan linje."}, "municipal_line"),
    ({"municipal_line": "c"}, "municipal_line"),
    ({"municipal_line": "same_other"}, "municipal_line"),
    ({"municipal_line": "other"}, "municipal_other"),
    ({"region_line": "other", "municipal_line": "same_other"}, "region_other"),
    ({"outcome": Outcome.NO_CONCURRENCE}, "outcome"),
)


def test_a_decision_that_cannot_stand_is_refused(session: Database) -> None:
    story = scheduled()
    person("SEK.region")
    session.commit()
    before = all_rows()
    for facts, fact in REFUSED_DECISIONS:
        with pytest.raises(FactsRefused) as refused:
            story.act("decide", by="SEK.region", **facts)
        assert set(refused.value.errors) == {fact}, facts
    session.flush()
    assert all_rows() == before


def test_nothing_is_decided_before_the_day_of_the_meeting(session: Database) -> None:
    story = scheduled()
    with pytest.raises((FactsRefused, MoveNotAllowed)):
        story.act("decide", by="SEK.region", on=story.day - dt.timedelta(days=1))


def test_members_and_chairs_do_not_record_decisions_the_secretariat_does(session: Database) -> None:
    story = scheduled()
    for seat in ("TSG.chair", "TSG.member", "SUN.approver"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("decide", by=seat)
    story.act("decide", by="SEK.municipal")
    decision = session.scalars(select(Decision)).one()
    assert (decision.outcome, decision.decided_on) == (Outcome.REFER_UP, story.day)
    assert decision.adjusted_at is None


def test_both_lines_stand_where_the_blocks_differ(session: Database) -> None:
    story = scheduled()
    story.decide(Outcome.NO_CONCURRENCE)
    decision = session.scalars(select(Decision)).one()
    assert (decision.region_line, decision.municipal_line) == ("En känd väg in krävs.", "Varje part avgör.")


def test_the_schema_repeats_the_rule_of_concurring_blocks(session: Database) -> None:
    story = scheduled()
    story.decide(Outcome.REFER_UP)
    session.commit()
    decision = session.scalars(select(Decision)).one()
    decision.municipal_line = "En annan linje."
    with pytest.raises(IntegrityError, match="decision_needs_concurring_blocks"):
        session.flush()


def test_between_municipalities_only_they_have_a_line(session: Database) -> None:
    story = scheduled(agreement="KSABO", initiator="HAN", respondents=["NYN"], type=CaseType.DEVIATION)
    other = {"municipal_line": "other", "municipal_other": "Vistelsekommunen betalar."}
    story.decide(Outcome.DECIDE, region_line="b", region_other="Regionen säger något", **other)
    decision = session.scalars(select(Decision)).one()
    assert decision.region_line == decision.municipal_line == "Vistelsekommunen betalar."


def test_municipalities_that_do_not_agree_have_no_line_of_the_region_either(session: Database) -> None:
    story = scheduled(agreement="KSABO", initiator="HAN", respondents=["NYN"], type=CaseType.DEVIATION)
    story.decide(Outcome.NO_CONCURRENCE, municipal_line="divided", municipal_other="Två uppfattningar.")
    decision = session.scalars(select(Decision)).one()
    assert (decision.region_line, decision.municipal_line) == ("–", "Två uppfattningar.")


# --- The chair's act in ``minuted`` is the adjustment


@pytest.mark.parametrize(
    ("outcome", "verb", "closed"),
    [
        (Outcome.RECOMMEND, "send_recommendation", {"pass_up", "pronounce", "close_without_agreement"}),
        (Outcome.REFER_UP, "pass_up", {"send_recommendation", "pronounce", "table_without_concurrence"}),
        (Outcome.NO_CONCURRENCE, "pass_up", {"send_recommendation", "close_without_agreement"}),
    ],
)
def test_an_outcome_opens_its_own_adjustment_and_no_other(
    outcome: Outcome, verb: str, closed: set[str], session: Database
) -> None:
    story = scheduled()
    story.decide(outcome)
    with pytest.raises(MoveNotAllowed, match="adjusted_for_region"):
        story.act(verb, by="TSG.deputy")
    story.act("adjust", by="TSG.chair")
    for other in closed:
        with pytest.raises(MoveNotAllowed):
            story.act(other, by="TSG.deputy", **FACTS.get(other, {}))
    with pytest.raises(MoveNotAllowed, match="body_may_confirm"):
        story.act(verb, by="SEK.region")
    story.act(verb, by="TSG.deputy", on=story.day + dt.timedelta(days=3))
    decision = session.scalars(select(Decision)).one()
    assert decision.adjusted_at is not None
    assert story.deadline("D14").met_on == story.day


def test_recommendations_are_numbered_in_the_year_of_the_meeting(session: Database) -> None:
    for number in ("TSG-R 2026:1", "TSG-R 2026:2"):
        story = scheduled()
        story.decide(Outcome.RECOMMEND)
        story.day = day("2027-01-04")
        story.adjust("send_recommendation")
        assert story.file.decisions[-1].number == number


@pytest.mark.parametrize("seat", ["SUN.approver", "RS.approver"])
def test_either_side_declines_a_recommendation_and_the_case_goes_up(seat: str, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.RECOMMENDATION_OUT, at_step=2)
    assert story.ball() == ("answer", "unanswered", story.due("D15"))
    story.act("refuse_recommendation", by=seat)
    assert (story.case.step, story.case.phase) == (3, Phase.RECEIVED)
    assert story.deadline("D15").met_on == story.day


# --- T32


def decided(outcome: Outcome, **recorded: Any) -> Story:
    person("VIS.chair")
    story = scheduled(3)
    story.decide(outcome, **recorded)
    return story


def test_an_interpretation_is_written_unpublished_with_its_number_and_last_day(session: Database) -> None:
    story = decided(Outcome.INTERPRET)
    story.adjust("pronounce")
    written = session.scalars(select(Interpretation).where(Interpretation.source_case == story.case.number)).one()
    assert (written.number, written.published_on) == ("VIS-T 2027:1", None)
    assert (written.decided_on, written.applies_from) == (day("2027-02-11"), day("2027-02-12"))
    assert written.question == FACTS["schedule"]["question"]
    assert story.case.closing_reason is ClosingReason.INTERPRETED


REFUSED_INTERPRETATIONS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"applies_from": None}, "applies_from"),
    ({"applies_from": day("2027-02-11")}, "applies_from"),
    ({"applies_from": day("2026-09-01")}, "applies_from"),
    ({"scope": ""}, "scope"),
    ({"decision_text": "Ett. Två! Tre? Fyra."}, "decision_text"),
    ({"decision_text": "Ett. Två. Tre. Även utan punkt"}, "decision_text"),
)


def test_an_interpretation_that_cannot_stand_is_refused_and_nothing_is_recorded(session: Database) -> None:
    story = scheduled(3)
    session.commit()
    before = all_rows()
    for facts, fact in REFUSED_INTERPRETATIONS:
        with pytest.raises(FactsRefused) as refused:
            story.decide(Outcome.INTERPRET, **facts)
        assert set(refused.value.errors) == {fact}, facts
    session.flush()
    assert all_rows() == before


def test_a_task_that_cannot_stand_is_refused_and_nothing_is_adjusted(session: Database) -> None:
    story = decided(Outcome.INTERPRET)
    session.commit()
    before = all_rows()
    for task in (("Bemanna", "NAC", day("2027-05-31")), ("Bemanna", "RS", day("2027-02-11"))):
        with pytest.raises(FactsRefused, match="task"):
            story.act("adjust", by="VIS.chair", task=task)
    session.flush()
    assert all_rows() == before


def test_an_abbreviation_ends_no_sentence(session: Database) -> None:
    story = decided(
        Outcome.INTERPRET, decision_text="Ja. Det följer av 4.5 st 2. Vägen in ska vara känd senast kl. 08.30."
    )
    story.adjust("pronounce")
    assert story.case.phase is Phase.CLOSED


def test_a_decision_in_the_matter_interprets_nothing(session: Database) -> None:
    story = decided(Outcome.DECIDE)
    story.adjust("pronounce")
    assert story.case.closing_reason is ClosingReason.DECIDED_BODY
    assert story.case.number not in session.scalars(select(Interpretation.source_case)).all()


def test_an_agreement_whose_ladder_is_not_known_is_not_interpreted(session: Database) -> None:
    story = scheduled(3, agreement="EGV")
    assert not story.file.situation.interprets
    with pytest.raises(FactsRefused, match="outcome"):
        story.decide(Outcome.INTERPRET)


def test_a_decision_may_give_a_party_a_task(session: Database) -> None:
    story = decided(Outcome.DECIDE)
    story.adjust("pronounce", task=("Bemanna vägen in", "RS", day("2027-05-31")))
    assert story.case.phase is Phase.IMPLEMENTATION
    task = session.scalars(select(Task)).one()
    assert (task.obliged_party, task.due_on) == ("RS", day("2027-05-31"))


# --- T33b


def test_without_a_later_meeting_the_minutes_are_adjusted_and_the_case_waits_for_the_calendar(
    session: Database,
) -> None:
    story = decided(Outcome.NO_CONCURRENCE)
    session.execute(delete(Meeting).where(Meeting.body == "VIS", Meeting.held_on > story.day))
    session.commit()
    file = story.adjust("table_without_concurrence").file
    assert story.case.phase is Phase.PREPARATION
    assert file.treatment is not None
    assert file.treatment.meeting is None


def test_only_treatments_at_the_present_step_count(session: Database) -> None:
    """No concurrence at the first body is no first treatment at the second."""
    story: Story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=2)
    story.decide(Outcome.NO_CONCURRENCE)
    story.adjust("pass_up").accept_file().schedule()
    story.decide(Outcome.NO_CONCURRENCE)
    assert story.file.situation.treatments_without_concurrence == 1
