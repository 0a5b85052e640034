"""A folder of data of one's own: a copy of what comes with the code, to which a test adds files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from escalation.rules import data, ladder, main_agreement, yearly

SHIPPED = Path(str(data.FOLDER))
READ_ONCE = (
    ladder.shipped, ladder.definition, ladder.load, ladder.fingerprint_of, main_agreement.main_agreement,
    main_agreement.interpreted_agreements, yearly.jobs,
)  # fmt: skip
"""What reads a file of data once in the life of the process."""


def copied_to(folder: Path) -> Path:
    """The folder with the data that comes with the code."""
    for name in ("ladders", "calendars", "texts"):
        shutil.copytree(SHIPPED / name, folder / name, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return folder


@contextmanager
def used(folder: Path) -> Iterator[Path]:
    """Let the application read its data from this folder."""
    before, data.FOLDER = data.FOLDER, folder
    _forget()
    try:
        yield folder
    finally:
        data.FOLDER = before
        _forget()


def _forget() -> None:
    for reader in READ_ONCE:
        reader.cache_clear()


OWN_BODY = """
[[body]]
code = "BUN"
short_name = "BUN"
kind = "political"
task = "Avgör och tolkar överenskommelsen om barn i behov av stöd."
names = [{ name = "Barn- och ungdomsnämnden i samverkan", is_alias = false }]
blocks = [
    { side = "region", composition = "Förtroendevalda i regionen.", appointed_by = "Regionen" },
    { side = "municipal", composition = "Förtroendevalda i kommunerna.", appointed_by = "Kommunerna" },
]
"""

OWN_AGREEMENT = """
[[agreement]]
code = "BARN"
short_title = "Barnavtalet"
title = "Överenskommelse om barn i behov av stöd"
kind = "subject"
note = "Ett exempel."
is_verified = true
ladder = "barn"
ladder_known = true
parties = "all"
are_parties_verified = true

[agreement.text]
label = "2026"
source = "Överenskommelse om barn i behov av stöd, 2026."
stated_in_force_on = 2026-01-01
last_adopted_on = 2026-01-15

[[agreement.text.provision]]
code = "2 st 1"
section = "2 Ansvar"
heading = "Samordning"
summary = "Varje part utser en samordnare"
text = "Varje part utser en samordnare för barn i behov av stöd."
duty_bearer = "each_party"
"""


def with_a_body_of_its_own(folder: Path) -> list[str]:
    """Add an agreement with its own ladder, whose last step is a body of its own. Returns the files that it takes."""
    ladder_file = (folder / "ladders/hok.toml").read_text("utf-8")
    for before, after in (
        ('key = "hok"', 'key = "barn"'),
        ('name = "Eskaleringstrappan enligt HÖK 7.1"', 'name = "Barnavtalets trappa"'),
        ('body = "VIS"\nname = "VIS"', 'body = "BUN"\nname = "BUN"'),
        ('interprets = ["HOK"]', 'interprets = ["BARN"]'),
    ):
        assert before in ladder_file
        ladder_file = ladder_file.replace(before, after)
    (folder / "ladders/barn.toml").write_text(ladder_file, "utf-8")
    for name, row in (("texts/bodies.toml", OWN_BODY), ("texts/agreements.toml", OWN_AGREEMENT)):
        (folder / name).write_text((folder / name).read_text("utf-8") + row, "utf-8")
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*.toml"))]
    shipped = {file: (SHIPPED / file).read_bytes() for file in files if (SHIPPED / file).exists()}
    return [str(file) for file in files if shipped.get(file) != (folder / file).read_bytes()]
