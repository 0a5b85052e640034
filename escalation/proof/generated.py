"""The ladders that are walked: the shipped ones, and generated ones of four and five steps."""

from __future__ import annotations

from collections.abc import Sequence

from escalation.rules import ladder as ladders
from escalation.rules.ladder import Ladder
from escalation.rules.main_agreement import main_agreement
from escalation.rules.situation import (
    BODY_KINDS,
    StepKind,
)


def generated(kinds: Sequence[StepKind]) -> Ladder:
    """A ladder of those kinds, bottom first, to prove that the rules need no ladder of three steps."""
    main = main_agreement()
    definition = ladders.definition(main.ladder.key)
    pattern = {s["kind"]: s for s in definition["step"]}
    bodies = iter("ABCDE")
    steps = []
    for no, kind in enumerate(kinds, 1):
        step = {**pattern[kind.value], "no": no, "interprets": [main.code] if no == len(kinds) else []}
        if kind in BODY_KINDS:
            step["body"] = next(bodies)
        steps.append(step)
    return ladders.parse({**definition, "key": "-".join(k.value for k in kinds), "owner": "SEK", "step": steps})


_TWO_DIALOGUES = (StepKind.DIALOGUE, StepKind.DIALOGUE)


GENERATED: tuple[tuple[StepKind, ...], ...] = (
    (*_TWO_DIALOGUES, StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY),
    (*_TWO_DIALOGUES, StepKind.OFFICIALS_BODY, StepKind.OFFICIALS_BODY, StepKind.POLITICAL_BODY),
)


def all_ladders() -> list[Ladder]:
    """Every shipped ladder and the generated ones of four and five steps."""
    return [*(ladders.load(k) for k in ladders.shipped()), *(generated(kinds) for kinds in GENERATED)]
