"""The numbers of a case in the parties' own registers (domain/08)."""

from __future__ import annotations

import datetime as dt

from escalation.accounts.models import Role, Viewer
from escalation.cases import queries
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import state_of
from escalation.cases.models.case import Case
from escalation.cases.models.parties import RegistryNumber, folded
from escalation.cases.sight import PARTY_WRITERS, Sight, sight_of
from escalation.db import session
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed
from escalation.trail import actions as trail

NUMBERS_ITS_CASES = PARTY_WRITERS | {Role.PARTY_REGISTRAR}


MOST_NUMBER = 60


def may_add_register_number(case: Case, by: Viewer) -> bool:
    """Whether the viewer registers for a party of the case, and sees the case."""
    return (
        by.role in NUMBERS_ITS_CASES
        and any(p.party_code == by.party for p in case.parties)
        and sight_of(case, by) is Sight.FULL
    )


def add_register_number(case: Case, *, by: Viewer, at: dt.datetime, value: str) -> RegistryNumber:
    """Write the number of the case in the own party's register on the case (domain/08 items 1 and 2).

    The number may have any form; a party may have several, and write them in a closed case too. This is no move of the
    case, so it makes no open form stale. Raises MoveNotAllowed for those who do not register for a party of the case,
    FactsRefused for an empty, too long or known number.
    """
    if not may_add_register_number(case, by):
        raise MoveNotAllowed("add_register_number", "seat")
    assert by.party is not None
    trail.lock()
    value = " ".join(value.split())
    own = next(p for p in case.parties if p.party_code == by.party)
    session.refresh(own, ["registry_numbers"])
    if not value:
        raise FactsRefused({"value": say("Skriv ert diarienummer.")})
    if len(value) > MOST_NUMBER:
        raise FactsRefused({"value": say("Diarienumret är längre än 60 tecken. Skriv bara numret.")})
    if folded(value) in {n.folded for n in own.registry_numbers}:
        raise FactsRefused({"value": say("Numret står redan på ärendet.")})
    number = RegistryNumber(case_id=case.id, party_code=by.party, value=value)
    own.registry_numbers.append(number)
    session.flush()
    trail.record(
        "register_number_added", at=at, by=by.actor, about=f"case:{case.number}",
        facts={"who": by.party, "value": value}, state=state_of(case, queries.balls(case)),
    )  # fmt: skip
    return number
