"""A case ends because nobody goes on with it: asked first, silent, by two hands, and taken up again by right.

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
from tests.support.days import at
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
    told: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    told.act("ask_to_pursue", by=by, on=day(on))
    return told


def silent() -> Story:
    """Asked on 18 November, and silent until the answer's last day had passed: the 2nd of December."""
    told = asked()
    told.day = day("2026-12-03")
    return told


def lapsed(told: Story) -> Story:
    told.accept(told.offer(ProposalKind.LAPSE, REASON, by="SEK.region"), by="SEK.municipal")
    return told


def guard_of(told: Story, kind: ProposalKind, seat: str) -> str | None:
    return proposals.may_offer(told.case, kind, told.file.situation, person(seat))


# --- Asked whether they go on (T21a)


def test_nobody_proposes_to_close_a_case_before_the_parties_were_asked_whether_they_go_on() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    told.day = day("2026-11-18")
    assert guard_of(told, ProposalKind.LAPSE, "SEK.region") == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="asked_to_pursue"):
        told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")


def test_a_filer_that_declared_the_impasse_yesterday_is_not_asked_and_its_case_is_not_closed() -> None:
    """Two officials closed it the next day, nine working days before the filer might lift."""
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    told.declare_impasse(on=told.due("D7c"))
    told.day = day("2026-11-18")
    assert guard_of(told, ProposalKind.LAPSE, "SEK.region") == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="parties_silent"):
        told.act("ask_to_pursue", by="SEK.region")
    assert told.file.opens("parties_silent") == day("2026-12-16")


def test_a_party_that_has_written_since_the_time_was_out_goes_on_and_the_chair_does_not_end_it() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    told.act("state_position", by="SUN.handler", on=day("2026-11-18"), text="Vi vill att frågan lyfts.")
    told.day = day("2026-11-26")
    assert guard_of(told, ProposalKind.LAPSE, "TSG.chair") == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="parties_silent"):
        told.act("ask_to_pursue", by="TSG.chair")
    with pytest.raises(MoveNotAllowed):
        told.act("lapse", by="TSG.chair", **REASON)
    assert told.case.phase is Phase.DIALOGUE


@pytest.mark.parametrize(("seat", "from_day", "guard"), [
    ("SEK.municipal", "2026-11-18", "forced_decision_due"), ("TSG.chair", "2026-11-25", "forced_decision_passed"),
])  # fmt: skip
def test_who_must_choose_the_way_may_ask_and_nobody_before(seat: str, from_day: str, guard: str) -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match=guard):
        told.act("ask_to_pursue", by=seat, on=workdays.subtract(day(from_day), 1, told.calendar))
    told.act("ask_to_pursue", by=seat, on=day(from_day))


def test_every_initiator_and_respondent_is_asked_with_ten_working_days_and_a_letter_of_its_own(
    session: Database,
) -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE, respondents=("RS", "KSON"), affected=("TYR",))
    others = ("SUN.approver", "RS.handler", "KSON.handler"), ("TYR.handler", "TYR.approver", "SEK.region")
    asks, not_asked = ({person(seat).user_id for seat in seats} for seats in others)
    told.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))
    assert told.future() == [
        (day("2026-11-18"), "say_on", "both_sides", day("2026-12-02")),
        (day("2026-12-03"), "force", "secretariat", day("2026-12-09")),
        (day("2026-12-10"), "force", "chair:TSG", day("2026-12-16")),
    ]
    session.commit()
    written = {n.recipient for n in session.scalars(select(Nudge).where(Nudge.subject == "ball:say_on"))}
    assert written >= asks
    assert not written & not_asked
    post = Post()
    delivery.deliver(at(day("2026-11-18")), post, base_url="https://example.se", sender="trappan@example.se", by="test")
    letter = next(text for text in post.letters if "2 december 2026" in text)
    for told_in_it in ("20 arbetsdagar", "två personer från olika sidor", "ta upp det en gång, utan prövning"):
        assert told_in_it in " ".join(letter.split())


def test_the_parties_are_asked_twice_in_a_round_and_after_that_only_the_lift_is_left() -> None:
    told = asked()
    told.act("pursue", by="SUN.handler", on=day("2026-11-20"))
    told.act("ask_to_pursue", by="SEK.region", on=day("2026-12-21"))
    told.act("pursue", by="SUN.handler", on=day("2026-12-22"))
    told.day = day("2027-03-01")
    with pytest.raises(MoveNotAllowed, match="asked_less_than_twice"):
        told.act("ask_to_pursue", by="SEK.region")
    told.act("declare_impasse", by="SEK.region")


def test_a_case_of_a_principled_question_is_never_asked_about() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    told.case.is_principled = True
    with pytest.raises(MoveNotAllowed, match="not_principled"):
        told.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))


# --- It goes on (T21b)


@pytest.mark.parametrize("seat", ["SUN.handler", "RS.handler"])
def test_a_party_that_says_that_it_goes_on_has_twenty_days_and_nobody_closes_the_case(seat: str) -> None:
    told = asked()
    told.act("pursue", by=seat, on=day("2026-12-01"))
    assert told.future() == [
        (day("2026-12-01"), "lift", "pursuers", day("2027-01-04")),
        (day("2027-01-05"), "force", "secretariat", day("2027-01-12")),
        (day("2027-01-13"), "force", "chair:TSG", day("2027-01-19")),
    ]
    assert parties_of(told.case, "pursuers") == [seat.partition(".")[0]]
    assert told.case.pursuer is not None
    assert told.case.pursuer.party_code == seat.partition(".")[0]
    told.day = day("2027-01-04")
    for official in ("SEK.region", "SEK.municipal"):
        assert guard_of(told, ProposalKind.LAPSE, official) == "asked_to_pursue"
    with pytest.raises(MoveNotAllowed, match="parties_silent"):
        told.act("ask_to_pursue", by="SEK.region")
    told.act("ask_to_pursue", by="SEK.region", on=day("2027-01-05"))


def test_who_is_no_side_of_the_case_does_not_answer_whether_it_goes_on() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE, affected=("TYR",))
    told.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))
    for seat in ("TYR.handler", "SEK.region", "TSG.chair", "SUN.reader"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            told.act("pursue", by=seat)


# --- It lapses (T21)


def test_a_case_lapses_only_when_the_parties_have_been_silent_for_ten_days() -> None:
    told = asked()
    told.day = day("2026-12-02")
    assert guard_of(told, ProposalKind.LAPSE, "SEK.region") == "ask_time_over"
    told.day = day("2026-12-03")
    lapsed(told)
    assert (told.case.phase, told.case.closing_reason) == (Phase.CLOSED, ClosingReason.LAPSED)


def test_any_act_of_a_party_since_it_was_asked_keeps_the_case_open() -> None:
    told = silent()
    told.act("note_meeting", by="RS.handler")
    assert guard_of(told, ProposalKind.LAPSE, "SEK.region") == "silent_since_asked"


def test_what_was_proposed_because_nobody_acts_ends_when_somebody_does() -> None:
    told = silent()
    offered = told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    told.act("pursue", by="SUN.handler")
    with pytest.raises(MoveNotAllowed, match="proposal_open"):
        told.accept(offered, by="SEK.municipal")
    assert told.case.phase is Phase.DIALOGUE


@pytest.mark.parametrize(("begins", "other"), [("TSG.chair", "SEK.municipal"), ("TSG.deputy", "SEK.region")])
def test_a_chair_that_begins_a_lapse_only_proposes_and_the_other_side_must_agree(begins: str, other: str) -> None:
    told = silent()
    told.day = day("2026-12-09")
    assert guard_of(told, ProposalKind.LAPSE, begins) == "ask_long_over"
    told.day = day("2026-12-10")
    offered = told.offer(ProposalKind.LAPSE, REASON, by=begins)
    assert told.case.phase is Phase.DIALOGUE
    same = "SEK.region" if other == "SEK.municipal" else "SEK.municipal"
    with pytest.raises(MoveNotAllowed, match="other_side"):
        told.accept(offered, by=same)
    told.accept(offered, by=other)
    assert told.case.closing_reason is ClosingReason.LAPSED


def test_a_chair_whose_block_nobody_has_registered_counts_for_no_side(session: Database) -> None:
    """Two people of different sides: where nobody knows the chair's, an official of each side must agree."""
    told = silent()
    chair = person("TSG.chair")
    told.day = day("2026-12-10")
    unknown = replace(chair, side=None)
    s = told.file.situation
    offered = proposals.offer(told.case, s, by=unknown, at=at(told.day), kind=ProposalKind.LAPSE, terms=REASON)
    told.accept(offered, by="SEK.region")
    assert told.case.phase is Phase.DIALOGUE
    told.accept(offered, by="SEK.municipal")
    assert told.file.case.phase is Phase.CLOSED


def test_nobody_is_both_hands(session: Database) -> None:
    told = silent()
    offered = told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    twice = replace(person("SEK.municipal"), user_id=person("SEK.region").user_id)
    assert proposals.may_answer(told.case, offered, twice, told.day) == "other_side"


def test_where_the_other_side_is_silent_for_ten_days_the_chair_of_its_block_answers_in_its_place() -> None:
    told = silent()
    offered = told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    assert (offered.valid_until, offered.chairs_until) == (day("2026-12-17"), day("2027-01-07"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        told.accept(offered, by="TSG.deputy", on=day("2026-12-17"))
    told.day = day("2026-12-18")
    assert proposals.may_answer(told.case, offered, person("TSG.chair"), told.day) == "other_side"
    assert proposals.may_answer(told.case, offered, person("VIS.deputy"), told.day) == "seat"
    waits = {s.case.number: s for s in overview.overviews(person("TSG.deputy"), told.day, CaseFilter(waits=True))}
    assert waits[told.case.number].proposal is offered, "the deputy's start page asks for the answer"
    assert waits[told.case.number].sight is Sight.FULL
    told.accept(offered, by="TSG.deputy")
    assert told.case.closing_reason is ClosingReason.LAPSED


def test_without_the_other_hand_the_act_is_not_done_and_the_case_goes_on() -> None:
    told = silent()
    offered = told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    told.day = day("2027-01-08")
    for seat in ("SEK.municipal", "TSG.deputy"):
        assert proposals.may_answer(told.case, offered, person(seat), told.day) == "proposal_open"
    assert told.case.phase is Phase.DIALOGUE


def test_a_rejection_is_answered_by_the_deputy_where_the_municipal_side_is_silent() -> None:
    told = StoryFactory(at_phase=Phase.INTAKE)
    offered = told.offer(ProposalKind.REJECT, REJECT | {"ground": "law"}, by="SEK.region")
    told.day = workdays.open_from(offered.valid_until, told.calendar)
    assert sight_of(told.case, person("TSG.deputy"), told.day) is Sight.FULL
    assert sight_of(told.case, person("TSG.chair"), told.day) is Sight.STUB
    told.accept(offered, by="TSG.deputy")
    assert told.case.closing_reason is ClosingReason.OUT_OF_SCOPE


# --- An incomplete filing (T3b)


def sent_back() -> Story:
    told: Story = StoryFactory(filed_on=day("2026-11-17"))
    told.act("ask_completion", by="SEK.region", on=day("2026-11-18"))
    told.day = day("2026-12-17")
    return told


def remind(told: Story, *days: str) -> None:
    for text in days:
        sweep.sweep(at(day(text), dt.time(6)))
        delivery.deliver(
            at(day(text)), PastTransport(), base_url="https://example.se", sender="trappan@example.se", by="test"
        )


def test_an_incomplete_filing_ends_by_two_hands_when_its_filer_was_reminded_twice_and_never_answered() -> None:
    told = sent_back()
    remind(told, "2026-11-19", "2026-12-03")
    assert guard_of(told, ProposalKind.LAPSE, "SEK.region") == "reminded_twice"
    remind(told, "2026-12-09")
    offered = told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    assert told.case.phase is Phase.COMPLETION
    told.accept(offered, by="SEK.municipal")
    assert (told.case.phase, told.case.closing_reason) == (Phase.CLOSED, ClosingReason.LAPSED)
    told.act("take_up_by_right", by="SUN.approver")
    assert (told.case.phase, told.case.round) == (Phase.INTAKE, 2)
    assert told.ball()[:2] == ("check_filing", "secretariat")


def test_an_incomplete_filing_does_not_wait_for_ever_for_a_reminder_that_could_not_be_sent() -> None:
    told = sent_back()
    told.day = workdays.add(told.due("D2"), 15, told.calendar)
    assert guard_of(told, ProposalKind.LAPSE, "SEK.region") == "reminded_twice"
    assert told.file.opens("reminded_twice") == workdays.open_from(told.day, told.calendar)
    told.day = workdays.open_from(told.day, told.calendar)
    offered = told.offer(ProposalKind.LAPSE, REASON, by="SEK.region")
    told.accept(offered, by="SEK.municipal")
    assert told.case.closing_reason is ClosingReason.LAPSED


def test_one_official_alone_never_ends_an_incomplete_filing() -> None:
    told = sent_back()
    remind(told, "2026-11-19", "2026-12-03", "2026-12-09")
    with pytest.raises(MoveNotAllowed, match="lapse_agreed"):
        told.act("lapse_incomplete", by="SEK.region")


# --- Taken up by right (T39)


def test_an_initiator_takes_a_lapsed_case_up_once_by_itself_in_the_phase_it_had() -> None:
    told = lapsed(silent())
    told.act("take_up_by_right", by="SUN.approver", on=day("2027-02-01"))
    assert (told.case.phase, told.case.step, told.case.round) == (Phase.DIALOGUE, 1, 2)
    assert told.ball()[:2] == ("position", "respondent"), "what had been done stands, what had not is owed"
    assert told.future()[1][:3] == (day("2027-02-02"), "settle_extend_lift", "both_sides"), "the local time is over"
    told.act("ask_to_pursue", by="SEK.region", on=told.file.opens("parties_silent"))
    told.day = workdays.open_from(told.due("A"), told.calendar)
    lapsed(told)
    with pytest.raises(MoveNotAllowed, match="not_taken_up_by_right"):
        told.act("take_up_by_right", by="SUN.approver")


def test_what_the_parties_had_done_stands_when_a_lapsed_case_is_taken_up_and_who_might_lift_may_lift() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    told.act("state_position", by="RS.handler")
    told.act("note_meeting", by="RS.handler")
    told.act("ask_to_pursue", by="SEK.region", on=day("2026-11-18"))
    told.day = day("2026-12-03")
    lapsed(told).act("take_up_by_right", by="SUN.approver")
    assert told.ball()[:2] == ("settle", "both_sides")
    assert told.file.situation.is_position_in
    assert told.file.situation.is_meeting_held
    told.act("declare_impasse", by="SUN.approver", on=day("2026-12-04"))
    assert told.case.phase is Phase.IMPASSE


def test_a_case_that_lapsed_in_impasse_goes_on_there() -> None:
    told = StoryFactory(at_phase=Phase.IMPASSE)
    told.act("ask_to_pursue", by="SEK.region", on=day("2026-11-26"))
    told.day = day("2026-12-11")
    lapsed(told).act("take_up_by_right", by="SUN.approver")
    assert told.case.phase is Phase.IMPASSE
    assert told.ball() == ("statement", "both_sides", day("2026-12-11")), "the time for the statement was over"
    told.act("lift", by="SUN.approver", on=day("2026-12-14"), **STATEMENT)
    assert told.case.step == 2


@pytest.mark.parametrize(("seat", "on", "guard"), [
    ("RS.approver", "2027-02-01", "seat"), ("SUN.handler", "2027-02-01", "seat"),
    ("SEK.region", "2027-02-01", "seat"), ("SUN.approver", "2027-12-06", "reopening_in_time"),
])  # fmt: skip
def test_nobody_else_takes_it_up_so_and_nobody_after_twelve_months(seat: str, on: str, guard: str) -> None:
    told = lapsed(silent())
    with pytest.raises(MoveNotAllowed, match=guard):
        told.act("take_up_by_right", by=seat, on=day(on))


def test_a_case_that_was_settled_is_not_taken_up_by_right() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    terms = {"settlement": "Numret står i portalen.", "obligations": []}
    told.accept(told.offer(ProposalKind.SETTLEMENT, terms, by="SUN.approver"), by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="ended_unheard"):
        told.act("take_up_by_right", by="SUN.approver")


# --- Who it was, and who reads what


def test_the_history_says_that_it_was_the_chair_and_not_the_body() -> None:
    told = asked(on="2026-11-25", by="TSG.chair")
    told.act("declare_impasse", by="TSG.deputy")
    events = {e.kind: facts_of(e) or {} for e in trail.events_about(f"case:{told.case.number}")}
    assert events["asked_to_pursue"]["who"] == "chair:TSG"
    assert events["impasse_declared"]["who"] == "deputy:TSG"


def test_a_chair_reads_the_case_whole_while_it_waits_for_that_chairs_choice_and_no_longer() -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    assert sight_of(told.case, person("TSG.chair"), day("2026-11-24")) is Sight.STUB
    assert sight_of(told.case, person("TSG.chair"), day("2026-11-25")) is Sight.FULL
    assert sight_of(told.case, person("TSG.member"), day("2026-11-25")) is Sight.STUB
    assert sight_of(told.case, person("VIS.chair"), day("2026-11-25")) is None
    told.accept(
        told.offer(ProposalKind.EXTENSION, {"reason": "Svar väntas.", "extended_to": "2026-12-09"},
                   by="SUN.approver", on=day("2026-11-25")),
        by="RS.approver",
    )  # fmt: skip
    assert sight_of(told.case, person("TSG.chair"), day("2026-11-25")) is Sight.STUB


def test_proposals_to_lapse_are_the_parties_to_stop_and_never_theirs_to_make(session: Database) -> None:
    told = silent()
    for seat in ("SUN.approver", "RS.approver", "TSG.member", "AUDITOR"):
        assert guard_of(told, ProposalKind.LAPSE, seat) == "seat"
    assert session.scalars(select(Proposal)).all() == []
