"""What needs both sides: settlement, extension, pause, back to dialogue, lifting early; and what time completes."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import CLOCK
from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.models.asks import RecommendationAnswer
from escalation.cases.models.parties import PartyRole
from escalation.cases.people import parties_of
from escalation.cases.verbs import closing, pauses
from escalation.cases.waits import open_balls
from escalation.nudges.models import Nudge
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, Outcome, Phase, ProposalKind
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
TASK = ["Bemanna kontaktvägen", "RS", "2026-11-30"]


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def settlement(*obligations: list[str]) -> dict[str, object]:
    return {"settlement": "En bemannad kontaktväg varje vardag.", "obligations": list(obligations)}


def pass_time(story: Story, on: dt.date) -> None:
    story.day = on
    sweep(instant(on, dt.time(6, 0)))


# --- Settlement (T13)


def test_a_settlement_with_tasks_is_carried_out_and_then_closed_as_settled(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.SETTLEMENT, settlement(TASK), by="SUN.approver")
    story.accept(offered, by="RS.approver")
    assert (story.case.phase, story.ball()) == (Phase.IMPLEMENTATION, ("report", "obliged", day("2026-11-30")))
    story.act("report_task", by="RS.handler", task_id=story.case.tasks[0].id, report="Bemannad sedan måndag.")
    story.act("confirm_done", by="SUN.approver", summary="Fungerar.")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.SETTLED_LOCAL)


def test_a_settlement_without_tasks_closes_the_case_at_once(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.PREPARATION, at_step=2)
    offered = story.offer(ProposalKind.SETTLEMENT, settlement(), by="RS.approver")
    story.accept(offered, by="SUN.approver")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.SETTLED_BODY)


def test_a_handlers_offer_needs_the_own_approver_too_and_a_handler_cannot_accept(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.SETTLEMENT, settlement(), by="SUN.handler")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.accept(offered, by="RS.handler")
    story.accept(offered, by="RS.approver")
    assert story.case.phase is Phase.DIALOGUE
    story.accept(offered, by="SUN.approver")
    assert story.file.case.phase is Phase.CLOSED


def test_a_proposal_is_accepted_once_and_not_after_its_last_day(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.SETTLEMENT, settlement(), by="SUN.approver")
    with pytest.raises(MoveNotAllowed, match="already_answered"):
        story.accept(offered, by="SUN.approver")
    assert offered.valid_until == workdays.add(story.day, 10, story.calendar)
    with pytest.raises(MoveNotAllowed, match="proposal_open"):
        story.accept(offered, by="RS.approver", on=offered.valid_until + dt.timedelta(days=1))


def test_an_open_proposal_shuts_nobodys_right_to_lift(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.offer(ProposalKind.SETTLEMENT, settlement(), by="RS.approver", on=day("2026-10-27"))
    story.act("declare_impasse", by="SUN.approver", on=day("2026-10-28"))
    assert story.case.phase is Phase.IMPASSE


@pytest.mark.parametrize(
    ("obligation", "sentence"),
    [
        (["", "RS", "2026-11-30"], "Varje åtgärd behöver"),
        (["Bemanna", "TYR", "2026-11-30"], "Varje åtgärd behöver"),
        (["Bemanna", "RS", "2026-01-01"], "bakåt i tiden"),
    ],
)
def test_an_unfinished_undertaking_is_refused(obligation: list[str], sentence: str, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(FactsRefused, match=sentence):
        story.offer(ProposalKind.SETTLEMENT, settlement(obligation), by="SUN.approver")


# --- Extension and back to dialogue (T15, T19)


def extend(story: Story, until: str) -> None:
    terms = {"extended_to": until, "reason": "Nämnden behöver en vecka till."}
    story.accept(story.offer(ProposalKind.EXTENSION, terms, by="SUN.approver"), by="RS.approver")


def test_an_extension_moves_the_local_step_and_keeps_the_old_day(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    extend(story, "2026-11-17")
    assert (story.due("D7"), story.due("D7c")) == (day("2026-11-17"), day("2026-12-08"))
    kept = [d.due_on for d in queries.deadlines(story.case) if d.key == "D7"]
    assert kept == [day("2026-10-27"), day("2026-11-17")]
    with pytest.raises(MoveNotAllowed, match="local_way_is_over"):
        story.act("declare_impasse", by="SUN.approver", on=day("2026-11-17"))


def test_a_third_extension_is_refused(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    extend(story, "2026-11-17")
    extend(story, "2026-12-01")
    with pytest.raises(MoveNotAllowed, match="may_be_extended"):
        extend(story, "2026-12-15")


@pytest.mark.parametrize("until", ["2026-10-27", "2026-11-25"])
def test_an_extension_is_a_later_day_and_at_most_twenty_working_days(until: str, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(FactsRefused) as refused:
        extend(story, until)
    assert set(refused.value.errors) == {"extended_to"}


def test_both_sides_may_take_an_impasse_back_to_dialogue_for_ten_days(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.IMPASSE)
    offered = story.offer(ProposalKind.BACK_TO_DIALOGUE, {"reason": "Vi har ett nytt förslag."}, by="RS.approver")
    story.accept(offered, by="SUN.approver")
    assert story.case.phase is Phase.DIALOGUE
    assert story.due("D7") == workdays.add(story.day, 10, story.calendar)


def test_both_sides_may_lift_before_the_time_is_out(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.LIFT_EARLY, {"unsolved": "Vem som bemannar."}, by="SUN.approver")
    story.accept(offered, by="RS.approver")
    assert story.case.phase is Phase.IMPASSE


# --- Pause (T16, T17)


def pause(story: Story, until: str, by: tuple[str, str] = ("SUN.approver", "RS.approver")) -> None:
    terms = {"pause_ground": "awaits_revision", "paused_until": until, "reason": "Texten revideras."}
    story.accept(story.offer(ProposalKind.PAUSE, terms, by=by[0]), by=by[1])


def test_a_pause_moves_each_open_deadline_by_its_working_days_and_resumes_by_itself(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    before, begun = story.due("D7"), story.day
    pause(story, "2026-10-12")
    assert story.file.situation.is_paused
    assert open_balls(story.day) == []
    pass_time(story, day("2026-10-12"))
    left = workdays.between(begun, before, story.calendar)
    assert story.due("D7") == workdays.add(day("2026-10-12"), left, story.calendar)
    assert (story.file.situation.is_paused, story.ball()[0]) == (False, "position")


def test_a_paused_case_sends_no_nudges_and_only_its_end_is_open(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    pause(story, "2026-12-01")
    of_case = select(func.count(Nudge.id)).where(Nudge.case_id == story.case.id)
    written = session.scalar(of_case)
    pass_time(story, day("2026-11-23"))
    assert session.scalar(of_case) == written
    with pytest.raises(MoveNotAllowed, match="not_paused"):
        story.act("declare_impasse", by="SUN.approver")


def test_an_offer_made_before_a_withdrawal_waits_for_no_one_until_the_case_is_kept_open(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    later = workdays.add(story.due("D7"), 10, story.calendar).isoformat()
    asked = story.offer(ProposalKind.EXTENSION, {"extended_to": later, "reason": "Underlag väntas."}, by="RS.approver")
    story.act("withdraw", by="SUN.approver")

    def waits() -> bool:
        found = overview.overviews(person("SUN.approver"), story.day, overview.CaseFilter(waits=True))
        return any(s.proposal is not None for s in found)

    assert not waits()
    with pytest.raises(MoveNotAllowed, match="not_being_withdrawn"):
        story.accept(asked, by="SUN.approver")
    story.act("keep_open", by="RS.approver")
    assert waits()
    story.accept(asked, by="SUN.approver")
    assert story.due("D7") == day(later)


def test_either_side_may_end_a_pause_with_five_days_notice(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    pause(story, "2026-12-01")
    story.act("end_pause", by="RS.approver", on=day("2026-10-05"), reason="Texten är klar.")
    assert story.case.paused_until == day("2026-10-12")


@pytest.mark.parametrize("until", ["2026-09-01", "2027-06-01"])
def test_a_pause_ends_on_a_coming_day_within_six_months(until: str, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(FactsRefused) as refused:
        pause(story, until)
    assert set(refused.value.errors) == {"paused_until"}


def test_the_secretariat_alone_pauses_only_for_force_majeure(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    facts = {"reason": "Cyberattack.", "paused_until": day("2026-10-12")}
    with pytest.raises(FactsRefused):
        story.act("pause", by="SEK.region", pause_ground="awaits_facts", **facts)
    story.act("pause", by="SEK.region", pause_ground="force_majeure", **facts)
    assert story.case.paused_until == day("2026-10-12")


def test_a_pause_that_covers_only_free_days_moves_nothing(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.day = day("2026-09-12")  # a Saturday
    before = story.due("D7")
    pause(story, "2026-09-13")
    pass_time(story, day("2026-09-14"))
    assert story.due("D7") == before


# --- A recommendation answered, tasks not done (T28, T36)


def test_a_recommendation_that_all_accept_closes_the_case_as_settled_by_the_body(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.RECOMMENDATION_OUT, at_step=2)
    story.act("accept_recommendation", by="RS.approver")
    assert (story.case.phase, parties_of(story.case, "unanswered")) == (Phase.RECOMMENDATION_OUT, ["SUN"])
    story.act("accept_recommendation", by="SUN.approver")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.SETTLED_BODY)
    assert [a.is_accepted for a in session.scalars(select(RecommendationAnswer))] == [True, True]


def test_a_party_answers_a_recommendation_once(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.RECOMMENDATION_OUT, at_step=2)
    story.act("accept_recommendation", by="RS.approver")
    for verb, facts in (("accept_recommendation", {}), ("refuse_recommendation", {"reasons": "Vi har ångrat oss."})):
        with pytest.raises(MoveNotAllowed, match=r"seat|unanswered_may_be_lifted"):
            story.act(verb, by="RS.approver", **facts)


def test_a_task_that_is_late_may_be_reported_and_begins_a_new_round_where_the_case_has_been(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.SETTLEMENT, settlement(TASK), by="SUN.approver")
    story.accept(offered, by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="breach_may_be_reported"):
        story.act("report_breach", by="SUN.approver", what="Ingen svarar.")
    story.act("report_breach", by="SUN.approver", on=day("2026-12-01"), what="Ingen svarar.")
    assert (story.case.phase, story.case.round, story.ball()[:2]) == (Phase.DIALOGUE, 2, ("position", "respondent"))


def test_what_was_settled_before_anybody_acknowledged_it_is_sent_anew_after_a_breach(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    offered = story.offer(ProposalKind.SETTLEMENT, settlement(TASK), by="SUN.approver")
    story.accept(offered, by="RS.approver")
    story.act("report_breach", by="SUN.approver", on=day("2026-12-01"), what="Ingen svarar.")
    assert (story.case.phase, story.case.round) == (Phase.SERVED, 2)
    assert story.ball() == ("acknowledge", "respondent", story.due("D4"))
    story.act("pause", by="SEK.region", pause_ground="force_majeure", paused_until=day("2026-12-15"))
    pass_time(story, day("2026-12-16"))
    assert story.case.paused_until is None
    story.acknowledge()
    assert story.case.phase is Phase.DIALOGUE


def test_a_breach_of_what_a_body_recommended_goes_back_to_that_body(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.MINUTED, at_step=2, outcome=Outcome.RECOMMEND)
    due_on = workdays.add(story.day, 30, story.calendar)
    story.adjust("send_recommendation", task=("Bemanna", "RS", due_on))
    story.act("accept_recommendation", by="RS.approver")
    story.act("accept_recommendation", by="SUN.approver")
    assert story.case.phase is Phase.IMPLEMENTATION
    story.act("report_breach", by="SUN.approver", on=workdays.add(due_on, 1, story.calendar), what="Inget är gjort.")
    assert (story.case.step, story.case.phase, story.case.round) == (2, Phase.RECEIVED, 2)


# --- Withdrawal (T37)


def test_a_withdrawn_case_is_closed_when_no_party_has_objected_in_five_days(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("withdraw", by="SUN.approver", reason="Vi har löst frågan muntligt.")
    until = workdays.add(story.day, 5, story.calendar)
    assert story.ball() == ("object", "objectors", until)
    pass_time(story, until)
    assert story.case.phase is Phase.DIALOGUE
    pass_time(story, workdays.add(until, 1, story.calendar))
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.WITHDRAWN)


def test_a_respondent_who_objects_goes_on_as_the_respondent(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    before = story.ball()
    story.act("withdraw", by="SUN.approver", reason="Vi har löst frågan muntligt.")
    story.act("keep_open", by="RS.approver", reason="Frågan rör flera.")
    assert [p.party_code for p in story.case.parties_as(PartyRole.INITIATOR)] == ["SUN"]
    assert [p.party_code for p in story.case.parties_as(PartyRole.RESPONDENT)] == ["RS"]
    assert (story.case.phase, story.ball()) == (Phase.DIALOGUE, before)


def test_a_chair_may_keep_a_case_and_the_roles_stay(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SCHEDULED, at_step=2)
    before = story.ball()
    story.act("withdraw", by="SUN.approver", reason="Vi har löst frågan muntligt.")
    story.act("keep_open", by="TSG.chair", reason="Frågan är principiell.")
    assert [p.party_code for p in story.case.parties_as(PartyRole.INITIATOR)] == ["SUN"]
    assert story.ball() == before


def test_a_filing_that_was_never_sent_is_withdrawn_at_once(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.INTAKE)
    story.act("withdraw", by="SUN.approver", reason="Fel överenskommelse.")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.WITHDRAWN)


def test_only_time_closes_a_withdrawn_case_and_ends_a_pause(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    for verb, guard in ((pauses.resume, "paused"), (closing.end_withdrawn, "being_withdrawn")):
        with pytest.raises(MoveNotAllowed, match=guard):
            verb(story.case, story.file.situation, by=CLOCK, at=instant(story.day))


# --- The interim arrangement


def test_the_interim_arrangement_changes_only_when_both_have_agreed(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    was = story.case.interim_arrangement
    offered = story.offer(ProposalKind.INTERIM, {"interim_arrangement": "Regionen ringer."}, by="RS.approver")
    assert story.case.interim_arrangement == was
    story.accept(offered, by="SUN.approver")
    assert (story.case.interim_arrangement, story.case.interim_agreed_at) == ("Regionen ringer.", instant(story.day))


def test_in_a_pause_no_proposal_is_answered_that_would_make_a_move(session: Database) -> None:
    """An overlay shuts the move, so the last yes would have nothing to perform."""
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    offered = story.offer(ProposalKind.SETTLEMENT, {"settlement": "Löst.", "obligations": []}, by="SUN.approver")
    until = story.day + dt.timedelta(days=28)
    story.act("pause", by="SEK.region", pause_ground="force_majeure", paused_until=until)
    with pytest.raises(MoveNotAllowed, match="not_paused"):
        story.accept(offered, by="RS.approver")
    assert story.case.phase is Phase.DIALOGUE
