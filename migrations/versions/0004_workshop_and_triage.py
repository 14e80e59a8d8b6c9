"""drafts of rules, deadlines, several offices at one case, to-dos, labels, templates, the city's own choices

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

YES, NO = sa.text("true"), sa.text("false")
"""What rows that are already there get in a new column."""

STILL_OPEN = sa.text("state IN ('answered', 'danger', 'in_review', 'received', 'waiting')")
CONCERNED = (("lead", "office_id"), ("reserve", "fallback_office_id"))
SORTED_BY = ("changed_at", "due_at")
NARROWED_BY = ("state", "kind", "topic", "language")
WAITING = (("ix_triage_handover_waiting", "to_office_id"), ("ix_triage_handover_offered", "from_office_id"))


def upgrade() -> None:
    """Go up."""
    _make_tables()
    _let_receipts_open_more()
    with op.batch_alter_table("account_membership") as table:
        table.add_column(sa.Column("reads", sa.Boolean(), nullable=False, server_default=YES))
        table.add_column(sa.Column("deputy", sa.Boolean(), nullable=False, server_default=NO))
    with op.batch_alter_table("account_user") as table:
        table.add_column(sa.Column("sso_issuer", sa.String(), nullable=True))
        table.add_column(sa.Column("sso_subject", sa.String(), nullable=True))
        table.add_column(sa.Column("digest", sa.Boolean(), nullable=False, server_default=YES))
        table.create_unique_constraint(op.f("uq_account_user_sso_issuer_sso_subject"), ["sso_issuer", "sso_subject"])
    with op.batch_alter_table("directory_organisation") as table:
        table.add_column(sa.Column("opening_hours", sa.String(), nullable=True))
        table.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        table.add_column(sa.Column("substitute_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_directory_organisation_substitute_id"), "directory_organisation", ["substitute_id"], ["id"]
        )
        table.create_check_constraint(
            op.f("ck_directory_organisation_not_its_own_substitute"), "substitute_id IS NULL OR substitute_id <> id"
        )
    op.create_index("ix_notification_outbox_told", "notification_outbox", ["subject_number", "user_id", "created_at"])
    _add_deadlines()
    with op.batch_alter_table("routing_rule") as table:
        table.add_column(sa.Column("valid_from", sa.Date(), nullable=True))
        table.add_column(sa.Column("valid_until", sa.Date(), nullable=True))
        table.drop_constraint(op.f("uq_routing_rule_set_id_priority"), type_="unique")
    with op.batch_alter_table("routing_set") as table:
        table.add_column(sa.Column("draft", sa.Boolean(), nullable=False, server_default=NO))
        table.add_column(sa.Column("based_on", sa.String(), nullable=True))
        table.add_column(sa.Column("made_by", sa.String(), nullable=True))
        table.add_column(sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("activated_by", sa.String(), nullable=True))
        table.add_column(sa.Column("why", sa.String(), nullable=True))
    op.execute(sa.text("UPDATE routing_set SET activated_at = created_at WHERE active"))
    with op.batch_alter_table("triage_handover") as table:
        table.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
    for name, office in WAITING:
        op.create_index(
            name,
            "triage_handover",
            [office],
            sqlite_where=sa.text("outcome IS NULL"),
            postgresql_where=sa.text("outcome IS NULL"),
        )


def _add_deadlines() -> None:
    with op.batch_alter_table("report") as table:
        table.add_column(sa.Column("assignee_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("channel", sa.String(), nullable=False, server_default="web"))
        table.add_column(sa.Column("answer_by", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("conclude_by", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("escalation", sa.Integer(), nullable=False, server_default="0"))
        table.create_foreign_key(
            op.f("fk_report_assignee_id"), "account_user", ["assignee_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_report_assignee", "report", ["assignee_id", "received_at", "id"])
    op.create_index("ix_report_due", "report", ["due_at", "id"])
    op.create_index("ix_report_reserve", "report", ["fallback_office_id", "received_at", "id"])
    op.create_index(op.f("ix_report_coarse_area_id"), "report", ["coarse_area_id"])
    unread = {"sqlite_where": sa.text("unread = 1"), "postgresql_where": sa.text("unread")}
    for of, office in CONCERNED:
        for key in SORTED_BY:
            op.create_index(f"ix_report_{of}_{key}", "report", [office, key, "id"])
        for key in NARROWED_BY:
            op.create_index(f"ix_report_{of}_{key}", "report", [office, key, "received_at", "id"])
        op.create_index(f"ix_report_{of}_unread", "report", [office, "received_at", "id"], **unread)
    for name, office in (("ix_report_open", "office_id"), ("ix_report_open_reserve", "fallback_office_id")):
        op.create_index(
            name, "report", [office, "received_at", "id"], sqlite_where=STILL_OPEN, postgresql_where=STILL_OPEN
        )


def _let_receipts_open_more() -> None:
    with op.batch_alter_table("privacy_receipt") as table:
        table.add_column(sa.Column("public_key", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("wrapped_private", sa.LargeBinary(), nullable=True))
    op.create_table(
        "privacy_further",
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("receipt_lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("enclosed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"], ["privacy_box.id"], name=op.f("fk_privacy_further_box_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["receipt_lookup"],
            ["privacy_receipt.lookup"],
            name=op.f("fk_privacy_further_receipt_lookup"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("box_id", name=op.f("pk_privacy_further")),
    )
    op.create_index(op.f("ix_privacy_further_receipt_lookup"), "privacy_further", ["receipt_lookup"])


def _make_tables() -> None:
    op.create_table(
        "core_chosen",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_chosen")),
    )
    op.create_table(
        "core_closed_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_core_closed_day")),
    )
    op.create_table(
        "triage_label",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_label")),
        sa.UniqueConstraint("key", name=op.f("uq_triage_label_key")),
    )
    op.create_table(
        "triage_reply_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("text", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_reply_template")),
        sa.UniqueConstraint("key", name=op.f("uq_triage_reply_template_key")),
    )
    op.create_table(
        "triage_saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("filters", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_triage_saved_filter_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_saved_filter")),
    )
    op.create_index(op.f("ix_triage_saved_filter_user_id"), "triage_saved_filter", ["user_id"])
    op.create_table(
        "triage_bulk_act",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("done", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_triage_bulk_act_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_bulk_act")),
    )
    op.create_index(op.f("ix_triage_bulk_act_at"), "triage_bulk_act", ["at"])
    op.create_index(op.f("ix_triage_bulk_act_user_id"), "triage_bulk_act", ["user_id"])
    op.create_table(
        "triage_case_label",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("label_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["label_id"], ["triage_label.id"], name=op.f("fk_triage_case_label_label_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_triage_case_label_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "label_id", name=op.f("pk_triage_case_label")),
    )
    op.create_index(op.f("ix_triage_case_label_label_id"), "triage_case_label", ["label_id"])
    op.create_table(
        "triage_consultation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('accepted', 'returned', 'taken_back')",
            name=op.f("ck_triage_consultation_outcome_known"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["directory_organisation.id"], name=op.f("fk_triage_consultation_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["directory_organisation.id"], name=op.f("fk_triage_consultation_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_triage_consultation_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_consultation")),
    )
    op.create_index(op.f("ix_triage_consultation_office_id"), "triage_consultation", ["office_id"])
    op.create_index(
        "uq_triage_consultation_one_open",
        "triage_consultation",
        ["report_id", "office_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    for name, office in (
        ("ix_triage_consultation_running", "office_id"),
        ("ix_triage_consultation_asked", "asked_by_id"),
    ):
        op.create_index(
            name,
            "triage_consultation",
            [office],
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
    op.create_table(
        "triage_related",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("why IN ('same_incident', 'split')", name=op.f("ck_triage_related_why_known")),
        sa.CheckConstraint("report_id < other_id", name=op.f("ck_triage_related_in_order")),
        sa.ForeignKeyConstraint(
            ["other_id"], ["report.id"], name=op.f("fk_triage_related_other_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_triage_related_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "other_id", name=op.f("pk_triage_related")),
    )
    op.create_index(op.f("ix_triage_related_other_id"), "triage_related", ["other_id"])
    op.create_table(
        "triage_to_do",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sealed_id", sa.String(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["directory_organisation.id"], name=op.f("fk_triage_to_do_office_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_triage_to_do_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sealed_id"], ["privacy_sealed.id"], name=op.f("fk_triage_to_do_sealed_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_to_do")),
    )
    op.create_index(op.f("ix_triage_to_do_due_on"), "triage_to_do", ["due_on"])
    op.create_index(op.f("ix_triage_to_do_report_id"), "triage_to_do", ["report_id"])
    op.create_index(
        "ix_triage_to_do_open",
        "triage_to_do",
        ["office_id", "due_on"],
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "routing_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["routing_set.id"], name=op.f("fk_routing_change_set_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_change")),
    )
    op.create_index(op.f("ix_routing_change_set_id"), "routing_change", ["set_id"])


def downgrade() -> None:
    """Go back. Rules that share a priority get one each, in the order of their keys.

    Only the offices read what was split off a report then: the receipt opens the first part.
    """
    for name in MADE:
        op.drop_table(name)
    with op.batch_alter_table("privacy_receipt") as table:
        table.drop_column("wrapped_private")
        table.drop_column("public_key")
    for name, _office in WAITING:
        op.drop_index(name, table_name="triage_handover")
    with op.batch_alter_table("triage_handover") as table:
        table.drop_column("escalated_at")
        table.drop_column("due_at")
    _take_drafts_back()
    _drop_deadlines()
    op.drop_index("ix_notification_outbox_told", table_name="notification_outbox")
    with op.batch_alter_table("directory_organisation") as table:
        table.drop_constraint(op.f("ck_directory_organisation_not_its_own_substitute"), type_="check")
        table.drop_constraint(op.f("fk_directory_organisation_substitute_id"), type_="foreignkey")
        table.drop_column("substitute_id")
        table.drop_column("valid_from")
        table.drop_column("opening_hours")
    with op.batch_alter_table("account_user") as table:
        table.drop_constraint(op.f("uq_account_user_sso_issuer_sso_subject"), type_="unique")
        table.drop_column("digest")
        table.drop_column("sso_subject")
        table.drop_column("sso_issuer")
    with op.batch_alter_table("account_membership") as table:
        table.drop_column("deputy")
        table.drop_column("reads")


MADE = (
    "privacy_further",
    "routing_change", "triage_to_do", "triage_related", "triage_consultation", "triage_case_label", "triage_bulk_act",
    "triage_saved_filter", "triage_reply_template", "triage_label", "core_closed_day", "core_chosen",
)  # fmt: skip


def _take_drafts_back() -> None:
    op.execute(sa.text("DELETE FROM routing_rule WHERE set_id IN (SELECT id FROM routing_set WHERE draft)"))
    op.execute(sa.text("DELETE FROM routing_set WHERE draft"))
    rules = sa.table("routing_rule", sa.column("id"), sa.column("set_id"), sa.column("priority"), sa.column("key"))
    connection = op.get_bind()
    in_order = connection.execute(sa.select(rules).order_by(rules.c.set_id, rules.c.priority, rules.c.key)).all()
    taken: dict[int, int] = {}
    for row in in_order:
        priority = max(row.priority, taken.get(row.set_id, row.priority - 1) + 1)
        taken[row.set_id] = priority
        if priority != row.priority:
            connection.execute(rules.update().where(rules.c.id == row.id).values(priority=priority))
    with op.batch_alter_table("routing_rule") as table:
        table.create_unique_constraint(op.f("uq_routing_rule_set_id_priority"), ["set_id", "priority"])
        table.drop_column("valid_until")
        table.drop_column("valid_from")
    with op.batch_alter_table("routing_set") as table:
        for name in ("why", "activated_by", "activated_at", "made_by", "based_on", "draft"):
            table.drop_column(name)


def _drop_deadlines() -> None:
    for name in (
        *(f"ix_report_{of}_{key}" for of, _office in CONCERNED for key in (*SORTED_BY, *NARROWED_BY, "unread")),
        "ix_report_open_reserve", "ix_report_open", "ix_report_coarse_area_id", "ix_report_reserve", "ix_report_due",
        "ix_report_assignee",
    ):  # fmt: skip
        op.drop_index(name, table_name="report")
    with op.batch_alter_table("report") as table:
        table.drop_constraint(op.f("fk_report_assignee_id"), type_="foreignkey")
        for name in (
            "escalation", "paused_at", "answered_at", "due_at", "conclude_by", "answer_by", "channel", "assignee_id",
        ):  # fmt: skip
            table.drop_column(name)
