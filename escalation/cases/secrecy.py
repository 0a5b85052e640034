"""Files that carry a secrecy mark: who still sees them, who marks and unmarks them, and the auditor's openings.

A case may not hold what is secret by the care of a person; a mark is for the file in which it could not be avoided. The
marked files of a case are its sealed room. Source: ``trust.md``, Access; ``domain/08`` § 5; ``domain/15`` R36.
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
from escalation.documents import queries as attached
from escalation.documents.models import Attachment
from escalation.rules import privacy
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import BODY_PHASES
from escalation.trail import actions as trail
from escalation.trail.events import content_of, facts_of
from escalation.trail.models import TrailEvent

OF_MARKS = frozenset({"document_marked", "document_unmarked", "marked_document_opened"})
"""The events that tell of a marked file, each by the file's hash."""

# Questions -------------------------------------------------------------------------------------------------------


def sees_marked(case: Case, viewer: Viewer) -> bool:
    """Whether the viewer sees every marked file of the case.

    Those who handle and decide for the two sides, the secretariat, whoever sits in the body that has the case now, and
    the auditor. Not those who only read or register for a party, nor an affected party, nor who is asked for an
    opinion, nor a body that tries or has left the case, nor a chair who decides on one that the body does not have.
    """
    if sight_of(case, viewer) is not Sight.FULL:
        return False
    if viewer.role in PARTY_WRITERS:
        return any(p.party_code == viewer.party for p in case.sides)
    if viewer.role in BODY_ROLES:
        return case.phase in BODY_PHASES and ladder_of(case).step(case.step).body == viewer.body
    return viewer.role in READS_ALL


def _sees_when_marked(case: Case, attachment: Attachment, viewer: Viewer) -> bool:
    """Whether the viewer sees the file when it is marked: for having the room, or for an own party's file."""
    return sees_marked(case, viewer) or _is_own(case, attachment, viewer)


def _is_own(case: Case, attachment: Attachment, viewer: Viewer) -> bool:
    """Whether the viewer handles or decides for the party whose file it is, affected parties too."""
    is_theirs = viewer.role in PARTY_WRITERS and viewer.party is not None and attachment.party_code == viewer.party
    return is_theirs and sight_of(case, viewer) is Sight.FULL


def visible_attachments(case: Case, attachments: Iterable[Attachment], viewer: Viewer) -> list[Attachment]:
    """Those of a case's files that exist for the viewer, who sees the case whole."""
    return [a for a in attachments if a.mark is None or _sees_when_marked(case, a, viewer)]


def get(case: Case, id: int, *, viewer: Viewer, today: dt.date | None = None) -> Attachment | None:
    """The case's file, if it exists for the viewer."""
    attachment = attached.get(case.id, id)
    if attachment is None or sight_of(case, viewer, today) is not Sight.FULL:
        return None
    return next(iter(visible_attachments(case, [attachment], viewer)), None)


def is_opened_on_record(attachment: Attachment, viewer: Viewer) -> bool:
    """Whether the viewer opens the file by an act of its own, which the trail tells."""
    return viewer.role is Role.AUDITOR and attachment.mark is not None


def may_mark(case: Case, attachment: Attachment, by: Viewer) -> bool:
    """Whether the viewer may mark the file: who writes for a side or the secretariat, and would see it afterwards."""
    writes = by.role in PARTY_WRITERS | SECRETARIAT_ROLES
    return writes and attachment.mark is None and _sees_when_marked(case, attachment, by)


def may_unmark(case: Case, attachment: Attachment, by: Viewer) -> bool:
    """Whether the viewer may lift the file's mark: the party whose file it is, the one that marked it, and the
    secretariat.
    """
    if attachment.mark is None:
        return False
    has_marked = by.party is not None and attachment.mark.party_code == by.party and sees_marked(case, by)
    return by.role in SECRETARIAT_ROLES or _is_own(case, attachment, by) or has_marked


def attachment_names(
    case: Case, attachments: Sequence[Attachment], events: Iterable[TrailEvent], viewer: Viewer
) -> dict[int, list[str]]:
    """By event, the names of the files that came with it, without those that are marked and not for the viewer.

    The trail tells what has been marked also where the file itself was taken away afterwards.
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
    """A case's history without what was done with marked files, for who has no room for them; an affected party reads
    what it did itself.
    """
    if sees_marked(case, viewer):
        return list(events)
    mine = viewer.party if viewer.role in PARTY_WRITERS else None
    return [e for e in events if e.kind not in OF_MARKS or (mine and (facts_of(e) or {}).get("who") == mine)]


def _marked_by(events: Iterable[TrailEvent]) -> set[str]:
    """The hashes of the files whose mark stands, as a case's history tells."""
    standing: dict[str, int] = {}
    for event in events:
        step = {"document_marked": 1, "document_unmarked": -1}.get(event.kind)
        sha256 = (content_of(event) or {}).get("sha256") if step else None
        if step and sha256:
            standing[sha256] = standing.get(sha256, 0) + step
    return {sha256 for sha256, times in standing.items() if times > 0}


# Verbs -----------------------------------------------------------------------------------------------------------


def mark(case: Case, attachment: Attachment, *, by: Viewer, at: dt.datetime, provision: str, note: str) -> None:
    """Mark a file of the case as one that may be secret, by what provision; the note says why to those who see it.

    It is no move of the case, so nobody's open form becomes stale by it. Raises MoveNotAllowed for who may not,
    FactsRefused without a provision and for a file that somebody has marked meanwhile.
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
    """Lift a file's mark, so that all who see the case whole see the file again.

    Raises MoveNotAllowed for everybody but the secretariat, the party whose file it is and the one that marked it.
    """
    _lock(case, attachment, "unmark")
    if not may_unmark(case, attachment, by):
        raise MoveNotAllowed("unmark", "seat")
    privacy.refuse("reason", reason)
    documents.unmark(attachment, by=by, at=at, reason=reason.strip())
    _record(case, "document_unmarked", attachment, by=by, at=at)


def open_marked(case: Case, attachment: Attachment, *, by: Viewer, at: dt.datetime) -> None:
    """Record that the auditor opens a marked file. Raises MoveNotAllowed for anybody else, and for any other file."""
    if not (is_opened_on_record(attachment, by) and sees_marked(case, by)):
        raise MoveNotAllowed("open_marked", "seat")
    _record(case, "marked_document_opened", attachment, by=by, at=at)


def _lock(case: Case, attachment: Attachment, verb: str) -> None:
    """Let nobody else act, and look at the file anew. Raises MoveNotAllowed where it has been taken away meanwhile."""
    trail.lock()
    id = attachment.id
    session.expire(attachment)
    if attached.get(case.id, id) is None:
        raise MoveNotAllowed(verb, "seat")


def _record(case: Case, event: str, attachment: Attachment, *, by: Viewer, at: dt.datetime) -> None:
    """What was done with a marked file. The trail knows the file by its hash, and says no more of it."""
    trail.record(
        event, at=at, by=by.actor, about=f"case:{case.number}", facts={"who": who(case, by)},
        content={"sha256": attachment.sha256},
        state=state_of(case, queries.balls(case)),
    )  # fmt: skip
