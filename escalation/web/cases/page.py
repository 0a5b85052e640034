"""The case page put together: what is it about, who holds the ball, until when, what can we do, what happens else.

Shapes for the macros of ``templates/parts``; no rule lives here. Every date comes with its receipt.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, request, url_for
from markupsafe import Markup

from escalation import clock
from escalation.accounts.models import SECRETARIAT_ROLES, Viewer
from escalation.agreements.models import Interpretation, Provision
from escalation.casefile import CaseFile, case_file_of, workdays_late
from escalation.cases import course, hearings, patterns, queries, secrecy
from escalation.cases import register_numbers as cases_register_numbers
from escalation.cases.guests import may_let_in
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Task
from escalation.cases.models.parties import CaseParty, PartyRole, Registration
from escalation.cases.models.statements import Position, StatementPart
from escalation.cases.people import parties_of
from escalation.cases.seats import open_referrals
from escalation.cases.sight import Sight
from escalation.decisions.models import Decision
from escalation.documents import queries as documents
from escalation.links.queries import may_link
from escalation.meetings import queries as meetings
from escalation.nudges import queries as nudges
from escalation.nudges.models import MailState
from escalation.rules import workdays
from escalation.rules.deadlines import LATE_REFUSAL, calendar_of, reachable
from escalation.rules.glossary import DEADLINES, GLOSSARY, inside
from escalation.rules.ladder import Step
from escalation.rules.machine import Move, MoveNotAllowed
from escalation.rules.moves.table import BY_HEARING, BY_VERB
from escalation.rules.situation import ANNOUNCED, GUARDS, LOCAL_PHASES, ClosingReason, HearingKind, Outcome, Phase
from escalation.trail import queries as trail
from escalation.trail.events import content_of, facts_of
from escalation.trail.models import TrailEvent
from escalation.web.access import current_viewer
from escalation.web.cases import acts, guests, links, receipts, words
from escalation.web.documents import lists as attachments
from escalation.web.documents.lists import Listed
from escalation.web.format import date_long, date_medium, date_near, date_short, date_weekday, paragraphs, working_days
from escalation.web.language import _, joined, ngettext, own
from escalation.web.names import unknown_ladder

TELLING = (MailState.SENT, MailState.PENDING, MailState.UNCERTAIN, MailState.FAILED)
"""In which order the list of reminders tells what has become of its letters."""


def open_case(number: str) -> tuple[Case, Sight]:
    """The case and how much of it the viewer sees; 404 where it is not theirs."""
    return queries.get(number, viewer=current_viewer(), today=clock.today()) or abort(404)


def open_file(number: str) -> CaseFile:
    """The whole file; 404 where the viewer sees less than everything."""
    case, seen = open_case(number)
    if seen is not Sight.FULL:
        abort(404)
    return case_file_of(case, clock.now())


def case_with_room(number: str) -> Case:
    """The case, for who has a private room beside it; 404 for everybody else."""
    case, _seen = open_case(number)
    return case if queries.has_notes_of_its_own(case, current_viewer()) else abort(404)


def case_to_number(number: str) -> Case:
    """The case, for who may write a register number on it; 404 for everybody else."""
    case, _seen = open_case(number)
    return case if cases_register_numbers.may_add_register_number(case, current_viewer()) else abort(404)


def open_act(number: str, verb: str) -> tuple[CaseFile, Move]:
    """The file and the row of an act; 404 where the case is not the viewer's or no row has the verb, 409 where the
    act is not open to them now.

    Nobody acts on what they cannot read, but a party outside the case that asks to take part (T43); it may know why it
    cannot now.
    """
    case, seen = open_case(number)
    move = BY_VERB.get(verb) or abort(404)
    case_file = case_file_of(case, clock.now())
    if seen is not Sight.FULL and not acts.is_outsiders(case_file, move):
        abort(404)
    expect_newest(case)
    acts.check(case_file, move)
    return case_file, move


def expect_newest(case: Case) -> None:
    """Refuse what is sent from a form that was opened before the latest act; raises StaleVersion.

    Asked before whether the act is open: who was overtaken is told of that, not of a rule. It locks nothing, for files
    may be on their way; the act asks once more behind the lock (``actions.expect_version``).
    """
    if request.method == "POST" and 0 < version_seen() < case.version:
        raise course.StaleVersion(case.number)


def version_seen() -> int:
    """The case's version when the form was opened; a broken one counts as stale."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def meanwhile(number: str) -> tuple[list[dict[str, Any]], bool]:
    """What has been done in a case since the form that was sent was opened, newest first; and whether it is the
    reader who has done it all, in another window or by sending twice.

    Nothing for who does not see the case's history.
    """
    case, seen = open_case(number)
    since, viewer = version_seen(), current_viewer()
    if seen is not Sight.FULL or since < 1:
        return [], False
    everything = trail.events_about(f"case:{number}")
    events = [e for e in everything if e.state.get("version", 0) > since]
    is_own = bool(events) and all(e.by == viewer.actor for e in events)
    files = secrecy.told(case, documents.of_case(case.id), everything, viewer)
    return timeline(secrecy.history(case, links.told_to(viewer, events), viewer), words.names_in(case), files), is_own


def open_for_hearing(number: str, kind: str) -> tuple[CaseFile, HearingKind]:
    """The file and what the parties are to be heard about; 404 and 409 as for an act, and open from the stub too."""
    case, seen = open_case(number)
    wanted = HearingKind(kind) if kind in set(HearingKind) else abort(404)
    case_file = case_file_of(case, clock.now())
    guard = hearings.may_hear(case, wanted, case_file.situation, current_viewer())
    if guard and seen is not Sight.FULL:
        abort(404)
    expect_newest(case)
    if guard:
        raise MoveNotAllowed(f"hear_{wanted}", guard)
    return case_file, wanted


def case_page(case_file: CaseFile) -> dict[str, Any]:
    """Everything that ``cases/case.html`` shows."""
    case, viewer = case_file.case, current_viewer()
    cited = queries.cited(case)
    codes = [p.code for p, _known in cited]
    events = trail.events_about(f"case:{case.number}")
    names = words.names_in(case_file.case)
    main, more = acts.acts(case_file, viewer)
    first, second, affected = words.parties_line(case)
    attached = attachments.by_what(case_file, viewer)
    is_tried = any(event.kind in {"principle_claimed", "case_called_up"} for event in events)
    principle = words.principle(case_file, events) if is_tried else []
    remitted = words.remitted(case_file, events)
    ends = links.of_case(case, viewer, events)
    before, now = words.rounds(events)[:-1], words.rounds(events)[-1]
    return {
        "case": case,
        "citation": words.citation(case, codes),
        "initiator": first,
        "respondent": second,
        "affected": affected,
        "late": late_flag(case_file),
        "steps": staircase(case_file, viewer, events),
        "panel": panel(case_file, viewer, main, ending(now)),
        "proposals": acts.open_proposals(case_file, viewer),
        "hearings": acts.asked_of_parties(case_file),
        "follows": case.joined_to,
        "members": sorted((case.member_numbers or "").split()),
        "main": main,
        "more": more,
        "receipt": receipts.receipt(case_file),
        "interim": case.interim_arrangement,
        "interim_heading": _("Gällde under tiden") if case.phase is Phase.CLOSED else _("Gäller under tiden"),
        "interim_note": interim_note(case, names),
        "question": words.question(case_file, events),
        "description": case.description,
        "provisions": provisions(case, cited),
        "known": [
            (i, "" if older else case.precedent_answers.get(p.code, ""))
            for p, known in cited
            for older, i in enumerate(known)
        ],
        "removed": [
            (kept, " ".join(filter(None, (case.precedent_answers.get(code, "") for code in kept["provisions"]))))
            for kept in case.removed_precedents
        ],
        "wishes": wishes(case, is_principle_shown=bool(principle)),
        "missing": words.missing(events) if case.phase is Phase.COMPLETION else [],
        "principle": principle,
        "remitted": remitted,
        "remits": ngettext("Återförvisat %(num)s gång", "Återförvisat %(num)s gånger", case_file.situation.remits)
        if remitted
        else "",
        "sides": sides(case_file, attached),
        "others": other_statements(case_file, attached),
        "purpose": case.purpose_statement,
        "brief": words.brief(case_file),
        "statement_files": [f for what, files in attached.items() if what.startswith("statement:") for f in files],
        "brief_files": attached.get(f"brief:{case_file.treatment.id}", []) if case_file.treatment else [],
        "other_files": other_files(case_file, attached),
        "path": path(case_file, viewer),
        "timeline": timeline(
            secrecy.history(case, links.told_to(viewer, events, ends), viewer),
            names,
            secrecy.told(case, case_file.attached, events, viewer),
        ),
        "links": ends,
        "may_link": may_link(case, viewer),
        "guests": guests.of_case(case, viewer),
        "may_let_in": may_let_in(case, viewer),
        "alike": alike(case_file, viewer, cited) if case.phase is not Phase.CLOSED else None,
        "nudges": nudge_log(case),
        "facts": facts(case_file, events),
        "registrations": words.registrations(case),
        "referrals": [
            (r.id, _("Remiss till %(who)s", who=names.get(r.addressee, r.addressee)), words.referral(case_file, r))
            for r in reversed(case.referrals)
        ],
        "reopening": words.reopening(case_file),
        "outcome": outcome(case_file, now),
        "undertaken": undertaken(case_file, now, names),
        "earlier": [earlier(case_file, no, of_round, names) for no, of_round in enumerate(before, 1)],
        "statement": statement_link(case_file, events),
        "numbers": register_numbers(case),
        "may_number": cases_register_numbers.may_add_register_number(case, viewer),
        "has_notes": queries.has_notes_of_its_own(case, viewer),
    }


def statement_link(case_file: CaseFile, events: Sequence[TrailEvent]) -> str:
    """What the link to the joint statement says; empty where there is none. The trail tells, nothing is asked for."""
    if case_file.case.phase is Phase.IMPASSE:
        return _("Gemensam beskrivning") if case_file.situation.is_statement_agreed else _("Gemensamt arbetsutkast")
    lifted = next((event for event in reversed(events) if event.kind == "case_lifted"), None)
    if lifted is None:
        return ""
    label = _(GLOSSARY[(facts_of(lifted) or {}).get("statement", "joint_statement")].label)
    return _("%(statement)s, %(day)s", statement=words.upper_first(label), day=date_long(lifted.at))


def register_numbers(case: Case) -> list[tuple[str, str]]:
    """Each party's own register numbers, by the party's short name; parties that have none are left out."""
    return [
        (words.upper_first(_(p.party.short_name)), ", ".join(n.value for n in p.registry_numbers))
        for p in case.parties
        if p.registry_numbers
    ]


def interim_note(case: Case, names: Mapping[str, str]) -> str:
    """Since when the interim arrangement is agreed, or who proposed it."""
    if case.interim_agreed_at:
        day = date_long(case.interim_agreed_at)
        return _("Överenskommet %(day)s. Ändras bara om båda är överens.", day=day)
    who = names[case.filer.party_code]
    return _("Föreslaget av %(who)s i anmälan %(day)s.", who=who, day=date_long(case.filed_at))


# The head ---------------------------------------------------------------------------------------------------------


def late_flag(case_file: CaseFile) -> str:
    """ "Stannat, nivå 3" or "Försenat", or nothing (domain/05 § 5.6)."""
    late = workdays_late(case_file)
    if case_file.case.phase is Phase.CLOSED or case_file.case.paused_until is not None or not late:
        return ""
    level = 1 if late <= 5 else 2 if late <= 15 else 3 if late <= 30 else 4
    return _("Försenat") if level == 1 else _("Stannat, nivå %(level)s", level=level)


def staircase(case_file: CaseFile, viewer: Viewer, events: Sequence[TrailEvent]) -> list[dict[str, Any]]:
    """The steps of the case's own ladder with what happened on each."""
    case, today = case_file.case, case_file.today
    calendar = calendar_of(case_file.ladder)
    stays = _stays(events)
    steps = []
    for step in case_file.ladder.steps:
        here = stays.get(step.no, [])
        shown: dict[str, Any] = {"name": _(step.name), "state": "next"}
        if step.no < case.step or (step.no == case.step and case.phase is Phase.CLOSED):
            shown["state"] = "done"
            last = here[-1].ended if here else None
            if last is not None:
                days = (workdays.between(s.begun, s.ended or last, calendar, case.is_urgent) for s in here)
                shown["when"] = _(
                    "%(begun)s – %(ended)s, %(days)s",
                    begun=_short(here[0].begun, last),
                    ended=date_medium(last),
                    days=working_days(sum(days)),
                )
            elif not here and step.no == case.step:
                shown["tag"] = _("Nådde aldrig steget") if case.served_at is None else None
            elif not here:
                shown["tag"] = _("Passerades")
            shown["out"] = _out(case_file, step, stays)
        elif step.no == case.step:
            shown |= _step_now(case_file, viewer, here[-1].begun if here else None, today)
        else:
            shown |= _step_ahead(case_file, step)
        steps.append(shown)
    return steps


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
        day = course.local_day(event.at)
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


def _step_now(case_file: CaseFile, viewer: Viewer, begun: dt.date | None, today: dt.date) -> dict[str, Any]:
    case, ball = case_file.case, case_file.ball
    calendar = calendar_of(case_file.ladder)
    shown: dict[str, Any] = {"state": "now", "out": _(GLOSSARY[case.phase].label)}
    if begun:
        days = working_days(workdays.between(begun, today, calendar, case.is_urgent))
        shown["when"] = _("Sedan %(day)s, %(days)s", day=date_medium(begun), days=days)
    d7 = case_file.deadline("D7")
    if case.phase in LOCAL_PHASES and d7 and d7.due_on < today:
        shown["out"] = _("Lokala tiden tog slut %(day)s.", day=date_long(d7.due_on))
    if case.phase is Phase.SCHEDULED and case_file.treatment:
        shown["out"] = _("Uppsatt på mötet %(day)s.", day=date_long(case_file.treatment.held_at.held_on))
    if case.withdrawal_until is not None or case.joined_to is not None:
        shown["out"] = words.status(case)
    if case.phase is Phase.INTAKE:
        shown["tag"] = _("Anmälan kontrolleras")
        shown["out"] = _("Steget börjar när anmälan översänds.")
    if case.phase is Phase.COMPLETION:
        shown["tag"] = _("Anmälan kompletteras")
        shown["out"] = _("Steget börjar när anmälan är komplett och översänds.")
    if case.phase is Phase.BYPASS_REVIEW:
        shown["tag"] = _("Prövas")
        shown["out"] = _("Ordföranden i %(body)s avgör om steget behövs.", body=_body_above(case_file))
    if case.paused_until is not None:
        shown["tag"] = _("Pausat")
        shown["out"] = words.status(case)
    elif ball:
        mine = words.is_mine(case, ball, viewer)
        shown["holder"] = {
            "text": _("%(who)s har bollen", who=words.holder_name(case, ball, case_file.ladder, viewer)),
            "until": _("till %(day)s", day=date_near(ball.due_on, today)),
            "mine": mine,
        }
    return shown


def _step_ahead(case_file: CaseFile, step: Step) -> dict[str, Any]:
    shown: dict[str, Any] = {"out": _("Om frågan inte löses innan")}
    if step.body is None or step.no != case_file.case.step + 1:
        return shown
    coming = reachable([m for m in case_file.meetings if m.body == step.body], case_file.today)
    if coming:
        shown["when"] = _("Möjligt möte %(day)s", day=date_medium(coming[0].held_on))
        shown["out"] = _("Om ärendet lyfts i tid för underlag %(day)s", day=date_long(coming[0].material_on))
    return shown


# The situation ----------------------------------------------------------------------------------------------------


def panel(
    case_file: CaseFile, viewer: Viewer, main: acts.Act | None, ended: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Days left, one sentence, and the answers to what now, what then, what else. ``ended``: why a case was closed."""
    case, ball = case_file.case, case_file.ball
    is_joined = case.joined_to is not None and case.phase is not Phase.CLOSED
    if ball is None:
        return {
            "count": None,
            "count_text": "",
            "late": False,
            "heading": _("Avslutat: ingen har tagit ärendet vidare") if _is_ended(case_file) else words.status(case),
            "answers": [
                *([(_("Avslutat"), date_long(case.closed_at))] if case.closed_at else []),
                *_silence(case_file),
                *([(_("Sedan"), _("Ärendet följer huvudärendet och avslutas när det avgörs."))] if is_joined else []),
                *ended,
                *_may_begin_again(case_file),
            ],
        }
    if case.paused_until is not None:
        return _paused(case_file, viewer, main, case.paused_until)
    calendar = calendar_of(case_file.ladder)
    late = workdays_late(case_file)
    left = workdays.between(case_file.today, ball.due_on, calendar, case.is_urgent)
    who = words.holder_name(case, ball, case_file.ladder, viewer)
    by = date_weekday(ball.due_on)
    if ball.act == "decide":
        heading = _("%(who)s %(act)s %(day)s", who=who, act=words.act_now(ball), day=by)
    else:
        heading = _("%(who)s %(act)s senast %(day)s", who=who, act=words.act_now(ball), day=by)
    answers = [(_("Ni kan nu"), _now(case_file, viewer, main))]
    if follows := _follows(case_file):
        answers.append((_("Sedan"), follows))
    if otherwise := _otherwise(case_file, viewer):
        answers.append(otherwise)
    answers += _silence(case_file)
    answers += _unmanned(case_file, ball)
    for proposal in acts.standing_proposals(case_file):
        if waits_for := acts.waits_for(case_file, proposal):
            until = date_near(proposal.last_day(case_file.today), case_file.today)
            answers.append((_("Förslag"), _("Väntar på %(who)s till %(day)s.", who=waits_for, day=until)))
    count = late or left
    text = (
        ngettext("arbetsdag över tiden", "arbetsdagar över tiden", count)
        if late
        else ngettext("arbetsdag kvar", "arbetsdagar kvar", count)
    )
    return {"count": count, "count_text": text, "late": bool(late), "heading": heading, "answers": answers}


def _unmanned(case_file: CaseFile, ball: Ball) -> list[tuple[str, str]]:
    """That nobody is there at a party that holds the ball, and who is reminded instead (E25: never nobody)."""
    if not case_file.unmanned or ball.holder == "unanswered":
        return []
    held_by = parties_of(case_file.case, ball.holder)
    gone = [code for code in held_by if code in case_file.unmanned]
    if not gone:
        return []
    names = words.names_of(case_file.case, case_file.ladder)
    told = _("Ingen handläggare är på plats hos %(who)s.", who=joined(names[code] for code in gone))
    if len(gone) == len(held_by):
        told += " " + _("Påminnelserna går till sekretariatet, och till partens beslutsfattare om någon är på plats.")
    return [(_("På plats"), told)]


def _is_ended(case_file: CaseFile) -> bool:
    """Whether silence has ended the case, or begun what the body announced (T28b)."""
    return GUARDS["ended_by_silence"](case_file.situation)


def _silence(case_file: CaseFile) -> list[tuple[str, str]]:
    """What silence has meant for a case, and until when who was silent may take it further (T28b, T29c)."""
    late = case_file.deadline(LATE_REFUSAL)
    if late is None or not _is_ended(case_file):
        return []
    names = words.names_of(case_file.case, case_file.ladder)
    who = words.upper_first(joined(names[code] for code in queries.unanswered(case_file.case)))
    quiet = _("%(who)s svarade inte på beskedet. Det betyder inte att det är godtaget.", who=who)
    if case_file.situation.late_refusal_time_over:
        return [(_("Utan svar"), quiet)]
    more = _(
        "%(who)s kan ta ärendet till %(body)s till och med %(day)s. Den dagen är vår, inte överenskommelsens.",
        who=who,
        body=_body_above(case_file),
        day=date_long(late.due_on),
    )
    return [(_("Utan svar"), quiet), (_("Kan tas vidare"), more)]


def _may_begin_again(case_file: CaseFile) -> list[tuple[str, str]]:
    """Until when the closed case may be taken up again: by right, or as a party asks for it and somebody answers."""
    s, until = case_file.situation, queries.reopening_ends_on(case_file.case)
    if until is None or s.reopening_time_over:
        return []
    told, day = [], date_long(until)
    if GUARDS["ended_unheard"](s) and GUARDS["not_taken_up_by_right"](s):
        told.append(_("Anmälaren kan göra det en gång utan prövning, till och med %(day)s.", day=day))
    if GUARDS["may_be_asked"](s) and not s.is_reopening_asked:
        who = words.upper_first(words.answers_reopening(case_file))
        told.append(
            _("Anmälaren kan begära det till och med %(day)s. %(who)s svarar.", day=day, who=who)
            if s.closing_reason is ClosingReason.OUT_OF_SCOPE
            else _("En part kan begära det till och med %(day)s. %(who)s svarar.", day=day, who=who)
        )
    return [(_("Tas upp igen"), " ".join(told))] if told else []


def ending(events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What was said where a case was closed without an answer: the ground, the reason, where to turn instead."""
    last = next((e for e in reversed(events) if e.kind in ENDINGS | {"rejection_reviewed"}), None)
    if last is None or last.kind == "rejection_reviewed":
        return []
    said = (facts_of(last) or {}) | (content_of(last) or {})
    if last.kind == "case_withdrawn":
        notice = next((e for e in reversed(events) if e.kind == "withdrawal_notified"), None)
        said = (content_of(notice) or {}) if notice else {}
    ground = GLOSSARY.get(said.get("ground", ""))
    shown = [
        (_("Grund"), _(ground.label) if ground else ""),
        (_("Skäl"), own(said.get("reason"))),
        (_("Vart i stället"), own(said.get("where_instead"))),
    ]
    return [(term, text) for term, text in shown if text]


def _paused(case_file: CaseFile, viewer: Viewer, main: acts.Act | None, until: dt.date) -> dict[str, Any]:
    """A case whose clocks stand still: until when, and what was left of the local step."""
    calendar = calendar_of(case_file.ladder)
    answers = [
        (_("Ni kan nu"), _now(case_file, viewer, main)),
        (_("Sedan"), _("Dagarna räknas igen från %(day)s.", day=date_long(until))),
    ]
    d7, begun = case_file.deadline("D7"), case_file.paused_from
    if begun and d7 and case_file.case.phase in LOCAL_PHASES and d7.due_on >= begun:
        left = working_days(workdays.between(begun, d7.due_on, calendar, case_file.case.is_urgent))
        answers.append((_("Kvar då"), _("%(left)s av det lokala steget.", left=left)))
    return {
        "count": None,
        "count_text": _("Pausat"),
        "late": False,
        "heading": _("Ärendet är pausat till %(day)s", day=date_weekday(until)),
        "answers": answers,
    }


def _now(case_file: CaseFile, viewer: Viewer, main: acts.Act | None) -> str:
    if main is not None and main.url:
        return _("%(label)s. %(text)s", label=main.label, text=main.text) if main.text else f"{main.label}."
    if case_file.ball and case_file.ball.act == "decide" and viewer.body:
        return _("Läsa frågan, ståndpunkterna och alternativen inför mötet.")
    if case_file.ball and words.is_mine(case_file.case, case_file.ball, viewer):
        return _("Läsa ärendet. Det som väntar görs av någon annan hos er.")
    return _("Följa ärendet. Ni behöver inte göra något just nu.")


def _follows(case_file: CaseFile) -> str:
    """What comes after the awaited act, in the case's own dates; nothing while a withdrawal waits for objections."""
    case, ladder = case_file.case, case_file.ladder
    if case.withdrawal_until is not None:
        return ""
    match case.phase:
        case Phase.INTAKE:
            return _(
                "Anmälan översänds till motparten och steg 1 börjar. "
                "Saknas något eller hör frågan inte hit får ni veta varför."
            )
        case Phase.COMPLETION:
            return _("Sekretariatet kontrollerar den kompletterade anmälan, inom de dagar som var kvar.")
        case Phase.BYPASS_REVIEW:
            return _(
                "Beviljas begäran börjar ärendet hos %(body)s. Annars börjar steg 1 samma dag, med full tid.",
                body=_body_above(case_file),
            )
        case Phase.SERVED | Phase.DIALOGUE:
            d7 = case_file.deadline("D7")
            if d7 and d7.due_on >= case_file.today:
                return _(
                    "Lokala steget slutar %(day)s. Därefter får var och en av parterna lyfta ärendet.",
                    day=date_long(d7.due_on),
                )
            return _(
                "Efter gemensam beskrivning, eller tio arbetsdagar utan en, kan ärendet lyftas till %(body)s.",
                body=_body_above(case_file),
            )
        case Phase.IMPASSE:
            return _("Ärendet lyfts till %(body)s, som kontrollerar och bereder det.", body=_body_above(case_file))
        case Phase.RECEIVED:
            return _("Ärendet bereds till ett möte. En rapportör utses från varje sida.")
        case Phase.PREPARATION if case_file.treatment and case_file.treatment.meeting is None:
            return words.no_meeting()
        case Phase.PREPARATION:
            return _(
                "Parterna får yttra sig över underlaget. Därefter beslutar %(body)s på mötet.",
                body=inside(_(ladder.step(case.step).name)),
            )
        case Phase.SCHEDULED if case_file.treatment:
            day = meetings.day_of(ladder, case_file.treatment.held_at)
            return _(
                "Parterna kan lämna synpunkter till och med %(comments)s. Handlingarna skickas ut %(dispatch)s.",
                comments=date_long(day.comments_until),
                dispatch=date_long(day.dispatch_on),
            )
        case Phase.MINUTED:
            return _("Beslutet gäller när protokollet är justerat.")
        case Phase.RECOMMENDATION_OUT if case_file.situation.outcome in ANNOUNCED:
            return _(
                "Var och en av parterna kan ta ärendet till %(body)s. %(ends)s",
                body=_body_above(case_file),
                ends=_("Svarar alla ja genomförs uppgiften.")
                if case_file.decisions[-1].tasks
                else _("Svarar alla ja avslutas ärendet."),
            )
        case Phase.RECOMMENDATION_OUT:
            above = _body_above(case_file)
            lead = _("Svarar alla ja genomförs rekommendationen.")
            if not above:
                return f"{lead} " + _("Svarar en part nej avslutas ärendet utan enighet.")
            return f"{lead} " + _("Svarar en part nej går ärendet till %(body)s.", body=above)
        case Phase.IMPLEMENTATION:
            return _("När allt är rapporterat bekräftar den andra sidan, och ärendet avslutas.")
        case _:
            return ""


def _body_above(case_file: CaseFile) -> str:
    code = case_file.ladder.next_body(case_file.case.step)
    return words.names_of(case_file.case, case_file.ladder).get(code or "", "")


def _otherwise(case_file: CaseFile, viewer: Viewer) -> tuple[str, str] | None:
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
    who = words.holder_name(case, coming, case_file.ladder, viewer)
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


def _silence_ends_on(case_file: CaseFile) -> dt.date:
    """From when time ends what nobody has taken further (T28b)."""
    return workdays.open_from(case_file.dates()("D15+5"), calendar_of(case_file.ladder), case_file.case.is_urgent)


def _if_silent(case_file: CaseFile) -> str:
    """What time does with an announcement that nobody takes further (T28b)."""
    day = _silence_ends_on(case_file)
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


# The matter -------------------------------------------------------------------------------------------------------


def provisions(case: Case, cited: Sequence[tuple[Provision, list[Interpretation]]]) -> list[dict[str, Any]]:
    """The cited texts, verbatim, with whom they bind; or the free citation with its source."""
    shown = []
    for provision, _known in cited:
        bearer = provision.duty_bearer
        tags = [_("Åtagande för %(who)s", who=_(GLOSSARY[bearer].label))] if bearer else []
        shown.append(
            {
                "title": f"{case.agreement.short_title} {provision.code}",
                "tags": [*tags, own(provision.heading)],
                "text": provision.text,
                "links": [],
            }
        )
    if case.citation_quote:
        tags = [_("Citerat av anmälaren")]
        if case.citation_source:
            tags.append(own(case.citation_source))
        shown.append(
            {
                "title": own(f"{case.agreement.short_title} {case.citation_place}"),
                "tags": tags,
                "text": case.citation_quote,
                "links": [],
            }
        )
    return shown


def wishes(case: Case, *, is_principle_shown: bool) -> list[tuple[str, str]]:
    """What the filer has weighed, tried and asked for, under what has happened; nothing where nothing was said."""
    weighed = [
        f"{_(GLOSSARY[name].label)}: {_(GLOSSARY[f'consequence_{weight}'].label)}".lower()
        for name, weight in case.consequences.items()
    ]
    shown = [
        (_("Önskat utfall"), own(case.desired_outcome)),
        (_("Prövat hittills"), own(case.tried)),
        (_("Konsekvenser"), words.upper_first("; ".join(weighed))),
        (_("Anmälaren begär skyndsamhet"), own(case.urgency_reason)),
        (_("Svar om kortare tider"), words.urgency(case) if case.urgency_asked and case.served_at else ""),
        (_("Anmälaren vill börja på steg 2"), "" if is_principle_shown else own(case.principle_reason)),
    ]
    return [(term, text) for term, text in shown if text]


def sides(case_file: CaseFile, attached: Mapping[str, list[Listed]]) -> list[dict[str, Any]]:
    """Both sides with equal room, the initiator first. A missing stand is stated, not blamed."""
    case = case_file.case
    parties = [*case.of(PartyRole.INITIATOR), *case.of(PartyRole.RESPONDENT)]
    return [_side(case_file, party, attached) for party in parties]


def _side(case_file: CaseFile, party: CaseParty, attached: Mapping[str, list[Listed]]) -> dict[str, Any]:
    mine = [p for p in case_file.positions if p.party_code == party.party_code]
    name = words.upper_first(party.party.name)
    if mine:
        note = _("Version %(version)s, %(day)s", version=mine[0].version, day=date_long(mine[0].stated_at))
        notes = [note, *_in_time(case_file, party)]
        files = [attached.get(f"position:{p.id}", []) for p in mine]
        older = [_("Version %(version)s, %(day)s", version=p.version, day=date_long(p.stated_at)) for p in mine[1:]]
        return {
            "name": name,
            "text": mine[0].text,
            "notes": notes,
            "files": files[0],
            "older": list(zip(older, mine[1:], files[1:], strict=True)),
        }
    due = case_file.deadline("D5")
    who = words.upper_first(_(party.party.short_name))
    if party.role is PartyRole.INITIATOR:
        quiet = _("%(who)s står bakom anmälan och har inte lämnat någon egen ståndpunkt.", who=who)
    elif case_file.case.joined_to is not None:
        quiet = _("%(who)s lämnar sin ståndpunkt i huvudärendet.", who=who)
    elif due is None and case_file.case.phase is Phase.CLOSED:
        quiet = _("Anmälan sändes inte till %(who)s.", who=_(party.party.short_name))
    elif due is None and case_file.case.phase is Phase.BYPASS_REVIEW:
        quiet = _("%(who)s lämnar sin ståndpunkt när det är avgjort var ärendet börjar.", who=who)
    elif due is None:
        quiet = _("%(who)s har inte fått anmälan än.", who=who)
    elif due.due_on < case_file.today:
        quiet = _(
            "%(who)s har inte lämnat någon ståndpunkt. Den skulle ha kommit %(day)s.",
            who=who,
            day=date_long(due.due_on),
        )
    else:
        quiet = _("%(who)s lämnar sin ståndpunkt senast %(day)s.", who=who, day=date_long(due.due_on))
    return {"name": name, "quiet": quiet, "notes": [], "older": []}


def _in_time(case_file: CaseFile, party: CaseParty) -> list[str]:
    """Whether a respondent's own stand came before its last day (D5), where it has come."""
    due = case_file.deadline("D5")
    mine = [p.stated_at for p in case_file.positions if p.party_code == party.party_code]
    if party.role is not PartyRole.RESPONDENT or due is None or due.met_on is None or not mine:
        return []
    day = date_long(due.due_on)
    if workdays.base_day(min(mine), calendar_of(case_file.ladder)) <= due.due_on:
        return [_("I tid: sista dagen var %(day)s", day=day)]
    return [_("Efter sista dagen, som var %(day)s", day=day)]


def other_statements(case_file: CaseFile, attached: Mapping[str, list[Listed]]) -> list[tuple[str, str, list[Listed]]]:
    """Stands of affected parties: name, latest text and its files."""
    shown = []
    for party in case_file.case.of(PartyRole.AFFECTED):
        mine = [p for p in case_file.positions if p.party_code == party.party_code]
        if mine:
            shown.append((party.party.name, mine[0].text, attached.get(f"position:{mine[0].id}", [])))
    return shown


def other_files(case_file: CaseFile, attached: Mapping[str, list[Listed]]) -> list[tuple[str, list[Listed]]]:
    """Files of what the page itself no longer shows, each group with its heading: proposals, earlier briefs."""
    known = {f"position:{p.id}" for p in _stands_shown(case_file)}
    if case_file.treatment:
        known.add(f"brief:{case_file.treatment.id}")
    earlier = {f"brief:{t.id}": t for t in case_file.treatments}
    groups = []
    for what, files in attached.items():
        if what in known or what.startswith("statement:"):
            continue
        if what in earlier:
            heading = _("Underlag till mötet %(day)s", day=date_long(earlier[what].held_at.held_on))
        elif what.startswith("sheet:"):
            heading = _("Gemensamt arbetsutkast")
        else:
            heading = _("Förslag till beskrivning") if what.startswith("proposal:") else _("Tidigare ståndpunkt")
        groups.append((heading, files))
    return groups


def _stands_shown(case_file: CaseFile) -> list[Position]:
    """Both sides' stands in all versions, affected parties' latest alone."""
    affected = {p.party_code for p in case_file.case.of(PartyRole.AFFECTED)}
    latest = {p.party_code: p for p in reversed(case_file.positions)}
    return [p for p in case_file.positions if p.party_code not in affected or latest[p.party_code] is p]


def path(case_file: CaseFile, viewer: Viewer) -> list[dict[str, Any]]:
    """What lies ahead, each with its day: the ball's future, and the days of the meeting."""
    case, ball, calendar = case_file.case, case_file.ball, calendar_of(case_file.ladder)
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
        items.append((_silence_ends_on(case_file), _("Svarstiden är slut, om ingen har tagit ärendet vidare.")))
    d7 = case_file.deadline("D7")
    is_local = case.phase in {Phase.SERVED, Phase.DIALOGUE} and case.withdrawal_until is None
    if is_local and d7 and d7.due_on >= case_file.today and ball.deadline_key != "D7":
        items.append((d7.due_on, _("Lokala steget slutar. Dagen efter får var och en av parterna lyfta ärendet.")))
    return [
        {
            "day": day,
            "style": "short" if day.year == case_file.today.year else "medium",
            "note": _in_days(case_file, day, calendar),
            "text": words.upper_first(text),
        }
        for day, text in sorted(items)
        if day >= case_file.today
    ]


def _in_days(case_file: CaseFile, day: dt.date, calendar: workdays.Calendar) -> str:
    left = workdays.between(case_file.today, day, calendar, case_file.case.is_urgent)
    return working_days(left) if left else _("i dag")


ENDINGS = frozenset(
    {"incomplete_lapsed", "case_rejected", "case_lapsed", "case_withdrawn", "filing_withdrawn", "case_superseded"}
)
"""Events that close a case without an answer to its question."""

STANDS_ELSEWHERE: Mapping[str, Collection[str]] = {
    # event -> its texts that always have a place of their own on the page, or on one that it leads to
    "case_filed": {
        "title", "description", "position", "purpose_statement", "tried", "desired_outcome", "interim_arrangement",
        "citation_place", "citation_quote", "citation_source", "urgency_reason", "principle_reason", "registry_number",
    },
    "filing_completed": {"description", "position"},
    "position_stated": {"text"},
    "case_lifted": {*StatementPart},
    "case_referred": {"referral_question"},
    "referral_answered": {"referral_question", "referral_answer"},
    "file_accepted": {"rapporteur_region", "rapporteur_municipal"},
    "minutes_adjusted": {"task", "remit_question", "product", "what_is_needed"},  # with the act that it leads to
    "file_accepted_without_meeting": {"rapporteur_region", "rapporteur_municipal"},
}  # fmt: skip
NO_TEXTS = frozenset(
    {
        "type", "agreement", "provisions", "co_initiators", "affected", "arena", "principle_test", "urgency",
        "ground", "pause_ground", "reporter", "named", "named_as", "members", "lead", "split_provisions",
        "attachments", "sha256", "region_choice", "municipal_choice",
    }
)  # fmt: skip
"""What an event holds beside texts: codes, numbers, files."""
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def timeline(
    events: Sequence[TrailEvent], names: Mapping[str, str], came_with: Mapping[int, Sequence[str]]
) -> list[dict[str, Any]]:
    """What has happened, newest first, in sentences, each with what was written.

    ``came_with`` holds by event the names of the files that the viewer may know of (``secrecy.told``).
    """
    shown: list[dict[str, Any]] = []
    said: set[str] = set()
    for event in reversed(events):
        text, strong = words.told(event.kind, facts_of(event), names)
        files = came_with.get(event.seq, ())
        note = _("Bilagor: %(names)s", names=own(", ".join(files))) if files else ""
        written = _written(event)
        if event.kind == "proposal_offered":  # what was agreed on stands where it was done
            written = [one for one in written if one not in said]
        said.update(written)
        line = {"at": event.at, "text": text, "strong": strong, "is_step": bool(strong), "note": note}
        shown.append(line | {"written": written})
    return shown


def _written(event: TrailEvent) -> list[str]:
    """The texts of an event, each of which somebody has had to write for others to read; also one of a kind that this
    page has never heard of.
    """
    left_out = NO_TEXTS | set(STANDS_ELSEWHERE.get(event.kind, ()))
    content = {name: value for name, value in (content_of(event) or {}).items() if name not in left_out}
    if "stands" in content:  # each party's own, by its code
        content["stands"] = [text for _party, text in content["stands"]]
    return [text for value in content.values() for text in _texts(value)]


def _texts(value: object) -> list[str]:
    """A text; the texts of a list; the first of what is to be done, by whom, until when."""
    if isinstance(value, str):
        return [] if not value or _DAY.fullmatch(value) else [value]
    if not isinstance(value, list):
        return []
    is_task = len(value) == 3 and _DAY.fullmatch(str(value[2]))
    return [text for one in (value[:1] if is_task else value) for text in _texts(one)]


def alike(
    case_file: CaseFile, viewer: Viewer, cited: Sequence[tuple[Provision, list[Interpretation]]]
) -> dict[str, Any] | None:
    """Other open cases on the same provision; for the secretariat and the first body also those between the same
    parties, what VIS has said, and the wish to join where two parties ask the same (ST3). None where there is nothing.
    """
    case = case_file.case
    first_body = case_file.ladder.step(case_file.ladder.first_body_step).body
    reads_all = viewer.role in SECRETARIAT_ROLES or viewer.body == first_body
    others = patterns.similar(case, viewer=viewer, with_parties=reads_all)
    shown: dict[str, Any] = {
        "heading": _("Liknande ärenden") if reads_all else _("Samma bestämmelse"),
        "groups": [(_("Samma bestämmelse") if reads_all else "", [_other_case(c) for c in others.same_provision])],
        "known": [],
    }
    if reads_all:
        shown["groups"].append((_("Samma parter"), [_other_case(c) for c in others.same_parties]))
        shown["known"] = [i for _provision, known in cited for i in known]
        shown |= _ask_the_same(case_file, others.same_provision, viewer)
    shown["groups"] = [(heading, cases) for heading, cases in shown["groups"] if cases]
    return shown if shown["groups"] or shown["known"] else None


def _other_case(other: Case) -> dict[str, str]:
    where = _("%(number)s, steg %(step)s", number=other.number, step=other.step)
    return {"number": other.number, "title": other.title, "where": where}


def _ask_the_same(case_file: CaseFile, others: Sequence[Case], viewer: Viewer) -> dict[str, Any]:
    """That two parties or more ask the same, who they are, and the way to join their cases for who may."""
    case = case_file.case
    same = [c for c in others if queries.may_be_joined(c, case) and not c.hearings_going]
    asks = {p.party_code: _(p.party.short_name) for c in (case, *same) for p in c.of(PartyRole.INITIATOR)}
    is_ready = case.phase in BY_HEARING[HearingKind.JOIN].phases
    is_ready = is_ready and case.hearings_going is None and case.joined_to is None
    if len(asks) < 2 or not is_ready:
        return {}
    may = hearings.may_hear(case, HearingKind.JOIN, case_file.situation, viewer) is None
    numbers = [c.number for c in same]
    return {
        "asks": _("%(who)s frågar detsamma.", who=words.upper_first(joined(asks.values()))),
        "url": url_for("cases.hear", number=case.number, kind=HearingKind.JOIN.value, members=numbers) if may else "",
    }


def nudge_log(case: Case) -> list[dict[str, str]]:
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
        told = f"{_(deadline)}, {what[:1].lower()}{what[1:]}" if deadline else first
        shown.append({"label": f"{date_short(day)}: {told}", "note": _whether_sent(day, people)})
    return shown


def _rapporteurs(case_file: CaseFile) -> list[str]:
    """Who reports on the case to the body that has it, one from each side."""
    newest = next(reversed(case_file.treatments), None)
    return [newest.rapporteur_region, newest.rapporteur_municipal] if newest else []


def _whether_sent(day: dt.date, people: Sequence[nudges.LoggedNudge]) -> str:
    """To whom the letter has left, and to whom not: "Skickad till Anna. Kunde inte levereras till Bo."

    The day on which it left is told where it is not the reminder's own: a server may have been away.
    """
    groups: dict[tuple[MailState, dt.date | None], list[str]] = {}
    for one in people:
        groups.setdefault((one.state, one.sent_on), []).append(one.name)
    said = []
    for state, sent_on in sorted(groups, key=lambda group: (TELLING.index(group[0]), group[1] or day)):
        to = own("; ".join(groups[state, sent_on]))
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


def facts(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """About the case, for the side column."""
    case = case_file.case
    people = []
    is_one_of_several = len(case.of(PartyRole.INITIATOR)) > 1
    for party in case.sides:
        named = _("ingen handläggare utsedd")
        if party.has_handler and party.has_substitute:
            named = _("handläggare och ersättare utsedda")
        elif party.has_handler:
            named = _("handläggare utsedd, ingen ersättare")
        elif party.has_substitute:
            named = _("handläggaren har lämnat, ersättaren tar över")
        elif party.handler_id:
            named = _("handläggaren har lämnat, ingen ersättare")
        who = words.upper_first(_(party.party.short_name))
        if is_one_of_several and party is case.lead_party:
            who = _("%(who)s (samordnar anmälan)", who=who)
        people.append(f"{who}: {named}")
    invited = [words.upper_first(_(p.party.short_name)) for p in case.of(PartyRole.INVITED)]
    ladder = _("%(name)s, version %(version)s", name=_(case_file.ladder.name), version=case_file.ladder.version)
    if not case.ladder_known:
        ladder += f". {unknown_ladder()}"
    turned = words.turned(case, events)
    return [
        *([(_("Typ"), turned)] if turned else []),
        (_("Handläggare"), ". ".join(people)),
        *([(_("Tillfrågade om att anmäla, inte svarat"), joined(invited))] if invited else []),
        *([(_("Driver ärendet"), pursued_by(case_file))] if case.kept_by else []),
        (_("Händelsedag"), period(case)),
        *([(_("Stadsdel"), own(case.arena_unit.name))] if case.arena_unit else []),
        (_("Inkom"), date_long(case.filed_at)),
        *([(_("Rapportörer"), own("; ".join(rapporteurs)))] if (rapporteurs := _rapporteurs(case_file)) else []),
        (_("Överenskommelse"), own(case.agreement.title)),
        (_("Trappa"), ladder),
        (_("Trappans dagar"), decided_by(case_file)),
        *(
            [(_("Bilagor"), ngettext("%(num)s fil", "%(num)s filer", count))]
            if (count := len(case_file.attachments(current_viewer())))
            else []
        ),
    ]


def pursued_by(case_file: CaseFile) -> str:
    """Who pursues a case that was withdrawn and kept, and what that means to the others (T37)."""
    case = case_file.case
    who = words.names_of(case, case_file.ladder)[case.kept_by or ""]
    told = _("%(who)s, som invände när ärendet återkallades.", who=words.upper_first(who))
    if not case_file.situation.is_kept_by_body:
        return told
    return told + " " + _("Ingen part väntas lyfta det. Sekretariatet gör det i parternas ställe.")


def decided_by(case_file: CaseFile) -> str:
    """Who answers for the ladder's days, and by what decision: the agreement has none (R1)."""
    owner = words.upper_first(words.names_of(case_file.case, case_file.ladder)[case_file.ladder.owner])
    if not case_file.ladder.decision:
        return _("Våra, inte överenskommelsens. %(owner)s svarar för dem och har inte beslutat om dem än.", owner=owner)
    return _(
        "Våra, inte överenskommelsens. %(owner)s svarar för dem, beslut %(decision)s.",
        owner=owner,
        decision=case_file.ladder.decision,
    )


def period(case: Case) -> str:
    """The day of the event, or from when until when."""
    if case.event_until is None:
        return date_long(case.event_on)
    return _("%(begins)s till %(ends)s", begins=date_long(case.event_on), ends=date_long(case.event_until))


def outcome(case_file: CaseFile, events: Sequence[TrailEvent]) -> dict[str, Any] | None:
    """The latest decision with its reasons, once there is one."""
    of_round = [d for d in case_file.decisions if d.round == case_file.case.round]
    if not of_round or case_file.case.phase in {Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED}:
        return None
    return _decided(case_file, of_round[-1], events)


def _decided(case_file: CaseFile, decision: Decision, events: Sequence[TrailEvent]) -> dict[str, Any]:
    names = words.names_of(case_file.case, case_file.ladder)
    heading = _(
        "%(body)s %(day)s: %(outcome)s",
        body=words.upper_first(names.get(decision.body, decision.body)),
        day=date_long(decision.decided_on),
        outcome=_(GLOSSARY[decision.outcome].label).lower(),
    )
    return {
        "heading": heading if not decision.number else f"{heading} ({decision.number})",
        "text": decision.text,
        "reasons": decision.reasons,
        "purpose": decision.purpose_and_goals,
        "dissent": decision.dissent,
        "tasks": words.tasks_of(case_file, decision),
        "replies": _replies(case_file, decision, names),
        "answer": decision.text if decision.outcome is Outcome.INTERPRET else "",
        "published": _pronounced(decision, events),
        "scope": decision.scope,
        "applies_from": date_long(decision.applies_from) if decision.applies_from else "",
        "adjusted": _adjusted(decision, names),
        "stands": _stands(case_file, decision),
        "lines": decision.region_line if decision.region_line == decision.municipal_line else "",
        "region_line": decision.region_line,
        "municipal_line": decision.municipal_line,
    }


def _replies(case_file: CaseFile, decision: Decision, names: Mapping[str, str]) -> list[str]:
    """How each party has answered what the body recommended or announced, and who has not."""
    case = case_file.case
    if decision.outcome not in ANNOUNCED | {Outcome.RECOMMEND} or decision.adjusted_at is None:
        return []
    given = [a for a in case.answers if (a.round, a.step) == (decision.round, decision.step)]
    told = []
    for answer in given:
        who, day = words.upper_first(names.get(answer.party_code, answer.party_code)), date_long(answer.answered_at)
        yes = _("%(who)s svarade ja %(day)s.", who=who, day=day)
        told.append(yes if answer.is_accepted else _("%(who)s förde ärendet vidare %(day)s.", who=who, day=day))
    said = {a.party_code for a in given}
    quiet = joined(names[p.party_code] for p in case.sides if p.party_code not in said)
    if quiet and case.phase is Phase.RECOMMENDATION_OUT and decision is case_file.decision:
        told.append(_("%(who)s har inte svarat.", who=words.upper_first(quiet)))
    elif quiet:
        told.append(_("Inget svar kom från %(who)s.", who=quiet))
    return told


def _stands(case_file: CaseFile, decision: Decision) -> str:
    """That a withdrawal has not undone what the body had announced (T37); empty where the case was not withdrawn."""
    ended = case_file.case.closed_at
    if ended is None or case_file.case.closing_reason is not ClosingReason.WITHDRAWN or decision.adjusted_at is None:
        return ""
    return _("Ärendet avslutades som återkallat %(day)s. Beslutet står fast.", day=date_long(ended))


def _pronounced(decision: Decision, events: Sequence[TrailEvent]) -> str:
    """The answer that a chair wrote anew, in a case of an earlier release, where it is not what was decided."""
    if decision.outcome is not Outcome.INTERPRET:
        return ""
    pronounced = next((e for e in reversed(events) if e.kind == "outcome_pronounced"), None)
    said = str((content_of(pronounced) or {}).get("answer", "")) if pronounced else ""
    return said if said != decision.text else ""


def _adjusted(decision: Decision, names: Mapping[str, str]) -> str:
    """When the minutes took effect, and by whom; of an earlier release the day alone."""
    if decision.adjusted_at is None:
        return _("Inte än. Det gäller först när protokollet är justerat.")
    day = date_long(decision.adjusted_at)
    match decision.adjusted_as:
        case "blocks":
            return _("%(day)s, av båda blocken", day=day)
        case "body":
            body = words.upper_first(names.get(decision.body, decision.body))
            return _("%(body)s bekräftade det, antecknat %(day)s", body=body, day=day)
        case "officials":
            return _("%(day)s, intygat oförändrat av båda sidor i sekretariatet", day=day)
        case _:
            return day


def undertaken(case_file: CaseFile, events: Sequence[TrailEvent], names: Mapping[str, str]) -> dict[str, Any] | None:
    """What the parties have undertaken, who by when, and what is reported; with the settlement's own words."""
    return _undertaken(case_file.tasks, events, names) if case_file.tasks else None


def _undertaken(tasks: Sequence[Task], events: Sequence[TrailEvent], names: Mapping[str, str]) -> dict[str, Any]:
    settled = next((e for e in reversed(events) if e.kind == "case_settled"), None)
    lines = []
    for task in tasks:
        who = words.upper_first(names.get(task.obliged_party, task.obliged_party))
        note = _("%(who)s, senast %(day)s.", who=who, day=date_long(task.due_on))
        if task.reported_at:
            note = _("%(who)s rapporterade det %(day)s.", who=who, day=date_long(task.reported_at))
        lines.append({"what": task.what, "report": task.report, "note": note})
    return {"settlement": (content_of(settled) or {}).get("settlement", "") if settled else "", "tasks": lines}


def earlier(case_file: CaseFile, no: int, events: Sequence[TrailEvent], names: Mapping[str, str]) -> dict[str, Any]:
    """What an earlier round ended with: kept to be read, and no longer in force, but for what a withdrawal leaves."""
    decided = [d for d in case_file.decisions if d.round == no]
    tasks = [t for t in case_file.case.tasks if t.round == no]
    is_settled = any(event.kind == "case_settled" for event in events)
    outcomes = [_decided(case_file, d, events) for d in decided]
    is_left = any(shown["stands"] for shown in outcomes)
    return {
        "round": no,
        "note": _("Finns kvar att läsa.") if is_left else _("Finns kvar att läsa. Gäller inte längre."),
        "outcomes": outcomes,
        "undertaken": _undertaken(tasks, events, names) if tasks or is_settled else None,
        "ending": ending(events),
    }


def _wish(wish: Registration) -> tuple[str, str]:
    """The viewer's own party's wish to take part, and what came of it."""
    asked = _("Ni bad den %(day)s att få delta som berörd part.", day=date_long(wish.asked_at))
    if wish.answered_at is None:
        return asked, _("Sekretariatet svarar senast %(day)s.", day=date_long(wish.due_on))
    said = _("Sekretariatet sade nej den %(day)s:", day=date_long(wish.answered_at))
    return asked, own(paragraphs(f"{said} {wish.answer}"), "div")


def stub(case: Case, seen: Sight) -> dict[str, Any]:
    """What another party, or a body before its step, may know (domain/02 § 2.4); and what its chair must do."""
    codes = [p.code for p in queries.provisions(case)]
    first, second = words.short_parties(case)
    ladder = ladder_of(case)
    return {
        "case": case,
        "citation": words.citation(case, codes),
        "agreement": own(case.agreement.title),
        "parties": (first, second) if seen is Sight.STUB else None,
        "status": words.status(case),
        "where": _(
            "Steg %(step)s av %(steps)s, %(name)s",
            step=case.step,
            steps=len(ladder.steps),
            name=_(ladder.step(case.step).name),
        ),
        "step": case.step,
        "steps": len(ladder.steps),
        "acts": acts.open_from_stub(case),
        "wishes": [_wish(wish) for wish in case.registrations if wish.party_code == current_viewer().party],
    }
