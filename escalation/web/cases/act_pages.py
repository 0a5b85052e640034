"""The pages behind the buttons: what stands around the form of an act, a proposal, an answer, a hearing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort

from escalation.casefile import CaseFile
from escalation.cases import hearings, proposals
from escalation.cases.models.asks import Hearing, Proposal
from escalation.cases.models.case import Case
from escalation.cases.sight import Sight
from escalation.rules.glossary import GLOSSARY
from escalation.rules.machine import Move, MoveNotAllowed
from escalation.rules.situation import HearingKind, ProposalKind
from escalation.web.access import current_viewer
from escalation.web.cases import acts, words
from escalation.web.cases.above import above
from escalation.web.cases.acts import hear_words
from escalation.web.cases.hearing_texts import hearing_about
from escalation.web.cases.proposal_texts import heard_about, proposer, terms_read
from escalation.web.cases.words import row_words
from escalation.web.documents import lists as attachments
from escalation.web.format import date_long, date_weekday
from escalation.web.language import _, in_swedish
from escalation.web.parts import ListedFile


@dataclass(frozen=True)
class ActPage:
    """What stands around a form: the case and its parties, the button's label, what happens then, and the text that it
    is about with its heading and files. ``between`` is empty for a viewer who may not know the parties."""

    case: Case
    between: str
    label: str
    then: str
    about: Sequence[tuple[str, str]]
    about_heading: str | None
    files: Sequence[ListedFile]


def check_offer(case_file: CaseFile, kind: ProposalKind) -> None:
    """Refuse the page of a proposal that the viewer may not offer now (409)."""
    if guard := proposals.may_offer(case_file.case, kind, case_file.situation, current_viewer()):
        raise MoveNotAllowed(f"offer_{kind}", guard)


def open_hearing(case_file: CaseFile, hearing_id: int) -> Hearing:
    """The hearing to comment in; 404 if it is not this case's, 409 if the viewer may not comment now."""
    case = next((h for h in case_file.hearings if h.id == hearing_id), None) or abort(404)
    if guard := hearings.may_comment(case_file.case, case, current_viewer(), case_file.today):
        raise MoveNotAllowed("comment", guard)
    return case


def hear_page(case_file: CaseFile, kind: HearingKind) -> ActPage:
    """The page on which the parties are asked."""
    label, then = hear_words(case_file, kind)
    return _page(case_file, label, then)


def comment_page(case_file: CaseFile, hearing: Hearing) -> ActPage:
    """The page on which a party comments, with what it is heard about."""
    label = _("Yttra er om %(kind)s", kind=_(GLOSSARY[hearing.kind].label))
    then = _("Det är frivilligt. Det som ni skriver läses före beslutet.")
    return _page(case_file, label, then, hearing_about(case_file, hearing))


def proposal_of(case_file: CaseFile, proposal_id: int) -> Proposal:
    """The case's proposal with this id; 404 if it has none."""
    return next((p for p in case_file.proposals if p.id == proposal_id), None) or abort(404)


def check_answer(case_file: CaseFile, proposal: Proposal) -> None:
    """Refuse the answer to a proposal that the viewer may not answer now (409)."""
    if guard := proposals.may_answer(case_file.case, proposal, current_viewer(), case_file.today):
        raise MoveNotAllowed("answer", guard)


def _page(
    case_file: CaseFile,
    label: str,
    then: str,
    about: Sequence[tuple[str, str]] = (),
    *,
    heading: str | None = None,
    files_of: str = "",
) -> ActPage:
    """``files_of``: what the files belong to that stand beside the text."""
    knows_parties = case_file.sight is not Sight.TITLE
    files = attachments.by_what(case_file).get(files_of, []) if files_of else []
    between = words.between(case_file.case) if knows_parties else ""
    return ActPage(case_file.case, between, label, then, about, heading, files)


def act_page(case_file: CaseFile, move: Move) -> ActPage:
    """The page of a move: its button's words, and what the row names to stand above the form."""
    shown = above(case_file, move)
    return _page(
        case_file,
        row_words(case_file, move.button_for(case_file.situation, case_file.seats)),
        row_words(case_file, move.then_for(case_file.situation, case_file.seats)),
        shown.rows,
        heading=shown.heading,
        files_of=shown.files_of,
    )


def proposal_page(case_file: CaseFile, kind: ProposalKind) -> ActPage:
    """The page on which something is proposed."""
    offer = acts.offer_act(case_file, kind)
    about: list[tuple[str, str]] = []
    if kind is ProposalKind.EXTENSION and (d7 := case_file.deadline("D7")):
        about = [(_("Lokala steget slutar nu"), date_weekday(d7.due_on))]
    if kind is ProposalKind.INTERIM:
        about = [(_("Gäller under tiden"), in_swedish(case_file.case.interim_arrangement))]
    about += heard_about(case_file, kind)
    return _page(case_file, offer.label, offer.text, about)


def answer_page(case_file: CaseFile, proposal: Proposal) -> ActPage:
    """The page on which a proposal is answered, with its terms."""
    kind = _(GLOSSARY[proposal.kind].label)
    about = terms_read(case_file, proposal.terms)
    if proposal.kind is ProposalKind.EXTENSION and (d7 := case_file.deadline("D7")):
        about.insert(0, (_("Lokala steget slutar nu"), date_weekday(d7.due_on)))
    about += heard_about(case_file, proposal.kind)
    label = _("Svara på förslaget: %(kind)s", kind=kind)
    who, day = proposer(case_file, proposal), date_long(proposal.last_day(case_file.today))
    then = _("Föreslaget av %(who)s. Gäller till %(day)s.", who=who, day=day)
    return _page(case_file, label, then, about, files_of=f"proposal:{proposal.id}")
