"""One law says who sees which case: what is answered for one case is what a list is asked with (domain/02 § 2.4).

``sight_of`` answers for one case in Python, ``visible`` and ``seen_whole`` for many in SQL. Both are asked here for
every membership and every case: for cases in every phase (``tests/support/sample_cases.py``), and for those of the
demo.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import ColumnElement, select

from escalation.accounts import actions as accounts
from escalation.accounts.models import CLOCK, PUBLIC, Membership, Viewer
from escalation.accounts.queries import viewer_for
from escalation.cases import guests
from escalation.cases.models.case import Case
from escalation.cases.seats import referrals_to
from escalation.cases.sight import Sight, rests, seen_whole, sight_of, visible
from escalation.cases.waits import is_asked_for_opinion
from escalation.db import session
from escalation.rules.situation import HearingKind, Phase
from tests.support.app import application, close, settings_for
from tests.support.databases import Databases
from tests.support.days import instant
from tests.support.people import ViewerFactory, person
from tests.support.sample_cases import TODAY
from tests.support.stage import Stage
from tests.support.stories import Story, StoryFactory


@pytest.fixture(params=["stage", "demo_template"])
def cases(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Case]]:
    """The cases of the stage and a few more, or those of the demo."""
    world: Stage | str = request.getfixturevalue(request.param)
    origin = world.database_url if isinstance(world, Stage) else world
    app = application(settings_for(databases.make("sight", origin), tmp_path_factory.mktemp("sight")))
    with app.app_context():
        if isinstance(world, Stage):
            _add_rare_cases()
        yield list(session.scalars(select(Case).order_by(Case.id)))
    close(app)
    databases.drop("sight")


def _add_rare_cases() -> None:
    """Add cases that the stage lacks: read by health centres, called up, joined, with an opinion asked of a party."""
    staying: Viewer = person("RS.centre")
    leaving: Viewer = ViewerFactory(seat="RS.centre", email="another-centre@example.se")
    centres = [staying, leaving]
    person("SUN.centre")  # it has been let into nothing
    shown_out, called_up = _read_by(centres), _read_by(centres)
    guests.show_out(shown_out.case, shown_out.case.guests[0], by=person("RS.handler"), at=instant(shown_out.day))
    called_up.hear(HearingKind.CALL_UP, by="TSG.chair")
    lead, member = StoryFactory(at_phase=Phase.SERVED), _read_by(centres, initiator="NAC")
    lead.hear(HearingKind.JOIN, by="SEK.region", members=[member.case.number])
    for story in (lead, member):
        for party in (story.initiator, "RS"):
            story.comment(story.case.hearings[0], by=f"{party}.approver", on=lead.day)
    lead.act("join", by="SEK.region")
    _read_by(centres).declare_impasse().agree_on_statement().lift()
    StoryFactory(at_phase=Phase.PREPARATION, at_step=2).act("refer", by="SEK.region", referral_to="RS")
    for viewer in (leaving, person("KSON.reader")):
        accounts.end_seat(session.get_one(Membership, viewer.membership_id), by="system:cli", at=instant(TODAY))


def _read_by(centres: list[Viewer], **facts: Any) -> Story:
    """A case in dialogue into which the region has let these health centres."""
    story: Story = StoryFactory(at_phase=Phase.DIALOGUE, **facts)
    for centre in centres:
        assert centre.membership_id is not None
        guests.let_in(story.case, by=person("RS.handler"), at=instant(story.day), centre=centre.membership_id)
    return story


def everybody() -> list[Viewer]:
    """Every membership that is or was held, and those who look without one."""
    memberships = session.scalars(select(Membership).order_by(Membership.id))
    return [PUBLIC, CLOCK, *(viewer_for(membership) for membership in memberships)]


def chosen(condition: ColumnElement[bool]) -> set[str]:
    """The numbers of the cases for which the condition holds."""
    return set(session.scalars(select(Case.number).where(condition)))


def differences(one_by_one: set[str], as_a_list: set[str]) -> dict[str, str]:
    """By case, which of the two answers says yes while the other says no."""
    only_one = dict.fromkeys(one_by_one - as_a_list, "only the question about one case says yes")
    return only_one | dict.fromkeys(as_a_list - one_by_one, "only the question about many cases says yes")


def test_everybody_sees_of_each_case_what_a_list_of_all_cases_shows_them(cases: list[Case]) -> None:
    seen: Counter[Sight | None] = Counter()
    for viewer in everybody():
        for day in (None, TODAY):
            sight = {case.number: sight_of(case, viewer, day) for case in cases}
            seen.update(sight.values())
            known = {number for number, how in sight.items() if how is not None}
            assert differences(known, chosen(visible(viewer))) == {}, (viewer, day, "visible")
            whole = {number for number, how in sight.items() if how is Sight.FULL}
            assert differences(whole, chosen(seen_whole(viewer, day))) == {}, (viewer, day, "seen whole")
    assert set(seen) == {*Sight, None}, "each answer of the law has been given"


def test_an_opinion_is_asked_of_those_whom_a_list_of_all_cases_says_it_is_asked_of(cases: list[Case]) -> None:
    """A list leaves out the cases that rest: while they do, the opinion is not waited for."""
    resting = chosen(rests())
    asked = False
    for viewer in everybody():
        mine = {case.number for case in cases if referrals_to(case, viewer)} - resting
        assert differences(mine, chosen(is_asked_for_opinion(viewer))) == {}, viewer
        asked = asked or bool(mine)
    assert asked, "somebody is asked for an opinion"
