"""What the viewer can do in a case: the one button, the links, and the pages behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, url_for

from escalation import clock
from escalation.accounts.models import Membership, Role, Viewer
from escalation.casefile import CaseFile, case_file_of
from escalation.cases import course, hearings, proposals, queries, statement
from escalation.cases.models.asks import Hearing, Proposal, ProposalAnswer
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.cases.models.statements import StatementPart
from escalation.cases.seats import referrals_to, seats_of
from escalation.cases.sight import PARTY_WRITERS, Sight
from escalation.cases.waits import OWED, is_hearing_over, parties_to_hear
from escalation.decisions.models import Decision
from escalation.decisions.verbs.effects import effect_of
from escalation.rules.glossary import GLOSSARY, GUARD_SENTENCES, OFFERS, inside
from escalation.rules.machine import Move, MoveNotAllowed, Opening, failing_guard
from escalation.rules.moves.table import BY_HEARING, BY_VERB, moves_open_to
from escalation.rules.situation import (
    TWO_OFFICIALS,
    ClosingReason,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
)
from escalation.trail import queries as trail
from escalation.trail.models import TrailEvent
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.cases.fact_section import FactSection
from escalation.web.documents import lists as attachments
from escalation.web.format import date_long, date_weekday, paragraphs
from escalation.web.language import _, in_swedish, joined
from escalation.web.names import unknown_ladder

ASKED_BESIDE_THE_BALL = (
    "comment_hearing", "after_hearing", "confirm_part", "answer_registration", "answer_referral", "ended_by_silence",
)  # fmt: skip
"""Awaited acts whose button stands where the ball asks the viewer for nothing, the first before the others: to comment
where a party is heard, to decide when the parties have been, to say whether one takes part, to answer a party that
wishes to or somebody who asks for an opinion, to take a case that silence ended further."""
ANSWER = "answer_proposal"
"""What a proposal waits for; its button goes before all others."""


@dataclass
class Act:
    """One line under "Vad ni kan göra"; without ``url`` it is shut and ``text`` says why and from when."""

    verb: str
    label: str
    url: str | None
    text: str
    answers: tuple[str, ...] = ()
    """The awaited acts that it is the button of."""


def acts(case_file: CaseFile, viewer: Viewer) -> tuple[Act | None, list[Act]]:
    """The one button, and the links: open acts, then those that wait for a day or for somebody else at home."""
    case = case_file.case
    seats = case_file.seats
    lines = [
        _line(case_file, o, seats) for o in case_file.openings if o.move.by_proposal is None or o.move.free & seats
    ]
    lines += _proposals(case_file, viewer) + _hearings(case_file, viewer)
    if viewer.role is Role.LOCAL_HANDLER:
        shown = {line.verb for line in lines}
        lines += [line for line in _for_approver(case_file, viewer) if line.verb not in shown]
    main = _button(lines, (ANSWER, *_asked_by_case(case_file), *ASKED_BESIDE_THE_BALL, *_owed(case_file, viewer)))
    if viewer.role is Role.CONSULTATION_MEMBER:
        main = _button(lines, ("answer_referral",))
    if viewer.body == case_file.ladder.step(case.step).body and viewer.body and case.phase is not Phase.CLOSED:
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


def _owed(case_file: CaseFile, viewer: Viewer) -> list[str]:
    """What the viewer's party still owes in a case that went past the parties, first first."""
    if (
        viewer.party not in {p.party_code for p in case_file.case.parties_as(PartyRole.RESPONDENT)}
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
    label = _words(case_file, move.button_for(case_file.situation, seats))
    if opening.is_open:
        url = url_for("cases.act", number=case_file.case.number, verb=move.verb)
        return Act(move.verb, label, url, _words(case_file, move.then_for(case_file.situation, seats)), move.answers)
    day = date_long(opening.opens_on) if opening.opens_on else ""
    reason = _(GUARD_SENTENCES[opening.guard]) if opening.guard else ""
    return Act(move.verb, label, None, _("Från %(day)s. %(reason)s", day=day, reason=reason))


def _words(case_file: CaseFile, text: str) -> str:
    """A row's words, with the name of the step above where it leads there ("Lyft till styrgruppen")."""
    above = inside(_(case_file.ladder.step(case_file.case.step + 1).name)) if case_file.situation.next_kind else ""
    answerer = words.upper_first(words.answers_reopening(case_file)) if "{answerer}" in text else ""
    return str(_(text)).format(above=above, answerer=answerer)


def _for_approver(case_file: CaseFile, viewer: Viewer) -> list[Act]:
    """What the viewer's own approver could do: shown shut, so that a handler knows whom to ask."""
    approver = Viewer(role=Role.LOCAL_APPROVER, party=viewer.party)
    seats = seats_of(case_file.case, approver, case_file.tasks)
    openings = moves_open_to(case_file.situation, seats, case_file.opens)
    return [
        Act(o.move.verb, _line(case_file, o, seats).label, None, _("Er beslutsfattare kan göra det."))
        for o in openings
        if o.is_open
    ]


def _proposals(case_file: CaseFile, viewer: Viewer) -> list[Act]:
    case, lines = case_file.case, []
    for proposal in case_file.proposals:
        if proposals.may_answer(case, proposal, viewer, case_file.today) is None:
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
        if _may_propose(case_file, kind, viewer):
            offer = _offer(case_file, kind)
            url = url_for("cases.propose", number=case.number, kind=kind.value)
            if kind is ProposalKind.STATEMENT:
                url = url_for("statement.statement", number=case.number)
            lines.append(replace(offer, url=url))
        elif (guard := proposals.may_offer(case, kind, case_file.situation, viewer)) == "may_be_extended":
            lines.append(replace(_offer(case_file, kind), text=_(GUARD_SENTENCES[guard])))
    return lines


def _offer(case_file: CaseFile, kind: ProposalKind) -> Act:
    """The button with which such a proposal is made: the row's that it performs, or its own where there is none."""
    move = proposals.performed(kind, case_file.case.phase)
    if move is None or move.by_proposal is not kind:
        term = OFFERS[kind]
        # the ball waits for the joint statement until its last day, and for the lift after it
        answers = ("statement", "lift") if kind is ProposalKind.STATEMENT else ()
        return Act(f"offer_{kind}", _(term.label), None, _(term.definition), answers)
    if kind in TWO_OFFICIALS and current_viewer().side is None:  # a chair whose block is not registered is on no side
        then = _(
            "En handläggare från varje sida av sekretariatet ska godkänna, för det är inte registrerat vilket block ni "
            "sitter för."
        )
    else:
        then = _(move.then)
    return Act(move.verb, _(move.button), None, then, move.answers)


def _hearings(case_file: CaseFile, viewer: Viewer) -> list[Act]:
    number, lines = case_file.case.number, []
    for hearing in case_file.hearings:
        if hearings.may_comment(case_file.case, hearing, viewer, case_file.today) is None:
            label = _("Yttra er om %(kind)s", kind=_(GLOSSARY[hearing.kind].label))
            url = url_for("cases.comment", number=number, hearing_id=hearing.id)
            text = _("Det är frivilligt. Senast %(day)s.", day=date_long(hearing.answer_until))
            lines.append(Act("comment", label, url, text, ("comment_hearing",)))
    for kind in HearingKind:
        if hearings.may_hear(case_file.case, kind, case_file.situation, viewer) is None:
            label, then = _hear_words(case_file, kind)
            url = url_for("cases.hear", number=number, kind=kind.value)
            lines.append(Act(f"hear_{kind}", label, url, then))
    return lines


def _hear_words(case_file: CaseFile, kind: HearingKind) -> tuple[str, str]:
    """The button that asks the parties, and what happens then."""
    hear = BY_HEARING[kind].hear
    assert hear is not None
    return _words(case_file, hear.button), _words(case_file, hear.then)


def asked_of_parties(case_file: CaseFile) -> list[FactSection]:
    """What the parties are being heard about, or have been: what is intended, until when, and what each has said."""
    open_in = {kind: move.phases for kind, move in BY_HEARING.items()}
    return [
        FactSection(
            f"h-hors-{h.id}",
            _("Parterna hörs om %(kind)s", kind=_(GLOSSARY[h.kind].label)),
            hearing_about(case_file, h),
            is_ours=True,
        )
        for h in case_file.hearings
        if case_file.case.phase in open_in[h.kind]
    ]


def hearing_about(case_file: CaseFile, hearing: Hearing) -> list[tuple[str, str]]:
    """A hearing as people read it."""
    names = words.names_of(case_file.case, case_file.ladder)
    said = {c.party_code: c.text for c in hearing.comments}
    is_open = not is_hearing_over(case_file.case, hearing, case_file.today)
    terms = hearing.terms
    joined = terms.get("members", ())
    shown = [
        (_("Huvudärende"), terms.get("lead", case_file.case.number) if joined else ""),
        (_("Läggs samman med det"), ", ".join(joined)),
        (_("Frågan som delas ut"), in_swedish(terms.get("split_title"))),
        (_("Vad den gäller"), in_swedish(paragraphs(terms.get("split_description") or ""), "div")),
        (
            _("Bestämmelser"),
            words.citation(case_file.case, terms["split_provisions"]) if "split_title" in terms else "",
        ),
        (_("Avses"), in_swedish(paragraphs(hearing.terms["intended"]), "div")),
        (_("Andra parter som kan påverkas"), ", ".join(map(words.upper_first, hearing.terms["named_as"]))),
        (
            _("Frågat"),
            _(
                "%(day)s av %(who)s",
                day=date_long(hearing.opened_at),
                who=names.get(hearing.opened_for, hearing.opened_for),
            ),
        ),
        (_("Parterna får yttra sig till"), date_long(hearing.answer_until)),
    ]
    if "lead" in terms and (lead := queries.by_numbers([terms["lead"]])):
        shown.insert(1, (_("Frågan där"), in_swedish(lead[0].title)))
    for code in parties_to_hear(case_file.case):
        quiet = _("Har inte yttrat sig än.") if is_open else _("Yttrade sig inte.")
        text = in_swedish(paragraphs(said[code]), "div") if said.get(code) else _("Har inget att tillägga.")
        shown.append((words.upper_first(names.get(code, code)), text if code in said else quiet))
    return [(term, text) for term, text in shown if text]


def _said_in_members(hearing: Hearing) -> list[tuple[str, str]]:
    """What the parties of the cases that are to be joined have said, each in its own."""
    told = []
    for member in queries.by_numbers(hearing.terms.get("members", ())):
        own_hearing = next((h for h in member.hearings if h.kind is hearing.kind), None)
        said = {c.party_code: c.text for c in own_hearing.comments} if own_hearing else {}
        for party in member.parties:
            if party.party_code in said:
                who = _("%(who)s, i %(number)s", who=_(party.party.short_name), number=member.number)
                text = in_swedish(paragraphs(said[party.party_code]), "div") or _("Har inget att tillägga.")
                told.append((words.upper_first(who), text))
    return told


def _may_propose(case_file: CaseFile, kind: ProposalKind, viewer: Viewer) -> bool:
    """The joint statement is written together from the first word on: its sheet is open before anything is offered."""
    if kind is ProposalKind.STATEMENT:
        return statement.may_write_statement(case_file.case, case_file.situation, viewer) is None
    return proposals.may_offer(case_file.case, kind, case_file.situation, viewer) is None


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
        rows = [*_terms(case_file, proposal.terms), *about]
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
    main, more = acts(case_file_of(case, viewer, clock.now()), viewer)
    return [line for line in (main, *more) if line and line.url]


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


def hear_page(case_file: CaseFile, kind: HearingKind) -> dict[str, Any]:
    """What stands around the form with which the parties are asked."""
    label, then = _hear_words(case_file, kind)
    return {**_head(case_file), "label": label, "then": then, "about": []}


def comment_page(case_file: CaseFile, hearing: Hearing) -> dict[str, Any]:
    """What the party is heard about, above its comment."""
    return {
        **_head(case_file),
        "label": _("Yttra er om %(kind)s", kind=_(GLOSSARY[hearing.kind].label)),
        "then": _("Det är frivilligt. Det som ni skriver läses före beslutet."),
        "about": hearing_about(case_file, hearing),
    }


def proposal_of(case_file: CaseFile, proposal_id: int) -> Proposal:
    """The case's proposal with this id; 404 if it has none."""
    return next((p for p in case_file.proposals if p.id == proposal_id), None) or abort(404)


def check_answer(case_file: CaseFile, proposal: Proposal) -> None:
    """Refuse the answer to a proposal that the viewer may not answer now (409)."""
    if guard := proposals.may_answer(case_file.case, proposal, current_viewer(), case_file.today):
        raise MoveNotAllowed("answer", guard)


def _head(case_file: CaseFile) -> dict[str, Any]:
    """Case and parties; not the parties for who may know title and status alone."""
    is_told = case_file.sight is not Sight.TITLE
    return {"case": case_file.case, "between": words.between(case_file.case) if is_told else ""}


def act_page(case_file: CaseFile, move: Move) -> dict[str, Any]:
    """What stands around the form of a move: label, what happens then, the text it is about."""
    seats = case_file.seats
    above = _above(case_file, move)
    return {
        **_head(case_file),
        "label": _words(case_file, move.button_for(case_file.situation, seats)),
        "then": _words(case_file, move.then_for(case_file.situation, seats)),
        "about": above.rows,
        "about_heading": above.heading,
        "files": attachments.by_what(case_file).get(above.files_of, []),
    }


@dataclass(frozen=True)
class Above:
    """What stands above a form: names with texts, a heading for them, and what the files beside them belong to."""

    rows: Sequence[tuple[str, str]]
    heading: str | None = None
    files_of: str = ""


def _above(case_file: CaseFile, move: Move) -> Above:
    """What the row names, one after the other; the decision where it names nothing and the case has just got one."""
    parts = [ABOVE[name](case_file, move) for name in move.above]
    if not any(part.rows for part in parts) and case_file.case.phase in {Phase.MINUTED, Phase.RECOMMENDATION_OUT}:
        parts = [_decision(case_file, move)]
    return Above(
        [row for part in parts for row in part.rows],
        next((part.heading for part in parts if part.heading), None),
        next((part.files_of for part in parts if part.files_of), ""),
    )


def _decision(case_file: CaseFile, _move: Move) -> Above:
    return Above(_recorded(case_file, case_file.decisions[-1]) if case_file.decisions else [])


def _statement(case_file: CaseFile, _move: Move) -> Above:
    if not case_file.situation.is_statement_agreed:
        return Above([])
    agreed = course.agreed_proposal(case_file.case, ProposalKind.STATEMENT)
    return Above(_terms(case_file, agreed.terms), files_of=f"proposal:{agreed.id}")


def _brief(case_file: CaseFile, _move: Move) -> Above:
    shown = words.brief(case_file)
    if not shown:
        return Above([])
    alternatives = [(term, in_swedish(text)) for term, text in shown.alternatives]
    rows = [(_("Frågan"), in_swedish(words.question(case_file, ()))), *alternatives]
    if case_file.decision and case_file.decision.sent_back:
        rows = [(_("Justeraren ber om rättelse"), in_swedish(paragraphs(case_file.decision.sent_back), "div")), *rows]
    return Above(rows, files_of=f"brief:{case_file.treatment.id}" if case_file.treatment else "")


def _checklist(case_file: CaseFile, _move: Move) -> Above:
    return Above(checklist(case_file), heading=_("Kontrollera först"))


def _turning(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.turning(case_file.case, [p.code for p in queries.provisions(case_file.case)]))


def _missing(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.missing(_events(case_file)))


def _principle(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.principle(case_file, _events(case_file)))


def _urgency_wish(case_file: CaseFile, move: Move) -> Above:
    if all(fact.name != "urgency" for fact in move.asked_facts(case_file.situation)):
        return Above([])
    return Above([(_("Anmälaren begär skyndsamhet"), in_swedish(case_file.case.urgency_reason))])


def _registrations(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.registrations(case_file.case))


def _referrals(case_file: CaseFile, _move: Move) -> Above:
    asked = referrals_to(case_file.case, current_viewer())
    return Above([row for r in asked for row in words.referral(case_file, r)[:-1]])


def _rejection(case_file: CaseFile, _move: Move) -> Above:
    is_rejected = case_file.case.closing_reason is ClosingReason.OUT_OF_SCOPE
    return Above(words.rejection(case_file, _events(case_file)) if is_rejected else [])


def _reopening(case_file: CaseFile, _move: Move) -> Above:
    return Above(words.reopening(case_file))


def _hearing(case_file: CaseFile, move: Move) -> Above:
    hearing = next(h for h in case_file.hearings if h.kind is move.after_hearing)
    return Above([*hearing_about(case_file, hearing), *_said_in_members(hearing)])


def _call_up_condition(_case_file: CaseFile, _move: Move) -> Above:
    return Above([words.condition()])


def _no_meeting(case_file: CaseFile, _move: Move) -> Above:
    return Above([] if case_file.situation.is_material_deadline_open else [(_("Möte"), words.no_meeting())])


def _question_so_far(case_file: CaseFile, _move: Move) -> Above:
    asked = words.question(case_file, ())
    return Above([(_("Frågan hittills"), in_swedish(asked))] if asked else [])


def _events(case_file: CaseFile) -> Sequence[TrailEvent]:
    return trail.events_about(f"case:{case_file.case.number}")


ABOVE: dict[str, Callable[[CaseFile, Move], Above]] = {
    # the name in a row's ``above`` -> what it shows
    "decision": _decision,
    "statement": _statement,
    "brief": _brief,
    "checklist": _checklist,
    "turning": _turning,
    "missing": _missing,
    "principle": _principle,
    "urgency_wish": _urgency_wish,
    "registrations": _registrations,
    "referrals": _referrals,
    "rejection": _rejection,
    "reopening": _reopening,
    "hearing": _hearing,
    "call_up_condition": _call_up_condition,
    "no_meeting": _no_meeting,
    "question_so_far": _question_so_far,
}


def _recorded(case_file: CaseFile, decision: Decision) -> list[tuple[str, str]]:
    """The decision whole, as it is adjusted or answered: nothing of it is written anew. Then what it is to lead to."""
    first = decision.applies_from
    shown = [
        (_("Frågan"), in_swedish(words.question(case_file, ()))),
        (_("Utfall"), _(GLOSSARY[decision.outcome].label)),
        (_("Beslutet"), in_swedish(paragraphs(decision.text), "div")),
        (_("Regionens linje"), in_swedish(decision.region_line)),
        (_("Kommunernas linje"), in_swedish(decision.municipal_line)),
        (_("Skäl"), in_swedish(paragraphs(decision.reasons), "div")),
        (_("Syfte och mål"), in_swedish(paragraphs(decision.purpose_and_goals), "div")),
        (_("För vem och vad"), in_swedish(decision.scope)),
        (_("Gäller från"), date_long(first) if first else ""),
        (_("Avvikande mening"), in_swedish(decision.dissent)),
    ]
    if decision.first_side and decision.first_at and decision.adjusted_at is None:
        names = words.names_of(case_file.case, case_file.ladder)
        who = _("regionens sida") if decision.first_side == "region" else _("kommunernas sida")
        effect = effect_of(decision)
        shown.append((_("Justerat"), _("%(day)s för %(who)s", day=date_long(decision.first_at), who=who)))
        if task := effect.get("task"):
            shown.append((_("Åtgärd"), words.task(names, task)))
        if until := effect.get("remit_until"):
            reporter = effect["reporter"]
            shown += [
                (_("Fråga att svara på"), in_swedish(effect["remit_question"])),
                (_("Vad som ska komma tillbaka"), in_swedish(effect["product"])),
                (_("Redovisas"), f"{words.upper_first(names.get(reporter, reporter))}, {date_long(until)}"),
            ]
        shown.append((_("Vad som behövs till nästa gång"), in_swedish(effect.get("what_is_needed"))))
    shown += [(_("Åtgärd"), task) for task in words.tasks_of(case_file, decision)]
    return [(term, text) for term, text in shown if text]


def checklist(case_file: CaseFile) -> list[tuple[str, str]]:
    """What the secretariat looks at before a filing is sent on, each with what the filing says (SE1)."""
    case = case_file.case
    first, second, _affected = words.parties_line(case)
    asked = {
        _("Konsekvenser"): case.consequences,
        _("Prövat hittills"): case.tried,
        _("Önskat utfall"): case.desired_outcome,
        _("Ersättare hos anmälaren"): next(iter(case.parties_as(PartyRole.INITIATOR))).has_substitute,
    }
    missing = [name for name, value in asked.items() if not value]
    codes = [p.code for p in queries.provisions(case)]
    ladder = _(case_file.ladder.name)
    if not case.ladder_known:
        ladder += f". {unknown_ladder()}"
    return [
        (_("Hör frågan hit?"), _("En enskild persons ärende, en kris eller en fråga vid domstol hör inte hit.")),
        (_(GLOSSARY[case.type].label), words.citation(case, codes)),
        (_("Parter"), _("%(first)s till %(second)s", first=first, second=second)),
        (_("Saknas"), ", ".join(missing) or _("Inget. Allt som efterfrågas är ifyllt.")),
        *([(_("Anmälaren vill börja på steg 2"), in_swedish(case.principle_reason))] if case.principle_asked else []),
        (_("Trappa"), ladder),
        (_("Om något är fel"), _("Gå tillbaka till ärendet. Där kan ni föreslå avvisning.")),
    ]


def proposal_page(case_file: CaseFile, kind: ProposalKind) -> dict[str, Any]:
    """What stands around the form of a proposal."""
    offer = _offer(case_file, kind)
    about: list[tuple[str, str]] = []
    if kind is ProposalKind.EXTENSION and (d7 := case_file.deadline("D7")):
        about = [(_("Lokala steget slutar nu"), date_weekday(d7.due_on))]
    if kind is ProposalKind.INTERIM:
        about = [(_("Gäller under tiden"), in_swedish(case_file.case.interim_arrangement))]
    about += _heard_about(case_file, kind)
    return {**_head(case_file), "label": offer.label, "then": offer.text, "about": about}


def answer_page(case_file: CaseFile, proposal: Proposal) -> dict[str, Any]:
    """The proposal's terms, above the answer."""
    kind = _(GLOSSARY[proposal.kind].label)
    about = _terms(case_file, proposal.terms)
    if proposal.kind is ProposalKind.EXTENSION and (d7 := case_file.deadline("D7")):
        about.insert(0, (_("Lokala steget slutar nu"), date_weekday(d7.due_on)))
    about += _heard_about(case_file, proposal.kind)
    return {
        **_head(case_file),
        "label": _("Svara på förslaget: %(kind)s", kind=kind),
        "then": _(
            "Föreslaget av %(who)s. Gäller till %(day)s.",
            who=proposer(case_file, proposal),
            day=date_long(proposal.last_day(case_file.today)),
        ),
        "about": about,
        "files": attachments.by_what(case_file).get(f"proposal:{proposal.id}", []),
    }


def _heard_about(case_file: CaseFile, kind: ProposalKind) -> list[tuple[str, str]]:
    """What the parties were heard about before such a proposal, and what they said."""
    asked = {move.after_hearing for move in BY_HEARING.values() if move.by_proposal is kind}
    return [row for hearing in case_file.hearings if hearing.kind in asked for row in hearing_about(case_file, hearing)]


def _terms(case_file: CaseFile, terms: Mapping[str, Any]) -> list[tuple[str, str]]:
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
