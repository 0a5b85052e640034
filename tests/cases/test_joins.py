"""Cases about one question are joined to a lead case and close with it (T38); C06 of domain/09."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, patterns, queries
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.cases.overview import CaseFilter
from escalation.cases.seats import objectors
from escalation.cases.sight import Sight, sight_of
from escalation.cases.waits import open_balls, without_ball
from escalation.rules import workdays
from escalation.rules.deadlines import recount
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, HearingKind, Outcome, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

JOIN = HearingKind.JOIN


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def served(initiator: str, on: str, **facts: Any) -> Story:
    days = {"filed_on": day(on) - dt.timedelta(days=3), "event_on": day(on) - dt.timedelta(days=30)}
    story: Story = StoryFactory(initiator=initiator, **days | facts)
    return story.serve(on=day(on))


def three() -> tuple[Story, Story, Story]:
    """As C06: Nacka's case was served on 8 September, Värmdö's on the 15th and Lidingö's on the 22nd."""
    return served("NAC", "2025-09-08"), served("VAR", "2025-09-15"), served("LID", "2025-09-22")


def asked(lead: Story, *members: Story, on: str = "2025-09-26") -> None:
    lead.hear(JOIN, by="SEK.region", on=day(on), members=[m.case.number for m in members])


def joined(lead: Story, *members: Story, on: str = "2025-10-06") -> None:
    asked(lead, *members)
    lead.act("join", by="SEK.region", on=day(on))
    for story in members:
        story.day = lead.day


# --- Hearing


def test_the_parties_of_all_the_cases_are_heard_each_in_its_own_case() -> None:
    lead, second, third = three()
    asked(lead, second, third)
    for story, seat in ((lead, "NAC.handler"), (second, "VAR.handler"), (third, "LID.handler")):
        [hearing] = story.file.hearings
        assert hearing.answer_until == day("2025-10-03")
        story.comment(hearing, by=seat, on=day("2025-09-29"))
    with pytest.raises(MoveNotAllowed, match="join_heard"):
        lead.act("join", by="SEK.region", on=day("2025-10-03"))
    for story in (lead, second):
        story.comment(story.file.hearings[0], by="RS.handler", on=day("2025-10-03"))
    with pytest.raises(MoveNotAllowed, match="join_heard"):
        lead.act("join", by="SEK.region", on=day("2025-10-03"))
    assert not lead.file.situation.heard, "so no page offers what would be refused"
    third.comment(third.file.hearings[0], by="RS.handler", on=day("2025-10-03"))
    assert lead.file_on(day("2025-10-03")).situation.heard == {JOIN}
    lead.act("join", by="SEK.region", on=day("2025-10-03"))
    assert {story.case.joined_to for story in (second, third)} == {lead.case.number}


def test_it_is_the_lead_cases_page_on_which_they_are_joined() -> None:
    lead, second, _third = three()
    asked(lead, second)
    with pytest.raises(MoveNotAllowed, match="join_heard"):
        second.act("join", by="SEK.region", on=day("2025-10-06"))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"agreement": "KSABO", "respondents": ("NYN",)}, "Andra går inte"),
        ({"initiator": "RS", "respondents": ("NAC",)}, "anmälare och i ett annat motpart"),
    ],
)
def test_what_is_no_common_question_is_not_joined(facts: dict[str, Any], sentence: str) -> None:
    lead, other = served("NAC", "2025-09-08"), served(**{"initiator": "VAR", "on": "2025-09-15"} | facts)
    with pytest.raises(FactsRefused, match=sentence):
        asked(lead, other)
    with pytest.raises(FactsRefused, match="Välj minst ett"):
        asked(lead)


def test_only_undecided_cases_on_the_same_step_are_joined_and_no_case_follows_two() -> None:
    lead, second, third = three()
    filed = StoryFactory(initiator="VAL", filed_on=day("2025-09-20"), event_on=day("2025-09-01"))
    lifted = StoryFactory(
        initiator="TYR", filed_on=day("2025-02-03"), event_on=day("2025-02-01"), at_phase=Phase.RECEIVED, at_step=2
    )
    offered = {case.number for case in queries.joinable(lead.case)}
    assert offered == {second.case.number, third.case.number}
    assert not offered & {filed.case.number, lifted.case.number}
    joined(lead, second)
    assert [case.number for case in queries.joinable(third.case)] == []
    assert [case.number for case in queries.joinable(lead.case)] == [third.case.number]


def test_a_case_that_has_gone_on_meanwhile_is_not_joined() -> None:
    lead, second, _third = three()
    asked(lead, second)
    second.act("pause", by="SEK.region", on=day("2025-10-01"), pause_ground="force_majeure",
               paused_until=day("2025-12-01"))  # fmt: skip
    with pytest.raises(FactsRefused, match="har gått vidare"):
        lead.act("join", by="SEK.region", on=day("2025-10-06"))


# --- Joined


def test_members_keep_their_numbers_and_rest_and_their_parties_take_part_in_the_lead_case_with_their_stands() -> None:
    lead, second, third = three()
    joined(lead, second, third)
    assert set((lead.case.member_numbers or "").split()) == {second.case.number, third.case.number}
    roles = [(p.party_code, p.role, p.came_with) for p in lead.case.parties]
    assert roles == [
        ("NAC", PartyRole.INITIATOR, None),
        ("RS", PartyRole.RESPONDENT, None),
        ("VAR", PartyRole.INITIATOR, second.case.number),
        ("LID", PartyRole.INITIATOR, third.case.number),
    ]
    assert {p.party_code for p in queries.positions(lead.case)} == {"NAC", "VAR", "LID"}
    assert second.file.ball is None
    assert second.file.openings_of(person("VAR.approver")) == []
    lead.act("state_position", by="VAR.handler")
    with pytest.raises(MoveNotAllowed, match="not_joined"):
        second.act("state_position", by="VAR.handler")


def test_the_earliest_last_day_applies_to_the_lead_case_with_its_own_receipt() -> None:
    """Here the lead was served last: D4 to D7c of the case that came first apply, so that no party loses time."""
    first, second, lead = three()
    own = {key: lead.due(key) for key in ("D4", "D5", "D6", "D7", "D7c")}
    earliest = {key: first.due(key) for key in own}
    assert earliest["D7"] == day("2025-11-03")
    joined(lead, first, second)
    assert {key: lead.due(key) for key in own} == earliest
    assert {lead.deadline(key).base_event for key in own} == {"join"}
    for key, on in own.items():
        assert earliest[key] < on
        assert recount(lead.deadline(key).receipt, lead.calendar) == earliest[key]
    assert lead.ball() == ("acknowledge", "respondent", earliest["D4"])


def test_a_lead_that_came_first_keeps_its_days_and_what_it_has_met_stays_met() -> None:
    """C06: the local step ends on 3 November."""
    lead, second, third = three()
    lead.acknowledge(on=day("2025-09-10"))
    before = {key: lead.due(key) for key in ("D4", "D5", "D6", "D7", "D7c")}
    joined(lead, second, third)
    assert {key: lead.due(key) for key in before} == before
    assert before["D7"] == day("2025-11-03")
    assert lead.deadline("D4").met_on == day("2025-09-10")
    assert lead.file.situation.is_acknowledged


def test_a_member_is_known_to_the_lead_cases_parties_and_the_lead_is_read_by_the_members_own() -> None:
    lead, second, _third = three()

    def sees(story: Story, seat: str) -> Sight | None:
        story.file_on(story.day)
        viewer = person(seat)
        listed = {s.case.number: s.sight for s in overview.overviews(viewer, story.day, CaseFilter())}
        case = queries.get(story.case.number, viewer=viewer)
        assert listed.get(story.case.number) == (case[1] if case else None), seat
        return case[1] if case else None

    assert (sees(second, "NAC.handler"), sees(lead, "VAR.handler")) == (None, None)
    joined(lead, second)
    assert (sees(second, "NAC.handler"), sees(lead, "VAR.handler")) == (Sight.STUB, Sight.FULL)
    assert (sees(second, "VAR.handler"), sees(second, "RS.reader")) == (Sight.FULL, Sight.FULL)
    assert (sees(second, "TYR.handler"), sees(lead, "TYR.handler")) == (None, None)


def test_a_member_has_no_ball_and_no_reminders_and_that_is_no_fault() -> None:
    lead, second, third = three()
    joined(lead, second, third)
    today = day("2026-01-12")
    assert without_ball(today) == []
    assert [case.number for case, _ball in open_balls(today)] == [lead.case.number]
    report = sweep(instant(today))
    assert report.errors == []
    assert {nudge.number for nudge in report.nudges} == {lead.case.number}
    waits = overview.overviews(person("RS.handler"), today, CaseFilter(waits=True))
    assert second.case.number not in {s.case.number for s in waits}
    alone = overview.overviews(person("SEK.region"), today, CaseFilter(is_open=True, on_its_own=True))
    assert [s.case.number for s in alone] == [lead.case.number]


def test_members_close_with_the_lead_case() -> None:
    lead, second, third = three()
    joined(lead, second, third)
    terms = {"settlement": "Åtagandet gäller alla dagar.", "obligations": []}
    offered = lead.offer(ProposalKind.SETTLEMENT, terms, by="NAC.approver")
    for seat in ("RS.approver", "VAR.approver"):
        lead.accept(offered, by=seat)
        assert lead.case.phase is not Phase.CLOSED, "every initiator is needed, those of the members too"
    lead.accept(offered, by="LID.approver")
    assert lead.case.closing_reason is ClosingReason.SETTLED_LOCAL
    for story in (second, third):
        assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.JOINED)
        assert story.case.joined_to == lead.case.number, "the link stays"
        assert trail.events_about(f"case:{story.case.number}")[-1].kind == "case_followed"
    assert (rows_that_disagree(), trail.verify()) == ([], [])


def test_a_member_that_is_open_though_its_lead_is_closed_is_reported(session: Database) -> None:
    lead, second, _third = three()
    joined(lead, second)
    closed = {"phase": Phase.CLOSED, "closing_reason": ClosingReason.LAPSED, "closed_at": instant(lead.day)}
    session.execute(update(Case).where(Case.id == lead.case.id).values(**closed))
    assert without_ball(lead.day) == [second.case.number]


def test_what_follows_a_withdrawn_lead_parts_from_it_and_stands_where_it_stood_with_its_days(session: Database) -> None:
    lead, second, third = three()
    second.acknowledge(on=day("2025-09-17"))
    second.act("state_position", by="RS.handler", on=day("2025-09-18"))
    joined(lead, second, third)
    before = {key: second.due(key) for key in ("D6", "D7", "D7c")}
    lead.act("withdraw", by="NAC.approver")
    assert set(objectors(lead.case)) == {"RS", "VAR", "LID"}, "a member's initiator has what its own have"
    until = lead.case.withdrawal_until
    assert until == day("2025-10-13")
    session.commit()
    sweep(instant(day("2025-10-14")))
    session.expire_all()
    assert lead.case.closing_reason is ClosingReason.WITHDRAWN
    for story in (second, third):
        story.day = day("2025-10-14")
        assert (story.case.joined_to, story.case.closing_reason) == (None, None)
        assert trail.events_about(f"case:{story.case.number}")[-1].kind == "case_parted"
    assert (second.case.phase, third.case.phase) == (Phase.DIALOGUE, Phase.SERVED)
    assert {key: workdays.between(on, second.due(key), second.calendar) for key, on in before.items()} == dict.fromkeys(
        before, 6
    )
    assert second.ball() == ("meet", "both_sides", second.due("D6"))
    assert third.ball()[:2] == ("acknowledge", "respondent")
    second.act("state_position", by="VAR.handler")
    assert (rows_that_disagree(), without_ball(second.day), trail.verify()) == ([], [], [])


def test_a_lead_is_not_settled_over_the_head_of_a_members_initiator_that_was_only_affected_there() -> None:
    """Lidingö was named as affected in Nacka's case, and had filed the same question itself."""
    lead = served("NAC", "2025-09-08", affected=["LID"])
    member = served("LID", "2025-09-15")
    joined(lead, member)
    offered = lead.offer(
        ProposalKind.SETTLEMENT, {"settlement": "Åtagandet gäller alla dagar.", "obligations": []}, by="NAC.approver"
    )
    lead.accept(offered, by="RS.approver")
    assert lead.case.phase is Phase.SERVED, "Lidingö has not accepted"
    lead.accept(offered, by="LID.approver")
    assert (lead.case.phase, member.case.closing_reason) == (Phase.CLOSED, ClosingReason.JOINED)


def test_a_member_whose_initiator_is_no_side_of_a_settled_lead_parts_from_it() -> None:
    lead, second, _third = three()
    joined(lead, second)
    next(
        p for p in lead.case.parties if p.party_code == "VAR"
    ).role = PartyRole.AFFECTED  # as joined by earlier releases
    offered = lead.offer(
        ProposalKind.SETTLEMENT, {"settlement": "Åtagandet gäller alla dagar.", "obligations": []}, by="NAC.approver"
    )
    lead.accept(offered, by="RS.approver")
    assert lead.case.phase is Phase.CLOSED
    assert (second.case.joined_to, second.case.phase) == (None, Phase.SERVED)


def test_at_a_body_the_earliest_days_of_the_body_apply() -> None:
    """Two cases that came to the steering group on different days."""
    first = StoryFactory(initiator="NAC", at_phase=Phase.RECEIVED, at_step=2)
    lead = StoryFactory(initiator="VAR", filed_on=day("2026-09-07"), at_phase=Phase.RECEIVED, at_step=2)
    d9 = first.due("D9")
    assert d9 < lead.due("D9")
    lead.hear(JOIN, by="SEK.region", members=[first.case.number])
    lead.act("join", by="SEK.region", on=lead.day + dt.timedelta(days=12))
    assert (lead.due("D9"), lead.ball()) == (d9, ("check_file", "secretariat", d9))


# --- Undone


def test_until_the_lead_is_decided_a_case_is_separated_and_goes_on_with_the_days_it_had() -> None:
    lead, second, third = three()
    joined(lead, second, third)
    before = {key: second.due(key) for key in ("D7", "D7c")}
    second.act("separate", by="SEK.municipal", on=day("2025-10-20"))
    assert second.case.joined_to is None
    assert lead.case.member_numbers == third.case.number
    # ten working days between 6 and 20 October
    assert before["D7"] == day("2025-11-10")
    assert second.due("D7") == day("2025-11-24")
    assert second.due("D7c") > before["D7c"]
    assert second.ball() == ("acknowledge", "respondent", second.due("D4"))
    second.act("state_position", by="VAR.handler")
    assert (rows_that_disagree(), without_ball(second.day)) == ([], [])


def test_the_parties_of_a_separated_case_stay_in_the_lead_as_affected_ones() -> None:
    lead, second, third = three()
    joined(lead, second, third)
    second.act("separate", by="SEK.region")
    lead.file_on(lead.day)
    assert {p.party_code: p.role for p in lead.case.parties} == {
        "NAC": PartyRole.INITIATOR, "RS": PartyRole.RESPONDENT, "VAR": PartyRole.AFFECTED, "LID": PartyRole.INITIATOR,
    }  # fmt: skip
    assert sight_of(lead.case, person("VAR.handler")) is Sight.FULL


def test_a_party_with_two_members_stays_as_long_as_one_of_them_follows() -> None:
    lead, second, third = served("NAC", "2025-09-08"), served("VAR", "2025-09-15"), served("VAR", "2025-09-22")
    joined(lead, second, third)
    second.act("separate", by="SEK.region")
    lead.file_on(lead.day)
    [own] = [p for p in lead.case.parties if p.party_code == "VAR"]
    assert (own.role, own.came_with) == (PartyRole.INITIATOR, third.case.number)


def test_a_decided_lead_keeps_what_follows_it() -> None:
    lead, second = (
        StoryFactory(initiator=initiator, at_phase=Phase.RECEIVED, at_step=2) for initiator in ("NAC", "VAR")
    )
    lead.hear(JOIN, by="SEK.region", members=[second.case.number])
    lead.act("join", by="SEK.region", on=lead.day + dt.timedelta(days=12))
    lead.accept_file().schedule().decide(Outcome.COUNTY_ROUTINE)
    with pytest.raises(MoveNotAllowed, match="lead_before_minuted"):
        second.act("separate", by="SEK.region", on=lead.day)
    lead.adjust("announce").fall_silent()
    lead.file_on(lead.day)
    assert second.case.closing_reason is ClosingReason.JOINED


def test_what_is_not_joined_is_not_separated_and_parties_do_neither() -> None:
    lead, second, _third = three()
    with pytest.raises(MoveNotAllowed, match="joined"):
        second.act("separate", by="SEK.region")
    joined(lead, second)
    with pytest.raises(MoveNotAllowed, match="seat"):
        second.act("separate", by="VAR.approver")
    with pytest.raises(MoveNotAllowed, match="seat"):
        lead.hear(JOIN, by="NAC.approver", members=[])


def test_every_case_of_a_join_has_its_own_history(session: Database) -> None:
    lead, second, third = three()
    joined(lead, second, third)
    third.act("separate", by="SEK.region")
    kinds = {story.case.number: [e.kind for e in trail.events_about(f"case:{story.case.number}")][2:]
             for story in (lead, second, third)}  # fmt: skip
    assert kinds == {
        lead.case.number: ["hearing_opened", "cases_joined", "member_separated"],
        second.case.number: ["hearing_opened", "case_joined"],
        third.case.number: ["hearing_opened", "case_joined", "case_separated"],
    }
    assert rows_that_disagree() == []
    assert session.scalars(select(Case.version).order_by(Case.id)).all() == [5, 4, 5]


def test_cases_are_alike_by_provision_or_by_parties_whichever_of_them_filed() -> None:
    mine = served("NAC", "2025-09-08")
    citing = served("VAR", "2025-09-15")
    theirs = served("RS", "2025-09-16", respondents=("NAC",), provisions=["1.4 st 3"], precedent_answer="Annan fråga.")
    served("LID", "2025-09-17", provisions=["1.4 st 3"], precedent_answer="Annan fråga.")
    alike = patterns.similar(mine.case, viewer=person("SEK.region"))
    assert [c.number for c in alike.same_provision] == [citing.case.number]
    assert [c.number for c in alike.same_parties] == [theirs.case.number]
    assert patterns.similar(mine.case, viewer=person("NAC.handler")).same_provision == []
