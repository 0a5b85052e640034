"""Recording an act: what is written, what is refused, and that the chain cannot be bypassed."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.exc import DBAPIError

from escalation.db import Base, prepare_engine
from escalation.db import session as own_session
from escalation.rules.privacy import IdentityNumberFound
from escalation.trail import actions, queries
from escalation.trail.events import EVENTS, MASKED, content_of, facts_of, render, sentence
from escalation.trail.models import Counter, TrailEvent, TrailPayload, TrailState

NOON = dt.datetime(2026, 11, 23, 10, 0, tzinfo=dt.UTC)


def publish(number: str = "VIS-T 2025:2", **given: Any) -> TrailEvent:
    """An act that leaves a text and a state behind."""
    act: dict[str, Any] = {
        "at": NOON,
        "by": "membership:12",
        "about": f"interpretation:{number}",
        "facts": {"number": number},
    }
    return actions.record("interpretation_published", **act | given)


def size(session: Any) -> int:
    length = session.scalar(select(TrailState.size))
    assert isinstance(length, int)
    return length


def test_an_event_holds_ids_in_its_entry_and_words_in_its_payload(session: Any) -> None:
    before = size(session)
    stockholm = dt.timezone(dt.timedelta(hours=1))
    event = publish(
        at=dt.datetime(2026, 11, 23, 11, 0, tzinfo=stockholm),
        content={"summary": "Funktionen får delas – å ä ö", "applies_from": dt.date(2026, 1, 1)},
        state={"status": "current", "replaces": [3, None]},
    )
    session.commit()
    assert json.loads(event.entry) == {
        "seq": before + 1,
        "kind": "interpretation_published",
        "at": "2026-11-23T10:00:00+00:00",
        "by": "membership:12",
        "about": "interpretation:VIS-T 2025:2",
        "state": {"status": "current", "replaces": [3, None]},
        "commitment": event.commitment,
    }
    assert (event.by, event.at, event.state["status"]) == ("membership:12", NOON, "current")
    assert facts_of(event) == {"number": "VIS-T 2025:2"}
    assert content_of(event) == {"summary": "Funktionen får delas – å ä ö", "applies_from": "2026-01-01"}
    assert event.payload is not None
    assert event.payload.payload == (
        '{"content":{"applies_from":"2026-01-01","summary":"Funktionen får delas – å ä ö"},'
        '"facts":{"number":"VIS-T 2025:2"}}'
    )


def test_the_same_act_twice_leaves_different_commitments(session: Any) -> None:
    """The salt keeps a reader of the chain from guessing the text."""
    assert publish().commitment != publish().commitment


def test_an_outsider_recomputes_the_head_with_hashlib_alone(session: Any) -> None:
    for number in range(5):
        publish(f"VIS-T 2025:{number}", content={"summary": "å\n\u2028"})
    actions.mask(size(session) - 2, reason="gallring", by="membership:1", at=NOON)
    session.commit()
    head = bytes(32)
    rows = session.execute(
        text(
            "SELECT e.seq, e.entry, e.leaf, e.head, e.commitment, p.salt, p.payload FROM trail_event e"
            " LEFT JOIN trail_payload p ON p.seq = e.seq ORDER BY e.seq"
        )
    ).all()
    for n, (seq, entry, leaf, its_head, commitment, salt, payload) in enumerate(rows, start=1):
        assert seq == n == json.loads(entry)["seq"]
        assert leaf == sha256(b"\0" + entry.encode("utf-8")).hexdigest()
        head = sha256(b"\1" + head + bytes.fromhex(leaf)).digest()
        assert its_head == head.hex()
        assert json.loads(entry)["commitment"] == commitment
        if payload is not None:
            assert len(bytes.fromhex(salt)) == 32
            assert sha256(bytes.fromhex(salt) + payload.encode("utf-8")).hexdigest() == commitment
    assert session.execute(text("SELECT size, head FROM trail_state")).one() == (len(rows), head.hex())


@pytest.mark.parametrize("facts", [{}, {"number": "1", "reason": "för mycket"}, {"nummer": "1"}])
def test_missing_or_extra_facts_raise_and_leave_no_trace(session: Any, facts: dict[str, str]) -> None:
    before = size(session)
    with pytest.raises(actions.FactsMismatch, match="number"):
        publish(facts=facts)
    session.commit()
    assert size(session) == before
    assert session.scalar(select(func.count()).select_from(TrailPayload)) == before


PERSON = "19121212-1212"
WITH_A_PERSON: list[tuple[str, dict[str, Any]]] = [
    ("number", {"facts": {"number": f"om {PERSON}"}}),
    ("number", {"facts": {"number": 191212121212}}),
    ("summary", {"content": {"summary": f"Rad ett\nPatienten {PERSON}"}}),
    ("lines", {"content": {"lines": [{"text": ["", PERSON]}]}}),
    ("lines", {"content": {"lines": {PERSON: "nyckel"}}}),
    ("status", {"state": {"status": PERSON}}),
    ("about", {"about": f"person:{PERSON}"}),
]


@pytest.mark.parametrize(("field", "given"), WITH_A_PERSON)
def test_an_identity_number_stops_the_act_and_names_the_field(session: Any, field: str, given: dict[str, Any]) -> None:
    before = size(session)
    with pytest.raises(IdentityNumberFound) as refused:
        publish(**given)
    assert refused.value.field == field
    session.commit()
    assert size(session) == before


def test_an_act_without_a_zone_or_of_an_unknown_kind_is_refused(session: Any) -> None:
    with pytest.raises(ValueError, match="naive"):
        publish(at=NOON.replace(tzinfo=None))
    with pytest.raises(KeyError):
        actions.record("case_invented", at=NOON, by="system:test", about="case:1", facts={})


def test_a_rolled_back_act_leaves_neither_event_nor_gap(session: Any) -> None:
    first = publish().seq
    session.commit()
    publish()
    session.rollback()
    assert publish().seq == first + 1
    session.commit()
    assert queries.verify() == []


def test_an_act_in_a_savepoint_can_be_undone_alone(session: Any) -> None:
    first = publish().seq
    inner = session.begin_nested()
    publish()
    inner.rollback()
    assert publish().seq == first + 1
    session.commit()
    assert queries.verify() == []


# --- Sentences ----------------------------------------------------------------------------------------


def test_every_event_is_printed_as_its_sentence(session: Any) -> None:
    event = publish()
    template, facts = sentence(event)
    assert template == "Tolkningsbesked {number} publicerades"
    assert render(event.kind, facts) == "Tolkningsbesked VIS-T 2025:2 publicerades"


def test_a_translated_sentence_takes_the_same_facts() -> None:
    english = {EVENTS["payload_masked"]: "The text of event {seq} was masked: {reason}", MASKED: "[masked]"}
    facts = {"seq": 7, "reason": "{seq} <b>"}
    assert render("payload_masked", facts, english.__getitem__) == "The text of event 7 was masked: {seq} <b>"
    assert render("payload_masked", None, english.__getitem__) == ("The text of event [masked] was masked: [masked]")


# --- Masking ------------------------------------------------------------------------------------------


def test_masking_removes_the_text_and_says_so_about_the_same_object(session: Any) -> None:
    secret = publish(content={"summary": "något som inte skulle stå här"})
    publish("VIS-T 2026:1")
    masking = actions.mask(secret.seq, reason="gallring enligt beslut", by="membership:1", at=NOON)
    assert facts_of(secret) is None
    assert content_of(secret) is None
    session.commit()

    first, second = queries.events_about("interpretation:VIS-T 2025:2")
    assert (first.seq, second.seq) == (secret.seq, masking.seq)
    assert render(first.kind, facts_of(first)) == "Tolkningsbesked [maskerad] publicerades"
    assert render(second.kind, facts_of(second)) == (
        f"Texten i händelse {secret.seq} maskerades: gallring enligt beslut"
    )
    assert json.loads(masking.entry)["masks"] == masking.masks == secret.seq
    assert "något" not in "".join(session.scalars(select(TrailPayload.payload)))
    assert queries.verify() == []


def test_a_text_is_masked_once_and_only_if_there_is_one(session: Any) -> None:
    secret = publish()
    actions.mask(secret.seq, reason="gallring", by="membership:1", at=NOON)
    for seq in (secret.seq, 10_000):
        with pytest.raises(actions.NothingToMask):
            actions.mask(seq, reason="igen", by="membership:1", at=NOON)


def test_a_rolled_back_mask_leaves_the_text(session: Any) -> None:
    secret = publish().seq
    session.commit()
    actions.mask(secret, reason="gallring", by="membership:1", at=NOON)
    session.rollback()
    assert facts_of(session.get(TrailEvent, secret)) == {"number": "VIS-T 2025:2"}


def test_a_reason_with_an_identity_number_masks_nothing(session: Any) -> None:
    secret = publish()
    with pytest.raises(IdentityNumberFound):
        actions.mask(secret.seq, reason=f"röjde {PERSON}", by="membership:1", at=NOON)
    session.commit()
    assert facts_of(secret) is not None


# --- The database refuses -----------------------------------------------------------------------------

REFUSED = {
    "change an entry": "UPDATE trail_event SET entry = entry || ' ' WHERE seq = :seq",
    "change nothing": "UPDATE trail_event SET seq = seq WHERE seq = :seq",
    "delete an event": "DELETE FROM trail_event WHERE seq = :seq",
    "delete every event": "DELETE FROM trail_event",
    "change a text": "UPDATE trail_payload SET payload = '{}' WHERE seq = :seq",
    "change a salt": "UPDATE trail_payload SET salt = '00' WHERE seq = :seq",
    "delete a text": "DELETE FROM trail_payload WHERE seq = :seq",
    "give a masked event a text again": "INSERT INTO trail_payload VALUES (:masked, '00', '{}')",
    "add out of turn": (
        "INSERT INTO trail_event (seq, entry, kind, about, at, commitment, leaf, head)"
        " SELECT seq + 5, entry, kind, about, at, commitment, leaf, head FROM trail_event WHERE seq = :seq"
    ),
    "mask the future": (
        "INSERT INTO trail_event (seq, entry, kind, about, at, masks, commitment, leaf, head)"
        " SELECT :next, entry, 'payload_masked', about, at, :next, commitment, leaf, head"
        " FROM trail_event WHERE seq = :seq"
    ),
    "mask without saying so": (
        "INSERT INTO trail_event (seq, entry, kind, about, at, masks, commitment, leaf, head)"
        " SELECT :next, entry, 'user_created', about, at, :seq, commitment, leaf, head"
        " FROM trail_event WHERE seq = :seq"
    ),
    "mask twice": (
        "INSERT INTO trail_event (seq, entry, kind, about, at, masks, commitment, leaf, head)"
        " SELECT :next, entry, 'payload_masked', about, at, :masked, commitment, leaf, head"
        " FROM trail_event WHERE seq = :seq"
    ),
    "a second state": "INSERT INTO trail_state VALUES (2, 0, '00')",
}
ON_SQLITE = {
    "replace an event": (
        "INSERT OR REPLACE INTO trail_event (seq, entry, kind, about, at, commitment, leaf, head)"
        " SELECT seq, '{}', kind, about, at, commitment, leaf, head FROM trail_event WHERE seq = :seq"
    ),
    "replace a text": "INSERT OR REPLACE INTO trail_payload VALUES (:seq, '00', '{}')",
    "replace a mask": REFUSED["mask twice"].replace("INSERT", "INSERT OR REPLACE"),
}
ON_POSTGRESQL = {
    "empty the trail": "TRUNCATE trail_event CASCADE",
    "empty the texts": "TRUNCATE trail_payload",
}


def test_the_database_refuses_every_change_and_deletion(session: Any) -> None:
    masked, stands = publish().seq, publish("VIS-T 2026:1").seq
    masking = actions.mask(masked, reason="gallring", by="membership:1", at=NOON)
    session.commit()
    names = {"seq": stands, "masked": masked, "next": masking.seq + 1}
    special = ON_SQLITE if session.connection().dialect.name == "sqlite" else ON_POSTGRESQL
    went_through = []
    for what, statement in {**REFUSED, **special}.items():
        try:
            session.execute(text(statement), {k: v for k, v in names.items() if f":{k}" in statement})
            went_through.append(what)
        except DBAPIError:
            pass
        session.rollback()
    assert went_through == []
    assert queries.verify() == []


GUARDS = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name",
    "postgresql": (
        "SELECT t.tgname, pg_get_triggerdef(t.oid) || p.prosrc FROM pg_trigger t"
        " JOIN pg_proc p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal ORDER BY t.tgname"
    ),
}


def test_a_database_made_from_the_models_has_the_guards_of_a_migrated_one(
    session: Any, blank_database_url: str
) -> None:
    engine = create_engine(blank_database_url)
    prepare_engine(engine)
    Base.metadata.create_all(engine)
    question = text(GUARDS[engine.dialect.name])
    with engine.connect() as connection:
        made = connection.execute(question).all()
        assert connection.execute(text("SELECT id, size, head FROM trail_state")).all() == [(1, 0, "0" * 64)]
    engine.dispose()
    assert len(made) >= 7
    assert made == session.execute(question).all()


# --- Numbers ------------------------------------------------------------------------------------------


def test_numbers_are_gapless_per_series_and_year(session: Any) -> None:
    assert [actions.next_number("TEST", 2026) for _ in range(3)] == [1, 2, 3]
    session.commit()
    assert actions.next_number("TEST", 2026) == 4
    session.rollback()
    assert actions.next_number("TEST", 2026) == 4
    assert actions.next_number("TEST", 2027) == 1
    assert actions.next_number("PROV", 2026) == 1


def test_a_demo_sets_the_number_forward_with_an_event_and_never_back(session: Any) -> None:
    event = actions.set_counter("TEST", 2026, 32, by="system:demo", at=NOON)
    assert render(event.kind, facts_of(event)) == "Årets nummerserie ställdes på 32 (bara i demodatabaser)"
    assert actions.next_number("TEST", 2026) == 33
    actions.set_counter("TEST", 2026, 33, by="system:demo", at=NOON)
    with pytest.raises(actions.NumberAlreadyGiven):
        actions.set_counter("TEST", 2026, 32, by="system:demo", at=NOON)
    session.commit()
    assert session.get(Counter, ("TEST", 2026)).last == 33
    assert queries.last_state("counter:TEST-2026") == {"last": 33}


# --- At once ------------------------------------------------------------------------------------------


def at_once(app: Flask, people: int, act: Callable[[int], None]) -> None:
    """Let so many people act in threads of their own, as many requests at one instant would."""
    start = threading.Barrier(people)
    problems: list[Exception] = []

    def run(person: int) -> None:
        with app.app_context():
            start.wait()
            try:
                act(person)
            except Exception as problem:
                problems.append(problem)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_acts_at_the_same_instant_stand_in_a_row_without_gaps(app: Flask, session: Any) -> None:
    before = size(session)
    session.commit()

    def act(person: int) -> None:
        for turn in range(6):
            publish(f"{person}", state={"number": actions.next_number("TEST", 2026)})
            own_session.rollback() if (person + turn) % 3 == 0 else own_session.commit()

    at_once(app, 4, act)
    given = session.scalar(select(Counter.last).where(Counter.series == "TEST"))
    assert given == 4 * 4
    assert size(session) == before + given
    states = [json.loads(e)["state"] for e in session.scalars(select(TrailEvent.entry).order_by(TrailEvent.seq))]
    assert [s["number"] for s in states if "number" in s] == list(range(1, given + 1))
    assert queries.verify() == []
