"""What has happened, newest first, with what was written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from escalation.rules.moves.table import BY_EVENT
from escalation.trail.events import content_of, facts_of
from escalation.trail.models import TrailEvent
from escalation.web.cases import words
from escalation.web.language import _, in_swedish
from escalation.web.parts import HistoryLine

NO_TEXTS = frozenset(
    {
        "type", "agreement", "provisions", "co_initiators", "affected", "arena", "principle_test", "urgency",
        "ground", "pause_ground", "reporter", "named", "named_as", "members", "lead", "split_provisions",
        "attachments", "sha256", "region_choice", "municipal_choice", "rapporteur_region", "rapporteur_municipal",
    }
)  # fmt: skip
"""What an event holds beside texts: codes, numbers, files, people."""


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def timeline(
    events: Sequence[TrailEvent], names: Mapping[str, str], came_with: Mapping[int, Sequence[str]]
) -> list[HistoryLine]:
    """What has happened, newest first, in sentences, each with what was written.

    ``came_with`` holds by event the names of the files that the viewer may know of (``secrecy.attachment_names``).
    """
    shown: list[HistoryLine] = []
    said: set[str] = set()
    for event in reversed(events):
        text, strong = words.event_sentence(event.kind, facts_of(event), names)
        files = came_with.get(event.seq, ())
        note = _("Bilagor: %(names)s", names=in_swedish(", ".join(files))) if files else ""
        written = _written(event)
        if event.kind == "proposal_offered":  # what was agreed on stands where it was done
            written = [one for one in written if one not in said]
        said.update(written)
        shown.append(HistoryLine(event.at, text, strong, note, written))
    return shown


def _written(event: TrailEvent) -> list[str]:
    """The texts of an event, each of which somebody has had to write for others to read; also one of a kind that this
    page has never heard of.
    """
    move = BY_EVENT.get(event.kind)
    left_out = NO_TEXTS | set(move.shown_elsewhere if move else ())
    content = {name: value for name, value in (content_of(event) or {}).items() if name not in left_out}
    if "stands" in content:  # each party's own, by its code
        content["stands"] = [text for _party, text in content["stands"]]
    return [text for value in content.values() for text in _texts(value)]


def _texts(value: object) -> list[str]:
    """A text; the texts of a list; the first of what is to be done, by whom, until when."""
    if isinstance(value, str):
        return [] if not value or _DAY.fullmatch(value) else [value]
    if not isinstance(value, list):
        return []
    is_task = len(value) == 3 and _DAY.fullmatch(str(value[2]))
    return [text for one in (value[:1] if is_task else value) for text in _texts(one)]
