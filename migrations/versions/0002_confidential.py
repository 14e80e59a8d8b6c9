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
APPEND_ONLY = {
    "sqlite": (
        """CREATE TRIGGER privacy_audit_no_update BEFORE UPDATE ON privacy_audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
        """CREATE TRIGGER privacy_audit_no_delete BEFORE DELETE ON privacy_audit
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
        # INSERT OR REPLACE takes a row away without asking the trigger above.
        """CREATE TRIGGER privacy_audit_no_replace BEFORE INSERT ON privacy_audit
        WHEN EXISTS (SELECT 1 FROM privacy_audit WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    ),
    "postgresql": (
        """CREATE FUNCTION privacy_audit_refuse() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$""",
        """CREATE TRIGGER privacy_audit_no_change BEFORE UPDATE OR DELETE ON privacy_audit
        FOR EACH ROW EXECUTE FUNCTION privacy_audit_refuse()""",
        """CREATE TRIGGER privacy_audit_no_truncate BEFORE TRUNCATE ON privacy_audit
        FOR EACH STATEMENT EXECUTE FUNCTION privacy_audit_refuse()""",
    ),
}
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
        table.add_column(sa.Column("tf_last_counter", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mf_recovery_codes", sa.JSON(), nullable=True))
        table.add_column(sa.Column("fs_webauthn_user_handle", sa.String(), nullable=True))
        table.create_unique_constraint(op.f("uq_account_user_fs_webauthn_user_handle"), ["fs_webauthn_user_handle"])
    with op.batch_alter_table("account_membership") as table:
        table.add_column(sa.Column("doubted_at", sa.DateTime(timezone=True), nullable=True))
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
    # Who is signed in signs in again, now with a second factor.
    op.execute("DELETE FROM account_vault_session")
    with op.batch_alter_table("account_vault_session") as table:
        table.add_column(sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("wrong_codes", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("account_vault_session") as table:
        table.alter_column("wrong_codes", existing_type=sa.Integer(), server_default=None)
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
    op.create_index(
        "uq_privacy_principal_one_recovery",
        "privacy_principal",
        ["kind"],
        unique=True,
        sqlite_where=sa.text("kind = 'recovery'"),
        postgresql_where=sa.text("kind = 'recovery'"),
    )
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
    op.create_index(op.f("ix_privacy_audit_at"), "privacy_audit", ["at"])
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
    with op.batch_alter_table("notification_outbox") as table:
        table.add_column(sa.Column("facts", sa.JSON(), nullable=True))
        table.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        table.alter_column("user_id", existing_type=sa.Integer(), nullable=True)
        table.create_foreign_key(
            op.f("fk_notification_outbox_invitation_id"),
            "account_invitation",
            ["invitation_id"],
            ["id"],
            ondelete="CASCADE",
        )
        table.create_index(op.f("ix_notification_outbox_invitation_id"), ["invitation_id"])
        table.create_check_constraint(
            op.f("ck_notification_outbox_one_recipient"), "(user_id IS NULL) <> (invitation_id IS NULL)"
        )
    with op.batch_alter_table("report", table_args=_report_checks()) as table:
        table.alter_column("office_id", existing_type=sa.Integer(), nullable=True)
        table.alter_column("fallback_office_id", existing_type=sa.Integer(), nullable=True)
        table.add_column(sa.Column("restricted", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("purged_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("report", table_args=_report_checks()) as table:
        table.alter_column("restricted", existing_type=sa.Boolean(), server_default=None)
    op.add_column("plan_field", sa.Column("not_by_reports", sa.JSON(), nullable=True))
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
    with op.batch_alter_table("plan_field") as table:
        table.drop_column("not_by_reports")
    with op.batch_alter_table("report", table_args=_report_checks()) as table:
        table.drop_column("purged_at")
        table.drop_column("restricted")
        table.alter_column("fallback_office_id", existing_type=sa.Integer(), nullable=False)
        table.alter_column("office_id", existing_type=sa.Integer(), nullable=False)
    op.execute("DELETE FROM notification_outbox WHERE user_id IS NULL")
    with op.batch_alter_table("notification_outbox") as table:
        table.drop_constraint(op.f("ck_notification_outbox_one_recipient"), type_="check")
        table.drop_constraint(op.f("fk_notification_outbox_invitation_id"), type_="foreignkey")
        table.drop_index(op.f("ix_notification_outbox_invitation_id"))
        table.alter_column("user_id", existing_type=sa.Integer(), nullable=False)
        table.drop_column("invitation_id")
        table.drop_column("facts")
    op.drop_table("privacy_audit")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION privacy_audit_refuse()")
    op.execute(
        "DELETE FROM privacy_holding WHERE person_id IN (SELECT id FROM privacy_principal WHERE kind = 'recovery')"
    )
    op.execute("DELETE FROM privacy_principal WHERE kind = 'recovery'")
    op.drop_index("uq_privacy_principal_one_recovery", "privacy_principal")
    with op.batch_alter_table("privacy_principal") as table:
        table.drop_index(op.f("ix_privacy_principal_successor_id"))
        table.drop_constraint(op.f("fk_privacy_principal_successor_id"), type_="foreignkey")
        table.drop_column("successor_id")
    _kinds("")
    with op.batch_alter_table("account_membership") as table:
        table.drop_column("doubted_at")
    op.drop_table("account_invitation")
    op.execute("DELETE FROM account_vault_session")
    with op.batch_alter_table("account_vault_session") as table:
        table.drop_column("wrong_codes")
        table.drop_column("confirmed_at")
    op.drop_table("account_passkey")
    with op.batch_alter_table("account_user") as table:
        table.drop_constraint(op.f("uq_account_user_fs_webauthn_user_handle"), type_="unique")
        for name in (
            "fs_webauthn_user_handle", "mf_recovery_codes", "tf_last_counter", "tf_totp_secret", "tf_primary_method"
        ):  # fmt: skip
            table.drop_column(name)
