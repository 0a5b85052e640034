"""A party's wish that a closed case is taken up again; opinions asked for, and the consultation groups who give them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


BODY_ROLES = "'steering_chair', 'steering_deputy', 'steering_member', 'vis_chair', 'vis_deputy', 'vis_member'"
KINDS = ("officials", "political", "secretariat")
HAVE_BODY = "ck_membership_body_roles_have_body"
OF_A_BODY_ROLE = "ck_membership_body_is_of_a_body_role"


def allow_kinds(*kinds: str) -> None:
    name = "ck_body_bodykind"
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("body") as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), f"kind IN ({listed})")


def upgrade() -> None:
    allow_kinds(*KINDS, "consultation")
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_constraint(op.f(HAVE_BODY), type_="check")
        batch_op.create_check_constraint(op.f(HAVE_BODY), f"NOT (role IN ({BODY_ROLES})) OR body IS NOT NULL")
        allowed = f"body IS NULL OR role IN ('consultation_member', {BODY_ROLES})"
        batch_op.create_check_constraint(op.f(OF_A_BODY_ROLE), allowed)
    op.create_table(
        "referral",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("addressee", sa.String(length=10), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name=op.f("ck_referral_answered_has_answer")),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by IS NULL)", name=op.f("ck_referral_answered_by_somebody")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_referral_case_id")),
        sa.ForeignKeyConstraint(["answered_by"], ["membership.id"], name=op.f("fk_referral_answered_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    with op.batch_alter_table("referral") as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_referral_addressee"), ["addressee"], unique=False)
    op.create_table(
        "reopening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("is_granted", sa.Boolean(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (is_granted IS NULL)", name=op.f("ck_reopening_answered_is_yes_or_no")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_reopening_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_reopening_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reopening")),
    )
    with op.batch_alter_table("reopening") as batch_op:
        batch_op.create_index(batch_op.f("ix_reopening_case_id"), ["case_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reopening")
    op.drop_table("referral")
    # Without a group of its own a consultation member has no body, and no body is a group.
    op.execute("UPDATE membership SET body = NULL WHERE role = 'consultation_member'")
    with op.batch_alter_table("membership") as batch_op:
        batch_op.drop_constraint(op.f(OF_A_BODY_ROLE), type_="check")
        batch_op.drop_constraint(op.f(HAVE_BODY), type_="check")
        batch_op.create_check_constraint(op.f(HAVE_BODY), f"(role IN ({BODY_ROLES})) = (body IS NOT NULL)")
    op.execute(
        "DELETE FROM body_name WHERE body_code IN (SELECT code FROM body WHERE kind = 'consultation')"
    )
    op.execute("DELETE FROM body WHERE kind = 'consultation'")
    allow_kinds(*KINDS)
