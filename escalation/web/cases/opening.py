"""A case opened for a page: how much of it the viewer sees, which act they open, whether somebody acted meanwhile."""

from __future__ import annotations

from flask import abort, request

from escalation import clock
from escalation.casefile import CaseFile, case_file_of
from escalation.cases import course, hearings, queries, secrecy
from escalation.cases import register_numbers as cases_register_numbers
from escalation.cases.models.case import Case
from escalation.cases.sight import Sight
from escalation.documents import queries as documents
from escalation.rules.machine import Move, MoveNotAllowed
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import HearingKind
from escalation.trail import queries as trail
from escalation.web.access import current_viewer
from escalation.web.cases import acts, links, words
from escalation.web.cases.sections.timeline import timeline
from escalation.web.parts import HistoryLine


def open_case(number: str) -> tuple[Case, Sight]:
    """The case and how much of it the viewer sees; 404 where it is not theirs."""
    return queries.get(number, viewer=current_viewer(), today=clock.today()) or abort(404)


def open_file(number: str) -> CaseFile:
    """The whole file; 404 where the viewer sees less than everything."""
    case, seen = open_case(number)
    if seen is not Sight.FULL:
        abort(404)
    return case_file_of(case, current_viewer(), clock.now())


def case_with_notes(number: str) -> Case:
    """The case, for a person whose party has notes of its own about it; 404 for everybody else."""
    case, _seen = open_case(number)
    return case if queries.has_notes_of_its_own(case, current_viewer()) else abort(404)


def case_to_number(number: str) -> Case:
    """The case, for who may write a register number on it; 404 for everybody else."""
    case, _seen = open_case(number)
    return case if cases_register_numbers.may_add_register_number(case, current_viewer()) else abort(404)


def open_act(number: str, verb: str) -> tuple[CaseFile, Move]:
    """The file and the row of an act; 404 where the case is not the viewer's or no row has the verb, 409 where the
    act is not open to them now.

    Only a reader of the case acts in it, or a party outside that asks to take part (T43); it may know why it
    cannot now.
    """
    case, seen = open_case(number)
    move = BY_VERB.get(verb) or abort(404)
    case_file = case_file_of(case, current_viewer(), clock.now())
    if seen is not Sight.FULL and not acts.is_outsiders(case_file, move):
        abort(404)
    expect_newest(case)
    acts.check(case_file, move)
    return case_file, move


def expect_newest(case: Case) -> None:
    """Refuse what is sent from a form that was opened before the latest act; raises StaleVersion.

    Asked before whether the act is open: a person who was overtaken reads that, not a rule. It locks nothing, for files
    may be on their way; the act asks once more behind the lock (``course.expect_version``).
    """
    if request.method == "POST" and 0 < version_seen() < case.version:
        raise course.StaleVersion(case.number)


def version_seen() -> int:
    """The case's version when the form was opened; a broken one counts as stale."""
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


def meanwhile(number: str) -> tuple[list[HistoryLine], bool]:
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
    files = secrecy.attachment_names(case, documents.of_case(case.id), everything, viewer)
    return timeline(
        secrecy.history(case, links.known_events(viewer, events), viewer), words.names_in(case), files
    ), is_own


def open_for_hearing(number: str, kind: str) -> tuple[CaseFile, HearingKind]:
    """The file and what the parties are to be heard about; 404 and 409 as for an act, and open from the stub too."""
    case, seen = open_case(number)
    wanted = HearingKind(kind) if kind in set(HearingKind) else abort(404)
    case_file = case_file_of(case, current_viewer(), clock.now())
    guard = hearings.may_hear(case, wanted, case_file.situation, current_viewer())
    if guard and seen is not Sight.FULL:
        abort(404)
    expect_newest(case)
    if guard:
        raise MoveNotAllowed(f"hear_{wanted}", guard)
    return case_file, wanted
