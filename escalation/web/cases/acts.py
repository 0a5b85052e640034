"""What the viewer can do in a case: the one button, the links, and the pages behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for

from escalation import clock
from escalation.accounts.models import SECRETARIAT_ROLES, Membership, Role, Viewer
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
from escalation.rules.glossary import GLOSSARY, GUARD_SENTENCES, VERBS, inside
from escalation.rules.machine import BEFORE_SERVED, Move, MoveNotAllowed, Opening, failing_guard
from escalation.rules.moves.table import BY_HEARING, MOVES
from escalation.rules.situation import (
    ANNOUNCED,
    TWO_OFFICIALS,
    ClosingReason,
    HearingKind,
    Phase,
    ProposalKind,
    Seat,
)
from escalation.trail import queries as trail
from escalation.web.access import current_viewer
from escalation.web.cases import words
from escalation.web.documents import lists as attachments
from escalation.web.format import date_long, date_weekday, paragraphs
from escalation.web.language import _, in_swedish, joined
from escalation.web.names import unknown_ladder

ADJUSTING = tuple(move.verb for move in MOVES if move.consumes)
"""The rows that a decision's outcome leads to, by the second hand."""

PREFERRED: dict[str, tuple[str, ...]] = {
    # the act that the ball waits for -> the move that is its button, best first
    "check_filing": ("claim_principle", "serve"),
    "complete": ("complete",),
    "lapse_incomplete": ("lapse_incomplete",),
    "say_on": ("pursue",),
    "comment": ("comment_principle",),
    "decide_principle": ("grant_principle", "refuse_principle"),
    "acknowledge": ("acknowledge",),
    "position": ("state_position", "declare_impasse"),
    "meet": ("note_meeting",),
    "settle": ("settle",),
    "settle_extend_lift": ("declare_impasse",),
    "object": ("keep_open",),
    "force": ("declare_impasse", "lift"),
    "statement": ("offer_statement", "lift"),
    "lift": ("lift", "declare_impasse", "offer_statement"),
    "check_file": ("accept_file",),
    "prepare": ("schedule",),
    "decide": ("decide",),
    "correct": ("correct_decision", *ADJUSTING, "adjust"),
    "adjust": (*ADJUSTING, "adjust"),
    "confirm_minutes": (*ADJUSTING, "adjust"),
    "certify": (*ADJUSTING, "adjust"),
    "answer": ("accept_recommendation",),
    "answer_announcement": ("accept_recommendation",),
    "lift_unanswered": ("refuse_recommendation", "end_without_agreement"),
    "report": ("report_task",),
    "confirm": ("confirm_done",),
    "close": ("confirm_done",),
}


OFFERS: dict[ProposalKind, str] = {
    # kind -> the word of its button, where it is not the kind's own
    ProposalKind.SETTLEMENT: "settle",
    ProposalKind.EXTENSION: "extend",
    ProposalKind.BACK_TO_DIALOGUE: "return_to_dialogue",
    ProposalKind.INTERIM: "offer_interim",
    ProposalKind.STATEMENT: "offer_statement",
}
PRINCIPLE = frozenset({"claim_principle", "comment_principle", "grant_principle", "refuse_principle"})
ON_HEARING = ("comment", *(move.verb for move in BY_HEARING.values()))
"""The button where the ball asks for nothing: to comment where one is heard, to decide when the parties have been."""
ON_WISH = ("confirm_part", "register_affected", "answer_referral", "refuse_late")
"""Likewise: to say whether one takes part, to answer who wishes to or who asks for an opinion, to take a case that
silence ended further.
"""


@dataclass
class Act:
    """One line under "Vad ni kan göra"; without ``url`` it is shut and ``text`` says why and from when."""

    verb: str
    label: str
    url: str | None
    text: str


def acts(case_file: CaseFile, viewer: Viewer) -> tuple[Act | None, list[Act]]:
    """The one button, and the links: open acts, then those that wait for a day or for somebody else at home."""
    case = case_file.case
    seats = case_file.seats
    lines = [_line(case_file, o) for o in case_file.openings if o.move.by_proposal is None or o.move.free & seats]
    lines += _proposals(case_file, viewer) + _hearings(case_file, viewer)
    if viewer.role is Role.LOCAL_HANDLER:
        shown = {line.verb for line in lines}
        lines += [line for line in _for_approver(case_file, viewer) if line.verb not in shown]
    open_lines = [line for line in lines if line.url]
    wanted = (
        PREFERRED.get(case_file.ball.act, ())
        if case_file.ball
        else ("reopen", "review_rejection")
        if case_file.reopening
        else ()
    )
    answers = [line for line in open_lines if line.verb == "answer"]
    main = (
        answers[0]
        if answers
        else next(
            (x for v in (*wanted, *ON_HEARING, *ON_WISH, *_owed(case_file, viewer)) for x in open_lines if x.verb == v),
            None,
        )
    )
    if viewer.role is Role.CONSULTATION_MEMBER:
        main = next((x for x in open_lines if x.verb == "answer_referral"), None)
    if viewer.body == case_file.ladder.step(case.step).body and viewer.body and case.phase is not Phase.CLOSED:
        lines.insert(0, _summary(case.number))
        main = main or lines[0]
    return main, [line for line in lines if line is not main]


def _owed(case_file: CaseFile, viewer: Viewer) -> list[str]:
    """What the viewer's party still owes in a case that went past the parties, first first."""
    if (
        viewer.party not in {p.party_code for p in case_file.case.parties_as(PartyRole.RESPONDENT)}
        or case_file.case.step == 1
    ):
        return []
    owed = ((case_file.deadline(key), verb) for key, (_act, verb) in OWED.items())
    return [verb for deadline, verb in owed if deadline is not None and deadline.met_on is None]


def _summary(number: str) -> Act:
    """What those who are to decide do first: read the case on one page."""
    url = url_for("cases.summary", number=number)
    return Act("summary", _("Läs sammanfattningen"), url, _("Ärendet på en sida, att läsa och skriva ut."))


def _line(case_file: CaseFile, opening: Opening) -> Act:
    move = opening.move
    label = act_label(case_file, move.verb)
    if opening.is_open:
        url = url_for("cases.act", number=case_file.case.number, verb=move.verb)
        return Act(move.verb, label, url, _then(case_file, move))
    day = date_long(opening.opens_on) if opening.opens_on else ""
    reason = _(GUARD_SENTENCES[opening.guard]) if opening.guard else ""
    return Act(move.verb, label, None, _("Från %(day)s. %(reason)s", day=day, reason=reason))


def act_label(case_file: CaseFile, verb: str) -> str:
    """A move's button, with the name of the step above where it leads there: "Lyft till styrgruppen"."""
    return _words(case_file, VERBS[_as_read(case_file, verb)].label)


def _as_read(case_file: CaseFile, verb: str) -> str:
    """The verb as it reads here: the secretariat needs nobody's agreement to a pause, an office lifts for the parties,
    and what a body announced is no recommendation; who confirms or certifies minutes adjusts none."""
    if verb in {"adjust", *ADJUSTING} and current_viewer().role in SECRETARIAT_ROLES:
        return "confirm_minutes"
    if current_viewer().party is None:
        return FOR_AN_OFFICE.get(verb, verb)
    if case_file.situation.outcome in ANNOUNCED:
        return {
            "accept_recommendation": "accept_announcement", "refuse_recommendation": "refuse_announcement",
        }.get(verb, verb)  # fmt: skip
    return verb


FOR_AN_OFFICE = {"pause": "pause_alone", "declare_impasse": "declare_impasse_for", "lift": "lift_for"}


def _words(case_file: CaseFile, text: str) -> str:
    above = inside(_(case_file.ladder.step(case_file.case.step + 1).name)) if case_file.situation.next_kind else ""
    return str(_(text)).format(above=above)


def _for_approver(case_file: CaseFile, viewer: Viewer) -> list[Act]:
    """What the viewer's own approver could do: shown shut, so that a handler knows whom to ask."""
    approver = Viewer(role=Role.LOCAL_APPROVER, party=viewer.party)
    openings = case_file.openings_of(approver)
    return [
        Act(o.move.verb, _line(case_file, o).label, None, _("Er beslutsfattare kan göra det."))
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
                )
            )
    for kind in ProposalKind:
        if _may_propose(case_file, kind, viewer):
            verb = _offers(case_file, kind)
            url = url_for("cases.propose", number=case.number, kind=kind.value)
            if kind is ProposalKind.STATEMENT:
                url = url_for("statement.statement", number=case.number)
            lines.append(Act(verb, _(VERBS[verb].label), url, _offer_then(case_file, kind)))
        elif (guard := proposals.may_offer(case, kind, case_file.situation, viewer)) == "may_be_extended":
            verb = OFFERS[kind]
            lines.append(Act(verb, _(VERBS[verb].label), None, _(GUARD_SENTENCES[guard])))
    return lines


def _offers(case_file: CaseFile, kind: ProposalKind) -> str:
    """The word of the button with which such a proposal is made; what two officials do reads as the row that it is."""
    move = proposals.performed(kind, case_file.case.phase)
    return move.verb if move and kind in TWO_OFFICIALS else OFFERS.get(kind, kind.value)


def _offer_then(case_file: CaseFile, kind: ProposalKind) -> str:
    """What such a proposal needs. A chair whose block nobody has registered is on no side."""
    if kind in TWO_OFFICIALS and current_viewer().side is None:
        return _(
            "En handläggare från varje sida av sekretariatet ska godkänna, för det är inte registrerat vilket block ni "
            "sitter för."
        )
    return _(VERBS[_offers(case_file, kind)].definition)


def _hearings(case_file: CaseFile, viewer: Viewer) -> list[Act]:
    number, lines = case_file.case.number, []
    for hearing in case_file.hearings:
        if hearings.may_comment(case_file.case, hearing, viewer, case_file.today) is None:
            label = _("Yttra er om %(kind)s", kind=_(GLOSSARY[hearing.kind].label))
            url = url_for("cases.comment", number=number, hearing_id=hearing.id)
            text = _("Det är frivilligt. Senast %(day)s.", day=date_long(hearing.answer_until))
            lines.append(Act("comment", label, url, text))
    for kind in HearingKind:
        if hearings.may_hear(case_file.case, kind, case_file.situation, viewer) is None:
            term = VERBS[f"hear_{kind}"]
            url = url_for("cases.hear", number=number, kind=kind.value)
            lines.append(Act(f"hear_{kind}", _words(case_file, term.label), url, _words(case_file, term.definition)))
    return lines


def asked_of_parties(case_file: CaseFile) -> list[dict[str, Any]]:
    """What the parties are being heard about, or have been: what is intended, until when, and what each has said."""
    open_in = {kind: move.phases for kind, move in BY_HEARING.items()}
    return [
        {"id": h.id, "kind": _(GLOSSARY[h.kind].label), "about": hearing_about(case_file, h)}
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


def open_proposals(case_file: CaseFile, viewer: Viewer) -> list[dict[str, Any]]:
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
        may_answer = proposals.may_answer(case_file.case, proposal, viewer, case_file.today) is None
        shown.append(
            {
                "id": proposal.id,
                "kind": _(GLOSSARY[proposal.kind].label),
                "terms": _terms(case_file, proposal.terms),
                "about": about,
                "url": url_for("cases.answer", number=case_file.case.number, proposal_id=proposal.id)
                if may_answer
                else "",
            }
        )
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
    term = VERBS[f"hear_{kind}"]
    return {
        **_head(case_file),
        "label": _words(case_file, term.label),
        "then": _words(case_file, term.definition),
        "about": [],
    }


def comment_page(case_file: CaseFile, hearing: Hearing) -> dict[str, Any]:
    """What the party is heard about, above its comment."""
    term = VERBS["comment"]
    return {
        **_head(case_file),
        "label": _("Yttra er om %(kind)s", kind=_(GLOSSARY[hearing.kind].label)),
        "then": _(term.definition),
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


def act_page(case_file: CaseFile, move: Move) -> dict[str, Any]:  # noqa: C901
    """What stands around the form of a move: label, what happens then, the text it is about."""
    label = act_label(case_file, move.verb)
    about: list[tuple[str, str]] = []
    what = ""
    if case_file.decisions and (
        case_file.case.phase in {Phase.MINUTED, Phase.RECOMMENDATION_OUT} or move.verb == "refuse_late"
    ):
        about = _recorded(case_file, case_file.decisions[-1])
    if move.verb == "lift" and case_file.situation.is_statement_agreed:
        agreed = course.agreed_proposal(case_file.case, ProposalKind.STATEMENT)
        about, what = _terms(case_file, agreed.terms), f"proposal:{agreed.id}"
    if move.verb in {"decide", "take_off", "correct_decision"} and (shown := words.brief(case_file)):
        alternatives = [(term, in_swedish(text)) for term, text in shown["alternatives"]]
        about = [(_("Frågan"), in_swedish(words.question(case_file, ()))), *alternatives]
        if case_file.decision and case_file.decision.sent_back:
            about = [
                (_("Justeraren ber om rättelse"), in_swedish(paragraphs(case_file.decision.sent_back), "div")),
                *about,
            ]
        what = f"brief:{case_file.treatment.id}" if case_file.treatment else ""
    if move.verb == "serve":
        about = checklist(case_file)
    if move.verb == "turn":
        about = words.turning(case_file.case, [p.code for p in queries.provisions(case_file.case)])
    if move.verb in {"complete", "lapse_incomplete"}:
        about = words.missing(trail.events_about(f"case:{case_file.case.number}"))
    if move.verb in PRINCIPLE:
        about = words.principle(case_file, trail.events_about(f"case:{case_file.case.number}"))
    if any(fact.name == "urgency" for fact in move.asked_facts(case_file.situation)):
        about = [(_("Anmälaren begär skyndsamhet"), in_swedish(case_file.case.urgency_reason)), *about]
    if move.verb in {"register_affected", "refuse_registration"}:
        about = words.registrations(case_file.case)
    if move.verb == "answer_referral":
        about = [
            row for r in referrals_to(case_file.case, current_viewer()) for row in words.referral(case_file, r)[:-1]
        ]
    if move.verb in {"reopen", "review_rejection", "refuse_reopening"}:
        about = words.reopening(case_file)
        if case_file.case.closing_reason is ClosingReason.OUT_OF_SCOPE:
            about = [*words.rejection(case_file, trail.events_about(f"case:{case_file.case.number}")), *about]
    if move.after_hearing:
        hearing = next(h for h in case_file.hearings if h.kind is move.after_hearing)
        about = [*hearing_about(case_file, hearing), *_said_in_members(hearing)]
        about = [words.condition(), *about] if move.verb == "call_up" else about
    if move.verb == "accept_file" and not case_file.situation.is_material_deadline_open:
        about = [(_("Möte"), words.no_meeting())]
    if move.verb == "schedule" and (asked := words.question(case_file, ())):
        about = [(_("Frågan hittills"), in_swedish(asked))]
    return {
        **_head(case_file),
        "label": label,
        "then": _then(case_file, move),
        "about": about,
        "about_heading": _("Kontrollera först") if move.verb == "serve" else None,
        "files": attachments.by_what(case_file).get(what, []),
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


def _then(case_file: CaseFile, move: Move) -> str:
    """What happens when the move is made. A statement that not all have approved is called what it is, and nobody
    objects to the withdrawal of a filing that has not been sent.
    """
    if move.verb == "withdraw" and case_file.case.phase is Phase.BYPASS_REVIEW:
        return _("Ärendet avslutas i dag, för steg 1 har inte börjat. Allt som har hänt finns kvar.")
    if move.verb == "withdraw" and case_file.case.phase in BEFORE_SERVED:
        return _("Ärendet avslutas i dag, för motparten har inte fått det än. Allt som har hänt finns kvar.")
    if move.verb == "keep_open" and current_viewer().party is None:
        return _(
            "Ärendet fortsätter där det står. Ingen part väntas lyfta det. Sekretariatet gör det i parternas ställe."
        )
    if move.verb == "lift" and not case_file.situation.is_statement_agreed:
        return _(
            "Ärendet går till nästa steg med er beskrivning. Den märks ”Ensidig beskrivning” för alla som läser den."
        )
    if move.verb == "ask_reopening":
        who = words.upper_first(words.answers_reopening(case_file))
        return _("%(who)s svarar inom tio arbetsdagar.", who=who)
    return _words(case_file, VERBS[_as_read(case_file, move.verb)].definition)


def proposal_page(case_file: CaseFile, kind: ProposalKind) -> dict[str, Any]:
    """What stands around the form of a proposal."""
    term = VERBS[_offers(case_file, kind)]
    about: list[tuple[str, str]] = []
    if kind is ProposalKind.EXTENSION and (d7 := case_file.deadline("D7")):
        about = [(_("Lokala steget slutar nu"), date_weekday(d7.due_on))]
    if kind is ProposalKind.INTERIM:
        about = [(_("Gäller under tiden"), in_swedish(case_file.case.interim_arrangement))]
    about += _heard_about(case_file, kind)
    return {**_head(case_file), "label": _(term.label), "then": _offer_then(case_file, kind), "about": about}


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
