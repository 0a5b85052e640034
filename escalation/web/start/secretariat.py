"""The secretariat's start page: what is due today, what is late with ourselves, what stands still, and what comes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import url_for

from escalation import clock
from escalation.accounts.models import Viewer
from escalation.agreements import queries as agreements
from escalation.cases import overview, waits
from escalation.cases.overview import CaseFilter, CaseOverview
from escalation.cases.seats import may_register
from escalation.followups.queries import of_office
from escalation.nudges import queries as nudges
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import GLOSSARY, inside
from escalation.rules.main_agreement import body_steps, main_agreement
from escalation.rules.situation import Phase
from escalation.rules.stalled import RULES, Stall
from escalation.watch import health
from escalation.watch.health import ClockStatus, Light
from escalation.web.cases import lists, rows, words
from escalation.web.cases.lists import Rest
from escalation.web.decisions import pages as decisions
from escalation.web.followups import pages as followups
from escalation.web.format import date_and_time, date_weekday, day_of
from escalation.web.language import _, in_swedish, ngettext
from escalation.web.parts import Flag, Line, Row
from escalation.web.start import agenda
from escalation.web.start.agenda import Agenda
from escalation.web.start.page import StartPage
from escalation.web.watch.pages import counted

PATH_SHOWN = 5
STALLED_SHOWN = 20
TELLS_MORE = frozenset({"X3", "X9"})
"""Rules that say which last day has passed; X1 beside them says nothing new."""


@dataclass(frozen=True)
class StalledCase:
    """A case that stands still: by which rules, at which level, since when, and who was reminded last."""

    number: str
    url: str
    who: str
    level: int
    late: str
    rules: Sequence[tuple[str, str]]
    why: str
    substance: dt.date
    reminded: str


@dataclass(frozen=True)
class PapersDay:
    """A day on which papers must be in or go out, as the macro ``path`` takes it."""

    day: dt.date
    note: str
    text: str
    style: str = ""


@dataclass(frozen=True)
class Running:
    """A line on the clock and the mail; ``late`` where something is wrong."""

    term: str
    text: str
    late: bool = False


@dataclass(frozen=True)
class SecretariatPage(StartPage):
    """Everything that ``start/secretariat.html`` shows."""

    duties: Sequence[Row]
    duties_rest: Rest | None
    stalled: Sequence[StalledCase]
    stalled_more: int
    path: Sequence[PapersDay]
    calendar_ends: Sequence[str]
    facts: Sequence[Running]
    waiting: Sequence[Line]


def start_page(viewer: Viewer, now: dt.datetime, today: dt.date) -> SecretariatPage:
    """The start page of the secretariat."""
    known = overview.overviews(viewer, today, CaseFilter(is_open=True, on_its_own=True, or_asked=True))
    items = [s for s in known if s.reopening is None]
    asked = [s for s in known if s.reopening is not None]
    bodies = list(body_steps())
    day = agenda.agenda(bodies, items, today)
    mine = [s for s in items if lists.is_mine(s, viewer)]
    unpublished = decisions.to_publish(agreements.interpretations_at_hand(dt.date.min), viewer, today)
    stalled = _stalled(items, today, day)
    referred = waits.referred(viewer)
    wishes = [(s.case, wish) for s in items if may_register(s.case) for wish in s.case.registrations_asked]
    logged = nudges.reminders([s.case.id for s, _stall in stalled[:STALLED_SHOWN]])
    shown = mine[: lists.ROWS_SHOWN]
    status = health.clock_status(now)
    yearly = followups.rows(viewer, today, of_office(viewer, status.owed))
    duties = sorted(
        [_mine(s, viewer, today, day) for s in shown]
        + [rows.to_publish(i, today) for i in unpublished]
        + [rows.asked_again(s, today) for s in asked]
        + [rows.referred(case, r, today) for case, r in referred]
        + [rows.asked_to_register(case, wish, today) for case, wish in wishes]
        + yearly,
        key=lambda row: row.day or today,
    )
    unhandled = [s for s in items if _lacks_a_handler(s)]
    days = [s.ball.due_on for s in mine if s.ball]
    days += [r.due_on for _found, r in referred]
    days += [s.reopening.due_on for s in asked if s.reopening] + [wish.due_on for _found, wish in wishes]
    return SecretariatPage(
        place=_("Sekretariatet, %(day)s", day=date_weekday(today).rpartition(" ")[0]),
        lead=lead([*days, *(row.day for row in yearly), *(i.publish_due_on for i in unpublished)], today),
        steps=lists.overview(items, viewer, _outs(day, items, stalled, today)),
        duties=duties,
        duties_rest=lists.the_rest(len(mine), lists.ROWS_SHOWN, waits="y"),
        stalled=[_line(s, stall, logged.get(s.case.id, ()), today) for s, stall in stalled[:STALLED_SHOWN]],
        stalled_more=max(0, len(stalled) - STALLED_SHOWN),
        path=_path(day, items, today),
        calendar_ends=agenda.endings(day, today),
        facts=_running(status, unhandled),
        waiting=[_waiting(s) for s in items if s.case.paused_until is not None],
    )


def lead(days: Sequence[dt.date | None], today: dt.date) -> str:
    """ "En uppgift är försenad hos er. En ska vara klar i dag." """
    late = sum(day is not None and day < today for day in days)
    due = sum(day == today for day in days)
    if not late and not due:
        return _("Inget är försenat hos er, och inget måste bli klart i dag.")
    parts = []
    if late:
        count = words.upper_first(lists.spelled(late))
        parts.append(
            _("En uppgift är försenad hos er.")
            if late == 1
            else _("%(count)s uppgifter är försenade hos er.", count=count)
        )
    if due:
        count = words.upper_first(lists.spelled(due))
        parts.append(_("En ska vara klar i dag.") if due == 1 else _("%(count)s ska vara klara i dag.", count=count))
    return " ".join(parts)


# What we hold ---------------------------------------------------------------------------------------------------------


def _mine(s: CaseOverview, viewer: Viewer, today: dt.date, day: Agenda) -> Row:
    shown = rows.row(s, viewer, today, by_act=True)
    return replace(
        shown,
        flags=(Flag(_("Försenat hos oss"), "late"),) if shown.late else (),
        text=shown.text or _why(s, day, today),
        meta=(s.case.number, in_swedish(s.case.title), lists.parties(s)),
    )


def _why(s: CaseOverview, day: Agenda, today: dt.date) -> str:
    assert s.ball is not None
    if s.case.phase is Phase.INTAKE:
        return _("Inkom %(day)s.", day=date_weekday(s.case.filed_at).rpartition(" ")[0])
    if (ways := lists.ways_on(s, today)) and s.then is not None:
        passes = _(
            "Beslutar ni inte i tid får %(who)s uppgiften %(day)s.",
            who=lists.holder(s, s.then),
            day=lists.short_date(s.then.begins_on, today),
        )
        return f"{ways} {passes}"
    return agenda.about(s, day, today)


# What stands still ----------------------------------------------------------------------------------------------------


def _stalled(items: Sequence[CaseOverview], today: dt.date, day: Agenda) -> list[tuple[CaseOverview, Stall]]:
    """The highest level first, within it the oldest event in substance."""
    judged = (
        (s, lists.stall(s, today, brief_due_on=day.brief_due_on(s), times_tabled=day.times_tabled(s))) for s in items
    )
    found = [(s, stall) for s, stall in judged if stall is not None]
    return sorted(found, key=lambda pair: (-pair[1].level, pair[0].substance_at, pair[0].case.id))


def _line(s: CaseOverview, stall: Stall, logged: Sequence[nudges.LoggedNudge], today: dt.date) -> StalledCase:
    rules = [rule for rule in stall.rules if not (rule == "X1" and TELLS_MORE.intersection(stall.rules))]
    late = ngettext("%(num)s arbetsdag sent", "%(num)s arbetsdagar sent", stall.days_late) if stall.days_late else ""
    return StalledCase(
        number=s.case.number,
        url=url_for("cases.case", number=s.case.number),
        who=words.short_parties(s.case)[0],
        level=stall.level,
        late=late,
        rules=[(rule, _(RULES[rule])) for rule in rules],
        why=_deadline(s, today),
        substance=day_of(s.substance_at),
        reminded=_reminded(logged, today),
    )


def _deadline(s: CaseOverview, today: dt.date) -> str:
    """The deadline that makes it late, by name: "Lokala steget slut 27 oktober"."""
    end = s.due.get("D7")
    if s.case.phase in {Phase.SERVED, Phase.DIALOGUE, Phase.IMPASSE} and s.ball and end and end < s.ball.begins_on:
        return _("Lokala steget slut %(day)s", day=lists.short_date(end, today))
    if s.ball is None or s.case.paused_until is not None:
        return words.status(s.case)
    return _("%(act)s, %(day)s", act=words.act_to_do(s.ball), day=lists.short_date(s.ball.due_on, today))


def _reminded(logged: Sequence[nudges.LoggedNudge], today: dt.date) -> str:
    """The last reminder that left: its day, and to whom. "Inget än" where none has left."""
    last = max((t.sent_on for t in logged if t.sent_on is not None), default=None)
    if last is None:
        return _("Inget än")
    names = list(dict.fromkeys(t.name for t in logged if t.sent_on == last))
    shown: str = in_swedish("; ".join(names[:2]))
    if len(names) > 2:
        shown = _("%(names)s och %(count)s till", names=shown, count=len(names) - 2)
    return _("%(day)s: %(names)s", day=lists.short_date(last, today), names=shown)


# The side column -----------------------------------------------------------------------------------------------------


def _outs(
    day: Agenda, items: Sequence[CaseOverview], stalled: Sequence[tuple[CaseOverview, Stall]], today: dt.date
) -> dict[int, str]:
    """A line on each step: what stands still at the first, the next meeting at a body's."""
    outs = {}
    for step in main_agreement().ladder.steps:
        coming = day.coming.get(step.body or "", ())
        if coming:
            outs[step.no] = _("Nästa möte %(day)s", day=lists.short_date(coming[0].held_on, today))
        elif step.body is None:
            still = sum(s.case.step == step.no for s, _stall in stalled)
            paused = sum(s.case.step == step.no and s.case.paused_until is not None for s in items)
            parts = [_("%(count)s stannat", count=lists.spelled(still))] if still else []
            parts += [_("%(count)s pausat", count=lists.spelled(paused))] if paused else []
            outs[step.no] = words.upper_first(", ".join(parts)) or _("Inget har stannat")
    return outs


def _path(day: Agenda, items: Sequence[CaseOverview], today: dt.date) -> list[PapersDay]:
    """The next days on which papers must be in or go out, with what is missing."""
    calendar = calendar_of(main_agreement().ladder)
    found: list[tuple[dt.date, str]] = []
    for body, step in body_steps().items():
        name = inside(_(step.name))
        for meeting in day.coming[body][:2]:
            missing, on = day.meant_for(meeting, items), day.on(meeting, items)
            state = _state(len(on), len(missing))
            held = lists.short_date(meeting.held_on, today)
            found.append(
                (meeting.material_on, _("Underlag till mötet i %(body)s %(day)s.", body=name, day=held) + f" {state}")
            )
            found.append(
                (meeting.dispatch_on, _("Utskick till mötet i %(body)s %(day)s.", body=name, day=held) + f" {state}")
            )
    coming = sorted((d, text.strip()) for d, text in found if d >= today)[:PATH_SHOWN]
    return [
        PapersDay(
            d,
            _("i dag")
            if d == today
            else ngettext("%(num)s arbetsdag", "%(num)s arbetsdagar", workdays.between(today, d, calendar)),
            text,
        )
        for d, text in coming
    ]


def _state(on: int, missing: int) -> str:
    if missing:
        return (
            _("Underlag saknas i ett ärende.")
            if missing == 1
            else _("Underlag saknas i %(count)s ärenden.", count=lists.spelled(missing))
        )
    if not on:
        return ""
    count = words.upper_first(lists.spelled(on))
    return _("Ett ärende är uppsatt.") if on == 1 else _("%(count)s ärenden är uppsatta.", count=count)


def _lacks_a_handler(s: CaseOverview) -> bool:
    """Whether a side has no named handler although the case has left the acknowledgement behind."""
    if s.case.phase in {Phase.INTAKE, Phase.COMPLETION, Phase.BYPASS_REVIEW, Phase.SERVED}:
        return False
    return any(not p.has_handler and not p.has_substitute for p in s.case.sides)


def _running(found: ClockStatus, unhandled: Sequence[CaseOverview]) -> list[Running]:
    """The clock, the mail, and cases without a handler; what is wrong with a flag."""
    run = found.swept
    is_red, text = found.light is Light.RED, _(GLOSSARY[found.light].label)
    if clock.marks().is_demo and not found.has_run:  # the demo's past was played without it
        is_red, text = False, _("Har inte startats än")
    letters = [ngettext("%(num)s brev", "%(num)s brev", number) for number in (found.failed, found.uncertain)]
    since = f"{date_and_time(run.started_at)}: {counted(run.counts)}" if run else _("Inte än")
    return [
        Running(_("Klockan"), text, is_red),
        Running(_("Senaste körning"), since),
        Running(_("Post som inte kom fram"), letters[0] if found.failed else _("Ingen"), bool(found.failed)),
        Running(_("Osäkert om den kom fram"), letters[1] if found.uncertain else _("Ingen"), bool(found.uncertain)),
        Running(_("Ärenden där en part saknar handläggare"), ", ".join(s.case.number for s in unhandled) or _("Inget")),
    ]


def _waiting(s: CaseOverview) -> Line:
    url = url_for("cases.case", number=s.case.number)
    return Line(in_swedish(s.case.title), note=f"{s.case.number}. {words.status(s.case)}", url=url)
