"""The command line: names that are used from outside, and what each prints and answers."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from alembic.script import ScriptDirectory
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session, scoped_session

from config import Settings
from escalation.accounts.models import Membership, Role, User
from escalation.cases.models.case import Case
from escalation.cases.models.course import Ball
from escalation.nudges.models import Nudge
from escalation.proof.explore import explore_all
from escalation.proof.laws import NEVER_TAKEN, PROPERTIES
from escalation.rules.ladder import load
from escalation.rules.moves.table import MOVES
from escalation.rules.situation import Phase
from escalation.trail.models import TrailState
from escalation.web.access import ACCESS
from tests.support.app import ROOT, close, new_application, settings_for, watch
from tests.support.rows import all_rows
from tests.support.sql import selects_under_lock
from tests.support.stories import StoryFactory

Database = scoped_session[Session]
COMMANDS = {
    "setup", "demo", "remove-invented", "workdays", "moves", "explore", "sweep", "deliver", "clock", "verify",
    "parties", "create-user", "users", "access", "version",
}  # fmt: skip


def run(app: Flask, *args: str, typed: str | None = None) -> Result:
    """As ``flask`` does it: in an application context of its own."""
    with app.app_context():
        return app.test_cli_runner().invoke(args=list(args), input=typed)


@pytest.mark.one_database
def test_the_commands_have_the_names_that_are_used_from_outside(app: Flask) -> None:
    assert set(app.cli.list_commands(None)) >= COMMANDS  # type: ignore[arg-type]
    for name in COMMANDS:
        result = run(app, name, "--help")
        assert result.exit_code == 0, name


def test_version_prints_the_version_that_the_project_has(app: Flask) -> None:
    written = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert written is not None
    assert run(app, "version").output == f"{written[1]}\n"


# --- A database at another step of the schema

RULES_ALONE = {"version", "workdays", "moves", "explore", "access"}
HEAD = ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def called(command: click.Command) -> list[str]:
    """The least that calls the command; of a group, its first."""
    assert command.name
    if isinstance(command, click.Group):
        return [command.name, min(command.commands), "--help"]
    given = [param for param in command.params if isinstance(param, click.Argument) and param.required]
    return [command.name, *(p.type.choices[0] if isinstance(p.type, click.Choice) else "a@b.se" for p in given)]


@pytest.fixture
def blank_app(blank_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = new_application(settings_for(blank_database_url, tmp_path))
    yield app
    close(app)


def test_every_command_refuses_a_database_at_another_step_with_one_sentence(blank_app: Flask) -> None:
    asking = [cmd for name, cmd in blank_app.cli.commands.items() if name not in RULES_ALONE | {"db"}]
    assert {cmd.name for cmd in asking} >= COMMANDS - RULES_ALONE
    for command in asking:
        result = run(blank_app, *called(command))
        assert (result.exit_code, result.output) == (
            1, f"Error: The database is empty, the code needs {HEAD}: run flask --app wsgi db upgrade.\n",
        ), command.name  # fmt: skip
    assert run(blank_app, "db", "upgrade", "0012").exit_code == 0
    assert f"The database is at 0012, the code needs {HEAD}: run flask" in run(blank_app, "setup").output
    assert run(blank_app, "db", "upgrade").exit_code == 0
    assert run(blank_app, "setup").output == "Reference data is in place.\n"


@pytest.mark.one_database
def test_no_upgrade_is_asked_of_a_database_of_newer_code(app: Flask, session: Database) -> None:
    session.execute(text("UPDATE alembic_version SET version_num = 'feedfacecafe'"))
    session.commit()
    result = run(app, "verify")
    assert result.exit_code == 1
    assert "The database is at feedfacecafe, which this code" in result.output
    assert "upgrade" not in result.output


def start(database_url: str, instance_dir: Path) -> subprocess.CompletedProcess[str]:
    """Load the application as a web server does."""
    given = {"TRAPPAN_MODE": "demo", "DATABASE_URL": database_url, "INSTANCE_DIR": str(instance_dir)}
    return subprocess.run(
        [sys.executable, "-c", "import wsgi"],
        cwd=ROOT,
        env={**given, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.one_database
def test_the_web_does_not_start_on_a_database_at_another_step(blank_database_url: str, tmp_path: Path) -> None:
    ended = start(blank_database_url, tmp_path)
    assert (ended.returncode, ended.stderr) == (
        1, f"Trappan does not start. The database is empty, the code needs {HEAD}: run flask --app wsgi db upgrade.\n",
    )  # fmt: skip


@pytest.mark.one_database
def test_the_web_starts_where_the_database_does_not_answer(tmp_path: Path) -> None:
    """Its pages say so until it does; that is no matter of its schema."""
    for away in ("postgresql://u:p@127.0.0.1:1/nowhere", f"sqlite:////{tmp_path}/no/such/folder.sqlite"):
        ended = start(away, tmp_path)
        assert (ended.returncode, ended.stderr) == (0, "")


# --- The rules as tables

GOLDEN = (
    ("2026-12-18", "10", False, "2027-01-08"),
    ("2026-12-30", "1", False, "2027-01-04"),
    ("2027-05-05", "2", False, "2027-05-10"),
    ("2026-11-21", "1", False, "2026-11-23"),
    ("2026-10-22", "3", False, "2026-10-27"),
    ("2026-08-25", "5", True, "2026-09-01"),
    ("2026-09-01", "40", True, "2026-10-27"),
    ("2026-05-11", "40", True, "2026-08-10"),
    ("2025-02-03", "40", True, "2025-03-31"),
    ("2026-11-16", "5", True, "2026-11-23"),
    ("2026-05-04", "40", True, "2026-08-03"),
    ("2026-06-08", "40", True, "2026-09-04"),
    ("2026-06-08", "40", False, "2026-08-04"),
    ("2025-12-31", "228", True, "2026-12-30"),
    ("2026-11-23", "0", False, "2026-11-23"),
)


@pytest.mark.parametrize(("day", "n", "quiet", "due"), GOLDEN)
@pytest.mark.one_database
def test_workdays_ends_with_the_golden_date_alone(day: str, n: str, quiet: bool, due: str, app: Flask) -> None:
    result = run(app, "workdays", day, n, *(["--quiet"] if quiet else []))
    assert result.exit_code == 0
    *skipped, last = result.output.splitlines()
    assert last == due
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d \S.*", line) for line in skipped)


@pytest.mark.one_database
def test_workdays_names_each_day_that_did_not_count(app: Flask) -> None:
    assert run(app, "workdays", "2026-12-23", "1").output.splitlines() == [
        "2026-12-24 julafton",
        "2026-12-25 juldagen",
        "2026-12-26 annandag jul",
        "2026-12-27 söndag",
        "2026-12-28",
    ]
    assert "2026-07-01 sommaruppehåll" in run(app, "workdays", "2026-06-30", "1", "--quiet").output


@pytest.mark.parametrize("args", [("2026-02-30", "1"), ("2026-01-01", "-1"), ("idag", "1"), ("2026-01-01", "x"), ()])
@pytest.mark.one_database
def test_workdays_refuses_what_is_no_day_or_no_number(args: tuple[str, ...], app: Flask) -> None:
    assert run(app, "workdays", *args).exit_code == 2


@pytest.mark.one_database
def test_workdays_says_which_years_the_calendar_knows(app: Flask) -> None:
    result = run(app, "workdays", "1980-01-01", "1")
    assert result.exit_code == 1
    assert "Kalendern saknar år 1980" in result.output


@pytest.mark.one_database
def test_moves_prints_a_row_per_move_with_the_t_number_first(app: Flask) -> None:
    lines = run(app, "moves").output.splitlines()
    assert [line.split(" | ")[:2] for line in lines] == [[m.t, m.verb] for m in MOVES]


@pytest.mark.one_database
def test_explore_prints_a_ladder_with_its_states_and_every_property_held(app: Flask) -> None:
    result = run(app, "explore", "kommun_kommun")
    assert result.output.startswith("kommun_kommun: ")
    states = re.findall(r"^(\S+): (\d+) states explored", result.output, re.MULTILINE)
    assert [name for name, _ in states] == ["kommun_kommun"]
    assert all(int(count) > 0 for _, count in states)
    assert [line for line in result.output.splitlines() if line.startswith("holds ")] == [
        f"holds  {law}" for law in PROPERTIES if law != NEVER_TAKEN
    ]


@pytest.mark.one_database
def test_explore_knows_the_ladders_that_are_shipped(app: Flask) -> None:
    assert "'kommun_kommun'" in run(app, "explore", "trappa").output


@pytest.mark.one_database
def test_explore_fails_and_names_a_broken_row(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:

    broken = tuple(m for m in MOVES if m.t != "T22")
    whole = explore_all
    monkeypatch.setattr("escalation.cli.explore_all", lambda among: whole(broken, [load("hok")], [(True, False)]))
    result = run(app, "explore")
    assert result.exit_code == 1
    assert "BROKEN no party can block by silence" in result.output
    assert "received" in result.output


@pytest.mark.one_database
def test_access_prints_each_endpoint_with_its_methods_and_who(app: Flask) -> None:
    result = run(app, "access")
    assert result.exit_code == 0
    printed = {line.split(" ")[0]: line for line in result.output.splitlines()}
    assert set(printed) == {rule.endpoint for rule in app.url_map.iter_rules()} == set(ACCESS)
    assert printed["filing.file"] == "filing.file GET,POST local_approver, local_handler"
    assert "nobody" not in result.output


# --- Setting up


def test_setup_may_run_twice(app: Flask, session: Database) -> None:
    before = all_rows()
    session.rollback()
    assert run(app, "setup").exit_code == 0
    session.rollback()
    assert all_rows() == before


@pytest.mark.one_database
def test_the_demo_is_never_played_in_production(settings: Settings, app: Flask) -> None:
    from escalation.app import create_app

    made = settings_for(
        settings.database_url, settings.instance_dir, TRAPPAN_MODE="production", ALLOWED_HOSTS="trappan.example",
        MAIL_TRANSPORT="smtp",
    )  # fmt: skip
    production = create_app(made, watch=watch)
    try:
        result = run(production, "demo")
        assert result.exit_code == 1
        assert "never go into production" in result.output
    finally:
        close(production)


@pytest.mark.one_database
def test_the_demo_is_never_played_where_there_are_cases(app: Flask, session: Database) -> None:
    StoryFactory()
    session.commit()
    result = run(app, "demo")
    assert result.exit_code == 1
    assert "cases" in result.output
    assert session.scalar(select(func.count(Case.id))) == 1


# --- Accounts


def test_a_user_is_created_with_a_password_that_is_typed_twice(app: Flask, session: Database) -> None:
    typed = "en lång mening som ingen gissar\n" * 2
    result = run(app, "create-user", "anna@example.se", "Anna", "local_handler", "--party", "SUN", typed=typed)
    assert result.exit_code == 0, result.output
    assert "gissar" not in result.output
    user = session.scalars(select(User).where(User.email == "anna@example.se")).one()
    assert user.password_hash is not None
    assert not user.is_demo
    seat = session.scalars(select(Membership)).one()
    assert (seat.role, seat.party_code) == (Role.LOCAL_HANDLER, "SUN")


def test_a_link_lets_the_owner_choose(app: Flask, session: Database) -> None:
    result = run(app, "create-user", "sek@example.se", "Sek", "secretariat", "--side", "municipal", "--link")
    assert result.exit_code == 0, result.output
    link = re.search(r"^http://127\.0\.0\.1:8000(/set_password/\S+)$", result.output, re.MULTILINE)
    assert link is not None
    assert app.test_client().get(link[1]).status_code == 200
    assert session.scalars(select(User)).one().password_hash is None


@pytest.mark.parametrize(
    ("args", "typed", "said"),
    [
        (("inte en adress", "A", "auditor"), None, "not an e-mail address"),
        (("a@example.se", "A", "local_handler"), None, "--party"),
        (("a@example.se", "A", "local_handler", "--party", "XYZ"), None, "RS, SAL, SIG"),
        (("a@example.se", "A", "body_chair", "--body", "VIS"), None, "--side region or --side municipal"),
        (("a@example.se", "A", "body_chair", "--body", "SEK", "--side", "region"), None, "VIS (SEK is none)"),
        (("a@example.se", "A", "auditor", "--party", "SUN"), None, "leave --party out"),
        (("a@example.se", " ", "auditor", "--link"), None, "from 1 to 200 characters"),
        (("a@example.se", "A" * 201, "auditor", "--link"), None, "from 1 to 200 characters"),
        (("a@example.se", "A", "secretariat"), None, "--side"),
        (("a@example.se", "A", "body_chair"), None, "--body"),
        (("a@example.se", "A", "auditor"), "kort\nkort\n", "The password is too short: at least 15 characters."),
    ],
)
def test_an_account_that_cannot_be_is_refused_and_nothing_is_left(
    args: tuple[str, ...], typed: str | None, said: str, app: Flask, session: Database
) -> None:
    result = run(app, "create-user", *args, typed=typed)
    assert result.exit_code == 1, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    session.rollback()
    assert session.scalar(select(func.count(User.id))) == 0


@pytest.mark.one_database
def test_an_unknown_role_is_refused_and_no_password_is_an_argument(app: Flask) -> None:
    assert run(app, "create-user", "a@example.se", "A", "king").exit_code == 2
    assert "--password" not in run(app, "create-user", "--help").output


# --- The clock's verbs


def test_a_dry_sweep_shows_the_nudges_it_would_send_and_writes_nothing(app: Flask, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    before = all_rows()
    session.rollback()
    result = run(app, "sweep", "--at", "2026-09-23T06:00", "--dry-run")
    assert result.exit_code == 0
    assert f"{story.case.number} N3 D5 2026-09-23 -> user " in result.output
    session.rollback()
    assert all_rows() == before
    session.rollback()
    assert run(app, "sweep", "--at", "2026-09-23T06:00").exit_code == 0
    session.rollback()
    assert session.scalar(select(func.count(Nudge.id)).where(Nudge.kind == "N3"))


def test_a_second_sweep_sends_no_nudge_twice(app: Flask, session: Database) -> None:
    StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    run(app, "sweep", "--at", "2026-09-23T06:00")
    again = run(app, "sweep", "--at", "2026-09-23T06:05")
    assert "nudges=0" in again.output


@pytest.mark.one_database
def test_sweep_and_deliver_refuse_what_is_no_time(app: Flask) -> None:
    for name in ("sweep", "deliver"):
        result = run(app, name, "--at", "i går")
        assert result.exit_code == 2
        assert "not an ISO time" in result.output
        for year in ("0001", "9999"):
            result = run(app, name, "--at", f"{year}-01-01")
            assert result.exit_code == 2
            assert f"not between 2020 and 2040: {year}-01-01" in result.output


@pytest.mark.one_database
def test_deliver_writes_the_letters_of_a_demo_as_files(app: Flask, session: Database, settings: Settings) -> None:
    StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    result = run(app, "deliver", "--at", "2026-09-03T10:00:00+02:00")
    assert result.exit_code == 0
    assert "sent=" in result.output
    assert list(settings.mail_dir.iterdir())


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("email", "instead"),
    [
        ("anna@ekerö.se", "write it anna@xn--eker-8qa.se"),
        ("åsa@example.se", "give another address"),
        ("anna@ö..se", "give another address"),
    ],
)
def test_an_account_needs_an_address_to_which_a_letter_can_be_written(
    app: Flask, session: Database, email: str, instead: str
) -> None:
    result = run(app, "create-user", email, "Anna", "local_handler", "--party", "SUN", "--link")
    assert result.exit_code == 1
    assert f"no letter can be written to {email}: " in result.output
    assert instead in result.output
    assert session.scalar(select(func.count(User.id))) == 0


# --- The check


def test_verify_finds_nothing_wrong_and_says_so(app: Flask, session: Database) -> None:
    StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    result = run(app, "verify")
    assert (result.exit_code, result.output.strip()) == (0, "The trail and the cases are whole.")


@pytest.mark.one_database
def test_others_may_write_while_verify_and_a_dry_sweep_read(app: Flask, session: Database) -> None:
    StoryFactory(at_phase=Phase.DIALOGUE)
    session.commit()
    for command in (("verify",), ("sweep", "--dry-run"), ("sweep", "--dry-run", "--at", "2026-09-23T06:00")):
        with selects_under_lock() as shut:
            assert run(app, *command).exit_code == 0
        assert shut == []


def test_verify_names_a_case_row_that_was_changed(app: Flask, session: Database) -> None:
    story = StoryFactory(at_phase=Phase.DIALOGUE)
    session.execute(update(Ball).where(Ball.act == "force").values(due_on=dt.date(2030, 1, 1)))
    session.execute(update(Case).values(step=2))
    session.commit()
    result = run(app, "verify")
    assert result.exit_code == 1
    assert f"{story.case.number}: step is 2" in result.output
    assert "1 findings" in result.output


def test_verify_names_the_place_in_the_trail(app: Flask, session: Database) -> None:
    StoryFactory()
    session.execute(update(TrailState).values(size=TrailState.size + 1))
    session.commit()
    result = run(app, "verify")
    assert result.exit_code == 1
    assert "trail_state, size: it says 3 events, but the trail ends at 2" in result.output
