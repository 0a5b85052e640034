"""An act that is typed wrong, sent too late or by somebody else: a sentence that says what to do, the text kept,
and nothing changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from escalation.cases.models.case import Case
from escalation.db import session
from tests.support import filing
from tests.support.bad_input import FORMS, IDENTITY, MOVES_AND_PROPOSALS, NO_SUCH_DAY, refused, unchanged
from tests.support.page import Page
from tests.support.rows import all_rows, row_counts
from tests.support.stage import House


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(house: House) -> Iterator[None]:
    with unchanged(house):
        yield


ALL_FORMS = pytest.mark.parametrize("what", FORMS)

IN_DAYS = pytest.mark.parametrize(
    "what", ["note_meeting", "propose settlement", "propose extension", "propose pause", "pause", "correct_decision"]
)

WITHOUT_A_WORD = {"accept_recommendation", "adjust"}
"""A yes to a recommendation, and an approval of minutes that set no task."""

NEEDING = pytest.mark.parametrize("what", [what for what in FORMS if what not in WITHOUT_A_WORD])


@pytest.mark.one_database
@NEEDING
def test_an_empty_act_says_what_is_missing_at_every_field_that_is_needed(house: House, form: Any) -> None:
    seat, path, page = form
    needed = {c.attributes["name"] for c in page.controls if "aria-required" in c.attributes}
    back = refused(house, seat, path, {"version": page.standing().get("version", "")})
    assert {name for name in needed if not back.sentence(name)} == set()
    assert needed or path.endswith("/answer/1")


@pytest.mark.one_database
@ALL_FORMS
def test_an_identity_number_in_any_text_of_any_act_stops_it_and_is_stored_nowhere(
    house: House, form: Any, caplog: pytest.LogCaptureFixture
) -> None:
    seat, path, page = form
    caplog.set_level(logging.DEBUG)
    written = page.texts()
    assert written or path.endswith("/acknowledge")
    for name in written:
        text = f"Det gällde {IDENTITY} i ett fall."
        back = refused(house, seat, path, page.filled(**{name: text}))
        assert back.sentence(name).startswith("Texten innehåller ett personnummer på rad 1."), name
        assert back.typed(name) == text
    assert IDENTITY not in caplog.text
    assert IDENTITY not in repr(house.ask(all_rows))


@pytest.mark.one_database
@ALL_FORMS
def test_a_text_that_is_too_long_is_kept_with_how_much_to_cut(house: House, form: Any) -> None:
    seat, path, page = form
    for name in page.texts():
        long = "å" * 4200
        back = refused(house, seat, path, page.filled(**{name: long}))
        assert "är 4200 tecken. Korta" in back.sentence(name), name
        assert back.typed(name) == long


@pytest.mark.one_database
@IN_DAYS
def test_a_day_that_does_not_exist_is_said_beside_its_field(house: House, form: Any) -> None:
    seat, path, page = form
    days = [c.attributes["name"] for c in page.controls if c.attributes.get("type") == "date"]
    assert days
    for name in days:
        for day, sentence in (
            ("2026-02-30", NO_SUCH_DAY), ("nästa vecka", NO_SUCH_DAY),
            ("0001-01-01", "Skriv ett datum mellan 1990 och 2100."),
        ):  # fmt: skip
            assert refused(house, seat, path, page.filled(**{name: day})).sentence(name) == sentence


@pytest.mark.one_database
@MOVES_AND_PROPOSALS
def test_a_form_from_before_somebodys_act_is_a_page_that_says_so_and_keeps_the_texts(house: House, form: Any) -> None:
    seat, path, page = form
    texts = {name: f"En lång text i {name} som ingen vill skriva en gång till." for name in page.texts()}
    for version in ("0", "abc", str(2**63)):
        sent = page.filled(**texts, version=version)
        if "answer" in page.filled():
            sent |= {"answer": "decline"} if path.endswith("/answer/1") else {}
        answer = house.client(seat).post(path, data=sent)
        assert answer.status_code == 409, version
        stale = Page(answer.text)
        assert stale.heading == "Någon hann före"
        assert "Inget av ditt har sparats." in stale.main
        assert path in stale.links()
        areas = [area.text.removeprefix("\n") for area in stale.all("textarea")]
        assert [text for text in texts.values() if text not in areas] == []


TEXT = "En lång text som ingen vill skriva en gång till."


# --- Too late, not now, not yours ------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("seat", "key", "rest", "reason"),
    [
        ("SEK.region", "served", "/serve", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "served", "/acknowledge", "Det är någon annan som kan göra det."),
        ("TYR.approver", "dialogue", "/declare_impasse", "Det går när det lokala steget är slut."),
        ("SEK.region", "dialogue", "/declare_impasse", "Det går när det lokala steget är slut."),
        ("TYR.handler", "forgotten", "/lift", "Det är någon annan som kan göra det."),
        ("TYR.approver", "impasse", "/lift", "Det går när båda har godkänt beskrivningen"),
        ("SEK.region", "scheduled", "/decide", "Det går när mötet har hållits."),
        ("SEK.region", "recommendation_out", "/refuse_recommendation", "Det går när tiden att svara är slut."),
        ("SEK.region", "intake", "/reject", "Det är någon annan som kan göra det."),
        ("TYR.approver", "closed", "/state_position", "Ärendet är inte i det läget längre."),
        ("TYR.handler", "impasse", "/answer/1", "Det är någon annan som kan göra det."),
        ("TYR.approver", "intake", "/propose/reject", "Det är någon annan som kan göra det."),
        ("SEK.region", "late", "/propose/lapse", "Parterna är inte tillfrågade, eller har redan svarat."),
        ("SEK.region", "asked", "/ask_to_pursue", "Parterna är redan tillfrågade, och ingen har svarat."),
        ("SEK.region", "dialogue", "/propose/settlement", "Det är någon annan som kan göra det."),
        ("KSON.approver", "dialogue", "/propose/interim", "Det är någon annan som kan göra det."),
        ("TYR.handler", "late", "/propose/lift_early", "Det går när det lokala steget är slut."),
        ("RS.handler", "impasse", "/propose/extension", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "scheduled", "/propose/pause", "Ärendet är inte i det läget längre."),
        ("RS.handler", "paused", "/propose/settlement", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "dialogue", "/pause", "Det är någon annan som kan göra det."),
        ("RS.handler", "paused", "/state_position", "Ärendet är pausat."),
        ("RS.handler", "paused", "/end_pause", "Det är någon annan som kan göra det."),
        ("RS.approver", "dialogue", "/end_pause", "Ärendet är inte pausat."),
        ("RS.approver", "paused", "/resume", "Det är någon annan som kan göra det."),
        ("RS.approver", "dialogue", "/withdraw", "Det är någon annan som kan göra det."),
        ("TYR.approver", "minuted", "/withdraw", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "withdrawn", "/withdraw", "Ärendet är återkallat och väntar på eventuell invändning."),
        ("RS.handler", "withdrawn", "/state_position", "Ärendet är återkallat och väntar på eventuell invändning."),
        ("TYR.approver", "withdrawn", "/keep_open", "Det är någon annan som kan göra det."),
        ("RS.approver", "dialogue", "/keep_open", "Ärendet är inte återkallat."),
        ("RS.approver", "withdrawn", "/end_withdrawn", "Det är någon annan som kan göra det."),
        ("TYR.handler", "recommendation_out", "/accept_recommendation", "Det är någon annan som kan göra det."),
        ("RS.approver", "recommendation_out", "/end_without_agreement", "Ärendet är inte på trappans översta steg."),
        ("TYR.approver", "implementation", "/report_breach", "Det går när något är försenat eller rapporterat."),
        ("TYR.approver", "implementation", "/confirm_done", "Det går när alla uppgifter är rapporterade."),
        ("RS.approver", "reported", "/confirm_done", "Det är någon annan som kan göra det."),
        ("RS.approver", "reported", "/report_breach", "Det är någon annan som kan göra det."),
        ("TYR.approver", "asked_again", "/ask_reopening", "Någon har redan bett om det. Svaret väntas."),
        ("TYR.handler", "closed", "/ask_reopening", "Det är någon annan som kan göra det."),
        ("SEK.region", "closed", "/reopen", "Ordföranden i det organ som avgjorde ärendet svarar."),
        ("VIS.chair", "closed", "/refuse_reopening", "Ingen väntar på svar."),
        ("TYR.approver", "rejected", "/ask_reopening", "Tiden att begära det är slut"),
        ("SEK.region", "reported", "/confirm_done", "Det går när den andra sidans tid att bekräfta är slut."),
    ],
)
def test_an_act_that_is_not_open_says_why_and_leads_to_the_case(
    house: House, seat: str, key: str, rest: str, reason: str
) -> None:
    browser = house.client(seat)
    looked = browser.get(house.path(key, rest))
    number = house.stage.numbers[key]
    version = house.ask(lambda: session.scalar(select(Case.version).where(Case.number == number)))
    sent = browser.post(house.path(key, rest), data={"version": str(version), "text": TEXT, "reasons": TEXT})
    for answer in (looked, sent):
        assert answer.status_code == 409
        page = Page(answer.text)
        assert page.heading == "Det går inte nu"
        assert reason in page.main
        assert house.path(key) in page.links()
    assert TEXT in [area.text.removeprefix("\n") for area in Page(sent.text).all("textarea")]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("seat", "key", "rest"),
    [
        ("SOL.approver", "served", ""),
        ("SOL.approver", "received", "/state_position"),
        ("RS.approver", "intake", "/state_position"),
        ("SEK.region", "served", "/update"),
        ("SEK.region", "served", "/propose/settle"),
        ("TYR.approver", "forgotten", "/propose/statement"),
        ("SOL.approver", "dialogue", "/propose/settlement"),
        ("SEK.region", "dialogue", "/notes"),
        ("TYR.reader", "dialogue", "/add_register_number"),
        ("TYR.handler", "dialogue", "/delete_note/1"),
        ("TYR.approver", "served", "/answer/1"),
        ("TYR.approver", "impasse", "/answer/2"),
        ("TYR.approver", "impasse", "/answer/1x"),
        ("AUDITOR", "served", "/state_position"),
    ],
)
def test_what_is_not_yours_or_does_not_exist_is_a_page_that_says_what_to_do(
    house: House, seat: str, key: str, rest: str
) -> None:
    answer = house.client(seat).post(house.path(key, rest), data={"text": TEXT, "version": "1"})
    if not rest:
        answer = house.client(seat).get(house.path(key))
    assert answer.status_code == 404
    page = Page(answer.text)
    assert page.heading == "Sidan finns inte"
    assert "Kontrollera adressen eller byt roll." in page.main
    if rest:
        assert TEXT in [area.text.removeprefix("\n") for area in page.all("textarea")]


@pytest.mark.one_database
def test_an_address_that_takes_no_post_says_so(house: House) -> None:
    for path in ("/", "/cases", "/interpretations", house.path("served"), "/health", "/sessions"):
        answer = house.client("SEK.region").post(path, data={"text": TEXT})
        assert answer.status_code == 405, path
        assert Page(answer.text).heading == "Så kan sidan inte användas"


@pytest.mark.parametrize("token", ["", "påhittad", "åäö" * 50, "a.b.c", "\x00", "x" * 20_000])
def test_a_filing_with_a_broken_token_is_a_page_that_keeps_the_texts(open_house: House, token: str) -> None:
    browser = open_house.client("TYR.approver")
    open_house.app.config["WTF_CSRF_ENABLED"] = True
    before = open_house.ask(row_counts)
    written = filing.POSITION | filing.MEANWHILE
    for path in ("/cases/file/1/position", open_house.path("served", "/state_position")):
        answer = browser.post(path, data=written | {"csrf_token": token})
        assert answer.status_code == 400
        page = Page(answer.text)
        assert page.heading == "Formuläret gäller inte längre"
        assert path in page.links()
        areas = [area.text.removeprefix("\n") for area in page.all("textarea")]
        for name in ("title", "description", "position", "purpose_statement", "interim_arrangement"):
            assert written[name] in areas
    assert open_house.ask(row_counts) == before
