"""What a lapse rests on: when a party last acted, who said that it goes on, the phase a closed case had, and until when
a chair may be the other hand. Proposals to let a case lapse that are open end: nobody had asked the parties first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "1a3794544f7a"
down_revision = "147de8f29470"
branch_labels = None
depends_on = None

PHASES = (
    "intake", "completion", "bypass_review", "served", "dialogue", "impasse", "received", "preparation", "scheduled",
    "minuted", "recommendation_out", "implementation", "closed",
)  # fmt: skip
ACTS = (
    # what a party has done in substance, as far as it stands with a time of its own; that the impasse was declared is
    # one of them where nobody knows any more who did it
    "SELECT filed_at AS at FROM case_ AS own WHERE own.id = case_.id",
    "SELECT acknowledged_at FROM case_party WHERE case_id = case_.id AND acknowledged_at IS NOT NULL",
    "SELECT stated_at FROM position WHERE case_id = case_.id",
    "SELECT noted_at FROM dialogue_meeting WHERE case_id = case_.id",
    "SELECT offered_at FROM proposal WHERE case_id = case_.id AND offered_by_party IS NOT NULL",
    "SELECT answered_at FROM proposal_answer JOIN proposal ON proposal.id = proposal_answer.proposal_id "
    "WHERE proposal.case_id = case_.id AND proposal.offered_by_party IS NOT NULL",
    "SELECT saved_at FROM statement_draft WHERE case_id = case_.id",
    "SELECT set_at FROM deadline WHERE case_id = case_.id AND key = 'D7b'",
)


def upgrade() -> None:
    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("acted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_phase", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("taken_up_at", sa.DateTime(timezone=True), nullable=True))
        known = ", ".join(f"'{phase}'" for phase in PHASES)
        batch_op.create_check_constraint(op.f("ck_case__left_phase"), f"left_phase IN ({known})")
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.add_column(sa.Column("pursued_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.add_column(sa.Column("chairs_until", sa.Date(), nullable=True))
    latest = " UNION ALL ".join(ACTS)
    op.execute(f"UPDATE case_ SET acted_at = (SELECT max(at) FROM ({latest}) AS acts)")  # noqa: S608
    op.execute("UPDATE proposal SET ended_at = offered_at WHERE kind = 'lapse' AND ended_at IS NULL")


def downgrade() -> None:
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.drop_column("chairs_until")
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.drop_column("pursued_at")
    with op.batch_alter_table("case_") as batch_op:
        batch_op.drop_constraint(op.f("ck_case__left_phase"), type_="check")
        batch_op.drop_column("taken_up_at")
        batch_op.drop_column("left_phase")
        batch_op.drop_column("acted_at")
