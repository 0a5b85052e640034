"""The values that the macros of templates/parts show, as dataclasses.

A text may be Markup. An empty text is not shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """A line of a plain list; a link if it has an address."""

    label: str
    url: str = ""
    text: str = ""
    note: str = ""


@dataclass(frozen=True)
class ListedFile:
    """An attached file. ``note``: its type and size; ``mark``: its secrecy mark in words; ``why``: who set it, and why.

    ``open_url`` stands in place of ``url`` for a viewer whose opening is recorded.
    """

    label: str
    url: str
    open_url: str
    note: str
    mark: str
    why: str
    mark_url: str
    unmark_url: str


@dataclass(frozen=True)
class Side:
    """A party's position; ``quiet`` is shown instead of a text."""

    name: str
    text: str = ""
    quiet: str = ""
    notes: Sequence[str] = ()
    files: Sequence[ListedFile] = ()


@dataclass(frozen=True)
class Quote:
    """A provision, word for word. ``tags`` stand beside its title, ``links`` (label, address) below the text."""

    title: str
    text: str
    tags: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Answer:
    """An answer that can be changed at ``url``. ``what`` is read aloud after the word "Ändra"."""

    term: str
    value: str
    url: str
    what: str


@dataclass(frozen=True)
class Part:
    """A part of a filing that is written on several pages; a link if it has an address."""

    text: str
    is_here: bool
    is_done: bool
    url: str


@dataclass(frozen=True)
class Ahead:
    """An event that lies ahead, at the latest on this day. ``style``: whether the day is written with its year."""

    day: dt.date
    note: str
    text: str
    style: str = "short"


@dataclass(frozen=True)
class HistoryLine:
    """One line of the history. ``strong``: the sentence that moved the case to another step; ``written``: texts."""

    at: dt.datetime
    text: str
    strong: str
    note: str
    written: list[str]

    @property
    def is_step(self) -> bool:
        return bool(self.strong)


@dataclass(frozen=True)
class Holder:
    """The holder of the ball in words, and until when they hold it; ``mine``: it waits for the viewer."""

    text: str
    mine: bool
    until: str = ""


@dataclass(frozen=True)
class Stair:
    """A step of a staircase. ``state``: done, now, next or open. ``when`` and ``out``: its days and how it ended."""

    state: str
    tag: str
    name: str
    when: str = ""
    out: str = ""
    holder: Holder | None = None


@dataclass(frozen=True)
class Table:
    """A small table of figures. ``rows``: a label and its number."""

    caption: str
    rows: Sequence[tuple[str, int]]
    note: str = ""


@dataclass(frozen=True)
class Flag:
    """A word that marks a row: late, paused, urgent."""

    text: str
    kind: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a list. ``day_text`` stands instead of the day; ``at``: on which of how many ``steps`` the case is."""

    title: str
    url: str
    day: dt.date | None = None
    day_text: str = ""
    note: str = ""
    late: bool = False
    flags: tuple[Flag, ...] = ()
    text: str = ""
    more: str = ""
    meta: tuple[str, ...] = ()
    ball: Holder | None = None
    at: int | None = None
    steps: int | None = None
    where: str = ""
