"""Every template compiles and is used; nothing in one runs as script or style."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from escalation.rules.moves.table import MOVES

ROOT = Path(__file__).parent.parent.parent
TEMPLATES = sorted(str(path.relative_to(ROOT / "templates")) for path in (ROOT / "templates").rglob("*.*"))
NAMED_IN_TEMPLATE = re.compile(r"""{%-?\s*(?:extends|from|import|include)\s+["']([^"']+)["']""")


@pytest.mark.one_database
def test_every_template_compiles(app: Flask) -> None:
    assert [app.jinja_env.get_template(name).name for name in TEMPLATES] == TEMPLATES


def test_every_template_is_used() -> None:
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "escalation").rglob("*.py"))
    used = {name for name in TEMPLATES if f'"{name}"' in source}
    used |= {move.template for move in MOVES if move.template}
    reached: set[str] = set()
    while used - reached:
        name = (used - reached).pop()
        reached.add(name)
        used |= set(NAMED_IN_TEMPLATE.findall((ROOT / "templates" / name).read_text("utf-8")))
    assert sorted(set(TEMPLATES) - reached) == []
    assert sorted(reached - set(TEMPLATES)) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_template_holds_inline_style_script_or_a_text_marked_safe(name: str) -> None:
    source = (ROOT / "templates" / name).read_text("utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", source)
    assert not re.search(r"\|\s*safe\b|autoescape\s+false", source)
    for script in re.findall(r"<script[^>]*>", source):
        assert "csp_nonce()" in script or "src=" in script, script
