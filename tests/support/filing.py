"""A filing as somebody of the stage writes it: five pages, each opened before it is sent."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient

from tests.support.page import Page

MATTER: dict[str, Any] = {"matter": "reading"}
PROVISION: dict[str, Any] = {"agreement": "HOK", "provisions": ["4.5 st 2"]}
POSITION: dict[str, Any] = {
    "title": "Vem utser samordnande vårdcentral?",
    "event_on": "2026-10-05",
    "description": "Vårdcentralen har bytt telefonnummer tre gånger sedan i våras.",
    "position": "Det ska finnas en känd och bemannad väg in.",
    "purpose_statement": "Den enskilde ska möta en sömlös vård och omsorg, och verksamheterna ska nå varandra. " * 2,
    "consequence_target_group": "3",
    "consequence_equality": "2",
    "consequence_cost": "0",
    "consequence_staff": "1",
    "tried": "Två möten under hösten, i september och i oktober.",
    "desired_outcome": "En väg in som alla känner till.",
}
MEANWHILE: dict[str, Any] = {
    "interim_arrangement": "Kommunen använder vårdcentralens gemensamma brevlåda.",
    "respondents": ["RS"],
    "affected": ["KSON"],
}
CHECK: dict[str, Any] = {"no_personal_data": "y", "in_scope": "y", "do": "send"}

PAGES: dict[str, dict[str, Any]] = {"provision": PROVISION, "position": POSITION, "meanwhile": MEANWHILE}
"""What is written on each page after the first."""

Other = dict[str, Any]


def begin(browser: FlaskClient, **other: Any) -> str:
    """Send the first page; the address of the draft: "/cases/file/7"."""
    sent = browser.post("/cases/file", data=Page(browser.get("/cases/file").text).standing(**MATTER | other))
    draft = re.fullmatch(r"(/cases/file/\d+)/provision", sent.location or "")
    assert draft, sent.location
    return draft[1]


def turn(browser: FlaskClient, path: str, **typed: Any) -> Any:
    """Open a page, write on it and send it."""
    return browser.post(path, data=Page(browser.get(path).text).standing(**typed))


def write(browser: FlaskClient, **other: Other) -> str:
    """All pages but the last, in order; ``other`` is what is written otherwise, by page. The draft's address."""
    draft = begin(browser, **other.get("matter", {}))
    for page, written in PAGES.items():
        sent = turn(browser, f"{draft}/{page}", **written | other.get(page, {}))
        assert sent.status_code == 302, [e.text for e in Page(sent.text).all("p", class_="err")]
    return draft


def check(browser: FlaskClient, draft: str, **other: Any) -> Any:
    """Read the draft once more and send it."""
    hidden = dict(re.findall(r'name="(version)" value="(\d+)"', browser.get(f"{draft}/check").text))
    return browser.post(f"{draft}/check", data=hidden | CHECK | other)


def file(browser: FlaskClient, *, delegation: str = "", **other: Other) -> Any:
    """Write a filing and send it."""
    return check(browser, write(browser, **other), **({"delegation": delegation} if delegation else {}))
