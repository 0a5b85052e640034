"""The text of HÖK in the package: whole, unbroken, and nothing that is not in it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from escalation.agreements.actions import text_hash
from escalation.agreements.models import DutyBearer

pytestmark = pytest.mark.one_database


def read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("escalation").joinpath("texts", name).read_text(encoding="utf-8"))


HOK = read("hok.toml")
PROVISIONS: dict[str, dict[str, Any]] = {row["code"]: row for row in HOK["provision"]}

CODES = """
1.1 st 1|1.1 st 2|1.1 st 3|1.1 st 4|1.2|1.3|1.4 st 1|1.4 st 2|1.4 st 3|2.1|2.2|2.3|3|4 st 1|4 st 2|4 st 3|4.1
4.2 st 1|4.2 st 2|4.2 st 3|4.3 st 1|4.3 st 2|4.3 st 3|4.4|4.5 st 1|4.5 st 2|4.5 st 3|4.5 st 4
4.6 st 1|4.6 st 2|4.7 st 1|4.7 st 2|4.7 st 3|4.7 st 4|5 st 1|5 st 2|5 st 3|5 st 4|5 st 5|5 st 6|5 st 7|5 st 8
5 st 9|6 st 1|6 st 2|6 st 3|6 st 4|7.1 ing|7.1 p 1|7.1 p 2|7.1 p 3|7.2 st 1|7.2 st 2|7.2 st 3|7.3
"""

COMMITMENTS = {
    "1.4 st 3": "each_party",
    "2.3": "each_party",
    "3": "each_party",
    "4.2 st 2": "steering_group",
    "4.3 st 1": "steering_group",
    "4.5 st 1": "local_parties",
    "4.5 st 2": "the_region",
    "4.5 st 3": "the_municipality",
    "4.7 st 4": "storsthlm_and_region",
    "5 st 5": "the_parties",
    "5 st 6": "the_parties",
    "5 st 7": "each_party",
    "5 st 8": "local_parties",
    "5 st 9": "storsthlm",
    "6 st 1": "the_parties",
    "6 st 2": "the_parties",
    "6 st 3": "steering_group",
    "7.1 ing": "each_party",
}

# Headings of chapters that have no text of their own, by the provision they stand before.
CHAPTERS = {
    "1.1 st 1": "1 Överenskommelsens bakgrund, parter och syfte",
    "2.1": "2 Övergripande mål och målgrupper för samverkan",
    "7.1 ing": "7 Allmänt om överenskommelsen",
}


def test_every_provision_of_the_agreement_is_there_in_the_order_of_the_text() -> None:
    assert list(PROVISIONS) == CODES.strip().replace("\n", "|").split("|")


def test_the_words_are_those_of_the_raw_file_not_one_more_or_less() -> None:
    words: list[str] = []
    section = None
    for code, row in PROVISIONS.items():
        words += CHAPTERS.get(code, "").split()
        if row["section"] != section:
            section = row["section"]
            words += section.split()
        if point := re.fullmatch(r"7\.1 p (\d)", code):
            words.append(point[1])
        words += row["text"].split()
    assert hashlib.sha256(" ".join(words).encode()).hexdigest() == HOK["words_sha256"]


def test_the_text_matches_its_own_checksum_and_names_the_file_it_came_from() -> None:
    assert text_hash((row["code"], row["text"]) for row in HOK["provision"]) == HOK["text_sha256"]
    assert HOK["raw_sha256"] == "c1f12b00a95575e84c069f7aa2416b3777871b262589164d4f870eb883eee1f3"


def test_commitments_and_those_they_bind_are_those_of_the_specification() -> None:
    found = {code: row["duty_bearer"] for code, row in PROVISIONS.items() if "duty_bearer" in row}
    assert found == COMMITMENTS
    assert set(found.values()) == {bearer.value for bearer in DutyBearer}


def test_no_word_is_left_broken_and_real_hyphens_are_kept() -> None:
    text = "\n".join(row["text"] for row in PROVISIONS.values())
    assert "\u00ad" not in text
    assert re.findall(r"\w*-(?=\s)\s(?!och |patient-|brukar-)\w+", text) == []
    assert "huvudöverenskommelse mellan" in text
    assert "samverkansöverenskommelser." in text
    assert "exempelvis patient-, brukar- och anhörigorganisationer" in text
    assert "hälso- och sjukvård och omsorg" in PROVISIONS["4.5 st 3"]["text"]


def test_lines_are_whole_except_in_lists() -> None:
    broken = [code for code, row in PROVISIONS.items() if "\n" in row["text"]]
    assert broken == ["2.1", "2.3", "7.3"]
    assert PROVISIONS["2.3"]["text"].count("\n• ") == 8


def test_the_foreword_and_the_people_it_names_are_left_out() -> None:
    text = "\n".join(row["text"] for row in PROVISIONS.values())
    for word in ("Mossberg", "Pethrus", "Förord", "Ordförande", "http"):
        assert word not in text


@pytest.mark.parametrize(
    "sentence",
    ["inte ska ersätta andra länsövergripande överenskommelser", "brukar- och närståendeföreningar"],
)
def test_what_others_say_that_the_agreement_says_is_not_in_it(sentence: str) -> None:
    assert sentence not in "\n".join(row["text"] for row in PROVISIONS.values())


def test_section_7_3_lists_exactly_the_28_parties() -> None:
    names = [party["name"] for party in read("parties.toml")["party"]]
    assert PROVISIONS["7.3"]["text"].split("\n") == names


def test_the_ladder_is_there_word_for_word() -> None:
    assert PROVISIONS["7.1 p 3"]["text"] == (
        "Ytterst hanteras avsteg från åtagande eller oenighet av den politiska styrgruppen VIS som har "
        "tolkningsföreträde gällande överenskommelsen."
    )
