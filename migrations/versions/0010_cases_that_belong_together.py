"""Links between cases, and from a case to the interpretation that it applies; hearings about splitting a case."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KINDS = ("related", "same_provision", "predecessor", "conflicts_with", "precedent_applied", "split_from")
HEARD = ("call_up", "supersede", "join")


def allow_hearings(*kinds: str) -> None:
    name = "ck_hearing_hearingkind"
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("hearing") as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), f"kind IN ({listed})")


def upgrade() -> None:
    allow_hearings(*HEARD, "split")
    op.create_table(
        "case_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=True),
        sa.Column("interpretation_id", sa.Integer(), nullable=True),
        sa.Column(
            "kind", sa.Enum(*KINDS, name="linkkind", native_enum=False, create_constraint=True, length=40), nullable=False
        ),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("linked_by", sa.Integer(), nullable=False),
        sa.CheckConstraint("case_id <> other_id", name=op.f("ck_case_link_links_another")),
        sa.CheckConstraint(
            "(kind = 'precedent_applied') = (interpretation_id IS NOT NULL)",
            name=op.f("ck_case_link_precedent_is_applied"),
        ),
        sa.CheckConstraint(
            "(other_id IS NULL) = (interpretation_id IS NOT NULL)", name=op.f("ck_case_link_leads_to_one_thing")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_case_link_case_id")),
        sa.ForeignKeyConstraint(["other_id"], ["case_.id"], name=op.f("fk_case_link_other_id")),
        sa.ForeignKeyConstraint(
            ["interpretation_id"], ["interpretation.id"], name=op.f("fk_case_link_interpretation_id")
        ),
        sa.ForeignKeyConstraint(["linked_by"], ["membership.id"], name=op.f("fk_case_link_linked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_link")),
        sa.UniqueConstraint("case_id", "other_id", "kind", name="uq_case_link_once"),
        sa.UniqueConstraint("case_id", "interpretation_id", name="uq_case_link_precedent_once"),
    )
    with op.batch_alter_table("case_link") as batch_op:
        batch_op.create_index(batch_op.f("ix_case_link_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_link_other_id"), ["other_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("case_link") as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_link_other_id"))
        batch_op.drop_index(batch_op.f("ix_case_link_case_id"))
    op.drop_table("case_link")
    op.execute("DELETE FROM hearing_comment WHERE hearing_id IN (SELECT id FROM hearing WHERE kind = 'split')")
    op.execute("DELETE FROM hearing WHERE kind = 'split'")
    allow_hearings(*HEARD)
