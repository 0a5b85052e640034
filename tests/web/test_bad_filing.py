"""A filing that cannot stand: a sentence beside the field says what to do, and nothing that was typed is lost."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import filing
from tests.support.bad_input import IDENTITY, NO_SUCH_DAY, refused, unchanged
from tests.support.page import Page
from tests.support.rows import all_rows, row_counts
from tests.support.stage import House


@pytest.fixture(scope="module", autouse=True)
def nothing_changes(house: House, draft: str) -> Iterator[None]:
    with unchanged(house):
        yield


def changed_fields(page: Page, sent: dict[str, Any]) -> list[str]:
    """The fields in which something else stands than was typed."""
    lost = []
    for name, value in sent.items():
        stands, wanted = page.typed(name), value.strip() if isinstance(value, str) else value
        if isinstance(stands, list) and isinstance(wanted, str):
            wanted = [wanted] if wanted else []
        if stands != wanted:
            lost.append(f"{name}: {stands!r}")
    return lost


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
        assert changed_fields(back, {k: v for k, v in written.items() if k not in {name, *FOLLOWS.get(name, ())}}) == []


UNKNOWN = "Välj något av alternativen."

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
    assert changed_fields(back, {k: v for k, v in written.items() if k not in unknown}) == []
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
