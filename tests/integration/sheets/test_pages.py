"""Somebody sends a table, sees what is wrong or what would change, and takes it over or not."""

from __future__ import annotations

import pytest

from app.core.database import db
from app.sheets import jobs, pages
from app.sheets.models import Job
from app.sheets.tasks import State
from tests.support.forms import fill_form

from .conftest import count, days


@pytest.fixture
def person(house):
    return house.come("coordinator")


def text_of(answer):
    return answer.get_data(as_text=True)


def press(client, address, do):
    token = text_of(client.get(address)).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token, "do": do})


def test_from_the_file_to_the_done_page(house, person, upload):
    answer = upload(person, days(2))
    assert answer.status_code == 303
    page = text_of(person.get(answer.location))
    assert "What this table would change" in page
    assert "2027-01-01" in page
    assert "Refresh" not in person.get(answer.location).headers
    assert press(person, answer.location, "take").status_code == 303
    page = text_of(person.get(answer.location))
    assert "2 days were taken over." in page
    with house.inside():
        assert count() == 2
    assert press_is_refused(person, answer.location)


def press_is_refused(client, address):
    token = text_of(client.get("/en/days/")).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    answer = client.post(address, data={"csrf_token": token, "do": "take"})
    return answer.status_code == 409 and "Please send it again" in text_of(answer)


def test_faults_stand_in_a_table_with_sheet_row_column_and_reason(person, upload):
    answer = upload(person, "Tag;Name;Farbe\n1.1.2027;Größe;rot\n1.1.2027;b;blau\n".encode("cp1252"))
    page = text_of(person.get(answer.location))
    assert "This table has faults" in page
    assert "C (Farbe)" in page
    assert "It was read as Windows-1252." in page
    assert "row 2 has it, too" in page
    assert "Take it over" not in page


def test_in_german_the_same_faults_are_german_pages(house, person, upload):
    answer = upload(person, b"Tag;Name\nx;a\n")
    page = text_of(person.get(answer.location.replace("/en/", "/de/")))
    assert '<html lang="de"' in page


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"%PDF-", "PDF"), (b"x" * 1500, None)])
def test_what_cannot_be_read_comes_back_with_the_form(monkeypatch, person, upload, content, words):
    if words is None:
        monkeypatch.setattr(pages, "BYTES_MAX", 1000)
        words = "larger than"
    answer = upload(person, content)
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_no_file_and_a_forged_form_are_refused_in_words(person):
    form = person.get("/en/days/")
    answer = person.post("/en/days/", data=fill_form(form, "/en/days/"))
    assert answer.status_code == 422
    assert "Please choose a file" in text_of(answer)


def test_progress_is_a_page_that_looks_again_and_can_be_told_not_to(house, large, person, upload):
    answer = upload(person, days(3))
    with house.inside():
        db.session.query(Job).update({"done": 1, "total": 3, "state": State.READING, "claim": "c"})
        db.session.commit()
    page = person.get(answer.location)
    assert page.headers["Refresh"].startswith("3; url=/en/days/")
    assert 'value="1" max="3"' in text_of(page)
    still = person.get(f"{answer.location}?refresh=no")
    assert "Refresh" not in still.headers
    press(person, answer.location, "stop")
    page = text_of(person.get(answer.location))
    assert "It is being stopped" in page


def test_a_waiting_table_is_stopped_and_named_on_the_form(house, large, person, upload):
    answer = upload(person, days(3))
    assert "tage.csv" in text_of(person.get("/en/days/"))
    second = upload(person, days(3))
    assert second.status_code == 422
    assert "Another of your tables" in text_of(second)
    press(person, answer.location, "stop")
    assert "The table was not taken over" in text_of(person.get(answer.location))
    assert upload(person, days(3)).status_code == 303


def test_nobody_else_sees_it_or_acts_on_it(house, person, upload):
    answer = upload(person, days(2))
    other = house.come("administrator")
    assert other.get(answer.location).status_code == 404
    token = text_of(other.get("/en/days/")).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    assert other.post(answer.location, data={"csrf_token": token, "do": "take"}).status_code == 404
    assert house.app.test_client().get(answer.location).status_code in {302, 401}
    assert person.get("/en/days/unknown").status_code == 404
    with house.inside():
        assert count() == 0


def test_an_unknown_wish_is_refused(person, upload):
    answer = upload(person, days(2))
    assert press(person, answer.location, "else").status_code == 422


def test_a_large_table_goes_its_way_from_page_to_page(house, large, person, upload):
    answer = upload(person, days(3))
    with house.inside():
        jobs.work(house.woken[-1])
    press(person, answer.location, "take")
    assert "is being taken over" in text_of(person.get(answer.location))
    with house.inside():
        jobs.work(house.woken[-1])
    assert "3 days were taken over." in text_of(person.get(answer.location))
