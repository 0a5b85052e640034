"""The parties are heard before something is decided without them: a case is taken up (T10) or superseded (T40)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import overview, queries
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.asks import Hearing, HearingComment
from escalation.cases.models.parties import PartyRole
from escalation.cases.overview import CaseFilter
from escalation.cases.sight import Sight, sight_of
from escalation.nudges.models import Nudge
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import ClosingReason, HearingKind, Outcome, Phase, ProposalKind
from escalation.trail.queries import events_about
from escalation.watch.sweep import sweep
from tests.support.days import instant
from tests.support.facts import REJECT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

CALL_UP, SUPERSEDE = HearingKind.CALL_UP, HearingKind.SUPERSEDE
GONE = {"reason": "Bestämmelsen är ändrad från årsskiftet."}


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def local(phase: Phase = Phase.DIALOGUE, **facts: Any) -> Story:
    """Served on 1 September 2026; acknowledged on the 3rd where it is in dialogue."""
    return StoryFactory(at_phase=phase, **facts)


# --- Hearing


def test_the_parties_have_five_working_days_and_then_the_one_who_asked_may_decide() -> None:
    story = local()
    hearing = story.hear(CALL_UP, by="TSG.chair", on=day("2026-09-07"))
    assert hearing.answer_until == day("2026-09-14")
    assert (story.case.step, story.case.phase) == (1, Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed, match="call_up_heard"):
        story.act("call_up", by="TSG.chair", on=day("2026-09-14"))
    story.act("call_up", by="TSG.chair", on=day("2026-09-15"))
    assert (story.case.step, story.case.phase) == (2, Phase.RECEIVED)


def test_a_hearing_is_over_as_soon_as_everybody_asked_has_commented_and_no_word_is_an_answer_too() -> None:
    story = local(affected=("TYR",))
    hearing = story.hear(CALL_UP, by="TSG.chair", on=day("2026-09-07"))
    for seat, text in (("SUN.handler", "Fler har frågan."), ("RS.handler", ""), ("TYR.approver", "Vi också.")):
        assert CALL_UP not in story.file.situation.heard
        story.comment(hearing, by=seat, on=day("2026-09-08"), text=text)
    assert CALL_UP in story.file.situation.heard
    story.act("call_up", by="TSG.chair")


def test_a_hearing_moves_neither_the_ball_nor_a_deadline() -> None:
    story = local()
    before = (story.future(), story.due("D7"))
    story.hear(CALL_UP, by="TSG.chair")
    story.hear(SUPERSEDE, by="SEK.region")
    assert (story.future(), story.due("D7")) == before


@pytest.mark.parametrize(
    ("kind", "seat", "guard"),
    [
        (CALL_UP, "SEK.region", "seat"),
        (CALL_UP, "VIS.chair", "seat"),
        (CALL_UP, "SUN.approver", "seat"),
        (SUPERSEDE, "TSG.chair", "seat"),
        (SUPERSEDE, "RS.approver", "seat"),
    ],
)
def test_who_decides_is_who_asks(kind: HearingKind, seat: str, guard: str) -> None:
    story = local()
    with pytest.raises(MoveNotAllowed) as refused:
        story.hear(kind, by=seat)
    assert refused.value.guard == guard


def test_one_thing_is_asked_once_at_a_step() -> None:
    story = local()
    story.hear(SUPERSEDE, by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="no_open_hearing"):
        story.hear(SUPERSEDE, by="SEK.municipal")


def test_a_party_comments_once_and_in_time_and_others_do_not() -> None:
    story = local()
    hearing = story.hear(SUPERSEDE, by="SEK.region", on=day("2026-09-07"))
    story.comment(hearing, by="SUN.handler")
    for seat, on, guard in (
        ("SUN.approver", "2026-09-08", "hearing_open"),
        ("TYR.handler", "2026-09-08", "seat"),
        ("TSG.chair", "2026-09-08", "seat"),
        ("RS.handler", "2026-09-15", "hearing_open"),
    ):
        with pytest.raises(MoveNotAllowed) as refused:
            story.comment(hearing, by=seat, on=day(on))
        assert refused.value.guard == guard, seat


def test_a_hearing_at_one_step_opens_nothing_at_the_next() -> None:
    story = local()
    story.hear(SUPERSEDE, by="SEK.region")
    story.declare_impasse()
    story.agree_on_statement().lift()
    assert story.file.hearings == ()
    with pytest.raises(MoveNotAllowed, match="supersede_heard"):
        story.offer(ProposalKind.SUPERSEDE, GONE, by="SEK.region")


def test_whom_a_hearing_waits_for_finds_it_in_its_list_until_it_has_commented() -> None:
    story = local(affected=("TYR",))

    def waits(seat: str) -> bool:
        return bool(overview.overviews(person(seat), story.day, CaseFilter(waits=True)))

    assert not waits("SUN.handler")
    hearing = story.hear(SUPERSEDE, by="SEK.region", on=day("2026-09-07"))
    assert [waits(seat) for seat in ("SUN.handler", "TYR.approver", "SOL.handler", "TSG.chair")] == [
        True, True, False, False,
    ]  # fmt: skip
    story.comment(hearing, by="SUN.approver")
    assert not waits("SUN.handler")
    story.day = day("2026-09-15")
    assert not waits("TYR.handler")


# --- T10


def test_at_least_one_other_party_is_named_and_it_takes_part_when_the_case_is_taken_up() -> None:
    story = local()
    for named in ([], ["RS"], ["NOBODY"]):
        with pytest.raises(FactsRefused, match="named"):
            story.hear(CALL_UP, by="TSG.chair", named=named)
    story.hear(CALL_UP, by="TSG.chair", named=["TYR", "KSON"])
    story.act("call_up", by="TSG.chair", on=day("2026-10-05"), named=["TYR", "KSON"])
    assert {p.party_code for p in story.case.parties_as(PartyRole.AFFECTED)} == {"TYR", "KSON"}
    assert sight_of(story.case, person("TYR.handler")) is Sight.FULL


def test_what_the_respondent_has_not_done_is_owed_from_the_day_the_case_is_taken_up_and_what_it_has_done_is_not() -> (
    None
):
    """Domain/04 § 4.5: acknowledgement, position and statement remain."""
    served = local(Phase.SERVED)
    served.hear(CALL_UP, by="TSG.chair", on=day("2026-09-02"))
    served.act("call_up", by="TSG.chair", on=day("2026-09-10"))
    owed = {key: served.due(key) for key in ("D4", "D5", "D7b", "D9")}
    assert owed == {
        "D4": day("2026-09-17"), "D5": day("2026-10-01"), "D7b": day("2026-09-24"), "D9": day("2026-09-17"),
    }  # fmt: skip
    served.acknowledge(on=day("2026-09-11"))
    assert (served.case.step, served.case.phase) == (2, Phase.RECEIVED)

    talking = local()
    talking.act("state_position", by="RS.handler", on=day("2026-09-04"))
    talking.hear(CALL_UP, by="TSG.chair", on=day("2026-09-07"))
    talking.act("call_up", by="TSG.chair", on=day("2026-09-15"))
    assert talking.deadline("D4").met_on == day("2026-09-03")
    assert talking.deadline("D5").met_on == day("2026-09-04")
    assert talking.due("D7b") == day("2026-09-29")
    assert talking.case.is_principled
    assert talking.ball() == ("check_file", "secretariat", day("2026-09-22"))


def test_the_first_body_reads_the_whole_case_while_the_parties_are_heard_about_taking_it_up() -> None:
    """Domain/02 § 2.4. The same law of a case and of a list."""
    story = local()

    def sees(seat: str) -> tuple[Sight | None, bool]:
        viewer, number = person(seat), story.case.number
        story.file_on(story.day)
        whole = {s.case.number for s in overview.overviews(viewer, story.day, CaseFilter()) if s.sight is Sight.FULL}
        case = queries.get(number, viewer=viewer)
        return (case[1] if case else None), number in whole

    assert sees("TSG.chair") == (Sight.STUB, False)
    story.hear(SUPERSEDE, by="SEK.region")
    assert sees("TSG.chair") == (Sight.STUB, False)
    story.hear(CALL_UP, by="TSG.chair")
    assert (sees("TSG.chair"), sees("TSG.member"), sees("VIS.chair")) == (
        (Sight.FULL, True), (Sight.FULL, True), (None, False),
    )  # fmt: skip
    [standing] = overview.overviews(person("TSG.chair"), story.day, CaseFilter())
    assert set((standing.case.hearings_going or "").split()) == {"supersede", "call_up"}
    story.declare_impasse()
    assert sees("TSG.chair") == (Sight.STUB, False)


# --- T40


@pytest.mark.parametrize(
    ("phase", "step"),
    [(Phase.SERVED, 1), (Phase.IMPASSE, 1), (Phase.RECEIVED, 2), (Phase.PREPARATION, 2), (Phase.SCHEDULED, 3)],
)
def test_a_question_that_is_gone_is_closed_by_two_officials_after_a_hearing(phase: Phase, step: int) -> None:
    story = StoryFactory(at_phase=phase, at_step=step)
    story.hear(SUPERSEDE, by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="supersede_heard"):
        story.offer(ProposalKind.SUPERSEDE, GONE, by="SEK.region")
    story.day += dt.timedelta(days=12)
    with pytest.raises(MoveNotAllowed, match="supersede_agreed"):
        story.act("supersede", by="SEK.region")
    offered = story.offer(ProposalKind.SUPERSEDE, GONE, by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="other_side"):
        story.accept(offered, by="SEK.region")
    assert story.case.phase is phase
    story.accept(offered, by="SEK.municipal")
    assert (story.case.phase, story.case.closing_reason) == (Phase.CLOSED, ClosingReason.SUPERSEDED)
    assert story.file.ball is None
    assert max(b.begins_on for b in queries.balls(story.case)) <= story.day
    assert rows_that_disagree() == []


@pytest.mark.parametrize(
    ("phase", "step"),
    [
        (Phase.INTAKE, 1),
        (Phase.MINUTED, 2),
        (Phase.RECOMMENDATION_OUT, 2),
        (Phase.MINUTED, 3),
        (Phase.IMPLEMENTATION, 3),
    ],
)
def test_no_question_is_gone_before_the_other_side_knows_it_nor_when_a_body_has_decided_it(
    phase: Phase, step: int
) -> None:
    task = ("Bemanna vägen in.", "RS", day("2027-12-01")) if phase is Phase.IMPLEMENTATION else None
    story = StoryFactory(at_phase=phase, at_step=step, task=task)
    with pytest.raises(MoveNotAllowed, match="phase"):
        story.hear(SUPERSEDE, by="SEK.region")


def test_a_question_that_a_lower_body_has_answered_is_not_closed_as_gone_when_a_party_takes_it_up() -> None:
    story = StoryFactory(at_phase=Phase.RECOMMENDATION_OUT, at_step=2)
    story.act("refuse_recommendation", by="RS.approver")
    assert (story.case.step, story.case.phase) == (3, Phase.RECEIVED)
    with pytest.raises(MoveNotAllowed, match="no_body_has_decided"):
        story.hear(SUPERSEDE, by="SEK.region")


def test_an_initiators_objection_ends_the_matter_and_the_case_goes_on_where_it_stands() -> None:
    story = local()
    before = (story.future(), story.case.phase)
    hearing = story.hear(SUPERSEDE, by="SEK.region", on=day("2026-09-07"))
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.comment(hearing, by="RS.handler", is_objection=True)
    story.comment(hearing, by="RS.handler", text="Frågan är besvarad.")
    story.comment(hearing, by="SUN.handler", text="Frågan finns kvar.", is_objection=True)
    assert (story.future(), story.case.phase) == before
    assert story.file.hearings == ()
    assert events_about(f"case:{story.case.number}")[-1].kind == "hearing_objected"
    story.day = day("2026-10-01")
    with pytest.raises(MoveNotAllowed, match="supersede_heard"):
        story.offer(ProposalKind.SUPERSEDE, GONE, by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="not_objected_to"):
        story.hear(SUPERSEDE, by="SEK.municipal")


def test_the_party_that_keeps_a_withdrawn_case_may_object_as_its_initiator_may() -> None:
    story = local()
    story.act("withdraw", by="SUN.approver")
    story.act("keep_open", by="RS.approver")
    story.comment(story.hear(SUPERSEDE, by="SEK.region"), by="RS.handler", is_objection=True)
    assert story.file.hearings == ()


def test_of_cases_that_follow_a_superseded_lead_each_goes_on_by_itself() -> None:
    lead, member = local(initiator="NAC"), local(initiator="VAR")
    lead.hear(HearingKind.JOIN, by="SEK.region", members=[member.case.number])
    lead.act("join", by="SEK.region", on=lead.day + dt.timedelta(days=12))
    lead.hear(SUPERSEDE, by="SEK.region")
    lead.day += dt.timedelta(days=12)
    lead.accept(lead.offer(ProposalKind.SUPERSEDE, GONE, by="SEK.region"), by="SEK.municipal")
    assert lead.case.phase is Phase.CLOSED
    assert (member.case.phase, member.case.joined_to) == (Phase.DIALOGUE, None)


def test_nothing_is_asked_in_a_pause_or_of_a_closed_case() -> None:
    story = local()
    story.act("pause", by="SEK.region", pause_ground="force_majeure", paused_until=day("2026-12-01"))
    with pytest.raises(MoveNotAllowed, match="not_paused"):
        story.hear(SUPERSEDE, by="SEK.region")
    closed = StoryFactory(at_phase=Phase.CLOSED, at_step=3, outcome=Outcome.DECIDE)
    with pytest.raises(MoveNotAllowed, match="phase"):
        closed.hear(SUPERSEDE, by="SEK.region")


def test_what_was_said_about_a_filing_of_one_person_is_masked_with_it(session: Database) -> None:
    """R36. Earlier releases heard the filer about closing a filing that had not been sent."""
    story = StoryFactory()
    office, filer, now = person("SEK.region"), person("SUN.handler"), instant(story.day)
    said = HearingComment(
        party_code="SUN", text="Personen har flyttat.", commented_by=filer.membership_id, commented_at=now
    )
    hearing = Hearing(
        case_id=story.case.id, round=1, step=1, kind=SUPERSEDE, terms={"intended": "Han bor kvar.", "named_as": []},
        opened_by=office.membership_id, opened_for="SEK", opened_at=now, answer_until=story.day, comments=[said],
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    story.accept(story.offer(ProposalKind.REJECT, REJECT, by="SEK.region"), by="SEK.municipal")
    assert (hearing.terms["intended"], hearing.comments[0].text) == ("(maskerad text)",) * 2


# --- Mail


def recipients_of(session: Database, story: Story, subject: str) -> list[int]:
    asked = select(Nudge.recipient).where(Nudge.case_id == story.case.id, Nudge.subject == subject, Nudge.kind == "N0")
    return sorted(session.scalars(asked))


def test_the_parties_are_notified_at_once_and_the_decider_when_the_time_is_out(session: Database) -> None:
    parties, office = [person("RS.handler"), person("SUN.approver")], person("SEK.region")
    story = local()
    hearing = story.hear(HearingKind.SUPERSEDE, by="SEK.municipal")
    session.commit()
    assert set(recipients_of(session, story, "ball:comment_hearing")) >= {p.user_id for p in parties}
    assert recipients_of(session, story, "ball:after_hearing") == []
    sweep(instant(hearing.answer_until))
    assert recipients_of(session, story, "ball:after_hearing") == []
    sweep(instant(hearing.answer_until + dt.timedelta(days=4)))
    assert office.user_id in recipients_of(session, story, "ball:after_hearing")
