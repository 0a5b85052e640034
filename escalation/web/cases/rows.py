"""Rows for lists and start pages: the day first, then what is to be done, then where on the staircase."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from flask import url_for

from escalation.accounts.models import Role, Viewer
from escalation.agreements.models import Interpretation
from escalation.cases import overview as cases_overview
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Hearing, Proposal, Referral
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import CaseParty, PartyRole, Registration
from escalation.cases.overview import CaseOverview
from escalation.cases.sight import PARTY_WRITERS, Sight
from escalation.cases.waits import OWED, part_due_on, unconfirmed
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.glossary import ACTS, GLOSSARY, inside
from escalation.rules.machine import BEFORE_SERVED
from escalation.rules.main_agreement import ladder_of_body
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import ClosingReason, Phase
from escalation.web.cases import words
from escalation.web.cases.lists import calendar, citation, is_mine, parties, short_date, stall, who
from escalation.web.format import date_long, slug
from escalation.web.language import _, in_swedish, ngettext
from escalation.web.parts import Flag, Holder, Row


def late_flag(level: int) -> Flag:
    """The red flag of a level: a word, and from level 2 the level too."""
    return Flag(_("Försenat") if level <= 1 else _("Stannat, nivå %(level)s", level=level), "late")


def with_last_day(row: Row, day: dt.date, today: dt.date, count: workdays.Calendar, *, is_urgent: bool = False) -> Row:
    """The row with its last day, and how many working days are left or have passed."""
    if day == today:
        return replace(row, day=day, day_text=_("I dag"), note=date_long(today))
    if day > today:
        left = workdays.between(today, day, count, is_urgent)
        return replace(row, day=day, note=ngettext("%(num)s arbetsdag kvar", "%(num)s arbetsdagar kvar", left))
    late = workdays.between(day, today, count, is_urgent)
    note = ngettext("%(num)s arbetsdag sent", "%(num)s arbetsdagar sent", late)
    # On the free days after it the day has passed, and no working day has.
    return replace(row, day=day, note=note if late else _("har passerat"), late=True)


def row(s: CaseOverview, viewer: Viewer, today: dt.date, *, by_act: bool) -> Row:
    """One row. ``by_act``: the link names the act that waits, as on a start page; else the title."""
    case, shown = s.case, _case_row(s)
    if case.phase is Phase.CLOSED or s.ball is None or not (s.sight is Sight.FULL or is_mine(s, viewer)):
        return _with_public_day(shown, s)
    if case.paused_until is not None:
        paused = Flag(_("Pausat"), "quiet", "pause")
        return replace(shown, day=case.paused_until, note=_("pausat till"), flags=(paused,))
    asked = _asked(shown, s, viewer, today) if by_act else None
    return asked or _waiting(shown, s, s.ball, viewer, today, by_act=by_act)


def _case_row(s: CaseOverview) -> Row:
    """What every row of a case says: its title, its number, where it stands."""
    case, steps = s.case, len(ladder_of(s.case).steps)
    is_before = case.phase in BEFORE_SERVED
    meta = [case.number, citation(s)]
    if s.sight is not Sight.TITLE:
        meta.append(parties(s))
    if s.covered_for is not None:
        meta.append(_("Du ersätter %(name)s", name=s.covered_for))
    if case.is_urgent and case.phase is not Phase.CLOSED:
        meta.append(_("Brådskande"))
    elif case.urgency_asked and is_before:
        meta.append(_("Begärs skyndsamt"))
    return Row(
        title=in_swedish(case.title),
        url=url_for("cases.case", number=case.number),
        meta=tuple(meta),
        at=0 if is_before else case.step,
        steps=steps,
        where=_("Före steg 1") if is_before else _("Steg %(step)s av %(steps)s", step=case.step, steps=steps),
        text=words.status(case),
    )


def _with_public_day(shown: Row, s: CaseOverview) -> Row:
    """When, as far as everybody may know: the day it was closed, that of the meeting on which it stands, or since when
    it follows a lead case."""
    if s.case.joined_at and not s.case.closed_at:
        return replace(shown, day=s.case.joined_at, note=_("sammanlagt"))
    if s.case.closed_at:
        return replace(shown, day=s.case.closed_at, note=_("avslutat"))
    if s.case.phase is Phase.SCHEDULED and s.ball is not None:
        body = _(ladder_of(s.case).step(s.case.step).name)
        return replace(shown, day=s.ball.due_on, note=_("%(body)s beslutar", body=words.upper_first(body)))
    return replace(shown, day_text=_("Pågår"))


def _asked(shown: Row, s: CaseOverview, viewer: Viewer, today: dt.date) -> Row | None:
    """The row of what the viewer is asked for before the ball, or where others hold that; None where the ball is first.

    Of a hearing and a proposal the one that ends first.
    """
    assert s.ball is not None
    mine, due = cases_overview.holds(s, viewer), s.ball.due_on
    first = s.hearing is not None and (s.proposal is None or s.hearing.answer_until < s.proposal.last_day(today))
    if s.hearing is not None and first and (not mine or s.hearing.answer_until < due):
        return _comment(shown, s, s.hearing, viewer, today)
    if s.proposal is not None and (not mine or s.proposal.last_day(today) <= due):
        return _answer(shown, s, s.proposal, viewer, today)
    if mine:
        return None
    if (own_part := unconfirmed(s.case, viewer)) is not None:
        return _confirm(shown, s, own_part, viewer, today)
    return _owed(shown, s, s.owed, viewer, today) if s.owed is not None else None


def _waiting(shown: Row, s: CaseOverview, ball: Ball, viewer: Viewer, today: dt.date, *, by_act: bool) -> Row:
    """The row of the act that the ball waits for."""
    mine, named, still = cases_overview.holds(s, viewer), who(s, viewer), stall(s, today)
    shown = replace(
        with_last_day(shown, ball.due_on, today, calendar(s), is_urgent=s.case.is_urgent),
        flags=(late_flag(still.level),) if still and still.days_late else (),
        ball=Holder(_("%(who)s har bollen", who=named), mine),
    )
    if not by_act:
        return shown
    text = "" if mine else words.status(s.case)
    if s.proposal is not None:
        kind, last = _(GLOSSARY[s.proposal.kind].label), short_date(s.proposal.last_day(today), today)
        text = _("Svara också på förslaget: %(kind)s, senast %(day)s.", kind=kind, day=last)
    elif s.hearing is not None:
        text = _also_heard(s, today)
    return replace(
        shown,
        title=words.act_to_do(ball) if mine else _("%(who)s %(act)s", who=named, act=words.act_now(ball)),
        meta=(shown.meta[0], in_swedish(s.case.title), *shown.meta[1:]),
        text=text,
    )


def _meta(s: CaseOverview) -> tuple[str, ...]:
    return s.case.number, in_swedish(s.case.title), citation(s), parties(s)


def _answer(shown: Row, s: CaseOverview, proposal: Proposal, viewer: Viewer, today: dt.date) -> Row:
    """A row that asks for the answer to a proposal."""
    may = viewer.role not in {Role.LOCAL_HANDLER, Role.PARTY_REGISTRAR, Role.PARTY_READER}
    texts = ("" if may else _("Er beslutsfattare svarar."), _also_heard(s, today))
    shown = replace(
        shown,
        title=_("Svara på förslaget: %(kind)s", kind=_(GLOSSARY[proposal.kind].label)),
        url=url_for("cases.answer", number=s.case.number, proposal_id=proposal.id) if may else shown.url,
        meta=_meta(s),
        text=" ".join(part for part in texts if part),
        ball=Holder(_("Väntar på ert svar"), True),
    )
    return with_last_day(shown, proposal.last_day(today), today, calendar(s), is_urgent=s.case.is_urgent)


def _owed(shown: Row, s: CaseOverview, owed: Deadline, viewer: Viewer, today: dt.date) -> Row:
    """A row of what the viewer's party has left to do in a case that a body has already."""
    act, verb = OWED[owed.key]
    body = inside(_(ladder_of(s.case).step(s.case.step).name))
    may = viewer.role in PARTY_WRITERS
    shown = replace(
        shown,
        title=_(ACTS[act].definition),
        url=url_for("cases.act", number=s.case.number, verb=verb) if may else shown.url,
        meta=_meta(s),
        text=_("Ärendet ligger hos %(body)s. Det här väntar på er under tiden.", body=body),
        ball=Holder(_("Väntar på er"), True),
    )
    return with_last_day(shown, owed.due_on, today, calendar(s), is_urgent=s.case.is_urgent)


def _also_heard(s: CaseOverview, today: dt.date) -> str:
    if s.hearing is None:
        return ""
    kind, last = _(GLOSSARY[s.hearing.kind].label), short_date(s.hearing.answer_until, today)
    return _("Ni hörs också om %(kind)s, senast %(day)s.", kind=kind, day=last)


def _comment(shown: Row, s: CaseOverview, hearing: Hearing, viewer: Viewer, today: dt.date) -> Row:
    """A row that says that the party is heard about something."""
    may = viewer.role in PARTY_WRITERS
    shown = replace(
        shown,
        title=_("Ni hörs om %(kind)s", kind=_(GLOSSARY[hearing.kind].label)),
        url=url_for("cases.comment", number=s.case.number, hearing_id=hearing.id) if may else shown.url,
        meta=_meta(s),
        text=_("Det är frivilligt att yttra sig."),
        ball=Holder(_("Ni får yttra er"), True),
    )
    return with_last_day(shown, hearing.answer_until, today, calendar(s), is_urgent=s.case.is_urgent)


def _confirm(shown: Row, s: CaseOverview, own_part: CaseParty, viewer: Viewer, today: dt.date) -> Row:
    """A row that asks whether the party takes part in the case."""
    is_invited = own_part.role is PartyRole.INVITED
    confirm, lead = BY_VERB["confirm_part"].button, _(s.case.filer.party.short_name)
    asked = _("Ta ställning till att anmäla tillsammans med %(who)s", who=lead)
    is_approvers = is_invited and viewer.role is not Role.LOCAL_APPROVER
    shown = replace(
        shown,
        title=asked if is_invited else _(confirm),
        meta=_meta(s),
        text=_("Er beslutsfattare svarar.") if is_approvers else "",
        ball=Holder(_("Väntar på ert svar"), True),
    )
    return with_last_day(shown, part_due_on(s.case, own_part), today, calendar(s), is_urgent=s.case.is_urgent)


def _request(case: Case, title: str, text: str) -> Row:
    """A row that asks the viewer for an answer in a case whose ball others may hold."""
    ladder = ladder_of(case)
    return Row(
        title=title,
        url=url_for("cases.case", number=case.number),
        text=text,
        meta=(case.number, in_swedish(case.title), words.between(case)),
        at=case.step,
        steps=len(ladder.steps),
        where=words.status(case),
        ball=Holder(_("Väntar på ert svar"), True),
    )


def _due(shown: Row, case: Case, day: dt.date, today: dt.date) -> Row:
    """The row with its last day, flagged where that has passed."""
    shown = with_last_day(shown, day, today, calendar_of(ladder_of(case)), is_urgent=case.is_urgent)
    return replace(shown, flags=(late_flag(1),) if shown.late else ())


def referred(case: Case, r: Referral, today: dt.date) -> Row:
    """A row of an opinion that the viewer has been asked for; an answered one says when it was answered."""
    shown = _request(case, _("Svara på remissen"), in_swedish(r.question))
    if r.answered_at is not None:
        return replace(shown, title=in_swedish(case.title), day=r.answered_at, note=_("besvarad"), ball=None)
    return _due(shown, case, r.due_on, today)


def asked_to_register(case: Case, wish: Registration, today: dt.date) -> Row:
    """A row that asks whether a party may take part in a case as affected (T43)."""
    title = _("Svara %(who)s, som vill delta som berörd part", who=_(wish.party.short_name))
    return _due(_request(case, title, in_swedish(wish.reason)), case, wish.due_on, today)


def asked_again(s: CaseOverview, today: dt.date) -> Row:
    """A row that asks whether a closed case is to be taken up again (T39)."""
    assert s.reopening is not None
    case, asked = s.case, s.reopening
    title = (
        _("Avgör om anmälan ska tas upp igen")
        if case.closing_reason is ClosingReason.OUT_OF_SCOPE
        else _("Avgör om ärendet ska tas upp igen")
    )
    party = next(_(p.party.short_name) for p in case.parties if p.party_code == asked.party_code)
    ground = inside(_(GLOSSARY[asked.ground].label))
    text = _("%(who)s begär det: %(ground)s.", who=words.upper_first(party), ground=ground)
    return _due(_request(case, title, text), case, asked.due_on, today)


def to_publish(found: Interpretation, today: dt.date) -> Row:
    """An interpretation that is still to be made public: a row like those of cases."""
    shown = Row(
        title=_("Publicera tolkningen") if found.signed_on else _("Skriv under tolkningen för publicering"),
        url=url_for("decisions.publish", slug=slug(found.number)),
        text=in_swedish(found.question),
        meta=(found.number,),
    )
    if found.publish_due_on is None:
        return replace(shown, day_text=_("Snarast"))
    shown = with_last_day(shown, found.publish_due_on, today, calendar_of(ladder_of_body(found.body)))
    return replace(shown, flags=(Flag(_("Försenat"), "late"),) if shown.late else ())
