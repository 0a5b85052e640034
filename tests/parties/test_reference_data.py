"""The parties, units and bodies that setup puts in place."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from escalation.parties import actions, queries
from escalation.parties.models import Body, BodyBlock, BodyName, OrgUnit, Party, PartyKind, PrincipalSide
from escalation.rules import workdays

TODAY = date(2026, 11, 23)


@pytest.fixture
def placed(session: Any) -> Any:
    actions.setup_parties()
    return session


def test_there_are_28_parties_one_region_26_municipalities_and_the_federation(placed: Any) -> None:
    parties = queries.all_parties()
    assert len(parties) == 28
    kinds = [party.kind for party in parties]
    assert [kinds.count(kind) for kind in PartyKind] == [1, 26, 1]
    assert parties[0].code == "RS"
    assert [p.name for p in parties][-1] == "Österåker kommun"


def test_only_municipalities_have_a_kommunkod_and_each_has_one_of_stockholm_county(placed: Any) -> None:
    for party in queries.all_parties():
        if party.kind is PartyKind.MUNICIPALITY:
            assert party.municipality_code is not None
            assert len(party.municipality_code) == 4
            assert party.municipality_code.startswith("01")
        else:
            assert party.municipality_code is None


def test_the_federation_in_norrtalje_is_a_party_of_its_own_on_both_sides(placed: Any) -> None:
    federation, municipality = queries.party("KSON"), queries.party("NOR")
    assert federation is not None
    assert municipality is not None
    assert federation.principal_side is PrincipalSide.BOTH
    assert municipality.principal_side is PrincipalSide.MUNICIPAL


def test_a_party_has_a_name_for_running_text(placed: Any) -> None:
    names = {party.code: party.short_name for party in queries.all_parties()}
    assert names["SIG"] == "Sigtuna"
    assert names["RS"] == "regionen"
    assert names["VAX"] == "Vaxholm"


def test_stockholm_has_11_districts_since_july_2023_and_had_13_before(placed: Any) -> None:
    assert len(queries.districts_on(TODAY)) == 11
    assert len(queries.districts_on(date(2023, 7, 1))) == 11
    assert len(queries.districts_on(date(2023, 6, 30))) == 13


def test_a_district_that_is_no_more_names_its_successor(placed: Any) -> None:
    former = queries.unit("STO-RIK")
    assert former is not None
    assert former.succeeded_by == "STO-JAR"
    successor = queries.unit("STO-JAR")
    assert successor is not None
    assert successor.name == "Järva"
    assert successor.party_code == "STO"


def test_slso_and_hsf_are_units_of_the_region_and_no_parties(placed: Any) -> None:
    region = queries.party("RS")
    assert region is not None
    assert [unit.code for unit in region.units] == ["HSF", "SLSO"]
    assert queries.party("SLSO") is None


def test_a_body_is_called_what_it_was_called_that_day_and_an_alias_is_never_its_name(placed: Any) -> None:
    group = queries.body("TSG")
    assert group is not None
    assert queries.body_name_on(group, TODAY) == "Tjänstemannastyrgruppen Sammanhållen vård och omsorg"
    assert [name.name for name in group.names if name.is_alias] == ["VIS tjänstestyrgrupp"]


def test_a_body_whose_name_is_not_known_for_a_day_goes_by_its_short_name(placed: Any) -> None:
    name = placed.scalars(select(BodyName).where(BodyName.body_code == "VIS")).one()
    name.valid_from = date(2019, 1, 1)
    placed.flush()
    body = queries.body("VIS")
    assert body is not None
    assert queries.body_name_on(body, date(2018, 12, 31)) == "VIS"


def test_every_body_has_a_block_of_each_side(placed: Any) -> None:
    for code in ("TSG", "VIS", "SEK"):
        body = queries.body(code)
        assert body is not None
        assert [block.side for block in body.blocks] == ["region", "municipal"]


def test_a_second_setup_adds_nothing_and_undoes_no_correction(placed: Any) -> None:
    models = (Party, OrgUnit, Body, BodyName, BodyBlock)
    before = [placed.scalar(select(func.count()).select_from(model)) for model in models]
    sigtuna = queries.party("SIG")
    assert sigtuna is not None
    sigtuna.short_name = "Sigtuna kommun"
    placed.flush()
    actions.setup_parties()
    assert [placed.scalar(select(func.count()).select_from(model)) for model in models] == before
    placed.refresh(sigtuna)
    assert sigtuna.short_name == "Sigtuna kommun"


def test_a_region_on_the_municipal_side_is_refused_by_the_database(placed: Any) -> None:
    region = queries.party("RS")
    assert region is not None
    region.principal_side = PrincipalSide.MUNICIPAL
    with pytest.raises(IntegrityError, match="region_side_is_the_region"):
        placed.flush()
    placed.rollback()


def test_the_meetings_are_workdays_outside_july_fridays_for_the_officials_thursdays_for_vis() -> None:
    meetings = tomllib.loads(files("escalation").joinpath("texts/demo_meetings.toml").read_text(encoding="utf-8"))
    calendar = workdays.load_calendar((workdays.JULY,))
    for code, weekday, a_year in (("TSG", 4, 7), ("VIS", 3, 6)):
        days = meetings[code]
        assert {day.weekday() for day in days} == {weekday}
        assert all(workdays.is_workday(day, calendar) for day in days)
        assert [sum(day.year == year for day in days) for year in range(2023, 2028)] == [a_year] * 5
        assert days == sorted(set(days))
