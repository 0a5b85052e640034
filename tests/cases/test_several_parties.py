"""Several file together, several answer, and others ask to take part (T9b, T9e, T43; domain/04 § 4.3, LP16)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.overview import CaseFilter
from escalation.cases.seats import is_unconfirmed
from escalation.cases.sight import Sight, sight_of
from escalation.nudges.models import Nudge
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.facts import REJECT, STATEMENT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

SETTLED = {"settlement": "Vägen in ska vara bemannad.", "obligations": []}


def together(**facts: Any) -> Story:
    """Sundbyberg files, Tyresö is asked to file with it."""
    story: Story = StoryFactory(**{"co_initiators": ["TYR"]} | facts)
    return story


def named(seat: str) -> dict[str, Any]:
    return {"handler": person(seat).membership_id, "substitute": None}


def confirm(story: Story, party: str = "TYR", *, by: str = "approver", on: dt.date | None = None) -> None:
    story.act("confirm_part", by=f"{party}.{by}", on=on, **named(f"{party}.handler"))


def roles(case: Case) -> dict[str, PartyRole]:
    return {p.party_code: p.role for p in case.parties}


def waits_for(party: str, story: Story, seat: str = "approver") -> bool:
    listed = overview.overviews(person(f"{party}.{seat}"), story.day, CaseFilter(waits=True))
    return story.case.number in {s.case.number for s in listed}


# --- Filing together


def test_who_is_asked_to_file_with_others_reads_the_filing_at_once_and_stands_behind_it_when_it_has_said_so() -> None:
    story = together()
    assert roles(story.case) == {"SUN": PartyRole.INITIATOR, "TYR": PartyRole.INVITED, "RS": PartyRole.RESPONDENT}
    assert sight_of(story.case, person("TYR.handler")) is Sight.FULL
    assert sight_of(story.case, person("RS.handler")) is None
    confirm(story)
    assert roles(story.case)["TYR"] is PartyRole.INITIATOR
    assert story.case.lead_party.party_code == "SUN"
    assert story.case.phase is Phase.INTAKE


def test_the_secretariat_sends_the_case_on_without_waiting_for_who_has_not_answered() -> None:
    story = together()
    story.serve()
    assert story.case.phase is Phase.SERVED
    assert roles(story.case)["TYR"] is PartyRole.INVITED


def test_only_its_approver_says_that_a_party_files_with_others() -> None:
    story = together()
    with pytest.raises(MoveNotAllowed, match="seat"):
        confirm(story, by="handler")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("confirm_part", by="SUN.approver", **named("SUN.handler"))
    confirm(story)
    with pytest.raises(MoveNotAllowed, match="seat"):
        confirm(story)


def test_the_named_handler_is_the_partys_own_and_has_another_person_as_substitute() -> None:
    story = together()
    with pytest.raises(FactsRefused) as refused:
        story.act("confirm_part", by="TYR.approver", handler=person("SUN.handler").membership_id, substitute=None)
    assert set(refused.value.errors) == {"handler"}
    same = person("TYR.handler").membership_id
    with pytest.raises(FactsRefused) as refused:
        story.act("confirm_part", by="TYR.approver", handler=same, substitute=same)
    assert set(refused.value.errors) == {"substitute"}


def test_what_the_parties_agree_on_needs_every_initiator_that_stands_behind_the_filing() -> None:
    story = together(at_phase=Phase.DIALOGUE)
    confirm(story)
    offered = story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver")
    story.accept(offered, by="RS.approver")
    assert story.case.phase is Phase.DIALOGUE, "Tyresö has not answered"
    story.accept(offered, by="TYR.approver")
    assert story.file.case.phase is Phase.CLOSED


def test_nothing_needs_the_agreement_of_who_has_not_answered_or_says_no() -> None:
    story = together(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.accept(offered, by="TYR.approver")
    story.act("leave_filing", by="TYR.approver")
    assert roles(story.case)["TYR"] is PartyRole.AFFECTED
    story.accept(offered, by="RS.approver")
    assert story.case.phase is Phase.CLOSED


def test_who_leaves_a_filing_reads_on_as_affected_and_what_was_offered_ends() -> None:
    story = together(at_phase=Phase.DIALOGUE)
    confirm(story)
    offered = story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver")
    story.act("leave_filing", by="TYR.approver")
    assert sight_of(story.case, person("TYR.handler")) is Sight.FULL
    story.act("state_position", by="TYR.handler")
    with pytest.raises(MoveNotAllowed, match="proposal_open"):
        story.accept(offered, by="RS.approver")


def test_a_statement_that_the_respondent_never_approved_is_not_agreed_because_another_filer_left() -> None:
    story = together()
    confirm(story)
    story.serve().acknowledge().declare_impasse()
    story.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    story.act("leave_filing", by="TYR.approver")
    assert not story.file.situation.is_statement_agreed
    with pytest.raises(MoveNotAllowed, match="statement_agreed_or_time_over"):
        story.act("lift", by="SUN.approver")


def test_the_one_that_coordinates_leaves_too_and_another_goes_on_in_its_place() -> None:
    story = together(at_phase=Phase.DIALOGUE)
    confirm(story)
    for seat in ("SUN.approver", "TYR.approver"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("withdraw", by=seat)
    story.act("leave_filing", by="SUN.approver")
    assert roles(story.case) == {
        "SUN": PartyRole.AFFECTED, "TYR": PartyRole.INITIATOR, "RS": PartyRole.RESPONDENT,
    }  # fmt: skip
    assert story.case.lead_party.party_code == "TYR"
    assert story.case.phase is Phase.DIALOGUE
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("leave_filing", by="TYR.approver")


def test_a_withdrawal_waits_for_the_other_sides_and_not_for_a_party_that_has_not_answered() -> None:
    story = together(at_phase=Phase.DIALOGUE)
    story.act("withdraw", by="SUN.approver")
    assert [party for party in ("SUN", "TYR", "RS") if waits_for(party, story)] == ["RS"]
    story.act("keep_open", by="RS.approver")
    assert roles(story.case) == {"SUN": PartyRole.INITIATOR, "TYR": PartyRole.INVITED, "RS": PartyRole.RESPONDENT}
    confirm(story)
    assert roles(story.case)["TYR"] is PartyRole.INITIATOR


@pytest.mark.parametrize(
    ("facts", "wrong"),
    [
        ({"co_initiators": ["SUN"]}, "co_initiators"),
        ({"co_initiators": ["RS"]}, "co_initiators"),
        ({"co_initiators": ["XYZ"]}, "co_initiators"),
        ({"co_initiators": ["TYR"], "affected": ["TYR"]}, "affected"),
    ],
)
def test_an_initiator_is_named_once_and_is_neither_its_own_co_initiator_nor_the_respondent(
    facts: Any, wrong: str
) -> None:
    with pytest.raises(FactsRefused) as refused:
        together(**facts)
    assert wrong in refused.value.errors


def test_the_party_asked_is_notified_and_reminded_and_finds_it_in_its_list_until_it_has_answered(
    session: Database,
) -> None:
    approver = person("TYR.approver")
    story = together()
    asked = select(Nudge.kind).where(Nudge.subject == "ball:confirm_part", Nudge.recipient == approver.user_id)
    session.commit()
    sweep(instant(story.day + dt.timedelta(days=20)))
    assert list(session.scalars(asked)) == ["N0"]
    assert waits_for("TYR", story)
    assert waits_for("TYR", story, "handler")
    assert not waits_for("SUN", story)
    confirm(story)
    assert not waits_for("TYR", story)


def test_the_trail_tells_who_stood_behind_the_filing_and_who_left_it() -> None:
    story = together(co_initiators=["TYR", "NAC"])
    confirm(story)
    story.act("leave_filing", by="NAC.approver")
    story.act("leave_filing", by="TYR.approver")
    kinds = [e.kind for e in trail.events_about(f"case:{story.case.number}")]
    assert kinds == ["case_filed", "part_confirmed", "filing_left", "filing_left"]


def test_why_somebody_left_a_filing_is_masked_with_it() -> None:
    story = together()
    story.act("leave_filing", by="TYR.approver", reason="Planen för den enskilde är redan klar.")
    rejected = story.offer(ProposalKind.REJECT, REJECT | {"ground": "individual"}, by="SEK.region")
    story.accept(rejected, by="SEK.municipal")
    [left] = [e for e in trail.events_about(f"case:{story.case.number}") if e.kind == "filing_left"]
    assert left.payload is None
    assert trail.verify() == []


# --- Several respondents


def test_of_several_respondents_the_first_acknowledges_and_the_others_confirm_when_it_has() -> None:
    story = StoryFactory(respondents=("RS", "KSON"), at_phase=Phase.SERVED)
    with pytest.raises(MoveNotAllowed, match="seat"):
        confirm(story, "KSON", by="handler")
    story.acknowledge()
    assert story.case.phase is Phase.DIALOGUE
    assert waits_for("KSON", story, "handler")
    confirm(story, "KSON", by="handler")
    assert all(p.handler_id for p in story.case.parties_as(PartyRole.RESPONDENT))
    assert not any(p.party_code == "KSON" and is_unconfirmed(story.case, p) for p in story.case.parties)


# --- Others ask to take part


def heard_of() -> Story:
    story: Story = StoryFactory(at_step=2, at_phase=Phase.RECEIVED)
    return story


def test_lp16_a_party_that_knows_of_a_case_asks_to_take_part_and_reads_it_when_the_secretariat_has_said_yes() -> None:
    story = heard_of()
    assert sight_of(story.case, person("TYR.handler")) is Sight.TITLE
    story.act("ask_to_register", by="TYR.handler")
    [wish] = story.case.registrations_asked
    assert sight_of(story.case, person("TYR.handler")) is Sight.TITLE
    story.act("register_affected", by="SEK.region", registration_id=wish.id)
    assert roles(story.case)["TYR"] is PartyRole.AFFECTED
    assert sight_of(story.case, person("TYR.handler")) is Sight.FULL
    story.act("state_position", by="TYR.handler")
    assert story.case.registrations_asked == []


def test_a_refusal_has_its_reason_and_the_party_may_ask_again() -> None:
    story = heard_of()
    story.act("ask_to_register", by="TYR.handler")
    [wish] = story.case.registrations_asked
    story.act("refuse_registration", by="SEK.municipal", registration_id=wish.id, reason="Frågan är lokal.")
    assert (wish.is_granted, wish.answer) == (False, "Frågan är lokal.")
    assert "TYR" not in roles(story.case)
    story.act("ask_to_register", by="TYR.approver", reason="Vi har samma ordning.")
    assert len(story.case.registrations_asked) == 1


def test_a_party_asks_once_at_a_time_and_who_takes_part_has_nothing_to_ask() -> None:
    story = heard_of()
    story.act("ask_to_register", by="TYR.handler")
    for seat in ("TYR.approver", "SUN.approver", "RS.handler", "SEK.region", "TSG.chair"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("ask_to_register", by=seat)


def test_a_party_outside_cannot_ask_about_a_case_that_is_still_with_its_parties() -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match="kind"):
        story.act("ask_to_register", by="TYR.handler")


def test_only_the_secretariat_answers_a_party_that_waits() -> None:
    story = heard_of()
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("register_affected", by="SEK.region", registration_id=1)
    story.act("ask_to_register", by="TYR.handler")
    with pytest.raises(FactsRefused) as refused:
        story.act("register_affected", by="SEK.region", registration_id=story.case.registrations_asked[0].id + 1)
    assert set(refused.value.errors) == {"registration_id"}
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("register_affected", by="TSG.chair", registration_id=1)


def test_who_has_come_into_the_case_by_another_way_waits_no_more() -> None:
    story = heard_of()
    story.act("ask_to_register", by="TYR.handler")
    [wish] = story.case.registrations_asked
    story.case.parties.append(CaseParty(party_code="TYR", role=PartyRole.AFFECTED))  # as a join would bring it
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("register_affected", by="SEK.region", registration_id=wish.id)


def test_the_secretariat_is_notified_of_a_wish_to_take_part_and_finds_it_in_its_list(session: Database) -> None:
    story = heard_of()
    office = person("SEK.region")
    story.act("ask_to_register", by="TYR.handler")
    session.commit()
    asked = select(Nudge.kind).where(Nudge.subject == "ball:answer_registration", Nudge.recipient == office.user_id)
    assert list(session.scalars(asked)) == ["N0"]
    assert story.case.number in {s.case.number for s in overview.overviews(office, story.day, CaseFilter(waits=True))}


def test_who_files_with_another_may_complete_the_filing_and_its_position_stays_the_filers() -> None:
    story = StoryFactory(co_initiators=("NOR",))
    story.act("confirm_part", by="NOR.approver", handler=person("NOR.approver").membership_id, substitute=None)
    story.act("ask_completion", by="SEK.region")
    story.act("complete", by="NOR.approver")
    assert story.case.phase is Phase.INTAKE
    assert {p.party_code for p in queries.positions(story.case)} == {"SUN"}
