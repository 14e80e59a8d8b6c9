"""editions of the plans with all their versions

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

YES = sa.text("true")
"""What rows that are already there get in a new column."""

KNOWN = "state IN ('planned', 'under_way', 'done')"
MORE = "state IN ('planned', 'under_way', 'done', 'paused', 'dropped')"


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "plan_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=True),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("to_year", sa.Integer(), nullable=True),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_edition")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_edition_key")),
    )
    op.create_index(
        "ix_plan_edition_current",
        "plan_edition",
        ["current"],
        unique=True,
        sqlite_where=sa.text("current"),
        postgresql_where=sa.text("current"),
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("based_on_id", sa.Integer(), nullable=True),
        sa.Column("from_folder", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.String(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by", sa.String(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version")),
        sa.UniqueConstraint("edition_id", "number", name=op.f("uq_plan_version_edition_id_number")),
        sa.ForeignKeyConstraint(["edition_id"], ["plan_edition.id"], name=op.f("fk_plan_version_edition_id")),
        sa.ForeignKeyConstraint(["based_on_id"], ["plan_version.id"], name=op.f("fk_plan_version_based_on_id")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'published', 'superseded')", name=op.f("ck_plan_version_state_known")
        ),
        sa.CheckConstraint(
            "published_by IS NULL OR submitted_by IS NULL OR published_by <> submitted_by",
            name=op.f("ck_plan_version_four_eyes"),
        ),
    )
    op.create_index("ix_plan_version_edition_id", "plan_version", ["edition_id"])
    op.create_table(
        "plan_version_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_version_change")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["plan_version.id"], name=op.f("fk_plan_version_change_version_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_plan_version_change_version_id", "plan_version_change", ["version_id"])
    with op.batch_alter_table("plan_field") as table:
        table.add_column(sa.Column("topics", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("targets", sa.JSON(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("statement", sa.JSON(), nullable=True))
        table.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=YES))
    with op.batch_alter_table("measure") as table:
        table.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("listed", sa.Boolean(), nullable=False, server_default=YES))
        table.drop_constraint(op.f("ck_measure_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_measure_state_known"), MORE)


def downgrade() -> None:
    """Go down. A measure that was paused or given up is under way or done again: there is no other word for it."""
    op.execute(sa.text("UPDATE measure SET state = 'under_way' WHERE state = 'paused'"))
    op.execute(sa.text("UPDATE measure SET state = 'done' WHERE state = 'dropped'"))
    with op.batch_alter_table("measure") as table:
        table.drop_constraint(op.f("ck_measure_state_known"), type_="check")
        table.create_check_constraint(op.f("ck_measure_state_known"), KNOWN)
        table.drop_column("listed")
        table.drop_column("details")
    with op.batch_alter_table("plan_field") as table:
        for name in ("listed", "statement", "targets", "topics"):
            table.drop_column(name)
    op.drop_index("ix_plan_version_change_version_id", table_name="plan_version_change")
    op.drop_table("plan_version_change")
    op.drop_index("ix_plan_version_edition_id", table_name="plan_version")
    op.drop_table("plan_version")
    op.drop_index("ix_plan_edition_current", table_name="plan_edition")
    op.drop_table("plan_edition")
