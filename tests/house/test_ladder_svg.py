"""``docs/ladder.svg`` is what the tables give, and every act that can be made on HÖK's ladder is in it."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from escalation.rules.moves.table import MOVES
from escalation.rules.situation import Phase
from tools import ladder_doc, ladder_svg

SVG = "{http://www.w3.org/2000/svg}"
ONLY_ON_OTHER_LADDERS = {"T29b"}
"""HÖK's top step decides; where a top step only recommends, a no ends the case."""


def test_the_drawing_is_what_the_tables_give() -> None:
    assert ladder_svg.PATH.read_text("utf-8") == ladder_svg.drawing(), "run `make docs`"


def test_every_phase_has_its_place_in_the_row_of_its_chapter() -> None:
    places = {phase: row for phase, (row, _column) in ladder_svg.PLACES.items()}
    assert places == {p: row for row, (_name, phases) in enumerate(ladder_doc.CHAPTERS) for p in phases}
    assert set(places) == set(Phase)
    assert len(set(ladder_svg.PLACES.values())) == len(places)


def test_every_row_is_an_arrow_or_stands_in_a_box() -> None:
    root = ElementTree.parse(ladder_svg.PATH).getroot()
    key = {text.text for text in root.iter(f"{SVG}text") if text.get("class") == "t"}
    assert key == {m.t for m in MOVES} - ONLY_ON_OTHER_LADDERS
    shown = {label for arrow in ladder_svg.arrows() for label in arrow.labels}
    in_boxes = " ".join(note for phase in Phase for note in ladder_svg.notes(phase))
    rows = {t.partition(" ")[0] for t in shown} | set(re.findall(r"T\d+[a-z]?", in_boxes))
    assert rows == key - {"T1"}, "T1 begins the case: it comes from no phase"


def test_the_drawing_says_in_words_what_it_is() -> None:
    root = ElementTree.parse(ladder_svg.PATH).getroot()
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == ladder_svg.TITLE
    assert desc.text == ladder_svg.DESC
