"""The steps of the case's ladder, with what happened on each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l

from escalation.casefile import CaseFile
from escalation.rules import workdays
from escalation.rules.deadlines import reachable
from escalation.rules.glossary import GLOSSARY
from escalation.rules.ladder import Step
from escalation.rules.situation import ANNOUNCED, LOCAL_PHASES, Outcome, Phase
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.format import date_long, date_medium, date_near, date_short, working_days
from escalation.web.language import _
from escalation.web.parts import Holder, Stair


def staircase(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[Stair]:
    """The steps of the case's own ladder with what happened on each."""
    case, stays = case_file.case, _stays(events)
    steps = []
    for step in case_file.ladder.steps:
        here = stays.get(step.no, [])
        if step.no < case.step or (step.no == case.step and case.phase is Phase.CLOSED):
            steps.append(_step_done(case_file, step, here, _out(case_file, step, stays)))
        elif step.no == case.step:
            steps.append(_step_now(case_file, step, here[-1].begun if here else None))
        else:
            steps.append(_step_ahead(case_file, step))
    return steps


def _step_done(case_file: CaseFile, step: Step, here: Sequence[Stay], out: str) -> Stair:
    case, last = case_file.case, here[-1].ended if here else None
    when = tag = ""
    if last is not None:
        when = _(
            "%(begun)s – %(ended)s, %(days)s",
            begun=_short(here[0].begun, last),
            ended=date_medium(last),
            days=working_days(sum(case_file.workdays_between(s.begun, s.ended or last) for s in here)),
        )
    elif not here and step.no == case.step:
        tag = _("Nådde aldrig steget") if case.served_at is None else ""
    elif not here:
        tag = _("Passerades")
    return Stair("done", tag, _(step.name), when, out)


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
        day = workdays.swedish_day(event.at)
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


def _step_now(case_file: CaseFile, step: Step, begun: dt.date | None) -> Stair:
    case, today = case_file.case, case_file.today
    when = ""
    if begun:
        days = working_days(case_file.workdays_between(begun, today))
        when = _("Sedan %(day)s, %(days)s", day=date_medium(begun), days=days)
    tag = TAGS.get(case.phase, "")
    shown = Stair("now", _(tag) if tag else "", _(step.name), when, _out_now(case_file))
    if case.paused_until is not None:
        return replace(shown, tag=_("Pausat"), out=words.status(case))
    if case_file.ball is None:
        return shown
    holder = Holder(
        text=_("%(who)s har bollen", who=words.holder_name(case, case_file.ball, case_file.ladder, case_file.viewer)),
        until=_("till %(day)s", day=date_near(case_file.ball.due_on, today)),
        mine=words.is_mine(case, case_file.ball, case_file.viewer),
    )
    return replace(shown, holder=holder)


TAGS = {
    Phase.INTAKE: _l("Anmälan kontrolleras"),
    Phase.COMPLETION: _l("Anmälan kompletteras"),
    Phase.BYPASS_REVIEW: _l("Prövas"),
}
"""What is said of a step that has not begun, where else it says that the case is here."""


def _out_now(case_file: CaseFile) -> str:
    """What goes on at the step where the case is."""
    case, d7 = case_file.case, case_file.deadline("D7")
    if case.phase is Phase.INTAKE:
        return _("Steget börjar när anmälan översänds.")
    if case.phase is Phase.COMPLETION:
        return _("Steget börjar när anmälan är komplett och översänds.")
    if case.phase is Phase.BYPASS_REVIEW:
        return _("Ordföranden i %(body)s avgör om steget behövs.", body=words.body_above(case_file))
    if case.withdrawal_until is not None or case.joined_to is not None:
        return words.status(case)
    if case.phase is Phase.SCHEDULED and case_file.treatment:
        return _("Uppsatt på mötet %(day)s.", day=date_long(case_file.treatment.held_at.held_on))
    if case.phase in LOCAL_PHASES and d7 and d7.due_on < case_file.today:
        return _("Lokala tiden tog slut %(day)s.", day=date_long(d7.due_on))
    return _(GLOSSARY[case.phase].label)


def _step_ahead(case_file: CaseFile, step: Step) -> Stair:
    shown = Stair("next", "", _(step.name), out=_("Om frågan inte löses innan"))
    if step.body is None or step.no != case_file.case.step + 1:
        return shown
    coming = reachable([m for m in case_file.meetings if m.body == step.body], case_file.today)
    if not coming:
        return shown
    return replace(
        shown,
        when=_("Möjligt möte %(day)s", day=date_medium(coming[0].held_on)),
        out=_("Om ärendet lyfts i tid för underlag %(day)s", day=date_long(coming[0].material_on)),
    )
