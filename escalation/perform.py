"""PERFORM: the verb of every row of MOVES, in the table's order. Pages, the demo and the sweep call verbs from here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate

from escalation.cases.models.case import Case
from escalation.cases.verbs import (
    closing,
    filing,
    joining,
    local_step,
    pauses,
    principle,
    reopening,
    taking_part,
    tasks,
)
from escalation.decisions.verbs import answers, effects, minutes
from escalation.links import actions as links
from escalation.meetings import actions as meetings
from escalation.rules.situation import Situation
from escalation.trail.models import TrailEvent

Verb = Callable[Concatenate[Case, Situation, ...], TrailEvent]
"""A verb takes the case and its situation, then by keyword ``by``, ``at`` and the facts of its row. It changes the
case, records one event and returns it. Raises MoveNotAllowed or FactsRefused, and then has changed nothing."""

PERFORM: dict[str, Verb] = {
    "ask_completion": filing.ask_completion,
    "complete": filing.complete,
    "lapse_incomplete": filing.lapse_incomplete,
    "reject": filing.reject,
    "review_rejection": reopening.review_rejection,
    "claim_principle": principle.claim_principle,
    "comment_principle": principle.comment_principle,
    "grant_principle": principle.grant_principle,
    "refuse_principle": principle.refuse_principle,
    "serve": filing.serve,
    "acknowledge": taking_part.acknowledge,
    "confirm_part": taking_part.confirm_part,
    "leave_filing": taking_part.leave_filing,
    "state_position": taking_part.state_position,
    "note_meeting": local_step.note_meeting,
    "call_up": principle.call_up,
    "settle": local_step.settle,
    "extend": local_step.extend,
    "pause": pauses.pause,
    "resume": pauses.resume,
    "end_pause": pauses.end_pause,
    "declare_impasse": local_step.declare_impasse,
    "return_to_dialogue": local_step.return_to_dialogue,
    "lift": local_step.lift,
    "ask_to_pursue": local_step.ask_to_pursue,
    "pursue": local_step.pursue,
    "lapse": local_step.lapse,
    "accept_file": meetings.accept_file,
    "refer": meetings.refer,
    "answer_referral": meetings.answer_referral,
    "schedule": meetings.schedule,
    "take_off": meetings.take_off,
    "decide": minutes.decide,
    "adjust": minutes.adjust,
    "send_back": minutes.send_back,
    "correct_decision": minutes.correct_decision,
    "send_recommendation": effects.send_recommendation,
    "carry_out": effects.carry_out,
    "announce": effects.announce,
    "accept_recommendation": answers.accept_recommendation,
    "take_effect": effects.take_effect,
    "refuse_recommendation": answers.refuse_recommendation,
    "refuse_late": answers.refuse_late,
    "end_without_agreement": answers.end_without_agreement,
    "remit": effects.remit,
    "pass_up": effects.pass_up,
    "pronounce": effects.pronounce,
    "close_without_agreement": effects.close_without_agreement,
    "table_without_concurrence": effects.table_without_concurrence,
    "report_task": tasks.report_task,
    "confirm_done": tasks.confirm_done,
    "report_breach": reopening.report_breach,
    "withdraw": closing.withdraw,
    "keep_open": closing.keep_open,
    "end_withdrawn": closing.end_withdrawn,
    "join": joining.join,
    "separate": joining.separate,
    "reopen": reopening.reopen,
    "take_up_by_right": reopening.take_up_by_right,
    "ask_reopening": reopening.ask_reopening,
    "refuse_reopening": reopening.refuse_reopening,
    "supersede": closing.supersede,
    "turn": filing.turn,
    "split": links.split,
    "ask_to_register": taking_part.ask_to_register,
    "register_affected": taking_part.register_affected,
    "refuse_registration": taking_part.refuse_registration,
}
"""By verb. ``file`` (T1) has no row here: before it there is no case."""
