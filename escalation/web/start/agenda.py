"""The bodies' meetings as start pages show them: the next one, and what of the viewer's cases stands on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.cases.ladders import ladder_of
from escalation.cases.overview import CaseOverview
from escalation.meetings import queries as meetings
from escalation.meetings.models import Meeting, Treatment
from escalation.rules import workdays
from escalation.rules.deadlines import MeetingDay, calendar_of
from escalation.rules.glossary import inside
from escalation.rules.main_agreement import body_steps, ladder_of_body
from escalation.rules.situation import Phase
from escalation.web.cases import lists, words
from escalation.web.format import date_long, date_weekday, working_days
from escalation.web.language import _
from escalation.web.start.page import NextMeeting

LOOKS_BACK = dt.timedelta(days=200)
"""Far enough to find a body's last meeting."""
LOOKS_AHEAD = dt.timedelta(days=365)
"""How far a calendar should reach (ours): a file may wait for the second meeting that it can reach (D12, D16)."""


@dataclass(frozen=True)
class Agenda:
    """Meetings of one or more bodies with the treatments of the cases that the page is about.

    ``coming``: today's and later ones, nearest first, by body; ``last``: the day of the one before, by body;
    ``treatments``: of each case, oldest first, by its id.
    """

    coming: dict[str, list[MeetingDay]]
    last: dict[str, dt.date]
    treatments: dict[int, list[Treatment]]

    def treatment(self, s: CaseOverview) -> Treatment | None:
        """The treatment that is going on at the case's present step; None for one that waits for a meeting."""
        now = meetings.current_treatment(self.treatments.get(s.case.id, ()), s.case)
        is_over = now is not None and now.scheduled_at is not None and s.case.phase is Phase.PREPARATION
        return None if is_over else now

    def times_tabled(self, s: CaseOverview) -> int:
        here = (s.case.step, s.case.round)
        of_case = self.treatments.get(s.case.id, ())
        return sum((t.step, t.round) == here and t.taken_off_ground == "tabled" for t in of_case)

    def brief_due_on(self, s: CaseOverview) -> dt.date | None:
        """The material deadline of the meeting that the case is prepared for; None once the brief is in."""
        treatment = self.treatment(s)
        if s.case.phase is not Phase.PREPARATION or treatment is None:
            return None
        return day_of(treatment.held_at).material_on

    def on(self, meeting: MeetingDay, items: Sequence[CaseOverview]) -> list[CaseOverview]:
        """The cases that stand on the meeting."""
        return [s for s in items if s.case.phase is Phase.SCHEDULED and self._aims_at(s, meeting)]

    def meant_for(self, meeting: MeetingDay, items: Sequence[CaseOverview]) -> list[CaseOverview]:
        """The cases that are prepared for the meeting and whose brief is not in."""
        return [s for s in items if s.case.phase is Phase.PREPARATION and self._aims_at(s, meeting)]

    def _aims_at(self, s: CaseOverview, meeting: MeetingDay) -> bool:
        treatment = self.treatment(s)
        return treatment is not None and treatment.meeting_id == meeting.id


def day_of(meeting: Meeting) -> MeetingDay:
    """The meeting with the days that its body's ladder gives it; a body's days are the same on every ladder."""
    return meetings.day_of(ladder_of_body(meeting.body), meeting)


def agenda(bodies: Sequence[str], items: Sequence[CaseOverview], today: dt.date) -> Agenda:
    """The agendas of these bodies for these cases; in one question."""
    case = Agenda({body: [] for body in bodies}, {}, {})
    for meeting, on_it in meetings.agendas(bodies, [s.case.id for s in items], today - LOOKS_BACK):
        if meeting.cancelled_at is not None:
            pass  # only what it treated is of interest
        elif meeting.held_on >= today:
            case.coming[meeting.body].append(day_of(meeting))
        else:
            case.last[meeting.body] = meeting.held_on
        for treatment in on_it:
            case.treatments.setdefault(treatment.case_id, []).append(treatment)
    for of_case in case.treatments.values():
        of_case.sort(key=lambda t: t.id)
    return case


def next_meeting(coming: Sequence[MeetingDay], today: dt.date, note: str = "") -> NextMeeting | None:
    """The macro ``meet``: the leaf, how far it is, when the papers are due, and what follows."""
    if not coming:
        return None
    first = coming[0]
    left = workdays.between(today, first.held_on, calendar_of(ladder_of_body(first.body)))
    when = date_weekday(first.held_on).split()[0]
    material = _("Underlag senast %(day)s.", day=lists.short_date(first.material_on, today))
    days = material if first.material_on >= today else ""
    sent = _("Utskick %(day)s.", day=lists.short_date(first.dispatch_on, today))
    later = _("Därefter: %(day)s", day=lists.short_date(coming[1].held_on, today)) if len(coming) > 1 else ""
    return NextMeeting(
        first.held_on,
        _("Nästa möte"),
        _("%(day)s, %(left)s kvar", day=when, left=working_days(left)) if left else _("i dag"),
        [line for line in (note, f"{days} {sent}".strip(), later) if line],
    )


def endings(day: Agenda, today: dt.date) -> list[str]:
    """A sentence for each body whose calendar of meetings ends within a year, and who can lengthen it."""
    names = {body: inside(_(step.name)) for body, step in body_steps().items()}
    found = []
    for body, coming in day.coming.items():
        if not coming:
            found.append(
                _(
                    "I kalendern för %(body)s finns inget kommande möte. Den som driver webbplatsen lägger in möten.",
                    body=names.get(body, body),
                )
            )
        elif coming[-1].held_on < today + LOOKS_AHEAD:
            found.append(
                _(
                    "Det sista mötet i kalendern för %(body)s är %(day)s. Den som driver webbplatsen lägger in fler.",
                    body=names.get(body, body),
                    day=date_long(coming[-1].held_on),
                )
            )
    return found


def about(s: CaseOverview, day: Agenda, today: dt.date) -> str:
    """What a body's case waits for, in a sentence with its days; empty where its phase says all."""
    treatment = day.treatment(s)
    match s.case.phase:
        case Phase.RECEIVED:
            return _(
                "Kom till steg %(step)s den %(day)s.",
                step=s.case.step,
                day=lists.short_date(s.case.step_entered_at, today),
            )
        case Phase.PREPARATION if treatment:
            aim = day_of(treatment.held_at)
            return _(
                "Målet är mötet %(day)s. Underlaget ska in senast %(material)s.",
                day=lists.short_date(aim.held_on, today),
                material=lists.short_date(aim.material_on, today),
            )
        case Phase.PREPARATION:
            return words.no_meeting()
        case Phase.SCHEDULED if treatment:
            sent = day_of(treatment.held_at).dispatch_on
            if sent < today:
                return _(
                    "Underlaget är inne. Handlingarna skulle skickas ut %(day)s.", day=lists.short_date(sent, today)
                )
            return _("Underlaget är inne. Handlingarna skickas ut %(day)s.", day=lists.short_date(sent, today))
        case Phase.MINUTED if treatment:
            body = words.names_of(s.case, ladder_of(s.case)).get(treatment.body, treatment.body)
            return _("Mötet i %(body)s %(day)s.", body=body, day=lists.short_date(treatment.held_at.held_on, today))
        case _:
            return ""


def what_follows(s: CaseOverview, today: dt.date) -> str:
    """Who gets the ball by time alone, and when; empty where it stays."""
    if s.then is None or s.case.paused_until is not None:
        return ""
    return _(
        "Händer inget: %(who)s %(act)s från %(day)s.",
        who=lists.holder(s, s.then),
        act=words.act_now(s.then),
        day=lists.short_date(s.then.begins_on, today),
    )
