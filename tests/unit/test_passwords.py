"""What makes a password good enough."""

from __future__ import annotations

import pytest

from escalation.accounts import passwords
from escalation.accounts.passwords import Flaw

ABOUT = ("karin.lind@tyreso.example", "Handläggare Tyresö")


@pytest.mark.parametrize(
    ("password", "flaw"),
    [
        ("fjorton tecken", Flaw.TOO_SHORT),
        ("å" * 201, Flaw.TOO_LONG),
        ("lösenord lösenord", Flaw.GUESSABLE),
        ("trappan region stockholm", Flaw.GUESSABLE),
        ("Karin.Lind@Tyreso 1", Flaw.GUESSABLE),
        ("aaaaaaaaaaaaaaaaaaaa", Flaw.GUESSABLE),
        ("1234567890123456789", Flaw.GUESSABLE),
        ("QWERTYUIOPasdfghjkl", Flaw.GUESSABLE),
        ("sommar2026Sommar2026", Flaw.GUESSABLE),
        ("gråsugga under isen", None),
        ("regionens bävrar simmar baklänges", None),
    ],
)
def test_guessable_words_do_not_count_and_what_is_left_must_be_long(password: str, flaw: Flaw | None) -> None:
    assert passwords.flaw(password, about=ABOUT) is flaw


def test_the_same_letters_typed_on_another_keyboard_are_the_same_password() -> None:
    stored = passwords.hashed("gra\u030asugga under isen")
    assert passwords.matches(stored, "gråsugga under isen")


def test_nothing_matches_an_account_without_a_password() -> None:
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches(None, "")


def test_a_password_that_cannot_be_written_down_is_refused_and_breaks_nothing() -> None:
    assert not passwords.matches(passwords.hashed("gråsugga under isen"), "\ud800 gråsugga under isen")
