"""publications of closed periods in place of nightly snapshots

Revision: 0003, after 0002

The snapshots are not taken along, in either direction: they were counted anew every night over a moving year, and what
is published from now on is counted from the reports themselves.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.drop_table("needs_cell")
    op.drop_table("needs_city_cell")
    op.drop_table("needs_snapshot")
    op.create_table(
        "needs_publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_publication")),
        sa.UniqueConstraint("period", name=op.f("uq_needs_publication_period")),
    )
    op.create_table(
        "needs_published_cell",
        sa.Column("publication_id", sa.Integer(), nullable=False),
        sa.Column("listed", sa.String(), nullable=False),
        sa.Column("row", sa.String(), nullable=False),
        sa.Column("column", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "reports IS NULL OR reports > 2", name=op.f("ck_needs_published_cell_small_counts_are_hidden")
        ),
        sa.ForeignKeyConstraint(
            ["publication_id"],
            ["needs_publication.id"],
            name=op.f("fk_needs_published_cell_publication_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("publication_id", "listed", "row", "column", name=op.f("pk_needs_published_cell")),
    )


def downgrade() -> None:
    """Go back. The needs page says that nothing is published until the next night has counted."""
    op.drop_table("needs_published_cell")
    op.drop_table("needs_publication")
    op.create_table(
        "needs_snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_needs_snapshot")),
    )
    op.create_index(
        "uq_needs_snapshot_one_published",
        "needs_snapshot",
        ["published"],
        unique=True,
        sqlite_where=sa.text("published"),
        postgresql_where=sa.text("published"),
    )
    _counted_cells("needs_city_cell", sa.Column("citywide", sa.Integer(), nullable=False))
    _counted_cells(
        "needs_cell",
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_needs_cell_area_id")),
    )


def _counted_cells(name: str, *more: sa.schema.SchemaItem) -> None:
    key = ["snapshot_id", "topic"] if name == "needs_city_cell" else ["snapshot_id", "area_id", "topic"]
    op.create_table(
        name,
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Integer(), nullable=False),
        *more,
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.Column("reports_at_least", sa.Integer(), nullable=False),
        sa.Column("reports_at_most", sa.Integer(), nullable=False),
        sa.CheckConstraint("reports IS NULL OR reports > 0", name=op.f(f"ck_{name}_small_counts_are_hidden")),
        sa.CheckConstraint("reports_at_least <= reports_at_most", name=op.f(f"ck_{name}_range_in_order")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["needs_snapshot.id"], name=op.f(f"fk_{name}_snapshot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )
