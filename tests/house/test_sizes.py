"""No file and no function is too long to be read at once."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
MOST_LINES = 500
MOST_COMPLEX = 12
"""McCabe's number of a function; ruff refuses more (C901)."""


def sources() -> Iterator[Path]:
    """Our Python files and templates. Vendored files are not ours, and a landed migration is never edited."""
    for folder, pattern in (
        ("escalation", "*.py"), ("tests", "*.py"), ("tools", "*.py"), ("benchmarks", "*.py"), ("templates", "*.html"),
    ):  # fmt: skip
        yield from (path for path in sorted((ROOT / folder).rglob(pattern)) if "vendor" not in path.parts)


@pytest.mark.one_database
def test_no_file_has_more_than_five_hundred_lines() -> None:
    lines = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8").count("\n") for path in sources()}
    assert len(lines) > 300
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


@pytest.mark.one_database
def test_ruff_refuses_a_function_that_branches_too_often_and_no_line_is_excepted() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["ruff"]["lint"]
    assert "C901" in lint["select"] or "C90" in lint["select"]
    assert lint["mccabe"]["max-complexity"] == MOST_COMPLEX
    excepted = {path for path in sources() if "noqa: C901" in path.read_text("utf-8")} - {Path(__file__)}
    assert excepted == set()
