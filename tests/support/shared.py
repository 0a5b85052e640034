"""What the processes of a test run share: a directory, and work that is done once."""

from __future__ import annotations

import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest
from filelock import FileLock

Made = TypeVar("Made")


def quick_directory(prefix: str) -> Path:
    """A new directory where files are quick to make: in memory where the system offers a gibibyte of it.

    The path is short: a socket's may not exceed 107 characters.
    """
    memory = Path("/dev/shm")
    is_there = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2**30
    return Path(tempfile.mkdtemp(prefix=prefix, dir=memory if is_there else None))


@dataclass(frozen=True)
class Shared:
    """``run`` names the test run, ``process`` one of its processes."""

    directory: Path
    run: str
    process: str

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """The result of ``make``, which the first process that asks calls; the others read it from a file."""
        file = self.directory / f"{name}.pickle"
        with FileLock(self.directory / f"{name}.lock"):
            if not file.exists():
                file.write_bytes(pickle.dumps(make()))
        made: Made = pickle.loads(file.read_bytes())
        return made


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str, worker_id: str) -> Shared:
    """What this process shares with the others of the run."""
    own = tmp_path_factory.getbasetemp()
    return Shared(own if worker_id == "master" else own.parent, testrun_uid[:8], worker_id)
