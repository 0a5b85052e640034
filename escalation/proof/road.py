"""Where a case may go from each phase (domain/05 § 5.1), written independently of the rows that take it there."""

from __future__ import annotations

from escalation.rules.machine import phase_left
from escalation.rules.situation import (
    ANNOUNCED,
    BODY_KINDS,
    CARRIED_OUT,
    CLOSED_BY_BODY,
    CLOSED_BY_PARTIES,
    ENDED_UNHEARD,
    ClosingReason,
    Outcome,
    Phase,
    Situation,
)

UP, DOWN = "next step", "step below"


SETTLED = (Phase.IMPLEMENTATION, Phase.CLOSED)
"""Where a settlement leads from anywhere before the minutes (T13); a withdrawal leads to the latter (T37)."""


ROAD: dict[Phase, frozenset[str]] = {
    # phase -> where a case goes from it (domain/05 § 5.1), besides staying; a row must lead each of these ways
    Phase.INTAKE: frozenset({Phase.COMPLETION, Phase.BYPASS_REVIEW, Phase.SERVED, Phase.CLOSED}),
    Phase.COMPLETION: frozenset({Phase.INTAKE, Phase.CLOSED}),
    Phase.BYPASS_REVIEW: frozenset({Phase.SERVED, UP, Phase.CLOSED}),
    Phase.SERVED: frozenset({UP, Phase.DIALOGUE, Phase.IMPASSE, *SETTLED}),
    Phase.DIALOGUE: frozenset({UP, Phase.IMPASSE, *SETTLED}),
    Phase.IMPASSE: frozenset({UP, Phase.DIALOGUE, *SETTLED}),
    Phase.RECEIVED: frozenset({Phase.PREPARATION, *SETTLED}),
    Phase.PREPARATION: frozenset({Phase.SCHEDULED, *SETTLED}),
    Phase.SCHEDULED: frozenset({Phase.PREPARATION, Phase.MINUTED, *SETTLED}),
}


MEANT: dict[Outcome, frozenset[str]] = {
    # outcome -> what the adjusted minutes lead to; no_concurrence depends on the step (``road``)
    Outcome.RECOMMEND: frozenset({Phase.RECOMMENDATION_OUT}),
    **dict.fromkeys(CARRIED_OUT, frozenset(SETTLED)),  # at the top; below it they are announced (``road``)
    Outcome.REMIT: frozenset({DOWN}),
    Outcome.REFER_UP: frozenset({UP}),
    Outcome.DECIDE: frozenset({Phase.CLOSED, Phase.IMPLEMENTATION}),
    Outcome.INTERPRET: frozenset({Phase.CLOSED, Phase.IMPLEMENTATION}),
}


PAST_THE_PARTIES = frozenset({"T6", "T10"})
"""The acts that lead past dialogue steps, never past a body's (§ 7.1: what is of a principled character)."""


def road(s: Situation) -> frozenset[str]:
    """Where a case may go from here: phases, and ``UP``."""
    if s.phase is Phase.MINUTED and s.outcome is Outcome.NO_CONCURRENCE:
        again = s.treatments_without_concurrence < 2
        return frozenset({UP if not s.is_top else Phase.PREPARATION if again else Phase.CLOSED})
    if s.phase is Phase.MINUTED and s.outcome in ANNOUNCED and not s.is_top:
        return MEANT[Outcome.RECOMMEND]
    if s.phase is Phase.MINUTED:
        return MEANT.get(s.outcome, frozenset()) if s.outcome else frozenset()
    if s.phase is Phase.RECOMMENDATION_OUT:
        return frozenset({*SETTLED} if s.is_top else {UP, *SETTLED})
    if s.phase is Phase.IMPLEMENTATION:
        local = Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED
        return _late(s) | {Phase.CLOSED, Phase.RECEIVED if s.kind in BODY_KINDS else local}
    if s.phase is Phase.CLOSED:
        return _taken_up(s) | _late(s)
    return ROAD.get(s.phase, frozenset())


def _late(s: Situation) -> frozenset[str]:
    """The way that is open to a party whose silence ended the case (T29c)."""
    return frozenset({UP} if s.is_ended_by_silence and not s.late_refusal_time_over else ())


def _taken_up(s: Situation) -> frozenset[str]:
    """Where a closed case may begin again: with the body that closed it, or with the parties at step 1; one that
    officials ended without an answer, in the phase it had."""
    if s.closing_reason in ENDED_UNHEARD:
        return frozenset({phase_left(s)})
    if s.closing_reason in CLOSED_BY_BODY:
        return frozenset({Phase.RECEIVED})
    if s.closing_reason is ClosingReason.OUT_OF_SCOPE:
        return frozenset({Phase.INTAKE})
    if s.closing_reason not in CLOSED_BY_PARTIES or not s.was_served:
        return frozenset()
    return frozenset({DOWN if s.step > 1 else Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED})


def way_of(s: Situation, to: Situation) -> str | None:
    """The way that an arc takes, as ``road`` names it; None where the case stays where it is."""
    if to.step != s.step:
        return UP if to.step > s.step else DOWN
    return None if to.phase is s.phase else to.phase
