"""What each party has changed in its stand, from one version to the next: side by side, word by word.

The differences are of words, found by ``difflib``; a comma that has come or gone is a changed word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby, pairwise

from markupsafe import Markup

from escalation.casefile import CaseFile
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.cases.models.statements import Position
from escalation.web.cases import words
from escalation.web.documents import lists as attachments
from escalation.web.format import date_long
from escalation.web.language import _, in_swedish, ngettext
from escalation.web.parts import ListedFile

TOKEN = re.compile(r"\s*\n\s*|\S+")
"""A word, or a break between lines."""
LINE, PARAGRAPH = "\n", "\n\n"
MOST = 20_000
"""Pairs of equal words up to which two texts are compared; beyond that what differs counts as rewritten whole."""

Run = tuple[bool, list[str]]
"""Tokens that stand together, and whether the other version lacks them."""


def tokens(text: str) -> list[str]:
    """The words of a text, and its breaks: ``LINE`` within a paragraph, ``PARAGRAPH`` between two."""
    found = TOKEN.findall(text.strip())
    return [(PARAGRAPH if word.count("\n") > 1 else LINE) if "\n" in word else word for word in found]


def changes(old: str, new: str) -> tuple[list[Run], list[Run]]:
    """Both texts as runs of tokens, in order; what the two have in common is the same in both."""
    before, after = tokens(old), tokens(new)
    left: list[Run] = []
    right: list[Run] = []
    for is_same, a, b in _blocks(before, after):
        left += [(not is_same, a)] if a else []
        right += [(not is_same, b)] if b else []
    return left, right


def _blocks(before: list[str], after: list[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    times = Counter(after)
    if sum(times[word] for word in before) > MOST:
        start = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), None)
        if start is None:
            start = min(len(before), len(after))
        yield True, before[:start], after[:start]
        yield False, before[start:], after[start:]
        return
    for what, a1, a2, b1, b2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        yield what == "equal", before[a1:a2], after[b1:b2]


def marked(runs: Sequence[Run], tag: str) -> Markup:
    """The text in paragraphs, what has changed in ``tag`` (del or ins) with words for those who hear it."""
    says = {
        "del": (_("Borttaget:"), _("Slut på det borttagna.")),
        "ins": (_("Tillagt:"), _("Slut på det tillagda.")),
    }[tag]
    paragraphs: list[list[Markup]] = [[]]
    for is_changed, run in runs:
        for is_break, group in groupby(run, lambda found: found in {LINE, PARAGRAPH}):
            if is_break:
                for ends in group:
                    if ends == LINE:
                        paragraphs[-1].append(Markup("<br>"))
                    else:
                        paragraphs.append([])
                continue
            text = in_swedish(" ".join(group))
            if is_changed:
                text = Markup('<{0}><span class="sr">{1} </span>{2}<span class="sr"> {3}</span></{0}>').format(
                    tag, says[0], text, says[1]
                )
            paragraphs[-1].append(text)
    return Markup("").join(Markup("<p>{}</p>").format(Markup(" ").join(parts)) for parts in paragraphs if parts)


@dataclass(frozen=True)
class Version:
    """A version of a stand, with its files."""

    label: str
    text: Markup
    files: list[ListedFile]


@dataclass(frozen=True)
class Pair:
    """A version beside the one before it, and how much has changed."""

    note: str
    sides: tuple[Version, Version]


@dataclass(frozen=True)
class PartyVersions:
    """One party's versions; ``only``: the one that it has given, where there is nothing to compare."""

    id: str
    name: str
    pairs: list[Pair]
    only: Version | None


@dataclass(frozen=True)
class Comparison:
    """Everything that ``cases/positions.html`` shows."""

    title: str
    number: str
    initiator: str
    respondent: str
    affected: str
    parties: list[PartyVersions]
    is_changed: bool


def comparison(case_file: CaseFile) -> Comparison:
    """The parties in the order of the case, the newest version of each first."""
    case = case_file.case
    first, second, affected = words.parties_line(case)
    attached = attachments.by_what(case_file)
    roles = (PartyRole.INITIATOR, PartyRole.RESPONDENT, PartyRole.AFFECTED)
    parties = [_party(case_file, party, attached) for role in roles for party in case.parties_as(role)]
    shown = [party for party in parties if party is not None]
    return Comparison(case.title, case.number, first, second, affected, shown, any(party.pairs for party in shown))


def _party(case_file: CaseFile, party: CaseParty, attached: dict[str, list[ListedFile]]) -> PartyVersions | None:
    """One party's versions, each beside the one before it; None where it has not said anything."""
    mine = [p for p in case_file.positions if p.party_code == party.party_code]
    if not mine:
        return None

    def version(of: Position, text: Markup) -> Version:
        label = _("Version %(version)s, %(day)s", version=of.version, day=date_long(of.stated_at))
        return Version(label, text, attached.get(f"position:{of.id}", []))

    pairs = []
    for newer, older in pairwise(mine):
        left, right = changes(older.text, newer.text)
        note = _counted(_changed(left), _changed(right))
        pairs.append(Pair(note, (version(older, marked(left, "del")), version(newer, marked(right, "ins")))))
    only = version(mine[0], marked([(False, tokens(mine[0].text))], "ins")) if not pairs else None
    return PartyVersions(party.party_code, words.upper_first(party.party.name), pairs, only)


def _changed(runs: Sequence[Run]) -> int:
    return sum(word not in {LINE, PARAGRAPH} for is_changed, run in runs if is_changed for word in run)


def _counted(gone: int, come: int) -> str:
    """ "3 ord borttagna, 5 ord tillagda." """
    if not gone and not come:
        return _("Texten är densamma.")
    return _(
        "%(gone)s, %(come)s.",
        gone=ngettext("%(num)s ord borttaget", "%(num)s ord borttagna", gone),
        come=ngettext("%(num)s ord tillagt", "%(num)s ord tillagda", come),
    )
