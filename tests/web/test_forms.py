"""What is typed wrong gets a sentence that says what to do, and is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from escalation.web import forms
from escalation.web.format import (
    date_long,
    date_receipt,
    date_short,
    date_weekday,
    paragraphs,
    time_tag,
    working_days,
)

pytestmark = pytest.mark.one_database  # a form knows no database


class Filing(forms.Form):
    title = forms.text("Rubrik", subject="Rubriken", most=20, need="Skriv en rubrik.")
    story = forms.long_text("Vad har hänt?", least=10, most=200)
    happened = forms.day("Händelsedag", need="Skriv dagen då det hände.")
    count = forms.number("Antal", most=10)
    against = forms.select("Motpart", need="Välj motpart.", choices=forms.choices([("", "Välj"), ("RS", "Regionen")]))
    kind = forms.radios("Typ", choices=forms.choices([("a", "A"), ("b", "B")]))
    others = forms.checks("Berörda", choices=forms.choices([("TYR", "Tyresö"), ("SIG", "Sigtuna")]))
    sure = forms.tick("Inga personuppgifter", need="Intyga att texten inte handlar om enskilda.")


RIGHT = {"title": "Vem utser?", "happened": "2026-11-23", "against": "RS", "sure": "y"}


@pytest.fixture
def filled(app: Flask) -> Iterator[Any]:
    def fill(**typed: Any) -> Filing:
        context = app.test_request_context("/", method="POST", data={**RIGHT, **typed})
        context.push()
        opened.append(context)
        form = Filing()
        form.validate()
        return form

    opened: list[Any] = []
    yield fill
    for context in reversed(opened):
        context.pop()


def test_a_right_form_has_no_errors_and_typed_values(filled: Any) -> None:
    form = filled(count="3", kind="a", others=["TYR", "SIG"], title="  Vem utser?\r\n")
    assert form.errors == {}
    assert form.title.data == "Vem utser?"
    assert form.happened.data == dt.date(2026, 11, 23)
    assert (form.count.data, form.kind.data, form.others.data) == (3, "a", ["TYR", "SIG"])


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "Skriv en rubrik."),
        ("title", "   ", "Skriv en rubrik."),
        ("title", "å" * 32, "Rubriken är 32 tecken. Korta den med minst 12."),
        ("title", "två\nrader", "Skriv texten på en rad."),
        ("story", "kort", "Skriv minst 6 tecken till."),
        (
            "story",
            "rad ett\nrad \x00 två",
            "Texten innehåller ett tecken som inte går att visa, på rad 2. Ta bort det.",
        ),
        (
            "story",
            "vänd \u202e text",
            "Texten innehåller ett tecken som inte går att visa, på rad 1. Ta bort det.",
        ),
        (
            "story",
            "Vid nio tillfällen.\nI ett fall gällde det 19121212-1212.",
            "Texten innehåller ett personnummer på rad 2. Beskriv frågan utan enskilda personer. "
            "Numret har inte sparats.",
        ),
        ("happened", "", "Skriv dagen då det hände."),
        ("happened", "2026-02-30", "Datumet finns inte. Skriv det som 2026-11-23."),
        ("happened", "i går", "Datumet finns inte. Skriv det som 2026-11-23."),
        ("happened", "0001-01-01", "Skriv ett datum mellan 1990 och 2100."),
        ("count", "många", "Skriv ett heltal med siffror."),
        ("count", "٣", "Skriv ett heltal med siffror."),
        ("count", str(2**31), "Talet är för stort."),
        ("count", str(2**63), "Talet är för stort."),
        ("count", "9" * 5000, "Talet är för stort."),
        ("count", "11", "Skriv ett tal från 0 till 10."),
        ("against", "", "Välj motpart."),
        ("against", "XX", "Välj något av alternativen."),
        ("kind", "c", "Välj något av alternativen."),
        ("others", ["TYR", "XX"], "Välj något av alternativen."),
        ("sure", "", "Intyga att texten inte handlar om enskilda."),
    ],
)
def test_each_wrong_field_has_one_sentence_and_keeps_what_was_typed(
    filled: Any, field: str, typed: Any, sentence: str
) -> None:
    form = filled(**{field: typed})
    assert form.errors == {field: [sentence]}
    if field in ("title", "story"):
        assert form[field].data == typed.strip()


def test_the_summary_counts_in_words(filled: Any) -> None:
    filled()
    assert forms.summary_heading(1) == "En sak behöver rättas"
    assert forms.summary_heading(3) == "Tre saker behöver rättas"
    assert forms.summary_heading(12) == "12 saker behöver rättas"


def test_days_are_written_as_people_read_them(filled: Any) -> None:
    filled()
    day = dt.date(2026, 10, 8)
    assert date_long(day) == "8\u00a0oktober 2026"
    assert date_weekday(day) == "torsdag 8\u00a0oktober 2026"
    assert date_short(day) == "8\u00a0okt"
    assert date_receipt(day) == "tor 8\u00a0okt 2026"
    assert time_tag(day, "short") == '<time datetime="2026-10-08">8\u00a0okt</time>'
    assert (working_days(1), working_days(5)) == ("1 arbetsdag", "5 arbetsdagar")


def test_an_instant_near_midnight_belongs_to_the_swedish_day(filled: Any) -> None:
    filled()
    assert date_long(dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)) == "1\u00a0juli 2026"
    with pytest.raises(ValueError, match="naive"):
        date_long(dt.datetime(2026, 6, 30, 22, 30))  # noqa: DTZ001


def test_a_persons_text_is_shown_as_text(filled: Any) -> None:
    assert paragraphs("ett\n\ntvå\ntre <b>") == "<p>ett</p><p>två<br>tre &lt;b&gt;</p>"
    assert paragraphs(None) == ""
