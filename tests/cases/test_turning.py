"""A filed case that turns out to be of the other kind (T41, R4): recorded, and nothing else of it changes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import CaseType
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import HearingKind, Outcome, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.events import content_of, facts_of
from tests.support.facts import REJECT
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

DEVIATION, INTERPRETATION = CaseType.DEVIATION, CaseType.INTERPRETATION
REASON = "Parterna gör detsamma, men läser bestämmelsen olika."


def standing(story: Story) -> tuple[Any, ...]:
    """Where the case stands, whom it waits for, and its days."""
    dues = [(d.key, d.due_on, d.met_on) for d in queries.deadlines(story.case)]
    return story.case.step, story.case.phase, story.case.round, story.future(), dues


@pytest.mark.parametrize(
    ("phase", "step"),
    [
        (Phase.INTAKE, 1),
        (Phase.SERVED, 1),
        (Phase.DIALOGUE, 1),
        (Phase.IMPASSE, 1),
        (Phase.RECEIVED, 2),
        (Phase.PREPARATION, 2),
        (Phase.SCHEDULED, 2),
        (Phase.SCHEDULED, 3),
    ],
)
def test_a_case_turns_both_ways_until_it_is_decided_and_stays_where_it_stands(phase: Phase, step: int) -> None:
    story = StoryFactory(at_phase=phase, at_step=step, type=DEVIATION)
    before = standing(story)
    story.act("turn", by="SEK.region", reason=REASON)
    assert (story.case.type, standing(story)) == (INTERPRETATION, before)
    story.act("turn", by="SEK.municipal")
    assert (story.case.type, standing(story)) == (DEVIATION, before)
    assert rows_that_disagree() == []


@pytest.mark.parametrize(("phase", "step"), [(Phase.MINUTED, 2), (Phase.RECOMMENDATION_OUT, 2), (Phase.CLOSED, 3)])
def test_what_is_decided_is_what_it_was(phase: Phase, step: int) -> None:
    story = StoryFactory(at_phase=phase, at_step=step, outcome=Outcome.DECIDE if step == 3 else None)
    with pytest.raises(MoveNotAllowed, match="phase"):
        story.act("turn", by="SEK.region")


def test_a_filing_that_its_filer_completes_is_turned_when_it_has_come_back() -> None:
    story = StoryFactory()
    story.act("ask_completion", by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="phase"):
        story.act("turn", by="SEK.region")


@pytest.mark.parametrize("seat", ["SUN.approver", "RS.approver", "TSG.chair", "AUDITOR"])
def test_it_is_the_secretariat_that_records_it(seat: str) -> None:
    story = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("turn", by=seat)


def test_only_what_is_a_commitment_can_be_departed_from_and_the_sentence_is_that_of_filing() -> None:
    cited = {"provisions": ["1.2", "4.5 st 2"]}
    story = StoryFactory(at_phase=Phase.DIALOGUE, **cited)
    events = len(trail.events_about(f"case:{story.case.number}"))
    with pytest.raises(FactsRefused) as refused:
        story.act("turn", by="SEK.region")
    assert story.case.type is INTERPRETATION
    assert len(trail.events_about(f"case:{story.case.number}")) == events
    with pytest.raises(FactsRefused) as at_filing:
        StoryFactory(type=DEVIATION, **cited)
    assert refused.value.errors == at_filing.value.errors


def test_a_free_citation_is_a_commitment_as_its_filer_holds() -> None:
    story = StoryFactory(agreement="KSABO", respondents=("NAC",), at_phase=Phase.SERVED)
    story.act("turn", by="SEK.region")
    assert story.case.type is DEVIATION


def test_nothing_turns_in_a_pause_or_while_it_follows_another_case() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    lead = StoryFactory(initiator="NAC", at_phase=Phase.DIALOGUE)
    lead.hear(HearingKind.JOIN, by="SEK.region", members=[story.case.number])
    lead.act("join", by="SEK.region", on=dt.date(2026, 9, 21))
    with pytest.raises(MoveNotAllowed, match="not_joined"):
        story.act("turn", by="SEK.region", on=lead.day)
    lead.act("pause", by="SEK.region", pause_ground="force_majeure", paused_until=dt.date(2026, 12, 1))
    with pytest.raises(MoveNotAllowed, match="not_paused"):
        lead.act("turn", by="SEK.region")


def test_the_trail_says_what_it_was_what_it_is_who_and_why() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE, type=DEVIATION)
    story.act("turn", by="SEK.region", reason=REASON)
    event = trail.events_about(f"case:{story.case.number}")[-1]
    assert event.kind == "case_turned"
    assert facts_of(event) == {"who": "SEK", "before": "deviation", "type": "interpretation"}
    assert content_of(event) == {"reason": REASON}
    assert event.state["type"] == "interpretation"


def test_why_a_filing_of_one_person_turned_is_masked_with_it() -> None:
    """R36: what was written before the filing was rejected may describe the person too."""
    story = StoryFactory(type=DEVIATION)
    story.act("turn", by="SEK.region", reason="Planen gäller en person som har flyttat.")
    story.accept(story.offer(ProposalKind.REJECT, REJECT, by="SEK.region"), by="SEK.municipal")
    events = {event.kind: event for event in trail.events_about(f"case:{story.case.number}")}
    assert content_of(events["case_turned"]) is None
    assert rows_that_disagree() == []
