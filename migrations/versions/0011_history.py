"""pictures and sources of places of history

Revision: 0011, after 0010
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from geoalchemy2.shape import from_shape
from shapely.geometry import Point

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NAME = "plan_history_place"
POINT_INDEX = "idx_plan_history_place_point"
NOBODY = {"de": "-"}
"""Partner and source of a place that has none; the older table asks for both."""


def upgrade() -> None:
    """Go up."""
    # A table with a geometry cannot be changed in place everywhere, so it is made anew.
    connection = op.get_bind()
    old = connection.execute(
        sa.text(
            "SELECT place.key, place.name, story, partner, source, address, place.position, area.key AS area, "
            "ST_X(point) AS longitude, ST_Y(point) AS latitude "
            "FROM plan_history_place AS place LEFT JOIN place_area AS area ON area.id = area_id ORDER BY place.id"
        ).columns(name=sa.JSON, story=sa.JSON, partner=sa.JSON, source=sa.JSON)
    ).all()
    op.drop_geospatial_index(POINT_INDEX, table_name=NAME, postgresql_using="gist", column_name="point")
    op.drop_geospatial_table(NAME)
    places = op.create_table(
        NAME,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_history_place")),
        sa.UniqueConstraint("key", name=op.f("uq_plan_history_place_key")),
    )
    op.create_table(
        "plan_history_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("large", sa.LargeBinary(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], [f"{NAME}.id"], name=op.f("fk_plan_history_picture_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_history_picture")),
        sa.UniqueConstraint("place_id", "digest", name=op.f("uq_plan_history_picture_place_id_digest")),
    )
    moment = sa.func.current_timestamp()
    for row in old:
        connection.execute(
            places.insert().values(
                key=row.key,
                content=_content(row),
                hidden=False,
                published_at=moment,
                changed_at=moment,
                position=row.position,
            )
        )


def _content(row: Any) -> dict[str, Any]:
    said = {
        "name": row.name,
        "story": row.story,
        "address": row.address,
        "area": row.area,
        "longitude": row.longitude,
        "latitude": row.latitude,
    }
    return {name: value for name, value in said.items() if value is not None} | {
        "sections": [],
        "partners": [{"kind": "other", "name": row.partner}],
        "sources": [{"text": row.source}],
        "pictures": [],
    }


def downgrade() -> None:
    """Go down. What was never confirmed, what is hidden, pictures, and sections of a story are lost."""
    connection = op.get_bind()
    new = connection.execute(
        sa.text(
            "SELECT key, content, position FROM plan_history_place "
            "WHERE published_at IS NOT NULL AND NOT hidden ORDER BY id"
        ).columns(content=sa.JSON)
    ).all()
    op.drop_table("plan_history_picture")
    op.drop_table(NAME)
    op.create_geospatial_table(
        NAME,
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
    op.create_geospatial_index(POINT_INDEX, NAME, ["point"], unique=False, postgresql_using="gist", postgresql_ops={})
    places = sa.table(
        NAME,
        *(sa.column(name, sa.JSON()) for name in ("name", "story", "partner", "source")),
        *(sa.column(name) for name in ("key", "address", "area_id", "position")),
        sa.column("point", Geometry("POINT", srid=4326)),
    )
    area_ids = _area_ids(connection)
    for row in new:
        content = row.content
        named = [partner["name"] for partner in content["partners"] if "name" in partner]
        placed = "longitude" in content and "latitude" in content
        connection.execute(
            places.insert().values(
                key=row.key,
                name=content["name"],
                story=content["story"],
                partner=named[0] if named else NOBODY,
                source=content["sources"][0]["text"] if content["sources"] else NOBODY,
                address=content.get("address"),
                area_id=area_ids.get(content.get("area")),
                point=from_shape(Point(content["longitude"], content["latitude"]), srid=4326) if placed else None,
                position=row.position,
            )
        )


def _area_ids(connection: sa.Connection) -> dict[str, int]:
    """The areas of the level that residents choose from, by key."""
    facts = connection.execute(sa.text("SELECT facts FROM place_city").columns(facts=sa.JSON)).scalar() or {}
    rows = connection.execute(
        sa.text(
            "SELECT area.key, area.id FROM place_area AS area JOIN place_level AS level ON level.id = area.level_id "
            "WHERE level.key = :level"
        ),
        {"level": facts.get("needs_level")},
    )
    return {row.key: row.id for row in rows}
