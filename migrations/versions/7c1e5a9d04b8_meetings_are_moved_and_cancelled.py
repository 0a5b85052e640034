"""Meetings are moved and cancelled, and a case may wait for a meeting that is not in the calendar yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c1e5a9d04b8"
down_revision = "bd6ab96dd707"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.add_column(sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("treatment") as batch_op:
        batch_op.alter_column("meeting_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_check_constraint(
            op.f("ck_treatment_scheduled_stands_on_a_meeting"), "scheduled_at IS NULL OR meeting_id IS NOT NULL"
        )


def downgrade() -> None:
    op.execute("DELETE FROM meeting WHERE cancelled_at IS NOT NULL AND id NOT IN (SELECT meeting_id FROM treatment)")
    with op.batch_alter_table("treatment") as batch_op:
        batch_op.drop_constraint(op.f("ck_treatment_scheduled_stands_on_a_meeting"), type_="check")
        batch_op.alter_column("meeting_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("meeting") as batch_op:
        batch_op.drop_column("cancelled_at")
