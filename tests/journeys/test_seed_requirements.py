"""What a careless reader of the agreement would miss (domain/15), rule by rule, each found by its number.

A rule is shown by a test here that carries its number, by tests elsewhere that ``SHOWN`` names, or by both.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.course import FactsRefused
from escalation.cases.models.case import CaseType
from escalation.parties.models import Party
from escalation.rules import ladder
from escalation.rules.choices import REJECT_GROUNDS
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import BODY_KINDS, Outcome, Phase
from escalation.trail import queries as trail
from escalation.trail.events import content_of, facts_of
from tests.support.people import person
from tests.support.stories import CaseFactory, StoryFactory
from tools import catalogue

Database = scoped_session[Session]
TESTS = Path(__file__).parent.parent
HOK = ladder.load("hok")

ASKED = [f"R{n}" for n in (*range(1, 12), *range(15, 19), *range(29, 33), 36)]
"""The rules that the first issues answer for."""

SHOWN: dict[str, tuple[str, ...]] = {
    "R1": (
        "test_demo.py::test_every_receipt_recounts_to_the_stored_date",
        "web/test_filing.py::test_the_filing_page_says_what_happens_next_and_on_which_days",
        "web/test_cases_pages.py::"
        "test_a_case_says_that_its_days_are_ours_who_answers_for_them_and_by_what_decision",
    ),
    "R2": (
        "browser/test_stories_filing.py::test_lp6_to_begin_at_step_two_is_asked_for_with_the_parties_that_it_touches",
        "cases/test_before_served.py::"
        "test_a_granted_case_is_received_by_the_first_body_and_the_respondent_still_owes_its_part",
    ),
    "R3": (
        "cases/test_before_served.py::test_the_reasons_name_a_party_outside_the_dispute",
        "cases/test_before_served.py::test_only_the_chair_of_the_first_body_decides_where_a_case_begins",
    ),
    "R4": (
        "cases/test_file.py::test_a_deviation_is_from_a_commitment",
        "web/test_filing.py::test_a_deviation_may_only_be_from_a_commitment_and_the_page_says_why",
        "web/test_filing.py::test_another_type_asks_for_the_provision_anew",
        "cases/test_turning.py::test_a_case_turns_both_ways_until_it_is_decided_and_stays_where_it_stands",
    ),
    "R5": (
        "web/test_filing.py::test_an_empty_page_says_field_by_field_what_is_missing",
        "web/test_filing.py::test_purpose_and_goals_stand_word_for_word_beside_their_question",
    ),
    "R6": (
        "agreements/test_agreements.py::"
        "test_hok_comes_first_and_an_agreement_without_a_text_has_no_ladder_that_we_know",
        "agreements/test_agreements.py::test_the_demos_examples_are_marked_as_such",
        "house/test_ladders.py::test_every_agreement_uses_a_ladder_that_is_shipped",
        "web/test_guide.py::test_every_listed_agreement_can_be_chosen_and_leads_to_its_ladder",
    ),
    "R7": (
        "test_proof.py::test_only_the_top_of_hok_interprets_and_only_its_own_agreement",
        "decisions/test_decisions.py::test_an_agreement_whose_ladder_is_not_known_is_not_interpreted",
    ),
    "R8": ("decisions/test_decisions.py::test_a_decision_in_the_matter_interprets_nothing",),
    "R9": (
        "unit/rules/test_moves.py::test_one_side_alone_may_declare_the_impasse_once_the_local_step_is_over",
        "journeys/test_journeys.py::test_a_silent_respondent_does_not_stop_the_case",
    ),
    "R10": ("web/test_filing.py::test_r10_two_municipalities_on_hok_read_what_the_agreement_is_about",),
    "R11": (
        "parties/test_reference_data.py::test_there_are_28_parties_one_region_26_municipalities_and_the_federation",
        "parties/test_reference_data.py::test_the_federation_in_norrtalje_is_a_party_of_its_own_on_both_sides",
        "browser/test_stories_others.py::"
        "test_lp18_norrtalje_is_affected_by_the_federations_case_and_decides_nothing_in_it",
    ),
    "R12": ("unit/test_hok_text.py::test_section_7_3_lists_exactly_the_28_parties",),
    "R13": (
        "browser/test_stories_others.py::"
        "test_lp17_stockholm_asks_for_a_district_and_a_district_keeps_its_drafts",
    ),
    "R15": (
        "cases/test_guests.py::test_by_itself_it_sees_nothing_of_its_partys_cases_at_any_step",
        "cases/test_guests.py::test_let_in_it_reads_that_case_whole_and_no_other",
        "cases/test_guests.py::"
        "test_it_convenes_and_writes_the_meeting_down_and_the_trail_says_that_it_was_it",
        "cases/test_guests.py::test_it_cannot_accept_a_settlement_nor_offer_or_decline_one",
        "cases/test_guests.py::"
        "test_it_ends_by_itself_when_the_case_is_lifted_and_does_not_come_back_when_it_is_remitted",
        "web/test_guests.py::test_not_let_in_it_finds_the_case_nowhere",
        "parties/test_reference_data.py::test_slso_and_hsf_are_units_of_the_region_and_no_parties",
    ),
    "R16": (
        "parties/test_reference_data.py::test_slso_and_hsf_are_units_of_the_region_and_no_parties",
        "cases/test_file.py::test_a_fact_that_cannot_stand_gets_its_sentence",
    ),
    "R18": (
        "meetings/test_referrals.py::"
        "test_r18_an_opinion_has_a_clock_of_its_own_and_the_case_waits_for_nobodys_answer",
        "meetings/test_referrals.py::test_r18_a_consultation_group_is_no_rung_of_any_ladder",
    ),
    "R25": (
        "agreements/test_agreements.py::test_hok_came_into_force_when_the_last_party_had_adopted_not_on_the_stated_day",
    ),
    "R29": (
        "unit/rules/test_guide.py::test_each_matter_ends_where_the_agreement_says",
        "web/test_filing.py::test_what_is_not_for_the_ladder_leads_to_the_guide_and_begins_no_draft",
    ),
    "R30": (
        "followups/test_followups.py::test_r30_each_of_the_three_is_asked_for_in_its_time_and_reminded_of_until_it_is_done",
        "followups/test_followups.py::test_r30_a_job_keeps_the_figures_that_it_was_fed_with",
        "web/test_followups.py::test_r30_the_secretariat_writes_in_what_was_done_and_everybody_reads_it",
    ),
    "R31": (
        "web/test_filing.py::test_two_texts_that_differ_are_both_needed",
        "web/test_lists.py::test_r31_the_secretariat_lists_what_cites_two_texts_for_the_yearly_dialogue",
    ),
    "R32": (
        "unit/test_hok_text.py::test_what_others_say_that_the_agreement_says_is_not_in_it",
        "unit/rules/test_guide.py::test_each_row_rests_on_paragraphs_that_stand_in_the_stored_text",
    ),
    "R33": (
        "unit/test_hok_text.py::test_the_words_are_those_of_the_raw_file_not_one_more_or_less",
        "agreements/test_agreements.py::test_a_text_that_does_not_match_its_checksum_is_refused",
    ),
    "R34": ("unit/test_hok_text.py::test_the_foreword_and_the_people_it_names_are_left_out",),
    "R36": (
        "browser/test_stories_filing.py::test_lp5_personal_data_are_stopped_where_they_are_written",
        "web/test_filing_personal_data.py::test_what_may_point_at_a_person_is_a_warning_and_needs_a_reason",
        "journeys/test_journeys.py::test_a_filing_about_a_single_person_loses_its_texts_in_the_same_act",
        "documents/test_secrecy.py::test_a_marked_file_is_seen_only_by_those_who_are_named",
        "web/test_secrecy.py::test_a_marked_file_is_there_only_for_those_who_are_named",
    ),
}  # fmt: skip
"""Rule -> tests that show it, as file::name under ``tests/``."""


@cache
def named_in(path: Path) -> frozenset[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("rule", dict.fromkeys([*ASKED, *SHOWN]))
def test_a_rule_is_shown_by_its_number(rule: str) -> None:
    for where in SHOWN.get(rule, ()):
        path, _sep, name = where.partition("::")
        assert name in named_in(TESTS / path), where
    here = [name for name in named_in(Path(__file__)) if name.startswith(f"test_{rule.lower()}_")]
    assert here or rule in SHOWN


def section_7_1() -> str:
    text = tomllib.loads((TESTS.parent / "escalation/texts/hok.toml").read_text("utf-8"))
    return "\n".join(p["text"] for p in text["provision"] if p["code"].startswith("7.1 "))


# --- The rules


def test_r1_section_7_1_has_no_word_of_time_and_no_sentence_of_ours_says_that_hok_sets_a_day() -> None:
    time = r"\b(dag|dagar|arbetsdag\w*|veck\w*|månad\w*|år|inom|senast|skyndsamt|tid|\d+ )"
    words = section_7_1()
    assert len(words) > 800
    assert re.findall(time, words, re.IGNORECASE) == []
    said = [s for m in catalogue.collected() if m.id for s in ([m.id] if isinstance(m.id, str) else m.id)]
    wrong = r"(enligt|kräver|säger|ska) ?(av )?HÖK[^.]*\b(senast|inom|\w*dagar)\b"
    assert [s for s in said if re.search(wrong, s, re.IGNORECASE)] == []


@pytest.mark.parametrize("filed_as", CaseType)
def test_r4_either_kind_may_turn_into_the_other_and_back_and_each_turn_is_kept(
    filed_as: CaseType, session: Database
) -> None:
    [other] = set(CaseType) - {filed_as}
    story = StoryFactory(at_phase=Phase.DIALOGUE, type=filed_as)
    story.act("turn", by="SEK.region", reason="Frågan visade sig vara en annan.")
    assert story.case.type is other
    story.act("turn", by="SEK.region", reason="Frågan var den första.")
    turns = [facts_of(e) for e in trail.events_about(f"case:{story.case.number}") if e.kind == "case_turned"]
    expected = [{"who": "SEK", "before": a.value, "type": b.value} for a, b in ((filed_as, other), (other, filed_as))]
    assert turns == expected


def test_r5_purpose_and_goals_are_always_asked_for_when_a_case_begins_and_whenever_a_body_decides() -> None:
    for verb, fact in (("file", "purpose_statement"), ("decide", "purpose_and_goals")):
        [asked] = [f for f in BY_VERB[verb].facts if f.name == fact]
        assert (asked.optional, asked.only, asked.unless) == (False, None, None), verb
    assert BY_VERB["decide"].kinds == BODY_KINDS


def test_r8_the_officials_neither_decide_nor_interpret_and_each_step_has_outcomes_of_its_own() -> None:
    local, officials, political = HOK.steps
    assert local.outcomes == ()
    binding = {Outcome.DECIDE, Outcome.INTERPRET}
    assert not binding & set(officials.outcomes)
    assert binding <= set(political.outcomes)
    assert Outcome.RECOMMEND in officials.outcomes
    assert Outcome.RECOMMEND not in political.outcomes
    assert GLOSSARY["recommend"].definition.startswith("Vägledning till parterna, ingen tolkning.")


@pytest.mark.parametrize("seat", ["SUN.approver", "RS.approver"])
def test_r9_the_party_that_finds_that_it_cannot_be_solved_locally_says_why_and_both_are_kept(
    seat: str, session: Database
) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match="local_way_is_over"):
        story.act("declare_impasse", by=seat, unsolved="Vem som svarar.")
    story.act("declare_impasse", by=seat, on=dt.date(2026, 10, 28), unsolved="Vem som svarar.")
    case = trail.events_about(f"case:{story.case.number}")[-1]
    assert (case.kind, facts_of(case)) == ("impasse_declared", {"who": seat.partition(".")[0]})
    assert (content_of(case) or {})["unsolved"] == "Vem som svarar."
    assert case.by == f"membership:{person(seat).membership_id}"


def test_r10_a_municipality_may_file_against_another_all_the_same(session: Database) -> None:
    case = CaseFactory(initiator="SUN", respondents=["TYR"])
    assert {p.party_code for p in case.parties} == {"SUN", "TYR"}


def test_r16_a_provider_is_never_a_party_and_a_filing_against_one_is_turned_away(session: Database) -> None:
    kinds = {p.kind.value for p in session.scalars(select(Party))}
    assert kinds == {"region", "municipality", "federation"}
    with pytest.raises(FactsRefused) as refused:
        CaseFactory(respondents=["PRIVATE"])
    assert "respondent" in refused.value.errors
    assert "not_a_party" in REJECT_GROUNDS


def test_r17_no_ladder_has_a_step_between_the_parties_and_the_countys_bodies() -> None:
    assert [step.body for step in HOK.steps] == [None, "TSG", "VIS"]
    for key in ladder.shipped():
        kinds = [step.kind for step in ladder.load(key).steps]
        assert kinds == sorted(kinds, key=lambda kind: kind in BODY_KINDS), "the parties first, and then the bodies"


@pytest.mark.parametrize("ground", ["crisis", "individual"])
def test_r29_what_belongs_elsewhere_is_rejected_on_a_ground_that_says_where_it_belongs(ground: str) -> None:
    assert ground in REJECT_GROUNDS
    assert GLOSSARY[ground].definition
