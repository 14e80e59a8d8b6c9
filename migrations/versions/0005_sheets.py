"""tables that are read while somebody waits

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

RUNS = sa.text("state IN ('reading', 'taking', 'waiting')")


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "sheets_job",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("context", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("preview", sa.JSON(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("base", sa.String(), nullable=True),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("claim", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("stop_wanted", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('clean', 'failed', 'faulty', 'reading', 'stopped', 'taken', 'taking', 'waiting')",
            name=op.f("ck_sheets_job_state_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheets_job")),
    )
    op.create_index(op.f("ix_sheets_job_changed_at"), "sheets_job", ["changed_at"])
    op.create_index(op.f("ix_sheets_job_owner"), "sheets_job", ["owner"])
    op.create_index(
        "uq_sheets_job_one_running", "sheets_job", ["owner"], unique=True, sqlite_where=RUNS, postgresql_where=RUNS
    )


def downgrade() -> None:
    """Go back. Files that wait have to be sent again."""
    op.drop_table("sheets_job")
