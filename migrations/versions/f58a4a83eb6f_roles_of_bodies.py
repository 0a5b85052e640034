"""A role says what somebody does in a body, and the membership says in which: no role is named after a body.

Events keep the words that were used when they happened.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f58a4a83eb6f"
down_revision = "5e0b7d1c92fa"
branch_labels = None
depends_on = None

KNOWN = "ck_membership_role"
HAVE_BODY = "ck_membership_body_roles_have_body"
OF_A_BODY_ROLE = "ck_membership_body_is_of_a_body_role"

OFFICIALS = ("steering_member", "steering_chair", "steering_deputy")
POLITICAL = ("vis_member", "vis_chair", "vis_deputy")
NEW = ("body_member", "body_chair", "body_deputy")
SUBSTITUTE = "body_substitute"
OF_PARTIES = ("local_handler", "local_approver", "party_registrar", "party_reader", "coordinating_centre")
OTHERS = ("secretariat", "secretariat_head", "consultation_member", "auditor", "admin")

membership = sa.table("membership", sa.column("role", sa.String), sa.column("body", sa.String))
body = sa.table("body", sa.column("code", sa.String), sa.column("kind", sa.String))


def drop_constraints() -> None:
    with op.batch_alter_table("membership") as batch_op:
        for name in (KNOWN, HAVE_BODY, OF_A_BODY_ROLE):
            batch_op.drop_constraint(op.f(name), type_="check")


def allow_roles(*of_a_body: str) -> None:
    with op.batch_alter_table("membership") as batch_op:
        batch_op.create_check_constraint(op.f(KNOWN), f"role IN ({listed(*OF_PARTIES, *of_a_body, *OTHERS)})")
        have_body, may_have = sorted(of_a_body), sorted([*of_a_body, "consultation_member"])
        batch_op.create_check_constraint(op.f(HAVE_BODY), f"NOT (role IN ({listed(*have_body)})) OR body IS NOT NULL")
        batch_op.create_check_constraint(op.f(OF_A_BODY_ROLE), f"body IS NULL OR role IN ({listed(*may_have)})")


def listed(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


def upgrade() -> None:
    drop_constraints()
    for before in (OFFICIALS, POLITICAL):
        for old, new in zip(before, NEW, strict=True):
            op.execute(membership.update().where(membership.c.role == old).values(role=new))
    allow_roles(*NEW, SUBSTITUTE)


def downgrade() -> None:
    drop_constraints()
    op.execute(membership.update().where(membership.c.role == SUBSTITUTE).values(role="body_member"))
    political = sa.select(body.c.code).where(body.c.kind == "political")
    for old, new in zip(POLITICAL, NEW, strict=True):
        op.execute(
            membership.update().where(membership.c.role == new, membership.c.body.in_(political)).values(role=old)
        )
    for old, new in zip(OFFICIALS, NEW, strict=True):
        op.execute(membership.update().where(membership.c.role == new).values(role=old))
    allow_roles(*OFFICIALS, *POLITICAL)
