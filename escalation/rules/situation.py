"""Situation: all that a guard may look at, and the named guards.

A situation is a frozen picture of one case at one moment, in plain words, numbers and truth values. It holds no
database object, so the whole machine can be explored and a page's buttons cost no query. Source: ``domain/05`` § 5.1.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from functools import partial
from typing import NamedTuple


class Phase(enum.StrEnum):
    """Where within its step a case stands (domain/05 § 5.1)."""

    INTAKE = "intake"
    COMPLETION = "completion"
    BYPASS_REVIEW = "bypass_review"
    SERVED = "served"
    DIALOGUE = "dialogue"
    IMPASSE = "impasse"
    RECEIVED = "received"
    PREPARATION = "preparation"
    SCHEDULED = "scheduled"
    MINUTED = "minuted"
    RECOMMENDATION_OUT = "recommendation_out"
    IMPLEMENTATION = "implementation"
    CLOSED = "closed"


LOCAL_PHASES = frozenset({Phase.SERVED, Phase.DIALOGUE, Phase.IMPASSE})
BODY_PHASES = frozenset({Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED, Phase.MINUTED, Phase.RECOMMENDATION_OUT})
REFERRED_IN = frozenset({Phase.PREPARATION, Phase.SCHEDULED})
"""Where an opinion that was asked for can still be given (T23): until the body has decided."""
SHARED_BEFORE_MINUTED = LOCAL_PHASES | {Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED}


class StepKind(enum.StrEnum):
    """What a step of a ladder is: the parties solve it, or a body of officials or of politicians handles it."""

    DIALOGUE = "dialogue"
    OFFICIALS_BODY = "officials_body"
    POLITICAL_BODY = "political_body"


BODY_KINDS = frozenset({StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY})
ALL_KINDS = frozenset(StepKind)


class Outcome(enum.StrEnum):
    """What a body may decide. A ladder lists which of them each of its steps has."""

    RECOMMEND = "recommend"
    INTERPRET = "interpret"
    DECIDE = "decide"
    REFER_UP = "refer_up"
    COUNTY_ROUTINE = "county_routine"
    DEVIATION_HANDLED = "deviation_handled"
    INFORMATION = "information"
    REMIT = "remit"
    REVISION_ORDERED = "revision_ordered"
    NO_CONCURRENCE = "no_concurrence"


CARRIED_OUT = frozenset({Outcome.DEVIATION_HANDLED, Outcome.INFORMATION, Outcome.REVISION_ORDERED})
"""Outcomes that are carried out, or end the case, without the parties' answer: at the top alone (T27b)."""
ANNOUNCED = frozenset({Outcome.COUNTY_ROUTINE, Outcome.DEVIATION_HANDLED, Outcome.INFORMATION})
"""Outcomes that a body below the top announces: every party may take the case to the next step (T27c)."""
ASKS_SOMETHING = CARRIED_OUT | ANNOUNCED | {Outcome.RECOMMEND, Outcome.DECIDE, Outcome.INTERPRET}
"""Outcomes by which a party may be given something to do."""


ANSWERS = CARRIED_OUT | {Outcome.RECOMMEND, Outcome.DECIDE, Outcome.INTERPRET}
"""Outcomes by which a body has answered the question. The others hand it on: up, down, or to its next meeting."""


class ClosingReason(enum.StrEnum):
    """Why a case is closed."""

    SETTLED_LOCAL = "settled_local"
    SETTLED_BODY = "settled_body"
    DECIDED_BODY = "decided_body"
    INTERPRETED = "interpreted"
    NO_AGREEMENT_REVISION = "no_agreement_revision"
    WITHDRAWN = "withdrawn"
    OUT_OF_SCOPE = "out_of_scope"
    JOINED = "joined"
    LAPSED = "lapsed"
    SUPERSEDED = "superseded"


ENDED_UNHEARD = frozenset({ClosingReason.LAPSED, ClosingReason.SUPERSEDED})
"""Closed by officials without an answer to its question: an initiator takes it up once by right (T39)."""
CLOSED_BY_PARTIES = frozenset({ClosingReason.SETTLED_LOCAL, ClosingReason.WITHDRAWN, ClosingReason.LAPSED})
"""Closed before any body had decided: taken up again by the secretariat, at step 1 (T39)."""
CLOSED_BY_BODY = frozenset(
    {
        ClosingReason.SETTLED_BODY,
        ClosingReason.DECIDED_BODY,
        ClosingReason.INTERPRETED,
        ClosingReason.NO_AGREEMENT_REVISION,
    }
)
"""Closed at a body's step: taken up again by its chair, there (T39)."""


class ProposalKind(enum.StrEnum):
    """What needs both sides, or two officials: one table, three verbs (offer, accept, decline)."""

    SETTLEMENT = "settlement"
    EXTENSION = "extension"
    PAUSE = "pause"
    BACK_TO_DIALOGUE = "back_to_dialogue"
    LIFT_EARLY = "lift_early"
    INTERIM = "interim"
    STATEMENT = "statement"
    REJECT = "reject"
    LAPSE = "lapse"
    SUPERSEDE = "supersede"


TWO_OFFICIALS = frozenset({ProposalKind.REJECT, ProposalKind.LAPSE, ProposalKind.SUPERSEDE})
"""Kinds that need one official of each side of the secretariat; all others need both parties' sides."""


class HearingKind(enum.StrEnum):
    """What the parties are heard about before it is decided without them; each word is the verb that follows."""

    CALL_UP = "call_up"
    SUPERSEDE = "supersede"
    JOIN = "join"
    SPLIT = "split"


SILENCE = 20
"""Working days without any party's act after which the parties are asked whether they go on (T21a). Ours (D)."""
MOST_ASKS = 2
"""How often they are asked in a round; then only the lift is left."""

PRINCIPLE_TEST = ("q1", "q2", "q3", "q4")
"""Our questions about whether a case may begin at the first body. They guide, and decide nothing (domain/04 § 4.5)."""


class Seat(enum.StrEnum):
    """A capacity in which somebody may act in one case. An approver may do whatever a handler may."""

    INITIATOR_HANDLER = "initiator_handler"
    INITIATOR_APPROVER = "initiator_approver"
    PURSUER = "pursuer"  # the approver of the one party that pursues the case
    OBJECTOR = "objector"  # the approver of another side, while a withdrawal waits for objections
    RESPONDENT_HANDLER = "respondent_handler"
    RESPONDENT_APPROVER = "respondent_approver"
    AFFECTED_HANDLER = "affected_handler"
    UNCONFIRMED = "unconfirmed"  # of a party that has been named in the case and has not said that it takes part
    ONE_OF_SEVERAL = "one_of_several"  # the approver of one that files with others, or is asked to
    OBLIGED_HANDLER = "obliged_handler"
    COORDINATING_CENTRE = "coordinating_centre"  # a health centre that a party has let into the case (HÖK 4.5)
    COUNTERPARTY_APPROVER = "counterparty_approver"
    UNANSWERED = "unanswered"  # the approver of an initiator or respondent that has not answered what a body gave it
    OUTSIDER = "outsider"  # of a party that is not in the case, and does not wait for an answer to whether it may be
    REGISTRAR = "registrar"  # the secretariat, while such a party waits
    SECRETARIAT = "secretariat"
    CHAIR_HERE = "chair_here"
    CHAIR_NEXT = "chair_next"
    ADJUSTER_REGION = "adjuster_region"  # the chair or the deputy of this step's body, the one who sits for the region
    ADJUSTER_MUNICIPAL = "adjuster_municipal"  # the other of them
    OFFICIAL_REGION = "official_region"  # the secretariat, by the side that an official comes from
    OFFICIAL_MUNICIPAL = "official_municipal"
    BODY_HERE = "body_here"
    REFERRED = "referred"  # who has been asked for an opinion and has not answered
    SECRETARIAT_HEAD = "secretariat_head"  # who took no part in a rejection
    CLOCK = "clock"


class Situation(NamedTuple):
    """One case at one moment. Days are compared before it is made: here are only truth values and counters.

    ``step`` and ``steps`` count from 1; ``next_kind`` is None at the top. The time flags mean that the day has come
    on which the right opens (``open_from``), not that the deadline was missed.
    """

    phase: Phase
    step: int
    kinds: tuple[StepKind, ...]
    outcomes: frozenset[Outcome] = frozenset()
    interprets: bool = False
    is_paused: bool = False
    pause_over: bool = False  # the pause's last day has come
    is_being_withdrawn: bool = False
    withdrawal_time_over: bool = False  # five working days since the notice
    is_kept_by_body: bool = False  # its chair objected to a withdrawal: no party is waited for
    has_withdrawn: bool = False  # the party that pursues the case has withdrawn it once in this round
    is_joined: bool = False  # it follows a lead case and closes with it
    has_members: bool = False  # it is a lead case
    is_lead_before_minuted: bool = False  # the case that it follows has not been decided
    # time
    completion_time_over: bool = False  # D2 + 10 over
    is_reminded_twice: bool = False  # two reminders to complete were sent, or D2 + 15 is over
    comment_time_over: bool = False  # D3 over
    principle_undecided: bool = False  # D3b + 5 over: it counts as not granted
    local_time_over: bool = False  # D7 over
    receipt_long_overdue: bool = False  # D4 + 10 over, unacknowledged
    forced_decision_due: bool = False  # D7c over: the secretariat must choose
    forced_decision_passed: bool = False  # D7c + 5 over: the next body's chair must choose
    parties_silent: bool = False  # no party has acted in substance for twenty working days
    ask_time_over: bool = False  # A over: the parties' time to say whether they go on
    ask_long_over: bool = False  # A + 5 over
    statement_time_over: bool = False  # D7b over
    check_time_over: bool = False  # D9 + 10 over
    meeting_day_come: bool = False  # the day of the meeting on which it stands
    minutes_meeting_come: bool = False  # the body's first meeting after D14 + 15: it may confirm its minutes
    minutes_meeting_over: bool = False
    answer_time_over: bool = False  # D15 + 5 over
    are_silent_reminded: bool = False  # every party that has not answered has had a reminder since D15
    confirmation_time_over: bool = False  # ten working days since the last task was reported
    # facts
    is_acknowledged: bool = False
    is_position_in: bool = False
    is_meeting_held: bool = False
    is_statement_agreed: bool = False
    is_material_deadline_open: bool = False
    is_principled: bool = False
    is_urgency_asked: bool = False  # the filer wishes for shorter days
    is_principle_asked: bool = False  # the filer wishes to begin at the first body
    is_principle_commented: bool = False
    asks: int = 0  # how many times the parties have been asked in this round whether they go on
    is_asked: bool = False  # they have been, and no party has said yet that it does
    has_acted_since: bool = False  # a party has acted in substance since they were asked
    is_pursued: bool = False  # a party has said so
    take_offs: int = 0
    treatments_without_concurrence: int = 0
    outcome: Outcome | None = None
    adjusted_for: str = ""  # the side that has adjusted the minutes, while the other has not
    is_record_complete: bool = True  # an interpretation has been recorded with its scope and its first day
    is_sent_back: bool = False  # an adjuster asks the secretariat to correct the record
    extensions: int = 0
    remits: int = 0  # adjusted ones, of the whole case
    has_body_decided: bool = False  # a body has answered the question, in this round or an earlier one
    highest_body: int = 0  # the highest step whose body has treated the case; it may stand below it after a remit
    has_tasks: bool = False
    are_tasks_reported: bool = False
    are_tasks_overdue: bool = False
    has_open_referral: bool = False  # somebody has been asked for an opinion and has not answered
    planned_reason: ClosingReason | None = None  # that with which an implemented case will be closed
    closing_reason: ClosingReason | None = None
    left_phase: Phase | None = None  # where it stood when it was closed
    is_taken_up_by_right: bool = False  # an initiator has done so: it can be done once
    is_ended_by_silence: bool = False  # no party took it to the next step, and a party has not answered (T28b)
    late_refusal_time_over: bool = False  # the last day on which such a party takes it there has passed (T29c)
    was_served: bool = False  # the respondent has been sent the case
    is_reopening_asked: bool = False  # a party waits for the answer to its wish that the closed case is taken up again
    reopening_time_over: bool = False  # the last day to ask for that has passed
    is_review_refused: bool = False  # a rejection was tried anew, and stands
    is_masked: bool = False  # the filing's texts are gone
    is_head_free: bool = True  # some head of the secretariat took no part in the rejection
    agreed: frozenset[ProposalKind] = frozenset()  # what the act now rests on
    open_proposals: frozenset[ProposalKind] = frozenset()
    open_hearings: frozenset[HearingKind] = frozenset()  # over or not
    heard: frozenset[HearingKind] = frozenset()  # hearings that are over and not yet acted on

    @property
    def kind(self) -> StepKind:
        return self.kinds[self.step - 1]

    @property
    def is_top(self) -> bool:
        return self.step == len(self.kinds)

    @property
    def next_kind(self) -> StepKind | None:
        return None if self.is_top else self.kinds[self.step]

    @property
    def is_open(self) -> bool:
        return self.phase is not Phase.CLOSED

    def change(self, **facts: object) -> Situation:
        return self._replace(**facts)  # type: ignore[arg-type]


Guard = Callable[[Situation], bool]

GUARDS: dict[str, Guard] = {
    # a guard's name reads after "because": the page prints its Swedish sentence from the glossary
    "not_paused": lambda s: not s.is_paused,
    "not_being_withdrawn": lambda s: not s.is_being_withdrawn,
    "being_withdrawn": lambda s: s.is_being_withdrawn,
    "withdrawal_time_over": lambda s: s.withdrawal_time_over,
    "kept_by_body": lambda s: s.is_kept_by_body,
    "not_kept_by_body": lambda s: not s.is_kept_by_body,
    "not_withdrawn_before": lambda s: not s.has_withdrawn,
    "not_joined": lambda s: not s.is_joined,
    "joined": lambda s: s.is_joined,
    "has_no_members": lambda s: not s.has_members,
    "lead_before_minuted": lambda s: s.is_lead_before_minuted,
    "paused": lambda s: s.is_paused,
    "pause_over": lambda s: s.pause_over,
    "completion_time_over": lambda s: s.completion_time_over,
    "reminded_twice": lambda s: s.is_reminded_twice,
    "urgency_asked": lambda s: s.is_urgency_asked,
    "principle_asked": lambda s: s.is_principle_asked,
    "principle_undecided": lambda s: s.principle_undecided,
    "comment_open": lambda s: not (s.is_principle_commented or s.comment_time_over),
    "comment_closed": lambda s: s.is_principle_commented or s.comment_time_over,
    "may_be_extended": lambda s: s.extensions < 2,
    "local_way_is_over": lambda s: s.local_time_over or s.receipt_long_overdue or ProposalKind.LIFT_EARLY in s.agreed,
    "statement_agreed_or_time_over": lambda s: s.is_statement_agreed or s.statement_time_over,
    "no_body_has_decided": lambda s: not s.has_body_decided,
    "not_at_top": lambda s: not s.is_top,
    "at_top": lambda s: s.is_top,
    "forced_decision_due": lambda s: s.forced_decision_due,
    "forced_decision_passed": lambda s: s.forced_decision_passed,
    "parties_silent": lambda s: s.parties_silent,
    "not_asked_already": lambda s: not s.is_asked or s.has_acted_since,
    "asked_less_than_twice": lambda s: s.asks < MOST_ASKS,
    "asked_to_pursue": lambda s: s.is_asked,
    "ask_time_over": lambda s: s.ask_time_over,
    "ask_long_over": lambda s: s.ask_long_over,
    "silent_since_asked": lambda s: not s.has_acted_since,
    "not_principled": lambda s: not s.is_principled,
    "reject_agreed": lambda s: ProposalKind.REJECT in s.agreed,
    "lapse_agreed": lambda s: ProposalKind.LAPSE in s.agreed,
    "supersede_agreed": lambda s: ProposalKind.SUPERSEDE in s.agreed,
    "settlement_agreed": lambda s: ProposalKind.SETTLEMENT in s.agreed,
    "extension_agreed": lambda s: ProposalKind.EXTENSION in s.agreed,
    "pause_agreed": lambda s: ProposalKind.PAUSE in s.agreed,
    "back_to_dialogue_agreed": lambda s: ProposalKind.BACK_TO_DIALOGUE in s.agreed,
    **{f"{kind}_heard": partial(lambda kind, s: kind in s.heard, kind) for kind in HearingKind},
    "breach_may_be_reported": lambda s: s.are_tasks_overdue or s.are_tasks_reported,
    "material_deadline_open": lambda s: s.is_material_deadline_open,
    "meeting_day_come": lambda s: s.meeting_day_come,
    "not_adjusted_once": lambda s: not s.adjusted_for,
    "adjusted_once": lambda s: bool(s.adjusted_for),
    "adjusted_for_region": lambda s: s.adjusted_for == "region",
    "adjusted_for_municipal": lambda s: s.adjusted_for == "municipal",
    "record_complete": lambda s: s.is_record_complete,
    "not_sent_back": lambda s: not s.is_sent_back,
    "to_correct": lambda s: s.is_sent_back or not s.is_record_complete,
    "recorded": lambda s: s.is_record_complete and not s.is_sent_back,
    "body_may_confirm": lambda s: s.minutes_meeting_come,
    "officials_may_certify": lambda s: s.minutes_meeting_over,
    "certified_for_region": lambda s: s.minutes_meeting_over and s.adjusted_for == "region",
    "certified_for_municipal": lambda s: s.minutes_meeting_over and s.adjusted_for == "municipal",
    "may_interpret": lambda s: s.is_top and s.interprets and Outcome.INTERPRET in s.outcomes,
    "outcome_may_ask": lambda s: s.outcome in ASKS_SOMETHING,
    "is_tabled_again": lambda s: (
        s.is_top and s.outcome is Outcome.NO_CONCURRENCE and s.treatments_without_concurrence <= 1
    ),
    "outcome_recommends": lambda s: s.outcome is Outcome.RECOMMEND,
    "outcome_is_carried_out": lambda s: s.outcome in CARRIED_OUT,
    "outcome_is_announced": lambda s: s.outcome in ANNOUNCED,
    "outcome_remits": lambda s: s.outcome is Outcome.REMIT,
    "may_be_remitted": lambda s: s.remits < 2,
    "outcome_passes_up": lambda s: s.outcome in {Outcome.NO_CONCURRENCE, Outcome.REFER_UP},
    "outcome_is_final": lambda s: s.outcome is Outcome.DECIDE or (s.outcome is Outcome.INTERPRET and s.interprets),
    "outcome_is_no_concurrence": lambda s: s.outcome is Outcome.NO_CONCURRENCE,
    "first_treatment": lambda s: s.treatments_without_concurrence <= 1,
    "second_treatment": lambda s: s.treatments_without_concurrence >= 2,
    "answer_time_over": lambda s: s.answer_time_over,
    "unanswered_may_be_lifted": lambda s: s.answer_time_over and s.outcome is Outcome.RECOMMEND,
    "silent_are_reminded": lambda s: s.are_silent_reminded,
    "ended_by_silence": lambda s: (
        s.is_ended_by_silence and (s.closing_reason or s.planned_reason) is ClosingReason.DECIDED_BODY
    ),
    "late_refusal_in_time": lambda s: not s.late_refusal_time_over,
    "tasks_open": lambda s: s.has_tasks and not s.are_tasks_reported,
    "tasks_reported": lambda s: s.are_tasks_reported,
    "confirmation_time_over": lambda s: s.confirmation_time_over,
    "referral_open": lambda s: s.has_open_referral,
    "closed_by_parties": lambda s: s.closing_reason in CLOSED_BY_PARTIES,
    "closed_by_body": lambda s: s.closing_reason in CLOSED_BY_BODY,
    "may_be_reopened": lambda s: (
        s.closing_reason in CLOSED_BY_BODY or (s.closing_reason in CLOSED_BY_PARTIES and s.was_served)
    ),
    "ended_unheard": lambda s: s.closing_reason in ENDED_UNHEARD,
    "not_taken_up_by_right": lambda s: not s.is_taken_up_by_right,
    "was_rejected": lambda s: s.closing_reason is ClosingReason.OUT_OF_SCOPE,
    "may_be_asked": lambda s: (
        GUARDS["may_be_reopened"](s)
        or (s.closing_reason is ClosingReason.OUT_OF_SCOPE and not (s.is_masked or s.is_review_refused))
    ),
    "review_is_the_chairs": lambda s: s.closing_reason is ClosingReason.OUT_OF_SCOPE and not s.is_head_free,
    "reopening_in_time": lambda s: s.is_reopening_asked or not s.reopening_time_over,
    "reopening_asked": lambda s: s.is_reopening_asked,
    "reopening_not_asked": lambda s: not s.is_reopening_asked,
    "statement_agreed": lambda s: s.is_statement_agreed,
    "commented": lambda s: s.is_principle_commented,
    "not_commented": lambda s: not s.is_principle_commented,
    "unacknowledged": lambda s: not s.is_acknowledged,
    "acknowledged": lambda s: s.is_acknowledged,
    "position_missing": lambda s: not s.is_position_in,
    "position_in": lambda s: s.is_position_in,
    "meeting_not_held": lambda s: not s.is_meeting_held,
    "meeting_held": lambda s: s.is_meeting_held,
    "statement_missing": lambda s: not s.is_statement_agreed,
    "tasks_reported_or_time_over": lambda s: s.are_tasks_reported or s.confirmation_time_over,
}
