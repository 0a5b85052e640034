"""Chromium and its windows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page

from tests.support.server import Server

CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is installed is used. All are the same engine; the shell has no bars and menus, which cost more time
than the pages."""


CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium heeds the last such list alone, so those of Playwright's that matter here come again. The two about the
    # omnibox keep each window from loading two pages of the browser's own, for what hangs below an address bar.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, with a new profile."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        pytest.skip("no Chromium here (on Debian: apt-get install chromium-headless-shell)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_OPTIONS))
        yield chromium
        chromium.close()


EMPTIED = "try { sessionStorage.clear() } catch { /* a page without */ } location.replace('about:blank')"


class Window:
    """A window with cookies of its own, and a list of what went wrong in it.

    To open one takes more time than most tests spend in it, so it is used by one test after the other. ``leave``
    removes what a test has left: cookies, storage, history, further windows. The browser keeps styles and fonts.
    """

    def __init__(self, browser: Browser, url: str, options: dict[str, Any]) -> None:
        self.options = options
        context_options = {name: value for name, value in options.items() if name != "init_script"}
        self.context = browser.new_context(base_url=url, **context_options)
        self.context.set_default_timeout(30_000)
        self.url = url
        self.wrong: list[str] = []
        self.context.on("request", self._note_request)
        self.context.on("console", self._note_console)
        self.context.on("weberror", lambda error: self.wrong.append(f"threw {error.error}"))
        if init_script := options.get("init_script"):
            self.context.add_init_script(path=init_script)
        self.page = self.context.new_page()
        self.browsing = self.context.new_cdp_session(self.page)

    def _note_request(self, request: Any) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:", "about:")):
            self.wrong.append(f"asked for {request.url}")

    def _note_console(self, message: Any) -> None:
        if "Content Security Policy" in message.text:
            self.wrong.append(message.text)

    def leave(self) -> list[str]:
        """Make it as new, and say what went wrong in it."""
        for other in self.context.pages:
            if other is not self.page:
                other.close()
        # From within: going there would start a new process, and another one on the way back.
        self.page.evaluate(EMPTIED)
        self.page.wait_for_url("about:blank")
        self.page.emulate_media(media="null")
        self.context.clear_cookies()
        self.browsing.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "all"})
        self.browsing.send("Page.resetNavigationHistory")
        wrong, self.wrong = self.wrong, []
        return wrong


SPARE_WINDOWS = 10


@pytest.fixture(scope="session")
def spare_windows() -> list[Window]:
    """Windows that no test uses now, the most recently used last. The browser closes them when it ends."""
    return []


class NewPage(Protocol):
    def __call__(
        self, *, javascript: bool = True, width: int = 1280, init_script: Path | None = None, **context: Any
    ) -> Page: ...


@pytest.fixture
def new_page(browser: Browser, server: Server, spare_windows: list[Window]) -> Iterator[NewPage]:
    """Open a window for one more person: cookies of their own; relative addresses go to ``server``.

    ``init_script`` is a file that every page of the window runs first; the other options are Playwright's.
    At the end no page may have asked any other host for anything, broken the content policy or thrown.
    """
    opened: list[Window] = []

    def open_one(*, javascript: bool = True, width: int = 1280, **options: Any) -> Page:
        asked = {"locale": "sv-SE", "timezone_id": "Europe/Stockholm", "java_script_enabled": javascript, **options}
        window = next((spare for spare in spare_windows if spare.options == asked), None)
        if window is None:
            window = Window(browser, server.url, asked)
        else:
            spare_windows.remove(window)
        opened.append(window)
        window.page.set_viewport_size({"width": width, "height": 900})
        return window.page

    yield open_one
    wrong: list[str] = []
    for window in opened:
        wrong += window.leave()
    spare_windows += opened
    for window in spare_windows[:-SPARE_WINDOWS]:
        window.context.close()
    del spare_windows[:-SPARE_WINDOWS]
    assert not wrong


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """One person's window, with JavaScript."""
    return new_page()


@pytest.fixture
def plain_page(new_page: NewPage) -> Page:
    """One person's window, without JavaScript."""
    return new_page(javascript=False)
