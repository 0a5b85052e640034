"""guide refusals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guide_refusal",
        sa.Column("end", sa.String(length=40), nullable=False),
        sa.Column("counted_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_guide_refusal_counts_something")),
        sa.PrimaryKeyConstraint("end", "counted_on", name=op.f("pk_guide_refusal")),
    )


def downgrade() -> None:
    op.drop_table("guide_refusal")
