"""Runs migrations on the app's own database, SpatiaLite or PostGIS."""

from alembic import context
from flask import current_app
from geoalchemy2 import alembic_helpers
from sqlalchemy import inspect

from app.core.database import LocalizedText, UtcDateTime

config = context.config
extension = current_app.extensions["migrate"].db


def make_spatial(connection) -> None:
    """Give an empty database its spatial tables."""
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("spatial_ref_sys"):
            connection.exec_driver_sql("SELECT InitSpatialMetaData(0, 'WGS84')")
    else:
        connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS postgis")
    connection.commit()


def plain_types(kind, item, autogen_context):
    """Write the app's own column types as what they are in the database: a migration must outlive the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, LocalizedText):
        return "sa.JSON()"
    return alembic_helpers.render_item(kind, item, autogen_context)


def ours(item, name, kind, reflected, compare_to):
    """Leave alone what the spatial extensions keep in the same database."""
    if kind == "table" and reflected and compare_to is None:
        return False
    return alembic_helpers.include_object(item, name, kind, reflected, compare_to)


def let_tables_be_rebuilt(connection) -> None:
    """SQLite changes a column by making its table anew; dropping the old one must not take other tables' rows along."""
    if connection.dialect.name == "sqlite":
        # Not through SQLAlchemy: inside a transaction SQLite ignores it.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")


def look_for_orphans(connection) -> None:
    """What the database would have checked itself."""
    if connection.dialect.name == "sqlite":
        orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")
        if orphans:
            message = f"rows without what they refer to: {sorted({row[0] for row in orphans})}"
            raise RuntimeError(message)


def run() -> None:
    """Upgrade or downgrade in one transaction."""
    with extension.engine.connect() as connection:
        make_spatial(connection)
        let_tables_be_rebuilt(connection)
        context.configure(
            connection=connection,
            target_metadata=extension.metadata,
            include_object=ours,
            process_revision_directives=alembic_helpers.writer,
            render_item=plain_types,
            render_as_batch=False,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            look_for_orphans(connection)


run()
