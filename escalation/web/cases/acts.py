"""What the viewer can do in a case: the one button, the links, and the pages behind them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from flask import url_for

from escalation import clock
from escalation.accounts.models import Role, Viewer
from escalation.casefile import CaseFile, case_file_of
from escalation.cases import hearings, proposals, statement
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.cases.seats import seats_of
from escalation.cases.sight import PARTY_WRITERS
from escalation.cases.waits import OWED
from escalation.rules.glossary import GLOSSARY, GUARD_SENTENCES, OFFERS
from escalation.rules.machine import Move, MoveNotAllowed, Opening, failing_guard
from escalation.rules.moves.table import BY_HEARING, BY_VERB, moves_open_to
from escalation.rules.situation import (
    TWO_OFFICIALS,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
)
from escalation.web.access import current_viewer
from escalation.web.cases.proposal_texts import proposer
from escalation.web.cases.words import row_words
from escalation.web.format import date_long
from escalation.web.language import _

ASKED_BESIDE_THE_BALL = (
    "comment_hearing", "after_hearing", "confirm_part", "answer_registration", "answer_referral", "ended_by_silence",
)  # fmt: skip
"""Awaited acts whose button stands where the ball asks the viewer for nothing, the first before the others: to comment
where a party is heard, to decide when the parties have been, to say whether one takes part, to answer a party that
wishes to or somebody who asks for an opinion, to take a case that silence ended further."""
ANSWER = "answer_proposal"
"""What a proposal waits for; its button goes before all others."""


@dataclass(frozen=True)
class Act:
    """One line under "Vad ni kan göra"; without ``url`` it is shut and ``text`` says why and from when."""

    verb: str
    label: str
    url: str | None
    text: str
    answers: tuple[str, ...] = ()
    """The awaited acts that it is the button of."""


def acts(case_file: CaseFile) -> tuple[Act | None, list[Act]]:
    """The one button, and the links: open acts, then those that wait for a day or for somebody else at home."""
    case = case_file.case
    seats = case_file.seats
    lines = [
        _line(case_file, o, seats) for o in case_file.openings if o.move.by_proposal is None or o.move.free & seats
    ]
    lines += _proposals(case_file) + _hearings(case_file)
    if case_file.viewer.role is Role.LOCAL_HANDLER:
        shown = {line.verb for line in lines}
        lines += [line for line in _for_approver(case_file) if line.verb not in shown]
    main = _button(lines, (ANSWER, *_asked_by_case(case_file), *ASKED_BESIDE_THE_BALL, *_owed(case_file)))
    if case_file.viewer.role is Role.CONSULTATION_MEMBER:
        main = _button(lines, ("answer_referral",))
    if (
        case_file.viewer.body
        and case_file.viewer.body == case_file.ladder.step(case.step).body
        and case.phase is not Phase.CLOSED
    ):
        lines.insert(0, _summary(case.number))
        main = main or lines[0]
    return main, [line for line in lines if line is not main]


def _button(lines: Sequence[Act], asked: Sequence[str]) -> Act | None:
    """The open line that answers the first of the awaited acts that any does."""
    open_lines = [line for line in lines if line.url]
    by_rank = sorted(open_lines, key=lambda line: line.verb in BY_VERB and BY_VERB[line.verb].is_last_choice)
    return next((line for act in asked for line in by_rank if act in line.answers), None)


def _asked_by_case(case_file: CaseFile) -> list[str]:
    """What the case itself waits for: the ball's act, or the answer to a wish that it is taken up again."""
    if case_file.ball:
        return [case_file.ball.act]
    return ["answer_reopening"] if case_file.reopening else []


def _owed(case_file: CaseFile) -> list[str]:
    """What the viewer's party still owes in a case that went past the parties, first first."""
    if (
        case_file.viewer.party not in {p.party_code for p in case_file.case.parties_as(PartyRole.RESPONDENT)}
        or case_file.case.step == 1
    ):
        return []
    owed = ((case_file.deadline(key), act) for key, (act, _verb) in OWED.items())
    return [act for deadline, act in owed if deadline is not None and deadline.met_on is None]


def _summary(number: str) -> Act:
    """What those who are to decide do first: read the case on one page."""
    url = url_for("cases.summary", number=number)
    return Act("summary", _("Läs sammanfattningen"), url, _("Ärendet på en sida, att läsa och skriva ut."))


def _line(case_file: CaseFile, opening: Opening, seats: Collection[Seat]) -> Act:
    move = opening.move
    label = row_words(case_file, move.button_for(case_file.situation, seats))
    if opening.is_open:
        url = url_for("cases.act", number=case_file.case.number, verb=move.verb)
        return Act(move.verb, label, url, row_words(case_file, move.then_for(case_file.situation, seats)), move.answers)
    day = date_long(opening.opens_on) if opening.opens_on else ""
    reason = _(GUARD_SENTENCES[opening.guard]) if opening.guard else ""
    return Act(move.verb, label, None, _("Från %(day)s. %(reason)s", day=day, reason=reason))


def _for_approver(case_file: CaseFile) -> list[Act]:
    """What the viewer's own approver could do: shown shut, so that a handler knows whom to ask."""
    approver = Viewer(role=Role.LOCAL_APPROVER, party=case_file.viewer.party)
    seats = seats_of(case_file.case, approver, case_file.tasks)
    openings = moves_open_to(case_file.situation, seats, case_file.opens)
    return [
        Act(o.move.verb, _line(case_file, o, seats).label, None, _("Er beslutsfattare kan göra det."))
        for o in openings
        if o.is_open
    ]


def _proposals(case_file: CaseFile) -> list[Act]:
    case, lines = case_file.case, []
    for proposal in case_file.proposals:
        if proposals.may_answer(case, proposal, case_file.viewer, case_file.today) is None:
            lines.append(
                Act(
                    "answer",
                    _("Svara på förslaget: %(kind)s", kind=_(GLOSSARY[proposal.kind].label)),
                    url_for("cases.answer", number=case.number, proposal_id=proposal.id),
                    _(
                        "Föreslaget av %(who)s. Gäller till %(day)s.",
                        who=proposer(case_file, proposal),
                        day=date_long(proposal.last_day(case_file.today)),
                    ),
                    (ANSWER,),
                )
            )
    for kind in ProposalKind:
        if _may_propose(case_file, kind):
            offer = offer_act(case_file, kind)
            url = url_for("cases.propose", number=case.number, kind=kind.value)
            if kind is ProposalKind.STATEMENT:
                url = url_for("statement.statement", number=case.number)
            lines.append(replace(offer, url=url))
        elif (guard := proposals.may_offer(case, kind, case_file.situation, case_file.viewer)) == "may_be_extended":
            lines.append(replace(offer_act(case_file, kind), text=_(GUARD_SENTENCES[guard])))
    return lines


def offer_act(case_file: CaseFile, kind: ProposalKind) -> Act:
    """The button with which such a proposal is made: the row's that it performs, or its own where there is none."""
    move = proposals.performed(kind, case_file.case.phase)
    if move is None or move.by_proposal is not kind:
        term = OFFERS[kind]
        # the ball waits for the joint statement until its last day, and for the lift after it
        answers = ("statement", "lift") if kind is ProposalKind.STATEMENT else ()
        return Act(f"offer_{kind}", _(term.label), None, _(term.definition), answers)
    if kind in TWO_OFFICIALS and case_file.viewer.side is None:  # a chair whose block is not registered is on no side
        then = _(
            "En handläggare från varje sida av sekretariatet ska godkänna, för det är inte registrerat vilket block ni "
            "sitter för."
        )
    else:
        then = _(move.then)
    return Act(move.verb, _(move.button), None, then, move.answers)


def _hearings(case_file: CaseFile) -> list[Act]:
    number, lines = case_file.case.number, []
    for hearing in case_file.hearings:
        if hearings.may_comment(case_file.case, hearing, case_file.viewer, case_file.today) is None:
            label = _("Yttra er om %(kind)s", kind=_(GLOSSARY[hearing.kind].label))
            url = url_for("cases.comment", number=number, hearing_id=hearing.id)
            text = _("Det är frivilligt. Senast %(day)s.", day=date_long(hearing.answer_until))
            lines.append(Act("comment", label, url, text, ("comment_hearing",)))
    for kind in HearingKind:
        if hearings.may_hear(case_file.case, kind, case_file.situation, case_file.viewer) is None:
            label, then = hear_words(case_file, kind)
            url = url_for("cases.hear", number=number, kind=kind.value)
            lines.append(Act(f"hear_{kind}", label, url, then))
    return lines


def hear_words(case_file: CaseFile, kind: HearingKind) -> tuple[str, str]:
    """The button that asks the parties, and what happens then."""
    hear = BY_HEARING[kind].hear
    assert hear is not None
    return row_words(case_file, hear.button), row_words(case_file, hear.then)


def _may_propose(case_file: CaseFile, kind: ProposalKind) -> bool:
    """The joint statement is written together from the first word on: its sheet is open before anything is offered."""
    if kind is ProposalKind.STATEMENT:
        return statement.may_write_statement(case_file.case, case_file.situation, case_file.viewer) is None
    return proposals.may_offer(case_file.case, kind, case_file.situation, case_file.viewer) is None


# Pages of acts ------------------------------------------------------------------------------------------------------


def in_the_way(case_file: CaseFile, move: Move) -> str | None:
    """The name of what keeps the viewer from the page of an act: the same law as the verb's; None if it is open."""
    seats = case_file.seats
    if move.by_proposal is not None and not move.free & seats:
        return "seat"
    return failing_guard(move, case_file.situation, seats)


def is_outsiders(case_file: CaseFile, move: Move) -> bool:
    """Whether the move is one of a party outside the case, and the viewer is of one."""
    viewer = current_viewer()
    is_outside = viewer.role in PARTY_WRITERS and all(p.party_code != viewer.party for p in case_file.case.parties)
    return is_outside and any(actor.seat is Seat.OUTSIDER for actor in move.actors)


def check(case_file: CaseFile, move: Move) -> None:
    """Refuse the page of an act that is not open to the viewer (409)."""
    if guard := in_the_way(case_file, move):
        raise MoveNotAllowed(move.verb, guard)


def open_from_stub(case: Case) -> list[Act]:
    """What is open to who sees no more than a stub: to the chair of the next body the ways on, to a party that the
    answer may affect the wish to take part."""
    viewer = current_viewer()
    if not seats_of(case, viewer):
        return []
    main, more = acts(case_file_of(case, viewer, clock.now()))
    return [line for line in (main, *more) if line and line.url]
