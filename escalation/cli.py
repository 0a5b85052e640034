"""The command line: set-up and demo, the rules as tables, the clock's verbs, and the checks.

The names are used from outside; keep them stable.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from copy import copy
from functools import partial
from typing import Any

import click
from flask import Flask, current_app
from sqlalchemy.exc import DBAPIError, OperationalError

from config import VERSION, Settings
from escalation import clock, demo, invented, jobs
from escalation.accounts import queries as account_queries
from escalation.accounts.models import Viewer
from escalation.agreements.actions import setup_agreements
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.waits import without_ball
from escalation.cli_users import create_user, users
from escalation.db import other_schema, reading, session
from escalation.documents import queries as documents
from escalation.meetings import actions as meeting_acts
from escalation.meetings import queries as meeting_queries
from escalation.meetings.actions import MeetingRefused
from escalation.meetings.models import Meeting
from escalation.nudges import queries as nudge_queries
from escalation.parties import queries as parties
from escalation.parties.actions import setup_parties
from escalation.proof.explore import explore_all
from escalation.proof.laws import NEVER_TAKEN, PROPERTIES
from escalation.rules import ladder as ladders
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of
from escalation.rules.ladder import load
from escalation.rules.main_agreement import main_agreement
from escalation.rules.moves.table import rows
from escalation.rules.privacy import IdentityNumberFound
from escalation.trail import queries as trail
from escalation.watch import delivery
from escalation.watch import sweep as watch_sweep

_ISO_DAY = click.DateTime(formats=["%Y-%m-%d"])
_OPERATOR = Viewer(system="cli")


def register(app: Flask) -> None:
    """Give the app its commands. Those that use the database refuse one that is at another step of the schema."""
    for command in (show_version, count_workdays, list_moves, explore_machine):
        app.cli.add_command(command)
    for command in (
        setup, play_demo, remove_invented, sweep, deliver, letters, run_clock, verify, meetings, list_parties,
        create_user, users,
    ):  # fmt: skip
        app.cli.add_command(_on_our_schema(command))


def _on_our_schema(command: click.Command) -> click.Command:
    act = command.callback

    def checked(*args: object, **values: object) -> object:
        try:
            problem = other_schema()
        except DBAPIError:
            problem = None  # it does not answer: the clock waits for it, any other command reports it
        if problem:
            raise click.ClickException(problem)
        return act(*args, **values) if act else None

    ours = copy(command)
    ours.callback = checked
    ours.invoke = partial(_in_one_sentence, ours.invoke)  # type: ignore[method-assign]
    return ours


def _in_one_sentence(invoke: Callable[[click.Context], Any], context: click.Context) -> Any:
    """Run a command; report a database that does not answer, or a day beyond the calendar, in one sentence."""
    try:
        return invoke(context)
    except OperationalError as problem:
        said = str(problem.orig).strip().partition("\n")[0]
        raise click.ClickException(
            f"The database does not answer ({said}). Check DATABASE_URL and that the database is running."
        ) from problem
    except workdays.CalendarYearMissing as problem:
        raise click.ClickException(str(problem)) from problem


def setup_everything() -> None:
    """Write all reference data of a real site; running it again changes nothing. Does not commit."""
    setup_parties()
    setup_agreements()


@click.command("version")
def show_version() -> None:
    """Print the version of this code."""
    click.echo(VERSION)


@click.command("setup")
def setup() -> None:
    """Write the reference data: parties, bodies, agreements and the text of HÖK. Nothing invented."""
    setup_everything()
    session.commit()
    click.echo("Reference data is in place.")
    if not _is_demo() and invented.found().can_go:
        click.echo(
            "This database holds invented interpretations, meetings or example agreements, which an earlier release "
            "wrote: take them away with flask remove-invented."
        )


@click.command("demo")
def play_demo() -> None:
    """Mark the database as a demo and play the invented cases in order of time."""
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.is_demo:
        raise click.ClickException("TRAPPAN_MODE is not demo; invented cases never go into production.")
    if account_queries.real_account_exists():
        raise click.ClickException("This database has a real account; invented cases never go beside real ones.")
    if clock.marks().is_demo:
        click.echo("The demo is in place.")
        return
    setup_everything()
    try:
        played = demo.play(wall_day=clock.wall().date())
    except demo.CasesExist as refused:
        raise click.ClickException("This database holds cases; invented ones never go beside them.") from refused
    session.commit()
    click.echo(f"The demo is in place: {played} cases, and today is {demo.DEMO_DAY}.")


@click.command("remove-invented")
@click.option("--yes", is_flag=True, help="Remove what is listed without asking.")
def remove_invented(yes: bool) -> None:
    """Take away the invented interpretations, meetings and example agreements that earlier releases wrote."""
    if _is_demo():
        raise click.ClickException("This is a demo: what is invented belongs here.")
    held = invented.found()
    for i in held.interpretations:
        click.echo(f"interpretation {i.number}: {i.question}")
    for m in held.meetings:
        click.echo(f"meeting {m.body} {m.held_on}")
    for a in held.agreements:
        click.echo(f"agreement {a.code}: {a.title}")
    for kept in held.kept:
        click.echo(f"stays, since something real stands on it, to be checked by you: {kept}")
    if not held.can_go:
        click.echo("There is nothing to remove.")
        return
    if not yes:
        session.rollback()  # others can write while a person thinks
        click.confirm("Remove these?", abort=True)
    invented.remove(invented.found(), by="system:cli", at=clock.now())
    session.commit()
    click.echo("Removed. A case that cites one of the interpretations keeps its words, with a mark.")


def _is_demo() -> bool:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.is_demo or clock.marks().is_demo


@click.command("parties")
def list_parties() -> None:
    """Print the codes that users and seats are given by: parties with their units, and bodies."""
    for party in parties.all_parties():
        click.echo(f"{party.code} {party.name}")
        for unit in parties.units(party.code):
            click.echo(f"  --unit {unit.code} {unit.name}")
    for body in parties.bodies():
        click.echo(f"{body.code} {body.short_name} (body)")


@click.command("workdays")
@click.argument("date", type=_ISO_DAY)
@click.argument("n", type=click.IntRange(0, 5000))
@click.option("--quiet", is_flag=True, help="Also leave out the quiet period of July.")
def count_workdays(date: dt.datetime, n: int, quiet: bool) -> None:
    """Count N working days from DATE: each day that did not count and why, then the resulting date alone."""
    calendar = calendar_of(main_agreement().ladder) if quiet else workdays.load_calendar()
    try:
        counting = workdays.count(date.date(), n, calendar)
    except workdays.CalendarYearMissing as problem:
        raise click.ClickException(str(problem)) from problem
    for day, reason in counting.skipped:
        click.echo(f"{day} {reason}")
    click.echo(counting.due)


@click.command("moves")
def list_moves() -> None:
    """Print MOVES: a row per move, the T-number first."""
    for row in rows():
        click.echo(" | ".join(row))


@click.command("explore")
@click.argument("ladder", nargs=-1)
def explore_machine(ladder: tuple[str, ...]) -> None:
    """Walk every situation on every ladder, or on those named, and print whether the properties hold."""
    if unknown := sorted(set(ladder) - set(ladders.shipped())):
        there_are = ", ".join(map(repr, ladders.shipped()))
        raise click.BadParameter(f"no such ladder: {', '.join(unknown)}. There are {there_are}.")
    explored, findings = explore_all(among=[load(key) for key in ladder] or None)
    laws = [law for law in PROPERTIES if not ladder or law != NEVER_TAKEN]
    findings = [found for found in findings if any(law in found for law in laws)]
    for found in explored:
        click.echo(f"{found.ladder}: {found.states} states explored, {len(found.taken)} kinds of arc taken")
    for law in laws:
        broken = [f for f in findings if law in f]
        click.echo(f"{'BROKEN' if broken else 'holds '} {law}")
    for finding in findings:
        click.echo(f"- {finding}")
    sys.exit(1 if findings else 0)


def _instant(text: str | None) -> dt.datetime:
    """``--at``, in demo time and Stockholm's zone where it names none; without it, now."""
    if text is None:
        return clock.now()
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError as problem:
        raise click.BadParameter(f"not an ISO time: {text}") from problem
    calendar = workdays.load_calendar()
    if not calendar.first_year <= at.year <= calendar.last_year:
        raise click.BadParameter(f"not between {calendar.first_year} and {calendar.last_year}: {text}")
    return (at if at.tzinfo else at.replace(tzinfo=workdays.STOCKHOLM)).astimezone(dt.UTC)


@click.command("sweep")
@click.option("--at", help="ISO time; demo time in a demo.")
@click.option("--dry-run", is_flag=True, help="Show what would be nudged; write nothing.")
def sweep(at: str | None, dry_run: bool) -> None:
    """Write the nudges that have come due."""
    with reading() if dry_run else nullcontext():
        report = watch_sweep.sweep(_instant(at), dry_run=dry_run)
    for nudge in report.nudges:
        click.echo(f"{nudge.number} {nudge.kind} {nudge.subject} {nudge.due_on} -> user {nudge.recipient}")
    click.echo(" ".join(f"{name}={count}" for name, count in report.counts.items()))
    for number, problem in report.errors:
        click.echo(f"{number}: {problem}", err=True)
    sys.exit(1 if report.errors else 0)


@click.command("deliver")
@click.option("--at", help="ISO time; demo time in a demo.")
def deliver(at: str | None) -> None:
    """Send the mails that wait.

    The status is 1 where a person has to act: mend the mail server, or deal with a letter that was refused or
    may not have arrived. Letters that the server asked us to retry are sent by a later run; they leave the status 0.
    """
    instant = _instant(at)
    report = jobs.send_all(lambda: instant)
    if not report.is_open:
        click.echo("Letters leave between 07.00 and 17.00 on working days.")
        return
    click.echo(" ".join(f"{name}={count}" for name, count in report.counts.items()) or "nothing to send")
    if report.trouble:
        click.echo(f"The mail server cannot be used: {report.trouble}. The letters wait and are tried again.", err=True)
    for problem in report.errors:
        click.echo(problem, err=True)
    sys.exit(1 if report.needs_somebody else 0)


@click.group("mail")
def letters() -> None:
    """Letters that failed or may not have arrived: list them, send one again, or settle it."""


@letters.command("list")
def list_letters() -> None:
    """Print the letters that a person has to deal with: number, day, state, recipient, what the server said."""
    for mail, email in nudge_queries.in_trouble_with_address():
        click.echo(f"{mail.id} {mail.day} {mail.state} {email} {mail.last_error}")


@letters.command("resend")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
def resend_letter(number: int) -> None:
    """Send a letter again, with the next delivery. Its text is written anew then."""
    with _refused_letters():
        delivery.resend(number, by="system:cli", at=clock.now())
    session.commit()
    click.echo(f"Letter {number} goes with the next delivery.")


@letters.command("settle")
@click.argument("number", type=click.IntRange(1, 2**31 - 1))
@click.option("--reason", required=True, help="Why it need not be sent; the secretariat and the auditor read it.")
def settle_letter(number: int, reason: str) -> None:
    """Say that a letter need not be sent, and why."""
    if not 0 < len(reason := reason.strip()) <= 500:
        raise click.BadParameter("from 1 to 500 characters", param_hint="--reason")
    with _refused_letters():
        delivery.settle(number, reason=reason, by="system:cli", at=clock.now())
    session.commit()
    click.echo(f"Letter {number} is settled.")


@contextmanager
def _refused_letters() -> Iterator[None]:
    try:
        yield
    except delivery.LetterDealtWith as refused:
        raise click.ClickException("That letter is in no trouble: flask mail list names those that are.") from refused
    except delivery.NothingLeftToTell as refused:
        raise click.ClickException("Nothing is left to tell in that letter: settle it instead.") from refused
    except IdentityNumberFound as refused:
        raise click.ClickException("The reason holds an identity number.") from refused


@click.command("clock")
def run_clock() -> None:
    """Run the clock: sweep, deliver and the integrity check, until ended."""
    jobs.run_clock(current_app._get_current_object())  # type: ignore[attr-defined]


@click.command("verify")
def verify() -> None:
    """Check the whole trail, that every case is what its events say, and that every attached file is there."""
    settings: Settings = current_app.config["SETTINGS"]
    with reading():  # it may take minutes, and others can write meanwhile
        findings = [str(f) for f in trail.verify()]
        findings += rows_that_disagree()
        findings += [f"{number}: nobody holds the ball today" for number in without_ball(clock.today())]
        findings += documents.missing(settings.attachments_dir)
    for finding in findings:
        click.echo(finding)
    click.echo(f"{len(findings)} findings" if findings else "The trail and the cases are whole.")
    sys.exit(1 if findings else 0)


@click.group("meetings")
def meetings() -> None:
    """The bodies' calendars: list, add, move and cancel meetings."""


@meetings.command("list")
def list_meetings() -> None:
    """Print the meetings ahead, by body and day."""
    for meeting in meeting_queries.calendar(clock.today()):
        click.echo(f"{meeting.body} {meeting.held_on}{' cancelled' if meeting.cancelled_at else ''}")


@meetings.command("add")
@click.argument("body")
@click.argument("date", type=_ISO_DAY, metavar="DATE")
def add_meeting(body: str, date: dt.datetime) -> None:
    """Put a meeting of BODY (a code, such as TSG or VIS) on DATE (2028-01-20) into the calendar."""
    try:
        meeting_acts.add_meeting(body, date.date(), by=_OPERATOR, at=clock.now())
    except MeetingRefused as refused:
        raise click.ClickException(str(refused)) from refused
    session.commit()
    click.echo(f"{body} meets on {date.date()}.")


@meetings.command("move")
@click.argument("body")
@click.argument("date", type=_ISO_DAY, metavar="DATE")
@click.argument("to", type=_ISO_DAY, metavar="TO")
def move_meeting(body: str, date: dt.datetime, to: dt.datetime) -> None:
    """Move the meeting of BODY on DATE to the day TO. The cases on it follow, and their history says so."""
    try:
        meeting_acts.move_meeting(_meeting(body, date.date()), to.date(), by=_OPERATOR, at=clock.now())
    except MeetingRefused as refused:
        raise click.ClickException(str(refused)) from refused
    session.commit()
    click.echo(f"The meeting of {body} on {date.date()} is moved to {to.date()}.")


@meetings.command("cancel")
@click.argument("body")
@click.argument("date", type=_ISO_DAY, metavar="DATE")
def cancel_meeting(body: str, date: dt.datetime) -> None:
    """Cancel the meeting of BODY on DATE. The cases on it are taken off and aimed at the next one."""
    try:
        meeting_acts.cancel_meeting(_meeting(body, date.date()), by=_OPERATOR, at=clock.now())
    except MeetingRefused as refused:
        raise click.ClickException(str(refused)) from refused
    session.commit()
    click.echo(f"The meeting of {body} on {date.date()} is cancelled.")


def _meeting(body: str, held_on: dt.date) -> Meeting:
    found = meeting_queries.on_day(body, held_on)
    if found is None:
        raise click.ClickException(f"{body} has no meeting on {held_on}. `flask meetings list` names those ahead.")
    return found
