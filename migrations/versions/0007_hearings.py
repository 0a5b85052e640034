"""What the parties are heard about before it is decided without them, and what they say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = ("call_up", "supersede")


def upgrade() -> None:
    op.create_table(
        "hearing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="hearingkind", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("terms", sa.JSON(), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=False),
        sa.Column("opened_for", sa.String(length=20), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer_until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_hearing_case_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["membership.id"], name=op.f("fk_hearing_opened_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
    )
    with op.batch_alter_table("hearing") as batch_op:
        batch_op.create_index(batch_op.f("ix_hearing_case_id"), ["case_id"], unique=False)
    op.create_table(
        "hearing_comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hearing_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("commented_by", sa.Integer(), nullable=False),
        sa.Column("commented_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["commented_by"], ["membership.id"], name=op.f("fk_hearing_comment_commented_by")),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_comment_hearing_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_hearing_comment_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_comment")),
        sa.UniqueConstraint("hearing_id", "party_code", name="uq_hearing_comment_once"),
    )


def downgrade() -> None:
    op.drop_table("hearing_comment")
    with op.batch_alter_table("hearing") as batch_op:
        batch_op.drop_index(batch_op.f("ix_hearing_case_id"))
    op.drop_table("hearing")
