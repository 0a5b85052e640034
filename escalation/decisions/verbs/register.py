"""Verbs that sign and publish an interpretation."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Viewer
from escalation.agreements.models import Interpretation
from escalation.db import session
from escalation.decisions.verbs.effects import hold
from escalation.decisions.verbs.minutes import hand_of
from escalation.parties.models import BlockSide
from escalation.rules import workdays
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent


def sign(interpretation: Interpretation, *, by: Viewer, at: dt.datetime, is_secrecy_reviewed: bool) -> TrailEvent:
    """Sign an interpretation as the first of the two who publish it (D17). Until then only those two can read it."""
    hold(interpretation, by, at, is_secrecy_reviewed=is_secrecy_reviewed, is_first=True)
    interpretation.signed_side, interpretation.signed_by = BlockSide(by.side or ""), by.membership_id
    interpretation.signed_on = workdays.swedish_day(at)
    session.flush()
    return trail.record(
        "interpretation_signed",
        at=at,
        by=by.actor,
        about=f"interpretation:{interpretation.number}",
        facts={"number": interpretation.number, "who": hand_of(by)},
        state={"signed_on": interpretation.signed_on.isoformat()},
    )


def publish(interpretation: Interpretation, *, by: Viewer, at: dt.datetime, is_secrecy_reviewed: bool) -> TrailEvent:
    """Make an interpretation public, the second of two (D17): no move of the case it came from.

    Raises MoveNotAllowed for another seat, for the side or the person that has signed, for a text that is not the
    decided one, or if it is public already.
    Raises FactsRefused if the viewer does not confirm that it was reviewed for secrecy.
    """
    hold(interpretation, by, at, is_secrecy_reviewed=is_secrecy_reviewed, is_first=False)
    interpretation.is_secrecy_reviewed = True
    interpretation.published_on = workdays.swedish_day(at)
    session.flush()
    return trail.record(
        "interpretation_published",
        at=at,
        by=by.actor,
        about=f"interpretation:{interpretation.number}",
        facts={"number": interpretation.number},
        state={"published_on": interpretation.published_on.isoformat()},
    )
