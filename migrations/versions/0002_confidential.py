"""second factors, invitations, changed mailbox keys, audit trail, reports that nobody may read

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

KINDS = "kind IN ('person', 'mailbox'{more})"
COARSE = "kind <> 'discrimination' OR area_id IS NULL"


def _kinds(more: str) -> None:
    with op.batch_alter_table("privacy_principal") as table:
        if op.get_bind().dialect.name != "sqlite":
            table.drop_constraint(op.f("ck_privacy_principal_kind_known"), type_="check")
        table.create_check_constraint(op.f("ck_privacy_principal_kind_known"), KINDS.format(more=more))


def upgrade() -> None:
    """Go up."""
    with op.batch_alter_table("account_user") as table:
        table.add_column(sa.Column("tf_primary_method", sa.String(), nullable=True))
        table.add_column(sa.Column("tf_totp_secret", sa.String(), nullable=True))
        table.add_column(sa.Column("mf_recovery_codes", sa.JSON(), nullable=True))
        table.add_column(sa.Column("fs_webauthn_user_handle", sa.String(), nullable=True))
        table.create_unique_constraint(op.f("uq_account_user_fs_webauthn_user_handle"), ["fs_webauthn_user_handle"])
    op.create_table(
        "account_passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=True),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("device_type", sa.String(), nullable=False),
        sa.Column("extensions", sa.String(), nullable=True),
        sa.Column("usage", sa.String(), nullable=False),
        sa.Column("create_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lastuse_datetime", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_account_passkey_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_account_passkey_credential_id")),
    )
    op.create_index(op.f("ix_account_passkey_user_id"), "account_passkey", ["user_id"])
    op.create_table(
        "account_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("organisations", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_invitation")),
    )
    op.create_index(op.f("ix_account_invitation_email"), "account_invitation", ["email"])
    with op.batch_alter_table("privacy_principal") as table:
        table.add_column(sa.Column("successor_id", sa.String(), nullable=True))
        table.create_foreign_key(
            op.f("fk_privacy_principal_successor_id"), "privacy_principal", ["successor_id"], ["id"]
        )
        table.create_index(op.f("ix_privacy_principal_successor_id"), ["successor_id"])
    _kinds(", 'recovery'")
    op.create_table(
        "privacy_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_audit")),
    )
    op.create_index(op.f("ix_privacy_audit_subject"), "privacy_audit", ["subject"])
    with op.batch_alter_table("report", table_args=_report_checks()) as table:
        table.alter_column("office_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("fallback_office_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("report", table_args=_report_checks()) as table:
        table.alter_column("restricted", existing_type=sa.Boolean(), server_default=None)
    op.create_table(
        "triage_reassignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("to_office_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('done', 'refused', 'cancelled')",
            name=op.f("ck_triage_reassignment_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_triage_reassignment_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_office_id"], ["directory_organisation.id"], name=op.f("fk_triage_reassignment_to_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_reassignment")),
    )
    op.create_index(
        "uq_triage_reassignment_one_open",
        "triage_reassignment",
        ["report_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _report_checks() -> tuple[sa.CheckConstraint, ...]:
    """What SQLite would forget when the table is made anew."""
    if op.get_bind().dialect.name != "sqlite":
        return ()
    return (sa.CheckConstraint(COARSE, name=op.f("ck_report_discrimination_keeps_coarse_area")),)


def downgrade() -> None:
    """Go back. Reports that no office may read cannot be told in the older tables, so they go."""
    op.execute("DELETE FROM report WHERE office_id IS NULL OR fallback_office_id IS NULL")
    op.drop_table("triage_reassignment")
    with op.batch_alter_table("report", table_args=_report_checks()) as table:
        table.drop_column("purged_at")
        table.drop_column("restricted")
        table.alter_column("fallback_office_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("office_id", existing_type=sa.Integer(), nullable=False)
    op.drop_table("privacy_audit")
    op.execute(
        "DELETE FROM privacy_holding WHERE person_id IN (SELECT id FROM privacy_principal WHERE kind = 'recovery')"
    )
    op.execute("DELETE FROM privacy_principal WHERE kind = 'recovery'")
    with op.batch_alter_table("privacy_principal") as table:
        table.drop_index(op.f("ix_privacy_principal_successor_id"))
        table.drop_constraint(op.f("fk_privacy_principal_successor_id"), type_="foreignkey")
        table.drop_column("successor_id")
    _kinds("")
    op.drop_table("account_invitation")
    op.drop_table("account_passkey")
    with op.batch_alter_table("account_user") as table:
        table.drop_constraint(op.f("uq_account_user_fs_webauthn_user_handle"), type_="unique")
        for name in ("fs_webauthn_user_handle", "mf_recovery_codes", "tf_totp_secret", "tf_primary_method"):
            table.drop_column(name)
