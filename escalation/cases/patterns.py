"""What cases have in common: patterns per provision, similar cases, how many were solved locally."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import joinedload, load_only

from escalation.accounts.models import Viewer
from escalation.agreements.models import Agreement, Provision
from escalation.cases.models.case import Case, CaseProvision
from escalation.cases.models.parties import SIDES, CaseParty, PartyRole
from escalation.cases.queries import cites_with
from escalation.cases.sight import (
    visible,
)
from escalation.db import session
from escalation.parties.models import Party
from escalation.rules.situation import ClosingReason, Phase


@dataclass(frozen=True)
class Pattern:
    """A provision that several parties or cases cite: the initiators (short names) and the cases."""

    provision_id: int
    code: str
    agreement: str
    parties: tuple[str, ...]
    cases: Mapping[str, str]


def patterns(viewer: Viewer, since: dt.datetime) -> list[Pattern]:
    """Provisions cited in three cases, or by two parties, filed from ``since`` on; the most cited first.

    With three cases a provision is also worth revising (domain/05 § 5.8). ``cases`` are titles by number, oldest
    first. A case that cites a text that we do not have is in no pattern.
    """
    rows = session.execute(
        select(Provision.id, Provision.code, Agreement.short_title, Case.number, Case.title, Party.short_name)
        .select_from(Case)
        .join(CaseProvision, CaseProvision.case_id == Case.id)
        .join(Provision, Provision.id == CaseProvision.provision_id)
        .join(Agreement, Agreement.code == Case.agreement_code)
        .join(CaseParty, and_(CaseParty.case_id == Case.id, CaseParty.role == PartyRole.INITIATOR))
        .join(Party, Party.code == CaseParty.party_code)
        .where(Case.filed_at >= since, visible(viewer))
        .order_by(Case.id, Party.position)
    )
    cited: dict[int, tuple[str, str, dict[str, None], dict[str, str]]] = {}
    for provision_id, code, agreement, number, title, party in rows:
        _code, _agreement, parties, cases = cited.setdefault(provision_id, (code, agreement, {}, {}))
        parties[party], cases[number] = None, title
    found = [
        Pattern(id, code, agreement, tuple(parties), cases) for id, (code, agreement, parties, cases) in cited.items()
    ]
    often = [p for p in found if len(p.cases) >= 3 or len(p.parties) >= 2]
    return sorted(often, key=lambda p: (-len(p.parties), -len(p.cases), p.code))


SOLVED = (
    ClosingReason.SETTLED_LOCAL,
    ClosingReason.SETTLED_BODY,
    ClosingReason.DECIDED_BODY,
    ClosingReason.INTERPRETED,
)


UNSOLVED = (ClosingReason.NO_AGREEMENT_REVISION, ClosingReason.LAPSED)


def solved_locally(since: dt.datetime) -> tuple[int, int]:
    """How many of the county's cases closed from ``since`` on were settled at step 1, and of how many cases in all.

    Only numbers, so it needs no viewer. Rejected, withdrawn, joined and superseded cases do not count (K4).
    """
    local = func.sum(case_when((and_(Case.closing_reason == ClosingReason.SETTLED_LOCAL, Case.step == 1), 1), else_=0))
    counted = and_(Case.closed_at >= since, Case.closing_reason.in_(SOLVED + UNSOLVED))
    first, second = session.execute(select(local, func.count(Case.id)).where(counted)).one()
    return int(first or 0), int(second)


def in_the_county(provision_ids: Collection[int], than: Collection[int]) -> dict[int, tuple[int, int]]:
    """By step: how many other open cases the county has than these, and how many of them cite one of the provisions.

    Only numbers, so it needs no viewer.
    """
    citing = select(CaseProvision.case_id).where(CaseProvision.provision_id.in_(provision_ids))
    cites = func.sum(case_when((Case.id.in_(citing), 1), else_=0))
    rows = session.execute(
        select(Case.step, func.count(Case.id), cites)
        .where(Case.phase != Phase.CLOSED, Case.id.not_in(than))
        .group_by(Case.step)
    )
    return {step: (count, on_same) for step, count, on_same in rows}


@dataclass(frozen=True)
class Similar:
    """Open cases that resemble one: those that cite one of its provisions, and others between the same sides."""

    same_provision: Sequence[Case]
    same_parties: Sequence[Case]


def similar(case: Case, *, viewer: Viewer, with_parties: bool = False) -> Similar:
    """The open cases that resemble this one and that the viewer may know of, oldest first, in one query.

    The same sides are an initiator and a respondent of this case, in either role. ``with_parties`` loads the parties
    of each too; without it a case has only what is needed to name it.
    """
    initiators, respondents = (
        [p.party_code for p in case.parties_as(role)] for role in (PartyRole.INITIATOR, PartyRole.RESPONDENT)
    )
    cites, both = cites_with(case), and_(_is_side(initiators), _is_side(respondents))
    rows = session.execute(
        select(Case, cites)
        .where(or_(cites, both), Case.id != case.id, Case.phase != Phase.CLOSED, visible(viewer))
        .options(
            joinedload(Case.parties).joinedload(CaseParty.party)
            if with_parties
            else load_only(Case.number, Case.title, Case.step)
        )
        .order_by(Case.id)
    ).unique()
    by_cause: dict[bool, list[Case]] = {True: [], False: []}
    for other, is_cited in rows:
        by_cause[bool(is_cited)].append(other)
    return Similar(by_cause[True], by_cause[False])


def _is_side(codes: Collection[str]) -> ColumnElement[bool]:
    return exists().where(CaseParty.case_id == Case.id, CaseParty.party_code.in_(codes), CaseParty.role.in_(SIDES))
