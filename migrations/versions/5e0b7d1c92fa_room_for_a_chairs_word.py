"""Who asked for an opinion may be a chair: room for its word, such as ``deputy:TSG``."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5e0b7d1c92fa"
down_revision = "8a7892a70d8d"
branch_labels = None
depends_on = None


def resize(before: int, after: int) -> None:
    with op.batch_alter_table("referral") as batch_op:
        batch_op.alter_column(
            "asked_by", existing_type=sa.String(before), type_=sa.String(after), existing_nullable=False
        )


def upgrade() -> None:
    resize(10, 30)


def downgrade() -> None:
    resize(30, 10)
