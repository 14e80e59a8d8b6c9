"""What has happened to a measure, from the versions of the plans that the city went by."""

from datetime import UTC, date, datetime

from app.core.texts import Localized
from app.plans.document import Edition
from app.plans.progress import What, course, held

TEXT = {"de": "Wort"}


def edition(*measures, key="2025"):
    field = {"key": "wohnen", "name": TEXT, "summary": TEXT}
    plan = {"key": "plan", "name": TEXT, "short": TEXT, "summary": TEXT, "since": None, "updated": None,
            "source": TEXT, "shape": "circle", "fields": [field]}  # fmt: skip
    return Edition.model_validate(
        {"key": key, "name": TEXT, "from": 2025, "source": TEXT, "plans": [plan], "measures": list(measures)}
    )


def measure(**changes):
    return {"key": "haus", "name": TEXT, "summary": TEXT, "example": False, "state": "planned", "plans": ["plan"],
            "fields": ["wohnen"], "topics": ["housing"], "targets": ["everyone"], "areas": [], "office": None,
            "from": None, "to": None, "source": None} | changes  # fmt: skip


def moment(day):
    return datetime(2026, 1, day, tzinfo=UTC)


def walk(*editions):
    return list(course([(moment(day), one) for day, one in enumerate(editions, start=1)], "haus"))


def test_each_version_says_only_what_is_new():
    milestone = {"key": "bau", "name": {"de": "Baubeginn"}, "due": "2026-05-01"}
    indicator = {"key": "plaetze", "name": {"de": "Plätze"}, "unit": {"de": "Plätze"}, "target": 20}
    first = measure(milestones=[milestone], indicators=[indicator])
    begun = first | {"state": "under_way", "reason": {"de": "Es geht los"}}
    reached = begun | {"milestones": [milestone | {"reached_on": "2026-04-20"}]}
    counted = reached | {"indicators": [indicator | {"values": [{"on": "2026-06-30", "value": 12}]}]}
    found = walk(*(edition(one) for one in (first, first, begun, reached, counted)), edition())
    assert [(step.at.day, step.what) for step in found] == [
        (1, What.LISTED), (3, What.STATE), (4, What.REACHED), (5, What.VALUE), (6, What.GONE),
    ]  # fmt: skip
    assert (found[1].state, found[1].reason) == ("under_way", Localized(de="Es geht los"))
    assert (found[2].name, found[2].on) == (Localized(de="Baubeginn"), date(2026, 4, 20))
    assert (found[3].value, found[3].on) == (12, date(2026, 6, 30))


def test_a_reason_and_a_day_can_change_alone():
    milestone = {"key": "bau", "name": {"de": "Baubeginn"}, "due": "2026-05-01"}
    before = measure(milestones=[milestone])
    found = walk(edition(before), edition(measure(milestones=[milestone | {"due": "2026-09-01"}], reason=TEXT)))
    assert [step.what for step in found] == [What.LISTED, What.REASON, What.MOVED]
    assert found[2].on == date(2026, 9, 1)


def test_a_name_that_is_put_right_is_no_progress():
    assert len(walk(edition(measure()), edition(measure(name={"de": "Das Haus"})))) == 1


def test_a_value_that_is_put_right_is_told_again():
    def with_value(value):
        indicator = {"key": "x", "name": TEXT, "unit": TEXT, "values": [{"on": "2026-01-01", "value": value}]}
        return edition(measure(indicators=[indicator]))

    assert [step.value for step in walk(with_value(1), with_value(1), with_value(2)) if step.what is What.VALUE] == [
        1,
        2,
    ]


def test_an_edition_holds_until_the_next_and_a_later_one_not_yet():
    old, new, later = edition(key="2024"), edition(), edition(key="2028")
    found = held([
        (False, [(moment(1), old), (moment(9), old)]),
        (True, [(moment(5), new)]),
        (False, [(moment(7), later)]),
    ])  # fmt: skip
    assert [(at.day, one.key) for at, one in found] == [(1, "2024"), (5, "2025")]
