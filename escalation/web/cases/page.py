"""The case page, put together from its sections."""

from __future__ import annotations

from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.cases import queries, secrecy
from escalation.trail import queries as trail
from escalation.web import parts
from escalation.web.cases import words
from escalation.web.cases.fact_section import FactSection
from escalation.web.cases.guests import GuestLine, guest_lines
from escalation.web.cases.links import LinkLine, known_events, link_lines
from escalation.web.cases.sections.about import About, about
from escalation.web.cases.sections.alike import Alike, alike
from escalation.web.cases.sections.closing import ending
from escalation.web.cases.sections.facts import Joined, asked_in_case, asked_of_parties, joined, principle
from escalation.web.cases.sections.head import Head, head
from escalation.web.cases.sections.matter import Interim, Matter, interim, matter
from escalation.web.cases.sections.outcome import Decided, EarlierRound, Undertaken, earlier, outcome, undertaken
from escalation.web.cases.sections.panel import Panel, panel
from escalation.web.cases.sections.path import path
from escalation.web.cases.sections.reminders import reminders
from escalation.web.cases.sections.sides import FileGroup, Positions, other_files, positions
from escalation.web.cases.sections.stair import staircase
from escalation.web.cases.sections.timeline import timeline
from escalation.web.cases.words import Brief, brief
from escalation.web.documents.lists import by_what
from escalation.web.parts import ListedFile


@dataclass(frozen=True)
class CasePage:
    """Everything that ``cases/case.html`` shows, section by section."""

    head: Head
    stair: list[parts.Stair]
    panel: Panel
    interim: Interim
    asked_in_case: list[FactSection]
    joined: Joined | None
    asked_of_parties: list[FactSection]
    outcome: Decided | None
    undertaken: Undertaken | None
    matter: Matter
    positions: Positions
    purpose: str
    brief: Brief | None
    brief_files: list[ListedFile]
    path: list[parts.Ahead]
    earlier: list[EarlierRound]
    timeline: list[parts.HistoryLine]
    alike: Alike | None
    links: list[LinkLine]
    guests: list[GuestLine]
    reminders: list[parts.Line]
    about: About
    other_files: list[FileGroup]


def case_page(case_file: CaseFile) -> CasePage:
    """The page of a case that the viewer sees whole."""
    case, viewer, treatment = case_file.case, case_file.viewer, case_file.treatment
    cited, events = queries.cited(case), trail.events_about(f"case:{case.number}")
    attached, names = by_what(case_file), words.names_in(case)
    links = link_lines(case, viewer, events)
    history = secrecy.history(case, known_events(viewer, events, links), viewer)
    *before, now = words.rounds(events)
    return CasePage(
        head=head(case_file, [p.code for p, _known in cited], is_remitted=bool(words.remitted(case_file, events))),
        stair=staircase(case_file, events),
        panel=panel(case_file, ending(now)),
        interim=interim(case),
        asked_in_case=asked_in_case(case_file, events),
        joined=joined(case_file),
        asked_of_parties=asked_of_parties(case_file),
        outcome=outcome(case_file, now),
        undertaken=undertaken(case_file, now, names),
        matter=matter(case_file, events, cited, attached, is_principle_shown=bool(principle(case_file, events))),
        positions=positions(case_file, events, attached),
        purpose=case.purpose_statement,
        brief=brief(case_file),
        brief_files=attached.get(f"brief:{treatment.id}", []) if treatment else [],
        path=path(case_file),
        earlier=[earlier(case_file, no, of_round, names) for no, of_round in enumerate(before, 1)],
        timeline=timeline(history, names, secrecy.attachment_names(case, case_file.attached, events, viewer)),
        alike=alike(case_file, cited),
        links=links,
        guests=guest_lines(case, viewer),
        reminders=reminders(case),
        about=about(case_file, events),
        other_files=other_files(case_file, attached),
    )
