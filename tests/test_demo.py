"""The demo: its cases played through the verbs, and every date of domain/09 § 9.4 as the engine gives it."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from escalation import clock, demo
from escalation.accounts import actions as accounts
from escalation.accounts import queries as account_queries
from escalation.accounts.models import CLOCK, Role
from escalation.app import create_app
from escalation.casefile import case_file_of, situation, workdays_late
from escalation.cases import queries
from escalation.cases.integrity import rows_that_disagree
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case
from escalation.cases.models.course import Deadline
from escalation.cases.models.parties import PartyRole
from escalation.cases.seats import open_referrals
from escalation.cases.waits import open_balls, without_ball
from escalation.db import session as escalation_session
from escalation.links import queries as links
from escalation.nudges.models import Mail, MailState, Nudge, NudgeState
from escalation.rules import workdays
from escalation.rules.deadlines import calendar_of, dates_of, recount
from escalation.rules.situation import Phase, ProposalKind
from escalation.trail import queries as trail
from escalation.trail.models import TrailEvent
from tests.support.app import close, settings_for, watch
from tests.support.databases import Databases
from tests.support.days import instant

Database = scoped_session[Session]

pytestmark = pytest.mark.one_database  # its acts are the verbs', which are tried on both

TABLE: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "data" / "demo_dates.toml").read_text("utf-8")
)
C09, C12, C18, C20 = "ESK-2026-0033", "ESK-2026-0020", "ESK-2026-0040", "ESK-2026-0041"
C01, C03, C13, C15 = "ESK-2026-0031", "ESK-2025-0004", "ESK-2026-0036", "ESK-2026-0034"
C17, C21, C22, VARMDO = "ESK-2026-0035", "ESK-2026-0028", "ESK-2026-0027", "ESK-2026-0037"
C02, C05, C07, C14 = "ESK-2025-0019", "ESK-2026-0009", "ESK-2026-0006", "ESK-2026-0025"
C23 = "ESK-2026-0030"
C06, C06B, C06C, C10 = "ESK-2025-0014", "ESK-2025-0015", "ESK-2025-0016", "ESK-2026-0018"
C11_FIRST, C11, C16, C19 = "ESK-2026-0011", "ESK-2026-0013", "ESK-2026-0039", "ESK-2026-0038"
FIRST_FOUR = {C09, C12, C18, C20}
"""The cases whose every due date stands in domain/09 § 9.4."""
TODAY = demo.DEMO_DAY


@pytest.fixture
def database_url(demo_database_url: str) -> str:
    return demo_database_url


@pytest.fixture
def blank_demo(databases: Databases, template: str, tmp_path: Path) -> Iterator[Database]:
    """The session of a database into which no demo has been played."""
    app = create_app(settings_for(databases.make("unplayed", template), tmp_path), watch=watch)
    with app.app_context():
        yield escalation_session
    close(app)
    databases.drop("unplayed")


def swedish_day(instant: dt.datetime) -> dt.date:
    return instant.astimezone(workdays.STOCKHOLM).date()


def case(session: Database, number: str) -> Case:
    return session.scalars(select(Case).where(Case.number == number)).one()


# --- Dates


def test_every_due_date_is_that_of_the_table(session: Database) -> None:
    rows = session.execute(select(Case.number, Deadline).join(Case, Case.id == Deadline.case_id)).all()
    engine = {(number, swedish_day(d.set_at), d.key): d.due_on for number, d in rows if number in FIRST_FOUR}
    assert engine == {(r["case"], r["on"], r["key"]): r["due"] for r in TABLE["due"]}


def test_every_deadline_is_counted_from_the_act_of_the_table_and_d7c_from_the_end_of_the_local_step(
    session: Database,
) -> None:
    rows = session.execute(select(Case.number, Deadline).join(Case, Case.id == Deadline.case_id)).all()
    verbs = {(r["case"], r["on"], r["key"]): r["verb"] for r in TABLE["due"]}
    for number, deadline in rows:
        if number not in FIRST_FOUR:
            continue
        if deadline.key == "D7c":
            d7 = next(d for n, d in rows if n == number and d.key == "D7")
            assert (deadline.base_event, deadline.base_on) == ("D7", d7.due_on)
        else:
            on = swedish_day(deadline.set_at)
            assert (deadline.base_event, deadline.base_on) == (verbs[number, on, deadline.key], on)


def test_every_receipt_recounts_to_the_stored_date(session: Database) -> None:
    checked = 0
    for case in session.scalars(select(Case)):
        calendar = calendar_of(ladder_of(case))
        for deadline in queries.deadlines(case):
            assert recount(deadline.receipt, calendar) == deadline.due_on
            assert deadline.receipt["due_on"] == deadline.due_on.isoformat()
            by_hand = {"extend": "överenskommen förlängning", "remit": "bestämt vid återförvisningen"}
            ladder = f"{case.ladder_key} v{case.ladder['version']}"
            assert deadline.source == by_hand.get(deadline.base_event, ladder)
            checked += 1
    assert checked >= len(TABLE["due"])


@pytest.mark.parametrize("row", TABLE["opens"], ids=lambda r: f"{r['case']} {r['after']}")
def test_what_waits_for_a_deadline_opens_on_the_day_of_the_table(row: dict[str, Any], session: Database) -> None:
    found = case(session, row["case"])
    calendar = calendar_of(ladder_of(found))
    known = {d.key: d.due_on for d in queries.deadlines(found)}
    assert workdays.open_from(dates_of(known, calendar)(row["after"]), calendar) == row["opens"]
    if holder := row.get("ball"):
        now = queries.current_ball(queries.balls(found), row["opens"])
        before = queries.current_ball(queries.balls(found), row["opens"] - dt.timedelta(days=1))
        assert now is not None
        assert before is not None
        assert (now.holder, now.begins_on) == (holder, row["opens"])
        assert before.holder != holder


def test_the_rights_of_c09_and_c18_open_on_their_days_and_not_the_day_before(session: Database) -> None:
    for number, flag, opens in (
        (C09, "local_time_over", dt.date(2026, 10, 28)),
        (C09, "forced_decision_due", dt.date(2026, 11, 18)),
        (C09, "forced_decision_passed", dt.date(2026, 11, 25)),
        (C18, "receipt_long_overdue", dt.date(2026, 12, 10)),
        (C18, "local_time_over", dt.date(2027, 1, 21)),
    ):
        found = case(session, number)
        on, before = (situation(found, instant(opens - dt.timedelta(days=n))) for n in (0, 1))
        assert (getattr(before, flag), getattr(on, flag)) == (False, True), (number, flag)


def test_todays_ball_is_that_of_the_table(session: Database) -> None:
    held = {
        found.number: (ball.holder, ball.due_on)
        for found, ball in open_balls(TODAY)
    }  # fmt: skip
    assert held == {r["case"]: (r["holder"], r["due"]) for r in TABLE["ball"]}


def test_the_cases_stand_where_their_histories_leave_them(session: Database) -> None:
    stands = {c.number: (c.step, c.phase) for c in session.scalars(select(Case))}
    assert stands == {
        C02: (1, Phase.CLOSED),
        C03: (2, Phase.CLOSED),
        C05: (1, Phase.CLOSED),
        C06: (2, Phase.CLOSED),
        C06B: (1, Phase.CLOSED),
        C06C: (1, Phase.CLOSED),
        C07: (2, Phase.PREPARATION),
        C10: (1, Phase.DIALOGUE),
        C11_FIRST: (1, Phase.CLOSED),
        C11: (1, Phase.CLOSED),
        C14: (1, Phase.CLOSED),
        C16: (1, Phase.BYPASS_REVIEW),
        C19: (1, Phase.COMPLETION),
        C23: (2, Phase.PREPARATION),
        C12: (3, Phase.SCHEDULED),
        C22: (2, Phase.MINUTED),
        C21: (2, Phase.RECOMMENDATION_OUT),
        C01: (1, Phase.IMPLEMENTATION),
        C09: (1, Phase.DIALOGUE),
        C15: (2, Phase.RECEIVED),
        C17: (1, Phase.DIALOGUE),
        C13: (1, Phase.IMPASSE),
        VARMDO: (1, Phase.DIALOGUE),
        C18: (1, Phase.SERVED),
        C20: (1, Phase.INTAKE),
    }
    assert workdays_late(case_file_of(case(session, C09), CLOCK, instant(TODAY))) == 19
    assert {c.number: c.type.value for c in session.scalars(select(Case))}[C18] == "interpretation"


def test_c12s_position_is_in_on_its_day(session: Database) -> None:
    met = {d.key: d.met_on for d in queries.deadlines(case(session, C12)) if d.step == 1}
    assert (met["D4"], met["D5"]) == (dt.date(2026, 5, 13), dt.date(2026, 5, 29))


def test_c11_is_linked_to_the_filing_that_it_replaces_and_each_tells_of_the_other(session: Database) -> None:
    user = account_queries.user("dan-approver@demo.invalid")
    assert user is not None
    viewer = account_queries.viewer_for(user.memberships[0])
    ends = {n: [(e.word, e.number) for e in links.linked(case(session, n), viewer=viewer)] for n in (C11, C11_FIRST)}
    assert ends == {C11: [("predecessor", C11_FIRST)], C11_FIRST: [("successor", C11)]}


def test_c23s_opinion_was_asked_for_with_a_clock_of_its_own(session: Database) -> None:
    found = case(session, C23)
    [asked] = open_referrals(found)
    assert (asked.addressee, swedish_day(asked.asked_at), asked.due_on) == (
        "SG-ALD", dt.date(2026, 11, 6), dt.date(2026, 12, 4),
    )  # fmt: skip


def test_c06_keeps_the_earliest_days_of_its_three_cases_and_closes_them_together(session: Database) -> None:
    lead, members = case(session, C06), [case(session, number) for number in (C06B, C06C)]
    due = {d.key: d.due_on for d in queries.deadlines(lead) if d.step == 1}
    assert due["D7"] == dt.date(2025, 11, 3), "forty working days from Nacka's, which was served first"
    assert [swedish_day(m.joined_at) for m in members if m.joined_at] == [dt.date(2025, 10, 3)] * 2
    assert {swedish_day(c.closed_at) for c in (lead, *members) if c.closed_at} == {dt.date(2026, 6, 2)}
    assert {p.party_code: p.role for p in lead.sides} == {
        "NAC": PartyRole.INITIATOR, "VAR": PartyRole.INITIATOR, "LID": PartyRole.INITIATOR, "RS": PartyRole.RESPONDENT,
    }  # fmt: skip


def test_c10_is_filed_by_two_and_rests_until_the_last_of_november(session: Database) -> None:
    found = case(session, C10)
    assert found.paused_until == dt.date(2026, 11, 30)
    assert [p.party_code for p in found.parties_as(PartyRole.INITIATOR)] == ["JAR", "UPB"]
    [paused] = [p for p in queries.proposals(found) if p.kind is ProposalKind.PAUSE]
    assert {a.answered_for for a in paused.answers} == {"JAR", "UPB", "RS"}


def test_who_may_do_what_in_c09_today_and_from_which_day(session: Database) -> None:
    case_file = case_file_of(case(session, C09), CLOCK, instant(TODAY))

    def openings(seat: str) -> dict[str, dt.date | None]:
        user = account_queries.user(f"{seat}@demo.invalid")
        assert user is not None
        viewer = account_queries.viewer_for(user.memberships[0])
        return {o.move.verb: o.opens_on for o in case_file.openings_of(viewer)}

    today = {"state_position": None, "note_meeting": None}
    assert openings("sig-handler") == openings("rs-handler") == today
    assert openings("rs-approver") == today | {"declare_impasse": None}
    assert openings("sig-approver") == today | {"declare_impasse": None, "withdraw": None}
    assert openings("sek-region") == {"declare_impasse": None, "ask_to_pursue": None, "pause": None, "turn": None}
    from_wednesday = dt.date(2026, 11, 25)
    assert openings("tsg-chair") == {"declare_impasse": from_wednesday, "ask_to_pursue": from_wednesday}
    assert openings("vis-chair") == openings("auditor") == {}


# --- Nudges and mail


def test_c09_was_reminded_three_times_and_else_only_notified_when_the_ball_came(session: Database) -> None:
    found = case(session, C09)
    nudges = session.scalars(select(Nudge).where(Nudge.case_id == found.id)).all()
    reminders = {(n.kind.value, n.due_on) for n in nudges if n.kind.value != "N0"}
    assert reminders == {(r["kind"], r["on"]) for r in TABLE["reminder"] if r["case"] == C09}
    assert {(n.subject, n.due_on) for n in nudges if n.kind.value == "N0"} == {
        ("ball:check_filing", dt.date(2026, 8, 28)),
        ("ball:acknowledge", dt.date(2026, 9, 1)),
        ("ball:position", dt.date(2026, 9, 3)),
        ("ball:settle_extend_lift", dt.date(2026, 10, 28)),
        ("ball:force", dt.date(2026, 11, 18)),
    }


def test_only_the_cases_that_were_late_were_reminded_each_on_the_days_of_its_history(session: Database) -> None:
    rows = session.execute(
        select(Case.number, Nudge.kind, Nudge.due_on).join(Nudge).where(Nudge.kind != "N0").distinct()
    )
    reminders = {(number, kind.value, on) for number, kind, on in rows}
    assert reminders == {(r["case"], r["kind"], r["on"]) for r in TABLE["reminder"]}


def test_the_mails_of_the_past_are_sent_and_nothing_waits_but_todays(session: Database) -> None:
    mails = session.scalars(select(Mail)).all()
    assert {m.state for m in mails} == {MailState.SENT}
    assert all(m.sent_at and m.day == swedish_day(m.sent_at) for m in mails)
    waiting = session.scalars(select(Nudge).where(Nudge.state == NudgeState.PENDING)).all()
    assert {n.due_on for n in waiting} <= {TODAY}
    assert session.scalars(select(Nudge).where(Nudge.state == NudgeState.ATTACHED)).all() == []


# --- The trail, the clock and the guards


def test_trail_and_cases_agree(session: Database) -> None:
    assert trail.verify() == []
    assert rows_that_disagree() == []
    assert without_ball(TODAY) == []


def test_every_number_that_was_set_says_so_in_the_trail(session: Database) -> None:
    set_numbers = session.scalars(select(TrailEvent).where(TrailEvent.kind == "demo_number_set")).all()
    assert len(set_numbers) == len(session.scalars(select(Case)).all())


def test_every_act_of_the_table_was_played_once_on_its_day_at_ten(session: Database) -> None:
    assert played(session) == written(until=TODAY)


def played(session: Database) -> list[dt.datetime]:
    """When each act was done, in Swedish time."""
    events = session.scalars(select(TrailEvent).where(TrailEvent.about.startswith("case:"))).all()
    return sorted(e.at.astimezone(workdays.STOCKHOLM) for e in events if e.kind not in demo.NOT_ACTS)


def written(*, until: dt.date) -> list[dt.datetime]:
    """When the table says that each act is done: at ten; about a join once in each of its cases."""
    acts = [act for act in demo.script()["act"] if act["on"] <= until]
    on = [a["on"] for a in acts for _case in (a["case"], *a.get("members", ()))]
    return sorted(dt.datetime.combine(day, dt.time(10), tzinfo=workdays.STOCKHOLM) for day in on)


def test_it_is_the_demo_day_and_the_people_are_roles(session: Database) -> None:
    assert clock.today() == TODAY
    assert account_queries.instance() is not None
    assert not account_queries.real_account_exists()


def test_time_goes_on_from_the_demo_day(session: Database) -> None:
    instance = account_queries.instance()
    assert instance is not None
    instance.offset_days += 3
    clock.forget()
    assert clock.today() == TODAY + dt.timedelta(days=3)


def test_a_demo_that_was_broken_off_goes_on_where_it_was(blank_demo: Database) -> None:
    """Ctrl-C during the first start: the next one plays the rest, and nothing is done or sent twice.

    Broken off once the parties were heard about C06's join, an act that leaves events in three cases.
    """
    until = dt.date(2025, 10, 17)
    demo.play(wall_day=TODAY, until=dt.date(2025, 9, 26))
    blank_demo.delete(account_queries.instance())
    blank_demo.commit()
    before = set(blank_demo.scalars(select(Nudge.id)))
    filed = sum(act["verb"] == "file" and act["on"] <= until for act in demo.script()["act"])
    assert demo.play(wall_day=TODAY, until=until) == filed
    assert played(blank_demo) == written(until=until)
    assert case(blank_demo, C06).member_numbers
    nudges = blank_demo.execute(select(Nudge.case_id, Nudge.kind, Nudge.subject, Nudge.due_on, Nudge.recipient)).all()
    assert len(nudges) == len(set(nudges)) > len(before)
    assert trail.verify() == []
    assert rows_that_disagree() == []


def test_the_demo_is_not_played_twice(session: Database) -> None:
    with pytest.raises(demo.CasesExist):
        demo.play(wall_day=TODAY)


def test_the_command_says_so_and_changes_nothing(app: Flask, session: Database) -> None:
    before = len(session.scalars(select(TrailEvent)).all())
    session.rollback()
    result = app.test_cli_runner().invoke(args=["demo"])
    assert (result.exit_code, result.output.strip()) == (0, "The demo is in place.")
    assert len(session.scalars(select(TrailEvent)).all()) == before


def test_no_demo_beside_a_real_account(app: Flask, session: Database) -> None:
    seat = accounts.Seat(role=Role.AUDITOR)
    accounts.create_user("anna@example.se", "Anna", [seat], by="system:cli", at=instant(TODAY))
    session.commit()
    result = app.test_cli_runner().invoke(args=["demo"])
    assert result.exit_code == 1
    assert "real account" in result.output
