"""What has changed in the parties' stands: which versions stand beside each other, and what is marked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session, scoped_session

from escalation.rules.situation import Phase
from escalation.web.cases.positions import Run, changes, tokens
from tests.support.app import turn_to
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
Opens = Callable[..., str]

pytestmark = pytest.mark.one_database

FIRST = "Bestämmelsen säger inget om hur vårdcentralen nås.\n\nVi svarar på vardagar."
SECOND = "Bestämmelsen säger inte hur vårdcentralen nås.\n\nVi svarar alla dagar."


@pytest.fixture
def opens(app: Flask, session: Database) -> Opens:
    """Open a page as somebody with a seat, on the day of the demo, and give its HTML."""
    turn_to(dt.date(2026, 11, 23))

    def opened(seat: str, address: str, status: int = 200) -> str:
        browser: FlaskClient = app.test_client()
        assert browser.post(f"/sign_in_demo/{person(seat).membership_id}").status_code == 302
        answer = browser.get(address)
        assert answer.status_code == status
        return answer.text

    return opened


def stated(*texts: str, affected: str = "") -> Story:
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE, affected=["KSON"] if affected else [])
    for text in texts:
        story.act("state_position", by="RS.handler", text=text)
    if affected:
        story.act("state_position", by="KSON.handler", text=affected)
    return story


def sides(html: str) -> list[str]:
    """The columns, in order, as they are heard: tags gone, what is said of a change kept."""
    found = re.findall(r'<div class="side">(.*?)</div></div>|<div class="side">(.*?)</div>\s*</div>', html, re.S)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", "".join(side))).split()) for side in found]


def changed(html: str, tag: str) -> list[str]:
    """What is marked as gone (del) or come (ins), without the words for those who hear it."""
    html = re.sub(r'<span class="sr">.*?</span>', "", html)
    return re.findall(rf"<{tag}>(.*?)</{tag}>", html)


def test_lp8_a_new_version_stands_beside_the_one_before_it_with_each_changed_word_marked(opens: Opens) -> None:
    story = stated(FIRST, SECOND)
    html = opens("SUN.handler", f"/cases/{story.case.number}/positions")
    assert changed(html, "del") == ["inget om", "på vardagar."]
    assert changed(html, "ins") == ["inte", "alla dagar."]
    assert "4 ord borttagna, 3 ord tillagda." in html
    older, newer = sides(html)[-2:]
    assert older.startswith("Version 1, ")
    assert "säger Borttaget: inget om Slut på det borttagna. hur vårdcentralen nås." in older
    assert newer.startswith("Version 2, ")
    assert "säger Tillagt: inte Slut på det tillagda. hur vårdcentralen nås." in newer


def test_every_version_has_its_own_pair_the_newest_first(opens: Opens) -> None:
    story = stated("Ett.", "Två.", "Tre.")
    html = opens("RS.handler", f"/cases/{story.case.number}/positions")
    assert re.findall(r"<h3>Version (\d)", html) == ["1", "2", "3", "1", "2"]
    assert changed(html, "del") == ["Två.", "Ett."]


def test_a_party_with_one_version_has_nothing_to_compare_and_an_affected_partys_stand_is_there_too(
    opens: Opens,
) -> None:
    story = stated(FIRST, affected="Ordningen ska stå i portalen.")
    html = opens("KSON.handler", f"/cases/{story.case.number}/positions")
    assert html.count("Bara en version. Det finns inget att jämföra med.") == 3
    assert "Ordningen ska stå i portalen." in html
    assert changed(html, "del") == changed(html, "ins") == []
    assert "Överstruket" not in html


def test_the_case_leads_there_once_somebody_has_changed_their_stand(opens: Opens) -> None:
    story = stated(FIRST)
    address = f"/cases/{story.case.number}"
    assert f'href="{address}/positions"' not in opens("SUN.handler", address)
    story.act("state_position", by="RS.handler", text=SECOND)
    html = opens("SUN.handler", address)
    assert f'<a href="{address}/positions">Se vad som har ändrats i ståndpunkterna</a>' in html


@pytest.mark.parametrize("seat", ["SOL.handler", "TSG.chair", "VIS.member"])
def test_who_does_not_see_the_whole_case_has_no_such_page(opens: Opens, seat: str) -> None:
    opens(seat, f"/cases/{stated(FIRST, SECOND).case.number}/positions", 404)


def test_what_is_written_is_shown_as_text(opens: Opens) -> None:
    story = stated("Vi <b>svarar</b> & läser.", "Vi <i>svarar</i> & läser.")
    html = opens("SUN.handler", f"/cases/{story.case.number}/positions")
    assert changed(html, "del") == ["&lt;b&gt;svarar&lt;/b&gt;"]
    assert changed(html, "ins") == ["&lt;i&gt;svarar&lt;/i&gt;"]
    assert "<b>svarar" not in html


# --- The comparison itself


def whole(runs: list[Run]) -> list[str]:
    return [word for _is_changed, run in runs for word in run]


TEXTS = st.text(st.sampled_from("ab \n."), max_size=400)


@given(TEXTS, TEXTS)
def test_nothing_is_lost_and_what_is_not_marked_is_the_same_in_both(old: str, new: str) -> None:
    left, right = changes(old, new)
    assert (whole(left), whole(right)) == (tokens(old), tokens(new))
    assert whole([run for run in left if not run[0]]) == whole([run for run in right if not run[0]])


def test_the_same_text_has_no_changes_however_it_is_spaced() -> None:
    left, right = changes("Vi  svarar\r\n\r\npå vardagar. ", "Vi svarar\n \npå vardagar.")
    assert not any(is_changed for is_changed, _run in (*left, *right))


def test_texts_that_repeat_themselves_beyond_measure_are_compared_by_where_they_begin_to_differ() -> None:
    left, right = changes("ja " * 1900 + "nej", "ja " * 1900 + "jo")
    assert [(is_changed, len(run)) for is_changed, run in left] == [(False, 1900), (True, 1)]
    assert [run for is_changed, run in right if is_changed] == [["jo"]]
