"""What people read is Swedish and goes through gettext; the source string is the Swedish one."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "escalation").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
"""Pages. Letters (templates/mail) are Swedish: no reader's language is known when one is sent."""

TRANSLATES = {"say", "_", "gettext", "ngettext", "lazy_gettext", "_l", "Term"}
ELSEWHERE = {
    # files whose Swedish is no text of a page
    **{
        f"rules/moves/{path.name}": "the words of a row are translated where they are printed (web.cases.acts)"
        for path in (ROOT / "escalation/rules/moves").glob("*.py")
    },
    "trail/events.py": "the sentences are translated where they are printed (render, web.cases.words)",
    "rules/workdays.py": "names of days, and the reason of an exception that only the command line prints",
    "rules/privacy.py": "what the identity guard looks for",
    "agreements/actions.py": "the reason of an exception that only the command line prints",
    "nudges/actions.py": "the last error of a mail, as the health page quotes it",
    "watch/transports.py": "the last error of a mail, as the health page quotes it",
    "watch/letters.py": "letters are written when no reader's language is known: in Swedish",
    "web/cases/receipts.py": "names of days, as the receipts hold them",
}
SWEDISH = re.compile("[åäöÅÄÖ]")
PATTERN = re.compile(r"\\[sdwW]|\[[^\]]+\]")
WORDS = re.compile(r"[A-Za-zÅÄÖåäö]{3,}")
NAMES = {"Trappan", "HÖK"}
INPUT_TYPES = {"text", "date", "password"}
READ_ALOUD = re.compile(r"""\b(?:aria-label|title|alt|placeholder)="([^"]+)\"""")


def docstrings(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def called(node: ast.Call) -> str:
    return str(getattr(node.func, "id", None) or getattr(node.func, "attr", ""))


def untranslated(path: Path) -> list[str]:
    tree = ast.parse(path.read_text("utf-8"))
    passed = {*docstrings(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) in TRANSLATES:
            passed |= {id(inner) for inner in ast.walk(node)}
    return [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.value[:60]!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        and id(node) not in passed and SWEDISH.search(node.value)
        and not PATTERN.search(node.value) and WORDS.findall(node.value) != ["HÖK"]
    ]  # fmt: skip


def test_every_swedish_sentence_of_the_code_is_marked_for_translation() -> None:
    here = {str(p.relative_to(ROOT / "escalation")): p for p in SOURCES}
    assert set(ELSEWHERE) <= set(here), "a file that is gone needs no exception"
    assert [found for name, path in here.items() if name not in ELSEWHERE for found in untranslated(path)] == []


def shown(path: Path) -> str:
    """The text and tags of a template without anything that Jinja puts in, or that a trans block holds."""
    kept, inside = [], False
    lexed = list(Environment(autoescape=True).lex(path.read_text("utf-8")))
    for place, (_line, kind, value) in enumerate(lexed):
        if kind == "name" and lexed[place - 1][1] in {"block_begin", "whitespace"}:
            inside = {"trans": True, "endtrans": False}.get(value, inside)
        if kind == "data" and not inside:
            kept.append(value)
    return " ".join(kept)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: str(p.relative_to(ROOT / "templates")))
def test_a_template_holds_no_text_of_its_own(path: Path) -> None:
    text = shown(path)
    spoken = [label for label in READ_ALOUD.findall(text) if set(WORDS.findall(label)) - NAMES]
    unseen = r"<(script|style)\b.*?</\1>|<!--.*?-->|<[^>]*>|&\w+;|[a-z-]+=\"[^\"]*\""
    visible = re.sub(unseen, " ", text, flags=re.DOTALL)
    assert spoken == []
    assert set(WORDS.findall(visible)) - NAMES - INPUT_TYPES == set()
