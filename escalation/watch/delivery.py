"""Delivery: nudges become letters, letters are sent, and letters in trouble are dealt with.

It may run twice, at once, late or halfway. Unlike other verbs it commits: a claim must be in the database before the
first byte of a letter leaves.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import ClassVar

from sqlalchemy import select

from escalation.accounts.models import User
from escalation.cases.ladders import calendar_for, ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.db import session
from escalation.followups import queries as followups
from escalation.nudges import actions as nudge_actions
from escalation.nudges import queries as nudge_queries
from escalation.nudges.models import Mail, Nudge, WhySuppressed
from escalation.rules.deadlines import LATE_REFUSAL
from escalation.rules.nudge_plan import due_nudges, rank
from escalation.rules.waits import BallRow
from escalation.rules.workdays import STOCKHOLM, add, is_workday, load_calendar, open_from, swedish_day
from escalation.rules.yearly import Duty
from escalation.trail.actions import record
from escalation.trail.models import TrailState
from escalation.watch import letters
from escalation.watch.due import audience, dues_of, ripe, seated, waits_of_cases
from escalation.watch.transports import Attempt, Result, Transport

OPENS, CLOSES = dt.time(7), dt.time(17)
"""Mail may leave between these hours in Stockholm, on working days (E22)."""


class LetterDealtWith(Exception):
    """The letter needs no person: it never did, or another person has had it sent again or settled it."""


class NothingLeftToTell(Exception):
    """Everything that the letter was about has been done, so there is nothing to send."""


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
        """The counts for the log of runs, without zeros."""
        counts = {name: int(getattr(self, name)) for name in self.COUNTED}
        counts |= {"errors": len(self.errors), "unusable": int(bool(self.trouble))}
        return {name: count for name, count in counts.items() if count}

    @property
    def needs_somebody(self) -> bool:
        """Whether a person has to do something: mend the server, or look at a letter. What waits goes by itself."""
        return bool(self.trouble or self.failed or self.uncertain or self.unanswered or self.errors)

    def add(self, later: DeliveryReport) -> None:
        """Add the counts of a later part of the same run."""
        for name in self.COUNTED:
            setattr(self, name, getattr(self, name) + getattr(later, name))
        self.errors += later.errors
        self.is_open, self.trouble = later.is_open, later.trouble


def is_window_open(at: dt.datetime) -> bool:
    """Whether mail may leave at ``at``: on a working day, in office hours.

    ``due.ripe`` asks about the quiet period for each case, since an urgent case has none.
    """
    local = at.astimezone(STOCKHOLM)
    return OPENS <= local.time() < CLOSES and is_workday(local.date(), load_calendar())


def deliver(
    at: dt.datetime, transport: Transport, *, base_url: str, sender: str, by: str, limit: int = 1000
) -> DeliveryReport:
    """Send what waits: one mail per person and day, between 07.00 and 17.00 on working days.

    ``sender`` is the address that letters come from; ``by`` names this run and no other. The text of a mail
    is written when it is sent, from what is true then. The run ends at the first sign that the server cannot be used:
    that letter is tried again later, the others are not touched. Else it ends after ``limit`` mails. All claims of a
    run have the time ``at``: a caller that follows the real time sends one mail per call.
    """
    report = DeliveryReport()
    report.unanswered = nudge_actions.release_dead_claims(at)
    session.commit()
    report.is_open = is_window_open(at)
    if not report.is_open:
        return report
    today = swedish_day(at)
    report.bundled = nudge_actions.bundle(
        ripe(today), day=today, at=at, message_id=lambda who, day: letters.message_id(who, day, base_url)
    )
    session.commit()
    for _ in range(limit):
        claimed = nudge_actions.claim(at=at, day=today, by=by)
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
    """Send a letter that failed or is uncertain once more, because a person decided so. No job does this by itself.

    The next delivery sends it, with a text of what is true then. Raises ``LetterDealtWith`` and ``NothingLeftToTell``.
    """
    mail = _in_trouble(mail_id)
    with session.begin_nested() as trial:
        left = _letter(mail, at, base_url="")
        trial.rollback()
    if left is None:
        raise NothingLeftToTell
    _record_letter("letter_resent", mail, by=by, at=at)
    if not nudge_actions.send_again(mail_id, at=at):
        raise LetterDealtWith


def settle(mail_id: int, *, reason: str, by: str, at: dt.datetime) -> None:
    """Settle a letter that failed or is uncertain: a person says why it need not be sent. It then raises no alarm.

    Raises ``LetterDealtWith``, and ``IdentityNumberFound`` for the reason.
    """
    _record_letter("letter_settled", _in_trouble(mail_id), by=by, at=at, reason=reason)
    if not nudge_actions.settle(mail_id, reason=reason, by=by, at=at):
        raise LetterDealtWith


def _in_trouble(mail_id: int) -> Mail:
    mail = nudge_queries.mail(mail_id)
    if mail is None or not mail.is_in_trouble:
        raise LetterDealtWith
    return mail


def _record_letter(event: str, mail: Mail, *, by: str, at: dt.datetime, **content: str) -> None:
    facts: dict[str, str | int | dt.date] = {"letter": mail.id, "day": mail.day, "error": mail.last_error or ""}
    state = {"was": mail.state.value, "recipient": mail.recipient}
    record(event, at=at, by=by, about=f"letter:{mail.id}", facts=facts, content=content, state=state)


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
            nudge_actions.drop(mail_id, by)
            session.commit()
            report.dropped += 1
            return None
        message = letters.message(letter, sender=sender, recipient=to, message_id=name, at=at)
        is_ours = nudge_actions.holds(mail_id, by)
        session.commit()
    except Exception as problem:  # one mail that cannot be written stops no other (E20)
        session.rollback()
        nudge_actions.mark_retry(mail_id, f"brevet kunde inte skrivas ({type(problem).__name__})", at=at, by=by)
        session.commit()
        report.retried += 1
        report.errors.append(f"mail {mail_id}: {type(problem).__name__}: {problem}"[:300])
        return None
    if not is_ours:  # frozen, and taken for dead: then it stays uncertain
        return None
    attempt = transport.send(message, sender, to)
    match attempt.result:
        case Result.SENT:
            nudge_actions.mark_sent(mail_id, at=at, by=by)
            report.sent += 1
        case Result.RETRY | Result.NO_CONNECTION:
            nudge_actions.mark_retry(mail_id, attempt.error, at=at, by=by)
            report.retried += 1
        case Result.FAILED:
            nudge_actions.mark_failed(mail_id, attempt.error, by=by)
            report.failed += 1
        case Result.UNCERTAIN:
            nudge_actions.mark_uncertain(mail_id, attempt.error, by=by)
            report.uncertain += 1
    session.commit()
    return attempt


def _letter(mail: Mail, at: dt.datetime, base_url: str) -> letters.Letter | None:
    """Write the letter from what is true now; None if nothing is left to say.

    A nudge that the sweep would not write today for this person is left out (E21, E26), and of several about
    one case only the highest step stays (E18).
    """
    today = swedish_day(at)
    carried = nudge_queries.carried_by(mail.id)
    standing = waits_of_cases(today, {n.case_id for n in carried if n.case_id is not None})
    duties = followups.owed(today) if any(n.case_id is None for n in carried) else []
    kept: dict[tuple[int | None, str], tuple[dt.date, letters.Item]] = {}
    for nudge in sorted(carried, key=lambda n: rank(n.kind), reverse=True):
        case, waits = standing.get(nudge.case_id or 0, (None, []))
        wait = next((w for w in waits if case and _is_still_true(nudge, case, w, today)), None)
        duty = next((d for d in duties if nudge.case_id is None and _is_still_owed(nudge, d, today)), None)
        about = (nudge.case_id, f"{duty.job.key}-{duty.year}" if duty else wait.act if wait else "")
        if duty is None and (case is None or wait is None):
            nudge_actions.suppress(nudge, WhySuppressed.NO_LONGER_TRUE)
        elif about in kept:
            nudge_actions.suppress(nudge, WhySuppressed.PASSED)
        elif duty is not None:
            is_holder = nudge.recipient in followups.people((duty.job.office,))
            item = letters.yearly(duty, kind=nudge.kind, is_holder=is_holder, today=today, base_url=base_url)
            kept[about] = (duty.due_on, item)
        elif case is not None and wait is not None:
            kept[about] = (wait.due_on, _item(case, wait, nudge, today, base_url))
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
        for due in due_nudges(duty.wait, today, load_calendar())
    )


def _is_still_true(nudge: Nudge, case: Case, wait: BallRow, today: dt.date) -> bool:
    if nudge.round != case.round:
        return False
    key = (nudge.kind, nudge.subject, nudge.due_on)
    return any(
        key == (due.kind, due.subject, due.due_on) and nudge.recipient in audience(case, due.to, today)
        for due in dues_of(case, wait, today)
    )


def _item(case: Case, wait: BallRow, nudge: Nudge, today: dt.date, base_url: str) -> letters.Item:
    deadline = session.scalars(
        select(Deadline)
        .where(
            Deadline.case_id == case.id,
            Deadline.round == case.round,
            Deadline.key == wait.deadline_key.partition("+")[0],
        )
        .order_by(Deadline.set_at.desc(), Deadline.id.desc())
        .limit(1)
    ).first()
    following = session.scalars(
        select(Ball).where(Ball.case_id == case.id, Ball.begins_on > today).order_by(Ball.begins_on, Ball.id).limit(1)
    ).first()
    asked = {word for due in dues_of(case, wait, today) if due.kind is nudge.kind for word in due.to}
    holders = seated(case, (wait.holder, f"substitute_of:{wait.holder}"), today)
    ladder = ladder_of(case)
    ends_on = None
    if wait.act == "answer_announcement":
        last = add(wait.due_on, 5, calendar_for(case), case.is_urgent)
        ends_on = open_from(last, calendar_for(case), case.is_urgent)
    return letters.item(
        case.number,
        wait,
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
