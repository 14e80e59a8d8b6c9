"""Files in any format and reference system, and what is said of those that cannot be read."""

from __future__ import annotations

import json
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pyogrio
import pytest
import shapely
from shapely import box

from app.places.plane import Plane
from app.places.reading import FileRefused, Source, read

SQUARE = box(11.58, 50.92, 11.60, 50.94)


def geojson(path, features, **members):
    content = {"type": "FeatureCollection", **members, "features": features}
    path.write_text(json.dumps(content), encoding="utf-8")
    return str(path)


def feature(geometry, **properties):
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def square(**properties):
    return feature(shapely.geometry.mapping(SQUARE), **properties)


def write(path, shapes, crs, layer=None, **fields):
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.asarray(shapes, dtype=object)),
        [np.asarray(values, dtype=object) for values in fields.values()],
        list(fields),
        geometry_type="Polygon",
        crs=crs,
        layer=layer,
        append=path.exists(),
    )
    return str(path)


def in_utm(shape):
    # Without this house's own projection: EPSG:25833 by PROJ itself.
    import pyproj

    transformer = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:25833", always_xy=True)
    return shapely.transform(shape, lambda points: np.column_stack(transformer.transform(points[:, 0], points[:, 1])))


def assert_is_the_square(source: Source):
    [row] = source.rows
    assert row.shape is not None
    plane = Plane.around([SQUARE])
    assert plane.to_metres(row.shape).symmetric_difference(plane.to_metres(SQUARE)).area < 1


def refusal(*arguments, **options):
    with pytest.raises(FileRefused) as caught:
        read(*arguments, **options)
    return str(caught.value)


def test_geojson_carries_keys_names_and_attribution(tmp_path):
    source = read(geojson(tmp_path / "a.geojson", [square(gid=7, name=" Süd ")], attribution="© Stadt"))
    assert_is_the_square(source)
    assert (source.rows[0].text("gid"), source.rows[0].text("name"), source.attribution) == ("7", "Süd", "© Stadt")
    assert source.rows[0].text("missing") == ""


def test_an_old_crs_member_is_honoured(tmp_path):
    shape = shapely.geometry.mapping(in_utm(SQUARE))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::25833"}}
    assert_is_the_square(read(geojson(tmp_path / "a.geojson", [feature(shape, key="1")], crs=crs)))


def test_geopackage_in_metres(tmp_path):
    source = read(write(tmp_path / "a.gpkg", [in_utm(SQUARE)], "EPSG:25833", key=["01"]))
    assert_is_the_square(source)
    assert source.rows[0].text("key") == "01"


def test_a_geopackage_with_several_layers_wants_one_named(tmp_path):
    path = tmp_path / "a.gpkg"
    write(path, [SQUARE], "EPSG:4326", layer="bezirke", key=["1"])
    write(path, [SQUARE], "EPSG:4326", layer="ortsteile", key=["2"])
    assert "choose one with --layer: bezirke, ortsteile" in refusal(str(path))
    assert read(str(path), layer="ortsteile").rows[0].text("key") == "2"
    assert "cannot be read" in refusal(str(path), layer="strassen")


def test_a_shapefile_without_its_reference_system(tmp_path):
    path = tmp_path / "a.shp"
    write(path, [in_utm(SQUARE)], "EPSG:25833", key=["1"])
    assert_is_the_square(read(str(path)))
    (tmp_path / "a.prj").unlink()
    assert "add --crs" in refusal(str(path))
    assert_is_the_square(read(str(path), crs="EPSG:25833"))
    assert "is not known" in refusal(str(path), crs="EPSG:nonsense")


def test_whole_numbers_stored_as_fractions_stay_keys(tmp_path):
    source = read(geojson(tmp_path / "a.geojson", [square(key=12.0), square(key=None), square(key=1.5)]))
    assert [row.text("key") for row in source.rows] == ["12", "", "1.5"]


def test_what_cannot_be_read_is_refused(tmp_path):
    (tmp_path / "text.geojson").write_text("no map at all", encoding="utf-8")
    (tmp_path / "table.csv").write_text("key;name\n1;x\n", encoding="utf-8")
    assert "no such file" in refusal(str(tmp_path / "absent.geojson"))
    assert "cannot be read" in refusal(str(tmp_path / "text.geojson"))
    assert "no geometry" in refusal(str(tmp_path / "table.csv"))
    assert "no rows" in refusal(geojson(tmp_path / "empty.geojson", []))
    assert "only files, http and https" in refusal("ftp://example.org/a.geojson")


@pytest.fixture
def web(tmp_path):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_is_read_like_a_file(web, tmp_path):
    geojson(tmp_path / "a.geojson", [square(key="1")], attribution="© Stadt")
    geojson(tmp_path / "download", [square(key="1")])
    source = read(f"{web}/a.geojson?version=2")
    assert_is_the_square(source)
    assert source.attribution == "© Stadt"
    assert_is_the_square(read(f"{web}/download"))
    assert "cannot be fetched" in refusal(f"{web}/absent.geojson")
