"""A case on one printed page: the seven things that somebody who is to decide needs (domain/10 VI1).

Provisions stand whole. Other texts are cut to measure, the same for both sides, so that one A4 holds them; the case
has them whole, and the page says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from escalation.agreements.models import Interpretation
from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.rules.glossary import inside
from escalation.rules.ladder import Step
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.cases.sections import matter, sides, stair
from escalation.web.cases.sections.head import Head, head
from escalation.web.format import date_long
from escalation.web.language import _, in_swedish
from escalation.web.parts import Quote, Side

QUESTION, STAND, PURPOSE, TRIED, ALTERNATIVE, INTERIM = 300, 320, 240, 150, 140, 130
"""The length of each text that fits on the page, in signs."""
STEP = 90
"""Signs for a step's own days and outcome, before what was said there."""


def clipped(text: str, most: int) -> str:
    """The beginning of a text on one line, cut at the end of a sentence or else of a word."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    cut = flat[:most]
    end = max(cut.rfind(sign) for sign in (". ", "? ", "! "))
    return cut[: end + 1] + " …" if end > most // 2 else cut.rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class Summary:
    """Everything that ``cases/summary.html`` shows."""

    head: Head
    status: str
    question: str
    provisions: list[Quote]
    known: list[Interpretation]
    sides: list[Side]
    others: list[tuple[str, str]]
    purpose: str
    tried: Sequence[tuple[str, str]]
    alternatives: list[tuple[str, str]]
    asked: str
    interim: str


def summary(case_file: CaseFile) -> Summary:
    """The case in seven parts."""
    case = case_file.case
    cited = queries.cited(case)
    events = trail.events_about(f"case:{case.number}")
    brief = words.brief(case_file)
    return Summary(
        head=head(case_file, [p.code for p, _known in cited], is_remitted=False),
        status=_status(case_file),
        question=clipped(words.question(case_file, events) or case.title, QUESTION),
        provisions=matter.provisions(case, cited),
        known=[i for _p, known in cited for i in known],
        sides=[_side(side) for side in sides.sides(case_file, {})],
        others=[(stand.name, clipped(stand.text, TRIED)) for stand in sides.other_statements(case_file, {})],
        purpose=clipped(case.purpose_statement, PURPOSE),
        tried=_tried(case_file, events),
        alternatives=[(term, clipped(text, ALTERNATIVE)) for term, text in brief.alternatives] if brief else [],
        asked=_asked(case_file, brief),
        interim=clipped(case.interim_arrangement, INTERIM),
    )


def _status(case_file: CaseFile) -> str:
    """Where the case stands: step, phase, and the day of the meeting that it stands on."""
    step = case_file.ladder.step(case_file.case.step)
    where = _(
        "Steg %(step)s av %(steps)s, %(name)s", step=step.no, steps=len(case_file.ladder.steps), name=_(step.name)
    )
    if case_file.case.phase is Phase.SCHEDULED and case_file.treatment:
        return f"{where}. " + _("Uppsatt på mötet %(day)s.", day=date_long(case_file.treatment.held_at.held_on))
    return f"{where}. {words.status(case_file.case)}."


def _side(side: Side) -> Side:
    return Side(side.name, clipped(side.text, STAND), side.quiet)


def _tried(case_file: CaseFile, events: Sequence[TrailEvent]) -> Sequence[tuple[str, str]]:
    """What each step up to now has done: when, with what outcome, and in whose words."""
    steps = stair.staircase(case_file, events)[: case_file.case.step]
    shown = [(_("Före anmälan"), in_swedish(clipped(case_file.case.tried, TRIED)))] if case_file.case.tried else []
    for step, tried in zip(case_file.ladder.steps, steps, strict=False):
        if step.no == case_file.case.step and case_file.case.phase is not Phase.CLOSED and step.body is not None:
            continue  # what it does now stands above, with its day
        parts = [f"{part}." for part in (tried.when, tried.out) if part]
        parts = [part.replace("..", ".") for part in parts]
        term = _("Steg %(step)s, %(name)s", step=step.no, name=inside(_(step.name)))
        ours = clipped(" ".join(parts), TRIED + STEP)
        said = _said(case_file, step, min(TRIED, TRIED + STEP - len(ours)))
        shown.append((term, Markup(" ").join(part for part in (ours, said) if part)))
    return shown


def _said(case_file: CaseFile, step: Step, most: int) -> str:
    """What a step left behind in words: the last meeting of the parties, or the body's decision. Else nothing."""
    if step.body is not None:
        decided = [d for d in case_file.decisions if d.step == step.no]
        return in_swedish(clipped(decided[-1].text, most)) if decided else ""
    meetings = [m for m in queries.dialogue_meetings(case_file.case) if m.step == step.no]
    if not meetings:
        return ""
    last = meetings[-1]
    day = date_long(last.held_on)
    return _(
        "Möte %(day)s: %(agreed)s", day=day, agreed=in_swedish(clipped(last.agreed, most - len(day) - len("Möte : ")))
    )


def _asked(case_file: CaseFile, brief: words.Brief | None) -> str:
    """What is asked of the body that has the case."""
    who = words.upper_first(_(case_file.case.filer.party.short_name))
    wish = ""
    if case_file.case.desired_outcome:
        wish = _(
            "%(who)s vill: %(wish)s", who=who, wish=in_swedish(clipped(case_file.case.desired_outcome, ALTERNATIVE))
        )
    if brief and brief.proposed:
        return Markup(" ").join(part for part in (in_swedish(clipped(brief.proposed, ALTERNATIVE)), wish) if part)
    return wish or _("%(who)s vill ha svar på frågan.", who=who)
