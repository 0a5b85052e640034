"""One question goes on by itself, from where the case stood, when the parties have been heard (T42)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries as cases
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.asks import Proposal
from escalation.cases.models.case import Case
from escalation.cases.waits import without_ball
from escalation.links import actions as links
from escalation.links import queries
from escalation.links.models import CaseLink
from escalation.nudges.models import Nudge, NudgeState
from escalation.rules import workdays
from escalation.rules.deadlines import recount
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import HearingKind, Outcome, Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.events import facts_of
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

SPLIT = HearingKind.SPLIT


def divided(story: Story, session: Database) -> Story:
    """Hear the parties, wait until they have had their days, and split; the new case's story."""
    story.hear(SPLIT, by="SEK.region")
    story.act("split", by="SEK.municipal", on=workdays.add(story.day, 6, story.calendar))
    newest = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert newest is not None
    assert newest is not story.case
    return Story(newest, story.day, story.initiator, story.respondents)


def days(story: Story) -> dict[str, tuple[dt.date, dt.date | None]]:
    return {d.key: (d.due_on, d.met_on) for d in cases.deadlines(story.case)}


WHERE = [
    (Phase.SERVED, 1),
    (Phase.DIALOGUE, 1),
    (Phase.IMPASSE, 1),
    (Phase.RECEIVED, 2),
    (Phase.PREPARATION, 2),
    (Phase.SCHEDULED, 2),
    (Phase.RECEIVED, 3),
]


@pytest.mark.parametrize(("phase", "step"), WHERE)
def test_the_question_stands_where_the_case_stood_and_the_case_stays_as_it_was(
    phase: Phase, step: int, session: Database
) -> None:
    story = StoryFactory(at_phase=phase, at_step=step, affected=("TYR",))
    texts = story.case.number, story.case.title, story.case.description
    before = story.ball(), days(story)
    made = divided(story, session)
    assert (story.case.number, story.case.title, story.case.description) == texts
    assert (story.ball(), days(story)) == before
    assert (made.case.title, made.case.description) == ("Numret i portalen", "Numret i portalen har bytts tre gånger.")
    assert (made.case.step, made.case.phase, made.case.round, made.case.version) == (step, phase, 1, 1)
    assert (made.ball(), days(made)) == before
    roles = [[(p.party_code, p.role, p.handler_id, p.substitute_id, p.acknowledged_at) for p in of.case.parties]
             for of in (story, made)]  # fmt: skip
    assert roles[0] == roles[1]
    assert (made.case.agreement_version_id, made.case.ladder_hash, made.case.ladder) == (
        story.case.agreement_version_id, story.case.ladder_hash, story.case.ladder,
    )  # fmt: skip
    assert all(recount(d.receipt, made.calendar) == d.due_on for d in cases.deadlines(made.case))
    s = story.file.situation._replace(highest_body=made.file.situation.highest_body)  # its own body is yet to treat it
    assert made.file.situation == s
    assert (rows_that_disagree(), without_ball(story.day), trail.verify()) == ([], [], [])


def test_it_has_a_number_of_its_own_and_no_gap_is_left(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    assert [divided(story, session).case.number for _ in range(2)] == ["ESK-2026-0002", "ESK-2026-0003"]


def test_each_partys_stand_as_it_is_now_becomes_its_first_there(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    for text in ("Vi läser det så.", "Vi läser det annorlunda nu."):
        story.act("state_position", by="RS.handler", text=text)
    made = divided(story, session)
    stands = {(p.party_code, p.version, p.text) for p in cases.positions(made.case)}
    assert ("RS", 1, "Vi läser det annorlunda nu.") in stands
    assert len(stands) == 2
    assert made.file.situation.is_position_in


def test_both_cases_tell_of_it_once_and_are_linked_for_good(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    made = divided(story, session)
    first, second = (trail.events_about(f"case:{of.case.number}") for of in (story, made))
    assert (first[-1].kind, facts_of(first[-1])) == ("case_split", {"who": "SEK", "number": made.case.number})
    assert [(e.kind, facts_of(e)) for e in second] == [
        ("case_split_off", {"who": "SEK", "number": story.case.number, "step": 1})
    ]
    ends = [[(e.word, e.number) for e in queries.linked(of.case, viewer=person("RS.handler"))] for of in (story, made)]
    assert ends == [[("split_into", made.case.number)], [("split_from", story.case.number)]]
    link = session.scalars(select(CaseLink)).one()
    with pytest.raises(MoveNotAllowed, match="seat"):
        links.unlink(made.case, link, by=person("SEK.region"), at=instant(story.day), reason="Ångrat.")


@pytest.mark.parametrize(("phase", "step"), [(Phase.SERVED, 1), (Phase.SCHEDULED, 2), (Phase.RECEIVED, 3)])
def test_the_question_goes_its_own_way_to_its_own_end(phase: Phase, step: int, session: Database) -> None:
    story = StoryFactory(at_phase=phase, at_step=step)
    made = divided(story, session)
    terms = {"settlement": "Numret står i portalen.", "obligations": []}
    made.accept(made.offer(ProposalKind.SETTLEMENT, terms, by="SUN.approver"), by="RS.approver")
    assert made.case.phase is Phase.CLOSED
    assert story.case.phase is phase
    if phase is Phase.SCHEDULED:
        story.decide(Outcome.REFER_UP)
    again = divided(StoryFactory(at_phase=Phase.SCHEDULED, at_step=2), session)
    again.decide(Outcome.REFER_UP).adjust("pass_up")
    assert (again.case.step, again.case.phase) == (3, Phase.RECEIVED)
    assert rows_that_disagree() == []


def test_what_is_proposed_and_asked_stays_with_the_case(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.PREPARATION, at_step=2)
    story.act("refer", by="SEK.region")
    terms = {"settlement": "Numret står i portalen.", "obligations": []}
    story.offer(ProposalKind.SETTLEMENT, terms, by="SUN.approver")
    made = divided(story, session)
    assert "D11" in days(story)
    assert "D11" not in days(made)
    assert made.case.referrals == []
    assert session.scalar(select(func.count()).where(Proposal.case_id == made.case.id)) == 0


def test_the_party_that_is_waited_for_is_notified_and_reminded_of_the_new_case(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.SERVED)
    made = divided(story, session)
    new = select(Nudge).where(Nudge.case_id == made.case.id, Nudge.state != NudgeState.SUPPRESSED)
    assert {n.subject for n in session.scalars(new)} == {"ball:acknowledge"}
    report = sweep(instant(workdays.add(story.day, 1, story.calendar)))
    assert report.errors == []


# --- When not


def test_the_parties_are_heard_first(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match="split_heard"):
        story.act("split", by="SEK.region")
    story.hear(SPLIT, by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="split_heard"):
        story.act("split", by="SEK.region")
    for seat in ("SUN.handler", "RS.handler"):
        story.comment(story.file.hearings[0], by=seat)
    for seat in ("SUN.approver", "TSG.chair"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("split", by=seat)
    story.act("split", by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="split_heard"):
        story.act("split", by="SEK.region")


@pytest.mark.parametrize("chosen", [[], ["1.2"], ["4.5 st 2", "1.2"]])
def test_what_goes_with_the_question_is_what_the_case_cites(chosen: list[str]) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(FactsRefused, match="split_provisions"):
        story.hear(SPLIT, by="SEK.region", split_provisions=chosen)


def test_of_several_provisions_those_that_were_chosen_go_with_it_and_a_free_citation_by_itself(
    session: Database,
) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE, provisions=["1.4 st 3", "4.5 st 2"], precedent_answer="Annan fråga.")
    made = divided(story, session)
    assert [p.code for p in cases.provisions(made.case)] == ["4.5 st 2"]
    assert {p.code for p in cases.provisions(story.case)} == {"1.4 st 3", "4.5 st 2"}
    quoted = StoryFactory(at_phase=Phase.SERVED, agreement="KSABO", respondents=("NAC",))
    quoted.hear(SPLIT, by="SEK.region", split_provisions=[])
    quoted.act("split", by="SEK.region", on=workdays.add(quoted.day, 6, quoted.calendar))
    newest = session.scalars(select(Case).order_by(Case.id.desc())).first()
    assert newest is not None
    assert newest.citation_quote == quoted.case.citation_quote


@pytest.mark.parametrize(("phase", "step"), [(Phase.INTAKE, 1), (Phase.MINUTED, 2), (Phase.RECOMMENDATION_OUT, 2)])
def test_what_is_not_sent_or_is_decided_is_not_split(phase: Phase, step: int) -> None:
    story = StoryFactory(at_phase=phase, at_step=step)
    with pytest.raises(MoveNotAllowed, match="phase"):
        story.hear(SPLIT, by="SEK.region")


def test_neither_a_lead_case_nor_what_follows_it_is_split() -> None:
    lead, second = (StoryFactory(initiator=initiator, at_phase=Phase.DIALOGUE) for initiator in ("NAC", "VAR"))
    lead.hear(HearingKind.JOIN, by="SEK.region", members=[second.case.number])
    lead.act("join", by="SEK.region", on=dt.date(2026, 9, 21))
    for story, guard in ((lead, "has_no_members"), (second, "not_joined")):
        with pytest.raises(MoveNotAllowed, match=guard):
            story.hear(SPLIT, by="SEK.region")


def test_how_often_a_step_was_extended_is_counted_in_both(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)

    def extend(of: Story) -> Any:
        later = workdays.add(of.due("D7"), 5, of.calendar).isoformat()
        terms = {"extended_to": later, "reason": "Beslut väntas."}
        return of.accept(of.offer(ProposalKind.EXTENSION, terms, by="SUN.approver"), by="RS.approver")

    extend(story)
    extend(story)
    made = divided(story, session)
    with pytest.raises(MoveNotAllowed, match="may_be_extended"):
        extend(made)
