"""The stage (``tests/web/stage.py``) as fixtures: ``house`` to read in, ``open_house`` to act in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Databases, Once
from tests.web.stage import House, Stage, house_in, stage_in, strike


@pytest.fixture(scope="session")
def stage(databases: Databases, once: Once, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Everybody, and a case in every phase; to be copied, not used."""
    yield stage_in(databases, once, template, tmp_path_factory.mktemp("stage"))
    strike(databases)


@pytest.fixture(scope="module")
def house(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the stage that a whole module reads. Who acts takes ``open_house``."""
    with house_in(databases, stage, tmp_path_factory.mktemp("house"), "house") as found:
        yield found


@pytest.fixture
def open_house(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """This test's own copy of the stage."""
    with house_in(databases, stage, tmp_path_factory.mktemp("open_house"), "open_house") as found:
        yield found
