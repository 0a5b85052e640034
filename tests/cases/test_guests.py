"""A coordinating health centre, which may be privately run, reads the case that a party lets it into, no other (R15).

HÖK 4.5 lets it convene; domain/02: it takes part for the region, and cannot accept a settlement.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts import actions as accounts
from escalation.accounts.models import Role, Viewer
from escalation.cases import guests, notes, overview, patterns, proposals, queries, register_numbers
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseGuest
from escalation.cases.overview import CaseFilter
from escalation.cases.people import people_of
from escalation.cases.seats import seats_of
from escalation.cases.sight import Sight, current_guests
from escalation.links import queries as links
from escalation.nudges.models import Nudge
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.moves.table import MOVES, moves_open_to
from escalation.rules.situation import HearingKind, Outcome, Phase, ProposalKind, Seat
from escalation.trail import queries as trail
from escalation.trail.events import facts_of
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

CENTRE = "RS.centre"
SETTLED: dict[str, Any] = {"settlement": "Vägen in bemannas på vardagar.", "obligations": []}


def local(**facts: Any) -> Story:
    return StoryFactory(at_phase=Phase.DIALOGUE, **facts)


def let_in(story: Story, *, by: str = "RS.handler", centre: str = CENTRE) -> CaseGuest:
    who = person(centre).membership_id
    assert who is not None
    return guests.let_in(story.case, by=person(by), at=instant(story.day), centre=who)


def is_found(case: Case, viewer: Viewer) -> bool:
    """Whether the case is found anywhere; asked as one case, and in every way that a list is asked."""
    number, day = case.number, instant(dt.date(2026, 9, 15)).date()
    asked = (
        queries.get(number, viewer=viewer) is not None,
        bool(overview.count(viewer, day, CaseFilter())),
        bool(overview.count(viewer, day, CaseFilter(text=number))),
        bool(overview.overviews(viewer, day, CaseFilter())),
        number in links.known_numbers([number], viewer=viewer),
        links.seen_whole(number, viewer=viewer) is not None,
    )
    assert len(set(asked)) == 1, asked
    return asked[0]


# --- What it sees


def test_by_itself_it_sees_nothing_of_its_partys_cases_at_any_step() -> None:
    centre = person(CENTRE)
    assert (centre.role, centre.party, centre.name) == (
        Role.COORDINATING_CENTRE, None, "Samordnande vårdcentral, Region Stockholm"
    )  # fmt: skip
    for phase, step, outcome in (
        (Phase.SERVED, 1, None), (Phase.DIALOGUE, 1, None), (Phase.IMPASSE, 1, None), (Phase.RECEIVED, 2, None),
        (Phase.CLOSED, 3, Outcome.INTERPRET),
    ):  # fmt: skip
        found = StoryFactory(at_phase=phase, at_step=step, outcome=outcome).case
        assert not is_found(found, centre), phase
        assert seats_of(found, centre) == frozenset()
    assert patterns.similar(local().case, viewer=centre).same_provision == []


def test_let_in_it_reads_that_case_whole_and_no_other() -> None:
    story, other = local(), local()
    let_in(story)
    centre = person(CENTRE)
    assert is_found(story.case, centre)
    assert [(s.case.number, s.sight) for s in overview.overviews(centre, story.day, CaseFilter())] == [
        (story.case.number, Sight.FULL)
    ]
    assert queries.get(other.case.number, viewer=centre) is None
    assert patterns.similar(story.case, viewer=centre).same_provision == []
    assert not is_found(story.case, person("SUN.centre"))
    assert not is_found(story.case, person("TYR.centre"))


def test_nothing_waits_for_it_although_its_party_has_the_ball() -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    let_in(story)
    [standing] = overview.overviews(person(CENTRE), story.day, CaseFilter())
    assert standing.holders == ["RS"]
    assert not overview.holds(standing, person(CENTRE))
    assert overview.count(person(CENTRE), story.day, CaseFilter(waits=True)) == 0


def test_it_has_no_part_in_its_partys_notes_drafts_links_and_register_numbers() -> None:
    story = local()
    let_in(story)
    notes.write_note(story.case, by=person("RS.handler"), at=instant(story.day), text="Ring kommunen.")
    centre = person(CENTRE)
    assert list(queries.notes(story.case, viewer=centre)) == []
    assert list(queries.drafts(centre)) == []
    assert not queries.has_notes_of_its_own(story.case, centre)
    assert not register_numbers.may_add_register_number(story.case, centre)
    assert not links.may_link(story.case, centre)
    assert not guests.may_let_in(story.case, centre)


def test_no_mail_goes_to_it(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    let_in(story)
    story.acknowledge().declare_impasse()
    reminded = set(session.scalars(select(Nudge.recipient)))
    assert reminded
    assert person(CENTRE).user_id not in reminded
    for party in ("RS", "SUN"):
        assert person(CENTRE).user_id not in {u.id for u in people_of(story.case, f"party:{party}", story.day)}


# --- What it does


def test_it_convenes_and_writes_the_meeting_down_and_the_trail_says_that_it_was_it() -> None:
    story = local()
    let_in(story)
    story.act("note_meeting", by=CENTRE, said="Vi gick igenom listan.", agreed="Nytt möte om två veckor.")
    [meeting] = queries.dialogue_meetings(story.case)
    assert (meeting.party_code, meeting.agreed) == ("RS", "Nytt möte om två veckor.")
    noted = trail.events_about(f"case:{story.case.number}")[-1]
    assert (noted.by, facts_of(noted)) == (
        person(CENTRE).actor, {"who": "coordinating_centre", "held_on": story.day.isoformat()}
    )  # fmt: skip
    assert (rows_that_disagree(), trail.verify()) == ([], [])


def test_nothing_else_on_the_ladder_is_open_to_it() -> None:
    story = local()
    let_in(story)
    file = story.file
    mine = seats_of(story.case, person(CENTRE), file.tasks)
    assert mine == {Seat.COORDINATING_CENTRE}
    assert [o.move.verb for o in moves_open_to(file.situation, mine, file.opens)] == ["note_meeting"]
    assert [m.verb for m in MOVES if Seat.COORDINATING_CENTRE in {a.seat for a in m.actors}] == ["note_meeting"]


def test_it_cannot_accept_a_settlement_nor_offer_or_decline_one() -> None:
    """domain/02: only the region's approver can."""
    story = local()
    let_in(story)
    offered = story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver")
    assert proposals.may_answer(story.case, offered, person(CENTRE), story.day) == "seat"
    for attempt in (
        lambda: story.accept(offered, by=CENTRE),
        lambda: story.decline(offered, by=CENTRE),
        lambda: story.offer(ProposalKind.SETTLEMENT, SETTLED, by=CENTRE),
    ):
        with pytest.raises(MoveNotAllowed, match="seat"):
            attempt()
    story.accept(offered, by="RS.approver")
    assert story.case.phase is Phase.CLOSED


@pytest.mark.parametrize("verb", ["state_position", "declare_impasse", "lift", "withdraw"])
def test_it_does_not_answer_or_lift(verb: str) -> None:
    story = local()
    let_in(story)
    with pytest.raises(MoveNotAllowed):
        story.act(verb, by=CENTRE, on=dt.date(2026, 12, 1))


def test_without_having_been_let_in_it_writes_no_meeting_down() -> None:
    story = local()
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("note_meeting", by=CENTRE)


# --- When it ends


def test_the_party_ends_it_and_both_acts_stand_in_the_trail_without_moving_the_case() -> None:
    story = local()
    before = (story.case.version, story.case.phase, len(queries.balls(story.case)))
    made = let_in(story, by="RS.handler")
    guests.show_out(story.case, made, by=person("RS.approver"), at=instant(story.day, dt.time(11)))
    assert not is_found(story.case, person(CENTRE))
    assert (story.case.version, story.case.phase, len(queries.balls(story.case))) == before
    first, last = trail.events_about(f"case:{story.case.number}")[-2:]
    facts = {"who": "RS", "guest": person(CENTRE).actor}
    assert (first.kind, first.by, facts_of(first)) == ("centre_let_in", person("RS.handler").actor, facts)
    assert (last.kind, last.by, facts_of(last)) == ("centre_shown_out", person("RS.approver").actor, facts)
    assert (rows_that_disagree(), trail.verify()) == ([], [])
    let_in(story)
    assert is_found(story.case, person(CENTRE))


def test_it_ends_by_itself_when_the_case_is_lifted_and_does_not_come_back_when_it_is_remitted() -> None:
    story = local()
    made = let_in(story)
    story.declare_impasse()
    assert is_found(story.case, person(CENTRE)), "the local step is not over before the case leaves it"
    story.agree_on_statement().lift()
    assert not is_found(story.case, person(CENTRE))
    assert not guests.may_let_in(story.case, person("RS.handler"))
    story.accept_file().schedule().decide(Outcome.REMIT)
    terms = {"remit_question": "Vem bemannar?", "product": "En rutin.", "reporter": "RS"}
    story.adjust("remit", remit_until=story.day + dt.timedelta(days=30), **terms)
    assert (story.case.step, made.ended_at) == (1, None)
    assert not is_found(story.case, person(CENTRE)), "it was let in for the stay that is over"
    let_in(story)
    assert is_found(story.case, person(CENTRE))


def test_it_ends_by_itself_when_the_case_is_closed_and_does_not_come_back_when_it_is_taken_up_again() -> None:
    story = local()
    let_in(story)
    story.accept(story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver"), by="RS.approver")
    assert not is_found(story.case, person(CENTRE))
    story.day += dt.timedelta(days=1)
    story.act("ask_reopening", by="SUN.approver")
    story.act("reopen", by="SEK.region")
    assert story.case.phase is Phase.DIALOGUE
    assert not is_found(story.case, person(CENTRE))


def test_it_rests_while_the_case_follows_another_that_the_health_centre_was_not_let_into() -> None:
    lead, member = (StoryFactory(at_phase=Phase.SERVED, initiator=party) for party in ("SUN", "NAC"))
    let_in(member)
    lead.hear(HearingKind.JOIN, by="SEK.region", members=[member.case.number])
    for story in (lead, member):
        for party in (story.initiator, "RS"):
            story.comment(story.case.hearings[0], by=f"{party}.approver", on=lead.day)
    assert is_found(member.case, person(CENTRE))
    lead.act("join", by="SEK.region")
    assert member.case.joined_to == lead.case.number
    assert not is_found(member.case, person(CENTRE))
    assert not is_found(lead.case, person(CENTRE))
    assert not guests.may_let_in(member.case, person("RS.handler"))


def test_it_ends_where_the_party_that_let_it_in_takes_no_part_any_more() -> None:
    """T9e, before the respondent has been sent the case."""
    story = StoryFactory(co_initiators=["KSON"])
    story.act("confirm_part", by="KSON.approver", handler=person("KSON.handler").membership_id, substitute=None)
    let_in(story, by="KSON.handler", centre="KSON.centre")
    assert is_found(story.case, person("KSON.centre"))
    story.act("leave_filing", by="KSON.approver")
    assert not is_found(story.case, person("KSON.centre"))


# --- Who lets in whom


@pytest.mark.parametrize("seat", ["RS.handler", "RS.approver"])
def test_who_writes_for_a_party_of_the_case_lets_its_own_centre_in(seat: str) -> None:
    story = local()
    made = let_in(story, by=seat)
    assert (made.party_code, [g.id for g in current_guests(story.case)]) == ("RS", [made.id])


@pytest.mark.parametrize(
    "seat", ["RS.reader", "RS.registrar", CENTRE, "TYR.handler", "SEK.region", "TSG.chair", "AUDITOR", "ADMIN"]
)
def test_only_a_handler_or_approver_of_the_party_lets_a_centre_in(seat: str) -> None:
    story = local()
    with pytest.raises(MoveNotAllowed, match="seat"):
        let_in(story, by=seat)


def test_a_party_lets_in_only_its_own_centres_and_each_once() -> None:
    story = local()
    for centre in ("SUN.centre", "RS.reader", "RS.registrar"):
        with pytest.raises(FactsRefused) as refused:
            let_in(story, centre=centre)
        assert refused.value.errors == {"centre": "Välj en samordnande vårdcentral hos er."}
    let_in(story)
    assert guests.candidates(story.case, person("RS.handler")) == []
    with pytest.raises(FactsRefused, match="redan insläppt"):
        let_in(story)


def test_only_the_party_that_let_it_in_shows_it_out() -> None:
    story = local()
    made = let_in(story)
    for seat in ("SUN.handler", "RS.reader", "SEK.region", CENTRE):
        with pytest.raises(MoveNotAllowed, match="seat"):
            guests.show_out(story.case, made, by=person(seat), at=instant(story.day))
    assert is_found(story.case, person(CENTRE))


def test_a_respondent_lets_no_centre_in_before_it_has_been_sent_the_case() -> None:
    story = StoryFactory(initiator="KSON")
    with pytest.raises(MoveNotAllowed, match="seat"):
        let_in(story)
    let_in(story, by="KSON.handler", centre="KSON.centre")
    assert is_found(story.case, person("KSON.centre"))


def test_a_municipality_answers_for_no_health_centre_and_lets_none_in() -> None:
    """HÖK 4.5 st 2: the region answers for there being one in each municipality."""
    story = local()
    assert not guests.may_let_in(story.case, person("SUN.handler"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        let_in(story, by="SUN.approver", centre="SUN.centre")


def test_a_health_centre_that_has_left_is_not_said_to_read_and_cannot_be_let_in() -> None:
    story = local()
    let_in(story)
    assert [g.party_code for g in current_guests(story.case)] == ["RS"]
    accounts.end_seat(current_guests(story.case)[0].membership, by="system:cli", at=instant(story.day))
    assert current_guests(story.case) == []
    other = local()
    with pytest.raises(FactsRefused):
        let_in(other)
