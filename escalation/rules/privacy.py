"""The personal-identity guard: finds Swedish identity numbers in text. No patient data belongs here.

Source: ``domain/08`` item 6, ``trust.md`` P16. What is found is either ``certain`` (a personnummer or
samordningsnummer with a right date and a right control digit: a hard stop) or ``possible`` (the right
shape with a wrong control digit, or the shape of a reservnummer: a warning).

People write these numbers in many ways, so the text is first folded: every decimal digit of Unicode to
0-9, every dash to ``-``, every space to `` ``, and signs without width are dropped. Then three shapes are
looked for. The guard fails closed: a number that may be an identity number is taken for one, except
where Swedish official text writes something else just so (a day with a time, a telephone number, a hash).
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from personnummer import personnummer

from escalation.rules.glossary import say


class HitKind(enum.StrEnum):
    """How sure the guard is."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


@dataclass(frozen=True)
class Hit:
    """One place in a text: ``text[start:end]``, on line ``line`` counted from 1."""

    kind: HitKind
    start: int
    end: int
    line: int


@dataclass(frozen=True)
class Doubt:
    """Something that may point at a person: ``about`` says what it is (Swedish), ``text[start:end]`` is where."""

    about: str
    start: int
    end: int
    line: int


class IdentityNumberFound(ValueError):
    """A text holds an identity number. Names the field and the line, never the number: this gets logged."""

    def __init__(self, field: str, line: int) -> None:
        super().__init__(f"an identity number in {field}, line {line}")
        self.field = field
        self.line = line


# What may stand before the last four digits.
_GAP = r"\s{0,3}[-+./:_]{0,2}\s{0,3}"

# 19121212-1212, 1212121212, 121212 – 1212: a solid day and four digits. Inside a lookahead, so that a number
# is not missed because something that only resembles one begins just before it.
_SOLID = re.compile(rf"(?<!\d)(?=((?:18|19|20)?\d{{6}})({_GAP})(\d{{4}})(?!\d))")

# 1912-12-12-1212, 12 12 12 1212. Where the four digits begin another day it is a span of days.
_GROUPED = re.compile(
    rf"(?<!\d)(?=((?:18|19|20)?\d\d)([-./ ])(\d\d)\2(\d\d){_GAP}(\d{{4}})(?!\d)"
    r"(?![-./ ]\d\d[-./ ]\d\d(?!\d)))"
)

# 1 9 1 2 1 2 - 1 2 1 2, 19.12.12.12.12.12, 1912 1212 1212: split by one sign all along, but for what stands
# before the last four. Only a whole run counts, or every table of figures would be full of people: the first
# alternative says that a group too long for any number goes on with it. Each group ends where its digits end and
# nothing after the run can make it fail, so the text is read once.
_SPLIT = re.compile(
    r"(?<!\d)(\d{1,8}([-./ ])\d{1,8}(?!\d)(?:\2\d{1,8}(?!\d))*)"
    rf"(?=\2(\d)|({_GAP})(\d{{1,4}}(?!\d)(?:\2\d{{1,3}}(?!\d)){{0,3}})(?!\2\d)|)"
)

# Reserve numbers: a day and four signs with a letter among them (Skåne and others; the national one,
# XXYYMMDDNNGC, has two and may lack a day), or 99 and ten digits (Stockholm).
_RESERVE = re.compile(
    rf"(?<![0-9A-Za-z])((?:\d\d)?\d{{6}}){_GAP}"
    r"(?=[A-Za-z]{0,3}\d)(?=\d{0,3}[A-Za-z])[0-9A-Za-z]{4}(?![0-9A-Za-z])"
    rf"|(?<!\d)99\d{{6}}{_GAP}\d{{4}}(?!\d)"
)

# What may point at a person without being an identity number (domain/08 item 6): never a stop, always a question.
_DOUBTS = (
    (
        say("ett telefonnummer"),
        re.compile(r"(?<![\d/-])(?:(?:\+46\s?|0)[1-9]\d{0,2}[ -]\d{2,3}[ -]?\d{2,3}[ -]?\d{2}|07\d{8})(?!\d)"),
    ),
    (
        say("en privat e-postadress"),
        re.compile(
            # From where a word begins: a very long one is not tried from each of its letters.
            r"(?<![\w.+-])[\w.+-]+@(?:gmail|googlemail|hotmail|outlook|live|msn|icloud|me|yahoo|proton|protonmail|"
            r"telia|comhem|bredband2?|spray|home|swipnet)\.\w{2,4}\b",
            re.IGNORECASE,
        ),
    ),
    (
        say("ett ord som pekar ut en viss person"),
        re.compile(r"(?<![\w/])(?:patienten|brukaren|klienten|vårdtagaren|omsorgstagaren)s?(?![\w/])", re.IGNORECASE),
    ),
)

_HASH = re.compile(
    r"(?<![0-9a-z])(?:(?=[0-9]*[a-f])[0-9a-f]{16,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?![0-9a-z])",
    re.IGNORECASE,
)

_LOOKALIKES = {"\u2212": "-", "\u2043": "-", "\uff0b": "+", "\uff0e": ".", "\u00b7": ".", "\uff0f": "/"}


def _fold_sign(sign: str) -> str:
    if sign == "\n":
        return sign
    if sign.isspace():
        return " "
    match unicodedata.category(sign):
        case "Nd":
            return str(unicodedata.decimal(sign))
        case "Pd":
            return "-"
        case "Cf" | "Mn" | "Me" | "Cc":  # without width (a soft hyphen is one), or only decorating
            return ""
        case _:
            return _LOOKALIKES.get(sign, sign)


def _fold(text: str) -> tuple[str, list[int]]:
    """The text with digits, dashes and spaces made alike, and for each sign left its place in the text."""
    folded = {sign: _fold_sign(sign) for sign in set(text)}
    return "".join(folded[sign] for sign in text), [n for n, sign in enumerate(text) if folded[sign]]


def _day(digits: str) -> str | None:
    """The eight digits of a day written with six or eight, where 60 may be added to the day of the month.

    The century of a short one is tried, not taken from today's date: only 29 February depends on it.
    """
    month, day = int(digits[-4:-2]), int(digits[-2:])
    for century in ("",) if len(digits) == 8 else ("19", "20"):
        year = century + digits[:-4]
        try:
            dt.date(int(year), month, day - 60 if day > 60 else day)
        except ValueError:
            continue
        return year + digits[-4:]
    return None


def _is_identity_number(digits: str) -> bool:
    """Whether ten or twelve digits are a personnummer or samordningsnummer with a right control digit."""
    day = _day(digits[:-4])
    return day is not None and day[:2] in ("18", "19", "20") and personnummer.valid(day + digits[-4:])


def _is_telephone(groups: list[str]) -> bool:
    """070 123 45 67, 08 123 456 78: begins with 0 and is cut where no date is cut."""
    before_the_last_four = groups[:-1] if len(groups[-1]) == 4 else groups
    return groups[0].startswith("0") and any(len(group) not in (1, 2, 6) for group in before_the_last_four)


def _split_numbers(run: re.Match[str]) -> Iterator[tuple[str, int]]:
    """What in a run of split digits may be a number, and where it ends: the run alone, and with its tail."""
    head, sign, goes_on, gap, tail = run.groups()
    if goes_on:
        return
    candidates = [(head.split(sign), run.end(1))]
    if tail is not None:
        groups, last = head.split(sign), tail.split(sign)
        # 2022.04.25 13.00 is a day and a time.
        is_time = gap[:1].isspace() and len(groups) == 3 and [len(group) for group in last] == [2, 2]
        if sum(map(len, last)) == 4 and not is_time:
            candidates.append((groups + last, run.end(5)))
    for groups, end in candidates:
        digits = "".join(groups)
        if len(digits) in (10, 12) and not _is_telephone(groups):
            yield digits, end


def _hits(text: str) -> Iterator[tuple[int, int, HitKind]]:
    for match in _SOLID.finditer(text):
        day, gap, last = match.groups()
        if _is_identity_number(day + last):
            yield match.start(1), match.end(3), HitKind.CERTAIN
        elif (gap or len(day) == 8) and _day(day):
            yield match.start(1), match.end(3), HitKind.POSSIBLE
    for match in _GROUPED.finditer(text):
        if _is_identity_number(match[1] + match[3] + match[4] + match[5]):
            yield match.start(1), match.end(5), HitKind.CERTAIN
    for match in _SPLIT.finditer(text):
        for digits, end in _split_numbers(match):
            if _is_identity_number(digits):
                yield match.start(1), end, HitKind.CERTAIN
    for match in _RESERVE.finditer(text):
        day = match[1]
        if day is None or _day(day[-6:]) or (len(day) == 8 and day.startswith("00")):
            yield match.start(), match.end(), HitKind.POSSIBLE


def scan(text: str) -> tuple[Hit, ...]:
    """Every identity number in the text, in order of place; where two overlap, the certain one."""
    folded, places = _fold(text)
    if sum(folded.count(digit) for digit in "0123456789") < 7:  # nothing to find has fewer
        return ()
    folded = _HASH.sub(lambda match: "#" * len(match[0]), folded)
    chosen: list[tuple[int, int, HitKind]] = []
    for hit in sorted(_hits(folded), key=lambda hit: (hit[0], -hit[1])):
        if not chosen or chosen[-1][1] <= hit[0]:
            chosen.append(hit)
        elif chosen[-1][2] is HitKind.POSSIBLE and hit[2] is HitKind.CERTAIN:
            chosen[-1] = hit
    hits, line, counted = [], 1, 0
    for start, end, kind in chosen:
        line += folded.count("\n", counted, start)
        counted = start
        hits.append(Hit(kind, places[start], places[end - 1] + 1, line))
    return tuple(hits)


def refuse(field: str, text: str) -> None:
    """Raise ``IdentityNumberFound`` if the text of this field holds a certain identity number."""
    for hit in scan(text):
        if hit.kind is HitKind.CERTAIN:
            raise IdentityNumberFound(field, hit.line)


def doubts(text: str) -> tuple[Doubt, ...]:
    """What a person must look at again, in order of place: never a certain identity number, which is refused."""
    possible = (hit for hit in scan(text) if hit.kind is HitKind.POSSIBLE)
    found = [Doubt(say("något som liknar ett personnummer"), h.start, h.end, h.line) for h in possible]
    for about, pattern in _DOUBTS:
        for match in pattern.finditer(text):
            if not any(match.start() < known.end and known.start < match.end() for known in found):
                found.append(Doubt(about, match.start(), match.end(), text.count("\n", 0, match.start()) + 1))
    return tuple(sorted(found, key=lambda doubt: doubt.start))
