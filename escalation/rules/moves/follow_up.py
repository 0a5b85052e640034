"""Moves while tasks are carried out (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Move,
)
from escalation.rules.moves.actors import (
    ONE,
    facts,
)
from escalation.rules.situation import (
    Phase,
    Seat,
)

ROWS: tuple[Move, ...] = (
    Move(
        "T35b", "report_task", ONE({Phase.IMPLEMENTATION}), "same", (Actor(Seat.OBLIGED_HANDLER),),
        "task_reported", guards=("tasks_open",), facts=facts("task_id", "report"),
    ),
    Move(
        "T35", "confirm_done", ONE({Phase.IMPLEMENTATION}), Phase.CLOSED,
        (Actor(Seat.COUNTERPARTY_APPROVER), Actor(Seat.SECRETARIAT, when="confirmation_time_over")), "done_confirmed",
        guards=("tasks_reported_or_time_over",), facts=facts("summary"),
    ),
    Move(
        "T36", "report_breach", ONE({Phase.IMPLEMENTATION}), "highest_reached",
        (Actor(Seat.COUNTERPARTY_APPROVER),), "breach_reported", guards=("breach_may_be_reported",),
        facts=facts("what"),
    ),
)  # fmt: skip
