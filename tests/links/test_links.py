"""Linked cases: each shows the link from its own end, and no one learns of a case by a link."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Viewer
from escalation.cases import queries as cases
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import Case
from escalation.links import actions as links
from escalation.links import queries
from escalation.links.models import CaseLink, LinkKind
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.events import content_of, facts_of
from tests.support.days import instant
from tests.support.facts import REJECT
from tests.support.people import person
from tests.support.stories import CaseFactory, Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

ON = dt.date(2026, 9, 10)
WHY = "Frågan är densamma, omarbetad."
PRECEDENT = "VIS-T 2025:2"


def served(initiator: str = "SUN", **facts: object) -> Case:
    return CaseFactory(initiator=initiator, at_phase=Phase.SERVED, **facts)


def tie(case: Case, to: str, kind: LinkKind = LinkKind.RELATED, *, by: str = "SEK.region") -> CaseLink:
    return links.link(case, by=person(by), at=instant(ON), kind=kind, to=to, reason=WHY)


def ends(case: Case, viewer: Viewer) -> list[tuple[str, str]]:
    return [(end.word, end.number) for end in queries.linked(case, viewer=viewer)]


@pytest.mark.parametrize(
    ("kind", "here", "there"),
    [
        (LinkKind.RELATED, "related", "related"),
        (LinkKind.SAME_PROVISION, "same_provision", "same_provision"),
        (LinkKind.CONFLICTS_WITH, "conflicts_with", "conflicts_with"),
        (LinkKind.PREDECESSOR, "predecessor", "successor"),
    ],
)
def test_a_link_is_read_from_both_ends_and_only_who_replaces_whom_has_a_direction(
    kind: LinkKind, here: str, there: str
) -> None:
    case, other = served(), served("NAC")
    tie(case, other.number, kind)
    office = person("SEK.municipal")
    assert (ends(case, office), ends(other, office)) == ([(here, other.number)], [(there, case.number)])


def test_both_cases_tell_of_it_with_the_reason_and_neither_goes_anywhere() -> None:
    case, other = served(), served("NAC")
    before = [(c.version, c.phase, len(cases.balls(c))) for c in (case, other)]
    tie(case, other.number, LinkKind.PREDECESSOR)
    assert [(c.version, c.phase, len(cases.balls(c))) for c in (case, other)] == before
    events = [trail.events_about(f"case:{c.number}")[-1] for c in (case, other)]
    assert [(e.kind, facts_of(e), content_of(e)) for e in events] == [
        ("case_linked", {"who": "SEK", "kind": "predecessor", "number": other.number}, {"reason": WHY}),
        ("case_linked_to", {"who": "SEK", "kind": "successor", "number": case.number}, {"reason": WHY}),
    ]
    assert (rows_that_disagree(), trail.verify()) == ([], [])


def test_a_closed_case_is_linked_too_as_a_rejected_filing_to_what_replaces_it() -> None:
    """C11."""
    rejected, again = StoryFactory(), CaseFactory()
    rejected.accept(rejected.offer(ProposalKind.REJECT, REJECT, by="SEK.region"), by="SEK.municipal")
    tie(again, rejected.case.number, LinkKind.PREDECESSOR, by="SUN.approver")
    assert ends(rejected.case, person("SUN.handler")) == [("successor", again.number)]


# --- Who


@pytest.mark.parametrize("seat", ["SUN.handler", "SUN.approver", "RS.handler", "SEK.region"])
def test_the_secretariat_and_a_party_that_sees_both_cases_whole_may_link_them(seat: str) -> None:
    case, other = served(), served()
    assert tie(case, other.number, by=seat).other_id == other.id


@pytest.mark.parametrize("seat", ["NAC.handler", "SUN.registrar", "SUN.reader", "TSG.chair", "AUDITOR"])
def test_no_other_seat_may_link_them(seat: str) -> None:
    case, other = served(), served()
    with pytest.raises(MoveNotAllowed, match="seat"):
        tie(case, other.number, by=seat)


def test_what_is_not_seen_whole_is_answered_as_what_does_not_exist() -> None:
    mine, theirs = served(), served("NAC")
    lifted = CaseFactory(initiator="NAC", at_phase=Phase.RECEIVED, at_step=2)
    for number in (theirs.number, lifted.number, "ESK-2026-9999", "vad som helst"):
        with pytest.raises(FactsRefused) as refused:
            tie(mine, number, by="SUN.handler")
        assert refused.value.errors == {
            "to": "Skriv numret på ett ärende som ni ser hela av, till exempel ESK-2026-0011."
        }


def test_a_link_is_shown_only_to_those_who_may_know_of_the_case_at_its_other_end() -> None:
    mine, theirs = served(), served("NAC")
    tie(mine, theirs.number)
    assert ends(mine, person("SUN.handler")) == []
    assert ends(theirs, person("NAC.approver")) == []
    for seat in ("RS.handler", "SEK.region", "AUDITOR", "TSG.member"):
        assert ends(mine, person(seat)) == [("related", theirs.number)], seat
    assert queries.known_numbers([mine.number, theirs.number], viewer=person("SUN.handler")) == {mine.number}


# --- What


def test_a_number_is_found_however_it_is_typed() -> None:
    case, other = served(), served()
    assert tie(case, f"  {other.number.lower()} ").other_id == other.id


def test_a_case_is_not_linked_to_itself_nor_twice_in_one_way_from_either_end() -> None:
    case, other = served(), served()
    with pytest.raises(FactsRefused, match="sig självt"):
        tie(case, case.number)
    tie(case, other.number, LinkKind.PREDECESSOR)
    for a, b in ((case, other), (other, case)):
        with pytest.raises(FactsRefused, match="redan länkat"):
            tie(a, b.number, LinkKind.PREDECESSOR)
    tie(case, other.number, LinkKind.CONFLICTS_WITH)
    assert len(ends(case, person("SEK.region"))) == 2


def test_cases_are_said_to_be_about_one_provision_only_where_they_are() -> None:
    case, other = served(), served("NAC", provisions=["1.4 st 3"], precedent_answer="En annan fråga.")
    with pytest.raises(FactsRefused, match="kind"):
        tie(case, other.number, LinkKind.SAME_PROVISION)
    quoted = [served("SUN", agreement="KSABO", respondents=("NAC",)) for _ in range(2)]
    tie(quoted[0], quoted[1].number, LinkKind.SAME_PROVISION)


def test_a_precedent_that_is_applied_is_a_published_interpretation() -> None:
    case, other = served(), served()
    for number in (other.number, "VIS-T 1999:1"):
        with pytest.raises(FactsRefused, match="publicerat tolkningsbesked"):
            tie(case, number, LinkKind.PRECEDENT_APPLIED, by="RS.approver")
    tie(case, PRECEDENT, LinkKind.PRECEDENT_APPLIED, by="RS.approver")
    assert ends(case, person("SUN.handler")) == [("precedent_applied", PRECEDENT)]
    with pytest.raises(FactsRefused, match="redan länkat"):
        tie(case, PRECEDENT, LinkKind.PRECEDENT_APPLIED)
    with pytest.raises(FactsRefused, match="ett ärende"):
        tie(case, PRECEDENT)


# --- Taken away


def test_the_secretariat_takes_a_link_away_and_both_cases_remember_it(session: Database) -> None:
    case, other = served(), served()
    made = tie(case, other.number, LinkKind.PREDECESSOR, by="SUN.handler")
    for seat in ("SUN.handler", "AUDITOR"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            links.unlink(case, made, by=person(seat), at=instant(ON), reason="Fel nummer.")
    links.unlink(other, made, by=person("SEK.region"), at=instant(ON), reason="Fel nummer.")
    assert session.scalars(select(CaseLink)).all() == []
    events = [trail.events_about(f"case:{c.number}")[-1] for c in (case, other)]
    assert [(e.kind, facts_of(e)) for e in events] == [
        ("link_removed", {"who": "SEK", "kind": "predecessor", "number": other.number}),
        ("link_removed", {"who": "SEK", "kind": "successor", "number": case.number}),
    ]
    assert (rows_that_disagree(), trail.verify()) == ([], [])
    tie(case, other.number, LinkKind.PREDECESSOR)


def test_why_a_filing_of_one_person_was_linked_is_masked_in_both_cases() -> None:
    """R36."""

    def reject(story: Story) -> None:
        story.accept(story.offer(ProposalKind.REJECT, REJECT, by="SEK.region"), by="SEK.municipal")

    first, second = StoryFactory(), StoryFactory()
    made = tie(first.case, second.case.number, by="SUN.handler")
    links.unlink(first.case, made, by=person("SEK.region"), at=instant(ON), reason="Fel.")
    tie(second.case, first.case.number, by="SUN.handler")
    reject(first)
    for story in (first, second):
        events = [
            e for e in trail.events_about(f"case:{story.case.number}") if e.kind.startswith(("case_linked", "link"))
        ]
        assert [content_of(e) for e in events] == [None, None, None]
    reject(second)
    assert ends(first.case, person("SEK.region")) == [("related", second.case.number)]
    assert (rows_that_disagree(), trail.verify()) == ([], [])
