"""People in a browser, in the demo: one click signs them in, and the demo's own clock can be moved forward."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from escalation import clock
from escalation.db import session
from escalation.watch import sweep as watch_sweep
from tests.support.app import turn_to
from tests.support.server import Server


@dataclass
class Person:
    """Somebody with a window of their own and a seat in the demo, named as on its card.

    ``called`` is the person's own name, where several have the same seat.
    """

    page: Page
    seat: str
    called: str = ""
    by_card: bool = False
    """Whether the sign-in page is opened and its card clicked, or only asked for and answered by the same window."""
    is_in: bool = False

    def opens(self, address: str) -> Page:
        """Go there, signed in; anew where the session is over (time ends it)."""
        if self.seat and not self.is_in and not self.by_card:
            self.sign_in()
        self.page.goto(address)
        if "/sign_in" in self.page.url:
            if self.by_card:
                cards = self.page.locator(".role", has_text=self.called)
                cards.get_by_role("button", name=f"Fortsätt som {self.seat}").first.click()
                self.page.wait_for_url(lambda url: "/sign_in" not in url)
            else:
                self.sign_in()
                self.page.goto(address)
        return self.page

    def sign_in(self) -> None:
        """Send the form of the seat's card, as the window would, without drawing the page it stands on."""
        window = self.page.context.request
        shown = window.get("/sign_in").text()
        for card in map(html.unescape, re.findall(r'<article class="role">(.+?)</article>', shown, flags=re.DOTALL)):
            if self.called in card and re.search(rf" som {re.escape(self.seat)}(, [^<]+)?<", card):
                (address,), (token,) = (
                    re.findall(r'action="(.+?)"', card),
                    re.findall(r'csrf_token" value="(.+?)"', card),
                )
                assert window.post(address, form={"csrf_token": token}, max_redirects=0).status == 302
                self.is_in = True
                return
        raise AssertionError(f"no card of {self.called} {self.seat}")

    def goes(self, address: str) -> Page:
        """Go there as one is."""
        self.page.goto(address)
        return self.page

    def fill(self, texts: Mapping[str, str]) -> None:
        """Write into the fields that carry these labels, and choose where there is a list."""
        for label, text in texts.items():
            field = self.page.get_by_label(label, exact=True)
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(label=text)
            else:
                field.fill(text)

    def press(self, button: str) -> None:
        """Press the button with this text."""
        self.page.get_by_role("button", name=button, exact=True).click()

    def follow(self, link: str) -> None:
        """Follow the link with this text."""
        self.page.get_by_role("link", name=link, exact=True).first.click()


@dataclass
class Calendar:
    """The demo's day, moved as the demo sets it: by the offset in the database's own row."""

    server: Server

    def turn_to(self, day: str) -> None:
        """Make it this day, at the time of day it is."""
        with self.server.app.app_context():
            turn_to(dt.date.fromisoformat(day))
            session.commit()

    def sweep(self) -> None:
        """Let the clock process make its round of this day: what time alone does, and who is to be nudged."""
        with self.server.app.app_context():
            watch_sweep.sweep(clock.now())
            session.commit()
