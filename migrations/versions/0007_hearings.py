"""What the parties are heard about before it is decided without them, what they say, and cases that follow another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

KINDS = ("call_up", "supersede", "join")


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
    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("joined_to", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("joined_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_case__joined_to"), "case_", ["joined_to"], ["number"])
        batch_op.create_check_constraint(
            batch_op.f("ck_case__joined_has_time"), "(joined_to IS NULL) = (joined_at IS NULL)"
        )
        batch_op.create_index(batch_op.f("ix_case__joined_to"), ["joined_to"], unique=False)
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.add_column(sa.Column("came_with", sa.String(length=20), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.drop_column("came_with")
    with op.batch_alter_table("case_") as batch_op:
        batch_op.drop_index(batch_op.f("ix_case__joined_to"))
        batch_op.drop_constraint(batch_op.f("ck_case__joined_has_time"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_case__joined_to"), type_="foreignkey")
        batch_op.drop_column("joined_at")
        batch_op.drop_column("joined_to")
    op.drop_table("hearing_comment")
    with op.batch_alter_table("hearing") as batch_op:
        batch_op.drop_index(batch_op.f("ix_hearing_case_id"))
    op.drop_table("hearing")
