"""The yearly follow-up of § 6, and nudges that are about no case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NO_CASE = sa.text("case_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "follow_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("result", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("corrected_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("result <> ''", name=op.f("ck_follow_up_says_what_came_of_it")),
        sa.CheckConstraint(
            "(corrected_at IS NULL) = (corrected_by IS NULL)", name=op.f("ck_follow_up_corrected_by_somebody")
        ),
        sa.ForeignKeyConstraint(["corrected_by"], ["membership.id"], name=op.f("fk_follow_up_corrected_by")),
        sa.ForeignKeyConstraint(["recorded_by"], ["membership.id"], name=op.f("fk_follow_up_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follow_up")),
        sa.UniqueConstraint("job", "year", name="uq_follow_up_once_a_year"),
    )
    with op.batch_alter_table("nudge") as batch_op:
        batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_check_constraint(op.f("ck_nudge_round_is_a_cases"), "(case_id IS NULL) = (round = 0)")
        batch_op.create_index(
            "uq_nudge_of_no_case_told_once",
            ["subject", "kind", "due_on", "recipient"],
            unique=True,
            sqlite_where=NO_CASE,
            postgresql_where=NO_CASE,
        )


def downgrade() -> None:
    op.execute("DELETE FROM nudge WHERE case_id IS NULL")
    with op.batch_alter_table("nudge") as batch_op:
        batch_op.drop_index("uq_nudge_of_no_case_told_once")
        batch_op.drop_constraint(op.f("ck_nudge_round_is_a_cases"), type_="check")
        batch_op.alter_column("case_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("follow_up")
