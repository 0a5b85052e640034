"""The start page of a body of officials: what comes next, the board of its cases, and what several ask about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts.models import Viewer
from escalation.cases import patterns, queries
from escalation.cases.ladders import ladder_of
from escalation.cases.overview import CaseOverview
from escalation.cases.patterns import Pattern
from escalation.followups.queries import owed_by
from escalation.rules import workdays
from escalation.rules.glossary import inside
from escalation.rules.situation import LOCAL_PHASES, HearingKind, Phase
from escalation.web.cases import lists, rows, words
from escalation.web.cases.lists import Rest
from escalation.web.followups import pages as followups
from escalation.web.format import date_short, day_of
from escalation.web.language import _, in_swedish, joined, ngettext
from escalation.web.parts import Flag, Holder, Row
from escalation.web.start import agenda
from escalation.web.start.agenda import Agenda
from escalation.web.start.bodies import BodyPage, case_row, cases_of, own_step, papers

SOON = 10
"""Working days before the end of the local step from which a case is watched."""
YEAR = dt.timedelta(days=365)
NEAR_SHOWN = 10

LANES: tuple[tuple[str, Any, frozenset[Phase]], ...] = (
    # id, heading, phases
    ("received", _l("Mottagna"), frozenset({Phase.RECEIVED})),
    ("preparing", _l("Bereds"), frozenset({Phase.PREPARATION})),
    ("scheduled", _l("Uppsatta på möte"), frozenset({Phase.SCHEDULED})),
    ("answers", _l("Svar och justering"), frozenset({Phase.RECOMMENDATION_OUT, Phase.MINUTED})),
)


@dataclass(frozen=True)
class Slip:
    """A case's card on the board."""

    number: str
    age: str
    title: str
    url: str
    parties: str
    code: str
    flags: Sequence[Flag]
    ball: Holder
    offered: str


@dataclass(frozen=True)
class Lane:
    """A column of the board."""

    id: str
    name: str
    slips: Sequence[Slip]


@dataclass(frozen=True)
class CitingCase:
    """A case that cites the provision of a pattern, and where it stands."""

    number: str
    title: str
    url: str
    where: str


@dataclass(frozen=True)
class CitedOften:
    """A provision that several have cited within a year."""

    heading: str
    text: str
    cases: Sequence[CitingCase]


@dataclass(frozen=True)
class OfficialsPage(BodyPage):
    """Everything that ``start/officials.html`` shows."""

    near: Sequence[Row]
    near_rest: Rest | None
    lanes: Sequence[Lane]
    patterns: Sequence[CitedOften]


def start_page(viewer: Viewer, now: dt.datetime, today: dt.date) -> OfficialsPage:
    """The start page of a body of officials."""
    own = cases_of(viewer, today)
    items, here, day, coming = own.items, own.here, own.day, own.coming
    last = day.last.get(viewer.body or "")
    new = {s.case.number for s in here if last and day_of(s.case.step_entered_at) > last}
    watched = [s for s in items if _is_watched(s, viewer, today)]
    near = _next_cases(items, here, viewer)
    replies = queries.replies([s.case.id for s in here if s.case.phase is Phase.RECOMMENDATION_OUT])
    slip = _slips(viewer, today, day, new)
    return OfficialsPage(
        place=_(own_step(viewer).name),
        lead=_lead(here, near, new, last, viewer, today),
        meeting=agenda.next_meeting(coming, today, papers(day, coming, here)),
        steps=lists.overview(items, viewer, {}),
        near=[
            *(rows.asked_again(s, today) for s in own.asked),
            *(case_row(s, viewer, today, day, replies) for s in near[:NEAR_SHOWN]),
            *followups.rows(viewer, today, owed_by(viewer, today)),
        ],
        near_rest=lists.the_rest(len(near), NEAR_SHOWN, status="open", step=str(own_step(viewer).no)),
        lanes=_lanes(here, watched, slip),
        patterns=[_pattern(p, items, today) for p in patterns.patterns(viewer, now - YEAR)],
    )


def _lead(
    here: Sequence[CaseOverview],
    near: Sequence[CaseOverview],
    new: set[str],
    last: dt.date | None,
    viewer: Viewer,
    today: dt.date,
) -> str:
    count = len(here)
    parts = [
        _("Inget ärende är hos er.")
        if not count
        else _("Ett ärende är hos er.")
        if count == 1
        else _("%(count)s ärenden är hos er.", count=words.upper_first(lists.spelled(count)))
    ]
    if new and last:
        what = words.upper_first(lists.spelled(len(new)))
        parts.append(_("%(count)s har kommit sedan mötet %(day)s.", count=what, day=lists.short_date(last, today)))
    if mine := sum(lists.is_mine(s, viewer) for s in near):
        parts.append(_("Ni har bollen i %(count)s.", count=lists.spelled(mine)))
    return " ".join(parts)


def _next_cases(items: Sequence[CaseOverview], here: Sequence[CaseOverview], viewer: Viewer) -> list[CaseOverview]:
    """What the body comes to next: its own balls, its own cases, and what time alone will bring it."""
    its = {s.case.id for s in here}
    near = [s for s in items if lists.is_mine(s, viewer) or s.case.id in its or _comes_to(s, viewer)]
    return sorted(near, key=lambda s: _next_day(s, viewer))


def _comes_to(s: CaseOverview, viewer: Viewer) -> bool:
    """Whether the next row of the ball is the body's, and the present one is its last before that."""
    is_last = bool(s.ball and s.ball.holder.startswith("secretariat")) or s.case.phase is Phase.BYPASS_REVIEW
    return bool(s.then and s.then.holder.endswith(f":{viewer.body}") and is_last)


def _next_day(s: CaseOverview, viewer: Viewer) -> dt.date:
    assert s.ball is not None
    if s.then is not None and not lists.is_mine(s, viewer) and _comes_to(s, viewer):
        return s.then.begins_on
    return s.ball.due_on


# The board ------------------------------------------------------------------------------------------------------------


def _is_watched(s: CaseOverview, viewer: Viewer, today: dt.date) -> bool:
    """A local case that is late, or about to come: declared without a solution, near the end of its local step, or
    one whose parties are heard about taking it up."""
    step = ladder_of(s.case).step_of(viewer.body or "")
    if s.case.phase not in LOCAL_PHASES or s.case.paused_until is not None or step is None or s.case.step >= step:
        return False
    end = s.due.get("D7")
    is_near = end is not None and workdays.between(today, end, lists.calendar(s), s.case.is_urgent) <= SOON
    is_coming = s.case.phase is Phase.IMPASSE or HearingKind.CALL_UP in (s.case.hearings_going or "")
    return is_coming or is_near or lists.stall(s, today) is not None


def _lanes(
    here: Sequence[CaseOverview], watched: Sequence[CaseOverview], slip: Callable[[CaseOverview], Slip]
) -> list[Lane]:
    lanes = [Lane("watched", _("Bevakas i steg 1"), [slip(s) for s in watched])]
    for id, name, phases in LANES:
        lanes.append(Lane(id, name, [slip(s) for s in here if s.case.phase in phases]))
    return lanes


def _slips(viewer: Viewer, today: dt.date, day: Agenda, new: set[str]) -> Callable[[CaseOverview], Slip]:
    """A maker of cards."""

    def slip(s: CaseOverview) -> Slip:
        case = s.case
        served = case.served_at and day_of(case.served_at)
        age = workdays.between(served, today, lists.calendar(s), case.is_urgent) if served else None
        return Slip(
            number=case.number,
            age=ngettext("%(num)s dag", "%(num)s dagar", age) if age is not None else "",
            title=in_swedish(case.title),
            url=url_for("cases.case", number=case.number),
            parties=lists.parties(s),
            code=lists.citation(s),
            flags=_flags(s, today, day, new)[:2],
            ball=_ball(s, viewer, today),
            offered=lists.offered(s, today),
        )

    return slip


def _flags(s: CaseOverview, today: dt.date, day: Agenda, new: set[str]) -> list[Flag]:
    """The deviations, the worst first; a card shows two."""
    case = s.case
    flags: list[Flag] = []
    tabled, brief_due_on = day.times_tabled(s), day.brief_due_on(s)
    stall = lists.stall(s, today, brief_due_on=brief_due_on, times_tabled=tabled)
    if stall and stall.days_late:
        flags.append(rows.late_flag(stall.level))
    if case.is_urgent:
        flags.append(Flag(_("Brådskande"), icon="alert"))
    if "D4" in s.due and not s.is_acknowledged and s.due["D4"] < today and case.phase in LOCAL_PHASES:
        flags.append(Flag(_("Inget svar"), icon="clock"))
    if stall and "X5" in stall.rules:
        flags.append(Flag(_("Underlag saknas"), icon="paper"))
    if case.round > 1:
        flags.append(Flag(_("Omgång %(round)s", round=case.round), icon="back"))
    if tabled:
        flags.append(Flag(ngettext("Bordlagt %(num)s gång", "Bordlagt %(num)s gånger", tabled)))
    if case.number in new:
        flags.append(Flag(_("Nytt")))
    return flags


def _ball(s: CaseOverview, viewer: Viewer, today: dt.date) -> Holder:
    if s.case.paused_until is not None or s.ball is None:
        return Holder(words.status(s.case), False)
    who = lists.who(s, viewer)
    if s.ball.due_on == today:
        text = _("%(who)s i dag", who=who)
    elif s.ball.act == "decide":
        text = f"{who} {date_short(s.ball.due_on)}"
    else:
        text = _("%(who)s till %(day)s", who=who, day=date_short(s.ball.due_on))
    return Holder(text, lists.is_mine(s, viewer))


def _pattern(p: Pattern, items: Sequence[CaseOverview], today: dt.date) -> CitedOften:
    place = f"{p.agreement} {p.code}"
    count = lists.spelled(len(p.parties))
    if len(p.parties) > 1:
        heading = _("%(place)s har åberopats av %(count)s parter på tolv månader", place=place, count=count)
    else:
        times = lists.spelled(len(p.cases))
        heading = _("%(place)s har åberopats i %(count)s ärenden på tolv månader", place=place, count=times)
    *first, last = p.parties
    names = joined([*first, last])
    by_number = {s.case.number: s for s in items}
    cases = [
        CitingCase(
            number,
            title,
            url_for("cases.case", number=number),
            words.status(by_number[number].case) if number in by_number else _("Avslutat"),
        )
        for number, title in p.cases.items()
    ]
    top = [s for s in items if p.provision_id in s.provisions and s.case.phase is Phase.SCHEDULED and s.ball]
    text = words.upper_first(names) + "."
    if top and top[0].ball:
        body = inside(_(ladder_of(top[0].case).step(top[0].case.step).name))
        text += " " + _(
            "%(body)s behandlar en av frågorna %(day)s.",
            body=words.upper_first(body),
            day=lists.short_date(top[0].ball.due_on, today),
        )
    return CitedOften(heading, text, cases)
