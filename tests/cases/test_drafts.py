"""A draft is no case: its own organisation's alone, without number or event, and it ends with the filing it becomes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Viewer
from escalation.cases import drafts as cases_drafts
from escalation.cases import queries
from escalation.cases.course import FactsRefused, StaleVersion
from escalation.cases.filings import Filing
from escalation.cases.models.case import Case, CaseType, Draft
from escalation.cases.models.parties import CaseParty, PartyRole, RegistryNumber
from escalation.cases.verbs import filing as filing_verbs
from escalation.rules.machine import MoveNotAllowed
from escalation.trail import queries as trail
from escalation.trail.events import content_of
from tests.support.days import FILED_ON, instant
from tests.support.people import person
from tests.support.rows import row_counts
from tests.support.stories import CaseFactory

Database = scoped_session[Session]

NOW = instant(FILED_ON)


def begun(by: Viewer, token: str = "t", **facts: Any) -> Draft:
    return cases_drafts.begin_draft(by=by, at=NOW, token=token, facts={"matter": "reading", **facts}, done=["matter"])


def filing(**facts: Any) -> Filing:
    usual: dict[str, Any] = {
        "title": "Vem svarar när vårdcentralen inte nås?",
        "type": CaseType.INTERPRETATION,
        "agreement": "HOK",
        "respondents": ["RS"],
        "event_on": dt.date(2026, 8, 20),
        "description": "Sex vardagar av 22 nåddes ingen.",
        "position": "En utsedd vårdcentral går att nå.",
        "purpose_statement": "Sömlös vård och omsorg (2.1). " * 4,
        "interim_arrangement": "Gemensam brevlåda.",
        "provisions": ["4.5 st 2"],
    }
    return Filing(**usual | facts)


def test_a_draft_has_no_number_and_leaves_no_event(session: Database) -> None:
    writer = person("SUN.handler")
    before = row_counts()
    draft = begun(writer)
    cases_drafts.save_draft(draft, by=writer, at=NOW, version=1, facts={"title": "Ny"}, done=[])
    after = row_counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {"draft": 1}


def test_a_page_that_is_sent_twice_begins_one_draft(session: Database) -> None:
    writer = person("SUN.handler")
    assert begun(writer, "once") is begun(writer, "once")


def test_two_parties_whose_pages_bring_the_same_token_each_have_a_filing_of_their_own(session: Database) -> None:
    """A browser sends what it likes as a token: it neither fails nor tells anything of somebody else's filing."""
    ours, theirs = (begun(person(seat), "x") for seat in ("SUN.handler", "TYR.handler"))
    assert (ours.party_code, theirs.party_code) == ("SUN", "TYR")
    assert begun(person("TYR.handler"), "x") is theirs
    cases = [
        filing_verbs.file(filing(), by=person(f"{d.party_code}.approver"), at=NOW, draft=d) for d in (ours, theirs)
    ]  # fmt: skip
    assert [case.lead_party.party_code for case in cases] == ["SUN", "TYR"]
    assert filing_verbs.file(filing(), by=person("TYR.approver"), at=NOW, draft=theirs) is cases[1]
    filed = [filing_verbs.file(filing(), by=person(seat), at=NOW, token="y") for seat in ("SUN.handler", "TYR.handler")]
    assert [case.lead_party.party_code for case in filed] == ["SUN", "TYR"]


def test_two_districts_whose_pages_bring_the_same_token_each_have_a_draft_of_their_own(session: Database) -> None:
    city = person("STO.handler")
    units = ("STO-JAR", "STO-FAR", None)
    drafts = [begun(Viewer(**{**vars(city), "unit": unit}), "x") for unit in units]
    assert [draft.unit_code for draft in drafts] == [*units]


@pytest.mark.parametrize("token", ["\x00", " ", "a" * 500, "Å", "\udcff"], ids=ascii)
def test_whatever_a_page_brings_as_its_token_begins_one_draft(session: Database, token: str) -> None:
    assert begun(person("SUN.handler"), token) is begun(person("SUN.handler"), token)


def test_a_draft_is_its_own_organisations_alone(session: Database) -> None:
    draft = begun(person("SUN.handler"))
    colleague, approver = person("SUN.substitute"), person("SUN.approver")
    assert [queries.draft(draft.id, viewer=who) for who in (colleague, approver)] == [draft, draft]
    assert list(queries.drafts(colleague)) == [draft]
    for seat in ("RS.handler", "TYR.approver", "SUN.reader", "SUN.registrar", "SEK.region", "TSG.chair", "AUDITOR"):
        assert queries.draft(draft.id, viewer=person(seat)) is None, seat
        assert list(queries.drafts(person(seat))) == [], seat
    assert queries.draft(draft.id, viewer=Viewer()) is None


def test_somebody_of_one_district_sees_that_districts_drafts(session: Database) -> None:
    city = person("STO.handler")
    jarva, farsta = (
        Viewer(**{**vars(city), "unit": unit}) for unit in ("STO-JAR", "STO-FAR")
    )  # the same seat, held for a district
    draft = begun(jarva)
    assert list(queries.drafts(jarva)) == list(queries.drafts(city)) == [draft]
    assert list(queries.drafts(farsta)) == []


@pytest.mark.parametrize("seat", ["SUN.reader", "SUN.registrar", "SEK.region", "TSG.chair", "AUDITOR", "ADMIN"])
@pytest.mark.one_database
def test_only_those_who_write_for_a_party_write_drafts(seat: str, session: Database) -> None:
    draft, who = begun(person("SUN.handler")), person(seat)
    with pytest.raises(MoveNotAllowed, match="seat"):
        begun(who)
    with pytest.raises(MoveNotAllowed, match="seat"):
        cases_drafts.save_draft(draft, by=who, at=NOW, version=1, facts={}, done=[])
    with pytest.raises(MoveNotAllowed, match="seat"):
        cases_drafts.ask_approval(draft, by=who, at=NOW, version=1)
    with pytest.raises(MoveNotAllowed, match="seat"):
        cases_drafts.discard_draft(draft, by=who)


def test_saving_tells_who_and_when_and_only_a_change_is_a_new_version(session: Database) -> None:
    draft, colleague = begun(person("SUN.handler")), person("SUN.substitute")
    later = NOW + dt.timedelta(hours=2)
    cases_drafts.save_draft(draft, by=colleague, at=later, version=1, facts={"matter": "reading"}, done=["matter"])
    assert (draft.version, draft.saved_at) == (1, NOW)
    cases_drafts.save_draft(draft, by=colleague, at=later, version=1, facts={"title": "Ny"}, done=["matter"])
    assert (draft.version, draft.saved_at, draft.saved_by) == (2, later, colleague.membership_id)


def test_a_stale_save_overwrites_nothing(session: Database) -> None:
    draft, writer = begun(person("SUN.handler")), person("SUN.substitute")
    cases_drafts.save_draft(draft, by=writer, at=NOW, version=1, facts={"title": "Den första"}, done=[])
    with pytest.raises(StaleVersion):
        cases_drafts.save_draft(draft, by=writer, at=NOW, version=1, facts={"title": "Den andra"}, done=[])
    assert draft.facts == {"title": "Den första"}


def test_what_waits_for_the_approver_is_taken_back_by_a_handlers_change_and_not_by_the_approvers(
    session: Database,
) -> None:
    handler, approver = person("SUN.handler"), person("SUN.approver")
    draft = begun(handler)
    cases_drafts.ask_approval(draft, by=handler, at=NOW, version=1)
    cases_drafts.save_draft(draft, by=approver, at=NOW, version=1, facts={"title": "Rättad"}, done=[])
    waits_since = draft.ready_at
    assert waits_since == NOW
    cases_drafts.save_draft(draft, by=handler, at=NOW, version=2, facts={"title": "Ändrad"}, done=[])
    assert draft.ready_at is None
    with pytest.raises(StaleVersion):
        cases_drafts.ask_approval(draft, by=handler, at=NOW, version=2)


def test_a_draft_is_thrown_away_for_ever(session: Database) -> None:
    writer = person("SUN.handler")
    before = row_counts()
    cases_drafts.discard_draft(begun(writer), by=writer)
    session.flush()
    assert row_counts() == before


def test_a_filing_ends_its_draft_and_takes_its_texts_over(session: Database) -> None:
    approver = person("SUN.approver")
    draft = begun(person("SUN.handler"), title="Vem svarar?")
    case = filing_verbs.file(filing(), by=approver, at=NOW, draft=draft)
    session.flush()
    assert (draft.case_id, draft.facts, draft.done) == (case.id, {}, [])
    assert list(queries.drafts(approver)) == []
    assert filing_verbs.file(filing(), by=approver, at=NOW, draft=draft) is case
    assert session.scalars(select(Case)).all() == [case]
    with pytest.raises(MoveNotAllowed):
        cases_drafts.discard_draft(draft, by=approver)


def test_a_refused_filing_leaves_its_draft_as_it_was(session: Database) -> None:
    approver = person("SUN.approver")
    draft = begun(approver, title="Vem svarar?")
    with pytest.raises(FactsRefused):
        filing_verbs.file(filing(respondents=["SUN"]), by=approver, at=NOW, draft=draft)
    assert (draft.case_id, draft.facts["title"]) == (None, "Vem svarar?")


# --- The facts of § 4.2


def test_all_facts_stand_on_the_case_and_in_its_event(session: Database) -> None:
    approver, handler, substitute = person("STO.approver"), person("STO.handler"), person("STO.substitute")
    case = filing_verbs.file(
        filing(
            respondents=["RS", "TYR"],
            affected=["NOR", "KSON"],
            event_until=dt.date(2026, 8, 27),
            arena="STO-JAR",
            consequences={"target_group": 3, "equality": 2, "cost": 0, "staff": 1},
            tried="Två möten.",
            desired_outcome="En känd väg in.",
            urgency_reason="Sommaren är slut.",
            principle_reason="Alla kommuner har frågan.",
            handler=handler.membership_id,
            substitute=substitute.membership_id,
            registry_number="KS 2026/0412",
        ),
        by=approver,
        at=NOW,
    )
    session.flush()
    assert (case.event_until, case.arena) == (dt.date(2026, 8, 27), "STO-JAR")
    assert case.arena_unit is not None
    assert case.arena_unit.name == "Järva"
    assert case.consequences == {"target_group": 3, "equality": 2, "cost": 0, "staff": 1}
    assert (case.tried, case.desired_outcome) == ("Två möten.", "En känd väg in.")
    own = session.scalars(select(CaseParty).where(CaseParty.case_id == case.id, CaseParty.party_code == "STO")).one()
    assert (own.handler_id, own.substitute_id) == (handler.membership_id, substitute.membership_id)
    assert [p.party_code for p in case.parties_as(PartyRole.RESPONDENT)] == ["RS", "TYR"]
    assert [p.party_code for p in case.parties_as(PartyRole.AFFECTED)] == ["NOR", "KSON"]
    assert session.scalars(select(RegistryNumber.value)).all() == ["KS 2026/0412"]
    (event,) = trail.events_about(f"case:{case.number}")
    content = content_of(event) or {}
    assert (content["tried"], content["arena"], content["consequences"]["cost"]) == ("Två möten.", "STO-JAR", 0)


def test_wishes_for_urgency_and_for_step_two_are_recorded_and_change_nothing_yet(session: Database) -> None:
    case = CaseFactory(urgency_reason="Sommaren är slut.", principle_reason="Alla har frågan.", affected=["NAC"])
    assert (case.urgency_asked, case.principle_asked) == (True, True)
    assert (case.is_urgent, case.is_principled, case.step) == (False, False, 1)
    plain = CaseFactory()
    assert (plain.urgency_asked, plain.urgency_reason, plain.principle_asked) == (False, None, False)


def test_every_interpreted_provision_has_its_own_answer(session: Database) -> None:
    why = {"4.5 st 3": "Den säger inget om nätter."}
    case = CaseFactory(provisions=["4.5 st 2", "4.5 st 3"], precedent_answer=why)
    assert case.precedent_answers == why
    with pytest.raises(FactsRefused) as refused:
        CaseFactory(provisions=["4.5 st 3"], precedent_answer={"4.5 st 2": "Fel bestämmelse."})
    assert set(refused.value.errors) == {"precedent_answer"}


@pytest.mark.parametrize(
    ("fact", "filed"),
    [
        ("event_until", {"event_until": dt.date(2026, 8, 19)}),
        ("event_until", {"event_until": dt.date(2026, 8, 29)}),
        ("arena", {"arena": "STO-JAR"}),
        ("arena", {"arena": "NONE"}),
        ("handler", {"handler": 2**31 - 1}),
        ("substitute", {"substitute": 2**31 - 1}),
        ("not_personal", {"tried": "Ring 19121212-1213."}),
    ],
)
@pytest.mark.one_database
def test_a_further_fact_that_cannot_stand_gets_its_sentence(
    fact: str, filed: dict[str, Any], session: Database
) -> None:
    with pytest.raises(FactsRefused) as refused:
        CaseFactory(**filed)
    assert set(refused.value.errors) == {fact}


@pytest.mark.one_database
def test_the_handler_is_somebody_of_ones_own_and_no_substitute_of_themselves(session: Database) -> None:
    own, other = person("SUN.handler"), person("RS.handler")
    for filed, fact in (
        ({"handler": other.membership_id}, "handler"),
        ({"handler": own.membership_id, "substitute": own.membership_id}, "substitute"),
    ):
        with pytest.raises(FactsRefused) as refused:
            CaseFactory(**filed)
        assert set(refused.value.errors) == {fact}


def test_what_only_looks_like_an_identity_number_is_filed_with_the_reason_why_it_is_none(session: Database) -> None:
    case = CaseFactory(tried="Ärende 19121212-1213 hos IVO.", not_personal="Det är ett diarienummer.")
    (event,) = trail.events_about(f"case:{case.number}")
    assert (content_of(event) or {})["not_personal"] == "Det är ett diarienummer."


def test_a_masked_case_holds_none_of_its_texts(session: Database) -> None:
    texts = {
        "tried": "Två möten om Anna.",
        "desired_outcome": "Plats åt Anna.",
        "urgency_reason": "Anna väntar.",
        "principle_reason": "Fler som Anna.",
        "affected": ["NAC"],
        "provisions": ["4.5 st 3"],
        "precedent_answer": "Anna nämns inte.",
    }
    case = CaseFactory(**texts)
    filing_verbs.mask(case, by=person("SEK.region"), at=NOW, reason="En enskild person var beskriven.")
    session.flush()
    held = [str(value) for value in vars(case).values()]
    assert not [text for text in held if "Anna" in text]
