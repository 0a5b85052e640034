"""Filing a case page by page: the whole way, where it belongs, the provision, and what it costs."""

from __future__ import annotations

import re
from html import unescape

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session, scoped_session

from escalation import clock
from escalation.accounts.actions import Seat
from escalation.accounts.models import Role
from escalation.agreements import queries as agreements
from escalation.cases.models.case import Case
from escalation.cases.models.parties import CaseParty, RegistryNumber
from escalation.db import db
from tests.support.writer import MEANWHILE, POSITION, VOUCHED, Writer, kept_facts, number_of_drafts, text_of

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # the drafts and what is filed of them are tried on both in tests/cases


def test_the_whole_way_from_a_handler_to_the_approver_who_files(
    handler: Writer, approver: Writer, session: Database
) -> None:
    handler.write()
    read = text_of(handler.get("check"))
    for said in (*POSITION.values(), "Region Stockholm", "HÖK 4.5 st 2", "KS 2026/0412", "4 mars 2024 till 20 oktober"):
        assert said in read or len(said) < 2 or said.startswith("2024-")
    assert "Skicka till chef för godkännande" in read
    sent = handler.post("check", **VOUCHED, do="approval")
    assert sent.location == handler.url("check")
    assert "Anmälan väntar på att er beslutsfattare godkänner" in text_of(handler.get("check"))
    assert session.scalars(select(Case)).all() == []

    approver.draft = handler.draft
    start = text_of(approver.client.get("/"))
    assert "Godkänn och skicka anmälan" in start
    assert POSITION["title"] in start
    assert "Godkänn och skicka anmälan" in text_of(approver.client.get("/cases"))
    filed = approver.post("check", **VOUCHED, do="send")
    session.expire_all()
    found = session.scalars(select(Case)).one()
    assert filed.location == f"/cases/{found.number}"
    assert (found.title, found.event_until.isoformat() if found.event_until else "") == (
        POSITION["title"],
        "2024-10-20",
    )
    assert found.consequences == {"target_group": 3, "equality": 2, "cost": 0, "staff": 1}
    assert (found.urgency_reason, found.principle_reason) == (
        MEANWHILE["urgency_reason"],
        MEANWHILE["principle_reason"],
    )
    own = session.scalars(select(CaseParty).where(CaseParty.party_code == "TYR")).one()
    assert own.handler_id == handler.membership
    assert session.scalars(select(RegistryNumber.value)).all() == ["KS 2026/0412"]
    case = text_of(approver.client.get(filed.location))
    for said in ("Önskat utfall", "Prövat hittills", "För målgruppen: stor", "4 mars 2024 till 20 oktober 2024"):
        assert said in case


def test_leaving_and_coming_back_shows_the_text(handler: Writer, session: Database) -> None:
    handler.begin()
    handler.post("provision", agreement="HOK", provisions=["4.5 st 2"])
    left = handler.post("position", title="Halvfärdig", do="later")
    assert left.location == "/cases/file"
    listed = text_of(handler.client.get("/cases/file"))
    assert "Era utkast" in listed
    assert "Halvfärdig" in listed
    assert "Kvar: er ståndpunkt, under tiden." in listed
    assert "Halvfärdig" in text_of(handler.client.get("/cases"))
    assert 'value="Halvfärdig"' in handler.get("position").text
    again = handler.get("provision").text
    assert re.search(r'value="4.5 st 2" checked', again)


def test_what_is_not_in_order_is_kept_too_and_does_not_lead_on(handler: Writer, session: Database) -> None:
    handler.begin()
    answer = handler.post("position", **{**POSITION, "title": "å" * 132, "purpose_statement": "För kort."})
    assert answer.status_code == 422
    read = text_of(answer)
    assert "Två saker behöver rättas" in read
    assert "Rubriken är 132 tecken. Korta den med minst 12." in read
    assert "Skriv minst 91 tecken till." in read
    assert 'href="#title"' in answer.text
    assert kept_facts(session, handler)["purpose_statement"] == "För kort."
    assert kept_facts(session, handler)["description"] == POSITION["description"]


def test_an_empty_page_says_field_by_field_what_is_missing(handler: Writer, session: Database) -> None:
    handler.begin()
    empty = handler.post("position")
    assert empty.status_code == 422
    assert "11 saker behöver rättas" in text_of(empty) or "Elva" in text_of(empty)
    read = text_of(handler.post("meanwhile", urgency="urgent", principle="yes"))
    for said in (
        "Skriv vem som gör vad",
        "Välj motpart.",
        "Skriv varför det är brådskande.",
        "Skriv vilka andra parter",
    ):
        assert said in read


def test_all_facts_are_asked_for(handler: Writer, session: Database) -> None:
    """Domain/04 § 4.2, 1 to 19."""
    handler.write()
    asked = "".join(handler.get(page).text for page in ("matter", "provision", "position", "meanwhile", "check"))
    for name in (*POSITION, *MEANWHILE, *VOUCHED, "matter", "agreement", "provisions", "citation_quote", "handler",
                 "substitute"):  # fmt: skip
        assert f'name="{name}"' in asked, name
    city = Writer(handler.client.application, "bo@stockholm.example", Seat(Role.LOCAL_HANDLER, party="STO"))
    city.begin()
    assert "Järva" in text_of(city.get("meanwhile"))
    assert 'name="arena"' not in handler.get("meanwhile").text


def test_a_page_that_is_left_undone_is_named_before_anything_is_sent(
    handler: Writer, approver: Writer, session: Database
) -> None:
    approver.begin()
    read = text_of(approver.get("check"))
    assert "Det här är kvar" in read
    assert "Godkänn och skicka anmälan" not in read
    assert approver.post("check", **VOUCHED, do="send").status_code == 422
    assert session.scalars(select(Case)).all() == []


def test_another_type_asks_for_the_provision_anew(handler: Writer, session: Database) -> None:
    handler.begin()
    handler.post("provision", agreement="HOK", provisions=["1.2"])
    handler.post("matter", matter="deviation")
    assert "Kvar: bestämmelse" in text_of(handler.client.get("/cases/file"))
    answer = handler.post("provision", agreement="HOK", provisions=["1.2"])
    assert answer.status_code == 422
    assert "byt till oenighet om tolkning" in text_of(answer)


def test_changing_from_the_check_page_leads_back_to_it(handler: Writer, session: Database) -> None:
    handler.write()
    assert f'href="{handler.url("position")}?back=check#title"' in handler.get("check").text
    shown = handler.get("position", "?back=check").text
    fields = dict(re.findall(r'name="(version|base)" value="([^"]*)"', shown))
    answer = handler.client.post(
        handler.url("position") + "?back=check",
        data={**POSITION, **{k: unescape(v) for k, v in fields.items()}, "title": "Ny rubrik", "do": "next"},
    )
    assert answer.location == handler.url("check")
    assert "Ny rubrik" in text_of(handler.get("check"))


def test_a_handler_with_delegation_files(handler: Writer, session: Database) -> None:
    handler.write()
    refused = handler.post("check", **VOUCHED, do="send")
    assert refused.status_code == 422
    assert "Utan delegation skickar ni till er beslutsfattare." in text_of(refused)
    assert handler.post("check", **VOUCHED, do="send", delegation="y").location.startswith("/cases/ESK-")


def test_nothing_is_sent_before_it_is_vouched_for(approver: Writer, session: Database) -> None:
    approver.write()
    answer = approver.post("check", do="send")
    assert answer.status_code == 422
    assert "Två saker behöver rättas" in text_of(answer)


def test_the_filing_page_says_what_happens_next_and_on_which_days(handler: Writer, session: Database) -> None:
    handler.write(meanwhile={"principle": "no"})
    read = text_of(handler.get("check"))
    assert "Sekretariatet kontrollerar anmälan och översänder den till motparten." in read
    assert "också ensamma" in read
    assert "Förvalt av systemet, inte av HÖK" in read


def test_who_asks_to_begin_at_step_two_reads_who_tries_that_and_when(handler: Writer, session: Database) -> None:
    handler.write(meanwhile={"principle": "yes"})
    read = text_of(handler.get("check"))
    assert "Sekretariatet kontrollerar anmälan och låter motparten yttra sig om var ärendet börjar." in read
    assert "Ordföranden i styrgruppen avgör var ärendet börjar." in read
    assert "Lokala steget slut" not in read
    assert "Förvalt av systemet, inte av HÖK" in read


def test_r10_two_municipalities_on_hok_read_what_the_agreement_is_about(handler: Writer, session: Database) -> None:
    """A warning on the page that is read before sending, and no more: the agreement binds them all."""
    sentence = "HÖK reglerar främst samverkan mellan regionen och kommunerna."
    handler.write(meanwhile={"respondents": ["NOR"], "affected": ["SUN"]})
    assert sentence in text_of(handler.get("check"))
    handler.post("meanwhile", **{**MEANWHILE, "affected": [], "handler": str(handler.membership)})
    assert sentence not in text_of(handler.get("check"))


def test_a_fact_that_only_the_rules_refuse_leads_to_its_page(approver: Writer, session: Database) -> None:
    approver.write(position={"event_on": "2021-01-04", "event_until": ""})
    answer = approver.post("check", **VOUCHED, do="send")
    assert answer.status_code == 422
    assert "Ni var inte bundna av överenskommelsen händelsedagen." in text_of(answer)
    assert f'href="{approver.url("provision")}#agreement"' in answer.text
    assert session.scalars(select(Case)).all() == []
    assert kept_facts(session, approver)["title"] == POSITION["title"]


def test_what_is_filed_is_sent_once_and_its_draft_leads_to_the_case(approver: Writer, session: Database) -> None:
    approver.write()
    shown = approver.get("check").text
    first = approver.post("check", opened=shown, **VOUCHED, do="send")
    again = approver.post("check", opened=shown, **VOUCHED, do="send")
    assert first.location == again.location == approver.get("position").location
    session.expire_all()
    assert len(session.scalars(select(Case)).all()) == 1


def test_a_draft_is_thrown_away_after_a_question(handler: Writer, session: Database) -> None:
    handler.begin()
    assert "går inte att få tillbaka" in text_of(handler.get("discard"))
    assert number_of_drafts(session) == 1
    assert handler.client.post(handler.url("discard")).location == "/cases"
    assert number_of_drafts(session) == 0
    assert handler.get("position").status_code == 404


# --- Where it belongs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("matter", "where"),
    [
        ("person", "/where?matter=person"),
        ("change", "/where?matter=change"),
        ("crisis", "/where?matter=reading&obstacle=crisis"),
        ("unsure", "/where?matter=unsure"),
    ],
)
def test_what_is_not_for_the_ladder_leads_to_the_guide_and_begins_no_draft(
    handler: Writer, session: Database, matter: str, where: str
) -> None:
    answer = handler.begin(matter)
    assert answer.location == where
    assert handler.client.get(where).status_code == 200
    assert number_of_drafts(session) == 0


@pytest.mark.parametrize("posted", [{}, {"matter": ""}, {"matter": "weather"}, {"matter": "x" * 5000}])
def test_who_chooses_nothing_is_asked_again(handler: Writer, session: Database, posted: dict[str, str]) -> None:
    answer = handler.client.post("/cases/file", data=posted)
    assert answer.status_code == 422
    assert number_of_drafts(session) == 0


def test_an_agreement_that_does_not_exist_is_not_taken_along(handler: Writer, session: Database) -> None:
    handler.begin(agreement="weather")
    assert "agreement" not in kept_facts(session, handler)
    assert handler.get("provision").status_code == 200


# --- The provision ---------------------------------------------------------------------------------------


def test_a_search_finds_the_text_verbatim_and_keeps_what_is_written(handler: Writer, session: Database) -> None:
    handler.begin()
    answer = handler.post("provision", agreement="HOK", q="vårdcentral", provisions=["4.5 st 3"], do="search")
    assert answer.location.startswith(handler.url("provision") + "?q=v%C3%A5rdcentral")
    found = handler.client.get(answer.location)
    version = agreements.version_in_force("HOK", clock.today())
    assert version is not None
    held = agreements.provision(version.id, "4.5 st 2")
    assert held is not None
    assert re.sub(r"\s+", " ", held.text) in re.sub(r" (?=[.,])", "", text_of(found)).replace(
        "vårdcentral erna", "vårdcentralerna"
    )
    assert 'value="4.5 st 2"' in found.text
    assert re.search(r'value="4.5 st 3" checked', found.text)
    assert "<strong>vårdcentral</strong>" in found.text
    nothing = text_of(handler.get("provision", "?q=sjörövare"))
    assert "0 träffar på ”sjörövare”" in nothing
    assert "Pröva ett annat ord" in nothing


def test_a_deviation_may_only_be_from_a_commitment_and_the_page_says_why(handler: Writer, session: Database) -> None:
    handler.begin("deviation")
    answer = handler.get("provision", "?q=4.5")
    assert "Då kan bara bestämmelser som är åtaganden väljas." in text_of(answer)
    assert re.search(r'id="p-4-5-st-4" value="4.5 st 4" disabled', answer.text)
    assert re.search(r'id="p-4-5-st-2" value="4.5 st 2" aria', answer.text)
    assert "texten binder ingen part att göra något" in text_of(answer)


def test_what_vis_has_said_stands_with_its_status_and_asks_why_it_is_not_the_answer(
    handler: Writer, session: Database
) -> None:
    handler.begin()
    read = text_of(handler.get("provision", "?q=4.5 st 3"))
    assert "VIS-T 2025:2 (gällande)" in read
    assert "Ersätter VIS-T 2023:1 (ersatt)" in read
    refused = handler.post("provision", agreement="HOK", provisions=["4.5 st 3"])
    assert refused.status_code == 422
    assert "Skriv varför tolkningen av 4.5 st 3 inte löser er fråga." in text_of(refused)
    assert 'href="#why_4_5_st_3"' in refused.text
    answer = handler.post("provision", agreement="HOK", provisions=["4.5 st 3"], why_4_5_st_3="Ingen svarar.")
    assert answer.location == handler.url("position")


def test_where_we_lack_the_text_it_is_cited(handler: Writer, session: Database) -> None:
    handler.begin("deviation", agreement="LUS")
    shown = text_of(handler.get("provision"))
    assert "Vi har inte överenskommelsens text." in shown
    assert "Sök i överenskommelsen" not in shown
    empty = text_of(handler.post("provision", agreement="LUS"))
    for said in (
        "Skriv var i texten det står.",
        "Skriv av texten ordagrant.",
        "Intyga att ni ser texten som ett sådant.",
    ):
        assert said in empty
    cited = {"citation_place": "3 stycke 1", "citation_quote": "Parterna bokar tid.", "citation_source": "Portalen"}
    assert handler.post("provision", agreement="LUS", **cited, holds="y").status_code == 302


def test_two_texts_that_differ_are_both_needed(handler: Writer, session: Database) -> None:
    handler.begin("conflict")
    one = handler.post("provision", agreement="HOK", provisions=["4.5 st 2"])
    assert one.status_code == 422
    cited = {"citation_place": "2.3", "citation_quote": "Kommunen utser.", "citation_source": "Rutin för utskrivning"}
    other = handler.post("provision", agreement="HOK", **cited)
    assert "Sök och välj minst en bestämmelse." in text_of(other)
    assert handler.post("provision", agreement="HOK", provisions=["4.5 st 2"], **cited).status_code == 302


def test_purpose_and_goals_stand_word_for_word_beside_their_question(handler: Writer, session: Database) -> None:
    handler.begin()
    read = text_of(handler.get("position"))
    version = agreements.version_in_force("HOK", clock.today())
    assert version is not None
    for p in agreements.purpose_and_goals(version.id):
        assert f"{p.code}: ”{' '.join(p.text.split())}”" in read


# --- It costs the same however much there is -------------------------------------------------------------


@pytest.mark.parametrize(
    "page", ["matter", "provision", "provision?q=4.5", "position", "meanwhile", "check", "discard"]
)
def test_a_page_asks_the_database_only_a_few_times(handler: Writer, session: Database, page: str) -> None:
    handler.write()
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert handler.client.get(handler.url(page)).status_code == 200
    found = [sql for sql in asked if sql.startswith("SELECT")]
    assert 0 < len(found) <= 8, "\n\n".join(found)


@pytest.mark.parametrize("drafts", [1, 12])
def test_the_first_page_asks_as_often_with_many_drafts_as_with_one(
    handler: Writer, session: Database, drafts: int
) -> None:
    for n in range(drafts):
        handler.begin(token=str(n))
    asked: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert handler.client.get("/cases/file").text.count("Anmälan utan rubrik") == drafts
    assert len([sql for sql in asked if sql.startswith("SELECT")]) <= 4
