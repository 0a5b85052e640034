"""Reading a page as a browser does: its fields with what stands in them, and the sentences beside them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

BLOCKS = {"p", "div", "li", "dt", "dd", "h1", "h2", "h3", "h4", "section", "summary", "option", "label", "legend", "br"}
"""Where one text ends and the next begins, though no blank stands between."""

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "path", "circle", "source", "wbr"}


@dataclass
class Element:
    """One element: its tag, attributes, the text inside, and the tags around it, nearest first."""

    tag: str
    attributes: dict[str, str]
    around: list[Element] = field(repr=False, default_factory=list)
    text: str = ""

    def inside(self, tag: str) -> Element | None:
        return next((e for e in self.around if e.tag == tag), None)


class Page(HTMLParser):
    """A page's elements in order. ``.unclosed`` are the tags that were left open or closed wrongly."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.unclosed: list[str] = []
        self._open: list[Element] = []
        self.feed(html)
        self.close()
        self.unclosed += [e.tag for e in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.handle_data(" ")
        element = Element(tag, {name: value or "" for name, value in attrs}, list(reversed(self._open)))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs}, list(reversed(self._open)))
        self.elements.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self._open or self._open[-1].tag != tag:
            self.unclosed.append(f"/{tag}")
            return
        self._open.pop()
        if tag in BLOCKS:
            self.handle_data(" ")

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [e for e in self.elements if e.tag == tag and wanted.items() <= e.attributes.items()]

    def by_id(self, id: str) -> Element | None:
        return next((e for e in self.elements if e.attributes.get("id") == id), None)

    def duplicate_ids(self) -> list[str]:
        ids = Counter(e.attributes["id"] for e in self.elements if "id" in e.attributes)
        return [id for id, count in ids.items() if count > 1]

    def links(self) -> list[str]:
        return [e.attributes["href"] for e in self.all("a") if "href" in e.attributes]

    @property
    def heading(self) -> str:
        [h1] = self.all("h1")
        return " ".join(h1.text.split())

    @property
    def main(self) -> str:
        """What is read in the page's main part, with single blanks."""
        [main] = self.all("main")
        return " ".join(main.text.split())

    # Forms

    def form(self) -> Element:
        """The page's own form: the one in its main part."""
        mine = [f for f in self.all("form", method="post") if "form" in f.attributes.get("class", "").split()]
        [form] = [f for f in mine if f.inside("main")]
        return form

    def controls(self) -> list[Element]:
        form = self.form()
        named = [e for e in self.elements if e.tag in {"input", "textarea", "select"} and e.attributes.get("name")]
        return [e for e in named if e.inside("form") is form]

    def sentence(self, name: str) -> str:
        """The sentence beside the field, as its own error."""
        found = self.by_id(f"{name}-e")
        return " ".join(found.text.split()) if found else ""

    def typed(self, name: str) -> Any:
        """What stands in the field: a text, or the values chosen."""
        chosen = []
        for control in (c for c in self.controls() if c.attributes["name"] == name):
            kind = control.attributes.get("type", "")
            if control.tag == "textarea":
                return control.text.removeprefix("\n")
            if control.tag == "select":
                return next((o.attributes["value"] for o in self._options(control) if "selected" in o.attributes), "")
            if kind not in {"checkbox", "radio"}:
                return control.attributes.get("value", "")
            if "checked" in control.attributes:
                chosen.append(control.attributes.get("value", ""))
        return chosen

    def _options(self, select: Element) -> list[Element]:
        return [o for o in self.all("option") if o.inside("select") is select]

    def texts(self) -> list[str]:
        """The names of the fields in which people write."""
        return [
            c.attributes["name"]
            for c in self.controls()
            if c.tag == "textarea" or (c.tag == "input" and c.attributes.get("type") == "text")
        ]

    def standing(self, **typed: Any) -> dict[str, Any]:
        """What a browser sends with everything left as it stands; ``typed`` says otherwise for some."""
        return {c.attributes["name"]: self.typed(c.attributes["name"]) for c in self.controls()} | typed

    def filled(self, **typed: Any) -> dict[str, Any]:
        """What a person sends who fills in every field sensibly; ``typed`` says otherwise for some."""
        sent: dict[str, Any] = {}
        for control in self.controls():
            name, kind = control.attributes["name"], control.attributes.get("type", "")
            if control.tag == "textarea":
                sent[name] = f"En mening om {name}."
            elif control.tag == "select":
                values = [o.attributes["value"] for o in self._options(control)]
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


def form_of(html: str) -> dict[str, Any]:
    """What a browser would send if the page's form were submitted untouched (its main form, not the sign-out)."""
    main = html.partition("<main")[2]
    form = re.search(r'<form class="(?:form|sheet)".*?</form>', main, re.DOTALL)
    assert form, "the page has no form"
    sent: dict[str, Any] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0]):
        sent[name] = value
    for name, value in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n([^<]*)</textarea>', form[0]):
        sent[name] = unescape(value)
    return sent
