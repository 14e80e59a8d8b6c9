"""Rebuilding a snapshot beside the same joins written by hand in SQL, on the same PostGIS and the same rows.

Both begin with rows in the tables and end with the same numbers, which are compared cell by cell before anything is
told. The SQL is as quick as we know how to write it: each geometry is laid in the plane once and indexed, and who has
any service at all is asked with bits instead of with a count of distinct homes.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from sqlalchemy import text

from app.core.codes import Target, Topic
from app.core.database import db, write
from app.core.revisions import touch
from app.core.rows import stored_point
from app.core.texts import Localized
from app.directory import queries as directory
from app.directory.models import Service
from app.needs.domain import CITY
from app.needs.snapshot import service as snapshots
from app.needs.snapshot.domain import Snapshot, Supplied
from app.needs.snapshot.supply import AVERAGE_DIGITS, COLUMNS, SHARE_DIGITS
from app.places import geometry
from app.places import service as places
from app.places.population import service as population
from app.places.population.raster import cells_around, midpoints
from tests.bench import queue
from tests.bench.client import WrongAnswer
from tests.bench.world import World

REPORTS, SERVICES, AREAS_ACROSS, AREAS_UP = 100_000, 5_000, 25, 20
LEVEL = "bench"
ROUNDS = 3
AIM = 1.5


def measure(made: World) -> Iterator[str]:
    """Fill the world, measure both, compare; yields the lines to print.

    Raises:
        WrongAnswer: the two do not come to the same numbers.
    """
    queue.fill(made, REPORTS)
    ours, theirs = [], []
    with made.app.app_context():
        homes = _fill()
        for number in range(ROUNDS + 1):
            # As the worker finds it when something has changed.
            for body in ("directory", "places", "plans"):
                touch(body)
            db.session.commit()
            begun = time.perf_counter()
            found = snapshots.take()
            db.session.commit()
            rebuilt = time.perf_counter() - begun
            begun = time.perf_counter()
            rows = _by_hand()
            written = time.perf_counter() - begun
            db.session.rollback()
            if number == 0:
                looked = _compare(found, rows)
            else:
                ours.append(rebuilt)
                theirs.append(written)
    areas = AREAS_ACROSS * AREAS_UP
    ratio = statistics.median(mine / other for mine, other in zip(ours, theirs, strict=True))
    yield (
        f"Rebuilding a snapshot with {REPORTS:,} reports, {SERVICES:,} services, {areas} areas and {homes:,} inhabited "
        f"cells, beside SQL by hand; median of {ROUNDS} rounds."
    )
    yield f"{looked:,} numbers agree."
    yield (
        f"rebuilt {statistics.median(ours):.2f} s, joins in SQL {statistics.median(theirs):.2f} s, "
        f"ratio {ratio:.2f} (aim ≤ {AIM})"
    )


def _fill() -> int:
    """Areas like a chequerboard, services up to their number all over the city, a census's grid; gives its cells."""
    chance = random.Random(5000)  # noqa: S311 - the same city in every run
    present = geometry.index()
    west, south, east, north = present.outline.bounds
    across, up = (east - west) / AREAS_ACROSS, (north - south) / AREAS_UP
    places.put_level(LEVEL, Localized(de="Raster"), 90)
    squares = [
        shapely.box(west + x * across, south + y * up, west + (x + 1) * across, south + (y + 1) * up)
        for x in range(AREAS_ACROSS)
        for y in range(AREAS_UP)
    ]
    places.replace_outlines(
        LEVEL,
        [
            places.Surveyed(
                str(number), f"Feld {number}", None, shapely.MultiPolygon([present.plane.to_degrees(square)])
            )
            for number, square in enumerate(squares)
        ],
    )
    organisation = next(iter(directory.organisations().values())).id
    rows = (
        {
            "key": f"bench.{number}",
            "organisation_id": organisation,
            "name": Localized(de=f"Angebot {number}"),
            "description": Localized(de="Beratung"),
            "topics": sorted(chance.sample(list(Topic), 2)),
            "targets": sorted(chance.sample(list(Target), 2)),
            "languages": chance.sample(["de", "en", "ar", "uk"], 2),
            "precision": "address",
            "point": stored_point(_somewhere(chance, present)),
        }
        for number in range(len(directory.services()), SERVICES)
    )
    write(Service, *rows)
    db.session.execute(text(DEFINE), {"plane": PLANE, "definition": present.plane.definition})
    cells = cells_around(present.outline.buffer(2000), present.plane)
    inside = shapely.contains_xy(present.outline.buffer(2000), *midpoints(cells, present.plane).T)
    residents = np.asarray([[chance.randint(1, 200)] for _cell in cells])
    inhabited = np.hstack([cells, residents])[inside]
    population.replace_grid(inhabited, "Bench", None)
    db.session.commit()
    return len(inhabited)


def _somewhere(chance: random.Random, present: geometry.Index) -> tuple[float, float]:
    west, south, east, north = present.outline.bounds
    spot = present.plane.to_degrees(shapely.Point(chance.uniform(west, east), chance.uniform(south, north)))
    return spot.x, spot.y


PLANE = 990_001
"""The number of the city's plane among the reference systems of the database: one that is named is worked out once."""

DEFINE = "INSERT INTO spatial_ref_sys (srid, proj4text) VALUES (:plane, :definition) ON CONFLICT (srid) DO NOTHING"
STEPS = (
    """CREATE TEMP TABLE zone ON COMMIT DROP AS
        SELECT a.id, l.key AS level, a.key, ST_Transform(a.outline, :plane) AS shape
        FROM place_area a JOIN place_level l ON l.id = a.level_id WHERE a.outline IS NOT NULL""",
    """CREATE TEMP TABLE home ON COMMIT DROP AS
        SELECT row_number() OVER () AS id, residents, ST_Transform(
            ST_Transform(ST_SetSRID(ST_MakePoint(x * 100 + 50, y * 100 + 50), 3035), 4326), :plane) AS spot
        FROM place_cell""",
    """CREATE TEMP TABLE offer ON COMMIT DROP AS
        SELECT id, ST_Transform(point, :plane) AS spot, topics, targets, repeat('0', :columns)::varbit AS cells
        FROM directory_service WHERE offered AND point IS NOT NULL""",
    """CREATE TEMP TABLE topic_target ON COMMIT DROP AS
        SELECT number - 1 AS number, topic, target
        FROM unnest(CAST(:topics AS text[]), CAST(:targets AS text[])) WITH ORDINALITY AS t(topic, target, number)""",
    """CREATE TEMP TABLE offer_cell ON COMMIT DROP AS
        SELECT o.id, c.number FROM offer o JOIN topic_target c
        ON (c.topic = 'all' OR o.topics::jsonb ? c.topic)
        AND (c.target = 'all' OR o.targets::jsonb ? c.target OR o.targets::jsonb ? 'everyone')""",
    """UPDATE offer SET cells = masks.cells FROM (
        SELECT id, bit_or(set_bit(repeat('0', :columns)::bit varying, number::int, 1)) AS cells
        FROM offer_cell GROUP BY id) masks WHERE masks.id = offer.id""",
    "CREATE INDEX ON zone USING gist (shape)",
    "CREATE INDEX ON home USING gist (spot)",
    "CREATE INDEX ON offer USING gist (spot)",
    "CREATE INDEX ON offer_cell (id)",
    "ANALYZE zone", "ANALYZE home", "ANALYZE offer", "ANALYZE offer_cell",
    """CREATE TEMP TABLE living ON COMMIT DROP AS
        SELECT z.id AS zone, h.id AS home, h.residents FROM zone z JOIN home h ON ST_Intersects(z.shape, h.spot)""",
    """CREATE TEMP TABLE walk ON COMMIT DROP AS
        SELECT h.id AS home, o.id AS offer, ST_Distance(h.spot, o.spot) <= 800 AS near
        FROM home h JOIN offer o ON ST_DWithin(h.spot, o.spot, 1500)""",
    "CREATE INDEX ON living (home)",
    "ANALYZE living", "ANALYZE walk",
    """CREATE TEMP TABLE having_any ON COMMIT DROP AS
        SELECT w.home, bit_or(o.cells) AS far,
            coalesce(bit_or(o.cells) FILTER (WHERE w.near), repeat('0', :columns)::varbit) AS near
        FROM walk w JOIN offer o ON o.id = w.offer GROUP BY w.home""",
    """CREATE TEMP TABLE served ON COMMIT DROP AS
        SELECT l.zone, w.offer, sum(l.residents) AS far, sum(l.residents) FILTER (WHERE w.near) AS near
        FROM walk w JOIN living l ON l.home = w.home GROUP BY l.zone, w.offer""",
)  # fmt: skip
TOGETHER = """
    WITH people AS (SELECT zone, sum(residents)::float AS residents FROM living GROUP BY zone),
    inside AS (
        SELECT z.id AS zone, c.number, count(*) AS within
        FROM zone z JOIN offer o ON ST_Intersects(z.shape, o.spot) JOIN offer_cell c ON c.id = o.id
        GROUP BY z.id, c.number),
    reach AS (
        SELECT s.zone, c.number, count(*) AS far, count(s.near) AS near, sum(s.far) AS of_far, sum(s.near) AS of_near
        FROM served s JOIN offer_cell c ON c.id = s.offer GROUP BY s.zone, c.number),
    shares AS (
        SELECT l.zone, c.number,
            sum(l.residents * get_bit(h.far, c.number::int)) AS far,
            sum(l.residents * get_bit(h.near, c.number::int)) AS near
        FROM living l JOIN having_any h ON h.home = l.home CROSS JOIN topic_target c GROUP BY l.zone, c.number)
    SELECT z.key, c.topic, c.target, coalesce(i.within, 0), coalesce(r.near, 0), coalesce(r.far, 0),
        coalesce(s.near, 0) / p.residents, coalesce(s.far, 0) / p.residents,
        coalesce(r.of_near, 0) / p.residents, coalesce(r.of_far, 0) / p.residents
    FROM zone z CROSS JOIN topic_target c
    LEFT JOIN people p ON p.zone = z.id
    LEFT JOIN inside i ON i.zone = z.id AND i.number = c.number
    LEFT JOIN reach r ON r.zone = z.id AND r.number = c.number
    LEFT JOIN shares s ON s.zone = z.id AND s.number = c.number
    WHERE z.level = :level"""


def _by_hand() -> list[Any]:
    """The same numbers by SQL, for all areas; gives those of the chequerboard."""
    values = {
        "plane": PLANE,
        "columns": len(COLUMNS),
        "topics": [topic for topic, _target in COLUMNS],
        "targets": [target for _topic, target in COLUMNS],
        "level": LEVEL,
    }
    for step in STEPS:
        db.session.execute(text(step), values)
    return list(db.session.execute(text(TOGETHER), values))


def _compare(found: Snapshot, rows: list[Any]) -> int:
    """How many numbers agree.

    Raises:
        WrongAnswer: for the first that does not.
    """
    if len(rows) != AREAS_ACROSS * AREAS_UP * len(COLUMNS) or found.supplied(found.whole_city).within != SERVICES:
        raise WrongAnswer(f"{len(rows)} rows in SQL, {found.supplied(found.whole_city).within} services in {CITY}")
    here = {place.key: place for place in found.places_of(LEVEL)}
    looked = 0
    for key, topic, target, within, near, far, *ratios in rows:
        ours = found.supplied(here[key], topic, target)
        digits = (SHARE_DIGITS, SHARE_DIGITS, AVERAGE_DIGITS, AVERAGE_DIGITS)
        rounded = [None if one is None else round(float(one), n) for one, n in zip(ratios, digits, strict=True)]
        theirs = Supplied(within, near, far, *rounded, evening=ours.evening, barrier_free=ours.barrier_free)
        if not _same(ours, theirs):
            raise WrongAnswer(f"area {key}, {topic}, {target}: {ours} here, {theirs} in SQL")
        looked += 3 + len(ratios)
    return looked


def _same(ours: Supplied, theirs: Supplied) -> bool:
    """Counts to the last, ratios to the last digit that is kept: there the two may round to either side."""
    pairs = (
        (ours.share_near, theirs.share_near, 10**-SHARE_DIGITS),
        (ours.share_far, theirs.share_far, 10**-SHARE_DIGITS),
        (ours.average_near, theirs.average_near, 10**-AVERAGE_DIGITS),
        (ours.average_far, theirs.average_far, 10**-AVERAGE_DIGITS),
    )
    counts = (ours.within, ours.near, ours.far) == (theirs.within, theirs.near, theirs.far)
    return counts and all(
        (one is None) == (other is None) and abs((one or 0) - (other or 0)) <= step * 1.001
        for one, other, step in pairs
    )
