"""The files of data: ladders, calendars and texts, each in TOML. A new agreement or body is written there."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

FOLDER: Traversable = files("escalation")
"""The folder that holds ``ladders/``, ``calendars/`` and ``texts/``."""


def read(path: str) -> dict[str, Any]:
    """The tables of one file, named by its path within the folder: ``texts/bodies.toml``."""
    return tomllib.loads((FOLDER / path).read_text("utf-8"))


def names(folder: str) -> tuple[str, ...]:
    """The files of one folder, without their ending, in the order of the alphabet."""
    return tuple(sorted(p.name[:-5] for p in (FOLDER / folder).iterdir() if p.name.endswith(".toml")))
