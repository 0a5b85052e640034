"""Moves while tasks are carried out (domain/05 § 5.2)."""

from __future__ import annotations

from escalation.rules.machine import (
    Actor,
    Move,
    Target,
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
        "T35b", "report_task", ONE({Phase.IMPLEMENTATION}), Target.SAME, (Actor(Seat.OBLIGED_HANDLER),),
        "task_reported", guards=("tasks_open",), facts=facts("task_id", "report"),
        button="Rapportera genomförande",
        then="Motparten får tio arbetsdagar att bekräfta.",
        answers=("report",),
        sentence="{who} rapporterade vad som är gjort",
        ours="The agreement ends at the outcome. That what was decided or agreed is reported, is ours.",
    ),
    Move(
        "T35", "confirm_done", ONE({Phase.IMPLEMENTATION}), Phase.CLOSED,
        (Actor(Seat.COUNTERPARTY_APPROVER), Actor(Seat.SECRETARIAT, when="confirmation_time_over")), "done_confirmed",
        guards=("tasks_reported_or_time_over",), facts=facts("summary"),
        button="Bekräfta att allt är genomfört",
        then="Ärendet avslutas.",
        answers=("confirm", "close"),
        sentence="{who} bekräftade att allt är genomfört. Ärendet avslutades",
        ours="The other side, and not the one that was to do it, says that it is done.",
    ),
    Move(
        "T36", "report_breach", ONE({Phase.IMPLEMENTATION}), Target.HIGHEST_REACHED,
        (Actor(Seat.COUNTERPARTY_APPROVER),), "breach_reported", guards=("breach_may_be_reported",),
        facts=facts("what"),
        button="Anmäl att det inte har gjorts",
        then="Ärendet tas upp igen i en ny omgång.",
        sentence="{who} anmälde att det överenskomna inte har gjorts. Omgång {round} började",
        is_substance=True,
        day_zero="Ny omgång, dag 0",
        carried_by=(2,),
        ours="That what was agreed is not done is taken up where the case was last handled, as a new round of the "
             "same case.",
    ),
)  # fmt: skip
