"""Whoever sends large files keeps nobody else from sending."""

import io

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.core.database import engine_options
from app.reports import views
from tests.support.leaks import photograph
from tests.support.walks import GAP, receipt_in, send


def test_while_files_are_looked_at_nobody_else_waits(own_app, database, monkeypatch):
    if database.name != "spatialite":
        pytest.skip("PostgreSQL locks rows, not databases")
    app = own_app()
    address = app.config["SQLALCHEMY_DATABASE_URI"]
    engine = create_engine(address, poolclass=NullPool, **engine_options(address))
    looked, clean = [], views.cleaned

    def look(files):
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=0")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            connection.exec_driver_sql("ROLLBACK")
        looked.append(len(files))
        return clean(files)

    monkeypatch.setattr(views, "cleaned", look)
    answer = send(app.test_client(), {**GAP, "files": [(io.BytesIO(photograph("")), "photo.jpg")]})
    assert receipt_in(answer)
    assert looked == [1]
