"""The pages of fields of action, measures and synergies: what is known, what is not, and what reports have moved."""

from datetime import date

import pytest

from app.core.codes import Budget, MeasureState
from app.core.database import db
from app.core.revisions import touch
from app.core.texts import Localized
from app.needs.domain import CITY, CITY_MEASURES, CITY_TOPICS
from app.needs.models import Publication, PublishedCell
from app.plans import queries
from app.plans.document import Indicator, Milestone, Value
from tests.support.editions import publish, with_values
from tests.support.forms import soup
from tests.support.published import YEAR

KEY = "anti-discrimination-office"


def words(page, selector="main"):
    return soup(page).select_one(selector).get_text(" ", strip=True)


@pytest.mark.parametrize("code", ["de", "de-simple", "en", "ar"])
def test_each_field_of_action_has_a_page(client, session, code):
    for card in queries.fields():
        answer = client.get(f"/{code}/plans/{card.plan}/{card.key}")
        assert answer.status_code == 200
    assert client.get(f"/{code}/plans/poverty/eccar-1").status_code == 404
    assert client.get(f"/{code}/plans/antiracism/x").status_code == 404
    assert client.get(f"/{code}/plans/x/eccar-1").status_code == 404


def test_the_ten_commitments_lead_from_one_to_the_next(client):
    path, seen = "/en/plans/antiracism/eccar-1", []
    while path:
        page = soup(client.get(path))
        seen.append(path.rpartition("/")[2])
        onward = page.select_one("a[rel=next]")
        path = onward and onward["href"]
    assert seen == [f"eccar-{number}" for number in range(1, 11)]
    plan = soup(client.get("/en/plans/antiracism"))
    assert len(plan.select('.tk-fields h3 a[href^="/en/plans/antiracism/eccar-"]')) == 10


def test_a_field_says_what_it_does_not_know(client, session):
    page = "/en/plans/antiracism/eccar-3"
    assert "Nothing is measured yet" in words(client.get(page))
    assert "No milestones are known yet" in words(client.get(page))
    indicator = Indicator(
        key="advice", name=Localized(en="Advised people"), unit=Localized(en="people"), target=60, target_year=2027
    )
    publish(with_values(KEY, indicators=(indicator,)))
    assert "Targets are set, but no actual value is known yet." in words(client.get(page))
    value = Value.model_validate({"on": "2026-06-30", "value": 41.5, "source": "Statistics of the office"})
    publish(
        with_values(
            KEY, indicators=(indicator.model_copy(update={"values": (value,)}),), evidence=Localized(en="A study")
        )
    )
    shown = words(client.get(page))
    assert "41.5 people" in shown
    assert "60 people by the end of 2027" in shown
    assert "A study" in shown
    assert "Nothing is measured yet" not in shown
    assert "no actual value" not in shown


def test_a_measure_tells_what_was_done(client, session):
    milestone = Milestone.model_validate({"key": "move", "name": {"en": "New rooms"}, "due": "2026-03-01"})
    publish(with_values(KEY, milestones=(milestone,), partners=("awo",), budget=Budget.SMALL))
    assert "planned for" in words(client.get(f"/en/measures/{KEY}"), ".tk-milestones")
    reached = milestone.model_copy(update={"reached_on": milestone.due})
    publish(with_values(KEY, milestones=(reached,), state=MeasureState.DONE, reason=Localized(en="It has been built")))
    page = client.get(f"/en/measures/{KEY}")
    steps = [one.get_text(" ", strip=True) for one in soup(page).select(".tk-effect .tk-moment")]
    assert any("New state: done" in step and "It has been built" in step for step in steps)
    assert any("Reached on March 1, 2026: New rooms" in step for step in steps)
    assert "Listed here for the first time" in steps[-1]
    assert "AWO" in words(page)


def test_a_measure_that_is_no_longer_in_the_plans_still_has_its_page(client, session):
    publish(lambda one: None if one.key == "jena-schau-hin" else one)
    page = client.get("/en/measures/jena-schau-hin")
    assert page.status_code == 200
    assert "no longer in the plans" in words(page)
    assert "What do you say?" not in words(page), "nobody works on it any more"
    assert "It is no longer part of the plans." in words(page, ".tk-effect")
    assert "jena-schau-hin" not in client.get("/en/plans/antiracism").get_data(as_text=True)


def published(table, **cells):
    """A year's publication that holds these numbers of a table, by column."""
    first, last = date(YEAR, 1, 1), date(YEAR, 12, 31)
    row = Publication(period=str(YEAR), first_day=first, last_day=last, threshold=5)
    db.session.add(row)
    db.session.flush()
    for block, (column, reports) in enumerate(cells.items()):
        db.session.add(PublishedCell(
            publication_id=row.id, listed=table.name, row=CITY, column=column, block=block, reports=reports
        ))  # fmt: skip
    touch("needs")


def test_what_reports_have_moved_is_told_only_as_published(client, session):
    page = f"/en/measures/{KEY}"
    assert "No number has been published yet" in words(client.get(page), ".tk-effect")
    published(CITY_MEASURES, **{KEY: 14, "jena-schau-hin": None})
    assert f"{YEAR}: 14 reports were about this measure." in words(client.get(page), ".tk-effect")
    hidden = words(client.get("/en/measures/jena-schau-hin"), ".tk-effect")
    assert f"{YEAR}: no number is shown." in hidden
    assert "gives no single report away" in hidden


# What ties the plans together ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["de", "ar"])
def test_the_table_says_what_the_picture_shows(client, session, code):
    page = soup(client.get(f"/{code}/plans/synergies"))
    bars = [text.get_text() for text in page.select(".tk-figure__number")]
    rows = [cell.get_text() for cell in page.select("#combinations tbody td")]
    assert bars == rows
    shared = [measure for measure in queries.measures() if len(measure.plans) > 1]
    assert len(page.select("#shared tbody tr")) == len(shared) > 1
    assert page.select_one("svg[role=img] title") is not None


def test_goals_without_measures_and_needs_are_named(client, session):
    page = client.get("/en/plans/synergies")
    assert "Equal opportunity" in words(page)
    assert "No numbers of reports have been published yet" in words(page)
    publish(with_values(KEY, goals=("equal-opportunity",)))
    published(CITY_TOPICS, housing=12, work=None)
    page = client.get("/en/plans/synergies")
    loose = [item.get_text(strip=True) for item in soup(page).select("main > ul > li")]
    assert "Less disadvantage" in loose
    assert "Equal opportunity" not in loose
    rows = {row.select_one("th a")["href"].rpartition("/")[2]: row for row in soup(page).select("#fields tbody tr")}
    assert "Housing: 12" in rows["poverty-housing"].get_text(" ", strip=True)
    assert "Work: not shown" in rows["integration-labour"].get_text(" ", strip=True)
    assert "Wherever a need has been published, a measure is planned or under way" in words(page)
    # With the last of its measures done, a need stands alone.
    publish(
        lambda one: one.model_copy(update={"state": MeasureState.DONE}) if "poverty-housing" in one.fields_ else one
    )
    lacking = words(client.get("/en/plans/synergies"))
    assert "no measure is planned or under way" in lacking
