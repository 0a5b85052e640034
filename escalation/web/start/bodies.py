"""What the start pages of both bodies share: whose step it is, rows of its cases, the state of its papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from escalation.accounts.models import Viewer
from escalation.cases import overview
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import RecommendationAnswer
from escalation.cases.overview import CaseFilter, CaseOverview
from escalation.cases.sight import Sight
from escalation.rules.deadlines import MeetingDay
from escalation.rules.ladder import Step
from escalation.rules.main_agreement import step_of_body
from escalation.rules.situation import Phase
from escalation.web.cases import lists, rows, words
from escalation.web.language import _, in_swedish, joined
from escalation.web.parts import Row
from escalation.web.start import agenda
from escalation.web.start.agenda import Agenda
from escalation.web.start.page import NextMeeting, StartPage


def own_step(viewer: Viewer) -> Step:
    """The step that the viewer's body handles. ``LookupError`` for a body that stands on no ladder."""
    step = step_of_body(viewer.body)
    if step is None:
        raise LookupError(f"{viewer.body} is on no ladder")
    return step


@dataclass(frozen=True)
class BodyPage(StartPage):
    """What the start pages of all bodies show: also the next meeting, or None where none is in the calendar."""

    meeting: NextMeeting | None


@dataclass(frozen=True)
class BodyCases:
    """The open cases that a body sees, its meetings, and what of them is its own.

    ``items`` are the cases on their way, ``asked`` those that somebody wants to have taken up again, ``here`` those at
    the body's step; ``coming`` its meetings ahead, nearest first.
    """

    items: Sequence[CaseOverview]
    asked: Sequence[CaseOverview]
    here: Sequence[CaseOverview]
    day: Agenda
    coming: Sequence[MeetingDay]


def cases_of(viewer: Viewer, today: dt.date) -> BodyCases:
    """The cases and meetings of the viewer's body."""
    known = overview.overviews(viewer, today, CaseFilter(is_open=True, on_its_own=True, or_asked=True))
    items = [s for s in known if s.reopening is None]
    here = [s for s in items if is_here(s, viewer)]
    day = agenda.agenda([viewer.body or ""], here, today)
    return BodyCases(items, [s for s in known if s.reopening is not None], here, day, day.coming[viewer.body or ""])


def is_here(s: CaseOverview, viewer: Viewer) -> bool:
    """Whether the case stands at the viewer's body's step of its own ladder, and all of it is theirs to see."""
    return s.sight is Sight.FULL and ladder_of(s.case).step(s.case.step).body == viewer.body


def case_row(s: CaseOverview, viewer: Viewer, today: dt.date, day: Agenda, replies: dict[int, list[Any]]) -> Row:
    if s.then is not None and not is_here(s, viewer) and not lists.is_mine(s, viewer):
        return replace(
            rows.row(s, viewer, today, by_act=False),
            day=s.then.begins_on,
            day_text="",
            note=_("om inget händer"),
            title=_("%(who)s %(act)s", who=words.upper_first(lists.holder(s, s.then)), act=words.act_now(s.then)),
            meta=(s.case.number, in_swedish(s.case.title), lists.parties(s)),
            text=_(
                "%(who)s har bollen till %(day)s.", who=lists.who(s, viewer), day=lists.short_date(s.ball.due_on, today)
            )
            if s.ball
            else "",
        )
    shown = rows.row(s, viewer, today, by_act=True)
    text = agenda.about(s, day, today) or lists.ways_on(s, today) or answers(s, replies.get(s.case.id, ()), today)
    return replace(shown, text=text or shown.text, more=agenda.what_follows(s, today))


def answers(s: CaseOverview, replies: Sequence[RecommendationAnswer], today: dt.date) -> str:
    """ "Regionen ja 17 november. Upplands Väsby har inte svarat." """
    if s.case.phase is not Phase.RECOMMENDATION_OUT:
        return ""
    names = words.names_of(s.case, ladder_of(s.case))
    parts = [
        _("%(who)s ja %(day)s.", who=words.upper_first(names[a.party_code]), day=lists.short_date(a.answered_at, today))
        for a in replies
        if a.is_accepted
    ]
    waiting = words.upper_first(joined(names[code] for code in s.holders))
    return " ".join([*parts, _("%(who)s har inte svarat.", who=waiting)] if s.holders else parts)


def papers(day: Agenda, coming: Sequence[MeetingDay], here: Sequence[CaseOverview]) -> str:
    """What stands on the next meeting, and whether its papers are there."""
    if not coming:
        return ""
    on, meant = day.on(coming[0], here), day.meant_for(coming[0], here)
    parts = []
    if on:
        count = words.upper_first(lists.spelled(len(on)))
        parts.append(
            _("Ett ärende är uppsatt, underlaget är inne.")
            if len(on) == 1
            else _("%(count)s ärenden är uppsatta, underlagen är inne.", count=count)
        )
    if meant:
        parts.append(
            _("Underlag saknas till ett ärende.")
            if len(meant) == 1
            else _("Underlag saknas till %(count)s ärenden.", count=lists.spelled(len(meant)))
        )
    return " ".join(parts) or _("Inget ärende är uppsatt än.")
