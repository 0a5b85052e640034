"""The words among which a fact is chosen: grounds, and the lines of a decision."""

from __future__ import annotations

REJECT_GROUNDS = ("individual", "crisis", "law", "payment_claim", "change_of_text", "under_appeal", "not_a_party")

PAUSES_ALONE = "force_majeure"
"""The one ground on which the secretariat pauses by itself."""

PAUSE_GROUNDS = ("awaits_revision", "awaits_decision", "awaits_facts", "under_appeal", PAUSES_ALONE)

REOPENING_GROUNDS = ("new_facts", "breach")

AGAINST_REJECTION = "against_rejection"
"""The ground of a wish that a rejection is tried anew (T4b); a case that was rejected has no other."""

TAKE_OFF_GROUNDS = ("tabled", "returned", "not_reached", "no_quorum", "cancelled")
COUNTED_GROUNDS = frozenset({"tabled", "returned"})

LETTERS = ("a", "b", "c", "d", "e", "f")
"""The choices of a line: the brief's alternatives in their order."""

OTHER, SAME_OTHER = "other", "same_other"
"""Another line; for the municipalities also the region's other line. Two other lines agree only by the latter."""

OTHER_REGION, OTHER_MUNICIPAL = "other_region", "other_municipal"
"""How another line is stored: as each block's own, so that two of them never count as the same choice."""

DIVIDED = "divided"
"""Where the municipalities alone decide: they have no common line."""

NO_LINE = "–"
"""Stored where a block has no line."""
