"""A virus scanner looks at each file first; where it cannot, the file is not taken and nothing typed is lost."""

from io import BytesIO

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from app.core.database import db
from app.core.settings import Settings
from app.reports import scanning
from app.reports.models import Report
from tests.support.corpus import picture
from tests.support.forms import soup
from tests.support.mail import free_port
from tests.support.scanner import CLAMD, DANGEROUS, Scanner, clamd
from tests.support.walks import GAP, page_of, receipt_in, report_form, walk

GOOD = picture()
BAD = picture(comment=DANGEROUS)


def post(app, *files):
    client = app.test_client()
    values = report_form(walk(client)).copy()
    values.setlist("go", ["send"])
    values.setlist("files", [(BytesIO(content), f"{number}.jpg") for number, content in enumerate(files)])
    return client.post("/en/report", data=values, content_type="multipart/form-data")


def reports(app):
    with app.app_context():
        found = db.session.scalar(select(func.count()).select_from(Report))
        db.session.rollback()
    return found


def errors(response):
    return [error.get_text() for error in soup(response).select("[data-error-summary] li")]


@pytest.fixture
def scanner():
    with Scanner().running() as found:
        yield found


def test_the_scanner_sees_what_was_sent_before_anything_else_does(own_app, scanner):
    app = own_app(clamd_url=scanner.address)
    assert receipt_in(post(app, GOOD, GOOD + bytes(200_000)))
    assert scanner.seen == [GOOD, GOOD + bytes(200_000)]


def test_what_it_finds_is_refused_clearly(own_app, scanner):
    app = own_app(clamd_url=scanner.address)
    response = post(app, GOOD, BAD)
    assert response.status_code == 422
    assert page_of(response) == "check"
    (error,) = errors(response)
    assert "virus" in error
    assert "2" in error
    assert report_form(response)["text"] == GAP["text"]
    assert reports(app) == 0


@pytest.mark.parametrize(
    "verdict",
    [b"", b"stream: ", b"INSTREAM size limit exceeded. ERROR", b"stream: OK FOUND?", b"x" * 10_000, b"OK"],
)
def test_without_a_clear_verdict_nothing_is_taken(own_app, scanner, verdict):
    scanner.verdict = verdict
    response = post(own_app(clamd_url=scanner.address), GOOD)
    assert response.status_code == 422
    assert "without the file" in errors(response)[0]


def test_a_scanner_that_is_slow_is_not_waited_for_for_ever(own_app, scanner, monkeypatch):
    monkeypatch.setattr(scanning, "SCAN_SECONDS", 0.3)
    scanner.delay = 2
    response = post(own_app(clamd_url=scanner.address), GOOD)
    assert "without the file" in errors(response)[0]


@pytest.mark.parametrize("address", ["tcp", "unix"])
def test_a_scanner_that_is_away_costs_the_file_and_not_the_report(own_app, tmp_path, address):
    away = f"tcp://127.0.0.1:{free_port()}" if address == "tcp" else f"unix:{tmp_path}/nobody"
    app = own_app(clamd_url=away)
    response = post(app, GOOD)
    assert response.status_code == 422
    assert "without the file" in errors(response)[0]
    assert report_form(response)["text"] == GAP["text"]
    assert receipt_in(post(app))


def test_without_a_setting_nobody_is_asked(own_app, scanner):
    assert receipt_in(post(own_app(), GOOD))
    assert scanner.seen == []


@pytest.mark.skipif(not CLAMD, reason="clamd is not installed")
def test_the_real_scanner(own_app, tmp_path):
    with clamd(tmp_path) as address:
        app = own_app(clamd_url=address)
        assert receipt_in(post(app, GOOD))
        response = post(app, BAD)
    assert "dangerous" in errors(response)[0]
    assert reports(app) == 1


@pytest.mark.parametrize(
    "address", ["localhost:3310", "tcp://localhost", "tcp://:3310", "unix:here", "http://x:1", "tcp://x:y"]
)
def test_a_setting_that_names_no_scanner_is_refused(address):
    with pytest.raises(ValidationError):
        Settings(clamd_url=address)
