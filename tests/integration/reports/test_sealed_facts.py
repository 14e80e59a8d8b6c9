"""Where some office must not learn of a report, the facts that rules decide by are sealed; everywhere else not."""

import pytest
from sqlalchemy import select

from app.core.codes import Purpose
from app.reports import dialogue
from app.reports.models import DecisionRow, MeasureLink, Report
from tests import factories

TELLING = ("topic", "grounds", "forms", "missing", "targets", "area_id", "coarse_area_id", "subject")


@pytest.fixture
def row(session):
    def row(sent):
        return session.scalars(select(Report).where(Report.number == sent.number)).one()

    return row


@pytest.mark.parametrize("change", [{"involved": ("jenawohnen",)}, {"excluded": ("soziales",)}])
def test_of_a_restricted_report_nothing_stands_in_the_clear_that_a_rule_asks_for(session, row, change):
    report = row(factories.sent(topic="housing", targets=("newcomers",), **change))
    assert report.restricted
    assert not any(getattr(report, name) for name in TELLING)
    decision = session.scalars(select(DecisionRow).where(DecisionRow.report_id == report.id)).one()
    assert (decision.rule, decision.plan, decision.field, decision.measures) == (None, None, None, [])
    assert session.scalars(select(MeasureLink).where(MeasureLink.report_id == report.id)).all() == []


def test_the_reporter_and_the_office_still_see_them(session, sign_in, jena):
    sent = factories.sent(topic="housing", targets=("newcomers",), involved=("jenawohnen",))
    opened = dialogue.open_by_receipt(sent.receipt)
    assert (opened.coded.topic, opened.coded.targets) == ("housing", ("newcomers",))
    assert opened.decision is not None
    assert opened.decision.rule == "newcomers-housing"
    session.commit()
    page = sign_in("reader:migration-integration").get(f"/de/desk/{sent.number}")
    assert "Wohnen" in page.text
    assert "newcomers-housing" in page.text


def test_of_any_other_report_they_stand_in_the_clear(row):
    report = row(factories.sent(topic="housing", targets=("newcomers",), consents=frozenset(Purpose)))
    assert (report.restricted, report.topic, report.targets) == (False, "housing", ["newcomers"])
    assert report.area_id
