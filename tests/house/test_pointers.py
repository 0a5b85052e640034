"""Every pointer leads somewhere: `domain/05 § 5.2` in a comment is a section of `docs/domain`, and what a document for
developers names is there: `cases/course.py:advance` is a function of that file. So is what a docstring or a comment
names as ``course.advance`` or ``watch.health.INTERVALS``.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.support.app import ROOT

DOMAIN = ROOT / "docs/domain"
SPEAKS = ("escalation", "tests", "tools", "benchmarks", "migrations", "templates", "config.py", "wsgi.py", "README.md")
POINTER = re.compile(r"domain/(\d\d)(?:-[a-z]+)?(?:\W{1,6}§ (\d+\.\d+))?|(trust)\.md(?:\W{1,6}§ ([A-Z]\w+))?")
GUIDES = ("docs/architecture.md", "docs/how-to", "docs/decisions", "README.md", "CONTRIBUTING.md")
"""Documents for developers. They name files from the root of the repository or from `escalation/`."""
MADE_BY_A_START = {"instance/"}
NAMED = re.compile(r"`([\w./-]+(?:/|\.(?:py|toml|md|po|svg|html|yaml|sh|cfg)))(?::([\w.]+))?`")
DOTTED = re.compile(r"``([a-z]\w*(?:\.\w+)+)(?:\(\))?``")
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
KNOWN = frozenset({".py", ".toml", ".md", ".html", ".sh", ".mako"})


def files() -> Iterator[Path]:
    for name in SPEAKS:
        path = ROOT / name
        yield from (p for p in path.rglob("*") if p.suffix in KNOWN) if path.is_dir() else [path]


def sections(file: Path) -> set[str]:
    """The headings of a file: "5.2" of "### 5.2 Transitions", "Trail" of "## Trail"."""
    return {line.split()[1] for line in file.read_text("utf-8").splitlines() if line.startswith("#")}


def test_every_pointer_into_the_specification_leads_to_a_section() -> None:
    known = {path.name[:2] if path.name[0].isdigit() else path.stem: sections(path) for path in DOMAIN.glob("*.md")}
    dangling, followed = [], 0
    for path in files():
        for number, section, trust, heading in POINTER.findall(path.read_text("utf-8")):
            followed += 1
            there = known.get(number or trust)
            wanted = section or heading
            if there is None or (wanted and wanted not in there):
                dangling.append(f"{path.relative_to(ROOT)}: {number or trust} {wanted}")
    assert followed > 100
    assert dangling == []


def guides() -> Iterator[Path]:
    for name in GUIDES:
        path = ROOT / name
        yield from sorted(path.glob("*.md")) if path.is_dir() else [path]


def names_in(module: Path) -> set[str]:
    """The functions, classes and variables of a module; a method as `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return found


def test_every_file_and_function_that_a_guide_names_is_there() -> None:
    dangling, followed = [], 0
    for guide in guides():
        text = guide.read_text("utf-8")
        for file, name in NAMED.findall(text):
            if file in MADE_BY_A_START or (guide.name == "README.md" and not (ROOT / file.split("/")[0]).exists()):
                continue
            followed += 1
            there = next((p for p in (ROOT / file, ROOT / "escalation" / file) if p.exists()), None)
            if there is None or (name and name not in names_in(there)):
                dangling.append(f"{guide.relative_to(ROOT)}: {file} {name}")
        dangling += [
            f"{guide.relative_to(ROOT)}: {to}" for to in LINK.findall(text) if not (guide.parent / to).exists()
        ]
    assert followed > 30
    assert dangling == []


def leads_somewhere(dotted: str, modules: dict[str, set[str]]) -> bool:
    """Whether ``package.module.name`` or a shorter end of it is a module, or a name in a module."""
    parts = dotted.split(".")
    ends = [(f".{'.'.join(parts[:n])}", ".".join(parts[n:])) for n in range(1, len(parts) + 1)]
    return any(
        module.endswith(end) and (not name or name in names) for module, names in modules.items() for end, name in ends
    )


def test_every_function_that_the_code_names_in_a_docstring_or_a_comment_is_there() -> None:
    package = ROOT / "escalation"
    files = [path for path in sorted(package.rglob("*.py")) if path.name != "__init__.py"]
    modules = {f".{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}": names_in(path) for path in files}
    named = {(path, dotted) for path in package.rglob("*.py") for dotted in DOTTED.findall(path.read_text("utf-8"))}
    ours = {
        (path.relative_to(package), dotted)
        for path, dotted in named
        if f".{dotted.rpartition('.')[2]}" not in KNOWN and dotted.partition(".")[0] not in sys.stdlib_module_names
    }
    assert len(ours) > 15
    assert sorted(f"{path}: {dotted}" for path, dotted in ours if not leads_somewhere(dotted, modules)) == []
