"""Dates, numbers and words as people read them: Jinja filters. Days are Swedish days, spaces do not break.

| filter | gives |
|---|---|
| ``date_long`` | 10 december 2026 |
| ``date_weekday`` | torsdag 10 december 2026 |
| ``date_short`` | 10 dec |
| ``date_medium`` | 10 dec 2026 |
| ``date_receipt`` | tor 8 okt 2026 |
| ``time_tag("short")`` | the same inside ``<time datetime="2026-12-10">`` |
| ``date_and_time`` | 10 december 2026 kl. 14.05 |
| ``working_days`` | 1 arbetsdag, 5 arbetsdagar |
| ``label``, ``definition`` | a code word's term in the glossary |
| ``summary_heading`` | Tre saker behöver rättas |
| ``slug`` | VIS-T-2025-2 |
| ``in_swedish`` | what a person wrote, marked as Swedish |
| ``paragraphs`` | a person's text as ``<p>``, line breaks kept |
"""

from __future__ import annotations

import datetime as dt
import re

from babel.dates import format_date
from flask import Flask, g
from flask_babel import get_locale
from markupsafe import Markup, escape

from escalation import clock
from escalation.rules.glossary import GLOSSARY
from escalation.web.forms import summary_heading
from escalation.web.language import SOURCE, _, in_swedish, ngettext

NBSP = "\u00a0"


def day_of(value: dt.date | dt.datetime) -> dt.date:
    """The Swedish day of an instant; a day is itself. Raises ``ValueError`` for a naive time."""
    if not isinstance(value, dt.datetime):
        return value
    if value.tzinfo is None:
        raise ValueError(f"a naive time has no day: {value!r}")
    return value.astimezone(clock.STOCKHOLM).date()


def date_long(value: dt.date | dt.datetime) -> str:
    """10 december 2026"""
    return _written(value, f"d'{NBSP}'MMMM y")


def date_weekday(value: dt.date | dt.datetime) -> str:
    """torsdag 10 december 2026"""
    return _written(value, f"EEEE d'{NBSP}'MMMM y")


def date_short(value: dt.date | dt.datetime) -> str:
    """10 dec"""
    return _written(value, f"d'{NBSP}'MMM")


def date_medium(value: dt.date | dt.datetime) -> str:
    """10 dec 2026"""
    return _written(value, f"d'{NBSP}'MMM y")


def date_near(value: dt.date, today: dt.date) -> str:
    """10 december; with the year where it is not that of ``today``"""
    return date_long(value) if value.year != today.year else _written(value, f"d'{NBSP}'MMMM")


def date_receipt(value: dt.date | dt.datetime) -> str:
    """tor 8 okt 2026"""
    day = day_of(value)
    return f"{_written(day, 'EEE')[:3]} {date_medium(day)}"


def date_and_time(value: dt.datetime) -> str:
    """10 december 2026 kl. 14.05"""
    here = value.astimezone(clock.STOCKHOLM)
    hour, minute = here.strftime("%H %M").split()
    return _("%(day)s kl.\u00a0%(hour)s.%(minute)s", day=date_long(value), hour=hour, minute=minute)


STYLES = {
    "long": date_long,
    "weekday": date_weekday,
    "short": date_short,
    "medium": date_medium,
    "receipt": date_receipt,
}


def time_tag(value: dt.date | dt.datetime, style: str = "long") -> Markup:
    """The day in one of the styles, inside a ``<time>`` that machines read."""
    return Markup('<time datetime="{}">{}</time>').format(day_of(value).isoformat(), STYLES[style](value))


def working_days(count: int) -> str:
    """1 arbetsdag, 5 arbetsdagar"""
    return ngettext("%(num)s arbetsdag", "%(num)s arbetsdagar", count)


def label(word: str) -> str:
    """The term of a code word. Raises ``KeyError`` for a word the glossary lacks."""
    return _(GLOSSARY[word].label)


def definition(word: str) -> str:
    """The glossary's line on a code word."""
    return _(GLOSSARY[word].definition)


def paragraphs(text: str | None) -> Markup:
    """A person's text as paragraphs: a blank line parts them, a single line break stays one."""
    parts = [part for part in re.split(r"\n\s*\n", (text or "").strip()) if part.strip()]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in part.splitlines())) for part in parts
    )


def slug(number: str) -> str:
    """VIS-T 2025:2 -> VIS-T-2025-2, for an address."""
    return number.replace(" ", "-").replace(":", "-")


def register(app: Flask) -> None:
    """Make the filters known to the templates, and the demo's day to the layout."""
    for written in (
        date_long,
        date_weekday,
        date_short,
        date_medium,
        date_receipt,
        date_and_time,
        time_tag,
        working_days,
        label,
        definition,
        paragraphs,
        summary_heading,
        slug,
        in_swedish,
    ):
        app.add_template_filter(written)
    app.context_processor(lambda: {"demo_day": _demo_day()})


def _demo_day() -> dt.date | None:
    # Without a query: the page that says the database is away must not query it.
    marks: clock.Marks | None = g.get("instance_marks")
    return clock.today() if marks and marks.is_demo else None


def _written(value: dt.date | dt.datetime, pattern: str) -> str:
    # Swedish abbreviations come with a full stop ("dec."), which the design leaves out. The pattern is ours in every
    # language: British English puts its days in the same order.
    return str(format_date(day_of(value), pattern, locale=get_locale() or SOURCE)).replace(".", "")
