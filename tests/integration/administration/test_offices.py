"""Offices in the browser: added, changed, closed; routing follows at once, and who did it stands on the page."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.accounts import queries as accounts
from app.administration import queries, service
from app.core.clock import today
from app.core.revisions import touch
from app.directory import queries as directory
from app.privacy import queries as privacy
from app.routing import queries as routing
from tests.conftest import account_of
from tests.factories import sent
from tests.support.desks import LEAD, element
from tests.support.forms import fill_form, soup

PATH = "/en/account/administration/offices"
ADDED = {
    "key": "wohnungsamt", "name_de": "Wohnungsamt", "name_en": "Housing Office", "summary_de": "Für das Wohnen.",
    "parent": "stadt", "confirmed_on": "2026-01-02", "opening_hours": "Mo 9–12 Uhr", "phone": "03641 49-0",
}  # fmt: skip


@pytest.fixture
def admin(session, sign_in):
    return sign_in("administrator", "en")


@pytest.fixture
def administrator(session):
    return accounts.user_by_email(account_of("administrator"))


def send(client, path, action=None, **changes):
    page = client.get(path)
    return client.post(action or path, data=fill_form(page, action or path, **changes))


def text(page, selector="main"):
    return element(page, selector).get_text(" ", strip=True)


def noted(key, action):
    return len(privacy.audit_of(service.about_office(key), action))


def test_the_tree_shows_every_organisation_where_it_belongs(admin):
    page = soup(admin.get(PATH))
    shown = {link["href"].rsplit("/", 1)[1] for link in page.select(".tk-tree a")}
    assert shown == set(directory.organisations())
    beneath = page.select_one(f'.tk-tree a[href="{PATH}/stadt"]').find_parent("li")
    assert beneath.select_one(f'.tk-tree a[href="{PATH}/{LEAD}"]')


def test_an_office_is_added_and_noted(session, admin):
    answer = send(admin, f"{PATH}/add/office", **ADDED)
    assert (answer.status_code, answer.location) == (303, f"{PATH}/wohnungsamt")
    found = queries.offices()["wohnungsamt"]
    assert (found.name["en"], found.parent, found.opening_hours) == ("Housing Office", "stadt", "Mo 9–12 Uhr")
    assert list(directory.organisations())[-1] == "wohnungsamt"
    assert noted("wohnungsamt", "office_added") == 1
    page = admin.get(answer.location)
    assert "receives no reports" in text(page)
    assert text(page, "#changed").startswith("Last changed by Administration")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"key": LEAD}, "key"),
        ({"key": "Wohnungs Amt"}, "key"),
        ({"key": ""}, "key"),
        ({"name_de": ""}, "name_de"),
        ({"summary_de": ""}, "summary_de"),
        ({"email": "no address"}, "email"),
        ({"url": "jena.de"}, "url"),
        ({"confirmed_on": "someday"}, "confirmed_on"),
        ({"confirmed_on": "2999-01-01"}, "confirmed_on"),
        ({"valid_from": "0001-01-01"}, "valid_from"),
    ],
)
def test_what_is_wrong_is_named_and_what_was_typed_stays(session, admin, changes, field):
    before = set(directory.organisations())
    answer = send(admin, f"{PATH}/add/office", **ADDED | changes)
    assert answer.status_code == 422
    assert f"#{field}" in {link["href"] for link in soup(answer).select("#error-summary a")}
    assert element(answer, "#name_en")["value"] == "Housing Office"
    assert set(directory.organisations()) == before


def test_nobody_is_offered_an_office_that_would_close_a_circle(admin):
    page = soup(admin.get(f"{PATH}/stadt"))
    offered = {option["value"] for option in page.select("#parent option")}
    assert offered == {""}
    forged = fill_form(admin.get(f"{PATH}/stadt"), f"{PATH}/stadt")
    forged["parent"] = LEAD
    assert admin.post(f"{PATH}/stadt", data=forged).status_code == 422


def test_a_change_holds_for_the_next_report(session, admin):
    assert routing.desks()[LEAD].opens
    assert send(admin, f"{PATH}/{LEAD}", receives=None).status_code == 303
    assert not routing.desks()[LEAD].opens
    assert noted(LEAD, "office_changed") == 1
    warned = element(admin.get(PATH), ".kern-alert--warning")
    assert f"{PATH}/{LEAD}" in {link["href"] for link in warned.select("a")}


def test_saving_without_a_change_is_no_change(session, admin):
    assert send(admin, f"{PATH}/{LEAD}").status_code == 303
    assert noted(LEAD, "office_changed") == 0
    assert "Nobody has changed this here yet." in text(admin.get(f"{PATH}/{LEAD}"), "#changed")


def test_texts_in_other_languages_and_the_last_day_survive_a_change(session, admin):
    row = directory.organisation_row(LEAD)
    row.name = type(row.name)(row.name | {"uk": "Соціальна служба"})
    row.valid_until = today() + timedelta(days=9)
    session.flush()
    assert send(admin, f"{PATH}/{LEAD}", name_en="Social Affairs").status_code == 303
    found = queries.offices()[LEAD]
    assert (found.name["uk"], found.name["en"]) == ("Соціальна служба", "Social Affairs")
    assert found.valid_until == today() + timedelta(days=9)


def test_before_an_office_closes_its_page_tells_what_hangs_on_it(session, admin, administrator):
    sent()
    told = text(admin.get(f"{PATH}/{LEAD}/end"), "#consequences")
    found = service.consequences(administrator, LEAD)
    assert found.cases == 1
    assert "It leads 1 open case." in told
    assert f"{found.people} people belong to it" in told
    assert found.rules
    assert str(len(found.rules)) in told


def test_a_closed_office_receives_nothing_on_the_day_after(session, admin, sign_in, clock):
    last = today() + timedelta(days=1)
    assert send(admin, f"{PATH}/{LEAD}/end", day=last.isoformat()).status_code == 303
    assert noted(LEAD, "office_closed") == 1
    assert routing.desks()[LEAD].opens
    clock.forward(days=2)
    assert not routing.desks()[LEAD].opens
    assert "closed" in text(sign_in("administrator", "en").get(f"{PATH}/{LEAD}"))
    assert LEAD in directory.organisations()


def test_a_last_day_can_be_taken_back(session, admin):
    assert send(admin, f"{PATH}/{LEAD}/end", day=(today() - timedelta(days=1)).isoformat()).status_code == 303
    assert not routing.desks()[LEAD].opens
    page = admin.get(f"{PATH}/{LEAD}")
    assert admin.post(f"{PATH}/{LEAD}/go-on", data=fill_form(page, f"{PATH}/{LEAD}/go-on")).status_code == 303
    assert routing.desks()[LEAD].opens
    assert noted(LEAD, "office_reopened") == 1


def test_the_last_day_comes_after_the_first(session, admin):
    assert send(admin, f"{PATH}/{LEAD}", valid_from="2026-05-01").status_code == 303
    answer = send(admin, f"{PATH}/{LEAD}/end", day="2026-04-30")
    assert answer.status_code == 422
    assert "The last day has to come after the first one." in text(answer, "#error-summary")
    assert queries.offices()[LEAD].valid_until is None


def test_the_page_of_an_office_names_its_people(session, admin):
    reader = accounts.user_by_email("soziales@demo.example")
    reader.memberships[0].reads = False
    reader.memberships[0].deputy = True
    # Otherwise what is kept in memory of this would outlast the test.
    touch("accounts")
    session.flush()
    [row] = [row for row in soup(admin.get(f"{PATH}/{LEAD}")).select("#members tbody tr") if reader.title in row.text]
    assert [cell.get_text() for cell in row.select("td")] == ["No", "Yes"]


@pytest.mark.parametrize("action", ["", "/end", "/go-on"])
def test_what_does_not_exist_is_not_there(admin, action):
    assert admin.post(f"{PATH}/nowhere{action}").status_code == 404
