"""The main agreement: what pages call it, and the ladder that its paragraphs describe. Both are data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from escalation.rules import data
from escalation.rules.ladder import Ladder, load


@dataclass(frozen=True)
class MainAgreement:
    """``name`` is its short title, ``ladder_provision`` the paragraph that describes its ladder."""

    code: str
    name: str
    ladder: Ladder
    ladder_provision: str

    @property
    def ladder_rule(self) -> str:
        """The paragraph of the ladder as sentences cite it: the agreement's name and the number."""
        return f"{self.name} {self.ladder_provision}"


@cache
def main_agreement() -> MainAgreement:
    """The one agreement of ``texts/agreements.toml`` whose kind is "main"."""
    row = next(row for row in data.read("texts/agreements.toml")["agreement"] if row["kind"] == "main")
    return MainAgreement(row["code"], row["short_title"], load(row["ladder"]), row["ladder_provision"])
