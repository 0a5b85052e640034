"""A page as a browser reads it: its elements, its fields with what stands in them, and the sentences beside them."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from html.parser import HTMLParser
from typing import Any

from bs4 import BeautifulSoup, Tag

BLOCKS = "p|div|li|dt|dd|h1|h2|h3|h4|section|summary|option|label|legend|br"
BLOCK_EDGE = re.compile(rf"(?=<(?:{BLOCKS})\b)|(?<=</)(?:{BLOCKS})>")
"""Where one text ends and the next begins, though no blank stands between."""

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "circle", "source", "wbr"}
CONTROLS = ("input", "textarea", "select")


class Element(Tag):
    """One element of a page."""

    @property
    def attributes(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.attrs.items()}

    def inside(self, name: str) -> Element | None:
        """The nearest element of that name around this one."""
        found = self.find_parent(name)
        return found if isinstance(found, Element) else None

    def all(self, *names: str, **attributes: str) -> list[Element]:
        """The elements in this one with one of the names and all attributes, in order; ``class_`` is "class"."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.find_all(names) if isinstance(e, Element) and wanted.items() <= e.attrs.items()]

    @property
    def words(self) -> str:
        """The text inside, with single blanks."""
        return " ".join(self.text.split())


class Page:
    """A page of the site, or a part of one."""

    def __init__(self, html: str) -> None:
        self.html = html

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The parsed page: read when it is first asked for."""
        return BeautifulSoup(
            BLOCK_EDGE.sub(lambda edge: f"{edge[0]} ", self.html),
            "html.parser",
            element_classes={Tag: Element},
            multi_valued_attributes=None,
            store_line_numbers=False,
        )

    @cached_property
    def elements(self) -> list[Element]:
        return [e for e in self.soup.find_all(True) if isinstance(e, Element)]

    def all(self, *names: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.name in names and wanted.items() <= e.attrs.items()]

    def by_id(self, id: str) -> Element | None:
        return next((e for e in self.elements if e.get("id") == id), None)

    def duplicate_ids(self) -> list[str]:
        ids = Counter(e.attributes["id"] for e in self.elements if "id" in e.attrs)
        return [id for id, count in ids.items() if count > 1]

    def links(self) -> list[str]:
        return [e.attributes["href"] for e in self.all("a") if "href" in e.attrs]

    @property
    def heading(self) -> str:
        [h1] = self.all("h1")
        return h1.words

    @property
    def main(self) -> str:
        """The text of the page's main part, with single blanks."""
        [main] = self.all("main")
        return main.words

    def unclosed(self) -> list[str]:
        """The tags that are left open or closed wrongly, which a browser and Beautiful Soup repair in silence."""
        return _Balance(self.html).wrong()

    # Forms

    @cached_property
    def form(self) -> Element:
        """The page's own form: the one in its main part."""
        [form] = [
            f for f in self.all("form", method="post") if f.get("class") in {"form", "sheet"} and f.inside("main")
        ]
        return form

    @cached_property
    def controls(self) -> list[Element]:
        """The fields of the page's own form."""
        return [e for e in self.form.all(*CONTROLS) if e.get("name")]

    def sentence(self, name: str) -> str:
        """The sentence beside the field, as its own error."""
        found = self.by_id(f"{name}-e")
        return found.words if found else ""

    def typed(self, name: str) -> Any:
        """What stands in the field: a text, or the values chosen."""
        chosen = []
        for control in (c for c in self.controls if c["name"] == name):
            if control.name == "textarea":
                return control.text.removeprefix("\n")
            if control.name == "select":
                return next((o.attributes["value"] for o in control.all("option") if "selected" in o.attrs), "")
            value = control.attributes.get("value", "")
            if control.get("type") not in {"checkbox", "radio"}:
                return value
            if "checked" in control.attrs:
                chosen.append(value)
        return chosen

    def texts(self) -> list[str]:
        """The names of the fields in which people write."""
        return [
            c.attributes["name"]
            for c in self.controls
            if c.name == "textarea" or (c.name == "input" and c.get("type") == "text")
        ]

    def standing(self, **typed: Any) -> dict[str, Any]:
        """What a browser sends with everything left as it stands; ``typed`` says otherwise for some."""
        return {c.attributes["name"]: self.typed(c.attributes["name"]) for c in self.controls} | typed

    def filled(self, **typed: Any) -> dict[str, Any]:
        """What a person sends who fills in every field sensibly; ``typed`` says otherwise for some."""
        sent: dict[str, Any] = {}
        for control in self.controls:
            name, kind = control.attributes["name"], control.attributes.get("type", "")
            if control.name == "textarea":
                sent[name] = f"En mening om {name}."
            elif control.name == "select":
                values = [o.attributes["value"] for o in control.all("option")]
                sent[name] = next((v for v in values if v not in {"", "0"}), "")
            elif kind in {"radio", "checkbox"}:
                sent.setdefault(name, control.attributes.get("value", "y"))
            elif kind == "date":
                sent[name] = "2026-11-23"
            elif kind == "hidden":
                sent[name] = control.attributes.get("value", "")
            else:
                sent[name] = f"Något om {name}"
        return sent | typed


class _Balance(HTMLParser):
    """Whether each start tag has its end tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.stray: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content, which needs no end tag."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.stray.append(f"/{tag}")
        else:
            self.open.pop()

    def wrong(self) -> list[str]:
        return self.stray + self.open
