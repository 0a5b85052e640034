"""Questions about the ledger: what waits, what is in trouble, and who was told what about a case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from escalation.accounts.models import User
from escalation.db import session
from escalation.nudges.models import Mail, MailState, Nudge, NudgeState
from escalation.rules.nudge_plan import NudgeKind


def written(case_id: int | None, round_: int) -> set[tuple[NudgeKind, str, dt.date]]:
    """(kind, subject, own day) of the steps that the ledger already holds for a round of a case; None and 0: for what
    is about no case.
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


def carried_by(mail_id: int) -> Sequence[Nudge]:
    """The nudges that a mail carries, oldest first."""
    return session.scalars(select(Nudge).where(Nudge.mail_id == mail_id).order_by(Nudge.due_on, Nudge.id)).all()


def in_trouble() -> Sequence[Mail]:
    """Mails that a person must look at: failed and uncertain, oldest first."""
    trouble = (MailState.FAILED, MailState.UNCERTAIN)
    return session.scalars(select(Mail).where(Mail.state.in_(trouble)).order_by(Mail.day, Mail.id)).all()


def waiting() -> int:
    """How many nudges are written and have not left."""
    waits = (
        select(func.count(Nudge.id))
        .outerjoin(Mail, Mail.id == Nudge.mail_id)
        .where((Nudge.state == NudgeState.PENDING) | Mail.state.in_((MailState.PENDING, MailState.SENDING)))
    )
    return session.scalar(waits) or 0


def log(case_id: int) -> list[tuple[dt.date, str, str, str]]:
    """(own day, kind, subject, recipient's name) of what was sent or waits in a case, oldest first.

    Both sides see this one list (domain/05 § 5.7). What proved unnecessary is left out: nobody was told.
    """
    rows = session.execute(
        select(Nudge.due_on, Nudge.kind, Nudge.subject, User.name)
        .join(User, User.id == Nudge.recipient)
        .where(Nudge.case_id == case_id, Nudge.state != NudgeState.SUPPRESSED)
        .order_by(Nudge.due_on, Nudge.kind, Nudge.id)
    )
    return [(day, kind.value, subject, name) for day, kind, subject, name in rows]


def reminders(case_ids: Collection[int]) -> dict[int, list[tuple[Nudge, str]]]:
    """What was sent or waits about something late in each of these cases, with the recipient's name, newest first."""
    rows = session.execute(
        select(Nudge, User.name)
        .join(User, User.id == Nudge.recipient)
        .where(Nudge.case_id.in_(case_ids), Nudge.kind != NudgeKind.N0, Nudge.state != NudgeState.SUPPRESSED)
        .order_by(Nudge.due_on.desc(), Nudge.kind.desc(), Nudge.id)
    )
    found: dict[int, list[tuple[Nudge, str]]] = {}
    for nudge, name in rows:
        assert nudge.case_id is not None
        found.setdefault(nudge.case_id, []).append((nudge, name))
    return found
