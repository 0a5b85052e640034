"""Proposals as people read them: their terms, who offered, who has yet to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import url_for

from escalation.accounts.models import Membership, Role
from escalation.casefile import CaseFile
from escalation.cases import proposals
from escalation.cases.models.asks import Proposal, ProposalAnswer
from escalation.cases.models.statements import StatementPart
from escalation.rules.glossary import GLOSSARY
from escalation.rules.moves.table import BY_HEARING
from escalation.rules.situation import TWO_OFFICIALS, ProposalKind
from escalation.web.cases import words
from escalation.web.cases.fact_section import FactSection
from escalation.web.cases.hearing_texts import hearing_about
from escalation.web.format import date_long, date_weekday, paragraphs
from escalation.web.language import _, in_swedish, joined


def standing_proposals(case_file: CaseFile) -> list[Proposal]:
    """The proposals that can still be answered, the newest first."""
    case = case_file.case
    return [
        p
        for p in case_file.proposals
        if p.is_open(case_file.today) and p.step == case.step and case.phase in proposals.offered_in(p.kind)
    ]


def waits_for(case_file: CaseFile, proposal: Proposal) -> str:
    """Who has yet to answer a proposal, as inside a sentence: "Vallentuna", "sekretariatet från kommunerna"."""
    answered = {a.answered_for for a in proposal.answers}
    waiting = [_side(case_file, proposal, c) for c in proposals.needed(case_file.case, proposal) if c not in answered]
    if proposal.kind in TWO_OFFICIALS and case_file.today > proposal.valid_until:
        body = case_file.ladder.step(case_file.ladder.first_body_step).body or ""
        names = words.names_of(case_file.case, case_file.ladder)
        chairs = _("den som leder %(body)s för den sidan", body=names[body])
        return _("%(sides)s, eller %(chairs)s", sides=joined(waiting), chairs=chairs)
    return joined(waiting)


def open_proposals(case_file: CaseFile) -> list[FactSection]:
    """Each open proposal for everybody who sees the whole case: its terms, whom it waits for, the way to the answer."""
    shown = []
    for proposal in standing_proposals(case_file):
        yes = [_hand(case_file, proposal, a) for a in proposal.answers if a.is_accepted]
        about = [
            (
                _("Föreslaget"),
                _("%(day)s av %(who)s", day=date_long(proposal.offered_at), who=proposer(case_file, proposal)),
            ),
            (_("Har sagt ja"), words.upper_first(joined(yes)) or _("Ingen än")),
            (_("Väntar på"), words.upper_first(waits_for(case_file, proposal))),
            (_("Gäller till"), date_long(proposal.last_day(case_file.today))),
        ]
        may_answer = proposals.may_answer(case_file.case, proposal, case_file.viewer, case_file.today) is None
        url = url_for("cases.answer", number=case_file.case.number, proposal_id=proposal.id) if may_answer else ""
        heading = _("Öppet förslag: %(kind)s", kind=_(GLOSSARY[proposal.kind].label))
        rows = [*terms_read(case_file, proposal.terms), *about]
        shown.append(FactSection(f"h-forslag-{proposal.id}", heading, rows, url=url))
    return shown


def _side(case_file: CaseFile, proposal: Proposal, code: str) -> str:
    """A side that answers a proposal: a party, or the secretariat from one side."""
    if proposal.kind in TWO_OFFICIALS:
        return _("sekretariatet från %(side)s", side=_("regionen") if code == "region" else _("kommunerna"))
    return words.names_of(case_file.case, case_file.ladder).get(code, code)


def _hand(case_file: CaseFile, proposal: Proposal, answer: ProposalAnswer) -> str:
    """Who gave an answer: a party, the secretariat from one side, or a chair in its place."""
    chair = _chair(case_file, answer.answerer) if proposal.kind in TWO_OFFICIALS else ""
    return chair or _side(case_file, proposal, answer.answered_for)


def _chair(case_file: CaseFile, hand: Membership) -> str:
    """The chair or deputy that a hand is, by name; empty for an official."""
    seat = "deputy" if hand.role is Role.BODY_DEPUTY else "chair"
    return words.names_of(case_file.case, case_file.ladder)[f"{seat}:{hand.body}"] if hand.body else ""


def proposer(case_file: CaseFile, proposal: Proposal) -> str:
    """Who offered: a party, the secretariat from one side, or a chair."""
    chair = _chair(case_file, proposal.offerer) if proposal.kind in TWO_OFFICIALS else ""
    return chair or _side(case_file, proposal, proposal.offered_by_party or proposal.offered_by_side or "")


def heard_about(case_file: CaseFile, kind: ProposalKind) -> list[tuple[str, str]]:
    """What the parties were heard about before such a proposal, and what they said."""
    asked = {move.after_hearing for move in BY_HEARING.values() if move.by_proposal is kind}
    return [row for hearing in case_file.hearings if hearing.kind in asked for row in hearing_about(case_file, hearing)]


def terms_read(case_file: CaseFile, terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A proposal's terms as people read them."""
    labels = {
        "settlement": _("Uppgörelsen"), "extended_to": _("Ny sista dag"), "pause_ground": _("Grund"),
        "paused_until": _("Pausat till"), "interim_arrangement": _("Ska gälla under tiden"),
        "unsolved": _("Olöst"), "reason": _("Skäl"), "where_instead": _("Vart i stället"), "ground": _("Grund"),
        **{part.value: _(GLOSSARY[part].label) for part in StatementPart},
    }  # fmt: skip
    shown = []
    for name, value in terms.items():
        if name == "obligations":
            names = words.names_of(case_file.case, case_file.ladder)
            for what, party, day in value:
                shown.append((_("Åtgärd"), words.task(names, (what, party, dt.date.fromisoformat(day)))))
        elif name == "stands":
            names = words.names_of(case_file.case, case_file.ladder)
            shown += [
                (_("Ståndpunkt: %(who)s", who=names.get(party, party)), in_swedish(paragraphs(text), "div"))
                for party, text in value
            ]
        elif name in set(StatementPart):
            shown += [(labels[name], in_swedish(paragraphs(value), "div"))] if value else []
        elif name in {"ground", "pause_ground"}:
            shown.append((labels[name], _(GLOSSARY[value].label)))
        elif name in {"extended_to", "paused_until"}:
            shown.append((labels[name], date_weekday(dt.date.fromisoformat(value))))
        elif value:
            shown.append((labels[name], in_swedish(value)))
    return shown
