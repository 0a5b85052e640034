"""Queries of agreements, their provisions and the public register of interpretations.

These queries take no viewer: agreements are public decisions, and only published interpretations are returned
unless the caller asks for others.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Select, String, case, cast, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from escalation.agreements.models import (
    Adoption,
    Agreement,
    AgreementParty,
    AgreementVersion,
    Interpretation,
    InterpretationProvision,
    InterpretationStatus,
    Provision,
)
from escalation.db import session

PURPOSE_AND_GOALS = ("1.2", "2.1")
"""Purpose and common goal, which always guide (§ 7.1)."""


def all_agreements() -> Sequence[Agreement]:
    """Every agreement, HÖK first, each with its parties."""
    return session.scalars(
        select(Agreement).options(selectinload(Agreement.parties)).order_by(Agreement.position)
    ).all()


def names() -> Sequence[Agreement]:
    """Every agreement, HÖK first, for a list of names: without its parties."""
    return session.scalars(select(Agreement).order_by(Agreement.position)).all()


def agreement(code: str) -> Agreement | None:
    """The agreement with this code, or None."""
    return session.get(Agreement, code)


def versions(agreement_code: str) -> Sequence[AgreementVersion]:
    """The versions whose text we hold, oldest first; empty for an agreement known only by name."""
    return session.scalars(
        select(AgreementVersion)
        .where(AgreementVersion.agreement_code == agreement_code)
        .order_by(AgreementVersion.stated_in_force_on, AgreementVersion.id)
    ).all()


def version_in_force(agreement_code: str, day: dt.date) -> AgreementVersion | None:
    """The version in force on ``day``, or None: none yet, or no text held."""
    return session.scalars(
        select(AgreementVersion)
        .where(AgreementVersion.agreement_code == agreement_code, AgreementVersion.in_force_on <= day)
        .order_by(AgreementVersion.in_force_on.desc(), AgreementVersion.id.desc())
        .limit(1)
    ).first()


def bound_on(agreement_code: str, party_code: str, day: dt.date) -> bool:
    """Whether the party is bound by the agreement on ``day``.

    It must be listed and not have left; and where we hold a text, a version must be in force that it adopted.
    For an agreement known only by name we check whether it had begun to apply, if that day is known.
    """
    found = session.execute(
        select(Agreement.applies_from)
        .join(AgreementParty)
        .where(
            Agreement.code == agreement_code,
            AgreementParty.party_code == party_code,
            or_(AgreementParty.bound_until.is_(None), AgreementParty.bound_until >= day),
        )
    ).first()
    if found is None:
        return False
    held = versions(agreement_code)
    if not held:
        return found.applies_from is None or found.applies_from <= day
    version = version_in_force(agreement_code, day)
    return (
        version is not None
        and session.scalar(
            select(Adoption.id).where(
                Adoption.version_id == version.id,
                Adoption.party_code == party_code,
                Adoption.adopted_on <= day,
            )
        )
        is not None
    )


def provisions(version_id: int) -> Sequence[Provision]:
    """The provisions of a version, in the order of the text."""
    return session.scalars(
        select(Provision).where(Provision.version_id == version_id).order_by(Provision.position)
    ).all()


def provision(version_id: int, code: str) -> Provision | None:
    """The provision of a version with this code ("4.5 st 2"), or None."""
    return session.scalars(
        select(Provision).where(Provision.version_id == version_id, Provision.code == code)
    ).one_or_none()


def find_provisions(text: str, *, version_id: int | None = None) -> list[Provision]:
    """Provisions whose code, headings, short text or text hold ``text``, whatever the case of its letters.

    In all versions held unless one is named. An empty search finds nothing.
    """
    if not _folded(text):
        return []
    query = select(Provision).options(joinedload(Provision.version))
    if version_id is not None:
        query = query.where(Provision.version_id == version_id)
    return matching(session.scalars(query.order_by(Provision.version_id, Provision.position)).all(), text)


def matching(among: Iterable[Provision], text: str) -> list[Provision]:
    """Those of the provisions that hold ``text`` as ``find_provisions`` reads it; all of them for an empty one."""
    # In Python: SQLite folds the case of ASCII letters only, and a version has some fifty provisions.
    sought = _folded(text)
    return [p for p in among if sought in _folded(f"{p.code} {p.section} {p.heading} {p.summary} {p.text}")]


def text_in_force(agreement_code: str, day: dt.date) -> Sequence[Provision]:
    """The provisions of the version in force on ``day``, in one query; empty where we hold no text for that day."""
    in_force = (
        select(AgreementVersion.id)
        .where(AgreementVersion.agreement_code == agreement_code, AgreementVersion.in_force_on <= day)
        .order_by(AgreementVersion.in_force_on.desc(), AgreementVersion.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return session.scalars(select(Provision).where(Provision.version_id == in_force).order_by(Provision.position)).all()


def purpose_and_goals(version_id: int) -> Sequence[Provision]:
    """The two provisions that always guide: purpose (1.2) and common goal (2.1)."""
    return session.scalars(
        select(Provision)
        .where(Provision.version_id == version_id, Provision.code.in_(PURPOSE_AND_GOALS))
        .order_by(Provision.position)
    ).all()


def interpretations_on(provision_ids: Iterable[int]) -> Sequence[Interpretation]:
    """The published interpretations of any of these provisions, newest first, superseded ones too."""
    about = select(InterpretationProvision.interpretation_id).where(
        InterpretationProvision.provision_id.in_(list(provision_ids))
    )
    return session.scalars(
        _register().where(Interpretation.published_on.is_not(None), Interpretation.id.in_(about))
    ).all()


def published_interpretations(search: str | None = None) -> list[Interpretation]:
    """The public register, newest first; with ``search`` those that hold these words or that provision."""
    found = session.scalars(_register().where(Interpretation.published_on.is_not(None)))
    sought = _folded(search or "")
    return [i for i in found if sought in _folded(_searchable(i))]


def newest_interpretations(count: int) -> Sequence[Interpretation]:
    """The latest of the public register, for a side column: without the provisions that they are about."""
    return session.scalars(
        select(Interpretation)
        .where(Interpretation.published_on.is_not(None))
        .order_by(Interpretation.decided_on.desc(), Interpretation.id.desc())
        .limit(count)
    ).all()


def interpretations_for(provision_ids: Collection[int], count: int) -> list[tuple[Interpretation, frozenset[int]]]:
    """Published interpretations that hold today, for a side column: those of these provisions first, then the newest.

    Each with the ids of all provisions that it is about.
    """
    about = InterpretationProvision.interpretation_id == Interpretation.id
    ids = select(func.aggregate_strings(cast(InterpretationProvision.provision_id, String), " ")).where(about)
    touches = exists().where(about, InterpretationProvision.provision_id.in_(provision_ids))
    holds = Interpretation.status.in_((InterpretationStatus.IN_FORCE, InterpretationStatus.UNDER_REVIEW))
    rows = session.execute(
        select(Interpretation, ids.scalar_subquery())
        .where(Interpretation.published_on.is_not(None), holds)
        .order_by(case((touches, 0), else_=1), Interpretation.decided_on.desc(), Interpretation.id.desc())
        .limit(count)
    )
    return [(found, frozenset(map(int, (words or "").split()))) for found, words in rows]


def interpretations_at_hand(until: dt.date) -> Sequence[Interpretation]:
    """Interpretations still to be published, the most urgent first; then those under review or due for it by ``until``.

    Without the provisions that they are about.
    """
    unpublished = Interpretation.published_on.is_(None)
    reviewed = or_(Interpretation.status == InterpretationStatus.UNDER_REVIEW, Interpretation.review_on <= until)
    return session.scalars(
        select(Interpretation)
        .where(or_(unpublished, reviewed))
        .order_by(
            case((unpublished, 0), else_=1), Interpretation.publish_due_on, Interpretation.review_on, Interpretation.id
        )
    ).all()


def unpublished_interpretations() -> Sequence[Interpretation]:
    """The interpretations that the secretariat still has to publish, the most urgent first."""
    return session.scalars(
        _register()
        .where(Interpretation.published_on.is_(None))
        .order_by(None)
        .order_by(Interpretation.publish_due_on, Interpretation.id)
    ).all()


def interpretation(number: str, *, public_only: bool = True) -> Interpretation | None:
    """The interpretation with this number ("VIS-T 2025:2"), or None; an unpublished one only if asked for."""
    query = _register().where(Interpretation.number == number)
    if public_only:
        query = query.where(Interpretation.published_on.is_not(None))
    return session.scalars(query).one_or_none()


def has_interpretation_of(case_number: str) -> bool:
    """Whether an interpretation, published or not, came out of the case with this number."""
    return session.scalar(select(Interpretation.id).where(Interpretation.source_case == case_number)) is not None


def _register() -> Select[Interpretation]:
    return (
        select(Interpretation)
        .options(
            selectinload(Interpretation.provisions),
            joinedload(Interpretation.predecessor),
            joinedload(Interpretation.successor),
        )
        .order_by(Interpretation.decided_on.desc(), Interpretation.id.desc())
    )


def _searchable(i: Interpretation) -> str:
    codes = " ".join(p.code for p in i.provisions)
    words = " ".join(map(str, i.keywords))
    return f"{i.number} {codes} {i.question} {i.answer} {i.reasons} {i.purpose_and_goals} {words}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


def interpretations_by_provision(provision_ids: Iterable[int]) -> dict[int, list[Interpretation]]:
    """Published interpretations of each of these provisions, by provision id, newest first."""
    found: dict[int, list[Interpretation]] = {}
    for known in interpretations_on(provision_ids):
        for provision in known.provisions:
            found.setdefault(provision.id, []).append(known)
    return found
