"""Write escalation/calendars/se.toml from the holidays library (a development dependency).

    python tools/make_calendar.py > escalation/calendars/se.toml

The file is what counts, never the library: an update of the library must not move a date in silence.
``tests/unit/rules/test_workdays.py`` compares the two. Give VERSION a new suffix whenever a day changes.
"""

from __future__ import annotations

import sys
from importlib.metadata import version

import holidays

FIRST_YEAR, LAST_YEAR = 2020, 2040
VERSION = f"se-{FIRST_YEAR}-{LAST_YEAR}.1"

HEAD = f"""\
# Days that are no working days in Sweden besides Saturdays and Sundays: the public holidays of
# lag (1989:253), and midsommarafton, julafton and nyårsafton, which lag (1930:173) 2 § puts beside them.
# Written by tools/make_calendar.py with holidays {version("holidays")}. A klämdag is a working day.
version = "{VERSION}"

[free]
"""


def swedish_name(name: str) -> str:
    """The name as it stands inside a Swedish sentence: lower case, but Kristi is a proper name."""
    return name if name.startswith("Kristi") else name.lower()


def main() -> None:
    """Print the file."""
    free = holidays.country_holidays(
        "SE",
        years=range(FIRST_YEAR, LAST_YEAR + 1),
        include_sundays=False,
        categories=("public", "de_facto"),
        language="sv",
    )
    days = (f'{day.isoformat()} = "{swedish_name(name)}"\n' for day, name in sorted(free.items()))
    sys.stdout.write(HEAD + "".join(days))


if __name__ == "__main__":
    main()
