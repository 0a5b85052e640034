"""Filing in five short pages, as somebody does it who comes twice a year: nothing is lost, and nobody else reads it."""

from __future__ import annotations

import json
import logging
import re
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session, scoped_session

from escalation import clock
from escalation.accounts import actions as accounts
from escalation.accounts.actions import Seat
from escalation.accounts.models import LoginSession, Membership, Role, User
from escalation.agreements import queries as agreements
from escalation.cases.models.case import Case, Draft
from escalation.cases.models.parties import CaseParty, RegistryNumber
from escalation.db import db
from escalation.documents.models import Attachment
from escalation.parties.models import BlockSide
from escalation.web import resumed_forms
from tests.support import sample_files

Database = scoped_session[Session]

pytestmark = pytest.mark.one_database  # the drafts and what is filed of them are tried on both in tests/cases

PASSWORD = "gråsugga under isen"
CERTAIN, POSSIBLE = "19121212-1212", "19121212-1213"
PURPOSE = "Målet är en god och sömlös vård och omsorg (2.1). Den som ger stödet behöver nå den som samordnar samma dag."

POSITION = {
    "title": "Vem svarar när vårdcentralen inte nås?",
    "event_on": "2024-03-04",
    "event_until": "2024-10-20",
    "description": "Under oktober nådde hemtjänsten inte vårdcentralen sex vardagar av 22.",
    "position": "Att en vårdcentral är utsedd betyder att den också går att nå.",
    "purpose_statement": PURPOSE,
    "consequence_target_group": "3",
    "consequence_equality": "2",
    "consequence_cost": "0",
    "consequence_staff": "1",
    "tried": "Två möten, 14 september och 12 oktober 2024.",
    "desired_outcome": "En känd och bemannad väg in.",
}
MEANWHILE: dict[str, Any] = {
    "interim_arrangement": "Hemtjänsten ringer vårdcentralens växel.",
    "respondents": ["RS"],
    "affected": ["SUN", "NOR"],
    "urgency": "urgent",
    "urgency_reason": "Hemgångar blir uppskjutna.",
    "principle": "yes",
    "principle_test": ["q1", "q3"],
    "principle_reason": "Fler kommuner har samma fråga.",
    "registry_number": "KS 2026/0412",
}
VOUCHED = {"no_personal_data": "y", "in_scope": "y"}

MULTIPART = "multipart/form-data"


class Writer:
    """Somebody with a window, who writes a filing page by page."""

    def __init__(self, app: Flask, email: str, *seats: Seat) -> None:
        self.client: FlaskClient = app.test_client()
        user = accounts.create_user(email, email.partition("@")[0], list(seats), by="system:setup", at=clock.now())
        accounts.set_password(user, PASSWORD, at=clock.now())
        self.email = email
        self.draft = 0
        self.sign_in()

    def sign_in(self, **carried: str) -> Any:
        return self.client.post("/sign_in", data={"email": self.email, "password": PASSWORD, **carried})

    def begin(self, matter: str = "reading", **more: str) -> Any:
        answer = self.client.post("/cases/file", data={"matter": matter, "token": self.email, **more})
        if case := re.match(r"/cases/file/(\d+)/", answer.location or ""):
            self.draft = int(case[1])
        return answer

    def url(self, page: str) -> str:
        return f"/cases/file/{self.draft}/{page}"

    def get(self, page: str, query: str = "") -> Any:
        return self.client.get(self.url(page) + query)

    def post(self, page: str, *, opened: str | None = None, **fields: Any) -> Any:
        """Send a page as it stands open now, or as it stood open in ``opened``."""
        shown = opened or self.get(page).text
        hidden = {
            name: unescape(value)
            for name, value in re.findall(r'name="(version|base)" value="([^"]*)"', shown)
        }  # fmt: skip
        return self.client.post(self.url(page), data={"do": "next", **hidden, **fields})

    def write(self, **other: dict[str, Any]) -> None:
        """All four pages, in order."""
        self.begin()
        pages: dict[str, dict[str, Any]] = {
            "provision": {"agreement": "HOK", "provisions": ["4.5 st 2"]},
            "position": POSITION,
            "meanwhile": {**MEANWHILE, "handler": str(self.membership)},
        }
        for page, fields in pages.items():
            answer = self.post(page, **{**fields, **other.get(page, {})})
            assert answer.status_code == 302, text_of(answer)

    @property
    def membership(self) -> int:
        found = db.session.scalars(select(Membership.id).join(User).where(User.email == self.email)).first()
        assert found is not None
        return found


def text_of(answer: Any) -> str:
    """The page as it is read: no tags, single blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def kept(session: Database, writer: Writer) -> dict[str, Any]:
    session.expire_all()
    found = session.get(Draft, writer.draft)
    assert found is not None
    return found.facts


def number_of_drafts(session: Database) -> int:
    session.expire_all()
    return len(session.scalars(select(Draft)).all())


@pytest.fixture
def handler(app: Flask, session: Database) -> Writer:
    return Writer(app, "anna@tyreso.example", Seat(Role.LOCAL_HANDLER, party="TYR"))


@pytest.fixture
def approver(app: Flask, session: Database) -> Writer:
    return Writer(app, "chef@tyreso.example", Seat(Role.LOCAL_APPROVER, party="TYR"))


# --- Five pages ------------------------------------------------------------------------------------------


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
    assert kept(session, handler)["purpose_statement"] == "För kort."
    assert kept(session, handler)["description"] == POSITION["description"]


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


def test_what_happens_next_is_told_with_its_days(handler: Writer, session: Database) -> None:
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


def test_r10_two_municipalities_on_hok_are_told_what_it_is_about(handler: Writer, session: Database) -> None:
    """A warning on the page that is read before sending, and no more: the agreement binds them all."""
    told = "HÖK reglerar främst samverkan mellan regionen och kommunerna."
    handler.write(meanwhile={"respondents": ["NOR"], "affected": ["SUN"]})
    assert told in text_of(handler.get("check"))
    handler.post("meanwhile", **{**MEANWHILE, "affected": [], "handler": str(handler.membership)})
    assert told not in text_of(handler.get("check"))


def test_a_fact_that_only_the_rules_refuse_leads_to_its_page(approver: Writer, session: Database) -> None:
    approver.write(position={"event_on": "2021-01-04", "event_until": ""})
    answer = approver.post("check", **VOUCHED, do="send")
    assert answer.status_code == 422
    assert "Ni var inte bundna av överenskommelsen händelsedagen." in text_of(answer)
    assert f'href="{approver.url("provision")}#agreement"' in answer.text
    assert session.scalars(select(Case)).all() == []
    assert kept(session, approver)["title"] == POSITION["title"]


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
    assert "agreement" not in kept(session, handler)
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


# --- No personal data ------------------------------------------------------------------------------------


@pytest.mark.parametrize("field", [name for name, said in POSITION.items() if len(said) > 12])
def test_an_identity_number_stops_its_field_alone_and_the_log_does_not_tell_it(
    handler: Writer, session: Database, caplog: pytest.LogCaptureFixture, field: str
) -> None:
    handler.begin()
    with caplog.at_level(logging.INFO):
        answer = handler.post("position", **{**POSITION, field: f"{POSITION[field]} {CERTAIN}"})
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert "Texten innehåller ett personnummer på rad 1." in text_of(answer)
    facts = kept(session, handler)
    assert field not in facts
    assert CERTAIN not in json.dumps(facts)
    assert len([name for name in POSITION if name in facts]) == len(POSITION) - 1
    (told,) = [r.getMessage() for r in caplog.records if r.name == "escalation.privacy"]
    assert field in told
    assert CERTAIN not in caplog.text
    assert "1212" not in told


@pytest.mark.parametrize("do", ["next", "later", "search"])
def test_no_button_keeps_an_identity_number(handler: Writer, session: Database, do: str) -> None:
    handler.begin()
    answer = handler.post("provision", agreement="HOK", citation_quote=f"Enligt {CERTAIN}.", do=do)
    assert answer.status_code == 422
    assert CERTAIN not in json.dumps(kept(session, handler))


@pytest.mark.parametrize(
    ("written", "what"),
    [
        (f"Ärende {POSSIBLE}.", "Något som liknar ett personnummer på rad 1"),
        ("Ring 08-123 45 67.", "Ett telefonnummer på rad 1"),
        ("Skriv till anna@gmail.com.", "En privat e-postadress på rad 1"),
        ("Först\npatienten väntade.", "Ett ord som pekar ut en viss person på rad 2"),
    ],
)
def test_what_may_point_at_a_person_is_a_warning_and_needs_a_reason(
    handler: Writer, session: Database, caplog: pytest.LogCaptureFixture, written: str, what: str
) -> None:
    handler.begin()
    page = {**POSITION, "tried": written}
    asked = handler.post("position", **page)
    assert asked.status_code == 422
    assert what in text_of(asked)
    assert kept(session, handler)["tried"] == written
    assert "Skriv varför det inte är" in text_of(handler.post("position", **page, sure="y"))
    with caplog.at_level(logging.INFO):
        answer = handler.post("position", **page, sure="y", sure_because="Det är en växel.")
    assert answer.location == handler.url("meanwhile")
    assert "vouched for" in caplog.text
    assert written not in caplog.text
    assert 'value="Det är en växel."' in handler.get("position").text


def test_a_reason_is_about_what_was_written_then(handler: Writer, session: Database) -> None:
    handler.begin()
    vouched = {"sure": "y", "sure_because": "Det är en växel."}
    handler.post("position", **{**POSITION, "tried": "Ring 08-123 45 67."}, **vouched)
    changed = {**POSITION, "tried": "Ring 08-123 45 68."}
    assert handler.post("position", **changed).status_code == 422
    assert handler.post("position", **changed, **vouched).status_code == 302


@pytest.mark.parametrize("name", ["title", "description", "tried"])
def test_what_nobody_types_and_what_is_endless_is_not_kept(handler: Writer, session: Database, name: str) -> None:
    handler.begin()
    for hostile in ("vänd \u202e text", "noll \x00", "å" * 100_000):
        answer = handler.post("position", **{**POSITION, name: hostile})
        assert answer.status_code == 422
        assert name not in kept(session, handler)


def test_what_is_no_choice_is_not_kept(handler: Writer, session: Database) -> None:
    handler.begin()
    wrong = {"respondents": ["RS", "XX"], "urgency": "yesterday", "handler": "999999"}
    assert handler.post("meanwhile", **{**MEANWHILE, **wrong}).status_code == 422
    facts = kept(session, handler)
    assert not {"respondents", "urgency", "handler"} & set(facts)
    assert facts["interim_arrangement"] == MEANWHILE["interim_arrangement"]
    handler.post("position", **{**POSITION, "event_on": "2024-02-30"})
    assert "event_on" not in kept(session, handler)


def test_what_is_written_is_shown_as_text(handler: Writer, session: Database) -> None:
    handler.begin()
    hostile = "<script>alert(1)</script>{{ 7*7 }}"
    handler.post("provision", agreement="HOK", provisions=["4.5 st 2"])
    handler.post("position", **{**POSITION, "title": hostile})
    for page in ("/cases/file", "/cases", handler.url("position"), handler.url("check")):
        shown = handler.client.get(page).text
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in shown
    assert "<script>" not in handler.get("provision", "?q=<script>").text


# --- Two windows -----------------------------------------------------------------------------------------


def test_two_windows_on_one_field_are_shown_side_by_side_and_nothing_is_lost(
    handler: Writer, app: Flask, session: Database
) -> None:
    handler.begin()
    colleague = Writer(app, "bo@tyreso.example", Seat(Role.LOCAL_HANDLER, party="TYR"))
    colleague.draft = handler.draft
    opened = handler.get("position").text
    colleague.post("position", **{**POSITION, "title": "Kollegans rubrik", "tried": "Kollegans möten."})
    clash = handler.post("position", opened=opened, **{**POSITION, "title": "Min rubrik"})
    assert clash.status_code == 409
    read = text_of(clash)
    for said in ("Två har skrivit samtidigt", "Min rubrik", "Kollegans rubrik", POSITION["tried"], "Kollegans möten."):
        assert said in read
    assert "av bo" in read
    assert POSITION["description"] not in read, "what is the same is not asked about"
    assert kept(session, handler)["title"] == "Kollegans rubrik"

    chosen = handler.post(
        "position",
        opened=clash.text,
        **{**POSITION, "title": "Våra båda rubriker"},
        take_title="mine",
        take_tried="saved",
    )
    assert chosen.location == handler.url("meanwhile")
    facts = kept(session, handler)
    assert (facts["title"], facts["tried"]) == ("Våra båda rubriker", "Kollegans möten.")


def test_of_two_windows_each_keeps_what_only_it_has_changed(handler: Writer, app: Flask, session: Database) -> None:
    handler.begin()
    handler.post("position", **POSITION)
    opened = handler.get("position").text
    handler.post("position", **{**POSITION, "title": "Ändrad i det ena", "consequence_cost": "3"})
    answer = handler.post("position", opened=opened, **{**POSITION, "tried": "Ändrad i det andra."})
    assert answer.location == handler.url("meanwhile")
    facts = kept(session, handler)
    assert (facts["title"], facts["consequence_cost"], facts["tried"]) == (
        "Ändrad i det ena",
        "3",
        "Ändrad i det andra.",
    )


def test_the_same_page_sent_twice_is_no_conflict(handler: Writer, session: Database) -> None:
    handler.begin()
    opened = handler.get("position").text
    assert handler.post("position", opened=opened, **POSITION).status_code == 302
    assert handler.post("position", opened=opened, **POSITION).status_code == 302


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 400, "٣"])
def test_a_page_whose_version_is_broken_counts_as_stale(handler: Writer, session: Database, version: str) -> None:
    handler.begin()
    handler.post("position", **POSITION)
    hidden = {"version": version, "base": "[}", "do": "next"}
    answer = handler.client.post(handler.url("position"), data={**POSITION, **hidden, "title": "Annan rubrik"})
    assert answer.status_code == 409
    assert kept(session, handler)["title"] == POSITION["title"]


def test_what_is_approved_is_what_was_read(handler: Writer, approver: Writer, session: Database) -> None:
    handler.write()
    handler.post("check", **VOUCHED, do="approval")
    approver.draft = handler.draft
    read = approver.get("check").text
    handler.post("position", **{**POSITION, "title": "Ändrad efteråt"})
    answer = approver.post("check", opened=read, **VOUCHED, do="send")
    assert answer.status_code == 409
    assert "Utkastet har ändrats sedan du läste det" in text_of(answer)
    assert session.scalars(select(Case)).all() == []
    assert approver.post("check", opened=answer.text, **VOUCHED, do="send").status_code == 302


# --- Nobody else's ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "seat",
    [
        Seat(Role.LOCAL_APPROVER, party="RS"),
        Seat(Role.PARTY_READER, party="TYR"),
        Seat(Role.PARTY_REGISTRAR, party="TYR"),
        Seat(Role.SECRETARIAT, side=BlockSide.REGION),
        Seat(Role.AUDITOR),
    ],
    ids=lambda seat: f"{seat.party or ''} {seat.role.value}",
)
def test_nobody_else_reads_or_changes_a_draft(handler: Writer, app: Flask, session: Database, seat: Seat) -> None:
    handler.begin()
    handler.post("position", **POSITION)
    other = Writer(app, "annan@example.se", seat)
    other.draft = handler.draft
    for page in ("matter", "provision", "position", "meanwhile", "check", "discard"):
        assert other.get(page).status_code == 404
        assert other.client.post(other.url(page), data={"version": "2", "do": "send"}).status_code == 404
    for page in ("/", "/cases"):
        assert POSITION["title"] not in other.client.get(page).text
    assert number_of_drafts(session) == 1


@pytest.mark.parametrize("address", ["/cases/file/0/position", f"/cases/file/{2**31}/check", "/cases/file/1/weather"])
def test_a_draft_that_does_not_exist_is_a_page(handler: Writer, session: Database, address: str) -> None:
    assert handler.client.get(address).status_code == 404


# --- The session has ended -------------------------------------------------------------------------------


def end_sessions(session: Database) -> None:
    for row in session.scalars(select(LoginSession)):
        row.ended_at = clock.now()
    session.commit()


def carried_by(answer: Any) -> str:
    found = re.search(r'name="carried" value="([^"]+)"', answer.text)
    assert found is not None
    return found[1]


def resent(writer: Writer, page: Any) -> Any:
    """Press the one button of the page that is shown after signing in."""
    action = re.search(r'<form class="form" method="post" action="([^"]+)"', page.text)
    assert action is not None
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text.partition("</header>")[2])
    fields: dict[str, list[str]] = {}
    for name, value in hidden:
        fields.setdefault(name, []).append(unescape(value))
    return writer.client.post(unescape(action[1]), data=fields)


def test_a_page_sent_when_the_session_has_ended_goes_through_after_signing_in(
    handler: Writer, session: Database
) -> None:
    handler.begin()
    opened = handler.get("meanwhile").text
    end_sessions(session)
    asked = handler.post("meanwhile", opened=opened, **{**MEANWHILE, "respondents": ["RS", "SUN"]})
    assert asked.status_code == 401
    assert "Det du skickade är inte mottaget, men inte heller förlorat." in text_of(asked)
    assert 'action="/sign_in"' in asked.text
    wrong = handler.client.post(
        "/sign_in", data={"email": handler.email, "password": "fel", "carried": carried_by(asked)}
    )
    assert wrong.status_code == 422
    back = handler.sign_in(carried=carried_by(wrong))
    assert back.status_code == 200
    read = text_of(back)
    assert "Du agerar nu som Tyresö kommun, handläggare." in read
    assert MEANWHILE["interim_arrangement"] in read
    resent(handler, back)
    facts = kept(session, handler)
    assert facts["interim_arrangement"] == MEANWHILE["interim_arrangement"]
    assert facts["respondents"] == ["RS", "SUN"]


def test_an_act_in_a_case_goes_through_too(approver: Writer, session: Database) -> None:
    approver.write()
    case = approver.post("check", **VOUCHED, do="send").location
    version = re.search(r'name="version" value="(\d+)"', approver.client.get(f"{case}/withdraw").text)
    assert version is not None
    end_sessions(session)
    asked = approver.client.post(f"{case}/withdraw", data={"version": version[1], "reason": "Frågan är löst lokalt."})
    assert asked.status_code == 401
    back = approver.sign_in(carried=carried_by(asked))
    assert f"{case.rpartition('/')[2]}: Återkalla ärendet" in text_of(back)
    assert resent(approver, back).location == case
    session.expire_all()
    assert session.scalars(select(Case.phase)).one() == "closed"


@pytest.mark.parametrize(("name", "is_told"), [("", False), ("karta.pdf", True)])
def test_only_files_that_were_chosen_are_said_not_to_have_come_along(
    handler: Writer, session: Database, name: str, is_told: bool
) -> None:
    handler.begin()
    opened = handler.get("meanwhile").text
    end_sessions(session)
    asked = handler.post("meanwhile", opened=opened, **MEANWHILE, attachments=(BytesIO(b""), name))
    assert asked.status_code == 401
    assert ("Bifogade filer följde inte med" in text_of(handler.sign_in(carried=carried_by(asked)))) is is_told


def test_the_page_after_signing_in_says_that_the_filing_will_be_sent(approver: Writer, session: Database) -> None:
    approver.write()
    opened = approver.get("check").text
    end_sessions(session)
    asked = approver.post("check", opened=opened, **VOUCHED, do="send")
    back = approver.sign_in(carried=carried_by(asked))
    assert "Anmälan skickas" in text_of(back)
    assert "/cases/ESK-" in resent(approver, back).location


def test_the_form_gives_nobody_rights_that_they_have_not(handler: Writer, app: Flask, session: Database) -> None:
    handler.begin()
    end_sessions(session)
    opened = '<input name="version" value="1">'
    asked = handler.post("meanwhile", opened=opened, **MEANWHILE)
    other = Writer(app, "annan@example.se", Seat(Role.LOCAL_HANDLER, party="SUN"))
    assert resent(other, other.sign_in(carried=carried_by(asked))).status_code == 404
    assert "interim_arrangement" not in kept(session, handler)


def test_who_has_several_memberships_chooses_one_to_send_as(app: Flask, session: Database) -> None:
    writer = Writer(
        app, "eva@example.se", Seat(Role.BODY_MEMBER, body="VIS"), Seat(Role.LOCAL_HANDLER, party="TYR")
    )  # fmt: skip
    rows = session.scalars(select(Membership.id).join(User).where(User.email == writer.email)).all()
    writer.client.post("/act_as", data={"membership_id": rows[1]})
    writer.begin(acting_as=str(rows[1]))
    end_sessions(session)
    asked = writer.post("meanwhile", opened='<input name="version" value="1">', **MEANWHILE)
    choice = writer.sign_in(carried=carried_by(asked))
    assert "Välj som vem du skickar det du hade skrivit." in text_of(choice)
    chosen = writer.client.post("/act_as", data={"membership_id": rows[1], "carried": carried_by(choice)})
    assert "Du agerar nu som Tyresö kommun, handläggare." in text_of(chosen)
    resent(writer, chosen)
    assert kept(session, writer)["interim_arrangement"] == MEANWHILE["interim_arrangement"]


def test_what_is_too_long_to_carry_is_shown_to_be_copied(handler: Writer, session: Database) -> None:
    handler.begin()
    end_sessions(session)
    long = "Ord och inga visor. " * 11_000
    assert len(long) > resumed_forms.MOST
    asked = handler.post("meanwhile", opened="", **{**MEANWHILE, "interim_arrangement": long})
    assert asked.status_code == 401
    assert 'name="carried"' not in asked.text
    assert "Kopiera det du har skrivit innan du loggar in" in text_of(asked)
    assert long.strip() in asked.text


@pytest.mark.parametrize("sealed", ["", "skräp", "a.b.c", "ÅÄÖ", "x" * 5000])
def test_a_form_that_was_not_sealed_by_us_is_not_carried(handler: Writer, session: Database, sealed: str) -> None:
    assert handler.sign_in(carried=sealed).location == "/"


@pytest.mark.parametrize(
    "header", [{"Origin": "https://ond.example"}, {"Origin": "null"}, {"Referer": "https://ond.example/"}]
)
def test_what_another_site_posts_is_not_carried(client: FlaskClient, session: Database, header: dict[str, str]) -> None:
    answer = client.post("/cases/file", data={"matter": "reading"}, headers=header)
    assert answer.status_code == 401
    assert 'name="carried"' not in answer.text


def test_passwords_and_tokens_are_never_carried(handler: Writer, session: Database) -> None:
    end_sessions(session)
    answer = handler.client.post("/act_as", data={"membership_id": "1"})
    assert (answer.status_code, answer.location) == (302, "/sign_in?next=/act_as")


def test_two_parties_may_begin_a_filing_with_the_same_token(app: Flask, session: Database) -> None:
    writers = [Writer(app, f"anna@{party}.example", Seat(Role.LOCAL_HANDLER, party=party)) for party in ("TYR", "RS")]
    for writer in writers:
        assert writer.begin(token="x").status_code == 302
        assert writer.get("position").status_code == 200
    assert writers[0].draft != writers[1].draft


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


def test_the_page_before_sending_again_shows_what_was_written_and_nothing_of_ours(
    handler: Writer, session: Database
) -> None:
    handler.begin()
    opened = handler.get("meanwhile").text
    end_sessions(session)
    asked = handler.post("meanwhile", opened=opened, **MEANWHILE)
    read = text_of(handler.sign_in(carried=carried_by(asked)))
    assert MEANWHILE["urgency_reason"] in read
    assert '{"' not in read
    handler.client.post(handler.url("discard"))
    gone = handler.post("meanwhile", opened=opened, **MEANWHILE)
    assert gone.status_code == 404
    assert MEANWHILE["interim_arrangement"] in gone.text
    assert "{&#34;" not in gone.text


def test_files_that_are_chosen_when_the_filing_is_sent_stand_with_the_filers_reading(
    handler: Writer, session: Database
) -> None:
    handler.write()
    opened = handler.get("check").text
    assert 'enctype="multipart/form-data"' in opened
    version = re.search(r'name="version" value="(\d+)"', opened)
    assert version
    sent = {"version": version[1], "do": "send", "no_personal_data": "y", "in_scope": "y", "delegation": "y"}
    wrong = handler.client.post(
        handler.url("check"), data={**sent, "attachments": (BytesIO(b"MZ"), "rutin.pdf")}, content_type=MULTIPART
    )
    assert wrong.status_code == 422
    assert 'id="attachments-e"' in wrong.text
    assert session.scalars(select(Attachment)).all() == []
    filed = handler.client.post(
        handler.url("check"),
        data={**sent, "attachments": (BytesIO(sample_files.pdf()), "rutin.pdf")},
        content_type=MULTIPART,
    )
    assert filed.status_code == 302, text_of(filed)
    page = handler.client.get(filed.location).text
    assert "rutin.pdf" in page.partition('id="h-sidor"')[2].partition("</section>")[0]
