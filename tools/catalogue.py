"""Bring the English catalogue up to date with the Swedish source strings.

    python -m tools.catalogue

New strings come in with an empty translation and are listed; strings that are gone are taken out. Nothing is guessed:
a sentence that has changed is a new sentence. ``tests/house/test_catalogue.py`` fails until each has its English.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from escalation.rules import guide, ladder, yearly
from escalation.rules.moves.table import MOVES
from escalation.rules.workdays import QuietPeriod
from escalation.trail.events import EVENTS, MASKED

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "escalation/translations/en/LC_MESSAGES/messages.po"

HEADER = """\
# The English of every Swedish source string. `make catalogue` keeps the Swedish side; the English is written here.
# British administrative English, with the words of the glossary (escalation/rules/glossary.py): case, party,
# respondent, affected party, position, commitment, provision, recommendation, interpretation, steering group.
# A sentence's placeholders stand in its English too. Who does something is put in by name, in singular or plural:
# use words that fit both ("must confirm", "may take", not "confirms", "is")."""

KEYWORDS = {"_": (1,), "_l": (1,), "gettext": (1,), "lazy_gettext": (1,), "say": (1,), "Term": (1,), "ngettext": (1, 2)}
DEFINITIONS = {"Term": (2,)}
"""A term's second text. Babel takes one text of a call, or two as singular and plural: so the files are read twice."""

Found = tuple[str, str | tuple[str, ...]]
"""The place of a string, and the string, or singular and plural."""


def marked() -> Iterator[Found]:
    """The strings that the code and the templates mark for translation."""
    for directory, pattern, method, keywords in (
        ("escalation", "**.py", "python", KEYWORDS),
        ("escalation", "**.py", "python", DEFINITIONS),
        ("templates", "**.html", "jinja2", KEYWORDS),
    ):
        strings = extract_from_dir(ROOT / directory, [(pattern, method)], keywords=keywords)
        for name, _line, string, _comments, _context in strings:
            if any(string):
                yield f"{directory}/{name}", string


def kept_as_data() -> Iterator[Found]:
    """Strings that pages translate although no code marks them: moves, events, and texts in files of data."""
    for move in MOVES:
        for text in move.texts():
            yield "escalation/rules/moves", text
    for sentence in (*EVENTS.values(), MASKED):
        yield "escalation/trail/events.py", sentence
    for key in ladder.shipped():
        of = ladder.load(key)
        for name in (of.name, *(step.name for step in of.steps)):
            yield f"escalation/ladders/{key}.toml", name
    for name in sorted(set(_data("calendars/se.toml")["free"].values())):
        yield "escalation/calendars/se.toml", name
    yield "escalation/rules/workdays.py", QuietPeriod.name
    for party in _data("texts/parties.toml")["party"]:
        if party["short_name"][0].islower():  # a word, not a name: "regionen"
            yield "escalation/texts/parties.toml", party["short_name"]
    for job in yearly.jobs():
        for sentence in (job.name, job.about_it, job.to_do, job.result, job.result_hint):
            yield "escalation/calendars/yearly.toml", sentence
    yield "escalation/calendars/yearly.toml", yearly.summary()
    yield from _of_the_guide()
    for body in _data("texts/bodies.toml")["body"]:
        yield "escalation/texts/bodies.toml", body["short_name"]


def _of_the_guide() -> Iterator[Found]:
    for question in guide.QUESTIONS.values():
        options = (text for option in question.options for text in (option.label, option.hint))
        for sentence in (question.text, question.hint, *options):
            yield "escalation/texts/guide.toml", sentence
    for end in guide.ENDS.values():
        for sentence in (end.heading, end.lead, *(said for way in end.ways for said in way), end.ours, end.onward):
            yield "escalation/texts/guide.toml", sentence


def collected() -> Catalog:
    """All source strings, each with the files that have it."""
    strings = Catalog()
    for where, string in (*marked(), *kept_as_data()):
        if string:
            strings.add(string, locations=[(where, 0)])
    return strings


def refreshed(text: bytes) -> Catalog:
    """The catalogue with exactly today's source strings and the English that it had."""
    catalog = read_po(BytesIO(text), locale="en")
    catalog.update(collected(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    for message in catalog:
        if message.fuzzy:  # a string that has got a plural, or lost it
            message.flags.discard("fuzzy")
            message.string = ("", "") if message.pluralizable else ""
    return catalog


def written(catalog: Catalog) -> bytes:
    """The catalogue as its file, sorted by the Swedish text. It names no files: code that moves changes nothing."""
    file = BytesIO()
    write_po(file, catalog, width=110, sort_output=True, no_location=True, omit_header=True)
    rules = ("Language: en", "Content-Type: text/plain; charset=utf-8", f"Plural-Forms: {catalog.plural_forms}")
    head = "\n".join((HEADER, 'msgid ""', 'msgstr ""', *(f'"{rule}\\n"' for rule in rules)))
    return f"{head}\n\n".encode() + file.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """The source strings that lack their English, or a part of it."""
    return [str(m.id) for m in catalog if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))]


def main() -> int:
    """Write the file and list what is still to be translated; the status is 1 where something is."""
    catalog = refreshed(PATH.read_bytes() if PATH.exists() else written(Catalog("en")))
    PATH.write_bytes(written(catalog))
    left = untranslated(catalog)
    print(f"{len(catalog)} strings, {len(left)} without English", *left, sep="\n  ")
    return 1 if left else 0


def _data(name: str) -> dict[str, Any]:
    data: dict[str, Any] = tomllib.loads((ROOT / "escalation" / name).read_text("utf-8"))
    return data


if __name__ == "__main__":
    sys.exit(main())
