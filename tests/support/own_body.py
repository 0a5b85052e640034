"""An agreement with a ladder and a political body of its own: its three files of data, a site with it, and a case."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

from flask import Flask

from escalation import clock
from escalation.rules.situation import Phase
from tests.support.app import ROOT
from tests.support.data_folder import SHIPPED
from tests.support.days import instant
from tests.support.stories import Story, StoryFactory

OWN_BODY = """
[[body]]
code = "BUN"
short_name = "BUN"
kind = "political"
task = "Avgör och tolkar överenskommelsen om barn i behov av stöd."
names = [{ name = "Barn- och ungdomsnämnden i samverkan", is_alias = false }]
blocks = [
    { side = "region", composition = "Förtroendevalda i regionen.", appointed_by = "Regionen" },
    { side = "municipal", composition = "Förtroendevalda i kommunerna.", appointed_by = "Kommunerna" },
]
"""

OWN_AGREEMENT = """
[[agreement]]
code = "BARN"
short_title = "Barnavtalet"
title = "Överenskommelse om barn i behov av stöd"
kind = "subject"
note = "Ett exempel."
is_verified = true
ladder = "barn"
ladder_known = true
parties = "all"
are_parties_verified = true

[agreement.text]
label = "2026"
source = "Överenskommelse om barn i behov av stöd, 2026."
stated_in_force_on = 2026-01-01
last_adopted_on = 2026-01-15

[[agreement.text.provision]]
code = "2 st 1"
section = "2 Ansvar"
heading = "Samordning"
summary = "Varje part utser en samordnare"
text = "Varje part utser en samordnare för barn i behov av stöd."
duty_bearer = "each_party"
"""


def with_a_body_of_its_own(folder: Path) -> list[str]:
    """Add an agreement with its own ladder, whose last step is a body of its own. Returns the files that it takes."""
    ladder_file = (folder / "ladders/hok.toml").read_text("utf-8")
    for before, after in (
        ('key = "hok"', 'key = "barn"'),
        ('name = "Eskaleringstrappan enligt HÖK 7.1"', 'name = "Barnavtalets trappa"'),
        ('body = "VIS"\nname = "VIS"', 'body = "BUN"\nname = "BUN"'),
        ('interprets = ["HOK"]', 'interprets = ["BARN"]'),
    ):
        assert before in ladder_file
        ladder_file = ladder_file.replace(before, after)
    (folder / "ladders/barn.toml").write_text(ladder_file, "utf-8")
    for name, row in (("texts/bodies.toml", OWN_BODY), ("texts/agreements.toml", OWN_AGREEMENT)):
        (folder / name).write_text((folder / name).read_text("utf-8") + row, "utf-8")
    files = [path.relative_to(folder) for path in sorted(folder.rglob("*.toml"))]
    shipped = {file: (SHIPPED / file).read_bytes() for file in files if (SHIPPED / file).exists()}
    return [str(file) for file in files if shipped.get(file) != (folder / file).read_bytes()]


PASSWORD = "en mening som ingen annan gissar"
SEATS = {
    "BUN.chair": ("body_chair", "--body", "BUN", "--side", "region"),
    "BUN.deputy": ("body_deputy", "--body", "BUN", "--side", "municipal"),
    "BUN.member": ("body_member", "--body", "BUN", "--side", "municipal"),
    "SEK.region": ("secretariat", "--side", "region"),
    "SEK.municipal": ("secretariat_head", "--side", "municipal"),
}
FILED_ON = dt.date(2026, 8, 28)
MEETINGS = {"TSG": (dt.date(2026, 12, 11), dt.date(2027, 1, 22)), "BUN": (dt.date(2027, 2, 18), dt.date(2027, 4, 15))}
ANSWER = "Ja. Varje part utser en samordnare."


def email(seat: str) -> str:
    return f"{seat.lower().replace('.', '-')}@example.se"


def run(app: Flask, *args: str) -> str:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=args)
    assert result.exit_code == 0, result.output
    return result.output


def open_site(app: Flask) -> None:
    """What those who run a site do: the schema, the reference data, accounts and meetings."""
    run(app, "db", "upgrade", "--directory", str(ROOT / "migrations"))
    run(app, "setup")
    for seat, words in SEATS.items():
        run(app, "create-user", email(seat), seat, *words, "--link")
    for body, days in MEETINGS.items():
        for day in days:
            run(app, "meetings", "add", body, day.isoformat())


def link_of(app: Flask, seat: str) -> str:
    """A link with which the person chooses a password; it can be used for three days."""
    [link] = re.findall(r"/set_password/\S+", run(app, "users", "link", email(seat)))
    return str(link)


def stand_on(app: Flask, day: dt.date) -> None:
    """Let the application's clock stand at ten on that day."""
    clock.register(app, lambda: instant(day))


def on_the_meeting_of_its_body() -> Story:
    """A case about the agreement on the day of its last step's meeting."""
    story: Story = StoryFactory(
        agreement="BARN", provisions=["2 st 1"], filed_on=FILED_ON, at_step=3, at_phase=Phase.SCHEDULED
    )
    treatment = story.file.treatment
    assert treatment is not None
    story.day = treatment.held_at.held_on
    return story
