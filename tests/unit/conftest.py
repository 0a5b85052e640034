"""Tests of rules and functions that need neither a database nor the application. `make check` runs them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def databases() -> None:
    """Refuse the fixture that all others with a database rest on."""
    pytest.fail("a test in tests/unit has no database; move it to the folder of its package")
