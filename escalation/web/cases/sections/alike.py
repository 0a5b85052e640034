"""Other cases on the same provision or between the same parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from escalation.accounts.models import SECRETARIAT_ROLES
from escalation.agreements.models import Interpretation, Provision
from escalation.casefile import CaseFile
from escalation.cases import hearings, patterns, queries
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.rules.moves.table import BY_HEARING
from escalation.rules.situation import HearingKind, Phase
from escalation.web.cases import words
from escalation.web.language import _, joined


@dataclass(frozen=True)
class OtherCase:
    """Another case, and where it stands."""

    number: str
    title: str
    where: str


@dataclass(frozen=True)
class Alike:
    """Other cases that resemble this one, in groups with a heading each; what has been interpreted; and that another
    party asks the same, with the way to join their cases for the one who may.
    """

    heading: str
    groups: list[tuple[str, list[OtherCase]]]
    known: list[Interpretation]
    asks: str = ""
    url: str = ""


def alike(case_file: CaseFile, cited: Sequence[tuple[Provision, list[Interpretation]]]) -> Alike | None:
    """Other open cases on the same provision; for the secretariat and the first body also those between the same
    parties, what has been interpreted, and the wish to join where two parties ask the same (ST3). None where there is
    nothing.
    """
    case, viewer = case_file.case, case_file.viewer
    if case.phase is Phase.CLOSED:
        return None
    first_body = case_file.ladder.step(case_file.ladder.first_body_step).body
    reads_all = viewer.role in SECRETARIAT_ROLES or viewer.body == first_body
    others = patterns.similar(case, viewer=viewer, with_parties=reads_all)
    same_provision = [_other_case(c) for c in others.same_provision]
    if not reads_all:
        return Alike(_("Samma bestämmelse"), [("", same_provision)], []) if same_provision else None
    groups = [
        (_("Samma bestämmelse"), same_provision),
        (_("Samma parter"), [_other_case(c) for c in others.same_parties]),
    ]
    shown = [(heading, cases) for heading, cases in groups if cases]
    known = [i for _provision, known in cited for i in known]
    asks, url = _ask_the_same(case_file, others.same_provision)
    return Alike(_("Liknande ärenden"), shown, known, asks, url) if shown or known else None


def _other_case(other: Case) -> OtherCase:
    where = _("%(number)s, steg %(step)s", number=other.number, step=other.step)
    return OtherCase(other.number, other.title, where)


def _ask_the_same(case_file: CaseFile, others: Sequence[Case]) -> tuple[str, str]:
    """That two parties or more ask the same, who they are, and the way to join their cases for who may."""
    case = case_file.case
    same = [c for c in others if queries.may_be_joined(c, case) and not c.hearings_going]
    asks = {p.party_code: _(p.party.short_name) for c in (case, *same) for p in c.parties_as(PartyRole.INITIATOR)}
    is_ready = case.phase in BY_HEARING[HearingKind.JOIN].phases
    is_ready = is_ready and case.hearings_going is None and case.joined_to is None
    if len(asks) < 2 or not is_ready:
        return "", ""
    may = hearings.may_hear(case, HearingKind.JOIN, case_file.situation, case_file.viewer) is None
    numbers = [c.number for c in same]
    sentence = _("%(who)s frågar detsamma.", who=words.upper_first(joined(asks.values())))
    return sentence, url_for(
        "cases.hear", number=case.number, kind=HearingKind.JOIN.value, members=numbers
    ) if may else ""
