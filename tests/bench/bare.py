"""What the platform is measured against: Flask and SQLAlchemy's pool with next to nothing in between."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy import create_engine, text

TABLE = "bench_note"
"""Stands beside the platform's tables; ``tests.bench.world`` makes it."""

PAGE = f"<!doctype html><title>Bare</title><main>{'<p>Thirty kilobytes of page.</p>' * 1010}</main>"
"""About 30 KB."""

INSERT = text(f"INSERT INTO {TABLE} (words) VALUES (:words)")  # noqa: S608  (a name of our own)
SERVICES = text(
    """
    SELECT '{"type":"FeatureCollection","features":[' || string_agg(ST_AsGeoJSON(feature.*, 'point', 5), ',') || ']}'
    FROM (SELECT key, name, topics, targets, languages, point FROM directory_service ORDER BY key) AS feature
    """
)


def create_bare_app(address: str) -> Flask:
    """The three views, on a database."""
    app = Flask("bare")
    engine = create_engine(address)

    @app.get("/page")
    def page() -> str:
        return PAGE

    @app.post("/note")
    def note() -> str:
        with engine.begin() as connection:
            connection.execute(INSERT, {"words": request.form["words"]})
        return "noted"

    @app.get("/services.geojson")
    def services() -> Response:
        with engine.connect() as connection:
            body: str = connection.execute(SERVICES).scalar_one()
        return Response(body.encode(), content_type="application/geo+json")

    return app
