"""The reminders of a case, with what became of each letter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from markupsafe import Markup

from escalation.cases.models.case import Case
from escalation.nudges import queries as nudges
from escalation.nudges.models import MailState
from escalation.rules.glossary import DEADLINES, GLOSSARY
from escalation.web.format import date_short
from escalation.web.language import _, in_swedish
from escalation.web.parts import Line

TELLING = (MailState.SENT, MailState.PENDING, MailState.UNCERTAIN, MailState.FAILED)
"""In which order the list of reminders tells what has become of its letters."""


def reminders(case: Case) -> list[Line]:
    """Reminders, newest first, each with whom it has left for; both sides read the same list."""
    days: dict[tuple[dt.date, str, str], list[nudges.LoggedNudge]] = {}
    for one in nudges.log(case.id):
        days.setdefault((one.nudge.due_on, one.nudge.kind.value, one.nudge.subject), []).append(one)
    shown = []
    for (day, kind, subject), people in sorted(days.items(), key=lambda item: item[0], reverse=True):
        key = subject.partition(":")[2] or subject
        deadline = None if subject.startswith("ball:") else DEADLINES.get(key.partition("+")[0])
        what = _(GLOSSARY[kind].label)
        told_beside = {
            "answer_referral": _("Fick en remiss"),
            "answer_reopening": _("Fick en begäran att svara på"),
            "confirm_part": _("Tillfrågades om att delta"),
            "comment_hearing": _("Fick yttra sig"),
            "after_hearing": _("Kunde avgöra det som parterna hördes om"),
            "answer_registration": _("Fick en begäran om att delta"),
            "ended_by_silence": _("Fick veta att ingen tog ärendet vidare"),
        }
        first = told_beside.get(key, _("Fick bollen"))
        sentence = f"{_(deadline)}, {what[:1].lower()}{what[1:]}" if deadline else first
        shown.append(Line(f"{date_short(day)}: {sentence}", note=_whether_sent(day, people)))
    return shown


def _whether_sent(day: dt.date, people: Sequence[nudges.LoggedNudge]) -> str:
    """To whom the letter has left, and to whom not: "Skickad till Anna. Kunde inte levereras till Bo."

    The day on which it left is shown where it is not the reminder's own: a server may have been away.
    """
    groups: dict[tuple[MailState, dt.date | None], list[str]] = {}
    for one in people:
        groups.setdefault((one.state, one.sent_on), []).append(one.name)
    said = []
    for state, sent_on in sorted(groups, key=lambda group: (TELLING.index(group[0]), group[1] or day)):
        to = in_swedish("; ".join(groups[state, sent_on]))
        if sent_on is not None and sent_on != day:
            said.append(_("Skickad %(day)s till %(people)s.", day=date_short(sent_on), people=to))
        elif state is MailState.SENT:
            said.append(_("Skickad till %(people)s.", people=to))
        elif state is MailState.FAILED:
            said.append(_("Kunde inte levereras till %(people)s.", people=to))
        elif state is MailState.UNCERTAIN:
            said.append(_("Osäkert om den kom fram till %(people)s.", people=to))
        else:
            said.append(_("Väntar på att skickas till %(people)s.", people=to))
    return Markup(" ").join(said)
