"""A random history of one case: people act, wait, propose, answer, and try what they may not.

``Walk`` draws every choice from hypothesis, which prints them when a history breaks a law. After each turn the laws of
``domain/05`` § 5.2 for histories are held.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import strategies as st
from sqlalchemy import func, select

from escalation.accounts.models import Viewer
from escalation.casefile import CaseFile
from escalation.cases import course, hearings, proposals, queries
from escalation.cases.integrity import state_of
from escalation.cases.models.asks import Hearing, Proposal
from escalation.cases.models.case import Case
from escalation.cases.models.course import Deadline
from escalation.cases.seats import referrals_to, seats_of
from escalation.cases.waits import without_ball
from escalation.db import session
from escalation.meetings.models import Meeting
from escalation.nudges.models import Mail, Nudge, NudgeState
from escalation.perform import PERFORM
from escalation.rules import workdays
from escalation.rules.deadlines import reachable
from escalation.rules.machine import BEFORE_SERVED, Move, MoveNotAllowed, failing_guard
from escalation.rules.moves.table import BY_VERB, outcomes_open
from escalation.rules.situation import HearingKind, Outcome, Phase, ProposalKind
from escalation.trail.models import TrailEvent
from tests.support.days import instant
from tests.support.facts import FACTS, PRINCIPLED, REJECT, STATEMENT, facts_of_decision
from tests.support.people import person
from tests.support.stories import CaseFactory, Story, StoryFactory

OFFICIALS = ("SEK.region", "SEK.municipal", "TSG.chair", "TSG.deputy", "VIS.chair", "VIS.deputy")
OUTSIDERS = ("LID.approver", "AUDITOR", "TSG.member", "ADMIN")
SIDES: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (
    # who is asked to file with Sundbyberg, respondents, affected parties
    ((), ("RS",), ()),
    ((), ("RS",), ("TYR",)),
    (("NOR",), ("RS", "KSON"), ()),
    ((), ("RS", "SOL"), ("TYR",)),
    (("NOR", "SOL"), ("RS",), ("TYR",)),
)
DETOURS = frozenset(
    {
        "state_position",
        "note_meeting",
        "pause",
        "keep_open",
        "take_off",
        "refer",
        "answer_referral",
        "lapse",
        "ask_to_pursue",
        "withdraw",
        "supersede",
        "join",
        "register_affected",
        "refuse_registration",
        "turn",
        "split",
        "send_back",
        "correct_decision",
    }
)
"""Acts that bring no case nearer to its end."""


def add_meetings(until: int) -> None:
    """Meetings of both bodies every month, far ahead: a body that never meets does stop a case."""
    last = session.scalar(select(func.max(Meeting.held_on))) or dt.date(2027, 12, 31)
    for year in range(last.year + 1, until + 1):
        for month in range(1, 13):
            for body, day in (("TSG", 15), ("VIS", 21)):
                session.add(Meeting(body=body, held_on=dt.date(year, month, day)))
    session.commit()


class Walk:
    """One case, the people around it, and the day."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data
        self.before = session.scalar(select(func.max(Case.id))) or 0
        together, respondents, affected = self.choose("sides", SIDES)
        asked = self.choose("asked", ({}, PRINCIPLED))
        affected = (*affected, *asked.get("affected", ()))  # one that asks to begin higher up names somebody
        sides = {"co_initiators": together, "respondents": respondents, "affected": affected}
        self.told: Story = StoryFactory(**asked | sides)
        self.sibling: Case | None = self.choose("sibling", (None, None, True)) and CaseFactory(
            initiator="NAC", at_phase=Phase.SERVED
        )
        beside = dict.fromkeys((*affected, *(("NAC",) if self.sibling else ())))
        parties = ("SUN", *together, *respondents, *beside)
        seats = [f"{party}.{part}" for party in parties for part in ("handler", "approver")]
        self.seats = (*seats, *OFFICIALS, *OUTSIDERS)
        self.viewers = {seat: person(seat) for seat in self.seats}
        session.commit()
        self.seen = self._deadlines()
        self.hold_laws()

    def choose(self, what: str, among: Sequence[Any]) -> Any:
        return self.data.draw(st.sampled_from(among), label=what)

    @property
    def file(self) -> CaseFile:
        return self.told.file

    # Turns ----------------------------------------------------------------------------------------------------------

    def turn(self) -> None:
        """One person acts, or time passes without an act."""
        file = self.file
        turns: list[tuple[str, Any, str]] = [("wait", days, "") for days in (1, 6, 16)] + [("trespass", "", "")]
        turns += [("act", move.verb, seat) for move, seat in self._open_acts(file, self.seats)] * 2
        turns += [("offer", kind, seat) for kind, seat in self._offers(file)]
        turns += [("hear", hearing, seat) for hearing, seat in self._hearings(file)]
        turns += [("comment", hearing.id, seat) for hearing, seat in self._comments(file)] * 2
        turns += [("answer", proposal.id, seat) for proposal, seat in self._answers(file)] * 3
        kind, what, seat = self.choose("turn", turns)
        match kind:
            case "wait":
                self.wait(what)
            case "trespass":
                self.trespass(file)
            case "act":
                self.act(file, BY_VERB[what], seat)
            case "offer":
                self.offer(file, what, seat)
            case "hear":
                self.hear(what, seat)
            case "comment":
                self.comment(next(h for h in file.hearings if h.id == what), seat)
            case "answer":
                self.answer(next(p for p in file.proposals if p.id == what), seat)
        self.hold_laws()

    def _open_acts(self, case_file: CaseFile, seats: Sequence[str]) -> list[tuple[Move, str]]:
        found = []
        for seat in seats:
            openings = case_file.openings_of(self.viewers[seat])
            found += [(o.move, seat) for o in openings if o.is_open and o.move.verb in PERFORM]
        return found

    def _offers(self, case_file: CaseFile) -> list[tuple[ProposalKind, str]]:
        return [
            (kind, seat)
            for kind in ProposalKind
            for seat in self.seats
            if proposals.may_offer(case_file.case, kind, case_file.situation, self.viewers[seat]) is None
        ]

    def _answers(self, case_file: CaseFile) -> list[tuple[Proposal, str]]:
        return [
            (proposal, seat)
            for proposal in case_file.proposals
            for seat in self.seats
            if proposals.may_answer(case_file.case, proposal, self.viewers[seat], case_file.today) is None
        ]

    def _hearings(self, case_file: CaseFile) -> list[tuple[HearingKind, str]]:
        found = [
            (kind, seat)
            for kind in HearingKind
            for seat in self.seats
            if hearings.may_hear(case_file.case, kind, case_file.situation, self.viewers[seat]) is None
        ]
        joins = [asked for asked in found if asked[0] is HearingKind.JOIN]
        if joins and not self._siblings(case_file.case):
            return [asked for asked in found if asked not in joins]
        return found

    def _siblings(self, case: Case) -> list[str]:
        """The sibling's number, if it may be joined to it and the parties are not yet heard about it."""
        mine = [other for other in queries.joinable(case) if self.sibling and other.number == self.sibling.number]
        return [other.number for other in mine if not other.hearings_going]

    def _comments(self, case_file: CaseFile) -> list[tuple[Hearing, str]]:
        return [
            (hearing, seat)
            for hearing in case_file.hearings
            for seat in self.seats
            if hearings.may_comment(case_file.case, hearing, self.viewers[seat], case_file.today) is None
        ]

    def wait(self, days: int) -> None:
        """Time passes, and acts where time alone does. Who is to complete a filing is reminded on the way."""
        is_reminded = self.told.case.phase is Phase.COMPLETION
        for _ in range(days if is_reminded else 1):
            self.told.run_the_clock(workdays.add(self.told.day, 1 if is_reminded else days, self.told.calendar))
            self._send()

    def _send(self) -> None:
        """The post of a day. Earlier histories may have had it: what is left goes with the letter of theirs."""
        left = select(Nudge).where(Nudge.case_id == self.told.case.id, Nudge.state == NudgeState.PENDING)
        for nudge in session.scalars(left).all():
            nudge.mail_id = session.scalars(
                select(Mail.id).where(Mail.recipient == nudge.recipient, Mail.day == self.told.day)
            ).one_or_none()
            nudge.state = NudgeState.SENT if nudge.mail_id else NudgeState.PENDING
        session.commit()

    def act(self, case_file: CaseFile, move: Move, seat: str) -> None:
        facts = self._facts(case_file, move, self.viewers[seat])
        if facts is None:
            return
        before = self._events()
        is_unsent = move.verb == "withdraw" and case_file.case.phase in BEFORE_SERVED
        self.told.act(move.verb, by=seat, **facts)
        session.commit()
        after = self._events()
        assert len(after) == len(before) + 1, move.verb
        assert after[-1].kind == ("filing_withdrawn" if is_unsent else move.event)
        assert after[-1].at == instant(self.told.day)
        assert f'"by":"membership:{self.viewers[seat].membership_id}"' in after[-1].entry.replace(" ", "")

    def offer(self, case_file: CaseFile, kind: ProposalKind, seat: str) -> None:
        before = len(self._events())
        self.told.offer(kind, self._terms(case_file, kind), by=seat)
        session.commit()
        assert len(self._events()) == before + 1

    def hear(self, kind: HearingKind, seat: str) -> None:
        before = len(self._events())
        self.told.hear(kind, by=seat, named=["LID"], members=self._siblings(self.told.case))
        session.commit()
        assert len(self._events()) == before + 1

    def comment(self, hearing: Hearing, seat: str) -> None:
        before = len(self._events())
        self.told.comment(hearing, by=seat, text=self.choose("said", ("", "Vi håller med.")))
        session.commit()
        assert len(self._events()) == before + 1

    def answer(self, proposal: Proposal, seat: str) -> None:
        before = len(self._events())
        if self.choose("yes", (True, True, False)):
            self.told.accept(proposal, by=seat)
        else:
            self.told.decline(proposal, by=seat)
        session.commit()
        assert len(self._events()) == before + 1

    def trespass(self, case_file: CaseFile) -> None:
        """Somebody tries what is not open to them: refused by the guard that the rules name, without a trace."""
        verb = self.choose("verb", sorted(PERFORM))
        seat = self.choose("seat", self.seats)
        move, viewer = BY_VERB[verb], self.viewers[seat]
        seats = seats_of(case_file.case, viewer, case_file.tasks)
        guard = failing_guard(move, case_file.situation, seats)
        facts = self._facts(case_file, move, viewer)
        if guard is None or facts is None:
            return
        before = (len(self._events()), self._state(), self._deadlines())
        with pytest.raises(MoveNotAllowed) as refused:
            self.told.act(verb, by=seat, **facts)
        assert refused.value.guard == guard
        assert not [*session.new, *session.dirty, *session.deleted]
        assert (len(self._events()), self._state(), self._deadlines()) == before
        session.commit()

    # Facts ----------------------------------------------------------------------------------------------------------

    def _facts(self, case_file: CaseFile, move: Move, viewer: Viewer) -> dict[str, Any] | None:
        """What the act contains besides ``FACTS``, or None where it cannot be made up (no meeting within reach)."""
        choose_facts = CHOSEN_FACTS.get(move.verb)
        return {} if choose_facts is None else choose_facts(self, case_file, viewer)

    def handlers(self, _case_file: CaseFile, viewer: Viewer) -> dict[str, Any]:
        return {"handler": viewer.membership_id, "substitute": None}

    def statement(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        return {} if case_file.situation.is_statement_agreed else STATEMENT

    def meeting(self, name: str, case_file: CaseFile) -> dict[str, Any] | None:
        coming = reachable(case_file.meetings, self.told.day)
        if not coming:
            return None
        return {name: self.choose("meeting", [m.id for m in coming[:3]]), "later_reason": "Siffror väntas."}

    def take_off_ground(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        counted = case_file.situation.take_offs < 2
        grounds = ("not_reached", "no_quorum", "cancelled", *(("tabled", "returned") if counted else ()))
        return {"take_off_ground": self.choose("ground", grounds)}

    def outcome(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        open_here = outcomes_open(case_file.situation) or [Outcome.REFER_UP]
        return self._decision(case_file, self.choose("outcome", open_here))

    def adjustment(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        return {"task": self.choose("task", (None, self._task(case_file))), "remit_until": self._in(20)}

    def completion(self, _case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        number = len(self._events())
        return {"description": f"Sedan mars svarar ingen på numret i portalen. Komplettering {number}."}

    def addressee(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        return {"referral_to": self.choose("to", ("LAWYER", *(p.party_code for p in case_file.case.parties)))}

    def referral(self, case_file: CaseFile, viewer: Viewer) -> dict[str, Any]:
        return {"referral_id": next((asked.id for asked in referrals_to(case_file.case, viewer)), 0)}

    def registration(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        return {"registration_id": next((wish.id for wish in case_file.case.registrations_asked), 0)}

    def remit(self, case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        if case_file.situation.adjusted_for:
            return {}
        facts = FACTS["adjust"] | {"remit_until": self._in(20)}  # the body itself confirms
        facts.pop("what_is_needed")
        return facts

    def own_task(self, case_file: CaseFile, viewer: Viewer) -> dict[str, Any]:
        mine = [t for t in case_file.tasks if t.obliged_party == viewer.party and t.reported_at is None]
        return {"task_id": mine[0].id if mine else 0}

    def pause(self, _case_file: CaseFile, _viewer: Viewer) -> dict[str, Any]:
        return {"pause_ground": "force_majeure", "paused_until": self._in(10)}

    def _decision(self, case_file: CaseFile, outcome: Outcome) -> dict[str, Any]:
        treatment = case_file.treatment
        if treatment is None:
            return {"outcome": outcome}
        facts = facts_of_decision(outcome, treatment.held_at.held_on)
        is_municipal = case_file.ladder.step(case_file.case.step).decision_rule == "consensus_municipal"
        if is_municipal and outcome is Outcome.NO_CONCURRENCE:
            facts |= {"municipal_line": "divided", "municipal_other": "Två uppfattningar."}
        return FACTS["decide"] | facts

    def _task(self, case_file: CaseFile) -> tuple[str, str, dt.date]:
        sides = [p.party_code for p in case_file.case.sides]
        return "Bemanna vägen in", self.choose("obliged", sides), self._in(30)

    def _in(self, days: int) -> dt.date:
        return workdays.add(self.told.day, days, self.told.calendar)

    def _terms(self, case_file: CaseFile, kind: ProposalKind) -> dict[str, Any]:
        reason = {"reason": "Så blir det bäst."}
        match kind:
            case ProposalKind.STATEMENT:
                return STATEMENT
            case ProposalKind.SETTLEMENT:
                what, party, day = self._task(case_file)
                asked = [[what, party, day.isoformat()]] if self.choose("obligations", (True, False)) else []
                return {"settlement": "Vägen in bemannas.", "obligations": asked}
            case ProposalKind.EXTENSION:
                was = course.in_force(case_file.case)["D7"].due_on
                later = workdays.add(max(was, self.told.day), 10, self.told.calendar)
                return {"extended_to": later.isoformat(), **reason}
            case ProposalKind.PAUSE:
                return {"pause_ground": "awaits_facts", "paused_until": self._in(10).isoformat(), **reason}
            case ProposalKind.LIFT_EARLY:
                return {"unsolved": "Vem som svarar för vägen in."}
            case ProposalKind.INTERIM:
                return {"interim_arrangement": "Regionen svarar tills vidare."}
            case ProposalKind.REJECT:
                return REJECT | {"ground": "crisis"}  # on the ground "individual" the texts are masked too
            case _:
                return reason

    # Laws -----------------------------------------------------------------------------------------------------------

    def hold_laws(self) -> None:
        """What must be true after every turn (domain/05 § 5.2)."""
        case, today = self.told.case, self.told.day
        session.expire_all()
        if case.phase is not Phase.CLOSED and case.paused_until is None:
            ball = queries.current_ball(queries.balls(case), today)
            assert ball is not None, f"nobody holds the ball in {case.phase}"
            begun = [b for b in queries.balls(case) if b.begins_on <= today]
            assert begun[-1] is ball
        own = session.scalars(select(Case.number).where(Case.id > self.before))
        assert set(without_ball(today)).isdisjoint(own)  # other histories stand on days of their own
        if self.sibling and self.sibling.joined_to:
            assert (self.sibling.phase is Phase.CLOSED) is (case.phase is Phase.CLOSED)
        now = self._deadlines()
        assert {id: now[id] for id in self.seen} == self.seen, "a stored deadline has changed"
        self.seen = now

    def _deadlines(self) -> dict[int, tuple[Any, ...]]:
        """Every stored deadline as it was set; that it was met later is no change."""
        rows = session.scalars(select(Deadline).where(Deadline.case_id == self.told.case.id))
        return {d.id: (d.key, d.base_event, d.base_on, d.workdays, d.due_on, d.source) for d in rows}

    def _events(self) -> list[TrailEvent]:
        about = f"case:{self.told.case.number}"
        return list(session.scalars(select(TrailEvent).where(TrailEvent.about == about).order_by(TrailEvent.seq)))

    def _state(self) -> dict[str, Any]:
        return state_of(self.told.case, queries.balls(self.told.case))

    # The end --------------------------------------------------------------------------------------------------------

    def finish_without_the_parties(self) -> None:
        """The parties fall silent: waiting, the secretariat, the chairs and the bodies bring the case to its end."""
        for _ in range(100):
            file = self.file
            if self._goes_on_late(file):
                continue
            if file.case.phase is Phase.CLOSED:
                return
            if self._ends_by_two_hands(file):
                return
            on = [(m, seat) for m, seat in self._open_acts(file, OFFICIALS) if m.verb not in DETOURS]
            for move, seat in on:
                facts = self._facts_that_lead_on(file, move, self.viewers[seat])
                if facts is not None:
                    self.told.act(move.verb, by=seat, **facts)
                    session.commit()
                    break
            else:
                self.wait(self._days_to_the_next_opening(file))
            self.hold_laws()
        raise AssertionError(f"the case never ends: it stands in {self.told.case.phase} at step {self.told.case.step}")

    def _ends_by_two_hands(self, case_file: CaseFile) -> bool:
        """Whether two officials now end a filing that is not completed, where no act leads on (T3b)."""
        by, other = "SEK.region", "SEK.municipal"
        kind, s = ProposalKind.LAPSE, case_file.situation
        if (
            s.phase is not Phase.COMPLETION
            or proposals.may_offer(case_file.case, kind, s, self.viewers[by]) is not None
        ):
            return False
        self.told.accept(self.told.offer(kind, {"reason": "Ingen svarade."}, by=by), by=other)
        session.commit()
        self.hold_laws()
        return True

    def _goes_on_late(self, case_file: CaseFile) -> bool:
        """Whether a party whose silence ended the case takes it to the next step after all (T29c)."""
        late = [(move, seat) for move, seat in self._open_acts(case_file, self.seats) if move.verb == "refuse_late"]
        if not late or not self.choose("goes on", (False, True)):
            return False
        self.act(case_file, *self.choose("late", late))
        self.hold_laws()
        return True

    def let_the_sibling_end(self) -> None:
        """Its own party takes it back, so that the histories that follow have no clock of it."""
        if self.sibling is None or self.sibling.phase is not Phase.SERVED:
            return
        beside = Story(self.sibling, self.told.day, "NAC", ("RS",))
        beside.act("withdraw", by="NAC.approver")
        session.commit()
        self.wait(10)
        assert beside.file.case.phase is Phase.CLOSED

    def _days_to_the_next_opening(self, case_file: CaseFile) -> int:
        """Working days until time opens something to an official, or acts itself; five where the day is not known."""
        case = case_file.case
        days = [o.opens_on for seat in OFFICIALS for o in case_file.openings_of(self.viewers[seat]) if o.opens_on]
        days += [day + dt.timedelta(days=1) for day in (case.paused_until, case.withdrawal_until) if day]
        to_come = [day for day in days if day > case_file.today]
        return workdays.between(case_file.today, min(to_come), self.told.calendar) or 1 if to_come else 5

    def _facts_that_lead_on(self, case_file: CaseFile, move: Move, viewer: Viewer) -> dict[str, Any] | None:
        if move.verb == "decide":
            outcomes = [o for o in outcomes_open(case_file.situation) if o is not Outcome.REMIT]  # which leads back
            return self._decision(case_file, self.choose("outcome", outcomes))
        if move.verb == "adjust":
            return {"remit_until": self._in(20)}
        return self._facts(case_file, move, viewer)


CHOSEN_FACTS: dict[str, Callable[[Walk, CaseFile, Viewer], dict[str, Any] | None]] = {
    # the verbs whose facts follow from the case, the day and a choice; those of the others stand in ``FACTS`` alone
    "acknowledge": Walk.handlers,
    "confirm_part": Walk.handlers,
    "lift": Walk.statement,
    "accept_file": lambda walk, case_file, viewer: walk.meeting("target_meeting", case_file),
    "schedule": lambda walk, case_file, viewer: walk.meeting("meeting", case_file),
    "take_off": Walk.take_off_ground,
    "decide": Walk.outcome,
    "correct_decision": Walk.outcome,
    "adjust": Walk.adjustment,
    "complete": Walk.completion,
    "refer": Walk.addressee,
    "answer_referral": Walk.referral,
    "register_affected": Walk.registration,
    "refuse_registration": Walk.registration,
    "remit": Walk.remit,
    "report_task": Walk.own_task,
    "pause": Walk.pause,
}
