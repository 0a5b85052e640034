"""The days on which a person is away and somebody else covers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("membership") as batch_op:
        batch_op.add_column(sa.Column("absent_from", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("absent_until", sa.Date(), nullable=True))
        batch_op.create_check_constraint("absence_has_two_ends", "(absent_from IS NULL) = (absent_until IS NULL)")
        batch_op.create_check_constraint("absence_ends_after_it_began", "absent_from <= absent_until")


def downgrade() -> None:
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_constraint("absence_ends_after_it_began", type_="check")
        batch_op.drop_constraint("absence_has_two_ends", type_="check")
        batch_op.drop_column("absent_until")
        batch_op.drop_column("absent_from")
