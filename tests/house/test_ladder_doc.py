"""``docs/ladder.md`` is what the tables say, and every row of MOVES is in it with the sentence that carries it."""

from __future__ import annotations

import pytest

from escalation.rules.moves.table import MOVES
from tools import ladder_doc

ROWS = {f"{m.t} {m.verb}": m for m in MOVES}


def test_every_row_guard_and_holder_has_its_sentence() -> None:
    assert ladder_doc.missing() == [], "write what is ours in the row, the others in tools/ladder_words.toml"


def test_the_file_is_what_the_tables_say() -> None:
    assert ladder_doc.PATH.read_text("utf-8") == ladder_doc.document(), "run `make docs`"


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_in_the_agreements_words_what_carries_it_or_that_it_is_ours(row: str) -> None:
    carried_by = ROWS[row].carried_by
    text = ladder_doc.row(ROWS[row])
    for no in carried_by:
        place, sentence = ladder_doc.sentences()[no - 1]
        assert f"sentence {no} ({place}): *{sentence}*" in text
    assert ("**Carried by:**" in text) == bool(carried_by)
    assert "**Ours:**" in text


def test_the_sentences_are_all_of_section_7_1_and_nothing_else() -> None:
    assert [place for place, _text in ladder_doc.sentences()] == ["7.1 ing"] * 3 + ["7.1 p 1", "7.1 p 2", "7.1 p 3"]
    whole = " ".join(text for _place, text in ladder_doc.sentences())
    assert whole.startswith("Vid eventuell oenighet ska alltid")
    assert whole.endswith("VIS som har tolkningsföreträde gällande överenskommelsen.")
