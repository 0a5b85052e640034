"""Plain words: what comments, docstrings, names and documents say is understood at the first reading.

    .venv/bin/python -m tests.house.test_words

prints how often each file of the project uses a word to avoid.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

WORDS = {
    # what is not written -> what to write
    r"nobody": "no one, or name the person who does not",
    r"who(m)?ever": "the person who, anyone who",
    r"told": "given, informed, named, said; a verb *takes* by= and at=",
    r"hired?": "give a seat, make a member",
    r"heart": "the time of the last run, a sign of life",
    r"rooms?": "package, module; of a case file: access",
    r"doors?": "pages, commands and jobs; the caller",
    r"dossiers?": "case file",
    r"let(s)? go of": "remove, release",
    r"nouns?": "models, tables",
    r"(?<=\")questions (about|of|to)": "queries about",
    r"own feet": "by itself",
    r"as in life": "(leave it out)",
}
"""Words that stand for something else here, or for no one in particular."""

NAMES = frozenset(
    {
        "of", "way", "known", "told", "seen", "own", "near", "at", "here", "glance", "beside", "carry", "thaw",
        "ticking", "sought", "stands", "kept",
    }
)  # fmt: skip
"""Names of functions, classes and modules that say nothing without their docstring."""
VARIABLES = frozenset({"told", "dossier"})

EVERYTHING = (
    "escalation", "tools", "tests", "benchmarks", "docs", "config.py", "wsgi.py", "gunicorn.conf.py",
    "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile",
)  # fmt: skip
APART = ("docs/domain", "docs/ladder.md", "tests/house/test_words.py")
"""The specification; what is generated from sentences that people read; this list."""

PATTERN = re.compile("|".join(rf"(?<![\w-])(?:{word})(?![\w-])" for word in WORDS), re.IGNORECASE)


def files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = ROOT / name
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in inside:
            is_text = file.suffix in {".py", ".md", ".sh"} or file.name == "Makefile"
            if is_text and not str(file.relative_to(ROOT)).startswith(APART):
                yield file


def faults(file: Path) -> list[str]:
    """Each use of a word to avoid, with its line."""
    text = file.read_text("utf-8")
    read = _python(text) if file.suffix == ".py" else _document(text)
    said = [f"{line}: {found.group()}" for line, words in read for found in PATTERN.finditer(words)]
    return said + ([f"{line}: {name}" for line, name in _names(ast.parse(text))] if file.suffix == ".py" else [])


def _document(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a document or script; examples of commands and their output are no prose."""
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("    "):
            yield number, line


def _python(text: str) -> Iterator[tuple[int, str]]:
    """Comments, docstrings (also those of variables) and the names of functions, as words."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from enumerate(f'"{node.value.value}'.splitlines(), node.lineno)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name.replace("_", " ")


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name.lower().strip("_") in NAMES:
            yield node.lineno, f"{node.name} as a name"
        if isinstance(node, ast.arg) and node.arg in VARIABLES:
            yield node.lineno, f"{node.arg} as a name"
        if (
            isinstance(node, ast.arg)
            and node.arg == "found"
            and node.annotation
            and ast.unparse(node.annotation) == "Case"
        ):
            yield node.lineno, "found as the name of a case"
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id in VARIABLES:
            yield node.lineno, f"{node.id} as a name"


def counts() -> dict[str, int]:
    """By file, how many words to avoid it has."""
    return {str(file.relative_to(ROOT)): n for file in files(EVERYTHING) if (n := len(faults(file)))}


@pytest.mark.parametrize("name", EVERYTHING)
def test_it_is_written_in_plain_words(name: str) -> None:
    said = {str(file.relative_to(ROOT)): faults(file) for file in files((name,))}
    assert said, "there is no such file or folder any more: mend EVERYTHING"
    assert {file: found for file, found in said.items() if found} == {}, f"see WORDS and NAMES in {Path(__file__).name}"


def test_words_to_avoid_are_found_where_they_are_written(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        '"""Questions about it."""\nTOLD = "nobody"  # for whoever asks\n\n\ndef way(told):\n    "Nobody."\n'
    )
    assert faults(module) == [
        "2: whoever", '1: Questions about', "6: Nobody", "5: way as a name", "5: told as a name",
    ]  # fmt: skip


if __name__ == "__main__":
    total = counts()
    for file, count in sorted(total.items(), key=lambda pair: -pair[1]):
        print(f"{count:5} {file}")  # noqa: T201
    print(f"{sum(total.values()):5} in all")  # noqa: T201
