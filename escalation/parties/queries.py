"""Queries of parties and bodies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from sqlalchemy import select

from escalation.db import session
from escalation.parties.models import Body, BodyKind, OrgUnit, OrgUnitKind, Party


def all_parties() -> Sequence[Party]:
    """The parties in the order of § 7.3."""
    return session.scalars(select(Party).order_by(Party.position)).all()


def party(code: str) -> Party | None:
    """The party with this code, or None."""
    return session.get(Party, code)


def districts_on(day: dt.date) -> Sequence[OrgUnit]:
    """Stockholm's districts as they were on ``day``, by name."""
    return session.scalars(
        select(OrgUnit)
        .where(
            OrgUnit.kind == OrgUnitKind.DISTRICT,
            (OrgUnit.valid_from.is_(None)) | (OrgUnit.valid_from <= day),
            (OrgUnit.valid_to.is_(None)) | (OrgUnit.valid_to >= day),
        )
        .order_by(OrgUnit.name)
    ).all()


def unit(code: str) -> OrgUnit | None:
    """The unit with this code, or None."""
    return session.get(OrgUnit, code)


def units(party_code: str) -> Sequence[OrgUnit]:
    """The party's units of all times, by code."""
    return session.scalars(select(OrgUnit).where(OrgUnit.party_code == party_code).order_by(OrgUnit.code)).all()


def bodies() -> Sequence[Body]:
    """All bodies, by code."""
    return session.scalars(select(Body).order_by(Body.code)).all()


def body(code: str) -> Body | None:
    """The body with this code, or None."""
    return session.get(Body, code)


def consultation_groups() -> Sequence[Body]:
    """The groups that may be asked for an opinion (§ 4.3), by name."""
    return session.scalars(select(Body).where(Body.kind == BodyKind.CONSULTATION).order_by(Body.short_name)).all()


def body_name_on(body: Body, day: dt.date) -> str:
    """The proper name of the body on ``day``; its short name if no proper name is known for that day."""
    proper = (
        name.name
        for name in body.names
        if not name.is_alias
        and (name.valid_from is None or name.valid_from <= day)
        and (name.valid_to is None or day <= name.valid_to)
    )
    return next(proper, body.short_name)
