"""Verbs of the trail: record an act, mask a text, give a number. All behind one lock, all gapless.

They change and record within the caller's transaction; the caller commits. A verb that raises has written
nothing, and without its trail event no act is done (``trust.md`` P17).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias, Union

from sqlalchemy import select

from escalation.db import session
from escalation.rules import privacy
from escalation.trail.chain import canonical, commitment_of, head_after, instant, leaf_of
from escalation.trail.events import placeholders
from escalation.trail.models import Counter, TrailEvent, TrailPayload, TrailState

Json: TypeAlias = Union[str, int, dt.date, Sequence["Json"], Mapping[str, "Json"], None]  # noqa: UP007


class FactsMismatch(ValueError):
    """The facts given are not those that the event's sentence asks for."""


class NothingToMask(LookupError):
    """There is no such event, or its text has been masked already."""


class NumberAlreadyGiven(ValueError):
    """The counter is higher already; setting it back would give a number twice."""


def record(
    event: str,
    *,
    at: dt.datetime,
    by: str,
    about: str,
    facts: Mapping[str, str | int | dt.date],
    content: Mapping[str, Json] = {},
    state: Mapping[str, Json] = {},
) -> TrailEvent:
    """Add an event to the chain and return it, flushed.

    ``event`` is a key of ``EVENTS``; ``by`` ``membership:12`` or ``system:sweep``; ``about``
    ``case:ESK-2026-0001``. ``facts`` are the placeholders of the sentence and ``content`` the free texts of
    the act: both go into the text that can be masked. ``state`` is what the act left the object as; it stays
    for ever, so ids and words only.

    Raises ``FactsMismatch`` for missing or extra facts, ``privacy.IdentityNumberFound`` (its ``field`` the
    key in facts or content) for a certain identity number anywhere, ``KeyError`` for an unknown event and
    ``ValueError`` for a naive time.
    """
    return _append(event, at=at, by=by, about=about, facts=facts, content=content, state=state)


def mask(seq: int, *, reason: str, by: str, at: dt.datetime) -> TrailEvent:
    """Remove the text of an event for ever, by an event that says so and why; the chain stays valid.

    The mask event is about the same object. Raises ``NothingToMask``.
    """
    lock()
    masked = session.get(TrailEvent, seq, populate_existing=True)
    if masked is None or masked.payload is None:
        raise NothingToMask(f"event {seq} does not exist or is masked already")
    facts: dict[str, Json] = {"seq": seq, "reason": reason}
    event = _append("payload_masked", at=at, by=by, about=masked.about, facts=facts, masks=seq)
    # The database removed the text with the insert (models.TRIGGERS); forget it here too.
    session.expunge(masked.payload)
    session.expire(masked)
    return event


def next_number(series: str, year: int) -> int:
    """The next number of the series that year, from 1. A rollback gives it back: no gaps."""
    counter = _counter(series, year)
    counter.last += 1
    session.flush()
    return counter.last


def set_counter(series: str, year: int, last: int, *, by: str, at: dt.datetime) -> TrailEvent:
    """Let the next number be ``last + 1``. For demo databases only: it leaves a gap, and the trail says so.

    Raises ``NumberAlreadyGiven`` if the counter has passed ``last``.
    """
    counter = _counter(series, year)
    if counter.last > last:
        raise NumberAlreadyGiven(f"{series} {year} has reached {counter.last}")
    counter.last = last
    about = f"counter:{series}-{year}"
    return record("demo_number_set", at=at, by=by, about=about, facts={"last": last}, state={"last": last})


def lock() -> TrailState:
    """The row that every act locks first: one act at a time, also between processes.

    On SQLite the transaction itself (``BEGIN IMMEDIATE``) is the lock, and FOR UPDATE is left out.
    """
    return session.scalars(select(TrailState).with_for_update(), execution_options={"populate_existing": True}).one()


def _counter(series: str, year: int) -> Counter:
    lock()
    counter = session.get(Counter, (series, year), populate_existing=True)
    if counter is None:
        counter = Counter(series=series, year=year, last=0)
        session.add(counter)
    return counter


def _strings(value: Json) -> Iterator[str]:
    """Every string in a value, keys and numbers too: a number can be an identity number without a hyphen."""
    match value:
        case str():
            yield value
        case Mapping():
            for key, inner in value.items():
                yield key
                yield from _strings(inner)
        case Sequence():
            for inner in value:
                yield from _strings(inner)
        case int():
            yield str(value)


def _append(
    kind: str,
    *,
    at: dt.datetime,
    by: str,
    about: str,
    facts: Mapping[str, Json],
    content: Mapping[str, Json] = {},
    state: Mapping[str, Json] = {},
    masks: int | None = None,
) -> TrailEvent:
    expected = placeholders(kind)
    if facts.keys() != expected:
        raise FactsMismatch(f"{kind} needs the facts {sorted(expected)}, not {sorted(facts)}")
    for field, value in [*facts.items(), *content.items(), *state.items(), ("about", about), ("by", by)]:
        for text in _strings(value):
            privacy.refuse(field, text)

    when = instant(at)
    salt = secrets.token_hex(32)
    payload = canonical({"content": content, "facts": facts})
    commitment = commitment_of(salt, payload)

    end = lock()
    seq = end.size + 1
    entry = {
        "seq": seq,
        "kind": kind,
        "at": when,
        "by": by,
        "about": about,
        "state": state,
        "commitment": commitment,
    }
    if masks is not None:
        entry["masks"] = masks
    written = canonical(entry)
    leaf = leaf_of(written)
    head = head_after(end.head, leaf)
    event = TrailEvent(
        seq=seq,
        entry=written,
        kind=kind,
        about=about,
        at=at,
        masks=masks,
        commitment=commitment,
        leaf=leaf,
        head=head,
        payload=TrailPayload(seq=seq, salt=salt, payload=payload),
    )
    session.add(event)
    end.size, end.head = seq, head
    session.flush()
    return event
