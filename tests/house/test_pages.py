"""House style, on a page of every type and in every phase: one heading, labels, ids, language, nothing inline."""

from __future__ import annotations

import re

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse
from werkzeug.wrappers import Request

from tests.support import filing
from tests.support.page import Page
from tests.support.page_style import faults
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


def test_the_check_sees_what_is_wrong() -> None:
    html = """<!DOCTYPE html><html><head><title>Ett – Trappan</title><style>p {}</style></head><body><main>
        <h1>Två</h1><h3 id="a" style="x">Under</h3><p id="a">recommendation_out None %(who)s</p>
        <input id="b" name="b"><a href="#ingen"></a><a href="https://ond.example/">ut</a><script>x()</script>
        <form method="post"><button onclick="x()"></button></form><p aria-describedby="c">
        </main></body></html>"""
    answer = TestResponse(
        [html.encode()], "200 OK", Headers({"Content-Security-Policy": "script-src 'nonce-abc'"}), Request({})
    )
    found = " ".join(faults(answer))
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
    assert [c for c in page.controls if page.sentence(c.attributes["name"])]
    for control in page.controls:
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
    for clicks in range(3):
        found: list[str] = []
        for path in ahead:
            with browser.get(path) as answer:
                seen[path] = answer.status_code
                if clicks < 2 and answer.mimetype == "text/html":
                    found += [link.partition("#")[0] for link in Page(answer.get_data(as_text=True)).links()]
        ahead = sorted({link for link in found if link and link not in seen})
    assert {path: status for path, status in seen.items() if status not in {200}} == {}
    assert len(seen) > 8
