"""Hearings: the parties may comment before something is decided without them (T10, T38, T40, T42)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from escalation.accounts.models import Viewer
from escalation.cases import queries
from escalation.cases.course import record, refuse_wrong, tell_first, who
from escalation.cases.ladders import last_day
from escalation.cases.models.asks import Hearing, HearingComment
from escalation.cases.models.case import Case
from escalation.cases.models.parties import PartyRole
from escalation.cases.proposals import WRITES_FOR_A_SIDE
from escalation.cases.seats import seats_of
from escalation.cases.verbs.pauses import NOTICE
from escalation.cases.verbs.principle import wrong_named
from escalation.cases.waits import parties_to_hear, waits_of_hearing
from escalation.db import session
from escalation.parties.models import Party
from escalation.rules.glossary import say
from escalation.rules.machine import MoveNotAllowed, failing_guard
from escalation.rules.moves.table import BY_HEARING
from escalation.rules.situation import (
    HearingKind,
    Seat,
    Situation,
)
from escalation.rules.workdays import swedish_day
from escalation.trail.models import TrailEvent


def may_hear(case: Case, kind: HearingKind, s: Situation, by: Viewer) -> str | None:
    """None if the viewer may open such a hearing now, else the name of the guard that refuses it.

    Those who make the decision hear the parties: the row of the decision must be open to them, except for the hearing.
    """
    if kind in s.open_hearings:
        return "no_open_hearing"
    move = BY_HEARING[kind]
    agreed = frozenset({move.by_proposal}) if move.by_proposal else s.agreed
    would = s.change(heard=frozenset({kind}), agreed=agreed)
    if guard := failing_guard(move, would, seats_of(case, by)):
        return guard
    ended = (case.objected_to or "").split()
    return "not_objected_to" if kind in ended else None


ENDED_BY_OBJECTION = frozenset({HearingKind.SUPERSEDE})
"""The kinds of hearing that a party which pursues the case may stop: its question is not gone if it objects."""


def may_object(case: Case, hearing: Hearing, by: Viewer) -> bool:
    """Whether the viewer's party may stop the matter by its comment: an initiator, or the party that kept the case."""
    pursues = {p.party_code for p in case.parties_as(PartyRole.INITIATOR)} | {case.kept_by}
    return hearing.kind in ENDED_BY_OBJECTION and by.party in pursues


def hear(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, kind: HearingKind, terms: Mapping[str, Any]
) -> Hearing:
    """Ask the parties to comment, within five working days, on something that others decide (T10, T38, T40, T42).

    No phase changes. ``terms`` are ``intended``; for a question that is split out ``split_title``,
    ``split_description`` and ``split_provisions``, codes of what the case cites; for a case that is taken up ``named``,
    codes of other parties that the answer may affect; for a lead case ``members``, numbers of those to join to it,
    whose parties are heard too, each in its own case. Raises FactsRefused where none is named, or one cannot be joined.
    """
    if guard := may_hear(case, kind, s, by):
        raise MoveNotAllowed(f"hear_{kind}", guard)
    refuse_wrong(_wrong_in_hearing(case, kind, terms))
    named = [session.get_one(Party, code).name for code in terms.get("named", ())]
    members = queries.by_numbers(terms.get("members", ()))
    hearing = _ask(case, kind, {**terms, "named_as": named}, by, at)
    for member in members:
        _ask(member, kind, {**terms, "named_as": named, "lead": case.number}, by, at)
    return hearing


def _ask(case: Case, kind: HearingKind, terms: Mapping[str, Any], by: Viewer, at: dt.datetime) -> Hearing:
    assert by.membership_id is not None
    hearing = Hearing(
        case_id=case.id, round=case.round, step=case.step, kind=kind, terms=dict(terms),
        opened_by=by.membership_id, opened_for=who(case, by), opened_at=at,
        answer_until=last_day(case, at, NOTICE),
    )  # fmt: skip
    session.add(hearing)
    session.flush()
    session.expire(case, ["hearings", "hearings_going"])
    record(
        case, "hearing_opened", by=by, at=at,
        facts={"who": who(case, by), "kind": kind.value, "day": hearing.answer_until.isoformat()}, content=terms,
    )  # fmt: skip
    for row in waits_of_hearing(case, hearing):
        if row.act == "comment_hearing":
            tell_first(case, row, by, at)
    return hearing


def _wrong_in_hearing(case: Case, kind: HearingKind, terms: Mapping[str, Any]) -> dict[str, str]:
    match kind:
        case HearingKind.CALL_UP:
            return wrong_named(case, terms["named"])
        case HearingKind.JOIN:
            return _wrong_members(case, terms["members"])
        case HearingKind.SPLIT:
            return _wrong_split(case, terms["split_provisions"])
    return {}


def _wrong_members(case: Case, numbers: Sequence[str]) -> dict[str, str]:
    may = {other.number: other for other in queries.joinable(case)}
    if not numbers:
        return {"members": say("Välj minst ett ärende.")}
    if not set(numbers) <= set(may):
        return {"members": say("Välj ärenden i listan. Andra går inte att lägga samman med det här.")}
    of = [case, *(may[number] for number in numbers)]
    for_it, against = ({p.party_code for other in of for p in other.parties_as(role)} for role in _OPPOSED)
    if for_it & against:
        return {"members": say("I ett ärende är en part anmälare och i ett annat motpart. De läggs inte samman.")}
    if any(HearingKind.JOIN in (other.hearings_going or "") for other in of[1:]):
        return {"members": say("Parterna i ett av ärendena hörs redan om att lägga samman det.")}
    return {}


def _wrong_split(case: Case, codes: Sequence[str]) -> dict[str, str]:
    """A question that is split out takes provisions that the case cites; a free citation is taken along anyway."""
    cited = {p.code for p in queries.provisions(case)}
    if set(codes) <= cited and (codes or not cited):
        return {}
    return {"split_provisions": say("Välj minst en av ärendets bestämmelser.")}


_OPPOSED = (PartyRole.INITIATOR, PartyRole.RESPONDENT)


_HANDLERS = WRITES_FOR_A_SIDE | {Seat.AFFECTED_HANDLER, Seat.ONE_OF_SEVERAL}


def may_comment(case: Case, hearing: Hearing, by: Viewer, today: dt.date) -> str | None:
    """None if the viewer may comment for their party now, else the name of the guard that refuses it."""
    if case.phase not in BY_HEARING[hearing.kind].phases or case.joined_to is not None:
        return "hearing_open"
    if not seats_of(case, by) & _HANDLERS or by.party not in parties_to_hear(case):
        return "seat"
    has_answered = by.party in {c.party_code for c in hearing.comments}
    return "hearing_open" if has_answered or today > hearing.answer_until else None


def comment(
    case: Case, hearing: Hearing, *, by: Viewer, at: dt.datetime, text: str, is_objection: bool = False
) -> TrailEvent:
    """Comment for the viewer's party on what is intended; the text may be empty.

    An objection of a party that pursues the case stops the matter, and the case goes on in its phase (T40).
    """
    if guard := may_comment(case, hearing, by, swedish_day(at)):
        raise MoveNotAllowed("comment", guard)
    if is_objection and not may_object(case, hearing, by):
        raise MoveNotAllowed("comment", "seat")
    assert by.party is not None
    assert by.membership_id is not None
    hearing.comments.append(
        HearingComment(
            party_code=by.party, text=text, is_objection=is_objection, commented_by=by.membership_id, commented_at=at
        )
    )  # fmt: skip
    if is_objection:
        hearing.ended_at = at
    session.flush()
    session.expire(case, ["hearings", "hearings_going", "objected_to"])
    facts = {"who": by.party, "kind": hearing.kind.value}
    event = "hearing_objected" if is_objection else "hearing_commented"
    return record(case, event, by=by, at=at, facts=facts, content={"text": text})
