"""Work that is done once in a test run, though several processes run it."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from tests.support.databases import Databases


def quick_directory(prefix: str) -> Path:
    """A new directory where files are quick to make: in memory where the system offers a gibibyte of it.

    The path is short: a socket's may not exceed 107 characters.
    """
    memory = Path("/dev/shm")
    is_there = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if is_there else None))


Made = TypeVar("Made")


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Makes what takes long once in the run, whoever of its processes comes first; the others take a copy."""
    alone = "PYTEST_XDIST_WORKER" not in os.environ
    return Once(tmp_path_factory.getbasetemp() if alone else tmp_path_factory.getbasetemp().parent)


@dataclass
class Once:
    """What has been made, in files that the processes of a run share."""

    directory: Path

    def result(self, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives."""
        given = self.directory / f"{name}.pickle"
        with (self.directory / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not given.exists():
                given.write_bytes(pickle.dumps(make()))
            known: Made = pickle.loads(given.read_bytes())
            return known

    def __call__(self, databases: Databases, name: str, make: Callable[[], Made]) -> Made:
        """What ``make`` gives, which makes the database ``name`` and closes it."""

        def make_and_give() -> Made:
            made = make()
            databases.give(name, self.directory)
            return made

        made = self.result(f"{databases.key}-{name}", make_and_give)
        databases.take(name, self.directory)
        return made
