"""snapshots of needs, supply and effort

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up. The first snapshot is taken by the worker's next hour, or by ``flask needs snapshot``."""
    op.create_table(
        "needs_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_snapshot")),
        sa.UniqueConstraint("hash", name=op.f("uq_needs_snapshot_hash")),
    )


def downgrade() -> None:
    """Go back. What was made from a snapshot keeps its hash."""
    op.drop_table("needs_snapshot")
