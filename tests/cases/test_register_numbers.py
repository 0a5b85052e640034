"""Register numbers: each party is its own authority with its own diary (domain/08 items 1 and 2, story LP20)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries, register_numbers
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import Case
from escalation.cases.models.parties import RegistryNumber
from escalation.cases.sight import Sight, sight_of
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.privacy import IdentityNumberFound
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from escalation.trail.events import facts_of
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]


def add(story: Story, value: str, *, by: str = "SUN.handler") -> RegistryNumber:
    return register_numbers.add_register_number(story.case, by=person(by), at=instant(story.day), value=value)


def numbers(story: Story) -> dict[str, list[str]]:
    return {p.party_code: [n.value for n in p.registry_numbers] for p in story.case.parties}


@pytest.mark.parametrize("value", ["KS 2026/0412", "2022/ÄON 0037 50", "HSN 2021-1234", "dnr saknar ordning"])
def test_a_number_is_taken_as_the_party_writes_it(session: Database, value: str) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    add(story, value)
    assert numbers(story) == {"SUN": [value], "RS": []}


def test_each_party_has_its_own_and_may_have_several(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    add(story, "KS 2026/0412")
    add(story, "  SN   2026/77 ", by="SUN.registrar")
    add(story, "HSN 2026-1234", by="RS.approver")
    add(story, "KS 2026/0412", by="RS.registrar")
    assert numbers(story) == {"SUN": ["KS 2026/0412", "SN 2026/77"], "RS": ["HSN 2026-1234", "KS 2026/0412"]}


def test_adding_one_is_in_the_trail_and_makes_no_open_form_stale(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    version = story.case.version
    add(story, "KS 2026/0412")
    event = trail.events_about(f"case:{story.case.number}")[-1]
    assert (event.kind, facts_of(event)) == ("register_number_added", {"who": "SUN", "value": "KS 2026/0412"})
    assert story.case.version == version
    assert rows_that_disagree() == []


def test_a_number_may_come_after_the_case_was_closed(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.CLOSED, at_step=3)
    add(story, "KS 2026/0412", by="SUN.registrar")
    assert numbers(story)["SUN"] == ["KS 2026/0412"]


@pytest.mark.parametrize("value", ["", "   ", "9" * 61, "KS 2026/0412", "ks2026/0412"])
def test_an_empty_too_long_or_known_number_is_refused_in_words(session: Database, value: str) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    add(story, "KS 2026/0412")
    with pytest.raises(FactsRefused) as refused:
        add(story, value)
    assert set(refused.value.errors) == {"value"}
    assert numbers(story)["SUN"] == ["KS 2026/0412"]


def test_an_identity_number_is_no_register_number(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    with pytest.raises(IdentityNumberFound) as found:
        add(story, "640823-3234")
    assert found.value.field == "value"
    session.rollback()
    assert session.scalars(select(RegistryNumber)).all() == []


@pytest.mark.parametrize("seat", ["SOL.handler", "SUN.reader", "SEK.region", "TSG.chair", "AUDITOR"])
def test_an_authoritys_number_is_written_only_by_its_own_people(session: Database, seat: str) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    with pytest.raises(MoveNotAllowed):
        add(story, "KS 2026/0412", by=seat)


def test_a_respondent_registers_no_case_before_it_has_been_served(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.INTAKE)
    with pytest.raises(MoveNotAllowed):
        add(story, "HSN 2026-1234", by="RS.registrar")


# Searching --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["KS 2026/0412", "ks2026/0412", "0412", "2026/0412"])
@pytest.mark.each_on_both
def test_a_case_is_found_by_its_number_or_a_part_of_it_however_it_is_spaced(session: Database, typed: str) -> None:
    story, _other = StoryFactory(at_phase=Phase.SERVED), StoryFactory(at_phase=Phase.SERVED)
    add(story, "KS 2026/0412")
    case = session.scalars(select(Case).where(queries.numbered(typed, viewer=person("RS.handler")))).all()
    assert case == [story.case]


def test_swedish_letters_are_found_in_either_case_on_both_databases(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    add(story, "2022/ÄON 0037 50")
    query = select(Case).where(queries.numbered("äon", viewer=person("SUN.reader")))
    assert session.scalars(query).all() == [story.case]


@pytest.mark.parametrize("typed", ["%", "_", "4_2", "K%"])
def test_signs_of_the_databases_own_are_letters_like_others(session: Database, typed: str) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    add(story, "KS 2026/0412")
    assert session.scalars(select(Case).where(queries.numbered(typed, viewer=person("SUN.reader")))).all() == []


SEATS = ("SUN.reader", "RS.registrar", "SOL.handler", "TSG.member", "VIS.member", "SEK.region", "AUDITOR", "CONSULT")


@pytest.mark.parametrize(
    ("phase", "step"), [(Phase.INTAKE, 1), (Phase.DIALOGUE, 1), (Phase.PREPARATION, 2), (Phase.RECEIVED, 3)]
)
def test_a_number_leads_only_those_to_a_case_who_see_all_of_it(session: Database, phase: Phase, step: int) -> None:
    story = StoryFactory(at_phase=phase, at_step=step)
    add(story, "KS 2026/0412")
    for seat in SEATS:
        viewer = person(seat)
        sees = sight_of(story.case, viewer) is Sight.FULL
        case = session.scalars(select(Case).where(queries.numbered("0412", viewer=viewer))).all()
        assert (story.case in case) == sees, seat
