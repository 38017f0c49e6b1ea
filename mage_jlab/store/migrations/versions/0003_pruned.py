"""When products were given up by the retention, and when their files were gone.

Revision ID: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; every product of before is kept."""
    for name in ("pruned_at", "removed_at"):
        op.add_column("product", sa.Column(name, sa.BigInteger(), nullable=True))
    op.create_index("ix_product_uri", "product", ["uri"], unique=False)


def downgrade() -> None:
    """Refuse: products whose files are gone would be shown as there."""
    raise NotImplementedError("This revision of the ledger cannot be taken back.")
