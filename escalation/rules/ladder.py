"""Ladder and Step: frozen definitions, loaded from ``ladders/*.toml`` and linted.

The steps of ``hok`` are the agreement's (§ 7.1); every day count, threshold and decision rule is ours (D) and is
labelled so in the interface. A case keeps the ladder it was filed under as plain JSON with its hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

from escalation.rules import data
from escalation.rules.situation import BODY_KINDS, Outcome, StepKind

LOCAL_KEYS = frozenset({"D4", "D5", "D6", "D7"})
LADDER_KEYS = frozenset(
    {"D1", "D2", "D3", "D3b", "D7b", "D7c", "D8", "D9", "D10", "D11", "D14", "D15", "D15b", "D17", "D19"}
)
DECISION_RULES = frozenset({"concurring_blocks", "consensus_municipal"})


class LadderRefused(ValueError):
    """A ladder definition that does not pass its lint; the message lists every finding."""


@dataclass(frozen=True)
class Step:
    """One step. ``days`` are working days by deadline key; ``interprets`` the agreements whose meaning it decides."""

    no: int
    kind: StepKind
    name: str
    body: str | None = None
    days: Mapping[str, int] | None = None
    urgent_days: Mapping[str, int] | None = None
    outcomes: tuple[Outcome, ...] = ()
    interprets: tuple[str, ...] = ()
    decision_rule: str | None = None
    material_days: int = 0
    dispatch_days: int = 0

    @property
    def is_municipal(self) -> bool:
        """Whether the municipalities decide alone here, without the region."""
        return self.decision_rule == "consensus_municipal"


@dataclass(frozen=True)
class Ladder:
    """A whole ladder, bottom step first. ``quiet`` are (from, to, urgent_counts) with days as "MM-DD".

    ``owner`` is the code of the office that answers for the days, and ``decision`` the reference of what it has
    decided: "" where nothing is (R1).
    """

    key: str
    version: int
    name: str
    steps: tuple[Step, ...]
    days: Mapping[str, int]
    urgent_days: Mapping[str, int]
    quiet: tuple[tuple[str, str, bool], ...]
    on_local_deadline: str = "propose"
    owner: str = "SEK"
    decision: str = ""

    @property
    def kinds(self) -> tuple[StepKind, ...]:
        return tuple(s.kind for s in self.steps)

    def step(self, no: int) -> Step:
        return self.steps[no - 1]

    def next_body(self, no: int) -> str | None:
        """Code of the first body above step ``no``, or None at the top."""
        return next((s.body for s in self.steps[no:] if s.body), None)

    @property
    def first_body_step(self) -> int:
        return next(s.no for s in self.steps if s.kind in BODY_KINDS)

    def step_of(self, body: str) -> int | None:
        """The first step that ``body`` handles, or None where it is not on this ladder."""
        return next((s.no for s in self.steps if s.body == body), None)

    def workdays(self, key: str, step: int, urgent: bool) -> int:
        """Working days of deadline ``key`` at ``step``; KeyError where the ladder has none."""
        at = self.step(step)
        if key in LOCAL_KEYS:
            return ((at.urgent_days if urgent else at.days) or {})[key]
        return (self.urgent_days if urgent else self.days)[key]

    def interprets(self, step: int, agreement: str) -> bool:
        return agreement in self.step(step).interprets

    @property
    def source(self) -> str:
        """What a deadline's receipt names as its rule."""
        return f"{self.key} v{self.version}"


def parse(raw: Mapping[str, Any]) -> Ladder:
    """A ladder from its TOML or its frozen JSON. Raises LadderRefused with every finding of the lint."""
    findings = lint(raw)
    if findings:
        raise LadderRefused("; ".join(findings))
    return Ladder(
        key=raw["key"],
        version=raw["version"],
        name=raw["name"],
        on_local_deadline=raw.get("on_local_deadline", "propose"),
        owner=raw.get("owner", "SEK"),
        decision=raw.get("decision", ""),
        days=dict(raw["days"]),
        urgent_days=dict(raw["urgent_days"]),
        quiet=tuple((q["from"], q["to"], bool(q.get("urgent_counts", True))) for q in raw.get("quiet", ())),
        steps=tuple(
            Step(
                no=s["no"],
                kind=StepKind(s["kind"]),
                name=s["name"],
                body=s.get("body"),
                days=s.get("days"),
                urgent_days=s.get("urgent_days"),
                outcomes=tuple(Outcome(o) for o in s.get("outcomes", ())),
                interprets=tuple(s.get("interprets", ())),
                decision_rule=s.get("decision_rule"),
                material_days=s.get("material_days", 0),
                dispatch_days=s.get("dispatch_days", 0),
            )
            for s in raw["step"]
        ),
    )


def from_frozen(frozen: Mapping[str, Any]) -> Ladder:
    """The ladder of a case's frozen copy. What the copy lacks, since ladders did not have it then, is today's."""
    today = definition(frozen["key"]) if frozen["key"] in shipped() else frozen
    tables = {table: {**today[table], **frozen[table]} for table in ("days", "urgent_days")}
    return parse({name: today[name] for name in ("owner", "decision") if name in today} | {**frozen, **tables})


def lint(raw: Mapping[str, Any]) -> list[str]:
    """Everything that is wrong with a ladder definition, one sentence each."""
    missing = [name for name in ("key", "version", "name", "days", "urgent_days", "step") if name not in raw]
    if missing:
        return [f"{name} is missing" for name in missing]
    findings = [finding for check in LADDER_CHECKS for finding in check(raw)]
    for step in raw["step"]:
        checks = DIALOGUE_CHECKS if step.get("kind") == StepKind.DIALOGUE else BODY_CHECKS
        findings += [f"step {step.get('no')}{finding}" for check in checks for finding in check(step, raw)]
    return findings


def _wrong_owner(raw: Mapping[str, Any]) -> Iterator[str]:
    if raw.get("owner", "SEK") not in {"SEK", *(s.get("body") for s in raw["step"])}:
        yield f"the owner of the days is no body of the ladder: {raw['owner']}"


def _wrong_numbers(raw: Mapping[str, Any]) -> Iterator[str]:
    steps = raw["step"]
    if [s.get("no") for s in steps] != list(range(1, len(steps) + 1)):
        yield "the steps are not numbered 1..n"
    if len(steps) < 2:
        yield "a ladder has at least two steps"


def _wrong_kinds(raw: Mapping[str, Any]) -> Iterator[str]:
    kinds = [s.get("kind") for s in raw["step"]]
    if unknown := sorted({str(k) for k in kinds} - {k.value for k in StepKind}):
        yield f"unknown kinds of step: {', '.join(unknown)}"
    if kinds and kinds[-1] == "dialogue":
        yield "the last step is a dialogue: nobody there can end a case"
    if "dialogue" in kinds[next((i for i, k in enumerate(kinds) if k != "dialogue"), len(kinds)) :]:
        yield "a dialogue stands above a body"


def _missing_days(raw: Mapping[str, Any]) -> Iterator[str]:
    for table in ("days", "urgent_days"):
        if missing := sorted(LADDER_KEYS - set(raw[table])):
            yield f"{table} lacks {', '.join(missing)}"


LADDER_CHECKS: tuple[Callable[[Mapping[str, Any]], Iterator[str]], ...] = (
    _wrong_owner,
    _wrong_numbers,
    _wrong_kinds,
    _missing_days,
)


def _missing_local_days(step: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    for table in ("days", "urgent_days"):
        if missing := sorted(LOCAL_KEYS - set(step.get(table, {}))):
            yield f": {table} lacks {', '.join(missing)}"


def _missing_body(step: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    if not step.get("body"):
        yield " names no body"


def _wrong_outcomes(step: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    if unknown := sorted(set(step.get("outcomes", ())) - {o.value for o in Outcome}):
        yield f": unknown outcomes {', '.join(unknown)}"
    if not step.get("outcomes"):
        yield " has no outcomes"


def _wrong_decision_rule(step: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    if step.get("decision_rule") not in DECISION_RULES:
        yield f": unknown decision rule {step.get('decision_rule')}"


def _wrong_interpreter(step: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    if step.get("interprets") and step is not raw["step"][-1]:
        yield " interprets but is not the last step"


def _wrong_paper_days(step: Mapping[str, Any], raw: Mapping[str, Any]) -> Iterator[str]:
    if not step.get("material_days", 0) > step.get("dispatch_days", 0) > 0:
        yield ": papers must be in before they are sent out"


StepCheck: TypeAlias = "Callable[[Mapping[str, Any], Mapping[str, Any]], Iterator[str]]"
"""Takes a step and its ladder. Its findings go on after the words "step 2"."""

DIALOGUE_CHECKS: tuple[StepCheck, ...] = (_missing_local_days,)
BODY_CHECKS: tuple[StepCheck, ...] = (
    _missing_body,
    _wrong_outcomes,
    _wrong_decision_rule,
    _wrong_interpreter,
    _wrong_paper_days,
)


@cache
def shipped() -> tuple[str, ...]:
    """Keys of the ladders that come with the package."""
    return data.names("ladders")


@cache
def definition(key: str) -> dict[str, Any]:
    """A shipped ladder's definition as plain data (dates as text). KeyError where there is none."""
    if key not in shipped():
        raise KeyError(key)
    return dict(json.loads(json.dumps(data.read(f"ladders/{key}.toml"), default=str)))


@cache
def load(key: str) -> Ladder:
    return parse(definition(key))


@cache
def fingerprint_of(key: str) -> str:
    """The fingerprint of a shipped ladder as it is now. KeyError where there is none."""
    return fingerprint(definition(key))


def fingerprint(definition: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of a definition's canonical JSON."""
    canonical = json.dumps(definition, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
