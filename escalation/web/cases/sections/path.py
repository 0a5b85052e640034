"""What lies ahead, each with its day."""

from __future__ import annotations

import datetime as dt

from escalation.casefile import CaseFile
from escalation.cases.seats import open_referrals
from escalation.meetings import queries as meetings
from escalation.rules.situation import Phase
from escalation.web.cases import words
from escalation.web.format import date_long, working_days
from escalation.web.language import _
from escalation.web.parts import Ahead


def path(case_file: CaseFile) -> list[Ahead]:
    """What lies ahead, each with its day: the ball's future, and the days of the meeting."""
    case, ball, viewer = case_file.case, case_file.ball, case_file.viewer
    if ball is None:
        return []
    items: list[tuple[dt.date, str]] = []
    if case.phase is Phase.SCHEDULED and case_file.treatment:
        day = meetings.day_of(case_file.ladder, case_file.treatment.held_at)
        items.append((day.comments_until, _("Sista dag för parternas synpunkter på underlaget.")))
        items.append((day.dispatch_on, _("Sekretariatet skickar handlingarna till ledamöterna.")))
    who = words.holder_name(case, ball, case_file.ladder, viewer)
    items.append(
        (
            ball.due_on,
            _("%(who)s %(act)s senast i dag.", who=who, act=words.act_now(ball))
            if ball.due_on == case_file.today
            else _("%(who)s %(act)s.", who=who, act=words.act_now(ball)),
        )
    )
    names = words.names_in(case_file.case)
    items += [
        (r.due_on, _("Sista dag för svar på remissen till %(who)s.", who=names.get(r.addressee, r.addressee)))
        for r in open_referrals(case)
    ]
    for row in case_file.balls:
        if row.begins_on > case_file.today:
            name = words.holder_name(case, row, case_file.ladder, viewer)
            text = _(
                "Om inget har hänt: %(who)s %(act)s, senast %(day)s.",
                who=name,
                act=words.act_now(row),
                day=date_long(row.due_on),
            )
            is_left_to_time = case.withdrawal_until is not None
            text = _("Om ingen har invänt avslutas ärendet som återkallat.") if is_left_to_time else text
            items.append((row.begins_on, text))
    if ball.act == "answer_announcement":
        items.append((case_file.opens_after("D15+5"), _("Svarstiden är slut, om ingen har tagit ärendet vidare.")))
    d7 = case_file.deadline("D7")
    is_local = case.phase in {Phase.SERVED, Phase.DIALOGUE} and case.withdrawal_until is None
    if is_local and d7 and d7.due_on >= case_file.today and ball.deadline_key != "D7":
        items.append((d7.due_on, _("Lokala steget slutar. Dagen efter får var och en av parterna lyfta ärendet.")))
    return [
        Ahead(
            day=day,
            style="short" if day.year == case_file.today.year else "medium",
            note=_in_days(case_file, day),
            text=words.upper_first(text),
        )
        for day, text in sorted(items)
        if day >= case_file.today
    ]


def _in_days(case_file: CaseFile, day: dt.date) -> str:
    left = case_file.workdays_between(case_file.today, day)
    return working_days(left) if left else _("i dag")
