"""The sweep and the delivery: the two verbs of the clock. Both may run twice, at once, late or halfway.

Those two commit themselves, unlike other verbs: the sweep so that no page waits for a hundred cases, the delivery
because a claim must be in the database before the first byte leaves. Neither asks what time it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from sqlalchemy import select, update

from escalation.accounts.models import CLOCK, User
from escalation.casefile import situation
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.waits import (
    all_ended_by_silence,
    all_hearings,
    all_open_referrals,
    all_owed,
    all_registrations_asked,
    all_reopenings_asked,
    all_unconfirmed,
    due_by_time,
    open_balls,
    wait_of,
    without_ball,
)
from escalation.db import insert_new, reading, session
from escalation.followups import queries as followups
from escalation.nudges import actions as nudges
from escalation.nudges import queries as ledger
from escalation.nudges.models import Mail, Nudge, NudgeState, WhySuppressed
from escalation.perform import PERFORM
from escalation.rules.deadlines import LATE_REFUSAL
from escalation.rules.machine import failing_guard
from escalation.rules.moves.table import BY_CLOCK
from escalation.rules.nudge_plan import Due, NudgeKind, catch_up, due_nudges, rank
from escalation.rules.situation import Seat
from escalation.rules.waits import BallRow
from escalation.rules.workdays import add, is_workday, load_calendar, open_from
from escalation.rules.yearly import Duty
from escalation.trail.actions import record
from escalation.trail.models import TrailState
from escalation.watch import letters
from escalation.watch.models import GuideRefusal, Heartbeat, JobRun
from escalation.watch.queries import audience, calendar_for, is_window_open, seated, swedish_day
from escalation.watch.transports import Attempt, Result, Transport

AT_A_TIME = 100
"""Cases per transaction of the sweep."""


class LetterDealtWith(Exception):
    """The letter is in no trouble, or no more: somebody has had it sent again, or settled it."""


class NothingLeftToTell(Exception):
    """Of what the letter was about nothing is left to be done, so there is nothing to send."""


@dataclass(frozen=True)
class Told:
    """A nudge that the sweep wrote, or would write in a dry run. ``number`` is the case's, or a yearly job's key."""

    number: str
    kind: NudgeKind
    subject: str
    due_on: dt.date
    recipient: int


@dataclass
class SweepReport:
    """What a sweep did. ``errors`` has (case number, what is wrong) of those that it had to leave."""

    cases: int = 0
    told: list[Told] = field(default_factory=list)
    passed: int = 0
    errors: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """For the run log."""
        return {
            "cases": self.cases,
            "nudges": len(self.told),
            "passed": self.passed,
            "errors": len(self.errors),
        }


@dataclass
class DeliveryReport:
    """What a delivery did. ``unanswered`` are claims whose sender died; ``errors`` mails that could not be
    written. ``trouble``: why the run ended at a server that cannot be used.
    """

    COUNTED: ClassVar = ("bundled", "sent", "retried", "failed", "uncertain", "dropped", "unanswered")

    is_open: bool = True
    trouble: str = ""
    bundled: int = 0
    sent: int = 0
    retried: int = 0
    failed: int = 0
    uncertain: int = 0
    dropped: int = 0
    unanswered: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def attempts(self) -> int:
        """How many claimed mails the run dealt with."""
        return self.sent + self.retried + self.failed + self.uncertain + self.dropped

    @property
    def counts(self) -> dict[str, int]:
        """For the run log, without what did not happen."""
        counts = {name: int(getattr(self, name)) for name in self.COUNTED}
        counts |= {"errors": len(self.errors), "unusable": int(bool(self.trouble))}
        return {name: count for name, count in counts.items() if count}

    @property
    def needs_somebody(self) -> bool:
        """Whether a person has to do something: mend the server, or look at a letter. What waits goes by itself."""
        return bool(self.trouble or self.failed or self.uncertain or self.unanswered or self.errors)

    def add(self, later: DeliveryReport) -> None:
        """Take in what a later part of the same run did."""
        for name in self.COUNTED:
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.errors += later.errors
        self.is_open, self.trouble = later.is_open, later.trouble


def sweep(at: dt.datetime, *, dry_run: bool = False) -> SweepReport:
    """Write the nudges that have come due for every open, unpaused case: "due and not in the ledger", never
    "today".

    All cases are read once, and nobody has to wait for that. What is written is judged anew in the transaction that
    writes it, for a case may have moved since: a hundred cases each, each in a savepoint of its own. ``dry_run`` writes
    nothing at all (E35).
    """
    report = SweepReport()
    today = swedish_day(at)
    if not dry_run:
        _let_time_act(today, at, report)
    with reading():
        seen = SweepReport()
        clocks = _clocks(today)
        due = _sweep_cases(clocks, today, None, seen)
        session.rollback()
    report.cases, report.errors = len(clocks), report.errors + seen.errors
    if dry_run:
        report.told, report.passed = seen.told, seen.passed
    for first in range(0, 0 if dry_run else len(due), AT_A_TIME):
        _sweep_cases(_clocks(today, due[first : first + AT_A_TIME]), today, at, report)
        session.commit()
    _sweep_year(today, at, report, dry_run)
    return report


def _sweep_cases(
    clocks: Mapping[int, tuple[Case, list[BallRow]]], today: dt.date, at: dt.datetime | None, report: SweepReport
) -> list[int]:
    """Tell of each case what is due; ``at`` None: only report. Gives the ids of those of which there was anything."""
    due = []
    for id, (case, waiting) in sorted(clocks.items()):
        number, before = case.number, (len(report.told), report.passed)
        try:
            with session.begin_nested():
                _sweep_case(case, waiting, today, at, report)
            if (len(report.told), report.passed) != before:
                due.append(id)
        except Exception as problem:  # one bad case stops no other (E20)
            report.errors.append((number, f"{type(problem).__name__}: {problem}"[:300]))
    return due


def _sweep_year(today: dt.date, at: dt.datetime, report: SweepReport, dry_run: bool) -> None:
    """The yearly jobs of § 6, by the same plan as what a case waits for (R30)."""
    held = ledger.written(None, 0)
    for duty in followups.owed(today):
        dues = due_nudges(duty.clock, today, load_calendar())
        _tell(duty.job.key, dues, held, _yearly_rows, report, None if dry_run else at)
    if not dry_run:
        session.commit()


def _let_time_act(today: dt.date, at: dt.datetime, report: SweepReport) -> None:
    """What no person does: a pause that is over ends, a withdrawal that nobody objected to closes its case, and so does
    an announcement that nobody took further."""
    for case in due_by_time(today):
        try:
            with session.begin_nested():
                s = situation(case, at)
                for move in BY_CLOCK:
                    if failing_guard(move, s, {Seat.CLOCK}) is None:
                        PERFORM[move.verb](case, s, by=CLOCK, at=at)
                        break
        except Exception as problem:  # one bad case stops no other (E20)
            report.errors.append((case.number, f"{type(problem).__name__}: {problem}"[:300]))
    session.commit()


def deliver(
    at: dt.datetime, transport: Transport, *, base_url: str, sender: str, by: str, limit: int = 1000
) -> DeliveryReport:
    """Send what waits: one mail per person and day, between 07.00 and 17.00 on working days.

    ``sender`` is the address that letters come from; ``by`` names this run and no other. What each mail says is
    decided when it is sent, of what is true then. The run ends at the first sign that the server cannot be used:
    the letter in hand is tried again, the others are not touched. Else it ends after ``limit`` mails. All claims of a
    run begin at ``at``: where time goes on while it sends, ask for one mail at a time.
    """
    report = DeliveryReport()
    report.unanswered = nudges.release_dead_claims(at)
    session.commit()
    report.is_open = is_window_open(at)
    if not report.is_open:
        return report
    today = swedish_day(at)
    report.bundled = nudges.bundle(
        _ripe(today), day=today, at=at, message_id=lambda who, day: letters.message_id(who, day, base_url)
    )
    session.commit()
    for _ in range(limit):
        claimed = nudges.claim(at=at, day=today, by=by)
        mail_id = claimed.id if claimed else None
        session.commit()
        if mail_id is None:
            break
        attempt = _send(mail_id, at, transport, base_url=base_url, sender=sender, by=by, report=report)
        if attempt and attempt.result is Result.NO_CONNECTION:
            report.trouble = attempt.error
            break
    return report


def resend(mail_id: int, *, by: str, at: dt.datetime) -> None:
    """Let a letter that failed or is uncertain be sent once more, by a person's decision; the machine never does.

    It goes with the next delivery, and says what is true then. Raises ``LetterDealtWith`` and ``NothingLeftToTell``.
    """
    mail = _in_trouble(mail_id)
    with session.begin_nested() as trial:
        left = _letter(mail, at, base_url="")
        trial.rollback()
    if left is None:
        raise NothingLeftToTell
    _record_letter("letter_resent", mail, by=by, at=at)
    if not nudges.send_again(mail_id, at=at):
        raise LetterDealtWith


def settle(mail_id: int, *, reason: str, by: str, at: dt.datetime) -> None:
    """Say of a letter that failed or is uncertain that it need not be sent, and why: nobody is alarmed any more.

    Raises ``LetterDealtWith``, and ``IdentityNumberFound`` for the reason.
    """
    _record_letter("letter_settled", _in_trouble(mail_id), by=by, at=at, reason=reason)
    if not nudges.settle(mail_id, reason=reason, by=by, at=at):
        raise LetterDealtWith


def _in_trouble(mail_id: int) -> Mail:
    mail = ledger.mail(mail_id)
    if mail is None or not mail.is_in_trouble:
        raise LetterDealtWith
    return mail


def _record_letter(event: str, mail: Mail, *, by: str, at: dt.datetime, **content: str) -> None:
    facts: dict[str, str | int | dt.date] = {"letter": mail.id, "day": mail.day, "error": mail.last_error or ""}
    state = {"was": mail.state.value, "recipient": mail.recipient}
    record(event, at=at, by=by, about=f"letter:{mail.id}", facts=facts, content=content, state=state)


def note_call(
    job: str,
    *,
    started_at: dt.datetime,
    finished_at: dt.datetime,
    counts: Mapping[str, Any],
    error: str | None = None,
) -> None:
    """Let the heart beat, and log the run if it had anything to do or went wrong."""
    beat = session.get(Heartbeat, job) or Heartbeat(job=job)
    session.add(beat)
    beat.called_at, beat.error = finished_at, error[:120] if error else None
    if error is None:
        beat.ok_at = finished_at
    if counts or error:
        finished = max(started_at, finished_at)  # a clock that was set back meanwhile
        run = JobRun(job=job, started_at=started_at, finished_at=finished, ok=error is None, counts=dict(counts))
        session.add(run)
    session.flush()


def check_integrity(at: dt.datetime) -> dict[str, int]:
    """Count the open, unpaused cases without a ball for today: each is a bug that somebody must see (E15)."""
    lost = len(without_ball(swedish_day(at)))
    return {"without_ball": lost} if lost else {}


def count_refusal(end: str, *, at: dt.datetime) -> None:
    """Count that a question ended outside the ladder, at this key of ``rules.guide.ENDS``. Nobody's name, no act."""
    today = swedish_day(at)
    if not insert_new(GuideRefusal, [{"end": end, "counted_on": today, "times": 1}]):
        of_today = (GuideRefusal.end == end, GuideRefusal.counted_on == today)
        session.execute(update(GuideRefusal).where(*of_today).values(times=GuideRefusal.times + 1))


def _clocks(today: dt.date, of: Collection[int] | None = None) -> dict[int, tuple[Case, list[BallRow]]]:
    """By its id every case that waits for something today: an open, unpaused one for its ball, and for what runs beside
    it; a closed one for the answer to whether it is taken up again.

    ``of``: the ids of the cases that are asked about, where it is not all.
    """
    waiting = {
        case.id: (case, [BallRow(b.begins_on, b.act, b.holder, b.due_on, b.deadline_key)])
        for case, b in open_balls(today, of)
    }
    for case, referral in all_open_referrals(of):
        if case.id in waiting:
            waiting[case.id][1].append(wait_of(case, referral))
    for case, party in all_unconfirmed(today, of):
        if case.id in waiting:
            waiting[case.id][1].append(wait_of(case, party))
    for case, clock in all_hearings(today, of):
        if case.id in waiting:
            waiting[case.id][1].append(clock)
    for case, clock in all_owed(of):
        if case.id in waiting:
            waiting[case.id][1].append(clock)
    for case, wish in all_registrations_asked(of):
        if case.id in waiting:
            waiting[case.id][1].append(wait_of(case, wish))
    for case, asked in all_reopenings_asked(of):
        waiting[case.id] = (case, [wait_of(case, asked)])
    for case, clock in all_ended_by_silence(today, of):
        waiting.setdefault(case.id, (case, []))[1].append(clock)
    return waiting


def _dues(case: Case, clock: BallRow, today: dt.date) -> list[Due]:
    return due_nudges(clock, today, calendar_for(case), case.is_urgent)


def _sweep_case(case: Case, clocks: list[BallRow], today: dt.date, at: dt.datetime | None, report: SweepReport) -> None:
    held = ledger.written(case.id, case.round)
    for clock in clocks:
        dues = _dues(case, clock, today)
        _tell(case.number, dues, held, lambda due: _rows(case, due, today), report, at)


def _tell(
    number: str,
    dues: Sequence[Due],
    held: Collection[tuple[NudgeKind, str, dt.date]],
    rows: Callable[[Due], list[nudges.NewNudge]],
    report: SweepReport,
    at: dt.datetime | None,
) -> None:
    """Write the highest step that is due and is not ``held``, those below it as passed. ``at`` None: only report."""
    send, passed = catch_up(dues, [due for due in dues if (due.kind, due.subject, due.due_on) in held])
    told = rows(send) if send else []
    past = [replace(row, reason=WhySuppressed.PASSED) for due in passed for row in rows(due)]
    if at is not None:
        nudges.write([*told, *past], at=at)
    report.passed += len(past)
    report.told += [Told(number, r.kind, r.subject, r.due_on, r.recipient) for r in told]


def _rows(case: Case, due: Due, today: dt.date) -> list[nudges.NewNudge]:
    return [
        nudges.NewNudge(case.id, case.round, due.subject, due.kind, due.due_on, who)
        for who in sorted(audience(case, due.to, today))
    ]


def _yearly_rows(due: Due) -> list[nudges.NewNudge]:
    return [
        nudges.NewNudge(None, 0, due.subject, due.kind, due.due_on, who) for who in sorted(followups.people(due.to))
    ]


def _ripe(today: dt.date) -> list[Nudge]:
    """Pending nudges whose day has come, without those that a quiet period of their case holds back."""
    rows = session.execute(
        select(Nudge, Case)
        .outerjoin(Case, Case.id == Nudge.case_id)
        .where(Nudge.state == NudgeState.PENDING, Nudge.due_on <= today)
        .order_by(Nudge.id)
    )
    return [nudge for nudge, case in rows if _is_day_for(case, today)]


def _is_day_for(case: Case | None, today: dt.date) -> bool:
    if case is None:
        return is_workday(today, load_calendar())
    return is_workday(today, calendar_for(case), case.is_urgent)


def _send(
    mail_id: int,
    at: dt.datetime,
    transport: Transport,
    *,
    base_url: str,
    sender: str,
    by: str,
    report: DeliveryReport,
) -> Attempt | None:
    """Write and send one claimed mail, and say how it went. None if no attempt was made."""
    try:
        mail = session.get_one(Mail, mail_id)
        to, name = session.get_one(User, mail.recipient).email, mail.message_id
        letter = _letter(mail, at, base_url)
        if letter is None:
            nudges.drop(mail_id, by)
            session.commit()
            report.dropped += 1
            return None
        message = letters.message(letter, sender=sender, recipient=to, message_id=name, at=at)
        is_ours = nudges.holds(mail_id, by)
        session.commit()
    except Exception as problem:  # one mail that cannot be written stops no other (E20)
        session.rollback()
        nudges.mark_retry(mail_id, f"brevet kunde inte skrivas ({type(problem).__name__})", at=at, by=by)
        session.commit()
        report.retried += 1
        report.errors.append(f"mail {mail_id}: {type(problem).__name__}: {problem}"[:300])
        return None
    if not is_ours:  # frozen, and taken for dead: then it stays uncertain
        return None
    attempt = transport.send(message, sender, to)
    match attempt.result:
        case Result.SENT:
            nudges.mark_sent(mail_id, at=at, by=by)
            report.sent += 1
        case Result.RETRY | Result.NO_CONNECTION:
            nudges.mark_retry(mail_id, attempt.error, at=at, by=by)
            report.retried += 1
        case Result.FAILED:
            nudges.mark_failed(mail_id, attempt.error, by=by)
            report.failed += 1
        case Result.UNCERTAIN:
            nudges.mark_uncertain(mail_id, attempt.error, by=by)
            report.uncertain += 1
    session.commit()
    return attempt


def _letter(mail: Mail, at: dt.datetime, base_url: str) -> letters.Letter | None:
    """What the mail says of what is true now; None if nothing is left.

    A nudge that the sweep would not write today for this person is left out (E21, E26), and of several about
    one case only the highest step stays (E18).
    """
    today = swedish_day(at)
    carried = ledger.carried_by(mail.id)
    standing = _clocks(today, {n.case_id for n in carried if n.case_id is not None})
    duties = followups.owed(today) if any(n.case_id is None for n in carried) else []
    kept: dict[tuple[int | None, str], tuple[dt.date, letters.Item]] = {}
    for nudge in sorted(carried, key=lambda n: rank(n.kind), reverse=True):
        case, clocks = standing.get(nudge.case_id or 0, (None, []))
        clock = next((c for c in clocks if case and _is_still_true(nudge, case, c, today)), None)
        duty = next((d for d in duties if nudge.case_id is None and _is_still_owed(nudge, d, today)), None)
        about = (nudge.case_id, f"{duty.job.key}-{duty.year}" if duty else clock.act if clock else "")
        if duty is None and (case is None or clock is None):
            nudges.suppress(nudge, WhySuppressed.NO_LONGER_TRUE)
        elif about in kept:
            nudges.suppress(nudge, WhySuppressed.PASSED)
        elif duty is not None:
            is_holder = nudge.recipient in followups.people((duty.job.office,))
            item = letters.yearly(duty, kind=nudge.kind, is_holder=is_holder, today=today, base_url=base_url)
            kept[about] = (duty.due_on, item)
        elif case is not None and clock is not None:
            kept[about] = (clock.due_on, _item(case, clock, nudge, today, base_url))
    session.flush()
    if not kept:
        return None
    trail = session.get_one(TrailState, 1)
    return letters.letter(
        [item for _due_on, item in sorted(kept.values(), key=lambda found: found[0])],
        today=today,
        trail_size=trail.size,
        trail_head=trail.head,
    )


def _is_still_owed(nudge: Nudge, duty: Duty, today: dt.date) -> bool:
    key = (nudge.kind, nudge.subject, nudge.due_on)
    return any(
        key == (due.kind, due.subject, due.due_on) and nudge.recipient in followups.people(due.to)
        for due in due_nudges(duty.clock, today, load_calendar())
    )


def _is_still_true(nudge: Nudge, case: Case, clock: BallRow, today: dt.date) -> bool:
    if nudge.round != case.round:
        return False
    key = (nudge.kind, nudge.subject, nudge.due_on)
    return any(
        key == (due.kind, due.subject, due.due_on) and nudge.recipient in audience(case, due.to, today)
        for due in _dues(case, clock, today)
    )


def _item(case: Case, clock: BallRow, nudge: Nudge, today: dt.date, base_url: str) -> letters.Item:
    deadline = session.scalars(
        select(Deadline)
        .where(
            Deadline.case_id == case.id,
            Deadline.round == case.round,
            Deadline.key == clock.deadline_key.partition("+")[0],
        )
        .order_by(Deadline.set_at.desc(), Deadline.id.desc())
        .limit(1)
    ).first()
    following = session.scalars(
        select(Ball).where(Ball.case_id == case.id, Ball.begins_on > today).order_by(Ball.begins_on, Ball.id).limit(1)
    ).first()
    asked = {word for due in _dues(case, clock, today) if due.kind is nudge.kind for word in due.to}
    holders = seated(case, (clock.holder, f"substitute_of:{clock.holder}"), today)
    ladder = ladder_of(case)
    ends_on = None
    if clock.act == "answer_announcement":
        last = add(clock.due_on, 5, calendar_for(case), case.is_urgent)
        ends_on = open_from(last, calendar_for(case), case.is_urgent)
    return letters.item(
        case.number,
        clock,
        kind=nudge.kind,
        is_holder=nudge.recipient in holders,
        is_instead=nudge.recipient not in holders | seated(case, asked, today),
        deadline=deadline,
        following=following,
        bodies={step.body: step.name for step in ladder.steps if step.body},
        if_silent=(ends_on, ladder.workdays(LATE_REFUSAL, case.step, case.is_urgent)) if ends_on else None,
        today=today,
        base_url=base_url,
    )
