"""Cases made through the verbs, so that only possible ones exist.

``StoryFactory(at_phase=…, at_step=…)`` files a case and carries it, act by act and in order of time, as far as asked;
``CaseFactory`` gives the case alone. A ``Story`` goes on from there: it knows the case and the day, and acts for a
seat: ``story.act("acknowledge", by="RS.handler", …)``.

The default case: Sundbyberg against the region on HÖK 4.5 st 2, filed on 28 August 2026 and served on
1 September, so that its local step ends on 27 October, as C09's does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from factory.base import Factory
from factory.declarations import LazyAttribute, Sequence
from sqlalchemy import select

from escalation.accounts.models import CLOCK
from escalation.casefile import CaseFile, case_file_of, situation
from escalation.cases import hearings, proposals, queries
from escalation.cases.filings import Filing
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Hearing, Proposal
from escalation.cases.models.case import Case, CaseType
from escalation.cases.models.course import Deadline
from escalation.cases.verbs import filing
from escalation.db import session
from escalation.meetings.models import Meeting
from escalation.perform import PERFORM
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.situation import ANNOUNCED, HearingKind, Outcome, Phase, ProposalKind
from escalation.watch import delivery, sweep
from escalation.watch.transports import PastTransport
from tests.support.days import FILED_ON, instant
from tests.support.facts import FACTS, INTENDED, STATEMENT, facts_of_decision
from tests.support.people import person


@dataclass
class Story:
    """A case and the day on which it stands. Acts happen at ten on ``day``, or on the day that is given."""

    case: Case
    day: dt.date
    initiator: str
    respondents: tuple[str, ...]

    @property
    def file(self) -> CaseFile:
        """The case's file today."""
        return self.file_on(self.day)

    def file_on(self, day: dt.date, seat: str = "") -> CaseFile:
        """The case's file on a day, for a seat or for no person in particular."""
        session.expire_all()
        return case_file_of(self.case, person(seat) if seat else CLOCK, instant(day))

    def act(self, verb: str, *, by: str, on: dt.date | None = None, **facts: Any) -> Any:
        """Perform a verb for a seat, with the facts of ``FACTS`` where none are given."""
        self.day = on or self.day
        now = instant(self.day)
        s = situation(self.case, now)
        if verb == "note_meeting":
            facts = {"held_on": self.day} | facts
        return PERFORM[verb](self.case, s, by=person(by), at=now, **FACTS.get(verb, {}) | facts)

    def offer(self, kind: ProposalKind, terms: Mapping[str, Any], *, by: str, on: dt.date | None = None) -> Proposal:
        """Offer something that needs two."""
        self.day = on or self.day
        now = instant(self.day)
        s = situation(self.case, now)
        return proposals.offer(self.case, s, by=person(by), at=now, kind=kind, terms=terms)

    def accept(self, proposal: Proposal, *, by: str, on: dt.date | None = None) -> Any:
        """Accept for the seat's side."""
        self.day = on or self.day
        now = instant(self.day)
        s = situation(self.case, now)
        return proposals.accept(self.case, s, proposal, by=person(by), at=now)

    def decline(self, proposal: Proposal, *, by: str, reason: str = "Vi ser det annorlunda.") -> Any:
        """Decline for the seat's side."""
        now = instant(self.day)
        s = situation(self.case, now)
        return proposals.decline(self.case, s, proposal, by=person(by), at=now, reason=reason)

    def hear(self, kind: HearingKind, *, by: str, on: dt.date | None = None, **terms: Any) -> Hearing:
        """Ask the parties about what is intended; without a word on it, TYR is named as the other party."""
        self.day = on or self.day
        now = instant(self.day)
        s = situation(self.case, now)
        terms = INTENDED[kind] | terms
        return hearings.hear(self.case, s, by=person(by), at=now, kind=kind, terms=terms)

    def comment(
        self, hearing: Hearing, *, by: str, on: dt.date | None = None, text: str = "Vi håller med.", **facts: Any
    ) -> Any:
        """Comment for the seat's party."""
        self.day = on or self.day
        return hearings.comment(self.case, hearing, by=person(by), at=instant(self.day), text=text, **facts)

    # The usual way on, one phase at a time

    def serve(self, on: dt.date | None = None) -> Story:
        self.act("serve", by="SEK.region", on=on)
        return self

    def acknowledge(self, on: dt.date | None = None) -> Story:
        for_party = self.respondents[0]
        handler, substitute = (person(f"{for_party}.{p}").membership_id for p in ("handler", "substitute"))
        self.act("acknowledge", by=f"{for_party}.handler", on=on, handler=handler, substitute=substitute)
        return self

    def declare_impasse(self, on: dt.date | None = None) -> Story:
        opens = self.file.opens("local_way_is_over")
        self.act("declare_impasse", by=f"{self.initiator}.approver", on=on or max(opens or self.day, self.day))
        return self

    def agree_on_statement(self) -> Story:
        offered = self.offer(ProposalKind.STATEMENT, STATEMENT, by=f"{self.initiator}.approver")
        for party in self.respondents:
            self.accept(offered, by=f"{party}.approver")
        return self

    def lift(self, on: dt.date | None = None, **statement: str) -> Story:
        self.act("lift", by=f"{self.initiator}.approver", on=on, **statement)
        return self

    def accept_file(self, on: dt.date | None = None, nth: int = 0) -> Story:
        self.day = on or self.day
        self.act("accept_file", by="SEK.municipal", target_meeting=self.meetings()[nth].id)
        return self

    def schedule(self, on: dt.date | None = None, nth: int = 0) -> Story:
        self.day = on or self.day
        self.act("schedule", by="SEK.municipal", meeting=self.meetings()[nth].id)
        return self

    def decide(self, outcome: Outcome, **facts: Any) -> Story:
        """The body decides on the day of its meeting; without concurrence each block has its own line."""
        treatment = self.file.treatment
        assert treatment is not None
        held_on = treatment.held_at.held_on
        record = facts_of_decision(outcome, held_on) | facts
        self.act("decide", by="SEK.municipal", on=held_on, **record)
        return self

    def adjust(self, verb: str, **facts: Any) -> Story:
        """Both hands in ``minuted``: the chair writes what the outcome asks for, the deputy's act is ``verb``."""
        body = self.body
        if not self.file.situation.adjusted_for:
            self.act("adjust", by=f"{body}.chair", **facts)
        self.act(verb, by=f"{body}.deputy")
        return self

    def run_the_clock(self, on: dt.date) -> Story:
        """The sweep of a day, and what it wrote sent."""
        self.day = on
        report = sweep.sweep(instant(on, dt.time(6)))
        assert report.errors == []
        delivery.deliver(
            instant(on), PastTransport(), base_url="https://example.se", sender="trappan@example.se", by="test"
        )
        session.expire_all()
        return self

    def fall_silent(self) -> Story:
        """Remind those who have not answered an announcement after its last day, and let time end it."""
        last = self.due("D15")
        self.run_the_clock(workdays.open_from(last, self.calendar))
        return self.run_the_clock(workdays.open_from(workdays.add(last, 5, self.calendar), self.calendar))

    # What a test looks at

    @property
    def calendar(self) -> workdays.Calendar:
        return calendar_of(ladder_of(self.case))

    @property
    def body(self) -> str:
        """The body that has the case now."""
        return ladder_of(self.case).step(self.case.step).body or ""

    def meetings(self) -> list[Meeting]:
        """The body's meetings that today's papers can reach, nearest first."""
        ladder = ladder_of(self.case)
        step = ladder.step(self.case.step)
        coming = session.scalars(
            select(Meeting).where(Meeting.body == step.body, Meeting.held_on > self.day).order_by(Meeting.held_on)
        ).all()
        return [m for m in coming if workdays.subtract(m.held_on, step.material_days, self.calendar) >= self.day]

    def ball(self, on: dt.date | None = None) -> tuple[str, str, dt.date]:
        """Who must do what until when: (act, holder, last day) on a day."""
        row = queries.current_ball(queries.balls(self.case), on or self.day)
        assert row is not None
        return row.act, row.holder, row.due_on

    def future(self) -> list[tuple[dt.date, str, str, dt.date]]:
        """The ball's rows from today on: (first day, act, holder, last day)."""
        rows = queries.balls(self.case)
        now = queries.current_ball(rows, self.day)
        return [(b.begins_on, b.act, b.holder, b.due_on) for b in rows if b is now or b.begins_on > self.day]

    def due(self, key: str) -> dt.date:
        """The last day in force under a deadline's key."""
        return [d for d in queries.deadlines(self.case) if d.key == key][-1].due_on

    def deadline(self, key: str) -> Deadline:
        return [d for d in queries.deadlines(self.case) if d.key == key][-1]


class StoryFactory(Factory):
    """A case carried by the verbs to ``at_phase`` of ``at_step``, and the day on which it got there.

    ``statement``: both sides approve the joint statement; else the case is lifted one-sidedly once its time
    is out. ``outcome``: what the body of ``at_step`` decides, or gives the parties to answer; bodies below it refer up,
    or find no concurrence where they may not. ``task``: what the top body asks of a party, as (what, party, last day).
    """

    class Meta:
        model = Story

    at_phase = Phase.INTAKE
    at_step = 1
    statement = True
    outcome: Any = None
    task: Any = None
    filed_on = FILED_ON
    initiator = "SUN"
    respondents: Any = ("RS",)
    co_initiators: Any = ()
    affected: Any = ()
    title = Sequence(lambda n: f"Kontaktväg till samordnande vårdcentral, fråga {n}")
    type = LazyAttribute(  # only a deviation can be dealt with as one
        lambda o: CaseType.DEVIATION if o.outcome is Outcome.DEVIATION_HANDLED else CaseType.INTERPRETATION
    )
    agreement = "HOK"
    provisions: Any = LazyAttribute(lambda o: ["4.5 st 2"] if o.agreement == "HOK" else [])
    citation_place = LazyAttribute(lambda o: "" if o.provisions else "3 stycke 1")
    citation_quote = LazyAttribute(lambda o: "" if o.provisions else "Parterna bokar tid tillsammans.")
    citation_source = LazyAttribute(lambda o: "" if o.provisions else "Exempeltext")
    event_on = dt.date(2026, 8, 20)
    description = "Vårdcentralen har bytt telefonnummer tre gånger. Kommunens verksamheter når inte den som samordnar."
    position = "Det ska finnas en känd och bemannad väg in."
    purpose_statement = "Sömlös vård och omsorg (2.1) förutsätter att verksamheterna når varandra samma dag. " * 2
    interim_arrangement = "Kommunen använder vårdcentralens gemensamma brevlåda."
    precedent_answer = ""

    @classmethod
    def _create(cls, _model: object, **declared: Any) -> Story:
        step, phase = declared.pop("at_step"), declared.pop("at_phase")
        goal = Goal(step, phase, *(declared.pop(name) for name in ("statement", "outcome", "task")))
        initiator, filed_on = declared.pop("initiator"), declared.pop("filed_on")
        case = filing.file(Filing(**declared), by=person(f"{initiator}.approver"), at=instant(filed_on))
        story = Story(case, filed_on, initiator, tuple(declared["respondents"]))
        for _ in range(30):
            if (case.step, case.phase) == (goal.step, goal.phase):
                return story
            goal.go_on(story)
        raise AssertionError(f"no way to {goal}: the case stands in {case.phase} at step {case.step}")


class CaseFactory(StoryFactory):
    """The case of a ``StoryFactory`` alone."""

    @classmethod
    def _create(cls, _model: object, **declared: Any) -> Any:
        return super()._create(_model, **declared).case


@dataclass(frozen=True)
class Goal:
    """Where a story is carried to, and how: see ``StoryFactory``."""

    step: int
    phase: Phase
    statement: bool
    outcome: Outcome | None
    task: tuple[Any, ...] | None

    def go_on(self, story: Story) -> None:
        """One phase further on the usual way."""
        NEXT_ACT[story.case.phase](self, story)

    def lift(self, story: Story) -> None:
        if self.statement:
            story.agree_on_statement().lift()
        else:
            story.lift(on=workdays.open_from(story.due("D7b"), story.calendar), **STATEMENT)

    def decide(self, story: Story) -> None:
        step = ladder_of(story.case).step(story.case.step)
        refers_up = Outcome.REFER_UP in step.outcomes
        if self.step > step.no:
            story.decide(Outcome.REFER_UP if refers_up else Outcome.NO_CONCURRENCE)
        elif self.phase is Phase.RECOMMENDATION_OUT:
            story.decide(self.outcome or Outcome.RECOMMEND)
        else:
            story.decide(self.outcome or (Outcome.REFER_UP if refers_up else Outcome.DECIDE))

    def publish(self, story: Story) -> None:
        if self.step > story.case.step:
            story.adjust("pass_up")
        elif self.phase is Phase.RECOMMENDATION_OUT:
            story.adjust("announce" if self.outcome in ANNOUNCED else "send_recommendation", task=self.task)
        else:
            story.adjust("pronounce", task=self.task)


NEXT_ACT: dict[Phase, Callable[[Goal, Story], object]] = {
    # what leads on from a phase
    Phase.INTAKE: lambda goal, story: story.serve(on=workdays.add(story.day, 2, story.calendar)),
    Phase.SERVED: lambda goal, story: story.acknowledge(on=workdays.add(story.day, 2, story.calendar)),
    Phase.DIALOGUE: lambda goal, story: story.declare_impasse(),
    Phase.IMPASSE: Goal.lift,
    Phase.RECEIVED: lambda goal, story: story.accept_file(),
    Phase.PREPARATION: lambda goal, story: story.schedule(),
    Phase.SCHEDULED: Goal.decide,
    Phase.MINUTED: Goal.publish,
}
