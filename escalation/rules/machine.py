"""What a row of MOVES is, whether it is open in a situation, and where it leads."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass

from escalation.rules.situation import (
    ALL_KINDS,
    BODY_KINDS,
    CLOSED_BY_BODY,
    ENDED_UNHEARD,
    GUARDS,
    SILENCE,
    HearingKind,
    Outcome,
    Phase,
    ProposalKind,
    Seat,
    Situation,
    StepKind,
)


class MoveNotAllowed(Exception):
    """An act that is not open now. ``guard`` names what stands in the way; nothing has been changed."""

    def __init__(self, verb: str, guard: str) -> None:
        super().__init__(f"{verb} is not open: {guard}")
        self.verb = verb
        self.guard = guard


@dataclass(frozen=True)
class Actor:
    """A seat that may make the move; ``when`` names the guard that must hold for this seat in particular."""

    seat: Seat
    when: str | None = None


@dataclass(frozen=True)
class Fact:
    """Something the act must contain. ``only`` or ``unless`` names a guard that decides whether it is asked for."""

    name: str
    only: str | None = None
    unless: str | None = None
    optional: bool = False

    def asked(self, s: Situation) -> bool:
        if self.only and not GUARDS[self.only](s):
            return False
        return not (self.unless and GUARDS[self.unless](s))


class Target(enum.Enum):
    """Where a move leads when no phase says it by itself."""

    SAME = "same"
    """Where it stands."""
    NEXT_STEP = "next_step"
    """Received by the next body; served where the next step is a dialogue."""
    STEP_BELOW = "step_below"
    """In preparation at a body, in dialogue where the parties have it."""
    FINAL = "final"
    """Being carried out where there are tasks, else closed."""
    FINAL_WHEN_ALL = "final_when_all"
    """The same until all have answered, then final."""
    HIGHEST_REACHED = "highest_reached"
    """Received by the highest body that has had it; else with the parties, served anew if not acknowledged."""
    FIRST_BODY = "first_body"
    """Received there."""
    LEFT = "left"
    """Where it was closed: received anew at a body, in intake before it was served."""
    ACKNOWLEDGED = "acknowledged"
    """In dialogue where the case was served, else the same."""
    WITHDRAWN = "withdrawn"
    """Closed before the case was served, else the same, with a notice."""
    REOPENED = "reopened"
    """Received by the body that closed it; else with the parties at the first step."""


@dataclass(frozen=True)
class Wording:
    """What stands on a button, verb first, and what happens when it is pressed. Where one of the two is empty the row's
    own stands.

    In ``Move.instead`` the other fields say to whom and when it is read: by somebody who holds one of ``seats``, in one
    of ``phases``, where the guard ``when`` holds and ``unless`` does not.
    """

    button: str = ""
    then: str = ""
    seats: frozenset[Seat] = frozenset()
    phases: frozenset[Phase] = frozenset()
    when: str | None = None
    unless: str | None = None

    def fits(self, s: Situation, seats: Collection[Seat]) -> bool:
        if self.seats and not self.seats & set(seats):
            return False
        if self.phases and s.phase not in self.phases:
            return False
        if self.when and not GUARDS[self.when](s):
            return False
        return not (self.unless and GUARDS[self.unless](s))


@dataclass(frozen=True)
class Move:
    """One row: from where, to where, who, under what guards, with what facts, leaving which trail event, in what words.

    ``target`` is a phase, or a ``Target`` where the situation decides. ``by_proposal``: the move is made by the
    last acceptance of a proposal of that kind; ``free`` names the seats that need none and use the form.
    ``after_hearing``: the parties are heard about it first, and its guard says that they have been. ``during`` names
    the overlay ("paused", "withdrawn", "joined") in which alone the move is open; without it an overlay shuts the move.

    The row's words are Swedish source strings, and pages translate them. ``button`` and ``then`` are the label of its
    button and what happens when it is pressed, ``{above}`` the next step's name; ``instead`` holds other words for some
    readers or situations, of which the first that fits stands; ``hear`` is the button that asks the parties first.
    ``sentence`` is the event's in the history: each of its placeholders is a fact. ``shown_elsewhere`` names texts of
    the act that the history leaves out, as they have a place of their own.

    ``answers`` names the awaited acts (``rules/waits.py``) that the row is the button of; where several rows answer the
    same act the first in the table is it, those with ``is_last_choice`` at last. ``above`` names what a page shows
    above the row's form. ``is_substance``: a party that makes the move acts in the matter and is not silent (T21a).

    ``meets`` are the deadlines that the act meets, ``day_zero`` its name as the day from which others are counted, and
    ``deadline_source`` why a deadline has the day that the act gives it, where not by the ladder.

    ``carried_by`` are the sentences of § 7.1 that carry the row, by number, and ``ours`` says in English what the
    agreement does not say (docs/ladder.md).
    """

    t: str
    verb: str
    phases: frozenset[Phase]
    target: Phase | Target
    actors: tuple[Actor, ...]
    event: str
    kinds: frozenset[StepKind] = ALL_KINDS
    guards: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    by_proposal: ProposalKind | None = None
    free: frozenset[Seat] = frozenset()
    after_hearing: HearingKind | None = None
    during: str | None = None
    template: str | None = None
    consumes: frozenset[Outcome] = frozenset()
    button: str = ""
    then: str = ""
    instead: tuple[Wording, ...] = ()
    hear: Wording | None = None
    answers: tuple[str, ...] = ()
    is_last_choice: bool = False
    above: tuple[str, ...] = ()
    sentence: str = ""
    shown_elsewhere: tuple[str, ...] = ()
    is_substance: bool = False
    meets: tuple[str, ...] = ()
    day_zero: str = ""
    deadline_source: str = ""
    carried_by: tuple[int, ...] = ()
    ours: str = ""

    def button_for(self, s: Situation, seats: Collection[Seat]) -> str:
        """The label of the button as those who hold ``seats`` read it."""
        return next((w.button for w in self.instead if w.button and w.fits(s, seats)), self.button)

    def then_for(self, s: Situation, seats: Collection[Seat]) -> str:
        """What happens when the button is pressed, as those who hold ``seats`` read it."""
        return next((w.then for w in self.instead if w.then and w.fits(s, seats)), self.then)

    def wordings(self) -> list[Wording]:
        """Every button of the row with what happens then: its own, those for some, and that which asks the parties."""
        return [Wording(self.button, self.then), *self.instead, *([self.hear] if self.hear else [])]

    def texts(self) -> list[str]:
        """Every Swedish text of the row, to be translated."""
        texts = [text for wording in self.wordings() for text in (wording.button, wording.then)]
        return [text for text in (*texts, self.sentence, self.day_zero, self.deadline_source) if text]

    def asked_facts(self, s: Situation) -> tuple[Fact, ...]:
        return tuple(f for f in self.facts if f.asked(s))


BEFORE_SERVED = frozenset({Phase.INTAKE, Phase.COMPLETION, Phase.BYPASS_REVIEW})
"""Before the respondent has been asked to act in the matter: a withdrawal closes the case at once."""


TIME_GUARDS: dict[str, tuple[str, ...]] = {
    # guard -> when it opens: on the first working day after a deadline expression ("on": that day itself); the
    # earliest that the case has counts
    "completion_time_over": ("D2+10",),
    "reminded_twice": ("D2+15",),  # at the latest: a reminder that could not be sent keeps nothing open for ever
    "comment_closed": ("D3",),
    "principle_undecided": ("D3b+5",),
    "local_way_is_over": ("D7", "D4+10?unacknowledged"),
    "forced_decision_due": ("D7c",),
    "forced_decision_passed": ("D7c+5",),
    "parties_silent": (f"acted+{SILENCE}",),
    "ask_time_over": ("A",),
    "ask_long_over": ("A+5",),
    "statement_agreed_or_time_over": ("D7b",),
    "meeting_day_come": ("on meeting",),
    "body_may_confirm": ("on minutes_meeting",),
    "officials_may_certify": ("minutes_meeting",),
    "unanswered_may_be_lifted": ("D15+5?recommended",),
    "confirmation_time_over": ("confirm", "task+20"),
    "breach_may_be_reported": ("task",),
    **{f"{kind}_heard": (kind.value,) for kind in HearingKind},
}


OVERLAYS: dict[str, tuple[str, str]] = {
    # overlay -> the guard that says it is there, and that which keeps all moves but its own shut meanwhile
    "paused": ("paused", "not_paused"),
    "withdrawn": ("being_withdrawn", "not_being_withdrawn"),
    "joined": ("joined", "not_joined"),
}


def seats_open(move: Move, s: Situation, seats: Collection[Seat]) -> bool:
    """Whether one of ``seats`` may make the move in situation ``s`` (its time conditions included)."""
    return any(a.seat in seats and (a.when is None or GUARDS[a.when](s)) for a in move.actors)


def failing_guard(move: Move, s: Situation, seats: Collection[Seat]) -> str | None:
    """The name of the first thing that stands in the way, or None where the move is open.

    Not only named guards: ``phase``, ``kind`` and ``seat`` are answered in the same way.
    """
    if s.phase not in move.phases:
        return "phase"
    if s.kind not in move.kinds:
        return "kind"
    for overlay, (holds, guard) in OVERLAYS.items():
        if GUARDS[holds](s) and move.during != overlay:
            return guard
    if move.during and not GUARDS[holds := OVERLAYS[move.during][0]](s):
        return holds
    holders = [a for a in move.actors if a.seat in seats]
    if not holders:
        return "seat"
    for guard in guards_for(move, seats):
        if not GUARDS[guard](s):
            return guard
    if not seats_open(move, s, seats):
        return next(a.when for a in holders if a.when)
    return None


def guards_for(move: Move, seats: Collection[Seat]) -> tuple[str, ...]:
    """The guards that bind these seats. The secretariat needs no agreement (T16)."""
    if move.by_proposal and move.free & set(seats):
        return tuple(g for g in move.guards if g != f"{move.by_proposal.value}_agreed")
    return move.guards


@dataclass(frozen=True)
class Opening:
    """A move as a page shows it: open now, or closed with the guard and the day from which it opens."""

    move: Move
    guard: str | None = None
    opens_on: dt.date | None = None

    @property
    def is_open(self) -> bool:
        return self.guard is None


def land(move: Move, s: Situation, *, has_tasks: bool = False, is_last: bool = True) -> tuple[int, Phase]:
    """Step and phase after the move. ``is_last``: whether no answer is waited for any more (T28)."""
    if isinstance(move.target, Phase):
        return s.step, move.target
    if move.target is Target.FINAL or (move.target is Target.FINAL_WHEN_ALL and is_last):
        return s.step, Phase.IMPLEMENTATION if has_tasks else Phase.CLOSED
    place = LEADS[move.target](s)
    if place is None:
        raise MoveNotAllowed(move.verb, "not_at_top")
    return place


def _next_step(s: Situation) -> tuple[int, Phase] | None:
    if s.next_kind is None:
        return None
    return s.step + 1, Phase.SERVED if s.next_kind is StepKind.DIALOGUE else Phase.RECEIVED


def _step_below(s: Situation) -> tuple[int, Phase]:
    return s.step - 1, Phase.PREPARATION if s.kinds[s.step - 2] in BODY_KINDS else Phase.DIALOGUE


def _highest_reached(s: Situation) -> tuple[int, Phase]:
    highest = max(s.step, s.highest_body)
    return highest, Phase.RECEIVED if s.kinds[highest - 1] in BODY_KINDS else _phase_of_parties(s)


def _first_body(s: Situation) -> tuple[int, Phase]:
    return next(no for no, kind in enumerate(s.kinds, 1) if kind in BODY_KINDS), Phase.RECEIVED


def _reopened(s: Situation) -> tuple[int, Phase]:
    if s.closing_reason in ENDED_UNHEARD:
        return s.step, phase_left(s)
    return (s.step, Phase.RECEIVED) if s.closing_reason in CLOSED_BY_BODY else (1, _phase_of_parties(s))


def _phase_of_parties(s: Situation) -> Phase:
    """Where the parties begin: in the dialogue, or sent anew where it was not acknowledged."""
    return Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED


LEADS: dict[Target, Callable[[Situation], tuple[int, Phase] | None]] = {
    # step and phase; None where the ladder has no such step
    Target.SAME: lambda s: (s.step, s.phase),
    Target.FINAL_WHEN_ALL: lambda s: (s.step, s.phase),
    Target.NEXT_STEP: _next_step,
    Target.STEP_BELOW: _step_below,
    Target.HIGHEST_REACHED: _highest_reached,
    Target.FIRST_BODY: _first_body,
    Target.LEFT: lambda s: (s.step, phase_left(s)),
    Target.REOPENED: _reopened,
    Target.WITHDRAWN: lambda s: (s.step, Phase.CLOSED if s.phase in BEFORE_SERVED else s.phase),
    Target.ACKNOWLEDGED: lambda s: (s.step, Phase.DIALOGUE if s.phase is Phase.SERVED else s.phase),
}


def phase_left(s: Situation) -> Phase:
    """Where a case that officials have ended goes on: in the phase it had. A body checks it anew; what the respondent
    was never sent is checked anew by the secretariat."""
    if not s.was_served:
        return Phase.INTAKE
    if s.kind in BODY_KINDS:
        return Phase.RECEIVED
    return Phase.IMPASSE if s.left_phase is Phase.IMPASSE else Phase.DIALOGUE if s.is_acknowledged else Phase.SERVED
