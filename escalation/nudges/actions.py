"""Verbs on the ledger and on mails: write, bundle, claim, and record the result.

Correctness comes from the unique keys and the claims, so two clocks do no harm. None of these commit;
the sender commits the claim before the first byte leaves (``watch.delivery.deliver``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import CursorResult, delete, exists, select, update

from escalation.db import insert_new, session
from escalation.nudges.models import Mail, MailState, Nudge, NudgeState, WhySuppressed
from escalation.rules.nudge_plan import NudgeKind

FIRST_WAIT = dt.timedelta(seconds=30)
LONGEST_WAIT = dt.timedelta(hours=2)
GIVES_UP_AFTER = dt.timedelta(days=5)
"""A mail that no server has taken in this time, counted from its first failure, is failed and shown."""
CLAIM_LIVES = dt.timedelta(minutes=15)
"""A sender that has been silent for this time is taken for dead; the mail that it held is uncertain."""


@dataclass(frozen=True)
class NewNudge:
    """A row for the ledger. With ``reason`` it is recorded as suppressed and never leaves."""

    case_id: int | None
    round: int
    subject: str
    kind: NudgeKind
    due_on: dt.date
    recipient: int
    reason: WhySuppressed | None = None


def write(rows: Iterable[NewNudge], *, at: dt.datetime) -> None:
    """Put rows in the ledger; those it already holds are left as they are."""
    insert_new(
        Nudge,
        (
            {
                "case_id": row.case_id,
                "round": row.round,
                "subject": row.subject,
                "kind": row.kind,
                "due_on": row.due_on,
                "recipient": row.recipient,
                "state": NudgeState.PENDING if row.reason is None else NudgeState.SUPPRESSED,
                "reason": row.reason,
                "created_at": at,
            }
            for row in rows
        ),
    )


def bundle(nudges: Iterable[Nudge], *, day: dt.date, at: dt.datetime, message_id: Callable[[int, dt.date], str]) -> int:
    """Attach pending nudges to one mail per recipient; returns how many found one.

    A mail still waiting for its server takes them; else a new one for ``day`` is written. A person who has
    had a mail that day gets the rest with the next one.
    """
    attached = 0
    by_person: dict[int, list[int]] = {}
    for nudge in nudges:
        by_person.setdefault(nudge.recipient, []).append(nudge.id)
    for person, ids in sorted(by_person.items()):
        mail = _waiting_mail(person)
        if mail is None:
            row = {
                "recipient": person,
                "day": day,
                "state": MailState.PENDING,
                "message_id": message_id(person, day),
                "attempts": 0,
                "next_attempt_at": at,
            }
            insert_new(Mail, [row])
            mail = _waiting_mail(person)
        if mail is None:
            continue
        done = session.execute(
            update(Nudge)
            .where(Nudge.id.in_(ids), Nudge.state == NudgeState.PENDING)
            .values(state=NudgeState.ATTACHED, mail_id=mail.id)
            .execution_options(synchronize_session=False)
        )
        attached += _count(done)
    return attached


def claim(*, at: dt.datetime, day: dt.date, by: str) -> Mail | None:
    """Take the mail that has waited longest, or None. Commit before sending.

    ``by`` names one run of one sender and no other. On PostgreSQL rows that another sender is taking are
    skipped, on SQLite writers come one after the other. A mail of an earlier day moves to ``day`` unless that
    is taken.
    """
    taken = exists().where(_other.c.recipient == Mail.recipient, _other.c.day == day, _other.c.id != Mail.id)
    mail = session.scalars(
        select(Mail)
        .where(Mail.state == MailState.PENDING, Mail.next_attempt_at <= at, ~taken)
        .order_by(Mail.next_attempt_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).first()
    if mail is None:
        return None
    mail.state, mail.claimed_at, mail.claimed_by, mail.day = MailState.SENDING, at, by, day
    mail.attempts += 1
    session.flush()
    return mail


def holds(mail_id: int, by: str) -> bool:
    """Whether the sender still holds the claim: after a long pause another may have taken it for dead."""
    held = select(Mail.id).where(Mail.id == mail_id, Mail.state == MailState.SENDING, Mail.claimed_by == by)
    return session.scalar(held) is not None


def suppress(nudge: Nudge, reason: WhySuppressed) -> None:
    """Leave a nudge out of its mail, with a record."""
    nudge.state, nudge.reason, nudge.mail_id = NudgeState.SUPPRESSED, reason, None


def drop(mail_id: int, by: str) -> None:
    """Delete a claimed mail whose nudges are all suppressed. It was never sent, so nothing is lost."""
    session.flush()
    session.execute(delete(Mail).where(Mail.id == mail_id, Mail.claimed_by == by))


def mark_sent(mail_id: int, *, at: dt.datetime, by: str) -> None:
    """The server took it. Also a sender that was taken for dead may report this: it knows what the server answered."""
    ours = (MailState.SENDING, MailState.UNCERTAIN)
    done = _settle(mail_id, by, ours, state=MailState.SENT, sent_at=at, last_error=None)
    if done:
        session.execute(
            update(Nudge)
            .where(Nudge.mail_id == mail_id, Nudge.state == NudgeState.ATTACHED)
            .values(state=NudgeState.SENT)
            .execution_options(synchronize_session=False)
        )


def mark_retry(mail_id: int, error: str, *, at: dt.datetime, by: str) -> None:
    """Not taken, try again: after 30 s, then twice as long each time up to 2 h; failed once five days have
    gone.
    """
    mail = session.get(Mail, mail_id, populate_existing=True)
    if mail is None:
        return
    first = mail.first_failed_at or at
    if at - first >= GIVES_UP_AFTER:
        mark_failed(mail_id, error, by=by)
        return
    _settle(
        mail_id,
        by,
        (MailState.SENDING,),
        state=MailState.PENDING,
        first_failed_at=first,
        next_attempt_at=at + back_off(mail.attempts),
        last_error=error,
        claimed_at=None,
        claimed_by=None,
    )


def mark_failed(mail_id: int, error: str, *, by: str) -> None:
    """Refused for good. Shown to the secretariat."""
    _settle(mail_id, by, (MailState.SENDING,), state=MailState.FAILED, last_error=error)


def mark_uncertain(mail_id: int, error: str, *, by: str) -> None:
    """The server fell silent after the final dot: it may have gone. Never sent again by the machine."""
    _settle(mail_id, by, (MailState.SENDING,), state=MailState.UNCERTAIN, last_error=error)


def send_again(mail_id: int, *, at: dt.datetime) -> bool:
    """Let a mail in trouble be sent once more, as if it were new. False where it was no longer in trouble."""
    return _deal_with(
        mail_id,
        state=MailState.PENDING,
        attempts=0,
        next_attempt_at=at,
        first_failed_at=None,
        last_error=None,
        claimed_at=None,
        claimed_by=None,
    )


def settle(mail_id: int, *, reason: str, by: str, at: dt.datetime) -> bool:
    """Record that a mail in trouble need not be sent. False where it was no longer in trouble."""
    return _deal_with(mail_id, settled_at=at, settled_by=by, settled_reason=reason)


def release_dead_claims(at: dt.datetime) -> int:
    """Mails whose sender has been silent too long become uncertain. Returns how many."""
    done = session.execute(
        update(Mail)
        .where(Mail.state == MailState.SENDING, Mail.claimed_at < at - CLAIM_LIVES)
        .values(state=MailState.UNCERTAIN, last_error="avsändaren svarade inte mer")
        .execution_options(synchronize_session=False)
    )
    return _count(done)


def back_off(attempts: int) -> dt.timedelta:
    """How long to wait after the given number of attempts (1 or more)."""
    return min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)


_other = Mail.__table__.alias("other_mail")


def _waiting_mail(person: int) -> Mail | None:
    waiting = select(Mail).where(Mail.recipient == person, Mail.state == MailState.PENDING)
    return session.scalars(waiting.order_by(Mail.id).with_for_update()).first()


def _settle(mail_id: int, by: str, ours: tuple[MailState, ...], **values: object) -> bool:
    """Change a mail only while the claim is ours, whatever the session remembers of it."""
    done = session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.claimed_by == by, Mail.state.in_(ours))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return _count(done) == 1


def _deal_with(mail_id: int, **values: object) -> bool:
    """Change a mail in trouble; where two people act at once, the second changes nothing and gets False."""
    done = session.execute(
        update(Mail)
        .where(Mail.id == mail_id, Mail.is_in_trouble)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return _count(done) == 1


def _count(result: object) -> int:
    assert isinstance(result, CursorResult)
    return int(result.rowcount)
