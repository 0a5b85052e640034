"""Accounts with a seat, made through the verbs.

A seat is written as in the demo's table: a party's code and ``handler``, ``substitute``, ``approver``,
``registrar``, ``reader`` or ``centre``; ``TSG.chair``, ``VIS.member``; ``SEK.region``, ``SEK.municipal``; ``AUDITOR``.
"""

from __future__ import annotations

import datetime as dt

from factory.base import Factory
from factory.declarations import LazyAttribute
from flask import g
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from escalation.accounts import actions as accounts
from escalation.accounts import queries as account_queries
from escalation.accounts.models import Membership, Role, User, Viewer
from escalation.db import session
from escalation.parties.models import BlockSide
from escalation.rules.main_agreement import body_steps
from tests.support.days import instant

SEATED_ON = dt.date(2026, 1, 2)


GROUP = "SG-PSY"
"""The consultation group in which CONSULT sits."""


ROLES = {
    "handler": Role.LOCAL_HANDLER,
    "substitute": Role.LOCAL_HANDLER,
    "approver": Role.LOCAL_APPROVER,
    "registrar": Role.PARTY_REGISTRAR,
    "reader": Role.PARTY_READER,
    "centre": Role.COORDINATING_CENTRE,
    "TSG.chair": Role.BODY_CHAIR,
    "TSG.deputy": Role.BODY_DEPUTY,
    "TSG.member": Role.BODY_MEMBER,
    "VIS.chair": Role.BODY_CHAIR,
    "VIS.deputy": Role.BODY_DEPUTY,
    "VIS.member": Role.BODY_MEMBER,
    "VIS.substitute": Role.BODY_SUBSTITUTE,
    "SEK.region": Role.SECRETARIAT,
    "SEK.municipal": Role.SECRETARIAT_HEAD,
    "CONSULT": Role.CONSULTATION_MEMBER,
    "AUDITOR": Role.AUDITOR,
    "ADMIN": Role.ADMIN,
}


BLOCKS = {"chair": BlockSide.REGION, "deputy": BlockSide.MUNICIPAL}
"""For which block the chair and the deputy sit."""


class ViewerFactory(Factory):
    """Somebody with an account and one membership, as the domain sees them. The seat says which."""

    class Meta:
        model = Viewer

    seat = "SUN.handler"
    email = LazyAttribute(lambda o: f"{o.seat.lower().replace('.', '-')}@example.se")
    name = LazyAttribute(lambda o: o.seat)

    @classmethod
    def _create(cls, _model: object, *, seat: str, email: str, name: str) -> Viewer:
        place, _, part = seat.partition(".")
        is_of_a_body = place in body_steps()
        taken = accounts.Seat(
            role=ROLES.get(seat) or ROLES[f"VIS.{part}" if is_of_a_body else part],
            party=place if part and not is_of_a_body and seat not in ROLES else None,
            body=GROUP if seat == "CONSULT" else place if is_of_a_body else None,
            side=BlockSide(part) if place == "SEK" else BLOCKS.get(part),
        )
        accounts.create_user(email, name, [taken], by="system:setup", at=instant(SEATED_ON), is_demo=True)
        made = _viewer(email)
        assert made
        return made


def _viewer(email: str) -> Viewer | None:
    sits = (
        select(Membership)
        .join(User)
        .where(User.email == email)
        .options(*map(joinedload, (Membership.user, Membership.party, Membership.seated_in)))
    )
    membership = session.scalars(sits).one_or_none()
    return account_queries.viewer_for(membership) if membership else None


def person(seat: str) -> Viewer:
    """The person in the seat, who is made if there is none. Remembered as long as the application's context."""
    people: dict[str, Viewer] = g.setdefault("seats", {})
    if seat not in people:
        people[seat] = _viewer(f"{seat.lower().replace('.', '-')}@example.se") or ViewerFactory(seat=seat)
    return people[seat]
