"""Rows for lists and start pages: the day first, then what is to be done, then where on the staircase."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import url_for

from escalation.accounts.models import Role, Viewer
from escalation.agreements.models import Interpretation
from escalation.cases import overview as cases_overview
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Referral
from escalation.cases.models.case import Case
from escalation.cases.models.course import Deadline
from escalation.cases.models.parties import CaseParty, PartyRole, Registration
from escalation.cases.overview import CaseOverview
from escalation.cases.sight import PARTY_WRITERS, Sight
from escalation.cases.waits import OWED, part_due_on, unconfirmed
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import ACTS, GLOSSARY, VERBS, inside
from escalation.rules.machine import BEFORE_SERVED
from escalation.rules.main_agreement import ladder_of_body
from escalation.rules.situation import ClosingReason, Phase
from escalation.web.cases import words
from escalation.web.cases.lists import calendar, citation, is_mine, near, parties, stall, who
from escalation.web.format import date_long, slug
from escalation.web.language import _, ngettext, own


def late_flag(level: int) -> dict[str, str]:
    """The red flag of a level: a word, and from level 2 the level too."""
    label = _("Försenat") if level <= 1 else _("Stannat, nivå %(level)s", level=level)
    return {"text": label, "kind": "late"}


def day_left(day: dt.date, today: dt.date, count: workdays.Calendar, *, is_urgent: bool = False) -> dict[str, Any]:
    """A last day in a row: the day, and how many working days are left or have passed."""
    if day == today:
        return {"day": day, "day_text": _("I dag"), "note": date_long(today)}
    if day > today:
        left = workdays.between(today, day, count, is_urgent)
        return {"day": day, "note": ngettext("%(num)s arbetsdag kvar", "%(num)s arbetsdagar kvar", left)}
    late = workdays.between(day, today, count, is_urgent)
    note = ngettext("%(num)s arbetsdag sent", "%(num)s arbetsdagar sent", late)
    # On the free days after it the day has passed, and no working day has.
    return {"day": day, "note": note if late else _("har passerat"), "late": True}


def row(s: CaseOverview, viewer: Viewer, today: dt.date, *, by_act: bool) -> dict[str, Any]:
    """One row. ``by_act``: the link names the act that waits, as on a start page; else the title."""
    case = s.case
    steps = len(ladder_of(case).steps)
    where = _("Steg %(step)s av %(steps)s", step=case.step, steps=steps)
    shown: dict[str, Any] = {
        "url": url_for("cases.case", number=case.number),
        "title": own(case.title),
        "meta": [case.number, citation(s)],
        "at": 0 if case.phase in BEFORE_SERVED else case.step,
        "steps": steps,
        "where": _("Före steg 1") if case.phase in BEFORE_SERVED else where,
        "text": words.status(case),
    }
    if s.sight is not Sight.TITLE:
        shown["meta"].append(parties(s))
    if s.covered_for is not None:
        shown["meta"].append(_("Du ersätter %(name)s", name=s.covered_for))
    if case.is_urgent and case.phase is not Phase.CLOSED:
        shown["meta"].append(_("Brådskande"))
    elif case.urgency_asked and case.phase in BEFORE_SERVED:
        shown["meta"].append(_("Begärs skyndsamt"))
    if case.phase is Phase.CLOSED or s.ball is None or not (s.sight is Sight.FULL or is_mine(s, viewer)):
        return shown | _public_day(s)
    if case.paused_until is not None:
        return shown | {
            "day": case.paused_until,
            "note": _("pausat till"),
            "flags": [{"text": _("Pausat"), "kind": "quiet", "icon": "pause"}],
        }
    mine = cases_overview.holds(s, viewer)
    due = s.ball.due_on
    first = s.hearing is not None and (s.proposal is None or s.hearing.answer_until < s.proposal.last_day(today))
    if by_act and s.hearing is not None and first and (not mine or s.hearing.answer_until < due):
        return shown | _comment(s, viewer, today)
    if by_act and s.proposal is not None and (not mine or s.proposal.last_day(today) <= due):
        return shown | _answer(s, viewer, today)
    own_part = unconfirmed(case, viewer)
    if by_act and own_part is not None and not mine:
        return shown | _confirm(s, own_part, viewer, today)
    if by_act and s.owed is not None and not mine:
        return shown | _owed(s, s.owed, viewer, today)
    named = who(s, viewer)
    shown |= day_left(due, today, calendar(s), is_urgent=case.is_urgent)
    still = stall(s, today)
    if still and still.days_late:
        shown["flags"] = [late_flag(still.level)]
    shown["ball"] = {"text": _("%(who)s har bollen", who=named), "mine": mine}
    if by_act:
        act = words.act_to_do(s.ball) if mine else _("%(who)s %(act)s", who=named, act=words.act_now(s.ball))
        shown["title"] = act
        shown["meta"].insert(1, own(case.title))
        shown["text"] = "" if mine else words.status(case)
        if s.proposal is not None:
            kind, last = _(GLOSSARY[s.proposal.kind].label), near(s.proposal.last_day(today), today)
            shown["text"] = _("Svara också på förslaget: %(kind)s, senast %(day)s.", kind=kind, day=last)
        elif s.hearing is not None:
            shown["text"] = _also_heard(s, today)
    return shown


def _public_day(s: CaseOverview) -> dict[str, Any]:
    """When, as far as everybody may know: the day it was closed, that of the meeting on which it stands, or since when
    it follows a lead case."""
    if s.case.joined_at and not s.case.closed_at:
        return {"day": s.case.joined_at, "note": _("sammanlagt")}
    if s.case.closed_at:
        return {"day": s.case.closed_at, "note": _("avslutat")}
    if s.case.phase is Phase.SCHEDULED and s.ball is not None:
        body = _(ladder_of(s.case).step(s.case.step).name)
        return {"day": s.ball.due_on, "note": _("%(body)s beslutar", body=words.upper_first(body))}
    return {"day_text": _("Pågår")}


def _answer(s: CaseOverview, viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """A row that asks for the answer to a proposal."""
    assert s.proposal is not None
    number, proposal = s.case.number, s.proposal
    may = viewer.role not in {Role.LOCAL_HANDLER, Role.PARTY_REGISTRAR, Role.PARTY_READER}
    shown = day_left(proposal.last_day(today), today, calendar(s), is_urgent=s.case.is_urgent)
    return shown | {
        "title": _("Svara på förslaget: %(kind)s", kind=_(GLOSSARY[proposal.kind].label)),
        "url": url_for("cases.answer", number=number, proposal_id=proposal.id)
        if may
        else url_for("cases.case", number=number),
        "meta": [number, own(s.case.title), citation(s), parties(s)],
        "text": " ".join(
            part for part in ("" if may else _("Er beslutsfattare svarar."), _also_heard(s, today)) if part
        ),
        "ball": {"text": _("Väntar på ert svar"), "mine": True},
    }


def _owed(s: CaseOverview, owed: Deadline, viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """A row of what the viewer's party has left to do in a case that a body has already."""
    act, verb = OWED[owed.key]
    body = inside(_(ladder_of(s.case).step(s.case.step).name))
    return day_left(owed.due_on, today, calendar(s), is_urgent=s.case.is_urgent) | {
        "title": _(ACTS[act].definition),
        "url": url_for("cases.act", number=s.case.number, verb=verb)
        if viewer.role in PARTY_WRITERS
        else url_for("cases.case", number=s.case.number),
        "meta": [s.case.number, own(s.case.title), citation(s), parties(s)],
        "text": _("Ärendet ligger hos %(body)s. Det här väntar på er under tiden.", body=body),
        "ball": {"text": _("Väntar på er"), "mine": True},
    }


def _also_heard(s: CaseOverview, today: dt.date) -> str:
    if s.hearing is None:
        return ""
    kind, last = _(GLOSSARY[s.hearing.kind].label), near(s.hearing.answer_until, today)
    return _("Ni hörs också om %(kind)s, senast %(day)s.", kind=kind, day=last)


def referred(case: Case, r: Referral, today: dt.date) -> dict[str, Any]:
    """A row of an opinion that the viewer has been asked for; an answered one says when it was answered."""
    ladder = ladder_of(case)
    first, second = words.short_parties(case)
    shown: dict[str, Any] = {
        "title": _("Svara på remissen"),
        "url": url_for("cases.case", number=case.number),
        "text": own(r.question),
        "meta": [case.number, own(case.title), _("%(first)s till %(second)s", first=first, second=second)],
        "at": case.step,
        "steps": len(ladder.steps),
        "where": words.status(case),
    }
    if r.answered_at is not None:
        return shown | {"title": own(case.title), "day": r.answered_at, "note": _("besvarad")}
    left = day_left(r.due_on, today, calendar_of(ladder), is_urgent=case.is_urgent)
    return (
        shown
        | left
        | {
            "flags": [late_flag(1)] if left.get("late") else [],
            "ball": {"text": _("Väntar på ert svar"), "mine": True},
        }
    )


def asked_to_register(case: Case, wish: Registration, today: dt.date) -> dict[str, Any]:
    """A row that asks whether a party may take part in a case as affected (T43)."""
    ladder = ladder_of(case)
    shown = day_left(wish.due_on, today, calendar_of(ladder), is_urgent=case.is_urgent)
    return shown | {
        "title": _("Svara %(who)s, som vill delta som berörd part", who=_(wish.party.short_name)),
        "url": url_for("cases.case", number=case.number),
        "text": own(wish.reason),
        "meta": [case.number, own(case.title), words.between(case)],
        "at": case.step,
        "steps": len(ladder.steps),
        "where": words.status(case),
        "flags": [late_flag(1)] if shown.get("late") else [],
        "ball": {"text": _("Väntar på ert svar"), "mine": True},
    }


def asked_again(s: CaseOverview, today: dt.date) -> dict[str, Any]:
    """A row that asks whether a closed case is to be taken up again (T39)."""
    assert s.reopening is not None
    case, asked = s.case, s.reopening
    who = next(_(p.party.short_name) for p in case.parties if p.party_code == asked.party_code)
    ground = _(GLOSSARY[asked.ground].label)
    shown = day_left(asked.due_on, today, calendar(s), is_urgent=case.is_urgent)
    return shown | {
        "title": _("Avgör om anmälan ska tas upp igen")
        if case.closing_reason is ClosingReason.OUT_OF_SCOPE
        else _("Avgör om ärendet ska tas upp igen"),
        "url": url_for("cases.case", number=case.number),
        "text": _("%(who)s begär det: %(ground)s.", who=words.upper_first(who), ground=inside(ground)),
        "meta": [case.number, own(case.title), parties(s)],
        "at": case.step,
        "steps": len(ladder_of(case).steps),
        "where": words.status(case),
        "flags": [late_flag(1)] if shown.get("late") else [],
        "ball": {"text": _("Väntar på ert svar"), "mine": True},
    }


def _comment(s: CaseOverview, viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """A row that tells that the party is heard about something."""
    assert s.hearing is not None
    number, hearing = s.case.number, s.hearing
    may = viewer.role in PARTY_WRITERS
    shown = day_left(hearing.answer_until, today, calendar(s), is_urgent=s.case.is_urgent)
    return shown | {
        "title": _("Ni hörs om %(kind)s", kind=_(GLOSSARY[hearing.kind].label)),
        "url": url_for("cases.comment", number=number, hearing_id=hearing.id)
        if may
        else url_for("cases.case", number=number),
        "meta": [number, own(s.case.title), citation(s), parties(s)],
        "text": _("Det är frivilligt att yttra sig."),
        "ball": {"text": _("Ni får yttra er"), "mine": True},
    }


def _confirm(s: CaseOverview, own_part: CaseParty, viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """A row that asks whether the party takes part in the case."""
    is_invited = own_part.role is PartyRole.INVITED
    confirm, lead = VERBS["confirm_part"].label, _(s.case.filer.party.short_name)
    asked = _("Ta ställning till att anmäla tillsammans med %(who)s", who=lead)
    is_approvers = is_invited and viewer.role is not Role.LOCAL_APPROVER
    shown = day_left(part_due_on(s.case, own_part), today, calendar(s), is_urgent=s.case.is_urgent)
    return shown | {
        "title": asked if is_invited else _(confirm),
        "meta": [s.case.number, own(s.case.title), citation(s), parties(s)],
        "text": _("Er beslutsfattare svarar.") if is_approvers else "",
        "ball": {"text": _("Väntar på ert svar"), "mine": True},
    }


def to_publish(found: Interpretation, today: dt.date) -> dict[str, Any]:
    """An interpretation that is still to be made public: a row like those of cases."""
    shown: dict[str, Any] = {"day": found.publish_due_on, "day_text": _("Snarast"), "note": ""}
    if found.publish_due_on is not None:
        shown = day_left(found.publish_due_on, today, calendar_of(ladder_of_body(found.body)))
    if shown.get("late"):
        shown["flags"] = [{"text": _("Försenat"), "kind": "late"}]
    return shown | {
        "title": _("Publicera tolkningen") if found.signed_on else _("Skriv under tolkningen för publicering"),
        "url": url_for("decisions.publish", slug=slug(found.number)),
        "text": own(found.question),
        "meta": [found.number],
    }
