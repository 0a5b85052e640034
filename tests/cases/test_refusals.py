"""An illegal act raises, names what stands in the way, and leaves no trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import actions, queries
from escalation.cases.actions import FactsRefused, StaleVersion
from escalation.rules.moves import BY_VERB, MOVES, MoveNotAllowed
from escalation.rules.privacy import IdentityNumberFound
from escalation.rules.situation import Outcome, Phase, ProposalKind
from tests.factories import FACTS, REJECT, STATEMENT, VERBS, CaseFactory, Story, StoryFactory, everything, person

Database = scoped_session[Session]

NUMBER = "19640823-3234"
"""A valid number, of those that are published for tests and belong to nobody."""


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


STANDS: dict[str, tuple[Phase, int]] = {
    # where a case stands for each verb to be open
    "serve": (Phase.INTAKE, 1),
    "acknowledge": (Phase.SERVED, 1),
    "state_position": (Phase.DIALOGUE, 1),
    "note_meeting": (Phase.DIALOGUE, 1),
    "declare_impasse": (Phase.DIALOGUE, 1),
    "lift": (Phase.IMPASSE, 1),
    "lapse": (Phase.DIALOGUE, 1),
    "accept_file": (Phase.RECEIVED, 2),
    "schedule": (Phase.PREPARATION, 2),
    "take_off": (Phase.SCHEDULED, 2),
    "decide": (Phase.SCHEDULED, 2),
    "send_recommendation": (Phase.MINUTED, 2),
    "pass_up": (Phase.MINUTED, 2),
    "refuse_recommendation": (Phase.RECOMMENDATION_OUT, 2),
    "end_without_agreement": (Phase.RECOMMENDATION_OUT, 2),
    "pronounce": (Phase.MINUTED, 3),
    "close_without_agreement": (Phase.MINUTED, 3),
    "table_without_concurrence": (Phase.MINUTED, 3),
    "report_task": (Phase.IMPLEMENTATION, 3),
    "confirm_done": (Phase.IMPLEMENTATION, 3),
}
BY_BOTH_OR_TIME = {
    "settle", "extend", "pause", "resume", "end_pause", "return_to_dialogue", "withdraw", "keep_open",
    "end_withdrawn", "report_breach", "accept_recommendation",
}  # fmt: skip
"""Tried in test_agreements.py: they rest on a proposal of both sides, an overlay or time."""
SEATS = (
    "SUN.approver", "SUN.handler", "SUN.reader", "RS.approver", "RS.handler", "TYR.approver", "SEK.region",
    "SEK.municipal", "TSG.chair", "TSG.member", "VIS.chair", "VIS.member", "AUDITOR", "ADMIN", "CONSULT",
)  # fmt: skip
OUTSIDERS = ("SUN.reader", "TYR.approver", "TSG.member", "VIS.member", "AUDITOR", "ADMIN", "CONSULT")


def facts_for(told: Story, verb: str) -> dict[str, Any]:
    """Facts of the right shape, whatever the case's phase."""
    meeting = {"accept_file": "target_meeting", "schedule": "meeting"}
    extra: dict[str, Any] = {meeting[verb]: 1} if verb in meeting else {}
    if verb == "acknowledge":
        extra = {"handler": person("RS.handler").membership_id, "substitute": None}
    if verb == "report_task":
        extra = {"task_id": 1}
    return FACTS.get(verb, {}) | extra


def test_every_row_that_has_phases_is_tried_here() -> None:
    assert set(STANDS) | BY_BOTH_OR_TIME | {"file", "reject"} == {m.verb for m in MOVES}


@pytest.mark.parametrize("phase", [Phase.INTAKE, Phase.DIALOGUE, Phase.CLOSED])
def test_no_verb_acts_in_a_phase_that_its_row_does_not_name_and_none_leaves_a_trace(
    phase: Phase, session: Database
) -> None:
    told = StoryFactory(at_phase=phase, at_step=3 if phase is Phase.CLOSED else 1)
    for seat in SEATS:
        person(seat)
    session.commit()
    before = everything()
    for verb in VERBS:
        if phase in BY_VERB[verb].phases:
            continue
        for seat in ("SUN.approver", "RS.approver", "SEK.region", "TSG.chair", "VIS.chair"):
            with pytest.raises(MoveNotAllowed, match=rf"^{verb} is not open: phase$"):
                told.act(verb, by=seat, **facts_for(told, verb))
    assert everything() == before
    session.rollback()
    assert everything() == before


@pytest.mark.parametrize("goal", sorted(set(STANDS.values())), ids=lambda g: f"{g[0]}-{g[1]}")
@pytest.mark.one_database
def test_nobody_without_a_seat_in_the_case_acts(goal: tuple[Phase, int], session: Database) -> None:
    task = ("Bemanna vägen in", "RS", day("2027-05-31")) if goal[0] is Phase.IMPLEMENTATION else None
    told = StoryFactory(at_phase=goal[0], at_step=goal[1], task=task)
    for seat in SEATS:
        person(seat)
    session.commit()
    before = everything()
    for verb in [v for v, where in STANDS.items() if where == goal]:
        for seat in OUTSIDERS:
            with pytest.raises(MoveNotAllowed, match="seat"):
                told.act(verb, by=seat, **facts_for(told, verb))
    assert everything() == before


def _move_not_allowed(told: Story) -> None:
    told.act("declare_impasse", by="SUN.approver")


def _facts_refused(told: Story) -> None:
    told.act("note_meeting", by="SUN.approver", held_on=day("2026-12-24"))


def _identity_number(told: Story) -> None:
    told.act("state_position", by="RS.handler", text=f"Gäller {NUMBER}.")


@pytest.mark.parametrize("act", [_move_not_allowed, _facts_refused, _identity_number])
def test_after_a_refusal_and_the_doors_rollback_the_database_is_as_before(
    act: Callable[[Story], None], session: Database
) -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    before = everything()
    with pytest.raises((MoveNotAllowed, FactsRefused, IdentityNumberFound)):
        act(told)
    session.rollback()
    assert everything() == before


# --- Facts of single verbs


def test_a_meeting_is_noted_when_it_has_been_held(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(FactsRefused, match="held_on"):
        told.act("note_meeting", by="SUN.approver", held_on=day("2026-09-04"), on=day("2026-09-03"))
    told.act("note_meeting", by="SUN.approver", held_on=day("2026-09-04"), on=day("2026-09-04"))
    assert told.deadline("D6").met_on == day("2026-09-04")


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
    told = StoryFactory(at_phase=Phase.SERVED)
    with pytest.raises(FactsRefused, match=fact):
        told.act(
            "acknowledge",
            by="RS.handler",
            handler=10**6 if handler == "nobody" else person(handler).membership_id,
            substitute=substitute and person(substitute).membership_id,
        )


def test_a_handler_may_act_without_a_substitute(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.SERVED)
    told.act("acknowledge", by="RS.approver", handler=person("RS.handler").membership_id, substitute=None)
    assert told.case.phase is Phase.DIALOGUE


def test_a_handler_does_not_declare_the_impasse_nor_lift(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match="seat"):
        told.act("declare_impasse", by="SUN.handler", on=day("2026-10-28"))
    told.declare_impasse()
    with pytest.raises(MoveNotAllowed, match="seat"):
        told.act("lift", by="SUN.handler", on=day("2026-11-12"), **STATEMENT)


def test_the_initiator_does_not_acknowledge_for_the_respondent(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.SERVED)
    with pytest.raises(MoveNotAllowed, match="seat"):
        told.act("acknowledge", by="SUN.approver", **facts_for(told, "acknowledge"))


def test_only_the_respondents_position_meets_its_deadline(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.DIALOGUE, affected=["TYR"])
    for seat in ("SUN.handler", "TYR.handler"):
        told.act("state_position", by=seat)
        assert told.deadline("D5").met_on is None
    told.act("state_position", by="RS.handler")
    assert told.deadline("D5").met_on == told.day
    versions = {(p.party_code, p.version) for p in queries.positions(told.case)}
    assert versions == {("SUN", 1), ("SUN", 2), ("TYR", 1), ("RS", 1)}


def test_with_several_respondents_the_first_acknowledgement_opens_the_dialogue_and_all_approve(
    session: Database,
) -> None:
    told = StoryFactory(at_phase=Phase.IMPASSE, respondents=["RS", "TYR"])
    offered = told.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    told.accept(offered, by="RS.approver")
    assert not told.file.situation.is_statement_agreed
    with pytest.raises(MoveNotAllowed, match="already_answered"):
        told.accept(offered, by="RS.approver")
    told.accept(offered, by="TYR.approver")
    assert told.file.situation.is_statement_agreed


def test_an_affected_party_does_not_answer_proposals(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.IMPASSE, affected=["TYR"])
    offered = told.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    with pytest.raises(MoveNotAllowed, match="seat"):
        told.accept(offered, by="TYR.approver")


# --- A stale form


def test_a_form_made_before_the_latest_act_is_stale(session: Database) -> None:
    told = StoryFactory()
    opened = told.case.version
    told.serve()
    with pytest.raises(StaleVersion, match=told.case.number):
        actions.expect_version(told.case, opened)
    actions.expect_version(told.case, told.case.version)


def test_every_act_makes_a_new_version(session: Database) -> None:
    told = StoryFactory(at_phase=Phase.IMPASSE)
    before = told.case.version
    told.agree_on_statement()
    assert told.case.version == before + 2


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
    before = everything()
    with pytest.raises(IdentityNumberFound) as found:
        CaseFactory(agreement="EGV", **{field: f"Gäller {NUMBER}"})
    assert found.value.field == field
    session.rollback()
    assert everything() == before


TEXTS: dict[str, tuple[str, ...]] = {
    "serve": ("cover_letter",),
    "state_position": ("text",),
    "note_meeting": ("said", "agreed"),
    "declare_impasse": ("unsolved",),
    "accept_file": ("rapporteur_region", "rapporteur_municipal"),
    "schedule": ("question", "proposed_decision", "alternatives"),
    "take_off": ("reason", "what_is_needed"),
    "decide": ("region_line", "decision_text", "reasons", "purpose_and_goals", "dissent"),
    "refuse_recommendation": ("reasons",),
    "pronounce": ("answer", "reasons", "purpose_and_goals", "scope", "task"),
    "report_task": ("report",),
    "confirm_done": ("summary",),
}
OPEN_TO = {
    "serve": "SEK.region", "state_position": "RS.handler", "note_meeting": "SUN.approver",
    "declare_impasse": "SUN.approver", "accept_file": "SEK.region", "schedule": "SEK.region",
    "take_off": "SEK.region", "decide": "SEK.region", "refuse_recommendation": "RS.approver",
    "pronounce": "VIS.chair", "report_task": "RS.handler", "confirm_done": "SUN.approver",
}  # fmt: skip


@pytest.mark.parametrize("verb", TEXTS)
@pytest.mark.one_database
def test_an_identity_number_in_any_text_of_an_act_stops_it(verb: str, session: Database) -> None:
    phase, step = STANDS[verb]
    due = day("2027-05-31")
    told = StoryFactory(
        at_phase=phase, at_step=step, outcome=Outcome.INTERPRET if step == 3 else None,
        task=("Bemanna vägen in", "RS", due) if phase is Phase.IMPLEMENTATION else None,
    )  # fmt: skip
    facts: dict[str, Any] = {}
    match verb:
        case "declare_impasse":
            told.day = day("2026-10-28")
        case "accept_file" | "schedule":
            facts = {{"accept_file": "target_meeting", "schedule": "meeting"}[verb]: told.meetings()[0].id}
        case "decide":
            told.day = told.file.treatment.meeting.held_on  # type: ignore[union-attr]
        case "pronounce":
            facts = {"applies_from": day("2027-03-01")}
        case "report_task":
            facts = {"task_id": told.file.tasks[0].id}
        case "confirm_done":
            told.act("report_task", by="RS.handler", task_id=told.file.tasks[0].id)
    session.commit()
    before = everything()
    for field in TEXTS[verb]:
        text: Any = f"Gäller {NUMBER}"
        if field == "alternatives":
            text = ["Ett", text]
        if field == "task":
            text = (text, "RS", due)
        extra = {"municipal_line": text} if field == "region_line" else {}
        with pytest.raises(IdentityNumberFound) as found:
            told.act(verb, by=OPEN_TO[verb], **facts | {field: text} | extra)
        assert found.value.field == field
        session.rollback()
        assert everything() == before


@pytest.mark.parametrize("kind", [ProposalKind.STATEMENT, ProposalKind.REJECT])
@pytest.mark.one_database
def test_an_identity_number_in_a_proposal_stops_it(kind: ProposalKind, session: Database) -> None:
    is_statement = kind is ProposalKind.STATEMENT
    told = StoryFactory(at_phase=Phase.IMPASSE if is_statement else Phase.INTAKE)
    session.commit()
    before = everything()
    terms = (STATEMENT if is_statement else REJECT) | {"question" if is_statement else "reason": NUMBER}
    with pytest.raises(IdentityNumberFound):
        told.offer(kind, terms, by="SUN.approver" if is_statement else "SEK.region")
    session.rollback()
    assert everything() == before
