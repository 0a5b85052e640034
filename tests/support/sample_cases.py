"""A case in every phase, each text marked with its case.

Every case but two is Tyresö against the region with KSON affected; Solna is the party that is in none.
``[served] hemligt`` on a page is a text of the case ``served``, ``Rubrik (served)`` its title: a leak names its case.
"""

from __future__ import annotations

import datetime as dt
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
from tests.support.days import at
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


def _verdict(key: str, outcome: Outcome) -> dict[str, Any]:
    read = {"scope": secret(key, "räckvidd"), "applies_from": dt.date(2027, 1, 1)}
    return (read if outcome is Outcome.INTERPRET else {}) | {
        "outcome": outcome, "region_line": "other", "region_other": secret(key, "blockens linje"),
        "municipal_line": "same_other", "quorum": True,
        "decision_text": secret(key, "beslutet"), "reasons": secret(key, "skälen"),
        "purpose_and_goals": secret(key, "vägledning"), "dissent": secret(key, "reservation"),
    }  # fmt: skip


def _act(story: Story, key: str, name: str) -> None:  # noqa: C901
    """One act of the story, with marked texts. A name is said once per case; ``@3`` is the same at the top."""
    verb, _, _step = name.partition("@")
    match verb:
        case "ask":
            story.act("ask_completion", by="SEK.region", missing=secret(key, "det som saknas"))
        case "claim":
            story.act("claim_principle", by="SEK.region", cover_letter=secret(key, "följebrev"))
        case "serve":
            story.act("serve", by="SEK.region", cover_letter=secret(key, "följebrev"))
        case "acknowledge":
            handler, substitute = person("RS.handler").membership_id, person("RS.approver").membership_id
            story.act("acknowledge", by="RS.handler", handler=handler, substitute=substitute)
        case "stand":
            story.act("state_position", by="RS.handler", text=secret(key, "motpartens ståndpunkt"))
        case "other_stand":
            story.act("state_position", by="KSON.handler", text=secret(key, "berörd parts ståndpunkt"))
        case "meet":
            said, agreed = secret(key, "vad som sades"), secret(key, "vad som avtalades")
            story.act("note_meeting", by="TYR.handler", held_on=story.day, said=said, agreed=agreed)
        case "impasse":
            story.act("declare_impasse", by="TYR.approver", unsolved=secret(key, "olöst"))
        case "offer":
            terms = {"question": secret(key, "frågan"), "background": secret(key, "bakgrund"), "agreed_points": ""}
            by = "TYR.handler" if key == "impasse" else "TYR.approver"
            story.offer(ProposalKind.STATEMENT, terms, by=by)
        case "accept":
            story.accept(queries.proposals(story.case)[0], by="RS.approver")
        case "offer_reject":
            terms = {"ground": "law", "reason": secret(key, "skäl"), "where_instead": secret(key, "vart")}
            story.offer(ProposalKind.REJECT, terms, by="SEK.region")
        case "accept_reject":
            story.accept(queries.proposals(story.case)[0], by="SEK.municipal")
        case "ask_on":
            story.act("ask_to_pursue", by="SEK.region")
        case "offer_lapse":
            story.offer(ProposalKind.LAPSE, {"reason": secret(key, "skäl att avsluta")}, by="SEK.region")
        case "accept_lapse":
            story.accept(queries.proposals(story.case)[0], by="SEK.municipal")
        case "settle":
            settled = {"settlement": secret(key, "uppgörelsen"), "obligations": []}
            story.offer(ProposalKind.SETTLEMENT, settled, by="TYR.approver")
        case "accept_settle":
            story.accept(queries.proposals(story.case)[0], by="RS.approver")
        case "ask_again":
            story.act("ask_reopening", by="RS.approver", reason=secret(key, "skäl att ta upp igen"))
        case "ask_review":
            story.act("ask_reopening", by="TYR.approver", reason=secret(key, "invändning mot avvisningen"))
        case "lift":
            story.act("lift", by="TYR.approver")
        case "accept_file":
            story.act(
                "accept_file", by="SEK.region", target_meeting=_meeting(story),
                rapporteur_region=secret(key, "rapportör"), rapporteur_municipal=secret(key, "rapportör"),
            )  # fmt: skip
        case "refer":
            story.act("refer", by="SEK.region", referral_question=secret(key, "remissens fråga"))
        case "schedule":
            story.act(
                "schedule", by="SEK.region", meeting=_meeting(story), question=secret(key, "underlagets fråga"),
                proposed_decision=secret(key, "förslag"),
                alternatives=[secret(key, "alternativ A"), secret(key, "alternativ B")],
            )  # fmt: skip
        case "decide":
            outcome = Outcome.INTERPRET if story.case.step == 3 else Outcome.RECOMMEND
            if "pass_up" in DAYS[key]:
                outcome = Outcome.REFER_UP
            if "remit" in DAYS[key]:
                outcome = Outcome.REMIT
            story.act("decide", by="SEK.region", **_verdict(key, outcome))
        case "recommend":
            story.adjust("send_recommendation")
        case "remit":
            story.adjust(
                "remit", remit_question=secret(key, "frågan tillbaka"), reporter="RS",
                product=secret(key, "vad som ska komma"), remit_until=dt.date(2026, 12, 14),
            )  # fmt: skip
        case "pass_up":
            story.adjust("pass_up")
        case "refuse":
            story.act("refuse_recommendation", by="TYR.approver", reasons=secret(key, "skäl till nej"))
        case "pronounce":
            task = (secret(key, "uppgift"), "RS", dt.date(2027, 2, 1)) if key != "closed" else None
            story.adjust("pronounce", task=task)
        case "report":
            [undertaken] = queries.tasks(story.case)
            story.act("report_task", by="RS.handler", task_id=undertaken.id, report=secret(key, "vad som är gjort"))
        case "pause":
            reason = secret(key, "skäl till pausen")
            pause: dict[str, Any] = {
                "pause_ground": "force_majeure",
                "paused_until": dt.date(2027, 2, 1),
                "reason": reason,
            }
            story.act("pause", by="SEK.region", **pause)
        case "withdraw":
            story.act("withdraw", by="TYR.approver", reason=secret(key, "skäl till återkallelsen"))
        case _:
            raise AssertionError(f"no act is called {name}")


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
    case = filing_verbs.file(filing(key), by=person("TYR.approver"), at=at(filed_on))
    story = Story(case, filed_on, "TYR", ("RS",))
    for name, day in days.items():
        story.day = day
        _act(story, key, name)
    return case


def play_between() -> Case:
    """A case of two municipalities on their own ladder, lifted one-sidedly to its body."""
    filed = replace(
        filing("between"), agreement="KSABO", provisions=[], respondents=["NAC"], affected=[],
        citation_place="3 stycke 1", citation_quote=secret("between", "citat"),
        citation_source=secret("between", "källa"),
    )  # fmt: skip
    by, filed_on = person("TYR.approver"), dt.date(2026, 3, 2)
    case = filing_verbs.file(filed, by=by, at=at(filed_on))
    story = Story(case, filed_on, "TYR", ("NAC",))
    key = "between"
    story.act("serve", by="SEK.region", on=dt.date(2026, 3, 3), cover_letter=secret(key, "följebrev"))
    story.act("declare_impasse", by="TYR.approver", on=dt.date(2026, 5, 11), unsolved=secret(key, "olöst"))
    one_sided = {"question": secret(key, "frågan"), "background": secret(key, "bakgrund")}
    story.act("lift", by="TYR.approver", on=dt.date(2026, 11, 18), **one_sided)
    return case
