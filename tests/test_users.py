"""People come, sit in several seats, forget their password, leave and come back: by ``flask users``."""

from __future__ import annotations

import datetime as dt
import email.policy
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from config import Settings
from escalation.accounts.models import Membership, User
from escalation.cases.people import people_of
from escalation.trail.models import TrailEvent
from tests.support.app import application, close, turn_to
from tests.support.page import Page
from tests.support.people import person
from tests.support.stories import Story, StoryFactory

Database = scoped_session[Session]
PASSWORD = "gråsugga under isen"
ANNA, BO = "anna@example.se", "bo@example.se"
TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, base_url="https://trappan.example/", contact="drift@example.se")


def run(app: Flask, *args: str, typed: str | None = None) -> Result:
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(args), input=typed)


def create(app: Flask, email: str, *seat: str) -> None:
    made = run(app, "create-user", email, email.partition("@")[0].title(), *seat, typed=f"{PASSWORD}\n" * 2)
    assert made.exit_code == 0, made.output


def enter(app: Flask, email: str, password: str = PASSWORD) -> FlaskClient:
    browser = app.test_client()
    assert browser.post("/sign_in", data={"email": email, "password": password}).status_code == 302
    return browser


def link_in(result: Result) -> str:
    """The path of the link, which stands alone on its line, whole."""
    assert result.exit_code == 0, result.output
    [path] = re.findall(r"^https://trappan\.example(/set_password/\S+)$", result.output, re.MULTILINE)
    return str(path)


def events(session: Database) -> list[str]:
    session.rollback()
    return list(session.scalars(select(TrailEvent.kind).order_by(TrailEvent.seq)))


def seats(session: Database, email: str) -> dict[str, int]:
    session.rollback()
    held = session.scalars(select(Membership).join(User).where(User.email == email).order_by(Membership.id))
    return {seat.role.value: seat.id for seat in held}


def is_signed_in(browser: FlaskClient) -> bool:
    return browser.get("/").status_code == 200


# --- A forgotten password


def test_who_has_forgotten_the_password_gets_in_again_by_a_new_link(app: Flask, session: Database) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    first = link_in(run(app, "users", "link", ANNA))
    made = run(app, "users", "link", ANNA.upper())
    second = link_in(made)
    before, _link = made.output.split("https://")
    assert ANNA in before
    assert re.search(r"before 20\d\d-\d\d-\d\d \d\d:\d\d", before)
    browser = app.test_client()
    assert browser.get(first).status_code == 404
    enter(app, ANNA)  # the password that is there goes on until the link is used
    assert browser.post(second, data={"password": "en ny mening om gråsuggor"}).status_code == 302
    enter(app, ANNA, "en ny mening om gråsuggor")
    assert browser.get(second).status_code == 404
    assert events(session)[-2:] == ["link_made", "link_made"]


@pytest.mark.one_database
def test_the_trail_tells_of_accounts_by_number_not_by_name_or_address(app: Flask, session: Database) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    for command in (
        ("link", ANNA),
        ("seat", ANNA, "local_approver", "--party", "SUN"),
        ("end", ANNA),
        ("reactivate", ANNA),
    ):
        assert run(app, "users", *command).exit_code == 0
    session.rollback()
    for event in session.scalars(select(TrailEvent)):
        assert event.payload is not None
        assert not re.search("anna", event.entry + event.payload.payload, re.IGNORECASE)
    kinds = ["user_created", "link_made", "seat_given", "user_ended", "user_reactivated"]
    assert events(session) == kinds
    session.rollback()
    assert "The trail and the cases are whole." in run(app, "verify").output


@pytest.mark.one_database
def test_no_sign_in_is_listed_before_there_is_a_password(app: Flask) -> None:
    made = run(app, "create-user", ANNA, "Anna", "local_handler", "--party", "SUN", "--link")
    assert link_in(made)
    assert "may sign in" not in made.output
    assert made.output.index(ANNA) < made.output.index("https://")
    assert "no password" in run(app, "users", "list").output


@pytest.mark.one_database
def test_the_list_tells_of_each_account_its_seats_its_password_and_its_last_sign_in(app: Flask) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    assert (
        run(app, "create-user", BO, "Bo", "body_member", "--body", "VIS", "--side", "region", "--link").exit_code == 0
    )
    enter(app, ANNA)
    output = run(app, "users", "list").output
    assert re.search(r"^anna@example\.se \| Anna \| open \| has a password \| last signed in 2026-", output, re.M)
    assert re.search(r"^  seat \d+: local_handler SUN$", output, re.M)
    assert "bo@example.se | Bo | open | no password | never signed in" in output
    assert re.search(r"^  seat \d+: body_member VIS region$", output, re.M)


# --- Seats


def test_a_person_with_two_seats_chooses_between_them(app: Flask, session: Database) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    given = run(app, "users", "seat", ANNA, "body_member", "--body", "VIS", "--side", "municipal")
    assert given.exit_code == 0, given.output
    page = enter(app, ANNA).get("/act_as").text
    assert "Sundbyberg" in page
    assert "VIS" in page
    assert events(session)[-1] == "seat_given"


@pytest.mark.parametrize(
    ("seat", "said"),
    [
        (("local_handler", "--party", "nacka"), r"--party with one of these codes: .*NAC.* \(nacka is none\)"),
        (("local_handler",), r"--party with one of these codes: .*none was given"),
        (
            ("body_chair", "--body", "SG-PSY", "--side", "region"),
            r"these codes: .*TSG, VIS.* \(SG-PSY is none",
        ),
        (("body_member", "--body", "TSG"), r"--side region or --side municipal"),
        (("consultation_member", "--body", "VIS"), r"--body with one of these codes: .*SG-PSY"),
        (("secretariat",), r"--side region or --side municipal"),
        (("local_handler", "--party", "STO", "--unit", "XX"), r"no such unit"),
        (("local_handler", "--party", "SUN"), r"has that seat already"),
        (("auditor", "--side", "region"), r"leave --side out"),
    ],
)
@pytest.mark.one_database
def test_a_seat_that_cannot_be_is_refused_with_the_codes_that_can(
    seat: tuple[str, ...], said: str, app: Flask, session: Database
) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    refused = run(app, "users", "seat", ANNA, *seat)
    assert refused.exit_code == 1
    assert re.search(said, refused.output), refused.output
    assert events(session) == ["user_created"]


@pytest.mark.one_database
def test_the_codes_of_parties_units_and_bodies_are_listed(app: Flask) -> None:
    output = run(app, "parties").output
    assert "NAC Nacka kommun" in output
    assert "VIS VIS (body)" in output
    assert "--unit" in output


@pytest.mark.parametrize("command", [("link",), ("seat", "auditor"), ("end",), ("reactivate",)])
@pytest.mark.one_database
def test_an_unknown_address_is_said_to_be_unknown(command: tuple[str, ...], app: Flask) -> None:
    name, *rest = command
    refused = run(app, "users", name, "ingen@example.se", *rest)
    assert refused.exit_code == 1
    assert "There is no account for ingen@example.se" in refused.output


# --- The end


def test_who_is_ended_is_out_at_once_and_cannot_come_in_again(app: Flask, session: Database) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    link = link_in(run(app, "users", "link", ANNA))
    browser = enter(app, ANNA)
    assert is_signed_in(browser)
    ended = run(app, "users", "end", ANNA)
    assert ended.exit_code == 0, ended.output
    assert "Nobody is local_handler SUN now" in ended.output
    assert not is_signed_in(browser)
    assert app.test_client().get(link).status_code == 404
    assert app.test_client().post("/sign_in", data={"email": ANNA, "password": PASSWORD}).status_code == 422
    assert run(app, "users", "link", ANNA).exit_code == 1
    assert run(app, "users", "end", ANNA).exit_code == 1
    seat = run(app, "users", "seat", ANNA, "auditor")
    assert (seat.exit_code, "is closed: open it first" in seat.output) == (1, True)
    assert "| ended |" in run(app, "users", "list").output
    assert events(session)[-1] == "user_ended"


def test_who_comes_back_has_the_seat_and_the_password_again_but_not_the_old_session(
    app: Flask, session: Database
) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    old = enter(app, ANNA)
    run(app, "users", "end", ANNA)
    back = run(app, "users", "reactivate", ANNA)
    assert back.exit_code == 0, back.output
    assert not is_signed_in(old)
    assert is_signed_in(enter(app, ANNA))
    assert run(app, "users", "reactivate", ANNA).exit_code == 1
    assert events(session)[-1] == "user_reactivated"


def test_whose_seat_ends_goes_on_in_another_and_without_one_is_signed_out(app: Flask, session: Database) -> None:
    create(app, ANNA, "local_handler", "--party", "SUN")
    run(app, "users", "seat", ANNA, "local_approver", "--party", "SUN")
    held = seats(session, ANNA)
    browser = enter(app, ANNA)
    assert browser.post("/act_as", data={"membership_id": held["local_approver"]}).status_code == 302
    ended = run(app, "users", "end", ANNA, "--seat", str(held["local_approver"]))
    assert ended.exit_code == 0, ended.output
    assert "Nobody is local_approver SUN now" in ended.output
    page = browser.get("/act_as")
    assert page.status_code == 200
    assert page.text.count("Sundbyberg") >= 1
    assert "beslutar" not in Page(page.text).main
    assert browser.post("/act_as", data={"membership_id": held["local_approver"]}).status_code == 404
    assert run(app, "users", "end", ANNA, "--seat", str(held["local_approver"])).exit_code == 1
    assert run(app, "users", "end", ANNA, "--seat", "999").exit_code == 1
    run(app, "users", "end", ANNA, "--seat", str(held["local_handler"]))
    assert not is_signed_in(browser)
    start_page = enter(app, ANNA).get("/", follow_redirects=True)
    assert "Du har ingen roll. Den som driver webbplatsen ger roller. Kontakt: drift@example.se." in start_page.text
    assert events(session)[-2:] == ["seat_ended", "seat_ended"]


@pytest.mark.one_database
def test_a_seat_that_somebody_else_holds_too_is_not_said_to_be_empty(app: Flask) -> None:
    create(app, ANNA, "secretariat", "--side", "region")
    create(app, BO, "secretariat", "--side", "region")
    assert "Nobody is" not in run(app, "users", "end", ANNA).output
    assert "Nobody is secretariat region now" in run(app, "users", "end", BO).output


# --- What falls to others


def in_dialogue() -> Story:
    story = StoryFactory(filed_on=dt.date(2026, 11, 2))
    story.act("serve", by="SEK.region", on=dt.date(2026, 11, 3))
    handler, substitute = person("RS.handler").membership_id, person("RS.substitute").membership_id
    story.act("acknowledge", by="RS.handler", on=dt.date(2026, 11, 5), handler=handler, substitute=substitute)
    return story


def emails(story: Story) -> set[str]:
    return {user.email for user in people_of(story.case, "respondent", TODAY)}


@pytest.mark.parametrize("seat_alone", [False, True])
def test_a_departed_case_officer_is_replaced_by_the_substitute_and_then_by_colleagues_as_an_absent_one_is(
    seat_alone: bool, app: Flask, session: Database
) -> None:
    story = in_dialogue()
    number = story.case.number
    names = {seat: f"{seat.lower().replace('.', '-')}@example.se" for seat in ("RS.handler", "RS.substitute")}
    ids = {seat: str(person(seat).membership_id) for seat in names}
    person("SEK.region")

    def leave(seat: str) -> None:
        session.commit()
        left = run(app, "users", "end", names[seat], *(["--seat", ids[seat]] if seat_alone else []))
        assert left.exit_code == 0, left.output
        session.rollback()

    assert emails(story) == {names["RS.handler"]}
    leave("RS.handler")
    assert emails(story) == {names["RS.substitute"]}
    assert story.file_on(TODAY).unmanned == set()
    leave("RS.substitute")
    assert story.file_on(TODAY).unmanned == {"RS"}
    session.commit()
    create(app, BO, "local_handler", "--party", "RS")
    session.rollback()
    assert emails(story) == {BO}
    assert story.case.number == number


@pytest.mark.one_database
def test_when_the_only_case_officer_has_left_the_approver_is_reminded_and_reads_that_no_one_is_named(
    app: Flask, session: Database
) -> None:
    story = StoryFactory(filed_on=dt.date(2026, 11, 2))
    story.act("serve", by="SEK.region", on=dt.date(2026, 11, 3))
    person("RS.handler")
    person("RS.approver")
    session.commit()
    assert run(app, "users", "end", "rs-handler@example.se").exit_code == 0

    def letters_on(day: dt.date) -> dict[str, str]:
        """By reader, the text of the day's letter."""
        turn_to(day)
        session.commit()
        assert run(app, "sweep").exit_code == 0
        assert run(app, "deliver").exit_code == 0
        found = {}
        for file in app.config["SETTINGS"].mail_dir.iterdir():
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            file.unlink()
            found[str(letter["To"])] = " ".join(letter.get_content().split())
        return found

    first = letters_on(dt.date(2026, 11, 11))
    assert set(first) == {"rs-approver@example.se", "sek-region@example.se"}
    for text in first.values():
        assert "Varför du: Dagen har passerat, och ingen är utsedd att göra det." in text
    later = letters_on(dt.date(2026, 11, 17))
    assert "Du är chef för den som skulle ha gjort det" in later["rs-approver@example.se"]
    assert "fem arbetsdagar sedan, och ingen är utsedd att göra det." in later["sek-region@example.se"]
    assert "Du är chef" not in later["sek-region@example.se"]


@pytest.mark.one_database
def test_the_case_does_not_call_a_departed_person_named(app: Flask, session: Database) -> None:
    story = in_dialogue()
    turn_to(TODAY)
    official = app.test_client()
    assert official.post(f"/sign_in_demo/{person('SEK.region').membership_id}").status_code == 302
    path = f"/cases/{story.case.number}"
    assert "Regionen: handläggare och ersättare utsedda" in official.get(path).text
    session.commit()
    run(app, "users", "end", "rs-handler@example.se")
    assert "Regionen: handläggaren har lämnat, ersättaren tar över" in official.get(path).text
    run(app, "users", "end", "rs-substitute@example.se")
    shown = official.get(path).text
    assert "Regionen: handläggaren har lämnat, ingen ersättare" in shown
    assert "Ingen handläggare är på plats hos regionen." in shown
    assert story.case.number in Page(official.get("/").text).main


@pytest.mark.one_database
def test_a_departed_person_is_no_choice_and_cannot_be_named(app: Flask, session: Database) -> None:
    story = StoryFactory(filed_on=dt.date(2026, 11, 2))
    story.act("serve", by="SEK.region", on=dt.date(2026, 11, 3))
    gone = person("RS.substitute").membership_id
    turn_to(TODAY)
    session.commit()
    run(app, "users", "end", "rs-substitute@example.se")
    browser = app.test_client()
    assert browser.post(f"/sign_in_demo/{person('RS.handler').membership_id}").status_code == 302
    path = f"/cases/{story.case.number}/acknowledge"
    form = browser.get(path)
    assert form.status_code == 200
    assert f'value="{gone}"' not in form.text
    sent = Page(form.text).filled(handler=str(gone), substitute="0")
    assert browser.post(path, data=sent).status_code == 422
    assert app.test_client().post(f"/sign_in_demo/{gone}").status_code == 404


# --- What the pages promise


@pytest.mark.one_database
def test_the_sign_in_page_promises_only_what_is_so(app: Flask, client: FlaskClient) -> None:
    page = client.get("/sign_in").text
    assert "Sekretariatet ordnar" not in page
    assert "Den som driver webbplatsen kan lägga upp ett konto eller göra en ny länk." in page
    assert "Kontakt: drift@example.se." in page
    expired = client.get("/set_password/finns-inte").text
    assert "Be den som driver webbplatsen om en ny." in expired
    assert "Kontakt: drift@example.se." in expired


@pytest.mark.one_database
def test_without_a_contact_the_sign_in_page_names_none(settings: Settings) -> None:
    app = application(replace(settings, contact=""))
    page = app.test_client().get("/sign_in").text
    assert "Den som driver webbplatsen kan" in page
    assert "Kontakt:" not in page
    close(app)


# --- A database that is away


@pytest.fixture
def nowhere(settings: Settings, tmp_path: Path) -> Iterator[Flask]:
    """A site whose database does not answer."""
    gone = replace(settings, database_url=f"sqlite:///{tmp_path}/no/such/directory/trappan.sqlite")
    app = application(gone)
    yield app
    close(app)


@pytest.mark.parametrize(
    "command",
    [("setup",), ("verify",), ("sweep",), ("deliver",), ("users", "list"), ("parties",), ("meetings", "list"),
     ("create-user", ANNA, "Anna", "auditor", "--link"), ("demo",)],
)  # fmt: skip
@pytest.mark.one_database
def test_a_command_says_in_one_sentence_that_the_database_is_away(command: tuple[str, ...], nowhere: Flask) -> None:
    result = run(nowhere, *command)
    assert result.exit_code == 1
    assert "Check DATABASE_URL and that the database is running." in result.output
    assert len(result.output.strip().splitlines()) == 1
