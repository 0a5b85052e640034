"""A window serves one person after the other, and none of them notices."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.support.browser.people import Person
from tests.support.browser.tour import PARTY
from tests.support.browser.windows import Window
from tests.support.server import Server

pytestmark = pytest.mark.browser

KEPT = "[localStorage.length, sessionStorage.length]"


def test_who_sits_down_at_a_window_finds_nothing_of_who_sat_there_before(browser: Browser, server: Server) -> None:
    window = Window(browser, server.url, {})
    page = window.page
    Person(page, PARTY).opens("/cases")
    page.goto("/cases/ESK-2026-0033")
    page.evaluate("localStorage.setItem('a', 'b'); sessionStorage.setItem('a', 'b')")
    page.emulate_media(media="print")
    window.context.new_page().goto("/cases")
    assert page.evaluate(KEPT) == [1, 1]

    assert window.leave() == []
    assert window.context.cookies() == []
    assert window.context.pages == [page]
    assert page.go_back() is None
    page.goto("/cases")
    assert "/sign_in" in page.url
    assert page.evaluate(KEPT) == [0, 0]
    assert page.evaluate("matchMedia('screen').matches")
    window.context.close()


def test_an_error_in_a_window_is_reported_once(browser: Browser, server: Server) -> None:
    window = Window(browser, server.url, {})
    window.page.goto("/where")
    window.page.evaluate("document.body.setAttribute('style', 'color: red')")
    (error,) = window.leave()
    assert "Content Security Policy" in error
    assert window.leave() == []
    window.context.close()
