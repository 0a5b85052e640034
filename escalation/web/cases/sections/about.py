"""Facts about the case, for the side column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.cases import queries
from escalation.cases.guests import may_let_in
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.cases.register_numbers import may_add_register_number
from escalation.links.queries import may_link
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.format import date_long
from escalation.web.language import _, in_swedish, joined, ngettext
from escalation.web.names import unknown_ladder


def register_numbers(case: Case) -> list[tuple[str, str]]:
    """Each party's own register numbers, by the party's short name; parties that have none are left out."""
    return [
        (words.upper_first(_(p.party.short_name)), ", ".join(n.value for n in p.registry_numbers))
        for p in case.parties
        if p.registry_numbers
    ]


def _rapporteurs(case_file: CaseFile) -> list[str]:
    """Who reports on the case to the body that has it, one from each side."""
    newest = next(reversed(case_file.treatments), None)
    return [newest.rapporteur_region, newest.rapporteur_municipal] if newest else []


@dataclass(frozen=True)
class About:
    """Facts, register numbers, and which links the viewer gets."""

    number: str
    facts: list[tuple[str, str]]
    register_numbers: list[tuple[str, str]]
    may_number: bool
    may_link: bool
    may_let_in: bool
    has_notes: bool


def about(case_file: CaseFile, events: Sequence[TrailEvent]) -> About:
    """What the side column says of the case itself."""
    case, viewer = case_file.case, case_file.viewer
    return About(
        number=case.number,
        facts=facts(case_file, events),
        register_numbers=register_numbers(case),
        may_number=may_add_register_number(case, viewer),
        may_link=may_link(case, viewer),
        may_let_in=may_let_in(case, viewer),
        has_notes=queries.has_notes_of_its_own(case, viewer),
    )


def facts(case_file: CaseFile, events: Sequence[TrailEvent]) -> list[tuple[str, str]]:
    """About the case, for the side column."""
    case = case_file.case
    people = []
    is_one_of_several = len(case.parties_as(PartyRole.INITIATOR)) > 1
    for party in case.sides:
        named = _("ingen handläggare utsedd")
        if party.has_handler and party.has_substitute:
            named = _("handläggare och ersättare utsedda")
        elif party.has_handler:
            named = _("handläggare utsedd, ingen ersättare")
        elif party.has_substitute:
            named = _("handläggaren har lämnat, ersättaren tar över")
        elif party.handler_id:
            named = _("handläggaren har lämnat, ingen ersättare")
        who = words.upper_first(_(party.party.short_name))
        if is_one_of_several and party is case.lead_party:
            who = _("%(who)s (samordnar anmälan)", who=who)
        people.append(f"{who}: {named}")
    invited = [words.upper_first(_(p.party.short_name)) for p in case.parties_as(PartyRole.INVITED)]
    ladder = _("%(name)s, version %(version)s", name=_(case_file.ladder.name), version=case_file.ladder.version)
    if not case.ladder_known:
        ladder += f". {unknown_ladder()}"
    turned = words.turned(case, events)
    return [
        *([(_("Typ"), turned)] if turned else []),
        (_("Handläggare"), ". ".join(people)),
        *([(_("Tillfrågade om att anmäla, inte svarat"), joined(invited))] if invited else []),
        *([(_("Driver ärendet"), pursued_by(case_file))] if case.kept_by else []),
        (_("Händelsedag"), period(case)),
        *([(_("Stadsdel"), in_swedish(case.arena_unit.name))] if case.arena_unit else []),
        (_("Inkom"), date_long(case.filed_at)),
        *([(_("Rapportörer"), in_swedish("; ".join(rapporteurs)))] if (rapporteurs := _rapporteurs(case_file)) else []),
        (_("Överenskommelse"), in_swedish(case.agreement.title)),
        (_("Trappa"), ladder),
        (_("Trappans dagar"), decided_by(case_file)),
        *(
            [(_("Bilagor"), ngettext("%(num)s fil", "%(num)s filer", count))]
            if (count := len(case_file.attachments))
            else []
        ),
    ]


def pursued_by(case_file: CaseFile) -> str:
    """Who pursues a case that was withdrawn and kept, and what that means to the others (T37)."""
    case = case_file.case
    who = words.names_of(case, case_file.ladder)[case.kept_by or ""]
    sentence = _("%(who)s, som invände när ärendet återkallades.", who=words.upper_first(who))
    if not case_file.situation.is_kept_by_body:
        return sentence
    return sentence + " " + _("Ingen part väntas lyfta det. Sekretariatet gör det i parternas ställe.")


def decided_by(case_file: CaseFile) -> str:
    """Who answers for the ladder's days, and by what decision: the agreement has none (R1)."""
    owner = words.upper_first(words.names_of(case_file.case, case_file.ladder)[case_file.ladder.owner])
    if not case_file.ladder.decision:
        return _("Våra, inte överenskommelsens. %(owner)s svarar för dem och har inte beslutat om dem än.", owner=owner)
    return _(
        "Våra, inte överenskommelsens. %(owner)s svarar för dem, beslut %(decision)s.",
        owner=owner,
        decision=case_file.ladder.decision,
    )


def period(case: Case) -> str:
    """The day of the event, or from when until when."""
    if case.event_until is None:
        return date_long(case.event_on)
    return _("%(begins)s till %(ends)s", begins=date_long(case.event_on), ends=date_long(case.event_until))
