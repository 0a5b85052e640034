"""A party's start page: what waits for us, what waits for others and that it is chased, when we may go up alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from escalation.accounts.models import Viewer
from escalation.agreements import queries as agreements
from escalation.cases import overview, queries
from escalation.cases.models.parties import PartyRole
from escalation.cases.overview import CaseFilter, CaseOverview
from escalation.cases.sight import Sight
from escalation.cases.waits import referred
from escalation.nudges import queries as nudges
from escalation.rules import workdays
from escalation.rules.nudge_plan import OFFICES, PLAN, NudgeKind
from escalation.rules.situation import LOCAL_PHASES, Phase
from escalation.web.cases import lists, rows, words
from escalation.web.cases.lists import Rest
from escalation.web.cases.summary import clipped
from escalation.web.filing import pages
from escalation.web.language import _, in_swedish, joined, ngettext
from escalation.web.parts import Row
from escalation.web.start import agenda
from escalation.web.start.page import StartPage

KNOWN_SHOWN = 5
INTERIM_SHOWN = 3
INTERPRETATIONS_SHOWN = 4
UNDERTAKING_LENGTH = 200

TO_WHOM: dict[NudgeKind, tuple[LazyString | None, LazyString | None]] = {
    # the people to whom a late reminder goes, where a party is waited for and where an office is; None: to the holder
    NudgeKind.N3: (None, None),
    NudgeKind.N4: (_l("även till beslutsfattarna där"), _l("även till chefen för sekretariatet")),
    NudgeKind.N5: (
        _l("till båda sidors beslutsfattare och sekretariatet"),
        _l("till chefen för sekretariatet och ordföranden"),
    ),
}

Reminders = Sequence[nudges.LoggedNudge]


@dataclass(frozen=True)
class Interim:
    """What applies meanwhile in a case, and who has said so."""

    number: str
    text: str
    note: str


@dataclass(frozen=True)
class KnownInterpretation:
    """A published interpretation, since when it applies, and why it is shown."""

    number: str
    question: str
    applies_from: dt.date
    why: str


@dataclass(frozen=True)
class PartyPage(StartPage):
    """Everything that ``start/party.html`` shows."""

    mine: Sequence[Row]
    mine_rest: Rest | None
    others: Sequence[Row]
    others_rest: Rest | None
    drafts: Sequence[Row]
    known: Sequence[Row]
    known_rest: Rest | None
    interim: Sequence[Interim]
    interim_more: int
    interpretations: Sequence[KnownInterpretation]


def start_page(viewer: Viewer, today: dt.date) -> PartyPage:
    """The start page of those who write, decide or read for a party."""
    items = overview.overviews(viewer, today, CaseFilter(is_open=True, on_its_own=True))
    own = [s for s in items if s.sight is Sight.FULL]
    mine = [s for s in own if lists.is_mine(s, viewer)]
    others = [s for s in own if not lists.is_mine(s, viewer)]
    cited = {provision: s.case.number for s in reversed(own) for provision in s.provisions}
    known = [s for s in items if s.sight is not Sight.FULL]
    known.sort(key=lambda s: cited.keys().isdisjoint(s.provisions))
    reports = [s.case.id for s in mine if s.ball and s.ball.act == "report"]
    undertaken = queries.undertakings(reports, viewer.party) if reports else {}
    drafts = pages.rows(viewer)
    waiting = [draft for draft in drafts if draft.ball and draft.ball.mine]
    asked = [rows.referred(case, r, today) for case, r in referred(viewer)]
    reminders = nudges.reminders([s.case.id for s in others[: lists.ROWS_SHOWN]])
    return PartyPage(
        place=viewer.name.rpartition(", ")[0],
        lead=lead(len(mine) + len(waiting) + len(asked), others, today),
        steps=lists.overview(items, viewer, {}),
        mine=waiting
        + asked
        + [_mine(s, undertaken.get(s.case.id, ()), viewer, today) for s in mine[: lists.ROWS_SHOWN]],
        mine_rest=lists.the_rest(len(mine), lists.ROWS_SHOWN, waits="y"),
        others=[_other(s, reminders.get(s.case.id, ()), viewer, today) for s in others[: lists.ROWS_SHOWN]],
        others_rest=lists.the_rest(len(others), lists.ROWS_SHOWN, status="open"),
        drafts=[draft for draft in drafts if draft not in waiting],
        known=[_known_row(s, viewer, today, cited) for s in known[:KNOWN_SHOWN]],
        known_rest=lists.the_rest(len(known), KNOWN_SHOWN, status="open"),
        interim=[_interim(s, today) for s in (mine + others)[:INTERIM_SHOWN]],
        interim_more=max(0, len(own) - INTERIM_SHOWN),
        interpretations=_interpretations(cited),
    )


def lead(mine: int, others: Sequence[CaseOverview], today: dt.date) -> str:
    """ "Ett ärende väntar på er. Två väntar på andra, och ett av dem är försenat." """
    first = _("Inget ärende väntar på er.")
    if mine:
        count = words.upper_first(lists.spelled(mine))
        first = _("Ett ärende väntar på er.") if mine == 1 else _("%(count)s ärenden väntar på er.", count=count)
    late = sum(bool(s.ball and s.ball.due_on < today and not s.case.paused_until) for s in others)
    if not others:
        return first
    if len(others) == 1:
        return f"{first} " + (_("Ett väntar på andra och är försenat.") if late else _("Ett väntar på andra."))
    count = words.upper_first(lists.spelled(len(others)))
    if not late:
        return f"{first} " + _("%(count)s väntar på andra.", count=count)
    return f"{first} " + ngettext(
        "%(count)s väntar på andra, och %(late)s av dem är försenat.",
        "%(count)s väntar på andra, och %(late)s av dem är försenade.",
        late,
        count=count,
        late=lists.spelled(late),
    )


def _mine(s: CaseOverview, undertaken: Sequence[str], viewer: Viewer, today: dt.date) -> Row:
    shown = rows.row(s, viewer, today, by_act=True)
    text = shown.text
    if undertaken and not text:
        text = _("Det ni har åtagit er: %(what)s", what=in_swedish(clipped(" ".join(undertaken), UNDERTAKING_LENGTH)))
    return replace(shown, text=text, more=_more(s, viewer, today))


def _more(s: CaseOverview, viewer: Viewer, today: dt.date) -> str:
    """The open proposal, unless the row itself asks for the viewer's answer; and from when one may go up alone."""
    offered = lists.offered(s, today) if s.proposal is None else ""
    return " ".join(part for part in (offered, alone(s, viewer, today)) if part)


def _other(s: CaseOverview, reminders: Reminders, viewer: Viewer, today: dt.date) -> Row:
    shown = rows.row(s, viewer, today, by_act=True)
    if s.case.paused_until is not None:
        return replace(
            shown, more=_("Dagarna räknas igen från %(day)s.", day=lists.short_date(s.case.paused_until, today))
        )
    chased = " ".join(part for part in (reminded(s, reminders, today), next_reminder(s, reminders, today)) if part)
    return replace(shown, text=chased or shown.text, more=_more(s, viewer, today))


def alone(s: CaseOverview, viewer: Viewer, today: dt.date) -> str:
    """From which day the viewer's party may take the case up without the other side; empty where that is no matter."""
    sides = {p.party_code for p in s.case.sides}
    if s.case.phase not in LOCAL_PHASES or viewer.party not in sides or s.case.paused_until is not None:
        return ""
    if s.case.phase is Phase.IMPASSE:
        day = lists.opens(s, "statement_agreed_or_time_over")
        if day is None:
            return ""
        if day <= today:
            return _("Sedan %(day)s får ni lyfta ärendet med en ensidig beskrivning.", day=lists.short_date(day, today))
        return _("Från %(day)s får ni lyfta ärendet med en ensidig beskrivning.", day=lists.short_date(day, today))
    day = lists.opens(s, "local_way_is_over")
    if day is None:
        return ""
    if not s.is_acknowledged and viewer.party in {p.party_code for p in s.case.parties_as(PartyRole.RESPONDENT)}:
        return _(
            "Bekräftar ni inte får motparten lyfta ärendet utan er från %(day)s.", day=lists.short_date(day, today)
        )
    if day <= today:
        return _("Sedan %(day)s får ni lyfta ärendet utan motparten.", day=lists.short_date(day, today))
    return _("Från %(day)s får ni lyfta ärendet utan motparten.", day=lists.short_date(day, today))


# That it is chased ----------------------------------------------------------------------------------------------------


def reminded(s: CaseOverview, reminders: Reminders, today: dt.date) -> str:
    """The days on which a reminder of what is now waited for left: "Påmint 17 och 23 november." """
    if s.ball is None:
        return ""
    since = s.ball.begins_on
    days = sorted({t.sent_on for t in _about(s, reminders) if t.sent_on is not None and t.nudge.due_on >= since})
    if not days:
        return ""
    # The month stands once where it is the same.
    written = [lists.short_date(day, today) for day in days]
    texts = [
        str(day.day) if later and (day.year, day.month) == (later.year, later.month) else text
        for day, later, text in zip(days, [*days[1:], None], written, strict=True)
    ]
    *first, last = texts
    return _("Påmint %(days)s.", days=joined([*first, last]))


def _about(s: CaseOverview, reminders: Reminders) -> Reminders:
    """Of what was written in the case, that which is about what is now waited for."""
    key = s.ball.deadline_key if s.ball else ""
    return [t for t in reminders if t.nudge.round == s.case.round and t.nudge.subject == key]


def next_reminder(s: CaseOverview, reminders: Reminders, today: dt.date) -> str:
    """When the next reminder goes and to whom, or who gets the ball before that (domain/05 § 5.7)."""
    if s.ball is None or s.ball.act == "decide":
        return ""
    calendar, is_urgent = lists.calendar(s), s.case.is_urgent
    written = {t.nudge.kind for t in _about(s, reminders)}
    after = ((r.kind, r.workdays_after_due) for r in PLAN if r.workdays_after_due is not None and r.kind not in written)
    days = ((kind, workdays.add(s.ball.due_on, count, calendar, is_urgent)) for kind, count in after)
    coming = next(((kind, day) for kind, day in days if day >= today), None)
    if s.then is not None and (coming is None or s.then.begins_on <= coming[1]):
        return agenda.what_follows(s, today)
    if coming is None:
        return ""
    kind, day = coming
    to_party, to_office = TO_WHOM[kind]
    to = to_office if s.ball.holder.partition(":")[0] in OFFICES else to_party
    if to is None:
        return _("Är det inte gjort då går en påminnelse %(day)s.", day=lists.short_date(day, today))
    return _("Nästa påminnelse går %(day)s, %(to)s.", day=lists.short_date(day, today), to=to)


# The side column -----------------------------------------------------------------------------------------------------


def _known_row(s: CaseOverview, viewer: Viewer, today: dt.date, cited: dict[int, str]) -> Row:
    shown = rows.row(s, viewer, today, by_act=False)
    shared = sorted({cited[provision] for provision in s.provisions if provision in cited})
    more = _("Samma bestämmelse som %(numbers)s.", numbers=", ".join(shared)) if shared else ""
    return replace(shown, more=more)


def _interim(s: CaseOverview, today: dt.date) -> Interim:
    case = s.case
    if case.interim_agreed_at:
        note = _(
            "Överenskommet %(day)s. Ändras bara om båda är överens.",
            day=lists.short_date(case.interim_agreed_at, today),
        )
    else:
        who = _(case.filer.party.short_name)
        note = _("Föreslaget av %(who)s i anmälan %(day)s.", who=who, day=lists.short_date(case.filed_at, today))
    return Interim(case.number, case.interim_arrangement, note)


def _interpretations(cited: dict[int, str]) -> list[KnownInterpretation]:
    shown = []
    for found, about in agreements.interpretations_for(cited.keys(), INTERPRETATIONS_SHOWN):
        shared = sorted({cited[provision] for provision in about if provision in cited})
        why = _("Samma bestämmelse som %(numbers)s", numbers=", ".join(shared)) if shared else ""
        shown.append(KnownInterpretation(found.number, found.question, found.applies_from, why))
    return shown
