"""MOVES: the whole state machine as one table, what is open to whom, and the ball's future.

Each row is one transition of ``domain/05`` § 5.2. Rows speak of step *kinds* and of the top, never of a step number or
of VIS: the names of bodies are data (``ladders/``). Buttons, guards, access, nudges and house tests read the same rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from escalation.rules.situation import (
    ALL_KINDS,
    ANNOUNCED,
    BODY_KINDS,
    CARRIED_OUT,
    CLOSED_BY_BODY,
    ENDED_UNHEARD,
    GUARDS,
    LOCAL_PHASES,
    REFERRED_IN,
    SHARED_BEFORE_MINUTED,
    SILENCE,
    HearingKind,
    Outcome,
    Phase,
    ProposalKind,
    Seat,
    Situation,
    StepKind,
)


class MoveNotAllowed(Exception):
    """An act that is not open now. ``guard`` names what stands in the way; nothing has been changed."""

    def __init__(self, verb: str, guard: str) -> None:
        super().__init__(f"{verb} is not open: {guard}")
        self.verb = verb
        self.guard = guard


@dataclass(frozen=True)
class Actor:
    """A seat that may make the move; ``when`` names the guard that must hold for this seat in particular."""

    seat: Seat
    when: str | None = None


@dataclass(frozen=True)
class Fact:
    """Something the act must contain. ``only`` or ``unless`` names a guard that decides whether it is asked for."""

    name: str
    only: str | None = None
    unless: str | None = None
    optional: bool = False

    def asked(self, s: Situation) -> bool:
        if self.only and not GUARDS[self.only](s):
            return False
        return not (self.unless and GUARDS[self.unless](s))


@dataclass(frozen=True)
class Move:
    """One row: from where, to where, who, under what guards, with what facts, leaving which trail event.

    ``target`` is a phase, or one of ``same``, ``next_step`` (``received``; ``served`` where that step is a dialogue),
    ``step_below`` (``preparation`` at a body, ``dialogue`` where the parties have it),
    ``final`` (``implementation`` with tasks, else ``closed``), ``final_when_all`` (``same`` until all have answered),
    ``highest_reached`` (``received`` at a body, else ``dialogue``, or ``served`` where nobody has acknowledged),
    ``first_body`` (``received`` there), ``left`` (where it was closed: at a body ``received`` anew, before it was
    served ``intake``),
    ``acknowledged`` (``dialogue`` where the case was served, else ``same``), ``withdrawn`` (``closed`` before the
    case was served, else ``same`` with a notice) and ``reopened`` (``received`` at the body that closed the case, else
    the first step: ``dialogue``, or ``served`` where nobody has acknowledged). ``by_proposal``: the move is made by the
    last acceptance of a proposal of that kind; ``free`` names the seats that need none and use the form.
    ``after_hearing``: the parties are heard about it first, and its guard says that they have been. ``during`` names
    the overlay ("paused", "withdrawn", "joined") in which alone the move is open; without it an overlay shuts the move.
    """

    t: str
    verb: str
    phases: frozenset[Phase]
    target: str
    actors: tuple[Actor, ...]
    event: str
    kinds: frozenset[StepKind] = ALL_KINDS
    guards: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    by_proposal: ProposalKind | None = None
    free: frozenset[Seat] = frozenset()
    after_hearing: HearingKind | None = None
    during: str | None = None
    template: str | None = None
    consumes: frozenset[Outcome] = frozenset()

    def asked_facts(self, s: Situation) -> tuple[Fact, ...]:
        return tuple(f for f in self.facts if f.asked(s))


def _facts(*names: str | Fact) -> tuple[Fact, ...]:
    return tuple(n if isinstance(n, Fact) else Fact(n) for n in names)


_SEK = Actor(Seat.SECRETARIAT)
_SEK_LATE = Actor(Seat.SECRETARIAT, when="forced_decision_due")
_SEK_KEEPING = Actor(Seat.SECRETARIAT, when="kept_by_body")
_CHAIR_HERE = Actor(Seat.CHAIR_HERE)
_FIRST_HAND = (
    Actor(Seat.ADJUSTER_REGION), Actor(Seat.ADJUSTER_MUNICIPAL),
    Actor(Seat.OFFICIAL_REGION, when="officials_may_certify"),
    Actor(Seat.OFFICIAL_MUNICIPAL, when="officials_may_certify"),
)  # fmt: skip
_SECOND_HAND = (
    Actor(Seat.BODY_HERE, when="body_may_confirm"),
    Actor(Seat.ADJUSTER_REGION, when="adjusted_for_municipal"),
    Actor(Seat.ADJUSTER_MUNICIPAL, when="adjusted_for_region"),
    Actor(Seat.OFFICIAL_REGION, when="certified_for_municipal"),
    Actor(Seat.OFFICIAL_MUNICIPAL, when="certified_for_region"),
)
"""Minutes take effect by two hands of different sides (domain/05 § 5.2): the chair and the deputy of the other block;
else the body itself confirms them at its next meeting; last one official of each side certifies them."""
_CHAIR_LATE = Actor(Seat.CHAIR_NEXT, when="forced_decision_passed")
_ANY_APPROVER = (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.RESPONDENT_APPROVER))
_CLOSERS_SEATS = (Actor(Seat.SECRETARIAT, when="closed_by_parties"), Actor(Seat.CHAIR_HERE, when="closed_by_body"))
"""Who takes up a closed case again: the secretariat where no body had decided it, else the body's chair."""
_WHO_LIFTS_UNANSWERED = tuple(
    Actor(seat, when="unanswered_may_be_lifted")
    for seat in (Seat.INITIATOR_APPROVER, Seat.RESPONDENT_APPROVER, Seat.SECRETARIAT)
)
_BOTH_HANDLERS = (Actor(Seat.INITIATOR_HANDLER), Actor(Seat.RESPONDENT_HANDLER))
_STATEMENT = (
    Fact("question", unless="statement_agreed"),
    Fact("background", unless="statement_agreed"),
    *(
        Fact(name, unless="statement_agreed", optional=True)
        for name in ("agreed_points", "stand", "tried", "on_the_table", "meanwhile", "purpose", "also_affected")
    ),
    Fact("attachments", unless="statement_agreed", optional=True),
)
_URGENCY = (Fact("urgency", only="urgency_asked"), Fact("urgency_answer", only="urgency_asked"))
_RECORD = (
    "outcome", "region_line", Fact("region_other", optional=True), "municipal_line",
    Fact("municipal_other", optional=True), "decision_text", "reasons", "purpose_and_goals",
    Fact("scope", only="may_interpret", optional=True), Fact("applies_from", only="may_interpret", optional=True),
    Fact("dissent", optional=True),
)  # fmt: skip
"""What is recorded of a decision. Of an interpretation the text, the reasons and the purpose are the decision's own."""
_REMIT = ("remit_question", "product", "remit_until", "reporter")
_OF_PRINCIPLE = _facts("principled", "named", "effect")
"""The reasons for which a case goes past the parties: both limbs of § 7.1's sentence, each by itself (T6, T10)."""
_ONE = frozenset

GUARDS["statement_agreed"] = lambda s: s.is_statement_agreed

PAUSABLE = LOCAL_PHASES | {Phase.RECEIVED, Phase.PREPARATION, Phase.RECOMMENDATION_OUT, Phase.IMPLEMENTATION}
"""Where clocks may stop (T16). A case that stands on a meeting is taken off it first; minutes are adjusted first."""
BEFORE_SERVED = frozenset({Phase.INTAKE, Phase.COMPLETION, Phase.BYPASS_REVIEW})
"""Before the respondent has been asked to act in the matter: a withdrawal closes the case at once."""
WITHDRAWABLE = SHARED_BEFORE_MINUTED | BEFORE_SERVED | {Phase.RECOMMENDATION_OUT}

MOVES: tuple[Move, ...] = (
    Move(
        "T1", "file", _ONE(), Phase.INTAKE,
        (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.INITIATOR_HANDLER)), "case_filed",
        facts=_facts(
            "title", "type", "agreement", "provisions", "respondent", "event_on", "description", "position",
            "purpose_statement", "consequences", "tried", "desired_outcome", "interim_arrangement", "handler",
            "declaration", *(
                Fact(name, optional=True)
                for name in (
                    "co_initiators", "affected", "arena", "event_until", "urgency_reason", "principle_reason",
                    "substitute", "registry_number",
                )
            ),
        ),
        template="cases/file.html",
    ),
    Move(
        "T2", "ask_completion", _ONE({Phase.INTAKE}), Phase.COMPLETION, (_SEK,), "completion_asked",
        facts=_facts("missing"),
    ),
    Move(
        "T3", "complete", _ONE({Phase.COMPLETION}), Phase.INTAKE, (Actor(Seat.INITIATOR_HANDLER),),
        "filing_completed",
        facts=_facts("completed", "description", "position", Fact("attachments", optional=True)),
    ),
    Move(
        "T3b", "lapse_incomplete", _ONE({Phase.COMPLETION}), Phase.CLOSED, (_SEK,), "incomplete_lapsed",
        guards=("completion_time_over", "reminded_twice", "lapse_agreed"), facts=_facts("reason"),
        by_proposal=ProposalKind.LAPSE,
    ),
    Move(
        "T4", "reject", _ONE({Phase.INTAKE}), Phase.CLOSED, (_SEK,), "case_rejected",
        guards=("reject_agreed",), facts=_facts("ground", "reason", "where_instead"),
        by_proposal=ProposalKind.REJECT,
    ),
    Move(
        "T4b", "review_rejection", _ONE({Phase.CLOSED}), Phase.INTAKE,
        (Actor(Seat.SECRETARIAT_HEAD), Actor(Seat.CHAIR_NEXT, when="review_is_the_chairs")), "rejection_reviewed",
        guards=("was_rejected", "reopening_asked"), facts=_facts("reason"),
    ),
    Move(
        "T5", "claim_principle", _ONE({Phase.INTAKE}), Phase.BYPASS_REVIEW, (_SEK,), "principle_claimed",
        guards=("principle_asked",), facts=_facts("cover_letter", *_URGENCY),
    ),
    Move(
        "T5b", "comment_principle", _ONE({Phase.BYPASS_REVIEW}), "same", (Actor(Seat.RESPONDENT_HANDLER),),
        "principle_commented", guards=("comment_open",), facts=_facts("comment_text"),
    ),
    Move(
        "T6", "grant_principle", _ONE({Phase.BYPASS_REVIEW}), "first_body", (Actor(Seat.CHAIR_NEXT),),
        "principle_granted", guards=("comment_closed",), facts=_OF_PRINCIPLE,
    ),
    Move(
        "T7", "refuse_principle", _ONE({Phase.BYPASS_REVIEW}), Phase.SERVED,
        (Actor(Seat.CHAIR_NEXT), Actor(Seat.SECRETARIAT, when="principle_undecided")), "principle_refused",
        guards=("comment_closed",), facts=_facts("reasons"),
    ),
    Move(
        "T8", "serve", _ONE({Phase.INTAKE}), Phase.SERVED, (_SEK,), "case_served",
        facts=_facts("cover_letter", *_URGENCY),
    ),
    Move(
        "T9", "acknowledge", _ONE({Phase.SERVED, Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED}),
        "acknowledged", (Actor(Seat.RESPONDENT_HANDLER),), "receipt_acknowledged",
        guards=("unacknowledged",), facts=_facts("handler", "substitute"),
    ),
    Move(
        "T9b", "confirm_part", BEFORE_SERVED | SHARED_BEFORE_MINUTED, "same", (Actor(Seat.UNCONFIRMED),),
        "part_confirmed", facts=_facts("handler", "substitute"),
    ),
    Move(
        "T9e", "leave_filing", BEFORE_SERVED | SHARED_BEFORE_MINUTED, "same",
        (Actor(Seat.ONE_OF_SEVERAL),), "filing_left", facts=_facts("reason"),
    ),
    Move(
        "T9c", "state_position", SHARED_BEFORE_MINUTED, "same",
        (*_BOTH_HANDLERS, Actor(Seat.AFFECTED_HANDLER)), "position_stated",
        facts=_facts("text", Fact("attachments", optional=True)),
    ),
    Move(
        "T9d", "note_meeting", _ONE({Phase.SERVED, Phase.DIALOGUE}), "same",
        (*_BOTH_HANDLERS, Actor(Seat.COORDINATING_CENTRE)), "meeting_noted",
        kinds=_ONE({StepKind.DIALOGUE}), facts=_facts("held_on", "said", "agreed"),
    ),
    Move(
        "T10", "call_up", _ONE({Phase.SERVED, Phase.DIALOGUE}), "first_body", (Actor(Seat.CHAIR_NEXT),),
        "case_called_up", kinds=_ONE({StepKind.DIALOGUE}), guards=("call_up_heard",), facts=_OF_PRINCIPLE,
        after_hearing=HearingKind.CALL_UP,
    ),
    Move(
        "T13", "settle", SHARED_BEFORE_MINUTED | {Phase.RECOMMENDATION_OUT}, "final", _ANY_APPROVER,
        "case_settled", guards=("settlement_agreed",), facts=_facts("settlement", "obligations"),
        by_proposal=ProposalKind.SETTLEMENT,
    ),
    Move(
        "T15", "extend", _ONE({Phase.SERVED, Phase.DIALOGUE}), "same", _ANY_APPROVER, "local_step_extended",
        kinds=_ONE({StepKind.DIALOGUE}), guards=("extension_agreed", "may_be_extended"),
        facts=_facts("reason", "extended_to"), by_proposal=ProposalKind.EXTENSION,
    ),
    Move(
        "T16", "pause", PAUSABLE, "same", (*_ANY_APPROVER, _SEK), "case_paused",
        guards=("pause_agreed",), facts=_facts("pause_ground", "reason", "paused_until"),
        by_proposal=ProposalKind.PAUSE, free=_ONE({Seat.SECRETARIAT}),
    ),
    Move(
        "T17", "resume", PAUSABLE, "same", (Actor(Seat.CLOCK),), "case_resumed", guards=("pause_over",),
        during="paused",
    ),
    Move(
        "T17b", "end_pause", PAUSABLE, "same", _ANY_APPROVER, "pause_end_notified", facts=_facts("reason"),
        during="paused",
    ),
    Move(
        "T18", "declare_impasse", _ONE({Phase.SERVED, Phase.DIALOGUE}), Phase.IMPASSE,
        (*_ANY_APPROVER, _SEK_LATE, _SEK_KEEPING, _CHAIR_LATE), "impasse_declared",
        kinds=_ONE({StepKind.DIALOGUE}), guards=("local_way_is_over",), facts=_facts("unsolved"),
    ),
    Move(
        "T19", "return_to_dialogue", _ONE({Phase.IMPASSE}), Phase.DIALOGUE, _ANY_APPROVER,
        "returned_to_dialogue", kinds=_ONE({StepKind.DIALOGUE}), guards=("back_to_dialogue_agreed",),
        facts=_facts("reason"), by_proposal=ProposalKind.BACK_TO_DIALOGUE,
    ),
    Move(
        "T20", "lift", _ONE({Phase.IMPASSE}), "next_step",
        (*_ANY_APPROVER, _SEK_LATE, _SEK_KEEPING, _CHAIR_LATE), "case_lifted",
        kinds=_ONE({StepKind.DIALOGUE}), guards=("statement_agreed_or_time_over",), facts=_STATEMENT,
    ),
    Move(
        "T21a", "ask_to_pursue", LOCAL_PHASES, "same", (_SEK_LATE, _CHAIR_LATE), "asked_to_pursue",
        kinds=_ONE({StepKind.DIALOGUE}),
        guards=("not_principled", "not_kept_by_body", "not_asked_already", "asked_less_than_twice", "parties_silent"),
    ),
    Move(
        "T21b", "pursue", LOCAL_PHASES, "same", _BOTH_HANDLERS, "case_pursued",
        kinds=_ONE({StepKind.DIALOGUE}), guards=("asked_to_pursue",),
    ),
    Move(
        "T21", "lapse", LOCAL_PHASES, Phase.CLOSED, (_SEK, Actor(Seat.CHAIR_NEXT, when="ask_long_over")),
        "case_lapsed", kinds=_ONE({StepKind.DIALOGUE}),
        guards=("not_principled", "asked_to_pursue", "silent_since_asked", "ask_time_over", "lapse_agreed"),
        facts=_facts("reason"), by_proposal=ProposalKind.LAPSE,
    ),
    Move(
        "T22", "accept_file", _ONE({Phase.RECEIVED}), Phase.PREPARATION, (_SEK,), "file_accepted",
        kinds=BODY_KINDS,
        facts=_facts(
            Fact("target_meeting", only="material_deadline_open"), Fact("later_reason", optional=True),
            "rapporteur_region", "rapporteur_municipal", Fact("missing_parts", optional=True),
        ),
    ),
    Move(
        "T23", "refer", _ONE({Phase.PREPARATION}), "same", (_SEK, _CHAIR_HERE), "case_referred",
        kinds=BODY_KINDS, facts=_facts("referral_to", "referral_question"),
    ),
    Move(
        "T23b", "answer_referral", REFERRED_IN, "same", (Actor(Seat.REFERRED),), "referral_answered",
        kinds=BODY_KINDS, guards=("referral_open",), facts=_facts("referral_id", "referral_answer"),
    ),
    Move(
        "T24", "schedule", _ONE({Phase.PREPARATION}), Phase.SCHEDULED, (_SEK,), "case_scheduled",
        kinds=BODY_KINDS, guards=("material_deadline_open",),
        facts=_facts(
            "meeting", Fact("later_reason", optional=True), "question", "proposed_decision", "alternatives",
            Fact("attachments", optional=True),
        ),
        template="meetings/schedule.html",
    ),
    Move(
        "T25", "take_off", _ONE({Phase.SCHEDULED}), Phase.PREPARATION, (_CHAIR_HERE, _SEK),
        "case_taken_off", kinds=BODY_KINDS, facts=_facts("take_off_ground", "reason", "what_is_needed"),
    ),
    Move(
        "T26", "decide", _ONE({Phase.SCHEDULED}), Phase.MINUTED, (Actor(Seat.BODY_HERE),), "case_decided",
        kinds=BODY_KINDS, guards=("meeting_day_come",),
        facts=_facts(*_RECORD[:5], "quorum", *_RECORD[5:]),
        template="decisions/decide.html",
    ),
    Move(
        "T26b", "adjust", _ONE({Phase.MINUTED}), "same", _FIRST_HAND, "minutes_adjusted",
        kinds=BODY_KINDS, guards=("record_complete", "not_adjusted_once"),
        facts=_facts(
            Fact("task", only="outcome_may_ask", optional=True),
            *(Fact(name, only="outcome_remits") for name in _REMIT), Fact("what_is_needed", only="is_tabled_again"),
        ),
    ),
    Move(
        "T26c", "send_back", _ONE({Phase.MINUTED}), "same",
        (Actor(Seat.ADJUSTER_REGION), Actor(Seat.ADJUSTER_MUNICIPAL)), "minutes_sent_back", kinds=BODY_KINDS,
        guards=("record_complete", "not_sent_back"), facts=_facts("reason"),
    ),
    Move(
        "T26d", "correct_decision", _ONE({Phase.MINUTED}), "same", (Actor(Seat.BODY_HERE),),
        "decision_corrected", kinds=BODY_KINDS, facts=_facts(*_RECORD, "reason"), template="decisions/decide.html",
    ),
    Move(
        "T27", "send_recommendation", _ONE({Phase.MINUTED}), Phase.RECOMMENDATION_OUT,
        _SECOND_HAND, "recommendation_sent", kinds=BODY_KINDS, guards=("record_complete", "outcome_recommends"),
        facts=_facts(Fact("task", unless="adjusted_once", optional=True)),
        consumes=_ONE({Outcome.RECOMMEND}),
    ),
    Move(
        "T27b", "carry_out", _ONE({Phase.MINUTED}), "final", _SECOND_HAND, "outcome_carried_out",
        kinds=BODY_KINDS, guards=("record_complete", "at_top", "outcome_is_carried_out"),
        facts=_facts(Fact("task", unless="adjusted_once", optional=True)),
        consumes=CARRIED_OUT,
    ),
    Move(
        "T27c", "announce", _ONE({Phase.MINUTED}), Phase.RECOMMENDATION_OUT, _SECOND_HAND,
        "outcome_announced", kinds=BODY_KINDS, guards=("record_complete", "not_at_top", "outcome_is_announced"),
        facts=_facts(Fact("task", unless="adjusted_once", optional=True)), consumes=ANNOUNCED,
    ),
    Move(
        "T28", "accept_recommendation", _ONE({Phase.RECOMMENDATION_OUT}), "final_when_all",
        (Actor(Seat.UNANSWERED),), "recommendation_accepted", kinds=BODY_KINDS,
        facts=_facts(Fact("comment", optional=True)),
    ),
    Move(
        "T28b", "take_effect", _ONE({Phase.RECOMMENDATION_OUT}), "final", (Actor(Seat.CLOCK),),
        "outcome_took_effect", kinds=BODY_KINDS,
        guards=("outcome_is_announced", "answer_time_over", "silent_are_reminded"),
    ),
    Move(
        "T29", "refuse_recommendation", _ONE({Phase.RECOMMENDATION_OUT}), "next_step",
        (Actor(Seat.UNANSWERED), *_WHO_LIFTS_UNANSWERED), "recommendation_refused",
        kinds=BODY_KINDS, guards=("not_at_top",), facts=_facts("reasons"),
    ),
    Move(
        "T29c", "refuse_late", _ONE({Phase.IMPLEMENTATION, Phase.CLOSED}), "next_step",
        (Actor(Seat.UNANSWERED),), "outcome_refused_late", kinds=BODY_KINDS,
        guards=("not_at_top", "ended_by_silence", "late_refusal_in_time"), facts=_facts("reasons"),
    ),
    Move(
        "T29b", "end_without_agreement", _ONE({Phase.RECOMMENDATION_OUT}), Phase.CLOSED,
        (Actor(Seat.UNANSWERED), *_WHO_LIFTS_UNANSWERED), "ended_without_agreement",
        kinds=BODY_KINDS, guards=("at_top",), facts=_facts("reasons"),
    ),
    Move(
        "T30", "remit", _ONE({Phase.MINUTED}), "step_below", _SECOND_HAND, "case_remitted",
        kinds=BODY_KINDS, guards=("record_complete", "outcome_remits", "may_be_remitted"),
        facts=_facts(*(Fact(name, unless="adjusted_once") for name in _REMIT)), consumes=_ONE({Outcome.REMIT}),
    ),
    Move(
        "T31", "pass_up", _ONE({Phase.MINUTED}), "next_step", _SECOND_HAND, "case_passed_up",
        kinds=BODY_KINDS, guards=("record_complete", "not_at_top", "outcome_passes_up"),
        consumes=_ONE({Outcome.REFER_UP, Outcome.NO_CONCURRENCE}),
    ),
    Move(
        "T32", "pronounce", _ONE({Phase.MINUTED}), "final", _SECOND_HAND, "outcome_pronounced",
        kinds=BODY_KINDS, guards=("record_complete", "at_top", "outcome_is_final"),
        facts=_facts(Fact("task", unless="adjusted_once", optional=True)),
        consumes=_ONE({Outcome.DECIDE, Outcome.INTERPRET}),
    ),
    Move(
        "T33", "close_without_agreement", _ONE({Phase.MINUTED}), Phase.CLOSED, _SECOND_HAND,
        "closed_without_agreement", kinds=BODY_KINDS,
        guards=("record_complete", "at_top", "outcome_is_no_concurrence", "second_treatment"),
        consumes=_ONE({Outcome.NO_CONCURRENCE}),
    ),
    Move(
        "T33b", "table_without_concurrence", _ONE({Phase.MINUTED}), Phase.PREPARATION, _SECOND_HAND,
        "tabled_without_concurrence", kinds=BODY_KINDS,
        guards=("record_complete", "at_top", "outcome_is_no_concurrence", "first_treatment"),
        facts=_facts(Fact("what_is_needed", unless="adjusted_once")),
        consumes=_ONE({Outcome.NO_CONCURRENCE}),
    ),
    Move(
        "T35b", "report_task", _ONE({Phase.IMPLEMENTATION}), "same", (Actor(Seat.OBLIGED_HANDLER),),
        "task_reported", guards=("tasks_open",), facts=_facts("task_id", "report"),
    ),
    Move(
        "T35", "confirm_done", _ONE({Phase.IMPLEMENTATION}), Phase.CLOSED,
        (Actor(Seat.COUNTERPARTY_APPROVER), Actor(Seat.SECRETARIAT, when="confirmation_time_over")), "done_confirmed",
        guards=("tasks_reported_or_time_over",), facts=_facts("summary"),
    ),
    Move(
        "T36", "report_breach", _ONE({Phase.IMPLEMENTATION}), "highest_reached",
        (Actor(Seat.COUNTERPARTY_APPROVER),), "breach_reported", guards=("breach_may_be_reported",),
        facts=_facts("what"),
    ),
    Move(
        "T37", "withdraw", WITHDRAWABLE, "withdrawn", (Actor(Seat.PURSUER),), "withdrawal_notified",
        guards=("not_kept_by_body", "not_withdrawn_before"), facts=_facts("reason"),
    ),
    Move(
        "T37b", "keep_open", WITHDRAWABLE - BEFORE_SERVED, "same",
        (Actor(Seat.OBJECTOR), _CHAIR_HERE, Actor(Seat.CHAIR_NEXT)), "case_kept_open",
        facts=_facts("reason"), during="withdrawn",
    ),
    Move(
        "T37c", "end_withdrawn", WITHDRAWABLE - BEFORE_SERVED, Phase.CLOSED, (Actor(Seat.CLOCK),),
        "case_withdrawn", guards=("withdrawal_time_over",), during="withdrawn",
    ),
    Move(
        "T38", "join", SHARED_BEFORE_MINUTED, "same", (_SEK,), "cases_joined", guards=("join_heard",),
        facts=_facts("reason"), after_hearing=HearingKind.JOIN,
    ),
    Move(
        "T38b", "separate", SHARED_BEFORE_MINUTED, "same", (_SEK,), "case_separated",
        guards=("lead_before_minuted",), facts=_facts("reason"), during="joined",
    ),
    Move(
        "T39", "reopen", _ONE({Phase.CLOSED}), "reopened", _CLOSERS_SEATS, "case_reopened",
        guards=("may_be_reopened", "reopening_in_time"), facts=_facts("reopening_ground", "reason"),
    ),
    Move(
        "T39d", "take_up_by_right", _ONE({Phase.CLOSED}), "left", (Actor(Seat.INITIATOR_APPROVER),),
        "case_taken_up", guards=("ended_unheard", "not_taken_up_by_right", "reopening_in_time"),
    ),
    Move(
        "T39b", "ask_reopening", _ONE({Phase.CLOSED}), "same",
        (Actor(Seat.INITIATOR_APPROVER), Actor(Seat.RESPONDENT_APPROVER, when="may_be_reopened")), "reopening_asked",
        guards=("may_be_asked", "reopening_in_time", "reopening_not_asked"),
        facts=_facts(Fact("reopening_ground", unless="was_rejected"), "reason"),
    ),
    Move(
        "T39c", "refuse_reopening", _ONE({Phase.CLOSED}), "same",
        (
            *_CLOSERS_SEATS, Actor(Seat.SECRETARIAT_HEAD, when="was_rejected"),
            Actor(Seat.CHAIR_NEXT, when="review_is_the_chairs"),
        ),
        "reopening_refused",
        guards=("reopening_asked",), facts=_facts("reason"),
    ),
    Move(
        "T40", "supersede", SHARED_BEFORE_MINUTED, Phase.CLOSED, (_SEK,), "case_superseded",
        guards=("no_body_has_decided", "supersede_heard", "supersede_agreed"), facts=_facts("reason"),
        by_proposal=ProposalKind.SUPERSEDE, after_hearing=HearingKind.SUPERSEDE,
    ),
    Move(
        "T41", "turn", SHARED_BEFORE_MINUTED | {Phase.INTAKE}, "same", (_SEK,), "case_turned",
        facts=_facts("reason"),
    ),
    Move(
        "T42", "split", SHARED_BEFORE_MINUTED, "same", (_SEK,), "case_split",
        guards=("has_no_members", "split_heard"), facts=_facts("reason"), after_hearing=HearingKind.SPLIT,
    ),
    Move(
        "T43", "ask_to_register", SHARED_BEFORE_MINUTED, "same", (Actor(Seat.OUTSIDER),),
        "registration_asked", kinds=BODY_KINDS, facts=_facts("reason"),
    ),
    Move(
        "T43b", "register_affected", SHARED_BEFORE_MINUTED, "same", (Actor(Seat.REGISTRAR),),
        "party_registered", kinds=BODY_KINDS, facts=_facts("registration_id"),
    ),
    Move(
        "T43c", "refuse_registration", SHARED_BEFORE_MINUTED, "same", (Actor(Seat.REGISTRAR),),
        "registration_refused", kinds=BODY_KINDS, facts=_facts("registration_id", "reason"),
    ),
)  # fmt: skip

BY_VERB: dict[str, Move] = {m.verb: m for m in MOVES}
BY_HEARING: dict[HearingKind, Move] = {m.after_hearing: m for m in MOVES if m.after_hearing}
"""What the parties are heard about -> the row that is open when they have been."""
BY_CLOCK: tuple[Move, ...] = tuple(m for m in MOVES if all(actor.seat is Seat.CLOCK for actor in m.actors))
"""The moves that time alone makes."""

TIME_GUARDS: dict[str, tuple[str, ...]] = {
    # guard -> when it opens: on the first working day after a deadline expression ("on": that day itself); the
    # earliest that the case has counts
    "completion_time_over": ("D2+10",),
    "reminded_twice": ("D2+15",),  # at the latest: a reminder that could not be sent keeps nothing open for ever
    "comment_closed": ("D3",),
    "principle_undecided": ("D3b+5",),
    "local_way_is_over": ("D7", "D4+10?unacknowledged"),
    "forced_decision_due": ("D7c",),
    "forced_decision_passed": ("D7c+5",),
    "parties_silent": (f"acted+{SILENCE}",),
    "ask_time_over": ("A",),
    "ask_long_over": ("A+5",),
    "statement_agreed_or_time_over": ("D7b",),
    "meeting_day_come": ("on meeting",),
    "body_may_confirm": ("on minutes_meeting",),
    "officials_may_certify": ("minutes_meeting",),
    "unanswered_may_be_lifted": ("D15+5?recommended",),
    "confirmation_time_over": ("confirm", "task+20"),
    "breach_may_be_reported": ("task",),
    **{f"{kind}_heard": (kind.value,) for kind in HearingKind},
}


OVERLAYS: dict[str, tuple[str, str]] = {
    # overlay -> the guard that says it is there, and that which keeps all moves but its own shut meanwhile
    "paused": ("paused", "not_paused"),
    "withdrawn": ("being_withdrawn", "not_being_withdrawn"),
    "joined": ("joined", "not_joined"),
}


def seats_open(move: Move, s: Situation, seats: Collection[Seat]) -> bool:
    """Whether one of ``seats`` may make the move in situation ``s`` (its time conditions included)."""
    return any(a.seat in seats and (a.when is None or GUARDS[a.when](s)) for a in move.actors)


def failing_guard(move: Move, s: Situation, seats: Collection[Seat]) -> str | None:
    """The name of the first thing that stands in the way, or None where the move is open.

    Not only named guards: ``phase``, ``kind`` and ``seat`` are answered in the same way.
    """
    if s.phase not in move.phases:
        return "phase"
    if s.kind not in move.kinds:
        return "kind"
    for overlay, (holds, guard) in OVERLAYS.items():
        if GUARDS[holds](s) and move.during != overlay:
            return guard
    if move.during and not GUARDS[holds := OVERLAYS[move.during][0]](s):
        return holds
    holders = [a for a in move.actors if a.seat in seats]
    if not holders:
        return "seat"
    for guard in guards_for(move, seats):
        if not GUARDS[guard](s):
            return guard
    if not seats_open(move, s, seats):
        return next(a.when for a in holders if a.when)
    return None


def guards_for(move: Move, seats: Collection[Seat]) -> tuple[str, ...]:
    """The guards that bind these seats. One needs nobody's agreement: the secretariat (T16)."""
    if move.by_proposal and move.free & set(seats):
        return tuple(g for g in move.guards if g != f"{move.by_proposal.value}_agreed")
    return move.guards


def check(verb: str, s: Situation, seats: Collection[Seat]) -> Move:
    """The row, if the move is open to one of ``seats``; else raises MoveNotAllowed naming the guard."""
    move = BY_VERB[verb]
    guard = failing_guard(move, s, seats)
    if guard is not None:
        raise MoveNotAllowed(verb, guard)
    return move


@dataclass(frozen=True)
class Opening:
    """A move as a page shows it: open now, or closed with the guard and the day from which it opens."""

    move: Move
    guard: str | None = None
    opens_on: dt.date | None = None

    @property
    def is_open(self) -> bool:
        return self.guard is None


def moves_open_to(s: Situation, seats: Collection[Seat], opens: Callable[[str], dt.date | None]) -> list[Opening]:
    """Every move that these seats can make now, and those that only time keeps from them, in the table's order.

    ``opens`` gives the day on which a time guard opens (None where the case has no such date yet).
    """
    shown: list[Opening] = []
    for move in MOVES:
        guard = failing_guard(move, s, seats)
        if guard is None:
            shown.append(Opening(move))
        elif guard in TIME_GUARDS and (day := opens(guard)):
            shown.append(Opening(move, guard, day))
    return shown


def outcomes_open(s: Situation, moves: Sequence[Move] = MOVES) -> list[Outcome]:
    """What the body may decide here: on the step's list (``no_concurrence`` always is) and led on from by a built row.

    ``interpret`` only where the body interprets this agreement; ``decide`` and ``interpret`` only at the top;
    ``refer_up`` not there (T26, condition 3).
    """
    found = []
    for outcome in Outcome:
        if outcome not in s.outcomes and outcome is not Outcome.NO_CONCURRENCE:
            continue
        after = s.change(phase=Phase.MINUTED, outcome=outcome, adjusted_for="region", is_record_complete=True)
        if any(outcome in m.consumes and failing_guard(m, after, {Seat.ADJUSTER_MUNICIPAL}) is None for m in moves):
            found.append(outcome)
    return found


def land(move: Move, s: Situation, *, has_tasks: bool = False, is_last: bool = True) -> tuple[int, Phase]:
    """Step and phase after the move. ``is_last``: whether nobody's answer is waited for any more (T28)."""
    match move.target:
        case "same":
            return s.step, s.phase
        case "next_step":
            if s.next_kind is None:
                raise MoveNotAllowed(move.verb, "not_at_top")
            return s.step + 1, Phase.SERVED if s.next_kind is StepKind.DIALOGUE else Phase.RECEIVED
        case "step_below":
            below = s.kinds[s.step - 2]
            return s.step - 1, Phase.PREPARATION if below in BODY_KINDS else Phase.DIALOGUE
        case "final_when_all" if not is_last:
            return s.step, s.phase
        case "final" | "final_when_all":
            return s.step, Phase.IMPLEMENTATION if has_tasks else Phase.CLOSED
        case "highest_reached":
            highest = max(s.step, s.highest_body)
            local = Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED
            return highest, Phase.RECEIVED if s.kinds[highest - 1] in BODY_KINDS else local
        case "left":
            return s.step, phase_left(s)
        case "reopened" if s.closing_reason in ENDED_UNHEARD:
            return s.step, phase_left(s)
        case "reopened" if s.closing_reason in CLOSED_BY_BODY:
            return s.step, Phase.RECEIVED
        case "reopened":
            return 1, Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED
        case "withdrawn":
            return s.step, Phase.CLOSED if s.phase in BEFORE_SERVED else s.phase
        case "acknowledged":
            return s.step, Phase.DIALOGUE if s.phase is Phase.SERVED else s.phase
        case "first_body":
            return next(no for no, kind in enumerate(s.kinds, 1) if kind in BODY_KINDS), Phase.RECEIVED
        case phase:
            return s.step, Phase(phase)


def phase_left(s: Situation) -> Phase:
    """Where a case that officials have ended goes on: in the phase it had. A body checks it anew; what the respondent
    was never sent is checked anew by the secretariat."""
    if not s.was_served:
        return Phase.INTAKE
    if s.kind in BODY_KINDS:
        return Phase.RECEIVED
    return Phase.IMPASSE if s.left_phase is Phase.IMPASSE else Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED


# The ball's future (domain/05 § 5.1) ------------------------------------------------------------------------------


@dataclass(frozen=True)
class BallRule:
    """Who must do what until when; begins today, or on the first working day after ``after``.

    ``due`` and ``after`` are deadline expressions: a key, perhaps with working days added ("D7c+5"). ``when`` names
    the guards under which the row is written at all.
    """

    act: str
    holder: str
    due: str
    after: str | None = None
    when: tuple[str, ...] = ()


@dataclass(frozen=True)
class BallRow:
    """One dated row of a case's future."""

    begins_on: dt.date
    act: str
    holder: str
    due_on: dt.date
    deadline_key: str


GUARDS["commented"] = lambda s: s.is_principle_commented
GUARDS["not_commented"] = lambda s: not s.is_principle_commented
GUARDS["unacknowledged"] = lambda s: not s.is_acknowledged
GUARDS["acknowledged"] = lambda s: s.is_acknowledged
GUARDS["position_missing"] = lambda s: not s.is_position_in
GUARDS["position_in"] = lambda s: s.is_position_in
GUARDS["meeting_not_held"] = lambda s: not s.is_meeting_held
GUARDS["meeting_held"] = lambda s: s.is_meeting_held
GUARDS["statement_missing"] = lambda s: not s.is_statement_agreed
GUARDS["tasks_reported_or_time_over"] = lambda s: s.are_tasks_reported or s.confirmation_time_over

_LOCAL = (
    BallRule("acknowledge", "respondent", "D4", when=("unacknowledged",)),
    BallRule("position", "respondent", "D5", when=("acknowledged", "position_missing")),
    BallRule("meet", "both_sides", "D6", when=("acknowledged", "position_in", "meeting_not_held")),
    BallRule("settle", "both_sides", "D7", when=("acknowledged", "position_in", "meeting_held")),
    BallRule("settle_extend_lift", "both_sides", "D7c", after="D7"),
    BallRule("force", "secretariat", "D7c+5", after="D7c"),
    BallRule("force", "chair:{next_body}", "D7c+10", after="D7c+5"),
)
_IMPASSE = (
    BallRule("statement", "both_sides", "D7b", when=("statement_missing",)),
    BallRule("lift", "both_sides", "F", when=("statement_agreed",)),
    BallRule("lift", "both_sides", "F", after="D7b", when=("statement_missing",)),
    BallRule("force", "secretariat", "F+5", after="F"),
    BallRule("force", "chair:{next_body}", "F+10", after="F+5"),
)
_ANSWER = (
    BallRule("answer", "unanswered", "D15", when=("outcome_recommends",)),
    BallRule("lift_unanswered", "both_sides_and_secretariat", "D15+10", after="D15+5", when=("outcome_recommends",)),
    BallRule("answer_announcement", "unanswered", "D15", when=("outcome_is_announced",)),
)
_TASKS = (
    BallRule("report", "obliged", "task", when=("tasks_open",)),
    BallRule("close", "secretariat", "task+25", after="task+20", when=("tasks_open",)),
    BallRule("confirm", "counterparty", "confirm", when=("tasks_reported",)),
    BallRule("close", "secretariat", "confirm+5", after="confirm", when=("tasks_reported",)),
)

WITHDRAWAL = (
    BallRule("object", "objectors", "W"),
    BallRule("close", "secretariat", "W+5", after="W"),
)
"""While a withdrawal's five working days run, the case rests and only an objection is waited for (T37)."""

ASKED = (
    BallRule("say_on", "both_sides", "A"),
    BallRule("force", "secretariat", "A+5", after="A"),
    BallRule("force", "chair:{next_body}", "A+10", after="A+5"),
)
"""While the parties are asked whether they go on (T21a)."""
PURSUED = (
    BallRule("lift", "pursuers", "B"),
    BallRule("force", "secretariat", "B+5", after="B"),
    BallRule("force", "chair:{next_body}", "B+10", after="B+5"),
)
"""When a party has said that it does (T21b)."""
IN_THE_PARTIES_STEAD: dict[str, str] = {
    # what both sides are waited for -> what the secretariat is, where a chair has kept a withdrawn case (T37)
    "meet": "stand_in",
    "settle": "stand_in",
    "statement": "stand_in",
    "settle_extend_lift": "force",
    "lift": "lift",
    "lift_unanswered": "lift_unanswered",
}


def held(rule: BallRule, s: Situation) -> tuple[str, str]:
    """The rule's act and holder as they are in this situation: a case that its body pursues waits for no party."""
    if s.is_kept_by_body and rule.holder in {"both_sides", "both_sides_and_secretariat"}:
        return IN_THE_PARTIES_STEAD[rule.act], "secretariat"
    return rule.act, rule.holder


FUTURE: dict[Phase, tuple[BallRule, ...]] = {
    Phase.INTAKE: (BallRule("check_filing", "secretariat", "D1"),),
    Phase.COMPLETION: (
        BallRule("complete", "initiator", "D2"),
        BallRule("lapse_incomplete", "secretariat", "D2+15", after="D2+10"),
    ),
    Phase.BYPASS_REVIEW: (
        BallRule("comment", "respondent", "D3", when=("not_commented",)),
        BallRule("decide_principle", "chair:{next_body}", "D3b", when=("commented",)),
        BallRule("decide_principle", "chair:{next_body}", "D3b", after="D3", when=("not_commented",)),
        BallRule("decide_principle", "secretariat", "D3b+10", after="D3b+5"),
    ),
    Phase.SERVED: _LOCAL,
    Phase.DIALOGUE: _LOCAL,
    Phase.IMPASSE: _IMPASSE,
    Phase.RECEIVED: (BallRule("check_file", "secretariat", "D9"),),
    Phase.PREPARATION: (BallRule("prepare", "secretariat", "material"),),
    Phase.SCHEDULED: (BallRule("decide", "body:{body}", "meeting"),),
    Phase.MINUTED: (
        BallRule("correct", "secretariat", "D14", when=("to_correct",)),
        BallRule("adjust", "chair:{body}", "D14", when=("recorded", "not_adjusted_once")),
        BallRule("adjust", "adjuster_region:{body}", "D14", when=("recorded", "adjusted_for_municipal")),
        BallRule("adjust", "adjuster_municipal:{body}", "D14", when=("recorded", "adjusted_for_region")),
        BallRule("confirm_minutes", "secretariat", "minutes_meeting", after="D14+15"),
        BallRule("certify", "secretariat", "minutes_meeting+5", after="minutes_meeting"),
    ),
    Phase.RECOMMENDATION_OUT: _ANSWER,
    Phase.IMPLEMENTATION: _TASKS,
    Phase.CLOSED: (),
}


def rules_of(s: Situation) -> tuple[BallRule, ...]:
    """The rules by which the ball's future is written now."""
    if s.is_being_withdrawn:
        return WITHDRAWAL
    if s.phase in LOCAL_PHASES and (s.is_asked or s.is_pursued) and not s.is_kept_by_body:
        return ASKED if s.is_asked else PURSUED
    return FUTURE.get(s.phase, ())


def future(
    s: Situation,
    *,
    today: dt.date,
    date: Callable[[str], dt.date],
    open_from: Callable[[dt.date], dt.date],
    body: str | None,
    next_body: str | None,
) -> list[BallRow]:
    """The case's future from ``today``, earliest first.

    ``date`` gives the day of a deadline expression. Rows that have begun already are folded into one that begins
    today, so that an act done late does not give the ball back to where time had moved it from.
    """
    rows: list[BallRow] = []
    for rule in rules_of(s):
        if not all(GUARDS[g](s) for g in rule.when):
            continue
        begins = today if rule.after is None else open_from(date(rule.after))
        act, holder = held(rule, s)
        holder = holder.format(body=body, next_body=next_body)
        row = BallRow(max(begins, today), act, holder, date(rule.due), rule.due)
        if row.begins_on == today and rows:
            rows = [r for r in rows if r.begins_on > today]
        rows.append(row)
    return rows


def rows() -> list[tuple[str, ...]]:
    """The table as text rows, the T-number first: t, verb, from, to, actors, guards, facts, event."""
    return [
        (
            m.t,
            m.verb,
            ", ".join(sorted(m.phases)) or "draft",
            str(m.target),
            ", ".join(a.seat.value + (f" ({a.when})" if a.when else "") for a in m.actors),
            ", ".join(m.guards) or "-",
            ", ".join(f.name for f in m.facts) or "-",
            m.event,
        )
        for m in MOVES
    ]
