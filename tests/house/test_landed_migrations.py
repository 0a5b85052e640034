"""A landed migration is never edited, and a new one carries an id of Alembic's own.

A database that ran a migration yesterday does not learn that its text is another today. And two branches that count
up make the same number, of which one is then never run; two random ids show themselves as two heads. What has landed
stands with its checksum in ``landed_migrations.sha256``. A migration that has come to stay is added there:

    sha256sum migrations/versions/<file> >> tests/house/landed_migrations.sha256
"""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

ROOT = Path(__file__).parent.parent.parent
VERSIONS = ROOT / "migrations" / "versions"
LANDED = {
    name: checksum
    for checksum, name in (
        line.split() for line in Path(__file__).with_name("landed_migrations.sha256").read_text().splitlines()
    )
}


@pytest.mark.parametrize("name", LANDED)
def test_a_landed_migration_is_never_edited(name: str) -> None:
    assert sha256((ROOT / name).read_bytes()).hexdigest() == LANDED[name]


def test_a_new_migration_carries_an_id_of_alembics_own() -> None:
    new = {path for path in VERSIONS.glob("*.py") if f"migrations/versions/{path.name}" not in LANDED}
    assert {path.name for path in new if not re.fullmatch(r"[0-9a-f]{12}_\w+\.py", path.name)} == set()
    scripts = ScriptDirectory(str(ROOT / "migrations")).walk_revisions()
    ids = {Path(script.path).resolve(): script.revision for script in scripts}
    assert {path.name for path in new if path.name.split("_")[0] != ids[path.resolve()]} == set()


def test_the_migrations_end_in_one_head() -> None:
    assert len(ScriptDirectory(str(ROOT / "migrations")).get_heads()) == 1
