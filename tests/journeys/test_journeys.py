"""Whole histories through the verbs, as people would make them: every seat acts for itself, in order of time."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.agreements import queries as agreements
from escalation.agreements.models import Interpretation
from escalation.casefile import workdays_late
from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import MASKED, CaseType
from escalation.cases.models.statements import JointStatement, Position
from escalation.cases.overview import CaseFilter
from escalation.cases.sight import Sight
from escalation.cases.waits import without_ball
from escalation.decisions.verbs import register
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.models import TrailEvent, TrailPayload
from tests.support.days import instant
from tests.support.facts import REJECT, STATEMENT
from tests.support.people import person
from tests.support.stories import CaseFactory, Story, StoryFactory

Database = scoped_session[Session]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture(autouse=True)
def _what_stands_agrees_with_what_happened(session: Database) -> object:
    """After every history the trail checks, and each case's row and ball are what its events say."""
    yield
    session.commit()
    assert trail.verify() == []
    assert rows_that_disagree() == []
    assert without_ball(day("2027-12-31")) == []


# --- The whole path


def test_five_people_bring_a_case_from_filing_to_an_interpretation_that_the_next_filer_meets(
    session: Database,
) -> None:
    case = StoryFactory(initiator="SUN")
    assert case.case.number == "ESK-2026-0001"
    assert case.ball() == ("check_filing", "secretariat", day("2026-09-04"))

    case.serve(on=day("2026-09-01"))
    assert case.ball() == ("acknowledge", "respondent", day("2026-09-08"))
    case.acknowledge(on=day("2026-09-03"))
    assert case.ball() == ("position", "respondent", day("2026-09-22"))
    case.act("state_position", by="RS.handler", on=day("2026-09-18"))
    assert case.ball() == ("meet", "both_sides", day("2026-09-29"))
    case.act("note_meeting", by="SUN.approver", on=day("2026-09-25"), held_on=day("2026-09-24"))
    assert case.ball() == ("settle", "both_sides", day("2026-10-27"))
    assert case.ball(on=day("2026-10-28")) == ("settle_extend_lift", "both_sides", day("2026-11-17"))

    case.declare_impasse(on=day("2026-10-28"))
    assert case.ball() == ("statement", "both_sides", day("2026-11-11"))
    case.day = day("2026-11-02")
    case.agree_on_statement()
    assert case.ball() == ("lift", "both_sides", day("2026-11-18"))
    case.lift(on=day("2026-11-03"))
    assert (case.case.step, case.case.phase) == (2, Phase.RECEIVED)
    assert case.ball() == ("check_file", "secretariat", day("2026-11-10"))

    case.accept_file(on=day("2026-11-05"))
    assert case.ball() == ("prepare", "secretariat", day("2026-12-04"))
    assert case.due("D12") == day("2027-01-15")
    case.schedule(on=day("2026-11-20"))
    assert case.ball() == ("decide", "body:TSG", day("2026-12-18"))
    case.decide(Outcome.REFER_UP)
    assert case.ball() == ("adjust", "chair:TSG", day("2027-01-08"))
    case.adjust("pass_up")
    assert (case.case.step, case.case.phase) == (3, Phase.RECEIVED)

    case.accept_file(on=day("2026-12-21"))
    assert case.due("D16") == day("2027-04-15")
    case.schedule(on=day("2027-01-15"))
    assert case.ball() == ("decide", "body:VIS", day("2027-02-11"))
    case.decide(Outcome.INTERPRET)
    case.adjust("pronounce")
    assert (case.case.phase, case.case.closing_reason) == (Phase.CLOSED, ClosingReason.INTERPRETED)
    assert case.file.ball is None

    number = "VIS-T 2027:1"
    assert agreements.interpretation(number) is None
    written = agreements.interpretation(number, public_only=False)
    assert written is not None
    assert [p.code for p in written.provisions] == ["4.5 st 2"]
    assert written.publish_due_on == day("2027-02-25")
    register.sign(written, by=person("SEK.region"), at=instant(day("2027-02-15")), is_secrecy_reviewed=True)
    assert agreements.interpretation(number) is None
    register.publish(written, by=person("SEK.municipal"), at=instant(day("2027-02-15")), is_secrecy_reviewed=True)
    assert agreements.interpretation(number) is written

    with pytest.raises(FactsRefused) as refused:
        CaseFactory(initiator="TYR", filed_on=day("2027-03-01"))
    assert set(refused.value.errors) == {"precedent_answer"}
    following = CaseFactory(
        initiator="TYR", filed_on=day("2027-03-01"), precedent_answer="Tolkningen säger inget om nätter."
    )
    assert following.precedent_answers == {"4.5 st 2": "Tolkningen säger inget om nätter."}
    assert [len(about) for _, about in queries.cited(following)] == [1]


def test_every_act_leaves_one_event_with_actor_time_and_state(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.CLOSED, at_step=3, outcome=Outcome.INTERPRET)
    events = trail.events_about(f"case:{case.case.number}")
    assert [e.kind for e in events] == [
        "case_filed",
        "case_served",
        "receipt_acknowledged",
        "impasse_declared",
        "proposal_offered",
        "proposal_accepted",
        "case_lifted",
        "file_accepted",
        "case_scheduled",
        "case_decided",
        "minutes_adjusted",
        "case_passed_up",
        "file_accepted",
        "case_scheduled",
        "case_decided",
        "minutes_adjusted",
        "outcome_pronounced",
    ]
    entries = [json.loads(e.entry) for e in events]
    assert all(entry["by"].startswith("membership:") for entry in entries)
    assert [entry["state"]["version"] for entry in entries] == list(range(1, len(events) + 1))
    assert [e.at for e in events] == sorted(e.at for e in events)


# --- Silence does not block a case


def test_a_silent_respondent_does_not_stop_the_case(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.SERVED)
    case_file = case.file_on(day("2026-09-23"))
    assert case_file.opens("local_way_is_over") == day("2026-09-23")  # D4 + 10, unacknowledged
    case.declare_impasse(on=day("2026-09-23"))
    case.lift(on=workdays.open_from(case.due("D7b"), case.calendar), **STATEMENT)
    assert case.case.step == 2


def test_one_side_lifts_alone_when_the_time_for_the_joint_statement_is_out(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.IMPASSE)
    assert case.due("D7b") == day("2026-11-11")
    with pytest.raises(MoveNotAllowed, match="statement_agreed_or_time_over"):
        case.lift(on=day("2026-11-11"), **STATEMENT)
    case.lift(on=day("2026-11-12"), **STATEMENT)
    statement = session.scalars(select(JointStatement)).one()
    assert statement.is_unilateral
    assert statement.question == STATEMENT["question"]


def test_a_handlers_offer_is_nobodys_acceptance(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.IMPASSE)
    offered = case.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.handler")
    case.accept(offered, by="RS.approver")
    assert not case.file.situation.is_statement_agreed
    case.accept(offered, by="SUN.approver")
    assert case.file.situation.is_statement_agreed


def test_a_declined_statement_ends_and_another_may_be_offered(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.IMPASSE)
    offered = case.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    with pytest.raises(MoveNotAllowed, match="no_open_proposal"):
        case.offer(ProposalKind.STATEMENT, STATEMENT, by="RS.approver")
    case.decline(offered, by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="proposal_open"):
        case.accept(offered, by="RS.approver")
    case.offer(ProposalKind.STATEMENT, STATEMENT, by="RS.approver")
    assert case.file.situation.open_proposals == {ProposalKind.STATEMENT}


def test_a_proposal_ends_by_itself_after_ten_working_days(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.IMPASSE)
    offered = case.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    assert offered.valid_until == day("2026-11-11")
    with pytest.raises(MoveNotAllowed, match="proposal_open"):
        case.accept(offered, by="RS.approver", on=day("2026-11-12"))


def test_when_both_sides_are_silent_the_secretariat_must_choose_from_d7c(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.DIALOGUE)
    assert case.due("D7c") == day("2026-11-17")
    with pytest.raises(MoveNotAllowed, match="forced_decision_due"):
        case.act("declare_impasse", by="SEK.region", on=day("2026-11-17"))
    assert case.ball(on=day("2026-11-18")) == ("force", "secretariat", day("2026-11-24"))
    case.act("declare_impasse", by="SEK.region", on=day("2026-11-18"))
    case.act("lift", by="SEK.region", on=workdays.open_from(case.due("D7b"), case.calendar), **STATEMENT)
    assert (case.case.step, case.case.phase) == (2, Phase.RECEIVED)


def test_when_the_secretariat_is_silent_too_the_next_bodys_chair_chooses(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.DIALOGUE)
    assert case.ball(on=day("2026-11-25")) == ("force", "chair:TSG", day("2026-12-01"))
    with pytest.raises(MoveNotAllowed, match="forced_decision_passed"):
        case.act("declare_impasse", by="TSG.chair", on=day("2026-11-24"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        case.act("declare_impasse", by="VIS.chair", on=day("2026-11-25"))
    case.act("declare_impasse", by="TSG.chair", on=day("2026-11-25"))
    case.act("lift", by="TSG.chair", on=workdays.open_from(case.due("D7b"), case.calendar), **STATEMENT)
    assert case.case.step == 2


def test_a_dead_case_is_closed_by_two_officials_of_different_sides_when_its_parties_were_asked(
    session: Database,
) -> None:
    case = StoryFactory(at_phase=Phase.DIALOGUE)
    terms = {"reason": "Ingen part har agerat."}
    with pytest.raises(MoveNotAllowed, match="asked_to_pursue"):
        case.offer(ProposalKind.LAPSE, terms, by="SEK.region", on=day("2026-11-18"))
    case.act("ask_to_pursue", by="SEK.region")
    offered = case.offer(ProposalKind.LAPSE, terms, by="SEK.region", on=day("2026-12-03"))
    with pytest.raises(MoveNotAllowed, match="lapse_agreed"):
        case.act("lapse", by="SEK.municipal")
    with pytest.raises(MoveNotAllowed, match="other_side"):
        case.accept(offered, by="SEK.region")
    case.accept(offered, by="SEK.municipal")
    assert case.case.closing_reason is ClosingReason.LAPSED


def test_the_chair_never_closes_a_dead_case_alone(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.DIALOGUE)
    case.act("ask_to_pursue", by="TSG.chair", on=day("2026-11-25"))
    case.day = day("2026-12-17")
    with pytest.raises(MoveNotAllowed, match="lapse_agreed"):
        case.act("lapse", by="TSG.chair")
    offered = case.offer(ProposalKind.LAPSE, {"reason": "Ingen part har agerat."}, by="TSG.chair")
    assert case.case.phase is Phase.DIALOGUE
    case.accept(offered, by="SEK.municipal")
    assert case.case.closing_reason is ClosingReason.LAPSED


# --- The filing that the ladder is not for


def test_an_official_alone_does_not_reject_a_filing(session: Database) -> None:
    case = StoryFactory()
    offered = case.offer(ProposalKind.REJECT, REJECT | {"ground": "crisis"}, by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="other_side"):
        case.accept(offered, by="SEK.region")
    case.accept(offered, by="SEK.municipal")
    assert case.case.closing_reason is ClosingReason.OUT_OF_SCOPE
    assert case.case.title.startswith("Kontaktväg")
    assert case.deadline("D1").met_on == case.day


def test_a_filing_about_a_single_person_loses_its_texts_in_the_same_act(session: Database) -> None:
    case = StoryFactory(agreement="EGV", description="Personens egen plan beskrevs här.")
    offered = case.offer(ProposalKind.REJECT, REJECT, by="SEK.region")
    case.accept(offered, by="SEK.municipal")
    session.commit()

    found = case.case
    texts = [found.title, found.description, found.purpose_statement, found.interim_arrangement]
    texts += [found.citation_place, found.citation_quote, found.citation_source]
    texts += [p.text for p in session.scalars(select(Position))]
    assert set(texts) == {MASKED}
    payloads = " ".join(session.scalars(select(TrailPayload.payload)))
    assert "Personens egen plan" not in payloads
    filed, masked = (
        session.scalars(select(TrailEvent).where(TrailEvent.kind == kind)).one()
        for kind in ("case_filed", "payload_masked")
    )
    assert filed.payload is None
    assert masked.masks == filed.seq
    assert trail.verify() == []


# --- What the bodies decide


def test_an_unanswered_recommendation_is_lifted_by_the_secretariat_five_days_after_its_last_day(
    session: Database,
) -> None:
    case = StoryFactory(at_phase=Phase.RECOMMENDATION_OUT, at_step=2)
    assert case.due("D15") == day("2027-01-08")
    assert case.ball(on=day("2027-01-18")) == (
        "lift_unanswered",
        "both_sides_and_secretariat",
        day("2027-01-22"),
    )
    with pytest.raises(MoveNotAllowed, match="unanswered_may_be_lifted"):
        case.act("refuse_recommendation", by="SEK.region", on=day("2027-01-15"))
    case.act("refuse_recommendation", by="SEK.region", on=day("2027-01-18"))
    assert (case.case.step, case.case.phase) == (3, Phase.RECEIVED)


def test_blocks_that_differ_below_the_top_pass_the_case_up(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.SCHEDULED, at_step=2)
    case.decide(Outcome.NO_CONCURRENCE)
    case.adjust("pass_up")
    assert (case.case.step, case.case.phase) == (3, Phase.RECEIVED)


def test_blocks_that_differ_twice_at_the_top_end_the_case_without_agreement(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.SCHEDULED, at_step=3)
    case.decide(Outcome.NO_CONCURRENCE)
    with pytest.raises(MoveNotAllowed, match="second_treatment"):
        case.adjust("close_without_agreement")
    case.adjust("table_without_concurrence")
    assert case.case.phase is Phase.PREPARATION
    assert case.ball() == ("prepare", "secretariat", day("2027-03-23"))  # papers for VIS on 15 April
    case.schedule(on=day("2027-03-01"))
    case.decide(Outcome.NO_CONCURRENCE)
    assert case.day == day("2027-04-15")
    with pytest.raises(MoveNotAllowed, match="first_treatment"):
        case.adjust("table_without_concurrence")
    case.adjust("close_without_agreement")
    assert case.case.closing_reason is ClosingReason.NO_AGREEMENT_REVISION


def test_between_municipalities_the_second_step_is_the_last_and_it_decides(session: Database) -> None:
    case = StoryFactory(
        at_phase=Phase.SCHEDULED, at_step=2, agreement="KSABO", initiator="HAN", respondents=["NYN"],
        type=CaseType.DEVIATION,
    )  # fmt: skip
    assert case.case.ladder_key == "kommun_kommun"
    assert Outcome.INTERPRET not in case.file.situation.outcomes
    with pytest.raises(FactsRefused) as refused:
        case.decide(Outcome.INTERPRET)
    assert set(refused.value.errors) == {"outcome"}
    case.decide(Outcome.DECIDE)
    case.adjust("pronounce")
    assert case.case.closing_reason is ClosingReason.DECIDED_BODY
    assert session.scalar(select(Interpretation.id).where(Interpretation.source_case == case.case.number)) is None


def test_a_recommendation_declined_at_the_top_ends_the_case_without_agreement(session: Database) -> None:
    case = StoryFactory(
        at_phase=Phase.RECOMMENDATION_OUT, at_step=2, agreement="KSABO", initiator="HAN", respondents=["NYN"]
    )
    with pytest.raises(MoveNotAllowed, match="not_at_top"):
        case.act("refuse_recommendation", by="NYN.approver")
    case.act("end_without_agreement", by="NYN.approver")
    assert case.case.closing_reason is ClosingReason.NO_AGREEMENT_REVISION


# --- Carrying out


def with_task(outcome: Outcome, obliged: str = "RS") -> Story:
    story: Story = StoryFactory(
        at_phase=Phase.IMPLEMENTATION, at_step=3, outcome=outcome,
        task=("Bemanna vägen in", obliged, day("2027-05-31")),
    )  # fmt: skip
    return story


def test_a_task_is_reported_by_the_obliged_and_confirmed_by_the_other_side(session: Database) -> None:
    case = with_task(Outcome.DECIDE)
    assert case.ball() == ("report", "obliged", day("2027-05-31"))
    task = case.file.tasks[0]
    with pytest.raises(MoveNotAllowed, match="seat"):
        case.act("report_task", by="SUN.handler", task_id=task.id)
    with pytest.raises(MoveNotAllowed, match="tasks_reported_or_time_over"):
        case.act("confirm_done", by="SUN.approver")
    case.act("report_task", by="RS.handler", on=day("2027-05-20"), task_id=task.id)
    assert case.ball() == ("confirm", "counterparty", day("2027-06-03"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        case.act("confirm_done", by="RS.approver")
    case.act("confirm_done", by="SUN.approver", on=day("2027-05-25"))
    assert case.case.closing_reason is ClosingReason.DECIDED_BODY


def test_a_case_that_was_interpreted_is_closed_as_interpreted_when_its_task_is_done(session: Database) -> None:
    case = with_task(Outcome.INTERPRET)
    case.act("report_task", by="RS.handler", on=day("2027-05-20"), task_id=case.file.tasks[0].id)
    case.act("confirm_done", by="SUN.approver")
    assert case.case.closing_reason is ClosingReason.INTERPRETED


def test_the_secretariat_closes_when_the_other_side_does_not_confirm(session: Database) -> None:
    case = with_task(Outcome.DECIDE)
    case.act("report_task", by="RS.handler", on=day("2027-05-20"), task_id=case.file.tasks[0].id)
    with pytest.raises(MoveNotAllowed, match="confirmation_time_over"):
        case.act("confirm_done", by="SEK.region", on=day("2027-06-03"))
    case.act("confirm_done", by="SEK.region", on=day("2027-06-04"))
    assert case.case.phase is Phase.CLOSED


def test_the_secretariat_closes_when_nothing_is_reported_twenty_days_after_the_last_day(
    session: Database,
) -> None:
    case = with_task(Outcome.DECIDE)
    opens = case.file.opens("confirmation_time_over")
    assert opens == day("2027-06-30")
    assert case.ball(on=opens) == ("close", "secretariat", day("2027-08-05"))
    with pytest.raises(MoveNotAllowed):
        case.act("confirm_done", by="SEK.region", on=day("2027-06-29"))
    case.act("confirm_done", by="SEK.region", on=opens)
    assert case.case.phase is Phase.CLOSED


# --- What is seen, and how late it is


def test_the_respondent_sees_nothing_before_the_case_is_served(session: Database) -> None:
    case = StoryFactory(affected=["TYR"])
    others = [person(seat) for seat in ("RS.handler", "RS.approver", "TYR.handler")]
    assert [queries.get(case.case.number, viewer=viewer) for viewer in others] == [None, None, None]
    assert [overview.overviews(viewer, case.day, CaseFilter()) for viewer in others] == [[], [], []]
    case.serve(on=day("2026-09-01"))
    assert [queries.get(case.case.number, viewer=viewer) for viewer in others] == [(case.case, Sight.FULL)] * 3


def test_lateness_is_counted_in_working_days_from_the_end_of_the_local_step(session: Database) -> None:
    case = StoryFactory(at_phase=Phase.DIALOGUE)
    assert workdays_late(case.file_on(day("2026-09-22"))) == 0
    assert workdays_late(case.file_on(day("2026-09-24"))) == 2  # since the ball's last day, 22 September
    assert workdays_late(case.file_on(day("2026-11-23"))) == 19  # since 27 October, as C09
