"""A filing and personal data: what stops it, what is only a warning, and text that no one could have typed."""

from __future__ import annotations

import json
import logging

import pytest
from sqlalchemy.orm import Session, scoped_session

from tests.support.writer import MEANWHILE, POSITION, Writer, kept_facts, text_of

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # the drafts and what is filed of them are tried on both in tests/cases
CERTAIN, POSSIBLE = "19121212-1212", "19121212-1213"


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
    facts = kept_facts(session, handler)
    assert field not in facts
    assert CERTAIN not in json.dumps(facts)
    assert len([name for name in POSITION if name in facts]) == len(POSITION) - 1
    (message,) = [r.getMessage() for r in caplog.records if r.name == "escalation.privacy"]
    assert field in message
    assert CERTAIN not in caplog.text
    assert "1212" not in message


@pytest.mark.parametrize("do", ["next", "later", "search"])
def test_no_button_keeps_an_identity_number(handler: Writer, session: Database, do: str) -> None:
    handler.begin()
    answer = handler.post("provision", agreement="HOK", citation_quote=f"Enligt {CERTAIN}.", do=do)
    assert answer.status_code == 422
    assert CERTAIN not in json.dumps(kept_facts(session, handler))


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
    assert kept_facts(session, handler)["tried"] == written
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
def test_text_that_no_one_can_type_and_endless_text_are_not_kept(handler: Writer, session: Database, name: str) -> None:
    handler.begin()
    for hostile in ("vänd \u202e text", "noll \x00", "å" * 100_000):
        answer = handler.post("position", **{**POSITION, name: hostile})
        assert answer.status_code == 422
        assert name not in kept_facts(session, handler)


def test_what_is_no_choice_is_not_kept(handler: Writer, session: Database) -> None:
    handler.begin()
    wrong = {"respondents": ["RS", "XX"], "urgency": "yesterday", "handler": "999999"}
    assert handler.post("meanwhile", **{**MEANWHILE, **wrong}).status_code == 422
    facts = kept_facts(session, handler)
    assert not {"respondents", "urgency", "handler"} & set(facts)
    assert facts["interim_arrangement"] == MEANWHILE["interim_arrangement"]
    handler.post("position", **{**POSITION, "event_on": "2024-02-30"})
    assert "event_on" not in kept_facts(session, handler)


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
