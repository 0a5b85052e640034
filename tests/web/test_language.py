"""The reader's language: chosen on any page, without a script and without signing in, and remembered."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup

from config import Mode, Settings
from escalation.app import create_app
from escalation.web import format as filters
from escalation.web.documents.lists import size_in_words
from escalation.web.format import date_and_time
from escalation.web.forms import summary_heading
from escalation.web.language import _, in_swedish, ngettext, translated
from tests.support.app import close, watch
from tests.support.page import Element, Page
from tests.support.rows import row_counts
from tests.support.stage import House


def choose(browser: FlaskClient, language: str, back: str = "/privacy") -> Any:
    return browser.post("/choose_language", data={"language": language, "next": back})


def switch(html: str) -> Element:
    [button] = [b for b in Page(html).all("button") if b.attributes.get("name") == "language"]
    return button


@pytest.mark.one_database
def test_who_has_not_chosen_reads_swedish_whatever_the_browser_asks_for(client: FlaskClient) -> None:
    html = client.get("/privacy", headers={"Accept-Language": "en-GB,en;q=0.9"}).text
    assert Page(html).all("html")[0].attributes["lang"] == "sv"
    assert Page(html).heading == "Så behandlar vi personuppgifter"


@pytest.mark.one_database
def test_the_switch_names_the_other_language_in_that_language(client: FlaskClient) -> None:
    button = switch(client.get("/privacy").text)
    assert (button.text, button.attributes["lang"]) == ("English", "en")
    choose(client, "en")
    html = client.get("/privacy").text
    assert (switch(html).text, switch(html).attributes["lang"]) == ("Svenska", "sv")
    assert Page(html).all("html")[0].attributes["lang"] == "en"
    assert Page(html).heading == "How we process personal data"
    choose(client, "sv")
    assert Page(client.get("/privacy").text).heading == "Så behandlar vi personuppgifter"


@pytest.mark.one_database
@pytest.mark.parametrize("path", ["/interpretations?q=vård&page=2", "/where?matter=person", "/finns-inte", "/sign_in"])
def test_the_switch_leads_back_to_the_same_page(client: FlaskClient, path: str) -> None:
    [form] = [f for f in Page(client.get(path).text).all("form") if f.attributes["action"] == "/choose_language"]
    assert form.attributes["method"] == "post"
    shown = client.get(path).text
    [given] = re.findall(r'name="next" value="([^"]+)"', shown)
    answer = choose(client, "en", Page(f'<a href="{given}">').links()[0])
    assert answer.status_code == 302
    again = client.get(answer.location)
    assert (again.request.path, again.request.args) == (client.get(path).request.path, client.get(path).request.args)
    assert '<html lang="en"' in again.text


@pytest.mark.one_database
def test_a_page_that_answers_a_post_alone_leads_back_to_the_start(client: FlaskClient) -> None:
    shown = client.post("/sign_in_demo/2147483647").text
    assert re.findall(r'name="next" value="([^"]+)"', shown) == ["/"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "back", ["https://ond.example/", "//ond.example", "/\\ond.example", "javascript:alert(1)", "/\tond", "", "x" * 5000]
)
def test_the_switch_leads_to_no_other_site(client: FlaskClient, back: str) -> None:
    answer = choose(client, "en", back)
    assert (answer.status_code, answer.location) == (302, "/")


@pytest.mark.one_database
@pytest.mark.parametrize("language", ["", "de", "../en", "EN", "en\r\nSet-Cookie: ond=1"])
def test_a_language_that_there_is_not_changes_nothing(client: FlaskClient, language: str) -> None:
    answer = choose(client, language)
    assert answer.status_code == 422
    assert client.get_cookie("language") is None
    client.set_cookie("language", language.replace("\r\n", ""))
    assert '<html lang="sv"' in client.get("/privacy").text


@pytest.mark.one_database
def test_the_choice_outlives_signing_in_and_out_and_writes_no_row(open_house: House) -> None:
    browser = open_house.app.test_client()
    before = open_house.ask(row_counts)
    choose(browser, "en")
    assert open_house.ask(row_counts) == before
    browser.post(f"/sign_in_demo/{open_house.stage.seats['TYR.handler']}")
    assert "Tyresö kommun, case officer" in browser.get("/").text
    browser.post("/sign_out")
    assert Page(browser.get("/sign_in").text).heading == "When parties read differently"
    assert 'lang="sv"' in open_house.client("RS.handler").get("/").text, "the choice of one is nobody else's"


@pytest.fixture
def site(settings: Settings) -> Iterator[FlaskClient]:
    """A browser at an application in production."""
    app = create_app(replace(settings, mode=Mode.PRODUCTION, allowed_hosts=("trappan.example",)), watch=watch)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    close(app)


@pytest.mark.one_database
def test_the_cookie_is_bound_as_that_of_the_session_is(site: FlaskClient, client: FlaskClient) -> None:
    sent = {"language": "en", "next": "/privacy"}
    answer = site.post("/choose_language", data=sent, base_url="https://trappan.example")
    [cookie] = [c for c in answer.headers.getlist("Set-Cookie") if "language=" in c]
    assert cookie.startswith("__Host-language=en;")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"):
        assert part in cookie
    assert "Domain" not in cookie
    [plain] = [c for c in choose(client, "en").headers.getlist("Set-Cookie") if "language=" in c]
    assert plain.startswith("language=en;")
    assert "Secure" not in plain


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    """Inside a request of somebody who reads English."""
    with app.test_request_context(headers={"Cookie": "language=en"}):
        yield


@pytest.mark.one_database
@pytest.mark.usefixtures("english")
def test_days_times_numbers_and_plurals_are_as_english_has_them() -> None:
    day = dt.date(2026, 10, 8)
    assert filters.date_weekday(day) == "Thursday 8\u00a0October 2026"
    assert filters.date_receipt(day) == "Thu 8\u00a0Oct 2026"
    assert date_and_time(dt.datetime(2026, 10, 8, 12, 5, tzinfo=dt.UTC)) == "8\u00a0October 2026 at\u00a014:05"
    assert [filters.working_days(n) for n in (1, 2, 21)] == ["1 working day", "2 working days", "21 working days"]
    assert size_in_words(1_300_000) == "1.2\u00a0MB"
    assert summary_heading(1) == "One thing needs to be corrected"
    assert summary_heading(3) == "Three things need to be corrected"


@pytest.mark.one_database
@pytest.mark.usefixtures("english")
def test_an_empty_text_stays_empty_and_an_unknown_one_as_it_is() -> None:
    assert (_(""), filters.definition("closed"), _("Finns inte")) == ("", "", "Finns inte")


@pytest.mark.one_database
@pytest.mark.usefixtures("english")
def test_what_somebody_wrote_is_marked_as_swedish_inside_an_english_sentence_and_stays_text() -> None:
    wish = in_swedish("<b>Ring</b> oss")
    assert wish == Markup('<span lang="sv">&lt;b&gt;Ring&lt;/b&gt; oss</span>')
    sentence = _("%(who)s vill: %(wish)s", who="<i>Tyresö</i>", wish=wish)
    assert sentence == f"&lt;i&gt;Tyresö&lt;/i&gt; wants: {wish}"
    assert isinstance(sentence, Markup)
    many = ngettext("En träff på ”%(sought)s”", "%(num)s träffar på ”%(sought)s”", 2, sought=in_swedish("a<b"))
    assert many == '2 hits for “<span lang="sv">a&lt;b</span>”'
    assert not isinstance(_("%(who)s vill: %(wish)s", who="a", wish="b"), Markup)
    assert (in_swedish(""), in_swedish(None)) == ("", "")


@pytest.mark.one_database
@pytest.mark.usefixtures("english")
def test_a_text_that_is_ours_or_somebodys_is_translated_or_marked() -> None:
    assert translated("Motpart") == "Respondent"
    assert translated("Hjälpmedel") == '<span lang="sv">Hjälpmedel</span>'


@pytest.mark.one_database
def test_a_place_copied_from_an_english_page_is_found_in_the_register(house: House) -> None:
    browser = house.app.test_client()
    choose(browser, "en")
    copied = re.findall(r"<span>(HÖK 4.5 [^<]+)</span>", browser.get("/interpretations/VIS-T-2025-2").text)
    assert copied == ["HÖK 4.5 paragraph 3"]
    assert "VIS-T 2025:2" in browser.get("/interpretations", query_string={"q": copied[0]}).text
