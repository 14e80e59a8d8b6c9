"""Plans, fields and measures follow the edition in force; places of history are put by key."""

from dataclasses import replace

from app.plans import queries, service
from app.plans.domain import HistoryEntry
from tests.factories import localized


def test_plans_and_fields_come_in_order(session):
    assert [plan.key for plan in queries.plans()] == ["poverty", "integration", "antiracism"]
    assert {plan.shape for plan in queries.plans()} == {"circle", "square", "triangle"}
    assert len([field for field in queries.fields() if field.plan == "poverty"]) == 7


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
