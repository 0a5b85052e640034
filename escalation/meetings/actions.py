"""Verbs that bring a case to a body's meeting: accept the file, schedule with a brief, take off (T22–T25)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from escalation.accounts.models import Viewer
from escalation.cases import actions as cases
from escalation.cases import queries as case_queries
from escalation.cases.actions import FactsRefused
from escalation.cases.models import LAWYER, Case, Referral
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import Kept
from escalation.meetings import queries
from escalation.meetings.models import Treatment
from escalation.parties import queries as parties
from escalation.rules import workdays
from escalation.rules.deadlines import (
    MeetingDay,
    before_dispatch,
    calendar_of,
    counted,
    reachable,
    second_reachable,
)
from escalation.rules.glossary import say
from escalation.rules.situation import Situation, StepKind
from escalation.trail.models import TrailEvent

TAKE_OFF_GROUNDS = ("tabled", "returned", "not_reached", "no_quorum", "cancelled")
COUNTED_GROUNDS = frozenset({"tabled", "returned"})


def _reachable(found: Case, today: dt.date) -> list[MeetingDay]:
    ladder = case_queries.ladder_of(found)
    body = ladder.step(found.step).body
    assert body is not None  # the row's kinds are bodies
    return reachable(queries.upcoming(ladder, body, today), today)


def accept_file(
    found: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    target_meeting: int,
    rapporteur_region: str,
    rapporteur_municipal: str,
    missing_parts: str = "",
) -> TrailEvent:
    """Take a received file into preparation (T22). Sets D12 or D16: the second meeting that can be reached."""
    move = cases.allowed(found, "accept_file", s, by)
    today = cases.local_day(at)
    ladder = case_queries.ladder_of(found)
    body = ladder.step(found.step).body
    assert body is not None
    meetings = queries.upcoming(ladder, body, today)
    target = next((m for m in reachable(meetings, today) if m.id == target_meeting), None)
    errors = {}
    if target is None:
        errors["target_meeting"] = say("Underlaget hinner inte in till det mötet. Välj ett senare.")
    if missing_parts and not s.check_time_over:
        errors["missing_parts"] = say(
            "Saknas något ska det begäras in först. "
            "Tio arbetsdagar efter kontrollens sista dag får ärendet tas emot ändå."
        )
    base = workdays.base_day(at, calendar_of(ladder))
    if len(reachable(meetings, base)) < 2:
        errors["target_meeting"] = say("Det finns för få kommande möten i kalendern. Lägg in fler möten först.")
    if errors or target is None:
        raise FactsRefused(errors)
    key = "D16" if ladder.step(found.step).kind is StepKind.POLITICAL_BODY else "D12"
    session.add(
        Treatment(
            case_id=found.id, round=found.round, step=found.step, body=body, meeting_id=target.id,
            rapporteur_region=rapporteur_region, rapporteur_municipal=rapporteur_municipal,
            missing_parts=missing_parts, accepted_at=at, alternatives=[], what_is_needed="",
        )
    )  # fmt: skip
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": body, "meeting_on": target.held_on.isoformat()},
        content={
            "rapporteur_region": rapporteur_region, "rapporteur_municipal": rapporteur_municipal,
            "missing_parts": missing_parts,
        },
        dues=[second_reachable(key, base, meetings)], dates={"material": target.material_on},
    )  # fmt: skip


def addressees(found: Case) -> list[str]:
    """Who may be asked for an opinion in the case: the consultation groups, the lawyer, each of its parties."""
    groups = [group.code for group in parties.consultation_groups()]
    return [*groups, LAWYER, *(p.party_code for p in found.parties)]


def refer(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, referral_to: str, referral_question: str
) -> TrailEvent:
    """Ask one of ``addressees`` for an opinion while the case is prepared (T23). D11 is its own clock.

    The ball stays where it is: the case goes on without the answer if none comes.
    """
    move = cases.allowed(found, "refer", s, by)
    if referral_to not in addressees(found):
        raise FactsRefused({"referral_to": say("Välj i listan vem som ska svara.")})
    ladder = case_queries.ladder_of(found)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D11", found.step, found.is_urgent)
    due = counted("D11", "refer", workdays.base_day(at, calendar), days, calendar, urgent=found.is_urgent)
    referral = Referral(
        round=found.round, step=found.step, addressee=referral_to, question=referral_question,
        asked_by=cases.who(found, by), asked_at=at, due_on=due.due_on,
    )  # fmt: skip
    found.referrals.append(referral)
    session.flush()
    cases.tell_first(found, case_queries.clock_of(found, referral), by, at)
    return cases.advance(
        found, move, s, by=by, at=at,
        facts={"who": cases.who(found, by), "to": referral_to, "day": due.due_on.isoformat()},
        content={"referral_question": referral_question}, dues=[due], changes={"has_open_referral": True},
    )  # fmt: skip


def answer_referral(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, referral_id: int, referral_answer: str
) -> TrailEvent:
    """Answer what one's own group or party was asked, or write down the lawyer's answer (T23b). Once, late or not."""
    move = cases.allowed(found, "answer_referral", s, by)
    mine = case_queries.referrals_to(found, by)
    referral = next((r for r in mine if r.id == referral_id), None)
    if referral is None:
        raise FactsRefused({"referral_id": say("Välj en remiss som är er och som inte redan är besvarad.")})
    referral.answer, referral.answered_at, referral.answered_by = referral_answer, at, by.membership_id
    session.flush()
    left = case_queries.open_referrals(found)
    if not left:
        cases.meet(found, ["D11"], workdays.base_day(at, calendar_of(case_queries.ladder_of(found))))
    return cases.advance(
        found, move, s, by=by, at=at, facts={"who": referral.addressee},
        content={"referral_question": referral.question, "referral_answer": referral_answer},
        changes={"has_open_referral": bool(left)},
    )  # fmt: skip


def schedule(
    found: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    meeting: int,
    question: str,
    proposed_decision: str,
    alternatives: Sequence[str],
    attachments: Sequence[Kept] = (),
) -> TrailEvent:
    """Hand in the brief and put the case on a meeting whose material deadline has not passed (T24). Sets D13."""
    move = cases.allowed(found, "schedule", s, by)
    day = next((m for m in _reachable(found, cases.local_day(at)) if m.id == meeting), None)
    errors = {}
    if day is None:
        errors["meeting"] = say("Underlaget hinner inte in till det mötet. Välj ett senare.")
    if len([a for a in alternatives if a]) < 2:
        errors["alternatives"] = say("Skriv minst två alternativ.")
    if errors or day is None:
        raise FactsRefused(errors)
    treatment = queries.current_treatment(queries.treatments(found), found)
    assert treatment is not None  # preparation is entered with one
    treatment.meeting_id, treatment.scheduled_at = day.id, at
    treatment.question, treatment.proposed_decision = question, proposed_decision
    treatment.alternatives = list(alternatives)
    documents.attach(found.id, f"brief:{treatment.id}", attachments, by=by, at=at)
    base = workdays.base_day(at, calendar_of(case_queries.ladder_of(found)))
    return cases.advance(
        found, move, s, by=by, at=at, facts={"body": day.body, "meeting_on": day.held_on.isoformat()},
        content={
            "question": question, "proposed_decision": proposed_decision, "alternatives": list(alternatives),
            **documents.told(attachments),
        },
        dues=[before_dispatch(base, day)], dates={"meeting": day.held_on},
    )  # fmt: skip


def take_off(
    found: Case, s: Situation, *, by: Viewer, at: dt.datetime, take_off_ground: str, reason: str, what_is_needed: str
) -> TrailEvent:
    """Take a scheduled case off its meeting (T25); tabled and returned at most twice together."""
    move = cases.allowed(found, "take_off", s, by)
    if take_off_ground in COUNTED_GROUNDS and s.take_offs >= 2:
        raise FactsRefused(
            {
                "take_off_ground": say(
                    "Ärendet har redan bordlagts eller återremitterats två gånger. Nu ska det avgöras."
                )
            }
        )
    old = queries.current_treatment(queries.treatments(found), found)
    assert old is not None
    held_on = old.meeting.held_on
    following = begin_again(found, old, at=at, fact="take_off_ground")
    old.taken_off_at, old.taken_off_ground, old.what_is_needed = at, take_off_ground, what_is_needed
    return cases.advance(
        found, move, s, by=by, at=at, facts={"meeting_on": held_on.isoformat(), "ground": take_off_ground},
        content={"reason": reason, "what_is_needed": what_is_needed}, dates={"material": following.material_on},
    )  # fmt: skip


def begin_again(found: Case, old: Treatment, *, at: dt.datetime, fact: str) -> MeetingDay:
    """A new treatment by the same body with the same rapporteurs, aimed at its next meeting that can be reached.

    Where there is none after the old one, FactsRefused at ``fact``, and nothing has been changed.
    """
    today = cases.local_day(at)
    coming = reachable(queries.upcoming(case_queries.ladder_of(found), old.body, today), today)
    later = [m for m in coming if m.held_on > old.meeting.held_on]
    if not later:
        raise FactsRefused({fact: say("Det finns inget senare möte i kalendern. Lägg in fler möten först.")})
    session.add(
        Treatment(
            case_id=found.id, round=found.round, step=old.step, body=old.body, meeting_id=later[0].id,
            rapporteur_region=old.rapporteur_region, rapporteur_municipal=old.rapporteur_municipal,
            missing_parts="", accepted_at=at, alternatives=[], what_is_needed="",
        )
    )  # fmt: skip
    session.flush()
    return later[0]
