"""The sheet of the joint statement (domain/04 § 4.6): two columns, one statement, and who may do what."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Viewer
from escalation.cases import queries, statement
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.statements import JointStatement, StatementDraft, StatementPart
from escalation.cases.statement import fingerprint
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.privacy import IdentityNumberFound
from escalation.rules.situation import Phase, ProposalKind
from escalation.trail import queries as trail
from tests.support.days import instant
from tests.support.facts import STATEMENT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
EMPTY = {part: fingerprint("") for part in StatementPart}


def impasse(**choices: Any) -> Story:
    story: Story = StoryFactory(at_phase=Phase.IMPASSE, **choices)
    return story


def save(
    story: Story,
    by: str | Viewer,
    parts: Mapping[str, str],
    *,
    opened_with: Mapping[str, str] | None = None,
    party: str | None = None,
) -> StatementDraft | None:
    """Save a column; ``opened_with`` are the texts it was opened with, else those that are saved now."""
    viewer = person(by) if isinstance(by, str) else by
    now = queries.statement_drafts(story.case).get(viewer.party or "", {}) if opened_with is None else opened_with
    return statement.save_statement(
        story.case, story.file.situation, by=viewer, at=instant(story.day), party=party or viewer.party or "",
        parts={StatementPart(name): text for name, text in parts.items()},
        opened_with={part: fingerprint(now.get(part, "")) for part in StatementPart},
    )  # fmt: skip


def propose(story: Story, by: str = "SUN.approver") -> Any:
    viewer = person(by)
    return statement.offer_statement(
        story.case, story.file.situation, by=viewer, at=instant(story.day),
        others_as_read=statement.others_mark(story.case, viewer.party),
    )  # fmt: skip


# The working draft ------------------------------------------------------------------------------------------------


def test_each_side_writes_in_its_own_column_and_both_are_read_side_by_side(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"background": "Numret har bytts tre gånger.", "stand": "Det ska finnas en väg in."})
    save(story, "RS.approver", {"background": "Numret har bytts.", "stand": "Kommunen svarar för kontakten."})
    assert queries.statement_drafts(story.case) == {
        "SUN": {"background": "Numret har bytts tre gånger.", "stand": "Det ska finnas en väg in."},
        "RS": {"background": "Numret har bytts.", "stand": "Kommunen svarar för kontakten."},
    }


def test_saving_a_working_draft_leaves_no_trail_event_and_makes_no_form_stale(session: Database) -> None:
    story = impasse()
    before, version = len(trail.events_about(f"case:{story.case.number}")), story.case.version
    save(story, "SUN.handler", {"question": "Vem svarar?"})
    assert len(trail.events_about(f"case:{story.case.number}")) == before
    assert story.case.version == version
    assert rows_that_disagree() == []


def test_saving_the_same_again_changes_nothing(session: Database) -> None:
    story = impasse()
    first = save(story, "SUN.handler", {"question": "Vem svarar?"})
    assert first is not None
    saved_at = first.saved_at
    story.day += dt.timedelta(days=1)
    again = save(story, "SUN.approver", {"question": "Vem svarar?"}, opened_with={})
    assert again is first
    assert first.saved_at == saved_at


@pytest.mark.parametrize("seat", ["SEK.region", "SUN.registrar", "SUN.reader", "TSG.chair", "AUDITOR", "KSON.handler"])
def test_only_handlers_and_approvers_of_the_two_sides_write(session: Database, seat: str) -> None:
    story = impasse(affected=["KSON"])
    with pytest.raises(MoveNotAllowed) as refused:
        save(story, seat, {"question": "Vem svarar?"})
    assert refused.value.guard == "seat"
    assert queries.statement_drafts(story.case) == {}


def test_the_other_sides_column_is_refused_even_when_it_is_asked_for_by_name(session: Database) -> None:
    story = impasse()
    save(story, "RS.handler", {"stand": "Kommunen svarar för kontakten."})
    with pytest.raises(MoveNotAllowed):
        save(story, "SUN.approver", {"stand": "Vi har fel."}, party="RS")
    assert queries.statement_drafts(story.case)["RS"]["stand"] == "Kommunen svarar för kontakten."


@pytest.mark.parametrize(("phase", "step"), [(Phase.DIALOGUE, 1), (Phase.RECEIVED, 2)])
def test_the_sheet_is_written_in_the_impasse_alone(session: Database, phase: Phase, step: int) -> None:
    story = StoryFactory(at_phase=phase, at_step=step)
    with pytest.raises(MoveNotAllowed) as refused:
        save(story, "SUN.approver", {"question": "Vem svarar?"})
    assert refused.value.guard == "phase"


def test_an_approved_statement_is_not_written_in_any_more(session: Database) -> None:
    story = impasse().agree_on_statement()
    with pytest.raises(MoveNotAllowed) as refused:
        save(story, "SUN.approver", {"question": "Vem svarar?"})
    assert refused.value.guard == "statement_open"


def test_an_identity_number_is_never_saved(session: Database) -> None:
    story = impasse()
    with pytest.raises(IdentityNumberFound) as found:
        save(story, "SUN.approver", {"question": "Vem svarar?", "tried": "Vi ringde 640823-3234."})
    assert found.value.field == "tried"
    assert queries.statement_drafts(story.case) == {}


# Two windows ------------------------------------------------------------------------------------------------------


def test_two_colleagues_who_change_different_parts_both_keep_what_they_wrote(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"question": "Vem svarar?", "tried": "Ett möte."})
    opened = dict(queries.statement_drafts(story.case)["SUN"])
    save(story, "SUN.handler", {**opened, "question": "Vem svarar på vardagar?"}, opened_with=opened)
    save(story, "SUN.approver", {**opened, "tried": "Två möten."}, opened_with=opened)
    assert queries.statement_drafts(story.case)["SUN"] == {"question": "Vem svarar på vardagar?", "tried": "Två möten."}


def test_of_two_colleagues_who_change_the_same_part_the_second_is_stopped_and_the_first_text_stays(
    session: Database,
) -> None:
    story = impasse()
    save(story, "SUN.handler", {"question": "Vem svarar?"})
    opened = dict(queries.statement_drafts(story.case)["SUN"])
    save(story, "SUN.handler", {"question": "Vem svarar på vardagar?"}, opened_with=opened)
    with pytest.raises(FactsRefused) as refused:
        save(story, "SUN.approver", {"question": "Vem svarar på helger?", "tried": "Ett möte."}, opened_with=opened)
    assert set(refused.value.errors) == {"question"}
    assert queries.statement_drafts(story.case)["SUN"] == {"question": "Vem svarar på vardagar?"}


def test_a_text_that_was_emptied_on_purpose_stays_empty(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"tried": "Ett möte.", "question": "Vem svarar?"})
    save(story, "SUN.handler", {"tried": "", "question": "Vem svarar?"})
    assert queries.statement_drafts(story.case)["SUN"]["tried"] == ""


# One statement ----------------------------------------------------------------------------------------------------


def test_parts_that_differ_cannot_be_proposed_and_are_named(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"question": "Vem svarar?", "background": "Numret har bytts.", "tried": "Ett möte."})
    save(story, "RS.handler", {"question": "Vem ska svara?", "background": "Numret har bytts.", "tried": "Två möten."})
    with pytest.raises(FactsRefused) as refused:
        propose(story)
    assert set(refused.value.errors) == {"question", "tried"}


def test_a_statement_needs_its_question_and_its_background(session: Database) -> None:
    story = impasse()
    with pytest.raises(FactsRefused) as refused:
        propose(story)
    assert set(refused.value.errors) == {"question", "background"}


def test_where_one_side_is_silent_the_others_wording_is_proposed_and_each_has_its_own_stand(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"question": "Vem svarar?", "purpose": "Målet är sömlös vård (2.1)."})
    save(story, "RS.handler", {"background": "Numret har bytts.", "stand": "Kommunen svarar för kontakten."})
    terms = propose(story).terms
    assert terms["question"] == "Vem svarar?"
    assert terms["background"] == "Numret har bytts."
    assert terms["purpose"] == "Målet är sömlös vård (2.1)."
    # Sundbyberg has written no stand on the sheet: its position is it.
    assert terms["stands"] == [
        ["SUN", "Det ska finnas en känd och bemannad väg in."],
        ["RS", "Kommunen svarar för kontakten."],
    ]
    assert list(terms) == [
        "background", "agreed_points", "question", "stands", "tried", "on_the_table", "meanwhile", "purpose",
        "also_affected",
    ]  # fmt: skip


def test_a_party_proposes_only_words_of_the_other_side_that_it_has_seen(session: Database) -> None:
    story = impasse()
    save(story, "SUN.approver", {"question": "Vem svarar?", "background": "Numret har bytts."})
    read = statement.others_mark(story.case, "SUN")
    save(story, "RS.handler", {"agreed_points": "Sundbyberg hade fel."})
    with pytest.raises(FactsRefused):
        statement.offer_statement(
            story.case, story.file.situation, by=person("SUN.approver"), at=instant(story.day), others_as_read=read
        )
    assert queries.proposals(story.case) == []


def test_what_is_written_after_the_proposal_does_not_change_it(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"question": "Vem svarar?", "background": "Numret har bytts."})
    offered = propose(story)
    save(story, "RS.handler", {"question": "Något annat?"})
    story.accept(offered, by="RS.approver")
    story.lift()
    assert session.scalars(select(JointStatement)).one().question == "Vem svarar?"


def test_the_shared_parts_need_the_approval_of_both_sides_deciders(session: Database) -> None:
    story = impasse()
    save(story, "SUN.handler", {"question": "Vem svarar?", "background": "Numret har bytts."})
    offered = propose(story, by="SUN.handler")
    story.accept(offered, by="RS.approver")
    assert not story.file_on(story.day).situation.is_statement_agreed
    story.accept(offered, by="SUN.approver")
    assert story.file_on(story.day).situation.is_statement_agreed
    assert [party for party, _at, _name in queries.approvals(offered.id)] == ["RS", "SUN"]


def test_an_approved_statement_is_lifted_with_all_its_parts(session: Database) -> None:
    story = impasse()
    save(
        story, "SUN.handler",
        {
            "question": "Vem svarar?", "background": "Numret har bytts.", "agreed_points": "En är utsedd.",
            "tried": "Ett möte.",
        },
    )  # fmt: skip
    offered = propose(story)
    story.accept(offered, by="RS.approver")
    story.lift()
    statement = session.scalars(select(JointStatement)).one()
    assert (statement.question, statement.background) == ("Vem svarar?", "Numret har bytts.")
    assert statement.agreed_points == "En är utsedd."
    assert statement.parts == {"tried": "Ett möte.", "stands": [["SUN", "Det ska finnas en känd och bemannad väg in."]]}
    assert statement.proposal_id == offered.id
    assert not statement.is_unilateral


def test_a_statement_of_three_parts_as_before_is_still_a_statement(session: Database) -> None:
    story = impasse().agree_on_statement().lift()
    statement = session.scalars(select(JointStatement)).one()
    assert (statement.question, statement.agreed_points) == (STATEMENT["question"], STATEMENT["agreed_points"])
    assert statement.parts == {}
    assert story.case.step == 2


def test_one_side_alone_lifts_with_its_own_parts_once_the_time_is_out(session: Database) -> None:
    story = impasse()
    save(story, "RS.handler", {"background": "Regionens bakgrund.", "stand": "Regionens ståndpunkt."})
    with pytest.raises(MoveNotAllowed):
        story.act("lift", by="SUN.approver", **STATEMENT)
    story.day = workdays.open_from(story.due("D7b"), story.calendar)
    story.act("lift", by="SUN.approver", **STATEMENT, stand="Det ska finnas en väg in.", tried="Ett möte.")
    statement = session.scalars(select(JointStatement)).one()
    assert statement.is_unilateral
    assert (statement.party_code, statement.proposal_id) == ("SUN", None)
    assert statement.parts == {"tried": "Ett möte.", "stands": [["SUN", "Det ska finnas en väg in."]]}


def test_the_secretariat_lifts_without_a_stand_of_its_own(session: Database) -> None:
    story = impasse()
    story.day = workdays.open_from(max(story.due("D7b"), story.due("D7c")), story.calendar)  # T20: from D7c
    story.act("lift", by="SEK.region", **STATEMENT, stand="Sekretariatet tycker.")
    statement = session.scalars(select(JointStatement)).one()
    assert (statement.party_code, statement.parts) == (None, {})


def test_a_statement_from_before_the_parties_went_back_to_their_dialogue_no_longer_counts(session: Database) -> None:
    story = impasse().agree_on_statement()
    back = story.offer(ProposalKind.BACK_TO_DIALOGUE, {"reason": "Nya uppgifter."}, by="SUN.approver")
    story.accept(back, by="RS.approver")
    assert story.case.phase is Phase.DIALOGUE
    story.day = workdays.open_from(story.due("D7"), story.calendar)
    story.declare_impasse()
    assert not story.file.situation.is_statement_agreed
    assert statement.may_write_statement(story.case, story.file.situation, person("SUN.handler")) is None
    story.agree_on_statement().lift()
    assert story.case.step == 2


def test_the_wording_is_one_only_where_no_party_has_written_another() -> None:
    question = StatementPart.QUESTION
    assert queries.wordings({}, question) == []
    assert queries.wordings({"SUN": {"question": "A?"}, "RS": {}}, question) == ["A?"]
    assert queries.wordings({"SUN": {"question": "A?"}, "RS": {"question": "A?"}}, question) == ["A?"]
    assert queries.wordings({"SUN": {"question": "A?"}, "RS": {"question": "B?"}}, question) == ["A?", "B?"]
