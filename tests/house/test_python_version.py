"""What the oldest supported Python does otherwise is not used: 3.11.2 is what Debian 12 brings."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
POSSESSIVE = re.compile(r"(?<!\\)[*+?}]\+|\(\?>")


def patterns() -> Iterator[tuple[str, str]]:
    """Every text within a call of ``re``'s functions."""
    for path in [*ROOT.glob("escalation/**/*.py"), *ROOT.glob("tools/*.py"), ROOT / "config.py"]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        yield f"{path.relative_to(ROOT)}:{part.lineno}", part.value


def test_no_pattern_takes_without_giving_back() -> None:
    """Possessive quantifiers and atomic groups match wrongly in 3.11.2 (mended in later 3.11)."""
    found = list(patterns())
    assert len(found) > 30
    assert [where for where, pattern in found if POSSESSIVE.search(pattern)] == []
