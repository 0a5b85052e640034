"""What is typed wrong, or sent too late, by somebody else or by a machine: a sentence that says what to do, beside
the field or as a page; the right status; the typed text kept; and nothing changed."""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import select
from werkzeug.test import encode_multipart

from escalation.cases.models.case import Case
from escalation.db import session
from tests.support import filing
from tests.support.app import turn_to
from tests.support.page import Page
from tests.support.rows import all_rows, row_counts
from tests.support.sample_cases import TODAY
from tests.support.stage import House

IDENTITY = "19121212-1212"

SIGNED_IN = {"login_session", "sign_in_log"}
"""The tables in which a row more is nobody's act."""


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(house: House, draft: str) -> Iterator[None]:
    """Whatever these tests send to ``house``, no table has a row more or less when they are done."""
    before = house.ask(row_counts)
    yield
    after = house.ask(row_counts)
    assert {name for name, rows in after.items() if rows != before[name]} <= SIGNED_IN


# --- Filing ----------------------------------------------------------------------------------------------------------


def kept(page: Page, sent: dict[str, Any]) -> list[str]:
    """The fields in which something else stands than was typed."""
    lost = []
    for name, value in sent.items():
        stands, wanted = page.typed(name), value.strip() if isinstance(value, str) else value
        if isinstance(stands, list) and isinstance(wanted, str):
            wanted = [wanted] if wanted else []
        if stands != wanted:
            lost.append(f"{name}: {stands!r}")
    return lost


def refused(house: House, seat: str, path: str, sent: dict[str, Any]) -> Page:
    """The form as it comes back: 422, and a summary that leads to each sentence."""
    answer = house.client(seat).post(path, data=sent)
    assert answer.status_code == 422
    page = Page(answer.text)
    summary = page.by_id("fel")
    assert summary is not None
    assert "rättas" in summary.text
    to_fields = [link for link in page.links() if link.startswith("#") and link != "#innehall"]
    assert to_fields
    assert [link for link in to_fields if page.by_id(link[1:]) is None] == []
    return page


@pytest.fixture(scope="module")
def draft(house: House) -> str:
    """The address of a filing whose pages are all in order."""
    return filing.write(house.client("TYR.approver"))


def page_refused(house: House, draft: str, page: str, typed: dict[str, Any]) -> tuple[Page, dict[str, Any]]:
    """A page of the filing as it comes back, and what was sent."""
    path = f"{draft}/{page}"
    opened = Page(house.client("TYR.approver").get(path).text)
    written = filing.PAGES[page] | typed
    sent = opened.standing(**dict.fromkeys(opened.texts(), "")) | written
    return refused(house, "TYR.approver", path, sent), written


FOLLOWS = {"agreement": ["provisions"]}
"""What can be chosen in one field follows from another."""
NEEDED: dict[str, dict[str, str]] = {
    "provision": {"agreement": "Välj en överenskommelse.", "provisions": "Sök och välj minst en bestämmelse."},
    "position": {
        "title": "Skriv en rubrik.",
        "event_on": "Ange när det hände.",
        "description": "Beskriv vad som har hänt.",
        "position": "Skriv hur ni läser bestämmelsen.",
        "purpose_statement": "Skriv hur syftet och målen bör vägleda.",
        "consequence_target_group": "Välj hur stora konsekvenserna är för målgruppen.",
        "consequence_equality": "Välj hur stora konsekvenserna är för en jämlik vård och omsorg.",
        "consequence_cost": "Välj hur stora konsekvenserna är för kostnaderna.",
        "consequence_staff": "Välj hur stora konsekvenserna är för medarbetarna.",
        "tried": "Skriv vad ni har prövat, eller att inget är prövat än.",
        "desired_outcome": "Skriv vad ni vill ska gälla.",
    },
    "meanwhile": {
        "interim_arrangement": "Skriv vem som gör vad under tiden.",
        "respondents": "Välj motpart.",
        "urgency": "Välj hur bråttom det är.",
        "principle": "Välj ja eller nej.",
        "handler": "Välj handläggare.",
    },
}


@pytest.mark.one_database
@pytest.mark.parametrize("page", NEEDED)
def test_a_fact_that_is_missing_is_asked_for_beside_its_field(house: House, draft: str, page: str) -> None:
    for name, sentence in NEEDED[page].items():
        back, written = page_refused(house, draft, page, {name: [] if name in {"provisions", "respondents"} else ""})
        assert back.sentence(name) == sentence
        assert kept(back, {k: v for k, v in written.items() if k not in {name, *FOLLOWS.get(name, ())}}) == []


UNKNOWN = "Välj något av alternativen."
NO_SUCH_DAY = "Datumet finns inte. Skriv det som 2026-11-23."
WRONG: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "unknown provision": ("provision", {"provisions": ["9.9 st 9"]}, "provisions", UNKNOWN),
    "unknown agreement": ("provision", {"agreement": "XYZ"}, "agreement", UNKNOWN),
    "precedent unanswered": (
        "provision", {"provisions": ["4.5 st 3"]}, "why_4_5_st_3",
        "Skriv varför tolkningen av 4.5 st 3 inte löser er fråga.",
    ),
    "citation without words": (
        "provision", {"citation_place": "3 st 1"}, "citation_quote", "Skriv av texten ordagrant.",
    ),
    "citation without place": (
        "provision", {"citation_quote": "Parterna bokar tid."}, "citation_place", "Skriv var i texten det står.",
    ),
    "source too long": (
        "provision", {"citation_source": "å" * 301}, "citation_source", "Texten är 301 tecken. Korta den med minst 1.",
    ),
    "impossible day": ("position", {"event_on": "2026-02-30"}, "event_on", NO_SUCH_DAY),
    "impossible last day": ("position", {"event_until": "2026-02-30"}, "event_until", NO_SUCH_DAY),
    "no day": ("position", {"event_on": "i våras"}, "event_on", NO_SUCH_DAY),
    "day of another time": (
        "position", {"event_on": "0001-01-01"}, "event_on", "Skriv ett datum mellan 1990 och 2100.",
    ),
    "ends before it begins": (
        "position", {"event_until": "2026-10-04"}, "event_until",
        "Perioden slutar innan den börjar. Rätta en av dagarna.",
    ),
    "title too long": ("position", {"title": "å" * 121}, "title", "Rubriken är 121 tecken. Korta den med minst 1."),
    "title of two lines": ("position", {"title": "Två\nrader"}, "title", "Skriv texten på en rad."),
    "description too long": (
        "position", {"description": "å" * 4001}, "description", "Beskrivningen är 4001 tecken. Korta den med minst 1.",
    ),
    "description much too long": (
        "position", {"description": "å" * 200_000}, "description",
        "Beskrivningen är 200000 tecken. Korta den med minst 196000.",
    ),
    "position too long": (
        "position", {"position": "å" * 4100}, "position", "Ståndpunkten är 4100 tecken. Korta den med minst 100.",
    ),
    "purpose too short": (
        "position", {"purpose_statement": "å" * 99}, "purpose_statement", "Skriv minst 1 tecken till.",
    ),
    "tried too long": ("position", {"tried": "å" * 2001}, "tried", "Texten är 2001 tecken. Korta den med minst 1."),
    "wish too long": (
        "position", {"desired_outcome": "å" * 2001}, "desired_outcome", "Texten är 2001 tecken. Korta den med minst 1.",
    ),
    "unknown weight": ("position", {"consequence_cost": "9"}, "consequence_cost", UNKNOWN),
    "interim too long": (
        "meanwhile", {"interim_arrangement": "å" * 1001}, "interim_arrangement",
        "Texten är 1001 tecken. Korta den med minst 1.",
    ),
    "number too long": (
        "meanwhile", {"registry_number": "9" * 61}, "registry_number", "Texten är 61 tecken. Korta den med minst 1.",
    ),
    "urgent without a reason": (
        "meanwhile", {"urgency": "urgent"}, "urgency_reason", "Skriv varför det är brådskande.",
    ),
    "principled without a party that can be affected": (
        "meanwhile", {"principle": "yes", "principle_reason": "Fler har frågan.", "affected": []}, "affected",
        "Ange minst en annan part som kan påverkas.",
    ),
    "principled without a reason": (
        "meanwhile", {"principle": "yes", "principle_test": ["q1", "q3"]}, "principle_reason",
        "Skriv vilka andra parter som kan påverkas, och varför.",
    ),
    "unknown party": ("meanwhile", {"respondents": ["XX"]}, "respondents", UNKNOWN),
    "oneself": ("meanwhile", {"respondents": ["TYR"]}, "respondents", UNKNOWN),
    "affected is the respondent": (
        "meanwhile", {"affected": ["RS"]}, "affected",
        "En berörd part är någon annan än ni, de som anmäler med er och motparten.",
    ),
    "who files with us is the respondent": (
        "meanwhile", {"co_initiators": ["RS"]}, "co_initiators",
        "Den som anmäler tillsammans med er är någon annan än ni och motparten.",
    ),
    "affected is oneself": ("meanwhile", {"affected": ["TYR"]}, "affected", UNKNOWN),
    "somebody else's handler": ("meanwhile", {"handler": "999999"}, "handler", UNKNOWN),
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("why", WRONG)
def test_a_filing_that_cannot_stand_says_why_beside_the_field_and_keeps_every_text(
    house: House, draft: str, why: str
) -> None:
    page, changed, name, sentence = WRONG[why]
    back, written = page_refused(house, draft, page, changed)
    assert back.sentence(name) == sentence
    unknown = {name, *FOLLOWS.get(name, ())} if sentence == UNKNOWN else set()
    assert kept(back, {k: v for k, v in written.items() if k not in unknown}) == []
    field = back.by_id(name) or back.by_id(f"{name}-e")
    assert field is not None
    for fold in field.find_parents("details"):
        assert "open" in fold.attrs, "a sentence in a fold that is shut is read by nobody"


ONLY_THE_RULES: dict[str, tuple[dict[str, dict[str, Any]], str, str]] = {
    "not bound then": (
        {"position": {"event_on": "2022-09-01"}}, "provision#agreement",
        "Ni var inte bundna av överenskommelsen händelsedagen.",
    ),
    "the other not bound then": (
        {"position": {"event_on": "2022-09-01"}}, "meanwhile#respondents",
        "Motparten var inte bunden av överenskommelsen händelsedagen.",
    ),
    "not a party of that agreement": (
        {"provision": {"agreement": "KSABO", "provisions": [], "citation_place": "3 stycke 1",
                       "citation_quote": "Parterna bokar tid.", "citation_source": "Exempeltext"}},
        "meanwhile#respondents", "Motparten var inte bunden av överenskommelsen händelsedagen.",
    ),
    "future": (
        {"position": {"event_on": "2026-12-24"}}, "position#event_on",
        "Händelsedagen ligger i framtiden. Ange en dag som har varit.",
    ),
}  # fmt: skip


@pytest.mark.one_database
@pytest.mark.parametrize("why", ONLY_THE_RULES)
def test_what_the_rules_refuse_of_a_filing_is_said_when_it_is_sent_with_the_way_to_its_field(
    open_house: House, why: str
) -> None:
    other, place, sentence = ONLY_THE_RULES[why]
    browser = open_house.client("TYR.approver")
    draft = filing.write(browser, **other)
    before = open_house.ask(row_counts)
    answer = filing.check(browser, draft)
    assert answer.status_code == 422
    [link] = [a for a in Page(answer.text).all("a", href=f"{draft}/{place}") if sentence in a.text]
    assert link.inside("ul")
    assert open_house.ask(row_counts) == before


@pytest.mark.parametrize("value", ["9" * 30, str(2**63), "-1", "1e9", "abc", "9" * 5000, "٣"])
@pytest.mark.each_on_both
def test_a_number_that_no_column_holds_is_a_choice_that_does_not_exist(house: House, value: str) -> None:
    for seat, path, name in (
        ("RS.handler", house.path("served", "/acknowledge"), "handler"),
        ("SEK.region", house.path("received", "/accept_file"), "target_meeting"),
        ("SEK.region", house.path("preparation", "/schedule"), "meeting"),
        ("RS.handler", house.path("implementation", "/report_task"), "task_id"),
    ):
        form = Page(house.client(seat).get(path).text)
        page = refused(house, seat, path, form.filled(**{name: value}))
        assert page.sentence(name) == "Välj något av alternativen.", path


@pytest.mark.parametrize("beyond", [str(2**31), str(2**63), "9" * 40, "-1", "0"])
def test_a_number_beyond_what_a_row_can_have_is_no_page(house: House, beyond: str) -> None:
    for path in (
        house.path("impasse", f"/answer/{beyond}"),
        f"/cases/{beyond}",
        f"/cases/ESK-2026-{beyond}",
        f"/interpretations/VIS-T-2026-{beyond}",
        f"/interpretations/VIS-T-{beyond}-1",
    ):
        answer = house.client("TYR.approver").get(path)
        assert answer.status_code == 404, path
        assert "Kontrollera adressen eller byt roll." in answer.text
    for path in (f"/end_session/{beyond}", f"/sign_in_demo/{beyond}"):
        assert house.client("TYR.approver").post(path).status_code in ({404, 302} if "end" in path else {404})


# --- Forms of acts ---------------------------------------------------------------------------------------------------

FORMS: dict[str, tuple[str, str, str, str]] = {
    # what -> who, on which case, at which address, on which day
    "serve": ("SEK.region", "intake", "/serve", ""),
    "propose reject": ("SEK.region", "intake", "/propose/reject", ""),
    "ask_completion": ("SEK.region", "intake", "/ask_completion", ""),
    "complete": ("TYR.handler", "completion", "/complete", ""),
    "comment_principle": ("RS.handler", "bypass_review", "/comment_principle", ""),
    "grant_principle": ("TSG.chair", "bypass_review", "/grant_principle", "2026-11-25"),
    "refuse_principle": ("SEK.region", "bypass_review", "/refuse_principle", "2026-12-10"),
    "acknowledge": ("RS.handler", "served", "/acknowledge", ""),
    "withdraw": ("TYR.approver", "served", "/withdraw", ""),
    "keep_open": ("RS.approver", "withdrawn", "/keep_open", ""),
    "state_position": ("KSON.handler", "dialogue", "/state_position", ""),
    "note_meeting": ("TYR.handler", "dialogue", "/note_meeting", ""),
    "propose settlement": ("TYR.handler", "dialogue", "/propose/settlement", ""),
    "propose extension": ("RS.approver", "dialogue", "/propose/extension", ""),
    "propose pause": ("RS.handler", "dialogue", "/propose/pause", ""),
    "propose lift_early": ("TYR.approver", "dialogue", "/propose/lift_early", ""),
    "propose interim": ("RS.handler", "dialogue", "/propose/interim", ""),
    "propose back_to_dialogue": ("RS.handler", "forgotten", "/propose/back_to_dialogue", ""),
    "pause": ("SEK.region", "dialogue", "/pause", ""),
    "end_pause": ("RS.approver", "paused", "/end_pause", ""),
    "declare_impasse": ("TYR.approver", "late", "/declare_impasse", ""),
    "answer": ("RS.approver", "impasse", "/answer/1", ""),
    "lift": ("SEK.municipal", "forgotten", "/lift", ""),
    "propose lapse": ("TSG.chair", "asked", "/propose/lapse", ""),
    "accept_file": ("SEK.region", "received", "/accept_file", ""),
    "schedule": ("SEK.region", "preparation", "/schedule", ""),
    "refer": ("TSG.chair", "preparation", "/refer", ""),
    "answer_referral": ("CONSULT", "referred", "/answer_referral", ""),
    "take_off": ("TSG.chair", "scheduled", "/take_off", ""),
    "decide": ("SEK.region", "scheduled", "/decide", "2026-12-18"),
    "accept_recommendation": ("RS.approver", "recommendation_out", "/accept_recommendation", ""),
    "refuse_recommendation": ("RS.approver", "recommendation_out", "/refuse_recommendation", ""),
    "adjust": ("VIS.chair", "minuted_top", "/adjust", ""),
    "send_back": ("VIS.deputy", "minuted_top", "/send_back", ""),
    "correct_decision": ("SEK.region", "minuted_top", "/correct_decision", ""),
    "report_task": ("RS.handler", "implementation", "/report_task", ""),
    "confirm_done": ("TYR.approver", "reported", "/confirm_done", ""),
    "report_breach": ("TYR.approver", "reported", "/report_breach", ""),
    "review_rejection": ("TSG.chair", "asked_review", "/review_rejection", ""),
    "reopen": ("SEK.region", "asked_again", "/reopen", ""),
    "ask_reopening": ("TYR.approver", "closed", "/ask_reopening", ""),
    "refuse_reopening": ("SEK.region", "asked_again", "/refuse_reopening", ""),
    "turn": ("SEK.region", "served", "/turn", ""),
    "hear split": ("SEK.region", "dialogue", "/hear/split", ""),
    "link": ("TYR.handler", "dialogue", "/link", ""),
    "add_register_number": ("RS.registrar", "received", "/add_register_number", ""),
    "notes": ("RS.handler", "dialogue", "/notes", ""),
}
ALL_FORMS = pytest.mark.parametrize("what", FORMS)
NO_MOVES = {"add_register_number", "link", "notes"}
"""They are no moves of the case: no act makes them stale."""
MOVES_AND_PROPOSALS = pytest.mark.parametrize("what", [what for what in FORMS if what not in NO_MOVES])
IN_DAYS = pytest.mark.parametrize(
    "what", ["note_meeting", "propose settlement", "propose extension", "propose pause", "pause", "correct_decision"]
)
WITHOUT_A_WORD = {"accept_recommendation", "adjust"}
"""A yes to a recommendation, and a hand on minutes that ask nobody to do anything."""
NEEDING = pytest.mark.parametrize("what", [what for what in FORMS if what not in WITHOUT_A_WORD])


def set_day(house: House, day: str) -> None:
    """Move the demo's clock. Everybody signs in anew: sessions do not outlive so long a time."""
    house.browsers.clear()

    def move() -> None:
        turn_to(dt.date.fromisoformat(day) if day else TODAY)
        session.commit()

    house.ask(move)


@pytest.fixture
def form(house: House, what: str) -> Any:
    """(who, address, the form as it is opened) of one act."""
    seat, key, rest, day = FORMS[what]
    if day:
        set_day(house, day)
    path = house.path(key, rest)
    answer = house.client(seat).get(path)
    assert answer.status_code == 200
    yield seat, path, Page(answer.text)
    if day:
        set_day(house, "")


@pytest.mark.one_database
@NEEDING
def test_an_empty_act_says_what_is_missing_at_every_field_that_is_needed(house: House, form: Any) -> None:
    seat, path, page = form
    needed = {c.attributes["name"] for c in page.controls() if "aria-required" in c.attributes}
    back = refused(house, seat, path, {"version": page.standing().get("version", "")})
    assert {name for name in needed if not back.sentence(name)} == set()
    assert needed or path.endswith("/answer/1")


@pytest.mark.one_database
@ALL_FORMS
def test_an_identity_number_in_any_text_of_any_act_stops_it_and_is_stored_nowhere(
    house: House, form: Any, caplog: pytest.LogCaptureFixture
) -> None:
    seat, path, page = form
    caplog.set_level(logging.DEBUG)
    written = page.texts()
    assert written or path.endswith("/acknowledge")
    for name in written:
        text = f"Det gällde {IDENTITY} i ett fall."
        back = refused(house, seat, path, page.filled(**{name: text}))
        assert back.sentence(name).startswith("Texten innehåller ett personnummer på rad 1."), name
        assert back.typed(name) == text
    assert IDENTITY not in caplog.text
    assert IDENTITY not in repr(house.ask(all_rows))


@pytest.mark.one_database
@ALL_FORMS
def test_a_text_that_is_too_long_is_kept_with_how_much_to_cut(house: House, form: Any) -> None:
    seat, path, page = form
    for name in page.texts():
        long = "å" * 4200
        back = refused(house, seat, path, page.filled(**{name: long}))
        assert "är 4200 tecken. Korta" in back.sentence(name), name
        assert back.typed(name) == long


@pytest.mark.one_database
@IN_DAYS
def test_a_day_that_does_not_exist_is_said_beside_its_field(house: House, form: Any) -> None:
    seat, path, page = form
    days = [c.attributes["name"] for c in page.controls() if c.attributes.get("type") == "date"]
    assert days
    for name in days:
        for day, sentence in (
            ("2026-02-30", NO_SUCH_DAY), ("nästa vecka", NO_SUCH_DAY),
            ("0001-01-01", "Skriv ett datum mellan 1990 och 2100."),
        ):  # fmt: skip
            assert refused(house, seat, path, page.filled(**{name: day})).sentence(name) == sentence


@pytest.mark.one_database
@MOVES_AND_PROPOSALS
def test_a_form_from_before_somebodys_act_is_a_page_that_says_so_and_keeps_the_texts(house: House, form: Any) -> None:
    seat, path, page = form
    texts = {name: f"En lång text i {name} som ingen vill skriva en gång till." for name in page.texts()}
    for version in ("0", "abc", str(2**63)):
        sent = page.filled(**texts, version=version)
        if "answer" in page.filled():
            sent |= {"answer": "decline"} if path.endswith("/answer/1") else {}
        answer = house.client(seat).post(path, data=sent)
        assert answer.status_code == 409, version
        stale = Page(answer.text)
        assert stale.heading == "Någon hann före"
        assert "Inget av ditt har sparats." in stale.main
        assert path in stale.links()
        areas = [area.text.removeprefix("\n") for area in stale.all("textarea")]
        assert [text for text in texts.values() if text not in areas] == []


@pytest.mark.one_database
def test_a_filing_refuses_an_identity_number_in_every_text_of_every_page(
    house: House, draft: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    browser = house.client("TYR.approver")
    tried = set()
    for page, written in filing.PAGES.items():
        opened = Page(browser.get(f"{draft}/{page}").text)
        for name in set(opened.texts()) - {"q", "sure_because"}:  # a search and an answer to us: nothing is kept
            text = f"Det gällde {IDENTITY} i ett fall. {written.get(name, '')}".strip()
            back, _written = page_refused(house, draft, page, {name: text})
            assert back.sentence(name).startswith("Texten innehåller ett personnummer på rad 1."), name
            assert back.typed(name) == text
            tried.add(name)
    assert tried >= {"citation_quote", "why_4_5_st_3", "title", "description", "position", "purpose_statement", "tried"}
    assert tried >= {"desired_outcome", "interim_arrangement", "urgency_reason", "principle_reason", "registry_number"}
    assert IDENTITY not in caplog.text
    assert IDENTITY not in repr(house.ask(all_rows))


# --- Too late, not now, not yours ------------------------------------------------------------------------------------

TEXT = "En lång text som ingen vill skriva en gång till."


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("seat", "key", "rest", "reason"),
    [
        ("SEK.region", "served", "/serve", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "served", "/acknowledge", "Det är någon annan som kan göra det."),
        ("TYR.approver", "dialogue", "/declare_impasse", "Det går när det lokala steget är slut."),
        ("SEK.region", "dialogue", "/declare_impasse", "Det går när det lokala steget är slut."),
        ("TYR.handler", "forgotten", "/lift", "Det är någon annan som kan göra det."),
        ("TYR.approver", "impasse", "/lift", "Det går när båda har godkänt beskrivningen"),
        ("SEK.region", "scheduled", "/decide", "Det går när mötet har hållits."),
        ("SEK.region", "recommendation_out", "/refuse_recommendation", "Det går när tiden att svara är slut."),
        ("SEK.region", "intake", "/reject", "Det är någon annan som kan göra det."),
        ("TYR.approver", "closed", "/state_position", "Ärendet är inte i det läget längre."),
        ("TYR.handler", "impasse", "/answer/1", "Det är någon annan som kan göra det."),
        ("TYR.approver", "intake", "/propose/reject", "Det är någon annan som kan göra det."),
        ("SEK.region", "late", "/propose/lapse", "Parterna är inte tillfrågade, eller har redan svarat."),
        ("SEK.region", "asked", "/ask_to_pursue", "Parterna är redan tillfrågade, och ingen har svarat."),
        ("SEK.region", "dialogue", "/propose/settlement", "Det är någon annan som kan göra det."),
        ("KSON.approver", "dialogue", "/propose/interim", "Det är någon annan som kan göra det."),
        ("TYR.handler", "late", "/propose/lift_early", "Det går när det lokala steget är slut."),
        ("RS.handler", "impasse", "/propose/extension", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "scheduled", "/propose/pause", "Ärendet är inte i det läget längre."),
        ("RS.handler", "paused", "/propose/settlement", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "dialogue", "/pause", "Det är någon annan som kan göra det."),
        ("RS.handler", "paused", "/state_position", "Ärendet är pausat."),
        ("RS.handler", "paused", "/end_pause", "Det är någon annan som kan göra det."),
        ("RS.approver", "dialogue", "/end_pause", "Ärendet är inte pausat."),
        ("RS.approver", "paused", "/resume", "Det är någon annan som kan göra det."),
        ("RS.approver", "dialogue", "/withdraw", "Det är någon annan som kan göra det."),
        ("TYR.approver", "minuted", "/withdraw", "Ärendet är inte i det läget längre."),
        ("TYR.approver", "withdrawn", "/withdraw", "Ärendet är återkallat och väntar på eventuell invändning."),
        ("RS.handler", "withdrawn", "/state_position", "Ärendet är återkallat och väntar på eventuell invändning."),
        ("TYR.approver", "withdrawn", "/keep_open", "Det är någon annan som kan göra det."),
        ("RS.approver", "dialogue", "/keep_open", "Ärendet är inte återkallat."),
        ("RS.approver", "withdrawn", "/end_withdrawn", "Det är någon annan som kan göra det."),
        ("TYR.handler", "recommendation_out", "/accept_recommendation", "Det är någon annan som kan göra det."),
        ("RS.approver", "recommendation_out", "/end_without_agreement", "Ärendet är inte på trappans översta steg."),
        ("TYR.approver", "implementation", "/report_breach", "Det går när något är försenat eller rapporterat."),
        ("TYR.approver", "implementation", "/confirm_done", "Det går när alla uppgifter är rapporterade."),
        ("RS.approver", "reported", "/confirm_done", "Det är någon annan som kan göra det."),
        ("RS.approver", "reported", "/report_breach", "Det är någon annan som kan göra det."),
        ("TYR.approver", "asked_again", "/ask_reopening", "Någon har redan bett om det. Svaret väntas."),
        ("TYR.handler", "closed", "/ask_reopening", "Det är någon annan som kan göra det."),
        ("SEK.region", "closed", "/reopen", "Ordföranden i det organ som avgjorde ärendet svarar."),
        ("VIS.chair", "closed", "/refuse_reopening", "Ingen väntar på svar."),
        ("TYR.approver", "rejected", "/ask_reopening", "Tiden att begära det är slut"),
        ("SEK.region", "reported", "/confirm_done", "Det går när den andra sidans tid att bekräfta är slut."),
    ],
)
def test_an_act_that_is_not_open_says_why_and_leads_to_the_case(
    house: House, seat: str, key: str, rest: str, reason: str
) -> None:
    browser = house.client(seat)
    looked = browser.get(house.path(key, rest))
    number = house.stage.numbers[key]
    version = house.ask(lambda: session.scalar(select(Case.version).where(Case.number == number)))
    sent = browser.post(house.path(key, rest), data={"version": str(version), "text": TEXT, "reasons": TEXT})
    for answer in (looked, sent):
        assert answer.status_code == 409
        page = Page(answer.text)
        assert page.heading == "Det går inte nu"
        assert reason in page.main
        assert house.path(key) in page.links()
    assert TEXT in [area.text.removeprefix("\n") for area in Page(sent.text).all("textarea")]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("seat", "key", "rest"),
    [
        ("SOL.approver", "served", ""),
        ("SOL.approver", "received", "/state_position"),
        ("RS.approver", "intake", "/state_position"),
        ("SEK.region", "served", "/update"),
        ("SEK.region", "served", "/propose/settle"),
        ("TYR.approver", "forgotten", "/propose/statement"),
        ("SOL.approver", "dialogue", "/propose/settlement"),
        ("SEK.region", "dialogue", "/notes"),
        ("TYR.reader", "dialogue", "/add_register_number"),
        ("TYR.handler", "dialogue", "/delete_note/1"),
        ("TYR.approver", "served", "/answer/1"),
        ("TYR.approver", "impasse", "/answer/2"),
        ("TYR.approver", "impasse", "/answer/1x"),
        ("AUDITOR", "served", "/state_position"),
    ],
)
def test_what_is_not_yours_or_does_not_exist_is_a_page_that_says_what_to_do(
    house: House, seat: str, key: str, rest: str
) -> None:
    answer = house.client(seat).post(house.path(key, rest), data={"text": TEXT, "version": "1"})
    if not rest:
        answer = house.client(seat).get(house.path(key))
    assert answer.status_code == 404
    page = Page(answer.text)
    assert page.heading == "Sidan finns inte"
    assert "Kontrollera adressen eller byt roll." in page.main
    if rest:
        assert TEXT in [area.text.removeprefix("\n") for area in page.all("textarea")]


@pytest.mark.one_database
def test_an_address_that_takes_no_post_says_so(house: House) -> None:
    for path in ("/", "/cases", "/interpretations", house.path("served"), "/health", "/sessions"):
        answer = house.client("SEK.region").post(path, data={"text": TEXT})
        assert answer.status_code == 405, path
        assert Page(answer.text).heading == "Så kan sidan inte användas"


@pytest.mark.parametrize("token", ["", "påhittad", "åäö" * 50, "a.b.c", "\x00", "x" * 20_000])
def test_a_filing_with_a_broken_token_is_a_page_that_keeps_the_texts(open_house: House, token: str) -> None:
    browser = open_house.client("TYR.approver")
    open_house.app.config["WTF_CSRF_ENABLED"] = True
    before = open_house.ask(row_counts)
    written = filing.POSITION | filing.MEANWHILE
    for path in ("/cases/file/1/position", open_house.path("served", "/state_position")):
        answer = browser.post(path, data=written | {"csrf_token": token})
        assert answer.status_code == 400
        page = Page(answer.text)
        assert page.heading == "Formuläret gäller inte längre"
        assert path in page.links()
        areas = [area.text.removeprefix("\n") for area in page.all("textarea")]
        for name in ("title", "description", "position", "purpose_statement", "interim_arrangement"):
            assert written[name] in areas
    assert open_house.ask(row_counts) == before


# --- Too much --------------------------------------------------------------------------------------------------------


def in_parts(sent: dict[str, Any]) -> dict[str, Any]:
    """The same as a form that takes files sends it."""
    boundary, body = encode_multipart(sent)
    return {"data": body, "content_type": f"multipart/form-data; boundary={boundary}"}


@pytest.mark.one_database
@pytest.mark.parametrize(
    "sent",
    [
        {"description": "å" * (1024 * 1024)},
        {"description": "a" * (3 * 1024 * 1024)},
        {f"field{n}": "a" * 2000 for n in range(1200)},
    ],
    ids=["1 MiB of å", "3 MiB", "many fields"],
)
def test_a_body_that_is_too_large_is_a_page_that_says_so(house: House, draft: str, sent: dict[str, str]) -> None:
    for body in (filing.POSITION | sent, in_parts(filing.POSITION | sent)):
        for path in (f"{draft}/position", house.path("served", "/state_position")):
            answer = house.client("TYR.approver").post(path, **(body if "content_type" in body else {"data": body}))
            assert answer.status_code == 413
            page = Page(answer.text)
            assert page.heading == "Det är för stort"
            assert "Inget har sparats. Gå tillbaka och korta texten" in page.main


@pytest.mark.one_database
def test_a_form_of_a_thousand_parts_is_refused(house: House) -> None:
    sent = {f"field{n}": "a" for n in range(1000)}
    answer = house.client("TYR.approver").post("/cases/file", **in_parts(sent))
    assert answer.status_code == 413


# --- Sent twice ------------------------------------------------------------------------------------------------------


def at_once(house: House, seat: str, path: str, sent: dict[str, Any], times: int = 10) -> list[Any]:
    """The same POST from as many browsers at one instant."""
    cookie = house.client(seat).get_cookie("trappan")
    assert cookie is not None
    ready, answers = threading.Barrier(times), []

    def send() -> None:
        browser = house.app.test_client()
        browser.set_cookie("trappan", cookie.value)
        ready.wait()
        answers.append(browser.post(path, data=sent))

    threads = [threading.Thread(target=send) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_first_page_ten_times_at_one_instant_is_one_draft(open_house: House) -> None:
    sent = Page(open_house.client("TYR.approver").get("/cases/file").text).standing(**filing.MATTER)
    before = open_house.ask(row_counts)["draft"]
    answers = at_once(open_house, "TYR.approver", "/cases/file", sent)
    assert [answer.status_code for answer in answers] == [302] * 10
    assert len({answer.location for answer in answers}) == 1
    assert open_house.ask(row_counts)["draft"] == before + 1


def test_the_same_filing_sent_ten_times_at_one_instant_is_one_case(open_house: House) -> None:
    draft = filing.write(open_house.client("TYR.approver"))
    page = open_house.client("TYR.approver").get(f"{draft}/check").text
    sent = dict(re.findall(r'name="(version)" value="([0-9]+)"', page)) | filing.CHECK
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "TYR.approver", f"{draft}/check", sent)
    assert len({answer.location for answer in answers}) == 1
    after = open_house.ask(row_counts)
    assert {name: after[name] - before[name] for name in ("case_", "trail_event")} == {"case_": 1, "trail_event": 1}


def test_the_same_act_ten_times_at_one_instant_is_done_once(open_house: House) -> None:
    path = open_house.path("served", "/acknowledge")
    sent = Page(open_house.client("RS.handler").get(path).text).filled(substitute="0")
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "RS.handler", path, sent)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    assert open_house.ask(row_counts)["trail_event"] == before["trail_event"] + 1


def test_the_same_proposal_ten_times_at_one_instant_is_offered_and_answered_once(open_house: House) -> None:
    offering = open_house.path("dialogue", "/propose/interim")
    sent = Page(open_house.client("TYR.approver").get(offering).text).filled()
    before = open_house.ask(row_counts)
    answers = at_once(open_house, "TYR.approver", offering, sent)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    links = Page(open_house.client("RS.approver").get(open_house.path("dialogue")).text).links()
    [link] = {link for link in links if "/answer/" in link}
    yes = Page(open_house.client("RS.approver").get(link).text).filled(answer="accept", reason="")
    answers = at_once(open_house, "RS.approver", link, yes)
    assert sorted(answer.status_code for answer in answers) == [302] + [409] * 9
    after = open_house.ask(row_counts)
    assert after["proposal"] == before["proposal"] + 1
    assert after["trail_event"] == before["trail_event"] + 2
    again = open_house.client("RS.approver").post(link, data=yes)
    assert again.status_code == 409
    assert Page(again.text).heading == "Du har redan gjort något här"
    assert "Parterna kom överens om vad som gäller under tiden" in Page(again.text).main


def test_a_proposal_is_not_accepted_after_its_last_day_nor_by_a_handler(open_house: House) -> None:
    offering = open_house.path("dialogue", "/propose/settlement")
    form = Page(open_house.client("TYR.handler").get(offering).text)
    sent = form.filled(**{name: "" for n in (1, 2, 3) for name in (f"what_{n}", f"who_{n}", f"when_{n}")})
    assert open_house.client("TYR.handler").post(offering, data=sent).status_code == 302
    links = Page(open_house.client("RS.approver").get(open_house.path("dialogue")).text).links()
    [link] = {link for link in links if "/answer/" in link}
    yes = Page(open_house.client("RS.approver").get(link).text).filled(answer="accept", reason="")
    yes.pop("acting_as")  # each sends it in their own role
    refused_to = (
        ("RS.handler", "", "Det är någon annan som kan göra det."),
        ("KSON.approver", "", "Det är någon annan som kan göra det."),
        ("RS.approver", "2027-01-29", "Förslaget är inte öppet längre."),
    )
    for seat, day, reason in refused_to:
        if day:
            set_day(open_house, day)
        answer = open_house.client(seat).post(link, data=yes)
        assert answer.status_code == 409
        assert reason in Page(answer.text).main
    links = Page(open_house.client("RS.approver").get(open_house.path("dialogue")).text).links()
    assert [link for link in links if "/answer/" in link] == []


# --- Hostile strings -------------------------------------------------------------------------------------------------

HOSTILE = {
    "control": "a\x00b\x07c\x1b[31m",
    "direction": "abc\u202ecba\u2066x",
    "crlf": "a\r\nSet-Cookie: ond=1\r\n\r\n<h1>x</h1>",
    "template": "{{7*7}}{% raw %}${7*7}#{7*7}{{config}}",
    "format": "%(day)s %s %n {0} {by.__class__} {who}",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": '"\' onmouseover=alert(1) autofocus x="',
    "textarea": "</textarea></form><script>alert(1)</script>",
    "sql": "'; DROP TABLE case_; -- \" OR 1=1",
    "formula": '=HYPERLINK("https://ond.example";"x")',
    "path": "../../../../etc/passwd\\..\\..",
    "unicode": "\ufeff\u200b\U0001f600\u0301é\u2028\ufffe",
    "number": "9223372036854775808",
    "float": "1e400 NaN -0 0x1F",
    "date": "9999-12-31T23:59:60Z",
    "blank": " \u00a0\t\n ",
}
NEVER_UNESCAPED = (
    "<script>alert(1)",
    "<img src=x",
    '" onmouseover',
    "' onmouseover",
    "</textarea></form><script>",
    "<h1>x",
)


def harmless(answer: Any) -> None:
    """No error of ours, nothing typed that runs, nothing typed in a header, no template that was computed."""
    assert answer.status_code < 500
    for piece in NEVER_UNESCAPED:
        assert piece not in answer.text
    assert "{{7*7}}" in answer.text or "49{%" not in answer.text
    assert urlsplit(answer.location or "").netloc in {"", "localhost"}
    assert not any(cookie.startswith("ond") for cookie in answer.headers.getlist("Set-Cookie"))
    assert len(answer.headers.getlist("Set-Cookie")) <= 1


@pytest.mark.one_database
@pytest.mark.parametrize("in_turn", [3, pytest.param(1, marks=pytest.mark.long)])
@MOVES_AND_PROPOSALS
def test_hostile_strings_in_every_field_of_an_act_are_text(house: House, form: Any, what: str, in_turn: int) -> None:
    """In all fields at once; and in the texts alone, where an old version keeps the act from being done.

    Each string in each act in the long run; here in every third act, which are others from string to string.
    """
    seat, path, page = form
    names = {c.attributes["name"] for c in page.controls()}
    for kind, hostile in [*HOSTILE.items()][list(FORMS).index(what) % in_turn :: in_turn]:
        harmless(house.client(seat).post(path, data=dict.fromkeys(names, hostile)))
        if kind in {"format", "textarea", "unicode"}:
            texts = dict.fromkeys(page.texts(), hostile)
            harmless(house.client(seat).post(path, data=page.filled(**texts, version="0")))


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.each_on_both
def test_hostile_strings_in_every_field_of_other_forms_are_text(house: House, draft: str, kind: str) -> None:
    hostile = HOSTILE[kind]
    for path in ("/cases/file", *(f"{draft}/{page}" for page in filing.PAGES)):
        page = Page(house.client("TYR.handler").get(path).text)
        names = {c.attributes["name"] for c in page.controls()}
        harmless(house.client("TYR.handler").post(path, data=dict.fromkeys(names, hostile)))
        harmless(house.client("TYR.handler").post(path, data=page.standing(**dict.fromkeys(page.texts(), hostile))))
        harmless(house.client("TYR.handler").get(path, query_string={"q": hostile, "back": hostile}))
    harmless(house.client("TYR.handler").post(f"{draft}/check", data=dict.fromkeys(filing.CHECK, hostile)))
    sheet = house.path("forgotten", "/statement")
    for do in (hostile, f"take:{hostile}:{hostile}"):
        sent = {"party": hostile, "do": do, "others_as_read": hostile, "opened_question": hostile, "question": hostile}
        harmless(house.client("TYR.handler").post(sheet, data=sent))
    harmless(house.client("public").post("/sign_in", data={"email": hostile, "password": hostile, "next": hostile}))
    harmless(house.client("public").post("/sign_in", query_string={"next": hostile}, data={}))
    harmless(house.client("public").get("/interpretations", query_string={"q": hostile}))
    harmless(house.client("TYR.handler").post("/act_as", data={"membership_id": hostile}))
    harmless(house.client("TYR.handler").get("/where", query_string=dict.fromkeys(("what", "agreement", "x"), hostile)))
    harmless(house.client("TYR.handler").get("/cases/file", query_string={"type": hostile, "agreement": hostile}))
    harmless(house.client("public").post("/set_password/abc", data={"password": hostile}))
    served = house.path("served")
    for path in (
        "/cases/{}",
        "/cases/{}/serve",
        f"{served}/{{}}",
        f"{served}/propose/{{}}",
        f"{served}/answer/{{}}",
        "/interpretations/{}",
        "/set_password/{}",
        "/{}",
        "/static/{}",
    ):
        with house.client("SEK.region").get(path.format(_in_a_path(hostile))) as answer:
            harmless(answer)


def _in_a_path(text: str) -> str:
    return quote(text, safe="")


def test_hostile_texts_that_are_accepted_stand_as_text_on_every_page(open_house: House) -> None:
    """A filing may hold any printable text. Both sides, the secretariat and others read it, and nothing runs."""
    hostile = "<script>alert(1)</script> {{7*7}} %(day)s {who} =1+1 \"' onmouseover=alert(1) </textarea></form><script>"
    written = dict.fromkeys(("title", "description", "position", "tried", "desired_outcome"), hostile)
    filed = filing.file(
        open_house.client("TYR.approver"),
        provision={"provisions": ["4.5 st 3"], "why_4_5_st_3": hostile},
        position=written | {"purpose_statement": hostile + "å" * 100},
        meanwhile={"interim_arrangement": hostile},
    )
    assert filed.status_code == 302
    path = filed.location
    number = path.rpartition("/")[2]
    for seat, rest in (("SEK.region", "/serve"), ("RS.approver", "/acknowledge"), ("RS.approver", "/state_position")):
        page = Page(open_house.client(seat).get(path + rest).text)
        done = open_house.client(seat).post(
            path + rest, data=page.filled(**dict.fromkeys(page.texts(), hostile), substitute="0")
        )
        assert done.status_code == 302, rest
    for seat in ("TYR.approver", "RS.handler", "SEK.region", "AUDITOR", "TSG.chair"):
        for where in (path, "/cases", "/"):
            answer = open_house.client(seat).get(where)
            assert answer.status_code == 200
            harmless(answer)
            if where == path:
                assert " ".join(hostile.split()) in Page(answer.text).main
    assert number in open_house.client("RS.handler").get("/cases").text


@pytest.mark.parametrize(("page", "name"), [("add_register_number", "value"), ("notes", "text")])
def test_hostile_strings_beside_a_case_stand_as_text(open_house: House, page: str, name: str) -> None:
    browser, path = open_house.client("RS.handler"), open_house.path("dialogue", f"/{page}")
    for hostile in HOSTILE.values():
        harmless(browser.post(path, data={name: hostile}))
    shown = browser.get(path if page == "notes" else open_house.path("dialogue"))
    harmless(shown)
    for kind in ("template", "format", "html", "attribute", "sql", "formula"):
        if len(HOSTILE[kind]) <= 60:
            assert HOSTILE[kind] in Page(shown.text).main, kind


def test_hostile_headers_and_cookies_are_no_errors(house: House) -> None:
    for value in ("\x80\xff", "a" * 4000, "{{7*7}}", "<script>"):
        browser = house.app.test_client()
        browser.set_cookie("trappan", value)
        headers = {"Accept-Language": value, "User-Agent": value, "Referer": value, "X-Forwarded-For": value}
        answer = browser.get("/sign_in", headers=headers)
        assert answer.status_code == 200
        harmless(answer)
