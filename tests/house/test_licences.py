"""The whole may be used by others, and what is others' keeps its licence beside it."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()


def test_the_licence_is_the_eupl_in_its_whole_length() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert licence.startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")
    assert re.findall(r"^(\d+)\.[A-Z]", licence, re.MULTILINE) == [str(n) for n in range(1, 16)]
    assert licence.rstrip().endswith(
        "All other changes or additions to this Appendix require the production of a new EUPL version."
    )
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["license"] == "EUPL-1.2"
    assert "licensed under the [EUPL-1.2](LICENSE)" in README


def test_every_work_of_others_has_its_licence_beside_it() -> None:
    rows = re.findall(r"^\| `([^`]+)`.*\[[\w.-]+\]\(([^)]+)\)", README[README.index("## Licence") :], re.MULTILINE)
    assert len(rows) == 3
    for work, licence in rows:
        assert (ROOT / work).parent == (ROOT / licence).parent
        assert (ROOT / work).is_file()
        assert len((ROOT / licence).read_text()) > 800


def test_the_readme_does_not_promise_that_outsiders_can_check_the_trail() -> None:
    assert "both sides can check" not in README
