"""Rows of cases for lists and start pages: date first, then what is to be done, then where on the staircase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from escalation.accounts.models import Viewer
from escalation.cases import overview as cases_overview
from escalation.cases.ladders import ladder_of
from escalation.cases.models.course import Ball
from escalation.cases.overview import CaseOverview
from escalation.cases.people import parties_of
from escalation.cases.sight import Sight
from escalation.cases.waits import unconfirmed
from escalation.rules import stalled, workdays
from escalation.rules.deadlines import calendar_of, dates_of
from escalation.rules.glossary import HOLDERS
from escalation.rules.machine import TIME_GUARDS
from escalation.rules.main_agreement import ladder_of_body
from escalation.rules.situation import LOCAL_PHASES, MOST_ASKS, SILENCE, Phase
from escalation.rules.stalled import Pulse, Stall
from escalation.web.cases import words
from escalation.web.format import date_long, day_of
from escalation.web.language import _, joined, ngettext

ROWS_SHOWN = 25
"""Rows of one kind on a start page; the list has the rest."""
SIDES = frozenset({"initiator", "respondent", "objectors", "pursuers"})

# One case as a list knows it ------------------------------------------------------------------------------------------


def is_mine(s: CaseOverview, viewer: Viewer) -> bool:
    """Whether something in the case waits for the viewer: the ball, an answer, or what their party still owes."""
    is_asked = s.proposal or s.hearing or s.owed or unconfirmed(s.case, viewer)
    return s.sight is not Sight.TITLE and (cases_overview.holds(s, viewer) or is_asked is not None)


def who(s: CaseOverview, viewer: Viewer) -> str:
    """Who holds the ball, by name; "Ni" where the viewer's own party is alone in holding it."""
    assert s.ball is not None
    if s.holders == [viewer.party]:
        return _("Ni")
    return words.upper_first(holder(s, s.ball))


def holder(s: CaseOverview, ball: Ball) -> str:
    """Who holds this row of the ball's, as inside a sentence: "regionen", "ordföranden i styrgruppen"."""
    names = words.names_of(s.case, ladder_of(s.case))
    seat, _sep, body = ball.holder.partition(":")
    codes = s.holders if ball is s.ball else parties_of(s.case, seat) if seat in SIDES else []
    if codes and (seat == "unanswered" or seat not in HOLDERS):
        return joined(names.get(code, code) for code in codes)
    if seat not in HOLDERS:
        return _("den som ska göra det")
    label = _(HOLDERS[seat].label).format(body=names.get(body, body))
    return label if label.isupper() else label[:1].lower() + label[1:]


def ways_on(s: CaseOverview, today: dt.date) -> str:
    """The acts now open to those who must choose the way of a local case; empty where no one must."""
    if s.ball is None or s.ball.act != "force":
        return ""
    lift = _("Lyft ärendet") if s.case.phase is Phase.IMPASSE else _("Börja lyfta ärendet")
    if s.case.is_principled:
        return f"{lift}."
    if s.lapse_until is not None:
        return _(
            "%(lift)s. Att det avslutas är föreslaget till %(day)s.", lift=lift, day=short_date(s.lapse_until, today)
        )
    if s.is_silent_since_asked and s.ball.deadline_key.startswith("A"):
        return _("%(lift)s, eller föreslå att det avslutas.", lift=lift)
    acted_on = workdays.base_day(s.case.acted_at or s.case.filed_at, calendar(s))
    silent_from = workdays.add(acted_on, SILENCE + 1, calendar(s), s.case.is_urgent)
    if s.asks < MOST_ASKS and silent_from <= today:
        return _("%(lift)s, eller fråga parterna om de går vidare.", lift=lift)
    return f"{lift}."


def citation(s: CaseOverview) -> str:
    """What the case cites: "HÖK 1.4 st 1 och 4.5 st 2"."""
    return words.citation(s.case, list(s.provisions.values()))


def parties(s: CaseOverview) -> str:
    """ "Sigtuna till regionen" """
    return words.between(s.case)


def calendar(s: CaseOverview) -> workdays.Calendar:
    return calendar_of(ladder_of(s.case))


def offered(s: CaseOverview, today: dt.date) -> str:
    """Whom an open proposal of the parties' waits for, and until when; empty where there is none, or not for all."""
    if s.offered is None or s.sight is not Sight.FULL:
        return ""
    until, codes = s.offered
    names = words.names_of(s.case, ladder_of(s.case))
    waited = joined(names.get(code, code) for code in codes)
    return _("Förslag: väntar på %(who)s till %(day)s.", who=waited, day=short_date(until, today))


def opens(s: CaseOverview, guard: str) -> dt.date | None:
    """The day on which a time guard of the local step opens, from the days that the overview knows; else None."""
    known = dates_of(s.due, calendar(s), urgent=s.case.is_urgent)
    days = []
    for expression in TIME_GUARDS[guard]:
        name, _sep, condition = expression.partition("?")
        if not (condition == "unacknowledged" and s.is_acknowledged) and name.partition("+")[0] in s.due:
            days.append(workdays.open_from(known(name), calendar(s), s.case.is_urgent))
    return min(days, default=None)


def stall(
    s: CaseOverview, today: dt.date, *, brief_due_on: dt.date | None = None, times_tabled: int = 0
) -> Stall | None:
    """How the case stands still today; never one that follows a lead. What only a body's treatment tells is given."""
    if s.case.joined_to is not None:
        return None
    known = dates_of(s.due, calendar(s), urgent=s.case.is_urgent)
    is_local = s.case.phase in LOCAL_PHASES
    pulse = Pulse(
        phase=s.case.phase,
        step=s.case.step,
        filed_on=day_of(s.case.filed_at),
        substance_on=day_of(s.substance_at),
        ball_due_on=s.ball.due_on if s.ball else None,
        local_end_on=s.due.get("D7"),
        forced_until=known("D7c+5") if is_local and "D7c" in s.due else None,
        receipt_due_on=None if s.is_acknowledged else s.due.get("D4"),
        brief_due_on=brief_due_on,
        task_due_on=s.task_due_on if s.case.phase is Phase.IMPLEMENTATION else None,
        paused_from=s.paused_from if s.case.paused_until else None,
        paused_until=s.case.paused_until,
        times_tabled=times_tabled,
        is_urgent=s.case.is_urgent,
    )
    return stalled.judge(pulse, today, calendar(s))


def short_date(day: dt.date | dt.datetime, today: dt.date) -> str:
    """10 december; with its year where that is not today's."""
    written = date_long(day)
    return written.rpartition(" ")[0] if day_of(day).year == today.year else written


# The staircase of a start page ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepOfMany:
    """A step with the cases that stand there: how many, and how many of them wait for the viewer."""

    name: str
    count: int
    mine: int
    own: bool
    out: str
    where: str = ""


@dataclass(frozen=True)
class Rest:
    """A link to the rows that a page leaves out."""

    text: str
    url: str


def overview(
    items: Sequence[CaseOverview], viewer: Viewer, outs: Mapping[int, str], unseen: Mapping[int, int] | None = None
) -> list[StepOfMany]:
    """The steps of the viewer's ladder with one ball for each open case; the viewer's own step marked. A body of
    another ladder comes after them where a case stands with it.

    ``outs``: a line by step number; ``unseen``: how many cases at a step the viewer does not see.
    """
    steps = []
    ladder = ladder_of_body(viewer.body)
    stands = [(s, ladder_of(s.case).step(s.case.step)) for s in items]
    others = {at.body: at for _s, at in stands if at.body and not ladder.step_of(at.body)}
    for step in (*ladder.steps, *others.values()):
        here = [s for s, at in stands if at.body == step.body and (step.body or at.no == step.no)]
        own = step.body == viewer.body if viewer.body else viewer.party is not None and step.no == 1
        count = len(here) + (0 if step.body in others else (unseen or {}).get(step.no, 0))
        out = ("" if step.body in others else outs.get(step.no)) or _now(here, viewer)
        are_others = bool(viewer.party and here) and all(s.sight is Sight.TITLE for s in here)
        where = _("hos andra") if are_others else ""
        mine = sum(is_mine(s, viewer) for s in here)
        steps.append(StepOfMany(_(step.name), count, mine=mine, own=own, out=out, where=where))
    return steps


def _now(here: Sequence[CaseOverview], viewer: Viewer) -> str:
    if not here:
        return _("Inget just nu")
    if mine := sum(is_mine(s, viewer) for s in here):
        return _("Ni har bollen i %(count)s", count=spelled(mine))
    if viewer.party and all(s.sight is Sight.TITLE for s in here):
        return _("Kan påverka er")
    return _("Andra har bollen")


def the_rest(count: int, shown: int, **asked: Any) -> Rest | None:
    """A link to the list for the rows that a start page leaves out, or None where it shows everything."""
    if count <= shown:
        return None
    text = ngettext("Visa alla, ett till", "Visa alla, %(num)s till", count - shown)
    return Rest(text, url_for("cases.cases", _anchor="h-open", **asked))


def spelled(count: int) -> str:
    """A number inside a sentence: "tre", and from ten on "12"."""
    numbers = [_("inget"), _("ett"), _("två"), _("tre"), _("fyra"), _("fem"), _("sex"), _("sju"), _("åtta"), _("nio")]
    return numbers[count] if count < len(numbers) else str(count)
