"""The pages of the joint statement: what each sees, writes and is refused."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import queries
from escalation.cases.models.statements import JointStatement, StatementDraft
from escalation.rules import workdays
from escalation.rules.situation import Phase, ProposalKind
from escalation.web.statement.forms import one_sided
from escalation.web.statement.pages import marked
from tests.support.app import turn_to
from tests.support.facts import STATEMENT
from tests.support.sheet import SEES, Enter
from tests.support.sql import statements
from tests.support.stories import Story, StoryFactory
from tests.support.writer import text_of

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # the sheet and its parts are tried on both in tests/cases
SEES_NOT = ("SOL.handler", "TSG.chair", "VIS.member", "CONSULT", "ADMIN")


def sheet(story: Story) -> str:
    return f"/cases/{story.case.number}/statement"


def fields(answer: Any) -> dict[str, str]:
    """What the page's form would send, as it stands."""
    found = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', answer.text))
    found |= dict(re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n([^<]*)</textarea>', answer.text))
    return {name: unescape(value) for name, value in found.items() if name != "csrf_token"}


def part(answer: Any, name: str) -> str:
    """One part's section as it stands on the page, tags and all."""
    return str(answer.text).partition(f'aria-labelledby="h-{name}"')[2].partition("</section>")[0]


def write(browser: FlaskClient, story: Story, do: str = "save", **texts: str) -> Any:
    """Open the sheet, write, and send it."""
    return browser.post(sheet(story), data=fields(browser.get(sheet(story))) | texts | {"do": do})


def drafts(session: Database, story: Story) -> dict[str, Any]:
    session.expire_all()
    return dict(queries.statement_drafts(story.case))


def test_everybody_who_sees_the_case_reads_the_sheet_and_only_the_two_sides_have_a_column_to_write_in(
    story: Story, enter: Enter
) -> None:
    write(enter("RS.handler"), story, stand="Kommunen svarar för kontakten.")
    for seat in SEES:
        answer = enter(seat).get(sheet(story))
        assert answer.status_code == 200, seat
        assert "Gemensamt arbetsutkast" in answer.text
        assert "Kommunen svarar för kontakten." in answer.text
        writes = seat in {"SUN.handler", "SUN.approver", "RS.handler"}
        assert ("<textarea" in answer.text) == writes, seat
        assert ("Spara arbetsutkastet" in answer.text) == writes, seat


@pytest.mark.parametrize("seat", SEES_NOT)
def test_for_everybody_else_there_is_no_sheet(story: Story, enter: Enter, seat: str) -> None:
    browser = enter(seat)
    assert browser.get(sheet(story)).status_code == 404
    assert browser.post(sheet(story), data={"question": "Vem svarar?"}).status_code == 404


def test_a_case_that_is_not_in_impasse_has_no_sheet(session: Database, enter: Enter) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    turn_to(story.day)
    browser = enter("SUN.approver")
    assert browser.get(sheet(story)).status_code == 404
    assert browser.post(sheet(story), data={"question": "Vem svarar?", "party": "SUN"}).status_code == 409


def test_each_column_opens_with_its_own_sides_words_and_says_that_nothing_is_saved(
    session: Database, story: Story, enter: Enter
) -> None:
    ours, theirs = enter("SUN.handler").get(sheet(story)), enter("RS.handler").get(sheet(story))
    assert "Inget är sparat än." in ours.text
    assert fields(ours)["background"] == story.case.description
    assert fields(ours)["stand"] == "Det ska finnas en känd och bemannad väg in."
    assert fields(ours)["purpose"] == story.case.purpose_statement
    assert "Norrtälje" in fields(ours)["also_affected"]
    assert fields(theirs)["meanwhile"] == story.case.interim_arrangement
    assert (fields(theirs)["background"], fields(theirs)["stand"]) == ("", "")
    assert drafts(session, story) == {}


# Side by side -----------------------------------------------------------------------------------------------------


def test_the_page_says_in_a_word_where_the_sides_differ_and_marks_what(story: Story, enter: Enter) -> None:
    ours, theirs = enter("SUN.handler"), enter("RS.handler")
    write(ours, story, background="Numret har bytts tre gånger.", question="Vem svarar?", tried="Ett möte.")
    write(theirs, story, background="Numret har bytts två gånger.", question="Vem svarar?")
    page = ours.get(sheet(story))
    assert "Olika lydelser" in part(page, "background")
    assert "Numret har bytts <mark>två</mark> gånger." in part(page, "background")
    assert "Samma lydelse" in part(page, "question")
    assert "Bara Sundbyberg har skrivit" in part(page, "tried")
    assert "Inget skrivet än" in part(page, "agreed_points")


def test_a_column_that_is_filled_in_and_not_saved_is_not_said_to_be_written(story: Story, enter: Enter) -> None:
    ours = enter("SUN.handler")
    first = ours.get(sheet(story))
    assert "Förslag ur ärendet, inte sparat" in part(first, "background")
    assert "Bara Sundbyberg har skrivit" not in first.text
    assert "Inget skrivet än" in part(first, "agreed_points")
    write(ours, story)
    saved = ours.get(sheet(story))
    assert "Bara Sundbyberg har skrivit" in part(saved, "background")
    assert "inte sparat" not in saved.text
    write(enter("RS.handler"), story, background="En annan bakgrund.")
    assert "Olika lydelser" in part(ours.get(sheet(story)), "background")


def test_one_click_takes_over_the_other_sides_wording_and_keeps_what_was_typed_elsewhere(
    session: Database, story: Story, enter: Enter
) -> None:
    ours, theirs = enter("SUN.handler"), enter("RS.handler")
    write(theirs, story, background="Numret har bytts.")
    answer = write(ours, story, do="take:background:RS", tried="Ett möte.")
    assert answer.status_code == 302
    saved = drafts(session, story)["SUN"]
    assert (saved["background"], saved["tried"]) == ("Numret har bytts.", "Ett möte.")
    assert "Samma lydelse" in part(ours.get(sheet(story)), "background")


@pytest.mark.parametrize("wish", ["take:stand:RS", "take:background:SOL", "take:", "take:nonsense:RS", "dance"])
def test_a_wish_that_no_button_has_only_saves(session: Database, story: Story, enter: Enter, wish: str) -> None:
    write(enter("RS.handler"), story, stand="Kommunen svarar.", background="Numret har bytts.")
    assert write(enter("SUN.handler"), story, do=wish, stand="Det ska finnas en väg in.").status_code == 302
    saved = drafts(session, story)["SUN"]
    assert (saved["stand"], saved["background"]) == ("Det ska finnas en väg in.", story.case.description)


def test_words_that_differ_are_marked_and_text_is_text() -> None:
    assert marked("a <b> c", "a d c") == "<p>a <mark>&lt;b&gt;</mark> c</p>"
    assert marked("en\ntvå", "en\ntvå") == "<p>en<br>två</p>"


# Bad input --------------------------------------------------------------------------------------------------------


def test_a_part_that_two_colleagues_have_changed_shows_both_texts_and_the_next_save_is_made_knowing_it(
    session: Database, story: Story, enter: Enter
) -> None:
    first, second = enter("SUN.handler"), enter("SUN.approver")
    write(first, story, question="Vem svarar?")
    as_opened = fields(second.get(sheet(story)))
    write(first, story, question="Vem svarar på vardagar?", tried="Ett möte.")
    answer = second.post(sheet(story), data=as_opened | {"question": "Vem svarar på helger?"})
    assert answer.status_code == 409
    assert fields(answer)["question"] == "Vem svarar på helger?"
    assert "Vem svarar på vardagar?" in part(answer, "question")
    assert "Sparat av en kollega" in part(answer, "question")
    # What only the colleague has changed is shown as the colleague left it.
    assert fields(answer)["tried"] == "Ett möte."
    assert drafts(session, story)["SUN"]["question"] == "Vem svarar på vardagar?"
    assert second.post(sheet(story), data=fields(answer)).status_code == 302
    saved = drafts(session, story)["SUN"]
    assert (saved["question"], saved["tried"]) == ("Vem svarar på helger?", "Ett möte.")


def test_the_other_sides_column_cannot_be_written_in(session: Database, story: Story, enter: Enter) -> None:
    theirs, ours = enter("RS.handler"), enter("SUN.approver")
    write(theirs, story, stand="Kommunen svarar för kontakten.")
    answer = write(ours, story, party="RS", stand="Vi har haft fel hela tiden, säger regionen.")
    assert answer.status_code == 409
    assert "Vi har haft fel hela tiden, säger regionen." in answer.text
    assert drafts(session, story) == {"RS": drafts(session, story)["RS"]}
    assert drafts(session, story)["RS"]["stand"] == "Kommunen svarar för kontakten."


@pytest.mark.parametrize("seat", ["SEK.region", "AUDITOR", "SUN.reader", "KSON.handler"])
def test_who_reads_but_does_not_write_is_refused(session: Database, story: Story, enter: Enter, seat: str) -> None:
    assert enter(seat).post(sheet(story), data={"question": "Vem svarar?", "party": "SUN"}).status_code == 409
    assert drafts(session, story) == {}


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("stand", "Gäller 640823-3234.", "personnummer på rad 1"),
        ("question", "Varför? " * 100, "Korta den med minst"),
        ("tried", "Ett\x00möte", "tecken som inte går att visa"),
    ],
)
def test_what_cannot_stand_is_said_beside_its_field_and_nothing_is_saved(
    session: Database, story: Story, enter: Enter, name: str, text: str, sentence: str
) -> None:
    answer = write(enter("SUN.handler"), story, **{name: text, "agreed_points": "En är utsedd."})
    assert answer.status_code == 422
    assert sentence in part(answer, name)
    assert fields(answer)["agreed_points"] == "En är utsedd."
    assert drafts(session, story) == {}


def test_a_sheet_without_fingerprints_overwrites_nothing(session: Database, story: Story, enter: Enter) -> None:
    browser = enter("SUN.handler")
    write(browser, story, question="Vem svarar?")
    answer = browser.post(sheet(story), data={"party": "SUN", "question": "Något annat?"})
    assert answer.status_code == 409
    assert drafts(session, story)["SUN"]["question"] == "Vem svarar?"


def test_what_is_saved_twice_is_saved_once(session: Database, story: Story, enter: Enter) -> None:
    browser = enter("SUN.handler")
    sent = fields(browser.get(sheet(story))) | {"question": "Vem svarar?"}
    assert [browser.post(sheet(story), data=sent).status_code for _ in range(2)] == [302, 302]
    assert len(session.scalars(select(StatementDraft)).all()) == 1


# From the sheet to the statement ----------------------------------------------------------------------------------


def test_where_the_sides_differ_the_sheet_is_saved_and_not_proposed(
    session: Database, story: Story, enter: Enter
) -> None:
    write(enter("RS.handler"), story, background="Numret har bytts.")
    answer = write(enter("SUN.approver"), story, do="offer", question="Vem svarar?")
    assert answer.status_code == 422
    assert "Bakgrund: Parterna har skrivit olika." in answer.text
    assert drafts(session, story)["SUN"]["question"] == "Vem svarar?"
    assert queries.proposals(story.case) == []


def test_the_other_side_approves_every_word_and_the_statement_tells_who_did(
    session: Database, story: Story, enter: Enter
) -> None:
    ours, theirs = enter("SUN.approver"), enter("RS.approver")
    registrar = enter("SUN.registrar")
    registrar.post(f"/cases/{story.case.number}/add_register_number", data={"value": "KS 2026/0412"})
    write(theirs, story, stand="Kommunen svarar för kontakten.")
    answer = write(ours, story, do="offer", question="Vem svarar?", tried="Ett möte.")
    assert answer.location.endswith(f"/cases/{story.case.number}")
    assert "Sundbyberg har föreslagit en beskrivning" in text_of(ours.get(sheet(story)))
    waiting = queries.proposals(story.case)[0]
    asked = theirs.get(f"/cases/{story.case.number}/answer/{waiting.id}")
    for text in ("Vem svarar?", "Ett möte.", "Kommunen svarar för kontakten.", story.case.description):
        assert text in text_of(asked)
    sent = {"answer": "accept", "version": re.findall(r'name="version" value="(\d+)"', asked.text)[0]}
    assert theirs.post(f"/cases/{story.case.number}/answer/{waiting.id}", data=sent).status_code == 302

    approved = ours.get(sheet(story))
    assert "<h1>Gemensam beskrivning</h1>" in approved.text
    assert "Ärendet är inte lyft än" in approved.text
    version = re.findall(r'name="version" value="(\d+)"', ours.get(f"/cases/{story.case.number}/lift").text)[0]
    assert ours.post(f"/cases/{story.case.number}/lift", data={"version": version}).status_code == 302
    for seat in (*SEES, "TSG.member"):
        page = enter(seat).get(sheet(story))
        assert page.status_code == 200, seat
        read = text_of(page)
        for text in ("Godkänd av Sundbyberg", "Godkänd av regionen", "SUN.approver", "RS.approver", "dnr KS 2026/0412"):
            assert text in read, seat
        assert "Kommunen svarar för kontakten." in read
    assert "Gemensam beskrivning, " in text_of(ours.get(f"/cases/{story.case.number}"))


def test_a_one_sided_statement_begins_with_the_own_column_and_is_called_so_for_everybody(
    session: Database, story: Story, enter: Enter
) -> None:
    ours, theirs = enter("SUN.approver"), enter("RS.handler")
    write(ours, story, question="Vem svarar?", stand="Det ska finnas en väg in.", on_the_table="En gemensam brevlåda.")
    write(theirs, story, background="Regionens bakgrund.", stand="Kommunen svarar för kontakten.")
    turn_to(workdays.open_from(story.due("D7b"), story.calendar))
    ours, theirs = enter("SUN.approver"), enter("RS.handler")
    form = ours.get(f"/cases/{story.case.number}/lift")
    assert "Den märks ”Ensidig beskrivning” för alla som läser den." in form.text
    opened = fields(form)
    assert (opened["question"], opened["stand"]) == ("Vem svarar?", "Det ska finnas en väg in.")
    assert opened["on_the_table"] == "En gemensam brevlåda."
    assert opened["background"] == story.case.description
    assert ours.post(f"/cases/{story.case.number}/lift", data=opened).status_code == 302
    for seat in (*SEES, "TSG.member"):
        page = enter(seat).get(sheet(story))
        assert "<h1>Ensidig beskrivning</h1>" in page.text, seat
        read = text_of(page)
        assert "Ensidig beskrivning av Sundbyberg, " in read, seat
        assert "Inte godkänd av regionen." in read, seat
        assert "En gemensam brevlåda." in read, seat
        # The other side's draft was never part of it, and its silence is stated, not blamed.
        assert "Regionens bakgrund." not in read, seat
        assert "Har inte lämnat någon ståndpunkt." in read, seat
    assert "Ensidig beskrivning, " in text_of(theirs.get(f"/cases/{story.case.number}"))


def test_beside_a_one_sided_statement_stands_the_other_sides_position_of_that_time(
    session: Database, story: Story, enter: Enter
) -> None:
    story.act("state_position", by="RS.handler", text="Bestämmelsen lägger ansvaret på kommunen.")
    story.lift(on=workdays.open_from(story.due("D7b"), story.calendar), **STATEMENT)
    story.act("state_position", by="RS.handler", text="Vi har tänkt om.", on=story.day + dt.timedelta(days=1))
    turn_to(story.day)
    read = text_of(enter("SEK.region").get(sheet(story)))
    assert "Bestämmelsen lägger ansvaret på kommunen." in read
    assert "Ur ståndpunkten, version 1" in read
    assert "Vi har tänkt om." not in read


def test_the_secretariat_lifts_with_what_both_sides_have_in_common(
    session: Database, story: Story, enter: Enter
) -> None:
    write(enter("SUN.approver"), story, question="Vem svarar?", background="Numret har bytts tre gånger.")
    write(enter("RS.handler"), story, background="Numret har bytts.")
    turn_to(workdays.open_from(story.due("D7c"), story.calendar))
    opened = fields(enter("SEK.region").get(f"/cases/{story.case.number}/lift"))
    assert (opened["question"], opened["background"]) == ("Vem svarar?", "")
    assert "stand" not in opened


def test_a_statement_by_neither_party_says_that_neither_has_approved_it(story: Story, enter: Enter) -> None:
    story.day = workdays.open_from(max(story.due("D7b"), story.due("D7c")), story.calendar)
    story.act("lift", by="SEK.region", **STATEMENT)
    turn_to(story.day)
    read = text_of(enter("RS.handler").get(sheet(story)))
    assert "av den som lyfte ärendet utan parterna." in read
    assert "Inte godkänd av Sundbyberg och regionen." in read


def test_who_does_not_see_the_whole_case_is_given_none_of_its_texts_to_begin_with(
    session: Database, story: Story, enter: Enter
) -> None:
    write(enter("SUN.approver"), story, question="Vem svarar?")
    assert one_sided(story.file_on(story.day, "TSG.chair")) == {}
    assert one_sided(story.file_on(story.day, "SEK.region"))["question"] == "Vem svarar?"


def test_statements_of_the_case_are_read_by_their_own_addresses_and_no_others(
    session: Database, story: Story, enter: Enter
) -> None:
    story.agree_on_statement().lift()
    other = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    own, foreign = (
        session.scalars(select(JointStatement.id).where(JointStatement.case_id == c.id)).one()
        for c in (story.case, other.case)
    )
    browser = enter("KSON.handler")
    assert browser.get(f"{sheet(story)}/{own}").status_code == 200
    assert browser.get(f"{sheet(story)}/{foreign}").status_code == 404
    assert browser.get(f"{sheet(story)}/999999").status_code == 404


def test_the_short_form_of_before_is_gone(story: Story, enter: Enter) -> None:
    browser = enter("SUN.approver")
    assert browser.get(f"/cases/{story.case.number}/propose/statement").status_code == 404
    link = browser.get(f"/cases/{story.case.number}").text
    assert f'<a class="ds-button" href="{sheet(story)}">Skriv den gemensamma beskrivningen</a>' in link


def test_an_earlier_position_stays_readable_beside_the_new_one(story: Story, enter: Enter) -> None:
    story.act("state_position", by="SUN.handler", text="Det ska finnas en väg in, bemannad till klockan sexton.")
    page = text_of(enter("RS.handler").get(f"/cases/{story.case.number}"))
    assert "bemannad till klockan sexton" in page
    assert "Tidigare versioner från Sundbybergs stad" in page
    assert "Det ska finnas en känd och bemannad väg in." in page


# Register numbers and notes ---------------------------------------------------------------------------------------


def test_neither_page_asks_the_database_more_than_it_may(app: Flask, story: Story, enter: Enter) -> None:
    for seat, value in (("SUN.handler", "KS 2026/0412"), ("RS.handler", "HSN 2026-1234")):
        enter(seat).post(f"/cases/{story.case.number}/add_register_number", data={"value": value})
    offered = story.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    browser, numbers = enter("SEK.region"), {}
    for path in (f"/cases/{story.case.number}", sheet(story)):
        with statements(app) as asked:
            assert browser.get(path).status_code == 200
        numbers[path] = len(asked)
    story.accept(offered, by="RS.approver")
    story.lift()
    with statements(app) as asked:
        assert browser.get(sheet(story)).status_code == 200
    numbers["lifted"] = len(asked)
    assert max(numbers.values()) <= 12, numbers
