"""Who reaches what: beside a count of every single pair."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from app.places.reach import NONE, Origins, located, reached, residents

METRES = (800.0, 1500.0)
spots = st.tuples(st.integers(-3000, 3000), st.integers(-3000, 3000))


@st.composite
def towns(draw):
    """Homes in three areas on two levels, services in a few groups."""
    homes = draw(st.lists(st.tuples(spots, st.integers(1, 90), st.sampled_from([0, 1, NONE])), max_size=20))
    services = draw(st.lists(st.tuples(spots, st.lists(st.booleans(), min_size=70, max_size=70)), max_size=12))
    origins = Origins(
        np.asarray([home[0] for home in homes], dtype=np.float64).reshape(-1, 2),
        np.asarray([home[1] for home in homes], dtype=np.float64),
        np.asarray([(home[2], 2) for home in homes], dtype=np.int64).reshape(-1, 2),
    )
    points = np.asarray([service[0] for service in services], dtype=np.float64).reshape(-1, 2)
    groups = np.asarray([service[1] for service in services], dtype=np.bool_).reshape(-1, 70)
    return origins, points, groups


@given(towns())
def test_each_pair_counted_by_hand_comes_to_the_same(town):
    origins, points, groups = town
    for metres, found in zip(METRES, reached(origins, 3, points, groups, METRES), strict=True):
        near = [
            [(x - a) ** 2 + (y - b) ** 2 <= metres**2 for a, b in points.tolist()] for x, y in origins.points.tolist()
        ]
        for area in range(3):
            homes = [n for n, levels in enumerate(origins.areas.tolist()) if area in levels]
            people = sum(origins.residents[n] for n in homes)
            assert found.services[area].tolist() == [any(near[n][s] for n in homes) for s in range(len(points))]
            for group in range(0, groups.shape[1], 23):
                members = [s for s in range(len(points)) if groups[s, group]]
                some = sum(origins.residents[n] for n in homes if any(near[n][s] for s in members))
                each = sum(origins.residents[n] * near[n][s] for n in homes for s in members)
                if people:
                    assert found.share[area, group] == some / people
                    assert found.average[area, group] == each / people
                else:
                    assert np.isnan(found.share[area, group])
                    assert np.isnan(found.average[area, group])


def test_exactly_as_far_is_still_a_walk():
    origins = Origins(np.zeros((1, 2)), np.ones(1), np.zeros((1, 1), dtype=np.int64))
    services = np.asarray([(800.0, 0.0), (0.0, -800.001)])
    [near] = reached(origins, 1, services, np.ones((2, 1), dtype=np.bool_), (800.0,))
    assert near.services.tolist() == [[True, False]]


def test_without_services_nobody_reaches_any():
    origins = Origins(np.zeros((1, 2)), np.ones(1), np.zeros((1, 1), dtype=np.int64))
    [near] = reached(origins, 2, np.zeros((0, 2)), np.zeros((0, 3), dtype=np.bool_), (800.0,))
    assert near.share[0].tolist() == [0, 0, 0]
    assert np.isnan(near.share[1]).all()
    assert residents(origins, 2).tolist() == [1, 0]


@pytest.mark.parametrize(("point", "area"), [((1, 1), 0), ((10, 5), 0), ((15, 5), 1), ((30, 5), NONE)])
def test_a_point_on_a_common_border_belongs_to_the_first_area(point, area):
    shapes = [shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10)]
    assert located(np.asarray([point], dtype=np.float64), shapes).tolist() == [area]
