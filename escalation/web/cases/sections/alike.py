"""Other cases on the same provision or between the same parties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for

from escalation.accounts.models import SECRETARIAT_ROLES, Viewer
from escalation.agreements.models import Interpretation, Provision
from escalation.casefile import CaseFile
from escalation.cases import hearings, patterns, queries
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.rules.moves.table import BY_HEARING
from escalation.rules.situation import HearingKind
from escalation.web.cases import words
from escalation.web.language import _, joined


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
    asks = {p.party_code: _(p.party.short_name) for c in (case, *same) for p in c.parties_as(PartyRole.INITIATOR)}
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
