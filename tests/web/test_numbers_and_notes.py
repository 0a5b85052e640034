"""The pages of register numbers and of own notes: what each sees, writes and is refused."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.models.parties import PartyNote, RegistryNumber
from tests.support.sheet import SEES, Enter
from tests.support.stories import Story
from tests.support.writer import text_of

Database = scoped_session[Session]
pytestmark = pytest.mark.one_database  # the sheet and its parts are tried on both in tests/cases


def test_a_register_number_stands_on_the_case_for_all_who_see_it(session: Database, story: Story, enter: Enter) -> None:
    path = f"/cases/{story.case.number}"
    registrar = enter("RS.registrar")
    assert "Lägg till ert nummer" in registrar.get(path).text
    assert "KS 2026/0412" in registrar.get(f"{path}/add_register_number").text  # an example of how one is written
    assert registrar.post(f"{path}/add_register_number", data={"value": "HSN 2026-1234"}).status_code == 302
    for seat in SEES:
        assert "HSN 2026-1234" in enter(seat).get(path).text, seat


@pytest.mark.parametrize("seat", ["SUN.reader", "SOL.handler", "SEK.region", "AUDITOR", "TSG.chair"])
def test_who_registers_for_no_party_of_the_case_has_no_such_page(
    session: Database, story: Story, enter: Enter, seat: str
) -> None:
    browser, path = enter(seat), f"/cases/{story.case.number}/add_register_number"
    assert browser.get(path).status_code == 404
    assert browser.post(path, data={"value": "KS 2026/0412"}).status_code == 404
    assert session.scalars(select(RegistryNumber)).all() == []


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "Skriv ert diarienummer."),
        ("640823-3234", "personnummer"),
        ("9" * 61, "Korta det med minst 1."),
        ("KS\n2026", "Skriv texten på en rad."),
        ("ks 2026/0412", "Numret står redan på ärendet."),
    ],
)
def test_a_register_number_that_cannot_stand_is_said_why(
    session: Database, story: Story, enter: Enter, value: str, sentence: str
) -> None:
    browser, path = enter("SUN.registrar"), f"/cases/{story.case.number}/add_register_number"
    browser.post(path, data={"value": "KS 2026/0412"})
    answer = browser.post(path, data={"value": value})
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert len(session.scalars(select(RegistryNumber)).all()) == 1


def test_notes_are_read_written_and_deleted_only_within_their_own_party(
    session: Database, story: Story, enter: Enter
) -> None:
    path = f"/cases/{story.case.number}/notes"
    ours, colleague = enter("SUN.handler"), enter("SUN.approver")
    assert ours.post(path, data={"text": "Ring regionen på fredag."}).status_code == 302
    note = session.scalars(select(PartyNote)).one()
    delete = f"/cases/{story.case.number}/delete_note/{note.id}"
    page = text_of(colleague.get(path))
    assert "Ring regionen på fredag." in page
    assert "Bara ni ser anteckningarna" in page
    assert "Ta bort" not in page
    assert colleague.post(delete).status_code == 409
    theirs = enter("RS.handler")
    assert "Ring regionen" not in theirs.get(path).text
    assert theirs.post(delete).status_code == 404
    for seat in ("SUN.reader", "SUN.registrar", "SEK.region", "AUDITOR", "SOL.handler", "TSG.chair", "ADMIN"):
        browser = enter(seat)
        assert browser.get(path).status_code == 404, seat
        assert browser.post(path, data={"text": "Vi också."}).status_code == 404, seat
        assert browser.post(delete).status_code == 404, seat
        assert "Egna anteckningar" not in browser.get(f"/cases/{story.case.number}").text, seat
    assert "Ta bort" in text_of(ours.get(path))
    assert ours.post(delete).status_code == 302
    session.expire_all()
    assert session.scalars(select(PartyNote)).all() == []


def test_a_note_with_an_identity_number_is_refused(session: Database, story: Story, enter: Enter) -> None:
    answer = enter("SUN.handler").post(f"/cases/{story.case.number}/notes", data={"text": "Gäller 640823-3234."})
    assert answer.status_code == 422
    assert "personnummer på rad 1" in text_of(answer)
    assert session.scalars(select(PartyNote)).all() == []
