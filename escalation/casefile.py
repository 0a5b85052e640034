"""CaseFile: a case as one viewer sees it at one time, and its situation for the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from escalation.accounts import queries as accounts
from escalation.accounts.models import CLOCK, Membership, Viewer
from escalation.cases import queries as cases
from escalation.cases import secrecy
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Hearing, Proposal, Reopening
from escalation.cases.models.case import Case, CaseType
from escalation.cases.models.course import Ball, Deadline, Task
from escalation.cases.models.parties import PartyRole
from escalation.cases.models.statements import Position
from escalation.cases.people import deadlines_balls_and_unmanned
from escalation.cases.seats import may_review_rejection, open_referrals, seats_of
from escalation.cases.sight import Sight, sight_of
from escalation.cases.waits import is_hearing_over
from escalation.decisions.models import Decision
from escalation.decisions.queries import treated_with
from escalation.documents.models import Attachment
from escalation.meetings import queries as meetings
from escalation.meetings.models import Treatment
from escalation.nudges import queries as nudges
from escalation.rules import workdays
from escalation.rules.choices import AGAINST_REJECTION, COUNTED_GROUNDS
from escalation.rules.deadlines import LATE_REFUSAL, MeetingDay, calendar_of, dates_of, reachable
from escalation.rules.ladder import Ladder, Step
from escalation.rules.machine import TIME_GUARDS, Opening
from escalation.rules.moves.actors import WITHDRAWABLE
from escalation.rules.moves.table import moves_open_to
from escalation.rules.situation import (
    ANSWERS,
    LOCAL_PHASES,
    SHARED_BEFORE_MINUTED,
    ClosingReason,
    Outcome,
    Phase,
    Seat,
    Situation,
)
from escalation.rules.workdays import swedish_day

PROPOSED_IN = WITHDRAWABLE | {Phase.IMPLEMENTATION}
"""The phases in which a proposal may be open; in others the proposals are not read."""


@dataclass
class CaseFile:
    """Everything that the rules and the pages need to know of one case, as ``viewer`` sees it ``at`` a time.

    Each row is read from the database once. Rows that cannot matter in the case's phase are not read; their field is
    empty.
    """

    case: Case
    viewer: Viewer
    at: dt.datetime
    ladder: Ladder
    deadlines: Sequence[Deadline]
    balls: Sequence[Ball]
    positions: Sequence[Position]
    attached: Sequence[Attachment] = ()
    proposals: Sequence[Proposal] = ()
    hearings: Sequence[Hearing] = ()
    treatments: Sequence[Treatment] = ()
    decisions: Sequence[Decision] = ()
    tasks: Sequence[Task] = ()
    meetings: Sequence[MeetingDay] = ()
    reminded: frozenset[str] = frozenset()
    paused_from: dt.date | None = None
    reopenings: Sequence[Reopening] = ()
    is_head_free: bool = True
    unmanned: frozenset[str] = frozenset()

    # The viewer

    @cached_property
    def seats(self) -> frozenset[Seat]:
        """The seats in which the viewer may act in the case."""
        return seats_of(self.case, self.viewer, self.tasks)

    @cached_property
    def own_people(self) -> list[tuple[Membership, str]]:
        """The people whom the viewer's party may name as handler or substitute, with their names."""
        return accounts.writers(self.viewer.party or "")

    @cached_property
    def sight(self) -> Sight | None:
        """How much of the case the viewer sees."""
        return sight_of(self.case, self.viewer, self.today)

    @cached_property
    def attachments(self) -> list[Attachment]:
        """The attachments of the case that the viewer may know of. Pages read attachments only from here."""
        return secrecy.visible_attachments(self.case, self.attached, self.viewer)

    @cached_property
    def openings(self) -> list[Opening]:
        """The moves that the viewer can make now, and those that open to them on a later day."""
        return moves_open_to(self.situation, self.seats, self.opens)

    def openings_of(self, other: Viewer) -> list[Opening]:
        """The same as ``openings``, for another viewer."""
        return moves_open_to(self.situation, seats_of(self.case, other, self.tasks), self.opens)

    # The days

    @cached_property
    def today(self) -> dt.date:
        return swedish_day(self.at)

    @cached_property
    def calendar(self) -> workdays.Calendar:
        return calendar_of(self.ladder)

    @cached_property
    def dates(self) -> Callable[[str], dt.date]:
        """A reader of deadline expressions for this case. It raises KeyError for a date that the case does not have."""
        return _dates(self)

    def last_day(self, days: int, since: dt.date) -> dt.date:
        """The day that is ``days`` working days after ``since``."""
        return workdays.add(since, days, self.calendar, self.case.is_urgent)

    def workdays_between(self, first: dt.date, last: dt.date) -> int:
        """How many working days there are after the first day, up to the last."""
        return workdays.between(first, last, self.calendar, self.case.is_urgent)

    def deadline(self, key: str) -> Deadline | None:
        """The deadline in force under that key."""
        return next((d for d in reversed(self.deadlines) if d.key == key), None)

    def opens_after(self, expression: str) -> dt.date:
        """The first working day after a date of the case. KeyError if the case has no such date."""
        return workdays.open_from(self.dates(expression), self.calendar, self.case.is_urgent)

    def is_over(self, expression: str) -> bool:
        """Whether a date of the case has passed. False if the case has no such date."""
        try:
            return self.today >= self.opens_after(expression)
        except KeyError:
            return False

    def opens(self, guard: str) -> dt.date | None:
        """The day on which a time guard opens: the first working day after the earliest of its dates. None where the
        case has no such date.
        """
        days: list[dt.date] = []
        for expression in TIME_GUARDS[guard]:
            name, _sep, condition = expression.partition("?")
            if condition and not self._holds(condition):
                continue
            on_the_day = name.startswith("on ")
            try:
                days.append(self.dates(name.removeprefix("on ")) if on_the_day else self.opens_after(name))
            except KeyError:
                continue
        return min(days, default=None)

    def has_opened(self, guard: str) -> bool:
        """Whether a time guard is open today."""
        day = self.opens(guard)
        return day is not None and self.today >= day

    def _holds(self, condition: str) -> bool:
        """Whether the part after ``?`` of an expression in TIME_GUARDS is true now: ``unacknowledged`` or
        ``recommended``.
        """
        if condition == "unacknowledged":
            return not self.is_acknowledged
        return self.decision is not None and self.decision.outcome is Outcome.RECOMMEND

    # The rows

    @cached_property
    def situation(self) -> Situation:
        """The frozen picture of the case that guards look at."""
        return _situation(self)

    @property
    def ball(self) -> Ball | None:
        """The row that says who is waited for today. None in a closed case and in a case that follows a lead case."""
        is_still = self.case.phase is Phase.CLOSED or self.case.joined_to is not None
        return None if is_still else cases.current_ball(self.balls, self.today)

    @property
    def is_acknowledged(self) -> bool:
        """Whether a respondent has confirmed that the filing came."""
        return any(p.acknowledged_at for p in self.case.parties_as(PartyRole.RESPONDENT))

    @property
    def reopening(self) -> Reopening | None:
        """The unanswered request of a party that the closed case is taken up again; None if there is none."""
        return next((asked for asked in self.reopenings if asked.answered_at is None), None)

    @property
    def treatment(self) -> Treatment | None:
        return meetings.current_treatment(self.treatments, self.case)

    @property
    def decision(self) -> Decision | None:
        """The decision of the present treatment; None if the body has not decided."""
        now = self.treatment
        return next((d for d in self.decisions if now and d.treatment_id == now.id), None)


def case_file_of(case: Case, viewer: Viewer, at: dt.datetime) -> CaseFile:
    """The case's file for a viewer, at a time."""
    today = swedish_day(at)
    ladder = ladder_of(case)
    # a case below it that has entered its step anew may have been remitted
    has_met_body = case.step >= ladder.first_body_step or case.step_entered_at > case.filed_at
    body = ladder.step(case.step).body or ladder.next_body(case.step)
    looks_for_meeting = case.phase in LOCAL_PHASES | {Phase.RECEIVED, Phase.PREPARATION}
    has_tasks = case.phase in {Phase.IMPLEMENTATION, Phase.CLOSED}
    treated = treated_with(case) if has_met_body else []
    deadlines, balls, unmanned = deadlines_balls_and_unmanned(case, today)
    answer_by = next((d.due_on for d in reversed(deadlines) if d.key == "D15"), today)
    is_answer_late = case.phase is Phase.RECOMMENDATION_OUT and answer_by < today
    positions, attached = cases.positions_with_attachments(case)
    return CaseFile(
        case=case,
        viewer=viewer,
        at=at,
        ladder=ladder,
        deadlines=deadlines,
        balls=balls,
        unmanned=unmanned,
        positions=positions,
        attached=attached,
        proposals=cases.proposals(case) if case.phase in PROPOSED_IN else (),
        hearings=case.hearings if case.hearings_going else (),
        treatments=[t for t, _ in treated],
        decisions=[d for _, d in treated if d is not None],
        tasks=cases.tasks(case) if has_tasks else (),
        paused_from=cases.pauses(case)[-1].from_on if case.paused_until else None,
        reopenings=cases.reopenings(case) if case.phase is Phase.CLOSED else (),
        is_head_free=case.closing_reason is not ClosingReason.OUT_OF_SCOPE or may_review_rejection(case),
        reminded=nudges.reminded(case.id, case.round, "D15", answer_by) if is_answer_late else frozenset(),
        meetings=meetings.upcoming(ladder, body, today) if body and looks_for_meeting else (),
    )


def situation(case: Case, at: dt.datetime) -> Situation:
    """The situation of the case that guards read; it is the same for every viewer."""
    return case_file_of(case, CLOCK, at).situation


def _dates(case_file: CaseFile) -> Callable[[str], dt.date]:
    case, calendar = case_file.case, case_file.calendar
    local = {"D4", "D5", "D6", "D7", "D7b", "D7c", "A", "B"}
    known = {d.key: d.due_on for d in case_file.deadlines if d.step == case.step or d.key not in local}
    known["acted"] = workdays.base_day(case.acted_at or case.filed_at, calendar)
    known |= {h.kind.value: h.answer_until for h in case_file.hearings if "lead" not in h.terms}
    if case_file.treatment and case_file.treatment.meeting:
        known["meeting"] = case_file.treatment.meeting.held_on
    if case.phase is Phase.MINUTED and "D14" in known:
        coming = [b.due_on for b in case_file.balls if b.act == "confirm_minutes" and b.round == case.round]
        known["minutes_meeting"] = coming[-1] if coming else case_file.last_day(15, known["D14"])
    open_tasks = [t.due_on for t in case_file.tasks if t.reported_at is None]
    if open_tasks:
        known["task"] = min(open_tasks)
    elif case_file.tasks:
        last = max(t.reported_at for t in case_file.tasks if t.reported_at)
        known["confirm"] = case_file.last_day(10, swedish_day(last))
    return dates_of(known, calendar, urgent=case.is_urgent)


OVER: dict[str, tuple[frozenset[Phase], str]] = {
    # flag -> in which phases it may be set, and the date that has passed when it is
    "completion_time_over": (frozenset({Phase.COMPLETION}), "D2+10"),
    "comment_time_over": (frozenset({Phase.BYPASS_REVIEW}), "D3"),
    "principle_undecided": (frozenset({Phase.BYPASS_REVIEW}), "D3b+5"),
    "local_time_over": (LOCAL_PHASES, "D7"),
    "forced_decision_due": (LOCAL_PHASES, "D7c"),
    "forced_decision_passed": (LOCAL_PHASES, "D7c+5"),
    "ask_time_over": (LOCAL_PHASES, "A"),
    "ask_long_over": (LOCAL_PHASES, "A+5"),
    "statement_time_over": (frozenset({Phase.IMPASSE}), "D7b"),
    "check_time_over": (frozenset({Phase.RECEIVED}), "D9+10"),
    "answer_time_over": (frozenset({Phase.RECOMMENDATION_OUT}), "D15+5"),
}
OPENED: dict[str, tuple[frozenset[Phase], str]] = {
    # flag -> in which phases it may be set, and the time guard that has opened when it is
    "parties_silent": (LOCAL_PHASES, "parties_silent"),
    "meeting_day_come": (frozenset({Phase.SCHEDULED}), "meeting_day_come"),
    "minutes_meeting_come": (frozenset({Phase.MINUTED}), "body_may_confirm"),
    "minutes_meeting_over": (frozenset({Phase.MINUTED}), "officials_may_certify"),
    "confirmation_time_over": (frozenset({Phase.IMPLEMENTATION}), "confirmation_time_over"),
}


def _situation(case_file: CaseFile) -> Situation:
    case, ladder, today = case_file.case, case_file.ladder, case_file.today
    step = ladder.step(case.step)
    return Situation(
        phase=case.phase,
        step=case.step,
        kinds=ladder.kinds,
        outcomes=_outcomes(case, step),
        interprets=case.ladder_known and ladder.interprets(case.step, case.agreement_code),
        is_paused=case.paused_until is not None,
        pause_over=case.paused_until is not None and case.paused_until <= today,
        is_being_withdrawn=case.withdrawal_until is not None,
        withdrawal_time_over=case.withdrawal_until is not None and case.withdrawal_until < today,
        has_withdrawn=case.pursuer is not None and case.pursuer.withdrew_in == case.round,
        is_joined=case.joined_to is not None,
        has_members=case.member_numbers is not None,
        is_lead_before_minuted=_is_lead_undecided(case),
        is_principled=case.is_principled,
        is_urgency_asked=case.urgency_asked,
        is_principle_asked=case.principle_asked,
        has_open_referral=bool(open_referrals(case)),
        planned_reason=case.planned_reason,
        left_phase=case.left_phase,
        was_served=case.served_at is not None,
        is_masked=case.is_masked,
        is_material_deadline_open=bool(reachable(case_file.meetings, today)) if step.body else False,
        open_hearings=frozenset(h.kind for h in case_file.hearings),
        heard=frozenset(
            h.kind for h in case_file.hearings if "lead" not in h.terms and is_hearing_over(case, h, today)
        ),
        open_proposals=frozenset(p.kind for p in case_file.proposals if p.is_open(today) and p.step == case.step),
    ).change(
        **_time_flags(case_file),
        **_deadline_flags(case_file),
        **_body_flags(case_file),
        **_task_flags(case_file),
        **_closing_flags(case_file),
        **cases.local_facts(case, case_file.deadlines, case_file.proposals),
    )


def _time_flags(case_file: CaseFile) -> dict[str, object]:
    """The flags that time sets."""
    case, phase = case_file.case, case_file.case.phase
    flags: dict[str, object] = {
        flag: phase in phases and case_file.is_over(expression) for flag, (phases, expression) in OVER.items()
    }
    flags |= {flag: phase in phases and case_file.has_opened(guard) for flag, (phases, guard) in OPENED.items()}
    is_unanswered = phase in LOCAL_PHASES and not case_file.is_acknowledged
    flags["receipt_long_overdue"] = is_unanswered and case_file.is_over("D4+10")
    flags["is_reminded_twice"] = phase is Phase.COMPLETION and (
        case_file.is_over("D2+15") or nudges.steps_sent(case.id, case.round, "D2") >= 2
    )
    return flags


def _deadline_flags(case_file: CaseFile) -> dict[str, object]:
    """The flags that follow from the deadlines.

    They say how often the time was extended, whether the parties were asked to go on, and whether one has acted since.
    """
    case = case_file.case
    here = [d for d in case_file.deadlines if d.step == case.step]
    asks = [d for d in case_file.deadlines if d.base_event == "ask_to_pursue"]
    last = next((d for d in reversed(here) if d.key in {"A", "B"}), None)
    waiting = last if case.phase in LOCAL_PHASES and last is not None and last.met_on is None else None
    return {
        "is_principle_commented": any(d.key == "D3" and d.met_on is not None for d in here),
        "extensions": sum(d.key == "D7" and d.base_event == "extend" for d in here),
        "asks": len(asks),
        "is_asked": waiting is not None and waiting.key == "A",
        "is_pursued": waiting is not None and waiting.key == "B",
        "has_acted_since": bool(asks) and (case.acted_at or case.filed_at) >= asks[-1].set_at,
    }


def _body_flags(case_file: CaseFile) -> dict[str, object]:
    """The flags that say what bodies have done with the case, and who answered a recommendation."""
    case, decision, decisions = case_file.case, case_file.decision, case_file.decisions
    mine = [t for t in case_file.treatments if t.step == case.step and t.round == case.round]
    treated = {t.id for t in mine}
    without = [d for d in decisions if d.treatment_id in treated and d.outcome is Outcome.NO_CONCURRENCE]
    in_minutes = decision if case.phase is Phase.MINUTED else None
    return {
        "take_offs": sum(t.taken_off_ground in COUNTED_GROUNDS for t in mine),
        "treatments_without_concurrence": len(without),
        "outcome": decision.outcome if decision and case.phase is not Phase.PREPARATION else None,
        "adjusted_for": (in_minutes.first_side or "") if in_minutes else "",
        "is_record_complete": decision is None or decision.is_complete,
        "is_sent_back": in_minutes is not None and bool(in_minutes.sent_back),
        "remits": sum(d.outcome is Outcome.REMIT and d.adjusted_at is not None for d in decisions),
        "has_body_decided": any(d.adjusted_at is not None and d.outcome in ANSWERS for d in decisions),
        "highest_body": max((t.step for t in case_file.treatments), default=0),
        "are_silent_reminded": case_file.reminded >= set(cases.unanswered(case)) if case_file.reminded else False,
    }


def _task_flags(case_file: CaseFile) -> dict[str, object]:
    tasks = case_file.tasks
    return {
        "has_tasks": bool(tasks),
        "are_tasks_reported": bool(tasks) and all(t.reported_at for t in tasks),
        "are_tasks_overdue": any(t.reported_at is None and t.due_on < case_file.today for t in tasks),
    }


def _closing_flags(case_file: CaseFile) -> dict[str, object]:
    """The flags that say how the case was closed, and whether it may be taken up again."""
    case, today = case_file.case, case_file.today
    ends_on, late_refusal = cases.reopening_ends_on(case), case_file.deadline(LATE_REFUSAL)
    return {
        "closing_reason": case.closing_reason,
        "is_taken_up_by_right": case.taken_up_at is not None,
        "is_ended_by_silence": late_refusal is not None,
        "late_refusal_time_over": late_refusal is not None and late_refusal.due_on < today,
        "is_reopening_asked": case_file.reopening is not None,
        "is_review_refused": any(a.ground == AGAINST_REJECTION and a.is_granted is False for a in case_file.reopenings),
        "is_head_free": case_file.is_head_free,
        "reopening_time_over": ends_on is not None and today > ends_on,
    }


def _is_lead_undecided(case: Case) -> bool:
    """Whether the case follows a lead case that is not decided.

    The lead case is read only if there is one, so most cases need no query.
    """
    return case.joined_to is not None and case.lead is not None and case.lead.phase in SHARED_BEFORE_MINUTED


def workdays_late(case_file: CaseFile) -> int:
    """How many working days late the case is.

    At the local step they are counted from D7 once D7 is over; else from the last day of the ball.
    """
    if case_file.case.joined_to is not None:
        return 0
    ball, d7 = case_file.ball, case_file.deadline("D7")
    if case_file.case.phase in LOCAL_PHASES and d7 and d7.due_on < case_file.today:
        return case_file.workdays_between(d7.due_on, case_file.today)
    if ball and ball.due_on < case_file.today:
        return case_file.workdays_between(ball.due_on, case_file.today)
    return 0


def _outcomes(case: Case, step: Step) -> frozenset[Outcome]:
    """The outcomes of the step that are possible in the case. Only a deviation can be handled as one (T27b, T27c)."""
    others = frozenset() if case.type is CaseType.DEVIATION else {Outcome.DEVIATION_HANDLED}
    return frozenset(step.outcomes) - others
