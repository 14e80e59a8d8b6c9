"""what partners follow and take up

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _of_a_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["account_user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "partner_followed",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.CheckConstraint("what IN ('area', 'target', 'topic')", name=op.f("ck_partner_followed_what_known")),
        _of_a_person("partner_followed"),
        sa.PrimaryKeyConstraint("user_id", "what", "value", name=op.f("pk_partner_followed")),
    )
    op.create_table(
        "partner_told",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        _of_a_person("partner_told"),
        sa.PrimaryKeyConstraint("user_id", "period", name=op.f("pk_partner_told")),
    )
    op.create_table(
        "partner_preference",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("growth", sa.Boolean(), nullable=False),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        _of_a_person("partner_preference"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_partner_preference")),
    )
    op.create_table(
        "partner_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=True),
        sa.Column("to_year", sa.Integer(), nullable=True),
        sa.Column("need", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("measure", sa.String(), nullable=True),
        sa.CheckConstraint(
            "state IN ('accepted', 'declined', 'open', 'withdrawn')", name=op.f("ck_partner_proposal_state_known")
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (measure IS NOT NULL)", name=op.f("ck_partner_proposal_accepted_is_a_measure")
        ),
        sa.CheckConstraint(
            "to_year IS NULL OR from_year IS NULL OR to_year >= from_year",
            name=op.f("ck_partner_proposal_years_in_order"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["directory_organisation.id"], name=op.f("fk_partner_proposal_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_partner_proposal_user_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_proposal")),
    )
    for name in ("organisation_id", "state", "user_id"):
        op.create_index(op.f(f"ix_partner_proposal_{name}"), "partner_proposal", [name])


def downgrade() -> None:
    """Go back. What partners follow and have proposed is gone; services and measures stay."""
    for name in ("partner_proposal", "partner_preference", "partner_told", "partner_followed"):
        op.drop_table(name)
