"""Whatever a database owner does to the trail behind the application's back is found, and the place named."""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, create_engine, event, insert, text, update

from escalation.db import db
from escalation.trail import actions, queries
from escalation.trail.chain import canonical, commitment_of, head_after, leaf_of
from escalation.trail.events import facts_of
from escalation.trail.models import TrailEvent, TrailPayload, TrailState

NOON = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)


# --- What an owner can do -----------------------------------------------------------------------------


class Owner:
    """Somebody who owns the database, switches its guards off and knows how the hashes are made."""

    def __init__(self, session: Any) -> None:
        self.session = session
        if session.connection().dialect.name == "postgresql":
            self.do("SET LOCAL session_replication_role = replica")
        else:
            self.do("PRAGMA defer_foreign_keys = ON")
            for (name,) in self.do("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
                self.do(f"DROP TRIGGER {name}")

    def do(self, statement: str, **values: Any) -> Any:
        return self.session.execute(text(statement), values)

    def rows(self) -> list[dict[str, Any]]:
        return [dict(row) for row in self.do("SELECT * FROM trail_event ORDER BY seq").mappings()]

    def row(self, seq: int) -> dict[str, Any]:
        return next(row for row in self.rows() if row["seq"] == seq)

    def change(self, seq: int, /, **columns: Any) -> None:
        self.do(
            f"UPDATE trail_event SET {', '.join(f'{c} = :{c}' for c in columns)} WHERE seq = :n",
            n=seq,
            **columns,
        )

    def change_entry(self, seq: int, /, **fields: Any) -> None:
        self.change(seq, entry=canonical(json.loads(self.row(seq)["entry"]) | fields))

    def delete(self, seq: int, *, with_text: bool = True) -> None:
        if with_text:
            self.do("DELETE FROM trail_payload WHERE seq = :seq", seq=seq)
        self.do("DELETE FROM trail_event WHERE seq = :seq", seq=seq)

    def cut(self, seq: int) -> None:
        """Delete everything after the event."""
        self.do("DELETE FROM trail_payload WHERE seq > :seq", seq=seq)
        self.do("DELETE FROM trail_event WHERE seq > :seq", seq=seq)

    def say_the_end(self, **columns: Any) -> None:
        self.do(f"UPDATE trail_state SET {', '.join(f'{c} = :{c}' for c in columns)}", **columns)

    def add(self, row: dict[str, Any], *, with_text: bool = True) -> None:
        self.do(
            "INSERT INTO trail_event (seq, entry, kind, about, at, masks, commitment, leaf, head)"
            " VALUES (:seq, :entry, :kind, :about, :at, :masks, :commitment, :leaf, :head)",
            **row,
        )
        if with_text:
            self.do("INSERT INTO trail_payload VALUES (:seq, :salt, '{}')", seq=row["seq"], salt="00" * 32)

    def forged(self, seq: int, head: str) -> dict[str, Any]:
        """A new event, whole in itself, that follows this head."""
        first = self.row(1)
        when = json.loads(first["entry"])["at"]
        entry = {"seq": seq, "kind": "user_created", "at": when, "by": "membership:1"}
        entry |= {"about": "user:666", "state": {}, "commitment": commitment_of("00" * 32, "{}")}
        leaf = leaf_of(canonical(entry))
        row = {name: entry[name] for name in ("seq", "kind", "about", "commitment")}
        return row | {
            "entry": canonical(entry),
            "at": first["at"],
            "masks": None,
            "leaf": leaf,
            "head": head_after(head, leaf),
        }

    def move(self, old: int, new: int) -> None:
        """Give an event another number, in its entry and in the one that masks it too."""
        self.change_entry(old, seq=new)
        for row in self.rows():
            if row["masks"] == old:
                self.change_entry(row["seq"], masks=new)
                self.change(row["seq"], masks=new)
        self.do("UPDATE trail_event SET seq = :new WHERE seq = :old", old=old, new=new)
        self.do("UPDATE trail_payload SET seq = :new WHERE seq = :old", old=old, new=new)

    def swap(self, one: int, other: int, *columns: str) -> None:
        first, second = self.row(one), self.row(other)
        self.change(one, **{c: second[c] for c in columns})
        self.change(other, **{c: first[c] for c in columns})

    def recompute(self, first: int, *, last: int | None = None, heads: bool = True, end: bool = False) -> None:
        """Make leaves, and heads, fit the entries again."""
        rows = self.rows()
        for before, row in zip([None, *rows], rows, strict=False):
            if row["seq"] < first or (last is not None and row["seq"] > last):
                continue
            leaf = row["leaf"] = leaf_of(row["entry"])
            if heads:
                row["head"] = head_after(before["head"] if before else "00" * 32, leaf)
            self.change(row["seq"], leaf=leaf, head=row["head"])
        if end:
            self.say_the_end(size=len(rows), head=rows[-1]["head"])


@contextmanager
def owning(session: Any) -> Iterator[Owner]:
    """An owner's work, undone at the end: guards, rows and all."""
    session.rollback()
    try:
        yield Owner(session)
        session.expire_all()
    finally:
        session.rollback()


@dataclass
class Trail:
    """The trail the manipulations are tried on, as sequence numbers, and its head as somebody noted it."""

    first: int
    middle: int
    masked: int
    masking: int
    last: int
    kept: dict[int, str]


@pytest.fixture
def trail(session: Any) -> Trail:
    def act(n: int) -> TrailEvent:
        return actions.record(
            "user_created",
            at=NOON + dt.timedelta(minutes=n),
            by=f"membership:{n}",
            about=f"case:ESK-2026-{n % 4:04}",
            facts={"user": f"nr {n}"},
            content={"note": "å" * n},
            state={"step": n, "phase": "dialogue", "ball": ["secretariat", n]} if n != 8 else {},
        )

    seqs = [act(n).seq for n in range(1, 9)]
    masking = actions.mask(seqs[5], reason="gallring", by="membership:1", at=NOON)
    last = act(9)
    session.commit()
    # The first event of all may be that of the reference data.
    return Trail(1, seqs[3], seqs[5], masking.seq, last.seq, {seqs[7]: act_head(session, seqs[7]), last.seq: last.head})


def act_head(session: Any, seq: int) -> str:
    return str(session.get(TrailEvent, seq).head)


OTHER_TIME = NOON - dt.timedelta(days=1)
Manipulation = tuple[str, Callable[[Owner], object], set[int]]


def manipulations(trail: Trail) -> Iterator[Manipulation]:
    """What is done, how, and which event may be named for it."""
    yield from _fields_of_an_entry(trail)
    for seq in (trail.first, trail.middle, trail.last):
        yield from _rewritten_entries(trail, seq)
    yield from _columns(trail)
    yield from _texts(trail)
    yield from _events_taken_away(trail)
    yield from _end_cut_off(trail)
    yield from _events_added(trail)
    yield from _events_swapped(trail)
    yield from _what_the_end_says(trail)


def _fields_of_an_entry(trail: Trail) -> Iterator[Manipulation]:
    middle = trail.middle
    fields: dict[str, Any] = {
        "seq": 999, "kind": "interpretation_published", "at": OTHER_TIME.isoformat(), "by": "membership:666",
        "about": "case:ESK-2026-0666", "commitment": "ab" * 32, "state": {"step": 3}, "added": 1, "masks": 2,
    }  # fmt: skip
    for name, value in fields.items():
        yield f"{name} in entry", _change_entry(middle, **{name: value}), {middle}
    yield "entry is no JSON", lambda o: o.change(middle, entry="{"), {middle}
    yield "entry is a list", lambda o: o.change(middle, entry="[]"), {middle}
    yield "entry has lost a field", lambda o: o.change(middle, entry='{"seq":4}'), {middle}
    yield "entry spelled otherwise", lambda o: o.change(middle, entry=o.row(middle)["entry"] + " "), {middle}


def _change_entry(seq: int, /, **fields: Any) -> Callable[[Owner], object]:
    return lambda o: o.change_entry(seq, **fields)


def _rewritten_entries(trail: Trail, seq: int) -> Iterator[Manipulation]:
    """An entry alone, with the leaf made to fit, with leaf and head made to fit, and so on to the end."""

    def rewrite(o: Owner, **how: Any) -> None:
        o.change_entry(seq, by="membership:666")
        o.recompute(seq, **how)

    yield f"by in entry {seq}", lambda o: o.change_entry(seq, by="system:nobody"), {seq}
    yield f"entry {seq}, leaf fits", lambda o: rewrite(o, last=seq, heads=False), {seq}
    yield f"entry {seq}, leaf and head fit", lambda o: rewrite(o, last=seq), {min(seq + 1, trail.last)}
    yield f"entry {seq}, all fits to the end", lambda o: rewrite(o), {trail.last}
    known = min(size for size in trail.kept if size >= seq)
    yield f"entry {seq}, everything computed anew", lambda o: rewrite(o, end=True), {known}


def _columns(trail: Trail) -> Iterator[Manipulation]:
    """Each column beside the entry."""
    middle, last = trail.middle, trail.last
    columns = {"kind": "interpretation_published", "about": "case:ESK-2026-0666"}
    columns |= {"commitment": "ab" * 32, "leaf": "ab" * 32, "head": "ab" * 32}
    for name, value in columns.items():
        yield f"column {name}", _change(middle, **{name: value}), {middle}
    yield "masks, with kind", lambda o: o.change(middle, masks=2, kind="payload_masked"), {middle}
    yield "column at", lambda o: o.session.execute(
        update(TrailEvent).where(TrailEvent.seq == middle).values(at=OTHER_TIME)
    ), {middle}  # fmt: skip
    yield "leaf is no hash", lambda o: o.change(middle, leaf="ö"), {middle}
    yield "head is no hash", lambda o: o.change(middle, head="ö"), {middle}
    yield "column head of the last", lambda o: o.change(last, head="cd" * 32), {last}
    yield "mask taken away", _change(trail.masking, masks=None, kind="user_created"), {trail.masking}
    yield "mask points elsewhere", lambda o: o.change(trail.masking, masks=middle), {middle, trail.masked}


def _change(seq: int, /, **columns: Any) -> Callable[[Owner], object]:
    return lambda o: o.change(seq, **columns)


def _texts(trail: Trail) -> Iterator[Manipulation]:
    middle, last = trail.middle, trail.last

    def text_of(seq: int, column: str, value: str) -> Callable[[Owner], object]:
        return lambda o: o.do(f"UPDATE trail_payload SET {column} = :v WHERE seq = :seq", v=value, seq=seq)

    def without_text(seq: int) -> Callable[[Owner], object]:
        return lambda o: o.do("DELETE FROM trail_payload WHERE seq = :seq", seq=seq)

    def with_text(seq: int) -> Callable[[Owner], object]:
        return lambda o: o.do("INSERT INTO trail_payload VALUES (:seq, :salt, '{}')", seq=seq, salt="00" * 32)

    def swap_texts(o: Owner) -> None:
        for old, new in ((middle, -1), (middle + 1, middle), (-1, middle + 1)):
            o.do("UPDATE trail_payload SET seq = :new WHERE seq = :old", old=old, new=new)

    for seq in (trail.first, middle, last):
        yield f"text {seq} changed", text_of(seq, "payload", '{"content":{},"facts":{"user":"nr 666"}}'), {seq}
        yield f"salt {seq} changed", text_of(seq, "salt", "ab" * 32), {seq}
        yield f"text {seq} deleted", without_text(seq), {seq}
    yield "salt is no hash", text_of(middle, "salt", "ö"), {middle}
    yield "text of a mask deleted", without_text(trail.masking), {trail.masking}
    yield "text put back under a mask", with_text(trail.masked), {trail.masked}
    yield "text of no event", with_text(last + 7), {last + 7}
    yield "two texts swapped", swap_texts, {middle}


def _events_taken_away(trail: Trail) -> Iterator[Manipulation]:
    middle, last = trail.middle, trail.last

    def delete(seq: int, *, with_text: bool = True) -> Callable[[Owner], object]:
        return lambda o: o.delete(seq, with_text=with_text)

    def delete_three(o: Owner) -> None:
        for n in range(3):
            o.delete(middle + n)

    def close_the_gap(o: Owner, **how: Any) -> None:
        o.delete(middle)
        for seq in range(middle + 1, last + 1):
            o.move(seq, seq - 1)
        if how:
            o.recompute(middle, **how)

    for seq in (trail.first, middle, last):
        yield f"event {seq} deleted", delete(seq), {seq}
        yield f"event {seq} deleted without its text", delete(seq, with_text=False), {seq}
    yield "three events deleted", delete_three, {middle}
    yield "deleted, the rest renumbered", close_the_gap, {middle}
    yield "deleted, the rest renumbered, leaves fit", lambda o: close_the_gap(o, heads=False), {middle}
    yield "deleted, the rest renumbered, all anew", lambda o: close_the_gap(o, end=True), {last}


def _end_cut_off(trail: Trail) -> Iterator[Manipulation]:
    middle = trail.middle

    def cut_and_say(o: Owner, **what: Any) -> None:
        o.cut(middle)
        o.say_the_end(**what)

    def empty(o: Owner) -> None:
        o.cut(0)
        o.say_the_end(size=0, head="00" * 32)

    yield "end cut", lambda o: o.cut(middle), {middle + 1}
    yield "end cut, size fits", lambda o: cut_and_say(o, size=middle), {middle}
    yield "end cut, head fits", lambda o: cut_and_say(o, head=o.row(middle)["head"]), {middle + 1}
    yield "end cut, both fit", lambda o: cut_and_say(o, size=middle, head=o.row(middle)["head"]), {middle + 1}
    yield "everything gone", lambda o: o.cut(0), {1}
    yield "everything gone, and the end says so", empty, {1}


def _events_added(trail: Trail) -> Iterator[Manipulation]:
    middle, last = trail.middle, trail.last

    def append(o: Owner, *, end: bool) -> None:
        o.add(o.forged(last + 1, o.row(last)["head"]))
        if end:
            o.say_the_end(size=last + 1)

    def squeeze_in(o: Owner, *, end: bool) -> None:
        for seq in range(last, middle - 1, -1):
            o.move(seq, seq + 1)
        o.add(o.forged(middle, o.row(middle - 1)["head"]))
        if end:
            o.recompute(middle, end=True)

    yield "event added", lambda o: append(o, end=False), {last + 1}
    yield "event added, size fits", lambda o: append(o, end=True), {last + 1}
    yield "event added beyond the end", lambda o: o.add(o.forged(last + 3, o.row(last)["head"])), {last + 1}
    yield "event squeezed in", lambda o: squeeze_in(o, end=False), {middle + 1}
    yield "event squeezed in, everything computed anew", lambda o: squeeze_in(o, end=True), set(trail.kept)


def _events_swapped(trail: Trail) -> Iterator[Manipulation]:
    middle = trail.middle
    whole = ("entry", "kind", "about", "at", "commitment", "leaf", "head")
    yield "two events swapped", lambda o: o.swap(middle, middle + 1, *whole), {middle}
    yield "two entries swapped", lambda o: o.swap(middle, middle + 1, "entry"), {middle}
    yield "two leaves swapped", lambda o: o.swap(middle, middle + 1, "leaf"), {middle}
    yield "two heads swapped", lambda o: o.swap(middle, middle + 1, "head"), {middle}


def _what_the_end_says(trail: Trail) -> Iterator[Manipulation]:
    last = trail.last
    yield "size one less", lambda o: o.say_the_end(size=last - 1), {last}
    yield "size one more", lambda o: o.say_the_end(size=last + 1), {last + 1}
    yield "head of the end", lambda o: o.say_the_end(head="ab" * 32), {last}
    yield "no end", lambda o: o.do("DELETE FROM trail_state"), {0}


def test_every_manipulation_is_found_and_its_place_named(session: Any, trail: Trail) -> None:
    unseen = []
    tried = 0
    for what, manipulate, places in manipulations(trail):
        with owning(session) as owner:
            manipulate(owner)
            findings = queries.verify(trail.kept)
        tried += 1
        if not places & {finding.seq for finding in findings}:
            unseen.append((what, places, [str(finding) for finding in findings]))
        assert queries.verify(trail.kept) == [], f"{what} was not undone"
    assert unseen == []
    assert tried >= 40


def test_without_a_head_kept_outside_only_a_whole_rewriting_goes_unseen(session: Any, trail: Trail) -> None:
    """Why receipts and minutes carry size and head: nothing inside a database can show this."""
    unseen = set()
    for what, manipulate, _ in manipulations(trail):
        with owning(session) as owner:
            manipulate(owner)
            if queries.verify() == []:
                unseen.add(what)
    anew = {f"entry {seq}, everything computed anew" for seq in (trail.first, trail.middle, trail.last)}
    assert unseen == anew | {
        "deleted, the rest renumbered, all anew",
        "end cut, both fit",
        "everything gone, and the end says so",
        "event squeezed in, everything computed anew",
    }


def test_what_is_done_in_earnest_from_another_connection_is_found_too(app: Flask, session: Any, trail: Trail) -> None:
    session.rollback()
    engine = create_engine(db.engine.url)
    with engine.begin() as connection:
        Owner(_Bare(connection)).do("DELETE FROM trail_payload WHERE seq = :seq", seq=trail.middle)
    engine.dispose()
    [finding] = queries.verify()
    assert str(finding) == f"trail_payload {trail.middle}: the text is missing, and no event masks it"


@dataclass
class _Bare:
    """A plain connection where an owner expects a session."""

    bare: Connection

    def connection(self) -> Connection:
        return self.bare

    def execute(self, statement: Any, values: dict[str, Any]) -> Any:
        return self.bare.execute(statement, values)


def test_an_untouched_trail_with_a_mask_passes(session: Any, trail: Trail) -> None:
    assert queries.verify() == []
    assert queries.verify(trail.kept) == []


def test_an_empty_trail_passes(session: Any) -> None:
    with owning(session) as owner:
        owner.cut(0)
        owner.say_the_end(size=0, head="00" * 32)
        assert queries.verify() == []


def test_a_finding_reads_as_a_sentence_with_its_place(session: Any, trail: Trail) -> None:
    with owning(session) as owner:
        owner.delete(trail.middle)
        owner.delete(trail.middle + 1)
        [finding] = queries.verify()
    gone = trail.middle
    assert str(finding) == f"trail_event {gone}: events {gone}–{gone + 1} are missing"


# --- Questions ----------------------------------------------------------------------------------------


def test_the_newest_state_is_that_of_the_last_act_that_tells_one(session: Any, trail: Trail) -> None:
    states = queries.latest_states("case:")
    assert {about: state["step"] for about, state in states.items()} == {
        "case:ESK-2026-0000": 4,  # event 8 had none
        "case:ESK-2026-0001": 9,
        "case:ESK-2026-0002": 6,  # its mask tells none
        "case:ESK-2026-0003": 7,
    }
    assert queries.last_state("case:ESK-2026-0001") == {
        "step": 9,
        "phase": "dialogue",
        "ball": ["secretariat", 9],
    }
    assert queries.last_state("case:ESK-2026-000_") is None


def test_a_timeline_with_its_texts_is_one_query(session: Any, trail: Trail) -> None:
    session.expire_all()
    asked = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    timeline = queries.events_about("case:ESK-2026-0001")
    assert [facts_of(e) for e in timeline] == [{"user": "nr 1"}, {"user": "nr 5"}, {"user": "nr 9"}]
    assert len(asked) == 1


def lengthen(session: Any, count: int) -> None:
    """Add so many events to the chain, with texts, and commit."""
    start = session.get(TrailState, 1)
    head, events, payloads = start.head, [], []
    for seq in range(start.size + 1, start.size + count + 1):
        salt, payload = secrets.token_hex(32), canonical({"content": {}, "facts": {"user": f"nr {seq} åäö" * 10}})
        event = {"seq": seq, "kind": "user_created", "about": f"case:{seq % 500}", "at": NOON}
        event["commitment"] = commitment_of(salt, payload)
        entry = canonical(event | {"by": "membership:1", "state": {"step": 1, "phase": "dialogue"}})
        leaf = leaf_of(entry)
        head = head_after(head, leaf)
        events.append(event | {"entry": entry, "leaf": leaf, "head": head})
        payloads.append({"seq": seq, "salt": salt, "payload": payload})
    session.execute(insert(TrailEvent), events)
    session.execute(insert(TrailPayload), payloads)
    start.size, start.head = start.size + count, head
    session.commit()


def test_a_long_chain_is_verified_in_as_many_questions_as_a_short_one(session: Any) -> None:
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))

    def counted(more: int) -> int:
        lengthen(session, more)
        asked.clear()
        assert queries.verify() == []
        return len(asked)

    assert counted(10) == counted(3000)
