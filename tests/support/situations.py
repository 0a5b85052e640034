"""How a case stands, for tests of the rules."""

from __future__ import annotations

import datetime as dt

from escalation.rules import ladder
from escalation.rules.situation import Outcome, Phase, Situation

HOK, KOMMUN_KOMMUN = ladder.load("hok"), ladder.load("kommun_kommun")


def situation_in(phase: Phase, step: int = 1, on: ladder.Ladder = HOK, **facts: object) -> Situation:
    here = on.step(step)
    s = Situation(phase, step, on.kinds, frozenset(here.outcomes), interprets=bool(here.interprets))
    return s.change(**facts)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


RECOMMENDED = situation_in(Phase.RECOMMENDATION_OUT, 2, outcome=Outcome.RECOMMEND)
ANNOUNCED_LONG_AGO = situation_in(Phase.RECOMMENDATION_OUT, 2, outcome=Outcome.INFORMATION, answer_time_over=True)
