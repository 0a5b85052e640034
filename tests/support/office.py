"""A small office: a region and a municipality with their people, the secretariat, and cases whose ball is given.

What the watch looks at is a case's ball, so these cases are written down with the ball that a test is about;
that the verbs write such balls is shown in tests/journeys.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pytest
from sqlalchemy.orm import Session, scoped_session

from escalation.accounts.models import Membership, Role, User
from escalation.cases.models.case import Case, CaseType
from escalation.cases.models.course import Ball, Deadline
from escalation.cases.models.parties import CaseParty, PartyRole
from escalation.nudges.actions import NewNudge, write
from escalation.nudges.models import Mail, Nudge
from escalation.parties.models import BlockSide
from escalation.rules import ladder
from escalation.rules.nudge_plan import NudgeKind
from escalation.rules.situation import Phase
from escalation.rules.workdays import STOCKHOLM

Database = scoped_session[Session]


FILED = dt.datetime(2026, 9, 1, 8, tzinfo=dt.UTC)


def instant(text: str) -> dt.datetime:
    """An instant, given as the clock on the wall in Stockholm shows it: "2026-09-23 06:00"."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=STOCKHOLM).astimezone(dt.UTC)


@dataclass
class Office:
    """Users by the name of their seat, and verbs that put a case on the table."""

    session: Database
    people: dict[str, User] = field(default_factory=dict)
    seats: dict[str, Membership] = field(default_factory=dict)

    def give_seat(self, name: str, role: Role, **seat: object) -> User:
        user = User(email=f"{len(self.people)}@example.se", name=name, is_demo=True)
        self.people[name] = user
        self.seats[name] = Membership(user=user, role=role, **seat)
        self.session.add(self.seats[name])
        self.session.flush()
        return user

    def id(self, name: str) -> int:
        return self.people[name].id

    def name(self, user_id: int) -> str:
        return next(name for name, user in self.people.items() if user.id == user_id)

    def case(
        self,
        number: str = "ESK-2026-0009",
        *,
        act: str = "position",
        holder: str = "respondent",
        begins_on: str = "2026-09-03",
        due_on: str = "2026-09-22",
        key: str = "D5",
        urgent: bool = False,
    ) -> Case:
        """A served case whose ball lies as said; its deadline D5 is counted from 1 September."""
        definition = ladder.definition("hok")
        case = Case(
            number=number,
            title="Hemlig rubrik som aldrig får stå i ett brev",
            type=CaseType.DEVIATION,
            agreement_code="HOK",
            event_on=dt.date(2026, 8, 20),
            description="Innehåll",
            purpose_statement="Syfte",
            interim_arrangement="Tills vidare",
            ladder_key="hok",
            ladder_hash=ladder.fingerprint(definition),
            ladder=definition,
            ladder_known=True,
            first_body_step=2,
            step=1,
            phase=Phase.DIALOGUE,
            is_urgent=urgent,
            filed_at=FILED,
            filed_by=self.seats["kommunen"].id,
            served_at=FILED,
            step_entered_at=FILED,
            parties=[
                CaseParty(party_code="HAN", role=PartyRole.INITIATOR),
                CaseParty(
                    party_code="RS",
                    role=PartyRole.RESPONDENT,
                    handler_id=self.seats["regionen"].id,
                    substitute_id=self.seats["ersättaren"].id,
                ),
            ],
        )
        self.session.add(case)
        self.session.flush()
        self.session.add(
            Deadline(
                case_id=case.id,
                round=1,
                step=1,
                key="D5",
                base_event="serve",
                base_on=dt.date(2026, 9, 1),
                workdays=15,
                due_on=dt.date(2026, 9, 22),
                source="hok v3",
                receipt={},
                set_at=FILED,
            )
        )
        self.pass_ball(case, act=act, holder=holder, begins_on=begins_on, due_on=due_on, key=key)
        return case

    def pass_ball(self, case: Case, *, act: str, holder: str, begins_on: str, due_on: str, key: str = "D7c") -> None:
        """One more row of the case's future."""
        self.session.add(
            Ball(
                case_id=case.id,
                round=case.round,
                step=case.step,
                begins_on=dt.date.fromisoformat(begins_on),
                act=act,
                holder=holder,
                due_on=dt.date.fromisoformat(due_on),
                deadline_key=key,
                written_at=FILED,
            )
        )
        self.session.commit()

    def tell(self, case: Case, name: str, kind: NudgeKind, due_on: str, subject: str = "D5") -> None:
        """A nudge in the ledger, as the sweep writes it."""
        day = dt.date.fromisoformat(due_on)
        write([NewNudge(case.id, case.round, subject, kind, day, self.id(name))], at=FILED)
        self.session.commit()

    def ledger(self) -> list[tuple[str, str, str, str]]:
        """(kind, own day, recipient, state with its reason) of every nudge, oldest step first."""
        self.session.commit()
        nudges = self.session.query(Nudge).order_by(Nudge.case_id, Nudge.due_on, Nudge.kind, Nudge.id)
        found = [
            (
                n.kind.value,
                n.due_on.isoformat(),
                self.name(n.recipient),
                n.state.value + (f": {n.reason.value}" if n.reason else ""),
            )
            for n in nudges
        ]
        self.session.commit()  # on SQLite an open transaction keeps others from writing
        return found

    def mails(self) -> list[tuple[str, str]]:
        """(recipient, state) of every mail."""
        self.session.commit()
        mails = self.session.query(Mail).order_by(Mail.id)
        found = [(self.name(mail.recipient), mail.state.value) for mail in mails]
        self.session.commit()
        return found


@pytest.fixture
def office(session: Database) -> Office:
    """Two parties with handler, substitute and approver, two officials and their head, and a chair."""
    office = Office(session)
    office.give_seat("kommunen", Role.LOCAL_HANDLER, party_code="HAN")
    office.give_seat("kommunens chef", Role.LOCAL_APPROVER, party_code="HAN")
    office.give_seat("regionen", Role.LOCAL_HANDLER, party_code="RS")
    office.give_seat("ersättaren", Role.LOCAL_HANDLER, party_code="RS")
    office.give_seat("regionens chef", Role.LOCAL_APPROVER, party_code="RS")
    office.give_seat("sekretariatet", Role.SECRETARIAT, side=BlockSide.MUNICIPAL)
    office.give_seat("sekretariatets chef", Role.SECRETARIAT_HEAD, side=BlockSide.REGION)
    office.give_seat("ordföranden", Role.BODY_CHAIR, body="TSG", side=BlockSide.REGION)
    session.commit()
    return office
