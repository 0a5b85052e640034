"""Queries of the links of a case. A viewer sees a link who may know of the case at its other end."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from escalation.accounts.models import SECRETARIAT_ROLES, Viewer
from escalation.agreements.models import Interpretation
from escalation.cases import queries as cases
from escalation.cases.models.case import Case
from escalation.cases.sight import PARTY_WRITERS, Sight, sight_of, visible
from escalation.db import session
from escalation.links.models import BACK, CaseLink, LinkKind


@dataclass(frozen=True)
class Linked:
    """A link as seen from one of its cases. ``word`` says how they are linked, as a word of the glossary."""

    link: CaseLink
    word: str
    other: Case | Interpretation

    @property
    def number(self) -> str:
        """The number of the case or interpretation at the other end."""
        return self.other.number


def linked(case: Case, *, viewer: Viewer) -> list[Linked]:
    """The links of the case in both directions that the viewer may see; the oldest link first."""
    at_the_other_end = or_(
        and_(CaseLink.case_id == case.id, Case.id == CaseLink.other_id),
        and_(CaseLink.other_id == case.id, Case.id == CaseLink.case_id),
    )
    rows = session.execute(
        select(CaseLink, Case, Interpretation)
        .select_from(CaseLink)
        .outerjoin(Case, at_the_other_end)
        .outerjoin(Interpretation, Interpretation.id == CaseLink.interpretation_id)
        .where(
            or_(CaseLink.case_id == case.id, CaseLink.other_id == case.id),
            or_(CaseLink.interpretation_id.is_not(None), visible(viewer)),
        )
        .order_by(CaseLink.id)
    )
    return [
        Linked(link, word_of(link.kind, is_back=link.case_id != case.id), other if link.other_id else interpretation)
        for link, other, interpretation in rows
    ]


def word_of(kind: LinkKind, *, is_back: bool) -> str:
    """The word for a link as the case at one of its ends says it."""
    return BACK.get(kind, kind.value) if is_back else kind.value


def known_numbers(numbers: Collection[str], *, viewer: Viewer) -> set[str]:
    """Those of the cases that the viewer may know of."""
    return set(session.scalars(select(Case.number).where(Case.number.in_(numbers), visible(viewer))))


def seen_whole(number: str, *, viewer: Viewer) -> Case | None:
    """The case with that number, if the viewer sees all of it."""
    case = cases.get(number, viewer=viewer)
    return case[0] if case and case[1] is Sight.FULL else None


def may_link(case: Case, viewer: Viewer) -> bool:
    """Whether the viewer may link the case: the secretariat, and case officers of a party that sees all of it."""
    is_partys = viewer.role in PARTY_WRITERS and any(p.party_code == viewer.party for p in case.parties)
    return viewer.role in SECRETARIAT_ROLES or (is_partys and sight_of(case, viewer) is Sight.FULL)


def may_unlink(made: CaseLink, viewer: Viewer) -> bool:
    """Whether the viewer may remove a link: the secretariat may, but never a link that a split made (T42)."""
    return viewer.role in SECRETARIAT_ROLES and made.kind is not LinkKind.SPLIT_FROM


def is_linked(case: Case, other: Case, kind: LinkKind) -> bool:
    """Whether the two are linked so already, from either end."""
    ends = or_(
        and_(CaseLink.case_id == case.id, CaseLink.other_id == other.id),
        and_(CaseLink.case_id == other.id, CaseLink.other_id == case.id),
    )
    return session.scalar(select(CaseLink.id).where(ends, CaseLink.kind == kind)) is not None


def applies(case: Case, precedent: Interpretation) -> bool:
    """Whether the case is linked to the interpretation already."""
    mine = select(CaseLink.id).where(CaseLink.case_id == case.id, CaseLink.interpretation_id == precedent.id)
    return session.scalar(mine) is not None


def cite_the_same(case: Case, other: Case) -> bool:
    """Whether the two cite one provision; where our text is lacking, one place in one agreement."""
    if case.agreement_code != other.agreement_code:
        return False
    codes = [{p.code for p in cases.provisions(of)} for of in (case, other)]
    place = (case.citation_place or "").casefold()
    return bool(codes[0] & codes[1]) or (bool(place) and place == (other.citation_place or "").casefold())
