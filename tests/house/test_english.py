"""A page in another language holds nothing that escaped translation, and says of what is Swedish that it is.

Every page is read in a language that does not exist: its catalogue holds each source string in full-width letters
("Ärenden" is "Ａｒｅｎｄｅｎ"), so whatever stands in ordinary letters did not come from the catalogue.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from flask.testing import FlaskClient
from sqlalchemy import select

from escalation.accounts.models import User
from escalation.agreements.models import Agreement
from escalation.db import session
from escalation.parties.models import OrgUnit, Party
from escalation.web.language import Catalogue
from tests.house.test_pages import pages
from tests.support.page import VOID, Page
from tests.support.stage import House
from tests.support.writer import MEANWHILE, POSITION
from tools import catalogue

PLACEHOLDER = re.compile(r"(%\(\w+\)s|%%|\{\w+\})")
WIDE = {ord(letter): ord(letter) + 0xFEE0 for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}
SEATS = ("TYR.handler", "RS.approver", "SEK.region", "TSG.chair", "VIS.member", "SOL.reader", "AUDITOR")


def widened(text: str) -> str:
    """The text in full-width letters, its placeholders as they are."""
    parts = PLACEHOLDER.split(text)
    plain = ("".join(c for c in unicodedata.normalize("NFD", p) if not unicodedata.combining(c)) for p in parts[::2])
    wide = [part.translate(WIDE) for part in plain]
    return "".join(a + b for a, b in zip(wide, [*parts[1::2], ""], strict=True))


def write_pseudo_catalogue(directory: Path) -> None:
    strings = catalogue.collected()
    strings.locale = Locale("en")
    for message in strings:
        if message.id:
            many = isinstance(message.id, tuple)
            message.string = tuple(map(widened, message.id)) if many else widened(str(message.id))
    path = directory / "en/LC_MESSAGES/messages.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(catalogue.written(strings))


class Texts(HTMLParser):
    """The texts of a page that are seen or read aloud, each with the language it is said to be in."""

    SPOKEN = ("aria-label", "title", "alt", "placeholder", "aria-description")
    UNREAD = frozenset({"script", "style", "title", "textarea"})
    """A page's title repeats its heading, and a window's title cannot be marked; a field holds what people write."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str]] = []
        self._open: list[tuple[str, str]] = [("", "")]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        language = given.get("lang", self._open[-1][1])
        spoken = [given[name] for name in self.SPOKEN if name in given]
        spoken += [given["value"] for _ in [0] if given.get("type") in {"submit", "button"} and tag == "input"]
        self.found += [(language, text) for text in spoken]
        if tag not in VOID:
            self._open.append((tag, language))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(tag in self.UNREAD for tag, _language in self._open):
            self.found.append((self._open[-1][1], " ".join(data.split())))


CODES = re.compile(
    r"ESK-\d{4}-\d{4}|VIS-T \d{4}:\d+|\b\d+(\.\d+)? (st|p) \d+|\b\d+(\.\d+)? ing\b|\b[A-Z]\d{1,2}\b|\d\s(kB|MB)\b"
    r"|KS \d{4}/\d+|Trappan|[\w.-]+@[\w.-]+|§ ?\d+"
)


def faults(html: str, names: re.Pattern[str]) -> Iterator[str]:
    """Texts that are neither translated nor marked as Swedish, and texts of ours that are marked as Swedish."""
    for language, text in Texts(html).found:
        if language == "sv":
            if re.search("[Ａ-Ｚａ-ｚ]", text):
                yield f"said to be Swedish: {text}"
        elif re.search(r"[A-Za-zÅÄÖåäöÉé]{2}", CODES.sub("", names.sub("", text))):
            yield f"in no language: {text}"


def known_names() -> re.Pattern[str]:
    """Names that stay what they are in every language, and the days and months of English."""
    english = Locale("en")
    dates = [
        word
        for table in (english.months["format"], english.days["format"])
        for width in ("wide", "abbreviated")
        for word in table[width].values()
    ]
    people = session.scalars(select(User.name))
    places = [
        *session.scalars(select(Party.name)),
        *session.scalars(select(Party.short_name).where(Party.code != "RS")),
    ]
    units = session.scalars(select(OrgUnit.name))
    agreements = [f"{a.short_title}: {a.title}" for a in session.scalars(select(Agreement))]
    words = {*dates, *people, *places, *units, *agreements, "HÖK", "VIS", "TSG", "IVO", "SIP", "JPEG", "PDF"}
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in sorted(words, key=len, reverse=True)))


def test_the_check_sees_what_escaped() -> None:
    html = """<html lang="en"><p>Ａｒｅｎｄｅｎ <b title="Rubrik">ESK-2026-0001</b> Öppet 3 March <i lang="sv">Fråga</i>
        <span lang="sv">Ｆｒａｇａ</span></p><textarea>Eget</textarea></html>"""
    assert widened("Ärende %(number)s är {who}") == "Ａｒｅｎｄｅ %(number)s ａｒ {who}"
    found = list(faults(html, re.compile("March")))
    assert found == ["in no language: Rubrik", "in no language: Öppet 3 March", "said to be Swedish: Ｆｒａｇａ"]


@pytest.mark.one_database
def test_every_type_of_page_is_translated_whole_and_marks_what_is_swedish(
    open_house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pseudo_catalogue(tmp_path)
    # The application is the next test's too, which reads English.
    babel = open_house.app.extensions["babel"]
    monkeypatch.setattr(babel, "translation_directories", [str(tmp_path)])
    monkeypatch.setattr(babel.instance, "domain_instance", Catalogue())
    names = open_house.ask(known_names)
    wrong: dict[str, str] = {}
    seen = 0
    for what, html in every_page(open_house):
        seen += 1
        assert '<html lang="en"' in html, what
        for fault in faults(html, names):
            wrong.setdefault(fault, what)
    assert "\n".join(f"{what}: {fault}" for fault, what in wrong.items()) == ""
    assert seen > 100


def every_page(house: House) -> Iterator[tuple[str, str]]:
    """Each page as it opens, and each form as it comes back when nothing was filled in."""
    for seat in (*SEATS, "public"):
        answer = house.client(seat).post("/choose_language", data={"language": "en", "next": "/privacy"})
        assert answer.status_code == 302
    draft = begun(house)
    for what, (seat, path, _status) in pages(house, draft).items():
        browser = english(house, seat)
        html = browser.get(path).text
        yield what, html
        if '<form class="form" method="post"' in html:
            answer = browser.post(path, data={"version": Page(html).typed("version")})
            if answer.status_code != 302:  # an act that asks for nothing is done
                yield f"{what}, sent empty", answer.text
    for key in house.stage.numbers:
        for seat, rest in (
            ("TYR.approver", ""),
            ("SEK.region", ""),
            ("TYR.approver", "/summary"),
            ("TYR.approver", "/positions"),
            ("TYR.handler", "/statement"),
        ):
            yield f"{key}{rest} for {seat}", english(house, seat).get(house.path(key, rest)).text
    for rest in ("/notes", "/add_register_number"):
        yield rest, english(house, "TYR.handler").get(house.path("dialogue", rest)).text
    yield from filing(house, begun(house))
    yield from sign_in_between(house)
    belongs = "matter=reading&obstacle=none&agreement="
    for answers in ("matter=person", f"{belongs}HOK&reach=others", f"{belongs}other", f"{belongs}other&subject=BUS"):
        yield answers, english(house, "public").get(f"/where?{answers}").text


def english(house: House, seat: str) -> FlaskClient:
    """The seat's browser, whose owner reads English."""
    browser = house.client(seat)
    browser.set_cookie("language", "en")
    return browser


def begun(house: House) -> str:
    """The address of a new draft, without its page."""
    said = {"matter": "reading", "token": secrets.token_hex(8)}
    first = english(house, "TYR.handler").post("/cases/file", data=said).headers["Location"]
    return first.rpartition("/")[0]


def filing(house: House, draft: str) -> Iterator[tuple[str, str]]:
    """The pages of a draft: empty, sent empty, doubted, from two windows, ready to be sent, and waiting."""
    browser = english(house, "TYR.handler")
    written: dict[str, dict[str, Any]] = {
        "matter": {"matter": "reading"},
        "provision": {"agreement": "HOK", "provisions": ["4.5 st 3"], "why_4_5_st_3": "Den säger inget om det."},
        "position": POSITION
        | {"description": "Patienten ringde 08-123 45 67.", "sure": "y", "sure_because": "Exempel."},
        "meanwhile": MEANWHILE | {"handler": str(house.stage.seats["TYR.handler"])},
    }
    for word, fields in written.items():
        opened = browser.get(f"{draft}/{word}").text
        yield f"filing: {word}", opened
        yield from sent(f"filing: {word}, sent empty", browser, f"{draft}/{word}", opened)
        doubted = {name: value for name, value in fields.items() if not name.startswith("sure")}
        yield from sent(f"filing: {word}, doubted", browser, f"{draft}/{word}", None, **doubted)
        yield from sent(f"filing: {word}, filled in", browser, f"{draft}/{word}", None, **fields)
        other = {name: f"{value} Annat." for name, value in fields.items() if isinstance(value, str)}
        yield from sent(f"filing: {word}, two windows", browser, f"{draft}/{word}", opened, **other)
    yield "filing: search", browser.get(f"{draft}/provision?q=v%C3%A5rdcentral").text
    yield "filing: check", browser.get(f"{draft}/check").text
    yield "filing: discard", browser.get(f"{draft}/discard").text
    yield from sent("filing: check, sent empty", browser, f"{draft}/check", None, do="approval")
    vouched = {"no_personal_data": "y", "in_scope": "y", "do": "approval"}
    yield from sent("filing: check, sent", browser, f"{draft}/check", None, **vouched)
    for seat, path in (("TYR.handler", "/check"), ("TYR.approver", "/check")):
        yield f"filing: {path} for {seat}", english(house, seat).get(draft + path).text
    for seat in ("TYR.handler", "TYR.approver"):
        yield f"lists with a draft for {seat}", english(house, seat).get("/cases").text
        yield f"start with a draft for {seat}", english(house, seat).get("/").text
        yield f"filing with a draft for {seat}", english(house, seat).get("/cases/file").text


def sent(what: str, browser: FlaskClient, path: str, opened: str | None, **fields: object) -> Iterator[tuple[str, str]]:
    """What comes back when the form is sent as it stands open now, or stood open; nothing where it leads on."""
    main = (opened or browser.get(path).text).partition("</header>")[2]
    fixed = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main)
    hidden = {name: unescape(value) for name, value in fixed}
    answer = browser.post(path, data={"do": "next", **hidden, **fields})
    if answer.status_code not in {302, 404}:
        yield what, answer.text


def sign_in_between(house: House) -> Iterator[tuple[str, str]]:
    """A form that was sent when the session had ended: carried along, refused a wrong password, and shown again."""
    browser = english(house, "SOL.handler")
    path = "/cases/file"
    browser.post("/sign_out")
    asked = browser.post(path, data={"matter": "reading", "title": "En lång rubrik som någon har skrivit"})
    yield "signed out meanwhile", asked.text
    carried = Page(asked.text).all("input", name="carried")[0].attributes["value"]
    wrong = browser.post("/sign_in", data={"email": "a@b.se", "password": "fel", "carried": carried})
    yield "wrong password", wrong.text
    back = browser.post(f"/sign_in_demo/{house.stage.seats['SOL.handler']}", data={"carried": carried})
    yield "signed in again", back.text
