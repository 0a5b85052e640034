"""How often a question ended outside the ladder: counted per day, and read for the last year."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, select, update

from escalation.db import insert_new, session
from escalation.rules.workdays import swedish_day
from escalation.watch.models import GuideRefusal


def refusals_of_last_year(at: dt.datetime) -> dict[str, int]:
    """How many questions ended outside the ladder in the last 365 days, by key of the end, the most frequent first."""
    since = swedish_day(at) - dt.timedelta(days=365)
    times = func.sum(GuideRefusal.times)
    counted = select(GuideRefusal.end, times).where(GuideRefusal.counted_on > since).group_by(GuideRefusal.end)
    return {end: int(number) for end, number in session.execute(counted.order_by(times.desc(), GuideRefusal.end))}


def count_refusal(end: str, *, at: dt.datetime) -> None:
    """Count that a question ended outside the ladder, at this key of ``rules.guide.ENDS``. It keeps no name."""
    today = swedish_day(at)
    if not insert_new(GuideRefusal, [{"end": end, "counted_on": today, "times": 1}]):
        of_today = (GuideRefusal.end == end, GuideRefusal.counted_on == today)
        session.execute(update(GuideRefusal).where(*of_today).values(times=GuideRefusal.times + 1))
