"""Parties that are asked to file together with another (T9b), or that ask to take part as affected (T43)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ROLES = ("initiator", "respondent", "affected")


def upgrade() -> None:
    _allow((*ROLES, "invited"))
    op.create_table(
        "registration",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (is_granted IS NULL)", name=op.f("ck_registration_answered_is_yes_or_no")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_registration_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_registration_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
    )
    with op.batch_alter_table("registration") as batch_op:
        batch_op.create_index(batch_op.f("ix_registration_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("registration")
    op.execute("UPDATE case_party SET role = 'affected' WHERE role = 'invited'")
    _allow(ROLES)


def _allow(roles: tuple[str, ...]) -> None:
    words = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("case_party") as batch_op:
        batch_op.drop_constraint(op.f("ck_case_party_partyrole"), type_="check")
        batch_op.create_check_constraint(op.f("ck_case_party_partyrole"), f"role IN ({words})")
