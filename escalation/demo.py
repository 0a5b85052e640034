"""The demo: invented people and cases, played through the real verbs from ``texts/demo.toml`` in order of time.

The invented agreements, interpretations and meetings that they need come first (``invented``).

Dates are never shifted: the database remembers how many days the wall's clock is off, and ``clock`` subtracts them.
Source: ``domain/09``. Every act is done by an account that holds the right seat.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from escalation import invented
from escalation.accounts import actions as accounts
from escalation.accounts import queries as account_queries
from escalation.accounts.actions import Seat
from escalation.accounts.models import BODY_ROLES, PARTY_ROLES, Membership, Role, User, Viewer
from escalation.casefile import situation
from escalation.cases import drafts, hearings, proposals
from escalation.cases import queries as case_queries
from escalation.cases.filings import Filing
from escalation.cases.ladders import ladder_of
from escalation.cases.models.case import Case, CaseType
from escalation.cases.verbs import filing
from escalation.db import session
from escalation.followups import actions as follow_up
from escalation.followups import queries as followups
from escalation.links import actions as links
from escalation.links.models import LinkKind
from escalation.meetings.models import Meeting
from escalation.nudges import queries as nudges
from escalation.parties.models import BlockSide
from escalation.perform import PERFORM
from escalation.rules import data, workdays, yearly
from escalation.rules.moves.table import BY_CLOCK
from escalation.rules.situation import HearingKind, Outcome, ProposalKind
from escalation.trail import actions as trail
from escalation.trail.models import TrailEvent
from escalation.watch import delivery, sweep
from escalation.watch.transports import PastTransport

DEMO_DAY = dt.date(2026, 11, 23)
ACTS_AT = dt.time(10, 0)
SWEEP_AT = dt.time(6, 0)
BASE_URL = "http://127.0.0.1:8000"
_ROLES = {
    "handler": Role.LOCAL_HANDLER,
    "substitute": Role.LOCAL_HANDLER,
    "approver": Role.LOCAL_APPROVER,
    "centre": Role.COORDINATING_CENTRE,
    "chair": Role.BODY_CHAIR,
    "deputy": Role.BODY_DEPUTY,
    "member": Role.BODY_MEMBER,
    "SEK.region": Role.SECRETARIAT,
    "SEK.municipal": Role.SECRETARIAT_HEAD,
    "AUDITOR": Role.AUDITOR,
    "group": Role.CONSULTATION_MEMBER,
}
_BLOCKS = {"chair": BlockSide.REGION, "deputy": BlockSide.MUNICIPAL}
"""The block of each body's chair and deputy."""
NOT_ACTS = {move.event for move in BY_CLOCK} | {
    "payload_masked", "case_joined", "case_followed", "case_parted", "case_linked_to", "case_split_off",
}  # fmt: skip
"""Events that the sweep leaves, or that come with another's act: the table does not name them."""


class CasesExist(Exception):
    """The database holds cases that are not of a half-played demo, so the demo is not played."""


def script() -> dict[str, list[dict[str, Any]]]:
    """The table of people and acts."""
    return data.read("texts/demo.toml")


def play(*, wall_day: dt.date, until: dt.date = DEMO_DAY) -> int:
    """Create the people and play every act up to ``until``; returns how many cases there are.

    The sweep runs for each working day passed, and the mails of the past are stored as sent. ``wall_day`` is
    today's real date, from which the demo's offset follows. A play that was broken off continues where it stopped:
    each act leaves its events, and the database is marked as a demo only at the end. Raises CasesExist.
    """
    table = script()
    acts = sorted(table["act"], key=lambda a: a["on"])
    numbers = {a["case"]: f"ESK-{a['on'].year}-{a['number']:04d}" for a in acts if a["verb"] == "file"}
    acted = select(TrailEvent.seq).where(TrailEvent.about.startswith("case:"), TrailEvent.kind.not_in(NOT_ACTS))
    done = _done(acts, len(session.scalars(acted).all()))
    if done and (_is_marked() or account_queries.user(_email(table["people"][0])) is None):
        raise CasesExist
    invented.setup()
    viewers = _people(table["people"], acts[0]["on"])
    session.commit()
    calendar = workdays.load_calendar()
    day = acts[max(done - 1, 0)]["on"]
    while day <= until:
        if workdays.is_workday(day, calendar):
            sweep.sweep(_instant(day, SWEEP_AT))
        for act in (a for a in acts[done:] if a["on"] == day):
            _act(act, viewers, numbers, _instant(day, ACTS_AT))
            session.commit()
        for job in (row for row in table["yearly"] if row["on"] == day):
            _follow_up(job, viewers[job["by"]], _instant(day, ACTS_AT))
            session.commit()
        if workdays.is_workday(day, calendar) and day < until and nudges.waiting():
            delivery.deliver(
                _instant(day, ACTS_AT), PastTransport(), base_url=BASE_URL, sender="trappan@127.0.0.1", by="demo"
            )
        day += dt.timedelta(days=1)
    for draft in table["draft"]:
        if draft["on"] <= until:
            _begin(draft, viewers[draft["by"]])
    accounts.mark_demo(offset_days=(until - wall_day).days)
    return len([a for a in acts if a["verb"] == "file" and a["on"] <= until])


def _done(acts: list[dict[str, Any]], left: int) -> int:
    """How many of the acts have been played, by how many events they have left: one each, and where the parties are
    heard about a join one more for every case that is to be joined."""
    for count, act in enumerate(acts):
        if left <= 0:
            return count
        left -= 1 + len(act.get("members", ()))
    return len(acts)


def _is_marked() -> bool:
    instance = account_queries.instance()
    return instance is not None and instance.is_demo


def _instant(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, tzinfo=workdays.STOCKHOLM).astimezone(dt.UTC)


def _people(rows: list[dict[str, Any]], first_day: dt.date) -> dict[str, Viewer]:
    """One account a seat, without passwords: a demo signs in by one click."""
    viewers = {}
    begin = _instant(first_day, SWEEP_AT)
    for row in rows:
        seat = row["seat"]
        unit, _, part = seat.partition(".")
        role = _ROLES.get(seat) or _ROLES[part]
        made = Seat(
            role=role,
            party=unit if role in PARTY_ROLES else None,
            body=unit if role in BODY_ROLES or role is Role.CONSULTATION_MEMBER else None,
            side=BlockSide(part) if unit == "SEK" else _BLOCKS.get(part),
        )
        email = _email(row)
        if account_queries.user(email) is None:
            accounts.create_user(email, row["name"], [made], by="system:demo", at=begin, is_demo=True)
        membership = session.scalars(select(Membership).join(User).where(User.email == email)).one()
        viewers[seat] = account_queries.viewer_for(membership)
    return viewers


def _email(row: dict[str, Any]) -> str:
    return f"{row['seat'].lower().replace('.', '-')}@demo.invalid"


def _begin(draft: dict[str, Any], by: Viewer) -> None:
    """Begin a draft of a filing: it is no case and has no event. Its token keeps it from being made twice."""
    facts = {k: v for k, v in draft.items() if k not in {"on", "by", "token", "done"}}
    at = _instant(draft["on"], ACTS_AT)
    drafts.begin_draft(by=by, at=at, token=draft["token"], facts=facts, done=draft["done"])
    session.commit()


def _follow_up(done: dict[str, Any], by: Viewer, at: dt.datetime) -> None:
    """Record a job of the yearly follow-up, once a year."""
    job, year = yearly.job(done["job"]), done["year"]
    if job is not None and job.key not in followups.done(year):
        follow_up.record(job.about(year), by=by, at=at, done_on=done["on"], result=done["result"])


def _act(act: dict[str, Any], viewers: dict[str, Viewer], numbers: dict[str, str], at: dt.datetime) -> None:
    facts = {k: v for k, v in act.items() if k not in {"case", "number", "on", "verb", "by"}}
    by, verb = viewers[act["by"]], act["verb"]
    if verb == "file":
        trail.set_counter("ESK", act["on"].year, act["number"] - 1, by="system:demo", at=at)
        filing.file(Filing(**facts | {"type": CaseType(facts["type"])}), by=by, at=at)
        return
    case = session.scalars(select(Case).where(Case.number == numbers[act["case"]])).one()
    s = situation(case, at)
    if verb.startswith("offer_"):
        proposals.offer(case, s, by=by, at=at, kind=ProposalKind(verb.removeprefix("offer_")), terms=facts)
    elif verb.startswith("hear_"):
        terms = facts | {"members": [numbers[member] for member in facts["members"]]}
        hearings.hear(case, s, by=by, at=at, kind=HearingKind(verb.removeprefix("hear_")), terms=terms)
    elif verb == "comment":
        hearings.comment(case, case.hearings[0], by=by, at=at, **facts)
    elif verb == "link":
        to = numbers[facts.pop("to")]
        links.link(case, by=by, at=at, **facts | {"kind": LinkKind(facts["kind"]), "to": to})
    elif verb == "accept":
        proposals.accept(case, s, case_queries.proposals(case)[0], by=by, at=at)
    else:
        PERFORM[verb](case, s, by=by, at=at, **_resolved(case, verb, facts, viewers, by.party))


def _resolved(
    case: Case, verb: str, facts: dict[str, Any], viewers: dict[str, Viewer], party: str | None
) -> dict[str, Any]:
    """The facts of the table with ids: it names meetings by their day and people by their seat."""
    out = dict(facts)
    for name in ("handler", "substitute"):
        if name in out:
            out[name] = viewers[out[name]].membership_id
    if "meeting" in out:
        body = ladder_of(case).step(case.step).body
        held_on = out.pop("meeting")
        meeting = session.scalars(select(Meeting).where(Meeting.body == body, Meeting.held_on == held_on)).one()
        out["target_meeting" if verb == "accept_file" else "meeting"] = meeting.id
    if verb == "report_task":  # the reporting party's earliest open task
        mine = [t for t in case_queries.tasks(case) if t.obliged_party == party and t.reported_at is None]
        out["task_id"] = mine[0].id
    if "task_what" in out:
        out["task"] = (out.pop("task_what"), out.pop("task_party"), out.pop("task_due"))
    if "outcome" in out:
        out["outcome"] = Outcome(out["outcome"])
    return out
