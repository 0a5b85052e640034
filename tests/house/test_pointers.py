"""Every pointer into the specification leads somewhere: `domain/05 § 5.2` is a section of `docs/domain` (rule 14)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tests.support.app import ROOT

DOMAIN = ROOT / "docs/domain"
SPEAKS = ("escalation", "tests", "tools", "benchmarks", "migrations", "templates", "config.py", "wsgi.py", "README.md")
POINTER = re.compile(r"domain/(\d\d)(?:-[a-z]+)?(?:\W{1,6}§ (\d+\.\d+))?|(trust)\.md(?:\W{1,6}§ ([A-Z]\w+))?")
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
