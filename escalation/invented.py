"""The invented example agreements, interpretations and meetings of the demo, and their removal from a real site.

``flask demo`` writes them. Earlier releases wrote them into every database; there ``flask remove-invented`` takes
them away again. A row is known as invented by what the demo's files say of it, never by its number or day alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, or_, select, update

from escalation.agreements.actions import add_agreements
from escalation.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementVersion,
    Interpretation,
    InterpretationProvision,
    InterpretationStatus,
)
from escalation.agreements.queries import versions
from escalation.cases.models.case import Case, CaseProvision, Draft
from escalation.db import insert_new, session
from escalation.links.models import CaseLink
from escalation.meetings.models import Meeting, Treatment
from escalation.rules import data
from escalation.rules.main_agreement import main_agreement
from escalation.trail.actions import lock, record
from escalation.trail.events import facts_of
from escalation.trail.models import Counter, TrailEvent


def setup() -> None:
    """Write the demo's own reference data, in addition to that of ``flask setup``. May run twice; does not commit.

    A row that exists is left as it is: an interpretation's status may have changed since.
    """
    add_agreements(_read("demo_agreements.toml")["agreement"])
    _setup_interpretations(_read("demo_interpretations.toml")["interpretation"])
    insert_new(Meeting, ({"body": body, "held_on": day} for body, day in _meeting_days()))


def _setup_interpretations(rows: Sequence[dict[str, Any]]) -> None:
    """The register's interpretations. The year's numbers go on after the highest one here."""
    version = versions(main_agreement().code)[0]
    provision_ids = {provision.code: provision.id for provision in version.provisions}
    last = {(series, year): running for series, year, running in sorted(_parts_of(row["number"]) for row in rows)}
    insert_new(Counter, ({"series": series, "year": year, "last": n} for (series, year), n in last.items()))
    for row in rows:
        insert_new(
            Interpretation,
            [
                {
                    "number": row["number"],
                    "agreement_code": version.agreement_code,
                    "version_id": version.id,
                    "question": row["question"],
                    "answer": row["answer"],
                    "reasons": row["reasons"],
                    "purpose_and_goals": row["purpose_and_goals"],
                    "scope": row["scope"],
                    "applies_from": row["applies_from"],
                    "applies_until": row.get("applies_until"),
                    "body": row["body"],
                    "decided_on": row["decided_on"],
                    "minutes_ref": row["minutes_ref"],
                    "dissent": row.get("dissent"),
                    "status": InterpretationStatus(row["status"]),
                    "supersedes": row.get("supersedes"),
                    "keywords": row["keywords"],
                    "source_case": row.get("source_case"),
                    "published_on": row["published_on"],
                    "is_secrecy_reviewed": True,
                }
            ],
        )
        interpretation_id = session.scalars(
            select(Interpretation.id).where(Interpretation.number == row["number"])
        ).one()
        insert_new(
            InterpretationProvision,
            (
                {"interpretation_id": interpretation_id, "provision_id": provision_ids[code]}
                for code in row["provisions"]
            ),
        )


# In a real site's database ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Invented:
    """The invented rows of a database: those that can be removed, and those that stay because a case uses them."""

    interpretations: Sequence[Interpretation]
    meetings: Sequence[Meeting]
    agreements: Sequence[Agreement]
    kept: Sequence[str]
    """The rows that stay, for a person to look at: "meeting VIS 2026-12-10", "agreement SIP"."""

    @property
    def can_go(self) -> bool:
        """Whether there is anything to remove."""
        return bool(self.interpretations or self.meetings or self.agreements)


def found() -> Invented:
    """The invented rows that this database holds. A demo has them rightly: callers check for that first."""
    interpretations, successors = _interpretations(), select(Interpretation.supersedes).where(
        Interpretation.number.not_in([row["number"] for row in _read("demo_interpretations.toml")["interpretation"]])
    )  # fmt: skip
    replaced = set(session.scalars(successors))
    meetings, treated = _meetings(), set(session.scalars(select(Treatment.meeting_id)))
    agreements, used = _agreements(), _used_agreements()
    return Invented(
        interpretations=[i for i in interpretations if i.number not in replaced],
        meetings=[m for m in meetings if m.id not in treated],
        agreements=[a for a in agreements if a.code not in used],
        kept=[
            *(f"interpretation {i.number}" for i in interpretations if i.number in replaced),
            *(f"meeting {m.body} {m.held_on}" for m in meetings if m.id in treated),
            *(f"agreement {a.code}" for a in agreements if a.code in used),
        ],
    )


def remove(invented: Invented, *, by: str, at: dt.datetime) -> TrailEvent:
    """Remove the rows that can be removed, by one event. A case that cites an interpretation keeps the words.

    The year's numbers begin anew where neither an interpretation nor a case still carries one of them.
    """
    lock()
    cited = {i.number for i in invented.interpretations if _keep_words(i)}
    numbers = [i.number for i in invented.interpretations]
    gone = [i.id for i in invented.interpretations]
    session.execute(delete(CaseLink).where(CaseLink.interpretation_id.in_(gone)))
    session.execute(delete(InterpretationProvision).where(InterpretationProvision.interpretation_id.in_(gone)))
    session.execute(update(Interpretation).where(Interpretation.id.in_(gone)).values(supersedes=None))
    session.execute(delete(Interpretation).where(Interpretation.id.in_(gone)))
    _count_anew(numbers, cited)
    session.execute(delete(Meeting).where(Meeting.id.in_([m.id for m in invented.meetings])))
    codes = [a.code for a in invented.agreements]
    session.execute(delete(AgreementParty).where(AgreementParty.agreement_code.in_(codes)))
    session.execute(delete(Agreement).where(Agreement.code.in_(codes)))
    session.expire_all()
    return record(
        "invented_removed", at=at, by=by, about="reference_data",
        facts={
            "interpretations": ", ".join(numbers) or "–",
            "meetings": len(invented.meetings),
            "agreements": ", ".join(codes) or "–",
        },
    )  # fmt: skip


def _keep_words(i: Interpretation) -> bool:
    """Write the interpretation's words into each case that applies it, or whose filer had to answer it."""
    stood = i.status is not InterpretationStatus.SUPERSEDED  # a filer answers the interpretation that is in force
    codes = {p.id: p.code for p in i.provisions if stood}
    applied = exists().where(CaseLink.case_id == Case.id, CaseLink.interpretation_id == i.id)
    cites = exists().where(CaseProvision.case_id == Case.id, CaseProvision.provision_id.in_(codes))
    keeping = False
    for case in session.scalars(select(Case).where(or_(applied, cites))):
        answered = [code for code in codes.values() if code in case.precedent_answers]
        is_applied = session.scalar(
            select(CaseLink.id).where(CaseLink.case_id == case.id, CaseLink.interpretation_id == i.id)
        )
        if answered or is_applied:
            kept = {"number": i.number, "answer": i.answer, "provisions": answered}
            case.removed_precedents = [*case.removed_precedents, kept]
            keeping = True
    session.flush()
    return keeping


def _count_anew(removed: Iterable[str], cited: set[str]) -> None:
    """Let the numbers go on after the highest that is left, in each series and year of the removed ones."""
    left = [_parts_of(number) for number in (*session.scalars(select(Interpretation.number)), *cited)]
    for series, year in {_parts_of(number)[:2] for number in removed}:
        last = max((n for *of, n in left if of == [series, year]), default=0)
        session.execute(update(Counter).where(Counter.series == series, Counter.year == year).values(last=last))


def _interpretations() -> list[Interpretation]:
    shipped = {
        (row["number"], row["decided_on"], row["question"], row["answer"])
        for row in _read("demo_interpretations.toml")["interpretation"]
    }
    rows = session.scalars(select(Interpretation).order_by(Interpretation.id))
    return [i for i in rows if (i.number, i.decided_on, i.question, i.answer) in shipped]


def _meetings() -> list[Meeting]:
    """The meetings of the demo's calendar, but for those that a person entered or moved there."""
    events = session.scalars(select(TrailEvent).where(TrailEvent.kind.in_(("meeting_added", "meeting_moved"))))
    entered = {(facts["body"], facts["day"]) for event in events if (facts := facts_of(event))}
    shipped = {(body, day) for body, day in _meeting_days() if (body, day.isoformat()) not in entered}
    rows = session.scalars(select(Meeting).order_by(Meeting.body, Meeting.held_on))
    return [m for m in rows if (m.body, m.held_on) in shipped]


def _agreements() -> list[Agreement]:
    shipped = {(row["code"], row["title"], row["note"]) for row in _read("demo_agreements.toml")["agreement"]}
    rows = session.scalars(select(Agreement).where(~Agreement.is_verified).order_by(Agreement.position))
    return [a for a in rows if (a.code, a.title, a.note) in shipped]


def _used_agreements() -> set[str | None]:
    """The agreements that something else in the database names."""
    named = (Case.agreement_code, AgreementVersion.agreement_code, Interpretation.agreement_code, Agreement.parent_code)
    used: set[str | None] = {code for column in named for code in session.scalars(select(column).distinct())}
    return used | {facts.get("agreement") for facts in session.scalars(select(Draft.facts))}


def _meeting_days() -> list[tuple[str, dt.date]]:
    return [(body, day) for body, days in _read("demo_meetings.toml").items() for day in days]


def _parts_of(number: str) -> tuple[str, int, int]:
    """The series, the year and the running number of an interpretation's number."""
    series, _space, rest = number.rpartition(" ")
    year, _colon, running = rest.partition(":")
    return series, int(year), int(running)


def _read(name: str) -> dict[str, Any]:
    return data.read(f"texts/{name}")
