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
from tests.support.days import at
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
    accounts.create_user(email, seat, [made], by="system:setup", at=at(SEATED_ON), is_demo=True)


def rejected(ground: str = "law", *, second: str = "SEK.municipal") -> Story:
    """Rejected on 2 September 2026 by SEK.region and a municipal official; SEK.municipal is the head."""
    told: Story = StoryFactory()
    proposal = told.offer(ProposalKind.REJECT, REJECT | {"ground": ground}, by="SEK.region", on=REJECTED_ON)
    told.accept(proposal, by=second)
    assert told.case.closing_reason is ClosingReason.OUT_OF_SCOPE
    return told


@pytest.fixture
def told() -> Story:
    """A rejection in which the head took no part."""
    give_seat("SEK.other", Role.SECRETARIAT, BlockSide.MUNICIPAL)
    person("SEK.municipal")
    return rejected(second="SEK.other")


def asked_of(seat: str) -> list[Reopening]:
    found = overview.overviews(person(seat), REJECTED_ON, CaseFilter(is_open=True, or_asked=True))
    return [s.reopening for s in found if s.reopening is not None]


def test_the_head_of_the_secretariat_takes_a_rejected_filing_up_again_and_it_is_checked_anew(told: Story) -> None:
    told.act("ask_reopening", by="SUN.approver", on=dt.date(2026, 9, 9))
    [asked] = asked_of("SEK.municipal")
    assert (asked.ground, asked.party_code) == ("against_rejection", "SUN")
    assert asked_of("SEK.region") == asked_of("SEK.other") == asked_of("TSG.chair") == []
    told.act("review_rejection", by="SEK.municipal", on=dt.date(2026, 9, 11))
    case = told.case
    assert (case.step, case.phase, case.round) == (1, Phase.INTAKE, 1)
    assert (case.closing_reason, case.closed_at) == (None, None)
    assert told.ball() == ("check_filing", "secretariat", workdays.add(told.day, 5, told.calendar))
    assert told.deadline("D1").base_event == "review_rejection"
    assert asked_of("SEK.municipal") == []
    told.serve().acknowledge()
    assert told.case.phase is Phase.DIALOGUE


def test_only_the_initiators_approver_asks_within_ten_working_days(told: Story) -> None:
    last = workdays.add(REJECTED_ON, 10, told.calendar)
    assert queries.reopening_ends_on(told.case) == last == dt.date(2026, 9, 16)
    for seat in ("SUN.handler", "SEK.region"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            told.act("ask_reopening", by=seat)
    with pytest.raises(MoveNotAllowed, match="may_be_reopened"):
        told.act("ask_reopening", by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="reopening_in_time"):
        told.act("ask_reopening", by="SUN.approver", on=last + dt.timedelta(days=1))
    told.act("ask_reopening", by="SUN.approver", on=last)
    told.act("review_rejection", by="SEK.municipal", on=last + dt.timedelta(days=7))
    assert told.case.phase is Phase.INTAKE


def test_a_rejection_is_tried_anew_only_where_it_was_asked_for_and_by_the_head(told: Story) -> None:
    with pytest.raises(MoveNotAllowed, match="reopening_asked"):
        told.act("review_rejection", by="SEK.municipal")
    told.act("ask_reopening", by="SUN.approver")
    for seat in ("SEK.region", "SEK.other", "SUN.approver", "VIS.chair"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            told.act("review_rejection", by=seat)
    with pytest.raises(MoveNotAllowed, match="review_is_the_chairs"):
        told.act("review_rejection", by="TSG.chair")
    with pytest.raises(MoveNotAllowed):
        told.act("reopen", by="SEK.municipal")


def test_a_rejection_that_stands_is_asked_about_no_more(told: Story) -> None:
    told.act("ask_reopening", by="SUN.approver")
    with pytest.raises(MoveNotAllowed):
        told.act("refuse_reopening", by="SEK.region")
    told.act("refuse_reopening", by="SEK.municipal", reason="Frågan avgörs av lag.")
    assert told.case.phase is Phase.CLOSED
    with pytest.raises(MoveNotAllowed, match="may_be_asked"):
        told.act("ask_reopening", by="SUN.approver")


def test_a_filing_rejected_a_second_time_may_be_asked_about_again(told: Story) -> None:
    told.act("ask_reopening", by="SUN.approver")
    told.act("review_rejection", by="SEK.municipal")
    again = told.offer(ProposalKind.REJECT, LAW, by="SEK.region")
    told.accept(again, by="SEK.other")
    told.act("ask_reopening", by="SUN.approver")
    assert len(asked_of("SEK.municipal")) == 1


def test_a_head_never_tries_a_rejection_of_their_own_the_first_bodys_chair_does() -> None:
    told = rejected(second="SEK.municipal")
    told.act("ask_reopening", by="SUN.approver")
    assert asked_of("SEK.municipal") == []
    assert len(asked_of("TSG.chair")) == len(asked_of("TSG.deputy")) == 1
    assert asked_of("VIS.chair") == asked_of("TSG.member") == []
    with pytest.raises(MoveNotAllowed, match="seat"):
        told.act("review_rejection", by="SEK.municipal")
    told.act("review_rejection", by="TSG.chair")
    assert told.case.phase is Phase.INTAKE


def test_a_second_head_who_took_no_part_comes_before_the_chair() -> None:
    give_seat("SEK.head", Role.SECRETARIAT_HEAD, BlockSide.REGION)
    told = rejected(second="SEK.municipal")
    told.act("ask_reopening", by="SUN.approver")
    assert len(asked_of("SEK.head")) == 1
    assert asked_of("TSG.chair") == []
    told.act("review_rejection", by="SEK.head")
    assert told.case.phase is Phase.INTAKE


def test_a_filing_whose_texts_were_masked_is_filed_anew_instead() -> None:
    told = rejected("individual")
    with pytest.raises(MoveNotAllowed, match="may_be_asked"):
        told.act("ask_reopening", by="SUN.approver")


def test_the_trail_tells_who_asked_and_who_took_it_up_again(told: Story) -> None:
    told.act("ask_reopening", by="SUN.approver")
    told.act("review_rejection", by="SEK.municipal")
    events = trail.events_about(f"case:{told.case.number}")
    assert [e.kind for e in events[-2:]] == ["reopening_asked", "rejection_reviewed"]
    assert trail.verify() == []
    assert rows_that_disagree() == []
