"""A case in every phase, each text marked with its case.

Every case but two is Tyresö against the region with KSON affected; Solna is the party that is in none.
``[served] hemligt`` on a page is a text of the case ``served``, ``Rubrik (served)`` its title: a leak names its case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from escalation.cases import queries
from escalation.cases.filings import Filing
from escalation.cases.models.case import Case, CaseType
from escalation.cases.verbs import filing as filing_verbs
from escalation.db import session
from escalation.meetings.models import Meeting
from escalation.rules.situation import Outcome, Phase, ProposalKind
from tests.support.days import instant
from tests.support.facts import FACTS, STATEMENT
from tests.support.people import person
from tests.support.stories import Story

TODAY = dt.date(2026, 11, 23)


LOCAL = {
    "file": "09-01",
    "serve": "09-02",
    "acknowledge": "09-03",
    "stand": "09-08",
    "other_stand": "09-09",
    "meet": "09-14",
}


LIFTED = LOCAL | {"impasse": "11-09", "offer": "11-10", "accept": "11-11", "lift": "11-18"}


DECIDED = {
    # On the steering group's meeting of 25 September.
    "file": "03-02", "serve": "03-03", "acknowledge": "03-04", "stand": "03-09", "other_stand": "03-10",
    "meet": "03-12", "impasse": "05-11", "offer": "05-12", "accept": "05-13", "lift": "05-18",
    "accept_file": "05-25", "schedule": "08-24", "decide": "09-25",
}  # fmt: skip


IN_NOVEMBER = DECIDED | {"accept_file": "09-28", "schedule": "10-05", "decide": "11-06"}


AT_VIS = DECIDED | {"recommend": "09-28", "refuse": "10-02"}


INTERPRETED = AT_VIS | {"accept_file@3": "10-05", "schedule@3": "10-06", "decide@3": "10-29"}


DAYS: dict[str, dict[str, str]] = {
    # case -> its acts, each with the day of 2026 on which it is done
    "intake": {"file": "11-20"},
    "completion": {"file": "11-16", "ask": "11-18"},
    "bypass_review": {"file": "11-16", "claim": "11-17"},
    "served": {"file": "11-16", "serve": "11-18"},
    "dialogue": {"file": "11-09", "serve": "11-10", "acknowledge": "11-12"},
    "impasse": LOCAL | {"impasse": "11-16", "offer": "11-17"},
    "received": LIFTED,
    "preparation": LIFTED | {"accept_file": "11-20"},
    "referred": LIFTED | {"accept_file": "11-19", "refer": "11-20"},
    "scheduled": LIFTED | {"accept_file": "11-19", "schedule": "11-20"},
    "minuted": IN_NOVEMBER,
    "recommendation_out": IN_NOVEMBER | {"recommend": "11-16"},
    "remitted": IN_NOVEMBER | {"remit": "11-16"},
    "received_top": DECIDED | {"pass_up": "11-18"},
    "minuted_top": INTERPRETED,
    "implementation": INTERPRETED | {"pronounce": "11-06"},
    "closed": INTERPRETED | {"pronounce": "11-06"},
    "rejected": {"file": "11-02", "offer_reject": "11-03", "accept_reject": "11-04"},
    "asked_review": {"file": "11-13", "offer_reject": "11-16", "accept_reject": "11-17", "ask_review": "11-20"},
    "asked_again": LOCAL | {"settle": "10-01", "accept_settle": "10-02", "ask_again": "11-20"},
    "late": {name: day for name, day in DECIDED.items() if name in {"file", "serve"}},
    "forgotten": {name: day for name, day in DECIDED.items() if name in {"file", "serve", "impasse"}},
    "paused": LOCAL | {"pause": "10-01"},
    "withdrawn": {"file": "11-09", "serve": "11-10", "acknowledge": "11-12", "withdraw": "11-20"},
    "reported": INTERPRETED | {"pronounce": "11-06", "report": "11-20"},
    "asked": {"file": "03-02", "serve": "03-03", "ask_on": "10-26"},
    "lapsed": {"file": "03-02", "serve": "03-03", "ask_on": "06-01", "offer_lapse": "08-24", "accept_lapse": "08-25"},
}  # fmt: skip


PHASES: dict[str, tuple[int, Phase]] = {
    "intake": (1, Phase.INTAKE),
    "completion": (1, Phase.COMPLETION),
    "bypass_review": (1, Phase.BYPASS_REVIEW),
    "served": (1, Phase.SERVED),
    "dialogue": (1, Phase.DIALOGUE),
    "impasse": (1, Phase.IMPASSE),
    "received": (2, Phase.RECEIVED),
    "preparation": (2, Phase.PREPARATION),
    "referred": (2, Phase.PREPARATION),
    "scheduled": (2, Phase.SCHEDULED),
    "minuted": (2, Phase.MINUTED),
    "recommendation_out": (2, Phase.RECOMMENDATION_OUT),
    "remitted": (1, Phase.DIALOGUE),
    "received_top": (3, Phase.RECEIVED),
    "minuted_top": (3, Phase.MINUTED),
    "implementation": (3, Phase.IMPLEMENTATION),
    "closed": (3, Phase.CLOSED),
    "rejected": (1, Phase.CLOSED),
    "asked_review": (1, Phase.CLOSED),
    "asked_again": (1, Phase.CLOSED),
    "late": (1, Phase.SERVED),
    "forgotten": (1, Phase.IMPASSE),
    "paused": (1, Phase.DIALOGUE),
    "withdrawn": (1, Phase.DIALOGUE),
    "reported": (3, Phase.IMPLEMENTATION),
    "asked": (1, Phase.SERVED),
    "lapsed": (1, Phase.CLOSED),
    "between": (2, Phase.RECEIVED),
}


ENDED = {key for key, (_step, phase) in PHASES.items() if phase is Phase.CLOSED}
"""The closed cases."""


BETWEEN = ("TYR", "NAC")
"""The parties of ``between``: two municipalities, on the ladder of two steps that never leads to VIS."""


def secret(key: str, what: str) -> str:
    """A text of a case that only those may read who see all of it."""
    return f"[{key}] hemligt: {what}. Texten är lång nog att behållas."


def mark(key: str) -> str:
    """What stands in every text of the case but the title."""
    return f"[{key}] hemligt"


def title(key: str) -> str:
    return f"Rubrik ({key})"


def filing(key: str) -> Filing:
    """What is filed (T1), each text marked."""
    asked: dict[str, Any] = {"principle_reason": secret(key, "vilka fler"), "principle_test": ["q1", "q3"]}
    return Filing(
        title=title(key), type=CaseType.INTERPRETATION, agreement="HOK", provisions=["4.5 st 2"],
        respondents=["RS"], affected=["KSON"], event_on=dt.date(2026, 2, 20),
        description=secret(key, "vad som har hänt"), position=secret(key, "anmälarens ståndpunkt"),
        purpose_statement=secret(key, "syfte och mål " * 10), interim_arrangement=secret(key, "under tiden"),
        **asked if key == "bypass_review" else {},
    )  # fmt: skip


def marked(key: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same facts, each sentence in them marked as a text of the case. A word without a blank is a choice."""

    def mark_one(value: Any) -> Any:
        if isinstance(value, list):
            return [mark_one(one) for one in value]
        return secret(key, value.rstrip(".")) if isinstance(value, str) and " " in value else value

    return {name: mark_one(value) for name, value in facts.items()}


Facts = Callable[[Story, str], dict[str, Any]]
SampleAct = Callable[[Story, str], object]
"""One act of a sample case: it takes the story and the case's key."""


def _does(verb: str, by: str, facts: Facts = lambda story, key: {}) -> SampleAct:
    return lambda story, key: story.act(verb, by=by, **marked(key, FACTS.get(verb, {})) | facts(story, key))


def _adjusts(verb: str, facts: Facts = lambda story, key: {}) -> SampleAct:
    return lambda story, key: story.adjust(verb, **facts(story, key))


def _offers(kind: ProposalKind, verb: str, by: str, **facts: Any) -> SampleAct:
    return lambda story, key: story.offer(kind, marked(key, FACTS[verb]) | facts, by=by)


def _accepts(by: str) -> SampleAct:
    return lambda story, key: story.accept(queries.proposals(story.case)[0], by=by)


def _offers_statement(story: Story, key: str) -> None:
    by = "TYR.handler" if key == "impasse" else "TYR.approver"
    story.offer(ProposalKind.STATEMENT, marked(key, STATEMENT) | {"agreed_points": ""}, by=by)


def _acknowledging(story: Story, key: str) -> dict[str, Any]:
    return {"handler": person("RS.handler").membership_id, "substitute": person("RS.approver").membership_id}


def _decision(story: Story, key: str) -> dict[str, Any]:
    outcome = Outcome.INTERPRET if story.case.step == 3 else Outcome.RECOMMEND
    if "pass_up" in DAYS[key]:
        outcome = Outcome.REFER_UP
    if "remit" in DAYS[key]:
        outcome = Outcome.REMIT
    read = {"scope": secret(key, "räckvidd"), "applies_from": dt.date(2027, 1, 1)}
    return (read if outcome is Outcome.INTERPRET else {}) | {
        "outcome": outcome, "region_line": "other", "region_other": secret(key, "blockens linje"),
        "municipal_line": "same_other", "dissent": secret(key, "reservation"),
    }  # fmt: skip


def _remit(story: Story, key: str) -> dict[str, Any]:
    return marked(key, FACTS["adjust"]) | {"remit_until": dt.date(2026, 12, 14)}


def _task(story: Story, key: str) -> dict[str, Any]:
    return {"task": (secret(key, "uppgift"), "RS", dt.date(2027, 2, 1)) if key != "closed" else None}


def _report(story: Story, key: str) -> dict[str, Any]:
    [undertaken] = queries.tasks(story.case)
    return {"task_id": undertaken.id}


def _pause(story: Story, key: str) -> dict[str, Any]:
    return {"pause_ground": "force_majeure", "paused_until": dt.date(2027, 2, 1)}


ACTS: dict[str, SampleAct] = {
    # the name of an act in DAYS: how it is done
    "ask": _does("ask_completion", "SEK.region"),
    "claim": _does("claim_principle", "SEK.region"),
    "serve": _does("serve", "SEK.region"),
    "acknowledge": _does("acknowledge", "RS.handler", _acknowledging),
    "stand": _does("state_position", "RS.handler", lambda story, key: {"text": secret(key, "motpartens ståndpunkt")}),
    "other_stand": _does(
        "state_position", "KSON.handler", lambda story, key: {"text": secret(key, "berörd parts ståndpunkt")}
    ),
    "meet": _does("note_meeting", "TYR.handler"),
    "impasse": _does("declare_impasse", "TYR.approver"),
    "offer": _offers_statement,
    "accept": _accepts("RS.approver"),
    "offer_reject": _offers(ProposalKind.REJECT, "reject", "SEK.region", ground="law"),
    "accept_reject": _accepts("SEK.municipal"),
    "ask_on": _does("ask_to_pursue", "SEK.region"),
    "offer_lapse": _offers(ProposalKind.LAPSE, "lapse", "SEK.region"),
    "accept_lapse": _accepts("SEK.municipal"),
    "settle": _offers(ProposalKind.SETTLEMENT, "settle", "TYR.approver"),
    "accept_settle": _accepts("RS.approver"),
    "ask_again": _does("ask_reopening", "RS.approver"),
    "ask_review": _does("ask_reopening", "TYR.approver"),
    "lift": _does("lift", "TYR.approver"),
    "accept_file": _does("accept_file", "SEK.region", lambda story, key: {"target_meeting": _meeting(story)}),
    "refer": _does("refer", "SEK.region"),
    "schedule": _does("schedule", "SEK.region", lambda story, key: {"meeting": _meeting(story)}),
    "decide": _does("decide", "SEK.region", _decision),
    "recommend": _adjusts("send_recommendation"),
    "remit": _adjusts("remit", _remit),
    "pass_up": _adjusts("pass_up"),
    "refuse": _does("refuse_recommendation", "TYR.approver"),
    "pronounce": _adjusts("pronounce", _task),
    "report": _does("report_task", "RS.handler", _report),
    "pause": _does("pause", "SEK.region", _pause),
    "withdraw": _does("withdraw", "TYR.approver"),
}


def _meeting(story: Story) -> int:
    """The meeting on which the case is decided, if the story goes so far; else the next that can be reached."""
    days = DAYS.get(story.case.title[len("Rubrik (") : -1], {})
    held_on = days.get("decide@3" if story.case.step == 3 else "decide")
    if held_on is None:
        return story.meetings()[0].id
    wanted = dt.date.fromisoformat(f"2026-{held_on}")
    return session.scalars(select(Meeting.id).where(Meeting.body == story.body, Meeting.held_on == wanted)).one()


def play(key: str) -> Case:
    """File the case and carry it through all its acts."""
    days = {name: dt.date.fromisoformat(f"2026-{day}") for name, day in DAYS[key].items()}
    filed_on = days.pop("file")
    case = filing_verbs.file(filing(key), by=person("TYR.approver"), at=instant(filed_on))
    story = Story(case, filed_on, "TYR", ("RS",))
    for name, day in days.items():
        story.day = day
        ACTS[name.partition("@")[0]](story, key)  # ``decide@3`` is the same act at the top
    return case


def play_between() -> Case:
    """A case of two municipalities on their own ladder, lifted one-sidedly to its body."""
    filed = replace(
        filing("between"), agreement="KSABO", provisions=[], respondents=["NAC"], affected=[],
        citation_place="3 stycke 1", citation_quote=secret("between", "citat"),
        citation_source=secret("between", "källa"),
    )  # fmt: skip
    by, filed_on = person("TYR.approver"), dt.date(2026, 3, 2)
    case = filing_verbs.file(filed, by=by, at=instant(filed_on))
    story = Story(case, filed_on, "TYR", ("NAC",))
    key = "between"
    story.act("serve", by="SEK.region", on=dt.date(2026, 3, 3), cover_letter=secret(key, "följebrev"))
    story.act("declare_impasse", by="TYR.approver", on=dt.date(2026, 5, 11), unsolved=secret(key, "olöst"))
    one_sided = {"question": secret(key, "frågan"), "background": secret(key, "bakgrund")}
    story.act("lift", by="TYR.approver", on=dt.date(2026, 11, 18), **one_sided)
    return case
