"""Attachments with a secrecy mark: access to them, the verbs that set and lift marks, and the auditor's openings.

A case may not hold what is secret for the protection of a person; a mark is for an attachment in which that could not
be avoided. Source: ``trust.md``, Access; ``domain/08`` § 5; ``domain/15`` R36.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from escalation.accounts.models import BODY_ROLES, SECRETARIAT_ROLES, Role, Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused, who
from escalation.cases.integrity import state_of
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.sight import PARTY_WRITERS, READS_ALL, Sight, sight_of
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents import queries as document_queries
from escalation.documents.models import Attachment
from escalation.rules import privacy
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import BODY_PHASES
from escalation.trail import actions as trail
from escalation.trail.events import content_of, facts_of
from escalation.trail.models import TrailEvent

OF_MARKS = frozenset({"document_marked", "document_unmarked", "marked_document_opened"})
"""The events about a marked file. They name it by its hash."""

# Queries ---------------------------------------------------------------------------------------------------------


def sees_marked(case: Case, viewer: Viewer) -> bool:
    """Whether the viewer sees all marked files of the case.

    These are the handlers and approvers of the two sides, the secretariat, the members of the body that has the case
    now, and the auditor. Others do not: those who only read or register for a party, affected parties, those who are
    asked for an opinion, and bodies that do not have the case, also where their chair decides on it.
    """
    if sight_of(case, viewer) is not Sight.FULL:
        return False
    if viewer.role in PARTY_WRITERS:
        return any(p.party_code == viewer.party for p in case.sides)
    if viewer.role in BODY_ROLES:
        return case.phase in BODY_PHASES and ladder_of(case).step(case.step).body == viewer.body
    return viewer.role in READS_ALL


def _sees_when_marked(case: Case, attachment: Attachment, viewer: Viewer) -> bool:
    """Whether the viewer sees the file when it is marked: they see all marked files, or it is their own party's."""
    return sees_marked(case, viewer) or _is_own(case, attachment, viewer)


def _is_own(case: Case, attachment: Attachment, viewer: Viewer) -> bool:
    """Whether the viewer is a handler or approver of the party whose file it is; this may be an affected party."""
    is_theirs = viewer.role in PARTY_WRITERS and viewer.party is not None and attachment.party_code == viewer.party
    return is_theirs and sight_of(case, viewer) is Sight.FULL


def visible_attachments(case: Case, attachments: Iterable[Attachment], viewer: Viewer) -> list[Attachment]:
    """The attachments of a case that exist for the viewer, who sees all of the case."""
    return [a for a in attachments if a.mark is None or _sees_when_marked(case, a, viewer)]


def get(case: Case, id: int, *, viewer: Viewer, today: dt.date | None = None) -> Attachment | None:
    """The case's file, if it exists for the viewer."""
    attachment = document_queries.get(case.id, id)
    if attachment is None or sight_of(case, viewer, today) is not Sight.FULL:
        return None
    return next(iter(visible_attachments(case, [attachment], viewer)), None)


def is_opened_on_record(attachment: Attachment, viewer: Viewer) -> bool:
    """Whether opening the file is an act of the viewer that leaves an event."""
    return viewer.role is Role.AUDITOR and attachment.mark is not None


def may_mark(case: Case, attachment: Attachment, by: Viewer) -> bool:
    """Whether the viewer may put a secrecy mark on the file.

    They may if the file has no mark, they write for a party or the secretariat, and could still read it afterwards.
    """
    writes = by.role in PARTY_WRITERS | SECRETARIAT_ROLES
    return writes and attachment.mark is None and _sees_when_marked(case, attachment, by)


def may_unmark(case: Case, attachment: Attachment, by: Viewer) -> bool:
    """Whether the viewer may lift the file's mark, for the party whose file it is, the party that marked it, or the
    secretariat.
    """
    if attachment.mark is None:
        return False
    has_marked = by.party is not None and attachment.mark.party_code == by.party and sees_marked(case, by)
    return by.role in SECRETARIAT_ROLES or _is_own(case, attachment, by) or has_marked


def attachment_names(
    case: Case, attachments: Sequence[Attachment], events: Iterable[TrailEvent], viewer: Viewer
) -> dict[int, list[str]]:
    """By event, the names of the files that came with it, without the marked ones that the viewer does not see.

    The trail says which files are marked, also where the file itself was removed afterwards.
    """
    events = list(events)
    came_with = {event.seq: (content_of(event) or {}).get("attachments", []) for event in events}
    if not sees_marked(case, viewer):
        known = {(a.name, a.sha256) for a in visible_attachments(case, attachments, viewer)}
        marked = {a.sha256 for a in attachments if a.mark} | _marked_by(events)
        came_with = {
            seq: [f for f in files if f["sha256"] not in marked or (f["name"], f["sha256"]) in known]
            for seq, files in came_with.items()
        }
    named = {seq: [file["name"] for file in files] for seq, files in came_with.items()}
    for event in events:
        if event.kind in OF_MARKS:
            is_it = (content_of(event) or {}).get("sha256")
            named[event.seq] = [a.name for a in visible_attachments(case, attachments, viewer) if a.sha256 == is_it]
    return named


def history(case: Case, events: Iterable[TrailEvent], viewer: Viewer) -> list[TrailEvent]:
    """A case's history. Those who do not see marked files do not see the events about them either, but an affected
    party sees its own.
    """
    if sees_marked(case, viewer):
        return list(events)
    mine = viewer.party if viewer.role in PARTY_WRITERS else None
    return [e for e in events if e.kind not in OF_MARKS or (mine and (facts_of(e) or {}).get("who") == mine)]


def _marked_by(events: Iterable[TrailEvent]) -> set[str]:
    """The hashes of the files that are marked today, according to the case's history."""
    standing: dict[str, int] = {}
    for event in events:
        step = {"document_marked": 1, "document_unmarked": -1}.get(event.kind)
        sha256 = (content_of(event) or {}).get("sha256") if step else None
        if step and sha256:
            standing[sha256] = standing.get(sha256, 0) + step
    return {sha256 for sha256, times in standing.items() if times > 0}


# Verbs -----------------------------------------------------------------------------------------------------------


def mark(case: Case, attachment: Attachment, *, by: Viewer, at: dt.datetime, provision: str, note: str) -> None:
    """Mark a file of the case as possibly secret, under a provision; the note gives the reason to those who see it.

    It is no move of the case, so it makes no open form stale. Raises MoveNotAllowed for those who may not mark it,
    FactsRefused without a provision and for a file that has been marked meanwhile.
    """
    _lock(case, attachment, "mark")
    if attachment.mark is not None and _sees_when_marked(case, attachment, by):
        raise FactsRefused({"provision": say("Filen är redan sekretessmarkerad.")})
    if not may_mark(case, attachment, by):
        raise MoveNotAllowed("mark", "seat")
    provision = " ".join(provision.split())
    if not provision:
        raise FactsRefused({"provision": say("Skriv bestämmelsen, till exempel OSL 26 kap. 1 §.")})
    privacy.refuse("provision", provision)
    privacy.refuse("note", note)
    documents.mark(attachment, by=by, at=at, provision=provision, note=note.strip())
    _record(case, "document_marked", attachment, by=by, at=at)


def unmark(case: Case, attachment: Attachment, *, by: Viewer, at: dt.datetime, reason: str) -> None:
    """Lift a file's mark, so that all who see all of the case see the file again.

    Raises MoveNotAllowed except for the secretariat, the party whose file it is and the party that marked it.
    """
    _lock(case, attachment, "unmark")
    if not may_unmark(case, attachment, by):
        raise MoveNotAllowed("unmark", "seat")
    privacy.refuse("reason", reason)
    documents.unmark(attachment, by=by, at=at, reason=reason.strip())
    _record(case, "document_unmarked", attachment, by=by, at=at)


def open_marked(case: Case, attachment: Attachment, *, by: Viewer, at: dt.datetime) -> None:
    """Record that the auditor opens a marked file. Raises MoveNotAllowed for other people and other files."""
    if not (is_opened_on_record(attachment, by) and sees_marked(case, by)):
        raise MoveNotAllowed("open_marked", "seat")
    _record(case, "marked_document_opened", attachment, by=by, at=at)


def _lock(case: Case, attachment: Attachment, verb: str) -> None:
    """Take the trail's lock and read the file again. Raises MoveNotAllowed where it has been removed meanwhile."""
    trail.lock()
    id = attachment.id
    session.expire(attachment)
    if document_queries.get(case.id, id) is None:
        raise MoveNotAllowed(verb, "seat")


def _record(case: Case, event: str, attachment: Attachment, *, by: Viewer, at: dt.datetime) -> None:
    """Record an act on a marked file. The trail names the file by its hash only."""
    trail.record(
        event, at=at, by=by.actor, about=f"case:{case.number}", facts={"who": who(case, by)},
        content={"sha256": attachment.sha256},
        state=state_of(case, queries.balls(case)),
    )  # fmt: skip
