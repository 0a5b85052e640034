"""Verbs that bring a case to a body's meeting: accept the file, schedule with a brief, take off (T22–T25)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from escalation.accounts.models import Viewer
from escalation.cases import course
from escalation.cases.course import FactsRefused
from escalation.cases.ladders import days_of, ladder_of, last_day
from escalation.cases.models.asks import LAWYER, Referral
from escalation.cases.models.case import Case
from escalation.cases.seats import open_referrals, referrals_to
from escalation.cases.waits import wait_of
from escalation.db import session
from escalation.documents import actions as documents
from escalation.documents.actions import StoredFile
from escalation.meetings import queries
from escalation.meetings.models import Meeting, Treatment
from escalation.parties import queries as parties
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.choices import COUNTED_GROUNDS
from escalation.rules.deadlines import (
    Due,
    MeetingDay,
    before_dispatch,
    calendar_of,
    counted,
    reachable,
    second_reachable,
)
from escalation.rules.glossary import say
from escalation.rules.machine import Move
from escalation.rules.moves.table import BY_VERB
from escalation.rules.situation import Phase, Situation, StepKind
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent


def _reachable(case: Case, today: dt.date) -> list[MeetingDay]:
    ladder = ladder_of(case)
    body = ladder.step(case.step).body
    assert body is not None  # the row's kinds are bodies
    return reachable(queries.upcoming(ladder, body, today), today)


def accept_file(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    rapporteur_region: str,
    rapporteur_municipal: str,
    target_meeting: int | None = None,
    later_reason: str = "",
    missing_parts: str = "",
) -> TrailEvent:
    """Accept a received case for preparation (T22). Sets D12 or D16: the second meeting that can be reached.

    ``target_meeting`` is None only where the body has no meeting that can be reached: a calendar that is too short
    refuses nothing. ``later_reason`` says why the target lies after D12 or D16.
    """
    move = course.allowed(case, "accept_file", s, by)
    ladder = ladder_of(case)
    body = ladder.step(case.step).body
    assert body is not None
    coming = _reachable(case, workdays.swedish_day(at))
    target = next((m for m in coming if m.id == target_meeting), None)
    dues = [due for due in [_last_meeting(case, workdays.base_day(at, calendar_of(ladder)))] if due]
    errors = {}
    if target is None and coming:
        errors["target_meeting"] = say("Underlaget hinner inte in till det mötet. Välj ett senare.")
    if target and dues:
        errors |= _unexplained(target, coming, dues[0].due_on, later_reason)
    if missing_parts and not s.check_time_over:
        errors["missing_parts"] = say(
            "Saknas något ska det begäras in först. "
            "Tio arbetsdagar efter kontrollens sista dag får ärendet tas emot ändå."
        )
    if errors:
        raise FactsRefused(errors)
    session.add(
        Treatment(
            case_id=case.id, round=case.round, step=case.step, body=body, meeting_id=target.id if target else None,
            rapporteur_region=rapporteur_region, rapporteur_municipal=rapporteur_municipal,
            missing_parts=missing_parts, accepted_at=at, alternatives=[], what_is_needed="",
        )
    )  # fmt: skip
    return course.advance(
        case, move, s, by=by, at=at, event=None if target else "file_accepted_without_meeting",
        facts={"body": body, **aimed_at(target)},
        content={
            "rapporteur_region": rapporteur_region, "rapporteur_municipal": rapporteur_municipal,
            "missing_parts": missing_parts, "later_reason": later_reason,
        },
        dues=dues, dates={"material": prepared_by(case, target, at)},
    )  # fmt: skip


def _last_meeting(case: Case, base_on: dt.date) -> Due | None:
    """D12 or D16 of a file accepted on ``base_on``; None while the body's calendar holds fewer than two meetings."""
    ladder = ladder_of(case)
    step = ladder.step(case.step)
    assert step.body is not None
    meetings = queries.upcoming(ladder, step.body, base_on)
    if len(reachable(meetings, base_on)) < 2:
        return None
    return second_reachable("D16" if step.kind is StepKind.POLITICAL_BODY else "D12", base_on, meetings)


def _unexplained(chosen: MeetingDay, coming: Sequence[MeetingDay], last: dt.date, reason: str) -> dict[str, str]:
    """The error of a meeting after D12 or D16 without a reason, while an earlier one is in reach."""
    if reason or chosen.held_on <= max(last, coming[0].held_on):
        return {}
    text = say("Mötet ligger efter den dag då ärendet senast ska avgöras. Skriv varför det inte tas upp tidigare.")
    return {"later_reason": text}


def aimed_at(target: MeetingDay | None) -> dict[str, str]:
    """The fact of a sentence that names the meeting which a case is prepared for; none where there is no meeting."""
    return {"meeting_on": target.held_on.isoformat()} if target else {}


def prepared_by(case: Case, target: MeetingDay | None, at: dt.datetime) -> dt.date:
    """When the brief is due: on the target's material deadline. Without a target, when there must be one (D10)."""
    if target is not None:
        return target.material_on
    return last_day(case, at, days_of(case, "D10"))


def addressees(case: Case) -> list[str]:
    """Those who may be asked for an opinion: the consultation groups, the lawyer, each party of the case."""
    groups = [group.code for group in parties.consultation_groups()]
    return [*groups, LAWYER, *(p.party_code for p in case.parties)]


def refer(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, referral_to: str, referral_question: str
) -> TrailEvent:
    """Ask one of ``addressees`` for an opinion while the case is prepared (T23). The answer has
    a last day of its own, D11.

    The ball does not change: the case goes on without the answer if none comes.
    """
    move = course.allowed(case, "refer", s, by)
    if referral_to not in addressees(case):
        raise FactsRefused({"referral_to": say("Välj i listan vem som ska svara.")})
    ladder = ladder_of(case)
    calendar = calendar_of(ladder)
    days = ladder.workdays("D11", case.step, case.is_urgent)
    due = counted("D11", "refer", workdays.base_day(at, calendar), days, calendar, urgent=case.is_urgent)
    referral = Referral(
        round=case.round, step=case.step, addressee=referral_to, question=referral_question,
        asked_by=course.who(case, by), asked_at=at, due_on=due.due_on,
    )  # fmt: skip
    case.referrals.append(referral)
    session.flush()
    course.tell_first(case, wait_of(case, referral), by, at)
    return course.advance(
        case, move, s, by=by, at=at,
        facts={"who": course.who(case, by), "to": referral_to, "day": due.due_on.isoformat()},
        content={"referral_question": referral_question}, dues=[due], changes={"has_open_referral": True},
    )  # fmt: skip


def answer_referral(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, referral_id: int, referral_answer: str
) -> TrailEvent:
    """Answer for the viewer's group or party, or write down the lawyer's answer (T23b).

    This is possible once, also after the last day.
    """
    move = course.allowed(case, "answer_referral", s, by)
    mine = referrals_to(case, by)
    referral = next((r for r in mine if r.id == referral_id), None)
    if referral is None:
        raise FactsRefused({"referral_id": say("Välj en remiss som är er och som inte redan är besvarad.")})
    referral.answer, referral.answered_at, referral.answered_by = referral_answer, at, by.membership_id
    session.flush()
    left = open_referrals(case)
    if not left:
        course.meet(case, ["D11"], workdays.base_day(at, calendar_of(ladder_of(case))))
    return course.advance(
        case, move, s, by=by, at=at, facts={"who": referral.addressee},
        content={"referral_question": referral.question, "referral_answer": referral_answer},
        changes={"has_open_referral": bool(left)},
    )  # fmt: skip


def schedule(
    case: Case,
    s: Situation,
    *,
    by: Viewer,
    at: dt.datetime,
    meeting: int,
    question: str,
    proposed_decision: str,
    alternatives: Sequence[str],
    attachments: Sequence[StoredFile] = (),
    later_reason: str = "",
) -> TrailEvent:
    """Hand in the brief and put the case on a meeting whose material deadline has not passed (T24). Sets D13.

    ``later_reason`` says why it is put on a meeting after D12 or D16 while an earlier one can be reached.
    """
    move = course.allowed(case, "schedule", s, by)
    coming = _reachable(case, workdays.swedish_day(at))
    day = next((m for m in coming if m.id == meeting), None)
    last = last_meeting_on(case)
    errors = {}
    if day is None:
        errors["meeting"] = say("Underlaget hinner inte in till det mötet. Välj ett senare.")
    elif last is not None:
        errors |= _unexplained(day, coming, last, later_reason)
    if len([a for a in alternatives if a]) < 2:
        errors["alternatives"] = say("Skriv minst två alternativ.")
    if errors or day is None:
        raise FactsRefused(errors)
    treatment = queries.current_treatment(queries.treatments(case), case)
    assert treatment is not None  # preparation is entered with one
    treatment.meeting_id, treatment.scheduled_at = day.id, at
    treatment.question, treatment.proposed_decision = question, proposed_decision
    treatment.alternatives = list(alternatives)
    documents.attach(case.id, f"brief:{treatment.id}", attachments, by=by, at=at)
    base = workdays.base_day(at, calendar_of(ladder_of(case)))
    return course.advance(
        case, move, s, by=by, at=at, facts={"body": day.body, "meeting_on": day.held_on.isoformat()},
        content={
            "question": question, "proposed_decision": proposed_decision, "alternatives": list(alternatives),
            "later_reason": later_reason, **documents.trail_content(attachments),
        },
        dues=[before_dispatch(base, day)], dates={"meeting": day.held_on},
    )  # fmt: skip


def decided_by(case: Case, at: dt.datetime) -> dt.date | None:
    """D12 or D16 as it is set, or as it would be set if the case were accepted now. None if it cannot be set."""
    if case.phase is not Phase.RECEIVED:
        return last_meeting_on(case)
    due = _last_meeting(case, workdays.base_day(at, calendar_of(ladder_of(case))))
    return due.due_on if due else None


def last_meeting_on(case: Case) -> dt.date | None:
    """The day of the meeting that must decide at this step (D12 or D16); None if none has been set."""
    days = [d.due_on for d in course.in_force(case).values() if d.key in {"D12", "D16"} and d.step == case.step]
    return max(days, default=None)


def take_off(
    case: Case, s: Situation, *, by: Viewer, at: dt.datetime, take_off_ground: str, reason: str, what_is_needed: str
) -> TrailEvent:
    """Take a scheduled case off its meeting (T25); tabled and returned at most twice together."""
    move = course.allowed(case, "take_off", s, by)
    if take_off_ground in COUNTED_GROUNDS and s.take_offs >= 2:
        raise FactsRefused(
            {
                "take_off_ground": say(
                    "Ärendet har redan bordlagts eller återremitterats två gånger. Nu ska det avgöras."
                )
            }
        )
    old = queries.current_treatment(queries.treatments(case), case)
    assert old is not None
    return _off(case, move, s, old, by=by, at=at, ground=take_off_ground, reason=reason, what_is_needed=what_is_needed)


def _off(
    case: Case, move: Move, s: Situation, old: Treatment, *, by: Viewer, at: dt.datetime, ground: str, reason: str,
    what_is_needed: str = "",
) -> TrailEvent:  # fmt: skip
    """Take the case off the meeting of ``old``, and begin again."""
    held_on = old.held_at.held_on
    following = begin_again(case, old, at=at)
    old.taken_off_at, old.taken_off_ground, old.what_is_needed = at, ground, what_is_needed
    rests = {"W": case.withdrawal_until} if case.withdrawal_until else {}
    return course.advance(
        case, move, s, by=by, at=at, facts={"meeting_on": held_on.isoformat(), "ground": ground},
        content={"reason": reason, "what_is_needed": what_is_needed},
        dates={"material": prepared_by(case, following, at), **rests},
    )  # fmt: skip


def begin_again(case: Case, old: Treatment, *, at: dt.datetime) -> MeetingDay | None:
    """Begin a new treatment by the same body and rapporteurs, for the first other meeting that can be reached.

    If the calendar has no such meeting, the treatment has none: the case waits for one, and the pages say so.
    """
    today = workdays.swedish_day(at)
    coming = reachable(queries.upcoming(ladder_of(case), old.body, today), today)
    following = next((m for m in coming if m.id != old.meeting_id), None)
    session.add(
        Treatment(
            case_id=case.id, round=case.round, step=old.step, body=old.body,
            meeting_id=following.id if following else None,
            rapporteur_region=old.rapporteur_region, rapporteur_municipal=old.rapporteur_municipal,
            missing_parts="", accepted_at=at, alternatives=[], what_is_needed="",
        )
    )  # fmt: skip
    session.flush()
    return following


# The bodies' calendar ---------------------------------------------------------------------------------------------


class MeetingRefused(ValueError):
    """A meeting that cannot be added, moved or cancelled; the text says why. Nothing has been changed."""


def add_meeting(body: str, held_on: dt.date, *, by: Viewer, at: dt.datetime) -> Meeting:
    """Put a meeting into a body's calendar. Cases that wait for one are aimed at it.

    Raises MeetingRefused if no ladder has the body, or if the day is past, no working day, or already has a meeting.
    """
    trail.lock()
    _refuse_day(body, held_on, at)
    found = queries.on_day(body, held_on)
    if found is None:
        found = Meeting(body=body, held_on=held_on)
        session.add(found)
    found.cancelled_at = None
    session.flush()
    _record(found, "meeting_added", by=by, at=at, facts={"body": body, "day": held_on.isoformat()})
    for case, treatment in queries.under_way(None, body):
        if coming := _reachable(case, workdays.swedish_day(at)):
            _aim(case, treatment, "case_aimed", {"body": body, **aimed_at(coming[0])}, by=by, at=at)
    return found


def move_meeting(meeting: Meeting, held_on: dt.date, *, by: Viewer, at: dt.datetime) -> None:
    """Move a meeting to another day. Its cases follow; cases that are prepared for it follow if they can.

    Their days are counted anew, and their history names both days (domain/05 § 5.4). Raises MeetingRefused.
    """
    trail.lock()
    _refuse_changing(meeting, at)
    _refuse_day(meeting.body, held_on, at)
    if queries.on_day(meeting.body, held_on) is not None:
        raise MeetingRefused(f"{meeting.body} had a meeting on {held_on} that is cancelled; add that day instead.")
    under_way = queries.under_way(meeting, meeting.body)
    _refuse_taking_comments_away(meeting, held_on, under_way, workdays.swedish_day(at))
    was, meeting.held_on = meeting.held_on, held_on
    session.flush()
    facts = {"body": meeting.body, "was": was.isoformat(), "day": held_on.isoformat()}
    _record(meeting, "meeting_moved", by=by, at=at, facts=facts)
    for case, treatment in under_way:
        _aim(case, treatment, "case_meeting_moved", facts, by=by, at=at)


def cancel_meeting(meeting: Meeting, *, by: Viewer, at: dt.datetime) -> None:
    """Cancel a meeting. Its cases are taken off and prepared for the next meeting that can be reached.

    That they are taken off does not count for T25.

    Raises MeetingRefused.
    """
    trail.lock()
    _refuse_changing(meeting, at)
    meeting.cancelled_at = at
    session.flush()
    facts = {"body": meeting.body, "day": meeting.held_on.isoformat()}
    _record(meeting, "meeting_cancelled", by=by, at=at, facts=facts)
    for case, treatment in queries.under_way(meeting, meeting.body):
        if case.phase is Phase.SCHEDULED:
            s = Situation(
                phase=case.phase, step=case.step, kinds=ladder_of(case).kinds,
                is_being_withdrawn=case.withdrawal_until is not None,
            )  # fmt: skip
            _off(
                case, BY_VERB["take_off"], s, treatment, by=by, at=at, ground="cancelled",
                reason=say("Mötet är inställt."),
            )  # fmt: skip
            _count_anew(case, treatment, at)
        else:
            _aim(case, treatment, "case_meeting_cancelled", facts, by=by, at=at)


def _refuse_day(body: str, held_on: dt.date, at: dt.datetime) -> None:
    bodies = {step.body for ladder in ladders.shipped() for step in ladders.load(ladder).steps if step.body}
    if body not in bodies:
        raise MeetingRefused(f"No body {body} decides on a step of a ladder. These do: {', '.join(sorted(bodies))}.")
    if held_on < workdays.swedish_day(at):
        raise MeetingRefused(f"{held_on} has passed.")
    calendar = workdays.load_calendar()
    if not workdays.is_workday(held_on, calendar):
        following = workdays.open_from(held_on, calendar)
        raise MeetingRefused(f"{held_on} is no working day. The next one is {following}.")
    there = queries.on_day(body, held_on)
    if there is not None and there.cancelled_at is None:
        raise MeetingRefused(f"{body} has a meeting on {held_on} already.")


def _refuse_taking_comments_away(
    meeting: Meeting, held_on: dt.date, under_way: Sequence[tuple[Case, Treatment]], today: dt.date
) -> None:
    """Refuse a day so near that D13 would be over for parties who may still comment on the brief."""
    for case, _treatment in under_way:
        if case.phase is not Phase.SCHEDULED:
            continue
        day = queries.day_of(ladder_of(case), meeting)
        moved = queries.day_of(ladder_of(case), Meeting(id=meeting.id, body=meeting.body, held_on=held_on))
        if moved.comments_until < today <= day.comments_until:
            raise MeetingRefused(
                f"The parties to {case.number} may comment until {day.comments_until}; with a meeting on {held_on} "
                f"that day would have been {moved.comments_until}. Choose a later day, or cancel the meeting."
            )


def _refuse_changing(meeting: Meeting, at: dt.datetime) -> None:
    if meeting.cancelled_at is not None:
        raise MeetingRefused(f"The meeting of {meeting.body} on {meeting.held_on} is cancelled already.")
    if meeting.held_on < workdays.swedish_day(at) or queries.has_been_held(meeting):
        raise MeetingRefused(f"The meeting of {meeting.body} on {meeting.held_on} has been held.")


def _record(meeting: Meeting, event: str, *, by: Viewer, at: dt.datetime, facts: Mapping[str, str]) -> None:
    trail.record(event, at=at, by=by.actor, about=f"meeting:{meeting.id}", facts=facts)


def _aim(
    case: Case, treatment: Treatment, event: str, facts: Mapping[str, str], *, by: Viewer, at: dt.datetime
) -> None:
    """Count a case's days anew after its body's calendar has changed: those of the meeting that it is on, else of
    the one that it is prepared for, or of the first in reach where that one is gone."""
    today = workdays.swedish_day(at)
    coming = _reachable(case, today)
    if case.phase is Phase.SCHEDULED:
        day = queries.day_of(ladder_of(case), treatment.held_at)
        if day.comments_until >= today:
            course.set_dues(case, [before_dispatch(today, day)], at)
        dates = {"meeting": day.held_on}
    else:
        kept = next((m for m in coming if m.id == treatment.meeting_id), None)
        target = kept or next(iter(coming), None)
        treatment.meeting_id = target.id if target else None
        session.flush()
        session.expire(treatment, ["meeting"])
        dates = {"material": prepared_by(case, target, at)}
    _count_anew(case, treatment, at)
    course.pass_meeting_ball(case, dates, by, at)
    course.record(case, event, by=by, at=at, facts=facts)


def _count_anew(case: Case, treatment: Treatment, at: dt.datetime) -> None:
    """D12 or D16 counted again from the day of the first acceptance, where the calendar now gives another day."""
    here = [t for t in queries.treatments(case) if (t.step, t.round) == (treatment.step, treatment.round)]
    base = workdays.base_day(here[0].accepted_at, calendar_of(ladder_of(case)))
    due = _last_meeting(case, base)
    if due is not None and due.due_on != last_meeting_on(case):
        course.set_dues(case, [due], at)
