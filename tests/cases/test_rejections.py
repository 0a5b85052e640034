"""A rejected filing is tried anew (T4b): its initiator asks, a head who took no part in the rejection decides."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts import actions as accounts
from escalation.accounts.models import Role
from escalation.cases import overview, queries
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.asks import Reopening
from escalation.cases.overview import CaseFilter
from escalation.parties.models import BlockSide
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Phase, ProposalKind
from escalation.trail import queries as trail
from tests.support.days import instant
from tests.support.facts import REJECT
from tests.support.people import SEATED_ON, person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

REJECTED_ON = dt.date(2026, 9, 2)
LAW = REJECT | {"ground": "law"}


def give_seat(seat: str, role: Role, side: BlockSide) -> None:
    """Somebody more in the secretariat, whom ``person(seat)`` finds."""
    email = f"{seat.lower().replace('.', '-')}@example.se"
    made = accounts.Seat(role=role, side=side)
    accounts.create_user(email, seat, [made], by="system:setup", at=instant(SEATED_ON), is_demo=True)


def rejected(ground: str = "law", *, second: str = "SEK.municipal") -> Story:
    """Rejected on 2 September 2026 by SEK.region and a municipal official; SEK.municipal is the head."""
    story: Story = StoryFactory()
    proposal = story.offer(ProposalKind.REJECT, REJECT | {"ground": ground}, by="SEK.region", on=REJECTED_ON)
    story.accept(proposal, by=second)
    assert story.case.closing_reason is ClosingReason.OUT_OF_SCOPE
    return story


@pytest.fixture
def story() -> Story:
    """A rejection in which the head took no part."""
    give_seat("SEK.other", Role.SECRETARIAT, BlockSide.MUNICIPAL)
    person("SEK.municipal")
    return rejected(second="SEK.other")


def asked_of(seat: str) -> list[Reopening]:
    found = overview.overviews(person(seat), REJECTED_ON, CaseFilter(is_open=True, or_asked=True))
    return [s.reopening for s in found if s.reopening is not None]


def test_the_head_of_the_secretariat_takes_a_rejected_filing_up_again_and_it_is_checked_anew(story: Story) -> None:
    story.act("ask_reopening", by="SUN.approver", on=dt.date(2026, 9, 9))
    [asked] = asked_of("SEK.municipal")
    assert (asked.ground, asked.party_code) == ("against_rejection", "SUN")
    assert asked_of("SEK.region") == asked_of("SEK.other") == asked_of("TSG.chair") == []
    story.act("review_rejection", by="SEK.municipal", on=dt.date(2026, 9, 11))
    case = story.case
    assert (case.step, case.phase, case.round) == (1, Phase.INTAKE, 1)
    assert (case.closing_reason, case.closed_at) == (None, None)
    assert story.ball() == ("check_filing", "secretariat", workdays.add(story.day, 5, story.calendar))
    assert story.deadline("D1").base_event == "review_rejection"
    assert asked_of("SEK.municipal") == []
    story.serve().acknowledge()
    assert story.case.phase is Phase.DIALOGUE


def test_only_the_initiators_approver_asks_within_ten_working_days(story: Story) -> None:
    last = workdays.add(REJECTED_ON, 10, story.calendar)
    assert queries.reopening_ends_on(story.case) == last == dt.date(2026, 9, 16)
    for seat in ("SUN.handler", "SEK.region"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("ask_reopening", by=seat)
    with pytest.raises(MoveNotAllowed, match="may_be_reopened"):
        story.act("ask_reopening", by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="reopening_in_time"):
        story.act("ask_reopening", by="SUN.approver", on=last + dt.timedelta(days=1))
    story.act("ask_reopening", by="SUN.approver", on=last)
    story.act("review_rejection", by="SEK.municipal", on=last + dt.timedelta(days=7))
    assert story.case.phase is Phase.INTAKE


def test_a_rejection_is_tried_anew_only_where_it_was_asked_for_and_by_the_head(story: Story) -> None:
    with pytest.raises(MoveNotAllowed, match="reopening_asked"):
        story.act("review_rejection", by="SEK.municipal")
    story.act("ask_reopening", by="SUN.approver")
    for seat in ("SEK.region", "SEK.other", "SUN.approver", "VIS.chair"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("review_rejection", by=seat)
    with pytest.raises(MoveNotAllowed, match="review_is_the_chairs"):
        story.act("review_rejection", by="TSG.chair")
    with pytest.raises(MoveNotAllowed):
        story.act("reopen", by="SEK.municipal")


def test_a_rejection_that_stands_is_asked_about_no_more(story: Story) -> None:
    story.act("ask_reopening", by="SUN.approver")
    with pytest.raises(MoveNotAllowed):
        story.act("refuse_reopening", by="SEK.region")
    story.act("refuse_reopening", by="SEK.municipal", reason="Frågan avgörs av lag.")
    assert story.case.phase is Phase.CLOSED
    with pytest.raises(MoveNotAllowed, match="may_be_asked"):
        story.act("ask_reopening", by="SUN.approver")


def test_a_filing_rejected_a_second_time_may_be_asked_about_again(story: Story) -> None:
    story.act("ask_reopening", by="SUN.approver")
    story.act("review_rejection", by="SEK.municipal")
    again = story.offer(ProposalKind.REJECT, LAW, by="SEK.region")
    story.accept(again, by="SEK.other")
    story.act("ask_reopening", by="SUN.approver")
    assert len(asked_of("SEK.municipal")) == 1


def test_a_head_never_tries_a_rejection_of_their_own_the_first_bodys_chair_does() -> None:
    story = rejected(second="SEK.municipal")
    story.act("ask_reopening", by="SUN.approver")
    assert asked_of("SEK.municipal") == []
    assert len(asked_of("TSG.chair")) == len(asked_of("TSG.deputy")) == 1
    assert asked_of("VIS.chair") == asked_of("TSG.member") == []
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("review_rejection", by="SEK.municipal")
    story.act("review_rejection", by="TSG.chair")
    assert story.case.phase is Phase.INTAKE


def test_a_second_head_who_took_no_part_comes_before_the_chair() -> None:
    give_seat("SEK.head", Role.SECRETARIAT_HEAD, BlockSide.REGION)
    story = rejected(second="SEK.municipal")
    story.act("ask_reopening", by="SUN.approver")
    assert len(asked_of("SEK.head")) == 1
    assert asked_of("TSG.chair") == []
    story.act("review_rejection", by="SEK.head")
    assert story.case.phase is Phase.INTAKE


def test_a_filing_whose_texts_were_masked_is_filed_anew_instead() -> None:
    story = rejected("individual")
    with pytest.raises(MoveNotAllowed, match="may_be_asked"):
        story.act("ask_reopening", by="SUN.approver")


def test_the_trail_tells_who_asked_and_who_took_it_up_again(story: Story) -> None:
    story.act("ask_reopening", by="SUN.approver")
    story.act("review_rejection", by="SEK.municipal")
    events = trail.events_about(f"case:{story.case.number}")
    assert [e.kind for e in events[-2:]] == ["reopening_asked", "rejection_reviewed"]
    assert trail.verify() == []
    assert rows_that_disagree() == []
