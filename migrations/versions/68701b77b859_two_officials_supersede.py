"""A case is closed as superseded by two officials, and a party that pursues it may object.

Before, one official did it alone. A hearing that is going on stays as it is: the parties may object in it from now.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "68701b77b859"
down_revision = "1a3794544f7a"
branch_labels = None
depends_on = None

KINDS = (
    "settlement", "extension", "pause", "back_to_dialogue", "lift_early", "interim", "statement", "reject", "lapse",
)  # fmt: skip


def allow_kinds(*kinds: str) -> None:
    name = "ck_proposal_proposalkind"
    known = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), f"kind IN ({known})")


def upgrade() -> None:
    allow_kinds(*KINDS, "supersede")
    with op.batch_alter_table("hearing_comment") as batch_op:
        batch_op.add_column(sa.Column("is_objection", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("hearing_comment") as batch_op:
        batch_op.alter_column("is_objection", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("hearing_comment") as batch_op:
        batch_op.drop_column("is_objection")
    # Who answered is kept; what it was about, the history tells.
    op.execute(
        "UPDATE proposal SET kind = 'lapse', ended_at = coalesce(ended_at, offered_at) WHERE kind = 'supersede'"
    )
    allow_kinds(*KINDS)
