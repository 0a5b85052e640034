"""The plugins that hold the options of a test run and the fixtures."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.support")

pytest_plugins = [
    "tests.support.run",
    "tests.support.shared",
    "tests.support.databases",
    "tests.support.templates",
    "tests.support.app",
    "tests.support.server",
    "tests.support.browser.windows",
    "tests.support.mail",
    "tests.support.stage",
    "tests.support.office",
]
