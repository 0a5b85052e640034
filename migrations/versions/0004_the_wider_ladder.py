"""The wider ladder: drafts, proposals of every kind, pauses, the joint statement's parts, register numbers, notes."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


CASE_COLUMNS = (
    "event_until",
    "arena",
    "consequence_target_group",
    "consequence_equality",
    "consequence_cost",
    "consequence_staff",
    "tried",
    "desired_outcome",
    "precedent_answers",
    "urgency_asked",
    "urgency_reason",
    "principle_asked",
    "principle_reason",
    "withdrawal_until",
    "planned_reason",
    "interim_agreed_at",
)
CASE_CHECKS = {
    "event_ends_after_it_began": "event_until IS NULL OR event_on <= event_until",
    "urgency_has_reason": "urgency_asked = (urgency_reason IS NOT NULL)",
    "principle_has_reason": "principle_asked = (principle_reason IS NOT NULL)",
    **{
        f"consequence_{name}_is_on_the_scale": f"consequence_{name} BETWEEN 0 AND 3"
        for name in ("target_group", "equality", "cost", "staff")
    },
}

# A statement that was not one-sided is the latest that both sides approved before it was lifted.
APPROVED_BY = """
    UPDATE joint_statement SET proposal_id = (
        SELECT max(proposal.id) FROM proposal
        WHERE proposal.case_id = joint_statement.case_id AND proposal.kind = 'statement'
        AND proposal.offered_at <= joint_statement.lifted_at
    ) WHERE NOT is_unilateral
"""

ANSWERED = """
    SELECT case_.id, case_.precedent_answer, provision.code FROM case_
    JOIN case_provision ON case_provision.case_id = case_.id
    JOIN provision ON provision.id = case_provision.provision_id
    WHERE case_.precedent_answer IS NOT NULL
"""

KINDS = ("statement", "reject", "lapse")
WIDER_KINDS = (
    "settlement",
    "extension",
    "pause",
    "back_to_dialogue",
    "lift_early",
    "interim",
    "statement",
    "reject",
    "lapse",
)


def carry_precedent_answers() -> None:
    """One answer stood for every provision; now each has its own."""
    connection = op.get_bind()
    answers: dict[int, tuple[str, dict[str, str]]] = {}
    for case_id, answer, code in connection.execute(sa.text(ANSWERED)):
        answers.setdefault(case_id, (answer, {}))[1][code] = answer
    for case_id, (_answer, by_code) in answers.items():
        connection.execute(
            sa.text("UPDATE case_ SET precedent_answers = :answers WHERE id = :id"),
            {"answers": json.dumps(by_code, ensure_ascii=False), "id": case_id},
        )


def allow_kinds(kinds: tuple[str, ...]) -> None:
    name = "ck_proposal_proposalkind"
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("proposal") as batch_op:
        batch_op.drop_constraint(op.f(name), type_="check")
        batch_op.create_check_constraint(op.f(name), f"kind IN ({listed})")


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("unit_code", sa.String(length=20), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("token", sa.String(length=40), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("version >= 1", name=op.f("ck_draft_version_counts_saves")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_draft_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_draft_party_code")),
        sa.ForeignKeyConstraint(["saved_by"], ["membership.id"], name=op.f("fk_draft_saved_by")),
        sa.ForeignKeyConstraint(["unit_code"], ["org_unit.code"], name=op.f("fk_draft_unit_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        sa.UniqueConstraint("token", name=op.f("uq_draft_token")),
    )
    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_draft_party_code"), ["party_code"], unique=False)

    op.create_table(
        "party_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_by", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_party_note_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_party_note_party_code")),
        sa.ForeignKeyConstraint(["written_by"], ["membership.id"], name=op.f("fk_party_note_written_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party_note")),
    )
    with op.batch_alter_table("party_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("resumed_on", sa.Date(), nullable=True),
        sa.CheckConstraint("from_on < until_on", name=op.f("ck_pause_ends_after_it_began")),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_pause_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
    )
    with op.batch_alter_table("pause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pause_case_id"), ["case_id"], unique=False)

    op.create_table(
        "recommendation_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("is_accepted", sa.Boolean(), nullable=False),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_recommendation_answer_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_recommendation_answer_party_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_answer")),
        sa.UniqueConstraint("case_id", "round", "step", "party_code", name="uq_recommendation_answer_once"),
    )
    with op.batch_alter_table("recommendation_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_answer_case_id"), ["case_id"], unique=False)

    op.create_table(
        "statement_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case_.id"], name=op.f("fk_statement_draft_case_id")),
        sa.ForeignKeyConstraint(["party_code"], ["party.code"], name=op.f("fk_statement_draft_party_code")),
        sa.ForeignKeyConstraint(["saved_by"], ["membership.id"], name=op.f("fk_statement_draft_saved_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_draft")),
        sa.UniqueConstraint("case_id", "round", "step", "party_code", name="uq_statement_draft_column_once"),
    )
    op.create_table(
        "registry_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("party_code", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=60), nullable=False),
        sa.Column("folded", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id", "party_code"],
            ["case_party.case_id", "case_party.party_code"],
            name=op.f("fk_registry_number_case_id_party_code"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registry_number")),
        sa.UniqueConstraint("case_id", "party_code", "folded", name="uq_registry_number_once"),
    )
    with op.batch_alter_table("registry_number", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_registry_number_folded"), ["folded"], unique=False)

    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("event_until", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("arena", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("consequence_target_group", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("consequence_equality", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("consequence_cost", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("consequence_staff", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tried", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("desired_outcome", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("precedent_answers", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("urgency_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("urgency_reason", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("principle_asked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("principle_reason", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("withdrawal_until", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "planned_reason",
                sa.Enum(
                    "settled_local",
                    "settled_body",
                    "decided_body",
                    "interpreted",
                    "no_agreement_revision",
                    "withdrawn",
                    "out_of_scope",
                    "joined",
                    "lapsed",
                    "superseded",
                    name="planned_reason",
                    native_enum=False,
                    create_constraint=True,
                    length=40,
                ),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("interim_agreed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_case__arena"), "org_unit", ["arena"], ["code"])
        for name, condition in CASE_CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f"ck_case__{name}"), condition)

    carry_precedent_answers()
    with op.batch_alter_table("case_") as batch_op:
        batch_op.drop_column("precedent_answer")
        for column in ("tried", "desired_outcome", "precedent_answers", "urgency_asked", "principle_asked"):
            batch_op.alter_column(column, server_default=None)

    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("tasks", sa.JSON(), nullable=False, server_default="[]"))

    with op.batch_alter_table("joint_statement") as batch_op:
        batch_op.add_column(sa.Column("parts", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(sa.Column("proposal_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("party_code", sa.String(length=10), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_joint_statement_proposal_id"), "proposal", ["proposal_id"], ["id"])
        batch_op.create_foreign_key(batch_op.f("fk_joint_statement_party_code"), "party", ["party_code"], ["code"])
    op.execute(APPROVED_BY)
    with op.batch_alter_table("joint_statement") as batch_op:
        batch_op.alter_column("parts", server_default=None)
        batch_op.create_check_constraint(
            batch_op.f("ck_joint_statement_one_sided_unless_approved"), "is_unilateral = (proposal_id IS NULL)"
        )
    with op.batch_alter_table("decision") as batch_op:
        batch_op.alter_column("tasks", server_default=None)
    allow_kinds(WIDER_KINDS)


def downgrade() -> None:
    # Back in the narrower ladder a proposal of a wider kind, and a statement's other parts, have no place.
    op.execute(
        "DELETE FROM proposal_answer WHERE proposal_id IN (SELECT id FROM proposal WHERE kind NOT IN %s)" % (KINDS,)
    )
    op.execute("DELETE FROM proposal WHERE kind NOT IN %s" % (KINDS,))
    allow_kinds(KINDS)
    with op.batch_alter_table("joint_statement") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_joint_statement_one_sided_unless_approved"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_joint_statement_party_code"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_joint_statement_proposal_id"), type_="foreignkey")
        batch_op.drop_column("party_code")
        batch_op.drop_column("proposal_id")
        batch_op.drop_column("parts")
    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("tasks")
    with op.batch_alter_table("case_") as batch_op:
        batch_op.add_column(sa.Column("precedent_answer", sa.String(), nullable=True))
        for name in CASE_CHECKS:
            batch_op.drop_constraint(batch_op.f(f"ck_case__{name}"), type_="check")
        batch_op.drop_constraint(batch_op.f("ck_case__planned_reason"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_case__arena"), type_="foreignkey")
        for column in CASE_COLUMNS:
            batch_op.drop_column(column)
    for table in ("registry_number", "statement_draft", "recommendation_answer", "pause", "party_note", "draft"):
        op.drop_table(table)
