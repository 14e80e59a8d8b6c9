"""Plans, fields and measures follow the edition in force."""

from app.plans import queries


def test_plans_and_fields_come_in_order(session):
    assert [plan.key for plan in queries.plans()] == ["poverty", "integration", "antiracism"]
    assert {plan.shape for plan in queries.plans()} == {"circle", "square", "triangle"}
    assert len([field for field in queries.fields() if field.plan == "poverty"]) == 7
