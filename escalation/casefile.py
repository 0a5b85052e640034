"""CaseFile: everything that rules and pages need to know of one case, and its situation for the rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from escalation.accounts.models import Viewer
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
    Situation,
)

PROPOSED_IN = WITHDRAWABLE | {Phase.IMPLEMENTATION}
"""Phases in which some proposal may be open."""


@dataclass
class CaseFile:
    """All rows of one case that the rules and the case page need, each read once.

    Rows that cannot matter in the case's phase are not read: their fields stay empty.
    """

    case: Case
    ladder: Ladder
    today: dt.date
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
    situation: Situation = field(init=False)

    def __post_init__(self) -> None:
        self.situation = _situation(self)

    @property
    def ball(self) -> Ball | None:
        """Today's ball; None in a closed case, and in one that follows a lead."""
        is_still = self.case.phase is Phase.CLOSED or self.case.joined_to is not None
        return None if is_still else cases.current_ball(self.balls, self.today)

    @property
    def reopening(self) -> Reopening | None:
        """A party's wish that the closed case is taken up again, while it waits for its answer."""
        return next((asked for asked in self.reopenings if asked.answered_at is None), None)

    @property
    def treatment(self) -> Treatment | None:
        return meetings.current_treatment(self.treatments, self.case)

    @property
    def decision(self) -> Decision | None:
        """The decision of the treatment going on, if the body has decided."""
        now = self.treatment
        return next((d for d in self.decisions if now and d.treatment_id == now.id), None)

    def attachments(self, viewer: Viewer) -> list[Attachment]:
        """The attachments of the case that the viewer may know of. Pages read attachments only here."""
        return secrecy.visible_attachments(self.case, self.attached, viewer)

    def dates(self) -> Callable[[str], dt.date]:
        """A reader of deadline expressions for this case."""
        return _dates(self)

    def deadline(self, key: str) -> Deadline | None:
        """The deadline in force under that key."""
        return next((d for d in reversed(self.deadlines) if d.key == key), None)

    def opens(self, guard: str) -> dt.date | None:
        """The day on which a time guard opens, or None where the case has no such date."""
        return opens(self, guard)

    def openings(self, viewer: Viewer) -> list[Opening]:
        """The moves that the viewer can make now, and those that only time keeps shut."""
        mine = seats_of(self.case, viewer, self.tasks)
        return moves_open_to(self.situation, mine, self.opens)


def case_file_of(case: Case, at: dt.datetime) -> CaseFile:
    """The case's file at ``at``."""
    today = at.astimezone(workdays.STOCKHOLM).date()
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
        ladder=ladder,
        today=today,
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
    """The frozen picture of the case that guards look at."""
    return case_file_of(case, at).situation


def opens(case_file: CaseFile, guard: str) -> dt.date | None:
    """The day on which ``guard`` opens: the first working day after the earliest of its dates."""
    calendar = calendar_of(case_file.ladder)
    read = _dates(case_file)
    found: list[dt.date] = []
    for expression in TIME_GUARDS[guard]:
        name, _, condition = expression.partition("?")
        if condition == "unacknowledged" and _is_acknowledged(case_file):
            continue
        if condition == "recommended" and not (case_file.decision and case_file.decision.outcome is Outcome.RECOMMEND):
            continue
        on_the_day = name.startswith("on ")
        try:
            day = read(name.removeprefix("on "))
            found.append(day if on_the_day else workdays.open_from(day, calendar, case_file.case.is_urgent))
        except KeyError:
            continue
    return min(found, default=None)


def _dates(case_file: CaseFile) -> Callable[[str], dt.date]:
    local = {"D4", "D5", "D6", "D7", "D7b", "D7c", "A", "B"}
    known = {d.key: d.due_on for d in case_file.deadlines if d.step == case_file.case.step or d.key not in local}
    calendar = calendar_of(case_file.ladder)
    known["acted"] = workdays.base_day(case_file.case.acted_at or case_file.case.filed_at, calendar)
    known |= {h.kind.value: h.answer_until for h in case_file.hearings if "lead" not in h.terms}
    if case_file.treatment and case_file.treatment.meeting:
        known["meeting"] = case_file.treatment.meeting.held_on
    if case_file.case.phase is Phase.MINUTED and "D14" in known:
        coming = [b.due_on for b in case_file.balls if b.act == "confirm_minutes" and b.round == case_file.case.round]
        known["minutes_meeting"] = (
            coming[-1] if coming else workdays.add(known["D14"], 15, calendar, case_file.case.is_urgent)
        )
    open_tasks = [t.due_on for t in case_file.tasks if t.reported_at is None]
    if open_tasks:
        known["task"] = min(open_tasks)
    elif case_file.tasks:
        last = max(t.reported_at for t in case_file.tasks if t.reported_at)
        known["confirm"] = workdays.add(
            last.astimezone(workdays.STOCKHOLM).date(), 10, calendar, case_file.case.is_urgent
        )
    return dates_of(known, calendar, urgent=case_file.case.is_urgent)


def _is_acknowledged(case_file: CaseFile) -> bool:
    return any(p.acknowledged_at for p in case_file.case.parties_as(PartyRole.RESPONDENT))


def _situation(case_file: CaseFile) -> Situation:
    case, ladder, today, decision = case_file.case, case_file.ladder, case_file.today, case_file.decision

    def has_opened(guard: str) -> bool:
        day = opens(case_file, guard)
        return day is not None and today >= day

    def is_over(expression: str) -> bool:
        try:
            day = workdays.open_from(_dates(case_file)(expression), calendar_of(ladder), case.is_urgent)
        except KeyError:
            return False
        return today >= day

    here = [d for d in case_file.deadlines if d.step == case.step]
    met = {d.key for d in here if d.met_on is not None}
    step = ladder.step(case.step)
    mine = [t for t in case_file.treatments if t.step == case.step and t.round == case.round]
    treated = {t.id for t in mine}
    without = [d for d in case_file.decisions if d.treatment_id in treated and d.outcome is Outcome.NO_CONCURRENCE]
    is_local = case.phase in LOCAL_PHASES
    asks = [d for d in case_file.deadlines if d.base_event == "ask_to_pursue"]
    last = next((d for d in reversed(here) if d.key in {"A", "B"}), None)
    is_waited_for = is_local and last is not None and last.met_on is None
    reopening_ends_on = cases.reopening_ends_on(case)
    late_refusal = case_file.deadline(LATE_REFUSAL)
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
        completion_time_over=case.phase is Phase.COMPLETION and is_over("D2+10"),
        is_reminded_twice=case.phase is Phase.COMPLETION
        and (is_over("D2+15") or nudges.steps_sent(case.id, case.round, "D2") >= 2),
        comment_time_over=case.phase is Phase.BYPASS_REVIEW and is_over("D3"),
        principle_undecided=case.phase is Phase.BYPASS_REVIEW and is_over("D3b+5"),
        local_time_over=is_local and is_over("D7"),
        receipt_long_overdue=is_local and not _is_acknowledged(case_file) and is_over("D4+10"),
        forced_decision_due=is_local and is_over("D7c"),
        forced_decision_passed=is_local and is_over("D7c+5"),
        parties_silent=is_local and has_opened("parties_silent"),
        ask_time_over=is_local and is_over("A"),
        ask_long_over=is_local and is_over("A+5"),
        statement_time_over=case.phase is Phase.IMPASSE and is_over("D7b"),
        check_time_over=case.phase is Phase.RECEIVED and is_over("D9+10"),
        meeting_day_come=case.phase is Phase.SCHEDULED and has_opened("meeting_day_come"),
        minutes_meeting_come=case.phase is Phase.MINUTED and has_opened("body_may_confirm"),
        minutes_meeting_over=case.phase is Phase.MINUTED and has_opened("officials_may_certify"),
        answer_time_over=case.phase is Phase.RECOMMENDATION_OUT and is_over("D15+5"),
        are_silent_reminded=case_file.reminded >= set(cases.unanswered(case)) if case_file.reminded else False,
        confirmation_time_over=case.phase is Phase.IMPLEMENTATION and has_opened("confirmation_time_over"),
        is_material_deadline_open=bool(reachable(case_file.meetings, today)) if step.body else False,
        is_principled=case.is_principled,
        is_urgency_asked=case.urgency_asked,
        is_principle_asked=case.principle_asked,
        is_principle_commented="D3" in met,
        asks=len(asks),
        is_asked=is_waited_for and last is not None and last.key == "A",
        is_pursued=is_waited_for and last is not None and last.key == "B",
        has_acted_since=bool(asks) and (case.acted_at or case.filed_at) >= asks[-1].set_at,
        take_offs=sum(t.taken_off_ground in COUNTED_GROUNDS for t in mine),
        treatments_without_concurrence=len(without),
        outcome=decision.outcome if decision and case.phase is not Phase.PREPARATION else None,
        adjusted_for=(case_file.decision.first_side or "")
        if case_file.decision and case.phase is Phase.MINUTED
        else "",
        is_record_complete=decision is None or decision.is_complete,
        is_sent_back=case_file.decision is not None
        and case.phase is Phase.MINUTED
        and bool(case_file.decision.sent_back),
        remits=sum(d.outcome is Outcome.REMIT and d.adjusted_at is not None for d in case_file.decisions),
        has_body_decided=any(d.adjusted_at is not None and d.outcome in ANSWERS for d in case_file.decisions),
        highest_body=max((t.step for t in case_file.treatments), default=0),
        extensions=sum(d.key == "D7" and d.base_event == "extend" for d in here),
        has_tasks=bool(case_file.tasks),
        are_tasks_reported=bool(case_file.tasks) and all(t.reported_at for t in case_file.tasks),
        are_tasks_overdue=any(t.reported_at is None and t.due_on < today for t in case_file.tasks),
        has_open_referral=bool(open_referrals(case)),
        planned_reason=case.planned_reason,
        closing_reason=case.closing_reason,
        left_phase=case.left_phase,
        is_taken_up_by_right=case.taken_up_at is not None,
        is_ended_by_silence=late_refusal is not None,
        late_refusal_time_over=late_refusal is not None and late_refusal.due_on < today,
        was_served=case.served_at is not None,
        is_reopening_asked=case_file.reopening is not None,
        is_review_refused=any(a.ground == AGAINST_REJECTION and a.is_granted is False for a in case_file.reopenings),
        is_masked=case.is_masked,
        is_head_free=case_file.is_head_free,
        reopening_time_over=reopening_ends_on is not None and today > reopening_ends_on,
        open_hearings=frozenset(h.kind for h in case_file.hearings),
        heard=frozenset(
            h.kind for h in case_file.hearings if "lead" not in h.terms and is_hearing_over(case, h, today)
        ),
        open_proposals=frozenset(p.kind for p in case_file.proposals if p.is_open(today) and p.step == case.step),
    ).change(**cases.local_facts(case, case_file.deadlines, case_file.proposals))


def _is_lead_undecided(case: Case) -> bool:
    """Read only where there is a lead, so that most cases need no query."""
    return case.joined_to is not None and case.lead is not None and case.lead.phase in SHARED_BEFORE_MINUTED


def workdays_late(case_file: CaseFile) -> int:
    """How many working days late the case is: since D7 once the local time is over, else since the ball's last day."""
    if case_file.case.joined_to is not None:
        return 0
    calendar = calendar_of(case_file.ladder)
    ball = case_file.ball
    d7 = case_file.deadline("D7")
    if case_file.case.phase in LOCAL_PHASES and d7 and d7.due_on < case_file.today:
        return workdays.between(d7.due_on, case_file.today, calendar, case_file.case.is_urgent)
    if ball and ball.due_on < case_file.today:
        return workdays.between(ball.due_on, case_file.today, calendar, case_file.case.is_urgent)
    return 0


def _outcomes(case: Case, step: Step) -> frozenset[Outcome]:
    """The step's outcomes for such a question: only a deviation can be dealt with as one (T27b, T27c)."""
    others = frozenset() if case.type is CaseType.DEVIATION else {Outcome.DEVIATION_HANDLED}
    return frozenset(step.outcomes) - others
