"""Labels: words of the city's list on a case, and who keeps the list."""

from __future__ import annotations

import pytest

from app.city.service import load
from app.core.settings import REPOSITORY
from app.reports import dialogue
from app.reports import queries as reports
from app.triage import work_queries
from tests.factories import sent
from tests.support.desks import LEAD, element, form_on, report_of
from tests.support.forms import fill_form, soup, values_of

PRESS, VISIT = "press-interest", "urgent-visit"


def _put(person, number, *keys):
    values = values_of(form_on(person.case(number), "labels"))
    values.setlist("labels-keys", list(keys))
    return person.client.post(f"/en/desk/{number}", data=values)


def _on(number):
    report_id = report_of(number).id
    return {card.key for card in work_queries.labels_of([report_id]).get(report_id, ())}


def test_labels_are_put_on_and_taken_off_in_one_form(session, desk):
    number = sent().number
    person = desk(LEAD)
    assert _put(person, number, PRESS, VISIT).status_code == 303
    assert _on(number) == {PRESS, VISIT}
    assert "Press interest" in element(person.case(number), "#labels").get_text()
    assert _put(person, number, VISIT).status_code == 303
    assert _on(number) == {VISIT}
    told = [(event.kind, event.reason) for event in reports.events(report_of(number).id)]
    assert ("labelled", PRESS) in told
    assert told[-1] == ("unlabelled", PRESS)


def test_without_a_difference_nothing_happens(session, desk):
    number = sent().number
    person = desk(LEAD)
    _put(person, number, PRESS)
    version = report_of(number).version
    assert _put(person, number, PRESS).status_code == 303
    assert report_of(number).version == version


def test_a_label_that_is_not_on_the_list_is_refused(session, desk):
    number = sent().number
    assert _put(desk(LEAD), number, "enemy-of-the-state").status_code == 422
    assert _on(number) == set()


def test_a_report_that_is_erased_has_no_labels(session, desk):
    answer = sent()
    _put(desk(LEAD), answer.number, PRESS)
    dialogue.erase(dialogue.open_by_receipt(answer.receipt))
    assert _on(answer.number) == set()


# The list ------------------------------------------------------------------------------------------------------------


def test_an_administrator_adds_a_label_and_offices_use_it(session, desk, sign_in):
    admin = sign_in("administrator", "en")
    page = admin.get("/en/account/labels/new")
    answer = admin.post(
        "/en/account/labels/new",
        data=fill_form(page, "/en/account/labels/new", name_de="Wohngeld", name_en="Housing benefit"),
    )
    assert answer.status_code == 303
    (card,) = [one for one in work_queries.labels() if one.name["de"] == "Wohngeld"]
    overview = admin.get("/en/account/labels")
    row = next(row for row in soup(overview).select("#labels tbody tr") if "Housing benefit" in row.get_text())
    assert "proposal" not in row.get_text()
    number = sent().number
    assert _put(desk(LEAD), number, card.key).status_code == 303


def test_a_label_out_of_use_stays_where_it_is_and_is_offered_nowhere_else(session, desk, sign_in):
    marked, other = sent().number, sent().number
    person = desk(LEAD)
    _put(person, marked, PRESS)
    admin = sign_in("administrator", "en")
    address = f"/en/account/labels/{PRESS}"
    values = fill_form(admin.get(address), address)
    values.pop("active")
    assert admin.post(address, data=values).status_code == 303
    assert PRESS not in {card.key for card in work_queries.labels()}
    assert "Press interest" in element(person.case(marked), "#labels").get_text()
    assert not soup(person.case(other)).select(f"input[name=labels-keys][value={PRESS}]")
    assert _put(person, other, PRESS).status_code == 422


def test_the_folder_does_not_overwrite_what_the_city_has_changed(session, sign_in):
    admin = sign_in("administrator", "en")
    address = f"/en/account/labels/{PRESS}"
    admin.post(address, data=fill_form(admin.get(address), address, name_de="Zeitung fragt"))
    load(REPOSITORY / "cities/jena")
    assert work_queries.label(PRESS).name["de"] == "Zeitung fragt"
    assert work_queries.label(VISIT).changed_by is None


def test_two_administrators_do_not_overwrite_one_another(session, sign_in):
    admin = sign_in("administrator", "en")
    address = f"/en/account/labels/{PRESS}"
    late = fill_form(admin.get(address), address, name_de="Zu spät")
    admin.post(address, data=fill_form(admin.get(address), address, name_de="Zuerst"))
    answer = admin.post(address, data=late)
    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile" in answer.text
    assert element(answer, "#name_de")["value"] == "Zu spät"
    assert work_queries.label(PRESS).name["de"] == "Zuerst"


@pytest.mark.parametrize("address", ["/en/account/labels", "/en/account/templates", "/en/account/labels/new"])
def test_only_administrators_keep_the_lists(session, sign_in, address):
    assert sign_in(f"reader:{LEAD}", "en").get(address).status_code == 403


@pytest.mark.parametrize("address", ["/en/account/labels/nothing", "/en/account/templates/nothing"])
def test_what_does_not_exist_is_not_found(session, sign_in, address):
    assert sign_in("administrator", "en").get(address).status_code == 404
