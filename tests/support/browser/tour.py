"""A round through every type of page, each as somebody sees it who may.

The cases are the demo's, and stories that stand in the phases the demo has not reached. Some forms come twice:
as they open, and as they come back when nothing was filled in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from escalation.rules.situation import HearingKind, Outcome, Phase, ProposalKind
from tests.support.browser import filing
from tests.support.browser.people import Calendar, Person
from tests.support.facts import REJECT, STATEMENT
from tests.support.stories import StoryFactory

DEMO_DAY = dt.date(2026, 11, 23)

PARTY = "Sigtuna kommun, beslutsfattare"
INITIATOR = "Sundbybergs stad, beslutsfattare"
REGION = "Region Stockholm, beslutsfattare"
OFFICE = "Chef för sekretariatet, kommunerna"
STEERING = "Ordförande i styrgruppen"
VIS = "Ordförande i VIS"
VIS_MEMBER = "Ledamot i VIS"
AUDITOR = "Revisor"

PAGES: tuple[tuple[str | None, str], ...] = (
    # who, where; as they stand on the demo's day
    (None, "/sign_in"),
    (None, "/interpretations"),
    (None, "/interpretations?q=ordet+finns+inte"),
    (None, "/interpretations/VIS-T-2025-2"),
    (None, "/interpretations/VIS-T-2023-1"),
    (None, "/accessibility"),
    (None, "/privacy"),
    (None, "/nowhere"),
    (PARTY, "/"),
    (PARTY, "/cases"),
    (PARTY, "/cases/ESK-2026-0033"),
    (PARTY, "/cases/ESK-2026-0020"),
    (PARTY, "/cases/file"),
    (PARTY, "/act_as"),
    (PARTY, "/sessions"),
    (PARTY, "/cases/ESK-2026-0033/lift"),
    (PARTY, "/cases/ESK-2026-0033/notes"),
    (PARTY, "/cases/ESK-2026-0033/add_register_number"),
    (REGION, "/"),
    (REGION, "/cases/ESK-2026-0033"),
    (REGION, "/cases/ESK-2026-0040"),
    (REGION, "/cases/ESK-2026-0031"),
    (REGION, "/cases/ESK-2025-0004"),
    (OFFICE, "/"),
    (OFFICE, "/cases"),
    (OFFICE, "/cases/ESK-2026-0033"),
    (OFFICE, "/cases/ESK-2026-0041"),
    (STEERING, "/cases/ESK-2026-0040/hear/call_up"),
    (OFFICE, "/health"),
    (STEERING, "/"),
    (STEERING, "/cases"),
    (STEERING, "/cases/ESK-2026-0033"),
    (STEERING, "/cases/ESK-2026-0020"),
    (VIS_MEMBER, "/"),
    (VIS_MEMBER, "/cases/ESK-2026-0020"),
    (VIS_MEMBER, "/cases/ESK-2026-0020/summary"),
    (VIS_MEMBER, "/cases/ESK-2026-0020/statement"),
    (VIS_MEMBER, "/cases/ESK-2026-0020/positions"),
    (AUDITOR, "/"),
)

SENT_EMPTY = (
    "/sign_in",
    "/cases/file",
    "/cases/ESK-2026-0033/notes",
    "/cases/ESK-2026-0033/add_register_number",
    "decide",
    "accept_file",
)
"""Forms that are seen with their sentences too; together they hold every kind of field."""


@dataclass
class Standing:
    """A case in a phase, the day on which it got there, and the seats who look at it then."""

    number: str
    day: dt.date
    seats: tuple[str, ...]


def stand() -> list[Standing]:
    """File and carry the stories; needs an application context, does not commit. In order of their days."""
    stories = [
        (StoryFactory(at_phase=phase, at_step=step, outcome=outcome, task=task), seats)
        for step, phase, outcome, task, seats in (
            (1, Phase.SERVED, None, None, (REGION,)),
            (1, Phase.DIALOGUE, None, None, (REGION, INITIATOR)),
            (1, Phase.IMPASSE, None, None, (INITIATOR, OFFICE)),
            (2, Phase.RECEIVED, None, None, (OFFICE,)),
            (2, Phase.PREPARATION, None, None, (OFFICE,)),
            (2, Phase.SCHEDULED, None, None, (INITIATOR,)),
            (2, Phase.MINUTED, Outcome.RECOMMEND, None, (STEERING,)),
            (2, Phase.RECOMMENDATION_OUT, None, None, (REGION,)),
            (3, Phase.MINUTED, Outcome.NO_CONCURRENCE, None, (VIS,)),
            (3, Phase.MINUTED, Outcome.INTERPRET, None, (VIS,)),
            (3, Phase.CLOSED, Outcome.INTERPRET, None, (INITIATOR, OFFICE)),
            (3, Phase.IMPLEMENTATION, None, ("Bemanna vägen in.", "RS", dt.date(2027, 9, 1)), (REGION,)),
        )
    ]
    offered = StoryFactory(at_phase=Phase.IMPASSE, filed_on=dt.date(2026, 9, 22))
    offered.offer(ProposalKind.STATEMENT, STATEMENT, by="SUN.approver")
    rejected = StoryFactory(filed_on=dt.date(2026, 11, 19))
    rejected.offer(ProposalKind.REJECT, REJECT, by="SEK.region")
    late = StoryFactory(at_phase=Phase.DIALOGUE)
    late.day = late.due("D7c") + dt.timedelta(days=3)
    meeting = StoryFactory(at_phase=Phase.SCHEDULED, at_step=2)
    treatment = meeting.file.treatment
    assert treatment is not None
    meeting.day = treatment.meeting.held_on
    heard = StoryFactory(at_phase=Phase.DIALOGUE, filed_on=dt.date(2026, 11, 16))
    heard.hear(HearingKind.SUPERSEDE, by="SEK.region", on=DEMO_DAY)
    lead, member = (
        StoryFactory(at_phase=Phase.SERVED, initiator=i, filed_on=dt.date(2026, 11, 9)) for i in ("NAC", "VAR")
    )
    lead.hear(HearingKind.JOIN, by="SEK.region", members=[member.case.number])
    lead.act("join", by="SEK.region", on=DEMO_DAY)
    member.day = lead.day
    stories += [(heard, (REGION, OFFICE)), (lead, (OFFICE, REGION)), (member, (OFFICE, REGION))]
    stories += [(offered, (REGION,)), (rejected, (OFFICE,)), (late, (OFFICE, INITIATOR)), (meeting, (OFFICE,))]
    case = [Standing(story.case.number, max(story.day, DEMO_DAY), seats) for story, seats in stories]
    return sorted(case, key=lambda standing: standing.day)


def sent_empty(page: Page) -> Page:
    """Send the page's form as it opened; it comes back and says what is missing."""
    page.locator("form.form button[type=submit]").last.click()
    expect(page.locator(".errors")).to_be_visible()
    page.wait_for_load_state()
    return page


def walk(
    person: Callable[..., Person], calendar: Calendar, standing: list[Standing], **options: object
) -> Iterator[tuple[str, Page]]:
    """Every page type by a name, open in a window. ``options`` are the window's."""
    people = {seat: person(seat or "", **options) for seat in {who for who, _ in PAGES} | {INITIATOR, VIS}}
    for who, address in PAGES:
        page = people[who].opens(address) if address != "/sign_in" else people[who].goes(address)
        yield f"{address} as {who or 'the public'}", page
        if address in SENT_EMPTY:
            yield f"{address} sent empty", sent_empty(page)
    yield from filing.pages(people[PARTY])
    seen: set[str] = set()
    for case in standing:
        calendar.turn_to(case.day.isoformat())
        for seat in case.seats:
            page = people[seat].opens(f"/cases/{case.number}")
            yield f"case {case.number} on {case.day} as {seat}", page
            acts = page.locator(".do a").evaluate_all("links => links.map(link => new URL(link.href).pathname)")
            for address in acts:
                kind = "/".join(part for part in address.split("/")[3:] if not part.isdigit())
                if kind in seen:
                    continue
                seen.add(kind)
                page = people[seat].opens(address)
                yield f"{kind} as {seat}", page
                if kind in SENT_EMPTY:
                    yield f"{kind} sent empty", sent_empty(page)
    page = people[OFFICE].opens("/interpretations")
    yield "the register with one to publish", page
    page.locator(".rows a").first.click()
    page.wait_for_url("**/publish")
    yield "publish", page
    yield "preview", people[OFFICE].opens(page.url.removesuffix("/publish"))
