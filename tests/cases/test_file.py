"""Filing (T1): what a case must hold, and what cannot stand."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries
from escalation.cases.course import FactsRefused
from escalation.cases.filings import Filing
from escalation.cases.models.case import CaseType
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.verbs import filing
from escalation.rules import ladder
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from tests.support.days import FILED_ON, instant
from tests.support.people import person
from tests.support.rows import row_counts
from tests.support.stories import CaseFactory, StoryFactory

Database = scoped_session[Session]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("fact", "filed"),
    [
        ("agreement", {"agreement": "NONE"}),
        ("provisions", {"provisions": ["99.9"]}),
        ("provisions", {"provisions": ["4.5 st 2", "99.9"]}),
        ("provisions", {"provisions": [], "citation_place": "", "citation_quote": ""}),
        ("provisions", {"provisions": [], "citation_place": "4.5", "citation_quote": ""}),
        ("provisions", {"type": CaseType.DEVIATION, "provisions": ["1.2"]}),
        ("provisions", {"event_on": day("2022-09-04")}),
        ("respondent", {"event_on": day("2022-09-04")}),
        ("agreement", {"event_on": day("2022-09-04")}),
        ("respondent", {"respondents": []}),
        ("respondent", {"respondents": ["SUN"]}),
        ("respondent", {"respondents": ["XYZ"]}),
        ("respondent", {"agreement": "KSABO", "initiator": "HAN"}),
        ("agreement", {"agreement": "KSABO", "initiator": "RS", "respondents": ["HAN"]}),
        ("affected", {"affected": ["RS"]}),
        ("affected", {"affected": ["SUN"]}),
        ("affected", {"affected": ["XYZ"]}),
        ("event_on", {"event_on": day("2026-08-29")}),
        ("precedent_answer", {"provisions": ["4.5 st 3"]}),
    ],
)
@pytest.mark.one_database
def test_a_fact_that_cannot_stand_gets_its_sentence(fact: str, filed: dict[str, Any], session: Database) -> None:
    person("SUN.approver"), person("HAN.approver"), person("RS.approver")
    before = row_counts()
    with pytest.raises(FactsRefused) as refused:
        CaseFactory(**filed)
    assert fact in refused.value.errors
    assert all(text.endswith(".") for text in refused.value.errors.values())
    assert row_counts() == before


def test_all_wrong_facts_are_named_at_once(session: Database) -> None:
    with pytest.raises(FactsRefused) as refused:
        CaseFactory(respondents=["SUN"], affected=["SUN"], provisions=["99.9"], event_on=day("2030-01-01"))
    assert set(refused.value.errors) == {"respondent", "affected", "provisions", "event_on"}


def test_an_event_on_the_first_day_that_the_agreement_was_in_force_is_covered(session: Database) -> None:
    assert CaseFactory(event_on=day("2022-09-05")).phase is Phase.INTAKE


def test_an_event_on_the_day_of_filing_is_not_in_the_future(session: Database) -> None:
    assert CaseFactory(event_on=day("2026-08-28")).event_on == day("2026-08-28")


def test_a_deviation_is_from_a_commitment(session: Database) -> None:
    case = CaseFactory(type=CaseType.DEVIATION, provisions=["4.5 st 2"])
    assert [p.is_commitment for p in queries.provisions(case)] == [True]


def test_a_provision_with_an_interpretation_is_filed_on_when_it_is_said_why_that_is_not_the_answer(
    session: Database,
) -> None:
    case = CaseFactory(provisions=["4.5 st 3"], precedent_answer="Tolkningen säger inget om nätter.")
    ((provision, known),) = queries.cited(case)
    assert provision.code == "4.5 st 3"
    assert [i.number for i in known] == ["VIS-T 2025:2", "VIS-T 2023:1"]


@pytest.mark.parametrize(
    "seat", ["RS.reader", "RS.registrar", "SEK.region", "TSG.chair", "VIS.member", "AUDITOR", "ADMIN"]
)
@pytest.mark.one_database
def test_only_those_who_write_for_a_party_file(seat: str, session: Database) -> None:

    with pytest.raises(MoveNotAllowed, match="seat"):
        filing.file(
            Filing(
                title="T", type=CaseType.INTERPRETATION, agreement="HOK", respondents=["SUN"], event_on=FILED_ON,
                description="", position="", purpose_statement="", interim_arrangement="", provisions=["4.5 st 2"],
            ),
            by=person(seat), at=instant(FILED_ON),
        )  # fmt: skip


def test_numbers_are_gapless_within_a_year_and_a_refused_filing_takes_none(session: Database) -> None:
    first = CaseFactory()
    with pytest.raises(FactsRefused):
        CaseFactory(respondents=["SUN"])
    second = CaseFactory()
    following = CaseFactory(filed_on=day("2027-01-07"))
    assert [c.number for c in (first, second, following)] == ["ESK-2026-0001", "ESK-2026-0002", "ESK-2027-0001"]


def test_a_rolled_back_filing_gives_its_number_back(session: Database) -> None:
    person("SUN.approver")
    session.commit()
    CaseFactory()
    session.rollback()
    assert CaseFactory().number == "ESK-2026-0001"


def test_a_case_keeps_a_frozen_copy_of_its_ladder_with_the_hash(session: Database) -> None:
    case = CaseFactory()
    session.commit()
    session.expire_all()
    assert case.ladder == ladder.definition("hok")
    assert case.ladder_hash == ladder.fingerprint(case.ladder)
    assert (case.ladder_key, case.ladder_known, case.first_body_step) == ("hok", True, 2)


def test_a_case_filed_under_an_older_ladder_goes_on_with_its_own(session: Database) -> None:
    """A changed ladder touches new cases only (E11)."""
    story = StoryFactory()
    older = {**story.case.ladder, "version": 2, "days": {**story.case.ladder["days"], "D7c": 20}}
    story.case.ladder, story.case.ladder_hash = older, ladder.fingerprint(older)
    session.flush()
    story.serve(on=day("2026-09-01"))
    assert story.due("D7c") == day("2026-11-24")
    assert story.deadline("D7c").source == "hok v2"


def test_parties_take_part_in_their_capacities_and_the_handler_who_files_is_the_cases_own(
    session: Database,
) -> None:
    case = CaseFactory(respondents=["RS", "TYR"], affected=["NOR"])
    parts = session.scalars(select(CaseParty).where(CaseParty.case_id == case.id).order_by(CaseParty.id)).all()
    assert [(p.party_code, p.role) for p in parts] == [
        ("SUN", PartyRole.INITIATOR),
        ("RS", PartyRole.RESPONDENT),
        ("TYR", PartyRole.RESPONDENT),
        ("NOR", PartyRole.AFFECTED),
    ]
    assert [p.text for p in queries.positions(case)] == ["Det ska finnas en känd och bemannad väg in."]


def test_the_filing_is_one_event_that_holds_its_texts(session: Database) -> None:
    from escalation.trail.events import content_of, facts_of

    case = CaseFactory()
    (event,) = trail.events_about(f"case:{case.number}")
    assert facts_of(event) == {"who": "SUN", "respondent": "RS", "number": case.number}
    content = content_of(event)
    assert content is not None
    assert content["description"] == case.description
    assert content["position"] == "Det ska finnas en känd och bemannad väg in."


def test_filed_on_a_saturday_counts_from_monday(session: Database) -> None:
    story = StoryFactory(filed_on=day("2026-11-21"))
    assert story.deadline("D1").base_on == day("2026-11-23")
    assert story.ball() == ("check_filing", "secretariat", day("2026-11-30"))
