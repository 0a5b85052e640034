"""Rows of cases for lists and start pages: date first, then what is to be done, then where on the staircase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from escalation.accounts.models import Role, Viewer
from escalation.agreements.models import Interpretation
from escalation.cases import overview as cases_overview
from escalation.cases.ladders import ladder_of
from escalation.cases.models.asks import Referral
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import CaseParty, PartyRole, Registration
from escalation.cases.overview import CaseFilter, CaseOverview
from escalation.cases.people import parties_of
from escalation.cases.sight import PARTY_WRITERS, READS_ALL, Sight
from escalation.cases.waits import OWED, part_due_on, unconfirmed
from escalation.parties import queries as units
from escalation.parties.models import OrgUnit
from escalation.rules import stalled, workdays
from escalation.rules.deadlines import calendar_of, dates_of
from escalation.rules.glossary import ACTS, GLOSSARY, HOLDERS, inside
from escalation.rules.ladder import load, shipped
from escalation.rules.machine import BEFORE_SERVED, TIME_GUARDS
from escalation.rules.main_agreement import ladder_of_body, main_agreement
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import LOCAL_PHASES, MOST_ASKS, SILENCE, ClosingReason, Phase
from escalation.rules.stalled import Pulse, Stall
from escalation.web.cases import words
from escalation.web.format import date_long, day_of, slug
from escalation.web.forms import Form, choices, select, text, tick
from escalation.web.language import _, in_swedish, joined, ngettext

PAGE_SIZE = 50
ROWS_SHOWN = 25
"""Rows of one kind on a start page; the list has the rest."""
STOCKHOLM = "STO"
"""The party that is divided into districts; its own list can be asked for one."""
SIDES = frozenset({"initiator", "respondent", "objectors", "pursuers"})

# One case as a list knows it ------------------------------------------------------------------------------------------


def is_mine(s: CaseOverview, viewer: Viewer) -> bool:
    """Whether something in the case waits for the viewer: the ball, an answer, or what their party still owes."""
    is_asked = s.proposal or s.hearing or s.owed or unconfirmed(s.case, viewer)
    return s.sight is not Sight.TITLE and (cases_overview.holds(s, viewer) or is_asked is not None)


def who(s: CaseOverview, viewer: Viewer) -> str:
    """Who holds the ball, by name; "Ni" where the viewer's own party is alone in holding it."""
    assert s.ball is not None
    if s.holders == [viewer.party]:
        return _("Ni")
    return words.upper_first(holder(s, s.ball))


def holder(s: CaseOverview, ball: Ball) -> str:
    """Who holds this row of the ball's, as inside a sentence: "regionen", "ordföranden i styrgruppen"."""
    names = words.names_of(s.case, ladder_of(s.case))
    seat, _sep, body = ball.holder.partition(":")
    codes = s.holders if ball is s.ball else parties_of(s.case, seat) if seat in SIDES else []
    if codes and (seat == "unanswered" or seat not in HOLDERS):
        return joined(names.get(code, code) for code in codes)
    if seat not in HOLDERS:
        return _("den som ska göra det")
    label = _(HOLDERS[seat].label).format(body=names.get(body, body))
    return label if label.isupper() else label[:1].lower() + label[1:]


def ways_on(s: CaseOverview, today: dt.date) -> str:
    """What whoever must choose the way of a local case can do now; empty where nobody must."""
    if s.ball is None or s.ball.act != "force":
        return ""
    lift = _("Lyft ärendet") if s.case.phase is Phase.IMPASSE else _("Börja lyfta ärendet")
    if s.case.is_principled:
        return f"{lift}."
    if s.lapse_until is not None:
        return _("%(lift)s. Att det avslutas är föreslaget till %(day)s.", lift=lift, day=near(s.lapse_until, today))
    if s.is_silent_since_asked and s.ball.deadline_key.startswith("A"):
        return _("%(lift)s, eller föreslå att det avslutas.", lift=lift)
    acted_on = workdays.base_day(s.case.acted_at or s.case.filed_at, calendar(s))
    silent_from = workdays.add(acted_on, SILENCE + 1, calendar(s), s.case.is_urgent)
    if s.asks < MOST_ASKS and silent_from <= today:
        return _("%(lift)s, eller fråga parterna om de går vidare.", lift=lift)
    return f"{lift}."


def citation(s: CaseOverview) -> str:
    """What the case cites: "HÖK 1.4 st 1 och 4.5 st 2"."""
    return words.citation(s.case, list(s.provisions.values()))


def parties(s: CaseOverview) -> str:
    """ "Sigtuna till regionen" """
    return words.between(s.case)


def calendar(s: CaseOverview) -> workdays.Calendar:
    return calendar_of(ladder_of(s.case))


def offered(s: CaseOverview, today: dt.date) -> str:
    """Whom an open proposal of the parties' waits for, and until when; empty where there is none, or not for all."""
    if s.offered is None or s.sight is not Sight.FULL:
        return ""
    until, codes = s.offered
    names = words.names_of(s.case, ladder_of(s.case))
    waited = joined(names.get(code, code) for code in codes)
    return _("Förslag: väntar på %(who)s till %(day)s.", who=waited, day=near(until, today))


def opens(s: CaseOverview, guard: str) -> dt.date | None:
    """The day on which a time guard of the local step opens, from the days that the overview knows; else None."""
    known = dates_of(s.due, calendar(s), urgent=s.case.is_urgent)
    days = []
    for expression in TIME_GUARDS[guard]:
        name, _sep, condition = expression.partition("?")
        if not (condition == "unacknowledged" and s.is_acknowledged) and name.partition("+")[0] in s.due:
            days.append(workdays.open_from(known(name), calendar(s), s.case.is_urgent))
    return min(days, default=None)


def stall(
    s: CaseOverview, today: dt.date, *, brief_due_on: dt.date | None = None, times_tabled: int = 0
) -> Stall | None:
    """How the case stands still today; never one that follows a lead. What only a body's treatment tells is given."""
    if s.case.joined_to is not None:
        return None
    known = dates_of(s.due, calendar(s), urgent=s.case.is_urgent)
    is_local = s.case.phase in LOCAL_PHASES
    told = Pulse(
        phase=s.case.phase,
        step=s.case.step,
        filed_on=day_of(s.case.filed_at),
        substance_on=day_of(s.substance_at),
        ball_due_on=s.ball.due_on if s.ball else None,
        local_end_on=s.due.get("D7"),
        forced_until=known("D7c+5") if is_local and "D7c" in s.due else None,
        receipt_due_on=None if s.is_acknowledged else s.due.get("D4"),
        brief_due_on=brief_due_on,
        task_due_on=s.task_due_on if s.case.phase is Phase.IMPLEMENTATION else None,
        paused_from=s.paused_from if s.case.paused_until else None,
        paused_until=s.case.paused_until,
        times_tabled=times_tabled,
        is_urgent=s.case.is_urgent,
    )
    return stalled.judge(told, today, calendar(s))


def near(day: dt.date | dt.datetime, today: dt.date) -> str:
    """10 december; with its year where that is not today's."""
    written = date_long(day)
    return written.rpartition(" ")[0] if day_of(day).year == today.year else written


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


# Rows -----------------------------------------------------------------------------------------------------------------


def row(s: CaseOverview, viewer: Viewer, today: dt.date, *, by_act: bool) -> dict[str, Any]:  # noqa: C901
    """One row. ``by_act``: the link names the act that waits, as on a start page; else the title."""
    case = s.case
    steps = len(ladder_of(case).steps)
    where = _("Steg %(step)s av %(steps)s", step=case.step, steps=steps)
    shown: dict[str, Any] = {
        "url": url_for("cases.case", number=case.number),
        "title": in_swedish(case.title),
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
        shown["meta"].insert(1, in_swedish(case.title))
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
        "meta": [number, in_swedish(s.case.title), citation(s), parties(s)],
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
        "meta": [s.case.number, in_swedish(s.case.title), citation(s), parties(s)],
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
        "text": in_swedish(r.question),
        "meta": [case.number, in_swedish(case.title), _("%(first)s till %(second)s", first=first, second=second)],
        "at": case.step,
        "steps": len(ladder.steps),
        "where": words.status(case),
    }
    if r.answered_at is not None:
        return shown | {"title": in_swedish(case.title), "day": r.answered_at, "note": _("besvarad")}
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
        "text": in_swedish(wish.reason),
        "meta": [case.number, in_swedish(case.title), words.between(case)],
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
        "meta": [case.number, in_swedish(case.title), parties(s)],
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
        "meta": [number, in_swedish(s.case.title), citation(s), parties(s)],
        "text": _("Det är frivilligt att yttra sig."),
        "ball": {"text": _("Ni får yttra er"), "mine": True},
    }


def _confirm(s: CaseOverview, own_part: CaseParty, viewer: Viewer, today: dt.date) -> dict[str, Any]:
    """A row that asks whether the party takes part in the case."""
    is_invited = own_part.role is PartyRole.INVITED
    confirm, lead = BY_VERB["confirm_part"].button, _(s.case.filer.party.short_name)
    asked = _("Ta ställning till att anmäla tillsammans med %(who)s", who=lead)
    is_approvers = is_invited and viewer.role is not Role.LOCAL_APPROVER
    shown = day_left(part_due_on(s.case, own_part), today, calendar(s), is_urgent=s.case.is_urgent)
    return shown | {
        "title": asked if is_invited else _(confirm),
        "meta": [s.case.number, in_swedish(s.case.title), citation(s), parties(s)],
        "text": _("Er beslutsfattare svarar.") if is_approvers else "",
        "ball": {"text": _("Väntar på ert svar"), "mine": True},
    }


# The list page --------------------------------------------------------------------------------------------------------


class ListForm(Form):
    """What the list is to show. Sent by GET, so that its address can be kept and passed on."""

    q = text(_l("Ärendenummer, ert diarienummer eller ord i rubriken"), subject=_l("Sökningen"), most=100)
    status = select(_l("Läge"), choices=choices([("", _l("Alla")), ("open", _l("Öppna")), ("closed", _l("Avslutade"))]))
    step = select(_l("Steg"))
    district = select(_l("Stadsdel"))
    waits = tick(_l("Bara det som väntar på oss"))
    two_texts = tick(_l("Bara det som hänvisar till två texter, till den årliga dialogen"))

    def __init__(self, asked: Mapping[str, str], viewer: Viewer, districts: Sequence[OrgUnit] = ()) -> None:
        super().__init__(asked)
        if viewer.role not in READS_ALL:
            del self.two_texts
        self.district.choices = choices([("", _l("Alla")), *((unit.code, unit.name) for unit in districts)])
        self.step.choices = choices([("", _l("Alla")), *((str(no), f"{no}. {name}") for no, name in _step_names())])

    @property
    def sought(self) -> CaseFilter:
        is_open = {"open": True, "closed": False}.get(self.status.data)
        step = int(self.step.data) if self.step.data else None
        return CaseFilter(
            text=self.q.data or "",
            is_open=is_open,
            step=step,
            waits=bool(self.waits.data),
            district=self.district.data or "",
            two_texts="two_texts" in self and bool(self.two_texts.data),
        )

    @property
    def kept(self) -> dict[str, Any]:
        """What an address must carry to ask for the same again."""
        return {f.name: "y" if f.data is True else f.data for f in self if f.data}


def list_page(viewer: Viewer, today: dt.date, asked: Mapping[str, str]) -> dict[str, Any]:
    """The list: open cases by the day that is next, then closed ones, fifty at a time."""
    form = ListForm(asked, viewer, units.districts_on(today) if viewer.party == STOCKHOLM else ())
    if not form.validate():
        return {"form": form, "open": [], "closed": [], "total": 0, "is_filtered": True, "page": 1, "pages": 1}
    sought = form.sought
    total = cases_overview.count(viewer, today, sought)
    pages = max(1, -(-total // PAGE_SIZE))
    wanted = asked.get("page", "")
    page = min(max(int(wanted), 1), pages) if wanted.isdecimal() and len(wanted) < 9 else 1
    items = cases_overview.overviews(viewer, today, sought, limit=PAGE_SIZE, offset=(page - 1) * PAGE_SIZE)
    rows = [(s.case.phase is Phase.CLOSED, row(s, viewer, today, by_act=False)) for s in items]

    def address(other: int) -> str | None:
        return url_for("cases.cases", **form.kept | {"page": other}) if 1 <= other <= pages else None

    return {
        "form": form,
        "open": [shown for is_closed, shown in rows if not is_closed],
        "closed": [shown for is_closed, shown in rows if is_closed],
        "total": total,
        "is_filtered": sought != CaseFilter(),
        "nothing": _nothing(viewer),
        "page": page,
        "pages": pages,
        "earlier": address(page - 1),
        "later": address(page + 1),
    }


def _step_names() -> list[tuple[int, str]]:
    """The steps by number, each under the names that the ladders give it, the main agreement's first."""
    names: dict[int, dict[str, None]] = {}
    for ladder in (main_agreement().ladder, *map(load, shipped())):
        for step in ladder.steps:
            names.setdefault(step.no, {})[_(step.name)] = None
    return [(no, ", ".join(names[no])) for no in sorted(names)]


def _nothing(viewer: Viewer) -> str:
    """What an empty list says to who has asked for no case in particular."""
    if viewer.role is Role.COORDINATING_CENTRE:
        return _(
            "Ni är inte insläppta i något ärende just nu. En part kan släppa in er i ett ärende medan det är i det "
            "lokala steget."
        )
    return _("Det finns inga ärenden som ni kan se.")


# The staircase of a start page ----------------------------------------------------------------------------------------


def overview(
    items: Sequence[CaseOverview], viewer: Viewer, outs: Mapping[int, str], unseen: Mapping[int, int] | None = None
) -> list[dict[str, Any]]:
    """The steps of the viewer's ladder with one ball for each open case; the viewer's own step marked. A body of
    another ladder comes after them where a case stands with it.

    ``outs``: a line by step number; ``unseen``: how many cases at a step the viewer does not see.
    """
    steps = []
    ladder = ladder_of_body(viewer.body)
    stands = [(s, ladder_of(s.case).step(s.case.step)) for s in items]
    others = {at.body: at for _s, at in stands if at.body and not ladder.step_of(at.body)}
    for step in (*ladder.steps, *others.values()):
        here = [s for s, at in stands if at.body == step.body and (step.body or at.no == step.no)]
        own = step.body == viewer.body if viewer.body else viewer.party is not None and step.no == 1
        count = len(here) + (0 if step.body in others else (unseen or {}).get(step.no, 0))
        shown = {"name": _(step.name), "count": count, "mine": sum(is_mine(s, viewer) for s in here), "own": own}
        shown["out"] = ("" if step.body in others else outs.get(step.no)) or _now(here, viewer)
        if viewer.party and here and all(s.sight is Sight.TITLE for s in here):
            shown["where"] = _("hos andra")
        steps.append(shown)
    return steps


def _now(here: Sequence[CaseOverview], viewer: Viewer) -> str:
    if not here:
        return _("Inget just nu")
    if mine := sum(is_mine(s, viewer) for s in here):
        return _("Ni har bollen i %(count)s", count=spelled(mine))
    if viewer.party and all(s.sight is Sight.TITLE for s in here):
        return _("Kan påverka er")
    return _("Andra har bollen")


def the_rest(count: int, shown: int, **sought: Any) -> dict[str, Any] | None:
    """A link to the list for what a start page has no room for, or None where it shows everything."""
    if count <= shown:
        return None
    text = ngettext("Visa alla, ett till", "Visa alla, %(num)s till", count - shown)
    return {"text": text, "url": url_for("cases.cases", **sought, _anchor="h-open")}


def spelled(count: int) -> str:
    """A number inside a sentence: "tre", and from ten on "12"."""
    numbers = [_("inget"), _("ett"), _("två"), _("tre"), _("fyra"), _("fem"), _("sex"), _("sju"), _("åtta"), _("nio")]
    return numbers[count] if count < len(numbers) else str(count)


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
        "text": in_swedish(found.question),
        "meta": [found.number],
    }
