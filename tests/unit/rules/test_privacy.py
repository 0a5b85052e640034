"""The identity guard finds people's numbers however they are written, and leaves ordinary text alone."""

from __future__ import annotations

import datetime as dt
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.privacy import HitKind, IdentityNumberFound, doubts, refuse, scan


def control_digit(nine: str) -> str:
    """Luhn, written apart from the code under test."""
    doubled = [int(d) * (2 if n % 2 == 0 else 1) for n, d in enumerate(nine)]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


def generated(rng: random.Random, *, coordination: bool = False) -> str:
    """Twelve digits of a number that could be somebody's."""
    day = dt.date(1890, 1, 1) + dt.timedelta(days=rng.randrange(49_500))
    eight = f"{day:%Y%m}{day.day + 60 if coordination else day.day:02}"
    nine = f"{eight[2:]}{rng.randrange(1, 1000):03}"
    return f"{eight[:2]}{nine}{control_digit(nine)}"


FULL_WIDTH = str.maketrans("0123456789-", "".join(chr(0xFF10 + n) for n in range(10)) + "-")
ARABIC = str.maketrans("0123456789", "".join(chr(0x0660 + n) for n in range(10)))

SPELLINGS: dict[str, Callable[[str], str]] = {
    "ÅÅMMDD-NNNN": lambda n: f"{n[2:8]}-{n[8:]}",
    "ÅÅMMDD+NNNN": lambda n: f"{n[2:8]}+{n[8:]}",
    "ÅÅMMDDNNNN": lambda n: n[2:],
    "ÅÅÅÅMMDD-NNNN": lambda n: f"{n[:8]}-{n[8:]}",
    "ÅÅÅÅMMDDNNNN": lambda n: n,
    "ordinary space": lambda n: f"{n[:8]} {n[8:]}",
    "en dash with spaces": lambda n: f"{n[2:8]} – {n[8:]}",
    "non-breaking space": lambda n: f"{n[:8]}\u00a0{n[8:]}",
    "non-breaking hyphen": lambda n: f"{n[:8]}\u2011{n[8:]}",
    "full-width": lambda n: f"{n[:8]}-{n[8:]}".translate(FULL_WIDTH),
    "a date with hyphens": lambda n: f"{n[:4]}-{n[4:6]}-{n[6:8]}-{n[8:]}",
    "digit by digit": lambda n: " ".join(n),
    "pairs with dots": lambda n: ".".join(n[i : i + 2] for i in range(0, 12, 2)),
    "fours": lambda n: f"{n[:4]} {n[4:8]} {n[8:]}",
    "short, split by dots, hyphen before the last four": lambda n: f"{'.'.join(n[2:8])}-{'.'.join(n[8:])}",
    "Arabic digits": lambda n: f"{n[:8]}-{n[8:]}".translate(ARABIC),
    "soft hyphen and zero width": lambda n: f"{n[:4]}\u00ad{n[4:8]}\u200b-{n[8:]}",
    "broken over two lines": lambda n: f"{n[2:8]}-\n{n[8:]}",
    "minus sign": lambda n: f"{n[:8]}\u2212{n[8:]}",
    "glued to a word and a file suffix": lambda n: f"pnr_{n}.pdf",
}

SENTENCES = ("{}", "Den enskilde, {}, kallades.", "nr:{}", "({})", "Se 2 § och {}\n3 kap.", "x{}x")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("coordination", [False, True], ids=["personnummer", "samordningsnummer"])
def test_a_valid_number_is_found_in_every_spelling(spelling: str, coordination: bool) -> None:
    rng = random.Random(f"{spelling}{coordination}")
    missed = []
    for _ in range(500):
        number = generated(rng, coordination=coordination)
        written = SPELLINGS[spelling](number)
        text = rng.choice(SENTENCES).format(written)
        if not any(hit.kind is HitKind.CERTAIN for hit in scan(text)):
            missed.append(text)
    assert not missed


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_the_well_known_test_number_is_found_where_it_stands(spelling: str) -> None:
    written = SPELLINGS[spelling]("191212121212")
    text = f"Rad ett å ä ö\nrad två {written} slut"
    [hit] = scan(text)
    assert hit.kind is HitKind.CERTAIN
    assert text[hit.start : hit.end] in written
    assert sum(c.isdecimal() for c in text[hit.start : hit.end]) >= 10
    assert hit.line == 2


RESERVE_NUMBERS = [
    "19121212-T123",
    "121212-T123",
    "19121212T123",
    "19121212-12A3",
    "19121212-1TA2",
    "19121212-123k",
    "22121212-TA12",
    "22121212TA12",
    "00992045AB17",
    "99196900-5021",
    "991969005021",
    "１９１２１２１２－T123",
]


@pytest.mark.parametrize("number", RESERVE_NUMBERS)
def test_what_looks_like_a_reserve_number_is_possible(number: str) -> None:
    assert [hit.kind for hit in scan(f"Patienten {number} bor hos oss")] == [HitKind.POSSIBLE]


@pytest.mark.parametrize("number", ["19121212-1213", "191212121213", "121212-1213", "121212 1213", "121212+1213"])
def test_a_wrong_control_digit_is_possible(number: str) -> None:
    assert [hit.kind for hit in scan(number)] == [HitKind.POSSIBLE]


ORDINARY = [
    "2022/ÄON 0037 50",
    "KS 2021/1272",
    "Dnr KS 2021/1272",
    "HSN 2026-0871",
    "HSN 2021-1234",
    "08-123 456 78",
    "08-121 256 70",
    "070-123 45 67",
    "070 101 01 04",
    "0701 01 01 04",
    "+46 70 101 01 04",
    "ESK-2026-0033",
    "2026-11-23",
    "2001:453",
    "2017:30 och 2018:744",
    "2025:1506",
    "212000-0142",
    "16212000-0142",
    "232100-0016",
    "2022-04-25 – 2022-05-18",
    "2022-04-25 2022-05-18",
    "2021-11-09 15:00 – 16:00",
    "2022.04.25 13.00",
    "22.04.25 13.00–14.30",
    "2022-04-25 13-15",
    "2022-04-25T13:00:00+00:00",
    "VIS-T 2025:2",
    "5050-1055",
    "191313-1212",
    "12345678901234567890",
    "1 2 3 4 5 6 7 8 9 10 11 12",
    "1 250 000 000 kr",
    "c1191212121212de8f3a77b04c1bd6e5a0f0e6c8c9f7b9a4",
    "121212-1212".replace("1", "l"),
    "550e8400-e29b-41d4-a716-191212121212",
    "",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_references_raise_no_alarm(text: str) -> None:
    assert scan(text) == ()
    assert scan(f"Enligt {text}, se protokollet.") == ()


@pytest.mark.parametrize("text", ["2022-04-25 13.0{}", "2022.04.25 – 13.0{}", "070 101 01 0{}", "08-1212 12 3{}"])
def test_times_and_telephones_raise_no_alarm_whatever_their_last_digit(text: str) -> None:
    """One in ten would have a right control digit by chance."""
    assert [scan(text.format(n)) for n in range(10)] == [()] * 10


AGREEMENT = """Huvudöverenskommelsen börjar gälla 2022-07-01 eller efter att samtliga parter har beslutat att
anta överenskommelsen och gäller tills vidare (Storsthlms styrelse 2021-10-14, dnr KS 2021/1272). Parterna
ansvarar enligt 8 kap. 7 § hälso- och sjukvårdslagen (2017:30), 2 kap. 1 § socialtjänstlagen (2001:453) och
lagen (2017:612) om samverkan vid utskrivning. I avsnitt 4.5 st 2–3 anges att 26 kommuner och 11 stadsdelar
har en samordnande funktion. Mötet 2021-11-09 kl. 15:00 – 16:00; växel 08-123 456 78; § 35,
2022/ÄON 0037 50."""


def test_agreement_text_raises_no_alarm() -> None:
    assert scan(AGREEMENT) == ()
    texts = (Path(__file__).parents[3] / "escalation" / "texts").rglob("*.toml")
    for path in texts:
        assert scan(path.read_text(encoding="utf-8")) == (), path.name


def test_refusing_names_the_field_and_the_line_but_never_the_number() -> None:
    with pytest.raises(IdentityNumberFound) as refused:
        refuse("what_happened", "Först.\r\nSedan.\r\nPatienten 19121212-1212 skrevs ut.")
    assert (refused.value.field, refused.value.line) == ("what_happened", 3)
    assert "1212" not in str(refused.value)


def test_a_possible_number_is_not_refused() -> None:
    text = "19121212-1213 och 19121212-T123"
    assert [hit.kind for hit in scan(text)] == [HitKind.POSSIBLE, HitKind.POSSIBLE]
    refuse("what_happened", text)


def test_each_of_several_numbers_is_found_once_and_in_order() -> None:
    text = "19121212-1212, 121212-1213 och 1912-12-12-1212\n1 2 1 2 1 2 1 2 1 2"
    assert [(hit.kind.value, hit.line) for hit in scan(text)] == [
        ("certain", 1), ("possible", 1), ("certain", 1), ("certain", 2),
    ]  # fmt: skip


def test_leap_day_is_a_birthday_only_in_leap_years() -> None:
    assert scan(f"20000229-001{control_digit('000229001')}")[0].kind is HitKind.CERTAIN
    assert scan(f"000229-001{control_digit('000229001')}")[0].kind is HitKind.CERTAIN
    assert scan(f"19000229-001{control_digit('000229001')}") == ()


@given(st.text(alphabet=st.sampled_from("0129 -–+.\n\u00adT１a§"), max_size=60))
def test_any_text_is_scanned_without_error_and_hits_lie_within_it(text: str) -> None:
    end_of_last = 0
    for hit in scan(text):
        assert end_of_last <= hit.start < hit.end <= len(text)
        assert hit.line == text.count("\n", 0, hit.start) + 1
        end_of_last = hit.end


def test_a_very_long_word_is_looked_through_as_fast_as_a_text_of_short_ones() -> None:
    """A page of a draft is looked through on every save; with a step back for each letter this takes minutes."""
    begun = time.perf_counter()
    assert doubts("å" * 200_000) == ()
    assert time.perf_counter() - begun < 5
    # Runs of figures that go on for long and end in none, or in one that belongs to no number.
    for run in ("1-" * 100_000 + "123456789", "1 1 - 1 1 1 1 1 " * 15_000, "1." * 60_000 + "-" + "1." * 60_000):
        begun = time.perf_counter()
        assert scan(run) == ()
        assert time.perf_counter() - begun < 5
    [doubt] = doubts("Skriv till " + "a" * 100 + ".b+c@gmail.com.")
    assert (doubt.start, doubt.about) == (11, "en privat e-postadress")


def test_a_run_of_figures_counts_only_as_a_whole() -> None:
    spelt = "1 9 1 2 1 2 1 2 1 2 1 2"
    assert [hit.kind for hit in scan(f"Rad 2: {spelt}.")] == [HitKind.CERTAIN]
    assert [hit.kind for hit in scan(f"123456789 {spelt}.")] == [HitKind.CERTAIN]
    assert scan(f"{spelt} 123456789") == ()
    assert scan(f"{spelt} 3") == ()
