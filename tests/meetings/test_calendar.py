"""The bodies' calendars: meetings are added, moved and cancelled, and the cases on them follow (domain/05 § 5.4).

The day of these tests is Monday 23 November 2026.
"""

from __future__ import annotations

import datetime as dt

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session, scoped_session

from escalation.cases.integrity import rows_that_disagree
from escalation.meetings.models import Meeting, Treatment
from escalation.rules.situation import Phase
from escalation.trail import queries as trail
from escalation.trail.events import facts_of
from escalation.trail.models import TrailEvent
from tests.support.app import turn_to
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
TODAY = dt.date(2026, 11, 23)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.fixture
def session(session: Database) -> Database:
    turn_to(TODAY)
    return session


def sign_in(client: FlaskClient, seat: str) -> None:
    assert client.post(f"/sign_in_demo/{person(seat).membership_id}").status_code == 302


def meetings(app: Flask, *args: str) -> Result:
    return app.test_cli_runner().invoke(args=["meetings", *args])


def in_preparation() -> Story:
    """Aimed at the steering group's meeting of 18 December 2026, to be decided on 15 January 2027 at the latest."""
    story: Story = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    return story.accept_file(on=day("2026-11-05"))


def scheduled() -> Story:
    return in_preparation().schedule(on=day("2026-11-20"))


def treatment(story: Story) -> Treatment:
    found = story.file_on(TODAY).treatment
    assert found is not None
    return found


def last_event(story: Story) -> TrailEvent:
    return trail.events_about(f"case:{story.case.number}")[-1]


def is_whole() -> bool:
    return not list(trail.verify()) and not rows_that_disagree()


def empty_from(session: Database, body: str, since: str) -> None:
    session.execute(delete(Meeting).where(Meeting.body == body, Meeting.held_on >= day(since)))
    session.commit()


def test_a_meeting_is_added_by_command_and_can_then_be_chosen(app: Flask, session: Database) -> None:
    result = meetings(app, "add", "VIS", "2028-02-10")
    assert (result.exit_code, result.output) == (0, "VIS meets on 2028-02-10.\n")
    assert "VIS 2028-02-10\n" in meetings(app, "list").output
    assert is_whole()


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("args", "why"),
    [
        (("add", "SG-PSY", "2028-02-10"), "These do: TSG, VIS."),
        (("add", "VIS", "2028-02-12"), "no working day. The next one is 2028-02-14."),
        (("add", "VIS", "2026-11-20"), "has passed"),
        (("add", "VIS", "2026-12-10"), "has a meeting on 2026-12-10 already"),
        (("move", "VIS", "2026-12-10", "2027-02-11"), "has a meeting on 2027-02-11 already"),
        (("move", "VIS", "2026-12-11", "2026-12-14"), "no meeting on 2026-12-11"),
        (("move", "TSG", "2026-11-06", "2026-12-14"), "has been held"),
        (("cancel", "TSG", "2026-11-06"), "has been held"),
        (("add", "VIS", "2072-02-10"), "Kalendern saknar år 2072."),
        (("move", "VIS", "2026-12-10", "2072-02-10"), "Kalendern saknar år 2072."),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_a_sentence(
    args: tuple[str, ...], why: str, app: Flask, session: Database
) -> None:
    result = meetings(app, *args)
    assert result.exit_code == 1
    assert why in result.output


def test_a_case_on_a_meeting_follows_when_it_is_moved_and_its_history_says_both_days(
    app: Flask, session: Database
) -> None:
    story = scheduled()
    session.commit()
    assert meetings(app, "move", "TSG", "2026-12-18", "2027-01-08").exit_code == 0
    assert treatment(story).held_at.held_on == day("2027-01-08")
    assert story.ball(on=TODAY) == ("decide", "body:TSG", day("2027-01-08"))
    assert story.due("D13") == day("2026-12-28")  # the day before dispatch, five working days before the meeting
    event = last_event(story)
    assert (event.kind, facts_of(event)) == (
        "case_meeting_moved", {"body": "TSG", "was": "2026-12-18", "day": "2027-01-08"},
    )  # fmt: skip
    assert is_whole()


def test_a_meeting_is_not_moved_so_near_that_the_parties_lose_their_time_to_comment(
    app: Flask, session: Database
) -> None:
    story = scheduled()
    session.commit()
    assert story.due("D13") == day("2026-12-10")
    refused = meetings(app, "move", "TSG", "2026-12-18", "2026-11-27")
    assert refused.exit_code == 1
    assert f"{story.case.number} may comment until 2026-12-10" in refused.output
    assert treatment(story).held_at.held_on == day("2026-12-18")
    assert meetings(app, "move", "TSG", "2026-12-18", "2026-12-04").exit_code == 0  # nearer, and time is left
    assert story.due("D13") >= TODAY
    assert is_whole()


def test_a_case_that_is_prepared_for_a_moved_meeting_gets_its_new_day_for_papers(app: Flask, session: Database) -> None:
    story = in_preparation()
    session.commit()
    assert story.ball(on=TODAY) == ("prepare", "secretariat", day("2026-12-04"))
    assert meetings(app, "move", "TSG", "2026-12-18", "2026-12-17").exit_code == 0
    assert story.ball(on=TODAY) == ("prepare", "secretariat", day("2026-12-03"))
    # Moved so near that the papers no longer reach it: the case aims at the next one.
    assert meetings(app, "move", "TSG", "2026-12-17", "2026-11-27").exit_code == 0
    assert treatment(story).held_at.held_on == day("2027-01-15")
    assert story.due("D12") == day("2027-01-15")
    assert is_whole()


def test_what_stands_on_a_cancelled_meeting_is_taken_off_uncounted_and_aimed_at_the_next(
    app: Flask, session: Database
) -> None:
    story = scheduled()
    session.commit()
    assert meetings(app, "cancel", "TSG", "2026-12-18").exit_code == 0
    assert story.file_on(TODAY).case.phase is Phase.PREPARATION
    assert treatment(story).held_at.held_on == day("2027-01-15")
    assert story.file_on(TODAY).situation.take_offs == 0
    assert story.due("D12") == day("2027-03-12")
    assert "TSG 2026-12-18 cancelled\n" in meetings(app, "list").output
    assert is_whole()
    assert meetings(app, "add", "TSG", "2026-12-18").exit_code == 0  # it is held after all
    assert "TSG 2026-12-18\n" in meetings(app, "list").output


@pytest.mark.one_database
def test_a_case_that_rests_has_the_moved_meetings_day_when_it_goes_on(app: Flask, session: Database) -> None:
    story = scheduled()
    story.act("withdraw", by="SUN.approver", on=day("2026-11-20"))
    session.commit()
    assert meetings(app, "move", "TSG", "2026-12-18", "2026-12-17").exit_code == 0
    story.act("keep_open", by="RS.approver", on=TODAY)
    assert story.ball(on=TODAY) == ("decide", "body:TSG", day("2026-12-17"))
    assert is_whole()


def test_a_case_that_waits_for_a_meeting_is_aimed_at_the_first_one_that_is_added(app: Flask, session: Database) -> None:
    story: Story = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    empty_from(session, "TSG", "2026-11-07")
    story.act("accept_file", by="SEK.region", on=TODAY)
    assert story.file.case.phase is Phase.PREPARATION
    assert treatment(story).meeting is None
    assert last_event(story).kind == "file_accepted_without_meeting"
    session.commit()
    assert meetings(app, "add", "TSG", "2027-01-15").exit_code == 0
    assert treatment(story).held_at.held_on == day("2027-01-15")
    assert story.ball(on=TODAY) == ("prepare", "secretariat", day("2026-12-29"))
    assert facts_of(last_event(story)) == {"body": "TSG", "meeting_on": "2027-01-15"}
    assert is_whole()


@pytest.mark.one_database
def test_the_secretariat_reads_a_year_ahead_that_a_calendar_ends(client: FlaskClient, session: Database) -> None:
    StoryFactory(at_phase=Phase.SCHEDULED, at_step=2)
    sign_in(client, "SEK.region")
    assert "Mötena tar slut" not in client.get("/").text  # both go on into December 2027
    empty_from(session, "VIS", "2027-10-01")
    page = client.get("/").text.replace("\xa0", " ")
    assert "Mötena tar slut" in page
    assert "Det sista mötet i kalendern för VIS är 16 september 2027" in page
    empty_from(session, "VIS", "2026-01-01")
    assert "I kalendern för VIS finns inget kommande möte" in client.get("/").text


@pytest.mark.one_database
def test_the_history_promises_no_next_meeting_where_the_calendar_has_none(
    app: Flask, client: FlaskClient, session: Database
) -> None:
    story = in_preparation()
    empty_from(session, "TSG", "2026-12-19")
    assert meetings(app, "cancel", "TSG", "2026-12-18").exit_code == 0
    sign_in(client, "SEK.region")
    page = client.get(f"/cases/{story.case.number}").text.replace("\xa0", " ")
    assert "Mötet 18 december 2026 i styrgruppen ställdes in. Ärendet bereds vidare." in page
    assert "nästa möte" not in page


@pytest.mark.one_database
@pytest.mark.parametrize("verb", ["accept_file", "schedule"])
def test_who_chooses_a_meeting_reads_after_which_day_a_reason_is_needed(
    verb: str, client: FlaskClient, session: Database
) -> None:
    story: Story = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    if verb == "schedule":
        story.accept_file(on=TODAY)
    session.commit()
    sign_in(client, "SEK.region")
    form = client.get(f"/cases/{story.case.number}/{verb}").text.replace("\xa0", " ")
    assert "Bara om mötet ligger efter 15 januari 2027, då ärendet senast ska avgöras" in form


@pytest.mark.one_database
def test_the_page_of_a_case_without_a_meeting_says_what_it_waits_for(client: FlaskClient, session: Database) -> None:
    story: Story = StoryFactory(at_phase=Phase.RECEIVED, at_step=2)
    empty_from(session, "TSG", "2026-11-07")
    sign_in(client, "SEK.region")
    form = client.get(f"/cases/{story.case.number}/accept_file")
    assert form.status_code == 200
    assert 'name="target_meeting"' not in form.text
    assert "finns inget möte som underlaget hinner till" in form.text
    story.act("accept_file", by="SEK.region", on=TODAY)
    session.commit()
    for address in (f"/cases/{story.case.number}", "/"):
        page = client.get(address).text
        assert "I kalendern finns inget möte som underlaget hinner till" in page
        assert "Målet är mötet" not in page


@pytest.mark.one_database
def test_all_meetings_of_the_calendar_can_be_chosen(client: FlaskClient, session: Database) -> None:
    story = in_preparation()
    sign_in(client, "SEK.region")
    form = client.get(f"/cases/{story.case.number}/schedule").text
    coming = [m for m in story.meetings() if m.held_on > TODAY]
    assert len(coming) > 6
    assert [f'value="{m.id}"' in form for m in coming] == [True] * len(coming)
