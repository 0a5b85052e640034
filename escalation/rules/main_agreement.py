"""The main agreement, what pages call it and its ladder; and by which ladder a body works. All of it is data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from escalation.rules import data
from escalation.rules.ladder import Ladder, Step, load, shipped


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


def ladder_of_body(body: str | None) -> Ladder:
    """The ladder that a body works on: the main agreement's where the body has a step there, else the first that
    names it. The main agreement's for one who sits in no body of a ladder.
    """
    main = main_agreement().ladder
    others = (load(key) for key in shipped())
    return next((ladder for ladder in (main, *others) if body and ladder.step_of(body)), main)


def step_of_body(body: str | None) -> Step | None:
    """The step that the body handles, or None for a body that stands on no ladder."""
    ladder = ladder_of_body(body)
    no = ladder.step_of(body) if body else None
    return ladder.step(no) if no else None


def body_steps() -> dict[str, Step]:
    """The bodies of all ladders, each with the step that it handles; those of the main agreement's ladder first."""
    ladders = (main_agreement().ladder, *(load(key) for key in shipped()))
    bodies = dict.fromkeys(step.body for ladder in ladders for step in ladder.steps if step.body)
    return {body: step for body in bodies if (step := step_of_body(body))}


@cache
def interpreted_agreements() -> tuple[str, ...]:
    """The names of the agreements that the last step of a ladder interprets, in the order of the data."""
    codes = {code for key in shipped() for code in load(key).steps[-1].interprets}
    rows = data.read("texts/agreements.toml")["agreement"]
    return tuple(row["short_title"] for row in rows if row["code"] in codes)
