"""The panel at the top: who is waited for, until when, what can be done, what follows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from escalation.casefile import CaseFile, workdays_late
from escalation.cases.models.course import Ball
from escalation.cases.people import parties_of
from escalation.meetings import queries as meetings
from escalation.rules.deadlines import LATE_REFUSAL
from escalation.rules.glossary import inside
from escalation.rules.situation import ANNOUNCED, LOCAL_PHASES, Phase
from escalation.web.cases import acts, words
from escalation.web.cases.proposal_texts import standing_proposals, waits_for
from escalation.web.cases.receipts import Receipt, receipt
from escalation.web.cases.sections.closing import is_ended, may_begin_again, silence
from escalation.web.format import date_long, date_near, date_weekday, working_days
from escalation.web.language import _, joined, ngettext


@dataclass(frozen=True)
class Panel:
    """Days left (or that have passed: ``late``), one sentence, the answers to what now, what then, what else; what the
    viewer can do; and how the day was computed. ``count`` is None where no days are counted.
    """

    count: int | None
    count_text: str
    late: bool
    heading: str
    answers: list[tuple[str, str]]
    main: acts.Act | None
    more: list[acts.Act]
    receipt: Receipt | None


def panel(case_file: CaseFile, ended: Sequence[tuple[str, str]] = ()) -> Panel:
    """The situation in short. ``ended``: why a case was closed."""
    main, more = acts.acts(case_file)
    button = replace(main, text="") if main else None  # its text stands among the answers
    counted = receipt(case_file)
    count, count_text, late = _count(case_file)
    if case_file.ball is None:
        heading, answers = _still(case_file, ended)
    elif case_file.case.paused_until is not None:
        heading, answers = _paused(case_file, main, case_file.case.paused_until)
    else:
        heading, answers = _waiting(case_file, case_file.ball, main)
    return Panel(count, count_text, late, heading, answers, button, more, counted)


def _count(case_file: CaseFile) -> tuple[int | None, str, bool]:
    """How many working days are left or have passed, in words, and whether they have passed."""
    if case_file.ball is None or case_file.case.paused_until is not None:
        return None, _("Pausat") if case_file.ball is not None else "", False
    if late := workdays_late(case_file):
        return late, ngettext("arbetsdag över tiden", "arbetsdagar över tiden", late), True
    left = case_file.workdays_between(case_file.today, case_file.ball.due_on)
    return left, ngettext("arbetsdag kvar", "arbetsdagar kvar", left), False


def _still(case_file: CaseFile, ended: Sequence[tuple[str, str]]) -> tuple[str, list[tuple[str, str]]]:
    """A case in which the ball waits for no act: it is closed, or follows another."""
    case = case_file.case
    is_joined = case.joined_to is not None and case.phase is not Phase.CLOSED
    heading = _("Avslutat: ingen har tagit ärendet vidare") if is_ended(case_file) else words.status(case)
    return heading, [
        *([(_("Avslutat"), date_long(case.closed_at))] if case.closed_at else []),
        *silence(case_file),
        *([(_("Sedan"), _("Ärendet följer huvudärendet och avslutas när det avgörs."))] if is_joined else []),
        *ended,
        *may_begin_again(case_file),
    ]


def _waiting(case_file: CaseFile, ball: Ball, main: acts.Act | None) -> tuple[str, list[tuple[str, str]]]:
    """A case that waits for the act of the ball."""
    who = words.holder_name(case_file.case, ball, case_file.ladder, case_file.viewer)
    by = date_weekday(ball.due_on)
    if ball.act == "decide":
        heading = _("%(who)s %(act)s %(day)s", who=who, act=words.act_now(ball), day=by)
    else:
        heading = _("%(who)s %(act)s senast %(day)s", who=who, act=words.act_now(ball), day=by)
    answers = [(_("Ni kan nu"), _now(case_file, main))]
    if follows := _follows(case_file):
        answers.append((_("Sedan"), follows))
    if otherwise := _otherwise(case_file):
        answers.append(otherwise)
    answers += silence(case_file)
    answers += _unmanned(case_file, ball)
    for proposal in standing_proposals(case_file):
        if waiting := waits_for(case_file, proposal):
            until = date_near(proposal.last_day(case_file.today), case_file.today)
            answers.append((_("Förslag"), _("Väntar på %(who)s till %(day)s.", who=waiting, day=until)))
    return heading, answers


def _unmanned(case_file: CaseFile, ball: Ball) -> list[tuple[str, str]]:
    """The parties that hold the ball and have no one there, and who is reminded instead (E25: always someone)."""
    if not case_file.unmanned or ball.holder == "unanswered":
        return []
    held_by = parties_of(case_file.case, ball.holder)
    gone = [code for code in held_by if code in case_file.unmanned]
    if not gone:
        return []
    names = words.names_of(case_file.case, case_file.ladder)
    sentence = _("Ingen handläggare är på plats hos %(who)s.", who=joined(names[code] for code in gone))
    if len(gone) == len(held_by):
        sentence += " " + _(
            "Påminnelserna går till sekretariatet, och till partens beslutsfattare om någon är på plats."
        )
    return [(_("På plats"), sentence)]


def _paused(case_file: CaseFile, main: acts.Act | None, until: dt.date) -> tuple[str, list[tuple[str, str]]]:
    """A case whose clocks stand still: until when, and what was left of the local step."""
    answers = [
        (_("Ni kan nu"), _now(case_file, main)),
        (_("Sedan"), _("Dagarna räknas igen från %(day)s.", day=date_long(until))),
    ]
    d7, begun = case_file.deadline("D7"), case_file.paused_from
    if begun and d7 and case_file.case.phase in LOCAL_PHASES and d7.due_on >= begun:
        left = working_days(case_file.workdays_between(begun, d7.due_on))
        answers.append((_("Kvar då"), _("%(left)s av det lokala steget.", left=left)))
    return _("Ärendet är pausat till %(day)s", day=date_weekday(until)), answers


def _now(case_file: CaseFile, main: acts.Act | None) -> str:
    viewer = case_file.viewer
    if main is not None and main.url:
        return _("%(label)s. %(text)s", label=main.label, text=main.text) if main.text else f"{main.label}."
    if case_file.ball and case_file.ball.act == "decide" and viewer.body:
        return _("Läsa frågan, ståndpunkterna och alternativen inför mötet.")
    if case_file.ball and words.is_mine(case_file.case, case_file.ball, viewer):
        return _("Läsa ärendet. Det som väntar görs av någon annan hos er.")
    return _("Följa ärendet. Ni behöver inte göra något just nu.")


def _follows(case_file: CaseFile) -> str:
    """What comes after the awaited act, in the case's own dates; nothing while a withdrawal waits for objections."""
    if case_file.case.withdrawal_until is not None:
        return ""
    follows = FOLLOWS.get(case_file.case.phase)
    return follows(case_file) if follows else ""


def _after_local_step(case_file: CaseFile) -> str:
    d7 = case_file.deadline("D7")
    if d7 and d7.due_on >= case_file.today:
        return _(
            "Lokala steget slutar %(day)s. Därefter får var och en av parterna lyfta ärendet.",
            day=date_long(d7.due_on),
        )
    return _(
        "Efter gemensam beskrivning, eller tio arbetsdagar utan en, kan ärendet lyftas till %(body)s.",
        body=words.body_above(case_file),
    )


def _after_preparation(case_file: CaseFile) -> str:
    if case_file.treatment and case_file.treatment.meeting is None:
        return words.no_meeting()
    return _(
        "Parterna får yttra sig över underlaget. Därefter beslutar %(body)s på mötet.",
        body=inside(_(case_file.ladder.step(case_file.case.step).name)),
    )


def _after_schedule(case_file: CaseFile) -> str:
    if not case_file.treatment:
        return ""
    day = meetings.day_of(case_file.ladder, case_file.treatment.held_at)
    return _(
        "Parterna kan lämna synpunkter till och med %(comments)s. Handlingarna skickas ut %(dispatch)s.",
        comments=date_long(day.comments_until),
        dispatch=date_long(day.dispatch_on),
    )


def _after_answers(case_file: CaseFile) -> str:
    above = words.body_above(case_file)
    if case_file.situation.outcome in ANNOUNCED:
        return _(
            "Var och en av parterna kan ta ärendet till %(body)s. %(ends)s",
            body=above,
            ends=_("Svarar alla ja genomförs uppgiften.")
            if case_file.decisions[-1].tasks
            else _("Svarar alla ja avslutas ärendet."),
        )
    lead = _("Svarar alla ja genomförs rekommendationen.")
    if not above:
        return f"{lead} " + _("Svarar en part nej avslutas ärendet utan enighet.")
    return f"{lead} " + _("Svarar en part nej går ärendet till %(body)s.", body=above)


FOLLOWS: dict[Phase, Callable[[CaseFile], str]] = {
    Phase.INTAKE: lambda _case_file: _(
        "Anmälan översänds till motparten och steg 1 börjar. Saknas något eller hör frågan inte hit får ni veta varför."
    ),
    Phase.COMPLETION: lambda _case_file: _(
        "Sekretariatet kontrollerar den kompletterade anmälan, inom de dagar som var kvar."
    ),
    Phase.BYPASS_REVIEW: lambda case_file: _(
        "Beviljas begäran börjar ärendet hos %(body)s. Annars börjar steg 1 samma dag, med full tid.",
        body=words.body_above(case_file),
    ),
    Phase.SERVED: _after_local_step,
    Phase.DIALOGUE: _after_local_step,
    Phase.IMPASSE: lambda case_file: _(
        "Ärendet lyfts till %(body)s, som kontrollerar och bereder det.", body=words.body_above(case_file)
    ),
    Phase.RECEIVED: lambda _case_file: _("Ärendet bereds till ett möte. En rapportör utses från varje sida."),
    Phase.PREPARATION: _after_preparation,
    Phase.SCHEDULED: _after_schedule,
    Phase.MINUTED: lambda _case_file: _("Beslutet gäller när protokollet är justerat."),
    Phase.RECOMMENDATION_OUT: _after_answers,
    Phase.IMPLEMENTATION: lambda _case_file: _(
        "När allt är rapporterat bekräftar den andra sidan, och ärendet avslutas."
    ),
}
"""What comes after the act that a phase waits for."""


def _otherwise(case_file: CaseFile) -> tuple[str, str] | None:
    """What happens else: who gets the ball by time alone, or what follows where the blocks do not agree."""
    case, ball = case_file.case, case_file.ball
    if ball is not None and ball.act == "answer_announcement":
        return _("Om ingen gör något"), _if_silent(case_file)
    coming = next((b for b in case_file.balls if b.begins_on > case_file.today), None)
    if coming is None or ball is None:
        if case.phase is Phase.SCHEDULED and case_file.situation.is_top:
            body = _(case_file.ladder.step(case.step).name)
            return _("Om %(body)s inte enas", body=inside(body)), _(
                "Frågan tas upp en gång till. "
                "Enas blocken inte då heller antecknas båda linjerna och frågan går till revidering."
            )
        return None
    if case.withdrawal_until is not None:
        return _("Om ingen invänder"), _("Ärendet avslutas som återkallat %(day)s.", day=date_long(coming.begins_on))
    who = words.holder_name(case, coming, case_file.ladder, case_file.viewer)
    if ball.act == "say_on":
        return _("Om ingen svarar"), _(
            "Från %(day)s kan ärendet lyftas, eller avslutas av två personer från olika sidor. Anmälaren kan i så fall "
            "ta upp det en gång, utan prövning.",
            day=date_long(coming.begins_on),
        )
    return _("Om ingen gör något"), _(
        "%(who)s %(act)s från %(day)s. Ärendet kan inte bli liggande.",
        who=who,
        act=words.act_now(coming),
        day=date_long(coming.begins_on),
    )


def _if_silent(case_file: CaseFile) -> str:
    """The effect of time on an announcement that no party takes further (T28b)."""
    day = case_file.opens_after("D15+5")
    number = case_file.ladder.workdays(LATE_REFUSAL, case_file.case.step, case_file.case.is_urgent)
    ends = (
        _("Uppgiften börjar gälla %(day)s", day=date_long(day))
        if case_file.decisions[-1].tasks
        else _("Ärendet avslutas %(day)s", day=date_long(day))
    )
    if day <= case_file.today:
        ends = _("Det fortsätter när den som inte har svarat har fått en påminnelse")
    return _(
        "%(ends)s. Den som inte har svarat har inte godtagit något, och kan ta ärendet vidare i %(number)s till. "
        "Dagarna är våra, inte överenskommelsens.",
        ends=ends,
        number=working_days(number),
    )
