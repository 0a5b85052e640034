"""Draw docs/ladder.svg: the phases of a case in bands, and an arrow for every way from one phase to another.

    python -m tools.ladder_svg

The arrows are the moves that ``explore`` finds on HÖK's ladder when it walks every situation that MOVES can reach. The
words are those of ``docs/ladder.md``. Only where a phase stands in the drawing is written here (``PLACES``).
``tests/house/test_ladder_svg.py`` fails when the file is not what this would write.
"""

from __future__ import annotations

import re
import textwrap
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape

from escalation.proof.explore import STARTS
from escalation.proof.walk import arcs, start
from escalation.rules.machine import Move
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import Phase, Situation
from tools.ladder_doc import CHAPTERS, LADDER, ROOT, button, phase_name

PATH = ROOT / "docs/ladder.svg"

PLACES: dict[Phase, tuple[int, int]] = {
    # phase -> row and column; a row is a chapter of docs/ladder.md
    Phase.COMPLETION: (0, 0), Phase.INTAKE: (0, 1), Phase.BYPASS_REVIEW: (0, 3),
    Phase.SERVED: (1, 0), Phase.DIALOGUE: (1, 1), Phase.IMPASSE: (1, 2),
    Phase.RECEIVED: (2, 0), Phase.PREPARATION: (2, 1), Phase.SCHEDULED: (2, 2), Phase.MINUTED: (2, 3),
    Phase.RECOMMENDATION_OUT: (2, 4),
    Phase.IMPLEMENTATION: (3, 3), Phase.CLOSED: (3, 4),
}  # fmt: skip
ENDS = frozenset({Phase.IMPLEMENTATION, Phase.CLOSED})
BESIDE_ENDS = ENDS | {Phase.MINUTED, Phase.RECOMMENDATION_OUT}
"""Arrows to and from the end are drawn from here. Where a case can end from anywhere, the box says it in words."""

CHAPTER_COLUMNS = (0, 0, 4, 2)
"""The column over which each band's name is written: where no line runs through it."""

WIDTH, EDGE, BOX, COLUMN, LINE, LANE, HEAD = 1280, 16, 190, 253, 15, 17, 30
STYLE = """
  text { font: 12px system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: #1b1f24 }
  .page { fill: #ffffff } .band { fill: #f1f4f8 } .box { fill: #ffffff; stroke: #57606a; stroke-width: 1.2 }
  .title { font-size: 21px; font-weight: 650 } .chapter { font-size: 14px; font-weight: 650 }
  .phase { font-weight: 650 } .note { fill: #4a525b; font-size: 11.5px } .t { font-size: 11.5px; font-weight: 650 }
  .arrow { fill: none; stroke-width: 1.5 } .on { stroke: #1f5fa8 } .back { stroke: #a8480f }
  .on-head { fill: #1f5fa8 } .back-head { fill: #a8480f } .on-t { fill: #1f5fa8 } .back-t { fill: #a8480f }
  .plate { fill: #f1f4f8 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6eaef } .page { fill: #0f1317 } .band, .plate { fill: #1a2027 }
    .box { fill: #0f1317; stroke: #8b96a3 } .note { fill: #b4bdc7 }
    .on { stroke: #7db4f0 } .on-head, .on-t { fill: #7db4f0 }
    .back { stroke: #f0a36b } .back-head, .back-t { fill: #f0a36b }
  }
"""
TITLE = "The ladder: where a case stands and which acts move it"
DESC = (
    "Thirteen phases in four bands: the filing, the parties, the bodies, and after the outcome. Arrows show the acts "
    "that move a case from one phase to another; each box lists the acts that leave the case where it is. ladder.md "
    "says the same in words."
)


@dataclass(frozen=True)
class Arrow:
    """All the rows that lead from one phase to another, as labels: "T24", "T31 ↑"."""

    source: Phase
    target: Phase
    labels: tuple[str, ...]

    @property
    def is_back(self) -> bool:
        return PLACES[self.target] < PLACES[self.source]


@cache
def ways() -> dict[tuple[Phase, Phase], tuple[str, ...]]:
    """From phase to phase, the rows that lead there in the table's order. An arrow says that the step changes."""
    found: dict[tuple[Phase, Phase], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    rows = {m.t: m for m in MOVES}
    for interprets, principled in STARTS:
        first = start(LADDER, interprets=interprets, is_principled=principled)
        seen: set[Situation] = set()
        queue = deque([first, first.change(is_principle_asked=True)])
        while queue:
            s = queue.popleft()
            if s in seen:
                continue
            seen.add(s)
            for arc in arcs(s, LADDER, interprets, MOVES):
                queue.append(arc.to)
                if arc.by in rows:
                    found[s.phase, arc.to.phase][arc.by].add((arc.to.step > s.step) - (arc.to.step < s.step))
    signs = {1: " ↑", -1: " ↓", 0: ""}
    return {
        pair: tuple(t + (signs[steps.copy().pop()] if len(steps) == 1 else "") for t in rows if (steps := by.get(t)))
        for pair, by in found.items()
    }


def drawn() -> list[Move]:
    """The rows that the drawing names: all that can be made on this ladder."""
    named = {label.partition(" ")[0] for labels in ways().values() for label in labels}
    return [m for m in MOVES if m.t in named or not m.phases]


def arrows() -> list[Arrow]:
    """The ways that are drawn as lines."""
    return [
        Arrow(source, target, labels)
        for (source, target), labels in sorted(ways().items(), key=lambda way: (PLACES[way[0][0]], PLACES[way[0][1]]))
        if source is not target and _is_drawn(source, target)
    ]


def _is_drawn(source: Phase, target: Phase) -> bool:
    if source in ENDS:
        return target in ENDS
    return target not in ENDS or source in BESIDE_ENDS


def notes(phase: Phase) -> list[str]:
    """The lines in a box under the phase's name: the acts that stay, and the ways that are not drawn as lines."""
    said = [f"Stays: {', '.join(ways()[phase, phase])}"] if (phase, phase) in ways() else []
    listed = {target: labels for (source, target), labels in ways().items() if source is phase}
    for target in Phase:
        if target in listed and target is not phase and not _is_drawn(phase, target):
            said.append(f"To {_short(target)}: {', '.join(listed[target])}")
    return said


def _short(phase: Phase) -> str:
    """The name of the phase as far as a comma or "and"."""
    return re.split(",| and ", phase_name(phase))[0]


def _wrapped(texts: Iterable[str], width: int) -> list[str]:
    return [line for text in texts for line in textwrap.wrap(text, width)]


# Layout ----------------------------------------------------------------------------------------------


class Layout:
    """The measures of the drawing: a row is as high as its fullest box, and each line between rows has its lane."""

    def __init__(self) -> None:
        self.arrows = arrows()
        self.titles = {p: _wrapped([phase_name(p)[:1].upper() + phase_name(p)[1:]], 23) for p in PLACES}
        self.notes = {p: _wrapped(notes(p), 27) for p in PLACES}
        rows = range(len(CHAPTERS))
        self.heights = [max(self._height(p) for p, (r, _c) in PLACES.items() if r == row) for row in rows]
        self.lanes: dict[Arrow, tuple[int, int]] = {}
        counts = self._lanes()
        self.tops: list[int] = []
        y = 44
        for row in rows:
            y += HEAD + LANE * counts[row] + 20
            self.tops.append(y)
            y += self.heights[row] + 16
        self.bottom = y + LANE * counts[len(CHAPTERS)]
        self.counts = counts
        self.ports = self._ports()

    def _height(self, phase: Phase) -> int:
        return LINE * (len(self.titles[phase]) + len(self.notes[phase])) + 22

    def _lanes(self) -> list[int]:
        """Give each line that is not straight a lane in the gap above (or, leftwards, below) its row."""
        counts = [0] * (len(CHAPTERS) + 1)
        for arrow in sorted(self.arrows, key=self._span):
            if (gap := self.gap(arrow)) is not None:
                self.lanes[arrow] = (gap, counts[gap])
                counts[gap] += 1
        return counts

    @staticmethod
    def _span(arrow: Arrow) -> tuple[int, int]:
        return abs(PLACES[arrow.source][1] - PLACES[arrow.target][1]), PLACES[arrow.source][1]

    def gap(self, arrow: Arrow) -> int | None:
        (row, column), (to_row, to_column) = PLACES[arrow.source], PLACES[arrow.target]
        if row != to_row:
            return max(row, to_row)
        between = range(min(column, to_column) + 1, max(column, to_column))
        if not any((row, c) in PLACES.values() for c in between):
            return None
        return row if to_column > column else row + 1

    def _ports(self) -> dict[tuple[Arrow, Phase], int]:
        """Where on the upper or lower side of its boxes a line begins and ends, in the order of the other ends."""
        sides: dict[tuple[Phase, bool], list[tuple[int, Arrow]]] = defaultdict(list)
        for arrow in self.lanes:
            for here, there in ((arrow.source, arrow.target), (arrow.target, arrow.source)):
                sides[here, self.is_upper(arrow, here)].append((PLACES[there][1], arrow))
        ports = {}
        for (phase, _upper), ends in sides.items():
            ends.sort(key=lambda end: (end[0], end[1].is_back, self.lanes[end[1]]))
            for no, (_column, arrow) in enumerate(ends, 1):
                ports[arrow, phase] = self.left(phase) + BOX * no // (len(ends) + 1)
        return ports

    def is_upper(self, arrow: Arrow, phase: Phase) -> bool:
        """Whether the line meets the upper side of the phase's box."""
        return self.lanes[arrow][0] == PLACES[phase][0]

    def left(self, phase: Phase) -> int:
        return EDGE + 19 + COLUMN * PLACES[phase][1]

    def top(self, phase: Phase) -> int:
        return self.tops[PLACES[phase][0]]

    def height(self, phase: Phase) -> int:
        return self.heights[PLACES[phase][0]]

    def lane(self, arrow: Arrow) -> int:
        """The height of the horizontal part of a line."""
        gap, no = self.lanes[arrow]
        if gap == len(self.tops):
            return self.bottom - 14 - LANE * no
        return self.tops[gap] - 20 - LANE * (self.counts[gap] - 1 - no)


# The drawing ----------------------------------------------------------------------------------------------------------


def drawing() -> str:
    """The whole file."""
    at = Layout()
    height = at.bottom + 64 + 16 * -(-len(drawn()) // 3) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title desc">',
        f'<title id="title">{TITLE}</title>',
        f'<desc id="desc">{DESC}</desc>',
        f"<style>{STYLE}</style>",
        "<defs>",
        *(
            f'<marker id="{kind}-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path class="{kind}-head" d="M0 0 8 4 0 8z"/></marker>'
            for kind in ("on", "back")
        ),
        "</defs>",
        f'<rect class="page" width="{WIDTH}" height="{height}"/>',
        _text(EDGE, 34, TITLE, "title"),
        *_bands(at),
        *(_line(at, arrow) for arrow in at.arrows),
        *(label for arrow in at.arrows for label in _labels(at, arrow)),
        *(part for phase in PLACES for part in _box(at, phase)),
        *_key(at.bottom + 36),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _text(x: int, y: int, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _bands(at: Layout) -> Iterator[str]:
    for row, (name, _phases) in enumerate(CHAPTERS):
        top = at.tops[row] - HEAD - LANE * at.counts[row] - 10
        end = at.tops[row] + at.heights[row] + 16
        yield f'<rect class="band" x="{EDGE}" y="{top}" width="{WIDTH - 2 * EDGE}" height="{end - top}" rx="6"/>'
        yield _text(EDGE + 19 + COLUMN * CHAPTER_COLUMNS[row], top + 22, name, "chapter")


def _box(at: Layout, phase: Phase) -> Iterator[str]:
    x, y = at.left(phase), at.top(phase)
    yield f'<rect class="box" x="{x}" y="{y}" width="{BOX}" height="{at.height(phase)}" rx="5"/>'
    for no, line in enumerate(at.titles[phase], 1):
        yield _text(x + 9, y + 5 + LINE * no, line, "phase")
    for no, line in enumerate(at.notes[phase], len(at.titles[phase]) + 1):
        yield _text(x + 9, y + 10 + LINE * no, line, "note")


def _points(at: Layout, arrow: Arrow) -> list[tuple[int, int]]:
    source, target = arrow.source, arrow.target
    if arrow in at.lanes:
        x, to_x, lane = at.ports[arrow, source], at.ports[arrow, target], at.lane(arrow)
        y = at.top(source) if at.is_upper(arrow, source) else at.top(source) + at.height(source)
        to_y = at.top(target) if at.is_upper(arrow, target) else at.top(target) + at.height(target)
        return [(x, y), (x, lane), (to_x, lane), (to_x, to_y)]
    y = at.top(source) + at.height(source) // 2
    if any(a.source is target and a.target is source for a in at.arrows):
        y += 18 if arrow.is_back else -12
    if PLACES[target] > PLACES[source]:
        return [(at.left(source) + BOX, y), (at.left(target), y)]
    return [(at.left(source), y), (at.left(target) + BOX, y)]


def _line(at: Layout, arrow: Arrow) -> str:
    kind = "back" if arrow.is_back else "on"
    path = " ".join(f"{x} {y}" for x, y in _points(at, arrow))
    return f'<path class="arrow {kind}" d="M{path}" marker-end="url(#{kind}-head)"/>'


def _labels(at: Layout, arrow: Arrow) -> Iterator[str]:
    kind = "t back-t" if arrow.is_back else "t on-t"
    points = _points(at, arrow)
    if len(points) == 2:
        x = (points[0][0] + points[1][0]) // 2
        for no, label in enumerate(reversed(arrow.labels)):
            yield _text(x, points[0][1] - 5 - 13 * no, label, kind, "middle")
        return
    (x, lane), (to_x, _lane) = points[1:3]
    label, middle = ", ".join(arrow.labels), (x + to_x) // 2
    width = 7 * len(label) + 6
    yield f'<rect class="plate" x="{middle - width // 2}" y="{lane - 8}" width="{width}" height="15"/>'
    yield _text(middle, lane + 4, label, kind, "middle")


def _key(y: int) -> Iterator[str]:
    """The rows that the drawing names, each with its button."""
    yield _text(EDGE + 19, y, "The acts", "chapter")
    said = f"↑ the case is then at the next step, ↓ at the step below. T1 begins the case: {phase_name(Phase.INTAKE)}."
    yield _text(EDGE + 100, y, said, "note")
    acts = drawn()
    for no, move in enumerate(acts):
        column, line = divmod(no, -(-len(acts) // 3))
        yield _text(EDGE + 19 + 412 * column, y + 24 + 16 * line, move.t, "t")
        yield _text(EDGE + 57 + 412 * column, y + 24 + 16 * line, button(move), "note")


def main() -> None:
    """Write the file."""
    PATH.write_text(drawing(), "utf-8")
    print(f"{len(arrows())} arrows")


if __name__ == "__main__":
    main()
