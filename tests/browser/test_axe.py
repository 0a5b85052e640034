"""axe finds nothing on any type of page: WCAG 2.0, 2.1 and 2.2, levels A and AA, in light, 1280 wide.

On the same round no page scrolls sideways, on a phone or a screen.

In the dark, in forced colours and on a phone the same pages are looked at by ``make test-long``.

axe-core is vendored from its npm package, see ``vendor/``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.test_layout import OUTSIDE, WIDTHS
from tests.support.browser.people import Calendar, Person
from tests.support.browser.tour import Standing, walk
from tests.support.browser.windows import NewPage

pytestmark = pytest.mark.browser

AXE = Path(__file__).parent / "vendor" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async tags => {
  const found = await axe.run(document, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]});
  return found.violations.flatMap(rule => rule.nodes.map(node => `${rule.id}: ${node.html.slice(0, 160)}`));
}"""


NARROW, WIDE = min(WIDTHS), max(WIDTHS)


def is_as_wide(page: Page, width: int) -> bool:
    return page.viewport_size is not None and page.viewport_size["width"] == width


def violations(page: Page) -> list[str]:
    """What axe finds, as "rule: element". The window was opened with axe as its ``init_script``."""
    found: list[str] = page.evaluate(RUN, TAGS)
    return found


def test_axe_finds_nothing_on_any_type_of_page_and_none_scrolls_sideways(
    person: Callable[..., Person], calendar: Calendar, standing: list[Standing]
) -> None:
    found: dict[str, list[str]] = {}
    for name, page in walk(person, calendar, standing, color_scheme="light", init_script=AXE):
        page.wait_for_load_state()  # a page that has been answered may not have been read yet
        for width in (WIDE, NARROW) if is_as_wide(page, WIDE) else (NARROW, WIDE):  # from what the last page left
            if not is_as_wide(page, width):
                page.set_viewport_size({"width": width, "height": 900})
            found[f"{name}, {width} px"] = page.evaluate(OUTSIDE)
            if width == WIDE:
                found[name] = violations(page)
    assert len(found) > 60 * 3
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


@pytest.mark.long
@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"color_scheme": "dark"}, id="dark"),
        pytest.param({"color_scheme": "light", "forced_colors": "active"}, id="forced colours"),
        pytest.param({"color_scheme": "light", "width": 390}, id="390 px"),
        pytest.param({"color_scheme": "dark", "width": 320}, id="320 px in the dark"),
    ],
)
def test_axe_finds_nothing_in_the_dark_in_forced_colours_or_on_a_phone(
    person: Callable[..., Person], calendar: Calendar, standing: list[Standing], options: dict[str, Any]
) -> None:
    found: dict[str, list[str]] = {}
    for name, page in walk(person, calendar, standing, init_script=AXE, **options):
        page.wait_for_load_state()
        found[name] = [*violations(page), *page.evaluate(OUTSIDE)]
    assert len(found) > 60
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_axe_is_awake(new_page: NewPage) -> None:
    page = new_page(init_script=AXE)
    page.set_content("<html><body><img src=''><p style='color: #ddd'>blekt</p></body></html>")
    assert {line.partition(":")[0] for line in violations(page)} == {
        "color-contrast", "document-title", "html-has-lang", "image-alt",
    }  # fmt: skip
