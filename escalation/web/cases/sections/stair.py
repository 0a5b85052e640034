"""The steps of the case's ladder, with what happened on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.accounts.models import Viewer
from escalation.casefile import CaseFile, workdays_late
from escalation.cases import course
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of, reachable
from escalation.rules.glossary import GLOSSARY
from escalation.rules.ladder import Step
from escalation.rules.situation import ANNOUNCED, LOCAL_PHASES, Outcome, Phase
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.format import date_long, date_medium, date_near, date_short, working_days
from escalation.web.language import _


def late_flag(case_file: CaseFile) -> str:
    """ "Stannat, nivå 3" or "Försenat", or nothing (domain/05 § 5.6)."""
    late = workdays_late(case_file)
    if case_file.case.phase is Phase.CLOSED or case_file.case.paused_until is not None or not late:
        return ""
    level = 1 if late <= 5 else 2 if late <= 15 else 3 if late <= 30 else 4
    return _("Försenat") if level == 1 else _("Stannat, nivå %(level)s", level=level)


def staircase(case_file: CaseFile, viewer: Viewer, events: Sequence[TrailEvent]) -> list[dict[str, Any]]:
    """The steps of the case's own ladder with what happened on each."""
    case, today = case_file.case, case_file.today
    calendar = calendar_of(case_file.ladder)
    stays = _stays(events)
    steps = []
    for step in case_file.ladder.steps:
        here = stays.get(step.no, [])
        shown: dict[str, Any] = {"name": _(step.name), "state": "next"}
        if step.no < case.step or (step.no == case.step and case.phase is Phase.CLOSED):
            shown["state"] = "done"
            last = here[-1].ended if here else None
            if last is not None:
                days = (workdays.between(s.begun, s.ended or last, calendar, case.is_urgent) for s in here)
                shown["when"] = _(
                    "%(begun)s – %(ended)s, %(days)s",
                    begun=_short(here[0].begun, last),
                    ended=date_medium(last),
                    days=working_days(sum(days)),
                )
            elif not here and step.no == case.step:
                shown["tag"] = _("Nådde aldrig steget") if case.served_at is None else None
            elif not here:
                shown["tag"] = _("Passerades")
            shown["out"] = _out(case_file, step, stays)
        elif step.no == case.step:
            shown |= _step_now(case_file, viewer, here[-1].begun if here else None, today)
        else:
            shown |= _step_ahead(case_file, step)
        steps.append(shown)
    return steps


@dataclass
class Stay:
    """A time that a case has spent on a step: from, to (None while it is there), and the event that ended it."""

    begun: dt.date
    ended: dt.date | None = None
    left_by: TrailEvent | None = None


def _stays(events: Sequence[TrailEvent]) -> dict[int, list[Stay]]:
    """By step: the case's stays there, oldest first. A remit or a new round brings it back to where it has been; a stay
    ends when the case is closed.
    """
    stays: dict[int, list[Stay]] = {}
    here: int | None = None
    for event in events:
        step, is_over = event.state.get("step"), event.state.get("phase") == Phase.CLOSED
        begins = event.kind in words.STEP_EVENTS or (here is not None and step != here)
        if step is None or not (begins or is_over):
            continue
        day = course.local_day(event.at)
        if here is not None:
            stays[here][-1].ended, stays[here][-1].left_by = day, event
        here = None if is_over else int(step)
        if here is not None:
            stays.setdefault(here, []).append(Stay(day))
    return stays


def _short(begun: dt.date, ended: dt.date) -> str:
    return date_short(begun) if begun.year == ended.year else date_medium(begun)


def _out(case_file: CaseFile, step: Step, entered: Mapping[int, Sequence[Stay]]) -> str:
    last = entered[step.no][-1].left_by if step.no in entered else None
    if last is not None and last.kind == "breach_reported":
        return _("Uppgörelse, sedan omgång %(round)s", round=last.state["round"])
    if last is not None and last.kind == "case_called_up":
        return _("Togs upp på steg %(step)s", step=last.state["step"])
    if entered and step.no < min(entered):
        return _("Ärendet började på steg %(step)s", step=min(entered))
    if step.body is None:
        return _("Lösning ej nådd") if step.no + 1 in entered else words.status(case_file.case)
    decided = [d for d in case_file.decisions if d.step == step.no]
    if not decided:
        return ""
    label = _(GLOSSARY[decided[-1].outcome].label)
    if decided[-1].outcome in ANNOUNCED | {Outcome.RECOMMEND} and step.no + 1 in entered:
        return _("%(outcome)s. Ärendet fördes vidare.", outcome=label)
    return label


def _step_now(case_file: CaseFile, viewer: Viewer, begun: dt.date | None, today: dt.date) -> dict[str, Any]:
    case, ball = case_file.case, case_file.ball
    calendar = calendar_of(case_file.ladder)
    shown: dict[str, Any] = {"state": "now", "out": _(GLOSSARY[case.phase].label)}
    if begun:
        days = working_days(workdays.between(begun, today, calendar, case.is_urgent))
        shown["when"] = _("Sedan %(day)s, %(days)s", day=date_medium(begun), days=days)
    d7 = case_file.deadline("D7")
    if case.phase in LOCAL_PHASES and d7 and d7.due_on < today:
        shown["out"] = _("Lokala tiden tog slut %(day)s.", day=date_long(d7.due_on))
    if case.phase is Phase.SCHEDULED and case_file.treatment:
        shown["out"] = _("Uppsatt på mötet %(day)s.", day=date_long(case_file.treatment.held_at.held_on))
    if case.withdrawal_until is not None or case.joined_to is not None:
        shown["out"] = words.status(case)
    if case.phase is Phase.INTAKE:
        shown["tag"] = _("Anmälan kontrolleras")
        shown["out"] = _("Steget börjar när anmälan översänds.")
    if case.phase is Phase.COMPLETION:
        shown["tag"] = _("Anmälan kompletteras")
        shown["out"] = _("Steget börjar när anmälan är komplett och översänds.")
    if case.phase is Phase.BYPASS_REVIEW:
        shown["tag"] = _("Prövas")
        shown["out"] = _("Ordföranden i %(body)s avgör om steget behövs.", body=words.body_above(case_file))
    if case.paused_until is not None:
        shown["tag"] = _("Pausat")
        shown["out"] = words.status(case)
    elif ball:
        mine = words.is_mine(case, ball, viewer)
        shown["holder"] = {
            "text": _("%(who)s har bollen", who=words.holder_name(case, ball, case_file.ladder, viewer)),
            "until": _("till %(day)s", day=date_near(ball.due_on, today)),
            "mine": mine,
        }
    return shown


def _step_ahead(case_file: CaseFile, step: Step) -> dict[str, Any]:
    shown: dict[str, Any] = {"out": _("Om frågan inte löses innan")}
    if step.body is None or step.no != case_file.case.step + 1:
        return shown
    coming = reachable([m for m in case_file.meetings if m.body == step.body], case_file.today)
    if coming:
        shown["when"] = _("Möjligt möte %(day)s", day=date_medium(coming[0].held_on))
        shown["out"] = _("Om ärendet lyfts i tid för underlag %(day)s", day=date_long(coming[0].material_on))
    return shown
