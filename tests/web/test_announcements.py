"""What an announcement says on its pages and in its letters: who may take the case further; silence is no yes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, scoped_session

from escalation.rules import workdays
from escalation.rules.situation import Outcome, Phase
from escalation.watch.delivery import deliver
from escalation.watch.sweep import sweep
from escalation.watch.transports import FileTransport
from tests.support.app import turn_to
from tests.support.days import instant
from tests.support.page import Page
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
Opens = Callable[..., Page]

pytestmark = pytest.mark.one_database

ANSWER_BY, ENDS_ON, LATE = dt.date(2027, 1, 8), dt.date(2027, 1, 18), dt.date(2027, 4, 14)


@pytest.fixture
def opens(app: Flask, session: Database) -> Opens:
    """Open a page as somebody with a seat, on a day; or send a form to it."""

    def opened(seat: str, address: str, on: dt.date, sent: dict[str, str] | None = None) -> Page:
        turn_to(on)
        browser: FlaskClient = app.test_client()
        assert browser.post(f"/sign_in_demo/{person(seat).membership_id}").status_code == 302
        answer = browser.get(address)
        assert answer.status_code == 200
        if sent is None:
            return Page(answer.text)
        answer = browser.post(address, data=Page(answer.text).standing() | sent, follow_redirects=True)
        assert answer.status_code == 200
        return Page(answer.text)

    return opened


@pytest.fixture
def story(session: Database) -> Story:
    """The steering group's information to Sundbyberg and the region, to be answered by 8 January 2027."""
    story: Story = StoryFactory(at_step=2, at_phase=Phase.RECOMMENDATION_OUT, outcome=Outcome.INFORMATION)
    session.commit()
    return story


def path(story: Story, verb: str = "") -> str:
    return f"/cases/{story.case.number}" + (f"/{verb}" if verb else "")


def letters(directory: Path) -> dict[str, str]:
    """By recipient the text of the last letter in the directory, its lines joined."""
    found = {}
    for file in sorted(directory.rglob("*.eml"), key=lambda f: f.stat().st_mtime_ns):
        message = message_from_bytes(file.read_bytes(), policy=policy.default)
        body = message.get_body()
        assert body is not None
        found[str(message["To"])] = f"{message['Subject']}\n" + " ".join(str(body.get_content()).split())
    return found


def test_a_party_reads_that_it_may_take_the_case_further_and_what_silence_means(story: Story, opens: Opens) -> None:
    page = opens("SUN.approver", path(story), story.day)
    for shown in (
        "Rekommendation eller besked lämnat, väntar på parternas svar",
        "svarar på beskedet senast fredag 8 januari 2027",
        "Var och en av parterna kan ta ärendet till VIS. Svarar alla ja avslutas ärendet.",
        "Ärendet avslutas 18 januari 2027. Den som inte har svarat har inte godtagit något, och kan ta ärendet vidare "
        "i 60 arbetsdagar till. Dagarna är våra, inte överenskommelsens.",
        "Svara ja på beskedet",
        "Ta ärendet vidare till VIS",
        "Sundbyberg och regionen har inte svarat.",
        "Svarstiden är slut, om ingen har tagit ärendet vidare.",
    ):
        assert shown in page.main, shown
    assert "rekommendationen" not in page.main


def test_a_party_takes_an_announcement_further_through_its_page(story: Story, opens: Opens) -> None:
    page = opens(
        "RS.approver", path(story, "refuse_recommendation"), story.day, {"reasons": "Frågan är inte besvarad."}
    )
    assert "Regionen förde ärendet vidare efter beskedet." in page.main
    assert "Ärendet gick till steg 3, VIS." in page.main


def test_a_case_that_silence_ended_says_so_and_to_whom_it_is_still_open(story: Story, opens: Opens) -> None:
    story.act("accept_recommendation", by="RS.approver")
    story.fall_silent()
    silent, other = (opens(seat, path(story), story.day).main for seat in ("SUN.approver", "RS.approver"))
    for page in (silent, other):
        assert "Avslutat: ingen har tagit ärendet vidare" in page
        assert "Sundbyberg svarade inte på beskedet. Det betyder inte att det är godtaget." in page
        assert "Sundbyberg kan ta ärendet till VIS till och med 14 april 2027. Den dagen är vår" in page
        assert "Inget svar kom från Sundbyberg." in page
        assert "Regionen svarade ja" in page
    assert "Ta ärendet vidare till VIS" in silent
    assert "Ta ärendet vidare till VIS" not in other
    late = opens("SUN.approver", path(story, "refuse_late"), LATE, {"reasons": "Vi vill ha VIS svar."})
    assert "Sundbyberg, som inte hade svarat, tog ärendet vidare." in late.main
    assert "Omgång 2 började på steg 3, VIS." in late.main
    assert "Vi vill ha VIS svar." in late.main


def test_the_last_day_is_on_no_page_when_it_has_passed(story: Story, opens: Opens) -> None:
    story.fall_silent()
    page = opens("SUN.approver", path(story), LATE + dt.timedelta(days=1)).main
    assert "svarade inte på beskedet" in page
    assert "kan ta ärendet till VIS" not in page
    assert "Ta ärendet vidare" not in page


def test_the_letters_say_when_silence_ends_it_that_it_has_and_until_when_one_may_go_on(
    story: Story, tmp_path: Path
) -> None:
    def run(on: dt.date) -> dict[str, str]:
        assert sweep(instant(on, dt.time(6))).errors == []
        deliver(
            instant(on), FileTransport(tmp_path), base_url="https://example.se", sender="trappan@example.se", by="test"
        )
        return letters(tmp_path)

    story.act("accept_recommendation", by="RS.approver")
    reminder = run(workdays.open_from(ANSWER_BY, story.calendar))["sun-approver@example.se"]
    assert "Svara på beskedet, eller ta ärendet vidare" in reminder
    assert (
        "Från 18 januari 2027 avslutas ärendet, eller genomförs uppgiften, om ingen har tagit det vidare." in reminder
    )
    assert "kan ta ärendet vidare i 60 arbetsdagar till. Dagarna är förvalda av systemet" in reminder
    ended = run(ENDS_ON)
    for to in ("sun-approver@example.se", "rs-approver@example.se", "rs-handler@example.se"):
        assert ended[to].startswith(f"Trappan {story.case.number}: ingen tog ärendet vidare\n"), to
        assert "Till och med: 14 april 2027" in ended[to]
        assert "Den part som inte har svarat har inte godtagit något" in ended[to]
        assert "Att göra" not in ended[to]


def test_the_party_that_answers_reads_the_task_that_the_body_has_set(session: Database, opens: Opens) -> None:
    task = ("Inför en gemensam rutin.", "RS", dt.date(2027, 6, 1))
    story: Story = StoryFactory(at_step=2, at_phase=Phase.RECOMMENDATION_OUT, outcome=Outcome.INFORMATION, task=task)
    session.commit()
    for verb in ("", "accept_recommendation", "refuse_recommendation"):
        page = opens("RS.approver", path(story, verb), story.day).main
        assert "Åtgärd Inför en gemensam rutin." in page, verb
        assert "Regionen, senast 1 juni 2027." in page, verb


def test_a_decision_that_is_not_adjusted_says_so_to_the_parties(session: Database, opens: Opens) -> None:
    story: Story = StoryFactory(at_step=2, at_phase=Phase.MINUTED, outcome=Outcome.INFORMATION)
    session.commit()
    page = opens("SUN.approver", path(story), story.day).main
    assert "Justerat Inte än. Det gäller först när protokollet är justerat." in page
