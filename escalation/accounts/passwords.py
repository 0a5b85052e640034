"""What makes a password good enough, and how it is kept: argon2id.

The limits are ours, after ``trust.md`` § Access and sessions: at least 15 characters, since a password stands
alone here, and nothing that everyone would guess. Guessable parts are not forbidden, they do not count:
what is left without them must still be long enough.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 15
MOST = 200
LEFT_WITHOUT_GUESSABLE_WORDS = 8
LEAST_DIFFERENT_CHARACTERS = 6

CONTEXT = ("trappan", "eskalering", "region", "stockholm", "kommun", "storsthlm", "sekretariat", "styrgrupp")

HASHER = PasswordHasher()
"""argon2id with the library's current parameters; tests replace it by a cheap one."""


class Flaw(enum.StrEnum):
    """Why a password is not good enough."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    GUESSABLE = "guessable"


class PasswordRefused(Exception):
    """The password is not good enough; ``flaw`` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


def flaw(password: str, *, about: Iterable[str]) -> Flaw | None:
    """What is wrong with a password, or None. ``about`` holds the person's e-mail address and name."""
    password = _normal(password)
    if len(password) < LEAST:
        return Flaw.TOO_SHORT
    if len(password) > MOST:
        return Flaw.TOO_LONG
    rest = password.casefold()
    own = {part for text in about for part in re.split(r"[\W_]+", text.casefold()) if len(part) >= 4}
    for guessable in sorted({*own, *CONTEXT, *_common()}, key=lambda text: (-len(text), text)):
        rest = rest.replace(guessable, "")
    if len(rest) < LEFT_WITHOUT_GUESSABLE_WORDS or len(set(rest)) < LEAST_DIFFERENT_CHARACTERS:
        return Flaw.GUESSABLE
    return None


def hashed(password: str) -> str:
    """The password as it is stored."""
    return HASHER.hash(_normal(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Takes as long when nothing is stored.

    Otherwise the time of the answer would tell which addresses have an account.
    """
    # A longer one cannot have been chosen; hashing it would only cost time.
    tried = _normal(password[: MOST + 1])
    try:
        HASHER.verify(stored or _hash_of_no_password(), tried)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_outdated(stored: str) -> bool:
    """Whether the stored hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(stored)


def _normal(password: str) -> str:
    # The same letters typed on another keyboard may come as other code points. A lone surrogate
    # (broken input) cannot be encoded and therefore never matches.
    return unicodedata.normalize("NFC", password.encode("utf-8", "replace").decode("utf-8"))


@cache
def _hash_of_no_password() -> str:
    return HASHER.hash("nobody has this password")


@cache
def _common() -> frozenset[str]:
    lines = Path(__file__).with_name("common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
