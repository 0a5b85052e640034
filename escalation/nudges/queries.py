"""Queries of the ledger: waiting nudges, mails in trouble, and the nudges about each case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select

from escalation.accounts.models import Membership, User
from escalation.db import session
from escalation.nudges.models import Mail, MailState, Nudge, NudgeState
from escalation.rules.nudge_plan import NudgeKind
from escalation.rules.workdays import swedish_day


@dataclass(frozen=True)
class LoggedNudge:
    """A nudge, its recipient's name, and whether it has left: ``state`` is that of its mail, which waits while there is
    none, and ``sent_on`` the Swedish day on which a server took it.
    """

    nudge: Nudge
    name: str
    state: MailState
    sent_on: dt.date | None


def written(case_id: int | None, round_: int) -> set[tuple[NudgeKind, str, dt.date]]:
    """(kind, subject, own day) of the steps that the ledger already holds for a round of a case; case None and round 0
    give those about no case.
    """
    rows = session.execute(
        select(Nudge.kind, Nudge.subject, Nudge.due_on)
        .where(Nudge.case_id == case_id, Nudge.round == round_)
        .distinct()
    )
    return {(kind, subject, day) for kind, subject, day in rows}


def steps_sent(case_id: int, round_: int, subject: str) -> int:
    """How many steps of reminders about a last day have left in a round of a case."""
    sent = (Nudge.case_id == case_id, Nudge.round == round_, Nudge.subject == subject, Nudge.state == NudgeState.SENT)
    return session.scalar(select(func.count(Nudge.kind.distinct())).where(*sent)) or 0


def reminded(case_id: int, round_: int, key: str, since: dt.date) -> frozenset[str]:
    """Codes of the parties to which a reminder about a last day has been sent, ``since`` that day."""
    rows = session.scalars(
        select(Membership.party_code)
        .join(Nudge, Nudge.recipient == Membership.user_id)
        .where(
            Nudge.case_id == case_id, Nudge.round == round_, Nudge.subject == key, Nudge.due_on > since,
            Nudge.state == NudgeState.SENT, Membership.party_code.is_not(None),
        )
        .distinct()
    )  # fmt: skip
    return frozenset(code for code in rows if code)


def carried_by(mail_id: int) -> Sequence[Nudge]:
    """The nudges that a mail carries, oldest first."""
    return session.scalars(select(Nudge).where(Nudge.mail_id == mail_id).order_by(Nudge.due_on, Nudge.id)).all()


def in_trouble() -> Sequence[Mail]:
    """Mails that a person must look at: failed and uncertain, oldest first."""
    return session.scalars(select(Mail).where(Mail.is_in_trouble).order_by(Mail.day, Mail.id)).all()


def in_trouble_with_address() -> list[tuple[Mail, str]]:
    """The same with the address that each went to: for the people who run the site."""
    rows = session.execute(
        select(Mail, User.email)
        .join(User, User.id == Mail.recipient)
        .where(Mail.is_in_trouble)
        .order_by(Mail.day, Mail.id)
    )
    return [(mail, email) for mail, email in rows]


def mail(mail_id: int) -> Mail | None:
    """The mail with this id."""
    return session.get(Mail, mail_id)


def delayed(since: dt.datetime) -> Sequence[Mail]:
    """Mails that no server has taken since then or longer, and that are tried again, oldest first."""
    waits = (Mail.state == MailState.PENDING, Mail.first_failed_at <= since)
    return session.scalars(select(Mail).where(*waits).order_by(Mail.first_failed_at, Mail.id)).all()


def settled(since: dt.datetime) -> Sequence[Mail]:
    """Mails that a person has settled since then, the latest first."""
    return session.scalars(select(Mail).where(Mail.settled_at >= since).order_by(Mail.settled_at.desc(), Mail.id)).all()


def waiting() -> int:
    """How many nudges are written and have not left."""
    waits = (
        select(func.count(Nudge.id))
        .outerjoin(Mail, Mail.id == Nudge.mail_id)
        .where((Nudge.state == NudgeState.PENDING) | Mail.state.in_((MailState.PENDING, MailState.SENDING)))
    )
    return session.scalar(waits) or 0


def log(case_id: int) -> list[LoggedNudge]:
    """The nudges about a case, oldest first, and whether each has been sent.

    Both sides see this one list (domain/05 § 5.7). A nudge that proved unnecessary is left out: it was never sent.
    """
    return _logged(Nudge.case_id == case_id)


def reminders(case_ids: Collection[int]) -> dict[int, list[LoggedNudge]]:
    """The reminders about something late in each of these cases, newest first, and whether each has been sent."""
    found: dict[int, list[LoggedNudge]] = {}
    written = _logged(Nudge.case_id.in_(case_ids), Nudge.kind != NudgeKind.N0)
    for reminder in sorted(written, key=lambda t: (t.nudge.due_on, t.nudge.kind), reverse=True):
        assert reminder.nudge.case_id is not None
        found.setdefault(reminder.nudge.case_id, []).append(reminder)
    return found


def _logged(*about: ColumnElement[bool]) -> list[LoggedNudge]:
    rows = session.execute(
        select(Nudge, User.name, Mail.state, Mail.sent_at)
        .join(User, User.id == Nudge.recipient)
        .outerjoin(Mail, Mail.id == Nudge.mail_id)
        .where(*about, Nudge.state != NudgeState.SUPPRESSED)
        .order_by(Nudge.due_on, Nudge.kind, Nudge.id)
    )
    return [
        LoggedNudge(
            nudge,
            name,
            MailState.PENDING if state in (None, MailState.SENDING) else state,
            swedish_day(sent_at) if sent_at else None,
        )
        for nudge, name, state, sent_at in rows
    ]
