"""Tests in tests/unit need neither a database nor the application, so that they all run within seconds."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

UNIT = Path(__file__).resolve().parents[1] / "unit"
REFUSED = ("flask", "wsgi", "escalation.app", "escalation.db", "escalation.web", "tests.support.app")


def imported(file: Path) -> set[str]:
    """The modules that a file imports, also as `from package import module`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize("file", sorted(UNIT.rglob("*.py")), ids=lambda file: str(file.relative_to(UNIT)))
def test_a_unit_test_imports_neither_the_application_nor_the_database(file: Path) -> None:
    refused = {name for name in imported(file) if any(f"{name}.".startswith(f"{one}.") for one in REFUSED)}
    assert not refused
