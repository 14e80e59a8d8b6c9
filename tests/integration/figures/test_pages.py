"""The figures of an office on the page, as pictures and as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select, update

from app.core.clock import start_of, today
from app.core.codes import State
from app.figures.domain import Span
from app.reports.models import Event, Report
from tests import factories
from tests.support.desks import LEAD
from tests.support.forms import soup

PAGE = "/en/desk/figures"
CHARTS = ("months", "topics", "ages", "answers")


@pytest.fixture
def year(session):
    """Enough concluded reports in two neighbouring months for some numbers to be shown."""
    numbers = [factories.sent().number for _ in range(12)]
    rows = session.scalars(select(Report).where(Report.number.in_(numbers)).order_by(Report.id)).all()
    first = Span.before(today()).months[0]
    for place, row in enumerate(rows):
        when = start_of(first) + timedelta(days=10 + 31 * (place % 2))
        said = {"received_at": when, "changed_at": when, "answered_at": when, "state": State.CLOSED}
        session.execute(update(Report).where(Report.id == row.id).values(**said))
        session.add(Event(report_id=row.id, kind="state", actor="office", state=State.CLOSED, at=when))
    session.flush()


def numbers_on(page, name):
    return [cell.get_text() for cell in soup(page).select(f"#{name}-table tbody td")]


def test_the_tables_say_what_the_file_says(year, sign_in):
    desk = sign_in(f"reader:{LEAD}", "en")
    page = desk.get(PAGE)
    lines = list(csv.DictReader(io.StringIO(desk.get("/en/desk/figures.csv").get_data(as_text=True).lstrip("\ufeff"))))
    on_page = [shown.replace("–", "") for name in CHARTS for shown in numbers_on(page, name)]
    assert sorted(on_page) == sorted(line["How many (empty: hidden)"] for line in lines)
    assert len(lines) == 2 * 12 + 13 + 4 + 5
    assert numbers_on(page, "months")[:4] == ["6", "6", "6", "6"]


def test_a_few_reports_are_hidden_from_everybody(session, sign_in):
    factories.sent()
    page = sign_in(f"reader:{LEAD}", "en").get(PAGE)
    assert "too few reports" in page.text
    assert not soup(page).select("table, img")


@pytest.mark.parametrize("name", CHARTS)
def test_charts_are_pictures_without_any_script(year, sign_in, name):
    answer = sign_in(f"reader:{LEAD}", "en").get(f"/en/desk/figures/{name}.svg")
    drawing = BeautifulSoup(answer.data, "html.parser")
    assert answer.mimetype == "image/svg+xml"
    assert drawing.select_one("svg path")
    assert not drawing.select("script, foreignobject, [style]")
    assert b"http" not in answer.data.replace(b"http://www.w3.org", b"")


def test_a_desk_sees_its_own_office_only(sign_in):
    desk = sign_in(f"reader:{LEAD}", "en")
    assert desk.get(f"{PAGE}?office=ads").status_code == 404
    assert desk.get("/en/desk/figures/months.svg?office=ads").status_code == 404
    assert desk.get("/en/desk/figures/others.svg").status_code == 404
    assert sign_in("coordinator", "en").get("/en/coordination/figures?office=ads").status_code == 200
