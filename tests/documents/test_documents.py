"""Attached files on disk and in the database: whole or not at all, and missed when they are gone."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Viewer
from escalation.cases.verbs import filing
from escalation.documents import actions, queries
from escalation.documents.file_types import CheckedFile
from escalation.documents.files import check
from escalation.documents.models import Attachment
from escalation.rules.machine import MoveNotAllowed
from escalation.rules.situation import Phase
from escalation.trail.events import content_of
from escalation.trail.queries import events_about
from tests.support import sample_files
from tests.support.days import ACTS_AT, SERVED_ON, instant
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
NOW = instant(SERVED_ON, ACTS_AT)


def checked(name: str = "underlag.pdf", content: bytes | None = None) -> CheckedFile:
    return check(name, BytesIO(sample_files.pdf() if content is None else content))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where files go; it is made with the first of them."""
    return tmp_path / "attachments"


@pytest.fixture
def story(session: Database) -> Story:
    found: Story = StoryFactory(at_phase=Phase.DIALOGUE)
    return found


@pytest.fixture
def handler(story: Story) -> Viewer:
    return person("RS.handler")


def attach(story: Story, directory: Path, *files: CheckedFile, hangs_on: str = "position:1") -> list[Attachment]:
    with actions.stored(files, directory) as laid:
        actions.attach(story.case.id, hangs_on, laid, by=person("RS.handler"), at=NOW)
    return list(queries.of_case(story.case.id))


def test_a_file_lies_whole_under_a_name_of_ours_that_only_we_may_read(directory: Path, story: Story) -> None:
    (attachment,) = attach(story, directory, checked("../../rutin.pdf"))
    (lying,) = directory.iterdir()
    assert lying.name == attachment.key
    assert len(attachment.key) == 32
    assert "rutin" not in lying.name
    assert stat.S_IMODE(lying.stat().st_mode) == 0o600
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert lying.read_bytes() == sample_files.pdf() == queries.content(attachment, directory)
    assert (attachment.name, attachment.size) == ("rutin.pdf", len(sample_files.pdf()))


def test_the_same_file_twice_is_two_files(directory: Path, story: Story) -> None:
    first, second = attach(story, directory, checked(), checked())
    assert first.sha256 == second.sha256
    assert first.key != second.key


def test_an_act_without_files_makes_no_directory(directory: Path) -> None:
    with actions.stored([], directory) as laid:
        assert laid == []
    assert not directory.exists()


def test_a_refused_act_takes_its_files_away_again(directory: Path) -> None:
    def refuse() -> None:
        with actions.stored([checked(), checked()], directory) as laid:
            assert len(list(directory.iterdir())) == len(laid) == 2
            raise MoveNotAllowed("state_position", "seat")

    with pytest.raises(MoveNotAllowed):
        refuse()
    assert list(directory.iterdir()) == []


def test_where_nothing_can_be_laid_nothing_is_left(directory: Path) -> None:
    directory.write_text("a file where the directory should be")
    with pytest.raises(NotADirectoryError), actions.stored([checked()], directory):
        raise AssertionError("the act was begun")


def test_an_attachment_is_found_in_its_own_case_alone(directory: Path, story: Story) -> None:
    (attachment,) = attach(story, directory, checked())
    other: Story = StoryFactory()
    assert queries.get(story.case.id, attachment.id) is attachment
    assert queries.get(other.case.id, attachment.id) is None


def test_what_hung_on_a_proposal_hangs_on_the_statement_and_nothing_else_moves(directory: Path, story: Story) -> None:
    attach(story, directory, checked("a.pdf"), hangs_on="proposal:1")
    attach(story, directory, checked("b.pdf"), hangs_on="proposal:11")
    moved = actions.carry_over(story.case.id, ["proposal:1"], "statement:5")
    assert [a.name for a in moved] == ["a.pdf"]
    assert [a.hangs_on for a in queries.of_case(story.case.id)] == ["statement:5", "proposal:11"]


def test_what_is_taken_away_is_gone_from_the_disk_a_day_later_and_nothing_else(
    session: Database, directory: Path, story: Story
) -> None:
    kept, gone = attach(story, directory, checked("a.pdf"), checked("b.pdf"))
    actions.take_away(story.case.id, gone.id)
    session.commit()
    laid = datetime.fromtimestamp((directory / kept.key).stat().st_mtime, tz=UTC)
    assert actions.forget_loose(directory, laid - timedelta(days=1)) == 0
    assert actions.forget_loose(directory, laid + timedelta(days=1)) == 1
    assert actions.forget_loose(directory, laid + timedelta(days=1)) == 0
    assert [path.name for path in directory.iterdir()] == [kept.key]


def test_nothing_is_forgotten_where_nothing_was_ever_laid(session: Database, directory: Path) -> None:
    assert actions.forget_loose(directory, NOW) == 0


def test_a_rejected_filing_about_a_person_keeps_no_file(session: Database, directory: Path) -> None:
    story: Story = StoryFactory(at_phase=Phase.INTAKE)
    attach(story, directory, checked("om en person.pdf"))
    filing.mask(story.case, by=person("SEK.region"), at=NOW, reason="En enskild person var beskriven.")
    assert list(queries.of_case(story.case.id)) == []


def test_a_file_that_is_gone_or_changed_is_missed(session: Database, directory: Path, story: Story) -> None:
    whole, gone, changed = attach(story, directory, checked(), checked(), checked())
    assert queries.missing(directory) == []
    (directory / gone.key).unlink()
    (directory / changed.key).write_bytes(sample_files.pdf(extra=b"% another"))
    session.commit()
    assert queries.missing(directory) == [
        f"attachment {gone.id}: its file cannot be read (No such file or directory)",
        f"attachment {changed.id}: its file is not what was handed in",
    ]
    assert queries.content(whole, directory) == sample_files.pdf()


@pytest.mark.parametrize("change", ["size = 0", "sha256 = 'abc'", "file_type = 'exe'"])
@pytest.mark.each_on_both
def test_the_database_itself_refuses_a_row_that_cannot_be(
    session: Database, directory: Path, story: Story, change: str
) -> None:
    attach(story, directory, checked())
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE attachment SET {change}"))


def test_a_position_tells_its_files_in_its_own_event_and_in_no_other(
    session: Database, directory: Path, story: Story
) -> None:
    before = len(events_about(f"case:{story.case.number}"))
    file = checked("underlag.docx", sample_files.docx())
    with actions.stored([file], directory) as laid:
        story.act("state_position", by="RS.handler", attachments=laid)
    story.act("state_position", by="RS.handler")
    with_file, without = events_about(f"case:{story.case.number}")[before:]
    assert (content_of(with_file) or {})["attachments"] == [{"name": "underlag.docx", "sha256": file.sha256}]
    assert "attachments" not in (content_of(without) or {})
    (attachment,) = queries.of_case(story.case.id)
    assert attachment.hangs_on.startswith("position:")
    assert attachment.attached_by == person("RS.handler").membership_id
