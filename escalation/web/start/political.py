"""The start page of a political body: the questions on its next meeting, and what an answer changes for others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from escalation.accounts.models import Viewer
from escalation.agreements import queries as agreements
from escalation.agreements.models import Interpretation
from escalation.cases import patterns, queries
from escalation.cases.models.parties import PartyRole
from escalation.cases.overview import CaseOverview
from escalation.rules.deadlines import MeetingDay
from escalation.rules.glossary import GLOSSARY
from escalation.rules.main_agreement import ladder_of_body
from escalation.rules.situation import Phase
from escalation.web.cases import lists, rows, words
from escalation.web.cases.summary import clipped
from escalation.web.decisions import pages as decisions
from escalation.web.format import slug
from escalation.web.language import _, in_swedish, joined
from escalation.web.parts import Line, Row, Side
from escalation.web.start import agenda
from escalation.web.start.agenda import Agenda
from escalation.web.start.bodies import BodyPage, case_row, cases_of, own_step, papers

STAND_LENGTH = 260
"""Signs of a stand that a start page shows; the case shows it whole."""
REVIEWS_AHEAD = dt.timedelta(days=180)


@dataclass(frozen=True)
class Stage:
    """How far a meeting's papers have come."""

    icon: str
    text: str


@dataclass(frozen=True)
class Question:
    """A case on the meeting: the question in large, the stands beside each other, the state of the papers."""

    number: str
    url: str
    summary: str
    citation: str
    type: str
    question: str
    sides: Sequence[Side]
    stages: Sequence[Stage]


@dataclass(frozen=True)
class Share:
    """How much was settled at the first step: the figure, and what it counts."""

    figure: str
    text: str


@dataclass(frozen=True)
class PoliticalPage(BodyPage):
    """Everything that ``start/political.html`` shows. ``hidden`` tells of cases that the body does not see."""

    meeting_day: dt.date | None
    questions: Sequence[Question]
    rest: Sequence[Row]
    changes: Sequence[Row]
    hidden: str
    affected: Sequence[Line]
    interpretations: Sequence[Line]
    share: Share | None


def start_page(viewer: Viewer, now: dt.datetime, today: dt.date) -> PoliticalPage:
    """The start page of a political body."""
    own = cases_of(viewer, today)
    items, here, day, coming = own.items, own.here, own.day, own.coming
    on = day.on(coming[0], here) if coming else []
    stands = queries.latest_positions([s.case.id for s in here])
    ids = {provision for s in on for provision in s.provisions}
    known_here, on_it = ({s.case.id for s in some} for some in (here, on))
    seen = [s for s in items if s.case.id not in known_here and not ids.isdisjoint(s.provisions)]
    unseen = patterns.in_the_county(ids, than=[s.case.id for s in items])
    at_hand = agreements.interpretations_at_hand(today + REVIEWS_AHEAD)
    rest = [s for s in here if s.case.id not in on_it]
    return PoliticalPage(
        place=_(own_step(viewer).name),
        lead=_lead(on, here, coming, today),
        meeting=agenda.next_meeting(coming, today, papers(day, coming, here)),
        meeting_day=coming[0].held_on if coming else None,
        steps=lists.overview(
            items, viewer, _outs(here, viewer, today), {step: count for step, (count, _same) in unseen.items()}
        ),
        questions=[_question(s, day, stands.get(s.case.id, {}), today) for s in on],
        rest=[
            *(rows.to_publish(i, today) for i in decisions.to_publish(at_hand, viewer, today)),
            *(rows.asked_again(s, today) for s in own.asked),
            *(case_row(s, viewer, today, day, {}) for s in rest),
        ],
        changes=[_changed(s, viewer, today, ids) for s in seen],
        hidden=_hidden(sum(same for _count, same in unseen.values())),
        affected=[line for s in on for line in _affected(s, stands.get(s.case.id, {}))],
        interpretations=[_at_hand(i, today) for i in at_hand],
        share=_share(now, today),
    )


def _lead(
    on: Sequence[CaseOverview], here: Sequence[CaseOverview], coming: Sequence[MeetingDay], today: dt.date
) -> str:
    if not here:
        return _("Inget ärende är hos er.")
    if not on:
        count = words.upper_first(lists.spelled(len(here)))
        return _("Ett ärende är hos er.") if len(here) == 1 else _("%(count)s ärenden är hos er.", count=count)
    count = words.upper_first(lists.spelled(len(on)))
    first = (
        _("Ett ärende väntar på ert avgörande.")
        if len(on) == 1
        else _("%(count)s ärenden väntar på ert avgörande.", count=count)
    )
    sent = coming[0].dispatch_on
    if sent < today:
        return f"{first} " + _("Handlingarna skulle skickas ut %(day)s.", day=lists.short_date(sent, today))
    return f"{first} " + _("Handlingarna kommer %(day)s.", day=lists.short_date(sent, today))


def _outs(here: Sequence[CaseOverview], viewer: Viewer, today: dt.date) -> dict[int, str]:
    days = sorted(s.ball.due_on for s in here if s.ball and s.case.phase is Phase.SCHEDULED)
    outs = {step.no: _("Parterna löser själva") for step in ladder_of_body(viewer.body).steps if step.body is None}
    return outs | ({own_step(viewer).no: _("Beslut %(day)s", day=lists.short_date(days[0], today))} if days else {})


def _question(s: CaseOverview, day: Agenda, stands: Mapping[str, str], today: dt.date) -> Question:
    treatment = day.treatment(s)
    assert treatment is not None  # it stands on the meeting by it
    meeting = agenda.day_of(treatment.held_at)
    sides = []
    for party in (*s.case.parties_as(PartyRole.INITIATOR), *s.case.parties_as(PartyRole.RESPONDENT)):
        stand = stands.get(party.party_code)
        name = words.upper_first(_(party.party.short_name))
        quiet = "" if stand else _("Har inte lämnat någon ståndpunkt.")
        sides.append(Side(name, clipped(stand, STAND_LENGTH) if stand else "", quiet))
    given = lists.short_date(treatment.scheduled_at, today) if treatment.scheduled_at else ""
    out = lists.short_date(meeting.dispatch_on, today)
    sent = (
        _("Handlingarna skulle skickas ut %(day)s", day=out)
        if meeting.dispatch_on < today
        else _("Handlingarna skickas ut %(day)s", day=out)
    )
    return Question(
        number=s.case.number,
        url=url_for("cases.case", number=s.case.number),
        summary=url_for("cases.summary", number=s.case.number),
        citation=lists.citation(s),
        type=_(GLOSSARY[s.case.type].label),
        question=treatment.question or s.case.title,
        sides=sides,
        stages=[Stage("ok", _("Underlaget är inne sedan %(day)s", day=given)), Stage("clock", sent)],
    )


def _changed(s: CaseOverview, viewer: Viewer, today: dt.date, ids: set[int]) -> Row:
    shown = rows.row(s, viewer, today, by_act=False)
    shared = [code for id, code in s.provisions.items() if id in ids]
    return replace(shown, text=_("Samma bestämmelse: %(codes)s.", codes=joined(shared)))


def _hidden(count: int) -> str:
    """How many cases there are at steps that the body does not see."""
    if not count:
        return ""
    if count == 1:
        return _("Ett öppet ärende till, mellan parterna lokalt, gäller samma bestämmelse.")
    return _(
        "%(count)s öppna ärenden till, mellan parterna lokalt, gäller samma bestämmelse.",
        count=words.upper_first(lists.spelled(count)),
    )


def _affected(s: CaseOverview, stands: Mapping[str, str]) -> list[Line]:
    return [
        Line(
            p.party.name,
            text=in_swedish(clipped(stands[p.party_code], STAND_LENGTH))
            if p.party_code in stands
            else _("Har inte yttrat sig."),
            note=_("Berörd part i %(number)s", number=s.case.number),
        )
        for p in s.case.parties_as(PartyRole.AFFECTED)
    ]


def _at_hand(found: Interpretation, today: dt.date) -> Line:
    text = in_swedish(found.question)
    if found.published_on is None:
        due = found.publish_due_on
        note = (
            _("Väntar på publicering, senast %(day)s", day=lists.short_date(due, today))
            if due
            else _("Väntar på publicering")
        )
        return Line(found.number, text=text, note=note)
    note = _("Under omprövning")
    if found.review_on is not None:
        note = _("Ska omprövas senast %(day)s", day=lists.short_date(found.review_on, today))
    url = url_for("decisions.interpretation", slug=slug(found.number))
    return Line(found.number, url, text, note)


def _share(now: dt.datetime, today: dt.date) -> Share | None:
    """How many of this year's closed cases were settled at step 1; None before the first is closed."""
    local, closed = patterns.solved_locally(now.replace(month=1, day=1, hour=0, minute=0, second=0, microsecond=0))
    if not closed:
        return None
    return Share(
        _("%(percent)s %%", percent=round(100 * local / closed)),
        _(
            "%(local)s av %(closed)s ärenden som har avslutats i år löstes i steg 1. "
            "Avvisade och återkallade är inte med.",
            local=local,
            closed=closed,
        ),
    )
