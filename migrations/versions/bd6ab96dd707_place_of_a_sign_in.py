"""The place of an attempt to sign in: what of the caller's address counts as one when attempts are throttled."""

from __future__ import annotations

import ipaddress

import sqlalchemy as sa
from alembic import op

revision = "bd6ab96dd707"
down_revision = "0013"
branch_labels = None
depends_on = None

LOG = sa.table("sign_in_log", sa.column("address", sa.String), sa.column("place", sa.String))


def place_of(address: str) -> str:
    """As ``accounts.actions.place_of`` says it on the day of this migration."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return str(ip)
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(ip), 64), strict=False))


def upgrade() -> None:
    with op.batch_alter_table("sign_in_log") as batch_op:
        batch_op.add_column(sa.Column("place", sa.String(length=64), nullable=True))
    bind = op.get_bind()
    for (address,) in bind.execute(sa.select(LOG.c.address).distinct()).all():
        bind.execute(sa.update(LOG).where(LOG.c.address == address).values(place=place_of(address)))
    with op.batch_alter_table("sign_in_log") as batch_op:
        batch_op.alter_column("place", existing_type=sa.String(length=64), nullable=False)
        batch_op.drop_index("ix_sign_in_log_address_at")
        batch_op.create_index("ix_sign_in_log_place_at", ["place", "at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("sign_in_log") as batch_op:
        batch_op.drop_index("ix_sign_in_log_place_at")
        batch_op.create_index("ix_sign_in_log_address_at", ["address", "at"], unique=False)
        batch_op.drop_column("place")
