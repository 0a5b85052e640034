"""The page of a case for those who may only know of it."""

from __future__ import annotations

from dataclasses import dataclass

from escalation.cases import queries
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case, CaseType
from escalation.cases.models.parties import Registration
from escalation.cases.sight import Sight
from escalation.web.access import current_viewer
from escalation.web.cases import acts, words
from escalation.web.format import date_long, paragraphs
from escalation.web.language import _, in_swedish


def _wish(wish: Registration) -> tuple[str, str]:
    """The viewer's own party's wish to take part, and what came of it."""
    asked = _("Ni bad den %(day)s att få delta som berörd part.", day=date_long(wish.asked_at))
    if wish.answered_at is None:
        return asked, _("Sekretariatet svarar senast %(day)s.", day=date_long(wish.due_on))
    said = _("Sekretariatet sade nej den %(day)s:", day=date_long(wish.answered_at))
    return asked, in_swedish(paragraphs(f"{said} {wish.answer}"), "div")


@dataclass(frozen=True)
class Stub:
    """Everything that ``cases/stub.html`` shows. ``parties``: None where the viewer may know title and status only."""

    title: str
    number: str
    type: CaseType
    citation: str
    agreement: str
    parties: tuple[str, str] | None
    status: str
    where: str
    step: int
    steps: int
    acts: list[acts.Act]
    wishes: list[tuple[str, str]]


def stub(case: Case, seen: Sight) -> Stub:
    """What another party, or a body before its step, may know (domain/02 § 2.4); and what its chair must do."""
    codes = [p.code for p in queries.provisions(case)]
    first, second = words.short_parties(case)
    ladder = ladder_of(case)
    return Stub(
        title=case.title,
        number=case.number,
        type=case.type,
        citation=words.citation(case, codes),
        agreement=in_swedish(case.agreement.title),
        parties=(first, second) if seen is Sight.STUB else None,
        status=words.status(case),
        where=_(
            "Steg %(step)s av %(steps)s, %(name)s",
            step=case.step,
            steps=len(ladder.steps),
            name=_(ladder.step(case.step).name),
        ),
        step=case.step,
        steps=len(ladder.steps),
        acts=acts.open_from_stub(case),
        wishes=[_wish(wish) for wish in case.registrations if wish.party_code == current_viewer().party],
    )
