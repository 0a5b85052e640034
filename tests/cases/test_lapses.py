"""A case without activity ends: the parties are asked first, two people close it, a party takes it up again by right.

Domain/05 § 5.2 T3b, T21, T21a, T21b, T39. The case was served on 1 September 2026 and acknowledged two days later: its
local step ends on 27 October, the secretariat must choose from 18 November, the steering group's chair from
25 November. In the factories the chair sits for the region's block and the deputy for the municipalities'.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from email.message import EmailMessage

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, proposals
from escalation.cases.models.asks import Proposal
from escalation.cases.overview import CaseFilter
from escalation.cases.people import parties_of
from escalation.cases.sight import Sight, sight_of
from escalation.nudges.models import Nudge
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.events import facts_of
from escalation.watch import delivery, sweep
from escalation.watch.transports import Attempt, PastTransport, Result
from tests.support.days import instant
from tests.support.facts import REJECT, STATEMENT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

REASON = {"reason": "Ingen part har svarat på om den går vidare."}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


class Post:
    """A post office that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[str] = []

    def send(self, message: EmailMessage, sender: str, to: str) -> Attempt:
        self.letters.append(message.get_content())
        return Attempt(Result.SENT)


def asked(on: str = "2026-11-18", by: str = "SEK.region") -> Story:
    """The parties have been asked whether they go on: the respondent acknowledged on 3 September, and that was all."""
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("ask_to_pursue", by=by, on=day(on))
    return story


def silent() -> Story:
    """Asked on 18 November, and silent until the answer's last day had passed: the 2nd of December."""
    story = asked()
    story.day = day("2026-12-03")
    return story


def lapsed(story: Story) -> Story:
    story.accept(story.offer(ProposalKind.LAPSE, REASON, by="SEK.region"), by="SEK.municipal")
    return story


def guard_of(story: Story, kind: ProposalKind, seat: str) -> str | None:
    return proposals.may_offer(story.case, kind, story.file.situation, person(seat))


# --- Asked whether they go on (T21a)


def test_a_case_is_proposed_for_closing_only_after_the_parties_were_asked_whether_they_go_on() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.day = day("2026-11-18")
    assert guard_of(story, ProposalKind.LAPSE, "SEK.region") == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="asked_to_pursue"):
        story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")


def test_a_filer_that_declared_the_impasse_yesterday_is_not_asked_and_its_case_is_not_closed() -> None:
    """Two officials closed it the next day, nine working days before the filer might lift."""
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.declare_impasse(on=story.due("D7c"))
    story.day = day("2026-11-18")
    assert guard_of(story, ProposalKind.LAPSE, "SEK.region") == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="parties_silent"):
        story.act("ask_to_pursue", by="SEK.region")
    assert story.file.opens("parties_silent") == day("2026-12-16")


def test_a_party_that_has_written_since_the_time_was_out_goes_on_and_the_chair_does_not_end_it() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("state_position", by="SUN.handler", on=day("2026-11-18"), text="Vi vill att frågan lyfts.")
    story.day = day("2026-11-26")
    assert guard_of(story, ProposalKind.LAPSE, "TSG.chair") == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="parties_silent"):
        story.act("ask_to_pursue", by="TSG.chair")
    with pytest.raises(MoveNotAllowed):
        story.act("lapse", by="TSG.chair", **REASON)
    assert story.case.phase is Phase.DIALOGUE


@pytest.mark.parametrize(("seat", "from_day", "guard"), [
    ("SEK.municipal", "2026-11-18", "forced_decision_due"), ("TSG.chair", "2026-11-25", "forced_decision_passed"),
])  # fmt: skip
def test_the_one_who_must_choose_the_way_may_ask_but_not_before(seat: str, from_day: str, guard: str) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match=guard):
        story.act("ask_to_pursue", by=seat, on=workdays.subtract(day(from_day), 1, story.calendar))
    story.act("ask_to_pursue", by=seat, on=day(from_day))


def test_every_initiator_and_respondent_is_asked_with_ten_working_days_and_a_letter_of_its_own(
    session: Database,
) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE, respondents=("RS", "KSON"), affected=("TYR",))
    others = ("SUN.approver", "RS.handler", "KSON.handler"), ("TYR.handler", "TYR.approver", "SEK.region")
    asks, not_asked = ({person(seat).user_id for seat in seats} for seats in others)
    story.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))
    assert story.future() == [
        (day("2026-11-18"), "say_on", "both_sides", day("2026-12-02")),
        (day("2026-12-03"), "force", "secretariat", day("2026-12-09")),
        (day("2026-12-10"), "force", "chair:TSG", day("2026-12-16")),
    ]
    session.commit()
    written = {n.recipient for n in session.scalars(select(Nudge).where(Nudge.subject == "ball:say_on"))}
    assert written >= asks
    assert not written & not_asked
    post = Post()
    delivery.deliver(
        instant(day("2026-11-18")), post, base_url="https://example.se", sender="trappan@example.se", by="test"
    )
    letter = next(text for text in post.letters if "2 december 2026" in text)
    for told_in_it in ("20 arbetsdagar", "två personer från olika sidor", "ta upp det en gång, utan prövning"):
        assert told_in_it in " ".join(letter.split())


def test_the_parties_are_asked_twice_in_a_round_and_after_that_only_the_lift_is_left() -> None:
    story = asked()
    story.act("pursue", by="SUN.handler", on=day("2026-11-20"))
    story.act("ask_to_pursue", by="SEK.region", on=day("2026-12-21"))
    story.act("pursue", by="SUN.handler", on=day("2026-12-22"))
    story.day = day("2027-03-01")
    with pytest.raises(MoveNotAllowed, match="asked_less_than_twice"):
        story.act("ask_to_pursue", by="SEK.region")
    story.act("declare_impasse", by="SEK.region")


def test_a_case_of_a_principled_question_is_never_asked_about() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.case.is_principled = True
    with pytest.raises(MoveNotAllowed, match="not_principled"):
        story.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))


# --- It goes on (T21b)


@pytest.mark.parametrize("seat", ["SUN.handler", "RS.handler"])
def test_a_party_that_says_that_it_goes_on_has_twenty_days_in_which_the_case_stays_open(seat: str) -> None:
    story = asked()
    story.act("pursue", by=seat, on=day("2026-12-01"))
    assert story.future() == [
        (day("2026-12-01"), "lift", "pursuers", day("2027-01-04")),
        (day("2027-01-05"), "force", "secretariat", day("2027-01-12")),
        (day("2027-01-13"), "force", "chair:TSG", day("2027-01-19")),
    ]
    assert parties_of(story.case, "pursuers") == [seat.partition(".")[0]]
    assert story.case.pursuer is not None
    assert story.case.pursuer.party_code == seat.partition(".")[0]
    story.day = day("2027-01-04")
    for official in ("SEK.region", "SEK.municipal"):
        assert guard_of(story, ProposalKind.LAPSE, official) == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="parties_silent"):
        story.act("ask_to_pursue", by="SEK.region")
    story.act("ask_to_pursue", by="SEK.region", on=day("2027-01-05"))


def test_who_is_no_side_of_the_case_does_not_answer_whether_it_goes_on() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE, affected=("TYR",))
    story.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))
    for seat in ("TYR.handler", "SEK.region", "TSG.chair", "SUN.reader"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("pursue", by=seat)


# --- It lapses (T21)


def test_a_case_lapses_only_when_the_parties_have_been_silent_for_ten_days() -> None:
    story = asked()
    story.day = day("2026-12-02")
    assert guard_of(story, ProposalKind.LAPSE, "SEK.region") == "ask_time_over"
    story.day = day("2026-12-03")
    lapsed(story)
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.LAPSED)


def test_any_act_of_a_party_since_it_was_asked_keeps_the_case_open() -> None:
    story = silent()
    story.act("note_meeting", by="RS.handler")
    assert guard_of(story, ProposalKind.LAPSE, "SEK.region") == "silent_since_asked"


def test_a_proposal_to_close_for_silence_ends_when_a_party_acts() -> None:
    story = silent()
    offered = story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    story.act("pursue", by="SUN.handler")
    with pytest.raises(MoveNotAllowed, match="proposal_open"):
        story.accept(offered, by="SEK.municipal")
    assert story.case.phase is Phase.DIALOGUE


@pytest.mark.parametrize(("begins", "other"), [("TSG.chair", "SEK.municipal"), ("TSG.deputy", "SEK.region")])
def test_a_chair_that_begins_a_lapse_only_proposes_and_the_other_side_must_agree(begins: str, other: str) -> None:
    story = silent()
    story.day = day("2026-12-09")
    assert guard_of(story, ProposalKind.LAPSE, begins) == "ask_long_over"
    story.day = day("2026-12-10")
    offered = story.offer(ProposalKind.LAPSE, REASON, by=begins)
    assert story.case.phase is Phase.DIALOGUE
    same = "SEK.region" if other == "SEK.municipal" else "SEK.municipal"
    with pytest.raises(MoveNotAllowed, match="other_side"):
        story.accept(offered, by=same)
    story.accept(offered, by=other)
    assert story.case.closing_reason is ClosingReason.LAPSED


def test_a_chair_without_a_registered_block_counts_for_no_side(session: Database) -> None:
    """Two people of different sides: where the chair's is not known, an official of each side must agree."""
    story = silent()
    chair = person("TSG.chair")
    story.day = day("2026-12-10")
    unknown = replace(chair, side=None)
    s = story.file.situation
    offered = proposals.offer(story.case, s, by=unknown, at=instant(story.day), kind=ProposalKind.LAPSE, terms=REASON)
    story.accept(offered, by="SEK.region")
    assert story.case.phase is Phase.DIALOGUE
    story.accept(offered, by="SEK.municipal")
    assert story.file.case.phase is Phase.CLOSED


def test_one_person_does_not_propose_and_accept(session: Database) -> None:
    story = silent()
    offered = story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    twice = replace(person("SEK.municipal"), user_id=person("SEK.region").user_id)
    assert proposals.may_answer(story.case, offered, twice, story.day) == "other_side"


def test_where_the_other_side_is_silent_for_ten_days_the_chair_of_its_block_answers_in_its_place() -> None:
    story = silent()
    offered = story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    assert (offered.valid_until, offered.chairs_until) == (day("2026-12-17"), day("2027-01-07"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.accept(offered, by="TSG.deputy", on=day("2026-12-17"))
    story.day = day("2026-12-18")
    assert proposals.may_answer(story.case, offered, person("TSG.chair"), story.day) == "other_side"
    assert proposals.may_answer(story.case, offered, person("VIS.deputy"), story.day) == "seat"
    waits = {s.case.number: s for s in overview.overviews(person("TSG.deputy"), story.day, CaseFilter(waits=True))}
    assert waits[story.case.number].proposal is offered, "the deputy's start page asks for the answer"
    assert waits[story.case.number].sight is Sight.FULL
    story.accept(offered, by="TSG.deputy")
    assert story.case.closing_reason is ClosingReason.LAPSED


def test_without_the_other_hand_the_act_is_not_done_and_the_case_goes_on() -> None:
    story = silent()
    offered = story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    story.day = day("2027-01-08")
    for seat in ("SEK.municipal", "TSG.deputy"):
        assert proposals.may_answer(story.case, offered, person(seat), story.day) == "proposal_open"
    assert story.case.phase is Phase.DIALOGUE


def test_a_rejection_is_answered_by_the_deputy_where_the_municipal_side_is_silent() -> None:
    story = StoryFactory(at_phase=Phase.INTAKE)
    offered = story.offer(ProposalKind.REJECT, REJECT | {"ground": "law"}, by="SEK.region")
    story.day = workdays.open_from(offered.valid_until, story.calendar)
    assert sight_of(story.case, person("TSG.deputy"), story.day) is Sight.FULL
    assert sight_of(story.case, person("TSG.chair"), story.day) is Sight.STUB
    story.accept(offered, by="TSG.deputy")
    assert story.case.closing_reason is ClosingReason.OUT_OF_SCOPE


# --- An incomplete filing (T3b)


def sent_back() -> Story:
    story: Story = StoryFactory(filed_on=day("2026-11-17"))
    story.act("ask_completion", by="SEK.region", on=day("2026-11-18"))
    story.day = day("2026-12-17")
    return story


def remind(story: Story, *days: str) -> None:
    for text in days:
        sweep.sweep(instant(day(text), dt.time(6)))
        delivery.deliver(
            instant(day(text)), PastTransport(), base_url="https://example.se", sender="trappan@example.se", by="test"
        )


def test_an_incomplete_filing_ends_by_two_hands_when_its_filer_was_reminded_twice_and_never_answered() -> None:
    story = sent_back()
    remind(story, "2026-11-19", "2026-12-03")
    assert guard_of(story, ProposalKind.LAPSE, "SEK.region") == "reminded_twice"
    remind(story, "2026-12-09")
    offered = story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    assert story.case.phase is Phase.COMPLETION
    story.accept(offered, by="SEK.municipal")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.LAPSED)
    story.act("take_up_by_right", by="SUN.approver")
    assert (story.case.phase, story.case.round) == (Phase.INTAKE, 2)
    assert story.ball()[:2] == ("check_filing", "secretariat")


def test_an_incomplete_filing_does_not_wait_for_ever_for_a_reminder_that_could_not_be_sent() -> None:
    story = sent_back()
    story.day = workdays.add(story.due("D2"), 15, story.calendar)
    assert guard_of(story, ProposalKind.LAPSE, "SEK.region") == "reminded_twice"
    assert story.file.opens("reminded_twice") == workdays.open_from(story.day, story.calendar)
    story.day = workdays.open_from(story.day, story.calendar)
    offered = story.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    story.accept(offered, by="SEK.municipal")
    assert story.case.closing_reason is ClosingReason.LAPSED


def test_one_official_alone_never_ends_an_incomplete_filing() -> None:
    story = sent_back()
    remind(story, "2026-11-19", "2026-12-03", "2026-12-09")
    with pytest.raises(MoveNotAllowed, match="lapse_agreed"):
        story.act("lapse_incomplete", by="SEK.region")


# --- Taken up by right (T39)


def test_an_initiator_takes_a_lapsed_case_up_once_by_itself_in_the_phase_it_had() -> None:
    story = lapsed(silent())
    story.act("take_up_by_right", by="SUN.approver", on=day("2027-02-01"))
    assert (story.case.phase, story.case.step, story.case.round) == (Phase.DIALOGUE, 1, 2)
    assert story.ball()[:2] == ("position", "respondent"), "what had been done stands, what had not is owed"
    assert story.future()[1][:3] == (day("2027-02-02"), "settle_extend_lift", "both_sides"), "the local time is over"
    story.act("ask_to_pursue", by="SEK.region", on=story.file.opens("parties_silent"))
    story.day = workdays.open_from(story.due("A"), story.calendar)
    lapsed(story)
    with pytest.raises(MoveNotAllowed, match="not_taken_up_by_right"):
        story.act("take_up_by_right", by="SUN.approver")


def test_what_the_parties_had_done_stands_when_a_lapsed_case_is_taken_up_and_who_might_lift_may_lift() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("state_position", by="RS.handler")
    story.act("note_meeting", by="RS.handler")
    story.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))
    story.day = day("2026-12-03")
    lapsed(story).act("take_up_by_right", by="SUN.approver")
    assert story.ball()[:2] == ("settle", "both_sides")
    assert story.file.situation.is_position_in
    assert story.file.situation.is_meeting_held
    story.act("declare_impasse", by="SUN.approver", on=day("2026-12-04"))
    assert story.case.phase is Phase.IMPASSE


def test_a_case_that_lapsed_in_impasse_goes_on_there() -> None:
    story = StoryFactory(at_phase=Phase.IMPASSE)
    story.act("ask_to_pursue", by="SEK.region", on=day("2026-11-26"))
    story.day = day("2026-12-11")
    lapsed(story).act("take_up_by_right", by="SUN.approver")
    assert story.case.phase is Phase.IMPASSE
    assert story.ball() == ("statement", "both_sides", day("2026-12-11")), "the time for the statement was over"
    story.act("lift", by="SUN.approver", on=day("2026-12-14"), **STATEMENT)
    assert story.case.step == 2


@pytest.mark.parametrize(("seat", "on", "guard"), [
    ("RS.approver", "2027-02-01", "seat"), ("SUN.handler", "2027-02-01", "seat"),
    ("SEK.region", "2027-02-01", "seat"), ("SUN.approver", "2027-12-06", "reopening_in_time"),
])  # fmt: skip
def test_only_the_initiators_approver_takes_it_up_by_right_and_only_within_twelve_months(
    seat: str, on: str, guard: str
) -> None:
    story = lapsed(silent())
    with pytest.raises(MoveNotAllowed, match=guard):
        story.act("take_up_by_right", by=seat, on=day(on))


def test_a_case_that_was_settled_is_not_taken_up_by_right() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    terms = {"settlement": "Numret står i portalen.", "obligations": []}
    story.accept(story.offer(ProposalKind.SETTLEMENT, terms, by="SUN.approver"), by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="ended_unheard"):
        story.act("take_up_by_right", by="SUN.approver")


# --- Who it was, and who reads what


def test_the_history_says_that_it_was_the_chair_and_not_the_body() -> None:
    story = asked(on="2026-11-25", by="TSG.chair")
    story.act("declare_impasse", by="TSG.deputy")
    events = {e.kind: facts_of(e) or {} for e in trail.events_about(f"case:{story.case.number}")}
    assert events["asked_to_pursue"]["who"] == "chair:TSG"
    assert events["impasse_declared"]["who"] == "deputy:TSG"


def test_a_chair_reads_the_case_whole_while_it_waits_for_that_chairs_choice_and_no_longer() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    assert sight_of(story.case, person("TSG.chair"), day("2026-11-24")) is Sight.STUB
    assert sight_of(story.case, person("TSG.chair"), day("2026-11-25")) is Sight.FULL
    assert sight_of(story.case, person("TSG.member"), day("2026-11-25")) is Sight.STUB
    assert sight_of(story.case, person("VIS.chair"), day("2026-11-25")) is None
    story.accept(
        story.offer(ProposalKind.EXTENSION, {"reason": "Svar väntas.", "extended_to": "2026-12-09"},
                   by="SUN.approver", on=day("2026-11-25")),
        by="RS.approver",
    )  # fmt: skip
    assert sight_of(story.case, person("TSG.chair"), day("2026-11-25")) is Sight.STUB


def test_proposals_to_lapse_are_the_parties_to_stop_and_never_theirs_to_make(session: Database) -> None:
    story = silent()
    for seat in ("SUN.approver", "RS.approver", "TSG.member", "AUDITOR"):
        assert guard_of(story, ProposalKind.LAPSE, seat) == "seat"
    assert session.scalars(select(Proposal)).all() == []
