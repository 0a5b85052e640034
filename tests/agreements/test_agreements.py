"""Agreements in the database: in force, bound, searched."""

from __future__ import annotations

import tomllib
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from escalation import invented
from escalation.agreements import actions, queries
from escalation.agreements.actions import AgreementTextChanged
from escalation.agreements.models import (
    Adoption,
    Agreement,
    AgreementParty,
    AgreementVersion,
    Interpretation,
    InterpretationProvision,
    Provision,
)
from escalation.parties.actions import setup_parties
from escalation.rules import data
from escalation.trail.actions import next_number
from tests.support.data_folder import copied_to, used

TODAY = date(2026, 11, 23)


@pytest.fixture
def placed(session: Any) -> Any:
    setup_parties()
    actions.setup_agreements()
    invented.setup()
    return session


def rows(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = data.read(f"texts/{name}.toml")["agreement"]
    return found


def hok() -> AgreementVersion:
    version = queries.version_in_force("HOK", TODAY)
    assert version is not None
    return version


def adoption(session: Any, party_code: str) -> Adoption:
    found = session.scalars(
        select(Adoption).where(Adoption.version_id == hok().id, Adoption.party_code == party_code)
    ).one()
    assert isinstance(found, Adoption)
    return found


def test_hok_came_into_force_when_the_last_party_had_adopted_not_on_the_stated_day(placed: Any) -> None:
    version = hok()
    assert version.stated_in_force_on == date(2022, 7, 1)
    assert version.in_force_on == date(2022, 9, 5)
    assert queries.version_in_force("HOK", date(2022, 9, 4)) is None


def test_the_day_of_each_adoption_is_only_known_as_the_last_possible_one(placed: Any) -> None:
    adoptions = hok().adoptions
    assert len(adoptions) == 28
    assert {a.adopted_on for a in adoptions} == {date(2022, 9, 5)}
    assert not any(a.is_date_known for a in adoptions)


def test_a_version_that_one_party_has_not_adopted_is_not_in_force(placed: Any) -> None:
    version, sigtuna = hok(), adoption(placed, "SIG")
    sigtuna.adopted_on = None
    placed.flush()
    placed.refresh(version)
    assert version.in_force_on is None
    assert queries.version_in_force("HOK", TODAY) is None
    assert not queries.bound_on("HOK", "RS", TODAY)


def test_a_version_adopted_by_all_before_the_stated_day_is_in_force_on_that_day(placed: Any) -> None:
    version = hok()
    for each in version.adoptions:
        each.adopted_on = date(2022, 5, 2)
    placed.flush()
    placed.refresh(version)
    assert version.in_force_on == date(2022, 7, 1)


def test_a_party_is_bound_from_the_day_the_agreement_came_into_force(placed: Any) -> None:
    assert queries.bound_on("HOK", "SIG", TODAY)
    assert queries.bound_on("HOK", "KSON", date(2022, 9, 5))
    assert not queries.bound_on("HOK", "SIG", date(2022, 9, 4))
    assert not queries.bound_on("HOK", "SLSO", TODAY)
    assert not queries.bound_on("NONE", "SIG", TODAY)


def test_a_party_that_has_given_notice_is_bound_to_the_end_of_the_notice_period(placed: Any) -> None:
    leaving = placed.scalars(
        select(AgreementParty).where(AgreementParty.agreement_code == "HOK", AgreementParty.party_code == "SIG")
    ).one()
    leaving.bound_until = date(2026, 12, 31)
    placed.flush()
    assert queries.bound_on("HOK", "SIG", date(2026, 12, 31))
    assert not queries.bound_on("HOK", "SIG", date(2027, 1, 1))


def test_an_agreement_between_municipalities_does_not_bind_the_region(placed: Any) -> None:
    assert queries.bound_on("KSABO", "HAN", TODAY)
    assert not queries.bound_on("KSABO", "RS", TODAY)
    assert not queries.bound_on("KSABO", "KSON", TODAY)


def test_an_agreement_known_by_name_binds_from_the_day_it_applies_if_that_is_known(placed: Any) -> None:
    assert not queries.bound_on("LUS", "BOT", date(2019, 12, 31))
    assert queries.bound_on("LUS", "BOT", date(2020, 1, 1))
    assert queries.bound_on("MUN", "SIG", TODAY)


def test_hok_comes_first_and_an_agreement_without_a_text_has_no_ladder_that_we_know(placed: Any) -> None:
    agreements = queries.all_agreements()
    listed = [row["code"] for name in ("agreements", "demo_agreements") for row in rows(name)]
    assert [a.code for a in agreements] == listed
    assert listed[0] == "HOK"
    assert all(queries.versions(a.code) for a in agreements if a.ladder_known)


def test_the_demos_examples_are_marked_as_such(placed: Any) -> None:
    agreements = queries.all_agreements()
    assert {a.code for a in agreements if not a.is_verified} == {row["code"] for row in rows("demo_agreements")}
    assert next(a for a in agreements if a.code == "KSABO").ladder_key == "kommun_kommun"
    assert len(next(a for a in agreements if a.code == "KSABO").parties) == 26


def test_a_provision_is_found_by_its_place_and_by_a_word_whatever_the_case(placed: Any) -> None:
    assert [p.code for p in queries.find_provisions("4.5")] == [
        "4.5 st 1",
        "4.5 st 2",
        "4.5 st 3",
        "4.5 st 4",
    ]
    found = [p.code for p in queries.find_provisions("  VÅRDCENTRAL ", version_id=hok().id)]
    assert found == ["4.5 st 2"]
    assert [p.code for p in queries.find_provisions("överenskommelsens SYFTE är")] == ["1.2"]
    assert queries.find_provisions("  ") == []
    assert queries.find_provisions("100%") == []


def test_a_provision_is_found_by_its_code_in_its_version(placed: Any) -> None:
    found = queries.provision(hok().id, "4.5 st 2")
    assert found is not None
    assert found.is_commitment
    assert found.duty_bearer == "the_region"
    assert queries.provision(hok().id, "9.9") is None
    assert len(queries.provisions(hok().id)) == 55


def test_purpose_and_goal_are_1_2_and_2_1(placed: Any) -> None:
    assert [p.code for p in queries.purpose_and_goals(hok().id)] == ["1.2", "2.1"]


def test_the_database_refuses_a_commitment_that_binds_no_party(placed: Any) -> None:
    found = queries.provision(hok().id, "1.2")
    assert found is not None
    found.is_commitment = True
    with pytest.raises(IntegrityError, match="commitment_has_bearer"):
        placed.flush()
    placed.rollback()


def test_a_second_setup_adds_nothing_and_undoes_no_correction(placed: Any) -> None:
    models = (
        Agreement,
        AgreementParty,
        AgreementVersion,
        Adoption,
        Provision,
        Interpretation,
        InterpretationProvision,
    )
    before = [placed.scalar(select(func.count()).select_from(model)) for model in models]
    oral = queries.agreement("MUN")
    assert oral is not None
    oral.title = "Rätt namn"
    placed.flush()
    actions.setup_agreements()
    invented.setup()
    assert [placed.scalar(select(func.count()).select_from(model)) for model in models] == before
    placed.refresh(oral)
    assert oral.title == "Rätt namn"


def test_another_text_under_the_same_version_is_refused(placed: Any) -> None:
    hok().text_sha256 = "0" * 64
    placed.flush()
    with pytest.raises(AgreementTextChanged, match="En ny lydelse måste vara en ny version"):
        actions.setup_agreements()


def test_a_text_that_does_not_match_its_checksum_is_refused(session: Any, tmp_path: Path) -> None:
    with used(copied_to(tmp_path / "data")) as folder:
        text = folder / "texts/hok.toml"
        text.write_text(text.read_text("utf-8").replace("tolkningsföreträde", "tolkningsrätt"), "utf-8")
        with pytest.raises(AgreementTextChanged, match="stämmer inte med sin kontrollsumma"):
            actions.setup_agreements()


def test_the_register_holds_five_interpretations_newest_first(placed: Any) -> None:
    found = queries.published_interpretations()
    assert [i.number for i in found] == [f"VIS-T {n}" for n in ("2026:1", "2025:2", "2025:1", "2024:1", "2023:1")]
    assert [i.provisions[0].code for i in found] == ["4 st 3", "4.5 st 3", "1.4 st 3", "7.1 p 1", "4.5 st 3"]


def test_every_interpretation_was_decided_at_a_meeting_and_published_afterwards(
    placed: Any,
) -> None:
    raw = files("escalation").joinpath("texts/demo_meetings.toml").read_text(encoding="utf-8")
    meetings = tomllib.loads(raw)
    for each in queries.published_interpretations():
        assert each.decided_on in meetings[each.body]
        assert each.published_on is not None
        assert each.published_on > each.decided_on
        assert len([s for s in each.answer.split(". ") if s]) <= 3


def test_the_interpretations_of_a_provision_show_the_whole_chain(placed: Any) -> None:
    provision = queries.provision(hok().id, "4.5 st 3")
    assert provision is not None
    newer, older = queries.interpretations_on([provision.id])
    assert (newer.number, older.number) == ("VIS-T 2025:2", "VIS-T 2023:1")
    assert older.status == "superseded"
    assert older.successor is newer
    assert newer.predecessor is older
    assert (older.applies_from, older.applies_until) == (date(2023, 10, 19), date(2025, 12, 31))
    assert newer.applies_from == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("sought", "numbers"),
    [
        ("4.5 st 3", ["VIS-T 2025:2", "VIS-T 2023:1"]),
        ("PRINCIPIELL karaktär", ["VIS-T 2024:1"]),
        ("lov", ["VIS-T 2025:1"]),
        ("2026:1", ["VIS-T 2026:1"]),
        ("finns inte", []),
    ],
)
@pytest.mark.each_on_both
def test_the_register_is_searched_by_word_number_and_provision(placed: Any, sought: str, numbers: list[str]) -> None:
    assert [i.number for i in queries.published_interpretations(sought)] == numbers


def test_an_unpublished_interpretation_is_not_public(placed: Any) -> None:
    newest = queries.interpretation("VIS-T 2026:1")
    assert newest is not None
    newest.published_on = None
    placed.flush()
    assert queries.interpretation("VIS-T 2026:1") is None
    assert queries.interpretation("VIS-T 2026:1", public_only=False) is newest
    assert len(queries.published_interpretations()) == 4
    assert queries.interpretations_on([p.id for p in newest.provisions]) == []
    assert list(queries.unpublished_interpretations()) == [newest]


def test_nothing_is_published_before_it_was_reviewed_for_secrecy(placed: Any) -> None:
    newest = queries.interpretation("VIS-T 2026:1")
    assert newest is not None
    newest.is_secrecy_reviewed = False
    with pytest.raises(IntegrityError, match="published_is_secrecy_reviewed"):
        placed.flush()
    placed.rollback()


def test_the_next_interpretation_of_a_year_takes_the_number_after_those_in_the_register(placed: Any) -> None:
    assert next_number("VIS-T", 2026) == 2
    assert next_number("VIS-T", 2025) == 3
    assert next_number("VIS-T", 2027) == 1
    invented.setup()
    assert next_number("VIS-T", 2026) == 3
