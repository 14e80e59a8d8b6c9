"""reports of the strategy

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "strategy_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("compare", sa.String(), nullable=True),
        sa.Column("snapshot", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.String(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), nullable=True),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'making', 'issued', 'withdrawn')",
            name=op.f("ck_strategy_report_state_known"),
        ),
        sa.CheckConstraint(
            "issued_by IS NULL OR submitted_by IS NULL OR issued_by <> submitted_by",
            name=op.f("ck_strategy_report_four_eyes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_report")),
    )
    op.create_table(
        "strategy_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["strategy_report.id"], name=op.f("fk_strategy_file_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_file")),
        sa.UniqueConstraint("report_id", "language", "format", name=op.f("uq_strategy_file_report_id_language_format")),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_table("strategy_file")
    op.drop_table("strategy_report")
