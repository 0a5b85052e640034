"""Who sees what of a case: one law, asked of a case and of a list (domain/02 § 2.4)."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import PUBLIC, Role, Viewer
from escalation.cases import overview, patterns, queries, sight
from escalation.cases.models.case import Case, CaseType
from escalation.cases.overview import CaseFilter
from escalation.cases.sight import Sight, seen_whole
from escalation.rules.situation import Outcome, Phase, ProposalKind
from tests.support.facts import REJECT
from tests.support.people import ROLES, person
from tests.support.stories import StoryFactory

Database = scoped_session[Session]
TODAY = dt.date(2027, 6, 1)
F, S, T = Sight.FULL, Sight.STUB, Sight.TITLE

PARTS = ("handler", "approver", "registrar", "reader", "centre")
SEATS = (
    *(f"{party}.{part}" for party in ("SUN", "RS", "TYR", "NAC", "HAN", "NYN") for part in PARTS),
    *(seat for seat in ROLES if seat not in {*PARTS, "substitute"}),
)

HOK_CASES: dict[str, tuple[Phase, int]] = {
    "filed": (Phase.INTAKE, 1),
    "served": (Phase.SERVED, 1),
    "impasse": (Phase.IMPASSE, 1),
    "received": (Phase.RECEIVED, 2),
    "recommended": (Phase.RECOMMENDATION_OUT, 2),
    "at VIS": (Phase.PREPARATION, 3),
    "interpreted": (Phase.CLOSED, 3),
}

# who -> what they see of: filed, rejected, served, impasse, received, recommended, at VIS, interpreted
LAW: dict[str, tuple[Sight | None, ...]] = {
    "SUN": (F, F, F, F, F, F, F, F),  # the initiator
    "RS": (None, None, F, F, F, F, F, F),  # the respondent, from T8
    "TYR": (None, None, F, F, F, F, F, F),  # an affected party, likewise
    "NAC": (None, None, None, None, T, T, T, T),  # any other party, from the first body's step
    "SEK.region": (F,) * 8,
    "SEK.municipal": (F,) * 8,
    "AUDITOR": (F,) * 8,
    "TSG.member": (S, S, S, S, F, F, F, F),
    "TSG.chair": (S, S, F, F, F, F, F, F),  # what waits for the chair to choose its way is read whole meanwhile
    "TSG.deputy": (S, S, F, F, F, F, F, F),
    "VIS.member": (None, None, None, None, T, T, F, F),
    "VIS.substitute": (None, None, None, None, T, T, F, F),
    "VIS.chair": (None, None, None, None, T, T, F, F),
    "CONSULT": (None,) * 8,
    "ADMIN": (None,) * 8,
}
NAMES = ("filed", "rejected", "served", "impasse", "received", "recommended", "at VIS", "interpreted")


@pytest.fixture
def world(session: Database) -> dict[str, Case]:
    """A case at every kind of place, one rejected, and two between municipalities on their own ladder."""
    cases = {}
    for name, (phase, step) in HOK_CASES.items():
        outcome = Outcome.INTERPRET if phase is Phase.CLOSED else None
        cases[name] = StoryFactory(at_phase=phase, at_step=step, outcome=outcome, affected=["TYR"]).case
    rejected = StoryFactory(affected=["TYR"])
    offered = rejected.offer(ProposalKind.REJECT, REJECT, by="SEK.region")
    rejected.accept(offered, by="SEK.municipal")
    cases["rejected"] = rejected.case
    for name, phase, step in (("between", Phase.DIALOGUE, 1), ("between, lifted", Phase.PREPARATION, 2)):
        cases[name] = StoryFactory(
            at_phase=phase, at_step=step, agreement="KSABO", initiator="HAN", respondents=["NYN"],
            type=CaseType.DEVIATION,
        ).case  # fmt: skip
    session.flush()
    return cases


def seen_by_get(viewer: Viewer, cases: dict[str, Case]) -> dict[str, Sight]:
    found = {name: queries.get(case.number, viewer=viewer, today=TODAY) for name, case in cases.items()}
    return {name: seen[1] for name, seen in found.items() if seen is not None}


def seen_in_list(viewer: Viewer, cases: dict[str, Case]) -> dict[str, Sight]:
    names = {case.id: name for name, case in cases.items()}
    return {names[s.case.id]: s.sight for s in overview.overviews(viewer, TODAY, CaseFilter())}


def test_the_law_of_sight_and_its_agreement_with_every_list(world: dict[str, Case], session: Database) -> None:
    for seat in SEATS:
        viewer = person(seat)
        seen = seen_by_get(viewer, world)
        assert seen_in_list(viewer, world) == seen, seat
        visible = session.scalars(select(Case.number).where(sight.visible(viewer))).all()
        assert sorted(visible) == sorted(world[name].number for name in seen), seat
        whole = session.scalars(select(Case.number).where(seen_whole(viewer, TODAY))).all()
        assert sorted(whole) == sorted(world[name].number for name in seen if seen[name] is Sight.FULL), seat
        law = LAW.get(seat) or LAW.get(seat.partition(".")[0])
        law = (None,) * 8 if seat.endswith(".centre") else law  # it has been let into none of them
        if law is not None:
            assert tuple(seen.get(name) for name in NAMES) == law, seat

    for viewer in (PUBLIC, Viewer(user_id=1, name="Ingen roll"), Viewer(role=Role.BODY_MEMBER)):
        assert seen_by_get(viewer, world) == {}
        assert seen_in_list(viewer, world) == {}
    assert queries.get("ESK-2026-9999", viewer=person("SEK.region")) is None

    # The political body never sees a case whose ladder does not lead to it.
    seen = seen_by_get(person("VIS.member"), world)
    assert not {"between", "between, lifted"} & set(seen)
    assert seen_by_get(person("TSG.member"), world)["between"] is Sight.STUB
    assert seen_by_get(person("TSG.member"), world)["between, lifted"] is Sight.FULL


def test_a_list_begins_with_open_cases_and_tells_of_the_same_provision_only_what_one_may_know(
    world: dict[str, Case],
) -> None:
    listed = overview.overviews(person("SEK.region"), TODAY, CaseFilter())
    assert len(listed) == len(world)
    is_closed = [s.case.phase is Phase.CLOSED for s in listed]
    assert is_closed == sorted(is_closed)
    due = [s.ball.due_on for s in listed if s.ball]
    assert due == sorted(due)
    assert all((s.ball is None) == (s.case.phase is Phase.CLOSED) for s in listed)

    def others(seat: str) -> set[str]:
        alike = patterns.similar(world["received"], viewer=person(seat))
        assert alike.same_parties == [], "all between these parties cite the provision"
        return {c.number for c in alike.same_provision}

    open_ones = {world[name].number for name in ("filed", "served", "impasse", "recommended", "at VIS")}
    assert others("SEK.region") == open_ones
    assert others("NAC.handler") == {world[name].number for name in ("recommended", "at VIS")}
    assert others("RS.handler") == open_ones - {world["filed"].number}
