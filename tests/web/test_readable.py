"""Every text that somebody has to write can be read: by the other side, by who wrote it, and by the secretariat.

Each act, each proposal with its yes and its no, each hearing with its comments is done with a text of its own in every
field for one; then each side opens the case, and finds it there or on a page that the case's page leads to. Which facts
are texts is asked of the forms, so that a new one is walked by itself; a new act lacks its way here, and says so.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask.testing import FlaskClient
from wtforms import StringField

from escalation.cases import queries
from escalation.cases.sight import Sight, sight_of
from escalation.db import session
from escalation.rules import workdays
from escalation.rules.moves.table import BY_VERB, MOVES
from escalation.rules.situation import HearingKind, Outcome, Phase, ProposalKind
from escalation.web.cases.fields import fields_of
from escalation.web.cases.forms import HEARING_FACTS, PROPOSAL_FACTS
from tests.support.app import turn_to
from tests.support.databases import Databases
from tests.support.facts import FACTS, INTENDED, PRINCIPLED, STATEMENT
from tests.support.page import Page
from tests.support.people import person
from tests.support.stage import House, Stage, house_in
from tests.support.stories import Story, StoryFactory

pytestmark = pytest.mark.one_database  # what is written is asked of both in tests/cases

TYR = {"initiator": "TYR"}
NAC: dict[str, Any] = {"named": ["NAC"]}
FEBRUARY = dt.date(2027, 2, 1)
WITH_A_TASK = [move.verb for move in MOVES if any(fact.name == "task" for fact in move.facts)]
NOT_WALKED: dict[str, str] = {
    # what is not looked for here -> why
    "notes: text": "a party's own room: nobody else knows of it",
    "mark: reason": "of a marked file the history says no more than that it is marked",
    "settle: obligations": "walked with the proposal, and as what is to be done",
    **{
        f"{move.verb}: {fact.name}": "the same as the first hand's, walked with adjust"
        for move in MOVES
        if move.consumes
        for fact in move.facts
    },
    **{f"{verb}: task": "no text that must be written; walked with a settlement" for verb in WITH_A_TASK},
}


@pytest.fixture(scope="module")
def home(databases: Databases, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A copy of the stage of this module's own: people, meetings and a database to act in."""
    with house_in(databases, stage, tmp_path_factory.mktemp("readable"), "readable") as found:
        yield found


# --- What is written ---------------------------------------------------------------------------------------------

_numbers = itertools.count(1)


def is_text(fact: str) -> bool:
    """Whether the form has fields for text for it."""
    return any(issubclass(field.make().field_class, StringField) for field in fields_of(fact).values())


def marks(facts: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """A text of its own for every fact that is one; what is given as a list of texts, as long a list of them."""
    texts = [fact for fact in facts if is_text(fact) and fact not in {"obligations", "task"}]
    found: dict[str, Any] = {fact: f"Märke{next(_numbers):04d} i {fact}." for fact in texts}
    return found | {
        fact: [f"Märke{next(_numbers):04d} i {fact}." for _one in given[fact]]
        for fact in texts
        if isinstance(given.get(fact), list)
    }


def written(facts: Any) -> set[str]:
    """The marks in the facts of an act."""
    return set(re.findall(r"Märke\d+", repr(facts)))


@dataclass
class MarkedStory:
    """A story in which texts are written, and the marks of them all."""

    story: Story
    sources: dict[str, str] = field(default_factory=dict)

    def note(self, act: str, facts: Mapping[str, Any]) -> None:
        for fact, value in facts.items():
            for mark in written(value):
                self.sources[mark] = f"{act}: {fact}"

    def act(self, verb: str, by: str, on: dt.date | None = None, **facts: Any) -> MarkedStory:
        self.story.day = on or self.story.day
        asked = [fact.name for fact in BY_VERB[verb].asked_facts(self.story.file.situation)]
        if person(by).party is None:
            asked = [name for name in asked if name != "stand"]
        usual = {"urgency": False} if "urgency" in asked else {}
        facts = marks(asked, FACTS.get(verb, {})) | usual | facts
        self.note(verb, facts)
        self.story.act(verb, by=by, **facts)
        return self

    def offer(self, kind: ProposalKind, by: str, **terms: Any) -> MarkedStory:
        terms = marks(PROPOSAL_FACTS[kind], {}) | terms
        self.note(f"offer {kind}", terms)
        self.story.offer(kind, terms, by=by)
        return self

    @property
    def proposal(self) -> Any:
        return queries.proposals(self.story.case)[0]

    def decline(self, by: str) -> MarkedStory:
        reason = f"Märke{next(_numbers):04d} i ett nej."
        self.sources[reason[:9]] = f"decline {self.proposal.kind}"
        self.story.decline(self.proposal, by=by, reason=reason)
        return self

    def accept(self, by: str) -> MarkedStory:
        self.story.accept(self.proposal, by=by)
        return self

    def hear(self, kind: HearingKind, by: str, **terms: Any) -> MarkedStory:
        terms = INTENDED[kind] | marks(HEARING_FACTS[kind], {}) | terms
        self.note(f"hear {kind}", terms)
        hearing = self.story.hear(kind, by=by, **terms)
        for party in ("TYR", "RS"):
            text = f"Märke{next(_numbers):04d} i ett yttrande."
            self.sources[text[:9]] = f"comment {kind} by {party}"
            self.story.comment(hearing, by=f"{party}.handler", text=text)
        self.story.day = workdays.add(hearing.answer_until, 1, self.story.calendar)
        return self


def marked(phase: Phase, step: int = 1, **facts: Any) -> MarkedStory:
    return MarkedStory(StoryFactory(**TYR | {"at_phase": phase, "at_step": step} | facts))


def later(way: MarkedStory, days: int) -> dt.date:
    return workdays.add(way.story.day, days, way.story.calendar)


def opens(way: MarkedStory, guard: str) -> dt.date:
    day = way.story.file.opens(guard)
    assert day is not None, guard
    return day


def tried(**facts: Any) -> MarkedStory:
    way = marked(Phase.INTAKE, **PRINCIPLED | facts).act("claim_principle", "SEK.region")
    return way.act("comment_principle", "RS.handler")


def settled(**terms: Any) -> MarkedStory:
    way = marked(Phase.DIALOGUE)
    due = later(way, 30).isoformat()
    obliged = [[f"Märke{next(_numbers):04d} att göra.", "RS", due]]
    return way.offer(ProposalKind.SETTLEMENT, "TYR.approver", obligations=obliged, **terms)


def carrying_out() -> MarkedStory:
    return settled().accept("RS.approver")


def reported() -> MarkedStory:
    way = carrying_out()
    [task] = queries.tasks(way.story.case)
    return way.act("report_task", "RS.handler", task_id=task.id)


def joined() -> tuple[MarkedStory, Story]:
    """A lead case, and the case that was joined to it."""
    member = StoryFactory(**TYR | {"at_phase": Phase.DIALOGUE})
    lead = marked(Phase.DIALOGUE).hear(HearingKind.JOIN, "SEK.region", members=[member.case.number])
    lead.act("join", "SEK.region")
    member.day = lead.story.day
    return lead, member


def wished() -> MarkedStory:
    return marked(Phase.RECEIVED, 2).act("ask_to_register", "SOL.approver")


def several() -> MarkedStory:
    way = marked(Phase.DIALOGUE, co_initiators=["SOL"])
    handler = person("SOL.handler").membership_id
    way.act("confirm_part", "SOL.approver", handler=handler, substitute=None)
    return way


FILED = (
    "title", "description", "position", "purpose_statement", "interim_arrangement", "tried", "desired_outcome",
    "urgency_reason", "principle_reason", "registry_number", "precedent_answer",
)  # fmt: skip


def filed() -> MarkedStory:
    """A filing, sent on to the respondent."""
    marked_facts: dict[str, Any] = {fact: f"Märke{next(_numbers):04d} i {fact}."[:40] for fact in FILED}
    way = marked(Phase.INTAKE, **PRINCIPLED | {"provisions": ["4.5 st 3"]} | marked_facts)
    way.note("file", marked_facts)
    return way.act("serve", "SEK.region", urgency=False)


def cited() -> MarkedStory:
    """A filing that quotes an agreement whose text we do not hold."""
    marked_facts: dict[str, Any] = {
        fact: f"Märke{next(_numbers):04d}" for fact in ("citation_place", "citation_quote", "citation_source")
    }
    way = marked(Phase.INTAKE, agreement="BUS", **marked_facts)
    way.note("file", marked_facts)
    return way


def one_sided() -> MarkedStory:
    way = marked(Phase.IMPASSE)
    return way.act("lift", "TYR.approver", opens(way, "statement_agreed_or_time_over"))


def prepared() -> MarkedStory:
    way = marked(Phase.RECEIVED, 2)
    return way.act("accept_file", "SEK.region", target_meeting=way.story.meetings()[0].id, missing_parts="")


def scheduled(step: int = 2) -> MarkedStory:
    way = marked(Phase.PREPARATION, step)
    return way.act("schedule", "SEK.region", meeting=way.story.meetings()[0].id)


def decided(outcome: Outcome, step: int = 2) -> MarkedStory:
    way = scheduled(step)
    treatment = way.story.file.treatment
    assert treatment is not None
    held_on = treatment.held_at.held_on
    return way.act("decide", "SEK.region", held_on, quorum=True, **record(outcome, held_on))


def record(outcome: Outcome, held_on: dt.date) -> dict[str, Any]:
    """What is chosen in a record: the region has another line, and the municipalities the same, or one of their own."""
    facts: dict[str, Any] = {"outcome": outcome, "region_line": "other", "municipal_line": "other"}
    if outcome is not Outcome.NO_CONCURRENCE:
        facts |= {"municipal_line": "same_other", "municipal_other": ""}
    if outcome is not Outcome.INTERPRET:
        return facts | {"scope": "", "applies_from": None}
    return facts | {"applies_from": held_on + dt.timedelta(days=1)}


def corrected(outcome: Outcome) -> MarkedStory:
    """What was recorded goes back to the secretariat, and is recorded anew."""
    way = decided(outcome, 3).act("send_back", "VIS.deputy")
    return way.act("correct_decision", "SEK.region", **record(outcome, way.story.day))


def pronounced() -> MarkedStory:
    return decided(Outcome.INTERPRET, 3).act("adjust", "VIS.chair").act("pronounce", "VIS.deputy")


def recommended() -> MarkedStory:
    return decided(Outcome.RECOMMEND).act("adjust", "TSG.chair").act("send_recommendation", "TSG.deputy")


def between() -> MarkedStory:
    """Two municipalities on a ladder whose first body is its last."""
    way = marked(Phase.RECOMMENDATION_OUT, 2, agreement="KSABO", respondents=("NAC",))
    return way.act("end_without_agreement", "NAC.approver")


def referred() -> MarkedStory:
    way = marked(Phase.PREPARATION, 2).act("refer", "SEK.region")
    [referral] = way.story.case.referrals
    return way.act("answer_referral", "CONSULT", referral_id=referral.id)


def refused_registration() -> MarkedStory:
    way = wished()
    [wish] = way.story.case.registrations_asked
    return way.act("refuse_registration", "SEK.region", registration_id=wish.id)


def remitted() -> MarkedStory:
    way = decided(Outcome.REMIT)
    way.act("adjust", "TSG.chair", remit_until=later(way, 15), reporter="RS")
    return way.act("remit", "TSG.deputy")


def lapsing() -> MarkedStory:
    """The parties were asked whether they go on and did not answer, and an official proposes to close the case."""
    way = marked(Phase.DIALOGUE).act("ask_to_pursue", "SEK.region", dt.date(2026, 11, 18))
    way.story.day = later(way, 11)
    return way.offer(ProposalKind.LAPSE, "SEK.region")


def gone() -> MarkedStory:
    """The parties have been heard about that the question is gone, and an official proposes to close the case."""
    way = marked(Phase.DIALOGUE).hear(HearingKind.SUPERSEDE, "SEK.region")
    return way.offer(ProposalKind.SUPERSEDE, "SEK.region")


def objected() -> MarkedStory:
    way = marked(Phase.DIALOGUE)
    hearing = way.story.hear(HearingKind.SUPERSEDE, by="SEK.region")
    text = f"Märke{next(_numbers):04d} i en invändning."
    way.sources[text[:9]] = "object supersede"
    way.story.comment(hearing, by="TYR.approver", text=text, is_objection=True)
    return way


def refused_late() -> MarkedStory:
    """A body's announcement that no party answered, and a party that takes it further."""
    way = marked(Phase.RECOMMENDATION_OUT, 2, outcome=Outcome.INFORMATION)
    way.story.fall_silent()
    return way.act("refuse_late", "TYR.approver")


def accepted_late() -> MarkedStory:
    """A file that lacks something, and is accepted when the time to complete it is over."""
    way = marked(Phase.RECEIVED, 2)
    way.story.day = later(way, 25)
    return way.act("accept_file", "SEK.region", target_meeting=way.story.meetings()[0].id)


def statement() -> MarkedStory:
    way = marked(Phase.IMPASSE)
    terms = {part: f"Märke{next(_numbers):04d} i {part}." for part in (*STATEMENT, "tried", "meanwhile")}
    way.note("offer statement", terms)
    way.story.offer(ProposalKind.STATEMENT, terms, by="TYR.approver")
    return way


def closed() -> MarkedStory:
    return marked(Phase.CLOSED, 3)


def extension() -> MarkedStory:
    way = marked(Phase.DIALOGUE)
    return way.offer(
        ProposalKind.EXTENSION,
        "TYR.approver",
        extended_to=workdays.add(way.story.due("D7"), 5, way.story.calendar).isoformat(),
    )


def pause() -> MarkedStory:
    way = marked(Phase.DIALOGUE)
    return way.offer(
        ProposalKind.PAUSE, "TYR.approver", pause_ground="awaits_revision", paused_until=later(way, 20).isoformat()
    )


def rejection() -> MarkedStory:
    return marked(Phase.INTAKE).offer(ProposalKind.REJECT, "SEK.region", ground="law")


def rejected() -> MarkedStory:
    return rejection().accept("SEK.municipal").act("ask_reopening", "TYR.approver")


WAYS: tuple[Callable[[], MarkedStory], ...] = (
    refused_late,  # first: its clock runs over every case there is
    filed,
    cited,
    lambda: marked(Phase.INTAKE).act("ask_completion", "SEK.region").act("complete", "TYR.handler"),
    lambda: tried().act("grant_principle", "TSG.chair", **NAC),
    lambda: tried(urgency_reason="Avtalet löper ut.").act("refuse_principle", "TSG.chair"),
    lambda: marked(Phase.DIALOGUE).hear(HearingKind.CALL_UP, "TSG.chair", **NAC).act("call_up", "TSG.chair", **NAC),
    lambda: gone().decline("SEK.municipal"),
    lambda: gone().accept("SEK.municipal"),
    objected,
    lambda: marked(Phase.DIALOGUE).hear(HearingKind.SPLIT, "SEK.region").act("split", "SEK.region"),
    lambda: joined()[0],
    lambda: MarkedStory(joined()[1]).act("separate", "SEK.region"),
    lambda: several().act("leave_filing", "SOL.approver"),
    lambda: marked(Phase.DIALOGUE).act("state_position", "RS.handler").act("state_position", "RS.handler"),
    lambda: marked(Phase.DIALOGUE).act("note_meeting", "RS.handler"),
    lambda: marked(Phase.DIALOGUE).act("turn", "SEK.region"),
    lambda: marked(Phase.DIALOGUE).act("withdraw", "TYR.approver").act("keep_open", "RS.approver"),
    lambda: settled().decline("RS.approver"),
    carrying_out,
    lambda: reported().act("confirm_done", "TYR.approver"),
    lambda: reported().act("report_breach", "TYR.approver"),
    lambda: extension().decline("RS.approver"),
    lambda: extension().accept("RS.approver"),
    lambda: pause().decline("RS.approver"),
    lambda: pause().accept("RS.approver").act("end_pause", "RS.approver"),
    lambda: marked(Phase.RECEIVED, 2).act("pause", "SEK.region", pause_ground="force_majeure", paused_until=FEBRUARY),
    lambda: marked(Phase.DIALOGUE).offer(ProposalKind.LIFT_EARLY, "TYR.approver").decline("RS.approver"),
    lambda: marked(Phase.DIALOGUE).offer(ProposalKind.LIFT_EARLY, "TYR.approver").accept("RS.approver"),
    lambda: marked(Phase.DIALOGUE).offer(ProposalKind.INTERIM, "TYR.approver").decline("RS.approver"),
    lambda: marked(Phase.DIALOGUE).offer(ProposalKind.INTERIM, "TYR.approver").accept("RS.approver"),
    lambda: marked(Phase.IMPASSE).offer(ProposalKind.BACK_TO_DIALOGUE, "TYR.approver").decline("RS.approver"),
    lambda: marked(Phase.IMPASSE).offer(ProposalKind.BACK_TO_DIALOGUE, "TYR.approver").accept("RS.approver"),
    lambda: statement().decline("RS.approver"),
    lambda: statement().accept("RS.approver").act("lift", "TYR.approver"),
    one_sided,
    lambda: rejection().decline("SEK.municipal"),
    lambda: rejected().act("refuse_reopening", "TSG.chair"),
    lambda: rejected().act("review_rejection", "TSG.chair"),
    lambda: lapsing().decline("SEK.municipal"),
    lambda: lapsing().accept("SEK.municipal").act("ask_reopening", "TYR.approver"),
    lambda: marked(Phase.DIALOGUE).act("declare_impasse", "TYR.approver", dt.date(2026, 11, 20)),
    wished,
    refused_registration,
    prepared,
    accepted_late,
    between,
    referred,
    lambda: scheduled().act("take_off", "TSG.chair"),
    lambda: recommended().act("accept_recommendation", "TYR.approver").act("refuse_recommendation", "RS.approver"),
    lambda: decided(Outcome.REFER_UP).act("adjust", "TSG.chair").act("pass_up", "TSG.deputy"),
    lambda: corrected(Outcome.INTERPRET),
    lambda: corrected(Outcome.NO_CONCURRENCE),
    remitted,
    pronounced,
    lambda: decided(Outcome.NO_CONCURRENCE, 3)
    .act("adjust", "VIS.chair")
    .act("table_without_concurrence", "VIS.deputy"),
    lambda: closed().act("ask_reopening", "TYR.approver").act("refuse_reopening", "VIS.chair"),
    lambda: closed().act("ask_reopening", "TYR.approver").act("reopen", "VIS.chair"),
)  # fmt: skip


# --- What is read ------------------------------------------------------------------------------------------------


def texts_on(browser: FlaskClient, path: str) -> Iterator[str]:
    """What is read on the case's page, and then on each page of the case, and of the register, that it leads to."""
    page = Page(browser.get(path).text)
    yield page.main
    for link in dict.fromkeys(page.links()):
        if re.fullmatch(rf"{path}/(positions|statement)|/interpretations/.+", link):
            yield Page(browser.get(link).text).main


def unread(browser: FlaskClient, path: str, marks: set[str]) -> set[str]:
    left = set(marks)
    for text in texts_on(browser, path):
        left -= written(text)
        if not left:
            break
    return left


def unread_by_somebody(home: House, make: Callable[[], MarkedStory]) -> tuple[set[str], set[str]]:
    """What has been written in a story, and what of it a side or the secretariat does not find, by act and fact."""
    with home.database():
        way = make()
        case, path = way.story.case, f"/cases/{way.story.case.number}"
        readers = [person(seat) for seat in ("TYR.handler", f"{way.story.respondents[0]}.handler", "SEK.region")]
        cards = [reader.membership_id for reader in readers if sight_of(case, reader) is Sight.FULL]
        turn_to(way.story.day)
        session.commit()
    lacking = set()
    for card in cards:
        browser = home.app.test_client()
        browser.post(f"/sign_in_demo/{card}")
        lacking |= {way.sources[mark] for mark in unread(browser, path, set(way.sources))}
    return set(way.sources.values()), lacking


def to_write() -> set[str]:
    """Every text that some act, proposal or hearing asks for."""
    by_moves = {
        f"{move.verb}: {fact.name}"
        for move in MOVES
        if move.verb != "file" and not (move.by_proposal and not move.free)
        for fact in move.facts
        if is_text(fact.name)
    }
    filings = {f"file: {fact}" for fact in FILED}
    refusals = {f"decline {kind}" for kind in ProposalKind}
    return (
        by_moves
        | filings
        | refusals
        | {f"comment {kind} by {party}" for kind in HearingKind for party in ("TYR", "RS")}
    )


def test_every_text_that_somebody_has_to_write_is_readable_by_both_sides_and_the_secretariat(home: House) -> None:
    all_written: set[str] = set()
    lacking: set[str] = set()
    for make in WAYS:
        written_here, unread_here = unread_by_somebody(home, make)
        all_written |= written_here
        lacking |= unread_here
    assert sorted(lacking) == []
    assert sorted(to_write() - all_written - set(NOT_WALKED)) == []
