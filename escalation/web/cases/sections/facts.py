"""Sections that are a list of terms and texts: what is tried, asked for or proposed in the case now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.rules.situation import Phase
from escalation.trail.models import TrailEvent
from escalation.web.cases import hearing_texts, words
from escalation.web.cases.fact_section import FactSection
from escalation.web.cases.proposal_texts import open_proposals
from escalation.web.language import _


@dataclass(frozen=True)
class Joined:
    """The lead case that the case follows, or the cases that follow it."""

    lead: str
    members: list[str]


def principle(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """What the principle test is about; empty in a case that has not been tried."""
    is_tried = any(event.kind in {"principle_claimed", "case_called_up"} for event in events)
    return words.principle(case_file, events) if is_tried else []


def asked_in_case(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[FactSection]:
    """What is tried in the case, or asked of one that has a part in it."""
    case, names = case_file.case, words.names_in(case_file.case)
    missing = words.missing(events) if case.phase is Phase.COMPLETION else []
    referrals = [
        FactSection(
            f"h-remiss-{r.id}",
            _("Remiss till %(who)s", who=names.get(r.addressee, r.addressee)),
            words.referral(case_file, r),
            is_ours=True,
        )
        for r in reversed(case.referrals)
    ]
    sections = [
        FactSection("h-saknas", _("Komplettering begärd"), missing),
        FactSection("h-princip", _("Prövning av principiell karaktär"), principle(case_file, events)),
        FactSection("h-ater", _("Återförvisat hit"), words.remitted(case_file, events)),
        *referrals,
        FactSection("h-delta", _("Vill delta som berörda parter"), words.registrations(case)),
        FactSection("h-igen", _("Begäran att ta upp ärendet igen"), words.reopening(case_file)),
    ]
    return [section for section in sections if section.rows]


def joined(case_file: CaseFile) -> Joined | None:
    """With which cases the case has been joined; None where it stands alone."""
    lead, members = case_file.case.joined_to or "", sorted((case_file.case.member_numbers or "").split())
    return Joined(lead, members) if lead or members else None


def asked_of_parties(case_file: CaseFile) -> list[FactSection]:
    """The open proposals, and what the parties are heard about."""
    return [*open_proposals(case_file), *hearing_texts.asked_of_parties(case_file)]
