"""Items of fan-outs, polls of sensors, and the origin of cached products.

Revision ID: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every block run of before is a plain one."""
    for name in ("item_name", "decided", "origin"):
        op.add_column("block_run", sa.Column(name, sa.Text(), nullable=True))
    for name in ("items_all", "items_made", "items_left"):
        op.add_column("block_run", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column(
        "block_run",
        sa.Column("polls", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("block_run", sa.Column("polling_since", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_block_run_cache",
        "block_run",
        ["input_hash", "env_hash"],
        unique=False,
        sqlite_where=sa.text("input_hash IS NOT NULL"),
        postgresql_where=sa.text("input_hash IS NOT NULL"),
    )


def downgrade() -> None:
    """Refuse: items of fan-outs would be lost."""
    raise NotImplementedError("This revision of the ledger cannot be taken back.")
