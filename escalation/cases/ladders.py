"""The ladder that a case follows: its own frozen copy."""

from __future__ import annotations

from escalation.cases.models.case import Case
from escalation.rules import ladder as ladders
from escalation.rules.ladder import Ladder

_THAWED: dict[str, Ladder] = {}
"""By fingerprint, the ladders of cases that have changed since the filing. There are few of them."""


def ladder_of(case: Case) -> Ladder:
    """The ladder the case was filed under, from its own frozen copy."""
    if case.ladder_hash == ladders.fingerprint_of(case.ladder_key):
        return ladders.load(case.ladder_key)
    if case.ladder_hash not in _THAWED:
        _THAWED[case.ladder_hash] = ladders.thaw(case.ladder)
    return _THAWED[case.ladder_hash]
