"""Secrecy marks on attached files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secrecy_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.Integer(), nullable=False),
        sa.Column("provision", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        sa.Column("lift_reason", sa.String(), nullable=True),
        sa.CheckConstraint("provision <> ''", name=op.f("ck_secrecy_mark_mark_names_a_provision")),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lifted_by IS NULL)", name=op.f("ck_secrecy_mark_lifted_by_somebody")
        ),
        sa.CheckConstraint(
            "(lifted_at IS NULL) = (lift_reason IS NULL)", name=op.f("ck_secrecy_mark_lifted_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["attachment_id"], ["attachment.id"], name=op.f("fk_secrecy_mark_attachment_id")),
        sa.ForeignKeyConstraint(["marked_by"], ["membership.id"], name=op.f("fk_secrecy_mark_marked_by")),
        sa.ForeignKeyConstraint(["lifted_by"], ["membership.id"], name=op.f("fk_secrecy_mark_lifted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secrecy_mark")),
    )
    op.create_index(
        "uq_secrecy_mark_standing", "secrecy_mark", ["attachment_id"], unique=True,
        sqlite_where=sa.text("lifted_at IS NULL"), postgresql_where=sa.text("lifted_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("uq_secrecy_mark_standing", table_name="secrecy_mark")
    op.drop_table("secrecy_mark")
