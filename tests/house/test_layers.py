"""The layers of the package, as ``[tool.importlinter]`` in pyproject.toml lists them."""

from __future__ import annotations

import logging.config
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parent.parent.parent
CONTRACTS = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_module_imports_from_a_layer_above(
    contract: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The linter sets up logging for a process of its own, and would silence every log of this one.
    monkeypatch.setattr(logging.config, "dictConfig", lambda _: None)
    status = lint_imports(str(ROOT / "pyproject.toml"), limit_to_contracts=(contract,), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_every_package_of_the_domain_takes_who_and_when_as_arguments() -> None:
    layers = CONTRACTS["layers"]["layers"]
    domain = [*layers[layers.index("clock") + 1 : layers.index("db")], "rules"]
    built = {f"escalation.{package}" for package in domain if (ROOT / "escalation" / package).is_dir()}
    assert built == set(CONTRACTS["domain-is-given-who-and-when"]["source_modules"])
