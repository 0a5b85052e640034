"""A withdrawal and an objection to it change nothing but the withdrawal itself (T37)."""

from __future__ import annotations

import datetime as dt
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import proposals, queries
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.parties import PartyRole
from escalation.cases.sight import sight_of
from escalation.rules import workdays
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.watch.delivery import deliver
from escalation.watch.sweep import sweep
from escalation.watch.transports import FileTransport
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]

pytestmark = pytest.mark.usefixtures("session")

SETTLED = {"settlement": "Vägen in ska vara bemannad.", "obligations": []}
SEATS = (
    "SUN.handler", "SUN.approver", "RS.handler", "RS.approver", "KSON.handler", "KSON.approver", "TYR.approver",
    "SEK.region", "SEK.municipal", "TSG.chair", "TSG.deputy", "VIS.chair",
)  # fmt: skip

IN_MOTION: dict[str, dict[str, Any]] = {
    # every phase in which a withdrawal waits for objections
    "served": {"at_phase": Phase.SERVED},
    "dialogue": {"at_phase": Phase.DIALOGUE},
    "dialogue, two respondents": {"at_phase": Phase.DIALOGUE, "respondents": ("RS", "KSON")},
    "dialogue, somebody asked to file too": {"at_phase": Phase.DIALOGUE, "co_initiators": ("TYR",)},
    "impasse": {"at_phase": Phase.IMPASSE},
    "received": {"at_phase": Phase.RECEIVED, "at_step": 2},
    "preparation": {"at_phase": Phase.PREPARATION, "at_step": 2},
    "scheduled": {"at_phase": Phase.SCHEDULED, "at_step": 2},
    "recommendation out": {"at_phase": Phase.RECOMMENDATION_OUT, "at_step": 2},
    "received at the top": {"at_phase": Phase.RECEIVED, "at_step": 3},
    "scheduled at the top": {"at_phase": Phase.SCHEDULED, "at_step": 3},
}


ITS_OWN = frozenset({"withdraw", "ask_to_pursue"})
"""The acts of a withdrawal. A party that withdraws or objects has acted, and is not asked for being silent."""
IN_THE_PARTIES_STEAD = frozenset({"declare_impasse", "lift"})
"""What the secretariat does sooner in a case that its chair keeps."""


def state_of_case(story: Story) -> dict[str, Any]:
    """All that the parties have and may do in the case, each from its own seat, but for the withdrawal's own."""
    file = story.file
    case = file.case
    may = {}
    for seat in SEATS:
        viewer = person(seat)
        opened = {(o.move.verb, o.guard, o.opens_on) for o in file.openings_of(viewer) if o.move.verb not in ITS_OWN}
        offers = {k: proposals.may_offer(case, k, file.situation, viewer) for k in ProposalKind}
        answers = {p.id: proposals.may_answer(case, p, viewer, file.today) for p in file.proposals}
        may[seat] = (opened, offers, answers, sight_of(case, viewer))
    return {
        "may": may,
        "deadlines": [(d.key, d.base_on, d.due_on, d.met_on) for d in file.deadlines],
        "ball": [(act, holder, due) for _begins, act, holder, due in story.future()],
        "parties": [
            (p.party_code, p.role, p.handler_id, p.substitute_id, p.acknowledged_at, p.came_with) for p in case.parties
        ],
        "said": [(p.party_code, p.version, p.text, p.stated_at) for p in file.positions],
        "filed for": case.filer.party_code,
        "phase": (case.step, case.phase, case.round, case.interim_arrangement, case.interim_agreed_at),
        "decided": [(d.outcome, d.number, d.adjusted_at, d.tasks) for d in file.decisions],
        "answered": [(a.party_code, a.is_accepted) for a in queries.recommendation_answers(case)],
    }


@pytest.mark.parametrize("objector", ["RS.approver", "chair"])
@pytest.mark.parametrize("where", list(IN_MOTION))
def test_an_objection_to_a_withdrawal_changes_nothing_but_the_withdrawal(where: str, objector: str) -> None:
    story: Story = StoryFactory(**IN_MOTION[where])
    if "dialogue" in where:
        story.act("state_position", by="RS.handler")
        story.offer(ProposalKind.SETTLEMENT, SETTLED, by="SUN.approver")
    if "recommendation" in where:
        story.act("accept_recommendation", by="RS.approver")
    before = state_of_case(story)
    story.act("withdraw", by="SUN.approver")
    story.act("keep_open", by=f"{story.body or 'TSG'}.chair" if objector == "chair" else objector)
    after = state_of_case(story)
    if objector == "chair":
        waits_for_parties = {"both_sides", "both_sides_and_secretariat"}
        assert all(holder not in waits_for_parties for _act, holder, _due in after["ball"])
        assert len(before.pop("ball")) == len(after.pop("ball"))
        for seat in ("SEK.region", "SEK.municipal"):  # who stands in the parties' stead from the step's last day
            for picture in (before, after):
                opened, *rest = picture["may"][seat]
                picture["may"][seat] = ({o for o in opened if o[0] not in IN_THE_PARTIES_STEAD}, *rest)
    assert after == before
    assert (rows_that_disagree(), trail.verify()) == ([], [])


def test_a_dialogue_that_was_acknowledged_is_so_after_an_objection_and_no_party_may_lift_before_the_day() -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.day = dt.date(2026, 10, 12)  # fifteen working days and more since the receipt was due
    story.act("withdraw", by="SUN.approver")
    story.act("keep_open", by="RS.approver")
    assert story.file.situation.is_acknowledged
    for seat in ("SUN.approver", "RS.approver"):
        with pytest.raises(MoveNotAllowed, match="local_way_is_over"):
            story.act("declare_impasse", by=seat)


def test_the_party_that_objects_pursues_the_case_and_each_withdraws_it_once_in_a_round() -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("withdraw", by="SUN.approver")
    for seat in ("SUN.approver", "RS.handler"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("keep_open", by=seat)
    story.act("keep_open", by="RS.approver")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("withdraw", by="SUN.approver")
    story.act("withdraw", by="RS.approver")
    assert story.ball()[:2] == ("object", "objectors")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("keep_open", by="RS.approver")
    story.act("keep_open", by="SUN.approver")
    for seat, guard in (("SUN.approver", "not_withdrawn_before"), ("RS.approver", "seat")):
        with pytest.raises(MoveNotAllowed, match=guard):
            story.act("withdraw", by=seat)


def test_a_case_that_its_chair_keeps_waits_for_no_party_and_the_secretariat_lifts_it() -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("withdraw", by="SUN.approver")
    story.act("keep_open", by="TSG.chair")
    for seat, guard in (("SUN.approver", "not_kept_by_body"), ("RS.approver", "seat")):
        with pytest.raises(MoveNotAllowed, match=guard):
            story.act("withdraw", by=seat)
    story.act("state_position", by="RS.handler")
    assert story.ball()[1] == "secretariat"
    with pytest.raises(MoveNotAllowed, match="local_way_is_over"):
        story.act("declare_impasse", by="SEK.region")
    story.day = dt.date(2026, 10, 28)
    assert story.ball() == ("force", "secretariat", story.due("D7c"))
    story.act("declare_impasse", by="SEK.region")
    assert story.ball()[1] == "secretariat"
    story.act("lift", by="SEK.municipal", on=story.file.opens("statement_agreed_or_time_over"), question="Vad gäller?",
             background="Numret har bytts.")  # fmt: skip
    assert (story.case.step, story.case.phase) == (2, Phase.RECEIVED)
    assert story.file.situation.is_kept_by_body, "the body pursues it at the next step too"


def test_of_several_that_file_together_each_leaves_for_itself_and_the_last_one_withdraws() -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE, co_initiators=("TYR",))
    story.act("confirm_part", by="TYR.approver", handler=person("TYR.handler").membership_id, substitute=None)
    for seat in ("SUN.approver", "TYR.approver"):
        with pytest.raises(MoveNotAllowed, match="seat"):
            story.act("withdraw", by=seat)
    story.act("leave_filing", by="SUN.approver")
    assert {p.party_code: p.role for p in story.case.parties} == {
        "SUN": PartyRole.AFFECTED, "TYR": PartyRole.INITIATOR, "RS": PartyRole.RESPONDENT,
    }  # fmt: skip
    assert story.case.lead_party.party_code == "TYR"
    assert story.case.filer.party_code == "SUN", "what it wrote is its own"
    story.act("withdraw", by="TYR.approver")
    story.act("keep_open", by="RS.approver")


def test_the_party_that_completes_a_filing_that_its_writer_has_left_writes_in_its_own_name() -> None:
    story: Story = StoryFactory(co_initiators=("TYR",))
    story.act("confirm_part", by="TYR.approver", handler=person("TYR.handler").membership_id, substitute=None)
    story.act("leave_filing", by="SUN.approver")
    story.act("ask_completion", by="SEK.region")
    story.act("complete", by="TYR.handler", position="Vägen in ska vara känd.")
    assert [(p.party_code, p.version, p.text) for p in queries.positions(story.case)] == [
        ("SUN", 1, "Det ska finnas en känd och bemannad väg in."), ("TYR", 1, "Vägen in ska vara känd."),
    ]  # fmt: skip


def test_what_a_body_has_recommended_stands_though_the_case_is_withdrawn(session: Database) -> None:
    story: Story = StoryFactory(at_phase=Phase.RECOMMENDATION_OUT, at_step=2)
    [recommended] = story.file.decisions
    number = recommended.number
    story.act("withdraw", by="SUN.approver")
    until = story.case.withdrawal_until
    assert until is not None
    session.commit()
    sweep(instant(until + dt.timedelta(days=4)))
    story.day = until + dt.timedelta(days=4)
    assert story.case.phase is Phase.CLOSED
    [stays] = story.file.decisions
    assert (stays.number, stays.adjusted_at is not None) == (number, True)


@pytest.mark.parametrize("phase", [Phase.MINUTED, Phase.IMPLEMENTATION])
def test_what_a_body_has_decided_is_not_withdrawn(phase: Phase) -> None:
    task = ("Bemanna vägen in.", "RS", dt.date(2027, 12, 1)) if phase is Phase.IMPLEMENTATION else None
    story: Story = StoryFactory(at_phase=phase, at_step=3, task=task)
    with pytest.raises(MoveNotAllowed, match="phase"):
        story.act("withdraw", by="SUN.approver")


def test_a_new_round_is_pursued_by_its_filer_again() -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    story.act("withdraw", by="SUN.approver")
    story.act("keep_open", by="RS.approver")
    offered = story.offer(ProposalKind.SETTLEMENT, SETTLED, by="RS.approver")
    story.accept(offered, by="SUN.approver")
    story.act("reopen", by="SEK.region")
    with pytest.raises(MoveNotAllowed, match="seat"):
        story.act("withdraw", by="RS.approver")
    story.act("withdraw", by="SUN.approver")


def test_the_letter_about_a_withdrawal_reaches_those_who_may_object_and_says_that_silence_ends_it(
    tmp_path: Path,
) -> None:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    person("RS.approver")
    story.act("withdraw", by="SUN.approver")
    story.day = workdays.open_from(story.day, story.calendar)
    deliver(instant(story.day), FileTransport(tmp_path), base_url="https://a.se", sender="trappan@a.se", by="test")
    letters = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in tmp_path.rglob("*.eml")]
    texts = {str(m["To"]): " ".join(str(m.get_content()).split()) for m in letters}
    for to in ("rs-approver@example.se", "rs-handler@example.se"):
        assert "Er part kan invända. Det är er beslutsfattare som gör det." in texts[to], to
        assert "Invänder ingen avslutas ärendet som återkallat när dagen har passerat." in texts[to], to
        assert "Sekretariatet följer upp" not in texts[to]
