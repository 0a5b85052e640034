"""The coordinating health centre: a role that sees nothing by itself, and the cases that a party lets it into."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

OF_A_PARTY = ("local_handler", "local_approver", "party_registrar", "party_reader")
OTHERS = (
    "steering_member", "steering_chair", "steering_deputy", "vis_member", "vis_chair", "vis_deputy", "secretariat",
    "secretariat_head", "consultation_member", "auditor", "admin",
)  # fmt: skip


def allow_roles(*of_a_party: str) -> None:
    known, place = "ck_membership_role", "ck_membership_party_roles_have_party"
    with op.batch_alter_table("membership") as batch_op:
        for name in (known, place):
            batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(known), f"role IN ({_listed(*of_a_party, *OTHERS)})")
        batch_op.create_check_constraint(
            op.f(place), f"(role IN ({_listed(*sorted(of_a_party))})) = (party_code IS NOT NULL)"
        )


def _listed(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


def upgrade() -> None:
    allow_roles(*OF_A_PARTY, "coordinating_centre")
    op.create_table(
        "case_guest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("let_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("let_in_by", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL)", name=op.f("ck_case_guest_ended_by_somebody")
        ),
        sa.CheckConstraint("ended_at >= let_in_at", name=op.f("ck_case_guest_ends_after_it_began")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_guest_case_id")),
        sa.ForeignKeyConstraint(["membership_id"], ["membership.id"], name=op.f("fk_case_guest_membership_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_case_guest_party_code")),
        sa.ForeignKeyConstraint(["let_in_by"], ["membership.id"], name=op.f("fk_case_guest_let_in_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["membership.id"], name=op.f("fk_case_guest_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_guest")),
    )
    with op.batch_alter_table("case_guest") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_guest_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_guest_membership_id"), ["membership_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_guest") as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_guest_membership_id"))
        batch_op.drop_index(batch_op.f("ix_case_guest_case_id"))
    op.drop_table("case_guest")
    # Events and sessions name the memberships. In no other role of a party would they see as little as in this one:
    # who sits in a consultation group that is not said sees no case.
    op.execute(
        "UPDATE membership SET role = 'consultation_member', party_code = NULL, unit_code = NULL "
        "WHERE role = 'coordinating_centre'"
    )
    allow_roles(*OF_A_PARTY)
