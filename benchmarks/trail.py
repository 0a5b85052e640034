"""How long it takes to verify a chain of 100,000 events: ``python -m benchmarks.trail`` (trust.md P15 allows 5 s)."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from escalation.db import session
from escalation.trail import queries
from tests.support.databases import SqliteFiles
from tests.support.templates import load_reference_data, migrated
from tests.trail.test_queries import lengthen

EVENTS = 100_000


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        with migrated(SqliteFiles(directory).make("trail"), directory):
            load_reference_data()
            lengthen(session, EVENTS)
            began = time.process_time()
            assert queries.verify() == []
            print(f"{EVENTS} events verified in {time.process_time() - began:.2f} s of processor time")


if __name__ == "__main__":
    main()
