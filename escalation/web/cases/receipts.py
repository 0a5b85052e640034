"""Receipts: how a date was computed, from what was stored with it and nothing else (E14)."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.casefile import CaseFile
from escalation.cases.models.course import Ball, Deadline
from escalation.meetings import queries as meetings
from escalation.rules.deadlines import MeetingDay
from escalation.rules.glossary import DEADLINES, inside
from escalation.rules.moves.table import day_zero
from escalation.web.cases import words
from escalation.web.format import date_long, date_medium, date_receipt, date_short, working_days
from escalation.web.language import _, ngettext

MEETING_BOUND = frozenset({"material", "meeting"})


@dataclass(frozen=True)
class ReceiptRow:
    """One line of a receipt; ``is_sum``: the date that it leads to."""

    what: str
    value: str
    is_sum: bool = False


@dataclass(frozen=True)
class Receipt:
    """How a date was computed."""

    summary: str
    rows: list[ReceiptRow]


def receipt(case_file: CaseFile) -> Receipt | None:
    """How the ball's date was computed, from the stored receipts alone."""
    ball = case_file.ball
    if ball is None:
        return None
    key, _sep, plus = ball.deadline_key.partition("+")
    rows: list[ReceiptRow] = []
    if key in MEETING_BOUND and case_file.treatment and case_file.treatment.meeting:
        rows = _meeting_rows(case_file, meetings.day_of(case_file.ladder, case_file.treatment.meeting), ball)
    else:
        chain = ["D7", "D7c"] if key == "D7c" else ["D7b"] if key == "F" else [key]
        for name in chain:
            deadline = case_file.deadline(name)
            if deadline is not None:
                rows += counted_rows(deadline, with_base=name == chain[0])
        if key in {"task", "confirm", "F"} or plus:
            extra = int(plus or 0)
            if extra:
                rows.append(ReceiptRow(_("Därefter"), _("+ %(days)s", days=working_days(extra))))
            label = words.act_to_do(ball)
            rows.append(ReceiptRow(label, date_receipt(ball.due_on), is_sum=True))
    if not rows:
        return None
    return Receipt(_("Så räknades %(day)s fram", day=date_long(ball.due_on)), rows)


def counted_rows(deadline: Deadline, *, with_base: bool = True) -> list[ReceiptRow]:
    """One stored deadline as rows: day 0, days added, days that did not count, the sum."""
    receipt = deadline.receipt
    rows: list[ReceiptRow] = []
    if receipt["rule"] == "second_meeting":
        accepted = day_zero("accept_file")
        rows.append(ReceiptRow(_(accepted), date_receipt(deadline.base_on)))
        for held, material in receipt["meetings"]:
            in_time = dt.date.fromisoformat(material) >= deadline.base_on
            rows.append(
                ReceiptRow(
                    _(
                        "Möte %(day)s, underlag senast %(material)s",
                        day=date_medium(dt.date.fromisoformat(held)),
                        material=date_medium(dt.date.fromisoformat(material)),
                    ),
                    _("går att nå") if in_time else _("hanns inte"),
                )
            )
    elif receipt["rule"] == "agreed":  # set by hand: there is nothing to count
        base = day_zero(deadline.base_event)
        rows.append(ReceiptRow(_(base) if base else _("Dag 0"), date_receipt(deadline.base_on)))
    else:
        if with_base:
            base = day_zero(deadline.base_event)
            rows.append(ReceiptRow(_(base) if base else _("Dag 0"), date_receipt(deadline.base_on)))
        rows.append(ReceiptRow(_(DEADLINES[deadline.key]), _("+ %(days)s", days=working_days(receipt["workdays"]))))
        rows += _skipped(receipt["skipped"])
    rows.append(ReceiptRow(_(DEADLINES[deadline.key]), date_receipt(deadline.due_on), is_sum=True))
    return rows


def _skipped(skipped: Sequence[Sequence[str]]) -> list[ReceiptRow]:
    weekend = sum(1 for _day, why in skipped if why in {"lördag", "söndag"})
    others = Counter(why for _day, why in skipped if why not in {"lördag", "söndag"})
    lines = []
    if weekend:
        lines.append(ngettext("%(num)s lördag eller söndag", "%(num)s lördagar och söndagar", weekend))
    first = {why: dt.date.fromisoformat(day) for day, why in reversed(skipped)}
    for why, number in others.items():
        lines.append(
            f"{_(why)} {date_short(first[why])}"
            if number == 1
            else ngettext("%(why)s, %(num)s dag", "%(why)s, %(num)s dagar", number, why=_(why))
        )
    return [ReceiptRow(_("Räknas inte") if n == 0 else "", line) for n, line in enumerate(lines)]


def _meeting_rows(case_file: CaseFile, day: MeetingDay, ball: Ball) -> list[ReceiptRow]:
    step = case_file.ladder.step(case_file.case.step)
    rows: list[ReceiptRow] = [
        ReceiptRow(_("Möte i %(body)s", body=inside(_(step.name))), date_receipt(day.held_on)),
        ReceiptRow(
            _("Underlag senast, %(days)s före", days=working_days(step.material_days)), date_receipt(day.material_on)
        ),
        ReceiptRow(_("Utskick, %(days)s före", days=working_days(step.dispatch_days)), date_receipt(day.dispatch_on)),
        ReceiptRow(words.act_to_do(ball), date_receipt(ball.due_on), is_sum=True),
    ]
    limit = case_file.deadline("D16") or case_file.deadline("D12")
    if limit is not None and limit.step == case_file.case.step:
        rows.append(ReceiptRow(_("Senast: andra möte som kunde nås"), date_receipt(limit.due_on)))
    return rows
