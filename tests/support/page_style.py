"""What every page must keep to: one heading, labels, ids, a language, no inline style or script, no other host."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from werkzeug.test import TestResponse

from tests.support.page import CONTROLS, Page

REFERENCES = ("aria-describedby", "aria-labelledby", "for")
HIDDEN_FIELDS = {"csrf_token": "its token", "acting_as": "as whom it was opened"}


def faults(answer: TestResponse) -> list[str]:
    """Each fault of a page that the site has answered with."""
    page = Page(answer.text)
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    return [
        *(fault for check in CHECKS for fault in check(page)),
        *inline_scripts(page, nonce[1] if nonce else None),
    ]


def structure(page: Page) -> Iterator[str]:
    for tag in page.unclosed():
        yield f"not closed: {tag}"
    for id in page.duplicate_ids():
        yield f"twice: #{id}"
    if [e.attributes.get("lang") for e in page.all("html")] != ["sv"]:
        yield "no language"
    if (mains := len(page.all("main"))) != 1:
        yield f"{mains} main"


def headings(page: Page) -> Iterator[str]:
    found = [h.words for h in page.all("h1")]
    [title] = [t.text for t in page.all("title") if not t.inside("svg")]
    if found != [title.removesuffix(" – Trappan")] or not title.endswith(" – Trappan"):
        yield f"headings {found}, title {title!r}"
    levels = [int(e.name[1]) for e in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    for above, below in pairwise(levels):
        if below > above + 1:
            yield f"h{above} then h{below}"


def labels(page: Page) -> Iterator[str]:
    labelled = {label.attributes.get("for") for label in page.all("label") if label.words}
    for field in page.all(*CONTROLS):
        if field.get("type") in {"hidden", "submit"}:
            continue
        if not field.get("id"):
            yield f"no name: {field.attributes}"
        elif field["id"] not in labelled:
            yield f"no label: {field['id']}"


def references(page: Page) -> Iterator[str]:
    ids = {e.get("id") for e in page.elements}
    for attribute in REFERENCES:
        named = {id for e in page.elements for id in e.attributes.get(attribute, "").split()}
        for id in named - ids:
            yield f"{attribute} leads nowhere: {id}"
    for href in page.links():
        if href.startswith("#") and href[1:] not in ids:
            yield f"{href} leads nowhere"


def inline_styles_and_handlers(page: Page) -> Iterator[str]:
    for e in page.elements:
        if e.name == "style" or "style" in e.attrs or any(name.startswith("on") for name in e.attrs):
            yield f"inline style or handler: {e.name}"


def inline_scripts(page: Page, nonce: str | None) -> Iterator[str]:
    for script in page.all("script"):
        if script.words and (nonce is None or script.get("nonce") != nonce):
            yield "inline script"


def other_hosts(page: Page) -> Iterator[str]:
    for e in page.elements:
        for attribute in ("src", "href", "action"):
            if re.match(r"(https?:)?//|javascript:|data:", e.attributes.get(attribute, "")):
                yield f"another host: {e.attributes[attribute]}"


def empty_links_and_buttons(page: Page) -> Iterator[str]:
    for e in page.all("a", "button"):
        if not e.words:
            yield f"a {'link' if e.name == 'a' else 'button'} without words: {e.attributes}"


def forms(page: Page) -> Iterator[str]:
    for form in page.all("form", method="post"):
        for name, meaning in HIDDEN_FIELDS.items():
            if len(form.all("input", name=name)) != 1:
                yield f"a form without {meaning}"


def code_words(page: Page) -> Iterator[str]:
    """Names of our code that a person reads. The words by which the sample cases are marked are none."""
    read = re.sub(r"\[[a-z_]+\] hemligt|Rubrik \([a-z_]+\)", "", page.main)
    for word in re.findall(r"\b[a-z]+_[a-z_]+\b|%\(\w+\)|\{\w+\}|\bNone\b", read):
        yield f"code shows: {word}"


CHECKS: tuple[Callable[[Page], Iterator[str]], ...] = (
    structure,
    headings,
    labels,
    references,
    inline_styles_and_handlers,
    other_hosts,
    empty_links_and_buttons,
    forms,
    code_words,
)
