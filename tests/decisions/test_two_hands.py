"""What is decided takes effect by two hands of different sides, and what was decided is what is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Membership
from escalation.agreements.models import Interpretation
from escalation.cases.course import FactsRefused
from escalation.decisions.models import Decision
from escalation.decisions.verbs import register
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Phase
from escalation.trail import queries as trail
from escalation.trail.events import content_of
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

ANSWER = "KSON utser samordnande vårdcentral i Norrtälje."
OTHERS = {"region_line": "other", "region_other": "Delat ansvar.", "municipal_line": "other"}


def on_its_meeting(step: int = 2) -> Story:
    story: Story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=step)
    treatment = story.file.treatment
    assert treatment is not None
    story.day = treatment.held_at.held_on
    return story


def interpreted() -> Story:
    return on_its_meeting(3).decide(Outcome.INTERPRET, decision_text=ANSWER, reasons="Beställaren vet bäst.")


def decision_in(story: Story) -> Decision:
    return story.file.decisions[-1]


def written_in(story: Story, session: Database) -> Interpretation:
    return session.scalars(select(Interpretation).where(Interpretation.source_case == story.case.number)).one()


# --- The lines are choices


def test_blocks_that_choose_the_same_alternative_agree_and_no_comma_parts_them() -> None:
    story = on_its_meeting().decide(Outcome.RECOMMEND, region_line="b", municipal_line="b")
    decision = decision_in(story)
    assert (decision.region_choice, decision.municipal_choice) == ("b", "b")
    assert decision.region_line == decision.municipal_line == "Varje part avgör."


def test_blocks_that_choose_differently_agree_on_nothing() -> None:
    with pytest.raises(FactsRefused, match="Blocken har olika linjer"):
        on_its_meeting().decide(Outcome.RECOMMEND, municipal_line="b")
    with pytest.raises(FactsRefused, match="Blocken har samma linje"):
        on_its_meeting().decide(Outcome.NO_CONCURRENCE, municipal_line="a")


def test_two_other_lines_agree_only_where_the_second_block_chose_the_first_ones() -> None:
    word_for_word = OTHERS | {"municipal_other": OTHERS["region_other"]}
    with pytest.raises(FactsRefused, match="väljer ni ”Samma andra linje som regionen”"):
        on_its_meeting().decide(Outcome.RECOMMEND, **word_for_word)
    apart = on_its_meeting().decide(Outcome.NO_CONCURRENCE, **word_for_word)
    assert apart.case.phase is Phase.MINUTED
    story = on_its_meeting().decide(Outcome.RECOMMEND, **OTHERS | {"municipal_line": "same_other"})
    assert decision_in(story).municipal_line == "Delat ansvar."


def test_words_beside_a_line_that_is_not_chosen_are_not_thrown_away() -> None:
    with pytest.raises(FactsRefused) as refused:
        on_its_meeting().decide(Outcome.RECOMMEND, region_other="Delat ansvar.")
    assert set(refused.value.errors) == {"region_other"}


# --- Two people adjust


@pytest.mark.parametrize(("first", "second"), [("chair", "deputy"), ("deputy", "chair")])
def test_minutes_take_effect_by_the_second_of_two_hands(first: str, second: str) -> None:
    story = on_its_meeting().decide(Outcome.RECOMMEND)
    with pytest.raises(MoveNotAllowed, match="adjusted_for"):
        story.act("send_recommendation", by=f"TSG.{first}")
    story.act("adjust", by=f"TSG.{first}", task=("Bemanna vägen in", "RS", story.day + dt.timedelta(days=90)))
    assert story.case.phase is Phase.MINUTED
    waited_for = "adjuster_municipal" if first == "chair" else "adjuster_region"
    assert story.ball()[:2] == ("adjust", f"{waited_for}:TSG")
    for verb in ("adjust", "send_recommendation"):
        with pytest.raises(MoveNotAllowed, match="adjusted"):
            story.act(verb, by=f"TSG.{first}")
    story.act("send_recommendation", by=f"TSG.{second}", task=("Något annat", "SUN", story.day + dt.timedelta(days=9)))
    decision = decision_in(story)
    assert (story.case.phase, decision.adjusted_as) == (Phase.RECOMMENDATION_OUT, "blocks")
    assert [what for what, _party, _day in decision.tasks] == ["Bemanna vägen in"], "the second hand writes nothing"


def test_one_person_with_both_seats_does_not_adjust_alone(session: Database) -> None:
    story = on_its_meeting().decide(Outcome.RECOMMEND)
    story.act("adjust", by="TSG.chair")
    deputy, chair = person("TSG.deputy"), person("TSG.chair")
    session.get_one(Membership, chair.membership_id).user_id = deputy.user_id or 0
    session.flush()
    with pytest.raises(MoveNotAllowed, match="other_hand"):
        story.act("send_recommendation", by="TSG.deputy")


@pytest.mark.parametrize(
    ("outcome", "verb", "step"),
    [
        (Outcome.RECOMMEND, "send_recommendation", 2),
        (Outcome.INFORMATION, "carry_out", 3),
        (Outcome.REFER_UP, "pass_up", 2),
        (Outcome.NO_CONCURRENCE, "table_without_concurrence", 3),
        (Outcome.INTERPRET, "pronounce", 3),
    ],
)
def test_no_outcome_takes_effect_by_the_chair_alone(outcome: Outcome, verb: str, step: int) -> None:
    story = on_its_meeting(step).decide(outcome)
    for seat in (f"{story.body}.chair", f"{story.body}.deputy", "SEK.region", "SEK.municipal"):
        with pytest.raises(MoveNotAllowed):
            story.act(verb, by=seat)
    assert story.case.phase is Phase.MINUTED


# --- Where an adjuster is silent


def test_where_the_adjusters_are_silent_the_body_confirms_its_minutes_at_its_next_meeting() -> None:
    story = on_its_meeting().decide(Outcome.RECOMMEND)
    rows = story.future()
    assert [(act, holder) for _day, act, holder, _due in rows] == [
        ("adjust", "chair:TSG"), ("confirm_minutes", "secretariat"), ("certify", "secretariat"),
    ]  # fmt: skip
    meeting = rows[1][3]
    story.act("adjust", by="TSG.chair")
    with pytest.raises(MoveNotAllowed, match="body_may_confirm"):
        story.act("send_recommendation", by="SEK.region", on=meeting - dt.timedelta(days=1))
    story.act("send_recommendation", by="SEK.region", on=meeting)
    assert (story.case.phase, decision_in(story).adjusted_as) == (Phase.RECOMMENDATION_OUT, "body")


def test_last_an_official_of_each_side_certifies_and_neither_alone() -> None:
    story = on_its_meeting().decide(Outcome.RECOMMEND)
    meeting = story.future()[1][3]
    story.day = meeting
    with pytest.raises(MoveNotAllowed, match="officials_may_certify"):
        story.act("adjust", by="SEK.region")
    story.day = story.future()[-1][0]
    story.act("adjust", by="SEK.region")
    story.act("send_recommendation", by="SEK.municipal")
    assert (story.case.phase, decision_in(story).adjusted_as) == (Phase.RECOMMENDATION_OUT, "officials")


# --- What was decided is what is published


def test_what_is_published_is_word_for_word_what_was_decided(session: Database) -> None:
    story = interpreted().adjust("pronounce")
    decision, written = decision_in(story), written_in(story, session)
    assert (written.answer, written.reasons) == (ANSWER, "Beställaren vet bäst.")
    assert (written.purpose_and_goals, written.scope) == (decision.purpose_and_goals, decision.scope)
    assert written.applies_from == decision.applies_from
    assert story.case.closing_reason is ClosingReason.INTERPRETED


def test_a_text_that_differs_from_the_decision_cannot_reach_the_register(session: Database) -> None:
    story = interpreted().adjust("pronounce")
    written = written_in(story, session)
    register.sign(written, by=person("SEK.region"), at=instant(story.day), is_secrecy_reviewed=True)
    written.answer = "Regionen utser."
    session.flush()
    with pytest.raises(MoveNotAllowed, match="differs_from_decision"):
        register.publish(written, by=person("SEK.municipal"), at=instant(story.day), is_secrecy_reviewed=True)
    assert written.published_on is None


def test_a_decision_recorded_without_its_interpretation_is_completed_before_it_can_be_adjusted(
    session: Database,
) -> None:
    story = interpreted()
    decision = decision_in(story)
    decision.scope, decision.applies_from = "", None  # as an earlier release recorded it
    decision.region_choice = decision.municipal_choice = None
    session.commit()
    for verb, seat in (("adjust", "VIS.chair"), ("pronounce", "VIS.deputy")):
        with pytest.raises(MoveNotAllowed, match="record_complete"):
            story.act(verb, by=seat)
    read: dict[str, Any] = {"scope": "Alla parter.", "applies_from": story.day + dt.timedelta(days=1)}
    story.act("correct_decision", by="SEK.region", outcome=Outcome.INTERPRET, decision_text=ANSWER, **read)
    story.adjust("pronounce")
    assert written_in(story, session).scope == "Alla parter."


def test_what_is_wrong_goes_back_to_the_secretariat_and_both_adjust_the_corrected_text(session: Database) -> None:
    story = interpreted()
    story.act("adjust", by="VIS.deputy")
    story.act("send_back", by="VIS.chair", reason="Skälen är inte mötets.")
    assert story.ball()[:2] == ("correct", "secretariat")
    read: dict[str, Any] = {"scope": "Alla parter.", "applies_from": story.day + dt.timedelta(days=1)}
    mended: dict[str, Any] = {
        "outcome": Outcome.INTERPRET,
        "decision_text": ANSWER,
        "reasons": "Beställaren vet vad som behövs.",
    }
    story.act("correct_decision", by="SEK.municipal", **mended, **read)
    assert story.ball()[:2] == ("adjust", "chair:VIS"), "whoever had adjusted the old text has not adjusted the new one"
    story.adjust("pronounce")
    assert written_in(story, session).reasons == "Beställaren vet vad som behövs."
    kept = {e.kind: content_of(e) or {} for e in trail.events_about(f"case:{story.case.number}")[-6:]}
    assert kept["case_decided"]["reasons"] == "Beställaren vet bäst."
    assert kept["minutes_sent_back"]["reason"] == "Skälen är inte mötets."
    assert kept["decision_corrected"]["reasons"] == "Beställaren vet vad som behövs."


def test_nothing_is_corrected_once_the_minutes_are_adjusted() -> None:
    story = on_its_meeting().decide(Outcome.RECOMMEND).adjust("send_recommendation")
    with pytest.raises(MoveNotAllowed, match="phase"):
        story.act("correct_decision", by="SEK.region")
