"""The parties' positions, and the files of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalation.casefile import CaseFile
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.models.statements import Position
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.situation import Phase
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.language import _
from escalation.web.parts import ListedFile


def sides(case_file: CaseFile, attached: Mapping[str, list[ListedFile]]) -> list[dict[str, Any]]:
    """Both sides with equal room, the initiator first. A missing stand is stated, not blamed."""
    case = case_file.case
    parties = [*case.parties_as(PartyRole.INITIATOR), *case.parties_as(PartyRole.RESPONDENT)]
    return [_side(case_file, party, attached) for party in parties]


def _side(case_file: CaseFile, party: CaseParty, attached: Mapping[str, list[ListedFile]]) -> dict[str, Any]:
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


def other_statements(
    case_file: CaseFile, attached: Mapping[str, list[ListedFile]]
) -> list[tuple[str, str, list[ListedFile]]]:
    """Stands of affected parties: name, latest text and its files."""
    shown = []
    for party in case_file.case.parties_as(PartyRole.AFFECTED):
        mine = [p for p in case_file.positions if p.party_code == party.party_code]
        if mine:
            shown.append((party.party.name, mine[0].text, attached.get(f"position:{mine[0].id}", [])))
    return shown


def other_files(case_file: CaseFile, attached: Mapping[str, list[ListedFile]]) -> list[tuple[str, list[ListedFile]]]:
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
    affected = {p.party_code for p in case_file.case.parties_as(PartyRole.AFFECTED)}
    latest = {p.party_code: p for p in reversed(case_file.positions)}
    return [p for p in case_file.positions if p.party_code not in affected or latest[p.party_code] is p]
