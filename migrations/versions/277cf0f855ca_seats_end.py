"""A seat ends and stays in the history; a case keeps the words of an interpretation that left the register."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "277cf0f855ca"
down_revision = "7c1e5a9d04b8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("removed_precedents", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("case_") as batch_op:
        batch_op.alter_column("removed_precedents", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("case_") as batch_op:
        batch_op.drop_column("removed_precedents")
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_column("ended_at")
