"""The commands about people: accounts, links, seats. A person's password is typed here or chosen through a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import click
from flask import current_app

from config import Settings
from escalation import clock
from escalation.accounts import actions, queries
from escalation.accounts.actions import LINK_LASTS, Seat
from escalation.accounts.models import CHAIRS, Membership, Role, User
from escalation.accounts.passwords import LEAST, MOST, Flaw, PasswordRefused
from escalation.db import session
from escalation.parties.models import BlockSide

BY = "system:cli"
FLAWS = {
    Flaw.TOO_SHORT: f"The password is too short: at least {LEAST} characters.",
    Flaw.TOO_LONG: f"The password is too long: at most {MOST} characters.",
    Flaw.GUESSABLE: "The password is too easy to guess: common words, the person's name and words of Trappan do not "
    "count. Add more words of your own.",
}
LAST_OF_ITS_KIND = CHAIRS | {Role.LOCAL_APPROVER, Role.LOCAL_HANDLER, Role.SECRETARIAT, Role.SECRETARIAT_HEAD}
"""The seats that the ladder waits for."""


def place(command: Callable[..., None]) -> Callable[..., None]:
    """The options that say where a seat is."""
    for option in (
        click.option("--unit", help="Code of a unit of the party, for a person who sees that unit's drafts alone."),
        click.option(
            "--side", type=click.Choice([s.value for s in BlockSide]), help="For the secretariat and a body's seats."
        ),
        click.option("--body", help="Body code, for a body's roles and a consultation group (flask parties)."),
        click.option("--party", help="Party code, for a party's roles (flask parties lists them)."),
    ):
        command = option(command)
    return command


@click.command("create-user")
@click.argument("email")
@click.argument("name")
@click.argument("role", type=click.Choice([r.value for r in Role]))
@place
@click.option("--link", is_flag=True, help="Print a link with which the person chooses a password.")
def create_user(email: str, name: str, role: str, link: bool, **where: Any) -> None:
    """Create an account. The password is asked for, or chosen by its owner through a link; never an argument."""
    seat, at = _seat(role, **where), clock.now()
    if flaw := actions.seat_flaw(seat) or actions.email_flaw(email) or actions.name_flaw(name):
        raise click.ClickException(_sentence(flaw))
    password = None
    if not link:
        session.rollback()  # others can write while a person types
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    user = actions.create_user(email, name, [seat], by=BY, at=at)
    if password is None:
        shown = _link(user, at)
    else:
        try:
            actions.set_password(user, password, at=at)
        except PasswordRefused as refused:
            raise click.ClickException(FLAWS[refused.flaw]) from refused
        shown = [f"{user.email} may sign in as {role}."]
    session.commit()
    click.echo("\n".join(shown))


@click.group("users")
def users() -> None:
    """Look after accounts: list, new link, one more seat, end, reactivate."""


@users.command("list")
def list_users() -> None:
    """Print every account: address, name, whether it is open, its password, its last sign-in; its seats below it."""
    signed_in = queries.last_sign_ins()
    for user in queries.everybody():
        last = signed_in.get(user.id)
        click.echo(
            " | ".join(
                [
                    user.email,
                    user.name,
                    "open" if user.is_active else "ended",
                    "has a password" if user.password_hash else "no password",
                    f"last signed in {last.astimezone(clock.STOCKHOLM):%Y-%m-%d %H:%M}" if last else "never signed in",
                ]
            )
        )
        for held in user.memberships:
            ended = f" (ended {held.ended_at.astimezone(clock.STOCKHOLM):%Y-%m-%d})" if held.ended_at else ""
            click.echo(f"  seat {held.id}: {actions.word_of(held)}{ended}")


@users.command("link")
@click.argument("email")
def link_for(email: str) -> None:
    """Print a new link with which the person chooses a password. Earlier links stop working; the password does not."""
    try:
        shown = _link(_user(email), clock.now())
    except actions.AccountRefused as refused:
        raise click.ClickException(_sentence(refused)) from refused
    session.commit()
    click.echo("\n".join(shown))


@users.command("seat")
@click.argument("email")
@click.argument("role", type=click.Choice([r.value for r in Role]))
@place
def give_seat(email: str, role: str, **where: Any) -> None:
    """Give the person one more seat."""
    try:
        made = actions.give_seat(_user(email), _seat(role, **where), by=BY, at=clock.now())
    except actions.SeatRefused as refused:
        raise click.ClickException(_sentence(refused)) from refused
    session.commit()
    click.echo(f"{made.user.email} has seat {made.id}: {actions.word_of(made)}.")


@users.command("end")
@click.argument("email")
@click.option("--seat", type=int, help="End this seat alone, by its number in users list.")
def end(email: str, seat: int | None) -> None:
    """Close an account, or end one of its seats. Sessions end at once; what was done stays in the history."""
    user, at = _user(email), clock.now()
    try:
        if seat is None:
            left = [held for held in user.memberships if held.ended_at is None]
            actions.end_user(user, by=BY, at=at)
            said = (
                f"{user.email} is closed: signed out everywhere, links dead, seats without their person: {len(left)}."
            )
        else:
            left = [held for held in user.memberships if held.id == seat]
            if not left:
                raise actions.SeatRefused(f"{user.email} has no seat {seat}: flask users list shows the numbers.")
            actions.end_seat(left[0], by=BY, at=at)
            said = f"{user.email} no longer has seat {seat}: {actions.word_of(left[0])}."
    except (actions.AccountRefused, actions.SeatRefused) as refused:
        raise click.ClickException(_sentence(refused)) from refused
    empty = [held for held in left if _is_empty_now(held)]
    session.commit()
    click.echo(said)
    for held in empty:
        click.echo(f"Nobody is {actions.word_of(held)} now: give somebody that seat with flask users seat.")


@users.command("reactivate")
@click.argument("email")
def reactivate(email: str) -> None:
    """Open a closed account again, with the seats and the password that it had."""
    user = _user(email)
    try:
        actions.reactivate(user, by=BY, at=clock.now())
    except actions.AccountRefused as refused:
        raise click.ClickException(_sentence(refused)) from refused
    session.commit()
    click.echo(f"{user.email} is open again.")
    if user.password_hash is None:
        click.echo("It has no password: give its owner a link with flask users link.")


def _seat(role: str, *, party: str | None, body: str | None, side: str | None, unit: str | None) -> Seat:
    return Seat(role=Role(role), party=party, body=body, side=BlockSide(side) if side else None, unit=unit)


def _user(email: str) -> User:
    found = queries.user(email)
    if found is None:
        raise click.ClickException(f"There is no account for {email}: flask users list shows those there are.")
    return found


def _link(user: User, at: dt.datetime) -> list[str]:
    """Print the link's owner and how long it lives, then the link alone on its line."""
    settings: Settings = current_app.config["SETTINGS"]
    token = actions.make_link(user, by=BY, at=at)
    until = (at + LINK_LASTS).astimezone(clock.STOCKHOLM)
    return [
        f"Give this link to {user.email} and nobody else. The password is chosen there, once, before "
        f"{until:%Y-%m-%d %H:%M}. Links made earlier no longer work.",
        f"{settings.base_url.rstrip('/')}/set_password/{token}",
    ]


def _is_empty_now(ended: Membership) -> bool:
    """Whether this seat is one that the ladder waits for, and no one holds it now."""
    return ended.role in LAST_OF_ITS_KIND and not queries.holders_like(ended)


def _sentence(said: Exception | str) -> str:
    return f"{said}".removesuffix(".") + "."
