"""first tables

Revision: 0001, after
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go up."""
    op.create_table(
        "account_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_role")),
        sa.UniqueConstraint("name", name=op.f("uq_account_role_name")),
    )
    op.create_table(
        "account_user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_user")),
        sa.UniqueConstraint("email", name=op.f("uq_account_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_account_user_fs_uniquifier")),
        sa.UniqueConstraint("principal_id", name=op.f("uq_account_user_principal_id")),
    )
    op.create_table(
        "core_heartbeat",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_heartbeat")),
    )
    op.create_table(
        "core_revision",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_core_revision")),
    )
    op.create_table(
        "directory_organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("receives", sa.Boolean(), nullable=False),
        sa.Column("counselling", sa.Boolean(), nullable=False),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("unconfirmed", sa.JSON(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('office', 'independent')", name=op.f("ck_directory_organisation_kind_known")),
        sa.CheckConstraint(
            "parent_id IS NULL OR parent_id <> id", name=op.f("ck_directory_organisation_not_its_own_parent")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["directory_organisation.id"], name=op.f("fk_directory_organisation_parent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_organisation")),
        sa.UniqueConstraint("key", name=op.f("uq_directory_organisation_key")),
        sa.UniqueConstraint("principal_id", name=op.f("uq_directory_organisation_principal_id")),
    )
    op.create_index(op.f("ix_directory_organisation_parent_id"), "directory_organisation", ["parent_id"], unique=False)
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
    op.create_table(
        "needs_city_cell",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Integer(), nullable=False),
        sa.Column("citywide", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.Column("reports_at_least", sa.Integer(), nullable=False),
        sa.Column("reports_at_most", sa.Integer(), nullable=False),
        sa.CheckConstraint("reports IS NULL OR reports > 0", name=op.f("ck_needs_city_cell_small_counts_are_hidden")),
        sa.CheckConstraint("reports_at_least <= reports_at_most", name=op.f("ck_needs_city_cell_range_in_order")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["needs_snapshot.id"], name=op.f("fk_needs_city_cell_snapshot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "topic", name=op.f("pk_needs_city_cell")),
    )
    op.create_table(
        "place_backdrop",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attribution", sa.String(), nullable=False),
        sa.Column("geojson", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_place_backdrop")),
    )
    op.create_table(
        "place_city",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_place_city")),
    )
    op.create_table(
        "place_level",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unconfirmed", sa.Boolean(), nullable=False),
        sa.Column("attribution", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_level")),
        sa.UniqueConstraint("key", name=op.f("uq_place_level_key")),
    )
    op.create_table(
        "plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("short", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("since", sa.Integer(), nullable=True),
        sa.Column("updated", sa.Integer(), nullable=True),
        sa.Column("shape", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("shape IN ('circle', 'square', 'triangle')", name=op.f("ck_plan_shape_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_key")),
    )
    op.create_table(
        "privacy_box",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_box")),
    )
    op.create_table(
        "privacy_principal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("kind IN ('person', 'mailbox')", name=op.f("ck_privacy_principal_kind_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_principal")),
    )
    op.create_table(
        "routing_set",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("fallback", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_set")),
        sa.UniqueConstraint("version", name=op.f("uq_routing_set_version")),
    )
    op.create_index(
        "uq_routing_set_one_active",
        "routing_set",
        ["active"],
        unique=True,
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )
    op.create_table(
        "account_membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["directory_organisation.id"], name=op.f("fk_account_membership_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_account_membership_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "organisation_id", name=op.f("pk_account_membership")),
    )
    op.create_index(
        op.f("ix_account_membership_organisation_id"), "account_membership", ["organisation_id"], unique=False
    )
    op.create_table(
        "account_user_role",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["role_id"], ["account_role.id"], name=op.f("fk_account_user_role_role_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_account_user_role_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "role_id", name=op.f("pk_account_user_role")),
    )
    op.create_table(
        "account_vault_session",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_account_vault_session_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_vault_session")),
    )
    op.create_index(op.f("ix_account_vault_session_user_id"), "account_vault_session", ["user_id"], unique=False)
    op.create_table(
        "measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=True),
        sa.Column("to_year", sa.Integer(), nullable=True),
        sa.Column("source", sa.JSON(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'under_way', 'done')", name=op.f("ck_measure_state_known")),
        sa.CheckConstraint(
            "to_year IS NULL OR from_year IS NULL OR to_year >= from_year", name=op.f("ck_measure_years_in_order")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["directory_organisation.id"], name=op.f("fk_measure_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("key", name=op.f("uq_measure_key")),
    )
    op.create_table(
        "notification_outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject_number", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead", sa.Boolean(), nullable=False),
        sa.Column("last_error", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["account_user.id"], name=op.f("fk_notification_outbox_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_outbox")),
        sa.UniqueConstraint("message_id", name=op.f("uq_notification_outbox_message_id")),
    )
    op.create_index(
        "ix_notification_outbox_due",
        "notification_outbox",
        ["next_attempt_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND NOT dead"),
        postgresql_where=sa.text("sent_at IS NULL AND NOT dead"),
    )
    op.create_index(op.f("ix_notification_outbox_user_id"), "notification_outbox", ["user_id"], unique=False)
    op.create_geospatial_table(
        "place_area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("level_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("residents", sa.Integer(), nullable=True),
        sa.Column("residents_year", sa.Integer(), nullable=True),
        sa.Column("schematic", sa.Boolean(), nullable=False),
        sa.Column(
            "outline",
            Geometry(
                geometry_type="MULTIPOLYGON",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(residents IS NULL) = (residents_year IS NULL)", name=op.f("ck_place_area_residents_have_a_year")
        ),
        sa.CheckConstraint("residents IS NULL OR residents >= 0", name=op.f("ck_place_area_residents_not_negative")),
        sa.ForeignKeyConstraint(["level_id"], ["place_level.id"], name=op.f("fk_place_area_level_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["place_area.id"], name=op.f("fk_place_area_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_area")),
        sa.UniqueConstraint("level_id", "key", name=op.f("uq_place_area_level_id_key")),
    )
    op.create_geospatial_index(
        "idx_place_area_outline", "place_area", ["outline"], unique=False, postgresql_using="gist", postgresql_ops={}
    )
    op.create_index(op.f("ix_place_area_level_id"), "place_area", ["level_id"], unique=False)
    op.create_index(op.f("ix_place_area_parent_id"), "place_area", ["parent_id"], unique=False)
    op.create_table(
        "plan_field",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.Column("unconfirmed", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_plan_field_plan_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_field")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_field_key")),
    )
    op.create_index(op.f("ix_plan_field_plan_id"), "plan_field", ["plan_id"], unique=False)
    op.create_table(
        "privacy_grant",
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"], ["privacy_box.id"], name=op.f("fk_privacy_grant_box_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["privacy_principal.id"], name=op.f("fk_privacy_grant_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("box_id", "principal_id", name=op.f("pk_privacy_grant")),
    )
    op.create_index(op.f("ix_privacy_grant_principal_id"), "privacy_grant", ["principal_id"], unique=False)
    op.create_table(
        "privacy_holding",
        sa.Column("mailbox_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mailbox_id"], ["privacy_principal.id"], name=op.f("fk_privacy_holding_mailbox_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["privacy_principal.id"], name=op.f("fk_privacy_holding_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mailbox_id", "person_id", name=op.f("pk_privacy_holding")),
    )
    op.create_index(op.f("ix_privacy_holding_person_id"), "privacy_holding", ["person_id"], unique=False)
    op.create_table(
        "privacy_receipt",
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=True),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"], ["privacy_box.id"], name=op.f("fk_privacy_receipt_box_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("lookup", name=op.f("pk_privacy_receipt")),
        sa.UniqueConstraint("box_id", name=op.f("uq_privacy_receipt_box_id")),
    )
    op.create_table(
        "privacy_sealed",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["box_id"], ["privacy_box.id"], name=op.f("fk_privacy_sealed_box_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_sealed")),
    )
    op.create_index(op.f("ix_privacy_sealed_box_id"), "privacy_sealed", ["box_id"], unique=False)
    op.create_table(
        "privacy_vault",
        sa.Column("principal_id", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("operations", sa.Integer(), nullable=False),
        sa.Column("memory", sa.Integer(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["principal_id"], ["privacy_principal.id"], name=op.f("fk_privacy_vault_principal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("principal_id", name=op.f("pk_privacy_vault")),
    )
    op.create_table(
        "routing_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("set_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("conditions", sa.JSON(), nullable=False),
        sa.Column("office", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("because", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["set_id"], ["routing_set.id"], name=op.f("fk_routing_rule_set_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routing_rule")),
        sa.UniqueConstraint("set_id", "key", name=op.f("uq_routing_rule_set_id_key")),
        sa.UniqueConstraint("set_id", "priority", name=op.f("uq_routing_rule_set_id_priority")),
    )
    op.create_geospatial_table(
        "directory_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("precision", sa.String(), nullable=False),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("opening_hours", sa.String(), nullable=True),
        sa.Column("barrier_free", sa.Boolean(), nullable=True),
        sa.Column("evening", sa.Boolean(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("precision IN ('area', 'address')", name=op.f("ck_directory_service_precision_known")),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_directory_service_area_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["directory_organisation.id"], name=op.f("fk_directory_service_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_service")),
        sa.UniqueConstraint("key", name=op.f("uq_directory_service_key")),
    )
    op.create_geospatial_index(
        "idx_directory_service_point",
        "directory_service",
        ["point"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_index(op.f("ix_directory_service_area_id"), "directory_service", ["area_id"], unique=False)
    op.create_index(
        op.f("ix_directory_service_organisation_id"), "directory_service", ["organisation_id"], unique=False
    )
    op.create_table(
        "measure_area",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_measure_area_area_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_area_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measure_id", "area_id", name=op.f("pk_measure_area")),
    )
    op.create_table(
        "measure_field",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("field_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["field_id"], ["plan_field.id"], name=op.f("fk_measure_field_field_id")),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_field_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("measure_id", "field_id", name=op.f("pk_measure_field")),
    )
    op.create_table(
        "measure_plan",
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measure.id"], name=op.f("fk_measure_plan_measure_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["plan.id"], name=op.f("fk_measure_plan_plan_id")),
        sa.PrimaryKeyConstraint("measure_id", "plan_id", name=op.f("pk_measure_plan")),
    )
    op.create_table(
        "needs_cell",
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("services", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.Column("reports_at_least", sa.Integer(), nullable=False),
        sa.Column("reports_at_most", sa.Integer(), nullable=False),
        sa.CheckConstraint("reports IS NULL OR reports > 0", name=op.f("ck_needs_cell_small_counts_are_hidden")),
        sa.CheckConstraint("reports_at_least <= reports_at_most", name=op.f("ck_needs_cell_range_in_order")),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_needs_cell_area_id")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["needs_snapshot.id"], name=op.f("fk_needs_cell_snapshot_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("snapshot_id", "area_id", "topic", name=op.f("pk_needs_cell")),
    )
    op.create_table(
        "place_street",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_place_street_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_place_street")),
    )
    op.create_index(op.f("ix_place_street_folded"), "place_street", ["folded"], unique=False)
    op.create_geospatial_table(
        "plan_history_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("story", sa.JSON(), nullable=False),
        sa.Column("partner", sa.JSON(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column(
            "point",
            Geometry(
                geometry_type="POINT",
                srid=4326,
                dimension=2,
                spatial_index=False,
                from_text="ST_GeomFromEWKT",
                name="geometry",
            ),
            nullable=True,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_plan_history_place_area_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_history_place")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_history_place_key")),
    )
    op.create_geospatial_index(
        "idx_plan_history_place_point",
        "plan_history_place",
        ["point"],
        unique=False,
        postgresql_using="gist",
        postgresql_ops={},
    )
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=True),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("grounds", sa.JSON(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("targets", sa.JSON(), nullable=False),
        sa.Column("wish", sa.String(), nullable=False),
        sa.Column("where", sa.String(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=True),
        sa.Column("coarse_area_id", sa.Integer(), nullable=True),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("fallback_office_id", sa.Integer(), nullable=False),
        sa.Column("box_id", sa.String(), nullable=True),
        sa.Column("staff_box_id", sa.String(), nullable=True),
        sa.Column("has_files", sa.Boolean(), nullable=False),
        sa.Column("unread", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'discrimination' OR area_id IS NULL", name=op.f("ck_report_discrimination_keeps_coarse_area")
        ),
        sa.ForeignKeyConstraint(["area_id"], ["place_area.id"], name=op.f("fk_report_area_id")),
        sa.ForeignKeyConstraint(["box_id"], ["privacy_box.id"], name=op.f("fk_report_box_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["coarse_area_id"], ["place_area.id"], name=op.f("fk_report_coarse_area_id")),
        sa.ForeignKeyConstraint(
            ["fallback_office_id"], ["directory_organisation.id"], name=op.f("fk_report_fallback_office_id")
        ),
        sa.ForeignKeyConstraint(["office_id"], ["directory_organisation.id"], name=op.f("fk_report_office_id")),
        sa.ForeignKeyConstraint(
            ["staff_box_id"], ["privacy_box.id"], name=op.f("fk_report_staff_box_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
        sa.UniqueConstraint("box_id", name=op.f("uq_report_box_id")),
        sa.UniqueConstraint("number", name=op.f("uq_report_number")),
        sa.UniqueConstraint("staff_box_id", name=op.f("uq_report_staff_box_id")),
    )
    op.create_index(op.f("ix_report_area_id"), "report", ["area_id"], unique=False)
    op.create_index("ix_report_queue", "report", ["office_id", "received_at", "id"], unique=False)
    op.create_table(
        "report_consent",
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_consent_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "purpose", name=op.f("pk_report_consent")),
    )
    op.create_table(
        "report_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("set_version", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=True),
        sa.Column("plan", sa.String(), nullable=True),
        sa.Column("field", sa.String(), nullable=True),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office_id"], ["directory_organisation.id"], name=op.f("fk_report_decision_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_decision_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_decision")),
    )
    op.create_index(op.f("ix_report_decision_report_id"), "report_decision", ["report_id"], unique=False)
    op.create_table(
        "report_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("sealed_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["directory_organisation.id"], name=op.f("fk_report_event_office_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_event_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sealed_id"], ["privacy_sealed.id"], name=op.f("fk_report_event_sealed_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_event")),
    )
    op.create_index(op.f("ix_report_event_report_id"), "report_event", ["report_id"], unique=False)
    op.create_table(
        "report_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("measure_id", sa.Integer(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["measure_id"], ["measure.id"], name=op.f("fk_report_measure_measure_id")),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_report_measure_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_measure")),
        sa.UniqueConstraint("report_id", "measure_id", name=op.f("uq_report_measure_report_id_measure_id")),
    )
    op.create_index(op.f("ix_report_measure_measure_id"), "report_measure", ["measure_id"], unique=False)
    op.create_table(
        "triage_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("from_office_id", sa.Integer(), nullable=False),
        sa.Column("to_office_id", sa.Integer(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('accepted', 'returned')", name=op.f("ck_triage_handover_outcome_known")
        ),
        sa.CheckConstraint("from_office_id <> to_office_id", name=op.f("ck_triage_handover_to_another_office")),
        sa.ForeignKeyConstraint(
            ["from_office_id"], ["directory_organisation.id"], name=op.f("fk_triage_handover_from_office_id")
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["report.id"], name=op.f("fk_triage_handover_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["to_office_id"], ["directory_organisation.id"], name=op.f("fk_triage_handover_to_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_handover")),
    )
    op.create_index(op.f("ix_triage_handover_to_office_id"), "triage_handover", ["to_office_id"], unique=False)
    op.create_index(
        "uq_triage_handover_one_open",
        "triage_handover",
        ["report_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


def downgrade() -> None:
    """Go down."""
    op.drop_index(
        "uq_triage_handover_one_open",
        table_name="triage_handover",
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )
    op.drop_index(op.f("ix_triage_handover_to_office_id"), table_name="triage_handover")
    op.drop_table("triage_handover")
    op.drop_index(op.f("ix_report_measure_measure_id"), table_name="report_measure")
    op.drop_table("report_measure")
    op.drop_index(op.f("ix_report_event_report_id"), table_name="report_event")
    op.drop_table("report_event")
    op.drop_index(op.f("ix_report_decision_report_id"), table_name="report_decision")
    op.drop_table("report_decision")
    op.drop_table("report_consent")
    op.drop_index("ix_report_queue", table_name="report")
    op.drop_index(op.f("ix_report_area_id"), table_name="report")
    op.drop_table("report")
    op.drop_geospatial_index(
        "idx_plan_history_place_point", table_name="plan_history_place", postgresql_using="gist", column_name="point"
    )
    op.drop_geospatial_table("plan_history_place")
    op.drop_index(op.f("ix_place_street_folded"), table_name="place_street")
    op.drop_table("place_street")
    op.drop_table("needs_cell")
    op.drop_table("needs_city_cell")
    op.drop_table("measure_plan")
    op.drop_table("measure_field")
    op.drop_table("measure_area")
    op.drop_index(op.f("ix_directory_service_organisation_id"), table_name="directory_service")
    op.drop_index(op.f("ix_directory_service_area_id"), table_name="directory_service")
    op.drop_geospatial_index(
        "idx_directory_service_point", table_name="directory_service", postgresql_using="gist", column_name="point"
    )
    op.drop_geospatial_table("directory_service")
    op.drop_table("routing_rule")
    op.drop_table("privacy_vault")
    op.drop_index(op.f("ix_privacy_sealed_box_id"), table_name="privacy_sealed")
    op.drop_table("privacy_sealed")
    op.drop_table("privacy_receipt")
    op.drop_index(op.f("ix_privacy_holding_person_id"), table_name="privacy_holding")
    op.drop_table("privacy_holding")
    op.drop_index(op.f("ix_privacy_grant_principal_id"), table_name="privacy_grant")
    op.drop_table("privacy_grant")
    op.drop_index(op.f("ix_plan_field_plan_id"), table_name="plan_field")
    op.drop_table("plan_field")
    op.drop_index(op.f("ix_place_area_parent_id"), table_name="place_area")
    op.drop_index(op.f("ix_place_area_level_id"), table_name="place_area")
    op.drop_geospatial_index(
        "idx_place_area_outline", table_name="place_area", postgresql_using="gist", column_name="outline"
    )
    op.drop_geospatial_table("place_area")
    op.drop_index(op.f("ix_notification_outbox_user_id"), table_name="notification_outbox")
    op.drop_index(
        "ix_notification_outbox_due",
        table_name="notification_outbox",
        sqlite_where=sa.text("sent_at IS NULL AND NOT dead"),
        postgresql_where=sa.text("sent_at IS NULL AND NOT dead"),
    )
    op.drop_table("notification_outbox")
    op.drop_table("measure")
    op.drop_index(op.f("ix_account_vault_session_user_id"), table_name="account_vault_session")
    op.drop_table("account_vault_session")
    op.drop_table("account_user_role")
    op.drop_index(op.f("ix_account_membership_organisation_id"), table_name="account_membership")
    op.drop_table("account_membership")
    op.drop_index(
        "uq_routing_set_one_active",
        table_name="routing_set",
        sqlite_where=sa.text("active"),
        postgresql_where=sa.text("active"),
    )
    op.drop_table("routing_set")
    op.drop_table("privacy_principal")
    op.drop_table("privacy_box")
    op.drop_table("plan")
    op.drop_table("place_level")
    op.drop_table("place_city")
    op.drop_table("place_backdrop")
    op.drop_index(
        "uq_needs_snapshot_one_published",
        table_name="needs_snapshot",
        sqlite_where=sa.text("published"),
        postgresql_where=sa.text("published"),
    )
    op.drop_table("needs_snapshot")
    op.drop_index(op.f("ix_directory_organisation_parent_id"), table_name="directory_organisation")
    op.drop_table("directory_organisation")
    op.drop_table("core_revision")
    op.drop_table("core_heartbeat")
    op.drop_table("account_user")
    op.drop_table("account_role")
