"""The parties' positions, and the files of the case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.models.statements import Position
from escalation.rules import workdays
from escalation.rules.situation import Phase
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.cases.sections.matter import statement_link
from escalation.web.format import date_long
from escalation.web.language import _
from escalation.web.parts import ListedFile, Side


@dataclass(frozen=True)
class Version:
    """An older version of a position, with its files."""

    note: str
    text: str
    files: list[ListedFile]


@dataclass(frozen=True)
class SideWithHistory(Side):
    """A party's position with its older versions."""

    older: Sequence[Version] = ()


@dataclass(frozen=True)
class OtherStand:
    """What an affected party says."""

    name: str
    text: str
    files: list[ListedFile]


@dataclass(frozen=True)
class Positions:
    """The positions of all parties, and what the link to the joint statement says (empty where there is none)."""

    sides: list[SideWithHistory]
    others: list[OtherStand]
    statement: str


def positions(case_file: CaseFile, events: Sequence[TrailEvent], attached: Mapping[str, list[ListedFile]]) -> Positions:
    """The positions of both sides and of affected parties."""
    return Positions(
        sides(case_file, attached), other_statements(case_file, attached), statement_link(case_file, events)
    )


def sides(case_file: CaseFile, attached: Mapping[str, list[ListedFile]]) -> list[SideWithHistory]:
    """Both sides with equal space, the initiator first. A missing stand is stated, not blamed."""
    case = case_file.case
    parties = [*case.parties_as(PartyRole.INITIATOR), *case.parties_as(PartyRole.RESPONDENT)]
    return [_side(case_file, party, attached) for party in parties]


def _side(case_file: CaseFile, party: CaseParty, attached: Mapping[str, list[ListedFile]]) -> SideWithHistory:
    mine = [p for p in case_file.positions if p.party_code == party.party_code]
    name = words.upper_first(party.party.name)
    if not mine:
        return SideWithHistory(name, quiet=_quiet(case_file, party))
    versions = [
        Version(
            _("Version %(version)s, %(day)s", version=p.version, day=date_long(p.stated_at)),
            p.text,
            attached.get(f"position:{p.id}", []),
        )
        for p in mine
    ]
    newest, *older = versions
    notes = [newest.note, *_in_time(case_file, party)]
    return SideWithHistory(name, newest.text, notes=notes, files=newest.files, older=older)


def _quiet(case_file: CaseFile, party: CaseParty) -> str:
    """What is said of a party that has given no position."""
    due, phase = case_file.deadline("D5"), case_file.case.phase
    who = words.upper_first(_(party.party.short_name))
    if party.role is PartyRole.INITIATOR:
        return _("%(who)s står bakom anmälan och har inte lämnat någon egen ståndpunkt.", who=who)
    if case_file.case.joined_to is not None:
        return _("%(who)s lämnar sin ståndpunkt i huvudärendet.", who=who)
    if due is not None and due.due_on < case_file.today:
        day = date_long(due.due_on)
        return _("%(who)s har inte lämnat någon ståndpunkt. Den skulle ha kommit %(day)s.", who=who, day=day)
    if due is not None:
        return _("%(who)s lämnar sin ståndpunkt senast %(day)s.", who=who, day=date_long(due.due_on))
    if phase is Phase.CLOSED:
        return _("Anmälan sändes inte till %(who)s.", who=_(party.party.short_name))
    if phase is Phase.BYPASS_REVIEW:
        return _("%(who)s lämnar sin ståndpunkt när det är avgjort var ärendet börjar.", who=who)
    return _("%(who)s har inte fått anmälan än.", who=who)


def _in_time(case_file: CaseFile, party: CaseParty) -> list[str]:
    """Whether a respondent's own stand came before its last day (D5), where it has come."""
    due = case_file.deadline("D5")
    mine = [p.stated_at for p in case_file.positions if p.party_code == party.party_code]
    if party.role is not PartyRole.RESPONDENT or due is None or due.met_on is None or not mine:
        return []
    day = date_long(due.due_on)
    if workdays.base_day(min(mine), case_file.calendar) <= due.due_on:
        return [_("I tid: sista dagen var %(day)s", day=day)]
    return [_("Efter sista dagen, som var %(day)s", day=day)]


def other_statements(case_file: CaseFile, attached: Mapping[str, list[ListedFile]]) -> list[OtherStand]:
    """Stands of affected parties: name, latest text and its files."""
    shown = []
    for party in case_file.case.parties_as(PartyRole.AFFECTED):
        mine = [p for p in case_file.positions if p.party_code == party.party_code]
        if mine:
            shown.append(OtherStand(party.party.name, mine[0].text, attached.get(f"position:{mine[0].id}", [])))
    return shown


@dataclass(frozen=True)
class FileGroup:
    """Files under a heading."""

    heading: str
    files: list[ListedFile]


def other_files(case_file: CaseFile, attached: Mapping[str, list[ListedFile]]) -> list[FileGroup]:
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
        groups.append(FileGroup(heading, files))
    return groups


def _stands_shown(case_file: CaseFile) -> list[Position]:
    """Both sides' stands in all versions, affected parties' latest alone."""
    affected = {p.party_code for p in case_file.case.parties_as(PartyRole.AFFECTED)}
    latest = {p.party_code: p for p in reversed(case_file.positions)}
    return [p for p in case_file.positions if p.party_code not in affected or latest[p.party_code] is p]
