"""``flask places population``: the census's grid, and where people live without it."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pytest
import shapely

from app.core.revisions import mark
from app.places import geometry, service
from app.places.population import queries
from app.places.population.domain import Basis
from app.places.population.homes import homes
from app.places.population.raster import cells_around, midpoints

HEAD = "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner"


def line(x, y, residents):
    return f"CRS3035RES100mN{y * 100}E{x * 100};{x * 100 + 50};{y * 100 + 50};{residents}"


@pytest.fixture
def middle(session):
    """The number of a cell well within the city."""
    present = geometry.index()
    cells = cells_around(present.plane.point(11.586, 50.927).buffer(60), present.plane)
    return tuple(cells[0].tolist())


@pytest.fixture
def census(tmp_path):
    def write(*lines, head=HEAD, encoding="utf-8"):
        path = tmp_path / "census.csv"
        path.write_text("\n".join((head, *lines)) + "\n", encoding=encoding)
        return path

    return write


OPTIONS = ("--source", "Zensus", "--date", "2022-05-15")


def test_cells_of_the_city_and_its_surroundings_are_kept(places, census, middle):
    x, y = middle
    file = census(line(x, y, 120), line(x + 1, y, 7), line(x + 2, y, "–"), line(x - 2000, y, 99), encoding="utf-8-sig")
    result = places("population", file, *OPTIONS)
    assert result.exit_code == 0, result.output
    assert "127 residents in 2 cells, as of 2022-05-15: Zensus" in result.output
    found = homes()
    assert (found.basis, found.source, str(found.day)) == (Basis.GRID, "Zensus", "2022-05-15")
    assert found.residents.tolist() == [120, 7]
    apart = np.diff(found.points, axis=0)[0]
    assert np.hypot(*apart) == pytest.approx(100, abs=0.1)


def test_the_same_file_again_changes_nothing_and_another_replaces_it(places, census, middle):
    x, y = middle
    places("population", census(line(x, y, 120)), *OPTIONS)
    before = mark("places")
    assert "Nothing to change." in places("population", census(line(x, y, 120)), *OPTIONS).output
    assert mark("places") == before
    places("population", census(line(x, y, 12)), *OPTIONS)
    assert queries.cells().tolist() == [[x, y, 12]]
    assert "forgotten" in places("population", "--remove").output
    assert queries.grid() is None
    assert homes().basis is Basis.OUTLINE


def test_a_grid_of_2011_names_its_cells_in_hundreds(places, census, middle):
    x, y = middle
    file = census(
        f"100mN{y}E{x};{x * 100 + 50};{y * 100 + 50};3", f"100mN{y}E{x + 1};{x * 100 + 150};{y * 100 + 50};-1"
    )
    assert "3 residents in 1 cells" in places("population", file, "--source", "Zensus 2011").output


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda x, y: line(x, y, "viele"), "2    Einwohner: viele is no whole number"),
        (lambda x, y: line(x, y, "3,5"), "2    Einwohner: 3,5 is no whole number"),
        (lambda x, y: line(x, y, -7), "2    Einwohner: -7 cannot be the residents"),
        (lambda x, y: line(x, y, 900_000), "2    Einwohner: 900000 cannot be the residents"),
        (lambda x, y: f"CRS3035RES100mN{y * 100}E{x * 100};{x * 100};{y * 100 + 50};3", "is not the middle of a cell"),
        (lambda x, y: f"CRS3035RES100mN{y * 100}E{x * 100 + 100};{x * 100 + 50};{y * 100 + 50};3", "lies elsewhere"),
        (lambda x, y: f"hier;{x * 100 + 50};{y * 100 + 50};3", "2    hier names no cell of 100 m"),
        (lambda x, y: f"CRS3035RES100mN{y * 100}E{x * 100};{x * 100 + 50}", "2    no value for y_mp_100m, Einwohner"),
        (lambda x, y: f"{line(x, y, 3)}\n{line(x, y, 4)}", "3    the cell CRS3035RES100m"),
        (lambda x, y: line(x - 9000, y, 3), "no inhabited cell lies in the city"),
    ],
)
def test_faulty_rows_are_named_and_keep_everything_out(places, census, middle, make, reason):
    result = places("population", census(make(*middle)), *OPTIONS)
    assert (result.exit_code, reason in result.output) == (1, True), result.output
    assert queries.grid() is None


def test_another_table_is_no_grid(places, census):
    result = places("population", census("1;2;3;4", head="id,x,y,n"), *OPTIONS)
    assert (
        "has no column GITTER_ID_100m, x_mp_100m, y_mp_100m, Einwohner; its first line is: 'id,x,y,n'" in result.output
    )
    assert places("population", "nowhere.csv", *OPTIONS).exit_code == 1
    assert "say whose count it is" in places("population", census()).output


def test_without_a_grid_the_settled_surface_says_where_people_live(places):
    present = geometry.index()
    built = present.plane.to_degrees(present.plane.point(11.586, 50.927).buffer(1000))
    features = [{"type": "Feature", "properties": {"class": "built"}, "geometry": shapely.geometry.mapping(built)}]
    body = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    service.put_backdrop("built", 1, "© somebody", gzip.compress(body))
    found = homes()
    assert (found.basis, found.source) == (Basis.SETTLED, "© somebody")
    assert len(found.points) == pytest.approx(314, abs=12), "one for each hundred metres"
    middle = present.plane.point(11.586, 50.927)
    assert np.hypot(*(found.points - (middle.x, middle.y)).T).max() <= 1000
    assert "points (settled). © somebody" in places("population").output


def test_without_either_people_may_live_anywhere(session):
    found = homes()
    present = geometry.index()
    assert found.basis is Basis.OUTLINE
    assert len(found.points) == pytest.approx(present.outline.area / 10_000, rel=0.01)
    assert all(len(present.tree.query(shapely.Point(point), predicate="intersects")) for point in found.points[::500])


def test_an_area_between_the_points_of_the_raster_has_one(session, middle):
    present = geometry.index()
    middle = midpoints(np.asarray([middle], dtype=np.int64), present.plane)[0]
    small = present.plane.to_degrees(shapely.box(*(middle + 10), *(middle + 40)))
    service.put_level("kiez", geometry.queries.city().name, 9)
    found = [service.Surveyed("klein", "Klein", None, shapely.MultiPolygon([small]))]
    service.replace_outlines("kiez", found)
    inside = shapely.contains_xy(present.plane.to_metres(small), *homes().points.T)
    assert inside.sum() == 1
