"""A letter that failed or is uncertain is settled by a person, with a reason."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "147de8f29470"
down_revision = "fcac9c85d186"
branch_labels = None
depends_on = None

BY_SOMEBODY = "ck_mail_settled_by_somebody_for_a_reason"
NOT_AGAIN = "ck_mail_settled_is_not_sent_again"


def upgrade() -> None:
    with op.batch_alter_table("mail") as batch_op:
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("settled_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("settled_reason", sa.String(length=500), nullable=True))
        batch_op.create_check_constraint(
            op.f(BY_SOMEBODY),
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (settled_reason IS NULL)",
        )
        batch_op.create_check_constraint(op.f(NOT_AGAIN), "settled_at IS NULL OR state NOT IN ('pending', 'sending')")


def downgrade() -> None:
    with op.batch_alter_table("mail") as batch_op:
        batch_op.drop_constraint(op.f(NOT_AGAIN), type_="check")
        batch_op.drop_constraint(op.f(BY_SOMEBODY), type_="check")
        batch_op.drop_column("settled_reason")
        batch_op.drop_column("settled_by")
        batch_op.drop_column("settled_at")
