"""Supply on real data: Chemnitz's points and Berlin's areas, imported by command, beside a count by geopandas.

Neither knows the other's way: geopandas joins in EPSG:25833, the platform measures in a plane through the city. They
differ by less than half a metre in 1,500, so a count has to lie between those of a metre less and a metre more.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely

from app.city import service as city
from app.core.database import db
from app.core.settings import REPOSITORY
from app.needs.domain import ALL
from app.needs.snapshot import service as snapshots
from app.needs.snapshot.domain import Basis
from tests.support import cities
from tests.support.databases import close, make_app, migrate

METRES = 25833
GRID = 3035
FILES = {
    "Jugendberufshilfen": ("TRAEGER", "work", "young_people"),
    "Schulsozialarbeit": ("TRAEGER", "social_counselling", "children"),
    "Schulen": ("BEZEICHNUNG", "education", "everyone"),
    "Kindertageseinrichtungen": ("BEZEICHNUNG", "education", "families"),
}
COLUMNS = [
    (ALL, ALL), ("education", ALL), ("education", "children"), (ALL, "families"), ("work", "young_people"),
    ("social_counselling", "everyone"), ("housing", ALL),
]  # fmt: skip


@pytest.fixture
def geodata():
    """The folder of real files; they are not part of the project."""
    folder = Path(os.environ.get("GEODATA") or REPOSITORY.parent / "shared/geodata")
    if not folder.is_dir():
        pytest.skip(f"the geodata for tests is not at {folder}: set GEODATA")
    return folder


@pytest.fixture
def made_up(database, tmp_path):
    """``made_up(extent, keys)`` is an app with a made-up city there, of which two parts are known by their keys."""
    opened = []

    def make(bounds, keys):
        west, south, east, north = (float(degrees) for degrees in bounds)

        def change(content):
            content["city.yaml"] |= {
                "centre": {"lat": (south + north) / 2, "lon": (west + east) / 2},
                "extent": {"west": west, "south": south, "east": east, "north": north},
                "outside_buffer_m": 0,
            }
            lines = [
                f"viertel;{key};Teil {key};{south + (north - south) * share};{west + (east - west) * share};900;2024"
                for key, share in zip(keys, (0.3, 0.6), strict=True)
            ]
            content["areas.csv"] = "\n".join(["level;key;name;lat;lon;residents;residents_year", *lines]) + "\n"
            content["areas.yaml"]["groups"][0]["members"] = list(keys)
            content["services.yaml"] = []
            content["measures.yaml"][0]["areas"] = []

        address = database.empty()
        app = make_app(address, tmp_path / "instance")
        opened.append((app, address))
        migrate(app)
        with app.app_context():
            city.load(cities.write(tmp_path / "city", change))
            db.session.commit()
        return app

    yield make
    for app, address in opened:
        close(app)
        database.drop(address)


def run(app, *arguments):
    result = app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def points_of(geodata, name):
    found = geopandas.read_file(geodata / f"chemnitz/{name}.geojson").to_crs(METRES)
    label, topic, target = FILES[name]
    return found[["OBJECTID", "geometry"]].assign(name=found[label], topic=topic, target=target)


def import_points(app, file, name, *more):
    _label, topic, target = FILES[name]
    options = ("--topic", topic, "--target", target, "--key-property", "OBJECTID", "--collection", name.lower())
    return run(app, "directory", "import", file, "--organisation", "verein", *options, "--yes", *more)


def inhabited(areas, folder, seed):
    """A grid of the census for some areas and a little around, made up: a third of the cells is empty."""
    chance = random.Random(seed)  # noqa: S311 - the same cells in every run
    west, south, east, north = areas.to_crs(GRID).total_bounds
    cells = [
        (x * 100 + 50, y * 100 + 50, chance.choice([0, 3, 40, 250]) if chance.random() > 1 / 3 else -1)
        for x in range(int(west) // 100 - 3, int(east) // 100 + 4)
        for y in range(int(south) // 100 - 3, int(north) // 100 + 4)
    ]
    file = folder / "census.csv"
    lines = [f"CRS3035RES100mN{y - 50}E{x - 50};{x};{y};{residents}" for x, y, residents in cells]
    file.write_text("\n".join(["GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner", *lines]) + "\n", encoding="ascii")
    people = geopandas.GeoDataFrame(
        {"residents": [residents for *_, residents in cells]},
        geometry=shapely.points([(x, y) for x, y, _residents in cells]),
        crs=GRID,
    )
    return file, people[people.residents > 0].to_crs(METRES).reset_index(drop=True)


def everywhere(areas):
    """The middle of each hundred metres, worth one each."""
    west, south, east, north = areas.to_crs(GRID).total_bounds
    x, y = np.meshgrid(
        np.arange(int(west) // 100, int(east) // 100 + 1), np.arange(int(south) // 100, int(north) // 100 + 1)
    )
    middles = shapely.points(x.ravel() * 100 + 50, y.ravel() * 100 + 50)
    return geopandas.GeoDataFrame({"residents": 1}, index=range(len(middles)), geometry=middles, crs=GRID).to_crs(
        METRES
    )


@dataclass
class Judge:
    """Counts by joins of geopandas."""

    areas: geopandas.GeoDataFrame
    homes: geopandas.GeoDataFrame
    services: geopandas.GeoDataFrame
    pairs: dict[float, pd.DataFrame] = field(default_factory=dict)
    around: dict[tuple[str | None, float], set[int]] = field(default_factory=dict)

    def __post_init__(self):
        self.homes = self.homes.sjoin(self.areas[["key", "geometry"]], predicate="intersects")
        self.homes = self.homes.drop(columns="index_right").drop_duplicates("geometry").reset_index(drop=True)
        for metres in (799, 801, 1499, 1501):
            joined = self.homes.sjoin(self.services, predicate="dwithin", distance=metres)
            self.pairs[metres] = joined.reset_index(names="home")[["home", "index_right", "key", "residents"]]
        for metres in (-1, 1):
            wider = self.areas[["key", "geometry"]].set_geometry(self.areas.buffer(metres))
            found = self.services.sjoin(wider, predicate="within")
            self.around |= {(key, metres): set(mine.index) for key, mine in found.groupby("key")}
            self.around[None, metres] = set(self.services.index)

    def chosen(self, topic, target):
        mine = self.services
        mine = mine[(mine.topic == topic) | (topic == ALL)]
        return set(mine[(mine.target == target) | (mine.target == "everyone") | (target == ALL)].index)

    def of(self, key):
        """The homes of an area, and what each of them reaches within some metres."""
        homes = self.homes if key is None else self.homes[self.homes.key == key]
        return homes, {
            metres: pairs if key is None else pairs[pairs.key == key] for metres, pairs in self.pairs.items()
        }


def reached(homes, pairs, mine):
    """How many services somebody reaches, the share who reaches one, and how many an average resident reaches."""
    pairs = pairs[pairs.index_right.isin(mine)]
    people = homes.residents.sum()
    if not people:
        return pairs.index_right.nunique(), None, None
    served = pairs.drop_duplicates("home").residents.sum()
    return pairs.index_right.nunique(), served / people, pairs.residents.sum() / people


def compare(found, judge):
    """Each number beside those of geopandas; gives how many were looked at, and how many left a choice."""
    looked = open_ones = 0
    heaviest = judge.homes.residents.max()
    for place in (*found.places_of("viertel"), found.whole_city):
        key = None if place == found.whole_city else place.key
        homes, pairs = judge.of(key)
        # One or two homes may lie on the other side of a border that is straight in one projection only.
        slack = 2 * heaviest / max(homes.residents.sum(), 1)
        for topic, target in COLUMNS:
            mine, ours = judge.chosen(topic, target), found.supplied(place, topic, target)
            inside, wider = (len(mine & judge.around.get((key, metres), set())) for metres in (-1, 1))
            bounds = [(inside, ours.within, wider, 0)]
            for metres, count, share, average in (
                (800, ours.near, ours.share_near, ours.average_near),
                (1500, ours.far, ours.share_far, ours.average_far),
            ):
                low, high = (reached(homes, pairs[metres + more], mine) for more in (-1, 1))
                assert (share is None) == (low[1] is None) == (average is None)
                bounds.append((low[0], count, high[0], 0))
                if share is not None:
                    bounds.append((low[1], share, high[1], slack + 0.00006))
                    bounds.append((low[2], average, high[2], slack * max(high[2], 1) + 0.0006))
            for low, value, high, room in bounds:
                assert low - room <= value <= high + room, (place.key, topic, target, low, value, high)
                looked += 1
                open_ones += low != high
    return looked, open_ones


def chequers(points, folder):
    """Thirty areas over some points, in metres, written as a file."""
    west, south, east, north = points.buffer(700).total_bounds
    across, up = (east - west) / 6, (north - south) / 5
    areas = geopandas.GeoDataFrame(
        {"key": [str(number) for number in range(1, 31)]},
        geometry=[
            shapely.box(west + x * across, south + y * up, west + (x + 1) * across, south + (y + 1) * up)
            for x in range(6)
            for y in range(5)
        ],
        crs=METRES,
    )
    areas["name"] = "Feld " + areas.key
    areas.to_file(folder / "areas.geojson", driver="GeoJSON")
    return areas, folder / "areas.geojson"


@pytest.mark.parametrize("census", [False, True])
def test_points_of_chemnitz_in_made_up_areas(geodata, made_up, tmp_path, census):
    points = pd.concat([points_of(geodata, name) for name in FILES], ignore_index=True)
    areas, file = chequers(points, tmp_path)
    app = made_up(areas.to_crs(4326).total_bounds, ("1", "2"))
    run(app, "places", "import", file, "--level", "viertel", "--key", "key", "--name", "name", "--yes")
    for name, (label, *_) in FILES.items():
        output = import_points(app, geodata / f"chemnitz/{name}.geojson", name, "--name-property", label)
        assert f"{len(points_of(geodata, name))} new" in output
    homes = everywhere(areas)
    if census:
        table, homes = inhabited(areas, tmp_path, 1)
        run(app, "places", "population", table, "--source", "Zensus", "--date", "2022-05-15")
    with app.app_context():
        found = snapshots.take()
        db.session.commit()
    assert found.basis is (Basis.GRID if census else Basis.OUTLINE)
    assert found.supplied(found.whole_city).within == len(points) == 441
    looked, open_ones = compare(found, Judge(areas, homes, points))
    assert looked == 31 * len(COLUMNS) * 7
    assert open_ones < 0.25 * looked, "most numbers leave no choice"


@pytest.mark.parametrize("census", [False, True])
def test_areas_of_berlin_with_points_that_were_moved_there(geodata, made_up, tmp_path, census):
    file = geodata / "berlin/lor_prognoseraeume_2021.geojson"
    areas = geopandas.read_file(file).to_crs(METRES).rename(columns={"PGR_ID": "key"})
    app = made_up(areas.to_crs(4326).total_bounds, ("0930", "0110"))
    imported = run(
        app, "places", "import", file, "--level", "viertel", "--key", "PGR_ID", "--name", "PGR_NAME", "--yes"
    )
    assert "56 new, 2 replaced" in imported
    points = pd.concat([points_of(geodata, name) for name in FILES], ignore_index=True)
    middle, aim = points.union_all().centroid, areas.union_all().centroid
    # Chemnitz is smaller than Berlin: its points are spread out a little.
    moved = points.scale(2, 2, origin=middle).translate(aim.x - middle.x, aim.y - middle.y)
    points = points.set_geometry(moved).set_crs(METRES, allow_override=True)
    for name, (_label, topic, target) in FILES.items():
        mine = points[(points.topic == topic) & (points.target == target)]
        mine[["OBJECTID", "name", "geometry"]].to_file(tmp_path / f"{name}.geojson", driver="GeoJSON")
        import_points(app, tmp_path / f"{name}.geojson", name, "--skip")
    inside = points[points.within(areas.union_all())].reset_index(drop=True)
    homes = everywhere(areas)
    if census:
        table, homes = inhabited(areas, tmp_path, 2)
        run(app, "places", "population", table, "--source", "Zensus", "--date", "2022-05-15")
    printed = run(app, "needs", "snapshot").strip()
    with app.app_context():
        found = snapshots.queries.named(printed)
        assert found is not None
    assert len(found.places_of("viertel")) == 58
    assert found.supplied(found.whole_city).within == len(inside) > 300
    looked, open_ones = compare(found, Judge(areas, homes, inside))
    assert looked == 59 * len(COLUMNS) * 7
    assert open_ones < 0.25 * looked, "most numbers leave no choice"
    assert found.basis is (Basis.GRID if census else Basis.OUTLINE)
