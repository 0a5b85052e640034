"""A secrecy mark on an attached file: who still sees it, who marks and unmarks, and what the trail says (R36)."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from escalation.cases import secrecy
from escalation.cases.course import FactsRefused
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.sight import Sight, sight_of
from escalation.cases.verbs import filing
from escalation.documents import actions, queries
from escalation.documents.files import check
from escalation.documents.models import Attachment, SecrecyMark
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.privacy import IdentityNumberFound
from escalation.rules.situation import Outcome, Phase
from escalation.trail import queries as trail
from escalation.trail.events import content_of, facts_of
from tests.support import sample_files
from tests.support.days import instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
pytestmark = pytest.mark.usefixtures("session")
PROVISION = "OSL 26 kap. 1 §"
NOTE = "Bilaga 3 går inte att läsa utan beskrivningen av platsen."
SIDES = {f"{party}.{part}" for party in ("SUN", "RS") for part in ("handler", "approver")}
READERS = {f"{party}.{part}" for party in ("SUN", "RS") for part in ("registrar", "reader")}
AFFECTED = {f"TYR.{part}" for part in ("handler", "approver", "registrar", "reader")}
OTHERS = {"SOL.handler", "SOL.approver", "CONSULT", "ADMIN"}
STEERING = {"TSG.member", "TSG.chair", "TSG.deputy"}
POLITICAL = {"VIS.member", "VIS.substitute", "VIS.chair", "VIS.deputy"}
ALWAYS = SIDES | {"SEK.region", "SEK.municipal", "AUDITOR"}
EVERYBODY = ALWAYS | READERS | AFFECTED | OTHERS | STEERING | POLITICAL


def story_at(phase: Phase = Phase.DIALOGUE, step: int = 1, **more: Any) -> Story:
    made: Story = StoryFactory(at_phase=phase, at_step=step, affected=("TYR",), **more)
    return made


def attach(story: Story, directory: Path, by: str = "SUN.approver", name: str = "utredning.pdf") -> Attachment:
    file = check(name, BytesIO(sample_files.pdf(extra=f"% {name}".encode())))
    with actions.stored([file], directory / "attachments") as laid:
        actions.attach(story.case.id, "position:1", laid, by=person(by), at=instant(story.day))
    return queries.of_case(story.case.id)[-1]


def mark(story: Story, file: Attachment, by: str = "SUN.handler", **more: str) -> None:
    said = {"provision": PROVISION, "note": NOTE} | more
    secrecy.mark(story.case, file, by=person(by), at=instant(story.day), **said)


def marked(story: Story, directory: Path, by: str = "SUN.approver") -> Attachment:
    file = attach(story, directory, by)
    mark(story, file, "SEK.region")
    return file


def seers(story: Story, file: Attachment) -> set[str]:
    """Everybody for whom the file exists: as one of the case's, and by its number."""
    by_number = {seat for seat in EVERYBODY if secrecy.get(story.case, file.id, viewer=person(seat)) is file}
    sees_all = {seat for seat in EVERYBODY if sight_of(story.case, person(seat)) is Sight.FULL}
    listed = {seat for seat in sees_all if story.file_on(story.day, seat).attachments == [file]}
    assert by_number == listed
    return listed


# --- Who sees it


AT_STEERING = [Phase.RECEIVED, Phase.PREPARATION, Phase.SCHEDULED, Phase.MINUTED, Phase.RECOMMENDATION_OUT]


@pytest.mark.parametrize(
    ("phase", "step", "body"),
    [
        (Phase.SERVED, 1, set()), (Phase.IMPASSE, 1, set()), *((phase, 2, STEERING) for phase in AT_STEERING),
        (Phase.RECEIVED, 3, POLITICAL), (Phase.MINUTED, 3, POLITICAL),
    ],
)  # fmt: skip
def test_a_marked_file_is_seen_only_by_those_who_are_named(
    session: Database, tmp_path: Path, phase: Phase, step: int, body: set[str]
) -> None:
    """R36."""
    story = story_at(phase, step)
    file = attach(story, tmp_path)
    everybody = {seat for seat in EVERYBODY if sight_of(story.case, person(seat)) is Sight.FULL}
    assert seers(story, file) == everybody
    mark(story, file)
    assert seers(story, file) == ALWAYS | body
    assert everybody >= ALWAYS | body | READERS | AFFECTED


def test_a_body_that_no_longer_has_the_case_no_longer_sees_what_is_marked(tmp_path: Path) -> None:
    carried_out = story_at(Phase.IMPLEMENTATION, 3, task=("Bemanna vägen in.", "RS", dt.date(2027, 5, 31)))
    assert seers(carried_out, marked(carried_out, tmp_path)) == ALWAYS
    remitted = story_at(Phase.MINUTED, 2, outcome=Outcome.REMIT)
    file = marked(remitted, tmp_path)
    assert seers(remitted, file) == ALWAYS | STEERING
    until = remitted.day + dt.timedelta(days=7 - remitted.day.weekday(), weeks=3)
    remitted.adjust("remit", remit_question="Vem bemannar?", product="En rutin.", reporter="RS", remit_until=until)
    assert seers(remitted, file) == ALWAYS


def test_before_it_is_sent_on_a_marked_file_is_the_filers_and_the_secretariats(tmp_path: Path) -> None:
    story = story_at(Phase.INTAKE)
    assert seers(story, marked(story, tmp_path)) == {seat for seat in ALWAYS if not seat.startswith("RS.")}


def test_an_affected_party_sees_what_is_marked_of_its_own_and_nothing_else(tmp_path: Path) -> None:
    story = story_at()
    assert seers(story, marked(story, tmp_path, by="TYR.handler")) == ALWAYS | {"TYR.handler", "TYR.approver"}


def test_who_is_asked_for_an_opinion_does_not_get_what_is_marked(tmp_path: Path) -> None:
    story = story_at(Phase.PREPARATION, 2)
    file = attach(story, tmp_path)
    story.act("refer", by="SEK.region")
    assert "CONSULT" in seers(story, file)
    mark(story, file)
    assert seers(story, file) == ALWAYS | STEERING


# --- Marked and unmarked


def test_a_mark_stands_with_its_provision_its_day_its_note_and_who_set_it(tmp_path: Path) -> None:
    story = story_at()
    file = attach(story, tmp_path)
    unmarked = file.mark
    assert unmarked is None
    mark(story, file, by="RS.handler", provision="  OSL 26 kap.\n1 § ", note=f" {NOTE} ")
    assert file.mark is not None
    assert (file.mark.provision, file.mark.note, file.mark.party_code) == (PROVISION, NOTE, "RS")
    assert file.mark.marked_at == instant(story.day)


@pytest.mark.parametrize("seat", sorted(EVERYBODY - SIDES - {"SEK.region", "SEK.municipal"}))
@pytest.mark.one_database
def test_only_the_sides_and_the_secretariat_mark_or_unmark(tmp_path: Path, seat: str) -> None:
    story = story_at(Phase.PREPARATION, 2)
    file, other = attach(story, tmp_path), marked(story, tmp_path)
    with pytest.raises(MoveNotAllowed, match="seat"):
        mark(story, file, by=seat)
    with pytest.raises(MoveNotAllowed, match="seat"):
        secrecy.unmark(story.case, other, by=person(seat), at=instant(story.day), reason="Fel.")
    assert file.mark is None
    assert other.mark is not None


def test_a_mark_needs_a_provision_and_is_set_once(tmp_path: Path) -> None:
    story = story_at()
    file = attach(story, tmp_path)
    with pytest.raises(FactsRefused, match="bestämmelsen"):
        mark(story, file, provision=" \n")
    mark(story, file)
    with pytest.raises(FactsRefused, match="redan sekretessmarkerad"):
        mark(story, file, by="RS.handler")


def test_a_file_that_was_taken_away_meanwhile_is_not_marked(session: Database, tmp_path: Path) -> None:
    story = story_at()
    file = attach(story, tmp_path)
    session.execute(text("DELETE FROM attachment"))
    with pytest.raises(MoveNotAllowed):
        mark(story, file)


def test_an_identity_number_is_stopped_in_a_note_and_in_a_reason_too(tmp_path: Path) -> None:
    story = story_at()
    file = attach(story, tmp_path)
    for field in ("note", "provision"):
        with pytest.raises(IdentityNumberFound):
            mark(story, file, **{field: f"Se {sample_files.PERSON}"})
        story.file  # noqa: B018 (what was refused is looked at anew)
    other = marked(story, tmp_path)
    with pytest.raises(IdentityNumberFound):
        secrecy.unmark(
            story.case, other, by=person("SEK.region"), at=instant(story.day), reason=f"Se {sample_files.PERSON}"
        )


@pytest.mark.parametrize("seat", ["SUN.handler", "SUN.approver", "SEK.municipal"])
def test_the_party_whose_file_it_is_and_the_secretariat_lift_a_mark(
    session: Database, tmp_path: Path, seat: str
) -> None:
    story = story_at()
    file = marked(story, tmp_path)
    with pytest.raises(MoveNotAllowed, match="seat"):
        secrecy.unmark(story.case, file, by=person("RS.approver"), at=instant(story.day), reason="Vi vill visa den.")
    secrecy.unmark(story.case, file, by=person(seat), at=instant(story.day), reason="Platsen är borttagen.")
    assert file.mark is None
    assert "SUN.reader" in seers(story, file)
    mark(story, file, by="RS.handler")
    assert seers(story, file) == ALWAYS
    secrecy.unmark(
        story.case, file, by=person("RS.approver"), at=instant(story.day), reason="Markeringen var vårt misstag."
    )
    assert file.mark is None, "who marked a file may take that back"
    rows = session.query(SecrecyMark).order_by(SecrecyMark.id).all()
    assert [row.lift_reason for row in rows] == ["Platsen är borttagen.", "Markeringen var vårt misstag."]


@pytest.mark.each_on_both
def test_the_database_itself_refuses_a_second_mark_that_stands(session: Database, tmp_path: Path) -> None:
    story = story_at()
    file = marked(story, tmp_path)
    with pytest.raises(IntegrityError):
        actions.mark(file, by=person("SEK.region"), at=instant(story.day), provision=PROVISION, note="")


@pytest.mark.parametrize("change", ["provision = ''", "lifted_at = marked_at", "lift_reason = 'Fel.'"])
@pytest.mark.each_on_both
def test_the_database_itself_refuses_a_mark_that_cannot_be(session: Database, tmp_path: Path, change: str) -> None:
    marked(story_at(), tmp_path)
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE secrecy_mark SET {change}"))


# --- What the trail says


def test_the_trail_says_that_a_document_was_marked_and_nothing_of_what_is_secret(tmp_path: Path) -> None:
    story = story_at()
    file = attach(story, tmp_path)
    version = story.case.version
    mark(story, file)
    secrecy.open_marked(story.case, file, by=person("AUDITOR"), at=instant(story.day))
    secrecy.unmark(story.case, file, by=person("SUN.handler"), at=instant(story.day), reason="Hemlig grund.")
    events = trail.events_about(f"case:{story.case.number}")[-3:]
    assert [event.kind for event in events] == ["document_marked", "marked_document_opened", "document_unmarked"]
    assert [facts_of(event) for event in events] == [{"who": "SUN"}, {"who": "auditor"}, {"who": "SUN"}]
    assert [content_of(event) for event in events] == [{"sha256": file.sha256}] * 3
    assert story.case.version == version, "nobody's open form becomes stale by it"
    assert (rows_that_disagree(), trail.verify()) == ([], [])


def test_only_the_auditor_opens_on_record_and_only_what_is_marked(tmp_path: Path) -> None:
    story = story_at()
    file, other = marked(story, tmp_path), attach(story, tmp_path, name="annan.pdf")
    for seat, which in (("SEK.region", file), ("SUN.handler", file), ("AUDITOR", other)):
        with pytest.raises(MoveNotAllowed, match="seat"):
            secrecy.open_marked(story.case, which, by=person(seat), at=instant(story.day))
    assert secrecy.is_opened_on_record(file, person("AUDITOR"))
    assert not secrecy.is_opened_on_record(other, person("AUDITOR"))
    assert not secrecy.is_opened_on_record(file, person("SEK.region"))


def names(story: Story, seat: str) -> list[str]:
    """The files that the case's history names for somebody."""
    events = trail.events_about(f"case:{story.case.number}")
    by_event = secrecy.attachment_names(story.case, queries.of_case(story.case.id), events, person(seat))
    shown = secrecy.history(story.case, events, person(seat))
    return [name for event in shown for name in by_event[event.seq]]


def test_the_history_names_a_marked_file_to_those_alone_who_see_it(tmp_path: Path) -> None:
    story = story_at()
    files = [check(name, BytesIO(sample_files.pdf(extra=name.encode()))) for name in ("hemlig.pdf", "öppen.pdf")]
    with actions.stored(files, tmp_path / "attachments") as laid:
        story.act("state_position", by="RS.handler", attachments=laid)
    secret, _open = queries.of_case(story.case.id)
    mark(story, secret)
    assert names(story, "SUN.approver") == names(story, "AUDITOR") == ["hemlig.pdf", "öppen.pdf", "hemlig.pdf"]
    assert names(story, "RS.reader") == names(story, "TYR.handler") == names(story, "TSG.chair") == ["öppen.pdf"]
    actions.take_away(story.case.id, secret.id)
    assert names(story, "RS.reader") == ["öppen.pdf"], "also when the file itself is gone"
    assert names(story, "SUN.approver") == ["hemlig.pdf", "öppen.pdf"]


def test_only_those_who_see_a_marked_file_learn_that_it_was_marked(tmp_path: Path) -> None:
    story = story_at()
    mark(story, attach(story, tmp_path))
    events = trail.events_about(f"case:{story.case.number}")
    for seat, is_told in (("RS.handler", True), ("SEK.region", True), ("RS.reader", False), ("TSG.chair", False)):
        shown = secrecy.history(story.case, events, person(seat))
        assert any(event.kind == "document_marked" for event in shown) is is_told, seat
        assert len(shown) == len(events) - (not is_told), seat


def test_the_history_names_a_file_again_when_its_mark_is_lifted(tmp_path: Path) -> None:
    story = story_at()
    file = check("hemlig.pdf", BytesIO(sample_files.pdf()))
    with actions.stored([file], tmp_path / "attachments") as laid:
        story.act("state_position", by="RS.handler", attachments=laid)
    (attachment,) = queries.of_case(story.case.id)
    mark(story, attachment)
    assert names(story, "SUN.reader") == []
    secrecy.unmark(story.case, attachment, by=person("RS.approver"), at=instant(story.day), reason="Avidentifierad.")
    assert names(story, "SUN.reader") == ["hemlig.pdf"]


def test_a_rejected_filing_about_a_person_keeps_neither_file_nor_mark(session: Database, tmp_path: Path) -> None:
    story = story_at(Phase.INTAKE)
    marked(story, tmp_path)
    filing.mask(story.case, by=person("SEK.region"), at=instant(story.day), reason="En enskild person var beskriven.")
    assert list(queries.of_case(story.case.id)) == []
    assert session.query(SecrecyMark).all() == []
    assert (rows_that_disagree(), trail.verify()) == ([], [])
