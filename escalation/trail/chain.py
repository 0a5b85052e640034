"""The arithmetic of the trail: four hashes and one way of writing JSON. An outsider can repeat it all.

``commitment = SHA-256(salt ‖ payload)`` stands in the entry, ``leaf = SHA-256(0x00 ‖ entry)``,
``head_n = SHA-256(0x01 ‖ head_{n-1} ‖ leaf_n)``, ``head_0`` is 32 zero bytes (``trust.md`` § Trail).
Hashes and salts are 32 bytes, written as 64 hexadecimal digits; texts are hashed as UTF-8.
"""

from __future__ import annotations

import datetime as dt
import json
from hashlib import sha256

EMPTY_HEAD = "00" * 32


def instant(at: dt.datetime) -> str:
    """The instant as an entry writes it: ISO 8601 in UTC. Raises ``ValueError`` for a naive time."""
    if at.tzinfo is None:
        raise ValueError(f"a naive time has no meaning here: {at!r}")
    return at.astimezone(dt.UTC).isoformat()


def _plain(value: object) -> str:
    if isinstance(value, dt.datetime):
        return instant(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"the trail cannot hold a {type(value).__name__}")


def canonical(value: object) -> str:
    """JSON with one spelling: keys sorted, no spaces, letters as themselves, days and instants as ISO."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain)


def commitment_of(salt: str, payload: str) -> str:
    """The commitment that an entry holds in place of its text."""
    return sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def leaf_of(entry: str) -> str:
    """The hash of one entry."""
    return sha256(b"\x00" + entry.encode()).hexdigest()


def head_after(head: str, leaf: str) -> str:
    """The head of the chain when this leaf is added to it."""
    return sha256(b"\x01" + bytes.fromhex(head) + bytes.fromhex(leaf)).hexdigest()
