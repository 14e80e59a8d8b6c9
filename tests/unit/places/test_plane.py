"""Degrees and metres."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from app.places.plane import Plane

JENA = Plane(11.586, 50.927)


def test_a_minute_of_latitude_is_a_nautical_mile():
    north = JENA.point(11.586, 50.927 + 1 / 60)
    assert JENA.point(11.586, 50.927).distance(north) == pytest.approx(1854.3, abs=0.5)


def test_a_degree_of_longitude_is_shorter_in_the_north():
    line = JENA.to_metres(LineString([(11.58, 50.927), (11.59, 50.927)]))
    assert line.length == pytest.approx(703, abs=1)


@given(st.floats(11.4, 11.8), st.floats(50.8, 51.1))
def test_there_and_back(longitude, latitude):
    back = JENA.to_degrees(JENA.to_metres(Point(longitude, latitude)))
    assert (back.x, back.y) == pytest.approx((longitude, latitude), abs=1e-9)


def test_the_plane_lies_in_the_middle():
    plane = Plane.around([box(11.5, 50.86, 11.55, 50.9), box(11.6, 50.9, 11.7, 50.98)])
    middle = plane.point(11.6, 50.92)
    assert abs(middle.x) < 1
    assert abs(middle.y) < 1
