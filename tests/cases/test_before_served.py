"""Before the matter itself begins: a filing sent back for completion (T2-T3b), and the principle test (T5-T7)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.models.parties import PartyRole
from escalation.cases.overview import CaseFilter
from escalation.cases.sight import Sight, sight_of
from escalation.nudges.models import Nudge
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Phase, ProposalKind
from escalation.trail.events import content_of
from escalation.trail.queries import events_about
from escalation.watch.delivery import deliver
from escalation.watch.sweep import sweep
from escalation.watch.transports import PastTransport
from tests.support.days import instant
from tests.support.facts import PRINCIPLED, REJECT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def filed(on: str = "2026-11-16", **facts: Any) -> Story:
    return StoryFactory(filed_on=day(on), **facts)


def sent_back(on: str = "2026-11-18") -> Story:
    story = filed()
    story.act("ask_completion", by="SEK.region", on=day(on))
    return story


def tried(on: str = "2026-11-17", **facts: Any) -> Story:
    story = filed(**PRINCIPLED | facts)
    story.act("claim_principle", by="SEK.region", on=day(on))
    return story


def sees(story: Story, seat: str) -> Sight | None:
    return sight_of(story.case, person(seat))


# --- T2, T3, T3b


def test_the_initiator_has_ten_working_days_to_complete_and_then_the_secretariat_holds_the_ball() -> None:
    story = sent_back()
    assert story.future() == [
        (day("2026-11-18"), "complete", "initiator", day("2026-12-02")),
        (day("2026-12-17"), "lapse_incomplete", "secretariat", day("2026-12-23")),
    ]


def test_the_respondent_knows_nothing_of_a_filing_that_is_being_completed() -> None:
    story = sent_back()
    assert sees(story, "RS.handler") is None
    assert sees(story, "SUN.reader") is Sight.FULL


def test_the_check_stops_while_a_filing_is_completed_and_goes_on_with_what_was_left() -> None:
    """D1 was 23 November; three working days were left on the 18th."""
    story = sent_back("2026-11-18")
    story.act("complete", by="SUN.handler", on=day("2026-11-30"))
    assert story.case.phase is Phase.INTAKE
    assert story.due("D1") == day("2026-12-03")
    assert story.ball() == ("check_filing", "secretariat", day("2026-12-03"))
    assert story.deadline("D2").met_on == day("2026-11-30")


@pytest.mark.parametrize("asked", ["2026-11-20", "2026-11-23", "2026-11-27"])
def test_the_check_of_a_completed_filing_has_at_least_two_working_days(asked: str) -> None:
    story = sent_back(asked)
    story.act("complete", by="SUN.handler", on=day("2026-11-30"))
    assert story.due("D1") == day("2026-12-02")


def test_what_is_completed_stands_in_the_case_and_the_earlier_stand_is_kept() -> None:
    story = sent_back()
    story.act("complete", by="SUN.handler", description="Det gäller vardagar.", position="Vägen in ska vara känd.")
    assert story.case.description == "Det gäller vardagar."
    known = {p.version: p.text for p in queries.positions(story.case)}
    assert set(known) == {1, 2}
    assert known[2] == "Vägen in ska vara känd."


def test_a_filing_in_which_nothing_is_changed_is_not_completed() -> None:
    story = sent_back()
    [own] = queries.positions(story.case)
    with pytest.raises(FactsRefused, match="description"):
        story.act("complete", by="SUN.handler", description=story.case.description, position=own.text)
    assert story.case.phase is Phase.COMPLETION


def test_a_filing_lapses_ten_working_days_after_its_last_day_and_not_before() -> None:
    story = sent_back()
    for reminded_on in (day("2026-12-03"), day("2026-12-09")):
        sweep(instant(reminded_on, dt.time(6)))
        deliver(instant(reminded_on), PastTransport(), base_url="https://example.se", sender="t@example.se", by="test")
    terms = {"reason": "Anmälan är inte kompletterad."}
    with pytest.raises(MoveNotAllowed, match="completion_time_over"):
        story.offer(ProposalKind.LAPSE, terms, by="SEK.region", on=day("2026-12-16"))
    offered = story.offer(ProposalKind.LAPSE, terms, by="SEK.region", on=day("2026-12-17"))
    story.accept(offered, by="SEK.municipal")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.LAPSED)


def test_a_filing_may_still_be_completed_after_its_last_day() -> None:
    story = sent_back()
    story.act("complete", by="SUN.handler", on=day("2026-12-18"))
    assert story.case.phase is Phase.INTAKE


def test_a_completed_filing_rejected_on_the_ground_of_one_person_keeps_none_of_its_texts() -> None:
    """R36: what was asked for and completed is masked in the trail with the filing itself."""
    story = sent_back()
    story.act("complete", by="SUN.handler", on=day("2026-11-20"))
    story.accept(story.offer(ProposalKind.REJECT, REJECT, by="SEK.region"), by="SEK.municipal")
    events = {event.kind: event for event in events_about(f"case:{story.case.number}")}
    for kind in ("case_filed", "completion_asked", "filing_completed"):
        assert content_of(events[kind]) is None, kind


# --- T5, T5b


@pytest.mark.parametrize("said", ["", "14", "23"])
def test_our_four_questions_guide_and_stop_nothing(said: str) -> None:
    """R3, § 7.1: the chair decides by the agreement's own words, whatever the filer has answered to our questions."""
    story = tried(principle_test=[f"q{n}" for n in said])
    story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"))
    assert story.case.is_principled


def test_a_filing_that_asks_to_begin_at_the_first_body_names_a_party_that_the_question_may_affect() -> None:
    for affected in ([], ["RS"], ["NOBODY"]):
        with pytest.raises(FactsRefused, match="affected"):
            filed(**PRINCIPLED | {"affected": affected})


@pytest.mark.parametrize("named", [[], ["RS"], ["SUN"], ["NAC", "SUN"], ["NOBODY"]])
def test_the_reasons_name_a_party_outside_the_dispute(named: list[str]) -> None:
    """T6, § 7.1: "att det kan antas påverka andra parter"."""
    story = tried()
    with pytest.raises(FactsRefused) as refused:
        story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"), named=named)
    assert set(refused.value.errors) == {"named"}
    assert story.case.phase is Phase.BYPASS_REVIEW


def test_who_belongs_to_a_party_of_the_dispute_is_no_other_party_by_itself() -> None:
    """Our reading: in a case with KSON, Norrtälje alone is not another party."""
    for sides in ({"initiator": "KSON"}, {"respondents": ("KSON",)}):
        story = tried(**sides)
        with pytest.raises(FactsRefused, match="vår läsning"):
            story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"), named=["NOR"])
        story.act("grant_principle", by="TSG.chair", named=["NOR", "NAC"])
        assert story.case.is_principled


def test_the_parties_that_the_reasons_name_take_part_and_read_the_case() -> None:
    story = tried()
    story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"), named=["TYR", "NAC"])
    assert [p.party_code for p in story.case.parties_as(PartyRole.AFFECTED)] == ["NAC", "TYR"]
    assert sees(story, "TYR.handler") is Sight.FULL


def test_the_test_is_tried_only_where_the_filer_has_asked_for_it() -> None:
    """R2."""
    story = filed()
    with pytest.raises(MoveNotAllowed, match="principle_asked"):
        story.act("claim_principle", by="SEK.region")


def test_the_respondent_comments_for_five_working_days_and_then_the_chair_decides_in_five() -> None:
    story = tried()
    assert story.future() == [
        (day("2026-11-17"), "comment", "respondent", day("2026-11-24")),
        (day("2026-11-25"), "decide_principle", "chair:TSG", day("2026-12-01")),
        (day("2026-12-09"), "decide_principle", "secretariat", day("2026-12-15")),
    ]


def test_a_comment_gives_the_chair_the_ball_at_once() -> None:
    story = tried()
    story.act("comment_principle", by="RS.handler", on=day("2026-11-19"))
    assert story.ball() == ("decide_principle", "chair:TSG", day("2026-11-26"))
    assert story.deadline("D3").met_on == day("2026-11-19")
    with pytest.raises(MoveNotAllowed, match="comment_open"):
        story.act("comment_principle", by="RS.handler", on=day("2026-11-20"))


def test_after_its_days_the_respondent_comments_no_more() -> None:
    story = tried()
    with pytest.raises(MoveNotAllowed, match="comment_open"):
        story.act("comment_principle", by="RS.handler", on=day("2026-11-25"))


def test_during_the_test_the_respondent_and_the_first_body_see_the_case_and_no_other_party_does() -> None:
    story = filed(**PRINCIPLED)
    assert (sees(story, "RS.handler"), sees(story, "TSG.chair")) == (None, Sight.STUB)
    story.act("claim_principle", by="SEK.region")
    assert (sees(story, "RS.handler"), sees(story, "TSG.chair"), sees(story, "TSG.member")) == (Sight.FULL,) * 3
    assert (sees(story, "TYR.handler"), sees(story, "VIS.chair")) == (None, None)


# --- T6, T7


def test_a_granted_case_is_received_by_the_first_body_and_the_respondent_still_owes_its_part() -> None:
    """E37. Acknowledgement, position and statement are owed from that day: D4, D5, D7b."""
    story = tried()
    story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"))
    assert (story.case.step, story.case.phase, story.case.is_principled) == (2, Phase.RECEIVED, True)
    assert {key: story.due(key) for key in ("D4", "D5", "D7b", "D9")} == {
        "D4": day("2026-12-03"),
        "D5": day("2026-12-17"),
        "D7b": day("2026-12-10"),
        "D9": day("2026-12-03"),
    }
    assert (sees(story, "TYR.handler"), sees(story, "VIS.chair")) == (Sight.TITLE, Sight.TITLE)


def test_what_the_respondent_still_owes_waits_for_it_in_its_list_and_reminds_it_until_it_is_done(
    session: Database,
) -> None:
    story = tried()
    story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"))

    def waits(seat: str) -> list[str]:
        found = overview.overviews(person(seat), story.day, CaseFilter(waits=True))
        return [s.owed.key for s in found if s.owed is not None]

    def reminded() -> set[tuple[str, str, dt.date]]:
        session.commit()
        sweep(instant(story.day))
        mine = select(Nudge).where(Nudge.recipient == person("RS.handler").user_id)
        return {(n.kind.value, n.subject, n.due_on) for n in session.scalars(mine)}

    assert (waits("RS.handler"), waits("SUN.approver"), waits("TYR.handler")) == (["D4"], [], [])
    assert ("N0", "ball:acknowledge", day("2026-11-26")) in reminded()
    story.acknowledge(on=day("2026-11-30"))
    assert waits("RS.handler") == ["D5"]
    story.day = day("2026-12-18")
    assert {subject for _kind, subject, due_on in reminded() if due_on > day("2026-11-30")} == {"D5"}
    story.act("state_position", by="RS.handler")
    assert waits("RS.handler") == []


def test_the_respondent_acknowledges_a_granted_case_once_where_it_stands() -> None:
    story = tried()
    story.act("grant_principle", by="TSG.chair", on=day("2026-11-26"))
    story.acknowledge(on=day("2026-11-30"))
    assert (story.case.step, story.case.phase) == (2, Phase.RECEIVED)
    assert story.deadline("D4").met_on == day("2026-11-30")
    with pytest.raises(MoveNotAllowed, match="unacknowledged"):
        story.acknowledge(on=day("2026-12-01"))


def test_a_refused_case_is_served_that_day_with_full_time() -> None:
    story, served = tried(), filed()
    story.act("refuse_principle", by="TSG.chair", on=day("2026-11-26"))
    served.act("serve", by="SEK.region", on=day("2026-11-26"))
    keys = ("D4", "D5", "D6", "D7", "D7c")
    assert [story.due(key) for key in keys] == [served.due(key) for key in keys]
    assert story.ball() == served.ball()
    assert sees(story, "TSG.chair") is Sight.STUB, "the body has no more to try"


def test_an_undecided_test_counts_as_refused_five_working_days_after_its_last_day() -> None:
    story = tried()
    with pytest.raises(MoveNotAllowed, match="principle_undecided"):
        story.act("refuse_principle", by="SEK.region", on=day("2026-12-08"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("grant_principle", by="SEK.region", on=day("2026-12-09"))
    story.act("refuse_principle", by="SEK.region", on=day("2026-12-09"))
    assert story.case.phase is Phase.SERVED


def test_only_the_chair_of_the_first_body_decides_where_a_case_begins() -> None:
    story = tried()
    for seat in ("VIS.chair", "TSG.member", "SUN.approver", "RS.approver"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("grant_principle", by=seat)
    assert story.case.phase is Phase.BYPASS_REVIEW


@pytest.mark.parametrize("phase", [Phase.COMPLETION, Phase.BYPASS_REVIEW])
def test_what_is_withdrawn_before_it_is_served_is_closed_at_once(phase: Phase) -> None:
    story = sent_back() if phase is Phase.COMPLETION else tried()
    assert story.case.phase is phase
    story.act("withdraw", by="SUN.approver", on=day("2026-11-20"))
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.WITHDRAWN)


# --- The urgent track


@pytest.mark.parametrize(("granted", "last_day"), [(True, "2026-12-02"), (False, "2027-01-20")])
def test_a_filer_who_wishes_for_shorter_days_is_answered_when_the_filing_is_sent_on(
    granted: bool, last_day: str
) -> None:
    story = filed(urgency_reason="Avtalet med vårdgivaren löper ut vid årsskiftet.")
    story.act("serve", by="SEK.region", on=day("2026-11-18"), urgency=granted, urgency_answer="Tiden är knapp.")
    assert story.case.is_urgent is granted
    assert story.due("D7") == day(last_day)
    content = content_of(events_about(f"case:{story.case.number}")[-1]) or {}
    assert content["urgency"] == ("granted" if granted else "refused")
    assert content["urgency_answer"] == "Tiden är knapp."


@pytest.mark.parametrize("answer", [{}, {"urgency": True}, {"urgency": False, "urgency_answer": ""}])
def test_a_wish_for_shorter_days_is_not_passed_over(answer: dict[str, Any]) -> None:
    story = filed(urgency_reason="Avtalet löper ut.")
    with pytest.raises(FactsRefused) as refused:
        story.act("serve", by="SEK.region", on=day("2026-11-18"), **answer)
    assert set(refused.value.errors) == {"urgency"}
    assert story.case.phase is Phase.INTAKE


def test_a_filing_that_wishes_for_nothing_has_the_usual_days_whatever_is_said() -> None:
    story = filed()
    story.act("serve", by="SEK.region", on=day("2026-11-18"), urgency=True, urgency_answer="Ändå.")
    assert not story.case.is_urgent


def test_an_urgent_case_that_is_tried_for_principle_keeps_its_shorter_days() -> None:
    story = filed(**PRINCIPLED | {"urgency_reason": "Avtalet löper ut."})
    story.act("claim_principle", by="SEK.region", on=day("2026-11-17"), urgency=True, urgency_answer="Ja.")
    story.act("comment_principle", by="RS.handler", on=day("2026-11-19"))
    story.act("refuse_principle", by="TSG.chair")
    assert (story.case.is_urgent, story.due("D7")) == (True, day("2026-12-03"))


@pytest.mark.parametrize("verb", ["grant_principle", "refuse_principle"])
def test_the_chair_waits_until_the_respondent_has_commented_or_its_time_is_over(verb: str) -> None:
    story = filed(**PRINCIPLED)
    story.act("claim_principle", by="SEK.region", on=day("2026-11-17"))
    with pytest.raises(MoveNotAllowed, match="comment_closed"):
        story.act(verb, by="TSG.chair", on=day("2026-11-24"))
    story.act(verb, by="TSG.chair", on=day("2026-11-25"))
    assert story.case.phase is not Phase.BYPASS_REVIEW
