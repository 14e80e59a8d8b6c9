"""where people live, and indicators of areas

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "place_grid",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_grid")),
    )
    op.create_table(
        "place_cell",
        sa.Column("x", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("y", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("residents", sa.Integer(), nullable=False),
        sa.CheckConstraint("residents > 0", name=op.f("ck_place_cell_inhabited")),
        sa.PrimaryKeyConstraint("x", "y", name=op.f("pk_place_cell")),
    )
    op.create_table(
        "place_indicator",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("unit", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["level_id"], ["place_level.id"], name=op.f("fk_place_indicator_level_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_indicator")),
        sa.UniqueConstraint("key", name=op.f("uq_place_indicator_key")),
    )
    op.create_index(op.f("ix_place_indicator_level_id"), "place_indicator", ["level_id"])
    op.create_table(
        "place_indicator_value",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("indicator_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_place_indicator_value_area_id")),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["place_indicator.id"],
            name=op.f("fk_place_indicator_value_indicator_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_indicator_value")),
        sa.UniqueConstraint(
            "indicator_id", "day", "area_id", name=op.f("uq_place_indicator_value_indicator_id_day_area_id")
        ),
    )
    op.create_index(op.f("ix_place_indicator_value_area_id"), "place_indicator_value", ["area_id"])


def downgrade() -> None:
    """Go back. What was imported is lost: the files it came from can be imported again."""
    op.drop_index(op.f("ix_place_indicator_value_area_id"), table_name="place_indicator_value")
    op.drop_table("place_indicator_value")
    op.drop_index(op.f("ix_place_indicator_level_id"), table_name="place_indicator")
    op.drop_table("place_indicator")
    op.drop_table("place_cell")
    op.drop_table("place_grid")
