"""Who reaches and reads what: every address × every seat × cases in every phase (``domain/02`` § 2.4).

What is expected stands in ``tests/support/rights.py``. A route with an argument that is not in ``ARGUMENTS`` fails:
say there what to try with it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import unescape
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.routing import Rule

from escalation import clock
from escalation.accounts import actions as accounts
from escalation.accounts.models import LoginSession, Role
from escalation.db import session
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import HearingKind, ProposalKind
from tests.support.people import ROLES
from tests.support.rights import (
    ACTORS,
    BESIDE,
    EVERYBODY,
    FULL,
    LIFTED,
    NOTHING,
    OPEN,
    READ_ONLY,
    SECRETARIAT,
    SHEET,
    TITLE,
    WRITERS,
    address,
    asked_beside,
    expected,
)
from tests.support.rows import row_counts
from tests.support.sample_cases import ENDED, PHASES, mark, title
from tests.support.stage import CENTRE, SEATS, House

pytestmark = pytest.mark.one_database  # tests/cases asks both databases who sees what
CITING = set(PHASES) - {"between"} - ENDED
"""The open cases that cite HÖK 4.5 st 2."""

ALL = frozenset(EVERYBODY)
SIGNED_IN = ALL - {"public"}

REACH: dict[str, frozenset[str]] = {
    # Addresses without an argument that answer a GET, and who gets a page there.
    "/": SIGNED_IN,
    "/cases": SIGNED_IN,
    "/cases/file": frozenset(WRITERS),
    "/interpretations": ALL,
    "/health": frozenset(SECRETARIAT | {"AUDITOR"}),
    "/healthz": ALL,
    "/livez": ALL,
    "/readyz": ALL,
    "/sign_in": ALL,
    "/act_as": SIGNED_IN,
    "/absence": frozenset(WRITERS),
    "/sessions": SIGNED_IN,
    "/accessibility": ALL,
    "/privacy": ALL,
    "/where": ALL,
    "/follow_up": SIGNED_IN - {"RS.centre"},
}

ARGUMENTS = {
    "number", "verb", "kind", "proposal_id", "slug", "token", "filename", "membership_id", "session_id",
    "attachment_id",  # each seat × each case: test_attachments.py, and where it is marked: test_secrecy.py
    "draft_id", "page",  # who reads and writes a draft: test_filing_at_once.py
    "hearing_id",  # only the parties of a case comment: test_acts_principle.py
    "guest_id",  # only the party that let a health centre in shows it out: test_guests.py
    "link_id",  # only the secretariat takes a link away: test_links.py
    "mail_id",  # only the secretariat deals with a letter in trouble: test_letters.py
    "job", "year",  # only the secretariat writes in what was done: test_followups.py
    "statement_id", "note_id",  # another case's: test_statement.py; another person's: test_numbers_and_notes.py
}  # fmt: skip


def rules(house: House) -> list[Rule]:
    return list(house.app.url_map.iter_rules())


def test_every_address_is_in_these_tables(house: House) -> None:
    plain = {r.rule for r in rules(house) if not r.arguments and "GET" in (r.methods or ())}
    assert plain == set(REACH)
    assert {argument for r in rules(house) for argument in r.arguments} == ARGUMENTS


def test_every_role_sits_here() -> None:
    assert {ROLES.get(seat) or ROLES[seat.partition(".")[2]] for seat in SEATS} == set(Role)


def test_the_tables_speak_of_every_case_and_of_acts_that_exist() -> None:
    assert set(OPEN) == set(PHASES)
    known = {m.verb for m in MOVES} | {f"propose/{kind}" for kind in ProposalKind} | {"answer"}
    known |= {f"hear/{kind}" for kind in HearingKind}
    assert {act for acts in OPEN.values() for act in acts} <= known


@pytest.mark.parametrize("seat", EVERYBODY)
def test_over_the_cases_each_seat_tries_every_act_and_asks_for_every_page(seat: str) -> None:
    alike = [seat, *(one for one, other in LIKE.items() if other == seat), *([LIKE[seat]] if seat in LIKE else [])]
    assert {act for one in alike for acts in tried(one).values() for act in acts} == set(ACTS)
    assert {page for key in OPEN for page in asked_beside(seat, key)} == BESIDE


def main_of(html: str) -> str:
    """The page without its head, in which the viewer's own name stands."""
    return unescape(html.partition("<main")[2].partition("<footer")[0])


def leaks(seat: str, html: str, stage_numbers: Any) -> list[str]:
    """What stands on the page that the seat may not know."""
    shown = main_of(html)
    found = []
    for key, number in stage_numbers.items():
        may = expected(seat, key)
        if may != FULL and mark(key) in shown:
            found.append(f"a text of {key}")
        if may == NOTHING and (number in shown or title(key) in shown):
            found.append(f"that {key} exists")
    return found


@pytest.mark.one_database
@pytest.mark.parametrize("seat", EVERYBODY)
def test_every_page_without_an_argument_is_reached_by_those_who_may_and_shows_no_one_too_much(
    house: House, seat: str
) -> None:
    browser = house.client(seat)
    for path, who in REACH.items():
        answer = browser.get(path)
        if seat in who:
            assert answer.status_code in ({200, 503} if path == "/healthz" else {200}), path
        else:
            assert answer.status_code == (302 if seat == "public" else 404), path
        assert leaks(seat, answer.text, house.stage.numbers) == [], path


def reads_as_another(seat: str) -> bool:
    """Whether a seat of the same party or body that comes before it reads what it reads."""
    place = seat.partition(".")[0]
    return next(other for other in EVERYBODY if other.partition(".")[0] == place) != seat


@pytest.mark.one_database
@pytest.mark.parametrize("seat", EVERYBODY)
def test_a_case_is_read_whole_as_a_stub_or_not_at_all(house: House, seat: str) -> None:
    browser = house.client(seat)
    keys = list(house.stage.numbers)
    for key in keys[EVERYBODY.index(seat) % 2 :: 2] if reads_as_another(seat) else keys:
        answer = browser.get(house.path(key))
        may = expected(seat, key)
        wanted = 302 if seat == "public" else 404 if may == NOTHING else 200
        assert answer.status_code == wanted, key
        assert leaks(seat, answer.text, house.stage.numbers) == [], key
        if wanted != 200:
            continue
        shown = main_of(answer.text)
        assert f">{title(key)}</span></h1>" in shown, key
        assert (mark(key) in shown) is (may == FULL), key
        assert ("Tyresö" in shown) is (may != TITLE), key
        assert ("Ni ser rubrik och läge" in shown) is (may != FULL), key
        if may == FULL and key in CITING:
            # The box "Samma bestämmelse" names every other open case on the provision that may be known of.
            box = shown.partition('id="h-andra"')[2].partition("</section>")[0]
            named = {other for other in CITING - {key} if f'href="{house.path(other)}"' in box}
            assert named == {other for other in CITING - {key} if expected(seat, other) != NOTHING}, key


STAIRCASE = {
    # whose start page shows the staircase -> whose cases it counts
    **dict.fromkeys(("TYR", "RS", "KSON", "SOL", "TSG", "SEK"), "known"),
    "VIS": "the county's",  # as numbers alone (domain/10)
}


@pytest.mark.parametrize("seat", SEATS)
def test_a_list_holds_the_cases_that_may_be_known_of_and_the_staircase_counts_them(house: House, seat: str) -> None:
    browser = house.client(seat)
    listed = main_of(browser.get("/cases").text)
    start = main_of(browser.get("/").text)
    known = {key for key in PHASES if expected(seat, key) != NOTHING}
    for key, number in house.stage.numbers.items():
        assert (f'href="/cases/{number}"' in listed) is (key in known), key
    counted = STAIRCASE.get(seat.partition(".")[0]) if seat != CENTRE else None
    among = known if counted == "known" else set(PHASES)
    live = [PHASES[key][0] for key in among if key not in ENDED]
    counts = [int(n) for n in re.findall(r'<span class="count">(\d+)</span>', start)]
    assert counts == ([live.count(step) for step in (1, 2, 3)] if counted else [])


def test_a_person_without_a_seat_reads_no_case(house: House) -> None:
    def give_seat() -> None:
        user = accounts.create_user("ny@example.se", "Ny", [], by="system:demo", at=clock.now(), is_demo=True)
        accounts.set_password(user, "tolv bävrar simmar hem", at=clock.now())
        session.commit()

    house.ask(give_seat)
    browser = house.app.test_client()
    sent = {"email": "ny@example.se", "password": "tolv bävrar simmar hem"}
    assert browser.post("/sign_in", data=sent).status_code == 302
    for path in ("/", "/cases", "/interpretations"):
        answer = browser.get(path, follow_redirects=True)  # the start page leads to that of roles
        assert answer.status_code == 200
        assert leaks("ADMIN", answer.text, house.stage.numbers) == []
    for key in house.stage.numbers:
        assert browser.get(house.path(key)).status_code == 404
        assert browser.post(house.path(key, "/serve"), data={}).status_code == 404


ACTS = (
    *(m.verb for m in MOVES), "update", "offer_statement",
    *(f"propose/{kind}" for kind in (*ProposalKind, "settle")), "answer", *(f"hear/{kind}" for kind in HearingKind),
)  # fmt: skip

LIKE = {
    # those to whom the same is open: what the one does not try the other does
    **{f"{party}.reader": f"{party}.registrar" for party in ("TYR", "RS", "KSON", "SOL")},
    **{f"{party}.handler": f"{party}.approver" for party in ("KSON", "SOL")},
    **{f"{body}.deputy": f"{body}.chair" for body in ("TSG", "VIS")},
    "SEK.municipal": "SEK.region",
}


def tried(seat: str) -> dict[str, list[str]]:
    """By case, the acts that the seat tries: all that are open to it, and each of the others in one case.

    That case is one where the act is open to somebody else, and one that the seat sees whole, where there are such;
    from seat to seat it is another. Of two seats that are alike each tries every second of the others.
    """
    found = {key: {act for act, who in acts.items() if seat in who} for key, acts in OPEN.items()}
    first, step = (seat in LIKE, 2) if seat in {*LIKE, *LIKE.values()} else (0, 1)
    for number, act in [*enumerate(ACTS, EVERYBODY.index(seat))][first::step]:
        shut = [key for key in OPEN if act not in found[key]]
        others = [key for key in shut if act in OPEN[key]] or shut
        among = [key for key in others if expected(seat, key) == FULL] or others
        found[among[number % len(among)]].add(act)
    return {key: sorted(acts) for key, acts in found.items()}


NO_SUCH_ACT = {"update", "offer_statement", "propose/settle", "propose/statement"}


def status_for(seat: str, key: str, act: str) -> int:
    """What the specification answers: open, not now (409, for those who have the case), or no such page.

    Who has not signed in is asked to, and what they sent is carried along (401).
    """
    if seat == "public":
        return 401
    if seat in OPEN[key].get(act, ()):
        return 200
    if act == "ask_to_register" and seat in WRITERS and expected(seat, key) == TITLE:
        return 409
    if seat not in ACTORS or expected(seat, key) != FULL or act in NO_SUCH_ACT:
        return 404
    if act.startswith("hear/") and seat in {*WRITERS, "CONSULT"}:
        return 404  # no party asks the others; the decider does
    if act == "answer" and key != "impasse":
        return 404  # the proposal is another case's
    return 409


# --- Acts ----------------------------------------------------------------------------------------------------------


@pytest.mark.one_database
@pytest.mark.parametrize("seat", EVERYBODY)
def test_an_act_is_open_only_to_those_whom_the_ladder_names(house: House, seat: str) -> None:
    assert answered_wrongly(house, seat, tried(seat)) == []


@pytest.mark.long
@pytest.mark.one_database
@pytest.mark.parametrize("seat", EVERYBODY)
def test_every_act_is_tried_in_every_case_by_everybody(house: House, seat: str) -> None:
    assert answered_wrongly(house, seat, dict.fromkeys(OPEN, ACTS)) == []


def answered_wrongly(house: House, seat: str, tries: Mapping[str, Sequence[str]]) -> list[str]:
    """What is open is asked for with GET; the rest is tried with POST, which must change nothing."""
    browser = house.client(seat)
    before = house.ask(row_counts)
    wrong = []
    for key, acts in tries.items():
        for act in acts:
            wanted, path = status_for(seat, key, act), address(house, key, act)
            answer = browser.get(path) if wanted == 200 else browser.post(path, data={"version": "1"})
            if answer.status_code != wanted:
                wrong.append(f"{key}: {act} gave {answer.status_code}, not {wanted}")
            wrong += [f"{key}: {act} tells {leak}" for leak in leaks(seat, answer.text, house.stage.numbers)]
    assert house.ask(row_counts) == before
    return wrong


@pytest.mark.one_database
@pytest.mark.parametrize("seat", EVERYBODY)
def test_what_stands_beside_a_case_is_read_by_those_who_see_it_whole_and_written_by_its_parties(
    house: House, seat: str
) -> None:
    browser = house.client(seat)
    before = house.ask(row_counts)
    wrong = []
    for key in house.stage.numbers:
        for page, is_there in asked_beside(seat, key).items():
            answer = browser.get(house.path(key, f"/{page}"))
            wanted = 302 if seat == "public" else 200 if is_there else 404
            if answer.status_code != wanted:
                wrong.append(f"{key}: {page} gave {answer.status_code}, not {wanted}")
            wrong += [f"{key}: {page} tells {leak}" for leak in leaks(seat, answer.text, house.stage.numbers)]
            if page not in READ_ONLY and not is_there and seat != "public":
                refused = browser.post(house.path(key, f"/{page}"), data={"value": "KS 1", "text": "Vi också."})
                if refused.status_code not in {404, 409}:
                    wrong.append(f"{key}: {page} took what was sent: {refused.status_code}")
    assert wrong == []
    assert house.ask(row_counts) == before


@pytest.mark.parametrize("seat", ["SOL.approver", "VIS.chair", "RS.handler"])
def test_a_case_that_is_not_yours_answers_a_get_as_a_case_that_does_not_exist(house: House, seat: str) -> None:
    browser = house.client(seat)
    for path in (house.path("intake"), *(address(house, "intake", act) for act in ACTS)):
        theirs = browser.get(path)
        nobodys = browser.get(path.replace(house.stage.numbers["intake"], "ESK-2026-9999"))
        assert theirs.status_code == nobodys.status_code == 404
        assert main_of(theirs.text) == main_of(nobodys.text)


def test_the_chair_who_must_choose_reads_the_case_whole_and_proposes_where_the_page_says_so(open_house: House) -> None:
    """T18, T20, T21a and T21 from D7c + 5: the chair cannot choose by title and status."""
    chair = open_house.client("TSG.chair")
    start = main_of(chair.get("/").text)
    waiting = start.partition('id="h-near"')[2].partition("</section>")[0]
    for key, verb in (("late", "declare_impasse"), ("forgotten", "lift"), ("asked", "propose/lapse")):
        assert open_house.stage.numbers[key] in waiting
        page = main_of(chair.get(open_house.path(key)).text)
        assert mark(key) in page
        assert f'href="{open_house.path(key, f"/{verb}")}"' in page
    stub = main_of(chair.get(open_house.path("served")).text)
    assert re.findall(r'href="/cases/[^"/]+/([a-z_/]+)"', stub) == ["hear/call_up"]
    form = chair.get(open_house.path("late", "/declare_impasse"))
    assert "Motparten kan inte hindra det" not in form.text
    version = re.search(r'name="version" value="(\d+)"', form.text)
    assert version
    sent = {"version": version[1], "unsolved": "Parterna har inte svarat varandra."}
    assert chair.post(open_house.path("late", "/declare_impasse"), data=sent).status_code == 302
    page = main_of(chair.get(open_house.path("late")).text)
    assert "Lösning ej nådd" in page
    assert "Ordföranden i styrgruppen förklarade att lösning inte har nåtts lokalt" in page


def test_the_auditor_reads_all_and_is_offered_nothing(house: House) -> None:
    for key in house.stage.numbers:
        page = main_of(house.client("AUDITOR").get(house.path(key)).text)
        links = re.findall(rf'href="{house.path(key)}/([^"]+)"', page)
        assert links == (["statement"] if key in SHEET | LIFTED else []), key


@pytest.mark.parametrize("seat", EVERYBODY)
def test_an_interpretation_before_it_is_published_is_the_secretariats_alone(house: House, seat: str) -> None:
    browser = house.client(seat)
    register = main_of(house.client("SEK.region").get("/interpretations").text)
    slugs = re.findall(r'href="/interpretations/([^"/]+)/publish"', register)
    assert len(slugs) == 3
    for slug in slugs:
        for path in (f"/interpretations/{slug}", f"/interpretations/{slug}/publish"):
            wanted = 200 if seat in SECRETARIAT else 302 if seat == "public" and path.endswith("publish") else 404
            answer = browser.get(path)
            assert answer.status_code == wanted, path
            if wanted != 200:
                for key in ("closed", "implementation", "reported"):
                    assert mark(key) not in answer.text


def test_a_person_cannot_become_another_or_end_their_session(house: House) -> None:
    mallory = house.client("SOL.handler")
    house.browsers.pop("SOL.reader", None)
    victim = house.client("SOL.reader")
    assert mallory.post("/act_as", data={"membership_id": house.stage.seats["SOL.reader"]}).status_code == 404
    newest = house.ask(lambda: session.scalar(select(func.max(LoginSession.id))))
    assert mallory.post(f"/end_session/{newest}").status_code in {302, 404}
    assert victim.get("/sessions").status_code == 200
