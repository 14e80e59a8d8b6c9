"""Plans, fields and measures: put by key, linked, and changed only where something differs."""

from dataclasses import replace
from typing import Any

import pytest

from app.core.revisions import mark
from app.plans import queries, service
from app.plans.domain import HistoryEntry, MeasureEntry, UnknownPlan
from tests.factories import localized


def entry(**changes):
    values: dict[str, Any] = {
        "key": "probe",
        "name": localized("Probe"),
        "summary": localized("Zur Probe."),
        "example": True,
        "state": "planned",
        "topics": ("housing",),
        "targets": ("everyone",),
        "plans": ("integration", "poverty"),
        "fields": ("poverty-housing", "integration-housing"),
    }
    return MeasureEntry(**values | changes)


def test_plans_and_fields_come_in_order(session):
    assert [plan.key for plan in queries.plans()] == ["poverty", "integration", "antiracism"]
    assert {plan.shape for plan in queries.plans()} == {"circle", "square", "triangle"}
    assert len([field for field in queries.fields() if field.plan == "poverty"]) == 7


def test_a_measure_serves_several_plans(session, jena):
    winzerla = jena.area("18")
    assert service.put_measure(entry(area_ids=(winzerla.id,), organisation_id=jena.organisation("ads").id))
    card = queries.measure("probe")
    assert card is not None
    assert card.plans == ("poverty", "integration")
    assert card.fields == ("poverty-housing", "integration-housing")
    assert (card.area_ids, card.organisation) == ((winzerla.id,), "ads")


def test_the_same_measure_twice_changes_nothing(session, jena):
    same = entry(area_ids=(jena.area("18").id, jena.area("4").id))
    service.put_measure(same)
    before = mark("plans")
    assert not service.put_measure(same)
    assert mark("plans") == before


def test_links_follow_the_entry(session, jena):
    service.put_measure(entry(area_ids=(jena.area("18").id,)))
    assert service.put_measure(entry(plans=("poverty",), fields=("poverty-housing",)))
    card = queries.measure("probe")
    assert card is not None
    assert (card.plans, card.fields, card.area_ids) == (("poverty",), ("poverty-housing",), ())


@pytest.mark.parametrize("wrong", [{"plans": ("x",)}, {"fields": ("x",)}])
def test_a_measure_needs_its_plan_and_field(session, wrong):
    with pytest.raises(UnknownPlan, match="x"):
        service.put_measure(entry(**wrong))


def test_a_place_of_history_may_be_moved(session):
    place = HistoryEntry(
        "probe", localized("P"), localized("S"), localized("Partner"), localized("Q"), None, None, (11.5, 50.9), 9
    )
    assert service.put_history_place(place)
    assert not service.put_history_place(place)
    assert service.put_history_place(replace(place, point=(11.6, 50.9)))
    card = queries.history_place("probe")
    assert card is not None
    assert card.longitude == 11.6
