"""The three tasks of ``docs/first-time.md``, walked line by line as they are written there.

A line is a sentence of one of the kinds in ``STEPS``. With ``TRAPPAN_PICTURES=1`` each picture is taken anew.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.app import ROOT
from tests.support.browser.people import Person

pytestmark = pytest.mark.browser

DOCUMENT = ROOT / "docs/first-time.md"
WIDTH, HEIGHT, BELOW = 1280, 460, 80
"""Of a picture: its size, and how much is seen below what comes next."""
LARGEST = 120_000
TASKS = ("File a matter", "Answer one", "Find what VIS has said on 4.5")


def tasks() -> dict[str, str]:
    """The document's second-level headings and what stands under each."""
    _before, *parts = re.split(r"^## (.+)$", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def heading(page: Page, text: str) -> Locator:
    return page.get_by_role("heading", level=1, name=text, exact=True)


def card(page: Page, seat: str) -> Locator:
    return page.get_by_role("button", name=f"Fortsätt som {seat}", exact=True)


def link_or_button(page: Page, name: str) -> Locator:
    """The document says what it reads, not what it is."""
    return page.get_by_role("link", name=name, exact=True).or_(page.get_by_role("button", name=name, exact=True)).first


def choice(page: Page, text: str) -> Locator:
    return page.get_by_label(text, exact=True).first


def list_or_field(page: Page, _text: str, label: str) -> Locator:
    return page.get_by_label(label, exact=True)


def words(page: Page, text: str) -> Locator:
    return page.locator("main").get_by_text(text).first


STEPS: tuple[tuple[str, Callable[..., Locator], Callable[[Locator, str], object]], ...] = (
    # a line; what on the page it is about; what is done with it
    (r"### (.+)", heading, lambda it, _: expect(it).to_be_visible()),
    (r"\d+\. Sign in as \*\*(.+)\*\*\.", card, lambda it, _: it.click()),
    (r"\d+\. Press \*\*(.+)\*\*\.", link_or_button, lambda it, _: it.click()),
    (r"\d+\. Choose \*\*(.+)\*\* in \*\*(.+)\*\*\.", list_or_field, lambda it, text: it.select_option(label=text)),
    (r"\d+\. Choose \*\*(.+)\*\*\.", choice, lambda it, _: it.check()),
    (r"\d+\. Write `(.+)` in \*\*(.+)\*\*\.", list_or_field, lambda it, text: it.fill(text)),
    (r"You read \*\*(.+)\*\*\.", words, lambda it, _: expect(it).to_be_visible()),
)
PICTURE = r"!\[.+\]\((.+)\)"


def sees(page: Page, picture: str, it: Locator) -> None:
    """The page's content about what comes next on it, without the menu unless that is next; kept small."""
    path = DOCUMENT.parent / picture
    if os.environ.get("TRAPPAN_PICTURES") == "1":
        top, scrolled = page.locator("main").bounding_box(), page.evaluate("scrollY")
        here = it.bounding_box()
        assert top is not None
        assert here is not None
        begins = max(top["y"], here["y"] + here["height"] + BELOW - HEIGHT) if here["y"] > top["y"] else -scrolled
        page.screenshot(
            path=path, full_page=True, clip={"x": 0, "y": begins + scrolled, "width": WIDTH, "height": HEIGHT}
        )
    assert path.stat().st_size < LARGEST


@pytest.mark.parametrize("task", TASKS)
def test_who_has_never_seen_it_gets_there_by_the_written_steps(person: Callable[..., Person], task: str) -> None:
    page = person("", color_scheme="light").goes("/")
    pictures, done = [], []
    for line in filter(None, tasks()[task].splitlines()):
        if picture := re.fullmatch(PICTURE, line):
            pictures.append(picture[1])
            continue
        known = ((find, act, found.groups()) for like, find, act in STEPS if (found := re.fullmatch(like, line)))
        step = next(known, None)
        if step is None:
            assert not re.match(r"\d|[#!]|You read", line), f"no step is written so: {line}"
            continue  # what the task is about
        find, act, said = step
        it = find(page, *said)
        for name in pictures:
            expect(it).to_be_visible()
            sees(page, name, it)
        pictures = []
        act(it, said[0])
        done.append(find)
    assert done[-1] is words
    assert len(done) > 6


def test_the_document_has_these_tasks_and_a_picture_of_every_page() -> None:
    assert tuple(tasks()) == TASKS
    shown = set(re.findall(r"\]\((.+\.png)\)", DOCUMENT.read_text("utf-8")))
    assert shown == {str(path.relative_to(DOCUMENT.parent)) for path in Path(DOCUMENT.parent, "first-time").iterdir()}
