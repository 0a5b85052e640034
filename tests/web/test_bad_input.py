"""What is typed wrong, or sent too late, by somebody else or by a machine: a sentence that says what to do, beside
the field or as a page; the right status; the typed text kept; and nothing changed."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.test import encode_multipart

from escalation import clock
from escalation.accounts.queries import instance
from escalation.cases.models import Case
from escalation.db import session
from tests.factories import everything, row_counts
from tests.web.reading import Page
from tests.web.stage import TODAY, House

IDENTITY = "19121212-1212"

SIGNED_IN = {"login_session", "sign_in_log"}
"""The tables in which a row more is nobody's act."""


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(house: House) -> Iterator[None]:
    """Whatever these tests send to ``house``, no table has a row more or less when they are done."""
    before = house.ask(row_counts)
    yield
    after = house.ask(row_counts)
    assert {name for name, rows in after.items() if rows != before[name]} <= SIGNED_IN


# --- Filing ----------------------------------------------------------------------------------------------------------

FILING: dict[str, Any] = {
    "token": "ett formulär som öppnats",
    "title": "Vem utser samordnande vårdcentral?",
    "type": "interpretation",
    "agreement": "HOK",
    "provisions": ["4.5 st 2"],
    "respondent": "RS",
    "affected": ["KSON"],
    "event_on": "2026-10-05",
    "description": "Vårdcentralen har bytt telefonnummer tre gånger sedan i våras.",
    "position": "Det ska finnas en känd och bemannad väg in.",
    "purpose_statement": "Den enskilde ska möta en sömlös vård och omsorg, och verksamheterna ska nå varandra. " * 2,
    "interim_arrangement": "Kommunen använder vårdcentralens gemensamma brevlåda.",
    "no_personal_data": "y",
    "in_scope": "y",
}
PLACE = {"agreement": "MUN", "provisions": [], "citation_place": "3 stycke 1", "citation_quote": "Parterna bokar tid."}


def kept(page: Page, sent: dict[str, Any]) -> list[str]:
    """The fields in which something else stands than was typed."""
    lost = []
    for name, value in sent.items():
        stands, wanted = page.typed(name), value.strip() if isinstance(value, str) else value
        if isinstance(stands, list) and isinstance(wanted, str):
            wanted = [wanted] if wanted else []
        if stands != wanted:
            lost.append(f"{name}: {stands!r}")
    return lost


def refused(house: House, seat: str, path: str, sent: dict[str, Any]) -> Page:
    """The form as it comes back: 422, and a summary that leads to each sentence."""
    answer = house.client(seat).post(path, data=sent)
    assert answer.status_code == 422
    page = Page(answer.text)
    summary = page.by_id("fel")
    assert summary is not None
    assert "rättas" in summary.text
    to_fields = [link for link in page.links() if link.startswith("#") and link != "#innehall"]
    assert to_fields
    assert [link for link in to_fields if page.by_id(link[1:]) is None] == []
    return page


NEEDED = {
    "title": "Skriv en rubrik.",
    "type": "Välj vad det gäller.",
    "agreement": "Välj en överenskommelse.",
    "provisions": "Välj minst en bestämmelse, eller ange plats och ordagrann text.",
    "respondent": "Välj motpart.",
    "event_on": "Ange händelsedag.",
    "description": "Beskriv vad som har hänt.",
    "position": "Skriv er ståndpunkt.",
    "purpose_statement": "Skriv hur syftet och målen bör vägleda.",
    "interim_arrangement": "Skriv vem som gör vad under tiden.",
    "no_personal_data": "Intyga att anmälan inte innehåller personuppgifter.",
    "in_scope": "Intyga att frågan hör hit.",
}


@pytest.mark.one_database
@pytest.mark.parametrize("name", NEEDED)
def test_a_fact_that_is_missing_is_asked_for_beside_its_field(house: House, name: str) -> None:
    sent = FILING | {name: [] if name == "provisions" else ""}
    page = refused(house, "TYR.approver", "/cases/file", sent)
    assert page.sentence(name) == NEEDED[name]
    assert kept(page, {k: v for k, v in sent.items() if k not in {name, "agreement"}}) == []


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown provision": ({"provisions": ["9.9 st 9"]}, "provisions", "Välj något av alternativen."),
    "unknown agreement": ({"agreement": "XYZ"}, "agreement", "Välj något av alternativen."),
    "unknown type": ({"type": "complaint"}, "type", "Välj något av alternativen."),
    "unknown party": ({"respondent": "XX"}, "respondent", "Välj något av alternativen."),
    "oneself": ({"respondent": "TYR"}, "respondent", "Välj något av alternativen."),
    "not bound then": (
        {"event_on": "2022-09-01"}, "respondent", "Motparten var inte bunden av överenskommelsen händelsedagen.",
    ),
    "ourselves not bound then": (
        {"event_on": "2022-09-01"}, "agreement", "Ni var inte bundna av överenskommelsen händelsedagen.",
    ),
    "not a party of that agreement": (
        {**PLACE, "agreement": "KSABO"}, "respondent", "Motparten var inte bunden av överenskommelsen händelsedagen.",
    ),
    "impossible day": ({"event_on": "2026-02-30"}, "event_on", "Datumet finns inte. Skriv det som 2026-11-23."),
    "no day": ({"event_on": "i våras"}, "event_on", "Datumet finns inte. Skriv det som 2026-11-23."),
    "day of another time": ({"event_on": "0001-01-01"}, "event_on", "Skriv ett datum mellan 1990 och 2100."),
    "future": (
        {"event_on": "2026-12-24"}, "event_on", "Händelsedagen ligger i framtiden. Ange en dag som har varit.",
    ),
    "title too long": ({"title": "å" * 121}, "title", "Rubriken är 121 tecken. Korta den med minst 1."),
    "title of two lines": ({"title": "Två\nrader"}, "title", "Skriv texten på en rad."),
    "description too long": (
        {"description": "å" * 4001}, "description", "Beskrivningen är 4001 tecken. Korta den med minst 1.",
    ),
    "position too long": (
        {"position": "å" * 4100}, "position", "Ståndpunkten är 4100 tecken. Korta den med minst 100.",
    ),
    "purpose too short": ({"purpose_statement": "å" * 99}, "purpose_statement", "Skriv minst 1 tecken till."),
    "interim too long": (
        {"interim_arrangement": "å" * 1001}, "interim_arrangement", "Texten är 1001 tecken. Korta den med minst 1.",
    ),
    "source too long": (
        {"citation_source": "å" * 301}, "citation_source", "Texten är 301 tecken. Korta den med minst 1.",
    ),
    "deviation from no commitment": (
        {"type": "deviation", "provisions": ["1.2"]}, "provisions",
        "Ett avsteg gäller ett åtagande, och bestämmelsen binder ingen part att göra något. Välj en bestämmelse som är "
        "ett åtagande, eller byt till oenighet om tolkning.",
    ),
    "precedent unanswered": (
        {"provisions": ["4.5 st 3"]}, "precedent_answer", "Skriv varför tolkningen inte löser frågan.",
    ),
    "citation without words": (
        {**PLACE, "citation_quote": ""}, "provisions",
        "Välj minst en bestämmelse, eller ange plats och ordagrann text.",
    ),
    "affected is the respondent": (
        {"affected": ["RS"]}, "affected", "En berörd part är någon annan än ni och motparten.",
    ),
    "affected is oneself": ({"affected": ["TYR"]}, "affected", "Välj något av alternativen."),
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("why", WRONG)
def test_a_filing_that_cannot_stand_says_why_beside_the_field_and_keeps_every_text(house: House, why: str) -> None:
    changed, name, sentence = WRONG[why]
    sent = FILING | changed
    page = refused(house, "TYR.approver", "/cases/file", sent)
    assert page.sentence(name) == sentence
    unknown = {"provisions", "agreement", "type", "respondent", "affected"} & set(changed)
    assert kept(page, {k: v for k, v in sent.items() if k not in unknown}) == []
    field = page.by_id(name) or page.by_id(f"{name}-e")
    assert field is not None
    for fold in (e for e in field.around if e.tag == "details"):
        assert "open" in fold.attributes, "a sentence in a fold that is shut is read by nobody"


def test_a_handler_without_delegation_is_told_who_files(house: House) -> None:
    page = refused(house, "TYR.handler", "/cases/file", FILING)
    assert page.sentence("delegation") == "Utan delegation anmäler er beslutsfattare."
    assert kept(page, FILING) == []


@pytest.mark.parametrize("value", ["9" * 30, str(2**63), "-1", "1e9", "abc", "9" * 5000, "٣"])
def test_a_number_that_no_column_holds_is_a_choice_that_does_not_exist(house: House, value: str) -> None:
    for seat, path, name in (
        ("RS.handler", house.path("served", "/acknowledge"), "handler"),
        ("SEK.region", house.path("received", "/accept_file"), "target_meeting"),
        ("SEK.region", house.path("preparation", "/schedule"), "meeting"),
        ("RS.handler", house.path("implementation", "/report_task"), "task_id"),
    ):
        form = Page(house.client(seat).get(path).text)
        page = refused(house, seat, path, form.filled(**{name: value}))
        assert page.sentence(name) == "Välj något av alternativen.", path


@pytest.mark.parametrize("beyond", [str(2**31), str(2**63), "9" * 40, "-1", "0"])
def test_a_number_beyond_what_a_row_can_have_is_no_page(house: House, beyond: str) -> None:
    for path in (
        house.path("impasse", f"/answer/{beyond}"),
        f"/cases/{beyond}",
        f"/cases/ESK-2026-{beyond}",
        f"/interpretations/VIS-T-2026-{beyond}",
        f"/interpretations/VIS-T-{beyond}-1",
    ):
        answer = house.client("TYR.approver").get(path)
        assert answer.status_code == 404, path
        assert "Kontrollera adressen eller byt roll." in answer.text
    for path in (f"/end_session/{beyond}", f"/sign_in_demo/{beyond}"):
        assert house.client("TYR.approver").post(path).status_code in ({404, 302} if "end" in path else {404})


# --- Forms of acts ---------------------------------------------------------------------------------------------------

FORMS: dict[str, tuple[str, str, str, str]] = {
    # what -> who, on which case, at which address, on which day
    "serve": ("SEK.region", "intake", "/serve", ""),
    "propose reject": ("SEK.region", "intake", "/propose/reject", ""),
    "acknowledge": ("RS.handler", "served", "/acknowledge", ""),
    "state_position": ("KSON.handler", "dialogue", "/state_position", ""),
    "note_meeting": ("TYR.handler", "dialogue", "/note_meeting", ""),
    "declare_impasse": ("TYR.approver", "late", "/declare_impasse", ""),
    "propose statement": ("RS.handler", "forgotten", "/propose/statement", ""),
    "answer": ("RS.approver", "impasse", "/answer/1", ""),
    "lift": ("SEK.municipal", "forgotten", "/lift", ""),
    "lapse": ("TSG.chair", "late", "/lapse", ""),
    "propose lapse": ("SEK.region", "late", "/propose/lapse", ""),
    "accept_file": ("SEK.region", "received", "/accept_file", ""),
    "schedule": ("SEK.region", "preparation", "/schedule", ""),
    "take_off": ("TSG.chair", "scheduled", "/take_off", ""),
    "decide": ("SEK.region", "scheduled", "/decide", "2026-12-18"),
    "refuse_recommendation": ("RS.approver", "recommendation_out", "/refuse_recommendation", ""),
    "pronounce": ("VIS.chair", "minuted_top", "/pronounce", ""),
    "report_task": ("RS.handler", "implementation", "/report_task", ""),
}
ALL_FORMS = pytest.mark.parametrize("what", FORMS)


def set_day(house: House, day: str) -> None:
    """Move the demo's clock. Everybody signs in anew: sessions do not outlive so long a time."""
    house.browsers.clear()

    def move() -> None:
        row = instance()
        assert row is not None
        wanted = dt.date.fromisoformat(day) if day else TODAY
        row.offset_days = (wanted - dt.datetime.now(clock.STOCKHOLM).date()).days
        session.commit()

    house.ask(move)


@pytest.fixture
def form(house: House, what: str) -> Any:
    """(who, address, the form as it is opened) of one act."""
    seat, key, rest, day = FORMS[what]
    if day:
        set_day(house, day)
    path = house.path(key, rest)
    answer = house.client(seat).get(path)
    assert answer.status_code == 200
    yield seat, path, Page(answer.text)
    if day:
        set_day(house, "")


@pytest.mark.one_database
@ALL_FORMS
def test_an_empty_act_says_what_is_missing_at_every_field_that_is_needed(house: House, form: Any) -> None:
    seat, path, page = form
    needed = {c.attributes["name"] for c in page.controls() if "aria-required" in c.attributes}
    back = refused(house, seat, path, {"version": page.typed("version")})
    assert {name for name in needed if not back.sentence(name)} == set()
    assert needed or path.endswith(("/answer/1", "/pronounce"))


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
    assert IDENTITY not in repr(house.ask(everything))


@pytest.mark.one_database
@ALL_FORMS
def test_a_text_that_is_too_long_is_kept_with_how_much_to_cut(house: House, form: Any) -> None:
    seat, path, page = form
    for name in page.texts():
        long = "å" * 4200
        back = refused(house, seat, path, page.filled(**{name: long}))
        assert "är 4200 tecken. Korta" in back.sentence(name), name
        assert back.typed(name) == long


@ALL_FORMS
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


def test_the_form_of_filing_refuses_an_identity_number_in_every_text(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    page = Page(house.client("TYR.approver").get("/cases/file").text)
    names = page.texts()
    assert {"title", "description", "position", "purpose_statement", "citation_quote", "precedent_answer"} <= set(names)
    for name in names:
        text = f"Det gällde {IDENTITY} i ett fall. {FILING['purpose_statement'] if name == 'purpose_statement' else ''}"
        back = refused(house, "TYR.approver", "/cases/file", FILING | {name: text})
        assert back.sentence(name).startswith("Texten innehåller ett personnummer på rad 1."), name
        assert back.typed(name) == text.strip()
    assert IDENTITY not in caplog.text
    assert IDENTITY not in repr(house.ask(everything))


# --- Too late, not now, not yours ------------------------------------------------------------------------------------

TEXT = "En lång text som ingen vill skriva en gång till."


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
        ("TYR.approver", "impasse", "/propose/statement", "Det finns redan ett förslag att svara på."),
        ("TYR.handler", "impasse", "/answer/1", "Det är någon annan som kan göra det."),
        ("TYR.approver", "intake", "/propose/reject", "Det är någon annan som kan göra det."),
        ("SEK.region", "dialogue", "/propose/lapse", "Det går när parternas tid att själva välja väg är slut."),
    ],
)
def test_an_act_that_is_not_open_says_why_and_leads_to_the_case(
    house: House, seat: str, key: str, rest: str, reason: str
) -> None:
    browser = house.client(seat)
    looked = browser.get(house.path(key, rest))
    sent = browser.post(house.path(key, rest), data={"version": "1", "text": TEXT, "reasons": TEXT})
    for answer in (looked, sent):
        assert answer.status_code == 409
        page = Page(answer.text)
        assert page.heading == "Det går inte nu"
        assert reason in page.main
        assert house.path(key) in page.links()
    assert TEXT in [area.text.removeprefix("\n") for area in Page(sent.text).all("textarea")]


@pytest.mark.parametrize(
    ("seat", "key", "rest"),
    [
        ("SOL.approver", "served", ""),
        ("SOL.approver", "received", "/state_position"),
        ("RS.approver", "intake", "/state_position"),
        ("SEK.region", "served", "/update"),
        ("SEK.region", "served", "/propose/settle"),
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
    for path in ("/cases/file", open_house.path("served", "/state_position")):
        answer = browser.post(path, data=FILING | {"csrf_token": token})
        assert answer.status_code == 400
        page = Page(answer.text)
        assert page.heading == "Formuläret gäller inte längre"
        assert path in page.links()
        areas = [area.text.removeprefix("\n") for area in page.all("textarea")]
        for name in ("title", "description", "position", "purpose_statement", "interim_arrangement"):
            assert FILING[name] in areas
    assert open_house.ask(row_counts) == before


# --- Too much --------------------------------------------------------------------------------------------------------


def in_parts(sent: dict[str, Any]) -> dict[str, Any]:
    """The same as a form that takes files sends it."""
    boundary, body = encode_multipart(sent)
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


@pytest.mark.parametrize(
    "sent",
    [
        {"description": "å" * (1024 * 1024)},
        {"description": "a" * (3 * 1024 * 1024)},
        {f"field{n}": "a" * 2000 for n in range(1200)},
    ],
    ids=["1 MiB of å", "3 MiB", "many fields"],
)
def test_a_body_that_is_too_large_is_a_page_that_says_so(house: House, sent: dict[str, str]) -> None:
    for body in (FILING | sent, in_parts(FILING | sent)):
        for path in ("/cases/file", house.path("served", "/state_position")):
            answer = house.client("TYR.approver").post(path, **(body if "content_type" in body else {"data": body}))
            assert answer.status_code == 413
            page = Page(answer.text)
            assert page.heading == "Det är för stort"
            assert "Inget har sparats. Gå tillbaka och korta texten" in page.main


def test_a_form_of_a_thousand_parts_is_refused(house: House) -> None:
    sent = {f"field{n}": "a" for n in range(1000)}
    answer = house.client("TYR.approver").post("/cases/file", **in_parts(sent))
    assert answer.status_code == 413


def test_a_very_long_text_below_the_limit_is_kept_with_how_much_to_cut(house: House) -> None:
    long = "å" * 200_000
    page = refused(house, "TYR.approver", "/cases/file", FILING | {"description": long})
    assert page.sentence("description") == "Beskrivningen är 200000 tecken. Korta den med minst 196000."
    assert page.typed("description") == long


# --- Sent twice ------------------------------------------------------------------------------------------------------


def cases_filed(house: House) -> list[tuple[str, str]]:
    return house.ask(lambda: [(c.number, c.title) for c in session.query(Case).filter_by(title=FILING["title"])])


def test_the_same_filing_sent_twice_is_one_case(open_house: House) -> None:
    browser = open_house.client("TYR.approver")
    page = Page(browser.get("/cases/file").text)
    sent = FILING | {"token": page.typed("token")}
    first, second = (browser.post("/cases/file", data=sent) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert len(cases_filed(open_house)) == 1
    again = FILING | {"token": Page(browser.get("/cases/file").text).typed("token")}
    assert browser.post("/cases/file", data=again).location != first.location
    assert len(cases_filed(open_house)) == 2


def at_once(house: House, seat: str, path: str, sent: dict[str, Any], times: int = 10) -> list[Any]:
    """The same POST from as many browsers at one instant."""
    cookie = house.client(seat).get_cookie("trappan")
    assert cookie is not None
    ready, answers = threading.Barrier(times), []

    def send() -> None:
        browser = house.app.test_client()
        browser.set_cookie("trappan", cookie.value)
        ready.wait()
        answers.append(browser.post(path, data=sent))

    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_filing_ten_times_at_one_instant_is_one_case_and_one_number(open_house: House) -> None:
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "TYR.approver", "/cases/file", FILING)
    assert [answer.status_code for answer in answers] == [302] * 10
    assert len({answer.location for answer in answers}) == 1
    [(number, _title)] = cases_filed(open_house)
    assert number == f"ESK-2026-{len(open_house.stage.numbers) + 1:04d}"
    after = open_house.ask(row_counts)
    assert (after["case_"], after["trail_event"]) == (before["case_"] + 1, before["trail_event"] + 1)


def test_the_same_act_ten_times_at_one_instant_is_done_once(open_house: House) -> None:
    path = open_house.path("served", "/acknowledge")
    sent = Page(open_house.client("RS.handler").get(path).text).filled(substitute="0")
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "RS.handler", path, sent)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    assert open_house.ask(row_counts)["trail_event"] == before["trail_event"] + 1


# --- Hostile strings -------------------------------------------------------------------------------------------------

HOSTILE = {
    "control": "a\x00b\x07c\x1b[31m",
    "direction": "abc\u202ecba\u2066x",
    "crlf": "a\r\nSet-Cookie: ond=1\r\n\r\n<h1>x</h1>",
    "template": "{{7*7}}{% raw %}${7*7}#{7*7}{{config}}",
    "format": "%(day)s %s %n {0} {by.__class__} {who}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '"\' onmouseover=alert(1) autofocus x="',
    "textarea": "</textarea></form><script>alert(1)</script>",
    "sql": "'; DROP TABLE case_; -- \" OR 1=1",
    "formula": '=HYPERLINK("https://ond.example";"x")',
    "path": "../../../../etc/passwd\\..\\..",
    "unicode": "\ufeff\u200b\U0001f600\u0301é\u2028\ufffe",
    "number": "9223372036854775808",
    "float": "1e400 NaN -0 0x1F",
    "date": "9999-12-31T23:59:60Z",
    "blank": " \u00a0\t\n ",
}
NEVER_UNESCAPED = (
    "<script>alert(1)",
    "<img src=x",
    '" onmouseover',
    "' onmouseover",
    "</textarea></form><script>",
    "<h1>x",
)


def harmless(answer: Any) -> None:
    """No error of ours, nothing typed that runs, nothing typed in a header, no template that was computed."""
    assert answer.status_code < 500
    for piece in NEVER_UNESCAPED:
        assert piece not in answer.text
    assert "{{7*7}}" in answer.text or "49{%" not in answer.text
    assert urlsplit(answer.location or "").netloc in {"", "localhost"}
    assert not any(cookie.startswith("ond") for cookie in answer.headers.getlist("Set-Cookie"))
    assert len(answer.headers.getlist("Set-Cookie")) <= 1


@ALL_FORMS
def test_hostile_strings_in_every_field_of_an_act_are_text(house: House, form: Any) -> None:
    """In all fields at once; and in the texts alone, where an old version keeps the act from being done."""
    seat, path, page = form
    names = {c.attributes["name"] for c in page.controls()}
    for kind, hostile in HOSTILE.items():
        harmless(house.client(seat).post(path, data=dict.fromkeys(names, hostile)))
        if kind in {"format", "textarea", "unicode"}:
            texts = dict.fromkeys(page.texts(), hostile)
            harmless(house.client(seat).post(path, data=page.filled(**texts, version="0")))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_strings_in_every_field_of_other_forms_are_text(house: House, kind: str) -> None:
    hostile = HOSTILE[kind]
    names = {c.attributes["name"] for c in Page(house.client("TYR.handler").get("/cases/file").text).controls()}
    harmless(house.client("TYR.handler").post("/cases/file", data=dict.fromkeys(names, hostile)))
    harmless(house.client("public").post("/sign_in", data={"email": hostile, "password": hostile, "next": hostile}))
    harmless(house.client("public").post("/sign_in", query_string={"next": hostile}, data={}))
    harmless(house.client("public").get("/interpretations", query_string={"q": hostile}))
    harmless(house.client("TYR.handler").post("/act_as", data={"membership_id": hostile}))
    harmless(house.client("TYR.handler").get("/where", query_string=dict.fromkeys(("what", "agreement", "x"), hostile)))
    harmless(house.client("TYR.handler").get("/cases/file", query_string={"type": hostile, "agreement": hostile}))
    harmless(house.client("public").post("/set_password/abc", data={"password": hostile}))
    served = house.path("served")
    for path in (
        "/cases/{}",
        "/cases/{}/serve",
        f"{served}/{{}}",
        f"{served}/propose/{{}}",
        f"{served}/answer/{{}}",
        "/interpretations/{}",
        "/set_password/{}",
        "/{}",
        "/static/{}",
    ):
        with house.client("SEK.region").get(path.format(_in_a_path(hostile))) as answer:
            harmless(answer)


def _in_a_path(text: str) -> str:
    return quote(text, safe="")


def test_hostile_texts_that_are_accepted_stand_as_text_on_every_page(open_house: House) -> None:
    """A filing may hold any printable text. Both sides, the secretariat and others read it, and nothing runs."""
    hostile = "<script>alert(1)</script> {{7*7}} %(day)s {who} =1+1 \"' onmouseover=alert(1) </textarea></form><script>"
    texts = {"title": hostile, "description": hostile, "position": hostile, "interim_arrangement": hostile}
    sent = FILING | texts | {"purpose_statement": hostile + "å" * 100, "provisions": ["4.5 st 3"]}
    filed = open_house.client("TYR.approver").post("/cases/file", data=sent | {"precedent_answer": hostile})
    assert filed.status_code == 302
    path = filed.location
    number = path.rpartition("/")[2]
    for seat, rest in (("SEK.region", "/serve"), ("RS.approver", "/acknowledge"), ("RS.approver", "/state_position")):
        page = Page(open_house.client(seat).get(path + rest).text)
        done = open_house.client(seat).post(
            path + rest, data=page.filled(**dict.fromkeys(page.texts(), hostile), substitute="0")
        )
        assert done.status_code == 302, rest
    for seat in ("TYR.approver", "RS.handler", "SEK.region", "AUDITOR", "TSG.chair"):
        for where in (path, "/cases", "/"):
            answer = open_house.client(seat).get(where)
            assert answer.status_code == 200
            harmless(answer)
            if where == path:
                assert " ".join(hostile.split()) in Page(answer.text).main
    assert number in open_house.client("RS.handler").get("/cases").text


def test_hostile_headers_and_cookies_are_no_errors(house: House) -> None:
    for value in ("\x80\xff", "a" * 4000, "{{7*7}}", "<script>"):
        browser = house.app.test_client()
        browser.set_cookie("trappan", value)
        headers = {"Accept-Language": value, "User-Agent": value, "Referer": value, "X-Forwarded-For": value}
        answer = browser.get("/sign_in", headers=headers)
        assert answer.status_code == 200
        harmless(answer)
