"""Minutes are adjusted by two hands, lines are choices, and an interpretation is the decision's own words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "8a7892a70d8d"
down_revision = "68701b77b859"
branch_labels = None
depends_on = None

DECIDED = """
    SELECT decision.{column} FROM decision JOIN case_ ON case_.id = decision.case_id
    WHERE case_.number = interpretation.source_case AND decision.outcome = 'interpret'
      AND decision.decided_on = interpretation.decided_on
    ORDER BY decision.id DESC LIMIT 1
"""
"""What was decided of an interpretation. Until now its chair wrote it anew when the minutes were adjusted."""


def _side(name: str) -> sa.Column[str]:
    words = sa.Enum("region", "municipal", name="blockside", native_enum=False, create_constraint=True, length=40)
    return sa.Column(name, words, nullable=True)


def upgrade() -> None:
    with op.batch_alter_table("decision") as table:
        table.add_column(sa.Column("region_choice", sa.String(20), nullable=True))
        table.add_column(sa.Column("municipal_choice", sa.String(20), nullable=True))
        table.add_column(sa.Column("scope", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("applies_from", sa.Date(), nullable=True))
        table.add_column(_side("first_side"))
        table.add_column(sa.Column("first_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("first_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("effect", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("sent_back", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("adjusted_as", sa.String(20), nullable=True))
        table.create_foreign_key(op.f("fk_decision_first_by"), "membership", ["first_by"], ["id"])
        table.drop_constraint(op.f("ck_decision_no_concurrence_has_two_lines"), type_="check")
        table.create_check_constraint(
            op.f("ck_decision_decision_needs_the_same_choice"),
            "outcome = 'no_concurrence' OR region_choice = municipal_choice",
        )
        table.create_check_constraint(
            op.f("ck_decision_no_concurrence_has_two_choices"),
            "outcome <> 'no_concurrence' OR region_choice <> municipal_choice",
        )
        table.create_check_constraint(
            op.f("ck_decision_first_hand_has_its_time"), "(first_side IS NULL) = (first_at IS NULL)"
        )
        table.create_check_constraint(
            op.f("ck_decision_first_hand_is_somebody"), "(first_side IS NULL) = (first_by IS NULL)"
        )
        table.create_check_constraint(
            op.f("ck_decision_interpretation_is_not_retroactive"), "applies_from > decided_on"
        )
    with op.batch_alter_table("decision") as table:
        for column in ("scope", "effect", "sent_back"):
            table.alter_column(column, server_default=None)
    with op.batch_alter_table("interpretation") as table:
        table.add_column(_side("signed_side"))
        table.add_column(sa.Column("signed_by", sa.Integer(), nullable=True))
        table.add_column(sa.Column("signed_on", sa.Date(), nullable=True))
        table.create_foreign_key(op.f("fk_interpretation_signed_by"), "membership", ["signed_by"], ["id"])
        table.create_check_constraint(
            op.f("ck_interpretation_signed_by_somebody"), "(signed_side IS NULL) = (signed_by IS NULL)"
        )
        table.create_check_constraint(
            op.f("ck_interpretation_signed_on_a_day"), "(signed_side IS NULL) = (signed_on IS NULL)"
        )
    # What is not public yet becomes what was decided; what the chair wrote instead stays in the trail.
    decided = {name: DECIDED.format(column=name) for name in ("text", "reasons", "purpose_and_goals")}
    op.execute(
        f"""
        UPDATE interpretation
        SET answer = ({decided["text"]}), reasons = ({decided["reasons"]}),
            purpose_and_goals = ({decided["purpose_and_goals"]})
        WHERE published_on IS NULL AND EXISTS ({decided["text"]})
        """  # noqa: S608 (words of our own)
    )
    # Whom it binds and from when nobody but the chair has written: where the case has come so far, it stands.
    read = """
        SELECT interpretation.{column} FROM interpretation JOIN case_ ON case_.number = interpretation.source_case
        WHERE case_.id = decision.case_id AND interpretation.decided_on = decision.decided_on
        ORDER BY interpretation.id DESC LIMIT 1
    """
    op.execute(
        f"""
        UPDATE decision
        SET scope = ({read.format(column="scope")}), applies_from = ({read.format(column="applies_from")})
        WHERE outcome = 'interpret' AND adjusted_at IS NOT NULL AND EXISTS ({read.format(column="id")})
        """  # noqa: S608 (words of our own)
    )


def downgrade() -> None:
    with op.batch_alter_table("interpretation") as table:
        table.drop_constraint(op.f("ck_interpretation_signed_on_a_day"), type_="check")
        table.drop_constraint(op.f("ck_interpretation_signed_by_somebody"), type_="check")
        table.drop_constraint(op.f("ck_interpretation_blockside"), type_="check")
        table.drop_constraint(op.f("fk_interpretation_signed_by"), type_="foreignkey")
        for column in ("signed_on", "signed_by", "signed_side"):
            table.drop_column(column)
    with op.batch_alter_table("decision") as table:
        for name in (
            "interpretation_is_not_retroactive", "first_hand_is_somebody", "first_hand_has_its_time",
            "no_concurrence_has_two_choices", "decision_needs_the_same_choice", "blockside",
        ):  # fmt: skip
            table.drop_constraint(op.f(f"ck_decision_{name}"), type_="check")
        table.drop_constraint(op.f("fk_decision_first_by"), type_="foreignkey")
        for column in (
            "adjusted_as", "sent_back", "effect", "first_at", "first_by", "first_side", "applies_from", "scope",
            "municipal_choice", "region_choice",
        ):  # fmt: skip
            table.drop_column(column)
        table.create_check_constraint(
            op.f("ck_decision_no_concurrence_has_two_lines"),
            "outcome <> 'no_concurrence' OR region_line <> municipal_line",
        )
