"""Who keeps a withdrawn case, and who has withdrawn it.

From now on an objection to a withdrawal leaves every party's role as it was. Before, the party that objected was made
the initiator, and the initiators respondents. Such a case stays as it is: the ball, the deadlines and the history
written since then speak of its parties by those roles, and the history is never rewritten. Of open cases the history
still tells, for their present round, who withdrew and who objected last; that is filled in here. Where a chair had
objected, the ball leaves the parties with the next act. What was masked tells nothing, and nothing is filled in.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "fcac9c85d186"
down_revision = "277cf0f855ca"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("kept_by", sa.String(length=10), nullable=True))
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.add_column(sa.Column("withdrew_in", sa.Integer(), nullable=True))
    _fill_in(op.get_bind())


def _fill_in(connection: sa.Connection) -> None:
    case = sa.table("case_", *map(sa.column, ("id", "number", "round", "phase", "kept_by")))
    party = sa.table("case_party", *map(sa.column, ("case_id", "party_code", "withdrew_in")))
    event = sa.table("trail_event", *map(sa.column, ("seq", "kind", "about", "entry")))
    payload = sa.table("trail_payload", *map(sa.column, ("seq", "payload")))
    told = connection.execute(
        sa.select(case.c.id, case.c.round, event.c.kind, event.c.entry, payload.c.payload)
        .join(event, event.c.about == "case:" + case.c.number)
        .join(payload, payload.c.seq == event.c.seq)
        .where(case.c.phase != "closed", event.c.kind.in_(("withdrawal_notified", "case_kept_open")))
        .order_by(event.c.seq)
    )
    for case_id, of_round, kind, entry, text in told.all():
        if json.loads(entry)["state"]["round"] != of_round:
            continue
        who = json.loads(text)["facts"]["who"]
        if kind == "case_kept_open":
            connection.execute(sa.update(case).where(case.c.id == case_id).values(kept_by=who))
        else:
            its_own = (party.c.case_id == case_id, party.c.party_code == who)
            connection.execute(sa.update(party).where(*its_own).values(withdrew_in=of_round))


def downgrade() -> None:
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.drop_column("withdrew_in")
    with op.batch_alter_table("case_") as batch_op:
        batch_op.drop_column("kept_by")
