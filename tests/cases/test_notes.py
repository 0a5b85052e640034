"""Own notes: each party has private notes about the case, which no other party sees or counts."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import notes, queries
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.models.case import MASKED
from escalation.cases.models.parties import PartyNote
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.privacy import IdentityNumberFound
from escalation.rules.situation import Phase, ProposalKind
from escalation.trail.models import TrailEvent
from tests.support.days import instant
from tests.support.facts import REJECT
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
OTHERS = ("RS.handler", "SOL.approver", "SUN.reader", "SUN.registrar", "SEK.region", "SEK.municipal", "AUDITOR",
          "TSG.chair", "VIS.member", "CONSULT", "ADMIN")  # fmt: skip


def write(story: Story, text: str, *, by: str = "SUN.handler") -> PartyNote:
    return notes.write_note(story.case, by=person(by), at=instant(story.day), text=text)


def test_handlers_and_approvers_of_one_party_share_their_notes(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    write(story, "Ring regionen på fredag.")
    write(story, "De ringde själva.", by="SUN.approver")
    for seat in ("SUN.handler", "SUN.approver"):
        texts = [n.text for n in queries.notes(story.case, viewer=person(seat))]
        assert texts == ["De ringde själva.", "Ring regionen på fredag."]


@pytest.mark.parametrize("seat", OTHERS)
def test_only_the_party_reads_its_notes(session: Database, seat: str) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    write(story, "Ring regionen på fredag.")
    assert list(queries.notes(story.case, viewer=person(seat))) == []


@pytest.mark.parametrize("seat", [seat for seat in OTHERS if seat != "RS.handler"])
def test_a_person_without_access_writes_no_notes(session: Database, seat: str) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(MoveNotAllowed):
        write(story, "Vi antecknar.", by=seat)


def test_an_affected_party_has_notes_of_its_own(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE, affected=["KSON"])
    write(story, "Berör oss i Norrtälje.", by="KSON.handler")
    assert list(queries.notes(story.case, viewer=person("SUN.handler"))) == []


def test_a_respondent_has_no_notes_in_a_case_that_has_not_been_served(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.INTAKE)
    assert not queries.has_notes_of_its_own(story.case, person("RS.handler"))
    assert queries.has_notes_of_its_own(story.case, person("SUN.handler"))


def test_the_trail_does_not_even_know_that_there_is_a_note(session: Database) -> None:
    story, handler = StoryFactory(at_phase=Phase.DIALOGUE), person("SUN.handler")
    before = session.scalars(select(TrailEvent.seq)).all()
    note = write(story, "Ring regionen på fredag.")
    notes.delete_note(note, by=handler)
    assert session.scalars(select(TrailEvent.seq)).all() == before
    assert rows_that_disagree() == []


def test_a_note_is_deleted_for_good_by_who_wrote_it(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    note = write(story, "Ring regionen på fredag.")
    with pytest.raises(MoveNotAllowed):
        notes.delete_note(note, by=person("SUN.approver"))
    notes.delete_note(note, by=person("SUN.handler"))
    assert session.scalars(select(PartyNote)).all() == []


def test_no_note_holds_an_identity_number(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    with pytest.raises(IdentityNumberFound):
        write(story, "Gäller 640823-3234.")
    assert session.scalars(select(PartyNote)).all() == []


def test_notes_are_masked_with_a_filing_that_described_a_person(session: Database) -> None:
    story = StoryFactory(at_phase=Phase.INTAKE)
    note = write(story, "Det gäller fru Andersson på Storgatan.")
    offered = story.offer(ProposalKind.REJECT, REJECT, by="SEK.region")
    story.accept(offered, by="SEK.municipal")
    session.refresh(note)
    assert note.text == MASKED
