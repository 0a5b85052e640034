"""What a machine or an attacker sends: too much, ten times at once, or written to be run."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from werkzeug.test import encode_multipart

from tests.support import filing
from tests.support.bad_input import FORMS, MOVES_AND_PROPOSALS, set_day, unchanged
from tests.support.page import Page
from tests.support.rows import row_counts
from tests.support.stage import House


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(house: House, draft: str) -> Iterator[None]:
    with unchanged(house):
        yield


@pytest.fixture(scope="module")
def draft(house: House) -> str:
    """The address of a filing whose pages are all in order."""
    return filing.write(house.client("TYR.approver"))


def in_parts(sent: dict[str, Any]) -> dict[str, Any]:
    """The same as a form that takes files sends it."""
    boundary, body = encode_multipart(sent)
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    "sent",
    [
        {"description": "å" * (1024 * 1024)},
        {"description": "a" * (3 * 1024 * 1024)},
        {f"field{n}": "a" * 2000 for n in range(1200)},
    ],
    ids=["1 MiB of å", "3 MiB", "many fields"],
)
def test_a_body_that_is_too_large_is_a_page_that_says_so(house: House, draft: str, sent: dict[str, str]) -> None:
    for body in (filing.POSITION | sent, in_parts(filing.POSITION | sent)):
        for path in (f"{draft}/position", house.path("served", "/state_position")):
            answer = house.client("TYR.approver").post(path, **(body if "content_type" in body else {"data": body}))
            assert answer.status_code == 413
            page = Page(answer.text)
            assert page.heading == "Det är för stort"
            assert "Inget har sparats. Gå tillbaka och korta texten" in page.main


@pytest.mark.one_database
def test_a_form_of_a_thousand_parts_is_refused(house: House) -> None:
    sent = {f"field{n}": "a" for n in range(1000)}
    answer = house.client("TYR.approver").post("/cases/file", **in_parts(sent))
    assert answer.status_code == 413


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


# --- Sent twice ------------------------------------------------------------------------------------------------------


def test_the_same_first_page_ten_times_at_one_instant_is_one_draft(open_house: House) -> None:
    sent = Page(open_house.client("TYR.approver").get("/cases/file").text).standing(**filing.MATTER)
    before = open_house.ask(row_counts)["draft"]
    answers = at_once(open_house, "TYR.approver", "/cases/file", sent)
    assert [answer.status_code for answer in answers] == [302] * 10
    assert len({answer.location for answer in answers}) == 1
    assert open_house.ask(row_counts)["draft"] == before + 1


def test_the_same_filing_sent_ten_times_at_one_instant_is_one_case(open_house: House) -> None:
    draft = filing.write(open_house.client("TYR.approver"))
    page = open_house.client("TYR.approver").get(f"{draft}/check").text
    sent = dict(re.findall(r'name="(version)" value="([0-9]+)"', page)) | filing.CHECK
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "TYR.approver", f"{draft}/check", sent)
    assert len({answer.location for answer in answers}) == 1
    after = open_house.ask(row_counts)
    assert {name: after[name] - before[name] for name in ("case_", "trail_event")} == {"case_": 1, "trail_event": 1}


def test_the_same_act_ten_times_at_one_instant_is_done_once(open_house: House) -> None:
    path = open_house.path("served", "/acknowledge")
    sent = Page(open_house.client("RS.handler").get(path).text).filled(substitute="0")
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "RS.handler", path, sent)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    assert open_house.ask(row_counts)["trail_event"] == before["trail_event"] + 1


def test_the_same_proposal_ten_times_at_one_instant_is_offered_and_answered_once(open_house: House) -> None:
    offering = open_house.path("dialogue", "/propose/interim")
    sent = Page(open_house.client("TYR.approver").get(offering).text).filled()
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "TYR.approver", offering, sent)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    links = Page(open_house.client("RS.approver").get(open_house.path("dialogue")).text).links()
    [link] = {link for link in links if "/answer/" in link}
    yes = Page(open_house.client("RS.approver").get(link).text).filled(answer="accept", reason="")
    answers = at_once(open_house, "RS.approver", link, yes)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    after = open_house.ask(row_counts)
    assert after["proposal"] == before["proposal"] + 1
    assert after["trail_event"] == before["trail_event"] + 2
    again = open_house.client("RS.approver").post(link, data=yes)
    assert again.status_code == 409
    assert Page(again.text).heading == "Du har redan gjort något här"
    assert "Parterna kom överens om vad som gäller under tiden" in Page(again.text).main


def test_a_proposal_is_not_accepted_after_its_last_day_nor_by_a_handler(open_house: House) -> None:
    offering = open_house.path("dialogue", "/propose/settlement")
    form = Page(open_house.client("TYR.handler").get(offering).text)
    sent = form.filled(**{name: "" for n in (1, 2, 3) for name in (f"what_{n}", f"who_{n}", f"when_{n}")})
    assert open_house.client("TYR.handler").post(offering, data=sent).status_code == 302
    links = Page(open_house.client("RS.approver").get(open_house.path("dialogue")).text).links()
    [link] = {link for link in links if "/answer/" in link}
    yes = Page(open_house.client("RS.approver").get(link).text).filled(answer="accept", reason="")
    yes.pop("acting_as")  # each sends it in their own role
    refused_to = (
        ("RS.handler", "", "Det är någon annan som kan göra det."),
        ("KSON.approver", "", "Det är någon annan som kan göra det."),
        ("RS.approver", "2027-01-29", "Förslaget är inte öppet längre."),
    )
    for seat, day, reason in refused_to:
        if day:
            set_day(open_house, day)
        answer = open_house.client(seat).post(link, data=yes)
        assert answer.status_code == 409
        assert reason in Page(answer.text).main
    links = Page(open_house.client("RS.approver").get(open_house.path("dialogue")).text).links()
    assert [link for link in links if "/answer/" in link] == []


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


# --- Hostile strings -------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("in_turn", [3, pytest.param(1, marks=pytest.mark.long)])
@MOVES_AND_PROPOSALS
def test_hostile_strings_in_every_field_of_an_act_are_text(house: House, form: Any, what: str, in_turn: int) -> None:
    """In all fields at once; and in the texts alone, where an old version keeps the act from being done.

    Each string in each act in the long run; here in every third act, which are others from string to string.
    """
    seat, path, page = form
    names = {c.attributes["name"] for c in page.controls}
    for kind, hostile in [*HOSTILE.items()][list(FORMS).index(what) % in_turn :: in_turn]:
        harmless(house.client(seat).post(path, data=dict.fromkeys(names, hostile)))
        if kind in {"format", "textarea", "unicode"}:
            texts = dict.fromkeys(page.texts(), hostile)
            harmless(house.client(seat).post(path, data=page.filled(**texts, version="0")))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.each_on_both
def test_hostile_strings_in_every_field_of_other_forms_are_text(house: House, draft: str, kind: str) -> None:
    hostile = HOSTILE[kind]
    for path in ("/cases/file", *(f"{draft}/{page}" for page in filing.PAGES)):
        page = Page(house.client("TYR.handler").get(path).text)
        names = {c.attributes["name"] for c in page.controls}
        harmless(house.client("TYR.handler").post(path, data=dict.fromkeys(names, hostile)))
        harmless(house.client("TYR.handler").post(path, data=page.standing(**dict.fromkeys(page.texts(), hostile))))
        harmless(house.client("TYR.handler").get(path, query_string={"q": hostile, "back": hostile}))
    harmless(house.client("TYR.handler").post(f"{draft}/check", data=dict.fromkeys(filing.CHECK, hostile)))
    sheet = house.path("forgotten", "/statement")
    for do in (hostile, f"take:{hostile}:{hostile}"):
        sent = {"party": hostile, "do": do, "others_as_read": hostile, "opened_question": hostile, "question": hostile}
        harmless(house.client("TYR.handler").post(sheet, data=sent))
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
    written = dict.fromkeys(("title", "description", "position", "tried", "desired_outcome"), hostile)
    filed = filing.file(
        open_house.client("TYR.approver"),
        provision={"provisions": ["4.5 st 3"], "why_4_5_st_3": hostile},
        position=written | {"purpose_statement": hostile + "å" * 100},
        meanwhile={"interim_arrangement": hostile},
    )
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


@pytest.mark.parametrize(("page", "name"), [("add_register_number", "value"), ("notes", "text")])
def test_hostile_strings_beside_a_case_stand_as_text(open_house: House, page: str, name: str) -> None:
    browser, path = open_house.client("RS.handler"), open_house.path("dialogue", f"/{page}")
    for hostile in HOSTILE.values():
        harmless(browser.post(path, data={name: hostile}))
    shown = browser.get(path if page == "notes" else open_house.path("dialogue"))
    harmless(shown)
    for kind in ("template", "format", "html", "attribute", "sql", "formula"):
        if len(HOSTILE[kind]) <= 60:
            assert HOSTILE[kind] in Page(shown.text).main, kind


def test_hostile_headers_and_cookies_are_no_errors(house: House) -> None:
    for value in ("\x80\xff", "a" * 4000, "{{7*7}}", "<script>"):
        browser = house.app.test_client()
        browser.set_cookie("trappan", value)
        headers = {"Accept-Language": value, "User-Agent": value, "Referer": value, "X-Forwarded-For": value}
        answer = browser.get("/sign_in", headers=headers)
        assert answer.status_code == 200
        harmless(answer)
