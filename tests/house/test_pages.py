"""House style, on a page of every type and in every phase: one heading, labels, ids, language, nothing inline."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

import pytest

from tests.support import filing
from tests.support.page import Element, Page
from tests.support.stage import House

CASE_KEYS = ("intake", "served", "dialogue", "impasse", "received", "preparation", "scheduled", "minuted")
TOP_KEYS = (
    "recommendation_out",
    "received_top",
    "minuted_top",
    "implementation",
    "reported",
    "closed",
    "rejected",
    "asked_again",
    "asked_review",
)
STILL_KEYS = ("late", "forgotten", "paused", "withdrawn")


IN_DIALOGUE = ("settlement", "extension", "pause", "lift_early", "interim")


@pytest.fixture(scope="module")
def draft(house: House) -> str:
    """The address of a filing that is written and not sent."""
    return filing.write(house.client("TYR.handler"))


def pages(house: House, draft: str) -> dict[str, tuple[str, str, int]]:
    """What -> (who, address, status): a page of every type."""
    found = {
        "sign in": ("public", "/sign_in", 200),
        "the law": ("public", "/privacy", 200),
        "accessibility": ("public", "/accessibility", 200),
        "guide": ("public", "/where", 200),
        "register": ("public", "/interpretations", 200),
        "search without a hit": ("public", "/interpretations?q=finns+inte", 200),
        "search that cannot be made": ("public", f"/interpretations?q={'a' * 300}", 400),
        "interpretation": ("public", "/interpretations/VIS-T-2025-2", 200),
        "unpublished interpretation": ("SEK.region", f"/interpretations/{unpublished(house)}", 200),
        "publish": ("SEK.region", f"/interpretations/{unpublished(house)}/publish", 200),
        "register of the secretariat": ("SEK.region", "/interpretations", 200),
        "health": ("SEK.region", "/health", 200),
        "act as": ("TYR.handler", "/act_as", 200),
        "sessions": ("TYR.handler", "/sessions", 200),
        "expired link": ("public", "/set_password/abc", 404),
        "no page": ("TYR.handler", "/finns-inte", 404),
        "not now": ("TYR.approver", house.path("dialogue", "/declare_impasse"), 409),
        "file": ("TYR.handler", "/cases/file", 200),
        "list": ("TYR.handler", "/cases", 200),
        "list of stubs": ("SOL.handler", "/cases", 200),
        "stub": ("SOL.handler", house.path("received"), 200),
        "stub of a body": ("TSG.member", house.path("served"), 200),
        "case of a chair who must choose": ("TSG.chair", house.path("late"), 200),
        "answer": ("RS.approver", house.path("impasse", f"/answer/{house.stage.open_proposal}"), 200),
        "between municipalities": ("TYR.handler", house.path("between"), 200),
    }
    for seat in ("TYR.handler", "RS.approver", "SEK.region", "TSG.chair", "VIS.member", "AUDITOR", "ADMIN", "CONSULT"):
        found[f"start of {seat}"] = (seat, "/", 200)
    for key in CASE_KEYS + TOP_KEYS + STILL_KEYS:
        found[f"case in {key}"] = (
            "SEK.region" if key in {"intake", "preparation"} else "TYR.approver",
            house.path(key),
            200,
        )
    for seat, key, rest in (
        ("SEK.region", "intake", "serve"),
        ("SEK.region", "intake", "propose/reject"),
        ("SEK.region", "intake", "turn"),
        ("RS.handler", "served", "acknowledge"),
        ("TYR.handler", "served", "note_meeting"),
        ("RS.handler", "dialogue", "state_position"),
        ("TYR.approver", "late", "declare_impasse"),
        ("TSG.chair", "late", "declare_impasse"),
        ("TSG.chair", "late", "ask_to_pursue"),
        ("SEK.region", "asked", "propose/lapse"),
        ("TYR.handler", "asked", "pursue"),
        ("TYR.approver", "lapsed", "take_up_by_right"),
        ("TYR.handler", "forgotten", "statement"),
        ("AUDITOR", "received", "statement"),
        ("TSG.chair", "scheduled", "summary"),
        ("TSG.chair", "scheduled", "positions"),
        ("RS.handler", "dialogue", "notes"),
        ("RS.registrar", "dialogue", "add_register_number"),
        ("SEK.region", "dialogue", "link"),
        ("SEK.region", "dialogue", "hear/split"),
        *(("TYR.handler", "dialogue", f"propose/{kind}") for kind in IN_DIALOGUE),
        ("RS.handler", "forgotten", "propose/back_to_dialogue"),
        ("SEK.region", "dialogue", "pause"),
        ("RS.approver", "paused", "end_pause"),
        ("TYR.approver", "dialogue", "withdraw"),
        ("RS.approver", "withdrawn", "keep_open"),
        ("RS.approver", "recommendation_out", "accept_recommendation"),
        ("TYR.approver", "reported", "confirm_done"),
        ("TYR.approver", "reported", "report_breach"),
        ("TYR.approver", "forgotten", "lift"),
        ("SEK.region", "received", "accept_file"),
        ("SEK.region", "preparation", "schedule"),
        ("SEK.region", "preparation", "refer"),
        ("CONSULT", "referred", "answer_referral"),
        ("TSG.chair", "scheduled", "take_off"),
        ("TSG.chair", "minuted", "adjust"),
        ("TSG.deputy", "minuted", "send_back"),
        ("RS.approver", "recommendation_out", "refuse_recommendation"),
        ("VIS.chair", "minuted_top", "adjust"),
        ("SEK.region", "minuted_top", "correct_decision"),
        ("RS.handler", "implementation", "report_task"),
        ("TYR.approver", "closed", "ask_reopening"),
        ("VIS.chair", "closed", "reopen"),
        ("SEK.region", "asked_again", "reopen"),
        ("SEK.region", "asked_again", "refuse_reopening"),
        ("TSG.chair", "asked_review", "review_rejection"),
    ):
        found[f"{rest} in {key}"] = (seat, house.path(key, f"/{rest}"), 200)
    for page in (*filing.PAGES, "check", "discard"):
        found[f"filing, {page}"] = ("TYR.handler", f"{draft}/{page}", 200)
    return found


def unpublished(house: House) -> str:
    shown = house.client("SEK.region").get("/interpretations").text
    first, *_others = re.findall(r'href="/interpretations/([^"/]+)/publish"', shown)
    return str(first)


def faults(answer: Any) -> list[str]:
    """What is against the style of the house."""
    html = answer.text
    page = Page(html)
    wrong = [f"not closed: {tag}" for tag in page.unclosed()]
    headings = [" ".join(h.text.split()) for h in page.all("h1")]
    [title] = [t.text for t in page.all("title") if not t.inside("svg")]
    if headings != [title.removesuffix(" – Trappan")] or not title.endswith(" – Trappan"):
        wrong.append(f"headings {headings}, title {title!r}")
    wrong += [f"twice: #{id}" for id in page.duplicate_ids()]
    wrong += [f"no label: {c}" for c in map(name_of, fields(page)) if c and not labelled(page, c)]
    wrong += [f"no name: {f.attributes}" for f in fields(page) if not f.attributes.get("id")]
    ids = {e.attributes["id"] for e in page.elements if "id" in e.attributes}
    for attribute in ("aria-describedby", "aria-labelledby", "for"):
        asked = {id for e in page.elements for id in e.attributes.get(attribute, "").split()}
        wrong += [f"{attribute} leads nowhere: {id}" for id in asked - ids]
    wrong += [f"{href} leads nowhere" for href in page.links() if href.startswith("#") and href[1:] not in ids]
    if [e.attributes.get("lang") for e in page.all("html")] != ["sv"]:
        wrong.append("no language")
    if [e for e in page.elements if "style" in e.attributes or any(a.startswith("on") for a in e.attributes)]:
        wrong.append("inline style or handler")
    wrong += ["inline style" for _ in page.all("style")]
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    for script in page.all("script"):
        if script.text.strip() and (not nonce or script.attributes.get("nonce") != nonce[1]):
            wrong.append("inline script")
    for e in page.elements:
        for attribute in ("src", "href", "action"):
            if re.match(r"(https?:)?//|javascript:|data:", e.attributes.get(attribute, "")):
                wrong.append(f"another host: {e.attributes[attribute]}")
    levels = [int(e.name[1]) for e in page.elements if re.fullmatch(r"h[1-6]", e.name)]
    wrong += [f"h{a} then h{b}" for a, b in pairwise(levels) if b > a + 1]
    wrong += [f"{len(page.all('main'))} main" for _ in [0] if len(page.all("main")) != 1]
    wrong += [f"a link without words: {a.attributes}" for a in page.all("a") if not a.text.strip()]
    wrong += [f"a button without words: {b.attributes}" for b in page.all("button") if not b.text.strip()]
    for form in page.all("form", method="post"):
        for hidden, what in (("csrf_token", "its token"), ("acting_as", "as whom it was opened")):
            inside = [e for e in page.all("input", name=hidden) if e.inside("form") is form]
            wrong += [f"a form without {what}" for _ in [0] if len(inside) != 1]
    # The stage's own words for its cases are none of the house's.
    read = re.sub(r"\[[a-z_]+\] hemligt|Rubrik \([a-z_]+\)", "", page.main)
    wrong += [f"code shows: {word}" for word in re.findall(r"\b[a-z]+_[a-z_]+\b|%\(\w+\)|\{\w+\}|\bNone\b", read)]
    return wrong


def fields(page: Page) -> list[Element]:
    kinds = {"hidden", "submit"}
    return [
        e for e in page.elements if e.name in {"input", "select", "textarea"} and e.attributes.get("type") not in kinds
    ]


def name_of(element: Element) -> str:
    return element.attributes.get("id", "")


def labelled(page: Page, id: str) -> bool:
    return any(label.text.strip() for label in page.all("label") if label.attributes.get("for") == id)


def test_the_check_sees_what_is_wrong() -> None:
    class Answer:
        headers = {"Content-Security-Policy": "script-src 'nonce-abc'"}
        text = """<!DOCTYPE html><html><head><title>Ett – Trappan</title><style>p {}</style></head><body><main>
            <h1>Två</h1><h3 id="a" style="x">Under</h3><p id="a">recommendation_out None %(who)s</p>
            <input id="b" name="b"><a href="#ingen"></a><a href="https://ond.example/">ut</a><script>x()</script>
            <form method="post"><button onclick="x()"></button></form><p aria-describedby="c">
            </main></body></html>"""

    found = " ".join(faults(Answer()))
    for fault in (
        "not closed", "headings", "twice: #a", "no label: b", "aria-describedby leads nowhere: c",
        "#ingen leads nowhere", "no language", "inline style", "inline script", "another host", "h1 then h3",
        "link without words",
        "button without words", "without its token", "without as whom", "recommendation_out", "None", "%(who)",
    ):  # fmt: skip
        assert fault in found, fault


@pytest.mark.one_database
def test_a_page_of_every_type_is_in_the_style_of_the_house(house: House, draft: str) -> None:
    wrong: dict[str, list[str]] = {}
    for what, (seat, path, status) in pages(house, draft).items():
        answer = house.client(seat).get(path)
        assert answer.status_code == status, what
        if found := faults(answer):
            wrong[what] = found
    assert wrong == {}


@pytest.mark.one_database
def test_a_page_that_comes_back_with_sentences_is_in_the_style_of_the_house(house: House, draft: str) -> None:
    wrong: dict[str, list[str]] = {}
    for what, (seat, path, status) in pages(house, draft).items():
        html = house.client(seat).get(path).text
        if status != 200 or '<form class="form" method="post"' not in html or path.endswith("/discard"):
            continue
        sent = {name: value for name, value in Page(html).standing().items() if name in {"version", "base", "party"}}
        answer = house.client(seat).post(path, data=sent)
        if answer.status_code == 302:
            continue
        assert answer.status_code == 422, what
        if found := faults(answer):
            wrong[what] = found
    assert wrong == {}


@pytest.mark.one_database
@pytest.mark.parametrize("of_the_filing", ["provision", "position", "meanwhile"])
def test_every_field_that_is_wrong_says_so_to_those_who_do_not_see(
    house: House, draft: str, of_the_filing: str
) -> None:
    path, browser = f"{draft}/{of_the_filing}", house.client("TYR.handler")
    opened = Page(browser.get(path).text)
    hidden = {name: opened.typed(name) for name in ("version", "acting_as")}
    answer = browser.post(path, data=dict.fromkeys(opened.standing(), "") | hidden)
    assert answer.status_code in {409, 422}
    page = Page(answer.text)
    assert [c for c in page.controls() if page.sentence(c.attributes["name"])]
    for control in page.controls():
        name = control.attributes["name"]
        if control.name in {"textarea", "select"} or control.attributes.get("type") in {"text", "date"}:
            wrong = bool(page.sentence(name))
            assert (control.attributes.get("aria-invalid") == "true") is wrong, name
            assert (f"{name}-e" in control.attributes.get("aria-describedby", "").split()) is wrong, name


@pytest.mark.one_database
@pytest.mark.parametrize("seat", ["TYR.handler", "RS.approver", "SEK.region", "TSG.chair", "VIS.member", "SOL.reader"])
def test_no_link_leads_to_a_page_that_is_not_there(house: House, seat: str) -> None:
    """From the start page on, two clicks deep."""
    browser = house.client(seat)
    seen: dict[str, int] = {}
    ahead = ["/"]
    for _click in range(3):
        found: list[str] = []
        for path in ahead:
            with browser.get(path) as answer:
                seen[path] = answer.status_code
                if answer.mimetype == "text/html":
                    found += [link.partition("#")[0] for link in Page(answer.get_data(as_text=True)).links()]
        ahead = sorted({link for link in found if link and link not in seen})
    assert {path: status for path, status in seen.items() if status not in {200}} == {}
    assert len(seen) > 8
