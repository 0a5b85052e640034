"""The filer's answers to the principle test."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("principle_test", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("case_") as batch_op:
        batch_op.alter_column("principle_test", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("case_") as batch_op:
        batch_op.drop_column("principle_test")
