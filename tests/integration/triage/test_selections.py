"""Saved selections of the queue: codes and days under a name, for one person alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.triage.lists import saved as filters
from app.triage.models import SavedFilter
from tests.factories import sent
from tests.support.desks import LEAD, element
from tests.support.forms import soup, values_of


def save(person, name, **selection):
    values = values_of(element(person.queue(**selection), "form[action$='/desk/selections']"))
    values["name"] = name
    return person.client.post("/en/desk/selections", data=values)


def saved_on(page):
    return {link.get_text(): link["href"] for link in soup(page).select(".tk-saved a")}


@pytest.fixture
def person(session, desk):
    sent()
    return desk(LEAD)


def test_a_selection_is_saved_and_called_up_again(session, person):
    answer = save(person, "Wohnen", topic="housing", sort="due", since="2026-01-31")
    assert answer.location == "/en/desk/?topic=housing&since=2026-01-31&sort=due"
    page = person.client.get(answer.location)
    assert saved_on(page) == {"Wohnen": "/en/desk/?topic=housing&since=2026-01-31&sort=due"}
    assert element(page, ".tk-saved a")["aria-current"] == "true"
    assert session.scalars(select(SavedFilter)).one().filters == {
        "topic": "housing",
        "since": "2026-01-31",
        "sort": "due",
    }


def test_the_same_name_replaces(session, person):
    save(person, "Meine", kind="gap")
    save(person, "Meine", kind="idea")
    assert saved_on(person.queue()) == {"Meine": "/en/desk/?kind=idea"}


def test_others_do_not_see_it(session, person, desk):
    save(person, "Meine", kind="gap")
    other = desk("sozialplanung")
    assert saved_on(other.queue()) == {}
    mine = session.scalars(select(SavedFilter)).one()
    page = values_of(element(other.queue(), ".tk-search"))
    answer = other.client.post("/en/desk/selections/remove", data={**page, "saved": str(mine.id)})
    assert answer.status_code == 303
    assert saved_on(person.queue()) != {}


def test_it_is_renamed_and_removed(session, person):
    save(person, "Eins", kind="gap")
    save(person, "Zwei", kind="idea")
    form = element(person.queue(), ".tk-saved__list form")
    values = values_of(form)
    values["name"] = "Zwei"
    assert (
        "Another selection has this name"
        in person.client.get(person.client.post(form["action"], data=values).location).text
    )
    values["name"] = "Drei"
    person.client.post(form["action"], data=values)
    assert list(saved_on(person.queue())) == ["Drei", "Zwei"]
    answer = person.client.post("/en/desk/selections/remove", data=values)
    assert answer.location == "/en/desk/?kind=gap", "it can be saved again from there"
    assert list(saved_on(person.queue())) == ["Zwei"]


def test_a_name_is_needed_and_there_is_an_end(session, person, monkeypatch):
    assert save(person, " ", kind="gap").status_code == 422
    monkeypatch.setattr(filters, "MOST", 1)
    save(person, "Eins", kind="gap")
    answer = save(person, "Zwei", kind="gap")
    assert answer.status_code == 422
    assert "Please remove one first" in element(answer, "[role=alert]").get_text()
