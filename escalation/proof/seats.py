"""Who acts in the walk: the seats of the parties and of the offices, and who may be silent."""

from __future__ import annotations

from itertools import combinations

from escalation.rules.situation import (
    Seat,
)

INITIATOR = frozenset({Seat.INITIATOR_HANDLER, Seat.INITIATOR_APPROVER})


RESPONDENT = frozenset({Seat.RESPONDENT_HANDLER, Seat.RESPONDENT_APPROVER})


EITHER = frozenset({Seat.OBLIGED_HANDLER, Seat.COUNTERPARTY_APPROVER, Seat.UNANSWERED, Seat.PURSUER, Seat.OBJECTOR})


BESIDE = frozenset(
    {Seat.AFFECTED_HANDLER, Seat.UNCONFIRMED, Seat.ONE_OF_SEVERAL, Seat.OUTSIDER, Seat.COORDINATING_CENTRE}
)


PARTIES = INITIATOR | RESPONDENT | EITHER | BESIDE


OFFICIALS = frozenset(
    {
        Seat.SECRETARIAT,
        Seat.CHAIR_HERE,
        Seat.CHAIR_NEXT,
        Seat.ADJUSTER_REGION,
        Seat.ADJUSTER_MUNICIPAL,
        Seat.OFFICIAL_REGION,
        Seat.OFFICIAL_MUNICIPAL,
        Seat.BODY_HERE,
        Seat.SECRETARIAT_HEAD,
        Seat.REFERRED,
        Seat.REGISTRAR,
        Seat.CLOCK,
    }
)


BOTH_SIDES = INITIATOR | RESPONDENT


ALONE = frozenset({Seat.CLOCK})
"""Time, and changes that follow from another case."""


VOICES: dict[str, frozenset[Seat]] = {
    # seats of each party; a seat that either side may hold is silent when either of them is
    "the initiator": INITIATOR | EITHER,
    "the respondent": RESPONDENT | EITHER,
    "the others": BESIDE,
}


SILENCES: dict[str, frozenset[Seat]] = {
    f"{' and '.join(who)} silent": frozenset().union(*(VOICES[name] for name in who))
    for count in range(1, len(VOICES) + 1)
    for who in combinations(VOICES, count)
}
"""The parties silent in every combination, the fewest first."""


PURSUERS: dict[str, frozenset[Seat]] = {
    # parties that may want the top body's answer -> their own acts. An act as an obliged or owed party leads not up.
    "the initiator": INITIATOR | {Seat.UNANSWERED},
    "the respondent": RESPONDENT | {Seat.UNANSWERED, Seat.OBJECTOR},
}
