"""An illegal act raises, names what stands in the way, and leaves no trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import course, queries
from escalation.cases.course import FactsRefused, StaleVersion
from escalation.db import session
from escalation.perform import PERFORM
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.moves.table import BY_VERB
from escalation.rules.privacy import IdentityNumberFound
from escalation.rules.situation import Outcome, Phase, ProposalKind
from tests.support.facts import FACTS, REJECT, STATEMENT, facts_of_decision
from tests.support.people import person
from tests.support.rows import all_rows
from tests.support.stories import CaseFactory, Story, StoryFactory

Database = scoped_session[Session]

NUMBER = "19640823-3234"
"""A valid number, of those that are published for tests and belong to no one."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


SEATS = (
    "SUN.approver", "SUN.handler", "SUN.reader", "RS.approver", "RS.handler", "TYR.approver", "SEK.region",
    "SEK.municipal", "TSG.chair", "TSG.member", "VIS.chair", "VIS.member", "AUDITOR", "ADMIN", "CONSULT",
)  # fmt: skip
OUTSIDERS = ("SUN.reader", "TYR.approver", "TSG.member", "VIS.member", "AUDITOR", "ADMIN", "CONSULT")


def facts_for(verb: str) -> dict[str, Any]:
    """Facts of the right shape, whatever the case's phase."""
    ids: dict[str, dict[str, Any]] = {
        "acknowledge": {"handler": person("RS.handler").membership_id, "substitute": None},
        "confirm_part": {"handler": person("RS.handler").membership_id, "substitute": None},
        "register_affected": {"registration_id": 1},
        "refuse_registration": {"registration_id": 1},
        "accept_file": {"target_meeting": 1},
        "schedule": {"meeting": 1},
        "report_task": {"task_id": 1},
        "pause": {"pause_ground": "force_majeure", "paused_until": day("2026-12-01")},
        "answer_referral": {"referral_id": 1},
        "end_pause": {},
        "remit": {"remit_until": day("2026-12-21")},
    }
    return FACTS.get(verb, {}) | ids.get(verb, {})


Look = Callable[[Story, str, str, dict[str, Any]], None]


def live(look: Look) -> set[str]:
    """Lead a case from filing to its end and look before each act: at the story, verb, seat and facts.

    What stands is committed before, so that one who looks may roll back. Returns the verbs that were looked at.
    """
    story: Story = StoryFactory()
    for seat in SEATS:
        person(seat)
    seen = set()

    def act(verb: str, by: str, on: str | None = None, **facts: Any) -> None:
        story.day = day(on) if on else story.day
        facts = FACTS.get(verb, {}) | facts
        session.commit()
        look(story, verb, by, facts)
        seen.add(verb)
        story.act(verb, by=by, **facts)

    def treat(outcome: Outcome) -> None:
        """Twice on the agenda: the first time it is taken off."""
        act("accept_file", "SEK.region", target_meeting=story.meetings()[0].id)
        act("schedule", "SEK.region", meeting=story.meetings()[0].id)
        act("take_off", "SEK.region")
        act("schedule", "SEK.region", meeting=story.meetings()[0].id)
        treatment = story.file.treatment
        assert treatment is not None
        held_on = treatment.held_at.held_on
        act("decide", "SEK.municipal", held_on.isoformat(), **facts_of_decision(outcome, held_on))

    act("serve", "SEK.region", "2026-09-01")
    act("acknowledge", "RS.handler", "2026-09-03", **facts_for("acknowledge"))
    act("state_position", "RS.handler")
    act("note_meeting", "SUN.approver", held_on=story.day)
    act("declare_impasse", "SUN.approver", "2026-10-28")
    act("lift", "SUN.approver", "2026-11-12", **STATEMENT)
    treat(Outcome.RECOMMEND)
    act("adjust", "TSG.chair")
    act("send_recommendation", "TSG.deputy")
    act("refuse_recommendation", "RS.approver")
    treat(Outcome.INTERPRET)
    task = ("Bemanna vägen in", "RS", day("2027-09-30"))
    act("adjust", "VIS.chair", task=task)
    act("pronounce", "VIS.deputy")
    act("report_task", "RS.handler", task_id=story.file.tasks[0].id)
    act("confirm_done", "SUN.approver")
    assert story.case.phase is Phase.CLOSED
    return seen


@pytest.mark.parametrize("phase", [Phase.INTAKE, Phase.DIALOGUE, Phase.CLOSED])
def test_no_verb_acts_in_a_phase_that_its_row_does_not_name_and_none_leaves_a_trace(
    phase: Phase, session: Database
) -> None:
    story = StoryFactory(at_phase=phase, at_step=3 if phase is Phase.CLOSED else 1)
    for seat in SEATS:
        person(seat)
    session.commit()
    before = all_rows()
    for verb in PERFORM:
        if phase in BY_VERB[verb].phases:
            continue
        for seat in ("SUN.approver", "RS.approver", "SEK.region", "TSG.chair", "VIS.chair"):
            with pytest.raises(MoveNotAllowed, match=rf"^{verb} is not open: phase$"):
                story.act(verb, by=seat, **facts_for(verb))
    assert all_rows() == before
    session.rollback()
    assert all_rows() == before


@pytest.mark.one_database
@pytest.mark.usefixtures("session")
def test_at_no_point_of_a_cases_life_does_anybody_without_a_seat_act() -> None:
    def outsider(story: Story, verb: str, _by: str, facts: dict[str, Any]) -> None:
        before = all_rows()
        for seat in OUTSIDERS:
            with pytest.raises(MoveNotAllowed, match=rf"^{verb} is not open: seat$"):
                story.act(verb, by=seat, **facts)
        assert all_rows() == before

    assert live(outsider) >= set(TEXTS)


def _move_not_allowed(story: Story) -> None:
    story.act("declare_impasse", by="SUN.approver")


def _facts_refused(story: Story) -> None:
    story.act("note_meeting", by="SUN.approver", held_on=day("2026-12-24"))


def _identity_number(story: Story) -> None:
    story.act("state_position", by="RS.handler", text=f"Gäller {NUMBER}.")


@pytest.mark.parametrize("act", [_move_not_allowed, _facts_refused, _identity_number])
def test_after_a_refusal_and_the_callers_rollback_the_database_is_as_before(
    act: Callable[[Story], None], session: Database
) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    before = all_rows()
    with pytest.raises((MoveNotAllowed, FactsRefused, IdentityNumberFound)):
        act(story)
    session.rollback()
    assert all_rows() == before


# --- Facts of single verbs


def test_a_meeting_is_noted_when_it_has_been_held(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(FactsRefused, match="held_on"):
        story.act("note_meeting", by="SUN.approver", held_on=day("2026-09-04"), on=day("2026-09-03"))
    story.act("note_meeting", by="SUN.approver", held_on=day("2026-09-04"), on=day("2026-09-04"))
    assert story.deadline("D6").met_on == day("2026-09-04")


@pytest.mark.parametrize(
    ("handler", "substitute", "fact"),
    [
        ("SUN.handler", "RS.substitute", "handler"),
        ("RS.handler", "SEK.region", "substitute"),
        ("RS.handler", "RS.handler", "substitute"),
        ("RS.handler", "RS.reader", "substitute"),
        ("nobody", None, "handler"),
    ],
)
@pytest.mark.one_database
def test_the_respondent_names_its_own_people(
    handler: str, substitute: str | None, fact: str, session: Database
) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    with pytest.raises(FactsRefused, match=fact):
        story.act(
            "acknowledge",
            by="RS.handler",
            handler=10**6 if handler == "nobody" else person(handler).membership_id,
            substitute=substitute and person(substitute).membership_id,
        )


def test_a_handler_may_act_without_a_substitute(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    story.act("acknowledge", by="RS.approver", handler=person("RS.handler").membership_id, substitute=None)
    assert story.case.phase is Phase.DIALOGUE


def test_a_handler_does_not_declare_the_impasse_nor_lift(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("declare_impasse", by="SUN.handler", on=day("2026-10-28"))
    story.declare_impasse()
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("lift", by="SUN.handler", on=day("2026-11-12"), **STATEMENT)


def test_the_initiator_does_not_acknowledge_for_the_respondent(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("acknowledge", by="SUN.approver", **facts_for("acknowledge"))


def test_only_the_respondents_position_meets_its_deadline(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE, affected=["TYR"])
    for seat in ("SUN.handler", "TYR.handler"):
        story.act("state_position", by=seat)
        assert story.deadline("D5").met_on is None
    story.act("state_position", by="RS.handler")
    assert story.deadline("D5").met_on == story.day
    versions = {(p.party_code, p.version) for p in queries.positions(story.case)}
    assert versions == {("SUN", 1), ("SUN", 2), ("TYR", 1), ("RS", 1)}


def test_with_several_respondents_the_first_acknowledgement_opens_the_dialogue_and_all_approve(
    session: Database,
) -> None:
    story = StoryFactory(at_phase=Phase.IMPASSE, respondents=["RS", "TYR"])
    offered = story.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    story.accept(offered, by="RS.approver")
    assert not story.file.situation.is_statement_agreed
    with pytest.raises(MoveNotAllowed, match="already_answered"):
        story.accept(offered, by="RS.approver")
    story.accept(offered, by="TYR.approver")
    assert story.file.situation.is_statement_agreed


def test_an_affected_party_does_not_answer_proposals(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.IMPASSE, affected=["TYR"])
    offered = story.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.accept(offered, by="TYR.approver")


# --- A stale form


def test_a_form_made_before_the_latest_act_is_stale(session: Database) -> None:
    story = StoryFactory()
    opened = story.case.version
    story.serve()
    with pytest.raises(StaleVersion, match=story.case.number):
        course.expect_version(story.case, opened)
    course.expect_version(story.case, story.case.version)


def test_every_act_makes_a_new_version(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.IMPASSE)
    before = story.case.version
    story.agree_on_statement()
    assert story.case.version == before + 2


# --- Identity numbers


def _filed(**texts: str) -> Callable[[], object]:
    return lambda: CaseFactory(**texts)


TEXTS_OF_A_FILING = (
    "title", "description", "position", "purpose_statement", "interim_arrangement", "citation_place",
    "citation_quote", "citation_source",
)  # fmt: skip


@pytest.mark.parametrize("field", TEXTS_OF_A_FILING)
@pytest.mark.one_database
def test_an_identity_number_stops_a_filing_and_points_at_its_field(field: str, session: Database) -> None:
    person("SUN.approver")
    session.commit()
    before = all_rows()
    with pytest.raises(IdentityNumberFound) as case:
        CaseFactory(agreement="EGV", **{field: f"Gäller {NUMBER}"})
    assert case.value.field == field
    session.rollback()
    assert all_rows() == before


TEXTS: dict[str, tuple[str, ...]] = {
    "serve": ("cover_letter",),
    "state_position": ("text",),
    "note_meeting": ("said", "agreed"),
    "declare_impasse": ("unsolved",),
    "lift": ("question", "background", "agreed_points"),
    "accept_file": ("rapporteur_region", "rapporteur_municipal"),
    "schedule": ("question", "proposed_decision", "alternatives"),
    "take_off": ("reason", "what_is_needed"),
    "decide": ("region_other", "decision_text", "reasons", "purpose_and_goals", "dissent"),
    "adjust": ("task",),
    "refuse_recommendation": ("reasons",),
    "report_task": ("report",),
    "confirm_done": ("summary",),
}


@pytest.mark.one_database
@pytest.mark.usefixtures("session")
def test_at_every_point_of_a_cases_life_an_identity_number_in_any_text_stops_the_act() -> None:
    def with_number(story: Story, verb: str, by: str, facts: dict[str, Any]) -> None:
        before = all_rows()
        for field in TEXTS.get(verb, ()):
            text: Any = f"Gäller {NUMBER}"
            text = {"alternatives": ["Ett", text], "task": (text, "RS", day("2027-09-30"))}.get(field, text)
            both_lines = {"region_line": "other", "municipal_line": "same_other"} if field == "region_other" else {}
            with pytest.raises(IdentityNumberFound) as found:
                story.act(verb, by=by, **facts | {field: text} | both_lines)
            assert found.value.field == field
            session.rollback()
        assert all_rows() == before

    assert live(with_number) >= set(TEXTS)


@pytest.mark.parametrize("kind", [ProposalKind.STATEMENT, ProposalKind.REJECT])
@pytest.mark.one_database
def test_an_identity_number_in_a_proposal_stops_it(kind: ProposalKind, session: Database) -> None:
    is_statement = kind is ProposalKind.STATEMENT
    story = StoryFactory(at_phase=Phase.IMPASSE if is_statement else Phase.INTAKE)
    session.commit()
    before = all_rows()
    terms = (STATEMENT if is_statement else REJECT) | {"question" if is_statement else "reason": NUMBER}
    with pytest.raises(IdentityNumberFound):
        story.offer(kind, terms, by="SUN.approver" if is_statement else "SEK.region")
    session.rollback()
    assert all_rows() == before
