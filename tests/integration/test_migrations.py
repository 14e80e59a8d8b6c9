"""The schema comes from migrations alone; every step can be taken back, with data in the tables."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, stamp, upgrade
from geoalchemy2 import WKBElement, alembic_helpers
from sqlalchemy import func, inspect, select

from app.core.database import Base, db
from app.core.settings import REPOSITORY
from app.places.models import Area
from app.reports import dialogue
from app.wiring import prepare
from tests import factories
from tests.support.databases import close, make_app

FOLDER = str(REPOSITORY / "migrations")


@pytest.fixture
def empty_app(database, tmp_path):
    address = database.empty()
    app = make_app(address, tmp_path / "instance", demo=True)
    yield app
    close(app)
    database.drop(address)


def contents():
    """All rows of all tables, to compare."""
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = db.session.execute(select(table).order_by(*table.primary_key)).all()
        found[table.name] = [[value.desc if isinstance(value, WKBElement) else value for value in row] for row in rows]
    db.session.rollback()
    return found


def our_tables():
    return set(Base.metadata.tables) & set(inspect(db.engine).get_table_names())


@pytest.fixture
def differences(database, tmp_path):
    """``differences()`` between the database and the models; the tables of the spatial extension are not ours."""
    address = database.empty()
    app = make_app(address, tmp_path / "instance")
    with app.app_context():
        stamp(FOLDER, revision="base")
        foreign = set(inspect(db.engine).get_table_names())
    close(app)
    database.drop(address)
    assert not foreign & set(Base.metadata.tables)

    def ours(item, name, kind, *more):
        return not (kind == "table" and name in foreign) and alembic_helpers.include_object(item, name, kind, *more)

    def compare():
        with db.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
            return compare_metadata(context, Base.metadata)

    return compare


def test_migrations_make_exactly_what_the_models_say(empty_app, differences):
    with empty_app.app_context():
        upgrade(FOLDER)
        assert our_tables() == set(Base.metadata.tables)
        assert differences() == []


def test_constraints_and_indexes_have_the_names_the_models_give_them(empty_app):
    with empty_app.app_context():
        upgrade(FOLDER)
        found = inspect(db.engine)
        for table in Base.metadata.sorted_tables:
            wanted = {str(constraint.name) for constraint in table.constraints if constraint.name}
            named = {found.get_pk_constraint(table.name)["name"]}
            named |= {entry["name"] for entry in found.get_unique_constraints(table.name)}
            named |= {entry["name"] for entry in found.get_foreign_keys(table.name)}
            named |= {entry["name"] for entry in found.get_check_constraints(table.name)}
            assert wanted <= named, table.name
            assert {index.name for index in table.indexes} <= {entry["name"] for entry in found.get_indexes(table.name)}


def test_the_versions_are_one_line_and_each_leads_back():
    scripts = ScriptDirectory(FOLDER)
    assert len(scripts.get_heads()) == 1
    for script in scripts.walk_revisions():
        assert callable(script.module.downgrade)
        assert script.doc


def test_down_to_nothing_and_up_again_on_an_empty_database(empty_app, differences):
    with empty_app.app_context():
        upgrade(FOLDER)
        downgrade(FOLDER, revision="base")
        assert our_tables() == set()
        upgrade(FOLDER)
        assert differences() == []


def test_each_step_back_and_forth_with_data(own_app, differences):
    app = own_app(demo=True)
    with app.app_context():
        receipt = factories.sent().receipt
        db.session.commit()
        for script in ScriptDirectory(FOLDER).walk_revisions():
            areas = db.session.scalar(select(func.count()).select_from(Area))
            db.session.rollback()
            downgrade(FOLDER, revision=script.down_revision or "base")
            upgrade(FOLDER)
            assert differences() == []
            if script.down_revision is not None:
                assert db.session.scalar(select(func.count()).select_from(Area)) == areas
                assert dialogue.open_by_receipt(receipt)
                db.session.rollback()
        # The first step back empties the house; it can be furnished again.
        prepare(app)
        assert factories.sent().receipt
        db.session.rollback()


def test_starting_again_changes_nothing(own_app):
    app = own_app(demo=True)
    with app.app_context():
        before = contents()
        upgrade(FOLDER)
        prepare(app)
        after = contents()
    assert sum(len(rows) for rows in after.values()) > 100
    assert {name for name in before if before[name] != after[name]} == set()
