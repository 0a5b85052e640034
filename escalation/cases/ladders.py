"""The ladder that a case follows: its own frozen copy."""

from __future__ import annotations

from escalation.cases.models.case import Case
from escalation.rules import ladder as ladders
from escalation.rules.ladder import Ladder

_FROM_FROZEN: dict[str, Ladder] = {}
"""By fingerprint, the ladders of cases that have changed since the filing. There are few of them."""


def ladder_of(case: Case) -> Ladder:
    """The ladder the case was filed under, from its own frozen copy."""
    if case.ladder_hash == ladders.fingerprint_of(case.ladder_key):
        return ladders.load(case.ladder_key)
    if case.ladder_hash not in _FROM_FROZEN:
        _FROM_FROZEN[case.ladder_hash] = ladders.from_frozen(case.ladder)
    return _FROM_FROZEN[case.ladder_hash]
