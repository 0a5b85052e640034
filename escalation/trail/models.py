"""The trail's tables, and the triggers that keep them append-only (``trust.md`` § Trail).

An event is never changed and never deleted. Its text lies apart and can be removed in one way only: by
adding an event that masks it. The database itself then removes the text, in the same statement, so that
neither can be had without the other. A database owner can switch triggers off; what the owner then does
is found by ``trail.queries.verify``. SQLite has no roles; on PostgreSQL the application's role should
lack UPDATE, DELETE and TRUNCATE on ``trail_event`` as well.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import DDL, CheckConstraint, ForeignKey, String, Table, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from escalation.db import Base
from escalation.trail.chain import EMPTY_HEAD

HASH = String(64)


class TrailPayload(Base):
    """The text of an event: canonical JSON ``{"content": {…}, "facts": {…}}`` and the salt that hides it."""

    __tablename__ = "trail_payload"

    seq: Mapped[int] = mapped_column(ForeignKey("trail_event.seq"), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(HASH)
    payload: Mapped[str] = mapped_column(Text)


class TrailEvent(Base):
    """One act, in its place in the chain.

    ``entry`` is canonical JSON ``{about, at, by, commitment, kind, seq, state}``, in an event that masks
    another also ``masks``; it is what the chain protects. The columns beside it repeat it for searching.
    Actors and objects are written as ids: ``membership:12``, ``case:ESK-2026-0001``. ``payload`` is None when the
    text has been masked.
    """

    __tablename__ = "trail_event"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_starts_at_one"),
        CheckConstraint("(kind = 'payload_masked') = (masks IS NOT NULL)", name="mask_names_what_it_masks"),
        CheckConstraint("masks < seq", name="masks_what_came_before"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(String(120), index=True)
    at: Mapped[dt.datetime]
    masks: Mapped[int | None] = mapped_column(ForeignKey("trail_event.seq"), unique=True)
    commitment: Mapped[str] = mapped_column(HASH)
    leaf: Mapped[str] = mapped_column(HASH)
    head: Mapped[str] = mapped_column(HASH)

    # Always read with the event: a timeline must not ask once for each line.
    payload: Mapped[TrailPayload | None] = relationship(lazy="joined", passive_deletes="all")

    @property
    def by(self) -> str:
        """Who acted: ``membership:12``, ``system:sweep``."""
        return str(json.loads(self.entry)["by"])

    @property
    def state(self) -> dict[str, Any]:
        """The state of the object after the act, in ids and words; empty when the act did not change it."""
        state: dict[str, Any] = json.loads(self.entry)["state"]
        return state


class TrailState(Base):
    """The one row that every act locks first: how long the chain is, and its head."""

    __tablename__ = "trail_state"
    __table_args__ = (
        CheckConstraint("id = 1", name="one_row"),
        CheckConstraint("size >= 0", name="size_counts_events"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]
    head: Mapped[str] = mapped_column(HASH)


class Counter(Base):
    """The last number given in a series and year; gapless, unlike a sequence."""

    __tablename__ = "counter"
    __table_args__ = (CheckConstraint("last >= 0", name="last_counts_numbers"),)

    series: Mapped[str] = mapped_column(String(20), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


_FIRST_STATE = f"INSERT INTO trail_state (id, size, head) VALUES (1, 0, '{EMPTY_HEAD}')"  # noqa: S608 (a constant)

_STANDS = "a trail event is never changed or deleted"
_FOLLOWS = "a trail event takes the next number, and masks a text but once"
_TEXT_STANDS = "the text of a trail event is never changed, and deleted only by the event that masks it"
_TEXT_IS_NEW = "a trail event has one text, and none again once it is masked"

_OUT_OF_TURN = """NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM trail_event)
    OR EXISTS (SELECT 1 FROM trail_event WHERE masks = NEW.masks)"""
_NOT_MASKED = "NOT EXISTS (SELECT 1 FROM trail_event WHERE masks = OLD.seq)"
_HAS_HAD_TEXT = """EXISTS (SELECT 1 FROM trail_payload WHERE seq = NEW.seq)
    OR EXISTS (SELECT 1 FROM trail_event WHERE masks = NEW.seq)"""


def _sqlite(name: str, when: str, message: str, condition: str = "1") -> str:
    return f"CREATE TRIGGER {name} {when} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{message}'); END"


def _postgresql(name: str, message: str, condition: str = "true") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        f"IF {condition} THEN RAISE EXCEPTION USING MESSAGE = '{message}', ERRCODE = '23000'; END IF;\n"
        "RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END; END $$"
    )


# The same rules in two languages, for each way a row can come, change or go. That an insert takes the next
# number also stops SQLite's INSERT OR REPLACE, which deletes without asking the triggers for DELETE.
TRIGGERS: dict[str, list[str]] = {
    "sqlite": [
        _FIRST_STATE,
        _sqlite("trail_event_follows", "BEFORE INSERT ON trail_event", _FOLLOWS, _OUT_OF_TURN),
        _sqlite("trail_event_update", "BEFORE UPDATE ON trail_event", _STANDS),
        _sqlite("trail_event_delete", "BEFORE DELETE ON trail_event", _STANDS),
        "CREATE TRIGGER trail_event_masks AFTER INSERT ON trail_event WHEN NEW.masks IS NOT NULL"
        " BEGIN DELETE FROM trail_payload WHERE seq = NEW.masks; END",
        _sqlite("trail_payload_new", "BEFORE INSERT ON trail_payload", _TEXT_IS_NEW, _HAS_HAD_TEXT),
        _sqlite("trail_payload_update", "BEFORE UPDATE ON trail_payload", _TEXT_STANDS),
        _sqlite("trail_payload_delete", "BEFORE DELETE ON trail_payload", _TEXT_STANDS, _NOT_MASKED),
    ],
    "postgresql": [
        _FIRST_STATE,
        _postgresql("trail_event_follows", _FOLLOWS, _OUT_OF_TURN),
        _postgresql("trail_event_stands", _STANDS),
        "CREATE OR REPLACE FUNCTION trail_event_masks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
        "DELETE FROM trail_payload WHERE seq = NEW.masks; RETURN NEW; END $$",
        _postgresql("trail_payload_new", _TEXT_IS_NEW, _HAS_HAD_TEXT),
        _postgresql("trail_payload_stands", _TEXT_STANDS),
        _postgresql("trail_payload_delete", _TEXT_STANDS, _NOT_MASKED),
        "CREATE TRIGGER trail_event_follows BEFORE INSERT ON trail_event"
        " FOR EACH ROW EXECUTE FUNCTION trail_event_follows()",
        "CREATE TRIGGER trail_event_stands BEFORE UPDATE OR DELETE ON trail_event"
        " FOR EACH ROW EXECUTE FUNCTION trail_event_stands()",
        "CREATE TRIGGER trail_event_truncate BEFORE TRUNCATE ON trail_event"
        " FOR EACH STATEMENT EXECUTE FUNCTION trail_event_stands()",
        "CREATE TRIGGER trail_event_masks AFTER INSERT ON trail_event"
        " FOR EACH ROW WHEN (NEW.masks IS NOT NULL) EXECUTE FUNCTION trail_event_masks()",
        "CREATE TRIGGER trail_payload_new BEFORE INSERT ON trail_payload"
        " FOR EACH ROW EXECUTE FUNCTION trail_payload_new()",
        "CREATE TRIGGER trail_payload_stands BEFORE UPDATE ON trail_payload"
        " FOR EACH ROW EXECUTE FUNCTION trail_payload_stands()",
        "CREATE TRIGGER trail_payload_delete BEFORE DELETE ON trail_payload"
        " FOR EACH ROW EXECUTE FUNCTION trail_payload_delete()",
        "CREATE TRIGGER trail_payload_truncate BEFORE TRUNCATE ON trail_payload"
        " FOR EACH STATEMENT EXECUTE FUNCTION trail_payload_stands()",
    ],
}


def _attach_triggers() -> None:
    """Make ``create_all`` create the same triggers as the migration."""
    state, payload = TrailState.__table__, TrailPayload.__table__
    assert isinstance(state, Table)
    assert isinstance(payload, Table)
    # The texts refer to the events, so theirs is the last table to come.
    for dialect, statements in TRIGGERS.items():
        for statement in statements:
            table = state if statement is _FIRST_STATE else payload
            ddl = DDL(statement).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]
            event.listen(table, "after_create", ddl)


_attach_triggers()
