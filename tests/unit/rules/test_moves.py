"""The table of moves: its rows, what stands in the way of one, what a page shows, and where each leads."""

from __future__ import annotations

import pytest

from escalation.decisions.verbs import answers, effects, minutes
from escalation.meetings import actions as meetings
from escalation.proof.generated import GENERATED, generated
from escalation.rules import ladder
from escalation.rules.machine import MoveNotAllowed, land
from escalation.rules.moves.table import BY_VERB, MOVES, check, moves_open_to, outcomes_open, rows
from escalation.rules.situation import BODY_KINDS, ClosingReason, Outcome, Phase, ProposalKind, Seat, Situation
from tests.support.situations import ANNOUNCED_LONG_AGO, HOK, KOMMUN_KOMMUN, RECOMMENDED, day, situation_in


def test_no_two_rows_have_the_same_number_verb_or_event() -> None:
    assert len({m.t for m in MOVES}) == len(MOVES)
    assert len({m.verb for m in MOVES}) == len(MOVES)
    assert len({m.event for m in MOVES}) == len(MOVES)


def test_the_printed_table_has_a_line_a_row_with_the_t_number_first() -> None:
    assert [row[0] for row in rows()] == [m.t for m in MOVES]
    assert all(len(row) == 8 and all(row) for row in rows())


def test_rows_speak_of_kinds_of_step_and_never_of_a_body() -> None:
    assert not any(body in " ".join(" ".join(row) for row in rows()) for body in ("TSG", "VIS", "HOK"))


def test_what_needs_a_meeting_needs_a_body() -> None:
    verbs = {name for module in (meetings, minutes, effects, answers) for name in dir(module)}
    of_bodies = [m for m in MOVES if m.verb in verbs]
    assert of_bodies
    assert all(m.kinds == BODY_KINDS for m in of_bodies)


DECIDED = ClosingReason.DECIDED_BODY
ENDED = situation_in(Phase.CLOSED, 2, planned_reason=DECIDED, closing_reason=DECIDED, is_ended_by_silence=True)


# --- What stands in the way


@pytest.mark.parametrize(
    ("verb", "seat", "s", "guard"),
    [
        ("serve", Seat.SECRETARIAT, situation_in(Phase.SERVED), "phase"),
        ("accept_file", Seat.SECRETARIAT, situation_in(Phase.RECEIVED), "kind"),
        ("serve", Seat.INITIATOR_APPROVER, situation_in(Phase.INTAKE), "seat"),
        ("serve", Seat.SECRETARIAT, situation_in(Phase.INTAKE, is_paused=True), "not_paused"),
        ("declare_impasse", Seat.INITIATOR_APPROVER, situation_in(Phase.DIALOGUE), "local_way_is_over"),
        (
            "declare_impasse",
            Seat.SECRETARIAT,
            situation_in(Phase.DIALOGUE, local_time_over=True),
            "forced_decision_due",
        ),
        (
            "declare_impasse",
            Seat.CHAIR_NEXT,
            situation_in(Phase.DIALOGUE, local_time_over=True, forced_decision_due=True),
            "forced_decision_passed",
        ),
        ("lift", Seat.RESPONDENT_APPROVER, situation_in(Phase.IMPASSE), "statement_agreed_or_time_over"),
        ("lift", Seat.SECRETARIAT, situation_in(Phase.IMPASSE, statement_time_over=True), "forced_decision_due"),
        ("ask_to_pursue", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, forced_decision_due=True), "parties_silent"),
        ("ask_to_pursue", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, parties_silent=True), "forced_decision_due"),
        ("ask_to_pursue", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, asks=2), "asked_less_than_twice"),
        ("ask_to_pursue", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, is_asked=True, asks=1), "not_asked_already"),
        ("pursue", Seat.RESPONDENT_HANDLER, situation_in(Phase.DIALOGUE), "asked_to_pursue"),
        ("lapse", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, forced_decision_due=True), "asked_to_pursue"),
        ("lapse", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, is_asked=True), "ask_time_over"),
        ("lapse", Seat.SECRETARIAT, situation_in(Phase.DIALOGUE, is_asked=True, ask_time_over=True), "lapse_agreed"),
        (
            "lapse",
            Seat.SECRETARIAT,
            situation_in(Phase.DIALOGUE, is_asked=True, has_acted_since=True, agreed=frozenset({ProposalKind.LAPSE})),
            "silent_since_asked",
        ),
        (
            "lapse",
            Seat.SECRETARIAT,
            situation_in(Phase.DIALOGUE, is_asked=True, is_principled=True, agreed=frozenset({ProposalKind.LAPSE})),
            "not_principled",
        ),
        ("reject", Seat.SECRETARIAT, situation_in(Phase.INTAKE), "reject_agreed"),
        ("schedule", Seat.SECRETARIAT, situation_in(Phase.PREPARATION, 2), "material_deadline_open"),
        ("refuse_recommendation", Seat.SECRETARIAT, RECOMMENDED, "unanswered_may_be_lifted"),
        ("refuse_recommendation", Seat.SECRETARIAT, ANNOUNCED_LONG_AGO, "unanswered_may_be_lifted"),
        ("refuse_recommendation", Seat.INITIATOR_APPROVER, ANNOUNCED_LONG_AGO, "unanswered_may_be_lifted"),
        ("refuse_recommendation", Seat.UNANSWERED, situation_in(Phase.RECOMMENDATION_OUT, 3), "not_at_top"),
        ("end_without_agreement", Seat.UNANSWERED, situation_in(Phase.RECOMMENDATION_OUT, 2), "at_top"),
        ("take_effect", Seat.CLOCK, RECOMMENDED.change(answer_time_over=True), "outcome_is_announced"),
        ("take_effect", Seat.CLOCK, ANNOUNCED_LONG_AGO, "silent_are_reminded"),
        ("refuse_late", Seat.UNANSWERED, situation_in(Phase.CLOSED, 2, closing_reason=DECIDED), "ended_by_silence"),
        ("refuse_late", Seat.UNANSWERED, ENDED.change(late_refusal_time_over=True), "late_refusal_in_time"),
        ("refuse_late", Seat.UNANSWERED, ENDED.change(closing_reason=ClosingReason.SUPERSEDED), "ended_by_silence"),
        ("carry_out", Seat.ADJUSTER_MUNICIPAL, situation_in(Phase.MINUTED, 2, outcome=Outcome.INFORMATION), "at_top"),
        (
            "announce",
            Seat.ADJUSTER_MUNICIPAL,
            situation_in(Phase.MINUTED, 3, outcome=Outcome.INFORMATION),
            "not_at_top",
        ),
        ("send_recommendation", Seat.ADJUSTER_MUNICIPAL, situation_in(Phase.MINUTED, 2), "outcome_recommends"),
        (
            "pass_up",
            Seat.ADJUSTER_MUNICIPAL,
            situation_in(Phase.MINUTED, 2, outcome=Outcome.RECOMMEND),
            "outcome_passes_up",
        ),
        (
            "pronounce",
            Seat.ADJUSTER_MUNICIPAL,
            situation_in(Phase.MINUTED, 3, outcome=Outcome.NO_CONCURRENCE),
            "outcome_is_final",
        ),
        (
            "close_without_agreement",
            Seat.ADJUSTER_MUNICIPAL,
            situation_in(Phase.MINUTED, 3, outcome=Outcome.NO_CONCURRENCE, treatments_without_concurrence=1),
            "second_treatment",
        ),
        (
            "table_without_concurrence",
            Seat.ADJUSTER_MUNICIPAL,
            situation_in(Phase.MINUTED, 3, outcome=Outcome.NO_CONCURRENCE, treatments_without_concurrence=2),
            "first_treatment",
        ),
        ("report_task", Seat.OBLIGED_HANDLER, situation_in(Phase.IMPLEMENTATION, 3), "tasks_open"),
        (
            "confirm_done",
            Seat.COUNTERPARTY_APPROVER,
            situation_in(Phase.IMPLEMENTATION, 3, has_tasks=True),
            "tasks_reported_or_time_over",
        ),
        (
            "confirm_done",
            Seat.SECRETARIAT,
            situation_in(Phase.IMPLEMENTATION, 3, has_tasks=True, are_tasks_reported=True),
            "confirmation_time_over",
        ),
    ],
)
def test_a_refusal_names_the_guard(verb: str, seat: Seat, s: Situation, guard: str) -> None:
    with pytest.raises(MoveNotAllowed) as refused:
        check(verb, s, {seat})
    assert (refused.value.verb, refused.value.guard) == (verb, guard)


@pytest.mark.parametrize(
    ("verb", "seat", "s"),
    [
        ("declare_impasse", Seat.INITIATOR_APPROVER, situation_in(Phase.SERVED, receipt_long_overdue=True)),
        ("declare_impasse", Seat.RESPONDENT_APPROVER, situation_in(Phase.DIALOGUE, local_time_over=True)),
        ("lift", Seat.SECRETARIAT, situation_in(Phase.IMPASSE, statement_time_over=True, forced_decision_due=True)),
        ("lift", Seat.RESPONDENT_APPROVER, situation_in(Phase.IMPASSE, is_statement_agreed=True)),
        (
            "lapse",
            Seat.CHAIR_NEXT,
            situation_in(
                Phase.IMPASSE,
                is_asked=True,
                ask_time_over=True,
                ask_long_over=True,
                agreed=frozenset({ProposalKind.LAPSE}),
            ),
        ),
        (
            "pronounce",
            Seat.ADJUSTER_MUNICIPAL,
            situation_in(Phase.MINUTED, 3, outcome=Outcome.INTERPRET, adjusted_for="region"),
        ),
        (
            "pronounce",
            Seat.ADJUSTER_REGION,
            situation_in(Phase.MINUTED, 2, KOMMUN_KOMMUN, outcome=Outcome.DECIDE, adjusted_for="municipal"),
        ),
        ("refuse_recommendation", Seat.UNANSWERED, RECOMMENDED),
        ("refuse_recommendation", Seat.SECRETARIAT, RECOMMENDED.change(answer_time_over=True)),
        ("refuse_recommendation", Seat.UNANSWERED, ANNOUNCED_LONG_AGO),
        ("take_effect", Seat.CLOCK, ANNOUNCED_LONG_AGO.change(are_silent_reminded=True)),
        ("refuse_late", Seat.UNANSWERED, ENDED),
        ("refuse_late", Seat.UNANSWERED, ENDED.change(phase=Phase.IMPLEMENTATION, closing_reason=None)),
    ],
)
def test_what_the_table_opens_is_open(verb: str, seat: Seat, s: Situation) -> None:
    assert check(verb, s, {seat}).verb == verb


def test_one_side_alone_may_declare_the_impasse_once_the_local_step_is_over() -> None:
    over = situation_in(Phase.DIALOGUE, local_time_over=True, is_acknowledged=True)
    for seat in (Seat.INITIATOR_APPROVER, Seat.RESPONDENT_APPROVER):
        assert check("declare_impasse", over, {seat}).verb == "declare_impasse"
    with pytest.raises(MoveNotAllowed):
        check("declare_impasse", over, {Seat.INITIATOR_HANDLER})


@pytest.mark.parametrize("seat", [Seat.CHAIR_NEXT, Seat.SECRETARIAT])
def test_one_hand_alone_does_not_close_a_dead_case(seat: Seat) -> None:
    asked = situation_in(Phase.DIALOGUE, is_asked=True, ask_time_over=True, ask_long_over=True)
    with pytest.raises(MoveNotAllowed, match="lapse_agreed"):
        check("lapse", asked, {seat})


# --- What a page shows


def test_an_act_that_only_time_keeps_away_is_shown_with_its_day() -> None:
    seats = {Seat.INITIATOR_HANDLER, Seat.INITIATOR_APPROVER, Seat.PURSUER}
    opens = {"local_way_is_over": day("2026-10-28")}
    shown = moves_open_to(situation_in(Phase.DIALOGUE, is_acknowledged=True), seats, opens.get)
    assert [(o.move.t, o.is_open, o.opens_on) for o in shown] == [
        ("T9c", True, None),
        ("T9d", True, None),
        ("T18", False, day("2026-10-28")),
        ("T37", True, None),
    ]


def test_an_act_that_something_else_than_time_keeps_away_is_not_shown() -> None:
    shown = moves_open_to(situation_in(Phase.PREPARATION, 2), {Seat.SECRETARIAT}, lambda _: day("2026-10-28"))
    assert "schedule" not in {o.move.verb for o in shown}


def test_an_act_whose_day_is_not_known_is_not_shown() -> None:
    shown = moves_open_to(situation_in(Phase.IMPASSE), {Seat.RESPONDENT_APPROVER}, lambda _: None)
    assert shown == []


def test_a_person_without_a_seat_is_shown_no_act() -> None:
    assert moves_open_to(situation_in(Phase.DIALOGUE), set(), lambda _: day("2026-10-28")) == []


def test_facts_that_the_situation_answers_are_not_asked_for() -> None:
    lift, pronounce = BY_VERB["lift"], BY_VERB["pronounce"]
    assert [f.name for f in lift.asked_facts(situation_in(Phase.IMPASSE))] == [
        "question",
        "background",
        "agreed_points",
        "stand",
        "tried",
        "on_the_table",
        "meanwhile",
        "purpose",
        "also_affected",
        "attachments",
    ]
    assert lift.asked_facts(situation_in(Phase.IMPASSE, is_statement_agreed=True)) == ()
    decided = situation_in(Phase.MINUTED, 3, outcome=Outcome.DECIDE)
    assert [f.name for f in pronounce.asked_facts(decided)] == ["task"]
    assert pronounce.asked_facts(decided.change(adjusted_for="region")) == (), "the first hand has written them"
    at_top = situation_in(Phase.SCHEDULED, 3, outcomes=HOK.step(3).outcomes)
    assert {"scope", "applies_from"} <= {f.name for f in BY_VERB["decide"].asked_facts(at_top)}
    elsewhere = situation_in(Phase.SCHEDULED, 2, outcomes=HOK.step(2).outcomes)
    assert not {"scope", "applies_from"} & {f.name for f in BY_VERB["decide"].asked_facts(elsewhere)}


AT_ANY_HOK_BODY = {Outcome.DEVIATION_HANDLED, Outcome.INFORMATION, Outcome.REMIT, Outcome.NO_CONCURRENCE}

BETWEEN_MUNICIPALITIES = {
    Outcome.RECOMMEND, Outcome.DECIDE, Outcome.INFORMATION, Outcome.REMIT, Outcome.NO_CONCURRENCE,
}  # fmt: skip


# --- Outcomes


@pytest.mark.parametrize(
    ("on", "step", "interprets", "outcomes"),
    [
        (HOK, 2, False, {Outcome.RECOMMEND, Outcome.REFER_UP, Outcome.COUNTY_ROUTINE, *AT_ANY_HOK_BODY}),
        (HOK, 3, True, {Outcome.INTERPRET, Outcome.DECIDE, Outcome.REVISION_ORDERED, *AT_ANY_HOK_BODY}),
        (HOK, 3, False, {Outcome.DECIDE, Outcome.REVISION_ORDERED, *AT_ANY_HOK_BODY}),
        (KOMMUN_KOMMUN, 2, False, BETWEEN_MUNICIPALITIES),
        (KOMMUN_KOMMUN, 2, True, BETWEEN_MUNICIPALITIES),
    ],
)
def test_a_body_may_decide_what_its_step_lists_and_a_row_leads_on_from(
    on: ladder.Ladder, step: int, interprets: bool, outcomes: set[Outcome]
) -> None:
    s = situation_in(Phase.SCHEDULED, step, on, interprets=interprets)
    assert set(outcomes_open(s)) == outcomes


def test_no_concurrence_is_open_though_no_list_has_it() -> None:
    assert Outcome.NO_CONCURRENCE in outcomes_open(situation_in(Phase.SCHEDULED, 2, outcomes=frozenset()))


def test_an_outcome_whose_row_is_not_built_is_not_open() -> None:
    unbuilt = [m for m in MOVES if m.t not in {"T27c", "T30", "T31"}]
    assert outcomes_open(situation_in(Phase.SCHEDULED, 2), unbuilt) == [Outcome.RECOMMEND]


def test_after_two_remits_a_third_is_not_open() -> None:
    assert Outcome.REMIT in outcomes_open(situation_in(Phase.SCHEDULED, 2, remits=1))
    assert Outcome.REMIT not in outcomes_open(situation_in(Phase.SCHEDULED, 2, remits=2))


# --- Where it leads


def test_the_next_step_is_received_by_a_body_and_served_where_it_is_a_dialogue() -> None:
    assert land(BY_VERB["lift"], situation_in(Phase.IMPASSE)) == (2, Phase.RECEIVED)
    four = generated(GENERATED[0])
    assert land(BY_VERB["lift"], situation_in(Phase.IMPASSE, 1, four)) == (2, Phase.SERVED)


def test_there_is_no_step_above_the_top() -> None:
    with pytest.raises(MoveNotAllowed, match="not_at_top"):
        land(BY_VERB["pass_up"], situation_in(Phase.MINUTED, 3))


def test_a_decision_with_a_task_is_implemented_and_one_without_is_closed() -> None:
    s = situation_in(Phase.MINUTED, 3, outcome=Outcome.DECIDE)
    assert land(BY_VERB["pronounce"], s, has_tasks=True) == (3, Phase.IMPLEMENTATION)
    assert land(BY_VERB["pronounce"], s) == (3, Phase.CLOSED)
