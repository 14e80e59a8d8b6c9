"""Where the plans act as one: combinations, goals that hang on nothing, needs without a measure."""

from datetime import UTC, datetime

import pytest

from app.core.texts import Localized
from app.needs.domain import CITY, CITY_TOPICS, Key, Period, Published
from app.plans.document import Goal
from app.plans.domain import FieldCard, MeasureCard, PlanCard
from app.site.synergies import combinations, drawn, loose_goals, needs_without_measure

WORD = Localized(de="Wort")


def plan(key, shape, position):
    return PlanCard(position, key, WORD, WORD, WORD, WORD, None, None, shape, position)


def measure(key, plans, **more):
    values = {"fields": (), "state": "under_way", **more}
    return MeasureCard(
        id=1, key=key, name=WORD, summary=WORD, example=False, topics=(), targets=(), plans=plans, area_ids=(),
        organisation=None, from_year=None, to_year=None, source=None, **values,
    )  # fmt: skip


def field(key, topics=()):
    return FieldCard(1, key, "a", WORD, WORD, unconfirmed=False, not_by_reports=None, topics=topics)


def goal(key, fields=()):
    return Goal.model_validate({"key": key, "name": {"de": "Ziel"}, "fields": fields})


def published(**topics):
    cells = {Key(CITY_TOPICS.name, "2025", CITY, topic): value for topic, value in topics.items()}
    return Published(2025, 5, (Period(2025),), cells, datetime(2026, 1, 8, tzinfo=UTC))


PLANS = (plan("a", "circle", 1), plan("b", "square", 2), plan("c", "triangle", 3))


def test_measures_are_counted_once_by_all_the_plans_they_serve():
    found = combinations(PLANS, [measure("1", ("b", "a")), measure("2", ("a", "b")), measure("3", ("c",)),
                                 measure("4", ("a", "b", "c")), measure("5", ("gone",))])  # fmt: skip
    assert found == [(("a", "b", "c"), 1), (("a", "b"), 2), (("c",), 1)]


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_picture_stays_inside_its_frame(mirrored):
    found = [(("a", "b", "c"), 1), (("a",), 40)]
    picture = drawn(PLANS, found, mirrored=mirrored)
    assert [bar.count for bar in picture.bars] == [1, 40]
    assert picture.bars[1].height == 40 * picture.bars[0].height
    assert all(bar.x >= 0 and bar.x + bar.width <= picture.width and bar.y >= 0 for bar in picture.bars)
    assert all(0 <= mark.x <= picture.width and mark.y < picture.height for mark in picture.marks)
    assert sum(mark.full for mark in picture.marks) == 4
    assert (picture.names[0][0] > picture.width / 2) is mirrored


def test_a_goal_hangs_on_a_measure_that_names_it_or_works_in_its_field():
    goals = [goal("named"), goal("by-field", ["x"]), goal("loose"), goal("other-field", ["y"])]
    found = loose_goals(goals, [measure("1", ("a",), goals=("named",)), measure("2", ("a",), fields=("x",))])
    assert [one.key for one in found] == ["loose", "other-field"]


def test_a_published_need_without_an_open_measure_is_named_first():
    fields = [field("served", ("housing",)), field("done", ("work",)), field("small", ("education",)), field("none")]
    measures = [measure("1", ("a",), fields=("served",)), measure("2", ("a",), fields=("done",), state="done")]
    found = needs_without_measure(fields, measures, published(housing=9, work=7, education=None))
    assert [(one.field.key, one.lacking, one.open_measures) for one in found] == [
        ("done", True, 0), ("served", False, 1), ("small", False, 0),
    ]  # fmt: skip
    assert found[2].needs[0][1].value is None


def test_nothing_is_lacking_where_nothing_is_published():
    [one] = needs_without_measure([field("x", ("housing",))], [], None)
    assert not one.lacking
