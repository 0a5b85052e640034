"""Queries of the trail: the events of an object, its last state, and whether the chain is unbroken."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Row, ScalarSelect, select
from sqlalchemy.orm import aliased

from escalation.db import session
from escalation.trail.chain import EMPTY_HEAD, commitment_of, head_after, leaf_of
from escalation.trail.models import TrailEvent, TrailPayload, TrailState

# Keys are sorted in an entry, so an entry without a state of the object ends so.
_NO_STATE = '"state":{}}'


def events_about(about: str) -> list[TrailEvent]:
    """The events of an object, in order, with their texts, in one query. The caller checks who may see them."""
    return list(session.scalars(select(TrailEvent).where(TrailEvent.about == about).order_by(TrailEvent.seq)))


def began_at() -> ScalarSelect[Any]:
    """When the first event happened: since when this database is in use. Null while it is empty."""
    return select(TrailEvent.at).order_by(TrailEvent.seq).limit(1).scalar_subquery()


def last_state(about: str) -> dict[str, Any] | None:
    """The state of the object in the newest event that holds a state; None if no event does."""
    return latest_states(about).get(about)


def latest_states(prefix: str = "case:") -> dict[str, dict[str, Any]]:
    """``last_state`` of every object whose name begins so, in one query."""
    with_state = (
        select(TrailEvent.about, TrailEvent.entry)
        .where(TrailEvent.about.startswith(prefix, autoescape=True), ~TrailEvent.entry.endswith(_NO_STATE))
        .order_by(TrailEvent.seq)
    )
    newest: dict[str, str] = {}
    for about, entry in session.execute(with_state.execution_options(yield_per=1000)):
        newest[about] = entry
    return {about: json.loads(entry)["state"] for about, entry in newest.items()}


@dataclass(frozen=True)
class Finding:
    """Something in the trail that is not as it was written. ``seq`` is the event; 0 is the whole trail."""

    seq: int
    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


def verify(kept: Mapping[int, str] | None = None) -> list[Finding]:
    """Read the whole chain in order and say all that is wrong with it; an empty list when nothing is.

    ``kept`` holds heads, by the length of the chain, that were kept outside the database (in a receipt, in
    minutes). Only they show that the owner of the database has cut or rewritten the trail and computed every hash anew.
    """
    kept = kept or {}
    findings: list[Finding] = []
    previous, head, size_kept_here, head_kept_here = 0, EMPTY_HEAD, *session.execute(select(*_END)).one()
    for row in session.execute(_EVERYTHING.execution_options(yield_per=1000)):
        is_next = row.seq == previous + 1
        if not is_next:
            findings.append(_missing(previous + 1, row.seq - 1))
        findings += _wrong_in_event(row)
        findings += _wrong_in_text(row)
        if is_next and row.head != _head_after(head, row.leaf):
            what = f"it does not follow from event {previous}: one of the two is not as it was written"
            findings.append(Finding(row.seq, f"trail_event {row.seq}, head", what))
        if kept.get(row.seq, row.head) != row.head:
            what = "it is not the head kept outside: something up to here has been rewritten"
            findings.append(Finding(row.seq, f"trail_event {row.seq}, head", what))
        previous, head, size_kept_here, head_kept_here = row.seq, row.head, row.end_size, row.end_head
    findings += _wrong_at_the_end(previous, head, size_kept_here, head_kept_here)
    for size in sorted(size for size in kept if size > previous):
        findings.append(_missing(previous + 1, size))
    orphans = select(TrailPayload.seq).where(TrailPayload.seq.not_in(select(TrailEvent.seq)))
    for seq in session.scalars(orphans.order_by(TrailPayload.seq)):
        findings.append(Finding(seq, f"trail_payload {seq}", "the text belongs to no event"))
    return findings


_MASK = aliased(TrailEvent)
_END = (
    select(TrailState.size).scalar_subquery().label("end_size"),
    select(TrailState.head).scalar_subquery().label("end_head"),
)

# One statement, so that an act done at the same time is seen whole or not at all.
_EVERYTHING = (
    select(
        TrailEvent.seq,
        TrailEvent.entry,
        TrailEvent.kind,
        TrailEvent.about,
        TrailEvent.at,
        TrailEvent.masks,
        TrailEvent.commitment,
        TrailEvent.leaf,
        TrailEvent.head,
        TrailPayload.salt,
        TrailPayload.payload,
        _MASK.seq.label("masked_by"),
        *_END,
    )
    .outerjoin(TrailPayload, TrailPayload.seq == TrailEvent.seq)
    .outerjoin(_MASK, _MASK.masks == TrailEvent.seq)
    .order_by(TrailEvent.seq)
)


_Row: TypeAlias = Row[*tuple[Any, ...]]


def _missing(first: int, last: int) -> Finding:
    which = f"event {first} is" if first == last else f"events {first}–{last} are"
    return Finding(first, f"trail_event {first}", f"{which} missing")


def _wrong_in_event(row: _Row) -> Iterator[Finding]:
    if leaf_of(row.entry) != row.leaf:
        yield Finding(row.seq, f"trail_event {row.seq}, entry", "it does not hash to its leaf")
    try:
        entry = json.loads(row.entry)
        said = {name: entry.get(name) for name in ("seq", "kind", "about", "masks", "commitment")}
        said["at"] = dt.datetime.fromisoformat(entry["at"])
    except (ValueError, TypeError, KeyError, AttributeError):
        yield Finding(row.seq, f"trail_event {row.seq}, entry", "it cannot be read as an entry")
        return
    for name, value in said.items():
        if getattr(row, name) != value:
            yield Finding(row.seq, f"trail_event {row.seq}, {name}", "it is not what the entry says")


def _wrong_in_text(row: _Row) -> Iterator[Finding]:
    place = f"trail_payload {row.seq}"
    if row.payload is None:
        if row.masked_by is None:
            yield Finding(row.seq, place, "the text is missing, and no event masks it")
        return
    if row.masked_by is not None:
        yield Finding(row.seq, place, f"the text is there, though event {row.masked_by} masks it")
    if _commitment_of(row.salt, row.payload) != row.commitment:
        yield Finding(row.seq, place, "text and salt do not have the hash that the entry commits to")


def _wrong_at_the_end(last: int, head: str, size_said: int | None, head_said: str | None) -> Iterator[Finding]:
    if size_said is None:
        yield Finding(0, "trail_state", "the row that says where the trail ends is missing")
    elif size_said > last:
        what = f"it says {size_said} events, but the trail ends at {last}: its end is cut off"
        yield Finding(last + 1, "trail_state, size", what)
    elif size_said < last:
        what = f"it says {size_said} events, but the trail goes on to {last}: something was added to its end"
        yield Finding(size_said + 1, "trail_state, size", what)
    elif head_said != head:
        yield Finding(last, "trail_state, head", "it is not the head of the last event")


def _head_after(head: str, leaf: str) -> str | None:
    """The head, or None where the database holds no valid hash."""
    try:
        return head_after(head, leaf)
    except ValueError:
        return None


def _commitment_of(salt: str, payload: str) -> str | None:
    try:
        return commitment_of(salt, payload)
    except ValueError:
        return None
